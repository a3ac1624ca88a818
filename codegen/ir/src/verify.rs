//! Checks what every pass may rely on.
//!
//! Nothing here trusts the function: numbers of values, blocks and functions are checked before they
//! are used, so that text written by hand can be verified, too.

use crate::cfg::{Dominance, reverse_postorder};
use crate::func::{Block, Func, Inst, Term, Ty, Value};
use crate::module::Module;
use crate::op::Op;

/// What is wrong with a function, one line each; empty when nothing is.
#[must_use]
pub fn verify(module: &Module, func: &Func) -> Vec<String> {
    let mut wrong = out_of_range(func);
    if !wrong.is_empty() {
        return wrong;
    }
    let order = reverse_postorder(func);
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
    let mut checker = Checker { module, func, dominance: Dominance::of(func), defined, wrong };
    checker.entry(&order);
    checker.regions(&order);
    for block in &order {
        checker.block(*block);
    }
    checker.wrong
}

/// Numbers that name nothing.
fn out_of_range(func: &Func) -> Vec<String> {
    let mut wrong = Vec::new();
    if func.blocks.is_empty() {
        wrong.push("no blocks".to_owned());
    }
    let (values, blocks) = (func.types.len(), func.blocks.len());
    for block in func.block_ids() {
        let data = func.block(block);
        let insts =
            data.insts.iter().flat_map(|inst| inst.args.iter().chain(&inst.cleanup).chain(&inst.result));
        for value in data.params.iter().chain(insts).copied().chain(data.term.values()) {
            if value.index() >= values {
                wrong.push(format!("{block}: there is no {value}"));
            }
        }
        for other in data.term.successors().chain(data.handler) {
            if other.index() >= blocks {
                wrong.push(format!("{block}: there is no {other}"));
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

struct Checker<'a> {
    module: &'a Module,
    func: &'a Func,
    dominance: Dominance,
    /// Where each value is defined: 0 as a parameter, else behind the nth instruction.
    defined: Vec<Option<(Block, usize)>>,
    wrong: Vec<String>,
}

impl Checker<'_> {
    fn say(&mut self, block: Block, what: &str) {
        self.wrong.push(format!("{block}: {what}"));
    }

    /// The entry is entered by calls alone.
    fn entry(&mut self, order: &[Block]) {
        if !self.func.block(Block(0)).params.is_empty() {
            self.say(Block(0), "the entry has parameters");
        }
        for block in order {
            if self.func.block(*block).term.successors().any(|successor| successor == Block(0)) {
                self.say(*block, "goes back to the entry");
            }
        }
    }

    /// Handlers take no parameters and are entered by exceptions alone, of blocks that are only reached
    /// through the start of the guarded region.
    fn regions(&mut self, order: &[Block]) {
        let mut is_handler = vec![false; self.func.blocks.len()];
        let mut starts: Vec<Vec<Block>> = vec![Vec::new(); self.func.blocks.len()];
        for block in order {
            let data = self.func.block(*block);
            if let Some(handler) = data.handler {
                is_handler[handler.index()] = true;
            }
            if let Term::Try { handler, .. } = &data.term {
                is_handler[handler.index()] = true;
                starts[handler.index()].push(*block);
            }
        }
        for block in order {
            let data = self.func.block(*block);
            if is_handler[block.index()] && !data.params.is_empty() {
                self.say(*block, "a handler has parameters");
            }
            let entered = match &data.term {
                Term::Try { body, .. } => vec![*body],
                term => term.successors().collect(),
            };
            for successor in entered {
                if is_handler[successor.index()] {
                    self.say(*block, &format!("goes to {successor}, which is a handler"));
                }
            }
            if let Term::Try { body, handler } = &data.term
                && self.func.block(*body).handler != Some(*handler)
            {
                self.say(*block, &format!("{body} is not guarded by {handler}"));
            }
            if let Some(handler) = data.handler
                && !starts[handler.index()].iter().any(|start| self.dominance.dominates(*start, *block))
            {
                self.say(*block, &format!("is guarded by {handler} but reached otherwise"));
            }
        }
    }

    fn block(&mut self, block: Block) {
        let func = self.func;
        let data = func.block(block);
        for (index, inst) in data.insts.iter().enumerate() {
            for arg in &inst.args {
                self.check_use(*arg, block, index);
            }
            for value in &inst.cleanup {
                self.check_use(*value, block, index);
                if inst.result == Some(*value) {
                    self.say(block, &format!("{value} is released where it was not made"));
                }
            }
            if !inst.cleanup.is_empty() && !inst.op.throws() {
                self.say(block, &format!("{} never throws", crate::print::inst(func, inst)));
            }
            self.check_types(inst, block);
        }
        let end = data.insts.len();
        for value in data.term.values() {
            self.check_use(value, block, end);
        }
        match &data.term {
            Term::Branch { cond, .. } if func.ty(*cond) != Ty::Bool => {
                self.say(block, &format!("condition {cond} is {}", func.ty(*cond).name()));
            }
            Term::Return(value) => {
                // Nothing is the undefined value.
                let ty = value.map_or(Ty::V, |value| func.ty(value));
                if ty != func.signature.result {
                    self.say(block, &format!("returns {} for {}", ty.name(), func.signature.result.name()));
                }
            }
            Term::None => self.say(block, "has no end"),
            _ => {}
        }
        for edge in data.term.edges() {
            let params = &func.block(edge.block).params;
            if params.len() != edge.args.len() {
                self.say(
                    block,
                    &format!("gives {} values to {} of {}", edge.args.len(), edge.block, params.len()),
                );
                continue;
            }
            for (param, arg) in params.iter().zip(&edge.args) {
                if func.ty(*param) != func.ty(*arg) {
                    self.say(block, &format!("{arg} for {param} of {}", edge.block));
                }
            }
        }
        if let Term::Try { body, .. } = &data.term
            && !func.block(*body).params.is_empty()
        {
            self.say(block, &format!("gives no values to {body}"));
        }
    }

    fn check_use(&mut self, value: Value, block: Block, index: usize) {
        match self.defined[value.index()] {
            None => self.say(block, &format!("{value} is not defined")),
            Some((home, at)) if home == block => {
                if at > index {
                    self.say(block, &format!("{value} is used before it is defined"));
                }
            }
            Some((home, _)) => {
                if !self.dominance.dominates(home, block) {
                    self.say(block, &format!("{value} of {home} does not reach here"));
                }
            }
        }
    }

    fn expect(&mut self, inst: &Inst, index: usize, ty: Ty, block: Block) {
        if let Some(arg) = inst.args.get(index)
            && self.func.ty(*arg) != ty
        {
            let found = self.func.ty(*arg).name();
            self.say(
                block,
                &format!("operand {index} of {} is {found}", crate::print::inst(self.func, inst)),
            );
        }
    }

    fn expect_count(&mut self, inst: &Inst, count: usize, block: Block) {
        if inst.args.len() != count {
            self.say(
                block,
                &format!("{} operands of {}", inst.args.len(), crate::print::inst(self.func, inst)),
            );
        }
    }

    fn expect_result(&mut self, inst: &Inst, ty: Option<Ty>, block: Block) {
        // A result may be left aside where nobody has to give it back.
        if inst.result.is_none() && ty.is_some_and(|ty| !ty.is_counted()) {
            return;
        }
        if inst.result.map(|result| self.func.ty(result)) != ty {
            self.say(block, &format!("result of {}", crate::print::inst(self.func, inst)));
        }
    }

    fn check_types(&mut self, inst: &Inst, block: Block) {
        let text = |checker: &Self| crate::print::inst(checker.func, inst);
        let shape = inst.op.shape();
        match &inst.op {
            Op::Call(callee) | Op::Closure(callee) if callee.index() >= self.module.functions.len() => {
                let text = text(self);
                self.say(block, &format!("no function for {text}"));
            }
            Op::Call(callee) => {
                let signature = self.module.functions[callee.index()].signature.clone();
                let mut index = 0;
                if signature.variadic {
                    self.expect(inst, 0, Ty::Int, block);
                    self.expect(inst, 1, Ty::Int, block);
                    index = 2;
                } else {
                    for ty in &signature.params {
                        self.expect(inst, index, *ty, block);
                        index += 1;
                    }
                }
                if signature.want {
                    self.expect(inst, index, Ty::Int, block);
                    index += 1;
                }
                self.expect_count(inst, index, block);
                self.expect_result(inst, Some(signature.result), block);
            }
            Op::Param(index) => {
                self.expect_count(inst, 0, block);
                let signature = &self.func.signature;
                let ty = if signature.variadic {
                    (*index < 2).then_some(Ty::Int)
                } else {
                    signature.params.get(*index as usize).copied()
                };
                if ty.is_none() {
                    let text = text(self);
                    self.say(block, &format!("no parameter for {text}"));
                } else {
                    self.expect_result(inst, ty, block);
                }
            }
            Op::Capture(_) => {
                self.expect_count(inst, 0, block);
                if inst.result.is_none() {
                    self.expect_result(inst, Some(Ty::V), block);
                }
            }
            Op::GlobSlot => {
                self.expect_count(inst, 1, block);
                self.expect(inst, 0, Ty::Glob, block);
                let ty = inst.result.map(|result| self.func.ty(result));
                if !matches!(ty, Some(Ty::Cell | Ty::Arr | Ty::Hash)) {
                    self.expect_result(inst, Some(Ty::Cell), block);
                }
            }
            Op::Copy => {
                self.expect_count(inst, 1, block);
                let ty = inst.args.first().map(|arg| self.func.ty(*arg));
                self.expect_result(inst, ty, block);
            }
            Op::Keep | Op::Retain | Op::Release => {
                self.expect_count(inst, 1, block);
                self.expect_result(inst, None, block);
            }
            Op::ElemIsNum(_) | Op::ElemNum(_) | Op::Pack => {
                let least = if inst.op == Op::Pack { 1 } else { 2 };
                if inst.args.len() < least {
                    self.expect_count(inst, least, block);
                }
                if inst.args.first().is_some_and(|root| self.func.ty(*root) != Ty::Arr) {
                    self.expect(inst, 0, Ty::V, block);
                }
                for index in 1..inst.args.len() {
                    self.expect(inst, index, Ty::Int, block);
                }
                self.expect_result(inst, shape.result.map(|(ty, _)| ty), block);
            }
            Op::Closure(_) => self.expect_result(inst, Some(Ty::V), block),
            Op::CallValueWant | Op::CallGlobWant | Op::CallMethod(_) => {
                let least = if inst.op == Op::CallGlobWant { Ty::Glob } else { Ty::V };
                self.expect(inst, 0, least, block);
                if inst.args.len() < 2 || inst.args.last().map(|last| self.func.ty(*last)) != Some(Ty::Int) {
                    let text = text(self);
                    self.say(block, &format!("no context for {text}"));
                }
                for index in 1..inst.args.len().saturating_sub(1) {
                    self.expect(inst, index, Ty::V, block);
                }
                self.expect_result(inst, Some(Ty::V), block);
            }
            _ => {
                if shape.variadic {
                    if inst.args.is_empty() {
                        self.expect_count(inst, 1, block);
                    }
                } else {
                    self.expect_count(inst, shape.params.len(), block);
                }
                for index in 0..inst.args.len() {
                    if let Some((ty, _)) = shape.params.get(index).or(shape.params.last()) {
                        self.expect(inst, index, *ty, block);
                    }
                }
                self.expect_result(inst, shape.result.map(|(ty, _)| ty), block);
            }
        }
    }
}
