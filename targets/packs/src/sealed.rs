//! Packs as they are kept: compressed, with what has to be known before any of it is used.
//!
//! A sealed pack is [`MAGIC`], the version, the names of target and ABI, the length of the pack, a SHA-256
//! of all of these and of what follows, and the pack, deflated. Numbers are little-endian; a name is a byte
//! of length and its text. Equal packs have equal bytes.
//!
//! [`open`] believes nothing: it computes the digest before it reads further, compares target and ABI, and
//! makes no more bytes than the header says, at most [`LENGTH_MAX`]. Reading the pack itself, which checks
//! it again, is the linker's.

use alloc::borrow::ToOwned;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use sha2::{Digest as _, Sha256};

/// How sealed packs begin.
pub const MAGIC: [u8; 8] = *b"\x7fSTKSEAL";

/// The version of the format; a reader knows one.
pub const VERSION: u32 = 1;

/// The longest pack, in bytes.
pub const LENGTH_MAX: u64 = 64 << 20;

/// Bytes of the digest.
const DIGEST: usize = 32;

/// How hard the compressor tries: as hard as it can, since packs are made once.
const LEVEL: u8 = 10;

/// Why a pack cannot be used.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum PackError {
    /// Something else, or cut off within what every pack begins with.
    NotAPack,
    /// Of a format that we do not know.
    Version {
        /// The version it has.
        found: u32,
    },
    /// Not what was sealed: a byte changed, or some are missing or too many.
    Damaged {
        /// The digest that it carries, in hexadecimal digits.
        expected: String,
        /// The digest that it has.
        found: String,
    },
    /// For another target.
    Target {
        /// The target it is for.
        found: String,
        /// The target that was wanted.
        wanted: String,
    },
    /// Its runtime has another interface than the program was compiled for.
    Abi {
        /// The ABI it has.
        found: String,
        /// The ABI that was wanted.
        wanted: String,
    },
    /// What is in it is longer than a pack may be.
    TooLong {
        /// Bytes, as it says.
        length: u64,
    },
    /// Sealed wrongly: what is in it is not as long as it says, or not compressed.
    Content {
        /// Bytes, as it says.
        length: u64,
    },
}

impl fmt::Display for PackError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            PackError::NotAPack => f.write_str("not a target pack"),
            PackError::Version { found } => {
                write!(f, "a target pack of format {found}; this version reads format {VERSION}")
            }
            PackError::Damaged { expected, found } => {
                write!(f, "the target pack is damaged: its digest is {found}, it was sealed with {expected}")
            }
            PackError::Target { found, wanted } => {
                write!(f, "a target pack for `{found}`, not for `{wanted}`")
            }
            PackError::Abi { found, wanted } => {
                write!(f, "the target pack has the interface `{found}`, programs are compiled for `{wanted}`")
            }
            PackError::TooLong { length } => {
                write!(f, "the target pack says that it has {length} bytes; {LENGTH_MAX} is the most")
            }
            PackError::Content { length } => {
                write!(f, "the target pack does not hold the {length} bytes it says")
            }
        }
    }
}

impl core::error::Error for PackError {}

/// Seals a pack of a target, by its name, with an ABI.
///
/// # Errors
///
/// When it is too long, or nothing that [`open`] would give back.
pub fn seal(pack: &[u8], target: &str, abi: &str) -> Result<Vec<u8>, PackError> {
    let length = pack.len() as u64;
    if length > LENGTH_MAX {
        return Err(PackError::TooLong { length });
    }
    let mut head = Vec::new();
    head.extend_from_slice(&MAGIC);
    head.extend_from_slice(&VERSION.to_le_bytes());
    for name in [target, abi] {
        head.push(u8::try_from(name.len()).map_err(|_| PackError::NotAPack)?);
        head.extend_from_slice(name.as_bytes());
    }
    head.extend_from_slice(&length.to_le_bytes());
    let body = miniz_oxide::deflate::compress_to_vec(pack, LEVEL);
    let digest = digest(&head, &body);
    head.extend_from_slice(&digest);
    head.extend_from_slice(&body);
    Ok(head)
}

/// The pack in a sealed one, if that is whole and for this target and ABI.
///
/// # Errors
///
/// The first thing that is not as it should be; nothing of a damaged pack is used.
pub fn open(sealed: &[u8], target: &str, abi: &str) -> Result<Vec<u8>, PackError> {
    let mut rest = sealed.strip_prefix(&MAGIC).ok_or(PackError::NotAPack)?;
    let found = u32::from_le_bytes(take(&mut rest)?);
    if found != VERSION {
        return Err(PackError::Version { found });
    }
    let found_target = name(&mut rest)?;
    let found_abi = name(&mut rest)?;
    let length = u64::from_le_bytes(take(&mut rest)?);
    let head = &sealed[..sealed.len() - rest.len()];
    let expected: [u8; DIGEST] = take(&mut rest)?;
    let found = digest(head, rest);
    if found != expected {
        return Err(PackError::Damaged { expected: hex(&expected), found: hex(&found) });
    }
    let (found_target, found_abi) = (text(found_target)?, text(found_abi)?);
    if found_target != target {
        return Err(PackError::Target { found: found_target.to_owned(), wanted: target.to_owned() });
    }
    if found_abi != abi {
        return Err(PackError::Abi { found: found_abi.to_owned(), wanted: abi.to_owned() });
    }
    if length > LENGTH_MAX {
        return Err(PackError::TooLong { length });
    }
    let mut pack = alloc::vec![0; usize::try_from(length).map_err(|_| PackError::TooLong { length })?];
    match miniz_oxide::inflate::decompress_slice_iter_to_slice(&mut pack, [rest].into_iter(), false, true) {
        Ok(written) if written as u64 == length => Ok(pack),
        _ => Err(PackError::Content { length }),
    }
}

fn digest(head: &[u8], body: &[u8]) -> [u8; DIGEST] {
    let mut hasher = Sha256::new();
    hasher.update(head);
    hasher.update(body);
    hasher.finalize().into()
}

fn take<const COUNT: usize>(rest: &mut &[u8]) -> Result<[u8; COUNT], PackError> {
    let (taken, after) = rest.split_first_chunk::<COUNT>().ok_or(PackError::NotAPack)?;
    *rest = after;
    Ok(*taken)
}

fn name<'a>(rest: &mut &'a [u8]) -> Result<&'a [u8], PackError> {
    let [length] = take(rest)?;
    let (taken, after) = rest.split_at_checked(usize::from(length)).ok_or(PackError::NotAPack)?;
    *rest = after;
    Ok(taken)
}

fn text(bytes: &[u8]) -> Result<&str, PackError> {
    core::str::from_utf8(bytes).map_err(|_| PackError::NotAPack)
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing to a string does not fail.
        let _ = fmt::Write::write_fmt(&mut text, format_args!("{byte:02x}"));
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;
    use alloc::vec;

    fn sealed() -> (Vec<u8>, Vec<u8>) {
        let pack: Vec<u8> = (0..5000_u32).flat_map(|i| (i / 3).to_le_bytes()).collect();
        let sealed = seal(&pack, "x86_64-linux", "abi-1").unwrap();
        (pack, sealed)
    }

    #[test]
    fn what_is_sealed_comes_out() {
        let (pack, sealed) = sealed();
        assert!(sealed.len() < pack.len());
        assert_eq!(open(&sealed, "x86_64-linux", "abi-1"), Ok(pack));
        assert_eq!(open(&seal(b"", "t", "").unwrap(), "t", ""), Ok(vec![]));
        let error = open(&sealed, "aarch64-linux", "abi-1").unwrap_err();
        assert_eq!(error.to_string(), "a target pack for `x86_64-linux`, not for `aarch64-linux`");
        let error = open(&sealed, "x86_64-linux", "abi-2").unwrap_err();
        assert_eq!(
            error.to_string(),
            "the target pack has the interface `abi-1`, programs are compiled for `abi-2`"
        );
    }

    #[test]
    fn every_changed_byte_and_every_cut_is_found() {
        let (_, sealed) = sealed();
        for at in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[at] ^= 1 << (at % 8);
            let error = open(&changed, "x86_64-linux", "abi-1").unwrap_err();
            assert!(
                matches!(error, PackError::Damaged { .. } | PackError::NotAPack | PackError::Version { .. }),
                "{at}: {error}"
            );
            assert!(open(&sealed[..at], "x86_64-linux", "abi-1").is_err());
        }
        let longer = [&sealed[..], b"x"].concat();
        let error = open(&longer, "x86_64-linux", "abi-1").unwrap_err().to_string();
        assert!(error.starts_with("the target pack is damaged: its digest is "), "{error}");
    }

    #[test]
    fn a_wrong_seal_makes_no_memory() {
        for (length, body) in [(u64::MAX, &b""[..]), (LENGTH_MAX, b"nothing"), (3, b"")] {
            let mut head =
                [&MAGIC[..], &VERSION.to_le_bytes(), &[1, b't', 0], &length.to_le_bytes()].concat();
            let sum = digest(&head, body);
            head.extend_from_slice(&sum);
            head.extend_from_slice(body);
            let error = open(&head, "t", "").unwrap_err();
            assert!(matches!(error, PackError::TooLong { .. } | PackError::Content { .. }), "{error}");
        }
    }
}
