//! Tables for `docs/benchmarks.md`, and the same as JSON.

use std::fmt::Write as _;

use s_kit::{Sample, Time};
use serde_json::{Value, json};

use crate::measure::{Cell, Row};
use crate::peer::Peer;
use crate::program::Variant;

/// Whom ratios are taken to.
const RIVALS: [&str; 2] = ["perl", "luajit"];

/// What was measured on, as Markdown.
pub(crate) fn machine(facts: &[(String, String)]) -> String {
    let lines = facts.iter().map(|(name, fact)| format!("| {name} | {fact} |\n"));
    format!("| what | |\n|---|---|\n{}", lines.collect::<String>())
}

/// Times from start to end: the median, and the least in brackets. The ratios say how many times as long
/// as `s` a rival takes, by medians, of the program and of its twin.
pub(crate) fn times(peers: &[Peer], rows: &[Row]) -> String {
    let with_twins = has_twins(rows);
    let has = |name: &str| peers.iter().any(|peer| peer.name == name);
    let mut heads = vec!["program".to_owned()];
    for peer in peers {
        heads.push(peer.name.clone());
        if peer.name == "s" && with_twins {
            heads.push("s, twin".to_owned());
        }
    }
    let rivals: Vec<&str> = RIVALS.into_iter().filter(|rival| has("s") && has(rival)).collect();
    for rival in &rivals {
        heads.push(format!("{rival} / s"));
        if with_twins {
            heads.push(format!("{rival} / s, twins"));
        }
    }
    let mut text = head(&heads);
    for row in rows {
        let mut cells = vec![row.name.clone()];
        for peer in peers {
            cells.push(time(row.cell(&peer.name, Variant::Plain)));
            if peer.name == "s" && with_twins {
                cells.push(time(row.cell("s", Variant::Twin)));
            }
        }
        for rival in &rivals {
            cells.push(ratio(row, rival, Variant::Plain));
            if with_twins {
                cells.push(ratio(row, rival, Variant::Twin));
            }
        }
        text.push_str(&line(&cells));
    }
    text
}

/// Time of processors, the median, and the most memory.
pub(crate) fn resources(peers: &[Peer], rows: &[Row]) -> String {
    let mut heads = vec!["CPU, peak memory".to_owned()];
    heads.extend(peers.iter().map(|peer| peer.name.clone()));
    let mut text = head(&heads);
    for row in rows {
        let mut cells = vec![row.name.clone()];
        cells.extend(peers.iter().map(|peer| match measured(row.cell(&peer.name, Variant::Plain)) {
            Some(cell) => format!("{}, {:.1} MB", Time(cell.cpu.median()), cell.peak_kib as f64 / 1024.0),
            None => "–".to_owned(),
        }));
        text.push_str(&line(&cells));
    }
    text
}

/// Everyone who failed, with the reason.
pub(crate) fn failures(rows: &[Row]) -> String {
    let mut text = String::new();
    for row in rows {
        for (cell, why) in row.failures() {
            let twin = if cell.variant == Variant::Twin { ", twin" } else { "" };
            let why = why.replace('\n', "\n    ");
            writeln!(text, "- `{}`{twin}, {}: {why}", row.name, cell.peer)
                .expect("writing to a string does not fail");
        }
    }
    if text.is_empty() {
        return "Nothing failed, and everyone printed the same.\n".to_owned();
    }
    format!("Failed:\n\n{text}")
}

/// Whose language has no program for what, if there is anyone.
pub(crate) fn absences(peers: &[Peer], rows: &[Row]) -> String {
    let mut text = String::new();
    for peer in peers {
        let is_absent = |row: &&Row| row.cells.iter().any(|cell| cell.peer == peer.name && cell.is_absent);
        let names: Vec<&str> = rows.iter().filter(is_absent).map(|row| row.name.as_str()).collect();
        if !names.is_empty() {
            writeln!(text, "There is no program for {}: {}.", peer.name, names.join(", "))
                .expect("writing to a string does not fail");
        }
    }
    text
}

/// Everything, in seconds and KiB.
pub(crate) fn json(facts: &[(String, String)], peers: &[Peer], rows: &[Row]) -> Value {
    let seconds = |sample: &Sample| {
        json!({
            "median_s": sample.median().as_secs_f64(),
            "least_s": sample.least().as_secs_f64(),
            "p90_s": sample.p90().as_secs_f64(),
        })
    };
    let cell = |cell: &Cell| {
        let mut value = json!({ "peer": cell.peer, "twin": cell.variant == Variant::Twin });
        match &cell.failure {
            Some(why) => value["failure"] = json!(why),
            None if cell.is_absent => value["absent"] = json!(true),
            None => {
                value["runs"] = json!(cell.wall.len());
                value["wall"] = seconds(&cell.wall);
                value["cpu"] = seconds(&cell.cpu);
                value["peak_kib"] = json!(cell.peak_kib);
            }
        }
        value
    };
    let rows = rows.iter().map(|row| {
        let cells: Vec<Value> = row.cells.iter().map(cell).collect();
        json!({ "program": row.name, "cells": cells })
    });
    json!({
        "machine": facts.iter().map(|(name, fact)| json!([name, fact])).collect::<Vec<Value>>(),
        "peers": peers.iter().map(|peer| json!(peer.name)).collect::<Vec<Value>>(),
        "programs": rows.collect::<Vec<Value>>(),
    })
}

fn has_twins(rows: &[Row]) -> bool {
    rows.iter().flat_map(|row| &row.cells).any(|cell| cell.variant == Variant::Twin)
}

fn measured(cell: Option<&Cell>) -> Option<&Cell> {
    cell.filter(|cell| cell.failure.is_none() && !cell.wall.is_empty())
}

fn time(cell: Option<&Cell>) -> String {
    match (measured(cell), cell) {
        (Some(cell), _) => format!("{} ({})", Time(cell.wall.median()), Time(cell.wall.least())),
        (None, Some(cell)) if !cell.is_absent => "failed".to_owned(),
        (None, _) => "–".to_owned(),
    }
}

fn ratio(row: &Row, rival: &str, variant: Variant) -> String {
    let median = |name: &str| Some(measured(row.cell(name, variant))?.wall.median().as_secs_f64());
    match (median("s"), median(rival)) {
        (Some(own), Some(other)) if own > 0.0 => format!("{:.2}", other / own),
        _ => "–".to_owned(),
    }
}

fn head(cells: &[String]) -> String {
    format!("{}|{}\n", line(cells), "---|".repeat(cells.len()))
}

fn line(cells: &[String]) -> String {
    format!("| {} |\n", cells.join(" | "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    fn peer(name: &str) -> Peer {
        Peer {
            name: name.to_owned(),
            program: name.into(),
            arguments: Vec::new(),
            endings: &[],
            building: None,
            is_partial: false,
            version: String::new(),
        }
    }

    fn cell(peer: &str, variant: Variant, milliseconds: &[u64], failure: Option<&str>) -> Cell {
        let mut wall = Sample::default();
        milliseconds.iter().for_each(|&ms| wall.add(Duration::from_millis(ms)));
        let cpu = Sample::default();
        Cell {
            peer: peer.to_owned(),
            variant,
            wall,
            cpu,
            peak_kib: 2048,
            failure: failure.map(str::to_owned),
            is_absent: false,
        }
    }

    #[test]
    fn tables_say_what_was_seen() {
        use Variant::{Plain, Twin};
        let peers = [peer("s"), peer("perl"), peer("luajit")];
        let rows = [
            Row {
                name: "fast".to_owned(),
                cells: vec![
                    cell("s", Plain, &[2, 4, 5], None),
                    cell("perl", Plain, &[10, 12, 14], None),
                    cell("luajit", Plain, &[1, 2, 3], None),
                    cell("s", Twin, &[5], None),
                    cell("perl", Twin, &[10], None),
                    cell("luajit", Twin, &[], Some("no")),
                ],
            },
            Row {
                name: "broken".to_owned(),
                cells: vec![cell("s", Plain, &[], Some("no\nway")), cell("perl", Plain, &[1], None)],
            },
        ];
        assert_eq!(
            times(&peers, &rows),
            "\
| program | s | s, twin | perl | luajit | perl / s | perl / s, twins | luajit / s | luajit / s, twins |
|---|---|---|---|---|---|---|---|---|
| fast | 4.00 ms (2.00 ms) | 5.00 ms (5.00 ms) | 12.0 ms (10.0 ms) | 2.00 ms (1.00 ms) | 3.00 | 2.00 | 0.50 | – |
| broken | failed | – | 1.00 ms (1.00 ms) | – | – | – | – | – |
"
        );
        assert!(resources(&peers, &rows).ends_with("\n| broken | – | 0.00 µs, 2.0 MB | – |\n"));
        assert_eq!(failures(&rows), "Failed:\n\n- `fast`, twin, luajit: no\n- `broken`, s: no\n    way\n");
        assert_eq!(failures(&[]), "Nothing failed, and everyone printed the same.\n");
        let all = json(&[], &peers, &rows);
        assert_eq!(all["programs"][0]["cells"][0]["wall"]["least_s"], json!(0.002));
        assert_eq!(all["programs"][1]["cells"][0]["failure"], json!("no\nway"));
    }

    #[test]
    fn what_is_absent_is_no_failure() {
        let absent = |variant| Cell { is_absent: true, ..cell("c", variant, &[], None) };
        let cells = vec![absent(Variant::Plain), absent(Variant::Twin)];
        let rows = [
            Row { name: "one".to_owned(), cells },
            Row { name: "two".to_owned(), cells: vec![cell("c", Variant::Plain, &[3], None)] },
            Row { name: "three".to_owned(), cells: vec![absent(Variant::Plain)] },
        ];
        let peers = [peer("c")];
        assert_eq!(absences(&peers, &rows), "There is no program for c: one, three.\n");
        assert_eq!(absences(&peers, &rows[1..2]), "");
        assert_eq!(failures(&rows), "Nothing failed, and everyone printed the same.\n");
        assert_eq!(
            times(&peers, &rows),
            "| program | c |\n|---|---|\n| one | – |\n| two | 3.00 ms (3.00 ms) |\n| three | – |\n"
        );
        let all = json(&[], &peers, &rows);
        assert_eq!(all["programs"][0]["cells"][1], json!({ "peer": "c", "twin": true, "absent": true }));
    }

    #[test]
    fn without_s_there_are_no_ratios() {
        let rows = [Row { name: "one".to_owned(), cells: vec![cell("perl", Variant::Plain, &[3], None)] }];
        assert_eq!(
            times(&[peer("perl")], &rows),
            "| program | perl |\n|---|---|\n| one | 3.00 ms (3.00 ms) |\n"
        );
    }
}
