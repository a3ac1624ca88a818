//! One feed, from its address to its advisories: asked, or taken from the copy that is kept.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use s_advisory::Advisory;
use s_diag::{Code, Diagnostic, Severity};
use s_plugin::extension::audit::{AuditFeed, Config, Sync};
use s_plugin::{CallError, Cause, FaultKind};
use s_store::{EntryKind, Sha256Digest, files};

use super::kept::Kept;
use crate::Context;
use crate::address::{self, Address};
use crate::failure::{Failure, FailureKind};
use crate::plugins::catalog;
use crate::plugins::launch::{Allow, Launched, launch};

/// The built-in plugin that reads feeds.
const PLUGIN: &str = "stryke/audit-osv";

/// How often a feed that changes while it is read is read from the start.
const PULLS_MAX: u32 = 3;

/// No database has more pages, and no feed goes on forever.
const PAGES_MAX: u32 = 100_000;

/// How the advisories of a feed were obtained.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Freshness {
    /// They were read now.
    Read,
    /// The feed says that the copy of the last time still holds.
    Unchanged,
    /// They are a copy, and the feed was not asked.
    Kept {
        /// Seconds since the feed was last asked.
        age_seconds: u64,
    },
}

/// A feed and what it says.
pub(super) struct Pulled {
    pub(super) shown: String,
    pub(super) advisories: Vec<Advisory>,
    pub(super) skipped: u32,
    pub(super) freshness: Freshness,
}

/// Reads the feed at an address.
///
/// # Errors
/// Whenever the feed could not be read to its end: part of a feed says nothing.
pub(super) fn pull(context: &Arc<Context>, typed: &str) -> Result<Pulled, Failure> {
    let address = Address::parse(typed, context.directory()).map_err(|why| not_a_feed(typed, &why))?;
    let shown = match &address {
        Address::Web(_) => address.shown(),
        Address::Local(path) => context.shown(path),
    };
    let folder = Sha256Digest::of(address.text().as_bytes()).to_hex();
    let path = context.home().index().join("advisories").join(folder).join("feed.json");
    let kept = Kept::read(&path);
    let now_unix = context.now_unix();
    if context.is_offline() && matches!(address, Address::Web(_)) {
        let kept = kept.ok_or_else(|| not_kept(&shown))?;
        let age_seconds = now_unix.saturating_sub(kept.asked_unix);
        return Ok(pulled(shown, kept, Freshness::Kept { age_seconds }));
    }
    let launched = open(context, &address, &shown)?;
    let failed = |failure: Failure| feed_failed(&shown, kept.as_ref(), now_unix, failure);
    let asked = ask(context, &launched, &address, kept.as_ref()).map_err(failed)?;
    let (kept, freshness) = match (asked, kept) {
        (Some(read), _) => (Kept { asked_unix: now_unix, ..read }, Freshness::Read),
        (None, Some(kept)) => (Kept { asked_unix: now_unix, ..kept }, Freshness::Unchanged),
        (None, None) => return Err(feed_failed(&shown, None, now_unix, unasked_unchanged())),
    };
    // Without a copy the next audit takes longer; this one is as good.
    if let Err(error) = kept.write(&path) {
        for diagnostic in Failure::from(error).diagnostics {
            context.frontend().warn(&Diagnostic { severity: Severity::Warning, ..diagnostic });
        }
    }
    Ok(pulled(shown, kept, freshness))
}

fn pulled(shown: String, kept: Kept, freshness: Freshness) -> Pulled {
    Pulled { shown, advisories: kept.advisories, skipped: kept.skipped, freshness }
}

/// Launches the plugin with the feed as its configuration.
fn open(context: &Arc<Context>, address: &Address, shown: &str) -> Result<Launched, Failure> {
    let parent = match address {
        Address::Web(_) => None,
        Address::Local(path) => folder_of_file(path).map_err(|why| not_a_feed(shown, &why))?,
    };
    let entry = catalog::find(context, PLUGIN)?;
    let config = BTreeMap::from([("url".to_owned(), address.text())]);
    let mut launched = launch(context, &entry, &config, Allow::Granted)?;
    if let Some(parent) = parent {
        // A view is a folder; the plugin reads the file that the address names, and no other.
        launched.plugin.rights.views.insert("feed".to_owned(), Some(parent));
    }
    Ok(launched)
}

/// The folder a file lies in; none for an address that is a folder itself.
fn folder_of_file(path: &Path) -> Result<Option<PathBuf>, String> {
    match files::kind(path).map_err(|error| format!("cannot be read: {error}"))? {
        None => Err("does not exist".to_owned()),
        Some(EntryKind::Directory) => Ok(None),
        Some(_) => {
            let ending = path.extension().and_then(|ending| ending.to_str());
            match (path.parent(), ending) {
                (Some(parent), Some("json" | "zip")) => Ok(Some(parent.to_owned())),
                _ => Err("is neither a folder nor a `.json` or `.zip` file".to_owned()),
            }
        }
    }
}

/// Pulls the feed whole; none when the copy that is kept still holds.
fn ask(
    context: &Context,
    launched: &Launched,
    address: &Address,
    kept: Option<&Kept>,
) -> Result<Option<Kept>, Failure> {
    let config = Config { name: "feed".to_owned(), url: address.text(), options: launched.options() };
    let since = kept.and_then(|kept| kept.validator.clone());
    context.engine()?.block_on(async {
        let mut feed = launched.plugin.open_audit().await?;
        match whole(feed.as_mut(), &config, since.as_deref()).await {
            Err(Ended::Call(error)) => Err((*error).into()),
            Err(Ended::Endless) => Err(endless()),
            Ok(whole) => Ok(whole),
        }
    })
}

/// Pulls all pages, from the start where the feed changed on the way.
async fn whole(
    feed: &mut dyn AuditFeed,
    config: &Config,
    since: Option<&str>,
) -> Result<Option<Kept>, Ended> {
    let mut pulls = 1;
    loop {
        match pages(feed, config, since).await {
            Err(Ended::Call(error)) if is_conflict(&error) && pulls < PULLS_MAX => pulls += 1,
            ended => return ended,
        }
    }
}

enum Ended {
    Call(Box<CallError>),
    Endless,
}

impl From<CallError> for Ended {
    fn from(error: CallError) -> Ended {
        Ended::Call(Box::new(error))
    }
}

async fn pages(
    feed: &mut dyn AuditFeed,
    config: &Config,
    since: Option<&str>,
) -> Result<Option<Kept>, Ended> {
    let mut whole = Kept { advisories: Vec::new(), skipped: 0, validator: None, asked_unix: 0 };
    let mut cursor: Option<String> = None;
    for _ in 0..PAGES_MAX {
        let Sync::Batch(batch) = feed.pull(config.clone(), since.map(str::to_owned), cursor.clone()).await?
        else {
            return Ok(None);
        };
        whole.advisories.extend(batch.advisories);
        whole.skipped = whole.skipped.saturating_add(batch.skipped);
        match batch.cursor {
            None => {
                whole.validator = batch.validator;
                return Ok(Some(whole));
            }
            same if same == cursor => return Err(Ended::Endless),
            next => cursor = next,
        }
    }
    Err(Ended::Endless)
}

fn is_conflict(error: &CallError) -> bool {
    matches!(&error.cause, Cause::Fault(fault) if fault.kind == FaultKind::Conflict)
}

fn not_a_feed(typed: &str, why: &str) -> Failure {
    let diagnostic =
        Diagnostic::error(Code::FEED_ADDRESS, format!("the feed `{}` {why}", address::shown(typed)))
            .hint("a feed is a folder, a `.json` or `.zip` file, or an `https` address of one");
    Failure::new(FailureKind::Usage, diagnostic)
}

fn not_kept(shown: &str) -> Failure {
    let message = format!("there is no copy of the feed `{shown}` to use offline");
    let diagnostic = Diagnostic::error(Code::FEED_NOT_KEPT, message).hint("run it once without `--offline`");
    Failure::new(FailureKind::Offline, diagnostic)
}

fn feed_failed(shown: &str, kept: Option<&Kept>, now_unix: u64, failure: Failure) -> Failure {
    if failure.kind == FailureKind::Interrupted {
        return failure;
    }
    let message = format!("the feed `{shown}` could not be read, so nothing is known of the packages");
    let mut diagnostic = Diagnostic::error(Code::FEED_FAILED, message);
    for cause in failure.diagnostics {
        diagnostic.notes.push(cause.message);
        diagnostic.notes.extend(cause.notes);
        diagnostic.hints.extend(cause.hints);
    }
    if let Some(kept) = kept {
        let age = age_text(now_unix.saturating_sub(kept.asked_unix));
        diagnostic = diagnostic.hint(format!("`--offline` uses the copy that was made {age} ago"));
    }
    Failure::new(failure.kind, diagnostic)
}

fn endless() -> Failure {
    let diagnostic = Diagnostic::error(Code::PLUGIN_FAULT, "the feed goes on and on");
    Failure::new(FailureKind::Failed, diagnostic)
}

fn unasked_unchanged() -> Failure {
    let diagnostic =
        Diagnostic::error(Code::PLUGIN_FAULT, "the feed says that a copy holds which it never gave");
    Failure::new(FailureKind::Failed, diagnostic)
}

/// An age in the largest unit that counts at least two, as in `3 days`.
pub fn age_text(seconds: u64) -> String {
    for (unit, length) in [("days", 86_400), ("hours", 3_600), ("minutes", 60)] {
        if seconds >= 2 * length {
            return format!("{} {unit}", seconds / length);
        }
    }
    format!("{seconds} s")
}

#[cfg(test)]
mod tests {
    use s_plugin::extension::BoxFuture;
    use s_plugin::extension::audit::{Batch, Description};
    use s_plugin::{Blob, Fault, Usage};

    use super::*;

    /// Answers with what was written down, one after the other; then goes on forever.
    struct Script {
        answers: Vec<Result<Sync, FaultKind>>,
        cursors: Vec<Option<String>>,
    }

    impl AuditFeed for Script {
        fn describe(&mut self, _: Config) -> BoxFuture<'_, Result<Option<Description>, CallError>> {
            unreachable!("not asked")
        }

        fn pull(
            &mut self,
            _: Config,
            _: Option<String>,
            cursor: Option<String>,
        ) -> BoxFuture<'_, Result<Sync, CallError>> {
            self.cursors.push(cursor);
            let answer =
                if self.answers.is_empty() { Ok(page(1, Some("same"))) } else { self.answers.remove(0) };
            let error = |kind| CallError {
                plugin: "acme/feed".parse().unwrap(),
                version: "1.0.0".to_owned(),
                call: "feed.pull",
                cause: Cause::Fault(Fault::new(kind, "feed/x", "x")),
            };
            Box::pin(async move { answer.map_err(error) })
        }

        fn query(
            &mut self,
            _: Config,
            _: Vec<(String, String)>,
        ) -> BoxFuture<'_, Result<Vec<Advisory>, CallError>> {
            unreachable!("packages are never told to a feed")
        }

        fn parse(&mut self, _: Config, _: Blob) -> BoxFuture<'_, Result<Batch, CallError>> {
            unreachable!("not asked")
        }

        fn usage(&self) -> Usage {
            Usage::default()
        }
    }

    fn page(skipped: u32, cursor: Option<&str>) -> Sync {
        let validator = cursor.is_none().then(|| "v".to_owned());
        Sync::Batch(Batch { advisories: Vec::new(), skipped, cursor: cursor.map(str::to_owned), validator })
    }

    /// What came of it, and with which cursors it was asked.
    fn pulled(answers: Vec<Result<Sync, FaultKind>>) -> (Result<Option<u32>, String>, String) {
        let mut script = Script { answers, cursors: Vec::new() };
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let whole = runtime.block_on(whole(&mut script, &Config::default(), None));
        let cursors: Vec<&str> =
            script.cursors.iter().map(|cursor| cursor.as_deref().unwrap_or("-")).collect();
        let whole = match whole {
            Ok(kept) => Ok(kept.map(|kept| {
                assert_eq!(kept.validator.as_deref(), Some("v"));
                kept.skipped
            })),
            Err(Ended::Endless) => Err("endless".to_owned()),
            Err(Ended::Call(error)) => Err(error.to_string()),
        };
        (whole, cursors.join(" "))
    }

    #[test]
    fn pages_are_pulled_to_the_end_and_from_the_start_where_the_feed_changed() {
        let conflict = || Err(FaultKind::Conflict);
        let failed = |kind: &str| Err(format!("plugin `acme/feed` 1.0.0: feed.pull: {kind}"));
        for (answers, expected, cursors) in [
            (vec![Ok(Sync::Unchanged)], Ok(None), "-"),
            (vec![Ok(page(1, Some("a"))), Ok(page(2, Some("b"))), Ok(page(4, None))], Ok(Some(7)), "- a b"),
            (vec![Ok(page(1, Some("a"))), conflict(), Ok(page(2, None))], Ok(Some(2)), "- a -"),
            (vec![conflict(), conflict(), conflict()], failed("x"), "- - -"),
            (vec![Err(FaultKind::Unavailable)], failed("x"), "-"),
            (vec![Ok(page(1, Some("a")))], Err("endless".to_owned()), "- a same"),
        ] {
            assert_eq!(pulled(answers), (expected, cursors.to_owned()));
        }
    }

    #[test]
    fn ages_are_short() {
        for (seconds, text) in [
            (0, "0 s"),
            (119, "119 s"),
            (120, "2 minutes"),
            (7_199, "119 minutes"),
            (90_000, "25 hours"),
            (200_000, "2 days"),
        ] {
            assert_eq!(age_text(seconds), text);
        }
    }
}
