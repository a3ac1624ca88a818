//! Builtins between values and texts of other formats: YAML, TOML, XML, CSV, gzip, tables.
//!
//! The formats themselves are in `text`; here values become trees and trees values. What contains
//! itself is undef where it comes again, as in JSON.

use alloc::collections::BTreeSet;
use alloc::vec::Vec;

use s_abi::layout::{Val, tag, want};

use super::{arg, listed};
use crate::array;
use crate::class::object_of;
use crate::convert::number_value;
use crate::exception::Thrown;
use crate::hash;
use crate::string::string;
use crate::text::number::Number;
use crate::text::table::{self, Table};
use crate::text::tree::{DEPTH_MAX, NODES_MAX, Node};
use crate::text::{csv, gzip, pdf, toml, xml, yaml};
use crate::value::{UNDEF, ValExt, aref, bytes, href, int};
use crate::vm::Vm;

// The builtins of this file.
functions![
    ("to_yaml", |vm, a, _| {
        let tree = tree_of(vm, arg(a, 0))?;
        let mut out = Vec::new();
        yaml::write(&tree, &mut out);
        Ok(string(&out))
    }),
    ("from_yaml", |vm, a, w| {
        let text = vm.text(arg(a, 0))?;
        match yaml::read(&text) {
            Ok(documents) if w == want::LIST => {
                let values = documents.into_iter().map(|tree| value_of(vm, tree)).collect();
                listed(vm, values, w)
            }
            Ok(documents) => Ok(documents.into_iter().next().map_or(UNDEF, |tree| value_of(vm, tree))),
            Err(error) => Err(vm.die_fmt(format_args!("{error}"))),
        }
    }),
    ("to_toml", |vm, a, _| {
        let tree = tree_of(vm, arg(a, 0))?;
        let mut out = Vec::new();
        match toml::write(&tree, &mut out) {
            Ok(()) => Ok(string(&out)),
            Err(error) => Err(vm.die_fmt(format_args!("{error}"))),
        }
    }),
    ("from_toml", |vm, a, _| {
        let text = vm.text(arg(a, 0))?;
        match toml::read(&text) {
            Ok(tree) => Ok(value_of(vm, tree)),
            Err(error) => Err(vm.die_fmt(format_args!("{error}"))),
        }
    }),
    ("to_xml", |vm, a, _| {
        let tree = tree_of(vm, arg(a, 0))?;
        let mut out = Vec::new();
        match xml::write(&tree, &mut out) {
            Ok(()) => Ok(string(&out)),
            Err(error) => Err(vm.die_fmt(format_args!("{error}"))),
        }
    }),
    ("from_xml", |vm, a, _| {
        let text = vm.text(arg(a, 0))?;
        match xml::read(&text) {
            Ok(tree) => Ok(value_of(vm, tree)),
            Err(error) => Err(vm.die_fmt(format_args!("{error}"))),
        }
    }),
    ("gzip", |vm, a, _| Ok(string(&gzip::gzip(&vm.text(arg(a, 0))?)))),
    ("gunzip", |vm, a, _| {
        let data = vm.text(arg(a, 0))?;
        match gzip::gunzip(&data) {
            Ok(content) => Ok(string(&content)),
            Err(error) => Err(vm.die_fmt(format_args!("gunzip: {error}"))),
        }
    }),
    ("to_csv", |vm, a, _| {
        let table = table_of(vm, a)?;
        let mut out = Vec::new();
        if !table.header.is_empty() {
            csv::write_record(&table.header, b',', &mut out);
        }
        for row in &table.rows {
            csv::write_record(row, b',', &mut out);
        }
        Ok(string(&out))
    }),
    ("csv_read", |vm, a, w| {
        let path = vm.text(arg(a, 0))?.to_vec();
        let text = super::file::contents(vm, &path)?;
        let mut records = csv::read(&text, b',').into_iter();
        let names = records.next().unwrap_or_default();
        let mut rows = Vec::new();
        for record in records {
            let table = hash::new();
            for (name, field) in names.iter().zip(record) {
                hash::set_text(vm, table, name, string(&field));
            }
            rows.push(href(table));
        }
        listed(vm, rows, w)
    }),
    ("to_table", |vm, a, _| Ok(string(&table_of(vm, a)?.aligned()))),
    ("to_html", |vm, a, _| Ok(string(&table_of(vm, a)?.html()))),
    ("to_pdf", |vm, a, _| {
        let text = match a {
            [only] if only.is_string() => {
                let text = vm.text(*only)?.to_vec();
                if text.trim_ascii_start().starts_with(b"<") { pdf::text_of_html(&text) } else { text }
            }
            rows => table_of(vm, rows)?.aligned(),
        };
        Ok(string(&pdf::document(&text)))
    }),
    ("cyber_banner", |vm, a, _| {
        let mut text = Vec::new();
        for &value in a {
            if !text.is_empty() {
                text.push(b' ');
            }
            vm.append_text(value, &mut text)?;
        }
        Ok(string(&table::banner(&text)))
    }),
];

/// A value as a tree.
fn tree_of(vm: &mut Vm, value: Val) -> Result<Node, Thrown> {
    let mut count = 0;
    grow(vm, value, &mut Vec::new(), &mut count)
}

fn grow(vm: &mut Vm, value: Val, inside: &mut Vec<u64>, count: &mut usize) -> Result<Node, Thrown> {
    *count += 1;
    if *count > NODES_MAX {
        return Err(vm.die(b"the data is too large to be written"));
    }
    Ok(match value.w0 & 0xff {
        tag::INT => Node::Number(Number::Int(value.as_int())),
        tag::UINT => Node::Number(Number::Uint(value.w1)),
        tag::NUM => Node::Number(Number::Float(value.as_num())),
        tag::UNDEF => Node::Null,
        tag::BOOL => Node::Bool(value.w1 != 0),
        tag::AREF | tag::HREF | tag::OBJ => {
            if inside.contains(&value.w1) {
                return Ok(Node::Null);
            }
            if inside.len() + 1 >= DEPTH_MAX {
                return Err(vm.die(b"the data is nested too deep to be written"));
            }
            inside.push(value.w1);
            let node = if value.tag() == tag::AREF {
                grow_list(vm, value.pointer(), inside, count)
            } else {
                let table = object_of(value).map_or_else(|| value.pointer(), |object| object.fields);
                grow_map(vm, table, inside, count)
            };
            inside.pop();
            node?
        }
        _ => Node::Text(vm.text(value)?.to_vec()),
    })
}

fn grow_list(
    vm: &mut Vm,
    list: crate::value::Array,
    inside: &mut Vec<u64>,
    count: &mut usize,
) -> Result<Node, Thrown> {
    let mut nodes = Vec::new();
    for at in 0..list.len {
        let element = array::get(&list, at as i64);
        let node = grow(vm, element, inside, count);
        vm.release(element);
        nodes.push(node?);
    }
    Ok(Node::List(nodes))
}

fn grow_map(
    vm: &mut Vm,
    table: crate::value::Table,
    inside: &mut Vec<u64>,
    count: &mut usize,
) -> Result<Node, Thrown> {
    let mut entries = Vec::new();
    let mut failed = None;
    for (key, element) in hash::pairs(table) {
        if failed.is_none() {
            let name = vm.text(key).map(|name| name.to_vec());
            match name.and_then(|name| Ok((name, grow(vm, element, inside, count)?))) {
                Ok(entry) => entries.push(entry),
                Err(thrown) => failed = Some(thrown),
            }
        }
        vm.release(key);
        vm.release(element);
    }
    failed.map_or(Ok(Node::Map(entries)), Err)
}

/// A tree as a value, owned.
fn value_of(vm: &mut Vm, node: Node) -> Val {
    match node {
        Node::Null => UNDEF,
        Node::Bool(holds) => int(i64::from(holds)),
        Node::Number(number) => number_value(number),
        Node::Text(text) => string(&text),
        Node::List(nodes) => {
            let mut list = array::new();
            for node in nodes {
                let value = value_of(vm, node);
                array::push(&mut list, value);
            }
            aref(list)
        }
        Node::Map(entries) => {
            let table = hash::new();
            for (name, node) in entries {
                let value = value_of(vm, node);
                hash::set_text(vm, table, &name, value);
            }
            href(table)
        }
    }
}

/// Rows as a table: array references are rows, hash references have named cells, whose names in the
/// order of their first use are the header; anything else is a row of one cell. One array reference that
/// holds nothing but references is the list of rows itself.
fn table_of(vm: &mut Vm, arguments: &[Val]) -> Result<Table, Thrown> {
    let rows: Vec<Val> = match arguments {
        [only] => match only.as_array() {
            Some(list) => {
                let rows: Vec<Val> = (0..list.len).map(|at| array::element(&list, at)).collect();
                let is_row = |row: &Val| matches!(row.tag(), tag::AREF | tag::HREF | tag::OBJ);
                if rows.is_empty() || rows.iter().all(is_row) {
                    rows
                } else {
                    vm.release_all(&rows);
                    alloc::vec![only.retained()]
                }
            }
            None => alloc::vec![only.retained()],
        },
        all => all.iter().map(|value| value.retained()).collect(),
    };
    let table = filled(vm, &rows);
    vm.release_all(&rows);
    table
}

fn filled(vm: &mut Vm, rows: &[Val]) -> Result<Table, Thrown> {
    let mut out = Table::default();
    let mut known = BTreeSet::new();
    let fields = |value: Val| object_of(value).map(|object| object.fields).or_else(|| value.as_table());
    for &row in rows {
        let Some(table) = fields(row) else { continue };
        for (key, value) in hash::pairs(table) {
            if known.insert(bytes(&key).to_vec()) {
                out.header.push(bytes(&key).to_vec());
            }
            vm.release(key);
            vm.release(value);
        }
    }
    for &row in rows {
        let mut cells = Vec::new();
        if let Some(table) = fields(row) {
            for name in &out.header {
                let value = hash::get_text(table, name);
                let cell = cell_text(vm, value);
                vm.release(value);
                cells.push(cell?);
            }
        } else if let Some(list) = row.as_array() {
            for at in 0..list.len {
                let value = array::get(&list, at as i64);
                let cell = cell_text(vm, value);
                vm.release(value);
                cells.push(cell?);
            }
        } else {
            cells.push(cell_text(vm, row)?);
        }
        out.rows.push(cells);
    }
    Ok(out)
}

fn cell_text(vm: &mut Vm, value: Val) -> Result<Vec<u8>, Thrown> {
    if value.is_undef() { Ok(Vec::new()) } else { Ok(vm.text(value)?.to_vec()) }
}
