//! Which folders are members of a workspace.
//!
//! The root is a folder whose `stryke.toml` has `[workspace]`. A folder below it with a
//! `stryke.toml` of its own is a member when a pattern of `members` names it and none of `exclude`
//! does: `*` and `?` stand for parts of one name, `**` for any number of folders. The root is a
//! member as well. Folders that are hidden or called `target` or `vendor` are not searched.

use std::path::{Path, PathBuf};

use glob::{MatchOptions, Pattern};
use s_diag::Source;
use s_store::files;
use s_store::{EntryKind, StoreError};

use crate::{MANIFEST_NAME, ProjectManifest, Workspace, find_root};

const OPTIONS: MatchOptions =
    MatchOptions { case_sensitive: true, require_literal_separator: true, require_literal_leading_dot: true };

/// How deep `**` reaches.
const DEPTH_MAX: usize = 8;

/// A manifest is not read beyond this.
const MANIFEST_BYTES_MAX: u64 = 4 << 20;

const NOT_SEARCHED: [&str; 2] = ["target", "vendor"];

impl Workspace {
    /// Whether a folder, named from the root with `/`, is a member if it has a manifest.
    pub fn has(&self, folder: &str) -> bool {
        let matches = |patterns: &[String]| {
            patterns.iter().any(|text| {
                let text = text.trim_start_matches("./").trim_end_matches('/');
                Pattern::new(text).is_ok_and(|pattern| pattern.matches_with(folder, OPTIONS))
            })
        };
        matches(&self.members) && !matches(&self.exclude)
    }

    /// The folders of the members below the root, named from it with `/`, sorted.
    ///
    /// # Errors
    /// Those of the operating system.
    pub fn member_folders(&self, root: &Path) -> Result<Vec<String>, StoreError> {
        let depth = |text: &String| match text.contains("**") {
            true => DEPTH_MAX,
            false => text.split('/').filter(|part| !matches!(*part, "" | ".")).count(),
        };
        let depth = self.members.iter().map(depth).max().unwrap_or(0);
        let mut found = Vec::new();
        self.search(root, "", depth, &mut found)?;
        found.sort();
        Ok(found)
    }

    fn search(
        &self,
        folder: &Path,
        prefix: &str,
        depth: usize,
        found: &mut Vec<String>,
    ) -> Result<(), StoreError> {
        if depth == 0 {
            return Ok(());
        }
        for entry in files::read_dir(folder)? {
            let Some(name) = entry.name.to_str().filter(|_| entry.kind == EntryKind::Directory) else {
                continue;
            };
            if name.starts_with('.') || NOT_SEARCHED.contains(&name) {
                continue;
            }
            let path = format!("{prefix}{name}");
            if self.has(&path) && is_manifest(&entry.path.join(MANIFEST_NAME)) {
                found.push(path.clone());
            }
            self.search(&entry.path, &format!("{path}/"), depth - 1, found)?;
        }
        Ok(())
    }
}

/// Finds the root of the workspace that the project in a folder is a member of: the nearest folder
/// above whose manifest says so. None where it stands alone.
pub fn find_workspace(project: &Path) -> Option<PathBuf> {
    let mut above = project.parent().and_then(find_root);
    while let Some(root) = above {
        let text = files::read_to_string(&root.join(MANIFEST_NAME), MANIFEST_BYTES_MAX);
        // What is wrong with it is told when it is read as the root.
        let (manifest, _) = ProjectManifest::parse(Source::new(MANIFEST_NAME, text.unwrap_or_default()));
        if let Some(workspace) = manifest.workspace()
            && folder_from(&root, project).is_some_and(|folder| workspace.has(&folder))
        {
            return Some(root);
        }
        above = root.parent().and_then(find_root);
    }
    None
}

/// A folder below another, named from it with `/`.
fn folder_from(root: &Path, folder: &Path) -> Option<String> {
    let below = folder.strip_prefix(root).ok()?;
    let parts: Option<Vec<&str>> = below.iter().map(|part| part.to_str()).collect();
    Some(parts?.join("/"))
}

fn is_manifest(path: &Path) -> bool {
    matches!(files::kind(path), Ok(Some(EntryKind::File)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    fn workspace(members: &[&str], exclude: &[&str]) -> Workspace {
        let texts = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect();
        Workspace { members: texts(members), exclude: texts(exclude), ..Workspace::default() }
    }

    #[test]
    fn s25_patterns_name_members() {
        let cases: &[(&[&str], &[&str], &str, bool)] = &[
            (&["crates/*"], &[], "crates/a", true),
            (&["crates/*"], &[], "crates/a/b", false),
            (&["crates/*"], &[], "crates", false),
            (&["crates/*"], &["crates/old"], "crates/old", false),
            (&["crates/*"], &["crates/o*"], "crates/other", false),
            (&["./tools/"], &[], "tools", true),
            (&["**/plugin"], &[], "a/b/plugin", true),
            (&["a?"], &[], "ab", true),
            (&["a["], &[], "a[", false),
            (&[], &[], "a", false),
        ];
        for (members, exclude, folder, expected) in cases {
            assert_eq!(workspace(members, exclude).has(folder), *expected, "{members:?} {folder}");
        }
    }

    #[test]
    fn s25_members_are_found_and_find_their_root() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        let manifest = |path: &str, text: &str| {
            fs::create_dir_all(root.join(path)).unwrap();
            fs::write(root.join(path).join(MANIFEST_NAME), text).unwrap();
        };
        manifest("", "[workspace]\nmembers = ['crates/*', '**/deep']\nexclude = ['crates/old']\n");
        for path in ["crates/b", "crates/a", "crates/old", "x/y/deep", "target/deep", ".git/deep", "loose"] {
            manifest(path, "[package]\n");
        }
        fs::create_dir_all(root.join("crates/empty")).unwrap();
        let (text, _) = ProjectManifest::parse(Source::new(
            MANIFEST_NAME,
            fs::read_to_string(root.join(MANIFEST_NAME)).unwrap(),
        ));
        let members = text.workspace().unwrap().member_folders(root).unwrap();
        assert_eq!(members, ["crates/a", "crates/b", "x/y/deep"]);
        for member in &members {
            assert_eq!(find_workspace(&root.join(member)), Some(root.to_path_buf()));
        }
        for alone in ["crates/old", "loose", ""] {
            assert_eq!(find_workspace(&root.join(alone)), None, "{alone}");
        }
        // A project between a member and the root changes nothing.
        manifest("x", "[package]\n");
        assert_eq!(find_workspace(&root.join("x/y/deep")), Some(root.to_path_buf()));
    }
}
