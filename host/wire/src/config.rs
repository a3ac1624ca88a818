//! `config.json`, the root document of a registry.

use serde::{Deserialize, Serialize};

use crate::FORM;

/// What a registry says of itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Config {
    /// The form of the document.
    pub v: u32,
    /// Which registry it is, wherever it is reached. Locks and index lines name it so.
    pub id: String,
    /// The address of the interface for programs; none for a registry that is only files.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub api: Option<String>,
    /// Where archives are: see [`download_url`](crate::download_url).
    pub dl: String,
    /// Whether reading needs a token.
    #[serde(default)]
    pub auth_required: bool,
    /// How one publishes: `archive`, or nothing.
    #[serde(default)]
    pub publish: Vec<String>,
    /// What happens to what was published.
    #[serde(default)]
    pub policy: Policy,
    /// How large things may be.
    #[serde(default)]
    pub limits: Limits,
    /// Whose signatures count; none for a registry that signs nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trust: Option<Trust>,
}

/// Whose signatures count. It tells a reader that there are some, and which; what is believed is the file
/// that names them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trust {
    /// The number of the file that names the keys: see [`keys_path`](crate::keys_path).
    #[serde(default)]
    pub keys: u64,
    /// The keys in it, as C2SP writes them.
    #[serde(default)]
    pub vkeys: Vec<String>,
}

/// What happens to what was published.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Policy {
    /// Until when a publisher can take a version away; none for never.
    #[serde(default)]
    pub unpublish: Option<Unpublish>,
}

/// Until when a publisher can take a version away.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unpublish {
    /// A time such as `48h`.
    pub window: String,
}

/// How large things may be.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limits {
    /// Bytes of an archive; none for no limit that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub archive: Option<u64>,
}

impl Config {
    /// A registry that is only files and says no more than it must.
    pub fn new(id: &str) -> Config {
        Config {
            v: FORM,
            id: id.to_owned(),
            api: None,
            dl: "{root}/archives/{name}/{version}".to_owned(),
            auth_required: false,
            publish: Vec::new(),
            policy: Policy::default(),
            limits: Limits::default(),
            trust: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_short_one_is_read_and_what_is_new_ignored() {
        let text = r#"{"v":1,"id":"r","dl":"{api}/x","auth-required":true,"trust":{"vkey":"k"},"policy":{"unpublish":{"window":"48h"}}}"#;
        let config: Config = serde_json::from_str(text).unwrap();
        assert!(config.auth_required && config.api.is_none() && config.publish.is_empty());
        assert_eq!(config.trust, Some(Trust::default()), "what it names is looked for elsewhere");
        assert_eq!(config.policy.unpublish, Some(Unpublish { window: "48h".into() }));
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(id in ".{0,9}", api in proptest::option::of(".{0,9}"), auth_required: bool, archive: Option<u64>) {
            let config = Config {
                api, auth_required,
                publish: vec![id.clone()],
                policy: Policy { unpublish: archive.map(|n| Unpublish { window: n.to_string() }) },
                limits: Limits { archive },
                trust: archive.map(|keys| Trust { keys, vkeys: vec![id.clone()] }),
                ..Config::new(&id)
            };
            let text = serde_json::to_string(&config).unwrap();
            prop_assert_eq!(serde_json::from_str::<Config>(&text).unwrap(), config);
        }
    }
}
