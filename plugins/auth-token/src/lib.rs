//! A token that the user bound to an origin: an environment variable, a file or an answer to a
//! question, as the host has it. This plugin never sees it; it decides how it is sent.

mod challenge;
#[cfg(target_arch = "wasm32")]
mod guest;
mod scheme;

pub use challenge::{Challenge, challenges};
pub use scheme::{Scheme, scheme};

use s_guest::Error;

/// What the user is told when a token would be needed and nobody can be asked.
pub fn no_terminal(origin: &str) -> Error {
    Error::unauthenticated("auth-token/no-token", format!("there is no token for `{origin}`"))
        .with_help("bind one to it in your settings, or log in where there is a terminal")
}

/// What the user is told on `logout`: what the user bound is the user's to unbind.
pub fn nothing_to_forget(origin: &str) -> Error {
    Error::unsupported(
        "auth-token/logout",
        format!("this provider keeps nothing of `{origin}`: its token is bound in your settings"),
    )
    .with_help("take the binding of `token` out of your settings")
}
