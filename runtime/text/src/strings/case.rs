//! Names in one style written in another, and simple changes of case.
//!
//! A name falls into words at everything that is neither letter nor digit, where a capital
//! follows a small letter or a digit, and before the last capital of a row of them
//! (`HTTPServer` is `HTTP` and `Server`).

use alloc::vec::Vec;

use crate::utf8;

/// Appends `helloWorld`.
pub fn camel_case(text: &[u8], out: &mut Vec<u8>) {
    for (at, word) in name_words(text).iter().enumerate() {
        if at == 0 {
            utf8::lc(word, out);
        } else {
            capitalized(word, out);
        }
    }
}

/// Appends `HelloWorld`.
pub fn pascal_case(text: &[u8], out: &mut Vec<u8>) {
    name_words(text).iter().for_each(|word| capitalized(word, out));
}

/// Appends `hello_world`.
pub fn snake_case(text: &[u8], out: &mut Vec<u8>) {
    joined(text, b'_', utf8::lc, out);
}

/// Appends `hello-world`.
pub fn kebab_case(text: &[u8], out: &mut Vec<u8>) {
    joined(text, b'-', utf8::lc, out);
}

/// Appends `HELLO_WORLD`.
pub fn constant_case(text: &[u8], out: &mut Vec<u8>) {
    joined(text, b'_', utf8::uc, out);
}

/// Appends `hello.world`.
pub fn dot_case(text: &[u8], out: &mut Vec<u8>) {
    joined(text, b'.', utf8::lc, out);
}

/// Appends `hello/world`.
pub fn path_case(text: &[u8], out: &mut Vec<u8>) {
    joined(text, b'/', utf8::lc, out);
}

/// Appends the text with a capital at the start of each word and small letters in it; what is
/// between the words stays.
pub fn title_case(text: &[u8], out: &mut Vec<u8>) {
    let mut inside = false;
    for (code, part) in utf8::code_points(text) {
        let is_blank = super::is_blank(code);
        match (is_blank, inside) {
            (true, _) => out.extend_from_slice(part),
            (false, true) => utf8::lc(part, out),
            (false, false) => utf8::ucfirst(part, out),
        }
        inside = !is_blank;
    }
}

/// Appends the text with its first letter as a capital.
pub fn capitalize(text: &[u8], out: &mut Vec<u8>) {
    utf8::ucfirst(text, out);
}

/// Appends the text with capitals and small letters exchanged.
pub fn swap_case(text: &[u8], out: &mut Vec<u8>) {
    for (code, part) in utf8::code_points(text) {
        match char::from_u32(code) {
            Some(letter) if letter.is_uppercase() => utf8::lc(part, out),
            Some(letter) if letter.is_lowercase() => utf8::uc(part, out),
            _ => out.extend_from_slice(part),
        }
    }
}

/// The words of a name.
pub fn name_words(text: &[u8]) -> Vec<&[u8]> {
    let mut words = Vec::new();
    let mut start = 0;
    let mut at = 0;
    let mut before: Option<char> = None;
    while at < text.len() {
        let (code, used) = utf8::decode(&text[at..]);
        let letter = char::from_u32(code).filter(|letter| letter.is_alphanumeric());
        let breaks = match (before, letter) {
            (Some(before), Some(letter)) if letter.is_uppercase() => {
                let next = char::from_u32(utf8::decode(&text[at + used..]).0);
                before.is_lowercase()
                    || before.is_numeric()
                    || (before.is_uppercase() && next.is_some_and(char::is_lowercase))
            }
            _ => false,
        };
        if letter.is_none() || breaks {
            if start < at {
                words.push(&text[start..at]);
            }
            start = if breaks { at } else { at + used };
        }
        before = letter;
        at += used;
    }
    if start < text.len() {
        words.push(&text[start..]);
    }
    words
}

fn capitalized(word: &[u8], out: &mut Vec<u8>) {
    let (_, used) = utf8::decode(word);
    utf8::ucfirst(&word[..used], out);
    utf8::lc(&word[used..], out);
}

fn joined(text: &[u8], separator: u8, change: fn(&[u8], &mut Vec<u8>), out: &mut Vec<u8>) {
    for (at, word) in name_words(text).iter().enumerate() {
        if at > 0 {
            out.push(separator);
        }
        change(word, out);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_support::Generator;
    use crate::test_support::prelude::*;

    type Change = fn(&[u8], &mut Vec<u8>);

    #[test]
    fn names_change_their_style() {
        let all: [Change; 7] =
            [camel_case, pascal_case, snake_case, kebab_case, constant_case, dot_case, path_case];
        let styles = |text: &str| {
            all.iter()
                .map(|function| {
                    let mut out = Vec::new();
                    function(text.as_bytes(), &mut out);
                    String::from_utf8(out).unwrap()
                })
                .collect::<Vec<_>>()
        };
        let expected = [
            "helloWorldAgain",
            "HelloWorldAgain",
            "hello_world_again",
            "hello-world-again",
            "HELLO_WORLD_AGAIN",
            "hello.world.again",
            "hello/world/again",
        ];
        for text in [
            "hello world again",
            "helloWorldAgain",
            "hello_world-again",
            "HELLO_WORLD_AGAIN",
            "  Hello.World/again!",
        ] {
            assert_eq!(styles(text), expected, "{text}");
        }
        assert_eq!(styles("HTTPServer2Go \u{e9}t\u{e9}")[2], "http_server2_go_\u{e9}t\u{e9}");
        assert_eq!(styles("")[0], "");
        let mut out = Vec::new();
        title_case(b"hello  wORLD", &mut out);
        swap_case(" aB1\u{c9}".as_bytes(), &mut out);
        capitalize(b" xY", &mut out);
        capitalize(b"xY", &mut out);
        assert_eq!(out, "Hello  World Ab1\u{e9} xYXY".as_bytes());
        let mut generator = Generator::new(67);
        for _ in 0..2000 {
            let text = generator.bytes(12);
            for function in all.into_iter().chain([title_case as Change, swap_case, capitalize]) {
                function(&text, &mut out);
            }
        }
    }
}
