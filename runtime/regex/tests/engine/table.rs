//! The rows of `table.txt` against this crate, and the same rows against the perl installed.
//!
//! A row is: pattern, flags (`u` means UTF-8), subject with escapes, `y`, `n`, `c` (does not
//! compile) or `e` (error while matching), an expression, its value, and for a documented
//! difference from perl a seventh column that says why.

use crate::rows::{answer, rows};
use std::io::Write;
use std::process::{Command, Stdio};

const TABLE: &str = include_str!("../table.txt");

#[test]
fn rows_give_what_they_say() {
    let mut wrong = Vec::new();
    let mut count = 0;
    for row in rows(TABLE) {
        count += 1;
        let (kind, value) = answer(&row);
        if (kind, value.as_bytes()) != (row.kind, row.expected.as_bytes()) {
            wrong.push(format!("line {}: {}: got {kind} `{value}`", row.line, row.text));
        }
    }
    assert!(wrong.is_empty(), "{} of {count} rows:\n{}", wrong.len(), wrong.join("\n"));
    assert!(count >= 500, "only {count} rows");
}

#[test]
fn perl_agrees_with_the_rows() {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/oracle.pl");
    let child = Command::new("perl").arg(script).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn();
    let Ok(mut child) = child else {
        println!("skipped: no perl is installed");
        return;
    };
    let mut input = child.stdin.take().expect("it was asked for");
    let writer = std::thread::spawn(move || input.write_all(TABLE.as_bytes()));
    let output = child.wait_with_output().expect("perl runs");
    writer.join().expect("no panic").expect("perl reads all rows");
    let output = String::from_utf8_lossy(&output.stdout).into_owned();
    let rows = rows(TABLE);
    let lines: Vec<&str> = output.lines().collect();
    assert_eq!(lines.len(), rows.len());
    let wrong: Vec<String> = rows
        .iter()
        .zip(lines)
        .filter(|(row, _)| row.exception.is_none())
        .filter(|(row, line)| *line != format!("{}\t{}", row.kind, row.expected))
        .map(|(row, line)| format!("line {}: {}: perl says {line}", row.line, row.text))
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
