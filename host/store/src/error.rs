//! What can go wrong with files. Holds paths and facts; advice is added where the command is known.

use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use thiserror::Error;

/// A failure of the store.
#[derive(Debug, Error)]
pub enum StoreError {
    /// The operating system refused an operation.
    #[error("could not {op} `{}`: {}", .path.display(), reason(.source))]
    Io {
        /// What was attempted, as a verb: `read`, `write`, `rename`.
        op: &'static str,
        /// What it was attempted on; relative for files inside a [`View`](crate::View).
        path: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },
    /// A text is not the digest it is used as.
    #[error("`{}` is not a sha256 digest", .text.escape_debug())]
    Digest {
        /// The text, cut after 100 characters.
        text: String,
    },
    /// A relative path breaks a rule that every such path keeps.
    #[error("`{}` cannot be used as a path: {reason}", .path.escape_debug())]
    Path {
        /// The path as it was given, cut after 100 characters.
        path: String,
        /// The rule.
        reason: PathFault,
    },
    /// A file is larger than its reader accepts.
    #[error("`{}` is larger than {size_max_bytes} bytes", .path.display())]
    TooLarge {
        /// The file.
        path: PathBuf,
        /// How much is accepted.
        size_max_bytes: u64,
    },
    /// A folder or a set of new files has more entries than is accepted.
    #[error("`{}` has more than {count_max} entries", .path.display())]
    TooMany {
        /// The folder.
        path: PathBuf,
        /// How many are accepted.
        count_max: usize,
    },
    /// A set of new files holds more than is accepted.
    #[error("the new files hold more than {size_max_bytes} bytes together")]
    TreeTooLarge {
        /// How much is accepted.
        size_max_bytes: u64,
    },
    /// Another process kept a lock longer than the caller wanted to wait.
    #[error("waited {:.1} s for `{}`, which is locked by {}", .waited.as_secs_f64(), .path.display(), holder_text(.holder))]
    LockTimeout {
        /// The lock file.
        path: PathBuf,
        /// How long was waited.
        waited: Duration,
        /// The id of the process that holds the lock, when it can be told.
        holder: Option<u32>,
    },
    /// The environment does not say where the home folder is.
    #[error("neither `STRYKE_HOME` nor `{variable}` says where the home folder is")]
    NoHome {
        /// The variable that names the user's folder on this system.
        variable: &'static str,
    },
    /// A variable names the home folder by a path that depends on the current folder.
    #[error("`{variable}` is `{}`, which is not an absolute path", .path.display())]
    RelativeHome {
        /// The variable.
        variable: &'static str,
        /// Its value.
        path: PathBuf,
    },
    /// The key file of this machine cannot be trusted.
    #[error("the key `{}` {reason}", .path.display())]
    HostKey {
        /// The key file.
        path: PathBuf,
        /// Why.
        reason: KeyFault,
    },
}

impl StoreError {
    /// Returns what the operating system said, for errors that come from it.
    pub fn kind(&self) -> Option<io::ErrorKind> {
        match self {
            StoreError::Io { source, .. } => Some(source.kind()),
            _ => None,
        }
    }

    /// Returns whether the file or folder does not exist.
    pub fn is_not_found(&self) -> bool {
        self.kind() == Some(io::ErrorKind::NotFound)
    }

    /// Returns whether something stands where something new was to be made.
    pub fn is_already_exists(&self) -> bool {
        self.kind() == Some(io::ErrorKind::AlreadyExists)
    }

    /// Makes a closure for `map_err` that adds operation and path.
    pub(crate) fn io(op: &'static str, path: impl AsRef<Path>) -> impl FnOnce(io::Error) -> StoreError {
        move |source| StoreError::Io { op, path: path.as_ref().to_path_buf(), source }
    }
}

/// A rule that relative paths keep, and that one broke.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum PathFault {
    /// Nothing names nothing.
    #[error("it is empty")]
    Empty,
    /// Longer than any path that is stored or asked for.
    #[error("it is longer than 4096 bytes")]
    TooLong,
    /// A single name longer than file systems take.
    #[error("a part of it is longer than 255 bytes")]
    PartTooLong,
    /// Starts with `/` or a drive.
    #[error("it is absolute")]
    Absolute,
    /// Has two slashes in a row, or one at the end.
    #[error("a part of it is empty")]
    EmptyPart,
    /// Has a part `.`.
    #[error("`.` is not allowed in it")]
    CurrentFolder,
    /// Has a part `..`.
    #[error("`..` is not allowed in it")]
    ParentFolder,
    /// Contains a zero byte.
    #[error("it contains a zero byte")]
    Nul,
    /// Contains a backslash, which separates parts on Windows.
    #[error("it contains a backslash; parts are separated by `/`")]
    Backslash,
    /// Names a device on Windows, such as `con` or `nul.txt`.
    #[error("a part of it names a device on Windows")]
    Device,
    /// Contains a character that Windows does not allow in names, or a control character.
    #[error("it contains a character that is not allowed in names everywhere")]
    Character,
    /// A part ends with a dot or a space, which Windows drops.
    #[error("a part of it ends with a dot or a space")]
    TrailingDotOrSpace,
    /// Is the same as another one of the set, perhaps but for the case of letters.
    #[error("another new file has the same path, perhaps but for the case of letters")]
    Duplicate,
    /// Needs a folder where another one of the set is a file, or the other way round.
    #[error("one of the new files would have to be a folder as well")]
    FileAndFolder,
    /// Has several parts where a single name is expected.
    #[error("it has more than one part")]
    SeveralParts,
    /// Starts with the prefix of temporary files.
    #[error("names that start with `.s-tmp-` are kept for temporary files")]
    Reserved,
}

/// Why a key file cannot be trusted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum KeyFault {
    /// Someone else could have read or changed it.
    #[error("can be read or changed by other users (mode {mode:04o} instead of 0600)")]
    Mode {
        /// Its permission bits.
        mode: u32,
    },
    /// It was not written by this program, or damaged.
    #[error("has {len} bytes instead of 32")]
    Length {
        /// Its size in bytes.
        len: u64,
    },
    /// It is a folder, a link, a pipe or a device.
    #[error("is not a regular file")]
    NotAFile,
}

/// Cuts text that came from outside, so that a message stays a line.
pub(crate) fn cut(text: &str) -> String {
    text.chars().take(100).collect()
}

fn holder_text(holder: &Option<u32>) -> String {
    match holder {
        Some(pid) => format!("process {pid}"),
        None => "another process".to_owned(),
    }
}

/// Says in plain words what the operating system said, where plain words exist.
fn reason(error: &io::Error) -> String {
    use io::ErrorKind as Kind;
    // A wrapped error says more than its kind, unless the kind is about the disk as a whole.
    let is_of_disk =
        matches!(error.kind(), Kind::StorageFull | Kind::QuotaExceeded | Kind::ReadOnlyFilesystem);
    if error.get_ref().is_some() && !is_of_disk {
        return error.to_string();
    }
    match error.kind() {
        Kind::NotFound => "it does not exist".to_owned(),
        Kind::AlreadyExists => "it exists already".to_owned(),
        Kind::PermissionDenied => "permission denied".to_owned(),
        Kind::StorageFull => "the disk is full".to_owned(),
        Kind::QuotaExceeded => "the disk quota is used up".to_owned(),
        Kind::ReadOnlyFilesystem => "the file system is read-only".to_owned(),
        Kind::IsADirectory => "it is a folder".to_owned(),
        Kind::NotADirectory => "a part of the path is not a folder".to_owned(),
        Kind::DirectoryNotEmpty => "the folder is not empty".to_owned(),
        Kind::InvalidData => "it is not valid UTF-8 text".to_owned(),
        _ => error.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_name_operation_path_and_reason() {
        let cases: Vec<(StoreError, &str)> = vec![
            (
                StoreError::io("write", "a/b.toml")(io::ErrorKind::StorageFull.into()),
                "could not write `a/b.toml`: the disk is full",
            ),
            (
                StoreError::io("write", "a/c.toml")(io::Error::new(
                    io::ErrorKind::StorageFull,
                    "os error 28 at x",
                )),
                "could not write `a/c.toml`: the disk is full",
            ),
            (StoreError::Digest { text: cut("ab\x1b[0m") }, "`ab\\u{1b}[0m` is not a sha256 digest"),
            (
                StoreError::Path { path: "a/../b".into(), reason: PathFault::ParentFolder },
                "`a/../b` cannot be used as a path: `..` is not allowed in it",
            ),
            (
                StoreError::LockTimeout {
                    path: "home/lock".into(),
                    waited: Duration::from_millis(1500),
                    holder: Some(7),
                },
                "waited 1.5 s for `home/lock`, which is locked by process 7",
            ),
            (
                StoreError::HostKey { path: "host.key".into(), reason: KeyFault::Mode { mode: 0o644 } },
                "the key `host.key` can be read or changed by other users (mode 0644 instead of 0600)",
            ),
            (
                StoreError::TooLarge { path: "big".into(), size_max_bytes: 10 },
                "`big` is larger than 10 bytes",
            ),
        ];
        for (error, expected) in cases {
            assert_eq!(error.to_string(), expected);
        }
    }
}
