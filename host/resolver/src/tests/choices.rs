//! Which versions are chosen, case by case.

use std::collections::BTreeSet;

use super::dsl::{World, package};
use crate::{Error, MultiVersion, Policy, Settings};

fn check(graph: &str, expected: &str) {
    assert_eq!(World::parse(graph).versions(), expected, "{graph}");
}

fn check_with(set: impl FnOnce(&mut Settings), graph: &str, expected: &str) {
    assert_eq!(World::parse(graph).with(set).versions(), expected, "{graph}");
}

#[test]
fn the_highest_that_suits_is_chosen() {
    check("a 1.0.0:\na 1.2.0:\na 2.0.0:\nroot app: a ^1", "a 1.2.0");
    check("a 1.0.0: b ^1\na 1.1.0: b ^2\nb 1.0.0:\nroot app: a ^1", "a 1.0.0, b 1.0.0");
    check("a 1.9.0:\na 1.10.0:\nroot app: a 1", "a 1.10.0");
    check("root app:", "");
}

#[test]
fn a_policy_says_which_end() {
    let graph = "a 1.0.0: b ^1\na 1.1.0: b ^1\nb 1.0.0:\nb 1.1.0:\nroot app: a ^1";
    check_with(|of| of.policy = Policy::Lowest, graph, "a 1.0.0, b 1.0.0");
    check_with(|of| of.policy = Policy::LowestDirect, graph, "a 1.0.0, b 1.1.0");
    let exact = "a 1.0.0: b 1.0.0\nb 1.0.0:\nb 1.1.0:\nroot app: a =1.0.0";
    check_with(|of| of.policy = Policy::Exact, exact, "a 1.0.0, b 1.0.0");
    let expected = "`^1` of `a` is not one version, and the policy is `exact`";
    check_with(|of| of.policy = Policy::Exact, graph, expected);
}

#[test]
fn buckets_live_side_by_side_where_they_may() {
    let graph = "a 1.0.0: c ^1\nb 1.0.0: c ^2\nc 1.0.0:\nc 2.0.0:\nroot app: a *, b *";
    check(graph, "a 1.0.0, b 1.0.0, c 1.0.0, c 2.0.0");
    let never = |of: &mut Settings| of.multi_version = MultiVersion::Never;
    check_with(never, graph, "no version of `c` suits every package");
    check("a 1.0.0: c ^0.1\nc 0.1.0:\nc 0.2.0:\nroot app: a *, c ^0.2", "a 1.0.0, c 0.1.0, c 0.2.0");
    let same = "a 1.0.0: c =1.0.0\nc 1.0.0:\nc 1.1.0:\nroot app: a *, c =1.1.0";
    check(same, "no version of `c` suits every package");
}

#[test]
fn a_bucket_that_is_there_is_picked_before_a_duplicate() {
    check("a 1.0.0: c >=1 <3\nc 1.0.0:\nc 2.0.0:\nroot app: a *", "a 1.0.0, c 2.0.0");
    check("a 1.0.0: c >=1 <3\nc 1.0.0:\nc 2.0.0:\nroot app: a *, c ^1", "a 1.0.0, c 1.0.0");
    check("a 1.0.0: c *\nc 1.0.0:\nc 2.0.0:\nlock c 1.0.0\nroot app: a *", "a 1.0.0, c 1.0.0");
    // Version 2 needs what is not there.
    check("a 1.0.0: c ^1 || ^2\nc 1.0.0:\nc 2.0.0: d ^1\nroot app: a *", "a 1.0.0, c 1.0.0");
    let lowest = |of: &mut Settings| of.policy = Policy::Lowest;
    check_with(lowest, "c 1.0.0:\nc 2.0.0:\nroot app: c *", "c 1.0.0");
}

#[test]
fn the_lock_is_kept_where_it_suits() {
    let graph = "a 1.0.0: b ^1\na 1.1.0: b ^1\nb 1.0.0:\nb 1.1.0:\n";
    check(&format!("{graph}lock a 1.0.0\nlock b 1.0.0\nroot app: a ^1"), "a 1.0.0, b 1.0.0");
    check(&format!("{graph}lock b 1.0.0\nroot app: a ^1"), "a 1.1.0, b 1.0.0");
    check(&format!("{graph}lock a 1.0.0\nlock b 1.0.0\nroot app: a ^1.1"), "a 1.1.0, b 1.0.0");
    check(&format!("{graph}lock a 9.0.0\nlock z 1.0.0\nroot app: a ^1"), "a 1.1.0, b 1.1.0");
}

#[test]
fn yanked_versions_are_only_kept() {
    let graph = "a 1.0.0:\na 1.1.0: {yanked}\nroot app: a ^1\n";
    check(graph, "a 1.0.0");
    let locked = World::parse(&format!("{graph}lock a 1.1.0"));
    let resolution = locked.solve().unwrap();
    assert!(resolution.nodes[0].yanked && resolution.nodes[0].version.minor == 1);
}

#[test]
fn new_versions_wait() {
    let graph = "a 1.0.0: {at=5}\na 1.1.0: {at=999950}\nroot app: a ^1\n";
    check(graph, "a 1.1.0");
    check_with(|of| of.cooldown_s = Some(100), graph, "a 1.0.0");
    check_with(|of| of.cooldown_s = Some(50), graph, "a 1.1.0");
    check_with(|of| of.cooldown_s = Some(100), &format!("{graph}lock a 1.1.0"), "a 1.1.0");
    let exempt = BTreeSet::from([(package("a").name, "1.1.0".parse().unwrap())]);
    check_with(|of| (of.cooldown_s, of.exempt) = (Some(100), exempt), graph, "a 1.1.0");
    check_with(|of| of.cooldown_s = Some(100), "a 1.0.0:\nroot app: a", "a 1.0.0");
    let mut timeless = World::parse(graph).with(|of| of.cooldown_s = Some(100));
    timeless.problem.now_unix = None;
    assert_eq!(timeless.versions(), "a 1.1.0");
}

#[test]
fn a_version_for_another_stryke_is_not_chosen() {
    let graph = "a 1.0.0: {stryke=^1}\na 1.1.0: {stryke=^2}\nroot app: a ^1\n";
    check(graph, "a 1.0.0");
    check(&format!("{graph}lock a 1.1.0"), "a 1.0.0");
    check_with(|of| of.ignore_requires_stryke = true, graph, "a 1.1.0");
    let mut prerelease = World::parse(graph);
    prerelease.problem.stryke = "2.0.0-dev".parse().unwrap();
    assert_eq!(prerelease.versions(), "a 1.1.0");
}

#[test]
fn prereleases_have_to_be_named() {
    let graph = "a 1.0.0:\na 1.1.0-rc.1:\na 1.1.0-rc.2:\n";
    check(&format!("{graph}root app: a ^1"), "a 1.0.0");
    check(&format!("{graph}root app: a ^1.1.0-rc.1"), "a 1.1.0-rc.2");
    check(
        &format!("{graph}b 1.0.0: a ^1\nroot app: a ^1.1.0-rc.1, b"),
        "no version of `a` suits every package",
    );
}

#[test]
fn sources_are_different_packages() {
    check("a 1.0.0:\na@there 1.1.0:\nroot app: a, other=a@there", "a 1.0.0, a 1.1.0");
    check("a@there 1.1.0:\nroot app: a", "there is no package `a`");
}

#[test]
fn s9_features_stay_with_whoever_asks() {
    let graph = "
        a 1.0.0: j ^1 +yaml
        b 1.0.0: j ^1
        j 1.0.0: y? ^1, n? ^1 [yaml: dep:y; net: dep:n; default: net]
        y 1.0.0:
        n 1.0.0:
        root app: a, b, j ^1 -default";
    assert_eq!(
        World::parse(graph).text(),
        "app -a-> a 1.0.0\n\
         app -b-> b 1.0.0\n\
         app -j-> j 1.0.0\n\
         a 1.0.0 -j-> j 1.0.0[default net yaml]\n\
         b 1.0.0 -j-> j 1.0.0[default net]\n\
         j 1.0.0[default net] -n-> n 1.0.0\n\
         j 1.0.0[default net yaml] -n-> n 1.0.0\n\
         j 1.0.0[default net yaml] -y-> y 1.0.0\n"
    );
}

#[test]
fn an_optional_dependency_counts_only_when_it_is_active() {
    let graph = "a 1.0.0: b? ^9 [f: dep:b]\nb 1.0.0:\n";
    check(&format!("{graph}root app: a"), "a 1.0.0");
    check(&format!("{graph}root app: a +f"), "no version of `b` that may be chosen is ^9");
    // An older version has the feature and can be had.
    check(&format!("{graph}a 0.9.0: b? ^1 [f: dep:b]\nroot app: a +f"), "a 0.9.0, b 1.0.0");
    // Asked by two, with one version for both.
    let graph = "a 1.0.0: [f:]\na 1.1.0:\nb 1.0.0: a ^1 +f\nroot app: a ^1, b";
    check(graph, "a 1.0.0, b 1.0.0");
}

#[test]
fn s9_a_weak_feature_does_not_leak_to_another_dependent() {
    // For `b`, `d` is there, and `d` has no `fast`; for `app` it is not.
    let graph = "a 1.0.0: d? ^1 [on: dep:d; fast: d?/fast]\nd 1.0.0:\nb 1.0.0: a +on\n";
    check(&format!("{graph}root app: a +fast, b"), "a 1.0.0, b 1.0.0, d 1.0.0");
    check(&format!("{graph}root app: a +fast +on, b"), "`d` has no feature `fast`");
}

#[test]
fn an_alias_names_the_edge() {
    let graph = "j 1.0.0:\nj 2.0.0:\nroot app: old=j ^1, new=j ^2";
    assert_eq!(World::parse(graph).text(), "app -new-> j 2.0.0\napp -old-> j 1.0.0\n");
}

#[test]
fn cycles_are_told() {
    let world = World::parse("a 1.0.0: b\nb 1.0.0: c\nc 1.0.0: a\nroot app: a");
    assert_eq!(world.solve().unwrap().cycles, [[0, 1, 2]]);
    assert!(World::parse("a 1.0.0: b\nb 1.0.0:\nroot app: a, b").solve().unwrap().cycles.is_empty());
    // Onto itself, in another version: no cycle of nodes.
    let world = World::parse("a 1.0.0:\na 2.0.0: a ^1\nroot app: a ^2");
    assert!(world.solve().unwrap().cycles.is_empty());
}

#[test]
fn users_are_those_who_have_an_edge() {
    let world = World::parse("a 1.0.0: b\nb 1.0.0:\nroot dev: b\nroot app: a");
    let resolution = world.solve().unwrap();
    let names: Vec<&str> = resolution.roots.iter().map(|root| root.name.as_str()).collect();
    assert_eq!(names, ["app", "dev"]);
    assert_eq!(
        resolution.nodes[1].instances[0].users,
        [
            crate::User::Root { root: 1, alias: "b".into() },
            crate::User::Instance { node: 0, instance: 0, alias: "b".into() }
        ]
    );
}

#[test]
fn the_error_of_a_source_is_passed_on() {
    let error = World::parse("a 1.0.0: broken\nroot app: a").solve().unwrap_err();
    assert!(matches!(error, Error::Source(super::dsl::Cut)), "{error:?}");
    assert_eq!(error.to_string(), "the wire was cut");
}

#[test]
fn a_source_is_asked_once_and_told_before() {
    let mut world =
        World::parse("a 1.0.0: b, c\nb 1.0.0: d\nc 1.0.0: d\nd 1.0.0:\nlock d 1.0.0\nroot app: a");
    let problem = world.problem.clone();
    crate::solve(&problem, &mut world).unwrap();
    for name in ["a", "b", "c", "d"] {
        let count = |all: &[crate::Package]| all.iter().filter(|of| **of == package(name)).count();
        assert_eq!((count(&world.asked), count(&world.hinted)), (1, 1), "{name}");
    }
}

#[test]
fn only_what_is_needed_is_asked_for() {
    let mut world = World::parse("a 1.0.0: broken? [f: dep:broken]\na 0.1.0: broken\nroot app: a");
    let problem = world.problem.clone();
    crate::solve(&problem, &mut world).unwrap();
    assert_eq!(world.asked, [package("a")]);
}
