//! Middle representation to machine code, in memory or in objects.
//!
//! [`Compiler::function`] compiles one function body, [`Compiler::entry`] the entry with which a function
//! is called through a value: arguments in memory. What comes out is [`Code`]: bytes, and places in
//! them that name [`Symbol`]s; whoever has the addresses fills them in. The only crate that names
//! Cranelift.
//!
//! Calling convention (System V on every target): the machine, then the function object where there
//! are captures, then parameters (a value of the language is two words), then the wanted context.
//! Results are two words: a value of the language, whose tag says when an exception is on its way; or
//! a machine number and a status that is 0 when all is well.

mod count;
mod division;
mod element;
mod function;
mod inline;
mod lent;
mod place;
mod rounds;
mod site;
mod symbol;
mod view;

use cranelift_codegen::control::ControlPlane;
use cranelift_codegen::isa::{self, OwnedTargetIsa};
use cranelift_codegen::settings::{self, Configurable as _};
use cranelift_codegen::{Context, Final, FinalizedRelocTarget, MachSrcLoc};
use cranelift_frontend::FunctionBuilderContext;
use s_ir::{FuncId, Module};

use function::Made;

pub use symbol::{Code, Fixup, FixupKind, Symbol, Target};

/// A machine that code is made for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "each is its name")]
pub enum Machine {
    X86_64,
    Aarch64,
    Riscv64,
}

impl Machine {
    /// The name under which the code generator knows it, with the extensions every system of the
    /// target has.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Machine::X86_64 => "x86_64-unknown-linux-gnu",
            Machine::Aarch64 => "aarch64-unknown-linux-gnu",
            Machine::Riscv64 => "riscv64gc-unknown-linux-gnu",
        }
    }
}

/// How code is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Options {
    /// Functions are called through slots, so that they can be compiled when first called, and what code
    /// refers to exists already. Otherwise everything becomes part of one image.
    pub(crate) lazy: bool,
    /// The code generator knows the machine's operations that tell an overflow.
    pub(crate) overflow: bool,
    /// A structure of a float and a word comes back in a register for floats and one for words; otherwise
    /// in two for words.
    pub(crate) float_pairs: bool,
    /// The number of the module among those of a program, for stubs.
    pub(crate) unit: usize,
}

/// What could not be compiled: a defect of this crate, with what the code generator said.
#[derive(Clone, Debug)]
pub struct CompileError {
    /// The function.
    pub name: String,
    /// What was said.
    pub message: String,
}

impl std::fmt::Display for CompileError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "cannot compile `{}`: {}", self.name, self.message)
    }
}

impl std::error::Error for CompileError {}

/// What code for this process depends on besides its module: the machine, with each of its extensions that
/// is used.
///
/// # Errors
///
/// When the code generator does not know the machine.
pub fn host_identity() -> Result<String, CompileError> {
    let error = |message: String| CompileError { name: "host".to_owned(), message };
    let builder = cranelift_native::builder().map_err(|message| error(message.to_owned()))?;
    let isa = builder.finish(settings::Flags::new(settings::builder())).map_err(|e| error(e.to_string()))?;
    let extensions: Vec<String> = isa.isa_flags().iter().map(ToString::to_string).collect();
    Ok(format!("{} {}", isa.triple(), extensions.join(" ")))
}

/// Compiles functions of a module for one machine.
pub struct Compiler {
    quick: OwnedTargetIsa,
    full: OwnedTargetIsa,
    context: Context,
    builder: FunctionBuilderContext,
    options: Options,
    /// Machine code is written down as text, too.
    listing: bool,
    /// The optimiser's copies are to be on the lines of what they are copies of.
    lines: bool,
}

impl Compiler {
    /// For code in the memory of this process, which calls functions through slots. The number is that
    /// of the module among those of a program.
    ///
    /// # Errors
    ///
    /// When the code generator does not know the machine.
    pub fn host(unit: usize) -> Result<Compiler, CompileError> {
        let options = Options {
            lazy: true,
            overflow: cfg!(not(target_arch = "riscv64")),
            float_pairs: cfg!(not(target_arch = "aarch64")),
            unit,
        };
        Compiler::of(options, "host", &|| cranelift_native::builder().map_err(str::to_owned))
    }

    /// For any machine of a kind: objects, in which everything lies within reach of everything.
    ///
    /// # Errors
    ///
    /// When the code generator was built without the machine.
    pub fn target(machine: Machine) -> Result<Compiler, CompileError> {
        // There are none for riscv64.
        let options = Options {
            lazy: false,
            overflow: machine != Machine::Riscv64,
            float_pairs: machine != Machine::Aarch64,
            unit: 0,
        };
        Compiler::of(options, machine.name(), &|| {
            isa::lookup_by_name(machine.name()).map_err(|error| error.to_string())
        })
    }

    fn of(
        options: Options,
        name: &str,
        builder: &dyn Fn() -> Result<isa::Builder, String>,
    ) -> Result<Compiler, CompileError> {
        let error = |message: String| CompileError { name: name.to_owned(), message };
        let isa = |level: &str| -> Result<OwnedTargetIsa, CompileError> {
            let mut flags = settings::builder();
            for (name, value) in [
                ("opt_level", level),
                ("is_pic", "false"),
                ("enable_probestack", "false"),
                ("unwind_info", "false"),
                ("preserve_frame_pointers", "true"),
                ("enable_verifier", if cfg!(debug_assertions) { "true" } else { "false" }),
                ("enable_alias_analysis", "true"),
            ] {
                flags.set(name, value).map_err(|e| error(e.to_string()))?;
            }
            builder().map_err(error)?.finish(settings::Flags::new(flags)).map_err(|e| error(e.to_string()))
        };
        Ok(Compiler {
            quick: isa("none")?,
            full: isa("speed")?,
            context: Context::new(),
            builder: FunctionBuilderContext::new(),
            options,
            listing: false,
            lines: false,
        })
    }

    /// Compiles the body of a function.
    ///
    /// # Errors
    ///
    /// A defect of this crate.
    pub fn function(&mut self, module: &Module, id: FuncId) -> Result<Code, CompileError> {
        self.lines = module.lines;
        let func = &module.functions[id.index()];
        let hot = !self.options.lazy
            || func.blocks.iter().any(|block| block.loop_depth > 0)
            || (id.0 != 0 && func.size() < 400);
        self.context.clear();
        let Made { makes_floats, sites } = function::body(
            module,
            id,
            // The main program runs once, but for its loops.
            hot && id.0 != 0,
            self.options,
            self.full.frontend_config(),
            &mut self.context.func,
            &mut self.builder,
        );
        let code = self.finish(&func.name, hot)?;
        Ok(Code { makes_floats, sites, ..code })
    }

    /// Compiles the entry of a function: arguments in memory.
    ///
    /// # Errors
    ///
    /// A defect of this crate.
    pub fn entry(&mut self, module: &Module, id: FuncId) -> Result<Code, CompileError> {
        self.context.clear();
        function::entry(
            module,
            id,
            self.options,
            self.full.frontend_config(),
            &mut self.context.func,
            &mut self.builder,
        );
        self.finish(&module.functions[id.index()].name, false)
    }

    /// Compiles what a slot holds before its function is compiled: asks the driver to compile it, then
    /// calls it with the same arguments.
    ///
    /// # Errors
    ///
    /// A defect of this crate.
    pub fn stub(&mut self, module: &Module, id: FuncId) -> Result<Code, CompileError> {
        self.context.clear();
        function::stub(
            module,
            id,
            self.options,
            self.full.frontend_config(),
            &mut self.context.func,
            &mut self.builder,
        );
        self.finish(&module.functions[id.index()].name, false)
    }

    /// The body of a function as the code generator is given it, for people.
    pub fn text(&mut self, module: &Module, id: FuncId) -> String {
        self.context.clear();
        let config = self.full.frontend_config();
        function::body(module, id, true, self.options, config, &mut self.context.func, &mut self.builder);
        self.context.func.display().to_string()
    }

    /// The machine code of the body of a function as text, for people.
    ///
    /// # Errors
    ///
    /// A defect of this crate.
    pub fn assembly(&mut self, module: &Module, id: FuncId) -> Result<String, CompileError> {
        self.listing = true;
        let made = self.function(module, id);
        self.listing = false;
        made?;
        let compiled = self.context.compiled_code().expect("it has just been compiled");
        Ok(compiled.vcode.clone().unwrap_or_default())
    }

    fn finish(&mut self, name: &str, hot: bool) -> Result<Code, CompileError> {
        let isa = if hot { &self.full } else { &self.quick };
        let error = |message: String| CompileError { name: name.to_owned(), message };
        let placed = if self.lines && !self.listing {
            // What `compile` does below, with a step in between that changes no code.
            let plane = &mut ControlPlane::default();
            self.context.optimize(&**isa, plane).map_err(|e| error(format!("{e:?}")))?;
            let Context { func, domtree, .. } = &mut self.context;
            place::copies(func, domtree);
            let stencil = isa.compile_function(func, domtree, &mut Default::default(), false, plane);
            Some(stencil.map_err(|e| error(format!("{e:?}")))?.apply_params(&func.params))
        } else {
            self.context.set_disasm(self.listing);
            self.context
                .compile(&**isa, &mut ControlPlane::default())
                .map_err(|e| error(format!("{:?}", e.inner)))?;
            None
        };
        let compiled = placed.as_ref().or(self.context.compiled_code()).expect("it has just been compiled");
        let bytes = compiled.code_buffer().to_vec();
        let alignment = u64::from(compiled.buffer.alignment);
        let mut fixups = Vec::new();
        for reloc in compiled.buffer.relocs() {
            let unexpected =
                || CompileError { name: name.to_owned(), message: format!("unexpected {reloc:?}") };
            let target = match &reloc.target {
                FinalizedRelocTarget::ExternalName(name) => Target::Symbol(
                    symbol::of_external(name, &self.context.func.params).ok_or_else(unexpected)?,
                ),
                FinalizedRelocTarget::Func(offset) => Target::Here(*offset),
            };
            let kind = symbol::kind(reloc.kind).ok_or_else(unexpected)?;
            fixups.push(Fixup { offset: reloc.offset as usize, kind, target, addend: reloc.addend });
        }
        let lines = lines(compiled.buffer.get_srclocs_sorted());
        Ok(Code { bytes, alignment, fixups, sites: 0, makes_floats: false, lines })
    }
}

/// Where lines begin. An instruction that the optimiser made a second time, for another way out of its block,
/// has no place in the text any more; it stands before the one that needs it, and belongs there.
fn lines(ranges: &[MachSrcLoc<Final>]) -> Vec<(u32, u32)> {
    let mut lines: Vec<(u32, u32)> = Vec::new();
    let mut unknown = None;
    for range in ranges.iter().filter(|range| range.start < range.end) {
        if range.loc.is_default() {
            // What comes before everything is how the function begins.
            unknown = unknown.or((!lines.is_empty()).then_some(range.start));
            continue;
        }
        let start = unknown.take().unwrap_or(range.start);
        let pos = range.loc.bits();
        if lines.last().is_none_or(|last| last.1 != pos) {
            lines.push((start, pos));
        }
    }
    lines
}
