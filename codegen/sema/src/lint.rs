//! What `s check` may want to say: unused variables and functions, code that is never reached.

use s_syntax::ast::{self, Span};

use crate::hir::VarKind;
use crate::names::kind_of;
use crate::place::is_list_target;
use crate::resolver::{Resolver, Want};
use crate::scope::{Place, VarKey};

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

    /// What is assigned or stepped where its value goes on is read: `$a[$i++]`, `while (my $line = <$fh>)`,
    /// `len(my @found = f())`. A list that is assigned in the last place of a function is its value by chance.
    pub(crate) fn note_value(&mut self, target: &ast::Expr, want: Want) {
        let goes_on = match is_list_target(target) {
            true => matches!(want, Want::Scalar | Want::List),
            false => want != Want::Void,
        };
        if !goes_on {
            return;
        }
        let mut note = |sigil, name: &str| {
            let binding = self.names.find(kind_of(sigil), name);
            if let Some(Place::Local { key, .. }) = binding.map(|binding| binding.place) {
                self.facts(key).read = true;
            }
        };
        match &target.kind {
            ast::ExprKind::Var(sigil, name) => note(*sigil, name),
            ast::ExprKind::Declare { vars, .. } => {
                vars.iter().flatten().for_each(|var| note(var.sigil, &var.name.text));
            }
            _ => {}
        }
    }

    /// What a list is taken apart into: each variable keeps the place of those behind it.
    pub(crate) fn note_places(&mut self, vars: &[Option<ast::DeclaredVar>]) {
        let vars = vars.iter().flatten();
        let keys: Vec<_> = vars.map(|var| self.written_key(kind_of(var.sigil), &var.name)).collect();
        self.followers.extend(keys.windows(2).map(|pair| (pair[0], pair[1])));
    }

    /// Whether anything reads a variable.
    fn is_used(&self, key: VarKey) -> bool {
        let facts = self.now.vars.get(&key).copied().unwrap_or_default();
        [facts, self.prior(key)]
            .iter()
            .any(|facts| facts.read || facts.referenced || (facts.modified && key.kind != VarKind::Scalar))
    }

    /// Unused variables and functions, in the order of the text.
    pub(crate) fn collect_findings(&mut self) {
        for (key, (name, span)) in &self.written {
            // What has a place in a list keeps that of those behind it.
            let mut here = Some(key);
            let mut used = false;
            while let Some(key) = here.filter(|_| !used) {
                used = self.is_used(*key);
                here = self.followers.get(key);
            }
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
