//! Goes through the entries of an archive. Every rule about their order and their ends is here;
//! rules about one header, one set of records and the paths are in the files beside.

use std::io::Read;

use super::error::shown;
use super::frame::FrameReader;
use super::header::{BLOCK_LEN, Block, FILE, FOLDER, Header, PAX};
use super::names::Names;
use super::{ArchiveError, ArchiveLimits, pax};

/// Other writers fill up to records of this many blocks; more zeros than that are not needed.
const FILL_BLOCKS_MAX: usize = 19;

/// A file whose content comes next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct FileHeader {
    /// Below the root.
    pub(super) path: String,
    pub(super) size: u64,
    pub(super) executable: bool,
}

/// The files of an archive in their order.
pub(super) struct ArchiveReader<R> {
    frame: FrameReader<R>,
    names: Names,
    limits: ArchiveLimits,
    entry_count: usize,
    unpacked_bytes: u64,
    /// Bytes of the present file that were not read.
    content_left: u64,
    /// Zeros behind them.
    padding_len: usize,
    current: String,
}

impl<R: Read> ArchiveReader<R> {
    pub(super) fn new(
        source: R,
        root: &str,
        limits: &ArchiveLimits,
    ) -> Result<ArchiveReader<R>, ArchiveError> {
        Ok(ArchiveReader {
            names: Names::new(root, limits.path_depth_max)?,
            frame: FrameReader::new(source, limits)?,
            limits: *limits,
            entry_count: 0,
            unpacked_bytes: 0,
            content_left: 0,
            padding_len: 0,
            current: String::new(),
        })
    }

    /// Returns the next file; none at the end, when all of the archive was read and checked. The
    /// content of the one before has to be read.
    pub(super) fn next_file(&mut self) -> Result<Option<FileHeader>, ArchiveError> {
        debug_assert!(self.content_left == 0 && self.padding_len == 0);
        let mut pax_path = None;
        while let Some(block) = self.next_header()? {
            let header = Header::parse(&block)?;
            if header.kind == PAX {
                if pax_path.is_some() {
                    return Err(ArchiveError::PaxTwice { entry: shown(&header.name) });
                }
                pax_path = Some(self.read_pax(&header)?);
                continue;
            }
            self.entry_count += 1;
            if self.entry_count > self.limits.entry_count_max {
                return Err(ArchiveError::TooManyEntries { count_max: self.limits.entry_count_max });
            }
            let name = pax_path.take().unwrap_or(header.name);
            let name = String::from_utf8(name)
                .map_err(|error| ArchiveError::NotUtf8 { entry: shown(error.as_bytes()) })?;
            if header.kind == FOLDER {
                if header.size != 0 {
                    return Err(ArchiveError::FolderWithSize { entry: shown(name.as_bytes()) });
                }
                self.names.add_folder(&name)?;
                continue;
            }
            debug_assert_eq!(header.kind, FILE);
            let path = self.names.add_file(&name)?.to_owned();
            self.unpacked_bytes = self.unpacked_bytes.saturating_add(header.size);
            if self.unpacked_bytes > self.limits.unpacked_bytes_max {
                return Err(ArchiveError::UnpackedTooLarge {
                    size_max_bytes: self.limits.unpacked_bytes_max,
                });
            }
            self.expect_content(&name, header.size);
            return Ok(Some(FileHeader { path, size: header.size, executable: header.executable }));
        }
        if pax_path.is_some() {
            return Err(ArchiveError::PaxAlone);
        }
        Ok(None)
    }

    /// Reads some of the content of the present file; 0 at its end.
    pub(super) fn read_content(&mut self, buffer: &mut [u8]) -> Result<usize, ArchiveError> {
        if self.content_left == 0 {
            self.skip_padding()?;
            return Ok(0);
        }
        let most = usize::try_from(self.content_left).unwrap_or(usize::MAX).min(buffer.len());
        match self.frame.read(&mut buffer[..most])? {
            0 if most > 0 => Err(ArchiveError::Truncated),
            count => {
                self.content_left -= count as u64;
                Ok(count)
            }
        }
    }

    /// None behind the two empty blocks that end the archive.
    fn next_header(&mut self) -> Result<Option<Block>, ArchiveError> {
        let mut block = [0; BLOCK_LEN];
        if !self.read_block(&mut block)? {
            return Err(ArchiveError::Truncated);
        }
        if !is_empty(&block) {
            return Ok(Some(block));
        }
        if !self.read_block(&mut block)? {
            return Err(ArchiveError::Truncated);
        }
        if !is_empty(&block) {
            return Err(ArchiveError::EndBlocks);
        }
        for _ in 0..=FILL_BLOCKS_MAX {
            if !self.read_block(&mut block)? {
                return Ok(None);
            }
            if !is_empty(&block) {
                break;
            }
        }
        Err(ArchiveError::TrailingData)
    }

    /// Returns whether there was a block.
    fn read_block(&mut self, block: &mut Block) -> Result<bool, ArchiveError> {
        let mut filled = 0;
        while filled < BLOCK_LEN {
            match self.frame.read(&mut block[filled..])? {
                0 if filled == 0 => return Ok(false),
                0 => return Err(ArchiveError::Truncated),
                count => filled += count,
            }
        }
        Ok(true)
    }

    fn read_pax(&mut self, header: &Header) -> Result<Vec<u8>, ArchiveError> {
        if header.size > pax::RECORDS_LEN_MAX {
            return Err(ArchiveError::PaxRecord { entry: shown(&header.name) });
        }
        self.expect_content(&String::from_utf8_lossy(&header.name), header.size);
        let mut records = Vec::new();
        let mut buffer = [0; BLOCK_LEN];
        loop {
            match self.read_content(&mut buffer)? {
                0 => return pax::parse_path(&header.name, &records),
                count => records.extend_from_slice(&buffer[..count]),
            }
        }
    }

    fn expect_content(&mut self, name: &str, size: u64) {
        name.clone_into(&mut self.current);
        self.content_left = size;
        self.padding_len = padding_len(size);
    }

    fn skip_padding(&mut self) -> Result<(), ArchiveError> {
        let mut buffer = [0; BLOCK_LEN];
        while self.padding_len > 0 {
            let count = self.frame.read(&mut buffer[..self.padding_len])?;
            if count == 0 {
                return Err(ArchiveError::Truncated);
            }
            if !is_empty(&buffer[..count]) {
                return Err(ArchiveError::Padding { entry: shown(self.current.as_bytes()) });
            }
            self.padding_len -= count;
        }
        Ok(())
    }
}

/// How many bytes fill the last block of a file.
pub(super) fn padding_len(size: u64) -> usize {
    let over = usize::try_from(size % BLOCK_LEN as u64).expect("less than a block");
    (BLOCK_LEN - over) % BLOCK_LEN
}

fn is_empty(bytes: &[u8]) -> bool {
    bytes.iter().all(|byte| *byte == 0)
}
