//! Commands that are killed: before every change they make to a file, and at any moment.
//!
//! Afterwards each file is the old one or the new one, the store has nothing damaged, and the same
//! command ends as if nothing had happened. A registry has whole lines, and every version of which
//! somebody was told that it is published is there with its bytes.

use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use s_store::faults::{KILLED_STATUS, PLAN};

use crate::cycle::{Cycle, add, cycles, first_run};
#[cfg(unix)]
use crate::served::Publisher;

/// More steps than any command here takes.
const STEPS_MAX: u64 = 500;
/// How often a command is killed at a random moment.
const MOMENTS: u32 = 40;

#[test]
fn a_command_that_is_killed_before_any_of_its_changes_can_be_run_again() {
    for cycle in cycles() {
        let cycle = Cycle::begin(cycle);
        let killed = kill_everywhere(&cycle, &|| false);
        println!("{}: killed at {killed} steps", cycle.name);
    }
}

#[test]
fn the_first_command_of_all_can_be_killed_and_run_again() {
    // The key of this machine, and code that is compiled; what comes after that is not new.
    let cycle = Cycle::begin(first_run());
    let killed = kill_everywhere(&cycle, &|| cycle.has_compiled());
    println!("{}: killed at {killed} steps", cycle.name);
}

/// Kills a command at each of its steps, until it ends or `is_enough`. Returns at how many.
fn kill_everywhere(cycle: &Cycle, is_enough: &dyn Fn() -> bool) -> u64 {
    for n in 0..STEPS_MAX {
        let outcome = cycle.disturbed(&format!("kill:{n}"));
        if outcome.status == Some(0) || is_enough() {
            assert!(n >= 3, "{}: {n} steps", cycle.name);
            return n;
        }
        let when = format!("killed before step {n}");
        assert_eq!(outcome.status, Some(KILLED_STATUS), "{} {when}\n{}", cycle.name, outcome.text());
        cycle.check_whole(&when);
        cycle.done(&["store", "verify"]);
        cycle.check_repeatable(&when);
    }
    panic!("{}: the command never ends", cycle.name);
}

#[test]
fn what_killed_commands_leave_is_cleared() {
    let cycle = Cycle::begin(add());
    let mut left = 0;
    for n in 0..STEPS_MAX {
        if cycle.disturbed(&format!("kill:{n}")).status == Some(0) {
            break;
        }
        // A project that wrote nothing yet is not known to the store.
        cycle.done(&["add", "log"]);
        left += cycle.make_temporaries_old();
        cycle.done(&["store", "gc"]);
        assert_eq!(cycle.temporaries(), [""; 0].map(std::path::PathBuf::from), "step {n}");
    }
    assert!(left > 10, "{left} were left");
}

#[test]
fn what_is_killed_at_any_moment_can_be_run_again() {
    let measured = ["add", "install", "update", "gc"];
    for cycle in cycles().into_iter().filter(|(name, ..)| measured.contains(name)) {
        let cycle = Cycle::begin(cycle);
        cycle.restore();
        let start = Instant::now();
        assert!(silent(&mut cycle.command()).wait().unwrap().success());
        let mut moments = Moments::within(start.elapsed());
        for _ in 0..MOMENTS {
            cycle.restore();
            let when = moments.kill(silent(&mut cycle.command()));
            cycle.check_whole(&when);
            cycle.done(&["store", "verify"]);
            cycle.check_repeatable(&when);
        }
    }
}

#[test]
#[cfg(unix)]
fn who_publishes_can_be_killed_before_any_change_and_at_any_moment() {
    let mut publisher = Publisher::new();
    publisher.prepare("json", "0.1.0");
    let _ = publisher.publish("json");
    publisher.prepare("json", "0.2.0");
    let start = Instant::now();
    let outcome = publisher.publish("json");
    assert_eq!(outcome.status, Some(0), "{}", outcome.text());
    let mut moments = Moments::within(start.elapsed());
    let mut steps = 0;
    let mut is_whole = false;
    for n in 0..STEPS_MAX {
        if n % 10 == 0 {
            // Nobody publishes that often; a server that was just started has counted nothing.
            publisher.serve_again("");
        }
        let version = format!("1.{n}.0");
        publisher.prepare("json", &version);
        let mut command = publisher.command("json");
        let when = if is_whole {
            moments.kill(silent(&mut command))
        } else {
            let status = silent(command.env(PLAN, format!("kill:{n}"))).wait().unwrap();
            is_whole = status.success();
            steps = n;
            assert!(is_whole || status.code() == Some(KILLED_STATUS), "step {n}: {status}");
            format!("killed before step {n}")
        };
        let count = |versions: &[(String, String)]| versions.iter().filter(|(v, _)| *v == version).count();
        let before = publisher.server().versions("json");
        assert!(count(&before) <= 1, "{when}: {before:?}");
        let again = publisher.publish("json");
        assert_eq!(again.status, Some(0), "{when}, and then\n{}", again.text());
        let after = publisher.server().versions("json");
        assert_eq!(count(&after), 1, "{when}: {after:?}");
        assert_eq!(after[..before.len()], before, "{when}: what was published stays");
        if n >= steps + u64::from(MOMENTS) {
            break;
        }
    }
    println!("publish: killed at {steps} steps");
    assert!(steps >= 3, "{steps} steps");
}

#[test]
#[cfg(unix)]
fn a_server_that_is_killed_at_any_moment_has_what_it_said_it_has() {
    let mut publisher = Publisher::new();
    publisher.prepare("json", "0.1.0");
    let _ = publisher.publish("json");
    publisher.prepare("json", "0.2.0");
    let start = Instant::now();
    let outcome = publisher.publish("json");
    assert_eq!(outcome.status, Some(0), "{}", outcome.text());
    // The server is killed by itself, and its client is not the first to be slow.
    let mut moments = Moments::within(start.elapsed().mul_f64(1.5));
    let mut told = vec!["0.1.0".to_owned(), "0.2.0".to_owned()];
    let mut broken = 0;
    for n in 0..MOMENTS {
        let version = format!("1.{n}.0");
        publisher.prepare("json", &version);
        let client = silent(&mut publisher.command("json"));
        let moment = moments.wait();
        // Killed when it is dropped.
        publisher.served = None;
        let is_told = client.wait_with_output().unwrap().status.success();
        if is_told {
            told.push(version.clone());
        }
        broken += u32::from(!is_told);
        publisher.serve_again("");
        let versions = publisher.server().versions("json");
        for version in &told {
            let count = versions.iter().filter(|(there, _)| there == version).count();
            assert_eq!(
                count, 1,
                "the server was killed after {moment:?}: {version} is gone from {versions:?}"
            );
        }
        // Whoever was told nothing asks again.
        if !is_told {
            let again = publisher.publish("json");
            assert_eq!(again.status, Some(0), "after {moment:?}, and then\n{}", again.text());
            told.push(version);
        }
    }
    println!("{broken} of {MOMENTS} were not told");
    assert!((1..MOMENTS).contains(&broken), "{broken} of {MOMENTS} publications were disturbed");
    let there: Vec<String> = publisher.server().versions("json").into_iter().map(|(v, _)| v).collect();
    assert_eq!(there, told);
}

fn silent(command: &mut std::process::Command) -> Child {
    command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
}

/// Random moments within the time that an undisturbed run takes, and a little after. What is true at
/// one is true at all, so nothing depends on which ones they are.
struct Moments {
    seed: u64,
    whole: Duration,
}

impl Moments {
    #[expect(clippy::print_stdout, reason = "shown with a failure, so that its moments can be looked at")]
    fn within(whole: Duration) -> Moments {
        let seed = u64::from(std::process::id()) ^ whole.as_nanos() as u64;
        println!("moments within {whole:?} from the seed {seed}");
        Moments { seed, whole }
    }

    /// Waits until the next one, and returns how long it waited.
    fn wait(&mut self) -> Duration {
        // SplitMix64.
        self.seed = self.seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut random = self.seed;
        random = (random ^ (random >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        random = (random ^ (random >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        random ^= random >> 31;
        let moment = self.whole.mul_f64(1.1 * (random as f64 / u64::MAX as f64));
        std::thread::sleep(moment);
        moment
    }

    /// Kills a process at the next one, and returns when that was.
    fn kill(&mut self, mut child: Child) -> String {
        let moment = self.wait();
        child.kill().unwrap();
        let status = child.wait().unwrap();
        format!("killed after {moment:?}: {status}")
    }
}
