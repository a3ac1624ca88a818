//! A solve that gave no answer, as a failure that somebody can act on.

use s_diag::{Code, Diagnostic};
use s_resolver::{Conflict, Error};

use super::graph::{Graph, Origin, Stopped};
use super::project::Member;
use crate::failure::{Failure, FailureKind};

/// Says why there is no answer, where in the manifest it comes from and what helps.
pub(super) fn failure(error: Error<Stopped>, graph: &Graph, members: &[Member]) -> Failure {
    match error {
        Error::Source(stopped) => *stopped.0,
        Error::Conflict(conflict) => of_conflict(&conflict, graph, members),
        Error::WorkLimit { work_max } => {
            let message = format!("no answer was found in {work_max} steps");
            let diagnostic = Diagnostic::error(Code::RESOLVER_LIMIT, message)
                .note("so many versions exclude each other that it would take too long to try all")
                .hint("narrow the requirements of the project to versions that are known to work together");
            Failure::new(FailureKind::NoSolution, diagnostic)
        }
    }
}

fn of_conflict(conflict: &Conflict, graph: &Graph, members: &[Member]) -> Failure {
    let report = conflict.report();
    let mut diagnostic = Diagnostic::error(Code::NO_SOLUTION, report.headline);
    let mut because = report.because.into_iter();
    if let Some(first) = because.next() {
        diagnostic = diagnostic.note(format!("because {first}"));
    }
    for fact in because {
        diagnostic = diagnostic.note(format!("    and {fact}"));
    }
    for note in report.notes {
        diagnostic = diagnostic.note(note);
    }
    for fix in &report.fixes {
        // One that is being added has no place yet.
        let place = graph.origins.get(fix.origin).filter(|origin| has_place(members, origin));
        if let Some(Origin { member, request }) = place {
            let source = members[*member].manifest.source();
            diagnostic = diagnostic.at(source, request.span, "loosening this requirement would help");
        }
        diagnostic = diagnostic.hint(fix.text());
    }
    Failure::new(FailureKind::NoSolution, diagnostic)
}

fn has_place(members: &[Member], Origin { member, request }: &Origin) -> bool {
    request.span.start < request.span.end && request.span.end <= members[*member].manifest.source().text.len()
}
