//! The search for the first beginning from which the program matches.

use super::text::{Text, run_end};
use super::{Machine, Memory, Outcome, UNSET};
use crate::From;
use crate::error::MatchError;
use crate::program::{Begin, Program};
use memchr::{memchr, memchr2, memchr3};

/// Searches from `start`; the registers then hold the groups.
pub(crate) fn find<const UTF8: bool>(
    program: &Program,
    bytes: &[u8],
    start: usize,
    from: &From,
    memory: &mut Memory,
) -> Result<bool, MatchError> {
    if start > bytes.len() || bytes.len() - start < program.length_min {
        return Ok(false);
    }
    if let Some(required) = &program.required
        && required.find(&bytes[start..]).is_none()
    {
        return Ok(false);
    }
    memory.registers.clear();
    memory.registers.resize(program.registers, UNSET);
    memory.calls.clear();
    memory.saved.clear();
    memory.last_closed = 0;
    // Remembering pays once backtracking has cost more than the table of states.
    let patience = 5000 + 8 * (bytes.len() - start) as u64;
    let memo_at = if program.memo_marks.is_empty() { 0 } else { from.budget.saturating_sub(patience) };
    let mut machine = Machine::<UTF8> {
        program,
        text: Text { bytes },
        from,
        memory,
        left: from.budget,
        memo_at,
        memo: false,
        memo_base: start,
        memo_width: 0,
    };
    machine.search(start)
}

impl<const UTF8: bool> Machine<'_, UTF8> {
    fn search(&mut self, start: usize) -> Result<bool, MatchError> {
        let program = self.program;
        let bytes = self.text.bytes;
        let last = bytes.len() - program.length_min;
        let mut at = start;
        match &program.begin {
            Begin::Start if start > 0 => return Ok(false),
            Begin::LastEnd => {
                at = self.from.last_end.unwrap_or(0);
                if at < start || at > last {
                    return Ok(false);
                }
            }
            _ => {}
        }
        let only = matches!(program.begin, Begin::Start | Begin::LastEnd);
        while let Some(candidate) = self.candidate(at).filter(|c| *c <= last) {
            self.step()?;
            let next = match self.attempt(candidate)? {
                Outcome::Matched => return Ok(true),
                Outcome::Commit => return Ok(false),
                Outcome::SkipTo(place) if place > candidate => place,
                Outcome::Failed | Outcome::SkipTo(_) => {
                    if candidate >= bytes.len() {
                        return Ok(false);
                    }
                    candidate + self.text.len_at(candidate)
                }
            };
            if only {
                return Ok(false);
            }
            at = next;
            if let Some(unit) = program.lead
                && let Some((_, end)) = run_end(program, self.text, unit, 0, u32::MAX, candidate)
            {
                at = at.max(end);
            }
        }
        Ok(false)
    }

    /// The first place from `at` on where a match may begin.
    #[inline]
    fn candidate(&self, at: usize) -> Option<usize> {
        let bytes = self.text.bytes;
        let rest = bytes.get(at..)?;
        match &self.program.begin {
            Begin::Anywhere | Begin::Start | Begin::LastEnd => Some(at),
            Begin::LineStart => {
                if at == 0 || bytes[at - 1] == b'\n' {
                    return Some(at);
                }
                memchr(b'\n', rest).map(|i| at + i + 1)
            }
            Begin::Literal(finder) => finder.find(rest).map(|i| at + i),
            Begin::Byte(a) => memchr(*a, rest).map(|i| at + i),
            Begin::Bytes2(a, b) => memchr2(*a, *b, rest).map(|i| at + i),
            Begin::Bytes3(a, b, c) => memchr3(*a, *b, *c, rest).map(|i| at + i),
            Begin::Table(table) => {
                if !UTF8 {
                    return rest.iter().position(|b| table[usize::from(*b)]).map(|i| at + i);
                }
                let mut at = at;
                while let Some(byte) = bytes.get(at) {
                    if table[usize::from(*byte)] {
                        return Some(at);
                    }
                    at += if *byte < 0x80 { 1 } else { self.text.decode(at).1 };
                }
                None
            }
        }
    }
}
