//! A conflict in words.
//!
//! One sentence of what is wrong, the facts it follows from, nearest first, what was left out, and
//! what really helps. How that is drawn is left to the caller.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use serde::Serialize;

use crate::conflict::{By, Conflict, Fact, LeftOut, Step};

/// A conflict for people.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Report {
    /// What is wrong.
    pub headline: String,
    /// Why: each line a fact, to be joined by "because" and "and".
    pub because: Vec<String>,
    /// What was left out and might have helped.
    pub notes: Vec<String>,
    /// What helps.
    pub fixes: Vec<Fix>,
}

/// A dependency of a root that stands in the way, and what to do about it. Tried: with it there is an
/// answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Fix {
    /// The root.
    pub root: String,
    /// Which of its dependencies.
    pub origin: usize,
    /// The name it has there.
    pub alias: String,
    /// What that needs.
    pub package: String,
    /// The requirement as it stands.
    pub requirement: String,
    /// The version that is chosen then.
    pub version: String,
    /// What that version is given of the packages that play a part in the conflict.
    pub works_with: Vec<(String, String)>,
    /// What has to be different.
    pub remedy: Remedy,
}

/// What leads to an answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "remedy", rename_all = "kebab-case")]
pub enum Remedy {
    /// Another requirement of the dependency.
    Requirement {
        /// The requirement, as one would type it.
        requirement: String,
    },
    /// Other features of the dependency.
    Features {
        /// The one that it cannot be had with.
        without: String,
        /// The one that was probably meant.
        instead: Option<String>,
    },
    /// Some time, or a shorter cooldown.
    Cooldown {
        /// The package whose version is too young.
        package: String,
        /// That version.
        version: String,
        /// When it is old enough, in seconds since 1970.
        until: u64,
    },
    /// Another release of stryke.
    Stryke {
        /// The package that needs it.
        package: String,
        /// The version of that.
        version: String,
        /// Which releases will do; none where an edition is not known.
        requirement: Option<String>,
    },
}

impl Fix {
    /// The fix as a hint for whoever has no manifest at hand, with the command behind it.
    pub fn text(&self) -> String {
        self.text_with(&self.command())
    }

    /// The fix as a hint, with this command behind it.
    pub fn text_with(&self, command: &str) -> String {
        let with: Vec<String> =
            self.works_with.iter().map(|(name, version)| format!("`{name}` {version}")).collect();
        let with = if with.is_empty() { "everything else".to_owned() } else { with.join(" and ") };
        let chosen = format!("`{}` {}", self.package, self.version);
        match &self.remedy {
            Remedy::Requirement { .. } => format!("{chosen} works with {with}: {command}"),
            Remedy::Features { instead: Some(instead), .. } => {
                format!("did you mean `{instead}`? {chosen} has that feature: {command}")
            }
            Remedy::Features { without, instead: None } => {
                format!("{chosen} works without `{without}`: {command}")
            }
            Remedy::Cooldown { package, version, .. } => {
                format!("`{package}` {version} is only too young: {command}")
            }
            Remedy::Stryke { package, version, requirement: Some(needed) } => {
                format!("`{package}` {version} would do with s {needed}: update s")
            }
            Remedy::Stryke { package, version, requirement: None } => {
                format!("`{package}` {version} would do with an `s` that knows its edition: update s")
            }
        }
    }

    /// What to type, or to write, in a project of one package; empty where that does not help.
    pub fn command(&self) -> String {
        match &self.remedy {
            Remedy::Requirement { requirement } => format!("s add {}@{requirement}", self.package),
            Remedy::Features { instead, .. } => {
                let features = instead.iter().map(|feature| format!(" --features {feature}"));
                format!("s add {}@{}{}", self.package, self.requirement, features.collect::<String>())
            }
            Remedy::Cooldown { .. } => "cooldown = \"0\" in `[resolver]`".to_owned(),
            Remedy::Stryke { .. } => String::new(),
        }
    }
}

/// How many features are told of a package that does not have the one that is asked.
const FEATURES_MAX: usize = 8;

/// How many packages of a crowd are named.
const CROWD_MAX: usize = 4;

/// How many facts are told before the rest is counted.
const LINES_MAX: usize = 12;

impl Conflict {
    /// The conflict in words.
    pub fn report(&self) -> Report {
        let facts = self.facts();
        let focus = focus(&facts);
        let headline = self.crowd().unwrap_or_else(|| headline(&facts, focus.as_deref()));
        let mut seen = BTreeSet::new();
        let lines = ordered(&facts, focus.as_deref()).into_iter().filter_map(line);
        let mut because: Vec<String> = lines.filter(|line| seen.insert(line.clone())).collect();
        if because.len() > LINES_MAX {
            let rest = because.len() - LINES_MAX + 1;
            because.truncate(LINES_MAX - 1);
            because.push(format!("{rest} more facts play a part"));
        }
        let notes = self.left_out.iter().flat_map(notes).collect();
        Report { headline, because, notes, fixes: self.fixes.clone() }
    }

    /// Who is too many, where it was counted.
    fn crowd(&self) -> Option<String> {
        let crowds = self.derivation.steps.iter().rev().filter_map(|step| match step {
            Step::Counted { terms, room, .. } if *room > 0 => Some((terms, room)),
            _ => None,
        });
        let (terms, room) = crowds.max_by_key(|(terms, _)| terms.len())?;
        let mut names: Vec<String> =
            terms.iter().filter_map(|term| term.package.as_ref()).map(|name| format!("`{name}`")).collect();
        let rest = names.split_off(names.len().min(CROWD_MAX));
        let names = match rest.len() {
            0 => names.join(", "),
            rest => format!("{} and {rest} more", names.join(", ")),
        };
        let places = if *room == 1 { "1 place".to_owned() } else { format!("{room} places") };
        Some(format!("{} packages compete for {places}: {names}", terms.len()))
    }
}

/// The package that everything turns on: one nobody can have, or else the one with the most
/// requirements, by others before roots.
fn focus(facts: &[&Fact]) -> Option<String> {
    let mut needs: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    for fact in facts {
        match fact {
            Fact::Needs { suitable: 0, package, .. }
            | Fact::NotExact { package, .. }
            | Fact::UnknownFeature { package, .. }
            | Fact::BrokenFeature { package, .. } => return Some(package.clone()),
            Fact::Needs { package, by, .. } => {
                let count = needs.entry(package).or_default();
                count.0 += 1;
                count.1 += usize::from(matches!(by, By::Package { .. }));
            }
            Fact::Picked { .. } | Fact::OneVersion { .. } => {}
        }
    }
    let most = needs.iter().max_by_key(|(name, count)| (**count, std::cmp::Reverse(**name)));
    most.map(|(name, _)| (*name).to_owned())
}

fn headline(facts: &[&Fact], focus: Option<&str>) -> String {
    for fact in facts {
        match fact {
            Fact::Needs { suitable: 0, known: 0, package, .. } => {
                return format!("there is no package `{package}`");
            }
            Fact::Needs { suitable: 0, package, requirement, .. } => {
                return format!("no version of `{package}` that may be chosen is {}", words(requirement));
            }
            Fact::NotExact { package, requirement, .. } => {
                return format!(
                    "`{requirement}` of `{package}` is not one version, and the policy is `exact`"
                );
            }
            Fact::UnknownFeature { package, feature, .. } => {
                return format!("`{package}` has no feature `{feature}`");
            }
            Fact::BrokenFeature { package, feature, .. } => {
                return format!("the feature `{feature}` of `{package}` is broken");
            }
            Fact::Needs { .. } | Fact::Picked { .. } | Fact::OneVersion { .. } => {}
        }
    }
    match focus {
        Some(package) => format!("no version of `{package}` suits every package"),
        None => "no choice of versions suits every package".to_owned(),
    }
}

/// Facts about the focus first, then who brings them in, step by step towards the roots.
fn ordered<'f>(facts: &[&'f Fact], focus: Option<&'f str>) -> Vec<&'f Fact> {
    let mut by_subject: BTreeMap<&str, Vec<&Fact>> = BTreeMap::new();
    for fact in facts {
        by_subject.entry(subject(fact)).or_default().push(fact);
    }
    by_subject.values_mut().for_each(|facts| facts.sort());
    let mut ordered = Vec::new();
    let mut wanted: VecDeque<&str> = focus.into_iter().collect();
    while let Some(package) = wanted.pop_front() {
        for fact in by_subject.remove(package).unwrap_or_default() {
            if let Fact::Needs { by: By::Package { package, .. }, .. }
            | Fact::NotExact { by: By::Package { package, .. }, .. } = fact
            {
                wanted.push_back(package);
            }
            ordered.push(fact);
        }
    }
    ordered.extend(by_subject.into_values().flatten());
    ordered
}

fn subject(fact: &Fact) -> &str {
    match fact {
        Fact::Needs { package, .. }
        | Fact::NotExact { package, .. }
        | Fact::Picked { package, .. }
        | Fact::UnknownFeature { package, .. }
        | Fact::BrokenFeature { package, .. }
        | Fact::OneVersion { package } => package,
    }
}

/// A fact in words; none for what goes without saying.
fn line(fact: &Fact) -> Option<String> {
    Some(match fact {
        Fact::Needs { by, package, requirement, features, .. } => {
            let features: Vec<String> = features.iter().map(|feature| format!("`{feature}`")).collect();
            let with =
                if features.is_empty() { String::new() } else { format!(" with {}", features.join(", ")) };
            format!("{} `{package}` {}{with}", who(by), words(requirement))
        }
        Fact::NotExact { by, package, requirement } => {
            format!("{} `{package}` {}", who(by), words(requirement))
        }
        Fact::UnknownFeature { package, versions, feature, nearest, known } => {
            let of = of_versions(package, versions);
            let names: Vec<String> = match nearest {
                Some(nearest) => vec![format!("`{nearest}`")],
                None => known.iter().take(FEATURES_MAX).map(|name| format!("`{name}`")).collect(),
            };
            let there = match names.as_slice() {
                [] => String::new(),
                [one] => format!("; there is {one}"),
                several => format!("; there are {}", several.join(", ")),
            };
            format!("{of} has no feature `{feature}`{there}")
        }
        Fact::BrokenFeature { package, versions, feature, item } => {
            format!(
                "{} has a feature `{feature}` that names `{item}`, which is not there",
                of_versions(package, versions)
            )
        }
        Fact::Picked { .. } | Fact::OneVersion { .. } => return None,
    })
}

fn who(by: &By) -> String {
    match by {
        By::Roots { roots } => {
            let mut names: Vec<String> = roots.iter().map(|(name, _)| format!("`{name}`")).collect();
            names.dedup();
            let verb = if names.len() == 1 { "needs" } else { "need" };
            format!("{} {verb}", names.join(" and "))
        }
        By::Package { package, versions } => format!("{} needs", of_versions(package, versions)),
    }
}

fn of_versions(package: &str, versions: &[String]) -> String {
    match versions {
        [] => format!("`{package}`"),
        [one] => format!("`{package}` {one}"),
        [one, other] => format!("`{package}` {one} or {other}"),
        [first, between @ .., last] => {
            let count = between.len() + 2;
            format!("each of {count} versions of `{package}`, {first} to {last},")
        }
    }
}

/// A requirement as one would say it.
fn words(requirement: &str) -> String {
    let is_version =
        |text: &str| text.starts_with(|c: char| c.is_ascii_digit()) && !text.contains([',', ' ', '|', '*']);
    for (operator, before, behind) in [
        (">=", "", " or later"),
        ("<=", "", " or earlier"),
        ("<", "before ", ""),
        (">", "after ", ""),
        ("=", "exactly ", ""),
    ] {
        if let Some(version) = requirement.strip_prefix(operator).map(str::trim)
            && is_version(version)
        {
            return format!("{before}{version}{behind}");
        }
    }
    if requirement == "*" { "in any version".to_owned() } else { requirement.to_owned() }
}

fn notes(left_out: &LeftOut) -> Vec<String> {
    let LeftOut { package, yanked, cooldown, cooldown_s, stryke, editions, prereleases, unreadable, .. } =
        left_out;
    let count = |count: usize, one: &str, more: &str| match count {
        1 => format!("1 version of `{package}` {one}"),
        count => format!("{count} versions of `{package}` {more}"),
    };
    let mut notes = Vec::new();
    if *yanked > 0 {
        notes.push(count(*yanked, "is yanked", "are yanked"));
    }
    if *cooldown > 0 {
        let age = format!("newer than the cooldown of {}", duration(*cooldown_s));
        notes.push(count(*cooldown, &format!("is {age}"), &format!("are {age}")));
    }
    for (needed, versions) in stryke {
        notes.push(count(*versions, &format!("needs s {needed}"), &format!("need s {needed}")));
    }
    for (edition, versions) in editions {
        let unknown = format!("in edition {edition}, which this s does not know");
        notes.push(count(*versions, &format!("is {unknown}"), &format!("are {unknown}")));
    }
    if *prereleases > 0 {
        let why = "chosen only by a requirement that names it";
        let them = "chosen only by a requirement that names them";
        notes.push(count(
            *prereleases,
            &format!("is a prerelease, {why}"),
            &format!("are prereleases, {them}"),
        ));
    }
    if *unreadable > 0 {
        notes.push(count(*unreadable, "could not be read by this s", "could not be read by this s"));
    }
    notes
}

fn duration(seconds: u64) -> String {
    match seconds {
        seconds if seconds % 3_600 == 0 => format!("{} h", seconds / 3_600),
        seconds if seconds % 60 == 0 => format!("{} min", seconds / 60),
        seconds => format!("{seconds} s"),
    }
}
