//! What can go wrong before a plugin runs, and while it does.

use std::fmt;
use std::io;

use s_capability::PluginId;
use s_store::StoreError;
use thiserror::Error;

/// A component could not be turned into code.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum EngineError {
    /// The machine does not give what the engine needs, such as address space.
    #[error("the plugin engine cannot start: {reason}")]
    Setup {
        /// In the engine's words.
        reason: String,
    },
    /// The component is not one that is accepted.
    #[error(transparent)]
    Component(#[from] s_component::ComponentError),
    /// The component is not one this engine can compile.
    #[error("the component cannot be compiled: {reason}")]
    Compile {
        /// In the compiler's words.
        reason: String,
    },
    /// Compiling took more than it may.
    #[error("compiling the component took more than its limit of {limit} of {what}")]
    CompileLimit {
        /// The resource.
        what: &'static str,
        /// The limit, with its unit.
        limit: String,
    },
    /// The child that compiles could not be used.
    #[error("cannot {doing}: {source}")]
    Child {
        /// What was being done.
        doing: &'static str,
        /// Why it failed.
        source: io::Error,
    },
    /// A file of the cache or of the component.
    #[error(transparent)]
    Store(StoreError),
}

/// A call into a plugin that gave no answer.
#[derive(Debug)]
pub struct CallError {
    /// Whose call.
    pub plugin: PluginId,
    /// Its version.
    pub version: String,
    /// What was called, such as `registry.list`.
    pub call: &'static str,
    /// Why it ended.
    pub cause: Cause,
}

/// Why a call gave no answer.
#[derive(Debug)]
#[non_exhaustive]
pub enum Cause {
    /// The plugin answered with an error of its own.
    Fault(Fault),
    /// It used more of something than it may. The instance is gone.
    Limit(Limit),
    /// It crashed. The instance is gone.
    Trap(Trap),
    /// What it handed over is not what its interface says, such as text that is not UTF-8.
    Malformed {
        /// In the engine's words.
        reason: String,
    },
    /// The component does not fit the interface: something is missing or has another type.
    Mismatch {
        /// In the engine's words.
        reason: String,
    },
    /// The user interrupted.
    Cancelled,
    /// The plugin does not offer this.
    Unsupported,
}

/// An error that a plugin answered with; the shape of `stryke:host/types.error`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The closed set.
    pub kind: FaultKind,
    /// The plugin's own stable identifier, `<plugin>/<what>`.
    pub code: String,
    /// One phrase.
    pub message: String,
    /// More facts.
    pub detail: Option<String>,
    /// What the user can do.
    pub help: Option<String>,
    /// Milliseconds to wait before asking again.
    pub retry_after_ms: Option<u64>,
    /// Open pairs.
    pub extra: Vec<(String, String)>,
}

/// The closed set of `stryke:host/types.error-kind`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FaultKind {
    /// What was asked makes no sense.
    InvalidInput,
    /// There is no such thing.
    NotFound,
    /// It clashes with what is there.
    Conflict,
    /// A credential is missing or was refused.
    Unauthenticated,
    /// It is not allowed.
    Denied,
    /// Too often; later.
    RateLimited,
    /// Not now.
    Unavailable,
    /// There is no network, by choice.
    Offline,
    /// The bytes are not the ones that were promised.
    Integrity,
    /// A limit was reached.
    LimitExceeded,
    /// The plugin does not do that.
    Unsupported,
    /// Interrupted.
    Cancelled,
    /// A bug.
    Internal,
}

impl FaultKind {
    /// Returns the word of the interface.
    pub fn word(self) -> &'static str {
        match self {
            FaultKind::InvalidInput => "invalid-input",
            FaultKind::NotFound => "not-found",
            FaultKind::Conflict => "conflict",
            FaultKind::Unauthenticated => "unauthenticated",
            FaultKind::Denied => "denied",
            FaultKind::RateLimited => "rate-limited",
            FaultKind::Unavailable => "unavailable",
            FaultKind::Offline => "offline",
            FaultKind::Integrity => "integrity",
            FaultKind::LimitExceeded => "limit-exceeded",
            FaultKind::Unsupported => "unsupported",
            FaultKind::Cancelled => "cancelled",
            FaultKind::Internal => "internal",
        }
    }
}

/// A limit that was broken, with the value it had.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Limit {
    /// Wall time in milliseconds, not counting questions to the user.
    Time(u64),
    /// Units of fuel, about one an instruction.
    Fuel(u64),
    /// Bytes of linear memory.
    Memory(u64),
    /// Elements of tables.
    Table(u64),
    /// Core instances.
    Instances(u64),
    /// Linear memories.
    Memories(u64),
    /// Tables.
    Tables(u64),
    /// Bytes of stack.
    Stack(u64),
    /// Open handles.
    Handles(u64),
    /// Open files and directories.
    Files(u64),
    /// Bytes handed to the host in one call.
    Answer(u64),
    /// Items in one answer.
    AnswerItems(u64),
}

/// A crash inside the sandbox.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trap {
    /// What happened, such as `unreachable`.
    pub message: String,
    /// Names of the functions that were running, innermost first, as far as the component has them.
    pub frames: Vec<String>,
}

impl fmt::Display for CallError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "plugin `{}` {}: {}: {}", self.plugin, self.version, self.call, self.cause)
    }
}

impl std::error::Error for CallError {}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Cause::Fault(fault) => f.write_str(&fault.message),
            Cause::Limit(limit) => write!(f, "used more than its limit of {limit}"),
            Cause::Trap(trap) => write!(f, "crashed: {}", trap.message),
            Cause::Malformed { reason } => write!(f, "handed over malformed data: {reason}"),
            Cause::Mismatch { reason } => write!(f, "does not fit its interface: {reason}"),
            Cause::Cancelled => f.write_str("interrupted"),
            Cause::Unsupported => f.write_str("not offered by this plugin"),
        }
    }
}

impl fmt::Display for Limit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Limit::Time(ms) if ms % 1000 == 0 => write!(f, "{} s", ms / 1000),
            Limit::Time(ms) => write!(f, "{ms} ms"),
            Limit::Fuel(units) => write!(f, "{units} units of fuel"),
            Limit::Memory(bytes) => write!(f, "{} of memory", Size(bytes)),
            Limit::Table(count) => write!(f, "{count} table elements"),
            Limit::Instances(count) => write!(f, "{count} instances"),
            Limit::Memories(count) => write!(f, "{count} memories"),
            Limit::Tables(count) => write!(f, "{count} tables"),
            Limit::Stack(bytes) => write!(f, "{} of stack", Size(bytes)),
            Limit::Handles(count) => write!(f, "{count} open handles"),
            Limit::Files(count) => write!(f, "{count} open files"),
            Limit::Answer(bytes) => write!(f, "{} handed over in one call", Size(bytes)),
            Limit::AnswerItems(count) => write!(f, "{count} items in one answer"),
        }
    }
}

impl std::error::Error for Limit {}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Fault {}

struct Size(u64);

impl fmt::Display for Size {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            bytes if bytes >= 1 << 20 && bytes.is_multiple_of(1 << 20) => write!(f, "{} MiB", bytes >> 20),
            bytes if bytes >= 1 << 10 && bytes.is_multiple_of(1 << 10) => write!(f, "{} KiB", bytes >> 10),
            bytes => write!(f, "{bytes} bytes"),
        }
    }
}

impl Fault {
    /// An error the host answers a plugin with, or a plugin the host.
    pub fn new(kind: FaultKind, code: impl Into<String>, message: impl Into<String>) -> Fault {
        Fault {
            kind,
            code: code.into(),
            message: message.into(),
            detail: None,
            help: None,
            retry_after_ms: None,
            extra: Vec::new(),
        }
    }

    /// The error of a function that has no way to answer with one.
    pub(crate) fn not_granted(what: &str) -> Fault {
        Fault::new(FaultKind::Denied, "host/denied", format!("not granted: {what}"))
    }

    /// Adds what the user can do.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Fault {
        self.help = Some(help.into());
        self
    }
}
