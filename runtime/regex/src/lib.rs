//! Regular expressions with Perl's syntax and meaning.
//!
//! A pattern is parsed to a tree, compiled to a small program and run by a backtracker, so that
//! the order of alternatives, captures in loops, lookaround, recursion and verbs mean what they
//! mean in Perl. Where a pattern allows it, long searches remember failed states and so stay
//! linear; every search counts its steps and ends in an error when they are used up.
//!
//! Subjects are bytes. `Units` says whether a byte or a UTF-8 sequence is a code point:
//!
//! - `Bytes`: Latin-1 as Perl treats it by default: `\w \d \s`, POSIX classes and `/i` know ASCII
//!   only; `\p{..}`, `\h` and `\v` know all of it.
//! - `Utf8`: Unicode rules. An invalid byte is one code point of its own value, never an error.
//!
//! Left to others: interpolation, `pos`, the list of matches of `//g`, embedded code.
//! Foldings of one character to several (`ß` with `ss`) are not done, and `\X` knows marks,
//! joiners and flags but no Hangul syllables.
#![no_std]
extern crate alloc;

mod charset;
mod compile;
mod error;
mod matcher;
mod parse;
mod program;
mod property;
mod tables;
mod tree;
mod utf8;

pub use error::{MatchError, PatternError, PatternErrorKind};

use alloc::string::String;
use alloc::vec::Vec;

/// The letters after a pattern that change what it means.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Flags {
    /// `i`: letters match in either case
    pub ignore_case: bool,
    /// `m`: `^` and `$` match at lines
    pub multi_line: bool,
    /// `s`: `.` matches a newline
    pub dot_all: bool,
    /// `x`: white space and comments do not count
    pub extended: bool,
    /// `xx`: nor do blanks in classes; implies `x`
    pub extended_more: bool,
    /// `n`: plain parentheses do not capture
    pub no_capture: bool,
    /// `a`: `\d \s \w` and POSIX classes know ASCII only
    pub ascii: bool,
}

/// What a code point of a pattern and of its subjects is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Units {
    /// Every byte is one.
    Bytes,
    /// UTF-8, where an invalid byte is one of its own value.
    Utf8,
}

/// A compiled pattern: immutable, and shared by reference.
#[derive(Debug)]
pub struct Regex {
    program: program::Program,
    names: Vec<(String, Vec<usize>)>,
    units: Units,
    /// The matcher for these units: who makes no pattern of one kind carries no matcher for it.
    find: matcher::Find,
}

impl Regex {
    /// Compiles a pattern.
    pub fn new(pattern: &[u8], flags: Flags, units: Units) -> Result<Regex, PatternError> {
        match units {
            Units::Bytes => Regex::of_bytes(pattern, flags),
            Units::Utf8 => Regex::of_text(pattern, flags),
        }
    }

    /// Compiles a pattern of [`Units::Bytes`].
    pub fn of_bytes(pattern: &[u8], flags: Flags) -> Result<Regex, PatternError> {
        Regex::made(pattern, flags, Units::Bytes, matcher::find::<false>)
    }

    /// Compiles a pattern of [`Units::Utf8`].
    pub fn of_text(pattern: &[u8], flags: Flags) -> Result<Regex, PatternError> {
        Regex::made(pattern, flags, Units::Utf8, matcher::find::<true>)
    }

    fn made(pattern: &[u8], flags: Flags, units: Units, find: matcher::Find) -> Result<Regex, PatternError> {
        let tree = parse::parse(pattern, flags, units)?;
        let program = compile::compile(&tree, units)?;
        Ok(Regex { program, names: tree.names, units, find })
    }

    /// Capturing groups, without group 0.
    pub fn group_count(&self) -> usize {
        self.program.group_count
    }

    /// Names of groups in the order of appearance, each with its group numbers in order.
    pub fn names(&self) -> impl Iterator<Item = (&str, &[usize])> {
        self.names.iter().map(|(name, numbers)| (name.as_str(), numbers.as_slice()))
    }

    /// What a code point is.
    pub fn units(&self) -> Units {
        self.units
    }

    /// Searches for the first match that begins at byte `start` or later; what lies before is
    /// seen by `^`, `\b` and lookbehind. `start` must be the boundary of a code point.
    pub fn find_at(
        &self,
        subject: &[u8],
        start: usize,
        from: &From,
        scratch: &mut Scratch,
    ) -> Result<bool, MatchError> {
        scratch.group_count = self.program.group_count;
        scratch.matched = false;
        let patience = matcher::patience(subject, start);
        let (program, memory) = (&self.program, &mut scratch.memory);
        let found = (self.find)(program, subject, start, from, patience, memory)?;
        scratch.matched = found;
        Ok(found)
    }
}

/// The conditions of one search.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct From {
    /// Where `\G` holds; `None` is the start of the subject
    pub last_end: Option<usize>,
    /// Forbids an empty match at this offset, for loops over all matches
    pub not_empty_at: Option<usize>,
    /// Steps until the search ends in `MatchError::Budget`; a step takes some nanoseconds
    pub budget: u64,
}

impl Default for From {
    /// No last match, and steps for some seconds at most.
    fn default() -> From {
        From { last_end: None, not_empty_at: None, budget: 50_000_000 }
    }
}

/// Memory that searches use again, and the groups of the last one that matched.
#[derive(Debug, Default)]
pub struct Scratch {
    memory: matcher::Memory,
    group_count: usize,
    matched: bool,
}

impl Scratch {
    /// Empty memory; it grows when it is used.
    pub fn new() -> Scratch {
        Scratch::default()
    }

    /// Byte offsets of start and end of a group in the last match. Group 0 is the whole of it, and
    /// begins where `\K` was, if anywhere.
    #[inline]
    pub fn group(&self, n: usize) -> Option<(usize, usize)> {
        if !self.matched || n > self.group_count {
            return None;
        }
        let end = self.memory.registers[2 * n + 1];
        if end == matcher::UNSET { None } else { Some((self.memory.registers[2 * n], end)) }
    }

    /// The group with the highest number that took part in the match, or 0 (`$+`).
    pub fn last_group(&self) -> usize {
        (1..=self.group_count).rev().find(|n| self.group(*n).is_some()).unwrap_or(0)
    }

    /// The group that was closed last, or 0 (`$^N`).
    pub fn last_closed(&self) -> usize {
        if self.matched { usize::from(self.memory.last_closed) } else { 0 }
    }
}

/// The text with a backslash before every ASCII byte that is no word character (`quotemeta`).
pub fn quote(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len() + bytes.len() / 4);
    for &byte in bytes {
        if byte < 0x80 && !byte.is_ascii_alphanumeric() && byte != b'_' {
            out.push(b'\\');
        }
        out.push(byte);
    }
    out
}

/// A pattern as Perl prints a `qr` object: `(?^i:..)`.
pub fn stringify(pattern: &[u8], flags: Flags) -> Vec<u8> {
    let mut out = b"(?^".to_vec();
    let letters = [
        (flags.ascii, &b"a"[..]),
        (flags.multi_line, b"m"),
        (flags.dot_all, b"s"),
        (flags.ignore_case, b"i"),
        (flags.extended_more, b"xx"),
        (flags.extended && !flags.extended_more, b"x"),
        (flags.no_capture, b"n"),
    ];
    for (on, letter) in letters {
        if on {
            out.extend_from_slice(letter);
        }
    }
    out.push(b':');
    out.extend_from_slice(pattern);
    // A comment at the end would swallow the parenthesis.
    if (flags.extended || flags.extended_more) && ends_in_comment(pattern) {
        out.push(b'\n');
    }
    out.push(b')');
    out
}

/// Whether a pattern under `/x` ends inside a comment.
fn ends_in_comment(pattern: &[u8]) -> bool {
    let (mut comment, mut class, mut escaped) = (false, false, false);
    for &byte in pattern {
        if comment {
            comment = byte != b'\n';
        } else if escaped {
            escaped = false;
        } else {
            match byte {
                b'\\' => escaped = true,
                b'[' => class = true,
                b']' => class = false,
                b'#' => comment = !class,
                _ => {}
            }
        }
    }
    comment
}
