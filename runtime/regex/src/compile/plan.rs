//! Where a search has to look at all.

use super::analyse;
use crate::program::Begin;
use crate::tree::{Greed, INF, Node, Place, Tree};
use crate::{Units, utf8};
use alloc::boxed::Box;
use alloc::vec::Vec;
use memchr::memmem::Finder;

/// Where a match can begin.
pub(super) fn begin(tree: &Tree, units: Units) -> Begin {
    if tree.has_verb {
        return Begin::Anywhere;
    }
    match anchor(&tree.root) {
        Some(Place::Start) => return Begin::Start,
        Some(Place::LineStart) => return Begin::LineStart,
        Some(Place::LastEnd) => return Begin::LastEnd,
        _ => {}
    }
    let unicode = units == Units::Utf8;
    let mut prefix = Vec::new();
    literal_prefix(&tree.root, unicode, &mut prefix);
    match prefix.as_slice() {
        [] => {}
        [byte] => return Begin::Byte(*byte),
        bytes => return Begin::Literal(Box::new(Finder::new(bytes).into_owned())),
    }
    let Some(table) = analyse::first_table(tree, &tree.root, unicode) else { return Begin::Anywhere };
    let members: Vec<u8> = (0..=255u8).filter(|b| table[usize::from(*b)]).collect();
    match members.as_slice() {
        [a] if *a < 0x80 || !unicode => Begin::Byte(*a),
        [a, b] if *b < 0x80 || !unicode => Begin::Bytes2(*a, *b),
        [a, b, c] if *c < 0x80 || !unicode => Begin::Bytes3(*a, *b, *c),
        _ => Begin::Table(table),
    }
}

/// A text that every match contains, if it is worth looking for.
pub(super) fn required(tree: &Tree, units: Units) -> Option<Finder<'static>> {
    if tree.has_verb || tree.has_call {
        return None;
    }
    let mut best = Vec::new();
    let mut current = Vec::new();
    require(&tree.root, units == Units::Utf8, &mut current, &mut best);
    keep_longer(&mut current, &mut best);
    (!best.is_empty()).then(|| Finder::new(&best).into_owned())
}

/// What a pattern repeats without limit at its very beginning, when nothing later can tell where
/// in the run it began.
pub(super) fn lead(tree: &Tree) -> Option<&Node> {
    if tree.has_back || tree.has_call || tree.has_group_cond || tree.has_verb {
        return None;
    }
    let mut node = &tree.root;
    loop {
        match node {
            Node::Cat(parts) => node = parts.first()?,
            Node::Group { body, .. } => node = body,
            Node::Repeat { body, max: INF, .. }
                if matches!(**body, Node::Char(_) | Node::Set(_) | Node::Any) =>
            {
                return Some(body);
            }
            _ => return None,
        }
    }
}

fn anchor(node: &Node) -> Option<Place> {
    match node {
        Node::Place(place @ (Place::Start | Place::LineStart | Place::LastEnd)) => Some(*place),
        Node::Cat(parts) => parts.iter().find(|p| !matches!(p, Node::Empty)).and_then(anchor),
        Node::Group { body, .. } | Node::Atomic(body) => anchor(body),
        Node::Alt(parts) => {
            let first = anchor(parts.first()?)?;
            parts[1..].iter().all(|p| anchor(p) == Some(first)).then_some(first)
        }
        _ => None,
    }
}

/// Appends what a node begins with; the answer says whether that is all of it.
fn literal_prefix(node: &Node, unicode: bool, out: &mut Vec<u8>) -> bool {
    match node {
        Node::Empty => true,
        Node::Char(c) if analyse::plain(*c, unicode) => push(*c, unicode, out),
        Node::Cat(parts) => parts.iter().all(|part| literal_prefix(part, unicode, out)),
        Node::Group { body, .. } | Node::Atomic(body) => literal_prefix(body, unicode, out),
        Node::Repeat { body, min, greed: Greed::Greedy | Greed::Lazy | Greed::Possessive, .. }
            if *min > 0 =>
        {
            literal_prefix(body, unicode, out);
            false
        }
        _ => false,
    }
}

fn push(c: u32, unicode: bool, out: &mut Vec<u8>) -> bool {
    if unicode {
        utf8::encode(c, out)
    } else {
        out.push(c as u8);
        true
    }
}

fn keep_longer(current: &mut Vec<u8>, best: &mut Vec<u8>) {
    if current.len() > best.len() {
        core::mem::swap(current, best);
    }
    current.clear();
}

fn require(node: &Node, unicode: bool, current: &mut Vec<u8>, best: &mut Vec<u8>) {
    match node {
        Node::Empty | Node::Keep => {}
        Node::Char(c) if analyse::plain(*c, unicode) => {
            push(*c, unicode, current);
        }
        Node::Cat(parts) => parts.iter().for_each(|part| require(part, unicode, current, best)),
        Node::Group { body, .. } | Node::Atomic(body) => require(body, unicode, current, best),
        Node::Repeat { body, min, .. } if *min > 0 => {
            keep_longer(current, best);
            require(body, unicode, current, best);
            keep_longer(current, best);
        }
        Node::Place(_) => {}
        _ => keep_longer(current, best),
    }
}
