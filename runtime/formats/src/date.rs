//! Dates and times: the civil calendar, formats and time zones.
//!
//! Everything counts seconds since 1970 in UTC without leap seconds. The module reads no file:
//! the caller gives the bytes of `/etc/localtime` or of `/usr/share/zoneinfo/NAME`. The
//! calendar is the Gregorian one, extended in both directions.

use alloc::vec::Vec;

use s_text::number;

mod zone;

pub use zone::{LocalType, TimeZone};

const DAY: i64 = 86_400;
/// Years are limited to this in both directions, so that seconds fit.
const YEAR_MAX: i64 = 100_000_000_000;

const WEEKDAYS: [&str; 7] = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];
const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// A point in time, broken down in some zone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DateTime {
    /// The year, 0 being the one before 1.
    pub year: i64,
    /// 1 to 12.
    pub month: u8,
    /// 1 to 31.
    pub day: u8,
    /// 0 to 23.
    pub hour: u8,
    /// 0 to 59.
    pub minute: u8,
    /// 0 to 59 (60 if a text said so).
    pub second: u8,
    /// 0 to 999 999 999.
    pub nanosecond: u32,
    /// Seconds east of UTC.
    pub offset: i32,
    /// Whether it is summer time.
    pub is_dst: bool,
    /// The abbreviation of the zone, `UTC` without one.
    pub zone: Vec<u8>,
}

impl DateTime {
    /// Breaks down `epoch` seconds in UTC.
    pub fn utc(epoch: i64) -> Self {
        Self::with_offset(epoch, 0, false, b"UTC")
    }

    /// Breaks down `epoch` seconds at an offset in seconds.
    pub fn with_offset(epoch: i64, offset: i32, is_dst: bool, zone: &[u8]) -> Self {
        let local = epoch.saturating_add(i64::from(offset));
        let (days, seconds) = (local.div_euclid(DAY), local.rem_euclid(DAY));
        let (year, month, day) = civil_from_days(days);
        Self {
            year,
            month,
            day,
            hour: (seconds / 3600) as u8,
            minute: (seconds / 60 % 60) as u8,
            second: (seconds % 60) as u8,
            nanosecond: 0,
            offset,
            is_dst,
            zone: zone.to_vec(),
        }
    }

    /// Breaks down `epoch` seconds in a zone.
    pub fn local(epoch: i64, zone: &TimeZone) -> Self {
        let local = zone.at(epoch);
        Self::with_offset(epoch, local.offset, local.is_dst, &local.abbreviation)
    }

    /// Seconds since 1970 of this point.
    pub fn epoch(&self) -> i64 {
        self.local_seconds().saturating_sub(i64::from(self.offset))
    }

    /// Seconds since 1970 as if the fields were in UTC.
    pub fn local_seconds(&self) -> i64 {
        let days = days_from_civil(self.year, i64::from(self.month), i64::from(self.day));
        days.saturating_mul(DAY).saturating_add(
            i64::from(self.hour) * 3600 + i64::from(self.minute) * 60 + i64::from(self.second),
        )
    }

    /// 0 for Sunday to 6.
    pub fn weekday(&self) -> u8 {
        weekday_of_days(days_from_civil(self.year, i64::from(self.month), i64::from(self.day)))
    }

    /// Days since the first of January, 0 to 365.
    pub fn year_day(&self) -> u16 {
        let first = days_from_civil(self.year, 1, 1);
        (days_from_civil(self.year, i64::from(self.month), i64::from(self.day)) - first).clamp(0, 365) as u16
    }

    /// The year of the week and the week (1 to 53) of ISO 8601.
    pub fn iso_week(&self) -> (i64, u8) {
        iso_week(self.year, i64::from(self.year_day()), self.weekday())
    }

    /// Perl's list of `localtime`: second, minute, hour, day, month from 0, years since 1900,
    /// weekday, day of the year, summer time.
    pub fn perl_list(&self) -> [i64; 9] {
        [
            i64::from(self.second),
            i64::from(self.minute),
            i64::from(self.hour),
            i64::from(self.day),
            i64::from(self.month) - 1,
            self.year.saturating_sub(1900),
            i64::from(self.weekday()),
            i64::from(self.year_day()),
            i64::from(self.is_dst),
        ]
    }

    /// Appends `Thu Jan  1 00:00:00 1970`, what `localtime` is as a string.
    pub fn format_perl(&self, out: &mut Vec<u8>) {
        strftime(b"%a %b %e %H:%M:%S %Y", self, out);
    }

    /// Appends `1970-01-01T00:00:00Z` or with `+01:00`; a fraction only if there is one.
    pub fn format_rfc3339(&self, out: &mut Vec<u8>) {
        strftime(b"%Y-%m-%dT%H:%M:%S", self, out);
        if self.nanosecond > 0 {
            out.push(b'.');
            let digits = if self.nanosecond.is_multiple_of(1_000_000) {
                3
            } else if self.nanosecond.is_multiple_of(1000) {
                6
            } else {
                9
            };
            fraction(self.nanosecond, digits, out);
        }
        if self.offset == 0 {
            out.push(b'Z');
        } else {
            write_offset(self.offset, 1, out);
        }
    }

    /// Appends `Thu, 01 Jan 1970 00:00:00 +0000`.
    pub fn format_rfc2822(&self, out: &mut Vec<u8>) {
        strftime(b"%a, %d %b %Y %H:%M:%S %z", self, out);
    }
}

/// Days since 1970-01-01 of a date; months and days may leave their range and carry over.
pub fn days_from_civil(year: i64, month: i64, day: i64) -> i64 {
    let month = month.clamp(-YEAR_MAX, YEAR_MAX) - 1;
    let year = year.clamp(-YEAR_MAX, YEAR_MAX) + month.div_euclid(12);
    let month = month.rem_euclid(12);
    // The year starts in March, so that the leap day is its last.
    let (year, month) = if month < 2 { (year - 1, month + 10) } else { (year, month - 2) };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * month + 2) / 5;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468 + day.clamp(-YEAR_MAX * 366, YEAR_MAX * 366) - 1
}

/// Year, month and day of a number of days since 1970-01-01.
pub fn civil_from_days(days: i64) -> (i64, u8, u8) {
    let days = days.clamp(-YEAR_MAX * 366, YEAR_MAX * 366) + 719_468;
    let era = days.div_euclid(146_097);
    let day_of_era = days.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month + 2) / 5 + 1;
    let year = era * 400 + year_of_era;
    if month < 10 { (year, month as u8 + 3, day as u8) } else { (year + 1, month as u8 - 9, day as u8) }
}

/// Seconds since 1970 in UTC; every field may leave its range (`timegm`).
pub fn epoch_from_civil(year: i64, month: i64, day: i64, hour: i64, minute: i64, second: i64) -> i64 {
    days_from_civil(year, month, day)
        .saturating_mul(DAY)
        .saturating_add(hour.saturating_mul(3600))
        .saturating_add(minute.saturating_mul(60))
        .saturating_add(second)
}

/// The weekday (0 = Sunday) of a number of days since 1970-01-01.
pub fn weekday_of_days(days: i64) -> u8 {
    (days.rem_euclid(7) + 4).rem_euclid(7) as u8
}

/// Whether a year has 366 days.
pub fn is_leap_year(year: i64) -> bool {
    year.rem_euclid(4) == 0 && (year.rem_euclid(100) != 0 || year.rem_euclid(400) == 0)
}

/// The days of a month (1 to 12); 0 for another month.
pub fn days_in_month(year: i64, month: i64) -> u8 {
    match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 if is_leap_year(year) => 29,
        2 => 28,
        _ => 0,
    }
}

/// The name of a month, 1 to 12.
pub fn month_name(month: i64) -> Option<&'static str> {
    MONTHS.get(usize::try_from(month.checked_sub(1)?).ok()?).copied()
}

/// The three letters of a month, 1 to 12.
pub fn month_short(month: i64) -> Option<&'static str> {
    month_name(month).map(|name| &name[..3])
}

/// The name of a weekday, 0 (Sunday) to 6.
pub fn weekday_name(weekday: i64) -> Option<&'static str> {
    WEEKDAYS.get(usize::try_from(weekday).ok()?).copied()
}

/// The three letters of a weekday, 0 (Sunday) to 6.
pub fn weekday_short(weekday: i64) -> Option<&'static str> {
    weekday_name(weekday).map(|name| &name[..3])
}

/// The number of a month from its name or its first three letters, in any case.
pub fn month_from_name(name: &[u8]) -> Option<u8> {
    position(&MONTHS, name).map(|at| at as u8 + 1)
}

/// The number of a weekday (0 = Sunday) from its name or its first three letters.
pub fn weekday_from_name(name: &[u8]) -> Option<u8> {
    position(&WEEKDAYS, name).map(|at| at as u8)
}

fn position(names: &[&str], name: &[u8]) -> Option<usize> {
    names.iter().position(|full| {
        full.as_bytes().eq_ignore_ascii_case(name) || full.as_bytes()[..3].eq_ignore_ascii_case(name)
    })
}

/// The quarter (1 to 4) of a month.
pub fn quarter_of(month: i64) -> Option<u8> {
    (1..=12).contains(&month).then(|| (month as u8).div_ceil(3))
}

fn iso_week(year: i64, year_day: i64, weekday: u8) -> (i64, u8) {
    let from_monday = (i64::from(weekday) + 6) % 7;
    let week = (year_day - from_monday + 10).div_euclid(7);
    if week < 1 {
        return (year.saturating_sub(1), weeks_in(year.saturating_sub(1)));
    }
    if week > i64::from(weeks_in(year)) {
        return (year.saturating_add(1), 1);
    }
    (year, week as u8)
}

fn weeks_in(year: i64) -> u8 {
    let first = weekday_of_days(days_from_civil(year, 1, 1));
    if first == 4 || (first == 3 && is_leap_year(year)) { 53 } else { 52 }
}

/// Appends `time` in a format of `strftime`: the verbs of the C library in English, its flags
/// `-`, `_`, `0`, `^`, `#`, widths and `%:z`, and `%f`, `%3f`, `%.3f`, `%N` for fractions. What
/// is none of them stays as it is.
pub fn strftime(format: &[u8], time: &DateTime, out: &mut Vec<u8>) {
    let mut rest = format;
    while let Some(at) = memchr::memchr(b'%', rest) {
        out.extend_from_slice(&rest[..at]);
        rest = &rest[at..];
        let used = directive(rest, time, out);
        rest = &rest[used..];
    }
    out.extend_from_slice(rest);
}

/// How a field is padded and cased.
#[derive(Default)]
struct Style {
    pad: Option<u8>,
    upper: bool,
    swap: bool,
    width: Option<usize>,
}

impl Style {
    fn number(&self, value: i64, width: usize, pad: u8, out: &mut Vec<u8>) {
        let mut digits = Vec::new();
        number::format_uint(value.unsigned_abs(), &mut digits);
        if value < 0 {
            out.push(b'-');
        }
        let (pad, width) = match self.pad {
            Some(b'-') => (b'0', self.width.unwrap_or(0)),
            Some(b'_') => (b' ', self.width.unwrap_or(width)),
            Some(_) => (b'0', self.width.unwrap_or(width)),
            None => (pad, self.width.unwrap_or(width)),
        };
        out.resize(out.len() + width.saturating_sub(digits.len()), pad);
        out.extend_from_slice(&digits);
    }

    fn text(&self, text: &[u8], out: &mut Vec<u8>) {
        let pad = if self.pad == Some(b'0') { b'0' } else { b' ' };
        out.resize(out.len() + self.width.unwrap_or(0).saturating_sub(text.len()), pad);
        if self.upper || self.swap {
            out.extend(text.iter().map(u8::to_ascii_uppercase));
        } else {
            out.extend_from_slice(text);
        }
    }
}

/// Handles the directive at the start of `text` and returns its length.
fn directive(text: &[u8], time: &DateTime, out: &mut Vec<u8>) -> usize {
    let mut at = 1;
    let mut style = Style::default();
    while let Some(&flag @ (b'-' | b'_' | b'0' | b'^' | b'#')) = text.get(at) {
        match flag {
            b'^' => style.upper = true,
            b'#' => style.swap = true,
            _ => style.pad = Some(flag),
        }
        at += 1;
    }
    let dot = text.get(at) == Some(&b'.');
    let mut end = at + usize::from(dot);
    let mut width: usize = 0;
    while let Some(digit @ b'0'..=b'9') = text.get(end) {
        width = (width * 10 + usize::from(digit - b'0')).min(1024);
        style.width = Some(width);
        end += 1;
    }
    if dot {
        if text.get(end) == Some(&b'f') {
            out.push(b'.');
            fraction(time.nanosecond, style.width.unwrap_or(9), out);
            return end + 1;
        }
        out.push(b'%');
        return 1;
    }
    at = end;
    let colons = text[at..].iter().take_while(|&&byte| byte == b':').count().min(3);
    if colons > 0 {
        if text.get(at + colons) == Some(&b'z') {
            write_offset(time.offset, colons, out);
            return at + colons + 1;
        }
        out.push(b'%');
        return 1;
    }
    // `%E` and `%O` ask for other calendars and digits, of which there are none.
    if matches!(text.get(at), Some(b'E' | b'O')) && text.get(at + 1).is_some() {
        at += 1;
    }
    let Some(&verb) = text.get(at) else {
        out.extend_from_slice(text);
        return text.len();
    };
    let twelve = (i64::from(time.hour) + 11) % 12 + 1;
    let year_day = i64::from(time.year_day());
    let weekday = i64::from(time.weekday());
    let full = |format: &[u8], out: &mut Vec<u8>| {
        let mut inner = Vec::new();
        strftime(format, time, &mut inner);
        style.text(&inner, out);
    };
    let name = |name: Option<&str>, out: &mut Vec<u8>| style.text(name.unwrap_or("?").as_bytes(), out);
    match verb {
        b'%' => style.text(b"%", out),
        b'n' => style.text(b"\n", out),
        b't' => style.text(b"\t", out),
        b'a' => name(weekday_short(weekday), out),
        b'A' => name(weekday_name(weekday), out),
        b'b' | b'h' => name(month_short(i64::from(time.month)), out),
        b'B' => name(month_name(i64::from(time.month)), out),
        b'p' | b'P' => {
            let (upper, lower): (&[u8], &[u8]) = if time.hour < 12 { (b"AM", b"am") } else { (b"PM", b"pm") };
            if style.upper {
                style.text(upper, out);
            } else {
                let is_lower = (verb == b'P') || style.swap;
                Style { swap: false, ..style }.text(if is_lower { lower } else { upper }, out);
            }
        }
        b'c' => full(b"%a %b %e %H:%M:%S %Y", out),
        b'D' | b'x' => full(b"%m/%d/%y", out),
        b'F' => full(b"%Y-%m-%d", out),
        b'r' => full(b"%I:%M:%S %p", out),
        b'R' => full(b"%H:%M", out),
        b'T' | b'X' => full(b"%H:%M:%S", out),
        b'v' => full(b"%e-%b-%Y", out),
        b'+' => {
            let mut inner = Vec::new();
            time.format_rfc3339(&mut inner);
            style.text(&inner, out);
        }
        b'C' => style.number(time.year.div_euclid(100), 2, b'0', out),
        b'd' => style.number(i64::from(time.day), 2, b'0', out),
        b'e' => style.number(i64::from(time.day), 2, b' ', out),
        b'f' | b'N' | b'L' => {
            let digits = style.width.unwrap_or(if verb == b'L' { 3 } else { 9 });
            fraction(time.nanosecond, digits, out);
        }
        b'G' => style.number(time.iso_week().0, 1, b'0', out),
        b'g' => style.number(time.iso_week().0.rem_euclid(100), 2, b'0', out),
        b'V' => style.number(i64::from(time.iso_week().1), 2, b'0', out),
        b'H' => style.number(i64::from(time.hour), 2, b'0', out),
        b'I' => style.number(twelve, 2, b'0', out),
        b'k' => style.number(i64::from(time.hour), 2, b' ', out),
        b'l' => style.number(twelve, 2, b' ', out),
        b'j' => style.number(year_day + 1, 3, b'0', out),
        b'm' => style.number(i64::from(time.month), 2, b'0', out),
        b'M' => style.number(i64::from(time.minute), 2, b'0', out),
        b'S' => style.number(i64::from(time.second), 2, b'0', out),
        b'q' => style.number(i64::from(quarter_of(i64::from(time.month)).unwrap_or(0)), 1, b'0', out),
        b's' => style.number(time.epoch(), 1, b'0', out),
        b'u' => style.number(if weekday == 0 { 7 } else { weekday }, 1, b'0', out),
        b'w' => style.number(weekday, 1, b'0', out),
        b'U' => style.number((year_day + 7 - weekday) / 7, 2, b'0', out),
        b'W' => style.number((year_day + 7 - (weekday + 6) % 7) / 7, 2, b'0', out),
        b'y' => style.number(time.year.rem_euclid(100), 2, b'0', out),
        b'Y' => style.number(time.year, 1, b'0', out),
        b'z' => write_offset(time.offset, 0, out),
        b'Z' => {
            if style.swap {
                let lower = time.zone.to_ascii_lowercase();
                Style { swap: false, ..style }.text(&lower, out);
            } else {
                style.text(&time.zone, out);
            }
        }
        _ => out.extend_from_slice(&text[..=at]),
    }
    at + 1
}

/// Appends the first digits of the fraction of a second.
fn fraction(nanosecond: u32, digits: usize, out: &mut Vec<u8>) {
    let mut text = [b'0'; 9];
    let mut rest = nanosecond.min(999_999_999);
    for slot in text.iter_mut().rev() {
        *slot = b'0' + (rest % 10) as u8;
        rest /= 10;
    }
    out.extend_from_slice(&text[..digits.min(9)]);
    out.resize(out.len() + digits.saturating_sub(9), b'0');
}

/// Appends `+0100`, with one colon `+01:00`, with two `+01:00:00`, with three as short as can be.
fn write_offset(offset: i32, colons: usize, out: &mut Vec<u8>) {
    out.push(if offset < 0 { b'-' } else { b'+' });
    let offset = i64::from(offset).abs();
    let style = Style::default();
    let (hours, minutes, seconds) = (offset / 3600, offset / 60 % 60, offset % 60);
    style.number(hours, 2, b'0', out);
    if colons == 3 && minutes == 0 && seconds == 0 {
        return;
    }
    if colons > 0 {
        out.push(b':');
    }
    style.number(minutes, 2, b'0', out);
    if colons == 2 || (colons == 3 && seconds > 0) {
        out.push(b':');
        style.number(seconds, 2, b'0', out);
    }
}

/// Reads RFC 3339 and the common forms of ISO 8601: a date (`2024-01-31`, `20240131`,
/// `2024-031`, `2024-W05-3`, `2024-01`), a `T` or blank, a time (`12:34`, `123456`, with a
/// fraction), and `Z` or an offset. Without an offset it is UTC. `None` if anything is wrong.
pub fn parse_iso(text: &[u8]) -> Option<DateTime> {
    let mut scanner = Scanner { text: text.trim_ascii(), at: 0 };
    let days = scanner.date()?;
    let mut seconds = 0;
    let mut nanosecond = 0;
    let mut offset = 0;
    let mut leap = false;
    if scanner.peek().is_some() {
        if !matches!(scanner.next(), Some(b'T' | b't' | b' ' | b'_')) {
            return None;
        }
        while scanner.peek() == Some(b' ') {
            scanner.at += 1;
        }
        let hour = scanner.digits(2)?;
        let colon = scanner.accept(b':');
        let minute = if colon || scanner.has_digit() { scanner.digits(2)? } else { 0 };
        let mut second = 0;
        if (colon && scanner.accept(b':')) || (!colon && scanner.has_digit()) {
            second = scanner.digits(2)?;
            if scanner.accept(b'.') || scanner.accept(b',') {
                let start = scanner.at;
                let mut scale = 100_000_000;
                while let Some(digit @ b'0'..=b'9') = scanner.peek() {
                    nanosecond += u32::from(digit - b'0') * scale;
                    scale /= 10;
                    scanner.at += 1;
                }
                if scanner.at == start {
                    return None;
                }
            }
        }
        let is_midnight = hour == 24 && minute == 0 && second == 0 && nanosecond == 0;
        if (hour > 23 && !is_midnight) || minute > 59 || second > 60 {
            return None;
        }
        leap = second == 60;
        seconds = hour * 3600 + minute * 60 + second.min(59);
        while scanner.peek() == Some(b' ') {
            scanner.at += 1;
        }
        offset = scanner.offset()?;
    }
    if scanner.peek().is_some() {
        return None;
    }
    let epoch = days * DAY + seconds - i64::from(offset);
    let zone: &[u8] = if offset == 0 { b"UTC" } else { b"" };
    let mut time = DateTime::with_offset(epoch, offset, false, zone);
    time.nanosecond = nanosecond;
    if leap {
        time.second = 60;
    }
    if zone.is_empty() {
        write_offset(offset, 1, &mut time.zone);
    }
    Some(time)
}

/// Reads exactly RFC 3339 (date, time and offset all there) to seconds since 1970.
pub fn parse_rfc3339(text: &[u8]) -> Option<DateTime> {
    let is_digits = |at: usize, count: usize| {
        text.get(at..at + count).is_some_and(|part| part.iter().all(u8::is_ascii_digit))
    };
    let shape = is_digits(0, 4)
        && text.get(4) == Some(&b'-')
        && is_digits(5, 2)
        && text.get(7) == Some(&b'-')
        && is_digits(8, 2)
        && matches!(text.get(10), Some(b'T' | b't' | b' '))
        && is_digits(11, 2)
        && text.get(13) == Some(&b':')
        && is_digits(14, 2)
        && text.get(16) == Some(&b':')
        && is_digits(17, 2);
    let has_zone = matches!(text.last(), Some(b'Z' | b'z'))
        || text
            .len()
            .checked_sub(6)
            .is_some_and(|at| at > 10 && matches!(text[at], b'+' | b'-') && text[at + 3] == b':');
    if shape && has_zone { parse_iso(text) } else { None }
}

/// Reads `Thu, 01 Jan 1970 00:00:00 +0000` (RFC 2822); the weekday and the seconds may be
/// missing, the zone may be one of the old names.
pub fn parse_rfc2822(text: &[u8]) -> Option<DateTime> {
    let mut words = text.split(|byte| matches!(byte, b' ' | b',' | b'\t')).filter(|word| !word.is_empty());
    let mut word = words.next()?;
    if weekday_from_name(word).is_some() {
        word = words.next()?;
    }
    let mut scanner = Scanner { text: word, at: 0 };
    let day = scanner.digits(word.len().clamp(1, 2))?;
    if scanner.peek().is_some() {
        return None;
    }
    let month = month_from_name(words.next()?)?;
    let mut scanner = Scanner { text: words.next()?, at: 0 };
    let year = scanner.digits(4)?;
    if scanner.peek().is_some() || day < 1 || day > i64::from(days_in_month(year, i64::from(month))) {
        return None;
    }
    let mut scanner = Scanner { text: words.next()?, at: 0 };
    let hour = scanner.digits(2)?;
    if !scanner.accept(b':') {
        return None;
    }
    let minute = scanner.digits(2)?;
    let second = if scanner.accept(b':') { scanner.digits(2)? } else { 0 };
    if scanner.peek().is_some() || hour > 23 || minute > 59 || second > 60 {
        return None;
    }
    let zone = words.next().unwrap_or(b"GMT");
    let hours = |hours: i32| Some(hours * 3600);
    let offset = match zone {
        b"GMT" | b"UT" | b"UTC" | b"Z" => Some(0),
        b"EST" => hours(-5),
        b"EDT" => hours(-4),
        b"CST" => hours(-6),
        b"CDT" => hours(-5),
        b"MST" => hours(-7),
        b"MDT" => hours(-6),
        b"PST" => hours(-8),
        b"PDT" => hours(-7),
        _ => {
            let mut scanner = Scanner { text: zone, at: 0 };
            scanner.offset().filter(|_| scanner.peek().is_none())
        }
    }?;
    let local = epoch_from_civil(year, i64::from(month), day, hour, minute, second.min(59));
    Some(DateTime::with_offset(local - i64::from(offset), offset, false, zone))
}

struct Scanner<'a> {
    text: &'a [u8],
    at: usize,
}

impl Scanner<'_> {
    fn peek(&self) -> Option<u8> {
        self.text.get(self.at).copied()
    }

    fn next(&mut self) -> Option<u8> {
        let byte = self.peek()?;
        self.at += 1;
        Some(byte)
    }

    fn accept(&mut self, byte: u8) -> bool {
        let found = self.peek() == Some(byte);
        self.at += usize::from(found);
        found
    }

    fn has_digit(&self) -> bool {
        self.peek().is_some_and(|byte| byte.is_ascii_digit())
    }

    fn digits(&mut self, count: usize) -> Option<i64> {
        let mut value = 0;
        for _ in 0..count {
            let digit = self.next().filter(u8::is_ascii_digit)?;
            value = value * 10 + i64::from(digit - b'0');
        }
        Some(value)
    }

    fn date(&mut self) -> Option<i64> {
        let negative = self.accept(b'-');
        let signed = negative || self.accept(b'+');
        let year = if signed { self.digits(4)? * if negative { -1 } else { 1 } } else { self.digits(4)? };
        let dash = self.accept(b'-');
        if self.accept(b'W') {
            let week = self.digits(2)?;
            let day = if self.accept(b'-') || (!dash && self.has_digit()) { self.digits(1)? } else { 1 };
            if week < 1 || week > i64::from(weeks_in(year)) || !(1..=7).contains(&day) {
                return None;
            }
            let fourth = days_from_civil(year, 1, 4);
            let monday = fourth - (i64::from(weekday_of_days(fourth)) + 6) % 7;
            return Some(monday + (week - 1) * 7 + day - 1);
        }
        let digits = self.text[self.at..].iter().take_while(|byte| byte.is_ascii_digit()).count();
        if digits == 3 {
            let day = self.digits(3)?;
            let last = if is_leap_year(year) { 366 } else { 365 };
            return (1..=last).contains(&day).then(|| days_from_civil(year, 1, day));
        }
        let month = self.digits(2)?;
        let mut day = 1;
        if if dash { self.accept(b'-') } else { self.has_digit() } {
            day = self.digits(2)?;
        } else if !dash {
            return None;
        }
        (day >= 1 && day <= i64::from(days_in_month(year, month))).then(|| days_from_civil(year, month, day))
    }

    /// Nothing, `Z`, `+01`, `+0100` or `+01:00`, in seconds.
    fn offset(&mut self) -> Option<i32> {
        let sign = match self.peek() {
            None => return Some(0),
            Some(b'Z' | b'z') => {
                self.at += 1;
                return Some(0);
            }
            Some(b'+') => 1,
            Some(b'-') => -1,
            Some(_) => return None,
        };
        self.at += 1;
        let hours = self.digits(2)?;
        let minutes = if self.accept(b':') || self.has_digit() { self.digits(2)? } else { 0 };
        (hours <= 24 && minutes < 60).then_some(sign * (hours * 3600 + minutes * 60) as i32)
    }
}

#[cfg(test)]
mod tests {
    extern crate std;

    use super::*;
    use s_text::test_support::prelude::*;
    use s_text::test_support::{Generator, perl_lines};

    fn text(format: &str, time: &DateTime) -> String {
        let mut out = Vec::new();
        strftime(format.as_bytes(), time, &mut out);
        String::from_utf8(out).unwrap()
    }

    const FORMAT: &str = "%a|%A|%b|%B|%c|%C|%d|%D|%e|%F|%g|%G|%h|%H|%I|%j|%k|%l|%m|%M|%p|%P|%r|%R|%S|%s|%T|%u|%U|%V|%w|%W|%x|%X|%y|%Y|%z|%%|%-d|%_m|%^a|%#B|%10Y|%5d|%#Z|%Ey|%#p|%_5S";

    #[test]
    fn formats_are_those_of_the_c_library() {
        let mut generator = Generator::new(41);
        let mut epochs: Vec<i64> =
            (0..2000).map(|_| generator.below(8_000_000_000) as i64 - 3_000_000_000).collect();
        epochs.extend([0, -1, 86_399, 951_782_400, 4_102_444_800]);
        let input: String = epochs.iter().map(|epoch| format!("{epoch}\n")).collect();
        for zone in [
            "UTC",
            "Europe/Berlin",
            "America/New_York",
            "Asia/Kolkata",
            "Australia/Lord_Howe",
            "Pacific/Apia",
        ] {
            let program = format!(
                "use POSIX; $ENV{{TZ}} = '{zone}'; tzset; while (<STDIN>) {{ chomp; my @t = localtime $_; print strftime('{FORMAT}', @t), '|', scalar(localtime $_), \"|@t\\n\" }}"
            );
            let expected = perl_lines(&program, &input);
            let bytes = std::fs::read(format!("/usr/share/zoneinfo/{zone}")).unwrap();
            let zone = TimeZone::parse(&bytes).unwrap();
            for (epoch, expected) in epochs.iter().zip(&expected) {
                let time = DateTime::local(*epoch, &zone);
                let list = time.perl_list().map(|part| part.to_string()).join(" ");
                let mut perl = Vec::new();
                time.format_perl(&mut perl);
                let ours = format!("{}|{}|{list}", text(FORMAT, &time), String::from_utf8(perl).unwrap());
                assert_eq!(ours, *expected, "{epoch}");
                assert_eq!(time.epoch(), *epoch);
                // Fields that a change of clocks repeats have two answers.
                let back = zone.epoch(time.local_seconds());
                assert_eq!(DateTime::local(back, &zone).local_seconds(), time.local_seconds());
            }
        }
    }

    #[test]
    fn the_calendar_goes_both_ways() {
        let mut generator = Generator::new(43);
        for days in (-800_000..800_000).step_by(13).chain((0..1000).map(|_| generator.next() as i64 >> 20)) {
            let (year, month, day) = civil_from_days(days);
            assert_eq!(days_from_civil(year, i64::from(month), i64::from(day)), days);
            assert!(day <= days_in_month(year, i64::from(month)));
        }
        assert_eq!(civil_from_days(0), (1970, 1, 1));
        assert_eq!(epoch_from_civil(2000, 14, 1, 0, 0, 0), epoch_from_civil(2001, 2, 1, 0, 0, 0));
        for extreme in [i64::MIN, i64::MAX] {
            let _ = (
                civil_from_days(extreme),
                days_from_civil(extreme, extreme, extreme),
                epoch_from_civil(extreme, extreme, extreme, extreme, extreme, extreme),
            );
            let odd = DateTime {
                year: extreme,
                month: 255,
                day: 255,
                hour: 255,
                minute: 255,
                second: 255,
                nanosecond: u32::MAX,
                offset: i32::MIN,
                is_dst: true,
                zone: Vec::new(),
            };
            let _ = (text(FORMAT, &odd), text("%N%:z%+", &odd), odd.epoch(), odd.perl_list(), odd.iso_week());
            let time = DateTime::with_offset(extreme, i32::MAX, true, b"X");
            let _ = (
                text(FORMAT, &time),
                time.epoch(),
                is_leap_year(extreme),
                quarter_of(extreme),
                month_name(extreme),
                weekday_name(extreme),
            );
        }
        assert_eq!(
            (
                month_name(1),
                month_short(12),
                weekday_name(0),
                weekday_short(6),
                month_name(0),
                weekday_name(7)
            ),
            (Some("January"), Some("Dec"), Some("Sunday"), Some("Sat"), None, None)
        );
        assert_eq!((quarter_of(1), quarter_of(12), quarter_of(0)), (Some(1), Some(4), None));
        assert_eq!(
            (month_from_name(b"sep"), weekday_from_name(b"FRIDAY"), month_from_name(b"x")),
            (Some(9), Some(5), None)
        );
    }

    #[test]
    fn texts_are_read() {
        let epoch = |text: &str| parse_iso(text.as_bytes()).map(|time| time.epoch());
        assert_eq!(epoch("2024-01-31T12:34:56Z"), Some(1_706_704_496));
        assert_eq!(epoch("2024-01-31 13:34:56.789+01:00"), Some(1_706_704_496));
        assert_eq!(epoch("20240131T123456Z"), Some(1_706_704_496));
        assert_eq!(epoch("2024-01-31"), Some(1_706_659_200));
        assert_eq!(epoch("2024-031"), Some(1_706_659_200));
        assert_eq!(epoch("2024-W05-3"), Some(1_706_659_200));
        assert_eq!(epoch("2024-01"), Some(1_704_067_200));
        assert_eq!(epoch("2024-01-31T07:34:56-05"), Some(1_706_704_496));
        assert_eq!(epoch("2024-01-30T24:00"), Some(1_706_659_200));
        for wrong in [
            "",
            "2024",
            "2024-13-01",
            "2023-02-29",
            "2024-01-31T",
            "2024-01-31T25:00",
            "2024-01-31T12:60",
            "2024-01-31T12:00:00+",
            "2024-01-31x",
            "2024-W54",
            "2024-366x",
            "2023-366",
            "T12:00",
            "202401",
        ] {
            assert_eq!(parse_iso(wrong.as_bytes()), None, "{wrong}");
        }
        let time = parse_rfc3339(b"2024-01-31T12:34:56.5+01:00").unwrap();
        let mut out = Vec::new();
        time.format_rfc3339(&mut out);
        assert_eq!(out, b"2024-01-31T12:34:56.500+01:00");
        assert_eq!(parse_rfc3339(b"2024-01-31"), None);
        assert_eq!(
            text("%f %3f %.3f %N %+ %q", &time),
            "500000000 500 .500 500000000 2024-01-31T12:34:56.500+01:00 1"
        );
        out.clear();
        DateTime::utc(0).format_rfc2822(&mut out);
        assert_eq!(out, b"Thu, 01 Jan 1970 00:00:00 +0000");
        assert_eq!(parse_rfc2822(&out).unwrap().epoch(), 0);
        assert_eq!(parse_rfc2822(b"31 Jan 2024 07:34:56 EST").unwrap().epoch(), 1_706_704_496);
        assert_eq!(parse_rfc2822(b"32 Jan 2024 07:34:56 EST"), None);
        assert_eq!(text("%", &time), "%");
        assert_eq!(text("%:z %::z %:::z", &time), "+01:00 +01:00:00 +01");
        assert_eq!(text("%Q %:Z %-", &time), "%Q %:Z %-");
    }

    #[test]
    fn no_input_panics() {
        let mut generator = Generator::new(47);
        let alphabet = b"0123459-+:TZ.W /%aYzfENs^#_";
        for _ in 0..20_000 {
            let random: Vec<u8> = (0..generator.below(24))
                .map(|_| alphabet[generator.below(alphabet.len() as u64) as usize])
                .collect();
            let _ = (parse_iso(&random), parse_rfc3339(&random), parse_rfc2822(&random));
            let mut out = Vec::new();
            strftime(&random, &DateTime::utc(generator.next() as i64), &mut out);
        }
    }
}
