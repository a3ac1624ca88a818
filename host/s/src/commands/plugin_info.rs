//! `s plugin info`.

use s_capability::{ConfigKey, Grant, date, digest_text};
use s_ops::plugins::listing::listing;
use s_ops::{PluginInfo, plugin_info};
use s_ui::{Styled, one_line, style};
use serde_json::{Value, json};

use super::Context;
use super::plugin::InfoArgs;
use crate::exit::Exit;
use crate::frame::Failure;

/// Prints everything there is to know about one plugin.
pub(super) fn run(context: &Context<'_>, args: &InfoArgs) -> Result<Exit, Failure> {
    let operations = (context.operations)()?;
    let info = plugin_info(&operations, &args.id)?;
    if context.ui.is_json() {
        context.ui.json(&to_json(&info));
    } else {
        context.ui.answer(page(&info));
    }
    Ok(Exit::Done)
}

fn page(info: &PluginInfo) -> Styled {
    let manifest = &info.manifest;
    let mut page = Styled::new().styled(style::STRONG, format!("{} {}", manifest.id, manifest.version));
    page.push(style::PLAIN, format!("   {}\n", manifest.kind));
    let mut row = |label: &str, value: String| {
        page.push(style::PLAIN, format!("{label:<13}{}\n", one_line(&value, COLUMNS_MAX)));
    };
    manifest.description.iter().for_each(|text| row("about", text.clone()));
    manifest.license.iter().for_each(|text| row("license", text.clone()));
    manifest.repository.iter().for_each(|text| row("repository", text.clone()));
    let worlds: Vec<String> = manifest.worlds.iter().map(ToString::to_string).collect();
    row("worlds", worlds.join(", "));
    manifest.requires_s.iter().for_each(|required| row("requires s", required.to_string()));
    row("level", info.level.word().to_owned());
    row("source", info.source.clone());
    row("integrity", info.integrity.to_string());
    let size = format!("{} bytes", info.size_bytes);
    row(
        "component",
        info.component.as_ref().map_or(size.clone(), |path| format!("{} ({size})", path.display())),
    );
    row("capabilities", digest_text(&manifest.capabilities_digest()));
    row("allowed", allowed(info));
    for bound in &info.secrets {
        row("secret", format!("{} for {}: {}", bound.secret, bound.origin, bound.from));
    }
    for bound in &info.views {
        row("directory", format!("{}: {}", bound.name, bound.path.display()));
    }
    section(&mut page, "What it asks for");
    page.push(style::PLAIN, listing(manifest, &info.asked));
    if !manifest.config.is_empty() {
        section(&mut page, "Configuration");
    }
    for (name, key) in &manifest.config {
        page.push(
            style::PLAIN,
            format!("  {name:<11} {}\n", config_key(key, info.config.contains_key(name))),
        );
    }
    if !manifest.commands.is_empty() {
        section(&mut page, "Commands");
    }
    for (name, command) in &manifest.commands {
        page.push(style::PLAIN, format!("  s {name:<9} {}\n", one_line(&command.about, COLUMNS_MAX)));
    }
    section(&mut page, "Limits");
    for (name, unit, limit) in info.limits.entries() {
        page.push(style::PLAIN, format!("  {name:<16} {}\n", unit.show(limit)));
    }
    page
}

/// What others wrote is cut here.
const COLUMNS_MAX: usize = 200;

fn section(page: &mut Styled, title: &str) {
    page.push(style::PLAIN, "\n");
    page.push(style::STRONG, format!("{title}\n"));
}

fn allowed(info: &PluginInfo) -> String {
    match &info.grant {
        Some(Grant { scope, granted_unix, expires_unix, .. }) => {
            let until = expires_unix.map(|unix| format!(", until {}", date(unix))).unwrap_or_default();
            format!("{}, by you on {} for {scope}{until}", info.allowed.word(), date(*granted_unix))
        }
        None => info.allowed.word().to_owned(),
    }
}

/// The value is not shown: it may hold a password.
fn config_key(key: &ConfigKey, is_stated: bool) -> String {
    let default = key.default.as_ref().map(|default| format!("else {}", one_line(default, COLUMNS_MAX)));
    let required = key.required.then(|| "required".to_owned());
    let stated = is_stated.then(|| "stated".to_owned());
    let words: Vec<String> =
        [Some(key.kind.as_str().to_owned()), required, stated, default].into_iter().flatten().collect();
    words.join(", ")
}

fn to_json(info: &PluginInfo) -> Value {
    let manifest = &info.manifest;
    let capabilities = manifest
        .capabilities
        .iter()
        .map(|(name, capability)| json!({ "name": name.to_string(), "reason": capability.reason }));
    let asks = s_capability::describe(&info.asked);
    let asks = asks
        .iter()
        .map(|line| json!({ "label": line.label, "subject": line.subject, "detail": line.detail }));
    let config = manifest.config.iter().map(|(name, key)| {
        json!({
            "name": name,
            "type": key.kind.as_str(),
            "required": key.required,
            "default": key.default,
            "stated": info.config.contains_key(name),
        })
    });
    let limits = info.limits.entries().into_iter().map(|(name, _, limit)| (name.to_owned(), limit.into()));
    let grant = info.grant.as_ref().map(|grant| {
        json!({
            "scope": grant.scope.to_string(),
            "granted-unix": grant.granted_unix,
            "expires-unix": grant.expires_unix,
            "integrity": grant.integrity,
        })
    });
    let secrets = info.secrets.iter().map(|bound| {
        json!({ "name": bound.secret, "origin": bound.origin.to_string(), "from": bound.from.to_string() })
    });
    let views = info.views.iter().map(|bound| json!({ "name": bound.name, "path": bound.path }));
    json!({
        "id": manifest.id.to_string(),
        "version": manifest.version.to_string(),
        "kind": manifest.kind.as_str(),
        "description": manifest.description,
        "license": manifest.license,
        "repository": manifest.repository,
        "requires-s": manifest.requires_s.as_ref().map(ToString::to_string),
        "worlds": manifest.worlds.iter().map(ToString::to_string).collect::<Vec<_>>(),
        "level": info.level.word(),
        "source": info.source,
        "integrity": info.integrity.to_string(),
        "size-bytes": info.size_bytes,
        "component": info.component,
        "allowed": info.allowed.word(),
        "grant": grant,
        "secrets": secrets.collect::<Vec<_>>(),
        "views": views.collect::<Vec<_>>(),
        "capabilities-digest": digest_text(&manifest.capabilities_digest()),
        "capabilities": capabilities.collect::<Vec<_>>(),
        "asks": asks.collect::<Vec<_>>(),
        "config": config.collect::<Vec<_>>(),
        "commands": manifest.commands.keys().collect::<Vec<_>>(),
        "limits": limits.collect::<serde_json::Map<_, Value>>(),
    })
}
