//! What holds for every graph, held against every choice there is.

use std::collections::BTreeMap;

use proptest::collection::{btree_map, btree_set, vec};
use proptest::prelude::*;
use proptest::sample::{Index, select, subsequence};

use super::brute;
use super::dsl::{World, package, requirement, text, versions};
use crate::{
    Candidate, Candidates, Dependency, Error, Fix, MultiVersion, Policy, Problem, Remedy, Root,
    RootDependency, Step,
};

type Features = BTreeMap<String, Vec<String>>;

const NAMES: [&str; 6] = ["a", "b", "c", "d", "e", "f"];
const VERSIONS: [&str; 7] = ["0.0.1", "0.1.0", "1.0.0", "1.1.0", "1.2.0", "2.0.0-rc.1", "2.0.0"];
const REQUIREMENTS: [&str; 12] = [
    "*",
    "*",
    "*",
    "^1",
    "^1",
    "^2",
    "=1.1.0",
    ">=1",
    "<1.2",
    "<2",
    "^1 || ^2",
    ">=0.1, ^2.0.0-rc.1 || ^0.1",
];
const ITEMS: [&str; 9] = ["dep:a", "dep:b", "dep:c", "b/x", "c?/x", "d?/y", "x", "y", "dep:d"];

fn dependency() -> impl Strategy<Value = Dependency> {
    let features = subsequence(vec!["x", "y"], 0..=2);
    (select(&NAMES[..]), select(&REQUIREMENTS[..]), any::<bool>(), 0..5u8, features, any::<bool>()).prop_map(
        |(name, wanted, optional, few, features, default_features)| Dependency {
            alias: name.to_owned(),
            package: package(name),
            requirement: requirement(wanted),
            optional,
            features: if few == 0 { features.into_iter().map(str::to_owned).collect() } else { Vec::new() },
            default_features,
        },
    )
}

fn dependencies(count: usize) -> impl Strategy<Value = Vec<Dependency>> {
    vec(dependency(), 0..=count).prop_map(|all| {
        let by_alias: BTreeMap<String, Dependency> = all.into_iter().map(|d| (d.alias.clone(), d)).collect();
        by_alias.into_values().collect()
    })
}

fn candidate(version: &'static str) -> impl Strategy<Value = Candidate> {
    let items = vec(select(&ITEMS[..]).prop_map(str::to_owned), 0..3);
    let features = btree_map(select(&["x", "y", "default"][..]).prop_map(str::to_owned), items, 0..3);
    (dependencies(3), features, 0..10u8, 0..10u8, 0..10u8, 0..10u8).prop_map(
        move |(dependencies, features, yanked, new, newer, broken)| Candidate {
            version: version.parse().unwrap(),
            yanked: yanked == 0,
            published_unix: Some(if new == 0 { 999_990 } else { 0 }),
            requires_stryke: (newer == 0).then(|| requirement("^2")),
            edition: (newer == 1).then(|| "2027".to_owned()),
            features: if broken == 0 { features } else { mended(features, &dependencies) },
            dependencies,
        },
    )
}

/// Without what names nothing, and with what most dependents ask for.
fn mended(features: Features, dependencies: &[Dependency]) -> Features {
    let mut mended = Features::new();
    for name in ["x", "y", "default"] {
        let mut items = features.get(name).cloned().unwrap_or_default();
        items.retain(|item| {
            let alias = item.trim_start_matches("dep:").split(['?', '/']).next();
            matches!(item.as_str(), "x" | "y")
                || dependencies.iter().any(|of| Some(of.alias.as_str()) == alias)
        });
        if !items.is_empty() || name == "x" {
            mended.insert(name.to_owned(), items);
        }
    }
    mended
}

/// Roots that do not fail at once.
fn milder(mut dependencies: Vec<Dependency>) -> Vec<Dependency> {
    for (place, dependency) in dependencies.iter_mut().enumerate() {
        dependency.features.retain(|feature| feature == "x");
        if place > 0 {
            dependency.requirement = requirement("*");
        }
    }
    dependencies
}

fn world() -> impl Strategy<Value = World> {
    let versions = subsequence(VERSIONS.to_vec(), 1..=4)
        .prop_flat_map(|versions| versions.into_iter().map(candidate).collect::<Vec<_>>());
    let roots = vec(dependencies(3).prop_map(milder), 1..=2);
    let policies = select(vec![Policy::Highest, Policy::Highest, Policy::Lowest, Policy::LowestDirect]);
    let locked = vec((any::<Index>(), any::<Index>()), 0..4);
    (vec(versions, 6), roots, policies, 0..3u8, 0..3u8, locked).prop_map(
        |(index, roots, policy, never, cooldown, locked)| {
            let mut world = World::new();
            for (name, versions) in NAMES.iter().zip(index) {
                world.index.insert(package(name), Candidates { versions, unreadable: 0 });
            }
            let mut origin = 0;
            for (place, dependencies) in roots.into_iter().enumerate() {
                let dependencies = dependencies.into_iter().map(|dependency| {
                    origin += 1;
                    RootDependency { dependency, origin }
                });
                world
                    .problem
                    .roots
                    .push(Root { name: format!("root{place}"), dependencies: dependencies.collect() });
            }
            for (of, at) in locked {
                let name = package(NAMES[of.index(NAMES.len())]);
                let versions = &world.index[&name].versions;
                if !versions.is_empty() {
                    world.problem.preferences.push((name.clone(), at.get(versions).version.clone()));
                }
            }
            world.problem.settings.policy = policy;
            world.problem.settings.multi_version =
                if never == 0 { MultiVersion::Never } else { MultiVersion::Major };
            world.problem.settings.cooldown_s = (cooldown == 0).then_some(100);
            world
        },
    )
}

/// Does what a fix says.
fn apply(fix: &Fix, problem: &mut Problem) {
    let of = problem.roots.iter_mut().flat_map(|root| &mut root.dependencies);
    for of in of.filter(|of| of.origin == fix.origin) {
        match &fix.remedy {
            Remedy::Requirement { .. } => {
                of.dependency.requirement = requirement(&format!("={}", fix.version));
            }
            Remedy::Features { without, instead } => {
                of.dependency.features.retain(|feature| feature != without);
                of.dependency.features.extend(instead.clone());
            }
            Remedy::Cooldown { .. } => problem.settings.cooldown_s = None,
            Remedy::Stryke { requirement: Some(_), .. } => problem.settings.ignore_requires_stryke = true,
            Remedy::Stryke { requirement: None, .. } => problem.editions.push("2027".to_owned()),
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn there_is_an_answer_where_one_exists(world in world()) {
        match world.solve() {
            Ok(resolution) => {
                let checked = brute::check(&world, &resolution);
                prop_assert!(checked.is_ok(), "{checked:?}\n{}", text(&resolution));
            }
            Err(Error::Conflict(conflict)) => {
                prop_assert!(!brute::is_solvable(&world, None), "{:?}", conflict.report());
                let report = conflict.report();
                prop_assert!(!report.headline.is_empty() && !report.because.is_empty());
                prop_assert!(serde_json::to_string(&*conflict).is_ok());
                for (place, step) in conflict.derivation.steps.iter().enumerate() {
                    if let Step::Derived { because, .. } = step {
                        prop_assert!(because.iter().all(|earlier| *earlier < place));
                    }
                }
            }
            Err(error) => prop_assert!(false, "{error}"),
        }
    }

    #[test]
    fn a_fix_helps(world in world()) {
        if let Err(Error::Conflict(conflict)) = world.solve() {
            for fix in conflict.fixes {
                let mut fixed = world.clone();
                apply(&fix, &mut fixed.problem);
                prop_assert!(fixed.solve().is_ok(), "{}", fix.text());
            }
        }
    }

    #[test]
    fn order_plays_no_part(world in world(), seed in vec(any::<Index>(), 40)) {
        let mut other = world.clone();
        let mut seed = seed.iter().cycle();
        let mut shuffle = |count: usize| -> Vec<usize> {
            let mut order: Vec<usize> = (0..count).collect();
            (1..count).for_each(|at| order.swap(at, seed.next().unwrap().index(at + 1)));
            order
        };
        for candidates in other.index.values_mut() {
            let order = shuffle(candidates.versions.len());
            candidates.versions = order.iter().map(|at| candidates.versions[*at].clone()).collect();
            for candidate in &mut candidates.versions {
                let order = shuffle(candidate.dependencies.len());
                candidate.dependencies = order.iter().map(|at| candidate.dependencies[*at].clone()).collect();
            }
        }
        let order = shuffle(other.problem.preferences.len());
        other.problem.preferences = order.iter().map(|at| other.problem.preferences[*at].clone()).collect();
        let order = shuffle(other.problem.roots.len());
        other.problem.roots = order.iter().map(|at| other.problem.roots[*at].clone()).collect();
        prop_assert_eq!(world.text(), other.text());
        prop_assert_eq!(world.solve().ok(), other.solve().ok());
    }

    #[test]
    fn an_answer_is_its_own_lock(world in world()) {
        if let Ok(resolution) = world.solve() {
            let mut again = world.clone();
            again.problem.preferences =
                resolution.nodes.iter().map(|node| (node.package.clone(), node.version.clone())).collect();
            prop_assert_eq!(again.solve().ok(), Some(resolution));
        }
    }

    #[test]
    fn a_single_need_gets_the_best_there_is(mut world in world(), wanted in dependency(), lowest in any::<bool>()) {
        world.problem.preferences.clear();
        let name = wanted.package.clone();
        let dependency = RootDependency { dependency: wanted.clone(), origin: 1 };
        world.problem.roots = vec![Root { name: "app".to_owned(), dependencies: vec![dependency] }];
        world.problem.settings.policy = if lowest { Policy::Lowest } else { Policy::Highest };
        if let Ok(resolution) = world.solve() {
            let chosen = &resolution.nodes[resolution.roots[0].edges[0].edge.node].version;
            let all = world.index[&name].versions.iter().map(|candidate| &candidate.version);
            let better: Vec<_> = all
                .filter(|version| if lowest { *version < chosen } else { *version > chosen })
                .filter(|version| wanted.requirement.matches(version))
                .filter(|version| brute::is_solvable(&world, Some((&name, *version))))
                .collect();
            prop_assert!(better.is_empty(), "{better:?} instead of {}", versions(&resolution));
        }
    }

    #[test]
    fn under_the_exact_policy_only_exact_requirements_are_met(mut world in world(), exact in btree_set(0..4usize, 0..4)) {
        world.problem.settings.policy = Policy::Exact;
        for (place, of) in world.problem.roots.iter_mut().flat_map(|root| &mut root.dependencies).enumerate() {
            if exact.contains(&place) {
                of.dependency.requirement = requirement("=1.0.0");
            }
        }
        match world.solve() {
            Ok(resolution) => prop_assert_eq!(brute::check(&world, &resolution), Ok(())),
            Err(_) => prop_assert!(!brute::is_solvable(&world, None)),
        }
    }
}
