//! The command line: which words there are, and what was typed.
//!
//! Built-in commands are declared with derive. Commands of plugins are looked up only when a word
//! is not built in, or when all commands are to be listed; that keeps every other start free of them.

mod command;

use std::ffi::{OsStr, OsString};

use clap::builder::styling::{AnsiColor, Style, Styles};
use clap::error::ErrorKind;
use clap::{ArgAction, Args, CommandFactory, FromArgMatches, Parser, ValueEnum};
use s_diag::{Code, Diagnostic};
use s_ops::language::Program;
use s_ui::{ColorChoice, Styled, UiOptions, Verbosity, one_line};

pub(crate) use command::Command;
use command::{BUILT_IN, described};

use crate::commands::help::HelpArgs;
use crate::dynamic::{self, PluginCall, PluginCommand, PluginCommands};
use crate::exit::Exit;
use crate::frame::Failure;
use crate::program;
use crate::suggest::nearest;
use crate::usage;

/// The toolchain of stryke: packages, plugins, builds and tests
#[derive(Debug, Parser)]
#[command(
    name = "s",
    disable_help_subcommand = true,
    disable_help_flag = true,
    disable_version_flag = true,
    args_override_self = true,
    override_help = OVERVIEW,
    max_term_width = 100,
    styles = STYLES
)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) global: Global,

    /// Print the version
    #[arg(short = 'V', long = "version", action = ArgAction::SetTrue)]
    version: bool,

    #[command(subcommand)]
    command: Option<Command>,
}

/// The same without the built-in commands, which take longer to describe than a command of a
/// plugin takes to run.
#[derive(Debug, Parser)]
#[command(
    name = "s",
    disable_help_subcommand = true,
    disable_help_flag = true,
    disable_version_flag = true,
    args_override_self = true,
    override_help = OVERVIEW,
    max_term_width = 100,
    styles = STYLES
)]
struct Bare {
    #[command(flatten)]
    global: Global,

    /// Print the version
    #[arg(short = 'V', long = "version", action = ArgAction::SetTrue)]
    version: bool,
}

/// What every command understands, before and behind its name.
#[derive(Args, Debug)]
#[command(next_help_heading = "Options of every command")]
pub(crate) struct Global {
    /// Say less: only warnings and errors; twice, only errors
    #[arg(short, long, global = true, action = ArgAction::Count)]
    quiet: u8,

    /// Say more: why; twice, every step
    #[arg(short, long, global = true, action = ArgAction::Count)]
    verbose: u8,

    /// Print answers and errors as JSON on standard output
    #[arg(long, global = true)]
    json: bool,

    /// Use only what is already on this machine
    #[arg(long, global = true)]
    pub(crate) offline: bool,

    /// Never ask; fail where a question would be needed
    #[arg(long, global = true)]
    no_input: bool,

    /// When to use colour
    #[arg(long, global = true, value_name = "WHEN", value_enum, default_value_t = When::Auto, hide_default_value = true, hide_possible_values = true, help = "When to use colour: auto, always or never")]
    color: When,

    /// Show help; --help shows more than -h
    #[arg(short = 'h', long, global = true, action = ArgAction::Help)]
    help: Option<bool>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum When {
    Auto,
    Always,
    Never,
}

/// What a command line asks for.
#[derive(Debug)]
pub(crate) enum Parsed {
    /// A built-in command.
    Command(Command),
    /// A program: a file of this name is here, and no command.
    Program(Program),
    /// A command of a plugin.
    Plugin(PluginCommand, PluginCall),
    /// A text, such as the help of one command.
    Answer(Styled),
}

/// Stands for the overview that `s help` prints, which clap cannot make.
const OVERVIEW: &str = "s help";

const STYLES: Styles = Styles::styled()
    .header(Style::new().bold())
    .usage(Style::new().bold())
    .literal(AnsiColor::Cyan.on_default())
    .placeholder(Style::new());

/// Reads the options about output without understanding the rest, so that they are followed even
/// when the rest makes no sense. `-q` and `-v` count before and behind the name of the command.
pub(crate) fn scan(args: &[OsString]) -> UiOptions {
    let (mut quiet, mut verbose) = (0_u8, 0_u8);
    let mut options = UiOptions::default();
    let mut words = args.iter().map_while(|arg| (arg != "--").then(|| arg.to_str().unwrap_or_default()));
    while let Some(word) = words.next() {
        match word {
            "--json" => options.json = true,
            "--no-input" => options.no_input = true,
            "--quiet" => quiet = quiet.saturating_add(1),
            "--verbose" => verbose = verbose.saturating_add(1),
            "--color" => options.color = color(words.next().unwrap_or_default()),
            _ => {
                if let Some(when) = word.strip_prefix("--color=") {
                    options.color = color(when);
                } else if let Some(letters) = word.strip_prefix('-').filter(|rest| !rest.starts_with('-')) {
                    // Behind another letter a `q` may be the value of an option, as in `-fq`.
                    for letter in letters.chars().take_while(|letter| "qvhV".contains(*letter)) {
                        match letter {
                            'q' => quiet = quiet.saturating_add(1),
                            'v' => verbose = verbose.saturating_add(1),
                            _ => {}
                        }
                    }
                }
            }
        }
    }
    options.verbosity = Verbosity::from_counts(quiet, verbose);
    options
}

/// Understands a command line. `s` alone is `s help` and ends well: to ask what there is is no mistake.
///
/// # Errors
///
/// [`Exit::Usage`] with one diagnostic.
pub(crate) fn parse(args: &[OsString], plugins: &dyn PluginCommands) -> Result<Parsed, Failure> {
    let line = || [OsString::from("s")].into_iter().chain(args.iter().cloned());
    if let Some(name) = command_word(args)
        && !is_built_in(name)
        && let Some(command) = plugins.find(name)
    {
        let parser = dynamic::build(&command).map_err(|reason| undescribed(&command, &reason))?;
        let root = bare().subcommand(parser);
        return match root.clone().try_get_matches_from(line()) {
            Ok(matches) if matches.get_flag("version") => Ok(Parsed::Command(Command::Version)),
            Ok(matches) => {
                let call = matches.subcommand_matches(name).map(|matches| PluginCall::of(&command, matches));
                Ok(Parsed::Plugin(command, call.unwrap_or_default()))
            }
            Err(error) => answer_or_failure(&error, args, &root),
        };
    }
    let root = || match command_word(args).and_then(described) {
        Some(one) => bare().subcommand(one),
        None => Cli::command(),
    };
    let matches = match root().allow_external_subcommands(true).try_get_matches_from(line()) {
        Ok(matches) => matches,
        Err(error) => return answer_or_failure(&error, args, &root()),
    };
    if let Some((name, external)) = matches.subcommand()
        && !is_built_in(name)
    {
        let arguments: Vec<OsString> =
            external.get_raw("").into_iter().flatten().map(OsStr::to_os_string).collect();
        if let Some(program) = program::file_called(name, &arguments) {
            return Ok(Parsed::Program(program));
        }
        return Err(unknown(name, external.get_raw("").and_then(|mut words| words.next()), plugins));
    }
    let cli = Cli::from_arg_matches(&matches).map_err(|error| usage::failure(&error, &[]))?;
    Ok(Parsed::Command(match cli.command {
        _ if cli.version => Command::Version,
        Some(command) => command,
        None => Command::Help(HelpArgs::default()),
    }))
}

/// Returns the tree of all commands: built in, and from plugins those that can be offered and
/// claim no built-in name.
pub(crate) fn tree(plugins: &[PluginCommand]) -> clap::Command {
    plugins
        .iter()
        .filter_map(|command| dynamic::build(command).ok())
        .fold(Cli::command(), clap::Command::subcommand)
}

/// Returns the commands of plugins, sorted, without those that claim a built-in name or one that
/// another plugin claimed before.
pub(crate) fn admitted(plugins: &dyn PluginCommands) -> Vec<PluginCommand> {
    let mut all = plugins.all();
    all.retain(|command| !is_built_in(&command.name));
    // The sort is stable: of equal names the first stays.
    all.sort_by(|a, b| a.name.cmp(&b.name));
    all.dedup_by(|later, first| later.name == first.name);
    all
}

/// A command whose plugin describes it in a way that cannot be offered.
pub(crate) fn undescribed(command: &PluginCommand, reason: &str) -> Failure {
    let message = format!("`{}` of plugin `{}` cannot be used: {reason}", command.name, command.plugin);
    Failure::new(Exit::Failed, Diagnostic::error(Code::COMMAND_DESCRIPTION, message))
}

fn color(when: &str) -> ColorChoice {
    match when {
        "always" => ColorChoice::Always,
        "never" => ColorChoice::Never,
        _ => ColorChoice::Auto,
    }
}

/// Help is what clap calls an error without being one.
fn answer_or_failure(
    error: &clap::Error,
    args: &[OsString],
    root: &clap::Command,
) -> Result<Parsed, Failure> {
    match error.kind() {
        ErrorKind::DisplayHelp => {
            let help = error.render();
            if help.to_string().trim_end() == OVERVIEW {
                return Ok(Parsed::Command(Command::Help(HelpArgs::default())));
            }
            Ok(Parsed::Answer(Styled::trusted(help.ansi().to_string())))
        }
        _ => Err(usage::failure(error, &path(args, root))),
    }
}

/// Returns the names of the command and its subcommands that stand in `args`.
fn path<'a>(args: &[OsString], root: &'a clap::Command) -> Vec<&'a str> {
    let mut path = Vec::new();
    let mut found = root;
    for word in args.iter().filter_map(|arg| arg.to_str()).filter(|word| !word.starts_with('-')) {
        if let Some(next) = found.find_subcommand(word) {
            path.push(next.get_name());
            found = next;
        }
    }
    path
}

fn unknown(name: &str, next: Option<&OsStr>, plugins: &dyn PluginCommands) -> Failure {
    let built_in = Cli::command();
    let from_plugins = admitted(plugins);
    let names = built_in
        .get_subcommands()
        .map(clap::Command::get_name)
        .chain(from_plugins.iter().map(|command| command.name.as_str()));
    let near = nearest(name, names);
    let mut diagnostic =
        Diagnostic::error(Code::UNKNOWN_COMMAND, format!("there is no command `{}`", one_line(name, 60)));
    for near in &near {
        let rest = next.and_then(OsStr::to_str).map(|next| format!(" {next} …")).unwrap_or_default();
        diagnostic = match from_plugins.iter().find(|command| command.name == *near) {
            Some(command) => {
                diagnostic.hint(format!("did you mean, from plugin `{}`: s {near}{rest}", command.plugin))
            }
            None => diagnostic.hint(format!("did you mean: s {near}{rest}")),
        };
    }
    if near.is_empty() {
        if let Some(failure) = unread(name, plugins) {
            return failure;
        }
        diagnostic = diagnostic.hint("all commands: s help");
    }
    Failure::new(Exit::Usage, diagnostic)
}

/// Why plugins could not be read, as the error of a word that is no command known here: it may be one
/// of theirs. None where all were read. The first tells the status.
pub(crate) fn unread(name: &str, plugins: &dyn PluginCommands) -> Option<Failure> {
    let mut failure = Failure::joined(plugins.unread())?;
    if let Some(last) = failure.diagnostics.last_mut() {
        let name = one_line(name, 60);
        last.notes.push(format!("`{name}` is no command of `s` or of a plugin that could be read"));
    }
    Some(failure)
}

/// Says whether a built-in command has this name.
pub(crate) fn is_built_in(name: &str) -> bool {
    BUILT_IN.contains(&name)
}

/// The options of every command, and no command.
pub(crate) fn bare() -> clap::Command {
    Bare::command()
}

/// Returns the word that names the command: the first that is neither an option nor its value.
fn command_word(args: &[OsString]) -> Option<&str> {
    let mut words = args.iter().map(|arg| arg.to_str().unwrap_or_default());
    while let Some(word) = words.next() {
        match word {
            "--" => return None,
            "--color" => drop(words.next()),
            _ if word.starts_with('-') => {}
            _ => return Some(word),
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_built_in_name_is_listed() {
        let mut names: Vec<String> =
            Cli::command().get_subcommands().map(|command| command.get_name().to_owned()).collect();
        names.sort();
        let mut listed = BUILT_IN.to_vec();
        listed.sort_unstable();
        assert_eq!(names, listed);
    }

    #[test]
    fn both_roots_have_the_same_options() {
        let options = |root: clap::Command| -> Vec<String> {
            root.get_arguments().map(|argument| argument.get_id().to_string()).collect()
        };
        assert_eq!(options(Cli::command()), options(bare()));
    }

    #[test]
    fn the_word_of_the_command_is_found() {
        let cases = [
            ("new x", Some("new")),
            ("-v --color never new", Some("new")),
            ("--json", None),
            ("-- new", None),
        ];
        for (line, word) in cases {
            let args: Vec<OsString> = line.split(' ').map(OsString::from).collect();
            assert_eq!(command_word(&args), word, "{line}");
        }
    }

    #[test]
    fn the_tree_is_sound() {
        Cli::command().debug_assert();
    }

    #[test]
    fn scanning_agrees_with_parsing() {
        let lines = [
            "version",
            "-q version",
            "version -qq",
            "version --json --json",
            "-qv version",
            "--json version",
            "version --json --no-input",
            "--color always version",
            "version --color=never",
            "--color=auto version --verbose --quiet",
        ];
        for line in lines {
            let args: Vec<OsString> = line.split(' ').map(OsString::from).collect();
            let cli =
                Cli::try_parse_from([OsString::from("s")].into_iter().chain(args.iter().cloned())).unwrap();
            let color = match cli.global.color {
                When::Auto => ColorChoice::Auto,
                When::Always => ColorChoice::Always,
                When::Never => ColorChoice::Never,
            };
            let parsed = UiOptions {
                color,
                verbosity: Verbosity::from_counts(cli.global.quiet, cli.global.verbose),
                json: cli.global.json,
                no_input: cli.global.no_input,
            };
            assert_eq!(scan(&args), parsed, "{line}");
        }
    }

    #[test]
    fn scanning_survives_what_makes_no_sense() {
        let cases: &[(&[&str], UiOptions)] = &[
            (&["nonsense", "--json"], UiOptions { json: true, ..UiOptions::default() }),
            (&["x", "--", "--json"], UiOptions::default()),
            (&["--color"], UiOptions::default()),
            (&["-"], UiOptions::default()),
            (&["-fq"], UiOptions::default()),
        ];
        for (args, expected) in cases {
            let args: Vec<OsString> = args.iter().map(OsString::from).collect();
            assert_eq!(scan(&args), *expected, "{args:?}");
        }
    }
}
