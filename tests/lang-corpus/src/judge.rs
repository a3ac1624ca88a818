//! Runs one program and says what is wrong with how it did.

use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use crate::corpus::{Kind, Program};
use crate::process::{Ended, run};
use crate::{Built, Settings};

/// What is wrong with a program, if something is, and how long it took.
#[must_use]
pub fn judge(settings: &Settings, program: &Program) -> (Option<String>, Duration) {
    match judged(settings, program) {
        Ok(judged) => judged,
        Err(error) => (Some(format!("could not be run: {error}")), Duration::ZERO),
    }
}

fn judged(settings: &Settings, program: &Program) -> std::io::Result<(Option<String>, Duration)> {
    let (folder, name) = program.place(&settings.folder);
    let compat = program.kind == Kind::Perl;
    let ended = match &settings.built {
        Some(built) => build_and_run(settings, built, compat, &folder, &name)?,
        None => {
            let arguments: &[&str] = if compat { &["--compat", &name] } else { &[&name] };
            run(&settings.s, arguments, &folder, settings.limit)?
        }
    };
    let time = ended.time;
    let Some(status) = ended.status else {
        return Ok((Some(format!("took longer than {} s", settings.limit.as_secs())), time));
    };
    let failure = match program.kind {
        Kind::Assertions => asserted(&ended, status),
        Kind::Expectations => expected(&ended, status, &settings.folder.join(&program.path))?,
        Kind::Perl => {
            let Some(perl) = &settings.perl else { return Ok((None, time)) };
            let theirs = run(perl, &[&name], &folder, settings.limit)?;
            let mut failure = differs("standard output", &theirs.stdout, &ended.stdout);
            if theirs.status != Some(status) {
                let theirs = theirs.status.map_or("none".to_owned(), |status| status.to_string());
                failure.get_or_insert_default().push_str(&format!("; status {status}, perl has {theirs}"));
            }
            failure.map(|failure| with_cause(failure.trim_start_matches("; "), &ended))
        }
    };
    Ok((failure, time))
}

/// Builds a program and runs what came out. A text with errors ends as it does when it is run: with 255.
fn build_and_run(
    settings: &Settings,
    built: &Built,
    compat: bool,
    folder: &Path,
    name: &str,
) -> std::io::Result<Ended> {
    static NEXT: AtomicUsize = AtomicUsize::new(0);
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    let output = built.folder.join(format!("program-{number}"));
    let shown = output.display().to_string();
    let mut arguments = vec!["build", "--release", name, "-o", &shown];
    if compat {
        arguments.push("--compat");
    }
    if let Some(target) = &built.target {
        arguments.extend(["--target", target]);
    }
    let mut ended = run(&settings.s, &arguments, folder, settings.limit)?;
    if ended.status != Some(0) {
        ended.status = ended.status.map(|_| 255);
        ended.refused = true;
        return Ok(ended);
    }
    let ended = match &built.runner {
        Some(runner) => run(runner, &[&shown], folder, settings.limit),
        None => run(&output, &[], folder, settings.limit),
    };
    std::fs::remove_file(&output)?;
    ended
}

/// Exit status 0, and at least one assertion that was counted.
fn asserted(ended: &Ended, status: i32) -> Option<String> {
    let stderr = plain(&ended.stderr);
    if status != 0 {
        let failed: Vec<&str> = stderr.lines().filter(|line| line.starts_with("  ✗ ")).take(2).collect();
        let why = if failed.is_empty() { String::new() } else { format!(": {}", failed.join(" / ").trim()) };
        let failure = format!("status {status}{why}");
        return Some(if failed.is_empty() { with_cause(&failure, ended) } else { failure });
    }
    let counted =
        stderr.lines().any(|line| ["  ✓ ", "  ✗ ", "  ↷ "].iter().any(|mark| line.starts_with(mark)));
    (!counted).then(|| with_cause("no assertion was counted", ended))
}

/// What the files beside the program say.
fn expected(ended: &Ended, status: i32, path: &Path) -> std::io::Result<Option<String>> {
    let beside = |ending: &str| match std::fs::read(path.with_extension(ending)) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    };
    let wanted = match beside("status")? {
        Some(text) => String::from_utf8_lossy(&text).trim().parse().unwrap_or(-1),
        None => 0,
    };
    if status != wanted {
        return Ok(Some(with_cause(&format!("status {status} instead of {wanted}"), ended)));
    }
    if let Some(out) = beside("out")?
        && let Some(failure) = differs("standard output", &out, &ended.stdout)
    {
        return Ok(Some(failure));
    }
    if ended.refused {
        // A build words and places its errors as every command does, not as a program that ends.
        let is_error = plain(&ended.stderr).starts_with("error[");
        return Ok((!is_error).then(|| with_cause("the build has no error with a code", ended)));
    }
    if let Some(text) = beside("err")? {
        let text = String::from_utf8_lossy(&text);
        let text = text.strip_suffix('\n').unwrap_or(&text);
        if !plain(&ended.stderr).contains(text) {
            return Ok(Some(with_cause(
                &format!("standard error does not have `{}`", shortened(text)),
                ended,
            )));
        }
    }
    Ok(None)
}

/// The first line in which two texts differ.
fn differs(what: &str, wanted: &[u8], got: &[u8]) -> Option<String> {
    if wanted == got {
        return None;
    }
    let lines = |bytes: &[u8]| -> Vec<String> {
        String::from_utf8_lossy(bytes).split('\n').map(str::to_owned).collect()
    };
    let (wanted, got) = (lines(wanted), lines(got));
    let same = wanted.iter().zip(&got).take_while(|(one, other)| one == other).count();
    let at = |lines: &[String]| lines.get(same).map_or("(the end)".to_owned(), |line| shortened(line));
    Some(format!("{what}, line {}: `{}` instead of `{}`", same + 1, at(&got), at(&wanted)))
}

/// Adds the last thing that a program said on standard error.
fn with_cause(failure: &str, ended: &Ended) -> String {
    let stderr = plain(&ended.stderr);
    let said = stderr
        .lines()
        .find(|line| line.starts_with("error") || line.contains(" at ") || line.contains("panicked"));
    match said.or_else(|| stderr.lines().rfind(|line| !line.trim().is_empty())) {
        Some(line) => format!("{failure}: {}", shortened(line.trim())),
        None => failure.to_owned(),
    }
}

fn shortened(text: &str) -> String {
    let mut short = String::new();
    for char in text.chars().take(160) {
        if char.is_control() { short.extend(char.escape_debug()) } else { short.push(char) }
    }
    if text.chars().count() > 160 {
        short.push('…');
    }
    short
}

/// A text without what sets colours.
fn plain(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes);
    let mut parts = text.split("\u{1b}[");
    let mut kept = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let end = part.find(|char: char| ('@'..='~').contains(&char)).map_or(part.len(), |end| end + 1);
        kept.push_str(&part[end..]);
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ended(stdout: &str, stderr: &str) -> Ended {
        Ended {
            status: Some(0),
            stdout: stdout.into(),
            stderr: stderr.into(),
            time: Duration::ZERO,
            refused: false,
        }
    }

    #[test]
    fn assertions_have_to_be_counted() {
        assert_eq!(asserted(&ended("", "  \u{1b}[32m✓\u{1b}[0m a\n"), 0), None);
        assert!(asserted(&ended("", ""), 0).is_some());
        let failure = asserted(&ended("", "  ✗ a — got '1', expected '2'\n"), 1);
        assert_eq!(failure.as_deref(), Some("status 1: ✗ a — got '1', expected '2'"));
        assert_eq!(
            asserted(&ended("", "x\nDied at y line 2.\n"), 255).as_deref(),
            Some("status 255: Died at y line 2.")
        );
    }

    #[test]
    fn files_beside_a_program_are_held_against_it() {
        let folder = tempfile::tempdir().expect("the system has a folder for temporary files");
        let write = |name: &str, text: &str| {
            std::fs::write(folder.path().join(name), text).expect("the folder is ours");
        };
        let path = folder.path().join("a.stk");
        let judge = |ended: &Ended, status: i32| expected(ended, status, &path).expect("the folder is ours");
        write("a.out", "x\ny\n");
        assert_eq!(judge(&ended("x\ny\n", ""), 0), None);
        let failure = judge(&ended("x\nz\n", ""), 0);
        assert_eq!(failure.as_deref(), Some("standard output, line 2: `z` instead of `y`"));
        assert!(judge(&ended("x\ny\n", ""), 1).is_some());
        write("a.status", "255\n");
        write("a.err", "line 2\n");
        assert_eq!(judge(&ended("x\ny\n", "oh \u{1b}[1mline\u{1b}[0m 2 no"), 255), None);
        assert!(judge(&ended("x\ny\n", "line 3"), 255).is_some());
    }
}
