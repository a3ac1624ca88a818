//! PAX records, of which one is understood: `path`, for names that fit no header.

use super::ArchiveError;
use super::error::shown;

/// The longest set of records that is read: a path and what stands around it, in bytes.
pub(super) const RECORDS_LEN_MAX: u64 = 4096 + 32;

/// Makes the record that says a path.
pub(super) fn path_record(path: &str) -> Vec<u8> {
    // The length counts its own digits.
    let rest = " path=".len() + path.len() + 1;
    let mut len = rest;
    while len != rest + len.to_string().len() {
        len = rest + len.to_string().len();
    }
    format!("{len} path={path}\n").into_bytes()
}

/// Reads the records of the header `name` and returns the path they say.
pub(super) fn parse_path(name: &[u8], records: &[u8]) -> Result<Vec<u8>, ArchiveError> {
    let malformed = || ArchiveError::PaxRecord { entry: shown(name) };
    let mut path = None;
    let mut records = records;
    while !records.is_empty() {
        let (key, value, rest) = split_record(records).ok_or_else(malformed)?;
        match key {
            b"path" if path.is_none() => path = Some(value.to_vec()),
            b"path" => return Err(malformed()),
            b"size" => return Err(ArchiveError::PaxSize { entry: shown(name) }),
            key => return Err(ArchiveError::PaxKey { entry: shown(name), key: shown(key) }),
        }
        records = rest;
    }
    path.ok_or_else(malformed)
}

/// Splits off one record: decimal length of all of it, space, key, `=`, value, end of line.
fn split_record(records: &[u8]) -> Option<(&[u8], &[u8], &[u8])> {
    let space = records.iter().take(6).position(|byte| *byte == b' ')?;
    let digits = &records[..space];
    if digits.is_empty() || digits[0] == b'0' || !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let len = digits.iter().fold(0, |value, digit| value * 10 + usize::from(digit - b'0'));
    if len <= space + 1 || len > records.len() {
        return None;
    }
    let (record, rest) = records.split_at(len);
    let content = record[space + 1..].strip_suffix(b"\n")?;
    let equals = content.iter().position(|byte| *byte == b'=')?;
    Some((&content[..equals], &content[equals + 1..], rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_counts_itself() {
        for len in (0..=300).chain(980..=1010) {
            let path = "p".repeat(len);
            let record = path_record(&path);
            assert!(record.starts_with(format!("{} ", record.len()).as_bytes()));
            assert_eq!(parse_path(b"", &record).unwrap(), path.as_bytes());
        }
    }

    #[test]
    fn records_that_lie_are_malformed() {
        for records in [
            &b""[..],
            b"9 path=a",
            b"11 path=a\n",
            b"8 path=a\n",
            b"09 path=a\n",
            b"+9 path=a\n",
            b"-9 path=a\n",
            b" path=a\n",
            b"0 path=a\n",
            b"7 path\n",
            b"2 \n",
            b"9 path=a\n9 path=b\n",
            b"9 path=a\n\0",
            b"99999999999999999999 path=a\n",
        ] {
            let result = parse_path(b"n", records);
            assert!(matches!(result, Err(ArchiveError::PaxRecord { .. })), "{records:?}: {result:?}");
        }
        assert!(matches!(parse_path(b"n", b"9 size=1\n"), Err(ArchiveError::PaxSize { .. })));
        assert!(matches!(parse_path(b"n", b"11 mtime=1\n"), Err(ArchiveError::PaxKey { .. })));
    }
}
