//! Builtins on files, directories, paths, the environment and open handles.

use alloc::vec::Vec;

use s_abi::layout::{Val, want};
use s_sys::Errno;

use super::{arg, listed};
use crate::exception::Thrown;
use crate::output::{close_dropped, stream_of};
use crate::string::string;
use crate::value::{UNDEF, ValExt, counted, glob_name, int};
use crate::vm::Vm;

// The builtins of this file.
functions![
    ("append_file", |vm, a, _| write(vm, a, true)),
    ("spurt", |vm, a, _| write(vm, a, false)),
    ("wf", |vm, a, _| write(vm, a, false)),
    ("write_file", |vm, a, _| write(vm, a, false)),
    ("slurp", slurp),
    ("c", slurp),
    ("read_lines", |vm, a, w| {
        let path = vm.text(arg(a, 0))?.to_vec();
        let text = contents(vm, &path)?;
        let lines = crate::text::strings::segment::lines(&text).into_iter().map(string).collect();
        listed(vm, lines, w)
    }),
    ("unlink", |vm, a, _| each_path(vm, a, s_sys::unlink)),
    ("rmdir", |vm, a, _| one(vm, a, s_sys::rmdir)),
    ("chdir", |vm, a, _| {
        let path = if arg(a, 0).is_undef() {
            s_sys::environment_get(b"HOME").unwrap_or_default()
        } else {
            vm.text(arg(a, 0))?.to_vec()
        };
        Ok(outcome(vm, s_sys::chdir(&path)))
    }),
    ("chroot", |vm, a, _| one(vm, a, s_sys::chroot)),
    ("mkdir", |vm, a, _| {
        let mode = arg(a, 1);
        let mode = if mode.is_undef() { 0o777 } else { vm.integer(mode)? as u32 };
        let path = vm.text(arg(a, 0))?;
        let path = path.strip_suffix(b"/").filter(|path| !path.is_empty()).unwrap_or(&path);
        Ok(outcome(vm, s_sys::mkdir(path, mode)))
    }),
    ("rename", |vm, a, _| two(vm, a, s_sys::rename)),
    ("link", |vm, a, _| two(vm, a, s_sys::link)),
    ("symlink", |vm, a, _| two(vm, a, s_sys::symlink)),
    ("readlink", |vm, a, _| {
        let path = vm.text(arg(a, 0))?;
        Ok(given(vm, s_sys::readlink(&path).map(|target| string(&target))))
    }),
    ("chmod", |vm, a, _| {
        let mode = vm.integer(arg(a, 0))? as u32;
        let mut count = 0;
        for &path in a.get(1..).unwrap_or(&[]) {
            let path = vm.text(path)?;
            match s_sys::chmod(&path, mode) {
                Ok(()) => count += 1,
                Err(error) => vm.set_errno(error),
            }
        }
        Ok(int(count))
    }),
    ("chown", |vm, a, _| {
        let (user, group) = (vm.integer(arg(a, 0))? as u32, vm.integer(arg(a, 1))? as u32);
        let mut count = 0;
        for &path in a.get(2..).unwrap_or(&[]) {
            let path = vm.text(path)?;
            match s_sys::chown(&path, user, group) {
                Ok(()) => count += 1,
                Err(error) => vm.set_errno(error),
            }
        }
        Ok(int(count))
    }),
    ("utime", |vm, a, _| {
        let times = if arg(a, 0).is_undef() && arg(a, 1).is_undef() {
            None
        } else {
            let (access, change) = (vm.float(arg(a, 0))?, vm.float(arg(a, 1))?);
            Some((s_sys::Time::from_seconds(access), s_sys::Time::from_seconds(change)))
        };
        let mut count = 0;
        for &path in a.get(2..).unwrap_or(&[]) {
            let path = vm.text(path)?;
            match s_sys::utime(&path, times) {
                Ok(()) => count += 1,
                Err(error) => vm.set_errno(error),
            }
        }
        Ok(int(count))
    }),
    ("umask", |vm, a, _| {
        let mask = arg(a, 0);
        if mask.is_undef() {
            let old = s_sys::umask(0);
            s_sys::umask(old);
            return Ok(int(i64::from(old)));
        }
        Ok(int(i64::from(s_sys::umask(vm.integer(mask)? as u32))))
    }),
    ("stat", |vm, a, w| stat(vm, a, w, s_sys::stat)),
    ("lstat", |vm, a, w| stat(vm, a, w, s_sys::lstat)),
    ("truncate", |vm, a, _| {
        let length = vm.integer(arg(a, 1))?;
        if let Some(mut stream) = vm.stream(arg(a, 0)) {
            let result = stream.handle.truncate(length);
            return Ok(outcome(vm, result));
        }
        let path = vm.text(arg(a, 0))?;
        Ok(outcome(vm, s_sys::truncate(&path, length)))
    }),
    ("copy", |vm, a, _| {
        let (from, to) = (vm.text(arg(a, 0))?, vm.text(arg(a, 1))?);
        let result = read_whole(&from).and_then(|text| write_whole(&to, &text, false));
        Ok(outcome(vm, result))
    }),
    ("glob", |vm, a, w| {
        let place = a.get(1).filter(|_| w != want::LIST).map(|place| place.as_int());
        if let Some(place) = place
            && let Some(names) = vm.world.globbing.get_mut(&place)
        {
            let next = names.pop();
            if next.is_none() {
                vm.world.globbing.remove(&place);
            }
            return Ok(next.map_or(UNDEF, |name| string(&name)));
        }
        let pattern = vm.text(arg(a, 0))?;
        match crate::io::glob(&pattern) {
            Ok(names) if w == want::LIST => {
                let names = names.iter().map(|name| string(name)).collect();
                listed(vm, names, w)
            }
            Ok(mut names) => match place {
                Some(place) if !names.is_empty() => {
                    names.reverse();
                    let next = names.pop();
                    vm.world.globbing.insert(place, names);
                    Ok(next.map_or(UNDEF, |name| string(&name)))
                }
                _ => Ok(names.first().map_or(UNDEF, |name| string(name))),
            },
            Err(error) => {
                vm.set_errno(error);
                listed(vm, Vec::new(), w)
            }
        }
    }),
    ("tempfile", |vm, _, _| {
        let path = temporary_name();
        match write_whole(&path, b"", false) {
            Ok(()) => {
                vm.world.temporary.push(path.clone());
                Ok(string(&path))
            }
            Err(error) => Err(vm.die_fmt(format_args!("tempfile: {}", error.message()))),
        }
    }),
    ("tempdir", |vm, _, _| {
        let path = temporary_name();
        match s_sys::mkdir(&path, 0o700) {
            Ok(()) => Ok(string(&path)),
            Err(error) => Err(vm.die_fmt(format_args!("tempdir: {}", error.message()))),
        }
    }),
    ("temp_dir", |_, _, _| Ok(string(&temporary_directory()))),
    ("home_dir", |_, _, _| Ok(s_sys::environment_get(b"HOME").map_or(UNDEF, |path| string(&path)))),
    ("cwd", |vm, _, _| Ok(given(vm, s_sys::getcwd().map(|path| string(&path))))),
    ("dirname", |vm, a, _| Ok(string(directory_of(&vm.text(arg(a, 0))?)))),
    ("path_parent", |vm, a, _| Ok(string(directory_of(&vm.text(arg(a, 0))?)))),
    ("basename", |vm, a, _| {
        let text = vm.text(arg(a, 0))?;
        let mut name = name_of(&text);
        if a.len() > 1 {
            let suffix = vm.text(arg(a, 1))?;
            name = name.strip_suffix(&*suffix).filter(|rest| !rest.is_empty()).unwrap_or(name);
            return Ok(string(name));
        }
        Ok(string(name))
    }),
    ("path_ext", |vm, a, _| {
        let text = vm.text(arg(a, 0))?;
        Ok(string(split_name(name_of(&text)).1))
    }),
    ("path_stem", |vm, a, _| {
        let text = vm.text(arg(a, 0))?;
        Ok(string(split_name(name_of(&text)).0))
    }),
    ("path_is_abs", |vm, a, _| {
        let holds = vm.text(arg(a, 0))?.starts_with(b"/");
        Ok(vm.boolean(holds))
    }),
    ("path_is_rel", |vm, a, _| {
        let holds = !vm.text(arg(a, 0))?.starts_with(b"/");
        Ok(vm.boolean(holds))
    }),
    ("path_split", |vm, a, w| {
        let text = vm.text(arg(a, 0))?;
        let mut parts: Vec<Val> = Vec::new();
        if text.starts_with(b"/") {
            parts.push(string(b"/"));
        }
        parts.extend(text.split(|&byte| byte == b'/').filter(|part| !part.is_empty()).map(string));
        listed(vm, parts, w)
    }),
    ("path_join", |vm, a, _| {
        let mut out: Vec<u8> = Vec::new();
        for &part in a {
            let part = vm.text(part)?;
            if part.starts_with(b"/") {
                out.clear();
            } else if !out.is_empty() && out.last() != Some(&b'/') {
                out.push(b'/');
            }
            out.extend_from_slice(&part);
        }
        Ok(string(&out))
    }),
    ("file_size", |vm, a, _| of_stat(vm, a, |stat| int(stat.size))),
    ("file_mtime", |vm, a, _| of_stat(vm, a, |stat| int(stat.mtime.seconds))),
    ("file_atime", |vm, a, _| of_stat(vm, a, |stat| int(stat.atime.seconds))),
    ("is_readable", |vm, a, _| {
        let path = vm.text(arg(a, 0))?;
        Ok(vm.boolean(s_sys::access(&path, 4).is_ok()))
    }),
    ("is_writable", |vm, a, _| {
        let path = vm.text(arg(a, 0))?;
        Ok(vm.boolean(s_sys::access(&path, 2).is_ok()))
    }),
    ("env_get", |vm, a, _| {
        let name = vm.text(arg(a, 0))?;
        Ok(s_sys::environment_get(&name).map_or(UNDEF, |value| string(&value)))
    }),
    ("env_has", |vm, a, _| {
        let name = vm.text(arg(a, 0))?;
        Ok(vm.boolean(s_sys::environment_get(&name).is_some()))
    }),
    ("env_keys", |vm, _, w| {
        let names = s_sys::environment().iter().map(|(name, _)| string(name)).collect();
        listed(vm, names, w)
    }),
    ("has_stdin_tty", |vm, _, _| Ok(vm.boolean(s_sys::isatty(s_sys::Fd::STDIN)))),
    ("has_stdout_tty", |vm, _, _| Ok(vm.boolean(s_sys::isatty(s_sys::Fd::STDOUT)))),
    ("has_stderr_tty", |vm, _, _| Ok(vm.boolean(s_sys::isatty(s_sys::Fd::STDERR)))),
    ("script_name", |vm, _, _| Ok(string(&vm.specials.script_name))),
    // Handles
    ("close", |vm, a, _| {
        if let Some(result) = vm.ask_handle(arg(a, 0), b"CLOSE", rest(a))? {
            return Ok(result);
        }
        let glob = if a.is_empty() { vm.output.selected } else { vm.handle_glob(arg(a, 0)) };
        let Some((glob, mut stream)) = glob.and_then(|glob| Some((glob, stream_of(glob)?))) else {
            vm.set_errno(Errno::EBADF);
            return Ok(vm.boolean(false));
        };
        let result = stream.handle.close();
        close_dropped(vm, glob);
        Ok(match result {
            Ok(status) => {
                let code = status.map_or(0, |status| i64::from(status.0));
                if status.is_some() {
                    vm.specials.child_status = code;
                }
                vm.boolean(code == 0)
            }
            Err(error) => {
                vm.set_errno(error);
                vm.boolean(false)
            }
        })
    }),
    ("closedir", |vm, a, _| {
        let Some(mut stream) = vm.stream(arg(a, 0)) else { return Ok(vm.boolean(false)) };
        let closed = stream.directory.take().is_some();
        Ok(vm.boolean(closed))
    }),
    ("readdir", |vm, a, w| {
        let Some(mut stream) = vm.stream(arg(a, 0)) else {
            vm.set_errno(Errno::EBADF);
            return listed_or_undef(vm, w);
        };
        let Some(directory) = &mut stream.directory else { return listed_or_undef(vm, w) };
        if w == want::LIST {
            return match directory.read_all() {
                Ok(names) => {
                    let names = names.iter().map(|name| string(name)).collect();
                    listed(vm, names, w)
                }
                Err(error) => {
                    vm.set_errno(error);
                    listed(vm, Vec::new(), w)
                }
            };
        }
        let name = directory.read();
        Ok(given(vm, name.map(|name| name.map_or(UNDEF, |name| string(&name)))))
    }),
    ("rewinddir", |vm, a, _| directory(vm, a, |directory| directory.rewind().map(|()| int(1)))),
    ("telldir", |vm, a, _| directory(vm, a, |directory| directory.tell().map(int))),
    ("seekdir", |vm, a, _| {
        let place = vm.integer(arg(a, 1))?;
        let Some(mut stream) = vm.stream(arg(a, 0)) else { return Ok(UNDEF) };
        let Some(directory) = &mut stream.directory else { return Ok(UNDEF) };
        let result = directory.seek(place);
        Ok(outcome(vm, result))
    }),
    ("eof", |vm, a, _| {
        if let Some(result) = vm.ask_handle(arg(a, 0), b"EOF", rest(a))? {
            return Ok(result);
        }
        let glob = if a.is_empty() { Some(vm.last_read_handle()) } else { vm.handle_glob(arg(a, 0)) };
        let Some(glob) = glob else { return Ok(vm.boolean(true)) };
        let at_end = vm.waiting_for(glob, |stream| stream.handle.eof())?.unwrap_or(true);
        Ok(vm.boolean(at_end))
    }),
    ("fileno", |vm, a, _| {
        if let Some(result) = vm.ask_handle(arg(a, 0), b"FILENO", rest(a))? {
            return Ok(result);
        }
        let Some(stream) = vm.stream(arg(a, 0)) else { return Ok(UNDEF) };
        Ok(given(vm, stream.handle.fileno().map(|fd| int(i64::from(fd)))))
    }),
    ("binmode", |vm, a, _| {
        if let Some(result) = vm.ask_handle(arg(a, 0), b"BINMODE", rest(a))? {
            return Ok(result);
        }
        let layers = if a.len() > 1 { Some(vm.text(arg(a, 1))?.to_vec()) } else { None };
        let Some(mut stream) = vm.stream(arg(a, 0)) else { return Ok(UNDEF) };
        let result = stream.handle.binmode(layers.as_deref());
        Ok(outcome(vm, result))
    }),
    ("seek", |vm, a, _| {
        if let Some(result) = vm.ask_handle(arg(a, 0), b"SEEK", rest(a))? {
            return Ok(result);
        }
        let (offset, whence) = (vm.integer(arg(a, 1))?, vm.integer(arg(a, 2))? as i32);
        let Some(mut stream) = vm.stream(arg(a, 0)) else { return Ok(vm.boolean(false)) };
        let result = stream.handle.seek(offset, whence);
        Ok(outcome(vm, result))
    }),
    ("sysseek", |vm, a, _| {
        let (offset, whence) = (vm.integer(arg(a, 1))?, vm.integer(arg(a, 2))? as i32);
        let Some(mut stream) = vm.stream(arg(a, 0)) else { return Ok(UNDEF) };
        let result = stream.handle.sysseek(offset, whence);
        Ok(given(vm, result.map(int)))
    }),
    ("tell", |vm, a, _| {
        if let Some(result) = vm.ask_handle(arg(a, 0), b"TELL", rest(a))? {
            return Ok(result);
        }
        let Some(stream) = vm.stream(arg(a, 0)) else { return Ok(int(-1)) };
        Ok(stream.handle.tell().map_or(int(-1), int))
    }),
    ("getc", |vm, a, _| {
        if let Some(result) = vm.ask_handle(arg(a, 0), b"GETC", rest(a))? {
            return Ok(result);
        }
        let glob = if a.is_empty() { Some(vm.known.stdin) } else { vm.handle_glob(arg(a, 0)) };
        let Some(glob) = glob else { return Ok(UNDEF) };
        let read = vm.waiting_for(glob, |stream| stream.handle.getc())?;
        Ok(given(vm, read.map(|byte| byte.map_or(UNDEF, |byte| string(&[byte])))))
    }),
    ("readline", |vm, a, w| {
        if w != want::LIST {
            return crate::output::read_line(vm, arg(a, 0));
        }
        let mark = vm.height() as i64;
        crate::output::read_lines(vm, arg(a, 0))?;
        Ok(vm.list_as_result(mark, w))
    }),
    ("syswrite", |vm, a, _| {
        if let [handle, text] = *a {
            // A tied handle is told the length, also where the program leaves it out.
            let length = vm.text(text)?.len();
            if let Some(result) = vm.ask_handle(handle, b"WRITE", &[text, int(length as i64)])? {
                return Ok(result);
            }
        } else if let Some(result) = vm.ask_handle(arg(a, 0), b"WRITE", rest(a))? {
            return Ok(result);
        }
        let text = vm.text(arg(a, 1))?;
        let offset = vm.integer(arg(a, 3))?;
        let start = if offset < 0 { offset + text.len() as i64 } else { offset };
        let Some(rest) = usize::try_from(start).ok().and_then(|start| text.get(start..)) else {
            return Err(vm.die(b"Offset outside string"));
        };
        let count = arg(a, 2);
        let count = if count.is_undef() { rest.len() } else { vm.integer(count)?.max(0) as usize };
        let Some(mut stream) = vm.stream(arg(a, 0)) else {
            vm.set_errno(Errno::EBADF);
            return Ok(UNDEF);
        };
        let written = stream.handle.syswrite(&rest[..count.min(rest.len())]);
        Ok(given(vm, written.map(|count| int(count as i64))))
    }),
    ("select", |vm, a, w| {
        if a.len() >= 4 {
            return super::ready::select(vm, a, w);
        }
        // What is selected has a reference of its own: its variable may end before that.
        let old = match a.first() {
            Some(&handle) => match vm.handle_glob(handle) {
                Some(glob) => vm.output.selected.replace(glob.retained()),
                None => return Err(vm.die(b"select: no such handle")),
            },
            None => vm.output.selected.map(crate::value::GlobRef::retained),
        };
        Ok(match old {
            Some(glob) if glob.name_len > 0 => string(glob_name(glob)),
            Some(glob) => counted(s_abi::layout::tag::GLOB, glob),
            None => UNDEF,
        })
    }),
    ("flock", |vm, a, _| {
        let operation = vm.integer(arg(a, 1))? as i32;
        let Some(fd) = vm.stream(arg(a, 0)).and_then(|stream| stream.handle.fileno().ok()) else {
            return Ok(vm.boolean(false));
        };
        Ok(outcome(vm, s_sys::flock(s_sys::Fd(fd), operation)))
    }),
];

fn listed_or_undef(vm: &mut Vm, wanted: u64) -> Result<Val, Thrown> {
    if wanted == want::LIST { listed(vm, Vec::new(), wanted) } else { Ok(UNDEF) }
}

/// 1, or false with `$!` set.
fn outcome(vm: &mut Vm, result: Result<(), Errno>) -> Val {
    match result {
        Ok(()) => int(1),
        Err(error) => {
            vm.set_errno(error);
            vm.boolean(false)
        }
    }
}

/// The value, or undef with `$!` set.
fn given(vm: &mut Vm, result: Result<Val, Errno>) -> Val {
    result.unwrap_or_else(|error| {
        vm.set_errno(error);
        UNDEF
    })
}

fn one(vm: &mut Vm, a: &[Val], act: fn(&[u8]) -> Result<(), Errno>) -> Result<Val, Thrown> {
    let path = vm.text(arg(a, 0))?;
    Ok(outcome(vm, act(&path)))
}

fn two(vm: &mut Vm, a: &[Val], act: fn(&[u8], &[u8]) -> Result<(), Errno>) -> Result<Val, Thrown> {
    let (from, to) = (vm.text(arg(a, 0))?, vm.text(arg(a, 1))?);
    Ok(outcome(vm, act(&from, &to)))
}

fn each_path(vm: &mut Vm, a: &[Val], act: fn(&[u8]) -> Result<(), Errno>) -> Result<Val, Thrown> {
    let mut count = 0;
    for &path in a {
        let path = vm.text(path)?;
        match act(&path) {
            Ok(()) => count += 1,
            Err(error) => vm.set_errno(error),
        }
    }
    Ok(int(count))
}

/// The arguments behind the handle.
fn rest(arguments: &[Val]) -> &[Val] {
    arguments.get(1..).unwrap_or_default()
}

fn directory(
    vm: &mut Vm,
    a: &[Val],
    act: fn(&mut crate::io::Directory) -> Result<Val, Errno>,
) -> Result<Val, Thrown> {
    let Some(mut stream) = vm.stream(arg(a, 0)) else { return Ok(UNDEF) };
    let Some(directory) = &mut stream.directory else { return Ok(UNDEF) };
    let result = act(directory);
    Ok(given(vm, result))
}

fn stat(
    vm: &mut Vm,
    a: &[Val],
    wanted: u64,
    look: fn(&[u8]) -> Result<s_sys::Stat, Errno>,
) -> Result<Val, Thrown> {
    let glob = crate::convert::as_glob(arg(a, 0));
    let known = vm.output.known_stat().filter(|_| glob == Some(vm.known.topic));
    let result = match (known, glob.and_then(stream_of)) {
        (Some(known), _) => Ok(known),
        (None, Some(stream)) => stream.handle.fileno().and_then(|fd| s_sys::fstat(s_sys::Fd(fd))),
        (None, None) => {
            let path = vm.text(arg(a, 0))?;
            look(&path)
        }
    };
    if let Ok(stat) = &result {
        vm.output.remember_stat(stat);
    }
    match result {
        Ok(stat) if wanted == want::LIST => {
            let numbers = [
                stat.dev as i64,
                stat.ino as i64,
                i64::from(stat.mode),
                stat.nlink as i64,
                i64::from(stat.uid),
                i64::from(stat.gid),
                stat.rdev as i64,
                stat.size,
                stat.atime.seconds,
                stat.mtime.seconds,
                stat.ctime.seconds,
                stat.blksize,
                stat.blocks,
            ];
            let values = numbers.into_iter().map(int).collect();
            listed(vm, values, wanted)
        }
        Ok(_) => Ok(vm.boolean(true)),
        Err(error) => {
            vm.set_errno(error);
            if wanted == want::LIST { listed(vm, Vec::new(), wanted) } else { Ok(vm.boolean(false)) }
        }
    }
}

fn of_stat(vm: &mut Vm, a: &[Val], part: fn(&s_sys::Stat) -> Val) -> Result<Val, Thrown> {
    let path = vm.text(arg(a, 0))?;
    let result = s_sys::stat(&path).map(|stat| part(&stat));
    Ok(given(vm, result))
}

/// The whole content of a file.
pub(super) fn read_whole(path: &[u8]) -> Result<Vec<u8>, Errno> {
    let fd = s_sys::open(path, s_sys::O_RDONLY, 0)?;
    let mut out = Vec::new();
    let read = s_sys::read_to_end(fd, &mut out);
    s_sys::close(fd)?;
    read.map(|()| out)
}

fn write_whole(path: &[u8], text: &[u8], append: bool) -> Result<(), Errno> {
    let way = if append { s_sys::O_APPEND } else { s_sys::O_TRUNC };
    let fd = s_sys::open(path, s_sys::O_WRONLY | s_sys::O_CREAT | way, 0o666)?;
    let written = s_sys::write_all(fd, text);
    let closed = s_sys::close(fd);
    written.and(closed)
}

/// The content of a file for a builtin that dies without it.
pub(super) fn contents(vm: &mut Vm, path: &[u8]) -> Result<Vec<u8>, Thrown> {
    read_whole(path).map_err(|error| {
        vm.set_errno(error);
        let shown = alloc::string::String::from_utf8_lossy(path).into_owned();
        vm.die_fmt(format_args!("cannot read {shown}: {}", error.message()))
    })
}

fn slurp(vm: &mut Vm, a: &[Val], _: u64) -> Result<Val, Thrown> {
    let path = vm.text(arg(a, 0))?.to_vec();
    Ok(string(&contents(vm, &path)?))
}

fn write(vm: &mut Vm, a: &[Val], append: bool) -> Result<Val, Thrown> {
    let path = vm.text(arg(a, 0))?;
    let mut text = Vec::new();
    for &value in a.get(1..).unwrap_or(&[]) {
        vm.append_text(value, &mut text)?;
    }
    match write_whole(&path, &text, append) {
        Ok(()) => Ok(int(text.len() as i64)),
        Err(error) => {
            vm.set_errno(error);
            let shown = alloc::string::String::from_utf8_lossy(&path).into_owned();
            Err(vm.die_fmt(format_args!("cannot write {shown}: {}", error.message())))
        }
    }
}

fn temporary_directory() -> Vec<u8> {
    s_sys::environment_get(b"TMPDIR").filter(|path| !path.is_empty()).unwrap_or_else(|| b"/tmp".to_vec())
}

fn temporary_name() -> Vec<u8> {
    let mut random = [0u8; 8];
    if s_sys::random(&mut random).is_err() {
        random = s_sys::clock_realtime().as_nanoseconds().to_le_bytes();
    }
    [&temporary_directory(), b"/s-".as_slice(), &super::codec::hex_of(&random)].concat()
}

fn directory_of(path: &[u8]) -> &[u8] {
    let mut path = path;
    while path.len() > 1 && path.ends_with(b"/") {
        path = &path[..path.len() - 1];
    }
    match memchr::memrchr(b'/', path) {
        None => b".",
        Some(0) => b"/",
        Some(at) => &path[..at],
    }
}

fn name_of(path: &[u8]) -> &[u8] {
    let mut path = path;
    while path.len() > 1 && path.ends_with(b"/") {
        path = &path[..path.len() - 1];
    }
    match memchr::memrchr(b'/', path) {
        Some(at) if path.len() > 1 => &path[at + 1..],
        _ => path,
    }
}

fn split_name(name: &[u8]) -> (&[u8], &[u8]) {
    match memchr::memrchr(b'.', name) {
        Some(at) if at > 0 => (&name[..at], &name[at + 1..]),
        _ => (name, b""),
    }
}
