//! Tells the binary which target it was built for, which `s version -v` shows; and links it so that it starts
//! fast (decisions 0021 and 0028).

use std::path::{Path, PathBuf};
use std::process::Command;

/// The functions that run at a start, in the order of `cargo xtask start`.
const ORDER: &str = "start-order.txt";

/// An archive of nothing has a signature, and perhaps an empty table.
const EMPTY_ARCHIVE_MAX: u64 = 128;

fn main() {
    let target = variable("TARGET").expect("cargo sets it for build scripts");
    println!("cargo::rustc-env=S_TARGET={target}");
    println!("cargo::rustc-check-cfg=cfg(c_library_within)");
    if target.ends_with("-linux-gnu") {
        // At one address nothing has to be relocated: 51,000 places at every start otherwise.
        link_with("-no-pie");
        let out = PathBuf::from(variable("OUT_DIR").expect("cargo sets it for build scripts"));
        if without_libraries(&out) {
            println!("cargo::rustc-cfg=c_library_within");
        } else {
            unwind_from_archive(&out);
        }
        // Programs for tests are linked often and started rarely.
        if variable("PROFILE").is_some_and(|profile| profile == "release") && links_with_lld(&target) {
            let here =
                PathBuf::from(variable("CARGO_MANIFEST_DIR").expect("cargo sets it for build scripts"));
            link_with(&format!("-Wl,--symbol-ordering-file={}", here.join(ORDER).display()));
            // A function that was renamed is laid where it falls.
            link_with("-Wl,--no-warn-symbol-ordering");
        }
    }
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed={ORDER}");
}

fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

fn link_with(argument: &str) {
    println!("cargo::rustc-link-arg-bins={argument}");
}

/// Takes the C library from its archives, where all of them are there: what the loader need not find, map and
/// bind is a third of a millisecond. The compiler asks for shared libraries by name; behind each name it finds
/// the archive.
fn without_libraries(out: &Path) -> bool {
    const LIBRARIES: [(&str, &str); 7] = [
        ("c", "libc.a"),
        ("m", "libm.a"),
        ("gcc_s", "libgcc_eh.a"),
        ("dl", "libdl.a"),
        ("pthread", "libpthread.a"),
        ("rt", "librt.a"),
        ("util", "libutil.a"),
    ];
    let found: Option<Vec<(&str, PathBuf)>> =
        LIBRARIES.iter().map(|(name, archive)| Some((*name, archive_of(archive)?))).collect();
    let (Some(found), Some(compiler)) = (found, archive_of("libgcc.a")) else { return false };
    // From 2.34 on the C library looks up names by itself, and so is its own library of threads, whose archive
    // is empty.
    let threads = found.iter().find(|(name, _)| *name == "pthread").map(|(_, archive)| archive);
    if threads
        .and_then(|archive| archive.metadata().ok())
        .is_none_or(|archive| archive.len() > EMPTY_ARCHIVE_MAX)
    {
        return false;
    }
    for (name, archive) in found {
        // The C library, the unwinder and the compiler's own functions need each other.
        let script = match name {
            "c" => format!("GROUP({} -lgcc_eh {})\n", archive.display(), compiler.display()),
            _ => format!("INPUT({})\n", archive.display()),
        };
        std::fs::write(out.join(format!("lib{name}.so")), script).expect("OUT_DIR can be written");
    }
    link_with("-static");
    link_with(&format!("-L{}", out.display()));
    true
}

/// Puts the archive of the compiler's library, which unwinds, before its shared form: what the loader need not
/// find, map and bind is a tenth of a millisecond. Where there is no archive the shared form is linked.
fn unwind_from_archive(out: &Path) {
    if archive_of("libgcc_eh.a").is_some() {
        let script = out.join("libgcc_s.so");
        std::fs::write(script, "INPUT(-lgcc_eh)\n").expect("OUT_DIR can be written");
        link_with(&format!("-L{}", out.display()));
    }
}

/// Where the C compiler has an archive.
fn archive_of(name: &str) -> Option<PathBuf> {
    let answer = Command::new("cc").arg(format!("-print-file-name={name}")).output().ok()?;
    let path = PathBuf::from(String::from_utf8(answer.stdout).ok()?.trim());
    // A compiler that does not have the file repeats its name.
    path.is_absolute().then_some(path)
}

/// Whether the linker is the one that comes with the compiler: it is for this target, unless another was chosen.
fn links_with_lld(target: &str) -> bool {
    let flags = variable("CARGO_ENCODED_RUSTFLAGS").unwrap_or_default();
    target == "x86_64-unknown-linux-gnu"
        && variable("RUSTC_LINKER").is_none()
        && !flags.contains("fuse-ld")
        && !flags.contains("linker")
}
