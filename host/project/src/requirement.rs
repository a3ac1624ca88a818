//! Requirements: which versions of a package will do.
//!
//! | written | means |
//! |---|---|
//! | `1`, `1.4` | `^1`, `^1.4`: from there on, below what may break |
//! | `1.4.2` | exactly 1.4.2 (`^` with [`Bare::Caret`]) |
//! | `^1.4.2` | at least 1.4.2, below the next version that may break: 2, or 0.5 from 0.4 on |
//! | `~1.4.2`, `~1.4`, `~1` | at least that, below 1.5 (below 2 for `~1`) |
//! | `=1.4`, `1.4.*`, `*` | all versions that begin so |
//! | `>=1.2, <1.8` | both |
//! | `^1 \|\| ^2` | either |
//!
//! A prerelease is matched only where the same alternative names a prerelease of the same
//! major.minor.patch, as with [npm](https://github.com/npm/node-semver#prerelease-tags) and cargo.
//! Versions are those of [SemVer 2.0.0](https://semver.org); build metadata plays no part.

use std::borrow::Cow;
use std::fmt;

use crate::toml::nearest as nearest_name;
use semver::{BuildMetadata, Prerelease, Version};
use thiserror::Error;

/// The longest text of a requirement, in bytes.
pub const REQUIREMENT_BYTES_MAX: usize = 256;

/// What a bare version with three components means.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Bare {
    /// Exactly that one.
    #[default]
    Exact,
    /// The same as with `^`.
    Caret,
}

/// Which versions of a package will do. Equal when written the same.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Requirement {
    text: String,
    alternatives: Vec<Alternative>,
}

/// Comparators that all have to hold.
type Alternative = Vec<Comparator>;

/// Versions from `from` on and below `below`, in the order of SemVer.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Comparator {
    from: Option<Version>,
    below: Option<Version>,
    /// The prerelease that was named: it and its neighbours may be matched.
    names_prerelease: Option<(u64, u64, u64)>,
}

/// Why a text is not a requirement.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{fault}")]
pub struct RequirementError {
    /// What is wrong.
    pub fault: RequirementFault,
    /// Where the part that is wrong begins, in bytes.
    pub start: usize,
    /// Where it ends.
    pub end: usize,
}

/// What is wrong with a requirement.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum RequirementFault {
    /// There is nothing where a version is expected.
    #[error("expected a version such as `1.4`, `^1.4.2` or `>=1, <3`")]
    Empty,
    /// There is an operator that is not known.
    #[error("`{0}` is not an operator: `=`, `^`, `~`, `>`, `>=`, `<` and `<=` are")]
    Operator(String),
    /// A component is not a number, or is too large.
    #[error("`{0}` is not a component of a version: a number without leading zeros, or `*`")]
    Component(String),
    /// There are more than three components.
    #[error("a version has three components")]
    Components,
    /// A component stands behind `*`.
    #[error("nothing can stand behind `*`")]
    BehindWildcard,
    /// `*` stands with an operator that gives it no meaning.
    #[error("`*` makes no sense with `{0}`")]
    Wildcard(String),
    /// A prerelease stands behind fewer than three components.
    #[error("a prerelease needs all three components in front of it")]
    IncompletePrerelease,
    /// The prerelease is malformed.
    #[error("`{0}` is not a prerelease: words of a-z, A-Z, 0-9 and `-`, with dots between")]
    Prerelease(String),
    /// There is build metadata.
    #[error("build metadata (`+…`) plays no part in a requirement: leave it out")]
    Build,
    /// There is a `v` in front.
    #[error("leave out the `v`")]
    LeadingV,
    /// The text is too long.
    #[error("a requirement has at most {REQUIREMENT_BYTES_MAX} bytes")]
    Length,
    /// No version can be matched.
    #[error("no version can be both")]
    Contradiction,
}

impl Requirement {
    /// Parses a requirement; spaces around its parts play no role.
    ///
    /// # Errors
    /// [`RequirementError`] with the place of the first mistake.
    pub fn parse(text: &str, bare: Bare) -> Result<Requirement, RequirementError> {
        if text.len() > REQUIREMENT_BYTES_MAX {
            return Err(RequirementError { fault: RequirementFault::Length, start: 0, end: text.len() });
        }
        let mut alternatives = Vec::new();
        for (start, part) in pieces(text, "||") {
            let mut comparators = Alternative::new();
            for (offset, piece) in pieces(part, ",") {
                for (inner, word) in words(piece) {
                    comparators.push(comparator(word, start + offset + inner, bare)?);
                }
            }
            if !can_hold(&comparators) {
                let fault = RequirementFault::Contradiction;
                return Err(RequirementError { fault, start, end: start + part.len() });
            }
            alternatives.push(comparators);
        }
        Ok(Requirement { text: text.trim().to_owned(), alternatives })
    }

    /// The requirement that every release meets.
    pub fn any() -> Requirement {
        Requirement { text: "*".to_owned(), alternatives: vec![vec![Comparator::all()]] }
    }

    /// The requirement that only one version meets.
    pub fn exactly(version: &Version) -> Requirement {
        let version = without_build(version).into_owned();
        Requirement { text: format!("={version}"), alternatives: vec![vec![Comparator::exactly(version)]] }
    }

    /// What somebody probably meant who wrote a text that is no requirement: one as other tools have them,
    /// with a component too many, or with zeros in front of one.
    pub fn nearest(text: &str, bare: Bare) -> Option<String> {
        let candidates = [
            text.replace(" and ", ", ").replace("&&", ","),
            text.replace(" or ", " || "),
            text.trim_start_matches(['v', 'V']).to_owned(),
            text.replace("==", "=").replace("=>", ">=").replace("=<", "<=").replace("~>", "~"),
            text.split('+').next().unwrap_or_default().to_owned(),
            text.split(['(', ')']).collect::<String>(),
            numbers(text),
        ];
        let word = nearest_name(text, &["latest", "any", "newest"]).map(|_| "*".to_owned());
        candidates.into_iter().chain(word).find(|candidate| {
            !candidate.is_empty() && candidate != text && Requirement::parse(candidate, bare).is_ok()
        })
    }

    /// Whether a version meets it.
    pub fn matches(&self, version: &Version) -> bool {
        let version = &*without_build(version);
        self.alternatives.iter().any(|comparators| {
            let named = (version.major, version.minor, version.patch);
            let is_named = version.pre.is_empty()
                || comparators.iter().any(|comparator| comparator.names_prerelease == Some(named));
            is_named && comparators.iter().all(|comparator| comparator.contains(version))
        })
    }

    /// Whether it names one version and no other.
    pub fn is_exact(&self) -> bool {
        matches!(self.alternatives.as_slice(), [comparators] if matches!(comparators.as_slice(), [Comparator { from: Some(from), below: Some(below), .. }] if *below == after(from)))
    }

    /// Whether it names a prerelease.
    pub fn names_prerelease(&self) -> bool {
        self.alternatives.iter().flatten().any(|comparator| comparator.names_prerelease.is_some())
    }

    /// The lowest version that it names; none where it has no lower bound.
    pub fn lowest(&self) -> Option<&Version> {
        let bounds = self.alternatives.iter().map(|comparators| {
            let from = comparators.iter().filter_map(|comparator| comparator.from.as_ref());
            from.max()
        });
        // One alternative without a bound leaves all of them without.
        bounds.collect::<Option<Vec<_>>>()?.into_iter().min()
    }

    /// As it was written.
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

impl fmt::Display for Requirement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl Comparator {
    fn all() -> Comparator {
        Comparator { from: None, below: None, names_prerelease: None }
    }

    fn exactly(version: Version) -> Comparator {
        Comparator {
            names_prerelease: prerelease_of(&version),
            below: Some(after(&version)),
            from: Some(version),
        }
    }

    fn contains(&self, version: &Version) -> bool {
        self.from.as_ref().is_none_or(|from| version >= from)
            && self.below.as_ref().is_none_or(|below| version < below)
    }
}

/// A text of one version with as many components as it can have: up to three, without zeros in front of
/// them, and none from the first on that is no number.
fn numbers(text: &str) -> String {
    let start = text.find(|c: char| !"^~=<>! ".contains(c)).unwrap_or(text.len());
    let (operator, version) = text.split_at(start);
    let is_number = |part: &&str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    let without_zeros = |part: &str| match part.trim_start_matches('0') {
        "" => "0".to_owned(),
        part => part.to_owned(),
    };
    let numbers = version.split('.').take(3).take_while(is_number).map(without_zeros);
    format!("{operator}{}", numbers.collect::<Vec<_>>().join("."))
}

/// Whether some version lies within all of them.
fn can_hold(comparators: &[Comparator]) -> bool {
    let from = comparators.iter().filter_map(|comparator| comparator.from.as_ref()).max();
    let below = comparators.iter().filter_map(|comparator| comparator.below.as_ref()).min();
    match (from, below) {
        (Some(from), Some(below)) => from < below,
        (None, Some(below)) => *below > lowest(0, 0, 0),
        _ => true,
    }
}

/// Parts between separators, with where each begins.
fn pieces<'a>(text: &'a str, separator: &str) -> impl Iterator<Item = (usize, &'a str)> {
    let start = text.as_ptr().addr();
    text.split(separator).map(move |part| (part.as_ptr().addr() - start, part))
}

/// Comparators with only spaces between them; an operator may stand apart from its version. Gives
/// one empty word for a text without any.
fn words(text: &str) -> Vec<(usize, &str)> {
    let mut found: Vec<(usize, &str)> = Vec::new();
    let mut open: Option<usize> = None;
    let start = text.as_ptr().addr();
    for word in text.split_whitespace() {
        let offset = word.as_ptr().addr() - start;
        let from = open.take().unwrap_or(offset);
        if word.chars().all(is_operator) {
            open = Some(from);
        } else {
            found.push((from, &text[from..offset + word.len()]));
        }
    }
    if let Some(from) = open {
        found.push((from, text[from..].trim_end()));
    }
    if found.is_empty() {
        found.push((text.len() - text.trim_start().len(), ""));
    }
    found
}

fn is_operator(c: char) -> bool {
    matches!(c, '=' | '<' | '>' | '^' | '~' | '!')
}

/// The components that were written; none for `*` and everything behind.
struct Partial {
    major: Option<u64>,
    minor: Option<u64>,
    patch: Option<u64>,
    pre: Prerelease,
    has_wildcard: bool,
}

fn comparator(word: &str, start: usize, bare: Bare) -> Result<Comparator, RequirementError> {
    let at = |fault| RequirementError { fault, start, end: start + word.len() };
    let version = word.trim_start_matches(is_operator);
    let operator = &word[..word.len() - version.len()];
    let partial = partial(version.trim_start()).map_err(at)?;
    let Some(major) = partial.major else {
        return match operator {
            "" | "=" | ">=" | "^" | "~" => Ok(Comparator::all()),
            _ => Err(at(RequirementFault::Wildcard(operator.to_owned()))),
        };
    };
    let (minor, patch) = (partial.minor.unwrap_or(0), partial.patch.unwrap_or(0));
    let mut from = Version::new(major, minor, patch);
    from.pre = partial.pre.clone();
    // The first version behind all that begin as it is written.
    let behind = match (partial.minor, partial.patch) {
        (None, _) => next(major).map(|major| lowest(major, 0, 0)),
        (_, None) => next(minor).map(|minor| lowest(major, minor, 0)),
        _ => Some(after(&from)),
    };
    let names_prerelease = prerelease_of(&from);
    let make = |from: Option<Version>, below: Option<Version>| Comparator { from, below, names_prerelease };
    let is_whole = partial.patch.is_some();
    let comparator = match operator {
        "" if partial.has_wildcard => make(Some(from), behind),
        "" if is_whole && bare == Bare::Exact => make(Some(from), behind),
        "=" => make(Some(from), behind),
        "" | "^" => {
            let below = breaking(major, partial.minor, partial.patch);
            make(Some(from), below)
        }
        "~" => {
            let below = match partial.minor {
                None => next(major).map(|major| lowest(major, 0, 0)),
                Some(minor) => next(minor).map(|minor| lowest(major, minor, 0)),
            };
            make(Some(from), below)
        }
        ">=" => make(Some(from), None),
        ">" => match behind {
            Some(behind) => make(Some(release_of(behind, is_whole)), None),
            None => return Err(at(RequirementFault::Contradiction)),
        },
        "<" if partial.pre.is_empty() => make(None, Some(lowest(major, minor, patch))),
        "<" => make(None, Some(from)),
        "<=" => make(None, behind),
        _ => return Err(at(RequirementFault::Operator(operator.to_owned()))),
    };
    Ok(comparator)
}

/// `>1.4` begins at 1.5.0-0 by its order; prereleases are kept out by name, so either will do. `>`
/// with three components begins right behind that version.
fn release_of(behind: Version, is_whole: bool) -> Version {
    if is_whole { behind } else { Version::new(behind.major, behind.minor, behind.patch) }
}

/// The first version that may break what was built against one.
fn breaking(major: u64, minor: Option<u64>, patch: Option<u64>) -> Option<Version> {
    match (major, minor, patch) {
        (0, Some(0), Some(patch)) => next(patch).map(|patch| lowest(0, 0, patch)),
        (0, Some(minor), _) => next(minor).map(|minor| lowest(0, minor, 0)),
        (major, _, _) => next(major).map(|major| lowest(major, 0, 0)),
    }
}

fn partial(text: &str) -> Result<Partial, RequirementFault> {
    if text.is_empty() {
        return Err(RequirementFault::Empty);
    }
    if text.starts_with(['v', 'V']) {
        return Err(RequirementFault::LeadingV);
    }
    if text.contains('+') {
        return Err(RequirementFault::Build);
    }
    let (numbers, pre) = text.split_once('-').map_or((text, None), |(numbers, pre)| (numbers, Some(pre)));
    let mut components = [None; 3];
    let mut has_wildcard = false;
    for (count, component) in numbers.split('.').enumerate() {
        if count == 3 {
            return Err(RequirementFault::Components);
        }
        if matches!(component, "*" | "x" | "X") {
            has_wildcard = true;
        } else if has_wildcard {
            return Err(RequirementFault::BehindWildcard);
        } else {
            components[count] = Some(number(component)?);
        }
    }
    let [major, minor, patch] = components;
    let pre = match pre {
        None => Prerelease::EMPTY,
        Some(_) if patch.is_none() => return Err(RequirementFault::IncompletePrerelease),
        Some(pre) => match Prerelease::new(pre) {
            Ok(pre) if !pre.is_empty() => pre,
            _ => return Err(RequirementFault::Prerelease(pre.to_owned())),
        },
    };
    Ok(Partial { major, minor, patch, pre, has_wildcard })
}

fn number(text: &str) -> Result<u64, RequirementFault> {
    let is_plain = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let has_zero = text.len() > 1 && text.starts_with('0');
    match text.parse() {
        Ok(number) if is_plain && !has_zero => Ok(number),
        _ => Err(RequirementFault::Component(text.to_owned())),
    }
}

fn next(number: u64) -> Option<u64> {
    number.checked_add(1)
}

/// The lowest version with these components: below all of its prereleases.
fn lowest(major: u64, minor: u64, patch: u64) -> Version {
    let pre = Prerelease::new("0").expect("`0` is a prerelease");
    Version { pre, ..Version::new(major, minor, patch) }
}

/// The lowest version above one.
fn after(version: &Version) -> Version {
    if version.pre.is_empty() {
        return match version.patch.checked_add(1) {
            Some(patch) => lowest(version.major, version.minor, patch),
            // Nothing lies between; the next minor version is as good.
            None => lowest(version.major, version.minor.saturating_add(1), 0),
        };
    }
    let pre = Prerelease::new(&format!("{}.0", version.pre)).expect("a prerelease with one more part is one");
    Version { pre, ..Version::new(version.major, version.minor, version.patch) }
}

fn prerelease_of(version: &Version) -> Option<(u64, u64, u64)> {
    (!version.pre.is_empty()).then_some((version.major, version.minor, version.patch))
}

fn without_build(version: &Version) -> Cow<'_, Version> {
    match version.build.is_empty() {
        true => Cow::Borrowed(version),
        false => Cow::Owned(Version { build: BuildMetadata::EMPTY, ..version.clone() }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn requirement(text: &str) -> Requirement {
        Requirement::parse(text, Bare::Exact).unwrap_or_else(|error| panic!("{text}: {error}"))
    }

    fn version(text: &str) -> Version {
        text.parse().unwrap()
    }

    #[test]
    fn what_is_written_means_what_the_table_says() {
        let cases: &[(&str, &[&str], &[&str])] = &[
            ("1", &["1.0.0", "1.9.9"], &["0.9.9", "2.0.0", "2.0.0-rc.1", "1.5.0-rc.1"]),
            ("1.4", &["1.4.0", "1.9.0"], &["1.3.9", "2.0.0"]),
            ("0.4", &["0.4.0", "0.4.9"], &["0.5.0", "0.3.9"]),
            ("0", &["0.0.1", "0.9.0"], &["1.0.0"]),
            ("1.4.2", &["1.4.2", "1.4.2+build"], &["1.4.3", "1.4.1", "1.4.2-rc.1"]),
            ("^1.4.2", &["1.4.2", "1.9.0"], &["1.4.1", "2.0.0"]),
            ("^0.0.3", &["0.0.3"], &["0.0.4", "0.0.2"]),
            ("^0.0", &["0.0.0", "0.0.9"], &["0.1.0"]),
            ("~1.4.2", &["1.4.2", "1.4.9"], &["1.5.0", "1.4.1"]),
            ("~1", &["1.0.0", "1.9.0"], &["2.0.0"]),
            ("=1.4", &["1.4.0", "1.4.9"], &["1.5.0"]),
            ("1.4.*", &["1.4.0", "1.4.9"], &["1.5.0"]),
            ("1.x", &["1.0.0", "1.9.0"], &["2.0.0", "0.9.0"]),
            ("*", &["0.0.1", "9.9.9"], &["1.0.0-a"]),
            (">1.4", &["1.5.0"], &["1.4.9", "1.5.0-a"]),
            (">1.4.2", &["1.4.3"], &["1.4.2", "1.4.3-a"]),
            ("<=1.4", &["1.4.9", "0.1.0"], &["1.5.0"]),
            ("<2", &["1.9.9"], &["2.0.0", "2.0.0-a"]),
            (">=1.2, <1.8", &["1.2.0", "1.7.9"], &["1.8.0", "1.1.0"]),
            (">= 1.2 < 1.8", &["1.2.0", "1.7.9"], &["1.8.0", "1.1.0"]),
            ("^1 || ^3", &["1.5.0", "3.0.0"], &["2.0.0", "4.0.0"]),
            ("^1.0.0-rc.2", &["1.0.0-rc.2", "1.0.0-rc.3", "1.0.0", "1.2.0"], &["1.0.0-rc.1", "1.2.0-rc.1"]),
            ("1.0.0-rc.2", &["1.0.0-rc.2"], &["1.0.0-rc.2.0", "1.0.0"]),
        ];
        for (text, matching, other) in cases {
            let parsed = requirement(text);
            assert_eq!(parsed.as_str(), *text);
            for candidate in *matching {
                assert!(parsed.matches(&version(candidate)), "{text} {candidate}");
            }
            for candidate in *other {
                assert!(!parsed.matches(&version(candidate)), "{text} {candidate}");
            }
        }
        let caret = Requirement::parse("1.4.2", Bare::Caret).unwrap();
        assert!(caret.matches(&version("1.9.0")) && !caret.is_exact());
        assert!(requirement("1.4.2").is_exact() && requirement("=1.4.2").is_exact());
        assert!(
            !requirement("1.4").is_exact()
                && !requirement("=1.4").is_exact()
                && !Requirement::any().is_exact()
        );
        assert!(Requirement::exactly(&version("1.0.0-a+b")).is_exact());
        assert!(requirement(">=1, <2.0.0-a").names_prerelease());
    }

    #[test]
    fn mistakes_have_a_place() {
        use RequirementFault as F;
        let cases: &[(&str, F, (usize, usize))] = &[
            ("", F::Empty, (0, 0)),
            ("^", F::Empty, (0, 1)),
            ("1,", F::Empty, (2, 2)),
            ("^1 || ", F::Empty, (6, 6)),
            (">=1, <v2", F::LeadingV, (5, 8)),
            ("!=1", F::Operator("!=".into()), (0, 3)),
            ("=>1", F::Operator("=>".into()), (0, 3)),
            ("1.02", F::Component("02".into()), (0, 4)),
            ("one", F::Component("one".into()), (0, 3)),
            ("1..2", F::Component(String::new()), (0, 4)),
            ("99999999999999999999", F::Component("99999999999999999999".into()), (0, 20)),
            ("1.2.3.4", F::Components, (0, 7)),
            ("1.*.3", F::BehindWildcard, (0, 5)),
            ("<*", F::Wildcard("<".into()), (0, 2)),
            ("1.2-rc", F::IncompletePrerelease, (0, 6)),
            ("1.2.3-", F::Prerelease(String::new()), (0, 6)),
            ("1.2.3-01", F::Prerelease("01".into()), (0, 8)),
            ("1.2.3+5", F::Build, (0, 7)),
            (">2, <1", F::Contradiction, (0, 6)),
            ("^1 || >=2 <2", F::Contradiction, (5, 12)),
            ("<0.0.0", F::Contradiction, (0, 6)),
        ];
        for (text, fault, (start, end)) in cases {
            let error = Requirement::parse(text, Bare::Exact).unwrap_err();
            assert_eq!((&error.fault, error.start, error.end), (fault, *start, *end), "{text}");
        }
        let long = "1".repeat(REQUIREMENT_BYTES_MAX + 1);
        assert_eq!(Requirement::parse(&long, Bare::Exact).unwrap_err().fault, F::Length);
    }

    fn versions() -> impl Strategy<Value = Version> {
        (0u64..4, 0u64..4, 0u64..4, prop_oneof![3 => Just(""), 1 => Just("a"), 1 => Just("rc.1")]).prop_map(
            |(major, minor, patch, pre)| Version {
                pre: Prerelease::new(pre).unwrap(),
                ..Version::new(major, minor, patch)
            },
        )
    }

    proptest! {
        /// The second opinion: cargo's own matcher, for what both can write.
        #[test]
        fn the_matcher_of_cargo_agrees(
            operator in prop_oneof![Just("^"), Just("~"), Just("="), Just(">"), Just(">="), Just("<"), Just("<=")],
            bound in versions(),
            components in 1usize..4,
            candidate in versions(),
        ) {
            let text = if components == 3 || !bound.pre.is_empty() {
                format!("{operator}{bound}")
            } else {
                let numbers = [bound.major, bound.minor, bound.patch].map(|number| number.to_string());
                format!("{operator}{}", numbers[..components].join("."))
            };
            let theirs = semver::VersionReq::parse(&text).unwrap();
            match Requirement::parse(&text, Bare::Exact) {
                Ok(ours) => prop_assert_eq!(ours.matches(&candidate), theirs.matches(&candidate), "{} {}", text, candidate),
                Err(error) => prop_assert_eq!(error.fault, RequirementFault::Contradiction),
            }
        }

        #[test]
        fn no_text_panics(text in "[0-9.*x^~<>=|, va-c+-]{0,16}|\\PC{0,10}", candidate in versions()) {
            match Requirement::parse(&text, Bare::Exact) {
                Ok(requirement) => drop(requirement.matches(&candidate)),
                Err(error) => prop_assert!(text.get(error.start..error.end).is_some(), "{text:?} {error:?}"),
            }
        }
    }
}
