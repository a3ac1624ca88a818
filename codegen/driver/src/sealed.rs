//! What is kept between runs, sealed with a secret: a mark, 32 bytes of keyed BLAKE3 over the rest, and the rest.

/// The bytes with their seal.
pub(crate) fn seal(mark: &[u8; 8], secret: &[u8; 32], payload: &[u8]) -> Vec<u8> {
    [mark, blake3::keyed_hash(secret, payload).as_bytes().as_slice(), payload].concat()
}

/// What was sealed with this mark and secret; none if it is anything else.
pub(crate) fn open<'a>(mark: &[u8; 8], secret: &[u8; 32], bytes: &'a [u8]) -> Option<&'a [u8]> {
    let (seal, payload) = bytes.strip_prefix(mark)?.split_first_chunk::<32>()?;
    // Compared in a time that does not tell how much of it is right.
    (blake3::keyed_hash(secret, payload) == *seal).then_some(payload)
}
