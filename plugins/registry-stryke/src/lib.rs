//! A registry server, or its files: [`s_wire`] over the host's client.
//!
//! The index is read from its static place, so that a server, its export behind any web server and a
//! mirror are read alike; `config.json` says where archives and the interface for changes are.
//! Downloading and checking archives is the host's work, from the digest it was given.
//!
//! The credential of the registry goes to its own origin only, whatever `config.json` says.

mod exchange;
#[cfg(target_arch = "wasm32")]
mod guest;
mod list;
mod plan;
mod state;
mod submit;
mod time;

pub use exchange::Site;
pub use list::{Answer, Query, list};
pub use plan::{FetchPlan, Want, plan};
pub use submit::{change_owner, owners, publish, search, unyank, yank};
pub use time::unix_of;
