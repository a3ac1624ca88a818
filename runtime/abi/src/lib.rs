//! What compiler and runtime agree on: the layouts of values, the table of runtime functions that
//! compiled code calls, and the table of builtins with how they are written.
//!
//! This crate knows nobody, and contains no behaviour but that of its formats.
#![no_std]

pub mod builtins;
pub mod constants;
pub mod functions;
pub mod layout;
pub mod warning;

/// The text that says what compiled code may assume of the runtime; [`digest`] of it must be the same on
/// both sides of a link.
const TEXT: [&str; 5] = [
    include_str!("constants.rs"),
    include_str!("layout.rs"),
    include_str!("functions.rs"),
    include_str!("builtins.rs"),
    include_str!("builtins/table.rs"),
];

/// Identifies this version of the agreement between compiled code and runtime: 64 bits of FNV-1a over its
/// text, as 16 hexadecimal digits. Code and runtime of different versions must not meet.
pub const DIGEST: &str = {
    const DIGITS: [u8; 16] = digits(digest());
    match core::str::from_utf8(&DIGITS) {
        Ok(text) => text,
        Err(_) => unreachable!(),
    }
};

const fn digest() -> u64 {
    let mut hash: u64 = 0xcbf2_9ce4_8422_2325;
    let mut part = 0;
    while part < TEXT.len() {
        let bytes = TEXT[part].as_bytes();
        let mut at = 0;
        while at < bytes.len() {
            hash = (hash ^ bytes[at] as u64).wrapping_mul(0x0100_0000_01b3);
            at += 1;
        }
        part += 1;
    }
    hash
}

const fn digits(number: u64) -> [u8; 16] {
    let mut out = [0; 16];
    let mut at = 0;
    while at < 16 {
        out[at] = b"0123456789abcdef"[(number >> (60 - 4 * at) & 15) as usize];
        at += 1;
    }
    out
}
