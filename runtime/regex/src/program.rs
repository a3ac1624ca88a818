//! The compiled form of a pattern.
//!
//! Invariants: every target is an index into `insts`; every set, run, literal, list and look is an
//! index into its table; registers are below `registers`. Registers come in the order: start and
//! end of every group with group 0, then where each group was opened, then the rest.

use crate::charset::{self, CharSet};
use crate::tree::Greed;
use alloc::boxed::Box;
use alloc::vec::Vec;
use memchr::memmem::Finder;

/// No target.
pub(crate) const NOWHERE: u32 = u32::MAX;

/// A set in the form that matching wants.
#[derive(Debug)]
pub(crate) struct Class {
    /// Membership of the code points below 256
    pub(crate) low: [bool; 256],
    /// The other members
    wide: Box<[(u32, u32)]>,
    /// Whether every code point from 256 is a member
    all_wide: bool,
}

impl Class {
    pub(crate) fn new(set: &CharSet) -> Class {
        let mut low = [false; 256];
        let mut wide = Vec::new();
        for &(lo, hi) in set.ranges() {
            for c in lo..=hi.min(255) {
                low[c as usize] = true;
            }
            if hi > 255 {
                wide.push((lo.max(256), hi));
            }
        }
        let all_wide = matches!(wide.as_slice(), [(256, hi)] if *hi >= 0x10_ffff);
        Class { low, wide: wide.into(), all_wide }
    }

    #[inline]
    pub(crate) fn has(&self, c: u32) -> bool {
        match self.low.get(c as usize) {
            Some(low) => *low,
            None => self.all_wide || charset::contains(&self.wide, c),
        }
    }
}

/// What a run repeats.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Unit {
    Any,
    /// One ASCII byte, or any byte when code points are bytes
    Byte(u8),
    /// Everything but one ASCII byte
    NotByte(u8),
    Class(u32),
}

/// A repeat of single code points.
#[derive(Debug)]
pub(crate) struct Run {
    pub(crate) unit: Unit,
    pub(crate) min: u32,
    pub(crate) max: u32,
    pub(crate) greed: Greed,
    /// Bytes that what follows can begin with, when it cannot be empty
    pub(crate) next: Option<u32>,
    /// The one byte that what follows begins with
    pub(crate) next_byte: Option<u8>,
}

/// A counted repeat of something longer.
#[derive(Debug)]
pub(crate) struct Counter {
    pub(crate) register: u32,
    /// Where the last iteration began
    pub(crate) mark: u32,
    pub(crate) min: u32,
    pub(crate) max: u32,
    pub(crate) lazy: bool,
    pub(crate) exit: u32,
}

/// A lookaround.
#[derive(Debug)]
pub(crate) struct LookData {
    /// Register of the stack height at the beginning
    pub(crate) height: u32,
    /// Register of the place at the beginning
    pub(crate) origin: u32,
    /// Code points to go back, at least and at most
    pub(crate) behind: Option<(u32, u32)>,
    pub(crate) negative: bool,
    /// Where it goes on when the assertion holds
    pub(crate) ok: u32,
    /// Where it goes on when it does not
    pub(crate) fail: u32,
}

/// One instruction. Without a target the next one follows.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Inst {
    Match,
    Fail,
    Byte(u8),
    Bytes(u32),
    /// ASCII letters of either case
    Folded(u32),
    Class(u32),
    Any,
    Cluster,
    Run(u32),
    Jump(u32),
    /// Next, or else the target
    Split(u32),
    /// The target, or else next
    SplitTo(u32),
    /// Next if the byte here is in the table, or else the target
    Peek {
        table: u32,
        other: u32,
    },
    Mark(u32),
    /// To the target when the place is that of the mark
    IfStill {
        mark: u32,
        exit: u32,
    },
    CountZero(u32),
    CountTest(u32),
    CountNext(u32),
    Open(u32),
    /// `Open` in a loop, where the old value may be wanted again
    OpenAgain(u32),
    Close(u32),
    /// The group becomes unset: as in Perl, a repeated group that matched no time has no value
    Unset(u32),
    /// The end of a group that is called
    EndGroup(u32),
    Start,
    LineStart,
    EndOrNewline,
    LineEnd,
    End,
    LastEnd,
    Boundary(u32),
    NoBoundary(u32),
    Keep,
    Back {
        list: u32,
        fold: bool,
    },
    AtomicBegin(u32),
    AtomicEnd(u32),
    LookBegin(u32),
    LookEnd(u32),
    IfGroup {
        list: u32,
        no: u32,
    },
    IfCalled {
        list: u32,
        no: u32,
    },
    Call {
        group: u32,
        target: u32,
    },
    /// Ends the call in force, or else goes to the target
    Accept(u32),
    Prune,
    Skip,
    Commit,
    ThenMark(u32),
    Then {
        register: u32,
        last: bool,
    },
}

/// Where a match can begin.
#[derive(Debug)]
pub(crate) enum Begin {
    Anywhere,
    /// At the start of the subject only
    Start,
    /// After a newline or at the start
    LineStart,
    /// Where the last match ended
    LastEnd,
    Literal(Box<Finder<'static>>),
    Byte(u8),
    Bytes2(u8, u8),
    Bytes3(u8, u8, u8),
    Table(Box<[bool; 256]>),
}

/// A compiled pattern.
#[derive(Debug)]
pub(crate) struct Program {
    pub(crate) insts: Vec<Inst>,
    pub(crate) classes: Vec<Class>,
    pub(crate) runs: Vec<Run>,
    pub(crate) literals: Vec<Box<[u8]>>,
    pub(crate) tables: Vec<[bool; 256]>,
    pub(crate) lists: Vec<Box<[u32]>>,
    pub(crate) looks: Vec<LookData>,
    pub(crate) counters: Vec<Counter>,
    pub(crate) extending: Option<Class>,
    pub(crate) group_count: usize,
    pub(crate) registers: usize,
    pub(crate) begin: Begin,
    /// Bytes a match has at least
    pub(crate) length_min: usize,
    /// A text every match contains
    pub(crate) required: Option<Finder<'static>>,
    /// A run at the very beginning: an attempt inside the run of a failed one fails too
    pub(crate) lead: Option<Unit>,
    /// For each instruction its row in the table of visited states, or `NOWHERE`
    pub(crate) memo: Vec<u32>,
    /// For each row the marks that must have moved on
    pub(crate) memo_marks: Vec<Box<[u32]>>,
}
