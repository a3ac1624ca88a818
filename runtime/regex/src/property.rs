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
    let mut set = category(|name| name == "Zs");
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
            c => key.extend(c.to_lowercase()),
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
        "assigned" => return Some((category(|name| name == "Cn").negate(), false)),
        "vertspace" => return Some((vertical(), false)),
        "cased" => {
            let mut set = of_unicode(Named::Upper);
            set.union(&of_unicode(Named::Lower));
            set.union(&category(|name| name == "Lt"));
            return Some((set, false));
        }
        "idstart" | "ids" | "xidstart" | "xids" => {
            return Some((category(|n| n.starts_with('L') || n == "Nl"), false));
        }
        "idcontinue" | "idc" | "xidcontinue" | "xidc" => {
            let of = |n: &str| n.starts_with('L') || matches!(n, "Nl" | "Mn" | "Mc" | "Nd" | "Pc");
            return Some((category(of), false));
        }
        "latin1" | "latin1supplement" | "l1" => return Some((CharSet::of(&[(0, 0xff)]), false)),
        _ => {}
    }
    general_category(value).or_else(|| script(value).map(|s| (s, false)))
}

/// The category of combining marks, for `\X`.
pub(crate) fn extending() -> CharSet {
    let mut set = category(|name| name.starts_with('M'));
    set.push(0x200c, 0x200d);
    set.push(0x1f3fb, 0x1f3ff);
    set.push(0xff9e, 0xff9f);
    set.finish();
    set
}

fn script(value: &str) -> Option<CharSet> {
    tables::SCRIPTS.iter().find(|(name, _)| *name == value).map(|(_, ranges)| CharSet::of(ranges))
}

fn general_category(value: &str) -> Option<(CharSet, bool)> {
    let short = match value {
        "letter" => "l",
        "casedletter" | "l&" | "l_" => "lc",
        "uppercaseletter" => "lu",
        "lowercaseletter" => "ll",
        "titlecaseletter" | "title" | "titlecase" => "lt",
        "modifierletter" => "lm",
        "otherletter" => "lo",
        "mark" | "combiningmark" => "m",
        "nonspacingmark" => "mn",
        "spacingmark" => "mc",
        "enclosingmark" => "me",
        "number" => "n",
        "decimalnumber" => "nd",
        "letternumber" => "nl",
        "othernumber" => "no",
        "punctuation" | "punct" => "p",
        "connectorpunctuation" => "pc",
        "dashpunctuation" => "pd",
        "openpunctuation" => "ps",
        "closepunctuation" => "pe",
        "initialpunctuation" => "pi",
        "finalpunctuation" => "pf",
        "otherpunctuation" => "po",
        "symbol" => "s",
        "mathsymbol" => "sm",
        "currencysymbol" => "sc",
        "modifiersymbol" => "sk",
        "othersymbol" => "so",
        "separator" => "z",
        "spaceseparator" => "zs",
        "lineseparator" => "zl",
        "paragraphseparator" => "zp",
        "other" => "c",
        "format" => "cf",
        "surrogate" => "cs",
        "privateuse" => "co",
        "unassigned" => "cn",
        other => other,
    };
    if short == "lc" {
        return Some((category(|n| matches!(n, "Lu" | "Ll" | "Lt")), false));
    }
    let known = tables::CATEGORY_NAMES
        .iter()
        .any(|n| n.eq_ignore_ascii_case(short) || n[..1].eq_ignore_ascii_case(short));
    let set = || category(|n| n.eq_ignore_ascii_case(short) || n[..1].eq_ignore_ascii_case(short));
    known.then(|| (set(), matches!(short, "lu" | "ll" | "lt")))
}

fn category(mut wanted: impl FnMut(&str) -> bool) -> CharSet {
    let mut mask = 0u32;
    for (i, name) in tables::CATEGORY_NAMES.iter().enumerate() {
        if wanted(name) {
            mask |= 1 << i;
        }
    }
    let mut set = CharSet::new();
    for (i, entry) in tables::CATEGORIES.iter().enumerate() {
        if mask >> (entry & 31) & 1 == 1 {
            let end = tables::CATEGORIES.get(i + 1).map_or(0x11_0000, |next| next >> 5);
            set.push(entry >> 5, end - 1);
        }
    }
    if mask >> 29 & 1 == 1 {
        // Beyond Unicode nothing is assigned.
        set.push(0x11_0000, MAX);
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
    let with = |mut set: CharSet, more: &[(u32, u32)]| {
        set.union(&CharSet::of(more));
        set
    };
    let letters = |n: &str| n.starts_with('L') || n == "Nl";
    match class {
        Named::Alpha => with(category(letters), &tables::OTHER_ALPHABETIC),
        Named::Alnum => with(category(|n| letters(n) || n == "Nd"), &tables::OTHER_ALPHABETIC),
        Named::Word => {
            let of = |n: &str| letters(n) || n.starts_with('M') || matches!(n, "Nd" | "Pc");
            let mut set = with(category(of), &tables::OTHER_ALPHABETIC);
            set.union(&CharSet::of(&[(0x200c, 0x200d)]));
            set
        }
        Named::Ascii => of_ascii(class),
        Named::Blank => horizontal(),
        Named::Cntrl => category(|n| n == "Cc"),
        Named::Digit => category(|n| n == "Nd"),
        Named::Lower => with(category(|n| n == "Ll"), &tables::OTHER_LOWERCASE),
        Named::Upper => with(category(|n| n == "Lu"), &tables::OTHER_UPPERCASE),
        Named::Graph => category(|n| !matches!(n, "Zs" | "Zl" | "Zp" | "Cc" | "Cs" | "Cn")),
        Named::Print => category(|n| !matches!(n, "Zl" | "Zp" | "Cc" | "Cs" | "Cn")),
        Named::Punct => with(
            category(|n| n.starts_with('P')),
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
        Named::Space => with(category(|n| n.starts_with('Z')), &[(9, 0x0d), (0x85, 0x85)]),
        Named::XDigit => with(of_ascii(class), &[(0xff10, 0xff19), (0xff21, 0xff26), (0xff41, 0xff46)]),
    }
}
