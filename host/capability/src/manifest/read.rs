//! From the text of a `plugin.toml` to a [`Manifest`], or to everything that is wrong with it.

use std::collections::BTreeMap;

use s_diag::{Code, Diagnostic, Source};

use super::{ConfigKey, ConfigType, Manifest};
use crate::config;
use crate::document::{self, Reader, Spanned, Table};
use crate::id::WorldError;
use crate::{Class, Kind, LimitsRequest, PluginId, Unit, WorldRef};

mod capabilities;
mod commands;

pub(super) fn manifest(source: &Source) -> Result<Manifest, Vec<Diagnostic>> {
    let document = document::parse(source)?;
    let root = Table::root(&document);
    let mut reader = Reader::new(source, Code::PLUGIN_MANIFEST);
    reader.only(&root, &["plugin", "capabilities", "limits", "config", "commands"]);
    let plugin = reader.table(&root, "plugin");
    let plugin = reader.required(&root, "plugin", plugin).and_then(|table| head(&mut reader, &table));
    let kind = plugin.as_ref().map(|plugin| plugin.kind);
    let config =
        reader.table(&root, "config").map(|table| config_keys(&mut reader, &table)).unwrap_or_default();
    let capabilities = match reader.table(&root, "capabilities") {
        Some(table) => capabilities::capabilities(&mut reader, &table, kind, &config),
        None => BTreeMap::new(),
    };
    let limits = reader.table(&root, "limits").map(|table| limits(&mut reader, &table)).unwrap_or_default();
    let commands = match reader.table(&root, "commands") {
        Some(table) => commands::commands(&mut reader, &table, kind),
        None => BTreeMap::new(),
    };
    edits_are_asked_for(&mut reader, &root);
    let manifest = plugin.map(|head| Manifest {
        id: head.id,
        version: head.version,
        kind: head.kind,
        worlds: head.worlds,
        component: head.component,
        requires_s: head.requires_s,
        license: head.license,
        description: head.description,
        repository: head.repository,
        capabilities,
        limits,
        config,
        commands,
    });
    reader.finish(manifest)
}

/// What stands in `[plugin]`.
struct Head {
    id: PluginId,
    version: semver::Version,
    kind: Kind,
    worlds: Vec<WorldRef>,
    component: String,
    requires_s: Option<semver::VersionReq>,
    license: Option<String>,
    description: Option<String>,
    repository: Option<String>,
}

fn head(reader: &mut Reader<'_>, table: &Table<'_>) -> Option<Head> {
    reader.only(
        table,
        &[
            "id",
            "version",
            "kind",
            "worlds",
            "component",
            "requires-s",
            "license",
            "description",
            "repository",
        ],
    );
    let code = Code::PLUGIN_MANIFEST;
    let id = reader.read(table, "id", code, str::parse::<PluginId>);
    let id = reader.required(table, "id", id);
    let version = reader.read(table, "version", code, |text| {
        semver::Version::parse(text).map_err(|error| format!("is not a version such as `1.4.2`: {error}"))
    });
    let version = reader.required(table, "version", version);
    let words = Kind::ALL.map(Kind::as_str);
    let kind = reader.word(table, "kind", Code::PLUGIN_KIND, &words, Kind::from_word);
    let kind = reader.required(table, "kind", kind);
    let worlds = worlds(reader, table, kind.as_ref());
    let component = reader.read(table, "component", code, |text| {
        let plain = text.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b));
        let fits = plain && text.len() <= 128 && text.len() > ".wasm".len() && text.ends_with(".wasm");
        if fits && !text.starts_with('.') {
            Ok(text.to_owned())
        } else {
            Err("must be a file name that ends in `.wasm`")
        }
    });
    let requires_s = reader.read(table, "requires-s", code, |text| {
        semver::VersionReq::parse(text)
            .map_err(|error| format!("is not a requirement such as `>=0.4`: {error}"))
    });
    let repository = reader.read(table, "repository", code, |text| {
        let url = url::Url::parse(text).ok().filter(|url| crate::Origin::from_url(url).is_ok());
        url.map(|_| text.to_owned()).ok_or("must be an `https:` or `http:` URL")
    });
    let license = line(reader, table, "license", code);
    let description = line(reader, table, "description", code);
    Some(Head {
        id: id?.value,
        version: version?.value,
        kind: kind?.value,
        worlds: worlds?,
        component: component.map_or_else(|| "plugin.wasm".to_owned(), |component| component.value),
        requires_s: requires_s.map(|requires| requires.value),
        license,
        description,
        repository: repository.map(|repository| repository.value),
    })
}

fn worlds(reader: &mut Reader<'_>, table: &Table<'_>, kind: Option<&Spanned<Kind>>) -> Option<Vec<WorldRef>> {
    let texts = reader.texts(table, "worlds");
    let texts = reader.required(table, "worlds", texts)?;
    if texts.is_empty() {
        reader.mistake(
            Code::PLUGIN_MANIFEST,
            table.key_span("worlds"),
            "`plugin.worlds` must name a world",
            "",
        );
    }
    let mut worlds: Vec<WorldRef> = Vec::new();
    for text in texts {
        let world = match WorldRef::known(&text.value) {
            Ok(world) => world,
            Err(error) => {
                unknown_world(reader, &text, &error);
                continue;
            }
        };
        if let (Some(kind), Some(own)) = (kind, world.kind())
            && kind.value != own
        {
            let message =
                format!("`{world}` is a world of kind `{own}`, and the plugin says `{}`", kind.value);
            reader.mistake(Code::PLUGIN_KIND, text.span.clone(), message, format!("of kind `{own}`"));
        }
        if worlds.contains(&world) {
            let message = format!("`{world}` stands twice in `plugin.worlds`");
            reader.mistake(Code::PLUGIN_MANIFEST, text.span, message, "again here");
        } else {
            worlds.push(world);
        }
    }
    worlds.sort();
    Some(worlds)
}

fn unknown_world(reader: &mut Reader<'_>, text: &Spanned<String>, error: &WorldError) {
    let span = text.span.clone();
    match error {
        WorldError::Form => {
            let message = format!("an entry of `plugin.worlds` {error}");
            reader.mistake(Code::PLUGIN_WORLD, span, message, "");
        }
        WorldError::Unknown { nearest, .. } => {
            reader.misspelt(
                Code::PLUGIN_WORLD,
                span,
                error.to_string(),
                "not known here",
                nearest.as_deref(),
            );
        }
        WorldError::Track { known, .. } => {
            let known: Vec<String> = known.iter().map(|track| format!("`{track}`")).collect();
            let label = format!("it offers {}", known.join(" and "));
            reader.mistake(Code::PLUGIN_INTERFACE_VERSION, span, error.to_string(), label);
        }
    }
}

fn config_keys(reader: &mut Reader<'_>, table: &Table<'_>) -> BTreeMap<String, ConfigKey> {
    let code = Code::PLUGIN_MANIFEST;
    let mut keys = BTreeMap::new();
    for (key, table) in reader.tables(table) {
        reader.only(&table, &["type", "required", "default"]);
        name(reader, &key, "configuration keys");
        let words = ConfigType::ALL.map(ConfigType::as_str);
        let kind = reader.word(&table, "type", code, &words, ConfigType::from_word);
        let Some(Spanned { value: kind, .. }) = reader.required(&table, "type", kind) else {
            // What refers to the key is not wrong because its type is.
            keys.insert(key.value, ConfigKey { kind: ConfigType::Url, required: true, default: None });
            continue;
        };
        let required = reader.flag(&table, "required");
        let default =
            reader.read(&table, "default", code, |text| match config::fits(kind, &key.value, text) {
                Ok(()) => Ok(text.to_owned()),
                Err(_) => Err(format!("is no value of type `{}`", kind.as_str())),
            });
        if let Some(default) = default.as_ref().filter(|_| required) {
            let message = format!("`{}` is required, so its default is never used", key.value);
            reader.mistake(code, default.span.clone(), message, "");
        }
        keys.insert(key.value, ConfigKey { kind, required, default: default.map(|default| default.value) });
    }
    keys
}

pub(crate) fn limits(reader: &mut Reader<'_>, table: &Table<'_>) -> LimitsRequest {
    let mut request = LimitsRequest::default();
    let known: Vec<&str> =
        request.entries().into_iter().map(|entry| entry.0).filter(|&key| key != "cache").collect();
    reader.only(table, &known);
    for key in known {
        let Some((unit, place)) = request.entry_mut(key) else { continue };
        *place = limit(reader, table, key, unit);
    }
    request
}

/// One limit, in the form of its unit.
pub(crate) fn limit(reader: &mut Reader<'_>, table: &Table<'_>, key: &str, unit: Unit) -> Option<u64> {
    if unit == Unit::Count {
        return reader.number(table, key, Code::PLUGIN_LIMIT);
    }
    let read = |text: &str| unit.parse(text).ok_or_else(|| format!("must be {}", unit.form()));
    reader.read(table, key, Code::PLUGIN_LIMIT, read).map(|value| value.value)
}

/// A text of one line that changes nothing on a terminal.
fn line(reader: &mut Reader<'_>, table: &Table<'_>, key: &str, code: Code) -> Option<String> {
    let line = reader.read(table, key, code, |text| {
        let text = text.trim();
        let fits = !text.is_empty() && text.len() <= 512 && !text.chars().any(is_unprintable);
        if fits { Ok(text.to_owned()) } else { Err("must be one line of text, not empty, at most 512 bytes") }
    });
    line.map(|line| line.value)
}

/// Control characters, and those that turn the direction of what follows.
fn is_unprintable(c: char) -> bool {
    c.is_control() || matches!(c, '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Notes a name that does not look like one: `[a-z][a-z0-9-]*`, at most 64.
fn name(reader: &mut Reader<'_>, key: &Spanned<String>, whose: &str) -> bool {
    let text = &key.value;
    let fits = text.len() <= 64
        && text.starts_with(|c: char| c.is_ascii_lowercase())
        && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
    if !fits {
        let message = format!("{whose} are lower-case letters, digits and `-`, beginning with a letter");
        reader.mistake(Code::PLUGIN_MANIFEST, key.span.clone(), message, "");
    }
    fits
}

/// `propose-edits` and the `edits` of commands go together.
fn edits_are_asked_for(reader: &mut Reader<'_>, root: &Table<'_>) {
    let word = Class::ProposeEdits.as_str();
    let asked = root.child("capabilities").filter(|table| table.has(word)).map(|table| table.key_span(word));
    let commands = root.child("commands");
    let mut keys = commands.iter().flat_map(Table::keys);
    let editing = keys
        .find(|key| commands.iter().any(|t| t.child(&key.value).is_some_and(|command| command.has("edits"))));
    match (editing, asked) {
        (Some(key), None) => {
            let message =
                format!("the command `{}` states `edits`, and nothing asks for `{word}`", key.value);
            reader.mistake(Code::PLUGIN_COMMAND, key.span, message, "states `edits`");
        }
        (None, Some(span)) => {
            let message = format!("`{word}` is asked for, and no command states its `edits`");
            reader.mistake(Code::PLUGIN_COMMAND, span, message, "");
        }
        _ => {}
    }
}
