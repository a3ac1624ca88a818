//! Secrets, from where the user keeps them.

use std::path::Path;

use s_capability::{Origin, OriginPattern, PluginId, SecretSource};
use s_net::Secret;
use s_plugin::{Fault, FaultKind};
use s_store::files;

use crate::Context;

const SECRET_BYTES_MAX: u64 = 64 << 10;

/// Reads the secret a user bound to a plugin's name for an origin; none where nothing is bound.
/// No error repeats what was read.
pub(crate) fn read(
    context: &Context,
    plugin: &PluginId,
    name: &str,
    origin: &Origin,
) -> Result<Option<Secret>, Fault> {
    let grants = context.grants().map_err(|_| unreadable("`grants.toml` cannot be read"))?;
    let Some(source) = grants.secret(plugin, name, origin) else { return Ok(None) };
    let text = match source {
        SecretSource::Env(variable) => context
            .variable(variable)
            .ok_or_else(|| unreadable(format!("the variable `{variable}` is not set, or is not text")))?,
        SecretSource::File(path) => from_file(path)?,
        SecretSource::Prompt => context
            .frontend()
            .password(Some(plugin), &format!("{name} for {origin}"), &origin.to_string())
            .ok_or_else(|| unreadable("it is asked for each time, and there is nobody to ask"))?,
    };
    let text = text.trim_end_matches(['\r', '\n']);
    if text.is_empty() {
        return Err(unreadable("it is empty"));
    }
    Ok(Some(Secret::new(text.to_owned(), [OriginPattern::from(origin.clone())])))
}

fn from_file(path: &Path) -> Result<String, Fault> {
    files::read_to_string(path, SECRET_BYTES_MAX).map_err(|error| unreadable(error.to_string()))
}

fn unreadable(why: impl std::fmt::Display) -> Fault {
    Fault::new(FaultKind::Unauthenticated, "host/secret", format!("the secret cannot be read: {why}"))
}
