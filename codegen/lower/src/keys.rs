//! Loops over the keys of a hash: in place where the body cannot change any hash, over a list elsewhere.

use s_ir::{Cond, Op as Ir, Rt, Ty, Value};
use s_sema::hir::{Array, Block, Expr, ExprKind, Hash, LocalId, Loop, Op, Target};

use crate::function::Lower;
use crate::visit;

impl<'a> Lower<'a> {
    /// A loop over the keys that a hash has when it begins.
    pub(crate) fn over_keys(&mut self, node: &'a Loop, variable: LocalId, hash: &'a Hash) {
        let hash = self.hash_place(hash);
        if self.program.facts.overloads
            || !only_reads(&node.body)
            || !node.continuing.as_ref().is_none_or(only_reads)
        {
            return self.over_listed_keys(node, variable, hash);
        }
        let held = self.builder.variable(Ty::Hash);
        self.builder.write(held, hash);
        let at = self.builder.variable(Ty::Int);
        let zero = self.builder.int(0);
        let first = self.rt(Rt::hash_next, &[hash, zero]);
        self.builder.write(at, first);
        self.rounds(
            node,
            &mut |lower, body, exit| {
                let now = lower.builder.read(at);
                let zero = lower.builder.int(0);
                let test = lower.builder.icmp(Cond::Ge, now, zero);
                lower.builder.branch(test, body, exit);
            },
            &mut |lower| {
                let (hash, now) = (lower.builder.read(held), lower.builder.read(at));
                let key = lower.rt(Rt::hash_key_at, &[hash, now]);
                lower.declare_scalar(variable, key);
            },
            &mut |lower| {
                let (hash, now) = (lower.builder.read(held), lower.builder.read(at));
                let one = lower.builder.int(1);
                let after = lower.builder.emit(Ir::IAdd, vec![now, one], Ty::Int);
                let next = lower.rt(Rt::hash_next, &[hash, after]);
                lower.builder.write(at, next);
            },
            false,
        );
        let hash = self.builder.read(held);
        self.builder.emit_void(Ir::Keep, vec![hash]);
    }

    /// The same over a list of the keys, whatever becomes of the hash meanwhile.
    fn over_listed_keys(&mut self, node: &'a Loop, variable: LocalId, hash: Value) {
        let mark = self.begin_list();
        self.rt_void(Rt::hash_keys, &[hash]);
        let length = self.rt(Rt::list_len, &[mark]);
        let at = self.builder.variable(Ty::Int);
        let zero = self.builder.int(0);
        self.builder.write(at, zero);
        self.rounds(
            node,
            &mut |lower, body, exit| {
                let now = lower.builder.read(at);
                let test = lower.builder.icmp(Cond::Lt, now, length);
                lower.builder.branch(test, body, exit);
            },
            &mut |lower| {
                let now = lower.builder.read(at);
                let key = lower.rt(Rt::list_get, &[mark, now]);
                lower.declare_scalar(variable, key);
            },
            &mut |lower| {
                let now = lower.builder.read(at);
                let one = lower.builder.int(1);
                let next = lower.builder.emit(Ir::IAdd, vec![now, one], Ty::Int);
                lower.builder.write(at, next);
            },
            false,
        );
        self.end_list();
        self.rt_void(Rt::list_drop, &[mark]);
    }
}

/// Whether a block changes no hash for certain: it calls nothing of the program, and changes nothing but
/// scalar variables and elements of arrays that are variables.
fn only_reads(block: &Block) -> bool {
    let mut harmless = true;
    visit::block(block, &mut |node| harmless = harmless && is_harmless(node));
    harmless
}

/// Whether what a walk meets changes no array for certain: it is harmless, and gives values to nothing but scalar
/// variables.
pub(crate) fn leaves_arrays<'a>(walk: impl FnOnce(&mut dyn FnMut(&'a Expr))) -> bool {
    let mut leaves = true;
    walk(&mut |node| {
        let gives = match &node.kind {
            ExprKind::Assign(place, _)
            | ExprKind::AssignOp(_, place, _)
            | ExprKind::AssignLogic(_, place, _)
            | ExprKind::Step { target: place, .. } => {
                !matches!(place.kind, ExprKind::Declare(_)) && !is_variable(place)
            }
            ExprKind::AssignList(..) | ExprKind::Return(_) | ExprKind::Jump(..) => true,
            ExprKind::Op(op) => matches!(**op, Op::Push { .. }),
            _ => false,
        };
        leaves = leaves && !gives && is_harmless(node);
    });
    leaves
}

fn is_harmless(node: &Expr) -> bool {
    match &node.kind {
        ExprKind::Undef
        | ExprKind::Int(_)
        | ExprKind::Uint(_)
        | ExprKind::Float(_)
        | ExprKind::Str { .. }
        | ExprKind::Bool(_)
        | ExprKind::Local(_)
        | ExprKind::Global(_)
        | ExprKind::Capture(_)
        | ExprKind::MatchVar(_)
        | ExprKind::Declare(_)
        | ExprKind::Unary(..)
        | ExprKind::Binary(..)
        | ExprKind::And(..)
        | ExprKind::Or(..)
        | ExprKind::DefinedOr(..)
        | ExprKind::Xor(..)
        | ExprKind::Ternary(..)
        | ExprKind::Concat(_)
        | ExprKind::Join(..)
        | ExprKind::List(_)
        | ExprKind::NewArray(_)
        | ExprKind::NewHash(_)
        | ExprKind::Range { .. }
        | ExprKind::Scalar(_)
        | ExprKind::Return(_)
        | ExprKind::Jump(..) => true,
        ExprKind::Key(hash, _) => match hash {
            Hash::Local(_) | Hash::Global(_) => true,
            Hash::Deref(inner) => is_variable(inner),
        },
        ExprKind::Index(array, _) | ExprKind::Array(array) | ExprKind::LastIndex(array) => match array {
            Array::Local(_) | Array::Global(_) => true,
            Array::Deref(inner) => is_variable(inner),
        },
        ExprKind::Assign(place, _)
        | ExprKind::AssignOp(_, place, _)
        | ExprKind::AssignLogic(_, place, _)
        | ExprKind::Step { target: place, .. } => is_harmless_place(place),
        ExprKind::AssignList(targets, _) => targets.iter().all(|target| match target {
            Target::Place(place) => is_harmless_place(place),
            Target::Array(array) => !matches!(array, Array::Deref(_)),
            Target::Skip => true,
            Target::Hash(_) | Target::Slice(_) => false,
        }),
        ExprKind::Builtin(call) => call.scalars,
        ExprKind::Op(op) => match &**op {
            Op::Print { .. } | Op::Len(_) | Op::Exists(_) | Op::Defined(_) | Op::Sprintf(_) | Op::Ref(_) => {
                true
            }
            Op::Push { array, .. } => !matches!(array, Array::Deref(_)),
            _ => false,
        },
        _ => false,
    }
}

fn is_variable(node: &Expr) -> bool {
    matches!(node.kind, ExprKind::Local(_) | ExprKind::Global(_))
}

/// A place in no hash, and not behind a reference.
fn is_harmless_place(place: &Expr) -> bool {
    match &place.kind {
        ExprKind::Declare(_) => true,
        ExprKind::Index(array, _) => !matches!(array, Array::Deref(_)),
        _ => is_variable(place),
    }
}
