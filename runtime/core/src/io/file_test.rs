//! File tests: `-e`, `-f`, `-s` and the others.

use s_sys::{Errno, Fd, FileType, SEEK_SET, Stat, Time};

/// Bytes a guess about text looks at.
const SAMPLE: usize = 512;
const SECONDS_PER_DAY: f64 = 86400.0;

/// What is tested.
#[derive(Clone, Copy, Debug)]
pub enum TestTarget<'a> {
    /// A path.
    Path(&'a [u8]),
    /// An open descriptor.
    Fd(Fd),
    /// What an earlier test or `stat` found (`_`). Cannot answer `-t`, `-T` and `-B`.
    Known(&'a Stat),
}

/// The answer of a file test.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum TestAnswer {
    /// Yes or no.
    Bool(bool),
    /// Size in bytes, above zero: the true answer of `-s`.
    Size(i64),
    /// Days from the time of the file to the start of the program, for `-M`, `-A`, `-C`.
    Days(f64),
}

/// Tests a file. `letter` is the test's, `start` the time the program started. Gives the answer
/// and, for `_`, what `stat` found. An error, for which the test is undefined, is that of `stat`,
/// or `EINVAL` for a letter that is no test.
pub fn file_test(
    letter: u8,
    target: TestTarget<'_>,
    start: Time,
) -> Result<(TestAnswer, Option<Stat>), Errno> {
    if letter == b't' {
        return match target {
            TestTarget::Fd(fd) => Ok((TestAnswer::Bool(s_sys::isatty(fd)), None)),
            _ => Err(Errno::EBADF),
        };
    }
    if !b"edfrwxoRWXOzslpSbcugkTBMAC".contains(&letter) {
        return Err(Errno::EINVAL);
    }
    let stat = match target {
        TestTarget::Path(path) if letter == b'l' => s_sys::lstat(path)?,
        TestTarget::Path(path) => s_sys::stat(path)?,
        TestTarget::Fd(fd) => s_sys::fstat(fd)?,
        TestTarget::Known(stat) => *stat,
    };
    let kind = |kind| TestAnswer::Bool(stat.file_type() == kind);
    let bit = |bit| TestAnswer::Bool(stat.mode & bit != 0);
    let may = |bit, effective| TestAnswer::Bool(permitted(&stat, bit, effective));
    let days = |time: Time| {
        let seconds = start.seconds as f64 - time.seconds as f64;
        TestAnswer::Days(seconds / SECONDS_PER_DAY)
    };
    let answer = match letter {
        b'e' => TestAnswer::Bool(true),
        b'd' => kind(FileType::Directory),
        b'f' => kind(FileType::File),
        b'l' => kind(FileType::Symlink),
        b'p' => kind(FileType::Fifo),
        b'S' => kind(FileType::Socket),
        b'b' => kind(FileType::Block),
        b'c' => kind(FileType::Character),
        b'u' => bit(0o4000),
        b'g' => bit(0o2000),
        b'k' => bit(0o1000),
        b'r' => may(4, true),
        b'w' => may(2, true),
        b'x' => may(1, true),
        b'R' => may(4, false),
        b'W' => may(2, false),
        b'X' => may(1, false),
        b'o' => TestAnswer::Bool(stat.uid == s_sys::geteuid()),
        b'O' => TestAnswer::Bool(stat.uid == s_sys::getuid()),
        b'z' => TestAnswer::Bool(stat.size == 0),
        b's' if stat.size == 0 => TestAnswer::Bool(false),
        b's' => TestAnswer::Size(stat.size),
        b'M' => days(stat.mtime),
        b'A' => days(stat.atime),
        b'C' => days(stat.ctime),
        _ => TestAnswer::Bool(looks_like(letter == b'T', target, &stat)?),
    };
    Ok((answer, Some(stat)))
}

/// Whether the mode of a file lets the user do something, 4 for reading, 2 for writing, 1 for
/// executing. The superuser may read and write all, and execute what anyone may.
fn permitted(stat: &Stat, bit: u32, effective: bool) -> bool {
    let (user, group) =
        if effective { (s_sys::geteuid(), s_sys::getegid()) } else { (s_sys::getuid(), s_sys::getgid()) };
    if user == 0 {
        return bit != 1 || stat.mode & 0o111 != 0 || stat.file_type() == FileType::Directory;
    }
    if stat.uid == user {
        return stat.mode & (bit << 6) != 0;
    }
    let member = || s_sys::getgroups().is_ok_and(|groups| groups.contains(&stat.gid));
    if stat.gid == group || member() {
        return stat.mode & (bit << 3) != 0;
    }
    stat.mode & bit != 0
}

/// Guesses from the first bytes whether a file is text or else binary; one without bytes is both.
fn looks_like(text: bool, target: TestTarget<'_>, stat: &Stat) -> Result<bool, Errno> {
    if stat.file_type() == FileType::Directory {
        return Ok(!text);
    }
    let mut sample = [0_u8; SAMPLE];
    let length = match target {
        TestTarget::Path(path) => {
            let fd = s_sys::open(path, s_sys::O_RDONLY, 0)?;
            let length = s_sys::pread(fd, &mut sample, 0);
            s_sys::close(fd)?;
            length?
        }
        // Looks without moving the position; what cannot seek cannot be looked at.
        TestTarget::Fd(fd) => s_sys::pread(fd, &mut sample, position(fd)?)?,
        TestTarget::Known(_) => return Err(Errno::EBADF),
    };
    let sample = &sample[..length.min(SAMPLE)];
    Ok(sample.is_empty() || is_text(sample) == text)
}

fn position(fd: Fd) -> Result<i64, Errno> {
    let place = s_sys::lseek(fd, 0, s_sys::SEEK_CUR)?;
    s_sys::lseek(fd, place, SEEK_SET)
}

fn is_text(sample: &[u8]) -> bool {
    if sample.contains(&0) {
        return false;
    }
    let utf8 = match core::str::from_utf8(sample) {
        Ok(_) => true,
        // A character that the end of the sample cuts is none to complain of.
        Err(error) => error.error_len().is_none() && sample.len() == SAMPLE,
    };
    if utf8 && sample.iter().any(|byte| *byte >= 0x80) {
        return true;
    }
    let odd = sample.iter().filter(|byte| match byte {
        b'\n' | b'\r' | b'\t' | 0x08 | 0x0c | 0x1b => false,
        byte => **byte < 0x20 || **byte >= 0x80,
    });
    odd.count() * 3 <= sample.len()
}
