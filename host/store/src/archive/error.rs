//! Why an archive is refused: one variant a fact, with the entry it was found at.

use std::io;
use std::path::PathBuf;

use thiserror::Error;

use crate::StoreError;
use crate::error::cut;

/// An archive could not be read, written, or was refused. `entry` is the path as the archive has
/// it, cut after 100 characters.
#[derive(Debug, Error)]
pub enum ArchiveError {
    /// A path breaks a rule, or the operating system refused an operation.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The source of the archive failed.
    #[error("could not read the archive: {source}")]
    Read {
        /// What it said.
        source: io::Error,
    },
    /// The place the archive is written to failed.
    #[error("could not write the archive: {source}")]
    Write {
        /// What it said.
        source: io::Error,
    },
    /// A file had another size when it was packed than just before.
    #[error("`{}` changed while it was packed", .path.display())]
    SourceChanged {
        /// The file.
        path: PathBuf,
    },
    /// It does not begin with a zstd frame that has content.
    #[error("the archive is not a zstd frame")]
    NotZstd,
    /// It needs a dictionary.
    #[error("the archive needs a zstd dictionary")]
    Dictionary,
    /// Reading it takes more memory than is given.
    #[error("the archive needs a window of {bytes} bytes, more than {} bytes", super::WINDOW_BYTES_MAX)]
    Window {
        /// The window it asks for, in bytes.
        bytes: u64,
    },
    /// The compressed bytes are damaged.
    #[error("the archive is damaged: {reason}")]
    Corrupt {
        /// What the decompressor said.
        reason: String,
    },
    /// It ends too early.
    #[error("the archive ends before it is complete")]
    Truncated,
    /// Another frame or other bytes follow the compressed ones.
    #[error("something follows the compressed bytes of the archive")]
    TrailingBytes,
    /// One block of zeros stands alone where two end the archive.
    #[error("the end of the archive is one empty block instead of two")]
    EndBlocks,
    /// Something follows the blocks that end the archive.
    #[error("something follows the end of the archive")]
    TrailingData,
    /// The archive is larger than is accepted.
    #[error("the archive is larger than {size_max_bytes} bytes")]
    ArchiveTooLarge {
        /// How much is accepted.
        size_max_bytes: u64,
    },
    /// More comes out than a package could hold.
    #[error("the archive unpacks to more than {ratio_max} times its size")]
    Ratio {
        /// How much is accepted.
        ratio_max: u64,
    },
    /// It has too many entries.
    #[error("the archive has more than {count_max} entries")]
    TooManyEntries {
        /// How many are accepted.
        count_max: usize,
    },
    /// Its files are too large together.
    #[error("the files of the archive have more than {size_max_bytes} bytes together")]
    UnpackedTooLarge {
        /// How much is accepted.
        size_max_bytes: u64,
    },
    /// A path has too many parts.
    #[error("`{}` has more than {depth_max} parts", .entry.escape_debug())]
    TooDeep {
        /// The path.
        entry: String,
        /// How many are accepted.
        depth_max: usize,
    },
    /// The manifest is too large.
    #[error("the manifest is larger than {size_max_bytes} bytes")]
    ManifestTooLarge {
        /// How much is accepted.
        size_max_bytes: u64,
    },
    /// The checksum of a header is wrong.
    #[error("the header of `{}` has a wrong checksum", .entry.escape_debug())]
    Checksum {
        /// The entry.
        entry: String,
    },
    /// A header is not in the format of POSIX.
    #[error("the header of `{}` is not ustar", .entry.escape_debug())]
    NotUstar {
        /// The entry.
        entry: String,
    },
    /// A number of a header is not octal digits with an end.
    #[error("the {field} of `{}` is not an octal number", .entry.escape_debug())]
    Number {
        /// The entry.
        entry: String,
        /// Which number.
        field: &'static str,
    },
    /// A number is written in binary, an extension that readers understand differently.
    #[error("the {field} of `{}` is a binary number", .entry.escape_debug())]
    BinaryNumber {
        /// The entry.
        entry: String,
        /// Which number.
        field: &'static str,
    },
    /// Something stands behind the zero byte that ends a name.
    #[error("the name of `{}` goes on behind a zero byte", .entry.escape_debug())]
    NameAfterNul {
        /// The entry.
        entry: String,
    },
    /// A name is not UTF-8.
    #[error("the name of `{}` is not UTF-8", .entry.escape_debug())]
    NotUtf8 {
        /// The entry.
        entry: String,
    },
    /// A link.
    #[error("`{}` is a link", .entry.escape_debug())]
    Link {
        /// The entry.
        entry: String,
    },
    /// A long name in the way of GNU.
    #[error("`{}` is a long name in the format of GNU", .entry.escape_debug())]
    GnuLongName {
        /// The entry.
        entry: String,
    },
    /// A sparse file.
    #[error("`{}` is a sparse file", .entry.escape_debug())]
    Sparse {
        /// The entry.
        entry: String,
    },
    /// Neither file nor folder: a device, a pipe, or a type nobody knows.
    #[error("`{}` has type {kind:#04x}, which is neither a file nor a folder", .entry.escape_debug())]
    Type {
        /// The entry.
        entry: String,
        /// The type of its header.
        kind: u8,
    },
    /// Records for all entries that follow.
    #[error("the archive has global PAX records")]
    GlobalPax,
    /// An entry has two headers with records.
    #[error("`{}` has several PAX headers", .entry.escape_debug())]
    PaxTwice {
        /// The name of the second header.
        entry: String,
    },
    /// Records stand at the end, for no entry.
    #[error("a PAX header belongs to no entry")]
    PaxAlone,
    /// A record says the size, which the header says already.
    #[error("a PAX record of `{}` says its size", .entry.escape_debug())]
    PaxSize {
        /// The name of the header.
        entry: String,
    },
    /// A record with a key other than `path`.
    #[error("a PAX record of `{}` has the key `{}`", .entry.escape_debug(), .key.escape_debug())]
    PaxKey {
        /// The name of the header.
        entry: String,
        /// The key.
        key: String,
    },
    /// Records that are not what their lengths say, empty, too long, or twice the same key.
    #[error("the PAX records of `{}` are malformed", .entry.escape_debug())]
    PaxRecord {
        /// The name of the header.
        entry: String,
    },
    /// A folder with content.
    #[error("the folder `{}` has a size", .entry.escape_debug())]
    FolderWithSize {
        /// The entry.
        entry: String,
    },
    /// The space behind a file is not empty.
    #[error("the block behind `{}` is not filled with zeros", .entry.escape_debug())]
    Padding {
        /// The entry.
        entry: String,
    },
    /// An entry stands outside the root.
    #[error("`{}` is not in the folder `{root}`", .entry.escape_debug())]
    OutsideRoot {
        /// The entry.
        entry: String,
        /// The folder everything has to be in.
        root: String,
    },
    /// A character that is not seen, or that turns the direction of what is.
    #[error("`{}` contains the invisible character U+{:04X}", .entry.escape_debug(), u32::from(*.character))]
    Invisible {
        /// The entry.
        entry: String,
        /// The character.
        character: char,
    },
    /// A name whose characters are composed in another way than most systems do.
    #[error("`{}` is not in Unicode normalisation form C", .entry.escape_debug())]
    NotNormalised {
        /// The entry.
        entry: String,
    },
    /// A name that is kept for the store.
    #[error("`{}` is a name kept for the store", .entry.escape_debug())]
    Reserved {
        /// The entry.
        entry: String,
    },
    /// The same path twice.
    #[error("`{}` is in the archive twice", .entry.escape_debug())]
    Duplicate {
        /// The entry.
        entry: String,
    },
    /// Two paths that are one where the case of letters does not count.
    #[error("`{}` and `{}` are the same but for the case of letters", .first.escape_debug(), .entry.escape_debug())]
    CaseCollision {
        /// The entry.
        entry: String,
        /// The one before.
        first: String,
    },
    /// A path that is a file and a folder.
    #[error("`{}` is a file and a folder", .entry.escape_debug())]
    FileAndFolder {
        /// The path.
        entry: String,
    },
    /// A folder on the disk has something in it that no archive has.
    #[error("`{}` is neither a file nor a folder", .path.display())]
    NotAFile {
        /// What was found.
        path: PathBuf,
    },
}

/// A name for a message.
pub(super) fn shown(bytes: &[u8]) -> String {
    cut(&String::from_utf8_lossy(bytes))
}
