//! Whatever comes as pattern and subject, there is an answer and no panic, and the budget holds.

use proptest::prelude::*;
use s_regex::{Flags, From, MatchError, Regex, Scratch, Units};
use std::time::{Duration, Instant};

fn flags() -> impl Strategy<Value = Flags> {
    any::<[bool; 7]>().prop_map(|[i, m, s, x, xx, n, a]| Flags {
        ignore_case: i,
        multi_line: m,
        dot_all: s,
        extended: x,
        extended_more: x && xx,
        no_capture: n,
        ascii: a,
    })
}

/// Pieces of patterns, put together without any care.
fn soup() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop::sample::select(vec![
        &b"a"[..],
        b"b",
        b"ab",
        b"\xc3\xa9",
        b"\xff",
        b"(",
        b")",
        b"(",
        b")",
        b"(?:",
        b"(?=",
        b"(?!",
        b"(?<=",
        b"(?<!",
        b"(?>",
        b"(?|",
        b"(?<n>",
        b"|",
        b"*",
        b"+",
        b"?",
        b"{2}",
        b"{1,3}",
        b"{0,70}",
        b"{2,}",
        b"*?",
        b"*+",
        b"[",
        b"]",
        b"[^",
        b"-",
        b"\\w",
        b"\\d",
        b"\\b",
        b"\\B",
        b"\\1",
        b"\\2",
        b"\\g{-1}",
        b"\\k<n>",
        b"\\K",
        b"\\G",
        b"^",
        b"$",
        b"\\z",
        b".",
        b"\\R",
        b"\\X",
        b"\\p{L}",
        b"[[:alpha:]]",
        b"(?i)",
        b"(?s-i:",
        b"(?1)",
        b"(?R)",
        b"(?&n)",
        b"(?(1)",
        b"(?(?=",
        b"(?(DEFINE)",
        b"(*ACCEPT)",
        b"(*PRUNE)",
        b"(*SKIP)",
        b"(*COMMIT)",
        b"(*THEN)",
        b"(*F)",
        b"\\x{100}",
        b"#",
        b" ",
        b"\\Q",
        b"\\E",
    ]);
    prop::collection::vec(piece, 0..14).prop_map(|v| v.concat())
}

fn units() -> impl Strategy<Value = Units> {
    prop_oneof![Just(Units::Bytes), Just(Units::Utf8)]
}

fn check(
    pattern: &[u8],
    flags: Flags,
    units: Units,
    subject: &[u8],
    budget: u64,
) -> Result<(), TestCaseError> {
    let Ok(regex) = Regex::new(pattern, flags, units) else { return Ok(()) };
    let mut scratch = Scratch::new();
    for last_end in [None, Some(0), Some(subject.len() / 2)] {
        let from = From { last_end, not_empty_at: last_end, budget };
        let begin = Instant::now();
        if regex.find_at(subject, 0, &from, &mut scratch) == Ok(true) {
            for n in 0..=regex.group_count() {
                if let Some((start, end)) = scratch.group(n) {
                    prop_assert!(end <= subject.len());
                    prop_assert!(start <= end || n > 0, "{start} {end}");
                }
            }
            prop_assert!(scratch.last_group() <= regex.group_count());
            prop_assert!(scratch.last_closed() <= regex.group_count());
        }
        prop_assert!(begin.elapsed() < Duration::from_secs(20));
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 3000, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn soup_gets_an_answer(
        pattern in soup(), flags in flags(), units in units(),
        subject in prop::collection::vec(prop::sample::select(b"aab\n \xc3\xa9\xff1".to_vec()), 0..24),
    ) {
        check(&pattern, flags, units, &subject, 20_000)?;
    }

    #[test]
    fn bytes_get_an_answer(
        pattern in prop::collection::vec(any::<u8>(), 0..20), flags in flags(), units in units(),
        subject in prop::collection::vec(any::<u8>(), 0..20),
    ) {
        check(&pattern, flags, units, &subject, 20_000)?;
    }
}

fn compiled(pattern: &str) -> Regex {
    Regex::new(pattern.as_bytes(), Flags::default(), Units::Bytes).expect("it is a pattern")
}

#[test]
fn a_search_ends_when_its_steps_are_used_up() {
    let subject = "a".repeat(40) + "b";
    let mut scratch = Scratch::new();
    let from = From { budget: 100_000, ..From::default() };
    // A reference to a group keeps failed states from being remembered.
    let found = compiled(r"((a+)+)+\2c?$").find_at(subject.as_bytes(), 0, &from, &mut scratch);
    assert_eq!(found, Err(MatchError::Budget));
    assert_eq!(scratch.group(0), None);
}

#[test]
fn endless_recursion_and_deep_backtracking_are_errors() {
    let mut scratch = Scratch::new();
    let from = From { budget: u64::MAX, ..From::default() };
    assert_eq!(compiled("(a|(?1)b)").find_at(b"b", 0, &from, &mut scratch), Err(MatchError::Depth));
    let long = "ab".repeat(5_000_000);
    let found = compiled("(?:(a)|b)*").find_at(long.as_bytes(), 0, &from, &mut scratch);
    assert_eq!(found, Err(MatchError::Depth));
}

#[test]
fn hard_patterns_stay_linear() {
    let mut scratch = Scratch::new();
    let subject = "x".repeat(10_000) + "z";
    for pattern in
        ["(x+x+)+[yw]", "(x*)*[yw]", "(x|xx)+[yw]", "^(([a-z])+.)+[A-Z]", "x*x*x*[yw]", "(?:x?){30}x{30}[yw]"]
    {
        let found = compiled(pattern).find_at(subject.as_bytes(), 0, &From::default(), &mut scratch);
        assert_eq!(found, Ok(false), "{pattern}");
    }
}

#[test]
fn patterns_that_would_explode_are_refused() {
    let deep = "(".repeat(100_000) + &")".repeat(100_000);
    for pattern in [deep, "(?:a{0,1000}b){1000}".repeat(10_000), "(".repeat(300) + "a" + &"){2}".repeat(300)]
    {
        if let Ok(regex) = Regex::new(pattern.as_bytes(), Flags::default(), Units::Bytes) {
            let mut scratch = Scratch::new();
            assert!(regex.find_at(b"aaaa", 0, &From::default(), &mut scratch).is_ok());
        }
    }
    assert!(
        Regex::new(b"((((((a{50}b){50}c){50}d){50}e){50}f){50}g){50}", Flags::default(), Units::Bytes)
            .is_ok()
    );
}

#[test]
fn all_matches_can_be_walked() {
    let walk = |pattern: &str, subject: &str| {
        let regex = Regex::new(pattern.as_bytes(), Flags::default(), Units::Utf8).expect("it is a pattern");
        let mut scratch = Scratch::new();
        let mut out = Vec::new();
        let mut from = From::default();
        let mut at = 0;
        while regex.find_at(subject.as_bytes(), at, &from, &mut scratch) == Ok(true) {
            let (start, end) = scratch.group(0).expect("it matched");
            out.push(subject[start..end].to_string());
            at = end;
            from.last_end = Some(end);
            from.not_empty_at = if start == end { Some(end) } else { None };
        }
        out
    };
    // As `"aab" =~ /a*/g` in Perl.
    assert_eq!(walk("a*", "aab"), ["aa", "", "b"].map(|s| if s == "b" { "" } else { s }));
    assert_eq!(walk("", "é☺"), ["", "", ""]);
    assert_eq!(walk(r"\Ga", "aaba"), ["a", "a"]);
    assert_eq!(walk(r"(?<=a)|b", "abb"), ["", "b", "b"]);
    assert_eq!(walk(r"\w*?", "ab"), ["", "a", "", "b", ""]);
}

#[test]
fn helpers_print_as_perl_does() {
    assert_eq!(s_regex::quote("a.b é_1\n".as_bytes()), "a\\.b\\ é_1\\\n".as_bytes());
    let flags = Flags { ignore_case: true, extended: true, ..Flags::default() };
    assert_eq!(s_regex::stringify(b"a b # c", flags), b"(?^ix:a b # c\n)");
    assert_eq!(s_regex::stringify(b"a", Flags::default()), b"(?^:a)");
}
