//! Tells the binary which target it was built for, which `s version -v` shows; and links it so that it starts
//! fast.

use std::path::{Path, PathBuf};
use std::process::Command;

fn main() {
    let target = std::env::var("TARGET").expect("cargo sets it for build scripts");
    println!("cargo::rustc-env=S_TARGET={target}");
    if target.ends_with("-linux-gnu") {
        // At one address nothing has to be relocated: 51,000 places at every start otherwise.
        println!("cargo::rustc-link-arg-bins=-no-pie");
        let out = PathBuf::from(std::env::var_os("OUT_DIR").expect("cargo sets it for build scripts"));
        unwind_from_archive(&out);
    }
    println!("cargo::rerun-if-changed=build.rs");
}

/// Puts the archive of the compiler's library, which unwinds, before its shared form: what the loader need not
/// find, map and bind is a tenth of a millisecond. Where there is no archive the shared form is linked.
fn unwind_from_archive(out: &Path) {
    const ARCHIVE: &str = "libgcc_eh.a";
    let answer = Command::new("cc").arg(format!("-print-file-name={ARCHIVE}")).output();
    // A compiler that does not have the file repeats its name.
    if answer.is_ok_and(|answer| Path::new(String::from_utf8_lossy(&answer.stdout).trim()).is_absolute()) {
        let script = out.join("libgcc_s.so");
        std::fs::write(script, "INPUT(-lgcc_eh)\n").expect("OUT_DIR can be written");
        println!("cargo::rustc-link-arg-bins=-L{}", out.display());
    }
}
