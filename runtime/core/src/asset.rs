//! Tables of the assets of packages, as compiled code hands them to the builtins `asset` and `assets`.
//!
//! A table is a constant string object whose bytes are rows of [`AssetRow`]: first the package's own name,
//! then the assets in ascending order of their names. A mark in its header tells it from strings of the
//! program, which have none; no table ever becomes a value that a program holds.

use s_abi::layout::{AssetRow, IMMORTAL, Str, Val, tag};

use crate::value::{Ptr, SHORT_MAX, ValExt as _, bytes, counted};

/// [`s_abi::layout::Header::aux`] of tables.
pub const TABLE: u16 = 0xa55e;

/// A table of rows whose names and contents live for ever.
#[must_use]
pub fn table(rows: &[AssetRow]) -> Val {
    // SAFETY: rows are three words each, without padding.
    let content = unsafe { core::slice::from_raw_parts(rows.as_ptr().cast::<u8>(), size_of_val(rows)) };
    let value = crate::string::constant(content, false);
    if value.w0 == tag::STR {
        value.pointer::<Str>().header.aux = TABLE;
    }
    value
}

/// A string on the heap that lives for ever, however short.
#[must_use]
pub fn content(content: &[u8]) -> Ptr<Str> {
    let mut object = crate::string::with_capacity(content.len());
    crate::string::push_bytes(&mut object, content);
    object.header.count = IMMORTAL;
    crate::memory::count_live(-1);
    object
}

/// The package's name and its assets, if the value is a table.
pub(crate) fn rows(value: Val) -> Option<(&'static [u8], &'static [AssetRow])> {
    if value.w0 != tag::STR {
        return None;
    }
    let header = value.header();
    if header.aux != TABLE || header.count & IMMORTAL == 0 {
        return None;
    }
    let content = bytes(&value);
    // SAFETY: what has the mark is made of rows, by the function above or by the compiler, which both put
    // it at an address for words.
    let rows = unsafe {
        core::slice::from_raw_parts(
            content.as_ptr().cast::<AssetRow>(),
            content.len() / size_of::<AssetRow>(),
        )
    };
    let (package, rows) = rows.split_first()?;
    Some((name(package), rows))
}

/// The name of a row.
pub(crate) fn name(row: &AssetRow) -> &'static [u8] {
    // SAFETY: names are constants of the program.
    unsafe { core::slice::from_raw_parts(row.name, row.name_len) }
}

/// What is in an asset; none where there is no asset of that name, or the program has its name only.
pub(crate) fn find(rows: &[AssetRow], wanted: &[u8]) -> Option<Val> {
    let at = rows.binary_search_by(|row| name(row).cmp(wanted)).ok()?;
    let content = rows[at].content.cast_mut();
    if content.is_null() {
        return None;
    }
    let value = counted(tag::STR, Ptr(content));
    let held = bytes(&value);
    Some(if held.len() <= SHORT_MAX { crate::string::string(held) } else { value })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(name: &'static str, content: *const Str) -> AssetRow {
        AssetRow { name: name.as_ptr(), name_len: name.len(), content }
    }

    #[test]
    fn a_table_finds_its_names_and_nothing_else_is_one() {
        let (long, short) = (content(b"more than fourteen bytes"), content(b""));
        let made = table(&[
            row("demo", core::ptr::null()),
            row("a", long.0),
            row("b", short.0),
            row("c", core::ptr::null()),
        ]);
        let (package, rows) = rows(made).unwrap();
        assert_eq!(package, b"demo");
        let found = |name: &str| find(rows, name.as_bytes()).map(|value| bytes(&value).to_vec());
        assert_eq!(found("a").unwrap(), b"more than fourteen bytes");
        assert_eq!(found("b").unwrap(), b"");
        for absent in ["", "c", "demo", "aa"] {
            assert_eq!(found(absent), None, "{absent}");
        }
        assert!(super::rows(crate::string::constant(&[0; 48], false)).is_none());
        assert!(super::rows(crate::value::int(3)).is_none());
    }
}
