//! Which plugins there are here: the built-in ones, the user's and the project's.
//!
//! The user and a project say what they use in the same two forms: `[plugins]` in a manifest
//! (`config.toml`, `stryke.toml`) says what is wanted and with which configuration, `[[plugin]]` in
//! a lock (`plugins.toml`, `stryke.lock`) says which bytes that is. The bytes lie in the user's
//! home, by their digest, and carry what they say of themselves with them. A plugin of the project
//! stands before one of the user with the same id; a built-in id cannot be taken.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::path::PathBuf;

use s_capability::{Manifest, PluginId};
use s_component::{InspectLimits, manifest_of};
use s_diag::{Code, Diagnostic, Severity, Source};
use s_project::{LOCK_NAME, LockedPlugin, MANIFEST_NAME, ProjectLock, ProjectManifest, nearest_name};
use s_store::{Sha256Digest, files};

use super::builtin::{BUILT_IN, BuiltIn};
use crate::Context;
use crate::failure::{Failure, FailureKind};

/// Who says that a plugin is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// It is part of `s`.
    BuiltIn,
    /// The user, everywhere.
    User,
    /// The project.
    Project,
}

impl Level {
    /// The word in lists.
    pub fn word(self) -> &'static str {
        match self {
            Level::BuiltIn => "built-in",
            Level::User => "user",
            Level::Project => "project",
        }
    }
}

/// One plugin that is used here.
#[derive(Clone, Debug)]
pub struct Entry {
    /// Who says so.
    pub level: Level,
    /// What its component says of itself.
    pub manifest: Manifest,
    /// Of the component.
    pub digest: Sha256Digest,
    /// Where it came from, such as `path+../a.wasm`; `built-in` for built-in ones.
    pub source: String,
    /// The configuration that the user or the project states.
    pub config: BTreeMap<String, String>,
    component: Component,
}

#[derive(Clone, Debug)]
enum Component {
    BuiltIn(&'static BuiltIn),
    Bytes(Vec<u8>),
}

impl Entry {
    /// A built-in plugin.
    pub fn built_in(built_in: &'static BuiltIn) -> Entry {
        Entry {
            level: Level::BuiltIn,
            manifest: built_in.manifest().clone(),
            digest: built_in.digest(),
            source: "built-in".to_owned(),
            config: BTreeMap::new(),
            component: Component::BuiltIn(built_in),
        }
    }

    /// A component that was just read: one that nobody uses yet.
    pub fn loose(level: Level, bytes: Vec<u8>, shown: &str, source: String) -> Result<Entry, Failure> {
        let digest = Sha256Digest::of(&bytes);
        Entry::of(level, bytes, digest, shown, source)
    }

    fn of(
        level: Level,
        bytes: Vec<u8>,
        digest: Sha256Digest,
        shown: &str,
        source: String,
    ) -> Result<Entry, Failure> {
        let manifest = manifest_in(&bytes, shown)?;
        let component = Component::Bytes(bytes);
        Ok(Entry { level, manifest, digest, source, config: BTreeMap::new(), component })
    }

    /// The same with a configuration.
    #[must_use]
    pub(crate) fn configured(self, config: BTreeMap<String, String>) -> Entry {
        Entry { config, ..self }
    }

    /// Its id.
    pub fn id(&self) -> &PluginId {
        &self.manifest.id
    }

    /// The bytes of its component; they have the digest of the entry.
    pub fn bytes(&self) -> Cow<'_, [u8]> {
        match &self.component {
            Component::BuiltIn(built_in) => Cow::Borrowed(built_in.component),
            Component::Bytes(bytes) => Cow::Borrowed(bytes),
        }
    }

    /// Adds the place of a key in the `plugin.toml` inside the component, which is shown as `shown`.
    pub(crate) fn at(&self, diagnostic: Diagnostic, shown: &str, keys: &[&str]) -> Diagnostic {
        let component = self.bytes();
        let Ok(Some(text)) = manifest_of(&component) else { return diagnostic };
        let source = Source::new(format!("{shown} (plugin.toml)"), text);
        match Manifest::place(&source, keys) {
            Some(span) => diagnostic.at(&source, span, ""),
            None => diagnostic,
        }
    }

    /// Whether the component is part of the executable.
    pub fn is_built_in(&self) -> bool {
        matches!(self.component, Component::BuiltIn(_))
    }
}

/// Where the two files of a level are; none where there is no project.
fn paths(context: &Context, level: Level) -> Option<(PathBuf, PathBuf)> {
    match (level, context.project()) {
        (Level::User, _) => Some((context.home().config_toml(), context.home().plugins_toml())),
        (Level::Project, Some(root)) => Some((root.join(MANIFEST_NAME), root.join(LOCK_NAME))),
        _ => None,
    }
}

/// Reads what one level wants, without what is pinned, and where that stands; none where there is no
/// project.
pub(crate) fn manifest_of_level(
    context: &Context,
    level: Level,
) -> Result<Option<(PathBuf, ProjectManifest)>, Failure> {
    let Some((path, _)) = paths(context, level) else { return Ok(None) };
    let (manifest, diagnostics) = ProjectManifest::parse(context.source_or_empty(&path)?);
    told(context, diagnostics)?;
    Ok(Some((path, manifest)))
}

/// Fails with mistakes where one is an error, and else warns of them.
fn told(context: &Context, diagnostics: Vec<Diagnostic>) -> Result<(), Failure> {
    if diagnostics.iter().any(|diagnostic| diagnostic.severity == Severity::Error) {
        return Err(Failure::mistakes(diagnostics));
    }
    diagnostics.iter().for_each(|diagnostic| context.warn_once(diagnostic));
    Ok(())
}

/// What one level says, as its two files say it.
pub struct Stated {
    /// Whose files these are.
    pub level: Level,
    /// Where what is wanted stands.
    pub manifest_path: PathBuf,
    /// What is wanted.
    pub manifest: ProjectManifest,
    /// Where what is pinned stands.
    pub lock_path: PathBuf,
    /// What is pinned.
    pub lock: ProjectLock,
    /// The text of that; empty where there is no such file.
    pub lock_source: Source,
}

impl Stated {
    /// Reads the files of a level; none where there is no project.
    pub fn read(context: &Context, level: Level) -> Result<Option<Stated>, Failure> {
        let Some((manifest_path, lock_path)) = paths(context, level) else { return Ok(None) };
        let (manifest, mut diagnostics) = ProjectManifest::parse(context.source_or_empty(&manifest_path)?);
        let lock_source = context.source_or_empty(&lock_path)?;
        let lock = if lock_source.text.trim().is_empty() {
            ProjectLock::default()
        } else {
            let (lock, more) = ProjectLock::parse(lock_source.clone());
            diagnostics.extend(more);
            lock
        };
        told(context, diagnostics)?;
        Ok(Some(Stated { level, manifest_path, manifest, lock_path, lock, lock_source }))
    }

    /// Opens what is pinned under an id; none when nothing is.
    pub fn entry(&self, context: &Context, id: &str) -> Result<Option<Entry>, Failure> {
        self.lock.plugin(id).map(|pinned| self.open(context, pinned)).transpose()
    }

    /// Opens what is pinned: reads its component, which must be the one that was pinned.
    pub(crate) fn open(&self, context: &Context, pinned: &LockedPlugin) -> Result<Entry, Failure> {
        let path = context.home().component(&pinned.integrity);
        let bytes = files::read_capped(&path, InspectLimits::default().size_bytes_max).map_err(|error| {
            let message = format!("the component of plugin `{}` cannot be read", pinned.id);
            let diagnostic = Diagnostic::error(Code::PLUGIN_MISSING, message).note(error.to_string()).hint(
                match self.level {
                    Level::Project => "fetch what this project pins: s plugin add",
                    _ => "fetch what you pinned: s plugin add --user",
                },
            );
            Failure::new(FailureKind::Failed, self.at_pin(diagnostic, &pinned.id))
        })?;
        // Bytes that are not the pinned ones are not even read.
        let digest = Sha256Digest::of(&bytes);
        if digest != pinned.integrity {
            return Err(self.changed(pinned, format!("its file has the digest {digest}")));
        }
        let shown = format!("{} (plugin.toml)", pinned.id);
        let entry = Entry::of(self.level, bytes, digest, &shown, pinned.source.clone())?;
        if entry.id().as_str() != pinned.id {
            let found = format!("it calls itself `{}`", entry.id());
            return Err(self.changed(pinned, found));
        }
        let config = self.manifest.plugin(&pinned.id).map(|wanted| wanted.config.clone()).unwrap_or_default();
        Ok(Entry { config, ..entry })
    }

    fn changed(&self, pinned: &LockedPlugin, found: String) -> Failure {
        let message = format!("the component of plugin `{}` is not the one that was pinned", pinned.id);
        let diagnostic = Diagnostic::error(Code::PLUGIN_CHANGED, message)
            .note(found)
            .hint(format!("if you expected it to change: s plugin update {}", pinned.id));
        Failure::new(FailureKind::Integrity, self.at_pin(diagnostic, &pinned.id))
    }

    /// Adds the place where the lock pins a plugin.
    pub(crate) fn at_pin(&self, diagnostic: Diagnostic, id: &str) -> Diagnostic {
        match ProjectLock::place_of_plugin(&self.lock_source, id) {
            Some(span) => diagnostic.at(&self.lock_source, span, "pinned here"),
            None => diagnostic,
        }
    }

    /// The error of a lock that pins something under a built-in id.
    pub(crate) fn taken(&self, id: &str) -> Failure {
        Failure::new(FailureKind::Integrity, self.at_pin(taken(id), id))
    }

    /// What is wanted and not pinned: an error for each.
    pub(crate) fn unpinned(&self) -> impl Iterator<Item = (&str, Failure)> {
        let unpinned = self.manifest.plugins().iter().filter(|plugin| self.lock.plugin(&plugin.id).is_none());
        unpinned.map(|plugin| {
            let message = format!("plugin `{}` is wanted, and no lock pins it", plugin.id);
            let mut diagnostic = Diagnostic::error(Code::PLUGIN_NOT_PINNED, message).hint(match self.level {
                Level::Project => "s plugin add",
                _ => "s plugin add --user",
            });
            if let Some(span) = plugin.span {
                diagnostic = diagnostic.at(self.manifest.source(), span, "");
            }
            (plugin.id.as_str(), Failure::new(FailureKind::Integrity, diagnostic))
        })
    }
}

/// Returns every plugin that is used here, by id; what a nearer level states hides the farther.
/// What cannot be opened is reported beside what can.
pub fn all(context: &Context) -> (Vec<Entry>, Vec<Failure>) {
    let mut entries: BTreeMap<String, Entry> =
        BUILT_IN.iter().map(|built_in| (built_in.id.to_owned(), Entry::built_in(built_in))).collect();
    let mut failures = Vec::new();
    for level in [Level::User, Level::Project] {
        let stated = match Stated::read(context, level) {
            Ok(Some(stated)) => stated,
            Ok(None) => continue,
            Err(failure) => {
                failures.push(failure);
                continue;
            }
        };
        for pinned in stated.lock.plugins() {
            match stated.open(context, pinned) {
                Ok(_) if BuiltIn::find(&pinned.id).is_some() => failures.push(stated.taken(&pinned.id)),
                Ok(entry) => drop(entries.insert(pinned.id.clone(), entry)),
                Err(failure) => failures.push(failure),
            }
        }
        failures.extend(stated.unpinned().map(|(_, failure)| failure));
    }
    (entries.into_values().collect(), failures)
}

/// Finds the plugin that is used here under an id.
pub fn find(context: &Context, id: &str) -> Result<Entry, Failure> {
    if let Some(built_in) = BuiltIn::find(id) {
        return Ok(Entry::built_in(built_in));
    }
    let mut known: Vec<String> = BUILT_IN.iter().map(|built_in| built_in.id.to_owned()).collect();
    for level in [Level::Project, Level::User] {
        let stated = Stated::read(context, level)?;
        known.extend(stated.iter().flat_map(|stated| stated.lock.plugins()).map(|pinned| pinned.id.clone()));
        if let Some(stated) = &stated
            && let Some(entry) = stated.entry(context, id)?
        {
            return Ok(entry);
        }
        if let Some(stated) = &stated
            && let Some((_, failure)) = stated.unpinned().find(|(unpinned, _)| *unpinned == id)
        {
            return Err(failure);
        }
    }
    let mut failure = unknown(id);
    let known: Vec<&str> = known.iter().map(String::as_str).collect();
    if let (Some(near), Some(first)) = (nearest_name(id, &known), failure.diagnostics.first_mut()) {
        first.hints.insert(0, format!("did you mean `{near}`?"));
    }
    Err(failure)
}

/// The error of an id nobody uses here.
pub fn unknown(id: &str) -> Failure {
    Failure::new(
        FailureKind::Failed,
        Diagnostic::error(Code::PLUGIN_UNKNOWN, format!("there is no plugin `{id}` here"))
            .hint("s plugin list"),
    )
}

/// The error of an id that belongs to a built-in plugin.
pub(crate) fn taken(id: &str) -> Diagnostic {
    Diagnostic::error(Code::PLUGIN_ID_TAKEN, format!("the id `{id}` is one of plugins that are part of `s`"))
        .hint("its author gives it another id in `plugin.toml`")
}

/// Reads what a component says of itself.
pub fn manifest_in(component: &[u8], shown: &str) -> Result<Manifest, Failure> {
    let text = manifest_of(component).map_err(|error| {
        let mut failure = Failure::from(error);
        failure.diagnostics.iter_mut().for_each(|diagnostic| diagnostic.notes.push(format!("in `{shown}`")));
        failure
    })?;
    let Some(text) = text else {
        let message = format!("`{shown}` is a component without a `plugin.toml` in it");
        return Err(Failure::new(
            FailureKind::Failed,
            Diagnostic::error(Code::EMBEDDED_MANIFEST, message).hint("s plugin build --module core.wasm"),
        ));
    };
    Manifest::parse(&Source::new(shown, text)).map_err(Failure::mistakes)
}
