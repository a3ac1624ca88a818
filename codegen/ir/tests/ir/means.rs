//! What names of methods are said to mean.

use s_ir::{Means, Module, Op, means};

use crate::{clean, read};

/// A program that calls methods of these names on its first parameter, with what else a module has in front.
fn program(before: &str, names: &[&str]) -> Module {
    let strings: String =
        (0..).zip(names).map(|(index, name): (u32, _)| format!("string {index} = \"{name}\"\n")).collect();
    let calls: String = (0..)
        .zip(names)
        .map(|(index, _): (u32, _)| {
            let (name, result) = (2 + 2 * index, 3 + 2 * index);
            format!("%{name}: val = Str {index}\n%{result}: val = CallMethod %{name}, %0, %1\n")
        })
        .collect();
    read(&format!(
        "{strings}{before}
function 0 = \"main::__MAIN__\"(val) want escapes at 1 -> val {{
b0():
%0: val = Param 0
%1: int = Want
{calls}return %0
}}
function 1 = \"A::one\"(val) escapes at 2 -> val {{
b0():
%0: val = Param 0
return %0
}}
function 2 = \"B::one\"(val, val) escapes at 3 -> val {{
b0():
%0: val = Param 1
return %0
}}
function 3 = \"C::one\"(val) escapes at 4 -> val {{
b0():
%0: val = Param 0
return %0
}}
function 4 = \"A::any\"() variadic escapes at 5 -> val {{
b0():
%0: val = Undef
return %0
}}
function 5 = \"A::near\"(val) at 6 -> val {{
b0():
%0: val = Param 0
return %0
}}
"
    ))
}

/// What is said of each call, as it is written.
#[track_caller]
fn check(before: &str, expected: &[(&str, &str)]) {
    let names: Vec<&str> = expected.iter().map(|(name, _)| *name).collect();
    let mut module = program(before, &names);
    means::run(&mut module);
    clean(&module);
    let text = s_ir::print::module(&module);
    let found: Vec<&str> = text
        .lines()
        .filter_map(|line| line.split_once("CallMethod").map(|(_, rest)| rest))
        .map(|rest| rest[..rest.find('%').unwrap()].trim())
        .collect();
    let expected: Vec<&str> = expected.iter().map(|(_, means)| *means).collect();
    assert_eq!(found, expected);
}

#[test]
fn functions_that_have_the_name() {
    let two = "glob 0 = \"A::one\"\nglob 1 = \"B::one\"\nglob 2 = \"A::any\"\nglob 3 = \"A::near\"\n
define 0 = 1\ndefine 1 = 2\ndefine 2 = 4\ndefine 3 = 5\n";
    // What takes any number of arguments is called by its entry, and what has no entry has no name.
    check(
        two,
        &[
            ("one", "1 2 None"),
            ("B::SUPER::one", "1 2 None"),
            ("one?", "1 2 None"),
            ("any", "None"),
            ("near", ""),
            ("other", ""),
        ],
    );
    let three = format!("{two}glob 4 = \"C::one\"\ndefine 4 = 3\n");
    check(&three, &[("one", "None")]);
}

#[test]
fn fields_that_have_the_name() {
    let class = |name: &str, parent: &str, fields: &[&str]| {
        let fields: String = fields.iter().map(|field| format!("field \"{field}\" visibility 0\n")).collect();
        format!("class {name} kind 0 {{\n{parent}{fields}method \"one\" visibility 0 function 1\n}}\n")
    };
    let apart = class("0 = \"A\"", "", &["x", "one"])
        + &class("1 = \"B\"", "", &["y", "z"])
        + &class("2 = \"C\"", "", &["z"]);
    check(&apart, &[("x", "One"), ("y", "One"), ("z", "Several"), ("one", "1"), ("other", "")]);
    let heirs = class("0 = \"A\"", "", &["x"]) + &class("1 = \"B\"", "parent 0\n", &["y"]);
    check(&heirs, &[("x", "Several"), ("y", "Several")]);
}

#[test]
fn names_that_are_computed_mean_nothing() {
    let mut module = program("", &["one"]);
    for inst in module.functions[0].blocks.iter_mut().flat_map(|data| &mut data.insts) {
        if matches!(inst.op, Op::CallMethod(_)) {
            inst.args[0] = inst.args[1];
        }
    }
    means::run(&mut module);
    let ops = module.functions[0].blocks.iter().flat_map(|data| &data.insts);
    let found: Vec<&Op> = ops.map(|inst| &inst.op).filter(|op| matches!(op, Op::CallMethod(_))).collect();
    assert_eq!(found, [&Op::CallMethod(Means::default())]);
}
