//! The `[capabilities.*]` tables.

use std::collections::{BTreeMap, BTreeSet};

use s_diag::Code;

use crate::capability::nearest_class;
use crate::document::{Reader, Spanned, Table};
use crate::manifest::{Ask, Capability, ConfigKey, ConfigType, OriginTemplate};
use crate::rights::Method;
use crate::{CapabilityName, Class, Kind, OriginPattern, Unit};

type Config = BTreeMap<String, ConfigKey>;

pub(super) fn capabilities(
    reader: &mut Reader<'_>,
    table: &Table<'_>,
    kind: Option<Kind>,
    config: &Config,
) -> BTreeMap<CapabilityName, Capability> {
    let mut capabilities = BTreeMap::new();
    for (key, table) in reader.tables(table) {
        let Some(class) = class(reader, &key, kind) else { continue };
        if !class.is_named() {
            let name = CapabilityName::whole(class);
            capabilities
                .extend(capability(reader, &table, class, config).map(|capability| (name, capability)));
            continue;
        }
        let keys = table.keys();
        if keys.is_empty() || keys.iter().any(|key| table.child(&key.value).is_none()) {
            let message =
                format!("`{class}` must be followed by a name, as in `[capabilities.{class}.NAME]`");
            reader.mistake(Code::CAPABILITY_UNKNOWN, key.span, message, "no name");
            continue;
        }
        for (key, table) in reader.tables(&table) {
            let Some(name) = CapabilityName::named(class, &key.value) else {
                let message = format!("names of `{class}` are letters, digits, `-` and `_`, at most 64");
                reader.mistake(Code::CAPABILITY_UNKNOWN, key.span, message, "");
                continue;
            };
            capabilities
                .extend(capability(reader, &table, class, config).map(|capability| (name, capability)));
        }
    }
    capabilities
}

fn class(reader: &mut Reader<'_>, key: &Spanned<String>, kind: Option<Kind>) -> Option<Class> {
    let Some(class) = Class::from_word(&key.value) else {
        let message = format!("there is no capability `{}`", key.value);
        let nearest = nearest_class(&key.value);
        reader.misspelt(Code::CAPABILITY_UNKNOWN, key.span.clone(), message, "not known here", nearest);
        return None;
    };
    if let Some(kind) = kind.filter(|kind| !class.kinds().contains(kind)) {
        let kinds: Vec<&str> = class.kinds().iter().map(|kind| kind.as_str()).collect();
        let message = format!("a plugin of kind `{kind}` cannot ask for `{class}`");
        let label = format!("only for `{}`", kinds.join("`, `"));
        reader.mistake(Code::CAPABILITY_KIND, key.span.clone(), message, label);
    }
    Some(class)
}

fn capability(
    reader: &mut Reader<'_>,
    table: &Table<'_>,
    class: Class,
    config: &Config,
) -> Option<Capability> {
    let reason = super::line(reader, table, "reason", Code::CAPABILITY_REASON);
    if reason.is_none() && !table.has("reason") {
        let message = format!("`{}` must carry a `reason`", table.name);
        reader.mistake(Code::CAPABILITY_REASON, table.span.clone(), message, "what for?");
    }
    let ask = match class {
        Class::Http => {
            reader.only(table, &["reason", "origins", "methods"]);
            let origins = origins(reader, table, config);
            methods(reader, table).zip(origins).map(|(methods, origins)| Ask::Http { origins, methods })
        }
        Class::Download | Class::Secret => {
            reader.only(table, &["reason", "origins"]);
            origins(reader, table, config).map(Ask::Origins)
        }
        Class::Cache => {
            reader.only(table, &["reason", "max"]);
            let max_bytes = super::limit(reader, table, "max", Unit::Size);
            reader.required(table, "max", max_bytes).map(|max_bytes| Ask::Cache { max_bytes })
        }
        Class::Fs => {
            reader.only(table, &["reason", "from"]);
            Some(Ask::View { from: view_source(reader, table, config) })
        }
        _ => {
            reader.only(table, &["reason"]);
            Some(Ask::Plain)
        }
    };
    Some(Capability { reason: reason?, ask: ask? })
}

fn origins(reader: &mut Reader<'_>, table: &Table<'_>, config: &Config) -> Option<Vec<OriginTemplate>> {
    let origins = reader.reads(table, "origins", Code::ORIGIN, template);
    let origins = reader.required(table, "origins", origins)?;
    if origins.is_empty() {
        let message = format!("`{}.origins` must name an origin", table.name);
        reader.mistake(Code::ORIGIN, table.key_span("origins"), message, "");
    }
    for origin in &origins {
        if let OriginTemplate::Config(key) = &origin.value {
            let span = origin.span.clone();
            declared(reader, config, &Spanned { value: key.clone(), span }, &[ConfigType::Url]);
        }
    }
    let mut origins: Vec<OriginTemplate> = origins.into_iter().map(|origin| origin.value).collect();
    origins.sort();
    Some(origins)
}

fn template(text: &str) -> Result<OriginTemplate, String> {
    match text.strip_prefix("{config.").and_then(|rest| rest.strip_suffix('}')) {
        Some(key) => Ok(OriginTemplate::Config(key.to_owned())),
        None if text.contains(['{', '}']) => {
            Err("may have a placeholder only as its whole, such as `{config.url}`".to_owned())
        }
        None => text.parse::<OriginPattern>().map(OriginTemplate::Fixed).map_err(|error| error.to_string()),
    }
}

fn methods(reader: &mut Reader<'_>, table: &Table<'_>) -> Option<BTreeSet<Method>> {
    if !table.has("methods") {
        return Some(BTreeSet::from([Method::Get, Method::Head]));
    }
    let words = Method::ALL.map(Method::as_str).join("`, `");
    let read = |text: &str| Method::from_word(text).ok_or_else(|| format!("must be one of `{words}`"));
    let methods = reader.reads(table, "methods", Code::PLUGIN_MANIFEST, read)?;
    if methods.is_empty() {
        let message = format!("`{}.methods` must name a method", table.name);
        reader.mistake(Code::PLUGIN_MANIFEST, table.key_span("methods"), message, "");
    }
    Some(methods.into_iter().map(|method| method.value).collect())
}

fn view_source(reader: &mut Reader<'_>, table: &Table<'_>, config: &Config) -> Option<String> {
    let from = reader.read(table, "from", Code::PLUGIN_CONFIG_KEY, |text| {
        text.strip_prefix("config.").map(str::to_owned).ok_or("must have the form `config.KEY`")
    })?;
    declared(reader, config, &from, &[ConfigType::Url, ConfigType::Path]);
    Some(from.value)
}

/// Notes a reference to a configuration key that is not declared, or of another type.
fn declared(reader: &mut Reader<'_>, config: &Config, key: &Spanned<String>, kinds: &[ConfigType]) {
    let Some(found) = config.get(&key.value) else {
        let message = format!("`[config]` declares no key `{}`", key.value);
        let nearest = crate::nearest::nearest(&key.value, config.keys().map(String::as_str));
        reader.misspelt(Code::PLUGIN_CONFIG_KEY, key.span.clone(), message, "not declared", nearest);
        return;
    };
    if !kinds.contains(&found.kind) {
        let kinds: Vec<&str> = kinds.iter().map(|kind| kind.as_str()).collect();
        let message =
            format!("`config.{}` must be of type `{}` to be used here", key.value, kinds.join("` or `"));
        let label = format!("is of type `{}`", found.kind.as_str());
        reader.mistake(Code::PLUGIN_CONFIG_KEY, key.span.clone(), message, label);
    }
}
