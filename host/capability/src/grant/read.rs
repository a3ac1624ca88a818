//! From the text of a `grants.toml` to [`Grants`].

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::PathBuf;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use s_diag::{Code, Diagnostic, Source};
use toml_edit::Item;

use super::{Grant, Grants, Scope, SecretBinding, SecretSource, ViewBinding, rights};
use crate::config::is_absolute;
use crate::document::{self, Reader, Spanned, Table};
use crate::{CapabilityName, Class, Origin, PluginId, digest};

const CODE: Code = Code::GRANTS_FILE;
const ABSOLUTE: &str = "must be an absolute path";

pub(super) fn grants(source: &Source) -> Result<Grants, Vec<Diagnostic>> {
    let document = document::parse(source)?;
    let root = Table::root(&document);
    let mut reader = Reader::new(source, CODE);
    reader.only(&root, &["grant", "binding", "view"]);
    let grants = each(&mut reader, &root, "grant", grant, |grant| {
        (grant.plugin.clone(), format!("{:?}", grant.scope))
    });
    let secrets = each(&mut reader, &root, "binding", secret, |binding| {
        (binding.plugin.clone(), format!("{} {}", binding.secret, binding.origin))
    });
    let views = each(&mut reader, &root, "view", view, |view| (view.plugin.clone(), view.name.clone()));
    reader.finish(Some(()))?;
    let mut document = document::parse(source)?.into_mut();
    for (_, item) in document.iter_mut() {
        // Written inline they mean the same; the edits know one form.
        *item = Item::ArrayOfTables(std::mem::take(item).into_array_of_tables().unwrap_or_default());
    }
    Ok(Grants { document, grants, secrets, views })
}

/// Reads each table of a list, and notes those that say the same as an earlier one.
fn each<T, K: Ord>(
    reader: &mut Reader<'_>,
    root: &Table<'_>,
    list: &str,
    read: impl Fn(&mut Reader<'_>, &Table<'_>) -> Option<T>,
    identity: impl Fn(&T) -> K,
) -> Vec<T> {
    let mut first: BTreeMap<K, Range<usize>> = BTreeMap::new();
    let mut values = Vec::new();
    for table in reader.list(root, list) {
        let Some(value) = read(reader, &table) else { continue };
        match first.entry(identity(&value)) {
            std::collections::btree_map::Entry::Occupied(earlier) => {
                let message = format!("the same `{list}` stands twice");
                reader.twice(message, table.span.clone(), earlier.get().clone());
            }
            std::collections::btree_map::Entry::Vacant(place) => {
                place.insert(table.span.clone());
                values.push(value);
            }
        }
    }
    values
}

fn grant(reader: &mut Reader<'_>, table: &Table<'_>) -> Option<Grant> {
    reader.only(
        table,
        &["plugin", "capabilities", "scope", "integrity", "rights", "bound", "granted", "expires"],
    );
    let plugin = plugin(reader, table);
    let capabilities = reader.read(table, "capabilities", CODE, digest::parse);
    let capabilities = reader.required(table, "capabilities", capabilities);
    let scope = reader.read(table, "scope", CODE, |text| match text.strip_prefix("project:") {
        None if text == "user" => Ok(Scope::User),
        Some(path) if is_absolute(path) => Ok(Scope::Project(PathBuf::from(path))),
        _ => Err("must be `user`, or `project:` and an absolute path"),
    });
    let scope = reader.required(table, "scope", scope);
    let integrity =
        reader.read(table, "integrity", CODE, |text| digest::parse(text).map(|_| text.to_owned()));
    let granted_unix = date(reader, table, "granted");
    let granted_unix = reader.required(table, "granted", granted_unix);
    let expires_unix = date(reader, table, "expires");
    let mut bound = BTreeMap::new();
    if let Some(table) = reader.table(table, "bound") {
        for key in table.keys() {
            bound.extend(reader.text(&table, &key.value).map(|value| (key.value, value.value)));
        }
    }
    let rights = reader.table(table, "rights");
    let rights = reader.required(table, "rights", rights)?;
    let (plugin, capabilities) = (plugin?, capabilities?.value);
    let rights = rights::read(reader, &rights, plugin.clone(), capabilities)?;
    Some(Grant {
        plugin,
        scope: scope?.value,
        integrity: integrity.map(|integrity| integrity.value),
        rights,
        bound,
        granted_unix: granted_unix?,
        expires_unix,
    })
}

fn secret(reader: &mut Reader<'_>, table: &Table<'_>) -> Option<SecretBinding> {
    reader.only(table, &["plugin", "secret", "origin", "from"]);
    let plugin = plugin(reader, table);
    let secret = name(reader, table, "secret", Class::Secret);
    let origin = reader.read(table, "origin", Code::ORIGIN, str::parse::<Origin>);
    let origin = reader.required(table, "origin", origin);
    let from = reader.read(table, "from", CODE, str::parse::<SecretSource>);
    let from = reader.required(table, "from", from);
    Some(SecretBinding { plugin: plugin?, secret: secret?, origin: origin?.value, from: from?.value })
}

fn view(reader: &mut Reader<'_>, table: &Table<'_>) -> Option<ViewBinding> {
    reader.only(table, &["plugin", "name", "path"]);
    let plugin = plugin(reader, table);
    let name = name(reader, table, "name", Class::Fs);
    let path = reader
        .read(table, "path", CODE, |text| is_absolute(text).then(|| PathBuf::from(text)).ok_or(ABSOLUTE));
    let path = reader.required(table, "path", path);
    Some(ViewBinding { plugin: plugin?, name: name?, path: path?.value })
}

fn plugin(reader: &mut Reader<'_>, table: &Table<'_>) -> Option<PluginId> {
    let plugin = reader.read(table, "plugin", CODE, str::parse::<PluginId>);
    reader.required(table, "plugin", plugin).map(|plugin| plugin.value)
}

fn name(reader: &mut Reader<'_>, table: &Table<'_>, key: &str, class: Class) -> Option<String> {
    let name = reader.read(table, key, CODE, |text| {
        let fits = CapabilityName::named(class, text).is_some();
        if fits { Ok(text.to_owned()) } else { Err("must be letters, digits, `-` and `_`, at most 64") }
    });
    reader.required(table, key, name).map(|name| name.value)
}

/// A point in time, or a date, which means its beginning in UTC.
fn date(reader: &mut Reader<'_>, table: &Table<'_>, key: &str) -> Option<i64> {
    let Spanned { value, span } = reader.date(table, key)?;
    let timestamp = value.parse::<Timestamp>().ok();
    let timestamp = timestamp.or_else(|| {
        let midnight =
            value.parse::<Date>().ok().filter(|_| value.len() == 10)?.to_zoned(TimeZone::UTC).ok()?;
        Some(midnight.timestamp())
    });
    if timestamp.is_none() {
        let message = format!("`{key}` must be a time such as `2026-09-12T10:11:12Z`, or a date");
        reader.mistake(CODE, span, message, "");
    }
    timestamp.map(Timestamp::as_second)
}
