//! The world of audit feeds, `stryke:audit/audit-plugin@0.1.0`.
#![expect(
    unsafe_code,
    missing_docs,
    reason = "bindings generated from the interface text, which has the documentation"
)]

wit_bindgen::generate!({
    path: ["../0.1.0/host.wit", "../0.1.0/audit.wit"],
    world: "stryke:audit/audit-plugin@0.1.0",
    pub_export_macro: true,
    export_macro_name: "export",
    default_bindings_module: "s_guest::audit",
    generate_all,
});

pub use exports::stryke::audit::feed;
pub use stryke::host::{blobs, cache, clock, crypto, fs, http, log, progress, types};

glue_errors!();
glue_blobs!();
glue_http!();
glue_files!();
