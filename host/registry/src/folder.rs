//! A registry that is one folder: the default, for a laptop and a team.

use std::path::Path;
use std::sync::Arc;

use object_store::ObjectStore;
use object_store::local::LocalFileSystem;
use s_store::{Access, files};

use crate::RegistryError;

/// Keeps everything in a folder, which is made when it is missing. What was answered as done is on
/// the disk.
///
/// # Errors
/// Those of the operating system.
pub fn folder_store(folder: &Path) -> Result<Arc<dyn ObjectStore>, RegistryError> {
    files::create_dir_all(folder, Access::Private)?;
    Ok(Arc::new(LocalFileSystem::new_with_prefix(folder)?.with_fsync(true)))
}
