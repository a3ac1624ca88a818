//! Which versions are chosen, case by case.

use super::dsl::World;
use crate::{MultiVersion, Policy};

fn check(graph: &str, expected: &str) {
    assert_eq!(World::parse(graph).versions(), expected, "{graph}");
}

#[test]
fn the_highest_that_suits_is_chosen() {
    check("a 1.0.0:\na 1.2.0:\na 2.0.0:\nroot app: a ^1", "a 1.2.0");
    check("a 1.0.0: b ^1\na 1.1.0: b ^2\nb 1.0.0:\nroot app: a ^1", "a 1.0.0, b 1.0.0");
    check("a 1.9.0:\na 1.10.0:\nroot app: a 1", "a 1.10.0");
    check("root app:", "");
}
