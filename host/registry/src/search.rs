//! What a search looks in: the name and description of every package, in memory.
//!
//! It is made again from the store, and what is published here is in it at once. What other servers
//! published is in it after a while.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use s_wire::{Hit, SearchPage};

use crate::state::State;

/// How many hits a page has.
pub(crate) const PAGE_LEN: usize = 20;
/// The longest search, in bytes.
pub(crate) const QUERY_BYTES_MAX: usize = 200;

/// The packages a search finds.
#[derive(Default)]
pub(crate) struct Catalog {
    inner: Mutex<Inner>,
}

#[derive(Default)]
struct Inner {
    hits: BTreeMap<String, Hit>,
    refreshed_ms: Option<u64>,
}

impl Catalog {
    /// Whether it is time to look into the store again; whoever is told so does it.
    pub(crate) fn is_due(&self, now_ms: u64, age_max_ms: u64) -> bool {
        let mut inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        let is_due = inner.refreshed_ms.is_none_or(|at| now_ms.saturating_sub(at) >= age_max_ms);
        if is_due {
            inner.refreshed_ms = Some(now_ms);
        }
        is_due
    }

    /// That looking into the store failed.
    pub(crate) fn is_stale(&self) {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner).refreshed_ms = None;
    }

    /// Takes in what is known of a package now.
    pub(crate) fn update(&self, state: &State) {
        let (Some(name), Some(newest)) = (&state.name, state.newest()) else { return };
        let mut inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        if !newest.is_offered() {
            inner.hits.remove(name);
            return;
        }
        let hit = Hit {
            name: name.clone(),
            newest: newest.line.vers.clone(),
            description: newest.about.description.clone().unwrap_or_default(),
        };
        inner.hits.insert(name.clone(), hit);
    }

    /// Finds packages in which every word of the text is, the best first: by name, by the beginning
    /// of the name, by a part of it, by the description. An empty text finds all. Pages count from 1.
    pub(crate) fn search(&self, text: &str, page: usize) -> SearchPage {
        let words: Vec<String> = text.split_whitespace().map(str::to_lowercase).collect();
        let inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        let rank = |hit: &Hit| words.iter().map(|word| rank_of(word, hit)).sum::<Option<u32>>();
        let mut found: Vec<(u32, &Hit)> =
            inner.hits.values().filter_map(|hit| rank(hit).map(|rank| (rank, hit))).collect();
        found.sort_by(|a, b| (a.0, &a.1.name).cmp(&(b.0, &b.1.name)));
        let total = found.len();
        let start = (page.saturating_sub(1)).saturating_mul(PAGE_LEN);
        let hits = found.into_iter().skip(start).take(PAGE_LEN).map(|(_, hit)| hit.clone()).collect();
        SearchPage { hits, total, next: (start.saturating_add(PAGE_LEN) < total).then(|| page.max(1) + 1) }
    }
}

fn rank_of(word: &str, hit: &Hit) -> Option<u32> {
    let base = hit.name.split_once('/').map_or(hit.name.as_str(), |(_, base)| base);
    if hit.name == word || base == word {
        Some(0)
    } else if hit.name.starts_with(word) || base.starts_with(word) {
        Some(1)
    } else if hit.name.contains(word) {
        Some(2)
    } else {
        hit.description.to_lowercase().contains(word).then_some(3)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::tests::line;
    use crate::{Event, Record};
    use s_wire::About;

    fn state(name: &str, description: &str, more: Option<Event>) -> State {
        let about = About { description: Some(description.to_owned()), ..About::default() };
        let publish = Event::Publish { line: Box::new(line(name, "1.0.0")), about };
        let mut state = State::default();
        for event in [publish].into_iter().chain(more) {
            state.apply(Record {
                v: 1,
                time: String::new(),
                by: "ann".into(),
                token: None,
                nonce: None,
                event,
            });
        }
        state
    }

    fn names(page: &SearchPage) -> Vec<&str> {
        page.hits.iter().map(|hit| hit.name.as_str()).collect()
    }

    #[test]
    fn the_best_comes_first() {
        let catalog = Catalog::default();
        for (name, description) in [
            ("b/fast-json", "x"),
            ("a/other", "Reads JSON"),
            ("c/json", "y"),
            ("a/json-lines", "z"),
            ("d/none", "n"),
        ] {
            catalog.update(&state(name, description, None));
        }
        assert_eq!(names(&catalog.search("JSON", 1)), ["c/json", "a/json-lines", "b/fast-json", "a/other"]);
        assert_eq!(names(&catalog.search("json reads", 1)), ["a/other"]);
        assert_eq!(names(&catalog.search("c/json", 1)), ["c/json"]);
        assert_eq!(catalog.search("", 1).total, 5);
        assert_eq!(catalog.search("nowhere", 1), SearchPage { hits: vec![], total: 0, next: None });
        catalog.update(&state("c/json", "y", Some(Event::Yank { vers: "1.0.0".into(), reason: None })));
        assert!(!names(&catalog.search("json", 1)).contains(&"c/json"));
    }

    #[test]
    fn pages_follow_each_other() {
        let catalog = Catalog::default();
        (0..45).for_each(|n| catalog.update(&state(&format!("a/p{n:02}"), "", None)));
        let mut all = Vec::new();
        let mut next = Some(1);
        while let Some(number) = next {
            let page = catalog.search("p", number);
            assert_eq!(page.total, 45);
            all.extend(page.hits.into_iter().map(|hit| hit.name));
            next = page.next;
        }
        assert_eq!(all, (0..45).map(|n| format!("a/p{n:02}")).collect::<Vec<_>>());
        assert!(catalog.search("p", usize::MAX).hits.is_empty());
    }

    #[test]
    fn one_of_many_looks_into_the_store() {
        let catalog = Catalog::default();
        let due: Vec<bool> = [0, 0, 9, 10, 10].iter().map(|now| catalog.is_due(*now, 10)).collect();
        assert_eq!(due, [true, false, false, true, false]);
        catalog.is_stale();
        assert!(catalog.is_due(10, 10));
    }
}
