//! All that is wrong as one error: stable kinds, one line each.

use s_guest::{Error, ErrorKind};
use s_link::LinkError;

/// The most lines of one error.
pub const LINES_MAX: usize = 64;

/// The longest line, in characters.
const LINE_LENGTH_MAX: usize = 1000;

/// What is wrong so far.
#[derive(Debug, Default)]
pub(crate) struct Report {
    /// Kind and message.
    found: Vec<(&'static str, String)>,
    /// How many more there were.
    dropped: usize,
}

impl Report {
    /// Adds one.
    pub(crate) fn add(&mut self, kind: &'static str, message: impl Into<String>) {
        if self.found.len() < LINES_MAX {
            self.found.push((kind, message.into()));
        } else {
            self.dropped += 1;
        }
    }

    /// The error, if anything is wrong.
    pub(crate) fn into_result(self) -> Result<(), Error> {
        let Some((kind, first)) = self.found.first() else { return Ok(()) };
        let more = self.found.len() - 1 + self.dropped;
        let message = match more {
            0 => one_line(first),
            1 => format!("{}, and one more error", one_line(first)),
            more => format!("{}, and {more} more errors", one_line(first)),
        };
        let lines: Vec<String> = self.found.iter().map(|(kind, message)| line(kind, message)).collect();
        Err(Error::new(kind_of(kind), format!("target-elf/{kind}"), message).with_detail(lines.join("\n")))
    }
}

/// All that the linker found.
pub(crate) fn of_link(errors: &[LinkError]) -> Error {
    let mut report = Report::default();
    errors.iter().for_each(|error| report.add(error.kind(), error.to_string()));
    let nothing =
        || Error::new(ErrorKind::Internal, "target-elf/internal", "the linker failed and does not say why");
    report.into_result().err().unwrap_or_else(nothing)
}

/// One line: kind and message.
pub(crate) fn line(kind: &str, message: &str) -> String {
    format!("{kind}: {}", one_line(message))
}

fn kind_of(kind: &str) -> ErrorKind {
    match kind {
        "unsupported" => ErrorKind::Unsupported,
        "too-large" => ErrorKind::LimitExceeded,
        "abi-mismatch" => ErrorKind::Conflict,
        _ => ErrorKind::InvalidInput,
    }
}

/// Names come from units, and may be anything.
fn one_line(text: &str) -> String {
    let mut line = String::new();
    for (index, character) in text.chars().enumerate() {
        if index == LINE_LENGTH_MAX {
            line.push('…');
            break;
        }
        match character {
            control if control.is_control() => line.extend(control.escape_default()),
            other => line.push(other),
        }
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_error_is_a_line_and_there_are_not_too_many() {
        assert!(Report::default().into_result().is_ok());
        let mut report = Report::default();
        report.add("undefined", "`a\nb` is not defined");
        for _ in 0..99 {
            report.add("duplicate", "x".repeat(100_000));
        }
        let error = report.into_result().unwrap_err();
        assert_eq!((error.kind, error.code.as_str()), (ErrorKind::InvalidInput, "target-elf/undefined"));
        assert_eq!(error.message, "`a\\nb` is not defined, and 99 more errors");
        let detail = error.detail.clone().unwrap();
        assert_eq!(detail.lines().count(), LINES_MAX);
        assert!(detail.lines().skip(1).all(|line| line.starts_with("duplicate: x") && line.len() < 1100));
        let error = of_link(&[LinkError::BuildIdLength { length: 65 }]);
        assert_eq!(error.detail.as_deref(), Some("build-id-length: a build identifier of 65 bytes"));
    }
}
