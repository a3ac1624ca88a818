//! Random modules, built the way lowering builds: nested statements through [`Builder`].

use s_ir::builder::Variable;
use s_ir::{Builder, Cond, Module, Op, Rt, Ty, Value};

/// Numbers from a seed (splitmix64).
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new(seed: u64) -> Random {
        Random(seed.wrapping_mul(0x2545_f491_4f6c_dd1d) ^ 0x9e37_79b9)
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut x = self.0;
        x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        x ^ (x >> 31)
    }

    pub(crate) fn below(&mut self, limit: usize) -> usize {
        (self.next() % limit as u64) as usize
    }

    fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }
}

/// Three functions: the first calls the others, the second also the third.
pub(crate) fn module(seed: u64) -> Module {
    let mut random = Random::new(seed);
    let mut module = Module::default();
    module.compat = random.chance(20);
    module.overloads = random.chance(50);
    for text in ["", "a", "bc"] {
        module.string(text.as_bytes(), false);
    }
    for name in ["main::x", "main::y"] {
        module.global(name);
    }
    // Functions called come first here, and are put behind.
    let mut functions = Vec::new();
    for index in (0..3).rev() {
        let mut func = crate::function(&format!("f{index}"), &[Ty::V, Ty::V], Ty::V);
        if index == 0 {
            func.escapes = true;
            func.signature.captures = true;
            func.captures = vec![Ty::V, Ty::Arr, Ty::Cell];
        }
        let mut shape = Shape::new(Builder::new(func), &mut random, index);
        shape.follows = seed % 5 == 2;
        shape.function();
        let func = shape.builder.finish();
        functions.insert(0, func);
    }
    module.functions = functions;
    module
}

struct Shape<'r> {
    builder: Builder,
    random: &'r mut Random,
    index: usize,
    /// Values that may be used here.
    known: Vec<(Value, Ty)>,
    variables: Vec<(Variable, Ty)>,
    budget: usize,
    loops: usize,
    /// Where a loop is left to, and the guarded regions it is in.
    breaks: Vec<(s_ir::Block, usize)>,
    tries: Vec<Value>,
    pos: u32,
    /// References to arrays are followed, too.
    follows: bool,
}

impl<'r> Shape<'r> {
    fn new(builder: Builder, random: &'r mut Random, index: usize) -> Shape<'r> {
        let budget = 6 + random.below(28);
        Shape {
            builder,
            random,
            index,
            known: Vec::new(),
            variables: Vec::new(),
            budget,
            loops: 0,
            breaks: Vec::new(),
            tries: Vec::new(),
            pos: 0,
            follows: false,
        }
    }

    fn emit(&mut self, op: Op, args: Vec<Value>, ty: Ty) -> Value {
        let value = self.builder.emit(op, args, ty);
        self.known.push((value, ty));
        value
    }

    fn rt(&mut self, function: Rt, args: &[Value]) -> Value {
        let value = self.builder.rt(function, args);
        self.known.push((value, Ty::of_kind(function.signature().result)));
        value
    }

    fn function(&mut self) {
        self.emit(Op::Param(0), Vec::new(), Ty::V);
        self.emit(Op::Param(1), Vec::new(), Ty::V);
        if self.index == 0 {
            for (index, ty) in [Ty::V, Ty::Arr, Ty::Cell].into_iter().enumerate() {
                self.emit(Op::Capture(index as u32), Vec::new(), ty);
            }
        }
        for ty in [Ty::V, Ty::V, Ty::V, Ty::Arr, Ty::Cell, Ty::Int, Ty::Bool] {
            let variable = self.builder.variable(ty);
            self.variables.push((variable, ty));
            if self.random.chance(70) {
                let value = self.value(ty);
                self.builder.write(variable, value);
            }
        }
        self.statements(0);
        if !self.builder.is_filled() {
            let value = self.value(Ty::V);
            self.builder.ret(Some(value));
        }
    }

    /// Any value of a type.
    fn value(&mut self, ty: Ty) -> Value {
        if self.random.chance(60) {
            let fitting: Vec<Value> = self
                .known
                .iter()
                .rev()
                .filter(|(_, known)| *known == ty)
                .take(6)
                .map(|(value, _)| *value)
                .collect();
            if !fitting.is_empty() {
                return fitting[self.random.below(fitting.len())];
            }
        }
        if self.random.chance(50) {
            let fitting: Vec<Variable> = self
                .variables
                .iter()
                .filter(|(_, known)| *known == ty)
                .map(|(variable, _)| *variable)
                .collect();
            if !fitting.is_empty() {
                let variable = fitting[self.random.below(fitting.len())];
                let value = self.builder.read(variable);
                self.known.push((value, ty));
                return value;
            }
        }
        match ty {
            Ty::V => match self.random.below(8) {
                0..=2 => {
                    const NUMBERS: &[i64] = &[
                        0,
                        1,
                        2,
                        3,
                        -1,
                        7,
                        64,
                        i64::MAX,
                        i64::MIN,
                        (1 << 53) + 1,
                        9_007_199_254_740_993,
                        -8,
                    ];
                    let number = NUMBERS[self.random.below(NUMBERS.len())];
                    let int = self.builder.int(number);
                    self.emit(Op::BoxInt, vec![int], Ty::V)
                }
                3 => {
                    const NUMBERS: &[f64] = &[0.0, 1.5, -2.0, 9_007_199_254_740_992.0, 1e300, 0.5];
                    let number = NUMBERS[self.random.below(NUMBERS.len())];
                    let num = self.builder.emit(Op::Num(number), Vec::new(), Ty::Num);
                    self.emit(Op::BoxNum, vec![num], Ty::V)
                }
                4 => self.emit(Op::Undef, Vec::new(), Ty::V),
                5 => {
                    let id = self.random.below(3) as u32;
                    self.emit(Op::Str(s_ir::StrId(id)), Vec::new(), Ty::V)
                }
                6 => {
                    let condition = self.value(Ty::Bool);
                    self.emit(Op::BoxBool, vec![condition], Ty::V)
                }
                _ => self.fresh(),
            },
            Ty::Arr => self.rt(Rt::arr_new, &[]),
            Ty::Cell => {
                let value = self.value(Ty::V);
                self.rt(Rt::cell_new, &[value])
            }
            Ty::Int => {
                let number = self.random.below(5) as i64 - 1;
                self.emit(Op::Int(number), Vec::new(), Ty::Int)
            }
            Ty::Bool => {
                if self.random.chance(25) {
                    let truth = self.random.chance(50);
                    return self.emit(Op::Bool(truth), Vec::new(), Ty::Bool);
                }
                let (left, right) = (self.value(Ty::V), self.value(Ty::V));
                let function = [Rt::num_lt, Rt::num_eq, Rt::num_ge, Rt::num_ne, Rt::num_le, Rt::num_gt]
                    [self.random.below(6)];
                self.rt(function, &[left, right])
            }
            other => panic!("no value of {other:?}"),
        }
    }

    /// A counted object.
    fn fresh(&mut self) -> Value {
        let id = self.random.below(3) as u32;
        let text = self.emit(Op::Str(s_ir::StrId(id)), Vec::new(), Ty::V);
        self.rt(Rt::concat, &[text, text])
    }

    fn statements(&mut self, depth: usize) {
        let count = 1 + self.random.below(if depth == 0 { 10 } else { 4 });
        for _ in 0..count {
            if self.builder.is_filled() || self.budget == 0 {
                return;
            }
            self.budget -= 1;
            if self.random.chance(25) {
                self.pos += 1;
                self.builder.emit_void(Op::Pos(self.pos), Vec::new());
                if self.pos.is_multiple_of(2) {
                    self.builder.set_line(self.pos);
                }
            }
            match self.random.below(24) {
                0..=9 => self.compute(),
                10..=12 => self.assign(),
                13..=14 => self.observe(),
                15..=17 if depth < 4 => self.branch(depth),
                18 if depth < 4 && self.loops < 2 => self.repeat(depth),
                19 if depth < 4 => self.guarded(depth),
                20 if depth > 0 => self.leave(),
                21 => self.join(),
                22 => self.place(),
                _ => self.compute(),
            }
        }
    }

    fn compute(&mut self) {
        match self.random.below(26) {
            0..=7 => {
                let (left, right) = (self.value(Ty::V), self.value(Ty::V));
                let function = [
                    Rt::add,
                    Rt::sub,
                    Rt::mul,
                    Rt::div,
                    Rt::rem,
                    Rt::bit_and,
                    Rt::shl,
                    Rt::shr,
                    Rt::add,
                    Rt::num_cmp,
                    Rt::pow,
                ][self.random.below(11)];
                self.rt(function, &[left, right]);
            }
            8..=9 => {
                let value = self.value(Ty::V);
                let function = [
                    Rt::neg,
                    Rt::inc,
                    Rt::dec,
                    Rt::abs,
                    Rt::to_number,
                    Rt::int_of,
                    Rt::bit_not,
                    Rt::to_str,
                    Rt::sqrt,
                ][self.random.below(9)];
                self.rt(function, &[value]);
            }
            10 => {
                let (left, right) = (self.value(Ty::V), self.value(Ty::V));
                self.rt(Rt::concat_onto, &[left, right]);
            }
            11 => {
                // The same, taken and looked at.
                let value = self.value(Ty::V);
                self.rt(Rt::concat_onto, &[value, value]);
            }
            12..=13 => {
                let (array, value) = (self.value(Ty::Arr), self.value(Ty::V));
                self.builder.rt_void(Rt::arr_push, &[array, value]);
            }
            14 => {
                let (array, index, value) = (self.value(Ty::Arr), self.value(Ty::Int), self.value(Ty::V));
                self.builder.rt_void(Rt::arr_set, &[array, index, value]);
            }
            15 => {
                let (array, index) = (self.value(Ty::Arr), self.value(Ty::Int));
                self.rt(Rt::arr_get, &[array, index]);
            }
            16 => {
                let (cell, value) = (self.value(Ty::Cell), self.value(Ty::V));
                self.builder.rt_void(Rt::cell_set, &[cell, value]);
            }
            17 => {
                let cell = self.value(Ty::Cell);
                self.rt(Rt::cell_get, &[cell]);
            }
            18 => {
                let array = self.value(Ty::Arr);
                let reference = self.emit(Op::BoxArr, vec![array], Ty::V);
                if self.follows {
                    let reference = self.rt(Rt::viv_arr, &[reference]);
                    self.rt(Rt::deref_arr, &[reference]);
                }
            }
            19 => {
                let cell = self.value(Ty::Cell);
                self.emit(Op::BoxCell, vec![cell], Ty::V);
            }
            20 => {
                let array = self.value(Ty::Arr);
                self.rt(Rt::arr_fresh, &[array]);
            }
            21 if self.index < 2 => {
                let (one, two) = (self.value(Ty::V), self.value(Ty::V));
                let callee = self.index + 1 + self.random.below(2 - self.index);
                self.emit(Op::Call(s_ir::FuncId(callee as u32)), vec![one, two], Ty::V);
            }
            22 => {
                let (one, two) = (self.value(Ty::V), self.value(Ty::V));
                self.emit(Op::CallValue(1), vec![one, two, two], Ty::V);
            }
            23 => {
                let (one, two) = (self.value(Ty::V), self.value(Ty::Cell));
                self.emit(Op::Closure(s_ir::FuncId(0)), vec![one, two], Ty::V);
            }
            24 => {
                let name = s_ir::GlobalRef(self.random.below(2) as u32);
                let glob = self.emit(Op::Glob(name), Vec::new(), Ty::Glob);
                let ty = if self.random.chance(50) { Ty::Arr } else { Ty::Cell };
                self.emit(Op::GlobSlot, vec![glob], ty);
            }
            _ => {
                let value = self.value(Ty::V);
                match self.random.below(4) {
                    0 => self.rt(Rt::to_int, &[value]),
                    1 => self.rt(Rt::to_bool, &[value]),
                    2 => self.rt(Rt::is_defined, &[value]),
                    _ => {
                        let int = self.value(Ty::Int);
                        self.emit(Op::IAdd, vec![int, int], Ty::Int)
                    }
                };
            }
        }
    }

    fn assign(&mut self) {
        let (variable, ty) = self.variables[self.random.below(self.variables.len())];
        let value = self.value(ty);
        self.builder.write(variable, value);
    }

    fn observe(&mut self) {
        let value = self.value(Ty::V);
        if self.random.chance(60) {
            self.builder.rt_void(Rt::list_push, &[value]);
        } else {
            self.builder.rt_void(Rt::at_end, &[value]);
        }
    }

    fn branch(&mut self, depth: usize) {
        let condition = self.value(Ty::Bool);
        let (yes, no, join) = (self.builder.block(), self.builder.block(), self.builder.block());
        let empty = self.random.chance(30);
        self.builder.branch(condition, yes, if empty { join } else { no });
        let known = self.known.len();
        self.builder.switch_sealed(yes);
        self.statements(depth + 1);
        self.known.truncate(known);
        self.builder.jump(join, &[]);
        self.builder.switch_sealed(no);
        if !empty {
            self.statements(depth + 1);
            self.known.truncate(known);
            self.builder.jump(join, &[]);
        } else {
            self.builder.unreachable();
        }
        self.builder.switch_sealed(join);
    }

    /// A join with parameters, one value given twice.
    fn join(&mut self) {
        let condition = self.value(Ty::Bool);
        let (yes, no, join) = (self.builder.block(), self.builder.block(), self.builder.block());
        let params = [
            self.builder.param(join, Ty::V),
            self.builder.param(join, Ty::V),
            self.builder.param(join, Ty::Arr),
        ];
        self.builder.branch(condition, yes, no);
        let known = self.known.len();
        self.builder.switch_sealed(yes);
        let (one, array) = (self.value(Ty::V), self.value(Ty::Arr));
        self.builder.jump(join, &[one, one, array]);
        self.known.truncate(known);
        self.builder.switch_sealed(no);
        let (one, two, array) = (self.value(Ty::V), self.value(Ty::V), self.value(Ty::Arr));
        self.builder.jump(join, &[one, two, array]);
        self.known.truncate(known);
        self.builder.switch_sealed(join);
        self.known.push((params[0], Ty::V));
        self.known.push((params[1], Ty::V));
        self.known.push((params[2], Ty::Arr));
    }

    fn repeat(&mut self, depth: usize) {
        let counter = self.builder.variable(Ty::Int);
        let zero = self.builder.int(0);
        self.builder.write(counter, zero);
        let out = self.builder.block();
        self.builder.enter_loop();
        let head = self.builder.block();
        self.builder.jump(head, &[]);
        self.builder.switch_to(head);
        let now = self.builder.read(counter);
        let limit = 1 + self.random.below(3) as i64;
        let limit = self.builder.int(limit);
        let more = self.builder.icmp(Cond::Lt, now, limit);
        let body = self.builder.block();
        self.builder.branch(more, body, out);
        let known = self.known.len();
        self.builder.switch_sealed(body);
        self.loops += 1;
        self.breaks.push((out, self.tries.len()));
        self.statements(depth + 1);
        self.breaks.pop();
        self.loops -= 1;
        if !self.builder.is_filled() {
            let now = self.builder.read(counter);
            let one = self.builder.int(1);
            let next = self.builder.emit(Op::IAdd, vec![now, one], Ty::Int);
            self.builder.write(counter, next);
            self.builder.jump(head, &[]);
        }
        self.known.truncate(known);
        self.builder.seal(head);
        self.builder.leave_loop();
        self.builder.switch_sealed(out);
    }

    fn guarded(&mut self, depth: usize) {
        let (join, handler) = (self.builder.block(), self.builder.block());
        let record = self.builder.rt(Rt::try_begin, &[]);
        let old = self.builder.set_handler(Some(handler));
        let start = self.builder.block();
        self.builder.enter_try(start, handler);
        let known = self.known.len();
        self.builder.switch_sealed(start);
        self.tries.push(record);
        self.statements(depth + 1);
        self.tries.pop();
        self.known.truncate(known);
        if !self.builder.is_filled() {
            self.builder.rt_void(Rt::try_end, &[record]);
            self.builder.jump(join, &[]);
        }
        self.builder.set_handler(old);
        self.builder.switch_sealed(handler);
        self.rt(Rt::try_catch, &[record]);
        self.statements(depth + 1);
        self.known.truncate(known);
        self.builder.jump(join, &[]);
        self.builder.switch_sealed(join);
    }

    fn leave(&mut self) {
        match (self.random.below(3), self.breaks.last().copied()) {
            (0, Some((out, depth))) => {
                for record in self.tries[depth..].iter().rev() {
                    self.builder.rt_void(Rt::try_end, &[*record]);
                }
                self.builder.jump(out, &[]);
            }
            (1, _) => {
                let value = self.value(Ty::V);
                for record in self.tries.clone().into_iter().rev() {
                    self.builder.rt_void(Rt::try_end, &[record]);
                }
                self.builder.ret(Some(value));
            }
            _ => {
                let value = self.value(Ty::V);
                self.builder.rt(Rt::die_value, &[value]);
                self.builder.unreachable();
            }
        }
    }

    /// Through the address of a slot.
    fn place(&mut self) {
        let slot = if self.random.chance(50) {
            let cell = self.value(Ty::Cell);
            self.builder.emit(Op::CellSlot, vec![cell], Ty::Slot)
        } else {
            let (array, index) = (self.value(Ty::Arr), self.value(Ty::Int));
            self.builder.rt(Rt::arr_slot, &[array, index])
        };
        let value = self.value(Ty::V);
        self.builder.rt_void(Rt::slot_set, &[slot, value]);
        if self.random.chance(50) {
            let value = self.builder.rt(Rt::slot_get, &[slot]);
            self.known.push((value, Ty::V));
        }
    }
}
