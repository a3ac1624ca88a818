//! Every function against what the standard library or the shell sees.

use std::collections::BTreeMap;
use std::os::fd::AsRawFd;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::string::{String, ToString};
use std::sync::Mutex;
use std::vec::Vec;
use std::{env, format, fs, thread, vec};

use super::*;
use crate::{Errno, Fd, FileType, Time, WaitStatus, environment_get};

/// Held by tests that look at children or signals of the whole process.
static PROCESS: Mutex<()> = Mutex::new(());

/// A directory of its own for a test, removed at the end.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = env::temp_dir().join(format!("s-sys-{}-{name}", getpid()));
        fs::create_dir_all(&path).unwrap();
        Folder(path)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn bytes(path: &Path) -> &[u8] {
    path.as_os_str().as_bytes()
}

#[test]
fn files_are_written_read_and_moved_in() {
    let folder = Folder::new("file");
    let path = folder.path("a");
    let fd = open(bytes(&path), O_RDWR | O_CREAT | O_EXCL, 0o640).unwrap();
    assert!(close_on_exec(fd).unwrap());
    assert_eq!(write(fd, b"hello world").unwrap(), 11);
    assert_eq!(lseek(fd, -5, SEEK_CUR).unwrap(), 6);
    let mut buffer = [0_u8; 16];
    assert_eq!(read(fd, &mut buffer).unwrap(), 5);
    assert_eq!(&buffer[..5], b"world");
    assert_eq!(read(fd, &mut buffer).unwrap(), 0);
    assert_eq!(pread(fd, &mut buffer[..4], 1).unwrap(), 4);
    assert_eq!(&buffer[..4], b"ello");
    assert_eq!(pwrite(fd, b"J", 0).unwrap(), 1);
    ftruncate(fd, 5).unwrap();
    fsync(fd).unwrap();
    flock(fd, LOCK_EX | LOCK_NB).unwrap();
    flock(fd, LOCK_UN).unwrap();
    assert_eq!(fs::read(&path).unwrap(), b"Jello");
    truncate(bytes(&path), 2).unwrap();
    assert_eq!(fs::read(&path).unwrap(), b"Je");
    lseek(fd, 0, SEEK_SET).unwrap();
    let mut all = b"x".to_vec();
    assert_eq!(read_append(fd, &mut all, 100).unwrap(), 2);
    assert_eq!(all, b"xJe");
    set_status_flags(fd, O_APPEND).unwrap();
    assert_eq!(status_flags(fd).unwrap() & (O_APPEND | 3), O_APPEND | O_RDWR);
    assert_eq!(fcntl(fd, 3, 0).unwrap(), status_flags(fd).unwrap());
    assert_eq!(fcntl(fd, 5, 0), Err(Errno::EINVAL));
    close(fd).unwrap();
    assert_eq!(open(bytes(&path), O_RDWR | O_CREAT | O_EXCL, 0o600), Err(Errno::EEXIST));
    assert_eq!(open(b"/no/such", O_RDONLY, 0), Err(Errno::ENOENT));
    assert_eq!(open(b"a\0b", O_RDONLY, 0), Err(Errno::EINVAL));
    assert_eq!(open(&vec![b'a'; 5000], O_RDONLY, 0), Err(Errno::ENAMETOOLONG));
    assert_eq!(close(Fd(-1)), Err(Errno::EBADF));
    assert_eq!(read(Fd(-1), &mut buffer), Err(Errno::EBADF));
    assert_eq!(write_all(Fd(-1), b"x"), Err(Errno::EBADF));
}

#[test]
fn stat_tells_what_std_tells() {
    let folder = Folder::new("stat");
    let file = folder.path("file");
    fs::write(&file, vec![7; 10_000]).unwrap();
    let link = folder.path("link");
    symlink(b"file", bytes(&link)).unwrap();
    let compare = |ours: Stat, theirs: fs::Metadata| {
        assert_eq!(ours.dev, theirs.dev());
        assert_eq!(ours.ino, theirs.ino());
        assert_eq!(ours.mode, theirs.mode());
        assert_eq!(ours.nlink, theirs.nlink());
        assert_eq!(ours.uid, theirs.uid());
        assert_eq!(ours.gid, theirs.gid());
        assert_eq!(ours.rdev, theirs.rdev());
        assert_eq!(ours.size as u64, theirs.size());
        assert_eq!(ours.blksize as u64, theirs.blksize());
        assert_eq!(ours.blocks as u64, theirs.blocks());
        assert_eq!(ours.atime.seconds, theirs.atime());
        assert_eq!(i64::from(ours.atime.nanoseconds), theirs.atime_nsec());
        assert_eq!(ours.mtime.seconds, theirs.mtime());
        assert_eq!(i64::from(ours.mtime.nanoseconds), theirs.mtime_nsec());
        assert_eq!(ours.ctime.seconds, theirs.ctime());
        assert_eq!(i64::from(ours.ctime.nanoseconds), theirs.ctime_nsec());
    };
    use crate::Stat;
    for path in [file.as_path(), link.as_path(), Path::new("/dev/null"), Path::new("/tmp")] {
        compare(stat(bytes(path)).unwrap(), fs::metadata(path).unwrap());
        compare(lstat(bytes(path)).unwrap(), fs::symlink_metadata(path).unwrap());
    }
    let open = fs::File::open(&file).unwrap();
    compare(fstat(Fd(open.as_raw_fd())).unwrap(), open.metadata().unwrap());
    assert_eq!(lstat(bytes(&link)).unwrap().file_type(), FileType::Symlink);
    assert_eq!(stat(b"/dev/null").unwrap().file_type(), FileType::Character);
    assert_eq!(stat(b"/no/such"), Err(Errno::ENOENT));
    let times = (Time { seconds: 1_000, nanoseconds: 5 }, Time { seconds: -3, nanoseconds: 9 });
    utime(bytes(&file), Some(times)).unwrap();
    let stat = stat(bytes(&file)).unwrap();
    assert_eq!((stat.atime.seconds, stat.mtime.seconds), (1_000, -3));
    utime(bytes(&file), None).unwrap();
    assert!(fs::metadata(&file).unwrap().mtime() > 1_000_000);
}

#[test]
fn names_and_permissions_change() {
    let folder = Folder::new("names");
    let (a, b, c) = (folder.path("a"), folder.path("b"), folder.path("c"));
    mkdir(bytes(&a), 0o755).unwrap();
    assert_eq!(mkdir(bytes(&a), 0o755), Err(Errno::EEXIST));
    assert!(a.is_dir());
    rename(bytes(&a), bytes(&b)).unwrap();
    assert!(!a.exists() && b.is_dir());
    rmdir(bytes(&b)).unwrap();
    fs::write(&a, "x").unwrap();
    link(bytes(&a), bytes(&b)).unwrap();
    assert_eq!(fs::metadata(&a).unwrap().nlink(), 2);
    symlink(b"target of the link", bytes(&c)).unwrap();
    assert_eq!(readlink(bytes(&c)).unwrap(), b"target of the link");
    assert_eq!(readlink(bytes(&a)), Err(Errno::EINVAL));
    let long = vec![b'x'; 1000];
    unlink(bytes(&c)).unwrap();
    symlink(&long, bytes(&c)).unwrap();
    assert_eq!(readlink(bytes(&c)).unwrap(), long);
    chmod(bytes(&a), 0o601).unwrap();
    assert_eq!(fs::metadata(&a).unwrap().permissions().mode() & 0o7777, 0o601);
    chown(bytes(&a), u32::MAX, u32::MAX).unwrap();
    access(bytes(&a), R_OK).unwrap();
    access_effective(bytes(&a), R_OK).unwrap();
    assert_eq!(access(b"/no/such", F_OK), Err(Errno::ENOENT));
    mkfifo(bytes(&folder.path("fifo")), 0o600).unwrap();
    assert_eq!(stat(bytes(&folder.path("fifo"))).unwrap().file_type(), FileType::Fifo);
    unlink(bytes(&a)).unwrap();
    assert_eq!(unlink(bytes(&a)), Err(Errno::ENOENT));
    assert_eq!(getcwd().unwrap(), bytes(&env::current_dir().unwrap()));
}

#[test]
fn directories_are_read_whole_and_again() {
    let folder = Folder::new("dir");
    let mut expected: BTreeMap<Vec<u8>, FileType> = BTreeMap::new();
    for index in 0..2000 {
        let name = format!("a file with number {index}");
        fs::write(folder.path(&name), "").unwrap();
        expected.insert(name.into_bytes(), FileType::File);
    }
    fs::create_dir(folder.path("sub")).unwrap();
    for name in ["sub", ".", ".."] {
        expected.insert(name.as_bytes().to_vec(), FileType::Directory);
    }
    let mut reader = read_dir(bytes(&folder.0)).unwrap();
    let all = |reader: &mut DirReader| {
        let mut found = BTreeMap::new();
        while let Some(entry) = reader.next_entry().unwrap() {
            found.insert(entry.name, entry.file_type);
        }
        found
    };
    assert_eq!(all(&mut reader), expected);
    reader.rewind().unwrap();
    let first = reader.next_entry().unwrap().unwrap();
    let place = reader.tell();
    let second = reader.next_entry().unwrap().unwrap();
    reader.next_entry().unwrap();
    reader.seek(place).unwrap();
    assert_eq!(reader.next_entry().unwrap().unwrap(), second);
    assert_ne!(first, second);
    reader.rewind().unwrap();
    assert_eq!(all(&mut reader), expected);
    assert_eq!(read_dir(b"/etc/passwd").err(), Some(Errno::ENOTDIR));
}

#[test]
fn descriptors_are_copied_and_waited_for() {
    let (read_end, write_end) = pipe().unwrap();
    let mut waiting = [PollFd { fd: read_end, events: POLLIN, revents: 0 }];
    let soon = Some(Time { seconds: 0, nanoseconds: 1_000_000 });
    assert_eq!(poll(&mut waiting, soon).unwrap(), 0);
    let copy = dup(write_end).unwrap();
    write_all(copy, b"abc").unwrap();
    assert_eq!(poll(&mut waiting, None).unwrap(), 1);
    assert_eq!(waiting[0].revents, POLLIN);
    let high = dup_above(read_end, 100).unwrap();
    assert!(high.0 >= 100);
    let target = dup(high).unwrap();
    assert_eq!(dup2(read_end, target).unwrap(), target);
    assert_eq!(dup2(target, target).unwrap(), target);
    assert_eq!(dup2(Fd(-1), Fd(-1)), Err(Errno::EBADF));
    let mut buffer = [0_u8; 8];
    assert_eq!(read(target, &mut buffer).unwrap(), 3);
    for fd in [read_end, write_end, copy, high, target] {
        close(fd).unwrap();
    }
    assert_eq!(lseek(Fd(-1), 0, SEEK_CUR), Err(Errno::EBADF));
    assert!(!isatty(Fd(fs::File::open("/dev/null").unwrap().as_raw_fd())));
    let null = fs::File::open("/dev/null").unwrap();
    assert_eq!(terminal_size(Fd(null.as_raw_fd())), Err(Errno::ENOTTY));
}

#[test]
fn a_terminal_is_known_by_its_modes() {
    // A pseudo-terminal is one; its other side is made by opening `/dev/ptmx`.
    let Ok(fd) = open(b"/dev/ptmx", O_RDWR | O_NOCTTY, 0) else { return };
    assert!(isatty(fd));
    let before = terminal_mode(fd).unwrap();
    set_terminal_mode(fd, &before.raw()).unwrap();
    assert_eq!(terminal_mode(fd).unwrap(), before.raw());
    set_terminal_mode(fd, &before.echo(false)).unwrap();
    assert_ne!(terminal_mode(fd).unwrap(), before);
    assert_eq!(before.echo(true).unbuffered().raw().echo(false), before.raw());
    terminal_size(fd).unwrap();
    close(fd).unwrap();
}

fn run(command: &Spawn<'_>) -> (Vec<u8>, WaitStatus) {
    let (read_end, write_end) = pipe().unwrap();
    let mut redirections = command.redirections.to_vec();
    redirections.push(Redirection { source: write_end, target: Fd::STDOUT });
    let pid = spawn(&Spawn { redirections: &redirections, ..*command }).unwrap();
    close(write_end).unwrap();
    let mut output = Vec::new();
    while read_append(read_end, &mut output, 4096).unwrap() > 0 {}
    close(read_end).unwrap();
    let (ended, status) = waitpid(pid, 0).unwrap().unwrap();
    assert_eq!(ended, pid);
    (output, status)
}

#[test]
fn programs_are_started_and_waited_for() {
    let _alone = PROCESS.lock().unwrap();
    let folder = Folder::new("spawn");
    let (output, status) = run(&Spawn::new(&[b"sh", b"-c", b"echo $0 $1; exit 3", b"x", b"y"]));
    assert_eq!(output, b"x y\n");
    assert_eq!(status.exit_code(), Some(3));
    let variables = [(b"S_TEST".to_vec(), b"value".to_vec())];
    let command = Spawn {
        environment: Some(&variables),
        directory: Some(b"/"),
        ..Spawn::new(&[b"/bin/sh", b"-c", b"echo $S_TEST; pwd; kill -9 $$"])
    };
    let (output, status) = run(&command);
    assert_eq!(output, b"value\n/\n");
    assert_eq!(status.signal(), Some(9));
    assert_eq!(spawn(&Spawn::new(&[b"no such program"])), Err(Errno::ENOENT));
    assert_eq!(spawn(&Spawn::new(&[])), Err(Errno::EINVAL));
    assert_eq!(spawn(&Spawn::new(&[b"/etc"])), Err(Errno::EACCES));
    assert_eq!(spawn(&Spawn::new(&[b"sh", b"a\0b"])), Err(Errno::EINVAL));
    let away = Spawn { directory: Some(b"/no/such"), ..Spawn::new(&[b"/bin/sh"]) };
    assert_eq!(spawn(&away), Err(Errno::ENOENT));
    assert_eq!(waitpid(-1, WNOHANG), Err(Errno::ECHILD));
    // A script without `#!` is the shell's.
    let script = folder.path("script");
    fs::write(&script, "echo \"from $1\"\n").unwrap();
    fs::set_permissions(&script, fs::Permissions::from_mode(0o755)).unwrap();
    let (output, _) = run(&Spawn::new(&[bytes(&script), b"script"]));
    assert_eq!(output, b"from script\n");
    // Two descriptors change places.
    let (a, b) = (folder.path("a"), folder.path("b"));
    let mode = O_WRONLY | O_CREAT;
    let (first, second) = (open(bytes(&a), mode, 0o600).unwrap(), open(bytes(&b), mode, 0o600).unwrap());
    let command = format!("echo one >&{}; echo two >&{}", first.0, second.0);
    let swap = [Redirection { source: first, target: second }, Redirection { source: second, target: first }];
    let command = [b"sh".as_slice(), b"-c", command.as_bytes()];
    run(&Spawn { redirections: &swap, ..Spawn::new(&command) });
    assert_eq!(fs::read_to_string(&a).unwrap(), "two\n");
    assert_eq!(fs::read_to_string(&b).unwrap(), "one\n");
    // No child keeps a descriptor that was not handed on.
    let own = dup_above(first, 200).unwrap();
    let command = format!("ls /proc/$$/fd/{}", own.0);
    let command = [b"sh".as_slice(), b"-c", command.as_bytes()];
    let quiet = open(b"/dev/null", O_WRONLY, 0).unwrap();
    let hushed = [Redirection { source: quiet, target: Fd::STDERR }];
    let (_, status) = run(&Spawn { redirections: &hushed, ..Spawn::new(&command) });
    assert_ne!(status.exit_code(), Some(0));
    for fd in [first, second, own, quiet] {
        close(fd).unwrap();
    }
}

#[test]
fn a_fork_runs_on_and_can_execute() {
    let _alone = PROCESS.lock().unwrap();
    // SAFETY: the child only makes system calls and exits.
    let pid = unsafe { fork() }.unwrap();
    if pid == 0 {
        exit(if getppid() > 0 { 42 } else { 1 });
    }
    assert_eq!(waitpid(pid, 0), Ok(Some((pid, WaitStatus(42 << 8)))));
    // SAFETY: sleeps until it is killed.
    let pid = unsafe { fork() }.unwrap();
    if pid == 0 {
        loop {
            let _ = pause();
        }
    }
    assert_eq!(waitpid(pid, WNOHANG), Ok(None));
    kill(pid, 0).unwrap();
    kill(pid, SIGTERM).unwrap();
    assert_eq!(waitpid(pid, 0), Ok(Some((pid, WaitStatus(SIGTERM)))));
    assert_eq!(waitpid(pid, 0), Err(Errno::ECHILD));
    assert_eq!(kill(i32::MAX, 0), Err(Errno::ESRCH));
    assert_eq!(exec(&[b"no such program"]), Errno::ENOENT);
    assert_eq!(execve(b"/no/such", &[b"x"], &[]), Errno::ENOENT);
}

#[test]
fn identity_is_what_the_shell_says() {
    let _alone = PROCESS.lock().unwrap();
    let command = b"echo $PPID; id -u; id -g; id -G; hostname; uname -srm; nproc; umask";
    let (output, _) = run(&Spawn::new(&[b"sh", b"-c", command]));
    let output = String::from_utf8(output).unwrap();
    let mut lines = output.lines();
    let mut next = || lines.next().unwrap().to_string();
    assert_eq!(next(), getpid().to_string());
    assert_eq!(next(), geteuid().to_string());
    assert_eq!(next(), getegid().to_string());
    let theirs = next();
    for group in getgroups().unwrap() {
        assert!(theirs.split(' ').any(|other| other == group.to_string()), "{theirs} {group}");
    }
    let name = uname().unwrap();
    assert_eq!(gethostname().unwrap(), name.node);
    assert_eq!(next().as_bytes(), name.node);
    assert_eq!(next().as_bytes(), [name.system, name.release, name.machine].join(&b' '));
    if environment_get(b"OMP_NUM_THREADS").is_none() {
        assert_eq!(next(), num_cpus().to_string());
    }
    assert_eq!(getpid(), std::process::id() as i32);
    assert_eq!(getpgrp(), getpgid(getpid()).unwrap());
    assert_eq!((getuid(), getgid()), (geteuid(), getegid()));
    let nice = getpriority(0, 0).unwrap();
    setpriority(0, 0, nice).unwrap();
    let mask = umask(0o022);
    assert_eq!(umask(mask), 0o022);
}

#[test]
fn clocks_agree_with_std() {
    // A signal that another test sends would end the sleep.
    let _alone = PROCESS.lock().unwrap();
    let theirs = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
    let ours = clock_realtime();
    assert!((ours.as_seconds() - theirs.as_secs_f64()).abs() < 5.0);
    let before = clock_monotonic();
    sleep(Time { seconds: 0, nanoseconds: 20_000_000 }).unwrap();
    assert!(clock_monotonic().since(before) >= Time { seconds: 0, nanoseconds: 20_000_000 });
    let start = clock_process();
    let thread = clock_thread();
    while clock_process().since(start) < (Time { seconds: 0, nanoseconds: 30_000_000 }) {}
    assert!(clock_thread() > thread);
    assert!(times().user + times().system > 0);
}

#[test]
fn caught_signals_wait_and_interrupt() {
    let _alone = PROCESS.lock().unwrap();
    assert_eq!(signal_number("SIGALRM"), Some(SIGALRM));
    assert_eq!(signal_number("CLD"), Some(17));
    assert_eq!(signal_number("NONE"), None);
    assert_eq!(signal_name(9), Some("KILL"));
    assert_eq!(signal_name(-1), None);
    let before = signal_catch(SIGUSR1).unwrap();
    assert!(signal_is_caught(signal_action(SIGUSR1).unwrap()));
    kill(getpid(), SIGUSR1).unwrap();
    while !signals_pending() {
        thread::yield_now();
    }
    assert_eq!(signals_take(), Some(SIGUSR1));
    assert_eq!(signals_take(), None);
    assert_eq!(signal_ignore(SIGUSR1).map(signal_is_caught), Ok(true));
    assert_eq!(signal_action(SIGUSR1), Ok(SignalAction::Ignore));
    kill(getpid(), SIGUSR1).unwrap();
    assert!(!signals_pending());
    signal_default(SIGUSR1).unwrap();
    assert_eq!(before, SignalAction::Default);
    assert_eq!(signal_catch(SIGKILL), Err(Errno::EINVAL));
    // A blocked signal waits in the kernel, for this thread.
    let mask = sigprocmask(MaskChange::Block, 1 << (SIGUSR2 - 1)).unwrap();
    assert_eq!(sigprocmask(MaskChange::Set, mask).unwrap(), mask | (1 << (SIGUSR2 - 1)));
    // The alarm interrupts some thread; the pending signal makes ours stop.
    signal_catch(SIGALRM).unwrap();
    let half = Time { seconds: 0, nanoseconds: 50_000_000 };
    assert_eq!(alarm(Time { seconds: 50, nanoseconds: 0 }).unwrap(), Time::default());
    assert_eq!(alarm(half).unwrap().as_seconds().round(), 50.0);
    let (read_end, write_end) = pipe().unwrap();
    let waker = thread::spawn(move || {
        while !signals_pending() {
            thread::yield_now();
        }
        let _ = write(write_end, b"x");
    });
    let mut byte = [0];
    let result = read(read_end, &mut byte);
    assert!(result == Err(Errno::EINTR) || result == Ok(1), "{result:?}");
    waker.join().unwrap();
    assert_eq!(signals_take(), Some(SIGALRM));
    signal_default(SIGALRM).unwrap();
    close(read_end).unwrap();
    close(write_end).unwrap();
}

#[test]
fn memory_comes_zeroed_grows_and_goes() {
    let length = 1 << 20;
    let pages = map_anonymous(length, PROT_READ | PROT_WRITE, MAP_NORESERVE).unwrap();
    // SAFETY: the mapping is ours; each use is inside it.
    unsafe {
        assert_eq!(pages.add(length - 1).read(), 0);
        pages.write(7);
        madvise(pages.add(length / 2), length / 2, MADV_DONTNEED).unwrap();
        let pages = mremap(pages, length, 4 * length).unwrap();
        assert_eq!(pages.read(), 7);
        pages.add(4 * length - 1).write(1);
        mprotect(pages, length, PROT_READ).unwrap();
        assert_eq!(pages.read(), 7);
        munmap(pages, 4 * length).unwrap();
    }
    assert_eq!(map_anonymous(0, PROT_READ, 0), Err(Errno::EINVAL));
}

#[test]
fn random_bytes_differ() {
    let (mut a, mut b) = ([0_u8; 64], [0_u8; 64]);
    random(&mut a).unwrap();
    random(&mut b).unwrap();
    assert_ne!(a, b);
    random(&mut []).unwrap();
}

#[test]
fn sockets_talk_to_std() {
    let listener = socket(AF_INET, SOCK_STREAM, 0).unwrap();
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, 1).unwrap();
    assert_eq!(getsockopt(listener, SOL_SOCKET, SO_REUSEADDR).unwrap(), 1_i32.to_ne_bytes());
    bind(listener, &Address::V4([127, 0, 0, 1], 0)).unwrap();
    listen(listener, 5).unwrap();
    let Address::V4(_, port) = getsockname(listener).unwrap() else { panic!("not IPv4") };
    let client = thread::spawn(move || {
        use std::io::{Read, Write};
        let mut stream = std::net::TcpStream::connect(("127.0.0.1", port)).unwrap();
        stream.write_all(b"ping").unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        (answer, stream.local_addr().unwrap().port())
    });
    let (connection, from) = accept(listener).unwrap();
    let mut buffer = [0_u8; 16];
    assert_eq!(receive(connection, &mut buffer, 0).unwrap().0, 4);
    assert_eq!(send(connection, b"pong", MSG_NOSIGNAL, None).unwrap(), 4);
    shutdown(connection, SHUT_WR).unwrap();
    let (answer, port) = client.join().unwrap();
    assert_eq!(answer, "pong");
    assert_eq!(from, Some(Address::V4([127, 0, 0, 1], port)));
    close(connection).unwrap();
    close(listener).unwrap();

    let folder = Folder::new("socket");
    let path = Address::Unix(bytes(&folder.path("s")).to_vec());
    let server = socket(AF_UNIX, SOCK_DGRAM, 0).unwrap();
    bind(server, &path).unwrap();
    assert_eq!(getsockname(server).unwrap(), path);
    let client = socket(AF_UNIX, SOCK_DGRAM, 0).unwrap();
    assert_eq!(send(client, b"datagram", 0, Some(&path)).unwrap(), 8);
    assert_eq!(receive(server, &mut buffer, 0).unwrap().0, 8);
    connect(client, &path).unwrap();
    assert_eq!(getpeername(client).unwrap(), path);
    close(server).unwrap();
    close(client).unwrap();
    let (a, b) = socketpair(AF_UNIX, SOCK_STREAM, 0).unwrap();
    write_all(a, b"x").unwrap();
    assert_eq!(read(b, &mut buffer).unwrap(), 1);
    close(a).unwrap();
    close(b).unwrap();
    let six = Address::V6([1; 16], 80, 3);
    assert_eq!(Address::decode(&six.encode().unwrap()).unwrap(), six);
    assert_eq!(Address::Unix(vec![b'a'; 108]).encode(), Err(Errno::ENAMETOOLONG));
    assert_eq!(Address::decode(&[9]), Err(Errno::EINVAL));
}

static mut POSITIONS: [usize; 2] = [0, 0];

unsafe extern "C" fn count_up(argument: *mut u8) -> ! {
    loop {
        // SAFETY: the other stack stands still meanwhile.
        unsafe {
            *argument.cast::<u64>() += 1;
            let positions = &raw mut POSITIONS;
            switch_stack((&raw mut (*positions)[1]).cast(), (*positions)[0]);
        }
    }
}

#[test]
fn two_stacks_take_turns() {
    let size = 1 << 16;
    let stack = map_anonymous(size, PROT_READ | PROT_WRITE, MAP_NORESERVE).unwrap();
    let mut count = 0_u64;
    // SAFETY: the memory is fresh, and only this test uses the two positions.
    unsafe {
        let positions = &raw mut POSITIONS;
        (*positions)[1] = prepare_stack(stack.add(size), count_up, (&raw mut count).cast());
        for turn in 1..=3 {
            switch_stack((&raw mut (*positions)[0]).cast(), (*positions)[1]);
            assert_eq!(core::ptr::read_volatile(&raw const count), turn);
        }
        munmap(stack, size).unwrap();
    }
}
