//! `provider.*`: `stryke:auth/provider`. A secret is never part of an answer.

use s_capability::{Origin, OriginPattern};
use s_net::{Purpose, Scheme};
use s_plugin::extension::auth::{Ask, Config, Credential, Reuse};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Call, CallMistake, Performed, performed};

pub(super) const SHAPE: &str = r#"{"origin": "https://packages.example", "purpose": "read", "challenges": ["Bearer realm=\"r\""], "interactive": false}"#;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Question {
    origin: String,
    #[serde(default)]
    registry: String,
    #[serde(default)]
    purpose: Why,
    subject: Option<String>,
    #[serde(default)]
    challenges: Vec<String>,
    #[serde(default)]
    interactive: bool,
}

#[derive(Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Why {
    #[default]
    Read,
    Publish,
    Yank,
    Owners,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Where {
    origin: String,
}

pub(super) async fn perform(call: Call<'_>) -> Result<Performed, CallMistake> {
    let config = Config { name: call.config.name.clone(), options: call.config.options.clone() };
    let open = call.plugin.open_auth();
    if call.name == "provider.logout" {
        let Where { origin } = call.arguments()?;
        let origin = parse(&call, &origin)?;
        return performed!(open, |provider| provider.logout(config, origin), |()| json!({}));
    }
    let question: Question = call.arguments()?;
    let ask = Ask {
        origin: parse(&call, &question.origin)?,
        registry: question.registry,
        purpose: match question.purpose {
            Why::Read => Purpose::Read,
            Why::Publish => Purpose::Publish,
            Why::Yank => Purpose::Yank,
            Why::Owners => Purpose::Owners,
        },
        subject: question.subject,
        challenges: question.challenges,
        interactive: question.interactive,
    };
    match call.name {
        "provider.login" => {
            performed!(
                open,
                |provider| provider.login(config, ask),
                |found| json!({ "credential": credential(&found) })
            )
        }
        _ => performed!(open, |provider| provider.get(config, ask), |found| json!({
            "credential": found.as_ref().map(credential),
        })),
    }
}

fn parse(call: &Call<'_>, origin: &str) -> Result<Origin, CallMistake> {
    origin.parse().map_err(|error| call.mistake(format!("the origin `{origin}` {error}")))
}

fn credential(credential: &Credential) -> Value {
    json!({
        "scheme": match &credential.scheme {
            Scheme::Bearer => json!("bearer"),
            Scheme::Basic(user) => json!({ "basic": user }),
            Scheme::Header(name) => json!({ "header": name }),
        },
        "origins": credential.secret.origins().iter().map(OriginPattern::to_string).collect::<Vec<_>>(),
        "reuse": match credential.reuse {
            Reuse::Never => "never",
            Reuse::Session => "session",
            Reuse::Stored => "stored",
        },
        "label": credential.label,
    })
}
