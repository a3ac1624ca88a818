//! `s plugin grant`: allows a plugin that is already used what it asks for, and binds its secrets
//! and directories.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use s_capability::{
    Asked, AskedView, CapabilityName, Change, Class, ConfigValues, Grant, Grants, Manifest, Origin, PluginId,
    Refusal, Scope, SecretBinding, SecretSource, ViewBinding, changes, digest_text,
};
use s_component::{InspectLimits, inspect};
use s_diag::{Code, Diagnostic};
use s_store::{Access, ChangeSet, EntryKind, files};
use url::Url;

use crate::Context;
use crate::failure::{Failure, FailureKind};
use crate::plugins::candidate::imports_of;
use crate::plugins::catalog::{self, Entry};
use crate::plugins::consent::{allowed, closing, grant_of};
use crate::plugins::launch::{configure, refused};
use crate::plugins::level::{exclusively, level_of, scope_of};
use crate::plugins::listing::{differences, listing};

/// What is to be allowed.
#[derive(Clone, Debug, Default)]
pub struct Granting {
    /// The plugin.
    pub id: String,
    /// In all projects of the user.
    pub user: bool,
    /// `NAME=env:VARIABLE`, `NAME=file:PATH` or `NAME=prompt`.
    pub secrets: Vec<String>,
    /// Where those secrets may go.
    pub origin: Option<String>,
    /// `NAME=DIRECTORY`.
    pub views: Vec<String>,
    /// The digest of what it asks for, to allow that without a question.
    pub capabilities: Option<String>,
}

/// What was allowed.
#[derive(Clone, Debug)]
pub struct Granted {
    /// The plugin.
    pub id: String,
    /// Whether it was allowed something that it was not before.
    pub is_new: bool,
    /// What that is; none when nothing was allowed before.
    pub changes: Option<Vec<Change>>,
    /// The digest of what it asks for.
    pub capabilities: String,
    /// How many secrets and directories were bound.
    pub bindings: usize,
}

/// Asks whether a plugin may do what it asks for; writes the answer and the bindings together.
pub fn plugin_grant(context: &Context, granting: &Granting) -> Result<Granted, Failure> {
    let entry = catalog::find(context, &granting.id)?;
    let (config, asked) = asking(&entry)?;
    let secrets = secrets(context, &entry.manifest, granting)?;
    let views = views(context, &entry, &asked, granting)?;
    let bindings = secrets.len() + views.len();
    let capabilities = digest_text(&entry.manifest.capabilities_digest());
    if let Some(expected) = granting.capabilities.as_ref().filter(|expected| **expected != capabilities) {
        return Err(other_capabilities(&entry.manifest, expected, &capabilities));
    }
    let mut granted =
        Granted { id: granting.id.clone(), is_new: false, changes: None, capabilities, bindings };
    let scope = scope_of(context, level_of(context, granting.user));
    let mut grant = None;
    if entry.is_built_in() {
        if bindings == 0 {
            return Err(nothing_to_grant(&entry));
        }
    } else if let Some(refusal) = missing(context, &entry, &asked)? {
        let before = grant_of(context, &entry)?.map(|grant| grant.rights);
        granted.changes = before.as_ref().map(|before| changes(before, &asked));
        if granting.capabilities.is_none() {
            ask(context, &entry, &asked, granted.changes.as_deref(), &refusal, &scope)?;
        }
        granted.is_new = true;
        grant = Some(Grant {
            plugin: entry.id().clone(),
            scope,
            integrity: None,
            rights: asked,
            bound: stated(&config),
            granted_unix: i64::try_from(context.now_unix()).unwrap_or(i64::MAX),
            expires_unix: None,
        });
    }
    if grant.is_some() || bindings > 0 {
        write(context, |grants| {
            grant.into_iter().for_each(|grant| grants.grant(grant));
            secrets.into_iter().for_each(|secret| grants.bind_secret(secret));
            views.into_iter().for_each(|view| grants.bind_view(view));
        })?;
    }
    Ok(granted)
}

/// A built-in plugin is configured where it is used, others here.
fn asking(entry: &Entry) -> Result<(ConfigValues, Asked), Failure> {
    match configure(entry, &BTreeMap::new()) {
        Err(_) if entry.is_built_in() => {
            let config = ConfigValues::default();
            let asked = entry.manifest.resolve(&config);
            Ok((config, asked))
        }
        configured => configured,
    }
}

fn stated(config: &ConfigValues) -> BTreeMap<String, String> {
    let stated = config.iter().filter(|(key, _)| config.is_stated(key));
    stated.map(|(key, value)| (key.to_owned(), value.to_owned())).collect()
}

/// What a consent would cure; everything else is an error.
fn missing(context: &Context, entry: &Entry, asked: &Asked) -> Result<Option<Refusal>, Failure> {
    let shape = inspect(&entry.bytes(), &InspectLimits::default())?;
    match allowed(context, entry, asked, &imports_of(&shape))?.1 {
        None => Ok(None),
        Some(
            refusal @ (Refusal::NoConsent
            | Refusal::NotThisPlugin
            | Refusal::Integrity { .. }
            | Refusal::BeyondGrant { .. }),
        ) => Ok(Some(refusal)),
        Some(refusal) => Err(refused(&entry.manifest, asked, &entry.digest.to_string(), &refusal)),
    }
}

fn ask(
    context: &Context,
    entry: &Entry,
    asked: &Asked,
    changes: Option<&[Change]>,
    refusal: &Refusal,
    scope: &Scope,
) -> Result<(), Failure> {
    let manifest = &entry.manifest;
    let mut question = format!("{} {}   {}\n", manifest.id, manifest.version, manifest.kind);
    match changes.filter(|changes| !changes.is_empty()) {
        Some(changes) => {
            question.push_str("  asks for something else than you allowed:\n");
            question.push_str(&differences(changes));
        }
        None => question.push_str(&listing(manifest, asked)),
    }
    let end = question.len();
    question.push_str(closing(scope));
    match context.frontend().confirm(None, &question, false) {
        Some(true) => Ok(()),
        Some(false) => {
            let message = "you did not allow it, and nothing was changed";
            let diagnostic = Diagnostic::error(Code::CONSENT_DECLINED, message);
            Err(Failure::new(FailureKind::Integrity, diagnostic))
        }
        None => {
            let mut failure = refused(manifest, asked, &entry.digest.to_string(), refusal);
            let digest = digest_text(&manifest.capabilities_digest());
            for diagnostic in &mut failure.diagnostics {
                diagnostic.notes.extend(question[..end].lines().map(str::to_owned));
                diagnostic.hints.retain(|hint| !hint.contains("s plugin grant"));
                let hint = format!("if you trust it: s plugin grant {} --capabilities {digest}", manifest.id);
                diagnostic.hints.insert(0, hint);
            }
            Err(failure)
        }
    }
}

fn write(context: &Context, edit: impl FnOnce(&mut Grants)) -> Result<(), Failure> {
    let _lock = exclusively(context)?;
    let mut grants = context.grants()?;
    edit(&mut grants);
    let mut changes = ChangeSet::new();
    changes.write(&context.home().grants_toml(), grants.to_text(), Access::Private);
    Ok(changes.commit()?)
}

fn secrets(
    context: &Context,
    manifest: &Manifest,
    granting: &Granting,
) -> Result<Vec<SecretBinding>, Failure> {
    let origin = match (&granting.origin, granting.secrets.is_empty()) {
        (Some(text), false) => Some(origin(text)?),
        (None, true) => None,
        (Some(_), true) => return Err(binding("`--origin` says where a secret may go, and none is bound")),
        (None, false) => {
            let message = "a secret is bound to the origin that it may go to, and none is given";
            let mut failure = binding(message);
            failure.diagnostics[0].hints.push("add --origin https://…".to_owned());
            return Err(failure);
        }
    };
    let secrets = granting.secrets.iter().zip(origin.iter().cycle()).map(|(text, origin)| {
        let (name, from) = pair(text, "--secret NAME=SOURCE")?;
        asks_for(manifest, Class::Secret, name)?;
        // The text is not repeated: somebody may have written the secret itself there.
        let from = source_of(context.directory(), from).ok_or_else(|| {
            binding(format!("the source of `{name}` must be `env:VARIABLE`, `file:PATH` or `prompt`"))
        })?;
        let plugin: PluginId = manifest.id.clone();
        Ok(SecretBinding { plugin, secret: name.to_owned(), origin: origin.clone(), from })
    });
    secrets.collect()
}

fn source_of(directory: &Path, text: &str) -> Option<SecretSource> {
    match text.strip_prefix("file:") {
        Some(path) if !path.is_empty() => Some(SecretSource::File(directory.join(path))),
        _ => text.parse().ok(),
    }
}

fn origin(text: &str) -> Result<Origin, Failure> {
    let url = Url::parse(text)
        .map_err(|_| binding("`--origin` must be an address such as `https://example.com`"))?;
    Origin::from_url(&url).map_err(|error| binding(format!("`--origin` {error}")))
}

fn views(
    context: &Context,
    entry: &Entry,
    asked: &Asked,
    granting: &Granting,
) -> Result<Vec<ViewBinding>, Failure> {
    let views = granting.views.iter().map(|text| {
        let (name, path) = pair(text, "--fs NAME=DIRECTORY")?;
        asks_for(&entry.manifest, Class::Fs, name)?;
        if !matches!(asked.views.get(name), Some(AskedView::Bound)) {
            let message =
                format!("the directory `{name}` comes from the configuration of plugin `{}`", entry.id());
            return Err(binding(message));
        }
        let path: PathBuf = context.directory().join(path);
        let shown = path.display().to_string();
        if files::kind(&path)? != Some(EntryKind::Directory) {
            return Err(binding(format!("`{shown}` is no directory")));
        }
        Ok(ViewBinding {
            plugin: entry.id().clone(),
            name: name.to_owned(),
            path: files::canonicalize(&path)?,
        })
    });
    views.collect()
}

fn pair<'a>(text: &'a str, form: &str) -> Result<(&'a str, &'a str), Failure> {
    text.split_once('=').ok_or_else(|| binding(format!("a binding is written `{form}`")))
}

/// Refuses a name that the plugin does not ask for: nothing would ever use the binding.
fn asks_for(manifest: &Manifest, class: Class, name: &str) -> Result<(), Failure> {
    let is_asked =
        CapabilityName::named(class, name).is_some_and(|name| manifest.capabilities.contains_key(&name));
    if is_asked {
        return Ok(());
    }
    let id = &manifest.id;
    let own: Vec<String> = manifest
        .capabilities
        .keys()
        .filter(|own| own.class() == class)
        .map(|own| format!("`{own}`"))
        .collect();
    let mut failure =
        binding(format!("plugin `{id}` does not ask for `{class}.{name}`", class = class.as_str()));
    if !own.is_empty() {
        failure.diagnostics[0].notes.push(format!("it asks for {}", own.join(", ")));
    }
    Err(failure)
}

fn binding(message: impl Into<String>) -> Failure {
    Failure::new(FailureKind::Usage, Diagnostic::error(Code::PLUGIN_BINDING, message))
}

fn other_capabilities(manifest: &Manifest, expected: &str, found: &str) -> Failure {
    let message = format!("plugin `{}` asks for something else than `--capabilities` says", manifest.id);
    let diagnostic = Diagnostic::error(Code::CAPABILITIES_CHANGED, message)
        .note(format!("expected {expected}"))
        .note(format!("   found {found}"))
        .hint(format!("look at what it asks for: s plugin info {}", manifest.id));
    Failure::new(FailureKind::Integrity, diagnostic)
}

fn nothing_to_grant(entry: &Entry) -> Failure {
    let id = entry.id();
    let message = format!("plugin `{id}` is part of `s`: it needs no grant, only secrets and directories");
    let mut failure = binding(message);
    for name in entry.manifest.capabilities.keys() {
        failure.diagnostics[0].hints.extend(match (name.class(), name.name()) {
            (Class::Secret, Some(name)) => {
                Some(format!("s plugin grant {id} --secret {name}=env:VARIABLE --origin https://…"))
            }
            _ => None,
        });
    }
    failure
}
