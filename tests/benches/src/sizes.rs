//! How large things are, and how much memory a process takes.

use std::path::Path;
use std::process::{Command, Stdio};

use s_ops::plugins::builtin::BUILT_IN;

/// Prints the table of sizes.
pub(crate) fn measure(s: &Path) -> Result<(), Box<dyn std::error::Error>> {
    println!("| size | bytes |\n|---|---|");
    println!("| `s` | {} |", std::fs::metadata(s)?.len());
    for built_in in &BUILT_IN {
        println!("| `{}` | {} |", built_in.id, built_in.component.len());
    }
    println!("\n| peak memory | KiB |\n|---|---|");
    let home = tempfile::tempdir()?;
    for (label, arguments) in [
        ("`s version`", &["version"][..]),
        ("`s new no/name`, which compiles the plugin", &["new", "no/name"]),
        ("`s new no/name`, compiled before", &["new", "no/name"]),
    ] {
        println!("| {label} | {} |", peak_kib(s, arguments, home.path())?);
    }
    Ok(())
}

/// GNU time says what the kernel counted.
fn peak_kib(s: &Path, arguments: &[&str], home: &Path) -> Result<String, Box<dyn std::error::Error>> {
    let output = Command::new("/usr/bin/time")
        .args(["--quiet", "-f", "%M"])
        .arg(s)
        .args(arguments)
        .current_dir(home)
        .env_clear()
        .env("STRYKE_HOME", home.join("home"))
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .output();
    let Ok(output) = output else { return Ok("not measured: there is no GNU time here".to_owned()) };
    let text = String::from_utf8_lossy(&output.stderr);
    Ok(text.lines().last().unwrap_or_default().to_owned())
}
