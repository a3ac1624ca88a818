//! What a registry signs, and whether it did.
//!
//! A [`Note`] is a text with signatures below it, as C2SP `signed-note` has it. Two kinds of text are
//! signed: a [`Checkpoint`], which says what state a registry is in, and a [`KeySet`], which says whose
//! signatures count. No text can be taken for one of the other kind. Where notes are kept, who is believed
//! and what is done about one that is wrong are others' work.
//!
//! - A signature counts once for a key, however often it stands there, and only if it is valid.
//! - Keys and signatures of others are passed over; what is no note is an error, never half of one.

mod checkpoint;
mod key;
mod key_set;
mod note;

pub use checkpoint::Checkpoint;
pub use key::{PublicKey, SecretKey, is_id};
pub use key_set::KeySet;
pub use note::{NOTE_BYTES_MAX, Note};

use thiserror::Error;

/// What is wrong with a note, a key or what they say.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum NoteError {
    /// A text has not the form that it should have.
    #[error("it is no {what}: {why}")]
    Form {
        /// What it should be.
        what: &'static str,
        /// What is wrong.
        why: &'static str,
    },
    /// Too few of the keys that count have signed.
    #[error("{found} of the {needed} signatures that are needed are there")]
    Unsigned {
        /// How many keys that count have signed.
        found: usize,
        /// How many have to.
        needed: usize,
    },
    /// A key set is not the one after another one.
    #[error("its number is {found}, and {expected} is next")]
    Number {
        /// The number it has.
        found: u64,
        /// The number it should have.
        expected: u64,
    },
    /// A note is of another registry.
    #[error("it is of `{found}`, and not of `{expected}`")]
    Origin {
        /// Whose it is.
        found: String,
        /// Whose it should be.
        expected: String,
    },
    /// The system gave no random bytes.
    #[error("the system gave no random bytes")]
    Random,
}

pub(crate) fn form(what: &'static str, why: &'static str) -> NoteError {
    NoteError::Form { what, why }
}
