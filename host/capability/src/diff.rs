//! What changes between two askings, and how an asking reads before consent.

use crate::rights::Asked;

/// Whether something comes or goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Sign {
    /// `+`: only the new one asks for it.
    Added,
    /// `-`: only the old one does.
    Removed,
}

/// One difference.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// Comes or goes.
    pub sign: Sign,
    /// `http`, `secret.token`, `limits`, `kind`.
    pub capability: String,
    /// What of it, for people.
    pub text: String,
}

/// One line of what the user sees before consent: `network    https://acme.example    get head`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// `network`, `secret`, `download`, `files`, `also`, `limits`, `cannot`.
    pub label: &'static str,
    /// What.
    pub subject: String,
    /// How, or under which condition; may be empty.
    pub detail: String,
}

/// What the new asking has that the old one has not, and the reverse.
pub fn changes(old: &Asked, new: &Asked) -> Vec<Change> {
    let _ = (old, new);
    todo!()
}

/// Whether the new asking goes beyond the old one, so that it needs a new consent.
pub fn widened(old: &Asked, new: &Asked) -> bool {
    let _ = (old, new);
    todo!()
}

/// Lists what is asked for, in the words of the consent question.
pub fn describe(asked: &Asked) -> Vec<Line> {
    let _ = asked;
    todo!()
}
