//! `[[registry]]`: a registry that packages of the lock come from, and that signs what it says.
//!
//! Packages name it by what it is, so that one that moves changes one line here and none of theirs. Its
//! keys are there so that a machine that never asked it knows which to expect.

use std::collections::BTreeMap;
use std::fmt;

use s_diag::Span;
use toml_edit::{Array, Table, Value};

use super::package::{Entry as PackageEntry, PackageSource};
use super::{unknown_fields, write_fields};
use crate::toml::{Reader, place};

const KEYS: [&str; 5] = ["id", "url", "number", "threshold", "keys"];

/// One `[[registry]]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LockedRegistry {
    /// Which registry it is.
    pub id: String,
    /// Its address.
    pub url: String,
    /// The number of its keys: how many times they were stated.
    pub number: u64,
    /// How many of the keys have to sign.
    pub threshold: u64,
    /// The keys, as C2SP writes them.
    pub keys: Vec<String>,
}

#[derive(Clone, Debug)]
pub(super) struct Entry {
    pub(super) registry: LockedRegistry,
    /// Keys that a later version of `s` wrote.
    pub(super) rest: Table,
}

pub(super) type Registries = BTreeMap<String, Entry>;

impl Entry {
    pub(super) fn new(registry: LockedRegistry) -> Entry {
        Entry { registry, rest: Table::new() }
    }
}

impl fmt::Display for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let LockedRegistry { id, url, number, threshold, keys } = &self.registry;
        let whole = |number: u64| Value::from(i64::try_from(number).unwrap_or(i64::MAX));
        let keys: Array = keys.iter().map(String::as_str).collect();
        let known: [(&str, Value); 5] = [
            ("id", id.as_str().into()),
            ("url", url.as_str().into()),
            ("number", whole(*number)),
            ("threshold", whole(*threshold)),
            ("keys", keys.into()),
        ];
        writeln!(f, "[[registry]]")?;
        for (key, value) in known {
            writeln!(f, "{key} = {value}")?;
        }
        write_fields(f, &self.rest)
    }
}

/// Reads all of them; one that is wrong is left out and reported.
pub(super) fn read(reader: &mut Reader, root: &Table) -> Registries {
    let mut found = Registries::new();
    let Some((key, item)) = root.get_key_value("registry") else { return found };
    let Some(tables) = item.as_array_of_tables() else {
        reader.error("`registry` is not a list of tables", place(key, item), "expected `[[registry]]`");
        return found;
    };
    for table in tables {
        let span = table.span().map_or(Span { start: 0, end: 0 }, Span::from);
        let Some(registry) = registry(reader, table, span) else { continue };
        let entry = Entry { registry, rest: unknown_fields(table, &KEYS) };
        let is_same = |other: &Entry| other.registry.url == entry.registry.url;
        if found.contains_key(&entry.registry.id) || found.values().any(is_same) {
            reader.error(format!("registry `{}` is locked twice", entry.registry.id), span, "");
            continue;
        }
        found.insert(entry.registry.id.clone(), entry);
    }
    found
}

fn registry(reader: &mut Reader, table: &Table, span: Span) -> Option<LockedRegistry> {
    for key in KEYS {
        if !table.contains_key(key) {
            reader.error(format!("a locked registry has no `{key}`"), span, "");
            return None;
        }
    }
    let mut number = |key: &str| {
        let (item_key, item) = table.get_key_value(key)?;
        let number = item.as_integer().and_then(|number| u64::try_from(number).ok());
        if number.is_none() {
            reader.error(format!("`registry.{key}` is no number"), place(item_key, item), "");
        }
        number
    };
    let (number, threshold) = (number("number"), number("threshold"));
    let (id, url) = (reader.string(table, "registry", "id"), reader.string(table, "registry", "url"));
    let keys = reader.list(table, "registry", "keys");
    Some(LockedRegistry { id: id?, url: url?, number: number?, threshold: threshold?, keys })
}

/// Gives packages that name a registry by what it is the address of that registry.
pub(super) fn with_addresses(registries: &Registries, packages: &mut [PackageEntry]) {
    for entry in packages {
        if let PackageSource::Registry(named) = &mut entry.package.source
            && let Some(found) = registries.get(named)
        {
            named.clone_from(&found.registry.url);
        }
    }
}

/// How a package's source is written: by what the registry is, where that is known.
pub(super) fn written(registries: &Registries, source: &PackageSource) -> PackageSource {
    let PackageSource::Registry(url) = source else { return source.clone() };
    let found = registries.values().find(|entry| entry.registry.url == *url);
    PackageSource::Registry(found.map_or_else(|| url.clone(), |entry| entry.registry.id.clone()))
}

#[cfg(test)]
mod tests {
    use s_diag::Source;

    use super::super::{LOCK_NAME, ProjectLock};
    use super::*;

    const LOCK: &str = r#"# Auto-generated. Do not edit.
version = 2
manifest-hash = "sha256-9ed0e0a0f8e3a1fd0d13a2b6c0e5c4f8ba7816bf8f01cfea414140de5dae2223"

[[registry]]
id = "packages.example"
url = "https://packages.example"
number = 1
threshold = 1
keys = ["packages.example+00000000+AQ=="]

[[package]]
name = "http"
version = "2.1.0"
source = "registry+packages.example"
integrity = "sha256-b03d4acf8d9b15e24d0ae6af9db00d7adc72da08c2d9a70e0dcd0ed3a8af6f5a"

[[package]]
name = "other"
version = "1.0.0"
source = "registry+https://other.example"
integrity = "sha256-b03d4acf8d9b15e24d0ae6af9db00d7adc72da08c2d9a70e0dcd0ed3a8af6f5a"
"#;

    fn parse(text: &str) -> (ProjectLock, Vec<String>) {
        let (lock, diagnostics) = ProjectLock::parse(Source::new(LOCK_NAME, text));
        (lock, diagnostics.into_iter().map(|diagnostic| diagnostic.message).collect())
    }

    fn sources(lock: &ProjectLock) -> Vec<String> {
        lock.packages().map(|package| package.source.to_string()).collect()
    }

    #[test]
    fn packages_name_a_registry_by_what_it_is() {
        // The quick reader and the general one.
        for text in [LOCK.to_owned(), LOCK.replace("number = 1", "number = 1 # x")] {
            let (lock, mistakes) = parse(&text);
            assert_eq!(mistakes, [""; 0]);
            assert_eq!(
                sources(&lock),
                ["registry+https://packages.example", "registry+https://other.example"]
            );
            assert_eq!(lock.to_string(), LOCK);
        }
    }

    #[test]
    fn one_that_moves_is_a_change_of_one_line() {
        let (mut lock, _) = parse(LOCK);
        let moved = LockedRegistry {
            url: "https://new.example".to_owned(),
            ..lock.registries().next().unwrap().clone()
        };
        let mut packages: Vec<_> = lock.packages().cloned().collect();
        packages[0].source = PackageSource::Registry(moved.url.clone());
        let hash = *lock.manifest_hash().unwrap();
        lock.set_packages(hash, packages, vec![moved]).unwrap();
        assert_eq!(lock.to_string(), LOCK.replace("https://packages.example", "https://new.example"));
        // Without what signs, a lock is what it always was.
        let packages = lock.packages().cloned().collect();
        lock.set_packages(hash, packages, Vec::new()).unwrap();
        let text = lock.to_string();
        assert!(text.contains("version = 1\n") && text.contains("registry+https://new.example"), "{text}");
    }

    #[test]
    fn packages_move_with_their_registry() {
        let (mut lock, _) = parse(LOCK);
        assert!(lock.move_registry("packages.example", "https://new.example"));
        assert!(!lock.move_registry("other", "https://new.example"));
        assert_eq!(sources(&lock), ["registry+https://new.example", "registry+https://other.example"]);
        assert_eq!(lock.to_string(), LOCK.replace("https://packages.example", "https://new.example"));
    }

    #[test]
    fn mistakes_are_errors() {
        let entry = &LOCK[LOCK.find("[[registry]]").unwrap()..LOCK.find("[[package]]").unwrap()];
        for (from, to, message) in [
            ("id = \"packages.example\"\n", "", "a locked registry has no `id`"),
            ("number = 1", "number = -1", "`registry.number` is no number"),
            ("threshold = 1", "threshold = \"1\"", "`registry.threshold` is no number"),
            ("[[registry]]\n", "[registry]\n", "`registry` is not a list of tables"),
            (entry, &format!("{entry}{entry}"), "registry `packages.example` is locked twice"),
            ("keys = [", "keys = [1, ", "`registry.keys` has an integer in it"),
        ] {
            let text = LOCK.replacen(from, to, 1);
            let (lock, mistakes) = parse(&text);
            assert!(text != LOCK && mistakes.iter().any(|found| found == message), "{message}: {mistakes:?}");
            assert_eq!(lock.to_string(), text);
        }
    }

    #[test]
    fn what_a_newer_s_noted_stays() {
        let text = LOCK.replace("threshold = 1\n", "threshold = 1\nlater = 1\n");
        let (lock, mistakes) = parse(&text);
        assert!(mistakes.is_empty() && lock.to_string().contains("AQ==\"]\nlater = 1\n"), "{lock}");
    }
}
