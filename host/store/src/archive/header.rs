//! The header block of an entry, both ways.
//!
//! Reading is strict: numbers are octal digits and end, names end once, the format is ustar.

use super::ArchiveError;
use super::error::shown;

/// Everything in a tar file is a multiple of this, in bytes.
pub(super) const BLOCK_LEN: usize = 512;

pub(super) type Block = [u8; BLOCK_LEN];

/// The largest size that fits into a header, in bytes.
pub(super) const SIZE_MAX: u64 = 0o777_7777_7777;

pub(super) const FILE: u8 = b'0';
pub(super) const FOLDER: u8 = b'5';
pub(super) const PAX: u8 = b'x';

const NAME: std::ops::Range<usize> = 0..100;
const MODE: std::ops::Range<usize> = 100..108;
const UID: std::ops::Range<usize> = 108..116;
const GID: std::ops::Range<usize> = 116..124;
const SIZE: std::ops::Range<usize> = 124..136;
const MTIME: std::ops::Range<usize> = 136..148;
const CHECKSUM: std::ops::Range<usize> = 148..156;
const KIND: usize = 156;
const LINK_NAME: std::ops::Range<usize> = 157..257;
const MAGIC: std::ops::Range<usize> = 257..265;
const MAGIC_BYTES: &[u8; 8] = b"ustar\x0000";
const DEVICE_MAJOR: std::ops::Range<usize> = 329..337;
const DEVICE_MINOR: std::ops::Range<usize> = 337..345;
const PREFIX: std::ops::Range<usize> = 345..500;
const REST: std::ops::Range<usize> = 500..BLOCK_LEN;

/// What a header says, as far as it counts. Times and owners are checked and dropped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Header {
    /// The path, not checked yet.
    pub(super) name: Vec<u8>,
    /// [`FILE`], [`FOLDER`] or [`PAX`].
    pub(super) kind: u8,
    pub(super) size: u64,
    pub(super) executable: bool,
}

impl Header {
    /// Reads a block that is not all zeros.
    pub(super) fn parse(block: &Block) -> Result<Header, ArchiveError> {
        let name_end = block[NAME].iter().position(|byte| *byte == 0).unwrap_or(NAME.len());
        let entry = || shown(&block[..name_end]);
        if number(block, CHECKSUM, "checksum", &entry)? != u64::from(checksum(block)) {
            return Err(ArchiveError::Checksum { entry: entry() });
        }
        let kind = block[KIND];
        match kind {
            FILE | FOLDER | PAX => {}
            b'1' | b'2' => return Err(ArchiveError::Link { entry: entry() }),
            b'g' => return Err(ArchiveError::GlobalPax),
            b'L' | b'K' => return Err(ArchiveError::GnuLongName { entry: entry() }),
            b'S' => return Err(ArchiveError::Sparse { entry: entry() }),
            kind => return Err(ArchiveError::Type { entry: entry(), kind }),
        }
        if block[MAGIC] != *MAGIC_BYTES || block[REST].iter().any(|byte| *byte != 0) {
            return Err(ArchiveError::NotUstar { entry: entry() });
        }
        if block[LINK_NAME].iter().any(|byte| *byte != 0) {
            return Err(ArchiveError::Link { entry: entry() });
        }
        for (range, field) in [(UID, "user id"), (GID, "group id"), (MTIME, "time")] {
            number(block, range, field, &entry)?;
        }
        let mode = number(block, MODE, "mode", &entry)?;
        let size = number(block, SIZE, "size", &entry)?;
        let mut name = text(&block[PREFIX], &entry)?.to_vec();
        if !name.is_empty() {
            name.push(b'/');
        }
        name.extend_from_slice(text(&block[NAME], &entry)?);
        Ok(Header { name, kind, size, executable: mode & 0o100 != 0 })
    }

    /// Makes the block. The name has to [fit](fits).
    pub(super) fn to_block(&self) -> Block {
        let mut block = [0; BLOCK_LEN];
        let (prefix, name) = split(&self.name).expect("the caller made the name fit");
        block[NAME][..name.len()].copy_from_slice(name);
        block[PREFIX][..prefix.len()].copy_from_slice(prefix);
        put(&mut block[MODE], if self.executable { 0o755 } else { 0o644 });
        for range in [UID, GID, MTIME, DEVICE_MAJOR, DEVICE_MINOR] {
            put(&mut block[range], 0);
        }
        put(&mut block[SIZE], self.size);
        block[KIND] = self.kind;
        block[MAGIC].copy_from_slice(MAGIC_BYTES);
        let sum = format!("{:06o}\0 ", checksum(&block));
        block[CHECKSUM].copy_from_slice(sum.as_bytes());
        block
    }
}

/// Whether every reader finds this path in a header alone: it is ASCII and can be split.
pub(super) fn fits(path: &str) -> bool {
    path.is_ascii() && split(path.as_bytes()).is_some()
}

/// Splits a path into prefix and name at the first slash that leaves a short enough name.
fn split(path: &[u8]) -> Option<(&[u8], &[u8])> {
    if path.len() <= NAME.len() {
        return Some((&[], path));
    }
    let from = path.len() - NAME.len() - 1;
    let slash = from + path[from..].iter().position(|byte| *byte == b'/')?;
    let (prefix, name) = (&path[..slash], &path[slash + 1..]);
    (prefix.len() <= PREFIX.len() && !prefix.is_empty() && !name.is_empty()).then_some((prefix, name))
}

/// The sum of all bytes, those of the sum itself counted as spaces.
pub(super) fn checksum(block: &Block) -> u32 {
    let outside = block[..CHECKSUM.start].iter().chain(&block[CHECKSUM.end..]);
    outside.map(|byte| u32::from(*byte)).sum::<u32>() + 8 * u32::from(b' ')
}

fn put(field: &mut [u8], value: u64) {
    let digits = field.len() - 1;
    let text = format!("{value:0digits$o}");
    field[..digits].copy_from_slice(text.as_bytes());
}

fn number(
    block: &Block,
    range: std::ops::Range<usize>,
    field: &'static str,
    entry: &dyn Fn() -> String,
) -> Result<u64, ArchiveError> {
    let bytes = &block[range];
    if bytes[0] & 0x80 != 0 {
        return Err(ArchiveError::BinaryNumber { entry: entry(), field });
    }
    let digits = bytes.iter().take_while(|byte| matches!(byte, b'0'..=b'7')).count();
    let is_ended = digits < bytes.len() && bytes[digits..].iter().all(|byte| matches!(byte, 0 | b' '));
    if digits == 0 || !is_ended {
        return Err(ArchiveError::Number { entry: entry(), field });
    }
    Ok(bytes[..digits].iter().fold(0, |value, digit| value << 3 | u64::from(digit - b'0')))
}

/// The bytes before the first zero, behind which only zeros may stand.
fn text<'a>(field: &'a [u8], entry: &dyn Fn() -> String) -> Result<&'a [u8], ArchiveError> {
    let end = field.iter().position(|byte| *byte == 0).unwrap_or(field.len());
    match field[end..].iter().all(|byte| *byte == 0) {
        true => Ok(&field[..end]),
        false => Err(ArchiveError::NameAfterNul { entry: entry() }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn long_names_are_split_at_a_slash_or_not_at_all() {
        let part = |len| "x".repeat(len);
        let cases = [
            (part(100), true),
            (part(101), false),
            (format!("{}/{}", part(155), part(100)), true),
            (format!("{}/{}", part(156), part(100)), false),
            (format!("{}/{}", part(10), part(101)), false),
            (format!("a/{}/{}", part(60), part(60)), true),
            ("ä".to_owned(), false),
        ];
        for (path, expected) in cases {
            assert_eq!(fits(&path), expected, "{path}");
            if expected {
                let header = Header { name: path.into_bytes(), kind: FILE, size: 7, executable: true };
                assert_eq!(Header::parse(&header.to_block()).unwrap(), header);
            }
        }
    }

    proptest! {
        #[test]
        fn a_header_is_read_as_it_was_written(
            path in "[a-z]{1,30}(/[a-z]{1,40}){0,5}", size in 0..=SIZE_MAX, executable: bool,
        ) {
            prop_assume!(fits(&path));
            let header = Header { name: path.into_bytes(), kind: FILE, size, executable };
            prop_assert_eq!(Header::parse(&header.to_block()).unwrap(), header);
        }
    }
}
