//! Builtins on processes, users and the machine.

use alloc::vec::Vec;

use s_abi::layout::{Val, want};
use s_sys::{Errno, Fd};

use super::{arg, listed};
use crate::exception::Thrown;
use crate::io::Handle;
use crate::output::{before_child, install};
use crate::string::string;
use crate::value::{GlobRef, UNDEF, ValExt, int};
use crate::vm::Vm;

// The builtins of this file.
functions![
    ("system", |vm, a, _| {
        before_child(vm);
        let words = words(vm, a)?;
        let slices: Vec<&[u8]> = words.iter().map(Vec::as_slice).collect();
        let result = match slices.as_slice() {
            [only] => crate::io::system(only, vm.no_program()),
            _ => crate::io::system_list(&slices),
        };
        Ok(ended(vm, result))
    }),
    // `system {PROGRAM} LIST`
    ("__system_as", |vm, a, _| {
        before_child(vm);
        let words = words(vm, a)?;
        let slices: Vec<&[u8]> = words.iter().map(Vec::as_slice).collect();
        let Some((program, arguments)) = slices.split_first() else { return Ok(int(-1)) };
        let result = crate::io::system_as(program, arguments);
        Ok(ended(vm, result))
    }),
    ("pool_info", |vm, _, _| {
        let table = crate::hash::new();
        crate::hash::set_text(vm, table, b"threads", int(1));
        crate::hash::set_text(vm, table, b"tasks", int(vm.fibers.alive() as i64));
        Ok(crate::value::href(table))
    }),
    ("exec", |vm, a, _| {
        before_child(vm);
        let words = words(vm, a)?;
        let slices: Vec<&[u8]> = words.iter().map(Vec::as_slice).collect();
        let error = match slices.as_slice() {
            [only] => crate::io::exec(only, vm.no_program()),
            _ => crate::io::exec_list(&slices),
        };
        vm.set_errno(error);
        Ok(vm.boolean(false))
    }),
    // `exec {PROGRAM} LIST`
    ("__exec_as", |vm, a, _| {
        before_child(vm);
        let words = words(vm, a)?;
        let slices: Vec<&[u8]> = words.iter().map(Vec::as_slice).collect();
        let Some((program, arguments)) = slices.split_first() else { return Ok(vm.boolean(false)) };
        let error = s_sys::exec_as(program, arguments);
        vm.set_errno(error);
        Ok(vm.boolean(false))
    }),
    ("readpipe", |vm, a, w| crate::output::command(vm, arg(a, 0), w as i64)),
    ("fork", |vm, _, _| {
        before_child(vm);
        // SAFETY: one thread runs the program; what is buffered was written out.
        match unsafe { s_sys::fork() } {
            Ok(pid) => {
                vm.world.forked |= pid == 0;
                Ok(int(i64::from(pid)))
            }
            Err(error) => {
                vm.set_errno(error);
                Ok(UNDEF)
            }
        }
    }),
    ("wait", |vm, _, _| waited(vm, -1, 0)),
    ("waitpid", |vm, a, _| {
        let (pid, flags) = (vm.integer(arg(a, 0))? as i32, vm.integer(arg(a, 1))? as i32);
        waited(vm, pid, flags)
    }),
    ("kill", |vm, a, _| {
        let signal = arg(a, 0);
        let text = vm.text(signal)?;
        let number = match core::str::from_utf8(&text) {
            Ok(name) => s_sys::signal_number(name.strip_prefix("SIG").unwrap_or(name)),
            Err(_) => None,
        };
        let number = match number {
            Some(number) => number,
            None => vm.integer(signal)? as i32,
        };
        let mut count = 0;
        for &pid in a.get(1..).unwrap_or(&[]) {
            let pid = vm.integer(pid)? as i32;
            match s_sys::kill(pid, number) {
                Ok(()) => count += 1,
                Err(error) => vm.set_errno(error),
            }
        }
        Ok(int(count))
    }),
    ("exit", |vm, a, _| {
        let status = vm.integer(arg(a, 0))?;
        crate::exception::exit(vm, status)
    }),
    ("pid", |_, _, _| Ok(int(i64::from(s_sys::getpid())))),
    ("ppid", |_, _, _| Ok(int(i64::from(s_sys::getppid())))),
    ("getppid", |_, _, _| Ok(int(i64::from(s_sys::getppid())))),
    ("getpgrp", |_, _, _| Ok(int(i64::from(s_sys::getpgrp())))),
    ("uid", |_, _, _| Ok(int(i64::from(s_sys::getuid())))),
    ("gid", |_, _, _| Ok(int(i64::from(s_sys::getgid())))),
    ("os_name", |_, _, _| Ok(string(b"linux"))),
    ("os_arch", |_, _, _| {
        Ok(string(if cfg!(target_arch = "aarch64") {
            b"aarch64"
        } else if cfg!(target_arch = "riscv64") {
            b"riscv64"
        } else {
            b"x86_64"
        }))
    }),
    ("gethostname", hostname),
    ("net_hostname", hostname),
    ("num_cpus", |_, _, _| Ok(int(s_sys::num_cpus() as i64))),
    ("cmd_exists", |vm, a, _| {
        let name = vm.text(arg(a, 0))?;
        let found = s_sys::path_of(&name).iter().any(|path| s_sys::access(path, 1).is_ok());
        Ok(vm.boolean(found))
    }),
    ("getlogin", |_, _, _| {
        let user = s_sys::getpwuid(s_sys::getuid());
        Ok(user.map_or(UNDEF, |user| string(&user.name)))
    }),
    ("getpwnam", |vm, a, w| {
        let name = vm.text(arg(a, 0))?;
        let user = s_sys::getpwnam(&name);
        passwd(vm, user, w, false)
    }),
    ("getpwuid", |vm, a, w| {
        let user = s_sys::getpwuid(vm.integer(arg(a, 0))? as u32);
        passwd(vm, user, w, true)
    }),
    ("getgrgid", |vm, a, w| {
        let id = vm.integer(arg(a, 0))? as u32;
        let group = s_sys::groups().unwrap_or_default().into_iter().find(|group| group.gid == id);
        group_entry(vm, group, w, true)
    }),
    ("getgrnam", |vm, a, w| {
        let name = vm.text(arg(a, 0))?.to_vec();
        let group = s_sys::groups().unwrap_or_default().into_iter().find(|group| group.name == name);
        group_entry(vm, group, w, false)
    }),
    ("getpwent", |vm, _, w| {
        let user = s_sys::users().unwrap_or_default().into_iter().nth(vm.world.next_user);
        vm.world.next_user += 1;
        passwd(vm, user, w, true)
    }),
    ("getgrent", |vm, _, w| {
        let group = s_sys::groups().unwrap_or_default().into_iter().nth(vm.world.next_group);
        vm.world.next_group += 1;
        group_entry(vm, group, w, true)
    }),
    ("setpwent", |vm, _, _| {
        vm.world.next_user = 0;
        Ok(int(1))
    }),
    ("endpwent", |vm, _, _| {
        vm.world.next_user = 0;
        Ok(int(1))
    }),
    ("setgrent", |vm, _, _| {
        vm.world.next_group = 0;
        Ok(int(1))
    }),
    ("endgrent", |vm, _, _| {
        vm.world.next_group = 0;
        Ok(int(1))
    }),
    ("sys_uptime", |_, _, _| {
        let text = super::file::read_whole(b"/proc/uptime").unwrap_or_default();
        Ok(int(crate::text::number::parse(&text).to_i64()))
    }),
    ("mem_total", |_, _, _| Ok(memory(b"MemTotal:"))),
    ("mem_free", |_, _, _| Ok(memory(b"MemAvailable:"))),
    ("mem_used", |_, _, _| {
        let (total, free) = (memory(b"MemTotal:"), memory(b"MemAvailable:"));
        Ok(int(total.as_int() - free.as_int()))
    }),
];

/// What `system` gives for a command that ended, or could not be started.
fn ended(vm: &mut Vm, result: Result<s_sys::WaitStatus, Errno>) -> Val {
    let status = match result {
        Ok(status) => i64::from(status.0),
        Err(error) => {
            vm.set_errno(error);
            -1
        }
    };
    vm.specials.child_status = status;
    int(status)
}

fn words(vm: &mut Vm, a: &[Val]) -> Result<Vec<Vec<u8>>, Thrown> {
    let mut out = Vec::new();
    for &value in a {
        out.push(vm.text(value)?.to_vec());
    }
    Ok(out)
}

/// `open` of `-|` or `|-`: a child that runs the same program, whose standard output the parent reads, or
/// whose standard input it writes. The child gets 0.
pub(crate) fn open_child(vm: &mut Vm, glob: GlobRef, reads: bool) -> Result<Val, Errno> {
    let (read_end, write_end) = s_sys::pipe()?;
    let (ours, theirs, target) =
        if reads { (read_end, write_end, Fd::STDOUT) } else { (write_end, read_end, Fd::STDIN) };
    before_child(vm);
    // SAFETY: one thread runs the program; what is buffered was written out.
    match unsafe { s_sys::fork() } {
        Ok(0) => {
            vm.world.forked = true;
            s_sys::dup2(theirs, target)?;
            s_sys::close(theirs)?;
            s_sys::close(ours)?;
            Ok(int(0))
        }
        Ok(child) => {
            s_sys::close(theirs)?;
            install(vm, glob, Handle::of_child(ours, reads, child));
            Ok(int(i64::from(child)))
        }
        Err(error) => {
            // Nobody used them.
            s_sys::close(ours).unwrap_or_default();
            s_sys::close(theirs).unwrap_or_default();
            Err(error)
        }
    }
}

fn waited(vm: &mut Vm, pid: i32, flags: i32) -> Result<Val, Thrown> {
    Ok(match vm.uninterrupted(|_| s_sys::waitpid(pid, flags))? {
        Ok(Some((pid, status))) => {
            vm.specials.child_status = i64::from(status.0);
            int(i64::from(pid))
        }
        Ok(None) => int(0),
        Err(error) => {
            vm.set_errno(error);
            vm.specials.child_status = -1;
            int(-1)
        }
    })
}

fn hostname(vm: &mut Vm, _: &[Val], _: u64) -> Result<Val, Thrown> {
    match s_sys::gethostname() {
        Ok(name) => Ok(string(&name)),
        Err(error) => {
            vm.set_errno(error);
            Ok(UNDEF)
        }
    }
}

fn passwd(vm: &mut Vm, user: Option<s_sys::User>, wanted: u64, by_id: bool) -> Result<Val, Thrown> {
    let Some(user) = user else {
        return if wanted == want::LIST { listed(vm, Vec::new(), wanted) } else { Ok(UNDEF) };
    };
    if wanted != want::LIST {
        return Ok(if by_id { string(&user.name) } else { int(i64::from(user.uid)) });
    }
    let values = alloc::vec![
        string(&user.name),
        string(b"x"),
        int(i64::from(user.uid)),
        int(i64::from(user.gid)),
        crate::value::EMPTY,
        crate::value::EMPTY,
        string(&user.gecos),
        string(&user.directory),
        string(&user.shell),
    ];
    listed(vm, values, wanted)
}

fn group_entry(vm: &mut Vm, group: Option<s_sys::Group>, wanted: u64, by_id: bool) -> Result<Val, Thrown> {
    let Some(group) = group else {
        return if wanted == want::LIST { listed(vm, Vec::new(), wanted) } else { Ok(UNDEF) };
    };
    if wanted != want::LIST {
        return Ok(if by_id { string(&group.name) } else { int(i64::from(group.gid)) });
    }
    let members = group.members.join(b" ".as_slice());
    let values = alloc::vec![
        string(&group.name),
        string(&group.password),
        int(i64::from(group.gid)),
        string(&members)
    ];
    listed(vm, values, wanted)
}

/// A line of the kernel's table of memory, in bytes.
fn memory(name: &[u8]) -> Val {
    let text = super::file::read_whole(b"/proc/meminfo").unwrap_or_default();
    let line = text.split(|&byte| byte == b'\n').find_map(|line| line.strip_prefix(name));
    int(line.map_or(0, |line| crate::text::number::parse(line).to_i64().saturating_mul(1024)))
}

/// The path of the running program, `$^X`.
#[must_use]
pub fn own_path() -> Vec<u8> {
    s_sys::readlink(b"/proc/self/exe").unwrap_or_else(|_| b"s".to_vec())
}
