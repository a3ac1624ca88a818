//! What a conflict says, word for word.

use super::dsl::World;
use crate::{By, Error, Fact, MultiVersion, Settings, Step};

fn check(graph: &str, expected: &str) {
    check_with(|_| {}, graph, expected);
}

fn check_with(set: impl FnOnce(&mut Settings), graph: &str, expected: &str) {
    let expected: String = expected.trim_start_matches('\n').lines().map(|line| format!("{line}\n")).collect();
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
