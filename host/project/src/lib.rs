//! stryke.toml and stryke.lock.
