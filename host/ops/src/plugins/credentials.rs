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

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use s_capability::PluginId;
    use s_diag::Diagnostic;
    use s_net::Scheme;
    use s_plugin::services::{Level, Task};
    use s_store::{Access, files};

    use super::*;
    use crate::testing::scene_with;
    use crate::{Frontend, Quiet};

    /// Somebody who counts how often the token is asked for.
    #[derive(Default)]
    struct Asked(AtomicUsize);

    impl Frontend for Asked {
        fn status(&self, _: &str, _: &str) {}
        fn warn(&self, _: &Diagnostic) {}
        fn log_enabled(&self, _: Level) -> bool {
            false
        }
        fn log(&self, _: &PluginId, _: Level, _: &str, _: &str) {}
        fn task(&self, title: &str, total: Option<u64>, bytes: bool) -> Box<dyn Task> {
            Quiet.task(title, total, bytes)
        }
        fn print(&self, _: &PluginId, _: &str) {}
        fn is_interactive(&self) -> bool {
            true
        }
        fn confirm(&self, _: Option<&PluginId>, _: &str, _: bool) -> Option<bool> {
            None
        }
        fn choose(&self, _: Option<&PluginId>, _: &str, _: &[String]) -> Option<u32> {
            None
        }
        fn ask(&self, _: Option<&PluginId>, _: &str, _: Option<&str>) -> Option<String> {
            None
        }
        fn password(&self, _: Option<&PluginId>, _: &str, _: &str) -> Option<String> {
            self.0.fetch_add(1, Ordering::SeqCst);
            Some("hunter22".to_owned())
        }
        fn open_browser(&self, _: &PluginId, _: &str, _: Option<&str>) -> bool {
            false
        }
    }

    #[test]
    fn many_requests_are_one_question() {
        let asked = Arc::new(Asked::default());
        let scene = scene_with(asked.clone());
        let grants = "[[binding]]\nplugin = \"stryke/auth-token\"\nsecret = \"token\"\n\
                      origin = \"https://pkg.example\"\nfrom = \"prompt\"\n";
        files::create_dir_all(scene.context.home().root(), Access::Private).unwrap();
        files::write_atomic(&scene.context.home().grants_toml(), grants.as_bytes(), Access::Private).unwrap();
        let credentials = Credentials::new(&scene.context);
        let find = |origin: &str, challenge: Option<&str>| {
            let ask = Ask {
                origin: origin.parse().unwrap(),
                challenges: challenge.map(str::to_owned).into_iter().collect(),
                purpose: Purpose::Read,
            };
            let credentials = &credentials;
            async move { credentials.credential(ask).await.unwrap().map(|found| found.scheme) }
        };
        let times = || asked.0.load(Ordering::SeqCst);
        scene.context.engine().unwrap().block_on(async {
            let (first, second, third) = tokio::join!(
                find("https://pkg.example", None),
                find("https://pkg.example", None),
                find("https://other.example", None)
            );
            assert_eq!((first, second, third), (Some(Scheme::Bearer), Some(Scheme::Bearer), None));
            assert_eq!(times(), 1);
            let basic = Some(Scheme::Basic("token".to_owned()));
            assert_eq!(find("https://pkg.example", Some("Basic")).await, basic, "the server is answered");
            assert_eq!(find("https://pkg.example", None).await, basic, "and needs not ask again");
            assert_eq!(find("https://pkg.example", Some("Basic")).await, basic);
            assert_eq!(times(), 2);
        });
    }
}
