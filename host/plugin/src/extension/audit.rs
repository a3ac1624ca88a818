//! Audit feeds: `stryke:audit/feed`.

use s_advisory::Advisory;

use super::{BoxFuture, Pairs};
use crate::{Blob, CallError, Usage};

/// The user's table of one feed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Config {
    /// The name the user gave it.
    pub name: String,
    /// Where it is.
    pub url: String,
    /// Everything else.
    pub options: Pairs,
}

/// Where advisories come from, for reports. Track 0.1 has none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Description {
    /// The name of the source.
    pub title: String,
    /// Its home on the web.
    pub homepage: Option<String>,
    /// Under which licence it may be used.
    pub license: Option<String>,
}

/// A page of advisories.
#[derive(Clone, Debug, PartialEq)]
pub struct Batch {
    /// In the feed's order.
    pub advisories: Vec<Advisory>,
    /// How many entries could not be read; the log names them.
    pub skipped: u32,
    /// Where to go on; none at the end.
    pub cursor: Option<String>,
    /// To ask with the next time, once the end was reached.
    pub validator: Option<String>,
}

/// What a pull brought.
#[derive(Clone, Debug, PartialEq)]
pub enum Sync {
    /// What is already here still holds.
    Unchanged,
    /// A page.
    Batch(Batch),
}

/// An open feed.
pub trait AuditFeed: Send {
    /// Returns where the advisories come from, if the feed can say.
    fn describe(&mut self, config: Config) -> BoxFuture<'_, Result<Option<Description>, CallError>>;
    /// Pulls the whole feed, page by page.
    fn pull(
        &mut self,
        config: Config,
        since: Option<String>,
        cursor: Option<String>,
    ) -> BoxFuture<'_, Result<Sync, CallError>>;
    /// Asks about packages by name and version. Refused without the right to disclose them.
    fn query(
        &mut self,
        config: Config,
        packages: Vec<(String, String)>,
    ) -> BoxFuture<'_, Result<Vec<Advisory>, CallError>>;
    /// Reads a file of the feed's format.
    fn parse(&mut self, config: Config, file: Blob) -> BoxFuture<'_, Result<Batch, CallError>>;
    /// Returns what was used so far.
    fn usage(&self) -> Usage;
}
