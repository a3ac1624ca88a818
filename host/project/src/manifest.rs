//! `stryke.toml`: what a project says of itself and which plugins it wants.
//!
//! ```toml
//! [package]
//! name = "shop"
//! version = "0.1.0"
//!
//! [deps]
//! json = "1.4"
//!
//! [plugins]
//! "acme/artifactory" = "1.4"                      # from a registry
//! "acme/sbom" = { path = "../sbom/plugin.wasm" }
//! "acme/osv" = { url = "https://plugins.example/osv.wasm", config = { feed = "https://feed.example" } }
//!
//! [registries.corp]
//! url = "https://artifactory.corp.example"
//! plugin = "acme/artifactory"
//! ```

mod assets;
mod check;
mod dependency;
mod edit;
mod edit_dependencies;
mod inherit;
mod read;
mod settings;

use std::collections::BTreeMap;

use s_diag::{Code, Diagnostic, Source, Span};
use toml_edit::{Document, DocumentMut};

pub use assets::{AssetEntry, is_packed};
pub use check::EDITIONS;
pub use dependency::{DependencyOrigin, DependencyRequest, GitReference, Group};
pub use settings::{BuildSettings, MultiVersion, Policy, ProjectPolicy, ResolverSettings, Workspace};

use crate::PackageName;
use crate::toml::Reader;

/// A parsed `stryke.toml` that can be edited.
#[derive(Clone, Debug)]
pub struct ProjectManifest {
    source: Source,
    /// None when the text has errors.
    document: Option<DocumentMut>,
    edited: bool,
    package: Package,
    /// Fields of `[package]` that the workspace states, until they are filled in.
    inherited: Vec<inherit::InheritedField>,
    dependencies: Vec<DependencyRequest>,
    features: BTreeMap<String, Vec<String>>,
    scripts: BTreeMap<String, String>,
    binaries: BTreeMap<String, String>,
    assets: Vec<AssetEntry>,
    workspace: Option<Workspace>,
    resolver: ResolverSettings,
    build: BuildSettings,
    policy: ProjectPolicy,
    plugins: Vec<PluginRequest>,
    registries: Vec<RegistryEntry>,
}

/// What `[package]` says, as far as this floor needs it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Package {
    /// The name.
    pub name: Option<String>,
    /// The version.
    pub version: Option<String>,
    /// What it is for, in one phrase.
    pub description: Option<String>,
    /// Its licence, as an SPDX expression.
    pub license: Option<String>,
    /// Where its sources are.
    pub repository: Option<String>,
    /// The edition of the language it is written in: one of [`EDITIONS`].
    pub edition: Option<String>,
    /// Which versions of `s` can use it: a [`Requirement`](crate::Requirement).
    pub requires_s: Option<String>,
}

/// One entry of `[plugins]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PluginRequest {
    /// The id, such as `acme/artifactory`; not checked here.
    pub id: String,
    /// Where it comes from.
    pub origin: PluginOrigin,
    /// Its configuration.
    pub config: BTreeMap<String, String>,
    /// Where the entry stands in the text that was parsed; none for one that was added since.
    pub span: Option<Span>,
}

/// Where a plugin comes from. Exactly one is given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PluginOrigin {
    /// A file or folder, relative to the folder of `stryke.toml`.
    Path(String),
    /// An `https:` or `file:` address of a component.
    Url(String),
    /// Versions of a plugin in a registry.
    Version(String),
}

/// One table `[registries.NAME]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RegistryEntry {
    /// The name it has in this project.
    pub name: String,
    /// Where it is.
    pub url: String,
    /// The plugin that speaks to it; none for the built-in one.
    pub plugin: Option<String>,
    /// The plugin that knows its credentials.
    pub auth: Option<String>,
    /// The packages that come from it and nowhere else: names, or `SCOPE/*`.
    pub scopes: Vec<String>,
    /// Other places that have the same packages. Archives are taken from the first that has them;
    /// versions are asked for there only when the registry itself cannot be reached.
    pub mirrors: Vec<String>,
    /// Configuration of both.
    pub config: BTreeMap<String, String>,
    /// Where the table stands in the text.
    pub span: Span,
}

impl RegistryEntry {
    /// Whether a package comes from this registry and nowhere else.
    pub fn owns(&self, name: &PackageName) -> bool {
        self.scopes.iter().any(|scope| match scope.strip_suffix("/*") {
            Some(scope) => name.scope() == Some(scope),
            None => scope == name.as_str(),
        })
    }
}

/// Returns what `[package]` says the name is, also where other parts of the text have mistakes; none
/// where it is not TOML. The name is not checked.
pub fn package_name_in(text: &str) -> Option<String> {
    let document = text.parse::<DocumentMut>().ok()?;
    document.get("package")?.as_table_like()?.get("name")?.as_str().map(str::to_owned)
}

impl ProjectManifest {
    /// Parses a text. What is wrong is left out of the result and reported; with an error among
    /// the diagnostics the result cannot be edited. Unknown keys are warnings and stay.
    pub fn parse(source: Source) -> (ProjectManifest, Vec<Diagnostic>) {
        let mut reader = Reader::new(source.clone(), Code::MANIFEST_VALUE);
        let mut manifest = ProjectManifest {
            source,
            document: None,
            edited: false,
            package: Package::default(),
            inherited: Vec::new(),
            dependencies: Vec::new(),
            features: BTreeMap::new(),
            scripts: BTreeMap::new(),
            binaries: BTreeMap::new(),
            assets: Vec::new(),
            workspace: None,
            resolver: ResolverSettings::default(),
            build: BuildSettings::default(),
            policy: ProjectPolicy::default(),
            plugins: Vec::new(),
            registries: Vec::new(),
        };
        if let Some(document) = reader.document() {
            let root = document.as_table();
            (manifest.package, manifest.inherited) = read::package(&mut reader, root);
            manifest.resolver = settings::resolver(&mut reader, root);
            let bare = manifest.resolver.bare;
            manifest.dependencies = dependency::dependencies(&mut reader, root, bare);
            manifest.features = settings::features(&mut reader, root);
            check::features(&mut reader, root, &manifest.features, &manifest.dependencies);
            manifest.scripts = settings::texts(&mut reader, root, "scripts");
            manifest.binaries = settings::texts(&mut reader, root, "bin");
            manifest.assets = assets::assets(&mut reader, root);
            manifest.workspace = settings::workspace(&mut reader, root, bare);
            manifest.build = settings::build(&mut reader, root);
            manifest.policy = settings::policy(&mut reader, root);
            manifest.plugins = read::plugins(&mut reader, root);
            manifest.registries = read::registries(&mut reader, root);
            read::unknown_tables(&mut reader, root);
            manifest.document = (!reader.has_errors()).then(|| document.into_mut());
        }
        (manifest, reader.diagnostics)
    }

    /// The text it was parsed from; spans count in this.
    pub fn source(&self) -> &Source {
        &self.source
    }

    /// Where a value stands in the text, by the keys that lead to it; of a list, one of its texts stands
    /// for a key. None where it is not there.
    pub fn place(&self, keys: &[&str]) -> Option<Span> {
        let document = Document::parse(self.source.text.to_string()).ok()?;
        let (last, before) = keys.split_last()?;
        let parent = before.iter().try_fold(document.as_item(), |item, key| item.get(key))?;
        let span = match parent.as_array() {
            Some(array) => array.iter().find(|value| value.as_str() == Some(last))?.span()?.into(),
            None => {
                let (key, item) = parent.as_table_like()?.get_key_value(last)?;
                crate::toml::place(key, item)
            }
        };
        Some(span)
    }

    /// Where a value stands in the entry of a dependency, by the keys that lead to it from there.
    pub fn place_in(&self, request: &DependencyRequest, keys: &[&str]) -> Option<Span> {
        let tables: &[&str] = match &request.group {
            Group::Normal => &["deps"],
            Group::Dev => &["dev-deps"],
            Group::Named(name) => &["groups", name],
        };
        self.place(&[tables, &[request.alias.as_str()], keys].concat())
    }

    /// What `[package]` says.
    pub fn package(&self) -> &Package {
        &self.package
    }

    /// The entries of `[deps]`, `[dev-deps]` and `[groups.NAME]`, each table in the order of the file.
    pub fn dependencies(&self) -> &[DependencyRequest] {
        &self.dependencies
    }

    /// The entry of a table of dependencies with a key.
    pub fn dependency(&self, group: &Group, alias: &str) -> Option<&DependencyRequest> {
        self.dependencies.iter().find(|request| request.group == *group && request.alias == alias)
    }

    /// The entries of `[features]`: what each turns on.
    pub fn features(&self) -> &BTreeMap<String, Vec<String>> {
        &self.features
    }

    /// The entries of `[scripts]`: command lines.
    pub fn scripts(&self) -> &BTreeMap<String, String> {
        &self.scripts
    }

    /// The entries of `[bin]`: files of programs, relative to the folder of the manifest.
    pub fn binaries(&self) -> &BTreeMap<String, String> {
        &self.binaries
    }

    /// The entries of `[package.assets]`, in the order of the file.
    pub fn assets(&self) -> &[AssetEntry] {
        &self.assets
    }

    /// What `[workspace]` says, if this is the root of one.
    pub fn workspace(&self) -> Option<&Workspace> {
        self.workspace.as_ref()
    }

    /// What `[resolver]` says.
    pub fn resolver(&self) -> &ResolverSettings {
        &self.resolver
    }

    /// What `[policy]` says.
    pub fn policy(&self) -> &ProjectPolicy {
        &self.policy
    }

    /// The entries of `[plugins]`, in the order of the file.
    pub fn plugins(&self) -> &[PluginRequest] {
        &self.plugins
    }

    /// The entry of `[plugins]` with an id.
    pub fn plugin(&self, id: &str) -> Option<&PluginRequest> {
        self.plugins.iter().find(|plugin| plugin.id == id)
    }

    /// What `[build]` says.
    pub fn build(&self) -> &BuildSettings {
        &self.build
    }

    /// The tables `[registries.NAME]`, in the order of the file.
    pub fn registries(&self) -> &[RegistryEntry] {
        &self.registries
    }
}

#[cfg(test)]
mod testing {
    use super::*;

    pub(super) fn parse(text: &str) -> (ProjectManifest, Vec<Diagnostic>) {
        ProjectManifest::parse(Source::new("stryke.toml", text))
    }

    pub(super) fn valid(text: &str) -> ProjectManifest {
        let (manifest, diagnostics) = parse(text);
        assert!(diagnostics.is_empty(), "{text}\n{diagnostics:?}");
        manifest
    }

    pub(super) fn strings(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
        pairs.iter().map(|(key, text)| ((*key).to_owned(), (*text).to_owned())).collect()
    }

    pub(super) fn version(text: &str) -> PluginOrigin {
        PluginOrigin::Version(text.to_owned())
    }

    pub(super) fn path(text: &str) -> PluginOrigin {
        PluginOrigin::Path(text.to_owned())
    }

    pub(super) const FULL: &str = r#"# A shop.
[package]
name = "shop" # the name
version = "0.1.0"

[deps]
json = "2"

[plugins]
# From a registry.
"acme/artifactory" = "1.4"
sbom = { path = "../sbom/plugin.wasm" } # local
"acme/osv" = { url = "https://plugins.example/osv.wasm", config = { feed = "https://feed.example" } }

[plugins."acme/auth"]
version = "2.0" # pinned

[plugins."acme/auth".config]
name = "corp"

[registries.corp]
url = "https://artifactory.corp.example"
plugin = "acme/artifactory"
auth = "acme/auth"
config = { repo = "stryke-local" }
"#;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_found_by_keys() {
        let text =
            "[package]\nname = 'x'\n[workspace]\nmembers = ['a', 'b/*']\n[registries.own]\nurl = 'u'\n";
        let (manifest, _) = testing::parse(text);
        for (keys, expected) in [
            (&["package", "name"][..], Some("'x'")),
            (&["registries", "own", "url"], Some("'u'")),
            (&["workspace", "members", "b/*"], Some("'b/*'")),
            (&["workspace", "members", "c"], None),
            (&["registries", "other", "url"], None),
            (&[], None),
        ] {
            let place = manifest.place(keys);
            assert_eq!(place.map(|span| &text[span.start..span.end]), expected, "{keys:?}");
        }
    }

    #[test]
    fn a_name_is_found_beside_mistakes() {
        for (text, expected) in [
            ("[package]\nname = \"json\"\n", Some("json")),
            ("package = { name = \"a/b\" }\n[deps]\nx = 3\n", Some("a/b")),
            ("[package]\nname = \"Not A Name\"\nversion = 1\n", Some("Not A Name")),
            ("[package]\nname = 1\n", None),
            ("[workspace]\nname = \"x\"\n", None),
            ("[package\nname = \"x\"\n", None),
            ("package = 1\n", None),
        ] {
            assert_eq!(package_name_in(text).as_deref(), expected, "{text}");
        }
    }
}
