//! The arguments.

use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context as _, Result, bail};

/// What `--help` says.
pub(crate) const HELP: &str = "\
Measures installs beside other package managers, on one graph in the shape of each.

Usage: s-bench-packages [OPTIONS] [GRAPH]

GRAPH is one of: standard, middle, large, knots, long, many; without it, all of them.

  --s FILE        the `s` to measure; else the variable S, else beside this program
  --tools DIR     where other tools are, before those of PATH
  --only A,B      only these tools, `s` among them
  --scenarios X   only these scenarios of the standard graph, such as BCD
  --runs N        runs of a scenario (15); a third of it on larger graphs, a fifth for H
  --delay-ms N    what the server waits before each answer (0)
  --scratch DIR   where homes and projects are made (the system's folder for such)
  --json FILE     writes all figures
  --no-strace     counts no system calls
  --quick         one run of everything on a small graph
  --serve         serves the graph, says where, and waits for the end of its input
";

/// What is to be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Arguments {
    pub(crate) help: bool,
    pub(crate) graph: Option<String>,
    pub(crate) s: Option<PathBuf>,
    pub(crate) tools: Vec<PathBuf>,
    pub(crate) only: Vec<String>,
    pub(crate) scenarios: Option<String>,
    pub(crate) runs: usize,
    pub(crate) delay: Duration,
    pub(crate) scratch: Option<PathBuf>,
    pub(crate) json: Option<PathBuf>,
    pub(crate) strace: bool,
    pub(crate) quick: bool,
    pub(crate) serve: bool,
}

impl Arguments {
    /// Reads the arguments behind the name of the program.
    ///
    /// # Errors
    /// One that is not known, or lacks its value.
    pub(crate) fn parse(mut words: impl Iterator<Item = String>) -> Result<Arguments> {
        let mut arguments = Arguments {
            help: false,
            graph: None,
            s: None,
            tools: Vec::new(),
            only: Vec::new(),
            scenarios: None,
            runs: 15,
            delay: Duration::ZERO,
            scratch: None,
            json: None,
            strace: true,
            quick: false,
            serve: false,
        };
        while let Some(word) = words.next() {
            let mut value = || words.next().with_context(|| format!("`{word}` needs a value"));
            match word.as_str() {
                "--help" | "-h" => arguments.help = true,
                "--s" => arguments.s = Some(value()?.into()),
                "--tools" => arguments.tools.push(value()?.into()),
                "--only" => arguments.only = value()?.split(',').map(str::to_owned).collect(),
                "--scenarios" => arguments.scenarios = Some(value()?),
                "--runs" => arguments.runs = value()?.parse().context("`--runs` needs a number")?,
                "--delay-ms" => {
                    let number = value()?.parse().context("`--delay-ms` needs a number")?;
                    arguments.delay = Duration::from_millis(number);
                }
                "--scratch" => arguments.scratch = Some(value()?.into()),
                "--json" => arguments.json = Some(value()?.into()),
                "--no-strace" => arguments.strace = false,
                "--quick" => arguments.quick = true,
                "--serve" => arguments.serve = true,
                name if !name.starts_with('-') && arguments.graph.is_none() => arguments.graph = Some(word),
                _ => bail!("`{word}` is not known; --help lists what is"),
            }
        }
        if arguments.quick {
            arguments.runs = 1;
        }
        if arguments.runs == 0 {
            bail!("`--runs` needs at least 1");
        }
        Ok(arguments)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(words: &[&str]) -> Result<Arguments> {
        Arguments::parse(words.iter().map(|&word| word.to_owned()))
    }

    #[test]
    fn arguments_are_read() {
        let given =
            parse(&["--s", "a", "--only", "s,bun", "--runs", "3", "--delay-ms", "5", "large"]).unwrap();
        assert_eq!(
            (given.s, given.only, given.runs),
            (Some("a".into()), vec!["s".to_owned(), "bun".to_owned()], 3)
        );
        assert_eq!((given.delay, given.graph.as_deref()), (Duration::from_millis(5), Some("large")));
        assert_eq!(parse(&["--quick", "--runs", "9"]).unwrap().runs, 1);
    }

    #[test]
    fn what_is_not_known_is_said() {
        for (words, message) in [
            (&["--what"][..], "`--what` is not known; --help lists what is"),
            (&["a", "b"], "`b` is not known; --help lists what is"),
            (&["--s"], "`--s` needs a value"),
            (&["--runs", "x"], "`--runs` needs a number"),
            (&["--runs", "0"], "`--runs` needs at least 1"),
        ] {
            assert_eq!(parse(words).unwrap_err().to_string(), message);
        }
    }
}
