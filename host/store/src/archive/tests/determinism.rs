//! Equal files give equal bytes, and other tools read them as we do.

use std::io::Write as _;
use std::process::{Command, Stdio};

use super::builder::{ROOT, RawTar, look, record, verdict};
use crate::Sha256Digest;
use crate::archive::{ArchiveError, PackEntry, PackSource, Packed, pack};

fn entry(path: &str, executable: bool, content: &[u8]) -> PackEntry {
    PackEntry { path: path.to_owned(), executable, source: PackSource::Bytes(content.to_vec()) }
}

fn packed(files: Vec<PackEntry>) -> (Packed, Vec<u8>) {
    let mut bytes = Vec::new();
    let packed = pack(ROOT, files, &mut bytes).unwrap();
    assert_eq!((packed.sha256, packed.size), (Sha256Digest::of(&bytes), bytes.len() as u64));
    (packed, bytes)
}

fn sample() -> Vec<PackEntry> {
    let long = format!("{}/{}", "d".repeat(120), "n".repeat(90));
    vec![
        entry("stryke.toml", false, b"[package]\nname = \"p\"\n"),
        entry("bin/p", true, b"#!/usr/bin/env s\n"),
        entry("lib/a.stk", false, &[b'a'; 1000]),
        entry("lib-b", false, b""),
        entry("lib/Größe.stk", false, b"x"),
        entry(&long, false, b"long"),
        entry(&format!("{}/x", "w".repeat(200)), true, b"longer"),
    ]
}

#[test]
fn pb8_the_bytes_are_these() {
    let (one, bytes) = packed(sample());
    // What was packed once is packed like this for ever; a new version of the library that
    // compresses in another way shows here.
    let expected = "sha256-88d4663a8dbb464c8f130d9f40fc9bbd2153d3b3b3d79d415b4ec5848bd8598d";
    assert_eq!(one.sha256.to_string(), expected);
    let mut turned = sample();
    turned.reverse();
    assert_eq!(packed(turned).1, bytes, "order does not count");

    let tar = zstd::decode_all(&bytes[..]).unwrap();
    let by_hand = RawTar::default().changed(format!("{ROOT}/bin/p"), b'0', b"#!/usr/bin/env s\n", |h| {
        h[100..108].copy_from_slice(b"0000755\0");
        devices(h);
    });
    assert_eq!(tar[..1024], by_hand.0[..]);
    assert_eq!(tar[tar.len() - 1024..], [0; 1024], "two empty blocks");
    assert!(tar[tar.len() - 2048..tar.len() - 1024].iter().any(|byte| *byte != 0), "and no more");
    assert_eq!(verdict(&bytes), "ok");
}

fn devices(header: &mut [u8; 512]) {
    header[329..337].copy_from_slice(b"0000000\0");
    header[337..345].copy_from_slice(b"0000000\0");
}

#[test]
fn pb8_a_pax_header_only_where_it_is_needed() {
    let tar_of = |path: &str| zstd::decode_all(&packed(vec![entry(path, false, b"")]).1[..]).unwrap();
    assert_eq!(tar_of("a")[156], b'0');
    assert_eq!(tar_of(&format!("{}/{}", "d".repeat(120), "n".repeat(90)))[156], b'0');
    for path in ["ä".to_owned(), "n".repeat(120)] {
        let tar = tar_of(&path);
        let full = format!("{ROOT}/{path}");
        assert_eq!(tar[156], b'x');
        let record = record("path", &full);
        assert_eq!(tar[512..512 + record.len()], record[..]);
        assert!(tar[512 + record.len()..1024].iter().all(|byte| *byte == 0));
    }
}

#[test]
fn pb8_the_tree_is_the_digest_of_a_text() {
    let (one, bytes) =
        packed(vec![entry("b", true, b"B"), entry("a/c", false, b"C"), entry("a-b", false, b"")]);
    let line = |content: &[u8], rest: &str| format!("{} {rest}\n", Sha256Digest::of(content).to_hex());
    let text = format!("s-tree-v1\n{}{}{}", line(b"", "- a-b"), line(b"C", "- a/c"), line(b"B", "x b"));
    assert_eq!(one.tree, Sha256Digest::of(text.as_bytes()));
    assert_eq!(look(&bytes).unwrap().tree, one.tree);
    assert_eq!((one.file_count, one.unpacked_bytes), (3, 2));
}

#[test]
fn what_cannot_be_read_is_not_packed() {
    for (files, expected) in [
        (vec![entry("../a", false, b"")], "ParentFolder"),
        (vec![entry("a", false, b""), entry("A", false, b"")], "CaseCollision"),
        (vec![entry("a", false, b""), entry("a/b", false, b"")], "FileAndFolder"),
        (vec![entry(".s-ok", false, b"")], "Reserved"),
        (vec![entry("e\u{301}", false, b"")], "NotNormalised"),
    ] {
        let error = pack(ROOT, files, Vec::new()).unwrap_err();
        assert_eq!(super::builder::variant(&error), expected);
    }
    let folder = tempfile::tempdir().unwrap();
    let missing = PackEntry {
        path: "a".to_owned(),
        executable: false,
        source: PackSource::File(folder.path().join("a")),
    };
    assert!(matches!(pack(ROOT, [missing], Vec::new()), Err(ArchiveError::Store(e)) if e.is_not_found()));
}

/// Gives a file another size as soon as the first bytes of the archive come out.
struct Meddler<'a>(&'a std::path::Path, usize);

impl std::io::Write for Meddler<'_> {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        std::fs::write(self.0, vec![b'x'; self.1])?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_file_that_changes_its_size_is_noticed() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("b");
    let noise: Vec<u8> =
        (0..40_000_u32).flat_map(|n| *Sha256Digest::of(&n.to_le_bytes()).as_bytes()).collect();
    for (size, is_noticed) in [(9, true), (10, false), (11, true), (0, true), (100_000, true)] {
        std::fs::write(&path, [b'x'; 10]).unwrap();
        let late =
            PackEntry { path: "b".to_owned(), executable: false, source: PackSource::File(path.clone()) };
        let result = pack(ROOT, [entry("a", false, &noise), late], Meddler(&path, size));
        match result {
            Err(ArchiveError::SourceChanged { path: named }) => assert!(is_noticed && named == path),
            other => assert!(other.is_ok() && !is_noticed, "{size}: {other:?}"),
        }
    }
}

/// One line a file: mode, size, path.
fn listing(bytes: &[u8]) -> Vec<String> {
    let mut lines: Vec<String> = look(bytes)
        .unwrap()
        .entries
        .iter()
        .map(|e| {
            format!("{} {} {ROOT}/{}", if e.executable { "-rwxr-xr-x" } else { "-rw-r--r--" }, e.size, e.path)
        })
        .collect();
    lines.sort();
    lines
}

fn piped(command: &mut Command, input: &[u8]) -> String {
    let mut child = command
        .env("LC_ALL", "C.UTF-8")
        .env("TZ", "UTC")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(input).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(output.stderr.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

#[test]
#[cfg(unix)]
fn pb8_gnu_tar_lists_the_same() {
    let (_, bytes) = packed(sample());
    let tar = zstd::decode_all(&bytes[..]).unwrap();
    let text =
        piped(Command::new("tar").args(["--numeric-owner", "--quoting-style=literal", "-tvf", "-"]), &tar);
    let mut lines = Vec::new();
    for line in text.lines() {
        let mut words = line.split_whitespace();
        let mut word = || words.next().unwrap();
        let (mode, owner, size, day, time, path) = (word(), word(), word(), word(), word(), word());
        assert_eq!((owner, day, time), ("0/0", "1970-01-01", "00:00"));
        lines.push(format!("{mode} {size} {path}"));
    }
    lines.sort();
    assert_eq!(lines, listing(&bytes));
}

/// A further opinion where Python is at hand; GNU tar gives one everywhere.
#[test]
#[cfg(unix)]
fn pb8_python_lists_the_same() {
    let is_there = Command::new("python3").args(["-c", "import tarfile"]).output();
    if !is_there.is_ok_and(|output| output.status.success()) {
        return;
    }
    let (_, bytes) = packed(sample());
    let tar = zstd::decode_all(&bytes[..]).unwrap();
    let script = "import sys, tarfile, stat\n\
        for m in tarfile.open(fileobj=sys.stdin.buffer, mode='r|'):\n \
        assert m.isreg() and m.mtime == 0 and m.uid == 0 and m.gid == 0 and m.uname == ''\n \
        sys.stdout.buffer.write(f'{stat.filemode(m.mode | stat.S_IFREG)} {m.size} {m.name}\\n'.encode())";
    let text = piped(Command::new("python3").args(["-c", script]), &tar);
    let mut lines: Vec<_> = text.lines().map(str::to_owned).collect();
    lines.sort();
    assert_eq!(lines, listing(&bytes));
}

/// Archives of others are read too, as long as they keep to the format.
#[test]
#[cfg(unix)]
fn an_archive_of_gnu_tar_is_read() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join(ROOT);
    std::fs::create_dir_all(root.join("lib")).unwrap();
    std::fs::write(root.join("lib/a.stk"), "a").unwrap();
    std::fs::write(root.join("stryke.toml"), "x").unwrap();
    let mut command = Command::new("tar");
    command.arg("-C").arg(folder.path()).args(["--format=ustar", "-cf", "-", ROOT]);
    let tar = command.output().unwrap().stdout;
    let summary = look(&super::builder::frame(&tar)).unwrap();
    assert_eq!(summary.tree, crate::archive::tree_digest(&root).unwrap());
    assert_eq!(summary.manifest.as_deref(), Some(&b"x"[..]));
}
