//! Journals: for each package and each scope, entries under the numbers 1, 2, 3 and so on.
//!
//! An entry is an object that is created and never changed. Creating is conditional: of several
//! writers that want the same number one succeeds, and the others read its entry, decide again and
//! try the next number. So whatever a writer decided holds at the very place its entry has, across
//! servers, and no entry is lost. It needs nothing of a store but "create unless it is there".
//!
//! What an entry means is left to `State`.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use object_store::path::Path;
use object_store::{ObjectStore, ObjectStoreExt as _, PutMode, PutPayload};
use s_project::PackageName;

use crate::clock::{Clock, text_of};
use crate::error::Failure;
use crate::identity::Identity;
use crate::state::State;
use crate::{Event, Record, RegistryError};

/// How often a writer tries again when others were faster.
const TRIES_MAX: usize = 10_000;
/// How many entries are read at the same time.
const READS_AT_ONCE: usize = 32;
/// The folder of all journals.
const FOLDER: &str = "journal";

/// Whose journal it is.
///
/// Names that differ only in `-` and `_` have the same one, so that they exclude each other.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Subject(String);

impl Subject {
    /// The journal of a package.
    pub(crate) fn package(name: &PackageName) -> Subject {
        // No name has two separators in a row, so nothing else is written like this.
        Subject(name.as_str().replace('_', "-").replace('/', "--"))
    }

    /// The journal of a scope.
    pub(crate) fn scope(scope: &str) -> Subject {
        Subject(format!("@{}", scope.replace('_', "-")))
    }

    /// Whether it is a package.
    pub(crate) fn is_package(&self) -> bool {
        !self.0.starts_with('@')
    }
}

/// The journals of a registry.
pub(crate) struct Journal {
    store: Arc<dyn ObjectStore>,
    clock: Arc<dyn Clock>,
    freshness_ms: u64,
    cached_count_max: usize,
    cache: Mutex<HashMap<Subject, Cached>>,
}

struct Cached {
    state: Arc<State>,
    checked_ms: u64,
}

impl Journal {
    pub(crate) fn new(
        store: Arc<dyn ObjectStore>,
        clock: Arc<dyn Clock>,
        freshness_ms: u64,
        cached_count_max: usize,
    ) -> Journal {
        Journal { store, clock, freshness_ms, cached_count_max, cache: Mutex::default() }
    }

    /// The state of a subject, as it was at most `freshness_ms` ago.
    pub(crate) async fn read(&self, subject: &Subject) -> Result<Arc<State>, RegistryError> {
        let now = self.clock.now_ms();
        if let Some((state, checked_ms)) = self.cached(subject)
            && now.saturating_sub(checked_ms) < self.freshness_ms
        {
            return Ok(state);
        }
        self.current(subject).await
    }

    /// The state of a subject now.
    pub(crate) async fn current(&self, subject: &Subject) -> Result<Arc<State>, RegistryError> {
        let checked_ms = self.clock.now_ms();
        let known = self.cached(subject).map(|(state, _)| state).unwrap_or_default();
        let mut state = known.clone();
        if known.number == 0 && self.entry(subject, 1).await?.is_some() {
            state = Arc::new(self.whole(subject).await?);
        }
        while let Some(record) = self.entry(subject, state.number + 1).await? {
            Arc::make_mut(&mut state).apply(record);
        }
        self.keep(subject, &state, checked_ms);
        Ok(state)
    }

    /// Appends what `decide` makes of the state, or nothing. It is asked again when another writer
    /// was faster. Gives the state, and whether something was appended.
    ///
    /// # Errors
    /// What `decide` refuses, and failures of the store.
    pub(crate) async fn append(
        &self,
        subject: &Subject,
        identity: &Identity,
        mut decide: impl FnMut(&State) -> Result<Option<Event>, Failure>,
    ) -> Result<(Arc<State>, bool), Failure> {
        for _ in 0..TRIES_MAX {
            let mut state = self.current(subject).await?;
            let Some(event) = decide(&state)? else { return Ok((state, false)) };
            if state.has_unknown {
                return Err(RegistryError::Newer { subject: subject.0.clone() }.into());
            }
            let now = self.clock.now_ms();
            let (by, token) = (identity.user.clone(), identity.token.clone());
            let record = Record { v: 1, time: text_of(now), by, token, nonce: Some(nonce()?), event };
            if self.create(subject, state.number + 1, &record).await? {
                Arc::make_mut(&mut state).apply(record);
                self.keep(subject, &state, now);
                return Ok((state, true));
            }
        }
        Err(RegistryError::Contended { subject: subject.0.clone() }.into())
    }

    /// All subjects that have a journal.
    pub(crate) async fn subjects(&self) -> Result<Vec<Subject>, RegistryError> {
        let listed = self.store.list_with_delimiter(Some(&Path::from(FOLDER))).await?;
        let name = |path: &Path| path.filename().map(|name| Subject(name.to_owned()));
        Ok(listed.common_prefixes.iter().filter_map(name).collect())
    }

    /// All entries there are now, read side by side.
    async fn whole(&self, subject: &Subject) -> Result<State, RegistryError> {
        let folder = Path::from_iter([FOLDER, &subject.0]);
        let listed: Vec<_> = self.store.list(Some(&folder)).try_collect().await?;
        let number = |path: &Path| path.filename()?.strip_suffix(".json")?.parse::<u64>().ok();
        let last = listed.iter().filter_map(|meta| number(&meta.location)).max().unwrap_or(0);
        let read = |number| async move {
            let missing = || RegistryError::Damaged {
                path: path(subject, number).to_string(),
                reason: "it is missing, and there are later ones".to_owned(),
            };
            self.entry(subject, number).await?.ok_or_else(missing)
        };
        let mut records = stream::iter(1..=last).map(read).buffered(READS_AT_ONCE);
        let mut state = State::default();
        while let Some(record) = records.try_next().await? {
            state.apply(record);
        }
        Ok(state)
    }

    async fn entry(&self, subject: &Subject, number: u64) -> Result<Option<Record>, RegistryError> {
        let path = path(subject, number);
        let bytes = match self.store.get(&path).await {
            Ok(object) => object.bytes().await?,
            Err(object_store::Error::NotFound { .. }) => return Ok(None),
            Err(error) => return Err(error.into()),
        };
        let damaged = |error: serde_json::Error| RegistryError::Damaged {
            path: path.to_string(),
            reason: error.to_string(),
        };
        serde_json::from_slice(&bytes).map(Some).map_err(damaged)
    }

    /// Whether the number was still free. Each record is another one, by its nonce.
    async fn create(&self, subject: &Subject, number: u64, record: &Record) -> Result<bool, RegistryError> {
        let bytes = serde_json::to_vec(record).expect("texts, numbers and lists are JSON");
        let put = self
            .store
            .put_opts(&path(subject, number), PutPayload::from(bytes), PutMode::Create.into())
            .await;
        match put {
            Ok(_) => Ok(true),
            // Asked again because no answer came, a store finds there what it wrote itself.
            Err(object_store::Error::AlreadyExists { .. }) => {
                let there = self.entry(subject, number).await?;
                Ok(there.is_some_and(|there| there.nonce == record.nonce))
            }
            Err(error) => Err(error.into()),
        }
    }

    fn cached(&self, subject: &Subject) -> Option<(Arc<State>, u64)> {
        let cache = self.cache.lock().unwrap_or_else(PoisonError::into_inner);
        cache.get(subject).map(|cached| (cached.state.clone(), cached.checked_ms))
    }

    fn keep(&self, subject: &Subject, state: &Arc<State>, checked_ms: u64) {
        // What is not there is asked for again: nobody fills the memory with names.
        if state.number == 0 {
            return;
        }
        let mut cache = self.cache.lock().unwrap_or_else(PoisonError::into_inner);
        if cache.len() >= self.cached_count_max && !cache.contains_key(subject) {
            let oldest = cache.iter().min_by_key(|(_, cached)| cached.checked_ms).map(|(key, _)| key.clone());
            oldest.map(|key| cache.remove(&key));
        }
        let cached =
            cache.entry(subject.clone()).or_insert_with(|| Cached { state: state.clone(), checked_ms });
        // Another request may have read more meanwhile.
        if cached.state.number <= state.number {
            *cached = Cached { state: state.clone(), checked_ms };
        }
    }
}

/// What tells a record from one that says the same.
fn nonce() -> Result<String, RegistryError> {
    let mut random = [0; 8];
    getrandom::fill(&mut random).map_err(|_| RegistryError::Random)?;
    Ok(random.iter().map(|byte| format!("{byte:02x}")).collect())
}

fn path(subject: &Subject, number: u64) -> Path {
    Path::from_iter([FOLDER, &subject.0, &format!("{number:010}.json")])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::SystemClock;
    use object_store::memory::InMemory;

    fn journal(store: &Arc<dyn ObjectStore>) -> Journal {
        Journal::new(store.clone(), Arc::new(SystemClock), 0, 2)
    }

    fn add(user: &str) -> Event {
        Event::OwnerAdd { user: user.to_owned() }
    }

    fn admin() -> Identity {
        Identity::operator("ann")
    }

    #[test]
    fn names_that_differ_in_a_separator_share_a_journal() {
        let subject = |name: &str| Subject::package(&name.parse().unwrap());
        assert_eq!(subject("a_b/c"), subject("a-b/c"));
        assert_ne!(subject("a-b/c"), subject("a/b-c"));
        assert_ne!(subject("a/b"), Subject::scope("a"));
        assert!(subject("a/b").is_package() && !Subject::scope("a").is_package());
    }

    #[tokio::test]
    async fn writers_never_lose_an_entry_of_each_other() {
        let store: Arc<dyn ObjectStore> = Arc::new(InMemory::new());
        let journals: Vec<Journal> = (0..2).map(|_| journal(&store)).collect();
        let subject = Subject::scope("acme");
        let identity = admin();
        let appends =
            (0..40).map(|n| {
                let (journal, subject, identity) = (&journals[n % 2], &subject, &identity);
                async move {
                    journal.append(subject, identity, |_| Ok(Some(add(&format!("u{n}"))))).await.map(drop)
                }
            });
        for result in futures_util::future::join_all(appends).await {
            result.unwrap();
        }
        for journal in &journals {
            let state = journal.current(&subject).await.unwrap();
            assert_eq!((state.number, state.owners.len()), (40, 40));
        }
        // One that starts now reads the same.
        assert_eq!(journal(&store).read(&subject).await.unwrap().number, 40);
    }

    #[tokio::test]
    async fn damage_is_named() {
        let store: Arc<dyn ObjectStore> = Arc::new(InMemory::new());
        let subject = Subject::scope("acme");
        for n in 0..3 {
            journal(&store).append(&subject, &admin(), |_| Ok(Some(add(&n.to_string())))).await.unwrap();
        }
        store.delete(&path(&subject, 2)).await.unwrap();
        let error = journal(&store).current(&subject).await.unwrap_err().to_string();
        assert!(error.contains("0000000002.json") && error.contains("missing"), "{error}");
        store.put(&path(&subject, 2), PutPayload::from("{")).await.unwrap();
        let error = journal(&store).current(&subject).await.unwrap_err();
        assert!(matches!(error, RegistryError::Damaged { .. }));
    }

    #[tokio::test]
    async fn nothing_is_written_over_what_is_not_known() {
        let store: Arc<dyn ObjectStore> = Arc::new(InMemory::new());
        let subject = Subject::scope("acme");
        let newer = r#"{"v":1,"time":"t","by":"ann","event":{"kind":"transfer","to":"bob"}}"#;
        store.put(&path(&subject, 1), PutPayload::from(newer)).await.unwrap();
        let failure = journal(&store).append(&subject, &admin(), |_| Ok(Some(add("eve")))).await.unwrap_err();
        assert!(matches!(failure, Failure::Broken(RegistryError::Newer { .. })));
    }

    #[tokio::test]
    async fn memory_is_bounded() {
        let store: Arc<dyn ObjectStore> = Arc::new(InMemory::new());
        let journal = journal(&store);
        for scope in ["a", "b", "c", "d"] {
            journal.append(&Subject::scope(scope), &admin(), |_| Ok(Some(add("ann")))).await.unwrap();
            journal.current(&Subject::scope(&format!("{scope}-none"))).await.unwrap();
        }
        assert_eq!(journal.cache.lock().unwrap().len(), 2);
        let mut subjects = journal.subjects().await.unwrap();
        subjects.sort_by(|a, b| a.0.cmp(&b.0));
        assert_eq!(subjects, ["a", "b", "c", "d"].map(Subject::scope));
    }
}
