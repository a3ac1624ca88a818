//! The tables of the machine, in turn and by name: hosts, networks, protocols, services. They are read
//! anew for each question; what walks through one keeps the number of the next line.
//!
//! Users and groups are with processes, names of hosts that a server knows with sockets.

use alloc::vec::Vec;

use s_abi::layout::{Val, want};

use super::{arg, listed};
use crate::exception::Thrown;
use crate::string::string;
use crate::value::{UNDEF, int};
use crate::vm::Vm;

/// A table, and where the walk through it is kept.
#[derive(Clone, Copy)]
enum Table {
    Hosts,
    Networks,
    Protocols,
    Services,
}

impl Table {
    fn path(self) -> &'static [u8] {
        match self {
            Table::Hosts => b"/etc/hosts",
            Table::Networks => b"/etc/networks",
            Table::Protocols => b"/etc/protocols",
            Table::Services => b"/etc/services",
        }
    }
}

/// What a scalar context gets of an entry.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Wanted {
    Name,
    Number,
}

// The builtins of this file.
functions![
    ("getprotobyname", |vm, a, w| {
        let name = vm.text(arg(a, 0))?.to_vec();
        found(vm, Table::Protocols, w, Wanted::Number, &|fields| is_called(fields, &name))
    }),
    ("getprotobynumber", |vm, a, w| {
        let number = vm.text(arg(a, 0))?.to_vec();
        found(vm, Table::Protocols, w, Wanted::Name, &|fields| fields[1] == number)
    }),
    ("getservbyname", |vm, a, w| {
        let name = vm.text(arg(a, 0))?.to_vec();
        let protocol = [b"/", &*vm.text(arg(a, 1))?].concat();
        found(vm, Table::Services, w, Wanted::Number, &|fields| {
            fields[1].ends_with(&protocol) && is_called(fields, &name)
        })
    }),
    ("getservbyport", |vm, a, w| {
        let port = vm.text(arg(a, 0))?.to_vec();
        let whole = [port.as_slice(), b"/", &*vm.text(arg(a, 1))?].concat();
        found(vm, Table::Services, w, Wanted::Name, &|fields| fields[1] == whole)
    }),
    ("getnetbyname", |vm, a, w| {
        let name = vm.text(arg(a, 0))?.to_vec();
        found(vm, Table::Networks, w, Wanted::Number, &|fields| is_called(fields, &name))
    }),
    ("getnetbyaddr", |vm, a, w| {
        let number = vm.integer(arg(a, 0))?;
        found(vm, Table::Networks, w, Wanted::Name, &|fields| network_number(&fields[1]) == Some(number))
    }),
    ("gethostent", |vm, _, w| next(vm, Table::Hosts, w)),
    ("getnetent", |vm, _, w| next(vm, Table::Networks, w)),
    ("getprotoent", |vm, _, w| next(vm, Table::Protocols, w)),
    ("getservent", |vm, _, w| next(vm, Table::Services, w)),
    ("sethostent", |vm, _, _| rewind(vm, Table::Hosts)),
    ("setnetent", |vm, _, _| rewind(vm, Table::Networks)),
    ("setprotoent", |vm, _, _| rewind(vm, Table::Protocols)),
    ("setservent", |vm, _, _| rewind(vm, Table::Services)),
    ("endhostent", |vm, _, _| rewind(vm, Table::Hosts)),
    ("endnetent", |vm, _, _| rewind(vm, Table::Networks)),
    ("endprotoent", |vm, _, _| rewind(vm, Table::Protocols)),
    ("endservent", |vm, _, _| rewind(vm, Table::Services)),
];

fn is_called(fields: &[Vec<u8>], name: &[u8]) -> bool {
    fields[0] == name || fields[2..].iter().any(|alias| alias == name)
}

/// The entries of a table: name, number, aliases. Lines that are no entries are left out.
fn entries(table: Table) -> Vec<Vec<Vec<u8>>> {
    let text = super::file::read_whole(table.path()).unwrap_or_default();
    let lines = text.split(|&byte| byte == b'\n').filter_map(|line| {
        let line = line.split(|&byte| byte == b'#').next().unwrap_or(line);
        let mut fields: Vec<Vec<u8>> = line
            .split(u8::is_ascii_whitespace)
            .filter(|field| !field.is_empty())
            .map(<[u8]>::to_vec)
            .collect();
        if fields.len() < 2 {
            return None;
        }
        if matches!(table, Table::Hosts) {
            // The address stands first there; those of version 6 are not told, as in Perl.
            fields.swap(0, 1);
            address(&fields[1])?;
        }
        Some(fields)
    });
    lines.collect()
}

fn found(
    vm: &mut Vm,
    table: Table,
    wanted: u64,
    scalar: Wanted,
    is_it: &dyn Fn(&[Vec<u8>]) -> bool,
) -> Result<Val, Thrown> {
    let entry = entries(table).into_iter().find(|fields| is_it(fields));
    answer(vm, table, entry.as_deref(), wanted, scalar)
}

fn next(vm: &mut Vm, table: Table, wanted: u64) -> Result<Val, Thrown> {
    let place = &mut vm.world.next_entry[table as usize];
    let entry = entries(table).into_iter().nth(*place);
    *place += usize::from(entry.is_some());
    answer(vm, table, entry.as_deref(), wanted, Wanted::Name)
}

#[expect(clippy::unnecessary_wraps, reason = "a builtin may throw")]
fn rewind(vm: &mut Vm, table: Table) -> Result<Val, Thrown> {
    vm.world.next_entry[table as usize] = 0;
    Ok(int(1))
}

/// An entry as the program gets it: all of it as a list, its name or its number as a scalar.
fn answer(
    vm: &mut Vm,
    table: Table,
    entry: Option<&[Vec<u8>]>,
    wanted: u64,
    scalar: Wanted,
) -> Result<Val, Thrown> {
    let Some(fields) = entry else {
        return if wanted == want::LIST { listed(vm, Vec::new(), wanted) } else { Ok(UNDEF) };
    };
    let mut number = fields[1].split(|&byte| byte == b'/');
    let value = match table {
        Table::Networks => int(network_number(&fields[1]).unwrap_or(0)),
        _ => int(crate::text::number::parse(number.next().unwrap_or(b"0")).to_i64()),
    };
    if wanted != want::LIST {
        return Ok(if scalar == Wanted::Name { string(&fields[0]) } else { value });
    }
    let mut values = alloc::vec![string(&fields[0]), string(&fields[2..].join(b" ".as_slice()))];
    match table {
        Table::Hosts => {
            values.push(int(i64::from(s_sys::AF_INET)));
            values.push(int(4));
            values.push(address(&fields[1]).map_or(UNDEF, |bytes| string(&bytes)));
        }
        Table::Networks => {
            values.push(int(i64::from(s_sys::AF_INET)));
            values.push(value);
        }
        Table::Protocols => values.push(value),
        Table::Services => {
            values.push(value);
            values.extend(number.next().map(string));
        }
    }
    listed(vm, values, wanted)
}

/// An address of version 4, as bytes.
fn address(text: &[u8]) -> Option<[u8; 4]> {
    let mut out = [0; 4];
    let mut parts = text.split(|&byte| byte == b'.');
    for byte in &mut out {
        *byte = core::str::from_utf8(parts.next()?).ok()?.parse().ok()?;
    }
    parts.next().is_none().then_some(out)
}

/// The number of a network: its parts, with zeros behind those that are not written.
fn network_number(text: &[u8]) -> Option<i64> {
    let mut number = 0;
    let mut count = 0;
    for part in text.split(|&byte| byte == b'.') {
        number = number << 8 | i64::from(core::str::from_utf8(part).ok()?.parse::<u8>().ok()?);
        count += 1;
        if count > 4 {
            return None;
        }
    }
    Some(number << (8 * (4 - count)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn networks_have_numbers() {
        assert_eq!(network_number(b"127.0.0.0"), Some(0x7f00_0000));
        assert_eq!(network_number(b"127"), Some(0x7f00_0000));
        assert_eq!(network_number(b"169.254"), Some(0xa9fe_0000));
        assert_eq!(network_number(b"1.2.3.4.5"), None);
        assert_eq!(network_number(b"x"), None);
    }

    #[test]
    fn addresses_are_whole() {
        assert_eq!(address(b"127.0.0.1"), Some([127, 0, 0, 1]));
        assert_eq!(address(b"127.0.0"), None);
        assert_eq!(address(b"::1"), None);
    }
}
