//! The machine that runs a program: a backtracker with its own stack.
//!
//! A frame is either something to try next or something to undo; popping frames until one can be
//! tried puts every register back. Nothing recurses on the subject. Every pop and every turn of a
//! loop is a step. After a number of steps, if the program allows, failed states are remembered
//! (see `Program::memo`), which makes the rest of the search linear in program times subject.
//!
//! Invariant: positions are boundaries of code points of the subject, at most its length.

mod search;
pub(crate) use search::{Find, find, patience};
mod text;

use crate::error::MatchError;
use crate::program::{Inst, NOWHERE, Program};
use crate::tree::{Greed, INF};
use crate::{From, charset};
use alloc::vec::Vec;
use text::{Text, give_back, run_end};

/// No place: a register that is not set.
pub(crate) const UNSET: usize = usize::MAX;
/// Frames of the stack.
const FRAMES_MAX: usize = 1 << 23;
/// Calls within calls, and values saved for them.
const CALLS_MAX: usize = 50_000;
const SAVED_MAX: usize = 1 << 22;
/// Bits of the memory of failed states.
const MEMO_BITS_MAX: usize = 1 << 28;

#[derive(Clone, Copy, Debug)]
enum Frame {
    /// Try this.
    Branch {
        pc: u32,
        at: usize,
    },
    /// Try what follows a greedy run with less of it, down to `low`.
    Greedy {
        pc: u32,
        low: usize,
        at: usize,
    },
    /// Try what follows a lazy run with one more, up to `left` more.
    Lazy {
        pc: u32,
        left: u32,
        at: usize,
    },
    /// Try a lookbehind from one code point nearer, up to `left` times.
    Behind {
        pc: u32,
        left: u32,
        at: usize,
    },
    Restore {
        register: u32,
        old: usize,
    },
    Capture {
        last: u16,
        group: u32,
        start: usize,
        end: usize,
    },
    /// Undo a call.
    Called {
        call: u32,
    },
    /// Undo a return: put back what was saved from `saved`.
    Returned {
        call: u32,
        saved: usize,
    },
    Commit,
    Prune,
    SkipTo {
        at: usize,
    },
    Then {
        register: u32,
        last: bool,
    },
}

#[derive(Clone, Copy, Debug)]
struct Call {
    group: u32,
    back_to: u32,
    /// The call around, plus one
    parent: u32,
    saved: usize,
}

/// What is known of a greedy run while failed states are remembered: it goes from `start` to `end`,
/// and what follows it has failed everywhere from `low` to `end`.
#[derive(Clone, Copy, Debug)]
struct Explored {
    start: usize,
    end: usize,
    low: usize,
}

/// Memory that matching uses again and again.
#[derive(Debug, Default)]
pub(crate) struct Memory {
    stack: Vec<Frame>,
    pub(crate) registers: Vec<usize>,
    calls: Vec<Call>,
    saved: Vec<usize>,
    visited: Vec<u64>,
    explored: Vec<Explored>,
    pub(crate) last_closed: u16,
}

/// How an attempt ended.
enum Outcome {
    Matched,
    Failed,
    /// Go on at this place.
    SkipTo(usize),
    /// No other beginning may be tried.
    Commit,
}

/// One search.
pub(crate) struct Machine<'a, const UTF8: bool> {
    program: &'a Program,
    text: Text<'a, UTF8>,
    from: &'a From,
    memory: &'a mut Memory,
    left: u64,
    /// At so many steps left the memory of failed states begins
    memo_at: u64,
    memo: bool,
    memo_base: usize,
    memo_width: usize,
}

macro_rules! set {
    ($self:ident, $register:expr, $value:expr) => {{
        let register = $register;
        let old = $self.memory.registers[register as usize];
        $self.memory.stack.push(Frame::Restore { register, old });
        $self.memory.registers[register as usize] = $value;
    }};
}

impl<'a, const UTF8: bool> Machine<'a, UTF8> {
    /// Runs the program from `start`.
    fn attempt(&mut self, start: usize) -> Result<Outcome, MatchError> {
        let program = self.program;
        let insts = program.insts.as_slice();
        let text = self.text;
        let bytes = text.bytes;
        let mut pc = 0usize;
        let mut at = start;
        let mut call = 0u32;
        let opened = 2 * (program.group_count + 1);
        self.memory.stack.clear();
        self.memory.registers[0] = start;
        'run: loop {
            // Every arm either goes on with `continue` or breaks out of this block to fail.
            'fail: {
                match insts[pc] {
                    Inst::Byte(byte) => {
                        if bytes.get(at) == Some(&byte) {
                            at += 1;
                            pc += 1;
                            continue 'run;
                        }
                    }
                    Inst::Bytes(literal) => {
                        let literal = &program.literals[literal as usize];
                        if bytes[at..].starts_with(literal) {
                            at += literal.len();
                            pc += 1;
                            continue 'run;
                        }
                    }
                    Inst::Folded(literal) => {
                        let literal = &program.literals[literal as usize];
                        let end = at + literal.len();
                        if bytes.get(at..end).is_some_and(|b| b.eq_ignore_ascii_case(literal)) {
                            at = end;
                            pc += 1;
                            continue 'run;
                        }
                    }
                    Inst::Class(class) => {
                        if at < bytes.len() {
                            let len = text.class_len(&program.classes[class as usize], at);
                            if len > 0 {
                                at += len;
                                pc += 1;
                                continue 'run;
                            }
                        }
                    }
                    Inst::Any => {
                        if at < bytes.len() {
                            at += text.len_at(at);
                            pc += 1;
                            continue 'run;
                        }
                    }
                    Inst::Cluster => {
                        if at < bytes.len() {
                            at = text.cluster_end(at, program.extending.as_ref());
                            pc += 1;
                            continue 'run;
                        }
                    }
                    Inst::Run(index) => {
                        let run = &program.runs[index as usize];
                        let max = if run.greed == Greed::Lazy { run.min } else { run.max };
                        let ends = if self.memo && run.greed == Greed::Greedy && run.max == INF {
                            self.remembered_end(index as usize, at)
                        } else {
                            run_end(program, text, run.unit, run.min, max, at)
                        };
                        let Some((low, end)) = ends else { break 'fail };
                        self.left = self.left.saturating_sub((end - at) as u64 >> 6);
                        match run.greed {
                            Greed::Possessive => {
                                at = end;
                                pc += 1;
                                continue 'run;
                            }
                            Greed::Greedy => {
                                if low == end && run.next.is_none() && !self.memo {
                                    at = end;
                                    pc += 1;
                                    continue 'run;
                                }
                                if let Some(next) = self.greedy(pc, low, end) {
                                    at = next;
                                    pc += 1;
                                    continue 'run;
                                }
                            }
                            Greed::Lazy => {
                                let left = run.max.saturating_sub(run.min);
                                if let Some(next) = self.lazy(pc, left, end) {
                                    at = next;
                                    pc += 1;
                                    continue 'run;
                                }
                            }
                        }
                    }
                    Inst::Jump(to) => {
                        pc = to as usize;
                        continue 'run;
                    }
                    Inst::Split(other) => {
                        if !self.enter(pc, at)? {
                            break 'fail;
                        }
                        self.memory.stack.push(Frame::Branch { pc: other, at });
                        pc += 1;
                        continue 'run;
                    }
                    Inst::SplitTo(to) => {
                        if !self.enter(pc, at)? {
                            break 'fail;
                        }
                        self.memory.stack.push(Frame::Branch { pc: pc as u32 + 1, at });
                        pc = to as usize;
                        continue 'run;
                    }
                    Inst::Peek { table, other } => {
                        match bytes.get(at) {
                            Some(byte) if program.tables[table as usize][usize::from(*byte)] => {
                                if !self.enter(pc, at)? {
                                    break 'fail;
                                }
                                self.memory.stack.push(Frame::Branch { pc: other, at });
                                pc += 1;
                            }
                            _ => pc = other as usize,
                        }
                        continue 'run;
                    }
                    Inst::Mark(mark) => {
                        set!(self, mark, at);
                        pc += 1;
                        continue 'run;
                    }
                    Inst::IfStill { mark, exit } => {
                        let still = self.memory.registers[mark as usize] == at;
                        pc = if still { exit as usize } else { pc + 1 };
                        continue 'run;
                    }
                    Inst::CountZero(index) => {
                        let counter = &program.counters[index as usize];
                        set!(self, counter.register, 0);
                        set!(self, counter.mark, UNSET);
                        pc += 1;
                        continue 'run;
                    }
                    Inst::CountTest(index) => {
                        if !self.enter(pc, at)? {
                            break 'fail;
                        }
                        let counter = &program.counters[index as usize];
                        let count = self.memory.registers[counter.register as usize];
                        let still = self.memory.registers[counter.mark as usize] == at;
                        if count < counter.min as usize {
                            pc += 1;
                        } else if still || count >= counter.max as usize {
                            pc = counter.exit as usize;
                        } else if counter.lazy {
                            self.memory.stack.push(Frame::Branch { pc: pc as u32 + 1, at });
                            pc = counter.exit as usize;
                        } else {
                            self.memory.stack.push(Frame::Branch { pc: counter.exit, at });
                            pc += 1;
                        }
                        continue 'run;
                    }
                    Inst::CountNext(index) => {
                        let counter = &program.counters[index as usize];
                        let count = self.memory.registers[counter.register as usize];
                        set!(self, counter.register, count.saturating_add(1));
                        set!(self, counter.mark, at);
                        pc += 1;
                        continue 'run;
                    }
                    Inst::Open(group) => {
                        self.memory.registers[opened + group as usize] = at;
                        pc += 1;
                        continue 'run;
                    }
                    Inst::OpenAgain(group) => {
                        set!(self, (opened + group as usize) as u32, at);
                        pc += 1;
                        continue 'run;
                    }
                    Inst::Close(group) => {
                        let slot = 2 * group as usize;
                        let registers = &mut self.memory.registers;
                        let (start, end) = (registers[slot], registers[slot + 1]);
                        registers[slot] = registers[opened + group as usize];
                        registers[slot + 1] = at;
                        let last = self.memory.last_closed;
                        self.memory.stack.push(Frame::Capture { last, group, start, end });
                        self.memory.last_closed = group as u16;
                        pc += 1;
                        continue 'run;
                    }
                    Inst::Unset(group) => {
                        set!(self, 2 * group + 1, UNSET);
                        pc += 1;
                        continue 'run;
                    }
                    Inst::EndGroup(group) => {
                        match self.called(call).filter(|c| c.group == group) {
                            Some(inner) => {
                                pc = self.give_back_registers(&mut call, inner)?;
                            }
                            None => pc += 1,
                        }
                        continue 'run;
                    }
                    Inst::Start => {
                        if at == 0 {
                            pc += 1;
                            continue 'run;
                        }
                    }
                    Inst::LineStart => {
                        if at == 0 || (bytes[at - 1] == b'\n' && at < bytes.len()) {
                            pc += 1;
                            continue 'run;
                        }
                    }
                    Inst::EndOrNewline => {
                        if at == bytes.len() || (at + 1 == bytes.len() && bytes[at] == b'\n') {
                            pc += 1;
                            continue 'run;
                        }
                    }
                    Inst::LineEnd => {
                        if at == bytes.len() || bytes[at] == b'\n' {
                            pc += 1;
                            continue 'run;
                        }
                    }
                    Inst::End => {
                        if at == bytes.len() {
                            pc += 1;
                            continue 'run;
                        }
                    }
                    Inst::LastEnd => {
                        if at == self.from.last_end.unwrap_or(0) {
                            pc += 1;
                            continue 'run;
                        }
                    }
                    Inst::Boundary(class) => {
                        if text.at_boundary(&program.classes[class as usize], at) {
                            pc += 1;
                            continue 'run;
                        }
                    }
                    Inst::NoBoundary(class) => {
                        if !text.at_boundary(&program.classes[class as usize], at) {
                            pc += 1;
                            continue 'run;
                        }
                    }
                    Inst::Keep => {
                        set!(self, 0, at);
                        pc += 1;
                        continue 'run;
                    }
                    Inst::Back { list, fold } => {
                        if let Some(end) = self.back(list, fold, at) {
                            at = end;
                            pc += 1;
                            continue 'run;
                        }
                    }
                    Inst::AtomicBegin(register) => {
                        set!(self, register, UNSET);
                        self.memory.registers[register as usize] = self.memory.stack.len();
                        pc += 1;
                        continue 'run;
                    }
                    Inst::AtomicEnd(register) => {
                        let height = self.memory.registers[register as usize];
                        self.cut(height);
                        pc += 1;
                        continue 'run;
                    }
                    Inst::LookBegin(index) => {
                        let look = &program.looks[index as usize];
                        self.step()?;
                        set!(self, look.origin, at);
                        set!(self, look.height, UNSET);
                        self.memory.registers[look.height as usize] = self.memory.stack.len();
                        let other = if look.negative { look.ok } else { look.fail };
                        if other != NOWHERE {
                            self.memory.stack.push(Frame::Branch { pc: other, at });
                        }
                        if let Some((min, max)) = look.behind {
                            // The longest way back comes first.
                            let Some(mut begin) = text.back_by(at, min) else { break 'fail };
                            let mut left = 0;
                            while left < max - min && begin > 0 {
                                begin = text.before(begin).1;
                                left += 1;
                            }
                            self.left = self.left.saturating_sub(u64::from(left));
                            at = begin;
                            if left > 0 {
                                let frame = Frame::Behind { pc: pc as u32 + 1, left, at };
                                self.memory.stack.push(frame);
                            }
                        }
                        pc += 1;
                        continue 'run;
                    }
                    Inst::LookEnd(index) => {
                        let look = &program.looks[index as usize];
                        let origin = self.memory.registers[look.origin as usize];
                        let height = self.memory.registers[look.height as usize];
                        if look.behind.is_none() || at == origin {
                            at = origin;
                            if !look.negative {
                                self.cut(height);
                                pc = look.ok as usize;
                                continue 'run;
                            }
                            self.unwind(height, &mut call);
                            if look.fail != NOWHERE {
                                pc = look.fail as usize;
                                continue 'run;
                            }
                        }
                    }
                    Inst::IfGroup { list, no } => {
                        let registers = &self.memory.registers;
                        let mut groups = program.lists[list as usize].iter();
                        let set = groups.any(|g| registers[2 * *g as usize + 1] != UNSET);
                        pc = if set { pc + 1 } else { no as usize };
                        continue 'run;
                    }
                    Inst::IfCalled { list, no } => {
                        let inner = self.called(call);
                        let yes = match program.lists.get(list as usize) {
                            None => inner.is_some(),
                            Some(groups) => inner.is_some_and(|c| groups.contains(&c.group)),
                        };
                        pc = if yes { pc + 1 } else { no as usize };
                        continue 'run;
                    }
                    Inst::Call { group, target } => {
                        self.step()?;
                        self.left = self.left.saturating_sub(program.registers as u64 >> 2);
                        let memory = &mut *self.memory;
                        if memory.calls.len() >= CALLS_MAX || memory.saved.len() >= SAVED_MAX {
                            return Err(MatchError::Depth);
                        }
                        let saved = memory.saved.len();
                        memory.saved.extend_from_slice(&memory.registers);
                        memory.stack.push(Frame::Called { call });
                        memory.calls.push(Call { group, back_to: pc as u32 + 1, parent: call, saved });
                        call = memory.calls.len() as u32;
                        pc = target as usize;
                        continue 'run;
                    }
                    Inst::Accept(to) => {
                        match self.called(call) {
                            Some(inner) => pc = self.give_back_registers(&mut call, inner)?,
                            None => pc = to as usize,
                        }
                        continue 'run;
                    }
                    Inst::Prune => {
                        self.memory.stack.push(Frame::Prune);
                        pc += 1;
                        continue 'run;
                    }
                    Inst::Skip => {
                        self.memory.stack.push(Frame::SkipTo { at });
                        pc += 1;
                        continue 'run;
                    }
                    Inst::Commit => {
                        self.memory.stack.push(Frame::Commit);
                        pc += 1;
                        continue 'run;
                    }
                    Inst::ThenMark(register) => {
                        set!(self, register, UNSET);
                        self.memory.registers[register as usize] = self.memory.stack.len();
                        pc += 1;
                        continue 'run;
                    }
                    Inst::Then { register, last } => {
                        self.memory.stack.push(Frame::Then { register, last });
                        pc += 1;
                        continue 'run;
                    }
                    Inst::Match => {
                        if let Some(inner) = self.called(call).filter(|c| c.group == 0) {
                            pc = self.give_back_registers(&mut call, inner)?;
                            continue 'run;
                        }
                        if at != start || self.from.not_empty_at != Some(at) {
                            self.memory.registers[1] = at;
                            return Ok(Outcome::Matched);
                        }
                    }
                    Inst::Fail => {}
                }
            }
            // Failed here: take the newest thing to try.
            self.step()?;
            loop {
                let Some(frame) = self.memory.stack.pop() else { return Ok(Outcome::Failed) };
                match frame {
                    Frame::Branch { pc: next, at: place } => {
                        pc = next as usize;
                        at = place;
                        continue 'run;
                    }
                    Frame::Greedy { pc: run, low, at: place } => {
                        if let Some(next) = self.greedy(run as usize, low, place) {
                            at = next;
                            pc = run as usize + 1;
                            continue 'run;
                        }
                    }
                    Frame::Lazy { pc: run, left, at: place } => {
                        let unit = match insts[run as usize] {
                            Inst::Run(index) => program.runs[index as usize].unit,
                            _ => continue,
                        };
                        if let Some((_, place)) = run_end(program, text, unit, 1, 1, place)
                            && let Some(next) = self.lazy(run as usize, left - 1, place)
                        {
                            at = next;
                            pc = run as usize + 1;
                            continue 'run;
                        }
                    }
                    Frame::Behind { pc: body, left, at: place } => {
                        at = place + text.len_at(place);
                        if left > 1 {
                            self.memory.stack.push(Frame::Behind { pc: body, left: left - 1, at });
                        }
                        pc = body as usize;
                        continue 'run;
                    }
                    Frame::Commit => return self.give_up(Outcome::Commit),
                    Frame::Prune => return self.give_up(Outcome::Failed),
                    Frame::SkipTo { at: place } => return self.give_up(Outcome::SkipTo(place)),
                    Frame::Then { register, last } => {
                        let height = self.memory.registers[register as usize] + usize::from(!last);
                        self.unwind(height, &mut call);
                    }
                    undo => self.undo(undo, &mut call),
                }
            }
        }
    }

    /// Counts a step.
    #[inline]
    fn step(&mut self) -> Result<(), MatchError> {
        if self.left <= self.memo_at {
            return self.step_slowly();
        }
        self.left -= 1;
        Ok(())
    }

    #[cold]
    fn step_slowly(&mut self) -> Result<(), MatchError> {
        if self.left == 0 {
            return Err(MatchError::Budget);
        }
        self.left -= 1;
        if self.memo_at > 0 {
            self.memo_at = 0;
            self.remember();
        }
        Ok(())
    }

    /// Begins to remember failed states.
    fn remember(&mut self) {
        let rows = self.program.memo_marks.len();
        let width = self.text.bytes.len() + 1 - self.memo_base;
        let Some(bits) = rows.checked_mul(width).filter(|b| *b > 0 && *b <= MEMO_BITS_MAX) else { return };
        self.memory.visited.clear();
        self.memory.visited.resize(bits.div_ceil(64), 0);
        self.memory.explored.clear();
        let nothing = Explored { start: UNSET, end: 0, low: UNSET };
        self.memory.explored.resize(self.program.runs.len(), nothing);
        self.memo_width = width;
        self.memo = true;
    }

    /// Counts a turn; `false` when this state has failed before.
    #[inline]
    fn enter(&mut self, pc: usize, at: usize) -> Result<bool, MatchError> {
        self.step()?;
        if self.memory.stack.len() >= FRAMES_MAX {
            return Err(MatchError::Depth);
        }
        Ok(!self.memo || self.is_new(pc, at))
    }

    /// Marks a state; `false` when it was marked before.
    #[inline(never)]
    fn is_new(&mut self, pc: usize, at: usize) -> bool {
        let row = match self.program.memo.get(pc) {
            Some(row) if *row != NOWHERE => *row as usize,
            _ => return true,
        };
        let bit = row * self.memo_width + (at - self.memo_base);
        let mask = 1u64 << (bit & 63);
        let still = self.is_still(row, at);
        let word = &mut self.memory.visited[bit >> 6];
        let new = *word & mask == 0;
        // Where a loop has not moved on it can do less than where it has: what failed there fails
        // here too, but not the other way round.
        if !still {
            *word |= mask;
        }
        new
    }

    /// Whether a loop around has not moved on from this place.
    fn is_still(&self, row: usize, at: usize) -> bool {
        let registers = &self.memory.registers;
        self.program.memo_marks[row].iter().any(|m| registers[*m as usize] == at)
    }

    /// As `run_end`, without going twice over what is known.
    fn remembered_end(&mut self, index: usize, at: usize) -> Option<(usize, usize)> {
        let run = &self.program.runs[index];
        let (low, _) = run_end(self.program, self.text, run.unit, run.min, run.min, at)?;
        let known = self.memory.explored[index];
        if known.start != UNSET && (known.start..=known.end).contains(&at) {
            return Some((low, known.end));
        }
        let mut place = at;
        // The usual case: the run before this one gave back a little.
        for _ in 0..4 {
            if place == known.start {
                self.memory.explored[index].start = at;
                return Some((low, known.end));
            }
            match run_end(self.program, self.text, run.unit, 1, 1, place) {
                Some((_, next)) => place = next,
                None => break,
            }
        }
        let (_, end) = run_end(self.program, self.text, run.unit, 0, INF, at)?;
        self.left = self.left.saturating_sub((end - at) as u64 >> 6);
        let low_known = if known.start != UNSET && known.end == end { known.low } else { UNSET };
        self.memory.explored[index] = Explored { start: at, end, low: low_known };
        Some((low, end))
    }

    /// The longest place from `at` down to `low` after which a greedy run can go on; leaves a frame
    /// for the others.
    #[inline]
    fn greedy(&mut self, pc: usize, low: usize, at: usize) -> Option<usize> {
        let Inst::Run(index) = self.program.insts[pc] else { return None };
        if self.memo {
            return self.greedy_once(pc, index as usize, low, at);
        }
        let run = &self.program.runs[index as usize];
        let found = give_back(self.program, self.text, run, low, at);
        let passed = at.saturating_sub(found.unwrap_or(low));
        self.left = self.left.saturating_sub(passed as u64 >> 4);
        let at = found?;
        if at > low {
            let less = self.text.above(low, at);
            self.memory.stack.push(Frame::Greedy { pc: pc as u32, low, at: less });
        }
        Some(at)
    }

    /// `greedy` while failed states are remembered.
    #[inline(never)]
    fn greedy_once(&mut self, pc: usize, index: usize, low: usize, at: usize) -> Option<usize> {
        let run = &self.program.runs[index];
        let row = self.program.memo[pc];
        let known = self.memory.explored[index];
        let simple = run.max == INF
            && known.start != UNSET
            && row != NOWHERE
            && (known.start..=known.end).contains(&at);
        let mut at = at;
        if simple && known.low != UNSET && known.low <= at {
            if known.low <= low {
                return None;
            }
            at = self.text.above(low, known.low);
        }
        // What was tried before and what is tried now must meet.
        let meets = simple
            && if known.low == UNSET {
                at == known.end
            } else {
                at < known.low && self.text.before(known.low).1 == at
            };
        let found = loop {
            let Some(next) = give_back(self.program, self.text, run, low, at) else { break None };
            self.left = self.left.saturating_sub(1);
            if self.is_new(pc, next) {
                break Some(next);
            }
            if next <= low {
                break None;
            }
            at = self.text.above(low, next);
        };
        if meets && found.is_none_or(|place| !self.is_still(row as usize, place)) {
            self.memory.explored[index].low = found.unwrap_or(low);
        }
        let at = found?;
        if at > low {
            let less = self.text.above(low, at);
            self.memory.stack.push(Frame::Greedy { pc: pc as u32, low, at: less });
        }
        Some(at)
    }

    /// The nearest place from `at` on after which a lazy run can go on; leaves a frame for more.
    #[inline]
    fn lazy(&mut self, pc: usize, left: u32, at: usize) -> Option<usize> {
        let Inst::Run(index) = self.program.insts[pc] else { return None };
        let run = &self.program.runs[index as usize];
        let row = if self.memo { self.program.memo[pc] } else { NOWHERE };
        let explores = row != NOWHERE && run.max == INF;
        let (mut at, mut left) = (at, left);
        loop {
            self.left = self.left.saturating_sub(1 + 3 * u64::from(self.memo));
            let known = self.memory.explored.get(index as usize).filter(|_| explores).copied();
            match known {
                // Tried from here to there: go on behind.
                Some(known) if known.start != UNSET && (known.start..=known.end).contains(&at) => {
                    at = run_end(self.program, self.text, run.unit, 1, 1, known.end)?.1;
                    if !self.is_still(row as usize, at) {
                        self.memory.explored[index as usize].end = at;
                    }
                }
                Some(known) if !self.is_still(row as usize, at) => {
                    let some = known.start != UNSET;
                    let above = some && at > 0 && self.text.before(at).1 == known.end;
                    let below = some && at < known.start && at + self.text.len_at(at) == known.start;
                    self.memory.explored[index as usize] = Explored {
                        start: if above { known.start } else { at },
                        end: if below { known.end } else { at },
                        low: UNSET,
                    };
                }
                _ => {}
            }
            let fits = match run.next {
                None => true,
                Some(table) => match self.text.bytes.get(at) {
                    Some(byte) => self.program.tables[table as usize][usize::from(*byte)],
                    None => return None,
                },
            };
            if fits && (!self.memo || self.is_new(pc, at)) {
                break;
            }
            left = left.checked_sub(1)?;
            at = run_end(self.program, self.text, run.unit, 1, 1, at)?.1;
        }
        if left > 0 {
            self.memory.stack.push(Frame::Lazy { pc: pc as u32, left, at });
        }
        Some(at)
    }

    fn called(&self, call: u32) -> Option<Call> {
        self.memory.calls.get((call as usize).wrapping_sub(1)).copied()
    }

    /// Returns from a call: registers become what they were before it.
    fn give_back_registers(&mut self, call: &mut u32, inner: Call) -> Result<usize, MatchError> {
        let memory = &mut *self.memory;
        if memory.saved.len() >= SAVED_MAX || memory.stack.len() >= FRAMES_MAX {
            return Err(MatchError::Depth);
        }
        let saved = memory.saved.len();
        memory.saved.extend_from_slice(&memory.registers);
        memory.stack.push(Frame::Returned { call: *call, saved });
        let count = memory.registers.len();
        memory.registers.copy_from_slice(&memory.saved[inner.saved..inner.saved + count]);
        *call = inner.parent;
        Ok(inner.back_to as usize)
    }

    fn undo(&mut self, frame: Frame, call: &mut u32) {
        let memory = &mut *self.memory;
        match frame {
            Frame::Restore { register, old } => memory.registers[register as usize] = old,
            Frame::Capture { last, group, start, end } => {
                memory.registers[2 * group as usize] = start;
                memory.registers[2 * group as usize + 1] = end;
                memory.last_closed = last;
            }
            Frame::Called { call: outer } => {
                if let Some(inner) = memory.calls.pop() {
                    memory.saved.truncate(inner.saved);
                }
                *call = outer;
            }
            Frame::Returned { call: inner, saved } => {
                memory.registers.copy_from_slice(&memory.saved[saved..]);
                memory.saved.truncate(saved);
                *call = inner;
            }
            _ => {}
        }
    }

    /// Undoes everything above a height.
    fn unwind(&mut self, height: usize, call: &mut u32) {
        while self.memory.stack.len() > height {
            if let Some(frame) = self.memory.stack.pop() {
                self.undo(frame, call);
            }
        }
    }

    /// Forgets what could be tried above a height, and keeps what is to be undone.
    fn cut(&mut self, height: usize) {
        let stack = &mut self.memory.stack;
        let mut kept = height;
        for i in height..stack.len() {
            let frame = stack[i];
            if matches!(
                frame,
                Frame::Restore { .. } | Frame::Capture { .. } | Frame::Called { .. } | Frame::Returned { .. }
            ) {
                stack[kept] = frame;
                kept += 1;
            }
        }
        stack.truncate(kept);
    }

    fn give_up(&mut self, outcome: Outcome) -> Result<Outcome, MatchError> {
        let mut call = 0;
        self.unwind(0, &mut call);
        Ok(outcome)
    }

    /// The end of a repetition of the first of these groups that is set.
    fn back(&mut self, list: u32, fold: bool, at: usize) -> Option<usize> {
        let registers = &self.memory.registers;
        let groups = &self.program.lists[list as usize];
        let group = groups.iter().map(|g| 2 * *g as usize).find(|g| registers[g + 1] != UNSET)?;
        let (start, end) = (registers[group], registers[group + 1]);
        let bytes = self.text.bytes;
        // A group closed by `ACCEPT` or a lookbehind may lie anywhere, but never backwards.
        let wanted = bytes.get(start..end)?;
        self.left = self.left.saturating_sub(wanted.len() as u64 >> 4);
        if !fold {
            return bytes[at..].starts_with(wanted).then_some(at + wanted.len());
        }
        if !UTF8 {
            let here = bytes.get(at..at + wanted.len())?;
            return here.eq_ignore_ascii_case(wanted).then_some(at + wanted.len());
        }
        let (mut from, mut at) = (start, at);
        while from < end {
            if at >= bytes.len() {
                return None;
            }
            let (a, a_len) = self.text.decode(from);
            let (b, b_len) = self.text.decode(at);
            if a != b && charset::fold(a) != charset::fold(b) {
                return None;
            }
            from += a_len;
            at += b_len;
        }
        Some(at)
    }
}
