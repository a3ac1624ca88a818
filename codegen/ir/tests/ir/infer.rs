//! Inference: what each rule makes of runtime functions, and what stays as it is.

use s_ir::{infer, parse, print};

use crate::{clean, same, shown};

/// One function of the module, behind inference.
fn inferred(text: &str, index: usize) -> String {
    let mut module = crate::read(text);
    clean(&module);
    infer::run(&mut module);
    clean(&module);
    shown(&module.functions[index])
}

/// What becomes of an expression of `%0` and `%1`, whose kinds are given: instructions, one line each.
fn rule(compat: bool, left: &str, right: &str, expression: &str) -> String {
    let operand = |value: &str, raw: &str, kind: &str| match kind {
        "int" => format!("{raw}: int = mark\n{value}: val = BoxInt {raw}\n"),
        "num" => format!("{raw}: num = to_num %20\n{value}: val = BoxNum {raw}\n"),
        _ => format!("{value}: val = Param 0\n"),
    };
    let text = format!(
        "{}function 0 = \"f\"(val) escapes -> val {{\nb0():\n%20: val = Param 0\n{}{}{expression}\n\
         list_push %2\nreturn %20\n{}}}\n",
        if compat { "compat\n" } else { "" },
        operand("%0", "%10", left),
        operand("%1", "%11", right),
        "unused %10: int, %11: int, %3: int, %4: int, %5: int, %6: int, %7: int, %8: int, %9: int, %12: int, \
         %13: int, %14: int, %15: int, %16: int, %17: int, %18: int, %19: int\n"
            .replace(if left == "num" { "%10: int" } else { "\0" }, "%10: num")
            .replace(if right == "num" { "%11: int" } else { "\0" }, "%11: num"),
    );
    let text = inferred(&text, 0);
    let found: Vec<&str> = text
        .lines()
        .map(str::trim)
        .filter(|line| {
            !line.contains(" = Param") && !line.contains(" = mark") && !line.contains("to_num %20")
        })
        .collect();
    let from = found.iter().position(|line| line.starts_with("b0")).unwrap() + 1;
    let to = found.iter().position(|line| line.starts_with("list_push")).unwrap();
    // What is done, without what to.
    found[from..to]
        .iter()
        .map(|line| {
            let operation = line.split(" = ").last().unwrap();
            operation.split(" %").next().unwrap()
        })
        .collect::<Vec<_>>()
        .join("; ")
}

#[track_caller]
fn check(left: &str, right: &str, expression: &str, expected: &str) {
    assert_eq!(rule(false, left, right, expression), expected, "{left} {right} {expression}");
}

fn binary(name: &str) -> String {
    format!("%2: val = {name} %0, %1")
}

fn unary(name: &str) -> String {
    format!("%2: val = {name} %0")
}

#[test]
fn arithmetic() {
    for (name, int, num) in [("add", "IAdd", "FAdd"), ("sub", "ISub", "FSub"), ("mul", "IMul", "FMul")] {
        check("int", "int", &binary(name), &format!("{int}; BoxInt"));
        check("num", "num", &binary(name), &format!("{num}; BoxNum"));
        check("int", "num", &binary(name), &format!("IntToNum; {num}; BoxNum"));
        check("num", "int", &binary(name), &format!("IntToNum; {num}; BoxNum"));
        check("int", "any", &binary(name), &format!("BoxInt; {name}"));
    }
    check("int", "int", &binary("div"), "int_div");
    check("num", "int", &binary("div"), "IntToNum; FDivChecked; BoxNum");
    check("int", "int", &binary("rem"), "IRem; BoxInt");
    check("num", "int", &binary("rem"), "BoxNum; BoxInt; rem; UnboxInt; BoxInt");
    check("int", "int", &binary("pow"), "int_pow");
    check("num", "num", &binary("pow"), "num_pow; BoxNum");
}

#[test]
fn bits() {
    for (name, op) in [("bit_and", "IAnd"), ("bit_or", "IOr"), ("bit_xor", "IXor")] {
        check("int", "int", &binary(name), &format!("{op}; BoxInt"));
    }
    check("int", "int", &binary("shl"), "int_shl; BoxInt");
    check("int", "int", &binary("shr"), "int_shr; BoxInt");
    check("int", "any", &unary("bit_not"), "INot; BoxInt");
}

#[test]
fn constants() {
    let constant = |name: &str, value: &str| {
        format!("%21: int = Int {value}\n%22: val = BoxInt %21\n%2: val = {name} %0, %22")
    };
    check("int", "any", &constant("rem", "10"), "IRemConst 10; BoxInt");
    check("int", "any", &constant("rem", "0"), "Int 0; IRem; BoxInt");
    check("int", "any", &constant("rem", "-1"), "Int -1; IRem; BoxInt");
    check("int", "any", &constant("shl", "3"), "IShlConst 3; BoxInt");
    check("int", "any", &constant("shr", "63"), "IShrConst 63; BoxInt");
    check("int", "any", &constant("shl", "64"), "Int 64; int_shl; BoxInt");
    check("num", "any", &constant("pow", "2"), "FMul; BoxNum");
    check("num", "any", &constant("pow", "3"), "Int 3; IntToNum; num_pow; BoxNum");
}

#[test]
fn comparisons() {
    let compare = |name: &str| format!("%21: bool = {name} %0, %1\n%2: val = BoxBool %21");
    let conditions = [("eq", "Eq"), ("ne", "Ne"), ("lt", "Lt"), ("gt", "Gt"), ("le", "Le"), ("ge", "Ge")];
    for (name, cond) in conditions {
        let compare = compare(&format!("num_{name}"));
        check("int", "int", &compare, &format!("ICmp {cond}; BoolToInt; BoxInt"));
        check("num", "num", &compare, &format!("FCmp {cond}; BoolToInt; BoxInt"));
        // The runtime compares an integer with a float exactly.
        check("int", "num", &compare, &format!("BoxInt; BoxNum; num_{name}; BoolToInt; BoxInt"));
    }
    check("int", "int", &binary("num_cmp"), "ICmp Gt; ICmp Lt; BoolToInt; BoolToInt; ISub; BoxInt");
    check("num", "num", &binary("num_cmp"), "BoxNum; BoxNum; num_cmp");
}

/// With a constant that no integer is rounded across, floats say the same.
#[test]
fn mixed_comparisons_with_constants() {
    let with =
        |make: &str, left: &str| format!("{make}\n%23: bool = num_lt {left}, %22\n%2: val = BoxBool %23");
    let int = |value: &str| format!("%21: int = Int {value}\n%22: val = BoxInt %21");
    let num = |value: &str| format!("%21: num = Num {value}\n%22: val = BoxNum %21");
    check("num", "any", &with(&int("10"), "%0"), "Int 10; IntToNum; FCmp Lt; BoolToInt; BoxInt");
    check(
        "num",
        "any",
        &with(&int("9007199254740993"), "%0"),
        "Int 9007199254740993; BoxNum; BoxInt; num_lt; BoolToInt; BoxInt",
    );
    check("int", "any", &with(&num("0.5"), "%0"), "Num 0.5; IntToNum; FCmp Lt; BoolToInt; BoxInt");
    check(
        "int",
        "any",
        &with(&num("9007199254740992.0"), "%0"),
        "Num 9007199254740992.0; BoxInt; BoxNum; num_lt; BoolToInt; BoxInt",
    );
}

#[test]
fn unary_operators() {
    check("int", "any", &unary("neg"), "INeg; BoxInt");
    check("num", "any", &unary("neg"), "FNeg; BoxNum");
    check("int", "any", &unary("inc"), "Int 1; IAdd; BoxInt");
    check("num", "any", &unary("dec"), "Num 1.0; FSub; BoxNum");
    check("int", "any", &unary("to_number"), "BoxInt");
    check("int", "any", &unary("int_of"), "BoxInt");
    check("num", "any", &unary("int_of"), "num_int");
    check("num", "any", &unary("abs"), "FAbs; BoxNum");
    check("int", "any", &unary("sqrt"), "IntToNum; FSqrt; BoxNum");
    check("int", "any", &unary("to_str"), "int_to_str");
    check("num", "any", &unary("to_str"), "num_to_str");
}

#[test]
fn conversions() {
    let to = |name: &str, ty: &str, back: &str| format!("%21: {ty} = {name} %0\n%2: val = {back} %21");
    check("int", "any", &to("to_int", "int", "BoxInt"), "BoxInt");
    check("num", "any", &to("to_int", "int", "BoxInt"), "num_to_int; BoxInt");
    check("int", "any", &to("to_num", "num", "BoxNum"), "IntToNum; BoxNum");
    check("num", "any", &to("to_num", "num", "BoxNum"), "BoxNum");
    check("int", "any", &to("to_bool", "bool", "BoxBool"), "Int 0; ICmp Ne; BoolToInt; BoxInt");
    check("num", "any", &to("to_bool", "bool", "BoxBool"), "Num 0.0; FCmp Ne; BoolToInt; BoxInt");
    check("int", "any", &to("is_defined", "bool", "BoxBool"), "Bool true; BoolToInt; BoxInt");
    check("num", "any", &to("sin", "num", "BoxNum"), "num_sin; BoxNum");
    check("int", "any", &to("exp", "num", "BoxNum"), "IntToNum; num_exp; BoxNum");
}

/// Sums of integers can leave the integers there, and integral floats count as integers.
#[test]
fn nothing_wrong_in_compat() {
    let stays = |left: &str, right: &str, expression: &str, expected: &str| {
        assert_eq!(rule(true, left, right, expression), expected, "{left} {right} {expression}");
    };
    for name in ["add", "sub", "mul", "rem", "pow", "bit_and", "shl"] {
        stays("int", "int", &binary(name), &format!("BoxInt; BoxInt; {name}"));
        stays("num", "num", &binary(name), &format!("BoxNum; BoxNum; {name}"));
    }
    stays("num", "num", &binary("div"), "BoxNum; BoxNum; div");
    for name in ["neg", "inc", "dec", "bit_not"] {
        stays("int", "any", &unary(name), &format!("BoxInt; {name}"));
    }
    stays("int", "int", "%21: bool = num_lt %0, %1\n%2: val = BoxBool %21", "ICmp Lt; BoxBool");
    stays("num", "any", &unary("inc"), "BoxNum; inc");
}

const MODULE: &str = r#"
function 0 = "main"() escapes -> val {
b0():
    %0: int = Int 20
    %1: val = BoxInt %0
    %2: val = Call 1 %1
    %3: val = Call 2 %2
    return %3
}
function 1 = "fib"(val) -> val {
b0():
    %0: val = Param 0
    %1: int = Int 2
    %2: val = BoxInt %1
    %3: bool = num_lt %0, %2
    branch %3 b1() b2()
b1():
    return %0
b2():
    %4: int = Int 1
    %5: val = BoxInt %4
    %6: val = sub %0, %5
    %7: val = Call 1 %6
    %8: val = sub %0, %2
    %9: val = Call 1 %8
    %10: val = add %7, %9
    return %10
}
function 2 = "half"(val) escapes -> val {
b0():
    %0: val = Param 0
    %1: int = Int 2
    %2: val = BoxInt %1
    %3: val = div %0, %2
    return %3
}
"#;

/// Parameters and results of functions that are only called directly become machine numbers.
#[test]
fn whole_module() {
    same(
        &inferred(MODULE, 1),
        r#"
"fib"(int) -> int {
b0():
    %11: int = Param 0
    %1: int = Int 2
    %3: bool = ICmp Lt %11, %1
    branch %3 b1() b2()
b1():
    return %11
b2():
    %4: int = Int 1
    %12: int = ISub %11, %4
    %13: int = Call 1 %12
    %14: int = ISub %11, %1
    %15: int = Call 1 %14
    %16: int = IAdd %13, %15
    return %16
}
"#,
    );
}

/// Functions that escape keep their types, whoever calls them.
#[test]
fn escaping() {
    same(
        &inferred(MODULE, 2),
        r#"
"half"(val) escapes -> val {
b0():
    %0: val = Param 0
    %1: int = Int 2
    %4: val = BoxInt %1
    %3: val = div %0, %4
    return %3
}
"#,
    );
}

/// A closure of a function, its place in a class, and being the first are ways to escape, too.
#[test]
fn called_by_others() {
    let text = r#"
class 0 = "C" kind 0 {
    field "f" visibility 0 default 2
    method "m" visibility 0 function 1
}
function 0 = "main"() -> val {
b0():
    %0: int = Int 20
    %1: val = BoxInt %0
    %2: val = Closure 3
    %3: val = Call 1 %1
    %4: val = Call 2 %1
    %5: val = Call 3 %1
    return %1
}
function 1 = "one"(val) -> val {
b0():
    %0: val = Param 0
    return %0
}
function 2 = "two"(val) -> val {
b0():
    %0: val = Param 0
    return %0
}
function 3 = "three"(val) -> val {
b0():
    %0: val = Param 0
    return %0
}
"#;
    let mut module = crate::read(text);
    infer::run(&mut module);
    clean(&module);
    for func in &module.functions {
        assert_eq!(func.signature.result, s_ir::Ty::V, "{}", func.name);
        assert!(func.signature.params.iter().all(|ty| *ty == s_ir::Ty::V), "{}", func.name);
    }
}

/// Returning nothing is returning undef: the result is no machine number.
#[test]
fn returns_nothing() {
    let text = r#"
function 0 = "main"() -> val {
b0():
    %0: val = Call 1
    return %0
}
function 1 = "f"() -> val {
b0():
    %0: bool = Bool true
    branch %0 b1() b2()
b1():
    %1: int = Int 1
    %2: val = BoxInt %1
    return %2
b2():
    return
}
"#;
    let found = inferred(text, 1);
    assert!(found.contains("-> val"), "{found}");
}

/// A variable of a loop that is a float from the start is one throughout; of mixed kinds it stays.
#[test]
fn loops_of_mixed_types() {
    let text = r#"
function 0 = "f"(val) escapes -> val {
b0():
    %0: val = Param 0
    %1: int = Int 0
    %2: val = BoxInt %1
    %3: num = Num 0.5
    %4: val = BoxNum %3
    jump b1(%2, %4, %2)
b1(%5: val, %6: val, %7: val) loop 1:
    %8: bool = num_lt %5, %0
    branch %8 b2() b3()
b2() loop 1:
    %9: val = inc %5
    %10: val = add %6, %5
    %11: val = add %7, %6
    jump b1(%9, %10, %11)
b3():
    %12: val = add %7, %6
    return %12
}
"#;
    same(
        &inferred(text, 0),
        r#"
"f"(val) escapes -> val {
b0():
    %0: val = Param 0
    %1: int = Int 0
    %3: num = Num 0.5
    %16: num = IntToNum %1
    jump b1(%1, %3, %16)
b1(%13: int, %14: num, %15: num) loop 1:
    %17: val = BoxInt %13
    %8: bool = num_lt %17, %0
    branch %8 b2() b3()
b2() loop 1:
    %18: int = Int 1
    %19: int = IAdd %13, %18
    %20: num = IntToNum %13
    %21: num = FAdd %14, %20
    %22: num = FAdd %15, %14
    jump b1(%19, %21, %22)
b3():
    %23: num = FAdd %15, %14
    %24: val = BoxNum %23
    return %24
}
"#,
    );
}

/// What inference says to need no counting is undefined or a number.
#[test]
fn plain() {
    let mut module = crate::read(MODULE);
    let plain = infer::run(&mut module);
    assert!(plain[2].contains(&s_ir::Value(2)));
    assert!(!plain[2].contains(&s_ir::Value(0)));
    let text = print::module(&module);
    assert_eq!(parse::module(text.as_bytes()).unwrap(), module);
}
