//! An opened database: the list of its entries, and how to read one.

use crate::archive::{Archive, Unread};
use s_guest::{Blob, EntryKind, Error, Files};
use sha2::{Digest, Sha256};

/// The largest entry that is read.
pub(crate) const ENTRY_BYTES_MAX: u64 = 4 << 20;

/// The most files of a folder, and the deepest directory in it.
const FILES_MAX: usize = 100_000;
const DEPTH_MAX: usize = 16;

/// How many bytes are asked for at a time.
const CHUNK_BYTES: u32 = 1 << 20;

/// A database whose entries are known.
pub(crate) struct Database {
    parts: Vec<Part>,
    entries: Vec<Entry>,
    /// What the database looks like, as its place can tell; none when it cannot.
    pub(crate) validator: Option<String>,
}

enum Part {
    File(Box<dyn Blob>),
    Folder(Box<dyn Files>),
    Archive(Box<Archive>),
}

struct Entry {
    name: String,
    part: usize,
    place: Place,
}

enum Place {
    Whole,
    Path(String),
    Index(usize),
}

impl Database {
    /// Opens one file: an archive, or a single entry.
    pub(crate) fn of_file(blob: Box<dyn Blob>, name: &str, validator: Option<String>) -> Result<Self, Error> {
        let mut database = Self { parts: Vec::new(), entries: Vec::new(), validator };
        if blob.read(0, 2)?.starts_with(b"PK") {
            database.add_archive(blob, name)?;
        } else {
            database.parts.push(Part::File(blob));
            database.entries.push(Entry { name: name.to_owned(), part: 0, place: Place::Whole });
        }
        database.not_empty(name)
    }

    /// Opens a folder: every `.json` below it, and the entries of every `.zip`, in the order of
    /// their paths; or of these one file alone, when the address names it and the folder is the one
    /// it lies in. The validator is the digest of all their names and contents.
    pub(crate) fn of_folder(view: Box<dyn Files>, name: &str) -> Result<Self, Error> {
        let mut paths = Vec::new();
        let leaf = name.rsplit('/').next().unwrap_or_default();
        let is_leaf = |entry: &s_guest::Entry| entry.kind == EntryKind::File && entry.name == leaf;
        if is_part(leaf) && view.list("")?.iter().any(is_leaf) {
            paths.push(leaf.to_owned());
        } else {
            list(view.as_ref(), "", 0, &mut paths)?;
        }
        let mut digest = Sha256::new();
        let mut database = Self { parts: Vec::new(), entries: Vec::new(), validator: None };
        for path in &paths {
            let blob = view.open(path)?;
            add_to_digest(&mut digest, path, blob.as_ref())?;
            if path.ends_with(".zip") {
                database.add_archive(blob, path)?;
            } else {
                // The folder itself becomes the last part.
                let place = Place::Path(path.clone());
                database.entries.push(Entry { name: path.clone(), part: usize::MAX, place });
            }
        }
        let folder = database.parts.len();
        database.parts.push(Part::Folder(view));
        for entry in database.entries.iter_mut().filter(|entry| matches!(entry.place, Place::Path(_))) {
            entry.part = folder;
        }
        let digest: String = digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
        database.validator = Some(format!("sha256:{digest}"));
        database.not_empty(name)
    }

    /// How many entries there are.
    pub(crate) fn len(&self) -> usize {
        self.entries.len()
    }

    /// The name of an entry, for people.
    pub(crate) fn name(&self, index: usize) -> &str {
        &self.entries[index].name
    }

    /// Reads an entry whole.
    pub(crate) fn read(&mut self, index: usize) -> Result<Vec<u8>, Unread> {
        let entry = &self.entries[index];
        let blob = match (&mut self.parts[entry.part], &entry.place) {
            (Part::Archive(archive), Place::Index(index)) => return archive.read(*index, ENTRY_BYTES_MAX),
            (Part::Folder(view), Place::Path(path)) => &view.open(path).map_err(Unread::Host)?,
            (Part::File(blob), _) => &*blob,
            _ => unreachable!("a place is of the kind of its part"),
        };
        if blob.size() > ENTRY_BYTES_MAX {
            return Err(Unread::Entry(format!("it has {} bytes, more than {ENTRY_BYTES_MAX}", blob.size())));
        }
        let mut bytes = Vec::new();
        each_chunk(blob.as_ref(), |chunk| bytes.extend_from_slice(chunk)).map_err(Unread::Host)?;
        Ok(bytes)
    }

    fn add_archive(&mut self, blob: Box<dyn Blob>, name: &str) -> Result<(), Error> {
        let archive = Archive::open(blob, name)?;
        let part = self.parts.len();
        for (index, entry) in archive.entries() {
            self.entries.push(Entry { name: format!("{name}/{entry}"), part, place: Place::Index(index) });
        }
        self.parts.push(Part::Archive(Box::new(archive)));
        Ok(())
    }

    fn not_empty(self, name: &str) -> Result<Self, Error> {
        if self.entries.is_empty() {
            return Err(Error::invalid_input("osv/empty", format!("`{name}` has no `.json` files"))
                .with_help("the address should be an OSV database: a folder or a zip of `.json` files"));
        }
        Ok(self)
    }
}

fn list(view: &dyn Files, path: &str, depth: usize, paths: &mut Vec<String>) -> Result<(), Error> {
    let limit = |what: String| Err(Error::limit_exceeded("osv/folder", what));
    if depth > DEPTH_MAX {
        return limit(format!("the directory `{path}` is nested more than {DEPTH_MAX} deep"));
    }
    for entry in view.list(path)? {
        let below = if path.is_empty() { entry.name } else { format!("{path}/{}", entry.name) };
        match entry.kind {
            EntryKind::Directory => list(view, &below, depth + 1, paths)?,
            EntryKind::File if is_part(&below) => paths.push(below),
            EntryKind::File | EntryKind::Other => {}
        }
        if paths.len() > FILES_MAX {
            return limit(format!("the folder has more than {FILES_MAX} files"));
        }
    }
    Ok(())
}

/// Whether a file is a part of a database, by its name.
fn is_part(path: &str) -> bool {
    path.ends_with(".json") || path.ends_with(".zip")
}

fn add_to_digest(digest: &mut Sha256, path: &str, blob: &dyn Blob) -> Result<(), Error> {
    digest.update((path.len() as u64).to_le_bytes());
    digest.update(path);
    digest.update(blob.size().to_le_bytes());
    each_chunk(blob, |chunk| digest.update(chunk))
}

fn each_chunk(blob: &dyn Blob, mut take: impl FnMut(&[u8])) -> Result<(), Error> {
    let mut offset = 0;
    while offset < blob.size() {
        let chunk = blob.read(offset, CHUNK_BYTES)?;
        if chunk.is_empty() {
            return Err(Error::integrity("osv/short", "a file became shorter while it was read"));
        }
        take(&chunk);
        offset += chunk.len() as u64;
    }
    Ok(())
}
