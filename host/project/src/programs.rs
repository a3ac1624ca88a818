//! Which programs a package has: those of `[bin]`, and every file in `bin`.

use std::collections::BTreeMap;
use std::path::Path;

use s_store::{EntryKind, StoreError, files};

use crate::ProjectManifest;

/// The folder whose files are programs without being named.
const FOLDER: &str = "bin";

impl ProjectManifest {
    /// The programs of the package in a folder: names, and files relative to it. A file in `bin` is
    /// called like its name without what stands behind the last dot; `[bin]` goes before it.
    ///
    /// # Errors
    /// Those of the operating system.
    pub fn programs(&self, folder: &Path) -> Result<BTreeMap<String, String>, StoreError> {
        let mut programs = BTreeMap::new();
        let entries = match files::read_dir(&folder.join(FOLDER)) {
            Err(error) if error.is_not_found() => Vec::new(),
            entries => entries?,
        };
        for entry in entries {
            let Some(file) = entry.name.to_str().filter(|_| entry.kind == EntryKind::File) else { continue };
            let name = file.rsplit_once('.').map_or(file, |(stem, _)| stem);
            // One that is named is not found a second time under its own name.
            let path = format!("{FOLDER}/{file}");
            if !name.is_empty() && self.binaries().values().all(|named| *named != path) {
                programs.insert(name.to_owned(), path);
            }
        }
        programs.extend(self.binaries().iter().map(|(name, path)| (name.clone(), path.clone())));
        Ok(programs)
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use s_diag::Source;

    use super::*;

    #[test]
    fn named_programs_go_before_those_that_are_found() {
        let folder = tempfile::tempdir().unwrap();
        let programs = |text: &str| {
            let (manifest, diagnostics) = ProjectManifest::parse(Source::new("stryke.toml", text));
            assert!(diagnostics.is_empty(), "{diagnostics:?}");
            let found = manifest.programs(folder.path()).unwrap();
            found.into_iter().map(|(name, path)| format!("{name}={path}")).collect::<Vec<_>>()
        };
        assert!(programs("").is_empty());
        fs::create_dir_all(folder.path().join("bin/deep")).unwrap();
        for file in ["a.stk", "b", ".hidden", "c.tar.gz"] {
            fs::write(folder.path().join("bin").join(file), "").unwrap();
        }
        assert_eq!(programs(""), ["a=bin/a.stk", "b=bin/b", "c.tar=bin/c.tar.gz"]);
        assert_eq!(
            programs("[bin]\nother = 'bin/a.stk'\nb = 'main.stk'\n"),
            ["b=main.stk", "c.tar=bin/c.tar.gz", "other=bin/a.stk"]
        );
    }
}
