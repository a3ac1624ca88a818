//! Arrays that are packed before loops.

use s_ir::pack;

use crate::{clean, module_of, read_func, same, shown};

#[track_caller]
fn check(input: &str, expected: &str) {
    let mut func = read_func(&format!("\"f\"(val, int) -> val {{\n{input}\n}}\n"));
    clean(&module_of(func.clone()));
    pack::run(&mut func);
    clean(&module_of(func.clone()));
    let found = shown(&func);
    let body: Vec<&str> = found.lines().collect();
    same(&body[1..body.len() - 1].join("\n"), expected);
}

/// What is known before the loop: a reference, also through its array, and a row. What only the loop knows
/// is left alone, as is what is looked for by an index that it changes.
#[test]
fn before_the_loop() {
    check(
        "b0():
        %0: val = Param 0
        %1: int = Param 1
        jump b1(%1)
        b1(%2: int) loop 1:
        %3: bool = ElemIsNum Float %0, %1, %2
        branch %3 b2() b4()
        b2() loop 1:
        %4: arr = RefArr %0
        %5: bool = ElemIsNum Number %4, %2
        branch %5 b3() b4()
        b3() loop 1:
        %6: val = arr_get %4, %1
        %7: bool = ElemIsNum Float %6, %2
        branch %7 b5() b4()
        b5() loop 1:
        %8: bool = ElemIsNum Float %0, %2, %1
        branch %8 b1(%1) b4()
        b4():
        return %0",
        r#"
b0():
    %0: val = Param 0
    %1: int = Param 1
    Pack %0, %1
    Pack %0
    jump b1(%1)
b1(%2: int) loop 1:
    %3: bool = ElemIsNum Float %0, %1, %2
    branch %3 b2() b4()
b2() loop 1:
    %4: arr = RefArr %0
    %5: bool = ElemIsNum Number %4, %2
    branch %5 b3() b4()
b3() loop 1:
    %6: val = arr_get %4, %1
    %7: bool = ElemIsNum Float %6, %2
    branch %7 b5() b4()
b5() loop 1:
    %8: bool = ElemIsNum Float %0, %2, %1
    branch %8 b1(%1) b4()
b4():
    return %0
"#,
    );
}

/// A loop that carries a float round has its arrays packed before the loop around it; an array of a name is
/// asked for again there.
#[test]
fn around_a_sum() {
    check(
        "b0():
        %0: val = Param 0
        %1: int = Param 1
        %2: bool = to_bool %0
        branch %2 b1(%1) b4()
        b1(%3: int) loop 1:
        %4: num = Num 0.0
        jump b2(%3, %4)
        b2(%5: int, %6: num) loop 2:
        %7: glob = Glob 0
        %8: arr = GlobSlot %7
        %9: bool = ElemIsNum Float %8, %5
        branch %9 b3() b4()
        b3() loop 2:
        %10: num = ElemNum Float %8, %5
        %11: num = FAdd %6, %10
        %12: bool = FCmp Lt %11, %10
        branch %12 b2(%5, %11) b5()
        b5() loop 1:
        branch %12 b1(%5) b4()
        b4():
        return %0",
        r#"
b0():
    %0: val = Param 0
    %1: int = Param 1
    %2: bool = to_bool %0
    branch %2 b6() b4()
b6():
    %13: glob = Glob 0
    %14: arr = GlobSlot %13
    Pack %14
    jump b1(%1)
b1(%3: int) loop 1:
    %4: num = Num 0.0
    jump b2(%3, %4)
b2(%5: int, %6: num) loop 2:
    %7: glob = Glob 0
    %8: arr = GlobSlot %7
    %9: bool = ElemIsNum Float %8, %5
    branch %9 b3() b4()
b3() loop 2:
    %10: num = ElemNum Float %8, %5
    %11: num = FAdd %6, %10
    %12: bool = FCmp Lt %11, %10
    branch %12 b2(%5, %11) b5()
b5() loop 1:
    branch %12 b1(%5) b4()
b4():
    return %0
"#,
    );
}
