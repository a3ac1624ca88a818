//! The world of registry backends, `stryke:registry/registry-plugin@0.2.0`: with owners and taking
//! back a yank.
#![expect(
    unsafe_code,
    missing_docs,
    reason = "bindings generated from the interface text, which has the documentation"
)]

wit_bindgen::generate!({
    path: ["../0.1.0/host.wit", "../0.2.0/registry.wit"],
    world: "stryke:registry/registry-plugin@0.2.0",
    pub_export_macro: true,
    export_macro_name: "export",
    default_bindings_module: "s_guest::registry_v0_2",
    generate_all,
});

pub use exports::stryke::registry::backend;
pub use stryke::host::{blobs, cache, clock, crypto, fs, http, log, progress, types, vault};

glue_errors!();
glue_blobs!();
glue_http!();
glue_files!();
