//! Checks what every pass may rely on.

use crate::cfg::{dominators, reverse_postorder};
use crate::func::{Block, Func, Term, Ty, Value};
use crate::module::Module;
use crate::op::Op;

/// What is wrong with a function, one line each; empty when nothing is.
#[must_use]
pub fn verify(module: &Module, func: &Func) -> Vec<String> {
    let mut wrong = Vec::new();
    let order = reverse_postorder(func);
    let idom = dominators(func);
    let mut defined: Vec<Option<(Block, usize)>> = vec![None; func.types.len()];
    for block in &order {
        let data = func.block(*block);
        for param in &data.params {
            define(&mut defined, *param, *block, 0, &mut wrong);
        }
        for (index, inst) in data.insts.iter().enumerate() {
            if let Some(result) = inst.result {
                define(&mut defined, result, *block, index + 1, &mut wrong);
            }
        }
    }
    for block in &order {
        let data = func.block(*block);
        for (index, inst) in data.insts.iter().enumerate() {
            for arg in &inst.args {
                check_use(&defined, &idom, *arg, *block, index, &mut wrong);
            }
            check_types(module, func, inst, *block, &mut wrong);
        }
        let end = data.insts.len();
        match &data.term {
            Term::Branch { cond, .. } => {
                check_use(&defined, &idom, *cond, *block, end, &mut wrong);
                if func.ty(*cond) != Ty::Bool {
                    wrong.push(format!("{block}: condition {cond} is {}", func.ty(*cond).name()));
                }
            }
            Term::Return(Some(value)) => {
                check_use(&defined, &idom, *value, *block, end, &mut wrong);
                if func.ty(*value) != func.signature.result {
                    wrong.push(format!(
                        "{block}: returns {} for {}",
                        func.ty(*value).name(),
                        func.signature.result.name()
                    ));
                }
            }
            Term::None => wrong.push(format!("{block} has no end")),
            _ => {}
        }
        for edge in data.term.edges() {
            let params = &func.block(edge.block).params;
            if params.len() != edge.args.len() {
                wrong.push(format!(
                    "{block} gives {} values to {} of {}",
                    edge.args.len(),
                    edge.block,
                    params.len()
                ));
                continue;
            }
            for (param, arg) in params.iter().zip(&edge.args) {
                check_use(&defined, &idom, *arg, *block, end, &mut wrong);
                if func.ty(*param) != func.ty(*arg) {
                    wrong.push(format!("{block}: {arg} for {param} of {}", edge.block));
                }
            }
        }
    }
    wrong
}

fn define(
    defined: &mut [Option<(Block, usize)>],
    value: Value,
    block: Block,
    index: usize,
    wrong: &mut Vec<String>,
) {
    if defined[value.index()].replace((block, index)).is_some() {
        wrong.push(format!("{value} is defined twice"));
    }
}

fn check_use(
    defined: &[Option<(Block, usize)>],
    idom: &[Option<Block>],
    value: Value,
    block: Block,
    index: usize,
    wrong: &mut Vec<String>,
) {
    let Some((home, at)) = defined[value.index()] else {
        wrong.push(format!("{block}: {value} is not defined"));
        return;
    };
    if home == block {
        if at > index {
            wrong.push(format!("{block}: {value} is used before it is defined"));
        }
        return;
    }
    let mut walk = block;
    while let Some(next) = idom[walk.index()] {
        if next == home {
            return;
        }
        if next == walk {
            break;
        }
        walk = next;
    }
    wrong.push(format!("{block}: {value} of {home} does not reach here"));
}

fn check_types(
    module: &Module,
    func: &Func,
    inst: &crate::func::Inst,
    block: Block,
    wrong: &mut Vec<String>,
) {
    let mut problems: Vec<String> = Vec::new();
    let expect = |index: usize, ty: Ty, problems: &mut Vec<String>| {
        if let Some(arg) = inst.args.get(index)
            && func.ty(*arg) != ty
        {
            problems.push(format!(
                "{block}: operand {index} of {} is {}",
                crate::print::inst(func, inst),
                func.ty(*arg).name()
            ));
        }
    };
    match &inst.op {
        Op::Call(callee) => {
            let signature = &module.functions[callee.index()].signature;
            let mut index = 0;
            if signature.variadic {
                expect(0, Ty::Int, &mut problems);
                expect(1, Ty::Int, &mut problems);
                index = 2;
            } else {
                for ty in &signature.params {
                    expect(index, *ty, &mut problems);
                    index += 1;
                }
            }
            if signature.want {
                expect(index, Ty::Int, &mut problems);
                index += 1;
            }
            if inst.args.len() != index {
                wrong.push(format!(
                    "{block}: {} operands of {}",
                    inst.args.len(),
                    crate::print::inst(func, inst)
                ));
            }
        }
        Op::Param(_)
        | Op::Capture(_)
        | Op::GlobSlot
        | Op::Copy
        | Op::Keep
        | Op::Retain
        | Op::Release
        | Op::Closure(_) => {}
        Op::CallValueWant | Op::CallGlobWant => {
            if let Some(last) = inst.args.last()
                && func.ty(*last) != Ty::Int
            {
                wrong.push(format!("{block}: no context for {}", crate::print::inst(func, inst)));
            }
        }
        op => {
            let shape = op.shape();
            if !shape.variadic && inst.args.len() != shape.params.len() {
                wrong.push(format!(
                    "{block}: {} operands of {}",
                    inst.args.len(),
                    crate::print::inst(func, inst)
                ));
            }
            for index in 0..inst.args.len() {
                if let Some((ty, _)) = shape.params.get(index).or(shape.params.last()) {
                    expect(index, *ty, &mut problems);
                }
            }
            if let (Some(result), Some((ty, _))) = (inst.result, shape.result)
                && func.ty(result) != ty
            {
                wrong.push(format!("{block}: result of {}", crate::print::inst(func, inst)));
            }
        }
    }
    wrong.append(&mut problems);
}
