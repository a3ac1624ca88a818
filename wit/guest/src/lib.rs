//! What the author of a plugin depends on.
//!
//! A plugin is two halves. Its *logic* is ordinary Rust over the traits of this crate ([`Http`],
//! [`Files`]) and is tested natively, against the scripted hosts of the feature `mock`. Its *guest*
//! is a thin module, compiled for `wasm32-unknown-unknown` only, that implements the generated
//! `Guest` trait of one world and hands the real host to the logic:
//!
//! ```text
//! use s_guest::command::{self, Call, Guest};
//!
//! struct Plugin;
//!
//! impl Guest for Plugin {
//!     fn run(call: Call) -> Result<u8, command::Error> {
//!         command::ui::print(&format!("hello from {}", call.directory));
//!         Ok(0)
//!     }
//! }
//!
//! command::export!(Plugin);
//! ```
//!
//! A feature turns on a world: `registry`, `audit`, `auth`, `command` or `target`, each of track 0.1,
//! and `registry-v0-2` of the second track. Each is a module of the same name with the generated bindings, conversions between the errors of the world and
//! [`Error`], and `Host`, which implements the traits where the world has the interface. A panic
//! writes its message and place to the log before the instance ends; nothing needs to be called
//! for that.

#[cfg(target_arch = "wasm32")]
#[macro_use]
mod glue;

mod error;
mod files;
mod http;
mod url;

#[cfg(all(target_arch = "wasm32", feature = "audit"))]
pub mod audit;
#[cfg(all(target_arch = "wasm32", feature = "auth"))]
pub mod auth;
#[cfg(all(target_arch = "wasm32", feature = "command"))]
pub mod command;
#[cfg(all(target_arch = "wasm32", feature = "registry"))]
pub mod registry;
#[cfg(all(target_arch = "wasm32", feature = "registry-v0-2"))]
pub mod registry_v0_2;
#[cfg(all(target_arch = "wasm32", feature = "target"))]
pub mod target;

pub use error::{Error, ErrorFacts, ErrorKind};
pub use files::{Blob, Entry, EntryKind, Files};
pub use http::{Auth, Body, CacheMode, Http, Method, Request, Response};
pub use url::{folder_address, origin, percent_encode_segment};

/// Hosts for native tests: they answer from a script.
#[cfg(feature = "mock")]
pub mod mock {
    pub use crate::files::mock::MemoryFiles;
    pub use crate::http::mock::{Answer, ScriptedHttp};
}

/// How much is asked for in one read: the host gives no more.
pub(crate) const READ_MAX: u32 = 1 << 20;
