//! What a version needs when some of its features are asked for.
//!
//! Features add up within one instance and nowhere else: what another dependent asks of the same
//! version plays no part here.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::{Candidate, Dependency};

/// The feature that a dependent asks for without saying so.
pub(crate) const DEFAULT: &str = "default";

/// Names of features, sorted.
pub(crate) type Features = BTreeSet<String>;

/// What is asked of a dependency before any feature adds to it.
pub(crate) fn asked_of(dependency: &Dependency) -> Features {
    let default = dependency.default_features.then(|| DEFAULT.to_owned());
    dependency.features.iter().cloned().chain(default).collect()
}

/// A version with some of its features.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Activation {
    /// All features that are on.
    pub(crate) features: Features,
    /// Which dependencies are needed, by place, with the features asked of each.
    pub(crate) edges: Vec<(usize, Features)>,
    /// How much was looked at.
    pub(crate) work: u64,
}

/// Why features cannot be had of a version.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum FeatureFault {
    /// There is no feature of this name.
    Unknown(String),
    /// The feature names something that is not there.
    Broken {
        /// The feature.
        feature: String,
        /// What it names.
        item: String,
    },
}

/// Follows what the features of a version name. A feature `default` that is not there is no fault.
///
/// # Errors
/// The first thing that is not there.
pub(crate) fn activate(candidate: &Candidate, asked: &Features) -> Result<Activation, FeatureFault> {
    let mut features = Features::new();
    let mut extra: BTreeMap<&str, Features> = BTreeMap::new();
    let mut weak: Vec<(&str, &str)> = Vec::new();
    let mut work = 1;
    let mut open: Vec<&str> = Vec::new();
    for feature in asked {
        if candidate.features.contains_key(feature) {
            open.push(feature);
        } else if feature != DEFAULT {
            return Err(FeatureFault::Unknown(feature.clone()));
        }
    }
    while let Some(feature) = open.pop() {
        if !features.insert(feature.to_owned()) {
            continue;
        }
        for item in &candidate.features[feature] {
            work += 1;
            let broken = || FeatureFault::Broken { feature: feature.to_owned(), item: item.clone() };
            let is_alias =
                |alias: &str| candidate.dependencies.iter().any(|dependency| dependency.alias == alias);
            if let Some(alias) = item.strip_prefix("dep:") {
                extra.entry(alias).or_default();
                is_alias(alias).then_some(()).ok_or_else(broken)?;
            } else if let Some((alias, wanted)) = item.split_once("?/") {
                weak.push((alias, wanted));
                is_alias(alias).then_some(()).ok_or_else(broken)?;
            } else if let Some((alias, wanted)) = item.split_once('/') {
                extra.entry(alias).or_default().insert(wanted.to_owned());
                is_alias(alias).then_some(()).ok_or_else(broken)?;
            } else if candidate.features.contains_key(item) {
                open.push(item);
            } else {
                return Err(broken());
            }
        }
    }
    let mut edges = Vec::new();
    for (place, dependency) in candidate.dependencies.iter().enumerate() {
        work += 1;
        let alias = dependency.alias.as_str();
        if dependency.optional && !extra.contains_key(alias) {
            continue;
        }
        let mut wanted = asked_of(dependency);
        wanted.extend(extra.get(alias).into_iter().flatten().cloned());
        wanted.extend(weak.iter().filter(|(of, _)| *of == alias).map(|(_, wanted)| (*wanted).to_owned()));
        edges.push((place, wanted));
    }
    Ok(Activation { features, edges, work })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::dsl;

    fn of(line: &str, asked: &str) -> String {
        let (_, candidate) = dsl::candidate(line);
        let asked = asked.split_whitespace().map(str::to_owned).collect();
        match activate(&candidate, &asked) {
            Ok(activation) => {
                let edges = activation.edges.iter().map(|(place, features)| {
                    let alias = &candidate.dependencies[*place].alias;
                    format!(
                        "{alias}[{}]",
                        features
                            .iter()
                            .filter(|feature| *feature != DEFAULT)
                            .cloned()
                            .collect::<Vec<_>>()
                            .join(" ")
                    )
                });
                edges.collect::<Vec<_>>().join(" ")
            }
            Err(fault) => format!("{fault:?}"),
        }
    }

    #[test]
    fn features_add_dependencies_and_features_of_dependencies() {
        let line =
            "a 1.0.0: b ^1, c? ^1, d? ^1 [f: dep:c; g: f b/x; h: c?/y; i: d/z; loop: loop h; default: h]";
        for (asked, expected) in [
            ("", "b[]"),
            ("f", "b[] c[]"),
            ("g", "b[x] c[]"),
            ("h", "b[]"),
            ("f h", "b[] c[y]"),
            ("i", "b[] d[z]"),
            ("loop f", "b[] c[y]"),
            ("default f", "b[] c[y]"),
            ("nope", "Unknown(\"nope\")"),
        ] {
            assert_eq!(of(line, asked), expected, "{asked}");
        }
    }

    #[test]
    fn what_a_feature_names_has_to_be_there() {
        assert_eq!(of("a 1.0.0:", "default"), "");
        for item in ["dep:c", "c/x", "c?/x", "other"] {
            let line = format!("a 1.0.0: b ^1 [f: {item}]");
            assert_eq!(of(&line, "f"), format!("Broken {{ feature: \"f\", item: \"{item}\" }}"));
            assert_eq!(of(&line, ""), "b[]");
        }
    }
}
