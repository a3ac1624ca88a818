//! A component that may become a plugin here: everything that can be known without running it.

use std::collections::BTreeMap;
use std::sync::Arc;

use s_capability::{Asked, ConfigValues, Grant, Import, Manifest};
use s_component::{InspectLimits, Shape, WorldMismatch, check_world, inspect};
use s_diag::{Code, Diagnostic};
use s_store::Sha256Digest;

use super::builtin::RESERVED;
use super::catalog::{self, Entry, Level};
use super::launch::{Allow, configure, decide, refused};
use super::level::stated;
use super::source::{Fetched, PluginSource};
use crate::Context;
use crate::failure::{Failure, FailureKind};

/// What stands in a [`Candidate`]'s way, or does not, apart from its bytes.
pub(crate) struct Terms<'a> {
    /// For whom it would be used.
    pub(crate) level: Level,
    /// Its configuration, on top of what the manifest of the level states.
    pub(crate) config: BTreeMap<String, String>,
    /// The digest its bytes must have.
    pub(crate) integrity: Option<Sha256Digest>,
    /// Names of commands that no plugin may have.
    pub(crate) reserved: &'a [String],
}

/// A component that passed every check that needs nobody's consent.
pub(crate) struct Candidate {
    /// The component and what it says of itself.
    pub(crate) entry: Entry,
    /// Its configuration, checked.
    pub(crate) config: ConfigValues,
    /// What it asks for with that configuration.
    pub(crate) asked: Asked,
    /// What its code imports.
    pub(crate) imports: Vec<Import>,
    /// Where it came from.
    pub(crate) source: PluginSource,
}

impl Candidate {
    /// Fetches what lies at a source and checks all of it. Nothing is written, nothing is run.
    pub(crate) fn fetch(
        context: &Arc<Context>,
        source: PluginSource,
        terms: Terms<'_>,
    ) -> Result<Candidate, Failure> {
        let source = source.resolved(context)?;
        let fetched = source.fetch(context)?;
        Candidate::check(context, source, fetched, terms)
    }

    fn check(
        context: &Context,
        source: PluginSource,
        fetched: Fetched,
        terms: Terms<'_>,
    ) -> Result<Candidate, Failure> {
        let Fetched { bytes, shown, beside } = fetched;
        if let Some(expected) = &terms.integrity {
            check_digest(&bytes, expected, &shown)?;
        }
        let shape =
            inspect(&bytes, &InspectLimits::default()).map_err(|error| in_file(error.into(), &shown))?;
        let recorded = source.recorded(context, terms.level);
        let entry = Entry::loose(terms.level, bytes, &format!("{shown} (plugin.toml)"), recorded)?;
        if let Some(beside) = beside {
            let written = Manifest::parse(&beside).map_err(Failure::mistakes)?;
            if !entry.manifest.same_as(&written) {
                return Err(differs(&beside.name, &shown));
            }
        }
        fits_worlds(&entry, &shown)?;
        fits_this_version(&entry.manifest)?;
        if entry.id().org() == RESERVED {
            let taken = entry.at(catalog::taken(entry.id().as_str()), &shown, &["plugin", "id"]);
            return Err(Failure::new(FailureKind::Integrity, taken));
        }
        if let PluginSource::Package { name, .. } = &source
            && name.as_str() != entry.id().as_str()
        {
            let message = format!("the package `{name}` is the plugin `{}`", entry.id());
            let diagnostic = Diagnostic::error(Code::PLUGIN_SOURCE, message)
                .note("a plugin that comes from a registry has the name of its package")
                .hint("tell its author");
            return Err(Failure::new(FailureKind::Failed, diagnostic));
        }
        check_commands(context, &entry, terms.reserved, &shown)?;
        let config = config_of(context, &entry, terms.config)?;
        let entry = entry.configured(config);
        let (config, asked) = configure(&entry, &BTreeMap::new())?;
        let imports = imports_of(&shape);
        // What no consent could change: the imports, and the policy.
        decide(context, &entry, &asked, &imports, Allow::ThisRun)?
            .map_err(|refusal| refused(&entry.manifest, &asked, &entry.digest.to_string(), &refusal))?;
        Ok(Candidate { entry, config, asked, imports, source })
    }

    /// The consent to all of it, given now.
    pub(crate) fn grant(&self, context: &Context, scope: s_capability::Scope) -> Grant {
        let stated = self.config.iter().filter(|(key, _)| self.config.is_stated(key));
        Grant {
            plugin: self.entry.id().clone(),
            scope,
            integrity: None,
            rights: self.asked.clone(),
            bound: stated.map(|(key, value)| (key.to_owned(), value.to_owned())).collect(),
            granted_unix: i64::try_from(context.now_unix()).unwrap_or(i64::MAX),
            expires_unix: None,
        }
    }
}

/// The configuration that stands there already, and what is stated now.
fn config_of(
    context: &Context,
    entry: &Entry,
    stated_now: BTreeMap<String, String>,
) -> Result<BTreeMap<String, String>, Failure> {
    let files = stated(context, entry.level)?;
    let mut config =
        files.manifest.plugin(entry.id().as_str()).map(|wanted| wanted.config.clone()).unwrap_or_default();
    config.extend(stated_now);
    Ok(config)
}

/// What a component imports, in the terms of the check.
pub(crate) fn imports_of(shape: &Shape) -> Vec<Import> {
    let import = |import: &s_component::InterfaceUse| Import {
        interface: import.path(),
        version: import.version.clone(),
        functions: import.functions.clone(),
    };
    shape.imports.iter().map(import).collect()
}

/// Checks that a component implements every world that its manifest names.
pub(crate) fn fits_worlds(entry: &Entry, shown: &str) -> Result<(), Failure> {
    for world in &entry.manifest.worlds {
        check_world(&entry.bytes(), &world.name(), &world.track.to_string()).map_err(|mismatch| {
            let message = match mismatch {
                WorldMismatch::Component(error) => return in_file(error.into(), shown),
                other => other.to_string(),
            };
            let diagnostic = Diagnostic::error(Code::WORLD_MISMATCH, message)
                .note(format!("its `plugin.toml` says `{world}`, kind `{}`", entry.manifest.kind));
            Failure::new(FailureKind::Failed, entry.at(diagnostic, shown, &["plugin", "worlds"]))
        })?;
    }
    Ok(())
}

/// The version of `s` that `requires-s` is compared with.
const THIS_VERSION: &str = env!("CARGO_PKG_VERSION");

fn fits_this_version(manifest: &Manifest) -> Result<(), Failure> {
    let this = semver::Version::parse(THIS_VERSION).expect("cargo checks the versions of crates");
    let Some(required) = manifest.requires_s.as_ref().filter(|required| !required.matches(&this)) else {
        return Ok(());
    };
    let message = format!(
        "plugin `{}` {} is made for `s` {required}, and this is {this}",
        manifest.id, manifest.version
    );
    Err(Failure::new(FailureKind::Failed, Diagnostic::error(Code::PLUGIN_REQUIRES_S, message)))
}

fn check_commands(context: &Context, entry: &Entry, reserved: &[String], shown: &str) -> Result<(), Failure> {
    let manifest = &entry.manifest;
    if manifest.commands.is_empty() {
        return Ok(());
    }
    // What cannot be opened here adds no commands.
    let (entries, _) = catalog::all(context);
    let owner = |name: &String| {
        if reserved.contains(name) {
            return Some("`s` itself".to_owned());
        }
        let others = entries.iter().filter(|entry| *entry.id() != manifest.id);
        let mut owners = others.filter(|entry| entry.manifest.commands.contains_key(name));
        owners.next().map(|entry| format!("plugin `{}`", entry.id()))
    };
    let taken = manifest.commands.keys().filter_map(|name| Some((name, owner(name)?)));
    let diagnostics: Vec<Diagnostic> = taken
        .map(|(name, owner)| {
            let id = &manifest.id;
            let message = format!("plugin `{id}` brings a command `{name}`, and that is one of {owner}");
            let diagnostic = Diagnostic::error(Code::PLUGIN_COMMAND_TAKEN, message)
                .hint(format!("its author gives it another name in `[commands.{name}]` of `plugin.toml`"));
            entry.at(diagnostic, shown, &["commands", name])
        })
        .collect();
    if diagnostics.is_empty() { Ok(()) } else { Err(Failure { kind: FailureKind::Failed, diagnostics }) }
}

fn check_digest(bytes: &[u8], expected: &Sha256Digest, shown: &str) -> Result<(), Failure> {
    let found = Sha256Digest::of(bytes);
    if found == *expected {
        return Ok(());
    }
    let diagnostic = Diagnostic::error(Code::PLUGIN_INTEGRITY, format!("`{shown}` is not what was expected"))
        .note(format!("expected {expected}"))
        .note(format!("   found {found}"));
    Err(Failure::new(FailureKind::Integrity, diagnostic))
}

fn differs(beside: &str, shown: &str) -> Failure {
    let message = format!("`{beside}` and the `plugin.toml` inside `{shown}` do not say the same");
    let diagnostic =
        Diagnostic::error(Code::EMBEDDED_MANIFEST, message).hint("embed the file anew: s plugin build");
    Failure::new(FailureKind::Failed, diagnostic)
}

/// Says which file a failure is about.
pub(crate) fn in_file(mut failure: Failure, shown: &str) -> Failure {
    failure.diagnostics.iter_mut().for_each(|diagnostic| diagnostic.notes.push(format!("in `{shown}`")));
    failure
}
