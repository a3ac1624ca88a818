//! Commands on a disk that is full, or broken, from any of their changes to a file on.
//!
//! A command that fails says so with a code and changes nothing; a fault that concerns only what
//! can be made again stops no command. Either way nothing temporary is left, and without the fault
//! the same command ends as if nothing had happened.

use s_store::faults::KILLED_STATUS;

use crate::cycle::{CYCLES, Cycle};

/// More steps than any command here takes.
const STEPS_MAX: u64 = 500;

#[test]
fn a_disk_that_fails_at_any_change_leaves_what_was_there() {
    for cycle in CYCLES {
        let cycle = Cycle::begin(cycle);
        let steps = steps(&cycle);
        for what in ["full", "io"] {
            let mut failed = 0;
            for n in 0..steps {
                let when = format!("{what} at step {n} of {steps}");
                failed += u64::from(!survives(&cycle, &format!("{what}:{n}"), &when));
            }
            println!("{}: {what} at {steps} steps, {failed} failures", cycle.name);
            assert!(failed * 2 > steps, "{}: {what} at {steps} steps, {failed} failures", cycle.name);
        }
    }
}

/// How many steps the command has: it is killed before all of them and before no later one.
fn steps(cycle: &Cycle) -> u64 {
    let is_step = |n: u64| cycle.disturbed(&format!("kill:{n}")).status == Some(KILLED_STATUS);
    let (mut below, mut above) = (0, STEPS_MAX);
    while below < above {
        let middle = (below + above) / 2;
        if is_step(middle) { below = middle + 1 } else { above = middle }
    }
    assert!((3..STEPS_MAX).contains(&below), "{}: {below} steps", cycle.name);
    below
}

/// Whether the command did what it is for all the same.
fn survives(cycle: &Cycle, plan: &str, when: &str) -> bool {
    let outcome = cycle.disturbed(plan);
    let name = cycle.name;
    let text = outcome.text();
    let state = cycle.state();
    let is_done = outcome.status == Some(0);
    if is_done {
        assert_eq!(state, cycle.new, "{name} {when}\n{text}");
    } else {
        assert!(outcome.stderr.contains("error[S-"), "{name} {when}: a failure has a code\n{text}");
        assert_eq!(
            (&state.manifest, &state.lock),
            (&cycle.old.manifest, &cycle.old.lock),
            "{name} {when}\n{text}"
        );
    }
    assert_eq!(cycle.temporaries(), [""; 0].map(std::path::PathBuf::from), "{name} {when}\n{text}");
    cycle.check_whole(when);
    cycle.check_repeatable(when);
    is_done
}
