//! Sockets, pipes and control of descriptors, as in Perl; names of hosts from the table of hosts.
//!
//! Addresses are packed as the kernel has them. A request to a device (`ioctl`) is not offered: how many
//! bytes the kernel reads or writes depends on the request, so no buffer is known to be large enough.

use alloc::vec::Vec;

use s_abi::layout::{Cell, Val, tag, want};
use s_sys::{Address, Errno, Fd};

use super::{arg, listed};
use crate::exception::Thrown;
use crate::io::{Access, Handle};
use crate::output::{glob_of_place, install};
use crate::string::string;
use crate::value::{GlobRef, Ptr, UNDEF, ValExt, int};
use crate::vm::Vm;

/// Most bytes that one `recv` asks for.
const RECEIVE_MAX: i64 = 1 << 24;

// The builtins of this file.
functions![
    ("bind", |vm, a, _| at_address(vm, a, s_sys::bind)),
    ("connect", |vm, a, _| at_address(vm, a, s_sys::connect)),
    ("listen", |vm, a, _| {
        let backlog = vm.integer(arg(a, 1))?.clamp(0, 1 << 16) as i32;
        let result = descriptor(vm, arg(a, 0)).and_then(|fd| s_sys::listen(fd, backlog));
        Ok(outcome(vm, result))
    }),
    ("shutdown", |vm, a, _| {
        let how = vm.integer(arg(a, 1))? as i32;
        crate::output::flush_everything(vm);
        let result = descriptor(vm, arg(a, 0)).and_then(|fd| s_sys::shutdown(fd, how));
        Ok(outcome(vm, result))
    }),
    ("send", |vm, a, _| {
        let (text, flags) = (vm.text(arg(a, 1))?, vm.integer(arg(a, 2))? as i32);
        let to = if arg(a, 3).is_undef() { None } else { Some(vm.text(arg(a, 3))?.to_vec()) };
        let sent = descriptor(vm, arg(a, 0)).and_then(|fd| {
            let to = to.map(|packed| Address::decode(&packed)).transpose()?;
            s_sys::send(fd, &text, flags, to.as_ref())
        });
        Ok(given(vm, sent.map(|count| int(count as i64))))
    }),
    ("getsockname", |vm, a, _| name_of(vm, a, s_sys::getsockname)),
    ("getpeername", |vm, a, _| name_of(vm, a, s_sys::getpeername)),
    ("getsockopt", |vm, a, _| {
        let (level, option) = (vm.integer(arg(a, 1))? as i32, vm.integer(arg(a, 2))? as i32);
        let value = descriptor(vm, arg(a, 0)).and_then(|fd| s_sys::getsockopt(fd, level, option));
        Ok(given(vm, value.map(|value| string(&value))))
    }),
    ("setsockopt", |vm, a, _| {
        let (level, option) = (vm.integer(arg(a, 1))? as i32, vm.integer(arg(a, 2))? as i32);
        let value = arg(a, 3);
        let packed = if value.is_string() && !crate::text::number::looks_like_integer(&vm.text(value)?) {
            vm.text(value)?.to_vec()
        } else {
            (vm.integer(value)? as i32).to_ne_bytes().to_vec()
        };
        let result = descriptor(vm, arg(a, 0));
        let result = result.and_then(|fd| s_sys::setsockopt_bytes(fd, level, option, &packed));
        Ok(outcome(vm, result))
    }),
    ("fcntl", |vm, a, _| {
        let (command, argument) = (vm.integer(arg(a, 1))? as i32, vm.integer(arg(a, 2))?);
        match descriptor(vm, arg(a, 0)).and_then(|fd| s_sys::fcntl(fd, command, argument)) {
            Ok(0) => Ok(string(b"0 but true")),
            Ok(answer) => Ok(int(i64::from(answer))),
            Err(error) => {
                vm.set_errno(error);
                Ok(UNDEF)
            }
        }
    }),
    ("gethostbyname", |vm, a, w| {
        let name = vm.text(arg(a, 0))?;
        let addresses: Vec<[u8; 4]> = super::host::addresses_of(&name)
            .into_iter()
            .filter_map(|address| if let Address::V4(bytes, _) = address { Some(bytes) } else { None })
            .collect();
        host_entry(vm, &name, &addresses, w, false)
    }),
    ("gethostbyaddr", |vm, a, w| {
        let packed = vm.text(arg(a, 0))?;
        let Ok(address) = <[u8; 4]>::try_from(&*packed) else { return host_entry(vm, b"", &[], w, true) };
        match super::host::name_of_address(address) {
            Some(name) => host_entry(vm, &name, &[address], w, true),
            None => host_entry(vm, b"", &[], w, true),
        }
    }),
];

/// `socket`, `accept`, `pipe`, `socketpair`: the first handle and the arguments behind it.
pub(crate) fn open(vm: &mut Vm, name: &str, glob: GlobRef, a: &[Val]) -> Result<Result<Val, Errno>, Thrown> {
    let numbers = |vm: &mut Vm, from: usize| -> Result<[i32; 3], Thrown> {
        let mut out = [0; 3];
        for (at, number) in out.iter_mut().enumerate() {
            *number = vm.integer(arg(a, from + at))? as i32;
        }
        Ok(out)
    };
    match name {
        "socket" => {
            let [family, kind, protocol] = numbers(vm, 0)?;
            Ok(s_sys::socket(family, kind, protocol).map(|fd| {
                install(vm, glob, Handle::from_fd(fd, Access::ReadWrite));
                int(1)
            }))
        }
        "accept" => {
            crate::output::flush_everything(vm);
            let accepted = descriptor(vm, arg(a, 0)).and_then(s_sys::accept);
            Ok(accepted.map(|(fd, address)| {
                install(vm, glob, Handle::from_fd(fd, Access::ReadWrite));
                let packed = address.and_then(|address| address.encode().ok());
                string(packed.as_deref().unwrap_or(&(s_sys::AF_UNIX as u16).to_ne_bytes()))
            }))
        }
        "pipe" => {
            let second = second_handle(vm, arg(a, 0));
            Ok(second.and_then(|second| s_sys::pipe().map(|fds| (second, fds))).map(|(second, fds)| {
                install(vm, glob, Handle::from_fd(fds.0, Access::Read));
                install(vm, second, Handle::from_fd(fds.1, Access::Write));
                int(1)
            }))
        }
        _ => {
            let [family, kind, protocol] = numbers(vm, 1)?;
            let second = second_handle(vm, arg(a, 0));
            let made =
                second.and_then(|second| s_sys::socketpair(family, kind, protocol).map(|fds| (second, fds)));
            Ok(made.map(|(second, fds)| {
                install(vm, glob, Handle::from_fd(fds.0, Access::ReadWrite));
                install(vm, second, Handle::from_fd(fds.1, Access::ReadWrite));
                int(1)
            }))
        }
    }
}

/// `recv`: the data and the packed address it came from, empty on a connected stream.
pub(crate) fn receive(
    vm: &mut Vm,
    handle: &Handle,
    count: i64,
    flags: i32,
) -> Result<(Vec<u8>, Vec<u8>), Errno> {
    crate::output::flush_everything(vm);
    let fd = Fd(handle.fileno()?);
    let mut data = alloc::vec![0; count.clamp(0, RECEIVE_MAX) as usize];
    let (read, from) = s_sys::receive(fd, &mut data, flags)?;
    data.truncate(read);
    let from = from.and_then(|address| address.encode().ok()).unwrap_or_default();
    Ok((data, from))
}

/// The second handle of a pair: a handle, or a reference to the place for one.
fn second_handle(vm: &mut Vm, value: Val) -> Result<GlobRef, Errno> {
    if crate::convert::as_glob(value).is_none() && value.tag() == tag::SREF {
        let mut cell = value.pointer::<Cell>();
        return Ok(glob_of_place(vm, Ptr(&raw mut cell.value)));
    }
    if let Some(glob) = vm.handle_glob(value) {
        return Ok(glob);
    }
    if !value.is_string() {
        return Err(Errno::EBADF);
    }
    let name = crate::value::bytes(&value).to_vec();
    let package = vm.running_package();
    Ok(vm.qualified_glob(&name, &package))
}

fn descriptor(vm: &mut Vm, handle: Val) -> Result<Fd, Errno> {
    match vm.stream(handle) {
        Some(stream) => stream.handle.fileno().map(Fd),
        None => Err(Errno::EBADF),
    }
}

fn at_address(vm: &mut Vm, a: &[Val], act: fn(Fd, &Address) -> Result<(), Errno>) -> Result<Val, Thrown> {
    let packed = vm.text(arg(a, 1))?;
    let result = descriptor(vm, arg(a, 0)).and_then(|fd| act(fd, &Address::decode(&packed)?));
    Ok(outcome(vm, result))
}

fn name_of(vm: &mut Vm, a: &[Val], ask: fn(Fd) -> Result<Address, Errno>) -> Result<Val, Thrown> {
    let packed = descriptor(vm, arg(a, 0)).and_then(ask).and_then(|address| address.encode());
    Ok(given(vm, packed.map(|packed| string(&packed))))
}

/// Name, aliases, kind, length and addresses in a list; otherwise the address, or the name.
fn host_entry(
    vm: &mut Vm,
    name: &[u8],
    addresses: &[[u8; 4]],
    wanted: u64,
    by_address: bool,
) -> Result<Val, Thrown> {
    let Some(first) = addresses.first() else {
        return if wanted == want::LIST { listed(vm, Vec::new(), wanted) } else { Ok(UNDEF) };
    };
    if wanted != want::LIST {
        return Ok(string(if by_address { name } else { first }));
    }
    let mut values = alloc::vec![string(name), string(b""), int(i64::from(s_sys::AF_INET)), int(4)];
    values.extend(addresses.iter().map(|address| string(address)));
    listed(vm, values, wanted)
}

fn outcome(vm: &mut Vm, result: Result<(), Errno>) -> Val {
    match result {
        Ok(()) => int(1),
        Err(error) => {
            vm.set_errno(error);
            vm.boolean(false)
        }
    }
}

fn given(vm: &mut Vm, result: Result<Val, Errno>) -> Val {
    result.unwrap_or_else(|error| {
        vm.set_errno(error);
        UNDEF
    })
}
