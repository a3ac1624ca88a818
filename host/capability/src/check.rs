//! The check: imports ⊆ manifest ⊆ grant ⊆ policy, in that order, before the first instruction.

use std::collections::BTreeMap;
use std::path::PathBuf;

use s_diag::Code;

use crate::capability::{CapabilityName, Class};
use crate::grant::Grant;
use crate::import::{Import, UnknownImport};
use crate::limits::Ceiling;
use crate::manifest::Manifest;
use crate::policy::Policy;
use crate::rights::{Asked, Rights};

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

/// One thing that is beyond what was allowed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Excess {
    /// Which capability; none for a limit or the kind.
    pub capability: Option<CapabilityName>,
    /// What of it, for people: `https://stats.acme.example`, `post`, `128 MiB`.
    pub text: String,
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
        todo!()
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
    let _ = (imports, manifest, asked, consent, policy, surroundings);
    todo!()
}
