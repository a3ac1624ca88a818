//! Named sets: what `\d`, `\w`, `[:alpha:]` and `\p{..}` mean.

use crate::charset::{CharSet, MAX};
use crate::tables;
use alloc::string::String;

/// The classes that have a letter or a POSIX name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Named {
    Alpha,
    Alnum,
    Ascii,
    Blank,
    Cntrl,
    Digit,
    Graph,
    Lower,
    Print,
    Punct,
    Space,
    Upper,
    Word,
    XDigit,
}

/// The class of a POSIX name.
pub(crate) fn posix(name: &str) -> Option<Named> {
    Some(match name {
        "alpha" => Named::Alpha,
        "alnum" => Named::Alnum,
        "ascii" => Named::Ascii,
        "blank" => Named::Blank,
        "cntrl" => Named::Cntrl,
        "digit" => Named::Digit,
        "graph" => Named::Graph,
        "lower" => Named::Lower,
        "print" => Named::Print,
        "punct" => Named::Punct,
        "space" => Named::Space,
        "upper" => Named::Upper,
        "word" => Named::Word,
        "xdigit" => Named::XDigit,
        _ => return None,
    })
}

/// The members of a class, of ASCII only or of all Unicode.
pub(crate) fn named(class: Named, ascii: bool) -> CharSet {
    if ascii { of_ascii(class) } else { of_unicode(class) }
}

/// `\h`, whatever the rules.
pub(crate) fn horizontal() -> CharSet {
    let mut set = category(bits(b"Zs"));
    set.push(9, 9);
    set.finish();
    set
}

/// `\v`, whatever the rules.
pub(crate) fn vertical() -> CharSet {
    CharSet::of(&[(0x0a, 0x0d), (0x85, 0x85), (0x2028, 0x2029)])
}

/// The members of `\p{name}`; `None` when no such property is known here. The flag says that
/// the set is about case, so that `/i` widens it.
pub(crate) fn property(name: &str) -> Option<(CharSet, bool)> {
    let mut key = String::new();
    for c in name.chars() {
        match c {
            ' ' | '_' | '-' | '\t' => {}
            ':' => key.push('='),
            c => key.push(c.to_ascii_lowercase()),
        }
    }
    let (kind, value) = match key.split_once('=') {
        Some((kind, value)) => (Some(kind), value),
        None => (None, key.as_str()),
    };
    match kind {
        None => {}
        Some("gc" | "generalcategory" | "category") => return general_category(value),
        Some("sc" | "script" | "scx" | "scriptextensions") => return script(value).map(|s| (s, false)),
        Some(_) => return None,
    }
    let value = value.strip_prefix("is").filter(|v| !v.is_empty()).unwrap_or(value);
    let class = match value {
        "alphabetic" => Some((Named::Alpha, false)),
        "uppercase" => Some((Named::Upper, false)),
        "lowercase" => Some((Named::Lower, false)),
        "whitespace" | "xposixspace" | "spaceperl" | "xperlspace" => Some((Named::Space, false)),
        "w" => Some((Named::Word, false)),
        "hexdigit" | "hex" => Some((Named::XDigit, false)),
        "control" => Some((Named::Cntrl, false)),
        "horizspace" => Some((Named::Blank, false)),
        // `\p{Punct}` is the general category, and not POSIX's wider idea.
        "punct" => None,
        "posixspace" | "perlspace" => Some((Named::Space, true)),
        "asciihexdigit" | "ahex" => Some((Named::XDigit, true)),
        "perlword" => Some((Named::Word, true)),
        v => match (v.strip_prefix("xposix"), v.strip_prefix("posix")) {
            (Some(rest), _) => posix(rest).map(|c| (c, false)),
            (None, Some(rest)) => posix(rest).map(|c| (c, true)),
            (None, None) => posix(v).map(|c| (c, false)),
        },
    };
    if let Some((class, ascii)) = class {
        return Some((named(class, ascii), matches!(class, Named::Upper | Named::Lower)));
    }
    match value {
        "any" | "unicode" => return Some((CharSet::of(&[(0, 0x10_ffff)]), false)),
        "all" => return Some((CharSet::of(&[(0, MAX)]), false)),
        "assigned" => return Some((category(UNASSIGNED).negate(), false)),
        "vertspace" => return Some((vertical(), false)),
        "cased" => {
            let mut set = of_unicode(Named::Upper);
            set.union(&of_unicode(Named::Lower));
            set.union(&category(bits(b"Lt")));
            return Some((set, false));
        }
        "idstart" | "ids" | "xidstart" | "xids" => {
            return Some((category(LETTERS), false));
        }
        "idcontinue" | "idc" | "xidcontinue" | "xidc" => {
            return Some((category(LETTERS | bits(b"MnMcNdPc")), false));
        }
        "latin1" | "latin1supplement" | "l1" => return Some((CharSet::of(&[(0, 0xff)]), false)),
        _ => {}
    }
    general_category(value).or_else(|| script(value).map(|s| (s, false)))
}

/// The category of combining marks, for `\X`.
pub(crate) fn extending() -> CharSet {
    let mut set = category(MARKS);
    set.push(0x200c, 0x200d);
    set.push(0x1f3fb, 0x1f3ff);
    set.push(0xff9e, 0xff9f);
    set.finish();
    set
}

fn script(value: &str) -> Option<CharSet> {
    let at = tables::SCRIPT_NAMES.split(' ').position(|name| name == value)?;
    let mut numbers = tables::Numbers::of(&tables::SCRIPTS);
    for _ in 0..at {
        let count = numbers.next()?;
        for _ in 0..2 * count {
            numbers.next();
        }
    }
    let count = numbers.next()?;
    Some(CharSet::of_table(&mut numbers, count as usize))
}

/// Long names of categories and of groups of them, each before its short name.
const LONG_NAMES: &str = "letter l casedletter lc l& lc l_ lc uppercaseletter lu lowercaseletter ll \
    titlecaseletter lt title lt titlecase lt modifierletter lm otherletter lo mark m combiningmark m \
    nonspacingmark mn spacingmark mc enclosingmark me number n decimalnumber nd letternumber nl othernumber no \
    punctuation p punct p connectorpunctuation pc dashpunctuation pd openpunctuation ps closepunctuation pe \
    initialpunctuation pi finalpunctuation pf otherpunctuation po symbol s mathsymbol sm currencysymbol sc \
    modifiersymbol sk othersymbol so separator z spaceseparator zs lineseparator zl paragraphseparator zp \
    other c format cf surrogate cs privateuse co unassigned cn";

fn general_category(value: &str) -> Option<(CharSet, bool)> {
    let mut words = LONG_NAMES.as_bytes().split(|byte| *byte == b' ');
    let short = loop {
        match (words.next(), words.next()) {
            (Some(long), Some(short)) if long == value.as_bytes() => break short,
            (Some(_), Some(_)) => {}
            _ => break value.as_bytes(),
        }
    };
    let wanted = match short {
        b"lc" => CASED,
        [letter] => group(letter.to_ascii_uppercase()),
        [first, second] => bits(&[first.to_ascii_uppercase(), *second]),
        _ => 0,
    };
    let of_case = matches!(short, b"lu" | b"ll" | b"lt");
    (wanted != 0).then(|| (category(wanted), of_case))
}

/// The bits of categories by their names, one behind the other; 0 for what is none.
const fn bits(names: &[u8]) -> u32 {
    let mut bits = 0;
    let mut at = 0;
    while at + 1 < names.len() {
        let mut number = 0;
        while 2 * number < tables::CATEGORY_NAMES.len() {
            let name = (tables::CATEGORY_NAMES[2 * number], tables::CATEGORY_NAMES[2 * number + 1]);
            if name.0 == names[at] && name.1 == names[at + 1] {
                bits |= 1 << number;
            }
            number += 1;
        }
        at += 2;
    }
    bits
}

/// The bits of all categories that begin with a letter.
const fn group(letter: u8) -> u32 {
    let mut bits = 0;
    let mut number = 0;
    while 2 * number < tables::CATEGORY_NAMES.len() {
        if tables::CATEGORY_NAMES[2 * number] == letter {
            bits |= 1 << number;
        }
        number += 1;
    }
    bits
}

const LETTERS: u32 = group(b'L') | bits(b"Nl");
const CASED: u32 = bits(b"LuLlLt");
const MARKS: u32 = group(b'M');
const UNASSIGNED: u32 = bits(b"Cn");
/// What is seen of nothing: neither text nor blank.
const UNSEEN: u32 = bits(b"ZlZpCcCsCn");

/// The members of categories, by their bits.
fn category(wanted: u32) -> CharSet {
    let mut set = CharSet::new();
    let mut numbers = tables::Numbers::of(&tables::CATEGORIES);
    let mut first = 0;
    while let Some(run) = numbers.byte() {
        let more = match run >> 5 {
            7 => 7 + numbers.next().unwrap_or(0),
            more => u32::from(more),
        };
        if wanted >> (run & 31) & 1 == 1 {
            set.push(first, first + more);
        }
        first += more + 1;
    }
    if wanted & UNASSIGNED != 0 {
        // Beyond Unicode nothing is assigned.
        set.push(first, MAX);
    }
    set.finish();
    set
}

fn of_ascii(class: Named) -> CharSet {
    CharSet::of(match class {
        Named::Alpha => &[(0x41, 0x5a), (0x61, 0x7a)],
        Named::Alnum => &[(0x30, 0x39), (0x41, 0x5a), (0x61, 0x7a)],
        Named::Ascii => &[(0, 0x7f)],
        Named::Blank => &[(9, 9), (0x20, 0x20)],
        Named::Cntrl => &[(0, 0x1f), (0x7f, 0x7f)],
        Named::Digit => &[(0x30, 0x39)],
        Named::Graph => &[(0x21, 0x7e)],
        Named::Lower => &[(0x61, 0x7a)],
        Named::Print => &[(0x20, 0x7e)],
        Named::Punct => &[(0x21, 0x2f), (0x3a, 0x40), (0x5b, 0x60), (0x7b, 0x7e)],
        Named::Space => &[(9, 0x0d), (0x20, 0x20)],
        Named::Upper => &[(0x41, 0x5a)],
        Named::Word => &[(0x30, 0x39), (0x41, 0x5a), (0x5f, 0x5f), (0x61, 0x7a)],
        Named::XDigit => &[(0x30, 0x39), (0x41, 0x46), (0x61, 0x66)],
    })
}

fn of_unicode(class: Named) -> CharSet {
    let (categories, more): (u32, &[(u32, u32)]) = match class {
        Named::Ascii => return of_ascii(class),
        Named::Blank => return horizontal(),
        Named::Alpha => (LETTERS, &[]),
        Named::Alnum => (LETTERS | bits(b"Nd"), &[]),
        Named::Word => (LETTERS | MARKS | bits(b"NdPc"), &[(0x200c, 0x200d)]),
        Named::Cntrl => (bits(b"Cc"), &[]),
        Named::Digit => (bits(b"Nd"), &[]),
        Named::Lower => (bits(b"Ll"), &[]),
        Named::Upper => (bits(b"Lu"), &[]),
        Named::Graph => (!(UNSEEN | bits(b"Zs")), &[]),
        Named::Print => (!UNSEEN, &[]),
        Named::Punct => (
            group(b'P'),
            &[
                (0x24, 0x24),
                (0x2b, 0x2b),
                (0x3c, 0x3e),
                (0x5e, 0x5e),
                (0x60, 0x60),
                (0x7c, 0x7c),
                (0x7e, 0x7e),
            ],
        ),
        Named::Space => (group(b'Z'), &[(9, 0x0d), (0x85, 0x85)]),
        Named::XDigit => (
            0,
            &[(0x30, 0x39), (0x41, 0x46), (0x61, 0x66), (0xff10, 0xff19), (0xff21, 0xff26), (0xff41, 0xff46)],
        ),
    };
    let mut set = category(categories);
    for &(lo, hi) in more {
        set.push(lo, hi);
    }
    let others: &[u8] = match class {
        Named::Alpha | Named::Alnum | Named::Word => &tables::OTHER_ALPHABETIC,
        Named::Lower => &tables::OTHER_LOWERCASE,
        Named::Upper => &tables::OTHER_UPPERCASE,
        _ => &[],
    };
    set.union(&CharSet::of_table(&mut tables::Numbers::of(others), usize::MAX));
    set.finish();
    set
}
