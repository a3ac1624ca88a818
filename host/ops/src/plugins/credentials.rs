//! Credentials for origins, from the providers the user bound to them.
//!
//! A provider is asked once for an origin and remembered, for this process, unless it says that
//! what it gave is for one request only. Twenty requests at once are one question to the user.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::SystemTime;

use s_capability::{Kind, Origin};
use s_net::{Ask, BoxFuture, Credential, CredentialError, CredentialSource, Purpose};
use s_plugin::extension::auth::{Ask as ProviderAsk, Config, Reuse};

use super::catalog;
use super::launch::{Allow, launch};
use crate::Context;
use crate::failure::Failure;

/// Asks, in the order of `grants.toml`, every provider that has a secret bound for the origin.
pub(crate) struct Credentials {
    context: Weak<Context>,
    known: Mutex<HashMap<(Origin, Purpose), Arc<Slot>>>,
}

/// Held while a provider is asked, so that the next request finds the answer.
type Slot = tokio::sync::Mutex<Option<Known>>;

/// The last answer for an origin.
struct Known {
    /// What the server had said when it was given.
    challenges: Vec<String>,
    credential: Option<Credential>,
}

impl Known {
    /// Whether it answers a question. What a challenge brought also answers before the next one.
    fn answers(&self, ask: &Ask) -> bool {
        let secret = self.credential.as_ref().map(|credential| &credential.secret);
        let is_expired =
            secret.and_then(s_net::Secret::expires).is_some_and(|expires| expires <= SystemTime::now());
        !is_expired && (ask.challenges.is_empty() || ask.challenges == self.challenges)
    }
}

impl Credentials {
    pub(crate) fn new(context: &Arc<Context>) -> Credentials {
        Credentials { context: Arc::downgrade(context), known: Mutex::default() }
    }

    async fn find(&self, ask: &Ask) -> Result<Option<Credential>, Failure> {
        let slot = {
            let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(known.entry((ask.origin.clone(), ask.purpose)).or_default())
        };
        let mut known = slot.lock().await;
        if let Some(known) = known.as_ref().filter(|known| known.answers(ask)) {
            return Ok(known.credential.clone());
        }
        let (credential, reuse) = self.ask_providers(ask).await?;
        *known = (reuse != Reuse::Never)
            .then(|| Known { challenges: ask.challenges.clone(), credential: credential.clone() });
        Ok(credential)
    }

    async fn ask_providers(&self, ask: &Ask) -> Result<(Option<Credential>, Reuse), Failure> {
        const NOTHING: (Option<Credential>, Reuse) = (None, Reuse::Session);
        let Some(context) = self.context.upgrade() else { return Ok(NOTHING) };
        let grants = context.grants()?;
        let mut providers = Vec::new();
        for binding in grants.secrets().iter().filter(|binding| binding.origin == ask.origin) {
            if !providers.contains(&binding.plugin) {
                providers.push(binding.plugin.clone());
            }
        }
        for id in providers {
            let entry = catalog::find(&context, id.as_str())?;
            if entry.manifest.kind != Kind::Auth {
                continue;
            }
            let config = match entry.manifest.config.contains_key("url") {
                true => BTreeMap::from([("url".to_owned(), ask.origin.to_string())]),
                false => BTreeMap::new(),
            };
            let launched = launch(&context, &entry, &config, Allow::Granted)?;
            let mut provider = launched.plugin.open_auth().await?;
            let config = Config { name: id.name().to_owned(), options: launched.options() };
            let question = ProviderAsk {
                origin: ask.origin.clone(),
                registry: String::new(),
                purpose: ask.purpose,
                subject: None,
                challenges: ask.challenges.clone(),
                interactive: context.frontend().is_interactive(),
            };
            if let Some(found) = provider.get(config, question).await? {
                let credential = Credential { scheme: found.scheme, secret: found.secret };
                return Ok((Some(credential), found.reuse));
            }
        }
        Ok(NOTHING)
    }
}

impl CredentialSource for Credentials {
    fn credential(&self, ask: Ask) -> BoxFuture<'_, Result<Option<Credential>, CredentialError>> {
        Box::pin(async move {
            self.find(&ask).await.map_err(|failure| CredentialError {
                message: failure.diagnostics.first().map_or_else(
                    || "the provider failed".to_owned(),
                    |diagnostic| diagnostic.message.clone(),
                ),
            })
        })
    }
}
