//! Typed twins of loops, and small functions in place of calls: what is made, and that it means the same.

use s_ir::{Module, infer, inline, print, version};

use crate::machine::{Machine, Val};
use crate::{clean, read, same, shown};

const SUM: &str = "function 0 = \"f\"(val, val) escapes -> val {
    b0():
    %0: val = Param 0
    %1: val = Param 1
    %2: arr = arr_new
    arr_push %2, %0
    arr_push %2, %1
    arr_push %2, %0
    %3: int = Int 0
    %4: val = BoxInt %3
    jump b1(%3, %4)
    b1(%5: int, %6: val) loop 1:
    %7: val = arr_get %2, %5
    %8: val = add %6, %7
    %9: int = Int 1
    %10: int = IAdd %5, %9
    %11: int = Int 4
    %12: bool = ICmp Lt %10, %11
    branch %12 b1(%10, %8) b2()
    b2():
    return %8
    }";

/// Rows of elements, a weight, and an inner sum that begins anew.
const NEST: &str = "function 0 = \"f\"(val, val) escapes -> val {
    b0():
    %0: val = Param 0
    %1: val = Param 1
    %2: arr = arr_new
    arr_push %2, %0
    arr_push %2, %1
    %3: int = Int 0
    %4: int = Int 1
    %5: int = Int 3
    %6: val = BoxInt %3
    jump b1(%3, %6)
    b1(%7: int, %8: val) loop 1:
    %9: val = BoxInt %3
    jump b2(%3, %9)
    b2(%10: int, %11: val) loop 2:
    %12: val = arr_get %2, %10
    %13: val = mul %12, %12
    %14: val = add %11, %13
    list_push %14
    %15: int = IAdd %10, %4
    %16: bool = ICmp Lt %15, %5
    branch %16 b2(%15, %14) b3()
    b3() loop 1:
    %17: val = add %8, %14
    arr_set %2, %7, %17
    %18: int = IAdd %7, %4
    %19: bool = ICmp Lt %18, %5
    branch %19 b1(%18, %17) b4()
    b4():
    return %17
    }";

fn optimised(text: &str) -> (Module, Module) {
    let before = read(text);
    clean(&before);
    let mut after = before.clone();
    s_ir::optimise(&mut after);
    clean(&after);
    (before, after)
}

#[track_caller]
fn means_the_same(text: &str) {
    let (before, after) = optimised(text);
    let values = [
        Val::Num(0.5),
        Val::Num(-0.0),
        Val::Num(1e300),
        Val::Int(3),
        Val::Int((1 << 53) + 1),
        Val::Int(i64::MAX),
        Val::Undef,
        Val::Text(1),
        Val::Text(2),
        Val::Obj(0),
    ];
    for left in values {
        for right in values {
            let expected = Machine::new(&before, false, None).run(0, &[left, right]);
            let found = Machine::new(&after, true, None).run(0, &[left, right]);
            assert_eq!(found, expected, "{left:?} {right:?}\n{}", print::module(&after));
        }
    }
}

#[test]
fn a_sum_has_a_typed_twin() {
    let (_, after) = optimised(SUM);
    let text = print::module(&after);
    for wanted in ["ElemIsNum Float", "ElemNum Float", "FAdd", "twin:", "HasTag 1"] {
        assert!(text.contains(wanted), "no {wanted} in\n{text}");
    }
    means_the_same(SUM);
}

#[test]
fn sums_in_loops_begin_as_integers() {
    means_the_same(NEST);
}

/// Under `--compat` a sum of floats may be an integer.
#[test]
fn none_in_compat() {
    let mut module = read(&format!("compat\n{SUM}"));
    infer::run(&mut module);
    assert_eq!(version::run(&mut module), [false]);
}

#[test]
fn none_where_nothing_is_computed() {
    let text = SUM.replace("%8: val = add %6, %7", "%8: val = concat %6, %7");
    let mut module = read(&text);
    infer::run(&mut module);
    let before = print::module(&module);
    assert_eq!(version::run(&mut module), [false]);
    assert_eq!(print::module(&module), before);
}

/// Chains of references are followed in one test, and only computed through once.
#[test]
fn chains() {
    let text = "function 0 = \"f\"(val) escapes -> val {
        b0():
        %0: val = Param 0
        %1: int = Int 0
        %2: num = Num 0.5
        jump b1(%1, %2)
        b1(%3: int, %4: num) loop 1:
        %5: arr = deref_arr %0
        %6: arr = arr_get_arr %5, %3
        %7: int = Int 1
        %8: int = IAdd %3, %7
        %9: val = arr_get %6, %8
        %10: num = to_num %9
        %11: num = FAdd %4, %10
        %12: bool = ICmp Lt %8, %3
        branch %12 b1(%8, %11) b2()
        b2():
        %13: val = BoxNum %11
        return %13
        }";
    let (_, after) = optimised(text);
    let text = print::module(&after);
    assert!(text.contains("ElemIsNum Number %0, "), "{text}");
    let test = text.lines().find(|line| line.contains("ElemIsNum")).unwrap();
    assert_eq!(test.matches('%').count(), 4, "a result, a root and two indexes: {test}");
}

/// A sum whose first element is a float takes the others as they come; none relies on another that
/// relies on it.
const PAIRS: &str = "function 0 = \"f\"(val, val) escapes -> val {
    b0():
    %0: val = Param 0
    %1: val = Param 1
    %2: arr = arr_new
    arr_push %2, %0
    arr_push %2, %1
    arr_push %2, %1
    arr_push %2, %0
    %3: int = Int 0
    %4: val = BoxInt %3
    jump b1(%3, %4)
    b1(%5: int, %6: val) loop 1:
    %7: val = arr_get %2, %5
    %8: int = Int 1
    %9: int = IAdd %5, %8
    %10: val = arr_get %2, %9
    %11: val = mul %7, %10
    %12: val = add %6, %11
    list_push %12
    %13: int = Int 3
    %14: bool = ICmp Lt %9, %13
    branch %14 b1(%9, %12) b2()
    b2():
    return %12
    }";

#[test]
fn integers_that_meet_floats() {
    let (_, after) = optimised(PAIRS);
    let text = print::module(&after);
    assert!(text.contains("ElemIsNum Number"), "{text}");
    assert!(text.contains("ElemIsNum Float"), "{text}");
    means_the_same(PAIRS);
    // What is passed on, compared, or meets itself, is what it is.
    for text in [
        PAIRS.replace("list_push %12", "list_push %10"),
        PAIRS
            .replace("list_push %12", "%15: bool = num_lt %10, %12\n %16: val = BoxBool %15\n list_push %16"),
        PAIRS.replace("mul %7, %10", "mul %10, %10"),
    ] {
        let (_, after) = optimised(&text);
        assert!(!print::module(&after).contains("ElemIsNum Number"), "{text}");
        means_the_same(&text);
    }
}

/// The first round of a sum that begins as an integer is written on its own, and takes no integer for a
/// float because the sum will be one.
#[test]
fn first_rounds() {
    let (_, after) = optimised(SUM);
    let text = print::module(&after);
    assert_eq!(text.matches("ElemIsNum Number").count(), 1, "{text}");
    assert_eq!(text.matches("ElemIsNum Float").count(), 1, "{text}");
    means_the_same(SUM);
}

/// What catches exceptions inside is left alone.
#[test]
fn none_around_handlers() {
    let text = SUM
        .replace("%8: val = add", "try b3 else b4\n b3() else b4 loop 1:\n %8: val = add")
        .replace("b2():\n", "b4() loop 1:\n jump b2()\n b2():\n")
        .replace("return %8", "return %1");
    let mut module = read(&text);
    clean(&module);
    infer::run(&mut module);
    assert_eq!(version::run(&mut module), [false]);
}

const CALLS: &str = "function 0 = \"f\"(val, val) escapes -> val {
    b0():
    %0: val = Param 0
    %1: val = Param 1
    %2: int = Int 0
    jump b1(%2, %0)
    b1(%3: int, %4: val) loop 1:
    Pos 7
    %5: val = Call 1 %4, %1
    list_push %5
    %6: int = Int 1
    %7: int = IAdd %3, %6
    %8: bool = ICmp Lt %7, %6
    branch %8 b1(%7, %5) b2()
    b2():
    %9: val = Call 1 %5, %5
    return %9
    }
    function 1 = \"g\"(val, val) -> val {
    b0():
    %0: val = Param 0
    %1: val = Param 1
    Pos 3
    %2: bool = num_lt %0, %1
    branch %2 b1() b2()
    b1():
    %3: val = div %0, %1
    return %3
    b2():
    return %1
    }";

#[test]
fn small_functions_in_loops() {
    let mut module = read(CALLS);
    clean(&module);
    inline::run(&mut module);
    clean(&module);
    same(
        &shown(&module.functions[0]),
        "\"f\"(val, val) escapes -> val {
        b0():
        %0: val = Param 0
        %1: val = Param 1
        %2: int = Int 0
        jump b1(%2, %0)
        b1(%3: int, %4: val) loop 1:
        Pos 7
        jump b4()
        b4() loop 1:
        Pos 3
        %10: bool = num_lt %4, %1
        branch %10 b5() b6()
        b5() loop 1:
        %11: val = div %4, %1
        jump b3(%11)
        b6() loop 1:
        jump b3(%1)
        b3(%5: val) loop 1:
        Pos 7
        list_push %5
        %6: int = Int 1
        %7: int = IAdd %3, %6
        %8: bool = ICmp Lt %7, %6
        branch %8 b1(%7, %5) b2()
        b2():
        %9: val = Call 1 %5, %5
        return %9
        }",
    );
    means_the_same(CALLS);
}

/// Behind a function that was put in place the line is that of the call again.
#[test]
fn lines_of_small_functions_in_loops() {
    let text = CALLS.replace("Pos 7\n", "Line 7\n Pos 7\n").replace("Pos 3\n", "Line 3\n Pos 3\n");
    let mut module = read(&text);
    inline::run(&mut module);
    clean(&module);
    let found = shown(&module.functions[0]);
    let (_, behind) = found.split_once("b3(%5: val) loop 1:\n").unwrap();
    let lines: Vec<&str> = behind.lines().map(str::trim).take(3).collect();
    assert_eq!(lines, ["Pos 7", "Line 7", "list_push %5"], "{found}");
    assert!(found.contains("Line 3\n"), "{found}");
    means_the_same(&text);
}

/// What asks for its activation, or may run code of the program, stays a call.
#[test]
fn others_stay_calls() {
    for text in [
        CALLS.replace("%3: val = div %0, %1", "%3: val = current_code"),
        CALLS.replace("Pos 3\n", "Pos 3\n list_push %0\n"),
        format!("overloads\n{CALLS}"),
        CALLS.replace("Pos 7\n", ""),
    ] {
        let mut module = read(&text);
        inline::run(&mut module);
        assert!(shown(&module.functions[0]).contains("Call 1 %4"), "{text}");
    }
}
