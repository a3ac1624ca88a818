//! The tree of a parsed pattern.
//!
//! Sets stand beside the tree and are named by index. Repeats hold their counts as written;
//! `INF` is "no limit". The depth is limited by the parser, so walks may recurse.

use crate::charset::CharSet;
use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;

/// No upper limit of a repeat.
pub(crate) const INF: u32 = u32::MAX;

/// How eager a repeat is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Greed {
    Greedy,
    Lazy,
    Possessive,
}

/// Conditions on a place that consume nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// `\A`, `^`
    Start,
    /// `^` under `/m`
    LineStart,
    /// `\Z`, `$`
    EndOrNewline,
    /// `$` under `/m`
    LineEnd,
    /// `\z`
    End,
    /// `\G`
    LastEnd,
    /// `\b`, with the set that counts as word
    Boundary(usize),
    /// `\B`
    NoBoundary(usize),
}

/// Backtracking verbs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verb {
    Accept,
    Prune,
    Skip,
    Commit,
    Then,
}

/// The condition of `(?(..)yes|no)`.
#[derive(Clone, Debug)]
pub(crate) enum Cond {
    /// One of these groups is set.
    Groups(Vec<u32>),
    /// Inside a call of one of these groups, or of any.
    Called(Option<Vec<u32>>),
    Look(Look),
    /// `(?(DEFINE)..)`: never.
    Never,
}

/// Lookahead or lookbehind.
#[derive(Clone, Debug)]
pub(crate) struct Look {
    pub(crate) body: Box<Node>,
    pub(crate) behind: bool,
    pub(crate) negative: bool,
}

/// A piece of a pattern.
#[derive(Clone, Debug)]
pub(crate) enum Node {
    Empty,
    Fail,
    Char(u32),
    Set(usize),
    /// Every code point (`.` under `/s`)
    Any,
    /// `\X`
    Cluster,
    Place(Place),
    Keep,
    Cat(Vec<Node>),
    Alt(Vec<Node>),
    Repeat {
        body: Box<Node>,
        min: u32,
        max: u32,
        greed: Greed,
    },
    Group {
        number: u32,
        body: Box<Node>,
    },
    Atomic(Box<Node>),
    Look(Look),
    /// The first of these groups that is set
    Back {
        groups: Vec<u32>,
        fold: bool,
    },
    Cond {
        cond: Cond,
        yes: Box<Node>,
        no: Box<Node>,
    },
    Call(u32),
    Verb(Verb),
}

/// A whole pattern.
#[derive(Debug)]
pub(crate) struct Tree {
    pub(crate) root: Node,
    pub(crate) sets: Vec<CharSet>,
    /// Groups without group 0.
    pub(crate) group_count: u32,
    /// Names in the order of appearance.
    pub(crate) names: Vec<(String, Vec<usize>)>,
    pub(crate) has_back: bool,
    pub(crate) has_call: bool,
    pub(crate) has_group_cond: bool,
    pub(crate) has_verb: bool,
}
