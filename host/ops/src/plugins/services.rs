//! What the engine's embedder does for a plugin, on top of a [`Context`].

use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use s_capability::{Origin, OriginPattern, PluginId};
use s_net::Secret;
use s_plugin::services::{Cache, Level, LockedPackage, Services, Task};
use s_plugin::{Fault, FaultKind, Network};
use s_store::{Sha256Digest, files};

use super::catalog;
use super::{plugin_cache::PluginCache, secret};
use crate::Context;

/// Serves one plugin with one configuration.
pub(crate) struct HostServices {
    context: Weak<Context>,
    cache_key: String,
    held: Mutex<Option<Held>>,
}

/// Text that is not shown yet.
#[derive(Default)]
struct Held {
    texts: Vec<String>,
    bytes: usize,
}

/// The most text that is held back; what is longer is shown as it comes.
const HELD_BYTES_MAX: usize = 1 << 20;

const MANIFEST_BYTES_MAX: u64 = 4 << 20;

impl HostServices {
    /// `major` and `config` tell apart the caches of one plugin.
    pub(crate) fn new(context: &Arc<Context>, major: u64, config: &[(String, String)]) -> Arc<HostServices> {
        let mut text = major.to_string();
        for (key, value) in config {
            text.push_str(&format!("\n{}:{key}={}:{value}", key.len(), value.len()));
        }
        let cache_key = Sha256Digest::of(text.as_bytes()).short();
        Arc::new(HostServices { context: Arc::downgrade(context), cache_key, held: Mutex::new(None) })
    }

    /// Holds back what is printed from now on: it may speak of what has not happened yet.
    pub(crate) fn hold_prints(&self) {
        *self.held() = Some(Held::default());
    }

    /// Shows what was held back, and from now on what is printed as it comes.
    pub(crate) fn release_prints(&self, plugin: &PluginId) {
        let held = self.held().take().unwrap_or_default();
        if let Ok(context) = self.context() {
            held.texts.iter().for_each(|text| context.frontend().print(plugin, text));
        }
    }

    /// Holds a text back, if that is what is wanted and there is room.
    fn hold(&self, text: &str) -> bool {
        let mut held = self.held();
        let Some(held) = held.as_mut() else { return false };
        held.bytes = held.bytes.saturating_add(text.len() + size_of::<String>());
        if held.bytes > HELD_BYTES_MAX {
            return false;
        }
        held.texts.push(text.to_owned());
        true
    }

    fn held(&self) -> MutexGuard<'_, Option<Held>> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn context(&self) -> Result<Arc<Context>, Fault> {
        self.context
            .upgrade()
            .ok_or_else(|| Fault::new(FaultKind::Cancelled, "host/over", "the operation is over"))
    }
}

fn nobody() -> Fault {
    Fault::new(FaultKind::Unsupported, "host/not-interactive", "there is no terminal to ask at")
}

impl Services for HostServices {
    fn log_enabled(&self, level: Level) -> bool {
        self.context().is_ok_and(|context| context.frontend().log_enabled(level))
    }

    fn log(&self, plugin: &PluginId, level: Level, target: &str, message: &str) {
        if let Ok(context) = self.context() {
            context.frontend().log(plugin, level, target, message);
        }
    }

    fn task(&self, plugin: &PluginId, title: &str, total: Option<u64>, bytes: bool) -> Box<dyn Task> {
        match self.context() {
            Ok(context) => context.frontend().task(&format!("{plugin}: {title}"), total, bytes),
            Err(_) => crate::Frontend::task(&crate::Quiet, title, total, bytes),
        }
    }

    fn now_unix(&self) -> u64 {
        self.context().map_or(0, |context| context.now_unix())
    }

    fn network(&self) -> Option<Arc<dyn Network>> {
        Some(self.context().ok()?.network().ok()?)
    }

    fn secret(&self, plugin: &PluginId, name: &str, origin: &Origin) -> Result<Option<Secret>, Fault> {
        secret::read(self.context()?.as_ref(), plugin, name, origin)
    }

    fn cache(&self, plugin: &PluginId) -> Result<Box<dyn Cache>, Fault> {
        let context = self.context()?;
        let folder = context.home().plugin_cache(plugin.as_str(), &self.cache_key);
        Ok(Box::new(PluginCache::new(folder, context.now_unix())))
    }

    fn confirm(&self, plugin: &PluginId, question: &str, default: bool) -> Result<bool, Fault> {
        self.context()?.frontend().confirm(Some(plugin), question, default).ok_or_else(nobody)
    }

    fn choose(&self, plugin: &PluginId, question: &str, options: &[String]) -> Result<u32, Fault> {
        self.context()?.frontend().choose(Some(plugin), question, options).ok_or_else(nobody)
    }

    fn ask(&self, plugin: &PluginId, question: &str, default: Option<&str>) -> Result<String, Fault> {
        self.context()?.frontend().ask(Some(plugin), question, default).ok_or_else(nobody)
    }

    fn password(&self, plugin: &PluginId, question: &str, origin: &Origin) -> Result<Secret, Fault> {
        let context = self.context()?;
        let text =
            context.frontend().password(Some(plugin), question, &origin.to_string()).ok_or_else(nobody)?;
        Ok(Secret::new(text, [OriginPattern::from(origin.clone())]))
    }

    fn open_browser(&self, plugin: &PluginId, url: &str, code: Option<&str>) -> Result<(), Fault> {
        if self.context()?.frontend().open_browser(plugin, url, code) { Ok(()) } else { Err(nobody()) }
    }

    fn print(&self, plugin: &PluginId, text: &str) {
        if self.hold(text) {
            return;
        }
        self.release_prints(plugin);
        if let Ok(context) = self.context() {
            context.frontend().print(plugin, text);
        }
    }

    fn project_manifest(&self) -> Result<String, Fault> {
        let context = self.context()?;
        let root = context.project().ok_or_else(no_project)?;
        files::read_to_string(&root.join(s_project::MANIFEST_NAME), MANIFEST_BYTES_MAX).map_err(|error| {
            let why = error.kind().map_or_else(|| "it cannot be read".to_owned(), |kind| kind.to_string());
            Fault::new(FaultKind::Unavailable, "host/project", format!("`stryke.toml`: {why}"))
        })
    }

    fn project_lock(&self) -> Result<Vec<LockedPackage>, Fault> {
        let context = self.context()?;
        context.project().ok_or_else(no_project)?;
        let stated = catalog::Stated::read(&context, catalog::Level::Project).ok().flatten();
        let lock = stated.map(|stated| stated.lock).unwrap_or_default();
        let id = |needed: &s_project::LockedDependency| format!("{}@{}", needed.name, needed.version);
        let package = |package: &s_project::LockedPackage| LockedPackage {
            name: package.name.to_string(),
            version: package.version.to_string(),
            source: package.source.to_string(),
            integrity: package.integrity.map(|digest| digest.to_string()).unwrap_or_default(),
            dependencies: package.dependencies.iter().map(id).collect(),
        };
        Ok(lock.packages().map(package).collect())
    }

    fn environment(&self, name: &str) -> Option<String> {
        self.context().ok()?.variable(name)
    }
}

fn no_project() -> Fault {
    Fault::new(FaultKind::NotFound, "host/no-project", "there is no `stryke.toml` here or above")
}
