//! Points in time, for people.

use jiff::Timestamp;
use jiff::tz::TimeZone;

/// The first minute that is not before a point in time, as in `2026-11-27 10:32 UTC`; none for one
/// that no calendar has.
pub(crate) fn minute(unix: u64) -> Option<String> {
    let ends = i64::try_from(unix).ok()?.checked_add(59)?;
    let time = Timestamp::from_second(ends).ok()?;
    Some(time.to_zoned(TimeZone::UTC).strftime("%Y-%m-%d %H:%M UTC").to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_minute_is_never_too_early() {
        assert_eq!(minute(0).as_deref(), Some("1970-01-01 00:00 UTC"));
        assert_eq!(minute(1).as_deref(), Some("1970-01-01 00:01 UTC"));
        assert_eq!(minute(u64::MAX), None);
    }
}
