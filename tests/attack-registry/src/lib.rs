//! A registry backend that lies to its host. The option `behave` of its configuration says how,
//! `count` how much of it.

#[cfg(target_arch = "wasm32")]
mod guest;
