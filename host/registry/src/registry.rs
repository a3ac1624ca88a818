//! The rules of a registry: who may do what, and what a version is once it is there.
//!
//! How requests arrive and answers leave is left to `http`.

use std::sync::Arc;

use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use object_store::path::Path;
use object_store::{ObjectStore, ObjectStoreExt as _};
use s_project::PackageName;
use s_store::Sha256Digest;
use s_wire::{PublishAnswer, SearchPage, codes};
use semver::Version;
use tokio::task::spawn_blocking;

use crate::clock::text_of;
use crate::error::{Failure, Refusal};
use crate::identity::{Identity, is_user};
use crate::journal::{Journal, Subject};
use crate::search::Catalog;
use crate::signing::Signing;
use crate::snapshot::Snapshots;
use crate::state::{Published, State, slot};
use crate::upload::{Received, keep};
use crate::validate::{Checked, check};
use crate::{Event, RegistryConfig, RegistryError, Tokens};

/// How many owners a package or scope has at most.
const OWNER_COUNT_MAX: usize = 100;
/// The longest reason, in bytes.
const REASON_BYTES_MAX: usize = 1000;
/// After how long a search looks into the store again, in milliseconds.
const CATALOG_AGE_MAX_MS: u64 = 30_000;

/// A registry: its rules over its state. Several may share one store.
pub struct Registry {
    pub(crate) config: RegistryConfig,
    journal: Journal,
    tokens: Tokens,
    catalog: Catalog,
    /// The states that it signs, where it does.
    pub(crate) snapshots: Option<Snapshots>,
}

/// Which registry one is that nobody named and that signs nothing.
const UNNAMED: &str = "local";

impl Registry {
    /// Opens a registry with its key, where it has one, and signs what is there and was not signed yet.
    ///
    /// # Errors
    /// [`RegistryError::Key`] for a key that is missing or is not the one of this registry; those of the
    /// store.
    pub async fn open(config: RegistryConfig) -> Result<Registry, RegistryError> {
        let (store, clock) = (config.store.clone(), config.clock.clone());
        let signing = Signing::open(store.as_ref(), &clock, &config.key, config.id.as_deref()).await?;
        let snapshots = signing.map(|signing| Snapshots::new(store, clock, signing));
        let registry = Registry { snapshots, ..Registry::new(config) };
        if let Some(snapshots) = &registry.snapshots {
            let packages = registry.packages().await?;
            let packages: Vec<&State> = packages.iter().map(AsRef::as_ref).collect();
            snapshots.covered(&packages).await?;
        }
        Ok(registry)
    }

    /// Opens a registry that signs nothing, such as to look after its tokens. Nothing is read yet.
    pub fn new(config: RegistryConfig) -> Registry {
        let (store, clock) = (config.store.clone(), config.clock.clone());
        Registry {
            snapshots: None,
            journal: Journal::new(store.clone(), clock.clone(), config.freshness_ms, config.cached_count_max),
            tokens: Tokens::new(store, clock, config.freshness_ms),
            catalog: Catalog::default(),
            config,
        }
    }

    /// Which registry it is.
    pub fn id(&self) -> &str {
        let signed = self.snapshots.as_ref().map(|snapshots| snapshots.signing.id());
        signed.or(self.config.id.as_deref()).unwrap_or(UNNAMED)
    }

    /// Its tokens.
    pub fn tokens(&self) -> &Tokens {
        &self.tokens
    }

    /// Takes the archive of a version away, for good: the index says so and why, and the version is
    /// never given again. Gives whether there is such a version that was not removed before.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn remove(
        &self,
        name: &PackageName,
        version: &Version,
        reason: &str,
        by: &str,
    ) -> Result<bool, RegistryError> {
        let (vers, reason) = (version.to_string(), reason.to_owned());
        let decide = |state: &State| {
            let found = state.find(&vers).filter(|published| published.line.removed.is_none());
            Ok(found.map(|_| Event::Remove { vers: vers.clone(), reason: reason.clone() }))
        };
        match self.journal.append(&Subject::package(name), &Identity::operator(by), decide).await {
            Ok((state, changed)) => {
                self.catalog.update(&state);
                self.sign(&state).await?;
                Ok(changed)
            }
            Err(Failure::Broken(error)) => Err(error),
            Err(Failure::Refused(_)) => Ok(false),
        }
    }

    pub(crate) fn store(&self) -> &dyn ObjectStore {
        self.config.store.as_ref()
    }

    /// Whether the object store answers.
    pub(crate) async fn is_store_up(&self) -> bool {
        let asked = self.store().head(&Path::from("health")).await;
        matches!(asked, Ok(_) | Err(object_store::Error::NotFound { .. }))
    }

    pub(crate) fn now_ms(&self) -> u64 {
        self.config.clock.now_ms()
    }

    /// A package that is there.
    pub(crate) async fn package(&self, name: &PackageName) -> Result<Arc<State>, Failure> {
        let state = self.journal.read(&Subject::package(name)).await?;
        if state.name.as_deref() == Some(name.as_str()) {
            return Ok(state);
        }
        Err(Refusal::not_found(format!("there is no package `{name}`")).into())
    }

    /// A package whose index is to be read. Somebody who read a newer state elsewhere names the digest of
    /// the index in it, so that this server looks whether it is behind.
    pub(crate) async fn indexed(
        &self,
        name: &PackageName,
        digest: Option<&str>,
    ) -> Result<Arc<State>, Failure> {
        let mut state = self.package(name).await?;
        if digest.is_some_and(|digest| digest != state.index().1) {
            state = self.journal.current(&Subject::package(name)).await?;
        }
        self.sign(&state).await?;
        Ok(state)
    }

    /// A version that is there.
    pub(crate) async fn version(
        &self,
        name: &PackageName,
        version: &Version,
    ) -> Result<Arc<Published>, Failure> {
        let state = self.package(name).await?;
        let found =
            state.find(&version.to_string()).filter(|published| published.line.vers == version.to_string());
        found
            .cloned()
            .ok_or_else(|| Refusal::not_found(format!("there is no version {version} of `{name}`")).into())
    }

    /// Every package there is, read now.
    pub(crate) async fn packages(&self) -> Result<Vec<Arc<State>>, RegistryError> {
        let subjects = self.journal.subjects().await?.into_iter().filter(Subject::is_package);
        let read = |subject| async move { self.journal.read(&subject).await };
        stream::iter(subjects).map(read).buffer_unordered(32).try_collect().await
    }

    pub(crate) async fn search(&self, text: &str, page: usize) -> Result<SearchPage, Failure> {
        if self.catalog.is_due(self.now_ms(), CATALOG_AGE_MAX_MS) {
            match self.packages().await {
                Ok(states) => states.iter().for_each(|state| self.catalog.update(state)),
                Err(error) => {
                    self.catalog.is_stale();
                    return Err(error.into());
                }
            }
        }
        Ok(self.catalog.search(text, page))
    }

    /// Refuses what would be refused whatever the archive holds, so that it need not be sent.
    pub(crate) async fn may_publish(&self, identity: &Identity, name: &PackageName) -> Result<(), Failure> {
        if name.scope().is_none() && !self.config.flat_names {
            return Err(Refusal::new(
                403,
                codes::NAME,
                format!("`{name}` has no scope: names here are `scope/name`"),
            )
            .into());
        }
        let state = self.journal.current(&Subject::package(name)).await?;
        if state.number > 0 {
            return publishable(&state, identity, name).map_err(Failure::from);
        }
        match name.scope() {
            Some(scope) => {
                let owners = self.journal.current(&Subject::scope(scope)).await?;
                in_scope(&owners, identity, scope).map_err(Failure::from)
            }
            None => Ok(()),
        }
    }

    /// Publishes an archive that arrived.
    pub(crate) async fn publish(
        &self,
        identity: &Identity,
        name: &PackageName,
        version: &Version,
        received: Received,
    ) -> Result<PublishAnswer, Failure> {
        let received = Arc::new(received);
        let size_max = self.config.archive_bytes_max;
        let (file, name_there, version_there) = (received.clone(), name.clone(), version.clone());
        let checked = spawn_blocking(move || {
            let reader = file.file.reader()?;
            check(reader, &name_there, &version_there, file.digest, file.size, size_max)
        });
        let Checked { line, about, warnings } = checked.await.map_err(|_| RegistryError::Task)??;
        // First the bytes, then what names them.
        keep(self.store(), &received).await?;
        let subject = Subject::package(name);
        if let Some(scope) = name.scope()
            && self.journal.current(&subject).await?.number == 0
            && !identity.is_admin()
        {
            self.claim(identity, scope).await?;
        }
        let decide = |state: &State| {
            if state.number > 0 {
                publishable(state, identity, name)?;
            }
            match state.find(&line.vers) {
                None => {
                    let mut line = Box::new(line.clone());
                    line.pubtime = Some(text_of(self.now_ms()));
                    Ok(Some(Event::Publish { line, about: about.clone() }))
                }
                Some(there) => same(&there.line.vers, there, &line.vers, &line.integrity).map(|()| None),
            }
        };
        let (state, created) = self.journal.append(&subject, identity, decide).await?;
        self.catalog.update(&state);
        self.sign(&state).await?;
        Ok(PublishAnswer {
            name: name.as_str().to_owned(),
            vers: line.vers,
            integrity: line.integrity,
            created,
            warnings,
        })
    }

    /// Yanks a version, or takes that back. Gives whether something is different now.
    pub(crate) async fn yank(
        &self,
        identity: &Identity,
        name: &PackageName,
        version: &Version,
        yank: Option<Option<String>>,
    ) -> Result<bool, Failure> {
        let vers = version.to_string();
        if yank.iter().flatten().any(|reason| reason.len() > REASON_BYTES_MAX) {
            return Err(Refusal::request(format!("a reason has at most {REASON_BYTES_MAX} bytes")).into());
        }
        let decide = |state: &State| {
            let line = state
                .find(&vers)
                .filter(|published| {
                    published.line.vers == vers && state.name.as_deref() == Some(name.as_str())
                })
                .map(|published| &published.line)
                .ok_or_else(|| Refusal::not_found(format!("there is no version {vers} of `{name}`")))?;
            owns(state, identity, name.as_str())?;
            let vers = vers.clone();
            Ok(match &yank {
                Some(reason) if line.yanked && line.yank_reason == *reason => None,
                Some(reason) => Some(Event::Yank { vers, reason: reason.clone() }),
                None => line.yanked.then_some(Event::Unyank { vers }),
            })
        };
        let (state, changed) = self.journal.append(&Subject::package(name), identity, decide).await?;
        self.catalog.update(&state);
        self.sign(&state).await?;
        Ok(changed)
    }

    /// Sees to it that a state is signed that has this one of a package.
    async fn sign(&self, state: &State) -> Result<(), RegistryError> {
        match &self.snapshots {
            Some(snapshots) => snapshots.covered(&[state]).await.map(drop),
            None => Ok(()),
        }
    }

    /// The owners of a package, or of a scope.
    pub(crate) async fn owners(&self, whose: &Whose) -> Result<Vec<String>, Failure> {
        let state = self.journal.read(&whose.subject()).await?;
        whose.is_there(&state)?;
        Ok(state.owners.iter().cloned().collect())
    }

    /// Adds or removes one owner. Gives whether something is different now.
    pub(crate) async fn change_owner(
        &self,
        identity: &Identity,
        whose: &Whose,
        user: &str,
        add: bool,
    ) -> Result<bool, Failure> {
        if !is_user(user) {
            return Err(Refusal::request(format!("`{}` cannot be a user", user.escape_debug())).into());
        }
        let decide = |state: &State| {
            whose.is_there(state)?;
            owns(state, identity, &whose.text())?;
            let is_owner = state.owners.contains(user);
            let user = user.to_owned();
            match (add, is_owner) {
                (true, false) if state.owners.len() >= OWNER_COUNT_MAX => {
                    Err(Refusal::forbidden(format!("there are at most {OWNER_COUNT_MAX} owners")).into())
                }
                (true, false) => Ok(Some(Event::OwnerAdd { user })),
                (false, true) if state.owners.len() == 1 => {
                    Err(Refusal::new(409, codes::OWNER_LAST, format!("`{user}` is the last owner")).into())
                }
                (false, true) => Ok(Some(Event::OwnerRemove { user })),
                _ => Ok(None),
            }
        };
        Ok(self.journal.append(&whose.subject(), identity, decide).await?.1)
    }

    /// Makes someone the owner of a scope nobody has.
    async fn claim(&self, identity: &Identity, scope: &str) -> Result<(), Failure> {
        let decide = |state: &State| {
            in_scope(state, identity, scope)?;
            Ok(state.owners.is_empty().then(|| Event::OwnerAdd { user: identity.user.clone() }))
        };
        self.journal.append(&Subject::scope(scope), identity, decide).await.map(drop)
    }
}

/// Whose owners they are.
pub(crate) enum Whose {
    Package(PackageName),
    Scope(String),
}

impl Whose {
    fn subject(&self) -> Subject {
        match self {
            Whose::Package(name) => Subject::package(name),
            Whose::Scope(scope) => Subject::scope(scope),
        }
    }

    fn text(&self) -> String {
        match self {
            Whose::Package(name) => name.to_string(),
            Whose::Scope(scope) => format!("{scope}/*"),
        }
    }

    fn is_there(&self, state: &State) -> Result<(), Refusal> {
        let is_there = match self {
            Whose::Package(name) => state.name.as_deref() == Some(name.as_str()),
            Whose::Scope(_) => state.number > 0,
        };
        if is_there { Ok(()) } else { Err(Refusal::not_found(format!("there is no `{}`", self.text()))) }
    }
}

/// Refuses a new version of a package that exists.
fn publishable(state: &State, identity: &Identity, name: &PackageName) -> Result<(), Refusal> {
    match &state.name {
        Some(there) if there != name.as_str() => Err(Refusal::new(
            409,
            codes::NAME_SIMILAR,
            format!("`{name}` is too much like `{there}`, which is there already"),
        )),
        _ => owns(state, identity, name.as_str()),
    }
}

fn owns(state: &State, identity: &Identity, what: &str) -> Result<(), Refusal> {
    if identity.is_admin() || state.owners.contains(&identity.user) {
        return Ok(());
    }
    Err(Refusal::forbidden(format!("`{}` is no owner of `{what}`", identity.user)))
}

/// Refuses a new package in a scope of others.
fn in_scope(owners: &State, identity: &Identity, scope: &str) -> Result<(), Refusal> {
    if owners.owners.is_empty() { Ok(()) } else { owns(owners, identity, &format!("{scope}/*")) }
}

/// Whether a publication is the one that is there already.
fn same(there: &str, published: &Published, version: &str, integrity: &str) -> Result<(), Failure> {
    let line = &published.line;
    if line.removed.is_some() {
        return Err(Refusal::new(
            409,
            codes::REMOVED,
            format!("version {version} was removed and is not given again"),
        )
        .into());
    }
    let is_same = |text: &str| text.parse::<Sha256Digest>().ok();
    if there == version && is_same(&line.integrity) == is_same(integrity) {
        return Ok(());
    }
    let detail = if there == version {
        format!("version {version} is there already, with other bytes: {}", line.integrity)
    } else {
        format!("version {there} takes the place of {}: they differ only in build metadata", slot(version))
    };
    Err(Refusal::new(409, codes::VERSION_EXISTS, detail).into())
}
