//! Files whose digest is known beforehand, from the first mirror that has them.

use std::io;
use std::sync::Arc;

use s_capability::Origin;
use sha2::{Digest as _, Sha256};
use url::Url;

use crate::auth::Auth;
use crate::client::Client;
use crate::display::DisplayUrl;
use crate::error::NetError;
use crate::permit::Permit;
use crate::request::Request;

/// What to download.
#[derive(Clone)]
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
        /// Every attempt in order, more than one where a mirror broke off; empty without URLs.
        Vec<FailedAttempt>,
    ),
    /// The file could not be written; no other mirror was asked.
    #[error("the download could not be written")]
    Write(#[source] io::Error),
}

/// One attempt that did not give the file.
#[derive(Debug)]
pub struct FailedAttempt {
    /// The URL that was asked for.
    pub url: DisplayUrl,
    /// What was wrong.
    pub error: AttemptError,
}

/// What was wrong with one attempt.
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
    #[error("`{url}` has {} instead of {expected} bytes", size_text(*actual))]
    SizeMismatch {
        /// What was expected, in bytes.
        expected: u64,
        /// What was announced or arrived, in bytes; none where it was more and not read to its end.
        actual: Option<u64>,
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
    // The semaphore is never closed.
    let _slot = client.shared.downloads.acquire().await;
    let mut attempts = Vec::new();
    for url in &plan.urls {
        for tries in 1.. {
            let mut writer = open().map_err(DownloadError::Write)?;
            let error = match attempt(client, plan, url, &mut *writer).await {
                Ok(downloaded) => return Ok(downloaded),
                Err(Failure::Write(error)) => return Err(DownloadError::Write(error)),
                Err(Failure::Attempt(error)) => error,
            };
            let ends_all =
                matches!(error, AttemptError::Net(NetError::Cancelled { .. } | NetError::Offline { .. }));
            // The client has tried again before the answer began; a body that breaks off is ours.
            let is_passing = matches!(error, AttemptError::Net(NetError::Truncated { .. }));
            let policy = &client.shared.options.retry;
            attempts.push(FailedAttempt { url: DisplayUrl::new(url), error });
            if ends_all {
                return Err(DownloadError::Failed(attempts));
            }
            if !is_passing || tries >= policy.attempts_max || !client.shared.take_retry() {
                break;
            }
            client.shared.options.clock.sleep(policy.delay_after(tries, &client.shared.jitter)).await;
        }
    }
    Err(DownloadError::Failed(attempts))
}

/// Why one attempt gave nothing, and whose fault it was.
enum Failure {
    Attempt(AttemptError),
    Write(io::Error),
}

impl<E: Into<AttemptError>> From<E> for Failure {
    fn from(error: E) -> Failure {
        Failure::Attempt(error.into())
    }
}

async fn attempt(
    client: &Client,
    plan: &DownloadPlan,
    url: &Url,
    writer: &mut (dyn io::Write + Send),
) -> Result<Downloaded, Failure> {
    let bytes_max = plan.expected_size.map_or(plan.bytes_max, |size| size.min(plan.bytes_max));
    let request = Request {
        headers: plan.headers.clone(),
        auth: auth_for(url, &plan.auth),
        body_bytes_max: Some(bytes_max),
        ..Request::get(url.clone())
    };
    let too_large = |error: NetError| match (error, plan.expected_size) {
        (NetError::BodyTooLarge { url, .. }, Some(expected)) if expected == bytes_max => {
            AttemptError::SizeMismatch { expected, actual: None, url }
        }
        (error, _) => AttemptError::Net(error),
    };
    let mut response = client.send(&plan.permit, request).await.map_err(too_large)?;
    let shown = DisplayUrl::new(response.url());
    if response.status() != 200 {
        return Err(AttemptError::Status { url: shown, status: response.status() }.into());
    }
    if let (Some(expected), Some(actual)) = (plan.expected_size, response.length())
        && expected != actual
    {
        return Err(AttemptError::SizeMismatch { expected, actual: Some(actual), url: shown }.into());
    }
    let mut hash = Sha256::new();
    let mut bytes = 0;
    loop {
        let chunk = response.next_chunk(usize::MAX).await.map_err(too_large)?;
        let Some(chunk) = chunk else { break };
        bytes += chunk.len() as u64;
        hash.update(&chunk);
        writer.write_all(&chunk).map_err(Failure::Write)?;
    }
    writer.flush().map_err(Failure::Write)?;
    if let Some(expected) = plan.expected_size.filter(|expected| *expected != bytes) {
        return Err(AttemptError::SizeMismatch { expected, actual: Some(bytes), url: shown }.into());
    }
    let actual: [u8; 32] = hash.finalize().into();
    if let Some(expected) = plan.expected.filter(|expected| *expected != actual) {
        return Err(AttemptError::DigestMismatch { expected, actual, url: shown }.into());
    }
    Ok(Downloaded { bytes, sha256: actual, url: shown })
}

/// Leaves a given secret out where it may not go.
fn auth_for(url: &Url, auth: &Auth) -> Auth {
    let may_go = match (auth, Origin::from_url(url)) {
        (Auth::Bearer(secret) | Auth::Basic(_, secret) | Auth::Header(_, secret), Ok(origin)) => {
            secret.may_go_to(&origin)
        }
        _ => true,
    };
    if may_go { auth.clone() } else { Auth::None }
}

fn attempts_text(attempts: &[FailedAttempt]) -> String {
    if attempts.is_empty() {
        return "there is no URL to download from".to_owned();
    }
    let texts: Vec<String> = attempts.iter().map(|attempt| attempt.error.to_string()).collect();
    texts.join("; ")
}

fn size_text(bytes: Option<u64>) -> String {
    bytes.map_or_else(|| "more".to_owned(), |bytes| bytes.to_string())
}

fn hex(bytes: &[u8; 32]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
