//! The typed middle representation: builder, text form, verifier, passes.
//!
//! A [`Module`] is a program: functions, constants, names. A [`Func`] is a graph of blocks in static
//! single assignment form with block parameters. Values are of few types ([`Ty`]): the two-word value
//! of the language, and what inference proves to be less: integers, floats, truth values, arrays,
//! hashes, cells. Most instructions are calls of runtime functions ([`Rt`]), whose meaning stands in
//! one table; passes replace them by machine operations where types allow.
//!
//! Order of work: lowering builds ([`Builder`]), then [`optimise`] runs the passes: [`inline`] puts
//! small functions in the place of calls, [`infer`] proves types
//! and rewrites, [`version`] gives loops on arrays of floats a typed twin, [`simplify`] removes what is decided or unused,
//! [`pack`] packs arrays before such loops, [`counts`] makes ownership explicit
//! (retains, releases, and what each throwing instruction has to release), [`means`] says what names of methods mean. The
//! [`verify`](verify::verify) pass checks the invariants between passes. A module has a text form, which
//! [`print`] writes and [`parse`] reads.
//!
//! Ownership: see [`op::Own`]. Exceptions: an instruction that may throw leaves its block for the
//! block's handler, or the function when there is none; the values to be released on that way are
//! listed in [`Inst::cleanup`] by the pass that makes counts explicit.

pub mod builder;
pub mod cfg;
pub mod counts;
pub mod excerpt;
pub mod func;
pub mod infer;
pub mod inline;
pub mod means;
pub mod module;
pub mod op;
pub mod pack;
pub mod parse;
pub mod print;
pub mod simplify;
pub mod verify;
pub mod version;

pub use builder::Builder;
pub use func::{Block, BlockData, Edge, Func, Inst, Signature, Term, Ty, Value};
pub use module::{FuncId, GlobalRef, Module, StrId};
pub use op::{Cond, Element, Fields, Means, Op, Rt};

/// Runs all passes on a module that lowering has built: types, simplifications, counts. To be run once.
pub fn optimise(module: &mut Module) {
    inline::run(module);
    let mut plain = infer::run(module);
    let versioned = version::run(module);
    if versioned.contains(&true) {
        plain = infer::again(module, &versioned);
    }
    for (func, plain) in module.functions.iter_mut().zip(&plain) {
        simplify::run(func);
        pack::run(func);
        counts::insert(func, plain);
    }
    means::run(module);
}
