//! What can be wrong with a pattern, and what can end a match without an answer.

use alloc::string::String;
use core::fmt;

/// A pattern that cannot be compiled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PatternError {
    /// Byte offset in the pattern at which the mistake was noticed.
    pub offset: usize,
    /// What is wrong there.
    pub kind: PatternErrorKind,
}

/// What is wrong with a pattern. `Display` gives a lower-case phrase.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PatternErrorKind {
    /// `(` without its `)`.
    UnmatchedOpen,
    /// `)` without its `(`.
    UnmatchedClose,
    /// `[` without its `]`.
    UnmatchedBracket,
    /// A quantifier with nothing before it.
    NothingToRepeat,
    /// A quantifier after a quantifier.
    NestedQuantifier,
    /// A count above 65534.
    CountTooBig,
    /// A class range whose end comes before its start.
    ReversedRange,
    /// `[:name:]` with an unknown name.
    UnknownClass(String),
    /// `\p{name}` with an unknown name.
    UnknownProperty(String),
    /// An escape whose braces or digits are missing or wrong.
    BadEscape(&'static str),
    /// A backslash at the end.
    TrailingBackslash,
    /// `(?` followed by something unknown.
    UnknownGroup,
    /// A group name that is empty, not closed or begins with a digit.
    BadName,
    /// A number of a group that does not exist.
    NoSuchGroup(u32),
    /// A name of a group that does not exist.
    NoSuchName(String),
    /// A condition `(?(` that is not known.
    BadCondition,
    /// More than two branches after a condition.
    ConditionBranches,
    /// `(*NAME)` with an unknown name.
    UnknownVerb(String),
    /// Embedded code, which needs the language and not only a pattern.
    Code,
    /// A lookbehind that may look back more than 255 characters.
    LookbehindTooLong,
    /// `\K` in a lookaround.
    KeepInLook,
    /// Groups nested too deeply.
    TooDeep,
    /// A pattern whose program would be too big.
    TooLarge,
}

impl fmt::Display for PatternErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            PatternErrorKind::UnmatchedOpen => f.write_str("unmatched `(`"),
            PatternErrorKind::UnmatchedClose => f.write_str("unmatched `)`"),
            PatternErrorKind::UnmatchedBracket => f.write_str("unmatched `[`"),
            PatternErrorKind::NothingToRepeat => f.write_str("quantifier follows nothing"),
            PatternErrorKind::NestedQuantifier => f.write_str("nested quantifiers"),
            PatternErrorKind::CountTooBig => f.write_str("repeat count above 65534"),
            PatternErrorKind::ReversedRange => f.write_str("range ends before it starts"),
            PatternErrorKind::UnknownClass(name) => write!(f, "unknown class `[:{name}:]`"),
            PatternErrorKind::UnknownProperty(name) => write!(f, "unknown property `{name}`"),
            PatternErrorKind::BadEscape(what) => write!(f, "malformed escape `{what}`"),
            PatternErrorKind::TrailingBackslash => f.write_str("backslash at the end"),
            PatternErrorKind::UnknownGroup => f.write_str("unknown group syntax after `(?`"),
            PatternErrorKind::BadName => f.write_str("malformed group name"),
            PatternErrorKind::NoSuchGroup(n) => write!(f, "no group {n}"),
            PatternErrorKind::NoSuchName(name) => write!(f, "no group named `{name}`"),
            PatternErrorKind::BadCondition => f.write_str("unknown condition after `(?(`"),
            PatternErrorKind::ConditionBranches => f.write_str("more than two branches after a condition"),
            PatternErrorKind::UnknownVerb(name) => write!(f, "unknown verb `{name}`"),
            PatternErrorKind::Code => f.write_str("embedded code is not supported"),
            PatternErrorKind::LookbehindTooLong => f.write_str("lookbehind longer than 255 characters"),
            PatternErrorKind::KeepInLook => f.write_str("`\\K` in a lookaround"),
            PatternErrorKind::TooDeep => f.write_str("groups nested too deeply"),
            PatternErrorKind::TooLarge => f.write_str("pattern too large"),
        }
    }
}

impl fmt::Display for PatternError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at offset {}", self.kind, self.offset)
    }
}

impl core::error::Error for PatternError {}

/// Why a search ended without an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MatchError {
    /// The steps allowed were used up.
    Budget,
    /// Recursion or backtracking went deeper than memory is granted for.
    Depth,
}

impl fmt::Display for MatchError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            MatchError::Budget => "pattern needs more steps than allowed on this text",
            MatchError::Depth => "pattern recurses or backtracks too deeply on this text",
        })
    }
}

impl core::error::Error for MatchError {}
