//! What a journal adds up to: the versions and owners of a package.
//!
//! A pure fold: the same entries give the same state and the same index, on every server.

use std::collections::BTreeSet;
use std::sync::{Arc, OnceLock};

use bytes::Bytes;
use s_store::Sha256Digest;
use s_wire::{About, IndexLine, Removal, write_line};
use semver::Version;

use crate::{Event, Record};

/// A package or scope after some entries of its journal.
#[derive(Clone, Debug, Default)]
pub(crate) struct State {
    /// The number of the last entry; 0 when there is none.
    pub(crate) number: u64,
    /// The name as it was first published.
    pub(crate) name: Option<String>,
    /// When the first entry was written.
    pub(crate) created: String,
    /// Who may change it.
    pub(crate) owners: BTreeSet<String>,
    /// In the order of publication.
    pub(crate) versions: Vec<Arc<Published>>,
    /// Whether a newer server wrote entries that this one does not know.
    pub(crate) has_unknown: bool,
    index: OnceLock<(Bytes, String)>,
}

/// One version.
#[derive(Clone, Debug)]
pub(crate) struct Published {
    pub(crate) line: IndexLine,
    pub(crate) about: About,
    pub(crate) publisher: String,
}

impl State {
    /// Adds the next entry.
    pub(crate) fn apply(&mut self, record: Record) {
        self.number += 1;
        self.index = OnceLock::new();
        if self.number == 1 {
            self.created.clone_from(&record.time);
        }
        match record.event {
            Event::Publish { line, about } => {
                if self.versions.is_empty() {
                    self.owners.insert(record.by.clone());
                    self.name = Some(line.name.clone());
                }
                // The writer made sure; were it not so, the first one counts.
                if self.find(&line.vers).is_none() {
                    self.versions.push(Arc::new(Published { line: *line, about, publisher: record.by }));
                }
            }
            Event::Yank { vers, reason } => self.change(&vers, |line| {
                line.yanked = true;
                line.yank_reason = reason;
            }),
            Event::Unyank { vers } => self.change(&vers, |line| {
                line.yanked = false;
                line.yank_reason = None;
            }),
            Event::Remove { vers, reason } => {
                let time = record.time;
                self.change(&vers, |line| line.removed = Some(Removal { reason, time }));
            }
            Event::OwnerAdd { user } => drop(self.owners.insert(user)),
            Event::OwnerRemove { user } => drop(self.owners.remove(&user)),
            Event::Unknown => self.has_unknown = true,
        }
    }

    /// The version in the slot of another: equal but for build metadata.
    pub(crate) fn find(&self, version: &str) -> Option<&Arc<Published>> {
        self.versions.iter().find(|published| slot(&published.line.vers) == slot(version))
    }

    /// The newest version that can be chosen, else the newest there is.
    pub(crate) fn newest(&self) -> Option<&Arc<Published>> {
        let key = |published: &&Arc<Published>| {
            let version: Option<Version> = published.line.vers.parse().ok();
            let is_release = version.as_ref().is_some_and(|version| version.pre.is_empty());
            (published.is_offered(), is_release, version)
        };
        self.versions.iter().max_by_key(key)
    }

    /// The index, and its digest in hexadecimal digits.
    pub(crate) fn index(&self) -> &(Bytes, String) {
        self.index.get_or_init(|| {
            let mut text = String::new();
            self.versions.iter().for_each(|published| write_line(&published.line, &mut text));
            let digest = Sha256Digest::of(text.as_bytes()).to_hex();
            (Bytes::from(text), digest)
        })
    }

    fn change(&mut self, version: &str, change: impl FnOnce(&mut IndexLine)) {
        let found = self.versions.iter_mut().find(|published| slot(&published.line.vers) == slot(version));
        if let Some(published) = found {
            change(&mut Arc::make_mut(published).line);
        }
    }
}

impl Published {
    /// Whether new solutions may choose it.
    pub(crate) fn is_offered(&self) -> bool {
        !self.line.yanked && self.line.removed.is_none()
    }
}

/// What of a version nothing else may have: all but its build metadata.
pub(crate) fn slot(version: &str) -> &str {
    version.split_once('+').map_or(version, |(slot, _)| slot)
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use proptest::prelude::*;

    pub(crate) fn line(name: &str, vers: &str) -> IndexLine {
        IndexLine {
            v: 1,
            name: name.to_owned(),
            vers: vers.to_owned(),
            deps: vec![],
            features: [].into(),
            integrity: format!("sha256-{}", "0".repeat(64)),
            tree: String::new(),
            size: 1,
            unpacked: 1,
            files: 1,
            s: None,
            edition: None,
            caps: vec![],
            artifacts: vec![],
            pubtime: None,
            yanked: false,
            yank_reason: None,
            deprecated: None,
            removed: None,
        }
    }

    fn state(events: impl IntoIterator<Item = Event>) -> State {
        let mut state = State::default();
        for (number, event) in events.into_iter().enumerate() {
            let time = format!("t{}", number + 1);
            state.apply(Record { v: 1, time, by: "ann".into(), token: None, nonce: None, event });
        }
        state
    }

    fn publish(vers: &str) -> Event {
        Event::Publish { line: Box::new(line("a/b", vers)), about: About::default() }
    }

    #[test]
    fn entries_add_up() {
        let vers = || "1.0.0".to_owned();
        let state = state([
            publish("1.0.0"),
            publish("1.1.0-rc.1"),
            publish("1.0.0+again"),
            Event::Yank { vers: vers(), reason: Some("broken".into()) },
            Event::OwnerAdd { user: "bob".into() },
            Event::OwnerRemove { user: "ann".into() },
            Event::Remove { vers: "1.1.0-rc.1".into(), reason: "malware".into() },
        ]);
        assert_eq!((state.number, state.created.as_str(), state.name.as_deref()), (7, "t1", Some("a/b")));
        assert_eq!(state.owners.iter().collect::<Vec<_>>(), ["bob"]);
        assert_eq!(state.versions.len(), 2);
        let first = &state.versions[0].line;
        assert_eq!((first.yanked, first.yank_reason.as_deref()), (true, Some("broken")));
        let removed = state.versions[1].line.removed.as_ref().unwrap();
        assert_eq!((removed.reason.as_str(), removed.time.as_str()), ("malware", "t7"));
        assert_eq!(state.index().1, Sha256Digest::of(&state.index().0).to_hex());
    }

    #[test]
    fn the_newest_is_one_that_can_be_chosen() {
        for (events, expected) in [
            (vec![publish("1.0.0"), publish("2.0.0-rc.1"), publish("0.9.0")], "1.0.0"),
            (
                vec![publish("1.0.0"), publish("2.0.0"), Event::Yank { vers: "2.0.0".into(), reason: None }],
                "1.0.0",
            ),
            (vec![publish("1.0.0"), publish("10.0.0"), publish("9.0.0")], "10.0.0"),
            (vec![publish("2.0.0-a"), publish("2.0.0-b")], "2.0.0-b"),
            (vec![publish("1.0.0"), Event::Yank { vers: "1.0.0".into(), reason: None }], "1.0.0"),
        ] {
            assert_eq!(state(events).newest().unwrap().line.vers, expected);
        }
    }

    #[test]
    fn what_a_newer_server_wrote_is_noticed() {
        let event: Event = serde_json::from_str(r#"{"kind":"transfer","to":"x"}"#).unwrap();
        assert!(event == Event::Unknown && state([event]).has_unknown);
    }

    fn events() -> impl Strategy<Value = Event> {
        let vers = prop_oneof![Just("1.0.0"), Just("1.0.0+b"), Just("2.0.0")].prop_map(str::to_owned);
        (0..6, vers, "[a-c]").prop_map(|(kind, vers, user)| match kind {
            0 => publish(&vers),
            1 => Event::Yank { vers, reason: Some(user) },
            2 => Event::Unyank { vers },
            3 => Event::Remove { vers, reason: user },
            4 => Event::OwnerAdd { user },
            _ => Event::OwnerRemove { user },
        })
    }

    proptest! {
        /// What is immutable stays as the first publication made it, whatever comes after.
        #[test]
        fn no_entry_takes_a_line_away(events in proptest::collection::vec(events(), 1..20)) {
            let mut before: Vec<String> = Vec::new();
            for count in 1..=events.len() {
                let state = state(events[..count].iter().cloned());
                let now: Vec<String> = state.versions.iter().map(|published| published.line.vers.clone()).collect();
                prop_assert!(now.starts_with(&before));
                let read = s_wire::read_index(std::str::from_utf8(&state.index().0).unwrap()).unwrap();
                prop_assert_eq!(read.lines.len(), now.len());
                before = now;
            }
        }

        #[test]
        fn an_entry_is_read_as_it_was_written(event in events()) {
            let record = Record { v: 1, time: "t".into(), by: "ann".into(), token: None, nonce: None, event };
            let text = serde_json::to_string(&record).unwrap();
            prop_assert_eq!(serde_json::from_str::<Record>(&text).unwrap(), record);
        }
    }
}
