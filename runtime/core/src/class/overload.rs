//! Operators on objects: `use overload`, and the operator methods of declared types.

use alloc::vec::Vec;

use s_abi::layout::{Val, tag};

use super::{Conversion, object_of};
use crate::exception::Thrown;
use crate::hash;
use crate::late;
use crate::value::{CodeRef, Ptr, UNDEF, ValExt, bytes, int};
use crate::vm::Vm;

/// An operator that can be overloaded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Operator {
    /// As `use overload` names it.
    pub symbol: &'static [u8],
    /// As a method of a declared type; empty for none.
    pub method: &'static [u8],
}

macro_rules! operators {
    ($($name:ident $symbol:literal $method:literal;)*) => {
        impl Operator {
            $(
                #[doc = concat!("`", stringify!($name), "`")]
                pub const $name: Self = Self { symbol: $symbol, method: $method };
            )*
        }
    };
}

operators! {
    ADD b"+" b"op_add";
    SUB b"-" b"op_sub";
    MUL b"*" b"op_mul";
    DIV b"/" b"op_div";
    REM b"%" b"op_mod";
    POW b"**" b"op_pow";
    CONCAT b"." b"op_concat";
    REPEAT b"x" b"";
    AND b"&" b"";
    OR b"|" b"";
    XOR b"^" b"";
    SHL b"<<" b"";
    SHR b">>" b"";
    EQ b"==" b"op_eq";
    NE b"!=" b"op_ne";
    LT b"<" b"op_lt";
    GT b">" b"op_gt";
    LE b"<=" b"op_le";
    GE b">=" b"op_ge";
    CMP b"<=>" b"op_spaceship";
    STR_EQ b"eq" b"";
    STR_NE b"ne" b"";
    STR_LT b"lt" b"";
    STR_GT b"gt" b"";
    STR_LE b"le" b"";
    STR_GE b"ge" b"";
    STR_CMP b"cmp" b"op_cmp";
    NEG b"neg" b"op_neg";
    NOT b"!" b"";
    COMPLEMENT b"~" b"";
    ABS b"abs" b"op_abs";
    INC b"++" b"";
    DEC b"--" b"";
    INT b"int" b"";
    SQRT b"sqrt" b"";
    SIN b"sin" b"";
    COS b"cos" b"";
    EXP b"exp" b"";
    LOG b"log" b"";
    ATAN2 b"atan2" b"";
    SMART b"~~" b"";
}

const STRING: Operator = Operator { symbol: b"\"\"", method: b"stringify" };
const NUMBER: Operator = Operator { symbol: b"0+", method: b"op_numify" };
const TRUTH: Operator = Operator { symbol: b"bool", method: b"op_bool" };
const NO_METHOD: Operator = Operator { symbol: b"nomethod", method: b"" };

/// What `fallback` says of operators a class has no method for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fallback {
    /// Defined and false: nothing is made of other methods.
    Never,
    /// Nothing: they are made of other methods; where that cannot be, the program dies.
    Unsaid,
    /// True: where that cannot be, the object counts as one without methods.
    Always,
}

/// The beginning of the message of an operator without a method.
fn no_method_found(symbol: &[u8]) -> Vec<u8> {
    [b"Operation \"", symbol, b"\": no method found,"].concat()
}

/// An operator as it is called when it assigns.
fn assigning(symbol: &'static [u8]) -> &'static [u8] {
    match symbol {
        b"+" => b"+=",
        b"-" => b"-=",
        b"*" => b"*=",
        b"/" => b"/=",
        b"%" => b"%=",
        b"**" => b"**=",
        b"." => b".=",
        b"x" => b"x=",
        b"&" => b"&=",
        b"|" => b"|=",
        b"^" => b"^=",
        b"<<" => b"<<=",
        b">>" => b">>=",
        other => other,
    }
}

/// Most overloaded operators inside each other.
const DEPTH_MAX: u32 = 2000;

impl Vm {
    /// Whether a value's operators may be overloaded.
    #[inline(always)]
    #[must_use]
    pub fn may_overload(&self, value: Val) -> bool {
        value.w0 >= tag::AREF && value.class() != 0
    }

    /// Sets an operator of a class, as `use overload` does; consumes the function.
    pub fn set_overload(&mut self, class: &[u8], symbol: &[u8], function: Val) {
        let number = self.package_number(class);
        self.classes.overloads = true;
        let old = self.class_mut(number).and_then(|class| class.overload.insert(symbol.to_vec(), function));
        if let Some(old) = old {
            self.release(old);
        }
    }

    /// The function an operator of a value's class has, owned.
    fn overload_of(&mut self, value: Val, operator: Operator) -> Option<CodeRef> {
        let number = value.class();
        if number == 0 {
            return None;
        }
        if self.declared(number).is_some() && !operator.method.is_empty() {
            let name = crate::value::short(operator.method);
            if let Some(code) = self.cached_method(number, name) {
                return Some(code.retained());
            }
        }
        if !self.classes.overloads {
            return None;
        }
        for &ancestor in self.linear(number).iter() {
            let function =
                self.class(ancestor).and_then(|class| class.overload.get(operator.symbol).copied());
            if let Some(function) = function {
                if function.w0 == tag::CODE {
                    return Some(function.pointer::<s_abi::layout::Code>().retained());
                }
                if function.is_string() {
                    return self.find_method(number, bytes(&function)).map(Ptr::retained);
                }
            }
        }
        None
    }

    /// The function of an operator of a class, owned, or undef. Without an operator: whether there is any.
    pub(crate) fn overload_function(&mut self, number: u32, symbol: Option<&[u8]>) -> Val {
        for &ancestor in self.linear(number).iter() {
            let Some(class) = self.class(ancestor) else { continue };
            match symbol {
                None if !class.overload.is_empty() => return int(1),
                None => {}
                Some(symbol) => {
                    if let Some(&function) = class.overload.get(symbol) {
                        if function.is_string() {
                            let code = self.find_method(number, bytes(&function)).map(Ptr::retained);
                            return code.map_or(UNDEF, |code| crate::value::counted(tag::CODE, code));
                        }
                        return function.retained();
                    }
                }
            }
        }
        UNDEF
    }

    /// A file test of an object whose class has `-X`.
    pub(crate) fn overloaded_file_test(&mut self, letter: u8, value: Val) -> Result<Option<Val>, Thrown> {
        if !self.classes.overloads {
            return Ok(None);
        }
        let function = self.overload_function(value.class(), Some(b"-X"));
        let Some(code) = function.as_code() else {
            self.release(function);
            return Ok(None);
        };
        let swapped = self.boolean(false);
        self.run_operator(code, &[value, crate::value::short(&[letter]), swapped]).map(Some)
    }

    fn run_operator(&mut self, code: CodeRef, arguments: &[Val]) -> Result<Val, Thrown> {
        if self.overload_depth >= DEPTH_MAX {
            self.release_ptr(code);
            return Err(self.die(b"Deep recursion in overloaded operators"));
        }
        self.overload_depth += 1;
        let result = self.call_scalar(code, arguments);
        self.overload_depth -= 1;
        self.release_ptr(code);
        result
    }

    fn try_operator(&mut self, operator: Operator, a: Val, b: Val) -> Result<Option<Val>, Thrown> {
        if let Some(code) = self.overload_of(a, operator) {
            let swapped = self.boolean(false);
            return self.run_operator(code, &[a, b, swapped]).map(Some);
        }
        if let Some(code) = self.overload_of(b, operator) {
            return self.run_operator(code, &[b, a, int(1)]).map(Some);
        }
        Ok(None)
    }

    /// A binary operator by the methods of its operands; `None` when they have none.
    #[cold]
    #[inline(never)]
    pub fn overloaded(&mut self, operator: Operator, a: Val, b: Val) -> Result<Option<Val>, Thrown> {
        // Without an object of a class and without a set nothing has methods.
        match late::OPERATOR.get() {
            Some(function) => function(self, operator, a, b),
            None => Ok(None),
        }
    }

    pub(crate) fn operator_by_methods(
        &mut self,
        operator: Operator,
        a: Val,
        b: Val,
    ) -> Result<Option<Val>, Thrown> {
        if let Some(result) = self.try_operator(operator, a, b)? {
            return Ok(Some(result));
        }
        if let (Some(one), Some(two)) = (crate::extension::set_of(a), crate::extension::set_of(b))
            && let Some(combine) = late::SET_OPERATOR.get()
        {
            return Ok(combine(self, operator.symbol, one, two));
        }
        // Texts are made of operands that have no method for it, unless that is forbidden.
        let joins = matches!(operator, Operator::CONCAT | Operator::REPEAT);
        if joins && self.compat && [a, b].into_iter().all(|operand| self.derives(operand)) {
            return Ok(None);
        }
        // What the comparison operators can be made of.
        let (base, test): (Operator, fn(i64) -> bool) = match operator.symbol {
            _ if !self.derives(a) || !self.derives(b) => return self.without_method(operator, a, b),
            b"==" => (Operator::CMP, |order| order == 0),
            b"!=" if !self.compat => {
                if let Some(equal) = self.try_operator(Operator::EQ, a, b)? {
                    let truth = self.truth(equal);
                    self.release(equal);
                    return Ok(Some(self.boolean(!truth?)));
                }
                (Operator::CMP, |order| order != 0)
            }
            b"!=" => (Operator::CMP, |order| order != 0),
            b"<" => (Operator::CMP, |order| order < 0),
            b">" => (Operator::CMP, |order| order > 0),
            b"<=" => (Operator::CMP, |order| order <= 0),
            b">=" => (Operator::CMP, |order| order >= 0),
            b"eq" => (Operator::STR_CMP, |order| order == 0),
            b"ne" if !self.compat => {
                if let Some(equal) = self.try_operator(Operator::STR_EQ, a, b)? {
                    let truth = self.truth(equal);
                    self.release(equal);
                    return Ok(Some(self.boolean(!truth?)));
                }
                (Operator::STR_CMP, |order| order != 0)
            }
            b"ne" => (Operator::STR_CMP, |order| order != 0),
            b"lt" => (Operator::STR_CMP, |order| order < 0),
            b"gt" => (Operator::STR_CMP, |order| order > 0),
            b"le" => (Operator::STR_CMP, |order| order <= 0),
            b"ge" => (Operator::STR_CMP, |order| order >= 0),
            _ => return self.without_method(operator, a, b),
        };
        if let Some(order) = self.try_operator(base, a, b)? {
            let number = self.integer(order);
            self.release(order);
            let holds = test(number?);
            return Ok(Some(self.boolean(holds)));
        }
        if matches!(operator.symbol, b"==" | b"!=")
            && let (Some(one), Some(two)) = (object_of(a), object_of(b))
        {
            let same = one.header.class == two.header.class && self.deep_equal(a, b, 0)?;
            return Ok(Some(self.boolean(same == (operator.symbol == b"=="))));
        }
        self.without_method(operator, a, b)
    }

    /// What `nomethod` makes of an operator that has no method; without it, what `fallback` says.
    fn without_method(&mut self, operator: Operator, a: Val, b: Val) -> Result<Option<Val>, Thrown> {
        if !self.classes.overloads {
            return Ok(None);
        }
        let symbol = crate::string::string(operator.symbol);
        if let Some(code) = self.overload_of(a, NO_METHOD) {
            let swapped = self.boolean(false);
            return self.run_operator(code, &[a, b, swapped, symbol]).map(Some);
        }
        if let Some(code) = self.overload_of(b, NO_METHOD) {
            return self.run_operator(code, &[b, a, int(1), symbol]).map(Some);
        }
        let said = [self.fallback_of(a), self.fallback_of(b)];
        let refuses = |said: Option<Fallback>| said.is_some_and(|said| said != Fallback::Always);
        if !self.compat || !said.into_iter().any(refuses) {
            return Ok(None);
        }
        let mut message = no_method_found(operator.symbol);
        for (side, operand) in [("left", a), ("right", b)] {
            message.extend_from_slice(b"\n\t");
            message.extend_from_slice(side.as_bytes());
            message.extend_from_slice(b" argument ");
            match self.fallback_of(operand) {
                Some(_) => {
                    message.extend_from_slice(b"in overloaded package ");
                    message.extend_from_slice(self.class_name(operand.class()));
                }
                None => message.extend_from_slice(b"has no overloaded magic"),
            }
            if side == "left" {
                message.push(b',');
            }
        }
        Err(self.die(&message))
    }

    /// The same of an operator with one operand.
    fn without_unary(&mut self, operator: Operator, value: Val) -> Result<Option<Val>, Thrown> {
        if !self.classes.overloads {
            return Ok(None);
        }
        if let Some(code) = self.overload_of(value, NO_METHOD) {
            let swapped = self.boolean(false);
            let symbol = crate::string::string(operator.symbol);
            return self.run_operator(code, &[value, UNDEF, swapped, symbol]).map(Some);
        }
        match self.fallback_of(value) {
            Some(Fallback::Never | Fallback::Unsaid) if self.compat => {
                let mut message = no_method_found(operator.symbol);
                message.extend_from_slice(b" argument in overloaded package ");
                message.extend_from_slice(self.class_name(value.class()));
                Err(self.die(&message))
            }
            _ => Ok(None),
        }
    }

    /// Whether any class says what operators mean for its objects.
    pub(crate) fn has_overloads(&self) -> bool {
        self.classes.overloads
    }

    /// What the class of a value says of operators it has no method for; `None` when it overloads nothing.
    fn fallback_of(&mut self, value: Val) -> Option<Fallback> {
        if value.w0 < tag::AREF || value.class() == 0 {
            return None;
        }
        let number = value.class();
        if self.overload_function(number, None).is_undef() {
            return None;
        }
        for &ancestor in self.linear(number).iter() {
            let said = self.class(ancestor).and_then(|class| class.overload.get(b"fallback".as_slice()));
            if let Some(&said) = said {
                return Some(match said.is_undef() {
                    true => Fallback::Unsaid,
                    false if self.truth(said).unwrap_or(true) => Fallback::Always,
                    false => Fallback::Never,
                });
            }
        }
        Some(Fallback::Unsaid)
    }

    /// Whether operators without a method may be made of others.
    fn derives(&mut self, value: Val) -> bool {
        !self.compat || self.fallback_of(value) != Some(Fallback::Never)
    }

    /// A unary operator by a method of its operand.
    #[cold]
    #[inline(never)]
    pub fn overloaded_unary(&mut self, operator: Operator, value: Val) -> Result<Option<Val>, Thrown> {
        match late::UNARY_OPERATOR.get() {
            Some(function) => function(self, operator, value),
            None => Ok(None),
        }
    }

    pub(crate) fn unary_operator_by_methods(
        &mut self,
        operator: Operator,
        value: Val,
    ) -> Result<Option<Val>, Thrown> {
        if let Some(code) = self.overload_of(value, operator) {
            let swapped = self.boolean(false);
            return self.run_operator(code, &[value, UNDEF, swapped]).map(Some);
        }
        if self.derives(value) {
            match operator {
                Operator::NEG => {
                    if let Some(code) = self.overload_of(value, Operator::SUB) {
                        return self.run_operator(code, &[value, int(0), int(1)]).map(Some);
                    }
                }
                Operator::ABS => {
                    if let Some(magnitude) = self.derived_magnitude(value)? {
                        return Ok(Some(magnitude));
                    }
                }
                Operator::NOT if self.converts(value) => return Ok(None),
                // The number it stands for says whether there is one.
                Operator::INT => return Ok(None),
                _ => {}
            }
        }
        self.without_unary(operator, value)
    }

    /// `abs` by a comparison with zero and a change of the sign.
    fn derived_magnitude(&mut self, value: Val) -> Result<Option<Val>, Thrown> {
        let mut has_any =
            |operators: [Operator; 2]| operators.into_iter().any(|it| self.has_overload(value, it));
        if !has_any([Operator::LT, Operator::CMP]) || !has_any([Operator::NEG, Operator::SUB]) {
            return Ok(None);
        }
        let Some(less) = self.overloaded(Operator::LT, value, int(0))? else { return Ok(None) };
        let is_negative = self.truth(less);
        self.release(less);
        if is_negative? {
            return self.overloaded_unary(Operator::NEG, value);
        }
        Ok(Some(value.retained()))
    }

    /// Whether a value has any conversion of its own.
    fn converts(&mut self, value: Val) -> bool {
        [STRING, NUMBER, TRUTH].into_iter().any(|conversion| self.has_overload(value, conversion))
    }

    /// Whether the class of a value has a method for an operator.
    fn has_overload(&mut self, value: Val, operator: Operator) -> bool {
        let code = self.overload_of(value, operator);
        let is_there = code.is_some();
        code.into_iter().for_each(|code| self.release_ptr(code));
        is_there
    }

    /// `++` and `--`: the object that the method changed, which is a copy where others hold it, too.
    #[cold]
    pub fn overloaded_step(&mut self, operator: Operator, value: Val) -> Result<Option<Val>, Thrown> {
        if let Some(code) = self.overload_of(value, operator) {
            let object = self.own_copy(value)?;
            let swapped = self.boolean(false);
            let result = self.run_operator(code, &[object, UNDEF, swapped]);
            match result {
                Ok(dropped) => self.release(dropped),
                Err(thrown) => {
                    self.release(object);
                    return Err(thrown);
                }
            }
            return Ok(Some(object));
        }
        let by = if operator == Operator::INC { Operator::ADD } else { Operator::SUB };
        if self.derives(value) {
            if let Some(result) = self.by_assigning_method(by, value, int(1))? {
                return Ok(Some(result));
            }
            if let Some(result) = self.try_assigning(by, value, int(1))? {
                return Ok(Some(result));
            }
        }
        self.without_unary(operator, value)
    }

    /// A binary operator that assigns, such as `+=`, by the methods of its operands.
    #[cold]
    pub fn overloaded_assigning(
        &mut self,
        operator: Operator,
        a: Val,
        b: Val,
    ) -> Result<Option<Val>, Thrown> {
        if let Some(result) = self.by_assigning_method(operator, a, b)? {
            return Ok(Some(result));
        }
        if self.derives(a)
            && let Some(result) = self.try_assigning(operator, a, b)?
        {
            return Ok(Some(result));
        }
        if let Some(code) = self.overload_of(b, operator) {
            return self.run_operator(code, &[b, a, int(1)]).map(Some);
        }
        let symbol = assigning(operator.symbol);
        if operator == Operator::CONCAT || operator == Operator::REPEAT {
            return self.without_method(operator, a, b);
        }
        self.without_method(Operator { symbol, method: b"" }, a, b)
    }

    /// By the method of `+=` itself, which may change its object.
    fn by_assigning_method(&mut self, operator: Operator, a: Val, b: Val) -> Result<Option<Val>, Thrown> {
        let own = Operator { symbol: assigning(operator.symbol), method: b"" };
        let Some(code) = self.overload_of(a, own) else { return Ok(None) };
        let object = self.own_copy(a)?;
        let result = self.run_operator(code, &[object, b, UNDEF]);
        self.release(object);
        result.map(Some)
    }

    /// By the method of the operator without `=`.
    fn try_assigning(&mut self, operator: Operator, a: Val, b: Val) -> Result<Option<Val>, Thrown> {
        match self.overload_of(a, operator) {
            Some(code) => self.run_operator(code, &[a, b, UNDEF]).map(Some),
            None => Ok(None),
        }
    }

    /// An object that is going to be changed, owned: what the copy constructor makes of it, or the one that
    /// is there. That nobody else holds it cannot be told: compiled code counts no copies that it can do without.
    fn own_copy(&mut self, value: Val) -> Result<Val, Thrown> {
        const COPY: Operator = Operator { symbol: b"=", method: b"" };
        if let Some(code) = self.overload_of(value, COPY) {
            let swapped = self.boolean(false);
            return self.run_operator(code, &[value, UNDEF, swapped]);
        }
        // A plain scalar is copied without one.
        if value.w0 == tag::SREF {
            let content = crate::cell::get(value.pointer());
            if !content.is_reference() {
                let copy = crate::value::counted(tag::SREF, crate::cell::new(content));
                copy.header().class = value.class();
                return Ok(copy);
            }
            self.release(content);
        }
        Ok(value.retained())
    }

    /// What a conversion method gives; `None` when there is none.
    pub(crate) fn converted_object(&mut self, value: Val, wanted: Conversion) -> Result<Option<Val>, Thrown> {
        let order = match wanted {
            Conversion::String => [STRING, NUMBER, TRUTH],
            Conversion::Number => [NUMBER, STRING, TRUTH],
            Conversion::Truth => [TRUTH, STRING, NUMBER],
        };
        let declared = object_of(value).is_some();
        let tried = if declared || !self.derives(value) { &order[..1] } else { &order[..] };
        for &operator in tried {
            if let Some(code) = self.overload_of(value, operator) {
                return self.run_operator(code, &[value, UNDEF, EMPTY_FLAG]).map(Some);
            }
        }
        if declared && wanted == Conversion::String {
            return self.object_text(value, 0).map(Some);
        }
        self.without_unary(order[0], value)
    }

    /// What an overloaded dereference gives, owned.
    pub fn overloaded_deref(&mut self, value: Val, symbol: &'static [u8]) -> Result<Option<Val>, Thrown> {
        match late::DEREFERENCE.get() {
            Some(function) => function(self, value, symbol),
            None => Ok(None),
        }
    }

    pub(crate) fn dereferenced_by_method(
        &mut self,
        value: Val,
        symbol: &'static [u8],
    ) -> Result<Option<Val>, Thrown> {
        match self.overload_of(value, Operator { symbol, method: b"" }) {
            Some(code) => self.run_operator(code, &[value, UNDEF, EMPTY_FLAG]).map(Some),
            None => Ok(None),
        }
    }

    /// Whether two values are equal in depth: containers by content, others as strings.
    pub fn deep_equal(&mut self, a: Val, b: Val, depth: u32) -> Result<bool, Thrown> {
        if a == b {
            return Ok(true);
        }
        if depth > 500 {
            return Err(self.die(b"values are nested too deep to compare"));
        }
        if let (Some(one), Some(two)) = (a.as_array(), b.as_array()) {
            if one.len != two.len {
                return Ok(false);
            }
            for at in 0..one.len as i64 {
                let (x, y) = (crate::array::get(&one, at), crate::array::get(&two, at));
                let same = self.deep_equal(x, y, depth + 1);
                self.release(x);
                self.release(y);
                if !same? {
                    return Ok(false);
                }
            }
            return Ok(true);
        }
        let tables = match (object_of(a), object_of(b)) {
            (Some(one), Some(two)) => {
                if one.header.class != two.header.class || one.variant != two.variant {
                    return Ok(false);
                }
                if !self.deep_equal(one.payload, two.payload, depth + 1)? {
                    return Ok(false);
                }
                Some((one.fields, two.fields))
            }
            _ => a.as_table().zip(b.as_table()),
        };
        if let Some((one, two)) = tables {
            if one.len != two.len {
                return Ok(false);
            }
            for (key, x) in hash::pairs(one) {
                let slot = hash::lookup(two, hash::normal(key));
                let y = slot.map_or(UNDEF, |slot| crate::cell::load(*slot));
                let same = slot.is_some() && self.deep_equal(x, y, depth + 1)?;
                self.release(key);
                self.release(x);
                self.release(y);
                if !same {
                    return Ok(false);
                }
            }
            return Ok(true);
        }
        if a.is_undef() != b.is_undef() || a.is_reference() != b.is_reference() {
            return Ok(false);
        }
        if a.is_reference() {
            return Ok(a.w0 == b.w0 && a.w1 == b.w1);
        }
        let (x, y) = (self.text(a)?, self.text(b)?);
        Ok(*x == *y)
    }
}

const EMPTY_FLAG: Val = crate::value::EMPTY;
