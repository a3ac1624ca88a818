//! Sets of code points as sorted ranges: what a class, a property or `\w` stands for while a
//! pattern is compiled. Matching uses the denser form of `program::Class`.
//!
//! Invariant: after `finish` the ranges are sorted, do not overlap and do not touch.

use crate::tables;
use alloc::vec::Vec;

/// The largest code point a set can hold; above Unicode, as Perl allows.
pub(crate) const MAX: u32 = 0x7fff_ffff;

/// A set of code points.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct CharSet {
    ranges: Vec<(u32, u32)>,
}

impl CharSet {
    pub(crate) fn new() -> CharSet {
        CharSet::default()
    }

    pub(crate) fn of(ranges: &[(u32, u32)]) -> CharSet {
        let mut set = CharSet { ranges: ranges.to_vec() };
        set.finish();
        set
    }

    pub(crate) fn single(c: u32) -> CharSet {
        CharSet { ranges: alloc::vec![(c, c)] }
    }

    pub(crate) fn ranges(&self) -> &[(u32, u32)] {
        &self.ranges
    }

    /// Adds a range; `finish` must follow before any question.
    pub(crate) fn push(&mut self, lo: u32, hi: u32) {
        self.ranges.push((lo, hi));
    }

    pub(crate) fn finish(&mut self) {
        self.ranges.sort_unstable();
        let mut kept: Vec<(u32, u32)> = Vec::with_capacity(self.ranges.len());
        for &(lo, hi) in &self.ranges {
            match kept.last_mut() {
                Some(last) if lo <= last.1.saturating_add(1) => last.1 = last.1.max(hi),
                _ => kept.push((lo, hi)),
            }
        }
        self.ranges = kept;
    }

    pub(crate) fn union(&mut self, other: &CharSet) {
        if other.ranges.is_empty() {
            return;
        }
        self.ranges.extend_from_slice(&other.ranges);
        self.finish();
    }

    pub(crate) fn negate(&self) -> CharSet {
        let mut out = CharSet::new();
        let mut next = 0u32;
        for &(lo, hi) in &self.ranges {
            if lo > next {
                out.push(next, lo - 1);
            }
            next = hi.saturating_add(1);
        }
        if next <= MAX {
            out.push(next, MAX);
        }
        out
    }

    pub(crate) fn contains(&self, c: u32) -> bool {
        contains(&self.ranges, c)
    }

    pub(crate) fn intersects(&self, other: &CharSet) -> bool {
        let (mut i, mut j) = (0, 0);
        while let (Some(a), Some(b)) = (self.ranges.get(i), other.ranges.get(j)) {
            if a.1 < b.0 {
                i += 1;
            } else if b.1 < a.0 {
                j += 1;
            } else {
                return true;
            }
        }
        false
    }

    /// Keeps only code points up to `limit`.
    pub(crate) fn cap(&mut self, limit: u32) {
        self.ranges.retain(|r| r.0 <= limit);
        if let Some(last) = self.ranges.last_mut() {
            last.1 = last.1.min(limit);
        }
    }

    /// Adds every code point that differs from a member only by case; of ASCII alone when
    /// `unicode` is false.
    pub(crate) fn close_over_case(&mut self, unicode: bool) {
        if unicode && (self.has_k_or_s() || self.ranges.last().is_some_and(|r| r.1 >= 0x80)) {
            let mut folded = CharSet::new();
            for_each_fold(|c, f| {
                if self.contains(c) {
                    folded.push(f, f);
                }
            });
            folded.finish();
            folded.union(self);
            let mut all = folded.clone();
            for_each_fold(|c, f| {
                if folded.contains(f) {
                    all.push(c, c);
                }
            });
            all.finish();
            *self = all;
            return;
        }
        let mut extra = Vec::new();
        for &(lo, hi) in &self.ranges {
            for (first, last, delta) in [(0x41u32, 0x5au32, 32i32), (0x61, 0x7a, -32)] {
                let (a, b) = (lo.max(first), hi.min(last));
                if a <= b {
                    extra.push((a.wrapping_add_signed(delta), b.wrapping_add_signed(delta)));
                }
            }
        }
        self.ranges.extend_from_slice(&extra);
        self.finish();
    }

    fn has_k_or_s(&self) -> bool {
        [0x4b, 0x6b, 0x53, 0x73].iter().any(|&c| self.contains(c))
    }
}

/// Whether sorted ranges hold a code point.
pub(crate) fn contains(ranges: &[(u32, u32)], c: u32) -> bool {
    let after = ranges.partition_point(|r| r.0 <= c);
    after > 0 && ranges[after - 1].1 >= c
}

/// The simple case folding of a code point.
pub(crate) fn fold(c: u32) -> u32 {
    if c < 0x80 {
        return if (0x41..=0x5a).contains(&c) { c + 32 } else { c };
    }
    let after = tables::FOLDS.partition_point(|r| r.0 <= c);
    match after.checked_sub(1).map(|i| tables::FOLDS[i]) {
        Some((lo, hi, delta, step)) if c <= hi && (c - lo).is_multiple_of(step) => {
            c.wrapping_add_signed(delta)
        }
        _ => c,
    }
}

/// All code points equal to `c` but for case, `c` included.
pub(crate) fn orbit(c: u32, unicode: bool) -> CharSet {
    let mut set = CharSet::single(c);
    if !unicode || (c < 0x80 && !set.has_k_or_s()) {
        if c < 0x80 {
            set.close_over_case(false);
        }
        return set;
    }
    let f = fold(c);
    set.push(f, f);
    for &(lo, hi, delta, step) in &tables::FOLDS {
        let source = f.wrapping_add_signed(-delta);
        if (lo..=hi).contains(&source) && (source - lo).is_multiple_of(step) {
            set.push(source, source);
        }
    }
    set.finish();
    set
}

fn for_each_fold(mut visit: impl FnMut(u32, u32)) {
    for &(lo, hi, delta, step) in &tables::FOLDS {
        let mut c = lo;
        while c <= hi {
            visit(c, c.wrapping_add_signed(delta));
            c += step;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn negation_is_its_own_inverse() {
        let set = CharSet::of(&[(5, 9), (0, 3), (10, 12), (MAX, MAX)]);
        assert_eq!(set.ranges(), [(0, 3), (5, 12), (MAX, MAX)]);
        assert_eq!(set.negate().negate(), set);
        assert!(!set.intersects(&set.negate()));
    }

    #[test]
    fn case_has_orbits() {
        assert_eq!(orbit(u32::from(b'k'), true).ranges(), [(0x4b, 0x4b), (0x6b, 0x6b), (0x212a, 0x212a)]);
        assert_eq!(orbit(u32::from(b'k'), false).ranges(), [(0x4b, 0x4b), (0x6b, 0x6b)]);
        assert_eq!(orbit(0x3a3, true).ranges(), [(0x3a3, 0x3a3), (0x3c2, 0x3c3)]);
        let mut sigma = CharSet::single(0x3c2);
        sigma.close_over_case(true);
        assert_eq!(sigma, orbit(0x3a3, true));
    }
}
