//! From a program to an executable.

pub mod link;
