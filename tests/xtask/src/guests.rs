//! Which crates are guests: those with a `plugin.toml` beside `Cargo.toml`.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

/// One crate that becomes a component.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Guest {
    /// The name of its folder, and of the component.
    pub(crate) name: String,
    /// The crate, relative to the root of the workspace.
    pub(crate) folder: PathBuf,
    /// Where its component is committed, relative to the root of the workspace.
    pub(crate) dist: &'static str,
}

/// Where components are committed, by the folder their crates stand in.
pub(crate) const HOMES: [(&str, &str); 2] = [("plugins", "plugins/dist"), ("tests", "tests/fixtures")];

impl Guest {
    /// The name of the package.
    pub(crate) fn package(&self) -> String {
        format!("s-{}", self.name)
    }

    /// The manifest, which goes into the component byte for byte.
    pub(crate) fn manifest(&self, root: &Path) -> Result<String> {
        let path = root.join(&self.folder).join("plugin.toml");
        fs::read_to_string(&path).with_context(|| format!("`{}` could not be read", path.display()))
    }

    /// Where the component is committed, relative to the root of the workspace.
    pub(crate) fn component(&self) -> PathBuf {
        Path::new(self.dist).join(format!("{}.wasm", self.name))
    }
}

/// Finds all guests, the built-in ones first, each group by name.
pub(crate) fn find(root: &Path) -> Result<Vec<Guest>> {
    let mut guests = Vec::new();
    for (home, dist) in HOMES {
        let mut names = Vec::new();
        for entry in fs::read_dir(root.join(home))? {
            let entry = entry?;
            if entry.path().join("plugin.toml").is_file() {
                names.push(entry.file_name().to_string_lossy().into_owned());
            }
        }
        names.sort();
        guests.extend(names.into_iter().map(|name| Guest {
            folder: Path::new(home).join(&name),
            name,
            dist,
        }));
    }
    Ok(guests)
}
