//! Names of files by pattern, as the shells of C have them: `*`, `?`, `[...]`, `{a,b}`, `~`.
//!
//! Every component of a pattern is matched by one reading of each directory found so far, so the
//! work is bounded by what the directories hold; braces are limited in number.

use alloc::vec;
use alloc::vec::Vec;
use core::cmp::Ordering;

use s_sys::Errno;

/// More patterns than this do not come out of braces.
const PATTERN_COUNT_MAX: usize = 1 << 16;
/// More bytes than this do not come out of braces.
const PATTERN_BYTES_MAX: usize = 16 << 20;

/// More entries of directories than this are not looked at.
const ENTRY_COUNT_MAX: usize = 1 << 22;

/// One byte of a pattern.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Byte {
    byte: u8,
    /// Stands for itself, by a backslash or quotes.
    plain: bool,
}

/// The names that patterns match: patterns are separated by blanks, unless those are in quotes.
/// A pattern without magic gives itself, one with magic the files that are there, sorted. `E2BIG`
/// for braces that mean too many patterns, and for patterns that lead through too many entries of
/// directories, as several stars do among links that go round in circles.
pub fn glob(patterns: &[u8]) -> Result<Vec<Vec<u8>>, Errno> {
    glob_within(patterns, ENTRY_COUNT_MAX)
}

/// [`glob`] that looks at no more than `budget` entries.
pub(super) fn glob_within(patterns: &[u8], mut budget: usize) -> Result<Vec<Vec<u8>>, Errno> {
    let mut found = Vec::new();
    for pattern in words(patterns) {
        for pattern in braces(pattern)? {
            match_pattern(&tilde(pattern), &mut budget, &mut found)?;
        }
    }
    Ok(found)
}

/// Splits at blanks outside quotes. Quotes around a whole word are taken away.
fn words(text: &[u8]) -> Vec<Vec<Byte>> {
    let mut words = Vec::new();
    let mut word: Vec<Byte> = Vec::new();
    let mut inside = false;
    let mut rest = text;
    while let Some((&byte, tail)) = rest.split_first() {
        rest = tail;
        match byte {
            b'\\' => {
                inside = true;
                match rest.split_first() {
                    Some((&next, tail)) => {
                        rest = tail;
                        word.push(Byte { byte: next, plain: true });
                    }
                    None => word.push(Byte { byte, plain: true }),
                }
            }
            b'"' | b'\'' => match memchr::memchr(byte, rest) {
                // What quotes hold together may still be a pattern.
                Some(end) => {
                    inside = true;
                    word.extend(rest[..end].iter().map(|byte| Byte { byte: *byte, plain: false }));
                    rest = &rest[end + 1..];
                }
                None => {
                    inside = true;
                    word.push(Byte { byte, plain: true });
                }
            },
            _ if byte.is_ascii_whitespace() => {
                if inside {
                    words.push(core::mem::take(&mut word));
                    inside = false;
                }
            }
            _ => {
                inside = true;
                word.push(Byte { byte, plain: false });
            }
        }
    }
    if inside {
        words.push(word);
    }
    words
}

/// The patterns that braces mean, in their order; `{}` alone stands for itself. Of a pattern with
/// braces that do not close, `perl` takes what stands before them, and so do we.
fn braces(pattern: Vec<Byte>) -> Result<Vec<Vec<Byte>>, Errno> {
    let mut done = Vec::new();
    // Patterns still to be looked at, the next one last, with where to look from.
    let mut waiting = vec![(pattern, 0)];
    let mut bytes = 0;
    while let Some((pattern, from)) = waiting.pop() {
        let Some(open) = (from..pattern.len()).find(|at| is(&pattern, *at, b'{')) else {
            done.push(pattern);
            continue;
        };
        if pattern.len() == 2 && is(&pattern, 1, b'}') {
            done.push(pattern);
            continue;
        }
        let Some((close, commas)) = brace(&pattern, open) else {
            done.push(pattern[..open].to_vec());
            continue;
        };
        let mut ends = commas;
        ends.push(close);
        if done.len() + waiting.len() + ends.len() > PATTERN_COUNT_MAX {
            return Err(Errno::E2BIG);
        }
        let mut parts = Vec::with_capacity(ends.len());
        let mut start = open + 1;
        for end in ends {
            let mut part = pattern[..open].to_vec();
            part.extend_from_slice(&pattern[start..end]);
            part.extend_from_slice(&pattern[close + 1..]);
            bytes += part.len();
            if bytes > PATTERN_BYTES_MAX {
                return Err(Errno::E2BIG);
            }
            parts.push((part, open));
            start = end + 1;
        }
        waiting.extend(parts.into_iter().rev());
    }
    Ok(done)
}

/// Of the brace that opens at `open`: where it closes, and its own commas.
fn brace(pattern: &[Byte], open: usize) -> Option<(usize, Vec<usize>)> {
    let mut commas = Vec::new();
    let mut depth = 0_usize;
    let mut classes = true;
    let mut at = open + 1;
    while at < pattern.len() {
        if is(pattern, at, b'[') && classes {
            // Braces and commas of a class are its own, if it has an end.
            match (at + 1..pattern.len()).find(|end| is(pattern, *end, b']')) {
                Some(end) => at = end,
                None => classes = false,
            }
        } else if is(pattern, at, b'{') {
            depth += 1;
        } else if is(pattern, at, b'}') {
            match depth.checked_sub(1) {
                None => return Some((at, commas)),
                Some(less) => depth = less,
            }
        } else if is(pattern, at, b',') && depth == 0 {
            commas.push(at);
        }
        at += 1;
    }
    None
}

/// Whether a pattern has this byte, with its meaning, at a place.
fn is(pattern: &[Byte], at: usize, byte: u8) -> bool {
    pattern.get(at) == Some(&Byte { byte, plain: false })
}

/// Puts the home directory in the place of `~` and `~name`.
fn tilde(pattern: Vec<Byte>) -> Vec<Byte> {
    if pattern.first() != Some(&Byte { byte: b'~', plain: false }) {
        return pattern;
    }
    let end = pattern.iter().position(|byte| byte.byte == b'/').unwrap_or(pattern.len());
    let name: Vec<u8> = pattern[1..end].iter().map(|byte| byte.byte).collect();
    let home = if name.is_empty() {
        s_sys::environment_get(b"HOME")
            .or_else(|| s_sys::getpwuid(s_sys::getuid()).map(|user| user.directory))
    } else {
        s_sys::getpwnam(&name).map(|user| user.directory)
    };
    let Some(home) = home else { return pattern };
    let mut whole: Vec<Byte> = home.iter().map(|byte| Byte { byte: *byte, plain: true }).collect();
    whole.extend_from_slice(&pattern[end..]);
    whole
}

/// Appends what one pattern matches, sorted.
fn match_pattern(pattern: &[Byte], budget: &mut usize, found: &mut Vec<Vec<u8>>) -> Result<(), Errno> {
    let plain = |part: &[Byte]| -> Vec<u8> { part.iter().map(|byte| byte.byte).collect() };
    if !has_magic(pattern) {
        found.push(plain(pattern));
        return Ok(());
    }
    let mut paths: Vec<Vec<u8>> = vec![Vec::new()];
    let mut rest = pattern;
    while !rest.is_empty() && !paths.is_empty() {
        let slashes = rest.iter().take_while(|byte| byte.byte == b'/').count();
        let (prefix, tail) = rest.split_at(slashes);
        let end = tail.iter().position(|byte| byte.byte == b'/').unwrap_or(tail.len());
        let (component, after) = tail.split_at(end);
        rest = after;
        let prefix = plain(prefix);
        for path in &mut paths {
            path.extend_from_slice(&prefix);
        }
        if !has_magic(component) {
            let name = plain(component);
            for path in &mut paths {
                path.extend_from_slice(&name);
            }
            continue;
        }
        let tokens = compile(component);
        let mut next = Vec::new();
        for path in &paths {
            extend(path, &tokens, budget, &mut next)?;
        }
        paths = next;
    }
    // The names at the end may not have been read from a directory.
    paths.retain(|path| s_sys::lstat(path).is_ok());
    paths.sort_by(|a, b| compare(a, b));
    found.try_reserve(paths.len()).map_err(|_| Errno::ENOMEM)?;
    found.append(&mut paths);
    Ok(())
}

/// The order of `perl`'s glob: letters whatever their case, bytes above 127 before all others.
fn compare(a: &[u8], b: &[u8]) -> Ordering {
    let fold = |byte: &u8| byte.to_ascii_lowercase() as i8;
    a.iter().map(fold).cmp(b.iter().map(fold)).then_with(|| a.cmp(b))
}

/// Appends to `next` the entries of directory `path` that match. What cannot be read matches
/// nothing.
fn extend(path: &[u8], tokens: &[Token], budget: &mut usize, next: &mut Vec<Vec<u8>>) -> Result<(), Errno> {
    let mut spend = || match budget.checked_sub(1) {
        Some(less) => {
            *budget = less;
            Ok(())
        }
        None => Err(Errno::E2BIG),
    };
    spend()?;
    let Ok(mut reader) = s_sys::read_dir(if path.is_empty() { b"." } else { path }) else {
        return Ok(());
    };
    let dots = tokens.first() == Some(&Token::Is(b'.'));
    while let Ok(Some(entry)) = reader.next_entry() {
        spend()?;
        if (entry.name.starts_with(b".") && !dots) || !matches(tokens, &entry.name) {
            continue;
        }
        let mut file = path.to_vec();
        file.extend_from_slice(&entry.name);
        next.push(file);
    }
    Ok(())
}

fn has_magic(pattern: &[Byte]) -> bool {
    // A class that has no end leaves none to those behind it in the component.
    let mut classes = true;
    for (at, byte) in pattern.iter().enumerate() {
        match byte {
            Byte { byte: b'/', .. } => classes = true,
            Byte { byte: b'*' | b'?', plain: false } => return true,
            Byte { byte: b'[', plain: false } if classes => {
                classes = class(&pattern[at + 1..]).is_some();
                if classes {
                    return true;
                }
            }
            _ => {}
        }
    }
    false
}

/// A piece of a pattern's component.
#[derive(Clone, PartialEq, Eq, Debug)]
enum Token {
    /// This byte.
    Is(u8),
    /// Any byte.
    Any,
    /// Any bytes.
    Many,
    /// A byte of (or with `true` outside) these ranges.
    Class(bool, Vec<(u8, u8)>),
}

fn compile(component: &[Byte]) -> Vec<Token> {
    let mut tokens = Vec::new();
    // As in `has_magic`.
    let mut classes = true;
    let mut rest = component;
    while let Some((first, tail)) = rest.split_first() {
        rest = tail;
        let token = match first {
            Byte { byte: b'*', plain: false } if tokens.last() == Some(&Token::Many) => continue,
            Byte { byte: b'*', plain: false } => Token::Many,
            Byte { byte: b'?', plain: false } => Token::Any,
            Byte { byte: b'[', plain: false } if classes => match class(rest) {
                Some((token, length)) => {
                    rest = &rest[length..];
                    token
                }
                None => {
                    classes = false;
                    Token::Is(b'[')
                }
            },
            Byte { byte, .. } => Token::Is(*byte),
        };
        tokens.push(token);
    }
    tokens
}

/// Reads a class behind its `[`: the token and how long it is, the `]` included.
fn class(text: &[Byte]) -> Option<(Token, usize)> {
    let not = text.first() == Some(&Byte { byte: b'!', plain: false });
    let mut at = usize::from(not);
    let mut ranges = Vec::new();
    loop {
        let byte = text.get(at)?;
        let first = ranges.is_empty();
        if *byte == (Byte { byte: b']', plain: false }) && !first {
            return Some((Token::Class(not, ranges), at + 1));
        }
        if byte.byte == b'/' {
            return None;
        }
        let range = text.get(at + 1) == Some(&Byte { byte: b'-', plain: false });
        match text.get(at + 2) {
            Some(high) if range && *high != (Byte { byte: b']', plain: false }) => {
                ranges.push((byte.byte, high.byte));
                at += 3;
            }
            _ => {
                ranges.push((byte.byte, byte.byte));
                at += 1;
            }
        }
    }
}

/// Whether a name matches whole. Only the last `*` is ever tried again: time is at most the
/// product of both lengths.
fn matches(tokens: &[Token], name: &[u8]) -> bool {
    let (mut token, mut at) = (0, 0);
    let mut again = None;
    loop {
        match (tokens.get(token), name.get(at)) {
            (None, None) => return true,
            (Some(Token::Many), _) => {
                again = Some((token, at));
                token += 1;
                continue;
            }
            (Some(pattern), Some(byte)) if fits(pattern, *byte) => {
                token += 1;
                at += 1;
                continue;
            }
            _ => {}
        }
        match again {
            Some((star, from)) if from < name.len() => {
                again = Some((star, from + 1));
                token = star + 1;
                at = from + 1;
            }
            _ => return false,
        }
    }
}

fn fits(token: &Token, byte: u8) -> bool {
    match token {
        Token::Is(other) => *other == byte,
        Token::Any => true,
        Token::Many => false,
        Token::Class(not, ranges) => ranges.iter().any(|(low, high)| (*low..=*high).contains(&byte)) != *not,
    }
}
