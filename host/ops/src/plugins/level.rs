//! For whom something is done: where it is written, and where consent to it holds.

use std::path::PathBuf;
use std::time::Duration;

use s_capability::Scope;
use s_store::{Access, FileLock, Sha256Digest, files};

use super::catalog::{Level, Stated};
use crate::Context;
use crate::failure::Failure;

/// The level that is meant: the user's when that was said or there is no project.
pub(crate) fn level_of(context: &Context, user: bool) -> Level {
    if user || context.project().is_none() { Level::User } else { Level::Project }
}

/// Where consent for a level holds.
pub(crate) fn scope_of(context: &Context, level: Level) -> Scope {
    match (level, context.project()) {
        (Level::Project, Some(root)) => Scope::Project(root.to_path_buf()),
        _ => Scope::User,
    }
}

/// Who may read the files of a level.
pub(crate) fn access_of(level: Level) -> Access {
    if level == Level::Project { Access::Shared } else { Access::Private }
}

/// Reads the files of a level that is known to have some.
pub(crate) fn stated(context: &Context, level: Level) -> Result<Stated, Failure> {
    let stated = Stated::read(context, level)?;
    Ok(stated.expect("the project's level is only chosen where there is a project"))
}

/// Lets one process at a time change the files about plugins.
pub(crate) fn exclusively(context: &Context) -> Result<FileLock, Failure> {
    let folder = context.home().tmp();
    files::create_dir_all(&folder, Access::Private)?;
    Ok(FileLock::exclusive(&folder.join("plugins.lock"), LOCK_WAIT_MAX)?)
}

const LOCK_WAIT_MAX: Duration = Duration::from_secs(30);

/// Removes a component and its code unless somebody pins it: this user, this project, or another
/// project in which this user allowed a plugin. What cannot be removed stays; it does no harm.
pub(crate) fn drop_unpinned(context: &Context, digest: &Sha256Digest) {
    if !is_pinned(context, digest).unwrap_or(true) {
        let _ = files::remove_file(&context.home().component(digest));
        if let Ok(engine) = context.engine() {
            let _ = engine.forget(digest);
        }
    }
}

fn is_pinned(context: &Context, digest: &Sha256Digest) -> Result<bool, Failure> {
    for level in [Level::User, Level::Project] {
        if let Some(stated) = Stated::read(context, level)?
            && stated.lock.plugins().any(|pinned| pinned.integrity == *digest)
        {
            return Ok(true);
        }
    }
    let other_projects: Vec<PathBuf> = context
        .grants()?
        .grants()
        .iter()
        .filter_map(|grant| match &grant.scope {
            Scope::Project(root) => Some(root.join(s_project::LOCK_NAME)),
            Scope::User => None,
        })
        .collect();
    let hex = digest.to_hex();
    // Looked for as a text: a lock that cannot be read in full may still mean it.
    let pins = |path: &PathBuf| context.source_or_empty(path).is_ok_and(|source| source.text.contains(&hex));
    Ok(other_projects.iter().any(pins))
}
