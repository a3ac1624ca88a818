//! The read side of a registry as files, for any web server or a folder.
//!
//! Indexes are byte for byte those the server sends, and so is what a registry has signed, with a signature of
//! the time of the export. Only `config.json` differs: it says where the
//! archives are among the files, and that nothing can be published.

use futures_util::TryStreamExt as _;
use object_store::path::Path;
use object_store::{ObjectStore, ObjectStoreExt as _, PutPayload, WriteMultipart};
use s_store::Sha256Digest;
use s_wire::{CHECKPOINT_PATH, Config, Leaf, index_path, keys_path, node_path, to_hex};

use crate::signing::keys_note;
use crate::state::{Published, State};
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
        let states = self.packages().await?;
        // What others publish meanwhile is in the next export.
        let snapshot = match &self.snapshots {
            Some(snapshots) => {
                let states: Vec<&State> = states.iter().map(AsRef::as_ref).collect();
                Some((snapshots, snapshots.covered(&states).await?))
            }
            None => None,
        };
        for state in &states {
            let Some(name) = &state.name else { continue };
            let is_signed = |leaf: &Leaf| to_hex(&leaf.index) == state.index().1;
            if let Some((_, snapshot)) = &snapshot
                && !snapshot.packages.get(name).is_some_and(is_signed)
            {
                return Err(RegistryError::Contended { subject: name.clone() });
            }
            // First the archives, then what names them.
            for published in &state.versions {
                self.export_archive(name, published, to).await?;
                count += 1;
            }
            let path = Path::from_iter(index_path(name).split('/'));
            to.put(&path, PutPayload::from(state.index().0.clone())).await?;
        }
        let mut config = Config { auth_required: false, ..Config::new(self.id()) };
        if let Some((snapshots, snapshot)) = &snapshot {
            for (digest, text) in snapshot.nodes() {
                to.put(&Path::from(node_path(digest)), PutPayload::from(text.clone())).await?;
            }
            let trust = snapshots.signing.trust();
            for number in 1..=trust.keys {
                if let Some(note) = keys_note(self.store(), number).await? {
                    to.put(&Path::from(keys_path(number)), PutPayload::from(note.to_string())).await?;
                }
            }
            config.trust = Some(trust);
            // Last what leads to the rest.
            let note = snapshots.note_of(snapshot)?.to_string();
            to.put(&Path::from(CHECKPOINT_PATH), PutPayload::from(note)).await?;
        }
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
