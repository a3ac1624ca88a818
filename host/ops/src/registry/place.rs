//! Where registries are: typed, or named in `[registries]`.

use std::collections::BTreeMap;
use std::path::Path;

use s_capability::Origin;
use s_diag::{Code, Diagnostic};
use url::Url;

use crate::Context;
use crate::address::{self, Address};
use crate::failure::{Failure, FailureKind};
use crate::plugins::catalog::{Level, Stated};

/// The plugin of a registry that names none.
pub const BUILT_IN: &str = "stryke/registry-static";

/// Where a registry is, and what speaks to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RegistryPlace {
    /// What it is called; its address where it has no name.
    pub name: String,
    /// An address or an absolute path.
    pub url: String,
    /// The id of the plugin.
    pub plugin: String,
    /// What else the plugin is configured with.
    pub config: BTreeMap<String, String>,
    /// Other places that have the same packages, in order of preference.
    pub mirrors: Vec<String>,
}

impl RegistryPlace {
    /// The registry at an address that the user typed.
    pub fn typed(context: &Context, url: &str, plugin: Option<&str>) -> Result<RegistryPlace, Failure> {
        let address = read(url, context.directory(), url)?;
        Ok(RegistryPlace {
            name: address.shown(),
            url: address.text(),
            plugin: plugin.unwrap_or(BUILT_IN).to_owned(),
            config: BTreeMap::new(),
            mirrors: Vec::new(),
        })
    }

    /// The same registry in other places, which the same plugin speaks to in the same way.
    pub fn at_mirrors(&self) -> impl Iterator<Item = RegistryPlace> {
        self.mirrors.iter().map(|url| RegistryPlace {
            name: format!("{} at {}", self.name, address::shown(url)),
            url: url.clone(),
            mirrors: Vec::new(),
            ..self.clone()
        })
    }

    /// The registry of a name: the project's before the user's.
    pub fn named(context: &Context, name: &str) -> Result<RegistryPlace, Failure> {
        let mut known = Vec::new();
        for level in [Level::Project, Level::User] {
            let Some(stated) = Stated::read(context, level)? else { continue };
            for entry in stated.manifest.registries() {
                if entry.name == name {
                    let base = stated.manifest_path.parent().unwrap_or(context.directory());
                    let mirror = |url: &String| Ok(read(url, base, name)?.text());
                    return Ok(RegistryPlace {
                        name: name.to_owned(),
                        mirrors: entry.mirrors.iter().map(mirror).collect::<Result<_, Failure>>()?,
                        url: read(&entry.url, base, name)?.text(),
                        plugin: entry.plugin.clone().unwrap_or_else(|| BUILT_IN.to_owned()),
                        config: entry.config.clone(),
                    });
                }
                known.push(entry.name.clone());
            }
        }
        let diagnostic =
            Diagnostic::error(Code::REGISTRY_UNKNOWN, format!("there is no registry `{name}` here"));
        let diagnostic = match known.as_slice() {
            [] => diagnostic
                .hint(format!("name one in `stryke.toml`:\n[registries.{name}]\nurl = \"https://…\"")),
            known => diagnostic.note(format!("there are `{}`", known.join("`, `"))),
        };
        Err(Failure::new(FailureKind::Usage, diagnostic))
    }
}

fn read(url: &str, base: &Path, name: &str) -> Result<Address, Failure> {
    Address::parse(url, base).map_err(|why| {
        let message = format!("the address of registry `{}` {why}", address::shown(name));
        let diagnostic = Diagnostic::error(Code::REGISTRY_UNKNOWN, message)
            .hint("it is `https://HOST/PATH`, `file:///PATH` or a path");
        Failure::new(FailureKind::Usage, diagnostic)
    })
}

/// What to do where a registry asks who is there: bind a token, or look at the one that is bound.
pub(super) fn credential_hint(context: &Context, url: &str) -> Option<String> {
    let origin = Origin::from_url(&Url::parse(url).ok()?).ok()?;
    let grants = context.grants().ok()?;
    Some(match grants.secrets().iter().find(|binding| binding.origin == origin) {
        Some(bound) => format!(
            "the `{}` that is bound to {origin} (`{}`) was not accepted: see that it is right and still valid",
            bound.secret, bound.from
        ),
        None => format!("keep the token that it gave you: s login {url}"),
    })
}
