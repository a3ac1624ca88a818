//! A registry as operations use it: opened through its plugin, listed, and fetched from by the
//! host.
//!
//! The plugin says which versions there are and where their bytes lie. It downloads nothing that
//! counts: [`Registry::fetch`] follows its plan within what the plugin was granted, and believes
//! only the digest.

mod change;
mod fetch;
mod files;
mod kept;
mod place;
pub(crate) mod said;
pub(crate) mod trust;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use s_capability::Kind;
use s_diag::{Code, Diagnostic};
use s_note::Checkpoint;
use s_plugin::extension::registry as extension;
use s_plugin::{Blob, Fault, FaultKind, Plugin};

use crate::Context;
use crate::describe::failure_of_fault;
use crate::failure::{Failure, FailureKind};
use crate::plugins::catalog::{self, Entry};
use crate::plugins::launch::{Allow, launch};

pub(crate) use change::all_of;
pub use extension::{
    Answer, Artifact, Dependency, DependencyKind, Features, FetchPlan, PackageName, Page, Query, Version,
    Want,
};
pub use fetch::{Fetched, Fetcher};
pub(crate) use kept::{AGE_MAX as LISTING_AGE_MAX, KeptListings, forget_all};
pub use place::{BUILT_IN, RegistryPlace};
pub use s_plugin::extension::{Digest, HashAlgorithm};
use said::Said;

/// An open registry.
pub struct Registry {
    context: Arc<Context>,
    name: String,
    url: String,
    plugin: Plugin,
    session: Box<dyn extension::Registry>,
    /// Where its answers are kept, if they are.
    kept: Option<PathBuf>,
    /// What it said before, which it cannot take back; none of a folder.
    said: Option<Said>,
    /// Where it is.
    place: RegistryPlace,
    /// What the plugin was configured with.
    config: extension::Config,
    /// Whether the plugin reads a registry in a state that the host has checked.
    takes_state: bool,
    /// The state that the session reads; none of a registry that signs nothing.
    state: Option<Checkpoint>,
    /// Whether it was asked for its state.
    is_asked: bool,
}

/// What plugins call the root of a state.
const STATE_OPTION: &str = "snapshot";
/// The code of a plugin for an answer that is not in the state.
const NOT_IN_STATE: &str = "registry-stryke/snapshot";
/// How often answers are asked for in a newer state, where they are of none that is older.
const STATES_MAX: usize = 3;
/// How long a state may take to arrive everywhere.
const STATE_PAUSE: Duration = Duration::from_millis(200);

impl Registry {
    /// What the registry at a place said before; none where that is not kept. It is not opened for that.
    pub(crate) fn kept_at(
        context: &Arc<Context>,
        place: &RegistryPlace,
    ) -> Result<Option<KeptListings>, Failure> {
        let entry = Registry::entry(context, place)?;
        Ok(kept::path(context, &entry, &place.url, &place.config).map(|path| KeptListings::open(&path)))
    }

    fn entry(context: &Arc<Context>, place: &RegistryPlace) -> Result<Entry, Failure> {
        catalog::find(context, &place.spoken_by(context)?)
            .map_err(|failure| place.at_plugin(context, failure))
    }

    /// Opens the registry at a place.
    pub fn at(context: &Arc<Context>, place: &RegistryPlace) -> Result<Registry, Failure> {
        let entry = Registry::entry(context, place)?;
        Registry::open(context, &entry, place)
    }

    /// Opens the registry at a place through a plugin.
    pub fn open(context: &Arc<Context>, entry: &Entry, place: &RegistryPlace) -> Result<Registry, Failure> {
        let RegistryPlace { name, url, config: options, .. } = place;
        if entry.manifest.kind != Kind::Registry {
            let message = format!("plugin `{}` does not speak to registries", entry.id());
            let diagnostic = Diagnostic::error(Code::REGISTRY_UNKNOWN, message)
                .note(format!("its kind is `{}`", entry.manifest.kind))
                .hint("s plugin list --kind registry");
            return Err(Failure::new(FailureKind::Usage, diagnostic));
        }
        let mut config = options.clone();
        if entry.manifest.config.contains_key("url") {
            config.insert("url".to_owned(), url.to_owned());
        }
        let launched = launch(context, entry, &config, Allow::Granted)?;
        let config = extension::Config { name: name.clone(), url: url.clone(), options: launched.options() };
        let engine = launched.plugin.engine.clone();
        let session = engine.block_on(launched.plugin.open_registry(config.clone()))?;
        Ok(Registry {
            context: Arc::clone(context),
            name: name.clone(),
            url: url.clone(),
            plugin: launched.plugin,
            session,
            kept: kept::path(context, entry, url, options),
            said: Said::of(context, entry, place),
            place: place.clone(),
            config,
            takes_state: entry.manifest.config.contains_key(STATE_OPTION),
            state: None,
            is_asked: false,
        })
    }

    /// Lists packages, all at the same time; answers stand in the order of the names. One that
    /// fails takes no other with it. An answer that takes back what was said before is a failure.
    pub fn list(&mut self, names: &[PackageName]) -> Result<Vec<Result<Answer, Failure>>, Failure> {
        self.enter_state()?;
        let mut answers = self.ask(names)?;
        // Something may have been published between the state and the answer.
        for _ in 0..STATES_MAX {
            let is_behind = answers.iter().any(|answer| answer.as_ref().is_err_and(is_not_in_state));
            if !is_behind || !self.enter_newer_state()? {
                break;
            }
            answers = self.ask(names)?;
        }
        if let Some(said) = &mut self.said {
            said.compare(names, &mut answers);
        }
        Ok(answers)
    }

    /// Asks for the state of the registry, once, and has the session read that.
    fn enter_state(&mut self) -> Result<(), Failure> {
        if self.is_asked {
            return Ok(());
        }
        if !self.takes_state {
            let registry = self.place.mirror_of.as_ref().unwrap_or(&self.place.url);
            if trust::is_signed(&self.context, registry)? {
                return Err(self.cannot_check());
            }
            self.is_asked = true;
            return Ok(());
        }
        let state = trust::state_of(&self.context, &self.place)?;
        self.enter(state)
    }

    /// The same for a state after this one; returns whether there is one.
    fn enter_newer_state(&mut self) -> Result<bool, Failure> {
        let Some(before) = self.state.as_ref().map(|state| state.number) else { return Ok(false) };
        for _ in 0..STATES_MAX {
            if let Some(state) = trust::state_of(&self.context, &self.place)?
                && state.number > before
            {
                self.enter(Some(state))?;
                return Ok(true);
            }
            std::thread::sleep(STATE_PAUSE);
        }
        Ok(false)
    }

    fn enter(&mut self, state: Option<Checkpoint>) -> Result<(), Failure> {
        if let Some(state) = &state {
            let mut config = self.config.clone();
            config.options.retain(|(key, _)| key != STATE_OPTION);
            config.options.push((STATE_OPTION.to_owned(), state.root_hex()));
            let engine = self.plugin.engine.clone();
            self.session = engine.block_on(self.plugin.open_registry(config))?;
        }
        self.state = state;
        self.is_asked = true;
        Ok(())
    }

    fn ask(&mut self, names: &[PackageName]) -> Result<Vec<Result<Answer, Failure>>, Failure> {
        let query = |name: &PackageName| Query { name: name.clone(), if_changed: None };
        let queries: Vec<Query> = names.iter().map(query).collect();
        let engine = self.plugin.engine.clone();
        let answers = engine.block_on(self.session.list(queries))?;
        if answers.len() != names.len() {
            let message =
                format!("{} gave {} answers to {} questions", self.who(), answers.len(), names.len());
            return Err(Failure::new(
                FailureKind::Failed,
                Diagnostic::error(Code::PLUGIN_MALFORMED, message),
            ));
        }
        let failed = |fault: Fault| self.failure(&fault, "registry.list");
        Ok(answers.into_iter().map(|answer| answer.map_err(failed)).collect())
    }

    /// What it means that a plugin does not look at what is signed.
    fn cannot_check(&self) -> Failure {
        let message = format!(
            "`{}` is a registry that is served and signs what it says, and its plugin does not look at that",
            self.name
        );
        let diagnostic = Diagnostic::error(Code::REGISTRY_SIGNATURE, message)
            .note(format!("{} speaks to it", self.who()))
            .hint(format!("name one that does, in `[registries]`: plugin = \"{}\"", place::SERVED));
        Failure::new(FailureKind::Integrity, diagnostic)
    }

    /// Lists one package and returns its versions, in the registry's order.
    pub fn versions(&mut self, name: &PackageName) -> Result<Vec<Version>, Failure> {
        match self.list(std::slice::from_ref(name))?.pop() {
            Some(Ok(Answer::Listing { versions, .. })) => Ok(versions),
            Some(Err(failure)) => Err(failure),
            _ => {
                let message = format!("{} says that nothing changed since never", self.who());
                let diagnostic = Diagnostic::error(Code::PLUGIN_MALFORMED, message);
                Err(Failure::new(FailureKind::Failed, diagnostic))
            }
        }
    }

    /// Asks how to get an artifact.
    pub fn plan(&mut self, want: Want) -> Result<FetchPlan, Failure> {
        let engine = self.plugin.engine.clone();
        engine.block_on(self.session.plan(want)).map_err(|error| match &error.cause {
            s_plugin::Cause::Fault(fault) => self.failure(fault, error.call),
            _ => error.into(),
        })
    }

    /// Publishes an archive; the answer is what the registry has to say.
    pub fn publish(
        &mut self,
        name: PackageName,
        version: &str,
        archive: Vec<u8>,
    ) -> Result<Option<String>, Failure> {
        let engine = self.plugin.engine.clone();
        let published = self.session.publish(name.clone(), version.to_owned(), Blob::from_bytes(archive));
        let said = engine.block_on(published).map_err(|error| match &error.cause {
            s_plugin::Cause::Fault(fault) => self.failure(fault, error.call),
            _ => error.into(),
        })?;
        self.forget(&name);
        Ok(said)
    }

    /// Forgets what it said of a package: whoever changes one sees that at once.
    fn forget(&self, name: &PackageName) {
        if let Some(path) = &self.kept {
            KeptListings::open(path).forget(name);
        }
    }

    /// Searches; `cursor` is what the last page gave for the next one.
    pub fn search(&mut self, text: &str, cursor: Option<String>, limit: u32) -> Result<Page, Failure> {
        let engine = self.plugin.engine.clone();
        let found = self.session.search(text.to_owned(), cursor, limit);
        engine.block_on(found).map_err(|error| match &error.cause {
            s_plugin::Cause::Fault(fault) => self.failure(fault, error.call),
            _ => error.into(),
        })
    }

    /// What it can do besides listing and planning.
    pub fn features(&mut self) -> Result<Features, Failure> {
        let engine = self.plugin.engine.clone();
        Ok(engine.block_on(self.session.features())?)
    }

    /// The name it goes by.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Where it is, as it was configured.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The plugin that speaks to it.
    pub fn plugin(&self) -> &str {
        self.plugin.id.as_str()
    }

    fn who(&self) -> String {
        format!("plugin `{}` {}", self.plugin.id, self.plugin.version)
    }

    /// Says what a fault means for somebody who uses this registry.
    fn failure(&self, fault: &Fault, call: &str) -> Failure {
        let mut failure = failure_of_fault(fault, &self.who(), call);
        for diagnostic in &mut failure.diagnostics {
            if fault.kind == FaultKind::NotFound {
                diagnostic.code = Code::REGISTRY_PACKAGE;
            }
            if fault.code == NOT_IN_STATE {
                diagnostic.code = Code::REGISTRY_PROOF;
                diagnostic.hints.push("tell whoever runs it; nothing was changed here".to_owned());
            }
            diagnostic.notes.push(format!("the registry is `{}`", self.name));
            if fault.kind == FaultKind::Unauthenticated {
                diagnostic.hints.extend(place::credential_hint(&self.context, &self.url));
            }
        }
        failure
    }
}

/// Whether a failure to list a package says that the registry does not have it.
pub(crate) fn is_absent(failure: &Failure) -> bool {
    failure.diagnostics.first().is_some_and(|diagnostic| diagnostic.code == Code::REGISTRY_PACKAGE)
}

fn is_not_in_state(failure: &Failure) -> bool {
    failure.diagnostics.first().is_some_and(|diagnostic| diagnostic.code == Code::REGISTRY_PROOF)
}

impl std::fmt::Debug for Registry {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Registry").field("name", &self.name).finish_non_exhaustive()
    }
}
