//! What the tables of `stryke.toml` say, and what is wrong with them.

use std::collections::BTreeMap;

use s_diag::{Code, Diagnostic, Span};
use toml_edit::{Table, TableLike};

use super::check;
use super::inherit::{InheritedField, is_inherited};
use super::{Package, PluginOrigin, PluginRequest, RegistryEntry};
use crate::toml::{Reader, entries, list, meant, place};

const TABLES: [&str; 13] = [
    "package",
    "deps",
    "dev-deps",
    "groups",
    "features",
    "scripts",
    "bin",
    "build",
    "workspace",
    "resolver",
    "plugins",
    "registries",
    "policy",
];
const PACKAGE_KEYS: [&str; 15] = [
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
    "s",
];
const PLUGIN_KEYS: [&str; 4] = ["path", "url", "version", "config"];
const REGISTRY_KEYS: [&str; 6] = ["url", "plugin", "auth", "scopes", "mirrors", "config"];

/// Reads `[package]`, and which of its fields the workspace states.
pub(super) fn package(reader: &mut Reader, root: &Table) -> (Package, Vec<InheritedField>) {
    let mut inherited = Vec::new();
    let Some((key, item)) = root.get_key_value("package") else { return Default::default() };
    let Some(table) = reader.table("package", place(key, item), item) else { return Default::default() };
    reader.unknown_keys(table, "package", &PACKAGE_KEYS);
    let mut text = |key: &str| match table.get_key_value(key) {
        Some((place_key, item)) if is_inherited(item) => {
            inherited.push(InheritedField { key: key.to_owned(), span: place(place_key, item) });
            None
        }
        found => {
            let text = reader.string(table, "package", key)?;
            let span = found.map_or(Span { start: 0, end: 0 }, |(key, item)| place(key, item));
            check::field(reader, key, &text, span);
            Some(text)
        }
    };
    let package = Package {
        name: text("name"),
        version: text("version"),
        description: text("description"),
        license: text("license"),
        repository: text("repository"),
        edition: text("edition"),
        requires_s: text("s"),
    };
    (package, inherited)
}

pub(super) fn plugins(reader: &mut Reader, root: &Table) -> Vec<PluginRequest> {
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
    let origins: [(&str, MakeOrigin); 3] =
        [("path", PluginOrigin::Path), ("url", PluginOrigin::Url), ("version", PluginOrigin::Version)];
    let given: Vec<_> = origins.into_iter().filter(|(key, _)| table.contains_key(key)).collect();
    if let [(key, make)] = given.as_slice() {
        let text = if *key == "url" { url(reader, table, name) } else { reader.string(table, name, key) };
        return text.map(make);
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

type MakeOrigin = fn(String) -> PluginOrigin;

/// Reads an address, which has no credentials in it: the file is shared with everyone who has the
/// project. The diagnostic says the line but does not show it.
fn url(reader: &mut Reader, table: &dyn TableLike, name: &str) -> Option<String> {
    url_of(reader, table, name, "url")
}

/// Reads an address under any key.
pub(super) fn url_of(reader: &mut Reader, table: &dyn TableLike, name: &str, key: &str) -> Option<String> {
    let url = reader.string(table, name, key)?;
    let authority = url.split_once("://").map(|(_, rest)| rest.split(['/', '?', '#']).next().unwrap_or(rest));
    let user = authority.and_then(|authority| authority.rsplit_once('@')).map(|(user, _)| user);
    // Over ssh a name alone is no secret: it is the same for all.
    let is_public = |user: &str| key == "git" && url.starts_with("ssh://") && !user.contains(':');
    if user.is_none_or(is_public) {
        return Some(url);
    }
    let span = table.get_key_value(key).map(|(key, item)| place(key, item));
    let (line, _) = reader.source.position(span.map_or(0, |span| span.start));
    let message = format!("`{name}.{key}` contains a user name or a password");
    let diagnostic = Diagnostic::error(Code::MANIFEST_VALUE, message).note(format!(
        "it is on line {line} of `{}`, which everyone with the project can read",
        reader.source.name
    ));
    reader.diagnostics.push(diagnostic);
    None
}

pub(super) fn registries(reader: &mut Reader, root: &Table) -> Vec<RegistryEntry> {
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
        let url = url(reader, table, &name);
        let plugin = reader.string(table, &name, "plugin");
        let auth = reader.string(table, &name, "auth");
        let scopes = reader.list(table, &name, "scopes");
        let mirrors = reader.list(table, &name, "mirrors");
        let config = reader.strings(table, &name, "config");
        if let Some(url) = url {
            let name = key.get().to_owned();
            found.push(RegistryEntry { name, url, plugin, auth, scopes, mirrors, config, span });
        }
    }
    found
}

/// Warns of tables that mean nothing, with the one that was probably meant. A key that stands before
/// all tables often belongs into `[package]`.
pub(super) fn unknown_tables(reader: &mut Reader, root: &Table) {
    for (key, item) in entries(root) {
        let name = key.get();
        if TABLES.contains(&name) {
            continue;
        }
        let span = key.span().map_or_else(|| place(key, item), Span::from);
        let is_table = item.is_table_like() || item.is_array_of_tables();
        let kind = if is_table { "table" } else { "key" };
        let message = format!("`{}` has an unknown {kind} `{}`", reader.source.name, key.display_repr());
        let diagnostic = Diagnostic::warning(Code::UNKNOWN_KEY, message).at(&reader.source, span, "");
        let diagnostic = match meant(name, &TABLES) {
            Some(near) => diagnostic.hint(format!("did you mean `{near}`?")),
            None if !is_table && PACKAGE_KEYS.contains(&name) => {
                diagnostic.hint(format!("write it below `[package]`: `{name}` is one of its keys"))
            }
            None => diagnostic.note(format!("known are {}", list(&TABLES))),
        };
        reader.diagnostics.push(diagnostic);
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::*;
    use super::*;
    use s_diag::Severity;

    #[test]
    fn every_form_is_read() {
        let manifest = valid(FULL);
        assert_eq!(
            *manifest.package(),
            Package { name: Some("shop".into()), version: Some("0.1.0".into()), ..Package::default() }
        );
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
        let owner = valid("[registries.r]\nurl = 'x'\nscopes = ['acme/*', 'tool']");
        let mirrored = valid("[registries.r]\nurl = 'x'\nmirrors = ['https://near.example', '../copy']");
        assert_eq!(mirrored.registries()[0].mirrors, ["https://near.example", "../copy"]);
        let owns = |name: &str| owner.registries()[0].owns(&name.parse().unwrap());
        assert!(owns("acme/a") && owns("tool") && !owns("acme") && !owns("other/tool"));
        assert_eq!(manifest.to_string(), FULL);
        for text in ["", "\n", "plugins = {}", "[plugins]", "plugins.a.path = 'x'"] {
            valid(text);
        }
    }

    /// What is wrong, where, how severely.
    #[test]
    fn mistakes_have_places() {
        let cases: &[(&str, Severity, &str, &str)] = &[
            ("[package", Severity::Error, "`stryke.toml` is not valid TOML", ""),
            ("package = 3", Severity::Error, "`package` is an integer", "3"),
            ("[package]\nname = 3", Severity::Error, "`package.name` is an integer", "3"),
            ("[package]\nname = ''", Severity::Error, "`package.name` is empty", "''"),
            (
                "[package]\nverison = '1'",
                Severity::Warning,
                "`package` has an unknown key `verison`",
                "verison",
            ),
            (
                "[registries.r]\nurl = 'x'\nscopes = 'y'",
                Severity::Error,
                "`registries.r.scopes` is a string",
                "'y'",
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
            ("[foo]\na = '1'", Severity::Warning, "`stryke.toml` has an unknown table `foo`", "foo"),
            ("[[bins]]\na = '1'", Severity::Warning, "`stryke.toml` has an unknown table `bins`", "bins"),
            ("a.b.c = 1", Severity::Warning, "`stryke.toml` has an unknown table `a`", "a"),
            ("name = 'x'", Severity::Warning, "`stryke.toml` has an unknown key `name`", "name"),
        ];
        for (text, severity, message, place) in cases {
            let (mut manifest, diagnostics) = parse(text);
            let [diagnostic] = diagnostics.as_slice() else { panic!("{text}\n{diagnostics:?}") };
            assert_eq!((diagnostic.severity, diagnostic.message.as_str()), (*severity, *message), "{text}");
            let span = diagnostic.labels[0].span;
            assert_eq!(&text[span.start..span.end], *place, "{text}");
            let edit = manifest.add_plugin("z", version("1"), BTreeMap::new());
            assert_eq!(edit.is_err(), *severity == Severity::Error, "{text}");
            if edit.is_err() {
                assert_eq!(manifest.to_string(), *text, "a file with errors is written as it was");
                assert!(manifest.remove_plugin("a").is_err());
            }
        }
    }

    #[test]
    fn addresses_have_no_credentials() {
        for (text, line) in [
            ("[registries.r]\nurl = 'https://me:hunter2@corp.example/x'", 2),
            ("[plugins]\n\na = { url = 'https://hunter2@corp.example' }", 3),
        ] {
            let (manifest, diagnostics) = parse(text);
            let [diagnostic] = diagnostics.as_slice() else { panic!("{diagnostics:?}") };
            assert!(diagnostic.message.ends_with(".url` contains a user name or a password"));
            assert!(diagnostic.notes[0].starts_with(&format!("it is on line {line} of")));
            assert!(diagnostic.labels.is_empty() && !format!("{diagnostic:?}").contains("hunter2"));
            assert!(manifest.plugins().is_empty() && manifest.registries().is_empty());
        }
        valid("[registries.r]\nurl = 'https://corp.example/@scope/x?a@b'");
    }

    #[test]
    fn a_misspelt_key_brings_the_right_one() {
        let hint = |text: &str| parse(text).1[0].clone();
        assert_eq!(hint("[package]\nverison = '1'").hints, ["did you mean `version`?"]);
        for (table, meant) in [
            ("plugin", "plugins"),
            ("dependencies", "deps"),
            ("dev-dependencies", "dev-deps"),
            ("devDependencies", "dev-deps"),
            ("dependency-groups", "groups"),
            ("project", "package"),
            ("tasks", "scripts"),
        ] {
            let found = hint(&format!("[{table}]\nx = '1'"));
            assert_eq!(found.hints, [format!("did you mean `{meant}`?")], "{table}");
        }
        assert_eq!(hint("[workspace]\ndependencies = {}").hints, ["did you mean `deps`?"]);
        assert_eq!(hint("[package]\nlicence = 'MIT'").hints, ["did you mean `license`?"]);
        assert_eq!(hint("name = 'x'").hints, ["write it below `[package]`: `name` is one of its keys"]);
        assert!(hint("[foo]").notes[0].starts_with("known are `package`, `deps`"));
        let far = hint("[plugins.a]\npath = 'x'\nquite-other = 1");
        assert_eq!(far.notes, ["known are `path`, `url`, `version`, `config`"]);
    }

    #[test]
    fn an_unfinished_merge_is_recognised() {
        let text = "[plugins]\n<<<<<<< ours\na = '1'\n=======\na = '2'\n>>>>>>> theirs\n";
        assert_eq!(parse(text).1[0].notes, ["it contains the marks of a merge that was not finished"]);
    }
}
