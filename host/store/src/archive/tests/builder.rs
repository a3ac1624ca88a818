//! Writes tar files block by block, right or wrong, with code that shares nothing with the writer.

use crate::archive::{ArchiveError, ArchiveLimits, ArchiveSummary, inspect};

pub(super) const ROOT: &str = "p-1.0.0";

/// A tar file in the making.
#[derive(Clone, Default)]
pub(super) struct RawTar(pub(super) Vec<u8>);

impl RawTar {
    /// Adds a header and content, filled up to whole blocks.
    pub(super) fn entry(self, name: impl AsRef<[u8]>, kind: u8, content: &[u8]) -> RawTar {
        self.changed(name, kind, content, |_| {})
    }

    /// As [`entry`](RawTar::entry), with a change to the header before its sum is made.
    pub(super) fn changed(
        mut self,
        name: impl AsRef<[u8]>,
        kind: u8,
        content: &[u8],
        change: impl FnOnce(&mut [u8; 512]),
    ) -> RawTar {
        let mut block = header(name.as_ref(), kind, content.len());
        change(&mut block);
        seal(&mut block);
        self.0.extend_from_slice(&block);
        self.0.extend_from_slice(content);
        self.0.resize(self.0.len().next_multiple_of(512), 0);
        self
    }

    /// Adds a file below the root.
    pub(super) fn file(self, path: &str, content: &[u8]) -> RawTar {
        self.entry(format!("{ROOT}/{path}"), b'0', content)
    }

    /// Adds PAX records.
    pub(super) fn pax(self, records: &[u8]) -> RawTar {
        self.entry("x", b'x', records)
    }

    /// Adds bytes as they are.
    pub(super) fn raw(mut self, bytes: &[u8]) -> RawTar {
        self.0.extend_from_slice(bytes);
        self
    }

    /// Ends with two empty blocks.
    pub(super) fn end(self) -> RawTar {
        self.raw(&[0; 1024])
    }

    /// Ends and compresses.
    pub(super) fn archive(self) -> Vec<u8> {
        frame(&self.end().0)
    }
}

/// One record with its length.
pub(super) fn record(key: &str, value: &str) -> Vec<u8> {
    (1..)
        .map(|len| format!("{len} {key}={value}\n"))
        .find(|text| text.split(' ').next().unwrap().parse::<usize>().unwrap() == text.len())
        .unwrap()
        .into_bytes()
}

pub(super) fn header(name: &[u8], kind: u8, size: usize) -> [u8; 512] {
    let mut block = [0; 512];
    block[..name.len()].copy_from_slice(name);
    block[100..108].copy_from_slice(b"0000644\0");
    block[108..116].copy_from_slice(b"0000000\0");
    block[116..124].copy_from_slice(b"0000000\0");
    block[124..136].copy_from_slice(format!("{size:011o}\0").as_bytes());
    block[136..148].copy_from_slice(b"00000000000\0");
    block[156] = kind;
    block[257..265].copy_from_slice(b"ustar\x0000");
    block
}

pub(super) fn seal(block: &mut [u8; 512]) {
    block[148..156].fill(b' ');
    let sum: u32 = block.iter().map(|byte| u32::from(*byte)).sum();
    block[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
}

/// Compresses quickly, as one frame.
pub(super) fn frame(bytes: &[u8]) -> Vec<u8> {
    zstd::bulk::compress(bytes, 1).unwrap()
}

pub(super) fn look(archive: &[u8]) -> Result<ArchiveSummary, ArchiveError> {
    inspect(archive, ROOT, &ArchiveLimits::default())
}

/// The name of the variant, which tests compare.
pub(super) fn variant(error: &ArchiveError) -> String {
    match error {
        ArchiveError::Store(crate::StoreError::Path { reason, .. }) => format!("{reason:?}"),
        error => {
            let text = format!("{error:?}");
            text.split([' ', '(']).next().unwrap().to_owned()
        }
    }
}

/// The name of the variant an archive is refused with, reading and unpacking; `ok` otherwise.
pub(super) fn verdict(archive: &[u8]) -> String {
    verdict_within(archive, &ArchiveLimits::default())
}

pub(super) fn verdict_within(archive: &[u8], limits: &ArchiveLimits) -> String {
    let folder = tempfile::tempdir().unwrap();
    let into = folder.path().join("into");
    let inspected = inspect(archive, ROOT, limits);
    let unpacked = crate::archive::unpack(archive, ROOT, &into, limits);
    let names: Vec<_> = std::fs::read_dir(folder.path()).unwrap().map(|e| e.unwrap().file_name()).collect();
    match (inspected, unpacked) {
        (Ok(one), Ok(other)) => {
            assert_eq!(one, other);
            assert_eq!(crate::archive::tree_digest(&into).unwrap(), one.tree);
            assert_eq!(names, ["into"]);
            "ok".to_owned()
        }
        (Err(one), Err(other)) => {
            assert_eq!(one.to_string(), other.to_string(), "one reader");
            assert!(names.is_empty(), "nothing is left: {names:?}");
            variant(&one)
        }
        (one, other) => panic!("inspect {one:?}, unpack {other:?}"),
    }
}
