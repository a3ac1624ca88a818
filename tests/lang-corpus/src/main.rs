//! The corpus from the command line: `cargo run -p s-lang-corpus -- --s PATH [SECTION...]`.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use s_lang_corpus::{Built, Settings, find_perl, run};

const USAGE: &str = "\
usage: s-lang-corpus --s PATH [SECTION...] [--list-failures] [--jobs N] [--timeout SECONDS] [--slow]
  SECTION          a folder of tests/lang, or the beginning of a path with `/` in it
  --list-failures  every failure that counts, with what is wrong
  --built          build each program first, and run the executable
  --target TRIPLE  the same for another target, with --runner PROGRAM to run it here
  --slow           the ten programs that took longest";

#[expect(clippy::print_stdout, clippy::print_stderr, reason = "a chore talks to the developer")]
fn main() -> ExitCode {
    match arguments(std::env::args().skip(1)).and_then(|(settings, shows)| Ok((run(&settings)?, shows))) {
        Ok((report, shows)) => {
            if shows.failures {
                print!("{}", report.failures());
            }
            if shows.slow {
                let mut slow: Vec<_> = report.verdicts.iter().collect();
                slow.sort_by_key(|verdict| std::cmp::Reverse(verdict.time));
                for verdict in slow.into_iter().take(10) {
                    println!("{:>8.0} ms  {}", verdict.time.as_secs_f64() * 1e3, verdict.program.path);
                }
            }
            print!("{}", report.table());
            if report.is_good() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
        }
        Err(error) => {
            eprintln!("{error:#}");
            ExitCode::from(2)
        }
    }
}

#[derive(Default)]
struct Shows {
    failures: bool,
    slow: bool,
}

fn arguments(mut words: impl Iterator<Item = String>) -> Result<(Settings, Shows)> {
    let (mut s, mut sections, mut shows) = (None, Vec::new(), Shows::default());
    let mut jobs = std::thread::available_parallelism().map_or(1, usize::from);
    let mut limit = Duration::from_secs(30);
    let (mut is_built, mut target, mut runner) = (false, None, None);
    while let Some(word) = words.next() {
        let mut value = || words.next().with_context(|| format!("`{word}` needs a value\n{USAGE}"));
        match word.as_str() {
            "--s" => s = Some(PathBuf::from(value()?)),
            "--jobs" | "-j" => jobs = value()?.parse().context(USAGE)?,
            "--timeout" => limit = Duration::from_secs(value()?.parse().context(USAGE)?),
            "--list-failures" => shows.failures = true,
            "--built" => is_built = true,
            "--target" => target = Some(value()?),
            "--runner" => runner = Some(PathBuf::from(value()?)),
            "--slow" => shows.slow = true,
            option if option.starts_with('-') => bail!("there is no option `{option}`\n{USAGE}"),
            section => sections.push(section.to_owned()),
        }
    }
    let s = s.context(USAGE)?;
    let s = s.canonicalize().with_context(|| format!("`{}`", s.display()))?;
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../lang");
    let folder = folder.canonicalize().with_context(|| format!("`{}`", folder.display()))?;
    let executables = std::env::temp_dir().join(format!("s-lang-corpus-{}", std::process::id()));
    let built = (is_built || target.is_some()).then_some(Built { target, runner, folder: executables });
    if let Some(built) = &built {
        std::fs::create_dir_all(&built.folder).with_context(|| format!("`{}`", built.folder.display()))?;
    }
    Ok((Settings { s, perl: find_perl(), folder, sections, jobs, limit, built }, shows))
}
