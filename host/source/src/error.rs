//! What can go wrong with repositories. Holds facts; what to do is added where the command is known.

use std::path::PathBuf;
use std::time::Duration;

use s_project::GitReference;
use s_store::StoreError;
use s_store::archive::ArchiveError;
use thiserror::Error;

use crate::{Commit, UrlFault};

/// A failure with a repository. Addresses in it are shown without secrets; what git said is cut and
/// has no control characters.
#[derive(Debug, Error)]
pub enum GitError {
    /// There is no program `git`.
    #[error("there is no program `git` on the `PATH`")]
    NoGit,
    /// The program could not be started.
    #[error("`git` could not be started: {source}")]
    Start {
        /// What the operating system said.
        source: std::io::Error,
    },
    /// A text is not accepted as the address of a repository.
    #[error("`{url}` cannot be the address of a repository: {why}")]
    Url {
        /// The address, without secrets.
        url: String,
        /// Why.
        why: UrlFault,
    },
    /// A name cannot be that of a tag, a branch or a commit.
    #[error("`{}` cannot be the name of a {kind}: {why}", .text.escape_debug())]
    Reference {
        /// What it should name: `tag`, `branch` or `commit`.
        kind: &'static str,
        /// The name, cut after 100 characters.
        text: String,
        /// Why.
        why: ReferenceFault,
    },
    /// What is needed is not on this machine, and nothing may be fetched.
    #[error("{} of `{url}` is not on this machine", worded(.reference))]
    Offline {
        /// The repository.
        url: String,
        /// What was asked for.
        reference: GitReference,
    },
    /// The repository has no such thing.
    #[error("`{url}` has no {}", worded(.reference))]
    NotFound {
        /// The repository.
        url: String,
        /// What was asked for.
        reference: GitReference,
        /// Tags, branches or versions that are there and may have been meant, likeliest first.
        near: Vec<String>,
    },
    /// Several commits begin with the digits that were given.
    #[error("`{rev}` can be {} commits of `{url}`", .commits.len())]
    AmbiguousRev {
        /// The repository.
        url: String,
        /// The digits.
        rev: String,
        /// The commits, sorted; at most 8 of them.
        commits: Vec<Commit>,
    },
    /// The repository could not be reached, or does not exist, or may not be read.
    #[error("`{url}` could not be fetched: {stderr}")]
    Unreachable {
        /// The repository.
        url: String,
        /// What git said.
        stderr: String,
    },
    /// What was fetched breaks the rules of git's own check of objects. Nothing of it was kept.
    #[error("`{url}` has objects that are refused: {stderr}")]
    Malformed {
        /// The repository.
        url: String,
        /// What git said.
        stderr: String,
    },
    /// Objects on this machine could not be read.
    #[error("the objects of `{url}` in `{}` could not be read: {stderr}", .path.display())]
    Objects {
        /// The repository.
        url: String,
        /// Where they are.
        path: PathBuf,
        /// What git said.
        stderr: String,
    },
    /// No manifest of the commit has the name of the package.
    #[error("no `stryke.toml` of `{url}` at {commit} has the name `{name}`")]
    NoPackage {
        /// The repository.
        url: String,
        /// The commit.
        commit: Commit,
        /// The package.
        name: String,
        /// The packages that are there, with their folders; `.` is the repository itself. At most 32.
        found: Vec<(String, String)>,
    },
    /// Several manifests of the commit have the name of the package, and none is at the top.
    #[error("{} folders of `{url}` at {commit} have a package `{name}`", .folders.len())]
    SeveralPackages {
        /// The repository.
        url: String,
        /// The commit.
        commit: Commit,
        /// The package.
        name: String,
        /// The folders, sorted.
        folders: Vec<String>,
    },
    /// The package has something that is not accepted. Nothing was kept.
    #[error("`{}` of `{url}` at {commit} {why}", .path.escape_debug())]
    Entry {
        /// The repository.
        url: String,
        /// The commit.
        commit: Commit,
        /// The path in the repository, cut after 100 characters.
        path: String,
        /// Why.
        why: EntryFault,
    },
    /// The listing of a commit is too long.
    #[error("`{url}` at {commit} lists more than {bytes_max} bytes of names")]
    ListingTooLong {
        /// The repository.
        url: String,
        /// The commit.
        commit: Commit,
        /// How much is accepted.
        bytes_max: u64,
    },
    /// The files of a package break a rule or a limit that archives have too. Nothing was kept.
    #[error("`{name}` of `{url}` at {commit}: {source}")]
    Files {
        /// The repository.
        url: String,
        /// The commit.
        commit: Commit,
        /// The package.
        name: String,
        /// Which rule.
        source: ArchiveError,
    },
    /// Other packages have all the places that a folder could be at.
    #[error("`{}` belongs to another package", .path.display())]
    Occupied {
        /// The last of them.
        path: PathBuf,
    },
    /// Git was ended because it took too long.
    #[error("`git` took longer than {:.0} s with `{url}`", .after.as_secs_f64())]
    Timeout {
        /// The repository.
        url: String,
        /// How long it was given.
        after: Duration,
    },
    /// Git was ended because the caller no longer wants its answer.
    #[error("it was cancelled")]
    Cancelled,
    /// The operating system refused an operation.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Why a name is not accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum ReferenceFault {
    /// It would be read as an option.
    #[error("it begins with `-`")]
    Dash,
    /// Git does not accept it either.
    #[error("git has no such names")]
    Form,
    /// It is not a name of a commit, whole or its beginning.
    #[error("it is not 7 to 64 hexadecimal digits")]
    Digits,
}

/// Why something in a package is not accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum EntryFault {
    /// It leads elsewhere.
    #[error("is a symbolic link")]
    Link,
    /// It is another repository.
    #[error("is a submodule")]
    Submodule,
    /// Some system would read it as the inside of a repository.
    #[error("has a name that git keeps for itself")]
    GitName,
    /// It is not UTF-8.
    #[error("has a name that is not UTF-8")]
    NotUtf8,
    /// It has a mode that files do not have.
    #[error("is neither a file nor a folder")]
    Mode,
}

/// Says a reference in words: ``branch `main` ``.
pub(crate) fn worded(reference: &GitReference) -> String {
    match reference {
        GitReference::Head => "`HEAD`".to_owned(),
        GitReference::Tag(tag) => format!("tag `{}`", tag.escape_debug()),
        GitReference::Branch(branch) => format!("branch `{}`", branch.escape_debug()),
        GitReference::Rev(rev) => format!("commit `{}`", rev.escape_debug()),
        GitReference::Version(requirement) => format!("version `{requirement}`"),
    }
}
