//! The plugin engine.
