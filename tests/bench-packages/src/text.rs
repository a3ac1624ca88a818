//! Numbers and texts that look random and are the same on every machine.

use std::fmt::Write as _;

/// A generator of numbers; equal seeds give equal numbers. It is SplitMix64, which is good enough
/// to look random and for nothing else.
#[derive(Clone, Debug)]
pub(crate) struct Random(u64);

impl Random {
    /// A generator that begins here.
    pub(crate) fn new(seed: u64) -> Random {
        Random(seed)
    }

    /// The next number.
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below another, which is not 0.
    pub(crate) fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next() % end as u64).expect("it is below a usize")
    }

    /// A number below another, which is not 0; the smaller, the more often.
    fn low(&mut self, end: usize) -> usize {
        self.below(end).min(self.below(end)).min(self.below(end))
    }
}

/// Makes a text of so many bytes that compresses about as source text does: lines of words from a
/// vocabulary in which few words are frequent, with indentation and punctuation.
pub(crate) fn source_text(seed: u64, bytes: usize) -> Vec<u8> {
    const ENDS: [&str; 6] = [";", ";", ");", " {", "}", ","];
    const MARKS: [&str; 8] = [" ", " ", " = ", ", ", "(", "->", ".", " + "];
    // All texts have one vocabulary, as all sources have one language.
    let vocabulary = vocabulary(600);
    let mut random = Random::new(seed);
    let mut text = String::with_capacity(bytes + 120);
    while text.len() < bytes {
        text.push_str(&"    ".repeat(random.low(5)));
        for word in 0..2 + random.below(6) {
            if word > 0 {
                text.push_str(MARKS[random.below(MARKS.len())]);
            }
            match random.below(12) {
                0 => write!(text, "{}", random.below(1000)).expect("writing to a string does not fail"),
                _ => text.push_str(&vocabulary[random.low(vocabulary.len())]),
            }
        }
        text.push_str(ENDS[random.below(ENDS.len())]);
        text.push('\n');
    }
    text.truncate(bytes);
    text.into_bytes()
}

fn vocabulary(words: usize) -> Vec<String> {
    const SYLLABLES: [&str; 16] = [
        "re", "con", "ta", "val", "ue", "lis", "ma", "per", "in", "dex", "co", "unt", "er", "fi", "na", "set",
    ];
    let mut random = Random::new(1);
    let mut word =
        || -> String { (0..1 + random.below(4)).map(|_| SYLLABLES[random.below(SYLLABLES.len())]).collect() };
    (0..words).map(|_| word()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_the_same_everywhere() {
        let mut random = Random::new(7);
        assert_eq!([random.next(), random.next()], [7_191_089_600_892_374_487, 309_689_372_594_955_804]);
        let text = source_text(3, 400);
        assert_eq!(
            (text.len(), text == source_text(3, 400), text == source_text(4, 400)),
            (400, true, false)
        );
    }

    #[test]
    fn texts_compress_as_sources_do() {
        let text: Vec<u8> = (0..10).flat_map(|seed| source_text(seed, 4096)).collect();
        let compressed = zstd::bulk::compress(&text, 19).unwrap().len();
        let ratio = text.len() as f64 / compressed as f64;
        assert!((2.5..6.0).contains(&ratio), "{ratio}");
    }
}
