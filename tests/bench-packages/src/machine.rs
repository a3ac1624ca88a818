//! What the figures were measured on.

use std::path::Path;
use std::process::Command;

use crate::tool::Found;

/// Lines for the head of a report; what cannot be found out is left out.
pub(crate) fn describe(scratch: &Path, tools: &[Found], missing: &[&str]) -> Vec<(String, String)> {
    let mut facts: Vec<(String, Option<String>)> = vec![
        ("processors".to_owned(), processors()),
        ("kernel".to_owned(), read("/proc/sys/kernel/osrelease")),
        ("file system".to_owned(), file_system(scratch)),
        ("load before, 1, 5 and 15 minutes".to_owned(), load()),
    ];
    let version = |found: &Found| (found.tool.name().to_owned(), Some(found.version.clone()));
    facts.extend(tools.iter().map(version));
    facts.extend(missing.iter().map(|name| ((*name).to_owned(), Some("not there".to_owned()))));
    facts.into_iter().filter_map(|(name, fact)| Some((name, fact?))).collect()
}

/// How busy the machine is.
pub(crate) fn load() -> Option<String> {
    let text = read("/proc/loadavg")?;
    Some(text.split_whitespace().take(3).collect::<Vec<_>>().join(" "))
}

fn processors() -> Option<String> {
    let count = std::thread::available_parallelism().ok()?;
    let text = read("/proc/cpuinfo")?;
    let name = text.lines().find_map(|line| line.strip_prefix("model name")?.split_once(": "))?.1;
    Some(format!("{count} of {name}"))
}

fn file_system(scratch: &Path) -> Option<String> {
    let output = Command::new("stat").args(["-f", "-c", "%T"]).arg(scratch).output().ok()?;
    let name = String::from_utf8(output.stdout).ok()?.trim().to_owned();
    (!name.is_empty()).then_some(name)
}

fn read(path: &str) -> Option<String> {
    Some(std::fs::read_to_string(path).ok()?.trim().to_owned())
}
