//! `docs/guide`: every page is run, in the order of their numbers, in one home, as somebody would who
//! reads them from the first script on.
//!
//! In blocks of `console`, lines with `$ ` are commands, which `> ` continues; what follows is what
//! they say, on both streams. `...` stands for anything, as a line for any lines. A command fails when
//! a line of what it says begins with `error` or `✗`, and only then. A block with `file=PATH` behind
//! its language is written there first. Each page begins in the same directory.
//!
//! A block of `console build` is left out until [`BUILDS`] says otherwise. One of `console elsewhere`
//! is never run; the paragraph before it says why, to whoever reads it, behind the words of
//! [`ELSEWHERE`].

use std::fmt::Write as _;
use std::net::TcpListener;
use std::{fs, mem};

use crate::reader::{missing_for_plugins, root, shell};
use crate::support::Sandbox;

/// Whether this `s` has the command `build`.
const BUILDS: bool = true;

/// How the paragraph before a block begins that is not run.
const ELSEWHERE: &str = "Not run by our tests";

/// Where the pages have their registry; the test has it elsewhere, so that two can run.
const ADDRESS: &str = "127.0.0.1:8123";

/// The page that ends early where no plugin can be built, and the command it ends with.
const PLUGIN_PAGE: (&str, &str) = ("07-", "s plugin build");

/// One step of a page.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Step {
    /// A file that is written.
    File { path: String, text: String },
    /// A command, the line it is in, and what it says.
    Run { line: usize, command: String, says: Vec<String> },
}

/// The steps of a page; panics with the line where a block is of no kind there is.
fn steps(page: &str, builds: bool) -> Vec<Step> {
    let mut steps = Vec::new();
    let mut paragraph = String::new();
    let mut lines = page.lines().enumerate();
    while let Some((at, line)) = lines.next() {
        let Some(info) = line.strip_prefix("```") else {
            if line.is_empty() && !paragraph.ends_with("\n\n") {
                paragraph.push_str("\n\n");
            } else {
                paragraph.push_str(line);
            }
            continue;
        };
        let block: Vec<(usize, &str)> = lines.by_ref().take_while(|(_, line)| *line != "```").collect();
        let before = mem::take(&mut paragraph);
        let before = before.trim_end().rsplit("\n\n").next().unwrap_or_default();
        match info.split_whitespace().collect::<Vec<_>>()[..] {
            ["console"] => steps.extend(commands(&block)),
            ["console", "build"] => steps.extend(commands(&block).into_iter().filter(|_| builds)),
            ["console", "elsewhere"] => {
                assert!(before.contains(ELSEWHERE), "line {}: nobody is told why this is not run", at + 1);
                assert!(!commands(&block).is_empty());
            }
            [_, word] if word.starts_with("file=") => {
                let text = block.iter().fold(String::new(), |text, (_, line)| text + line + "\n");
                steps.push(Step::File { path: word["file=".len()..].to_owned(), text });
            }
            _ => panic!("line {}: nobody runs this: {line}", at + 1),
        }
    }
    steps
}

/// The commands of a block.
fn commands(block: &[(usize, &str)]) -> Vec<Step> {
    let mut found: Vec<Step> = Vec::new();
    for &(at, text) in block {
        match (text.strip_prefix("$ "), text.strip_prefix("> "), found.last_mut()) {
            (Some(command), _, _) => {
                found.push(Step::Run { line: at + 1, command: command.to_owned(), says: Vec::new() });
            }
            (None, Some(more), Some(Step::Run { command, says, .. })) if says.is_empty() => {
                command.push('\n');
                command.push_str(more);
            }
            (None, _, Some(Step::Run { says, .. })) => says.push(text.trim_end().to_owned()),
            _ => panic!("line {}: a block begins with a command", at + 1),
        }
    }
    found
}

/// The steps as a script of a shell. What command N says stands between two lines that begin with a
/// character nothing else prints, the second with its status.
fn script(pages: &[(String, Vec<Step>)]) -> String {
    let mut script = String::from("top=$PWD; jobs=; trap 'for job in $jobs; do kill $job; done' EXIT\n");
    let mut number = 0;
    for step in pages.iter().flat_map(|(_, steps)| {
        let begin = Step::File { path: String::new(), text: String::new() };
        std::iter::once(begin).chain(steps.iter().cloned())
    }) {
        match step {
            Step::File { path, .. } if path.is_empty() => script.push_str("cd \"$top\"\n"),
            Step::File { path, text } => {
                let path = path.replacen("~/", "$HOME/", 1);
                let _ = writeln!(script, "mkdir -p \"$(dirname \"{path}\")\"");
                let _ = write!(script, "cat > \"{path}\" <<'END_OF_FILE'\n{text}END_OF_FILE\n");
            }
            Step::Run { command, .. } => {
                let _ = writeln!(script, "printf '\\036%s\\n' {number}\n{{ {command}\n}} 2>&1");
                script.push_str("status=$?; printf '\\036%s\\n' $status\n");
                if let Some((_, log)) = command.strip_suffix(" 2>&1 &").and_then(|text| text.split_once("> "))
                {
                    // A server is there when it says so.
                    let wait = "tries=0; while ! test -s";
                    let _ = writeln!(
                        script,
                        "jobs=\"$jobs $!\"; {wait} {log} && test $tries -lt 200; do sleep 0.05; tries=$((tries + 1)); done"
                    );
                }
                // What the workspace has locked is here; anything newer would have to be fetched.
                script.push_str(
                    "if test -e Cargo.toml && ! test -e Cargo.lock; then cp \"$GUIDE_ROOT/Cargo.lock\" .; fi\n",
                );
                number += 1;
            }
        }
    }
    script
}

/// Whether lines are what was expected, with `...` for anything.
fn fits(expected: &[String], lines: &[&str]) -> bool {
    match (expected.split_first(), lines.split_first()) {
        (None, _) => lines.is_empty(),
        (Some((first, rest)), _) if first.trim() == "..." => {
            (0..=lines.len()).any(|skipped| fits(rest, &lines[skipped..]))
        }
        (Some(_), None) => false,
        (Some((first, rest)), Some((line, lines))) => line_fits(first, line) && fits(rest, lines),
    }
}

fn line_fits(expected: &str, line: &str) -> bool {
    let mut parts = expected.split("...");
    let Some(mut left) = parts.next().and_then(|first| line.strip_prefix(first)) else { return false };
    let mut parts: Vec<&str> = parts.collect();
    let Some(last) = parts.pop() else { return left.is_empty() };
    for part in parts {
        let Some(at) = left.find(part) else { return false };
        left = &left[at + part.len()..];
    }
    left.ends_with(last)
}

/// The pages with their names, in the order of their numbers.
fn pages() -> Vec<(String, String)> {
    let folder = root().join("docs/guide");
    let mut pages: Vec<(String, String)> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap())
        .map(|entry| (entry.file_name().into_string().unwrap(), fs::read_to_string(entry.path()).unwrap()))
        .filter(|(name, _)| name.starts_with(|first: char| first.is_ascii_digit()))
        .collect();
    pages.sort();
    assert_eq!(pages.len(), 8);
    pages
}

#[test]
fn the_guide_does_what_it_says() {
    let sandbox = Sandbox::new();
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string();
    let missing = missing_for_plugins(&sandbox);
    let mut pages: Vec<(String, Vec<Step>)> = pages()
        .into_iter()
        .map(|(name, page)| (name, steps(&page.replace(ADDRESS, &free), BUILDS)))
        .collect();
    if let Some(code) = missing {
        // Without what it takes, that page ends where it builds, and says so.
        let page = pages.iter_mut().find(|(name, _)| name.starts_with(PLUGIN_PAGE.0)).unwrap();
        let builds = |step: &Step| matches!(step, Step::Run { command, .. } if command == PLUGIN_PAGE.1);
        let at = page.1.iter().position(builds).unwrap();
        page.1.truncate(at + 1);
        if let Some(Step::Run { says, .. }) = page.1.last_mut() {
            *says = vec![format!("error[{code}]..."), "...".to_owned()];
        }
    }

    let mut command = shell(&sandbox, &sandbox.work());
    command.env("GUIDE_ROOT", root()).args(["-c", &script(&pages)]);
    let output = command.output().expect("there is a shell");
    // As it was printed: the pages have versions and paths in them, which snapshots leave out.
    let printed = String::from_utf8_lossy(&output.stdout);
    let mut answers = printed.split('\u{1e}').skip(1);
    let mut failures = String::new();
    for (name, steps) in &pages {
        for step in steps {
            let Step::Run { line, command, says } = step else { continue };
            let said = answers.next().unwrap_or_default().split_once('\n').unwrap_or_default().1;
            let status = answers.next().unwrap_or_default().trim();
            let mut lines: Vec<&str> = said.lines().map(str::trim_end).collect();
            while lines.last().is_some_and(|line| line.is_empty()) {
                lines.pop();
            }
            let fails = says.iter().any(|line| line.starts_with("error") || line.starts_with('✗'));
            if !fits(says, &lines) || (status != "0") != fails {
                let _ =
                    writeln!(failures, "{name}:{line}: status {status}\n$ {command}\n{}", lines.join("\n"));
            }
        }
    }
    assert!(failures.is_empty(), "{failures}{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn the_guide_names_its_pages() {
    let contents = fs::read_to_string(root().join("docs/guide/README.md")).unwrap();
    for (name, page) in pages() {
        assert!(contents.contains(&format!("({name})")), "{name} is not in the contents");
        assert!(page.starts_with("# "), "{name} has no title");
    }
}

#[test]
fn dots_stand_for_anything() {
    let lines = |text: &str| text.lines().map(str::to_owned).collect::<Vec<_>>();
    assert!(fits(&lines("a\n...\nb ... c"), &["a", "x", "y", "b 1 c"]));
    assert!(fits(&lines("a\n..."), &["a"]));
    assert!(!fits(&lines("a"), &["a", "b"]));
    assert!(!fits(&lines("a\nb"), &["a"]));
    assert!(line_fits("took ... ms", "took 12 ms") && !line_fits("took ... ms", "took 12 s"));
    assert!(line_fits("a...b...c", "a1b2c") && !line_fits("aa...aa", "aaa"));
}

#[test]
fn a_page_is_read_as_it_stands() {
    let page = "# T\n\n```perl file=a.stk\np 1\n```\n\n```console\n$ s a.stk\n1\n$ a \\\n> b\n```\n\n\
                Not run by our tests: why.\n\n```console elsewhere\n$ no\n```\n\n```console build\n$ s build\n```\n";
    let found = steps(page, false);
    assert_eq!(found.len(), 3);
    assert_eq!(found[0], Step::File { path: "a.stk".to_owned(), text: "p 1\n".to_owned() });
    assert_eq!(found[1], Step::Run { line: 8, command: "s a.stk".to_owned(), says: vec!["1".to_owned()] });
    assert!(matches!(&found[2], Step::Run { command, .. } if command == "a \\\nb"));
    assert_eq!(steps(page, true).len(), 4);
}
