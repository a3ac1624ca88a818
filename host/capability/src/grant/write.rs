//! The tables of a `grants.toml`, as they are added to the file.

use jiff::Timestamp;
use toml_edit::{InlineTable, Item, Table, Value, value};

use super::{Grant, SecretBinding, ViewBinding, rights};
use crate::digest_text;

pub(super) fn grant(grant: &Grant) -> Table {
    let mut table = Table::new();
    table.insert("plugin", value(grant.plugin.as_str()));
    table.insert("capabilities", value(digest_text(&grant.rights.capabilities)));
    table.insert("scope", value(grant.scope.to_string()));
    if let Some(integrity) = &grant.integrity {
        table.insert("integrity", value(integrity));
    }
    if !grant.bound.is_empty() {
        let bound = grant.bound.iter().map(|(key, text)| (key.as_str(), Value::from(text.as_str())));
        table.insert("bound", value(bound.collect::<InlineTable>()));
    }
    table.insert("granted", value(date(grant.granted_unix)));
    if let Some(expires) = grant.expires_unix {
        table.insert("expires", value(date(expires)));
    }
    table.insert("rights", Item::Table(rights::write(&grant.rights)));
    table
}

pub(super) fn secret(binding: &SecretBinding) -> Table {
    let mut table = Table::new();
    table.insert("plugin", value(binding.plugin.as_str()));
    table.insert("secret", value(&binding.secret));
    table.insert("origin", value(binding.origin.to_string()));
    table.insert("from", value(binding.from.to_string()));
    table
}

pub(super) fn view(binding: &ViewBinding) -> Table {
    let mut table = Table::new();
    table.insert("plugin", value(binding.plugin.as_str()));
    table.insert("name", value(&binding.name));
    table.insert("path", value(binding.path.display().to_string()));
    table
}

/// How a time stands in the file, from seconds since the Unix epoch: RFC 3339 in UTC. A time that
/// no calendar has is the nearest that one has.
pub fn date(unix: i64) -> String {
    let nearest = unix.clamp(Timestamp::MIN.as_second(), Timestamp::MAX.as_second());
    Timestamp::from_second(nearest).unwrap_or_default().to_string()
}
