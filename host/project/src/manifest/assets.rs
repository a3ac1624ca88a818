//! `[package.assets]`: files and folders whose contents programs of the package have in themselves.
//!
//! Here is what can be told from the text: a name is one word, and a path stays in the package and goes
//! where the package goes. What lies there is left to whoever reads it.

use s_diag::{Code, Diagnostic, Span};
use s_store::{StoreError, check_view_path};
use toml_edit::Table;

use crate::toml::{Reader, entries, place};

/// Names at the top of a package that no archive of it has: what is made from it, and what concerns only
/// its authors.
const LEFT_OUT: [&str; 4] = ["target", "vendor", "examples", crate::LOCK_NAME];

/// One entry of `[package.assets]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AssetEntry {
    /// What the file is called, or what the names of the files below the folder begin with.
    pub name: String,
    /// A file or folder, relative to that of the manifest, with `/` between its parts.
    pub path: String,
    /// Where the path stands in the text.
    pub span: Span,
}

/// Whether a file of a package, by its path, is in archives of it. Names that begin with a dot are not,
/// and neither are `target`, `vendor`, `examples` and `stryke.lock` at the top.
#[must_use]
pub fn is_packed(path: &str) -> bool {
    let first = path.split('/').next().unwrap_or(path);
    !LEFT_OUT.contains(&first) && path.split('/').all(|part| !part.starts_with('.'))
}

pub(super) fn assets(reader: &mut Reader, root: &Table) -> Vec<AssetEntry> {
    let package = root.get("package").and_then(|item| item.as_table_like());
    let Some((key, item)) = package.and_then(|package| package.get_key_value("assets")) else {
        return Vec::new();
    };
    let Some(table) = reader.table("package.assets", place(key, item), item) else { return Vec::new() };
    let mut found = Vec::new();
    for (key, item) in entries(table) {
        let name = key.get();
        let shown = format!("package.assets.{}", key.display_repr());
        let span = place(key, item);
        let Some(path) = reader.string_value(&shown, span, item) else { continue };
        if name.is_empty() || name.contains(['/', '\0']) || name.starts_with('.') {
            let label = "a name is one word without `/` that does not begin with a dot";
            wrong(reader, format!("`{}` is no name of an asset", name.escape_debug()), span, label);
            continue;
        }
        let inside = path.strip_prefix("./").unwrap_or(&path);
        let inside = inside.strip_suffix('/').unwrap_or(inside);
        if inside.is_empty() || inside == "." {
            let label = "a file or folder below it is expected here";
            wrong(reader, format!("`{shown}` is the folder of the package itself"), span, label);
        } else if let Err(error) = check_view_path(inside) {
            let reason = match error {
                StoreError::Path { reason, .. } => reason.to_string(),
                error => error.to_string(),
            };
            let message = format!("`{shown}` leads out of the package, or nowhere: {reason}");
            wrong(reader, message, span, "a path below the folder of stryke.toml is expected here");
        } else if !is_packed(inside) {
            let message = format!("`{shown}` names what no archive of the package has");
            let label = "hidden files, `target`, `vendor` and `examples` are left out of packages";
            wrong(reader, message, span, label);
        } else {
            found.push(AssetEntry { name: name.to_owned(), path: inside.to_owned(), span });
        }
    }
    found
}

fn wrong(reader: &mut Reader, message: String, span: Span, label: &str) {
    let diagnostic = Diagnostic::error(Code::PACKAGE_ASSETS, message).at(&reader.source, span, label);
    reader.diagnostics.push(diagnostic);
}

#[cfg(test)]
mod tests {
    use super::super::testing::{parse, valid};
    use super::*;

    #[test]
    fn files_and_folders_are_read_in_the_order_of_the_file() {
        let manifest = valid(
            "[package]\nname = \"a\"\n[package.assets]\ntemplates = \"share/templates/\"\n\"a b\" = \"./x.png\"\n",
        );
        let read: Vec<String> =
            manifest.assets().iter().map(|entry| format!("{}={}", entry.name, entry.path)).collect();
        assert_eq!(read, ["templates=share/templates", "a b=x.png"]);
        assert_eq!(valid("[package]\nname = \"a\"\n").assets(), []);
        assert_eq!(valid("package = { assets = { x = \"y\" } }\n").assets().len(), 1);
    }

    #[test]
    fn what_leaves_the_package_is_refused_with_its_line() {
        for (line, message) in [
            (
                "x = \"../up\"",
                "`package.assets.x` leads out of the package, or nowhere: `..` is not allowed in it",
            ),
            (
                "x = \"a/../../up\"",
                "`package.assets.x` leads out of the package, or nowhere: `..` is not allowed in it",
            ),
            (
                "x = \"/etc/passwd\"",
                "`package.assets.x` leads out of the package, or nowhere: it is absolute",
            ),
            (
                "x = \"a//b\"",
                "`package.assets.x` leads out of the package, or nowhere: a part of it is empty",
            ),
            ("x = \".\"", "`package.assets.x` is the folder of the package itself"),
            (
                "x = \"a/./b\"",
                "`package.assets.x` leads out of the package, or nowhere: `.` is not allowed in it",
            ),
            ("x = \"./\"", "`package.assets.x` is the folder of the package itself"),
            ("x = \"\"", "`package.assets.x` is empty"),
            ("x = 3", "`package.assets.x` is an integer"),
            ("x = \"target/out\"", "`package.assets.x` names what no archive of the package has"),
            ("x = \"share/.git\"", "`package.assets.x` names what no archive of the package has"),
            ("\"a/b\" = \"x\"", "`a/b` is no name of an asset"),
            ("\"\" = \"x\"", "`` is no name of an asset"),
        ] {
            let (manifest, found) = parse(&format!("[package]\nname = \"a\"\n\n[package.assets]\n{line}\n"));
            assert_eq!(manifest.assets(), [], "{line}");
            let [one] = found.as_slice() else { panic!("{line}: {found:?}") };
            assert_eq!(one.message, message, "{line}");
            let label = &one.labels[0];
            assert_eq!(label.source.position(label.span.start).0, 5, "{line}");
        }
        let (_, found) = parse("[package]\nassets = \"share\"\n");
        assert_eq!(found[0].message, "`package.assets` is a string");
    }

    #[test]
    fn what_packages_have() {
        for (path, packed) in [
            ("share/a", true),
            ("lib/target", true),
            ("target/a", false),
            ("examples", false),
            ("stryke.lock", false),
            (".gitignore", false),
            ("a/.b/c", false),
        ] {
            assert_eq!(is_packed(path), packed, "{path}");
        }
    }
}
