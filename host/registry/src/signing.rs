//! The key a registry signs with, and the files that say whose signatures count.
//!
//! Key sets are objects `keys/0000000001.note` and so on, created and never changed, as entries of journals
//! are. The first one fixes which registry it is. A server takes the newest, in which its key has to be: one
//! whose key was rotated away signs nothing any more. Before a set expires, whoever serves creates the next
//! with the same keys.

use std::path::{Path as FilePath, PathBuf};
use std::sync::Arc;

use object_store::path::Path;
use object_store::{ObjectStore, ObjectStoreExt as _, PutMode, PutPayload};
use s_note::{Checkpoint, KeySet, Note, NoteError, SecretKey};
use s_store::{Access, files};
use s_wire::Trust;

use crate::{Clock, RegistryError};

/// For how long a key set counts, in seconds: 400 days.
const LIFETIME_S: u64 = 400 * 24 * 3600;
/// How long before its end a set is followed by the next, in seconds.
const RENEWAL_S: u64 = 200 * 24 * 3600;
/// What the name of a registry begins with that nobody gave one.
const UNNAMED: &str = "local";
/// The longest file of a key, in bytes.
const KEY_BYTES_MAX: u64 = 4096;

/// Where the key of a registry is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum KeyPlace {
    /// Nowhere: the registry signs nothing.
    #[default]
    Nowhere,
    /// In a file that only its owner can read. It is made where nothing was signed yet.
    File(PathBuf),
    /// In a text, such as a variable of the environment.
    Text(SecretText),
}

impl KeyPlace {
    /// The variable of the environment that may have the key.
    pub const VARIABLE: &str = "S_REGISTRY_KEY";

    /// The place that somebody says: a file, or else the variable [`KeyPlace::VARIABLE`].
    pub fn stated(file: Option<&FilePath>, variable: Option<String>) -> Option<KeyPlace> {
        let file = file.map(|file| KeyPlace::File(file.to_owned()));
        file.or_else(|| variable.map(|text| KeyPlace::Text(SecretText::new(text))))
    }
}

/// The text of a secret key. It is in no `Debug` text.
#[derive(Clone, PartialEq, Eq)]
pub struct SecretText(String);

impl SecretText {
    /// Takes a text.
    pub fn new(text: impl Into<String>) -> SecretText {
        SecretText(text.into())
    }
}

impl std::fmt::Debug for SecretText {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SecretText")
    }
}

/// The key of a registry and the newest set of keys, in which it is.
pub(crate) struct Signing {
    secret: SecretKey,
    /// All sets there were, ascending; one at least.
    sets: Vec<KeySet>,
}

impl Signing {
    /// Opens what a registry signs with; none for one that signs nothing. `id` is which registry it should
    /// be, where somebody said so.
    ///
    /// # Errors
    /// [`RegistryError::Key`] where the key is missing, is none, or is not the one of this registry.
    pub(crate) async fn open(
        store: &dyn ObjectStore,
        clock: &Arc<dyn Clock>,
        place: &KeyPlace,
        id: Option<&str>,
    ) -> Result<Option<Signing>, RegistryError> {
        let now_unix = clock.now_ms() / 1000;
        let mut sets = key_sets(store).await?;
        let secret = match sets.last() {
            Some(set) => {
                let Some(secret) = read_key(place, true)? else {
                    return Err(key_error(format!(
                        "the registry `{}` signs what it says, and its key is not here",
                        set.id
                    )));
                };
                secret
            }
            None => {
                let secret = match read_key(place, false)? {
                    Some(secret) => secret,
                    None => match place {
                        KeyPlace::File(path) => make_key(path, id)?,
                        _ => return Ok(None),
                    },
                };
                must_be(secret.name(), id)?;
                let set = KeySet {
                    id: secret.name().to_owned(),
                    number: 1,
                    expires_unix: now_unix.saturating_add(LIFETIME_S),
                    threshold: 1,
                    keys: vec![secret.public()],
                };
                create(store, &set.sign(&[&secret])?, 1).await?;
                // Another server may have been faster.
                sets = key_sets(store).await?;
                secret
            }
        };
        let set = sets.last().ok_or_else(|| damaged(&path(1), "it is missing"))?;
        must_be(&set.id, id)?;
        let secret = match set.has(&secret.public()) {
            true => Some(secret),
            false => coming_key(place, set)?,
        };
        let Some(secret) = secret else {
            return Err(key_error(format!("the key that is here is none of the registry `{}`", set.id)));
        };
        let mut signing = Signing { secret, sets };
        signing.renew(store, now_unix).await?;
        Ok(Some(signing))
    }

    /// Which registry it is.
    pub(crate) fn id(&self) -> &str {
        &self.set().id
    }

    /// The newest keys.
    pub(crate) fn set(&self) -> &KeySet {
        self.sets.last().expect("there is one where a registry signs")
    }

    /// Reads a state that keys of this registry signed, those of before among them.
    pub(crate) fn read(&self, note: &Note) -> Result<Checkpoint, NoteError> {
        let number = Checkpoint::of(note)?.keys;
        let set = self.sets.iter().find(|set| set.number == number).unwrap_or(self.set());
        set.checkpoint(note)
    }

    /// Signs a state.
    pub(crate) fn checkpoint(
        &self,
        number: u64,
        root: [u8; 32],
        time_unix: u64,
    ) -> Result<Note, RegistryError> {
        let checkpoint =
            Checkpoint { id: self.set().id.clone(), number, root, time_unix, keys: self.set().number };
        Ok(Note::sign(&checkpoint.text(), &[&self.secret])?)
    }

    /// What the root document says of the keys.
    pub(crate) fn trust(&self) -> Trust {
        trust(self.set())
    }

    /// Creates the next set with the same keys where this one ends soon, and one key is enough to.
    async fn renew(&mut self, store: &dyn ObjectStore, now_unix: u64) -> Result<(), RegistryError> {
        let set = self.set();
        if set.threshold > 1 || set.expires_unix > now_unix.saturating_add(RENEWAL_S) {
            return Ok(());
        }
        let next = KeySet {
            number: set.number + 1,
            expires_unix: now_unix.saturating_add(LIFETIME_S),
            ..set.clone()
        };
        create(store, &next.sign(&[&self.secret])?, next.number).await?;
        self.sets = key_sets(store).await?;
        Ok(())
    }
}

/// What the root document says of keys.
pub(crate) fn trust(set: &KeySet) -> Trust {
    Trust { keys: set.number, vkeys: set.keys.iter().map(ToString::to_string).collect() }
}

/// Puts a new key in the place of the one in a file: signatures of the old one do not count any more, and
/// whoever knows the old one follows to the new. Servers that run have to be started again.
///
/// # Errors
/// [`RegistryError::Key`] where the file has no key of the registry, or one key is not enough.
pub async fn rotate_key(
    store: &dyn ObjectStore,
    clock: &dyn Clock,
    file: &FilePath,
) -> Result<KeySet, RegistryError> {
    let Some(set) = key_sets(store).await?.pop() else {
        return Err(key_error("the registry has no keys yet: it signs from its first start on".to_owned()));
    };
    let old = read_key(&KeyPlace::File(file.to_owned()), true)?
        .filter(|old| set.has(&old.public()))
        .ok_or_else(|| key_error(format!("`{}` has no key of `{}`", file.display(), set.id)))?;
    if set.threshold > 1 {
        return Err(key_error("more than one key has to sign the next keys of this registry".to_owned()));
    }
    let new = SecretKey::make(Some(&set.id), UNNAMED)?;
    let others = set.keys.iter().filter(|key| key.bytes() != old.public().bytes()).cloned();
    let next = KeySet {
        number: set.number + 1,
        expires_unix: (clock.now_ms() / 1000).saturating_add(LIFETIME_S),
        keys: others.chain([new.public()]).collect(),
        ..set.clone()
    };
    // The new key lies beside the old one before anybody is told of it, and is found there.
    files::write_atomic(&coming(file), format!("{}\n", new.reveal()).as_bytes(), Access::Private)?;
    if !create(store, &next.sign(&[&old, &new])?, next.number).await? {
        files::remove_file(&coming(file))?;
        return Err(key_error("somebody else changed the keys at the same time: try again".to_owned()));
    }
    files::rename(&coming(file), file)?;
    Ok(next)
}

/// Where a key lies while it is put in the place of another one.
fn coming(file: &FilePath) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(".next");
    PathBuf::from(name)
}

/// An error where a registry is not the one that somebody says.
fn must_be(found: &str, stated: Option<&str>) -> Result<(), RegistryError> {
    match stated.filter(|stated| *stated != found) {
        None => Ok(()),
        Some(stated) => Err(key_error(format!(
            "the registry that is here is `{found}`, and not `{stated}`: what it signs holds for one name only"
        ))),
    }
}

/// The key that was to take the place of another one, where whoever changed it was ended before the last step.
fn coming_key(place: &KeyPlace, set: &KeySet) -> Result<Option<SecretKey>, RegistryError> {
    let KeyPlace::File(file) = place else { return Ok(None) };
    let next = read_key(&KeyPlace::File(coming(file)), false)?.filter(|next| set.has(&next.public()));
    if next.is_some() {
        files::rename(&coming(file), file)?;
    }
    Ok(next)
}

fn read_key(place: &KeyPlace, is_needed: bool) -> Result<Option<SecretKey>, RegistryError> {
    let text = match place {
        KeyPlace::Nowhere => return Ok(None),
        KeyPlace::Text(SecretText(text)) => text.clone(),
        KeyPlace::File(path) => match files::read_to_string(path, KEY_BYTES_MAX) {
            Err(error) if error.is_not_found() && !is_needed => return Ok(None),
            text => text?,
        },
    };
    let key =
        text.parse().map_err(|error: NoteError| key_error(format!("the key cannot be used: {error}")))?;
    Ok(Some(key))
}

fn make_key(path: &FilePath, id: Option<&str>) -> Result<SecretKey, RegistryError> {
    let key = SecretKey::make(id, UNNAMED)?;
    if let Some(folder) = path.parent() {
        files::create_dir_all(folder, Access::Private)?;
    }
    match files::write_new(path, format!("{}\n", key.reveal()).as_bytes(), Access::Private) {
        Ok(()) => Ok(key),
        // Another server made one at the same time.
        Err(error) if error.is_already_exists() => read_key(&KeyPlace::File(path.to_owned()), true)?
            .ok_or_else(|| key_error("it is gone".to_owned())),
        Err(error) => Err(error.into()),
    }
}

/// All sets of keys, ascending. Each is signed by the one before it.
async fn key_sets(store: &dyn ObjectStore) -> Result<Vec<KeySet>, RegistryError> {
    let mut sets: Vec<KeySet> = Vec::new();
    loop {
        let number = sets.last().map_or(1, |set| set.number + 1);
        let Some(note) = note_at(store, &path(number)).await? else { return Ok(sets) };
        let read = sets.last().map_or_else(|| KeySet::first(&note), |set| set.next(&note));
        sets.push(read.map_err(|error| damaged(&path(number), &error.to_string()))?);
    }
}

/// The text of a set of keys.
pub(crate) async fn keys_note(store: &dyn ObjectStore, number: u64) -> Result<Option<Note>, RegistryError> {
    note_at(store, &path(number)).await
}

/// Reads a note out of the store.
pub(crate) async fn note_at(store: &dyn ObjectStore, path: &Path) -> Result<Option<Note>, RegistryError> {
    let bytes = match store.get(path).await {
        Ok(found) => found.bytes().await?,
        Err(object_store::Error::NotFound { .. }) => return Ok(None),
        Err(error) => return Err(error.into()),
    };
    let note = std::str::from_utf8(&bytes).ok().and_then(|text| text.parse().ok());
    note.map(Some).ok_or_else(|| damaged(path, "it is no signed note"))
}

/// Creates a set; returns whether it is this one that is there now.
async fn create(store: &dyn ObjectStore, note: &Note, number: u64) -> Result<bool, RegistryError> {
    create_note(store, &path(number), note).await
}

/// Creates a note unless one is there; returns whether this very one is.
pub(crate) async fn create_note(
    store: &dyn ObjectStore,
    path: &Path,
    note: &Note,
) -> Result<bool, RegistryError> {
    match store.put_opts(path, PutPayload::from(note.to_string()), PutMode::Create.into()).await {
        Ok(_) => Ok(true),
        // Asked again because no answer came, a store finds there what it wrote itself.
        Err(object_store::Error::AlreadyExists { .. }) => {
            Ok(note_at(store, path).await?.as_ref() == Some(note))
        }
        Err(error) => Err(error.into()),
    }
}

fn path(number: u64) -> Path {
    Path::from_iter(["keys", &format!("{number:010}.note")])
}

fn damaged(path: &Path, reason: &str) -> RegistryError {
    RegistryError::Damaged { path: path.to_string(), reason: reason.to_owned() }
}

fn key_error(reason: String) -> RegistryError {
    RegistryError::Key { reason }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::SystemClock;
    use object_store::memory::InMemory;

    fn clock() -> Arc<dyn Clock> {
        Arc::new(SystemClock)
    }

    async fn open(store: &dyn ObjectStore, place: &KeyPlace, id: Option<&str>) -> Result<Signing, String> {
        let opened = Signing::open(store, &clock(), place, id).await.map_err(|error| error.to_string())?;
        opened.ok_or_else(|| "unsigned".to_owned())
    }

    #[tokio::test]
    async fn a_key_is_made_once_and_stays() {
        let (store, folder) = (InMemory::new(), tempfile::tempdir().unwrap());
        let place = KeyPlace::File(folder.path().join("new/signing.key"));
        let first = open(&store, &place, None).await.unwrap();
        assert!(first.id().starts_with("local-"), "{}", first.id());
        let again = open(&store, &place, Some(first.id())).await.unwrap();
        assert_eq!(again.set(), first.set());
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            let mode = std::fs::metadata(folder.path().join("new/signing.key")).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
        }
    }

    #[tokio::test]
    async fn what_is_wrong_with_a_key_is_said() {
        let (store, folder) = (InMemory::new(), tempfile::tempdir().unwrap());
        let at = |name: &str| KeyPlace::File(folder.path().join(name));
        assert_eq!(open(&store, &KeyPlace::Nowhere, None).await.err().unwrap(), "unsigned");
        open(&store, &at("key"), Some("a.b")).await.unwrap();
        for (place, id, expected) in [
            (at("key"), Some("c.d"), "the registry that is here is `a.b`, and not `c.d`"),
            (KeyPlace::Nowhere, None, "its key is not here"),
            (at("other"), None, "other"),
            (KeyPlace::Text(SecretText::new("nonsense")), None, "the key cannot be used"),
            (
                KeyPlace::Text(SecretText::new(SecretKey::make(Some("a.b"), "").unwrap().reveal())),
                None,
                "is none of the registry `a.b`",
            ),
        ] {
            let error = open(&store, &place, id).await.err().unwrap();
            assert!(error.contains(expected), "{error}");
        }
        let elsewhere = KeyPlace::Text(SecretText::new(SecretKey::make(Some("c.d"), "").unwrap().reveal()));
        let empty = InMemory::new();
        assert!(open(&empty, &elsewhere, Some("a.b")).await.err().unwrap().contains("here is `c.d`"));
        assert!(key_sets(&empty).await.unwrap().is_empty(), "nothing was fixed");
        let error = open(&InMemory::new(), &at("new"), Some("a/b")).await.err().unwrap();
        assert!(error.contains("id of a registry"), "{error}");
        assert_eq!(format!("{:?}", SecretText::new("x")), "SecretText");
    }

    #[tokio::test]
    async fn two_who_start_at_once_have_one_key() {
        let (store, folder) = (InMemory::new(), tempfile::tempdir().unwrap());
        let place = KeyPlace::File(folder.path().join("key"));
        let (one, other) = tokio::join!(open(&store, &place, None), open(&store, &place, None));
        assert_eq!(one.unwrap().set(), other.unwrap().set());
    }

    #[tokio::test]
    async fn a_rotated_key_follows_from_the_old_one() {
        let (store, folder) = (InMemory::new(), tempfile::tempdir().unwrap());
        let file = folder.path().join("key");
        let old = open(&store, &KeyPlace::File(file.clone()), Some("a.b")).await.unwrap();
        let kept = KeyPlace::Text(SecretText::new(std::fs::read_to_string(&file).unwrap()));
        let next = rotate_key(&store, &SystemClock, &file).await.unwrap();
        assert_eq!((next.number, next.keys.len()), (2, 1));
        assert!(!next.has(&old.set().keys[0]));
        let note = keys_note(&store, 2).await.unwrap().unwrap();
        assert_eq!(old.set().next(&note), Ok(next.clone()));
        assert_eq!(open(&store, &KeyPlace::File(file.clone()), None).await.unwrap().set(), &next);
        // Ended before the new key was in its place.
        std::fs::rename(&file, coming(&file)).unwrap();
        std::fs::write(&file, old.secret.reveal()).unwrap();
        assert_eq!(open(&store, &KeyPlace::File(file.clone()), None).await.unwrap().set(), &next);
        assert!(!coming(&file).exists());
        assert_eq!(open(&store, &KeyPlace::File(file), None).await.unwrap().set(), &next);
        // The old one signs nothing any more.
        assert!(open(&store, &kept, None).await.err().unwrap().contains("is none of the registry"));
    }

    #[tokio::test]
    async fn keys_that_end_soon_are_renewed() {
        struct Later(u64);
        impl Clock for Later {
            fn now_ms(&self) -> u64 {
                SystemClock.now_ms() + self.0 * 1000
            }
        }
        let (store, folder) = (InMemory::new(), tempfile::tempdir().unwrap());
        let place = KeyPlace::File(folder.path().join("key"));
        let first = open(&store, &place, None).await.unwrap();
        for (later, number) in [(LIFETIME_S - RENEWAL_S - 99, 1), (LIFETIME_S - RENEWAL_S + 99, 2)] {
            let later: Arc<dyn Clock> = Arc::new(Later(later));
            let signing = Signing::open(&store, &later, &place, None).await.unwrap().unwrap();
            assert_eq!((signing.set().number, &signing.set().keys), (number, &first.set().keys));
        }
    }
}
