//! What compiler and runtime agree on: the layouts of values, the table of runtime functions that
//! compiled code calls, and the table of builtins with how they are written.
//!
//! This crate knows nobody and contains no behaviour.
#![no_std]

pub mod builtins;
pub mod functions;
pub mod layout;
