//! Names with their variables. A named glob lives for ever; anonymous ones, which `open` makes, are
//! counted like other objects and hold a handle.

use alloc::collections::BTreeMap;
use alloc::vec::Vec;

use s_abi::layout::{Arr, Cell, Code, Glob, Hash, Header, IMMORTAL, Val, kind, tag};

use crate::array;
use crate::cell;
use crate::exception::Thrown;
use crate::hash;
use crate::memory::{allocate, deallocate, header};
use crate::value::{Array, FLAG_LOCAL, GlobRef, Ptr, Table, UNDEF, ValExt, bytes, counted, glob_name};
use crate::vm::Vm;

/// The glob of a full name, made when it is new.
#[must_use]
pub fn find_in(globs: &mut BTreeMap<Vec<u8>, GlobRef>, name: &[u8]) -> GlobRef {
    if let Some(&glob) = globs.get(name) {
        return glob;
    }
    let stored: &'static [u8] = alloc::boxed::Box::leak(name.to_vec().into_boxed_slice());
    let glob = make(Header { count: IMMORTAL, ..header(kind::GLOB) });
    let mut named = glob;
    named.name = stored.as_ptr();
    named.name_len = stored.len();
    globs.insert(name.to_vec(), glob);
    glob
}

fn make(header: Header) -> GlobRef {
    allocate(Glob {
        header,
        scalar: cell::new(UNDEF).0,
        array: array::new().0,
        hash: hash::new().0,
        code: core::ptr::null_mut(),
        handle: core::ptr::null_mut(),
        name: core::ptr::null(),
        name_len: 0,
    })
}

/// A new anonymous glob with one reference.
#[must_use]
pub fn anonymous() -> GlobRef {
    crate::late::END_GLOB.set(|vm, object| free(vm, Ptr(object.0.cast())));
    make(header(kind::GLOB))
}

/// Ends an anonymous glob; its handle is closed.
pub fn free(vm: &mut Vm, glob: GlobRef) {
    vm.leave_line(glob);
    vm.untie_glob(glob);
    crate::output::close_dropped(vm, glob);
    vm.release_ptr(Ptr(glob.scalar));
    vm.release_ptr(Ptr(glob.array));
    vm.release_ptr(Ptr(glob.hash));
    if !glob.code.is_null() {
        vm.release_ptr(Ptr(glob.code));
    }
    deallocate(glob);
}

/// The class and the operator that a name such as `P::(+` stands for.
fn operator_of(glob: GlobRef) -> Option<(&'static [u8], &'static [u8])> {
    let name = glob_name(glob);
    let at = memchr::memchr(b'(', name)?;
    Some((name[..at].strip_suffix(b"::")?, &name[at + 1..]))
}

impl Vm {
    /// The glob of a full name such as `main::x`; it lives for ever.
    pub fn glob(&mut self, name: &[u8]) -> GlobRef {
        let glob = find_in(&mut self.globs, name);
        match name {
            b"main::+" => self.patterns.plus = Some(glob),
            b"main::-" => self.patterns.minus = Some(glob),
            _ => {}
        }
        glob
    }

    /// The glob of a name as a program writes it, in a package; `::x` and `main::x` are the same.
    pub fn qualified_glob(&mut self, name: &[u8], package: &[u8]) -> GlobRef {
        let full = qualify(name, package);
        if full == b"main::ENV" {
            self.fill_environment();
        }
        self.glob(&full)
    }

    /// The glob of a full name if the program has it.
    #[must_use]
    pub fn existing_glob(&self, name: &[u8]) -> Option<GlobRef> {
        self.globs.get(name).copied()
    }

    /// Defines a function; consumes the reference. A name such as `P::(+` is an operator of the class P.
    pub fn define(&mut self, glob: GlobRef, code: Ptr<Code>) {
        if let Some((package, symbol)) = operator_of(glob) {
            self.set_overload(package, symbol, counted(tag::CODE, code.retained()));
        }
        let mut glob = glob;
        let old = core::mem::replace(&mut glob.code, code.0);
        self.retire(old);
        self.classes.changed();
    }

    /// The array of a name for somebody who may keep it: `\@x`, `@{"x"}`.
    pub(crate) fn lend_array(&mut self, glob: GlobRef) -> Array {
        if is_parents(glob) {
            isa_lent(self, glob);
        }
        Ptr(glob.array).retained()
    }

    /// To be called when a name has got another hash: stores into `%ENV` and `%SIG` are seen.
    pub(crate) fn watch_special(&mut self, glob: GlobRef) {
        if glob == self.known.env || glob == self.known.sig {
            hash::watch(Ptr(glob.hash));
        }
    }

    /// The symbols of a package: names behind `PACKAGE::`.
    #[must_use]
    pub fn package_symbols(&mut self, package: &[u8]) -> Vec<(Vec<u8>, GlobRef)> {
        self.fill_environment();
        let mut prefix = package.to_vec();
        prefix.extend_from_slice(b"::");
        self.globs
            .range(prefix.clone()..)
            .take_while(|(name, _)| name.starts_with(&prefix))
            .map(|(name, &glob)| (name[prefix.len()..].to_vec(), glob))
            .collect()
    }
}

impl Vm {
    /// `%Package::`, by its name with the colons: the globs of a package and, by names that end in `::`, the
    /// packages below it. It is one hash, which is filled anew when the package has got other names.
    pub(crate) fn symbol_table(&mut self, name: &[u8]) -> Table {
        let name = name.strip_prefix(b"::").unwrap_or(name);
        let name = name.strip_prefix(b"main::").filter(|rest| !rest.is_empty()).unwrap_or(name);
        let package = name.strip_suffix(b"::").unwrap_or(name);
        let package = if package.is_empty() { b"main" } else { package };
        let symbols = self.symbols_below(package);
        let table = Ptr(self.glob(&[package, b"::"].concat()).hash);
        let known = symbols.iter().all(|(symbol, _)| hash::has_text(table, symbol));
        if !known || table.len != symbols.len() {
            hash::clear(self, table);
            for (symbol, full) in symbols {
                let glob = self.glob(&full);
                hash::set_text(self, table, &symbol, counted(tag::GLOB, glob));
            }
        }
        table
    }

    /// Names in a package as its symbol table has them, and the full names of their globs.
    fn symbols_below(&mut self, package: &[u8]) -> BTreeMap<Vec<u8>, Vec<u8>> {
        let mut found = BTreeMap::new();
        let of_main = package == b"main";
        let prefix = if of_main { Vec::new() } else { [package, b"::"].concat() };
        self.fill_environment();
        for name in self.globs.range(prefix.clone()..).map(|(name, _)| name) {
            let Some(rest) = name.strip_prefix(&prefix[..]) else { break };
            let (symbol, full) = match rest.windows(2).position(|pair| pair == b"::") {
                None => (rest, &name[..]),
                Some(at) if of_main && &rest[..at] == b"main" => (&rest[at + 2..], &name[..]),
                Some(at) => (&rest[..at + 2], &name[..prefix.len() + at + 2]),
            };
            // The runtime has looked for parents of every class.
            if symbol == b"ISA" && self.globs.get(full).is_none_or(|glob| Ptr(glob.array).len == 0) {
                continue;
            }
            let plain =
                symbol.iter().all(|&byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b':'));
            if plain && !symbol.is_empty() {
                found.insert(symbol.to_vec(), full.to_vec());
            }
        }
        found
    }
}

/// Bit of [`Header::aux`] of a glob `ISA` whose array somebody may change unseen.
const LENT: u16 = 1;

/// Whether the array of a name is the parents of a class.
pub(crate) fn is_parents(glob: GlobRef) -> bool {
    glob_name(glob).ends_with(b"::ISA")
}

/// Whether the parents of a class may be changed unseen.
pub(crate) fn is_lent(glob: GlobRef) -> bool {
    glob.header.aux & LENT != 0
}

/// Somebody gets the array of parents, and may keep it: whoever searches classes has to look at it each time.
pub fn isa_lent(vm: &mut Vm, mut glob: GlobRef) {
    if !is_lent(glob) {
        glob.header.aux |= LENT;
        vm.classes.changed();
    }
}

/// Parents of a class were stored.
pub fn isa_changed(vm: &mut Vm) {
    vm.classes.changed();
}

/// A name as it stands in a program, as a full name.
#[must_use]
pub fn qualify(name: &[u8], package: &[u8]) -> Vec<u8> {
    let name = name.strip_prefix(b"*").unwrap_or(name);
    if let Some(rest) = name.strip_prefix(b"::") {
        return [b"main::", rest].concat();
    }
    if name.windows(2).any(|pair| pair == b"::") {
        if let Some(rest) = name.strip_prefix(b"main::")
            && rest.windows(2).any(|pair| pair == b"::")
        {
            return rest.to_vec();
        }
        return name.to_vec();
    }
    let special =
        matches!(name, b"ENV" | b"ARGV" | b"INC" | b"STDIN" | b"STDOUT" | b"STDERR" | b"_" | b"SIG")
            || name.first().is_some_and(|byte| !byte.is_ascii_alphabetic() && *byte != b'_' && *byte < 0x80);
    let package = if special { b"main".as_slice() } else { package };
    [package, b"::", name].concat()
}

/// The glob as a value. Of one that is `local` at the moment it is another one with the same variables and
/// handle, which stay with the value when the name gets back what it had.
pub fn glob_value(vm: &mut Vm, glob: GlobRef) -> Val {
    if glob.header.flags & FLAG_LOCAL == 0 {
        return counted(tag::GLOB, glob.retained());
    }
    crate::output::ensure_stream(vm, glob);
    counted(tag::GLOB, same_parts(vm, glob))
}

/// A glob of the same name with the same variables, function and handle, owned.
fn same_parts(vm: &mut Vm, glob: GlobRef) -> GlobRef {
    let mut copy = anonymous();
    (copy.name, copy.name_len) = (glob.name, glob.name_len);
    let parts = [
        core::mem::replace(&mut copy.scalar, Ptr(glob.scalar).retained().0).cast::<Header>(),
        core::mem::replace(&mut copy.array, Ptr(glob.array).retained().0).cast(),
        core::mem::replace(&mut copy.hash, Ptr(glob.hash).retained().0).cast(),
    ];
    for part in parts {
        vm.release_ptr(Ptr(part));
    }
    if !glob.code.is_null() {
        copy.code = Ptr(glob.code).retained().0;
    }
    crate::output::share_handle(vm, copy, glob);
    copy
}

/// `*glob = VALUE`: a reference replaces one of its variables, a glob all of them.
pub fn glob_assign(vm: &mut Vm, glob: GlobRef, value: Val) -> Result<(), Thrown> {
    let mut glob = glob;
    match value.w0 {
        tag::AREF => {
            let new = value.pointer::<Arr>().retained();
            let old = core::mem::replace(&mut glob.array, new.0);
            array_replaced(vm, glob);
            vm.release_ptr(Ptr(old));
        }
        tag::HREF => {
            let new = value.pointer::<Hash>().retained();
            let old = core::mem::replace(&mut glob.hash, new.0);
            vm.watch_special(glob);
            vm.release_ptr(Ptr(old));
        }
        tag::CODE => vm.define(glob, value.pointer::<Code>().retained()),
        tag::SREF => {
            let inner = value.pointer::<Cell>();
            if inner.value.w0 == tag::GLOB {
                return glob_assign(vm, glob, inner.value);
            }
            // What is no function says what becomes of the operators without one.
            if let Some((package, symbol)) = operator_of(glob) {
                vm.set_overload(package, symbol, cell::get(inner));
            }
            let old = core::mem::replace(&mut glob.scalar, inner.retained().0);
            vm.release_ptr(Ptr(old));
        }
        tag::GLOB => {
            let from = value.pointer::<Glob>();
            if from == glob {
                return Ok(());
            }
            if is_parents(from) {
                isa_lent(vm, from);
            }
            let scalar = core::mem::replace(&mut glob.scalar, Ptr(from.scalar).retained().0);
            let array = core::mem::replace(&mut glob.array, Ptr(from.array).retained().0);
            let hash = core::mem::replace(&mut glob.hash, Ptr(from.hash).retained().0);
            array_replaced(vm, glob);
            vm.watch_special(glob);
            vm.release_ptr(Ptr(scalar));
            vm.release_ptr(Ptr(array));
            vm.release_ptr(Ptr(hash));
            if !from.code.is_null() {
                vm.define(glob, Ptr(from.code).retained());
            }
            // What one of them is opened on, both are.
            crate::output::ensure_stream(vm, from);
            crate::output::share_handle(vm, glob, from);
        }
        tag::OBJ => return Err(vm.die(b"Can't assign an object to a typeglob")),
        _ => {
            let name = vm.text(value)?;
            let from = vm.qualified_glob(&name, b"main");
            return glob_assign(vm, glob, counted(tag::GLOB, from));
        }
    }
    Ok(())
}

/// A glob of that name, in the package whose number is given (by [`Vm::package_number`]).
pub fn glob_by_name(vm: &mut Vm, name: Val, package: i64) -> Result<Val, Thrown> {
    if let Some(glob) = crate::convert::as_glob(name) {
        return Ok(counted(tag::GLOB, glob.retained()));
    }
    if name.is_reference() {
        return Err(vm.die(b"Not a GLOB reference"));
    }
    let text = vm.text(name)?;
    let package = vm.class_name(package.max(0) as u32).to_vec();
    let package = if package.is_empty() { b"main".to_vec() } else { package };
    let glob = vm.qualified_glob(bytes(&text.0), &package);
    Ok(counted(tag::GLOB, glob.retained()))
}

/// A glob by a computed name, in the package of that name when it has none.
pub fn glob_named(vm: &mut Vm, name: Val, package: Val) -> Result<Val, Thrown> {
    if let Some(glob) = crate::convert::as_glob(name) {
        return Ok(counted(tag::GLOB, glob.retained()));
    }
    if name.is_reference() {
        return Err(vm.die(b"Not a GLOB reference"));
    }
    let text = vm.text(name)?;
    let package = vm.text(package)?;
    let bare = bytes(&text.0);
    let bare = bare.strip_prefix(b"*").unwrap_or(bare);
    let glob = vm.qualified_glob(bare, &package);
    Ok(counted(tag::GLOB, glob.retained()))
}

/// Assigns to a glob that is a value.
pub fn glob_assign_to(vm: &mut Vm, to: Val, value: Val) -> Result<(), Thrown> {
    match crate::convert::as_glob(to) {
        Some(glob) => glob_assign(vm, glob, value),
        None => Err(vm.die(b"Not a GLOB reference")),
    }
}

/// A name has got another array, which somebody else may have, too.
pub(crate) fn array_replaced(vm: &mut Vm, glob: GlobRef) {
    if is_parents(glob) {
        isa_lent(vm, glob);
        vm.classes.changed();
    }
}

/// `*x{ARRAY}` and the other parts of a glob.
pub fn glob_part(vm: &mut Vm, glob: Val, part: Val) -> Result<Val, Thrown> {
    let Some(glob) = crate::convert::as_glob(glob) else { return Ok(UNDEF) };
    let part = vm.text(part)?;
    let name = glob_name(glob);
    let at = name.windows(2).rposition(|pair| pair == b"::");
    Ok(match bytes(&part.0) {
        b"SCALAR" => counted(tag::SREF, Ptr(glob.scalar).retained()),
        b"ARRAY" if Ptr(glob.array).len > 0 => counted(tag::AREF, vm.lend_array(glob)),
        b"HASH" if Ptr(glob.hash).len > 0 => counted(tag::HREF, Ptr(glob.hash).retained()),
        b"CODE" if !glob.code.is_null() => counted(tag::CODE, Ptr(glob.code).retained()),
        b"PACKAGE" => crate::string::string(at.map_or(b"main", |at| &name[..at])),
        b"NAME" => crate::string::string(at.map_or(name, |at| &name[at + 2..])),
        b"GLOB" => counted(tag::GLOB, glob.retained()),
        // The handle stays, whatever becomes of the name.
        b"IO" | b"FILEHANDLE" if !glob.handle.is_null() => counted(tag::GLOB, same_parts(vm, glob)),
        _ => UNDEF,
    })
}

/// The package a full name is in.
#[must_use]
pub fn package_of(glob: GlobRef) -> &'static [u8] {
    let name = glob_name(glob);
    match name.windows(2).rposition(|pair| pair == b"::") {
        Some(at) => &name[..at],
        None => b"main",
    }
}

/// Gives a name a new, empty scalar (0), array (1) or hash (2); references to the old one stay valid.
pub fn glob_fresh(vm: &mut Vm, mut glob: GlobRef, kind: i64) {
    match kind {
        0 => {
            let old = core::mem::replace(&mut glob.scalar, cell::new(UNDEF).0);
            crate::containers::cell_release(vm, Ptr(old));
        }
        1 => {
            let old = core::mem::replace(&mut glob.array, array::new().0);
            array_replaced(vm, glob);
            crate::containers::arr_release(vm, Ptr(old));
        }
        _ => {
            let old = core::mem::replace(&mut glob.hash, hash::new().0);
            vm.watch_special(glob);
            crate::containers::hash_release(vm, Ptr(old));
        }
    }
}
