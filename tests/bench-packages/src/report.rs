//! Tables for `docs/benchmarks.md`.

use std::fmt::Write as _;

use s_kit::Time;

use crate::bench::{Row, Table};

/// One table as Markdown, under a heading.
pub(crate) fn table(table: &Table) -> String {
    let mut text = format!(
        "### {}, {}\n\n| tool | least | median | p90 | runs | CPU, median | memory | system calls | requests | connections | sent |\n|---|---|---|---|---|---|---|---|---|---|---|\n",
        table.graph, table.scenario
    );
    for row in &table.rows {
        text.push_str(&line(row));
    }
    for row in &table.rows {
        if let Some(failure) = &row.failure {
            let indented: Vec<String> = failure.lines().map(|line| format!("    {line}")).collect();
            write!(text, "\n`{}` failed:\n\n{}\n", row.tool, indented.join("\n"))
                .expect("writing to a string does not fail");
        }
    }
    text
}

/// How `s` stands beside the best of the others, one line a scenario.
pub(crate) fn ratios(tables: &[Table]) -> String {
    let mut text = "### `s` beside the best of the others\n\n| graph | scenario | `s`, median | best | | ratio of medians | ratio of the least |\n|---|---|---|---|---|---|---|\n".to_owned();
    for table in tables {
        let of = |name: &str| table.rows.iter().find(|row| row.tool == name && row.failure.is_none());
        let others = || table.rows.iter().filter(|row| row.tool != "s" && row.failure.is_none());
        let (Some(own), Some(best), Some(least)) = (
            of("s"),
            others().min_by_key(|row| row.wall.median()),
            others().map(|row| row.wall.least()).min(),
        ) else {
            continue;
        };
        let ratio =
            |own: std::time::Duration, other: std::time::Duration| own.as_secs_f64() / other.as_secs_f64();
        writeln!(
            text,
            "| {} | {} | {} | {} | {} | {:.2} | {:.2} |",
            table.graph,
            table.scenario,
            Time(own.wall.median()),
            Time(best.wall.median()),
            best.tool,
            ratio(own.wall.median(), best.wall.median()),
            ratio(own.wall.least(), least),
        )
        .expect("writing to a string does not fail");
    }
    text
}

fn line(row: &Row) -> String {
    if row.failure.is_some() {
        return format!("| {} | failed | | | | | | | | | |\n", row.tool);
    }
    let calls = row.system_calls.map_or_else(|| "–".to_owned(), |calls| calls.to_string());
    format!(
        "| {} | {} | {} | {} | {} | {} | {} MB | {calls} | {} | {} | {} KB |\n",
        row.tool,
        Time(row.wall.least()),
        Time(row.wall.median()),
        Time(row.wall.p90()),
        row.wall.len(),
        Time(row.cpu.median()),
        row.peak_kib / 1024,
        row.requests,
        row.connections,
        row.sent_bytes / 1024,
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use s_kit::Sample;
    use std::time::Duration;

    fn row(tool: &str, milliseconds: &[u64], failure: Option<&str>) -> Row {
        let mut wall = Sample::default();
        milliseconds.iter().for_each(|&ms| wall.add(Duration::from_millis(ms)));
        Row { tool: tool.to_owned(), wall, failure: failure.map(str::to_owned), ..Row::default() }
    }

    #[test]
    fn tables_say_what_was_seen() {
        let rows = vec![
            row("s", &[2, 3, 4], None),
            row("fast", &[1, 2, 9], None),
            row("slow", &[5, 6, 7], None),
            row("broken", &[], Some("no\nway")),
        ];
        let one = Table { graph: "test".to_owned(), scenario: "D".to_owned(), rows };
        let text = table(&one);
        assert!(
            text.contains("| s | 2.00 ms | 3.00 ms | 4.00 ms | 3 | 0.00 µs | 0 MB | – | 0 | 0 | 0 KB |\n"),
            "{text}"
        );
        assert!(text.ends_with("\n`broken` failed:\n\n    no\n    way\n"), "{text}");
        let text = ratios(&[one]);
        assert!(text.ends_with("| test | D | 3.00 ms | 2.00 ms | fast | 1.50 | 2.00 |\n"), "{text}");
    }
}
