//! Regular expressions with Perl's syntax and meaning.
#![no_std]
