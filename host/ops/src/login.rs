//! `s login` and `s logout`: the token of a registry, kept in a private file of the user's and bound
//! to the origin of the registry, so that it goes nowhere else.

use std::path::PathBuf;
use std::sync::Arc;

use s_capability::{Origin, PluginId, SecretBinding, SecretSource};
use s_diag::{Code, Diagnostic};
use s_store::{Access, ChangeSet, files};
use url::Url;

use crate::Context;
use crate::failure::{Failure, FailureKind};
use crate::plugins::level::exclusively;
use crate::registry::{self, RegistryPlace};

/// The plugin that hands tokens to servers, and what it calls them.
const PLUGIN: &str = "stryke/auth-token";
const SECRET: &str = "token";

/// Who was logged in or out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoggedIn {
    /// The registry, for people.
    pub registry: String,
    /// The origin that the token may go to.
    pub origin: String,
    /// Whether something is different now.
    pub changed: bool,
}

/// Keeps a token for a registry: `token`, or what somebody types. It is read, written and never
/// shown.
pub fn login(context: &Arc<Context>, registry: &str, token: Option<String>) -> Result<LoggedIn, Failure> {
    let (place, origin) = place(context, registry)?;
    let token = match token {
        Some(token) => token,
        None => {
            let question = format!("token for {}", place.name);
            let typed = context.frontend().password(None, &question, &origin.to_string());
            typed.ok_or_else(|| {
                let message = "there is nobody to ask for the token";
                let diagnostic =
                    Diagnostic::error(Code::CREDENTIAL, message).hint("s login REGISTRY --stdin < FILE");
                Failure::new(FailureKind::Usage, diagnostic)
            })?
        }
    };
    let token = token.trim_end_matches(['\r', '\n']);
    if token.is_empty() || token.chars().any(|char| char.is_control() || char == ' ') {
        let diagnostic = Diagnostic::error(Code::CREDENTIAL, "that is not a token")
            .note("a token is one word: a registry hands it out, `s registry token` for one of your own");
        return Err(Failure::new(FailureKind::Usage, diagnostic));
    }
    let lock = exclusively(context)?;
    let path = token_file(context, &origin);
    let mut grants = context.grants()?;
    let before = grants.to_text();
    let (plugin, secret) = (plugin(), SECRET.to_owned());
    let from = SecretSource::File(path.clone());
    grants.bind_secret(SecretBinding { plugin, secret, origin: origin.clone(), from });
    files::create_dir_all(&context.home().private(), Access::Private)?;
    let known = files::read_to_string(&path, 64 << 10).ok();
    // Both or neither: a binding without its file could not be used.
    let mut changes = ChangeSet::new();
    changes.write(&path, format!("{token}\n"), Access::Private);
    changes.write(&context.home().grants_toml(), grants.to_text(), Access::Private);
    let changed = known.as_deref().map(str::trim_end) != Some(token) || grants.to_text() != before;
    changes.commit()?;
    drop(lock);
    registry::forget_all(context)?;
    Ok(LoggedIn { registry: place.name, origin: origin.to_string(), changed })
}

/// Forgets the token of a registry. What was bound in another way, such as a variable of the
/// environment, is unbound as well.
pub fn logout(context: &Arc<Context>, registry: &str) -> Result<LoggedIn, Failure> {
    let (place, origin) = place(context, registry)?;
    let lock = exclusively(context)?;
    let mut grants = context.grants()?;
    let unbound = grants.unbind_secret(&plugin(), SECRET, &origin);
    if unbound {
        let mut changes = ChangeSet::new();
        changes.write(&context.home().grants_toml(), grants.to_text(), Access::Private);
        changes.commit()?;
    }
    // From here on nobody is led to the file.
    let path = token_file(context, &origin);
    let kept = files::exists(&path)?;
    if kept {
        files::remove_file(&path)?;
    }
    drop(lock);
    // What this user was shown is no business of who comes next.
    registry::forget_all(context)?;
    Ok(LoggedIn { registry: place.name, origin: origin.to_string(), changed: unbound || kept })
}

fn plugin() -> PluginId {
    PLUGIN.parse().expect("the id of a built-in plugin is one")
}

fn place(context: &Context, registry: &str) -> Result<(RegistryPlace, Origin), Failure> {
    let place = RegistryPlace::meant(context, registry)?;
    let origin = Url::parse(&place.url).ok().and_then(|url| Origin::from_url(&url).ok());
    let Some(origin) = origin else {
        let message =
            format!("the registry `{}` is a folder, and folders ask nobody for a token", place.name);
        return Err(Failure::new(FailureKind::Usage, Diagnostic::error(Code::CREDENTIAL, message)));
    };
    Ok((place, origin))
}

/// One file for each origin.
fn token_file(context: &Context, origin: &Origin) -> PathBuf {
    context.home().private_file("token", &origin.to_string())
}
