//! From a reference to a commit.

use std::collections::BTreeMap;

use s_project::{GitReference, Version, nearest_name};

use crate::objects::{ANSWER_BYTES_MAX, Depth, EVERYTHING, Format, LISTING_BYTES_MAX, Repository, WANTED};
use crate::{Commit, GitError, ReferenceFault};

/// How many names are told that may have been meant.
const NEAR_COUNT_MAX: usize = 5;
/// How many commits are told that begin with some digits.
const AMBIGUOUS_COUNT_MAX: usize = 8;

/// A tag that is a version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TaggedVersion {
    /// The version.
    pub version: Version,
    /// The tag, with its `v` if it has one.
    pub tag: String,
    /// The commit it leads to.
    pub commit: Commit,
}

/// Checks a name before git sees it.
///
/// # Errors
/// [`GitError::Reference`].
pub(crate) fn check(reference: &GitReference) -> Result<(), GitError> {
    let (kind, text) = match reference {
        GitReference::Head | GitReference::Version(_) => return Ok(()),
        GitReference::Tag(tag) => ("tag", tag),
        GitReference::Branch(branch) => ("branch", branch),
        GitReference::Rev(rev) => ("commit", rev),
    };
    let fault = |why| GitError::Reference { kind, text: text.chars().take(100).collect(), why };
    if text.starts_with('-') {
        return Err(fault(ReferenceFault::Dash));
    }
    if kind == "commit" {
        let is_rev = (7..=64).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_hexdigit());
        return if is_rev { Ok(()) } else { Err(fault(ReferenceFault::Digits)) };
    }
    if is_ref_name(text) { Ok(()) } else { Err(fault(ReferenceFault::Form)) }
}

/// Whether git takes a name, by the rules of `git check-ref-format`.
fn is_ref_name(name: &str) -> bool {
    let is_bad = |c: char| c.is_control() || " ~^:?*[\\".contains(c);
    let is_part = |part: &str| !part.is_empty() && !part.starts_with('.') && !part.ends_with(".lock");
    name.len() <= 512
        && name != "@"
        && !name.chars().any(is_bad)
        && !name.contains("..")
        && !name.contains("@{")
        && !name.ends_with('.')
        && name.split('/').all(is_part)
}

/// Whether a commit that is locked can be what the reference means.
pub(crate) fn may_stay(reference: &GitReference, locked: &Commit) -> bool {
    match reference {
        GitReference::Rev(rev) => locked.as_str().starts_with(&rev.to_ascii_lowercase()),
        _ => true,
    }
}

/// Returns what a reference leads to; see [`Git::resolve`](crate::Git::resolve).
pub(crate) fn resolve(repository: &Repository, reference: &GitReference) -> Result<Commit, GitError> {
    match reference {
        GitReference::Head => named(repository, reference, "HEAD"),
        GitReference::Tag(tag) => named(repository, reference, &format!("refs/tags/{tag}")),
        GitReference::Branch(branch) => named(repository, reference, &format!("refs/heads/{branch}")),
        GitReference::Rev(rev) => match rev.to_ascii_lowercase().parse::<Commit>() {
            Ok(object) => by_full_name(repository, reference, &object),
            Err(_) => by_digits(repository, reference, &rev.to_ascii_lowercase()),
        },
        GitReference::Version(requirement) => {
            let tagged = tagged_versions_for(repository, reference)?;
            let mut matching = tagged.iter().filter(|tagged| requirement.matches(&tagged.version));
            if repository.git.offline {
                for tagged in matching {
                    if repository.has(&tagged.commit)? {
                        return Ok(tagged.commit.clone());
                    }
                }
                return Err(repository.offline(reference));
            }
            match matching.next() {
                Some(tagged) => Ok(tagged.commit.clone()),
                None => {
                    let near = tagged.iter().take(NEAR_COUNT_MAX).map(|tagged| tagged.version.to_string());
                    Err(not_found(repository, reference, near.collect()))
                }
            }
        }
    }
}

/// Returns the versions among the tags, highest first; see [`Git::tags`](crate::Git::tags).
pub(crate) fn tagged_versions(repository: &Repository) -> Result<Vec<TaggedVersion>, GitError> {
    tagged_versions_for(repository, &GitReference::Version(s_project::Requirement::any()))
}

fn tagged_versions_for(
    repository: &Repository,
    reference: &GitReference,
) -> Result<Vec<TaggedVersion>, GitError> {
    const MEMORY: &str = "tags";
    if repository.git.offline {
        return match repository.remembered(MEMORY)? {
            Some(lines) => Ok(versions_in(&lines)),
            None => Err(repository.offline(reference)),
        };
    }
    let tagged = versions_in(&repository.list(&["--tags"])?);
    let lines = tagged.iter().map(|tagged| format!("{}\trefs/tags/{}\n", tagged.commit, tagged.tag));
    repository.remember(MEMORY, &lines.collect::<String>())?;
    Ok(tagged)
}

/// Reads lines of `ls-remote`. A tag with a message has two: its own object, and with `^{}` what it
/// leads to.
fn versions_in(lines: &str) -> Vec<TaggedVersion> {
    let mut tags: BTreeMap<&str, &str> = BTreeMap::new();
    for (object, name) in lines.lines().filter_map(|line| line.split_once('\t')) {
        let Some(tag) = name.strip_prefix("refs/tags/") else { continue };
        match tag.strip_suffix("^{}") {
            Some(tag) => drop(tags.insert(tag, object)),
            None => drop(tags.entry(tag).or_insert(object)),
        }
    }
    let mut versions: BTreeMap<Version, TaggedVersion> = BTreeMap::new();
    // Sorted by name, so that `1.2.3` comes before `v1.2.3`.
    for (tag, object) in tags {
        let version = Version::parse(tag.strip_prefix('v').unwrap_or(tag));
        if let (Ok(version), Ok(commit)) = (version, object.parse::<Commit>()) {
            let tagged = TaggedVersion { version: version.clone(), tag: tag.to_owned(), commit };
            versions.entry(version).or_insert(tagged);
        }
    }
    versions.into_values().rev().collect()
}

/// Fetches a name, which tells what it leads to.
fn named(repository: &Repository, reference: &GitReference, name: &str) -> Result<Commit, GitError> {
    if repository.git.offline {
        let seen = repository.remembered(name)?.and_then(|text| text.parse::<Commit>().ok());
        return match seen {
            Some(commit) if repository.has(&commit)? => Ok(commit),
            _ => Err(repository.offline(reference)),
        };
    }
    let Some(fetched) = repository.fetch(&[&format!("+{name}:{WANTED}")], Depth::One)? else {
        return Err(not_found(repository, reference, near(repository, reference)?));
    };
    let object = format!("{WANTED}^{{commit}}");
    let args = ["rev-parse", "--verify", "--quiet", object.as_str()];
    let output = repository.local(fetched.path(), &args, ANSWER_BYTES_MAX)?;
    let Some(commit) = only_commit(&output.stdout) else {
        // A tag of something else, such as a key.
        return Err(not_found(repository, reference, Vec::new()));
    };
    repository.keep(&fetched)?;
    repository.remember(name, commit.as_str())?;
    Ok(commit)
}

/// A full name may be that of a tag, which leads to a commit.
fn by_full_name(
    repository: &Repository,
    reference: &GitReference,
    object: &Commit,
) -> Result<Commit, GitError> {
    if !repository.has(object)? {
        repository.bring(object)?;
    }
    let name = format!("{object}^{{commit}}");
    let args = ["rev-parse", "--verify", "--quiet", name.as_str()];
    let output = repository.local(&repository.objects(Format::of(object)), &args, ANSWER_BYTES_MAX)?;
    only_commit(&output.stdout).ok_or_else(|| not_found(repository, reference, Vec::new()))
}

/// Only who has every commit knows how many begin with some digits.
fn by_digits(repository: &Repository, reference: &GitReference, digits: &str) -> Result<Commit, GitError> {
    let mut commits = Vec::new();
    if repository.git.offline {
        for format in [Format::Sha1, Format::Sha256] {
            let objects = repository.objects(format);
            if s_store::files::exists(&objects.join("HEAD"))? {
                commits.extend(commits_with(repository, &objects, digits)?);
            }
        }
    } else if let Some(fetched) = repository.fetch(&EVERYTHING, Depth::Commits)? {
        commits = commits_with(repository, fetched.path(), digits)?;
        repository.keep(&fetched)?;
    }
    commits.sort();
    match commits.as_slice() {
        [] if repository.git.offline => Err(repository.offline(reference)),
        [] => Err(not_found(repository, reference, Vec::new())),
        [commit] => Ok(commit.clone()),
        _ => {
            commits.truncate(AMBIGUOUS_COUNT_MAX);
            Err(GitError::AmbiguousRev { url: repository.shown(), rev: digits.to_owned(), commits })
        }
    }
}

/// The commits among the objects whose names begin with some digits.
fn commits_with(
    repository: &Repository,
    objects: &std::path::Path,
    digits: &str,
) -> Result<Vec<Commit>, GitError> {
    let argument = format!("--disambiguate={digits}");
    let names = repository.local(objects, &["rev-parse", &argument], ANSWER_BYTES_MAX)?.stdout;
    let mut commits = Vec::new();
    for name in String::from_utf8_lossy(&names).lines() {
        let Ok(object) = name.parse::<Commit>() else { continue };
        let kind = repository.local(objects, &["cat-file", "-t", object.as_str()], ANSWER_BYTES_MAX)?;
        if kind.stdout == b"commit\n" {
            commits.push(object);
        }
    }
    Ok(commits)
}

/// Names of the repository that are like the one it does not have.
fn near(repository: &Repository, reference: &GitReference) -> Result<Vec<String>, GitError> {
    let name = match reference {
        GitReference::Tag(name) | GitReference::Branch(name) => name,
        _ => return Ok(Vec::new()),
    };
    let lines = repository.list(&["--heads", "--tags"])?;
    let names = lines
        .lines()
        .filter_map(|line| line.split_once('\t'))
        .filter_map(|(_, full)| full.strip_prefix("refs/tags/").or_else(|| full.strip_prefix("refs/heads/")));
    let names: Vec<&str> = names.filter(|name| !name.ends_with("^{}")).collect();
    Ok(likely(name, names))
}

fn likely(name: &str, mut names: Vec<&str>) -> Vec<String> {
    names.sort_unstable();
    names.dedup();
    let mut found = Vec::new();
    // What is in both places, such as a branch where a tag was meant, is likeliest.
    while let Some(next) = nearest_name(name, &names).filter(|_| found.len() < NEAR_COUNT_MAX) {
        found.push(next.to_owned());
        names.retain(|name| *name != next);
    }
    let longer = names.iter().filter(|other| other.ends_with(name)).map(|other| (*other).to_owned());
    let room = NEAR_COUNT_MAX - found.len();
    found.extend(longer.take(room));
    found
}

fn not_found(repository: &Repository, reference: &GitReference, near: Vec<String>) -> GitError {
    GitError::NotFound { url: repository.shown(), reference: reference.clone(), near }
}

fn only_commit(stdout: &[u8]) -> Option<Commit> {
    std::str::from_utf8(stdout).ok()?.trim_end().parse().ok()
}

/// As much as an answer about tags can have.
const _: () = assert!(LISTING_BYTES_MAX > ANSWER_BYTES_MAX);

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn object(digit: char) -> String {
        digit.to_string().repeat(40)
    }

    #[test]
    fn versions_are_read_from_both_kinds_of_tags() {
        let (a, b, c) = (object('a'), object('b'), object('c'));
        let lines = format!(
            "{a}\trefs/tags/v1.0.0\n{b}\trefs/tags/v1.0.0^{{}}\n{c}\trefs/tags/1.2.0\n{a}\trefs/tags/v1.2.0\n\
             {a}\trefs/tags/v2.0.0-rc.1\n{a}\trefs/tags/release-3\n{a}\trefs/heads/v9.0.0\nnonsense\n{a}\trefs/tags/v1.10.0\n"
        );
        let found: Vec<(String, String)> =
            versions_in(&lines).into_iter().map(|found| (found.tag, found.commit.to_string())).collect();
        let expected = [("v2.0.0-rc.1", &a), ("v1.10.0", &a), ("1.2.0", &c), ("v1.0.0", &b)];
        assert_eq!(found, expected.map(|(tag, object)| (tag.to_owned(), object.clone())));
    }

    #[test]
    fn names_that_git_could_misread_are_refused() {
        use ReferenceFault as F;
        let tag = |text: &str| GitReference::Tag(text.to_owned());
        for (reference, expected) in [
            (tag("v1"), None),
            (tag("release/1.0"), None),
            (tag("ü"), None),
            (tag(""), Some(F::Form)),
            (tag("-u"), Some(F::Dash)),
            (tag("--upload-pack=x"), Some(F::Dash)),
            (tag("a b"), Some(F::Form)),
            (tag("a:refs/heads/b"), Some(F::Form)),
            (tag("*"), Some(F::Form)),
            (tag("a..b"), Some(F::Form)),
            (tag("a@{1}"), Some(F::Form)),
            (tag("a/.b"), Some(F::Form)),
            (tag("a//b"), Some(F::Form)),
            (tag("a.lock"), Some(F::Form)),
            (tag("a\n"), Some(F::Form)),
            (GitReference::Branch("^main".into()), Some(F::Form)),
            (GitReference::Rev("abc123".into()), Some(F::Digits)),
            (GitReference::Rev("abc123g".into()), Some(F::Digits)),
            (GitReference::Rev("ABC1234".into()), None),
            (GitReference::Head, None),
        ] {
            let found = match check(&reference) {
                Ok(()) => None,
                Err(GitError::Reference { why, .. }) => Some(why),
                Err(other) => panic!("{other}"),
            };
            assert_eq!(found, expected, "{reference:?}");
        }
    }

    #[test]
    fn likely_names_come_first() {
        let names = vec!["v1.2.0", "v1.3.0", "main", "json-1.2.0", "1.2.1"];
        assert_eq!(likely("1.2.0", names), ["1.2.1", "v1.2.0", "json-1.2.0"]);
        assert!(likely("nothing-like-it", vec!["a", "b"]).is_empty());
    }

    proptest! {
        #[test]
        fn a_name_that_is_accepted_is_one_refspec(name in "\\PC{0,12}|[-a-z./:*@{^~]{0,10}") {
            if check(&GitReference::Tag(name.clone())).is_ok() {
                prop_assert!(!name.contains([':', '*', '^', ' ', '\n']) && !name.starts_with('-'));
            }
        }
    }
}
