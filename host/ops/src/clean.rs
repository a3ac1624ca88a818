//! `s clean`: what was made from a project, removed.

use std::path::PathBuf;
use std::sync::Arc;

use s_store::{EntryKind, files};

use crate::Context;
use crate::failure::Failure;
use crate::packages::Project;

/// What was removed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cleaned {
    /// The folder, if there was one.
    pub folder: Option<PathBuf>,
    /// Its files.
    pub files: u64,
    /// Bytes of them.
    pub bytes: u64,
}

/// Removes the folder `target` of the project. A link in its place is left alone.
pub fn clean(context: &Arc<Context>, dry_run: bool) -> Result<Cleaned, Failure> {
    let project = Project::read(context, None)?;
    let folder = project.root.join("target");
    if files::kind(&folder)? != Some(EntryKind::Directory) {
        return Ok(Cleaned::default());
    }
    let (mut cleaned, mut open) = (Cleaned::default(), vec![folder.clone()]);
    while let Some(folder) = open.pop() {
        for entry in files::read_dir(&folder)? {
            match entry.kind {
                EntryKind::Directory => open.push(entry.path),
                _ => {
                    cleaned.files += 1;
                    cleaned.bytes += files::size(&entry.path)?;
                }
            }
        }
    }
    if !dry_run {
        files::remove_dir_all(&folder)?;
    }
    cleaned.folder = Some(folder);
    Ok(cleaned)
}
