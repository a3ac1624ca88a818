//! Ranges over texts that are not numbers but count all the same: dates, months of years, addresses, times of
//! day, names of weekdays and months. Ranges over words (`"a":"e"`) are with numbers.

use alloc::string::String;
use alloc::vec::Vec;

use crate::date;

/// What a text counts as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// `2024-01-31`.
    Day,
    /// `2024-01`.
    Month,
    /// `10.0.0.1`.
    Address,
    /// `09:30`.
    Minute,
    /// `Mon`, `Monday`.
    Weekday,
    /// `Jan`, `January`.
    MonthName,
}

/// How a name is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Style {
    long: bool,
    lower: bool,
}

/// A range from one text to another, both included.
#[derive(Clone, Debug)]
pub struct Sequence {
    kind: Kind,
    style: Style,
    next: Option<i64>,
    last: i64,
    step: i64,
}

impl Sequence {
    /// The range, if both texts are of one kind. Weekdays and months go round: `Fri` to `Mon` is four days.
    #[must_use]
    pub fn new(from: &[u8], to: &[u8], step: i64) -> Option<Sequence> {
        let (kind, first, style) = read(from)?;
        let (other, mut last, _) = read(to)?;
        if kind != other || step == 0 {
            return None;
        }
        let round = match kind {
            Kind::Weekday => 7,
            Kind::MonthName => 12,
            _ => 0,
        };
        if step > 0 && last < first {
            last += round;
        } else if step < 0 && last > first {
            last -= round;
        }
        Some(Sequence { kind, style, next: Some(first), last, step })
    }
}

impl Iterator for Sequence {
    type Item = Vec<u8>;

    fn next(&mut self) -> Option<Vec<u8>> {
        let at = self.next?;
        if if self.step > 0 { at > self.last } else { at < self.last } {
            return None;
        }
        self.next = at.checked_add(self.step);
        Some(write(self.kind, self.style, at))
    }
}

fn number(text: &[u8]) -> Option<i64> {
    if text.is_empty() || text.len() > 9 || !text.iter().all(u8::is_ascii_digit) {
        return None;
    }
    Some(text.iter().fold(0, |sum, digit| sum * 10 + i64::from(digit - b'0')))
}

fn read(text: &[u8]) -> Option<(Kind, i64, Style)> {
    let style = Style { long: text.len() > 3, lower: text.first().is_some_and(u8::is_ascii_lowercase) };
    let value = if text.len() == 10 && text[4] == b'-' && text[7] == b'-' {
        let (year, month, day) = (number(&text[..4])?, number(&text[5..7])?, number(&text[8..])?);
        let fits =
            (1..=12).contains(&month) && (1..=i64::from(date::days_in_month(year, month))).contains(&day);
        (Kind::Day, fits.then(|| date::days_from_civil(year, month, day))?)
    } else if text.len() == 7 && text[4] == b'-' {
        let (year, month) = (number(&text[..4])?, number(&text[5..])?);
        (Kind::Month, (1..=12).contains(&month).then_some(year * 12 + month - 1)?)
    } else if text.len() == 5 && text[2] == b':' {
        let (hour, minute) = (number(&text[..2])?, number(&text[3..])?);
        (Kind::Minute, (hour < 24 && minute < 60).then_some(hour * 60 + minute)?)
    } else if text.contains(&b'.') {
        let mut parts = text.split(|byte| *byte == b'.');
        let mut address = 0;
        for _ in 0..4 {
            address = address * 256 + number(parts.next()?).filter(|part| *part < 256)?;
        }
        (Kind::Address, parts.next().is_none().then_some(address)?)
    } else {
        let days = (0..7).find(|day| is_named(text, date::weekday_name(*day), date::weekday_short(*day)));
        match days {
            Some(day) => (Kind::Weekday, day),
            None => {
                let month = (1..=12).find(|n| is_named(text, date::month_name(*n), date::month_short(*n)))?;
                (Kind::MonthName, month)
            }
        }
    };
    Some((value.0, value.1, style))
}

/// Whether a text is a name, capitalized or all small.
fn is_named(text: &[u8], long: Option<&str>, short: Option<&str>) -> bool {
    [long, short]
        .into_iter()
        .flatten()
        .any(|name| text == name.as_bytes() || text == name.to_ascii_lowercase().as_bytes())
}

fn write(kind: Kind, style: Style, at: i64) -> Vec<u8> {
    let name = |long: Option<&str>, short: Option<&str>| {
        let name = if style.long { long } else { short }.unwrap_or("");
        if style.lower { name.to_ascii_lowercase() } else { String::from(name) }
    };
    match kind {
        Kind::Day => {
            let (year, month, day) = date::civil_from_days(at);
            alloc::format!("{year:04}-{month:02}-{day:02}")
        }
        Kind::Month => alloc::format!("{:04}-{:02}", at.div_euclid(12), at.rem_euclid(12) + 1),
        Kind::Address => {
            alloc::format!("{}.{}.{}.{}", at >> 24 & 255, at >> 16 & 255, at >> 8 & 255, at & 255)
        }
        Kind::Minute => alloc::format!("{:02}:{:02}", at / 60, at % 60),
        Kind::Weekday => {
            let day = at.rem_euclid(7);
            name(date::weekday_name(day), date::weekday_short(day))
        }
        Kind::MonthName => {
            let month = (at - 1).rem_euclid(12) + 1;
            name(date::month_name(month), date::month_short(month))
        }
    }
    .into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;

    fn texts(from: &str, to: &str, step: i64) -> Option<String> {
        let found = Sequence::new(from.as_bytes(), to.as_bytes(), step)?;
        let texts: Vec<String> =
            found.map(|text| String::from_utf8_lossy(&text).into_owned()).take(20).collect();
        Some(texts.join(" "))
    }

    #[test]
    fn texts_count() {
        for (from, to, step, wanted) in [
            ("2024-02-28", "2024-03-01", 1, "2024-02-28 2024-02-29 2024-03-01"),
            ("2024-03-01", "2024-02-28", -1, "2024-03-01 2024-02-29 2024-02-28"),
            ("2024-01-01", "2024-01-15", 7, "2024-01-01 2024-01-08 2024-01-15"),
            ("2023-11", "2024-02", 1, "2023-11 2023-12 2024-01 2024-02"),
            ("10.0.0.254", "10.0.1.1", 1, "10.0.0.254 10.0.0.255 10.0.1.0 10.0.1.1"),
            ("09:58", "10:01", 1, "09:58 09:59 10:00 10:01"),
            ("Fri", "Mon", 1, "Fri Sat Sun Mon"),
            ("sunday", "tuesday", 1, "sunday monday tuesday"),
            ("Nov", "Feb", 1, "Nov Dec Jan Feb"),
            ("2024-02-01", "2024-01-01", 1, ""),
        ] {
            assert_eq!(texts(from, to, step), Some(wanted.to_string()), "{from} to {to}");
        }
        for (from, to) in [("a", "c"), ("2024-13-01", "2024-13-02"), ("Mon", "Feb"), ("1.2.3.256", "1.2.3.4")]
        {
            assert_eq!(texts(from, to, 1), None, "{from} to {to}");
        }
    }
}
