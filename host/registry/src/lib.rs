//! The registry server: packages are published, listed, searched, downloaded and withdrawn here.
//!
//! [`Registry`] holds the rules and the state, [`Server`] answers HTTP for it. All state is in an
//! object store, a folder or a bucket, and several servers may share one. TLS is left to a proxy,
//! the command that starts a server and what is written of its [`Observer`] to the binary, the
//! reading of archives to `s-store`. `docs/registry.md` has the design.
//!
//! - A version, once published, never has other bytes, whoever asks and whatever fails.
//! - All that is ever changed of a package are entries appended to its journal, each created under a
//!   number nobody else can take: two servers never lose an entry of each other.
//! - An entry is written after the archive it names, so no index line is without its bytes.
//! - What a registry that signs has listed is under a state that it signed before anybody is told that it is
//!   there; states are numbered, and each is made of the one before it.
//! - A token is kept as its digest only, and is in no log, error or `Debug` text.

mod bucket;
mod clock;
mod config;
mod error;
mod event;
mod export;
mod folder;
mod http;
mod identity;
mod journal;
mod metrics;
mod observe;
mod rate;
mod registry;
mod search;
mod server;
mod serving;
mod signing;
mod snapshot;
mod state;
mod token;
mod upload;
mod validate;

pub use bucket::{Bucket, BucketError};
pub use clock::{Clock, SystemClock};
pub use config::{Rate, RegistryConfig, ServerConfig};
pub use error::RegistryError;
pub use event::{Event, Record};
pub use folder::folder_store;
pub use identity::{Scope, TokenRequest};
pub use observe::{Observer, Quiet, event_line};
pub use registry::Registry;
pub use server::Server;
pub use serving::{PATIENCE, Place, Serving, block_on, key_file, serve};
pub use signing::{KeyPlace, SecretText, rotate_key};
pub use token::{IssuedToken, TokenInfo, Tokens};

pub use object_store::ObjectStore;
