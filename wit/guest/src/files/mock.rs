//! A view that lives in memory.

use std::collections::BTreeMap;

use super::{Blob, Entry, EntryKind, Files};
use crate::Error;

/// Files by their path.
#[derive(Clone, Debug, Default)]
pub struct MemoryFiles {
    files: BTreeMap<String, Vec<u8>>,
}

impl MemoryFiles {
    /// A view of an empty directory.
    pub fn new() -> MemoryFiles {
        MemoryFiles::default()
    }

    /// Adds a file; its directories come with it.
    #[must_use]
    pub fn with(mut self, path: &str, content: impl Into<Vec<u8>>) -> MemoryFiles {
        self.files.insert(path.to_owned(), content.into());
        self
    }

    fn below(&self, path: &str) -> impl Iterator<Item = (&str, &Vec<u8>)> {
        let prefix = if path.is_empty() { String::new() } else { format!("{path}/") };
        self.files
            .iter()
            .filter_map(move |(name, content)| Some((name.strip_prefix(prefix.as_str())?, content)))
    }

    fn checked(&self, path: &str) -> Result<(), Error> {
        let plain = path.is_empty() || path.split('/').all(|part| !matches!(part, "" | "." | ".."));
        if plain {
            Ok(())
        } else {
            Err(Error::invalid_input("files/path", format!("`{path}` is not a path")))
        }
    }
}

fn missing(path: &str) -> Error {
    Error::not_found("files/not-found", format!("there is no `{path}`"))
}

impl Files for MemoryFiles {
    fn list(&self, path: &str) -> Result<Vec<Entry>, Error> {
        self.checked(path)?;
        let mut entries = BTreeMap::new();
        for (rest, content) in self.below(path) {
            let entry = match rest.split_once('/') {
                Some((name, _)) => Entry { name: name.to_owned(), kind: EntryKind::Directory, size: 0 },
                None => Entry { name: rest.to_owned(), kind: EntryKind::File, size: content.len() as u64 },
            };
            entries.insert(entry.name.clone(), entry);
        }
        if entries.is_empty() && !path.is_empty() {
            Err(missing(path))
        } else {
            Ok(entries.into_values().collect())
        }
    }

    fn open(&self, path: &str) -> Result<Box<dyn Blob>, Error> {
        self.checked(path)?;
        let content = self.files.get(path).ok_or_else(|| missing(path))?;
        Ok(Box::new(MemoryBlob(content.clone())))
    }

    fn sub(&self, path: &str) -> Result<Box<dyn Files>, Error> {
        self.list(path)?;
        let files = self.below(path).map(|(name, content)| (name.to_owned(), content.clone())).collect();
        Ok(Box::new(MemoryFiles { files }))
    }
}

pub(crate) struct MemoryBlob(pub(crate) Vec<u8>);

impl Blob for MemoryBlob {
    fn size(&self) -> u64 {
        self.0.len() as u64
    }

    fn read(&self, offset: u64, max: u32) -> Result<Vec<u8>, Error> {
        let rest = usize::try_from(offset).ok().and_then(|offset| self.0.get(offset..)).unwrap_or_default();
        Ok(rest[..rest.len().min(max as usize)].to_vec())
    }
}
