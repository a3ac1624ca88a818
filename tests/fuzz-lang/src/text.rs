//! Texts that are almost programs or almost patterns, for what reads them: nothing may panic or hang.

use std::path::Path;
use std::sync::Arc;

use fastrand::Rng;
use s_driver::{Files, Folder, Loaded, Options, Require};

use crate::choice::{once_in, one};
use crate::{Finding, World, trying};

/// The longest text that is tried, in bytes.
const TEXT_MAX: usize = 4000;

/// What is put into texts.
const WORDS: [&str; 72] = [
    "{",
    "}",
    "(",
    ")",
    "[",
    "]",
    "<",
    ">",
    ";",
    ",",
    "=>",
    "->",
    "|>",
    "..",
    "...",
    "::",
    "\"",
    "'",
    "`",
    "\\",
    "#",
    "$",
    "@",
    "%",
    "&",
    "*",
    "my ",
    "our ",
    "local ",
    "sub ",
    "fn ",
    "class ",
    "enum ",
    "match ",
    "if ",
    "unless ",
    "while ",
    "for ",
    "return ",
    "qw(",
    "q{",
    "qq<",
    "qr/",
    "s/",
    "tr/",
    "m{",
    "y/",
    "<<E\n",
    "<<~'E'\n",
    "E\n",
    "=pod\n",
    "=cut\n",
    "__END__\n",
    "__DATA__\n",
    "0x",
    "1e",
    "1_",
    "\u{0}",
    "\u{e9}",
    "\u{1f600}",
    "eval ",
    "try ",
    "catch ",
    "BEGIN ",
    "use ",
    "package ",
    "?",
    ":",
    "//=",
    "**",
    "=~",
    "\r\n",
];

/// The programs of the corpus, and what stands in them between empty lines.
pub(crate) fn corpus() -> Vec<String> {
    let mut texts = Vec::new();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../lang");
    let mut folders = vec![root];
    while let Some(folder) = folders.pop() {
        let Ok(entries) = folder.read_dir() else { continue };
        let mut paths: Vec<_> = entries.flatten().map(|entry| entry.path()).collect();
        paths.sort();
        for path in paths {
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|end| end == "stk" || end == "pl") {
                texts.extend(std::fs::read_to_string(&path));
            }
        }
    }
    texts
}

/// A part of a text, at the bounds of characters.
fn part<'a>(rng: &mut Rng, text: &'a str, longest: usize) -> &'a str {
    let from = text.floor_char_boundary(rng.usize(..=text.len()));
    let to = text.floor_char_boundary((from + rng.usize(..=longest)).min(text.len()));
    &text[from..to]
}

/// A text out of others: cut, doubled, mixed, with words put in.
fn mixed(rng: &mut Rng, world: &World) -> String {
    let texts: Vec<&str> = world.texts.iter().map(String::as_str).collect();
    let begin = one(rng, &texts);
    let mut text = part(rng, begin, TEXT_MAX).to_owned();
    for _ in 0..1 + rng.usize(..12) {
        let at = text.floor_char_boundary(rng.usize(..=text.len()));
        match rng.u8(..6) {
            0 | 1 => text.insert_str(at, one(rng, &WORDS)),
            2 => {
                let end = text.floor_char_boundary((at + rng.usize(..20)).min(text.len()));
                text.replace_range(at..end, "");
            }
            3 => {
                let other = one(rng, &texts);
                text.insert_str(at, part(rng, other, 60));
            }
            4 => {
                let again = part(rng, &text, 60).to_owned();
                text.insert_str(at, &again);
            }
            _ => {
                let end = text.floor_char_boundary((at + 1 + rng.usize(..4)).min(text.len()));
                text.replace_range(at..end, one(rng, &WORDS));
            }
        }
    }
    if once_in(rng, 40) {
        // Deep, rather than long.
        let times = 1 + rng.usize(..3000);
        text.push_str(
            &one(
                rng,
                &["(", "[", "{", "-", "!", "\\", "$$", "{[", "f(", "if (1) {", "1 + ", "a ? ", "sub {"],
            )
            .repeat(times),
        );
    }
    text.truncate(text.floor_char_boundary(4 * TEXT_MAX));
    text
}

/// Whatever the bytes, there are a tree and complaints with places inside of the text.
pub(crate) fn syntax(world: &World, rng: &mut Rng) -> Option<Finding> {
    let text = mixed(rng, world);
    trying(&text);
    let mut bytes = text.clone().into_bytes();
    if once_in(rng, 4) && !bytes.is_empty() {
        for _ in 0..rng.usize(1..8) {
            let at = rng.usize(..bytes.len());
            bytes[at] = rng.u8(..);
        }
    }
    let options = s_syntax::Options { compat: rng.bool() };
    let parsed = s_syntax::parse_bytes(&bytes, &options);
    let length = s_syntax::decode(&bytes).len();
    let outside = parsed
        .errors
        .iter()
        .find(|error| error.span.start > error.span.end || error.span.end as usize > length);
    outside.map(|error| Finding { input: text, what: format!("a place outside of the text: {error:?}") })
}

struct Nothing;

impl Files for Nothing {
    fn require(&self, _: &Require, _: &str, _: &[Folder]) -> Result<Loaded, String> {
        Err("nothing is here".to_owned())
    }
}

/// A text compiles, or there are errors; what compiles becomes machine code.
pub(crate) fn compile(world: &World, rng: &mut Rng) -> Option<Finding> {
    let text = mixed(rng, world);
    trying(&text);
    let options = Options { compat: rng.bool(), test: rng.bool(), no_interop: rng.bool() };
    let compiled = s_driver::compile("fuzz.stk", Arc::from(text.as_str()), &Nothing, &options);
    match compiled.module {
        Some(module) => {
            let mut codes = s_driver::object::Codes::new(b"", s_driver::Machine::X86_64);
            let made = s_driver::object::object(&module, &mut codes, 1);
            let wrong = made.err().filter(|error| error.name != "a pattern")?;
            Some(Finding { input: text, what: wrong.to_string() })
        }
        None if compiled.diagnostics.is_empty() => {
            Some(Finding { input: text, what: "neither a program nor an error".to_owned() })
        }
        None => None,
    }
}

const ATOMS: [&str; 46] = [
    "a",
    "b",
    "ab",
    ".",
    "\\w",
    "\\d+",
    "\\s",
    "\\b",
    "^",
    "$",
    "\\A",
    "\\z",
    "\\Z",
    "\\G",
    "[a-c]",
    "[^b]",
    "[[:alpha:]]",
    "[\\w-]",
    "(",
    ")",
    "(?:",
    "(?=",
    "(?!",
    "(?<=",
    "(?<!",
    "(?>",
    "(?i)",
    "(?<n>",
    "\\1",
    "\\k<n>",
    "|",
    "*",
    "+",
    "?",
    "*?",
    "+?",
    "??",
    "*+",
    "++",
    "{2}",
    "{1,3}",
    "{0,}?",
    "\\x{e9}",
    "\\Q",
    "\\p{L}",
    "(?|",
];

/// A pattern out of parts of patterns.
pub(crate) fn pattern(rng: &mut Rng, atoms: &[&str], longest: usize) -> String {
    (0..1 + rng.usize(..longest)).map(|_| one(rng, atoms)).collect()
}

/// A pattern compiles or not; matching ends.
pub(crate) fn regex(_: &World, rng: &mut Rng) -> Option<Finding> {
    let pattern = pattern(rng, &ATOMS, 14);
    let subject: String =
        (0..rng.usize(..40)).map(|_| one(rng, &["a", "b", "c", "ab", " ", "\n", "é", "1"])).collect();
    trying(&format!("{pattern:?} on {subject:?}"));
    let mut bytes = pattern.into_bytes();
    if once_in(rng, 5) {
        let at = rng.usize(..bytes.len());
        bytes[at] = rng.u8(..);
    }
    let flags =
        s_regex::Flags { ignore_case: rng.bool(), extended: once_in(rng, 4), ..s_regex::Flags::default() };
    let units = if rng.bool() { s_regex::Units::Bytes } else { s_regex::Units::Utf8 };
    let Ok(regex) = s_regex::Regex::new(&bytes, flags, units) else { return None };
    let mut scratch = s_regex::Scratch::new();
    let from = s_regex::From { budget: 2_000_000, ..s_regex::From::default() };
    let mut at = 0;
    while at <= subject.len() {
        // An error is that the budget of steps is used up.
        let Ok(true) = regex.find_at(subject.as_bytes(), at, &from, &mut scratch) else { break };
        let Some((start, to)) = scratch.group(0) else { break };
        if start > to || to > subject.len() {
            let what = format!("{:?} on {subject:?}: found {start}..{to}", String::from_utf8_lossy(&bytes));
            return Some(Finding { input: String::from_utf8_lossy(&bytes).into_owned(), what });
        }
        at = if to > at { to } else { at + 1 };
    }
    None
}
