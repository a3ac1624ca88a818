//! Which packages an executable was made from: a note in it, written by `s build` and read by `s audit`.
//!
//! The note has the owner `stryke` and the kind 1; its text is one line a package: name, `@`, version, and
//! behind a blank the digest of what was unpacked, if the lock has one. It stands in a segment, so it is
//! there in executables without a table of sections.

use std::fmt::Write as _;
use std::path::Path;

use s_diag::{Code, Diagnostic};
use s_project::LockedPackage;
use s_store::files;

use super::link::Note;
use crate::Context;
use crate::failure::{Failure, FailureKind};

const OWNER: &str = "stryke";
const KIND: u32 = 1;
const ELF: [u8; 4] = *b"\x7fELF";
const PT_NOTE: u64 = 4;

/// The largest executable that is looked into.
const BYTES_MAX: u64 = 1 << 30;

/// The note about these packages.
pub(super) fn note(packages: &[LockedPackage]) -> Note {
    let mut text = String::new();
    for package in packages {
        // Writing to a string does not fail.
        let _ = write!(text, "{}@{}", package.name, package.version);
        if let Some(integrity) = package.integrity {
            let _ = write!(text, " {integrity}");
        }
        text.push('\n');
    }
    Note {
        section: ".note.stryke.packages".to_owned(),
        owner: OWNER.to_owned(),
        kind: KIND,
        bytes: text.into_bytes(),
    }
}

/// Whether a file is an executable that may have such a note. What cannot be read is none.
#[must_use]
pub fn is_executable(context: &Context, path: &Path) -> bool {
    files::read_start(&context.directory().join(path), 4).is_ok_and(|start| start == ELF)
}

/// The packages an executable was made from, one `NAME@VERSION` a line.
///
/// # Errors
///
/// When it says nothing of packages, or is damaged.
pub fn packages_in(context: &Context, path: &Path) -> Result<String, Failure> {
    let bytes = files::read_capped(&context.directory().join(path), BYTES_MAX)?;
    let Some(text) = find(&bytes) else {
        let message = format!("`{}` does not say which packages it was made from", path.display());
        let diagnostic = Diagnostic::error(Code::PACKAGE_LIST, message)
            .note("only what `s build` made has such a list inside")
            .hint("the lock it was built from can be audited instead: s audit");
        return Err(Failure::new(FailureKind::Failed, diagnostic));
    };
    let mut list = String::new();
    for line in text.lines() {
        list.push_str(line.split(' ').next().unwrap_or_default());
        list.push('\n');
    }
    Ok(list)
}

/// The text of the note; none where there is none, or where the file is not what it says it is.
fn find(bytes: &[u8]) -> Option<&str> {
    let number = |at: usize, size: usize| -> Option<u64> {
        let mut word = [0; 8];
        word[..size].copy_from_slice(bytes.get(at..at.checked_add(size)?)?);
        Some(u64::from_le_bytes(word))
    };
    let place = |at: usize, size: usize| number(at, size).and_then(|place| usize::try_from(place).ok());
    if !bytes.starts_with(&ELF) {
        return None;
    }
    let (headers, size, count) = (place(32, 8)?, place(54, 2)?, place(56, 2)?);
    for index in 0..count {
        let at = headers.checked_add(index.checked_mul(size)?)?;
        if number(at, 4)? != PT_NOTE {
            continue;
        }
        let (start, length) = (place(at.checked_add(8)?, 8)?, place(at.checked_add(32)?, 8)?);
        let mut notes = bytes.get(start..start.checked_add(length)?)?;
        while let Some(head) = notes.get(..12) {
            let field = |at: usize| u32::from_le_bytes([head[at], head[at + 1], head[at + 2], head[at + 3]]);
            let (owner_len, len, kind) = (field(0) as usize, field(4) as usize, field(8));
            let owner = notes.get(12..12_usize.checked_add(owner_len)?)?;
            let start = 12_usize.checked_add(owner_len.next_multiple_of(4))?;
            let content = notes.get(start..start.checked_add(len)?)?;
            if kind == KIND && owner.strip_suffix(b"\0") == Some(OWNER.as_bytes()) {
                return std::str::from_utf8(content).ok();
            }
            notes = notes.get(start.checked_add(len.next_multiple_of(4))?..).unwrap_or_default();
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An executable of a header, one segment and notes.
    fn executable(notes: &[u8]) -> Vec<u8> {
        let mut bytes = vec![0; 120];
        bytes[..4].copy_from_slice(&ELF);
        bytes[32] = 64;
        bytes[54] = 56;
        bytes[56] = 1;
        bytes[64] = 4;
        bytes[64 + 8] = 120;
        bytes[64 + 32..64 + 40].copy_from_slice(&(notes.len() as u64).to_le_bytes());
        bytes.extend_from_slice(notes);
        bytes
    }

    fn record(owner: &[u8], kind: u8, content: &[u8]) -> Vec<u8> {
        let mut bytes = vec![u8::try_from(owner.len()).unwrap(), 0, 0, 0];
        bytes.extend([u8::try_from(content.len()).unwrap(), 0, 0, 0, kind, 0, 0, 0]);
        for part in [owner, content] {
            bytes.extend_from_slice(part);
            bytes.resize(bytes.len().next_multiple_of(4), 0);
        }
        bytes
    }

    #[test]
    fn the_note_is_found_among_others_and_damage_ends_in_nothing() {
        let notes = [
            record(b"GNU\0", 3, b"12345"),
            record(b"stryke\0", 2, b"no"),
            record(b"stryke\0", 1, b"a/b@1.0.0 sha256:x\nc@2.0.0\n"),
        ]
        .concat();
        let whole = executable(&notes);
        assert_eq!(find(&whole), Some("a/b@1.0.0 sha256:x\nc@2.0.0\n"));
        assert_eq!(find(&executable(&record(b"GNU\0", 1, b"x"))), None);
        for cut in 0..whole.len() {
            assert_eq!(find(&whole[..cut]), None, "{cut}");
        }
        for at in 0..whole.len() {
            let mut bytes = whole.clone();
            bytes[at] = 0xff;
            let _ = find(&bytes);
        }
    }
}
