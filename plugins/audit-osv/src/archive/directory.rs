//! The directory of a zip archive (APPNOTE 6.3.10, sections 4.3.7 and 4.3.12 to 4.3.16).

use super::read_exactly;
use s_guest::{Blob, Error};

/// The most entries of one archive, and the most bytes of its directory: both are kept in memory.
const ENTRIES_MAX: u64 = 100_000;
const DIRECTORY_BYTES_MAX: u64 = 16 << 20;

/// What the directory says of an entry.
pub(super) struct Header {
    pub(super) name: Vec<u8>,
    pub(super) method: Method,
    pub(super) checksum: u32,
    pub(super) compressed: u32,
    pub(super) size: u32,
    pub(super) is_encrypted: bool,
    pub(super) is_file: bool,
    method_number: u16,
    offset: u32,
}

pub(super) enum Method {
    Stored,
    Deflated,
    Other,
}

/// Reads the directory, and where it begins.
pub(super) fn read(blob: &dyn Blob, name: &str) -> Result<(Vec<Header>, u64), Error> {
    let refuse = || Error::invalid_input("osv/archive", format!("`{name}` is not a plain zip archive"));
    let end = find_end(blob)?.ok_or_else(refuse)?;
    if end.entries > ENTRIES_MAX || end.length > DIRECTORY_BYTES_MAX {
        let entries = end.entries;
        let message =
            format!("`{name}` has {entries} entries, more than {ENTRIES_MAX}, or a directory too long");
        return Err(Error::limit_exceeded("osv/archive", message));
    }
    let bytes = read_exactly(blob, end.start, end.length)?;
    let mut rest = Fields(&bytes);
    let mut headers = Vec::new();
    for _ in 0..end.entries {
        headers.push(read_header(&mut rest).ok_or_else(refuse)?);
    }
    if rest.0.is_empty() { Ok((headers, end.start)) } else { Err(refuse()) }
}

/// Where the bytes of an entry begin; none when its own header says something else than the
/// directory.
pub(super) fn data_start(blob: &dyn Blob, header: &Header) -> Result<Option<u64>, Error> {
    let start = u64::from(header.offset);
    let length = LOCAL_HEADER_BYTES + header.name.len() as u64;
    if start + length > blob.size() {
        return Ok(None);
    }
    let bytes = read_exactly(blob, start, length)?;
    let mut fields = Fields(&bytes);
    let extra = (|| {
        fields.expect(b"PK\x03\x04")?;
        let (_version, _flags, method) = (fields.u16()?, fields.u16()?, fields.u16()?);
        fields.take(16)?;
        let (name, extra) = (fields.u16()?, fields.u16()?);
        let agrees = method == header.method_number
            && usize::from(name) == header.name.len()
            && fields.0 == header.name;
        agrees.then_some(extra)
    })();
    Ok(extra.map(|extra| start + length + u64::from(extra)))
}

const LOCAL_HEADER_BYTES: u64 = 30;
const END_BYTES: usize = 22;
const COMMENT_BYTES_MAX: usize = u16::MAX as usize;
const LOCATOR_BYTES: usize = 20;
const END64_BYTES: u64 = 56;

struct End {
    entries: u64,
    start: u64,
    length: u64,
}

/// Finds the record at the end of the archive. The directory must lie right before it, with
/// nothing in front of the archive, so that every reader sees the same entries.
fn find_end(blob: &dyn Blob) -> Result<Option<End>, Error> {
    let size = blob.size();
    let tail_length = size.min((END_BYTES + COMMENT_BYTES_MAX + LOCATOR_BYTES) as u64);
    let tail_start = size - tail_length;
    let tail = read_exactly(blob, tail_start, tail_length)?;
    let Some(last) = tail.len().checked_sub(END_BYTES) else { return Ok(None) };
    // From the back: the record whose comment reaches exactly to the end.
    let found = (0..=last).rev().find(|&at| {
        let mut fields = Fields(&tail[at..]);
        fields.expect(b"PK\x05\x06").is_some()
            && fields.take(16).is_some()
            && fields.u16() == u16::try_from(tail.len() - at - END_BYTES).ok()
    });
    let Some(at) = found else { return Ok(None) };
    let Some(end) = read_end(&tail[at..]) else { return Ok(None) };
    let record_at = tail_start + at as u64;
    let needs_64 = end.entries == u64::from(u16::MAX)
        || end.start == u64::from(u32::MAX)
        || end.length == u64::from(u32::MAX);
    let locator = at.checked_sub(LOCATOR_BYTES).map(|at| &tail[at..at + LOCATOR_BYTES]);
    let (end, record_at) = match locator.filter(|locator| needs_64 && locator.starts_with(b"PK\x06\x07")) {
        None => (end, record_at),
        Some(locator) => match read_end_64(blob, locator, record_at - LOCATOR_BYTES as u64)? {
            Some(found) => found,
            None => return Ok(None),
        },
    };
    Ok((end.start.checked_add(end.length) == Some(record_at)).then_some(end))
}

fn read_end(bytes: &[u8]) -> Option<End> {
    let mut fields = Fields(bytes);
    fields.take(4)?;
    let (disk, directory_disk) = (fields.u16()?, fields.u16()?);
    let (entries_here, entries) = (fields.u16()?, fields.u16()?);
    let (length, start) = (fields.u32()?, fields.u32()?);
    let one_disk = disk == 0 && directory_disk == 0 && entries_here == entries;
    one_disk.then(|| End { entries: entries.into(), start: start.into(), length: length.into() })
}

/// The record for more entries than 16 bits can count, right before its locator.
fn read_end_64(blob: &dyn Blob, locator: &[u8], locator_at: u64) -> Result<Option<(End, u64)>, Error> {
    let Some(record_at) = locator_at.checked_sub(END64_BYTES) else { return Ok(None) };
    if locator[8..16] != record_at.to_le_bytes() {
        return Ok(None);
    }
    let bytes = read_exactly(blob, record_at, END64_BYTES)?;
    let mut fields = Fields(&bytes);
    let end = (|| {
        fields.expect(b"PK\x06\x06")?;
        fields.take(12)?;
        let (disk, directory_disk) = (fields.u32()?, fields.u32()?);
        let (entries_here, entries) = (fields.u64()?, fields.u64()?);
        let (length, start) = (fields.u64()?, fields.u64()?);
        let one_disk = disk == 0 && directory_disk == 0 && entries_here == entries;
        one_disk.then_some(End { entries, start, length })
    })();
    Ok(end.map(|end| (end, record_at)))
}

fn read_header(fields: &mut Fields<'_>) -> Option<Header> {
    fields.expect(b"PK\x01\x02")?;
    let (made_by, _needed) = (fields.u16()?, fields.u16()?);
    let (flags, method_number) = (fields.u16()?, fields.u16()?);
    let _time = fields.u32()?;
    let (checksum, compressed, size) = (fields.u32()?, fields.u32()?, fields.u32()?);
    let (name, extra, comment) = (fields.u16()?, fields.u16()?, fields.u16()?);
    let (disk, _internal) = (fields.u16()?, fields.u16()?);
    let (external, offset) = (fields.u32()?, fields.u32()?);
    let name = fields.take(name.into())?.to_vec();
    fields.take(usize::from(extra) + usize::from(comment))?;
    // Only Unix writes a file type, and 0 where it knows none.
    let is_regular = made_by >> 8 != 3 || matches!((external >> 16) & 0xf000, 0 | 0x8000);
    Some(Header {
        method: match method_number {
            0 => Method::Stored,
            8 => Method::Deflated,
            _ => Method::Other,
        },
        checksum,
        compressed,
        size,
        // Encrypted, strongly encrypted, or with a masked header.
        is_encrypted: flags & (1 | 1 << 6 | 1 << 13) != 0,
        is_file: is_regular && disk == 0 && !name.ends_with(b"/"),
        name,
        method_number,
        offset,
    })
}

/// Little-endian fields, one after the other; none when they are cut off.
struct Fields<'a>(&'a [u8]);

impl<'a> Fields<'a> {
    fn take(&mut self, length: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(taken)
    }

    fn expect(&mut self, signature: &[u8; 4]) -> Option<()> {
        (self.take(4)? == signature).then_some(())
    }

    fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        self.take(N)?.try_into().ok()
    }

    fn u16(&mut self) -> Option<u16> {
        self.array().map(u16::from_le_bytes)
    }

    fn u32(&mut self) -> Option<u32> {
        self.array().map(u32::from_le_bytes)
    }

    fn u64(&mut self) -> Option<u64> {
        self.array().map(u64::from_le_bytes)
    }
}
