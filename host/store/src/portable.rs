//! Which relative paths are accepted: the same on every system, whatever the system would take.

use crate::error::cut;
use crate::{PathFault, StoreError, TEMPORARY_PREFIX};

const PATH_LEN_MAX: usize = 4096;
const PART_LEN_MAX: usize = 255;

/// Checks a path for reading inside a [`View`](crate::View): parts separated by `/`, none of them
/// empty, `.`, `..` or a device of Windows; no zero byte, no backslash; at most 4096 bytes. The
/// empty path names the view itself.
///
/// # Errors
/// [`StoreError::Path`] with the first rule that is broken.
pub fn check_view_path(path: &str) -> Result<(), StoreError> {
    if path.is_empty() { Ok(()) } else { check(path, view_part_fault) }
}

/// Checks the path of a file that is to be made, more strictly: it must be possible on every
/// system, so that a project made here can be checked out there. In addition to the rules for
/// reading it is not empty, has no control characters, none of `< > : " | ? *`, no part that ends
/// with a dot or a space or is longer than 255 bytes, and no name kept for temporary files.
///
/// # Errors
/// [`StoreError::Path`] with the first rule that is broken.
pub fn check_new_path(path: &str) -> Result<(), StoreError> {
    check(path, new_part_fault)
}

/// Returns whether a single name could be a part of a path for reading.
pub(crate) fn is_view_name(name: &str) -> bool {
    path_fault(name, view_part_fault).is_none() && !name.contains('/')
}

fn check(path: &str, part_fault: fn(&str) -> Option<PathFault>) -> Result<(), StoreError> {
    match path_fault(path, part_fault) {
        None => Ok(()),
        Some(reason) => Err(StoreError::Path { path: cut(path), reason }),
    }
}

fn path_fault(path: &str, part_fault: fn(&str) -> Option<PathFault>) -> Option<PathFault> {
    if path.is_empty() {
        return Some(PathFault::Empty);
    }
    if path.len() > PATH_LEN_MAX {
        return Some(PathFault::TooLong);
    }
    if path.contains('\0') {
        return Some(PathFault::Nul);
    }
    if path.contains('\\') {
        return Some(PathFault::Backslash);
    }
    if path.starts_with('/') || has_drive(path) {
        return Some(PathFault::Absolute);
    }
    path.split('/').find_map(part_fault)
}

fn view_part_fault(part: &str) -> Option<PathFault> {
    match part {
        "" => Some(PathFault::EmptyPart),
        "." => Some(PathFault::CurrentFolder),
        ".." => Some(PathFault::ParentFolder),
        _ if is_device(part) => Some(PathFault::Device),
        _ => None,
    }
}

fn new_part_fault(part: &str) -> Option<PathFault> {
    if let Some(fault) = view_part_fault(part) {
        return Some(fault);
    }
    if part.len() > PART_LEN_MAX {
        return Some(PathFault::PartTooLong);
    }
    if part.chars().any(|c| c.is_control() || "<>:\"|?*".contains(c)) {
        return Some(PathFault::Character);
    }
    if part.ends_with(['.', ' ']) {
        return Some(PathFault::TrailingDotOrSpace);
    }
    part.starts_with(TEMPORARY_PREFIX).then_some(PathFault::Reserved)
}

/// `c:` at the start leads to another drive on Windows, with or without a slash behind it.
fn has_drive(path: &str) -> bool {
    matches!(path.as_bytes(), [letter, b':', ..] if letter.is_ascii_alphabetic())
}

/// Windows finds a device behind these names in every folder, also with an extension.
/// See <https://learn.microsoft.com/windows/win32/fileio/naming-a-file>.
fn is_device(part: &str) -> bool {
    let stem = part.split(['.', ':']).next().unwrap_or(part).trim_end_matches(' ').to_ascii_uppercase();
    if ["CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$"].contains(&stem.as_str()) {
        return true;
    }
    let number = stem.strip_prefix("COM").or_else(|| stem.strip_prefix("LPT"));
    number.is_some_and(|n| ["1", "2", "3", "4", "5", "6", "7", "8", "9", "¹", "²", "³"].contains(&n))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn fault(result: Result<(), StoreError>) -> Option<PathFault> {
        match result {
            Ok(()) => None,
            Err(StoreError::Path { reason, .. }) => Some(reason),
            Err(other) => panic!("{other}"),
        }
    }

    #[test]
    fn every_rule_has_its_reason() {
        use PathFault as F;
        let long = "a/".repeat(2048) + "a";
        let wide = "a".repeat(256);
        let cases: &[(&str, Option<F>, Option<F>)] = &[
            ("", None, Some(F::Empty)),
            ("a", None, None),
            ("lib/a b/ünï.stk", None, None),
            (".gitignore", None, None),
            ("..a/a..b", None, None),
            ("console/com0/lpt10/nulls.txt", None, None),
            (&long, Some(F::TooLong), Some(F::TooLong)),
            (&wide, None, Some(F::PartTooLong)),
            ("/etc/passwd", Some(F::Absolute), Some(F::Absolute)),
            ("//server/share", Some(F::Absolute), Some(F::Absolute)),
            ("c:/x", Some(F::Absolute), Some(F::Absolute)),
            ("C:x", Some(F::Absolute), Some(F::Absolute)),
            ("a//b", Some(F::EmptyPart), Some(F::EmptyPart)),
            ("a/", Some(F::EmptyPart), Some(F::EmptyPart)),
            ("./a", Some(F::CurrentFolder), Some(F::CurrentFolder)),
            ("..", Some(F::ParentFolder), Some(F::ParentFolder)),
            ("a/../../b", Some(F::ParentFolder), Some(F::ParentFolder)),
            ("a\0b", Some(F::Nul), Some(F::Nul)),
            ("a\\..\\b", Some(F::Backslash), Some(F::Backslash)),
            ("CON", Some(F::Device), Some(F::Device)),
            ("a/nul.txt", Some(F::Device), Some(F::Device)),
            ("com1", Some(F::Device), Some(F::Device)),
            ("Lpt9.tar.gz", Some(F::Device), Some(F::Device)),
            ("COM²", Some(F::Device), Some(F::Device)),
            ("aux .c", Some(F::Device), Some(F::Device)),
            ("prn:", Some(F::Device), Some(F::Device)),
            ("conout$", Some(F::Device), Some(F::Device)),
            ("Foo::Bar.3pm", None, Some(F::Character)),
            ("what?", None, Some(F::Character)),
            ("a\x1b[0m", None, Some(F::Character)),
            ("a./b", None, Some(F::TrailingDotOrSpace)),
            ("b ", None, Some(F::TrailingDotOrSpace)),
            (".s-tmp-x", None, Some(F::Reserved)),
        ];
        for (path, view, new) in cases {
            assert_eq!(fault(check_view_path(path)), *view, "reading {path:?}");
            assert_eq!(fault(check_new_path(path)), *new, "making {path:?}");
        }
    }

    proptest! {
        #[test]
        fn what_may_be_made_may_be_read(path in "[a-zA-Z0-9./: \\\\]{0,20}") {
            if check_new_path(&path).is_ok() {
                prop_assert!(check_view_path(&path).is_ok());
                prop_assert!(!std::path::Path::new(&path).is_absolute());
            }
        }
    }
}
