//! The engine from outside: rows of a table that perl confirms, and random input.

mod random;
mod rows;
mod table;
