//! Which `s` this is, for what only the `s` that made it may use again.

use s_store::{Home, Sha256Digest, files};

/// A secret that tells this `s` of this user from any other, of the same version too. What it made for its
/// own use is kept in folders of projects, which others may send: they cannot know it.
#[derive(Clone, Copy)]
pub(crate) struct Tool([u8; 32]);

/// That of this process: of the size and time of its file, and the key of this machine. None where one of them
/// cannot be read, which makes nothing up to date.
pub(crate) fn tool(home: &Home) -> Option<Tool> {
    let (size, changed) = files::stamp(&std::env::current_exe().ok()?).ok()?;
    let key = home.host_key_bytes().ok()?;
    Some(Tool(blake3::keyed_hash(&key, format!("tool {size} {changed}").as_bytes()).into()))
}

impl Tool {
    /// Its bytes; they are never written anywhere.
    pub(crate) fn secret(&self) -> &[u8; 32] {
        &self.0
    }

    /// What nobody else can make of these bytes.
    pub(crate) fn seal(&self, bytes: &[u8]) -> Sha256Digest {
        Sha256Digest::from_bytes(blake3::keyed_hash(&self.0, bytes).into())
    }
}
