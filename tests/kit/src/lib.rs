//! What tests and benchmarks share.
//!
//! [`Server`] is an HTTP server on the loopback device that behaves as badly as it is told to. It
//! uses plain threads, so that tests with and without a runtime can use it, and it speaks just
//! enough HTTP/1.1 to be wrong on purpose. [`StaticServer`] is its honest and fast sibling, for
//! benchmarks. [`BucketServer`] is as much of S3 as a registry asks for, on top of the first. [`Sample`] is what is said of many durations. Nothing here looks at the real network,
//! clock or home.

mod bucket;
mod sample;
mod server;
mod static_server;

pub use bucket::{BucketServer, Fault};
pub use sample::{Sample, Time};
pub use server::{Answer, Received, Server};
pub use static_server::{Files, StaticServer, Wire};
