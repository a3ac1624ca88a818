//! The one place that changes what is pinned: everything at once, or nothing.

use s_capability::Scope;
use s_diag::{Code, Diagnostic};
use s_project::{LockedPlugin, ProjectError};
use s_store::{Access, ChangeSet, Sha256Digest};

use super::candidate::Candidate;
use super::catalog::{Level, Stated};
use super::level::{access_of, exclusively, stated};
use super::source::PluginSource;
use crate::Context;
use crate::failure::{Failure, FailureKind};

/// What is to be used from now on, and what was consented to for that.
pub(crate) struct Installation<'a> {
    /// For whom.
    pub(crate) level: Level,
    /// What is used.
    pub(crate) candidates: &'a [Candidate],
    /// The ids among them that were allowed just now.
    pub(crate) consented: Vec<String>,
    /// Where that consent holds.
    pub(crate) scope: Scope,
}

/// Compiles everything, then writes components, grants, lock and manifest together. When anything
/// fails all files are as they were, and no component or code is left that was not there before.
pub(crate) fn install(context: &Context, installation: &Installation<'_>) -> Result<(), Failure> {
    let engine = context.engine()?;
    let mut compiled = Vec::new();
    let result = compile(context, installation, &mut compiled).and_then(|()| write(context, installation));
    if result.is_err() {
        // What cannot be removed is never used: nothing names it.
        compiled.iter().for_each(|digest| drop(engine.forget(digest)));
    }
    result
}

fn compile(
    context: &Context,
    installation: &Installation<'_>,
    compiled: &mut Vec<Sha256Digest>,
) -> Result<(), Failure> {
    for Candidate { entry, .. } in installation.candidates {
        let engine = context.engine_for(entry.manifest.kind)?;
        let code = engine.load(&entry.bytes(), entry.digest, &context.compiler())?;
        if !code.from_cache {
            compiled.push(entry.digest);
        }
    }
    Ok(())
}

fn write(context: &Context, installation: &Installation<'_>) -> Result<(), Failure> {
    let _lock = exclusively(context)?;
    // Read again: another process may have changed them while the user was asked.
    let mut files = stated(context, installation.level)?;
    let mut grants = context.grants()?;
    let mut changes = ChangeSet::new();
    for candidate in installation.candidates {
        let entry = &candidate.entry;
        changes.write(&context.home().component(&entry.digest), entry.bytes(), Access::Private);
        pin(context, &mut files, candidate)?;
        if installation.consented.iter().any(|id| id == entry.id().as_str()) {
            grants.grant(candidate.grant(context, installation.scope.clone()));
        }
    }
    if !installation.consented.is_empty() {
        changes.write(&context.home().grants_toml(), grants.to_text(), Access::Private);
    }
    write_stated(&mut changes, &files);
    Ok(changes.commit()?)
}

fn pin(context: &Context, files: &mut Stated, candidate: &Candidate) -> Result<(), Failure> {
    let (entry, manifest) = (&candidate.entry, &candidate.entry.manifest);
    let id = manifest.id.as_str();
    let is_stated = files.manifest.plugin(id).is_some_and(|wanted| {
        let source = PluginSource::wanted(context, files.level, id, &wanted.origin);
        source.is_ok_and(|source| source.is_same(&candidate.source)) && wanted.config == entry.config
    });
    // However the user wrote it, it stays as it is while it says the same.
    if !is_stated {
        let origin = candidate.source.origin(context, files.level);
        files.manifest.add_plugin(id, origin, entry.config.clone()).map_err(not_editable)?;
    }
    let pinned = LockedPlugin {
        id: id.to_owned(),
        version: manifest.version.to_string(),
        source: entry.source.clone(),
        integrity: entry.digest,
        worlds: manifest.worlds.iter().map(ToString::to_string).collect(),
        capabilities: Sha256Digest::from_bytes(manifest.capabilities_digest()),
    };
    files.lock.set_plugin(pinned).map(drop).map_err(not_editable)
}

/// Adds the files of a level to what is changed: the lock, then the manifest.
pub(crate) fn write_stated(changes: &mut ChangeSet, files: &Stated) {
    let access = access_of(files.level);
    changes.write(&files.lock_path, files.lock.to_string(), access);
    changes.write(&files.manifest_path, files.manifest.to_string(), access);
}

/// A file with errors is not changed.
pub(crate) fn not_editable(error: ProjectError) -> Failure {
    Failure::new(FailureKind::Failed, Diagnostic::error(Code::MANIFEST_NOT_EDITABLE, error.to_string()))
}
