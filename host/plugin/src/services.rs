//! What the engine asks of whoever embeds it.
//!
//! The engine decides *whether* a plugin may; an embedder only does. Each method is reached after
//! the plugin's rights were checked, and each default refuses, so that an embedder offers exactly
//! what it implements.

use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use s_capability::{Origin, PluginId};
use s_net::{CredentialSource, ResponseCache, Secret};

use crate::Network;
use crate::error::{Fault, FaultKind};

/// How much a log line weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// Something failed.
    Error,
    /// Somebody should look.
    Warn,
    /// What happened.
    Info,
    /// How it happened.
    Debug,
    /// Every step.
    Trace,
}

/// A bar or spinner; dropping it finishes it.
pub trait Task: Send {
    /// Goes on by so many units.
    fn advance(&self, by: u64);
    /// Sets how many there are.
    fn set_total(&self, total: Option<u64>);
    /// Says what is being done. The text comes from a plugin.
    fn message(&self, text: &str);
}

/// Draws nothing.
#[derive(Clone, Copy, Debug)]
pub struct NoTask;

impl Task for NoTask {
    fn advance(&self, _: u64) {}
    fn set_total(&self, _: Option<u64>) {}
    fn message(&self, _: &str) {}
}

/// One entry of a plugin's private cache.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CacheEntry {
    /// The bytes.
    pub value: Vec<u8>,
    /// A validator or version the plugin chose.
    pub tag: String,
    /// Seconds since it was put.
    pub age_seconds: u64,
}

/// A plugin's private cache: one folder of one plugin, major version and configuration.
pub trait Cache: Send {
    /// Returns the entry, unless it is absent or past its time.
    fn get(&mut self, key: &str) -> Result<Option<CacheEntry>, Fault>;
    /// Keeps an entry. `bytes_max` is the room the plugin has for all of them.
    fn put(
        &mut self,
        key: &str,
        value: &[u8],
        tag: &str,
        ttl_seconds: Option<u64>,
        bytes_max: u64,
    ) -> Result<(), Fault>;
    /// Forgets an entry.
    fn remove(&mut self, key: &str) -> Result<(), Fault>;
}

/// A locked package, for subcommands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LockedPackage {
    /// The name.
    pub name: String,
    /// The version.
    pub version: String,
    /// Where it is from.
    pub source: String,
    /// `sha256-…`.
    pub integrity: String,
    /// `name@version` of each dependency.
    pub dependencies: Vec<String>,
}

fn refused(what: &str) -> Fault {
    Fault::new(FaultKind::Unsupported, "host/unsupported", format!("{what} is not available here"))
}

/// What the engine asks of whoever embeds it. `plugin` is who is asking.
pub trait Services: Send + Sync {
    /// Whether lines of this level are wanted.
    fn log_enabled(&self, level: Level) -> bool {
        level <= Level::Info
    }
    /// A line of the log, cut at 4 KiB. The text comes from a plugin: escape it before it is shown.
    fn log(&self, _plugin: &PluginId, _level: Level, _target: &str, _message: &str) {}
    /// Begins a bar or spinner.
    fn task(&self, _plugin: &PluginId, _title: &str, _total: Option<u64>, _bytes: bool) -> Box<dyn Task> {
        Box::new(NoTask)
    }
    /// Seconds since the Unix epoch.
    fn now_unix(&self) -> u64 {
        SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |elapsed| elapsed.as_secs())
    }
    /// The network, where there is one.
    fn network(&self) -> Option<Arc<dyn Network>> {
        None
    }
    /// Who knows the credentials of origins.
    fn credentials(&self) -> Option<Arc<dyn CredentialSource>> {
        None
    }
    /// The answers of servers that may be used again.
    fn responses(&self) -> Option<Arc<dyn ResponseCache>> {
        None
    }
    /// The secret the user bound to this name for this origin.
    fn secret(&self, _plugin: &PluginId, _name: &str, _origin: &Origin) -> Result<Option<Secret>, Fault> {
        Ok(None)
    }
    /// The plugin's private cache.
    fn cache(&self, _plugin: &PluginId) -> Result<Box<dyn Cache>, Fault> {
        Err(refused("a cache"))
    }
    /// Asks a question that is answered by yes or no.
    fn confirm(&self, _plugin: &PluginId, _question: &str, _default: bool) -> Result<bool, Fault> {
        Err(refused("a terminal"))
    }
    /// Asks for one of several; the answer is an index.
    fn choose(&self, _plugin: &PluginId, _question: &str, _options: &[String]) -> Result<u32, Fault> {
        Err(refused("a terminal"))
    }
    /// Asks for a line.
    fn ask(&self, _plugin: &PluginId, _question: &str, _default: Option<&str>) -> Result<String, Fault> {
        Err(refused("a terminal"))
    }
    /// Asks for a secret, without echo.
    fn password(&self, _plugin: &PluginId, _question: &str, _origin: &Origin) -> Result<Secret, Fault> {
        Err(refused("a terminal"))
    }
    /// Shows an address and a code to the user, who opens it.
    fn open_browser(&self, _plugin: &PluginId, _url: &str, _code: Option<&str>) -> Result<(), Fault> {
        Err(refused("a browser"))
    }
    /// A part of a subcommand's answer. The text comes from a plugin: escape it before it is shown.
    fn print(&self, _plugin: &PluginId, _text: &str) {}
    /// The text of the project's `stryke.toml`.
    fn project_manifest(&self) -> Result<String, Fault> {
        Err(Fault::new(FaultKind::NotFound, "host/no-project", "there is no project here"))
    }
    /// The packages of the project's lock.
    fn project_lock(&self) -> Result<Vec<LockedPackage>, Fault> {
        Err(Fault::new(FaultKind::NotFound, "host/no-project", "there is no project here"))
    }
    /// One variable of the environment that was granted by name.
    fn environment(&self, _name: &str) -> Option<String> {
        None
    }
}

/// Services that offer nothing: what pure plugins get.
#[derive(Debug)]
pub struct NoServices;

impl Services for NoServices {}
