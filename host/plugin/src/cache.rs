//! Compiled code between processes.
//!
//! A file is `magic, MAC, machine code`. The MAC is keyed BLAKE3 with a key of this machine's
//! user over the entry's name and the code, because machine code that is loaded is machine code
//! that runs: what was not written here by this user is not run here. The bytes that were checked
//! are the bytes that are loaded: a copy that cannot change any more is mapped, where the system
//! has such files, and bytes on the heap are taken elsewhere. Changing or cutting the file later
//! does nothing. Any doubt is a miss, never an error.

use std::path::PathBuf;

use s_store::StoreError;
use s_store::files::{self, Access};
use wasmtime::component::Component;

use crate::compile::MACHINE_CODE_BYTES_MAX;

const MAGIC: &[u8; 8] = b"s-code\x00\x01";
const MAC_BYTES: usize = blake3::OUT_LEN;

/// What stands in front of the machine code.
const HEAD_BYTES: usize = MAGIC.len() + MAC_BYTES;

const ENTRY_BYTES_MAX: u64 = MACHINE_CODE_BYTES_MAX + HEAD_BYTES as u64;

/// A folder of compiled components and the key that authenticates them.
#[derive(Clone)]
pub struct CodeCache {
    folder: PathBuf,
    key: [u8; 32],
}

impl CodeCache {
    /// Uses a folder, which is made when the first entry is saved.
    pub fn new(folder: PathBuf, key: [u8; 32]) -> CodeCache {
        CodeCache { folder, key }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.join(format!("{name}.cwasm"))
    }

    pub(crate) fn load(&self, engine: &wasmtime::Engine, name: &str) -> Option<Component> {
        let mut hasher = self.hasher(name);
        let path = self.path(name);
        let copied = s_store::sealed_copy(&path, HEAD_BYTES, ENTRY_BYTES_MAX, |piece| {
            hasher.update(piece);
        });
        if let Some((head, sealed)) = copied.ok()? {
            if mac_in(&head)? != hasher.finalize() {
                return None;
            }
            if let Ok(component) = crate::compile::from_own_sealed_code(engine, &sealed) {
                return Some(component);
            }
            // Without `/proc` a sealed file cannot be opened again.
        }
        let file = files::read_capped(&path, ENTRY_BYTES_MAX).ok()?;
        let (head, machine_code) = file.split_at_checked(HEAD_BYTES)?;
        if mac_in(head)? != self.mac(name, machine_code) {
            return None;
        }
        crate::compile::from_own_machine_code(engine, machine_code).ok()
    }

    pub(crate) fn save(&self, name: &str, machine_code: &[u8]) -> Result<(), StoreError> {
        files::create_dir_all(&self.folder, Access::Private)?;
        let mut file = Vec::with_capacity(HEAD_BYTES + machine_code.len());
        file.extend_from_slice(MAGIC);
        file.extend_from_slice(self.mac(name, machine_code).as_bytes());
        file.extend_from_slice(machine_code);
        files::write_atomic(&self.path(name), &file, Access::Private)
    }

    pub(crate) fn remove(&self, name: &str) -> Result<(), StoreError> {
        match files::remove_file(&self.path(name)) {
            Err(error) if error.is_not_found() => Ok(()),
            done => done,
        }
    }

    fn mac(&self, name: &str, machine_code: &[u8]) -> blake3::Hash {
        self.hasher(name).update(machine_code).finalize()
    }

    /// What the machine code is fed to.
    fn hasher(&self, name: &str) -> blake3::Hasher {
        let mut hasher = blake3::Hasher::new_keyed(&self.key);
        hasher.update(&(name.len() as u64).to_le_bytes());
        hasher.update(name.as_bytes());
        hasher
    }
}

/// The MAC in the head of an entry. Comparison of [`blake3::Hash`] takes the same time wherever the
/// difference is.
fn mac_in(head: &[u8]) -> Option<blake3::Hash> {
    let mac: [u8; MAC_BYTES] = head.strip_prefix(MAGIC)?.try_into().ok()?;
    Some(blake3::Hash::from_bytes(mac))
}

impl std::fmt::Debug for CodeCache {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CodeCache").field("folder", &self.folder).finish_non_exhaustive()
    }
}
