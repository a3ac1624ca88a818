//! Commands that are killed: before every change they make to a file, and at any moment.
//!
//! Afterwards each file is the old one or the new one, the store has nothing damaged, and the same
//! command ends as if nothing had happened.

use s_store::faults::KILLED_STATUS;

use crate::cycle::{CYCLES, Cycle};

/// More steps than any command here takes.
const STEPS_MAX: u64 = 500;

#[test]
fn a_command_that_is_killed_before_any_of_its_changes_can_be_run_again() {
    for cycle in CYCLES {
        let cycle = Cycle::begin(cycle);
        let mut killed = 0;
        for n in 0..STEPS_MAX {
            let outcome = cycle.disturbed(&format!("kill:{n}"));
            if outcome.status == Some(0) {
                break;
            }
            let when = format!("killed before step {n}");
            assert_eq!(outcome.status, Some(KILLED_STATUS), "{} {when}\n{}", cycle.name, outcome.text());
            cycle.check_whole(&when);
            cycle.done(&["store", "verify"]);
            cycle.check_repeatable(&when);
            killed += 1;
        }
        println!("{}: killed at {killed} steps", cycle.name);
        assert!((3..STEPS_MAX).contains(&killed), "{}: {killed} steps", cycle.name);
    }
}
