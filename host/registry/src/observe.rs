//! What happens, for whoever runs the server: lines of JSON, one for each request.

use serde_json::Value;

use crate::clock::text_of;

/// Is told what happens. It may write, count or drop it; it should not wait.
pub trait Observer: Send + Sync {
    /// One thing that happened, as an object of JSON on one line, without the end of the line.
    fn line(&self, json: &str);
}

impl<F: Fn(&str) + Send + Sync> Observer for F {
    fn line(&self, json: &str) {
        self(json);
    }
}

/// Drops everything.
#[derive(Clone, Copy, Debug, Default)]
pub struct Quiet;

impl Observer for Quiet {
    fn line(&self, _json: &str) {}
}

/// A line for an [`Observer`]: when, in milliseconds since the Unix epoch, how grave (`info`, `warn`,
/// `error`), what, and the members of `more`, an object.
///
/// JSON escapes what could end a line or act on a terminal, so that no text forges another line.
pub fn event_line(now_ms: u64, level: &str, event: &str, more: Value) -> String {
    let mut line = serde_json::json!({ "time": text_of(now_ms), "level": level, "event": event });
    if let (Some(line), Value::Object(more)) = (line.as_object_mut(), more) {
        line.extend(more);
    }
    // The C1 controls and what turns text around are allowed in JSON as they are.
    let text = line.to_string();
    let mut safe = String::with_capacity(text.len());
    for char in text.chars() {
        if acts(char) {
            safe.push_str(&format!("\\u{:04x}", u32::from(char)));
        } else {
            safe.push(char);
        }
    }
    safe
}

/// Whether a character outside ASCII does something to a terminal or a line; all have four digits.
fn acts(char: char) -> bool {
    matches!(char, '\u{7f}'..='\u{9f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_one_line_and_acts_on_nothing() {
        let hostile = "a\n{\"level\":\"info\"}\r\u{1b}[2J\u{9b}2J\u{202e}\u{2028}\u{7f}b";
        let line = event_line(1_767_312_000_000, "warn", "test", serde_json::json!({ "text": hostile }));
        assert!(line.chars().all(|char| !char.is_control() && !acts(char)), "{line:?}");
        let value: Value = serde_json::from_str(&line).unwrap();
        assert_eq!(value["text"], hostile, "nothing is lost");
        assert_eq!(
            (value["time"].as_str(), value["level"].as_str(), value["event"].as_str()),
            (Some("2026-01-02T00:00:00Z"), Some("warn"), Some("test"))
        );
    }
}
