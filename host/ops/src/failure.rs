//! Why an operation did not happen.

use s_diag::{Diagnostic, Source, Span};

/// What kind of failure it was: what a caller branches on, and the exit status.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FailureKind {
    /// It did not work.
    Failed,
    /// What was asked makes no sense.
    Usage,
    /// The lock does not fit, and may not be changed.
    LockDrift,
    /// No choice of versions suits every package.
    NoSolution,
    /// A digest, a signature, a grant or a policy does not allow it.
    Integrity,
    /// Something is needed that is not here, and the network may not be used.
    Offline,
    /// The audit found something.
    Findings,
    /// The network or a server failed.
    Network,
    /// The user interrupted.
    Interrupted,
    /// A plugin crashed or `s` has a bug.
    Bug,
}

/// Why an operation did not happen.
#[derive(Clone, Debug)]
pub struct Failure {
    /// What a caller branches on.
    pub kind: FailureKind,
    /// What is reported, most important first.
    pub diagnostics: Vec<Diagnostic>,
}

impl Failure {
    /// A failure with one diagnostic.
    pub fn new(kind: FailureKind, diagnostic: Diagnostic) -> Failure {
        Failure { kind, diagnostics: vec![diagnostic] }
    }

    /// The same, with the place in a file that it comes from. A place that is no text, as that of an
    /// entry which was not written yet, is none.
    #[must_use]
    pub fn at(mut self, source: &Source, span: Span) -> Failure {
        if let Some(first) = self.diagnostics.first_mut()
            && first.labels.is_empty()
            && span.start < span.end
            && span.end <= source.text.len()
        {
            *first = first.clone().at(source, span, "");
        }
        self
    }

    /// Mistakes in a file or in what was typed.
    pub fn mistakes(diagnostics: Vec<Diagnostic>) -> Failure {
        Failure { kind: FailureKind::Failed, diagnostics }
    }
}
