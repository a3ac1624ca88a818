//! The builder: what it makes of variables, and that nothing depends on the depth of a graph.

use s_ir::{Builder, Cond, Func, Op, Rt, Ty};

use crate::{function, same, shown};

fn start(params: &[Ty]) -> Builder {
    Builder::new(function("f", params, Ty::V))
}

#[track_caller]
fn check(func: &Func, expected: &str) {
    let module = crate::module_of(func.clone());
    crate::clean(&module);
    same(&shown(func), expected);
}

/// What both sides write is a parameter; what they leave alone is none.
#[test]
fn diamond() {
    let mut b = start(&[Ty::V]);
    let param = b.emit(Op::Param(0), Vec::new(), Ty::V);
    let (x, y) = (b.variable(Ty::V), b.variable(Ty::V));
    b.write(x, param);
    b.write(y, param);
    let truth = b.rt(Rt::to_bool, &[param]);
    let (yes, no, join) = (b.block(), b.block(), b.block());
    b.branch(truth, yes, no);
    b.switch_sealed(yes);
    let one = b.int_val(1);
    b.write(x, one);
    b.jump(join, &[]);
    b.switch_sealed(no);
    b.jump(join, &[]);
    b.switch_sealed(join);
    let (x, y) = (b.read(x), b.read(y));
    let sum = b.rt(Rt::add, &[x, y]);
    b.ret(Some(sum));
    check(
        &b.finish(),
        r#"
"f"(val) -> val {
b0():
    %0: val = Param 0
    %1: bool = to_bool %0
    branch %1 b1() b2()
b1():
    %2: int = Int 1
    %3: val = BoxInt %2
    jump b3(%3)
b2():
    jump b3(%0)
b3(%4: val):
    %6: val = add %4, %0
    return %6
}
"#,
    );
}

/// A loop: the variable it changes is a parameter of its head, the one it only reads is not.
#[test]
fn loop_with_a_counter() {
    let mut b = start(&[Ty::V]);
    let param = b.emit(Op::Param(0), Vec::new(), Ty::V);
    let (i, limit) = (b.variable(Ty::Int), b.variable(Ty::V));
    let zero = b.int(0);
    b.write(i, zero);
    b.write(limit, param);
    b.enter_loop();
    let head = b.block();
    b.jump(head, &[]);
    b.switch_to(head);
    let now = b.read(i);
    let end = b.read(limit);
    let end = b.rt(Rt::to_int, &[end]);
    let more = b.icmp(Cond::Lt, now, end);
    let (body, out) = (b.block(), b.block());
    b.branch(more, body, out);
    b.switch_sealed(body);
    let now = b.read(i);
    let one = b.int(1);
    let next = b.emit(Op::IAdd, vec![now, one], Ty::Int);
    b.write(i, next);
    b.jump(head, &[]);
    b.seal(head);
    b.leave_loop();
    b.switch_sealed(out);
    let now = b.read(i);
    let value = b.emit(Op::BoxInt, vec![now], Ty::V);
    b.ret(Some(value));
    check(
        &b.finish(),
        r#"
"f"(val) -> val {
b0():
    %0: val = Param 0
    %1: int = Int 0
    jump b1(%1)
b1(%2: int) loop 1:
    %4: int = to_int %0
    %5: bool = ICmp Lt %2, %4
    branch %5 b2() b3()
b2() loop 1:
    %6: int = Int 1
    %7: int = IAdd %2, %6
    jump b1(%7)
b3() loop 1:
    %8: val = BoxInt %2
    return %8
}
"#,
    );
}

/// What was never written is undefined; what nobody needs of that is gone again.
#[test]
fn never_written() {
    let mut b = start(&[]);
    let (x, cell, slot) = (b.variable(Ty::V), b.variable(Ty::Cell), b.variable(Ty::Slot));
    let value = b.read(x);
    b.ret(Some(value));
    // What follows is not reached.
    let cell = b.read(cell);
    let slot = b.read(slot);
    b.emit_void(Op::Keep, vec![cell]);
    b.emit_void(Op::Keep, vec![slot]);
    check(
        &b.finish(),
        r#"
"f"() -> val {
b0():
    %0: val = Undef
    return %0
b1():
    unreachable
}
"#,
    );
}

/// Instructions behind a jump stand in a block nobody reaches, and disappear.
#[test]
fn behind_a_jump() {
    let mut b = start(&[]);
    let value = b.undef();
    b.ret(Some(value));
    b.rt_void(Rt::at_end, &[value]);
    let block = b.current();
    assert_ne!(block.index(), 0);
    b.ret(None);
    check(
        &b.finish(),
        r#"
"f"() -> val {
b0():
    %0: val = Undef
    return %0
b1():
    unreachable
}
"#,
    );
}

/// A handler sees variables as they were when the region was entered.
#[test]
fn handler() {
    let mut b = start(&[Ty::V]);
    let param = b.emit(Op::Param(0), Vec::new(), Ty::V);
    let x = b.variable(Ty::V);
    b.write(x, param);
    let (join, handler) = (b.block(), b.block());
    let record = b.rt(Rt::try_begin, &[]);
    let old = b.set_handler(Some(handler));
    assert_eq!(old, None);
    let body = b.block();
    b.enter_try(body, handler);
    b.switch_sealed(body);
    let inner = b.read(x);
    let more = b.rt(Rt::inc, &[inner]);
    b.write(x, more);
    b.rt_void(Rt::try_end, &[record]);
    b.jump(join, &[]);
    b.set_handler(old);
    b.switch_sealed(handler);
    b.rt(Rt::try_catch, &[record]);
    b.jump(join, &[]);
    b.switch_sealed(join);
    let x = b.read(x);
    b.ret(Some(x));
    check(
        &b.finish(),
        r#"
"f"(val) -> val {
b0():
    %0: val = Param 0
    %1: int = try_begin
    try b3 else b2
b3() else b2:
    %2: val = inc %0
    try_end %1
    jump b1(%2)
b2():
    %3: val = try_catch %1
    jump b1(%0)
b1(%4: val):
    return %4
}
"#,
    );
}

/// Two ways of one branch to one block are one way.
#[test]
fn branch_to_one_block() {
    let mut b = start(&[]);
    let truth = b.emit(Op::Bool(true), Vec::new(), Ty::Bool);
    let next = b.block();
    b.branch(truth, next, next);
    b.switch_sealed(next);
    b.ret(None);
    check(
        &b.finish(),
        r#"
"f"() -> val {
b0():
    %0: bool = Bool true
    jump b1()
b1():
    return
}
"#,
    );
}

/// A variable read behind a long chain of joins, each of which has to ask those before it.
#[test]
fn long_chain_of_joins() {
    let mut b = start(&[Ty::V]);
    let param = b.emit(Op::Param(0), Vec::new(), Ty::V);
    let (x, y) = (b.variable(Ty::V), b.variable(Ty::V));
    b.write(x, param);
    b.write(y, param);
    let truth = b.rt(Rt::to_bool, &[param]);
    for n in 0..20_000 {
        let (yes, join) = (b.block(), b.block());
        b.branch(truth, yes, join);
        b.switch_sealed(yes);
        if n == 10_000 {
            let one = b.int_val(1);
            b.write(y, one);
        }
        b.jump(join, &[]);
        b.switch_sealed(join);
    }
    let (x, y) = (b.read(x), b.read(y));
    let sum = b.rt(Rt::add, &[x, y]);
    b.ret(Some(sum));
    let func = b.finish();
    assert_eq!(func.blocks.iter().map(|data| data.params.len()).sum::<usize>(), 1);
}

/// The same in loops that are sealed late.
#[test]
fn long_chain_of_open_loops() {
    let mut b = start(&[Ty::V]);
    let param = b.emit(Op::Param(0), Vec::new(), Ty::V);
    let x = b.variable(Ty::V);
    b.write(x, param);
    let truth = b.rt(Rt::to_bool, &[param]);
    let mut heads = Vec::new();
    for _ in 0..5_000 {
        let (head, next) = (b.block(), b.block());
        b.jump(head, &[]);
        b.switch_to(head);
        b.read(x);
        b.branch(truth, head, next);
        heads.push(head);
        b.switch_sealed(next);
    }
    let value = b.read(x);
    b.ret(Some(value));
    for head in heads {
        b.seal(head);
    }
    let func = b.finish();
    assert!(func.blocks.iter().all(|data| data.params.is_empty()));
}
