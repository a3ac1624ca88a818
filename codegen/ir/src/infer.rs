//! Proves which values are integers or floats, in the whole module, and rewrites what works on them.
//!
//! Every value of the language gets a set of tags it can have, growing from the empty set until
//! nothing changes; parameters and results of functions that are only called directly take part. Then
//! values whose set is one number type become machine numbers, and runtime functions on them become
//! machine operations. In default mode integer arithmetic wraps and is closed over integers, so that
//! no guard is needed; under `--compat` sums of integers can become unsigned or floating and stay
//! values.
//!
//! Long because the sets and the rewriting that relies on them are one argument.

use std::collections::HashMap;

use s_abi::layout::tag;

use crate::cfg::{drop_copies, reverse_postorder};
use crate::counts::Plain;
use crate::func::{Block, Func, Inst, Term, Ty, Value};
use crate::module::{FuncId, Module};
use crate::op::{Cond, Op, Rt};
use crate::simplify::dead_code;

/// Tags a value can have, as bits.
type Tags = u8;
const INT: Tags = 1;
const NUM: Tags = 2;
const UNDEF: Tags = 4;
const STR: Tags = 8;
const OTHER: Tags = 16;
/// An integer constant so small that it could as well be a float: it becomes what it meets.
const WEAK: Tags = 32;

/// Constants below this, up or down, are the same as floats, whatever is computed from them.
const SMALL: i64 = 1 << 31;
const ANY: Tags = 31;

/// Infers and rewrites all functions of a module. Returns, for each function, the values that are proved
/// to be undefined or numbers, and therefore need no counting.
pub fn run(module: &mut Module) -> Vec<Plain> {
    infer(module, &[])
}

/// Runs on a module once more, some of whose functions were given typed versions of loops. In those
/// nothing that begins as an integer becomes a float: the general version may go on with it.
pub fn again(module: &mut Module, versioned: &[bool]) -> Vec<Plain> {
    infer(module, versioned)
}

fn infer(module: &mut Module, exact: &[bool]) -> Vec<Plain> {
    let escapes = escaping(module);
    let summaries = settle(module, &escapes, exact);
    let compat = module.compat;
    let signatures = specialise(module, &summaries, &escapes);
    let mut plain = Vec::with_capacity(module.functions.len());
    for index in 0..module.functions.len() {
        let mut func = std::mem::replace(
            &mut module.functions[index],
            Func::new(
                String::new(),
                crate::func::Signature {
                    params: Vec::new(),
                    variadic: false,
                    captures: false,
                    want: false,
                    result: Ty::V,
                },
            ),
        );
        rewrite(&mut func, &summaries.values[index], &signatures, compat);
        drop_copies(&mut func);
        dead_code(&mut func);
        module.functions[index] = func;
        plain.push(plain_values(&summaries.values[index]));
    }
    plain
}

fn plain_values(sets: &[Tags]) -> Plain {
    let values = (0..).map(Value).zip(sets);
    values
        .filter(|(_, tags)| **tags != 0 && **tags & !(INT | NUM | UNDEF) == 0)
        .map(|(value, _)| value)
        .collect()
}

/// Functions that are called other than by [`Op::Call`], whoever said so: the main program, what becomes
/// a function value, and what the runtime finds by name in a type.
fn escaping(module: &Module) -> Vec<bool> {
    let mut escapes: Vec<bool> = module.functions.iter().map(|func| func.escapes).collect();
    let mut set = |id: FuncId| {
        if let Some(escapes) = escapes.get_mut(id.index()) {
            *escapes = true;
        }
    };
    set(FuncId(0));
    for class in &module.classes {
        class.methods.iter().filter_map(|method| method.function).for_each(&mut set);
        class.fields.iter().filter_map(|field| field.default).for_each(&mut set);
    }
    for func in &module.functions {
        for inst in func.blocks.iter().flat_map(|data| &data.insts) {
            if let Op::Closure(id) = inst.op {
                set(id);
            }
        }
    }
    escapes
}

/// What is known of every function.
struct Summaries {
    /// Sets of the values of each function.
    values: Vec<Vec<Tags>>,
    params: Vec<Vec<Tags>>,
    results: Vec<Tags>,
}

/// Block parameters, by function, that begin as a small integer constant and are floats from then on.
/// They are floats from the start, in default mode: such a value prints, compares and computes alike.
type Promoted = std::collections::HashSet<(usize, Value)>;

/// Solves, promoting parameters until there are no more to promote.
fn settle(module: &Module, escapes: &[bool], exact: &[bool]) -> Summaries {
    let mut promoted = Promoted::new();
    for _ in 0..8 {
        let mut summaries = solve(module, escapes, &promoted);
        let before = promoted.len();
        if !module.compat {
            for (index, func) in module.functions.iter().enumerate() {
                if exact.get(index) == Some(&true) {
                    continue;
                }
                let params = func.blocks.iter().flat_map(|data| &data.params);
                let both = params.filter(|param| summaries.values[index][param.index()] == WEAK | NUM);
                promoted.extend(both.map(|param| (index, *param)));
            }
        }
        if promoted.len() == before {
            summaries.harden();
            return summaries;
        }
    }
    let mut summaries = solve(module, escapes, &promoted);
    summaries.harden();
    summaries
}

impl Summaries {
    /// What met nothing is an integer after all.
    fn harden(&mut self) {
        let sets = self.values.iter_mut().chain(&mut self.params).flatten().chain(&mut self.results);
        for tags in sets {
            if *tags & WEAK != 0 {
                *tags = *tags & !WEAK | INT;
            }
        }
    }
}

fn solve(module: &Module, escapes: &[bool], promoted: &Promoted) -> Summaries {
    let count = module.functions.len();
    let mut summaries = Summaries {
        values: module.functions.iter().map(|func| vec![0; func.types.len()]).collect(),
        params: module
            .functions
            .iter()
            .zip(escapes)
            .map(|(func, escapes)| {
                let start = if *escapes || func.signature.variadic { ANY } else { 0 };
                vec![start; func.signature.params.len()]
            })
            .collect(),
        results: vec![0; count],
    };
    let mut callers: HashMap<usize, Vec<usize>> = HashMap::new();
    for (index, func) in module.functions.iter().enumerate() {
        for data in &func.blocks {
            for inst in &data.insts {
                if let Op::Call(callee) = inst.op {
                    let callers = callers.entry(callee.index()).or_default();
                    if callers.last() != Some(&index) {
                        callers.push(index);
                    }
                }
            }
        }
    }
    let mut queued = vec![true; count];
    let mut queue: std::collections::VecDeque<usize> = (0..count).collect();
    while let Some(index) = queue.pop_front() {
        queued[index] = false;
        let (called, result) = solve_function(module, index, &mut summaries, promoted);
        let mut wake = Vec::new();
        for (callee, sets) in called {
            let mut changed = false;
            for (known, new) in summaries.params[callee].iter_mut().zip(sets) {
                if *known | new != *known {
                    *known |= new;
                    changed = true;
                }
            }
            if changed {
                wake.push(callee);
            }
        }
        if summaries.results[index] | result != summaries.results[index] {
            summaries.results[index] |= result;
            wake.extend(callers.get(&index).into_iter().flatten());
        }
        for other in wake {
            if !std::mem::replace(&mut queued[other], true) {
                queue.push_back(other);
            }
        }
    }
    summaries
}

/// One function to its fixpoint. Returns the sets of arguments it gives to others, and its result.
fn solve_function(
    module: &Module,
    index: usize,
    summaries: &mut Summaries,
    promoted: &Promoted,
) -> (Vec<(usize, Vec<Tags>)>, Tags) {
    let func = &module.functions[index];
    let small = small_constants(func);
    let order = reverse_postorder(func);
    let mut sets = std::mem::take(&mut summaries.values[index]);
    let mut changed = true;
    while changed {
        changed = false;
        for block in &order {
            let data = func.block(*block);
            for inst in &data.insts {
                let Some(result) = inst.result else { continue };
                if func.ty(result) != Ty::V {
                    continue;
                }
                let new = if small.contains(&result) {
                    WEAK
                } else {
                    transfer(module, func, inst, &sets, summaries, index)
                };
                let known = &mut sets[result.index()];
                if *known | new != *known {
                    *known |= new;
                    changed = true;
                }
            }
            for edge in data.term.edges() {
                for (param, arg) in func.block(edge.block).params.iter().zip(&edge.args) {
                    if func.ty(*param) == Ty::V {
                        let mut new = sets[arg.index()];
                        if new & WEAK != 0 && promoted.contains(&(index, *param)) {
                            new = new & !WEAK | NUM;
                        }
                        let known = &mut sets[param.index()];
                        if *known | new != *known {
                            *known |= new;
                            changed = true;
                        }
                    }
                }
            }
        }
    }
    let mut called = Vec::new();
    let mut result = 0;
    for block in &order {
        let data = func.block(*block);
        for inst in &data.insts {
            if let Op::Call(callee) = inst.op {
                let signature = &module.functions[callee.index()].signature;
                if !signature.variadic {
                    let given = signature
                        .params
                        .iter()
                        .zip(&inst.args)
                        .map(|(ty, arg)| if *ty == Ty::V { sets[arg.index()] } else { ANY })
                        .collect();
                    called.push((callee.index(), given));
                }
            }
        }
        match &data.term {
            Term::Return(Some(value)) => {
                result |= if func.ty(*value) == Ty::V { sets[value.index()] } else { ANY };
            }
            // Nothing is the undefined value.
            Term::Return(None) => result |= UNDEF,
            _ => {}
        }
    }
    summaries.values[index] = sets;
    (called, result)
}

/// Boxes of small integer constants.
fn small_constants(func: &Func) -> std::collections::HashSet<Value> {
    let mut constants = std::collections::HashSet::new();
    let mut boxes = std::collections::HashSet::new();
    for inst in func.blocks.iter().flat_map(|data| &data.insts) {
        match (&inst.op, inst.result) {
            (Op::Int(value), Some(result)) if (-SMALL..SMALL).contains(value) => {
                constants.insert(result);
            }
            (Op::BoxInt, Some(result)) if constants.contains(&inst.args[0]) => {
                boxes.insert(result);
            }
            _ => {}
        }
    }
    boxes
}

/// The set of the result of an instruction.
fn transfer(
    module: &Module,
    func: &Func,
    inst: &Inst,
    sets: &[Tags],
    summaries: &Summaries,
    index: usize,
) -> Tags {
    let arg = |n: usize| {
        inst.args.get(n).map_or(ANY, |arg| if func.ty(*arg) == Ty::V { sets[arg.index()] } else { ANY })
    };
    match &inst.op {
        Op::BoxInt => INT,
        Op::BoxNum => NUM,
        Op::BoxBool | Op::BoolVal(_) => {
            if module.compat {
                OTHER
            } else {
                INT
            }
        }
        Op::Undef => UNDEF,
        Op::Str(_) | Op::Assets(_) => STR,
        Op::Copy => arg(0),
        Op::Param(n) => summaries.params[index].get(*n as usize).copied().unwrap_or(ANY),
        Op::Call(callee) => {
            if module.functions[callee.index()].signature.want {
                ANY
            } else {
                summaries.results[callee.index()]
            }
        }
        Op::Rt(function) => transfer_rt(*function, arg(0), arg(1), module.compat, module.overloads),
        _ => ANY,
    }
}

/// What an operand is as a number.
fn numeric(tags: Tags) -> Tags {
    let mut out = tags & (INT | NUM);
    if tags & (UNDEF | WEAK) != 0 {
        out |= INT;
    }
    if tags & (STR | OTHER) != 0 {
        out |= INT | NUM;
    }
    out
}

fn transfer_rt(function: Rt, left: Tags, right: Tags, compat: bool, overloads: bool) -> Tags {
    // Operators on objects may be overloaded; what may be one can give anything.
    let overloaded = |tags: Tags| overloads && tags & OTHER != 0;
    match function {
        Rt::add | Rt::sub | Rt::mul => {
            if left == 0 || right == 0 {
                return 0;
            }
            if overloaded(left) || overloaded(right) {
                return ANY;
            }
            if compat {
                // Integral floats count as integers there, and integers overflow into others.
                return INT | NUM | OTHER;
            }
            let (left, right) = (numeric(left), numeric(right));
            let mut out = 0;
            if (left | right) & NUM != 0 {
                out |= NUM;
            }
            if left & INT != 0 && right & INT != 0 {
                out |= INT;
            }
            out
        }
        Rt::div | Rt::pow => {
            if left == 0 || right == 0 {
                return 0;
            }
            if overloaded(left) || overloaded(right) {
                return ANY;
            }
            let both = numeric(left) & numeric(right);
            if both & INT == 0 || numeric(left) == NUM || numeric(right) == NUM {
                // A float operand gives a float; so does the quotient that is not exact.
                if function == Rt::div && !compat { NUM } else { INT | NUM | OTHER }
            } else if compat {
                INT | NUM | OTHER
            } else {
                INT | NUM
            }
        }
        Rt::rem | Rt::bit_and | Rt::bit_or | Rt::bit_xor | Rt::shl | Rt::shr => {
            if left == 0 || right == 0 {
                0
            } else if overloaded(left) || overloaded(right) || compat {
                ANY
            } else {
                INT
            }
        }
        Rt::bit_not => {
            if left == 0 {
                0
            } else if overloaded(left) || compat {
                ANY
            } else {
                INT
            }
        }
        Rt::neg => match left {
            0 => 0,
            _ if left & (STR | OTHER) != 0 => ANY,
            _ if compat => numeric(left) | NUM | OTHER,
            _ => numeric(left),
        },
        Rt::inc | Rt::dec => match left {
            0 => 0,
            _ if left & OTHER != 0 => ANY,
            _ if compat => numeric(left) | INT | NUM | OTHER | left & STR,
            _ if left & STR != 0 => INT | NUM | STR,
            _ => numeric(left),
        },
        Rt::num_cmp => {
            if left == 0 || right == 0 {
                0
            } else if overloaded(left) || overloaded(right) {
                ANY
            } else if (numeric(left) | numeric(right)) & NUM == 0 {
                INT
            } else {
                INT | UNDEF
            }
        }
        Rt::to_number | Rt::abs => match left {
            0 => 0,
            _ if overloaded(left) || compat => ANY,
            _ => numeric(left),
        },
        Rt::int_of => match left {
            0 => 0,
            _ if overloaded(left) || compat => ANY,
            _ if numeric(left) == INT => INT,
            _ => INT | NUM,
        },
        Rt::num_int => INT | NUM,
        Rt::int_div | Rt::int_pow => INT | NUM | if compat { OTHER } else { 0 },
        Rt::num_rem => INT | NUM,
        Rt::sqrt | Rt::log => match left {
            0 => 0,
            _ if overloaded(left) => ANY,
            _ => NUM,
        },
        Rt::concat | Rt::concat_onto | Rt::concat_list | Rt::repeat => {
            if overloaded(left)
                || (overloaded(right) && function != Rt::concat_list && function != Rt::repeat)
            {
                ANY
            } else {
                STR
            }
        }
        Rt::to_str | Rt::int_to_str | Rt::num_to_str | Rt::list_join | Rt::ref_type => STR,
        _ => ANY,
    }
}

/// Signatures after inference, and the sets that led to them.
struct Signatures {
    params: Vec<Vec<Ty>>,
    results: Vec<Ty>,
}

/// Whether a value is an integer or a float, either of which it may be.
fn is_number(tags: Tags) -> bool {
    tags != 0 && tags & !(INT | NUM) == 0
}

fn machine_type(tags: Tags) -> Ty {
    match tags {
        INT => Ty::Int,
        NUM => Ty::Num,
        _ => Ty::V,
    }
}

fn specialise(module: &mut Module, summaries: &Summaries, escapes: &[bool]) -> Signatures {
    let mut signatures = Signatures { params: Vec::new(), results: Vec::new() };
    for (index, func) in module.functions.iter_mut().enumerate() {
        if !escapes[index] && !func.signature.variadic {
            for (ty, tags) in func.signature.params.iter_mut().zip(&summaries.params[index]) {
                if *ty == Ty::V {
                    *ty = machine_type(*tags);
                }
            }
            if !func.signature.want && func.signature.result == Ty::V {
                func.signature.result = machine_type(summaries.results[index]);
            }
        }
        signatures.params.push(func.signature.params.clone());
        signatures.results.push(func.signature.result);
    }
    signatures
}

/// Rewrites one function: numbers become machine numbers.
struct Rewriter<'a> {
    func: &'a mut Func,
    /// The machine number that stands for a value.
    machine: HashMap<Value, Value>,
    /// Constants, by value.
    constants: HashMap<Value, i64>,
    /// Floats, by value.
    floats: HashMap<Value, f64>,
    out: Vec<Inst>,
}

fn rewrite(func: &mut Func, sets: &[Tags], signatures: &Signatures, compat: bool) {
    let order = reverse_postorder(func);
    let mut rewriter = Rewriter {
        func,
        machine: HashMap::new(),
        constants: HashMap::new(),
        floats: HashMap::new(),
        out: Vec::new(),
    };
    // Parameters first, since edges backwards refer to them.
    for block in &order {
        let params = rewriter.func.block(*block).params.clone();
        for (index, param) in params.into_iter().enumerate() {
            let ty = machine_type(sets[param.index()]);
            if rewriter.func.ty(param) == Ty::V && ty != Ty::V {
                let value = rewriter.func.new_value(ty);
                rewriter.func.block_mut(*block).params[index] = value;
                rewriter.machine.insert(param, value);
            }
        }
    }
    for block in &order {
        rewriter.block(*block, sets, signatures, compat);
    }
}

impl Rewriter<'_> {
    fn emit(&mut self, op: Op, args: Vec<Value>, ty: Ty) -> Value {
        let result = self.func.new_value(ty);
        match op {
            Op::Int(constant) => {
                self.constants.insert(result, constant);
            }
            Op::Num(constant) => {
                self.floats.insert(result, constant);
            }
            _ => {}
        }
        self.out.push(Inst::new(op, args, Some(result)));
        result
    }

    /// A value as it was before: boxed where it has become a machine number.
    fn boxed(&mut self, value: Value) -> Value {
        match self.machine.get(&value) {
            Some(machine) => {
                let machine = *machine;
                let op = if self.func.ty(machine) == Ty::Int { Op::BoxInt } else { Op::BoxNum };
                self.emit(op, vec![machine], Ty::V)
            }
            None => value,
        }
    }

    /// The type a value has as a number, if it is one for certain.
    fn number_type(&self, value: Value) -> Option<Ty> {
        self.machine.get(&value).map(|machine| self.func.ty(*machine))
    }

    fn as_int(&self, value: Value) -> Value {
        self.machine[&value]
    }

    fn as_num(&mut self, value: Value) -> Value {
        let machine = self.machine[&value];
        if self.func.ty(machine) == Ty::Int {
            self.emit(Op::IntToNum, vec![machine], Ty::Num)
        } else {
            machine
        }
    }

    /// An operand as a float, converted by what it turns out to be.
    fn float_of(&mut self, value: Value, sets: &[Tags]) -> Value {
        if self.machine.contains_key(&value) {
            return self.as_num(value);
        }
        if is_number(sets[value.index()]) {
            return self.emit(Op::ValToNum, vec![value], Ty::Num);
        }
        self.emit(Op::Rt(Rt::to_num), vec![value], Ty::Num)
    }

    fn block(&mut self, block: Block, sets: &[Tags], signatures: &Signatures, compat: bool) {
        let insts = std::mem::take(&mut self.func.block_mut(block).insts);
        self.out = Vec::with_capacity(insts.len());
        for inst in insts {
            self.inst(inst, sets, signatures, compat);
        }
        let mut term = std::mem::replace(&mut self.func.block_mut(block).term, Term::None);
        match &mut term {
            Term::Return(Some(value)) => {
                let result = self.func.signature.result;
                *value = self.fit(*value, result);
            }
            Term::Jump(_) | Term::Branch { .. } => {
                let targets: Vec<Vec<Ty>> = term
                    .edges()
                    .map(|edge| {
                        self.func.block(edge.block).params.iter().map(|param| self.func.ty(*param)).collect()
                    })
                    .collect();
                for (edge, types) in term.edges_mut().zip(targets) {
                    for (arg, ty) in edge.args.iter_mut().zip(types) {
                        *arg = self.fit(*arg, ty);
                    }
                }
            }
            _ => {}
        }
        let out = std::mem::take(&mut self.out);
        let data = self.func.block_mut(block);
        data.insts = out;
        data.term = term;
    }

    /// A value in the type that is wanted where it goes.
    fn fit(&mut self, value: Value, ty: Ty) -> Value {
        match ty {
            Ty::V => self.boxed(value),
            Ty::Int if self.func.ty(value) != Ty::Int => match self.machine.get(&value) {
                Some(machine) => *machine,
                None => self.emit(Op::UnboxInt, vec![value], Ty::Int),
            },
            Ty::Num if self.func.ty(value) != Ty::Num => match self.machine.get(&value) {
                Some(_) => self.as_num(value),
                None => self.emit(Op::UnboxNum, vec![value], Ty::Num),
            },
            _ => value,
        }
    }

    fn inst(&mut self, mut inst: Inst, sets: &[Tags], signatures: &Signatures, compat: bool) {
        match (&inst.op, inst.result) {
            (Op::Int(constant), Some(result)) => {
                self.constants.insert(result, *constant);
            }
            (Op::Num(constant), Some(result)) => {
                self.floats.insert(result, *constant);
            }
            _ => {}
        }
        if self.rewritten(&inst, sets, signatures, compat) {
            return;
        }
        for arg in &mut inst.args {
            *arg = self.boxed(*arg);
        }
        let result = inst.result;
        // A value that is a number but made by a function of the runtime: taken out of its box.
        let unboxed = result
            .filter(|result| self.func.ty(*result) == Ty::V)
            .map(|result| machine_type(sets[result.index()]));
        self.out.push(inst);
        if let (Some(result), Some(ty)) = (result, unboxed)
            && ty != Ty::V
        {
            let op = if ty == Ty::Int { Op::UnboxInt } else { Op::UnboxNum };
            let machine = self.emit(op, vec![result], ty);
            self.machine.insert(result, machine);
        }
    }

    /// Rewrites an instruction if its operands allow; otherwise says no and has done nothing.
    fn rewritten(&mut self, inst: &Inst, sets: &[Tags], signatures: &Signatures, compat: bool) -> bool {
        let Some(result) = inst.result else { return false };
        let args = &inst.args;
        let done = |rewriter: &mut Self, value: Value| {
            rewriter.machine.insert(result, value);
            true
        };
        match &inst.op {
            Op::BoxInt | Op::BoxNum => done(self, args[0]),
            Op::BoxBool if !compat => {
                let int = self.emit(Op::BoolToInt, args.clone(), Ty::Int);
                done(self, int)
            }
            Op::BoolVal(constant) if !compat => {
                let int = self.emit(Op::Int(i64::from(*constant)), Vec::new(), Ty::Int);
                done(self, int)
            }
            Op::ValToNum => match self.number_type(args[0]) {
                Some(Ty::Num) => {
                    let machine = self.as_int(args[0]);
                    self.rename(result, machine)
                }
                Some(_) => {
                    let op = Op::IntToNum;
                    let args = vec![self.as_int(args[0])];
                    self.out.push(Inst::new(op, args, Some(result)));
                    true
                }
                None => false,
            },
            Op::UnboxInt | Op::UnboxNum => match self.machine.get(&args[0]) {
                Some(machine) if self.func.ty(*machine) == self.func.ty(result) => {
                    let machine = *machine;
                    self.rename(result, machine)
                }
                _ => false,
            },
            Op::HasTag(wanted) => match self.number_type(args[0]) {
                Some(ty) => {
                    let tag = if ty == Ty::Int { tag::INT } else { tag::NUM };
                    let op = Op::Bool(u64::from(*wanted) == tag);
                    self.out.push(Inst::new(op, Vec::new(), Some(result)));
                    true
                }
                None => false,
            },
            Op::Copy => match self.machine.get(&args[0]) {
                Some(machine) => {
                    let machine = *machine;
                    done(self, machine)
                }
                None => false,
            },
            Op::Param(n) => {
                let ty = signatures_of_self(self.func, *n);
                if self.func.ty(result) == Ty::V && ty != Ty::V {
                    let value = self.emit(inst.op.clone(), Vec::new(), ty);
                    done(self, value)
                } else {
                    false
                }
            }
            Op::Call(callee) => self.call(inst, *callee, signatures),
            Op::Rt(function) => self.rt(*function, inst, result, sets, compat),
            _ => false,
        }
    }

    fn call(&mut self, inst: &Inst, callee: FuncId, signatures: &Signatures) -> bool {
        let types = &signatures.params[callee.index()];
        let ty = signatures.results[callee.index()];
        let result = inst.result.expect("checked by the caller");
        if ty == Ty::V && types.iter().all(|ty| *ty == Ty::V) {
            return false;
        }
        let mut args = Vec::with_capacity(inst.args.len());
        for (index, arg) in inst.args.iter().enumerate() {
            let arg = match types.get(index) {
                Some(ty) => self.fit(*arg, *ty),
                None => *arg,
            };
            args.push(arg);
        }
        if ty == Ty::V || self.func.ty(result) != Ty::V {
            self.out.push(Inst::new(inst.op.clone(), args, Some(result)));
        } else {
            let value = self.emit(inst.op.clone(), args, ty);
            self.machine.insert(result, value);
        }
        true
    }

    fn rt(&mut self, function: Rt, inst: &Inst, result: Value, sets: &[Tags], compat: bool) -> bool {
        let left = inst.args.first().copied();
        let right = inst.args.get(1).copied();
        let left_type = left.and_then(|value| self.number_type(value));
        let right_type = right.and_then(|value| self.number_type(value));
        let ints = left_type == Some(Ty::Int) && right_type == Some(Ty::Int);
        let numbers = left_type.is_some() && right_type.is_some();
        let set = |rewriter: &mut Self, value: Value| {
            rewriter.machine.insert(result, value);
            true
        };
        let replace = |rewriter: &mut Self, op: Op, args: Vec<Value>| {
            rewriter.out.push(Inst::new(op, args, Some(result)));
            true
        };
        let (Some(a), b) = (left, right) else { return false };
        match function {
            Rt::add | Rt::sub | Rt::mul => {
                let b = b.expect("two operands");
                if ints && !compat {
                    let op = match function {
                        Rt::add => Op::IAdd,
                        Rt::sub => Op::ISub,
                        _ => Op::IMul,
                    };
                    let value = self.emit(op, vec![self.as_int(a), self.as_int(b)], Ty::Int);
                    return set(self, value);
                }
                if numbers && !ints && !compat {
                    let op = match function {
                        Rt::add => Op::FAdd,
                        Rt::sub => Op::FSub,
                        _ => Op::FMul,
                    };
                    let (x, y) = (self.as_num(a), self.as_num(b));
                    let value = self.emit(op, vec![x, y], Ty::Num);
                    return set(self, value);
                }
                if !compat && sets[result.index()] == NUM {
                    let op = match function {
                        Rt::add => Op::FAdd,
                        Rt::sub => Op::FSub,
                        _ => Op::FMul,
                    };
                    let (x, y) = (self.float_of(a, sets), self.float_of(b, sets));
                    let value = self.emit(op, vec![x, y], Ty::Num);
                    return set(self, value);
                }
                false
            }
            Rt::div if !compat && !numbers && sets[result.index()] == NUM => {
                let (x, y) = (self.float_of(a, sets), self.float_of(b.expect("two operands"), sets));
                let value = self.emit(Op::FDivChecked, vec![x, y], Ty::Num);
                set(self, value)
            }
            Rt::div if numbers => {
                let b = b.expect("two operands");
                if ints {
                    let value = self.emit(Op::Rt(Rt::int_div), vec![self.as_int(a), self.as_int(b)], Ty::V);
                    return self.rename(result, value);
                }
                if compat {
                    return false;
                }
                let (x, y) = (self.as_num(a), self.as_num(b));
                let value = self.emit(Op::FDivChecked, vec![x, y], Ty::Num);
                set(self, value)
            }
            Rt::rem if ints && !compat => {
                let b = b.expect("two operands");
                let divisor = self.as_int(b);
                let value = match self.constants.get(&divisor) {
                    Some(constant) if *constant != 0 && *constant != -1 => {
                        self.emit(Op::IRemConst(*constant), vec![self.as_int(a)], Ty::Int)
                    }
                    _ => self.emit(Op::IRem, vec![self.as_int(a), divisor], Ty::Int),
                };
                set(self, value)
            }
            Rt::pow if numbers && !compat => {
                let b = b.expect("two operands");
                if ints {
                    let value = self.emit(Op::Rt(Rt::int_pow), vec![self.as_int(a), self.as_int(b)], Ty::V);
                    return self.rename(result, value);
                }
                if left_type == Some(Ty::Num)
                    && right_type == Some(Ty::Int)
                    && self.constants.get(&self.as_int(b)) == Some(&2)
                {
                    let x = self.as_num(a);
                    let square = self.emit(Op::FMul, vec![x, x], Ty::Num);
                    let value = self.emit(Op::BoxNum, vec![square], Ty::V);
                    return self.rename(result, value);
                }
                let (x, y) = (self.as_num(a), self.as_num(b));
                let power = self.emit(Op::Rt(Rt::num_pow), vec![x, y], Ty::Num);
                let value = self.emit(Op::BoxNum, vec![power], Ty::V);
                self.rename(result, value)
            }
            Rt::neg => match left_type {
                Some(Ty::Int) if !compat => {
                    let value = self.emit(Op::INeg, vec![self.as_int(a)], Ty::Int);
                    set(self, value)
                }
                Some(Ty::Num) => {
                    let value = self.emit(Op::FNeg, vec![self.as_int(a)], Ty::Num);
                    set(self, value)
                }
                _ => false,
            },
            Rt::bit_and | Rt::bit_or | Rt::bit_xor if ints && !compat => {
                let b = b.expect("two operands");
                let op = match function {
                    Rt::bit_and => Op::IAnd,
                    Rt::bit_or => Op::IOr,
                    _ => Op::IXor,
                };
                let value = self.emit(op, vec![self.as_int(a), self.as_int(b)], Ty::Int);
                set(self, value)
            }
            Rt::bit_not if left_type == Some(Ty::Int) && !compat => {
                let value = self.emit(Op::INot, vec![self.as_int(a)], Ty::Int);
                set(self, value)
            }
            Rt::shl | Rt::shr if ints && !compat => {
                let amount = self.as_int(b.expect("two operands"));
                let value = match self.constants.get(&amount) {
                    Some(constant @ 0..=63) => {
                        let constant = u8::try_from(*constant).expect("at most 63");
                        let op = if function == Rt::shl {
                            Op::IShlConst(constant)
                        } else {
                            Op::IShrConst(constant)
                        };
                        self.emit(op, vec![self.as_int(a)], Ty::Int)
                    }
                    _ => {
                        let op = Op::Rt(if function == Rt::shl { Rt::int_shl } else { Rt::int_shr });
                        self.emit(op, vec![self.as_int(a), amount], Ty::Int)
                    }
                };
                set(self, value)
            }
            Rt::inc | Rt::dec => match left_type {
                Some(Ty::Int) if !compat => {
                    let one = self.emit(Op::Int(1), Vec::new(), Ty::Int);
                    let op = if function == Rt::inc { Op::IAdd } else { Op::ISub };
                    let value = self.emit(op, vec![self.as_int(a), one], Ty::Int);
                    set(self, value)
                }
                Some(Ty::Num) if !compat => {
                    let one = self.emit(Op::Num(1.0), Vec::new(), Ty::Num);
                    let op = if function == Rt::inc { Op::FAdd } else { Op::FSub };
                    let value = self.emit(op, vec![self.as_int(a), one], Ty::Num);
                    set(self, value)
                }
                _ => false,
            },
            Rt::num_eq | Rt::num_ne | Rt::num_lt | Rt::num_gt | Rt::num_le | Rt::num_ge if numbers => {
                let b = b.expect("two operands");
                let cond = match function {
                    Rt::num_eq => Cond::Eq,
                    Rt::num_ne => Cond::Ne,
                    Rt::num_lt => Cond::Lt,
                    Rt::num_gt => Cond::Gt,
                    Rt::num_le => Cond::Le,
                    _ => Cond::Ge,
                };
                if ints {
                    replace(self, Op::ICmp(cond), vec![self.as_int(a), self.as_int(b)])
                } else if left_type != right_type && !self.compares_exactly(a, b) {
                    false
                } else {
                    let (x, y) = (self.as_num(a), self.as_num(b));
                    replace(self, Op::FCmp(cond), vec![x, y])
                }
            }
            Rt::num_cmp if ints => {
                let b = b.expect("two operands");
                let (x, y) = (self.as_int(a), self.as_int(b));
                let more = self.emit(Op::ICmp(Cond::Gt), vec![x, y], Ty::Bool);
                let less = self.emit(Op::ICmp(Cond::Lt), vec![x, y], Ty::Bool);
                let more = self.emit(Op::BoolToInt, vec![more], Ty::Int);
                let less = self.emit(Op::BoolToInt, vec![less], Ty::Int);
                let value = self.emit(Op::ISub, vec![more, less], Ty::Int);
                set(self, value)
            }
            Rt::to_int => match left_type {
                Some(Ty::Int) => replace(self, Op::Copy, vec![self.as_int(a)]),
                Some(Ty::Num) => replace(self, Op::Rt(Rt::num_to_int), vec![self.as_int(a)]),
                _ => false,
            },
            Rt::to_num => match left_type {
                Some(Ty::Int) => replace(self, Op::IntToNum, vec![self.as_int(a)]),
                Some(_) => replace(self, Op::Copy, vec![self.as_int(a)]),
                None if is_number(sets[a.index()]) => replace(self, Op::ValToNum, vec![a]),
                None => false,
            },
            Rt::to_number if left_type.is_some() => set(self, self.as_int(a)),
            Rt::to_bool => match left_type {
                Some(Ty::Int) => {
                    let zero = self.emit(Op::Int(0), Vec::new(), Ty::Int);
                    replace(self, Op::ICmp(Cond::Ne), vec![self.as_int(a), zero])
                }
                Some(_) => {
                    let zero = self.emit(Op::Num(0.0), Vec::new(), Ty::Num);
                    replace(self, Op::FCmp(Cond::Ne), vec![self.as_int(a), zero])
                }
                None => false,
            },
            Rt::is_defined if sets[a.index()] & UNDEF == 0 && left_type.is_some() => {
                replace(self, Op::Bool(true), Vec::new())
            }
            Rt::to_str => match left_type {
                Some(Ty::Int) => replace(self, Op::Rt(Rt::int_to_str), vec![self.as_int(a)]),
                Some(_) => replace(self, Op::Rt(Rt::num_to_str), vec![self.as_int(a)]),
                None => false,
            },
            Rt::int_of => match left_type {
                Some(Ty::Int) => set(self, self.as_int(a)),
                Some(_) => replace(self, Op::Rt(Rt::num_int), vec![self.as_int(a)]),
                None => false,
            },
            Rt::abs if left_type == Some(Ty::Num) => {
                let value = self.emit(Op::FAbs, vec![self.as_int(a)], Ty::Num);
                set(self, value)
            }
            Rt::sin | Rt::cos | Rt::exp if left_type.is_some() => {
                let x = self.as_num(a);
                let op = Op::Rt(match function {
                    Rt::sin => Rt::num_sin,
                    Rt::cos => Rt::num_cos,
                    _ => Rt::num_exp,
                });
                replace(self, op, vec![x])
            }
            Rt::sqrt if left_type.is_some() && !compat => {
                let x = self.as_num(a);
                let value = self.emit(Op::FSqrt, vec![x], Ty::Num);
                set(self, value)
            }
            _ => false,
        }
    }

    /// Whether comparing an integer with a float as floats gives what comparing them exactly does: where
    /// one is a constant that no integer is rounded across.
    fn compares_exactly(&self, left: Value, right: Value) -> bool {
        const LIMIT: i64 = 1 << 53;
        [left, right].iter().any(|value| {
            let machine = self.as_int(*value);
            match (self.constants.get(&machine), self.floats.get(&machine)) {
                (Some(int), _) => (-LIMIT..=LIMIT).contains(int),
                (None, Some(float)) => float.abs() < LIMIT as f64,
                (None, None) => false,
            }
        })
    }

    /// The result of an instruction is another value, which has the same set.
    fn rename(&mut self, result: Value, value: Value) -> bool {
        self.out.push(Inst::new(Op::Copy, vec![value], Some(result)));
        true
    }
}

fn signatures_of_self(func: &Func, param: u32) -> Ty {
    func.signature.params.get(param as usize).copied().unwrap_or(Ty::V)
}
