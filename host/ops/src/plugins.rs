//! Plugins as operations see them: which there are, what each may do here, and how one is opened.

pub mod builtin;
pub mod catalog;
pub(crate) mod credentials;
pub mod folder;
pub(crate) mod http_cache;
pub mod launch;
pub(crate) mod plugin_cache;
mod secret;
mod services;
