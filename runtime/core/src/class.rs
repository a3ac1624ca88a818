//! Packages as classes: numbers, inheritance, method lookup, overloading, and declared types.
//!
//! Every package that something is blessed into, or that declares a type, has a number. Methods are
//! the functions of its package; parents are `@ISA` or what the declaration says, searched depth
//! first. An object of a declared type is an [`Object`]: its fields are a hash in declaration order.

use alloc::boxed::Box;
use alloc::collections::BTreeMap;
use alloc::rc::Rc;
use alloc::string::String;
use alloc::vec::Vec;
use core::mem::offset_of;

use s_abi::layout::{Code, Header, ObjectHead, Site, Val, kind, object, site, tag, want};

use crate::array;
use crate::cell;
use crate::exception::{Thrown, function_name};
use crate::memory::{allocate, count_live, deallocate, header};
use crate::string::string;
use crate::value::{Array, CodeRef, Ptr, Table, UNDEF, ValExt, bytes, counted, href, int};
use crate::vm::Vm;

mod declared;
mod methods;
mod overload;

pub use declared::{check_type, construct, construct_values, is_variant, payload, variant};
pub use methods::{call_dynamic, call_method, call_method_list_site, call_method_site, universal_function};
pub(crate) use methods::{is_object_method, object_method};
pub use overload::Operator;

/// What a declared type is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ClassKind {
    /// `class`
    #[default]
    Class,
    /// `struct`
    Struct,
    /// `enum`
    Enum,
    /// `trait`
    Trait,
}

/// Who may use a member.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Visibility {
    /// Everybody.
    #[default]
    Public,
    /// The class and what extends it.
    Protected,
    /// The class.
    Private,
}

/// A field.
#[derive(Clone, Debug, Default)]
pub struct FieldDescription {
    /// Its name.
    pub name: Vec<u8>,
    /// Its type by the number of [`Vm::register_type`], if it has one.
    pub type_number: Option<i64>,
    /// A function without arguments that gives the default.
    pub default: Option<Ptr<Code>>,
    /// Who may use it.
    pub visibility: Visibility,
    /// Belongs to the class, not to objects.
    pub is_static: bool,
}

/// A method. Its function is defined under the class's name.
#[derive(Clone, Debug, Default)]
pub struct MethodDescription {
    /// Its name.
    pub name: Vec<u8>,
    /// Who may call it.
    pub visibility: Visibility,
    /// Has no body.
    pub is_abstract: bool,
    /// Must not be overridden.
    pub is_final: bool,
    /// Is not told what it is called on.
    pub is_static: bool,
}

/// A variant of an enum.
#[derive(Clone, Debug, Default)]
pub struct VariantDescription {
    /// Its name.
    pub name: Vec<u8>,
    /// Takes a payload.
    pub has_payload: bool,
    /// The payload's type, if it has one.
    pub type_number: Option<i64>,
}

/// A declared type.
#[derive(Clone, Debug, Default)]
pub struct ClassDescription {
    /// Full name.
    pub name: Vec<u8>,
    /// What it is.
    pub kind: ClassKind,
    /// Full names of what it extends.
    pub parents: Vec<Vec<u8>>,
    /// Full names of its traits.
    pub traits: Vec<Vec<u8>>,
    /// Own fields in order.
    pub fields: Vec<FieldDescription>,
    /// Own methods.
    pub methods: Vec<MethodDescription>,
    /// Variants of an enum.
    pub variants: Vec<VariantDescription>,
    /// Has no objects of its own.
    pub is_abstract: bool,
    /// Must not be extended.
    pub is_final: bool,
}

/// A type that values are checked against.
#[derive(Clone, Debug)]
pub enum TypeDescription {
    /// Anything.
    Any,
    /// An integer.
    Int,
    /// A number.
    Float,
    /// A text or number.
    Str,
    /// True or false: a plain scalar.
    Bool,
    /// An array reference.
    Array,
    /// A hash reference.
    Hash,
    /// A reference.
    Ref,
    /// A function.
    Code,
    /// Array reference with elements of a type.
    List(Box<TypeDescription>),
    /// Hash reference with values of a type.
    Map(Box<TypeDescription>),
    /// A set.
    Set,
    /// A declared type or class; undef is allowed.
    Named(Vec<u8>),
}

/// An object of a declared type. It usually stands before its fields in one block of memory, which lives as long
/// as they do.
#[derive(Debug)]
#[repr(C)]
pub struct Object {
    header: Header,
    /// Fields by name, in order.
    pub fields: Table,
    /// See [`ObjectHead::shape`].
    shape: u32,
    /// Variant of an enum value.
    pub variant: u32,
    /// Payload of an enum value.
    pub payload: Val,
}

const _: () = {
    assert!(offset_of!(Object, fields) == offset_of!(ObjectHead, fields));
    assert!(offset_of!(Object, shape) == offset_of!(ObjectHead, shape));
    assert!(size_of::<Object>() == object::BYTES);
};

/// Ends an object.
#[cfg_attr(feature = "exports", unsafe(export_name = "hot.class.free_object"))]
pub fn free_object(vm: &mut Vm, object: Ptr<Header>) {
    let object: Ptr<Object> = Ptr(object.0.cast());
    let (fields, payload) = (object.fields, object.payload);
    if crate::hash::bytes_before(fields) == 0 {
        deallocate(object);
    } else {
        // Its memory ends with that of its fields, which others may have.
        count_live(-1);
    }
    let head = &fields.header;
    if head.count == 1 && head.class == 0 && head.flags == 0 {
        // Nobody else has its fields, as is usual: nothing is asked before they end.
        crate::hash::free(vm, fields);
    } else {
        vm.release_ptr(fields);
    }
    vm.release(payload);
}

/// The object of an OBJ value.
#[must_use]
pub fn object_of(value: Val) -> Option<Ptr<Object>> {
    (value.w0 == tag::OBJ).then(|| value.pointer())
}

#[cfg_attr(feature = "exports", unsafe(export_name = "hot.class.new_object"))]
fn new_object(class: u32, fields: Table) -> Ptr<Object> {
    crate::late::classes();
    let header = header(kind::OBJ);
    let mut object = allocate(Object { header, fields, shape: object::MOVED, variant: 0, payload: UNDEF });
    object.header.class = class;
    object
}

/// A new object without fields, but with room for so many, if they are few, in one block of memory with it.
#[inline]
fn object_with_room(class: u32, fields: usize) -> Ptr<Object> {
    let fields = crate::hash::with_room(fields, size_of::<Object>());
    let object: Ptr<Object> = Ptr(fields.0.cast::<u8>().wrapping_sub(size_of::<Object>()).cast());
    count_live(1);
    let mut header = header(kind::OBJ);
    header.class = class;
    // SAFETY: the bytes before the fields are fresh, large enough, and of the same alignment.
    unsafe { object.0.write(Object { header, fields, shape: object::MOVED, variant: 0, payload: UNDEF }) };
    object
}

/// One class.
#[derive(Debug)]
struct Class {
    name: Vec<u8>,
    isa: Array,
    declared: Option<Box<ClassDescription>>,
    statics: BTreeMap<Vec<u8>, Val>,
    overload: BTreeMap<Vec<u8>, Val>,
    linear: Rc<[u32]>,
    linear_at: u64,
    /// Somebody may change an `@ISA` of these unseen.
    is_lent: bool,
    /// Ancestors are searched in the order of C3.
    by_c3: bool,
    stamp: u64,
    /// How objects are made, while `linear` is current.
    plan: Option<Rc<declared::Plan>>,
    /// Which fields its objects have.
    shape: Shape,
}

/// Which fields objects of a class have, from the first one on.
#[derive(Debug)]
enum Shape {
    /// There was no object.
    Open,
    /// These, in this order.
    Fixed(Vec<Vec<u8>>),
    /// Not always the same: positions of fields mean nothing.
    Mixed,
}

/// What a name means for objects of a class.
#[derive(Clone, Copy, Debug)]
enum Member {
    /// A function, borrowed from its glob.
    Method(CodeRef),
    /// A function that is not told what it is called on, borrowed likewise.
    Static(CodeRef),
    /// A field of a declared type, by its position.
    Field(u32),
    /// The constructor `new` of a declared type that defines none.
    Construct,
    /// Neither: what every object has, AUTOLOAD, or an error.
    Other,
}

#[derive(Clone, Copy, Debug)]
struct Cached {
    class: u32,
    /// Whether everybody may use it.
    is_open: bool,
    generation: u64,
    name: Val,
    member: Member,
}

const CACHE: usize = 512;
const PACKAGES: usize = 64;

/// All classes.
#[derive(Debug)]
pub struct Classes {
    all: Vec<Class>,
    by_name: BTreeMap<Vec<u8>, u32>,
    generation: u64,
    cache: Vec<Cached>,
    /// Numbers by the value that named the package, short or constant.
    packages: Vec<(Val, u32)>,
    types: Vec<Rc<TypeDescription>>,
    /// Numbers of declared types in the order in which the program declares them.
    order: Vec<u32>,
    overloads: bool,
    /// Places in code that know a class.
    sites: Vec<Ptr<Site>>,
}

impl Classes {
    /// No classes.
    #[must_use]
    pub fn new() -> Self {
        Self {
            all: Vec::new(),
            by_name: BTreeMap::new(),
            generation: 1,
            cache: Vec::new(),
            packages: Vec::new(),
            types: Vec::new(),
            order: Vec::new(),
            overloads: false,
            sites: Vec::new(),
        }
    }

    /// The number of the nth declared type.
    pub(crate) fn nth_declared(&self, at: i64) -> u32 {
        usize::try_from(at).ok().and_then(|at| self.order.get(at)).copied().unwrap_or(0)
    }

    /// A function or parent changed: what was looked up may be wrong.
    pub fn changed(&mut self) {
        self.generation += 1;
        for mut site in self.sites.drain(..) {
            site.class = 0;
        }
    }
}

impl Default for Classes {
    fn default() -> Self {
        Self::new()
    }
}

/// What a conversion of an object is wanted for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Conversion {
    /// `"$o"`
    String,
    /// `$o + 0`
    Number,
    /// `if ($o)`
    Truth,
}

impl Vm {
    /// The number of a package, from 1.
    pub fn package_number(&mut self, name: &[u8]) -> u32 {
        let name = name.strip_prefix(b"::").unwrap_or(name);
        if let Some(&number) = self.classes.by_name.get(name) {
            return number;
        }
        let isa = self.glob(&[name, b"::ISA"].concat());
        self.classes.all.push(Class {
            name: name.to_vec(),
            isa: Ptr(isa.array),
            declared: None,
            statics: BTreeMap::new(),
            overload: BTreeMap::new(),
            linear: Rc::from([]),
            linear_at: 0,
            is_lent: false,
            by_c3: false,
            stamp: 0,
            plan: None,
            shape: Shape::Open,
        });
        let number = self.classes.all.len() as u32;
        self.classes.by_name.insert(name.to_vec(), number);
        number
    }

    /// The name of a numbered package; empty for 0.
    #[must_use]
    pub fn class_name(&self, number: u32) -> &[u8] {
        self.class(number).map_or(b"", |class| &class.name)
    }

    #[inline(always)]
    fn class(&self, number: u32) -> Option<&Class> {
        self.classes.all.get((number as usize).wrapping_sub(1))
    }

    fn class_mut(&mut self, number: u32) -> Option<&mut Class> {
        self.classes.all.get_mut((number as usize).wrapping_sub(1))
    }

    fn declared(&self, number: u32) -> Option<&ClassDescription> {
        self.class(number)?.declared.as_deref()
    }

    /// The number of the package a value names; short and constant texts are remembered.
    pub(crate) fn package_of_value(&mut self, name: Val) -> Result<u32, Thrown> {
        if !is_stable(name) {
            let name = self.text(name)?;
            return Ok(self.package_number(&name));
        }
        let slot = word_of(name, 0) as usize % PACKAGES;
        if let Some(&(known, number)) = self.classes.packages.get(slot)
            && known == name
        {
            return Ok(number);
        }
        let number = self.package_number(bytes(&name));
        if self.classes.packages.is_empty() {
            self.classes.packages.resize(PACKAGES, (UNDEF, 0));
        }
        self.classes.packages[slot] = (name, number);
        Ok(number)
    }

    /// Whether no parent of a class changed since its ancestors were found.
    #[inline(always)]
    fn is_current(&self, class: &Class) -> bool {
        class.linear_at == self.classes.generation
            && (!class.is_lent || self.stamp_of(&class.linear) == class.stamp)
    }

    /// The class and its ancestors in search order.
    pub fn linear(&mut self, number: u32) -> Rc<[u32]> {
        let generation = self.classes.generation;
        let mut is_other = false;
        if let Some(class) = self.class(number) {
            if self.is_current(class) {
                return Rc::clone(&class.linear);
            }
            is_other = class.linear_at == generation;
        }
        if is_other {
            // An `@ISA` changed: what was found by the old one is wrong.
            self.classes.changed();
        }
        let mut out = Vec::new();
        let by_c3 = self.class(number).is_some_and(|class| class.by_c3);
        if !(by_c3 && self.collect_c3(number, &mut out, 0)) {
            out.clear();
            self.collect_linear(number, &mut out, 0);
        }
        let stamp = self.stamp_of(&out);
        let is_lent = out.iter().any(|&number| self.parents_are_lent(number));
        let generation = self.classes.generation;
        let out: Rc<[u32]> = Rc::from(out);
        if let Some(class) = self.class_mut(number) {
            class.linear = Rc::clone(&out);
            class.linear_at = generation;
            class.is_lent = is_lent;
            class.stamp = stamp;
            class.plan = None;
        }
        out
    }

    fn parents_are_lent(&self, number: u32) -> bool {
        let isa = [self.class_name(number), b"::ISA"].concat();
        self.existing_glob(&isa).is_some_and(crate::glob::is_lent)
    }

    /// A number that changes when an `@ISA` of these classes does.
    fn stamp_of(&self, classes: &[u32]) -> u64 {
        let mut stamp = 0u64;
        for &number in classes {
            if let Some(class) = self.class(number) {
                let isa = class.isa;
                stamp = stamp.rotate_left(7) ^ isa.len as u64 ^ isa.address();
                for value in array::values(&isa) {
                    let value = *cell::target(Ptr(core::ptr::from_ref(value).cast_mut()));
                    let hash = if value.is_string() {
                        crate::string::hash_bytes(bytes(&value))
                    } else {
                        value.w0 ^ value.w1
                    };
                    stamp = stamp.rotate_left(7) ^ hash;
                }
            }
        }
        stamp
    }

    /// Searches a class and its ancestors in the order of C3 from now on.
    pub fn use_c3(&mut self, name: &[u8]) {
        let number = self.package_number(name);
        if let Some(class) = self.class_mut(number) {
            class.by_c3 = true;
        }
        self.classes.changed();
    }

    /// The order of C3: false when there is none.
    fn collect_c3(&mut self, number: u32, out: &mut Vec<u32>, depth: u32) -> bool {
        if depth > 100 {
            return false;
        }
        let parents = self.parents_of(number);
        let mut lists: Vec<Vec<u32>> = Vec::new();
        for &parent in &parents {
            let mut order = Vec::new();
            if !self.collect_c3(parent, &mut order, depth + 1) {
                return false;
            }
            lists.push(order);
        }
        lists.push(parents);
        out.push(number);
        loop {
            lists.retain(|list| !list.is_empty());
            if lists.is_empty() {
                return true;
            }
            let next = lists
                .iter()
                .map(|list| list[0])
                .find(|head| lists.iter().all(|list| !list[1..].contains(head)));
            let Some(next) = next else { return false };
            out.push(next);
            for list in &mut lists {
                list.retain(|&class| class != next);
            }
        }
    }

    fn collect_linear(&mut self, number: u32, out: &mut Vec<u32>, depth: u32) {
        if out.contains(&number) || depth > 100 {
            return;
        }
        out.push(number);
        for parent in self.parents_of(number) {
            self.collect_linear(parent, out, depth + 1);
        }
    }

    /// The numbers of the classes that a class names as its parents.
    fn parents_of(&mut self, number: u32) -> Vec<u32> {
        // The array may have been replaced by a glob assignment.
        let name = self.class_name(number).to_vec();
        let isa = Ptr(self.glob(&[&name, b"::ISA".as_slice()].concat()).array);
        let mut parents: Vec<Vec<u8>> = Vec::new();
        if let Some(class) = self.class_mut(number) {
            class.isa = isa;
            if let Some(declared) = &class.declared {
                parents.extend(declared.parents.iter().cloned());
                parents.extend(declared.traits.iter().cloned());
            }
        }
        for at in 0..isa.len {
            let value = array::element(&isa, at);
            if let Ok(text) = self.text(value) {
                parents.push(text.to_vec());
            }
            self.release(value);
        }
        parents.iter().map(|parent| self.package_number(parent)).collect()
    }

    /// Whether a class is another or descends from it.
    pub fn class_is(&mut self, number: u32, name: &[u8]) -> bool {
        let linear = self.linear(number);
        linear.iter().any(|&ancestor| self.class_name(ancestor) == name)
    }

    /// A method's function, borrowed; no AUTOLOAD.
    pub fn find_method(&mut self, number: u32, name: &[u8]) -> Option<CodeRef> {
        let linear = self.linear(number);
        self.find_in_classes(&linear, name)
    }

    /// The method of that name behind a package in the order of a class.
    pub(crate) fn find_next_method(&mut self, number: u32, package: &[u8], name: &[u8]) -> Option<CodeRef> {
        let linear = self.linear(number);
        let at = linear.iter().position(|&class| self.class_name(class) == package)?;
        self.find_in_classes(&linear[at + 1..], name)
    }

    fn find_in_classes(&self, classes: &[u32], name: &[u8]) -> Option<CodeRef> {
        for &ancestor in classes {
            let full = [self.class_name(ancestor), b"::", name].concat();
            if let Some(glob) = self.existing_glob(&full)
                && !glob.code.is_null()
                && !crate::code::is_stub(Ptr(glob.code))
            {
                return Some(Ptr(glob.code));
            }
        }
        None
    }

    /// What a name means for objects of a class, and whether everybody may use it; remembered.
    #[inline]
    fn member(&mut self, number: u32, name: Val) -> (Member, bool) {
        let slot = word_of(name, number) as usize % CACHE;
        if let Some(entry) = self.classes.cache.get(slot)
            && entry.class == number
            && entry.name == name
            && entry.generation == self.classes.generation
            && self.class(number).is_some_and(|class| self.is_current(class))
        {
            return (entry.member, entry.is_open);
        }
        self.find_member(number, name, slot)
    }

    #[inline(never)]
    fn find_member(&mut self, number: u32, name: Val, slot: usize) -> (Member, bool) {
        let text = bytes(&name);
        if let Some(code) = self.find_super(number, text) {
            return self.keep_member(number, name, slot, (Member::Method(code), true));
        }
        if text.windows(2).any(|pair| pair == b"::") {
            // A method of a named package, whatever the class is.
            return self.keep_member(number, name, slot, (Member::Other, true));
        }
        let declared = self.declared(number).map(|declared| declared.kind);
        let member = match self.find_method(number, text) {
            Some(code) if self.is_static(number, text) => Member::Static(code),
            Some(code) => Member::Method(code),
            None => match declared {
                None => Member::Other,
                Some(_) if matches!(text, b"isa" | b"DOES" | b"does" | b"can" | b"VERSION") => Member::Other,
                Some(kind) => match self.plan(number).position(name, 0) {
                    Some(at) => Member::Field(at as u32),
                    None if text == b"new" && kind != ClassKind::Enum => Member::Construct,
                    None => Member::Other,
                },
            },
        };
        let is_open = declared.is_none() || self.restriction(number, text).is_none();
        self.keep_member(number, name, slot, (member, is_open))
    }

    /// A place in code notes what it found, until something changes.
    fn note(&mut self, mut site: Ptr<Site>, number: u32, member: Member) {
        let Some(class) = self.class(number) else { return };
        if !self.is_current(class) || class.is_lent {
            return;
        }
        let (kind, target) = match member {
            Member::Method(code) => (site::METHOD, code.0 as usize),
            Member::Field(_) if matches!(class.shape, Shape::Mixed) => return,
            Member::Field(at) => {
                let Some(field) = class.plan.as_ref().and_then(|plan| plan.fields.get(at as usize)) else {
                    return;
                };
                field.takes.noted(at)
            }
            Member::Static(_) | Member::Construct | Member::Other => return,
        };
        // Two stand there; the one that was noted last is looked at first.
        let mut older = Ptr(site.0.wrapping_add(1));
        if site.class == 0 {
            self.classes.sites.push(site);
        } else if older.class == 0 {
            self.classes.sites.push(older);
        }
        *older = core::mem::replace(&mut *site, Site { class: !number, kind, target });
    }

    /// The method a name such as `Package::SUPER::name` means for a class that descends from the package.
    fn find_super(&mut self, number: u32, name: &[u8]) -> Option<CodeRef> {
        let at = name.windows(9).rposition(|part| part == b"::SUPER::")?;
        let (package, method) = (&name[..at], &name[at + 9..]);
        let package = *self.classes.by_name.get(package)?;
        if !self.linear(number).contains(&package) {
            return None;
        }
        let linear = self.linear(package);
        self.find_in_classes(linear.get(1..)?, method)
    }

    fn keep_member(&mut self, class: u32, name: Val, slot: usize, found: (Member, bool)) -> (Member, bool) {
        if is_stable(name) {
            let (member, is_open) = found;
            let generation = self.classes.generation;
            if self.classes.cache.is_empty() {
                let nothing =
                    Cached { class: 0, is_open: false, generation: 0, name: UNDEF, member: Member::Other };
                self.classes.cache.resize(CACHE, nothing);
            }
            self.classes.cache[slot] = Cached { class, is_open, generation, name, member };
        }
        found
    }

    /// As [`Vm::find_method`], remembered.
    #[inline]
    fn cached_method(&mut self, number: u32, name: Val) -> Option<CodeRef> {
        match self.member(number, name).0 {
            Member::Method(code) | Member::Static(code) => Some(code),
            _ => None,
        }
    }

    /// The function DESTROY of a class, owned. Declared types have none by themselves.
    pub(crate) fn destructor(&mut self, number: u32) -> Option<CodeRef> {
        if self.declared(number).is_some() {
            return None;
        }
        self.cached_method(number, crate::value::short(b"DESTROY")).map(Ptr::retained)
    }

    /// Runs DESTROY on a value; what it throws becomes a warning.
    pub(crate) fn run_destructor(&mut self, destroy: CodeRef, value: Val) {
        let flight = self.flight;
        let exception = self.take_exception();
        let error = cell::get(Ptr(self.known.error.scalar));
        let record = self.try_record();
        match self.call(destroy, &[value], want::VOID) {
            Ok(result) => {
                let result = self.scalar_of(result);
                self.release(result);
            }
            Err(Thrown) => {
                self.unwind(&record);
                let thrown = self.take_exception();
                if matches!(self.flight, crate::exception::Flight::Die)
                    && let Ok(text) = self.text(thrown)
                {
                    let mut message = b"\t(in cleanup) ".to_vec();
                    message.extend_from_slice(text.strip_suffix(b"\n").unwrap_or(&text));
                    message.push(b'\n');
                    crate::output::write_error(self, &message);
                }
                self.release(thrown);
            }
        }
        self.release_ptr(destroy);
        let old = core::mem::replace(&mut self.abi.exception, exception);
        self.release(old);
        self.flight = flight;
        cell::set(self, Ptr(self.known.error.scalar), error);
    }

    /// Registers a declared type; its number, from 1, is what [`construct`] takes.
    ///
    /// # Errors
    /// A message: a final class extended, a method missing.
    pub fn register_class(&mut self, description: ClassDescription) -> Result<u32, String> {
        let number = self.package_number(&description.name);
        self.classes.order.push(number);
        let text = |name: &[u8]| String::from_utf8_lossy(name).into_owned();
        for parent in &description.parents {
            let parent = self.package_number(parent);
            let Some(declared) = self.declared(parent) else { continue };
            if declared.is_final {
                return Err(alloc::format!("cannot extend final class `{}`", text(&declared.name)));
            }
            for method in &declared.methods {
                if method.is_final && description.methods.iter().any(|own| own.name == method.name) {
                    return Err(alloc::format!(
                        "cannot override final method `{}` of class `{}`",
                        text(&method.name),
                        text(&declared.name)
                    ));
                }
            }
        }
        let is_concrete = description.kind == ClassKind::Class && !description.is_abstract;
        let own_methods: Vec<Vec<u8>> = description
            .methods
            .iter()
            .filter(|method| !method.is_abstract)
            .map(|method| method.name.clone())
            .collect();
        let fields: Vec<FieldDescription> =
            description.fields.iter().filter(|field| field.is_static).cloned().collect();
        let variants = description.variants.clone();
        let class_text = text(&description.name);
        if let Some(class) = self.class_mut(number) {
            class.declared = Some(Box::new(description));
        }
        self.classes.changed();
        for field in fields {
            self.define_static(number, field);
        }
        for (at, described) in variants.iter().enumerate() {
            self.define_variant(number, at as u32, described);
        }
        if is_concrete {
            for &ancestor in self.linear(number).iter() {
                let Some(declared) = self.declared(ancestor) else { continue };
                let missing: Vec<Vec<u8>> = declared
                    .methods
                    .iter()
                    .filter(|method| method.is_abstract)
                    .map(|method| method.name.clone())
                    .collect();
                let kind = declared.kind;
                let from = text(&declared.name);
                for name in missing {
                    let inherited = self.linear(number).iter().any(|&class| {
                        self.declared(class).is_some_and(|declared| {
                            declared.methods.iter().any(|method| method.name == name && !method.is_abstract)
                        })
                    });
                    // A field of that name is a method too.
                    let field = self
                        .declared(number)
                        .is_some_and(|declared| declared.fields.iter().any(|field| field.name == name));
                    if !own_methods.contains(&name)
                        && !inherited
                        && !field
                        && self.find_method(number, &name).is_none()
                    {
                        let what = if kind == ClassKind::Trait { "trait" } else { "abstract" };
                        return Err(alloc::format!(
                            "class `{class_text}` must implement {what} method `{}` of `{from}`",
                            text(&name)
                        ));
                    }
                }
            }
        }
        Ok(number)
    }

    fn define_static(&mut self, number: u32, field: FieldDescription) {
        let value = match field.default {
            Some(default) => match self.attempt(|vm| vm.call_scalar(default, &[])) {
                Ok(Ok(value)) => value,
                _ => UNDEF,
            },
            None => UNDEF,
        };
        let holder = counted(tag::SREF, cell::new(value));
        let name = [self.class_name(number), b"::", &field.name].concat();
        let glob = self.glob(&name);
        let code = self.new_native(static_accessor, &[holder.retained()]);
        self.define(glob, code);
        if let Some(class) = self.class_mut(number) {
            class.statics.insert(field.name, holder);
        }
    }

    fn define_variant(&mut self, number: u32, at: u32, described: &VariantDescription) {
        let name = [self.class_name(number), b"::", &described.name].concat();
        let glob = self.glob(&name);
        let code = self.new_native(make_variant, &[int(i64::from(number)), int(i64::from(at))]);
        self.define(glob, code);
    }

    /// Registers a type for [`check_type`]; its number.
    pub fn register_type(&mut self, description: TypeDescription) -> i64 {
        self.classes.types.push(Rc::new(description));
        self.classes.types.len() as i64 - 1
    }

    /// How many classes, types and transliterations have been registered.
    #[must_use]
    pub fn registered(&self) -> [usize; 3] {
        [self.classes.order.len(), self.classes.types.len(), self.patterns.table_count()]
    }

    /// The package of the running function.
    #[must_use]
    pub fn running_package(&self) -> Vec<u8> {
        let frame = Ptr(self.abi.frame);
        if frame.0.is_null() {
            return b"main".to_vec();
        }
        let name = function_name(Ptr(frame.info.cast_mut()));
        match name.windows(2).rposition(|pair| pair == b"::") {
            Some(at) => name[..at].to_vec(),
            None => b"main".to_vec(),
        }
    }
}

fn static_accessor(vm: &mut Vm, held: &[Val], arguments: &[Val], _want: u64) -> Result<Val, Thrown> {
    let Some(holder) = held.first() else { return Ok(UNDEF) };
    let cell = holder.pointer();
    if let Some(value) = arguments.last() {
        cell::set(vm, cell, value.retained());
    }
    Ok(cell::get(cell))
}

fn make_variant(vm: &mut Vm, held: &[Val], arguments: &[Val], _want: u64) -> Result<Val, Thrown> {
    let number = held.first().map_or(0, |value| value.as_int() as u32);
    let at = held.get(1).map_or(0, |value| value.as_int());
    declared::variant_of(vm, number, at, arguments.first().copied().unwrap_or(UNDEF))
}

/// Whether equal words mean equal texts for ever: short strings and constants. A heap string may be
/// freed and its address used again.
#[inline(always)]
fn is_stable(name: Val) -> bool {
    match name.w0 & 0xff {
        tag::SSTR => true,
        tag::STR => name.header().count & s_abi::layout::IMMORTAL != 0,
        _ => false,
    }
}

/// A mixture of a name and a class.
#[inline(always)]
fn word_of(name: Val, class: u32) -> u64 {
    crate::string::fold(name.w0 ^ u64::from(class) << 17, name.w1 ^ 0x9e37_79b9_7f4a_7c15)
}

/// `bless REF, CLASS`.
pub fn bless(vm: &mut Vm, value: Val, class: Val) -> Result<Val, Thrown> {
    crate::late::classes();
    if class.is_string() && !bytes(&class).is_empty() && matches!(value.w0, tag::HREF | tag::AREF) {
        value.header().class = vm.package_of_value(class)?;
        return Ok(value.retained());
    }
    let name = if class.is_undef() {
        vm.running_package()
    } else if class.is_reference() && class.class() != 0 {
        vm.class_name(class.class()).to_vec()
    } else {
        vm.text(class)?.to_vec()
    };
    let name = if name.is_empty() { b"main".to_vec() } else { name };
    if !value.is_reference() || value.w0 == tag::EXT {
        return Err(vm.die(b"Can't bless non-reference value"));
    }
    let number = vm.package_number(&name);
    value.header().class = number;
    if let Some(mut object) = object_of(value) {
        object.shape = object::MOVED;
    }
    Ok(value.retained())
}

/// `ref VALUE`.
pub fn ref_type(vm: &mut Vm, value: Val) -> Val {
    if !value.is_reference() {
        return crate::value::EMPTY;
    }
    let class = value.class();
    if class != 0 {
        return string(vm.class_name(class));
    }
    string(crate::convert::base_type(value))
}

/// The type of a value in the words of declarations: `Int`, `Str`, `Array`, a class.
pub(crate) fn type_name(vm: &mut Vm, value: Val) -> Vec<u8> {
    let name: &[u8] = match value.w0 {
        tag::INT | tag::UINT => b"Int",
        tag::NUM => b"Float",
        tag::BOOL => b"Bool",
        tag::UNDEF => b"Undef",
        _ if value.class() != 0 => vm.class_name(value.class()),
        tag::AREF => b"Array",
        tag::HREF => b"Hash",
        tag::CODE => b"Code",
        tag::SREF => b"Ref",
        _ if value.is_string() => b"Str",
        _ => {
            let name = ref_type(vm, value);
            let text = vm.text(name).map(|text| text.to_vec()).unwrap_or_default();
            vm.release(name);
            return text;
        }
    };
    name.to_vec()
}

/// The fields of an object as a hash reference, owned.
#[must_use]
pub fn fields_of(object: Ptr<Object>) -> Val {
    href(object.fields.retained())
}
