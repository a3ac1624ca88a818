//! The `[grant.rights]` table: what was allowed, so that a later asking can be compared with it.

use std::collections::BTreeMap;
use std::path::PathBuf;

use s_diag::Code;
use toml_edit::{Array, InlineTable, Item, Table as TomlTable, Value, value};

use crate::document::{Reader, Table};
use crate::manifest::{canonical, read};
use crate::rights::{Asked, AskedView, EditScope, HttpRight, Method};
use crate::{Class, Kind, Origin, OriginPattern, PluginId, Unit};

const CODE: Code = Code::GRANTS_FILE;
const KEYS: &[&str] =
    &["kind", "http", "download", "secrets", "cache", "views", "env", "edits", "also", "private", "limits"];
/// How a view is written that the user binds.
const BOUND: &str = "bound";
/// How a view is written whose configuration named no directory.
const NONE: &str = "none";

pub(super) fn read(
    reader: &mut Reader<'_>,
    table: &Table<'_>,
    plugin: PluginId,
    capabilities: [u8; 32],
) -> Option<Asked> {
    reader.only(table, KEYS);
    let kind = reader.word(table, "kind", CODE, &Kind::ALL.map(Kind::as_str), Kind::from_word);
    let kind = reader.required(table, "kind", kind)?.value;
    let mut asked = Asked::nothing(plugin, kind, capabilities);
    asked.http = reader.table(table, "http").map(|http| {
        reader.only(&http, &["origins", "methods"]);
        let method = |text: &str| Method::from_word(text).ok_or("is no method");
        let methods = reader.reads(&http, "methods", CODE, method).unwrap_or_default();
        HttpRight {
            origins: origins(reader, &http, "origins"),
            methods: methods.into_iter().map(|method| method.value).collect(),
        }
    });
    asked.download = origins(reader, table, "download");
    if let Some(secrets) = reader.table(table, "secrets") {
        for key in secrets.keys() {
            asked.secrets.insert(key.value.clone(), origins(reader, &secrets, &key.value));
        }
    }
    if table.has("cache") {
        asked.cache_bytes = read::limit(reader, table, "cache", Unit::Size);
    }
    if let Some(views) = reader.table(table, "views") {
        for key in views.keys() {
            let view = reader.read(&views, &key.value, CODE, |text| match text {
                BOUND => Ok(AskedView::Bound),
                NONE => Ok(AskedView::Config(None)),
                path if crate::config::is_absolute(path) => Ok(AskedView::Config(Some(PathBuf::from(path)))),
                _ => Err("must be an absolute path, `bound` or `none`"),
            });
            asked.views.extend(view.map(|view| (key.value, view.value)));
        }
    }
    let env = reader.texts(table, "env").unwrap_or_default();
    asked.env = env.into_iter().map(|name| name.value).collect();
    let scopes = EditScope::ALL.map(EditScope::as_str);
    asked.edits = reader.word(table, "edits", CODE, &scopes, EditScope::from_word).map(|scope| scope.value);
    for word in reader.texts(table, "also").unwrap_or_default() {
        match Class::from_word(&word.value).and_then(|class| also(&mut asked, class)) {
            Some(flag) => *flag = true,
            None => reader.mistake(CODE, word.span, format!("`{}` cannot stand in `also`", word.value), ""),
        }
    }
    let private = reader.reads(table, "private", CODE, str::parse::<Origin>).unwrap_or_default();
    asked.private_origins = private.into_iter().map(|origin| origin.value).collect();
    asked.limits =
        reader.table(table, "limits").map(|limits| read::limits(reader, &limits)).unwrap_or_default();
    Some(asked)
}

pub(super) fn write(asked: &Asked) -> TomlTable {
    let mut table = TomlTable::new();
    table.insert("kind", value(asked.kind.as_str()));
    if let Some(HttpRight { origins, methods }) = &asked.http {
        let methods: Array = methods.iter().map(|method| method.as_str()).collect();
        let http = [("origins", Value::from(texts(origins))), ("methods", methods.into())];
        table.insert("http", value(http.into_iter().collect::<InlineTable>()));
    }
    if !asked.download.is_empty() {
        table.insert("download", value(texts(&asked.download)));
    }
    let secrets = asked.secrets.iter().map(|(name, origins)| (name.as_str(), Value::from(texts(origins))));
    inline(&mut table, "secrets", secrets.collect());
    if let Some(bytes) = asked.cache_bytes {
        table.insert("cache", value(Unit::Size.show(bytes)));
    }
    let views = asked.views.iter().map(|(name, view)| {
        let text = match view {
            AskedView::Bound => BOUND.into(),
            AskedView::Config(None) => NONE.into(),
            AskedView::Config(Some(path)) => path.to_string_lossy(),
        };
        (name.as_str(), Value::from(text.as_ref()))
    });
    inline(&mut table, "views", views.collect());
    list(&mut table, "env", asked.env.iter().map(String::as_str).collect());
    if let Some(scope) = asked.edits {
        table.insert("edits", value(scope.as_str()));
    }
    let mut copy = asked.clone();
    let words = Class::ALL.into_iter().filter(|&class| also(&mut copy, class).is_some_and(|flag| *flag));
    list(&mut table, "also", words.map(Class::as_str).collect());
    if !asked.private_origins.is_empty() {
        table.insert(
            "private",
            value(asked.private_origins.iter().map(ToString::to_string).collect::<Array>()),
        );
    }
    let limits = canonical::limits(&asked.limits);
    if !limits.is_empty() {
        table.insert("limits", value(limits.into_inline_table()));
    }
    table
}

/// The place of a capability that is there or not, and says nothing more.
fn also(asked: &mut Asked, class: Class) -> Option<&mut bool> {
    match class {
        Class::Seal => Some(&mut asked.seal),
        Class::Clock => Some(&mut asked.clock),
        Class::Random => Some(&mut asked.random),
        Class::Ui => Some(&mut asked.ui),
        Class::Project => Some(&mut asked.project),
        Class::DisclosePackages => Some(&mut asked.disclose_packages),
        _ => None,
    }
}

fn origins(reader: &mut Reader<'_>, table: &Table<'_>, key: &str) -> Vec<OriginPattern> {
    let origins = reader.reads(table, key, CODE, str::parse::<OriginPattern>).unwrap_or_default();
    origins.into_iter().map(|origin| origin.value).collect()
}

fn texts(origins: &[OriginPattern]) -> Array {
    origins.iter().map(ToString::to_string).collect()
}

fn inline(table: &mut TomlTable, key: &str, entries: BTreeMap<&str, Value>) {
    if !entries.is_empty() {
        table.insert(key, value(entries.into_iter().collect::<InlineTable>()));
    }
}

fn list(table: &mut TomlTable, key: &str, words: Vec<&str>) {
    if !words.is_empty() {
        table.insert(key, Item::Value(words.into_iter().collect::<Array>().into()));
    }
}
