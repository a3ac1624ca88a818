//! A text with signatures: the text, an empty line, and a line for each signature.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::{NoteError, PublicKey, SecretKey, form};

/// Bytes of the longest note that is read.
pub const NOTE_BYTES_MAX: usize = 64 << 10;
/// How many signatures a note has at most, those of others among them.
const SIGNATURE_COUNT_MAX: usize = 64;
const WHAT: &str = "signed note";
const DASH: &str = "\u{2014} ";

/// A text with signatures.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// Ends with a newline.
    text: String,
    signatures: Vec<Signature>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Signature {
    name: String,
    /// The id of the key, and whatever its algorithm makes.
    bytes: Vec<u8>,
}

impl Note {
    /// Signs a text, which ends with a newline.
    ///
    /// # Errors
    /// [`NoteError::Form`] for a text that no note can have.
    pub fn sign(text: &str, keys: &[&SecretKey]) -> Result<Note, NoteError> {
        check_text(text)?;
        let signature = |key: &&SecretKey| {
            let bytes = [&key.public().id()[..], &key.sign(text)].concat();
            Signature { name: key.name().to_owned(), bytes }
        };
        Ok(Note { text: text.to_owned(), signatures: keys.iter().map(signature).collect() })
    }

    /// The text that is signed.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Requires that so many of these keys have signed. A key counts once.
    ///
    /// # Errors
    /// [`NoteError::Unsigned`]; [`NoteError::Form`] where a signature is said to be by one of the keys and
    /// is not.
    pub fn require(&self, keys: &[PublicKey], needed: usize) -> Result<(), NoteError> {
        let mut signers = BTreeSet::new();
        for key in keys {
            for signature in self.signatures.iter().filter(|signature| signature.is_by(key)) {
                let bytes = signature.bytes.get(4..).and_then(|bytes| <&[u8; 64]>::try_from(bytes).ok());
                if !bytes.is_some_and(|bytes| key.has_signed(&self.text, bytes)) {
                    return Err(form(WHAT, "a signature of a key that is known is wrong"));
                }
                signers.insert(key.bytes());
            }
        }
        let found = signers.len();
        if found >= needed.max(1) { Ok(()) } else { Err(NoteError::Unsigned { found, needed }) }
    }
}

impl Signature {
    fn is_by(&self, key: &PublicKey) -> bool {
        self.name == key.name() && self.bytes.starts_with(&key.id())
    }
}

impl FromStr for Note {
    type Err = NoteError;

    fn from_str(whole: &str) -> Result<Note, NoteError> {
        if whole.len() > NOTE_BYTES_MAX {
            return Err(form(WHAT, "it is too long"));
        }
        let end = whole.rfind("\n\n").ok_or_else(|| form(WHAT, "no empty line stands above signatures"))?;
        let (text, signatures) = (&whole[..=end], &whole[end + 2..]);
        check_text(text)?;
        if !signatures.ends_with('\n') {
            return Err(form(WHAT, "its last line has no end"));
        }
        let signatures: Vec<Signature> = signatures.lines().map(signature).collect::<Result<_, _>>()?;
        if signatures.len() > SIGNATURE_COUNT_MAX {
            return Err(form(WHAT, "it has too many signatures"));
        }
        Ok(Note { text: text.to_owned(), signatures })
    }
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.text)?;
        for Signature { name, bytes } in &self.signatures {
            writeln!(f, "{DASH}{name} {}", STANDARD.encode(bytes))?;
        }
        Ok(())
    }
}

fn check_text(text: &str) -> Result<(), NoteError> {
    if !text.ends_with('\n') {
        return Err(form(WHAT, "its text does not end with a line"));
    }
    match text.chars().any(|char| char != '\n' && char.is_control()) {
        true => Err(form(WHAT, "its text has control characters")),
        false => Ok(()),
    }
}

fn signature(line: &str) -> Result<Signature, NoteError> {
    let wrong = || form(WHAT, "a signature is not `\u{2014} NAME BASE64`");
    let (name, encoded) = line.strip_prefix(DASH).and_then(|rest| rest.split_once(' ')).ok_or_else(wrong)?;
    let is_name = !name.is_empty() && !name.contains(|char: char| char.is_whitespace() || char == '+');
    let bytes = STANDARD.decode(encoded).map_err(|_| wrong())?;
    if is_name && bytes.len() > 4 { Ok(Signature { name: name.to_owned(), bytes }) } else { Err(wrong()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Signed by OpenSSL, with the key below.
    const SIGNED: &str = "What was listed stays listed,\nand what was not is not.\n\n\
        \u{2014} PeterNeumann x08go1DRGFQqO8nUvWvfol5wUEOzcY4POsqiPEcS5wsODDVkBuoNKXcil10Wkmtn+jELGy2UkXOeoEtKwxfB4wU/1Ag=\n";
    const KEY: &str = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";

    fn key() -> PublicKey {
        KEY.parse().unwrap()
    }

    fn secret(name: &str) -> SecretKey {
        SecretKey::make(Some(name), "").unwrap()
    }

    #[test]
    fn a_note_of_others_is_read_and_believed() {
        let note: Note = SIGNED.parse().unwrap();
        note.require(&[key()], 1).unwrap();
        assert_eq!(note.to_string(), SIGNED);
        assert!(note.text().ends_with("is not.\n"));
    }

    #[test]
    fn a_text_that_was_changed_is_not_believed() {
        let note: Note = SIGNED.replace("stays", "Stays").parse().unwrap();
        assert!(matches!(note.require(&[key()], 1), Err(NoteError::Form { .. })));
        assert_eq!(
            note.require(&[secret("PeterNeumann").public()], 1),
            Err(NoteError::Unsigned { found: 0, needed: 1 })
        );
    }

    #[test]
    fn a_key_counts_once_and_others_not_at_all() {
        let keys = [secret("a"), secret("a"), secret("b")];
        let publics: Vec<PublicKey> = keys.iter().map(SecretKey::public).collect();
        let signed = |keys: &[&SecretKey]| Note::sign("text\n", keys).unwrap();
        let note = signed(&[&keys[0], &keys[0], &keys[2]]);
        assert_eq!(note.require(&publics[..2], 2), Err(NoteError::Unsigned { found: 1, needed: 2 }));
        let twice = [publics[0].clone(), publics[0].clone()];
        assert_eq!(note.require(&twice, 2), Err(NoteError::Unsigned { found: 1, needed: 2 }));
        note.require(&publics, 2).unwrap();
        assert!(note.require(&publics, 3).is_err());
        assert!(note.require(&publics[..1], 0).is_ok() && note.require(&[], 0).is_err());
        let read: Note = note.to_string().parse().unwrap();
        assert_eq!(read, note);
    }

    #[test]
    fn what_is_no_note_is_refused() {
        for text in [
            "",
            "text\n",
            "text\n\n",
            "text\n\n\u{2014} a AAAAAAA=",
            "text\n\n- a AAAAAAA=\n",
            "text\n\n\u{2014} a+b AAAAAAA=\n",
            "text\n\n\u{2014}  AAAAAAA=\n",
            "text\n\n\u{2014} a !\n",
            "text\n\n\u{2014} a AAAA\n",
            "te\rxt\n\n\u{2014} a AAAAAAA=\n",
            &format!("text\n\n{}", "\u{2014} a AAAAAAA=\n".repeat(65)),
            &format!("{}\n\n\u{2014} a AAAAAAA=\n", "x".repeat(NOTE_BYTES_MAX)),
        ] {
            assert!(text.parse::<Note>().is_err(), "{text:?}");
        }
        assert!(Note::sign("text", &[]).is_err());
    }

    proptest! {
        #[test]
        fn any_text_is_survived(text in "\\PC{0,40}(\n\n)?(\u{2014} a [A-Za-z0-9+/=]{0,12}\n)?") {
            if let Ok(note) = text.parse::<Note>() {
                prop_assert_eq!(note.to_string(), text);
                prop_assert!(note.require(&[key()], 1).is_err());
            }
        }

        /// No change of a byte leaves it signed.
        #[test]
        fn every_byte_counts(at in 0..SIGNED.len(), with in 1..=127u8) {
            let mut bytes = SIGNED.as_bytes().to_vec();
            bytes[at] ^= with;
            let changed = String::from_utf8(bytes).ok().and_then(|text| text.parse::<Note>().ok());
            prop_assert!(changed.is_none_or(|note| note.require(&[key()], 1).is_err()));
        }
    }
}
