//! Whom `https` servers are vouched for by.

use std::sync::Arc;

use rustls::crypto::ring;
use rustls::pki_types::CertificateDer;
use rustls::{ClientConfig, RootCertStore};
use tokio::sync::OnceCell;

/// The certificates that vouch for servers.
#[derive(Clone, Debug, Default)]
pub enum Roots {
    /// Those of the machine (`SSL_CERT_FILE` and `SSL_CERT_DIR` are honoured) together with
    /// Mozilla's, as many machines have few or none.
    #[default]
    System,
    /// Exactly these, in DER.
    Only(Vec<Vec<u8>>),
}

/// The TLS side of a client, made when it is first needed: reading certificates takes longer than
/// most commands.
pub(crate) struct Tls {
    roots: Roots,
    config: OnceCell<Arc<ClientConfig>>,
}

impl Tls {
    pub(crate) fn new(roots: Roots) -> Tls {
        Tls { roots, config: OnceCell::new() }
    }

    /// Returns the configuration, reading the roots the first time.
    pub(crate) async fn config(&self) -> Result<Arc<ClientConfig>, String> {
        let config = self.config.get_or_try_init(|| async {
            let roots = self.roots.clone();
            tokio::task::spawn_blocking(|| make_config(roots)).await.map_err(|error| error.to_string())?
        });
        config.await.cloned()
    }

    #[cfg(test)]
    pub(crate) fn is_loaded(&self) -> bool {
        self.config.initialized()
    }
}

fn make_config(roots: Roots) -> Result<Arc<ClientConfig>, String> {
    let mut store = RootCertStore::empty();
    match roots {
        Roots::System => {
            // Certificates the machine has and rustls cannot read vouch for nobody.
            store.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
            store.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
        }
        Roots::Only(certificates) => {
            for certificate in certificates {
                store.add(CertificateDer::from(certificate)).map_err(|error| error.to_string())?;
            }
        }
    }
    let mut config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|error| error.to_string())?
        .with_root_certificates(store)
        .with_no_client_auth();
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(Arc::new(config))
}
