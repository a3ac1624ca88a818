//! Builds a function block by block, turning variables into values on the way.
//!
//! Lowering names variables ([`Variable`]) and reads and writes them; block parameters appear where
//! different values meet (the construction of Braun and others, "Simple and Efficient Construction of
//! Static Single Assignment Form", 2013). A block is sealed when no further predecessor will come;
//! reads in a block that is not sealed get a parameter at once.

use std::collections::HashMap;

use crate::func::{Block, Edge, Func, Inst, Term, Ty, Value};
use crate::module::StrId;
use crate::op::{Cond, Op, Rt};

/// A variable of the function being built.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Variable(pub u32);

/// Builds one function.
pub struct Builder {
    /// The function so far.
    pub func: Func,
    current: Block,
    variables: Vec<Ty>,
    definitions: HashMap<(Variable, Block), Value>,
    state: Vec<BlockState>,
    handler: Option<Block>,
    loop_depth: u32,
    undef_of_entry: HashMap<Ty, Value>,
    line: Option<u32>,
}

/// A block parameter whose arguments are still to be given.
#[derive(Clone, Copy)]
struct Param {
    block: Block,
    index: usize,
    value: Value,
}

#[derive(Clone, Default)]
struct BlockState {
    sealed: bool,
    filled: bool,
    predecessors: Vec<Block>,
    incomplete: Vec<(Variable, Param)>,
    /// Where its last instruction belongs to, once that was said.
    line: Option<u32>,
}

impl Builder {
    /// Starts in the entry block, which is sealed.
    #[must_use]
    pub fn new(func: Func) -> Builder {
        let state = vec![BlockState { sealed: true, ..BlockState::default() }];
        Builder {
            func,
            current: Block(0),
            variables: Vec::new(),
            definitions: HashMap::new(),
            state,
            handler: None,
            loop_depth: 0,
            undef_of_entry: HashMap::new(),
            line: None,
        }
    }

    /// A new variable.
    pub fn variable(&mut self, ty: Ty) -> Variable {
        self.variables.push(ty);
        Variable(u32::try_from(self.variables.len() - 1).expect("fewer than 2^32 variables"))
    }

    /// A new block in the current region and loop depth.
    pub fn block(&mut self) -> Block {
        let block = self.func.new_block();
        self.func.block_mut(block).handler = self.handler;
        self.func.block_mut(block).loop_depth = self.loop_depth;
        self.state.push(BlockState::default());
        block
    }

    /// The block that instructions go to.
    #[must_use]
    pub fn current(&self) -> Block {
        self.current
    }

    /// Whether the current block has ended.
    #[must_use]
    pub fn is_filled(&self) -> bool {
        self.state[self.current.index()].filled
    }

    /// Goes on in another block.
    pub fn switch_to(&mut self, block: Block) {
        self.current = block;
    }

    /// No further predecessor will come.
    pub fn seal(&mut self, block: Block) {
        if self.state[block.index()].sealed {
            return;
        }
        self.state[block.index()].sealed = true;
        let incomplete = std::mem::take(&mut self.state[block.index()].incomplete);
        for (variable, param) in incomplete {
            self.fill_joins(variable, vec![param]);
        }
    }

    /// Goes on in a block that no further predecessor will reach.
    pub fn switch_sealed(&mut self, block: Block) {
        self.seal(block);
        self.switch_to(block);
    }

    /// The handler of blocks made from now on; returns the old one.
    pub fn set_handler(&mut self, handler: Option<Block>) -> Option<Block> {
        std::mem::replace(&mut self.handler, handler)
    }

    /// The handler in force.
    #[must_use]
    pub fn handler(&self) -> Option<Block> {
        self.handler
    }

    /// Blocks made from now on are in one loop more.
    pub fn enter_loop(&mut self) {
        self.loop_depth += 1;
    }

    /// Blocks made from now on are in one loop less.
    pub fn leave_loop(&mut self) {
        self.loop_depth -= 1;
    }

    /// Where instructions from now on belong to, for debuggers. Blocks say so where it changes.
    pub fn set_line(&mut self, pos: u32) {
        self.line = Some(pos);
    }

    /// Gives a variable a value from here on.
    pub fn write(&mut self, variable: Variable, value: Value) {
        self.definitions.insert((variable, self.current), value);
    }

    /// The value a variable has here. One that was never given a value is undefined (or 0).
    pub fn read(&mut self, variable: Variable) -> Value {
        self.read_in(variable, self.current)
    }

    fn read_in(&mut self, variable: Variable, block: Block) -> Value {
        let mut joins = Vec::new();
        let value = self.find(variable, block, &mut joins);
        self.fill_joins(variable, joins);
        value
    }

    /// The value of a variable in a block. Where ways meet it is a parameter, which is noted, to be
    /// filled by the caller: joins may follow each other in any number, so that nothing here recurses.
    fn find(&mut self, variable: Variable, block: Block, joins: &mut Vec<Param>) -> Value {
        let mut at = block;
        let mut passed = Vec::new();
        let value = loop {
            if let Some(value) = self.definitions.get(&(variable, at)) {
                break *value;
            }
            let state = &self.state[at.index()];
            if !state.sealed {
                let param = self.new_param(variable, at);
                self.state[at.index()].incomplete.push((variable, param));
                break param.value;
            }
            match state.predecessors[..] {
                [] => break self.initial(self.variables[variable.0 as usize]),
                // A block that only leads to itself is never reached.
                [only] if only == at => break self.initial(self.variables[variable.0 as usize]),
                [only] if passed.len() <= self.state.len() => {
                    passed.push(at);
                    at = only;
                }
                // As is a ring of such blocks.
                [_] => break self.initial(self.variables[variable.0 as usize]),
                _ => {
                    let param = self.new_param(variable, at);
                    joins.push(param);
                    break param.value;
                }
            }
        };
        self.definitions.insert((variable, at), value);
        for block in passed {
            self.definitions.insert((variable, block), value);
        }
        value
    }

    /// The value of what was never written, made once at the start of the entry block.
    fn initial(&mut self, ty: Ty) -> Value {
        if let Some(value) = self.undef_of_entry.get(&ty) {
            return *value;
        }
        let op = match ty {
            Ty::Int => Op::Int(0),
            Ty::Num => Op::Num(0.0),
            Ty::Bool => Op::Bool(false),
            Ty::Arr => Op::Rt(Rt::arr_new),
            Ty::Hash => Op::Rt(Rt::hash_new),
            Ty::Cell | Ty::Glob | Ty::Slot | Ty::V => Op::Undef,
        };
        if ty == Ty::Cell {
            let undef = self.initial(Ty::V);
            let value = self.func.new_value(ty);
            let inst = Inst::new(Op::Rt(Rt::cell_new), vec![undef], Some(value));
            let after = self.entry_position(undef);
            self.func.blocks[0].insts.insert(after, inst);
            self.undef_of_entry.insert(ty, value);
            return value;
        }
        let value = self.func.new_value(ty);
        let inst = Inst::new(op, Vec::new(), Some(value));
        self.func.blocks[0].insts.insert(0, inst);
        self.undef_of_entry.insert(ty, value);
        value
    }

    fn entry_position(&self, value: Value) -> usize {
        self.func.blocks[0].insts.iter().position(|inst| inst.result == Some(value)).map_or(0, |at| at + 1)
    }

    fn new_param(&mut self, variable: Variable, block: Block) -> Param {
        let value = self.func.new_value(self.variables[variable.0 as usize]);
        let params = &mut self.func.block_mut(block).params;
        params.push(value);
        let index = params.len() - 1;
        self.definitions.insert((variable, block), value);
        // Edges that exist already get their argument when the parameter is filled.
        Param { block, index, value }
    }

    /// Gives parameters their arguments on the edges that lead to them, and those that appear on the way.
    fn fill_joins(&mut self, variable: Variable, mut joins: Vec<Param>) {
        while let Some(Param { block, index, .. }) = joins.pop() {
            let predecessors = self.state[block.index()].predecessors.clone();
            for (at, predecessor) in predecessors.iter().enumerate() {
                let arg = self.find(variable, *predecessor, &mut joins);
                // A predecessor may have two edges to this block; each gets its argument.
                let skip = predecessors[..at].iter().rev().take_while(|other| *other == predecessor).count();
                let edges =
                    self.func.block_mut(*predecessor).term.edges_mut().filter(|edge| edge.block == block);
                for edge in edges.skip(skip).take(1) {
                    debug_assert_eq!(edge.args.len(), index);
                    edge.args.push(arg);
                }
            }
        }
    }

    // Instructions

    /// Adds an instruction with a result of the given type.
    pub fn emit(&mut self, op: Op, args: Vec<Value>, ty: Ty) -> Value {
        let result = self.func.new_value(ty);
        self.push(Inst::new(op, args, Some(result)));
        result
    }

    /// Adds an instruction without result.
    pub fn emit_void(&mut self, op: Op, args: Vec<Value>) {
        self.push(Inst::new(op, args, None));
    }

    /// What warnings of the instruction that was added last say.
    pub fn name_operands(&mut self, names: StrId) {
        let current = self.current;
        if let Some(inst) = self.func.block_mut(current).insts.last_mut() {
            inst.names = Some(names);
        }
    }

    fn push(&mut self, inst: Inst) {
        if self.is_filled() {
            // What follows a jump is never reached; it still has to stand somewhere.
            let block = self.block();
            self.state[block.index()].sealed = true;
            self.current = block;
        }
        self.say_line();
        let current = self.current;
        self.func.block_mut(current).insts.push(inst);
    }

    fn say_line(&mut self) {
        let state = &mut self.state[self.current.index()];
        if let Some(line) = self.line
            && state.line.replace(line) != Some(line)
        {
            let inst = Inst::new(Op::Line(line), Vec::new(), None);
            self.func.blocks[self.current.index()].insts.push(inst);
        }
    }

    /// Calls a runtime function that has a result.
    pub fn rt(&mut self, function: Rt, args: &[Value]) -> Value {
        let ty = Ty::of_kind(function.signature().result);
        self.emit(Op::Rt(function), args.to_vec(), ty)
    }

    /// Calls a runtime function that has none.
    pub fn rt_void(&mut self, function: Rt, args: &[Value]) {
        self.emit_void(Op::Rt(function), args.to_vec());
    }

    /// An integer constant.
    pub fn int(&mut self, value: i64) -> Value {
        self.emit(Op::Int(value), Vec::new(), Ty::Int)
    }

    /// An integer constant as a value of the language.
    pub fn int_val(&mut self, value: i64) -> Value {
        let int = self.int(value);
        self.emit(Op::BoxInt, vec![int], Ty::V)
    }

    /// Undef.
    pub fn undef(&mut self) -> Value {
        self.emit(Op::Undef, Vec::new(), Ty::V)
    }

    /// A constant string.
    pub fn string(&mut self, id: StrId) -> Value {
        self.emit(Op::Str(id), Vec::new(), Ty::V)
    }

    /// A truth value as comparisons yield it.
    pub fn bool_val(&mut self, value: Value) -> Value {
        self.emit(Op::BoxBool, vec![value], Ty::V)
    }

    /// Compares integers.
    pub fn icmp(&mut self, cond: Cond, left: Value, right: Value) -> Value {
        self.emit(Op::ICmp(cond), vec![left, right], Ty::Bool)
    }

    // Ends of blocks

    fn end(&mut self, term: Term) {
        if self.is_filled() {
            return;
        }
        // A block that only leads on is none that a debugger could stop at.
        if !matches!(term, Term::Jump(_)) {
            self.say_line();
        }
        let current = self.current;
        for successor in term.successors().collect::<Vec<_>>() {
            self.state[successor.index()].predecessors.push(current);
        }
        self.state[current.index()].filled = true;
        self.func.block_mut(current).term = term;
    }

    /// Goes to a block, giving values to its explicit parameters.
    pub fn jump(&mut self, block: Block, args: &[Value]) {
        self.end(Term::Jump(Edge { block, args: args.to_vec() }));
    }

    /// Goes one of two ways.
    pub fn branch(&mut self, cond: Value, yes: Block, no: Block) {
        if yes == no {
            // Two edges of one branch to one block would share their arguments' places.
            return self.jump(yes, &[]);
        }
        self.end(Term::Branch {
            cond,
            yes: Edge { block: yes, args: Vec::new() },
            no: Edge { block: no, args: Vec::new() },
        });
    }

    /// Enters a guarded region.
    pub fn enter_try(&mut self, body: Block, handler: Block) {
        self.end(Term::Try { body, handler });
    }

    /// Leaves the function.
    pub fn ret(&mut self, value: Option<Value>) {
        self.end(Term::Return(value));
    }

    /// Leaves by the exception that is on its way.
    pub fn throw(&mut self) {
        self.end(Term::Throw);
    }

    /// Ends a block that is never left this way.
    pub fn unreachable(&mut self) {
        self.end(Term::Unreachable);
    }

    /// Adds an explicit parameter to a block that has no predecessor yet.
    pub fn param(&mut self, block: Block, ty: Ty) -> Value {
        let value = self.func.new_value(ty);
        self.func.block_mut(block).params.push(value);
        value
    }

    /// Ends building: everything is sealed, blocks nobody reaches are emptied, parameters that are
    /// always the same value disappear.
    #[must_use]
    pub fn finish(mut self) -> Func {
        for block in self.func.block_ids() {
            self.seal(block);
        }
        for data in &mut self.func.blocks {
            if data.term == Term::None {
                data.term = Term::Unreachable;
            }
        }
        crate::cfg::drop_unreachable(&mut self.func);
        crate::cfg::drop_trivial_params(&mut self.func);
        self.drop_unused_initials();
        self.func
    }

    /// Removes what stood for variables that were read where nothing had been written, if nobody needs it
    /// any more.
    fn drop_unused_initials(&mut self) {
        // The cell first, which is made of another one.
        for ty in [Ty::Cell, Ty::V, Ty::Int, Ty::Num, Ty::Bool, Ty::Arr, Ty::Hash, Ty::Glob, Ty::Slot] {
            let Some(value) = self.undef_of_entry.get(&ty).copied() else { continue };
            let used = self.func.blocks.iter().any(|data| {
                data.insts.iter().any(|inst| inst.args.contains(&value))
                    || data.term.values().any(|used| used == value)
            });
            if !used {
                self.func.blocks[0].insts.retain(|inst| inst.result != Some(value));
            }
        }
    }
}
