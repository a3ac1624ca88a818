//! The small passes, one by one and all together.

use s_ir::{Func, simplify};

use crate::{read_func, same, shown};

#[track_caller]
fn check(pass: fn(&mut Func), input: &str, expected: &str) {
    let mut func = read_func(&format!("\"f\"(val) -> val {{\n{input}\n}}\n"));
    let module = crate::module_of(func.clone());
    crate::clean(&module);
    pass(&mut func);
    let module = crate::module_of(func.clone());
    crate::clean(&module);
    let found = shown(&func);
    let body: Vec<&str> = found.lines().collect();
    same(&body[1..body.len() - 1].join("\n"), expected);
}

/// Constants go through operations and parameters; what they decide is no branch any more.
#[test]
fn constants_through_a_loop() {
    check(
        simplify::constants,
        "b0():
        %0: val = Param 0
        %1: int = Int 3
        %2: int = Int 0
        jump b1(%1, %2)
        b1(%3: int, %4: int) loop 1:
        %5: int = Int 3
        %6: bool = ICmp Eq %3, %5
        branch %6 b2() b3()
        b2() loop 1:
        %7: int = Int 1
        %8: int = IAdd %4, %7
        %9: bool = num_lt %0, %0
        branch %9 b1(%5, %8) b4()
        b3() loop 1:
        %10: int = IAdd %3, %4
        jump b1(%10, %10)
        b4():
        %11: val = BoxInt %3
        %12: val = BoxInt %8
        %13: val = add %11, %12
        return %13",
        r#"
b0():
    %0: val = Param 0
    %1: int = Int 3
    %2: int = Int 0
    jump b1(%2)
b1(%4: int) loop 1:
    %14: int = Int 3
    %5: int = Int 3
    %6: bool = Bool true
    jump b2()
b2() loop 1:
    %7: int = Int 1
    %8: int = IAdd %4, %7
    %9: bool = num_lt %0, %0
    branch %9 b1(%8) b4()
b4():
    %11: val = BoxInt %14
    %12: val = BoxInt %8
    %13: val = add %11, %12
    return %13
"#,
    );
}

#[test]
fn constant_operations() {
    check(
        simplify::constants,
        "b0():
        %0: int = Int 7
        %1: int = Int -2
        %2: int = IRem %0, %1
        %3: int = IRemConst -2 %0
        %4: int = Int 0
        %5: int = IRem %0, %4
        %6: int = IShlConst 3 %0
        %7: int = INot %0
        %8: bool = ICmp Gt %6, %7
        %9: bool = Not %8
        %10: int = BoolToInt %9
        %11: int = IMul %6, %10
        %12: val = BoxInt %11
        return %12",
        r#"
b0():
    %0: int = Int 7
    %1: int = Int -2
    %2: int = Int -1
    %3: int = Int -1
    %4: int = Int 0
    %5: int = IRem %0, %4
    %6: int = Int 56
    %7: int = Int -8
    %8: bool = Bool true
    %9: bool = Bool false
    %10: int = Int 0
    %11: int = Int 0
    %12: val = BoxInt %11
    return %12
"#,
    );
}

/// Nothing is taken for a constant that is one on some ways only.
#[test]
fn varying() {
    check(
        simplify::constants,
        "b0():
        %0: val = Param 0
        %1: bool = to_bool %0
        %2: int = Int 1
        %3: int = Int 2
        branch %1 b1(%2) b1(%3)
        b1(%4: int):
        %5: int = IAdd %4, %2
        %6: val = BoxInt %5
        return %6",
        r#"
b0():
    %0: val = Param 0
    %1: bool = to_bool %0
    %2: int = Int 1
    %3: int = Int 2
    branch %1 b1(%2) b1(%3)
b1(%4: int):
    %5: int = IAdd %4, %2
    %6: val = BoxInt %5
    return %6
"#,
    );
}

/// Behind a test for a reference its array needs neither a question nor a count, and no second test.
#[test]
fn references_that_are_known() {
    let run = |func: &mut Func| {
        simplify::known_conditions(func);
        simplify::references(func);
    };
    check(
        run,
        "b0():
        %0: val = Param 0
        %1: bool = HasTag 8 %0
        branch %1 b1() b2()
        b1():
        %2: arr = deref_arr %0
        %3: bool = HasTag 8 %0
        branch %3 b2() b3()
        b2():
        %4: arr = deref_arr %0
        return %0
        b3():
        return",
        r#"
b0():
    %0: val = Param 0
    %1: bool = HasTag 8 %0
    branch %1 b1() b2()
b1():
    %2: arr = RefArr %0
    %3: bool = HasTag 8 %0
    jump b2()
b2():
    %4: arr = deref_arr %0
    return %0
b3():
    unreachable
"#,
    );
}

#[test]
fn decided_again() {
    check(
        simplify::known_conditions,
        "b0():
        %0: val = Param 0
        %1: bool = to_bool %0
        branch %1 b1() b2()
        b1():
        %2: val = inc %0
        branch %1 b3() b4()
        b2():
        branch %1 b3() b4()
        b3():
        return %0
        b4():
        branch %1 b3() b5()
        b5():
        return",
        r#"
b0():
    %0: val = Param 0
    %1: bool = to_bool %0
    branch %1 b1() b2()
b1():
    %2: val = inc %0
    jump b3()
b2():
    jump b4()
b4():
    branch %1 b3() b5()
b3():
    return %0
b5():
    return
"#,
    );
}

/// What `$a && $b` leaves behind: the way on which the condition is known goes past the test.
#[test]
fn threads() {
    check(
        simplify::thread_jumps,
        "b0():
        %0: val = Param 0
        %1: bool = to_bool %0
        %2: bool = Bool false
        branch %1 b1() b2()
        b1():
        %3: bool = num_lt %0, %0
        jump b3(%3, %0)
        b2():
        jump b3(%2, %0)
        b3(%4: bool, %5: val):
        branch %4 b4(%5) b5()
        b4(%6: val):
        return %6
        b5():
        return %0",
        r#"
b0():
    %0: val = Param 0
    %1: bool = to_bool %0
    %2: bool = Bool false
    branch %1 b1() b2()
b1():
    %3: bool = num_lt %0, %0
    jump b3(%3, %0)
b3(%4: bool, %5: val):
    branch %4 b4(%5) b5()
b4(%6: val):
    return %6
b2():
    jump b5()
b5():
    return %0
"#,
    );
}

/// A test whose parameter is used elsewhere is needed.
#[test]
fn threads_not() {
    let text = "b0():
        %0: val = Param 0
        %1: bool = to_bool %0
        %2: bool = Bool false
        branch %1 b1() b2()
        b1():
        jump b3(%1)
        b2():
        jump b3(%2)
        b3(%3: bool):
        branch %3 b4() b5()
        b4():
        return
        b5():
        %4: val = BoxBool %3
        return %4";
    check(simplify::thread_jumps, text, text);
}

/// Parameters that only need each other, and what is computed for them.
#[test]
fn dead() {
    check(
        simplify::dead_code,
        "b0():
        %0: val = Param 0
        %1: int = Int 0
        %2: val = BoxInt %1
        jump b1(%1, %2)
        b1(%3: int, %4: val) loop 1:
        %5: int = IAdd %3, %1
        %6: val = inc %0
        %7: val = hash_get %8, %0
        %9: bool = to_bool %0
        branch %9 b1(%5, %4) b2()
        b2():
        return %0
        unused %8: hash"
            .replace("%7: val = hash_get %8, %0\n", "\n")
            .replace("unused %8: hash", "unused %7: val, %8: hash")
            .as_str(),
        r#"
b0():
    %0: val = Param 0
    jump b1()
b1() loop 1:
    %6: val = inc %0
    %9: bool = to_bool %0
    branch %9 b1() b2()
b2():
    return %0
"#,
    );
}

/// Positions: the last before something sees it, once.
#[test]
fn positions() {
    check(
        simplify::positions,
        "b0():
        Pos 1
        Pos 2
        %0: val = Param 0
        %1: val = inc %0
        Pos 2
        %2: val = inc %1
        Pos 3
        %3: bool = is_defined %2
        branch %3 b1() b2()
        b1():
        %4: val = inc %2
        Pos 4
        at_end %4
        jump b3()
        b2():
        Pos 5
        local_restore %5
        Pos 6
        jump b3()
        b3():
        Pos 7
        return %0
        unused %5: int"
            .replace("local_restore %5", "%5: int = mark\nlocal_restore %5")
            .replace("unused %5: int", "")
            .as_str(),
        r#"
b0():
    Pos 2
    %0: val = Param 0
    %1: val = inc %0
    %2: val = inc %1
    Pos 3
    %3: bool = is_defined %2
    branch %3 b1() b2()
b1():
    %4: val = inc %2
    at_end %4
    jump b3()
b2():
    Pos 5
    %5: int = mark
    local_restore %5
    jump b3()
b3():
    return %0
"#,
    );
}

/// A position set before a loop is seen in it.
#[test]
fn positions_in_loops() {
    let text = "b0():
        %0: val = Param 0
        Pos 1
        jump b1()
        b1() loop 1:
        %1: bool = is_defined %0
        branch %1 b2() b3()
        b2() loop 1:
        %2: val = inc %0
        %3: bool = is_defined %2
        branch %3 b1() b3()
        b3():
        return %0";
    check(simplify::positions, text, text);
}

/// Lines for debuggers: all that anything is on, whether a message could name them or not.
#[test]
fn lines() {
    check(
        simplify::positions,
        "b0():
        Line 1
        Line 2
        %0: val = Param 0
        Line 2
        %1: val = inc %0
        Line 3
        Pos 3
        Line 3
        %2: bool = is_defined %1
        Line 4
        branch %2 b1() b1()
        b1():
        Line 4
        Line 5
        Line 4
        return %0",
        r#"
b0():
    Line 2
    %0: val = Param 0
    %1: val = inc %0
    Line 3
    %2: bool = is_defined %1
    Line 4
    branch %2 b1() b1()
b1():
    Line 4
    return %0
"#,
    );
}

#[test]
fn all_together() {
    let mut module = crate::read(
        r#"
function 0 = "f"(val) escapes -> val {
b0():
    Pos 1
    %0: val = Param 0
    %1: int = Int 0
    %2: val = BoxInt %1
    %3: val = BoxInt %1
    %4: bool = num_lt %2, %3
    branch %4 b1() b2()
b1():
    Pos 2
    %5: val = die_value %0
    unreachable
b2():
    Pos 3
    %6: int = to_int %0
    %7: val = BoxInt %6
    jump b3(%7, %2)
b3(%8: val, %9: val) loop 1:
    Pos 4
    %10: bool = num_gt %8, %2
    branch %10 b4() b5()
b4() loop 1:
    Pos 5
    %11: val = dec %8
    Pos 6
    %12: val = add %9, %8
    jump b3(%11, %12)
b5():
    Pos 7
    return %9
}
"#,
    );
    s_ir::optimise(&mut module);
    crate::clean(&module);
    same(
        &shown(&module.functions[0]),
        r#"
"f"(val) escapes -> val {
b0():
    %0: val = Param 0
    %1: int = Int 0
    jump b2()
b2():
    Pos 3
    %6: int = to_int %0
    jump b3(%6, %1)
b3(%13: int, %14: int) loop 1:
    %10: bool = ICmp Gt %13, %1
    branch %10 b4() b5()
b4() loop 1:
    %15: int = Int 1
    %16: int = ISub %13, %15
    %17: int = IAdd %14, %13
    jump b3(%16, %17)
b5():
    %18: val = BoxInt %14
    return %18
}
"#,
    );
}

/// A quotient that only becomes a float is one from the start; one that is used otherwise is not.
#[test]
fn quotients_as_floats() {
    check(
        simplify::quotients,
        "b0():
        %0: val = Param 0
        %1: int = Int 7
        %2: val = int_div %1, %1
        %3: num = ValToNum %2
        %4: val = div %0, %0
        list_push %4
        %5: num = ValToNum %4
        %6: num = FAdd %3, %5
        %7: val = BoxNum %6
        return %7",
        "b0():
        %0: val = Param 0
        %1: int = Int 7
        %3: num = int_div_num %1, %1
        %4: val = div %0, %0
        list_push %4
        %5: num = ValToNum %4
        %6: num = FAdd %3, %5
        %7: val = BoxNum %6
        return %7",
    );
}

/// An array of one value many times is made without a list.
#[test]
fn repeated_values() {
    check(
        simplify::repeats,
        "b0():
        %0: val = Param 0
        %1: int = mark
        %2: int = mark
        list_push %0
        %3: int = Int 9
        %4: val = BoxInt %3
        list_repeat %2, %4
        %5: arr = arr_from_list %1
        %6: val = BoxArr %5
        return %6",
        "b0():
        %0: val = Param 0
        %3: int = Int 9
        %4: val = BoxInt %3
        %5: arr = arr_repeat %0, %4
        %6: val = BoxArr %5
        return %6",
    );
}

/// Two values in turn, or a value behind them, are a list.
#[test]
fn repeated_lists() {
    let two = "b0():
        %0: val = Param 0
        %1: int = mark
        %2: int = mark
        list_push %0
        list_push %0
        list_repeat %2, %0
        %3: arr = arr_from_list %1
        %4: val = BoxArr %3
        return %4";
    check(simplify::repeats, two, two);
    let before =
        two.replacen("%2: int = mark\n        list_push %0\n", "list_push %0\n        %2: int = mark\n", 1);
    check(simplify::repeats, &before, &before);
    let behind = two.replacen(
        "list_push %0\n        list_push %0\n        list_repeat %2, %0",
        "list_push %0\n        list_repeat %2, %0\n        list_push %0",
        1,
    );
    check(simplify::repeats, &behind, &behind);
}
