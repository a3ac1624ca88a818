//! The plain types every system shares: errors, descriptors, times and what `stat` tells.

use core::fmt;

/// An error number of the system. Zero means no error and is only found in language values.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Errno(pub i32);

macro_rules! errnos {
    ($($name:ident = $number:literal),* $(,)?) => {
        impl Errno {
            $(
                #[doc = concat!("`", stringify!($name), "`.")]
                pub const $name: Errno = Errno($number);
            )*
        }
    };
}

errnos! {
    EPERM = 1, ENOENT = 2, ESRCH = 3, EINTR = 4, EIO = 5, ENXIO = 6, E2BIG = 7, ENOEXEC = 8,
    EBADF = 9, ECHILD = 10, EAGAIN = 11, ENOMEM = 12, EACCES = 13, EFAULT = 14, EBUSY = 16,
    EEXIST = 17, EXDEV = 18, ENODEV = 19, ENOTDIR = 20, EISDIR = 21, EINVAL = 22, ENFILE = 23,
    EMFILE = 24, ENOTTY = 25, EFBIG = 27, ENOSPC = 28, ESPIPE = 29, EROFS = 30, EMLINK = 31,
    EPIPE = 32, EDOM = 33, ERANGE = 34, EDEADLK = 35, ENAMETOOLONG = 36, ENOSYS = 38,
    ENOTEMPTY = 39, ELOOP = 40, EOVERFLOW = 75, EILSEQ = 84, ENOTSOCK = 88, EOPNOTSUPP = 95,
    EAFNOSUPPORT = 97, EADDRINUSE = 98, EADDRNOTAVAIL = 99, ENETUNREACH = 101,
    ECONNABORTED = 103, ECONNRESET = 104, EISCONN = 106, ENOTCONN = 107, ETIMEDOUT = 110,
    ECONNREFUSED = 111, EHOSTUNREACH = 113, EALREADY = 114, EINPROGRESS = 115,
}

impl Errno {
    /// The symbolic name, like `ENOENT`; empty for a number without one.
    pub fn name(self) -> &'static str {
        self.entry().map_or("", |entry| entry.0)
    }

    /// The text the C library prints, like `No such file or directory`; empty for a number
    /// without one, for which [`fmt::Display`] says `Unknown error N`.
    pub fn message(self) -> &'static str {
        self.entry().map_or("", |entry| entry.1)
    }

    /// The number of a symbolic name, for `$!{ENOENT}`.
    pub fn from_name(name: &str) -> Option<Errno> {
        match name {
            "" => None,
            "EWOULDBLOCK" => Some(Errno::EAGAIN),
            "EDEADLOCK" => Some(Errno::EDEADLK),
            "ENOTSUP" => Some(Errno::EOPNOTSUPP),
            _ => (0..).zip(entries()).find(|(_, entry)| entry.0 == name).map(|(number, _)| Errno(number)),
        }
    }

    fn entry(self) -> Option<(&'static str, &'static str)> {
        entries().nth(usize::try_from(self.0).ok()?)
    }
}

/// Name and text of every error number, from 0 on.
fn entries() -> impl Iterator<Item = (&'static str, &'static str)> {
    #[cfg(target_os = "linux")]
    let table = crate::linux::errno::TABLE;
    #[cfg(not(target_os = "linux"))]
    let table = "";
    table.split('\n').map(|line| line.split_once(' ').unwrap_or(("", "")))
}

impl fmt::Display for Errno {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.message() {
            "" => write!(f, "Unknown error {}", self.0),
            text => f.write_str(text),
        }
    }
}

impl fmt::Debug for Errno {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.name() {
            "" => write!(f, "Errno({})", self.0),
            name => f.write_str(name),
        }
    }
}

impl core::error::Error for Errno {}

/// A descriptor. A number only: copying it shares the open file, dropping it closes nothing.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, PartialOrd, Ord)]
#[repr(transparent)]
pub struct Fd(pub i32);

impl Fd {
    /// Standard input.
    pub const STDIN: Fd = Fd(0);
    /// Standard output.
    pub const STDOUT: Fd = Fd(1);
    /// Standard error.
    pub const STDERR: Fd = Fd(2);
}

/// A process number.
pub type Pid = i32;

/// A point in time since 1970, or a length of time.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, PartialOrd, Ord)]
pub struct Time {
    /// Whole seconds.
    pub seconds: i64,
    /// The rest, below one second, counted forwards also before 1970.
    pub nanoseconds: u32,
}

impl Time {
    /// A time of seconds with a fraction; what does not fit is cut to the nearest that does.
    pub fn from_seconds(seconds: f64) -> Time {
        let mut whole = seconds as i64;
        let mut rest = seconds - whole as f64;
        if rest < 0.0 {
            whole = whole.saturating_sub(1);
            rest += 1.0;
        }
        Time { seconds: whole, nanoseconds: ((rest * 1e9) as u32).min(999_999_999) }
    }

    /// Seconds with a fraction.
    pub fn as_seconds(self) -> f64 {
        self.seconds as f64 + f64::from(self.nanoseconds) / 1e9
    }

    /// Nanoseconds, cut to what an `i64` holds.
    pub fn as_nanoseconds(self) -> i64 {
        self.seconds.saturating_mul(1_000_000_000).saturating_add(i64::from(self.nanoseconds))
    }

    /// The length from `earlier` to here; zero if `earlier` is later.
    pub fn since(self, earlier: Time) -> Time {
        if self <= earlier {
            return Time::default();
        }
        let mut seconds = self.seconds.saturating_sub(earlier.seconds);
        let mut nanoseconds = i64::from(self.nanoseconds) - i64::from(earlier.nanoseconds);
        if nanoseconds < 0 {
            seconds -= 1;
            nanoseconds += 1_000_000_000;
        }
        Time { seconds, nanoseconds: nanoseconds as u32 }
    }
}

/// What a path or descriptor is.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum FileType {
    /// A plain file.
    File,
    /// A directory.
    Directory,
    /// A symbolic link.
    Symlink,
    /// A named pipe, or either end of a pipe.
    Fifo,
    /// A socket.
    Socket,
    /// A block device.
    Block,
    /// A character device.
    Character,
    /// The system did not say.
    Unknown,
}

/// What the system knows of a file.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Stat {
    /// Device the file is on.
    pub dev: u64,
    /// Number of the inode.
    pub ino: u64,
    /// Kind and permissions.
    pub mode: u32,
    /// Count of hard links.
    pub nlink: u64,
    /// Owner.
    pub uid: u32,
    /// Group.
    pub gid: u32,
    /// Device the file stands for.
    pub rdev: u64,
    /// Size in bytes.
    pub size: i64,
    /// Preferred size of a transfer in bytes.
    pub blksize: i64,
    /// Allocated blocks of 512 bytes.
    pub blocks: i64,
    /// Last read.
    pub atime: Time,
    /// Last change of the content.
    pub mtime: Time,
    /// Last change of the inode.
    pub ctime: Time,
}

impl Stat {
    /// The kind of file in `mode`.
    pub fn file_type(&self) -> FileType {
        match self.mode & 0o170_000 {
            0o010_000 => FileType::Fifo,
            0o020_000 => FileType::Character,
            0o040_000 => FileType::Directory,
            0o060_000 => FileType::Block,
            0o100_000 => FileType::File,
            0o120_000 => FileType::Symlink,
            0o140_000 => FileType::Socket,
            _ => FileType::Unknown,
        }
    }
}

/// How a child ended, in the coding of `$?`: exit status in bits 8 to 15, signal in bits 0 to 6,
/// bit 7 for a core dump.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct WaitStatus(pub i32);

impl WaitStatus {
    /// The exit status, if the process exited by itself.
    pub fn exit_code(self) -> Option<i32> {
        (self.0 & 0x7f == 0).then_some((self.0 >> 8) & 0xff)
    }

    /// The signal that ended the process.
    pub fn signal(self) -> Option<i32> {
        let signal = self.0 & 0x7f;
        (signal != 0 && signal != 0x7f).then_some(signal)
    }
}

#[cfg(test)]
mod tests {
    use std::string::ToString;

    use super::*;

    #[test]
    fn errors_have_the_texts_of_the_c_library() {
        for number in 1..134 {
            if number == 41 || number == 58 {
                continue;
            }
            let theirs = std::io::Error::from_raw_os_error(number).to_string();
            assert_eq!(theirs, std::format!("{} (os error {number})", Errno(number)));
            let name = Errno(number).name();
            assert_eq!(Errno::from_name(name), Some(Errno(number)), "{name}");
        }
        assert_eq!(Errno(4000).to_string(), "Unknown error 4000");
        assert_eq!(Errno(-1).message(), "");
        assert_eq!(std::format!("{:?}", Errno::ENOENT), "ENOENT");
        assert_eq!(Errno::from_name("EHOSTUNREACH"), Some(Errno::EHOSTUNREACH));
        assert_eq!(Errno::from_name("EHOSTUNREACH").map(|e| e.0), Some(113));
    }

    #[test]
    fn times_subtract_and_convert() {
        let time = Time::from_seconds(-1.25);
        assert_eq!(time, Time { seconds: -2, nanoseconds: 750_000_000 });
        assert!((time.as_seconds() + 1.25).abs() < 1e-9);
        let later = Time { seconds: 5, nanoseconds: 1 };
        let earlier = Time { seconds: 3, nanoseconds: 2 };
        assert_eq!(later.since(earlier), Time { seconds: 1, nanoseconds: 999_999_999 });
        assert_eq!(earlier.since(later), Time::default());
        assert_eq!(Time::from_seconds(f64::NAN).seconds, 0);
        assert_eq!(Time::from_seconds(1e300).seconds, i64::MAX);
        assert_eq!(Time::from_seconds(-1e300).as_nanoseconds(), i64::MIN);
    }

    #[test]
    fn a_wait_status_is_an_exit_or_a_signal() {
        assert_eq!(WaitStatus(0x300).exit_code(), Some(3));
        assert_eq!(WaitStatus(9).signal(), Some(9));
        assert_eq!(WaitStatus(9).exit_code(), None);
    }
}
