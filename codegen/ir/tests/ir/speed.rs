//! Large functions: passes take time in proportion, and no stack.

use std::time::{Duration, Instant};

use s_ir::{Builder, Op, Rt, Ty, counts, simplify};

/// Ten thousand diamonds, with values that live across all of them and many that do not.
fn diamonds(count: usize, across: usize) -> s_ir::Func {
    let mut b = Builder::new(crate::function("f", &[Ty::V], Ty::V));
    let param = b.emit(Op::Param(0), Vec::new(), Ty::V);
    let variables: Vec<_> = (0..across).map(|_| b.variable(Ty::V)).collect();
    for variable in &variables {
        let value = b.rt(Rt::inc, &[param]);
        b.write(*variable, value);
    }
    for n in 0..count {
        let (yes, no, join) = (b.block(), b.block(), b.block());
        let variable = variables[n % across];
        let value = b.read(variable);
        let truth = b.rt(Rt::to_bool, &[value]);
        b.branch(truth, yes, no);
        b.switch_sealed(yes);
        let more = b.rt(Rt::add, &[value, param]);
        b.write(variable, more);
        b.jump(join, &[]);
        b.switch_sealed(no);
        b.rt_void(Rt::list_push, &[value]);
        b.jump(join, &[]);
        b.switch_sealed(join);
    }
    for variable in &variables {
        let value = b.read(*variable);
        b.rt_void(Rt::list_push, &[value]);
    }
    b.ret(Some(param));
    b.finish()
}

/// Generous, since machines that test are busy; what is quadratic takes minutes here.
const LIMIT: Duration = Duration::from_secs(20);

#[test]
fn ten_thousand_blocks() {
    let start = Instant::now();
    let func = diamonds(3_400, 20);
    assert!(func.blocks.len() > 10_000);
    let built = start.elapsed();
    let mut module = crate::module_of(func);
    let start = Instant::now();
    s_ir::infer::run(&mut module);
    let inferred = start.elapsed();
    let func = &mut module.functions[0];
    let start = Instant::now();
    simplify::run(func);
    let simplified = start.elapsed();
    let start = Instant::now();
    counts::insert(func, &counts::Plain::default());
    let counted = start.elapsed();
    let start = Instant::now();
    crate::clean(&module);
    let verified = start.elapsed();
    let text = s_ir::print::module(&module);
    let start = Instant::now();
    assert!(s_ir::parse::module(text.as_bytes()).unwrap() == module);
    let parsed = start.elapsed();
    let times = format!(
        "built {built:?}, inferred {inferred:?}, simplified {simplified:?}, counted {counted:?}, verified {verified:?}, parsed {parsed:?}"
    );
    assert!(built + inferred + simplified + counted + verified + parsed < LIMIT, "{times}");
    if std::env::var_os("S_IR_TIMES").is_some() {
        panic!("{times}");
    }
}

/// A chain of a hundred thousand blocks, and a loop nest as deep as it gets.
#[test]
fn long_and_deep() {
    let mut b = Builder::new(crate::function("f", &[Ty::V], Ty::V));
    let param = b.emit(Op::Param(0), Vec::new(), Ty::V);
    let x = b.variable(Ty::V);
    let value = b.rt(Rt::inc, &[param]);
    b.write(x, value);
    for _ in 0..100_000 {
        let next = b.block();
        b.jump(next, &[]);
        b.switch_sealed(next);
    }
    let truth = b.rt(Rt::to_bool, &[param]);
    let mut heads = Vec::new();
    for _ in 0..2_000 {
        let head = b.block();
        b.jump(head, &[]);
        b.switch_to(head);
        heads.push(head);
    }
    for head in heads.into_iter().rev() {
        let next = b.block();
        b.branch(truth, head, next);
        b.seal(head);
        b.switch_sealed(next);
    }
    let value = b.read(x);
    b.ret(Some(value));
    let mut module = crate::module_of(b.finish());
    let start = Instant::now();
    s_ir::optimise(&mut module);
    crate::clean(&module);
    assert!(start.elapsed() < LIMIT, "{:?}", start.elapsed());
}
