//! Digests and checksums, and hexadecimal.
//!
//! MD4 and RIPEMD-160 are here because no other crate of the workspace has them; they are for
//! old formats, not for security.

use alloc::vec::Vec;

use sha2::Digest;

/// MD5 (RFC 1321).
pub fn md5(data: &[u8]) -> [u8; 16] {
    md5::Md5::digest(data).into()
}

/// SHA-1.
pub fn sha1(data: &[u8]) -> [u8; 20] {
    sha1::Sha1::digest(data).into()
}

/// SHA-224.
pub fn sha224(data: &[u8]) -> [u8; 28] {
    sha2::Sha224::digest(data).into()
}

/// SHA-256.
pub fn sha256(data: &[u8]) -> [u8; 32] {
    sha2::Sha256::digest(data).into()
}

/// SHA-384.
pub fn sha384(data: &[u8]) -> [u8; 48] {
    sha2::Sha384::digest(data).into()
}

/// SHA-512.
pub fn sha512(data: &[u8]) -> [u8; 64] {
    sha2::Sha512::digest(data).into()
}

/// HMAC with SHA-256 (RFC 2104).
pub fn hmac_sha256(key: &[u8], message: &[u8]) -> [u8; 32] {
    let mut block = [0u8; 64];
    if key.len() > block.len() {
        block[..32].copy_from_slice(&sha256(key));
    } else {
        block[..key.len()].copy_from_slice(key);
    }
    let inner =
        sha2::Sha256::new().chain_update(block.map(|byte| byte ^ 0x36)).chain_update(message).finalize();
    sha2::Sha256::new().chain_update(block.map(|byte| byte ^ 0x5c)).chain_update(inner).finalize().into()
}

/// MD4 (RFC 1320).
pub fn md4(data: &[u8]) -> [u8; 16] {
    let mut state = [0x6745_2301, 0xefcd_ab89, 0x98ba_dcfe, 0x1032_5476];
    for_blocks(data, |words| md4_block(&mut state, words));
    let mut out = [0; 16];
    write_words(&state, &mut out);
    out
}

fn md4_block(state: &mut [u32; 4], words: &[u32; 16]) {
    const ORDERS: [[usize; 16]; 3] = [
        [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15],
        [0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15],
        [0, 8, 4, 12, 2, 10, 6, 14, 1, 9, 5, 13, 3, 11, 7, 15],
    ];
    const SHIFTS: [[u32; 4]; 3] = [[3, 7, 11, 19], [3, 5, 9, 13], [3, 9, 11, 15]];
    const CONSTANTS: [u32; 3] = [0, 0x5a82_7999, 0x6ed9_eba1];
    let [mut a, mut b, mut c, mut d] = *state;
    for round in 0..3 {
        for step in 0..16 {
            let mixed = match round {
                0 => (b & c) | (!b & d),
                1 => (b & c) | (b & d) | (c & d),
                _ => b ^ c ^ d,
            };
            let sum =
                a.wrapping_add(mixed).wrapping_add(words[ORDERS[round][step]]).wrapping_add(CONSTANTS[round]);
            (a, d, c, b) = (d, c, b, sum.rotate_left(SHIFTS[round][step % 4]));
        }
    }
    for (slot, value) in state.iter_mut().zip([a, b, c, d]) {
        *slot = slot.wrapping_add(value);
    }
}

/// RIPEMD-160 (Dobbertin, Bosselaers, Preneel 1996).
pub fn ripemd160(data: &[u8]) -> [u8; 20] {
    let mut state = [0x6745_2301, 0xefcd_ab89, 0x98ba_dcfe, 0x1032_5476, 0xc3d2_e1f0];
    for_blocks(data, |words| ripemd160_block(&mut state, words));
    let mut out = [0; 20];
    write_words(&state, &mut out);
    out
}

const RIPEMD_LEFT: [u8; 80] = [
    0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 7, 4, 13, 1, 10, 6, 15, 3, 12, 0, 9, 5, 2, 14, 11,
    8, 3, 10, 14, 4, 9, 15, 8, 1, 2, 7, 0, 6, 13, 11, 5, 12, 1, 9, 11, 10, 0, 8, 12, 4, 13, 3, 7, 15, 14, 5,
    6, 2, 4, 0, 5, 9, 7, 12, 2, 10, 14, 1, 3, 8, 11, 6, 15, 13,
];
const RIPEMD_RIGHT: [u8; 80] = [
    5, 14, 7, 0, 9, 2, 11, 4, 13, 6, 15, 8, 1, 10, 3, 12, 6, 11, 3, 7, 0, 13, 5, 10, 14, 15, 8, 12, 4, 9, 1,
    2, 15, 5, 1, 3, 7, 14, 6, 9, 11, 8, 12, 2, 10, 0, 4, 13, 8, 6, 4, 1, 3, 11, 15, 0, 5, 12, 2, 13, 9, 7,
    10, 14, 12, 15, 10, 4, 1, 5, 8, 7, 6, 2, 13, 14, 0, 3, 9, 11,
];
const RIPEMD_LEFT_SHIFT: [u8; 80] = [
    11, 14, 15, 12, 5, 8, 7, 9, 11, 13, 14, 15, 6, 7, 9, 8, 7, 6, 8, 13, 11, 9, 7, 15, 7, 12, 15, 9, 11, 7,
    13, 12, 11, 13, 6, 7, 14, 9, 13, 15, 14, 8, 13, 6, 5, 12, 7, 5, 11, 12, 14, 15, 14, 15, 9, 8, 9, 14, 5,
    6, 8, 6, 5, 12, 9, 15, 5, 11, 6, 8, 13, 12, 5, 12, 13, 14, 11, 8, 5, 6,
];
const RIPEMD_RIGHT_SHIFT: [u8; 80] = [
    8, 9, 9, 11, 13, 15, 15, 5, 7, 7, 8, 11, 14, 14, 12, 6, 9, 13, 15, 7, 12, 8, 9, 11, 7, 7, 12, 7, 6, 15,
    13, 11, 9, 7, 15, 11, 8, 6, 6, 14, 12, 13, 5, 14, 13, 13, 7, 5, 15, 5, 8, 11, 14, 14, 6, 14, 6, 9, 12, 9,
    12, 5, 15, 8, 8, 5, 12, 9, 12, 5, 14, 6, 8, 13, 6, 5, 15, 13, 11, 11,
];

fn ripemd160_block(state: &mut [u32; 5], words: &[u32; 16]) {
    const LEFT: [u32; 5] = [0, 0x5a82_7999, 0x6ed9_eba1, 0x8f1b_bcdc, 0xa953_fd4e];
    const RIGHT: [u32; 5] = [0x50a2_8be6, 0x5c4d_d124, 0x6d70_3ef3, 0x7a6d_76e9, 0];
    let mix = |round: usize, x: u32, y: u32, z: u32| match round {
        0 => x ^ y ^ z,
        1 => (x & y) | (!x & z),
        2 => (x | !y) ^ z,
        3 => (x & z) | (y & !z),
        _ => x ^ (y | !z),
    };
    let line = |order: &[u8; 80], shifts: &[u8; 80], constants: &[u32; 5], reversed: bool| {
        let [mut a, mut b, mut c, mut d, mut e] = *state;
        for step in 0..80 {
            let round = step / 16;
            let sum = a
                .wrapping_add(mix(if reversed { 4 - round } else { round }, b, c, d))
                .wrapping_add(words[usize::from(order[step])])
                .wrapping_add(constants[round]);
            let next = sum.rotate_left(u32::from(shifts[step])).wrapping_add(e);
            (a, e, d, c, b) = (e, d, c.rotate_left(10), b, next);
        }
        [a, b, c, d, e]
    };
    let left = line(&RIPEMD_LEFT, &RIPEMD_LEFT_SHIFT, &LEFT, false);
    let right = line(&RIPEMD_RIGHT, &RIPEMD_RIGHT_SHIFT, &RIGHT, true);
    let old = *state;
    for (at, slot) in state.iter_mut().enumerate() {
        *slot = old[(at + 1) % 5].wrapping_add(left[(at + 2) % 5]).wrapping_add(right[(at + 3) % 5]);
    }
}

/// Calls `block` with the padded message, little endian, 64 bytes at a time.
fn for_blocks(data: &[u8], mut block: impl FnMut(&[u32; 16])) {
    let mut give = |bytes: &[u8]| {
        let mut words = [0u32; 16];
        for (word, bytes) in words.iter_mut().zip(bytes.chunks(4)) {
            *word = bytes.iter().rev().fold(0, |value, &byte| value << 8 | u32::from(byte));
        }
        block(&words);
    };
    let whole = data.len() / 64 * 64;
    data[..whole].chunks(64).for_each(&mut give);
    let rest = &data[whole..];
    let mut tail = [0u8; 128];
    tail[..rest.len()].copy_from_slice(rest);
    tail[rest.len()] = 0x80;
    let length = if rest.len() < 56 { 64 } else { 128 };
    tail[length - 8..length].copy_from_slice(&(data.len() as u64).wrapping_mul(8).to_le_bytes());
    tail[..length].chunks(64).for_each(&mut give);
}

fn write_words(words: &[u32], out: &mut [u8]) {
    for (bytes, word) in out.chunks_mut(4).zip(words) {
        bytes.copy_from_slice(&word.to_le_bytes());
    }
}

const CRC_TABLE: [u32; 256] = {
    let mut table = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        let mut value = byte as u32;
        let mut bit = 0;
        while bit < 8 {
            value = if value & 1 == 1 { value >> 1 ^ 0xedb8_8320 } else { value >> 1 };
            bit += 1;
        }
        table[byte] = value;
        byte += 1;
    }
    table
};

/// CRC-32 of zip and PNG.
pub fn crc32(data: &[u8]) -> u32 {
    !data.iter().fold(!0, |crc, &byte| crc >> 8 ^ CRC_TABLE[usize::from(crc as u8 ^ byte)])
}

/// Appends lower-case hexadecimal digits.
pub fn hex_encode(data: &[u8], out: &mut Vec<u8>) {
    out.reserve(data.len() * 2);
    for &byte in data {
        out.push(b"0123456789abcdef"[usize::from(byte >> 4)]);
        out.push(b"0123456789abcdef"[usize::from(byte & 15)]);
    }
}

/// Bytes from hexadecimal digits of any case; `None` for another byte or an odd number.
pub fn hex_decode(text: &[u8]) -> Option<Vec<u8>> {
    if !text.len().is_multiple_of(2) {
        return None;
    }
    let digit = |byte: u8| char::from(byte).to_digit(16);
    text.chunks(2).map(|pair| Some((digit(pair[0])? << 4 | digit(pair[1])?) as u8)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_support::prelude::*;
    use crate::test_support::{Generator, perl_lines, show};

    #[test]
    fn digests_of_known_texts() {
        // From the papers that define them.
        assert_eq!(show(&md4(b"")), "31d6cfe0d16ae931b73c59d7e0c089c0");
        assert_eq!(show(&md4(b"abc")), "a448017aaf21d8525fc10ae87aa6729d");
        assert_eq!(
            show(&md4(b"12345678901234567890123456789012345678901234567890123456789012345678901234567890")),
            "e33b4ddc9c38f2199c3e7b164fcc0536"
        );
        assert_eq!(show(&ripemd160(b"")), "9c1185a5c5e9fc54612808977ee8f548b2258d31");
        assert_eq!(show(&ripemd160(b"abc")), "8eb208f7e05d987a9b044a8e98c6b087f15a0bfc");
        assert_eq!(
            show(&ripemd160(
                b"12345678901234567890123456789012345678901234567890123456789012345678901234567890"
            )),
            "9b752e45573d4b39f4dbd3323cab82bf63326bfb"
        );
        assert_eq!(crc32(b"123456789"), 0xcbf4_3926);
    }

    #[test]
    fn digests_are_those_of_perl() {
        let mut generator = Generator::new(19);
        let cases: Vec<_> = (0..60).map(|_| generator.bytes(200)).collect();
        let input: String = cases.iter().map(|case| format!("{}\n", show(case))).collect();
        let expected = perl_lines(
            "use Digest::MD5 'md5_hex'; use Digest::SHA qw(sha1_hex sha224_hex sha256_hex sha384_hex sha512_hex hmac_sha256_hex); \
            while (<STDIN>) { chomp; my $d = pack 'H*', $_; print join(' ', md5_hex($d), sha1_hex($d), sha224_hex($d), sha256_hex($d), sha384_hex($d), sha512_hex($d), hmac_sha256_hex('m', $d)), \"\\n\" }",
            &input,
        );
        for (case, expected) in cases.iter().zip(&expected) {
            let ours = [
                show(&md5(case)),
                show(&sha1(case)),
                show(&sha224(case)),
                show(&sha256(case)),
                show(&sha384(case)),
                show(&sha512(case)),
                show(&hmac_sha256(case, b"m")),
            ];
            assert_eq!(ours.join(" "), *expected);
        }
    }

    #[test]
    fn hexadecimal() {
        let mut out = Vec::new();
        hex_encode(b"\x00\xffa", &mut out);
        assert_eq!(out, b"00ff61");
        assert_eq!(hex_decode(b"00FF61").unwrap(), b"\x00\xffa");
        assert_eq!(hex_decode(b"0"), None);
        assert_eq!(hex_decode(b"0g"), None);
    }
}
