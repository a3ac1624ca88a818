//! What `s check` may want to say: unused variables and functions, code that is never reached.

use s_syntax::ast::Span;

use crate::resolver::Resolver;

/// What was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FindingKind {
    /// A variable that nothing reads.
    UnusedVariable,
    /// A function that nothing calls, in the main file.
    UnusedFunction,
    /// A statement behind one that always leaves.
    Unreachable,
    /// `map { ... }` and its like without a list.
    NoList,
    /// An `eval` of a text that only the running program knows.
    ComputedEval,
    /// A `require` or `do` of a file whose name only the running program knows.
    ComputedRequire,
}

/// One finding; whether it is worth a warning is for the caller to say.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Finding {
    /// Index into the files of the program.
    pub file: u32,
    /// Byte offsets.
    pub start: u32,
    /// Behind the last byte.
    pub end: u32,
    /// What.
    pub kind: FindingKind,
    /// The name in question, with sigil; empty for statements.
    pub name: String,
}

impl Resolver<'_> {
    pub(crate) fn find(&mut self, kind: FindingKind, span: Span, name: String) {
        self.findings.push(Finding { file: self.file, start: span.start, end: span.end, kind, name });
    }

    /// Unused variables and functions, in the order of the text.
    pub(crate) fn collect_findings(&mut self) {
        for (key, (name, span)) in &self.written {
            let facts = self.now.vars.get(key).copied().unwrap_or_default();
            let before = self.prior(*key);
            let used = [facts, before].iter().any(|facts| {
                facts.read || facts.referenced || (facts.modified && key.kind != crate::hir::VarKind::Scalar)
            });
            if !used && !name[1..].starts_with('_') && name != "$self" {
                self.findings.push(Finding {
                    file: key.file,
                    start: span.start,
                    end: span.end,
                    kind: FindingKind::UnusedVariable,
                    name: name.clone(),
                });
            }
        }
        let mut called = vec![false; self.functions.len()];
        for id in self.calls.iter().flatten() {
            if let Some(place) = called.get_mut(id.index()) {
                *place = true;
            }
        }
        if !self.now.dynamic_code {
            for (full, declared) in &self.declared {
                let special = full.rsplit("::").next().is_some_and(|n| n.chars().all(|c| !c.is_lowercase()));
                let method = self.functions[declared.id.index()].as_ref().is_some_and(|f| f.pos.file != 0);
                let member =
                    full.rsplit_once("::").is_some_and(|(class, _)| self.class_names.contains_key(class));
                if !called[declared.id.index()]
                    && !special
                    && !method
                    && !member
                    && full.starts_with("main::")
                {
                    let (file, start) = declared.key;
                    self.findings.push(Finding {
                        file,
                        start,
                        end: start,
                        kind: FindingKind::UnusedFunction,
                        name: full.trim_start_matches("main::").to_owned(),
                    });
                }
            }
        }
        // What comes with the compiler is not the reader's to mend.
        let units = &self.units;
        self.findings.retain(|finding| units.get(finding.file as usize).is_none_or(|unit| !unit.supplied));
        self.findings.sort();
        self.findings.dedup();
    }
}
