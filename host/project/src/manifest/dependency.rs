//! `[deps]`, `[dev-deps]` and `[groups.NAME]`: what a project depends on.
//!
//! ```toml
//! [deps]
//! json = "1.4"                                              # `requirement` says what it means
//! http = { version = "2", features = ["tls"] }
//! yaml = { version = "1", optional = true }                 # only with a feature that has `dep:yaml`
//! j5   = { package = "acme/json", version = "5" }           # under another name
//! corp = { version = "1", registry = "corp" }               # a name of `[registries]`, or an address
//! util = { path = "../util" }
//! edge = { git = "https://git.example/edge", tag = "v2" }   # or `branch`, `rev`, or `version` over its tags
//! log.workspace = true                                      # as `[workspace.deps]` says
//! ```

use std::fmt;

use s_diag::{Code, Diagnostic, Span};
use toml_edit::{Item, Key, Table, TableLike};

use super::check::meaning;
use crate::toml::{Reader, entries, place};
use crate::{Bare, PackageName, Requirement};

const KEYS: [&str; 12] = [
    "version",
    "path",
    "git",
    "tag",
    "branch",
    "rev",
    "registry",
    "package",
    "features",
    "default-features",
    "optional",
    "workspace",
];

/// Where a dependency is written, and so when it is needed.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Group {
    /// `[deps]`: always, and by whoever depends on this package.
    Normal,
    /// `[dev-deps]`: by whoever works on this package.
    Dev,
    /// `[groups.NAME]`: when it is asked for.
    Named(String),
}

/// One entry of a table of dependencies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DependencyRequest {
    /// The table it stands in.
    pub group: Group,
    /// The key: what code and features call it.
    pub alias: String,
    /// The package it is.
    pub package: PackageName,
    /// Where the package comes from.
    pub origin: DependencyOrigin,
    /// The features that are turned on.
    pub features: Vec<String>,
    /// Whether the feature `default` is on as well.
    pub default_features: bool,
    /// Whether it is there only with a feature that names it.
    pub optional: bool,
    /// Where the value stands in the text that was parsed.
    pub span: Span,
}

/// Where a package comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DependencyOrigin {
    /// A registry.
    Registry {
        /// Which versions will do.
        requirement: Requirement,
        /// A name of `[registries]` or an address; none where any configured one may have it.
        registry: Option<String>,
    },
    /// A folder, relative to that of the manifest. It is read where it is.
    Path {
        /// The folder.
        path: String,
        /// What its version has to meet, and what takes its place when the package is published.
        requirement: Option<Requirement>,
    },
    /// A repository.
    Git {
        /// Its address.
        url: String,
        /// Which commit.
        reference: GitReference,
    },
    /// The entry of the same name in `[workspace.deps]`.
    Workspace,
}

/// Which commit of a repository.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum GitReference {
    /// The one its `HEAD` names.
    Head,
    /// A tag.
    Tag(String),
    /// The newest of a branch.
    Branch(String),
    /// A commit, by at least seven digits of its name.
    Rev(String),
    /// The highest version among the tags `1.2.3` and `v1.2.3` that will do.
    Version(Requirement),
}

impl DependencyRequest {
    /// Everything it says in one line, equal for equal requests wherever they stand.
    pub fn canonical(&self) -> String {
        let (origin, more) = match &self.origin {
            DependencyOrigin::Registry { requirement, registry } => {
                (format!("version {:?}", requirement.as_str()), registry.clone())
            }
            DependencyOrigin::Path { path, requirement } => {
                (format!("path {path:?}"), requirement.as_ref().map(ToString::to_string))
            }
            DependencyOrigin::Git { url, reference } => {
                (format!("git {url:?} {:?}", reference.to_string()), None)
            }
            DependencyOrigin::Workspace => ("workspace".to_owned(), None),
        };
        format!(
            "{} {:?} {} {origin} {more:?} features {:?} default {} optional {}",
            self.group, self.alias, self.package, self.features, self.default_features, self.optional
        )
    }
}

impl fmt::Display for GitReference {
    /// As the lock has it: `head`, or the key of the manifest and its text.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            GitReference::Head => write!(f, "head"),
            GitReference::Tag(tag) => write!(f, "tag {tag}"),
            GitReference::Branch(branch) => write!(f, "branch {branch}"),
            GitReference::Rev(rev) => write!(f, "rev {rev}"),
            GitReference::Version(requirement) => write!(f, "version {requirement}"),
        }
    }
}

impl Group {
    /// The name of the table, such as `deps` or `groups.docs`.
    pub fn table(&self) -> String {
        match self {
            Group::Normal => "deps".to_owned(),
            Group::Dev => "dev-deps".to_owned(),
            Group::Named(name) => format!("groups.{}", Key::new(name).display_repr()),
        }
    }
}

impl fmt::Display for Group {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "[{}]", self.table())
    }
}

/// Reads all tables of dependencies of a package.
pub(super) fn dependencies(reader: &mut Reader, root: &Table, bare: Bare) -> Vec<DependencyRequest> {
    let mut found = Vec::new();
    for (name, group) in [("deps", Group::Normal), ("dev-deps", Group::Dev)] {
        if let Some((key, item)) = root.get_key_value(name)
            && let Some(table) = reader.table(name, place(key, item), item)
        {
            found.extend(requests(reader, table, &group, name, bare));
        }
    }
    let Some((key, item)) = root.get_key_value("groups") else { return found };
    let Some(groups) = reader.table("groups", place(key, item), item) else { return found };
    for (key, item) in entries(groups) {
        let group = Group::Named(key.get().to_owned());
        let name = group.table();
        if let Some(table) = reader.table(&name, place(key, item), item) {
            found.extend(requests(reader, table, &group, &name, bare));
        }
    }
    found
}

/// Reads one table of dependencies.
pub(super) fn requests(
    reader: &mut Reader,
    table: &dyn TableLike,
    group: &Group,
    table_name: &str,
    bare: Bare,
) -> Vec<DependencyRequest> {
    let mut found = Vec::new();
    for (key, item) in entries(table) {
        let name = format!("{table_name}.{}", key.display_repr());
        let entry = Entry { name: &name, span: place(key, item), bare };
        if let Some(request) = entry.read(reader, group, key, item) {
            found.push(request);
        }
    }
    found
}

struct Entry<'a> {
    name: &'a str,
    span: Span,
    bare: Bare,
}

impl Entry<'_> {
    fn read(&self, reader: &mut Reader, group: &Group, key: &Key, item: &Item) -> Option<DependencyRequest> {
        let alias = key.get();
        if item.is_str() {
            let text = reader.string_value(self.name, self.span, item)?;
            let requirement = self.requirement(reader, &text, self.span)?;
            let package = self.package(reader, alias, key.span().map_or(self.span, Span::from))?;
            return Some(DependencyRequest {
                group: group.clone(),
                alias: alias.to_owned(),
                package,
                origin: DependencyOrigin::Registry { requirement, registry: None },
                features: Vec::new(),
                default_features: true,
                optional: false,
                span: self.span,
            });
        }
        let Some(table) = item.as_table_like() else {
            reader.error(
                format!("`{}` is neither a version nor a table", self.name),
                self.span,
                "expected `\"1.4\"`, `{ version = \"1.4\" }`, `{ path = \"...\" }` or `{ git = \"...\" }`",
            );
            return None;
        };
        reader.unknown_keys(table, self.name, &KEYS);
        let package = match table.get_key_value("package") {
            Some((key, item)) => {
                let text = reader.string(table, self.name, "package");
                text.and_then(|text| self.package(reader, &text, place(key, item)))
            }
            None => self.package(reader, alias, key.span().map_or(self.span, Span::from)),
        };
        let origin = self.origin(reader, table);
        let features = reader.list(table, self.name, "features");
        let default_features = reader.boolean(table, self.name, "default-features");
        let optional = reader.boolean(table, self.name, "optional").unwrap_or(false);
        if optional && *group != Group::Normal {
            let label = "only `[deps]` has optional dependencies: nobody could turn this one on";
            reader.error(format!("`{}` is optional", self.name), self.span, label);
        }
        Some(DependencyRequest {
            group: group.clone(),
            alias: alias.to_owned(),
            package: package?,
            origin: origin?,
            features,
            default_features: default_features.unwrap_or(true),
            optional,
            span: self.span,
        })
    }

    fn package(&self, reader: &mut Reader, text: &str, span: Span) -> Option<PackageName> {
        let error = match text.parse::<PackageName>() {
            Ok(name) => return Some(name),
            Err(error) => error,
        };
        let message = format!("`{}` cannot be the name of a package", text.escape_debug());
        let diagnostic =
            Diagnostic::error(Code::PACKAGE_NAME, message).at(&reader.source, span, error.to_string());
        let near = PackageName::nearest(text);
        reader.diagnostics.push(meaning(diagnostic, near.as_ref().map(PackageName::as_str)));
        None
    }

    fn origin(&self, reader: &mut Reader, table: &dyn TableLike) -> Option<DependencyOrigin> {
        let has = |key: &str| table.contains_key(key);
        if has("workspace") {
            return self.inherited(reader, table);
        }
        let sources: Vec<&str> = ["path", "git", "registry"].into_iter().filter(|key| has(key)).collect();
        let references: Vec<&str> =
            ["tag", "branch", "rev", "version"].into_iter().filter(|key| has(key)).collect();
        let requirement = match table.get_key_value("version") {
            Some((key, item)) => {
                let text = reader.string(table, self.name, "version")?;
                Some(self.requirement(reader, &text, place(key, item))?)
            }
            None => None,
        };
        if let [one, other, ..] = sources.as_slice() {
            return self.twice(reader, one, other);
        }
        if !has("git") {
            if let Some(key) = ["tag", "branch", "rev"].into_iter().find(|key| has(key)) {
                let message = format!("`{}` has `{key}` without `git`", self.name);
                reader.error(message, self.span, "a commit of which repository?");
                return None;
            }
            if has("path") {
                return Some(DependencyOrigin::Path {
                    path: reader.string(table, self.name, "path")?,
                    requirement,
                });
            }
            let registry = reader.string(table, self.name, "registry");
            let Some(requirement) = requirement else {
                let message = format!("`{}` does not say which versions will do", self.name);
                reader.error(message, self.span, "expected `version`, `path`, `git` or `workspace = true`");
                return None;
            };
            return Some(DependencyOrigin::Registry { requirement, registry });
        }
        if let [one, other, ..] = references.as_slice() {
            return self.twice(reader, one, other);
        }
        let url = super::read::url_of(reader, table, self.name, "git")?;
        let mut text = |key: &str| reader.string(table, self.name, key);
        let reference = match references.first() {
            None => GitReference::Head,
            Some(&"tag") => GitReference::Tag(text("tag")?),
            Some(&"branch") => GitReference::Branch(text("branch")?),
            Some(&"rev") => GitReference::Rev(text("rev")?),
            Some(_) => GitReference::Version(requirement?),
        };
        if let GitReference::Rev(rev) = &reference
            && !(rev.len() >= 7 && rev.len() <= 64 && rev.bytes().all(|byte| byte.is_ascii_hexdigit()))
        {
            let message = format!("`{}.rev` is not the name of a commit", self.name);
            reader.error(message, self.span, "expected at least seven hexadecimal digits");
            return None;
        }
        Some(DependencyOrigin::Git { url, reference })
    }

    fn inherited(&self, reader: &mut Reader, table: &dyn TableLike) -> Option<DependencyOrigin> {
        let other = ["version", "path", "git", "tag", "branch", "rev", "registry", "package"]
            .into_iter()
            .find(|key| table.contains_key(key));
        if let Some(other) = other {
            return self.twice(reader, "workspace", other);
        }
        if reader.boolean(table, self.name, "workspace")? {
            return Some(DependencyOrigin::Workspace);
        }
        reader.error(
            format!("`{}.workspace` is false", self.name),
            self.span,
            "leave it out, and say which versions will do",
        );
        None
    }

    fn twice<T>(&self, reader: &mut Reader, one: &str, other: &str) -> Option<T> {
        let message = format!("`{}` has both `{one}` and `{other}`", self.name);
        reader.error(message, self.span, "only one of them can hold");
        None
    }

    fn requirement(&self, reader: &mut Reader, text: &str, span: Span) -> Option<Requirement> {
        let error = match Requirement::parse(text, self.bare) {
            Ok(requirement) => return Some(requirement),
            Err(error) => error,
        };
        let message = format!("`{}` is not a requirement of versions", text.escape_debug());
        // The place within the text counts only where the text stands as it is, between quotes.
        let inside = Span { start: span.start + 1 + error.start, end: span.start + 1 + error.end };
        let is_literal = reader.source.text.get(span.start + 1..span.end.saturating_sub(1)) == Some(text);
        let span = if is_literal && inside.start < inside.end { inside } else { span };
        let diagnostic =
            Diagnostic::error(Code::REQUIREMENT, message).at(&reader.source, span, error.fault.to_string());
        reader.diagnostics.push(meaning(diagnostic, Requirement::nearest(text, self.bare).as_deref()));
        None
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::*;
    use super::*;

    fn read(text: &str) -> Vec<DependencyRequest> {
        valid(text).dependencies().to_vec()
    }

    fn registry(text: &str) -> DependencyOrigin {
        let requirement = Requirement::parse(text, Bare::Exact).unwrap();
        DependencyOrigin::Registry { requirement, registry: None }
    }

    #[test]
    fn s8_every_form_is_read() {
        let text = r#"
[deps]
json = "1.0"
exact = "2.1.0"
http = { version = "2", features = ["tls", "http2"], default-features = false }
yaml = { version = "1", optional = true }
j5 = { package = "acme/json", version = "5" }
corp = { version = "1", registry = "https://corp.example" }
util = { path = "../util" }
head = { git = "https://git.example/a" }
tag = { git = "https://git.example/a", tag = "v1" }
branch = { git = "https://git.example/a", branch = "next" }
rev = { git = "https://git.example/a", rev = "0123abc" }
range = { git = "https://git.example/a", version = "^1.2" }
log.workspace = true
"acme/x" = "*"

[dev-deps]
check = "1"

[groups.docs]
render = "3"
"#;
        let found = read(text);
        let of = |alias: &str| found.iter().find(|request| request.alias == alias).unwrap().clone();
        assert_eq!(of("json").origin, registry("1.0"));
        assert_eq!(&text[of("json").span.start..of("json").span.end], "\"1.0\"");
        assert_eq!(of("exact").origin, registry("2.1.0"));
        assert_eq!(of("http").features, ["tls", "http2"]);
        assert!(!of("http").default_features && of("json").default_features);
        assert!(of("yaml").optional && !of("json").optional);
        assert_eq!(of("j5").package.as_str(), "acme/json");
        assert!(
            matches!(of("corp").origin, DependencyOrigin::Registry { registry: Some(at), .. } if at == "https://corp.example")
        );
        assert_eq!(of("util").origin, DependencyOrigin::Path { path: "../util".into(), requirement: None });
        let git = |reference| DependencyOrigin::Git { url: "https://git.example/a".into(), reference };
        assert_eq!(of("head").origin, git(GitReference::Head));
        assert_eq!(of("tag").origin, git(GitReference::Tag("v1".into())));
        assert_eq!(of("branch").origin, git(GitReference::Branch("next".into())));
        assert_eq!(of("rev").origin, git(GitReference::Rev("0123abc".into())));
        let range = Requirement::parse("^1.2", Bare::Exact).unwrap();
        assert_eq!(of("range").origin, git(GitReference::Version(range)));
        assert_eq!(of("log").origin, DependencyOrigin::Workspace);
        assert_eq!(of("acme/x").package.scope(), Some("acme"));
        assert_eq!((of("check").group, of("render").group), (Group::Dev, Group::Named("docs".into())));
        assert_eq!(of("render").group.to_string(), "[groups.docs]");
    }

    /// What is wrong, its message, its place and its hint.
    #[test]
    fn mistakes_have_places_and_hints() {
        let cases: &[(&str, &str, &str, Option<&str>)] = &[
            ("a = 1", "`deps.a` is neither a version nor a table", "1", None),
            ("a = ''", "`deps.a` is empty", "''", None),
            ("A = '1'", "`A` cannot be the name of a package", "A", Some("a")),
            ("'a/b/c' = '1'", "`a/b/c` cannot be the name of a package", "'a/b/c'", None),
            ("a = 'v1.2'", "`v1.2` is not a requirement of versions", "v1.2", Some("1.2")),
            ("a = '>=1, <v2'", "`>=1, <v2` is not a requirement of versions", "<v2", None),
            ("a = '==1'", "`==1` is not a requirement of versions", "==1", Some("=1")),
            ("a = '~> 1.2'", "`~> 1.2` is not a requirement of versions", "~> 1.2", Some("~ 1.2")),
            ("a = '1.2.3.4'", "`1.2.3.4` is not a requirement of versions", "1.2.3.4", Some("1.2.3")),
            ("a = '01.2'", "`01.2` is not a requirement of versions", "01.2", Some("1.2")),
            ("a = '^1.x.y'", "`^1.x.y` is not a requirement of versions", "^1.x.y", Some("^1")),
            ("a = 'latest'", "`latest` is not a requirement of versions", "latest", Some("*")),
            ("a = '1 or 2'", "`1 or 2` is not a requirement of versions", "or", Some("1 || 2")),
            ("a = {}", "`deps.a` does not say which versions will do", "{}", None),
            (
                "a = { path = 'x', git = 'y' }",
                "`deps.a` has both `path` and `git`",
                "{ path = 'x', git = 'y' }",
                None,
            ),
            (
                "a = { git = 'y', tag = 't', rev = 'abcdef0' }",
                "`deps.a` has both `tag` and `rev`",
                "{ git = 'y', tag = 't', rev = 'abcdef0' }",
                None,
            ),
            (
                "a = { version = '1', tag = 't' }",
                "`deps.a` has `tag` without `git`",
                "{ version = '1', tag = 't' }",
                None,
            ),
            (
                "a = { git = 'y', rev = 'main' }",
                "`deps.a.rev` is not the name of a commit",
                "{ git = 'y', rev = 'main' }",
                None,
            ),
            (
                "a = { workspace = true, version = '1' }",
                "`deps.a` has both `workspace` and `version`",
                "{ workspace = true, version = '1' }",
                None,
            ),
            ("a = { workspace = false }", "`deps.a.workspace` is false", "{ workspace = false }", None),
            ("a = { version = '1', optional = 1 }", "`deps.a.optional` is an integer", "1", None),
            ("a = { version = '1', features = 'x' }", "`deps.a.features` is a string", "'x'", None),
            ("a = { version = '1', features = [1] }", "`deps.a.features` has an integer in it", "[1]", None),
            (
                "a = { version = '1', feature = [] }",
                "`deps.a` has an unknown key `feature`",
                "feature",
                Some("features"),
            ),
        ];
        for (line, message, place, hint) in cases {
            let text = format!("[deps]\n{line}\n");
            let (_, diagnostics) = parse(&text);
            let [diagnostic] = diagnostics.as_slice() else { panic!("{text}\n{diagnostics:?}") };
            assert_eq!(diagnostic.message, *message);
            let span = diagnostic.labels[0].span;
            assert_eq!(&text[span.start..span.end], *place, "{text}");
            let expected: Vec<String> = hint.iter().map(|hint| format!("did you mean `{hint}`?")).collect();
            assert_eq!(diagnostic.hints, expected, "{text}");
        }
        let (_, diagnostics) = parse("[dev-deps]\na = { version = '1', optional = true }\n");
        assert_eq!(diagnostics[0].message, "`dev-deps.a` is optional");
        for url in ["https://me:pw@git.example/x", "https://me@git.example/x", "ssh://git:pw@git.example/x"] {
            let (_, diagnostics) = parse(&format!("[deps]\na = {{ git = '{url}' }}\n"));
            assert!(diagnostics[0].message.contains("a user name or a password"), "{diagnostics:?}");
        }
        let (_, diagnostics) = parse("[deps]\na = { git = 'ssh://git@git.example/x' }\n");
        assert!(diagnostics.is_empty(), "{diagnostics:?}");
    }
}
