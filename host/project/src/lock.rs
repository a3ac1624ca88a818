//! `stryke.lock`: exactly which packages and plugins a project uses.
//!
//! The same content has the same bytes: entries are sorted and written in one form, one field a
//! line, so that two branches merge where they do not touch the same package. There is no time in
//! it and no version of `s`. What belongs to others is kept behind it as it was. A lock never
//! grants anything.
//!
//! ```toml
//! # Auto-generated. Do not edit.
//! version = 1
//! manifest-hash = "sha256-…"
//!
//! [[package]]
//! name = "http"
//! version = "2.1.0"
//! source = "registry+https://packages.example"
//! integrity = "sha256-…"
//! features = ["default"]
//! deps = ["json@1.4.0"]
//!
//! [[plugin]]
//! id = "acme/artifactory"
//! version = "1.4.2"
//! source = "path+../artifactory.wasm"
//! integrity = "sha256-…"
//! worlds = ["stryke:registry/registry-plugin@0.1"]
//! capabilities = "sha256-…"
//! ```

mod merge;
mod package;
mod plain;
mod registry;

use std::collections::BTreeMap;
use std::fmt;

use s_diag::{Code, Diagnostic, Source, Span};
use s_store::Sha256Digest;
use toml_edit::{Array, DocumentMut, Item, Table, TableLike, Value};

pub use merge::{MergeConflict, MergeError, Merged};
pub use package::{LockedDependency, LockedPackage, PackageSource};
pub use registry::LockedRegistry;

use crate::ProjectError;
use crate::toml::{Reader, entries, has_conflict_markers, place};

/// The name of the lock file.
pub const LOCK_NAME: &str = "stryke.lock";

/// The newest version of the form that is read. It is written where a registry signs what it says; all
/// other locks are what version 1 had.
pub const LOCK_VERSION: i64 = 2;

const HEADER: &str = "# Auto-generated. Do not edit.";
const PLUGIN_KEYS: [&str; 6] = ["id", "version", "source", "integrity", "worlds", "capabilities"];

/// A parsed lock, or a new one.
#[derive(Clone, Debug, Default)]
pub struct ProjectLock {
    /// The text, when it has errors.
    broken: Option<Source>,
    plugins: BTreeMap<String, Entry>,
    /// Those that sign what they say, by what they are.
    registries: registry::Registries,
    /// Sorted by name, version and source.
    packages: Vec<package::Entry>,
    manifest_hash: Option<Sha256Digest>,
    /// Everything else.
    rest: DocumentMut,
}

/// One `[[plugin]]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LockedPlugin {
    /// The id.
    pub id: String,
    /// The version its manifest states.
    pub version: String,
    /// Where it came from, such as `path+../a.wasm` or `url+https://plugins.example/a.wasm`.
    pub source: String,
    /// The digest of the bytes of its component.
    pub integrity: Sha256Digest,
    /// The worlds it implements.
    pub worlds: Vec<String>,
    /// The digest of the capabilities and limits it asks for.
    pub capabilities: Sha256Digest,
}

#[derive(Clone, Debug)]
struct Entry {
    plugin: LockedPlugin,
    /// Keys that a later version of `s` wrote.
    rest: Table,
}

impl ProjectLock {
    /// Parses a text. What is wrong is left out of the result and reported; with an error among
    /// the diagnostics the result cannot be edited and is written as it was read.
    pub fn parse(source: Source) -> (ProjectLock, Vec<Diagnostic>) {
        match plain::read(&source.text) {
            Some(plain) => (ProjectLock::plain(plain), Vec::new()),
            None => ProjectLock::parse_with_places(source),
        }
    }

    /// Takes what has nothing in it that is not known here.
    fn plain(plain: plain::Plain) -> ProjectLock {
        let entry = |package| package::Entry { package, rest: Table::new() };
        let plugin = |plugin: LockedPlugin| (plugin.id.clone(), Entry { plugin, rest: Table::new() });
        let registry = |registry: LockedRegistry| (registry.id.clone(), registry::Entry::new(registry));
        ProjectLock {
            packages: plain.packages.into_iter().map(entry).collect(),
            registries: plain.registries.into_iter().map(registry).collect(),
            plugins: plain.plugins.into_iter().map(plugin).collect(),
            manifest_hash: plain.manifest_hash,
            ..ProjectLock::default()
        }
    }

    /// Reads any text, and knows where everything stands.
    fn parse_with_places(source: Source) -> (ProjectLock, Vec<Diagnostic>) {
        let mut reader = Reader::new(source.clone(), Code::LOCK_CONTENT);
        let mut lock = ProjectLock::default();
        if let Some(document) = reader.document() {
            // A newer form may say anything, so that nothing but its number is looked at.
            if version(&mut reader, document.as_table()) {
                lock.plugins = plugins(&mut reader, document.as_table());
                lock.registries = registry::read(&mut reader, document.as_table());
                lock.packages = package::read(&mut reader, document.as_table());
                registry::with_addresses(&lock.registries, &mut lock.packages);
                if document.contains_key("manifest-hash") {
                    lock.manifest_hash = digest(&mut reader, document.as_table(), "lock", "manifest-hash");
                }
            }
            lock.rest = document.into_mut();
            for ours in ["version", "manifest-hash", "registry", "package", "plugin"] {
                lock.rest.remove(ours);
            }
        } else if has_conflict_markers(&source.text) {
            unfinished_merge(&mut reader);
        }
        lock.broken = reader.has_errors().then_some(source);
        (lock, reader.diagnostics)
    }

    /// The packages, sorted by name, version and source.
    pub fn packages(&self) -> impl Iterator<Item = &LockedPackage> {
        self.packages.iter().map(|entry| &entry.package)
    }

    /// The digest of what the packages were resolved for; none where nobody resolved anything.
    pub fn manifest_hash(&self) -> Option<&Sha256Digest> {
        self.manifest_hash.as_ref()
    }

    /// The registries that sign what they say, sorted by what they are.
    pub fn registries(&self) -> impl Iterator<Item = &LockedRegistry> {
        self.registries.values().map(|entry| &entry.registry)
    }

    /// Gives a registry another address, in its packages as well; returns whether it is there.
    pub fn move_registry(&mut self, id: &str, url: &str) -> bool {
        let Some(entry) = self.registries.get_mut(id) else { return false };
        let before = PackageSource::Registry(std::mem::replace(&mut entry.registry.url, url.to_owned()));
        for entry in self.packages.iter_mut().filter(|entry| entry.package.source == before) {
            entry.package.source = PackageSource::Registry(url.to_owned());
        }
        self.packages.sort_by(|a, b| package::key(&a.package).cmp(&package::key(&b.package)));
        true
    }

    /// Replaces all packages, and what is said of registries that they come from; returns whether that
    /// changes anything. What a later version of `s` noted of one stays where it stays the same.
    ///
    /// # Errors
    /// [`ProjectError::NotEditable`].
    pub fn set_packages(
        &mut self,
        manifest_hash: Sha256Digest,
        packages: Vec<LockedPackage>,
        registries: Vec<LockedRegistry>,
    ) -> Result<bool, ProjectError> {
        self.editable()?;
        let before = self.to_string();
        self.packages = package::replace(std::mem::take(&mut self.packages), packages);
        let before_them = std::mem::take(&mut self.registries);
        let entry = |registry: LockedRegistry| match before_them.get(&registry.id) {
            Some(entry) if entry.registry == registry => (registry.id.clone(), entry.clone()),
            _ => (registry.id.clone(), registry::Entry::new(registry)),
        };
        self.registries = registries.into_iter().map(entry).collect();
        self.manifest_hash = Some(manifest_hash);
        Ok(self.to_string() != before)
    }

    /// The plugins, sorted by id.
    pub fn plugins(&self) -> impl Iterator<Item = &LockedPlugin> {
        self.plugins.values().map(|entry| &entry.plugin)
    }

    /// The plugin with an id.
    pub fn plugin(&self, id: &str) -> Option<&LockedPlugin> {
        self.plugins.get(id).map(|entry| &entry.plugin)
    }

    /// Where the text of a lock pins a plugin, for messages about what it pins: the value of `integrity`.
    pub fn place_of_plugin(source: &Source, id: &str) -> Option<Span> {
        let document = Reader::new(source.clone(), Code::LOCK_CONTENT).document()?;
        let is_it = |table: &&Table| table.get("id").and_then(Item::as_str) == Some(id);
        let table = document.get("plugin")?.as_array_of_tables()?.iter().find(is_it)?;
        table.get("integrity")?.span().map(Span::from)
    }

    /// Where the text of a lock says where a package comes from: the value of its `source`.
    pub fn place_of_package(source: &Source, package: &LockedPackage) -> Option<Span> {
        let document = Reader::new(source.clone(), Code::LOCK_CONTENT).document()?;
        let mut reader = Reader::new(source.clone(), Code::LOCK_CONTENT);
        let registries = registry::read(&mut reader, document.as_table());
        let from = registry::written(&registries, &package.source).to_string();
        let version = package.version.to_string();
        let fields = [("name", package.name.as_str()), ("version", &version), ("source", &from)];
        let is_it = |table: &&Table| {
            fields.iter().all(|(key, value)| table.get(key).and_then(Item::as_str) == Some(*value))
        };
        let table = document.get("package")?.as_array_of_tables()?.iter().find(is_it)?;
        table.get("source")?.span().map(Span::from)
    }

    /// Adds a plugin or replaces the one with its id; returns whether that changes anything.
    ///
    /// # Errors
    /// [`ProjectError::NotEditable`].
    pub fn set_plugin(&mut self, plugin: LockedPlugin) -> Result<bool, ProjectError> {
        self.editable()?;
        if self.plugin(&plugin.id) == Some(&plugin) {
            return Ok(false);
        }
        // What a later version of `s` knew of the old one need not be true of the new one.
        self.plugins.insert(plugin.id.clone(), Entry { plugin, rest: Table::new() });
        Ok(true)
    }

    /// Removes the plugin with an id; returns whether there was one.
    ///
    /// # Errors
    /// [`ProjectError::NotEditable`].
    pub fn remove_plugin(&mut self, id: &str) -> Result<bool, ProjectError> {
        self.editable()?;
        Ok(self.plugins.remove(id).is_some())
    }

    fn editable(&self) -> Result<(), ProjectError> {
        match &self.broken {
            Some(source) => Err(ProjectError::NotEditable { name: source.name.clone() }),
            None => Ok(()),
        }
    }
}

impl fmt::Display for ProjectLock {
    /// Writes the text of the file.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(source) = &self.broken {
            return f.write_str(&source.text);
        }
        let version = if self.registries.is_empty() { 1 } else { LOCK_VERSION };
        writeln!(f, "{HEADER}\nversion = {version}")?;
        if let Some(hash) = &self.manifest_hash {
            writeln!(f, "manifest-hash = \"{hash}\"")?;
        }
        // Single values have to come before the first table.
        let (mut values, mut tables) = (self.rest.clone(), self.rest.clone());
        values.retain(|_, item| is_line(item));
        values.set_trailing("");
        tables.retain(|_, item| !is_line(item));
        write_rest(f, "", &values)?;
        for registry in self.registries.values() {
            write!(f, "\n{registry}")?;
        }
        for entry in &self.packages {
            let mut entry = entry.clone();
            entry.package.source = registry::written(&self.registries, &entry.package.source);
            write!(f, "\n{entry}")?;
        }
        for entry in self.plugins.values() {
            write!(f, "\n{entry}")?;
        }
        write_rest(f, "\n", &tables)
    }
}

impl fmt::Display for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let plugin = &self.plugin;
        let worlds: Array = plugin.worlds.iter().map(String::as_str).collect();
        let known: [(&str, Value); 6] = [
            ("id", plugin.id.as_str().into()),
            ("version", plugin.version.as_str().into()),
            ("source", plugin.source.as_str().into()),
            ("integrity", plugin.integrity.to_string().into()),
            ("worlds", worlds.into()),
            ("capabilities", plugin.capabilities.to_string().into()),
        ];
        writeln!(f, "[[plugin]]")?;
        for (key, value) in known {
            writeln!(f, "{key} = {value}")?;
        }
        write_fields(f, &self.rest)
    }
}

/// Whether an item is written in lines without a header, as `a = 1` and `a.b = 1` are.
fn is_line(item: &Item) -> bool {
    item.is_value() || item.as_table().is_some_and(Table::is_dotted)
}

/// Writes what a later version of `s` said of an entry.
fn write_fields(f: &mut fmt::Formatter<'_>, rest: &Table) -> fmt::Result {
    for (key, item) in rest {
        writeln!(f, "{} = {item}", toml_edit::Key::new(key).display_repr())?;
    }
    Ok(())
}

/// The keys of an entry that are not known, with values that can be written again.
fn unknown_fields(table: &Table, known: &[&str]) -> Table {
    let mut rest = Table::new();
    for (key, item) in entries(table) {
        if !known.contains(&key.get())
            && let Ok(mut value) = item.clone().into_value()
        {
            value.decor_mut().clear();
            rest.insert(key.get(), Item::Value(value));
        }
    }
    rest
}

fn write_rest(f: &mut fmt::Formatter<'_>, before: &str, document: &DocumentMut) -> fmt::Result {
    let text = document.to_string();
    let lines: Vec<&str> = text.lines().filter(|line| *line != HEADER).collect();
    let text = lines.join("\n");
    let text = text.trim_matches('\n');
    if text.is_empty() { Ok(()) } else { writeln!(f, "{before}{text}") }
}

/// Says what to do about a merge that git left unfinished.
fn unfinished_merge(reader: &mut Reader) {
    let name = &reader.source.name;
    let hints = [
        format!("keep one side and resolve again: git checkout --ours -- {name} && s lock"),
        format!(
            "or merge entry by entry: s lock --merge BASE OURS THEIRS, which git show :1:{name}, :2: and :3: give"
        ),
    ];
    if let Some(diagnostic) = reader.diagnostics.last_mut() {
        diagnostic.hints.extend(hints);
    }
}

/// Returns whether the form is one that can be read.
fn version(reader: &mut Reader, root: &Table) -> bool {
    let Some((key, item)) = root.get_key_value("version") else {
        let name = reader.source.name.clone();
        reader.error(format!("`{name}` has no `version`"), Span { start: 0, end: 0 }, "");
        return false;
    };
    let span = place(key, item);
    match item.as_integer() {
        Some(1..=LOCK_VERSION) => true,
        Some(newer) if newer > LOCK_VERSION => {
            let message =
                format!("`{}` has version {newer}, which is newer than this `s`", reader.source.name);
            let diagnostic = Diagnostic::error(Code::LOCK_VERSION, message)
                .at(&reader.source, span, "")
                .note(format!("this `s` reads versions up to {LOCK_VERSION}"))
                .hint("update s");
            reader.diagnostics.push(diagnostic);
            false
        }
        _ => {
            reader.error("there is no such version of a lock", span, format!("expected 1 to {LOCK_VERSION}"));
            false
        }
    }
}

fn plugins(reader: &mut Reader, root: &Table) -> BTreeMap<String, Entry> {
    let mut found = BTreeMap::new();
    let Some((key, item)) = root.get_key_value("plugin") else { return found };
    let Some(tables) = item.as_array_of_tables() else {
        reader.error("`plugin` is not a list of tables", place(key, item), "expected `[[plugin]]`");
        return found;
    };
    for table in tables {
        let span = table.span().map_or(Span { start: 0, end: 0 }, Span::from);
        let Some(plugin) = plugin(reader, table, span) else { continue };
        let rest = unknown_fields(table, &PLUGIN_KEYS);
        let id = plugin.id.clone();
        if found.insert(id.clone(), Entry { plugin, rest }).is_some() {
            reader.error(format!("plugin `{id}` is locked twice"), span, "");
        }
    }
    found
}

fn plugin(reader: &mut Reader, table: &Table, span: Span) -> Option<LockedPlugin> {
    let mut complete = true;
    for key in PLUGIN_KEYS {
        if !table.contains_key(key) {
            reader.error(format!("a locked plugin has no `{key}`"), span, "");
            complete = false;
        }
    }
    if !complete {
        return None;
    }
    let id = reader.string(table, "plugin", "id");
    let version = reader.string(table, "plugin", "version");
    let source = reader.string(table, "plugin", "source");
    let integrity = digest(reader, table, "plugin", "integrity");
    let worlds = worlds(reader, table);
    let capabilities = digest(reader, table, "plugin", "capabilities");
    Some(LockedPlugin {
        id: id?,
        version: version?,
        source: source?,
        integrity: integrity?,
        worlds: worlds?,
        capabilities: capabilities?,
    })
}

fn digest(reader: &mut Reader, table: &dyn TableLike, name: &str, key: &str) -> Option<Sha256Digest> {
    let text = reader.string(table, name, key)?;
    let digest = text.parse().ok();
    if digest.is_none()
        && let Some((found, item)) = table.get_key_value(key)
    {
        reader.error(format!("`{name}.{key}` is not a digest"), place(found, item), "expected `sha256-...`");
    }
    digest
}

fn worlds(reader: &mut Reader, table: &dyn TableLike) -> Option<Vec<String>> {
    let (key, item) = table.get_key_value("worlds")?;
    let worlds = item.as_array().and_then(|array| {
        array.iter().map(|value| value.as_str().map(str::to_owned)).collect::<Option<Vec<_>>>()
    });
    if worlds.is_none() {
        reader.error("`plugin.worlds` is not a list of strings", place(key, item), "");
    }
    worlds
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn parse(text: &str) -> (ProjectLock, Vec<Diagnostic>) {
        ProjectLock::parse(Source::new(LOCK_NAME, text))
    }

    fn valid(text: &str) -> ProjectLock {
        let (lock, diagnostics) = parse(text);
        assert!(diagnostics.is_empty(), "{text}\n{diagnostics:?}");
        lock
    }

    fn locked(id: &str) -> LockedPlugin {
        LockedPlugin {
            id: id.to_owned(),
            version: "1.4.2".to_owned(),
            source: "path+../a.wasm".to_owned(),
            integrity: Sha256Digest::of(id.as_bytes()),
            worlds: vec!["stryke:registry/registry-plugin@0.1".to_owned()],
            capabilities: Sha256Digest::of(b"capabilities"),
        }
    }

    const TWO: &str = r#"# Auto-generated. Do not edit.
version = 1

[[plugin]]
id = "acme/a"
version = "1.4.2"
source = "path+../a.wasm"
integrity = "sha256-b03d4acf8d9b15e24d0ae6af9db00d7adc72da08c2d9a70e0dcd0ed3a8af6f5a"
worlds = ["stryke:registry/registry-plugin@0.1"]
capabilities = "sha256-9ed0e0a0f8e3a1fd0d13a2b6c0e5c4f8ba7816bf8f01cfea414140de5dae2223"

[[plugin]]
id = "b"
version = "1"
source = "url+https://plugins.example/b.wasm"
integrity = "sha256-b03d4acf8d9b15e24d0ae6af9db00d7adc72da08c2d9a70e0dcd0ed3a8af6f5a"
worlds = []
capabilities = "sha256-9ed0e0a0f8e3a1fd0d13a2b6c0e5c4f8ba7816bf8f01cfea414140de5dae2223"
"#;

    #[test]
    fn the_same_content_has_the_same_bytes() {
        assert_eq!(ProjectLock::default().to_string(), "# Auto-generated. Do not edit.\nversion = 1\n");
        assert_eq!(valid(TWO).to_string(), TWO);
        let untidy = TWO
            .replace("# Auto-generated. Do not edit.\n", "# mine\n")
            .replace("version = 1\n", "version=1\n\n")
            .replace("worlds = [\"", "worlds = [ # w\n  \"")
            .replace("sha256-b03d", "sha256:B03D");
        assert_eq!(valid(&untidy).to_string(), TWO);
        let mut orders = Vec::new();
        for ids in [["z", "acme/a", "m"], ["m", "z", "acme/a"]] {
            let mut lock = ProjectLock::default();
            for id in ids {
                assert!(lock.set_plugin(locked(id)).unwrap());
                assert!(!lock.set_plugin(locked(id)).unwrap(), "nothing changes the second time");
            }
            assert_eq!(
                lock.plugins().map(|plugin| plugin.id.as_str()).collect::<Vec<_>>(),
                ["acme/a", "m", "z"]
            );
            orders.push(lock.to_string());
        }
        assert_eq!(orders[0], orders[1]);
        let again = valid(&orders[0]);
        assert_eq!(again.plugin("m"), Some(&locked("m")));
        assert_eq!(again.plugin("x"), None);
    }

    #[test]
    fn what_is_unknown_is_kept() {
        let text = TWO
            .replace("version = 1\n\n", "version = 1\nstryke = \"0.9\"\ndotted.key = 1\n\n")
            .replace("id = \"b\"\n", "id = \"b\"\npublisher = \"ed25519:7F3A\" # who\n")
            + "\n[[other]]\nname = \"json\" # kept\n\n[metadata.x]\ny = 1\n";
        let mut lock = valid(&text);
        let written = lock.to_string();
        for kept in [
            "version = 1\nstryke = \"0.9\"\ndotted.key = 1\n",
            "[[other]]\nname = \"json\" # kept\n\n[metadata.x]\ny = 1\n",
        ] {
            assert!(written.contains(kept), "{written}");
        }
        assert!(written.contains("publisher = \"ed25519:7F3A\"\n"), "{written}");
        assert_eq!(valid(&written).to_string(), written, "writing it again changes nothing");
        lock.set_plugin(locked("acme/a")).unwrap();
        assert!(lock.to_string().contains("publisher"), "another plugin was changed");
        lock.set_plugin(locked("b")).unwrap();
        assert!(!lock.to_string().contains("publisher"), "that was said of another component");
        assert!(lock.remove_plugin("b").unwrap());
        assert!(!lock.remove_plugin("b").unwrap());
        assert!(valid(&lock.to_string()).to_string().contains("[[other]]"));
    }

    #[test]
    fn mistakes_are_errors_and_the_file_stays() {
        let cut = |from: &str, to: &str| TWO.replacen(from, to, 1);
        let cases: &[(String, Code, &str)] = &[
            (String::new(), Code::LOCK_CONTENT, "`stryke.lock` has no `version`"),
            ("version = ".into(), Code::MANIFEST_SYNTAX, "`stryke.lock` is not valid TOML"),
            (
                "version = 3\nplugin = 3".into(),
                Code::LOCK_VERSION,
                "`stryke.lock` has version 3, which is newer than this `s`",
            ),
            ("version = 0".into(), Code::LOCK_CONTENT, "there is no such version of a lock"),
            ("version = '1'".into(), Code::LOCK_CONTENT, "there is no such version of a lock"),
            ("version = 1\nplugin = 3".into(), Code::LOCK_CONTENT, "`plugin` is not a list of tables"),
            (cut("id = \"acme/a\"\n", ""), Code::LOCK_CONTENT, "a locked plugin has no `id`"),
            (cut("id = \"acme/a\"", "id = \"b\""), Code::LOCK_CONTENT, "plugin `b` is locked twice"),
            (cut("integrity = ", "integrty = "), Code::LOCK_CONTENT, "a locked plugin has no `integrity`"),
            (cut("sha256-b03d", "sha256-"), Code::LOCK_CONTENT, "`plugin.integrity` is not a digest"),
            (cut("sha256-9ed0", "sha512-"), Code::LOCK_CONTENT, "`plugin.capabilities` is not a digest"),
            (
                cut("worlds = [", "worlds = [1, "),
                Code::LOCK_CONTENT,
                "`plugin.worlds` is not a list of strings",
            ),
            (cut("\"1.4.2\"", "1"), Code::LOCK_CONTENT, "`plugin.version` is an integer"),
        ];
        for (text, code, message) in cases {
            let (mut lock, diagnostics) = parse(text);
            let [diagnostic] = diagnostics.as_slice() else { panic!("{text}\n{diagnostics:?}") };
            assert_eq!((diagnostic.code, diagnostic.message.as_str()), (*code, *message), "{text}");
            assert!(lock.set_plugin(locked("z")).is_err() && lock.remove_plugin("b").is_err());
            assert_eq!(lock.to_string(), *text);
        }
    }

    #[test]
    fn conflict_markers_are_named_with_a_way_out() {
        let text =
            TWO.replace("id = \"b\"\n", "<<<<<<< HEAD\nid = \"b\"\n=======\nid = \"c\"\n>>>>>>> other\n");
        let (lock, diagnostics) = parse(&text);
        let [diagnostic] = diagnostics.as_slice() else { panic!("{diagnostics:?}") };
        assert_eq!(diagnostic.code, Code::MANIFEST_SYNTAX);
        assert_eq!(diagnostic.notes, ["it contains the marks of a merge that was not finished"]);
        for (hint, part) in
            diagnostic.hints.iter().zip(["git checkout --ours -- stryke.lock && s lock", "s lock --merge"])
        {
            assert!(hint.contains(part), "{hint}");
        }
        assert_eq!(diagnostic.hints.len(), 2);
        assert_eq!(lock.to_string(), text);
        let (_, diagnostics) = parse("version = ");
        assert!(diagnostics[0].hints.is_empty(), "{diagnostics:?}");
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(
            plugins in proptest::collection::vec(("\\PC{1,6}", "\\PC{1,6}", "\\PC{1,6}", proptest::collection::vec("\\PC{0,6}", 0..3)), 0..5)
        ) {
            let mut lock = ProjectLock::default();
            for (id, version, source, worlds) in plugins {
                lock.set_plugin(LockedPlugin { version, source, worlds, ..locked(&id) }).unwrap();
            }
            let text = lock.to_string();
            let again = valid(&text);
            prop_assert!(again.plugins().eq(lock.plugins()));
            prop_assert_eq!(again.to_string(), text);
        }

        #[test]
        fn no_text_panics(text in "(version = 1\n|plugin|\\[\\[plugin\\]\\]\n|id = 'a'\n|[a-z\\[\\]{}=\"'.,# \r\n\u{feff}]|\\PC){0,40}") {
            let (lock, diagnostics) = parse(&text);
            for label in diagnostics.iter().flat_map(|diagnostic| &diagnostic.labels) {
                prop_assert!(text.get(label.span.start..label.span.end).is_some(), "{:?}", diagnostics);
            }
            let written = lock.to_string();
            if diagnostics.is_empty() {
                prop_assert_eq!(valid(&written).to_string(), written);
            }
        }
    }
}
