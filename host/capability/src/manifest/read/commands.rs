//! The `[commands.*]` tables: a command line that the host can parse in one way.

use std::collections::{BTreeMap, BTreeSet};

use s_diag::Code;

use super::{line, name};
use crate::Kind;
use crate::document::{Reader, Spanned, Table};
use crate::manifest::{Argument, Command, CommandOption};
use crate::rights::EditScope;

const CODE: Code = Code::PLUGIN_COMMAND;

pub(super) fn commands(
    reader: &mut Reader<'_>,
    table: &Table<'_>,
    kind: Option<Kind>,
) -> BTreeMap<String, Command> {
    let mut commands = BTreeMap::new();
    if let Some(kind) = kind.filter(|&kind| kind != Kind::Command) {
        let message = format!("a plugin of kind `{kind}` has no commands");
        reader.mistake(Code::PLUGIN_KIND, table.span.clone(), message, "only for `command`");
    }
    for (key, table) in reader.tables(table) {
        name(reader, &key, "names of commands");
        reader.only(&table, &["about", "arguments", "options", "examples", "edits"]);
        let about = line(reader, &table, "about", CODE);
        let about = reader.required(&table, "about", about);
        let arguments = arguments(reader, &table);
        let options = options(reader, &table, &arguments);
        let examples = examples(reader, &table, &key.value);
        let words = EditScope::ALL.map(EditScope::as_str);
        let edits = reader.word(&table, "edits", CODE, &words, EditScope::from_word).map(|edits| edits.value);
        let about = about.unwrap_or_default();
        commands.insert(key.value, Command { about, arguments, options, examples, edits });
    }
    commands
}

fn examples(reader: &mut Reader<'_>, table: &Table<'_>, command: &str) -> Vec<String> {
    let mut examples = Vec::new();
    for example in reader.texts(table, "examples").unwrap_or_default() {
        let mut words = example.value.split_ascii_whitespace();
        let is_line = example.value.len() <= 200 && !example.value.chars().any(super::is_unprintable);
        if is_line && words.next() == Some("s") && words.next() == Some(command) {
            examples.push(example.value);
        } else {
            let message =
                format!("an example must be one line, at most 200 bytes, that begins with `s {command}`");
            reader.mistake(CODE, example.span, message, "");
        }
    }
    examples
}

fn arguments(reader: &mut Reader<'_>, table: &Table<'_>) -> Vec<Argument> {
    let mut arguments: Vec<Argument> = Vec::new();
    for table in reader.list(table, "arguments") {
        reader.only(&table, &["name", "required", "repeat", "about"]);
        let Some(name) = named(reader, &table, arguments.iter().map(|argument| argument.name.as_str()))
        else {
            continue;
        };
        let argument = Argument {
            name,
            required: reader.flag(&table, "required"),
            repeat: reader.flag(&table, "repeat"),
            about: line(reader, &table, "about", CODE),
        };
        if let Some(last) = arguments.last() {
            if last.repeat {
                let message = format!("nothing can follow `{}`, which takes all that follows", last.name);
                reader.mistake(CODE, table.span.clone(), message, "");
            }
            if argument.required && !last.required {
                let message = format!(
                    "`{}` is required and stands behind `{}`, which is not",
                    argument.name, last.name
                );
                reader.mistake(CODE, table.span, message, "");
            }
        }
        arguments.push(argument);
    }
    arguments
}

fn options(reader: &mut Reader<'_>, table: &Table<'_>, arguments: &[Argument]) -> Vec<CommandOption> {
    let mut options: Vec<CommandOption> = Vec::new();
    for table in reader.list(table, "options") {
        reader.only(&table, &["name", "short", "values", "default", "flag", "about"]);
        // One namespace: a parser of command lines knows both by name.
        let arguments = arguments.iter().map(|argument| argument.name.as_str());
        let taken = arguments.chain(options.iter().map(|option| option.name.as_str()));
        let Some(name) = named(reader, &table, taken) else { continue };
        let option = CommandOption {
            short: short(reader, &table, &options),
            values: values(reader, &table),
            default: reader.text(&table, "default").map(|default| default.value),
            flag: reader.flag(&table, "flag"),
            about: line(reader, &table, "about", CODE),
            name,
        };
        contradictions(reader, &table, &option);
        options.push(option);
    }
    options
}

/// The name of an argument or option, which no other has.
fn named<'a>(
    reader: &mut Reader<'_>,
    table: &Table<'_>,
    taken: impl Iterator<Item = &'a str>,
) -> Option<String> {
    let found = reader.text(table, "name");
    let found = reader.required(table, "name", found)?;
    if !name(reader, &found, "names of arguments and options") {
        return None;
    }
    let Spanned { value, span } = found;
    if ["help", "json", "quiet", "verbose", "version"].contains(&value.as_str()) {
        reader.mistake(CODE, span, format!("`{value}` is an option of `s` itself"), "");
    } else if taken.into_iter().any(|taken| taken == value) {
        reader.mistake(CODE, span, format!("`{value}` is declared twice"), "again here");
    }
    Some(value)
}

fn short(reader: &mut Reader<'_>, table: &Table<'_>, options: &[CommandOption]) -> Option<char> {
    let short = reader.read(table, "short", CODE, |text| {
        let mut letters = text.chars();
        let letter = letters.next().filter(char::is_ascii_alphabetic);
        letter.filter(|_| letters.next().is_none()).ok_or("must be one letter")
    })?;
    if "hqvV".contains(short.value) {
        reader.mistake(CODE, short.span, format!("`-{}` is an option of `s` itself", short.value), "");
        return None;
    }
    if options.iter().any(|option| option.short == Some(short.value)) {
        reader.mistake(CODE, short.span, format!("`-{}` is declared twice", short.value), "again here");
    }
    Some(short.value)
}

fn values(reader: &mut Reader<'_>, table: &Table<'_>) -> Vec<String> {
    let mut seen = BTreeSet::new();
    let mut values = Vec::new();
    for value in reader.texts(table, "values").unwrap_or_default() {
        let plain = !value.value.is_empty() && !value.value.chars().any(super::is_unprintable);
        if !plain {
            reader.mistake(CODE, value.span, "a value must be a line of text, not empty", "");
        } else if seen.insert(value.value.clone()) {
            values.push(value.value);
        } else {
            reader.mistake(
                CODE,
                value.span,
                format!("`{}` stands twice in `values`", value.value),
                "again here",
            );
        }
    }
    values
}

fn contradictions(reader: &mut Reader<'_>, table: &Table<'_>, option: &CommandOption) {
    let CommandOption { name, values, default, flag, .. } = option;
    if *flag && (default.is_some() || table.has("values")) {
        let message = format!("`{name}` is a flag, so it has neither values nor a default");
        reader.mistake(CODE, table.span.clone(), message, "");
    }
    if let Some(default) = default.as_ref().filter(|default| !values.is_empty() && !values.contains(default))
    {
        let message = format!("`{default}` is not among the values of `{name}`");
        reader.mistake(CODE, table.key_span("default"), message, "");
    }
}
