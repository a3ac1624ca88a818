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
use std::sync::Arc;

use s_capability::{Manifest, PluginId};
use s_component::{InspectLimits, manifest_of};
use s_diag::{Code, Diagnostic, Severity, Source};
use s_project::{LOCK_NAME, LockedPlugin, MANIFEST_NAME, ProjectLock, ProjectManifest};
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

    /// Whether the component is part of the executable.
    pub fn is_built_in(&self) -> bool {
        matches!(self.component, Component::BuiltIn(_))
    }
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
    pub lock_text: Arc<str>,
}

impl Stated {
    /// Reads the files of a level; none where there is no project.
    pub fn read(context: &Context, level: Level) -> Result<Option<Stated>, Failure> {
        let (manifest_path, lock_path) = match (level, context.project()) {
            (Level::User, _) => (context.home().config_toml(), context.home().plugins_toml()),
            (Level::Project, Some(root)) => (root.join(MANIFEST_NAME), root.join(LOCK_NAME)),
            _ => return Ok(None),
        };
        let (manifest, mut diagnostics) = ProjectManifest::parse(context.source_or_empty(&manifest_path)?);
        let text = context.source_or_empty(&lock_path)?;
        let lock_text = text.text.clone();
        let lock = if text.text.trim().is_empty() {
            ProjectLock::default()
        } else {
            let (lock, more) = ProjectLock::parse(text);
            diagnostics.extend(more);
            lock
        };
        if diagnostics.iter().any(|diagnostic| diagnostic.severity == Severity::Error) {
            return Err(Failure::mistakes(diagnostics));
        }
        diagnostics.iter().for_each(|diagnostic| context.frontend().warn(diagnostic));
        Ok(Some(Stated { level, manifest_path, manifest, lock_path, lock, lock_text }))
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
            Failure::new(
                FailureKind::Failed,
                Diagnostic::error(Code::PLUGIN_MISSING, message)
                    .note(error.to_string())
                    .note(format!("`{}` pins it to {}", context.shown(&self.lock_path), pinned.integrity))
                    .hint(match self.level {
                        Level::Project => "fetch what this project pins: s plugin add".to_owned(),
                        _ => "fetch what you pinned: s plugin add --user".to_owned(),
                    }),
            )
        })?;
        // Bytes that are not the pinned ones are not even read.
        let digest = Sha256Digest::of(&bytes);
        if digest != pinned.integrity {
            return Err(changed(context, self, pinned, format!("its file has the digest {digest}")));
        }
        let shown = format!("{} (plugin.toml)", pinned.id);
        let entry = Entry::of(self.level, bytes, digest, &shown, pinned.source.clone())?;
        if entry.id().as_str() != pinned.id {
            let found = format!("it calls itself `{}`", entry.id());
            return Err(changed(context, self, pinned, found));
        }
        let config = self.manifest.plugin(&pinned.id).map(|wanted| wanted.config.clone()).unwrap_or_default();
        Ok(Entry { config, ..entry })
    }
}

fn changed(context: &Context, stated: &Stated, pinned: &LockedPlugin, found: String) -> Failure {
    let message = format!("the component of plugin `{}` is not the one that was pinned", pinned.id);
    Failure::new(
        FailureKind::Integrity,
        Diagnostic::error(Code::PLUGIN_CHANGED, message)
            .note(format!("`{}` pins {}", context.shown(&stated.lock_path), pinned.integrity))
            .note(found)
            .hint(format!("if you expected it to change: s plugin update {}", pinned.id)),
    )
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
                Ok(_) if BuiltIn::find(&pinned.id).is_some() => failures.push(taken(&pinned.id)),
                Ok(entry) => drop(entries.insert(pinned.id.clone(), entry)),
                Err(failure) => failures.push(failure),
            }
        }
    }
    (entries.into_values().collect(), failures)
}

/// Finds the plugin that is used here under an id.
pub fn find(context: &Context, id: &str) -> Result<Entry, Failure> {
    if let Some(built_in) = BuiltIn::find(id) {
        return Ok(Entry::built_in(built_in));
    }
    for level in [Level::Project, Level::User] {
        if let Some(stated) = Stated::read(context, level)?
            && let Some(entry) = stated.entry(context, id)?
        {
            return Ok(entry);
        }
    }
    Err(unknown(id))
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
pub fn taken(id: &str) -> Failure {
    Failure::new(
        FailureKind::Integrity,
        Diagnostic::error(
            Code::PLUGIN_ID_TAKEN,
            format!("the id `{id}` is one of plugins that are part of `s`"),
        )
        .hint("its author gives it another id in `plugin.toml`"),
    )
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
