//! What compiled code refers to by name.

use cranelift_codegen::binemit::Reloc;
use cranelift_codegen::ir::function::FunctionParameters;
use cranelift_codegen::ir::{ExternalName, UserExternalName};
use s_ir::op::RUNTIME;
use s_ir::{FuncId, GlobalRef, Rt, StrId};

/// Something with an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
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
    /// A constant string too long to be immediate.
    String(StrId),
    /// A glob.
    Glob(GlobalRef),
    /// A constant pattern.
    Regex(u32),
    /// The function of the driver that compiles a function: machine and number to address of the body.
    Compile,
    /// The function of the runtime that makes function objects: machine, info, entry, captures, their
    /// number.
    NewCode,
}

/// How an address is written into code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FixupKind {
    /// The address, 8 bytes.
    Abs64,
    /// The distance from behind the field, 4 bytes; the addend counts from the field.
    Rel32,
}

/// A place in code that names a symbol.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fixup {
    /// Where in the bytes.
    pub offset: usize,
    /// What is written.
    pub kind: FixupKind,
    /// Of what.
    pub symbol: Symbol,
    /// Added to the address.
    pub addend: i64,
}

/// A compiled function.
#[derive(Clone, Debug)]
pub struct Code {
    /// Machine code.
    pub bytes: Vec<u8>,
    /// What its address has to be a multiple of.
    pub alignment: u64,
    /// Places to fill in.
    pub fixups: Vec<Fixup>,
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
        _ => return None,
    })
}

/// How a relocation of the code generator is filled in.
pub(crate) fn kind(reloc: Reloc) -> Option<FixupKind> {
    match reloc {
        Reloc::Abs8 => Some(FixupKind::Abs64),
        Reloc::X86PCRel4 | Reloc::X86CallPCRel4 | Reloc::X86CallPLTRel4 => Some(FixupKind::Rel32),
        _ => None,
    }
}
