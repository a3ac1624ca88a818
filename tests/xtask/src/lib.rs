//! Chores of the project: built-in components, toolchains, checks.
