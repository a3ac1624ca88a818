//! Questions about the tree: how wide, what first, what next.

use crate::charset::CharSet;
use crate::tree::{Cond, Greed, INF, Node, Place, Tree};
use crate::utf8;
use alloc::boxed::Box;
use alloc::collections::BTreeSet;
use alloc::vec::Vec;

/// What comes after a node: the rest of its sequence, perhaps the loop once more, and then what
/// comes after that.
pub(super) struct Follow<'a> {
    pub(super) rest: &'a [Node],
    pub(super) again: Option<&'a Node>,
    pub(super) then: Option<&'a Follow<'a>>,
    pub(super) tail: Tail,
}

/// How a chain of `Follow` ends.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Tail {
    /// There is more.
    More,
    /// The first way to get here is the one taken.
    Accept,
    Unknown,
}

/// Groups that are called.
pub(super) fn calls(node: &Node, found: &mut BTreeSet<u32>) {
    if let Node::Call(number) = node {
        found.insert(*number);
    }
    for_each_child(node, &mut |child| calls(child, found));
}

fn for_each_child<'a>(node: &'a Node, visit: &mut dyn FnMut(&'a Node)) {
    match node {
        Node::Cat(parts) | Node::Alt(parts) => parts.iter().for_each(visit),
        Node::Repeat { body, .. } | Node::Group { body, .. } | Node::Atomic(body) => visit(body),
        Node::Look(look) => visit(&look.body),
        Node::Cond { cond, yes, no } => {
            if let Cond::Look(look) = cond {
                visit(&look.body);
            }
            visit(yes);
            visit(no);
        }
        _ => {}
    }
}

/// Code points a node matches at least, and at most when that is known.
pub(super) fn width(node: &Node) -> (u32, Option<u32>) {
    match node {
        Node::Empty | Node::Fail | Node::Place(_) | Node::Keep | Node::Look(_) => (0, Some(0)),
        Node::Verb(_) => (0, Some(0)),
        Node::Char(_) | Node::Set(_) | Node::Any => (1, Some(1)),
        Node::Cluster => (1, None),
        Node::Back { .. } | Node::Call(_) => (0, None),
        Node::Cat(parts) => parts.iter().map(width).fold((0, Some(0)), |a, b| {
            (a.0.saturating_add(b.0), a.1.zip(b.1).map(|(a, b)| a.saturating_add(b)))
        }),
        Node::Alt(parts) => parts.iter().map(width).reduce(either).unwrap_or((0, Some(0))),
        Node::Repeat { body, min, max, .. } => {
            let (low, high) = width(body);
            let high =
                if *max == INF { high.filter(|h| *h == 0) } else { high.map(|h| h.saturating_mul(*max)) };
            (low.saturating_mul(*min), high)
        }
        Node::Group { body, .. } | Node::Atomic(body) => width(body),
        Node::Cond { cond: Cond::Never, .. } => (0, Some(0)),
        Node::Cond { yes, no, .. } => either(width(yes), width(no)),
    }
}

/// The group that a repeat of `body` leaves unset when it takes no turn: in Perl those whose body
/// is of one width and holds no other group.
pub(super) fn unset_when_skipped(body: &Node) -> Option<u32> {
    let Node::Group { number, body } = body else { return None };
    fn holds_group(node: &Node) -> bool {
        let mut found = matches!(node, Node::Group { .. });
        for_each_child(node, &mut |child| found |= holds_group(child));
        found
    }
    match width(body) {
        (min, Some(max)) if min == max && min > 0 && !holds_group(body) => Some(*number),
        _ => None,
    }
}

fn either(a: (u32, Option<u32>), b: (u32, Option<u32>)) -> (u32, Option<u32>) {
    (a.0.min(b.0), a.1.zip(b.1).map(|(a, b)| a.max(b)))
}

/// Bytes that a match has at least.
pub(super) fn length_min(node: &Node) -> usize {
    width(node).0 as usize
}

/// Instructions that a repeat takes when it is written out.
pub(super) fn unrolled(body: &Node, min: u32, max: u32) -> usize {
    let copies = if max == INF { min.max(1) } else { max };
    (size(body) + 4).saturating_mul(copies as usize)
}

fn size(node: &Node) -> usize {
    match node {
        Node::Repeat { body, min, max, .. } => {
            if matches!(**body, Node::Char(_) | Node::Set(_) | Node::Any) {
                return 1;
            }
            let whole = unrolled(body, *min, *max);
            if whole > super::UNROLL_MAX { size(body) + 6 } else { whole + 2 }
        }
        _ => {
            let mut sum = 4usize;
            for_each_child(node, &mut |child| sum = sum.saturating_add(size(child)));
            sum
        }
    }
}

/// Whether a code point is compared as bytes: not if an invalid byte may stand for it.
pub(super) fn plain(c: u32, unicode: bool) -> bool {
    if unicode { c < 0x80 || (c > 0xff && char::from_u32(c).is_some()) } else { c <= 0xff }
}

/// The bytes that a match of `node` can begin with; `None` when it can be empty or nobody knows.
pub(super) fn first_table(tree: &Tree, node: &Node, unicode: bool) -> Option<Box<[bool; 256]>> {
    let mut table = Box::new([false; 256]);
    let more = first(tree, node, unicode, &mut table, &mut 400)?;
    if more || table.iter().all(|b| *b) { None } else { Some(table) }
}

/// The bytes that what follows can begin with; `None` when it can be empty or nobody knows.
pub(super) fn follow_table(tree: &Tree, follow: &Follow<'_>, unicode: bool) -> Option<Box<[bool; 256]>> {
    let mut table = Box::new([false; 256]);
    let mut fuel = 200;
    let mut link = Some(follow);
    while let Some(follow) = link {
        let mut open = true;
        for node in follow.rest {
            if !first(tree, node, unicode, &mut table, &mut fuel)? {
                open = false;
                break;
            }
        }
        if !open {
            return if table.iter().all(|b| *b) { None } else { Some(table) };
        }
        if let Some(again) = follow.again {
            first(tree, again, unicode, &mut table, &mut fuel)?;
        }
        link = follow.then;
    }
    None
}

/// Adds the first bytes of a node; the answer says whether it can be empty.
fn first(tree: &Tree, node: &Node, unicode: bool, table: &mut [bool; 256], fuel: &mut u32) -> Option<bool> {
    *fuel = fuel.checked_sub(1)?;
    Some(match node {
        Node::Empty | Node::Place(_) | Node::Keep | Node::Look(_) => true,
        Node::Fail => false,
        Node::Char(c) => {
            if unicode && *c >= 0x80 {
                let mut bytes = Vec::new();
                if plain(*c, true) && utf8::encode(*c, &mut bytes) {
                    table[usize::from(bytes[0])] = true;
                } else {
                    table[0x80..].fill(true);
                }
            } else if let Some(entry) = table.get_mut(*c as usize) {
                *entry = true;
            }
            false
        }
        Node::Set(set) => {
            for &(lo, hi) in tree.sets[*set].ranges() {
                let limit = if unicode { 0x7f } else { 0xff };
                for c in lo..=hi.min(limit) {
                    table[c as usize] = true;
                }
                if unicode && hi >= 0x80 {
                    table[0x80..].fill(true);
                }
            }
            false
        }
        Node::Any | Node::Cluster | Node::Back { .. } | Node::Call(_) | Node::Verb(_) => return None,
        Node::Cat(parts) => {
            for part in parts {
                if !first(tree, part, unicode, table, fuel)? {
                    return Some(false);
                }
            }
            true
        }
        Node::Alt(parts) => {
            let mut empty = false;
            for part in parts {
                empty |= first(tree, part, unicode, table, fuel)?;
            }
            empty
        }
        Node::Repeat { body, min, max, .. } => {
            if *max == 0 {
                return Some(true);
            }
            first(tree, body, unicode, table, fuel)? || *min == 0
        }
        Node::Group { body, .. } | Node::Atomic(body) => first(tree, body, unicode, table, fuel)?,
        Node::Cond { cond: Cond::Never, .. } => true,
        Node::Cond { yes, no, .. } => {
            let yes = first(tree, yes, unicode, table, fuel)?;
            first(tree, no, unicode, table, fuel)? || yes
        }
    })
}

/// Whether a greedy run of `set` can only ever be followed at its full length.
pub(super) fn never_gives_back(tree: &Tree, set: &CharSet, min: u32, follow: &Follow<'_>) -> bool {
    let mut probe = Probe { tree, set, min, conditional: false, fuel: 200 };
    let mut link = Some(follow);
    while let Some(follow) = link {
        for node in follow.rest {
            match probe.node(node) {
                Some(true) => {}
                Some(false) => return true,
                None => return false,
            }
        }
        if follow.again.is_some_and(|again| probe.node(again).is_none()) {
            return false;
        }
        match follow.tail {
            Tail::More => {}
            Tail::Accept => return !probe.conditional,
            Tail::Unknown => return false,
        }
        link = follow.then;
    }
    false
}

struct Probe<'a> {
    tree: &'a Tree,
    set: &'a CharSet,
    min: u32,
    /// Whether something on the way depends on the place
    conditional: bool,
    fuel: u32,
}

impl Probe<'_> {
    /// `None` when the node can begin inside the run; else whether it can be empty.
    fn node(&mut self, node: &Node) -> Option<bool> {
        self.fuel = self.fuel.checked_sub(1)?;
        match node {
            Node::Empty | Node::Keep => Some(true),
            Node::Fail => Some(false),
            Node::Char(c) => (!self.set.contains(*c)).then_some(false),
            Node::Set(set) => (!self.set.intersects(&self.tree.sets[*set])).then_some(false),
            Node::Place(Place::EndOrNewline | Place::LineEnd) => (!self.set.contains(10)).then_some(false),
            Node::Place(Place::End) => Some(false),
            Node::Place(Place::Boundary(word))
                if self.min > 0 && !self.set.intersects(&self.tree.sets[*word].negate()) =>
            {
                Some(false)
            }
            Node::Place(_) | Node::Look(_) => {
                self.conditional = true;
                Some(true)
            }
            Node::Any | Node::Cluster | Node::Back { .. } | Node::Call(_) | Node::Verb(_) => None,
            Node::Cat(parts) => {
                for part in parts {
                    if !self.node(part)? {
                        return Some(false);
                    }
                }
                Some(true)
            }
            Node::Alt(parts) => {
                let mut empty = false;
                for part in parts {
                    empty |= self.node(part)?;
                }
                Some(empty)
            }
            Node::Repeat { max: 0, .. } => Some(true),
            Node::Repeat { body, min, greed, .. } => {
                // A repeat that prefers less may prefer a longer run before it.
                let empty = self.node(body)? || *min == 0;
                if *greed == Greed::Lazy {
                    self.conditional |= empty;
                }
                Some(empty)
            }
            Node::Group { body, .. } | Node::Atomic(body) => self.node(body),
            Node::Cond { .. } => None,
        }
    }
}
