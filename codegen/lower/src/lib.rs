//! Resolved tree to middle representation.
