//! What a value is as a string, a number, an integer, a truth.
//!
//! Overloaded and declared types answer through their methods; everything else here is total.

use alloc::vec::Vec;

use s_abi::layout::{Cell, Glob, Str, Val, storage, tag};

use crate::array;
use crate::cell;
use crate::class::Conversion;
use crate::exception::Thrown;
use crate::hash;
use crate::late;
use crate::string::{
    self, Text, push_bytes, push_string, string, string_of, try_with_capacity, with_capacity,
};
use crate::text::number::{self, Number};
use crate::text::utf8;
use crate::value::{
    EMPTY, FLAG_WIDE, GlobRef, Ptr, SHORT_MAX, Slot, UNDEF, ValExt, bytes, glob_name, int, num, short,
    short_int, short_joined, uint,
};
use crate::vm::Vm;

/// The decimal form of an integer.
#[inline]
#[must_use]
pub fn int_string(value: i64) -> Val {
    if let Some(text) = short_int(value) {
        return text;
    }
    let mut buffer = [0; 20];
    let text = number::format_int_into(value, &mut buffer);
    if text.len() <= SHORT_MAX { short(text) } else { string(text) }
}

/// The string form of a float.
#[must_use]
pub fn num_string(value: f64) -> Val {
    let mut out = Vec::with_capacity(24);
    number::format_float(value, &mut out);
    string(&out)
}

/// Text of the float of a value. Whoever made the value filled the place.
fn format_num(value: f64, out: &mut Vec<u8>) {
    let format = late::TEXT_NUM.get();
    debug_assert!(format.is_some(), "who makes floats fills the place");
    if let Some(format) = format {
        format(value, out);
    }
}

/// A number as a value.
#[inline]
#[must_use]
pub fn number_value(value: Number) -> Val {
    match value {
        Number::Int(value) => int(value),
        Number::Uint(value) => uint(value),
        Number::Float(value) => num(value),
    }
}

/// A string that grows, and becomes wide when something wide is added.
#[derive(Debug)]
pub struct Builder {
    buffer: Option<Ptr<Str>>,
    /// The content while there is no buffer.
    short: Val,
    wide: bool,
}

impl Default for Builder {
    fn default() -> Self {
        Self::new()
    }
}

impl Builder {
    /// An empty one.
    #[must_use]
    pub fn new() -> Self {
        Self { buffer: None, short: EMPTY, wide: false }
    }

    /// One with room for so many bytes.
    #[must_use]
    pub fn with_room(room: usize) -> Self {
        Self::try_with_room(room).unwrap_or_default()
    }

    /// The same; `None` when there is no memory for it.
    #[must_use]
    pub fn try_with_room(room: usize) -> Option<Self> {
        let buffer = if room > SHORT_MAX { Some(try_with_capacity(room)?) } else { None };
        Some(Self { buffer, short: EMPTY, wide: false })
    }

    /// About how many bytes the string forms of values have.
    #[must_use]
    #[cfg_attr(feature = "exports", unsafe(export_name = "hot.convert.room_for"))]
    pub fn room_for(values: &[Val]) -> usize {
        values
            .iter()
            .map(|value| match value.tag() {
                tag::INT => 8,
                tag::SSTR | tag::SSTRW | tag::STR => bytes(value).len(),
                _ => 16,
            })
            .fold(0, usize::saturating_add)
    }

    /// Appends a short string that is as wide as the builder.
    #[inline]
    fn push_short(&mut self, more: Val) {
        if let Some(buffer) = &mut self.buffer {
            push_string(buffer, more);
            return;
        }
        match short_joined(self.short, more) {
            Some(joined) => self.short = joined,
            None => self.push(bytes(&more)),
        }
    }

    /// Appends bytes as they are.
    #[inline]
    pub fn push(&mut self, more: &[u8]) {
        if let Some(buffer) = &mut self.buffer {
            push_bytes(buffer, more);
            return;
        }
        if more.len() <= SHORT_MAX
            && let Some(joined) = short_joined(self.short, short(more))
        {
            self.short = joined;
            return;
        }
        let total = bytes(&self.short).len().saturating_add(more.len());
        let mut buffer = with_capacity(total.saturating_mul(2).max(48));
        push_string(&mut buffer, self.short);
        push_bytes(&mut buffer, more);
        self.buffer = Some(buffer);
    }

    /// Makes room for so many bytes more; `false` when there is no memory for them.
    #[inline]
    fn make_room(&mut self, more: usize) -> bool {
        match &mut self.buffer {
            Some(buffer) => string::make_room(buffer, more),
            None => true,
        }
    }

    /// What is added from now on with [`Builder::push_same`] is UTF-8 of wide text.
    pub fn set_wide(&mut self) {
        self.widen();
    }

    /// Whether it is wide.
    #[must_use]
    pub fn is_wide(&self) -> bool {
        self.wide
    }

    /// Appends bytes that are as wide as the builder.
    pub fn push_same(&mut self, more: &[u8]) {
        self.push(more);
    }

    fn content(&self) -> Vec<u8> {
        match self.buffer {
            Some(buffer) => bytes(&Val { w0: tag::STR, w1: buffer.address() }).to_vec(),
            None => bytes(&self.short).to_vec(),
        }
    }

    fn widen(&mut self) {
        let old = self.content();
        self.wide = true;
        if old.is_ascii() {
            return;
        }
        let mut wide = Vec::with_capacity(old.len() * 2);
        utf8::from_latin1(&old, &mut wide);
        self.short = EMPTY;
        if let Some(buffer) = &mut self.buffer {
            buffer.len = 0;
        }
        self.push(&wide);
    }

    /// Appends the string form of a value.
    #[inline]
    pub fn push_value(&mut self, vm: &mut Vm, value: Val) -> Result<(), Thrown> {
        match value.tag() {
            tag::SSTR if !self.wide => self.push_short(value),
            tag::INT => {
                if let Some(text) = short_int(value.as_int()) {
                    self.push_short(text);
                    return Ok(());
                }
                let mut buffer = [0; 20];
                let text = number::format_int_into(value.as_int(), &mut buffer);
                self.push(text);
            }
            _ => {
                let text = vm.text(value)?;
                if !self.make_room(text.len()) {
                    return Err(crate::op::concat::too_long(vm));
                }
                if text.is_wide() != self.wide {
                    if self.wide {
                        if !text.is_ascii() {
                            let mut wide = Vec::new();
                            utf8::from_latin1(&text, &mut wide);
                            self.push(&wide);
                            return Ok(());
                        }
                    } else {
                        self.widen();
                    }
                }
                self.push(&text);
            }
        }
        Ok(())
    }

    /// The string value.
    #[must_use]
    pub fn finish(mut self) -> Val {
        match self.buffer.take() {
            Some(buffer) if buffer.len <= SHORT_MAX => {
                let value = Text(Val { w0: tag::STR, w1: buffer.address() });
                string_of(&value, self.wide)
            }
            Some(mut buffer) => {
                if self.wide {
                    buffer.header.flags |= FLAG_WIDE;
                }
                Val { w0: tag::STR, w1: buffer.address() }
            }
            None => string_of(bytes(&self.short), self.wide),
        }
    }
}

/// Joins values when all are strings that are not wide, or integers, and there is memory for it.
#[must_use]
#[cfg_attr(feature = "exports", unsafe(export_name = "hot.convert.join_plain"))]
pub fn join_plain(values: &[Val], separator: Val) -> Option<Val> {
    if separator.is_wide() {
        return None;
    }
    let between = bytes(&separator).len();
    let mut total = 16usize;
    for value in values {
        let len = match value.tag() {
            tag::SSTR => (value.w0 >> 8 & 0xff) as usize,
            tag::STR if !value.is_wide() => bytes(value).len(),
            tag::INT => 20,
            _ => return None,
        };
        total = total.saturating_add(len).saturating_add(between);
    }
    // Room for 16 bytes behind every piece lets short ones be written by words.
    let mut buffer = try_with_capacity(total)?;
    for (at, &value) in values.iter().enumerate() {
        if at > 0 && between > 0 {
            push_string(&mut buffer, separator);
        }
        if !value.is_int() {
            push_string(&mut buffer, value);
        } else if let Some(text) = short_int(value.as_int()) {
            push_string(&mut buffer, text);
        } else {
            let mut digits = [0; 20];
            push_bytes(&mut buffer, number::format_int_into(value.as_int(), &mut digits));
        }
    }
    let value = Val { w0: tag::STR, w1: buffer.address() };
    if buffer.len <= SHORT_MAX {
        return Some(short(&Text(value)));
    }
    Some(value)
}

impl Drop for Builder {
    fn drop(&mut self) {
        if let Some(buffer) = self.buffer.take() {
            string::free(buffer);
        }
    }
}

/// Brings two strings to one width: the one that is not wide becomes so if the other is.
#[must_use]
pub fn widened(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len() + text.len() / 2);
    utf8::from_latin1(text, &mut out);
    out
}

impl Vm {
    /// The string form of a value.
    #[inline(always)]
    pub fn text(&mut self, value: Val) -> Result<Text, Thrown> {
        self.str_of(value).map(Text)
    }

    /// The string form of a value as an owned string value.
    #[inline(always)]
    pub fn str_of(&mut self, value: Val) -> Result<Val, Thrown> {
        match value.tag() {
            tag::SSTR | tag::SSTRW | tag::STR => Ok(value.retained()),
            tag::INT => Ok(int_string(value.as_int())),
            _ => self.str_slow(value),
        }
    }

    #[inline(never)]
    fn str_slow(&mut self, value: Val) -> Result<Val, Thrown> {
        match value.w0 {
            tag::NUM => {
                let mut out = Vec::with_capacity(24);
                format_num(value.as_num(), &mut out);
                Ok(string(&out))
            }
            tag::UNDEF => Ok(EMPTY),
            tag::BOOL => Ok(if value.w1 != 0 { short(b"1") } else { EMPTY }),
            tag::UINT => {
                let mut out = Vec::new();
                number::format_uint(value.w1, &mut out);
                Ok(string(&out))
            }
            tag::BOX..=tag::MAGIC => {
                let inner = cell::fetch(self, value)?;
                let result = self.str_of(inner);
                self.release(inner);
                result
            }
            _ => self.reference_text(value),
        }
    }

    /// What a conversion method of the value's class gives; `None` when there is none.
    pub fn convert_object(&mut self, value: Val, wanted: Conversion) -> Result<Option<Val>, Thrown> {
        match late::CONVERT.get() {
            Some(convert) => convert(self, value, wanted),
            None => Ok(None),
        }
    }

    fn reference_text(&mut self, value: Val) -> Result<Val, Thrown> {
        if value.w0 == tag::EXT
            && let Some(text) = late::TEXT_EXT.get()
            && let Some(result) = text(self, value)
        {
            return result;
        }
        if value.class() != 0
            && let Some(result) = self.convert_object(value, Conversion::String)?
        {
            let text = self.str_of(result);
            self.release(result);
            return text;
        }
        let mut out = Vec::new();
        self.plain_form(value, &mut out);
        // A pattern is as wide as the text it was made of.
        let wide = value.w0 == tag::RX && value.header().flags & FLAG_WIDE != 0;
        Ok(string_of(&out, wide))
    }

    /// The form of a reference without overloading: `Class=HASH(0x..)`.
    pub fn plain_form(&mut self, value: Val, out: &mut Vec<u8>) {
        if value.w0 == tag::RX && value.header().class == 0 {
            if let Some(text) = late::TEXT_RX.get() {
                text(value, out);
            }
            return;
        }
        if value.w0 == tag::GLOB {
            let name = glob_name(value.pointer());
            if !name.is_empty() {
                out.push(b'*');
                out.extend_from_slice(name);
                return;
            }
        }
        if value.class() != 0 {
            out.extend_from_slice(self.class_name(value.class()));
            out.push(b'=');
        }
        out.extend_from_slice(base_type(value));
        out.extend_from_slice(b"(0x");
        let mut digits = Vec::new();
        number::to_base(value.w1 as i64, 16, &mut digits);
        out.extend_from_slice(&digits);
        out.push(b')');
    }

    /// Appends the string form of a value, as bytes.
    pub fn append_text(&mut self, value: Val, out: &mut Vec<u8>) -> Result<(), Thrown> {
        match value.tag() {
            tag::SSTR | tag::SSTRW | tag::STR => out.extend_from_slice(bytes(&value)),
            tag::INT => number::format_int(value.as_int(), out),
            tag::NUM => format_num(value.as_num(), out),
            _ => {
                let text = self.text(value)?;
                out.extend_from_slice(&text);
            }
        }
        Ok(())
    }

    /// The value as INT, NUM or UINT.
    #[inline(always)]
    pub fn number(&mut self, value: Val) -> Result<Val, Thrown> {
        if value.w0 <= tag::NUM { Ok(value) } else { self.number_slow(value) }
    }

    #[inline(never)]
    fn number_slow(&mut self, value: Val) -> Result<Val, Thrown> {
        Ok(match value.tag() {
            tag::UINT => value,
            tag::UNDEF => int(0),
            tag::BOOL => int(value.w1 as i64),
            tag::SSTR | tag::SSTRW | tag::STR => self.parsed(bytes(&value)),
            tag::BOX..=tag::MAGIC => {
                let inner = cell::fetch(self, value)?;
                let result = self.number(inner);
                self.release(inner);
                return result;
            }
            _ => {
                if let Some(errno) = crate::extension::errno_of(value) {
                    return Ok(int(i64::from(errno)));
                }
                if value.class() != 0
                    && let Some(result) = self.convert_object(value, Conversion::Number)?
                {
                    let number = if result.is_reference() && result.w1 == value.w1 {
                        Ok(int(value.w1 as i64))
                    } else {
                        self.number(result)
                    };
                    self.release(result);
                    return number;
                }
                int(value.w1 as i64)
            }
        })
    }

    fn parsed(&self, text: &[u8]) -> Val {
        match number::parse(text) {
            Number::Uint(value) if !self.compat => num(value as f64),
            other => number_value(other),
        }
    }

    /// The value as a double.
    #[inline(always)]
    pub fn float(&mut self, value: Val) -> Result<f64, Thrown> {
        let value = self.number(value)?;
        Ok(match value.w0 {
            tag::INT => value.as_int() as f64,
            tag::UINT => value.w1 as f64,
            _ => value.as_num(),
        })
    }

    /// The value truncated to an integer, saturating.
    #[inline(always)]
    pub fn integer(&mut self, value: Val) -> Result<i64, Thrown> {
        if value.is_int() {
            return Ok(value.as_int());
        }
        let value = self.number(value)?;
        Ok(match value.w0 {
            tag::INT => value.as_int(),
            tag::UINT => i64::MAX,
            _ => value.as_num() as i64,
        })
    }

    /// An integer of a value where nothing may throw: references count by address.
    #[must_use]
    pub fn index_of(&mut self, value: Val) -> i64 {
        match value.tag() {
            tag::INT => value.as_int(),
            tag::NUM => value.as_num() as i64,
            tag::BOOL => value.w1 as i64,
            tag::SSTR | tag::SSTRW | tag::STR => number::parse(bytes(&value)).to_i64(),
            tag::UNDEF => 0,
            _ => value.w1 as i64,
        }
    }

    /// Whether the value is true.
    #[inline(always)]
    pub fn truth(&mut self, value: Val) -> Result<bool, Thrown> {
        Ok(match value.tag() {
            tag::INT | tag::BOOL | tag::UINT => value.w1 != 0,
            tag::NUM => value.as_num() != 0.0,
            tag::UNDEF => false,
            tag::SSTR | tag::SSTRW | tag::STR => {
                let text = bytes(&value);
                !(text.is_empty() || text == b"0")
            }
            _ => return self.truth_slow(value),
        })
    }

    #[inline(never)]
    fn truth_slow(&mut self, value: Val) -> Result<bool, Thrown> {
        if matches!(value.w0, tag::BOX..=tag::MAGIC) {
            let inner = cell::fetch(self, value)?;
            let result = self.truth(inner);
            self.release(inner);
            return result;
        }
        if value.class() != 0
            && let Some(result) = self.convert_object(value, Conversion::Truth)?
        {
            let truth = if result.is_reference() { Ok(true) } else { self.truth(result) };
            self.release(result);
            return truth;
        }
        Ok(true)
    }

    /// What a comparison yields in this mode.
    #[inline(always)]
    #[must_use]
    pub fn boolean(&self, value: bool) -> Val {
        if self.compat { Val { w0: tag::BOOL, w1: u64::from(value) } } else { int(i64::from(value)) }
    }

    /// Whether code points, not bytes, are the characters of a string.
    #[must_use]
    pub fn by_code_points(&self, value: &Val) -> bool {
        !self.compat || value.is_wide()
    }

    /// The characters of a string value in reverse.
    #[must_use]
    pub fn reversed(&self, text: &Text) -> Val {
        let mut out = Vec::with_capacity(text.len());
        if text.is_ascii() || !self.by_code_points(&text.0) {
            out.extend(text.iter().rev());
        } else {
            let mut end = text.len();
            while end > 0 {
                let start = utf8::previous(text, end);
                out.extend_from_slice(&text[start..end]);
                end = start;
            }
        }
        string_of(&out, text.is_wide())
    }

    /// A hash key in normal form, and the text that must live while it is used.
    #[inline(always)]
    pub fn key(&mut self, value: Val) -> Result<(Val, Option<Text>), Thrown> {
        match value.w0 & 0xff {
            tag::INT | tag::SSTR => {
                let key = hash::normal(value);
                if key.w0 == tag::INT && key.as_int().unsigned_abs() >= 1_000_000_000_000_000_000 {
                    let text = Text(int_string(key.as_int()));
                    return Ok((text.0, Some(text)));
                }
                Ok((key, None))
            }
            tag::STR if !value.is_wide() => Ok((hash::normal(value), None)),
            _ => self.key_slow(value),
        }
    }

    #[inline(never)]
    fn key_slow(&mut self, value: Val) -> Result<(Val, Option<Text>), Thrown> {
        self.check_operands(&[value])?;
        let mut text = self.text(value)?;
        if text.is_wide() {
            // One form: bytes where all characters fit.
            let mut narrow = Vec::new();
            if utf8::to_latin1(&text, &mut narrow) {
                text = Text(string(&narrow));
            }
        }
        let key = hash::normal(text.0);
        Ok((key, Some(text)))
    }
}

/// `SCALAR`, `ARRAY` and so on: the type of a reference without its class.
#[must_use]
pub fn base_type(value: Val) -> &'static [u8] {
    match value.w0 {
        tag::AREF => b"ARRAY",
        tag::HREF | tag::OBJ => b"HASH",
        tag::CODE => b"CODE",
        tag::SREF => {
            let inner = value.pointer::<Cell>().value;
            if inner.w0 == tag::GLOB && !inner.is_reference() {
                b"GLOB"
            } else if inner.is_reference() || matches!(inner.w0, tag::WEAK) {
                b"REF"
            } else if inner.w0 == tag::MAGIC && crate::magic::is_part(inner) {
                b"LVALUE"
            } else {
                b"SCALAR"
            }
        }
        tag::GLOB => b"GLOB",
        tag::RX => b"Regexp",
        tag::EXT => crate::extension::type_name(value),
        _ => b"",
    }
}

// What compiled code calls.

/// Drops a counted value.
#[inline(always)]
pub fn release(vm: &mut Vm, value: Val) {
    vm.release(value);
}

/// Truth.
#[inline(always)]
pub fn to_bool(vm: &mut Vm, value: Val) -> Result<bool, Thrown> {
    vm.truth(value)
}

/// Integer.
#[inline(always)]
pub fn to_int(vm: &mut Vm, value: Val) -> Result<i64, Thrown> {
    if !value.is_int() {
        vm.check_operands(&[value])?;
    }
    vm.integer(value)
}

/// Double.
#[inline(always)]
pub fn to_num(vm: &mut Vm, value: Val) -> Result<f64, Thrown> {
    vm.float(value)
}

/// INT, NUM or UINT.
#[inline(always)]
pub fn to_number(vm: &mut Vm, value: Val) -> Result<Val, Thrown> {
    vm.number(value)
}

/// String value.
#[inline(always)]
pub fn to_str(vm: &mut Vm, value: Val) -> Result<Val, Thrown> {
    if value.is_undef() {
        vm.check_operands(&[value])?;
    }
    vm.str_of(value)
}

/// Whether it is not undef.
pub fn is_defined(_vm: &mut Vm, value: Val) -> bool {
    match value.w0 {
        tag::UNDEF => false,
        tag::BOX | tag::WEAK => !cell_is_undef(value),
        _ => true,
    }
}

fn cell_is_undef(value: Val) -> bool {
    if value.w0 == tag::BOX {
        let inner: Slot = Ptr(&raw mut value.pointer::<Cell>().value);
        return inner.is_undef();
    }
    let target = cell::load(value);
    let gone = target.is_undef();
    if target.is_counted() {
        // The target has other references: this one was only for the look.
        target.header().count -= 1;
    }
    gone
}

/// `len`.
pub fn val_len(vm: &mut Vm, value: Val) -> Result<i64, Thrown> {
    Ok(match value.w0 {
        tag::AREF => value.pointer::<s_abi::layout::Arr>().len as i64,
        tag::HREF => value.pointer::<s_abi::layout::Hash>().len as i64,
        tag::UNDEF => 0,
        tag::EXT if crate::extension::set_of(value).is_some() => {
            crate::extension::set_of(value).map_or(0, |table| table.len as i64)
        }
        _ => {
            let text = vm.text(value)?;
            if vm.by_code_points(&text.0) { utf8::count(&text) as i64 } else { text.len() as i64 }
        }
    })
}

/// What comparisons yield.
#[inline(always)]
pub fn bool_val(vm: &mut Vm, value: i64) -> Val {
    vm.boolean(value != 0)
}

/// Decimal form.
#[inline(always)]
pub fn int_to_str(_vm: &mut Vm, value: i64) -> Val {
    int_string(value)
}

/// String form of a double.
pub fn num_to_str(_vm: &mut Vm, value: f64) -> Val {
    num_string(value)
}

/// `defined` of something that may be a stub of a function.
pub fn defined_or_stub(vm: &mut Vm, value: Val) -> bool {
    match value.as_code() {
        Some(code) => !crate::code::is_stub(code),
        None => is_defined(vm, value),
    }
}

/// The string forms of packed arrays and others, for `join`.
pub fn join_array(vm: &mut Vm, array: &crate::value::Array, separator: Val) -> Result<Val, Thrown> {
    let separator = vm.text(separator)?;
    let between = separator.len().saturating_mul(array.len.saturating_sub(1));
    let Some(mut out) = Builder::try_with_room(between) else {
        return Err(vm.die(b"Out of memory in join"));
    };
    let mut at = 0;
    while at < array.len {
        if at > 0 && !separator.is_empty() {
            out.push_value(vm, separator.0)?;
        }
        if array.storage == storage::INT {
            out.push_value(vm, int(array::ints(array)[at]))?;
        } else {
            let value = array::value(vm, array, at)?;
            let result = vm.check_operands(&[value]).and_then(|()| out.push_value(vm, value));
            vm.release(value);
            result?;
        }
        at += 1;
    }
    Ok(out.finish())
}

/// The glob of a GLOB value, or of a reference to one.
#[must_use]
pub fn as_glob(value: Val) -> Option<GlobRef> {
    match value.w0 {
        tag::GLOB => Some(value.pointer::<Glob>()),
        tag::SREF => {
            let inner = value.pointer::<Cell>().value;
            (inner.w0 == tag::GLOB).then(|| inner.pointer())
        }
        _ => None,
    }
}

/// Undef for `None`.
#[must_use]
pub fn or_undef(value: Option<Val>) -> Val {
    value.unwrap_or(UNDEF)
}
