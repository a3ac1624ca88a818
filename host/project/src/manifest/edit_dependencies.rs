//! Changes to tables of dependencies that leave everything else as it was written.

use toml_edit::{Array, InlineTable, Item, Table, TableLike, Value};

use super::inherit::is_inherited;
use super::{DependencyRequest, Group, ProjectManifest};
use crate::manifest::dependency::{DependencyOrigin, GitReference};
use crate::{ProjectError, Requirement};

/// Keys that say where a dependency comes from: setting another origin removes them.
const ORIGIN_KEYS: [&str; 8] = ["version", "path", "git", "tag", "branch", "rev", "registry", "workspace"];

impl ProjectManifest {
    /// Adds a dependency to the table of its group, or changes the one with its alias there. What
    /// the request does not say (features, when it has none) stays as it is; comments stay.
    ///
    /// # Errors
    /// [`ProjectError::NotEditable`].
    pub fn set_dependency(&mut self, request: &DependencyRequest) -> Result<(), ProjectError> {
        let table = self.group_table(&request.group)?;
        match table.get_mut(&request.alias) {
            Some(item) if item.as_table_like().is_some() => {
                let entry = item.as_table_like_mut().expect("it was just seen to be one");
                for key in ORIGIN_KEYS {
                    entry.remove(key);
                }
                for (key, value) in fields(request) {
                    entry.insert(key, Item::Value(value));
                }
            }
            Some(item) => {
                let mut value = new_value(request);
                if let Some(old) = item.as_value() {
                    *value.decor_mut() = old.decor().clone();
                }
                *item = Item::Value(value);
            }
            None => {
                table.insert(&request.alias, Item::Value(new_value(request)));
            }
        }
        self.edited = true;
        let same = |old: &&mut DependencyRequest| old.group == request.group && old.alias == request.alias;
        match self.dependencies.iter_mut().find(same) {
            Some(old) => *old = request.clone(),
            None => self.dependencies.push(request.clone()),
        }
        Ok(())
    }

    /// Removes a dependency; returns whether there was one. The table stays.
    ///
    /// # Errors
    /// [`ProjectError::NotEditable`].
    pub fn remove_dependency(&mut self, group: &Group, alias: &str) -> Result<bool, ProjectError> {
        if self.document.is_some() && self.dependency(group, alias).is_none() {
            return Ok(false);
        }
        self.group_table(group)?.remove(alias);
        self.dependencies.retain(|request| request.group != *group || request.alias != alias);
        self.edited = true;
        Ok(true)
    }

    /// Changes which versions of a dependency from a registry will do, and nothing else. Returns
    /// whether the text says it: what is inherited is said by the root of the workspace.
    ///
    /// # Errors
    /// [`ProjectError::NotEditable`].
    pub fn set_requirement(
        &mut self,
        group: &Group,
        alias: &str,
        requirement: &Requirement,
    ) -> Result<bool, ProjectError> {
        let stated = match self.group_table(group)?.get_mut(alias) {
            Some(item) if !is_inherited(item) => set_version(item, requirement),
            _ => false,
        };
        self.edited |= stated;
        let same = |old: &&mut DependencyRequest| old.group == *group && old.alias == alias;
        if let Some(old) = self.dependencies.iter_mut().find(same) {
            replace_requirement(&mut old.origin, requirement);
        }
        Ok(stated)
    }

    /// The same for an entry of `[workspace.deps]`; returns whether there is one.
    ///
    /// # Errors
    /// [`ProjectError::NotEditable`].
    pub fn set_workspace_requirement(
        &mut self,
        alias: &str,
        requirement: &Requirement,
    ) -> Result<bool, ProjectError> {
        let Some(workspace) = &mut self.workspace else { return Ok(false) };
        if let Some(old) = workspace.dependencies.iter_mut().find(|old| old.alias == alias) {
            replace_requirement(&mut old.origin, requirement);
        }
        let table = self.table_mut("workspace")?.get_mut("deps").and_then(Item::as_table_like_mut);
        let stated =
            table.and_then(|table| table.get_mut(alias)).is_some_and(|item| set_version(item, requirement));
        self.edited |= stated;
        Ok(stated)
    }

    /// The entry of a request as it is written.
    pub(super) fn entry_of(&self, request: &DependencyRequest) -> Option<&Item> {
        let root = self.document.as_ref()?;
        let table = match &request.group {
            Group::Normal => root.get("deps")?,
            Group::Dev => root.get("dev-deps")?,
            Group::Named(name) => root.get("groups")?.as_table_like()?.get(name)?,
        };
        table.as_table_like()?.get(&request.alias)
    }

    /// Writes an entry that is there anew, in one line.
    pub(super) fn replace_dependency(&mut self, request: &DependencyRequest) {
        if let Ok(table) = self.group_table(&request.group)
            && let Some(item) = table.get_mut(&request.alias)
        {
            let mut value = new_value(request);
            if let Some(old) = item.as_value() {
                *value.decor_mut() = old.decor().clone();
            }
            *item = Item::Value(value);
        }
    }

    fn group_table(&mut self, group: &Group) -> Result<&mut dyn TableLike, ProjectError> {
        match group {
            Group::Normal => self.table_mut("deps"),
            Group::Dev => self.table_mut("dev-deps"),
            Group::Named(name) => {
                let groups = self.table_mut("groups")?;
                if !groups.contains_key(name) {
                    groups.insert(name, Item::Table(Table::new()));
                }
                Ok(groups
                    .get_mut(name)
                    .and_then(Item::as_table_like_mut)
                    .expect("a manifest without errors has tables here"))
            }
        }
    }
}

/// Puts a requirement where an entry has one, and keeps what stands around it.
fn set_version(item: &mut Item, requirement: &Requirement) -> bool {
    let place = match item.as_table_like_mut() {
        Some(table) => table.get_mut("version"),
        None => Some(item),
    };
    let Some(value) = place.and_then(Item::as_value_mut) else { return false };
    let decor = value.decor().clone();
    *value = requirement.as_str().into();
    *value.decor_mut() = decor;
    true
}

fn replace_requirement(origin: &mut DependencyOrigin, new: &Requirement) {
    if let DependencyOrigin::Registry { requirement, .. } = origin {
        *requirement = new.clone();
    }
}

fn new_value(request: &DependencyRequest) -> Value {
    let fields = fields(request);
    match fields.as_slice() {
        [("version", value)] => value.clone(),
        _ => Value::InlineTable(fields.into_iter().collect::<InlineTable>()),
    }
}

/// What an entry says, in the order in which it is written.
fn fields(request: &DependencyRequest) -> Vec<(&'static str, Value)> {
    let mut fields: Vec<(&'static str, Value)> = Vec::new();
    if request.alias != request.package.as_str() {
        fields.push(("package", request.package.as_str().into()));
    }
    match &request.origin {
        DependencyOrigin::Registry { requirement, registry } => {
            fields.push(("version", requirement.as_str().into()));
            fields.extend(registry.as_deref().map(|registry| ("registry", registry.into())));
        }
        DependencyOrigin::Path { path, requirement } => {
            fields.extend(requirement.as_ref().map(|requirement| ("version", requirement.as_str().into())));
            fields.push(("path", path.as_str().into()));
        }
        DependencyOrigin::Git { url, reference } => {
            fields.push(("git", url.as_str().into()));
            fields.extend(match reference {
                GitReference::Head => None,
                GitReference::Tag(tag) => Some(("tag", tag.as_str().into())),
                GitReference::Branch(branch) => Some(("branch", branch.as_str().into())),
                GitReference::Rev(rev) => Some(("rev", rev.as_str().into())),
                GitReference::Version(requirement) => Some(("version", requirement.as_str().into())),
            });
        }
        DependencyOrigin::Workspace => fields.push(("workspace", true.into())),
    }
    if !request.features.is_empty() {
        fields
            .push(("features", Value::Array(request.features.iter().map(String::as_str).collect::<Array>())));
    }
    if !request.default_features {
        fields.push(("default-features", false.into()));
    }
    if request.optional {
        fields.push(("optional", true.into()));
    }
    fields
}

#[cfg(test)]
mod tests {
    use s_diag::Span;

    use super::super::testing::*;
    use super::*;
    use crate::Bare;

    fn request(alias: &str, version: &str) -> DependencyRequest {
        DependencyRequest {
            group: Group::Normal,
            alias: alias.to_owned(),
            package: alias.parse().unwrap(),
            origin: DependencyOrigin::Registry {
                requirement: Requirement::parse(version, Bare::Exact).unwrap(),
                registry: None,
            },
            features: Vec::new(),
            default_features: true,
            optional: false,
            span: Span { start: 0, end: 0 },
        }
    }

    #[test]
    fn setting_keeps_everything_else() {
        let features = DependencyRequest { features: vec!["x".into()], ..request("a", "2") };
        let renamed = DependencyRequest { package: "acme/a".parse().unwrap(), ..request("a", "2") };
        let dev = DependencyRequest { group: Group::Dev, ..request("a", "2") };
        let docs = DependencyRequest { group: Group::Named("docs".into()), ..request("a", "2") };
        let path = DependencyRequest {
            origin: DependencyOrigin::Path { path: "../a".into(), requirement: None },
            ..request("a", "2")
        };
        let git = DependencyRequest {
            origin: DependencyOrigin::Git {
                url: "https://git.example/a".into(),
                reference: GitReference::Tag("v2".into()),
            },
            default_features: false,
            optional: true,
            ..request("a", "2")
        };
        let cases: &[(&str, &DependencyRequest, &str)] = &[
            ("", &request("a", "2"), "[deps]\na = \"2\"\n"),
            ("", &request("acme/a", "2"), "[deps]\n\"acme/a\" = \"2\"\n"),
            ("", &features, "[deps]\na = { version = \"2\", features = [\"x\"] }\n"),
            ("", &renamed, "[deps]\na = { package = \"acme/a\", version = \"2\" }\n"),
            ("", &dev, "[dev-deps]\na = \"2\"\n"),
            ("", &docs, "[groups.docs]\na = \"2\"\n"),
            ("[groups.docs]\nb = '1' # b\n", &docs, "[groups.docs]\nb = '1' # b\na = \"2\"\n"),
            ("", &path, "[deps]\na = { path = \"../a\" }\n"),
            (
                "",
                &git,
                "[deps]\na = { git = \"https://git.example/a\", tag = \"v2\", default-features = false, optional = true }\n",
            ),
            (
                "# top\n[deps] # mine\nb = '1' # b\na  =  '1' # keep\n\n[bin]\n",
                &request("a", "2"),
                "# top\n[deps] # mine\nb = '1' # b\na  =  \"2\" # keep\n\n[bin]\n",
            ),
            (
                "[deps.a]\n# why\ngit = 'x'\ntag = 'v1'\nfeatures = ['y']\n",
                &request("a", "2"),
                "[deps.a]\nfeatures = ['y']\nversion = \"2\"\n",
            ),
        ];
        for (before, request, after) in cases {
            let (mut manifest, _) = parse(before);
            manifest.set_dependency(request).unwrap();
            assert_eq!(manifest.to_string(), *after, "{before}");
            let again = valid(&manifest.to_string());
            let read = again.dependency(&request.group, &request.alias).unwrap();
            assert_eq!((&read.origin, &read.package), (&request.origin, &request.package));
        }
    }

    #[test]
    fn removing_keeps_everything_else() {
        let mut manifest = valid("[deps]\na = '1'\n# b is good\nb = '2' # yes\n\n[dev-deps]\na = '1'\n");
        assert!(manifest.remove_dependency(&Group::Normal, "a").unwrap());
        assert!(!manifest.remove_dependency(&Group::Normal, "a").unwrap());
        assert!(!manifest.remove_dependency(&Group::Named("x".into()), "a").unwrap());
        assert_eq!(manifest.to_string(), "[deps]\n# b is good\nb = '2' # yes\n\n[dev-deps]\na = '1'\n");
        assert!(manifest.dependency(&Group::Dev, "a").is_some());
        let (mut broken, _) = parse("[deps]\na = 1\n");
        assert!(broken.remove_dependency(&Group::Normal, "a").is_err());
        assert!(broken.set_dependency(&request("a", "1")).is_err());
    }

    #[test]
    fn a_requirement_is_raised_where_it_is_written() {
        let raised = Requirement::parse("2.5", Bare::Exact).unwrap();
        for (before, after) in [
            ("[deps]\na = '1' # why\n", "[deps]\na = \"2.5\" # why\n"),
            (
                "[deps]\na = { version = '1', features = ['x'] }\n",
                "[deps]\na = { version = \"2.5\", features = ['x'] }\n",
            ),
            ("[deps.a]\nversion = '1' # v\n", "[deps.a]\nversion = \"2.5\" # v\n"),
        ] {
            let mut manifest = valid(before);
            assert!(manifest.set_requirement(&Group::Normal, "a", &raised).unwrap());
            assert_eq!(manifest.to_string(), after);
            let origin = &manifest.dependency(&Group::Normal, "a").unwrap().origin;
            assert!(
                matches!(origin, DependencyOrigin::Registry { requirement, .. } if *requirement == raised)
            );
        }
        let text = "[workspace.deps]\na = '1' # theirs\n\n[deps]\na.workspace = true\n";
        let mut manifest = valid(text);
        assert!(!manifest.set_requirement(&Group::Normal, "a", &raised).unwrap());
        assert_eq!(manifest.to_string(), text);
        assert!(manifest.set_workspace_requirement("a", &raised).unwrap());
        assert!(!manifest.set_workspace_requirement("b", &raised).unwrap());
        assert_eq!(manifest.to_string(), text.replace("'1'", "\"2.5\""));
    }
}
