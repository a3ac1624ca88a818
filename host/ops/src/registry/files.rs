//! Files of a registry that the host reads itself, before any plugin speaks to it.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use s_capability::Origin;
use s_diag::{Code, Diagnostic};
use s_net::{CacheMode, Permit, Request};
use s_store::files;
use url::Url;

use crate::Context;
use crate::failure::{Failure, FailureKind};

/// Where the files of a registry are.
pub(super) enum RegistryFiles {
    /// Behind a web server.
    Web(Url),
    /// In a folder.
    Folder(PathBuf),
}

impl RegistryFiles {
    /// Those of a registry, by its address or absolute path; none of one that is at neither.
    pub(super) fn at(url: &str) -> Option<RegistryFiles> {
        if Path::new(url).is_absolute() {
            return Some(RegistryFiles::Folder(PathBuf::from(url)));
        }
        let url = Url::parse(url).ok()?;
        match url.scheme() {
            "http" | "https" => Some(RegistryFiles::Web(url)),
            "file" => url.to_file_path().ok().map(RegistryFiles::Folder),
            _ => None,
        }
    }

    /// Reads a file of at most so many bytes; none where there is none. Nobody is told who asks, and
    /// no other origin is followed to.
    ///
    /// # Errors
    /// Those of the network and of the operating system.
    pub(super) fn read(
        &self,
        context: &Arc<Context>,
        path: &str,
        bytes_max: usize,
        cache: CacheMode,
    ) -> Result<Option<Vec<u8>>, Failure> {
        let mut url = match self {
            RegistryFiles::Web(url) => url.clone(),
            RegistryFiles::Folder(folder) => {
                return match files::read_capped(&folder.join(path), bytes_max as u64) {
                    Err(error) if error.is_not_found() => Ok(None),
                    read => Ok(Some(read?)),
                };
            }
        };
        url.set_path(&format!("{}/{path}", url.path().trim_end_matches('/')));
        let Ok(origin) = Origin::from_url(&url) else { return Ok(None) };
        let mut permit = Permit::new("s");
        permit.origins.push(origin.clone().into());
        permit.private_origins.push(origin);
        let mut request = Request::get(url.clone());
        request.cache = cache;
        request.body_bytes_max = Some(bytes_max as u64);
        let network = context.network()?;
        let asked = async {
            let mut answer = network.send(&Arc::new(permit), request).await?;
            match answer.status() {
                200 => Ok::<_, s_net::NetError>(Ok(Some(answer.bytes().await?))),
                404 | 410 => Ok(Ok(None)),
                status => Ok(Err(status)),
            }
        };
        let cancel = context.cancel();
        let answered = context.engine()?.block_on(async {
            tokio::select! {
                answered = asked => answered.map_err(Failure::from),
                () = cancel.raised() => {
                    let diagnostic = Diagnostic::error(Code::INTERRUPTED, "interrupted; nothing was written");
                    Err(Failure::new(FailureKind::Interrupted, diagnostic))
                }
            }
        })?;
        answered.map(|bytes| bytes.map(|bytes| bytes.to_vec())).map_err(|status| {
            let message = format!("`{url}` answers with status {status}");
            Failure::new(FailureKind::Network, Diagnostic::error(Code::STATUS, message))
        })
    }
}
