//! Zip archives that the host holds, read in pieces.
//!
//! Only what a database needs: stored and deflated files with the sizes their directory states.
//! Whatever else the format can say - encryption, links, several disks, something in front of the
//! archive, two headers that disagree - is refused rather than interpreted, because readers of zip
//! that interpret it do not agree with each other.

mod directory;

use directory::{Header, Method};
use miniz_oxide::inflate::decompress_to_vec_with_limit;
use s_guest::{Blob, Error};
use std::collections::HashSet;

/// How much larger than the archive all its entries together may be.
const EXPANSION_MAX: u64 = 200;

/// How many bytes are asked for at a time.
const CHUNK_BYTES: u32 = 1 << 20;

/// An opened archive: the bytes and the list of what they hold.
pub(crate) struct Archive {
    blob: Box<dyn Blob>,
    headers: Vec<Header>,
    /// Where the directory begins and the entries must have ended.
    end: u64,
}

/// Why an entry was not read.
#[derive(Debug)]
pub(crate) enum Unread {
    /// The entry is at fault; the others may be well.
    Entry(String),
    /// The host failed; so will everything else.
    Host(Error),
}

impl From<Error> for Unread {
    fn from(error: Error) -> Self {
        Self::Host(error)
    }
}

impl Archive {
    /// Reads the list of entries and refuses archives that no honest database is.
    pub(crate) fn open(blob: Box<dyn Blob>, name: &str) -> Result<Self, Error> {
        let (headers, end) = directory::read(blob.as_ref(), name)?;
        let refuse = |why: String| Error::limit_exceeded("osv/archive", format!("`{name}` {why}"));
        let sum =
            |size: fn(&Header) -> u32| headers.iter().map(|header| u64::from(size(header))).sum::<u64>();
        if sum(|header| header.compressed) > end {
            return Err(refuse("has entries that share their bytes".into()));
        }
        let expanded = sum(|header| header.size);
        if expanded > end.saturating_mul(EXPANSION_MAX) {
            return Err(refuse(format!(
                "would become {expanded} bytes, more than {EXPANSION_MAX} times its size"
            )));
        }
        let mut names = HashSet::new();
        if !headers.iter().all(|header| names.insert(&header.name)) {
            return Err(Error::invalid_input("osv/archive", format!("`{name}` has two entries of one name")));
        }
        Ok(Self { blob, headers, end })
    }

    /// The entries that end in `.json`, in the order of the archive: index and name.
    pub(crate) fn entries(&self) -> impl Iterator<Item = (usize, String)> {
        let named = self.headers.iter().enumerate().filter(|(_, header)| header.name.ends_with(b".json"));
        named.map(|(index, header)| (index, String::from_utf8_lossy(&header.name).into_owned()))
    }

    /// Reads one entry whole.
    pub(crate) fn read(&self, index: usize, bytes_max: u64) -> Result<Vec<u8>, Unread> {
        let header = &self.headers[index];
        let refuse = |why: &str| Err(Unread::Entry(why.to_owned()));
        if header.is_encrypted {
            return refuse("it is encrypted");
        }
        if !header.is_file {
            return refuse("it is not a file");
        }
        let size = u64::from(header.size);
        if size > bytes_max || u64::from(header.compressed) > bytes_max {
            return Err(Unread::Entry(format!("it has {size} bytes, more than {bytes_max}")));
        }
        let Some(start) = directory::data_start(self.blob.as_ref(), header)? else {
            return refuse("its two headers do not agree");
        };
        if start + u64::from(header.compressed) > self.end {
            return refuse("it does not end before the directory");
        }
        let stored = read_exactly(self.blob.as_ref(), start, u64::from(header.compressed))?;
        let bytes = match header.method {
            Method::Stored => stored,
            Method::Deflated => match decompress_to_vec_with_limit(&stored, header.size as usize) {
                Ok(bytes) => bytes,
                Err(_) => return refuse("its compressed bytes are damaged"),
            },
            Method::Other => return refuse("it is compressed in another way than deflate"),
        };
        if bytes.len() as u64 != size {
            return Err(Unread::Entry(format!("it does not have the {size} bytes it claims")));
        }
        if crc32fast::hash(&bytes) != header.checksum {
            return refuse("its checksum is wrong");
        }
        Ok(bytes)
    }
}

/// Reads a part of a blob that must be there.
fn read_exactly(blob: &dyn Blob, offset: u64, length: u64) -> Result<Vec<u8>, Error> {
    let mut bytes = Vec::new();
    while (bytes.len() as u64) < length {
        let left = length - bytes.len() as u64;
        let max = u32::try_from(left).map_or(CHUNK_BYTES, |left| left.min(CHUNK_BYTES));
        let chunk = blob.read(offset + bytes.len() as u64, max)?;
        if chunk.is_empty() {
            return Err(Error::integrity("osv/short", "an archive ends too early"));
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use s_guest::Files;
    use s_guest::mock::MemoryFiles;
    use std::io::Write;
    use zip::write::SimpleFileOptions;
    use zip::{CompressionMethod, ZipWriter};

    fn blob(bytes: Vec<u8>) -> Box<dyn Blob> {
        MemoryFiles::new().with("f", bytes).open("f").unwrap()
    }

    fn read_all(bytes: Vec<u8>) -> Result<Vec<(String, Vec<u8>)>, Unread> {
        let archive = Archive::open(blob(bytes), "a.zip")?;
        archive.entries().map(|(index, name)| Ok((name, archive.read(index, 1 << 20)?))).collect()
    }

    fn small() -> Vec<u8> {
        let mut writer = ZipWriter::new(std::io::Cursor::new(Vec::new()));
        for (name, text) in [("a.json", "aaaaaaaaaaaaaaaaaaaaaaa"), ("b.json", "b")] {
            writer.start_file(name, SimpleFileOptions::default()).unwrap();
            writer.write_all(text.as_bytes()).unwrap();
        }
        writer.finish().unwrap().into_inner()
    }

    #[test]
    fn an_archive_with_something_in_front_is_refused() {
        let error = read_all([b"MZ".to_vec(), small()].concat()).unwrap_err();
        assert!(matches!(error, Unread::Host(error) if error.message.contains("not a plain zip archive")));
    }

    #[test]
    fn a_comment_at_the_end_is_passed_over() {
        let mut writer = ZipWriter::new(std::io::Cursor::new(Vec::new()));
        writer.start_file("a.json", SimpleFileOptions::default()).unwrap();
        writer.set_comment("a comment with PK\x05\x06 in it").unwrap();
        assert_eq!(read_all(writer.finish().unwrap().into_inner()).unwrap().len(), 1);
    }

    #[test]
    fn two_entries_of_one_name_are_refused() {
        let mut archive = small();
        for at in 0..archive.len() - 6 {
            if &archive[at..at + 6] == b"b.json" {
                archive[at] = b'a';
            }
        }
        let error = read_all(archive).unwrap_err();
        assert!(matches!(error, Unread::Host(error) if error.message.contains("two entries of one name")));
    }

    #[test]
    fn links_are_refused() {
        let mut writer = ZipWriter::new(std::io::Cursor::new(Vec::new()));
        writer.add_symlink("a.json", "b.json", SimpleFileOptions::default()).unwrap();
        let error = read_all(writer.finish().unwrap().into_inner()).unwrap_err();
        assert!(matches!(error, Unread::Entry(why) if why == "it is not a file"));
    }

    #[test]
    fn headers_that_disagree_are_refused() {
        let mut archive = small();
        archive[30] = b'x';
        let error = read_all(archive).unwrap_err();
        assert!(matches!(error, Unread::Entry(why) if why == "its two headers do not agree"));
    }

    #[test]
    fn entries_that_share_bytes_are_refused() {
        let mut archive = small();
        let end = archive.len() - 22;
        let directory = u32::from_le_bytes(archive[end + 16..end + 20].try_into().unwrap()) as usize;
        archive[directory + 20..directory + 24].copy_from_slice(&(directory as u32).to_le_bytes());
        let error = read_all(archive).unwrap_err();
        assert!(matches!(error, Unread::Host(error) if error.message.contains("share their bytes")));
    }

    #[test]
    fn archives_of_more_entries_than_16_bits_count_are_read() {
        let mut writer = ZipWriter::new(std::io::Cursor::new(Vec::new()));
        for number in 0..65_600 {
            let options = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
            writer.start_file(format!("{number}.json"), options).unwrap();
        }
        let archive = Archive::open(blob(writer.finish().unwrap().into_inner()), "a.zip").unwrap();
        assert_eq!(archive.entries().count(), 65_600);
        assert_eq!(archive.read(65_599, 10).unwrap(), b"");
    }

    proptest! {
        #[test]
        fn what_another_writer_wrote_is_read_back(
            entries in prop::collection::btree_map("[a-z/]{0,20}é?\\.json", (any::<Vec<u8>>(), any::<bool>()), 1..6),
        ) {
            let mut writer = ZipWriter::new(std::io::Cursor::new(Vec::new()));
            for (name, (content, deflate)) in &entries {
                let method = if *deflate { CompressionMethod::Deflated } else { CompressionMethod::Stored };
                writer.start_file(name, SimpleFileOptions::default().compression_method(method)).unwrap();
                writer.write_all(content).unwrap();
            }
            let expected: Vec<_> = entries.into_iter().map(|(name, (content, _))| (name, content)).collect();
            prop_assert_eq!(read_all(writer.finish().unwrap().into_inner()).unwrap(), expected);
        }

        #[test]
        fn damage_is_survived(changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..5), cut: prop::sample::Index) {
            let mut archive = small();
            for (index, byte) in changes {
                let at = index.index(archive.len());
                archive[at] = byte;
            }
            let _ = read_all(archive.clone());
            archive.truncate(cut.index(archive.len()));
            let _ = read_all(archive);
        }
    }
}
