//! What was probably meant by the name of a package that a registry does not have.
//!
//! Names come from what is here already: dependencies and lock of the project, and what the registry
//! said before. One that can search is asked as well, and one that is a folder is looked through.
//! Whatever fails on the way is no news: the failure that somebody is told is another one.

use std::collections::BTreeSet;

use s_diag::Code;
use s_project::{PackageName, nearest_name};

use super::registries::Registries;
use crate::failure::Failure;

/// How many hits of one search are looked at.
const HITS_MAX: u32 = 60;
/// How many parts of a name are searched for.
const PARTS_MAX: usize = 4;

impl Registries {
    /// Adds to a failure that says that none of these registries has a package what was probably meant.
    pub(crate) fn meant(&mut self, name: &PackageName, urls: &[String], mut failure: Failure) -> Failure {
        let Some(first) = failure.diagnostics.first_mut().filter(|one| one.code == Code::REGISTRY_PACKAGE)
        else {
            return failure;
        };
        for url in urls {
            if let Some((alias, plugin)) = self.is_misread(url) {
                first
                    .notes
                    .push(format!("`{alias}` is a registry that is served, and is read as one of files"));
                first.hints.push(format!("add to `[registries.{alias}]`: plugin = \"{plugin}\""));
                return failure;
            }
        }
        if let Some(near) = self.near(name, urls) {
            first.hints.push(format!("did you mean `{near}`?"));
        }
        failure
    }

    /// The nearest name of a package that one of these registries has.
    pub(crate) fn near(&mut self, name: &PackageName, urls: &[String]) -> Option<String> {
        let mut known = BTreeSet::new();
        for url in urls {
            known.extend(self.known_names(url));
            known.extend(self.found_names(url, name));
        }
        known.remove(name.as_str());
        near(name, &known).map(str::to_owned)
    }

    /// Names that a search finds for parts of a name: with few mistakes in it, one of them is whole.
    fn found_names(&mut self, url: &str, name: &PackageName) -> Vec<String> {
        let mut found = Vec::new();
        let Ok(registry) = self.registry(url) else { return found };
        if !registry.features().is_ok_and(|features| features.search) {
            return found;
        }
        for part in parts(name.base()) {
            let Ok(page) = registry.search(part, None, HITS_MAX) else { return found };
            found.extend(page.hits.into_iter().map(|hit| match hit.name.scope {
                Some(scope) => format!("{scope}/{}", hit.name.name),
                None => hit.name.name,
            }));
        }
        found
    }
}

/// The nearest of the known names; else the one that only lacks its scope.
fn near<'a>(name: &PackageName, known: &'a BTreeSet<String>) -> Option<&'a str> {
    let names: Vec<&str> = known.iter().map(String::as_str).collect();
    let is_same = |known: &&&str| known.rsplit('/').next() == Some(name.base());
    nearest_name(name.as_str(), &names).or_else(|| names.iter().find(is_same).copied())
}

/// A name in one part more than [`nearest_name`] allows mistakes in it.
fn parts(name: &str) -> Vec<&str> {
    let count = (name.len() / 3).max(1) + 1;
    let count = count.min(PARTS_MAX).min(name.len());
    // A name is ASCII.
    let ends = (0..=count).map(|at| at * name.len() / count).collect::<Vec<_>>();
    ends.windows(2).map(|ends| &name[ends[0]..ends[1]]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_part_of_a_name_survives_its_mistakes() {
        assert_eq!(parts("jsnx"), ["js", "nx"]);
        assert_eq!(parts("metrics"), ["me", "tr", "ics"]);
        assert_eq!(parts("a"), ["a"]);
        assert_eq!(parts("a-very-long-name").len(), PARTS_MAX);
    }

    #[test]
    fn names_are_near_by_their_letters_or_without_their_scope() {
        let known: BTreeSet<String> = ["jsonx", "acme/http", "text"].map(str::to_owned).into();
        for (name, expected) in [
            ("jsnx", Some("jsonx")),
            ("http", Some("acme/http")),
            ("acem/http", Some("acme/http")),
            ("zip", None),
        ] {
            assert_eq!(near(&name.parse().unwrap(), &known), expected, "{name}");
        }
    }
}
