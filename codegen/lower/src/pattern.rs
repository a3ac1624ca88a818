//! Matching, substituting, splitting, transliterating.

use s_abi::warning;
use s_ir::{Op as Ir, Rt, Ty, Value};
use s_sema::hir::{Expr, ExprKind, MatchOp, Pattern, SplitOn, SubstOp, TransId};

use crate::function::{Context, Lower};
use crate::tables::pattern_flags;

/// What warnings call a match.
const MATCH: &str = "pattern match (m//)";
/// What they call `tr///`.
const TRANSLITERATION: &str = "transliteration (tr///)";

impl<'a> Lower<'a> {
    /// A pattern as a value.
    pub(crate) fn pattern(&mut self, pattern: &'a Pattern) -> Value {
        match pattern {
            Pattern::Constant(id) => self.builder.emit(Ir::Regex(id.0), Vec::new(), Ty::V),
            Pattern::Dynamic { text, flags } => {
                let text = self.scalar(text);
                let flags = self.builder.int(pattern_flags(flags));
                self.rt(Rt::pattern, &[text, flags])
            }
        }
    }

    /// The cell of a constant, which keeps the position of the last match in it.
    fn literal_cell(&mut self, literal: &'a Expr) -> Value {
        let name = format!("literal:{}:{}", literal.pos.file, literal.pos.offset);
        let glob = self.glob_named(&name);
        let cell = self.slot_of(glob, Ty::Cell);
        let value = self.scalar(literal);
        self.rt_void(Rt::cell_set, &[cell, value]);
        cell
    }

    /// A match as a condition.
    pub(crate) fn match_condition(&mut self, node: &'a MatchOp) -> Value {
        let truth = if node.global && self.has_cell(&node.subject) {
            let cell = self.cell_of(&node.subject, true);
            let pattern = self.pattern(&node.pattern);
            let keep = self.builder.int(i64::from(node.keep_pos));
            self.rt(Rt::match_next, &[cell, pattern, keep])
        } else if node.global && node.subject.is_literal() {
            let cell = self.literal_cell(&node.subject);
            let pattern = self.pattern(&node.pattern);
            let keep = self.builder.int(i64::from(node.keep_pos));
            self.rt(Rt::match_next, &[cell, pattern, keep])
        } else {
            let subject = self.scalar(&node.subject);
            let pattern = self.pattern(&node.pattern);
            self.rt(Rt::match_once, &[subject, pattern])
        };
        self.warns_as_matching(&node.subject, MATCH);
        if node.negated { self.builder.emit(Ir::Not, vec![truth], Ty::Bool) } else { truth }
    }

    /// A match; in list context its captures have been pushed.
    pub(crate) fn match_(&mut self, node: &'a MatchOp, context: Context) -> Option<Value> {
        if context != Context::List || node.negated {
            let truth = self.match_condition(node);
            return Some(self.builder.bool_val(truth));
        }
        if node.global {
            if self.has_cell(&node.subject) {
                let cell = self.cell_of(&node.subject, true);
                let pattern = self.pattern(&node.pattern);
                self.rt(Rt::match_all, &[cell, pattern]);
            } else {
                let subject = self.scalar(&node.subject);
                let pattern = self.pattern(&node.pattern);
                self.rt(Rt::match_all_value, &[subject, pattern]);
            }
            self.warns_as_matching(&node.subject, MATCH);
        } else {
            let subject = self.scalar(&node.subject);
            let pattern = self.pattern(&node.pattern);
            self.rt(Rt::match_list, &[subject, pattern]);
            self.warns_as_matching(&node.subject, MATCH);
        }
        None
    }

    /// A substitution: the number of replacements (what is false when there was none), or the changed
    /// copy.
    pub(crate) fn subst(&mut self, node: &'a SubstOp) -> Value {
        let subject = match &node.subject.kind {
            // `(my $x = $y) =~ s///`: the assignment first.
            ExprKind::Assign(..) | ExprKind::List(_) => {
                self.void(&node.subject);
                let target = inner_place(&node.subject);
                self.scalar_of_place(target)
            }
            _ => self.scalar(&node.subject),
        };
        let pattern = self.pattern(&node.pattern);
        let handle = self.rt(Rt::subst_begin, &[subject, pattern]);
        self.warns_as_matching(&node.subject, "substitution (s///)");
        let exit = self.builder.block();
        self.builder.enter_loop();
        let body = self.builder.block();
        let test = self.rt(Rt::subst_next, &[handle]);
        self.builder.branch(test, body, exit);
        self.builder.switch_to(body);
        let text = self.scalar(&node.replacement);
        self.rt_void(Rt::subst_add, &[handle, text]);
        if node.global {
            let test = self.rt(Rt::subst_next, &[handle]);
            self.builder.branch(test, body, exit);
        } else {
            self.builder.jump(exit, &[]);
        }
        self.builder.seal(body);
        self.builder.leave_loop();
        self.builder.switch_sealed(exit);
        let count = self.rt(Rt::subst_count, &[handle]);
        let text = self.rt(Rt::subst_finish, &[handle]);
        if node.copy {
            return text;
        }
        let zero = self.builder.int(0);
        let any = self.builder.icmp(s_ir::Cond::Ne, count, zero);
        let (yes, no) = (self.builder.block(), self.builder.block());
        self.builder.branch(any, yes, no);
        let place = inner_place(&node.subject);
        self.join(
            Context::Scalar,
            vec![
                (
                    yes,
                    Box::new(move |lower: &mut Lower<'a>| {
                        lower.store_declared(place, text);
                        Some(lower.box_int(count))
                    }),
                ),
                (
                    no,
                    Box::new(move |lower: &mut Lower<'a>| {
                        Some(lower.builder.emit(Ir::BoolVal(false), Vec::new(), Ty::V))
                    }),
                ),
            ],
        )
        .unwrap_or_else(|| self.builder.undef())
    }

    fn scalar_of_place(&mut self, place: &'a Expr) -> Value {
        match &place.kind {
            ExprKind::Declare(ids) if ids.len() == 1 => self.read_local(ids[0]),
            ExprKind::Localize(inner) => self.scalar(inner),
            _ => self.scalar(place),
        }
    }

    /// Stores in a place whose declaration has been evaluated before.
    fn store_declared(&mut self, place: &'a Expr, value: Value) {
        match &place.kind {
            ExprKind::Declare(ids) if ids.len() == 1 => self.write_local(ids[0], value),
            ExprKind::Localize(inner) => self.store(inner, value),
            _ => self.store(place, value),
        }
    }

    /// `tr///`: the changed copy with `r`, else the count.
    pub(crate) fn trans(&mut self, subject: &'a Expr, table: TransId, copy: bool) -> Value {
        let number = self.builder.int(i64::from(self.module.first.transliterations + table.0));
        let value = match &subject.kind {
            ExprKind::Assign(..) | ExprKind::List(_) => {
                self.void(subject);
                let target = inner_place(subject);
                self.scalar_of_place(target)
            }
            _ => self.scalar(subject),
        };
        if copy {
            let changed = self.rt(Rt::trans, &[value, number]);
            self.warns_as_matching(subject, TRANSLITERATION);
            return changed;
        }
        let count = self.rt(Rt::trans_count, &[value, number]);
        self.warns_as_matching(subject, TRANSLITERATION);
        let trans = &self.program.transliterations[table.index()];
        let squeezes = trans.flags.contains('s');
        let only_counts =
            !squeezes && (trans.to.is_empty() && !trans.flags.contains('d') || trans.from == trans.to);
        if !only_counts {
            // What nothing was found in stays what it is.
            let (change, done) = (self.builder.block(), self.builder.block());
            let zero = self.builder.int(0);
            let any = self.builder.icmp(s_ir::Cond::Ne, count, zero);
            self.builder.branch(any, change, done);
            self.builder.switch_sealed(change);
            let new = self.rt(Rt::trans, &[value, number]);
            self.store_declared(inner_place(subject), new);
            self.builder.jump(done, &[]);
            self.builder.switch_sealed(done);
        }
        self.box_int(count)
    }

    /// `split`; the fields have been pushed.
    pub(crate) fn split(&mut self, on: &'a SplitOn, subject: &'a Expr, limit: Option<&'a Expr>) -> Value {
        let mark = self.begin_list();
        let (pattern, function) = match on {
            SplitOn::Awk => (self.text(" "), Rt::split),
            SplitOn::Characters => (self.text(""), Rt::split_text),
            SplitOn::Text(text) => (self.bytes(text, false), Rt::split_text),
            SplitOn::Pattern(pattern) => (self.pattern(pattern), Rt::split),
            SplitOn::Value(value) => (self.scalar(value), Rt::split),
        };
        self.rt_void(Rt::list_push, &[pattern]);
        let text = self.scalar(subject);
        self.rt_void(Rt::list_push, &[text]);
        let limit = match limit {
            Some(limit) => self.scalar(limit),
            None => self.builder.undef(),
        };
        self.rt_void(Rt::list_push, &[limit]);
        self.end_list();
        self.rt_void(function, &[mark]);
        self.warns_as_matching(subject, "split");
        mark
    }

    /// Says of the instruction that was added last what its warnings of an undefined text say.
    fn warns_as_matching(&mut self, subject: &Expr, operator: &str) {
        self.warns_as(subject.pos, warning::TEXTS, operator, &[inner_place(subject)]);
    }
}

/// The place that `(my $x = $y)` and the like leave behind.
fn inner_place(expr: &Expr) -> &Expr {
    match &expr.kind {
        ExprKind::Assign(place, _) | ExprKind::AssignOp(_, place, _) => place,
        ExprKind::List(items) if items.len() == 1 => inner_place(&items[0]),
        _ => expr,
    }
}
