//! `s install`, `s lock`, `s update`, `s fetch`: the lock made to fit the manifest, and the store
//! filled from the lock.

use std::sync::Arc;

use s_diag::{Code, Diagnostic};

use crate::Context;
use crate::failure::{Failure, FailureKind};
use crate::package_outdated::{Raised, raise};
use crate::packages::{self, Answers, Change, Fetched, Keep, Project, fill_store};

/// What is to be done.
#[derive(Clone, Debug)]
pub struct Installation {
    /// Which versions of the old lock stay.
    pub keep: Keep,
    /// Which answers of registries will do, where versions are chosen.
    pub answers: Answers,
    /// Whether the lock has to fit as it is.
    pub locked: bool,
    /// Whether packages are brought here too.
    pub fetch: bool,
    /// Whether the lock may be written.
    pub write: bool,
    /// Whether requirements are raised to the newest releases first: of what may move.
    pub latest: bool,
}

/// What was done.
#[derive(Clone, Debug)]
pub struct Installed {
    /// What was raised in the manifests.
    pub raised: Vec<Raised>,
    /// What changed in the lock.
    pub changes: Vec<Change>,
    /// Packages of the lock.
    pub packages: usize,
    /// What it took to bring them here.
    pub fetched: Fetched,
    /// Whether the lock was written.
    pub wrote_lock: bool,
}

/// Makes lock and store fit the project.
pub fn package_install(context: &Arc<Context>, wanted: &Installation) -> Result<Installed, Failure> {
    let mut project = Project::read(context, None)?;
    if let Keep::AllBut(names) = &wanted.keep {
        names.iter().try_for_each(|name| project.must_need(name))?;
    }
    let mut raised = Vec::new();
    if wanted.latest {
        let names = match &wanted.keep {
            Keep::AllBut(names) => Some(names),
            Keep::All | Keep::Nothing => None,
        };
        raised = raise(context, &mut project, names)?;
    }
    let is_locked = project.is_locked(context)?;
    if wanted.locked && !is_locked {
        return Err(drift(&project)?);
    }
    let stays = is_locked && wanted.keep == Keep::All;
    let mut resolved = match stays {
        true => project.as_locked(context),
        false => project.resolve(context, &wanted.keep, wanted.answers)?,
    };
    let fetched = if wanted.fetch {
        fill_store(context, &mut resolved.graph, &resolved.lock)?
    } else {
        Fetched::default()
    };
    let packages = resolved.lock.packages().count();
    if stays {
        // What was read is what would be written.
        project.note(context, &resolved.lock)?;
        return Ok(Installed { raised, changes: Vec::new(), packages, fetched, wrote_lock: false });
    }
    let changes = packages::changes(&project.lock, &resolved.lock);
    let wrote_lock = wanted.write && project.write(context, &resolved.lock)?;
    Ok(Installed { raised, changes, packages, fetched, wrote_lock })
}

fn drift(project: &Project) -> Result<Failure, Failure> {
    let message = match project.has_lock()? {
        true => "`stryke.lock` does not fit `stryke.toml`, and may not be changed",
        false => "there is no `stryke.lock`, and it may not be written",
    };
    let diagnostic =
        Diagnostic::error(Code::LOCK_DRIFT, message).hint("bring it up to date and commit it: s lock");
    Ok(Failure::new(FailureKind::LockDrift, diagnostic))
}
