//! `grants.toml`: what one person allowed plugins to do. It lies with the person, never in a
//! repository.
//!
//! Edits keep what else stands in the file, comments included.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use s_diag::{Diagnostic, Source};
use toml_edit::{ArrayOfTables, DocumentMut, Item, Table};

use crate::PluginId;
use crate::config::is_absolute;
use crate::origin::Origin;
use crate::rights::Asked;

mod read;
mod rights;
mod write;

pub use write::date;

/// Where a grant holds.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Scope {
    /// In this project: the absolute path of its root.
    Project(PathBuf),
    /// Everywhere, for this user.
    User,
}

/// One consent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grant {
    /// To whom.
    pub plugin: PluginId,
    /// Where it holds.
    pub scope: Scope,
    /// Digest of the component it is for, `sha256-…`; none: every version that asks for no more.
    pub integrity: Option<String>,
    /// What was allowed; its digest stands as `capabilities` in the file.
    pub rights: Asked,
    /// The configuration it was allowed with, for people; what holds is `rights`.
    pub bound: BTreeMap<String, String>,
    /// When, in seconds since the Unix epoch.
    pub granted_unix: i64,
    /// From when on it holds no more, in seconds since the Unix epoch.
    pub expires_unix: Option<i64>,
}

/// Where the user keeps a secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SecretSource {
    /// An environment variable of the host, `env:NAME`.
    Env(String),
    /// A file with the secret in it, `file:/path`.
    File(PathBuf),
    /// Asked for each time, `prompt`.
    Prompt,
}

/// A text that names no place of a secret. It is not repeated: somebody may have put the secret there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must be `env:NAME`, `file:` and an absolute path, or `prompt`")]
pub struct SecretSourceError;

/// The user's answer to "which secret is `token` for this origin".
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SecretBinding {
    /// For which plugin.
    pub plugin: PluginId,
    /// The plugin's name for it.
    pub secret: String,
    /// For which origin.
    pub origin: Origin,
    /// Where it is.
    pub from: SecretSource,
}

/// The user's answer to "which directory is `registry`".
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ViewBinding {
    /// For which plugin.
    pub plugin: PluginId,
    /// The plugin's name for it.
    pub name: String,
    /// An absolute path.
    pub path: PathBuf,
}

/// A whole `grants.toml`.
#[derive(Clone, Debug, Default)]
pub struct Grants {
    document: DocumentMut,
    grants: Vec<Grant>,
    secrets: Vec<SecretBinding>,
    views: Vec<ViewBinding>,
}

impl Grants {
    /// Reads a `grants.toml`, and reports every mistake in it at once. The empty text is valid.
    pub fn parse(source: &Source) -> Result<Grants, Vec<Diagnostic>> {
        read::grants(source)
    }

    /// The text of the file with the edits made.
    pub fn to_text(&self) -> String {
        self.document.to_string()
    }

    /// All grants, in the order of the file.
    pub fn grants(&self) -> &[Grant] {
        &self.grants
    }

    /// All bound secrets, in the order of the file.
    pub fn secrets(&self) -> &[SecretBinding] {
        &self.secrets
    }

    /// All bound views, in the order of the file.
    pub fn views(&self) -> &[ViewBinding] {
        &self.views
    }

    /// Finds the grant that holds: the project's before the user's, expired ones never.
    pub fn find(&self, plugin: &PluginId, project: Option<&Path>, now_unix: i64) -> Option<&Grant> {
        let holds = |grant: &&Grant| {
            grant.plugin == *plugin && grant.expires_unix.is_none_or(|expires| now_unix < expires)
        };
        let of_project = self.grants.iter().filter(holds).find(|grant| match &grant.scope {
            Scope::Project(path) => project == Some(path),
            Scope::User => false,
        });
        of_project.or_else(|| self.grants.iter().filter(holds).find(|grant| grant.scope == Scope::User))
    }

    /// Finds where the user keeps a plugin's secret for an origin.
    pub fn secret(&self, plugin: &PluginId, name: &str, origin: &Origin) -> Option<&SecretSource> {
        let of = |binding: &&SecretBinding| {
            binding.plugin == *plugin && binding.secret == name && binding.origin == *origin
        };
        self.secrets.iter().find(of).map(|binding| &binding.from)
    }

    /// The directories the user bound for a plugin, by name.
    pub fn views_of(&self, plugin: &PluginId) -> BTreeMap<String, PathBuf> {
        let own = self.views.iter().filter(|view| view.plugin == *plugin);
        own.map(|view| (view.name.clone(), view.path.clone())).collect()
    }

    /// Adds a grant, in place of the one for the same plugin and scope.
    pub fn grant(&mut self, grant: Grant) {
        let table = write::grant(&grant);
        let same = |other: &Grant| other.plugin == grant.plugin && other.scope == grant.scope;
        let place = self.grants.iter().position(same);
        put(&mut self.document, "grant", place, table);
        put_value(&mut self.grants, place, grant);
    }

    /// Removes the plugin's grants (of one scope, or all), and says how many there were.
    pub fn revoke(&mut self, plugin: &PluginId, scope: Option<&Scope>) -> usize {
        let gone = |grant: &Grant| grant.plugin == *plugin && scope.is_none_or(|scope| grant.scope == *scope);
        remove(&mut self.document, "grant", &mut self.grants, gone)
    }

    /// Binds a secret, in place of the one for the same plugin, name and origin.
    pub fn bind_secret(&mut self, binding: SecretBinding) {
        let table = write::secret(&binding);
        let place = self.secrets.iter().position(|other| {
            other.plugin == binding.plugin && other.secret == binding.secret && other.origin == binding.origin
        });
        put(&mut self.document, "binding", place, table);
        put_value(&mut self.secrets, place, binding);
    }

    /// Binds a view, in place of the one for the same plugin and name.
    pub fn bind_view(&mut self, binding: ViewBinding) {
        let table = write::view(&binding);
        let place =
            self.views.iter().position(|other| other.plugin == binding.plugin && other.name == binding.name);
        put(&mut self.document, "view", place, table);
        put_value(&mut self.views, place, binding);
    }

    /// Removes what is bound for a plugin, name and origin, and says whether something was.
    pub fn unbind_secret(&mut self, plugin: &PluginId, secret: &str, origin: &Origin) -> bool {
        let gone = |binding: &SecretBinding| {
            binding.plugin == *plugin && binding.secret == secret && binding.origin == *origin
        };
        remove(&mut self.document, "binding", &mut self.secrets, gone) > 0
    }

    /// Removes a plugin's bindings, and says how many there were.
    pub fn unbind(&mut self, plugin: &PluginId) -> usize {
        let secrets = |binding: &SecretBinding| binding.plugin == *plugin;
        let views = |binding: &ViewBinding| binding.plugin == *plugin;
        remove(&mut self.document, "binding", &mut self.secrets, secrets)
            + remove(&mut self.document, "view", &mut self.views, views)
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Scope::Project(path) => write!(f, "project:{}", path.display()),
            Scope::User => f.write_str("user"),
        }
    }
}

impl fmt::Display for SecretSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            SecretSource::Env(name) => write!(f, "env:{name}"),
            SecretSource::File(path) => write!(f, "file:{}", path.display()),
            SecretSource::Prompt => f.write_str("prompt"),
        }
    }
}

impl FromStr for SecretSource {
    type Err = SecretSourceError;

    fn from_str(text: &str) -> Result<SecretSource, SecretSourceError> {
        let is_name = |name: &str| {
            let rest = |b: u8| b.is_ascii_alphanumeric() || b == b'_';
            name.bytes().next().is_some_and(|b| !b.is_ascii_digit()) && name.bytes().all(rest)
        };
        match text.split_once(':') {
            None if text == "prompt" => Ok(SecretSource::Prompt),
            Some(("env", name)) if is_name(name) => Ok(SecretSource::Env(name.to_owned())),
            Some(("file", path)) if is_absolute(path) => Ok(SecretSource::File(PathBuf::from(path))),
            _ => Err(SecretSourceError),
        }
    }
}

/// Puts a table into a list of the document: at a place, which keeps its comments, or at the end.
fn put(document: &mut DocumentMut, list: &str, place: Option<usize>, mut table: Table) {
    let item = document.entry(list).or_insert_with(|| Item::ArrayOfTables(ArrayOfTables::new()));
    let Some(tables) = item.as_array_of_tables_mut() else { return };
    match place.and_then(|place| tables.get_mut(place)) {
        Some(old) => {
            *table.decor_mut() = old.decor().clone();
            *old = table;
        }
        None => tables.push(table),
    }
}

fn put_value<T>(values: &mut Vec<T>, place: Option<usize>, value: T) {
    match place.and_then(|place| values.get_mut(place)) {
        Some(old) => *old = value,
        None => values.push(value),
    }
}

fn remove<T>(
    document: &mut DocumentMut,
    list: &str,
    values: &mut Vec<T>,
    gone: impl Fn(&T) -> bool,
) -> usize {
    let places: Vec<usize> = (0..values.len()).filter(|&place| gone(&values[place])).collect();
    for &place in places.iter().rev() {
        values.remove(place);
        if let Some(tables) = document.get_mut(list).and_then(Item::as_array_of_tables_mut) {
            tables.remove(place);
        }
    }
    if values.is_empty() {
        document.remove(list);
    }
    places.len()
}

#[cfg(test)]
mod tests;
