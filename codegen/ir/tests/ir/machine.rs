//! A reference machine: runs functions with a model of counted objects.
//!
//! Counted values are handles of objects with counts. Besides the counts themselves, the machine keeps
//! for every value of a frame how many references it owns, so that a use behind the last release is
//! found even where somebody else happens to keep the object alive. Without counting (before
//! [`s_ir::counts`]) the same program runs as under a collector.

use std::collections::HashMap;

use s_ir::op::Own;
use s_ir::{Block, Cond, Func, Inst, Module, Op, Rt, Term, Ty, Value};

#[derive(Clone, Copy, Debug)]
pub(crate) enum Val {
    Undef,
    Int(i64),
    Num(f64),
    Bool(bool),
    Text(u32),
    Obj(usize),
    Glob(u32),
    Slot(usize, i64),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Str,
    Arr,
    Cell,
    Code,
    Other,
}

struct Object {
    kind: Kind,
    count: i64,
    payload: u64,
    parts: Vec<Val>,
    dead: bool,
}

/// How a function ended.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Outcome {
    /// What it returned or threw, without identity.
    pub(crate) result: Result<u64, u64>,
    /// What was seen on the way.
    pub(crate) trace: Vec<u64>,
}

pub(crate) struct Machine<'a> {
    module: &'a Module,
    counting: bool,
    objects: Vec<Object>,
    trace: Vec<u64>,
    list: Vec<Val>,
    globals: HashMap<(u32, Ty), usize>,
    exception: Val,
    /// The number of throwing instructions run.
    pub(crate) throwing: u64,
    throw_at: Option<u64>,
    pub(crate) fuel: u64,
    /// The first rule that was broken.
    wrong: Option<String>,
}

/// Leaves by the exception of the machine.
struct Thrown;

struct Frame<'f> {
    func: &'f Func,
    values: Vec<Val>,
    /// References that each value owns.
    held: Vec<i64>,
    /// Whether a value owns what it names, or looks at what others own.
    owner: Vec<bool>,
    params: Vec<Val>,
    captures: Vec<Val>,
}

fn mix(seed: u64, more: u64) -> u64 {
    let mut x = seed.rotate_left(25) ^ more.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    x ^= x >> 31;
    x.wrapping_mul(0xbf58_476d_1ce4_e5b9)
}

/// Whether a machine ran out of time; such a run says nothing.
pub(crate) const FUEL: u64 = 4_000;

impl<'a> Machine<'a> {
    pub(crate) fn new(module: &'a Module, counting: bool, throw_at: Option<u64>) -> Machine<'a> {
        Machine {
            module,
            counting,
            objects: Vec::new(),
            trace: Vec::new(),
            list: Vec::new(),
            globals: HashMap::new(),
            exception: Val::Undef,
            throwing: 0,
            throw_at,
            fuel: FUEL,
            wrong: None,
        }
    }

    /// Runs a function of values, with an object among its arguments and captures.
    pub(crate) fn run(&mut self, function: usize, args: &[Val]) -> Result<Outcome, String> {
        let func = &self.module.functions[function];
        let mut params = Vec::new();
        for (index, _) in func.signature.params.iter().enumerate() {
            let arg = args.get(index).copied().unwrap_or(Val::Undef);
            params.push(if let Val::Obj(_) = arg { self.object(Kind::Str, 77, Vec::new()) } else { arg });
        }
        let captures: Vec<Val> = func
            .captures
            .iter()
            .map(|ty| match ty {
                Ty::Arr => self.object(Kind::Arr, 1, Vec::new()),
                Ty::Cell => self.object(Kind::Cell, 2, vec![Val::Int(5)]),
                _ => self.object(Kind::Str, 3, Vec::new()),
            })
            .collect();
        let ended = self.call(func, params.clone(), captures.clone());
        let result = match ended {
            Ok(value) => {
                let digest = self.digest(value, 0);
                self.release(value);
                Ok(digest)
            }
            Err(Thrown) => {
                let value = std::mem::replace(&mut self.exception, Val::Undef);
                let digest = self.digest(value, 0);
                self.release(value);
                Err(digest)
            }
        };
        for value in params.into_iter().chain(captures) {
            self.release(value);
        }
        for value in std::mem::take(&mut self.list) {
            self.release(value);
        }
        let globals: Vec<usize> = self.globals.drain().map(|(_, object)| object).collect();
        for object in globals {
            self.release(Val::Obj(object));
        }
        if self.counting && self.fuel > 0 {
            let leaked = self.objects.iter().position(|object| object.count != 0);
            if let Some(leaked) = leaked {
                let object = &self.objects[leaked];
                self.broken(format!("object {leaked} {:?} ends with count {}", object.kind, object.count));
            }
        }
        match self.wrong.take() {
            Some(wrong) => Err(wrong),
            None => Ok(Outcome { result, trace: std::mem::take(&mut self.trace) }),
        }
    }

    fn broken(&mut self, what: String) {
        self.wrong.get_or_insert(what);
    }

    // Objects

    fn object(&mut self, kind: Kind, payload: u64, parts: Vec<Val>) -> Val {
        self.objects.push(Object { kind, count: 1, payload, parts, dead: false });
        Val::Obj(self.objects.len() - 1)
    }

    fn retain(&mut self, value: Val) -> Val {
        if let Val::Obj(object) = value
            && self.counting
        {
            self.alive(object);
            self.objects[object].count += 1;
        }
        value
    }

    fn release(&mut self, value: Val) {
        let mut work = vec![value];
        while let Some(value) = work.pop() {
            let Val::Obj(object) = value else { continue };
            if !self.counting {
                continue;
            }
            self.alive(object);
            let object = &mut self.objects[object];
            object.count -= 1;
            if object.count == 0 {
                object.dead = true;
                work.append(&mut object.parts);
            }
        }
    }

    fn alive(&mut self, object: usize) {
        if self.counting && self.objects[object].dead {
            self.broken(format!("object {object} is used when it is gone"));
        }
    }

    fn digest(&mut self, value: Val, depth: u32) -> u64 {
        match value {
            Val::Undef => 1,
            Val::Int(value) => mix(2, value as u64),
            Val::Num(value) if value.is_nan() => 3,
            // Prints and computes as the integer does.
            Val::Num(value) if value.abs() < 1e15 && value.fract() == 0.0 => mix(2, value as i64 as u64),
            Val::Num(value) => mix(3, value.to_bits()),
            Val::Bool(value) => mix(4, u64::from(value)),
            Val::Text(id) => mix(5, u64::from(id)),
            Val::Glob(id) => mix(6, u64::from(id)),
            Val::Slot(object, _) => {
                self.alive(object);
                7
            }
            Val::Obj(object) => {
                self.alive(object);
                let object = &self.objects[object];
                let mut sum = mix(object.kind as u64, object.payload);
                if depth < 3 {
                    for part in object.parts.clone() {
                        let part = self.digest(part, depth + 1);
                        sum = mix(sum, part);
                    }
                }
                sum
            }
        }
    }

    fn part(&mut self, object: usize, index: i64) -> Val {
        self.alive(object);
        let value = usize::try_from(index).ok().and_then(|index| self.objects[object].parts.get(index));
        value.copied().unwrap_or(Val::Undef)
    }

    fn set_part(&mut self, object: usize, index: i64, value: Val) {
        self.alive(object);
        let index = index.unsigned_abs() as usize % 8;
        let parts = &mut self.objects[object].parts;
        if parts.len() <= index {
            parts.resize(index + 1, Val::Undef);
        }
        let old = std::mem::replace(&mut parts[index], value);
        self.release(old);
    }

    // Functions

    fn call(&mut self, func: &Func, params: Vec<Val>, captures: Vec<Val>) -> Result<Val, Thrown> {
        let count = func.types.len();
        let mut frame = Frame {
            func,
            values: vec![Val::Undef; count],
            held: vec![0; count],
            owner: vec![false; count],
            params,
            captures,
        };
        let ended = self.body(&mut frame);
        if self.counting && self.fuel > 0 {
            for (index, held) in frame.held.iter().enumerate() {
                if *held != 0 {
                    let name = &func.name;
                    self.broken(format!("%{index} of {name} still owns {held} references at the end"));
                }
            }
        }
        ended
    }

    fn body(&mut self, frame: &mut Frame<'_>) -> Result<Val, Thrown> {
        let mut block = Block(0);
        let mut given: Vec<Val> = Vec::new();
        'blocks: loop {
            let data = frame.func.block(block);
            for (param, value) in data.params.iter().zip(given.drain(..)) {
                self.define(frame, *param, value, true);
            }
            for inst in &data.insts {
                if self.fuel == 0 || self.wrong.is_some() {
                    self.fuel = 0;
                    return Ok(Val::Undef);
                }
                self.fuel -= 1;
                match self.inst(frame, inst) {
                    Ok(()) => {}
                    Err(Thrown) => {
                        for value in &inst.cleanup {
                            self.give_back(frame, *value, "cleanup");
                        }
                        match data.handler {
                            Some(handler) => {
                                block = handler;
                                continue 'blocks;
                            }
                            None => return Err(Thrown),
                        }
                    }
                }
            }
            if self.fuel == 0 {
                return Ok(Val::Undef);
            }
            self.fuel -= 1;
            let edge = match &data.term {
                Term::Jump(edge) => edge,
                Term::Branch { cond, yes, no } => {
                    let Val::Bool(truth) = frame.values[cond.index()] else {
                        self.broken(format!("condition {cond} is no truth value"));
                        return Ok(Val::Undef);
                    };
                    if truth { yes } else { no }
                }
                Term::Try { body, .. } => {
                    block = *body;
                    continue;
                }
                Term::Return(None) => return Ok(Val::Undef),
                Term::Return(Some(value)) => {
                    self.take(frame, *value, Own::Owned, "return");
                    return Ok(frame.values[value.index()]);
                }
                Term::Throw => return Err(Thrown),
                Term::Unreachable | Term::None => {
                    self.broken(format!("{block} of {} is left nowhere", frame.func.name));
                    return Ok(Val::Undef);
                }
            };
            for arg in &edge.args {
                self.take(frame, *arg, Own::Owned, "jump");
                given.push(frame.values[arg.index()]);
            }
            block = edge.block;
        }
    }

    fn define(&mut self, frame: &mut Frame<'_>, value: Value, content: Val, owner: bool) {
        if self.counting && frame.held[value.index()] != 0 {
            self.broken(format!("{value} is made again but owns {}", frame.held[value.index()]));
        }
        let counted = frame.func.ty(value).is_counted() && matches!(content, Val::Obj(_));
        frame.values[value.index()] = content;
        frame.owner[value.index()] = owner && counted;
        frame.held[value.index()] = i64::from(self.counting && owner && counted);
    }

    /// A value is looked at or taken.
    fn take(&mut self, frame: &mut Frame<'_>, value: Value, own: Own, by: &str) {
        if !self.counting || !frame.func.ty(value).is_counted() {
            return;
        }
        let Val::Obj(object) = frame.values[value.index()] else { return };
        self.alive(object);
        let held = &mut frame.held[value.index()];
        if (own == Own::Owned || frame.owner[value.index()]) && *held < 1 {
            self.broken(format!("{value} of {} is used by {by} but owns nothing", frame.func.name));
        }
        if own == Own::Owned {
            frame.held[value.index()] -= 1;
        }
    }

    fn give_back(&mut self, frame: &mut Frame<'_>, value: Value, by: &str) {
        self.take(frame, value, Own::Owned, by);
        if frame.func.ty(value).is_counted() {
            self.release(frame.values[value.index()]);
        }
    }

    fn inst(&mut self, frame: &mut Frame<'_>, inst: &Inst) -> Result<(), Thrown> {
        match inst.op {
            Op::Retain => {
                let value = inst.args[0];
                self.take(frame, value, Own::Borrowed, "retain");
                let content = frame.values[value.index()];
                self.retain(content);
                if matches!(content, Val::Obj(_)) {
                    frame.held[value.index()] += 1;
                }
                return Ok(());
            }
            Op::Release => {
                self.give_back(frame, inst.args[0], "release");
                return Ok(());
            }
            _ => {}
        }
        let args: Vec<Val> = inst.args.iter().map(|arg| frame.values[arg.index()]).collect();
        // Who only looks has to find everything; then what is consumed goes.
        for own in [Own::Borrowed, Own::Owned] {
            for (index, arg) in inst.args.iter().enumerate() {
                if inst.op.takes(index) == own {
                    self.take(frame, *arg, own, "an instruction");
                }
            }
        }
        if let Some(Val::Slot(object, _)) = args.first() {
            self.alive(*object);
        }
        let consumed: Vec<Val> = args
            .iter()
            .enumerate()
            .filter(|(index, _)| inst.op.takes(*index) == Own::Owned)
            .map(|(_, value)| *value)
            .collect();
        if inst.op.throws() {
            self.throwing += 1;
            if self.throw_at == Some(self.throwing - 1) {
                for value in consumed {
                    self.release(value);
                }
                return self.throw(Val::Int(-1)).map(|_| ());
            }
        }
        let result = self.perform(frame, inst, &args, &consumed)?;
        if let Some(value) = inst.result {
            self.define(frame, value, result, inst.op.gives() == Own::Owned);
        }
        Ok(())
    }

    fn throw(&mut self, value: Val) -> Result<Val, Thrown> {
        let old = std::mem::replace(&mut self.exception, value);
        self.release(old);
        Err(Thrown)
    }

    #[expect(clippy::too_many_lines, reason = "one arm an operation")]
    fn perform(
        &mut self,
        frame: &mut Frame<'_>,
        inst: &Inst,
        args: &[Val],
        consumed: &[Val],
    ) -> Result<Val, Thrown> {
        let int = |n: usize| match args[n] {
            Val::Int(value) => value,
            other => panic!("{other:?} is no integer in {:?}", inst.op),
        };
        let num = |n: usize| match args[n] {
            Val::Num(value) => value,
            other => panic!("{other:?} is no float in {:?}", inst.op),
        };
        let object = |n: usize| match args[n] {
            Val::Obj(object) => object,
            other => panic!("{other:?} is no object in {:?}", inst.op),
        };
        Ok(match &inst.op {
            Op::Int(value) => Val::Int(*value),
            Op::Num(value) => Val::Num(*value),
            Op::Bool(value) => Val::Bool(*value),
            Op::Undef => Val::Undef,
            Op::Str(id) => Val::Text(id.0),
            Op::Glob(id) => Val::Glob(id.0),
            Op::BoolVal(value) => self.truth_value(*value),
            Op::BoxBool => match args[0] {
                Val::Bool(value) => self.truth_value(value),
                other => panic!("{other:?} is no truth value"),
            },
            Op::BoxInt => Val::Int(int(0)),
            Op::UnboxInt => match args[0] {
                Val::Int(value) => Val::Int(value),
                other => {
                    self.broken(format!("{other:?} is taken for an integer"));
                    Val::Int(0)
                }
            },
            Op::BoxNum => Val::Num(num(0)),
            Op::UnboxNum => match args[0] {
                Val::Num(value) => Val::Num(value),
                other => {
                    self.broken(format!("{other:?} is taken for a float"));
                    Val::Num(0.0)
                }
            },
            Op::ValToNum => match args[0] {
                Val::Int(value) => Val::Num(value as f64),
                Val::Num(value) => Val::Num(value),
                other => {
                    self.broken(format!("{other:?} is taken for a number"));
                    Val::Num(0.0)
                }
            },
            Op::BoxArr | Op::BoxCell | Op::BoxHash => args[0],
            Op::Copy | Op::RefArr => args[0],
            Op::IntToNum => Val::Num(int(0) as f64),
            Op::BoolToInt => match args[0] {
                Val::Bool(value) => Val::Int(i64::from(value)),
                other => panic!("{other:?} is no truth value"),
            },
            Op::Param(index) => frame.params[*index as usize],
            Op::Capture(index) => frame.captures[*index as usize],
            Op::GlobSlot => {
                let Val::Glob(glob) = args[0] else { panic!("no glob") };
                let ty = inst.result.map_or(Ty::Cell, |result| frame.func.ty(result));
                let known = self.globals.get(&(glob, ty)).copied();
                let object = match known {
                    Some(object) => object,
                    None => {
                        let kind = if ty == Ty::Arr { Kind::Arr } else { Kind::Cell };
                        let Val::Obj(object) = self.object(kind, 0, vec![Val::Int(3)]) else {
                            unreachable!()
                        };
                        self.globals.insert((glob, ty), object);
                        object
                    }
                };
                Val::Obj(object)
            }
            Op::CellSlot => Val::Slot(object(0), 0),
            Op::IAdd => Val::Int(int(0).wrapping_add(int(1))),
            Op::ISub => Val::Int(int(0).wrapping_sub(int(1))),
            Op::IMul => Val::Int(int(0).wrapping_mul(int(1))),
            Op::INeg => Val::Int(int(0).wrapping_neg()),
            Op::INot => Val::Int(!int(0)),
            Op::IAnd => Val::Int(int(0) & int(1)),
            Op::IOr => Val::Int(int(0) | int(1)),
            Op::IXor => Val::Int(int(0) ^ int(1)),
            Op::IShlConst(by) => Val::Int(int(0) << by),
            Op::IShrConst(by) => Val::Int(int(0) >> by),
            Op::IRemConst(divisor) => Val::Int(rest(int(0), *divisor)),
            Op::IRem => match int(1) {
                0 => self.throw(Val::Int(-3))?,
                divisor => Val::Int(rest(int(0), divisor)),
            },
            Op::ICmp(cond) => Val::Bool(holds(*cond, Some(int(0).cmp(&int(1))))),
            Op::FCmp(cond) => Val::Bool(holds(*cond, num(0).partial_cmp(&num(1)))),
            Op::FAdd => Val::Num(num(0) + num(1)),
            Op::FSub => Val::Num(num(0) - num(1)),
            Op::FMul => Val::Num(num(0) * num(1)),
            Op::FDiv => Val::Num(num(0) / num(1)),
            Op::FDivChecked => {
                if num(1) == 0.0 {
                    self.throw(Val::Int(-2))?
                } else {
                    Val::Num(num(0) / num(1))
                }
            }
            Op::FNeg => Val::Num(-num(0)),
            Op::FAbs => Val::Num(num(0).abs()),
            Op::FSqrt => Val::Num(num(0).sqrt()),
            Op::Not => match args[0] {
                Val::Bool(value) => Val::Bool(!value),
                other => panic!("{other:?} is no truth value"),
            },
            Op::HasTag(wanted) => Val::Bool(match args[0] {
                Val::Int(_) => *wanted == 0,
                Val::Num(_) => *wanted == 1,
                Val::Obj(object) => *wanted == 8 && self.objects[object].kind == Kind::Arr,
                _ => false,
            }),
            Op::ElemIsNum(what) | Op::ElemNum(what) => {
                let mut value = args[0];
                for index in 1..args.len() {
                    let parts = match value {
                        Val::Obj(object) if self.objects[object].kind == Kind::Arr => {
                            self.alive(object);
                            &self.objects[object].parts
                        }
                        _ => &Vec::new(),
                    };
                    value = usize::try_from(int(index))
                        .ok()
                        .and_then(|at| parts.get(at))
                        .copied()
                        .unwrap_or(Val::Undef);
                }
                if let (s_ir::Element::Number, Val::Int(int)) = (what, value) {
                    value = Val::Num(int as f64);
                }
                match (&inst.op, value) {
                    (Op::ElemIsNum(_), value) => Val::Bool(matches!(value, Val::Num(_))),
                    (_, Val::Num(_)) => value,
                    (_, other) => {
                        self.broken(format!("{other:?} is taken for a float"));
                        Val::Num(0.0)
                    }
                }
            }
            Op::Pos(_) | Op::Line(_) => Val::Undef,
            Op::Keep | Op::Pack => Val::Undef,
            Op::Call(callee) => {
                let callee = &self.module.functions[callee.index()];
                self.call(callee, args.to_vec(), Vec::new())?
            }
            Op::CallValue(_) => {
                let mut sum = 11;
                for arg in args {
                    let more = self.digest(*arg, 0);
                    sum = mix(sum, more);
                }
                if sum % 11 == 0 {
                    return self.throw(Val::Int(-4));
                }
                self.object(Kind::Other, sum, Vec::new())
            }
            Op::Closure(_) => {
                let parts = args.iter().map(|arg| self.retain(*arg)).collect();
                self.object(Kind::Code, 12, parts)
            }
            Op::Rt(function) => self.runtime(*function, args, consumed)?,
            other => panic!("the machine does not know {other:?}"),
        })
    }

    fn truth_value(&self, value: bool) -> Val {
        if self.module.compat { Val::Bool(value) } else { Val::Int(i64::from(value)) }
    }

    /// As a number; nothing where operators may be overloaded.
    fn number(&mut self, value: Val) -> Option<Val> {
        match value {
            Val::Undef => Some(Val::Int(0)),
            Val::Int(_) | Val::Num(_) => Some(value),
            Val::Bool(value) => Some(Val::Int(i64::from(value))),
            Val::Text(id) if id % 2 == 0 => Some(Val::Int(i64::from(id))),
            Val::Text(id) => Some(Val::Num(f64::from(id) + 0.5)),
            Val::Obj(object) => {
                self.alive(object);
                let object = &self.objects[object];
                (object.kind == Kind::Str || !self.module.overloads)
                    .then_some(Val::Int((object.payload % 100) as i64))
            }
            Val::Glob(_) | Val::Slot(..) => panic!("no value"),
        }
    }

    fn overloaded(&mut self, name: &str, args: &[Val]) -> Val {
        let mut sum = mix(13, name.len() as u64);
        for arg in args {
            let more = self.digest(*arg, 0);
            sum = mix(sum, more);
        }
        self.object(Kind::Other, sum, Vec::new())
    }

    #[expect(clippy::too_many_lines, reason = "one arm a function")]
    fn runtime(&mut self, function: Rt, args: &[Val], consumed: &[Val]) -> Result<Val, Thrown> {
        let name = function.signature().name;
        let object = |n: usize| match args[n] {
            Val::Obj(object) => object,
            other => panic!("{other:?} is no object in {name}"),
        };
        let int = |n: usize| match args[n] {
            Val::Int(value) => value,
            other => panic!("{other:?} is no integer in {name}"),
        };
        let float = |value: Val| match value {
            Val::Int(value) => value as f64,
            Val::Num(value) => value,
            other => panic!("{other:?} is no number"),
        };
        Ok(match function {
            Rt::add | Rt::sub | Rt::mul | Rt::div | Rt::rem | Rt::pow => {
                let (Some(x), Some(y)) = (self.number(args[0]), self.number(args[1])) else {
                    return Ok(self.overloaded(name, args));
                };
                match (function, x, y) {
                    (Rt::div, Val::Int(a), Val::Int(b)) => self.int_div(a, b)?,
                    (Rt::div, ..) if float(y) == 0.0 => self.throw(Val::Int(-2))?,
                    (Rt::div, ..) => Val::Num(float(x) / float(y)),
                    (Rt::rem, ..) => {
                        let (a, b) = (float_to_int(x), float_to_int(y));
                        if b == 0 {
                            return self.throw(Val::Int(-3));
                        }
                        Val::Int(rest(a, b))
                    }
                    (Rt::pow, Val::Int(a), Val::Int(b)) => int_pow(a, b),
                    (Rt::pow, ..) => Val::Num(float(x).powf(float(y))),
                    (_, Val::Int(a), Val::Int(b)) => {
                        let (wrapping, checked) = match function {
                            Rt::add => (a.wrapping_add(b), a.checked_add(b)),
                            Rt::sub => (a.wrapping_sub(b), a.checked_sub(b)),
                            _ => (a.wrapping_mul(b), a.checked_mul(b)),
                        };
                        match checked {
                            None if self.module.compat => Val::Num(wrapping as f64),
                            _ => Val::Int(wrapping),
                        }
                    }
                    _ => {
                        let (a, b) = (float(x), float(y));
                        Val::Num(match function {
                            Rt::add => a + b,
                            Rt::sub => a - b,
                            _ => a * b,
                        })
                    }
                }
            }
            Rt::bit_and | Rt::bit_or | Rt::bit_xor | Rt::shl | Rt::shr => {
                let (Some(x), Some(y)) = (self.number(args[0]), self.number(args[1])) else {
                    return Ok(self.overloaded(name, args));
                };
                let (a, b) = (float_to_int(x), float_to_int(y));
                Val::Int(match function {
                    Rt::bit_and => a & b,
                    Rt::bit_or => a | b,
                    Rt::bit_xor => a ^ b,
                    Rt::shl => shl(a, b),
                    _ => shr(a, b),
                })
            }
            Rt::div_num => match (self.number(args[0]), self.number(args[1])) {
                (Some(Val::Int(a)), Some(Val::Int(b))) => Val::Num(float(self.int_div(a, b)?)),
                (Some(_), Some(y)) if float(y) == 0.0 => self.throw(Val::Int(-2))?,
                (Some(x), Some(y)) => Val::Num(float(x) / float(y)),
                _ => Val::Num(9.0),
            },
            Rt::int_div_num => Val::Num(float(self.int_div(int(0), int(1))?)),
            Rt::int_shl => Val::Int(shl(int(0), int(1))),
            Rt::int_shr => Val::Int(shr(int(0), int(1))),
            Rt::int_div => self.int_div(int(0), int(1))?,
            Rt::int_pow => int_pow(int(0), int(1)),
            Rt::num_pow => Val::Num(float(args[0]).powf(float(args[1]))),
            Rt::neg | Rt::inc | Rt::dec | Rt::abs | Rt::bit_not | Rt::int_of | Rt::to_number => {
                let Some(x) = self.number(args[0]) else { return Ok(self.overloaded(name, args)) };
                let compat = self.module.compat;
                let wrap = |wrapping: i64, checked: Option<i64>| match checked {
                    None if compat => Val::Num(wrapping as f64),
                    _ => Val::Int(wrapping),
                };
                match (function, x) {
                    (Rt::to_number, x) => x,
                    (Rt::bit_not, x) => Val::Int(!float_to_int(x)),
                    (Rt::int_of, Val::Num(x)) => num_int(x),
                    (Rt::int_of, x) => x,
                    (Rt::neg, Val::Int(x)) => wrap(x.wrapping_neg(), x.checked_neg()),
                    (Rt::neg, x) => Val::Num(-float(x)),
                    (Rt::abs, Val::Int(x)) => wrap(x.wrapping_abs(), x.checked_abs()),
                    (Rt::abs, x) => Val::Num(float(x).abs()),
                    (Rt::inc, Val::Int(x)) => wrap(x.wrapping_add(1), x.checked_add(1)),
                    (Rt::inc, x) => Val::Num(float(x) + 1.0),
                    (_, Val::Int(x)) => wrap(x.wrapping_sub(1), x.checked_sub(1)),
                    (_, x) => Val::Num(float(x) - 1.0),
                }
            }
            Rt::num_int => num_int(float(args[0])),
            Rt::sqrt => match self.number(args[0]) {
                Some(x) => Val::Num(float(x).sqrt()),
                None => self.overloaded(name, args),
            },
            Rt::num_lt | Rt::num_gt | Rt::num_le | Rt::num_ge | Rt::num_eq | Rt::num_ne => {
                let x = self.number(args[0]).unwrap_or(Val::Int(1));
                let y = self.number(args[1]).unwrap_or(Val::Int(1));
                let cond = match function {
                    Rt::num_lt => Cond::Lt,
                    Rt::num_gt => Cond::Gt,
                    Rt::num_le => Cond::Le,
                    Rt::num_ge => Cond::Ge,
                    Rt::num_eq => Cond::Eq,
                    _ => Cond::Ne,
                };
                Val::Bool(holds(cond, order(x, y)))
            }
            Rt::num_cmp => {
                let x = self.number(args[0]).unwrap_or(Val::Int(1));
                let y = self.number(args[1]).unwrap_or(Val::Int(1));
                order(x, y).map_or(Val::Undef, |order| Val::Int(order as i64))
            }
            Rt::to_int => match self.number(args[0]) {
                Some(x) => Val::Int(float_to_int(x)),
                None => Val::Int(9),
            },
            Rt::num_to_int => Val::Int(float_to_int(args[0])),
            Rt::to_num => match self.number(args[0]) {
                Some(x) => Val::Num(float(x)),
                None => Val::Num(9.0),
            },
            Rt::to_bool => Val::Bool(match self.number(args[0]) {
                Some(x) => float(x) != 0.0,
                None => true,
            }),
            Rt::is_defined => Val::Bool(!matches!(args[0], Val::Undef)),
            Rt::concat | Rt::concat_onto => {
                let overloaded = self.module.overloads
                    && args.iter().any(|arg| match arg {
                        Val::Obj(object) => self.objects[*object].kind != Kind::Str,
                        _ => false,
                    });
                let mut sum = 14;
                for arg in args {
                    let more = self.digest(*arg, 0);
                    sum = mix(sum, more);
                }
                for value in consumed {
                    self.release(*value);
                }
                self.object(if overloaded { Kind::Other } else { Kind::Str }, sum, Vec::new())
            }
            Rt::to_str | Rt::int_to_str | Rt::num_to_str => {
                let sum = self.digest(args[0], 0);
                self.object(Kind::Str, mix(15, sum), Vec::new())
            }
            Rt::arr_new => self.object(Kind::Arr, 0, Vec::new()),
            Rt::arr_ref | Rt::cell_ref => self.retain(args[0]),
            Rt::arr_len => Val::Int(self.objects[object(0)].parts.len() as i64),
            Rt::arr_push => {
                let array = object(0);
                self.alive(array);
                // A cycle would never be given back.
                if matches!(args[1], Val::Obj(other) if self.objects[other].kind != Kind::Str) {
                    self.release(args[1]);
                } else {
                    self.objects[array].parts.push(args[1]);
                }
                Val::Undef
            }
            Rt::arr_pop => {
                let array = object(0);
                self.alive(array);
                self.objects[array].parts.pop().unwrap_or(Val::Undef)
            }
            Rt::arr_get => {
                let value = self.part(object(0), int(1));
                self.retain(value)
            }
            Rt::arr_set => {
                if matches!(args[2], Val::Obj(other) if self.objects[other].kind != Kind::Str) {
                    self.release(args[2]);
                    return self.throw(Val::Int(-5));
                }
                self.set_part(object(0), int(1), args[2]);
                Val::Undef
            }
            Rt::deref_arr | Rt::viv_arr => match args[0] {
                Val::Obj(array) if self.objects[array].kind == Kind::Arr => self.retain(args[0]),
                Val::Undef => self.object(Kind::Arr, 0, Vec::new()),
                _ => self.throw(Val::Int(-6))?,
            },
            Rt::arr_fresh => {
                self.release(args[0]);
                self.object(Kind::Arr, 0, Vec::new())
            }
            Rt::arr_slot => Val::Slot(object(0), int(1).rem_euclid(8)),
            Rt::cell_new | Rt::scalar_ref => self.object(Kind::Cell, 0, vec![args[0]]),
            Rt::cell_get => {
                let value = self.part(object(0), 0);
                self.retain(value)
            }
            Rt::cell_set => {
                self.store(object(0), 0, args[1]);
                Val::Undef
            }
            Rt::slot_get => {
                let Val::Slot(base, index) = args[0] else { panic!("no slot") };
                let value = self.part(base, index);
                self.retain(value)
            }
            Rt::slot_set => {
                let Val::Slot(base, index) = args[0] else { panic!("no slot") };
                self.store(base, index, args[1]);
                Val::Undef
            }
            Rt::list_push => {
                let digest = self.digest(args[0], 0);
                self.trace.push(digest);
                self.list.push(args[0]);
                Val::Undef
            }
            Rt::at_end => {
                let digest = self.digest(args[0], 0);
                self.trace.push(digest);
                Val::Undef
            }
            Rt::die_value => {
                let value = self.retain(args[0]);
                self.throw(value)?
            }
            Rt::try_begin => Val::Int(0),
            Rt::try_end => Val::Undef,
            Rt::try_catch => std::mem::replace(&mut self.exception, Val::Undef),
            other => panic!("the machine does not know {other:?}"),
        })
    }

    /// Stores anything but what could make a ring.
    fn store(&mut self, object: usize, index: i64, value: Val) {
        if matches!(value, Val::Obj(other) if self.objects[other].kind != Kind::Str) {
            self.release(value);
        } else {
            self.set_part(object, index, value);
        }
    }

    fn int_div(&mut self, a: i64, b: i64) -> Result<Val, Thrown> {
        if b == 0 {
            return self.throw(Val::Int(-2));
        }
        Ok(match a.checked_rem(b) {
            Some(0) => Val::Int(a / b),
            Some(_) => Val::Num(a as f64 / b as f64),
            None if self.module.compat => Val::Num(-(a as f64)),
            None => Val::Int(a),
        })
    }
}

fn rest(a: i64, b: i64) -> i64 {
    let rest = a.wrapping_rem(b);
    if rest != 0 && (rest < 0) != (b < 0) { rest + b } else { rest }
}

fn shl(a: i64, b: i64) -> i64 {
    if (0..64).contains(&b) { a << b } else { 0 }
}

fn shr(a: i64, b: i64) -> i64 {
    if (0..64).contains(&b) { a >> b } else { a >> 63 & i64::from(b >= 64) }
}

fn num_int(x: f64) -> Val {
    if x.abs() < 9.2e18 { Val::Int(x as i64) } else { Val::Num(x.trunc()) }
}

fn int_pow(a: i64, b: i64) -> Val {
    match u32::try_from(b).ok().and_then(|b| a.checked_pow(b)) {
        Some(power) => Val::Int(power),
        None => Val::Num((a as f64).powf(b as f64)),
    }
}

fn float_to_int(value: Val) -> i64 {
    match value {
        Val::Int(value) => value,
        Val::Num(value) => value as i64,
        other => panic!("{other:?} is no number"),
    }
}

fn holds(cond: Cond, order: Option<std::cmp::Ordering>) -> bool {
    match cond {
        Cond::Eq => order.is_some_and(std::cmp::Ordering::is_eq),
        Cond::Ne => !order.is_some_and(std::cmp::Ordering::is_eq),
        Cond::Lt => order.is_some_and(std::cmp::Ordering::is_lt),
        Cond::Gt => order.is_some_and(std::cmp::Ordering::is_gt),
        Cond::Le => order.is_some_and(std::cmp::Ordering::is_le),
        Cond::Ge => order.is_some_and(std::cmp::Ordering::is_ge),
    }
}

/// Exact between integers and floats.
fn order(x: Val, y: Val) -> Option<std::cmp::Ordering> {
    match (x, y) {
        (Val::Int(a), Val::Int(b)) => Some(a.cmp(&b)),
        (Val::Num(a), Val::Num(b)) => a.partial_cmp(&b),
        (Val::Int(a), Val::Num(b)) => {
            if b.is_nan() {
                return None;
            }
            if b.abs() > 1e19 {
                return 0.0.partial_cmp(&b);
            }
            let whole = b.floor() as i128;
            Some(i128::from(a).cmp(&whole).then(if b > b.floor() {
                std::cmp::Ordering::Less
            } else {
                std::cmp::Ordering::Equal
            }))
        }
        (Val::Num(_), Val::Int(_)) => order(y, x).map(std::cmp::Ordering::reverse),
        other => panic!("{other:?} are no numbers"),
    }
}
