//! `s registry serve`, `token`, `tokens`, `revoke`, `export` and `rotate-key`: a registry of one's own, in one folder or
//! in a bucket.

use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use s_diag::{Code, Diagnostic};
use s_registry::{
    Bucket, BucketError, KeyPlace, Place, Registry, RegistryConfig, RegistryError, Scope, TokenRequest,
    block_on, folder_store, rotate_key, serve,
};
use s_store::{Access, files};

use crate::Context;
use crate::failure::{Failure, FailureKind};

/// Where a registry of one's own keeps everything.
#[derive(Clone, Debug, Default)]
pub struct OwnRegistry {
    /// The folder, where there is no bucket.
    pub folder: PathBuf,
    /// The bucket, `s3://BUCKET/PREFIX`.
    pub store: Option<String>,
    /// The address of the service of a bucket; none for what the environment says.
    pub endpoint: Option<String>,
    /// The region of a bucket; none for what the environment says.
    pub region: Option<String>,
    /// The file of the key it signs with; none for the one in the folder, or what the environment says.
    pub key: Option<PathBuf>,
}

/// How a registry is served.
pub struct Serving {
    /// Where everything is kept.
    pub own: OwnRegistry,
    /// Where to listen; port 0 for any that is free.
    pub listen: SocketAddr,
    /// Which registry it is, wherever it is reached; none for what it was before.
    pub id: Option<String>,
    /// Whether names without a scope are given.
    pub flat_names: bool,
    /// Whether reading needs a token.
    pub private: bool,
    /// The address clients use, when a proxy stands in front.
    pub public_url: Option<String>,
    /// Proxies that are believed in what they say of the client's address.
    pub proxies: Vec<IpAddr>,
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

/// A token, as it is listed.
#[derive(Clone, Debug)]
pub struct ListedToken {
    /// What it is called; not its text.
    pub id: String,
    /// Whose it is.
    pub user: String,
    /// What it is good for.
    pub scopes: Vec<String>,
    /// For which packages; none for all.
    pub packages: Option<Vec<String>>,
    /// Until when, in seconds since the Unix epoch; none for ever.
    pub expires_unix: Option<u64>,
    /// Whether it was made invalid.
    pub is_revoked: bool,
}

/// Serves until the user interrupts, then lets the requests that run end. `ready` is told where it
/// listens, and which registry it is. Returns whether all of them did: one that takes too long is cut off.
pub fn registry_serve(
    context: &Context,
    serving: Serving,
    ready: &dyn Fn(SocketAddr, &str),
) -> Result<bool, Failure> {
    let mut config = config(context, &serving.own, serving.id.as_deref())?;
    config.flat_names = serving.flat_names;
    config.auth_required = serving.private;
    let observer = serving.observer;
    let server = s_registry::Serving {
        listen: serving.listen,
        public_url: serving.public_url,
        proxies: serving.proxies,
        observer: Arc::new(move |line: &str| observer(line)),
    };
    let cancel = context.cancel();
    Ok(block_on(serve(config, server, ready, async { cancel.raised().await }))??)
}

/// Makes a token for a registry, and returns its text, which nobody can see again.
pub fn registry_token(context: &Context, own: &OwnRegistry, token: &NewToken) -> Result<String, Failure> {
    let scopes = token.scopes.iter().map(|word| scope(word)).collect::<Result<_, _>>()?;
    let request = TokenRequest {
        user: token.user.clone(),
        scopes,
        packages: (!token.packages.is_empty()).then(|| token.packages.clone()),
        expires_ms: token
            .expires_s
            .map(|seconds| context.now_unix().saturating_add(seconds).saturating_mul(1000)),
    };
    let registry = Registry::new(config(context, own, None)?);
    let issued = block_on(registry.tokens().create(request))??;
    Ok(issued.reveal().to_owned())
}

/// The tokens of a registry, without what they are.
pub fn registry_tokens(context: &Context, own: &OwnRegistry) -> Result<Vec<ListedToken>, Failure> {
    let registry = Registry::new(config(context, own, None)?);
    let tokens = block_on(registry.tokens().list())??.into_iter();
    let tokens = tokens.map(|token| ListedToken {
        id: token.id,
        user: token.user,
        scopes: token.scopes.into_iter().map(|scope| scope.as_str().to_owned()).collect(),
        packages: token.packages,
        expires_unix: token.expires_ms.map(|expires| expires / 1000),
        is_revoked: token.is_revoked,
    });
    Ok(tokens.collect())
}

/// Makes a token of a registry invalid, by its id.
pub fn registry_revoke(context: &Context, own: &OwnRegistry, id: &str) -> Result<(), Failure> {
    let registry = Registry::new(config(context, own, None)?);
    if block_on(registry.tokens().revoke(id))?? {
        return Ok(());
    }
    let message = format!("the registry has no token `{}`", id.escape_debug());
    let diagnostic = Diagnostic::error(Code::REGISTRY_SERVER, message).hint("s registry tokens");
    Err(Failure::new(FailureKind::Usage, diagnostic))
}

/// Writes everything that can be read of a registry as files, for any web server, and
/// returns how many versions that were. What is there already is not written again.
pub fn registry_export(context: &Context, own: &OwnRegistry, to: &Path) -> Result<usize, Failure> {
    let config = config(context, own, None)?;
    let to = context.directory().join(to);
    files::create_dir_all(&to, Access::Shared)?;
    let store = folder_store(&to)?;
    Ok(block_on(async { Registry::open(config).await?.export(store.as_ref()).await })??)
}

/// The keys of a registry after the one it signs with was replaced.
#[derive(Clone, Debug)]
pub struct RotatedKey {
    /// Which registry it is.
    pub id: String,
    /// How many times its keys were stated.
    pub number: u64,
    /// The keys that count now.
    pub keys: Vec<String>,
}

/// Puts a new key in the place of the one a registry signs with. Servers that run have to be started again.
pub fn registry_rotate_key(context: &Context, own: &OwnRegistry) -> Result<RotatedKey, Failure> {
    let config = config(context, own, None)?;
    let KeyPlace::File(file) = &config.key else {
        let diagnostic =
            Diagnostic::error(Code::REGISTRY_SERVER, "the key that is to be replaced has to be in a file")
                .hint("s registry rotate-key --key FILE");
        return Err(Failure::new(FailureKind::Usage, diagnostic));
    };
    let keys = block_on(rotate_key(config.store.as_ref(), config.clock.as_ref(), file))??;
    let texts = keys.keys.iter().map(ToString::to_string).collect();
    Ok(RotatedKey { id: keys.id, number: keys.number, keys: texts })
}

fn config(context: &Context, own: &OwnRegistry, id: Option<&str>) -> Result<RegistryConfig, Failure> {
    let place = match &own.store {
        Some(address) => {
            let environment = |name: &str| context.variable(name);
            let (endpoint, region) = (own.endpoint.as_deref(), own.region.as_deref());
            let bucket = Bucket::new(address, endpoint, region, &environment).map_err(unusable)?;
            Place::Bucket(Arc::new(bucket))
        }
        None => Place::Folder(context.directory().join(&own.folder)),
    };
    let mut config = place.registry(&context.home().tmp(), id)?;
    let file = own.key.as_ref().map(|file| context.directory().join(file));
    if let Some(key) = KeyPlace::stated(file.as_deref(), context.variable(KeyPlace::VARIABLE)) {
        config.key = key;
    }
    Ok(config)
}

fn scope(word: &str) -> Result<Scope, Failure> {
    word.parse().map_err(|error: RegistryError| {
        let diagnostic = Diagnostic::error(Code::USAGE, error.to_string())
            .note("it can be good for `read`, `publish`, `yank`, `owners` and `admin`");
        Failure::new(FailureKind::Usage, diagnostic)
    })
}

fn unusable(error: BucketError) -> Failure {
    let diagnostic = Diagnostic::error(Code::REGISTRY_BUCKET, error.to_string());
    let diagnostic = match &error {
        BucketError::NoKey { .. } => diagnostic.note(
            "`AWS_ACCESS_KEY_ID` and `AWS_SECRET_ACCESS_KEY` are read from the environment, as arguments are \
             seen by everybody on a machine",
        ),
        BucketError::Address { .. } => diagnostic.hint("s registry serve --store s3://BUCKET/PREFIX"),
        _ => diagnostic,
    };
    let is_of_bucket = matches!(error, BucketError::Unconditional { .. });
    Failure::new(if is_of_bucket { FailureKind::Failed } else { FailureKind::Usage }, diagnostic)
}

fn failed(message: &str) -> Failure {
    Failure::new(FailureKind::Failed, Diagnostic::error(Code::REGISTRY_SERVER, message))
}

impl From<RegistryError> for Failure {
    fn from(error: RegistryError) -> Failure {
        match error {
            RegistryError::Scratch(error) => error.into(),
            RegistryError::Bucket(error) => unusable(error),
            other => failed(&other.to_string()),
        }
    }
}
