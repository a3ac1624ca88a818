//! Where registries are: typed, or named in `[registries]`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use s_capability::Origin;
use s_diag::{Code, Diagnostic};
use s_net::CacheMode;
use s_project::{ProjectManifest, RegistryEntry, nearest_name};
use s_store::{EntryKind, files};
use url::Url;

use super::files::RegistryFiles;
use crate::Context;
use crate::address::{self, Address};
use crate::failure::{Failure, FailureKind};
use crate::plugins::catalog::{self, Level};

/// The plugin of a registry that names none.
pub const BUILT_IN: &str = "stryke/registry-static";

/// The plugin of a registry that is served, and of its export.
pub(super) const SERVED: &str = "stryke/registry-stryke";
/// Bytes of the longest root document that is looked at.
const ROOT_BYTES_MAX: usize = 64 << 10;

/// Where a registry is, and what speaks to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RegistryPlace {
    /// What it is called; its address where it has no name.
    pub name: String,
    /// An address or an absolute path.
    pub url: String,
    /// The id of the plugin.
    pub plugin: String,
    /// Whether nobody said so, so that the registry itself is asked when it is opened.
    pub is_guessed: bool,
    /// What else the plugin is configured with.
    pub config: BTreeMap<String, String>,
    /// Other places that have the same packages, in order of preference.
    pub mirrors: Vec<String>,
    /// The address of the registry that it is a mirror of.
    pub mirror_of: Option<String>,
}

impl RegistryPlace {
    /// The registry at an address that the user typed.
    pub fn typed(context: &Context, url: &str, plugin: Option<&str>) -> Result<RegistryPlace, Failure> {
        let address = read(url, context.directory(), url)?;
        Ok(RegistryPlace {
            name: address.shown(),
            url: address.text(),
            plugin: plugin.unwrap_or(BUILT_IN).to_owned(),
            is_guessed: false,
            config: BTreeMap::new(),
            mirrors: Vec::new(),
            mirror_of: None,
        })
    }

    /// The registry that a user names: by its address or folder, or by its name in `[registries]`.
    pub(crate) fn meant(context: &Context, text: &str) -> Result<RegistryPlace, Failure> {
        match text.contains("://") || text.starts_with(['/', '.']) {
            true => RegistryPlace::typed(context, text, None),
            false => RegistryPlace::named(context, text),
        }
    }

    /// The id of the plugin that speaks to it. A registry that is guessed tells by its root document
    /// whether it is one that is served; everything else is one of files.
    ///
    /// # Errors
    /// Those of the network: a registry that cannot be reached is not one of files.
    pub(crate) fn spoken_by(&self, context: &Arc<Context>) -> Result<String, Failure> {
        let files = RegistryFiles::at(&self.url).filter(|files| matches!(files, RegistryFiles::Web(_)));
        let Some(files) = files.filter(|_| self.is_guessed && !context.is_offline()) else {
            return Ok(self.plugin.clone());
        };
        let document = match files.read(context, "config.json", ROOT_BYTES_MAX, CacheMode::Standard) {
            // One that is too long, breaks off or has a fault is none of ours.
            Err(failure) if is_of_document(&failure) => None,
            document => document?,
        };
        let is_served = document.is_some_and(|document| is_root_document(&document));
        Ok(if is_served { SERVED.to_owned() } else { self.plugin.clone() })
    }

    /// The same registry, which is asked what speaks to it when it is opened.
    pub(crate) fn guessed(self) -> RegistryPlace {
        RegistryPlace { is_guessed: true, ..self }
    }

    /// A failure of the plugin that speaks to it, with the place in `[registries]` that names the plugin.
    pub(super) fn at_plugin(&self, context: &Context, failure: Failure) -> Failure {
        for level in [Level::Project, Level::User] {
            let Ok(Some((_, manifest))) = catalog::manifest_of_level(context, level) else { continue };
            if let Some(span) = manifest.place(&["registries", &self.name, "plugin"]) {
                return failure.at(manifest.source(), span);
            }
        }
        failure
    }

    /// The names of its packages, where it is a folder of files.
    pub(crate) fn names_in_folder(&self) -> Vec<String> {
        match Path::new(&self.url) {
            root if root.is_absolute() && self.plugin == BUILT_IN => names_of_files(&root.join("packages")),
            _ => Vec::new(),
        }
    }

    /// The same registry in other places, which the same plugin speaks to in the same way.
    pub fn at_mirrors(&self) -> impl Iterator<Item = RegistryPlace> {
        self.mirrors.iter().map(|url| RegistryPlace {
            name: format!("{} at {}", self.name, address::shown(url)),
            url: url.clone(),
            mirrors: Vec::new(),
            mirror_of: Some(self.url.clone()),
            ..self.clone()
        })
    }

    /// The registry of an entry of the manifest at `path`.
    pub(crate) fn stated(
        context: &Context,
        path: &Path,
        manifest: &ProjectManifest,
        entry: &RegistryEntry,
    ) -> Result<RegistryPlace, Failure> {
        let base = path.parent().unwrap_or(context.directory());
        let address = |url: &str, keys: &[&str]| {
            let keys: Vec<&str> = ["registries", &entry.name].iter().chain(keys).copied().collect();
            let place = || manifest.place(&keys).unwrap_or(entry.span);
            read(url, base, &entry.name).map_err(|wrong| wrong.at(manifest.source(), place()))
        };
        let mirror = |url: &String| Ok(address(url, &["mirrors", url])?.text());
        Ok(RegistryPlace {
            name: entry.name.clone(),
            mirrors: entry.mirrors.iter().map(mirror).collect::<Result<_, Failure>>()?,
            url: address(&entry.url, &["url"])?.text(),
            plugin: entry.plugin.clone().unwrap_or_else(|| BUILT_IN.to_owned()),
            is_guessed: false,
            config: entry.config.clone(),
            mirror_of: None,
        })
    }

    /// The registry of a name: the project's before the user's.
    pub fn named(context: &Context, name: &str) -> Result<RegistryPlace, Failure> {
        let mut known = Vec::new();
        for level in [Level::Project, Level::User] {
            let Some((path, manifest)) = catalog::manifest_of_level(context, level)? else { continue };
            for entry in manifest.registries() {
                if entry.name == name {
                    return RegistryPlace::stated(context, &path, &manifest, entry);
                }
                known.push(entry.name.clone());
            }
        }
        let diagnostic =
            Diagnostic::error(Code::REGISTRY_UNKNOWN, format!("there is no registry `{name}` here"));
        let diagnostic = match known.as_slice() {
            [] => diagnostic
                .hint(format!("name one in `stryke.toml`:\n[registries.{name}]\nurl = \"https://…\"")),
            known => {
                let diagnostic = diagnostic.note(format!("there are `{}`", known.join("`, `")));
                let names: Vec<&str> = known.iter().map(String::as_str).collect();
                match nearest_name(name, &names) {
                    Some(near) => diagnostic.hint(format!("did you mean `{near}`?")),
                    None => diagnostic,
                }
            }
        };
        Err(Failure::new(FailureKind::Usage, diagnostic))
    }
}

/// The packages of a folder `packages` of a registry of files: `NAME/index.json` and
/// `SCOPE/NAME/index.json`.
fn names_of_files(packages: &Path) -> Vec<String> {
    let is_package = |folder: &Path| files::exists(&folder.join("index.json")).unwrap_or(false);
    let mut names = Vec::new();
    for (name, folder) in folders(packages) {
        if is_package(&folder) {
            names.push(name);
        } else {
            let inner = folders(&folder).into_iter().filter(|(_, folder)| is_package(folder));
            names.extend(inner.map(|(base, _)| format!("{name}/{base}")));
        }
    }
    names
}

/// The folders in a folder; none where it cannot be read.
fn folders(folder: &Path) -> Vec<(String, PathBuf)> {
    let entries = files::read_dir(folder).unwrap_or_default().into_iter();
    let folders = entries.filter(|entry| entry.kind == EntryKind::Directory);
    folders.filter_map(|entry| Some((entry.name.to_str()?.to_owned(), entry.path))).collect()
}

/// Whether a failure is one of a document, and not of the way to it.
fn is_of_document(failure: &Failure) -> bool {
    let of_document = [Code::STATUS, Code::ANSWER_TOO_LARGE, Code::ANSWER_TRUNCATED];
    failure.diagnostics.first().is_some_and(|diagnostic| of_document.contains(&diagnostic.code))
}

/// Whether a document is the `config.json` of `host/wire`: it says which registry it is, and where
/// archives are.
fn is_root_document(text: &[u8]) -> bool {
    let Ok(document) = serde_json::from_slice::<serde_json::Value>(text) else { return false };
    document["v"].is_u64() && document["id"].is_string() && document["dl"].is_string()
}

fn read(url: &str, base: &Path, name: &str) -> Result<Address, Failure> {
    let wrong = |why: &str| {
        let message = format!("the address of registry `{}` {why}", address::shown(name));
        Diagnostic::error(Code::REGISTRY_UNKNOWN, message)
    };
    let address = Address::parse(url, base).map_err(|why| {
        let scheme = url.split_once("://").map_or("", |(scheme, _)| scheme);
        let diagnostic = match nearest_name(scheme, &["https", "http", "file"]).filter(|near| *near != scheme)
        {
            Some(near) => wrong(&why).hint(format!("did you mean `{near}://…`?")),
            None => wrong(&why).hint("it is `https://HOST/PATH`, `file:///PATH` or a path"),
        };
        Failure::new(FailureKind::Usage, diagnostic)
    })?;
    match address.is_open_to_others() {
        true => {
            let why = "is `http`, which is not encrypted, and it leads to another machine";
            let diagnostic = wrong(why)
                .note("whoever is on the way could read tokens, and say which versions there are")
                .hint("it is `https://HOST/PATH`; `http` is for registries on this machine");
            Err(Failure::new(FailureKind::Usage, diagnostic))
        }
        false => Ok(address),
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_root_document_is_told_from_others() {
        for (text, expected) in [
            (r#"{"v":1,"id":"corp","dl":"{api}/x"}"#, true),
            (r#"{"v":2,"id":"corp","dl":"x","new":{}}"#, true),
            (r#"{"dl":"https://x","api":"https://y"}"#, false),
            (r#"{"v":1,"id":7,"dl":"x"}"#, false),
            ("[]", false),
            ("<html>", false),
            ("", false),
        ] {
            assert_eq!(is_root_document(text.as_bytes()), expected, "{text}");
        }
    }
}
