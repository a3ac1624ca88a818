//! `s registry serve` and `s registry token`: a registry of one's own, in one folder.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use s_diag::{Code, Diagnostic};
use s_registry::{
    Registry, RegistryConfig, RegistryError, Scope, TokenRequest, block_on, folder_registry, serve,
};

use crate::Context;
use crate::failure::{Failure, FailureKind};

/// How a registry is served.
pub struct Serving {
    /// Where everything is kept.
    pub folder: PathBuf,
    /// Where to listen; port 0 for any that is free.
    pub listen: SocketAddr,
    /// Which registry it is, wherever it is reached.
    pub id: String,
    /// Whether names without a scope are given.
    pub flat_names: bool,
    /// Whether reading needs a token.
    pub private: bool,
    /// The address clients use, when a proxy stands in front.
    pub public_url: Option<String>,
    /// Is told of every request: one line of JSON.
    pub observer: Arc<dyn Fn(&str) + Send + Sync>,
}

/// What a token shall be.
#[derive(Clone, Debug)]
pub struct NewToken {
    /// Whose it is.
    pub user: String,
    /// What it is good for: `read`, `publish`, `yank`, `owners`, `admin`.
    pub scopes: Vec<String>,
    /// For which packages, such as `acme/*`; none for all.
    pub packages: Vec<String>,
    /// Until when, in seconds from now; none for ever.
    pub expires_s: Option<u64>,
}

/// Serves until the user interrupts, then lets the requests that run end. `ready` is told where it
/// listens.
pub fn registry_serve(
    context: &Context,
    serving: Serving,
    ready: &dyn Fn(SocketAddr),
) -> Result<(), Failure> {
    let mut config = config(context, &serving.folder, &serving.id)?;
    config.flat_names = serving.flat_names;
    config.auth_required = serving.private;
    let observer = serving.observer;
    let server = s_registry::Serving {
        listen: serving.listen,
        public_url: serving.public_url,
        proxies: Vec::new(),
        observer: Arc::new(move |line: &str| observer(line)),
    };
    let cancel = context.cancel();
    block_on(serve(config, server, ready, async { cancel.raised().await }))??;
    Ok(())
}

/// Makes a token for the registry in a folder, and returns its text, which nobody can see again.
pub fn registry_token(context: &Context, folder: &Path, token: &NewToken) -> Result<String, Failure> {
    let scopes = token.scopes.iter().map(|word| scope(word)).collect::<Result<_, _>>()?;
    let request = TokenRequest {
        user: token.user.clone(),
        scopes,
        packages: (!token.packages.is_empty()).then(|| token.packages.clone()),
        expires_ms: token
            .expires_s
            .map(|seconds| context.now_unix().saturating_add(seconds).saturating_mul(1000)),
    };
    let registry = Registry::new(config(context, folder, "")?);
    let issued = block_on(registry.tokens().create(request))??;
    Ok(issued.reveal().to_owned())
}

fn config(context: &Context, folder: &Path, id: &str) -> Result<RegistryConfig, Failure> {
    let folder = context.directory().join(folder);
    Ok(folder_registry(&folder, &context.home().tmp(), id)?)
}

fn scope(word: &str) -> Result<Scope, Failure> {
    word.parse().map_err(|error: RegistryError| {
        let diagnostic = Diagnostic::error(Code::USAGE, error.to_string())
            .note("it can be good for `read`, `publish`, `yank`, `owners` and `admin`");
        Failure::new(FailureKind::Usage, diagnostic)
    })
}

fn failed(message: &str) -> Failure {
    Failure::new(FailureKind::Failed, Diagnostic::error(Code::REGISTRY_SERVER, message))
}

impl From<RegistryError> for Failure {
    fn from(error: RegistryError) -> Failure {
        match error {
            RegistryError::Scratch(error) => error.into(),
            other => failed(&other.to_string()),
        }
    }
}
