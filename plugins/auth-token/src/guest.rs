//! The component: handles of secrets are passed on, never looked into.

use s_guest::auth::provider::{Ask, Config, Credential, Guest, Reuse, Scheme as WireScheme, Secret};
use s_guest::auth::{self, Error, ui, vault};

use crate::{Scheme, challenges, no_terminal, nothing_to_forget, scheme};

struct Plugin;

impl Guest for Plugin {
    fn get(config: Config, ask: Ask) -> Result<Option<Credential>, Error> {
        let scheme = chosen(&config, &ask)?;
        let secret = vault::open("token", &ask.origin)?;
        Ok(secret.map(|secret| credential(scheme, secret, Reuse::Session)))
    }

    fn login(config: Config, ask: Ask) -> Result<Credential, Error> {
        if !ask.interactive {
            return Err(no_terminal(&ask.origin).into());
        }
        let scheme = chosen(&config, &ask)?;
        let secret = ui::password(&format!("token for {}", ask.origin), &ask.origin)?;
        Ok(credential(scheme, secret, Reuse::Stored))
    }

    fn logout(_config: Config, origin: String) -> Result<(), Error> {
        Err(nothing_to_forget(&origin).into())
    }
}

fn chosen(config: &Config, ask: &Ask) -> Result<WireScheme, Error> {
    let option = |key: &str| config.options.iter().find(|kv| kv.key == key).map(|kv| kv.value.as_str());
    Ok(match scheme(&challenges(ask.challenges.iter().map(String::as_str)), option)? {
        Scheme::Bearer => WireScheme::Bearer,
        Scheme::Basic(user) => WireScheme::Basic(user),
        Scheme::Header(name) => WireScheme::Header(name),
    })
}

fn credential(scheme: WireScheme, secret: Secret, reuse: Reuse) -> Credential {
    Credential { scheme, secret, reuse, label: Some("token".to_owned()) }
}

auth::export!(Plugin);
