//! Whose signatures count for a registry.
//!
//! Sets are numbered. Each is signed by as many of its own keys as it asks for, and by as many of those of
//! the set before it: whoever knows one set can follow to the newest, and nobody else can lead elsewhere.

use std::fmt::Write as _;

use crate::checkpoint::number;
use crate::{Checkpoint, Note, NoteError, PublicKey, SecretKey, form, is_id};

const WHAT: &str = "key set";
/// No id of a registry is this, so that no checkpoint begins with it.
const FIRST_LINE: &str = "stryke registry keys v1";
/// How many keys a set has at most.
const KEY_COUNT_MAX: usize = 32;

/// The keys of a registry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeySet {
    /// Which registry it is.
    pub id: String,
    /// The number of the set, from 1.
    pub number: u64,
    /// From when on it does not count any more, in seconds since the Unix epoch.
    pub expires_unix: u64,
    /// How many of the keys have to sign.
    pub threshold: usize,
    /// The keys; none is there twice.
    pub keys: Vec<PublicKey>,
}

impl KeySet {
    /// The text that is signed.
    pub fn text(&self) -> String {
        let KeySet { id, number, expires_unix, threshold, keys } = self;
        let mut text = format!(
            "{FIRST_LINE}\nid {id}\nnumber {number}\nexpires {expires_unix}\nthreshold {threshold}\n"
        );
        for key in keys {
            let _ = writeln!(text, "key {key}");
        }
        text
    }

    /// Reads the text of a note. That somebody signed it is not looked at.
    ///
    /// # Errors
    /// [`NoteError::Form`], also for keys that are there twice and for a threshold that cannot be reached.
    pub fn of(note: &Note) -> Result<KeySet, NoteError> {
        let mut lines = note.text().lines();
        if lines.next() != Some(FIRST_LINE) {
            return Err(form(WHAT, "it does not begin as one"));
        }
        let mut field = |word: &str| -> Result<&str, NoteError> {
            let value = lines.next().and_then(|line| line.strip_prefix(word)?.strip_prefix(' '));
            value.ok_or_else(|| form(WHAT, "a line is missing"))
        };
        let (id, set, expires, threshold) =
            (field("id")?, field("number")?, field("expires")?, field("threshold")?);
        let mut keys: Vec<PublicKey> = Vec::new();
        for line in lines {
            let text = line.strip_prefix("key ").ok_or_else(|| form(WHAT, "a line is no key"))?;
            let key: PublicKey = text.parse()?;
            if keys.iter().any(|other| other.bytes() == key.bytes()) {
                return Err(form(WHAT, "a key is there twice"));
            }
            keys.push(key);
        }
        let read = |text: &str| number(text).ok_or_else(|| form(WHAT, "a number is none"));
        let (set, expires_unix) = (read(set)?, read(expires)?);
        let threshold = usize::try_from(read(threshold)?).unwrap_or(usize::MAX);
        if !is_id(id) || set == 0 {
            return Err(form(WHAT, "its id or its number is none"));
        }
        if threshold == 0 || threshold > keys.len() || keys.len() > KEY_COUNT_MAX {
            return Err(form(WHAT, "its threshold cannot be reached"));
        }
        if keys.iter().any(|key| key.name() != id) {
            return Err(form(WHAT, "a key is of another registry"));
        }
        Ok(KeySet { id: id.to_owned(), number: set, expires_unix, threshold, keys })
    }

    /// Signs the set.
    ///
    /// # Errors
    /// [`NoteError::Form`] where it is none that could be read.
    pub fn sign(&self, keys: &[&SecretKey]) -> Result<Note, NoteError> {
        let note = Note::sign(&self.text(), keys)?;
        KeySet::of(&note).map(|_| note)
    }

    /// Reads a set that is not known from another one: its own keys have signed it.
    ///
    /// # Errors
    /// [`NoteError`].
    pub fn first(note: &Note) -> Result<KeySet, NoteError> {
        let set = KeySet::of(note)?;
        note.require(&set.keys, set.threshold)?;
        Ok(set)
    }

    /// Reads the set after this one: its own keys have signed it, and this one's.
    ///
    /// # Errors
    /// [`NoteError`].
    pub fn next(&self, note: &Note) -> Result<KeySet, NoteError> {
        let set = KeySet::first(note)?;
        if set.id != self.id {
            return Err(NoteError::Origin { found: set.id, expected: self.id.clone() });
        }
        let expected = self.number.saturating_add(1);
        if set.number != expected {
            return Err(NoteError::Number { found: set.number, expected });
        }
        note.require(&self.keys, self.threshold)?;
        Ok(set)
    }

    /// Reads a checkpoint that the keys of this set have signed.
    ///
    /// # Errors
    /// [`NoteError`].
    pub fn checkpoint(&self, note: &Note) -> Result<Checkpoint, NoteError> {
        let checkpoint = Checkpoint::of(note)?;
        if checkpoint.id != self.id {
            return Err(NoteError::Origin { found: checkpoint.id, expected: self.id.clone() });
        }
        if checkpoint.keys != self.number {
            return Err(NoteError::Number { found: checkpoint.keys, expected: self.number });
        }
        note.require(&self.keys, self.threshold)?;
        Ok(checkpoint)
    }

    /// Whether a key is one of the set.
    pub fn has(&self, key: &PublicKey) -> bool {
        self.keys.iter().any(|other| other.bytes() == key.bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secret() -> SecretKey {
        SecretKey::make(Some("a.b"), "").unwrap()
    }

    fn set(number: u64, threshold: usize, keys: &[&SecretKey]) -> KeySet {
        let keys = keys.iter().map(|key| key.public()).collect();
        KeySet { id: "a.b".into(), number, expires_unix: 100, threshold, keys }
    }

    #[test]
    fn a_set_leads_to_the_next() {
        let (old, new) = (secret(), secret());
        let first = set(1, 1, &[&old]);
        assert_eq!(KeySet::first(&first.sign(&[&old]).unwrap()), Ok(first.clone()));
        let second = set(2, 1, &[&new]);
        assert_eq!(first.next(&second.sign(&[&old, &new]).unwrap()), Ok(second.clone()));
        // The order of signatures plays no part, and who else signs.
        assert!(first.next(&second.sign(&[&new, &secret(), &old]).unwrap()).is_ok());
    }

    #[test]
    fn nobody_else_leads_on() {
        let (old, new, other) = (secret(), secret(), secret());
        let first = set(1, 1, &[&old]);
        for (next, signers, expected) in [
            (set(2, 1, &[&new]), &[&new][..], "0 of the 1 signatures"),
            (set(2, 1, &[&new]), &[&old], "0 of the 1 signatures"),
            (set(2, 1, &[&new]), &[&new, &other], "0 of the 1 signatures"),
            (set(3, 1, &[&new]), &[&old, &new], "its number is 3, and 2 is next"),
            (set(1, 1, &[&new]), &[&old, &new], "its number is 1, and 2 is next"),
            (set(2, 2, &[&new, &other]), &[&old, &new], "1 of the 2 signatures"),
        ] {
            let error = first.next(&next.sign(signers).unwrap()).unwrap_err().to_string();
            assert!(error.starts_with(expected), "{error}");
        }
        let elsewhere = SecretKey::make(Some("c.d"), "").unwrap();
        let foreign = KeySet { id: "c.d".into(), ..set(2, 1, &[&elsewhere]) };
        let error = first.next(&foreign.sign(&[&elsewhere, &old]).unwrap()).unwrap_err();
        assert!(matches!(error, NoteError::Origin { .. }));
    }

    #[test]
    fn thresholds_are_reached_by_different_keys() {
        let keys = [secret(), secret(), secret()];
        let first = set(1, 2, &[&keys[0], &keys[1], &keys[2]]);
        assert!(KeySet::first(&first.sign(&[&keys[0], &keys[0]]).unwrap()).is_err());
        assert!(KeySet::first(&first.sign(&[&keys[0], &keys[2]]).unwrap()).is_ok());
        let checkpoint = Checkpoint { id: "a.b".into(), number: 1, root: [1; 32], time_unix: 1, keys: 1 };
        let signed = |keys: &[&SecretKey]| Note::sign(&checkpoint.text(), keys).unwrap();
        assert!(first.checkpoint(&signed(&[&keys[1]])).is_err());
        assert_eq!(first.checkpoint(&signed(&[&keys[1], &keys[0]])), Ok(checkpoint.clone()));
        let later = KeySet { number: 2, ..first.clone() };
        assert!(matches!(later.checkpoint(&signed(&[&keys[1], &keys[0]])), Err(NoteError::Number { .. })));
    }

    #[test]
    fn a_set_that_says_too_little_or_too_much_is_none() {
        let (one, other) = (secret(), secret());
        for wrong in [
            set(1, 0, &[&one]),
            set(1, 2, &[&one]),
            set(1, 1, &[]),
            set(0, 1, &[&one]),
            set(1, 1, &[&one, &one]),
            KeySet { id: "c.d".into(), ..set(1, 1, &[&one]) },
            set(1, 1, &[&other; 33]),
        ] {
            assert!(wrong.sign(&[&one]).is_err(), "{wrong:?}");
        }
        // One kind of text is never taken for the other.
        let checkpoint = Checkpoint { id: "a.b".into(), number: 1, root: [1; 32], time_unix: 1, keys: 1 };
        let note = Note::sign(&checkpoint.text(), &[&one]).unwrap();
        assert!(KeySet::of(&note).is_err());
        assert!(Checkpoint::of(&set(1, 1, &[&one]).sign(&[&one]).unwrap()).is_err());
    }
}
