//! What state a registry is in.

use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::{Note, NoteError, form, is_id};

const WHAT: &str = "checkpoint";

/// A state of a registry, in the form of a C2SP checkpoint: its id, how many states there were, the root
/// of the tree of all indexes, and behind that when it was signed and by which keys.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    /// Which registry it is.
    pub id: String,
    /// The number of the state, from 1. It only grows.
    pub number: u64,
    /// The digest of the root of the tree.
    pub root: [u8; 32],
    /// When somebody last stood up for it, in seconds since the Unix epoch.
    pub time_unix: u64,
    /// The number of the [`KeySet`](crate::KeySet) whose keys sign it.
    pub keys: u64,
}

impl Checkpoint {
    /// The text that is signed.
    pub fn text(&self) -> String {
        let Checkpoint { id, number, root, time_unix, keys } = self;
        format!("{id}\n{number}\n{}\ntime {time_unix}\nkeys {keys}\n", STANDARD.encode(root))
    }

    /// Reads the text of a note. That somebody signed it is not looked at. Lines that are not known are
    /// passed over.
    ///
    /// # Errors
    /// [`NoteError::Form`].
    pub fn of(note: &Note) -> Result<Checkpoint, NoteError> {
        let mut lines = note.text().lines();
        let mut next = || lines.next().ok_or_else(|| form(WHAT, "lines are missing"));
        let id = next()?;
        let number = number(next()?).filter(|number| *number > 0);
        let root = STANDARD.decode(next()?).ok().and_then(|root| <[u8; 32]>::try_from(root).ok());
        if !is_id(id) {
            return Err(form(WHAT, "its first line is not the id of a registry"));
        }
        let (mut time, mut keys) = (None, None);
        for (word, value) in lines.filter_map(|line| line.split_once(' ')) {
            let place = match word {
                "time" => &mut time,
                "keys" => &mut keys,
                _ => continue,
            };
            if place.replace(value).is_some() {
                return Err(form(WHAT, "a line is there twice"));
            }
        }
        let value = |text: Option<&str>| text.and_then(self::number);
        Ok(Checkpoint {
            id: id.to_owned(),
            number: number.ok_or_else(|| form(WHAT, "its second line is no number"))?,
            root: root.ok_or_else(|| form(WHAT, "its third line is no digest"))?,
            time_unix: value(time).ok_or_else(|| form(WHAT, "it has no time"))?,
            keys: value(keys).ok_or_else(|| form(WHAT, "it does not say whose keys"))?,
        })
    }

    /// The root as it is shown.
    pub fn root_hex(&self) -> String {
        let mut text = String::new();
        for byte in self.root {
            let _ = write!(text, "{byte:02x}");
        }
        text
    }
}

/// A number in the one way it is written.
pub(crate) fn number(text: &str) -> Option<u64> {
    let number: u64 = text.parse().ok()?;
    (number.to_string() == text).then_some(number)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::SecretKey;
    use proptest::prelude::*;

    fn read(text: &str) -> Result<Checkpoint, NoteError> {
        let key = SecretKey::make(None, "k").unwrap();
        Checkpoint::of(&Note::sign(text, &[&key])?)
    }

    const TEXT: &str =
        "packages.example\n7\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\ntime 9\nnew x\nkeys 2\n";

    #[test]
    fn lines_that_are_new_are_passed_over() {
        let checkpoint = read(TEXT).unwrap();
        let expected =
            Checkpoint { id: "packages.example".into(), number: 7, root: [0; 32], time_unix: 9, keys: 2 };
        assert_eq!(checkpoint, expected);
        assert_eq!(checkpoint.root_hex(), "0".repeat(64));
    }

    #[test]
    fn what_is_missing_or_twice_is_an_error() {
        for (from, to) in [
            ("packages.example", "packages example"),
            ("\n7\n", "\n0\n"),
            ("\n7\n", "\n07\n"),
            ("\n7\n", "\n+7\n"),
            ("AAA=", "AA=="),
            ("time 9\n", ""),
            ("time 9", "time 9\ntime 9"),
            ("keys 2\n", ""),
            ("keys 2", "keys two"),
            ("keys 2", "keys 2\nkeys 3"),
        ] {
            let text = TEXT.replace(from, to);
            assert!(text != TEXT && read(&text).is_err(), "{text}");
        }
        assert!(read("\n").is_err());
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(number in 1u64.., root: [u8; 32], time_unix: u64, keys: u64) {
            let checkpoint = Checkpoint { id: "a.b".into(), number, root, time_unix, keys };
            prop_assert_eq!(read(&checkpoint.text()).unwrap(), checkpoint);
        }
    }
}
