//! Commands that plugins add: from a description to a parser, and from what was typed to a call.
//!
//! A description comes from outside. Its names end up in completion scripts, which shells run, so
//! only letters, digits and a few signs are let through; text is cut to one escaped line. A plugin
//! never reads the command line itself.

mod manifest;

use clap::builder::PossibleValuesParser;
use clap::{Arg, ArgAction, ArgMatches, Command};
use s_ui::{Ui, escape_terminal, one_line};

use crate::cli;
use crate::frame::Failure;

/// Where the commands of plugins come from, and who runs them.
pub(crate) trait PluginCommands {
    /// Returns the commands of all plugins that may be used here. Asked only when they are needed.
    fn all(&self) -> Vec<PluginCommand>;

    /// Returns why the commands of other plugins are not known: one failure for each that could not be read.
    fn unread(&self) -> Vec<Failure> {
        Vec::new()
    }

    /// Returns the command of this name, where one has it.
    fn find(&self, name: &str) -> Option<PluginCommand> {
        self.all().into_iter().find(|command| command.name == name)
    }

    /// Runs one of them and returns its exit status.
    ///
    /// # Errors
    ///
    /// When the plugin could not be started or did not end well.
    fn run(&self, ui: &Ui, command: &PluginCommand, call: &PluginCall) -> Result<u8, Failure>;
}

/// A command that a plugin adds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct PluginCommand {
    /// The word that is typed.
    pub(crate) name: String,
    /// What it does, in one line.
    pub(crate) about: String,
    /// The id of the plugin.
    pub(crate) plugin: String,
    /// What it takes.
    pub(crate) spec: CommandSpec,
}

/// What a command takes: `[commands.NAME]` of `plugin.toml`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct CommandSpec {
    /// By position.
    pub(crate) arguments: Vec<ArgumentSpec>,
    /// By name.
    pub(crate) options: Vec<OptionSpec>,
    /// Command lines that show how it is used.
    pub(crate) examples: Vec<String>,
}

/// An argument by position.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ArgumentSpec {
    /// How help calls it, in small letters.
    pub(crate) name: String,
    /// What it is, in one line.
    pub(crate) about: String,
    /// Whether it must be there. None may be required behind one that is not.
    pub(crate) required: bool,
    /// Whether it takes all the rest. Only the last may.
    pub(crate) repeat: bool,
}

/// An option: `--name`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct OptionSpec {
    /// Without the dashes.
    pub(crate) name: String,
    /// One letter, for `-f`.
    pub(crate) short: Option<char>,
    /// What it does, in one line.
    pub(crate) about: String,
    /// Whether it takes a value.
    pub(crate) kind: OptionKind,
}

/// Whether an option takes a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum OptionKind {
    /// It takes none.
    Flag,
    /// It takes one: any, or, if `values` names some, one of those.
    Value { values: Vec<String>, default: Option<String> },
}

/// What was typed, ready for the plugin.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct PluginCall {
    /// By position.
    pub(crate) arguments: Vec<String>,
    /// Name and value, defaults included, as described; a flag that was given has the value `true`.
    pub(crate) options: Vec<(String, String)>,
}

/// Text of a plugin is cut here.
const TEXT_COLUMNS_MAX: usize = 200;

/// Makes the parser of a command.
///
/// # Errors
///
/// Why the description cannot be offered, as a phrase.
pub(crate) fn build(command: &PluginCommand) -> Result<Command, String> {
    check_name("the command", &command.name)?;
    if cli::is_built_in(&command.name) {
        return Err(format!("`{}` is built in", command.name));
    }
    let root = cli::bare();
    let origin = format!("Added by plugin `{}`.", text(&command.plugin));
    let mut parser = Command::new(command.name.clone()).about(text(&command.about));
    if !command.spec.examples.is_empty() {
        let examples = command.spec.examples.iter().map(|example| format!("\n  {}", text(example)));
        parser = parser.after_long_help(format!("Examples:{}\n\n{origin}", examples.collect::<String>()));
    }
    parser = parser.after_help(origin);
    let mut names: Vec<&str> = vec!["help"];
    names.extend(root.get_arguments().filter_map(Arg::get_long));
    let mut letters: Vec<char> = vec!['h'];
    letters.extend(root.get_arguments().filter_map(Arg::get_short));

    for option in &command.spec.options {
        check_name("option", &option.name)?;
        if names.contains(&option.name.as_str()) {
            return Err(format!("option `{}` is taken", option.name));
        }
        names.push(&option.name);
        if let Some(letter) = option.short {
            if letters.contains(&letter) || !letter.is_ascii_alphanumeric() {
                return Err(format!(
                    "`-{}` cannot be the short form of `--{}`",
                    text(&letter.to_string()),
                    option.name
                ));
            }
            letters.push(letter);
        }
        parser = parser.arg(option_arg(option)?);
    }
    let mut optional_before = false;
    for (index, argument) in command.spec.arguments.iter().enumerate() {
        check_name("argument", &argument.name)?;
        let last = index + 1 == command.spec.arguments.len();
        if command.spec.arguments[..index].iter().any(|before| before.name == argument.name) {
            return Err(format!("argument `{}` is described twice", argument.name));
        }
        if argument.required && optional_before || argument.repeat && !last {
            return Err(format!("argument `{}` can never be reached or told apart", argument.name));
        }
        optional_before |= !argument.required;
        parser = parser.arg(argument_arg(argument));
    }
    Ok(parser)
}

impl PluginCall {
    /// Takes from `matches` what the command describes.
    pub(crate) fn of(command: &PluginCommand, matches: &ArgMatches) -> PluginCall {
        let arguments = command.spec.arguments.iter().filter_map(|argument| {
            Some(matches.get_many::<String>(&argument_id(&argument.name))?.cloned().collect::<Vec<_>>())
        });
        let options = command.spec.options.iter().filter_map(|option| {
            let id = option_id(&option.name);
            let value = match option.kind {
                OptionKind::Flag => matches.get_flag(&id).then(|| "true".to_owned()),
                OptionKind::Value { .. } => matches.get_one::<String>(&id).cloned(),
            };
            Some((option.name.clone(), value?))
        });
        PluginCall { arguments: arguments.flatten().collect(), options: options.collect() }
    }
}

fn option_arg(option: &OptionSpec) -> Result<Arg, String> {
    let arg = Arg::new(option_id(&option.name))
        .long(option.name.clone())
        .short(option.short)
        .help(text(&option.about));
    let OptionKind::Value { values, default } = &option.kind else {
        return Ok(arg.action(ArgAction::SetTrue));
    };
    let mut arg = arg.action(ArgAction::Set).value_name("VALUE");
    if let Some(value) = values.iter().find(|value| !is_shell_safe(value)) {
        return Err(format!("`{}` cannot be a value of `--{}`", text(value), option.name));
    }
    if let Some(default) = default {
        if !values.is_empty() && !values.contains(default) || !is_one_line(default) {
            return Err(format!("`{}` cannot be the default of `--{}`", text(default), option.name));
        }
        arg = arg.default_value(default.clone());
    }
    Ok(if values.is_empty() { arg } else { arg.value_parser(PossibleValuesParser::new(values.clone())) })
}

fn argument_arg(argument: &ArgumentSpec) -> Arg {
    let arg = Arg::new(argument_id(&argument.name))
        .value_name(argument.name.to_uppercase())
        .help(text(&argument.about))
        .required(argument.required);
    match (argument.repeat, argument.required) {
        (false, _) => arg,
        (true, true) => arg.num_args(1..).action(ArgAction::Append),
        (true, false) => arg.num_args(0..).action(ArgAction::Append),
    }
}

/// Identifiers of plugins stand apart from our own.
fn option_id(name: &str) -> String {
    format!("option {name}")
}

fn argument_id(name: &str) -> String {
    format!("argument {name}")
}

fn check_name(what: &str, name: &str) -> Result<(), String> {
    let sound = name.starts_with(|c: char| c.is_ascii_lowercase())
        && name.len() <= 40
        && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-');
    if sound { Ok(()) } else { Err(format!("{what} `{}` is not a name in small letters", text(name))) }
}

/// Says whether no shell acts on the word, inside or outside quotes.
fn is_shell_safe(value: &str) -> bool {
    value.starts_with(|c: char| c.is_ascii_alphanumeric())
        && value.len() <= 80
        && value.chars().all(|c| c.is_ascii_alphanumeric() || "._+/@-".contains(c))
}

/// Says whether a terminal shows the text as it is, on one line.
fn is_one_line(text: &str) -> bool {
    escape_terminal(text) == text && !text.contains(['\n', '\t'])
}

/// Makes text of a plugin fit for help and for completion scripts: one escaped line in which no
/// character ends a quotation or starts a substitution in any of the four shells.
fn text(text: &str) -> String {
    one_line(text, TEXT_COLUMNS_MAX)
        .chars()
        .map(|c| match c {
            '\'' | '"' | '`' | '\u{2018}'..='\u{201f}' => '\u{b4}',
            '$' | '\\' | '!' => '\u{b7}',
            c => c,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use clap_complete::Shell;

    use super::*;
    use crate::cli::Cli;
    use clap::CommandFactory;

    fn option(name: &str) -> OptionSpec {
        OptionSpec { name: name.to_owned(), short: None, about: String::new(), kind: OptionKind::Flag }
    }

    fn value(name: &str, values: &[&str], default: Option<&str>) -> OptionSpec {
        let values = values.iter().map(|value| (*value).to_owned()).collect();
        OptionSpec { kind: OptionKind::Value { values, default: default.map(str::to_owned) }, ..option(name) }
    }

    fn argument(name: &str, required: bool, repeat: bool) -> ArgumentSpec {
        ArgumentSpec { name: name.to_owned(), about: String::new(), required, repeat }
    }

    fn command(arguments: Vec<ArgumentSpec>, options: Vec<OptionSpec>) -> PluginCommand {
        PluginCommand {
            name: "sbom".to_owned(),
            about: "about".to_owned(),
            plugin: "acme/sbom".to_owned(),
            spec: CommandSpec { arguments, options, examples: Vec::new() },
        }
    }

    fn call(command: &PluginCommand, line: &str) -> Option<PluginCall> {
        let root = Cli::command().subcommand(build(command).expect("described well"));
        root.clone().debug_assert();
        let matches =
            root.try_get_matches_from(["s", "sbom"].into_iter().chain(line.split_whitespace())).ok()?;
        Some(PluginCall::of(command, matches.subcommand_matches("sbom")?))
    }

    #[test]
    fn what_was_typed_becomes_a_call() {
        let command = command(
            vec![argument("name", true, false), argument("files", false, true)],
            vec![
                option("force"),
                value("format", &["spdx", "cyclonedx"], Some("spdx")),
                value("out", &[], None),
            ],
        );
        type Call = (&'static [&'static str], &'static [(&'static str, &'static str)]);
        let cases: &[(&str, Option<Call>)] = &[
            ("demo", Some((&["demo"], &[("format", "spdx")]))),
            ("demo a b --force", Some((&["demo", "a", "b"], &[("force", "true"), ("format", "spdx")]))),
            ("--out=x --format cyclonedx demo", Some((&["demo"], &[("format", "cyclonedx"), ("out", "x")]))),
            ("demo -- --force", Some((&["demo", "--force"], &[("format", "spdx")]))),
            ("demo --json -v", Some((&["demo"], &[("format", "spdx")]))),
            ("", None),
            ("demo --format pdf", None),
            ("demo --out", None),
            ("demo --strange", None),
        ];
        for (line, expected) in cases {
            let expected = expected.map(|(arguments, options)| PluginCall {
                arguments: arguments.iter().map(|argument| (*argument).to_owned()).collect(),
                options: options
                    .iter()
                    .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
                    .collect(),
            });
            assert_eq!(call(&command, line), expected, "{line}");
        }
    }

    #[test]
    fn descriptions_that_cannot_be_offered_are_refused() {
        let short = |letter| OptionSpec { short: Some(letter), ..option("fine") };
        let cases = [
            command(vec![], vec![option("json")]),
            command(vec![], vec![option("help")]),
            command(vec![], vec![option("version")]),
            command(vec![], vec![option("twice"), option("twice")]),
            command(vec![], vec![option("Capital")]),
            command(vec![], vec![option("$(id)")]),
            command(vec![], vec![option("")]),
            command(vec![], vec![short('q')]),
            command(vec![], vec![short('h')]),
            command(vec![], vec![short('-')]),
            command(vec![], vec![value("format", &["a b"], None)]),
            command(vec![], vec![value("format", &["$(id)"], None)]),
            command(vec![], vec![value("format", &["-x"], None)]),
            command(vec![], vec![value("format", &["a"], Some("b"))]),
            command(vec![], vec![value("format", &[], Some("\x1b[2J"))]),
            command(vec![argument("a", false, false), argument("b", true, false)], vec![]),
            command(vec![argument("a", true, true), argument("b", true, false)], vec![]),
            command(vec![argument("a", true, false), argument("a", true, false)], vec![]),
            PluginCommand { name: "help".to_owned(), ..command(vec![], vec![]) },
            PluginCommand { name: "-x".to_owned(), ..command(vec![], vec![]) },
            PluginCommand { name: "a;b".to_owned(), ..command(vec![], vec![]) },
        ];
        for command in cases {
            let reason = build(&command).expect_err(&format!("{command:?}"));
            assert!(!reason.chars().any(char::is_control), "{reason:?}");
        }
    }

    #[test]
    fn text_of_a_plugin_holds_nothing_a_shell_acts_on() {
        let evil = "it's `id` $(id) \"x\" \\ ‘ ’ “ ” ! \n\x1b]0;x\x07";
        let cleaned = text(evil);
        assert!(
            !cleaned.contains(['\'', '"', '`', '$', '\\', '!', '\n', '\x1b', '’', '‘', '“', '”']),
            "{cleaned}"
        );
    }

    #[test]
    fn completion_scripts_hold_nothing_of_a_plugin_that_a_shell_acts_on() {
        let evil = "'; $(pwned) `pwned` \" ’ \\";
        let option = OptionSpec { about: evil.to_owned(), ..value("format", &[], Some(evil)) };
        let argument = ArgumentSpec { about: evil.to_owned(), ..argument("name", true, false) };
        let command = PluginCommand {
            about: evil.to_owned(),
            plugin: evil.to_owned(),
            ..command(vec![argument], vec![option])
        };
        for shell in [Shell::Bash, Shell::Zsh, Shell::Fish, Shell::PowerShell] {
            let mut script = Vec::new();
            let mut tree = cli::tree(std::slice::from_ref(&command));
            clap_complete::generate(shell, &mut tree, "s", &mut script);
            let script = String::from_utf8(script).unwrap();
            assert!(script.contains("sbom"), "{shell}");
            let lines: Vec<&str> = script.lines().filter(|line| line.contains("pwned")).collect();
            for pattern in ["$(pwned", "`pwned", "';", "’"] {
                assert!(!lines.iter().any(|line| line.contains(pattern)), "{shell}: {pattern}: {lines:?}");
            }
        }
    }
}
