//! Tells the binary which target it was built for, which `s version -v` shows; and links it so that it starts
//! fast.

fn main() {
    let target = std::env::var("TARGET").expect("cargo sets it for build scripts");
    println!("cargo::rustc-env=S_TARGET={target}");
    if target.ends_with("-linux-gnu") {
        // At one address nothing has to be relocated: 51,000 places at every start otherwise.
        println!("cargo::rustc-link-arg-bins=-no-pie");
    }
    println!("cargo::rerun-if-changed=build.rs");
}
