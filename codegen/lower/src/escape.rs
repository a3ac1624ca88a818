//! What of a program has to be known before any function is lowered: who can be called from where, and
//! which variables need a cell because a builtin changes them in place.

use std::collections::{HashMap, HashSet};

use s_sema::hir::{Callee, Expr, ExprKind, LocalId, MagicPlace, Op, Params, Program};

use crate::plural::Plural;
use crate::visit;

/// Facts of a program.
pub(crate) struct Facts {
    escapes: Vec<bool>,
    needs_want: Vec<bool>,
    cells: Vec<HashSet<LocalId>>,
    matches: Vec<bool>,
    sets: bool,
    /// Some function may change its caller's variables through `@_`.
    pub(crate) aliases: bool,
    /// Which expressions are lists.
    pub(crate) plural: Plural,
}

impl Facts {
    /// Collects them.
    pub(crate) fn of(program: &Program) -> Facts {
        let mut named: HashSet<u32> = HashSet::new();
        let mut methods: HashSet<String> = HashSet::new();
        let mut any_method = program.facts.dynamic_code || program.facts.names_functions || program.compat;
        let mut closures: HashSet<u32> = HashSet::new();
        let mut sets = false;
        let mut cells = Vec::new();
        let mut matches = Vec::new();
        for (index, function) in program.functions.iter().enumerate() {
            let mut own: HashSet<LocalId> = HashSet::new();
            let mut has_match = false;
            let mut see = |node: &Expr| match &node.kind {
                ExprKind::FunctionRef(global) => {
                    named.insert(global.0);
                }
                ExprKind::Closure(id) | ExprKind::AtEnd(id) => {
                    closures.insert(id.0);
                }
                ExprKind::CurrentFunction => {
                    closures.insert(u32::try_from(index).expect("fewer than 2^32 functions"));
                }
                ExprKind::Magic(MagicPlace::Substr | MagicPlace::Pos | MagicPlace::Vec, args) => {
                    needs_cell(args.first(), &mut own);
                }
                ExprKind::Call(call) => {
                    let mut callee = &call.callee;
                    let mut by_value = false;
                    while let Callee::WithArgs { callee: inner, .. } = callee {
                        callee = inner;
                        by_value = true;
                    }
                    match callee {
                        // `&f` calls what the name holds.
                        Callee::Function(id) if by_value => {
                            match program.functions[id.index()].global {
                                Some(global) => named.insert(global.0),
                                None => closures.insert(id.0),
                            };
                        }
                        Callee::Global(global) => {
                            named.insert(global.0);
                        }
                        Callee::Method { name, .. } => {
                            methods.insert(name.rsplit("::").next().unwrap_or(name).to_owned());
                        }
                        Callee::DynamicMethod { .. } => any_method = true,
                        _ => {}
                    }
                }
                ExprKind::Builtin(call) => match call.name {
                    "can" => any_method = true,
                    "set" => sets = true,
                    "pos" => needs_cell(call.args.first(), &mut own),
                    _ => {}
                },
                ExprKind::Op(op) => match &**op {
                    Op::Match(node) => {
                        has_match = true;
                        if node.global {
                            needs_cell(Some(&node.subject), &mut own);
                        }
                    }
                    Op::Subst(_) | Op::Split { .. } => has_match = true,
                    Op::Chomp { places, .. } => {
                        places.iter().for_each(|place| needs_cell(Some(place), &mut own))
                    }
                    Op::OpenLike(_, place, _) | Op::ReadInto(_, _, place) => {
                        needs_cell(Some(place), &mut own)
                    }
                    Op::Sort { by: s_sema::hir::SortBy::Function(id), .. } => {
                        closures.insert(id.0);
                    }
                    Op::Sort { by: s_sema::hir::SortBy::Private { function, keys }, .. } => {
                        closures.insert(function.0);
                        closures.extend(keys.iter().map(|key| key.function.0));
                    }
                    Op::Exists(inner) | Op::Defined(inner) => {
                        if let ExprKind::FunctionRef(global) = &inner.kind {
                            named.insert(global.0);
                        }
                    }
                    _ => {}
                },
                _ => {}
            };
            visit::block(&function.body, &mut see);
            if let Params::Positional { scalars, .. } = &function.params {
                for default in scalars.iter().filter_map(|(_, default)| default.as_ref()) {
                    visit::expr(default, &mut see);
                }
            }
            cells.push(own);
            matches.push(has_match);
        }
        let mut of_classes: HashSet<u32> = HashSet::new();
        for class in &program.classes {
            of_classes.extend(class.methods.iter().filter_map(|method| method.function).map(|id| id.0));
            of_classes.extend(class.fields.iter().filter_map(|field| field.default).map(|id| id.0));
        }
        // The name of a replaced function may be looked up: its definition escapes when the slot does.
        let mut defined: HashMap<u32, u32> = HashMap::new();
        for function in &program.functions {
            if let Some(global) = function.global {
                *defined.entry(global.0).or_default() += 1;
            }
        }
        let escapes = program
            .functions
            .iter()
            .enumerate()
            .map(|(index, function)| {
                let id = u32::try_from(index).expect("fewer than 2^32 functions");
                let last = function.name.rsplit("::").next().unwrap_or(&function.name);
                index == 0
                    || any_method
                    || closures.contains(&id)
                    || of_classes.contains(&id)
                    || methods.contains(last)
                    || function
                        .global
                        .is_none_or(|global| named.contains(&global.0) || defined[&global.0] > 1)
                    || matches!(last, "DESTROY" | "AUTOLOAD" | "import" | "BUILD")
                    || last.starts_with("op_")
                    || last == "stringify"
            })
            .collect();
        let needs_want = program.functions.iter().map(|function| function.uses_want).collect();
        let aliases = program
            .functions
            .iter()
            .any(|function| matches!(function.params, Params::Array { alias: true, .. }));
        Facts { escapes, needs_want, cells, matches, sets, aliases, plural: Plural::default() }
    }

    /// Whether a function is called other than directly.
    pub(crate) fn escapes(&self, index: usize) -> bool {
        self.escapes[index]
    }

    /// Whether sets exist, whose operators give sets.
    pub(crate) fn has_sets(&self) -> bool {
        self.sets
    }

    /// Whether a function is told its context.
    pub(crate) fn needs_want(&self, index: usize) -> bool {
        self.needs_want[index]
    }

    /// Variables of a function that need a cell besides those sema knows of.
    pub(crate) fn cells(&self, index: usize) -> &HashSet<LocalId> {
        &self.cells[index]
    }

    /// Whether a function matches patterns, so that captures have to come back when it is left.
    pub(crate) fn matches(&self, index: usize) -> bool {
        self.matches[index]
    }
}

fn needs_cell(place: Option<&Expr>, cells: &mut HashSet<LocalId>) {
    match place.map(|place| &place.kind) {
        Some(ExprKind::Local(id)) => {
            cells.insert(*id);
        }
        Some(ExprKind::Declare(ids)) => cells.extend(ids),
        Some(ExprKind::Assign(target, _)) => needs_cell(Some(target), cells),
        Some(ExprKind::Ternary(_, yes, no)) => {
            needs_cell(Some(yes), cells);
            needs_cell(Some(no), cells);
        }
        Some(ExprKind::List(items)) => items.iter().for_each(|item| needs_cell(Some(item), cells)),
        _ => {}
    }
}
