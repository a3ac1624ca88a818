//! The steps on the way from a manifest to packages in the store, and how long each took.
//!
//! What several threads do at once is added up, so that a step can be longer than the command.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::Context;

/// One step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Step {
    /// Manifests and the lock are read.
    Manifest,
    /// What the project names is looked up, in registries, folders and repositories.
    Graph,
    /// Versions are chosen; registries are asked for what the choice needs.
    Solve,
    /// The choice is compared with what was locked.
    Compare,
    /// The store is asked what it has.
    Store,
    /// Archives are downloaded into the cache.
    Fetch,
    /// Archives are compared with their digests.
    Verify,
    /// Archives are unpacked into the store.
    Unpack,
    /// Lock and manifests are written.
    Write,
}

/// How long a step took.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StepTime {
    /// Which.
    pub step: Step,
    /// The time of all threads together.
    pub busy: Duration,
    /// How often it was done: once, or once for each package.
    pub count: u32,
}

impl Step {
    /// In the order in which they are taken.
    pub const ALL: [Step; 9] = [
        Step::Manifest,
        Step::Graph,
        Step::Solve,
        Step::Compare,
        Step::Store,
        Step::Fetch,
        Step::Verify,
        Step::Unpack,
        Step::Write,
    ];

    /// What it is called.
    pub fn name(self) -> &'static str {
        match self {
            Step::Manifest => "manifest",
            Step::Graph => "graph",
            Step::Solve => "solve",
            Step::Compare => "compare",
            Step::Store => "store",
            Step::Fetch => "fetch",
            Step::Verify => "verify",
            Step::Unpack => "unpack",
            Step::Write => "write",
        }
    }
}

/// The times of one command.
#[derive(Debug, Default)]
pub(crate) struct Steps(Mutex<[(Duration, u32); Step::ALL.len()]>);

impl Context {
    /// Takes a step, notes how long it took and tells whoever wants to know.
    pub(crate) fn step<T>(&self, step: Step, take: impl FnOnce() -> T) -> T {
        let start = Instant::now();
        let result = take();
        let took = start.elapsed();
        let mut times = self.steps().0.lock().unwrap_or_else(PoisonError::into_inner);
        let (busy, count) = &mut times[step as usize];
        *busy += took;
        *count += 1;
        drop(times);
        self.frontend().step(step, took);
        result
    }

    /// The steps that were taken until now, in their order.
    pub fn step_times(&self) -> Vec<StepTime> {
        let times = self.steps().0.lock().unwrap_or_else(PoisonError::into_inner);
        let taken = Step::ALL.into_iter().zip(*times).filter(|(_, (_, count))| *count > 0);
        taken.map(|(step, (busy, count))| StepTime { step, busy, count }).collect()
    }
}
