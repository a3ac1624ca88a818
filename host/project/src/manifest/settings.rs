//! `[features]`, `[scripts]`, `[bin]`, `[workspace]`, `[resolver]` and `[policy]`.

use std::collections::BTreeMap;
use std::time::Duration;

use s_diag::Span;
use toml_edit::Table;

use super::check;
use super::dependency::{DependencyRequest, Group, requests};
use crate::Bare;
use crate::ignore_file::{self, IgnoredAdvisory};
use crate::toml::{Reader, entries, nearest, place};

const WORKSPACE_KEYS: [&str; 4] = ["members", "exclude", "deps", "package"];
const POLICY_KEYS: [&str; 2] = ["advisories", "ignore"];
const BUILD_KEYS: [&str; 2] = ["deny-eval", "pie"];
const RESOLVER_KEYS: [&str; 6] =
    ["policy", "bare", "multi-version", "cooldown", "index-max-age", "snapshot-max-age"];

/// What `[workspace]` says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Workspace {
    /// Patterns of the folders of members, such as `crates/*`.
    pub members: Vec<String>,
    /// Patterns of folders that are none.
    pub exclude: Vec<String>,
    /// `[workspace.deps]`: what `NAME.workspace = true` stands for.
    pub dependencies: Vec<DependencyRequest>,
    /// Fields of `[workspace.package]` that are texts.
    pub package: BTreeMap<String, String>,
}

/// What `[policy]` says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ProjectPolicy {
    /// Feeds of advisories: addresses, or paths from the folder of the manifest.
    pub advisories: Vec<String>,
    /// `[[policy.ignore]]`: advisories that were looked at and set aside.
    pub ignored: Vec<IgnoredAdvisory>,
}

/// What `[resolver]` says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ResolverSettings {
    /// Which of the versions that will do is chosen.
    pub policy: Policy,
    /// What a bare version with three components means.
    pub bare: Bare,
    /// Whether two versions of a package that may not be compatible can stand side by side.
    pub multi_version: MultiVersion,
    /// How long a version has to be published before it is chosen; none for the default.
    pub cooldown: Option<Duration>,
    /// How old an answer of a registry may be before it is asked again; none for the default.
    pub index_max_age: Option<Duration>,
    /// How old what a registry signed of its state may be; none for what `s` thinks best.
    pub snapshot_max_age: Option<Duration>,
}

impl ResolverSettings {
    /// Everything it says in one line, equal for equal settings.
    pub fn canonical(&self) -> String {
        let policy = match self.policy {
            Policy::Highest => "highest",
            Policy::Lowest => "lowest",
            Policy::LowestDirect => "lowest-direct",
            Policy::Exact => "exact",
        };
        let several = match self.multi_version {
            MultiVersion::Major => "major",
            MultiVersion::Never => "never",
        };
        let bare = match self.bare {
            Bare::Exact => "exact",
            Bare::Caret => "caret",
        };
        // How long a version has to wait, or an answer holds, is a matter of time, not of what was locked.
        format!("resolver policy {policy} multi-version {several} bare {bare}")
    }
}

/// Which of the versions that will do is chosen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Policy {
    /// The highest.
    #[default]
    Highest,
    /// The lowest.
    Lowest,
    /// The lowest of what the project names, the highest of the rest.
    LowestDirect,
    /// Only exact requirements are legal, and there is one version of each package.
    Exact,
}

/// Whether two versions of a package can stand side by side.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum MultiVersion {
    /// One of each that may break what was built against the other: 1 beside 2, 0.4 beside 0.5.
    #[default]
    Major,
    /// One.
    Never,
}

/// Reads `[features]`: names, and what each turns on.
pub(super) fn features(reader: &mut Reader, root: &Table) -> BTreeMap<String, Vec<String>> {
    let mut found = BTreeMap::new();
    let Some((key, item)) = root.get_key_value("features") else { return found };
    let Some(table) = reader.table("features", place(key, item), item) else { return found };
    for (key, _) in entries(table) {
        found.insert(key.get().to_owned(), reader.list(table, "features", key.get()));
    }
    found
}

/// Reads `[scripts]` or `[bin]`: names, and a text for each.
pub(super) fn texts(reader: &mut Reader, root: &Table, name: &str) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    let Some((key, item)) = root.get_key_value(name) else { return found };
    let Some(table) = reader.table(name, place(key, item), item) else { return found };
    for (key, _) in entries(table) {
        if let Some(text) = reader.string(table, name, key.get()) {
            found.insert(key.get().to_owned(), text);
        }
    }
    found
}

/// Reads `[workspace]`.
pub(super) fn workspace(reader: &mut Reader, root: &Table, bare: Bare) -> Option<Workspace> {
    let (key, item) = root.get_key_value("workspace")?;
    let table = reader.table("workspace", place(key, item), item)?;
    reader.unknown_keys(table, "workspace", &WORKSPACE_KEYS);
    let mut workspace = Workspace {
        members: reader.list(table, "workspace", "members"),
        exclude: reader.list(table, "workspace", "exclude"),
        ..Workspace::default()
    };
    if let Some((key, item)) = table.get_key_value("deps")
        && let Some(table) = reader.table("workspace.deps", place(key, item), item)
    {
        workspace.dependencies = requests(reader, table, &Group::Normal, "workspace.deps", bare);
    }
    if let Some((key, item)) = table.get_key_value("package")
        && let Some(table) = reader.table("workspace.package", place(key, item), item)
    {
        for (key, item) in entries(table) {
            if let Some(text) = item.as_str() {
                check::field(reader, key.get(), text, place(key, item));
                workspace.package.insert(key.get().to_owned(), text.to_owned());
            }
        }
    }
    Some(workspace)
}

/// Reads `[policy]`.
pub(super) fn policy(reader: &mut Reader, root: &Table) -> ProjectPolicy {
    let Some((key, item)) = root.get_key_value("policy") else { return ProjectPolicy::default() };
    let Some(table) = reader.table("policy", place(key, item), item) else { return ProjectPolicy::default() };
    reader.unknown_keys(table, "policy", &POLICY_KEYS);
    ProjectPolicy {
        advisories: reader.list(table, "policy", "advisories"),
        ignored: ignore_file::entries(reader, table, "policy.ignore"),
    }
}

/// What `[build]` says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct BuildSettings {
    /// A program that needs a compiler when it runs does not build.
    pub deny_eval: bool,
    /// Executables can be loaded at any address.
    pub pie: bool,
}

/// Reads `[build]`.
pub(super) fn build(reader: &mut Reader, root: &Table) -> BuildSettings {
    let Some((key, item)) = root.get_key_value("build") else { return BuildSettings::default() };
    let Some(table) = reader.table("build", place(key, item), item) else { return BuildSettings::default() };
    reader.unknown_keys(table, "build", &BUILD_KEYS);
    let mut flag = |key: &str| reader.boolean(table, "build", key).unwrap_or(false);
    BuildSettings { deny_eval: flag("deny-eval"), pie: flag("pie") }
}

/// Reads `[resolver]`.
pub(super) fn resolver(reader: &mut Reader, root: &Table) -> ResolverSettings {
    let mut settings = ResolverSettings::default();
    let Some((key, item)) = root.get_key_value("resolver") else { return settings };
    let Some(table) = reader.table("resolver", place(key, item), item) else { return settings };
    reader.unknown_keys(table, "resolver", &RESOLVER_KEYS);
    let mut read = |key: &str| {
        let span = table.get_key_value(key).map(|(key, item)| place(key, item))?;
        Some((reader.string(table, "resolver", key)?, span))
    };
    let (policy, bare, multi_version) = (read("policy"), read("bare"), read("multi-version"));
    let (cooldown, index_max_age) = (read("cooldown"), read("index-max-age"));
    let snapshot_max_age = read("snapshot-max-age");
    let policies = [
        ("highest", Policy::Highest),
        ("lowest", Policy::Lowest),
        ("lowest-direct", Policy::LowestDirect),
        ("exact", Policy::Exact),
    ];
    settings.policy = one_of(reader, "policy", policy, &policies);
    settings.bare = one_of(reader, "bare", bare, &[("exact", Bare::Exact), ("caret", Bare::Caret)]);
    let several = [("major", MultiVersion::Major), ("never", MultiVersion::Never)];
    settings.multi_version = one_of(reader, "multi-version", multi_version, &several);
    settings.cooldown = time(reader, "cooldown", cooldown);
    settings.index_max_age = time(reader, "index-max-age", index_max_age);
    settings.snapshot_max_age = time(reader, "snapshot-max-age", snapshot_max_age);
    settings
}

fn time(reader: &mut Reader, key: &str, value: Option<(String, Span)>) -> Option<Duration> {
    let (text, span) = value?;
    let time = duration(&text);
    if time.is_none() {
        let message = format!("`resolver.{key}` is `{}`", text.escape_debug());
        reader.error(message, span, "expected a time such as `24h`, `3d`, `90m` or `0`");
    }
    time
}

fn one_of<T: Copy + Default>(
    reader: &mut Reader,
    key: &str,
    value: Option<(String, Span)>,
    known: &[(&str, T)],
) -> T {
    let Some((text, span)) = value else { return T::default() };
    if let Some((_, value)) = known.iter().find(|(name, _)| *name == text) {
        return *value;
    }
    let names: Vec<&str> = known.iter().map(|(name, _)| *name).collect();
    let label = match nearest(&text, &names) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("known are {}", crate::toml::list(&names)),
    };
    reader.error(format!("`resolver.{key}` is `{}`", text.escape_debug()), span, label);
    T::default()
}

/// `0`, or a number with `m`, `h` or `d`.
fn duration(text: &str) -> Option<Duration> {
    if text == "0" {
        return Some(Duration::ZERO);
    }
    let (digits, unit) = text.split_at_checked(text.len().checked_sub(1)?)?;
    let seconds = match unit {
        "m" => 60,
        "h" => 3600,
        "d" => 86_400,
        _ => return None,
    };
    let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    let count: u64 = digits.parse().ok().filter(|_| is_number)?;
    count.checked_mul(seconds).map(Duration::from_secs)
}

#[cfg(test)]
mod tests {
    use super::super::testing::*;
    use super::*;

    #[test]
    fn s7_every_table_is_read() {
        let manifest = valid(
            r#"
[package]
name = "shop"
version = "1.0.0"
edition = "2026"
s = ">=0.1"

[features]
default = ["fast"]
fast = []
yaml = ["dep:yaml", "json/strict"]

[deps]
json = "2"
yaml = { version = "1", optional = true }

[scripts]
lint = "s check --all"

[bin]
shop = "bin/shop.stk"

[workspace]
members = ["crates/*"]
exclude = ["crates/old"]

[workspace.deps]
log = "1"

[workspace.package]
license = "MIT"

[resolver]
policy = "lowest-direct"
bare = "caret"
multi-version = "never"
cooldown = "3d"
index-max-age = "5m"
snapshot-max-age = "30d"

[policy]
advisories = ["https://feed.example/all.zip"]

[[policy.ignore]]
id = "A-1"
reason = "not reachable"
until = 2027-01-31
"#,
        );
        assert_eq!(manifest.features()["yaml"], ["dep:yaml", "json/strict"]);
        assert_eq!(manifest.scripts(), &strings(&[("lint", "s check --all")]));
        assert_eq!(manifest.binaries(), &strings(&[("shop", "bin/shop.stk")]));
        let workspace = manifest.workspace().unwrap();
        assert_eq!(
            (workspace.members.as_slice(), workspace.exclude.as_slice()),
            (&["crates/*".to_owned()][..], &["crates/old".to_owned()][..])
        );
        assert_eq!(workspace.dependencies[0].alias, "log");
        assert_eq!(workspace.package, strings(&[("license", "MIT")]));
        let expected = ResolverSettings {
            policy: Policy::LowestDirect,
            bare: Bare::Caret,
            multi_version: MultiVersion::Never,
            cooldown: Some(Duration::from_secs(3 * 86_400)),
            index_max_age: Some(Duration::from_secs(300)),
            snapshot_max_age: Some(Duration::from_secs(30 * 86_400)),
        };
        assert_eq!(*manifest.resolver(), expected);
        assert_eq!(manifest.policy().advisories, ["https://feed.example/all.zip"]);
        assert_eq!(manifest.policy().ignored[0].reason, "not reachable");
        let package = manifest.package();
        assert_eq!(
            (package.edition.as_deref(), package.requires_s.as_deref()),
            (Some("2026"), Some(">=0.1"))
        );
        assert_eq!(*valid("").resolver(), ResolverSettings::default());
        assert!(valid("").workspace().is_none());
    }

    #[test]
    fn ignored_advisories_are_called_as_they_are_written() {
        let message = |text: &str| {
            let found = parse(text).1.remove(0);
            (found.message, found.labels[0].text.clone())
        };
        let (said, label) = message("[policy]\nignore = [{ id = 'A' }]\n");
        assert_eq!(said, "`policy.ignore` is not an array of tables");
        assert_eq!(label, "write `[[policy.ignore]]`");
        let (said, _) = message("[[policy.ignore]]\nid = 'A'\nuntil = 2027-01-31\n");
        assert_eq!(said, "an `[[policy.ignore]]` has no `reason`");
        // What would follow from a hint that leaves out the table.
        assert_eq!(parse("[[ignore]]\nid = 'A'\n").1[0].hints, ["did you mean `policy.ignore`?"]);
    }

    #[test]
    fn mistakes_bring_the_right_word() {
        for (text, message, label) in [
            ("policy = 'lowst'", "`resolver.policy` is `lowst`", "did you mean `lowest`?"),
            (
                "multi-version = 'always'",
                "`resolver.multi-version` is `always`",
                "known are `major`, `never`",
            ),
            (
                "cooldown = 'soon'",
                "`resolver.cooldown` is `soon`",
                "expected a time such as `24h`, `3d`, `90m` or `0`",
            ),
            (
                "index-max-age = '1'",
                "`resolver.index-max-age` is `1`",
                "expected a time such as `24h`, `3d`, `90m` or `0`",
            ),
        ] {
            let (_, diagnostics) = parse(&format!("[resolver]\n{text}\n"));
            let [diagnostic] = diagnostics.as_slice() else { panic!("{diagnostics:?}") };
            assert_eq!((diagnostic.message.as_str(), diagnostic.labels[0].text.as_str()), (message, label));
        }
        for (text, seconds) in [
            ("0", Some(0)),
            ("90m", Some(5400)),
            ("24h", Some(86_400)),
            ("-1h", None),
            ("h", None),
            ("1", None),
            ("18446744073709551615d", None),
            ("é", None),
            ("", None),
        ] {
            assert_eq!(duration(text), seconds.map(Duration::from_secs), "{text}");
        }
    }
}
