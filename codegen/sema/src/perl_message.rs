//! What Perl says of a text that it cannot compile, for `$@`.

use s_diag::{Code, Diagnostic};

/// The message of an error in a text, with its place, as `eval` leaves it.
#[must_use]
pub fn perl_message(error: &Diagnostic) -> String {
    let Some(label) = error.labels.first() else { return format!("{}\n", error.message) };
    let (line, _) = label.source.position(label.span.start);
    at(error, u32::try_from(line).unwrap_or(u32::MAX), &label.source.name)
}

/// The same for a place that is known otherwise.
pub(crate) fn at(error: &Diagnostic, line: u32, name: &str) -> String {
    let place = format!("at {name} line {line}");
    let Some(label) = error.labels.first() else { return format!("{} {place}.\n", error.message) };
    let text = &*label.source.text;
    match error.code {
        Code::UNCLOSED_BRACKET => {
            let last = text.trim_end_matches('\n').matches('\n').count() + 1;
            format!(
                "Missing right curly or square bracket at {name} line {last}, at end of line\n\
                 syntax error at {name} line {last}, at EOF\n"
            )
        }
        Code::UNCLOSED_STRING => unclosed(text.get(label.span.start..).unwrap_or_default(), &place),
        Code::UNEXPECTED_TOKEN
        | Code::EXPECTED_EXPRESSION
        | Code::EXPECTED_NAME
        | Code::EXPECTED_BLOCK
        | Code::MISSING_SEPARATOR
        | Code::UNOPENED_BRACKET => format!("syntax error {place}, {}\n", context(text, label.span.start)),
        _ => format!("{} {place}.\n", error.message),
    }
}

/// Of a text that does not end: what its end would be.
fn unclosed(rest: &str, place: &str) -> String {
    let opened = rest.trim_start_matches(|c: char| c.is_ascii_alphabetic());
    let operator = &rest[..rest.len() - opened.len()];
    let delimiter = match opened.trim_start().chars().next() {
        Some('(') => ')',
        Some('[') => ']',
        Some('{') => '}',
        Some('<') => '>',
        Some(other) => other,
        None => '"',
    };
    match (operator, delimiter) {
        ("s", _) => format!("Substitution pattern not terminated {place}.\n"),
        ("tr" | "y", _) => format!("Transliteration pattern not terminated {place}.\n"),
        ("m" | "qr", _) | ("", '/') => format!("Search pattern not terminated {place}.\n"),
        (_, '"') => format!("Can't find string terminator '\"' anywhere before EOF {place}.\n"),
        _ => format!("Can't find string terminator \"{delimiter}\" anywhere before EOF {place}.\n"),
    }
}

/// Where Perl was when a word or sign had no use: behind the word before it and that one itself.
fn context(text: &str, offending: usize) -> String {
    let rest = text.get(offending..).unwrap_or_default();
    if rest.trim_start().is_empty() || rest.starts_with(';') {
        return "at EOF".to_owned();
    }
    let end = offending + word_length(rest);
    let before = text[..offending].trim_end();
    let start = before.len() - word_length_back(before);
    let near = text.get(start..end).unwrap_or(rest);
    format!("near \"{near}\"")
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

/// How long the word or sign is that a text begins with.
fn word_length(text: &str) -> usize {
    let bytes = text.as_bytes();
    let from = usize::from(bytes.first().is_some_and(|byte| matches!(byte, b'$' | b'@' | b'%' | b'&')));
    let word = bytes[from..].iter().take_while(|&&byte| is_word(byte)).count();
    if word > 0 { from + word } else { text.chars().next().map_or(0, char::len_utf8) }
}

/// How long the word or sign is that a text ends with.
fn word_length_back(text: &str) -> usize {
    let bytes = text.as_bytes();
    let word = bytes.iter().rev().take_while(|&&byte| is_word(byte)).count();
    if word == 0 {
        return text.chars().next_back().map_or(0, char::len_utf8);
    }
    let sigil = bytes.len() - word;
    let has_sigil = sigil > 0 && matches!(bytes[sigil - 1], b'$' | b'@' | b'%' | b'&');
    word + usize::from(has_sigil)
}
