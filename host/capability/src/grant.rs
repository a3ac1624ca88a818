//! `grants.toml`: what one person allowed plugins to do. It lies with the person, never in a
//! repository.
//!
//! Edits keep what else stands in the file, comments included.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use s_diag::{Diagnostic, Source};
use toml_edit::DocumentMut;

use crate::PluginId;
use crate::origin::Origin;
use crate::rights::Asked;

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
    /// The configuration it was allowed with.
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
        let _ = source;
        todo!()
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
        let _ = (plugin, project, now_unix);
        todo!()
    }

    /// Finds where the user keeps a plugin's secret for an origin.
    pub fn secret(&self, plugin: &PluginId, name: &str, origin: &Origin) -> Option<&SecretSource> {
        let _ = (plugin, name, origin);
        todo!()
    }

    /// The directories the user bound for a plugin, by name.
    pub fn views_of(&self, plugin: &PluginId) -> BTreeMap<String, PathBuf> {
        let _ = plugin;
        todo!()
    }

    /// Adds a grant, in place of the one for the same plugin and scope.
    pub fn grant(&mut self, grant: Grant) {
        let _ = grant;
        todo!()
    }

    /// Removes the plugin's grants (of one scope, or all), and says how many there were.
    pub fn revoke(&mut self, plugin: &PluginId, scope: Option<&Scope>) -> usize {
        let _ = (plugin, scope);
        todo!()
    }

    /// Binds a secret, in place of the one for the same plugin, name and origin.
    pub fn bind_secret(&mut self, binding: SecretBinding) {
        let _ = binding;
        todo!()
    }

    /// Binds a view, in place of the one for the same plugin and name.
    pub fn bind_view(&mut self, binding: ViewBinding) {
        let _ = binding;
        todo!()
    }

    /// Removes a plugin's bindings, and says how many there were.
    pub fn unbind(&mut self, plugin: &PluginId) -> usize {
        let _ = plugin;
        todo!()
    }
}
