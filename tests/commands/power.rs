//! Commands during which the power is cut: before every change they make to a file, and with every way in which
//! what was not made durable can be lost.
//!
//! What a person wrote or has to keep (the manifest, the lock, grants, plugins) is the old or the new afterwards.
//! Packages may be damaged, which the next run of the system notices: the same command ends in it as if nothing
//! had happened.

use s_store::faults::{BOOT, KILLED_STATUS};

use crate::cycle::{Cycle, add, cycles};

/// More steps than any command here takes.
const STEPS_MAX: u64 = 500;

#[test]
fn a_power_cut_before_any_change_leaves_the_old_or_the_new() {
    for cycle in cycles() {
        let cycle = Cycle::begin(cycle);
        for loss in ["cut:N:0", "cut-all:N"] {
            let cuts = cut_everywhere(&cycle, loss);
            println!("{}: {loss} at {cuts} steps", cycle.name);
        }
    }
}

#[test]
fn a_power_cut_that_takes_some_and_leaves_others_does_no_more() {
    let cycle = Cycle::begin(add());
    for seed in 1..6 {
        cut_everywhere(&cycle, &format!("cut:N:{seed}"));
    }
}

/// Cuts the power at each step of a command, until it ends. Returns at how many.
fn cut_everywhere(cycle: &Cycle, loss: &str) -> u64 {
    for n in 0..STEPS_MAX {
        let plan = format!("{}:{}", loss.replace('N', &n.to_string()), cycle.folder().display());
        let outcome = cycle.disturbed(&plan);
        if outcome.status == Some(0) {
            assert!(n >= 3, "{}: {n} steps", cycle.name);
            return n;
        }
        let when = format!("{loss} before step {n}");
        assert_eq!(outcome.status, Some(KILLED_STATUS), "{} {when}\n{}", cycle.name, outcome.text());
        cycle.check_kept(&when);
        cycle.check_repeatable_with(&when, &[(BOOT, "another")]);
        cycle.check_mended(&when);
    }
    panic!("{}: the command never ends", cycle.name);
}
