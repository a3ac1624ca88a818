//! Stars in place of secrets that a server sends back.
//!
//! A server that echoes its request would otherwise hand a plugin the token it was never given.
//! Lengths stay as they are. Over a stream the end of a chunk is held back as long as it could be
//! the beginning of a secret.

use bytes::Bytes;
use zeroize::Zeroizing;

/// Masks a stream of bytes.
pub(crate) struct Mask {
    needles: Vec<Zeroizing<Vec<u8>>>,
    /// The end of what came so far, with the flags of the bytes that are known to be masked.
    held: Zeroizing<Vec<u8>>,
    held_masked: Vec<bool>,
}

impl Mask {
    pub(crate) fn new(needles: Vec<Zeroizing<Vec<u8>>>) -> Mask {
        debug_assert!(needles.iter().all(|needle| !needle.is_empty()), "an empty needle is everywhere");
        Mask { needles, held: Zeroizing::default(), held_masked: Vec::new() }
    }

    /// Masks a text that is complete.
    pub(crate) fn whole(&self, text: &[u8]) -> Vec<u8> {
        let mut masked = vec![false; text.len()];
        self.mark(text, &mut masked);
        apply(text, &masked)
    }

    /// Takes a chunk and returns what is sure by now, which may be nothing.
    pub(crate) fn push(&mut self, chunk: Bytes) -> Bytes {
        if self.needles.is_empty() {
            return chunk;
        }
        let mut text = std::mem::take(&mut self.held);
        let mut masked = std::mem::take(&mut self.held_masked);
        text.extend_from_slice(&chunk);
        masked.resize(text.len(), false);
        self.mark(&text, &mut masked);
        let sure = text.len() - self.open_length(&text);
        self.held = Zeroizing::new(text[sure..].to_vec());
        self.held_masked = masked[sure..].to_vec();
        Bytes::from(apply(&text[..sure], &masked[..sure]))
    }

    /// Returns what was held back, at the end of the stream.
    pub(crate) fn finish(&mut self) -> Bytes {
        let text = std::mem::take(&mut self.held);
        let masked = std::mem::take(&mut self.held_masked);
        Bytes::from(apply(&text, &masked))
    }

    /// Marks every byte that belongs to an occurrence of a needle.
    fn mark(&self, text: &[u8], masked: &mut [bool]) {
        for needle in &self.needles {
            let mut from = 0;
            while let Some(offset) = text[from..].iter().position(|byte| *byte == needle[0]) {
                let start = from + offset;
                if text[start..].starts_with(needle) {
                    masked[start..start + needle.len()].fill(true);
                }
                from = start + 1;
            }
        }
    }

    /// Returns the length of the longest end of a text with which a needle could begin.
    fn open_length(&self, text: &[u8]) -> usize {
        let open = |needle: &Zeroizing<Vec<u8>>| {
            let longest = text.len().min(needle.len() - 1);
            (1..=longest).rev().find(|length| needle.starts_with(&text[text.len() - length..]))
        };
        self.needles.iter().filter_map(open).max().unwrap_or(0)
    }
}

fn apply(text: &[u8], masked: &[bool]) -> Vec<u8> {
    text.iter().zip(masked).map(|(byte, masked)| if *masked { b'*' } else { *byte }).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn mask(needles: &[&[u8]]) -> Mask {
        Mask::new(needles.iter().map(|needle| Zeroizing::new(needle.to_vec())).collect())
    }

    #[test]
    fn secrets_become_stars() {
        let mask = mask(&[b"hunter22", b"token-1"]);
        assert_eq!(
            mask.whole(b"a hunter22 b token-1token-1 hunter2"),
            b"a ******** b ************** hunter2"
        );
    }

    #[test]
    fn nothing_is_held_back_without_reason() {
        let mut mask = mask(&[b"hunter22"]);
        assert_eq!(mask.push(Bytes::from_static(b"plain")), "plain");
        assert_eq!(mask.push(Bytes::from_static(b"hunt")), "");
        assert_eq!(mask.push(Bytes::from_static(b"ing")), "hunting");
        assert_eq!(mask.push(Bytes::from_static(b"hunter")), "");
        assert_eq!(mask.finish(), "hunter");
    }

    proptest! {
        #[test]
        fn borders_of_chunks_do_not_matter(
            needles in proptest::collection::vec("[ab]{1,5}", 1..4),
            chunks in proptest::collection::vec("[abc]{0,7}", 0..9),
        ) {
            let needles: Vec<&[u8]> = needles.iter().map(|needle| needle.as_bytes()).collect();
            let mut stream = mask(&needles);
            let mut streamed = Vec::new();
            for chunk in &chunks {
                streamed.extend_from_slice(&stream.push(Bytes::copy_from_slice(chunk.as_bytes())));
            }
            streamed.extend_from_slice(&stream.finish());
            let whole = chunks.concat().into_bytes();
            // The oracle looks at every place for every needle.
            let mut expected = whole.clone();
            for needle in &needles {
                for start in 0..whole.len() {
                    if whole[start..].starts_with(needle) {
                        expected[start..start + needle.len()].fill(b'*');
                    }
                }
            }
            prop_assert_eq!(streamed, expected);
        }
    }
}
