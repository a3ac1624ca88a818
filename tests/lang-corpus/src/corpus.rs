//! Which programs there are, and how each is judged.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};

/// How a program is judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// It prints what the system's perl prints.
    Perl,
    /// There are files beside it that say what it prints and how it ends.
    Expectations,
    /// It counts at least one assertion and ends with 0.
    Assertions,
}

/// One program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Program {
    /// Its path from the folder of the corpus, with `/`.
    pub path: String,
    /// How it is judged.
    pub kind: Kind,
}

/// The files that state what a program does.
pub(crate) const EXPECTATIONS: [&str; 3] = ["out", "err", "status"];

impl Program {
    /// The first folder of its path.
    #[must_use]
    pub fn section(&self) -> &str {
        self.path.split('/').next().unwrap_or_default()
    }

    /// Whether it is of a section, or its path begins with a text that has a `/` in it.
    pub(crate) fn is_in(&self, chosen: &str) -> bool {
        let chosen = chosen.trim_end_matches('/');
        self.section() == chosen || (chosen.contains('/') && self.path.starts_with(chosen))
    }

    /// Where it is run, and what it is called there.
    pub(crate) fn place(&self, folder: &Path) -> (PathBuf, String) {
        let (above, name) = self.path.rsplit_once('/').unwrap_or(("", &self.path));
        match above.strip_suffix("/t") {
            Some(parent) => (folder.join(parent), format!("t/{name}")),
            None => (folder.join(above), name.to_owned()),
        }
    }
}

/// Every program of the corpus, by its path.
///
/// # Errors
///
/// When a folder cannot be read.
pub fn programs(folder: &Path) -> Result<Vec<Program>> {
    let mut found = Vec::new();
    search(folder, "", &mut found)?;
    found.sort_by(|one, other| one.path.cmp(&other.path));
    Ok(found)
}

fn search(folder: &Path, below: &str, found: &mut Vec<Program>) -> Result<()> {
    let here = folder.join(below);
    for entry in std::fs::read_dir(&here).with_context(|| format!("`{}`", here.display()))? {
        let entry = entry?;
        let Some(name) = entry.file_name().to_str().map(str::to_owned) else { continue };
        let path = if below.is_empty() { name.clone() } else { format!("{below}/{name}") };
        if entry.file_type()?.is_dir() {
            // What others require is no program of its own.
            if name != "lib" {
                search(folder, &path, found)?;
            }
            continue;
        }
        let kind = match path.rsplit_once('.') {
            Some((_, "pl")) if path.starts_with("compat/") => Kind::Perl,
            Some((stem, "stk")) if !is_required(&path) => {
                let has = |ending: &&str| folder.join(format!("{stem}.{ending}")).is_file();
                if EXPECTATIONS.iter().any(has) { Kind::Expectations } else { Kind::Assertions }
            }
            _ => continue,
        };
        found.push(Program { path, kind });
    }
    Ok(())
}

/// Whether it is `exercism/NAME/NAME.stk`, which its tests require.
fn is_required(path: &str) -> bool {
    let parts: Vec<&str> = path.split('/').collect();
    matches!(parts.as_slice(), ["exercism", name, file] if file.strip_suffix(".stk") == Some(*name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn programs_are_told_from_what_they_require() {
        let folder = tempfile::tempdir().expect("the system has a folder for temporary files");
        for path in [
            "README.md",
            "a/x.stk",
            "a/y.stk",
            "a/y.out",
            "compat/p.pl",
            "exercism/bob/bob.stk",
            "exercism/bob/t/test_bob.stk",
            "project/lib/l.stk",
            "project/t/test_l.stk",
        ] {
            let path = folder.path().join(path);
            std::fs::create_dir_all(path.parent().expect("it is below")).expect("the folder is ours");
            std::fs::write(path, "").expect("the folder is ours");
        }
        let found = programs(folder.path()).expect("the folder is ours");
        let shown: Vec<(&str, Kind)> = found.iter().map(|one| (one.path.as_str(), one.kind)).collect();
        assert_eq!(
            shown,
            [
                ("a/x.stk", Kind::Assertions),
                ("a/y.stk", Kind::Expectations),
                ("compat/p.pl", Kind::Perl),
                ("exercism/bob/t/test_bob.stk", Kind::Assertions),
                ("project/t/test_l.stk", Kind::Assertions),
            ]
        );
        let place = |index: usize| found[index].place(Path::new("/c"));
        assert_eq!(place(3), (PathBuf::from("/c/exercism/bob"), "t/test_bob.stk".to_owned()));
        assert_eq!(place(0), (PathBuf::from("/c/a"), "x.stk".to_owned()));
        assert!(
            found[0].is_in("a") && found[0].is_in("a/x") && !found[0].is_in("b") && !found[3].is_in("ex")
        );
    }
}
