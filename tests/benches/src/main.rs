//! Measures what `docs/benchmarks.md` states, and prints it as the tables that stand there.
//!
//! ```sh
//! cargo build --release -p s -p s-benches && target/release/s-benches
//! ```
//!
//! Whole processes are measured in turns (one that runs a plugin, one that does not, and again), so
//! that what else the machine does falls on both. Medians are stated, with the least beside them.

#![expect(clippy::print_stdout, reason = "its answer is a table")]

mod in_process;
mod processes;
mod sizes;

use std::path::PathBuf;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let here = std::env::current_exe()?;
    let folder = here.parent().ok_or("the executable lies in no folder")?;
    let s: PathBuf = folder.join(format!("s{}", std::env::consts::EXE_SUFFIX));
    if !s.is_file() {
        return Err(format!("`{}` is not there: cargo build --release -p s", s.display()).into());
    }
    processes::measure(&s)?;
    in_process::measure()?;
    sizes::measure(&s)?;
    Ok(())
}
