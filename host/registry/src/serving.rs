//! What every binary that runs a registry shares: where one is, a folder or a bucket, and serving until
//! somebody wants it to end.
//!
//! Arguments, signals and what becomes of the log are left to the binary.

use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use s_store::{Access, files};

use crate::{
    Bucket, KeyPlace, Observer, Registry, RegistryConfig, RegistryError, Server, ServerConfig, folder_store,
};

/// For how long requests that run are waited for in the end.
pub const PATIENCE: Duration = Duration::from_secs(30);

/// What whoever starts a server says about it.
#[derive(Clone)]
pub struct Serving {
    /// Where to listen; port 0 for any that is free.
    pub listen: SocketAddr,
    /// The address clients use, when a proxy stands in front.
    pub public_url: Option<String>,
    /// Proxies that are believed in what they say of the client's address.
    pub proxies: Vec<IpAddr>,
    /// Is told of every request.
    pub observer: Arc<dyn Observer>,
}

/// Where a registry keeps everything.
#[derive(Clone, Debug)]
pub enum Place {
    /// A folder, which is made when it is missing.
    Folder(PathBuf),
    /// A bucket, which several servers may share.
    Bucket(Arc<Bucket>),
}

impl Place {
    /// The usual rules for a registry that is here. Archives are in the folder `scratch` while they
    /// arrive; it is made when it is missing.
    ///
    /// # Errors
    /// Those of the operating system, and of settings of the bucket that contradict each other.
    pub fn registry(&self, scratch: &Path, id: Option<&str>) -> Result<RegistryConfig, RegistryError> {
        files::create_dir_all(scratch, Access::Private)?;
        match self {
            Place::Folder(folder) => {
                let mut config = RegistryConfig::new(id, folder_store(folder)?, scratch);
                config.key = KeyPlace::File(key_file(folder));
                Ok(config)
            }
            Place::Bucket(bucket) => {
                let mut config = RegistryConfig::new(id, bucket.store()?, scratch);
                config.bucket = Some(bucket.clone());
                Ok(config)
            }
        }
    }
}

/// Where the key of a registry is that is in a folder.
pub fn key_file(folder: &Path) -> PathBuf {
    folder.join("signing.key")
}

/// Serves until `stop` is done, then lets the requests that run end. `ready` is told where it
/// listens, and which registry it is. Gives whether all of them ended within [`PATIENCE`].
///
/// # Errors
/// [`RegistryError::Listen`], those of [`Bucket::check`] and of [`Registry::open`].
pub async fn serve(
    config: RegistryConfig,
    serving: Serving,
    ready: impl FnOnce(SocketAddr, &str),
    stop: impl Future<Output = ()>,
) -> Result<bool, RegistryError> {
    if let Some(bucket) = &config.bucket {
        bucket.check(config.store.as_ref()).await?;
    }
    let server = ServerConfig {
        listen: serving.listen,
        public_url: serving.public_url,
        proxies: serving.proxies,
        observer: serving.observer,
        ..ServerConfig::default()
    };
    let registry = Registry::open(config).await?;
    let id = registry.id().to_owned();
    let server = Server::bind(Arc::new(registry), server).await?;
    ready(server.address(), &id);
    stop.await;
    Ok(server.shutdown(PATIENCE).await)
}

/// Runs something to its end. One thread moves bytes; the disk and the checks of archives have
/// threads of their own.
///
/// # Errors
/// [`RegistryError::Runtime`].
pub fn block_on<T>(work: impl Future<Output = T>) -> Result<T, RegistryError> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    Ok(runtime.map_err(RegistryError::Runtime)?.block_on(work))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Quiet;
    use std::net::{Ipv4Addr, TcpStream};
    use std::sync::Mutex;

    #[test]
    fn a_folder_is_served_until_the_end() {
        let place = tempfile::tempdir().unwrap();
        let (folder, scratch) = (place.path().join("new/registry"), place.path().join("new/scratch"));
        let config = Place::Folder(folder.clone()).registry(&scratch, Some("test")).unwrap();
        assert!(files::exists(&folder).unwrap() && files::exists(&scratch).unwrap());
        let serving = Serving {
            listen: (Ipv4Addr::LOCALHOST, 0).into(),
            public_url: None,
            proxies: Vec::new(),
            observer: Arc::new(Quiet),
        };
        let seen = Mutex::new(None);
        let ready = |address, id: &str| {
            assert_eq!(id, "test");
            *seen.lock().unwrap() = Some(address);
        };
        // What is asked while it runs is answered; then it ends.
        let stop = async {
            let address = seen.lock().unwrap().unwrap();
            assert!(TcpStream::connect(address).is_ok());
        };
        assert!(block_on(serve(config, serving, ready, stop)).unwrap().unwrap());
        let address = seen.lock().unwrap().unwrap();
        assert!(TcpStream::connect(address).is_err(), "nobody listens any more");
    }

    #[test]
    fn an_address_that_is_taken_is_named() {
        let place = tempfile::tempdir().unwrap();
        let taken = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let listen = taken.local_addr().unwrap();
        let config = Place::Folder(place.path().to_owned()).registry(place.path(), Some("test")).unwrap();
        let serving = Serving { listen, public_url: None, proxies: Vec::new(), observer: Arc::new(Quiet) };
        let error = block_on(serve(config, serving, |_, _| {}, async {})).unwrap().unwrap_err();
        assert!(error.to_string().contains(&listen.to_string()), "{error}");
    }
}
