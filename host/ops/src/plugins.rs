//! Plugins as operations see them: which there are, what each may do here, and how one is opened.

pub mod builtin;
pub(crate) mod candidate;
pub mod catalog;
pub(crate) mod consent;
pub(crate) mod credentials;
pub mod folder;
pub(crate) mod http_cache;
pub(crate) mod install;
pub mod launch;
pub(crate) mod level;
pub mod listing;
pub(crate) mod plugin_cache;
mod secret;
mod services;
pub(crate) mod source;
#[cfg(test)]
pub(crate) mod testing;
