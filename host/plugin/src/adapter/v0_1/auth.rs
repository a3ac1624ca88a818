//! `stryke:auth@0.1`.

use s_capability::Origin;
use s_net::{Purpose, Scheme};

use super::Flatten;
use crate::bindings::auth::AuthPlugin;
use crate::bindings::auth::exports::stryke::auth::provider;
use crate::extension::BoxFuture;
use crate::extension::auth::{Ask, AuthProvider, Config, Credential, Reuse};
use crate::host::types::into_kv;
use crate::session::Session;
use crate::{CallError, Plugin, Usage};

struct Open {
    session: Session,
    bindings: AuthPlugin,
}

pub(in crate::adapter) async fn open(plugin: &Plugin) -> Result<Box<dyn AuthProvider>, CallError> {
    let component = plugin.code.component.clone();
    let (session, bindings) = plugin
        .open("provider.open", crate::link::AUTH, async |store, linker| {
            AuthPlugin::instantiate_async(store, &component, linker).await
        })
        .await?;
    Ok(Box::new(Open { session, bindings }))
}

impl AuthProvider for Open {
    fn get(&mut self, config: Config, ask: Ask) -> BoxFuture<'_, Result<Option<Credential>, CallError>> {
        const CALL: &str = "provider.get";
        Box::pin(async move {
            let Open { session, bindings } = self;
            let (config, ask) = (provider::Config::from(config), provider::Ask::from(ask));
            let guest = bindings.stryke_auth_provider();
            let found = session
                .call(CALL, async |store| guest.call_get(store, &config, &ask).await)
                .await
                .flatten_fault(session, CALL)?;
            found.map(|credential| take(session, CALL, credential)).transpose()
        })
    }

    fn login(&mut self, config: Config, ask: Ask) -> BoxFuture<'_, Result<Credential, CallError>> {
        const CALL: &str = "provider.login";
        Box::pin(async move {
            let Open { session, bindings } = self;
            let (config, ask) = (provider::Config::from(config), provider::Ask::from(ask));
            let guest = bindings.stryke_auth_provider();
            let credential = session
                .call(CALL, async |store| guest.call_login(store, &config, &ask).await)
                .await
                .flatten_fault(session, CALL)?;
            take(session, CALL, credential)
        })
    }

    fn logout(&mut self, config: Config, origin: Origin) -> BoxFuture<'_, Result<(), CallError>> {
        const CALL: &str = "provider.logout";
        Box::pin(async move {
            let Open { session, bindings } = self;
            let (config, origin) = (provider::Config::from(config), origin.to_string());
            let guest = bindings.stryke_auth_provider();
            session
                .call(CALL, async |store| guest.call_logout(store, &config, &origin).await)
                .await
                .flatten_fault(session, CALL)
        })
    }

    fn usage(&self) -> Usage {
        self.session.usage()
    }
}

/// Takes the secret out of the guest's hands.
fn take(
    session: &mut Session,
    call: &'static str,
    credential: provider::Credential,
) -> Result<Credential, CallError> {
    let secret = session
        .store
        .data_mut()
        .table
        .delete(credential.secret)
        .map_err(|error| session.end(call, crate::Cause::Malformed { reason: error.to_string() }))?;
    Ok(Credential {
        scheme: match credential.scheme {
            provider::Scheme::Bearer => Scheme::Bearer,
            provider::Scheme::Basic(user) => Scheme::Basic(user),
            provider::Scheme::Header(name) => Scheme::Header(name),
        },
        secret,
        reuse: match credential.reuse {
            provider::Reuse::Never => Reuse::Never,
            provider::Reuse::Session => Reuse::Session,
            provider::Reuse::Stored => Reuse::Stored,
        },
        label: credential.label,
    })
}

impl From<Config> for provider::Config {
    fn from(config: Config) -> provider::Config {
        provider::Config { name: config.name, options: into_kv(config.options) }
    }
}

impl From<Ask> for provider::Ask {
    fn from(ask: Ask) -> provider::Ask {
        provider::Ask {
            origin: ask.origin.to_string(),
            registry: ask.registry,
            purpose: match ask.purpose {
                Purpose::Read => provider::Purpose::Read,
                Purpose::Publish => provider::Purpose::Publish,
                Purpose::Yank => provider::Purpose::Yank,
                Purpose::Owners => provider::Purpose::Owners,
            },
            subject: ask.subject,
            challenges: ask.challenges,
            interactive: ask.interactive,
        }
    }
}
