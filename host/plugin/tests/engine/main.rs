//! Hostile guests against the engine: each ends in a named error, and others are served meanwhile.
//!
//! What a guest does is in `tests/attack` where a compiler has to write it, and in text here where
//! a few instructions are enough.

#![expect(clippy::unwrap_used, reason = "tests state certainties, and so do what they share")]

mod answers;
mod cache;
mod child;
mod files;
mod fuel;
mod interrupt;
mod lab;
mod limits;
mod network;
mod odd;
mod rights;
mod secrets;
mod tracks;
mod versions;
