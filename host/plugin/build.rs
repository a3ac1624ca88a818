//! Tells the engine which target it was built for: plugins are compiled for the same.

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rustc-env=S_PLUGIN_TARGET={}", std::env::var("TARGET").unwrap_or_default());
}
