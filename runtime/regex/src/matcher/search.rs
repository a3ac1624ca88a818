//! The search for the first beginning from which the program matches.

use super::text::{Text, run_end};
use super::{Machine, Memory, Outcome, UNSET};
use crate::From;
use crate::error::MatchError;
use crate::program::{Begin, Program};
use memchr::{memchr, memchr2, memchr3};

/// Steps after which failed states are remembered: when backtracking has cost more than the table
/// of states will.
pub(crate) fn patience(bytes: &[u8], start: usize) -> u64 {
    5000 + 8 * bytes.len().saturating_sub(start) as u64
}

/// A search in subjects of one kind of units.
pub(crate) type Find = fn(&Program, &[u8], usize, &From, u64, &mut Memory) -> Result<bool, MatchError>;

/// Searches from `start`; the registers then hold the groups. After `patience` steps failed states
/// are remembered.
pub(crate) fn find<const UTF8: bool>(
    program: &Program,
    bytes: &[u8],
    start: usize,
    from: &From,
    patience: u64,
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

#[cfg(test)]
mod tests {
    use crate::{Flags, From, MatchError, Units, compile, matcher, parse};
    use alloc::string::String;
    use alloc::vec;
    use alloc::vec::Vec;
    use proptest::prelude::*;

    type Groups = Result<Option<Vec<usize>>, MatchError>;

    fn search(pattern: &str, subject: &str, patience: u64, budget: u64) -> Groups {
        let tree = parse::parse(pattern.as_bytes(), Flags::default(), Units::Utf8).expect("it is a pattern");
        let program = compile::compile(&tree, Units::Utf8).expect("it is small");
        let from = From { budget, ..From::default() };
        let mut memory = matcher::Memory::default();
        let found = matcher::find::<true>(&program, subject.as_bytes(), 0, &from, patience, &mut memory)?;
        Ok(found.then(|| memory.registers[..2 * (program.group_count + 1)].to_vec()))
    }

    fn pattern() -> impl Strategy<Value = String> {
        let leaf = prop_oneof![
            4 => Just("a"), 3 => Just("b"), 1 => Just("é"), 1 => Just("."), 1 => Just("[ab]"),
            1 => Just("\\b"), 1 => Just("$"), 1 => Just("^"), 1 => Just(""),
        ]
        .prop_map(String::from);
        leaf.prop_recursive(5, 30, 4, |inner| {
            let count = prop_oneof![
                Just("*"), Just("+"), Just("?"), Just("*?"), Just("+?"), Just("??"), Just("*+"),
                Just("{2}"), Just("{0,2}"), Just("{1,3}?"), Just("{2,}"),
            ];
            prop_oneof![
                3 => prop::collection::vec(inner.clone(), 1..4).prop_map(|v| v.concat()),
                2 => prop::collection::vec(inner.clone(), 1..4).prop_map(|v| alloc::format!("(?:{})", v.join("|"))),
                2 => inner.clone().prop_map(|p| alloc::format!("({p})")),
                3 => (inner.clone(), count).prop_map(|(p, c)| alloc::format!("(?:{p}){c}")),
                1 => inner.clone().prop_map(|p| alloc::format!("(?>{p})")),
                1 => inner.clone().prop_map(|p| alloc::format!("(?={p})")),
                1 => inner.prop_map(|p| alloc::format!("(?!{p})")),
            ]
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 1500, failure_persistence: None, ..ProptestConfig::default() })]
        #[test]
        fn remembering_changes_nothing(pattern in pattern(), subject in "[abé]{0,12}") {
            let plain = search(&pattern, &subject, u64::MAX, 3_000_000);
            if plain != Err(MatchError::Budget) {
                prop_assert_eq!(search(&pattern, &subject, 0, 3_000_000), plain.clone());
                prop_assert_eq!(search(&pattern, &subject, 7, 3_000_000), plain);
            }
        }
    }

    #[test]
    fn remembering_makes_hard_patterns_linear() {
        let mut subject = "x".repeat(4000);
        subject.push('z');
        for pattern in [
            "(x+x+)+y",
            "(x*)*y",
            "(x|xx)+y",
            "(?:x|x)*y",
            "^(([a-z])+.)+[A-Z]",
            "(x?)*(x?)*(x?)*y",
            "(?:x*?x*?)+y",
            "((x|x)*|x)*$y",
        ] {
            // A `z` keeps what must follow from being looked for.
            let pattern = pattern.replace('y', "[yw]");
            assert_eq!(search(&pattern, &subject, 1000, 2_000_000), Ok(None), "{pattern}");
        }
        assert_eq!(search("(x+x+)+[yw]", &subject, u64::MAX, 2_000_000), Err(MatchError::Budget));
    }
}
