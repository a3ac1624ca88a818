//! Reads TOML tables with spans, and collects every mistake.
