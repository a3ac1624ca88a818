//! The verifier finds each kind of defect, and nothing in what is right.

use crate::read;

/// A module of one function with the given blocks, and one to call.
fn wrong(params: &str, body: &str) -> Vec<String> {
    let text = format!(
        "glob 0 = \"main::x\"\nfunction 0 = \"f\"({params}) -> val {{\n{body}\n}}\n\
         function 1 = \"g\"(val, int) want -> num {{\nb0():\n%0: num = Num 1.0\nreturn %0\n}}\n\
         function 2 = \"h\"() variadic -> val {{\nb0():\nreturn\n}}\n"
    );
    let module = read(&text);
    s_ir::verify::verify(&module, &module.functions[0])
}

#[track_caller]
fn check(body: &str, expected: &str) {
    let found = wrong("val", body);
    assert!(found.iter().any(|line| line.contains(expected)), "{found:?}");
}

#[test]
fn right() {
    let found = wrong(
        "val",
        "b0():
        %0: val = Param 0
        %1: int = to_int %0
        %2: num = Call 1 %0, %1, %1
        %3: val = Call 2 %1, %1
        %4: glob = Glob 0
        %5: arr = GlobSlot %4
        %6: val = CallGlobWant %4, %0, %1
        %7: val = Closure 2 %0, %5
        arr_len %5
        try b1 else b2
        b1() else b2:
        %8: val = add %6, %7 ! %7
        jump b3(%8)
        b2():
        return
        b3(%9: val):
        return %9",
    );
    assert!(found.is_empty(), "{found:?}");
}

#[test]
fn definitions() {
    check("b0():\n%0: val = Undef\n%0: val = Undef\nreturn %0", "defined twice");
    check("b0():\nreturn %0\nunused %0: val", "%0 is not defined");
    check("b0():\n%1: val = inc %0\n%0: val = Undef\nreturn %1", "used before it is defined");
    check(
        "b0():\n%0: bool = Bool true\nbranch %0 b1() b2()\nb1():\n%1: val = Undef\njump b2()\nb2():\nreturn %1",
        "%1 of b1 does not reach here",
    );
    check("b0():\n%0: val = add %0, %0\nreturn %0", "used before it is defined");
}

#[test]
fn ends() {
    check("b0():\nnone", "has no end");
    check("b0():\n%0: val = Undef\nbranch %0 b1() b1()\nb1():\nreturn", "condition %0 is val");
    check("b0():\n%0: int = Int 1\nreturn %0", "returns int for val");
    check("b0():\n%0: int = Int 1\njump b1(%0)\nb1():\nreturn", "gives 1 values to b1 of 0");
    check("b0():\n%0: int = Int 1\njump b1(%0)\nb1(%1: val):\nreturn", "%0 for %1 of b1");
}

#[test]
fn entry() {
    check("b0(%0: val):\nreturn", "the entry has parameters");
    check("b0():\njump b1()\nb1():\njump b0()", "goes back to the entry");
}

#[test]
fn regions() {
    check("b0():\ntry b1 else b2\nb1() else b2:\nreturn\nb2(%0: val):\nreturn", "a handler has parameters");
    check("b0():\ntry b1 else b2\nb1() else b2:\njump b2()\nb2():\nreturn", "goes to b2, which is a handler");
    check("b0():\ntry b1 else b2\nb1():\nreturn\nb2():\nreturn", "b1 is not guarded by b2");
    check("b0():\ntry b1 else b2\nb1(%0: val) else b2:\nreturn\nb2():\nreturn", "gives no values to b1");
    check(
        "b0():\n%0: bool = Bool true\nbranch %0 b1() b3()\nb1():\ntry b2 else b4\nb2() else b4:\njump b3()\n\
         b3() else b4:\nreturn\nb4():\nreturn",
        "b3: is guarded by b4 but reached otherwise",
    );
}

#[test]
fn operands() {
    check("b0():\n%0: int = Int 1\n%1: val = inc %0\nreturn %1", "operand 0 of %1: val = inc %0 is int");
    check("b0():\n%0: val = Undef\n%1: val = add %0\nreturn %1", "1 operands of");
    check("b0():\n%0: int = Undef\nreturn", "result of");
    check("b0():\n%0: val = Undef\ninc %0\nreturn", "result of inc");
    check("b0():\n%0: val = Param 1\nreturn", "no parameter for");
    check("b0():\n%0: int = Param 0\nreturn", "result of");
    check("b0():\n%0: glob = Glob 0\n%1: val = GlobSlot %0\nreturn", "result of");
    check("b0():\n%0: val = Undef\n%1: val = CallValueWant %0, %0\nreturn %1", "no context for");
    check("b0():\n%0: val = CallValue 1\nreturn %0", "0 operands of");
    check("b0():\n%0: val = Undef\n%1: int = Copy %0\nreturn", "result of");
    check("b0():\n%0: val = Undef\n%1: val = Keep %0\nreturn", "result of");
}

#[test]
fn calls() {
    check("b0():\n%0: val = Call 7\nreturn %0", "no function for");
    check("b0():\n%0: val = Closure 7\nreturn %0", "no function for");
    check("b0():\n%0: val = Undef\n%1: num = Call 1 %0, %0, %0\nreturn", "operand 1 of");
    check("b0():\n%0: val = Undef\n%1: num = Call 1 %0\nreturn", "1 operands of");
    check("b0():\n%0: int = Int 1\n%1: int = Call 2 %0, %0\nreturn", "result of");
    check("b0():\n%0: val = Call 2\nreturn %0", "0 operands of");
}

#[test]
fn cleanups() {
    check("b0():\n%0: val = Undef\n%1: val = BoxArr %2 ! %0\nreturn %1\nunused %2: arr", "never throws");
    check("b0():\n%0: val = Undef\n%1: val = inc %0 ! %1\nreturn %1", "is released where it was not made");
    check("b0():\n%0: val = Undef\n%1: val = inc %0 ! %2\nreturn %1\nunused %2: val", "%2 is not defined");
}

/// Numbers out of range, which only a function built by hand can have.
#[test]
fn out_of_range() {
    let mut func = crate::function("f", &[], s_ir::Ty::V);
    func.blocks[0].term = s_ir::Term::Return(Some(s_ir::Value(3)));
    func.blocks[0].handler = Some(s_ir::Block(9));
    let found = s_ir::verify::verify(&s_ir::Module::default(), &func);
    assert_eq!(found, ["b0: there is no %3", "b0: there is no b9"]);
    func.blocks.clear();
    assert_eq!(s_ir::verify::verify(&s_ir::Module::default(), &func), ["no blocks"]);
}
