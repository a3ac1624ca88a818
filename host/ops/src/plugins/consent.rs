//! Whether a plugin may do here what it asks for, and the question to the user when nobody said so.
//!
//! One question for everything that is new, and no is the default: people who are asked often learn
//! to say yes. Who had allowed a plugin before sees only what is more now.

use s_capability::{Asked, Change, Grant, Import, Refusal, Scope, changes};
use s_diag::{Code, Diagnostic};

use super::candidate::Candidate;
use super::catalog::Entry;
use super::launch::{Allow, decide, refused};
use super::listing::{differences, listing};
use crate::Context;
use crate::failure::{Failure, FailureKind};

/// Who allowed a plugin to run here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Allowed {
    /// It is part of `s`, and no policy denies it.
    BuiltIn,
    /// The user.
    Grant,
    /// A rule of the organisation's policy.
    Policy,
    /// Nobody, or not all of it.
    No,
}

impl Allowed {
    /// The word in lists.
    pub fn word(self) -> &'static str {
        match self {
            Allowed::BuiltIn | Allowed::Grant => "yes",
            Allowed::Policy => "policy",
            Allowed::No => "no",
        }
    }
}

/// How consent is found out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Asking {
    /// By a question.
    Question,
    /// It was given beforehand, to exactly these bytes or rights.
    Given,
}

/// Says who allowed a plugin here; with [`Allowed::No`] why not.
pub(crate) fn allowed(
    context: &Context,
    entry: &Entry,
    asked: &Asked,
    imports: &[Import],
) -> Result<(Allowed, Option<Refusal>), Failure> {
    Ok(match decide(context, entry, asked, imports, Allow::Granted)? {
        Err(refusal) => (Allowed::No, Some(refusal)),
        Ok(_) if entry.is_built_in() => (Allowed::BuiltIn, None),
        Ok(_) if grant_of(context, entry)?.is_some() => (Allowed::Grant, None),
        Ok(_) => (Allowed::Policy, None),
    })
}

/// The user's grant that holds here.
pub(crate) fn grant_of(context: &Context, entry: &Entry) -> Result<Option<Grant>, Failure> {
    let now = i64::try_from(context.now_unix()).unwrap_or(i64::MAX);
    Ok(context.grants()?.find(entry.id(), context.project(), now).cloned())
}

/// What needs consent, and what it was allowed before.
pub(crate) struct Open<'a> {
    candidate: &'a Candidate,
    refusal: Refusal,
    before: Option<Asked>,
}

impl Open<'_> {
    /// Whose it is.
    pub(crate) fn id(&self) -> &str {
        self.candidate.entry.id().as_str()
    }

    /// What is more or less than was allowed before; none when nothing was.
    pub(crate) fn changes(&self) -> Option<Vec<Change>> {
        self.before.as_ref().map(|before| changes(before, &self.candidate.asked))
    }

    /// The part of the question that is about this one.
    fn text(&self) -> String {
        let manifest = &self.candidate.entry.manifest;
        let head = format!("{} {}   {}\n", manifest.id, manifest.version, manifest.kind);
        let body = match self.changes().filter(|changes| !changes.is_empty()) {
            Some(changes) => {
                format!("  asks for something else than you allowed:\n{}", differences(&changes))
            }
            None => listing(manifest, &self.candidate.asked),
        };
        head + &body
    }

    /// Why it may not run, for where nobody can be asked.
    fn refusal(&self) -> Failure {
        let entry = &self.candidate.entry;
        refused(&entry.manifest, &self.candidate.asked, &entry.digest.to_string(), &self.refusal)
    }
}

/// Returns those of the candidates that nobody has allowed yet.
pub(crate) fn open<'a>(context: &Context, candidates: &'a [Candidate]) -> Result<Vec<Open<'a>>, Failure> {
    let mut open = Vec::new();
    for candidate in candidates {
        let (_, refusal) = allowed(context, &candidate.entry, &candidate.asked, &candidate.imports)?;
        if let Some(refusal) = refusal {
            let before = grant_of(context, &candidate.entry)?.map(|grant| grant.rights);
            open.push(Open { candidate, refusal, before });
        }
    }
    Ok(open)
}

/// The end of a question: where the consent would hold.
pub(crate) fn closing(scope: &Scope) -> &'static str {
    match scope {
        Scope::Project(_) => "allow it in this project?",
        Scope::User => "allow it in all your projects?",
    }
}

/// Finds out whether all of it is allowed now; `hint` says what lets it where nobody can be asked.
pub(crate) fn obtain(
    context: &Context,
    open: &[Open<'_>],
    asking: Asking,
    scope: &Scope,
    hint: &str,
) -> Result<(), Failure> {
    if open.is_empty() || asking == Asking::Given {
        return Ok(());
    }
    let mut question: String = open.iter().map(Open::text).collect();
    question.push_str(closing(scope));
    match context.frontend().confirm(None, &question, false) {
        Some(true) => Ok(()),
        Some(false) => {
            let message = "you did not allow it, and nothing was changed";
            let diagnostic = Diagnostic::error(Code::CONSENT_DECLINED, message);
            Err(Failure::new(FailureKind::Integrity, diagnostic))
        }
        None => {
            let mut diagnostics: Vec<Diagnostic> =
                open.iter().flat_map(|open| open.refusal().diagnostics).collect();
            for (diagnostic, open) in diagnostics.iter_mut().zip(open) {
                diagnostic.notes.extend(open.text().lines().map(|line| line.trim_end().to_owned()));
                diagnostic.hints.retain(|hint| !hint.contains("s plugin grant"));
                diagnostic.hints.insert(0, hint.to_owned());
            }
            Err(Failure { kind: FailureKind::Integrity, diagnostics })
        }
    }
}
