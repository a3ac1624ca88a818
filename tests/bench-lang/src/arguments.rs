//! The arguments.

use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context as _, Result, bail};

/// What `--help` says.
pub(crate) const HELP: &str = "\
Measures programs of the language beside the same programs in other languages.

Usage: s-bench-lang [OPTIONS]

  --s FILE         the `s` to measure; else the variable S, else beside this program
  --s-arg WORD     an argument for `s` before the file, such as run; may be repeated
  --built          what `s build --release` makes of each program as well, as `s build`
  --no-s           leaves `s` out
  --peers A,B      whom to measure beside it (perl,luajit,node,python3,go,c); none for nobody
  --only A,B       only these programs
  --twins          the twins as well: the same programs with other constants and one more step
  --runs N         runs of a program by each, after one that is not counted (7)
  --patience-s N   how long a process may take before it is ended and counted as failed (60)
  --programs DIR   where the programs are
  --json           prints all figures as JSON instead of tables
  --list           names the programs and ends

The status is 1 if a program failed or printed something else than the others.
";

/// What is to be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Arguments {
    pub(crate) help: bool,
    pub(crate) list: bool,
    pub(crate) s: Option<PathBuf>,
    pub(crate) s_arguments: Vec<String>,
    pub(crate) built: bool,
    pub(crate) no_s: bool,
    pub(crate) peers: Vec<String>,
    pub(crate) only: Vec<String>,
    pub(crate) twins: bool,
    pub(crate) runs: usize,
    pub(crate) patience: Duration,
    pub(crate) programs: Option<PathBuf>,
    pub(crate) json: bool,
}

impl Arguments {
    /// Reads the arguments behind the name of the program.
    ///
    /// # Errors
    /// One that is not known, lacks its value, or has one that is none.
    pub(crate) fn parse(mut words: impl Iterator<Item = String>) -> Result<Arguments> {
        let mut arguments = Arguments {
            help: false,
            list: false,
            s: None,
            s_arguments: Vec::new(),
            built: false,
            no_s: false,
            peers: crate::peer::NAMES.map(str::to_owned).to_vec(),
            only: Vec::new(),
            twins: false,
            runs: 7,
            patience: Duration::from_secs(60),
            programs: None,
            json: false,
        };
        while let Some(word) = words.next() {
            let mut value = || words.next().with_context(|| format!("`{word}` needs a value"));
            match word.as_str() {
                "--help" | "-h" => arguments.help = true,
                "--list" => arguments.list = true,
                "--s" => arguments.s = Some(value()?.into()),
                "--s-arg" => arguments.s_arguments.push(value()?),
                "--built" => arguments.built = true,
                "--no-s" => arguments.no_s = true,
                "--peers" => arguments.peers = peers(&value()?)?,
                "--only" => arguments.only = value()?.split(',').map(str::to_owned).collect(),
                "--twins" => arguments.twins = true,
                "--runs" => arguments.runs = value()?.parse().context("`--runs` needs a number")?,
                "--patience-s" => {
                    let seconds = value()?.parse().context("`--patience-s` needs a number")?;
                    arguments.patience = Duration::from_secs(seconds);
                }
                "--programs" => arguments.programs = Some(value()?.into()),
                "--json" => arguments.json = true,
                _ => bail!("`{word}` is not known; --help lists what is"),
            }
        }
        if arguments.runs == 0 {
            bail!("`--runs` needs at least 1");
        }
        if arguments.patience.is_zero() {
            bail!("`--patience-s` needs at least 1");
        }
        Ok(arguments)
    }
}

/// The peers of a list with commas; the word `none` is the empty list.
fn peers(list: &str) -> Result<Vec<String>> {
    if list == "none" {
        return Ok(Vec::new());
    }
    let names: Vec<String> = list.split(',').map(str::to_owned).collect();
    for name in &names {
        if !crate::peer::NAMES.contains(&name.as_str()) {
            bail!("there is no peer `{name}`: there are {}", crate::peer::NAMES.join(", "));
        }
    }
    Ok(names)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(words: &[&str]) -> Result<Arguments> {
        Arguments::parse(words.iter().map(|&word| word.to_owned()))
    }

    #[test]
    fn arguments_are_read() {
        let given = parse(&[
            "--s",
            "a",
            "--s-arg",
            "run",
            "--peers",
            "perl,node",
            "--only",
            "fib,sieve",
            "--runs",
            "3",
            "--twins",
            "--patience-s",
            "5",
        ])
        .unwrap();
        assert_eq!((given.s, given.s_arguments), (Some("a".into()), vec!["run".to_owned()]));
        assert_eq!(
            (given.peers, given.only),
            (vec!["perl".to_owned(), "node".to_owned()], vec!["fib".to_owned(), "sieve".to_owned()])
        );
        assert_eq!((given.runs, given.twins, given.patience), (3, true, Duration::from_secs(5)));
        assert_eq!(parse(&["--peers", "none"]).unwrap().peers, Vec::<String>::new());
        assert_eq!(parse(&["--peers", "c"]).unwrap().peers, ["c"]);
        assert_eq!(parse(&[]).unwrap().peers, ["perl", "luajit", "node", "python3", "go", "c"]);
    }

    #[test]
    fn what_is_not_known_is_said() {
        for (words, message) in [
            (&["--what"][..], "`--what` is not known; --help lists what is"),
            (&["fib"], "`fib` is not known; --help lists what is"),
            (&["--s"], "`--s` needs a value"),
            (&["--runs", "x"], "`--runs` needs a number"),
            (&["--runs", "0"], "`--runs` needs at least 1"),
            (&["--patience-s", "0"], "`--patience-s` needs at least 1"),
            (&["--peers", "ruby"], "there is no peer `ruby`: there are perl, luajit, node, python3, go, c"),
        ] {
            assert_eq!(parse(words).unwrap_err().to_string(), message);
        }
    }
}
