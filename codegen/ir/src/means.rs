//! What names of methods mean, as far as a module shows: which functions are called so, and whether fields are.
//!
//! To be run when signatures are final. What it says is where a call looks first; when the call happens the name may mean
//! something else, which code of the module, of other modules, or of texts that are evaluated can see to.

use std::collections::HashMap;

use crate::func::{Func, Ty};
use crate::module::{FuncId, Module};
use crate::op::{Fields, Means, Op};

/// What is called by a name.
#[derive(Default)]
struct Named {
    functions: Vec<FuncId>,
    /// Classes that declare a field of this name.
    fields: usize,
}

/// Says of each call of a method by a constant name what that means.
pub fn run(module: &mut Module) {
    let calls = |func: &Func| {
        func.blocks
            .iter()
            .flat_map(|data| &data.insts)
            .any(|inst| matches!(inst.op, Op::CallMethod(_) | Op::CallMethodList(_)))
    };
    if !module.functions.iter().any(calls) {
        return;
    }
    let names = names(module);
    let has_heirs = module.classes.iter().any(|class| {
        !class.parents.is_empty() || !class.traits.is_empty() || class.known != <[Vec<String>; 2]>::default()
    });
    let mut functions = std::mem::take(&mut module.functions);
    let takes_values: Vec<bool> = functions.iter().map(takes_values).collect();
    for func in &mut functions {
        let mut texts = HashMap::new();
        for inst in func.blocks.iter_mut().flat_map(|data| &mut data.insts) {
            if let (Op::Str(text), Some(result)) = (&inst.op, inst.result) {
                texts.insert(result, *text);
            }
            let (Op::CallMethod(means) | Op::CallMethodList(means)) = &mut inst.op else { continue };
            let name = texts.get(&inst.args[0]).map(|text| &module.strings[text.index()].0);
            let named =
                name.and_then(|name| std::str::from_utf8(name).ok()).and_then(|name| names.get(plain(name)));
            *means = named.map_or_else(Means::default, |named| meaning(named, has_heirs, &takes_values));
        }
    }
    module.functions = functions;
}

/// The name itself of a method that is named with a package, or with the mark that it may be missing.
fn plain(name: &str) -> &str {
    let name = name.rsplit("::").next().unwrap_or(name);
    name.strip_suffix('?').unwrap_or(name)
}

fn names(module: &Module) -> HashMap<String, Named> {
    let mut names: HashMap<String, Named> = HashMap::new();
    let mut add = |name: &str, function: FuncId| {
        let functions = &mut names.entry(name.to_owned()).or_default().functions;
        if !functions.contains(&function) {
            functions.push(function);
        }
    };
    for class in &module.classes {
        for method in &class.methods {
            if let Some(function) = method.function {
                add(&method.name, function);
            }
        }
    }
    for (name, function) in &module.definitions {
        // What is only called directly is found by no name.
        if module.functions[function.index()].escapes {
            add(plain(&module.globals[name.index()]), *function);
        }
    }
    for field in module.classes.iter().flat_map(|class| &class.fields) {
        names.entry(field.name.clone()).or_default().fields += 1;
    }
    names
}

fn meaning(named: &Named, has_heirs: bool, takes_values: &[bool]) -> Means {
    let fields = match (named.fields, &named.functions[..]) {
        (0, _) => Fields::None,
        (1, []) if !has_heirs => Fields::One,
        (_, []) => Fields::Several,
        _ => Fields::Perhaps,
    };
    let mut functions = [None; 2];
    if named.functions.len() <= functions.len() {
        let direct = named.functions.iter().filter(|function| takes_values[function.index()]);
        for (place, function) in functions.iter_mut().zip(direct) {
            *place = Some(*function);
        }
    }
    Means { functions, fields }
}

/// Whether a function takes nothing but values, and gives one.
fn takes_values(func: &Func) -> bool {
    let signature = &func.signature;
    !signature.variadic
        && !signature.captures
        && signature.result == Ty::V
        && signature.params.iter().all(|ty| *ty == Ty::V)
}
