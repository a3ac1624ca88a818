//! Credentials for origins, from the providers the user bound to them.

use std::collections::BTreeMap;
use std::sync::{Arc, Weak};

use s_capability::Kind;
use s_net::{Ask, BoxFuture, Credential, CredentialError, CredentialSource};
use s_plugin::extension::auth::{Ask as ProviderAsk, Config};

use super::catalog;
use super::launch::{Allow, launch};
use crate::Context;
use crate::failure::Failure;

/// Asks, in the order of `grants.toml`, every provider that has a secret bound for the origin.
pub(crate) struct Credentials {
    context: Weak<Context>,
}

impl Credentials {
    pub(crate) fn new(context: &Arc<Context>) -> Credentials {
        Credentials { context: Arc::downgrade(context) }
    }

    async fn find(&self, ask: &Ask) -> Result<Option<Credential>, Failure> {
        let Some(context) = self.context.upgrade() else { return Ok(None) };
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
                return Ok(Some(Credential { scheme: found.scheme, secret: found.secret }));
            }
        }
        Ok(None)
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
