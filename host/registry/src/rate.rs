//! How often someone may do something: buckets of tokens that fill up with time.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use crate::Rate;

/// How many buckets there are before those that are full are forgotten.
const BUCKET_COUNT_MAX: usize = 100_000;

/// What is counted apart from the rest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Class {
    Read,
    Publish,
    Change,
    Failure,
}

/// The buckets of a server.
#[derive(Default)]
pub(crate) struct Buckets {
    buckets: Mutex<HashMap<(Class, String), Bucket>>,
}

/// Thousandths of a token per millisecond and minute keep everything whole: one token is 60 000.
const TOKEN: u64 = 60_000;

#[derive(Clone, Copy)]
struct Bucket {
    level: u64,
    at_ms: u64,
    rate: Rate,
}

impl Bucket {
    fn filled(mut self, now_ms: u64) -> Bucket {
        let passed = now_ms.saturating_sub(self.at_ms);
        let gained = passed.saturating_mul(u64::from(self.rate.per_minute));
        self.level = self.level.saturating_add(gained).min(self.full());
        self.at_ms = self.at_ms.max(now_ms);
        self
    }

    fn full(&self) -> u64 {
        u64::from(self.rate.burst) * TOKEN
    }
}

impl Buckets {
    /// Takes one token, or says in how many seconds there is one.
    pub(crate) fn take(&self, class: Class, who: &str, rate: Rate, now_ms: u64) -> Result<(), u64> {
        self.with(class, who, rate, now_ms, |bucket| match bucket.level.checked_sub(TOKEN) {
            Some(level) => {
                bucket.level = level;
                Ok(())
            }
            None => Err(wait_s(bucket)),
        })
    }

    /// Says whether there is a token, without taking it.
    pub(crate) fn look(&self, class: Class, who: &str, rate: Rate, now_ms: u64) -> Result<(), u64> {
        self.with(
            class,
            who,
            rate,
            now_ms,
            |bucket| {
                if bucket.level >= TOKEN { Ok(()) } else { Err(wait_s(bucket)) }
            },
        )
    }

    fn with<T>(
        &self,
        class: Class,
        who: &str,
        rate: Rate,
        now_ms: u64,
        act: impl FnOnce(&mut Bucket) -> T,
    ) -> T {
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        if buckets.len() >= BUCKET_COUNT_MAX {
            // One that is full says no more than none.
            buckets.retain(|_, bucket| bucket.filled(now_ms).level < bucket.full());
            if buckets.len() >= BUCKET_COUNT_MAX {
                buckets.clear();
            }
        }
        let new = Bucket { level: u64::from(rate.burst) * TOKEN, at_ms: now_ms, rate };
        let bucket = buckets.entry((class, who.to_owned())).or_insert(new);
        *bucket = bucket.filled(now_ms);
        act(bucket)
    }
}

fn wait_s(bucket: &Bucket) -> u64 {
    match u64::from(bucket.rate.per_minute) {
        0 => 3600,
        gained => TOKEN.saturating_sub(bucket.level).div_ceil(gained).div_ceil(1000).max(1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_bucket_empties_and_fills() {
        let buckets = Buckets::default();
        let rate = Rate { burst: 2, per_minute: 6 };
        let take = |now| buckets.take(Class::Publish, "ann", rate, now);
        assert_eq!((take(0), take(0), take(0)), (Ok(()), Ok(()), Err(10)));
        assert_eq!(buckets.look(Class::Publish, "ann", rate, 0), Err(10));
        assert_eq!((take(5_001), take(10_000), take(10_000)), (Err(5), Ok(()), Err(10)));
        // Others, and other things, have their own.
        assert_eq!(buckets.take(Class::Publish, "bob", rate, 0), Ok(()));
        assert_eq!(buckets.take(Class::Change, "ann", rate, 0), Ok(()));
        // It is never more than full, and a clock that goes back gives nothing.
        assert_eq!(
            (take(1_000_000), take(1_000_000), take(1_000_000), take(0)),
            (Ok(()), Ok(()), Err(10), Err(10))
        );
    }

    proptest! {
        /// Whatever the times, no more is given than the burst and what has grown since.
        #[test]
        fn never_more_than_the_rate(steps in proptest::collection::vec(0u64..30_000, 1..60), burst in 1u32..5, per_minute in 1u32..100) {
            let buckets = Buckets::default();
            let (mut now, mut given) = (0, 0u64);
            for step in steps {
                now += step;
                let rate = Rate { burst, per_minute };
                match buckets.take(Class::Read, "x", rate, now) {
                    Ok(()) => given += 1,
                    Err(wait) => {
                        now += wait * 1000;
                        prop_assert!(buckets.look(Class::Read, "x", rate, now).is_ok());
                    }
                }
                prop_assert!(given <= u64::from(burst) + now * u64::from(per_minute) / 60_000);
            }
        }
    }
}
