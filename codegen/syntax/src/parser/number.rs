//! Numbers, and the shapes of digits that are strings.

use super::{Parser, is_ident_start};
use crate::ast::{Expr, ExprKind, Piece};
use crate::error::ErrorKind;

impl Parser<'_> {
    /// A literal that begins with a digit (or, in Perl, with a point).
    pub(super) fn number(&mut self) -> Expr {
        let from = self.at;
        if self.byte(0) == b'0' && matches!(self.byte(1), b'x' | b'X' | b'b' | b'B' | b'o' | b'O') {
            let base = match self.byte(1) | 0x20 {
                b'x' => 16,
                b'b' => 2,
                _ => 8,
            };
            return self.based(from, from + 2, base);
        }
        if let Some(end) = self.string_shape(from) {
            let text = self.slice(from, end).as_bytes().to_vec();
            self.advance_to(end);
            return self.node(from, ExprKind::Str(vec![Piece::Text(text)]));
        }
        let mut end = self.digits(from);
        let mut float = false;
        if self.compat
            && self.byte_at(end) == b'.'
            && self.digits(end + 1) > end + 1
            && self.byte_at(self.digits(end + 1)) == b'.'
            && self.byte_at(self.digits(end + 1) + 1).is_ascii_digit()
        {
            return self.version_string(from, from);
        }
        if self.byte_at(end) == b'.' && self.byte_at(end + 1) != b'.' {
            let next = self.byte_at(end + 1);
            if next.is_ascii_digit() || !(is_ident_start(next) || next == b'=') || from == end {
                float = true;
                end = self.digits(end + 1);
            }
        }
        if matches!(self.byte_at(end), b'e' | b'E') {
            let sign = usize::from(matches!(self.byte_at(end + 1), b'+' | b'-'));
            if self.byte_at(end + 1 + sign).is_ascii_digit() {
                float = true;
                end = self.digits(end + 1 + sign);
            }
        }
        let text: String = self.slice(from, end).chars().filter(|c| *c != '_').collect();
        if !float && text.len() > 1 && text.starts_with('0') {
            return self.based(from, from + 1, 8);
        }
        self.advance_to(end);
        let kind = if float {
            ExprKind::Float(text.parse().unwrap_or(f64::INFINITY))
        } else if let Ok(value) = text.parse::<i64>() {
            ExprKind::Int(value)
        } else if let Ok(value) = text.parse::<u64>() {
            ExprKind::Uint(value)
        } else {
            ExprKind::Float(text.parse().unwrap_or(f64::INFINITY))
        };
        self.node(from, kind)
    }

    fn digits(&self, place: usize) -> usize {
        let mut i = place;
        while self.byte_at(i).is_ascii_digit() || (self.byte_at(i) == b'_' && i > place) {
            i += 1;
        }
        i
    }

    fn based(&mut self, from: usize, digits: usize, base: u32) -> Expr {
        let mut i = digits;
        let mut value: u64 = 0;
        let mut float = 0.0_f64;
        let mut exact = true;
        let mut any = base == 8 && digits == from + 1;
        loop {
            let byte = self.byte_at(i);
            if byte == b'_' {
                i += 1;
                continue;
            }
            let Some(digit) = char::from(byte).to_digit(if base == 16 { 16 } else { 10 }) else {
                break;
            };
            if digit >= base {
                let span = self.span(i, i + 1);
                let message = format!("`{}` is no digit of base {base}", char::from(byte));
                self.report(ErrorKind::BadNumber, span, message, "not a digit here", None);
                while self.byte_at(i).is_ascii_alphanumeric() {
                    i += 1;
                }
                self.advance_to(i);
                return self.node(from, ExprKind::Error);
            }
            any = true;
            float = float * f64::from(base) + f64::from(digit);
            match value.checked_mul(u64::from(base)) {
                Some(product) => match product.checked_add(u64::from(digit)) {
                    Some(sum) => value = sum,
                    None => exact = false,
                },
                None => exact = false,
            }
            i += 1;
        }
        if !any {
            let span = self.span(from, i);
            let message = format!("`{}` has no digits", self.slice(from, i));
            self.report(ErrorKind::BadNumber, span, message, "digits belong here", None);
        }
        self.advance_to(i);
        let kind = match i64::try_from(value) {
            _ if !exact => ExprKind::Float(float),
            Ok(value) => ExprKind::Int(value),
            Err(_) if self.compat => ExprKind::Uint(value),
            // A pattern of 64 bits is the integer that it stands for, as where integers wrap.
            Err(_) => ExprKind::Int(value.cast_signed()),
        };
        self.node(from, kind)
    }

    /// `v1.2.3` and `1.2.3`: the numbers between the points.
    pub(super) fn version_string(&mut self, from: usize, digits: usize) -> Expr {
        let mut parts = Vec::new();
        let mut i = digits;
        loop {
            let end = self.digits(i);
            let text: String = self.slice(i, end).chars().filter(|c| *c != '_').collect();
            parts.push(text.parse().unwrap_or(u32::MAX));
            i = end;
            if self.byte_at(i) == b'.' && self.byte_at(i + 1).is_ascii_digit() {
                i += 1;
            } else {
                break;
            }
        }
        self.advance_to(i);
        self.node(from, ExprKind::VString(parts))
    }

    /// The end of a dotted quad or a date that starts here: in the default mode these are strings.
    fn string_shape(&self, from: usize) -> Option<usize> {
        if self.compat {
            return None;
        }
        let plain = |place: usize, most: usize| {
            let mut i = place;
            while i < place + most && self.byte_at(i).is_ascii_digit() {
                i += 1;
            }
            i
        };
        let whole = |end: usize| !(self.byte_at(end).is_ascii_alphanumeric());
        let year = plain(from, 4);
        if year == from + 4 && self.byte_at(year) == b'-' && plain(year + 1, 2) == year + 3 {
            let month: u32 = self.slice(year + 1, year + 3).parse().unwrap_or(0);
            let end = year + 3;
            if (1..=12).contains(&month) && whole(end) {
                let day = plain(end + 1, 2);
                if self.byte_at(end) == b'-' && day == end + 3 && whole(day) {
                    return Some(day);
                }
                return Some(end);
            }
        }
        let mut i = from;
        for part in 0..4 {
            let end = plain(i, 3);
            if end == i || self.slice(i, end).parse::<u32>().unwrap_or(256) > 255 {
                return None;
            }
            if part == 3 {
                return (whole(end)
                    && !(self.byte_at(end) == b'.' && self.byte_at(end + 1).is_ascii_digit()))
                .then_some(end);
            }
            if self.byte_at(end) != b'.' {
                return None;
            }
            i = end + 1;
        }
        None
    }
}
