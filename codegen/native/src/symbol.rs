//! What compiled code refers to by name.

use cranelift_codegen::binemit::Reloc;
use cranelift_codegen::ir::function::FunctionParameters;
use cranelift_codegen::ir::{ExternalName, UserExternalName};
use s_ir::op::RUNTIME;
use s_ir::{FuncId, GlobalRef, Rt, StrId};
use serde::{Deserialize, Serialize};

/// Something with an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Symbol {
    /// A runtime function.
    Runtime(Rt),
    /// The body of a function.
    Function(FuncId),
    /// Its entry with arguments in memory.
    Entry(FuncId),
    /// The word that holds the address of its body.
    Slot(FuncId),
    /// Its `s_abi::layout::FunctionInfo`.
    Info(FuncId),
    /// Its [`Code::sites`]: variables that begin as zeros.
    Sites(FuncId),
    /// A constant string too long to be immediate.
    String(StrId),
    /// A table of assets: a string object whose bytes are rows of `s_abi::layout::AssetRow`.
    Assets(u32),
    /// A glob; in objects the `s_abi::layout::NameRow` that refers to it.
    Glob(GlobalRef),
    /// A constant pattern; in objects its `s_abi::layout::PatternRow`.
    Regex(u32),
    /// The cell with the function of a builtin, by row.
    Builtin(u32),
    /// The function of the driver that compiles a function: machine and number to address of the body.
    Compile,
    /// The function of the runtime that makes function objects: machine, info, entry, captures, their
    /// number.
    NewCode,
    /// The function of the runtime that compiles a constant pattern: machine, row to pattern.
    Pattern,
}

/// How an address is written into code. S is the address with the addend, P the place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum FixupKind {
    /// S, 8 bytes.
    Abs64,
    /// S, 4 bytes, which only what debuggers read can do with; never in code.
    Abs32,
    /// S - P, 4 bytes.
    Rel32,
    /// `bl` of aarch64: S - P in words.
    A64Call26,
    /// `adrp` of aarch64: the page of S.
    A64Page21,
    /// `add` of aarch64: the low 12 bits of S.
    A64AddLo12,
    /// `auipc` and `jalr` of riscv64: S - P.
    RvCall,
    /// `auipc` of riscv64: the high 20 bits of S - P.
    RvHi20,
    /// Immediate of `addi` of riscv64: the low 12 bits of what the `auipc` at S computes.
    RvLo12I,
}

/// What a place in code refers to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Target {
    /// Something with an address of its own.
    Symbol(Symbol),
    /// A place in the same bytes.
    Here(u32),
}

/// A place in code that names a symbol.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fixup {
    /// Where in the bytes.
    pub offset: usize,
    /// What is written.
    pub kind: FixupKind,
    /// Of what.
    pub target: Target,
    /// Added to the address.
    pub addend: i64,
}

/// A compiled function.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Code {
    /// Machine code.
    pub bytes: Vec<u8>,
    /// What its address has to be a multiple of.
    pub alignment: u64,
    /// Places to fill in.
    pub fixups: Vec<Fixup>,
    /// How many `s_abi::layout::Site` it has.
    pub sites: u32,
    /// It makes values that are floats: the runtime has to know what to do with such.
    pub makes_floats: bool,
    /// Where statements begin, in a module whose statements are marked: offset, and file and line as in
    /// `s_abi::layout::Frame::pos`, ascending. What comes before the first belongs to where the function begins.
    pub lines: Vec<(u32, u32)>,
}

/// The name under which the code generator knows a symbol.
pub(crate) fn external(symbol: Symbol) -> UserExternalName {
    let (namespace, index) = match symbol {
        Symbol::Runtime(function) => (0, function as u32),
        Symbol::Function(id) => (1, id.0),
        Symbol::Entry(id) => (2, id.0),
        Symbol::Slot(id) => (3, id.0),
        Symbol::Info(id) => (4, id.0),
        Symbol::String(id) => (5, id.0),
        Symbol::Glob(id) => (6, id.0),
        Symbol::Regex(id) => (7, id),
        Symbol::Compile => (8, 0),
        Symbol::NewCode => (9, 0),
        Symbol::Pattern => (10, 0),
        Symbol::Builtin(row) => (11, row),
        Symbol::Assets(id) => (12, id),
        Symbol::Sites(id) => (13, id.0),
    };
    UserExternalName { namespace, index }
}

/// The symbol of a name.
pub(crate) fn of_external(name: &ExternalName, params: &FunctionParameters) -> Option<Symbol> {
    let ExternalName::User(reference) = name else { return None };
    let UserExternalName { namespace, index } = params.user_named_funcs()[*reference];
    Some(match namespace {
        0 => Symbol::Runtime(*RUNTIME.get(index as usize)?),
        1 => Symbol::Function(FuncId(index)),
        2 => Symbol::Entry(FuncId(index)),
        3 => Symbol::Slot(FuncId(index)),
        4 => Symbol::Info(FuncId(index)),
        5 => Symbol::String(StrId(index)),
        6 => Symbol::Glob(GlobalRef(index)),
        7 => Symbol::Regex(index),
        8 => Symbol::Compile,
        9 => Symbol::NewCode,
        10 => Symbol::Pattern,
        11 => Symbol::Builtin(index),
        12 => Symbol::Assets(index),
        13 => Symbol::Sites(FuncId(index)),
        _ => return None,
    })
}

/// How a relocation of the code generator is filled in.
pub(crate) fn kind(reloc: Reloc) -> Option<FixupKind> {
    Some(match reloc {
        Reloc::Abs8 => FixupKind::Abs64,
        Reloc::X86PCRel4 | Reloc::X86CallPCRel4 | Reloc::X86CallPLTRel4 => FixupKind::Rel32,
        Reloc::Arm64Call => FixupKind::A64Call26,
        Reloc::Aarch64AdrPrelPgHi21 => FixupKind::A64Page21,
        Reloc::Aarch64AddAbsLo12Nc => FixupKind::A64AddLo12,
        Reloc::RiscvCallPlt => FixupKind::RvCall,
        Reloc::RiscvPCRelHi20 => FixupKind::RvHi20,
        Reloc::RiscvPCRelLo12I => FixupKind::RvLo12I,
        _ => return None,
    })
}
