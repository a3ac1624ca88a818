//! Runs of one program by everyone, in turns.
//!
//! First everyone runs it once, which is not counted and shows who can; all who can must print the same.
//! Then rounds: in each, everyone runs once, and each round begins with the next one, so that what else the
//! machine does falls on all. Who fails once is out, with the reason kept.

use std::path::Path;

use anyhow::Result;
use s_kit::Sample;

use crate::call::{Call, Outcome, Usage};
use crate::peer::Peer;
use crate::program::{Program, Variant};

/// How much is done.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Effort {
    /// Runs that are counted.
    pub(crate) runs: usize,
    /// How long a process may take.
    pub(crate) patience: std::time::Duration,
}

/// What was seen of one program.
#[derive(Debug)]
pub(crate) struct Row {
    /// The program's name.
    pub(crate) name: String,
    /// Its cells.
    pub(crate) cells: Vec<Cell>,
}

/// What was seen of one program, run by one.
#[derive(Debug)]
pub(crate) struct Cell {
    /// Who ran it.
    pub(crate) peer: String,
    /// In which form.
    pub(crate) variant: Variant,
    /// Times from start to end.
    pub(crate) wall: Sample,
    /// Times of processors.
    pub(crate) cpu: Sample,
    /// The most memory of all runs, in KiB.
    pub(crate) peak_kib: u64,
    /// Why there is nothing to say.
    pub(crate) failure: Option<String>,
    /// There is no program for one who has only some.
    pub(crate) is_absent: bool,
}

impl Row {
    /// The cell of one, whether it failed or not.
    pub(crate) fn cell(&self, peer: &str, variant: Variant) -> Option<&Cell> {
        self.cells.iter().find(|cell| cell.peer == peer && cell.variant == variant)
    }

    /// Who failed, and why.
    pub(crate) fn failures(&self) -> impl Iterator<Item = (&Cell, &str)> {
        self.cells.iter().filter_map(|cell| Some((cell, cell.failure.as_deref()?)))
    }
}

impl Cell {
    fn new(peer: &str, variant: Variant) -> Cell {
        Cell {
            peer: peer.to_owned(),
            variant,
            wall: Sample::default(),
            cpu: Sample::default(),
            peak_kib: 0,
            failure: None,
            is_absent: false,
        }
    }

    fn add(&mut self, usage: Usage) {
        self.wall.add(usage.wall);
        self.cpu.add(usage.cpu);
        self.peak_kib = self.peak_kib.max(usage.peak_kib);
    }
}

/// Measures a program in these forms with these peers.
///
/// # Errors
/// What has nothing to do with the program: files that cannot be written, a peer that cannot be started.
pub(crate) fn measure(
    program: &Program,
    folder: &Path,
    variants: &[Variant],
    peers: &[Peer],
    input: Option<&Path>,
    scratch: &Path,
    effort: &Effort,
) -> Result<Row> {
    let mut cells = Vec::new();
    for &variant in variants {
        let mut calls = Vec::new();
        for peer in peers {
            let mut cell = Cell::new(&peer.name, variant);
            let file = program.file(folder, variant, peer.endings);
            let call = match file {
                Some(file) => match call(peer, &file, input, scratch, effort) {
                    Ok(call) => Some(call),
                    Err(why) => {
                        cell.failure = Some(format!("{why:#}"));
                        None
                    }
                },
                None => {
                    cell.is_absent = peer.is_partial;
                    cell.failure = (!peer.is_partial).then(|| "there is no program for it".to_owned());
                    None
                }
            };
            calls.push(call);
            cells.push(cell);
        }
        let first = cells.len() - peers.len();
        take_turns(&mut cells[first..], &calls, effort.runs)?;
    }
    Ok(Row { name: program.name.to_owned(), cells })
}

/// What runs a file, after it was built if the peer builds: that is not measured.
fn call(peer: &Peer, file: &Path, input: Option<&Path>, scratch: &Path, effort: &Effort) -> Result<Call> {
    let mut arguments = Vec::new();
    let program = if let Some(building) = &peer.building {
        let mut name = file.file_name().unwrap_or(file.as_os_str()).to_owned();
        name.push(".built");
        let executable = scratch.join(name);
        building.build(&peer.program, file, &executable)?;
        executable
    } else {
        arguments.clone_from(&peer.arguments);
        arguments.push(file.to_string_lossy().into_owned());
        peer.program.clone()
    };
    arguments.extend(input.map(|path| path.to_string_lossy().into_owned()));
    Ok(Call { program, arguments, folder: scratch.to_owned(), patience: effort.patience })
}

fn take_turns(cells: &mut [Cell], calls: &[Option<Call>], runs: usize) -> Result<()> {
    let mut printed: Vec<Option<Vec<u8>>> = Vec::new();
    for (cell, call) in cells.iter_mut().zip(calls) {
        let mut text = None;
        if let Some(call) = call {
            match call.run()? {
                Outcome::Ended(_, output) => text = Some(output),
                Outcome::Failed(why) => cell.failure = Some(why),
            }
        }
        printed.push(text);
    }
    compare(cells, &printed);
    for round in 0..runs {
        for turn in 0..cells.len() {
            let place = (round + turn) % cells.len();
            let (cell, Some(call)) = (&mut cells[place], &calls[place]) else { continue };
            if cell.failure.is_some() {
                continue;
            }
            match call.run()? {
                Outcome::Ended(usage, output) if Some(&output) == printed[place].as_ref() => cell.add(usage),
                Outcome::Ended(..) => cell.failure = Some("did not print the same every time".to_owned()),
                Outcome::Failed(why) => cell.failure = Some(why),
            }
        }
    }
    Ok(())
}

/// Holds what was printed against what most print, and of as many the earlier peer; `s`, which is what is
/// tested, decides only alone.
fn compare(cells: &mut [Cell], printed: &[Option<Vec<u8>>]) {
    let votes = |output: &Vec<u8>| {
        let same = cells.iter().zip(printed).filter(|(_, other)| other.as_ref() == Some(output));
        same.filter(|(cell, _)| !is_own(cell)).count()
    };
    let mut right: Option<(usize, usize)> = None;
    for (place, output) in printed.iter().enumerate() {
        let Some(output) = output else { continue };
        let count = votes(output);
        if right.is_none_or(|(_, most)| count > most) {
            right = Some((place, count));
        }
    }
    let Some((right, _)) = right else { return };
    let Some(expected) = printed[right].clone() else { return };
    let of =
        cells.iter().zip(printed).find(|(cell, output)| !is_own(cell) && output.as_ref() == Some(&expected));
    let of = of.map_or_else(|| "s".to_owned(), |(cell, _)| cell.peer.clone());
    for (cell, output) in cells.iter_mut().zip(printed) {
        if let Some(output) = output.as_ref().filter(|output| **output != expected) {
            let message = format!("printed {}, and {of} {}", shown(output), shown(&expected));
            cell.failure = Some(message);
        }
    }
}

/// Whether it is `s` that is measured, in either form.
fn is_own(cell: &Cell) -> bool {
    cell.peer == "s" || cell.peer == "s build"
}

/// What was printed, as part of a sentence.
fn shown(output: &[u8]) -> String {
    const CHARS_MAX: usize = 100;
    let text = String::from_utf8_lossy(output);
    let text = text.trim_end().replace('\n', "⏎");
    if text.is_empty() {
        return "nothing".to_owned();
    }
    if text.chars().count() > CHARS_MAX {
        return format!("`{}…`", text.chars().take(CHARS_MAX).collect::<String>());
    }
    format!("`{text}`")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::peer::Building;
    use std::time::Duration;

    fn shell(name: &str, ending: &'static [&'static str]) -> Peer {
        Peer {
            name: name.to_owned(),
            program: "/bin/sh".into(),
            arguments: Vec::new(),
            endings: ending,
            version: String::new(),
            building: None,
            is_partial: false,
        }
    }

    fn row(files: &[(&str, &str)], input: Option<&Path>) -> Row {
        let peers = [
            shell("s", &["stk", "pl"]),
            shell("perl", &["pl"]),
            shell("luajit", &["lua"]),
            shell("node", &["js"]),
        ];
        row_of(&peers, files, input)
    }

    fn row_of(peers: &[Peer], files: &[(&str, &str)], input: Option<&Path>) -> Row {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("one")).unwrap();
        for (name, text) in files {
            std::fs::write(folder.path().join("one").join(name), text).unwrap();
        }
        let program = Program { name: "one", about: "", reads: None };
        let effort = Effort { runs: 3, patience: Duration::from_secs(20) };
        let variants = [Variant::Plain];
        let scratch = tempfile::tempdir().unwrap();
        measure(&program, folder.path(), &variants, peers, input, scratch.path(), &effort).unwrap()
    }

    fn failures(row: &Row) -> Vec<(String, String)> {
        row.failures().map(|(cell, why)| (cell.peer.clone(), why.to_owned())).collect()
    }

    #[test]
    fn everyone_runs_as_often_and_prints_the_same() {
        let row = row(
            &[("one.pl", "echo $1"), ("one.lua", "echo $1"), ("one.js", "echo $1")],
            Some(Path::new("in")),
        );
        assert_eq!(failures(&row), []);
        assert!(
            row.cells.iter().all(|cell| cell.wall.len() == 3 && cell.cpu.len() == 3 && cell.peak_kib > 0)
        );
    }

    #[test]
    fn who_fails_or_prints_something_else_is_named_and_not_measured() {
        let row = row(&[("one.stk", "echo 5"), ("one.pl", "echo 4"), ("one.lua", "echo 4; exit 2")], None);
        let expected = [
            ("s", "printed `5`, and perl `4`"),
            ("luajit", "ended with exit status: 2\n4"),
            ("node", "there is no program for it"),
        ];
        assert_eq!(failures(&row), expected.map(|(peer, why)| (peer.to_owned(), why.to_owned())));
        let perl = row.cell("perl", Variant::Plain).unwrap();
        assert_eq!((perl.wall.len(), row.cell("s", Variant::Plain).unwrap().wall.len()), (3, 0));
    }

    #[test]
    fn most_peers_are_right() {
        let row = row(
            &[("one.stk", "echo 4"), ("one.pl", "echo 5"), ("one.lua", "echo 4"), ("one.js", "echo 4")],
            None,
        );
        assert_eq!(failures(&row), [("perl".to_owned(), "printed `5`, and luajit `4`".to_owned())]);
    }

    #[test]
    fn a_program_that_changes_is_out() {
        let row = row(&[("one.pl", "echo $$")], None);
        let why = failures(&row).into_iter().find(|(peer, _)| peer == "perl").unwrap().1;
        assert_eq!(why, "did not print the same every time");
    }

    /// A compiler whose executable is the file itself, which it must be able to copy.
    fn compiler(name: &str, ending: &'static [&'static str]) -> Peer {
        let options =
            &["-c", r#"grep -q '^#!' "$2" && cp "$2" "$1" && chmod +x "$1" || { echo bad >&2; exit 1; }"#];
        let building = Some(Building { options, ..Building::default() });
        Peer { building, is_partial: true, ..shell(name, ending) }
    }

    #[test]
    fn what_is_built_is_measured() {
        let peers = [compiler("s build", &["stk"]), compiler("c", &["c"]), shell("perl", &["pl"])];
        let script = |own: &str| format!("#!/bin/sh\ncase $0 in */{own}*) echo $1;; esac");
        let texts = ["one.stk", "one.c", "one.pl"].map(|name| (name, script(name)));
        let files: Vec<(&str, &str)> = texts.iter().map(|(name, text)| (*name, text.as_str())).collect();
        let row = row_of(&peers, &files, Some(Path::new("in")));
        assert_eq!(failures(&row), []);
        assert!(row.cells.iter().all(|cell| cell.wall.len() == 3 && !cell.is_absent));
    }

    #[test]
    fn what_cannot_be_built_is_named_and_the_others_are_measured() {
        let peers = [compiler("s build", &["stk"]), compiler("c", &["c"]), shell("perl", &["pl"])];
        let row =
            row_of(&peers, &[("one.stk", "no"), ("one.c", "#!/bin/sh\necho 4"), ("one.pl", "echo 4")], None);
        let [(peer, why)] = &failures(&row)[..] else { panic!("{:?}", failures(&row)) };
        assert!(
            peer == "s build" && why.starts_with("build ") && why.ends_with("one.stk: exit status: 1\nbad"),
            "{why}"
        );
        assert_eq!(row.cells.iter().map(|cell| cell.wall.len()).collect::<Vec<_>>(), [0, 3, 3]);
    }

    #[test]
    fn who_has_only_some_programs_does_not_fail_without_one() {
        let peers = [compiler("c", &["c"]), shell("perl", &["pl"]), shell("node", &["js"])];
        let row = row_of(&peers, &[("one.pl", "echo 4")], None);
        assert_eq!(failures(&row), [("node".to_owned(), "there is no program for it".to_owned())]);
        assert_eq!(row.cells.iter().map(|cell| cell.is_absent).collect::<Vec<_>>(), [true, false, false]);
    }
}
