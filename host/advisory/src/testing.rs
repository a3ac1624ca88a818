//! Short ways to write advisories in tests.

use crate::model::{Advisory, Affected, Event, Range, RangeKind, STRYKE, Severity};

pub(crate) fn advisory(id: &str, affected: Vec<Affected>) -> Advisory {
    Advisory {
        id: id.to_owned(),
        aliases: Vec::new(),
        withdrawn_unix: None,
        modified_unix: 1,
        severity: Severity::Unknown,
        cvss: None,
        title: format!("about {id}"),
        url: None,
        affected,
        extra: Vec::new(),
    }
}

pub(crate) fn affected(name: &str, ranges: Vec<Range>, versions: &[&str]) -> Affected {
    Affected {
        ecosystem: STRYKE.to_owned(),
        name: name.to_owned(),
        ranges,
        versions: versions.iter().map(ToString::to_string).collect(),
        functions: Vec::new(),
    }
}

/// `i=1.0.0 f=2.0.0`: introduced, fixed, `l` last affected, `x` limit.
pub(crate) fn range(kind: RangeKind, events: &str) -> Range {
    let events = events.split_whitespace().map(|event| {
        let (kind, at) = event.split_once('=').unwrap();
        match kind {
            "i" => Event::Introduced(at.to_owned()),
            "f" => Event::Fixed(at.to_owned()),
            "l" => Event::LastAffected(at.to_owned()),
            "x" => Event::Limit(at.to_owned()),
            other => panic!("{other}"),
        }
    });
    Range { kind, events: events.collect() }
}
