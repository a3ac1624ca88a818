//! Times a few typical searches; prints nanoseconds a match or megabytes a second.

use s_regex::{Flags, From, Regex, Scratch, Units};
use std::hint::black_box;
use std::io::Write;
use std::time::Instant;

fn main() -> std::io::Result<()> {
    let mut out = std::io::stdout().lock();
    let sentence = b"the quick brown fox jumps over the lazy dog";
    for units in [Units::Bytes, Units::Utf8] {
        for pattern in
            [r"(\w+)\s+(\w+)$", r"^(\w+)\s", r"fox|dog", r"(?:[a-z]+ )+dog$", r"\bl\w+y\b", r"(?<w>o\w+)\s+t"]
        {
            let regex = Regex::new(pattern.as_bytes(), Flags::default(), units).expect("it is a pattern");
            let mut scratch = Scratch::new();
            let begin = Instant::now();
            let mut count = 0;
            for _ in 0..100_000 {
                count += u32::from(
                    regex.find_at(black_box(sentence), 0, &From::default(), &mut scratch) == Ok(true),
                );
            }
            let each = begin.elapsed().as_nanos() / 100_000;
            writeln!(out, "{units:?} {pattern:24} {each:6} ns a match, {count} matched")?;
        }
    }
    let mut text = Vec::new();
    while text.len() < 1 << 20 {
        text.extend_from_slice(b"It was the best of times, it was the worst of times, 1859 it was.\n");
    }
    text.extend_from_slice(b"needle@example.org 99999\n");
    for units in [Units::Bytes, Units::Utf8] {
        for pattern in [
            "needle",
            r"\d{5}",
            r"[0-9]+@|needle",
            r"\w+@\w+",
            r"^needle",
            r"(?i)needle",
            r"[^\n]*needle",
            r".*needle",
            r"(\w+)\s+(\w+)@",
            r"worst.*needle",
            r"(?s)worst.*needle",
            r"(?:a|b|c|d)needle|x\dz",
            r"\s+$",
        ] {
            let flags = Flags { multi_line: true, ..Flags::default() };
            let regex = Regex::new(pattern.as_bytes(), flags, units).expect("it is a pattern");
            let mut scratch = Scratch::new();
            let begin = Instant::now();
            let (mut at, mut count) = (0, 0u32);
            let mut last_end = None;
            while let Ok(true) =
                regex.find_at(&text, at, &From { not_empty_at: last_end, ..From::default() }, &mut scratch)
            {
                count += 1;
                at = scratch.group(0).map_or(text.len(), |g| g.1);
                last_end = Some(at);
            }
            let seconds = begin.elapsed().as_secs_f64();
            let speed = text.len() as f64 / 1e6 / seconds;
            writeln!(out, "{units:?} {pattern:24} {speed:9.0} MB/s, {count} matches")?;
        }
    }
    Ok(())
}
