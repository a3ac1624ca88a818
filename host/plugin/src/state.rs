//! What a store knows besides the guest's memory.

use std::collections::BTreeMap;
use std::sync::Arc;

use s_capability::{Limits, PluginId, Rights};
use tokio::sync::Notify;
use wasmtime::component::{Resource, ResourceTable};

use crate::Services;
use crate::cancel::Cancel;
use crate::deadline::{Deadline, Questions};
use crate::error::{Fault, FaultKind, Limit};
use crate::host::HostError;
use crate::limiter::Limiter;
use crate::scratch::{Scratch, Share};

/// One file a subcommand wants to exist.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edit {
    /// Relative, with `/`, below the directory the command was called in.
    pub path: String,
    /// The whole new text.
    pub content: String,
    /// Why, in the plugin's words.
    pub why: String,
}

/// What a plugin used in a session, for reports and tests.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Usage {
    /// Calls of host functions that need a grant, by capability.
    pub capabilities: BTreeMap<&'static str, u64>,
    /// Units of fuel that were burnt; 0 where they are not counted.
    pub fuel: u64,
    /// The most linear memory, in bytes.
    pub memory_bytes_peak: u64,
    /// The most bytes of blobs and sinks at one time.
    pub scratch_bytes_peak: u64,
    /// Lines of log that were dropped.
    pub log_lines_dropped: u64,
}

pub(crate) struct State {
    pub(crate) plugin: PluginId,
    pub(crate) rights: Rights,
    pub(crate) services: Arc<dyn Services>,
    pub(crate) table: ResourceTable,
    pub(crate) limiter: Limiter,
    pub(crate) deadline: Deadline,
    pub(crate) cancel: Cancel,
    pub(crate) edits: Edits,
    pub(crate) usage: Usage,
    pub(crate) log: LogBudget,
    pub(crate) scratch: Scratch,
    pub(crate) http_in_flight: u64,
    /// Told whenever a request of this store has its answer.
    pub(crate) answered: Arc<Notify>,
    pub(crate) cache: Option<Box<dyn crate::services::Cache>>,
    pub(crate) prompts: u64,
}

/// What a subcommand has proposed so far in one call.
pub(crate) struct Edits {
    pub(crate) proposed: Vec<Edit>,
    pub(crate) share: Share,
}

#[derive(Default)]
pub(crate) struct LogBudget {
    pub(crate) lines: u64,
    pub(crate) bytes: u64,
}

impl State {
    pub(crate) fn new(
        plugin: PluginId,
        rights: Rights,
        services: Arc<dyn Services>,
        cancel: Cancel,
        questions: Questions,
    ) -> State {
        let scratch = Scratch::new(rights.limits.scratch_bytes);
        let mut table = ResourceTable::new();
        table.set_max_capacity(usize::try_from(rights.limits.handles).unwrap_or(usize::MAX));
        State {
            plugin,
            services,
            table,
            limiter: Limiter::new(&rights.limits),
            rights,
            deadline: Deadline::new(questions),
            cancel,
            edits: Edits { proposed: Vec::new(), share: scratch.share() },
            usage: Usage::default(),
            log: LogBudget::default(),
            scratch,
            http_in_flight: 0,
            answered: Arc::new(Notify::new()),
            cache: None,
            prompts: 0,
        }
    }

    pub(crate) fn limits(&self) -> &Limits {
        &self.rights.limits
    }

    /// Gives the plugin a handle, or the error that it holds too many.
    pub(crate) fn push<T: Send + 'static>(&mut self, entry: T) -> Result<Resource<T>, HostError> {
        let handles = self.limits().handles;
        self.table.push(entry).map_err(|_| {
            HostError::Answer(Fault::new(
                FaultKind::LimitExceeded,
                "host/handles",
                format!("more than {handles} open handles"),
            ))
        })
    }

    /// The same for functions that cannot answer with an error.
    pub(crate) fn push_or_end<T: Send + 'static>(&mut self, entry: T) -> wasmtime::Result<Resource<T>> {
        let handles = self.limits().handles;
        self.table.push(entry).map_err(|_| Limit::Handles(handles).into())
    }

    /// Forgets what was proposed, and returns it.
    pub(crate) fn take_edits(&mut self) -> Vec<Edit> {
        let empty = Edits { proposed: Vec::new(), share: self.scratch.share() };
        std::mem::replace(&mut self.edits, empty).proposed
    }

    /// Lets go of everything the guest had handles to, which ends its requests.
    pub(crate) fn clear(&mut self) {
        self.table = ResourceTable::new();
        self.take_edits();
    }

    pub(crate) fn count(&mut self, capability: &'static str) {
        *self.usage.capabilities.entry(capability).or_default() += 1;
    }

    /// The error of a function that was not granted. The check before the first instruction
    /// already refuses what asks for more than it may; this is for rights that differ call by call.
    pub(crate) fn denied(&self, what: &str) -> HostError {
        HostError::Answer(Fault::not_granted(what))
    }
}
