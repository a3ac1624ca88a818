//! Changes to `[plugins]` that leave everything else as it was written.

use std::collections::BTreeMap;
use std::fmt;

use toml_edit::{Array, InlineTable, Item, Table, TableLike, Value};

use super::{PluginOrigin, PluginRequest, ProjectManifest, RegistryEntry};
use crate::ProjectError;

impl ProjectManifest {
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
        let table = self.table_mut("plugins")?;
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
        let removed = self.table_mut("plugins")?.remove(id).is_some();
        self.plugins.retain(|plugin| plugin.id != id);
        self.edited |= removed;
        Ok(removed)
    }

    /// Adds a table `[registries.NAME]`, in place of the one with that name.
    ///
    /// # Errors
    /// [`ProjectError::NotEditable`].
    pub fn set_registry(&mut self, entry: &RegistryEntry) -> Result<(), ProjectError> {
        let mut table = Table::new();
        table.insert("url", Item::Value(entry.url.as_str().into()));
        for (key, text) in [("plugin", &entry.plugin), ("auth", &entry.auth)] {
            if let Some(text) = text {
                table.insert(key, Item::Value(text.as_str().into()));
            }
        }
        for (key, texts) in [("scopes", &entry.scopes), ("mirrors", &entry.mirrors)] {
            if !texts.is_empty() {
                let texts: Array = texts.iter().map(String::as_str).collect();
                table.insert(key, Item::Value(Value::Array(texts)));
            }
        }
        if !entry.config.is_empty() {
            let config = entry.config.iter().map(|(key, text)| (key.as_str(), text.as_str()));
            table.insert("config", Item::Value(Value::InlineTable(config.collect())));
        }
        self.table_mut("registries")?.insert(&entry.name, Item::Table(table));
        self.edited = true;
        self.registries.retain(|other| other.name != entry.name);
        self.registries.push(entry.clone());
        Ok(())
    }

    /// The table of a name, made when it is missing.
    pub(super) fn table_mut(&mut self, name: &str) -> Result<&mut dyn TableLike, ProjectError> {
        let not_editable = || ProjectError::NotEditable { name: self.source.name.clone() };
        let Some(document) = &mut self.document else { return Err(not_editable()) };
        let item = document.entry(name).or_insert_with(|| {
            let mut table = Table::new();
            // Without entries of its own, as these have none, it needs no header.
            table.set_implicit(matches!(name, "groups" | "registries"));
            Item::Table(table)
        });
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
    use super::super::testing::*;
    use super::*;
    use proptest::prelude::*;

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
                "# top\n[plugins] # mine\nb = '1'   # b\n\n[deps]\nx = '1'\n",
                version("1"),
                &none,
                "# top\n[plugins] # mine\nb = '1'   # b\na = \"1\"\n\n[deps]\nx = '1'\n",
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
        let mut untouched = valid("[scripts]\na = 'x'\n");
        assert!(!untouched.remove_plugin("x").unwrap());
        assert_eq!(untouched.to_string(), "[scripts]\na = 'x'\n");
    }

    #[test]
    fn a_registry_is_written_as_it_is_read() {
        let full = valid(FULL);
        let entry = &full.registries()[0];
        let mut manifest = valid("# mine\n[deps]\n");
        manifest.set_registry(entry).unwrap();
        manifest.set_registry(entry).unwrap();
        let again = valid(&manifest.to_string());
        let [read] = again.registries() else { panic!("{manifest}") };
        assert_eq!(*read, RegistryEntry { span: read.span, ..entry.clone() });
        assert!(manifest.to_string().starts_with("# mine\n"), "{manifest}");
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
