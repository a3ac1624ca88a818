//! The component: the feed of the world over the logic, one open database between pages.

use crate::model::{Advisory, Affected, Batch, Event, Range, RangeKind, Severity, Sync};
use crate::pull::{self, Feed};
use s_guest::Files;
use s_guest::audit::blobs::{self, Blob};
use s_guest::audit::feed::{self, Config, Guest};
use s_guest::audit::{self, Host, log};
use std::cell::RefCell;

struct Plugin;

impl Guest for Plugin {
    fn pull(
        config: Config,
        since: Option<String>,
        cursor: Option<String>,
    ) -> Result<feed::Sync, audit::Error> {
        thread_local!(static FEED: RefCell<Feed> = RefCell::default());
        let page =
            FEED.with_borrow_mut(|feed| feed.pull(&Host, &config.url, since.as_deref(), cursor.as_deref()));
        Ok(match page? {
            Sync::Unchanged => feed::Sync::Unchanged,
            Sync::Batch(page) => feed::Sync::Batch(batch(page)),
        })
    }

    fn query(_: Config, _: Vec<(String, String)>) -> Result<Vec<feed::Advisory>, audit::Error> {
        let error =
            s_guest::Error::unsupported("osv/query", "an OSV database is read whole, it is not asked");
        Err(error.into())
    }

    fn parse(_: Config, file: &Blob) -> Result<feed::Batch, audit::Error> {
        // The file is lent for this call; a copy inside the host can be kept like a download.
        let size = file.size();
        let sink = blobs::new_sink(Some(size))?;
        sink.copy_from(file, 0, size)?;
        let copy = blobs::Sink::finish(sink)?;
        Ok(batch(pull::parse_file(&Host, Box::new(copy))?))
    }
}

audit::export!(Plugin);

impl pull::Host for Host {
    fn view(&self, name: &str) -> Option<Box<dyn Files>> {
        Host::view(*self, name)
    }

    fn warn(&self, message: &str) {
        log::write(log::Level::Warn, "osv", message);
    }
}

fn batch(batch: Batch) -> feed::Batch {
    feed::Batch {
        advisories: batch.advisories.into_iter().map(advisory).collect(),
        skipped: batch.skipped,
        cursor: batch.cursor,
        validator: batch.validator,
    }
}

fn advisory(advisory: Advisory) -> feed::Advisory {
    feed::Advisory {
        id: advisory.id,
        aliases: advisory.aliases,
        withdrawn_unix: advisory.withdrawn_unix,
        modified_unix: advisory.modified_unix,
        severity: match advisory.severity {
            Severity::Unknown => feed::Severity::Unknown,
            Severity::Informational => feed::Severity::Informational,
            Severity::Low => feed::Severity::Low,
            Severity::Medium => feed::Severity::Medium,
            Severity::High => feed::Severity::High,
            Severity::Critical => feed::Severity::Critical,
        },
        cvss: advisory.cvss,
        title: advisory.title,
        url: advisory.url,
        affected: advisory.affected.into_iter().map(affected).collect(),
        extra: Vec::new(),
    }
}

fn affected(affected: Affected) -> feed::Affected {
    feed::Affected {
        ecosystem: affected.ecosystem,
        name: affected.name,
        ranges: affected.ranges.into_iter().map(range).collect(),
        versions: affected.versions,
    }
}

fn range(range: Range) -> feed::Range {
    let events = range.events.into_iter().map(|event| match event {
        Event::Introduced(version) => feed::Event::Introduced(version),
        Event::Fixed(version) => feed::Event::Fixed(version),
        Event::LastAffected(version) => feed::Event::LastAffected(version),
        Event::Limit(version) => feed::Event::Limit(version),
    });
    feed::Range {
        kind: match range.kind {
            RangeKind::Semver => feed::RangeKind::Semver,
            RangeKind::Ecosystem => feed::RangeKind::Ecosystem,
            RangeKind::Git => feed::RangeKind::Git,
        },
        events: events.collect(),
    }
}
