//! Objects of other kinds: weak indirections, sets, error values, iterators; and the methods of
//! handles, functions and these.

use alloc::string::String;
use alloc::vec::Vec;

use s_abi::layout::{Header, Val, kind, tag, want};

use crate::array;
use crate::exception::Thrown;
use crate::hash;
use crate::late;
use crate::memory::{allocate, header, take_out};
use crate::value::{Ptr, Table, UNDEF, ValExt, aref, bytes, counted, int, short};
use crate::vm::Vm;

/// [`Header::aux`] of weak indirections.
pub const WEAK: u16 = 1;
/// `aux` of sets.
pub const SET: u16 = 2;
/// `aux` of error values: a number, in [`Header::extra`], and its text at once.
pub const ERROR: u16 = 3;

/// A set: its elements by their string form, in order.
#[derive(Debug)]
#[repr(C)]
pub struct Set {
    header: Header,
    table: Table,
}

/// Ends an object of another kind.
pub fn free(vm: &mut Vm, object: Ptr<Header>) {
    match object.aux {
        WEAK => vm.free_weak(Ptr(object.0.cast())),
        SET => {
            let set = take_out(Ptr(object.0.cast::<Set>()));
            vm.release_ptr(set.table);
        }
        ERROR => crate::memory::deallocate(object),
        crate::magic::PLACE => crate::magic::free(vm, object),
        _ => crate::fiber::free(vm, object),
    }
}

/// The text of an error value or a set; the others are written as other references are.
pub(crate) fn text(vm: &mut Vm, value: Val) -> Option<Result<Val, Thrown>> {
    if let Some(errno) = errno_of(value) {
        return Some(Ok(crate::string::string(s_sys::Errno(errno).message().as_bytes())));
    }
    let table = set_of(value)?;
    let mut out = Vec::new();
    Some(append_set(vm, table, &mut out).map(|()| crate::string::string(&out)))
}

/// The number of an error value.
#[must_use]
pub fn errno_of(value: Val) -> Option<i32> {
    (value.w0 == tag::EXT && value.header().aux == ERROR).then(|| value.header().extra as i32)
}

/// The type name of an EXT value.
#[must_use]
pub fn type_name(value: Val) -> &'static [u8] {
    match value.header().aux {
        SET => b"Set",
        aux => crate::fiber::type_name(aux).unwrap_or(b"SCALAR"),
    }
}

/// A new set of these elements, which it borrows.
pub fn new_set(vm: &mut Vm, elements: &[Val]) -> Result<Val, Thrown> {
    let table = hash::new();
    for &element in elements {
        match vm.key(element) {
            Ok((key, text)) => {
                if hash::lookup(table, key).is_none() {
                    hash::set(vm, table, key, element.retained());
                }
                drop(text);
            }
            Err(thrown) => {
                vm.release_ptr(table);
                return Err(thrown);
            }
        }
    }
    Ok(set_value(table))
}

fn set_value(table: Table) -> Val {
    late::sets();
    let mut set = allocate(Set { header: header(kind::EXT), table });
    set.header.aux = SET;
    counted(tag::EXT, set)
}

/// The elements of a set: the values of a hash.
#[must_use]
#[cfg_attr(feature = "exports", unsafe(export_name = "hot.extension.set_of"))]
pub fn set_of(value: Val) -> Option<Table> {
    (value.w0 == tag::EXT && value.header().aux == SET).then(|| value.pointer::<Set>().table)
}

/// `|`, `&`, `-`, `^` of two sets, and `==`.
pub fn combine(vm: &mut Vm, symbol: &[u8], one: Table, two: Table) -> Option<Val> {
    let add = |vm: &mut Vm, out: Table, from: Table, keep: &dyn Fn(Val) -> bool| {
        for (key, value) in hash::pairs(from) {
            let normal = hash::normal(key);
            if keep(normal) {
                hash::set(vm, out, normal, value);
            } else {
                vm.release(value);
            }
            vm.release(key);
        }
    };
    let has = |table: Table| move |key: Val| hash::lookup(table, key).is_some();
    let out = hash::new();
    match symbol {
        b"|" | b"+" => {
            add(vm, out, one, &|_| true);
            add(vm, out, two, &|key| hash::lookup(one, key).is_none());
        }
        b"&" => add(vm, out, one, &has(two)),
        b"-" => add(vm, out, one, &|key| hash::lookup(two, key).is_none()),
        b"^" => {
            add(vm, out, one, &|key| hash::lookup(two, key).is_none());
            add(vm, out, two, &|key| hash::lookup(one, key).is_none());
        }
        b"==" | b"!=" => {
            let mut same = one.len == two.len;
            for (key, value) in hash::pairs(one) {
                same &= hash::lookup(two, hash::normal(key)).is_some();
                vm.release(key);
                vm.release(value);
            }
            vm.release_ptr(out);
            return Some(vm.boolean(same == (symbol == b"==")));
        }
        _ => {
            vm.release_ptr(out);
            return None;
        }
    }
    Some(set_value(out))
}

/// `$!`: a number and its text at once.
pub fn error_value(vm: &mut Vm) -> Val {
    let errno = vm.specials.errno;
    if errno == 0 {
        return if vm.compat { crate::value::EMPTY } else { int(0) };
    }
    let mut object = allocate(header(kind::EXT));
    object.aux = ERROR;
    object.extra = errno as u32;
    counted(tag::EXT, object)
}

/// Methods of handles, functions and sets.
pub fn method(vm: &mut Vm, name: &[u8], list: &[Val], wanted: u64, optional: bool) -> Result<Val, Thrown> {
    let invocant = list[0];
    if let Some(table) = set_of(invocant)
        && let Some(method) = late::SET_METHOD.get()
        && let Some(result) = method(vm, table, name, list, wanted)?
    {
        return Ok(result);
    }
    if invocant.w0 == tag::EXT
        && let Some(method) = crate::fiber::methods(invocant.header().aux)
        && let Some(result) = method(vm, name, list, wanted)?
    {
        return Ok(result);
    }
    if invocant.w0 == tag::CODE && matches!(name, b"call" | b"()") {
        return vm.call(invocant.pointer(), &list[1..], wanted);
    }
    if vm.handle_glob(invocant).is_some() {
        let function = match name {
            b"print" | b"say" => {
                let mark = arguments(vm, list)?;
                let good = crate::output::print_to(vm, invocant, mark, i64::from(name == b"say"))?;
                return Ok(vm.boolean(good));
            }
            b"printf" => late::PRINTF.get(),
            b"getline" => late::GETLINE.get(),
            b"getlines" => late::GETLINES.get(),
            b"autoflush" | b"flush" => {
                if let Some(mut stream) = vm.stream(invocant) {
                    let on = match list.get(1) {
                        Some(&value) => vm.truth(value)?,
                        None => true,
                    };
                    let _ = if name == b"flush" {
                        stream.handle.flush()
                    } else {
                        stream.handle.set_autoflush(on)
                    };
                }
                return Ok(int(1));
            }
            b"opened" => {
                let open = vm.stream(invocant).is_some_and(|stream| stream.handle.is_open());
                return Ok(vm.boolean(open));
            }
            b"can" => {
                let Some(&wanted) = list.get(1) else { return Ok(UNDEF) };
                let wanted = vm.text(wanted)?.to_vec();
                let has = has_method(&wanted);
                return Ok(vm.boolean(has));
            }
            other if crate::builtin::is_handle_method(other) => crate::builtin::by_name(vm, other),
            _ => None,
        };
        if let Some(function) = function {
            return function(vm, list, wanted);
        }
    }
    if optional {
        return Ok(UNDEF);
    }
    let shown = String::from_utf8_lossy(name).into_owned();
    let kind = String::from_utf8_lossy(crate::convert::base_type(invocant)).into_owned();
    Err(vm.die_fmt(format_args!("Can't locate object method \"{shown}\" via package \"{kind}\"")))
}

/// Whether handles have a method of that name.
fn has_method(name: &[u8]) -> bool {
    let own: [&[u8]; 9] =
        [b"print", b"say", b"printf", b"getline", b"getlines", b"autoflush", b"flush", b"opened", b"can"];
    own.contains(&name) || crate::builtin::is_handle_method(name)
}

/// Pushes what a method is given beside its object; the mark below it.
fn arguments(vm: &mut Vm, list: &[Val]) -> Result<i64, Thrown> {
    let mark = vm.height() as i64;
    for &value in &list[1..] {
        vm.push(value.retained())?;
    }
    Ok(mark)
}

/// `$handle->printf(..)`.
pub(crate) fn format_method(vm: &mut Vm, list: &[Val], _wanted: u64) -> Result<Val, Thrown> {
    let mark = arguments(vm, list)?;
    let good = crate::output::print_format(vm, list[0], mark)?;
    Ok(vm.boolean(good))
}

/// `$handle->getline`.
pub(crate) fn line_method(vm: &mut Vm, list: &[Val], _wanted: u64) -> Result<Val, Thrown> {
    crate::output::read_line(vm, list[0])
}

/// `$handle->getlines`.
pub(crate) fn lines_method(vm: &mut Vm, list: &[Val], wanted: u64) -> Result<Val, Thrown> {
    let mark = vm.height() as i64;
    crate::output::read_lines(vm, list[0])?;
    Ok(vm.list_as_result(mark, wanted))
}

pub(crate) fn set_method(
    vm: &mut Vm,
    table: Table,
    name: &[u8],
    list: &[Val],
    wanted: u64,
) -> Result<Option<Val>, Thrown> {
    Ok(Some(match name {
        b"has" | b"contains" | b"exists" => {
            let (key, text) = vm.key(list.get(1).copied().unwrap_or(UNDEF))?;
            let found = hash::lookup(table, key).is_some();
            drop(text);
            vm.boolean(found)
        }
        b"add" | b"insert" => {
            for &element in &list[1..] {
                let (key, text) = vm.key(element)?;
                hash::set(vm, table, key, element.retained());
                drop(text);
            }
            list[0].retained()
        }
        b"remove" | b"delete" => {
            for &element in &list[1..] {
                let (key, text) = vm.key(element)?;
                let removed = hash::delete(vm, table, key);
                drop(text);
                vm.release(removed.unwrap_or(UNDEF));
            }
            list[0].retained()
        }
        b"size" | b"len" | b"count" => int(table.len as i64),
        b"is_empty" => vm.boolean(table.len == 0),
        b"values" | b"to_list" | b"members" => {
            let values: Vec<Val> = hash::pairs(table)
                .into_iter()
                .map(|(key, value)| {
                    vm.release(key);
                    value
                })
                .collect();
            if wanted == want::LIST {
                let mark = vm.height() as i64;
                vm.push_all(&values)?;
                vm.list_as_result(mark, want::LIST)
            } else {
                aref(array::from_values(&values))
            }
        }
        b"union" | b"intersection" | b"difference" => {
            let Some(other) = list.get(1).and_then(|&other| set_of(other)) else { return Ok(None) };
            let symbol: &[u8] = match name {
                b"union" => b"|",
                b"intersection" => b"&",
                _ => b"-",
            };
            return Ok(combine(vm, symbol, table, other));
        }
        _ => return Ok(None),
    }))
}

/// The string form of a set: `{a, b}`.
pub fn append_set(vm: &mut Vm, table: Table, out: &mut Vec<u8>) -> Result<(), Thrown> {
    out.push(b'{');
    for (at, (key, value)) in hash::pairs(table).into_iter().enumerate() {
        if at > 0 {
            out.extend_from_slice(b", ");
        }
        out.extend_from_slice(bytes(&key));
        vm.release(key);
        vm.release(value);
    }
    out.push(b'}');
    Ok(())
}

/// A short name as a value.
#[must_use]
pub fn name_value(name: &[u8]) -> Val {
    short(name)
}
