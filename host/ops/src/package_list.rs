//! `s list`: the packages a project has locked, a line each.

use std::sync::Arc;

use s_project::LockedPackage;

use crate::Context;
use crate::failure::Failure;
use crate::packages::Project;

/// The packages of the lock, sorted by name and version. A lock that does not fit the manifest is
/// shown as it is.
pub fn package_list(context: &Arc<Context>) -> Result<Vec<LockedPackage>, Failure> {
    let project = Project::read(context, None)?;
    Ok(project.lock.packages().cloned().collect())
}
