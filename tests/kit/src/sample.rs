//! Durations, and what is said of many.

use std::fmt;
use std::time::{Duration, Instant};

/// Many durations of one thing.
#[derive(Debug, Default)]
pub struct Sample(Vec<Duration>);

impl Sample {
    /// Measures a thing so many times.
    pub fn of(times: usize, mut thing: impl FnMut()) -> Sample {
        let mut sample = Sample::default();
        for _ in 0..times {
            let start = Instant::now();
            thing();
            sample.add(start.elapsed());
        }
        sample
    }

    /// Adds one.
    pub fn add(&mut self, duration: Duration) {
        self.0.push(duration);
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The one in the middle; of an even number, the later one. Zero where there is none.
    pub fn median(&self) -> Duration {
        self.at(self.0.len() / 2)
    }

    /// The least that nine of ten do not exceed. Zero where there is none.
    pub fn p90(&self) -> Duration {
        self.at((self.0.len() * 9).div_ceil(10).saturating_sub(1))
    }

    /// The least. Zero where there is none.
    pub fn least(&self) -> Duration {
        self.at(0)
    }

    fn at(&self, index: usize) -> Duration {
        let mut sorted = self.0.clone();
        sorted.sort();
        sorted.get(index).copied().unwrap_or_default()
    }
}

/// The cells of a row: median, least, how many.
impl fmt::Display for Sample {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} | {} | {}", Time(self.median()), Time(self.least()), self.0.len())
    }
}

/// A duration with three figures, in seconds, milliseconds or microseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Time(pub Duration);

impl fmt::Display for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = self.0.as_secs_f64();
        let (value, unit) = match seconds {
            s if s >= 1.0 => (s, "s"),
            s if s >= 1e-3 => (s * 1e3, "ms"),
            s => (s * 1e6, "µs"),
        };
        let digits = if value >= 100.0 {
            0
        } else if value >= 10.0 {
            1
        } else {
            2
        };
        write!(f, "{value:.digits$} {unit}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_said_of_many() {
        let cases: &[(&[u64], [u64; 3])] = &[
            (&[], [0, 0, 0]),
            (&[7], [7, 7, 7]),
            (&[3, 1, 2], [1, 2, 3]),
            (&[10, 9, 8, 7, 6, 5, 4, 3, 2, 1], [1, 6, 9]),
            (&[1, 1, 1, 1, 1, 1, 1, 1, 1, 50, 60], [1, 1, 50]),
        ];
        for (milliseconds, expected) in cases {
            let mut sample = Sample::default();
            assert!(sample.is_empty());
            milliseconds.iter().for_each(|&ms| sample.add(Duration::from_millis(ms)));
            let said = [sample.least(), sample.median(), sample.p90()].map(|time| time.as_millis() as u64);
            assert_eq!((said, sample.len()), (*expected, milliseconds.len()));
        }
    }

    #[test]
    fn a_time_has_three_figures() {
        for (microseconds, expected) in
            [(0, "0.00 µs"), (34, "34.0 µs"), (1_470, "1.47 ms"), (101_300, "101 ms"), (2_346_000, "2.35 s")]
        {
            assert_eq!(Time(Duration::from_micros(microseconds)).to_string(), expected);
        }
    }
}
