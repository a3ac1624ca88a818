//! The result of tests in the form of JUnit, which build servers read.

use std::fmt::Write as _;
use std::path::Path;
use std::sync::Arc;

use s_store::{Access, files};

use super::test::{Outcome, TestFile, TestSummary};
use crate::{Context, Failure};

/// The document: a suite a file, a case an assertion. A file that ended badly without a failed
/// assertion has one more case, which says how it ended.
#[must_use]
pub fn junit(summary: &TestSummary) -> String {
    let mut text = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    let failures: usize = summary.files.iter().map(failures).sum();
    let _ = writeln!(
        text,
        "<testsuites tests=\"{}\" failures=\"{failures}\" time=\"{:.3}\">",
        summary.files.iter().map(cases).sum::<usize>(),
        summary.time.as_secs_f64()
    );
    summary.files.iter().for_each(|file| suite(&mut text, file));
    text.push_str("</testsuites>\n");
    text
}

/// Writes a report where the user wants it; its folder is made if need be.
pub fn write_report(context: &Arc<Context>, path: &Path, text: &str) -> Result<(), Failure> {
    let path = context.directory().join(path);
    if let Some(folder) = path.parent() {
        files::create_dir_all(folder, Access::Shared)?;
    }
    Ok(files::write_atomic(&path, text.as_bytes(), Access::Shared)?)
}

/// Whether the way it ended needs a case of its own.
fn has_own_case(file: &TestFile) -> bool {
    file.assertions.is_empty() || (!file.passed() && file.count(Outcome::Failed) == 0)
}

fn cases(file: &TestFile) -> usize {
    file.assertions.len() + usize::from(has_own_case(file))
}

fn failures(file: &TestFile) -> usize {
    file.count(Outcome::Failed) + usize::from(has_own_case(file) && !file.passed())
}

fn suite(text: &mut String, file: &TestFile) {
    let name = escaped(&file.path.display().to_string());
    let _ = writeln!(
        text,
        "  <testsuite name=\"{name}\" tests=\"{}\" failures=\"{}\" skipped=\"{}\" time=\"{:.3}\">",
        cases(file),
        failures(file),
        file.count(Outcome::Skipped),
        file.time.as_secs_f64()
    );
    for assertion in &file.assertions {
        let label = escaped(assertion.text.split(" — got ").next().unwrap_or_default());
        let case = format!("    <testcase classname=\"{name}\" name=\"{label}\"");
        let _ = match assertion.outcome {
            Outcome::Passed => writeln!(text, "{case}/>"),
            Outcome::Skipped => writeln!(text, "{case}><skipped/></testcase>"),
            Outcome::Failed => {
                writeln!(text, "{case}><failure message=\"{}\"/></testcase>", escaped(&assertion.text))
            }
        };
    }
    if has_own_case(file) {
        let case = format!("    <testcase classname=\"{name}\" name=\"(the file)\"");
        let _ = match file.status {
            Some(0) => writeln!(text, "{case}/>"),
            Some(status) => {
                writeln!(text, "{case}><failure message=\"it ended with status {status}\"/></testcase>")
            }
            None => writeln!(text, "{case}><failure message=\"it took too long\"/></testcase>"),
        };
    }
    for (element, content) in [("system-out", &file.stdout), ("system-err", &file.stderr)] {
        if !content.is_empty() {
            let _ = writeln!(text, "    <{element}>{}</{element}>", escaped(content));
        }
    }
    text.push_str("  </testsuite>\n");
}

/// Text for XML 1.0, which has no place for most control characters.
fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for char in text.chars() {
        match char {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\n' | '\t' => safe.push(char),
            char if char < ' ' || matches!(char, '\u{fffe}' | '\u{ffff}') => safe.push('\u{fffd}'),
            char => safe.push(char),
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;
    use std::time::Duration;

    use super::super::test::Assertion;
    use super::*;

    fn file(status: Option<u8>, assertions: &[(Outcome, &str)]) -> TestFile {
        let assertions = assertions
            .iter()
            .map(|(outcome, text)| Assertion { outcome: *outcome, text: (*text).to_owned() });
        TestFile {
            path: PathBuf::from("t/test_a.stk"),
            status,
            assertions: assertions.collect(),
            stdout: String::new(),
            stderr: "a < b\u{7}".to_owned(),
            time: Duration::from_millis(12),
        }
    }

    #[test]
    fn suites_and_cases_are_counted() {
        let assertions = [
            (Outcome::Passed, "a & b"),
            (Outcome::Failed, "c — got '1', expected '2'"),
            (Outcome::Skipped, "d"),
        ];
        let summary = TestSummary {
            files: vec![file(Some(1), &assertions), file(None, &[]), file(Some(0), &[])],
            time: Duration::from_secs(1),
        };
        let text = junit(&summary);
        assert!(text.contains("<testsuites tests=\"5\" failures=\"2\" time=\"1.000\">"), "{text}");
        assert!(text.contains("name=\"a &amp; b\"/>"), "{text}");
        assert!(text.contains("name=\"c\"><failure message=\"c — got"), "{text}");
        assert!(text.contains("it took too long") && text.contains("a &lt; b\u{fffd}"), "{text}");
    }
}
