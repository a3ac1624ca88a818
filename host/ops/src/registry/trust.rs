//! Whether a registry is the one it was, and in a state that is no older than one it was in.
//!
//! A registry that signs has an id, keys, and a note of its state (`s_note`). The first time one is asked,
//! its keys are believed, unless a lock names them; from then on they are known for this user, as is the
//! newest state that was seen. Later answers have to be signed by these keys, or by those that they lead to;
//! no state may be older, and none may differ from another one of the same number. What is in the state
//! is checked by the plugin, from the root of the tree that is found here.
//!
//! What is known lies below `trust` in the home folder: by address, which registry is there, and by
//! registry, its keys and its state. So two addresses of one registry share what is known, and whoever says
//! that it is a registry that is known has to have its keys.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use s_diag::{Code, Diagnostic};
use s_net::CacheMode;
use s_note::{Checkpoint, KeySet, NOTE_BYTES_MAX, Note, NoteError, PublicKey, is_id};
use s_project::LockedRegistry;
use s_store::{Access, FileLock, Sha256Digest, files};
use serde::{Deserialize, Serialize};

use super::files::RegistryFiles;
use super::{RegistryPlace, said};
use crate::Context;
use crate::failure::{Failure, FailureKind};
use crate::plugins::catalog::{self, Level};

/// How old a signature may be where nobody says otherwise.
const AGE_MAX: Duration = Duration::from_secs(7 * 24 * 3600);
/// How many key sets are followed at most.
const SETS_MAX: u64 = 1000;
/// Bytes of the longest root document.
const CONFIG_BYTES_MAX: usize = 1 << 20;
/// Bytes of the longest file of what is known.
const PIN_BYTES_MAX: u64 = 1 << 20;
/// For how long another process may write what is known.
const LOCK_WAIT: Duration = Duration::from_secs(10);
const FORM: u32 = 1;

/// Where in a registry the notes are.
const CHECKPOINT: &str = "checkpoint";

/// What is known of a registry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Pin {
    /// Its keys.
    pub(crate) keys: KeySet,
    keys_note: Note,
    /// The newest state that was seen, where one was.
    pub(crate) state: Option<Checkpoint>,
    state_note: Option<Note>,
}

/// The same, as it is written.
#[derive(Serialize, Deserialize)]
struct PinText {
    v: u32,
    keys: String,
    checkpoint: Option<String>,
}

/// The root document, as far as it says what is signed.
#[derive(Deserialize)]
struct Root {
    id: String,
    #[serde(default)]
    trust: Option<RootTrust>,
}

#[derive(Deserialize)]
struct RootTrust {
    #[serde(default)]
    keys: u64,
}

/// Reads the state that the registry at a place is in, and remembers it; none of one that never signed.
///
/// # Errors
/// [`FailureKind::Integrity`] where it is not to be believed; those of the network.
pub(crate) fn state_of(context: &Arc<Context>, place: &RegistryPlace) -> Result<Option<Checkpoint>, Failure> {
    let Some(files) = RegistryFiles::at(&place.url) else { return Ok(None) };
    let question =
        Question { context, place, files, registry: place.mirror_of.as_ref().unwrap_or(&place.url) };
    question.state()
}

/// Whether a registry is known as one that signs.
pub(super) fn is_signed(context: &Context, url: &str) -> Result<bool, Failure> {
    Ok(id_at(context, url)?.is_some())
}

/// What is known of the registry at an address: which one it is, and the rest.
pub(crate) fn known_at(context: &Context, url: &str) -> Result<Option<(String, Option<Pin>)>, Failure> {
    let Some(id) = id_at(context, url)? else { return Ok(None) };
    let pin = pin_of(context, &id)?;
    Ok(Some((id, pin)))
}

/// Forgets which registry is at an address, its keys, and which other addresses it has. Returns whether
/// anything was known.
pub(crate) fn forget(context: &Context, url: &str) -> Result<bool, Failure> {
    let Some(id) = id_at(context, url)? else { return said::forget(context, url) };
    let _lock = lock(context)?;
    let mut paths = vec![pin_path(context, &id)];
    for entry in files::read_dir(&context.home().trust())? {
        let is_address = entry.path.extension().is_some_and(|extension| extension == "address");
        if is_address && read_address(&entry.path)?.is_some_and(|other| other == id) {
            paths.push(entry.path);
        }
    }
    for path in paths {
        match files::remove_file(&path) {
            Err(error) if error.is_not_found() => {}
            done => done?,
        }
    }
    said::forget(context, url)?;
    Ok(true)
}

/// Believes the keys that a registry has now, since somebody knows one of them from elsewhere. What was
/// known of its state is forgotten, and what it said of packages is not.
pub(crate) fn accept(context: &Arc<Context>, place: &RegistryPlace, key: &str) -> Result<KeySet, Failure> {
    let wrong = |error: NoteError| {
        let diagnostic = Diagnostic::error(Code::REGISTRY_SIGNATURE, format!("that is no key: {error}"))
            .hint("it is `ID+8 DIGITS+BASE64`, as `s registry trust` shows it");
        Failure::new(FailureKind::Usage, diagnostic)
    };
    let key: PublicKey = key.parse().map_err(wrong)?;
    let Some(files) = RegistryFiles::at(&place.url) else {
        let message = format!("`{}` is no registry that could sign", place.name);
        return Err(Failure::new(FailureKind::Usage, Diagnostic::error(Code::REGISTRY_SIGNATURE, message)));
    };
    let question = Question { context, place, files, registry: &place.url };
    let note = question.note(CHECKPOINT)?.ok_or_else(|| question.unsigned())?;
    let stated = Checkpoint::of(&note).map_err(|error| question.not_signed(&error))?;
    let (keys, keys_note) = question.first_keys(stated.keys)?;
    if !keys.has(&key) || keys.threshold > 1 {
        let mut failure = question.failure(
            Code::REGISTRY_SIGNATURE,
            format!("that is not the key of the registry at `{}`", place.url),
        );
        failure.diagnostics[0].notes.extend(keys.keys.iter().map(|key| format!("it has {key}")));
        return Err(failure);
    }
    keys.checkpoint(&note).map_err(|error| question.not_signed(&error))?;
    let _lock = lock(context)?;
    write_pin(context, &Pin { keys: keys.clone(), keys_note, state: None, state_note: None })?;
    write_address(context, &place.url, &keys.id)?;
    Ok(keys)
}

/// A question about one registry.
struct Question<'a> {
    context: &'a Arc<Context>,
    place: &'a RegistryPlace,
    files: RegistryFiles,
    /// The address of the registry itself; that of the place may be of a mirror.
    registry: &'a str,
}

impl Question<'_> {
    fn state(&self) -> Result<Option<Checkpoint>, Failure> {
        let known = known_at(self.context, self.registry)?;
        // Whether another address has led to what is known of it.
        let mut is_elsewhere = false;
        let mut locked = self.context.locked_registry(|locked| locked.url == self.registry);
        let mut pin = match (known, &locked) {
            (Some((id, Some(pin))), _) if id == pin.keys.id => Some(pin),
            (Some((id, _)), _) => return Err(unreadable(self.context, &id)),
            (None, _) => None,
        };
        if let (Some(pin), Some(locked)) = (&pin, &locked)
            && pin.keys.id != locked.id
        {
            return Err(self.another(&locked.id, &pin.keys.id, "the lock was made with"));
        }
        if pin.is_none() {
            let Some(root) = self.root()? else {
                return if locked.is_some() { Err(self.unsigned()) } else { Ok(None) };
            };
            let Some(trust) = &root.trust else {
                return if locked.is_some() { Err(self.unsigned()) } else { Ok(None) };
            };
            if !is_id(&root.id) {
                return Err(self.not_signed(&NoteError::Form { what: "id", why: "it is no plain word" }));
            }
            // A lock may know it from where it was before.
            locked = locked.or_else(|| self.context.locked_registry(|locked| locked.id == root.id));
            // Another address may have led to the same registry before.
            pin = pin_of(self.context, &root.id)?;
            is_elsewhere = pin.is_some();
            if pin.is_none() {
                let number = locked.as_ref().map_or(trust.keys, |locked| locked.number);
                let (keys, keys_note) = self.first_keys(number)?;
                if keys.id != root.id {
                    return Err(self.another(&root.id, &keys.id, "its root document says that it is"));
                }
                if let Some(locked) = &locked
                    && (locked.id != keys.id || !is_of(locked, &keys))
                {
                    return Err(self.other_keys(&locked.keys, &keys, "the lock"));
                }
                pin = Some(Pin { keys, keys_note, state: None, state_note: None });
            }
        }
        let Some(pin) = pin else { return Ok(None) };
        let note = self.note(CHECKPOINT)?.ok_or_else(|| self.unsigned())?;
        let stated = Checkpoint::of(&note).map_err(|error| self.not_signed(&error))?;
        if stated.id != pin.keys.id {
            return Err(self.another(&pin.keys.id, &stated.id, "it was"));
        }
        let others_sign = |failure: Failure| match is_elsewhere {
            true => self.two_of(&stated.id, failure),
            false => failure,
        };
        let pin = self.follow(pin, stated.keys).map_err(others_sign)?;
        let signed = pin.keys.checkpoint(&note).map_err(|error| match error {
            NoteError::Unsigned { .. } => self.other_keys_sign(&pin.keys),
            error => self.not_signed(&error),
        });
        let state = signed.map_err(others_sign)?;
        self.not_older(&pin, &state, &note)?;
        self.not_stale(&pin.keys, &state)?;
        self.remember(&pin, &state, note)?;
        Ok(Some(state))
    }

    /// Follows from the keys that are known to those that a state is signed by.
    fn follow(&self, mut pin: Pin, number: u64) -> Result<Pin, Failure> {
        if number.saturating_sub(pin.keys.number) > SETS_MAX {
            let why = "it has changed its keys too often";
            return Err(self.not_signed(&NoteError::Form { what: "checkpoint", why }));
        }
        while pin.keys.number < number {
            let next = pin.keys.number + 1;
            let note = self.note(&keys_path(next))?;
            let note = note.ok_or_else(|| {
                self.not_signed(&NoteError::Form {
                    what: "registry that can be followed",
                    why: "keys that it says it has are missing",
                })
            })?;
            let keys = pin.keys.next(&note).map_err(|error| match error {
                NoteError::Unsigned { .. } => self.other_keys_sign(&pin.keys),
                error => self.not_signed(&error),
            })?;
            pin = Pin { keys, keys_note: note, ..pin };
        }
        Ok(pin)
    }

    fn not_older(&self, pin: &Pin, state: &Checkpoint, note: &Note) -> Result<(), Failure> {
        let (Some(seen), Some(seen_note)) = (&pin.state, &pin.state_note) else { return Ok(()) };
        // A mirror may be behind its registry.
        if state.number < seen.number && self.place.mirror_of.is_none() {
            let message = format!(
                "`{}` is in state {}, and it was in state {} before",
                self.place.name, state.number, seen.number
            );
            let mut failure = self.failure(Code::REGISTRY_ROLLBACK, message);
            failure.diagnostics[0].notes.push(
                "whoever shows an older state hides what came since, such as the fix of a weakness"
                    .to_owned(),
            );
            return Err(failure);
        }
        if state.number == seen.number && state.root != seen.root {
            let message = format!("`{}` has two different states {}", self.place.name, state.number);
            let mut failure = self.failure(Code::REGISTRY_ROLLBACK, message);
            let notes = &mut failure.diagnostics[0].notes;
            notes.push(format!("before, it signed this:\n{seen_note}"));
            notes.push(format!("now, it signed this:\n{note}"));
            notes.push(
                "it says different things to different people; both notes together prove it".to_owned(),
            );
            return Err(failure);
        }
        Ok(())
    }

    fn not_stale(&self, keys: &KeySet, state: &Checkpoint) -> Result<(), Failure> {
        let now_unix = self.context.now_unix();
        if keys.expires_unix <= now_unix {
            let message = format!("the keys of `{}` have ended", self.place.name);
            let mut failure = self.failure(Code::REGISTRY_STALE, message);
            failure.diagnostics[0]
                .notes
                .push(format!("since {} their signatures do not count", said_time(keys.expires_unix)));
            return Err(failure);
        }
        let age_max = self.age_max()?;
        let age_s = now_unix.saturating_sub(state.time_unix);
        if age_s > age_max.as_secs() {
            let message = format!("what `{}` says was signed too long ago", self.place.name);
            let mut failure = self.failure(Code::REGISTRY_STALE, message);
            let diagnostic = &mut failure.diagnostics[0];
            diagnostic.notes.push(format!(
                "it was signed at {}, {} ago; {} will do",
                said_time(state.time_unix),
                said_span(age_s),
                said_span(age_max.as_secs())
            ));
            diagnostic.hints.push("if it is an export: whoever keeps it exports it again".to_owned());
            diagnostic.hints.push(format!(
                "if that is as it should be: `snapshot-max-age = \"{}d\"` in `[resolver]`",
                age_s / (24 * 3600) + 1
            ));
            return Err(failure);
        }
        Ok(())
    }

    fn age_max(&self) -> Result<Duration, Failure> {
        for level in [Level::Project, Level::User] {
            if let Some((_, manifest)) = catalog::manifest_of_level(self.context, level)?
                && let Some(age_max) = manifest.resolver().snapshot_max_age
            {
                return Ok(age_max);
            }
        }
        Ok(AGE_MAX)
    }

    /// Keeps the keys and the newest state that was seen.
    fn remember(&self, pin: &Pin, state: &Checkpoint, note: Note) -> Result<(), Failure> {
        let is_newer = |seen: &Checkpoint| state.number > seen.number;
        let id = &pin.keys.id;
        let is_known = id_at(self.context, self.registry)?.as_ref() == Some(id);
        let before = pin_of(self.context, id)?;
        let has_keys = before.as_ref().is_some_and(|before| before.keys == pin.keys);
        if is_known && has_keys && !pin.state.as_ref().is_none_or(is_newer) {
            return Ok(());
        }
        let _lock = lock(self.context)?;
        // Another process may have seen more meanwhile.
        let there = pin_of(self.context, id)?.filter(|there| {
            there.keys.number > pin.keys.number
                || (there.keys == pin.keys && there.state.as_ref().is_some_and(|there| !is_newer(there)))
        });
        if there.is_none() {
            let (state, state_note) = match &pin.state {
                Some(seen) if !is_newer(seen) => (Some(seen.clone()), pin.state_note.clone()),
                _ => (Some(state.clone()), Some(note)),
            };
            write_pin(self.context, &Pin { state, state_note, ..pin.clone() })?;
        }
        write_address(self.context, self.registry, id)
    }

    /// The root document; none where it is none of ours.
    fn root(&self) -> Result<Option<Root>, Failure> {
        let bytes = self.files.read(self.context, "config.json", CONFIG_BYTES_MAX, CacheMode::Standard)?;
        Ok(bytes.and_then(|bytes| serde_json::from_slice(&bytes).ok()))
    }

    /// Keys that are believed as they are: they are signed by themselves.
    fn first_keys(&self, number: u64) -> Result<(KeySet, Note), Failure> {
        let note = self.note(&keys_path(number))?.ok_or_else(|| self.unsigned())?;
        let keys = KeySet::first(&note).map_err(|error| self.not_signed(&error))?;
        match keys.number == number {
            true => Ok((keys, note)),
            false => Err(self.not_signed(&NoteError::Number { found: keys.number, expected: number })),
        }
    }

    fn note(&self, path: &str) -> Result<Option<Note>, Failure> {
        // Whatever lies in between and keeps answers, the newest is meant.
        let read = self.files.read(self.context, path, NOTE_BYTES_MAX, CacheMode::Revalidate)?;
        let Some(bytes) = read else { return Ok(None) };
        let wrong = NoteError::Form { what: "signed note", why: "it is not UTF-8" };
        let text = std::str::from_utf8(&bytes).map_err(|_| self.not_signed(&wrong))?;
        text.parse().map(Some).map_err(|error| self.not_signed(&error))
    }

    fn failure(&self, code: Code, message: String) -> Failure {
        let diagnostic = Diagnostic::error(code, message)
            .note(format!("it is at {}", crate::address::shown(&self.place.url)))
            .hint("tell whoever runs it; nothing was changed here");
        Failure::new(FailureKind::Integrity, diagnostic)
    }

    fn not_signed(&self, error: &NoteError) -> Failure {
        let message = format!("what `{}` signs cannot be believed", self.place.name);
        let mut failure = self.failure(Code::REGISTRY_SIGNATURE, message);
        failure.diagnostics[0].notes.push(error.to_string());
        failure
    }

    fn unsigned(&self) -> Failure {
        let message = format!("`{}` does not sign what it says any more", self.place.name);
        let mut failure = self.failure(Code::REGISTRY_SIGNATURE, message);
        let diagnostic = &mut failure.diagnostics[0];
        diagnostic.notes.push("it did before, and who wants to pass for it leaves that out".to_owned());
        diagnostic.hints.push(self.forget_hint());
        failure
    }

    fn other_keys_sign(&self, known: &KeySet) -> Failure {
        let message =
            format!("`{}` is signed by other keys than those that are known of it", self.place.name);
        let mut failure = self.failure(Code::REGISTRY_SIGNATURE, message);
        let diagnostic = &mut failure.diagnostics[0];
        diagnostic.notes.extend(known.keys.iter().map(|key| format!("known is {key}")));
        diagnostic.hints.push(format!(
            "if whoever runs it told you a new key: s registry trust {} --key KEY",
            self.place.name
        ));
        failure
    }

    /// What a failure means that is about keys which another address has led to.
    fn two_of(&self, id: &str, mut failure: Failure) -> Failure {
        if let Some(diagnostic) = failure.diagnostics.first_mut()
            && diagnostic.code == Code::REGISTRY_SIGNATURE
        {
            diagnostic.code = Code::REGISTRY_IDENTITY;
            diagnostic.message = format!(
                "`{}` says that it is `{}`, which is another registry with other keys",
                self.place.name,
                id.escape_debug()
            );
        }
        failure
    }

    fn other_keys(&self, known: &[String], keys: &KeySet, whence: &str) -> Failure {
        let message = format!("`{}` has other keys than {whence} says", self.place.name);
        let mut failure = self.failure(Code::REGISTRY_SIGNATURE, message);
        let notes = &mut failure.diagnostics[0].notes;
        notes.extend(known.iter().map(|key| format!("{whence} has {key}")));
        notes.extend(keys.keys.iter().map(|key| format!("the registry has {key}")));
        failure
    }

    fn another(&self, expected: &str, found: &str, who: &str) -> Failure {
        let message = format!("`{}` is another registry", self.place.name);
        let mut failure = self.failure(Code::REGISTRY_IDENTITY, message);
        let diagnostic = &mut failure.diagnostics[0];
        diagnostic.notes.push(format!(
            "{who} `{}`, and here is `{}`",
            expected.escape_debug(),
            found.escape_debug()
        ));
        diagnostic.hints.push(self.forget_hint());
        failure
    }

    fn forget_hint(&self) -> String {
        format!("if you know that it was made anew: s registry trust {} --forget", self.place.name)
    }
}

/// What a lock says of a registry.
pub(crate) fn locked(url: &str, keys: &KeySet) -> LockedRegistry {
    LockedRegistry {
        id: keys.id.clone(),
        url: url.to_owned(),
        number: keys.number,
        threshold: keys.threshold as u64,
        keys: keys.keys.iter().map(ToString::to_string).collect(),
    }
}

fn is_of(registry: &LockedRegistry, keys: &KeySet) -> bool {
    locked(&registry.url, keys) == *registry
}

fn keys_path(number: u64) -> String {
    format!("keys/{number}")
}

fn said_time(unix: u64) -> String {
    let time = i64::try_from(unix).ok().and_then(|unix| jiff::Timestamp::from_second(unix).ok());
    time.map_or_else(|| unix.to_string(), |time| time.to_string())
}

fn said_span(seconds: u64) -> String {
    match seconds {
        0..7200 => format!("{} minutes", seconds / 60),
        7200..172_800 => format!("{} hours", seconds / 3600),
        _ => format!("{} days", seconds / 86_400),
    }
}

fn lock(context: &Context) -> Result<FileLock, Failure> {
    let folder = context.home().trust();
    files::create_dir_all(&folder, Access::Private)?;
    Ok(FileLock::exclusive(&folder.join("lock"), LOCK_WAIT)?)
}

/// Where it stands which registry is at an address.
fn address_path(context: &Context, url: &str) -> PathBuf {
    context.home().trust().join(format!("{}.address", short(url.trim_end_matches('/'))))
}

/// Where it stands what is known of a registry.
fn pin_path(context: &Context, id: &str) -> PathBuf {
    context.home().trust().join(format!("{}.registry", short(id)))
}

fn short(text: &str) -> String {
    Sha256Digest::of(text.as_bytes()).to_hex()[..32].to_owned()
}

fn id_at(context: &Context, url: &str) -> Result<Option<String>, Failure> {
    read_address(&address_path(context, url))
}

fn read_address(path: &Path) -> Result<Option<String>, Failure> {
    match files::read_to_string(path, PIN_BYTES_MAX) {
        Err(error) if error.is_not_found() => Ok(None),
        // One that cannot be read is known all the same, and belongs to no registry.
        text => Ok(Some(text?.trim_end().to_owned())),
    }
}

fn write_address(context: &Context, url: &str, id: &str) -> Result<(), Failure> {
    Ok(files::write_atomic(&address_path(context, url), format!("{id}\n").as_bytes(), Access::Private)?)
}

fn pin_of(context: &Context, id: &str) -> Result<Option<Pin>, Failure> {
    let text = match files::read_to_string(&pin_path(context, id), PIN_BYTES_MAX) {
        Err(error) if error.is_not_found() => return Ok(None),
        text => text?,
    };
    let pin = serde_json::from_str(&text).ok().and_then(read_pin).filter(|pin| pin.keys.id == id);
    pin.map(Some).ok_or_else(|| unreadable(context, id))
}

fn read_pin(text: PinText) -> Option<Pin> {
    let keys_note: Note = text.keys.parse().ok()?;
    let state_note: Option<Note> = text.checkpoint.map(|note| note.parse()).transpose().ok()?;
    let state = state_note.as_ref().map(Checkpoint::of).transpose().ok()?;
    let keys = KeySet::of(&keys_note).ok()?;
    (text.v == FORM).then_some(Pin { keys, keys_note, state, state_note })
}

fn write_pin(context: &Context, pin: &Pin) -> Result<(), Failure> {
    let text = PinText {
        v: FORM,
        keys: pin.keys_note.to_string(),
        checkpoint: pin.state_note.as_ref().map(ToString::to_string),
    };
    let text = serde_json::to_vec(&text).expect("texts and numbers are JSON");
    Ok(files::write_atomic(&pin_path(context, &pin.keys.id), &text, Access::Private)?)
}

fn unreadable(context: &Context, id: &str) -> Failure {
    let path = context.shown(&pin_path(context, id));
    let message = format!("what is known of the registry `{}` cannot be read", id.escape_debug());
    let diagnostic = Diagnostic::error(Code::REGISTRY_SIGNATURE, message)
        .note(format!("it is in `{path}`"))
        .hint("where you know why: s registry trust NAME --forget");
    Failure::new(FailureKind::Integrity, diagnostic)
}
