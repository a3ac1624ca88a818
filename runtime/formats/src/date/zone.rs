//! Time zones from the bytes of a TZif file (RFC 8536) and from POSIX strings.

use alloc::vec::Vec;

use super::{DAY, days_from_civil, days_in_month, is_leap_year, weekday_of_days};
use crate::date::civil_from_days;

/// What clocks show at some time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LocalType {
    /// Seconds east of UTC.
    pub offset: i32,
    /// Whether it is summer time.
    pub is_dst: bool,
    /// The abbreviation, like `CET`.
    pub abbreviation: Vec<u8>,
}

/// The history and the rule of a zone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TimeZone {
    /// When clocks changed, ascending, and to which type.
    transitions: Vec<(i64, u8)>,
    types: Vec<LocalType>,
    /// What holds behind the last transition.
    rule: Option<Rule>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Rule {
    standard: LocalType,
    summer: Option<Summer>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Summer {
    local: LocalType,
    start: Change,
    end: Change,
}

/// A day of the year and the seconds of that day, by the clocks before the change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Change {
    day: ChangeDay,
    seconds: i64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum ChangeDay {
    /// 1 to 365 without the leap day.
    Julian(i64),
    /// 0 to 365.
    FromZero(i64),
    /// The `week`th (5: the last) `weekday` of `month`.
    Weekday { month: i64, week: i64, weekday: i64 },
}

impl TimeZone {
    /// UTC.
    pub fn utc() -> Self {
        Self::fixed(0, b"UTC")
    }

    /// A zone whose clocks never change.
    pub fn fixed(offset: i32, abbreviation: &[u8]) -> Self {
        let local = LocalType { offset, is_dst: false, abbreviation: abbreviation.to_vec() };
        Self { transitions: Vec::new(), types: Vec::from([local]), rule: None }
    }

    /// Reads a TZif file of any version; `None` if it is none.
    pub fn parse(bytes: &[u8]) -> Option<Self> {
        let header = Header::read(bytes)?;
        if header.version == 0 {
            return header.body(bytes.get(44..)?, 4);
        }
        let second = bytes.get(44 + header.body_length(4)?..)?;
        let header = Header::read(second)?;
        let mut zone = header.body(second.get(44..)?, 8)?;
        let footer = second.get(44 + header.body_length(8)?..)?;
        if let Some(footer) = footer.strip_prefix(b"\n") {
            let end = memchr::memchr(b'\n', footer).unwrap_or(footer.len());
            zone.rule = Rule::parse(&footer[..end]);
        }
        Some(zone)
    }

    /// Reads a POSIX string as in the variable `TZ`: `CET-1CEST,M3.5.0,M10.5.0/3`.
    pub fn posix(text: &[u8]) -> Option<Self> {
        let rule = Rule::parse(text)?;
        Some(Self { transitions: Vec::new(), types: Vec::from([rule.standard.clone()]), rule: Some(rule) })
    }

    /// What clocks show at `epoch`.
    pub fn at(&self, epoch: i64) -> &LocalType {
        let next = self.transitions.partition_point(|transition| transition.0 <= epoch);
        if next == self.transitions.len()
            && let Some(rule) = &self.rule
        {
            return rule.at(epoch);
        }
        let index = match next.checked_sub(1) {
            Some(last) => usize::from(self.transitions[last].1),
            // Before all changes the first type that is no summer time holds.
            None => self.types.iter().position(|local| !local.is_dst).unwrap_or(0),
        };
        &self.types[index]
    }

    /// Seconds since 1970 of a time by the clocks (`mktime`). If clocks showed it twice, it is
    /// the first; if they skipped it, the time as far behind the change.
    pub fn epoch(&self, local_seconds: i64) -> i64 {
        let before = self.at(local_seconds.saturating_sub(DAY)).offset;
        let after = self.at(local_seconds.saturating_add(DAY)).offset;
        for offset in [before, after] {
            let epoch = local_seconds.saturating_sub(i64::from(offset));
            if self.at(epoch).offset == offset {
                return epoch;
            }
        }
        local_seconds.saturating_sub(i64::from(before))
    }
}

/// The six counts of a block.
struct Header {
    version: u8,
    is_utc_count: usize,
    is_standard_count: usize,
    leap_count: usize,
    time_count: usize,
    type_count: usize,
    text_length: usize,
}

impl Header {
    fn read(bytes: &[u8]) -> Option<Self> {
        if !bytes.starts_with(b"TZif") {
            return None;
        }
        let count = |at: usize| Some(usize::try_from(integer(bytes, 20 + at * 4, 4)?).ok()?.min(1 << 24));
        Some(Self {
            version: *bytes.get(4)?,
            is_utc_count: count(0)?,
            is_standard_count: count(1)?,
            leap_count: count(2)?,
            time_count: count(3)?,
            type_count: count(4)?,
            text_length: count(5)?,
        })
    }

    fn body_length(&self, width: usize) -> Option<usize> {
        Some(
            self.time_count * (width + 1)
                + self.type_count * 6
                + self.text_length
                + self.leap_count * (width + 4)
                + self.is_standard_count
                + self.is_utc_count,
        )
    }

    fn body(&self, bytes: &[u8], width: usize) -> Option<TimeZone> {
        if bytes.len() < self.body_length(width)? || self.type_count == 0 {
            return None;
        }
        let indices = self.time_count * width;
        let types_at = indices + self.time_count;
        let text = &bytes[types_at + self.type_count * 6..][..self.text_length];
        let mut transitions = Vec::with_capacity(self.time_count);
        for at in 0..self.time_count {
            let kind = bytes[indices + at];
            if usize::from(kind) >= self.type_count {
                return None;
            }
            transitions.push((integer(bytes, at * width, width)?, kind));
        }
        if !transitions.is_sorted_by_key(|transition| transition.0) {
            return None;
        }
        let mut types = Vec::with_capacity(self.type_count.min(256));
        for at in 0..self.type_count.min(256) {
            let start = types_at + at * 6;
            let name = text.get(usize::from(bytes[start + 5])..)?;
            let name = &name[..memchr::memchr(0, name).unwrap_or(name.len())];
            types.push(LocalType {
                offset: (integer(bytes, start, 4)? as i32).clamp(-200_000, 200_000),
                is_dst: bytes[start + 4] != 0,
                abbreviation: name.to_vec(),
            });
        }
        Some(TimeZone { transitions, types, rule: None })
    }
}

/// A big-endian signed integer of 4 or 8 bytes.
fn integer(bytes: &[u8], at: usize, width: usize) -> Option<i64> {
    let part = bytes.get(at..at + width)?;
    let value = part.iter().fold(0u64, |value, &byte| value << 8 | u64::from(byte));
    Some(if width == 4 { i64::from(value as u32 as i32) } else { value as i64 })
}

impl Rule {
    fn parse(text: &[u8]) -> Option<Self> {
        let mut at = 0;
        let name = zone_name(text, &mut at)?;
        let offset = -clock(text, &mut at)?;
        let local = |name: &[u8], offset: i64, is_dst: bool| LocalType {
            offset: offset as i32,
            is_dst,
            abbreviation: name.to_vec(),
        };
        let standard = local(name, offset, false);
        if at == text.len() {
            return Some(Self { standard, summer: None });
        }
        let name = zone_name(text, &mut at)?;
        let summer_offset =
            if matches!(text.get(at), None | Some(b',')) { offset + 3600 } else { -clock(text, &mut at)? };
        let (start, end) = if at == text.len() {
            // What the C library supposes.
            let weekday = |month, week| ChangeDay::Weekday { month, week, weekday: 0 };
            (Change { day: weekday(3, 2), seconds: 7200 }, Change { day: weekday(11, 1), seconds: 7200 })
        } else {
            (Change::parse(text, &mut at)?, Change::parse(text, &mut at)?)
        };
        let summer = Some(Summer { local: local(name, summer_offset, true), start, end });
        (at == text.len()).then_some(Self { standard, summer })
    }

    fn at(&self, epoch: i64) -> &LocalType {
        let Some(summer) = &self.summer else { return &self.standard };
        let standard_offset = i64::from(self.standard.offset);
        let (year, _, _) = civil_from_days(epoch.saturating_add(standard_offset).div_euclid(DAY));
        let start = summer.start.at(year).saturating_sub(standard_offset);
        let end = summer.end.at(year).saturating_sub(i64::from(summer.local.offset));
        let is_summer =
            if start < end { epoch >= start && epoch < end } else { epoch >= start || epoch < end };
        if is_summer { &summer.local } else { &self.standard }
    }
}

impl Change {
    fn parse(text: &[u8], at: &mut usize) -> Option<Self> {
        if text.get(*at) != Some(&b',') {
            return None;
        }
        *at += 1;
        let day = match text.get(*at)? {
            b'J' => {
                *at += 1;
                ChangeDay::Julian(natural(text, at).filter(|day| (1..=365).contains(day))?)
            }
            b'M' => {
                *at += 1;
                let month = natural(text, at).filter(|month| (1..=12).contains(month))?;
                let mut part = |range: core::ops::RangeInclusive<i64>| {
                    if text.get(*at) != Some(&b'.') {
                        return None;
                    }
                    *at += 1;
                    natural(text, at).filter(|value| range.contains(value))
                };
                ChangeDay::Weekday { month, week: part(1..=5)?, weekday: part(0..=6)? }
            }
            _ => ChangeDay::FromZero(natural(text, at).filter(|day| *day <= 365)?),
        };
        let mut seconds = 7200;
        if text.get(*at) == Some(&b'/') {
            *at += 1;
            seconds = clock(text, at)?;
        }
        Some(Self { day, seconds })
    }

    /// Seconds since 1970 by the clocks.
    fn at(&self, year: i64) -> i64 {
        let days = match self.day {
            ChangeDay::Julian(day) => {
                days_from_civil(year, 1, day) + i64::from(is_leap_year(year) && day >= 60)
            }
            ChangeDay::FromZero(day) => days_from_civil(year, 1, day + 1),
            ChangeDay::Weekday { month, week, weekday } => {
                let first = days_from_civil(year, month, 1);
                let skip = (weekday - i64::from(weekday_of_days(first))).rem_euclid(7);
                let mut day = skip + (week - 1) * 7;
                if day >= i64::from(days_in_month(year, month)) {
                    day -= 7;
                }
                first + day
            }
        };
        days.saturating_mul(DAY).saturating_add(self.seconds)
    }
}

/// Letters, or anything between `<` and `>`.
fn zone_name<'a>(text: &'a [u8], at: &mut usize) -> Option<&'a [u8]> {
    let rest = text.get(*at..)?;
    if let Some(quoted) = rest.strip_prefix(b"<") {
        let length = memchr::memchr(b'>', quoted)?;
        *at += length + 2;
        return Some(&quoted[..length]);
    }
    let length = rest.iter().take_while(|byte| byte.is_ascii_alphabetic()).count();
    *at += length;
    (length >= 3).then(|| &rest[..length])
}

fn natural(text: &[u8], at: &mut usize) -> Option<i64> {
    let start = *at;
    let mut value = 0;
    while let Some(digit @ b'0'..=b'9') = text.get(*at) {
        value = value * 10 + i64::from(digit - b'0');
        *at += 1;
        if value > 100_000 {
            return None;
        }
    }
    (*at > start).then_some(value)
}

/// Hours with an optional sign, minutes and seconds, in seconds.
fn clock(text: &[u8], at: &mut usize) -> Option<i64> {
    let sign = match text.get(*at) {
        Some(b'-') => -1,
        _ => 1,
    };
    if matches!(text.get(*at), Some(b'-' | b'+')) {
        *at += 1;
    }
    let mut seconds = natural(text, at).filter(|hours| *hours <= 167)? * 3600;
    for unit in [60, 1] {
        if text.get(*at) != Some(&b':') {
            break;
        }
        *at += 1;
        seconds += natural(text, at).filter(|value| *value < 60)? * unit;
    }
    Some(sign * seconds)
}

#[cfg(test)]
mod tests {
    extern crate std;

    use super::*;
    use s_text::test_support::Generator;

    #[test]
    fn posix_strings() {
        let zone = TimeZone::posix(b"CET-1CEST,M3.5.0,M10.5.0/3").unwrap();
        assert_eq!(zone.at(1_711_846_799).abbreviation, b"CET");
        assert_eq!(zone.at(1_711_846_800).abbreviation, b"CEST");
        assert_eq!(zone.at(1_729_990_799).offset, 7200);
        assert_eq!(zone.at(1_729_990_800).offset, 3600);
        assert_eq!(TimeZone::posix(b"<+0530>-5:30").unwrap().at(0).offset, 19_800);
        let south = TimeZone::posix(b"AEST-10AEDT,M10.1.0,M4.1.0/3").unwrap();
        assert!(south.at(1_704_067_200).is_dst && !south.at(1_719_792_000).is_dst);
        assert!(TimeZone::posix(b"IST-1GMT0,J300,299/26:00").is_some());
        for wrong in [
            "",
            "CE-1",
            "CET",
            "CET-1CEST,M13.5.0,M1.1.1",
            "CET-1CEST,M3.5.0",
            "CET-1x",
            "<CET-1",
            "CET-999999999999",
        ] {
            assert!(TimeZone::posix(wrong.as_bytes()).is_none(), "{wrong}");
        }
    }

    #[test]
    fn broken_files_are_refused_or_read() {
        let file = std::fs::read("/usr/share/zoneinfo/Europe/Berlin").unwrap();
        let zone = TimeZone::parse(&file).unwrap();
        let mut generator = Generator::new(53);
        for _ in 0..5000 {
            let mut broken = file.clone();
            for _ in 0..1 + generator.below(4) {
                let at = generator.below(broken.len() as u64) as usize;
                broken[at] = generator.next() as u8;
            }
            broken.truncate(generator.below(2 * broken.len() as u64) as usize);
            if let Some(zone) = TimeZone::parse(&broken) {
                for epoch in [i64::MIN, -1, 0, 1_700_000_000, i64::MAX] {
                    let _ = (zone.at(epoch), zone.epoch(epoch));
                }
            }
        }
        assert_eq!(zone.at(4_000_000_000).abbreviation, b"CEST");
        // Skipped and repeated times.
        assert_eq!(zone.epoch(1_711_852_200), 1_711_848_600);
        assert_eq!(zone.epoch(1_729_996_200), 1_729_989_000);
        assert_eq!(TimeZone::parse(b""), None);
        assert_eq!(TimeZone::utc().at(5).abbreviation, b"UTC");
    }
}
