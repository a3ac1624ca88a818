//! Objects of declared types: construction, variants, type checks, string forms.

use alloc::rc::Rc;
use alloc::string::String;
use alloc::vec::Vec;

use s_abi::layout::{Val, object, site, tag, want};

use super::{
    ClassKind, FieldDescription, Object, Shape, TypeDescription, new_object, object_of, object_with_room,
};
use crate::exception::Thrown;
use crate::hash;
use crate::memory::release_string;
use crate::string::{Text, string};
use crate::value::{CodeRef, Ptr, UNDEF, ValExt, bytes, counted, int};
use crate::vm::Vm;

/// How objects of a class are made: worked out once, until a function or parent changes.
#[derive(Debug)]
pub(super) struct Plan {
    /// Objects can be made at all: it is declared, and neither abstract nor a trait.
    is_concrete: bool,
    /// The [`s_abi::layout::ObjectHead::shape`] of its objects.
    shape: u32,
    /// Fields are those that the class itself declares, in their order.
    is_own: bool,
    /// All fields, the parents' first: the order of an object's entries.
    pub(super) fields: Vec<PlannedField>,
    /// BUILD of the ancestors and the class, parents first; borrowed from their globs.
    builds: Vec<CodeRef>,
}

/// A field of a plan.
#[derive(Debug)]
pub(super) struct PlannedField {
    /// Its name, which is its key.
    key: Text,
    pub(super) description: FieldDescription,
    pub(super) takes: Takes,
}

/// What a field takes without a closer look, see [`site::FIELD`]: some of what is of its type.
#[derive(Clone, Copy, Debug)]
pub(super) struct Takes {
    /// A bit for each tag.
    tags: u32,
    /// The class whose objects it takes, or 0.
    class: u32,
}

impl Takes {
    const ANYTHING: Takes = Takes { tags: !0, class: 0 };

    /// Whether it takes a value.
    #[inline(always)]
    pub(super) fn has(self, value: Val) -> bool {
        self.tags >> value.tag() & 1 != 0
            || self.class != 0 && value.w0 == tag::OBJ && value.class() == self.class
    }

    /// Kind and target of a site that found such a field at a position.
    pub(super) fn noted(self, at: u32) -> (u32, usize) {
        (site::FIELD | self.tags << site::TAKES, at as usize | (self.class as usize) << 32)
    }
}

impl Plan {
    /// Whether arguments are the names of all fields in their order, each with a value that its field takes:
    /// what one usually writes, of which an object can be made at once.
    #[inline]
    fn is_exact(&self, arguments: &[Val]) -> bool {
        arguments.len() == 2 * self.fields.len()
            && self.fields.len() <= hash::FEW
            && arguments
                .chunks_exact(2)
                .zip(&self.fields)
                .all(|(pair, field)| field.key.0 == pair[0] && field.takes.has(pair[1]))
    }

    /// Whether values are one for each field, which takes it, so that an object can be made of them at once.
    #[inline]
    fn has_room_for(&self, values: &[Val]) -> bool {
        values.len() == self.fields.len()
            && self.fields.len() <= hash::FEW
            && values.iter().zip(&self.fields).all(|(&value, field)| field.takes.has(value))
    }

    /// An object of few fields with these values, one for each field; consumes them.
    #[inline]
    fn object_of_all(&self, number: u32, values: impl Iterator<Item = Val>) -> Val {
        let mut object = object_with_room(number, self.fields.len());
        let entries = self.fields.iter().zip(values).map(|(field, value)| (field.key.0.retained(), value));
        hash::fill_room(object.fields, entries);
        object.shape = self.shape;
        counted(tag::OBJ, object)
    }

    /// The position of a field by its name; `guess` is looked at first.
    #[inline]
    pub(super) fn position(&self, name: Val, guess: usize) -> Option<usize> {
        let is_it = |field: &PlannedField| {
            field.key.0 == name || name.w0 == tag::STR && bytes(&field.key.0) == bytes(&name)
        };
        if self.fields.get(guess).is_some_and(is_it) {
            return Some(guess);
        }
        self.fields.iter().position(is_it)
    }
}

impl Vm {
    /// How objects of a class are made.
    #[inline]
    pub(super) fn plan(&mut self, number: u32) -> Rc<Plan> {
        if let Some(class) = self.class(number)
            && let Some(plan) = &class.plan
            && self.is_current(class)
        {
            return Rc::clone(plan);
        }
        self.new_plan(number)
    }

    #[inline(never)]
    fn new_plan(&mut self, number: u32) -> Rc<Plan> {
        let fields: Vec<PlannedField> = self
            .all_fields(number)
            .into_iter()
            .map(|(_, description)| PlannedField {
                key: Text(string(&description.name)),
                takes: description.type_number.map_or(Takes::ANYTHING, |number| self.takes(number)),
                description,
            })
            .collect();
        let builds = self
            .linear(number)
            .iter()
            .rev()
            .filter_map(|&ancestor| self.find_in_classes(&[ancestor], b"BUILD"))
            .collect();
        let is_concrete = self
            .declared(number)
            .is_some_and(|declared| !declared.is_abstract && declared.kind != ClassKind::Trait);
        let is_own = self.own_fields(number).eq(fields.iter().map(|field| field.description.name.as_slice()));
        let shape = self.shape_of(number, &fields);
        crate::late::classes();
        let plan = Rc::new(Plan { is_concrete, shape, is_own, fields, builds });
        if let Some(class) = self.class_mut(number) {
            class.plan = Some(Rc::clone(&plan));
        }
        plan
    }

    /// Names of the fields that a class itself declares for its objects.
    fn own_fields(&self, number: u32) -> impl Iterator<Item = &[u8]> {
        let fields = self.declared(number).map_or(&[][..], |declared| &declared.fields[..]);
        fields.iter().filter(|field| !field.is_static).map(|field| field.name.as_slice())
    }

    /// The shape of objects of a class with these fields.
    fn shape_of(&mut self, number: u32, fields: &[PlannedField]) -> u32 {
        let Some(class) = self.class_mut(number) else { return object::MOVED };
        let names = || fields.iter().map(|field| &field.description.name);
        match &class.shape {
            Shape::Open => class.shape = Shape::Fixed(names().cloned().collect()),
            Shape::Fixed(known) if known.iter().eq(names()) => {}
            Shape::Fixed(_) | Shape::Mixed => class.shape = Shape::Mixed,
        }
        let is_fixed = matches!(class.shape, Shape::Fixed(_));
        if is_fixed && fields.len() <= hash::FEW { !number } else { object::MOVED }
    }

    /// What a field of a type takes at first sight.
    fn takes(&self, number: i64) -> Takes {
        let wanted = usize::try_from(number).ok().and_then(|at| self.classes.types.get(at));
        let Some(wanted) = wanted else { return Takes::ANYTHING };
        let of = |tags: &[u64]| tags.iter().fold(0, |bits, tag| bits | 1 << tag);
        let tags = match &**wanted {
            TypeDescription::Any => return Takes::ANYTHING,
            TypeDescription::Int => of(&[tag::INT]),
            TypeDescription::Float => of(&[tag::INT, tag::NUM]),
            TypeDescription::Str | TypeDescription::Bool => of(&[tag::INT, tag::NUM, tag::SSTR, tag::STR]),
            TypeDescription::Array => of(&[tag::AREF]),
            TypeDescription::Hash => of(&[tag::HREF]),
            TypeDescription::Code => of(&[tag::CODE]),
            TypeDescription::Named(name) => {
                let class = self.classes.by_name.get(&name[..]).copied();
                return Takes { tags: of(&[tag::UNDEF]), class: class.unwrap_or(0) };
            }
            TypeDescription::Ref
            | TypeDescription::List(_)
            | TypeDescription::Map(_)
            | TypeDescription::Set => 0,
        };
        Takes { tags, class: 0 }
    }

    /// All fields of objects of a class: the parents' first.
    pub(super) fn all_fields(&mut self, number: u32) -> Vec<(u32, FieldDescription)> {
        let mut out: Vec<(u32, FieldDescription)> = Vec::new();
        for ancestor in self.linear(number).iter().copied().rev() {
            let Some(declared) = self.declared(ancestor) else { continue };
            for field in declared.fields.iter().filter(|field| !field.is_static) {
                match out.iter_mut().find(|(_, known)| known.name == field.name) {
                    Some(known) => known.1 = field.clone(),
                    None => out.push((ancestor, field.clone())),
                }
            }
        }
        out
    }

    /// Makes an object of a declared type of these arguments.
    #[cfg_attr(feature = "exports", unsafe(export_name = "hot.declared.construct_object"))]
    pub fn construct_object(&mut self, number: u32, arguments: &[Val]) -> Result<Val, Thrown> {
        let plan = self.plan(number);
        if !plan.is_concrete {
            return Err(self.no_objects(number));
        }
        if plan.is_exact(arguments) {
            let values = arguments.iter().skip(1).step_by(2).map(|value| value.retained());
            let value = plan.object_of_all(number, values);
            return self.built(&plan, value, Ok(()));
        }
        let (mut is_named, mut in_order) = (arguments.len().is_multiple_of(2) && !arguments.is_empty(), true);
        if is_named {
            for (at, pair) in arguments.chunks_exact(2).enumerate() {
                match plan.position(pair[0], at) {
                    Some(position) => in_order &= position == at,
                    None => {
                        is_named = false;
                        break;
                    }
                }
            }
        }
        if !is_named && arguments.len() > plan.fields.len() {
            return Err(self.wrong_arguments(number, &plan, arguments));
        }
        let mut object = object_with_room(number, plan.fields.len());
        let value = counted(tag::OBJ, object);
        let filled = self.fill(object.fields, &plan, (is_named, in_order), arguments);
        // Defaults may have changed what the class is.
        if filled.is_ok() && self.class(number).is_some_and(|class| matches!(class.shape, Shape::Fixed(_))) {
            object.shape = plan.shape;
        }
        self.built(&plan, value, filled)
    }

    /// The object, when its fields are filled and BUILD has run.
    #[inline]
    fn built(&mut self, plan: &Plan, value: Val, filled: Result<(), Thrown>) -> Result<Val, Thrown> {
        match filled {
            Ok(()) if plan.builds.is_empty() => Ok(value),
            _ => self.built_slowly(plan, value, filled),
        }
    }

    #[inline(never)]
    fn built_slowly(&mut self, plan: &Plan, value: Val, filled: Result<(), Thrown>) -> Result<Val, Thrown> {
        if let Err(thrown) = filled.and_then(|()| self.run_build(plan, value)) {
            self.release(value);
            return Err(thrown);
        }
        Ok(value)
    }

    #[cold]
    fn no_objects(&mut self, number: u32) -> Thrown {
        let Some(declared) = self.declared(number) else { return self.die(b"no such class") };
        let what = if declared.kind == ClassKind::Trait { "trait" } else { "abstract class" };
        let name = String::from_utf8_lossy(&declared.name).into_owned();
        self.die_fmt(format_args!("cannot instantiate {what} `{name}`"))
    }

    #[cold]
    fn wrong_arguments(&mut self, number: u32, plan: &Plan, arguments: &[Val]) -> Thrown {
        let name = String::from_utf8_lossy(self.class_name(number)).into_owned();
        let is_field = |value: &Val| plan.position(*value, 0).is_some();
        // Perhaps a name that is no field.
        if let Some(first) = arguments.first()
            && arguments.len().is_multiple_of(2)
            && arguments.iter().step_by(2).any(is_field)
        {
            let wrong = arguments.iter().step_by(2).find(|value| !is_field(value)).unwrap_or(first);
            let wrong = match self.text(*wrong) {
                Ok(wrong) => String::from_utf8_lossy(&wrong).into_owned(),
                Err(thrown) => return thrown,
            };
            return self.die_fmt(format_args!("{name} has no field `{wrong}`"));
        }
        self.die_fmt(format_args!(
            "too many arguments for {name}: {} fields, {} values",
            plan.fields.len(),
            arguments.len()
        ))
    }

    fn fill(
        &mut self,
        table: crate::value::Table,
        plan: &Plan,
        (is_named, in_order): (bool, bool),
        arguments: &[Val],
    ) -> Result<(), Thrown> {
        for (at, PlannedField { key, description: field, takes }) in plan.fields.iter().enumerate() {
            let given = if !is_named {
                arguments.get(at)
            } else if in_order {
                arguments.get(2 * at + 1)
            } else {
                let given = arguments.chunks_exact(2).rev().find(|pair| bytes(&pair[0]) == field.name);
                given.map(|pair| &pair[1])
            };
            let content = match (given, field.default) {
                (Some(value), _) => value.retained(),
                (None, Some(default)) => self.call_scalar(default, &[])?,
                (None, None) => UNDEF,
            };
            if !takes.has(content)
                && let Some(number) = field.type_number
                && (given.is_some() || !content.is_undef())
                && let Err(thrown) = self.check(content, number, &field.name)
            {
                self.release(content);
                return Err(thrown);
            }
            hash::add(table, hash::normal(key.0), content);
        }
        Ok(())
    }

    /// Runs BUILD of the ancestors and the class, parents first.
    fn run_build(&mut self, plan: &Plan, value: Val) -> Result<(), Thrown> {
        for code in &plan.builds {
            let code = code.retained();
            let result = self.call(code, &[value], want::VOID);
            self.release_ptr(code);
            let result = self.scalar_of(result?);
            self.release(result);
        }
        Ok(())
    }

    /// The string form `Name(field => value, ...)`.
    pub fn object_text(&mut self, value: Val, depth: u32) -> Result<Val, Thrown> {
        let Some(object) = object_of(value) else { return self.str_of(value) };
        let mut out = self.class_name(object.header.class).to_vec();
        if depth > 50 {
            out.extend_from_slice(b"(...)");
            return Ok(string(&out));
        }
        let declared = self.declared(object.header.class);
        if declared.is_some_and(|declared| declared.kind == ClassKind::Enum) {
            let variant = declared.and_then(|declared| declared.variants.get(object.variant as usize));
            out.extend_from_slice(b"::");
            out.extend_from_slice(variant.map_or(b"", |variant| &variant.name));
            if !object.payload.is_undef() {
                out.push(b'(');
                self.append_nested(object.payload, depth, &mut out)?;
                out.push(b')');
            }
            return Ok(string(&out));
        }
        out.push(b'(');
        for (at, (key, field)) in hash::pairs(object.fields).into_iter().enumerate() {
            if at > 0 {
                out.extend_from_slice(b", ");
            }
            out.extend_from_slice(bytes(&key));
            out.extend_from_slice(b" => ");
            let result = self.append_nested(field, depth, &mut out);
            self.release(key);
            self.release(field);
            result?;
        }
        out.push(b')');
        Ok(string(&out))
    }

    fn append_nested(&mut self, value: Val, depth: u32, out: &mut Vec<u8>) -> Result<(), Thrown> {
        if object_of(value).is_some() && self.find_method(value.class(), b"stringify").is_none() {
            let text = Text(self.object_text(value, depth + 1)?);
            out.extend_from_slice(&text);
            return Ok(());
        }
        self.append_text(value, out)
    }

    fn matches_type(&mut self, value: Val, wanted: &TypeDescription) -> bool {
        match wanted {
            TypeDescription::Any => true,
            TypeDescription::Int => match value.w0 {
                tag::INT | tag::UINT | tag::BOOL => true,
                tag::NUM => value.as_num() == libm::trunc(value.as_num()),
                _ => value.is_string() && crate::text::number::looks_like_integer(bytes(&value)),
            },
            TypeDescription::Float => {
                value.is_numeric()
                    || value.is_string() && crate::text::number::looks_like_number(bytes(&value))
            }
            TypeDescription::Str => value.is_string() || value.is_numeric(),
            TypeDescription::Bool => value.is_string() || value.is_numeric() || value.is_undef(),
            TypeDescription::Array => value.w0 == tag::AREF,
            TypeDescription::Hash => value.w0 == tag::HREF,
            TypeDescription::Ref => value.is_reference(),
            TypeDescription::Code => value.w0 == tag::CODE,
            TypeDescription::List(inner) => value.as_array().is_some_and(|array| {
                (0..array.len as i64).all(|at| {
                    let element = crate::array::get(&array, at);
                    let fits = self.matches_type(element, inner);
                    self.release(element);
                    fits
                })
            }),
            TypeDescription::Map(inner) => value.as_table().is_some_and(|table| {
                hash::pairs(table).into_iter().fold(true, |fits, (key, element)| {
                    let fits = fits && self.matches_type(element, inner);
                    self.release(key);
                    self.release(element);
                    fits
                })
            }),
            TypeDescription::Set => crate::extension::set_of(value).is_some(),
            TypeDescription::Named(name) => {
                value.is_undef() || value.class() != 0 && self.class_is(value.class(), name)
            }
        }
    }

    #[inline]
    pub(super) fn check(&mut self, value: Val, number: i64, name: &[u8]) -> Result<(), Thrown> {
        let Some(wanted) = usize::try_from(number).ok().and_then(|at| self.classes.types.get(at)) else {
            return Ok(());
        };
        // What is right at first sight.
        let fits = match &**wanted {
            TypeDescription::Any => true,
            TypeDescription::Int => value.is_int(),
            TypeDescription::Float | TypeDescription::Str => value.is_numeric(),
            TypeDescription::Array => value.w0 == tag::AREF,
            TypeDescription::Hash => value.w0 == tag::HREF,
            TypeDescription::Named(class) => value.class() != 0 && self.class_name(value.class()) == class,
            _ => false,
        };
        if fits {
            return Ok(());
        }
        let wanted = Rc::clone(wanted);
        self.check_slow(value, &wanted, name)
    }

    #[inline(never)]
    fn check_slow(&mut self, value: Val, wanted: &TypeDescription, name: &[u8]) -> Result<(), Thrown> {
        if self.matches_type(value, wanted) {
            return Ok(());
        }
        let got = match value.w0 {
            tag::UNDEF => String::from("UNDEF"),
            tag::INT | tag::UINT => String::from("INTEGER"),
            tag::NUM => String::from("FLOAT"),
            _ if value.is_string() => String::from("STRING"),
            _ => {
                let text = Text(super::ref_type(self, value));
                String::from_utf8_lossy(&text).into_owned()
            }
        };
        let name = String::from_utf8_lossy(name).into_owned();
        let wanted = type_text(wanted);
        Err(self.die_fmt(format_args!("{name}: expected {wanted}, got {got}")))
    }
}

fn type_text(wanted: &TypeDescription) -> String {
    match wanted {
        TypeDescription::Any => "Any".into(),
        TypeDescription::Int => "Int (INTEGER)".into(),
        TypeDescription::Float => "Float (FLOAT)".into(),
        TypeDescription::Str => "Str (STRING)".into(),
        TypeDescription::Bool => "Bool (BOOLEAN)".into(),
        TypeDescription::Array => "Array (ARRAY)".into(),
        TypeDescription::Hash => "Hash (HASH)".into(),
        TypeDescription::Ref => "Ref (REFERENCE)".into(),
        TypeDescription::Code => "Code (CODE)".into(),
        TypeDescription::List(inner) => alloc::format!("List<{}>", type_text(inner)),
        TypeDescription::Map(inner) => alloc::format!("Map<{}>", type_text(inner)),
        TypeDescription::Set => "Set".into(),
        TypeDescription::Named(name) => String::from_utf8_lossy(name).into_owned(),
    }
}

/// `Name(ARGUMENTS)`: consumes the list.
pub fn construct(vm: &mut Vm, class: i64, mark: i64) -> Result<Val, Thrown> {
    let arguments = vm.list(mark);
    let number = vm.classes.nth_declared(class);
    let plan = vm.plan(number);
    if plan.is_concrete && plan.is_exact(arguments) {
        // The values move over from the list.
        let value = plan.object_of_all(number, arguments.iter().skip(1).step_by(2).copied());
        arguments.iter().step_by(2).for_each(|&name| release_string(name));
        vm.forget_list(mark);
        return vm.built(&plan, value, Ok(()));
    }
    let result = vm.construct_object(number, arguments);
    vm.drop_list(mark);
    result
}

/// `Name(FIELD => VALUE, ...)` of all fields that the class itself declares, in their order: only the values are in
/// the list, which it consumes.
pub fn construct_values(vm: &mut Vm, class: i64, mark: i64) -> Result<Val, Thrown> {
    let values = vm.list(mark);
    let number = vm.classes.nth_declared(class);
    let plan = vm.plan(number);
    if plan.is_concrete && plan.is_own && plan.has_room_for(values) {
        let value = plan.object_of_all(number, values.iter().copied());
        vm.forget_list(mark);
        return vm.built(&plan, value, Ok(()));
    }
    let names: Vec<Text> = vm.own_fields(number).map(|name| Text(string(name))).collect();
    let arguments: Vec<Val> = names.iter().zip(values).flat_map(|(name, &value)| [name.0, value]).collect();
    let result = vm.construct_object(number, &arguments);
    vm.drop_list(mark);
    result
}

/// A value of an enum.
pub fn variant(vm: &mut Vm, class: i64, at: i64, payload: Val) -> Result<Val, Thrown> {
    let number = vm.classes.nth_declared(class);
    variant_of(vm, number, at, payload)
}

/// The same by the number of the class.
pub(super) fn variant_of(vm: &mut Vm, number: u32, at: i64, payload: Val) -> Result<Val, Thrown> {
    let described =
        vm.declared(number).and_then(|declared| declared.variants.get(at.max(0) as usize)).cloned();
    let Some(described) = described else { return Err(vm.die(b"no such variant")) };
    if described.has_payload
        && let Some(type_number) = described.type_number
    {
        vm.check(payload, type_number, &described.name)?;
    }
    let mut object: Ptr<Object> = new_object(number, hash::new());
    object.variant = at as u32;
    object.payload = if described.has_payload { payload.retained() } else { UNDEF };
    Ok(counted(tag::OBJ, object))
}

/// Whether a value is that variant of that enum.
pub fn is_variant(vm: &mut Vm, value: Val, class: i64, at: i64) -> bool {
    let class = i64::from(vm.classes.nth_declared(class));
    object_of(value)
        .is_some_and(|object| i64::from(object.header.class) == class && i64::from(object.variant) == at)
}

/// The payload of an enum value.
pub fn payload(_vm: &mut Vm, value: Val) -> Val {
    object_of(value).map_or(UNDEF, |object| object.payload.retained())
}

/// Checks a value against a type; the value.
pub fn check_type(vm: &mut Vm, value: Val, number: i64, name: Val) -> Result<Val, Thrown> {
    let name = vm.text(name)?.to_vec();
    vm.check(value, number, &name)?;
    Ok(value.retained())
}

/// A copy of an object with its own fields hash.
pub(super) fn shallow(vm: &mut Vm, object: Ptr<Object>) -> Ptr<Object> {
    let fields = hash::copy_of(vm, object.fields);
    let mut copy = new_object(object.header.class, fields);
    copy.variant = object.variant;
    copy.payload = object.payload.retained();
    copy
}

/// `1` or `0` as a value.
pub(super) fn flag(vm: &Vm, value: bool) -> Val {
    if vm.compat { vm.boolean(value) } else { int(i64::from(value)) }
}
