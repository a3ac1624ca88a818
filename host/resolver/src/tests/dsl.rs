//! Graphs as text: one version a line.
//!
//! ```text
//! a 1.0.0: b ^1, c? ^2, d=e ^1 +fast -default [yaml: dep:c; default: yaml] {yanked at=5 stryke=>=2 edition=2027}
//! root app: a ^1, b@other >=1 <3
//! lock a 1.0.0
//! unreadable a 2
//! ```

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::Arc;

use s_project::{Bare, Requirement, Version};
use thiserror::Error;

use crate::{
    Candidate, Candidates, Dependency, Error, Package, Problem, Resolution, Root, RootDependency, Settings,
    Source, SourceId, solve,
};

/// A question with everything its source knows. The package `broken` cannot be had.
#[derive(Clone, Debug)]
pub(crate) struct World {
    pub(crate) index: BTreeMap<Package, Candidates>,
    pub(crate) problem: Problem,
    pub(crate) asked: Vec<Package>,
    pub(crate) hinted: Vec<Package>,
}

#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("the wire was cut")]
pub(crate) struct Cut;

impl Source for World {
    type Error = Cut;

    fn prefetch(&mut self, packages: &[Package]) {
        self.hinted.extend_from_slice(packages);
    }

    fn candidates(&mut self, package: &Package) -> Result<Arc<Candidates>, Cut> {
        self.asked.push(package.clone());
        if package.name.as_str() == "broken" {
            return Err(Cut);
        }
        Ok(Arc::new(self.index.get(package).cloned().unwrap_or_default()))
    }
}

impl World {
    pub(crate) fn new() -> World {
        let problem = Problem {
            roots: Vec::new(),
            preferences: Vec::new(),
            settings: Settings::default(),
            stryke: Version::new(1, 0, 0),
            editions: vec!["2026".to_owned()],
            now_unix: Some(1_000_000),
        };
        World { index: BTreeMap::new(), problem, asked: Vec::new(), hinted: Vec::new() }
    }

    pub(crate) fn parse(text: &str) -> World {
        let mut world = World::new();
        let mut origin = 0;
        for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
            if let Some(root) = line.strip_prefix("root ") {
                let (name, needs) = root.split_once(':').unwrap();
                let dependencies = dependencies(needs).into_iter().map(|dependency| {
                    origin += 1;
                    RootDependency { dependency, origin }
                });
                world.problem.roots.push(Root { name: name.into(), dependencies: dependencies.collect() });
            } else if let Some(locked) = line.strip_prefix("lock ") {
                let (name, version) = locked.split_once(' ').unwrap();
                world.problem.preferences.push((package(name), version.parse().unwrap()));
            } else if let Some(unreadable) = line.strip_prefix("unreadable ") {
                let (name, count) = unreadable.split_once(' ').unwrap();
                world.index.entry(package(name)).or_default().unreadable = count.parse().unwrap();
            } else {
                let (package, candidate) = candidate(line);
                world.index.entry(package).or_default().versions.push(candidate);
            }
        }
        world
    }

    pub(crate) fn with(mut self, set: impl FnOnce(&mut Settings)) -> World {
        set(&mut self.problem.settings);
        self
    }

    pub(crate) fn solve(&self) -> Result<Resolution, Error<Cut>> {
        solve(&self.problem, &mut self.clone())
    }

    /// The answer with everything in it, or the report.
    pub(crate) fn text(&self) -> String {
        match self.solve() {
            Ok(resolution) => text(&resolution),
            Err(error) => error_text(&error),
        }
    }

    /// The versions that were chosen, or the headline.
    pub(crate) fn versions(&self) -> String {
        match self.solve() {
            Ok(resolution) => versions(&resolution),
            Err(Error::Conflict(conflict)) => conflict.report().headline,
            Err(error) => error.to_string(),
        }
    }
}

pub(crate) fn versions(resolution: &Resolution) -> String {
    let nodes = resolution.nodes.iter().map(|node| format!("{} {}", node.package, node.version));
    nodes.collect::<Vec<_>>().join(", ")
}

pub(crate) fn text(resolution: &Resolution) -> String {
    let mut text = String::new();
    let label = |node: usize, instance: usize| {
        let of = &resolution.nodes[node];
        let features: Vec<&str> = of.instances[instance].features.iter().map(String::as_str).collect();
        let features = if features.is_empty() { String::new() } else { format!("[{}]", features.join(" ")) };
        format!("{} {}{features}", of.package, of.version)
    };
    for root in &resolution.roots {
        for edge in &root.edges {
            let to = label(edge.edge.node, edge.edge.instance);
            writeln!(text, "{} -{}-> {to}", root.name, edge.edge.alias).unwrap();
        }
    }
    for (node, of) in resolution.nodes.iter().enumerate() {
        for (instance, of) in of.instances.iter().enumerate() {
            for edge in &of.edges {
                let to = label(edge.node, edge.instance);
                writeln!(text, "{} -{}-> {to}", label(node, instance), edge.alias).unwrap();
            }
        }
    }
    text
}

pub(crate) fn error_text(error: &Error<Cut>) -> String {
    let Error::Conflict(conflict) = error else { return format!("{error}\n") };
    let report = conflict.report();
    let mut text = report.headline + "\n";
    for (place, line) in report.because.iter().enumerate() {
        let joint = if place == 0 { "  because" } else { "      and" };
        writeln!(text, "{joint} {line}").unwrap();
    }
    report.notes.iter().for_each(|note| writeln!(text, "note: {note}").unwrap());
    report.fixes.iter().for_each(|fix| writeln!(text, "hint: {}", fix.text()).unwrap());
    text
}

pub(crate) fn package(text: &str) -> Package {
    let (name, source) = text.split_once('@').unwrap_or((text, "here"));
    Package { name: name.parse().unwrap(), source: SourceId::new(source) }
}

pub(crate) fn requirement(text: &str) -> Requirement {
    Requirement::parse(text, Bare::Exact).unwrap()
}

pub(crate) fn candidate(line: &str) -> (Package, Candidate) {
    let (head, rest) = line.split_once(':').unwrap();
    let (name, version) = head.split_once(' ').unwrap();
    let (rest, marks) = rest.split_once('{').unwrap_or((rest, ""));
    let (needs, features) = rest.split_once('[').unwrap_or((rest, ""));
    let mut candidate = Candidate {
        version: version.parse().unwrap(),
        yanked: false,
        published_unix: None,
        requires_stryke: None,
        edition: None,
        dependencies: dependencies(needs),
        features: BTreeMap::new(),
    };
    for feature in features.trim().trim_end_matches(']').split(';').filter(|feature| !feature.is_empty()) {
        let (name, items) = feature.split_once(':').unwrap();
        let items = items.split_whitespace().map(str::to_owned).collect();
        candidate.features.insert(name.trim().to_owned(), items);
    }
    for mark in marks.trim().trim_end_matches('}').split_whitespace() {
        if mark == "yanked" {
            candidate.yanked = true;
        } else if let Some(at) = mark.strip_prefix("at=") {
            candidate.published_unix = Some(at.parse().unwrap());
        } else if let Some(edition) = mark.strip_prefix("edition=") {
            candidate.edition = Some(edition.to_owned());
        } else {
            candidate.requires_stryke = Some(requirement(mark.strip_prefix("stryke=").unwrap()));
        }
    }
    (package(name), candidate)
}

fn dependencies(text: &str) -> Vec<Dependency> {
    text.split(',').map(str::trim).filter(|need| !need.is_empty()).map(dependency).collect()
}

fn dependency(text: &str) -> Dependency {
    let mut words = text.split_whitespace();
    let name = words.next().unwrap();
    let optional = name.ends_with('?');
    let name = name.trim_end_matches('?');
    let (alias, name) = name.split_once('=').unwrap_or((name.split('@').next().unwrap(), name));
    let mut features = Vec::new();
    let mut default_features = true;
    let mut bounds = Vec::new();
    for word in words {
        match word.strip_prefix('+') {
            Some(feature) => features.push(feature.to_owned()),
            None if word == "-default" => default_features = false,
            None => bounds.push(word),
        }
    }
    Dependency {
        alias: alias.to_owned(),
        package: package(name),
        requirement: if bounds.is_empty() { Requirement::any() } else { requirement(&bounds.join(" ")) },
        optional,
        features,
        default_features,
    }
}
