//! The plugin engine: runs components that are trusted with nothing but what they were granted.
//!
//! The only crate that names wasmtime. An [`Engine`] turns bytes into [`Code`], from an
//! authenticated cache where it can. A [`Plugin`] is code with a name, [`s_capability::Rights`] and
//! [`Services`]; it is opened as what it is through the traits of [`extension`], each of which has
//! one adapter for each track of the interface in `adapter`.
//!
//! Left to others: reading manifests and deciding on rights (`s-capability`), what components look
//! like (`s-component`), the network (`s-net`), files (`s-store`), wording (`s-ops`).
//!
//! Invariants:
//! * a plugin reaches nothing that is not an interface of `stryke:*`; there is no WASI in here;
//! * every call has limits on time, memory, handles and on what it hands back, and ends by itself;
//! * a call that ends any other way than with an answer ends the session, and nothing else;
//! * machine code runs only if this user's `s` has compiled it.

mod adapter;
mod bindings;
mod blob;
mod cache;
mod cancel;
mod compile;
mod deadline;
mod engine;
mod error;
pub mod extension;
#[expect(unreachable_pub, reason = "the generated bindings re-export the types behind resources")]
mod host;
mod limiter;
mod link;
mod network;
mod scratch;
pub mod services;
mod session;
mod state;

pub use blob::Blob;
pub use cache::CodeCache;
pub use cancel::Cancel;
pub use compile::{COMPILE_MEMORY_BYTES_MAX, COMPILE_TIME_MAX, Compiler, compile_as_child};
pub use engine::{Code, Engine, WASMTIME};
pub use error::{CallError, Cause, EngineError, Fault, FaultKind, Limit, Trap};
pub use network::Network;
pub use services::Services;
pub use session::Plugin;
pub use state::{Edit, Usage};
