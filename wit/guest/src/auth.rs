//! The world of credential providers, `stryke:auth/auth-plugin@0.1.0`.
#![expect(
    unsafe_code,
    missing_docs,
    reason = "bindings generated from the interface text, which has the documentation"
)]

wit_bindgen::generate!({
    path: ["../0.1.0/host.wit", "../0.1.0/auth.wit"],
    world: "stryke:auth/auth-plugin@0.1.0",
    pub_export_macro: true,
    export_macro_name: "export",
    default_bindings_module: "s_guest::auth",
    generate_all,
});

pub use exports::stryke::auth::provider;
pub use stryke::host::{blobs, clock, crypto, http, log, random, sealing, secrets, types, ui, vault};

glue_errors!();
glue_blobs!();
glue_http!();
