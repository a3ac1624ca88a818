//! Builtins on documents: YAML, TOML, XML, tables for people, compressed bytes.

use alloc::vec::Vec;

use s_abi::layout::{Val, tag};

use super::{Function, arg, flat, listed};
use crate::array;
use crate::class::object_of;
use crate::exception::Thrown;
use crate::hash;
use crate::string::string;
use crate::text::tree::{DEPTH_MAX, Node};
use crate::text::{toml, utf8, xml, yaml};
use crate::value::{UNDEF, ValExt, aref, bytes, href, int, num};
use crate::vm::Vm;

/// Most bytes that [`gunzip`] gives.
const INFLATED_MAX: usize = 1 << 30;

/// The builtins of this file.
pub(super) static FUNCTIONS: &[(&str, Function)] = &[
    ("to_yaml", write_yaml),
    ("yaml_encode", write_yaml),
    ("from_yaml", read_yaml),
    ("yaml_decode", read_yaml),
    ("to_toml", write_toml),
    ("toml_encode", write_toml),
    ("from_toml", read_toml),
    ("toml_decode", read_toml),
    ("to_xml", |vm, a, _| {
        let node = node_of(vm, arg(a, 0), 0)?;
        Ok(string(&xml::write(&node)))
    }),
    ("from_xml", |vm, a, _| {
        let text = vm.text(arg(a, 0))?;
        match xml::read(&text) {
            Ok(node) => Ok(value_of(vm, node)),
            Err(message) => Err(vm.die_fmt(format_args!("from_xml: {message}"))),
        }
    }),
    ("to_html", |vm, a, _| {
        let (head, rows) = cells(vm, a)?;
        let mut out = b"<table>\n".to_vec();
        let mut row = |fields: &[Vec<u8>], kind: &[u8]| {
            out.extend_from_slice(b"<tr>");
            for field in fields {
                for part in [&b"<"[..], kind, b">"] {
                    out.extend_from_slice(part);
                }
                xml::escape(field, &mut out);
                for part in [&b"</"[..], kind, b">"] {
                    out.extend_from_slice(part);
                }
            }
            out.extend_from_slice(b"</tr>\n");
        };
        if !head.is_empty() {
            row(&head, b"th");
        }
        for fields in &rows {
            row(fields, b"td");
        }
        out.extend_from_slice(b"</table>\n");
        Ok(string(&out))
    }),
    ("to_table", |vm, a, _| {
        let (head, rows) = cells(vm, a)?;
        Ok(string(&ruled(&head, &rows)))
    }),
    ("gzip", |vm, a, _| {
        let text = vm.text(arg(a, 0))?;
        Ok(string(&gzip(&text)))
    }),
    ("gunzip", |vm, a, _| {
        let text = vm.text(arg(a, 0))?;
        match gunzip(&text) {
            Some(content) => Ok(string(&content)),
            None => Err(vm.die(b"gunzip: this is not what gzip makes")),
        }
    }),
    ("scan", |vm, a, w| {
        // With a block, which is not looked at, one more element of value 0 counts.
        let block = arg(a, 0).w0 == tag::CODE;
        let values = super::numbers::floats(vm, if block { &a[1..] } else { a })?;
        let mut sum = 0.0;
        let mut out = Vec::with_capacity(values.len() + 1);
        for value in values.into_iter().chain(block.then_some(0.0)) {
            sum += value;
            out.push(num(sum));
        }
        listed(vm, out, w)
    }),
];

fn write_yaml(vm: &mut Vm, a: &[Val], _: u64) -> Result<Val, Thrown> {
    let node = node_of(vm, arg(a, 0), 0)?;
    Ok(string(&yaml::write(&node)))
}

fn read_yaml(vm: &mut Vm, a: &[Val], _: u64) -> Result<Val, Thrown> {
    let text = vm.text(arg(a, 0))?;
    match yaml::read(&text) {
        Ok(node) => Ok(value_of(vm, node)),
        Err((line, message)) => Err(vm.die_fmt(format_args!("from_yaml: line {line}: {message}"))),
    }
}

fn write_toml(vm: &mut Vm, a: &[Val], _: u64) -> Result<Val, Thrown> {
    let node = node_of(vm, arg(a, 0), 0)?;
    Ok(string(&toml::write(&node)))
}

fn read_toml(vm: &mut Vm, a: &[Val], _: u64) -> Result<Val, Thrown> {
    let text = vm.text(arg(a, 0))?;
    match toml::read(&text) {
        Ok(node) => Ok(value_of(vm, node)),
        Err((line, message)) => Err(vm.die_fmt(format_args!("from_toml: line {line}: {message}"))),
    }
}

/// A value as data; what is nested too deeply, or in itself, is nothing.
fn node_of(vm: &mut Vm, value: Val, depth: usize) -> Result<Node, Thrown> {
    if depth > DEPTH_MAX {
        return Ok(Node::Null);
    }
    Ok(match value.w0 & 0xff {
        tag::INT => Node::Int(value.as_int()),
        tag::NUM => Node::Float(value.as_num()),
        tag::BOOL => Node::Bool(value.w1 != 0),
        tag::UNDEF => Node::Null,
        tag::AREF => {
            let list: crate::value::Array = value.pointer();
            let mut items = Vec::with_capacity(list.len);
            for at in 0..list.len {
                let element = array::get(&list, at as i64);
                let item = node_of(vm, element, depth + 1);
                vm.release(element);
                items.push(item?);
            }
            Node::List(items)
        }
        tag::HREF | tag::OBJ => {
            let table = object_of(value).map_or_else(|| value.pointer(), |object| object.fields);
            let mut pairs = Vec::with_capacity(table.len);
            for (key, element) in hash::pairs(table) {
                let item = node_of(vm, element, depth + 1);
                let name = bytes(&key).to_vec();
                vm.release(key);
                vm.release(element);
                pairs.push((name, item?));
            }
            Node::Map(pairs)
        }
        _ => Node::Text(vm.text(value)?.to_vec()),
    })
}

fn value_of(vm: &mut Vm, node: Node) -> Val {
    match node {
        Node::Null => UNDEF,
        Node::Bool(holds) => int(i64::from(holds)),
        Node::Int(value) => int(value),
        Node::Float(value) => num(value),
        Node::Text(text) => string(&text),
        Node::List(items) => {
            let values: Vec<Val> = items.into_iter().map(|item| value_of(vm, item)).collect();
            aref(array::from_values(&values))
        }
        Node::Map(pairs) => {
            let table = hash::new();
            for (name, item) in pairs {
                let value = value_of(vm, item);
                hash::set_text(vm, table, &name, value);
            }
            href(table)
        }
    }
}

type Row = Vec<Vec<u8>>;

/// The cells of rows: of hashes with a head of their keys, of arrays as they are. One reference to an
/// array of rows is those rows.
fn cells(vm: &mut Vm, a: &[Val]) -> Result<(Row, Vec<Row>), Thrown> {
    let owned: Vec<Val> = flat_rows(vm, a);
    let mut head: Row = Vec::new();
    for row in owned.iter().filter_map(|row| row.as_table()) {
        for (key, value) in hash::pairs(row) {
            if !head.iter().any(|name| name == bytes(&key)) {
                head.push(bytes(&key).to_vec());
            }
            vm.release(key);
            vm.release(value);
        }
    }
    let mut rows = Vec::new();
    let mut failed = None;
    for &row in &owned {
        let values: Vec<Val> = match row.as_table() {
            Some(table) => head.iter().map(|name| hash::get_text(table, name)).collect(),
            None => flat(vm, &[row]),
        };
        let mut fields = Vec::new();
        for &value in &values {
            match vm.text(value) {
                Ok(text) => fields.push(text.to_vec()),
                Err(thrown) => failed = Some(thrown),
            }
        }
        vm.release_all(&values);
        rows.push(fields);
    }
    vm.release_all(&owned);
    match failed {
        Some(thrown) => Err(thrown),
        None => Ok((head, rows)),
    }
}

/// The rows, owned.
fn flat_rows(vm: &mut Vm, a: &[Val]) -> Vec<Val> {
    if let [only] = a
        && only.as_array().is_some()
    {
        let inner = flat(vm, a);
        if !inner.is_empty() && inner.iter().all(|row| row.as_array().is_some() || row.as_table().is_some()) {
            return inner;
        }
        vm.release_all(&inner);
    }
    a.iter().map(|value| value.retained()).collect()
}

/// A table with lines around its cells.
fn ruled(head: &Row, rows: &[Row]) -> Vec<u8> {
    let columns = rows.iter().map(Vec::len).chain([head.len()]).max().unwrap_or(0);
    let width = |at: usize| {
        let lengths = rows.iter().chain([head]).filter_map(|row| row.get(at));
        lengths.map(|field| utf8::count(field)).max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..columns).map(width).collect();
    let mut out = Vec::new();
    let rule = |out: &mut Vec<u8>| {
        for width in &widths {
            out.push(b'+');
            out.extend(core::iter::repeat_n(b'-', width + 2));
        }
        out.extend_from_slice(b"+\n");
    };
    let line = |row: &Row, out: &mut Vec<u8>| {
        for (at, width) in widths.iter().enumerate() {
            let field: &[u8] = row.get(at).map_or(b"", |field| field.as_slice());
            out.extend_from_slice(b"| ");
            out.extend_from_slice(field);
            out.extend(core::iter::repeat_n(b' ', width - utf8::count(field) + 1));
        }
        out.extend_from_slice(b"|\n");
    };
    rule(&mut out);
    if !head.is_empty() {
        line(head, &mut out);
        rule(&mut out);
    }
    for row in rows {
        line(row, &mut out);
    }
    rule(&mut out);
    out
}

/// A member of RFC 1952.
fn gzip(content: &[u8]) -> Vec<u8> {
    let mut out = alloc::vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255];
    out.extend(miniz_oxide::deflate::compress_to_vec(content, 6));
    out.extend_from_slice(&super::codec::crc32(content).to_le_bytes());
    out.extend_from_slice(&(content.len() as u32).to_le_bytes());
    out
}

fn gunzip(packed: &[u8]) -> Option<Vec<u8>> {
    let header = packed.get(..10)?;
    if header[..3] != [0x1f, 0x8b, 8] {
        return None;
    }
    let flags = header[3];
    let mut at = 10;
    if flags & 4 != 0 {
        let length = packed.get(at..at + 2)?;
        at += 2 + usize::from(u16::from_le_bytes([length[0], length[1]]));
    }
    for bit in [8, 16] {
        if flags & bit != 0 {
            at += packed.get(at..)?.iter().position(|&byte| byte == 0)? + 1;
        }
    }
    if flags & 2 != 0 {
        at += 2;
    }
    let end = packed.len().checked_sub(8)?;
    let body = packed.get(at..end)?;
    let content = miniz_oxide::inflate::decompress_to_vec_with_limit(body, INFLATED_MAX).ok()?;
    (super::codec::crc32(&content).to_le_bytes() == packed[end..end + 4]).then_some(content)
}
