//! The interface text and the host's side of it in plain Rust.
