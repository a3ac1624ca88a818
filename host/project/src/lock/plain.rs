//! The quick way to read a lock: exactly the lines that `s` writes, with texts that need no escape.
//!
//! A lock is read by every command and changed by few, and reading TOML with places takes longer than
//! everything else an installation does that has nothing to do. What this reader takes means what the
//! general one says; it takes nothing that the general one would warn of, and whatever it does not
//! know, keys of a later `s` and mistakes alike, is left to that one.

use std::str::FromStr;

use s_store::Sha256Digest;
use semver::Version;

use super::package::{LockedDependency, LockedPackage, key};
use super::{HEADER, LockedPlugin, LockedRegistry, PackageSource};
use crate::PackageName;

/// What a lock says that has nothing else in it.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Plain {
    pub(super) manifest_hash: Option<Sha256Digest>,
    /// Sorted by what they are.
    pub(super) registries: Vec<LockedRegistry>,
    /// Sorted by name, version and source.
    pub(super) packages: Vec<LockedPackage>,
    /// Sorted by id.
    pub(super) plugins: Vec<LockedPlugin>,
}

/// Reads a text; none where the general reader has to look at it.
pub(super) fn read(text: &str) -> Option<Plain> {
    let mut lines = Lines { rest: text };
    let mut plain = Plain::default();
    (lines.next()? == HEADER).then_some(())?;
    let version = lines.field("version")?;
    plain.manifest_hash = lines.parsed("manifest-hash")?;
    while !lines.rest.is_empty() {
        lines.next()?.is_empty().then_some(())?;
        match lines.next()? {
            // Registries are written first, then packages.
            "[[registry]]" if plain.packages.is_empty() && plain.plugins.is_empty() => {
                let registry = registry(&mut lines)?;
                let is_sorted = plain.registries.last().is_none_or(|last| last.id < registry.id);
                let is_new = plain.registries.iter().all(|other| other.url != registry.url);
                (is_sorted && is_new).then(|| plain.registries.push(registry))?;
            }
            "[[package]]" if plain.plugins.is_empty() => {
                let mut package = package(&mut lines)?;
                if let PackageSource::Registry(named) = &mut package.source
                    && let Some(found) = plain.registries.iter().find(|registry| registry.id == *named)
                {
                    named.clone_from(&found.url);
                }
                let is_sorted = plain.packages.last().is_none_or(|last| key(last) < key(&package));
                is_sorted.then(|| plain.packages.push(package))?;
            }
            "[[plugin]]" => {
                let plugin = plugin(&mut lines)?;
                let is_sorted = plain.plugins.last().is_none_or(|last| last.id < plugin.id);
                is_sorted.then(|| plain.plugins.push(plugin))?;
            }
            _ => return None,
        }
    }
    let written = if plain.registries.is_empty() { "1" } else { "2" };
    (version == written && is_closed(&plain.packages)).then_some(plain)
}

/// Whether what packages depend on is there.
fn is_closed(packages: &[LockedPackage]) -> bool {
    let is_there = |needed: &LockedDependency| {
        let order =
            |other: &LockedPackage| (&other.name, &other.version).cmp(&(&needed.name, &needed.version));
        packages.binary_search_by(order).is_ok()
    };
    packages.iter().flat_map(|package| &package.dependencies).all(is_there)
}

fn package(lines: &mut Lines<'_>) -> Option<LockedPackage> {
    let name: PackageName = lines.required("name")?;
    let version: Version = lines.required("version")?;
    let source: PackageSource = lines.required("source")?;
    let reference = lines.parsed("reference")?;
    let integrity = lines.parsed("integrity")?;
    (integrity.is_some() || matches!(source, PackageSource::Path(_))).then_some(())?;
    let size_bytes = match lines.starts_with("size = ") {
        true => Some(size(lines.field("size")?)?),
        false => None,
    };
    let tree = lines.parsed("tree")?;
    let features = match lines.starts_with("features = [") {
        true => list(lines.field("features")?).filter(|features| !features.is_empty())?,
        false => Vec::new(),
    };
    let mut dependencies: Vec<LockedDependency> = Vec::new();
    if lines.starts_with("deps = [\n") {
        lines.next()?;
        while !lines.starts_with("]") {
            let dependency = lines.next()?.strip_prefix("  ")?.strip_suffix(',')?;
            dependencies.push(plain_text(dependency)?.parse().ok()?);
        }
        (lines.next()? == "]").then_some(())?;
        dependencies.sort();
    }
    Some(LockedPackage {
        name,
        version,
        source,
        reference,
        integrity,
        size_bytes,
        tree,
        features,
        dependencies,
    })
}

fn registry(lines: &mut Lines<'_>) -> Option<LockedRegistry> {
    Some(LockedRegistry {
        id: lines.required("id")?,
        url: lines.required("url")?,
        number: size(lines.field("number")?)?,
        threshold: size(lines.field("threshold")?)?,
        keys: list(lines.field("keys")?)?,
    })
}

fn plugin(lines: &mut Lines<'_>) -> Option<LockedPlugin> {
    Some(LockedPlugin {
        id: lines.required("id")?,
        version: lines.required("version")?,
        source: lines.required("source")?,
        integrity: lines.required("integrity")?,
        worlds: list(lines.field("worlds")?)?,
        capabilities: lines.required("capabilities")?,
    })
}

/// The lines that were not read yet. Each ends with a line feed.
struct Lines<'a> {
    rest: &'a str,
}

impl<'a> Lines<'a> {
    fn next(&mut self) -> Option<&'a str> {
        let (line, rest) = self.rest.split_once('\n')?;
        self.rest = rest;
        Some(line)
    }

    fn starts_with(&self, text: &str) -> bool {
        self.rest.starts_with(text)
    }

    /// What stands behind `key = ` in the next line.
    fn field(&mut self, key: &str) -> Option<&'a str> {
        self.next()?.strip_prefix(key)?.strip_prefix(" = ")
    }

    /// The text of a field that has to be there.
    fn required<T: FromStr>(&mut self, key: &str) -> Option<T> {
        plain_text(self.field(key)?).filter(|text| !text.is_empty())?.parse().ok()
    }

    /// The text of a field that may be there.
    fn parsed<T: FromStr>(&mut self, key: &str) -> Option<Option<T>> {
        let is_there = self.rest.strip_prefix(key).is_some_and(|rest| rest.starts_with(" = "));
        if is_there { self.required(key).map(Some) } else { Some(None) }
    }
}

/// What stands between quotes, where it stands for itself.
fn plain_text(value: &str) -> Option<&str> {
    let text = value.strip_prefix('"')?.strip_suffix('"')?;
    let is_plain = |byte: u8| matches!(byte, b' '..=b'~') && !matches!(byte, b'"' | b'\\');
    text.bytes().all(is_plain).then_some(text)
}

/// A list of texts in one line.
fn list(value: &str) -> Option<Vec<String>> {
    let inner = value.strip_prefix('[')?.strip_suffix(']')?;
    if inner.is_empty() {
        return Some(Vec::new());
    }
    // A text with what separates texts in it is none that is plain.
    inner.split(", ").map(|text| plain_text(text).map(str::to_owned)).collect()
}

/// A number as it is written: only digits, none too many in front.
fn size(text: &str) -> Option<u64> {
    let is_written =
        text.bytes().all(|byte| byte.is_ascii_digit()) && (text == "0" || !text.starts_with('0'));
    let size: u64 = text.parse().ok().filter(|_| is_written)?;
    i64::try_from(size).ok().map(|_| size)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use s_diag::Source;

    use super::super::{LOCK_NAME, ProjectLock};
    use super::*;

    fn general(text: &str) -> Option<Plain> {
        let (lock, diagnostics) = ProjectLock::parse_with_places(Source::new(LOCK_NAME, text));
        diagnostics.is_empty().then(|| Plain {
            manifest_hash: lock.manifest_hash().copied(),
            registries: lock.registries().cloned().collect(),
            packages: lock.packages().cloned().collect(),
            plugins: lock.plugins().cloned().collect(),
        })
    }

    fn name() -> impl Strategy<Value = PackageName> {
        "[a-z][a-z0-9]{0,3}(/[a-z][a-z0-9]{0,3})?".prop_filter_map("a device", |text| text.parse().ok())
    }

    fn version() -> impl Strategy<Value = Version> {
        "[0-3]\\.[0-3]\\.(0|[1-9][0-9]{0,2})(-rc\\.1)?(\\+b)?".prop_map(|text| text.parse().unwrap())
    }

    fn source() -> impl Strategy<Value = PackageSource> {
        prop_oneof![
            Just("registry+https://packages.example".to_owned()),
            "path\\+[a-z\\./ é\"'\\\\]{1,6}",
            "git\\+ssh://[a-z]{1,4}#[0-9a-f]{40}",
        ]
        .prop_map(|text| text.parse().unwrap())
    }

    fn package() -> impl Strategy<Value = LockedPackage> {
        let digest = any::<[u8; 32]>().prop_map(Sha256Digest::from_bytes);
        (
            (name(), version(), source(), proptest::option::of("(branch|tag) [a-z]{1,4}")),
            (digest.clone(), proptest::option::of(0..=u64::MAX >> 1), proptest::option::of(digest)),
            proptest::collection::vec("[a-z,\"]{1,4}", 0..3),
        )
            .prop_map(
                |((name, version, source, reference), (integrity, size_bytes, tree), features)| {
                    LockedPackage {
                        name,
                        version,
                        source,
                        reference,
                        integrity: Some(integrity),
                        size_bytes,
                        tree,
                        features,
                        dependencies: Vec::new(),
                    }
                },
            )
    }

    /// A lock of packages that depend on each other, and of plugins.
    fn lock() -> impl Strategy<Value = ProjectLock> {
        let edges = proptest::collection::vec((0..8_usize, 0..8_usize, any::<bool>()), 0..8);
        let plugins = proptest::collection::vec(("[a-z/\"]{1,4}", "[a-z:@\\.,]{0,6}"), 0..3);
        (proptest::collection::vec(package(), 0..8), edges, plugins).prop_map(
            |(mut packages, edges, plugins)| {
                for (from, to, renamed) in edges {
                    let count = packages.len().max(1);
                    let Some(to) = packages.get(to % count) else { continue };
                    let alias = if renamed { "other".to_owned() } else { to.name.to_string() };
                    let edge = LockedDependency { alias, name: to.name.clone(), version: to.version.clone() };
                    packages[from % count].dependencies.push(edge);
                }
                for package in &mut packages {
                    package.dependencies.sort();
                    package.dependencies.dedup();
                }
                let mut lock = ProjectLock::default();
                lock.set_packages(Sha256Digest::of(b"manifest"), packages, Vec::new()).unwrap();
                for (id, world) in plugins {
                    let digest = Sha256Digest::of(id.as_bytes());
                    let worlds = if world.is_empty() { Vec::new() } else { vec![world.clone(), world] };
                    let source = "path+../a.wasm".to_owned();
                    let (version, capabilities) = ("1".to_owned(), digest);
                    lock.set_plugin(LockedPlugin {
                        id,
                        version,
                        source,
                        integrity: digest,
                        worlds,
                        capabilities,
                    })
                    .unwrap();
                }
                lock
            },
        )
    }

    proptest! {
        #[test]
        fn what_is_taken_means_what_the_general_reader_says(lock in lock()) {
            let text = lock.to_string();
            let plain = read(&text);
            // Only what needs quoting of another kind is left to the general reader.
            let needs_quoting = text.contains(['\'', '\\', 'é']);
            prop_assert!(plain.is_some() || needs_quoting, "{}", text);
            if let Some(plain) = plain {
                prop_assert_eq!(&Some(plain), &general(&text));
                prop_assert_eq!(ProjectLock::parse(Source::new(LOCK_NAME, text.as_str())).0.to_string(), text);
            }
        }

        #[test]
        fn a_text_that_was_changed_means_the_same_to_both_or_is_not_taken(
            lock in lock(),
            changes in proptest::collection::vec((any::<prop::sample::Index>(), 0..5_usize, any::<prop::sample::Index>()), 1..4),
        ) {
            let text = lock.to_string();
            let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
            for (at, what, other) in changes {
                let (at, other) = (at.index(lines.len()), other.index(lines.len()));
                match what {
                    0 => drop(lines.remove(at)),
                    1 => lines.insert(at, lines[other].clone()),
                    2 => lines.swap(at, other),
                    3 => lines[at].push(' '),
                    _ => lines[at] = lines[at].replacen(['a', '1', '"', '='], "0", 1),
                }
                if lines.is_empty() {
                    break;
                }
            }
            let text = lines.join("\n") + "\n";
            if let Some(plain) = read(&text) {
                prop_assert_eq!(Some(plain), general(&text), "{}", text);
            }
        }
    }

    #[test]
    fn what_is_not_as_s_writes_it_is_left_to_the_general_reader() {
        let digest = Sha256Digest::of(b"");
        let entry = |name: &str, rest: &str| {
            format!(
                "\n[[package]]\nname = \"{name}\"\nversion = \"1.0.0\"\nsource = \"registry+r\"\nintegrity = \"{digest}\"\n{rest}"
            )
        };
        let head = format!("{HEADER}\nversion = 1\n");
        let whole =
            format!("{head}{}", entry("a", "size = 7\ndeps = [\n  \"b@1.0.0\",\n]\n") + &entry("b", ""));
        assert_eq!(read(&whole).unwrap().packages.len(), 2);
        for text in [
            String::new(),
            head.replace('1', "2"),
            format!("{head}later = 1\n"),
            format!("{head}{}{}", entry("b", ""), entry("a", "")),
            format!("{head}{}{}", entry("a", ""), entry("a", "")),
            format!("{head}{}", entry("a", "deps = [\n  \"b@1.0.0\",\n]\n")),
            format!("{head}{}", entry("a", "later = 1\n")),
            format!("{head}{}", entry("a", "features = [\"a, b\"]\n")),
            format!("{head}{}", entry("a", "size = 07\n")),
            format!("{head}{}", entry("a", "size = 9223372036854775808\n")),
            format!("{head}{}", entry("A", "")),
            whole.replace("integrity", "# integrity"),
            whole.replace('\n', "\r\n"),
            whole.trim_end().to_owned(),
            whole.replace("7", "7 # bytes"),
        ] {
            assert_eq!(read(&text), None, "{text}");
        }
    }
}
