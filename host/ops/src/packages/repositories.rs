//! Packages out of repositories, and what is said where that fails.

use std::sync::Arc;

use s_diag::{Code, Diagnostic};
use s_project::{GitReference, LockedPackage, PackageName, PackageSource, ProjectLock};
use s_source::{Commit, Git, GitError, GitPackage};
use s_store::Sha256Digest;
use s_store::package_store::EntryKey;

use super::graph::interrupted;
use crate::Context;
use crate::failure::{Failure, FailureKind};

/// The repositories of the user's home. Nothing is started or read before one is asked for.
pub(crate) fn git(context: &Arc<Context>) -> Git {
    let cancel = context.cancel().clone();
    Git::new(
        context.home(),
        context.is_offline(),
        |name| context.os_variable(name),
        move || cancel.is_raised(),
    )
}

/// The commit that the lock has for a dependency, as long as the same is asked for.
pub(crate) fn locked_commit(
    lock: &ProjectLock,
    name: &PackageName,
    url: &str,
    reference: &GitReference,
) -> Option<Commit> {
    let reference = reference.to_string();
    lock.packages().filter(|package| package.name == *name).find_map(|package| match &package.source {
        PackageSource::Git { url: locked, commit } if locked == url => {
            package.reference.as_ref().filter(|locked| **locked == reference)?;
            commit.parse().ok()
        }
        _ => None,
    })
}

/// The key that a package of a repository has among vendored ones.
pub(crate) fn vendored_key(package: &LockedPackage, tree: Sha256Digest) -> EntryKey {
    EntryKey {
        name: package.name.to_string(),
        version: package.version.to_string(),
        integrity: tree,
        registry: package.source.to_string(),
    }
}

/// Brings the package that a lock has from a repository, if its folder is not there yet. Returns
/// whether it had to be made.
pub(crate) fn bring(git: &Git, package: &LockedPackage, url: &str, commit: &str) -> Result<bool, Failure> {
    let commit: Commit = commit.parse().expect("a lock holds whole names of commits");
    let tree = package.integrity.expect("a lock holds the digest of what is no folder");
    let name = package.name.as_str();
    if git.find(url, &commit, name, &tree).map_err(failure)?.is_some() {
        return Ok(false);
    }
    let found = git.package(url, &commit, name).map_err(failure)?;
    if found.tree != tree {
        return Err(other_files(package, &found, &tree));
    }
    Ok(true)
}

fn other_files(package: &LockedPackage, found: &GitPackage, locked: &Sha256Digest) -> Failure {
    let message = format!("`{}@{}` is not what it was when it was locked", package.name, package.version);
    let diagnostic = Diagnostic::error(Code::LOCK_INTEGRITY, message)
        .note(format!("the lock has {locked}"))
        .note(format!("{} has {}", package.source, found.tree))
        .note("a commit never has other files: somebody changed the lock");
    Failure::new(FailureKind::Integrity, diagnostic)
}

/// Says why a repository could not be used, and what helps.
pub(crate) fn failure(error: GitError) -> Failure {
    let text = error.to_string();
    let said = |code, kind, hint: &str| {
        let diagnostic = Diagnostic::error(code, text.clone());
        Failure::new(kind, if hint.is_empty() { diagnostic } else { diagnostic.hint(hint) })
    };
    match error {
        GitError::NoGit => said(
            Code::REPOSITORY,
            FailureKind::Failed,
            "install git, or depend on a folder: { path = \"…\" }",
        ),
        GitError::Url { .. } => said(
            Code::REPOSITORY,
            FailureKind::Usage,
            "write `https://…`, `ssh://…`, `git@HOST:PATH` or `file:///…`, without a password",
        ),
        GitError::Reference { .. }
        | GitError::Start { .. }
        | GitError::Occupied { .. }
        | GitError::Objects { .. } => said(Code::REPOSITORY, FailureKind::Failed, ""),
        GitError::NotFound { ref near, .. } => {
            let near: Vec<String> = near.iter().map(|name| format!("`{name}`")).collect();
            let hint = if near.is_empty() { String::new() } else { format!("there is {}", near.join(", ")) };
            said(Code::REPOSITORY, FailureKind::Failed, &hint)
        }
        GitError::AmbiguousRev { ref commits, .. } => {
            let commits: Vec<String> = commits.iter().map(ToString::to_string).collect();
            let mut failure = said(Code::REPOSITORY, FailureKind::Failed, "write more digits of it");
            failure.diagnostics[0].notes.push(format!("they are {}", commits.join(", ")));
            failure
        }
        GitError::NoPackage { ref found, .. } => {
            let found: Vec<String> =
                found.iter().map(|(name, folder)| format!("`{name}` in `{folder}`")).collect();
            let mut failure = said(Code::REPOSITORY, FailureKind::Failed, "");
            failure.diagnostics[0].notes.push(match found.as_slice() {
                [] => "there is no package in it at all".to_owned(),
                found => format!("there is {}", found.join(", ")),
            });
            failure
        }
        GitError::SeveralPackages { ref folders, .. } => {
            let mut failure = said(Code::REPOSITORY, FailureKind::Failed, "");
            failure.diagnostics[0].notes.push(format!("they are `{}`", folders.join("`, `")));
            failure
        }
        GitError::Offline { .. } => {
            said(Code::OFFLINE, FailureKind::Offline, "without --offline it is fetched")
        }
        GitError::Unreachable { .. } => said(Code::UNREACHABLE, FailureKind::Network, ""),
        GitError::Timeout { .. } => said(Code::TIMEOUT, FailureKind::Network, ""),
        GitError::Cancelled => interrupted(),
        GitError::Malformed { .. }
        | GitError::Entry { .. }
        | GitError::ListingTooLong { .. }
        | GitError::Files { .. } => said(Code::ARCHIVE, FailureKind::Integrity, ""),
        GitError::Store(error) => error.into(),
    }
}
