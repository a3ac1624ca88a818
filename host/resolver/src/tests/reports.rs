//! What a conflict says, word for word.

use super::dsl::World;
use crate::{Conflict, Error, MultiVersion, Policy, Settings};

fn check(graph: &str, expected: &str) {
    check_with(|_| {}, graph, expected);
}

fn check_with(set: impl FnOnce(&mut Settings), graph: &str, expected: &str) {
    let expected: String =
        expected.trim_start_matches('\n').lines().map(|line| format!("{line}\n")).collect();
    assert_eq!(World::parse(graph).with(set).text(), expected, "{graph}");
}

#[test]
fn a_conflict_of_two() {
    check_with(
        |of| of.multi_version = MultiVersion::Never,
        "http 2.3.1: json >=2.0
         metrics 0.9.0: json <2.0
         metrics 1.1.0: json ^2
         json 1.0.0:
         json 2.1.0:
         root app: http ^2, metrics ^0.9",
        "
no version of `json` suits every package
  because `http` 2.3.1 needs `json` 2.0 or later
      and `metrics` 0.9.0 needs `json` before 2.0
      and `app` needs `http` ^2
      and `app` needs `metrics` ^0.9
hint: `metrics` 1.1.0 works with `json` 2.1.0: s add metrics@1.1",
    );
}

#[test]
fn a_requirement_that_nothing_meets() {
    check(
        "a 1.0.0: b ^1
         a 1.1.0: b ^1
         a 1.2.0: b ^1
         b 1.0.0: c ^1
         b 1.1.0: c ^1
         c 2.0.0:
         root app: a ^1
         root dev: a ^1",
        "
no version of `c` that may be chosen is ^1
  because `b` 1.0.0 or 1.1.0 needs `c` ^1
      and each of 3 versions of `a`, 1.0.0 to 1.2.0, needs `b` ^1
      and `app` and `dev` need `a` ^1",
    );
    check(
        "root app: nothing ^1",
        "
there is no package `nothing`
  because `app` needs `nothing` ^1",
    );
}

#[test]
fn what_was_left_out() {
    check_with(
        |of| of.cooldown_s = Some(86_400),
        "a 1.0.0: {yanked}
         a 1.1.0: {at=999999}
         a 1.2.0: {at=999999}
         a 1.3.0: {stryke=>=2}
         a 1.4.0-rc.1:
         a 2.0.0:
         a 2.1.0: {yanked}
         unreadable a 3
         root app: a ^1",
        "
no version of `a` that may be chosen is ^1
  because `app` needs `a` ^1
note: 1 version of `a` is yanked
note: 2 versions of `a` are newer than the cooldown of 24 h
note: 1 version of `a` needs s >=2
note: 1 version of `a` is a prerelease, chosen only by a requirement that names it
note: 3 versions of `a` could not be read by this s
hint: `a` 2.0.0 works with everything else: s add a@2.0
hint: `a` 1.2.0 is only too young: cooldown = \"0\" in `[resolver]`
hint: `a` 1.3.0 would do with s >=2: update s",
    );
}

#[test]
fn what_is_nearest_to_what_was_asked_is_proposed() {
    check(
        "a 1.1.0:
         a 2.0.0:
         root app: a 1.1.0-beta",
        "
no version of `a` that may be chosen is 1.1.0-beta
  because `app` needs `a` 1.1.0-beta
hint: `a` 1.1.0 works with everything else: s add a@1.1",
    );
    check(
        "a 0.2.1:
         a 0.3.0:
         root app: a ^0.2.4",
        "
no version of `a` that may be chosen is ^0.2.4
  because `app` needs `a` ^0.2.4
hint: `a` 0.2.1 works with everything else: s add a@0.2",
    );
}

#[test]
fn what_only_time_or_another_stryke_would_bring() {
    check_with(
        |of| of.cooldown_s = Some(86_400),
        "a 1.0.0: b ^1
         b 1.0.0: {at=999999}
         root app: a ^1",
        "
no version of `b` that may be chosen is ^1
  because `a` 1.0.0 needs `b` ^1
      and `app` needs `a` ^1
note: 1 version of `b` is newer than the cooldown of 24 h
hint: `b` 1.0.0 is only too young: cooldown = \"0\" in `[resolver]`",
    );
    check(
        "a 1.0.0: {edition=2027}
         a 1.1.0: {edition=2026}
         a 1.2.0: {edition=2027 yanked}
         root app: a =1.0.0",
        "
no version of `a` that may be chosen is exactly 1.0.0
  because `app` needs `a` exactly 1.0.0
note: 1 version of `a` is in edition 2027, which this s does not know
hint: `a` 1.1.0 works with everything else: s add a@1.1
hint: `a` 1.0.0 would do with an `s` that knows its edition: update s",
    );
}

#[test]
fn features_that_are_not_there() {
    check(
        "a 1.0.0: [yaml:]
         a 1.1.0: [yaml:]
         root app: a +yamml",
        "
`a` has no feature `yamml`
  because `app` needs `a` in any version with `yamml`
      and `a` 1.0.0 or 1.1.0 has no feature `yamml`; there is `yaml`
hint: did you mean `yaml`? `a` 1.1.0 has that feature: s add a@* --features yaml",
    );
    check(
        "a 1.0.0: [yaml:; toml:]
         root app: a ^1 +other",
        "
`a` has no feature `other`
  because `app` needs `a` ^1 with `other`
      and `a` 1.0.0 has no feature `other`; there are `toml`, `yaml`
hint: `a` 1.0.0 works without `other`: s add a@^1",
    );
    check(
        "a 1.0.0: b ^1 +fast
         a 2.0.0:
         b 1.0.0: [fsat:]
         root app: a ^1",
        "
`b` has no feature `fast`
  because `a` 1.0.0 needs `b` ^1 with `fast`
      and `b` 1.0.0 has no feature `fast`; there is `fsat`
      and `app` needs `a` ^1
hint: `a` 2.0.0 works with everything else: s add a@2.0",
    );
    check(
        "a 1.0.0: [f: dep:b]
         root app: a +f",
        "
the feature `f` of `a` is broken
  because `app` needs `a` in any version with `f`
      and `a` 1.0.0 has a feature `f` that names `dep:b`, which is not there",
    );
}

#[test]
fn roots_that_disagree() {
    check(
        "j 1.2.0:
         j 1.5.0:
         root app: j =1.2.0
         root dev: j =1.5.0",
        "
no version of `j` suits every package
  because `app` needs `j` exactly 1.2.0
      and `dev` needs `j` exactly 1.5.0
hint: `j` 1.5.0 works with everything else: s add j@1.5
hint: `j` 1.2.0 works with everything else: s add j@1.2",
    );
}

#[test]
fn a_policy_that_is_not_kept() {
    check_with(
        |of| of.policy = Policy::Exact,
        "a 1.0.0: b ^1
         a 1.1.0: b =1.0.0
         b 1.0.0:
         root app: a =1.0.0",
        "
`^1` of `b` is not one version, and the policy is `exact`
  because `a` 1.0.0 needs `b` ^1
      and `app` needs `a` exactly 1.0.0
hint: `a` 1.1.0 works with `b` 1.0.0: s add a@1.1.0",
    );
}

fn conflict(graph: &str) -> Box<Conflict> {
    match World::parse(graph).solve() {
        Err(Error::Conflict(conflict)) => conflict,
        other => panic!("{other:?}"),
    }
}

#[test]
fn origins_lead_back_to_the_manifest() {
    let conflict =
        conflict("a 1.0.0: z ^1\nb 1.0.0: z =2.0.0\nz 2.0.0:\nz 2.1.0:\nroot app: b, z =2.1.0, x\nx 1.0.0:");
    assert_eq!(conflict.origins(), [1, 2].into());
    assert_eq!(conflict.fixes[0].origin, 2);
}

#[test]
fn the_proof_is_data() {
    let conflict = conflict("a 1.0.0: b ^2\nb 1.0.0:\nroot app: a");
    assert_eq!(
        serde_json::to_string(&conflict.derivation).unwrap(),
        r#"{"steps":[{"kind":"external","terms":[{"package":null,"requirement":null,"features":null,"versions":[],"or_absent":false},{"package":"a","requirement":null,"features":null,"versions":[],"or_absent":true}],"fact":{"fact":"needs","by":{"by":"roots","roots":[["app",1]]},"package":"a","requirement":"*","features":[],"suitable":1,"known":1}},{"kind":"external","terms":[{"package":"a","requirement":null,"features":null,"versions":["1.0.0"],"or_absent":false}],"fact":{"fact":"needs","by":{"by":"package","package":"a","versions":["1.0.0"]},"package":"b","requirement":"^2","features":[],"suitable":0,"known":1}},{"kind":"derived","terms":[{"package":null,"requirement":null,"features":null,"versions":[],"or_absent":false}],"because":[1,0]}]}"#
    );
}
