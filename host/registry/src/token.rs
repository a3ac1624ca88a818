//! Tokens: made once, shown once, kept as a digest.
//!
//! A token is `stk_`, an id, a secret and a checksum, all hexadecimal digits. The fixed beginning
//! lets scanners of secrets find it; the checksum turns mistakes and guesses away before anything is
//! read. The id names two write-once objects: what the token is good for, and that it was revoked.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use futures_util::TryStreamExt as _;
use object_store::path::Path;
use object_store::{ObjectStore, ObjectStoreExt as _, PutMode, PutPayload};
use s_store::Sha256Digest;
use serde::{Deserialize, Serialize};
use subtle::ConstantTimeEq as _;

use crate::identity::{Identity, is_pattern, is_user};
use crate::{Clock, RegistryError, Scope, TokenRequest};

const PREFIX: &str = "stk_";
const ID_LEN: usize = 16;
const SECRET_LEN: usize = 64;
const CHECK_LEN: usize = 8;
/// How many checked tokens are remembered.
const CACHED_COUNT_MAX: usize = 4096;

/// The tokens of a registry.
pub struct Tokens {
    store: Arc<dyn ObjectStore>,
    clock: Arc<dyn Clock>,
    freshness_ms: u64,
    cache: Mutex<HashMap<String, Known>>,
}

/// A token that was just made. This is the only time its text exists outside its owner's hands.
pub struct IssuedToken {
    /// What names it from now on.
    pub id: String,
    text: String,
}

/// What is known of a token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenInfo {
    /// What names it.
    pub id: String,
    /// Whose it is.
    pub user: String,
    /// What it is good for.
    pub scopes: Vec<Scope>,
    /// For which packages; none for all.
    pub packages: Option<Vec<String>>,
    /// When it was made, in milliseconds since the Unix epoch.
    pub created_ms: u64,
    /// Until when it is valid; none for ever.
    pub expires_ms: Option<u64>,
    /// Whether it was revoked.
    pub is_revoked: bool,
}

#[derive(Clone, Serialize, Deserialize)]
struct Stored {
    v: u32,
    sha256: Sha256Digest,
    user: String,
    scopes: Vec<Scope>,
    packages: Option<Vec<String>>,
    created_ms: u64,
    expires_ms: Option<u64>,
}

#[derive(Clone)]
struct Known {
    stored: Arc<Stored>,
    checked_ms: u64,
}

impl IssuedToken {
    /// The token itself, to be handed to its owner.
    pub fn reveal(&self) -> &str {
        &self.text
    }
}

impl fmt::Debug for IssuedToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("IssuedToken").field("id", &self.id).finish_non_exhaustive()
    }
}

impl Tokens {
    pub(crate) fn new(store: Arc<dyn ObjectStore>, clock: Arc<dyn Clock>, freshness_ms: u64) -> Tokens {
        Tokens { store, clock, freshness_ms, cache: Mutex::default() }
    }

    /// Makes a token.
    ///
    /// # Errors
    /// [`RegistryError::Token`] for a user or pattern that is none; those of the store.
    pub async fn create(&self, request: TokenRequest) -> Result<IssuedToken, RegistryError> {
        if !is_user(&request.user) {
            return Err(RegistryError::Token { what: "user", text: request.user });
        }
        if let Some(bad) = request.packages.iter().flatten().find(|pattern| !is_pattern(pattern)) {
            return Err(RegistryError::Token { what: "package", text: bad.clone() });
        }
        let mut random = [0; (ID_LEN + SECRET_LEN) / 2];
        getrandom::fill(&mut random).map_err(|_| RegistryError::Random)?;
        let body: String = random.iter().map(|byte| format!("{byte:02x}")).collect();
        let text = format!("{PREFIX}{body}{}", checksum(&body));
        let id = body[..ID_LEN].to_owned();
        let stored = Stored {
            v: 1,
            sha256: Sha256Digest::of(text.as_bytes()),
            user: request.user,
            scopes: request.scopes,
            packages: request.packages,
            created_ms: self.clock.now_ms(),
            expires_ms: request.expires_ms,
        };
        let bytes = serde_json::to_vec(&stored).expect("texts, numbers and lists are JSON");
        match self.store.put_opts(&token_path(&id), PutPayload::from(bytes), PutMode::Create.into()).await {
            Ok(_) => {}
            // Asked again because no answer came, a store finds there what it wrote itself.
            Err(error @ object_store::Error::AlreadyExists { .. }) => {
                let there = self.stored(&id).await?;
                if there.is_none_or(|there| there.sha256 != stored.sha256) {
                    return Err(error.into());
                }
            }
            Err(error) => return Err(error.into()),
        }
        Ok(IssuedToken { id, text })
    }

    /// Makes a token invalid, here at once and on other servers when what they remember is stale.
    /// Gives whether there is such a token.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn revoke(&self, id: &str) -> Result<bool, RegistryError> {
        if !is_id(id) || self.stored(id).await?.is_none() {
            return Ok(false);
        }
        let bytes = serde_json::json!({ "v": 1, "time_ms": self.clock.now_ms() }).to_string();
        match self.store.put_opts(&revocation_path(id), PutPayload::from(bytes), PutMode::Create.into()).await
        {
            Ok(_) => {}
            // A bucket also says so when another one was about to and may have failed.
            Err(error @ object_store::Error::AlreadyExists { .. }) => {
                if !self.is_revoked(id).await? {
                    return Err(error.into());
                }
            }
            Err(error) => return Err(error.into()),
        }
        self.cache.lock().unwrap_or_else(PoisonError::into_inner).remove(id);
        Ok(true)
    }

    /// Every token there is, by its id.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn list(&self) -> Result<Vec<TokenInfo>, RegistryError> {
        let listed: Vec<_> = self.store.list(Some(&Path::from("tokens"))).try_collect().await?;
        let mut found = Vec::new();
        for meta in listed {
            let Some(id) = meta.location.filename().and_then(|name| name.strip_suffix(".json")) else {
                continue;
            };
            let Some(stored) = self.stored(id).await? else { continue };
            let is_revoked = self.is_revoked(id).await?;
            found.push(TokenInfo {
                id: id.to_owned(),
                user: stored.user,
                scopes: stored.scopes,
                packages: stored.packages,
                created_ms: stored.created_ms,
                expires_ms: stored.expires_ms,
                is_revoked,
            });
        }
        found.sort_by(|a, b| a.id.cmp(&b.id));
        Ok(found)
    }

    /// Who a token belongs to; none for one that is not, or no longer, valid.
    pub(crate) async fn check(&self, text: &str) -> Result<Option<Identity>, RegistryError> {
        let Some(id) = id_of(text) else { return Ok(None) };
        let Some(stored) = self.known(id).await? else { return Ok(None) };
        let digest = Sha256Digest::of(text.as_bytes());
        let is_same: bool = digest.to_hex().as_bytes().ct_eq(stored.sha256.to_hex().as_bytes()).into();
        let is_expired = stored.expires_ms.is_some_and(|expires_ms| expires_ms <= self.clock.now_ms());
        if !is_same || is_expired {
            return Ok(None);
        }
        Ok(Some(Identity {
            user: stored.user.clone(),
            token: Some(id.to_owned()),
            scopes: stored.scopes.clone(),
            packages: stored.packages.clone(),
        }))
    }

    async fn known(&self, id: &str) -> Result<Option<Arc<Stored>>, RegistryError> {
        let now = self.clock.now_ms();
        let lock = || self.cache.lock().unwrap_or_else(PoisonError::into_inner);
        let known = lock().get(id).cloned();
        if let Some(known) = known
            && now.saturating_sub(known.checked_ms) < self.freshness_ms
        {
            return Ok(Some(known.stored));
        }
        let Some(stored) = self.stored(id).await? else { return Ok(None) };
        if self.is_revoked(id).await? {
            lock().remove(id);
            return Ok(None);
        }
        let stored = Arc::new(stored);
        let mut cache = lock();
        if cache.len() >= CACHED_COUNT_MAX {
            cache.clear();
        }
        cache.insert(id.to_owned(), Known { stored: stored.clone(), checked_ms: now });
        Ok(Some(stored))
    }

    async fn stored(&self, id: &str) -> Result<Option<Stored>, RegistryError> {
        let path = token_path(id);
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

    async fn is_revoked(&self, id: &str) -> Result<bool, RegistryError> {
        match self.store.head(&revocation_path(id)).await {
            Ok(_) => Ok(true),
            Err(object_store::Error::NotFound { .. }) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }
}

/// The id in a text that has the form of a token.
fn id_of(text: &str) -> Option<&str> {
    let rest = text.strip_prefix(PREFIX)?;
    let is_hex = rest.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    if rest.len() != ID_LEN + SECRET_LEN + CHECK_LEN || !is_hex {
        return None;
    }
    let (body, check) = rest.split_at(ID_LEN + SECRET_LEN);
    (checksum(body) == check).then(|| &body[..ID_LEN])
}

fn is_id(text: &str) -> bool {
    text.len() == ID_LEN && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

fn checksum(body: &str) -> String {
    Sha256Digest::of(body.as_bytes()).to_hex()[..CHECK_LEN].to_owned()
}

fn token_path(id: &str) -> Path {
    Path::from_iter(["tokens", &format!("{id}.json")])
}

fn revocation_path(id: &str) -> Path {
    Path::from_iter(["revoked", &format!("{id}.json")])
}

#[cfg(test)]
mod tests {
    use super::*;
    use object_store::memory::InMemory;
    use std::sync::atomic::{AtomicU64, Ordering};

    struct Manual(AtomicU64);

    impl Clock for Manual {
        fn now_ms(&self) -> u64 {
            self.0.load(Ordering::SeqCst)
        }
    }

    fn request(expires_ms: Option<u64>) -> TokenRequest {
        TokenRequest { user: "ann".into(), scopes: vec![Scope::Publish], packages: None, expires_ms }
    }

    #[tokio::test]
    async fn a_token_is_valid_until_it_expires_or_is_revoked() {
        let store: Arc<dyn ObjectStore> = Arc::new(InMemory::new());
        let clock = Arc::new(Manual(AtomicU64::new(1000)));
        let tokens = Tokens::new(store.clone(), clock.clone(), 100);
        let other = Tokens::new(store.clone(), clock.clone(), 100);
        let token = tokens.create(request(Some(2000))).await.unwrap();
        let identity = tokens.check(token.reveal()).await.unwrap().unwrap();
        assert_eq!((identity.user.as_str(), identity.token.as_deref()), ("ann", Some(token.id.as_str())));
        clock.0.store(2000, Ordering::SeqCst);
        assert_eq!(tokens.check(token.reveal()).await.unwrap(), None);

        let token = tokens.create(request(None)).await.unwrap();
        assert!(other.check(token.reveal()).await.unwrap().is_some());
        assert!(tokens.revoke(&token.id).await.unwrap() && tokens.revoke(&token.id).await.unwrap());
        assert!(!tokens.revoke("0000000000000000").await.unwrap() && !tokens.revoke("../x").await.unwrap());
        assert_eq!(tokens.check(token.reveal()).await.unwrap(), None);
        clock.0.store(2100, Ordering::SeqCst);
        assert_eq!(other.check(token.reveal()).await.unwrap(), None);
        let list = tokens.list().await.unwrap();
        assert_eq!(list.iter().filter(|info| info.is_revoked).count(), 1);
    }

    #[tokio::test]
    async fn no_other_text_is_a_token() {
        let tokens = Tokens::new(Arc::new(InMemory::new()), Arc::new(crate::SystemClock), 0);
        let token = tokens.create(request(None)).await.unwrap();
        let text = token.reveal();
        // The right id with another secret and the right checksum for it.
        let body = format!("{}{}", token.id, "0".repeat(SECRET_LEN));
        let forged = format!("{PREFIX}{body}{}", checksum(&body));
        assert_eq!(id_of(&forged), Some(token.id.as_str()));
        let last = if text.ends_with('0') { "1" } else { "0" };
        let mistyped = format!("{}{last}", &text[..text.len() - 1]);
        for bad in [&forged, &mistyped, "", "stk_", &text[1..], &text.to_uppercase(), &format!("{text} ")] {
            assert_eq!(tokens.check(bad).await.unwrap(), None, "{bad}");
        }
    }

    #[tokio::test]
    async fn the_text_is_nowhere_but_with_its_owner() {
        let store: Arc<dyn ObjectStore> = Arc::new(InMemory::new());
        let tokens = Tokens::new(store.clone(), Arc::new(crate::SystemClock), 0);
        let token = tokens.create(request(None)).await.unwrap();
        let secret = &token.reveal()[PREFIX.len() + ID_LEN..];
        assert!(!format!("{token:?}").contains(secret));
        let listed: Vec<_> = store.list(None).try_collect().await.unwrap();
        assert_eq!(listed.len(), 1);
        for meta in listed {
            let bytes = store.get(&meta.location).await.unwrap().bytes().await.unwrap();
            assert!(!String::from_utf8_lossy(&bytes).contains(&secret[..SECRET_LEN]));
        }
    }

    #[tokio::test]
    async fn users_and_patterns_are_checked() {
        let tokens = Tokens::new(Arc::new(InMemory::new()), Arc::new(crate::SystemClock), 0);
        for (user, pattern, what) in [("a b", "acme/*", "user"), ("ann", "*", "package")] {
            let request =
                TokenRequest { user: user.into(), packages: Some(vec![pattern.into()]), ..request(None) };
            let error = tokens.create(request).await.unwrap_err().to_string();
            assert!(error.contains(what), "{error}");
        }
    }
}
