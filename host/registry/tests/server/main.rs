//! The server from outside: a plain client over the loopback device.

#![expect(clippy::unwrap_used, reason = "tests state certainties, in their helpers too")]

mod auth;
mod bad;
mod bucket;
mod faults;
mod publish;
mod read;
mod several;
mod signed;
mod support;
