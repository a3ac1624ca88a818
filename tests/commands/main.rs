//! The binary `s` from outside: what is typed, what is printed where, and how it ends.
//!
//! A test here shows that something is wired; the behaviour behind it is tested in its crate. One
//! file a command area.

#![expect(clippy::unwrap_used, reason = "tests state certainties, in their helpers too")]

#[cfg(target_os = "linux")]
mod assets;
mod audit;
#[cfg(target_os = "linux")]
mod build;
#[cfg(target_os = "linux")]
mod build_lines;
mod check;
mod completions;
mod crowd;
mod cycle;
#[cfg(target_os = "linux")]
mod denied;
mod errors;
#[cfg(unix)]
mod examples;
mod explain;
mod faulty;
#[cfg(unix)]
mod guide;
mod help;
mod hostile;
mod kept;
mod killed;
mod lock_merge;
#[cfg(unix)]
mod lying;
mod maintenance;
mod market;
mod mirrors;
#[cfg(unix)]
mod mistyped;
mod new;
mod one_liners;
#[cfg(unix)]
mod owner;
mod packages;
#[cfg(unix)]
mod pins;
mod pipes;
mod plugin_add;
mod plugin_inspect;
mod plugin_kit;
mod plugin_manage;
mod plugins;
mod plugins_doc;
#[cfg(target_os = "linux")]
mod power;
mod reader;
mod registry;
mod registry_server;
mod registry_use;
#[cfg(unix)]
mod repl;
mod repositories;
mod run_file;
mod served;
#[cfg(unix)]
mod signed;
mod story;
mod support;
#[cfg(unix)]
mod taken_back;
mod target;
mod test_runner;
mod tools;
#[cfg(target_os = "linux")]
mod traced;
mod version;
mod workspaces;
#[cfg(unix)]
mod yank;
mod young;
