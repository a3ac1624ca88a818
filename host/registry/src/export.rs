//! The read side of a registry as files, for any web server or a folder.
//!
//! Indexes are byte for byte those the server sends. Only `config.json` differs: it says where the
//! archives are among the files, and that nothing can be published.

use futures_util::TryStreamExt as _;
use object_store::path::Path;
use object_store::{ObjectStore, ObjectStoreExt as _, PutPayload, WriteMultipart};
use s_store::Sha256Digest;
use s_wire::{Config, index_path};

use crate::state::Published;
use crate::upload::blob_path;
use crate::{Registry, RegistryError};

impl Registry {
    /// Writes everything that can be read into another store, such as a folder, and gives how many
    /// versions there are. Archives that are there are not written again; what was removed is not
    /// written.
    ///
    /// # Errors
    /// Those of both stores.
    pub async fn export(&self, to: &dyn ObjectStore) -> Result<usize, RegistryError> {
        let mut count = 0;
        for state in self.packages().await? {
            let Some(name) = &state.name else { continue };
            // First the archives, then what names them.
            for published in &state.versions {
                self.export_archive(name, published, to).await?;
                count += 1;
            }
            let path = Path::from_iter(index_path(name).split('/'));
            to.put(&path, PutPayload::from(state.index().0.clone())).await?;
        }
        let config = Config { auth_required: false, ..Config::new(&self.config.id) };
        let bytes = serde_json::to_vec(&config).expect("texts, numbers and lists are JSON");
        to.put(&Path::from("config.json"), PutPayload::from(bytes)).await?;
        Ok(count)
    }

    async fn export_archive(
        &self,
        name: &str,
        published: &Published,
        to: &dyn ObjectStore,
    ) -> Result<(), RegistryError> {
        let line = &published.line;
        let path =
            Path::from_iter(["archives"].into_iter().chain(name.split('/')).chain([line.vers.as_str()]));
        if line.removed.is_some() {
            return match to.delete(&path).await {
                Ok(()) | Err(object_store::Error::NotFound { .. }) => Ok(()),
                Err(error) => Err(error.into()),
            };
        }
        match to.head(&path).await {
            Ok(meta) if meta.size == line.size => return Ok(()),
            Ok(_) | Err(object_store::Error::NotFound { .. }) => {}
            Err(error) => return Err(error.into()),
        }
        let digest: Sha256Digest = line.integrity.parse()?;
        let mut pieces = self.store().get(&blob_path(&digest)).await?.into_stream();
        let mut upload = WriteMultipart::new(to.put_multipart(&path).await?);
        while let Some(piece) = pieces.try_next().await? {
            upload.wait_for_capacity(4).await?;
            upload.put(piece);
        }
        upload.finish().await?;
        Ok(())
    }
}
