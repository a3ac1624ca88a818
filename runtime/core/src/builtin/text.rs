//! Builtins on strings: Perl's, and the first of the library's.

use alloc::vec::Vec;

use s_abi::layout::{Val, tag};

use super::{arg, listed};
use crate::convert::number_value;
use crate::exception::Thrown;
use crate::string::{Text, string, string_of};
use crate::text::number::{self, Number};
use crate::text::sprintf::{Arguments, Integer, Units, sprintf};
use crate::text::utf8;
use crate::value::{UNDEF, ValExt, bytes, int};
use crate::vm::Vm;

// The builtins of this file.
functions![
    ("chr", chr),
    ("crindex", |vm, arguments, _| find(vm, arguments, true, true)),
    ("cindex", |vm, arguments, _| find(vm, arguments, true, false)),
    ("chars", chars),
    ("fc", |vm, arguments, _| cased(vm, arguments, utf8::fold)),
    ("index", |vm, arguments, _| find(vm, arguments, false, false)),
    ("join", |vm, arguments, _| {
        let rest = arguments.get(1..).unwrap_or(&[]);
        crate::list::join_values(vm, arg(arguments, 0), rest)
    }),
    ("lc", |vm, arguments, _| cased(vm, arguments, utf8::lc)),
    ("lcfirst", |vm, arguments, _| cased(vm, arguments, utf8::lcfirst)),
    ("length", length),
    ("ord", ord),
    ("pack", pack),
    ("quotemeta", quotemeta),
    ("reverse", reverse),
    ("rindex", |vm, arguments, _| find(vm, arguments, false, true)),
    ("sprintf", |vm, arguments, _| format(vm, arguments)),
    ("substr", substr),
    ("uc", |vm, arguments, _| cased(vm, arguments, utf8::uc)),
    ("ucfirst", |vm, arguments, _| cased(vm, arguments, utf8::ucfirst)),
    ("unpack", unpack),
    ("vec", |vm, arguments, _| {
        let text = vm.text(arg(arguments, 0))?;
        let (offset, bits) = (vm.integer(arg(arguments, 1))?, vm.integer(arg(arguments, 2))?);
        crate::places::vec_get(vm, &text, offset, bits)
    }),
];

/// Values as `sprintf` and `pack` ask for them. What a method threw is kept.
pub struct Operands<'a> {
    vm: &'a mut Vm,
    values: &'a [Val],
    thrown: bool,
}

impl Arguments for Operands<'_> {
    fn count(&self) -> usize {
        self.values.len()
    }

    #[inline]
    fn int(&mut self, i: usize) -> Integer {
        match self.vm.number(self.values[i]) {
            Ok(value) => match value.w0 {
                tag::INT => Integer::Signed(value.as_int()),
                tag::UINT => Integer::Unsigned(value.w1),
                _ => Integer::Float(value.as_num()),
            },
            Err(Thrown) => {
                self.thrown = true;
                Integer::Signed(0)
            }
        }
    }

    #[inline]
    fn float(&mut self, i: usize) -> f64 {
        self.vm.float(self.values[i]).unwrap_or_else(|Thrown| {
            self.thrown = true;
            0.0
        })
    }

    #[inline]
    fn bytes(&mut self, i: usize, out: &mut Vec<u8>) {
        let value = self.values[i];
        if self.vm.append_text(value, out).is_err() {
            self.thrown = true;
        }
    }
}

/// `sprintf FORMAT, LIST`
#[cfg_attr(feature = "exports", unsafe(export_name = "hot.text.format"))]
pub fn format(vm: &mut Vm, arguments: &[Val]) -> Result<Val, Thrown> {
    let format = vm.text(arg(arguments, 0))?;
    let rest = arguments.get(1..).unwrap_or(&[]);
    let compat = vm.compat;
    // Under `--compat` everything is brought to one width first.
    let mut wide = false;
    let mut texts: Vec<Val> = Vec::new();
    if compat {
        wide = format.is_wide() || rest.iter().any(|value| value.is_wide());
        // `%c` may bring a character that is no byte.
        wide |=
            format.contains(&b'c') && rest.iter().any(|value| value.w0 == tag::INT && value.as_int() > 0xff);
        if wide {
            for &value in rest {
                if value.is_string() && !value.is_wide() && !bytes(&value).is_ascii() {
                    texts.push(string_of(&crate::convert::widened(bytes(&value)), true));
                } else {
                    texts.push(value.retained());
                }
            }
        }
    }
    let widened = (wide && !format.is_wide()).then(|| crate::convert::widened(&format));
    let template: &[u8] = widened.as_deref().unwrap_or(&format);
    let units = if compat && !wide { Units::Bytes } else { Units::CodePoints };
    let mut out = core::mem::take(&mut vm.buffer);
    out.clear();
    let values: &[Val] = if wide { &texts } else { rest };
    let room = crate::convert::Builder::room_for(values).saturating_add(template.len());
    if out.try_reserve(room).is_err() {
        vm.release_all(&texts);
        return Err(crate::op::concat::too_long(vm));
    }
    let mut operands = Operands { vm: &mut *vm, values, thrown: false };
    let result = sprintf(template, &mut operands, &mut out, units);
    let thrown = operands.thrown;
    vm.release_all(&texts);
    let text = (!thrown && result.is_ok()).then(|| string_of(&out, wide));
    vm.keep_buffer(out);
    if thrown {
        return Err(Thrown);
    }
    match result {
        Ok(()) => Ok(text.unwrap_or(UNDEF)),
        Err(error) => Err(vm.die_fmt(format_args!("{error}"))),
    }
}

fn cased(vm: &mut Vm, arguments: &[Val], change: fn(&[u8], &mut Vec<u8>)) -> Result<Val, Thrown> {
    let text = vm.text(arg(arguments, 0))?;
    let mut out = core::mem::take(&mut vm.buffer);
    out.clear();
    if vm.compat && !text.is_wide() && !text.is_ascii() {
        // Bytes above 0x7f have no case without a locale.
        let lower_rest: Vec<u8> = text.iter().map(|&byte| if byte < 0x80 { byte } else { b'0' }).collect();
        change(&lower_rest, &mut out);
        for (new, &old) in out.iter_mut().zip(text.iter()) {
            if old >= 0x80 {
                *new = old;
            }
        }
        return Ok(string(&out));
    }
    change(&text, &mut out);
    let value = string_of(&out, text.is_wide());
    vm.keep_buffer(out);
    Ok(value)
}

#[cfg_attr(feature = "exports", unsafe(export_name = "hot.text.length"))]
fn length(vm: &mut Vm, arguments: &[Val], _: u64) -> Result<Val, Thrown> {
    let value = arg(arguments, 0);
    if value.is_undef() {
        return Ok(UNDEF);
    }
    let text = vm.text(value)?;
    Ok(int(vm.unit_len(&text) as i64))
}

/// Where a text stands in another; `points` counts in code points.
#[cfg_attr(feature = "exports", unsafe(export_name = "hot.text.find"))]
fn find(vm: &mut Vm, arguments: &[Val], points: bool, last: bool) -> Result<Val, Thrown> {
    let mut text = vm.text(arg(arguments, 0))?;
    let mut part = vm.text(arg(arguments, 1))?;
    if text.is_wide() != part.is_wide() {
        let widen = |text: &Text| Text(string_of(&crate::convert::widened(text), true));
        if text.is_wide() {
            part = widen(&part);
        } else {
            text = widen(&text);
        }
    }
    let points = points || text.is_wide();
    let start = arg(arguments, 2);
    if !last && start.is_undef() {
        let found = position(&text, &part);
        let before = |at| if points { utf8::index_of_offset(&text, at) } else { at };
        return Ok(int(found.map_or(-1, |at| before(at) as i64)));
    }
    let count = if points { utf8::count(&text) } else { text.len() } as i64;
    let offset = |at: i64| {
        if points { utf8::offset(&text, at as usize).unwrap_or(text.len()) } else { at as usize }
    };
    let found = if last {
        let from = if start.is_undef() { count } else { vm.integer(start)? };
        if from < 0 {
            part.is_empty().then_some(0)
        } else {
            let end = (offset(from.min(count)) + part.len()).min(text.len());
            memchr::memmem::rfind(&text[..end], &part)
        }
    } else {
        let from = if start.is_undef() { 0 } else { vm.integer(start)?.max(0) };
        if from > count {
            // Perl finds the empty text at the end.
            (part.is_empty() && vm.compat).then_some(text.len())
        } else {
            let from = offset(from);
            position(&text[from..], &part).map(|at| at + from)
        }
    };
    Ok(int(match found {
        None => -1,
        Some(at) if points => utf8::index_of_offset(&text, at) as i64,
        Some(at) => at as i64,
    }))
}

/// Where a text begins in another. Preparing a search costs more than most searches: the beginnings
/// are looked at one by one before that.
#[cfg_attr(feature = "exports", unsafe(export_name = "hot.text.position"))]
fn position(text: &[u8], part: &[u8]) -> Option<usize> {
    let (&first, rest) = match part.split_first() {
        Some(split) => split,
        None => return Some(0),
    };
    let mut from = 0;
    for _ in 0..8 {
        let last = text.len().checked_sub(part.len())?;
        if from > last {
            return None;
        }
        let at = from + memchr::memchr(first, &text[from..=last])?;
        if text[at + 1..].starts_with(rest) {
            return Some(at);
        }
        from = at + 1;
    }
    memchr::memmem::find(&text[from..], part).map(|at| at + from)
}

fn chr(vm: &mut Vm, arguments: &[Val], _: u64) -> Result<Val, Thrown> {
    let code = vm.integer(arg(arguments, 0))?;
    let code = u32::try_from(code).unwrap_or(0xfffd);
    if vm.compat && code < 0x100 {
        return Ok(string(&[code as u8]));
    }
    let mut out = Vec::new();
    utf8::encode(code, &mut out);
    let wide = vm.compat && !out.is_ascii();
    Ok(string_of(&out, wide))
}

fn ord(vm: &mut Vm, arguments: &[Val], _: u64) -> Result<Val, Thrown> {
    let text = vm.text(arg(arguments, 0))?;
    if vm.by_code_points(&text.0) {
        return Ok(int(i64::from(utf8::decode(&text).0)));
    }
    Ok(int(i64::from(text.first().copied().unwrap_or(0))))
}

fn quotemeta(vm: &mut Vm, arguments: &[Val], _: u64) -> Result<Val, Thrown> {
    let text = vm.text(arg(arguments, 0))?;
    if vm.compat && !text.is_wide() {
        let mut out = Vec::with_capacity(text.len() * 2);
        for &byte in text.iter() {
            if !byte.is_ascii_alphanumeric() && byte != b'_' {
                out.push(b'\\');
            }
            out.push(byte);
        }
        return Ok(string(&out));
    }
    Ok(string_of(&s_regex::quote(&text), text.is_wide()))
}

fn substr(vm: &mut Vm, arguments: &[Val], _: u64) -> Result<Val, Thrown> {
    let offset = vm.integer(arg(arguments, 1))?;
    match arguments.get(2) {
        Some(&length) if !length.is_undef() => {
            let length = vm.integer(length)?;
            crate::places::substr_get(vm, arg(arguments, 0), offset, length)
        }
        _ => crate::places::substr_tail(vm, arg(arguments, 0), offset),
    }
}

#[cfg_attr(feature = "exports", unsafe(export_name = "hot.text.chars"))]
fn chars(vm: &mut Vm, arguments: &[Val], wanted: u64) -> Result<Val, Thrown> {
    let mut out = Vec::new();
    for &value in arguments {
        let text = vm.text(value)?;
        let mut at = 0;
        while at < text.len() {
            let end = utf8::next(&text, at);
            out.push(string_of(&text[at..end], text.is_wide()));
            at = end;
        }
    }
    listed(vm, out, wanted)
}

#[cfg_attr(feature = "exports", unsafe(export_name = "hot.text.reverse"))]
fn reverse(vm: &mut Vm, arguments: &[Val], wanted: u64) -> Result<Val, Thrown> {
    if wanted == s_abi::layout::want::LIST {
        let mark = vm.height() as i64;
        for value in arguments.iter().rev() {
            vm.push(value.retained())?;
        }
        return Ok(vm.list_as_result(mark, wanted));
    }
    let joined = match arguments {
        [only] => vm.text(*only)?,
        _ => Text(crate::list::join_values(vm, crate::value::EMPTY, arguments)?),
    };
    Ok(vm.reversed(&joined))
}

fn pack(vm: &mut Vm, arguments: &[Val], _: u64) -> Result<Val, Thrown> {
    let template = vm.text(arg(arguments, 0))?;
    let mut out = Vec::new();
    let mut operands = Operands { vm: &mut *vm, values: arguments.get(1..).unwrap_or(&[]), thrown: false };
    let result = crate::text::pack::pack(&template, &mut operands, &mut out);
    if operands.thrown {
        return Err(Thrown);
    }
    match result {
        // Code points of `U` at the start make a wide string.
        Ok(_) => {
            let wide = vm.compat && template.starts_with(b"U") && !out.is_ascii();
            Ok(string_of(&out, wide))
        }
        Err(error) => Err(vm.die_fmt(format_args!("{error}"))),
    }
}

fn unpack(vm: &mut Vm, arguments: &[Val], wanted: u64) -> Result<Val, Thrown> {
    use crate::text::pack::Unpacked;
    let template = vm.text(arg(arguments, 0))?;
    let data = vm.text(arg(arguments, 1))?;
    // Characters count, and not the bytes they are kept in, but where the template begins with `U`.
    let mut narrow = Vec::new();
    let by_characters = data.is_wide() && template.first() != Some(&b'U');
    let bytes = if by_characters && utf8::to_latin1(&data, &mut narrow) { &narrow[..] } else { &data[..] };
    match crate::text::pack::unpack(&template, bytes) {
        Ok(values) => {
            let values: Vec<Val> = values
                .into_iter()
                .map(|value| match value {
                    Unpacked::Int(value) => int(value),
                    Unpacked::Uint(value) => number_value(Number::from_u64(value)),
                    Unpacked::Float(value) => crate::value::num(value),
                    Unpacked::Bytes(text) => string(&text),
                })
                .collect();
            if wanted == s_abi::layout::want::LIST {
                return listed(vm, values, wanted);
            }
            let first = values.first().copied().unwrap_or(UNDEF);
            vm.release_all(values.get(1..).unwrap_or(&[]));
            Ok(first)
        }
        Err(error) => Err(vm.die_fmt(format_args!("{error}"))),
    }
}

/// Whether a text is a number as a whole.
pub(super) fn is_number(vm: &mut Vm, value: Val) -> Result<bool, Thrown> {
    if value.is_numeric() {
        return Ok(true);
    }
    if !value.is_string() {
        return Ok(false);
    }
    let text = vm.text(value)?;
    Ok(number::looks_like_number(&text))
}
