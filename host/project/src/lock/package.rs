//! `[[package]]`: one package at one version from one source.
//!
//! What comes from a registry or a repository has the digest of its bytes; without one the entry is
//! an error. What is read from a folder has none: it is live. `deps` names versions, and the name
//! this package has for one where that is another: `"j5 = acme/json@5.0.0"`. `features` are all that
//! somebody turned on; who did follows from the manifests.

use std::fmt;
use std::str::FromStr;

use s_diag::Span;
use s_store::Sha256Digest;
use semver::Version;
use toml_edit::{Array, Table, Value};

use super::{digest, unknown_fields, write_fields};
use crate::PackageName;
use crate::toml::{Reader, place};

const KEYS: [&str; 9] =
    ["name", "version", "source", "reference", "integrity", "size", "tree", "features", "deps"];

/// One `[[package]]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LockedPackage {
    /// The name.
    pub name: PackageName,
    /// The version.
    pub version: Version,
    /// Where it came from.
    pub source: PackageSource,
    /// What named the commit, where it comes from a repository: as
    /// [`GitReference`](crate::GitReference) is written, such as `branch main`. A commit stays only
    /// as long as the project asks for the same.
    pub reference: Option<String>,
    /// The digest of the bytes of its archive, or of its tree when it comes from a repository; none
    /// for a folder.
    pub integrity: Option<Sha256Digest>,
    /// Bytes of its archive, where they are known.
    pub size_bytes: Option<u64>,
    /// The digest of its files, where it is known.
    pub tree: Option<Sha256Digest>,
    /// The features that somebody turned on, sorted.
    pub features: Vec<String>,
    /// What it depends on, sorted.
    pub dependencies: Vec<LockedDependency>,
}

/// Where a package came from.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PackageSource {
    /// A registry, by its address.
    Registry(String),
    /// A folder, relative to that of the lock.
    Path(String),
    /// A commit of a repository.
    Git {
        /// The address of the repository.
        url: String,
        /// The whole name of the commit.
        commit: String,
    },
}

/// A version that a package depends on.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct LockedDependency {
    /// What the package calls it.
    pub alias: String,
    /// Which package it is.
    pub name: PackageName,
    /// Which version of it.
    pub version: Version,
}

#[derive(Clone, Debug)]
pub(super) struct Entry {
    pub(super) package: LockedPackage,
    /// Keys that a later version of `s` wrote.
    pub(super) rest: Table,
}

/// What tells entries apart, in their order.
pub(super) type Key<'a> = (&'a PackageName, &'a Version, &'a PackageSource);

impl fmt::Display for PackageSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            PackageSource::Registry(url) => write!(f, "registry+{url}"),
            PackageSource::Path(path) => write!(f, "path+{path}"),
            PackageSource::Git { url, commit } => write!(f, "git+{url}#{commit}"),
        }
    }
}

impl FromStr for PackageSource {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<PackageSource, &'static str> {
        const EXPECTED: &str = "expected `registry+ADDRESS`, `path+FOLDER` or `git+ADDRESS#COMMIT`";
        let (kind, rest) = text.split_once('+').filter(|(_, rest)| !rest.is_empty()).ok_or(EXPECTED)?;
        match kind {
            "registry" => Ok(PackageSource::Registry(rest.to_owned())),
            "path" => Ok(PackageSource::Path(rest.to_owned())),
            "git" => {
                let (url, commit) = rest.rsplit_once('#').ok_or(EXPECTED)?;
                let is_commit = matches!(commit.len(), 40 | 64)
                    && commit.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
                if url.is_empty() || !is_commit {
                    return Err(EXPECTED);
                }
                Ok(PackageSource::Git { url: url.to_owned(), commit: commit.to_owned() })
            }
            _ => Err(EXPECTED),
        }
    }
}

impl fmt::Display for LockedDependency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.alias != self.name.as_str() {
            write!(f, "{} = ", self.alias)?;
        }
        write!(f, "{}@{}", self.name, self.version)
    }
}

impl FromStr for LockedDependency {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<LockedDependency, &'static str> {
        const EXPECTED: &str = "expected `NAME@VERSION` or `ALIAS = NAME@VERSION`";
        let (alias, rest) = match text.split_once(" = ") {
            Some((alias, rest)) => (Some(alias), rest),
            None => (None, text),
        };
        let (name, version) = rest.split_once('@').ok_or(EXPECTED)?;
        let name: PackageName = name.parse().map_err(|_| EXPECTED)?;
        let version = version.parse().map_err(|_| EXPECTED)?;
        let alias = alias.unwrap_or(name.as_str()).to_owned();
        Ok(LockedDependency { alias, name, version })
    }
}

impl fmt::Display for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let package = &self.package;
        let mut fields: Vec<(&str, Value)> = vec![
            ("name", package.name.as_str().into()),
            ("version", package.version.to_string().into()),
            ("source", package.source.to_string().into()),
        ];
        fields.extend(package.reference.as_ref().map(|reference| ("reference", reference.as_str().into())));
        fields.extend(package.integrity.map(|integrity| ("integrity", integrity.to_string().into())));
        let size = package.size_bytes.and_then(|size| i64::try_from(size).ok());
        fields.extend(size.map(|size| ("size", size.into())));
        fields.extend(package.tree.map(|tree| ("tree", tree.to_string().into())));
        if !package.features.is_empty() {
            let features: Array = package.features.iter().map(String::as_str).collect();
            fields.push(("features", features.into()));
        }
        write!(f, "[[package]]")?;
        for (key, value) in fields {
            write!(f, "\n{key} = {value}")?;
        }
        if !package.dependencies.is_empty() {
            write!(f, "\ndeps = [")?;
            for dependency in &package.dependencies {
                write!(f, "\n  {},", Value::from(dependency.to_string()))?;
            }
            write!(f, "\n]")?;
        }
        writeln!(f)?;
        write_fields(f, &self.rest)
    }
}

/// The key of an entry.
pub(super) fn key(package: &LockedPackage) -> Key<'_> {
    (&package.name, &package.version, &package.source)
}

pub(super) fn replace(old: Vec<Entry>, mut packages: Vec<LockedPackage>) -> Vec<Entry> {
    packages.sort_by(|a, b| key(a).cmp(&key(b)));
    packages.dedup_by(|a, b| key(a) == key(b));
    let entry = |package: LockedPackage| {
        let same = |entry: &&Entry| {
            key(&entry.package) == key(&package) && entry.package.integrity == package.integrity
        };
        let rest = old.iter().find(same).map_or_else(Table::new, |entry| entry.rest.clone());
        Entry { package, rest }
    };
    packages.into_iter().map(entry).collect()
}

pub(super) fn read(reader: &mut Reader, root: &Table) -> Vec<Entry> {
    let mut found: Vec<Entry> = Vec::new();
    let Some((item_key, item)) = root.get_key_value("package") else { return found };
    let Some(tables) = item.as_array_of_tables() else {
        reader.error("`package` is not a list of tables", place(item_key, item), "expected `[[package]]`");
        return found;
    };
    let mut places = Vec::new();
    for table in tables {
        let span = table.span().map_or(Span { start: 0, end: 0 }, Span::from);
        if let Some(package) = package(reader, table, span) {
            found.push(Entry { package, rest: unknown_fields(table, &KEYS) });
            places.push(span);
        }
    }
    let mut order: Vec<usize> = (0..found.len()).collect();
    order.sort_by(|a, b| key(&found[*a].package).cmp(&key(&found[*b].package)));
    for pair in order.windows(2) {
        let (first, second) = (&found[pair[0]].package, &found[pair[1]].package);
        if key(first) == key(second) {
            let message = format!("package `{}@{}` is locked twice", second.name, second.version);
            reader.error(message, places[pair[1]], "");
        }
    }
    dangling(reader, &found, &places);
    let mut sorted: Vec<Option<Entry>> = found.into_iter().map(Some).collect();
    order.into_iter().filter_map(|index| sorted[index].take()).collect()
}

/// A lock is closed: what a package depends on is in it.
fn dangling(reader: &mut Reader, found: &[Entry], places: &[Span]) {
    let known: std::collections::BTreeSet<(&PackageName, &Version)> =
        found.iter().map(|entry| (&entry.package.name, &entry.package.version)).collect();
    for (entry, span) in found.iter().zip(places) {
        for dependency in &entry.package.dependencies {
            if !known.contains(&(&dependency.name, &dependency.version)) {
                let package = &entry.package;
                let message = format!(
                    "`{}@{}` depends on `{}@{}`, which is not locked",
                    package.name, package.version, dependency.name, dependency.version
                );
                reader.error(message, *span, "");
            }
        }
    }
}

fn package(reader: &mut Reader, table: &Table, span: Span) -> Option<LockedPackage> {
    for required in ["name", "version", "source"] {
        if !table.contains_key(required) {
            reader.error(format!("a locked package has no `{required}`"), span, "");
            return None;
        }
    }
    let name: Option<PackageName> = parsed(reader, table, "name", "is not the name of a package");
    let version: Option<Version> = parsed(reader, table, "version", "is not a version");
    let source: Option<PackageSource> = parsed(reader, table, "source", "is not a source");
    let reference =
        table.contains_key("reference").then(|| reader.string(table, "package", "reference")).flatten();
    let optional = |reader: &mut Reader, key: &str| {
        table.contains_key(key).then(|| digest(reader, table, "package", key)).flatten()
    };
    let integrity = optional(reader, "integrity");
    let tree = optional(reader, "tree");
    let needs_integrity = !matches!(source, None | Some(PackageSource::Path(_)));
    if needs_integrity && !table.contains_key("integrity") {
        reader.error(
            "a locked package has no `integrity`",
            span,
            "nobody could tell whether it was replaced",
        );
        return None;
    }
    let size_bytes = table.get_key_value("size").and_then(|(item_key, item)| {
        let size = item.as_integer().and_then(|size| u64::try_from(size).ok());
        if size.is_none() {
            reader.error("`package.size` is not a number of bytes", place(item_key, item), "");
        }
        size
    });
    let features = reader.list(table, "package", "features");
    let mut dependencies = Vec::new();
    for text in reader.list(table, "package", "deps") {
        match text.parse::<LockedDependency>() {
            Ok(dependency) => dependencies.push(dependency),
            Err(expected) => {
                let span = table.get_key_value("deps").map_or(span, |(item_key, item)| place(item_key, item));
                reader.error(format!("`{}` is not a dependency", text.escape_debug()), span, expected);
            }
        }
    }
    dependencies.sort();
    Some(LockedPackage {
        name: name?,
        version: version?,
        source: source?,
        reference,
        integrity,
        size_bytes,
        tree,
        features,
        dependencies,
    })
}

fn parsed<T: FromStr>(reader: &mut Reader, table: &Table, key: &str, what: &str) -> Option<T>
where
    T::Err: fmt::Display,
{
    let text = reader.string(table, "package", key)?;
    match text.parse() {
        Ok(value) => Some(value),
        Err(error) => {
            let span = table.get_key_value(key).map(|(key, item)| place(key, item))?;
            reader.error(format!("`{}` {what}", text.escape_debug()), span, error.to_string());
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use s_diag::Source;

    use super::super::{LOCK_NAME, ProjectLock};
    use super::*;

    const LOCK: &str = r#"# Auto-generated. Do not edit.
version = 1
manifest-hash = "sha256-9ed0e0a0f8e3a1fd0d13a2b6c0e5c4f8ba7816bf8f01cfea414140de5dae2223"

[[package]]
name = "acme/json"
version = "5.0.0"
source = "git+https://git.example/json#0123456789abcdef0123456789abcdef01234567"
reference = "branch main"
integrity = "sha256-9ed0e0a0f8e3a1fd0d13a2b6c0e5c4f8ba7816bf8f01cfea414140de5dae2223"

[[package]]
name = "http"
version = "2.1.0"
source = "registry+https://packages.example"
integrity = "sha256-b03d4acf8d9b15e24d0ae6af9db00d7adc72da08c2d9a70e0dcd0ed3a8af6f5a"
size = 512
tree = "sha256-9ed0e0a0f8e3a1fd0d13a2b6c0e5c4f8ba7816bf8f01cfea414140de5dae2223"
features = ["default", "tls"]
deps = [
  "j5 = acme/json@5.0.0",
  "util@0.1.0",
]
later = 1

[[package]]
name = "util"
version = "0.1.0"
source = "path+../util"
"#;

    fn parse(text: &str) -> (ProjectLock, Vec<s_diag::Diagnostic>) {
        ProjectLock::parse(Source::new(LOCK_NAME, text))
    }

    #[test]
    fn s10_s11_what_is_read_is_written() {
        let (mut lock, diagnostics) = parse(LOCK);
        assert!(diagnostics.is_empty(), "{diagnostics:?}");
        assert_eq!(lock.to_string(), LOCK);
        let packages: Vec<LockedPackage> = lock.packages().cloned().collect();
        assert_eq!(packages[1].dependencies[0].alias, "j5");
        assert_eq!(packages[2].source, PackageSource::Path("../util".into()));
        let hash = *lock.manifest_hash().unwrap();
        assert!(
            !lock.set_packages(hash, packages.iter().rev().cloned().collect(), Vec::new()).unwrap(),
            "the order plays no part"
        );
        assert_eq!(lock.to_string(), LOCK);
        assert!(lock.set_packages(Sha256Digest::of(b"x"), packages[..1].to_vec(), Vec::new()).unwrap());
        assert!(!lock.to_string().contains("util"));
    }

    #[test]
    fn what_a_newer_s_noted_stays_with_the_same_bytes_only() {
        let (mut lock, _) = parse(LOCK);
        let hash = *lock.manifest_hash().unwrap();
        let mut packages: Vec<LockedPackage> = lock.packages().cloned().collect();
        packages[1].integrity = Some(Sha256Digest::of(b"other"));
        lock.set_packages(hash, packages, Vec::new()).unwrap();
        assert!(!lock.to_string().contains("later"));
    }

    #[test]
    fn mistakes_are_errors() {
        for (from, to, message) in [
            ("name = \"http\"\n", "", "a locked package has no `name`"),
            ("name = \"http\"", "name = \"../x\"", "`../x` is not the name of a package"),
            ("\"2.1.0\"", "\"2.1\"", "`2.1` is not a version"),
            ("registry+https", "https", "`https://packages.example` is not a source"),
            (
                "#0123456789abcdef0123456789abcdef01234567",
                "#main",
                "`git+https://git.example/json#main` is not a source",
            ),
            (
                "integrity = \"sha256-b03d4acf8d9b15e24d0ae6af9db00d7adc72da08c2d9a70e0dcd0ed3a8af6f5a\"\n",
                "",
                "a locked package has no `integrity`",
            ),
            ("sha256-b03d", "sha256-", "`package.integrity` is not a digest"),
            ("size = 512", "size = -1", "`package.size` is not a number of bytes"),
            ("\"util@0.1.0\"", "\"util\"", "`util` is not a dependency"),
            ("\"util@0.1.0\"", "\"util@0.2.0\"", "`http@2.1.0` depends on `util@0.2.0`, which is not locked"),
            (
                "name = \"util\"\nversion = \"0.1.0\"\nsource = \"path+../util\"",
                "name = \"acme/json\"\nversion = \"5.0.0\"\nsource = \"git+https://git.example/json#0123456789abcdef0123456789abcdef01234567\"\nintegrity = \"sha256-9ed0e0a0f8e3a1fd0d13a2b6c0e5c4f8ba7816bf8f01cfea414140de5dae2223\"",
                "package `acme/json@5.0.0` is locked twice",
            ),
        ] {
            let text = LOCK.replacen(from, to, 1);
            assert_ne!(text, LOCK);
            let (lock, diagnostics) = parse(&text);
            assert!(
                diagnostics.iter().any(|diagnostic| diagnostic.message == message),
                "{message}\n{diagnostics:?}"
            );
            assert_eq!(lock.to_string(), text, "a lock with errors is written as it was");
        }
    }
}
