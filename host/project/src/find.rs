//! Where the project is.

use std::path::{Path, PathBuf};

use s_store::EntryKind;
use s_store::files;

/// The name of the manifest.
pub const MANIFEST_NAME: &str = "stryke.toml";

/// Finds the nearest folder with a `stryke.toml`: `from` itself or one above it. Folders that may
/// not be searched are passed over.
pub fn find_root(from: &Path) -> Option<PathBuf> {
    from.ancestors()
        .find(|folder| matches!(files::kind(&folder.join(MANIFEST_NAME)), Ok(Some(EntryKind::File))))
        .map(Path::to_path_buf)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn the_nearest_manifest_counts() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        let deep = root.join("outer/inner/deep");
        fs::create_dir_all(&deep).unwrap();
        fs::write(root.join("outer/stryke.toml"), "").unwrap();
        assert_eq!(find_root(&deep), Some(root.join("outer")));
        // A folder of that name is no manifest.
        fs::create_dir(root.join("outer/inner/stryke.toml")).unwrap();
        assert_eq!(find_root(&deep), Some(root.join("outer")));
        fs::write(deep.join("stryke.toml"), "").unwrap();
        assert_eq!(find_root(&deep), Some(deep.clone()));
        assert_eq!(find_root(&root.join("missing/outer")), None);
    }
}
