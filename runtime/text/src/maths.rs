//! Mathematics beyond operators: primes, combinatorics, statistics, matrices.
//!
//! Integers that do not fit saturate. Statistics of nothing are `None`.

use alloc::vec::Vec;

/// Whether `n` is prime; exact for every `u64`.
pub fn is_prime(n: u64) -> bool {
    const SMALL: [u64; 12] = [2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37];
    for prime in SMALL {
        if n.is_multiple_of(prime) {
            return n == prime;
        }
    }
    if n < 41 * 41 {
        return n > 1;
    }
    let shift = (n - 1).trailing_zeros();
    let odd = (n - 1) >> shift;
    // These bases decide for all 64 bits (Sorenson, Webster 2015).
    SMALL.iter().all(|&base| {
        let mut value = power_mod(base, odd, n);
        if value == 1 || value == n - 1 {
            return true;
        }
        for _ in 1..shift {
            value = multiply_mod(value, value, n);
            if value == n - 1 {
                return true;
            }
        }
        false
    })
}

/// `a * b mod modulus`; 0 for a modulus of 0.
pub fn multiply_mod(a: u64, b: u64, modulus: u64) -> u64 {
    if modulus == 0 {
        return 0;
    }
    if (a | b) >> 32 == 0 {
        a * b % modulus
    } else {
        (u128::from(a) * u128::from(b) % u128::from(modulus)) as u64
    }
}

/// `base ^ exponent mod modulus`; 0 for a modulus of 0.
pub fn power_mod(base: u64, mut exponent: u64, modulus: u64) -> u64 {
    if modulus <= 1 {
        return 0;
    }
    let mut square = base % modulus;
    let mut result = 1;
    while exponent > 0 {
        if exponent & 1 == 1 {
            result = multiply_mod(result, square, modulus);
        }
        square = multiply_mod(square, square, modulus);
        exponent >>= 1;
    }
    result
}

/// The prime factors, ascending, each as often as it divides; nothing for 0 and 1.
pub fn factors(mut n: u64) -> Vec<u64> {
    let mut out = Vec::new();
    if n == 0 {
        return out;
    }
    for divisor in [2u64, 3, 5].into_iter().chain((7..1000).step_by(2)) {
        if divisor * divisor > n {
            break;
        }
        while n.is_multiple_of(divisor) {
            out.push(divisor);
            n /= divisor;
        }
    }
    // What is left is split until all parts are prime: at most six parts, none below 1000.
    let mut parts = Vec::new();
    if n > 1 {
        parts.push(n);
    }
    while let Some(part) = parts.pop() {
        if is_prime(part) {
            out.push(part);
        } else {
            let divisor = find_divisor(part);
            parts.push(divisor);
            parts.push(part / divisor);
        }
    }
    out.sort_unstable();
    out
}

/// A divisor other than 1 and `n` of a composite `n` (Pollard's rho).
fn find_divisor(n: u64) -> u64 {
    let root = isqrt(n);
    if root * root == n {
        return root;
    }
    for offset in 1.. {
        let next = |value: u64| ((u128::from(multiply_mod(value, value, n)) + offset) % u128::from(n)) as u64;
        let (mut slow, mut fast) = (2, 2);
        // Differences are multiplied up so that gcd is called rarely.
        'search: loop {
            let (slow_before, fast_before) = (slow, fast);
            let mut product = 1;
            for _ in 0..64 {
                slow = next(slow);
                fast = next(next(fast));
                product = multiply_mod(product, slow.abs_diff(fast), n);
            }
            match gcd(product, n) {
                1 => continue,
                divisor if divisor < n => return divisor,
                _ => {}
            }
            (slow, fast) = (slow_before, fast_before);
            for _ in 0..64 {
                slow = next(slow);
                fast = next(next(fast));
                match gcd(slow.abs_diff(fast), n) {
                    1 => {}
                    divisor if divisor < n => return divisor,
                    _ => break 'search,
                }
            }
        }
    }
    1
}

/// How many numbers divide `n`; 0 for 0.
pub fn divisor_count(n: u64) -> u64 {
    if n == 0 {
        return 0;
    }
    factors(n).chunk_by(|a, b| a == b).map(|run| run.len() as u64 + 1).product()
}

/// All divisors, ascending; nothing for 0.
pub fn divisors(n: u64) -> Vec<u64> {
    if n == 0 {
        return Vec::new();
    }
    let mut out = Vec::from([1]);
    for run in factors(n).chunk_by(|a, b| a == b) {
        let before = out.len();
        let mut power = 1;
        for &prime in run {
            power *= prime;
            for at in 0..before {
                out.push(out[at] * power);
            }
        }
    }
    out.sort_unstable();
    out
}

/// The greatest common divisor; `gcd(0, n)` is `n`.
pub fn gcd(mut a: u64, mut b: u64) -> u64 {
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a
}

/// The least common multiple, saturating; 0 if one of them is.
pub fn lcm(a: u64, b: u64) -> u64 {
    if a == 0 || b == 0 {
        return 0;
    }
    (a / gcd(a, b)).saturating_mul(b)
}

/// `n!`, at most `i64::MAX`; 1 for a negative number.
pub fn factorial(n: i64) -> i64 {
    if n > 20 {
        return i64::MAX;
    }
    (2..=n).product()
}

/// The `n`th Fibonacci number (`F(0) = 0`), at most `i64::MAX`; 0 for a negative number.
pub fn fibonacci(n: i64) -> i64 {
    if n > 92 {
        return i64::MAX;
    }
    let (mut a, mut b) = (0i64, 1i64);
    for _ in 0..n {
        (a, b) = (b, a.saturating_add(b));
    }
    a
}

/// How many ways there are to choose `k` of `n`, at most `u64::MAX`.
pub fn binomial(n: u64, k: u64) -> u64 {
    if k > n {
        return 0;
    }
    let mut result: u128 = 1;
    for step in 1..=k.min(n - k) {
        // Whole at every step, and below 2^64 before it is multiplied by at most 2^64.
        result = result * u128::from(n - step + 1) / u128::from(step);
        if result > u128::from(u64::MAX) {
            return u64::MAX;
        }
    }
    result as u64
}

/// The whole part of the square root.
pub fn isqrt(n: u64) -> u64 {
    n.isqrt()
}

/// Whether `n` is a square.
pub fn is_square(n: i64) -> bool {
    u64::try_from(n).is_ok_and(|n| isqrt(n) * isqrt(n) == n)
}

/// The arithmetic mean.
pub fn mean(values: &[f64]) -> Option<f64> {
    if values.is_empty() { None } else { Some(values.iter().sum::<f64>() / values.len() as f64) }
}

/// The middle value, or the mean of the two in the middle.
pub fn median(values: &[f64]) -> Option<f64> {
    let sorted = sorted(values);
    let middle = sorted.len() / 2;
    match sorted.len() {
        0 => None,
        length if length % 2 == 1 => Some(sorted[middle]),
        _ => Some((sorted[middle - 1] + sorted[middle]) / 2.0),
    }
}

/// The variance of the population.
pub fn variance(values: &[f64]) -> Option<f64> {
    let mean = mean(values)?;
    Some(values.iter().map(|value| (value - mean) * (value - mean)).sum::<f64>() / values.len() as f64)
}

/// The standard deviation of the population.
pub fn stddev(values: &[f64]) -> Option<f64> {
    variance(values).map(libm::sqrt)
}

/// The element at the rank nearest to `percent` of the way through the sorted values.
pub fn percentile(percent: f64, values: &[f64]) -> Option<f64> {
    let sorted = sorted(values);
    let last = sorted.len().checked_sub(1)?;
    let rank = libm::round(percent.clamp(0.0, 100.0) / 100.0 * last as f64);
    sorted.get(rank as usize).copied()
}

/// The most frequent value, the first of several.
pub fn mode(values: &[f64]) -> Option<f64> {
    let sorted = sorted(values);
    let most = sorted.chunk_by(|a, b| a == b).map(<[f64]>::len).max()?;
    values
        .iter()
        .copied()
        .find(|value| {
            let start = sorted.partition_point(|other| other.total_cmp(value).is_lt());
            let end = sorted.partition_point(|other| other.total_cmp(value).is_le());
            end - start == most
        })
        .or_else(|| sorted.chunk_by(|a, b| a == b).find(|run| run.len() == most).map(|run| run[0]))
}

/// The geometric mean of values that are not negative.
pub fn geometric_mean(values: &[f64]) -> Option<f64> {
    if values.is_empty() {
        return None;
    }
    Some(libm::exp(values.iter().map(|value| libm::log(*value)).sum::<f64>() / values.len() as f64))
}

/// The harmonic mean.
pub fn harmonic_mean(values: &[f64]) -> Option<f64> {
    if values.is_empty() {
        return None;
    }
    Some(values.len() as f64 / values.iter().map(|value| 1.0 / value).sum::<f64>())
}

fn sorted(values: &[f64]) -> Vec<f64> {
    let mut sorted = values.to_vec();
    sorted.sort_unstable_by(f64::total_cmp);
    sorted
}

/// The product of two matrices given as rows; `None` if their shapes do not fit.
pub fn matrix_multiply(a: &[Vec<f64>], b: &[Vec<f64>]) -> Option<Vec<Vec<f64>>> {
    let width = b.first().map_or(0, Vec::len);
    if a.iter().any(|row| row.len() != b.len()) || b.iter().any(|row| row.len() != width) {
        return None;
    }
    let product = a.iter().map(|row| {
        let mut out = Vec::from_iter(core::iter::repeat_n(0.0, width));
        for (factor, other) in row.iter().zip(b) {
            for (slot, value) in out.iter_mut().zip(other) {
                *slot += factor * value;
            }
        }
        out
    });
    Some(product.collect())
}

/// The inverse of a square matrix given as rows; `None` for another shape or a singular one.
pub fn matrix_inverse(rows: &[Vec<f64>]) -> Option<Vec<Vec<f64>>> {
    let size = rows.len();
    if rows.iter().any(|row| row.len() != size) {
        return None;
    }
    let mut left = rows.to_vec();
    let mut right: Vec<Vec<f64>> =
        (0..size).map(|at| (0..size).map(|column| f64::from(u8::from(at == column))).collect()).collect();
    for column in 0..size {
        let pivot =
            (column..size).max_by(|&a, &b| left[a][column].abs().total_cmp(&left[b][column].abs()))?;
        let value = left[pivot][column];
        if value == 0.0 || !value.is_finite() {
            return None;
        }
        left.swap(column, pivot);
        right.swap(column, pivot);
        left[column].iter_mut().chain(right[column].iter_mut()).for_each(|slot| *slot /= value);
        let (pivot_left, pivot_right) = (left[column].clone(), right[column].clone());
        for row in (0..size).filter(|&row| row != column) {
            let factor = left[row][column];
            if factor != 0.0 {
                left[row].iter_mut().zip(&pivot_left).for_each(|(slot, value)| *slot -= factor * value);
                right[row].iter_mut().zip(&pivot_right).for_each(|(slot, value)| *slot -= factor * value);
            }
        }
    }
    Some(right)
}

/// The determinant of a square matrix given as rows; `None` for another shape.
pub fn determinant(rows: &[Vec<f64>]) -> Option<f64> {
    let size = rows.len();
    if rows.iter().any(|row| row.len() != size) {
        return None;
    }
    let mut rows = rows.to_vec();
    let mut result = 1.0;
    for column in 0..size {
        let pivot =
            (column..size).max_by(|&a, &b| rows[a][column].abs().total_cmp(&rows[b][column].abs()))?;
        if rows[pivot][column] == 0.0 {
            return Some(0.0);
        }
        if pivot != column {
            rows.swap(pivot, column);
            result = -result;
        }
        result *= rows[column][column];
        let pivot_row = rows[column].clone();
        for row in rows.iter_mut().skip(column + 1) {
            let factor = row[column] / pivot_row[column];
            row.iter_mut().zip(&pivot_row).for_each(|(slot, value)| *slot -= factor * value);
        }
    }
    Some(result)
}

/// The error function.
pub fn erf(x: f64) -> f64 {
    libm::erf(x)
}

/// The gamma function.
pub fn gamma(x: f64) -> f64 {
    libm::tgamma(x)
}

/// The natural logarithm of the gamma function.
pub fn ln_gamma(x: f64) -> f64 {
    libm::lgamma(x)
}

/// Rounds half away from zero to `places` decimal places (negative: to tens, hundreds).
pub fn round_places(value: f64, places: i32) -> f64 {
    if places == 0 {
        return libm::round(value);
    }
    if !value.is_finite() || places > 300 {
        return value;
    }
    if places < -308 {
        return 0.0;
    }
    let scale = libm::pow(10.0, f64::from(places.abs()));
    let rounded =
        if places > 0 { libm::round(value * scale) / scale } else { libm::round(value / scale) * scale };
    if rounded.is_finite() { rounded } else { value }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_support::Generator;
    use crate::test_support::prelude::*;

    #[test]
    fn primes_and_factors() {
        let mut sieve = vec![true; 20_000];
        sieve[0] = false;
        sieve[1] = false;
        for n in 2..sieve.len() {
            if sieve[n] {
                (n * n..sieve.len()).step_by(n).for_each(|at| sieve[at] = false);
            }
            assert_eq!(is_prime(n as u64), sieve[n], "{n}");
        }
        for prime in [4_294_967_291, 18_446_744_073_709_551_557, 1_000_000_007, 67_280_421_310_721] {
            assert!(is_prime(prime));
            assert_eq!(factors(prime), [prime]);
        }
        for composite in [3_215_031_751, 3_825_123_056_546_413_051, u64::MAX, 341_550_071_728_321] {
            assert!(!is_prime(composite));
        }
        let mut generator = Generator::new(29);
        let mut cases: Vec<u64> = (0..200).map(|_| generator.next() >> generator.below(60)).collect();
        cases.extend([
            0,
            1,
            4,
            4_294_967_291 * 4_294_967_279,
            1_000_003 * 1_000_003,
            1_048_583 * 1_048_583,
            u64::MAX,
            1009 * 1013 * 1009 * 1019,
        ]);
        for n in cases {
            let found = factors(n);
            assert!(found.is_sorted() && found.iter().all(|&factor| is_prime(factor)));
            if n > 0 {
                assert_eq!(found.iter().product::<u64>(), n);
            }
        }
        assert_eq!(factors(360), [2, 2, 2, 3, 3, 5]);
        assert_eq!(divisors(12), [1, 2, 3, 4, 6, 12]);
        assert_eq!(divisor_count(360), 24);
        assert_eq!(power_mod(3, 200, 1_000_000_007), 136_318_165);
    }

    #[test]
    fn integers() {
        assert_eq!((gcd(12, 18), gcd(0, 5), lcm(4, 6), lcm(0, 3), lcm(u64::MAX, 2)), (6, 5, 12, 0, u64::MAX));
        assert_eq!(
            (factorial(-1), factorial(5), factorial(20), factorial(21)),
            (1, 120, 2_432_902_008_176_640_000, i64::MAX)
        );
        assert_eq!(
            (fibonacci(-3), fibonacci(10), fibonacci(92), fibonacci(93)),
            (0, 55, 7_540_113_804_746_346_429, i64::MAX)
        );
        assert_eq!((isqrt(15), isqrt(16), isqrt(u64::MAX)), (3, 4, 4_294_967_295));
        assert_eq!(
            (binomial(5, 2), binomial(60, 30), binomial(3, 4), binomial(u64::MAX, 30)),
            (10, 118_264_581_564_861_424, 0, u64::MAX)
        );
        assert!(is_square(49) && !is_square(50) && !is_square(-4));
    }

    #[test]
    fn statistics() {
        let values = [4.0, 1.0, 3.0, 3.0, 9.0];
        assert_eq!(
            (mean(&values), median(&values), variance(&values), mode(&values)),
            (Some(4.0), Some(3.0), Some(7.2), Some(3.0))
        );
        assert_eq!(stddev(&[2.0, 4.0, 4.0, 4.0, 5.0, 5.0, 7.0, 9.0]), Some(2.0));
        assert_eq!(
            (
                percentile(50.0, &values),
                percentile(0.0, &values),
                percentile(100.0, &values),
                percentile(f64::NAN, &values)
            ),
            (Some(3.0), Some(1.0), Some(9.0), Some(1.0))
        );
        assert_eq!(
            (mean(&[]), median(&[]), variance(&[]), percentile(5.0, &[]), mode(&[])),
            (None, None, None, None, None)
        );
        assert!(mode(&[f64::NAN, 0.0, -0.0]).is_some());
        assert_eq!(
            (
                round_places(2.5, 0),
                round_places(-2.5, 0),
                round_places(2.345, 2),
                round_places(1234.0, -2),
                round_places(1e300, 200)
            ),
            (3.0, -3.0, 2.35, 1200.0, 1e300)
        );
    }

    #[test]
    fn matrices() {
        let rows = |values: &[&[f64]]| values.iter().map(|row| row.to_vec()).collect::<Vec<_>>();
        let a = rows(&[&[1.0, 2.0], &[3.0, 4.0]]);
        assert_eq!(matrix_multiply(&a, &a).unwrap(), rows(&[&[7.0, 10.0], &[15.0, 22.0]]));
        let inverse = matrix_inverse(&a).unwrap();
        let unit = matrix_multiply(&a, &inverse).unwrap();
        assert!((unit[0][0] - 1.0).abs() < 1e-12 && unit[0][1].abs() < 1e-12);
        assert_eq!(matrix_inverse(&rows(&[&[1.0, 2.0], &[2.0, 4.0]])), None);
        assert_eq!(matrix_inverse(&rows(&[&[1.0, 2.0]])), None);
        assert_eq!(matrix_multiply(&a, &rows(&[&[1.0]])), None);
        assert!((determinant(&a).unwrap() + 2.0).abs() < 1e-12);
        assert_eq!(matrix_inverse(&[]), Some(Vec::new()));
    }
}
