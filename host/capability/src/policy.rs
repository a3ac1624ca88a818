//! The organisation's policy: an upper bound for every plugin, and consent where no person is.
//!
//! The more specific pattern wins (`acme/tool` over `acme/*` over `*`), `deny` over `allow` where
//! both are as specific. A rule stands in for a grant, and bounds the plugins it names also where
//! there is a grant. Nothing here raises a limit or binds a secret.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use s_diag::{Diagnostic, Source};

use crate::PluginId;
use crate::capability::CapabilityFilter;
use crate::origin::OriginPattern;
use crate::rights::Asked;

/// `*`, `org/*` or `org/name`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum PluginPattern {
    /// Every plugin.
    Any,
    /// Every plugin of an organisation.
    Org(String),
    /// One plugin.
    One(PluginId),
}

/// What the organisation lets the plugins of a pattern do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    /// Which plugins.
    pub plugin: PluginPattern,
    /// Digest of the only component it is for, `sha256-…`; none: any version.
    pub integrity: Option<String>,
    /// Every origin they may reach, for requests, downloads and secrets alike.
    pub origins: Vec<OriginPattern>,
    /// Every capability they may have.
    pub capabilities: BTreeSet<CapabilityFilter>,
}

/// A whole policy file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Policy {
    /// Who may not run.
    pub deny: Vec<PluginPattern>,
    /// Who may all the same.
    pub allow: Vec<PluginPattern>,
    /// Every capability any plugin may have; none: no bound.
    pub max_capabilities: Option<BTreeSet<CapabilityFilter>>,
    /// What is consented to.
    pub rules: Vec<Rule>,
}

impl Policy {
    /// Reads a policy file, and reports every mistake in it at once.
    pub fn parse(source: &Source) -> Result<Policy, Vec<Diagnostic>> {
        let _ = source;
        todo!()
    }

    /// Writes the rule that would let the plugin do what it asks for, ready to paste.
    pub fn missing_rule(asked: &Asked, integrity: Option<&str>) -> String {
        let _ = (asked, integrity);
        todo!()
    }
}

impl fmt::Display for PluginPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            PluginPattern::Any => f.write_str("*"),
            PluginPattern::Org(org) => write!(f, "{org}/*"),
            PluginPattern::One(id) => id.fmt(f),
        }
    }
}

impl FromStr for PluginPattern {
    type Err = crate::PluginIdError;

    fn from_str(text: &str) -> Result<PluginPattern, crate::PluginIdError> {
        let _ = text;
        todo!()
    }
}
