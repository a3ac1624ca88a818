//! Orders of plain keys. Each kind of key has one sort, whoever asks and in whichever direction: a sort is
//! some kilobytes of code.

use core::cmp::Ordering;

/// A text to sort by, and the place of what it stands for.
pub type Key<'a> = (&'a [u8], usize);

/// Sorts integers upwards.
pub fn integers(values: &mut [i64]) {
    values.sort_unstable();
}

/// Sorts floats, none of them NaN; those that are equal, as the zeros are, stay in their order.
pub fn floats(values: &mut [f64], descending: bool) {
    // Turned before and after, equal ones are in their order again.
    if descending {
        values.reverse();
    }
    values.sort_by(|one, two| one.partial_cmp(two).unwrap_or(Ordering::Equal));
    if descending {
        values.reverse();
    }
}

/// Sorts texts by their bytes; equal ones by their places, upwards in both directions.
pub fn texts(keys: &mut [Key<'_>], descending: bool) {
    keys.sort_unstable_by(|one, two| {
        let order = one.0.cmp(two.0);
        let order = if descending { order.reverse() } else { order };
        order.then_with(|| one.1.cmp(&two.1))
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_keys_keep_their_order_in_both_directions() {
        let mut zeros = [0.0, 1.0, -0.0, 0.0, -1.0];
        floats(&mut zeros, false);
        assert_eq!(zeros.map(f64::to_bits), [-1.0, 0.0, -0.0, 0.0, 1.0].map(f64::to_bits));
        let mut zeros = [0.0, 1.0, -0.0, 0.0, -1.0];
        floats(&mut zeros, true);
        assert_eq!(zeros.map(f64::to_bits), [1.0, 0.0, -0.0, 0.0, -1.0].map(f64::to_bits));
        let keys: [Key<'_>; 5] = [(b"b", 0), (b"a", 1), (b"b", 2), (b"", 3), (b"a", 4)];
        let mut sorted = keys;
        texts(&mut sorted, false);
        assert_eq!(sorted.map(|key| key.1), [3, 1, 4, 0, 2]);
        let mut sorted = keys;
        texts(&mut sorted, true);
        assert_eq!(sorted.map(|key| key.1), [0, 2, 1, 4, 3]);
        let mut values = [3, -1, i64::MAX, i64::MIN, 0];
        integers(&mut values);
        assert_eq!(values, [i64::MIN, -1, 0, 3, i64::MAX]);
    }
}
