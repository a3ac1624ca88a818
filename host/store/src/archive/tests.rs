//! Tests of archives, by subject.

mod builder;
mod determinism;
mod frames;
mod hostile;
mod properties;
#[cfg(unix)]
mod second_opinion;
mod writing;
