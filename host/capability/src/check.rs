//! The check: imports ⊆ manifest ⊆ grant ⊆ policy, in that order, before the first instruction.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use s_diag::Code;

use crate::capability::{CapabilityFilter, Class};
use crate::diff::{Excess, excess};
use crate::grant::Grant;
use crate::import::{self, Import, UnknownImport};
use crate::limits::{Ceiling, effective};
use crate::manifest::Manifest;
use crate::policy::{Policy, Rule};
use crate::rights::{Asked, AskedView, Rights};

/// Who consented.
#[derive(Clone, Copy, Debug)]
pub enum Consent<'a> {
    /// Nobody, unless a rule of the policy does.
    None,
    /// The user, before, in `grants.toml`; found with [`Grants::find`](crate::Grants::find).
    Grant(&'a Grant),
    /// The user, now, for this one run, to exactly what is asked.
    OneRun,
    /// Nobody needs to: the plugin is part of `s`.
    BuiltIn,
}

/// What else decides.
#[derive(Clone, Copy, Debug)]
pub struct Surroundings<'a> {
    /// Digest of the component that is about to run, `sha256-…`.
    pub integrity: &'a str,
    /// What the user lets any plugin use at most.
    pub ceiling: &'a Ceiling,
    /// The directories the user bound for the plugin; see [`Grants::views_of`](crate::Grants::views_of).
    pub views: &'a BTreeMap<String, PathBuf>,
}

/// Why a plugin may not run. Each variant is one step of the check.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The code imports what no plugin is given.
    #[error(transparent)]
    Import(#[from] UnknownImport),
    /// The code uses what the manifest does not ask for.
    #[error("the code calls `{}`, and `plugin.toml` does not ask for `{class}`", .functions.join("`, `"))]
    BeyondManifest {
        /// What it would need.
        class: Class,
        /// What it calls, as `http.start`.
        functions: Vec<String>,
    },
    /// What is asked was not resolved from this manifest.
    #[error("what is asked does not belong to this `plugin.toml`")]
    NotThisManifest,
    /// Nobody consented.
    #[error("nobody allowed this plugin to run here")]
    NoConsent,
    /// The grant is for another plugin.
    #[error("the grant is for another plugin")]
    NotThisPlugin,
    /// The grant is for another component.
    #[error("the component is not the one that was allowed: it has {found}, allowed was {allowed}")]
    Integrity {
        /// Of the grant.
        allowed: String,
        /// Of the component.
        found: String,
    },
    /// The plugin asks for more than the user allowed.
    #[error("the plugin asks for more than was allowed")]
    BeyondGrant {
        /// What is more; at least one.
        excess: Vec<Excess>,
    },
    /// The policy denies the plugin.
    #[error("the policy denies this plugin with `{pattern}`")]
    PolicyDenies {
        /// The pattern of `deny` that decided.
        pattern: String,
    },
    /// The plugin asks for more than the policy lets it have.
    #[error("the plugin asks for more than the policy allows")]
    BeyondPolicy {
        /// What is more; at least one.
        excess: Vec<Excess>,
    },
    /// The policy's rules for this plugin are for other components.
    #[error("the policy allows this plugin only as {}, and the component has {found}", .allowed.join(" or "))]
    PolicyIntegrity {
        /// Of the rules.
        allowed: Vec<String>,
        /// Of the component.
        found: String,
    },
}

impl Refusal {
    /// Its stable code.
    pub fn code(&self) -> Code {
        match self {
            Refusal::Import(UnknownImport::Version { .. }) => Code::PLUGIN_INTERFACE_VERSION,
            Refusal::Import(_) => Code::IMPORT_UNKNOWN,
            Refusal::BeyondManifest { .. } | Refusal::NotThisManifest => Code::IMPORT_BEYOND_MANIFEST,
            Refusal::NoConsent | Refusal::NotThisPlugin => Code::PLUGIN_NO_CONSENT,
            Refusal::Integrity { .. } => Code::GRANT_INTEGRITY,
            Refusal::BeyondGrant { .. } => Code::BEYOND_GRANT,
            Refusal::PolicyDenies { .. } => Code::POLICY_DENIES,
            Refusal::BeyondPolicy { .. } | Refusal::PolicyIntegrity { .. } => Code::BEYOND_POLICY,
        }
    }
}

/// Decides what the plugin may do, or why it may not run.
///
/// Pure: reads no file and no clock. Everything returned is within the manifest, the consent and
/// the policy, and within the ceiling.
pub fn check(
    imports: &[Import],
    manifest: &Manifest,
    asked: &Asked,
    consent: Consent<'_>,
    policy: Option<&Policy>,
    surroundings: Surroundings<'_>,
) -> Result<Rights, Refusal> {
    within_manifest(imports, manifest, asked)?;
    within_consent(asked, consent, surroundings.integrity)?;
    within_policy(asked, consent, policy, surroundings.integrity)?;
    Ok(rights(asked, surroundings))
}

fn within_manifest(imports: &[Import], manifest: &Manifest, asked: &Asked) -> Result<(), Refusal> {
    let classes = manifest.classes();
    for (class, functions) in import::uses(imports)? {
        if !classes.contains(&class) {
            return Err(Refusal::BeyondManifest { class, functions });
        }
    }
    let this = asked.plugin == manifest.id
        && asked.kind == manifest.kind
        && asked.capabilities == manifest.capabilities_digest()
        && asked.limits == manifest.limits
        && asked.names().iter().all(|name| manifest.capabilities.contains_key(name));
    if this { Ok(()) } else { Err(Refusal::NotThisManifest) }
}

fn within_consent(asked: &Asked, consent: Consent<'_>, integrity: &str) -> Result<(), Refusal> {
    let Consent::Grant(grant) = consent else { return Ok(()) };
    if grant.plugin != asked.plugin {
        return Err(Refusal::NotThisPlugin);
    }
    if let Some(allowed) = grant.integrity.as_ref().filter(|allowed| *allowed != integrity) {
        return Err(Refusal::Integrity { allowed: allowed.clone(), found: integrity.to_owned() });
    }
    let excess = excess(asked, &grant.rights);
    if excess.is_empty() { Ok(()) } else { Err(Refusal::BeyondGrant { excess }) }
}

fn within_policy(
    asked: &Asked,
    consent: Consent<'_>,
    policy: Option<&Policy>,
    integrity: &str,
) -> Result<(), Refusal> {
    let nothing = Policy::default();
    let policy = policy.unwrap_or(&nothing);
    if let Some(pattern) = policy.denies(&asked.plugin) {
        return Err(Refusal::PolicyDenies { pattern: pattern.to_string() });
    }
    if let Some(most) = &policy.max_capabilities {
        let excess = beyond(asked, most);
        if !excess.is_empty() {
            return Err(Refusal::BeyondPolicy { excess });
        }
    }
    let rules: Vec<&Rule> = policy.rules_for(&asked.plugin).collect();
    if rules.is_empty() {
        return if matches!(consent, Consent::None) { Err(Refusal::NoConsent) } else { Ok(()) };
    }
    let suits = |rule: &&Rule| rule.integrity.as_ref().is_none_or(|allowed| allowed == integrity);
    let excesses = rules.iter().copied().filter(suits).map(|rule| beyond_rule(asked, rule));
    match excesses.min_by_key(Vec::len) {
        Some(excess) if excess.is_empty() => Ok(()),
        Some(excess) => Err(Refusal::BeyondPolicy { excess }),
        None => {
            let allowed = rules.iter().filter_map(|rule| rule.integrity.clone()).collect();
            Err(Refusal::PolicyIntegrity { allowed, found: integrity.to_owned() })
        }
    }
}

fn beyond_rule(asked: &Asked, rule: &Rule) -> Vec<Excess> {
    let mut excess = beyond(asked, &rule.capabilities);
    for (capability, origins) in asked.origins_by_capability() {
        for origin in origins {
            if !rule.origins.iter().any(|allowed| allowed.covers(origin)) {
                excess.push(Excess { capability: capability.to_string(), text: origin.to_string() });
            }
        }
    }
    excess
}

fn beyond(asked: &Asked, allowed: &BTreeSet<CapabilityFilter>) -> Vec<Excess> {
    let names = asked.names().into_iter().filter(|name| !allowed.iter().any(|filter| filter.allows(name)));
    names.map(|name| Excess { capability: name.to_string(), text: format!("`{name}`") }).collect()
}

fn rights(asked: &Asked, surroundings: Surroundings<'_>) -> Rights {
    let mut limits = effective(asked.kind, &asked.limits, surroundings.ceiling);
    let cache_bytes = asked.cache_bytes.map(|bytes| bytes.min(surroundings.ceiling.0.cache_bytes));
    limits.cache_bytes = cache_bytes.unwrap_or(0);
    let view = |(name, view): (&String, &AskedView)| {
        let directory = match view {
            AskedView::Bound => surroundings.views.get(name).cloned(),
            AskedView::Config(directory) => directory.clone(),
        };
        (name.clone(), directory)
    };
    Rights {
        http: asked.http.clone(),
        download: asked.download.clone(),
        secrets: asked.secrets.clone(),
        seal: asked.seal,
        cache_bytes,
        clock: asked.clock,
        random: asked.random,
        ui: asked.ui,
        project: asked.project,
        disclose_packages: asked.disclose_packages,
        views: asked.views.iter().map(view).collect(),
        env: asked.env.clone(),
        edits: asked.edits.is_some(),
        private_origins: asked.private_origins.clone(),
        limits,
    }
}

#[cfg(test)]
mod tests;
