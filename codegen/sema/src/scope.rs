//! Scopes and what is learnt about variables and functions.
//!
//! A variable is known across both passes by its [`VarKey`]: where it was declared. The first pass
//! fills a [`Knowledge`], the second reads it and fills another, from which storage is chosen.

use std::collections::{HashMap, HashSet};

use crate::big::Big;
use crate::hir::{GlobalId, LocalId, TypeName, VarKind};

/// A variable of the program, the same in both passes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct VarKey {
    pub(crate) file: u32,
    pub(crate) offset: u32,
    pub(crate) kind: VarKind,
    /// Zero for written variables; tells hidden ones of one place apart.
    pub(crate) tag: u32,
}

/// How a variable is used.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct VarFacts {
    /// Assignments after the declaration.
    pub(crate) assigned: u32,
    /// Of an array or hash: the container itself changes.
    pub(crate) modified: bool,
    /// A closure sees it.
    pub(crate) captured: bool,
    /// A comparator of `sort` sees it.
    pub(crate) compared: bool,
    /// A function other than the declaring one assigns it.
    pub(crate) assigned_inside: bool,
    /// A named function or a phase block sees it.
    pub(crate) named: bool,
    /// `\$x`, or everything is in sight of a computed `eval`.
    pub(crate) referenced: bool,
    /// Assigned in an `eval`, `try` or `defer` that does not contain the declaration.
    pub(crate) protected: bool,
    /// An argument of a call.
    pub(crate) passed: bool,
    /// Read.
    pub(crate) read: bool,
}

/// How a function is used.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct FnFacts {
    /// `@_` is used besides the leading statements that take it apart.
    pub(crate) uses_args: bool,
}

/// What a pass finds out.
#[derive(Default)]
pub(crate) struct Knowledge {
    pub(crate) vars: HashMap<VarKey, VarFacts>,
    pub(crate) functions: HashMap<(u32, u32), FnFacts>,
    /// Functions that a glob assignment or an evaluated text may replace.
    pub(crate) replaced: HashSet<String>,
    /// Labels that functions called inside the loop jump to.
    pub(crate) far_labels: HashSet<String>,
    /// A computed `eval`, `require`, `do FILE`, glob.
    pub(crate) dynamic_code: bool,
    /// Something catches exceptions: `eval`, `try`, `assert_dies`.
    pub(crate) catches: bool,
    /// Some function aliases its arguments.
    pub(crate) aliases: bool,
    pub(crate) uses_caller: bool,
    /// `&$name`: the operand may be the name of a function.
    pub(crate) names_functions: bool,
    pub(crate) weakens: bool,
    pub(crate) overloads: bool,
    /// `tie` is called.
    pub(crate) ties: bool,
}

/// A value that is known at compile time.
pub(crate) type Constant = crate::hir::ExprKind;

/// What a name in scope stands for.
#[derive(Clone, Debug)]
pub(crate) struct Binding {
    pub(crate) place: Place,
    /// `val`.
    pub(crate) frozen: bool,
    /// The value of a frozen scalar, if it is known.
    pub(crate) constant: Option<Constant>,
    pub(crate) ty: Option<TypeName>,
    /// Scopes of protection (`eval`, `try`, `defer`) around the declaration.
    pub(crate) protection: u32,
}

/// Where a variable is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// In the function at that depth.
    Local {
        depth: usize,
        id: LocalId,
        key: VarKey,
    },
    Global(GlobalId),
}

/// One scope of lexical names.
#[derive(Default)]
pub(crate) struct Scope {
    /// Names bound in it, to be taken back.
    pub(crate) names: Vec<String>,
    /// Locals declared in it.
    pub(crate) declares: Vec<LocalId>,
    pub(crate) has_local: bool,
    /// `use integer` as it was outside, when it changed inside.
    pub(crate) integer: Option<bool>,
    /// `use bigint` and `use bignum`, likewise.
    pub(crate) big: Option<Big>,
    /// What operators warn of outside, when it changed inside.
    pub(crate) warnings: Option<u8>,
    /// The package outside, when it changed inside.
    pub(crate) package: Option<String>,
    /// The first slot of the frame as it was outside, when `local $_` changed it.
    pub(crate) topic: Option<(usize, Option<Place>)>,
    /// Depth of functions.
    pub(crate) depth: usize,
}

/// The lexical names in sight.
#[derive(Default)]
pub(crate) struct Names {
    bound: HashMap<String, Vec<Binding>>,
    pub(crate) scopes: Vec<Scope>,
}

/// The sigil of a kind of variable.
pub(crate) fn sigil(kind: VarKind) -> char {
    match kind {
        VarKind::Scalar => '$',
        VarKind::Array => '@',
        VarKind::Hash => '%',
        VarKind::Code => '&',
        VarKind::Handle => '*',
    }
}

fn full(kind: VarKind, name: &str) -> String {
    let mut text = String::with_capacity(name.len() + 1);
    text.push(sigil(kind));
    text.push_str(name);
    text
}

impl Names {
    /// The innermost binding of a name.
    pub(crate) fn find(&self, kind: VarKind, name: &str) -> Option<&Binding> {
        self.bound.get(&full(kind, name))?.last()
    }

    /// Binds a name in the innermost scope.
    pub(crate) fn bind(&mut self, kind: VarKind, name: &str, binding: Binding) {
        let name = full(kind, name);
        if let Some(scope) = self.scopes.last_mut() {
            scope.names.push(name.clone());
        }
        self.bound.entry(name).or_default().push(binding);
    }

    /// Gives the innermost binding of a name a known value.
    pub(crate) fn set_constant(&mut self, kind: VarKind, name: &str, value: Constant) {
        let binding = self.bound.get_mut(&full(kind, name)).and_then(|all| all.last_mut());
        if let Some(binding) = binding {
            binding.constant = Some(value);
        }
    }

    pub(crate) fn push(&mut self, depth: usize) {
        self.scopes.push(Scope { depth, ..Scope::default() });
    }

    /// Ends the innermost scope; its names are forgotten.
    pub(crate) fn pop(&mut self) -> Scope {
        let scope = self.scopes.pop().unwrap_or_default();
        for name in &scope.names {
            if let Some(all) = self.bound.get_mut(name) {
                all.pop();
            }
        }
        scope
    }

    /// Everything in sight: name with sigil, and binding; sorted by name.
    pub(crate) fn visible(&self) -> Vec<(String, Binding)> {
        let mut all: Vec<_> =
            self.bound.iter().filter_map(|(name, all)| Some((name.clone(), all.last()?.clone()))).collect();
        all.sort_by(|a, b| a.0.cmp(&b.0));
        all
    }
}
