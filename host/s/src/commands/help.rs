//! `s help`: everything there is on one screen, one command in full, or a topic.

use clap::{Args, CommandFactory};
use s_diag::{Code, Diagnostic};
use s_ui::{Styled, one_line, style};
use serde_json::json;

use super::Context;
use crate::cli::{self, Cli};
use crate::dynamic::{self, PluginCommand};
use crate::exit::{EXITS, Exit};
use crate::frame::Failure;
use crate::suggest::nearest;

/// The arguments of `s help`.
#[derive(Args, Debug, Default)]
#[command(after_long_help = "Examples:\n  s help\n  s help completions\n  s help exit-statuses")]
pub(crate) struct HelpArgs {
    /// A command, with its subcommand if it has some, or a topic
    #[arg(value_name = "COMMAND|TOPIC")]
    words: Vec<String>,
}

/// Where each built-in command stands.
const GROUPS: &[(&str, &[&str])] = &[
    (
        "Packages",
        &["add", "remove", "install", "update", "lock", "tree", "why", "list", "outdated", "audit", "vendor"],
    ),
    ("Programs", &["run", "build", "repl", "check", "test", "bench", "x", "uninstall", "clean"]),
    (
        "Registries and the store",
        &[
            "search", "info", "pack", "publish", "yank", "unyank", "owner", "login", "logout", "registry",
            "fetch", "store",
        ],
    ),
    ("Plugins", &["plugin", "target"]),
    ("About s", &["help", "explain", "completions", "version"]),
];

/// Something to read that is no command.
struct Topic {
    name: &'static str,
    about: &'static str,
    text: fn() -> Styled,
}

const TOPICS: &[Topic] = &[
    Topic {
        name: "exit-statuses",
        about: "How a command tells other programs what happened",
        text: exit_statuses,
    },
    Topic { name: "output", about: "What goes where: answers, talk, JSON and colour", text: output },
];

/// Prints help.
pub(super) fn run(context: &Context<'_>, args: &HelpArgs) -> Result<Exit, Failure> {
    if args.words.is_empty() {
        overview(context);
    } else {
        let text = find(context, &args.words)?;
        if context.ui.is_json() {
            context.ui.json(&json!({ "help": text.text() }));
        } else {
            context.ui.answer(text);
        }
    }
    Ok(Exit::Done)
}

/// Returns the text of a topic.
fn topic(name: &str) -> Option<Styled> {
    TOPICS.iter().find(|topic| topic.name == name).map(|topic| (topic.text)())
}

fn overview(context: &Context<'_>) {
    let built_in = Cli::command();
    let from_plugins = cli::admitted(context.plugins);
    context.warn_of_unread_plugins();
    let about = |name: &str| {
        let about = built_in.find_subcommand(name).and_then(clap::Command::get_about);
        about.map(ToString::to_string).unwrap_or_default()
    };
    if context.ui.is_json() {
        let built_in = built_in.get_subcommands().map(|command| {
            json!({ "name": command.get_name(), "about": about(command.get_name()), "plugin": null })
        });
        let from_plugins = from_plugins
            .iter()
            .map(|command| json!({ "name": command.name, "about": command.about, "plugin": command.plugin }));
        context.ui.json(&json!({ "commands": built_in.chain(from_plugins).collect::<Vec<_>>() }));
        return;
    }
    let mut page = Styled::new().styled(style::STRONG, "s").plain(", the toolchain of stryke\n\n");
    page.push(style::STRONG, "Usage:");
    page.push(style::PLAIN, " s [OPTIONS] COMMAND [ARGUMENTS]\n");
    page.push(style::PLAIN, "       s [SWITCHES] FILE|- [ARGUMENTS]\n");
    page.push(style::PLAIN, "       s [SWITCHES] -e CODE [ARGUMENTS]\n");
    for (group, names) in GROUPS {
        section(&mut page, group, names.iter().map(|name| ((*name).to_owned(), about(name), None)));
    }
    if !from_plugins.is_empty() {
        section(&mut page, "Commands from plugins", from_plugins.iter().map(plugin_row));
    }
    let options = built_in.get_arguments().map(|arg| {
        let short = arg.get_short().map_or_else(|| "    ".to_owned(), |short| format!("-{short}, "));
        let value = if arg.get_action().takes_values() { " WHEN" } else { "" };
        let name = format!("{short}--{}{value}", arg.get_long().unwrap_or_default());
        (name, arg.get_help().map(ToString::to_string).unwrap_or_default(), None)
    });
    section(&mut page, "Options", options);
    section(
        &mut page,
        "Topics",
        TOPICS.iter().map(|topic| (topic.name.to_owned(), topic.about.to_owned(), None)),
    );
    page.push(style::PLAIN, "\nMore about one of them: ");
    page.push(style::CODE, "s help NAME");
    context.ui.answer(page);
}

/// Name, what it does, and the plugin it comes from.
type Row = (String, String, Option<String>);

fn plugin_row(command: &PluginCommand) -> Row {
    let about = match dynamic::build(command) {
        Ok(_) => one_line(&command.about, 60),
        Err(reason) => format!("cannot be used: {reason}"),
    };
    (one_line(&command.name, 40), about, Some(one_line(&command.plugin, 60)))
}

fn section(page: &mut Styled, title: &str, rows: impl Iterator<Item = Row>) {
    let rows: Vec<Row> = rows.collect();
    let longest =
        rows.iter().map(|(name, ..)| name.chars().count()).max().unwrap_or_default().max(NAME_COLUMNS);
    page.push(style::PLAIN, "\n");
    page.push(style::STRONG, format!("{title}:\n"));
    for (name, about, plugin) in rows {
        page.push(style::PLAIN, "  ");
        page.push(style::CODE, format!("{name:<longest$}"));
        page.push(style::PLAIN, format!("  {about}"));
        if let Some(plugin) = plugin {
            page.push(style::DIM, format!("  ({plugin})"));
        }
        page.push(style::PLAIN, "\n");
    }
}

/// Names take at least so many columns, so that the sections line up.
const NAME_COLUMNS: usize = 18;

fn find(context: &Context<'_>, words: &[String]) -> Result<Styled, Failure> {
    let first = &words[0];
    let mut command = Cli::command();
    if command.find_subcommand(first).is_none() {
        if let Some(found) = cli::admitted(context.plugins).iter().find(|command| command.name == *first) {
            let parser = dynamic::build(found).map_err(|reason| cli::undescribed(found, &reason))?;
            command = command.subcommand(parser);
        } else if let ([_], Some(text)) = (words, topic(first)) {
            return Ok(text);
        }
    }
    command.build();
    let mut found = &mut command;
    for word in words {
        let names: Vec<String> =
            found.get_subcommands().map(|command| command.get_name().to_owned()).collect();
        if !names.contains(word) {
            return Err(unknown(context, words, found.get_name(), &names, word));
        }
        found = found.find_subcommand_mut(word).expect("its name was just seen");
    }
    Ok(Styled::trusted(found.render_long_help().ansi().to_string()))
}

fn unknown(context: &Context<'_>, words: &[String], parent: &str, names: &[String], word: &str) -> Failure {
    let top = words.first().is_some_and(|first| first == word);
    let word = one_line(word, 60);
    let (message, mut known) = if top {
        let mut known: Vec<String> = TOPICS.iter().map(|topic| topic.name.to_owned()).collect();
        known.extend(cli::admitted(context.plugins).into_iter().map(|command| command.name));
        (format!("there is no command or topic `{word}`"), known)
    } else {
        (format!("`{parent}` has no command `{word}`"), Vec::new())
    };
    known.extend(names.iter().cloned());
    let mut diagnostic = Diagnostic::error(Code::UNKNOWN_TOPIC, message);
    for near in nearest(&word, known.iter().map(String::as_str)) {
        let path = if top { String::new() } else { format!("{} ", words[..words.len() - 1].join(" ")) };
        diagnostic = diagnostic.hint(format!("did you mean: s help {path}{near}"));
    }
    if diagnostic.hints.is_empty() {
        if top && let Some(failure) = cli::unread(&word, context.plugins) {
            return failure;
        }
        diagnostic = diagnostic.hint("all commands and topics: s help");
    }
    Failure::new(Exit::Usage, diagnostic)
}

fn exit_statuses() -> Styled {
    let mut text = Styled::new().styled(style::STRONG, "Exit statuses").plain("\n\n");
    for (status, meaning) in EXITS {
        text.push(style::CODE, format!("{status:>5}"));
        text.push(style::PLAIN, format!("  {}\n", meaning.trim_start()));
    }
    text.plain("\nA command that a plugin adds ends with the status that the plugin chose.\n")
}

fn output() -> Styled {
    Styled::new().styled(style::STRONG, "What goes where").plain(
        "

Answers go to standard output, everything else to standard error: what was done, notes, warnings,
errors, progress and questions. `-q` leaves warnings and errors, `-qq` errors; `-v` adds why,
`-vv` every step.

With `--json` standard output carries one JSON document: the answer, or
  {\"error\": {\"code\", \"severity\", \"message\", \"notes\", \"labels\", \"hints\"}, \"others\": [...]}
where `others` is there when there was more than one error, and a label is
  {\"file\", \"line\", \"column\", \"text\"}, counted from one.
A command that answers and then fails prints two documents, one a line.

Colour is used on a terminal. NO_COLOR and CLICOLOR=0 turn it off, CLICOLOR_FORCE=1 turns it on
everywhere; `--color` beats all of them. COLUMNS sets the width.

Questions are asked only when standard input and standard error are a terminal, CI is not set and
`--no-input` is not given. Questions of a plugin carry its name, and its words stand behind a bar.

When the reader of the output goes away, as `head` does, the command still ends as it would have,
silently. When the answer cannot be written for another reason, such as a full disk, it fails.
",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_built_in_command_stands_in_one_group() {
        let mut grouped: Vec<&str> = GROUPS.iter().flat_map(|(_, names)| names.iter().copied()).collect();
        let command = Cli::command();
        let mut all: Vec<&str> = command.get_subcommands().map(clap::Command::get_name).collect();
        grouped.sort_unstable();
        all.sort_unstable();
        assert_eq!(grouped, all);
    }

    #[test]
    fn no_topic_has_the_name_of_a_command() {
        assert!(TOPICS.iter().all(|topic| Cli::command().find_subcommand(topic.name).is_none()));
    }
}
