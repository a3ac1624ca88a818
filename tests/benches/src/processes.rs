//! From the start of a process to its end, with and without a plugin in it.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

use s_kit::{Sample, Time};

const TURNS: usize = 300;

/// Prints the table of whole processes.
pub(crate) fn measure(s: &Path) -> Result<(), Box<dyn std::error::Error>> {
    let home = tempfile::tempdir()?;
    let run = |arguments: &[&str]| -> std::io::Result<std::process::ExitStatus> {
        Command::new(s)
            .args(arguments)
            .current_dir(home.path())
            .env_clear()
            .env("STRYKE_HOME", home.path().join("home"))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status()
    };
    // The name is refused by the plugin itself: a whole call, and nothing is written.
    let plugin: &[&str] = &["new", "no/name"];
    let nothing: &[&str] = &["version"];
    let start = Instant::now();
    run(plugin)?;
    let cold = start.elapsed();
    let (mut with, mut without) = (Sample::default(), Sample::default());
    for _ in 0..TURNS {
        for (arguments, sample) in [(plugin, &mut with), (nothing, &mut without)] {
            let start = Instant::now();
            run(arguments)?;
            sample.add(start.elapsed());
        }
    }
    println!("| whole process | median | least | runs |\n|---|---|---|---|");
    println!("| `s version`: no plugin | {without} |");
    println!("| `s new no/name`: load the plugin, one call, its answer | {with} |");
    println!(
        "| the difference | {} | {} | |",
        Time(with.median().saturating_sub(without.median())),
        Time(with.least().saturating_sub(without.least()))
    );
    println!("| the same with an empty home: the plugin is compiled | {} | | 1 |\n", Time(cold));
    Ok(())
}
