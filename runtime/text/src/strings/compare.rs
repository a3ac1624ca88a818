//! How alike strings are, and how they sound.

use alloc::vec::Vec;

use crate::utf8;

/// Most steps of `levenshtein`: the product of both lengths.
pub const LEVENSHTEIN_MAX: u64 = 1 << 32;

fn codes(text: &[u8]) -> Vec<u32> {
    utf8::code_points(text).map(|(code, _)| code).collect()
}

/// Whether a text reads the same backwards; case and everything but letters and digits aside.
pub fn is_palindrome(text: &[u8]) -> bool {
    let mut folded = Vec::new();
    utf8::fold(text, &mut folded);
    let letters: Vec<u32> = codes(&folded)
        .into_iter()
        .filter(|&code| char::from_u32(code).is_some_and(char::is_alphanumeric))
        .collect();
    letters.iter().eq(letters.iter().rev())
}

/// In how many places two texts differ; `None` if they are not equally long.
pub fn hamming_distance(a: &[u8], b: &[u8]) -> Option<usize> {
    let (a, b) = (codes(a), codes(b));
    (a.len() == b.len()).then(|| a.iter().zip(&b).filter(|(a, b)| a != b).count())
}

/// How many code points must be inserted, removed or changed to get from one text to the other;
/// `None` if that would take more than `LEVENSHTEIN_MAX` steps.
pub fn levenshtein(a: &[u8], b: &[u8]) -> Option<usize> {
    let (mut a, mut b) = (codes(a), codes(b));
    while a.last().is_some() && a.last() == b.last() {
        a.pop();
        b.pop();
    }
    let same = a.iter().zip(&b).take_while(|(a, b)| a == b).count();
    let (a, b) = (&a[same..], &b[same..]);
    if (a.len() as u64).saturating_mul(b.len() as u64) > LEVENSHTEIN_MAX {
        return None;
    }
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (at, left) in a.iter().enumerate() {
        let mut diagonal = row[0];
        row[0] = at + 1;
        for (column, right) in b.iter().enumerate() {
            let changed = diagonal + usize::from(left != right);
            diagonal = row[column + 1];
            row[column + 1] = changed.min(diagonal + 1).min(row[column] + 1);
        }
    }
    row.last().copied()
}

/// The longest start that all texts share, in whole code points.
pub fn longest_common_prefix<'a>(texts: &[&'a [u8]]) -> &'a [u8] {
    let Some((first, others)) = texts.split_first() else { return b"" };
    let mut length = first.len();
    for other in others {
        length = first[..length].iter().zip(*other).take_while(|(a, b)| a == b).count();
    }
    // Not in the middle of a character.
    let mut whole = 0;
    for (_, part) in utf8::code_points(first) {
        if whole + part.len() > length {
            break;
        }
        whole += part.len();
    }
    &first[..whole]
}

/// Appends the text with Latin letters moved by `shift` places in the alphabet.
pub fn caesar_shift(text: &[u8], shift: i64, out: &mut Vec<u8>) {
    let shift = shift.rem_euclid(26) as u8;
    out.extend(text.iter().map(|&byte| match byte {
        b'a'..=b'z' => (byte - b'a' + shift) % 26 + b'a',
        b'A'..=b'Z' => (byte - b'A' + shift) % 26 + b'A',
        _ => byte,
    }));
}

/// The American Soundex code: a letter and three digits; empty without a letter.
pub fn soundex(text: &[u8]) -> Vec<u8> {
    let digit = |letter: u8| match letter {
        b'B' | b'F' | b'P' | b'V' => b'1',
        b'C' | b'G' | b'J' | b'K' | b'Q' | b'S' | b'X' | b'Z' => b'2',
        b'D' | b'T' => b'3',
        b'L' => b'4',
        b'M' | b'N' => b'5',
        b'R' => b'6',
        _ => b'0',
    };
    let mut letters = text.iter().filter(|byte| byte.is_ascii_alphabetic()).map(u8::to_ascii_uppercase);
    let Some(first) = letters.next() else { return Vec::new() };
    let mut code = Vec::from([first]);
    let mut last = digit(first);
    for letter in letters {
        let current = digit(letter);
        if current != b'0' && current != last {
            code.push(current);
            if code.len() == 4 {
                break;
            }
        }
        // H and W do not part letters of one sound, vowels do.
        if !matches!(letter, b'H' | b'W') {
            last = current;
        }
    }
    code.resize(4, b'0');
    code
}

/// The Metaphone code (Lawrence Philips 1990) of the Latin letters; `0` is the sound of `th`.
pub fn metaphone(text: &[u8]) -> Vec<u8> {
    let mut word: Vec<u8> = Vec::new();
    for letter in text.iter().filter(|byte| byte.is_ascii_alphabetic()).map(u8::to_ascii_uppercase) {
        // Double letters sound once, but for C.
        if word.last() != Some(&letter) || letter == b'C' {
            word.push(letter);
        }
    }
    let start = match word.as_slice() {
        [b'A', b'E', ..] | [b'G' | b'K' | b'P', b'N', ..] | [b'W', b'R', ..] => 1,
        _ => 0,
    };
    if word.first() == Some(&b'X') {
        word[0] = b'S';
    }
    if word.starts_with(b"WH") {
        word.remove(1);
    }
    let word = &word[start..];
    let at = |place: usize| word.get(place).copied().unwrap_or(0);
    let is_vowel = |letter: u8| matches!(letter, b'A' | b'E' | b'I' | b'O' | b'U');
    let is_front = |letter: u8| matches!(letter, b'E' | b'I' | b'Y');
    let mut code = Vec::new();
    let mut place = 0;
    while place < word.len() {
        let letter = word[place];
        let before = if place > 0 { word[place - 1] } else { 0 };
        let (next, third) = (at(place + 1), at(place + 2));
        match letter {
            b'A' | b'E' | b'I' | b'O' | b'U' => {
                if place == 0 {
                    code.push(letter);
                }
            }
            b'B' => {
                if !(before == b'M' && next == 0) {
                    code.push(b'B');
                }
            }
            b'C' => {
                if next == b'I' && third == b'A' {
                    code.push(b'X');
                } else if is_front(next) {
                    if before != b'S' {
                        code.push(b'S');
                    }
                } else if next == b'H' {
                    code.push(if before == b'S' || (place == 0 && !is_vowel(third)) { b'K' } else { b'X' });
                    place += 1;
                } else {
                    code.push(b'K');
                    if next == b'C' {
                        place += 1;
                    }
                }
            }
            b'D' => {
                if next == b'G' && is_front(third) {
                    code.push(b'J');
                    place += 1;
                } else {
                    code.push(b'T');
                }
            }
            b'G' => {
                let silent_before_h = next == b'H' && third != 0 && !is_vowel(third);
                let silent_before_n = next == b'N'
                    && (third == 0 || (third == b'E' && at(place + 3) == b'D' && at(place + 4) == 0));
                if silent_before_h || silent_before_n {
                } else if next == b'H' {
                    // `gh` sounds as F at the end and as K at the start.
                    code.push(if third == 0 && place > 0 { b'F' } else { b'K' });
                    place += 1;
                } else if is_front(next) && before != b'G' {
                    code.push(b'J');
                } else {
                    code.push(b'K');
                }
            }
            b'H' => {
                if is_vowel(next) && !matches!(before, b'C' | b'S' | b'P' | b'T' | b'G') {
                    code.push(b'H');
                }
            }
            b'K' => {
                if before != b'C' {
                    code.push(b'K');
                }
            }
            b'P' => {
                if next == b'H' {
                    code.push(b'F');
                } else {
                    code.push(b'P');
                }
            }
            b'Q' => code.push(b'K'),
            b'S' => {
                if next == b'I' && matches!(third, b'O' | b'A') {
                    code.push(b'X');
                } else if next == b'H' {
                    code.push(b'X');
                    place += 1;
                } else if next == b'C' && third == b'H' {
                    code.extend_from_slice(b"SK");
                    place += 2;
                } else {
                    code.push(b'S');
                }
            }
            b'T' => {
                if next == b'I' && matches!(third, b'O' | b'A') {
                    code.push(b'X');
                } else if next == b'H' {
                    code.push(b'0');
                    place += 1;
                } else if !(next == b'C' && third == b'H') {
                    code.push(b'T');
                }
            }
            b'V' => code.push(b'F'),
            b'W' | b'Y' => {
                if is_vowel(next) {
                    code.push(letter);
                }
            }
            b'X' => code.extend_from_slice(b"KS"),
            b'Z' => code.push(b'S'),
            _ => code.push(letter),
        }
        place += 1;
    }
    code
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_support::Generator;
    use crate::test_support::prelude::*;

    #[test]
    fn distances() {
        assert_eq!(
            (
                levenshtein(b"kitten", b"sitting"),
                levenshtein(b"", b"abc"),
                levenshtein("\u{e9}".as_bytes(), b"e")
            ),
            (Some(3), Some(3), Some(1))
        );
        assert_eq!(
            (hamming_distance(b"karolin", b"kathrin"), hamming_distance(b"a", b"ab")),
            (Some(3), None)
        );
        let long = vec![b'a'; 70_000];
        assert_eq!(levenshtein(&long, &vec![b'b'; 70_000]), None);
        assert_eq!(levenshtein(&long, &long), Some(0));
        assert!(
            is_palindrome(b"A man, a plan, a canal: Panama") && !is_palindrome(b"ab") && is_palindrome(b"")
        );
        assert_eq!(longest_common_prefix(&[b"flower", b"flow", b"flight"]), b"fl");
        assert_eq!(longest_common_prefix(&["\u{e9}".as_bytes(), "\u{e8}".as_bytes()]), b"");
        assert_eq!(longest_common_prefix(&[]), b"");
    }

    #[test]
    fn sounds() {
        for (text, code) in [
            ("Robert", "R163"),
            ("Rupert", "R163"),
            ("Ashcraft", "A261"),
            ("Tymczak", "T522"),
            ("Pfister", "P236"),
            ("Honeyman", "H555"),
            ("Lee", "L000"),
            ("", ""),
        ] {
            assert_eq!(soundex(text.as_bytes()), code.as_bytes(), "{text}");
        }
        for (text, code) in [
            ("metaphone", "MTFN"),
            ("Knight", "NT"),
            ("school", "SKL"),
            ("Wright", "RT"),
            ("physics", "FSKS"),
            ("box", "BKS"),
            ("church", "XRX"),
            ("dumb", "TM"),
            ("Xavier", "SFR"),
            ("white", "WT"),
            ("hedge", "HJ"),
            ("which", "WX"),
        ] {
            assert_eq!(String::from_utf8(metaphone(text.as_bytes())).unwrap(), code, "{text}");
        }
        let mut out = Vec::new();
        caesar_shift(b"Hello, xyz", 3, &mut out);
        caesar_shift(b"abc", i64::MIN, &mut out);
        assert_eq!(&out[..10], b"Khoor, abc");
        let mut generator = Generator::new(71);
        for _ in 0..5000 {
            let (a, b) = (generator.bytes(9), generator.bytes(9));
            let letters: Vec<u8> = a.iter().map(|byte| b'A' + byte % 26).collect();
            let _ = (
                metaphone(&letters),
                soundex(&letters),
                metaphone(&a),
                is_palindrome(&a),
                hamming_distance(&a, &b),
                longest_common_prefix(&[&a, &b]),
            );
            assert_eq!(levenshtein(&a, &b), levenshtein(&b, &a));
        }
    }
}
