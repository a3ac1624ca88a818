//! Resolved tree to middle representation.
//!
//! One [`function::Lower`] turns one function of the tree into one of the graph. It asks each
//! expression for what it needs: [`scalar`](function::Lower::scalar) gives one value,
//! [`list`](function::Lower::list) pushes any number on the value stack, `cond` gives a truth value,
//! `void` nothing, and `tail` whatever the caller of the function wants. Everything starts as a value
//! of the language and a call of a runtime function; inference makes machine operations of it.
//!
//! What leaves a scope early (`return`, `last`, an exception) has to undo what was begun since: guarded
//! regions, `local`s, lists half built. [`function::Scope`] is the record of that.

mod binary;
mod call;
mod construct;
mod escape;
mod expr;
mod function;
mod iterate;
mod keys;
mod list;
mod member;
mod op;
mod pattern;
mod place;
mod plural;
mod stmt;
mod tables;
mod visit;
mod warning;

use s_ir::Module;
use s_ir::module::Numbers;
use s_sema::hir::Program;

/// Lowers a program, or a part that joins a running one: `first` counts what that has already. With `lines`
/// every statement is marked, for debuggers.
#[must_use]
pub fn lower(program: &Program, first: Numbers, lines: bool) -> Module {
    let mut module = Module::default();
    module.lines = lines;
    module.first = first;
    module.compat = program.compat;
    let facts = escape::Facts::of(program);
    module.overloads = program.facts.overloads || program.facts.dynamic_code || facts.has_sets();
    let signatures = tables::signatures(program, &facts);
    tables::fill(program, &mut module);
    for (index, _) in program.functions.iter().enumerate() {
        let func = function::Lower::function(program, &mut module, &facts, &signatures, index);
        module.functions.push(func);
    }
    module
}
