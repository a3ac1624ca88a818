//! Sets of choices: a bit each, the first for "not chosen at all".
//!
//! So "needs one of these" and "must not be one of those" are both plain sets, and exact: a yanked
//! version or a prerelease is a bit, never a corner case of an interval.

/// The choice that says: not in the solution.
pub(crate) const ABSENT: usize = 0;

/// A set of choices of one variable. Sets of different variables never meet.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Set {
    len: u32,
    first: u64,
    /// Without heap for up to 64 choices, which is nearly always.
    rest: Box<[u64]>,
}

impl Set {
    /// No choice of `len`.
    pub(crate) fn empty(len: usize) -> Set {
        let rest = vec![0; len.div_ceil(64).saturating_sub(1)].into_boxed_slice();
        Set { len: u32::try_from(len).expect("choices were counted in memory"), first: 0, rest }
    }

    /// Every choice of `len`.
    pub(crate) fn full(len: usize) -> Set {
        Set::empty(len).complement()
    }

    /// Every choice but absence.
    pub(crate) fn present(len: usize) -> Set {
        let mut set = Set::full(len);
        set.first &= !1;
        set
    }

    /// One choice.
    pub(crate) fn single(len: usize, choice: usize) -> Set {
        let mut set = Set::empty(len);
        set.insert(choice);
        set
    }

    pub(crate) fn insert(&mut self, choice: usize) {
        let bit = 1 << (choice % 64);
        match choice / 64 {
            0 => self.first |= bit,
            word => self.rest[word - 1] |= bit,
        }
    }

    pub(crate) fn contains(&self, choice: usize) -> bool {
        let word = match choice / 64 {
            0 => self.first,
            word => self.rest[word - 1],
        };
        word >> (choice % 64) & 1 == 1
    }

    pub(crate) fn len(&self) -> usize {
        self.len as usize
    }

    pub(crate) fn complement(&self) -> Set {
        let mut set =
            Set { len: self.len, first: !self.first, rest: self.rest.iter().map(|word| !word).collect() };
        let used = self.len % 64;
        if self.len == 0 {
            set.first = 0;
        } else if used != 0 {
            let last = set.rest.last_mut().unwrap_or(&mut set.first);
            *last &= (1 << used) - 1;
        }
        set
    }

    pub(crate) fn union(&self, other: &Set) -> Set {
        self.zip(other, |a, b| a | b)
    }

    pub(crate) fn intersection(&self, other: &Set) -> Set {
        self.zip(other, |a, b| a & b)
    }

    pub(crate) fn difference(&self, other: &Set) -> Set {
        self.zip(other, |a, b| a & !b)
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.first == 0 && self.rest.iter().all(|word| *word == 0)
    }

    pub(crate) fn is_full(&self) -> bool {
        self.count() == self.len()
    }

    pub(crate) fn is_disjoint(&self, other: &Set) -> bool {
        self.first & other.first == 0 && self.rest.iter().zip(&other.rest).all(|(a, b)| a & b == 0)
    }

    pub(crate) fn is_subset(&self, other: &Set) -> bool {
        self.first & !other.first == 0 && self.rest.iter().zip(&other.rest).all(|(a, b)| a & !b == 0)
    }

    pub(crate) fn count(&self) -> usize {
        let ones: u32 = self.rest.iter().map(|word| word.count_ones()).sum();
        (self.first.count_ones() + ones) as usize
    }

    /// The choices, lowest first.
    pub(crate) fn iter(&self) -> impl DoubleEndedIterator<Item = usize> {
        (0..self.len()).filter(|choice| self.contains(*choice))
    }

    fn zip(&self, other: &Set, join: impl Fn(u64, u64) -> u64) -> Set {
        debug_assert_eq!(self.len, other.len, "sets of different variables");
        Set {
            len: self.len,
            first: join(self.first, other.first),
            rest: self.rest.iter().zip(&other.rest).map(|(a, b)| join(*a, *b)).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    fn set(len: usize, choices: &BTreeSet<usize>) -> Set {
        let mut set = Set::empty(len);
        choices.iter().for_each(|choice| set.insert(*choice));
        set
    }

    proptest! {
        #[test]
        fn it_is_a_set(
            len in prop_oneof![Just(1usize), Just(63), Just(64), Just(65), Just(128), 1usize..200],
            a in prop::collection::btree_set(0usize..200, 0..40),
            b in prop::collection::btree_set(0usize..200, 0..40),
        ) {
            let [a, b] = [a, b].map(|all| all.into_iter().filter(|choice| *choice < len).collect::<BTreeSet<_>>());
            let (x, y) = (set(len, &a), set(len, &b));
            let of = |set: Set| set.iter().collect::<BTreeSet<_>>();
            prop_assert_eq!(of(x.union(&y)), &a | &b);
            prop_assert_eq!(of(x.intersection(&y)), &a & &b);
            prop_assert_eq!(of(x.difference(&y)), &a - &b);
            prop_assert_eq!(of(x.complement()), &(0..len).collect() - &a);
            prop_assert_eq!(x.is_disjoint(&y), a.is_disjoint(&b));
            prop_assert_eq!(x.is_subset(&y), a.is_subset(&b));
            prop_assert_eq!((x.count(), x.is_empty(), x.is_full()), (a.len(), a.is_empty(), a.len() == len));
            prop_assert_eq!(of(Set::present(len)), (1..len).collect());
        }
    }
}
