//! The world of subcommands, `stryke:command/subcommand-plugin@0.1.0`.
#![expect(
    unsafe_code,
    missing_docs,
    reason = "bindings generated from the interface text, which has the documentation"
)]

wit_bindgen::generate!({
    path: ["../0.1.0/host.wit", "../0.1.0/command.wit"],
    world: "stryke:command/subcommand-plugin@0.1.0",
    pub_export_macro: true,
    export_macro_name: "export",
    default_bindings_module: "s_guest::command",
    generate_all,
});

pub use exports::stryke::command::subcommand::{Call, Guest};
pub use stryke::command::{edits, environment, project};
pub use stryke::host::{blobs, cache, clock, crypto, fs, http, log, progress, random, secrets, types, ui};

glue_errors!();
glue_blobs!();
glue_http!();
glue_files!();
