//! Sockets: internet and local, streams and datagrams. Names of hosts are resolved elsewhere.

use alloc::vec::Vec;

use super::{O_CLOEXEC, O_NONBLOCK, call, check, retry, until_nul, wait};
use crate::{Errno, Fd};

/// Local sockets.
pub const AF_UNIX: i32 = 1;
/// Internet, version 4.
pub const AF_INET: i32 = 2;
/// Internet, version 6.
pub const AF_INET6: i32 = 10;
/// A stream.
pub const SOCK_STREAM: i32 = 1;
/// Datagrams.
pub const SOCK_DGRAM: i32 = 2;
/// With the kind of socket: return `EAGAIN` instead of waiting.
pub const SOCK_NONBLOCK: i32 = O_NONBLOCK;
/// Level of the options of every socket.
pub const SOL_SOCKET: i32 = 1;
/// An address may be bound again at once.
pub const SO_REUSEADDR: i32 = 2;
/// The error of a connection that was not waited for.
pub const SO_ERROR: i32 = 4;
/// Datagrams may go to everyone.
pub const SO_BROADCAST: i32 = 6;
/// Ask the other side from time to time.
pub const SO_KEEPALIVE: i32 = 9;
/// Level of the options of TCP.
pub const IPPROTO_TCP: i32 = 6;
/// Send at once.
pub const TCP_NODELAY: i32 = 1;
/// Look at data without taking it.
pub const MSG_PEEK: i32 = 2;
/// Return `EAGAIN` instead of waiting.
pub const MSG_DONTWAIT: i32 = 0x40;
/// `EPIPE` without the signal.
pub const MSG_NOSIGNAL: i32 = 0x4000;
/// No more reading, for [`shutdown`].
pub const SHUT_RD: i32 = 0;
/// No more writing, for [`shutdown`].
pub const SHUT_WR: i32 = 1;
/// Neither, for [`shutdown`].
pub const SHUT_RDWR: i32 = 2;

/// Bytes of the longest address of the kernel.
const ADDRESS_MAX: usize = 128;
/// Bytes of the path of a local socket, with its NUL.
const UNIX_PATH_MAX: usize = 108;

/// The address of a socket.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Address {
    /// Internet, version 4: address and port.
    V4([u8; 4], u16),
    /// Internet, version 6: address, port and scope.
    V6([u8; 16], u16, u32),
    /// A path, or a name that begins with NUL, or nothing for a socket without address.
    Unix(Vec<u8>),
}

impl Address {
    /// The address as the kernel writes it, which is also what `pack_sockaddr_in` gives.
    pub fn encode(&self) -> Result<Vec<u8>, Errno> {
        let mut bytes = Vec::with_capacity(ADDRESS_MAX);
        match self {
            Address::V4(address, port) => {
                bytes.extend_from_slice(&(AF_INET as u16).to_ne_bytes());
                bytes.extend_from_slice(&port.to_be_bytes());
                bytes.extend_from_slice(address);
                bytes.extend_from_slice(&[0; 8]);
            }
            Address::V6(address, port, scope) => {
                bytes.extend_from_slice(&(AF_INET6 as u16).to_ne_bytes());
                bytes.extend_from_slice(&port.to_be_bytes());
                bytes.extend_from_slice(&[0; 4]);
                bytes.extend_from_slice(address);
                bytes.extend_from_slice(&scope.to_ne_bytes());
            }
            Address::Unix(path) => {
                bytes.extend_from_slice(&(AF_UNIX as u16).to_ne_bytes());
                let abstract_name = path.first() == Some(&0);
                if path.len() >= UNIX_PATH_MAX {
                    return Err(Errno::ENAMETOOLONG);
                }
                if !abstract_name && path.contains(&0) {
                    return Err(Errno::EINVAL);
                }
                bytes.extend_from_slice(path);
                if !path.is_empty() && !abstract_name {
                    bytes.push(0);
                }
            }
        }
        Ok(bytes)
    }

    /// Reads an address of the kernel; `EAFNOSUPPORT` for other families.
    pub fn decode(bytes: &[u8]) -> Result<Address, Errno> {
        let at = |start: usize, length: usize| bytes.get(start..start + length).ok_or(Errno::EINVAL);
        let pair = |start: usize| at(start, 2).map(|pair| [pair[0], pair[1]]);
        match i32::from(u16::from_ne_bytes(pair(0)?)) {
            AF_INET => {
                let address = at(4, 4)?.try_into().map_err(|_| Errno::EINVAL)?;
                Ok(Address::V4(address, u16::from_be_bytes(pair(2)?)))
            }
            AF_INET6 => {
                let address = at(8, 16)?.try_into().map_err(|_| Errno::EINVAL)?;
                let scope = at(24, 4)?.try_into().map_err(|_| Errno::EINVAL)?;
                let port = u16::from_be_bytes(pair(2)?);
                Ok(Address::V6(address, port, u32::from_ne_bytes(scope)))
            }
            AF_UNIX => {
                let path = &bytes[2..];
                let path = if path.first() == Some(&0) { path } else { until_nul(path) };
                Ok(Address::Unix(path.to_vec()))
            }
            _ => Err(Errno::EAFNOSUPPORT),
        }
    }
}

/// Makes a socket; `protocol` 0 is the usual one.
pub fn socket(family: i32, kind: i32, protocol: i32) -> Result<Fd, Errno> {
    // SAFETY: no pointers.
    check(unsafe { call!(SOCKET, family, kind | O_CLOEXEC, protocol) }).map(|fd| Fd(fd as i32))
}

/// Makes two local sockets that are connected.
pub fn socketpair(family: i32, kind: i32, protocol: i32) -> Result<(Fd, Fd), Errno> {
    let mut ends = [0_i32; 2];
    let pointer = ends.as_mut_ptr();
    // SAFETY: the kernel writes the two numbers.
    check(unsafe { call!(SOCKETPAIR, family, kind | O_CLOEXEC, protocol, pointer) })?;
    Ok((Fd(ends[0]), Fd(ends[1])))
}

/// Connects to an address. A signal may interrupt with `EINTR`; the kernel goes on connecting.
pub fn connect(fd: Fd, address: &Address) -> Result<(), Errno> {
    let bytes = address.encode()?;
    // SAFETY: the kernel reads inside the bytes.
    check(unsafe { call!(CONNECT, fd.0, bytes.as_ptr(), bytes.len()) }).map(drop)
}

/// Gives a socket its own address.
pub fn bind(fd: Fd, address: &Address) -> Result<(), Errno> {
    let bytes = address.encode()?;
    // SAFETY: the kernel reads inside the bytes.
    check(unsafe { call!(BIND, fd.0, bytes.as_ptr(), bytes.len()) }).map(drop)
}

/// Lets others connect; at most `backlog` wait for [`accept`].
pub fn listen(fd: Fd, backlog: i32) -> Result<(), Errno> {
    // SAFETY: no pointers.
    check(unsafe { call!(LISTEN, fd.0, backlog) }).map(drop)
}

/// Waits for a connection; gives its socket and the other side's address, if it has one.
pub fn accept(fd: Fd) -> Result<(Fd, Option<Address>), Errno> {
    let mut room = [0_u8; ADDRESS_MAX];
    let mut length = ADDRESS_MAX as u32;
    let (bytes, size) = (room.as_mut_ptr(), core::ptr::from_mut(&mut length));
    // SAFETY: the kernel writes at most the length it reads first.
    let new = unsafe { wait!(ACCEPT4, fd.0, bytes, size, O_CLOEXEC) }?;
    let length = (length as usize).min(ADDRESS_MAX);
    Ok((Fd(new as i32), Address::decode(&room[..length]).ok()))
}

/// Sends bytes, to `address` or to where the socket is connected; says how many.
pub fn send(fd: Fd, bytes: &[u8], flags: i32, address: Option<&Address>) -> Result<usize, Errno> {
    let to = address.map(Address::encode).transpose()?;
    let (pointer, length) = to.as_ref().map_or((core::ptr::null(), 0), |bytes| (bytes.as_ptr(), bytes.len()));
    // SAFETY: the kernel reads inside both slices; a null address has length zero.
    retry(|| unsafe { call!(SENDTO, fd.0, bytes.as_ptr(), bytes.len(), flags, pointer, length) })
}

/// Receives bytes; says how many and, for datagrams, from where.
pub fn receive(fd: Fd, buffer: &mut [u8], flags: i32) -> Result<(usize, Option<Address>), Errno> {
    let mut room = [0_u8; ADDRESS_MAX];
    let mut length = ADDRESS_MAX as u32;
    let (bytes, size) = (room.as_mut_ptr(), core::ptr::from_mut(&mut length));
    let (start, limit) = (buffer.as_mut_ptr(), buffer.len());
    // SAFETY: the kernel writes inside the buffer, and of the address at most its length.
    let count = unsafe { wait!(RECVFROM, fd.0, start, limit, flags, bytes, size) }?;
    let length = (length as usize).min(ADDRESS_MAX);
    Ok((count, Address::decode(&room[..length]).ok()))
}

/// Ends one or both directions of a connection.
pub fn shutdown(fd: Fd, how: i32) -> Result<(), Errno> {
    // SAFETY: no pointers.
    check(unsafe { call!(SHUTDOWN, fd.0, how) }).map(drop)
}

/// Sets an option whose value is a number.
pub fn setsockopt(fd: Fd, level: i32, option: i32, value: i32) -> Result<(), Errno> {
    setsockopt_bytes(fd, level, option, &value.to_ne_bytes())
}

/// Sets an option whose value is bytes, like a timeout.
pub fn setsockopt_bytes(fd: Fd, level: i32, option: i32, value: &[u8]) -> Result<(), Errno> {
    // SAFETY: the kernel reads inside the value.
    check(unsafe { call!(SETSOCKOPT, fd.0, level, option, value.as_ptr(), value.len()) }).map(drop)
}

/// The bytes of an option.
pub fn getsockopt(fd: Fd, level: i32, option: i32) -> Result<Vec<u8>, Errno> {
    let mut room = [0_u8; 256];
    let mut length = room.len() as u32;
    let (bytes, size) = (room.as_mut_ptr(), core::ptr::from_mut(&mut length));
    // SAFETY: the kernel writes at most the length it reads first.
    check(unsafe { call!(GETSOCKOPT, fd.0, level, option, bytes, size) })?;
    Ok(room[..(length as usize).min(room.len())].to_vec())
}

/// The address of a socket itself.
pub fn getsockname(fd: Fd) -> Result<Address, Errno> {
    // SAFETY: the kernel writes at most the length it reads first.
    address(|bytes, length| unsafe { call!(GETSOCKNAME, fd.0, bytes, length) })
}

/// The address of the other side.
pub fn getpeername(fd: Fd) -> Result<Address, Errno> {
    // SAFETY: the kernel writes at most the length it reads first.
    address(|bytes, length| unsafe { call!(GETPEERNAME, fd.0, bytes, length) })
}

fn address(job: impl FnOnce(*mut u8, *mut u32) -> isize) -> Result<Address, Errno> {
    let mut room = [0_u8; ADDRESS_MAX];
    let mut length = ADDRESS_MAX as u32;
    check(job(room.as_mut_ptr(), core::ptr::from_mut(&mut length)))?;
    Address::decode(&room[..(length as usize).min(ADDRESS_MAX)])
}
