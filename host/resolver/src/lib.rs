//! The resolver: chooses a version for every package that is needed, or says why none will do.
//!
//! It answers with [PubGrub](https://nex3.medium.com/pubgrub-2fb6470504f): decisions, what follows
//! from them, and from each dead end a new rule that keeps out of it for good. Where candidates
//! come from is left to a [`Source`]; what is done with the answer, to the caller. Invariants:
//!
//! - Nothing here does I/O, asks the time or starts a thread. The same question has the same answer,
//!   in whichever order candidates, preferences and roots are given.
//! - An answer given back as preferences is the answer again.
//! - [`Error::Conflict`] is a proof: no choice of versions exists under these settings.
//! - Work is counted and has a limit, and nothing recurses over what an index says.
//!
//! | module | subject |
//! |---|---|
//! | `model` | what goes in |
//! | `resolution`, `conflict`, `report` | what comes out |
//! | `solve`, `fixes` | the order of attempts: the lock as it is, everything; what would help |
//! | `search` | packages, buckets and features as variables of the core |
//! | `core`, `set` | PubGrub over variables with finitely many choices |
//! | `crowd` | dead ends that are counted instead of tried |
//! | `catalog`, `bucket`, `features` | candidates, sorted, and what of them is active |

mod bucket;
mod catalog;
mod conflict;
mod core;
mod crowd;
mod cycles;
mod features;
mod fixes;
mod model;
mod report;
mod resolution;
mod search;
mod set;
mod solve;
#[cfg(test)]
mod tests;

pub use catalog::suits;
pub use conflict::{By, Conflict, Derivation, Fact, LeftOut, Step, Term};
pub use model::{
    Candidate, Candidates, Dependency, Package, Problem, Root, RootDependency, Settings, Source, SourceId,
    WORK_MAX,
};
pub use s_project::{MultiVersion, Policy};

pub use report::{Fix, Remedy, Report};
pub use resolution::{Edge, Instance, Node, Resolution, ResolvedRoot, RootEdge, User};
pub use solve::{Error, solve};
