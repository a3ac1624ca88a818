//! What a fixture offers a plugin: its own network, secrets, clock, cache and project, and nobody
//! to ask.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use s_capability::{Origin, OriginPattern, PluginId};
use s_plugin::services::{Cache, CacheEntry, Level, LockedPackage};
use s_plugin::{Fault, FaultKind, Network, Services};

use super::fixture::{Fixture, Secret};
use super::replay::Replay;

/// The surroundings of one run.
pub(super) struct FixtureServices {
    replay: Arc<Replay>,
    secrets: Vec<Secret>,
    environment: BTreeMap<String, String>,
    project: Option<String>,
    clock: u64,
    printed: Mutex<String>,
    log: Mutex<Vec<String>>,
}

const LOG_LINES_MAX: usize = 20;

impl FixtureServices {
    pub(super) fn new(fixture: &Fixture, replay: Arc<Replay>) -> FixtureServices {
        FixtureServices {
            replay,
            secrets: fixture.secrets.clone(),
            environment: fixture.environment.clone(),
            project: fixture.project.clone(),
            clock: fixture.clock,
            printed: Mutex::default(),
            log: Mutex::default(),
        }
    }

    /// What a subcommand printed.
    pub(super) fn printed(&self) -> String {
        self.printed.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// What was logged, up to a bound.
    pub(super) fn log_lines(&self) -> Vec<String> {
        self.log.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Services for FixtureServices {
    fn log(&self, _: &PluginId, _: Level, target: &str, message: &str) {
        let mut log = self.log.lock().unwrap_or_else(PoisonError::into_inner);
        if log.len() < LOG_LINES_MAX {
            log.push(format!("{target}: {message}"));
        }
    }

    fn now_unix(&self) -> u64 {
        self.clock
    }

    fn network(&self) -> Option<Arc<dyn Network>> {
        Some(Arc::clone(&self.replay) as Arc<dyn Network>)
    }

    fn secret(&self, _: &PluginId, name: &str, origin: &Origin) -> Result<Option<s_net::Secret>, Fault> {
        let bound = self.secrets.iter().find(|secret| secret.name == name && secret.origin == *origin);
        Ok(bound
            .map(|secret| s_net::Secret::new(secret.value.clone(), [OriginPattern::from(origin.clone())])))
    }

    fn cache(&self, _: &PluginId) -> Result<Box<dyn Cache>, Fault> {
        Ok(Box::new(MemoryCache::default()))
    }

    fn print(&self, _: &PluginId, text: &str) {
        self.printed.lock().unwrap_or_else(PoisonError::into_inner).push_str(text);
    }

    fn project_manifest(&self) -> Result<String, Fault> {
        self.project.clone().ok_or_else(no_project)
    }

    fn project_lock(&self) -> Result<Vec<LockedPackage>, Fault> {
        self.project.as_ref().map(|_| Vec::new()).ok_or_else(no_project)
    }

    fn environment(&self, name: &str) -> Option<String> {
        self.environment.get(name).cloned()
    }
}

fn no_project() -> Fault {
    Fault::new(FaultKind::NotFound, "host/no-project", "the fixture has no `project`")
}

/// A cache that begins empty and ends with the run.
#[derive(Default)]
struct MemoryCache {
    entries: BTreeMap<String, CacheEntry>,
}

impl Cache for MemoryCache {
    fn get(&mut self, key: &str) -> Result<Option<CacheEntry>, Fault> {
        Ok(self.entries.get(key).cloned())
    }

    fn put(
        &mut self,
        key: &str,
        value: &[u8],
        tag: &str,
        _: Option<u64>,
        bytes_max: u64,
    ) -> Result<(), Fault> {
        if value.len() as u64 > bytes_max {
            return Err(Fault::new(FaultKind::LimitExceeded, "host/cache-full", "more than the whole cache"));
        }
        let entry = CacheEntry { value: value.to_vec(), tag: tag.to_owned(), age_seconds: 0 };
        self.entries.insert(key.to_owned(), entry);
        Ok(())
    }

    fn remove(&mut self, key: &str) -> Result<(), Fault> {
        self.entries.remove(key);
        Ok(())
    }
}
