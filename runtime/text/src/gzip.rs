//! Compressed data: DEFLATE (RFC 1951) and the gzip format around it (RFC 1952).

use alloc::vec::Vec;
use core::fmt;

use miniz_oxide::deflate::compress_to_vec;
use miniz_oxide::inflate::TINFLStatus;
use miniz_oxide::inflate::core::inflate_flags::TINFL_FLAG_USING_NON_WRAPPING_OUTPUT_BUF;
use miniz_oxide::inflate::core::{DecompressorOxide, decompress};

use super::sprintf::OUTPUT_MAX;

/// Between the fastest and the smallest, as usual.
const LEVEL: u8 = 6;

const FLAG_HEADER_CRC: u8 = 2;
const FLAG_EXTRA: u8 = 4;
const FLAG_NAME: u8 = 8;
const FLAG_COMMENT: u8 = 16;

/// What is wrong with compressed data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InflateError {
    /// It does not begin as the format does.
    Header,
    /// It ends too early.
    Truncated,
    /// It is damaged.
    Corrupt,
    /// The check sum or the length at its end is another.
    Mismatch,
    /// What comes out is larger than the limit, `OUTPUT_MAX`.
    TooLarge,
}

impl fmt::Display for InflateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            InflateError::Header => "not in gzip format",
            InflateError::Truncated => "compressed data ends too early",
            InflateError::Corrupt => "compressed data is damaged",
            InflateError::Mismatch => "check sum of compressed data does not match",
            InflateError::TooLarge => "too large when decompressed",
        })
    }
}

impl core::error::Error for InflateError {}

/// The data compressed, without anything around it.
#[must_use]
pub fn deflate(data: &[u8]) -> Vec<u8> {
    compress_to_vec(data, LEVEL)
}

/// What `deflate` compressed; what stands behind it is ignored.
pub fn inflate(data: &[u8]) -> Result<Vec<u8>, InflateError> {
    let mut out = Vec::new();
    inflate_into(data, &mut out)?;
    Ok(out)
}

/// The data as one gzip member, without a name and a time.
#[must_use]
pub fn gzip(data: &[u8]) -> Vec<u8> {
    let mut out = alloc::vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff];
    out.extend_from_slice(&deflate(data));
    out.extend_from_slice(&crc32(data).to_le_bytes());
    out.extend_from_slice(&(data.len() as u32).to_le_bytes());
    out
}

/// What gzip members hold, joined.
pub fn gunzip(data: &[u8]) -> Result<Vec<u8>, InflateError> {
    let mut out = Vec::new();
    let mut rest = data;
    loop {
        rest = member(rest, &mut out)?;
        // What follows and is no member is padding.
        if !rest.starts_with(&[0x1f, 0x8b]) {
            return Ok(out);
        }
    }
}

fn member<'a>(data: &'a [u8], out: &mut Vec<u8>) -> Result<&'a [u8], InflateError> {
    let [0x1f, 0x8b, 8, flags, _, _, _, _, _, _, rest @ ..] = data else { return Err(InflateError::Header) };
    let mut rest = rest;
    if flags & FLAG_EXTRA != 0 {
        let [low, high, more @ ..] = rest else { return Err(InflateError::Truncated) };
        let length = usize::from(u16::from_le_bytes([*low, *high]));
        rest = more.get(length..).ok_or(InflateError::Truncated)?;
    }
    for flag in [FLAG_NAME, FLAG_COMMENT] {
        if flags & flag != 0 {
            let end = memchr::memchr(0, rest).ok_or(InflateError::Truncated)?;
            rest = &rest[end + 1..];
        }
    }
    if flags & FLAG_HEADER_CRC != 0 {
        rest = rest.get(2..).ok_or(InflateError::Truncated)?;
    }
    let from = out.len();
    let used = inflate_into(rest, out)?;
    let (sum, length) = match rest[used..].first_chunk::<8>() {
        Some(&[a, b, c, d, e, f, g, h]) => {
            (u32::from_le_bytes([a, b, c, d]), u32::from_le_bytes([e, f, g, h]))
        }
        None => return Err(InflateError::Truncated),
    };
    let content = &out[from..];
    if sum != crc32(content) || length != content.len() as u32 {
        return Err(InflateError::Mismatch);
    }
    Ok(&rest[used + 8..])
}

/// Appends what the data holds; how many bytes it took.
fn inflate_into(data: &[u8], out: &mut Vec<u8>) -> Result<usize, InflateError> {
    let mut state = DecompressorOxide::new();
    let from = out.len();
    let (mut read, mut written) = (0, 0);
    out.resize(from + data.len().saturating_mul(3).clamp(256, OUTPUT_MAX), 0);
    loop {
        let flags = TINFL_FLAG_USING_NON_WRAPPING_OUTPUT_BUF;
        let (status, more, made) = decompress(&mut state, &data[read..], &mut out[from..], written, flags);
        read += more;
        written += made;
        match status {
            TINFLStatus::Done => {
                out.truncate(from + written);
                return Ok(read);
            }
            TINFLStatus::HasMoreOutput => {
                if from + written >= OUTPUT_MAX {
                    return Err(InflateError::TooLarge);
                }
                let room = ((out.len() - from) * 2).min(OUTPUT_MAX.saturating_sub(from).max(written + 1));
                out.resize(from + room, 0);
            }
            TINFLStatus::FailedCannotMakeProgress | TINFLStatus::NeedsMoreInput => {
                return Err(InflateError::Truncated);
            }
            _ => return Err(InflateError::Corrupt),
        }
    }
}

/// The check sum of gzip, PNG and others.
#[must_use]
pub fn crc32(data: &[u8]) -> u32 {
    let mut state = !0_u32;
    for &byte in data {
        state = TABLE[usize::from(state as u8 ^ byte)] ^ state >> 8;
    }
    !state
}

static TABLE: [u32; 256] = {
    let mut table = [0; 256];
    let mut at = 0;
    while at < 256 {
        let mut value = at as u32;
        let mut bit = 0;
        while bit < 8 {
            value = if value & 1 != 0 { value >> 1 ^ 0xedb8_8320 } else { value >> 1 };
            bit += 1;
        }
        table[at] = value;
        at += 1;
    }
    table
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn check_sum() {
        assert_eq!(crc32(b"123456789"), 0xcbf4_3926);
        assert_eq!(crc32(b""), 0);
    }

    #[test]
    fn round_trips() {
        let long: Vec<u8> = (0..100_000_u32).map(|n| (n.wrapping_mul(n) >> 7) as u8).collect();
        for data in [b"".as_slice(), b"a", b"hello hello hello", &long, &alloc::vec![0; 1 << 20]] {
            assert_eq!(gunzip(&gzip(data)).expect("a member"), data);
            assert_eq!(inflate(&deflate(data)).expect("a stream"), data);
        }
        let two = [gzip(b"a"), gzip(b"b")].concat();
        assert_eq!(gunzip(&two).expect("two members"), b"ab");
    }

    #[test]
    fn a_file_of_another_program() {
        // With a name in its header; one stored block.
        let data = [
            0x1f, 0x8b, 8, 8, 0, 0, 0, 0, 0, 3, b'x', 0, 1, 1, 0, 0xfe, 0xff, b'a', 0x43, 0xbe, 0xb7, 0xe8,
            1, 0, 0, 0,
        ];
        assert_eq!(gunzip(&data).expect("a member"), b"a");
    }

    #[test]
    fn damage() {
        let good = gzip(b"hello hello hello hello");
        assert_eq!(gunzip(b"hello"), Err(InflateError::Header));
        assert_eq!(gunzip(b""), Err(InflateError::Header));
        for length in 0..good.len() {
            assert!(gunzip(&good[..length]).is_err(), "{length} bytes");
        }
        let mut bad = good.clone();
        let at = bad.len() - 6;
        bad[at] ^= 1;
        assert_eq!(gunzip(&bad), Err(InflateError::Mismatch));
        for at in 0..good.len() {
            let mut bad = good.clone();
            bad[at] ^= 0xff;
            let _ = gunzip(&bad);
        }
        assert!(inflate(&[7]).is_err());
    }
}
