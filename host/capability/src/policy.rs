//! The organisation's policy: an upper bound for every plugin, and consent where no person is.
//!
//! The more specific pattern wins (`acme/tool` over `acme/*` over `*`), `deny` over `allow` where
//! both are as specific. A rule stands in for a grant, and bounds the plugins it names also where
//! there is a grant. Nothing here raises a limit or binds a secret.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use s_diag::{Code, Diagnostic, Source};
use toml_edit::{Array, DocumentMut, Item, value};

use crate::capability::CapabilityFilter;
use crate::document::{self, Reader, Table};
use crate::origin::OriginPattern;
use crate::rights::Asked;
use crate::{PluginId, digest};

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
        let document = document::parse(source)?;
        let root = Table::root(&document);
        let mut reader = Reader::new(source, Code::POLICY_FILE);
        reader.only(&root, &["deny", "allow", "max-capabilities", "rule"]);
        let policy = Policy {
            deny: patterns(&mut reader, &root, "deny"),
            allow: patterns(&mut reader, &root, "allow"),
            max_capabilities: filters(&mut reader, &root, "max-capabilities"),
            rules: reader.list(&root, "rule").iter().filter_map(|table| rule(&mut reader, table)).collect(),
        };
        reader.finish(Some(policy))
    }

    /// The pattern of `deny` that decides about a plugin; none when it may run.
    pub fn denies(&self, plugin: &PluginId) -> Option<&PluginPattern> {
        let decisive = |patterns: &'_ [PluginPattern]| {
            patterns.iter().filter(|pattern| pattern.matches(plugin)).map(PluginPattern::weight).max()
        };
        let weight = decisive(&self.deny)?;
        if decisive(&self.allow).is_some_and(|allow| allow > weight) {
            return None;
        }
        self.deny.iter().find(|pattern| pattern.matches(plugin) && pattern.weight() == weight)
    }

    /// The rules that name a plugin.
    pub fn rules_for<'p>(&'p self, plugin: &'p PluginId) -> impl Iterator<Item = &'p Rule> {
        self.rules.iter().filter(|rule| rule.plugin.matches(plugin))
    }

    /// Writes the rule that would let the plugin do what it asks for, ready to paste.
    pub fn missing_rule(asked: &Asked, integrity: Option<&str>) -> String {
        let names: Array = asked.names().iter().map(ToString::to_string).collect();
        let origins: Array = asked.origins().into_iter().map(ToString::to_string).collect();
        let mut rule = toml_edit::Table::new();
        rule.insert("plugin", value(asked.plugin.as_str()));
        if let Some(integrity) = integrity {
            rule.insert("integrity", value(integrity));
        }
        rule.insert("origins", value(origins));
        rule.insert("capabilities", value(names));
        let mut document = DocumentMut::new();
        document.insert("rule", Item::ArrayOfTables([rule].into_iter().collect()));
        document.to_string()
    }
}

impl PluginPattern {
    /// Tells whether the plugin is one of those meant.
    pub fn matches(&self, plugin: &PluginId) -> bool {
        match self {
            PluginPattern::Any => true,
            PluginPattern::Org(org) => org == plugin.org(),
            PluginPattern::One(id) => id == plugin,
        }
    }

    /// How specific it is.
    fn weight(&self) -> u8 {
        match self {
            PluginPattern::Any => 0,
            PluginPattern::Org(_) => 1,
            PluginPattern::One(_) => 2,
        }
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

/// A text that names no plugins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must be `*`, `org/*` or `org/name`")]
pub struct PluginPatternError;

impl FromStr for PluginPattern {
    type Err = PluginPatternError;

    fn from_str(text: &str) -> Result<PluginPattern, PluginPatternError> {
        if text == "*" {
            return Ok(PluginPattern::Any);
        }
        match text.strip_suffix("/*") {
            // An organisation is what can stand before a plugin's name.
            Some(org) => match format!("{org}/x").parse::<PluginId>() {
                Ok(_) => Ok(PluginPattern::Org(org.to_owned())),
                Err(_) => Err(PluginPatternError),
            },
            None => text.parse().map(PluginPattern::One).map_err(|_| PluginPatternError),
        }
    }
}

fn rule(reader: &mut Reader<'_>, table: &Table<'_>) -> Option<Rule> {
    reader.only(table, &["plugin", "integrity", "origins", "capabilities"]);
    let plugin = reader.read(table, "plugin", Code::POLICY_FILE, str::parse::<PluginPattern>);
    let plugin = reader.required(table, "plugin", plugin);
    let integrity = reader
        .read(table, "integrity", Code::POLICY_FILE, |text| digest::parse(text).map(|_| text.to_owned()));
    let origins =
        reader.reads(table, "origins", Code::ORIGIN, str::parse::<OriginPattern>).unwrap_or_default();
    let capabilities = filters(reader, table, "capabilities");
    let capabilities = reader.required(table, "capabilities", capabilities);
    Some(Rule {
        plugin: plugin?.value,
        integrity: integrity.map(|integrity| integrity.value),
        origins: origins.into_iter().map(|origin| origin.value).collect(),
        capabilities: capabilities?,
    })
}

fn patterns(reader: &mut Reader<'_>, table: &Table<'_>, key: &str) -> Vec<PluginPattern> {
    let patterns =
        reader.reads(table, key, Code::POLICY_FILE, str::parse::<PluginPattern>).unwrap_or_default();
    patterns.into_iter().map(|pattern| pattern.value).collect()
}

fn filters(reader: &mut Reader<'_>, table: &Table<'_>, key: &str) -> Option<BTreeSet<CapabilityFilter>> {
    let mut filters = BTreeSet::new();
    for word in reader.texts(table, key)? {
        match CapabilityFilter::parse(&word.value) {
            Ok(filter) => drop(filters.insert(filter)),
            Err(error) => {
                let message = error.to_string();
                reader.misspelt(
                    Code::CAPABILITY_UNKNOWN,
                    word.span,
                    message,
                    "not known here",
                    error.nearest,
                );
            }
        }
    }
    Some(filters)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rights::{HttpRight, Method};
    use crate::{Kind, digest_text};

    fn parse(text: &str) -> Result<Policy, Vec<Diagnostic>> {
        Policy::parse(&Source::new("policy.toml", text))
    }

    #[test]
    fn the_more_specific_pattern_wins_and_deny_wins_a_tie() {
        for (text, plugin, denied) in [
            ("", "acme/tool", None),
            ("deny = ['*']", "acme/tool", Some("*")),
            ("deny = ['*']\nallow = ['acme/*']", "acme/tool", None),
            ("deny = ['*']\nallow = ['acme/*']", "evil/tool", Some("*")),
            ("deny = ['acme/tool']\nallow = ['acme/*']", "acme/tool", Some("acme/tool")),
            ("deny = ['acme/*']\nallow = ['acme/tool']", "acme/tool", None),
            ("deny = ['acme/*']\nallow = ['*']", "acme/tool", Some("acme/*")),
            ("deny = ['*']\nallow = ['*']", "acme/tool", Some("*")),
            ("deny = ['ac/*']", "acme/tool", None),
        ] {
            let policy = parse(text).unwrap();
            let found = policy.denies(&plugin.parse().unwrap()).map(ToString::to_string);
            assert_eq!(found.as_deref(), denied, "{text} for {plugin}");
        }
    }

    #[test]
    fn mistakes_have_codes_and_nearest_names() {
        for (text, code, hint) in [
            ("denny = ['*']", Code::PLUGIN_KEY, Some("did you mean `deny`?")),
            ("deny = ['a*']", Code::POLICY_FILE, None),
            ("deny = ['*/x']", Code::POLICY_FILE, None),
            ("deny = '*'", Code::POLICY_FILE, None),
            ("max-capabilities = ['htpt']", Code::CAPABILITY_UNKNOWN, Some("did you mean `http`?")),
            ("[[rule]]\ncapabilities = []", Code::POLICY_FILE, None),
            ("[[rule]]\nplugin = 'a/b'", Code::POLICY_FILE, None),
            ("[[rule]]\nplugin = 'a/b'\ncapabilities = []\norigins = ['https://*.com']", Code::ORIGIN, None),
            ("[[rule]]\nplugin = 'a/b'\ncapabilities = []\nintegrity = 'any'", Code::POLICY_FILE, None),
            ("deny = [", Code::MANIFEST_SYNTAX, None),
        ] {
            let found = parse(text).unwrap_err();
            assert_eq!((found.len(), found[0].code), (1, code), "{text}: {found:?}");
            assert_eq!(found[0].hints.first().map(String::as_str), hint, "{text}");
        }
    }

    #[test]
    fn the_missing_rule_can_be_pasted() {
        let mut asked = Asked::nothing("acme/tool".parse().unwrap(), Kind::Registry, [0; 32]);
        let origins = vec!["https://a.example".parse().unwrap()];
        asked.http = Some(HttpRight { origins, methods: [Method::Get].into() });
        asked.secrets = [("token".to_owned(), vec!["https://*.b.example".parse().unwrap()])].into();
        let integrity = digest_text(&[1; 32]);
        let text = Policy::missing_rule(&asked, Some(&integrity));
        let expected = format!(
            "[[rule]]\nplugin = \"acme/tool\"\nintegrity = \"{integrity}\"\n\
             origins = [\"https://a.example\", \"https://*.b.example\"]\ncapabilities = [\"http\", \"secret.token\"]\n"
        );
        assert_eq!(text, expected);
        assert_eq!(parse(&text).unwrap().rules.len(), 1);
        assert!(!Policy::missing_rule(&asked, None).contains("integrity"));
    }
}
