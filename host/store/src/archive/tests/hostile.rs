//! The corpus of hostile archives: each is refused for its own reason, and nothing is written.

use super::builder::{ROOT, RawTar, frame, header, look, record, seal, verdict, verdict_within};
use crate::archive::ArchiveLimits;

fn tar() -> RawTar {
    RawTar::default()
}

fn file(path: &str) -> RawTar {
    tar().file(path, b"x")
}

fn check(cases: &[(&str, RawTar, &str)]) {
    for (what, tar, expected) in cases {
        assert_eq!(verdict(&tar.clone().archive()), *expected, "{what}");
    }
}

#[test]
fn what_is_allowed() {
    check(&[
        ("nothing", tar(), "ok"),
        ("a file", file("a"), "ok"),
        ("an empty file", tar().file("a", b""), "ok"),
        (
            "folders",
            tar().entry(format!("{ROOT}/"), b'5', b"").entry(format!("{ROOT}/d"), b'5', b"").file("d/a", b""),
            "ok",
        ),
        ("other letters", file("Größe/日本.stk"), "ok"),
        (
            "a time and an owner",
            tar().changed(format!("{ROOT}/a"), b'0', b"", |h| {
                h[136..148].copy_from_slice(b"14712345670\0");
                h[108..116].copy_from_slice(b"0001750\0");
                h[265..269].copy_from_slice(b"user");
            }),
            "ok",
        ),
        (
            "a path in PAX",
            tar()
                .pax(&record("path", &format!("{ROOT}/{}", "long/".repeat(9) + &"n".repeat(200))))
                .entry("?", b'0', b"x"),
            "ok",
        ),
        ("zeros up to a record", tar().raw(&[0; 19 * 512]), "ok"),
    ]);
}

#[test]
fn only_the_execute_bit_of_the_owner_is_taken() {
    for (mode, expected) in [
        (b"0000644\0", false),
        (b"0000755\0", true),
        (b"0000100\0", true),
        (b"0000011\0", false),
        (b"0007777\0", true),
        (b"0004644\0", false),
        (b"0000000\0", false),
    ] {
        let archive =
            tar().changed(format!("{ROOT}/a"), b'0', b"", |h| h[100..108].copy_from_slice(mode)).archive();
        assert_eq!(look(&archive).unwrap().entries[0].executable, expected);
        assert_eq!(verdict(&archive), "ok");
    }
}

#[test]
fn paths_that_lead_elsewhere() {
    let at = |name: &str| tar().entry(name, b'0', b"x");
    let by_pax = |name: &str| tar().pax(&record("path", name)).entry(format!("{ROOT}/a"), b'0', b"x");
    for (name, expected) in [
        ("../a", "ParentFolder"),
        ("p-1.0.0/../a", "ParentFolder"),
        ("p-1.0.0/a/../../../b", "ParentFolder"),
        ("p-1.0.0/..", "ParentFolder"),
        ("p-1.0.0/./a", "CurrentFolder"),
        ("./p-1.0.0/a", "CurrentFolder"),
        ("/etc/passwd", "Absolute"),
        ("//server/share/a", "Absolute"),
        ("c:/a", "Absolute"),
        ("C:a", "Absolute"),
        ("p-1.0.0\\..\\a", "Backslash"),
        ("\\\\server\\share", "Backslash"),
        ("p-1.0.0/a\\b", "Backslash"),
        ("p-1.0.0//a", "EmptyPart"),
        ("p-1.0.0/a/", "EmptyPart"),
        ("p-1.0.0/c:/a", "Character"),
        ("a", "OutsideRoot"),
        ("p-1.0.1/a", "OutsideRoot"),
        ("p-1.0.00/a", "OutsideRoot"),
        ("P-1.0.0/a", "OutsideRoot"),
        ("p-1.0.0", "OutsideRoot"),
    ] {
        assert_eq!(verdict(&at(name).archive()), expected, "{name}");
        assert_eq!(verdict(&by_pax(name).archive()), expected, "{name} by PAX");
    }
    assert_eq!(verdict(&at("").archive()), "Empty");
    check(&[
        ("a folder outside", tar().entry("other/", b'5', b""), "OutsideRoot"),
        ("a folder above", tar().entry(format!("{ROOT}/../x/"), b'5', b""), "ParentFolder"),
        ("two slashes", tar().entry(format!("{ROOT}/x//"), b'5', b""), "EmptyPart"),
        (
            "by the prefix",
            tar().changed("a", b'0', b"", |h| h[345..347].copy_from_slice(b"..")),
            "ParentFolder",
        ),
    ]);
}

#[test]
fn names_that_are_not_the_same_everywhere() {
    let part = "n".repeat(256);
    let deep = "d/".repeat(32) + "a";
    for (path, expected) in [
        ("con", "Device"),
        ("lib/NUL.txt", "Device"),
        ("a.", "TrailingDotOrSpace"),
        ("a /b", "TrailingDotOrSpace"),
        ("a?b", "Character"),
        ("a:stream", "Character"),
        ("a\nb", "Character"),
        ("a\x1b[2Jb", "Character"),
        ("a\x7fb", "Character"),
        ("a\u{85}b", "Character"),
        ("a\u{202e}kts.b", "Invisible"),
        ("a\u{2066}b", "Invisible"),
        ("a\u{200d}b", "Invisible"),
        (".g\u{200c}it", "Invisible"),
        ("a\u{feff}", "Invisible"),
        ("a\u{e0041}", "Invisible"),
        ("e\u{301}", "NotNormalised"),
        ("\u{212b}", "NotNormalised"),
        (".s-tmp-1", "Reserved"),
        (".s-ok", "Reserved"),
        (".S-OK", "Reserved"),
        (".s-ok/a", "Reserved"),
        (&part, "PartTooLong"),
        (&deep, "TooDeep"),
    ] {
        let tar = tar().pax(&record("path", &format!("{ROOT}/{path}"))).entry("?", b'0', b"x");
        assert_eq!(verdict(&tar.archive()), expected, "{path:?}");
    }
    let long = format!("{ROOT}/{}", "n/".repeat(2044));
    let check_long = tar().pax(&record("path", &(long + "n"))).entry("?", b'0', b"x");
    assert_eq!(verdict(&check_long.archive()), "TooLong");
    assert_eq!(verdict(&file("lib/.s-ok").archive()), "ok", "only at the root");
    check(&[
        ("not UTF-8", tar().entry(b"p-1.0.0/\xff", b'0', b""), "NotUtf8"),
        ("overlong", tar().entry(b"p-1.0.0/\xc0\xaf", b'0', b""), "NotUtf8"),
        ("a zero byte", tar().entry(b"p-1.0.0/a\0b", b'0', b""), "NameAfterNul"),
        (
            "a zero byte in the prefix",
            tar().changed("a", b'0', b"", |h| h[345..348].copy_from_slice(b"p\0q")),
            "NameAfterNul",
        ),
        ("a zero byte by PAX", tar().pax(&record("path", "p-1.0.0/a\0b")).entry("?", b'0', b""), "Nul"),
    ]);
}

#[test]
fn types_other_than_files() {
    let typed = |kind: u8| tar().entry(format!("{ROOT}/a"), kind, b"");
    let linked =
        |kind: u8| tar().changed(format!("{ROOT}/a"), kind, b"", |h| h[157..160].copy_from_slice(b"../"));
    check(&[
        ("hard link", linked(b'1'), "Link"),
        ("symbolic link", linked(b'2'), "Link"),
        ("file with a target", linked(b'0'), "Link"),
        ("character device", typed(b'3'), "Type"),
        ("block device", typed(b'4'), "Type"),
        ("pipe", typed(b'6'), "Type"),
        ("contiguous", typed(b'7'), "Type"),
        ("old", typed(0), "Type"),
        ("upper case", typed(b'X'), "Type"),
        ("volume", typed(b'V'), "Type"),
        ("incremental", typed(b'D'), "Type"),
        ("multi-volume", typed(b'M'), "Type"),
        ("long name", tar().entry("././@LongLink", b'L', b"p-1.0.0/a\0"), "GnuLongName"),
        ("long link", tar().entry("././@LongLink", b'K', b"p-1.0.0/a\0"), "GnuLongName"),
        ("sparse", typed(b'S'), "Sparse"),
        ("global records", tar().entry("g", b'g', &record("path", "p-1.0.0/a")), "GlobalPax"),
        ("folder with content", tar().entry(format!("{ROOT}/d"), b'5', b"x"), "FolderWithSize"),
    ]);
}

#[test]
fn pax_records_that_two_readers_understand_in_two_ways() {
    let path = record("path", "p-1.0.0/a");
    let then = |tar: RawTar| tar.file("b", b"x");
    let two = [path.clone(), path.clone()].concat();
    let size = [record("size", "1024"), path.clone()].concat();
    let time = [record("mtime", "1"), path.clone()].concat();
    check(&[
        ("two headers", then(tar().pax(&path).pax(&path)), "PaxTwice"),
        ("the same key twice", then(tar().pax(&two)), "PaxRecord"),
        ("size", then(tar().pax(&size)), "PaxSize"),
        ("time", then(tar().pax(&time)), "PaxKey"),
        ("link", then(tar().pax(&record("linkpath", "/"))), "PaxKey"),
        ("sparse", then(tar().pax(&record("GNU.sparse.name", "p-1.0.0/a"))), "PaxKey"),
        ("charset", then(tar().pax(&record("hdrcharset", "BINARY"))), "PaxKey"),
        ("deleted path", then(tar().pax(b"8 path=\n")), "Empty"),
        ("nothing", then(tar().pax(b"")), "PaxRecord"),
        ("wrong length", then(tar().pax(b"11 path=a\n")), "PaxRecord"),
        ("too long", then(tar().pax(&record("path", &"a".repeat(5000)))), "PaxRecord"),
        ("for nobody", tar().pax(&path), "PaxAlone"),
        (
            "size of the header past the content",
            tar().changed("x", b'x', &path, |h| h[134] = b'7'),
            "PaxRecord",
        ),
    ]);
}

#[test]
fn numbers_that_are_not_octal() {
    let field = |range: std::ops::Range<usize>, text: &'static [u8]| {
        tar().changed(format!("{ROOT}/a"), b'0', b"", move |h| h[range].copy_from_slice(text))
    };
    let binary = b"\x80\0\0\0\0\0\0\0\0\0\0\x01";
    let negative = b"\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff";
    check(&[
        ("binary size", field(124..136, binary), "BinaryNumber"),
        ("negative binary size", field(124..136, negative), "BinaryNumber"),
        ("binary time", field(136..148, binary), "BinaryNumber"),
        ("binary owner", field(108..116, b"\x80\0\0\0\0\0\0\x01"), "BinaryNumber"),
        ("signed size", field(124..136, b"-0000000001\0"), "Number"),
        ("plus", field(124..136, b"+0000000001\0"), "Number"),
        ("space in front", field(124..136, b" 0000000000\0"), "Number"),
        ("not octal", field(124..136, b"00000000008\0"), "Number"),
        ("hexadecimal", field(124..136, b"0x000000000\0"), "Number"),
        ("without an end", field(124..136, b"000000000000"), "Number"),
        ("empty", field(124..136, &[0; 12]), "Number"),
        ("digits behind the end", field(124..136, b"0\x0000000000\0\0"), "Number"),
        ("mode", field(100..108, b"rw-r--r-"), "Number"),
        ("GNU", field(257..265, b"ustar  \0"), "NotUstar"),
        ("before POSIX", field(257..265, &[0; 8]), "NotUstar"),
        ("version", field(257..265, b"ustar\x0001"), "NotUstar"),
        ("rest of the header", field(500..504, b"tar\0"), "NotUstar"),
    ]);
}

#[test]
fn headers_with_a_wrong_sum() {
    let mut block = header(b"p-1.0.0/a", b'0', 0);
    seal(&mut block);
    for place in 0..512 {
        let mut changed = block;
        changed[place] ^= 0x01;
        let found = verdict(&frame(&[&changed[..], &[0; 1024]].concat()));
        // The sum itself ends with bytes that may be a zero or a space.
        let allowed: &[&str] = match place {
            148..=153 => &["Checksum", "Number"],
            154..156 => &["Number"],
            _ => &["Checksum"],
        };
        assert!(allowed.contains(&found.as_str()), "{place}: {found}");
    }
    // The sum over signed bytes, which old writers made.
    let mut signed = header("p-1.0.0/ä".as_bytes(), b'0', 0);
    seal(&mut signed);
    let sum: i32 = {
        signed[148..156].fill(b' ');
        signed.iter().map(|byte| i32::from(byte.cast_signed())).sum()
    };
    signed[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
    assert_eq!(verdict(&frame(&[&signed[..], &[0; 1024]].concat())), "Checksum");
}

#[test]
fn ends_that_are_none() {
    let whole = file("a").end().0;
    for len in 0..whole.len() {
        assert_eq!(verdict(&frame(&whole[..len])), "Truncated", "{len}");
    }
    let one = file("a").raw(&[0; 512]);
    let hidden = one.clone().file("b", b"");
    for (what, bytes, expected) in [
        ("one empty block, then a file", hidden.end().0, "EndBlocks"),
        ("a file behind the end", file("a").end().file("b", b"").end().0, "TrailingData"),
        ("a byte behind the end", file("a").end().raw(b"x").0, "Truncated"),
        ("zeros that fill no block", file("a").end().raw(&[0; 100]).0, "Truncated"),
        ("more zeros than a record", file("a").end().raw(&[0; 20 * 512]).0, "TrailingData"),
        ("a byte among the zeros", file("a").end().raw(&[0; 511]).raw(b"x").0, "TrailingData"),
    ] {
        assert_eq!(verdict(&frame(&bytes)), expected, "{what}");
    }
    let mut padded = file("a").end().0;
    padded[1023] = 1;
    assert_eq!(verdict(&frame(&padded)), "Padding");
}

#[test]
fn paths_that_meet() {
    let long = "é".repeat(3);
    check(&[
        ("twice", file("a").file("a", b"y"), "Duplicate"),
        ("twice in PAX", file("a").pax(&record("path", "p-1.0.0/a")).entry("?", b'0', b""), "Duplicate"),
        ("case", file("Readme").file("README", b""), "CaseCollision"),
        ("case of a folder", file("lib/a").file("Lib/b", b""), "CaseCollision"),
        ("case of other letters", file(&long).file(&long.to_uppercase(), b""), "CaseCollision"),
        ("folding to two", file("straße").file("strasse", b""), "CaseCollision"),
        ("compatible", file("\u{17f}").file("s", b""), "CaseCollision"),
        ("file, then folder", file("a").file("a/b", b""), "FileAndFolder"),
        ("folder, then file", file("a/b").file("a", b""), "FileAndFolder"),
        (
            "folder entry, then file",
            tar().entry(format!("{ROOT}/a"), b'5', b"").file("a", b""),
            "FileAndFolder",
        ),
        ("file and folder by case", file("a").file("A/b", b""), "FileAndFolder"),
        (
            "folder twice",
            tar().entry(format!("{ROOT}/a"), b'5', b"").entry(format!("{ROOT}/a/"), b'5', b""),
            "Duplicate",
        ),
        ("folder behind its file", file("a/b").entry(format!("{ROOT}/a"), b'5', b""), "ok"),
    ]);
}

#[test]
fn bombs() {
    let limits = ArchiveLimits {
        archive_bytes_max: 64 * 1024,
        unpacked_bytes_max: 3_000_000,
        entry_count_max: 3,
        path_depth_max: 4,
        ratio_max: 100,
    };
    let zeros = vec![0; 2_900_000];
    let noise: Vec<u8> =
        (0..80_000_u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 13) as u8 ^ (n >> 7) as u8).collect();
    let random: Vec<u8> =
        noise.chunks(32).flat_map(|part| *crate::Sha256Digest::of(part).as_bytes()).collect();
    let claims = |size: &'static [u8]| {
        tar().changed(format!("{ROOT}/a"), b'0', b"x", move |h| h[124..135].copy_from_slice(size))
    };
    for (what, tar, expected) in [
        ("more than comes out of text", tar().file("a", &zeros), "Ratio"),
        ("a size that is claimed", claims(b"00013333333"), "Truncated"),
        ("a larger size that is claimed", claims(b"77777777777"), "UnpackedTooLarge"),
        ("many small ones", file("a").file("b", b"").file("c", b"").file("d", b""), "TooManyEntries"),
        (
            "folders count",
            tar().entry(ROOT, b'5', b"").file("b", b"").file("c", b"").file("d", b""),
            "TooManyEntries",
        ),
        ("depth", file("a/b/c/d/e"), "TooDeep"),
        ("size of the archive", tar().file("a", &random), "ArchiveTooLarge"),
        ("as much as is allowed", file("a/b/c/d").file("b", &zeros[..1_000_000]), "ok"),
    ] {
        assert_eq!(verdict_within(&tar.archive(), &limits), expected, "{what}");
    }
    let sum = tar().file("a", &zeros[..1_600_000]).file("b", &zeros[..1_600_000]);
    let roomy = ArchiveLimits { ratio_max: 1_000_000, ..limits };
    assert_eq!(verdict_within(&sum.archive(), &roomy), "UnpackedTooLarge");
    let manifest = tar().file("stryke.toml", &vec![b'#'; 1024 * 1024 + 1]);
    assert_eq!(verdict_within(&manifest.archive(), &roomy), "ManifestTooLarge");
}
