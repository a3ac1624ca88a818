//! Handles against files, children and `perl`.

extern crate std;

use alloc::vec::Vec;
use std::os::fd::AsRawFd;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::string::String;
use std::{env, format, fs, vec};

use s_sys::{Errno, Fd, SEEK_CUR, SEEK_END, SEEK_SET, Time};

use super::*;

/// A directory of its own for a test, removed at the end.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = env::temp_dir().join(format!("s-io-{}-{name}", std::process::id()));
        fs::create_dir_all(&path).unwrap();
        Folder(path)
    }

    fn file(&self, name: &str, content: impl AsRef<[u8]>) -> Vec<u8> {
        fs::write(self.0.join(name), content).unwrap();
        self.path(name)
    }

    fn path(&self, name: &str) -> Vec<u8> {
        self.0.join(name).as_os_str().as_bytes().to_vec()
    }

    fn content(&self, name: &str) -> String {
        fs::read_to_string(self.0.join(name)).unwrap()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn open(mode: &str, name: &[u8]) -> Result<Handle, Errno> {
    Handle::open(&parse_mode(mode.as_bytes()).unwrap(), name, &mut |_| None)
}

fn lines(handle: &mut Handle, separator: Separator<'_>) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = Vec::new();
    while handle.read_line(separator, &mut line).unwrap() {
        lines.push(String::from_utf8(core::mem::take(&mut line)).unwrap());
        if separator == Separator::Slurp {
            break;
        }
    }
    assert!(line.is_empty());
    lines
}

fn perl(script: &str, arguments: &[&[u8]]) -> Vec<u8> {
    use std::ffi::OsStr;
    let mut command = Command::new("perl");
    command.args(["-e", script]);
    command.args(arguments.iter().map(|argument| OsStr::from_bytes(argument)));
    command.env_clear().env("PATH", "/usr/bin:/bin").env("HOME", "/the/home");
    command.output().unwrap().stdout
}

#[test]
fn modes_are_read() {
    let kind = |text: &str| parse_mode(text.as_bytes()).map(|mode| mode.kind);
    assert_eq!(kind("<"), Some(OpenKind::Read));
    assert_eq!(kind(" >> "), Some(OpenKind::Append));
    assert_eq!(kind("+>>"), Some(OpenKind::UpdateAppend));
    assert_eq!(kind("-|"), Some(OpenKind::PipeFrom));
    assert_eq!(kind(">&="), Some(OpenKind::DupWrite { same: true }));
    assert_eq!(kind("r"), None);
    assert_eq!(kind("<:what"), None);
    assert_eq!(kind("<:encoding(x"), None);
    let layers = |text: &str| parse_mode(text.as_bytes()).unwrap().layers;
    assert!(layers("<:encoding(UTF-8)").utf8);
    assert!(layers("< :utf8").utf8);
    assert!(layers(">:crlf:utf8").crlf);
    assert!(!layers("<:raw").utf8);
    assert_eq!(layers("<:raw:encoding(latin1)").encoding.unwrap(), b"latin1");
    assert!(layers("<:encoding(utf8):raw") == Layers::default());
    let two = |text: &str| {
        let (mode, name) = parse_two_argument(text.as_bytes());
        (mode.kind, String::from_utf8(name).unwrap())
    };
    for (text, kind, name) in [
        (" file ", OpenKind::Read, "file"),
        ("<file", OpenKind::Read, "file"),
        (">> file", OpenKind::Append, "file"),
        ("+<file", OpenKind::Update, "file"),
        ("+>>file", OpenKind::UpdateAppend, "file"),
        ("cat x |", OpenKind::PipeFrom, "cat x"),
        ("| cat x", OpenKind::PipeTo, "cat x"),
        ("-", OpenKind::Stdin, "-"),
        (">-", OpenKind::Stdout, "-"),
        (">&STDERR", OpenKind::DupWrite { same: false }, "STDERR"),
        ("<&=3", OpenKind::DupRead { same: true }, "3"),
        ("", OpenKind::Read, ""),
        ("|", OpenKind::PipeTo, ""),
    ] {
        assert_eq!(two(text), (kind, name.into()), "{text}");
    }
}

#[test]
fn lines_end_at_any_separator() {
    let folder = Folder::new("lines");
    let text = "\n\none\ntwo\n\n\n\nthree-=-four=-=-five\r\nsix";
    let path = folder.file("text", text);
    let separators: [(Separator<'_>, &str); 8] = [
        (Separator::Bytes(b"\n"), "$/ = qq(\\n)"),
        (Separator::Slurp, "undef $/"),
        (Separator::Paragraph, "$/ = ''"),
        (Separator::Bytes(b""), "$/ = ''"),
        (Separator::Bytes(b"-=-"), "$/ = '-=-'"),
        (Separator::Bytes(b"\r\n"), "$/ = qq(\\r\\n)"),
        (Separator::Record(7), "$/ = \\7"),
        (Separator::Bytes(b"no such"), "$/ = 'no such'"),
    ];
    for (separator, set) in separators {
        let script = format!(
            "open F, '<', shift; {set}; my @l; while (defined(my $l = <F>)) {{ push @l, $l; last if !defined $/ }} \
             print scalar(@l), '|', join('|', @l), '|', $."
        );
        let theirs = String::from_utf8(perl(&script, &[&path])).unwrap();
        let mut handle = open("<", &path).unwrap();
        let mut memory = Handle::memory(text.into(), Access::Read);
        for handle in [&mut handle, &mut memory] {
            let ours = lines(handle, separator);
            let ours = format!("{}|{}|{}", ours.len(), ours.join("|"), handle.line_number());
            assert_eq!(ours, theirs, "{separator:?}");
        }
    }
    // The rest of an empty file is one empty line, once.
    let mut empty = open("<", &folder.file("empty", "")).unwrap();
    let mut line = Vec::new();
    assert!(empty.read_line(Separator::Slurp, &mut line).unwrap());
    assert!(!empty.read_line(Separator::Slurp, &mut line).unwrap());
    assert!(line.is_empty());
}

#[test]
fn long_files_cross_the_buffer() {
    let folder = Folder::new("long");
    let mut text = String::new();
    let mut expected = Vec::new();
    for index in 0..20_000 {
        let line = format!("{index} {}-\r\n", "x".repeat(index * 7919 % 61));
        text.push_str(&line);
        expected.push(line);
    }
    let path = folder.file("text", &text);
    for separator in [Separator::Bytes(b"\n"), Separator::Bytes(b"-\r\n")] {
        assert_eq!(lines(&mut open("<", &path).unwrap(), separator), expected);
    }
    let mut handle = open("<", &path).unwrap();
    let mut out = Vec::new();
    assert_eq!(handle.read(10, &mut out).unwrap(), 10);
    assert_eq!(handle.read(300_000, &mut out).unwrap(), 300_000);
    assert_eq!(handle.tell().unwrap(), 300_010);
    assert_eq!(out, text.as_bytes()[..300_010]);
    assert!(handle.read_line(Separator::Slurp, &mut out).unwrap());
    assert_eq!(out, text.as_bytes());
    assert_eq!(handle.read(usize::MAX, &mut out).unwrap(), 0);
    assert!(handle.eof().unwrap());
    // A pipe does not say how long it is.
    let mut pipe = Handle::pipe(&[b"cat", &path], true).unwrap();
    let mut out = Vec::new();
    assert!(pipe.read_line(Separator::Slurp, &mut out).unwrap());
    assert_eq!(out, text.as_bytes());
    assert_eq!(pipe.close().unwrap().unwrap().0, 0);
}

#[test]
fn bytes_are_taken_and_put_back() {
    let folder = Folder::new("bytes");
    let path = folder.file("text", "abcdef");
    let mut file = open("<", &path).unwrap();
    let mut memory = Handle::memory(b"abcdef".to_vec(), Access::Read);
    for handle in [&mut file, &mut memory] {
        assert_eq!(handle.getc().unwrap(), Some(b'a'));
        handle.unread(b"xyz").unwrap();
        let mut out = Vec::new();
        assert_eq!(handle.read(5, &mut out).unwrap(), 5);
        assert_eq!(out, b"xyzbc");
        handle.unread(b"c").unwrap();
        assert_eq!(handle.tell().unwrap(), 2);
        handle.seek(1, SEEK_CUR).unwrap();
        assert_eq!(handle.getc().unwrap(), Some(b'd'));
        handle.seek(-1, SEEK_END).unwrap();
        assert!(!handle.eof().unwrap());
        assert_eq!(handle.getc().unwrap(), Some(b'f'));
        assert!(handle.eof().unwrap());
        assert_eq!(handle.getc().unwrap(), None);
        handle.seek(0, SEEK_SET).unwrap();
        assert_eq!(handle.getc().unwrap(), Some(b'a'));
        assert_eq!(handle.seek(-5, SEEK_SET), Err(Errno::EINVAL));
        assert_eq!(handle.write(b"x"), Err(Errno::EBADF));
        assert_eq!(handle.close(), Ok(None));
        assert_eq!(handle.close(), Err(Errno::EBADF));
        assert_eq!(handle.getc(), Err(Errno::EBADF));
        assert_eq!(handle.tell(), Err(Errno::EBADF));
        assert_eq!(handle.fileno(), Err(Errno::EBADF));
        assert_eq!(handle.eof(), Ok(true));
    }
}

#[test]
fn writes_are_buffered_and_go_where_they_should() {
    let folder = Folder::new("write");
    let path = folder.path("out");
    let mut handle = open(">", &path).unwrap();
    handle.write(b"one\n").unwrap();
    assert_eq!(folder.content("out"), "");
    assert_eq!(handle.tell().unwrap(), 4);
    handle.flush().unwrap();
    assert_eq!(folder.content("out"), "one\n");
    handle.set_autoflush(true).unwrap();
    handle.write(b"two\n").unwrap();
    assert_eq!(folder.content("out"), "one\ntwo\n");
    handle.set_autoflush(false).unwrap();
    handle.set_buffering(Buffering::Line);
    handle.write(b"thr").unwrap();
    assert_eq!(folder.content("out"), "one\ntwo\n");
    handle.write(b"ee\nf").unwrap();
    assert_eq!(folder.content("out"), "one\ntwo\nthree\nf");
    handle.seek(0, SEEK_SET).unwrap();
    handle.write(b"O").unwrap();
    handle.truncate(8).unwrap();
    drop(handle);
    assert_eq!(folder.content("out"), "One\ntwo\n");
    let mut handle = open(">>", &path).unwrap();
    assert_eq!(handle.tell().unwrap(), 8);
    let large = vec![b'x'; 100_000];
    for piece in large.chunks(777) {
        handle.write(piece).unwrap();
    }
    handle.write(&large).unwrap();
    handle.write(b"end").unwrap();
    handle.close().unwrap();
    let expected = format!("One\ntwo\n{}end", "x".repeat(200_000));
    assert_eq!(folder.content("out"), expected);
    // Reading and writing in turn.
    let path = folder.file("both", "0123456789");
    let mut handle = open("+<", &path).unwrap();
    assert_eq!(handle.getc().unwrap(), Some(b'0'));
    handle.write(b"ab").unwrap();
    assert_eq!(handle.getc().unwrap(), Some(b'3'));
    assert_eq!(handle.tell().unwrap(), 4);
    handle.write(b"cd").unwrap();
    handle.close().unwrap();
    assert_eq!(folder.content("both"), "0ab3cd6789");
    let mut handle = open("+>", &path).unwrap();
    handle.write(b"new").unwrap();
    handle.seek(0, SEEK_SET).unwrap();
    assert_eq!(lines(&mut handle, Separator::Bytes(b"\n")), ["new"]);
    let mut handle = open("+>>", &path).unwrap();
    handle.write(b"er").unwrap();
    handle.seek(0, SEEK_SET).unwrap();
    assert_eq!(lines(&mut handle, Separator::Bytes(b"\n")), ["newer"]);
    assert_eq!(handle.syswrite(b"!").unwrap(), 1);
    assert_eq!(handle.sysseek(0, SEEK_SET).unwrap(), 0);
    let mut out = Vec::new();
    assert_eq!(handle.sysread(100, &mut out).unwrap(), 6);
    assert_eq!(out, b"newer!");
    let mut handle = Handle::temporary().unwrap();
    handle.write(b"kept").unwrap();
    handle.seek(0, SEEK_SET).unwrap();
    assert_eq!(lines(&mut handle, Separator::Slurp), ["kept"]);
}

#[test]
fn memory_is_a_file() {
    let mut handle = Handle::memory(b"gone".to_vec(), Access::Write);
    handle.write(b"hello ").unwrap();
    handle.write(b"world").unwrap();
    handle.seek(0, SEEK_SET).unwrap();
    handle.write(b"J").unwrap();
    assert_eq!(handle.memory_content().unwrap(), b"Jello world");
    handle.seek(13, SEEK_SET).unwrap();
    handle.write(b"!").unwrap();
    assert_eq!(handle.take_memory().unwrap(), b"Jello world\0\0!");
    assert_eq!(handle.fileno(), Ok(-1));
    handle.seek(i64::MAX, SEEK_SET).unwrap();
    assert_eq!(handle.write(b"x"), Err(Errno::ENOMEM));
    assert_eq!(handle.seek(i64::MAX, SEEK_CUR), Err(Errno::EOVERFLOW));
    let mut handle = Handle::memory(b"a".to_vec(), Access::Append);
    handle.write(b"b").unwrap();
    assert_eq!(handle.memory_content().unwrap(), b"ab");
    let mut handle = Handle::memory(b"abc".to_vec(), Access::ReadWrite);
    assert_eq!(handle.getc().unwrap(), Some(b'a'));
    handle.write(b"X").unwrap();
    assert_eq!(handle.getc().unwrap(), Some(b'c'));
    assert_eq!(handle.memory_content().unwrap(), b"aXc");
    handle.truncate(1).unwrap();
    assert_eq!(handle.getc().unwrap(), None);
    assert_eq!(handle.truncate(-1), Err(Errno::EINVAL));
}

#[test]
fn errors_reach_the_close() {
    assert_eq!(open("<", b"/no/such").err(), Some(Errno::ENOENT));
    assert_eq!(open("<", b"a\0b").err(), Some(Errno::EINVAL));
    assert_eq!(open("<&", b"nobody").err(), Some(Errno::EBADF));
    assert_eq!(open("<&=", b"9999").err(), Some(Errno::EBADF));
    assert_eq!(open("-|", b"no-such-program").err(), Some(Errno::ENOENT));
    let two = |text: &[u8]| Handle::open_two_argument(text, &mut |_| None).err();
    assert_eq!(two(b""), Some(Errno::ENOENT));
    assert_eq!(two(b"/no/such"), Some(Errno::ENOENT));
    let mut full = open(">", b"/dev/full").unwrap();
    full.write(b"lost").unwrap();
    assert_eq!(full.close(), Err(Errno::ENOSPC));
    let mut full = open(">", b"/dev/full").unwrap();
    full.write(b"lost").unwrap();
    assert_eq!(full.flush(), Err(Errno::ENOSPC));
    full.flush().unwrap();
    assert_eq!(full.close(), Err(Errno::ENOSPC));
    let mut closed = Handle::closed();
    assert_eq!(closed.write(b"x"), Err(Errno::EBADF));
    assert_eq!(closed.seek(0, SEEK_SET), Err(Errno::EBADF));
    assert_eq!(closed.truncate(0), Err(Errno::EBADF));
    assert_eq!(closed.binmode(None), Err(Errno::EBADF));
    assert_eq!(closed.unread(b"x"), Err(Errno::EBADF));
    let mut directory = open("<", b"/").unwrap();
    assert_eq!(directory.read_line(Separator::Slurp, &mut Vec::new()), Err(Errno::EISDIR));
}

#[test]
fn children_are_read_written_and_waited_for() {
    let folder = Folder::new("pipe");
    let mut from = open("-|", b"echo a b; exit 3").unwrap();
    assert_eq!(lines(&mut from, Separator::Bytes(b"\n")), ["a b\n"]);
    assert!(from.tell().is_err());
    assert_eq!(from.close().unwrap().unwrap().exit_code(), Some(3));
    assert_eq!(from.child_status().unwrap().0, 3 << 8);
    let command = format!("cat > {}/copy", folder.0.display());
    let mut to = open("|-", command.as_bytes()).unwrap();
    to.write(b"through the pipe").unwrap();
    assert_eq!(to.close().unwrap().unwrap().0, 0);
    assert_eq!(folder.content("copy"), "through the pipe");
    let mut from = Handle::open_two_argument(b" echo two | ", &mut |_| None).unwrap();
    assert_eq!(lines(&mut from, Separator::Slurp), ["two\n"]);
    let mut list = Handle::pipe(&[b"echo", b"$HOME", b";"], true).unwrap();
    assert_eq!(lines(&mut list, Separator::Slurp), ["$HOME ;\n"]);
}

#[test]
fn duplicates_share_the_file() {
    let folder = Folder::new("dup");
    let path = folder.path("out");
    let mut first = open(">", &path).unwrap();
    first.write(b"one ").unwrap();
    first.flush().unwrap();
    let number = first.fileno().unwrap();
    let mode = parse_mode(b">&").unwrap();
    let mut ask = |name: &[u8]| (name == b"FIRST").then_some(Fd(number));
    let mut second = Handle::open(&mode, b"FIRST", &mut ask).unwrap();
    assert_ne!(second.fileno().unwrap(), number);
    second.write(b"two ").unwrap();
    second.close().unwrap();
    let mut third = open(">&=", format!("{number}").as_bytes()).unwrap();
    assert_eq!(third.fileno().unwrap(), number);
    third.write(b"three ").unwrap();
    drop(third);
    first.write(b"four").unwrap();
    first.close().unwrap();
    assert_eq!(folder.content("out"), "one two three four");
    let mut streams = Streams::new();
    assert_eq!(streams.stderr.buffering(), Buffering::None);
    assert_eq!(streams.stdin.fileno(), Ok(0));
    streams.stdout.binmode(Some(b":utf8")).unwrap();
    assert!(streams.stdout.layers().utf8);
    assert_eq!(streams.stdout.binmode(Some(b":nonsense")), Err(Errno::EINVAL));
    streams.flush().unwrap();
}

#[test]
fn directories_are_handles() {
    let folder = Folder::new("dirs");
    folder.file("a", "");
    folder.file("b", "");
    let path = folder.path("");
    let mut directory = Directory::open(&path).unwrap();
    let mut names = directory.read_all().unwrap();
    names.sort();
    assert_eq!(names, [b".".to_vec(), b"..".to_vec(), b"a".to_vec(), b"b".to_vec()]);
    assert_eq!(directory.read(), Ok(None));
    directory.rewind().unwrap();
    directory.read().unwrap().unwrap();
    let place = directory.tell().unwrap();
    let second = directory.read().unwrap();
    directory.seek(place).unwrap();
    assert_eq!(directory.read().unwrap(), second);
    directory.close().unwrap();
    assert_eq!(directory.close(), Err(Errno::EBADF));
    assert_eq!(directory.read(), Err(Errno::EBADF));
    assert_eq!(Directory::open(b"/no/such").err(), Some(Errno::ENOENT));
}

#[test]
fn file_tests_answer_as_perl() {
    let folder = Folder::new("tests");
    let text = folder.file("text", "hello\nworld\n");
    let empty = folder.file("empty", "");
    let binary = folder.file("binary", b"\0\x01\x02");
    let latin = folder.file("latin", b"caf\xe9 au lait, plain text after all");
    let odd = folder.file("odd", b"\xe9\xe8\xea\x01abc");
    let utf8 = folder.file("utf8", "é".repeat(400));
    let link = folder.path("link");
    s_sys::symlink(b"text", &link).unwrap();
    let broken = folder.path("broken");
    s_sys::symlink(b"nowhere", &broken).unwrap();
    let fifo = folder.path("fifo");
    s_sys::mkfifo(&fifo, 0o600).unwrap();
    s_sys::chmod(&text, 0o4755).unwrap();
    s_sys::chmod(&binary, 0o2010).unwrap();
    s_sys::chmod(&odd, 0o1000).unwrap();
    let past = Time { seconds: 1_000_000, nanoseconds: 0 };
    s_sys::utime(&text, Some((past, past))).unwrap();
    let start = Time { seconds: 1_600_000_000, nanoseconds: 0 };
    let files = [
        text,
        empty,
        binary,
        latin,
        odd,
        utf8,
        link,
        broken,
        fifo.clone(),
        b"/dev/null".to_vec(),
        b"/".to_vec(),
        b"/no/such".to_vec(),
        b"/dev".to_vec(),
        b"a\0b".to_vec(),
    ];
    for letter in "edfrwxoRWXOzslpSbcugkTBMA".chars() {
        for file in &files {
            if *file == fifo && "TB".contains(letter) {
                // Both would wait for a writer.
                continue;
            }
            let script = format!(
                "$^T = 1600000000; no warnings; my $r = -{letter} $ARGV[0]; print defined $r ? $r : 'undef'"
            );
            let Ok((answer, _)) = file_test(letter as u8, TestTarget::Path(file), start) else {
                if !file.contains(&0) {
                    assert_eq!(perl(&script, &[file]), b"undef", "{letter} {file:?}");
                }
                continue;
            };
            let theirs = String::from_utf8(perl(&script, &[file])).unwrap();
            match answer {
                TestAnswer::Bool(answer) => {
                    let theirs = !matches!(theirs.as_str(), "" | "0" | "undef");
                    assert_eq!(answer, theirs, "{letter} {}", String::from_utf8_lossy(file));
                }
                TestAnswer::Size(size) => assert_eq!(format!("{size}"), theirs),
                TestAnswer::Days(days) => {
                    let theirs: f64 = theirs.parse().unwrap();
                    assert!((days - theirs).abs() < 1e-6, "{letter} {days} {theirs}");
                }
            }
        }
    }
    let null = fs::File::open("/dev/null").unwrap();
    let fd = TestTarget::Fd(Fd(null.as_raw_fd()));
    assert_eq!(file_test(b't', fd, start), Ok((TestAnswer::Bool(false), None)));
    assert_eq!(file_test(b'c', fd, start).unwrap().0, TestAnswer::Bool(true));
    let (_, known) = file_test(b'e', TestTarget::Path(b"/"), start).unwrap();
    let known = known.unwrap();
    assert_eq!(file_test(b'd', TestTarget::Known(&known), start).unwrap().0, TestAnswer::Bool(true));
    assert_eq!(file_test(b'?', fd, start), Err(Errno::EINVAL));
}

#[test]
fn glob_matches_as_perl() {
    let folder = Folder::new("glob");
    for name in ["a.c", "B.c", "b.h", ".hidden", "x y", "[z]", "a-b", "]", "A", "^", "é", "!"] {
        folder.file(name, "");
    }
    for name in ["dir", "Dir2", "dir/sub", ".dot"] {
        fs::create_dir(folder.0.join(name)).unwrap();
    }
    for name in ["dir/a.c", "dir/sub/b.c", "Dir2/a.c", ".dot/x"] {
        folder.file(name, "");
    }
    s_sys::environment_set(b"HOME", b"/the/home");
    let mut wrong = Vec::new();
    for pattern in [
        "*",
        "*.c",
        "*.[ch]",
        "?.c",
        ".*",
        "*/*.c",
        "*/",
        "*/*/*.c",
        "{a,B}.c",
        "{b,a}.*",
        "nothing",
        "nothing*",
        "{x,no,*.c}",
        "*.c *.h",
        "a{b,c{d,e}f}g",
        "{}",
        "a{}b",
        "{a",
        "a}",
        "[!a]*",
        "[^a]*",
        "[a-z]*",
        "\\*",
        "'x y'",
        "\"x y\"",
        "x\\ y",
        "*\\ *",
        "[[]z]",
        "[]]",
        "[",
        "[a",
        "[]",
        "~",
        "~/x",
        "~root",
        "~nobody-at-all/x",
        "dir//*.c",
        "./*.c",
        "  a.c   B.c  ",
        "",
        "{a.c,nothing,*.h}",
        "a?b",
        "a[-]b",
        "*-*",
        "d*r/s*",
        "no/*",
        "{dir,Dir2}/*",
        "{,a}.c",
        "{a\\,b,c}",
        "**",
        "***.c",
        "?",
        "{[ab],x}*",
        "'*'.c",
        "a'b",
        "nothing{*,x}",
        "dir/sub/",
        "[!]]",
        "*[.]*",
        "\\a.c",
        "\\n*",
        "{{a,b},c}.c",
        "x{a{b,c}",
        "{}{}",
        "{{}}",
        "x{{},y}",
        "{[}],q}",
        "x{a",
        "x{[]}y",
        "x{[]}]}",
        "{a*,}",
        "''",
        "a {} b",
    ] {
        let script = "chdir shift; print map { $_ . chr(0) } glob shift";
        let theirs = perl(script, &[&folder.path(""), pattern.as_bytes()]);
        let theirs: Vec<&[u8]> =
            theirs.split_last().map_or(Vec::new(), |(_, names)| names.split(|byte| *byte == 0).collect());
        let ours = in_folder(&folder.0, pattern);
        let show = |names: &[Vec<u8>]| -> Vec<String> {
            names.iter().map(|name| String::from_utf8_lossy(name).into_owned()).collect()
        };
        let theirs: Vec<Vec<u8>> = theirs.into_iter().map(<[u8]>::to_vec).collect();
        if ours != theirs {
            wrong.push(format!("{pattern}: {:?}, perl {:?}", show(&ours), show(&theirs)));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!(glob(&b"{a,b}".repeat(40)), Err(Errno::E2BIG));
    for name in ["round", "and"] {
        s_sys::symlink(b".", &folder.path(name)).unwrap();
    }
    let stars = [folder.path(""), b"*/".repeat(2000)].concat();
    assert_eq!(glob::glob_within(&stars, 10_000), Err(Errno::E2BIG));
    for text in ["{", "[", "{[", "{}", "*", "?", "[!", "a{"] {
        let _ = glob(&text.repeat(100_000).into_bytes());
    }
}

/// Matches with the working directory of a moment; tests that depend on it do so here alone.
fn in_folder(folder: &Path, pattern: &str) -> Vec<Vec<u8>> {
    let before = env::current_dir().unwrap();
    env::set_current_dir(folder).unwrap();
    let found = glob(pattern.as_bytes());
    env::set_current_dir(before).unwrap();
    found.unwrap()
}

#[test]
fn commands_run_with_and_without_a_shell() {
    use NoProgram::{AsksShell, Fails};
    let words = |text: &str| {
        shell_words(text.as_bytes()).map(|words| {
            words.iter().map(|word| String::from_utf8_lossy(word).into_owned()).collect::<Vec<_>>()
        })
    };
    assert_eq!(words("  echo a  b\n").unwrap(), ["echo", "a", "b"]);
    for text in ["echo $x", "a|b", "a > b", "A=1 b", "exec x", "a\nb", "echo 'x'", "a;b", "~/x"] {
        assert_eq!(words(text), None, "{text}");
    }
    assert!(words("executor a=b").is_some());
    let (output, status) = run_shell(b"echo a   b", Fails, &mut || true).unwrap();
    assert_eq!((output.as_slice(), status.0), (b"a b\n".as_slice(), 0));
    let (output, status) = run_shell(b"printf '%s' \"a   b\"; exit 7", Fails, &mut || true).unwrap();
    assert_eq!((output.as_slice(), status.exit_code()), (b"a   b".as_slice(), Some(7)));
    let (output, _) = run_shell(b"seq 1 50000", Fails, &mut || true).unwrap();
    assert_eq!(output.len(), 288_894);
    assert_eq!(run_quiet(&[b"echo", b"$x  y"], &mut || true).unwrap().0, b"$x  y\n");
    assert_eq!(run_shell(b"no-such-program a", Fails, &mut || true).err(), Some(Errno::ENOENT));
    assert_eq!(system(b"no-such-program a", Fails).err(), Some(Errno::ENOENT));
    assert_eq!(system(b"true", Fails).unwrap().0, 0);
    assert_eq!(system(b"exit 3", Fails).err(), Some(Errno::ENOENT));
    assert_eq!(system(b"exit 3", AsksShell).unwrap().exit_code(), Some(3));
    assert_eq!(run_shell(b"exit 4", AsksShell, &mut || true).unwrap().1.exit_code(), Some(4));
    assert_eq!(system(b"exit 3;", Fails).unwrap().exit_code(), Some(3));
    assert_eq!(system(b"kill -9 $$", Fails).unwrap().signal(), Some(9));
    assert_eq!(system_list(&[b"sh", b"-c", b"exit $#", b"x", b"y"]).unwrap().0, 1 << 8);
    assert_eq!(exec(b"no-such-program", Fails), Errno::ENOENT);
    assert_eq!(exec_list(&[]), Errno::EINVAL);
    assert!(run_shell(b"", Fails, &mut || true).is_err());
}
