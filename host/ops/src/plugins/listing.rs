//! What a plugin asks for, as lines of text: in the question before consent and in its description.
//!
//! Words of the author stand behind a label of ours, each on one line of its own.

use s_capability::{Asked, Change, Line, Manifest, describe};

/// Writes what a plugin asks for with its configuration, and the author's reasons.
pub fn listing(manifest: &Manifest, asked: &Asked) -> String {
    let lines = describe(asked);
    let widest = lines.iter().filter(|line| !line.detail.is_empty()).map(|line| line.subject.chars().count());
    let subject_columns = widest.max().unwrap_or(0).min(SUBJECT_COLUMNS_MAX);
    let mut text = String::new();
    let mut label_before = "";
    for Line { label, subject, detail } in &lines {
        // Of several lines with one label the first carries it.
        let shown = if *label == label_before { "" } else { label };
        label_before = label;
        let line = format!("  {shown:<LABEL_COLUMNS$} {:<subject_columns$}  {detail}", one_line(subject));
        text.push_str(line.trim_end());
        text.push('\n');
    }
    for (index, (name, capability)) in manifest.capabilities.iter().enumerate() {
        let label = if index == 0 { "because" } else { "" };
        text.push_str(&format!("  {label:<LABEL_COLUMNS$} {name}: \"{}\"\n", one_line(&capability.reason)));
    }
    text
}

/// Writes how an asking differs from what was allowed before, `+` and `-`.
pub fn differences(changes: &[Change]) -> String {
    let line = |change: &Change| {
        format!(
            "  {} {:<LABEL_COLUMNS$} {}\n",
            change.sign.as_char(),
            change.capability,
            one_line(&change.text)
        )
    };
    changes.iter().map(line).collect()
}

const LABEL_COLUMNS: usize = 11;
const SUBJECT_COLUMNS_MAX: usize = 44;

/// Line breaks become spaces: nobody's words begin a line.
fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
