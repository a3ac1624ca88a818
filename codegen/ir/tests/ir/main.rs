//! Tests of the middle representation as its users see it: text in, text out; and programs run by a
//! reference machine that counts references.
#![allow(
    clippy::unwrap_used,
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::float_cmp,
    reason = "tests: a failure is a panic, and numbers are small or meant to be equal"
)]

mod builder;
mod cfg;
mod counts;
mod generate;
mod infer;
mod machine;
mod means;
mod pack;
mod random;
mod simplify;
mod speed;
mod text;
mod verify;
mod version;

use s_ir::{Func, Module, Signature, Ty};

/// An empty function of values.
fn function(name: &str, params: &[Ty], result: Ty) -> Func {
    Func::new(
        name.to_owned(),
        Signature { params: params.to_vec(), variadic: false, captures: false, want: false, result },
    )
}

/// A module from text.
fn read(text: &str) -> Module {
    s_ir::parse::module(text.as_bytes()).unwrap_or_else(|error| panic!("{error}\n{text}"))
}

/// The function a text holds.
fn read_func(text: &str) -> Func {
    s_ir::parse::func(text.trim_start().as_bytes()).unwrap_or_else(|error| panic!("{error}\n{text}"))
}

/// A function without what only matters to reading it back: values that no longer exist.
fn shown(func: &Func) -> String {
    let text = s_ir::print::func(func);
    text.lines().filter(|line| !line.starts_with("    unused")).map(|line| format!("{line}\n")).collect()
}

/// Compares texts by line, indentation aside.
#[track_caller]
fn same(found: &str, expected: &str) {
    let lines = |text: &str| {
        text.lines()
            .map(str::trim)
            .filter(|line| !line.is_empty())
            .map(|line| format!("{line}\n"))
            .collect::<String>()
    };
    assert_eq!(lines(found), lines(expected), "\nfound:\n{found}");
}

#[track_caller]
fn clean(module: &Module) {
    for func in &module.functions {
        let wrong = s_ir::verify::verify(module, func);
        assert!(wrong.is_empty(), "{}\n{}", wrong.join("\n"), s_ir::print::func(func));
    }
}

/// A module of one function.
fn module_of(func: Func) -> Module {
    let mut module = Module::default();
    module.functions.push(func);
    module
}
