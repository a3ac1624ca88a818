//! What a program was made from, so that it can be told later whether that is still so.
//!
//! A [`Recorder`] stands between the compiler and its files and notes what is asked and what comes.
//! [`Sources::fit`] asks all of it again: a file that changed, went away, or came to stand before another
//! one is noticed, wherever it lies.

use std::sync::{Arc, Mutex, PoisonError};

use serde::{Deserialize, Serialize};

use crate::{Assets, Files, Folder, Loaded, NoAssets, Options, Require};

/// A digest: BLAKE3, 32 bytes.
type Digest = [u8; blake3::OUT_LEN];

/// What a program was made from: its text, how it is meant, and each file that it asked for with what came.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sources {
    main: Digest,
    asked: Vec<Asked>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Asked {
    request: Require,
    /// Name of the file that asked.
    from: String,
    /// The folders that the program named.
    folders: Vec<Folder>,
    /// Name and digest of what was found, and whether its package has the version that was asked for.
    found: Option<(String, Digest, bool)>,
}

impl Asked {
    fn of(request: &Require, from: &str, folders: &[Folder], found: Result<&Loaded, &String>) -> Asked {
        let found = found.ok().map(|loaded| {
            let digest = blake3::hash(loaded.text.as_bytes()).into();
            (loaded.name.clone(), digest, loaded.pinned)
        });
        Asked { request: request.clone(), from: from.to_owned(), folders: folders.to_vec(), found }
    }
}

impl Sources {
    /// What [`Sources::from_bytes`] takes.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        postcard::to_stdvec(self).unwrap_or_default()
    }

    /// What [`Sources::to_bytes`] gave; other bytes are none, or others that nothing fits.
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Option<Sources> {
        postcard::from_bytes(bytes).ok()
    }

    /// Whether a program of this text, and of what the files say now, would be the same.
    #[must_use]
    pub fn fit(&self, name: &str, text: &str, options: &Options, files: &dyn Files) -> bool {
        self.main == main_digest(name, text, options)
            && self.asked.iter().all(|asked| {
                let found = files.require(&asked.request, &asked.from, &asked.folders);
                Asked::of(&asked.request, &asked.from, &asked.folders, found.as_ref()) == *asked
            })
    }
}

fn main_digest(name: &str, text: &str, options: &Options) -> Digest {
    let mut hasher = blake3::Hasher::new();
    hasher.update(&[u8::from(options.compat), u8::from(options.test), u8::from(options.no_interop)]);
    hasher.update(&(name.len() as u64).to_le_bytes());
    hasher.update(name.as_bytes());
    hasher.update(text.as_bytes());
    hasher.finalize().into()
}

/// Files that remember what they were asked.
pub struct Recorder<'a> {
    files: &'a dyn Files,
    /// Nothing once somebody asked for assets, which are not looked at again.
    asked: Mutex<Option<Vec<Asked>>>,
}

impl<'a> Recorder<'a> {
    /// Asks these.
    #[must_use]
    pub fn new(files: &'a dyn Files) -> Recorder<'a> {
        Recorder { files, asked: Mutex::new(Some(Vec::new())) }
    }

    /// What a program of this name and text was made from; nothing where that is more than can be asked
    /// for again.
    #[must_use]
    pub fn sources(self, name: &str, text: &str, options: &Options) -> Option<Sources> {
        let asked = self.asked.into_inner().unwrap_or_else(PoisonError::into_inner)?;
        Some(Sources { main: main_digest(name, text, options), asked })
    }

    fn forget(&self) {
        *self.asked.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }
}

impl Files for Recorder<'_> {
    fn require(&self, request: &Require, from: &str, folders: &[Folder]) -> Result<Loaded, String> {
        let found = self.files.require(request, from, folders);
        if let Some(asked) = &mut *self.asked.lock().unwrap_or_else(PoisonError::into_inner) {
            asked.push(Asked::of(request, from, folders, found.as_ref()));
        }
        found
    }

    fn assets(&self, from: &str) -> Result<Arc<Assets>, NoAssets> {
        self.forget();
        self.files.assets(from)
    }

    fn asset(&self, from: &str, name: &str) -> Result<Arc<[u8]>, NoAssets> {
        self.forget();
        self.files.asset(from, name)
    }
}
