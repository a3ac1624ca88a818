//! Tells the binary which target it was built for; `s version -v` shows it.

fn main() {
    let target = std::env::var("TARGET").expect("cargo sets it for build scripts");
    println!("cargo::rustc-env=S_TARGET={target}");
    println!("cargo::rerun-if-changed=build.rs");
}
