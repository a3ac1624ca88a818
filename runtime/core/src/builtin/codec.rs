//! Builtins that encode and decode: JSON, digests, bases, addresses, tables of text.

use alloc::vec::Vec;

use s_abi::layout::{Val, tag};

use super::arg;
use crate::array;
use crate::class::object_of;
use crate::convert::number_value;
use crate::exception::Thrown;
use crate::hash;
use crate::string::string;
use crate::text::json::{self, Token, Tokenizer};
use crate::text::number::Number;
use crate::text::strings::escape;
use crate::text::{base64, digest};
use crate::value::{UNDEF, ValExt, aref, bytes, href, int};
use crate::vm::Vm;

macro_rules! hexed {
    ($function:path) => {
        |vm, a, _| {
            let text = vm.text(arg(a, 0))?;
            Ok(string(&hex_of(&$function(&text))))
        }
    };
}

macro_rules! into {
    ($function:expr) => {
        |vm, a, _| {
            let text = vm.text(arg(a, 0))?;
            let mut out = Vec::new();
            $function(&text, &mut out);
            Ok(string(&out))
        }
    };
}

// The builtins of this file.
functions![
    ("md4", hexed!(digest::md4)),
    ("md5", hexed!(digest::md5)),
    ("ripemd160", hexed!(digest::ripemd160)),
    ("sha1", hexed!(digest::sha1)),
    ("sha224", hexed!(digest::sha224)),
    ("sha256", hexed!(digest::sha256)),
    ("sha384", hexed!(digest::sha384)),
    ("sha512", hexed!(digest::sha512)),
    ("hmac_sha256", |vm, a, _| {
        let (key, message) = (vm.text(arg(a, 0))?, vm.text(arg(a, 1))?);
        Ok(string(&hex_of(&digest::hmac_sha256(&key, &message))))
    }),
    ("crypt", |vm, a, _| {
        let (password, setting) = (vm.text(arg(a, 0))?, vm.text(arg(a, 1))?);
        match crate::text::crypt::crypt(&password, &setting) {
            Some(hash) => Ok(string(&hash)),
            None => {
                vm.set_errno(s_sys::Errno::EINVAL);
                Ok(UNDEF)
            }
        }
    }),
    ("crc32", |vm, a, _| {
        let text = vm.text(arg(a, 0))?;
        Ok(int(i64::from(crate::text::gzip::crc32(&text))))
    }),
    ("base64_encode", into!(base64::encode)),
    ("b64e", into!(base64::encode)),
    ("base64_decode", |vm, a, _| Ok(string(&base64::decode(&vm.text(arg(a, 0))?)))),
    ("b64d", |vm, a, _| Ok(string(&base64::decode(&vm.text(arg(a, 0))?)))),
    ("base58_encode", |vm, a, _| {
        Ok(base64::encode_base58(&vm.text(arg(a, 0))?).map_or(UNDEF, |text| string(&text)))
    }),
    ("base58_decode", |vm, a, _| {
        Ok(base64::decode_base58(&vm.text(arg(a, 0))?).map_or(UNDEF, |text| string(&text)))
    }),
    ("hex_encode", |vm, a, _| {
        let text = vm.text(arg(a, 0))?;
        Ok(string(&hex_of(&text)))
    }),
    ("hex_decode", |vm, a, _| {
        let text = vm.text(arg(a, 0))?;
        let bytes: Option<Vec<u8>> = text
            .chunks(2)
            .map(|pair| crate::text::number::from_base(pair, 16).map(|byte| byte as u8))
            .collect();
        Ok(bytes.map_or(UNDEF, |bytes| string(&bytes)))
    }),
    ("url_encode", into!(escape::url_encode)),
    ("url_decode", into!(escape::url_decode)),
    ("uri_unescape", into!(escape::url_decode)),
    ("uri_escape", |vm, a, _| {
        let text = vm.text(arg(a, 0))?;
        let mut out = Vec::new();
        if a.len() > 1 {
            let class = vm.text(arg(a, 1))?;
            escape::uri_escape(&text, &escape::ByteClass::parse(&class), &mut out);
        } else {
            escape::url_encode(&text, &mut out);
        }
        Ok(string(&out))
    }),
    ("escape_json", into!(json::escape_string)),
    ("to_json", encode_json),
    ("json_encode", encode_json),
    ("from_json", decode_json),
    ("json_decode", decode_json),
    ("json_pretty", |vm, a, _| {
        let text = json_text(vm, arg(a, 0))?;
        json::pretty(&text, 2)
            .map_or_else(|error| Err(vm.die_fmt(format_args!("{error}"))), |text| Ok(string(&text)))
    }),
    ("json_minify", |vm, a, _| {
        let text = json_text(vm, arg(a, 0))?;
        json::minify(&text)
            .map_or_else(|error| Err(vm.die_fmt(format_args!("{error}"))), |text| Ok(string(&text)))
    }),
    ("uuid", |_, _, _| {
        let mut bytes = [0u8; 16];
        random_bytes(&mut bytes);
        bytes[6] = bytes[6] & 0x0f | 0x40;
        bytes[8] = bytes[8] & 0x3f | 0x80;
        let digits = hex_of(&bytes);
        let parts = [&digits[..8], &digits[8..12], &digits[12..16], &digits[16..20], &digits[20..]];
        Ok(string(&parts.join(&b"-"[..])))
    }),
    ("is_uuid", |vm, a, _| {
        let text = vm.text(arg(a, 0))?;
        let holds = text.len() == 36
            && text.iter().enumerate().all(|(at, byte)| match at {
                8 | 13 | 18 | 23 => *byte == b'-',
                _ => byte.is_ascii_hexdigit(),
            });
        Ok(vm.boolean(holds))
    }),
    ("nanoid", |vm, a, _| {
        let count = super::text_length(vm, arg(a, 0), 21)?;
        Ok(string(&random_letters(count)))
    }),
    ("short_id", |_, _, _| Ok(string(&random_letters(8)))),
    ("token", |vm, a, _| {
        let count = super::text_length(vm, arg(a, 0), 32)?;
        Ok(string(&random_letters(count)))
    }),
    ("str", literal),
    ("stringify", literal),
    ("ddump", |vm, a, _| {
        let mut out = Vec::new();
        for &value in a {
            dump(vm, value, 0, true, &mut out)?;
            out.push(b'\n');
        }
        Ok(string(&out))
    }),
];

/// Bytes as lower-case hexadecimal digits.
#[must_use]
pub(super) fn hex_of(data: &[u8]) -> Vec<u8> {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    data.iter().flat_map(|byte| [DIGITS[usize::from(byte >> 4)], DIGITS[usize::from(byte & 15)]]).collect()
}

fn random_bytes(buffer: &mut [u8]) {
    if s_sys::random(buffer).is_err() {
        let mut state = s_sys::clock_realtime().as_nanoseconds() as u64;
        for byte in buffer {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            *byte = (state >> 33) as u8;
        }
    }
}

fn random_letters(count: usize) -> Vec<u8> {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-";
    let mut out = alloc::vec![0u8; count];
    random_bytes(&mut out);
    for byte in &mut out {
        *byte = LETTERS[usize::from(*byte & 63)];
    }
    out
}

/// The text of a value: a string as it is, a container as JSON.
fn json_text(vm: &mut Vm, value: Val) -> Result<Vec<u8>, Thrown> {
    if value.is_reference() {
        let mut out = Vec::new();
        write_json(vm, value, &mut Vec::new(), &mut out)?;
        return Ok(out);
    }
    Ok(vm.text(value)?.to_vec())
}

fn encode_json(vm: &mut Vm, a: &[Val], _: u64) -> Result<Val, Thrown> {
    let mut out = Vec::new();
    write_json(vm, arg(a, 0), &mut Vec::new(), &mut out)?;
    Ok(string(&out))
}

/// Writes a value; what contains itself is `null`.
fn write_json(vm: &mut Vm, value: Val, inside: &mut Vec<u64>, out: &mut Vec<u8>) -> Result<(), Thrown> {
    if inside.contains(&value.w1) && value.is_reference() || inside.len() > json::DEPTH_MAX {
        out.extend_from_slice(b"null");
        return Ok(());
    }
    match value.w0 & 0xff {
        tag::INT => json::write_number(Number::Int(value.as_int()), out),
        tag::UINT => json::write_number(Number::Uint(value.w1), out),
        tag::NUM => json::write_number(Number::Float(value.as_num()), out),
        tag::UNDEF => out.extend_from_slice(b"null"),
        tag::BOOL => out.extend_from_slice(if value.w1 != 0 { b"true" } else { b"false" }),
        tag::AREF => {
            let list: crate::value::Array = value.pointer();
            inside.push(value.w1);
            out.push(b'[');
            for at in 0..list.len {
                if at > 0 {
                    out.push(b',');
                }
                let element = array::get(&list, at as i64);
                let result = write_json(vm, element, inside, out);
                vm.release(element);
                result?;
            }
            out.push(b']');
            inside.pop();
        }
        tag::HREF | tag::OBJ => {
            let table = object_of(value).map_or_else(|| value.pointer(), |object| object.fields);
            inside.push(value.w1);
            out.push(b'{');
            for (at, (key, element)) in hash::pairs(table).into_iter().enumerate() {
                if at > 0 {
                    out.push(b',');
                }
                json::write_string(bytes(&key), out);
                out.push(b':');
                let result = write_json(vm, element, inside, out);
                vm.release(key);
                vm.release(element);
                result?;
            }
            out.push(b'}');
            inside.pop();
        }
        _ => {
            let text = vm.text(value)?;
            json::write_string(&text, out);
        }
    }
    Ok(())
}

fn decode_json(vm: &mut Vm, a: &[Val], _: u64) -> Result<Val, Thrown> {
    let text = vm.text(arg(a, 0))?;
    let mut tokens = Tokenizer::new(&text, json::DEPTH_MAX);
    // Containers being filled, each with the key its next value goes under.
    let mut open: Vec<(Val, Vec<u8>)> = Vec::new();
    let mut whole = UNDEF;
    loop {
        let token = match tokens.next_token() {
            Ok(Some(token)) => token,
            Ok(None) => return Ok(whole),
            Err(error) => {
                for (value, _) in open {
                    vm.release(value);
                }
                vm.release(whole);
                return Err(vm.die_fmt(format_args!("{error}")));
            }
        };
        let value = match token {
            Token::ObjectStart => {
                open.push((href(hash::new()), Vec::new()));
                continue;
            }
            Token::ArrayStart => {
                open.push((aref(array::new()), Vec::new()));
                continue;
            }
            Token::Key(name) => {
                if let Some(last) = open.last_mut() {
                    last.1 = name;
                }
                continue;
            }
            Token::ObjectEnd | Token::ArrayEnd => match open.pop() {
                Some((value, _)) => value,
                None => UNDEF,
            },
            Token::String(text) => string(&text),
            Token::Number(number) => number_value(number),
            Token::Bool(holds) => int(i64::from(holds)),
            Token::Null => UNDEF,
        };
        match open.last() {
            None => whole = value,
            Some((container, name)) => match container.as_array() {
                Some(mut list) => array::push(&mut list, value),
                None => hash::set_text(vm, container.pointer(), name, value),
            },
        }
    }
}

/// A value as it would stand in a program.
fn literal(vm: &mut Vm, a: &[Val], _: u64) -> Result<Val, Thrown> {
    let mut out = Vec::new();
    for (at, &value) in a.iter().enumerate() {
        if at > 0 {
            out.extend_from_slice(b", ");
        }
        dump(vm, value, 0, false, &mut out)?;
    }
    Ok(string(&out))
}

/// The text of a dump may grow to this; what comes then is left out, as it is in a circle.
const DUMP_BYTES_MAX: usize = 64 << 20;
/// The same of what is shown for a person.
const SHOWN_BYTES_MAX: usize = 64 << 10;
/// What a person is shown on one line.
const LINE_BYTES_MAX: usize = 76;

/// The values from the mark, for a person.
pub(super) fn shown(vm: &mut Vm, mark: i64) -> Result<Vec<u8>, Thrown> {
    let count = vm.height() - mark.max(0) as usize;
    let mut texts: Vec<Vec<u8>> = Vec::new();
    let mut bytes_used = 0;
    for at in 0..count {
        let value = vm.list(mark)[at];
        let mut text = Vec::new();
        dump(vm, value, 0, false, &mut text)?;
        if text.len() > LINE_BYTES_MAX {
            text.clear();
            dump(vm, value, 0, true, &mut text)?;
        }
        bytes_used += text.len();
        let left_out = bytes_used > SHOWN_BYTES_MAX;
        if left_out {
            text.truncate(text.len().saturating_sub(bytes_used - SHOWN_BYTES_MAX));
            text.extend_from_slice(b"\n... (the rest is left out)");
        }
        texts.push(text);
        if left_out {
            break;
        }
    }
    if count <= 1 {
        return Ok(texts.pop().unwrap_or_default());
    }
    let long = bytes_used + 2 * count > LINE_BYTES_MAX || texts.iter().any(|text| text.contains(&b'\n'));
    let (first, between, last): (&[u8], &[u8], &[u8]) =
        if long { (b"(\n  ", b",\n  ", b"\n)") } else { (b"(", b", ", b")") };
    let mut out = first.to_vec();
    out.extend_from_slice(&texts.join(between));
    out.extend_from_slice(last);
    Ok(out)
}

fn dump(vm: &mut Vm, value: Val, depth: usize, indent: bool, out: &mut Vec<u8>) -> Result<(), Thrown> {
    if depth > 64 || out.len() > DUMP_BYTES_MAX {
        out.extend_from_slice(b"...");
        return Ok(());
    }
    let newline = |out: &mut Vec<u8>, depth: usize| {
        if indent {
            out.push(b'\n');
            out.extend(core::iter::repeat_n(b' ', depth * 2));
        }
    };
    match value.w0 & 0xff {
        tag::UNDEF => out.extend_from_slice(b"undef"),
        tag::AREF => {
            let list: crate::value::Array = value.pointer();
            out.push(b'[');
            for at in 0..list.len {
                if at > 0 {
                    out.extend_from_slice(if indent { b"," } else { b", " });
                }
                newline(out, depth + 1);
                let element = array::get(&list, at as i64);
                let result = dump(vm, element, depth + 1, indent, out);
                vm.release(element);
                result?;
            }
            if list.len > 0 {
                newline(out, depth);
            }
            out.push(b']');
        }
        tag::HREF => {
            let table: crate::value::Table = value.pointer();
            out.push(b'{');
            for (at, (key, element)) in hash::pairs(table).into_iter().enumerate() {
                if at > 0 {
                    out.extend_from_slice(if indent { b"," } else { b", " });
                }
                newline(out, depth + 1);
                quoted(bytes(&key), out);
                out.extend_from_slice(b" => ");
                let result = dump(vm, element, depth + 1, indent, out);
                vm.release(key);
                vm.release(element);
                result?;
            }
            if table.len > 0 {
                newline(out, depth);
            }
            out.push(b'}');
        }
        tag::CODE => out.extend_from_slice(b"sub { ... }"),
        tag::SSTR | tag::SSTRW | tag::STR => quoted(bytes(&value), out),
        _ => vm.append_text(value, out)?,
    }
    Ok(())
}

fn quoted(text: &[u8], out: &mut Vec<u8>) {
    out.push(b'"');
    for &byte in text {
        match byte {
            b'"' | b'\\' | b'$' | b'@' => out.extend_from_slice(&[b'\\', byte]),
            b'\n' => out.extend_from_slice(b"\\n"),
            b'\t' => out.extend_from_slice(b"\\t"),
            _ => out.push(byte),
        }
    }
    out.push(b'"');
}
