//! What is accepted is read in one way only: GNU tar finds the same names, sizes and contents.

use std::io::Write as _;
use std::process::{Command, Stdio};

use proptest::prelude::*;

use super::builder::{RawTar, frame, look, record, seal};
use crate::Sha256Digest;

/// Fields of a header and texts that could be understood in different ways.
const FIELDS: &[(std::ops::Range<usize>, &[&[u8]])] = &[
    (0..100, &[b"p-1.0.0/c", b"p-1.0.0/c/", b"p-1.0.0/./c", b"p-1.0.0/\xc3\xb6", b"c", b"", b"p-1.0.0/c\0d"]),
    (100..108, &[b"0000755\0", b"644\0\0\0\0\0", b"0004755 ", b" 000644\0", b"100644 \0"]),
    (108..116, &[b"0001750\0", b"1750 \0\0\0", b"\x80\0\0\0\0\0\0\x01", b"\0\0\0\0\0\0\0\0"]),
    (
        124..136,
        &[
            b"00000000001\0",
            b"00000000000\0",
            b"00000001000\0",
            b"00000002000 ",
            b"1 \0\0\0\0\0\0\0\0\0\0",
            b"          1\0",
            b"-0000000001\0",
            b"\x80\0\0\0\0\0\0\0\0\0\0\x01",
            b"000000000010",
        ],
    ),
    (136..148, &[b"14712345670\0", b"7 \0\0\0\0\0\0\0\0\0\0", b"77777777777\0"]),
    (156..157, &[b"0", b"5", b"x", b"7", b"\0", b"g", b"L", b"1"]),
    (157..257, &[b"", b"a"]),
    (257..265, &[b"ustar\x0000", b"ustar  \0", b"\0\0\0\0\0\0\0\0"]),
    (265..297, &[b"user"]),
    (329..337, &[b"0000000\0", b"0000001\0", b"\xff"]),
    (345..500, &[b"p-1.0.0", b"p-1.0.0/d", b"", b"..", b"/"]),
];

fn tar() -> Vec<u8> {
    let tar = RawTar::default()
        .file("stryke.toml", b"x")
        .entry("p-1.0.0/lib/", b'5', b"")
        .file("lib/a", &[b'a'; 700])
        .pax(&record("path", "p-1.0.0/long"))
        .entry("p-1.0.0/short", b'0', b"y")
        .file("z", b"");
    tar.end().0
}

/// The names and sizes of files as GNU tar lists them, in order; none when it complains.
fn listed(tar: &[u8]) -> Option<Vec<(String, u64)>> {
    let mut listed = Vec::new();
    let text =
        String::from_utf8(run(tar, &["--numeric-owner", "--quoting-style=literal", "-tvf", "-"])?).unwrap();
    for line in text.lines() {
        let mut words = line.split_whitespace();
        let kind = words.next().unwrap().as_bytes()[0];
        let size = words.nth(1).unwrap().parse().unwrap();
        let name = words.skip(2).collect::<Vec<_>>().join(" ");
        match kind {
            b'd' => assert_eq!(size, 0),
            kind => {
                assert_eq!(kind, b'-', "{line}");
                listed.push((name.strip_prefix("p-1.0.0/")?.to_owned(), size));
            }
        }
    }
    Some(listed)
}

fn run(tar: &[u8], arguments: &[&str]) -> Option<Vec<u8>> {
    let mut child = Command::new("tar")
        .args(arguments)
        .env("LC_ALL", "C.UTF-8")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(tar).unwrap();
    let output = child.wait_with_output().unwrap();
    let is_good = output.status.success() && output.stderr.is_empty();
    is_good.then_some(output.stdout)
}

/// Returns whether it was accepted.
fn check(tar: &[u8]) -> bool {
    let Ok(summary) = look(&frame(tar)) else { return false };
    let mut theirs = listed(tar).expect("GNU tar accepts what we accept");
    theirs.sort();
    let ours: Vec<_> = summary.entries.iter().map(|e| (e.path.clone(), e.size)).collect();
    assert_eq!(ours, theirs);
    // All contents in one stream, in the order of the archive, which the sizes cut again.
    let content = run(tar, &["-xOf", "-"]).unwrap();
    let mut rest = &content[..];
    for (name, size) in listed(tar).unwrap() {
        let (now, later) = rest.split_at(usize::try_from(size).unwrap());
        let entry = summary.entries.iter().find(|entry| entry.path == name).unwrap();
        assert_eq!(entry.sha256, Sha256Digest::of(now));
        rest = later;
    }
    assert!(rest.is_empty());
    true
}

#[test]
fn a_changed_field_is_refused_or_read_in_one_way() {
    let base = tar();
    assert!(check(&base));
    let mut accepted = 0;
    for header in headers(&base) {
        for (range, texts) in FIELDS {
            for text in *texts {
                let mut tar = base.clone();
                change(&mut tar, header, range, text);
                accepted += usize::from(check(&tar));
            }
        }
    }
    assert!(accepted > 60, "some of it is accepted: {accepted}");
}

/// Where the headers are, that of the records among them.
fn headers(tar: &[u8]) -> Vec<usize> {
    let headers = (0..tar.len()).step_by(512).filter(|start| tar[*start + 257..].starts_with(b"ustar"));
    let headers: Vec<_> = headers.collect();
    assert_eq!(headers.len(), 6);
    headers
}

fn change(tar: &mut [u8], header: usize, range: &std::ops::Range<usize>, text: &[u8]) {
    let block: &mut [u8; 512] = (&mut tar[header..header + 512]).try_into().unwrap();
    block[range.clone()].fill(0);
    block[range.start..range.start + text.len()].copy_from_slice(text);
    seal(block);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn several_changed_fields_too(
        changes in prop::collection::vec((0..6_usize, any::<prop::sample::Index>(), any::<prop::sample::Index>()), 1..4),
    ) {
        let mut tar = tar();
        let headers = headers(&tar);
        for (header, field, text) in changes {
            let (range, texts) = &FIELDS[field.index(FIELDS.len())];
            change(&mut tar, headers[header], range, texts[text.index(texts.len())]);
        }
        check(&tar);
    }
}
