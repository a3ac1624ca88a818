//! From an entry of the catalogue to a plugin that may run.

use std::collections::BTreeMap;
use std::sync::Arc;

use s_capability::{
    Asked, ConfigValues, Consent, Import, Kind, Manifest, Policy, Refusal, Rights, Surroundings, check,
};
use s_diag::{Code, Diagnostic};
use s_plugin::{Compiler, Plugin};

use super::catalog::Entry;
use super::services::HostServices;
use crate::Context;
use crate::failure::{Failure, FailureKind};

/// Whether the user consents now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Allow {
    /// Only what was granted before, or what a policy rule grants, may run.
    Granted,
    /// The user said so, for this one run.
    ThisRun,
}

/// A plugin that may run, with what was found out on the way.
pub struct Launched {
    /// Ready to be opened.
    pub plugin: Plugin,
    /// Its configuration, defaults filled in.
    pub config: ConfigValues,
    /// What serves it.
    pub(crate) services: Arc<HostServices>,
}

impl Launched {
    /// The configuration as the interfaces take it.
    pub fn options(&self) -> Vec<(String, String)> {
        self.config.iter().map(|(key, value)| (key.to_owned(), value.to_owned())).collect()
    }
}

/// Checks a plugin and makes it ready: configuration, code, imports, consent, policy, rights. Not
/// one instruction of it has run when this returns.
pub fn launch(
    context: &Arc<Context>,
    entry: &Entry,
    config: &BTreeMap<String, String>,
    allow: Allow,
) -> Result<Launched, Failure> {
    let manifest = &entry.manifest;
    let (config, asked) = configure(entry, config)?;
    // Who may not run at all is not even compiled; what is part of `s` may be.
    if !entry.is_built_in() {
        authorize(context, entry, &asked, &[], allow)?;
    }
    let engine = context.engine_for(manifest.kind)?;
    let compiler = if entry.is_built_in() { Compiler::Here } else { context.compiler() };
    let code = engine.load(&entry.bytes(), entry.digest, &compiler)?;
    let rights = authorize(context, entry, &asked, &code.imports(&engine), allow)?;
    let options: Vec<(String, String)> =
        config.iter().map(|(key, value)| (key.to_owned(), value.to_owned())).collect();
    let services = HostServices::new(context, manifest.version.major, &options);
    let plugin = Plugin {
        engine,
        code,
        id: manifest.id.clone(),
        version: manifest.version.to_string(),
        worlds: manifest.worlds.clone(),
        rights,
        services: services.clone(),
        cancel: context.cancel().clone(),
    };
    Ok(Launched { plugin, config, services })
}

/// Fills in and checks a configuration, and says what the plugin asks for with it.
pub fn configure(entry: &Entry, config: &BTreeMap<String, String>) -> Result<(ConfigValues, Asked), Failure> {
    let mut stated = entry.config.clone();
    stated.extend(config.iter().map(|(key, value)| (key.clone(), value.clone())));
    let values = ConfigValues::check(&stated, &entry.manifest).map_err(|errors| {
        let diagnostics = errors.into_iter().map(|error| {
            Diagnostic::error(
                Code::PLUGIN_CONFIG_VALUE,
                format!("the configuration of plugin `{}`: {error}", entry.id()),
            )
            .hint("give it with `--config KEY=VALUE`, or in `[plugins]`")
        });
        Failure { kind: FailureKind::Usage, diagnostics: diagnostics.collect() }
    })?;
    let asked = entry.manifest.resolve(&values);
    Ok((values, asked))
}

/// The check, with the files that decide.
pub fn authorize(
    context: &Context,
    entry: &Entry,
    asked: &Asked,
    imports: &[Import],
    allow: Allow,
) -> Result<Rights, Failure> {
    decide(context, entry, asked, imports, allow)?
        .map_err(|refusal| refused(&entry.manifest, asked, &entry.digest.to_string(), &refusal))
}

/// The same, with the refusal as it is: whoever asks the user goes on from there.
pub(crate) fn decide(
    context: &Context,
    entry: &Entry,
    asked: &Asked,
    imports: &[Import],
    allow: Allow,
) -> Result<Result<Rights, Refusal>, Failure> {
    let policy = context.policy()?;
    let built_in = entry.is_built_in();
    // Built-in plugins need nobody's grants: those files are not even read for them, unless the
    // user bound directories.
    let has_views = entry.manifest.kind != Kind::Command && !entry.manifest.capabilities.is_empty();
    let grants = if built_in && !has_views { None } else { Some(context.grants()?) };
    let now = i64::try_from(context.now_unix()).unwrap_or(i64::MAX);
    let granted = grants.as_ref().and_then(|grants| grants.find(entry.id(), context.project(), now));
    let consent = match (built_in, allow, granted) {
        (true, _, _) => Consent::BuiltIn,
        (_, Allow::ThisRun, _) => Consent::OneRun,
        (_, _, Some(grant)) => Consent::Grant(grant),
        _ => Consent::None,
    };
    let views = grants.as_ref().map(|grants| grants.views_of(entry.id())).unwrap_or_default();
    let integrity = entry.digest.to_string();
    let ceiling = context.ceiling();
    let surroundings = Surroundings { integrity: &integrity, ceiling: &ceiling, views: &views };
    Ok(check(imports, &entry.manifest, asked, consent, policy.as_ref(), surroundings))
}

/// Says why a plugin may not run, and what would let it.
pub fn refused(manifest: &Manifest, asked: &Asked, integrity: &str, refusal: &Refusal) -> Failure {
    let id = &manifest.id;
    let message = format!("plugin `{id}` {} may not run: {refusal}", manifest.version);
    let mut diagnostic = Diagnostic::error(refusal.code(), message);
    match refusal {
        Refusal::NoConsent | Refusal::NotThisPlugin => {
            diagnostic = diagnostic
                .hint(format!("look at what it asks for, and allow it: s plugin grant {id}"))
                .hint(format!(
                    "where nobody can be asked, a rule in the file of `S_PLUGIN_POLICY` allows it:\n{}",
                    Policy::missing_rule(asked, Some(integrity)).trim_end()
                ));
        }
        Refusal::BeyondGrant { excess } => {
            for more in excess {
                diagnostic = diagnostic.note(beyond(more, "was not allowed"));
            }
            diagnostic = diagnostic.hint(format!("see the difference and decide: s plugin grant {id}"));
        }
        Refusal::BeyondPolicy { excess } => {
            for more in excess {
                diagnostic = diagnostic.note(beyond(more, "is not in the policy"));
            }
        }
        Refusal::Integrity { .. } => {
            diagnostic = diagnostic.hint(format!("if you expected it to change: s plugin grant {id}"));
        }
        _ => {}
    }
    Failure::new(FailureKind::Integrity, diagnostic)
}

fn beyond(excess: &s_capability::Excess, why: &str) -> String {
    format!("`{}`: {} {why}", excess.capability, excess.text)
}
