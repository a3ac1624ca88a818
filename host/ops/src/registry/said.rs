//! What a registry said once, which it cannot take back.
//!
//! A version that was listed stays listed, with the same files and the same needs; only that it is yanked,
//! deprecated or removed can come and go. So what each registry listed is remembered for good, apart from
//! the answers that are kept for a while, and each new answer is compared with it. That finds a registry
//! that was turned back, exchanged or broken into also where nothing of it is locked.
//!
//! Of a version little is remembered: the digests of its files, and one of everything else. The latter is
//! compared only where the same plugin reads, since another one may understand the same bytes otherwise.
//! A mirror may be behind its registry, so that it need not know every version; what it lists has to be
//! what the registry said. Registries in folders are not remembered: whoever can change the folder is
//! whoever could change what is remembered.

use std::collections::BTreeMap;
use std::path::PathBuf;

use s_diag::{Code, Diagnostic};
use s_store::{RecordLog, Sha256Digest, files};
use serde::{Deserialize, Serialize};

use super::kept::key;
use super::{Answer, Artifact, HashAlgorithm, PackageName, RegistryPlace, Version, is_absent};
use crate::Context;
use crate::failure::{Failure, FailureKind};
use crate::packages::registries::is_local;
use crate::plugins::catalog::Entry;

/// Bytes of what one registry said: of some hundred thousand versions.
const SIZE_BYTES_MAX: usize = 32 << 20;
/// A change of it makes everything that was remembered unknown.
const FORM: u8 = 1;
/// How many versions an error names.
const NAMED_COUNT_MAX: usize = 4;
/// Open pairs of a version that may come and go, as a yank does.
const MARKS: [&str; 2] = ["deprecated", "removed"];

/// What one registry said.
pub(super) struct Said {
    log: RecordLog,
    /// What the registry is called.
    name: String,
    /// What tells this plugin from others.
    reader: String,
    is_mirror: bool,
}

/// Of one package.
#[derive(PartialEq, Eq, Serialize, Deserialize)]
struct Package {
    form: u8,
    reader: String,
    versions: BTreeMap<String, Facts>,
}

/// Of one version.
#[derive(PartialEq, Eq, Serialize, Deserialize)]
struct Facts {
    /// The digests of its files, by what they are.
    files: BTreeMap<String, String>,
    /// Of everything else that stays as it is.
    rest: String,
}

impl Said {
    /// What the registry at a place said, as a plugin reads it; none of a folder.
    pub(super) fn of(context: &Context, plugin: &Entry, place: &RegistryPlace) -> Option<Said> {
        let registry = place.mirror_of.as_ref().unwrap_or(&place.url);
        if is_local(registry) {
            return None;
        }
        Some(Said {
            log: RecordLog::open(&path(context, registry), SIZE_BYTES_MAX),
            name: place.name.clone(),
            reader: format!("{} {} {:?}", plugin.id(), plugin.digest, place.config),
            is_mirror: place.mirror_of.is_some(),
        })
    }

    /// Compares answers with what was said before, and remembers them. One that takes something back
    /// becomes a failure.
    pub(super) fn compare(&mut self, names: &[PackageName], answers: &mut [Result<Answer, Failure>]) {
        let mut news = Vec::new();
        for (name, answer) in names.iter().zip(answers) {
            let listed = match answer {
                Ok(Answer::Listing { versions, .. }) => versions.as_slice(),
                // It may be behind.
                Err(failure) if is_absent(failure) && !self.is_mirror => &[],
                Ok(Answer::Unchanged) | Err(_) => continue,
            };
            let before = self.before(name);
            match self.differences(before.as_ref(), listed).as_slice() {
                [] if self.is_mirror || listed.is_empty() => {}
                [] => {
                    let now = self.package(listed);
                    if before.as_ref() != Some(&now)
                        && let Ok(record) = postcard::to_stdvec(&now)
                    {
                        news.push((key(name), record));
                    }
                }
                differences => *answer = Err(self.failure(name, differences)),
            }
        }
        // What cannot be written is remembered next time.
        let _ = self.log.put(news.iter().map(|(name, record)| (name.as_bytes(), record.as_slice())));
    }

    fn before(&self, name: &PackageName) -> Option<Package> {
        let package: Package = postcard::from_bytes(self.log.get(key(name).as_bytes())?).ok()?;
        (package.form == FORM).then_some(package)
    }

    fn package(&self, listed: &[Version]) -> Package {
        let versions = listed.iter().map(|version| (version.version.clone(), facts(version)));
        Package { form: FORM, reader: self.reader.clone(), versions: versions.collect() }
    }

    /// What of a listing is not what was said before, a line each.
    fn differences(&self, before: Option<&Package>, listed: &[Version]) -> Vec<String> {
        let mut differences = Vec::new();
        let mut now: BTreeMap<&str, Facts> = BTreeMap::new();
        for version in listed {
            let number = version.version.as_str();
            let facts = facts(version);
            match now.get(number) {
                Some(other) if *other != facts => {
                    let files = |facts: &Facts| list_of(facts.files.values());
                    differences.push(format!(
                        "`{number}` is listed twice: with {}, and with {}",
                        files(other),
                        files(&facts)
                    ));
                }
                Some(_) => {}
                None => drop(now.insert(number, facts)),
            }
        }
        let Some(before) = before else { return differences };
        for (number, was) in &before.versions {
            let Some(is) = now.get(number.as_str()) else {
                if !self.is_mirror {
                    let files = list_of(was.files.values());
                    differences.push(format!("`{number}` was listed with {files}, and is gone"));
                }
                continue;
            };
            // A file may come, such as a binary for one more target.
            for (what, digest) in &was.files {
                if is.files.get(what) != Some(digest) {
                    let other = is.files.get(what).map_or("none", String::as_str);
                    differences
                        .push(format!("`{number}` was listed with {digest} as its {what}, now with {other}"));
                }
            }
            if before.reader == self.reader && is.rest != was.rest {
                differences.push(format!(
                    "what `{number}` needs and offers was listed with the digest {}, now with {}",
                    was.rest, is.rest
                ));
            }
        }
        differences
    }

    fn failure(&self, name: &PackageName, differences: &[String]) -> Failure {
        let message = format!("`{}` does not say any more what it said of `{}`", self.name, key(name));
        let mut diagnostic = Diagnostic::error(Code::REGISTRY_CHANGED, message);
        diagnostic.notes.extend(differences.iter().take(NAMED_COUNT_MAX).cloned());
        if let Some(more) = differences.len().checked_sub(NAMED_COUNT_MAX).filter(|more| *more > 0) {
            diagnostic = diagnostic.note(format!("{more} more are not what they were"));
        }
        let diagnostic = diagnostic
            .note("what was listed once never changes: it was broken into or turned back, or is another registry")
            .hint("tell whoever runs it; nothing was changed here")
            .hint(format!("if you know that it was made anew: s registry trust {} --forget", self.name));
        Failure::new(FailureKind::Integrity, diagnostic)
    }
}

/// How many packages are remembered of the registry at an address.
pub(crate) fn remembered_count(context: &Context, url: &str) -> usize {
    RecordLog::open(&path(context, url), SIZE_BYTES_MAX).keys().count()
}

/// Forgets what the registry at an address said; returns whether it had said anything.
pub(crate) fn forget(context: &Context, url: &str) -> Result<bool, Failure> {
    match files::remove_file(&path(context, url)) {
        Err(error) if error.is_not_found() => Ok(false),
        done => Ok(done.map(|()| true)?),
    }
}

/// Where it is remembered what the registry at an address said.
fn path(context: &Context, url: &str) -> PathBuf {
    let name = Sha256Digest::of(url.trim_end_matches('/').as_bytes()).to_hex();
    context.home().trust().join(format!("{}.said", &name[..32]))
}

fn facts(version: &Version) -> Facts {
    let file = |artifact: &Artifact| {
        let Artifact { kind, target, profile, digest, .. } = artifact;
        let words = [Some(kind), target.as_ref(), profile.as_ref()];
        let what: Vec<&str> = words.into_iter().flatten().map(String::as_str).collect();
        let algorithm = match digest.algorithm {
            HashAlgorithm::Sha256 => "sha256",
            HashAlgorithm::Sha512 => "sha512",
            HashAlgorithm::Blake3 => "blake3",
        };
        let digits: String = digest.bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        (what.join(" "), format!("{algorithm}-{digits}"))
    };
    let extra: Vec<_> = version.extra.iter().filter(|(key, _)| !MARKS.contains(&key.as_str())).collect();
    let Version { published_unix, requires_stryke, dependencies, features, .. } = version;
    let rest = postcard::to_stdvec(&(published_unix, requires_stryke, dependencies, features, extra));
    Facts {
        files: version.artifacts.iter().map(file).collect(),
        rest: Sha256Digest::of(&rest.unwrap_or_default()).to_string(),
    }
}

fn list_of<'a>(texts: impl Iterator<Item = &'a String>) -> String {
    let texts: Vec<&str> = texts.map(String::as_str).collect();
    if texts.is_empty() { "no file".to_owned() } else { texts.join(", ") }
}
