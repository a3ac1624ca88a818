//! A plugin that attacks its host, one way a call: `attack WHAT [ARGUMENT …]`.
//!
//! It says what came of it in lines on standard output. It uses every function of its world, so
//! that the tests can also ask what happens when one of them is not granted.

#[cfg(target_arch = "wasm32")]
mod guest;
#[cfg(target_arch = "wasm32")]
mod odd;
