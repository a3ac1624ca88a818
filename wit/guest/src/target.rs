//! The world of target packs, `stryke:target/target-plugin@0.1.0`.
#![expect(
    unsafe_code,
    missing_docs,
    reason = "bindings generated from the interface text, which has the documentation"
)]

wit_bindgen::generate!({
    path: ["../0.1.0/host.wit", "../0.1.0/target.wit"],
    world: "stryke:target/target-plugin@0.1.0",
    pub_export_macro: true,
    export_macro_name: "export",
    default_bindings_module: "s_guest::target",
    generate_all,
});

pub use exports::stryke::target::{linker, pack};
pub use stryke::host::{blobs, log, progress, types};

glue_errors!();
glue_blobs!();
