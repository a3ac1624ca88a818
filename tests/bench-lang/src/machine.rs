//! What the figures were measured on.

use crate::peer::Peer;

/// Lines for the head of a report; what cannot be found out is left out.
pub(crate) fn facts(peers: &[Peer], missing: &[String]) -> Vec<(String, String)> {
    let mut facts: Vec<(String, Option<String>)> = vec![
        ("processors".to_owned(), processors()),
        ("kernel".to_owned(), read("/proc/sys/kernel/osrelease")),
        ("load before, 1, 5 and 15 minutes".to_owned(), load()),
        (
            "memory of the runner, below which no peak is seen".to_owned(),
            crate::call::floor_kib().map(|kib| format!("{:.1} MB", kib as f64 / 1024.0)),
        ),
    ];
    facts.extend(peers.iter().map(|peer| (peer.name.clone(), Some(peer.version.clone()))));
    facts.extend(missing.iter().map(|name| (name.clone(), Some("not there".to_owned()))));
    facts.into_iter().filter_map(|(name, fact)| Some((name, fact?))).collect()
}

fn load() -> Option<String> {
    let text = read("/proc/loadavg")?;
    Some(text.split_whitespace().take(3).collect::<Vec<_>>().join(" "))
}

fn processors() -> Option<String> {
    let count = std::thread::available_parallelism().ok()?;
    let text = read("/proc/cpuinfo")?;
    let name = text.lines().find_map(|line| line.strip_prefix("model name")?.split_once(": "))?.1;
    Some(format!("{count} of {name}"))
}

fn read(path: &str) -> Option<String> {
    Some(std::fs::read_to_string(path).ok()?.trim().to_owned())
}
