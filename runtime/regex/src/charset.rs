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

    /// The ranges of a table: pairs of how many code points are left out and how many follow the first.
    pub(crate) fn of_table(numbers: &mut tables::Numbers, count: usize) -> CharSet {
        let mut set = CharSet::new();
        let mut next = 0;
        for (left_out, more) in core::iter::from_fn(|| Some((numbers.next()?, numbers.next()?))).take(count) {
            let lo = next + left_out;
            set.push(lo, lo + more);
            next = lo + more + 1;
        }
        set
    }

    pub(crate) fn finish(&mut self) {
        sort(&mut self.ranges);
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

/// Sorts ranges in place, by a heap: most are sorted already, and what sorts a slice of any length fast is 7 KB.
fn sort(ranges: &mut [(u32, u32)]) {
    if ranges.is_sorted() {
        return;
    }
    // First the greatest above all others, then each greatest behind those that are left.
    for start in (0..ranges.len() / 2).rev() {
        sift(ranges, start);
    }
    for end in (1..ranges.len()).rev() {
        ranges.swap(0, end);
        sift(&mut ranges[..end], 0);
    }
}

/// Moves the range at `place` down until none below it is greater.
fn sift(ranges: &mut [(u32, u32)], mut place: usize) {
    loop {
        let below = 2 * place + 1;
        let Some(greater) = (below..ranges.len().min(below + 2)).max_by_key(|at| ranges[*at]) else { return };
        if ranges[greater] <= ranges[place] {
            return;
        }
        ranges.swap(place, greater);
        place = greater;
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
    let after = tables::FOLDS.partition_point(|row| row.0 >> 12 <= c);
    let fold = after.checked_sub(1).map(|at| Fold::of(tables::FOLDS[at]));
    fold.filter(|fold| fold.has(c)).map_or(c, |fold| c.wrapping_add_signed(fold.delta))
}

/// A row of the table of case folding.
struct Fold {
    first: u32,
    last: u32,
    step: u32,
    delta: i32,
}

impl Fold {
    #[inline]
    fn of((packed, delta): (u32, i32)) -> Fold {
        let first = packed >> 12;
        Fold { first, last: first + (packed >> 1 & 0x7ff), step: 1 + (packed & 1), delta }
    }

    #[inline]
    fn has(&self, c: u32) -> bool {
        (self.first..=self.last).contains(&c) && (c - self.first).is_multiple_of(self.step)
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
    for fold in tables::FOLDS.iter().map(|row| Fold::of(*row)) {
        let source = f.wrapping_add_signed(-fold.delta);
        if fold.has(source) {
            set.push(source, source);
        }
    }
    set.finish();
    set
}

fn for_each_fold(mut visit: impl FnMut(u32, u32)) {
    for &row in &tables::FOLDS {
        let fold = Fold::of(row);
        for c in (fold.first..=fold.last).step_by(fold.step as usize) {
            visit(c, c.wrapping_add_signed(fold.delta));
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
    fn ranges_are_sorted_whatever_their_order() {
        for count in 0..40u32 {
            for step in [1, 7, 11, 13] {
                let ranges: Vec<(u32, u32)> =
                    (0..count).map(|at| at * step % 41 * 10).map(|lo| (lo, lo + 3)).collect();
                let mut expected = ranges.clone();
                expected.sort_unstable();
                assert_eq!(CharSet::of(&ranges).ranges(), expected);
            }
        }
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
