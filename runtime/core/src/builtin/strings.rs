//! The library's builtins on strings.

use alloc::vec::Vec;

use s_abi::layout::Val;

use super::{arg, array_value, flat, listed};
use crate::exception::Thrown;
use crate::string::{string, string_of};
use crate::text::strings::{self, Side, case, compare, escape, segment};
use crate::text::utf8;
use crate::value::{UNDEF, ValExt, int};
use crate::vm::Vm;

macro_rules! into {
    ($function:expr) => {
        |vm, a, _| {
            let text = vm.text(arg(a, 0))?;
            let mut out = Vec::with_capacity(text.len() + 8);
            $function(&text, &mut out);
            Ok(string_of(&out, text.is_wide()))
        }
    };
}

macro_rules! test_text {
    ($test:expr) => {
        |vm, a, _| {
            let text = vm.text(arg(a, 0))?;
            let test: fn(&[u8]) -> bool = $test;
            let holds = test(&text);
            Ok(vm.boolean(holds))
        }
    };
}

macro_rules! test_chars {
    ($test:expr) => {
        test_text!(|text| {
            let test: fn(char) -> bool = $test;
            !text.is_empty()
                && utf8::code_points(text).all(|(code, _)| char::from_u32(code).is_some_and(test))
        })
    };
}

macro_rules! ansi {
    ($code:literal) => {
        |vm, a, _| {
            let text = vm.text(arg(a, 0))?;
            Ok(string(&[concat!("\x1b[", $code, "m").as_bytes(), &text, b"\x1b[0m"].concat()))
        }
    };
}

// The builtins of this file.
functions![
    ("ansi_red", ansi!("31")),
    ("ansi_green", ansi!("32")),
    ("ansi_yellow", ansi!("33")),
    ("ansi_blue", ansi!("34")),
    ("ansi_magenta", ansi!("35")),
    ("ansi_cyan", ansi!("36")),
    ("ansi_bold", ansi!("1")),
    ("ansi_dim", ansi!("2")),
    ("ansi_underline", ansi!("4")),
    ("ascii_ord", |vm, a, _| Ok(int(vm.text(arg(a, 0))?.first().map_or(0, |&byte| i64::from(byte))))),
    ("ascii_chr", |vm, a, _| Ok(string(&[vm.integer(arg(a, 0))? as u8]))),
    ("caesar_shift", |vm, a, _| {
        let shift = vm.integer(arg(a, 1))?;
        let text = vm.text(arg(a, 0))?;
        let mut out = Vec::new();
        compare::caesar_shift(&text, shift, &mut out);
        Ok(string(&out))
    }),
    ("camel_case", into!(case::camel_case)),
    ("snake_to_camel", into!(case::camel_case)),
    ("snake_case", into!(case::snake_case)),
    ("camel_to_snake", into!(case::snake_case)),
    ("kebab_case", into!(case::kebab_case)),
    ("pascal_case", into!(case::pascal_case)),
    ("constant_case", into!(case::constant_case)),
    ("dot_case", into!(case::dot_case)),
    ("path_case", into!(case::path_case)),
    ("title_case", into!(case::title_case)),
    ("capitalize", into!(case::capitalize)),
    ("swap_case", into!(case::swap_case)),
    ("center", |vm, a, _| pad(vm, a, Side::Both)),
    ("pad_left", |vm, a, _| pad(vm, a, Side::Left)),
    ("pad_right", |vm, a, _| pad(vm, a, Side::Right)),
    ("char_count", |vm, a, _| Ok(int(utf8::count(&vm.text(arg(a, 0))?) as i64))),
    ("word_count", |vm, a, _| Ok(int(segment::words(&vm.text(arg(a, 0))?).len() as i64))),
    ("count_words", |vm, a, _| Ok(int(segment::words(&vm.text(arg(a, 0))?).len() as i64))),
    ("line_count", |vm, a, _| Ok(int(segment::lines(&vm.text(arg(a, 0))?).len() as i64))),
    ("count_char", |vm, a, _| {
        let (text, part) = (vm.text(arg(a, 0))?, vm.text(arg(a, 1))?);
        Ok(int(strings::count(&text, &part) as i64))
    }),
    ("count_vowels", |vm, a, _| count(vm, a, is_vowel)),
    ("count_consonants", |vm, a, _| count(vm, a, |byte| byte.is_ascii_alphabetic() && !is_vowel(byte))),
    ("count_digits", |vm, a, _| count(vm, a, |byte| byte.is_ascii_digit())),
    ("contains", |vm, a, _| {
        let (text, part) = (vm.text(arg(a, 0))?, vm.text(arg(a, 1))?);
        let holds = memchr::memmem::find(&text, &part).is_some();
        Ok(vm.boolean(holds))
    }),
    ("contains_all", |vm, a, _| some(vm, a, true, |text, part| memchr::memmem::find(text, part).is_some())),
    ("contains_any", |vm, a, _| some(vm, a, false, |text, part| memchr::memmem::find(text, part).is_some())),
    ("starts_with", |vm, a, _| some(vm, a, true, |text, part| text.starts_with(part))),
    ("starts_with_any", |vm, a, _| some(vm, a, false, |text, part| text.starts_with(part))),
    ("ends_with", |vm, a, _| some(vm, a, true, |text, part| text.ends_with(part))),
    ("ends_with_any", |vm, a, _| some(vm, a, false, |text, part| text.ends_with(part))),
    ("ellipsis", truncated),
    ("truncate_at", truncated),
    ("email_local", |vm, a, _| cut(vm, a, |text| memchr::memrchr(b'@', text).map(|at| &text[..at]))),
    ("email_domain", |vm, a, _| cut(vm, a, |text| memchr::memrchr(b'@', text).map(|at| &text[at + 1..]))),
    ("ensure_prefix", |vm, a, _| affix(vm, a, true, true)),
    ("ensure_suffix", |vm, a, _| affix(vm, a, false, true)),
    ("strip_prefix", |vm, a, _| affix(vm, a, true, false)),
    ("strip_suffix", |vm, a, _| affix(vm, a, false, false)),
    ("extract_between", |vm, a, _| {
        let (text, open, close) = (vm.text(arg(a, 0))?, vm.text(arg(a, 1))?, vm.text(arg(a, 2))?);
        Ok(strings::extract_between(&text, &open, &close).map_or(UNDEF, string))
    }),
    ("first_word", |vm, a, _| {
        let text = vm.text(arg(a, 0))?;
        Ok(string(segment::words(&text).first().copied().unwrap_or(b"")))
    }),
    ("last_word", |vm, a, _| {
        let text = vm.text(arg(a, 0))?;
        Ok(string(segment::words(&text).last().copied().unwrap_or(b"")))
    }),
    ("graphemes", |vm, a, w| pieces(vm, a, w, segment::graphemes)),
    ("lines", |vm, a, w| pieces(vm, a, w, segment::lines)),
    ("words", |vm, a, w| pieces(vm, a, w, segment::words)),
    ("hamming_distance", |vm, a, _| {
        let (one, two) = (vm.text(arg(a, 0))?, vm.text(arg(a, 1))?);
        Ok(compare::hamming_distance(&one, &two).map_or(UNDEF, |distance| int(distance as i64)))
    }),
    ("is_alnum", test_chars!(char::is_alphanumeric)),
    ("is_alpha", test_chars!(char::is_alphabetic)),
    ("is_digit", test_chars!(|c| c.is_ascii_digit())),
    ("is_space", test_chars!(char::is_whitespace)),
    ("is_lower", test_text!(|text| !text.is_empty() && cased_as(text, utf8::lc))),
    ("is_upper", test_text!(|text| !text.is_empty() && cased_as(text, utf8::uc))),
    ("is_blank", test_text!(|text| strings::trim(text).is_empty())),
    ("is_palindrome", test_text!(compare::is_palindrome)),
    ("is_vowel", test_text!(|text| matches!(text, [byte] if is_vowel(*byte)))),
    (
        "is_consonant",
        test_text!(|text| matches!(text, [byte] if byte.is_ascii_alphabetic() && !is_vowel(*byte))),
    ),
    ("is_valid_email", test_text!(valid_email)),
    (
        "is_valid_url",
        test_text!(|text| {
            escape::url_parts(text).is_some_and(|parts| !parts.scheme.is_empty() && !parts.host.is_empty())
        }),
    ),
    ("left_str", |vm, a, _| {
        let count = vm.integer(arg(a, 1))?;
        let text = vm.text(arg(a, 0))?;
        Ok(string(strings::middle(&text, 0, count)))
    }),
    ("right_str", |vm, a, _| {
        let count = vm.integer(arg(a, 1))?.max(0);
        let text = vm.text(arg(a, 0))?;
        let len = utf8::count(&text) as i64;
        Ok(string(strings::middle(&text, (len - count).max(0), count)))
    }),
    ("mid_str", |vm, a, _| {
        let (offset, count) = (vm.integer(arg(a, 1))?, vm.integer(arg(a, 2))?);
        let text = vm.text(arg(a, 0))?;
        Ok(string(strings::middle(&text, offset, count)))
    }),
    ("longest_common_prefix", |vm, a, _| {
        let texts = texts(vm, a)?;
        let slices: Vec<&[u8]> = texts.iter().map(Vec::as_slice).collect();
        Ok(string(compare::longest_common_prefix(&slices)))
    }),
    ("metaphone", |vm, a, _| Ok(string(&compare::metaphone(&vm.text(arg(a, 0))?)))),
    ("quote", |vm, a, _| Ok(string(&[b"\"", &*vm.text(arg(a, 0))?, b"\""].concat()))),
    ("single_quote", |vm, a, _| Ok(string(&[b"'", &*vm.text(arg(a, 0))?, b"'"].concat()))),
    ("unquote", |vm, a, _| {
        cut(vm, a, |text| match text {
            [b'"', inner @ .., b'"'] | [b'\'', inner @ .., b'\''] => Some(inner),
            _ => Some(text),
        })
    }),
    ("regex_extract", |vm, a, _| {
        let holds = crate::pattern::match_once(vm, arg(a, 0), arg(a, 1))?;
        if !holds {
            return Ok(UNDEF);
        }
        let first = crate::pattern::capture(vm, 1);
        Ok(if first.is_undef() { crate::pattern::capture(vm, 0) } else { first })
    }),
    ("regex_replace_str", |vm, a, _| {
        let handle = crate::pattern::subst_begin(vm, arg(a, 0), arg(a, 1))?;
        while crate::pattern::subst_next(vm, handle)? {
            let with = expanded(vm, arg(a, 2))?;
            crate::pattern::subst_add(vm, handle, with)?;
            vm.release(with);
        }
        Ok(crate::pattern::subst_finish(vm, handle))
    }),
    ("split_regex", |vm, a, w| {
        // The pattern may stand first or second; a compiled one is known by its type.
        let first = arg(a, 0).w0 == s_abi::layout::tag::RX;
        let (pattern, text) = if first { (arg(a, 0), arg(a, 1)) } else { (arg(a, 1), arg(a, 0)) };
        let mark = vm.height() as i64;
        vm.push_all(&[pattern.retained(), text.retained()])?;
        crate::pattern::split(vm, mark)?;
        let values = vm.take_list(mark);
        listed(vm, values, w)
    }),
    ("repeat", |vm, a, _| crate::op::concat::repeat(vm, arg(a, 0), arg(a, 1))),
    ("replace_first", |vm, a, _| replaced(vm, a, 1)),
    ("replace_all_str", |vm, a, _| replaced(vm, a, usize::MAX)),
    ("reverse_str", |vm, a, _| {
        let text = vm.text(arg(a, 0))?;
        Ok(vm.reversed(&text))
    }),
    ("reverse_words", |vm, a, _| {
        let text = vm.text(arg(a, 0))?;
        let mut words = segment::words(&text);
        words.reverse();
        Ok(string(&words.join(&b" "[..])))
    }),
    ("rgb", |vm, a, _| {
        let (r, g, b) = (vm.integer(arg(a, 0))?, vm.integer(arg(a, 1))?, vm.integer(arg(a, 2))?);
        let text = vm.text(arg(a, 3))?;
        let start = alloc::format!("\x1b[38;2;{r};{g};{b}m");
        Ok(string(&[start.as_bytes(), &text, b"\x1b[0m"].concat()))
    }),
    ("rgb_to_hex", |vm, a, _| {
        let mut parts = [0u8; 3];
        for (n, part) in parts.iter_mut().enumerate() {
            *part = vm.integer(arg(a, n))?.clamp(0, 255) as u8;
        }
        Ok(string(alloc::format!("#{:02x}{:02x}{:02x}", parts[0], parts[1], parts[2]).as_bytes()))
    }),
    ("hex_to_rgb", |vm, a, _| {
        let text = vm.text(arg(a, 0))?;
        let digits = text.strip_prefix(b"#").unwrap_or(&text);
        let long: Vec<u8> =
            if digits.len() == 3 { digits.iter().flat_map(|&d| [d, d]).collect() } else { digits.to_vec() };
        let parts: Option<Vec<Val>> =
            long.chunks(2).take(3).map(|pair| crate::text::number::from_base(pair, 16).map(int)).collect();
        Ok(match parts {
            Some(parts) if parts.len() == 3 => array_value(&parts),
            _ => UNDEF,
        })
    }),
    ("squish", into!(strings::squish)),
    ("normalize_spaces", into!(strings::squish)),
    ("strip_ansi", into!(escape::strip_ansi)),
    ("trim", |vm, a, w| {
        let mut out = Vec::new();
        for value in flat(vm, a) {
            let text = vm.text(value)?;
            out.push(string_of(strings::trim(&text), text.is_wide()));
            vm.release(value);
        }
        super::listed_last(vm, out, w)
    }),
    ("url_scheme", |vm, a, _| cut(vm, a, |text| escape::url_parts(text).map(|parts| parts.scheme))),
    ("url_host", |vm, a, _| cut(vm, a, |text| escape::url_parts(text).map(|parts| parts.host))),
    ("url_path", |vm, a, _| cut(vm, a, |text| escape::url_parts(text).map(|parts| parts.path))),
    ("url_query", |vm, a, _| cut(vm, a, |text| escape::url_parts(text).map(|parts| parts.query))),
];

fn is_vowel(byte: u8) -> bool {
    matches!(byte.to_ascii_lowercase(), b'a' | b'e' | b'i' | b'o' | b'u')
}

fn cased_as(text: &[u8], change: fn(&[u8], &mut Vec<u8>)) -> bool {
    let mut out = Vec::new();
    change(text, &mut out);
    let letters = utf8::code_points(text)
        .any(|(code, _)| char::from_u32(code).is_some_and(|c| c.is_lowercase() || c.is_uppercase()));
    letters && out == text
}

fn valid_email(text: &[u8]) -> bool {
    let Some(at) = memchr::memchr(b'@', text) else { return false };
    let (local, domain) = (&text[..at], &text[at + 1..]);
    let good = |byte: &u8| byte.is_ascii_alphanumeric() || b"._%+-".contains(byte);
    !local.is_empty()
        && local.iter().all(good)
        && domain.iter().all(|byte| byte.is_ascii_alphanumeric() || b".-".contains(byte))
        && domain.contains(&b'.')
        && domain.split(|&byte| byte == b'.').all(|label| !label.is_empty())
}

fn texts(vm: &mut Vm, a: &[Val]) -> Result<Vec<Vec<u8>>, Thrown> {
    super::with_flat(vm, a, |vm, values| {
        let mut out = Vec::new();
        for &value in values {
            out.push(vm.text(value)?.to_vec());
        }
        Ok(out)
    })
}

fn pad(vm: &mut Vm, a: &[Val], side: Side) -> Result<Val, Thrown> {
    let width = vm.integer(arg(a, 1))?;
    let text = vm.text(arg(a, 0))?;
    let filler = if a.len() > 2 { vm.text(arg(a, 2))?.to_vec() } else { b" ".to_vec() };
    let mut out = Vec::new();
    if strings::pad(&text, width, &filler, side, &mut out).is_err() {
        return Err(vm.die(b"Out of memory: a string is too long"));
    }
    Ok(string(&out))
}

fn count(vm: &mut Vm, a: &[Val], test: fn(u8) -> bool) -> Result<Val, Thrown> {
    let text = vm.text(arg(a, 0))?;
    Ok(int(text.iter().filter(|&&byte| test(byte)).count() as i64))
}

fn some(vm: &mut Vm, a: &[Val], all: bool, test: fn(&[u8], &[u8]) -> bool) -> Result<Val, Thrown> {
    let text = vm.text(arg(a, 0))?;
    let parts = texts(vm, a.get(1..).unwrap_or(&[]))?;
    let holds = if all {
        parts.iter().all(|part| test(&text, part))
    } else {
        parts.iter().any(|part| test(&text, part))
    };
    Ok(vm.boolean(holds))
}

fn truncated(vm: &mut Vm, a: &[Val], _: u64) -> Result<Val, Thrown> {
    let len = vm.integer(arg(a, 1))?;
    let text = vm.text(arg(a, 0))?;
    let mut out = Vec::new();
    strings::truncate(&text, len, &mut out);
    Ok(string(&out))
}

fn cut(vm: &mut Vm, a: &[Val], part: fn(&[u8]) -> Option<&[u8]>) -> Result<Val, Thrown> {
    let text = vm.text(arg(a, 0))?;
    Ok(part(&text).map_or(UNDEF, string))
}

fn affix(vm: &mut Vm, a: &[Val], front: bool, ensure: bool) -> Result<Val, Thrown> {
    let (text, part) = (vm.text(arg(a, 0))?, vm.text(arg(a, 1))?);
    let rest = if front { text.strip_prefix(&*part) } else { text.strip_suffix(&*part) };
    Ok(match (rest, ensure, front) {
        (Some(_), true, _) | (None, false, _) => text.0.retained(),
        (Some(rest), false, _) => string(rest),
        (None, true, true) => string(&[&*part, &*text].concat()),
        (None, true, false) => string(&[&*text, &*part].concat()),
    })
}

fn pieces(
    vm: &mut Vm,
    a: &[Val],
    wanted: u64,
    split: for<'t> fn(&'t [u8]) -> Vec<&'t [u8]>,
) -> Result<Val, Thrown> {
    let mut out = Vec::new();
    for &value in a {
        let text = vm.text(value)?;
        out.extend(split(&text).into_iter().map(|piece| string_of(piece, text.is_wide())));
    }
    listed(vm, out, wanted)
}

fn replaced(vm: &mut Vm, a: &[Val], most: usize) -> Result<Val, Thrown> {
    let (text, from, to) = (vm.text(arg(a, 0))?, vm.text(arg(a, 1))?, vm.text(arg(a, 2))?);
    let mut out = Vec::new();
    if strings::replace(&text, &from, &to, most, &mut out).is_err() {
        return Err(vm.die(b"Out of memory: a string is too long"));
    }
    Ok(string(&out))
}

/// A replacement with `$1` and `\1` put in.
fn expanded(vm: &mut Vm, template: Val) -> Result<Val, Thrown> {
    let text = vm.text(template)?.to_vec();
    let mut out = Vec::new();
    let mut at = 0;
    while at < text.len() {
        let byte = text[at];
        at += 1;
        if matches!(byte, b'$' | b'\\')
            && let Some(digit) = text.get(at).filter(|digit| digit.is_ascii_digit())
        {
            let group = crate::pattern::capture(vm, i64::from(digit - b'0'));
            vm.append_text(group, &mut out)?;
            vm.release(group);
            at += 1;
        } else {
            out.push(byte);
        }
    }
    Ok(string(&out))
}
