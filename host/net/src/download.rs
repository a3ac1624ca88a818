//! Files whose digest is known beforehand, from the first mirror that has them.

use std::io;
use std::sync::Arc;

use url::Url;

use crate::auth::Auth;
use crate::client::Client;
use crate::display::DisplayUrl;
use crate::error::NetError;
use crate::permit::Permit;

/// What to download.
#[derive(Clone, Debug)]
pub struct DownloadPlan {
    /// Where the file can be had, in order of preference.
    pub urls: Vec<Url>,
    /// Headers of each request.
    pub headers: Vec<(String, String)>,
    /// What requests are authenticated with. A given secret is left out where it may not go, so
    /// that a public mirror can stand beside a private registry.
    pub auth: Auth,
    /// What may be reached.
    pub permit: Arc<Permit>,
    /// The SHA-256 of the file, where it is known.
    pub expected: Option<[u8; 32]>,
    /// The size of the file in bytes, where it is known.
    pub expected_size: Option<u64>,
    /// Bytes after which the file is refused.
    pub bytes_max: u64,
}

/// What was downloaded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Downloaded {
    /// The size in bytes.
    pub bytes: u64,
    /// The SHA-256 of the bytes.
    pub sha256: [u8; 32],
    /// The URL that gave them, after redirects.
    pub url: DisplayUrl,
}

/// Why there is no file.
#[derive(Debug, thiserror::Error)]
pub enum DownloadError {
    /// No mirror gave the file.
    #[error("{}", attempts_text(.0))]
    Failed(
        /// Every attempt in order, one for each mirror; empty when there were no URLs.
        Vec<FailedAttempt>,
    ),
    /// The file could not be written; no other mirror was asked.
    #[error("the download could not be written")]
    Write(#[source] io::Error),
}

/// One mirror that did not give the file.
#[derive(Debug)]
pub struct FailedAttempt {
    /// The URL that was asked for.
    pub url: DisplayUrl,
    /// What was wrong.
    pub error: AttemptError,
}

/// What was wrong with one mirror.
#[derive(Debug, thiserror::Error)]
pub enum AttemptError {
    /// No answer.
    #[error(transparent)]
    Net(#[from] NetError),
    /// An answer without the file.
    #[error("`{url}` answered {status}")]
    Status {
        /// The URL that answered.
        url: DisplayUrl,
        /// Its status.
        status: u16,
    },
    /// Another file.
    #[error("`{url}` has SHA-256 {} instead of {}", hex(.actual), hex(.expected))]
    DigestMismatch {
        /// What was expected.
        expected: [u8; 32],
        /// What arrived.
        actual: [u8; 32],
        /// The URL that answered.
        url: DisplayUrl,
    },
    /// A file of another size.
    #[error("`{url}` has {actual} bytes instead of {expected}")]
    SizeMismatch {
        /// What was expected, in bytes.
        expected: u64,
        /// What was announced, or had arrived when it was too much or over.
        actual: u64,
        /// The URL that answered.
        url: DisplayUrl,
    },
}

/// Downloads a file, hashing it on the way. `open` gives a fresh writer for each attempt; what the
/// last one was given is the file only when this returns `Ok`.
///
/// # Errors
/// [`DownloadError::Failed`] with every attempt when no mirror gave the file that was expected, and
/// [`DownloadError::Write`] when a writer failed.
pub async fn download(
    client: &Client,
    plan: &DownloadPlan,
    open: &mut (dyn FnMut() -> io::Result<Box<dyn io::Write + Send>> + Send),
) -> Result<Downloaded, DownloadError> {
    let _ = (client, plan, open);
    Err(DownloadError::Failed(Vec::new()))
}

fn attempts_text(attempts: &[FailedAttempt]) -> String {
    if attempts.is_empty() {
        return "there is no URL to download from".to_owned();
    }
    let texts: Vec<String> = attempts.iter().map(|attempt| attempt.error.to_string()).collect();
    texts.join("; ")
}

fn hex(bytes: &[u8; 32]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
