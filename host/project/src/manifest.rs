//! `stryke.toml`: what a project says of itself and which plugins it wants.
//!
//! ```toml
//! [package]
//! name = "shop"
//! version = "0.1.0"
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

use std::collections::BTreeMap;
use std::fmt;

use s_diag::{Code, Diagnostic, Source, Span};
use toml_edit::{DocumentMut, InlineTable, Item, Table, TableLike, Value};

use crate::ProjectError;
use crate::toml::{Reader, entries, nearest, place};

/// A parsed `stryke.toml` that can be edited.
#[derive(Clone, Debug)]
pub struct ProjectManifest {
    source: Source,
    /// None when the text has errors.
    document: Option<DocumentMut>,
    edited: bool,
    package: Package,
    plugins: Vec<PluginRequest>,
    registries: Vec<RegistryEntry>,
}

/// What `[package]` says, as far as this floor needs it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Package {
    /// The name; not checked here.
    pub name: Option<String>,
    /// The version; not checked here.
    pub version: Option<String>,
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
    /// Configuration of both.
    pub config: BTreeMap<String, String>,
    /// Where the table stands in the text.
    pub span: Span,
}

const TABLES: [&str; 3] = ["package", "plugins", "registries"];
const PACKAGE_KEYS: [&str; 14] = [
    "name",
    "version",
    "description",
    "authors",
    "license",
    "license-file",
    "repository",
    "homepage",
    "documentation",
    "keywords",
    "categories",
    "edition",
    "readme",
    "assets",
];
const PLUGIN_KEYS: [&str; 4] = ["path", "url", "version", "config"];
const REGISTRY_KEYS: [&str; 4] = ["url", "plugin", "auth", "config"];

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
            plugins: Vec::new(),
            registries: Vec::new(),
        };
        if let Some(document) = reader.document() {
            let root = document.as_table();
            manifest.package = package(&mut reader, root);
            manifest.plugins = plugins(&mut reader, root);
            manifest.registries = registries(&mut reader, root);
            misspelt_tables(&mut reader, root);
            manifest.document = (!reader.has_errors()).then(|| document.into_mut());
        }
        (manifest, reader.diagnostics)
    }

    /// The text it was parsed from; spans count in this.
    pub fn source(&self) -> &Source {
        &self.source
    }

    /// What `[package]` says.
    pub fn package(&self) -> &Package {
        &self.package
    }

    /// The entries of `[plugins]`, in the order of the file.
    pub fn plugins(&self) -> &[PluginRequest] {
        &self.plugins
    }

    /// The entry of `[plugins]` with an id.
    pub fn plugin(&self, id: &str) -> Option<&PluginRequest> {
        self.plugins.iter().find(|plugin| plugin.id == id)
    }

    /// The tables `[registries.NAME]`, in the order of the file.
    pub fn registries(&self) -> &[RegistryEntry] {
        &self.registries
    }

    /// Adds an entry to `[plugins]`, or changes the origin of the one with this id. The
    /// configuration that is given is added to the one that is there; other keys and comments stay.
    ///
    /// # Errors
    /// [`ProjectError::NotEditable`].
    pub fn add_plugin(
        &mut self,
        id: &str,
        origin: PluginOrigin,
        config: BTreeMap<String, String>,
    ) -> Result<(), ProjectError> {
        let table = self.plugins_table()?;
        match table.get_mut(id) {
            Some(item) => change(item, &origin, &config),
            None => {
                table.insert(id, Item::Value(new_value(&origin, &config)));
            }
        }
        self.edited = true;
        match self.plugins.iter_mut().find(|plugin| plugin.id == id) {
            Some(plugin) => {
                plugin.origin = origin;
                plugin.config.extend(config);
            }
            None => self.plugins.push(PluginRequest { id: id.to_owned(), origin, config, span: None }),
        }
        Ok(())
    }

    /// Removes an entry from `[plugins]`; returns whether there was one. The table stays, even
    /// when it is empty: there may be comments in it.
    ///
    /// # Errors
    /// [`ProjectError::NotEditable`].
    pub fn remove_plugin(&mut self, id: &str) -> Result<bool, ProjectError> {
        if self.document.is_some() && self.plugin(id).is_none() {
            return Ok(false);
        }
        let removed = self.plugins_table()?.remove(id).is_some();
        self.plugins.retain(|plugin| plugin.id != id);
        self.edited |= removed;
        Ok(removed)
    }

    fn plugins_table(&mut self) -> Result<&mut dyn TableLike, ProjectError> {
        let not_editable = || ProjectError::NotEditable { name: self.source.name.clone() };
        let Some(document) = &mut self.document else { return Err(not_editable()) };
        let item = document.entry("plugins").or_insert_with(|| Item::Table(Table::new()));
        item.as_table_like_mut().ok_or_else(not_editable)
    }
}

impl fmt::Display for ProjectManifest {
    /// Writes the text of the file: to the byte as it was parsed as long as nothing was changed,
    /// and with the line ends it had.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = &*self.source.text;
        let Some(document) = self.document.as_ref().filter(|_| self.edited) else {
            return f.write_str(text);
        };
        let mut edited = document.to_string();
        if text.starts_with('\u{feff}') && !edited.starts_with('\u{feff}') {
            edited.insert(0, '\u{feff}');
        }
        if text.contains("\r\n") {
            edited = edited.replace("\r\n", "\n").replace('\n', "\r\n");
        }
        f.write_str(&edited)
    }
}

fn package(reader: &mut Reader, root: &Table) -> Package {
    let Some((key, item)) = root.get_key_value("package") else { return Package::default() };
    let Some(table) = reader.table("package", place(key, item), item) else { return Package::default() };
    reader.unknown_keys(table, "package", &PACKAGE_KEYS);
    Package {
        name: reader.string(table, "package", "name"),
        version: reader.string(table, "package", "version"),
    }
}

fn plugins(reader: &mut Reader, root: &Table) -> Vec<PluginRequest> {
    let Some((key, item)) = root.get_key_value("plugins") else { return Vec::new() };
    let Some(table) = reader.table("plugins", place(key, item), item) else { return Vec::new() };
    let mut found = Vec::new();
    for (key, item) in entries(table) {
        let name = format!("plugins.{}", key.display_repr());
        let span = place(key, item);
        if key.get().is_empty() {
            reader.error("a plugin has no name", span, "");
            continue;
        }
        let (origin, config) = if item.is_str() {
            (reader.string_value(&name, span, item).map(PluginOrigin::Version), BTreeMap::new())
        } else if let Some(table) = item.as_table_like() {
            reader.unknown_keys(table, &name, &PLUGIN_KEYS);
            (origin(reader, table, &name, span), reader.strings(table, &name, "config"))
        } else {
            reader.error(
                format!("`{name}` is neither a version nor a table"),
                span,
                "expected `\"1.4\"`, `{ path = \"...\" }` or `{ url = \"...\" }`",
            );
            (None, BTreeMap::new())
        };
        if let Some(origin) = origin {
            found.push(PluginRequest { id: key.get().to_owned(), origin, config, span: Some(span) });
        }
    }
    found
}

fn origin(reader: &mut Reader, table: &dyn TableLike, name: &str, span: Span) -> Option<PluginOrigin> {
    let origins: [(&str, fn(String) -> PluginOrigin); 3] =
        [("path", PluginOrigin::Path), ("url", PluginOrigin::Url), ("version", PluginOrigin::Version)];
    let given: Vec<_> = origins.into_iter().filter(|(key, _)| table.contains_key(key)).collect();
    if let [(key, make)] = given.as_slice() {
        return reader.string(table, name, key).map(make);
    }
    let message = if given.is_empty() {
        format!("`{name}` does not say where the plugin comes from")
    } else {
        format!("`{name}` says more than once where the plugin comes from")
    };
    let diagnostic = Diagnostic::error(Code::PLUGIN_ORIGIN, message).at(
        &reader.source,
        span,
        "expected one of `path`, `url` and `version`",
    );
    reader.diagnostics.push(diagnostic);
    None
}

fn registries(reader: &mut Reader, root: &Table) -> Vec<RegistryEntry> {
    let Some((key, item)) = root.get_key_value("registries") else { return Vec::new() };
    let Some(table) = reader.table("registries", place(key, item), item) else { return Vec::new() };
    let mut found = Vec::new();
    for (key, item) in entries(table) {
        let name = format!("registries.{}", key.display_repr());
        let span = place(key, item);
        let Some(table) = reader.table(&name, span, item) else { continue };
        reader.unknown_keys(table, &name, &REGISTRY_KEYS);
        if !table.contains_key("url") {
            reader.error(format!("`{name}` has no `url`"), span, "a registry needs an address");
        }
        let url = reader.string(table, &name, "url");
        let plugin = reader.string(table, &name, "plugin");
        let auth = reader.string(table, &name, "auth");
        let config = reader.strings(table, &name, "config");
        if let Some(url) = url {
            found.push(RegistryEntry { name: key.get().to_owned(), url, plugin, auth, config, span });
        }
    }
    found
}

/// Other tables belong to other floors; only one that was probably meant to be ours is reported.
fn misspelt_tables(reader: &mut Reader, root: &Table) {
    for (key, item) in entries(root) {
        if TABLES.contains(&key.get()) {
            continue;
        }
        if let Some(near) = nearest(key.get(), &TABLES) {
            let span = key.span().map_or_else(|| place(key, item), Span::from);
            let message = format!("`{}` has an unknown table `{}`", reader.source.name, key.display_repr());
            let diagnostic = Diagnostic::warning(Code::UNKNOWN_KEY, message)
                .at(&reader.source, span, "")
                .hint(format!("did you mean `{near}`?"));
            reader.diagnostics.push(diagnostic);
        }
    }
}

impl PluginOrigin {
    /// The key of the manifest, and the text behind it.
    fn entry(&self) -> (&'static str, &str) {
        match self {
            PluginOrigin::Path(text) => ("path", text),
            PluginOrigin::Url(text) => ("url", text),
            PluginOrigin::Version(text) => ("version", text),
        }
    }
}

fn new_value(origin: &PluginOrigin, config: &BTreeMap<String, String>) -> Value {
    if let (PluginOrigin::Version(version), true) = (origin, config.is_empty()) {
        return Value::from(version.as_str());
    }
    let (key, text) = origin.entry();
    let mut table = InlineTable::new();
    table.insert(key, Value::from(text));
    if !config.is_empty() {
        let config: InlineTable = config.iter().map(|(key, text)| (key.as_str(), text.as_str())).collect();
        table.insert("config", Value::InlineTable(config));
    }
    Value::InlineTable(table)
}

/// Changes an entry in whatever form it is written.
fn change(item: &mut Item, origin: &PluginOrigin, config: &BTreeMap<String, String>) {
    let Some(table) = item.as_table_like_mut() else {
        let mut value = new_value(origin, config);
        if let Some(old) = item.as_value() {
            *value.decor_mut() = old.decor().clone();
        }
        *item = Item::Value(value);
        return;
    };
    let (key, text) = origin.entry();
    for other in ["path", "url", "version"] {
        if other != key {
            table.remove(other);
        }
    }
    set(table, key, text);
    if config.is_empty() {
        return;
    }
    if !table.contains_key("config") {
        table.insert("config", Item::Value(Value::InlineTable(InlineTable::new())));
    }
    if let Some(inner) = table.get_mut("config").and_then(Item::as_table_like_mut) {
        for (key, text) in config {
            set(inner, key, text);
        }
    }
}

/// Sets a text and keeps the comment behind the old one.
fn set(table: &mut dyn TableLike, key: &str, text: &str) {
    let mut value = Value::from(text);
    match table.get_mut(key) {
        Some(item) => {
            if let Some(old) = item.as_value() {
                *value.decor_mut() = old.decor().clone();
            }
            *item = Item::Value(value);
        }
        None => {
            table.insert(key, Item::Value(value));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use s_diag::Severity;

    fn parse(text: &str) -> (ProjectManifest, Vec<Diagnostic>) {
        ProjectManifest::parse(Source::new("stryke.toml", text))
    }

    fn valid(text: &str) -> ProjectManifest {
        let (manifest, diagnostics) = parse(text);
        assert!(diagnostics.is_empty(), "{text}\n{diagnostics:?}");
        manifest
    }

    fn strings(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
        pairs.iter().map(|(key, text)| ((*key).to_owned(), (*text).to_owned())).collect()
    }

    fn version(text: &str) -> PluginOrigin {
        PluginOrigin::Version(text.to_owned())
    }

    fn path(text: &str) -> PluginOrigin {
        PluginOrigin::Path(text.to_owned())
    }

    const FULL: &str = r#"# A shop.
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

    #[test]
    fn every_form_is_read() {
        let manifest = valid(FULL);
        assert_eq!(*manifest.package(), Package { name: Some("shop".into()), version: Some("0.1.0".into()) });
        let plugins: Vec<_> =
            manifest.plugins().iter().map(|p| (p.id.as_str(), p.origin.clone(), p.config.clone())).collect();
        assert_eq!(
            plugins,
            [
                ("acme/artifactory", version("1.4"), strings(&[])),
                ("sbom", path("../sbom/plugin.wasm"), strings(&[])),
                (
                    "acme/osv",
                    PluginOrigin::Url("https://plugins.example/osv.wasm".into()),
                    strings(&[("feed", "https://feed.example")])
                ),
                ("acme/auth", version("2.0"), strings(&[("name", "corp")])),
            ]
        );
        let span = manifest.plugin("acme/artifactory").unwrap().span.unwrap();
        assert_eq!(&FULL[span.start..span.end], "\"1.4\"");
        let [registry] = manifest.registries() else { panic!("one registry") };
        assert_eq!(
            (registry.name.as_str(), registry.url.as_str()),
            ("corp", "https://artifactory.corp.example")
        );
        assert_eq!(registry.plugin.as_deref(), Some("acme/artifactory"));
        assert_eq!(registry.auth.as_deref(), Some("acme/auth"));
        assert_eq!(registry.config, strings(&[("repo", "stryke-local")]));
        assert_eq!(manifest.to_string(), FULL);
        for text in ["", "\n", "plugins = {}", "[plugins]", "plugins.a.path = 'x'", "a.b.c = 1"] {
            valid(text);
        }
    }

    /// What is wrong, where, how severely.
    #[test]
    fn mistakes_have_places() {
        let cases: &[(&str, Severity, &str, &str)] = &[
            ("[package", Severity::Error, "`stryke.toml` is not valid TOML", "[package"),
            ("package = 3", Severity::Error, "`package` is an integer", "3"),
            ("[package]\nname = 3", Severity::Error, "`package.name` is an integer", "3"),
            ("[package]\nname = ''", Severity::Error, "`package.name` is empty", "''"),
            (
                "[package]\nverison = '1'",
                Severity::Warning,
                "`package` has an unknown key `verison`",
                "verison",
            ),
            ("plugins = []", Severity::Error, "`plugins` is an array", "[]"),
            ("[plugins]\na = 1", Severity::Error, "`plugins.a` is neither a version nor a table", "1"),
            ("[plugins]\na = ''", Severity::Error, "`plugins.a` is empty", "''"),
            ("[plugins]\n'' = '1'", Severity::Error, "a plugin has no name", "'1'"),
            (
                "[plugins]\n'a/b' = {}",
                Severity::Error,
                "`plugins.\"a/b\"` does not say where the plugin comes from",
                "{}",
            ),
            (
                "[plugins]\na = { path = 'x', url = 'y' }",
                Severity::Error,
                "`plugins.a` says more than once where the plugin comes from",
                "{ path = 'x', url = 'y' }",
            ),
            ("[plugins]\na = { path = 1 }", Severity::Error, "`plugins.a.path` is an integer", "1"),
            (
                "[plugins]\na = { path = 'x', pth = 'y' }",
                Severity::Warning,
                "`plugins.a` has an unknown key `pth`",
                "pth",
            ),
            (
                "[plugins.a]\npath = 'x'\nconfig = 'y'",
                Severity::Error,
                "`plugins.a.config` is a string",
                "'y'",
            ),
            (
                "[plugins.a]\npath = 'x'\nconfig.b = true",
                Severity::Error,
                "`plugins.a.config.b` is a boolean",
                "true",
            ),
            ("[registries.r]", Severity::Error, "`registries.r` has no `url`", "[registries.r]"),
            ("[registries]\nr = 'x'", Severity::Error, "`registries.r` is a string", "'x'"),
            (
                "[registries.r]\nurl = 'x'\nrepo = 'y'",
                Severity::Warning,
                "`registries.r` has an unknown key `repo`",
                "repo",
            ),
            ("[plugin]\na = '1'", Severity::Warning, "`stryke.toml` has an unknown table `plugin`", "plugin"),
        ];
        for (text, severity, message, place) in cases {
            let (mut manifest, diagnostics) = parse(text);
            let [diagnostic] = diagnostics.as_slice() else { panic!("{text}\n{diagnostics:?}") };
            assert_eq!((diagnostic.severity, diagnostic.message.as_str()), (*severity, *message), "{text}");
            let span = diagnostic.labels[0].span;
            if *place != "[package" {
                assert_eq!(&text[span.start..span.end], *place, "{text}");
            }
            let edit = manifest.add_plugin("z", version("1"), BTreeMap::new());
            assert_eq!(edit.is_err(), *severity == Severity::Error, "{text}");
            if edit.is_err() {
                assert_eq!(manifest.to_string(), *text, "a file with errors is written as it was");
                assert!(manifest.remove_plugin("a").is_err());
            }
        }
    }

    #[test]
    fn a_misspelt_key_brings_the_right_one() {
        let hint = |text| parse(text).1[0].clone();
        assert_eq!(hint("[package]\nverison = '1'").hints, ["did you mean `version`?"]);
        assert_eq!(hint("[plugin]").hints, ["did you mean `plugins`?"]);
        let far = hint("[plugins.a]\npath = 'x'\nquite-other = 1");
        assert_eq!(far.notes, ["known are `path`, `url`, `version`, `config`"]);
    }

    #[test]
    fn an_unfinished_merge_is_recognised() {
        let text = "[plugins]\n<<<<<<< ours\na = '1'\n=======\na = '2'\n>>>>>>> theirs\n";
        assert_eq!(parse(text).1[0].notes, ["it contains the marks of a merge that was not finished"]);
    }

    /// Adding a plugin or changing its origin, before and after.
    #[test]
    fn adding_keeps_everything_else() {
        let config = strings(&[("k", "v")]);
        let none = strings(&[]);
        let cases: &[(&str, PluginOrigin, &BTreeMap<String, String>, &str)] = &[
            ("", version("1"), &none, "[plugins]\na = \"1\"\n"),
            ("", path("x"), &config, "[plugins]\na = { path = \"x\", config = { k = \"v\" } }\n"),
            (
                "[package]\nname = 'x'\n# end\n",
                version("1"),
                &none,
                "[package]\nname = 'x'\n\n[plugins]\na = \"1\"\n# end\n",
            ),
            (
                "# top\n[plugins] # mine\nb = '1'   # b\n\n[deps]\nx = 1\n",
                version("1"),
                &none,
                "# top\n[plugins] # mine\nb = '1'   # b\na = \"1\"\n\n[deps]\nx = 1\n",
            ),
            ("[plugins]\na  =  '1' # keep\n", version("2"), &none, "[plugins]\na  =  \"2\" # keep\n"),
            ("[plugins]\na = '1' # keep\n", path("x"), &none, "[plugins]\na = { path = \"x\" } # keep\n"),
            (
                "[plugins]\na = { path = 'x', other = 1 } # keep\n",
                path("y"),
                &none,
                "[plugins]\na = { path = \"y\", other = 1 } # keep\n",
            ),
            (
                "[plugins.a]\nversion = '1' # v\n# c\nconfig.j = 'w'\n",
                version("2"),
                &config,
                "[plugins.a]\nversion = \"2\" # v\n# c\nconfig.j = 'w'\nconfig.k = \"v\"\n",
            ),
            (
                "[plugins.b]\npath = 'x'\n",
                version("1"),
                &none,
                "[plugins]\na = \"1\"\n[plugins.b]\npath = 'x'\n",
            ),
            ("plugins = { b = '1' }\n", version("1"), &none, "plugins = { b = '1' , a = \"1\" }\n"),
            ("plugins.b = '1'\n", version("1"), &none, "plugins.b = '1'\nplugins.a = \"1\"\n"),
            ("[plugins]\r\nb = '1'\r\n", version("1"), &none, "[plugins]\r\nb = '1'\r\na = \"1\"\r\n"),
            ("\u{feff}[plugins]\n", version("1"), &none, "\u{feff}[plugins]\na = \"1\"\n"),
        ];
        for (before, origin, config, after) in cases {
            let (mut manifest, _) = parse(before);
            manifest.add_plugin("a", origin.clone(), (*config).clone()).unwrap();
            assert_eq!(manifest.to_string(), *after, "{before}");
            assert_eq!(manifest.plugin("a").unwrap().origin, *origin);
        }
    }

    #[test]
    fn ids_and_texts_are_quoted_as_they_need() {
        let mut manifest = valid("");
        manifest.add_plugin("acme/x", path("C:\\it's \"here\"\n"), strings(&[("a b", "é")])).unwrap();
        let again = valid(&manifest.to_string());
        let plugin = again.plugin("acme/x").unwrap();
        assert_eq!(plugin.origin, path("C:\\it's \"here\"\n"));
        assert_eq!(plugin.config, strings(&[("a b", "é")]));
    }

    #[test]
    fn removing_keeps_everything_else() {
        let mut manifest = valid(FULL);
        for id in ["acme/artifactory", "acme/auth"] {
            assert!(manifest.remove_plugin(id).unwrap());
            assert!(!manifest.remove_plugin(id).unwrap());
            assert!(manifest.plugin(id).is_none());
        }
        let text = manifest.to_string();
        let again = valid(&text);
        let ids: Vec<_> = again.plugins().iter().map(|plugin| plugin.id.as_str()).collect();
        assert_eq!(ids, ["sbom", "acme/osv"]);
        assert!(text.contains("sbom = { path = \"../sbom/plugin.wasm\" } # local\n"), "{text}");
        assert!(text.starts_with("# A shop.\n[package]\nname = \"shop\" # the name\n"), "{text}");
        let mut untouched = valid("a = 1");
        assert!(!untouched.remove_plugin("x").unwrap());
        assert_eq!(untouched.to_string(), "a = 1");
    }

    fn origins() -> impl Strategy<Value = PluginOrigin> {
        prop_oneof![
            "\\PC{1,8}".prop_map(PluginOrigin::Path),
            "\\PC{1,8}".prop_map(PluginOrigin::Url),
            "\\PC{1,8}".prop_map(PluginOrigin::Version),
        ]
    }

    proptest! {
        /// The parsed text after any edits says what the edited value says.
        #[test]
        fn edits_and_a_fresh_parse_agree(
            start in proptest::sample::select(vec!["", FULL, "plugins.a.path = 'x'", "plugins = { }", "[plugins.a]\nurl='y'"]),
            edits in proptest::collection::vec(
                ("[ab]|acme/auth|sbom|\\PC{1,3}", proptest::option::of((origins(), proptest::collection::btree_map("[a-c ]{1,2}", "\\PC{0,4}", 0..3)))),
                0..8,
            ),
        ) {
            let mut manifest = valid(start);
            for (id, edit) in edits {
                match edit {
                    Some((origin, config)) => manifest.add_plugin(&id, origin, config).unwrap(),
                    None => drop(manifest.remove_plugin(&id).unwrap()),
                }
            }
            let text = manifest.to_string();
            let (again, diagnostics) = parse(&text);
            prop_assert!(diagnostics.is_empty(), "{}\n{:?}", text, diagnostics);
            let sorted = |manifest: &ProjectManifest| {
                let mut plugins: Vec<_> = manifest.plugins().iter().cloned().map(|plugin| PluginRequest { span: None, ..plugin }).collect();
                plugins.sort_by(|a, b| a.id.cmp(&b.id));
                plugins
            };
            prop_assert_eq!(sorted(&manifest), sorted(&again));
            prop_assert_eq!(manifest.package(), again.package());
            prop_assert_eq!(manifest.registries().len(), again.registries().len());
        }

        #[test]
        fn no_text_panics(text in "([a-z\\[\\]{}=\"'.,# \r\n\u{feff}]|plugins|package|path|\\PC){0,60}") {
            let (mut manifest, diagnostics) = parse(&text);
            for label in diagnostics.iter().flat_map(|diagnostic| &diagnostic.labels) {
                prop_assert!(text.get(label.span.start..label.span.end).is_some(), "{:?}", diagnostics);
            }
            let _ = manifest.add_plugin("a", version("1"), BTreeMap::new());
            let _ = manifest.to_string();
        }
    }
}
