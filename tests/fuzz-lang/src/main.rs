//! Looks for inputs that the compiler or the runtime cannot stand, and for programs that run otherwise than
//! under perl.
//!
//! `s-fuzz-lang TARGET [--seconds N] [--count N] [--seed N] [--from N]` runs a target for a time or for a
//! number of inputs. An input is made from the seed and its number alone, so `--seed S --from N --count 1`
//! makes it again. A finding is printed whole, and ends the run with status 1; what ends the process itself
//! leaves its number in the last line that was printed.
#![expect(clippy::print_stdout, reason = "findings are for whoever started it")]
#![expect(clippy::exit, reason = "the only way to end an input that does not end")]

mod against_perl;
mod choice;
mod text;

use std::io::Write as _;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};

/// The longest that one input may take.
const PATIENCE: Duration = Duration::from_secs(20);

/// What is wrong with an input: the input, and what happened.
pub(crate) struct Finding {
    pub(crate) input: String,
    pub(crate) what: String,
}

/// Tries one input, made by the generator.
type Try = fn(&World, &mut fastrand::Rng) -> Option<Finding>;

/// What inputs are made of and run with.
pub(crate) struct World {
    /// Texts to begin with.
    pub(crate) texts: Vec<String>,
    /// The `s` that programs are run with.
    pub(crate) s: PathBuf,
    /// Where files are written.
    pub(crate) folder: PathBuf,
}

const TARGETS: [(&str, Try); 7] = [
    ("syntax", text::syntax),
    ("compile", text::compile),
    ("regex", text::regex),
    ("perl-ops", against_perl::operators),
    ("perl-sprintf", against_perl::sprintf),
    ("perl-pack", against_perl::pack),
    ("perl-regex", against_perl::regex),
];

struct Arguments {
    target: String,
    seconds: Option<u64>,
    count: Option<u64>,
    seed: u64,
    from: u64,
}

fn arguments(mut words: impl Iterator<Item = String>) -> anyhow::Result<Arguments> {
    let mut found = Arguments { target: String::new(), seconds: None, count: None, seed: 1, from: 0 };
    while let Some(word) = words.next() {
        let mut number = || -> anyhow::Result<u64> {
            words.next().and_then(|word| word.parse().ok()).with_context(|| format!("{word} wants a number"))
        };
        match word.as_str() {
            "--seconds" => found.seconds = Some(number()?),
            "--count" => found.count = Some(number()?),
            "--seed" => found.seed = number()?,
            "--from" => found.from = number()?,
            _ if found.target.is_empty() => found.target = word,
            _ => bail!("what is `{word}`?"),
        }
    }
    Ok(found)
}

fn main() -> anyhow::Result<()> {
    let arguments = arguments(std::env::args().skip(1))?;
    let Some((name, target)) = TARGETS.iter().find(|(name, _)| *name == arguments.target) else {
        let names: Vec<&str> = TARGETS.iter().map(|(name, _)| *name).collect();
        bail!("the targets are: {}", names.join(", "));
    };
    let folder = tempfile::tempdir()?;
    let here = std::env::current_exe()?;
    let world =
        World { texts: text::corpus(), s: here.with_file_name("s"), folder: folder.path().to_path_buf() };
    let limit = arguments.seconds.map(Duration::from_secs);
    let done = run(name, *target, &world, &arguments, limit);
    match done {
        Ok(count) => {
            println!("{name}: {count} inputs, nothing found");
            Ok(())
        }
        Err((at, finding)) => {
            println!(
                "{name}: --seed {} --from {at} --count 1\n{}\n--\n{}",
                arguments.seed, finding.input, finding.what
            );
            std::process::exit(1)
        }
    }
}

/// Tries inputs until the time or the number is over; their number, or the number of the finding.
fn run(
    name: &str,
    target: Try,
    world: &World,
    arguments: &Arguments,
    limit: Option<Duration>,
) -> Result<u64, (u64, Finding)> {
    let began = Instant::now();
    let now = Arc::new(AtomicU64::new(arguments.from));
    watch(name.to_owned(), arguments.seed, Arc::clone(&now));
    let mut said = Instant::now();
    for at in arguments.from.. {
        let over = arguments.count.is_some_and(|count| at - arguments.from >= count)
            || limit.is_some_and(|limit| began.elapsed() >= limit)
            || (arguments.count.is_none() && limit.is_none() && at - arguments.from >= 1000);
        if over {
            return Ok(at - arguments.from);
        }
        now.store(at, Ordering::Relaxed);
        if said.elapsed() > Duration::from_secs(10) {
            println!("{name}: at {at}");
            let _ = std::io::stdout().flush();
            said = Instant::now();
        }
        let mut rng = fastrand::Rng::with_seed(arguments.seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ at);
        if let Some(finding) = guarded(|| target(world, &mut rng)) {
            return Err((at, finding));
        }
    }
    Ok(0)
}

/// Ends the process when one input takes too long.
fn watch(name: String, seed: u64, now: Arc<AtomicU64>) {
    std::thread::spawn(move || {
        let (mut last, mut since) = (u64::MAX, Instant::now());
        loop {
            std::thread::sleep(Duration::from_millis(200));
            let at = now.load(Ordering::Relaxed);
            if at != last {
                (last, since) = (at, Instant::now());
            } else if since.elapsed() > PATIENCE {
                println!("{name}: --seed {seed} --from {at} --count 1 takes longer than {PATIENCE:?}");
                std::process::exit(1);
            }
        }
    });
}

/// The last panic, and the input that was tried.
static LAST: Mutex<(String, String)> = Mutex::new((String::new(), String::new()));

/// Says which input is tried, for when it ends in a panic.
pub(crate) fn trying(input: &str) {
    LAST.lock().unwrap_or_else(PoisonError::into_inner).0 = input.to_owned();
}

fn guarded(job: impl FnOnce() -> Option<Finding>) -> Option<Finding> {
    std::panic::set_hook(Box::new(|info| {
        LAST.lock().unwrap_or_else(PoisonError::into_inner).1 = info.to_string();
    }));
    let done = std::panic::catch_unwind(std::panic::AssertUnwindSafe(job));
    let _ = std::panic::take_hook();
    done.unwrap_or_else(|_| {
        let last = LAST.lock().unwrap_or_else(PoisonError::into_inner);
        Some(Finding { input: last.0.clone(), what: last.1.clone() })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_target_stands_some_inputs() {
        let folder = tempfile::tempdir().unwrap();
        let world = World { texts: text::corpus(), s: PathBuf::new(), folder: folder.path().to_path_buf() };
        assert!(world.texts.len() > 1000, "{}", world.texts.len());
        for (name, target) in &TARGETS[..3] {
            let count = Some(if *name == "compile" { 20 } else { 150 });
            let arguments = Arguments { target: String::new(), seconds: None, count, seed: 7, from: 0 };
            if let Err((at, finding)) = run(name, *target, &world, &arguments, None) {
                panic!("{name} {at}: {}\n{}", finding.input, finding.what);
            }
        }
    }

    #[test]
    fn an_input_is_made_again_from_its_number() {
        let make = |at: u64| {
            let mut rng = fastrand::Rng::with_seed(at);
            against_perl::program(&mut rng, against_perl::operator_line)
        };
        assert_eq!(make(3), make(3));
        assert_ne!(make(3), make(4));
    }

    #[test]
    fn a_panic_is_a_finding() {
        let found = guarded(|| {
            trying("the input");
            panic!("no")
        });
        let found = found.unwrap();
        assert_eq!(found.input, "the input");
        assert!(found.what.contains("no"));
    }
}
