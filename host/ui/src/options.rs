//! What the user asked for, and what follows from it and from the environment.

use std::ffi::OsString;

/// Looks up an environment variable. Passed in, so that nothing here depends on the process.
pub(crate) type Env<'a> = &'a dyn Fn(&str) -> Option<OsString>;

/// What the command line says about output.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct UiOptions {
    /// Whether to use colour.
    pub color: ColorChoice,
    /// How much to say.
    pub verbosity: Verbosity,
    /// Whether answers and errors are JSON on standard output.
    pub json: bool,
    /// Whether questions are refused even on a terminal.
    pub no_input: bool,
}

/// Whether to use colour.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ColorChoice {
    /// On a terminal, unless `NO_COLOR`, `CLICOLOR` or `CLICOLOR_FORCE` say otherwise.
    #[default]
    Auto,
    /// Always, whatever the environment says.
    Always,
    /// Never, whatever the environment says.
    Never,
}

/// How much is said on standard error. Answers are printed at every level.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verbosity {
    /// `-qq`: errors only.
    Silent,
    /// `-q`: errors and warnings.
    Quiet,
    /// What was done.
    #[default]
    Normal,
    /// `-v`: and why.
    Verbose,
    /// `-vv`: and every step.
    Trace,
}

impl Verbosity {
    /// Returns the level for so many `-q` and `-v`; each `-q` takes back one `-v`.
    pub fn from_counts(quiet: u8, verbose: u8) -> Verbosity {
        match i16::from(verbose) - i16::from(quiet) {
            ..=-2 => Verbosity::Silent,
            -1 => Verbosity::Quiet,
            0 => Verbosity::Normal,
            1 => Verbosity::Verbose,
            2.. => Verbosity::Trace,
        }
    }
}

/// Decides about colour for one stream, in the order the `NO_COLOR` and `CLICOLOR` conventions ask for.
pub(crate) fn use_color(choice: ColorChoice, is_terminal: bool, env: Env<'_>) -> bool {
    match choice {
        ColorChoice::Always => return true,
        ColorChoice::Never => return false,
        ColorChoice::Auto => {}
    }
    let set = |name: &str| env(name).filter(|value| !value.is_empty());
    if set("NO_COLOR").is_some() {
        return false;
    }
    if set("CLICOLOR_FORCE").is_some_and(|value| value != "0") {
        return true;
    }
    if set("CLICOLOR").is_some_and(|value| value == "0") {
        return false;
    }
    is_terminal && set("TERM").is_none_or(|term| term != "dumb")
}

/// Says whether this runs where nobody can answer: `CI` is set to anything but `false` or `0`.
pub(crate) fn is_ci(env: Env<'_>) -> bool {
    env("CI").is_some_and(|value| !value.is_empty() && value != "false" && value != "0")
}

/// Returns the width that `COLUMNS` sets, if it is a sensible number.
pub(crate) fn columns(env: Env<'_>) -> Option<usize> {
    let columns = env("COLUMNS")?.to_str()?.trim().parse().ok()?;
    (20..=10_000).contains(&columns).then_some(columns)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn verbosity_counts_up_and_down() {
        let cases = [
            (0, 0, Verbosity::Normal),
            (1, 0, Verbosity::Quiet),
            (2, 0, Verbosity::Silent),
            (9, 0, Verbosity::Silent),
            (0, 1, Verbosity::Verbose),
            (0, 3, Verbosity::Trace),
            (1, 1, Verbosity::Normal),
            (255, 255, Verbosity::Normal),
        ];
        for (quiet, verbose, expected) in cases {
            assert_eq!(
                Verbosity::from_counts(quiet, verbose),
                expected,
                "-q {quiet} times, -v {verbose} times"
            );
        }
    }

    #[test]
    fn colour_follows_the_conventions() {
        type Variables = &'static [(&'static str, &'static str)];
        let cases: &[(ColorChoice, bool, Variables, bool)] = &[
            (ColorChoice::Auto, true, &[], true),
            (ColorChoice::Auto, false, &[], false),
            (ColorChoice::Auto, true, &[("NO_COLOR", "1")], false),
            (ColorChoice::Auto, true, &[("NO_COLOR", "")], true),
            (ColorChoice::Auto, false, &[("CLICOLOR_FORCE", "1")], true),
            (ColorChoice::Auto, false, &[("CLICOLOR_FORCE", "0")], false),
            (ColorChoice::Auto, true, &[("NO_COLOR", "1"), ("CLICOLOR_FORCE", "1")], false),
            (ColorChoice::Auto, true, &[("CLICOLOR", "0")], false),
            (ColorChoice::Auto, true, &[("TERM", "dumb")], false),
            (ColorChoice::Always, false, &[("NO_COLOR", "1")], true),
            (ColorChoice::Never, true, &[("CLICOLOR_FORCE", "1")], false),
        ];
        for (choice, is_terminal, variables, expected) in cases {
            let env = |name: &str| {
                variables.iter().find(|(key, _)| *key == name).map(|(_, value)| OsString::from(value))
            };
            assert_eq!(
                use_color(*choice, *is_terminal, &env),
                *expected,
                "{choice:?} {is_terminal} {variables:?}"
            );
        }
    }

    #[test]
    fn nonsense_in_columns_and_ci_is_ignored() {
        for (value, expected) in
            [("80", Some(80)), ("0", None), ("wide", None), ("99999999999999999999", None)]
        {
            assert_eq!(columns(&|_| Some(value.into())), expected, "{value}");
        }
        for (value, expected) in [("", false), ("false", false), ("0", false), ("true", true), ("1", true)] {
            assert_eq!(is_ci(&|_| Some(value.into())), expected, "{value}");
        }
    }
}
