//! Commands on a disk that is full, or broken, from any of their changes to a file on.
//!
//! A command that fails says so with a code and changes nothing; a fault that concerns only what
//! can be made again stops no command. Either way nothing temporary is left, and without the fault
//! the same command ends as if nothing had happened.

use s_store::faults::KILLED_STATUS;

use crate::cycle::{Cycle, cycles, first_run};
#[cfg(unix)]
use crate::served::Publisher;

/// More steps than any command here takes.
const STEPS_MAX: u64 = 500;

#[test]
fn a_disk_that_fails_at_any_change_leaves_what_was_there() {
    for cycle in cycles() {
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

#[test]
fn a_disk_that_cannot_be_read_at_any_place_leaves_what_was_there() {
    for cycle in cycles() {
        let cycle = Cycle::begin(cycle);
        let steps = steps_of(&cycle, "kill-read");
        let mut failed = 0;
        for n in 0..steps {
            failed += u64::from(!survives(&cycle, &format!("read:{n}"), &format!("read {n} of {steps}")));
        }
        println!("{}: {steps} readings, {failed} failures", cycle.name);
        assert!(failed > 0, "{}: {steps} readings, no failure", cycle.name);
    }
}

#[test]
fn a_key_that_cannot_be_written_stops_the_first_command_and_code_that_cannot_be_kept_does_not() {
    let cycle = Cycle::begin(first_run());
    let mut survived = 0;
    for n in 0..STEPS_MAX {
        // What comes after the code is not new.
        if cycle.disturbed(&format!("kill:{n}")).status == Some(0) || cycle.has_compiled() {
            break;
        }
        survived += u64::from(survives(&cycle, &format!("io:{n}"), &format!("io at step {n}")));
    }
    assert!(survived > 0, "code can be compiled again");
}

#[test]
#[cfg(unix)]
fn a_publication_with_a_disk_that_fails_is_made_or_not_and_can_be_made_again() {
    let mut publisher = Publisher::new();
    publisher.prepare("json", "0.1.0");
    let _ = publisher.publish("json");
    let mut made: Vec<String> = vec!["0.1.0".to_owned()];
    // First the disk of whoever publishes, then that of the server.
    for (whose, what) in [("client", "full"), ("client", "io"), ("server", "full"), ("server", "io")] {
        let mut failed = 0;
        for n in 0..STEPS_MAX {
            let plan = format!("{what}:{n}");
            let when = format!("{whose} {plan}");
            let version = format!("1.{}.0", made.len());
            publisher.prepare("json", &version);
            let mut command = publisher.command("json");
            if whose == "client" {
                command.env(s_store::faults::PLAN, &plan);
            } else {
                // Some of its steps are those of its start; the rest are those of the publication.
                publisher.serve_again(&format!("{what}:{}", n + STEPS_OF_A_START));
            }
            let outcome = publisher.sandbox.outcome(&command.output().unwrap());
            let is_done = outcome.status == Some(0);
            assert!(is_done || outcome.stderr.contains("error[S-"), "{when}\n{}", outcome.text());
            let there = publisher.server().versions("json").iter().any(|(there, _)| *there == version);
            assert!(there || !is_done, "{when}: it is not there\n{}", outcome.text());
            if whose == "server" || n % 10 == 9 {
                publisher.serve_again("");
            }
            let again = publisher.publish("json");
            assert_eq!(again.status, Some(0), "{when}, and then\n{}", again.text());
            made.push(version);
            let there = publisher.server().versions("json");
            assert!(there.iter().map(|(version, _)| version).eq(&made), "{when}: {there:?}");
            if is_done {
                break;
            }
            failed += 1;
        }
        println!("{whose} {what}: {failed} failures");
        assert!((2..STEPS_MAX).contains(&failed), "{whose} {what}: {failed} failures");
    }
    assert_eq!(publisher.temporaries(), [""; 0].map(std::path::PathBuf::from));
}

/// The server makes its folder and the one for archives that arrive.
#[cfg(unix)]
const STEPS_OF_A_START: u64 = 2;

/// How many steps the command has: it is killed before all of them and before no later one.
fn steps(cycle: &Cycle) -> u64 {
    steps_of(cycle, "kill")
}

/// The same by another plan that ends it.
fn steps_of(cycle: &Cycle, plan: &str) -> u64 {
    let is_step = |n: u64| cycle.disturbed(&format!("{plan}:{n}")).status == Some(KILLED_STATUS);
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
            (&state.manifest, &state.lock, &state.allowed),
            (&cycle.old.manifest, &cycle.old.lock, &cycle.old.allowed),
            "{name} {when}\n{text}"
        );
        assert!(!cycle.has_new_component(), "{name} {when}\n{text}");
    }
    assert_eq!(cycle.temporaries(), [""; 0].map(std::path::PathBuf::from), "{name} {when}\n{text}");
    cycle.check_whole(when);
    cycle.check_repeatable(when);
    is_done
}
