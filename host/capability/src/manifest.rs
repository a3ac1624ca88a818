//! `plugin.toml`: what a plugin is, what it asks for and why.
//!
//! Nothing runs to find out what a plugin is. The text stands beside the component and in its
//! `stryke:plugin` section; [`Manifest::same_as`] tells whether the two say the same. Parsing
//! reports every mistake at once. Origins may hold `{config.KEY}`, filled from the user's
//! configuration by [`Manifest::resolve`].

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use s_diag::{Diagnostic, Source, Span};

use crate::capability::{CapabilityName, Class};
use crate::document::{self, Table};
use crate::origin::OriginPattern;
use crate::rights::{EditScope, Method};
use crate::{Kind, LimitsRequest, PluginId, WorldRef};

pub(crate) mod canonical;
pub(crate) mod read;

/// A whole `plugin.toml`, checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Manifest {
    /// Unique in a registry.
    pub id: PluginId,
    /// Of the plugin.
    pub version: semver::Version,
    /// The extension point; every world is of this kind.
    pub kind: Kind,
    /// What it exports, at least one.
    pub worlds: Vec<WorldRef>,
    /// File name of the component, beside the manifest; `plugin.wasm` when not stated.
    pub component: String,
    /// Which versions of `s` it was made for.
    pub requires_s: Option<semver::VersionReq>,
    /// SPDX expression.
    pub license: Option<String>,
    /// One line.
    pub description: Option<String>,
    /// Where its source is; `https` or `http`.
    pub repository: Option<String>,
    /// What it asks for.
    pub capabilities: BTreeMap<CapabilityName, Capability>,
    /// What it requests beyond or below the defaults of its kind.
    pub limits: LimitsRequest,
    /// The keys of the user's configuration.
    pub config: BTreeMap<String, ConfigKey>,
    /// Its subcommands, by name; empty unless the kind is `command`.
    pub commands: BTreeMap<String, Command>,
}

/// One thing asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Capability {
    /// Why, in the author's words; shown before consent.
    pub reason: String,
    /// What exactly.
    pub ask: Ask,
}

/// What a capability says beyond its name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ask {
    /// `http`
    Http {
        /// Where to.
        origins: Vec<OriginTemplate>,
        /// How; `get` and `head` when not stated.
        methods: BTreeSet<Method>,
    },
    /// `download` and `secret.NAME`: where from, or where to.
    Origins(Vec<OriginTemplate>),
    /// `cache`: at most so many bytes.
    Cache {
        /// At most.
        max_bytes: u64,
    },
    /// `fs.NAME`: the configuration key that names the directory; none when the user binds one.
    View {
        /// The key.
        from: Option<String>,
    },
    /// Everything else.
    Plain,
}

/// A pattern, or a place for the origin of a URL in the user's configuration.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum OriginTemplate {
    /// As written.
    Fixed(OriginPattern),
    /// `{config.KEY}`; the key is of type `url`.
    Config(String),
}

/// One key of the `[config]` table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigKey {
    /// What values it takes.
    pub kind: ConfigType,
    /// Whether the user must state it. Never together with a default.
    pub required: bool,
    /// What it is when not stated.
    pub default: Option<String>,
}

/// What values a configuration key takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ConfigType {
    /// `https:`, `http:` or `file:`, or an absolute path, which means the same as `file:`.
    Url,
    /// Any text.
    String,
    /// `true` or `false`.
    Bool,
    /// An absolute path.
    Path,
}

/// One subcommand; the host parses the command line after it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Command {
    /// One line for the help.
    pub about: String,
    /// Positional arguments, in order.
    pub arguments: Vec<Argument>,
    /// Options and flags.
    pub options: Vec<CommandOption>,
    /// Command lines that show how it is used, each beginning with `s` and its name.
    pub examples: Vec<String>,
    /// What it may propose to write; needs `propose-edits`.
    pub edits: Option<EditScope>,
}

/// A positional argument.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Argument {
    /// Shown as `<NAME>`.
    pub name: String,
    /// Whether it must be there. None but required ones stand before a required one.
    pub required: bool,
    /// Whether it takes all that follow; only the last can.
    pub repeat: bool,
    /// One line for the help.
    pub about: Option<String>,
}

/// An option `--name VALUE` or a flag `--name`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CommandOption {
    /// Without the dashes.
    pub name: String,
    /// One letter.
    pub short: Option<char>,
    /// The only values it takes; empty: any. Never of a flag.
    pub values: Vec<String>,
    /// What it is when not given. Never of a flag.
    pub default: Option<String>,
    /// Whether it takes no value.
    pub flag: bool,
    /// One line for the help.
    pub about: Option<String>,
}

impl Manifest {
    /// Reads a `plugin.toml`, and reports every mistake in it at once.
    pub fn parse(source: &Source) -> Result<Manifest, Vec<Diagnostic>> {
        read::manifest(source)
    }

    /// Where a key stands in the text of a manifest, such as `["plugin", "id"]`, for messages about
    /// what it says. None where it does not stand there.
    pub fn place(source: &Source, keys: &[&str]) -> Option<Span> {
        let document = document::parse(source).ok()?;
        let (last, tables) = keys.split_last()?;
        let table = tables.iter().try_fold(Table::root(&document), |table, key| table.child(key))?;
        table.has(last).then(|| table.key_span(last).into())
    }

    /// Writes what it says in one deterministic text, itself a valid `plugin.toml`: fixed order,
    /// defaults left out, no comments.
    pub fn canonical(&self) -> String {
        canonical::manifest(self)
    }

    /// SHA-256 of what it asks for: capabilities without their reasons, limits, and what its
    /// commands may write.
    pub fn capabilities_digest(&self) -> [u8; 32] {
        canonical::capabilities_digest(self)
    }

    /// Tells whether both say the same, however they are written.
    pub fn same_as(&self, other: &Manifest) -> bool {
        self == other
    }

    /// The classes of the capabilities it asks for.
    pub fn classes(&self) -> BTreeSet<Class> {
        self.capabilities.keys().map(CapabilityName::class).collect()
    }
}

impl ConfigType {
    /// All of them.
    pub const ALL: [ConfigType; 4] =
        [ConfigType::Url, ConfigType::String, ConfigType::Bool, ConfigType::Path];

    /// The word in `plugin.toml`.
    pub fn as_str(self) -> &'static str {
        match self {
            ConfigType::Url => "url",
            ConfigType::String => "string",
            ConfigType::Bool => "bool",
            ConfigType::Path => "path",
        }
    }

    /// Finds a type by its word.
    pub fn from_word(word: &str) -> Option<ConfigType> {
        ConfigType::ALL.into_iter().find(|kind| kind.as_str() == word)
    }
}

impl fmt::Display for OriginTemplate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            OriginTemplate::Fixed(pattern) => pattern.fmt(f),
            OriginTemplate::Config(key) => write!(f, "{{config.{key}}}"),
        }
    }
}

#[cfg(test)]
mod tests;
