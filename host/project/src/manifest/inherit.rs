//! `NAME.workspace = true`: what the root of a workspace says, in the manifests of its members.

use s_diag::{Code, Diagnostic, Span};
use toml_edit::{Item, TableLike, Value};

use super::dependency::{DependencyOrigin, DependencyRequest};
use super::{Package, ProjectManifest, Workspace};
use crate::toml::{list, nearest};

/// A field of `[package]` that the workspace states.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct InheritedField {
    pub(super) key: String,
    pub(super) span: Span,
}

impl ProjectManifest {
    /// Puts what the root of the workspace says in the place of `NAME.workspace = true`; the text
    /// stays as it is. `up` leads from the folder of this manifest to that of the root, such as
    /// `../..`, and is empty for the root itself. Returns what the root does not say.
    pub fn inherit(&mut self, workspace: &Workspace, up: &str) -> Vec<Diagnostic> {
        let mut missing = Vec::new();
        for field in std::mem::take(&mut self.inherited) {
            match workspace.package.get(&field.key) {
                Some(text) => set_field(&mut self.package, &field.key, text),
                None => missing.push(self.not_there("workspace.package", &field.key, field.span, || {
                    workspace.package.keys().map(String::as_str).collect()
                })),
            }
        }
        for at in 0..self.dependencies.len() {
            if self.dependencies[at].origin != DependencyOrigin::Workspace {
                continue;
            }
            let alias = &self.dependencies[at].alias;
            match workspace.dependencies.iter().find(|stated| stated.alias == *alias) {
                Some(stated) => take(&mut self.dependencies[at], stated, up),
                None => {
                    let span = self.dependencies[at].span;
                    missing.push(self.not_there("workspace.deps", alias, span, || {
                        workspace.dependencies.iter().map(|stated| stated.alias.as_str()).collect()
                    }));
                }
            }
        }
        missing
    }

    /// The text for somebody who does not have the workspace: what is inherited stands in it, and
    /// `[workspace]` does not.
    pub fn detached(&self) -> String {
        let inherits = self.document.as_ref().is_some_and(|document| {
            document.contains_key("workspace")
                || tables(document.as_table())
                    .any(|(_, table)| table.iter().any(|(_, item)| is_inherited(item)))
        });
        let Some(document) = self.document.as_ref().filter(|_| inherits) else { return self.to_string() };
        let mut copy = self.clone();
        let mut document = document.clone();
        document.remove("workspace");
        if let Some(package) = document.get_mut("package").and_then(Item::as_table_like_mut) {
            for (key, text) in fields_of(&self.package) {
                if let Some(item) = package.get_mut(key).filter(|item| is_inherited(item)) {
                    let mut value = Value::from(text);
                    if let Some(old) = item.as_value() {
                        *value.decor_mut() = old.decor().clone();
                    }
                    *item = Item::Value(value);
                }
            }
        }
        copy.document = Some(document);
        copy.edited = true;
        for request in &self.dependencies {
            let is_inherited = copy.entry_of(request).is_some_and(is_inherited);
            if is_inherited {
                copy.replace_dependency(request);
            }
        }
        copy.to_string()
    }

    fn not_there<'a>(
        &self,
        table: &str,
        key: &str,
        span: Span,
        known: impl FnOnce() -> Vec<&'a str>,
    ) -> Diagnostic {
        let diagnostic = Diagnostic::error(Code::MANIFEST_VALUE, format!("`[{table}]` has no `{key}`")).at(
            &self.source,
            span,
            "it is inherited here",
        );
        let known = known();
        match (nearest(key, &known), known.as_slice()) {
            (Some(near), _) => diagnostic.hint(format!("did you mean `{near}`?")),
            (None, []) => diagnostic.note(format!("the root of the workspace has no `[{table}]`")),
            (None, known) => diagnostic.note(format!("it has {}", list(known))),
        }
    }
}

/// Whether a value is `{ workspace = true, … }`, in whatever form.
pub(super) fn is_inherited(item: &Item) -> bool {
    let stated = item.as_table_like().and_then(|table| table.get("workspace"));
    stated.and_then(Item::as_bool) == Some(true)
}

fn tables(root: &toml_edit::Table) -> impl Iterator<Item = (&str, &dyn TableLike)> {
    let named = |name: &'static str| root.get(name).and_then(Item::as_table_like).map(|table| (name, table));
    let groups = root.get("groups").and_then(Item::as_table_like);
    let groups = groups.into_iter().flat_map(|groups| groups.iter());
    ["package", "deps", "dev-deps"]
        .into_iter()
        .filter_map(named)
        .chain(groups.filter_map(|(name, item)| Some((name, item.as_table_like()?))))
}

/// What the workspace says of a dependency, with what the member adds to it.
fn take(request: &mut DependencyRequest, stated: &DependencyRequest, up: &str) {
    request.package = stated.package.clone();
    request.origin = match &stated.origin {
        DependencyOrigin::Path { path, requirement } => {
            let is_relative = !up.is_empty() && !path.starts_with('/');
            let path = if is_relative { format!("{up}/{path}") } else { path.clone() };
            DependencyOrigin::Path { path, requirement: requirement.clone() }
        }
        origin => origin.clone(),
    };
    let mut features = stated.features.clone();
    features.extend(request.features.iter().filter(|one| !stated.features.contains(one)).cloned());
    request.features = features;
    request.default_features &= stated.default_features;
}

fn set_field(package: &mut Package, key: &str, text: &str) {
    let field = match key {
        "name" => &mut package.name,
        "version" => &mut package.version,
        "description" => &mut package.description,
        "license" => &mut package.license,
        "repository" => &mut package.repository,
        "edition" => &mut package.edition,
        "s" => &mut package.requires_s,
        _ => return,
    };
    *field = Some(text.to_owned());
}

fn fields_of(package: &Package) -> impl Iterator<Item = (&'static str, &str)> {
    [
        ("name", &package.name),
        ("version", &package.version),
        ("description", &package.description),
        ("license", &package.license),
        ("repository", &package.repository),
        ("edition", &package.edition),
        ("s", &package.requires_s),
    ]
    .into_iter()
    .filter_map(|(key, text)| Some((key, text.as_deref()?)))
}

#[cfg(test)]
mod tests {
    use super::super::testing::*;
    use super::*;

    const ROOT: &str = r#"
[workspace]
members = ["crates/*"]

[workspace.package]
version = "1.2.0"
license = "MIT"

[workspace.deps]
json = { version = "2", features = ["fast"] }
util = { version = "1.0", path = "crates/util" }
yaml = { package = "acme/yaml", version = "1", default-features = false }
"#;

    const MEMBER: &str = r#"# A member.
[package]
name = "app"
version.workspace = true
license = { workspace = true } # theirs

[deps]
json = { workspace = true, features = ["strict", "fast"] }
util.workspace = true
http = "1"

[groups.docs]
yaml.workspace = true
"#;

    fn inherited(text: &str, up: &str) -> (ProjectManifest, Vec<Diagnostic>) {
        let mut manifest = valid(text);
        let root = valid(ROOT);
        let missing = manifest.inherit(root.workspace().unwrap(), up);
        (manifest, missing)
    }

    #[test]
    fn s25_a_member_takes_what_the_root_says() {
        let (manifest, missing) = inherited(MEMBER, "../..");
        assert!(missing.is_empty(), "{missing:?}");
        let package = manifest.package();
        assert_eq!((package.version.as_deref(), package.license.as_deref()), (Some("1.2.0"), Some("MIT")));
        let of = |alias: &str| manifest.dependencies().iter().find(|one| one.alias == alias).unwrap().clone();
        assert_eq!(of("json").features, ["fast", "strict"]);
        assert!(
            matches!(of("util").origin, DependencyOrigin::Path { path, .. } if path == "../../crates/util")
        );
        assert_eq!((of("yaml").package.as_str(), of("yaml").default_features), ("acme/yaml", false));
        assert_eq!(of("yaml").group, super::super::Group::Named("docs".into()));
        assert_eq!(manifest.to_string(), MEMBER, "the text is the author's");
    }

    #[test]
    fn s25_what_is_published_stands_alone() {
        let (manifest, _) = inherited(MEMBER, "../..");
        let text = manifest.detached();
        assert_eq!(
            text,
            r#"# A member.
[package]
name = "app"
version = "1.2.0"
license = "MIT" # theirs

[deps]
json = { version = "2", features = ["fast", "strict"] }
util = { version = "1.0", path = "../../crates/util" }
http = "1"

[groups.docs]
yaml = { package = "acme/yaml", version = "1", default-features = false }
"#
        );
        let again = valid(&text);
        assert_eq!(again.package().version.as_deref(), Some("1.2.0"));
        let root = valid(&format!("[package]\nname = \"r\"\n{ROOT}"));
        assert!(!root.detached().contains("workspace"), "{}", root.detached());
        let plain = valid("[package]\nname = 'x' # as it is\n");
        assert_eq!(plain.detached(), plain.to_string());
    }

    #[test]
    fn what_the_root_does_not_say_is_an_error_with_a_place() {
        let text = "[package]\nname = 'a'\nedition.workspace = true\n[deps]\njsn.workspace = true\n";
        let (_, missing) = inherited(text, "..");
        let [edition, json] = missing.as_slice() else { panic!("{missing:?}") };
        assert_eq!(edition.message, "`[workspace.package]` has no `edition`");
        assert_eq!(edition.notes, ["it has `license`, `version`"]);
        assert_eq!(json.message, "`[workspace.deps]` has no `jsn`");
        assert_eq!(json.hints, ["did you mean `json`?"]);
        assert!(json.labels[0].span.start > edition.labels[0].span.start);
    }
}
