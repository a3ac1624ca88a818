//! The operating system, one folder a system, behind one set of names.
#![no_std]
