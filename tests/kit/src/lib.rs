//! What tests share.
//!
//! [`Server`] is an HTTP server on the loopback device that behaves as badly as it is told to. It
//! uses plain threads, so that tests with and without a runtime can use it, and it speaks just
//! enough HTTP/1.1 to be wrong on purpose. Nothing here looks at the real network, clock or home.

mod server;

pub use server::{Answer, Received, Server};
