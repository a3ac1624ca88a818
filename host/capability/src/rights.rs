//! What a plugin may do: what it asks for in a user's setting, and what it was given.
//!
//! [`Asked`] is a manifest's capabilities with the user's configuration filled in, so it names
//! concrete origins and directories. [`Rights`] is what the check returned, and what the engine
//! enforces. A value that a user did not bind is absent in [`Rights`], never a default.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::path::PathBuf;

use crate::capability::{CapabilityName, Class};
use crate::origin::{Origin, OriginPattern};
use crate::{Kind, Limits, LimitsRequest, PluginId};

/// An HTTP method that the interface offers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Method {
    /// `GET`
    Get,
    /// `HEAD`
    Head,
    /// `POST`
    Post,
    /// `PUT`
    Put,
    /// `PATCH`
    Patch,
    /// `DELETE`
    Delete,
}

impl Method {
    /// All of them.
    pub const ALL: [Method; 6] =
        [Method::Get, Method::Head, Method::Post, Method::Put, Method::Patch, Method::Delete];

    /// The word in files, lower-case.
    pub fn as_str(self) -> &'static str {
        match self {
            Method::Get => "get",
            Method::Head => "head",
            Method::Post => "post",
            Method::Put => "put",
            Method::Patch => "patch",
            Method::Delete => "delete",
        }
    }

    /// Finds a method by its lower-case word.
    pub fn from_word(word: &str) -> Option<Method> {
        Method::ALL.into_iter().find(|method| method.as_str() == word)
    }
}

impl fmt::Display for Method {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Requests to origins. No origins: every request is refused.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HttpRight {
    /// Where to.
    pub origins: Vec<OriginPattern>,
    /// How.
    pub methods: BTreeSet<Method>,
}

/// Where a view's directory comes from.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum AskedView {
    /// The user binds a directory to the name.
    Bound,
    /// The configuration names it; none when the value there is no directory but a URL.
    Config(Option<PathBuf>),
}

/// What a command may propose, from narrow to wide.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum EditScope {
    /// New files below one directory that does not exist yet.
    NewDirectory,
    /// New files below the directory the command was called in.
    NewFiles,
    /// Also changes of files that exist in the project.
    Project,
}

impl EditScope {
    /// All of them, narrow to wide.
    pub const ALL: [EditScope; 3] = [EditScope::NewDirectory, EditScope::NewFiles, EditScope::Project];

    /// The word in `plugin.toml`.
    pub fn as_str(self) -> &'static str {
        match self {
            EditScope::NewDirectory => "new-directory",
            EditScope::NewFiles => "new-files",
            EditScope::Project => "project",
        }
    }

    /// Finds a scope by its word.
    pub fn from_word(word: &str) -> Option<EditScope> {
        EditScope::ALL.into_iter().find(|scope| scope.as_str() == word)
    }
}

impl fmt::Display for EditScope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What a plugin asks for in one user's setting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// Who asks.
    pub plugin: PluginId,
    /// As what.
    pub kind: Kind,
    /// The manifest's capabilities digest: what this was resolved from.
    pub capabilities: [u8; 32],
    /// Requests.
    pub http: Option<HttpRight>,
    /// Where the host may fetch what the plugin plans.
    pub download: Vec<OriginPattern>,
    /// Secrets by name, with the origins each may be sent to.
    pub secrets: BTreeMap<String, Vec<OriginPattern>>,
    /// Turning tokens into secrets.
    pub seal: bool,
    /// A cache of at most so many bytes.
    pub cache_bytes: Option<u64>,
    /// A coarse clock.
    pub clock: bool,
    /// Random bytes.
    pub random: bool,
    /// Questions and printing.
    pub ui: bool,
    /// The project's manifest and lock.
    pub project: bool,
    /// Names and versions of packages go to the feed.
    pub disclose_packages: bool,
    /// Views by name.
    pub views: BTreeMap<String, AskedView>,
    /// Environment variables.
    pub env: BTreeSet<String>,
    /// The widest scope of any of its commands.
    pub edits: Option<EditScope>,
    /// Origins the user typed into the configuration.
    pub private_origins: Vec<Origin>,
    /// What `[limits]` requests.
    pub limits: LimitsRequest,
}

/// What the engine enforces. The default is nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rights {
    /// Requests.
    pub http: Option<HttpRight>,
    /// Where the host may fetch what the plugin plans.
    pub download: Vec<OriginPattern>,
    /// Secrets by name, with the origins each may be sent to.
    pub secrets: BTreeMap<String, Vec<OriginPattern>>,
    /// Turning tokens into secrets.
    pub seal: bool,
    /// A cache of at most so many bytes.
    pub cache_bytes: Option<u64>,
    /// A coarse clock.
    pub clock: bool,
    /// Random bytes.
    pub random: bool,
    /// Questions and printing.
    pub ui: bool,
    /// The project's manifest and lock.
    pub project: bool,
    /// Names and versions of packages go to the feed.
    pub disclose_packages: bool,
    /// Views by name; none where nothing is bound.
    pub views: BTreeMap<String, Option<PathBuf>>,
    /// Environment variables.
    pub env: BTreeSet<String>,
    /// Proposing files, each command within the scope its manifest states.
    pub edits: bool,
    /// Typed by the user in the configuration: these may resolve to private or loopback addresses.
    pub private_origins: Vec<Origin>,
    /// The effective limits.
    pub limits: Limits,
}

impl Asked {
    /// Asks for nothing.
    pub fn nothing(plugin: PluginId, kind: Kind, capabilities: [u8; 32]) -> Asked {
        Asked {
            plugin,
            kind,
            capabilities,
            http: None,
            download: Vec::new(),
            secrets: BTreeMap::new(),
            seal: false,
            cache_bytes: None,
            clock: false,
            random: false,
            ui: false,
            project: false,
            disclose_packages: false,
            views: BTreeMap::new(),
            env: BTreeSet::new(),
            edits: None,
            private_origins: Vec::new(),
            limits: LimitsRequest::default(),
        }
    }

    /// The names of the capabilities asked for.
    pub fn names(&self) -> BTreeSet<CapabilityName> {
        let whole = [
            (Class::Http, self.http.is_some()),
            (Class::Download, !self.download.is_empty()),
            (Class::Seal, self.seal),
            (Class::Cache, self.cache_bytes.is_some()),
            (Class::Clock, self.clock),
            (Class::Random, self.random),
            (Class::Ui, self.ui),
            (Class::Project, self.project),
            (Class::ProposeEdits, self.edits.is_some()),
            (Class::DisclosePackages, self.disclose_packages),
        ];
        let whole = whole.into_iter().filter(|asked| asked.1).map(|asked| CapabilityName::whole(asked.0));
        let secrets = self.secrets.keys().filter_map(|name| CapabilityName::named(Class::Secret, name));
        let views = self.views.keys().filter_map(|name| CapabilityName::named(Class::Fs, name));
        let env = self.env.iter().filter_map(|name| CapabilityName::named(Class::Env, name));
        whole.chain(secrets).chain(views).chain(env).collect()
    }

    /// Every origin asked for, whatever for, each once.
    pub fn origins(&self) -> BTreeSet<&OriginPattern> {
        self.origins_by_capability().into_values().flatten().collect()
    }

    /// The origins of each capability that has some.
    pub fn origins_by_capability(&self) -> BTreeMap<CapabilityName, &[OriginPattern]> {
        let http = self.http.iter().map(|http| (CapabilityName::whole(Class::Http), &*http.origins));
        let download = [(CapabilityName::whole(Class::Download), &*self.download)];
        let secrets = self.secrets.iter().filter_map(|(name, origins)| {
            CapabilityName::named(Class::Secret, name).map(|name| (name, &**origins))
        });
        http.chain(download).chain(secrets).filter(|(_, origins)| !origins.is_empty()).collect()
    }
}
