//! Folders of one run: copied before it, never while something is measured.

use std::path::Path;

use anyhow::{Context as _, Result};

/// Copies those files below a folder whose paths below it are wanted, with their modes, and makes
/// the folder itself in any case. Links are copied as links.
pub(crate) fn copy(from: &Path, to: &Path, is_wanted: &dyn Fn(&str) -> bool) -> Result<()> {
    std::fs::create_dir_all(to)?;
    enter(from, to, "", is_wanted).with_context(|| format!("copy {}", from.display()))
}

/// How many files of a name that ends so there are below a folder; links to folders are followed
/// once, as where packages are linked.
pub(crate) fn count(folder: &Path, ending: &str) -> usize {
    let Ok(entries) = std::fs::read_dir(folder) else { return 0 };
    let mut found = 0;
    for entry in entries.flatten() {
        match entry.file_type() {
            Ok(kind) if kind.is_dir() => found += count(&entry.path(), ending),
            Ok(_) => found += usize::from(entry.file_name().to_string_lossy().ends_with(ending)),
            Err(_) => {}
        }
    }
    found
}

fn enter(from: &Path, to: &Path, below: &str, is_wanted: &dyn Fn(&str) -> bool) -> Result<()> {
    for entry in std::fs::read_dir(from)? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let path = format!("{below}{name}");
        let (inner, target) = (entry.path(), to.join(&name));
        let kind = entry.file_type()?;
        if kind.is_dir() {
            let inside = format!("{path}/");
            enter(&inner, &target, &inside, is_wanted)?;
            if target.is_dir() {
                std::fs::set_permissions(&target, entry.metadata()?.permissions())?;
            }
        } else if is_wanted(&path) {
            std::fs::create_dir_all(to)?;
            if kind.is_symlink() {
                #[cfg(unix)]
                std::os::unix::fs::symlink(std::fs::read_link(&inner)?, &target)?;
            } else {
                std::fs::copy(&inner, &target)?;
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wanted_is_copied() {
        let folder = tempfile::tempdir().unwrap();
        let (from, to) = (folder.path().join("from"), folder.path().join("to"));
        for path in ["a/b/c.txt", "a/d.txt", "e/f.txt", "g"] {
            let file = from.join(path);
            std::fs::create_dir_all(file.parent().unwrap()).unwrap();
            std::fs::write(file, path).unwrap();
        }
        copy(&from, &to, &|path| path.starts_with("a/b") || path == "g").unwrap();
        assert_eq!(std::fs::read_to_string(to.join("a/b/c.txt")).unwrap(), "a/b/c.txt");
        assert!(to.join("g").is_file() && !to.join("a/d.txt").exists() && !to.join("e").exists());
        assert_eq!((count(&to, ".txt"), count(&from, ".txt"), count(&from.join("no"), "")), (1, 3, 0));
    }
}
