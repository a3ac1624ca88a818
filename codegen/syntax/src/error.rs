//! What can be wrong with a text.

use crate::ast::Span;

/// What is wrong. The meaning of each is stable; the words of a message are not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ErrorKind {
    /// A token stands where it cannot.
    UnexpectedToken,
    /// An expression is missing.
    ExpectedExpression,
    /// A name is missing.
    ExpectedName,
    /// A block in braces is missing.
    ExpectedBlock,
    /// Two statements are not separated.
    MissingSeparator,
    /// A bracket is never closed; the span is the opener.
    UnclosedBracket,
    /// A closing bracket has no opener.
    UnopenedBracket,
    /// A quoted text is never closed; the span is its start.
    UnclosedString,
    /// The last line of a here-document is missing; the span is its start.
    UnclosedHeredoc,
    /// A number has digits that it cannot have, or none.
    BadNumber,
    /// An escape in a string means nothing.
    BadEscape,
    /// A letter behind a pattern means nothing.
    BadFlag,
    /// A word that looks like a misspelt keyword.
    UnknownKeyword,
    /// A pattern of `match`, of a parameter or of a declaration makes no sense.
    BadPattern,
    /// A spelling refused under `--no-interop`.
    Interop,
    /// Nested more deeply than the parser follows.
    TooDeep,
    /// There were so many errors that the rest is left out.
    TooMany,
}

/// One thing wrong with a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SyntaxError {
    /// Where.
    pub span: Span,
    /// What, for programs.
    pub code: ErrorKind,
    /// What, for people: a phrase in lower case, names in backticks.
    pub message: String,
    /// What could be done about it.
    pub hint: Option<String>,
    /// A few words to stand at the place.
    pub label: String,
}

/// The word among `words` that `word` is most likely meant to be.
pub(crate) fn nearest<'w>(word: &str, words: &[&'w str]) -> Option<&'w str> {
    let limit = if word.len() <= 3 { 1 } else { 2 };
    let best = words.iter().map(|&known| (distance(word, known), known)).min()?;
    (best.0 > 0 && best.0 <= limit).then_some(best.1)
}

/// Insertions, deletions, changes and swaps of neighbours between two words; words of more than
/// 16 bytes are far from everything.
fn distance(left: &str, right: &str) -> usize {
    const MOST: usize = 17;
    let (left, right) = (left.as_bytes(), right.as_bytes());
    if left.len() >= MOST || right.len() >= MOST {
        return MOST;
    }
    let mut table = [[0_usize; MOST]; MOST];
    for i in 0..=left.len() {
        for j in 0..=right.len() {
            table[i][j] = if i == 0 || j == 0 {
                i + j
            } else {
                let same = usize::from(left[i - 1] != right[j - 1]);
                let mut best = (table[i - 1][j - 1] + same).min(table[i - 1][j] + 1).min(table[i][j - 1] + 1);
                if i > 1 && j > 1 && left[i - 1] == right[j - 2] && left[i - 2] == right[j - 1] {
                    best = best.min(table[i - 2][j - 2] + 1);
                }
                best
            };
        }
    }
    table[left.len()][right.len()]
}
