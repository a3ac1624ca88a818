//! What can be wrong, with the facts and without advice.
//!
//! Kinds are stable words: those who show errors to people choose codes and hints by them.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use crate::atom::RelocKind;
use crate::target::Target;

/// Why a link failed, or what it warns of.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum LinkError {
    /// A unit breaks an invariant of its format.
    Malformed(UnitError),
    /// The pack is for another target.
    TargetMismatch {
        /// What the pack is for.
        pack: Target,
        /// What was asked for.
        wanted: Target,
    },
    /// The pack's runtime has another ABI than the program was compiled for.
    AbiMismatch {
        /// Of the pack.
        pack: String,
        /// Of the program.
        wanted: String,
    },
    /// A build identifier is empty or longer than 64 bytes.
    BuildIdLength {
        /// Its length in bytes.
        length: u64,
    },
    /// A note's section does not begin with `.note`, or a name is too long or has a zero byte.
    NoteName {
        /// The section.
        section: String,
        /// The owner.
        owner: String,
    },
    /// An asset's alignment is not a power of two up to 4096.
    AssetAlignment {
        /// Its symbol.
        symbol: String,
        /// In bytes.
        align: u64,
    },
    /// No unit defines a symbol that something kept refers to.
    Undefined {
        /// The symbol.
        name: String,
        /// Who refers to it, at most eight.
        from: Vec<String>,
        /// How many refer to it.
        count: u64,
    },
    /// Several units define a symbol that there must be one of.
    Duplicate {
        /// The symbol.
        name: String,
        /// Where, at most eight.
        places: Vec<String>,
    },
    /// Something kept refers into a section that was left out.
    Discarded {
        /// Who refers.
        from: String,
        /// Where in it.
        offset: u64,
        /// The symbol, if it has a name.
        name: String,
    },
    /// No unit defines the entry.
    NoEntry {
        /// The symbol.
        name: String,
    },
    /// The entry is not code.
    EntryNotCode {
        /// The symbol.
        name: String,
    },
    /// A value does not fit the form of a relocation.
    OutOfRange {
        /// In which atom.
        from: String,
        /// Where in it.
        offset: u64,
        /// The form.
        kind: RelocKind,
        /// Of what.
        name: String,
        /// What would have to fit.
        value: i64,
    },
    /// A value is not a multiple of what the form counts in.
    Misaligned {
        /// In which atom.
        from: String,
        /// Where in it.
        offset: u64,
        /// The form.
        kind: RelocKind,
        /// Of what.
        name: String,
        /// The value.
        value: i64,
        /// What it has to be a multiple of.
        unit: u64,
    },
    /// The low half of an address refers to a place where no high half is computed.
    Unpaired {
        /// In which atom.
        from: String,
        /// Where in it.
        offset: u64,
    },
    /// An image that can be loaded anywhere would need an address in a place that cannot be changed at
    /// start, or in a form too short for one.
    NotRelocatable {
        /// In which atom.
        from: String,
        /// Where in it.
        offset: u64,
        /// The form.
        kind: RelocKind,
        /// Of what.
        name: String,
    },
    /// Something is larger than an image can be.
    TooLarge {
        /// What.
        what: &'static str,
        /// Its size in bytes.
        size: u64,
        /// The most bytes there can be.
        limit: u64,
    },
    /// A warning: functions that want to be called at start are dropped, since nothing walks the list of them.
    InitUnused {
        /// The atoms, at most eight.
        atoms: Vec<String>,
    },
    /// There are more errors than are reported.
    More,
}

impl LinkError {
    /// A stable word for the kind.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            LinkError::Malformed(_) => "malformed",
            LinkError::TargetMismatch { .. } => "target-mismatch",
            LinkError::AbiMismatch { .. } => "abi-mismatch",
            LinkError::BuildIdLength { .. } => "build-id-length",
            LinkError::NoteName { .. } => "note-name",
            LinkError::AssetAlignment { .. } => "asset-alignment",
            LinkError::Undefined { .. } => "undefined",
            LinkError::Duplicate { .. } => "duplicate",
            LinkError::Discarded { .. } => "discarded",
            LinkError::NoEntry { .. } => "no-entry",
            LinkError::EntryNotCode { .. } => "entry-not-code",
            LinkError::OutOfRange { .. } => "out-of-range",
            LinkError::Misaligned { .. } => "misaligned",
            LinkError::Unpaired { .. } => "unpaired",
            LinkError::NotRelocatable { .. } => "not-relocatable",
            LinkError::TooLarge { .. } => "too-large",
            LinkError::InitUnused { .. } => "init-unused",
            LinkError::More => "more",
        }
    }
}

impl fmt::Display for LinkError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            LinkError::Malformed(error) => error.fmt(f),
            LinkError::TargetMismatch { pack, wanted } => {
                write!(f, "the pack is for {pack}, not for {wanted}")
            }
            LinkError::AbiMismatch { pack, wanted } => {
                write!(f, "the pack's runtime has ABI `{pack}`, the program was compiled for `{wanted}`")
            }
            LinkError::BuildIdLength { length } => write!(f, "a build identifier of {length} bytes"),
            LinkError::NoteName { section, owner } => {
                write!(f, "note `{section}` of `{owner}` cannot be named so")
            }
            LinkError::AssetAlignment { symbol, align } => {
                write!(f, "asset `{symbol}` with alignment {align}")
            }
            LinkError::Undefined { name, from, count } => {
                write!(f, "`{name}` is not defined; needed by ")?;
                list(f, from, *count)
            }
            LinkError::Duplicate { name, places } => {
                write!(f, "`{name}` is defined more than once: in ")?;
                list(f, places, places.len() as u64)
            }
            LinkError::Discarded { from, offset, name } => {
                write!(f, "{from} at {offset:#x} refers to `{name}` in a section that is left out")
            }
            LinkError::NoEntry { name } => write!(f, "the entry `{name}` is not defined"),
            LinkError::EntryNotCode { name } => write!(f, "the entry `{name}` is not code"),
            LinkError::OutOfRange { from, offset, kind, name, value } => {
                let kind = kind.name();
                write!(f, "{from} at {offset:#x}: {kind} of `{name}` cannot hold {value:#x}")
            }
            LinkError::Misaligned { from, offset, kind, name, value, unit } => {
                let kind = kind.name();
                write!(f, "{from} at {offset:#x}: {kind} of `{name}` is {value:#x}, not a multiple of {unit}")
            }
            LinkError::Unpaired { from, offset } => {
                write!(f, "{from} at {offset:#x}: the low half of an address without the high half")
            }
            LinkError::NotRelocatable { from, offset, kind, name } => {
                let kind = kind.name();
                write!(
                    f,
                    "{from} at {offset:#x}: {kind} of `{name}` is not possible in an image loaded anywhere"
                )
            }
            LinkError::TooLarge { what, size, limit } => {
                write!(f, "{what} of {size} bytes; the limit is {limit}")
            }
            LinkError::InitUnused { atoms } => {
                f.write_str("nothing calls the functions that want to be called at start, of ")?;
                list(f, atoms, atoms.len() as u64)
            }
            LinkError::More => f.write_str("and more of these"),
        }
    }
}

impl core::error::Error for LinkError {}

fn list(f: &mut fmt::Formatter<'_>, items: &[String], count: u64) -> fmt::Result {
    for (index, item) in items.iter().enumerate() {
        if index > 0 {
            f.write_str(", ")?;
        }
        f.write_str(item)?;
    }
    match count.saturating_sub(items.len() as u64) {
        0 => Ok(()),
        more => write!(f, " and {more} more"),
    }
}

/// Which invariant of [`Unit`](crate::Unit) is broken.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
#[expect(missing_docs, reason = "fields are indices of the tables that the variants name")]
pub enum UnitError {
    /// A table is too long.
    TooMany { count: u64 },
    /// A name is too long or has a zero byte.
    BadName { start: String },
    /// An index of a name is outside its table.
    NoSuchName { id: u32 },
    /// An alignment is not a power of two up to 4096.
    BadAlignment { atom: u32, align: u64 },
    /// An atom's size is not that of its bytes, or too large.
    BadSize { atom: u32, size: u64 },
    /// An atom's object is outside its table.
    NoSuchObject { atom: u32, object: u32 },
    /// An atom's group is outside its table.
    NoSuchGroup { atom: u32 },
    /// A list of functions to be called at start that is not a list of addresses.
    BadRole { atom: u32 },
    /// A relocation that is outside its atom, out of order, of another machine, or of no symbol.
    BadReloc { atom: u32, offset: u32, kind: RelocKind },
    /// A symbol that others see needs a name.
    Nameless { symbol: u32 },
    /// A symbol is outside its atom.
    OutsideAtom { symbol: u32, atom: u32, offset: u64 },
    /// A symbol that others do not see has to be defined.
    LocalUndefined { symbol: u32 },
}

impl fmt::Display for UnitError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            UnitError::TooMany { count } => write!(f, "a table of {count} entries"),
            UnitError::BadName { start } => write!(f, "the name `{start}` is too long or has a zero byte"),
            UnitError::NoSuchName { id } => write!(f, "there is no name {id}"),
            UnitError::BadAlignment { atom, align } => write!(f, "atom {atom} has alignment {align}"),
            UnitError::BadSize { atom, size } => write!(f, "atom {atom} cannot have size {size}"),
            UnitError::NoSuchObject { atom, object } => {
                write!(f, "atom {atom} is of object {object}, which there is not")
            }
            UnitError::NoSuchGroup { atom } => write!(f, "atom {atom} is of a group which there is not"),
            UnitError::BadRole { atom } => {
                write!(f, "atom {atom} is no list of functions to be called at start")
            }
            UnitError::BadReloc { atom, offset, kind } => {
                write!(f, "atom {atom} has an impossible {} at {offset:#x}", kind.name())
            }
            UnitError::Nameless { symbol } => write!(f, "symbol {symbol} has no name"),
            UnitError::OutsideAtom { symbol, atom, offset } => {
                write!(f, "symbol {symbol} is at {offset:#x} of atom {atom}, which is outside of it")
            }
            UnitError::LocalUndefined { symbol } => {
                write!(f, "symbol {symbol} is neither defined nor visible")
            }
        }
    }
}

impl core::error::Error for UnitError {}

/// Why bytes are no pack, or no unit.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum PackError {
    /// They do not begin like a pack.
    NotAPack,
    /// They do not begin like a unit.
    NotAUnit,
    /// Of a format version that this linker does not know.
    Version {
        /// The version.
        found: u64,
    },
    /// The target has no name this linker knows.
    UnknownTarget {
        /// The name.
        name: String,
    },
    /// They end in the middle of something.
    Truncated {
        /// Where, in bytes.
        offset: u64,
    },
    /// A number is too large or written in more bytes than it needs.
    BadNumber {
        /// Where, in bytes.
        offset: u64,
    },
    /// A code that stands for nothing.
    BadCode {
        /// Where, in bytes.
        offset: u64,
        /// Of what.
        what: &'static str,
        /// The code.
        code: u64,
    },
    /// Text that is not UTF-8.
    BadText {
        /// Where, in bytes.
        offset: u64,
    },
    /// Names that are not in order.
    UnsortedNames {
        /// Where, in bytes.
        offset: u64,
    },
    /// Something after the end.
    Trailing {
        /// Where, in bytes.
        offset: u64,
    },
    /// The tables do not fit each other.
    Unit(UnitError),
}

impl PackError {
    /// A stable word for the kind.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            PackError::NotAPack => "not-a-pack",
            PackError::NotAUnit => "not-a-unit",
            PackError::Version { .. } => "version",
            PackError::UnknownTarget { .. } => "unknown-target",
            PackError::Truncated { .. } => "truncated",
            PackError::BadNumber { .. } => "bad-number",
            PackError::BadCode { .. } => "bad-code",
            PackError::BadText { .. } => "bad-text",
            PackError::UnsortedNames { .. } => "unsorted-names",
            PackError::Trailing { .. } => "trailing",
            PackError::Unit(_) => "malformed",
        }
    }
}

impl fmt::Display for PackError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            PackError::NotAPack => f.write_str("not a target pack"),
            PackError::NotAUnit => f.write_str("not a compiled unit"),
            PackError::Version { found } => write!(f, "of format version {found}, which is not known here"),
            PackError::UnknownTarget { name } => write!(f, "for the unknown target `{name}`"),
            PackError::Truncated { offset } => write!(f, "ends too early, at byte {offset}"),
            PackError::BadNumber { offset } => write!(f, "an impossible number at byte {offset}"),
            PackError::BadCode { offset, what, code } => {
                write!(f, "no {what} has code {code}, at byte {offset}")
            }
            PackError::BadText { offset } => write!(f, "text that is not UTF-8 at byte {offset}"),
            PackError::UnsortedNames { offset } => write!(f, "names out of order at byte {offset}"),
            PackError::Trailing { offset } => write!(f, "goes on after its end, at byte {offset}"),
            PackError::Unit(error) => error.fmt(f),
        }
    }
}

impl core::error::Error for PackError {}
