//! Many small things that can be had again, in one file: records by key, appended and never changed.
//!
//! Of several records with one key the last counts. What is damaged, and everything behind it, was
//! never kept: a process that is killed while it appends, or a power cut, costs a question more and
//! nothing else. There is no lock: what is appended is appended in one call, readers read the file as
//! it was when they opened it, and of two processes that write it anew at once one loses what it had
//! to add.
//!
//! A record is the length of its key, the length of its value, the CRC-32 of both lengths, key and
//! value, then the key and the value; numbers are 32 bits, the least significant byte first. A record
//! without a value takes back what was kept under its key.

use std::collections::HashMap;
use std::fs::OpenOptions;
use std::io::Write as _;
use std::ops::Range;
use std::path::{Path, PathBuf};

use crate::faults::step;
use crate::files::{self, Access, parent_of};
use crate::{PendingFile, StoreError};

const MAGIC: &[u8; 8] = b"s-kept\x00\x01";
/// Lengths and checksum.
const HEAD_BYTES: usize = 12;
/// What a file may hold that nobody will read any more, before it is written anew.
const WASTE_BYTES_MAX: usize = 256 << 10;

/// A file of records, as it was when it was opened and with what was added since.
#[derive(Debug)]
pub struct RecordLog {
    path: PathBuf,
    size_max_bytes: usize,
    bytes: Vec<u8>,
    /// Where the record of each key is in `bytes`, and its value.
    records: HashMap<Vec<u8>, Record>,
    /// Bytes of these.
    live: usize,
    /// Whether the file can be appended to: it is there, and whole.
    is_whole: bool,
}

#[derive(Clone, Debug)]
struct Record {
    start: usize,
    value: Range<usize>,
}

impl RecordLog {
    /// Reads a file of at most `size_max_bytes`; one that is not there, or is larger, has no records.
    pub fn open(path: &Path, size_max_bytes: usize) -> RecordLog {
        let mut log = RecordLog {
            path: path.to_path_buf(),
            size_max_bytes,
            bytes: files::read_capped(path, size_max_bytes as u64).unwrap_or_default(),
            records: HashMap::new(),
            live: 0,
            is_whole: false,
        };
        if log.bytes.starts_with(MAGIC) {
            log.is_whole = log.read_from(MAGIC.len());
        } else {
            log.bytes = MAGIC.to_vec();
        }
        log
    }

    /// The keys of all records, in no order.
    pub fn keys(&self) -> impl Iterator<Item = &[u8]> {
        self.records.keys().map(Vec::as_slice)
    }

    /// The value that was last kept under a key.
    pub fn get(&self, key: &[u8]) -> Option<&[u8]> {
        Some(&self.bytes[self.records.get(key)?.value.clone()])
    }

    /// Keeps values; an empty one takes back what was kept. Nothing is made durable.
    ///
    /// # Errors
    /// Those of the operating system. Values are then kept for this process only.
    pub fn put<'a>(
        &mut self,
        records: impl IntoIterator<Item = (&'a [u8], &'a [u8])>,
    ) -> Result<(), StoreError> {
        let start = self.bytes.len();
        for (key, value) in records {
            // Longer ones are worth no room.
            if key.len() + value.len() + HEAD_BYTES <= self.size_max_bytes / 4 {
                write_record(&mut self.bytes, key, value);
            }
        }
        if self.bytes.len() == start {
            return Ok(());
        }
        self.read_from(start);
        let waste = self.bytes.len() - MAGIC.len() - self.live;
        let is_wasteful = waste > WASTE_BYTES_MAX && waste > self.live;
        if !self.is_whole || is_wasteful || self.bytes.len() > self.size_max_bytes {
            return self.write_anew();
        }
        step("write", &self.path)?;
        let file = OpenOptions::new().append(true).open(&self.path);
        match file.and_then(|mut file| file.write_all(&self.bytes[start..])) {
            // Somebody cleared it meanwhile.
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => self.write_anew(),
            done => done.map_err(StoreError::io("write", &self.path)),
        }
    }

    /// Writes the file with nothing in it that does not count; of more than half of what it may hold
    /// the newest stay.
    fn write_anew(&mut self) -> Result<(), StoreError> {
        let mut order: Vec<(Vec<u8>, Record)> = self.records.drain().collect();
        order.sort_by_key(|(_, record)| std::cmp::Reverse(record.start));
        let mut room = self.size_max_bytes / 2;
        let kept = order.iter().take_while(|(_, record)| {
            let size = record.value.end - record.start;
            let fits = size <= room;
            room = room.saturating_sub(size);
            fits
        });
        let kept = kept.count();
        let mut bytes = MAGIC.to_vec();
        for (_, record) in order[..kept].iter().rev() {
            bytes.extend_from_slice(&self.bytes[record.start..record.value.end]);
        }
        self.bytes = bytes;
        self.live = 0;
        self.read_from(MAGIC.len());
        files::create_dir_all(parent_of(&self.path), Access::Private)?;
        let mut file = PendingFile::create(parent_of(&self.path), Access::Private)?;
        file.write(&self.bytes)?;
        file.replace_soon(&self.path)?;
        self.is_whole = true;
        Ok(())
    }

    /// Reads records from a place on, and cuts off what is none. Returns whether there was nothing to
    /// cut off.
    fn read_from(&mut self, start: usize) -> bool {
        let mut at = start;
        while let Some((key, value)) = record_at(&self.bytes, at) {
            let record = Record { start: at, value: value.clone() };
            let key = &self.bytes[key];
            let old = match value.is_empty() {
                true => self.records.remove(key),
                false => {
                    self.live += value.end - at;
                    self.records.insert(key.to_vec(), record)
                }
            };
            self.live -= old.map_or(0, |old| old.value.end - old.start);
            at = value.end;
        }
        let is_whole = at == self.bytes.len();
        self.bytes.truncate(at);
        is_whole
    }
}

fn write_record(bytes: &mut Vec<u8>, key: &[u8], value: &[u8]) {
    let length = |part: &[u8]| u32::try_from(part.len()).unwrap_or(u32::MAX).to_le_bytes();
    let start = bytes.len();
    bytes.extend_from_slice(&length(key));
    bytes.extend_from_slice(&length(value));
    bytes.extend_from_slice(&[0; 4]);
    bytes.extend_from_slice(key);
    bytes.extend_from_slice(value);
    let checksum = checksum(&bytes[start..]);
    bytes[start + 8..start + HEAD_BYTES].copy_from_slice(&checksum.to_le_bytes());
}

/// Of everything in a record but the checksum itself.
fn checksum(record: &[u8]) -> u32 {
    let mut hasher = crc32fast::Hasher::new();
    hasher.update(&record[..8]);
    hasher.update(&record[HEAD_BYTES..]);
    hasher.finalize()
}

/// The places of key and value of the record that begins at a place; none where none does.
fn record_at(bytes: &[u8], start: usize) -> Option<(Range<usize>, Range<usize>)> {
    let head = bytes.get(start..)?.first_chunk::<HEAD_BYTES>()?;
    let number = |at: usize| u32::from_le_bytes([head[at], head[at + 1], head[at + 2], head[at + 3]]);
    let key_end = (start + HEAD_BYTES).checked_add(usize::try_from(number(0)).ok()?)?;
    let value_end = key_end.checked_add(usize::try_from(number(4)).ok()?)?;
    let record = bytes.get(start..value_end)?;
    (checksum(record) == number(8)).then_some((start + HEAD_BYTES..key_end, key_end..value_end))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::faults;
    use std::{fs, io};

    const SIZE_MAX: usize = 4 << 20;

    fn put(log: &mut RecordLog, records: &[(&str, &str)]) {
        log.put(records.iter().map(|(key, value)| (key.as_bytes(), value.as_bytes()))).unwrap();
    }

    fn text<'a>(log: &'a RecordLog, key: &str) -> Option<&'a str> {
        log.get(key.as_bytes()).map(|value| std::str::from_utf8(value).unwrap())
    }

    #[test]
    fn the_last_record_of_a_key_counts() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("new/log");
        let mut log = RecordLog::open(&path, SIZE_MAX);
        assert_eq!(text(&log, "a"), None);
        put(&mut log, &[("a", "1"), ("b", "2"), ("a", "3")]);
        put(&mut log, &[("c", "4"), ("b", "")]);
        for log in [log, RecordLog::open(&path, SIZE_MAX)] {
            assert_eq!((text(&log, "a"), text(&log, "b"), text(&log, "c")), (Some("3"), None, Some("4")));
        }
        let mut other = RecordLog::open(&path, SIZE_MAX);
        let before = fs::metadata(&path).unwrap().len();
        put(&mut other, &[]);
        assert_eq!(fs::metadata(&path).unwrap().len(), before);
    }

    #[test]
    fn what_two_append_is_there() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("log");
        put(&mut RecordLog::open(&path, SIZE_MAX), &[("a", "1")]);
        let (mut one, mut two) = (RecordLog::open(&path, SIZE_MAX), RecordLog::open(&path, SIZE_MAX));
        put(&mut one, &[("b", "2")]);
        put(&mut two, &[("c", "3")]);
        let log = RecordLog::open(&path, SIZE_MAX);
        assert_eq!((text(&log, "a"), text(&log, "b"), text(&log, "c")), (Some("1"), Some("2"), Some("3")));
        fs::remove_file(&path).unwrap();
        put(&mut one, &[("d", "4")]);
        let log = RecordLog::open(&path, SIZE_MAX);
        assert_eq!((text(&log, "a"), text(&log, "b"), text(&log, "d")), (Some("1"), Some("2"), Some("4")));
    }

    #[test]
    fn what_is_damaged_was_never_kept_and_is_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("log");
        let mut log = RecordLog::open(&path, SIZE_MAX);
        put(&mut log, &[("a", "one")]);
        let first = fs::metadata(&path).unwrap().len() as usize;
        put(&mut log, &[("b", "two")]);
        let whole = fs::read(&path).unwrap();
        for cut in 0..whole.len() {
            fs::write(&path, &whole[..cut]).unwrap();
            let mut log = RecordLog::open(&path, SIZE_MAX);
            assert_eq!(text(&log, "a"), (cut >= first).then_some("one"), "{cut}");
            assert_eq!(text(&log, "b"), None, "{cut}");
            put(&mut log, &[("c", "three")]);
            let log = RecordLog::open(&path, SIZE_MAX);
            assert_eq!((text(&log, "a"), text(&log, "c")), ((cut >= first).then_some("one"), Some("three")));
        }
        for at in 0..whole.len() {
            let mut damaged = whole.clone();
            damaged[at] ^= 0x55;
            fs::write(&path, &damaged).unwrap();
            let log = RecordLog::open(&path, SIZE_MAX);
            assert_eq!(text(&log, "a"), (at >= first).then_some("one"), "{at}");
            assert_eq!(text(&log, "b"), None, "{at}");
        }
    }

    #[test]
    fn a_file_does_not_grow_for_ever() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("log");
        let value = "x".repeat(10_000);
        let mut log = RecordLog::open(&path, SIZE_MAX);
        for _ in 0..200 {
            put(&mut log, &[("a", &value), ("b", &value)]);
        }
        assert!(fs::metadata(&path).unwrap().len() < 2 * WASTE_BYTES_MAX as u64);
        assert_eq!(text(&RecordLog::open(&path, SIZE_MAX), "b"), Some(&*value));
        assert_eq!(text(&RecordLog::open(&path, 1000), "b"), None, "a file that is too large has no records");
        // Of more than there is room for the newest stay.
        let (path, small) = (folder.path().join("small"), 100_000);
        let mut log = RecordLog::open(&path, small);
        for number in 0..40 {
            put(&mut log, &[(&format!("key{number}"), &value)]);
        }
        assert!(fs::metadata(&path).unwrap().len() <= small as u64);
        let log = RecordLog::open(&path, small);
        assert_eq!((text(&log, "key0"), text(&log, "key39")), (None, Some(&*value)));
        let mut log = RecordLog::open(&path, small);
        put(&mut log, &[("long", &"x".repeat(50_000))]);
        assert_eq!(text(&log, "long"), None);
    }

    #[test]
    fn every_fault_leaves_records_that_can_be_read() {
        for n in 0..100 {
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("log");
            let fault = faults::fail_at(n, io::ErrorKind::StorageFull);
            let mut log = RecordLog::open(&path, SIZE_MAX);
            let results =
                [("a", "1"), ("b", "2")].map(|(key, value)| log.put([(key.as_bytes(), value.as_bytes())]));
            let reached = faults::steps_seen() > n;
            drop(fault);
            assert_eq!(results.iter().any(Result::is_err), reached);
            assert_eq!((text(&log, "a"), text(&log, "b")), (Some("1"), Some("2")));
            let again = RecordLog::open(&path, SIZE_MAX);
            if results[1].is_ok() {
                assert_eq!(text(&again, "b"), Some("2"));
            }
            if !reached {
                return;
            }
        }
        panic!("the operation never ends");
    }
}
