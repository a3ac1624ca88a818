//! Method calls: finding the function, `SUPER`, AUTOLOAD, and the methods every object has.

use alloc::string::String;
use alloc::vec::Vec;

use s_abi::layout::{Site, Val, tag, want};

use super::declared::{flag, shallow};
use super::{ClassKind, Member, Object, Visibility, object_of};
use crate::array;
use crate::exception::Thrown;
use crate::hash;
use crate::late;
use crate::string::string;
use crate::value::{CodeRef, Ptr, UNDEF, ValExt, aref, bytes, counted, href};
use crate::vm::Vm;

/// Calls a method by name; the list from the mark is invocant and arguments, which it consumes.
#[cfg_attr(feature = "exports", unsafe(export_name = "hot.methods.call_method"))]
pub fn call_method(vm: &mut Vm, name: Val, mark: i64, wanted: i64) -> Result<Val, Thrown> {
    let list = vm.list(mark);
    let result = method_of(vm, name, list, wanted as u64, None);
    vm.settle(mark, result)
}

/// The same with invocant and arguments in memory, from a place in code that notes what it found; the wanted
/// context stands above the count.
pub fn call_method_site(vm: &mut Vm, name: Val, address: i64, count: i64, site: i64) -> Result<Val, Thrown> {
    let wanted = count as u64 >> want::SHIFT;
    let list = crate::code::arguments_at(address, count & 0xffff_ffff);
    method_of(vm, name, list, wanted, Some(Ptr(site as *mut Site)))
}

/// As [`call_method`], from a place in code that notes what it found.
pub fn call_method_list_site(
    vm: &mut Vm,
    name: Val,
    mark: i64,
    wanted: i64,
    site: i64,
) -> Result<Val, Thrown> {
    let list = vm.list(mark);
    let result = method_of(vm, name, list, wanted as u64, Some(Ptr(site as *mut Site)));
    vm.settle(mark, result)
}

#[inline(always)]
fn method_of(
    vm: &mut Vm,
    name: Val,
    list: &[Val],
    wanted: u64,
    site: Option<Ptr<Site>>,
) -> Result<Val, Thrown> {
    let Some(&invocant) = list.first() else {
        return Err(vm.die(b"a method call without an invocant"));
    };
    // The usual cases: an object, or the name of a class, with a method or field for everybody.
    let class = if invocant.w0 >= tag::AREF && invocant.w0 <= tag::EXT {
        invocant.class()
    } else if invocant.is_string() {
        named_class(vm, invocant)
    } else {
        0
    };
    if class != 0
        && let (member, is_open) = vm.member(class, name)
        && (is_open || vm.may_call(class, bytes(&name)))
    {
        if let Some(site) = site
            && !invocant.is_string()
        {
            vm.note(site, class, member);
        }
        match member {
            Member::Method(code) => {
                let code = code.retained();
                let result = vm.call(code, list, wanted);
                vm.release_ptr(code);
                return result;
            }
            Member::Static(code) => {
                let code = code.retained();
                let result = vm.call(code, &list[1..], wanted);
                vm.release_ptr(code);
                return result;
            }
            Member::Field(at) => {
                if let Some(object) = object_of(invocant)
                    && let Some(slot) = hash::slot_of(object.fields, at as usize, name)
                {
                    return match list.get(1) {
                        None => Ok(crate::cell::load(*slot)),
                        Some(&value) => vm.set_field(class, object, at as usize, slot, value),
                    };
                }
            }
            Member::Construct if invocant.is_string() => {
                return vm.construct_object(class, &list[1..]);
            }
            Member::Construct | Member::Other => {}
        }
    }
    slow_method(vm, name, list, wanted)
}

/// Calls a method value: a function, or a name.
pub fn call_dynamic(vm: &mut Vm, method: Val, mark: i64, wanted: i64) -> Result<Val, Thrown> {
    if method.w0 == tag::CODE {
        return vm.call_with_list(method, mark, wanted as u64);
    }
    let name = match vm.str_of(method) {
        Ok(name) => name,
        Err(thrown) => return vm.settle(mark, Err(thrown)),
    };
    let result = call_method(vm, name, mark, wanted);
    vm.release(name);
    result
}

/// The class a text names; 0 for the standard handles and what is no plain name.
#[inline]
fn named_class(vm: &mut Vm, name: Val) -> u32 {
    if matches!(bytes(&name), b"" | b"STDIN" | b"STDOUT" | b"STDERR") {
        return 0;
    }
    vm.package_of_value(name).unwrap_or(0)
}

fn slow_method(vm: &mut Vm, name: Val, list: &[Val], wanted: u64) -> Result<Val, Thrown> {
    let full = bytes(&name).to_vec();
    let (method, optional) = match full.strip_suffix(b"?") {
        Some(method) => (method, true),
        None => (&full[..], false),
    };
    let invocant = list[0];
    let class = match class_of(vm, invocant, method) {
        Ok(class) => class,
        Err(Thrown) if optional => {
            let dropped = vm.take_exception();
            vm.release(dropped);
            return Ok(UNDEF);
        }
        Err(thrown) => return Err(thrown),
    };
    // `Pkg::SUPER::m` and `Pkg::m`.
    if let Some(at) = method.windows(2).rposition(|pair| pair == b"::") {
        let (package, method) = (&method[..at], &method[at + 2..]);
        if let Some(package) = package.strip_suffix(b"::SUPER").or((package == b"SUPER").then_some(b"main")) {
            let number = vm.package_number(package);
            let parents: Vec<u32> = vm.linear(number)[1..].to_vec();
            if let Some(code) = vm.find_in_classes(&parents, method) {
                return vm.call(code, list, wanted);
            }
            return builtin_or_missing(vm, class, package, method, list, wanted, optional);
        }
        let number = vm.package_number(package);
        if let Some(code) = vm.find_method(number, method) {
            return vm.call(code, list, wanted);
        }
        return builtin_or_missing(vm, number, package, method, list, wanted, optional);
    }
    if class == 0 {
        return crate::extension::method(vm, method, list, wanted, optional);
    }
    if let Some(code) = vm.find_method(class, method) {
        if !vm.may_call(class, method) {
            return Err(vm.denied(class, method));
        }
        let given = if vm.is_static(class, method) { &list[1..] } else { list };
        let code: CodeRef = code.retained();
        let result = vm.call(code, given, wanted);
        vm.release_ptr(code);
        return result;
    }
    let package = vm.class_name(class).to_vec();
    builtin_or_missing(vm, class, &package, method, list, wanted, optional)
}

/// The class a method is searched in; 0 for values whose methods the runtime knows.
fn class_of(vm: &mut Vm, invocant: Val, method: &[u8]) -> Result<u32, Thrown> {
    if invocant.class() != 0 {
        return Ok(invocant.class());
    }
    let shown = String::from_utf8_lossy(method).into_owned();
    if invocant.w0 == tag::EXT || crate::convert::as_glob(invocant).is_some() {
        return Ok(0);
    }
    if invocant.w0 == tag::CODE && matches!(method, b"call" | b"()") {
        return Ok(0);
    }
    if invocant.is_reference() {
        return Err(vm.die_fmt(format_args!("Can't call method \"{shown}\" on unblessed reference")));
    }
    if invocant.is_undef() {
        return Err(vm.die_fmt(format_args!("Can't call method \"{shown}\" on an undefined value")));
    }
    let name = vm.text(invocant)?.to_vec();
    if name.is_empty() {
        return Err(
            vm.die_fmt(format_args!("Can't call method \"{shown}\" without a package or object reference"))
        );
    }
    if matches!(name.as_slice(), b"STDIN" | b"STDOUT" | b"STDERR") {
        return Ok(0);
    }
    Ok(vm.package_number(&name))
}

fn builtin_or_missing(
    vm: &mut Vm,
    class: u32,
    package: &[u8],
    method: &[u8],
    list: &[Val],
    wanted: u64,
    optional: bool,
) -> Result<Val, Thrown> {
    if let Some(result) = universal(vm, class, method, list, wanted)? {
        return Ok(result);
    }
    let autoload = vm.find_method(class, b"AUTOLOAD");
    if let Some(code) = autoload
        && method != b"DESTROY"
    {
        let info = Ptr(code.info.cast_mut());
        let owner = crate::exception::function_name(info);
        let name = if owner.is_empty() { [package, b"::AUTOLOAD"].concat() } else { owner.to_vec() };
        let glob = vm.glob(&name);
        crate::cell::set(vm, Ptr(glob.scalar), string(&[package, b"::", method].concat()));
        return vm.call(code, list, wanted);
    }
    if optional || matches!(method, b"import" | b"unimport" | b"DESTROY") {
        return Ok(UNDEF);
    }
    // A blessed handle is one still.
    if list[0].is_reference() && vm.handle_glob(list[0]).is_some() {
        return crate::extension::method(vm, method, list, wanted, optional);
    }
    let shown = String::from_utf8_lossy(method).into_owned();
    let place = String::from_utf8_lossy(package).into_owned();
    let known = list[0].is_reference() || vm.package_is_filled(package);
    Err(if known {
        vm.die_fmt(format_args!("Can't locate object method \"{shown}\" via package \"{place}\""))
    } else {
        vm.die_fmt(format_args!(
            "Can't locate object method \"{shown}\" via package \"{place}\" \
             (perhaps you forgot to load \"{place}\"?)"
        ))
    })
}

impl Vm {
    /// Whether anything was defined in a package; the names that calls mention do not count.
    fn package_is_filled(&mut self, package: &[u8]) -> bool {
        let prefix = [package, b"::"].concat();
        self.globs.range(prefix.clone()..).take_while(|(name, _)| name.starts_with(&prefix)).any(
            |(_, glob)| {
                !glob.code.is_null()
                    || Ptr(glob.array).len > 0
                    || Ptr(glob.hash).len > 0
                    || !Ptr(glob.scalar).value.is_undef()
            },
        )
    }

    /// Stores into a field after its type was checked; what it holds then.
    fn set_field(
        &mut self,
        class: u32,
        object: Ptr<Object>,
        at: usize,
        slot: crate::value::Slot,
        value: Val,
    ) -> Result<Val, Thrown> {
        let plan = self.plan(class);
        if let Some(field) = plan.fields.get(at)
            && !field.takes.has(value)
            && let Some(number) = field.description.type_number
        {
            self.check(value, number, &field.description.name)?;
        }
        debug_assert!(object.fields.len > at, "the slot is one of the object's");
        crate::cell::store(self, slot, value.retained());
        Ok(crate::cell::load(*slot))
    }

    /// Whether the method that a class has by that name is a static one.
    pub(super) fn is_static(&mut self, class: u32, method: &[u8]) -> bool {
        for &ancestor in self.linear(class).iter() {
            let declared = self.declared(ancestor);
            if let Some(method) = declared.and_then(|it| it.methods.iter().find(|it| it.name == method)) {
                return method.is_static;
            }
            let full = [self.class_name(ancestor), b"::", method].concat();
            if self.existing_glob(&full).is_some_and(|glob| !glob.code.is_null()) {
                return false;
            }
        }
        false
    }

    /// Who may use a member of a declared class, unless everybody may: how much, and whose it is.
    pub(super) fn restriction(&mut self, class: u32, member: &[u8]) -> Option<(Visibility, u32)> {
        for &ancestor in self.linear(class).iter() {
            let Some(declared) = self.declared(ancestor) else { continue };
            let method = declared.methods.iter().find(|method| method.name == member);
            let field = declared.fields.iter().find(|field| field.name == member);
            let visibility = method.map(|method| method.visibility).or(field.map(|field| field.visibility));
            match visibility {
                None => {}
                Some(Visibility::Public) => return None,
                Some(visibility) => return Some((visibility, ancestor)),
            }
        }
        None
    }

    /// Whether the running function may use a member of a declared class.
    fn may_call(&mut self, class: u32, member: &[u8]) -> bool {
        let Some((visibility, owner)) = self.restriction(class, member) else { return true };
        let owner = self.class_name(owner).to_vec();
        let running = self.running_package();
        if running == owner {
            return true;
        }
        if visibility == Visibility::Private {
            return false;
        }
        let running = self.package_number(&running);
        self.class_is(running, &owner)
    }

    fn denied(&mut self, class: u32, member: &[u8]) -> Thrown {
        let class = String::from_utf8_lossy(self.class_name(class)).into_owned();
        let member = String::from_utf8_lossy(member).into_owned();
        self.die_fmt(format_args!("cannot access private or protected member `{member}` of class `{class}`"))
    }
}

/// `UNIVERSAL::isa($x, "C")` and the like, called as functions.
pub fn universal_function(
    vm: &mut Vm,
    method: &[u8],
    list: &[Val],
    wanted: u64,
) -> Result<Option<Val>, Thrown> {
    let Some(&invocant) = list.first() else { return Ok(None) };
    if invocant.is_undef() {
        return Ok(Some(UNDEF));
    }
    let class = if invocant.class() != 0 || invocant.is_reference() {
        invocant.class()
    } else {
        let name = vm.text(invocant)?;
        vm.package_number(&name)
    };
    universal(vm, class, method, list, wanted)
}

/// `Class->VERSION(LEAST)`.
fn require_version(vm: &mut Vm, class: u32, stated: Val, least: Val) -> Result<(), Thrown> {
    let place = String::from_utf8_lossy(vm.class_name(class)).into_owned();
    if stated.is_undef() {
        let message = format_args!("{place} does not define ${place}::VERSION--version check failed");
        return Err(vm.die_fmt(message));
    }
    let (have, want) = (vm.text(stated)?, vm.text(least)?);
    if version_parts(&have) >= version_parts(&want) {
        return Ok(());
    }
    let (have, want) = (String::from_utf8_lossy(&have), String::from_utf8_lossy(&want));
    Err(vm.die_fmt(format_args!("{place} version {want} required--this is only version {have}")))
}

/// The numbers of a version: those between dots, or a decimal number's in groups of three digits.
fn version_parts(text: &[u8]) -> Vec<u64> {
    let number = |digits: &[u8]| {
        digits
            .iter()
            .filter(|byte| byte.is_ascii_digit())
            .fold(0_u64, |sum, &byte| sum.saturating_mul(10).saturating_add(u64::from(byte - b'0')))
    };
    let dots = text.iter().filter(|&&byte| byte == b'.').count();
    let mut parts: Vec<u64> = Vec::new();
    if dots > 1 || text.first() == Some(&b'v') {
        parts.extend(text.split(|&byte| byte == b'.').map(number));
    } else {
        let mut halves = text.splitn(2, |&byte| byte == b'.');
        parts.push(number(halves.next().unwrap_or(b"")));
        let rest: Vec<u8> = halves.next().unwrap_or(b"").iter().copied().filter(u8::is_ascii_digit).collect();
        for group in rest.chunks(3) {
            let mut digits = group.to_vec();
            digits.resize(3, b'0');
            parts.push(number(&digits));
        }
    }
    while parts.last() == Some(&0) {
        parts.pop();
    }
    parts
}

/// The methods every class or object has; `None` for others.
fn universal(
    vm: &mut Vm,
    class: u32,
    method: &[u8],
    list: &[Val],
    wanted: u64,
) -> Result<Option<Val>, Thrown> {
    let invocant = list[0];
    match method {
        b"isa" | b"DOES" | b"does" => {
            let Some(&name) = list.get(1) else { return Ok(Some(flag(vm, false))) };
            let name = vm.text(name)?;
            let is = vm.class_is(class, &name)
                || invocant.is_reference() && crate::convert::base_type(invocant) == &*name;
            return Ok(Some(flag(vm, is)));
        }
        b"can" | b"VERSION" => return described(vm, class, method, list, wanted),
        _ => {}
    }
    let Some(declared) = vm.declared(class) else { return described(vm, class, method, list, wanted) };
    let kind = declared.kind;
    let Some(mut object) = object_of(invocant) else {
        if method == b"new" && kind != ClassKind::Enum {
            return vm.construct_object(class, &list[1..]).map(Some);
        }
        return described(vm, class, method, list, wanted);
    };
    let key = crate::string::Text(string(method));
    let normal = hash::normal(key.0);
    if hash::lookup(object.fields, normal).is_some() {
        if !vm.may_call(class, method) {
            return Err(vm.denied(class, method));
        }
        if let Some(&value) = list.get(1) {
            let fields = vm.all_fields(class);
            if let Some((_, field)) = fields.iter().find(|(_, field)| field.name == method)
                && let Some(number) = field.type_number
            {
                let name = string(method);
                let checked = super::check_type(vm, value, number, name);
                vm.release(name);
                let checked = checked?;
                vm.release(checked);
            }
            hash::set(vm, object.fields, normal, value.retained());
        }
        return Ok(Some(hash::get(object.fields, normal)));
    }
    Ok(Some(match method {
        b"variant" | b"name" if kind == ClassKind::Enum => {
            let name = vm
                .declared(class)
                .and_then(|declared| declared.variants.get(object.variant as usize))
                .map(|variant| variant.name.clone())
                .unwrap_or_default();
            string(&name)
        }
        b"value" | b"payload" if kind == ClassKind::Enum => object.payload.retained(),
        b"set" if kind == ClassKind::Enum && list.len() > 1 => {
            let old = core::mem::replace(&mut object.payload, list[1].retained());
            vm.release(old);
            invocant.retained()
        }
        _ => return described(vm, class, method, list, wanted),
    }))
}

/// The methods about a class or an object, where the program may call one of them.
fn described(
    vm: &mut Vm,
    class: u32,
    method: &[u8],
    list: &[Val],
    wanted: u64,
) -> Result<Option<Val>, Thrown> {
    match late::OBJECT_METHOD.get() {
        Some(function) => function(vm, class, method, list, wanted),
        None => Ok(None),
    }
}

/// Whether every class or object has a method of this name that [`object_method`] knows.
#[must_use]
pub(crate) fn is_object_method(name: &[u8]) -> bool {
    let names: [&[u8]; 9] =
        [b"can", b"VERSION", b"fields", b"with", b"clone", b"to_hash", b"methods", b"superclass", b"destroy"];
    names.contains(&name)
}

/// What can be asked about a class, and done to an object of any: the methods that few programs call.
pub(crate) fn object_method(
    vm: &mut Vm,
    class: u32,
    method: &[u8],
    list: &[Val],
    wanted: u64,
) -> Result<Option<Val>, Thrown> {
    let invocant = list[0];
    match method {
        b"can" => {
            let Some(&name) = list.get(1) else { return Ok(Some(UNDEF)) };
            let name = vm.text(name)?;
            if let Some(code) = vm.find_method(class, &name) {
                return Ok(Some(counted(tag::CODE, code.retained())));
            }
            let universal = matches!(&*name, b"isa" | b"can" | b"DOES");
            let field = vm.declared(class).is_some()
                && vm.all_fields(class).iter().any(|(_, field)| field.name == *name);
            return Ok(Some(if universal || field { crate::value::int(1) } else { UNDEF }));
        }
        b"VERSION" => {
            let name = [vm.class_name(class), b"::VERSION"].concat();
            let glob = vm.glob(&name);
            let stated = crate::cell::get(Ptr(glob.scalar));
            if let Some(&least) = list.get(1) {
                require_version(vm, class, stated, least)?;
            }
            return Ok(Some(stated));
        }
        _ => {}
    }
    if vm.declared(class).is_none() {
        return Ok(None);
    }
    if method == b"fields" {
        return field_names(vm, class, wanted).map(Some);
    }
    let Some(object) = object_of(invocant) else { return Ok(None) };
    Ok(Some(match method {
        b"with" => {
            let copy = shallow(vm, object);
            let value = counted(tag::OBJ, copy);
            for pair in list[1..].chunks(2) {
                let (key, text) = vm.key(pair[0])?;
                if hash::lookup(copy.fields, key).is_none() {
                    let shown = vm.text(pair[0])?;
                    let shown = String::from_utf8_lossy(&shown).into_owned();
                    vm.release(value);
                    return Err(vm.die_fmt(format_args!("no field `{shown}`")));
                }
                hash::set(vm, copy.fields, key, pair.get(1).map_or(UNDEF, |value| value.retained()));
                drop(text);
            }
            value
        }
        b"clone" => vm.deep_copy(invocant, 0)?,
        b"to_hash" => href(hash::copy_of(vm, object.fields)),
        b"methods" => {
            let mut names: Vec<Vec<u8>> = Vec::new();
            for &ancestor in vm.linear(class).iter() {
                let Some(declared) = vm.declared(ancestor) else { continue };
                for method in &declared.methods {
                    if !names.contains(&method.name) {
                        names.push(method.name.clone());
                    }
                }
            }
            return names_result(vm, &names, wanted).map(Some);
        }
        b"superclass" => {
            let parents = vm.declared(class).map(|declared| declared.parents.clone()).unwrap_or_default();
            return names_result(vm, &parents, wanted).map(Some);
        }
        b"destroy" => {
            for &ancestor in vm.linear(class).iter() {
                if let Some(code) = vm.find_in_classes(&[ancestor], b"DESTROY") {
                    let result = vm.call(code, &[invocant], want::VOID)?;
                    let result = vm.scalar_of(result);
                    vm.release(result);
                }
            }
            UNDEF
        }
        _ => return Ok(None),
    }))
}

fn field_names(vm: &mut Vm, class: u32, wanted: u64) -> Result<Val, Thrown> {
    let names: Vec<Vec<u8>> = vm.all_fields(class).into_iter().map(|(_, field)| field.name).collect();
    names_result(vm, &names, wanted)
}

/// Names as a list, or as an array reference where one value is wanted.
fn names_result(vm: &mut Vm, names: &[Vec<u8>], wanted: u64) -> Result<Val, Thrown> {
    if wanted == want::LIST {
        let mark = vm.height() as i64;
        for name in names {
            vm.push(string(name))?;
        }
        return Ok(vm.list_as_result(mark, want::LIST));
    }
    let mut out = array::new();
    for name in names {
        array::push(&mut out, string(name));
    }
    Ok(aref(out))
}

impl Vm {
    /// A copy in depth: containers are copied, other references shared.
    pub fn deep_copy(&mut self, value: Val, depth: u32) -> Result<Val, Thrown> {
        if depth > 500 {
            return Err(self.die(b"values are nested too deep to copy"));
        }
        if let Some(from) = value.as_array() {
            let mut to = array::new();
            to.header.class = from.header.class;
            for at in 0..from.len as i64 {
                let element = array::get(&from, at);
                let copied = self.deep_copy(element, depth + 1);
                self.release(element);
                match copied {
                    Ok(copied) => array::push(&mut to, copied),
                    Err(thrown) => {
                        self.release_ptr(to);
                        return Err(thrown);
                    }
                }
            }
            return Ok(aref(to));
        }
        let source = value.as_table().or(object_of(value).map(|object| object.fields));
        let Some(from) = source else { return Ok(value.retained()) };
        let to = hash::new();
        to.head().class = from.header.class;
        for (key, element) in hash::pairs(from) {
            let copied = self.deep_copy(element, depth + 1);
            self.release(element);
            match copied {
                Ok(copied) => hash::set(self, to, hash::normal(key), copied),
                Err(thrown) => {
                    self.release(key);
                    self.release_ptr(to);
                    return Err(thrown);
                }
            }
            self.release(key);
        }
        match object_of(value) {
            Some(object) => {
                let mut copy = super::new_object(object.header.class, to);
                copy.variant = object.variant;
                copy.payload = self.deep_copy(object.payload, depth + 1)?;
                Ok(counted(tag::OBJ, copy))
            }
            None => Ok(href(to)),
        }
    }
}
