//! One function: blocks, values, calls, ways out.
//!
//! Long because one translator has an arm for each operation.

use std::collections::{HashMap, HashSet};
use std::mem::{offset_of, size_of};

use cranelift_codegen::ir::condcodes::{FloatCC, IntCC};
use cranelift_codegen::ir::types::{F64, I8, I32, I64};
use cranelift_codegen::ir::{
    AbiParam, Block as ClifBlock, BlockArg, ExtFuncData, ExternalName, FuncRef, Function, GlobalValueData,
    InstBuilder, MemFlagsData, SigRef, Signature, SourceLoc, StackSlot, StackSlotData, StackSlotKind, Type,
    Value as Clif,
};
use cranelift_codegen::isa::{CallConv, TargetFrontendConfig};
use cranelift_frontend::{FunctionBuilder, FunctionBuilderContext};
use s_abi::layout::{Code, FRAME_ARGUMENTS, Frame, Glob, NameRow, PatternRow, Val, Vm, tag, want};
use s_ir::op::RtSignature;
use s_ir::{Block, Cond, FuncId, Inst, Module, Op, Rt, StrId, Term, Ty, Value};

use crate::Options;
use crate::symbol::{Symbol, external};

/// What a value of the middle representation is here: one word, or two.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Words {
    One(Clif),
    Two(Clif, Clif),
}

/// Translates one function.
pub(crate) struct Translator<'a, 'b> {
    pub(crate) module: &'a Module,
    pub(crate) func: &'a s_ir::Func,
    options: Options,
    pub(crate) b: FunctionBuilder<'b>,
    pub(crate) vm: Clif,
    code: Option<Clif>,
    want: Option<Clif>,
    params: Vec<Words>,
    values: HashMap<Value, Words>,
    pub(crate) blocks: Vec<ClifBlock>,
    /// Floats that the block before has found, by block.
    pub(crate) found: HashMap<Block, Clif>,
    pub(crate) uses: crate::element::Uses,
    /// Blocks of general versions of loops that go round by themselves.
    alone: HashSet<Block>,
    pub(crate) plan: crate::view::Plan,
    pub(crate) views: Vec<crate::view::Variables>,
    /// The block and the instruction that are being written.
    pub(crate) here: (Block, usize),
    /// What warnings of it say, and the function of the runtime that gives them.
    names: Option<(Rt, StrId)>,
    /// Arrays and hashes that somebody else keeps alive.
    pub(crate) lent: crate::lent::Lent,
    /// What is written now leaves the function or goes to a handler.
    pub(crate) is_leaving: bool,
    frame: Option<StackSlot>,
    previous: Option<Clif>,
    signatures: HashMap<Vec<u8>, SigRef>,
    functions: HashMap<Symbol, FuncRef>,
    cleanups: HashMap<(Vec<Value>, Option<Block>), ClifBlock>,
    pending: Vec<(Vec<Value>, Option<Block>, ClifBlock, SourceLoc)>,
    /// Where blocks begin, as far as it is known from what leads to them.
    locations: HashMap<Block, SourceLoc>,
    thrown: Option<ClifBlock>,
    pub(crate) hot: bool,
    /// The block has a typed twin, which works on floats.
    pub(crate) has_twin: bool,
    /// It makes values that are floats.
    makes_floats: bool,
    pub(crate) id: FuncId,
    /// Values that are integers or floats for certain, where that is seen from how they are made.
    pub(crate) numbers: HashSet<Value>,
    /// Constant texts.
    pub(crate) texts: HashMap<Value, StrId>,
    /// How many places in the code note what they found.
    pub(crate) sites: u32,
}

/// What a body turned out to need.
pub(crate) struct Made {
    /// It makes values that are floats.
    pub(crate) makes_floats: bool,
    /// See [`crate::Code::sites`].
    pub(crate) sites: u32,
}

pub(crate) fn flags() -> MemFlagsData {
    MemFlagsData::trusted()
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    reason = "offsets of small structures"
)]
pub(crate) const fn offset(at: usize) -> i32 {
    at as i32
}

/// Offsets of fields that compiled code touches.
pub(crate) mod at {
    use super::{Code, Frame, Glob, NameRow, PatternRow, Vm, offset, offset_of};
    pub(crate) const TOP: i32 = offset(offset_of!(Vm, top));
    pub(crate) const END: i32 = offset(offset_of!(Vm, end));
    pub(crate) const BASE: i32 = offset(offset_of!(Vm, base));
    pub(crate) const STACK_LIMIT: i32 = offset(offset_of!(Vm, stack_limit));
    pub(crate) const FRAME: i32 = offset(offset_of!(Vm, frame));
    pub(crate) const PENDING: i32 = offset(offset_of!(Vm, pending));
    pub(crate) const NAMES: i32 = offset(offset_of!(Vm, names));
    pub(crate) const FRAME_PREVIOUS: i32 = offset(offset_of!(Frame, previous));
    pub(crate) const FRAME_INFO: i32 = offset(offset_of!(Frame, info));
    pub(crate) const FRAME_POS: i32 = offset(offset_of!(Frame, pos));
    pub(crate) const FRAME_WANT: i32 = offset(offset_of!(Frame, want));
    pub(crate) const FRAME_CODE: i32 = offset(offset_of!(Frame, code));
    pub(crate) const FRAME_ARGUMENTS: i32 = offset(offset_of!(Frame, arguments));
    pub(crate) const FRAME_COUNT: i32 = offset(offset_of!(Frame, count));
    pub(crate) const CODE_ENTRY: i32 = offset(offset_of!(Code, entry));
    pub(crate) const GLOB_SCALAR: i32 = offset(offset_of!(Glob, scalar));
    pub(crate) const GLOB_ARRAY: i32 = offset(offset_of!(Glob, array));
    pub(crate) const GLOB_HASH: i32 = offset(offset_of!(Glob, hash));
    pub(crate) const NAME_GLOB: i32 = offset(offset_of!(NameRow, glob));
    pub(crate) const PATTERN: i32 = offset(offset_of!(PatternRow, pattern));
    pub(crate) const GLOB_CODE: i32 = offset(offset_of!(Glob, code));
}

fn word_type(ty: Ty) -> Type {
    match ty {
        Ty::Num => F64,
        Ty::Bool => I8,
        _ => I64,
    }
}

/// The calling convention of a function of the module.
fn signature_of(func: &s_ir::Func) -> Signature {
    let mut signature = Signature::new(CallConv::SystemV);
    let mut param = |ty: Type| signature.params.push(AbiParam::new(ty));
    param(I64);
    if func.signature.captures {
        param(I64);
    }
    if func.signature.variadic {
        param(I64);
        param(I64);
    } else {
        for ty in &func.signature.params {
            match ty {
                Ty::V => {
                    param(I64);
                    param(I64);
                }
                Ty::Num => param(F64),
                _ => param(I64),
            }
        }
    }
    if func.signature.want {
        param(I64);
    }
    let result = match func.signature.result {
        Ty::Num => F64,
        _ => I64,
    };
    signature.returns.push(AbiParam::new(result));
    signature.returns.push(AbiParam::new(I64));
    signature
}

/// The calling convention of a runtime function.
fn signature_of_runtime(row: &RtSignature, options: Options) -> Signature {
    let mut signature = Signature::new(CallConv::SystemV);
    signature.params.push(AbiParam::new(I64));
    for kind in row.params {
        match kind {
            'V' | 'O' => {
                signature.params.push(AbiParam::new(I64));
                signature.params.push(AbiParam::new(I64));
            }
            'F' => signature.params.push(AbiParam::new(F64)),
            _ => signature.params.push(AbiParam::new(I64)),
        }
    }
    match (row.result, row.throws) {
        ('V', _) => {
            signature.returns.push(AbiParam::new(I64));
            signature.returns.push(AbiParam::new(I64));
        }
        ('F', throws) => {
            let is_bits = throws && !options.float_pairs;
            signature.returns.push(AbiParam::new(if is_bits { I64 } else { F64 }));
            if throws {
                signature.returns.push(AbiParam::new(I64));
            }
        }
        ('N', false) => {}
        (_, true) => {
            signature.returns.push(AbiParam::new(I64));
            signature.returns.push(AbiParam::new(I64));
        }
        (_, false) => signature.returns.push(AbiParam::new(I64)),
    }
    signature
}

/// The calling convention of entries: `s_abi::layout::Entry`.
fn signature_of_entry() -> Signature {
    let mut signature = Signature::new(CallConv::SystemV);
    for _ in 0..4 {
        signature.params.push(AbiParam::new(I64));
    }
    signature.returns.push(AbiParam::new(I64));
    signature.returns.push(AbiParam::new(I64));
    signature
}

/// Translates the body of a function.
pub(crate) fn body(
    module: &Module,
    id: FuncId,
    hot: bool,
    options: Options,
    config: TargetFrontendConfig,
    into: &mut Function,
    context: &mut FunctionBuilderContext,
) -> Made {
    let func = &module.functions[id.index()];
    into.signature = signature_of(func);
    let mut b = FunctionBuilder::new(into, context);
    let start = b.create_block();
    b.append_block_params_for_function_params(start);
    b.switch_to_block(start);
    let mut words = b.block_params(start).to_vec().into_iter();
    let mut next = || words.next().expect("the signature says so");
    let vm = next();
    let code = func.signature.captures.then(&mut next);
    let mut params = Vec::new();
    if func.signature.variadic {
        params.push(Words::One(next()));
        params.push(Words::One(next()));
    } else {
        for ty in &func.signature.params {
            params.push(if *ty == Ty::V { Words::Two(next(), next()) } else { Words::One(next()) });
        }
    }
    let want = func.signature.want.then(&mut next);
    let order = s_ir::cfg::reverse_postorder(func);
    let mut blocks = vec![start; func.blocks.len()];
    for block in &order {
        blocks[block.index()] = b.create_block();
    }
    let mut translator = Translator {
        module,
        func,
        options,
        b,
        vm,
        code,
        want,
        params,
        values: HashMap::new(),
        blocks,
        found: HashMap::new(),
        uses: crate::element::Uses::of(func),
        alone: crate::rounds::alone(func),
        plan: crate::view::Plan::of(func, module.overloads),
        views: Vec::new(),
        here: (Block(0), 0),
        names: None,
        lent: crate::lent::Lent::new(),
        is_leaving: false,
        frame: None,
        previous: None,
        signatures: HashMap::new(),
        functions: HashMap::new(),
        cleanups: HashMap::new(),
        pending: Vec::new(),
        locations: HashMap::new(),
        thrown: None,
        hot,
        has_twin: false,
        makes_floats: false,
        id,
        numbers: HashSet::new(),
        texts: HashMap::new(),
        sites: 0,
    };
    translator.run(id, &order);
    let made = Made { makes_floats: translator.makes_floats, sites: translator.sites };
    translator.b.seal_all_blocks();
    translator.b.finalize(config);
    made
}

/// Translates the entry of a function: arguments in memory become parameters.
pub(crate) fn entry(
    module: &Module,
    id: FuncId,
    options: Options,
    config: TargetFrontendConfig,
    into: &mut Function,
    context: &mut FunctionBuilderContext,
) {
    let func = &module.functions[id.index()];
    into.signature = signature_of_entry();
    let mut b = FunctionBuilder::new(into, context);
    let start = b.create_block();
    b.append_block_params_for_function_params(start);
    b.switch_to_block(start);
    let [vm, code, args, count_want] = b.block_params(start)[..] else { unreachable!("four parameters") };
    let count = b.ins().band_imm_u(count_want, 0xffff_ffff);
    let mut operands = vec![vm];
    if func.signature.captures {
        operands.push(code);
    }
    if func.signature.variadic {
        operands.push(args);
        operands.push(count);
    } else {
        for index in 0..func.signature.params.len() {
            let given = b.create_block();
            let join = b.create_block();
            b.append_block_param(join, I64);
            b.append_block_param(join, I64);
            let index_word = i64::try_from(index).expect("few parameters");
            let there = b.ins().icmp_imm_s(IntCC::UnsignedGreaterThan, count, index_word);
            let undef = b.ins().iconst(I64, tag::UNDEF.cast_signed());
            let zero = b.ins().iconst(I64, 0);
            b.ins().brif(there, given, &[], join, &[BlockArg::Value(undef), BlockArg::Value(zero)]);
            b.switch_to_block(given);
            let at = offset(index * size_of::<Val>());
            let w0 = b.ins().load(I64, flags(), args, at);
            let w1 = b.ins().load(I64, flags(), args, at + 8);
            b.ins().jump(join, &[BlockArg::Value(w0), BlockArg::Value(w1)]);
            b.switch_to_block(join);
            let params = b.block_params(join).to_vec();
            operands.extend(params);
        }
    }
    if func.signature.want {
        operands.push(b.ins().ushr_imm_u(count_want, i64::from(want::SHIFT)));
    }
    let signature = b.import_signature(signature_of(func));
    let call = if options.lazy {
        let slot = address(&mut b, Symbol::Slot(id), options);
        let target = b.ins().load(I64, flags(), slot, 0);
        b.ins().call_indirect(signature, target, &operands)
    } else {
        let target = import(&mut b, Symbol::Function(id), signature, options);
        b.ins().call(target, &operands)
    };
    let results = b.inst_results(call).to_vec();
    b.ins().return_(&results);
    b.seal_all_blocks();
    b.finalize(config);
}

/// Translates the stub of a function that is compiled when it is first called.
pub(crate) fn stub(
    module: &Module,
    id: FuncId,
    options: Options,
    config: TargetFrontendConfig,
    into: &mut Function,
    context: &mut FunctionBuilderContext,
) {
    let func = &module.functions[id.index()];
    into.signature = signature_of(func);
    let mut b = FunctionBuilder::new(into, context);
    let start = b.create_block();
    b.append_block_params_for_function_params(start);
    b.switch_to_block(start);
    let params = b.block_params(start).to_vec();
    let mut compile = Signature::new(CallConv::SystemV);
    compile.params.push(AbiParam::new(I64));
    compile.params.push(AbiParam::new(I64));
    compile.returns.push(AbiParam::new(I64));
    let compile = b.import_signature(compile);
    let compile = import(&mut b, Symbol::Compile, compile, options);
    let unit = i64::try_from(options.unit).expect("fewer than 2^31 modules");
    let number = b.ins().iconst(I64, unit << 32 | i64::from(id.0));
    let call = b.ins().call(compile, &[params[0], number]);
    let target = b.inst_results(call)[0];
    let signature = b.import_signature(signature_of(func));
    let call = b.ins().call_indirect(signature, target, &params);
    let results = b.inst_results(call).to_vec();
    b.ins().return_(&results);
    b.seal_all_blocks();
    b.finalize(config);
}

/// The address of a symbol.
fn address(b: &mut FunctionBuilder<'_>, symbol: Symbol, options: Options) -> Clif {
    let name = b.func.declare_imported_user_function(external(symbol));
    let global = b.func.create_global_value(GlobalValueData::Symbol {
        name: ExternalName::user(name),
        offset: 0.into(),
        colocated: !options.lazy,
        tls: false,
    });
    b.ins().symbol_value(I64, global)
}

fn import(b: &mut FunctionBuilder<'_>, symbol: Symbol, signature: SigRef, options: Options) -> FuncRef {
    let name = b.func.declare_imported_user_function(external(symbol));
    b.import_function(ExtFuncData {
        name: ExternalName::user(name),
        signature,
        colocated: !options.lazy,
        patchable: false,
    })
}

impl Translator<'_, '_> {
    fn run(&mut self, id: FuncId, order: &[Block]) {
        let throws =
            order.iter().any(|block| self.func.block(*block).insts.iter().any(|inst| inst.op.throws()));
        let calls = order.iter().any(|block| {
            self.func.block(*block).insts.iter().any(|inst| {
                inst.op.is_call() || matches!(&inst.op, Op::Rt(function) if function.signature().user)
            })
        });
        if calls {
            self.check_stack();
        }
        // What only adds, compares and calls itself needs no record: it has nothing to say of itself.
        let says = order.iter().any(|block| {
            self.func.block(*block).insts.iter().any(|inst| match &inst.op {
                Op::Call(_) => false,
                op => op.throws(),
            })
        });
        if says || self.func.needs_frame || (throws && self.func.escapes) {
            self.push_frame(id);
        }
        // Parameters of blocks first: edges backwards refer to them.
        for block in order {
            for param in &self.func.block(*block).params.clone() {
                let clif = self.blocks[block.index()];
                let ty = self.func.ty(*param);
                let words = if ty == Ty::V {
                    Words::Two(self.b.append_block_param(clif, I64), self.b.append_block_param(clif, I64))
                } else {
                    Words::One(self.b.append_block_param(clif, word_type(ty)))
                };
                self.values.insert(*param, words);
            }
        }
        self.declare_views();
        let first = self.blocks[order[0].index()];
        self.b.ins().jump(first, &[]);
        for block in order {
            self.block(*block);
        }
        self.is_leaving = true;
        self.write_cleanups();
    }

    /// Throws when the machine stack is nearly used up.
    fn check_stack(&mut self) {
        let limit = self.b.ins().load(I64, flags(), self.vm, at::STACK_LIMIT);
        let now = self.b.ins().get_stack_pointer(I64);
        let over = self.b.ins().icmp(IntCC::UnsignedLessThan, now, limit);
        let bad = self.b.create_block();
        let good = self.b.create_block();
        self.b.set_cold_block(bad);
        self.b.ins().brif(over, bad, &[], good, &[]);
        self.b.switch_to_block(bad);
        self.runtime(Rt::stack_overflow, &[]);
        self.return_thrown_words();
        self.b.switch_to_block(good);
    }

    fn push_frame(&mut self, id: FuncId) {
        let slot = self.b.create_sized_stack_slot(StackSlotData::new(
            StackSlotKind::ExplicitSlot,
            u32::try_from(size_of::<Frame>()).expect("small"),
            3,
        ));
        let previous = self.b.ins().load(I64, flags(), self.vm, at::FRAME);
        self.b.ins().stack_store(I64, previous, slot, at::FRAME_PREVIOUS);
        let info = self.address(Symbol::Info(id));
        self.b.ins().stack_store(I64, info, slot, at::FRAME_INFO);
        let pos = self.b.ins().iconst(I32, i64::from(self.func.pos));
        self.b.ins().stack_store(I64, pos, slot, at::FRAME_POS);
        let want = match self.want {
            Some(want) => self.b.ins().ireduce(I32, want),
            None => self.b.ins().iconst(I32, 1),
        };
        let want = self.keep_arguments(slot, want);
        self.b.ins().stack_store(I64, want, slot, at::FRAME_WANT);
        let code = match self.code {
            Some(code) => code,
            None => self.b.ins().iconst(I64, 0),
        };
        self.b.ins().stack_store(I64, code, slot, at::FRAME_CODE);
        let here = self.b.ins().stack_addr(I64, slot, 0);
        self.b.ins().store(flags(), here, self.vm, at::FRAME);
        self.frame = Some(slot);
        self.previous = Some(previous);
    }

    /// Notes the arguments in memory in the frame of a function, where somebody may ask for them; the context,
    /// which says so.
    fn keep_arguments(&mut self, slot: StackSlot, want: Clif) -> Clif {
        let [Words::One(address), Words::One(count)] = self.params[..] else { return want };
        if !self.func.needs_frame || !self.func.signature.variadic {
            return want;
        }
        self.b.ins().stack_store(I64, address, slot, at::FRAME_ARGUMENTS);
        self.b.ins().stack_store(I64, count, slot, at::FRAME_COUNT);
        self.b.ins().bor_imm_u(want, i64::from(FRAME_ARGUMENTS))
    }

    fn pop_frame(&mut self) {
        if let Some(slot) = self.frame {
            let previous = self.b.ins().stack_load(I64, I64, slot, at::FRAME_PREVIOUS);
            self.b.ins().store(flags(), previous, self.vm, at::FRAME);
        }
    }

    // Values

    pub(crate) fn one(&self, value: Value) -> Clif {
        match self.values[&value] {
            Words::One(word) => word,
            Words::Two(..) => unreachable!("{value} of `{}` is a value of two words", self.func.name),
        }
    }

    pub(crate) fn two(&self, value: Value) -> (Clif, Clif) {
        match self.values[&value] {
            Words::Two(w0, w1) => (w0, w1),
            Words::One(_) => unreachable!("{value} of `{}` is a value of one word", self.func.name),
        }
    }

    pub(crate) fn words(&self, value: Value) -> Words {
        self.values[&value]
    }

    pub(crate) fn set(&mut self, value: Value, words: Words) {
        self.values.insert(value, words);
    }

    fn set_one(&mut self, inst: &Inst, word: Clif) {
        if let Some(result) = inst.result {
            self.set(result, Words::One(word));
        }
    }

    fn set_two(&mut self, inst: &Inst, words: (Clif, Clif)) {
        if let Some(result) = inst.result {
            self.set(result, Words::Two(words.0, words.1));
        }
    }

    /// The tag of a float, of a value that is made here.
    pub(crate) fn float_tag(&mut self) -> Clif {
        self.makes_floats = true;
        self.word(tag::NUM)
    }

    pub(crate) fn word(&mut self, value: u64) -> Clif {
        self.b.ins().iconst(I64, value.cast_signed())
    }

    pub(crate) fn address(&mut self, symbol: Symbol) -> Clif {
        address(&mut self.b, symbol, self.options)
    }

    /// Whether overflow has to be told from operands and results.
    pub(crate) fn plain_overflow(&self) -> bool {
        !self.options.overflow
    }

    /// The address of a constant pattern. In objects it is compiled when it is first used.
    fn pattern(&mut self, id: u32) -> Clif {
        let row = self.address(Symbol::Regex(id));
        if self.options.lazy {
            return row;
        }
        let known = self.b.ins().load(I64, flags(), row, at::PATTERN);
        let first = self.b.create_block();
        let join = self.b.create_block();
        self.b.append_block_param(join, I64);
        self.b.set_cold_block(first);
        self.b.ins().brif(known, join, &[BlockArg::Value(known)], first, &[]);
        self.b.switch_to_block(first);
        let mut signature = Signature::new(CallConv::SystemV);
        signature.params.push(AbiParam::new(I64));
        signature.params.push(AbiParam::new(I64));
        signature.returns.push(AbiParam::new(I64));
        let signature = self.b.import_signature(signature);
        let target = import(&mut self.b, Symbol::Pattern, signature, self.options);
        let call = self.b.ins().call(target, &[self.vm, row]);
        let made = self.b.inst_results(call)[0];
        self.b.ins().jump(join, &[BlockArg::Value(made)]);
        self.b.switch_to_block(join);
        self.b.block_params(join)[0]
    }

    /// A truth value of a runtime function, a word, as a byte.
    pub(crate) fn byte(&mut self, word: Clif) -> Clif {
        self.b.ins().ireduce(I8, word)
    }

    /// The words of a constant string.
    fn constant_text(&mut self, id: StrId) -> (Clif, Clif) {
        let (bytes, wide) = &self.module.strings[id.index()];
        match short_string(bytes, *wide) {
            Some((w0, w1)) => (self.word(w0), self.word(w1)),
            None => (self.word(tag::STR), self.address(Symbol::String(id))),
        }
    }

    // Calls

    /// Calls a runtime function with words; its result words.
    pub(crate) fn runtime(&mut self, function: Rt, operands: &[Clif]) -> Vec<Clif> {
        let symbol = Symbol::Runtime(function);
        let target = match self.functions.get(&symbol) {
            Some(target) => *target,
            None => {
                let signature =
                    self.b.import_signature(signature_of_runtime(function.signature(), self.options));
                let target = import(&mut self.b, symbol, signature, self.options);
                self.functions.insert(symbol, target);
                target
            }
        };
        let mut all = vec![self.vm];
        all.extend_from_slice(operands);
        // An element that is an array or a hash is found in two steps.
        let steps = [Rt::slot_arr, Rt::slot_hash];
        let names = self.names.filter(|(warning, _)| *warning == function || steps.contains(&function));
        if let Some((_, names)) = names {
            let (w0, w1) = self.constant_text(names);
            self.b.ins().store(flags(), w0, self.vm, at::NAMES);
            self.b.ins().store(flags(), w1, self.vm, at::NAMES + 8);
        }
        let call = self.b.ins().call(target, &all);
        if names.is_some() {
            let undefined = self.word(tag::UNDEF);
            self.b.ins().store(flags(), undefined, self.vm, at::NAMES);
        }
        let mut results = self.b.inst_results(call).to_vec();
        if function.signature().result == 'F' && self.b.func.dfg.value_type(results[0]) == I64 {
            results[0] = self.b.ins().bitcast(F64, MemFlagsData::new(), results[0]);
        }
        if !crate::view::leaves_arrays(function, self.module.overloads) {
            self.renew_views();
        }
        results
    }

    fn entry_signature(&mut self) -> SigRef {
        match self.signatures.get(&b"entry"[..]) {
            Some(signature) => *signature,
            None => {
                let signature = self.b.import_signature(signature_of_entry());
                self.signatures.insert(b"entry".to_vec(), signature);
                signature
            }
        }
    }

    /// Goes to the clean-up of an instruction when a condition holds.
    pub(crate) fn throw_if(&mut self, condition: Clif, inst: &Inst, handler: Option<Block>) {
        let cleanup = self.cleanup(&inst.cleanup, handler);
        let on = self.b.create_block();
        self.b.ins().brif(condition, cleanup, &[], on, &[]);
        self.b.switch_to_block(on);
    }

    /// Goes to the clean-up of an instruction that has thrown for certain.
    pub(crate) fn throw(&mut self, inst: &Inst, handler: Option<Block>) {
        let cleanup = self.cleanup(&inst.cleanup, handler);
        self.b.ins().jump(cleanup, &[]);
    }

    /// Throws when the first word of a value says so.
    pub(crate) fn check_value(&mut self, w0: Clif, inst: &Inst, handler: Option<Block>) {
        let thrown = self.b.ins().icmp_imm_s(IntCC::Equal, w0, -1);
        self.throw_if(thrown, inst, handler);
    }

    pub(crate) fn check_status(&mut self, status: Clif, inst: &Inst, handler: Option<Block>) {
        self.throw_if(status, inst, handler);
    }

    /// The block that releases values and goes on to the handler, or out of the function.
    fn cleanup(&mut self, values: &[Value], handler: Option<Block>) -> ClifBlock {
        let key = (values.to_vec(), handler);
        if let Some(block) = self.cleanups.get(&key) {
            return *block;
        }
        let block = self.b.create_block();
        self.b.set_cold_block(block);
        self.cleanups.insert(key, block);
        self.pending.push((values.to_vec(), handler, block, self.b.srcloc()));
        block
    }

    /// Writes the clean-up blocks: each releases its last value and goes on to the one without it, so
    /// that they share their ends.
    fn write_cleanups(&mut self) {
        while let Some((values, handler, block, location)) = self.pending.pop() {
            self.b.switch_to_block(block);
            self.b.set_srcloc(location);
            match values.split_last() {
                Some((last, rest)) => {
                    self.release_seldom(*last);
                    let next = self.cleanup(rest, handler);
                    self.b.ins().jump(next, &[]);
                }
                None => match handler {
                    Some(handler) => {
                        let target = self.blocks[handler.index()];
                        self.b.ins().jump(target, &[]);
                    }
                    None => self.leave_thrown(),
                },
            }
        }
    }

    fn leave_thrown(&mut self) {
        let block = match self.thrown {
            Some(block) => {
                self.b.ins().jump(block, &[]);
                return;
            }
            None => self.b.create_block(),
        };
        self.thrown = Some(block);
        self.b.set_cold_block(block);
        self.b.ins().jump(block, &[]);
        self.b.switch_to_block(block);
        self.pop_frame();
        self.return_thrown_words();
    }

    fn return_thrown_words(&mut self) {
        match self.func.signature.result {
            Ty::V => {
                let thrown = self.word(tag::THROWN);
                let zero = self.word(0);
                self.b.ins().return_(&[thrown, zero]);
            }
            Ty::Num => {
                let zero = self.b.ins().f64const(0.0);
                let status = self.word(1);
                self.b.ins().return_(&[zero, status]);
            }
            _ => {
                let zero = self.word(0);
                let status = self.word(1);
                self.b.ins().return_(&[zero, status]);
            }
        }
    }

    // Blocks

    fn block(&mut self, block: Block) {
        let data = self.func.block(block);
        self.b.switch_to_block(self.blocks[block.index()]);
        self.here = (block, 0);
        if self.module.lines {
            let location = self.locations.get(&block).copied();
            self.b.set_srcloc(location.unwrap_or_else(|| SourceLoc::new(self.func.pos)));
        }
        let handler = data.handler;
        self.has_twin = data.has_twin;
        crate::lent::find(data, self.module.overloads, &mut self.lent);
        let test = crate::element::test_before_load(self.func, data, &self.uses);
        let first = data.insts.iter().position(|inst| !matches!(inst.op, Op::Line(_)));
        for (index, inst) in data.insts.iter().enumerate() {
            self.here = (block, index);
            if test == Some(index) {
                continue;
            }
            if first == Some(index)
                && let (Some(found), Some(result)) = (self.found.get(&block), inst.result)
            {
                self.set(result, Words::One(*found));
                continue;
            }
            self.names = match inst.op {
                Op::Rt(function) => inst.names.map(|names| (function, names)),
                Op::CallValue(_) | Op::CallValueWant => inst.names.map(|names| (Rt::call, names)),
                _ => None,
            };
            self.inst(inst, handler, data.loop_depth > 0);
        }
        self.names = None;
        match test {
            Some(test) => {
                self.here = (block, test);
                self.test_and_load(&data.insts[test], &data.term);
            }
            None => self.term(&data.term),
        }
        if self.module.lines {
            let location = self.b.srcloc();
            for next in data.term.successors().chain(handler) {
                self.locations.entry(next).or_insert(location);
            }
        }
    }

    /// What an edge gives to its block.
    pub(crate) fn edge_args(&mut self, edge: &s_ir::Edge) -> Vec<BlockArg> {
        let gives_up = !self.has_twin && self.alone.contains(&edge.block);
        let mut args = Vec::with_capacity(edge.args.len() * 2);
        for arg in &edge.args {
            match self.values[arg] {
                Words::One(word) if gives_up && matches!(self.func.ty(*arg), Ty::Int | Ty::Num) => {
                    args.push(BlockArg::Value(self.apart(word)));
                }
                Words::One(word) => args.push(BlockArg::Value(word)),
                Words::Two(w0, w1) => {
                    args.push(BlockArg::Value(w0));
                    args.push(BlockArg::Value(w1));
                }
            }
        }
        args
    }

    /// A copy of a number of the typed version of a loop for a general one that goes round by itself. The register allocator takes a parameter of a
    /// block and what is given for it as one, if it can; so what the typed version needs in each round would be kept where
    /// the general one, which calls, has to keep it. This is no copy that it sees through.
    fn apart(&mut self, word: Clif) -> Clif {
        let own = self.b.func.dfg.value_type(word);
        let through = if own == F64 { I64 } else { F64 };
        let there = self.b.ins().bitcast(through, MemFlagsData::new(), word);
        self.b.ins().bitcast(own, MemFlagsData::new(), there)
    }

    /// Leaves what is usual for something else, unless a condition holds. The code generator puts blocks in an
    /// order in which all that is reached by the first way of a branch comes last. If what is unusual came
    /// before the end of a loop, which it may lead back to, it would seem to be the innermost part of that loop,
    /// and take the registers.
    pub(crate) fn leave_unless(
        &mut self,
        condition: Clif,
        (other, other_args): (ClifBlock, &[BlockArg]),
        (on, args): (ClifBlock, &[BlockArg]),
    ) {
        let fails = self.b.ins().icmp_imm_u(IntCC::Equal, condition, 0);
        self.b.ins().brif(fails, other, other_args, on, args);
    }

    fn term(&mut self, term: &Term) {
        match term {
            Term::Jump(edge) => {
                self.enter_views(edge);
                let args = self.edge_args(edge);
                self.b.ins().jump(self.blocks[edge.block.index()], &args);
            }
            Term::Branch { cond, yes, no } => {
                let cond = self.one(*cond);
                let (yes_args, no_args) = (self.edge_args(yes), self.edge_args(no));
                let leaves = !self.has_twin
                    && self.func.block(no.block).has_twin
                    && !self.func.block(yes.block).has_twin;
                if !self.enters_views(yes.block) && !self.enters_views(no.block) {
                    let (yes, no) = (self.blocks[yes.block.index()], self.blocks[no.block.index()]);
                    if leaves {
                        self.leave_unless(cond, (no, &no_args), (yes, &yes_args));
                    } else {
                        self.b.ins().brif(cond, yes, &yes_args, no, &no_args);
                    }
                    return;
                }
                let (yes_way, no_way) = (self.b.create_block(), self.b.create_block());
                if leaves {
                    self.leave_unless(cond, (no_way, &[]), (yes_way, &[]));
                } else {
                    self.b.ins().brif(cond, yes_way, &[], no_way, &[]);
                }
                for (way, edge, args) in [(yes_way, yes, yes_args), (no_way, no, no_args)] {
                    self.b.switch_to_block(way);
                    self.enter_views(edge);
                    self.b.ins().jump(self.blocks[edge.block.index()], &args);
                }
            }
            Term::Try { body, .. } => {
                self.enter_views(&s_ir::Edge { block: *body, args: Vec::new() });
                self.b.ins().jump(self.blocks[body.index()], &[]);
            }
            Term::Return(value) => {
                self.pop_frame();
                match value.map(|value| self.values[&value]) {
                    Some(Words::Two(w0, w1)) => {
                        self.b.ins().return_(&[w0, w1]);
                    }
                    Some(Words::One(word)) => {
                        let zero = self.word(0);
                        let word = if self.func.signature.result == Ty::Bool {
                            self.b.ins().uextend(I64, word)
                        } else {
                            word
                        };
                        self.b.ins().return_(&[word, zero]);
                    }
                    None => {
                        let undef = self.word(tag::UNDEF);
                        let zero = self.word(0);
                        self.b.ins().return_(&[undef, zero]);
                    }
                }
            }
            Term::Throw => self.leave_thrown(),
            Term::Unreachable | Term::None => {
                self.b.ins().trap(cranelift_codegen::ir::TrapCode::user(1).expect("a code in range"));
            }
        }
    }

    // Instructions

    #[expect(clippy::too_many_lines, reason = "one arm an operation")]
    fn inst(&mut self, inst: &Inst, handler: Option<Block>, in_loop: bool) {
        let arg = |n: usize| inst.args[n];
        self.note_number(inst);
        match &inst.op {
            Op::Int(value) => {
                let word = self.b.ins().iconst(I64, *value);
                self.set_one(inst, word);
            }
            Op::Num(value) => {
                let word = self.b.ins().f64const(*value);
                self.set_one(inst, word);
            }
            Op::Bool(value) => {
                let word = self.b.ins().iconst(I8, i64::from(*value));
                self.set_one(inst, word);
            }
            Op::Undef => {
                let words = (self.word(tag::UNDEF), self.word(0));
                self.set_two(inst, words);
            }
            Op::BoolVal(value) => {
                let tag = if self.module.compat { tag::BOOL } else { tag::INT };
                let words = (self.word(tag), self.word(u64::from(*value)));
                self.set_two(inst, words);
            }
            Op::Uint(value) => {
                let words = (self.word(tag::UINT), self.word(*value));
                self.set_two(inst, words);
            }
            Op::Str(id) => {
                let words = self.constant_text(*id);
                if let Some(result) = inst.result {
                    self.texts.insert(result, *id);
                }
                self.set_two(inst, words);
            }
            Op::Assets(id) => {
                let words = (self.word(tag::STR), self.address(Symbol::Assets(*id)));
                self.set_two(inst, words);
            }
            Op::Regex(id) => {
                let words = (self.word(tag::RX), self.pattern(*id));
                self.set_two(inst, words);
            }
            Op::Glob(id) => {
                let mut word = self.address(Symbol::Glob(*id));
                if !self.options.lazy {
                    word = self.b.ins().load(I64, flags().with_readonly(), word, at::NAME_GLOB);
                }
                self.set_one(inst, word);
            }
            Op::Builtin(row) => {
                let word = self.address(Symbol::Builtin(*row));
                self.set_one(inst, word);
            }
            Op::GlobSlot => {
                let glob = self.one(arg(0));
                let result = inst.result.expect("it has one");
                let at = match self.func.ty(result) {
                    Ty::Arr => at::GLOB_ARRAY,
                    Ty::Hash => at::GLOB_HASH,
                    _ => at::GLOB_SCALAR,
                };
                let word = self.b.ins().load(I64, flags(), glob, at);
                self.set_one(inst, word);
            }
            Op::CellSlot => {
                let cell = self.one(arg(0));
                let word = self.b.ins().iadd_imm_s(cell, i64::from(crate::inline::at::CELL_VALUE));
                self.set_one(inst, word);
            }
            Op::Param(n) => {
                let words = self.params[*n as usize];
                let words = match (words, inst.result.map(|result| self.func.ty(result))) {
                    (Words::One(word), Some(Ty::Bool)) => Words::One(self.b.ins().ireduce(I8, word)),
                    _ => words,
                };
                if let Some(result) = inst.result {
                    self.set(result, words);
                }
            }
            Op::Capture(n) => {
                let code = self.code.expect("the function captures");
                let at = offset(size_of::<Code>() + *n as usize * size_of::<Val>());
                let w1 = self.b.ins().load(I64, flags(), code, at + 8);
                let result = inst.result.expect("it has one");
                if self.func.ty(result) == Ty::V {
                    let w0 = self.b.ins().load(I64, flags(), code, at);
                    self.set_two(inst, (w0, w1));
                } else {
                    self.set_one(inst, w1);
                }
            }
            Op::Want => {
                let word = self.want.expect("the function takes it");
                self.set_one(inst, word);
            }
            Op::ListAddress => {
                let mark = self.one(arg(0));
                let base = self.b.ins().load(I64, flags(), self.vm, at::BASE);
                let bytes = self.b.ins().ishl_imm_u(mark, 4);
                let word = self.b.ins().iadd(base, bytes);
                self.set_one(inst, word);
            }
            Op::Arg => {
                let (base, index) = (self.one(arg(0)), self.one(arg(1)));
                let bytes = self.b.ins().ishl_imm_u(index, 4);
                let at = self.b.ins().iadd(base, bytes);
                let w0 = self.b.ins().load(I64, flags(), at, 0);
                let w1 = self.b.ins().load(I64, flags(), at, 8);
                self.set_two(inst, (w0, w1));
            }
            Op::BoxInt => {
                let words = (self.word(tag::INT), self.one(arg(0)));
                self.set_two(inst, words);
            }
            Op::BoxNum => {
                let value = self.one(arg(0));
                let bits = self.b.ins().bitcast(I64, MemFlagsData::new(), value);
                let words = (self.float_tag(), bits);
                self.set_two(inst, words);
            }
            Op::BoxBool => {
                let value = self.one(arg(0));
                let bits = self.b.ins().uextend(I64, value);
                let tag = if self.module.compat { tag::BOOL } else { tag::INT };
                let words = (self.word(tag), bits);
                self.set_two(inst, words);
            }
            Op::UnboxInt => {
                let (_, w1) = self.two(arg(0));
                self.set_one(inst, w1);
            }
            Op::UnboxNum => {
                let (_, w1) = self.two(arg(0));
                let value = self.b.ins().bitcast(F64, MemFlagsData::new(), w1);
                self.set_one(inst, value);
            }
            Op::BoxArr | Op::BoxHash | Op::BoxCell => {
                let tag = match inst.op {
                    Op::BoxArr => tag::AREF,
                    Op::BoxHash => tag::HREF,
                    _ => tag::SREF,
                };
                let words = (self.word(tag), self.one(arg(0)));
                self.set_two(inst, words);
            }
            Op::ValToNum => {
                let (w0, w1) = self.two(arg(0));
                let value = self.number_as_float(w0, w1);
                self.set_one(inst, value);
            }
            Op::IntToNum => {
                let value = self.one(arg(0));
                let value = self.b.ins().fcvt_from_sint(F64, value);
                self.set_one(inst, value);
            }
            Op::BoolToInt => {
                let value = self.one(arg(0));
                let value = self.b.ins().uextend(I64, value);
                self.set_one(inst, value);
            }
            Op::IAdd | Op::ISub | Op::IMul | Op::IAnd | Op::IOr | Op::IXor => {
                let (x, y) = (self.one(arg(0)), self.one(arg(1)));
                let value = match inst.op {
                    Op::IAdd => self.b.ins().iadd(x, y),
                    Op::ISub => self.b.ins().isub(x, y),
                    Op::IMul => self.b.ins().imul(x, y),
                    Op::IAnd => self.b.ins().band(x, y),
                    Op::IOr => self.b.ins().bor(x, y),
                    _ => self.b.ins().bxor(x, y),
                };
                self.set_one(inst, value);
            }
            Op::INeg => {
                let x = self.one(arg(0));
                let value = self.b.ins().ineg(x);
                self.set_one(inst, value);
            }
            Op::INot => {
                let x = self.one(arg(0));
                let value = self.b.ins().bnot(x);
                self.set_one(inst, value);
            }
            Op::IRemConst(divisor) => {
                let x = self.one(arg(0));
                let value = self.rem_const(x, *divisor);
                self.set_one(inst, value);
            }
            Op::IRem => {
                let (x, y) = (self.one(arg(0)), self.one(arg(1)));
                let value = self.rem(x, y, inst, handler);
                self.set_one(inst, value);
            }
            Op::IShlConst(amount) => {
                let x = self.one(arg(0));
                let value = self.b.ins().ishl_imm_u(x, i64::from(*amount));
                self.set_one(inst, value);
            }
            Op::IShrConst(amount) => {
                let x = self.one(arg(0));
                let value = self.b.ins().sshr_imm_u(x, i64::from(*amount));
                self.set_one(inst, value);
            }
            Op::ICmp(cond) => {
                let (x, y) = (self.one(arg(0)), self.one(arg(1)));
                let value = self.b.ins().icmp(int_condition(*cond), x, y);
                self.set_one(inst, value);
            }
            Op::FAdd | Op::FSub | Op::FMul | Op::FDiv => {
                let (x, y) = (self.one(arg(0)), self.one(arg(1)));
                let value = match inst.op {
                    Op::FAdd => self.b.ins().fadd(x, y),
                    Op::FSub => self.b.ins().fsub(x, y),
                    Op::FMul => self.b.ins().fmul(x, y),
                    _ => self.b.ins().fdiv(x, y),
                };
                self.set_one(inst, value);
            }
            Op::FDivChecked => {
                let (x, y) = (self.one(arg(0)), self.one(arg(1)));
                let value = self.float_div(x, y, inst, handler);
                self.set_one(inst, value);
            }
            Op::FNeg => {
                let x = self.one(arg(0));
                let value = self.b.ins().fneg(x);
                self.set_one(inst, value);
            }
            Op::FAbs => {
                let x = self.one(arg(0));
                let value = self.b.ins().fabs(x);
                self.set_one(inst, value);
            }
            Op::FSqrt => {
                let x = self.one(arg(0));
                let value = self.b.ins().sqrt(x);
                self.set_one(inst, value);
            }
            Op::FCmp(cond) => {
                let (x, y) = (self.one(arg(0)), self.one(arg(1)));
                let value = self.b.ins().fcmp(float_condition(*cond), x, y);
                self.set_one(inst, value);
            }
            Op::Not => {
                let x = self.one(arg(0));
                let value = self.b.ins().bxor_imm_u(x, 1);
                self.set_one(inst, value);
            }
            Op::HasTag(tag) => {
                let (w0, _) = self.two(arg(0));
                let low = self.b.ins().ireduce(I8, w0);
                let value = self.b.ins().icmp_imm_s(IntCC::Equal, low, i64::from(*tag));
                self.set_one(inst, value);
            }
            Op::RefArr => {
                let (_, array) = self.two(arg(0));
                self.set_one(inst, array);
            }
            Op::ElemIsNum(_) => self.elem_is_num(inst),
            Op::ElemNum(_) => self.elem_num(inst),
            Op::Pack => self.pack(inst),
            Op::Rt(function) => self.rt(*function, inst, handler, in_loop),
            Op::Call(id) => self.call_direct(*id, inst, handler),
            Op::CallValue(want) => {
                let operands = &inst.args[1..];
                let want = self.word(want << want::SHIFT);
                self.call_value(arg(0), operands, want, inst, handler);
            }
            Op::CallValueWant => {
                let last = inst.args.len() - 1;
                let want = self.one(inst.args[last]);
                let want = self.b.ins().ishl_imm_u(want, i64::from(want::SHIFT));
                self.call_value(arg(0), &inst.args[1..last], want, inst, handler);
            }
            Op::CallGlob(want) => {
                let want = self.word(want << want::SHIFT);
                self.call_glob(arg(0), &inst.args[1..], want, inst, handler);
            }
            Op::CallGlobWant => {
                let last = inst.args.len() - 1;
                let want = self.one(inst.args[last]);
                let want = self.b.ins().ishl_imm_u(want, i64::from(want::SHIFT));
                self.call_glob(arg(0), &inst.args[1..last], want, inst, handler);
            }
            Op::CallMethod(means) => self.call_method(*means, inst, handler, in_loop),
            Op::CallMethodList(means) if self.hot || in_loop => {
                self.call_method_of_list(*means, inst, handler)
            }
            Op::CallMethodList(_) => self.rt_call(Rt::call_method, inst, handler),
            Op::Closure(id) => self.closure(*id, inst),
            Op::Line(pos) => self.b.set_srcloc(SourceLoc::new(*pos)),
            Op::Pos(pos) => {
                if self.module.lines {
                    self.b.set_srcloc(SourceLoc::new(*pos));
                }
                if let Some(slot) = self.frame {
                    let pos = self.b.ins().iconst(I32, i64::from(*pos));
                    self.b.ins().stack_store(I64, pos, slot, at::FRAME_POS);
                }
            }
            Op::Keep => {}
            Op::Retain => self.retain(arg(0)),
            Op::Release => self.release(arg(0), in_loop),
            Op::Copy => {
                let words = self.values[&arg(0)];
                if let Some(result) = inst.result {
                    self.set(result, words);
                }
            }
        }
    }

    /// A runtime function by its signature.
    pub(crate) fn rt_call(&mut self, function: Rt, inst: &Inst, handler: Option<Block>) {
        let row = function.signature();
        let mut operands = Vec::new();
        for (arg, kind) in inst.args.iter().zip(row.params) {
            match (self.values[arg], kind) {
                (Words::Two(w0, w1), _) => {
                    operands.push(w0);
                    operands.push(w1);
                }
                (Words::One(word), 'B') => operands.push(self.b.ins().uextend(I64, word)),
                (Words::One(word), _) => operands.push(word),
            }
        }
        let results = self.runtime(function, &operands);
        match (row.result, row.throws) {
            ('V', throws) => {
                if throws {
                    self.check_value(results[0], inst, handler);
                }
                self.set_two(inst, (results[0], results[1]));
            }
            ('N', throws) => {
                if throws {
                    self.check_status(results[1], inst, handler);
                }
            }
            (kind, throws) => {
                if throws {
                    self.check_status(results[1], inst, handler);
                }
                let word = if kind == 'B' { self.byte(results[0]) } else { results[0] };
                self.set_one(inst, word);
            }
        }
    }

    fn call_direct(&mut self, id: FuncId, inst: &Inst, handler: Option<Block>) {
        let callee = &self.module.functions[id.index()];
        let mut operands = vec![self.vm];
        for arg in &inst.args {
            match self.values[arg] {
                Words::Two(w0, w1) => {
                    operands.push(w0);
                    operands.push(w1);
                }
                Words::One(word) => {
                    let word = if self.b.func.dfg.value_type(word) == I8 {
                        self.b.ins().uextend(I64, word)
                    } else {
                        word
                    };
                    operands.push(word);
                }
            }
        }
        let results = self.call_function(id, &operands);
        match callee.signature.result {
            Ty::V => {
                self.check_value(results[0], inst, handler);
                self.set_two(inst, (results[0], results[1]));
            }
            Ty::Bool => {
                self.check_status(results[1], inst, handler);
                let byte = self.byte(results[0]);
                self.set_one(inst, byte);
            }
            _ => {
                self.check_status(results[1], inst, handler);
                self.set_one(inst, results[0]);
            }
        }
    }

    /// Calls a function of the module with the words that its signature says; its result words.
    pub(crate) fn call_function(&mut self, id: FuncId, operands: &[Clif]) -> Vec<Clif> {
        let callee = &self.module.functions[id.index()];
        let key = format!("{:?}", callee.signature).into_bytes();
        let signature = match self.signatures.get(&key) {
            Some(signature) => *signature,
            None => {
                let signature = self.b.import_signature(signature_of(callee));
                self.signatures.insert(key, signature);
                signature
            }
        };
        let call = if self.options.lazy {
            let slot = self.address(Symbol::Slot(id));
            let target = self.b.ins().load(I64, flags(), slot, 0);
            self.b.ins().call_indirect(signature, target, operands)
        } else {
            let target = import(&mut self.b, Symbol::Function(id), signature, self.options);
            self.b.ins().call(target, operands)
        };
        self.b.inst_results(call).to_vec()
    }

    /// Writes arguments into memory of the machine stack; their address.
    pub(crate) fn spill(&mut self, args: &[Value]) -> Clif {
        if args.is_empty() {
            return self.word(0);
        }
        let words: Vec<(Clif, Clif)> = args.iter().map(|&arg| self.two(arg)).collect();
        let slot = self.room_for(args.len());
        self.spill_to(slot, &words);
        self.b.ins().stack_addr(I64, slot, 0)
    }

    /// A place in the frame for so many values.
    pub(crate) fn room_for(&mut self, values: usize) -> StackSlot {
        let size = u32::try_from(values * size_of::<Val>()).expect("few arguments");
        self.b.create_sized_stack_slot(StackSlotData::new(StackSlotKind::ExplicitSlot, size, 3))
    }

    /// Writes values to a place in the frame.
    pub(crate) fn spill_to(&mut self, slot: StackSlot, values: &[(Clif, Clif)]) {
        for (index, &(w0, w1)) in values.iter().enumerate() {
            let at = offset(index * size_of::<Val>());
            self.b.ins().stack_store(I64, w0, slot, at);
            self.b.ins().stack_store(I64, w1, slot, at + 8);
        }
    }

    fn call_value(&mut self, callee: Value, args: &[Value], want: Clif, inst: &Inst, handler: Option<Block>) {
        let (w0, w1) = self.two(callee);
        let address = self.spill(args);
        let count = self.word(args.len() as u64);
        let (fast, slow, join) = (self.b.create_block(), self.b.create_block(), self.b.create_block());
        self.b.append_block_param(join, I64);
        self.b.append_block_param(join, I64);
        self.b.set_cold_block(slow);
        let is_code = self.b.ins().icmp_imm_s(IntCC::Equal, w0, tag::CODE.cast_signed());
        self.b.ins().brif(is_code, fast, &[], slow, &[]);
        self.b.switch_to_block(fast);
        self.call_entry(w1, address, count, want, join);
        self.b.switch_to_block(slow);
        let plain = self.b.ins().ushr_imm_u(want, i64::from(want::SHIFT));
        let results = self.runtime(Rt::call, &[w0, w1, address, count, plain]);
        self.b.ins().jump(join, &[BlockArg::Value(results[0]), BlockArg::Value(results[1])]);
        self.b.switch_to_block(join);
        let words = (self.b.block_params(join)[0], self.b.block_params(join)[1]);
        self.check_value(words.0, inst, handler);
        self.set_two(inst, words);
    }

    pub(crate) fn call_entry(&mut self, code: Clif, address: Clif, count: Clif, want: Clif, join: ClifBlock) {
        let entry = self.entry_of(code);
        let count_want = self.b.ins().bor(count, want);
        let (w0, w1) = self.enter(entry, code, address, count_want);
        self.jump(join, &[w0, w1]);
    }

    /// The entry of a function object.
    pub(crate) fn entry_of(&mut self, code: Clif) -> Clif {
        self.b.ins().load(I64, flags(), code, at::CODE_ENTRY)
    }

    /// Calls the entry of a function object: arguments in memory, and their count with the context.
    pub(crate) fn enter(&mut self, entry: Clif, code: Clif, address: Clif, count_want: Clif) -> (Clif, Clif) {
        let signature = self.entry_signature();
        let call = self.b.ins().call_indirect(signature, entry, &[self.vm, code, address, count_want]);
        let results = self.b.inst_results(call);
        (results[0], results[1])
    }

    fn call_glob(&mut self, glob: Value, args: &[Value], want: Clif, inst: &Inst, handler: Option<Block>) {
        let glob = self.one(glob);
        let address = self.spill(args);
        let count = self.word(args.len() as u64);
        let (fast, slow, join) = (self.b.create_block(), self.b.create_block(), self.b.create_block());
        self.b.append_block_param(join, I64);
        self.b.append_block_param(join, I64);
        self.b.set_cold_block(slow);
        let code = self.b.ins().load(I64, flags(), glob, at::GLOB_CODE);
        self.b.ins().brif(code, fast, &[], slow, &[]);
        self.b.switch_to_block(fast);
        self.call_entry(code, address, count, want, join);
        self.b.switch_to_block(slow);
        let plain = self.b.ins().ushr_imm_u(want, i64::from(want::SHIFT));
        let results = self.runtime(Rt::call_glob, &[glob, address, count, plain]);
        self.b.ins().jump(join, &[BlockArg::Value(results[0]), BlockArg::Value(results[1])]);
        self.b.switch_to_block(join);
        let words = (self.b.block_params(join)[0], self.b.block_params(join)[1]);
        self.check_value(words.0, inst, handler);
        self.set_two(inst, words);
    }

    /// Makes a function object: its captures are written as values to memory and copied there.
    fn closure(&mut self, id: FuncId, inst: &Inst) {
        let count = inst.args.len();
        let address = if count == 0 {
            self.word(0)
        } else {
            let size = u32::try_from(count * size_of::<Val>()).expect("few captures");
            let slot =
                self.b.create_sized_stack_slot(StackSlotData::new(StackSlotKind::ExplicitSlot, size, 3));
            for (index, arg) in inst.args.iter().enumerate() {
                let at = offset(index * size_of::<Val>());
                let (w0, w1) = match (self.values[arg], self.func.ty(*arg)) {
                    (Words::Two(w0, w1), _) => (w0, w1),
                    (Words::One(word), ty) => {
                        let tag = match ty {
                            Ty::Arr => tag::AREF,
                            Ty::Hash => tag::HREF,
                            Ty::Cell => tag::SREF,
                            _ => tag::INT,
                        };
                        (self.word(tag), word)
                    }
                };
                self.b.ins().stack_store(I64, w0, slot, at);
                self.b.ins().stack_store(I64, w1, slot, at + 8);
            }
            self.b.ins().stack_addr(I64, slot, 0)
        };
        let mut signature = Signature::new(CallConv::SystemV);
        for _ in 0..5 {
            signature.params.push(AbiParam::new(I64));
        }
        signature.returns.push(AbiParam::new(I64));
        let signature = self.b.import_signature(signature);
        let target = import(&mut self.b, Symbol::NewCode, signature, self.options);
        let info = self.address(Symbol::Info(id));
        let entry = self.address(Symbol::Entry(id));
        let count = self.word(count as u64);
        let call = self.b.ins().call(target, &[self.vm, info, entry, address, count]);
        let code = self.b.inst_results(call)[0];
        let words = (self.word(tag::CODE), code);
        self.set_two(inst, words);
    }
}

/// A string of up to 14 bytes as two words.
fn short_string(bytes: &[u8], wide: bool) -> Option<(u64, u64)> {
    if bytes.len() > 14 {
        return None;
    }
    let mut memory = [0u8; 16];
    memory[0] = u8::try_from(if wide { tag::SSTRW } else { tag::SSTR }).expect("a small tag");
    memory[1] = u8::try_from(bytes.len()).expect("at most 14");
    memory[2..2 + bytes.len()].copy_from_slice(bytes);
    let word = |at: usize| u64::from_le_bytes(memory[at..at + 8].try_into().expect("eight bytes"));
    Some((word(0), word(8)))
}

fn int_condition(cond: Cond) -> IntCC {
    match cond {
        Cond::Eq => IntCC::Equal,
        Cond::Ne => IntCC::NotEqual,
        Cond::Lt => IntCC::SignedLessThan,
        Cond::Gt => IntCC::SignedGreaterThan,
        Cond::Le => IntCC::SignedLessThanOrEqual,
        Cond::Ge => IntCC::SignedGreaterThanOrEqual,
    }
}

pub(crate) fn float_condition(cond: Cond) -> FloatCC {
    match cond {
        Cond::Eq => FloatCC::Equal,
        Cond::Ne => FloatCC::NotEqual,
        Cond::Lt => FloatCC::LessThan,
        Cond::Gt => FloatCC::GreaterThan,
        Cond::Le => FloatCC::LessThanOrEqual,
        Cond::Ge => FloatCC::GreaterThanOrEqual,
    }
}
