//! What stands beside functions: names, constants, declared types, signatures.

use s_ir::module::{ClassData, FieldData, FuncId, MethodData, TypeData};
use s_ir::{Module, Signature, Ty};
use s_sema::hir::{ClassKind, Function, FunctionId, Params, Program, TypeName};

use crate::escape::Facts;

/// How every function is called.
pub(crate) fn signatures(program: &Program, facts: &Facts) -> Vec<Signature> {
    program
        .functions
        .iter()
        .enumerate()
        .map(|(index, function)| {
            let kept = program.facts.shows_arguments && index != 0;
            signature(function, facts.needs_want(index), kept)
        })
        .collect()
}

/// How a function is called; one whose arguments somebody may ask for has them in memory.
fn signature(function: &Function, want: bool, kept: bool) -> Signature {
    let (params, variadic) = match &function.params {
        Params::Positional { scalars, rest: None }
            if !kept && scalars.iter().all(|(_, default)| default.is_none()) =>
        {
            (vec![Ty::V; scalars.len()], false)
        }
        _ => (Vec::new(), true),
    };
    Signature { params, variadic, captures: !function.captures.is_empty(), want, result: Ty::V }
}

/// The function of the graph that a function of the tree becomes.
pub(crate) fn func_id(id: FunctionId) -> FuncId {
    FuncId(id.0)
}

/// Fills the tables of a module.
pub(crate) fn fill(program: &Program, module: &mut Module) {
    module.files = program
        .files
        .iter()
        .map(|file| s_ir::module::SourceFile { name: file.name.clone(), package: file.package.clone() })
        .collect();
    module.data = program.files.first().and_then(|file| file.data.as_ref()).map(|data| data.to_vec());
    for regex in &program.regexes {
        module.regexes.push((regex.pattern.clone(), pattern_flags(&regex.flags)));
    }
    for trans in &program.transliterations {
        module.transliterations.push((trans.from.clone(), trans.to.clone(), trans.flags.clone()));
    }
    for (index, function) in program.functions.iter().enumerate() {
        if let Some(global) = function.global {
            let name = module.global(&program.globals[global.index()].name);
            let id = FuncId(u32::try_from(index).expect("fewer than 2^32 functions"));
            module.definitions.push((name, id));
        }
    }
    for class in &program.classes {
        let data = ClassData {
            name: class.name.clone(),
            kind: match class.kind {
                ClassKind::Class => 0,
                ClassKind::Struct => 1,
                ClassKind::Enum => 2,
                ClassKind::Trait => 3,
            },
            parents: class.parents.iter().map(|id| id.0).collect(),
            known: class.known.clone(),
            traits: class.traits.iter().map(|id| id.0).collect(),
            fields: class
                .fields
                .iter()
                .map(|field| FieldData {
                    name: field.name.clone(),
                    ty: field.ty.as_ref().map(type_data),
                    default: field.default.map(func_id),
                    visibility: field.visibility,
                })
                .collect(),
            statics: class
                .statics
                .iter()
                .map(|(name, global)| (name.clone(), module.global(&program.globals[global.index()].name)))
                .collect(),
            methods: class
                .methods
                .iter()
                .map(|method| MethodData {
                    name: method.name.clone(),
                    function: method.function.map(func_id),
                    is_static: method.is_static,
                    is_final: method.is_final,
                    visibility: method.visibility,
                })
                .collect(),
            variants: class
                .variants
                .iter()
                .map(|(name, ty)| (name.clone(), ty.as_ref().map(type_data)))
                .collect(),
            is_abstract: class.is_abstract,
            is_final: class.is_final,
        };
        module.classes.push(data);
    }
}

/// A declared type, as the runtime is told of it.
pub(crate) fn type_data(ty: &TypeName) -> TypeData {
    TypeData { name: ty.name.clone(), args: ty.args.iter().map(type_data).collect() }
}

/// The letters of a pattern as bits.
pub(crate) fn pattern_flags(letters: &str) -> i64 {
    use s_abi::functions::pattern_flag as flag;
    let mut bits = 0;
    let mut extended = 0;
    for letter in letters.bytes() {
        bits |= match letter {
            b'i' => flag::IGNORE_CASE,
            b'm' => flag::MULTI_LINE,
            b's' => flag::DOT_ALL,
            b'x' => {
                extended += 1;
                if extended > 1 { flag::EXTENDED_MORE } else { flag::EXTENDED }
            }
            b'n' => flag::NO_CAPTURE,
            b'a' => flag::ASCII,
            _ => 0,
        };
    }
    bits
}
