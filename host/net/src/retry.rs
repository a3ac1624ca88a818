//! Trying again: what is worth it, and how long to wait first.

use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher, Hasher};
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::{Duration, SystemTime};

use jiff::fmt::rfc2822::DateTimeParser;

/// How failures are tried again. Only `GET` and `HEAD` ever are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RetryPolicy {
    /// How often one request is tried altogether; each redirect counts anew.
    pub attempts_max: u32,
    /// About how long to wait before the second attempt; each further wait doubles.
    pub delay: Duration,
    /// The longest wait that is not asked for by a server.
    pub delay_max: Duration,
    /// The longest wait that a server may ask for; beyond it, its answer stands.
    pub retry_after_max: Duration,
    /// How many attempts after the first a client makes in its life.
    pub budget: u32,
    /// Where the random part of waits begins.
    pub seed: u64,
}

impl Default for RetryPolicy {
    fn default() -> RetryPolicy {
        RetryPolicy {
            attempts_max: 3,
            delay: Duration::from_millis(250),
            delay_max: Duration::from_secs(10),
            retry_after_max: Duration::from_secs(30),
            budget: 100,
            // Machines that failed together must not come back together.
            seed: RandomState::new().build_hasher().finish(),
        }
    }
}

impl RetryPolicy {
    /// Returns how long to wait after the nth failed attempt, counted from one.
    pub(crate) fn delay_after(&self, attempt: u32, jitter: &Jitter) -> Duration {
        let doubled = self.delay.saturating_mul(1 << (attempt - 1).min(16)).min(self.delay_max);
        doubled.mul_f64(0.5 + 0.5 * jitter.next())
    }
}

/// Says whether a status is of a kind that passes.
pub(crate) fn is_passing_status(status: u16) -> bool {
    matches!(status, 429 | 500 | 502 | 503 | 504)
}

/// Reads `retry-after`: seconds, or a date (RFC 9110, section 10.2.3).
pub(crate) fn retry_after(value: &str, now: SystemTime) -> Option<Duration> {
    let value = value.trim();
    if !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit()) {
        return Some(Duration::from_secs(value.parse().unwrap_or(u64::MAX)));
    }
    let date = DateTimeParser::new().parse_timestamp(value).ok()?;
    Some(SystemTime::from(date).duration_since(now).unwrap_or_default())
}

/// Random numbers that a seed repeats (SplitMix64).
pub(crate) struct Jitter(AtomicU64);

impl Jitter {
    pub(crate) fn new(seed: u64) -> Jitter {
        Jitter(AtomicU64::new(seed))
    }

    /// Returns a number from 0 up to, not including, 1.
    fn next(&self) -> f64 {
        const STEP: u64 = 0x9e37_79b9_7f4a_7c15;
        let mut mixed = self.0.fetch_add(STEP, Relaxed).wrapping_add(STEP);
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((mixed ^ (mixed >> 31)) >> 11) as f64 / (1u64 << 53) as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_up_to_a_limit_and_are_spread() {
        let policy = RetryPolicy { seed: 7, ..RetryPolicy::default() };
        let waits = |seed| {
            let jitter = Jitter::new(seed);
            (1..=40).map(|attempt| policy.delay_after(attempt, &jitter)).collect::<Vec<_>>()
        };
        for (index, wait) in waits(7).into_iter().enumerate() {
            let full = policy.delay.saturating_mul(1 << index.min(16)).min(policy.delay_max);
            assert!(wait >= full / 2 && wait <= full, "attempt {}: {wait:?}", index + 1);
        }
        assert_eq!(waits(7), waits(7));
        assert_ne!(waits(7), waits(8));
    }

    #[test]
    fn servers_say_when_to_come_back() {
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(784_111_777);
        for (value, expected) in [
            ("120", Some(120)),
            (" 0 ", Some(0)),
            ("99999999999999999999999", Some(u64::MAX)),
            ("Sun, 06 Nov 1994 08:49:47 GMT", Some(10)),
            ("Sun, 06 Nov 1994 08:49:17 GMT", Some(0)),
            ("-1", None),
            ("soon", None),
            ("", None),
        ] {
            assert_eq!(retry_after(value, now), expected.map(Duration::from_secs), "{value}");
        }
    }
}
