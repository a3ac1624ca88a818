//! Runs a program from code in memory, compiled function by function when first called.
//!
//! A module's functions are called through slots. A slot begins with a stub that asks for its function
//! to be compiled, which replaces the stub. Code is written to fresh pages that become executable, and
//! cease to be writable, before anybody jumps there.

mod kept;
mod load;
mod memory;
mod repl;

use std::collections::HashMap;
use std::sync::Arc;

use s_abi::layout::{
    self, AssetRow, Code as FunctionObject, FileName, FunctionInfo, Site, Val, Vm as Machine,
};
use s_core::Vm;
use s_ir::{FuncId, StrId};
use s_native::{Code, Compiler, FixupKind, Symbol, Target};

use crate::Files;
use kept::Part;
pub use kept::{Identity, Program};
use memory::Memory;
pub use repl::{Entry, Repl, is_unfinished};

/// How a program is run.
#[derive(Debug, Default)]
pub struct RunOptions {
    /// `$0`.
    pub script: Vec<u8>,
    /// `@ARGV`.
    pub args: Vec<Vec<u8>>,
    /// `%ENV`.
    pub environment: Vec<(Vec<u8>, Vec<u8>)>,
    /// Plain Perl.
    pub compat: bool,
    /// What keeps the program for the next start.
    pub keep: Option<Keep>,
}

/// What is done with the bytes of a program that is to be kept, when it has ended.
pub struct Keep {
    /// Whom they are for.
    pub identity: Identity,
    /// Puts them away; that may fail, and nobody is told.
    pub write: Box<Write>,
}

/// Puts bytes away.
pub type Write = dyn FnOnce(&[u8]) + Send;

impl std::fmt::Debug for Keep {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Keep").field("identity", &self.identity).finish_non_exhaustive()
    }
}

/// Address space of the stack a program runs on, in bytes; memory is taken as it is used.
const STACK_BYTES: usize = 1 << 30;

/// What of it is left to the runtime when a program has used up the rest.
const STACK_RESERVE: usize = 1 << 20;

/// Runs a program; its exit status.
#[must_use]
pub fn run(program: Program, files: Arc<dyn Files + Send + Sync>, options: RunOptions) -> i32 {
    let thread =
        std::thread::Builder::new().stack_size(STACK_BYTES).spawn(move || run_here(program, files, options));
    // Signals go to the program, so that they interrupt what it waits for.
    let blocked = s_sys::sigprocmask(s_sys::MaskChange::Block, u64::MAX);
    let ended = thread.map(std::thread::JoinHandle::join);
    if let Ok(mask) = blocked {
        // It was in force before.
        let _ = s_sys::sigprocmask(s_sys::MaskChange::Set, mask);
    }
    match ended {
        Ok(Ok(status)) => status,
        Ok(Err(panic)) => std::panic::resume_unwind(panic),
        Err(_) => 70,
    }
}

/// A machine for a program, on a thread whose stack has [`STACK_BYTES`], of which almost nothing is used.
fn machine(options: RunOptions) -> Box<Vm> {
    let here = std::ptr::from_ref(&options) as usize;
    s_sys::set_environment(options.environment);
    let mut vm = Vm::new(s_core::Options {
        compat: options.compat,
        args: options.args,
        script_name: options.script,
        stack_limit: here.saturating_sub(STACK_BYTES - STACK_RESERVE),
    });
    // Compiled code makes floats and warns, and what is compiled later may name `%ENV` and any method.
    s_core::late::everything();
    vm.fill_environment();
    vm
}

fn run_here(program: Program, files: Arc<dyn Files + Send + Sync>, mut options: RunOptions) -> i32 {
    let process = s_sys::getpid();
    // The standard library ignores it; programs end by it, and so do those that they start.
    let _ = s_sys::signal_default(s_sys::SIGPIPE);
    let mut session = Session { units: Vec::new(), files, texts: HashMap::new(), compat: options.compat };
    let keep = options.keep.take();
    let mut vm = machine(options);
    session.serve(&mut vm);
    match session.load(&mut vm, program) {
        Ok(main) => {
            let status = vm.run_main(s_core::value::Ptr(main));
            if s_sys::getpid() != process {
                // A child that the program forked has this thread only; nobody waits for it.
                s_sys::exit(status);
            }
            if let Some((Keep { identity, write }, unit)) = keep.zip(session.units.first())
                && let Some(bytes) = unit.program.bytes(&identity)
            {
                write(&bytes);
            }
            // Objects of the program may refer to code; nothing is freed before the process ends.
            std::mem::forget(vm);
            std::mem::forget(session);
            status
        }
        Err(message) => {
            s_core::output::write_error(&mut vm, format!("{message}\n").as_bytes());
            255
        }
    }
}

/// A running program: its modules, the first and those that were compiled on the way.
pub(crate) struct Session {
    units: Vec<Box<Unit>>,
    files: Arc<dyn Files + Send + Sync>,
    /// Texts that were evaluated, each with the file in which it was.
    texts: HashMap<String, String>,
    compat: bool,
}

/// A module in memory.
pub(crate) struct Unit {
    program: Program,
    /// Made when the first function is compiled.
    compiler: Option<Compiler>,
    number: usize,
    memory: Memory,
    /// Addresses of bodies, or of stubs.
    slots: Vec<*const u8>,
    /// Entries that have been compiled.
    entries: HashMap<FuncId, *const u8>,
    infos: Vec<FunctionInfo>,
    strings: HashMap<u32, Val>,
    /// Tables of assets.
    assets: HashMap<u32, Val>,
    regexes: Vec<Val>,
    /// Of functions that were compiled.
    sites: HashMap<FuncId, Box<[Site]>>,
    /// Names of source files, referred to by `infos`.
    _files: Vec<FileName>,
}

impl Session {
    /// Lets the machine come here when it needs a compiler. The session must outlive it and stay where
    /// it is.
    fn serve(&mut self, vm: &mut Vm) {
        vm.hooks.data = std::ptr::from_mut(self) as usize;
        vm.hooks.eval_string = Some(load::eval_string);
        vm.hooks.require_value = Some(load::require_value);
        vm.fill_include(&self.files.include());
    }

    /// Loads a module and returns its main function.
    pub(crate) fn load(&mut self, vm: &mut Vm, program: Program) -> Result<*mut FunctionObject, String> {
        let mut unit = Unit::new(vm, program, self.units.len())?;
        let result = unit.start(vm);
        self.units.push(unit);
        result
    }
}

impl Unit {
    fn new(vm: &mut Vm, program: Program, number: usize) -> Result<Box<Unit>, String> {
        let module = program.module();
        // Names live as long as the process: traces may name them at its very end.
        let files: Vec<FileName> = module
            .files
            .iter()
            .map(|file| {
                let name: &'static str = String::leak(file.name.clone());
                let package: &'static str = String::leak(file.package.clone());
                FileName {
                    name: name.as_ptr(),
                    len: name.len(),
                    package: package.as_ptr(),
                    package_len: package.len(),
                }
            })
            .collect();
        let infos = module
            .functions
            .iter()
            .enumerate()
            .map(|(index, func)| {
                let name: &'static str = String::leak(func.name.clone());
                FunctionInfo {
                    name: name.as_ptr(),
                    name_len: name.len(),
                    id: u32::try_from(index).expect("fewer than 2^32 functions"),
                    pos: func.pos,
                    files: files.as_ptr(),
                }
            })
            .collect();
        let mut regexes = Vec::with_capacity(module.regexes.len());
        for (text, flags) in &module.regexes {
            regexes.push(vm.constant_pattern(text, false, *flags)?);
        }
        let count = module.functions.len();
        Ok(Box::new(Unit {
            program,
            compiler: None,
            number,
            memory: Memory::default(),
            slots: vec![std::ptr::null(); count],
            entries: HashMap::new(),
            infos,
            strings: HashMap::new(),
            assets: HashMap::new(),
            regexes,
            sites: HashMap::new(),
            _files: files,
        }))
    }

    /// Tells the machine what the module declares; the main function.
    fn start(&mut self, vm: &mut Vm) -> Result<*mut FunctionObject, String> {
        load::declare(self, vm)?;
        self.function_object(vm, FuncId(0), &[])
    }

    /// A function object without captures, or with these, which are consumed.
    pub(crate) fn function_object(
        &mut self,
        vm: &mut Vm,
        id: FuncId,
        captures: &[Val],
    ) -> Result<*mut FunctionObject, String> {
        let entry = self.entry(vm, id)?;
        // SAFETY: the compiler made it an entry.
        let entry = unsafe { std::mem::transmute::<*const u8, layout::Entry>(entry) };
        Ok(vm.new_code(&raw const self.infos[id.index()], entry, captures).0)
    }

    fn entry(&mut self, vm: &mut Vm, id: FuncId) -> Result<*const u8, String> {
        if let Some(entry) = self.entries.get(&id) {
            return Ok(*entry);
        }
        let address = self.make(vm, Part::Entry, id)?;
        self.entries.insert(id, address);
        Ok(address)
    }

    /// Compiles the body of a function and puts it into its slot.
    fn body(&mut self, vm: &mut Vm, id: FuncId) -> Result<*const u8, String> {
        let address = self.make(vm, Part::Body, id)?;
        self.slots[id.index()] = address;
        Ok(address)
    }

    fn slot(&mut self, vm: &mut Vm, id: FuncId) -> Result<*const *const u8, String> {
        if self.slots[id.index()].is_null() {
            self.slots[id.index()] = self.make(vm, Part::Stub, id)?;
        }
        Ok(&raw const self.slots[id.index()])
    }

    fn make(&mut self, vm: &mut Vm, part: Part, id: FuncId) -> Result<*const u8, String> {
        let code = self.program.code(part, id, &mut self.compiler, self.number);
        let code = code.map_err(|error| error.to_string())?;
        if code.sites > 0 {
            let sites = (0..code.sites).map(|_| Site { class: 0, kind: 0, target: 0 });
            self.sites.entry(id).or_insert_with(|| sites.collect());
        }
        self.place(vm, code)
    }

    /// Puts code into memory, its symbols filled in.
    fn place(&mut self, vm: &mut Vm, code: Code) -> Result<*const u8, String> {
        let mut bytes = code.bytes;
        let mut relative = Vec::new();
        for fixup in &code.fixups {
            let Target::Symbol(symbol) = fixup.target else {
                return Err(format!("code for this machine refers to itself: {fixup:?}"));
            };
            let address = self.address(vm, symbol)?.wrapping_add_signed(fixup.addend);
            match fixup.kind {
                FixupKind::Abs64 => {
                    bytes[fixup.offset..fixup.offset + 8].copy_from_slice(&address.to_le_bytes());
                }
                FixupKind::Rel32 => relative.push((fixup.offset, address)),
                kind => return Err(format!("a fixup of another machine: {kind:?}")),
            }
        }
        self.memory.place(bytes, &relative, code.alignment)
    }

    fn string(&mut self, vm: &mut Vm, id: StrId) -> Val {
        let module = self.program.module();
        *self.strings.entry(id.0).or_insert_with(|| {
            let (bytes, wide) = &module.strings[id.index()];
            vm.constant_string(bytes, *wide)
        })
    }

    /// A table of assets. Names lie in the module, which nobody changes and which outlives the machine.
    fn asset_table(&mut self, vm: &mut Vm, id: u32) -> Val {
        if let Some(table) = self.assets.get(&id) {
            return *table;
        }
        let contents: Vec<Option<StrId>> =
            self.program.module().assets[id as usize].rows.iter().map(|(_, bytes)| *bytes).collect();
        let contents: Vec<*const layout::Str> = contents
            .into_iter()
            .map(|bytes| {
                let Some(bytes) = bytes else { return std::ptr::null() };
                match self.string(vm, bytes) {
                    value if value.w0 == layout::tag::STR => value.w1 as *const layout::Str,
                    _ => {
                        s_core::asset::content(&self.program.module().strings[bytes.index()].0).0.cast_const()
                    }
                }
            })
            .collect();
        let table = &self.program.module().assets[id as usize];
        let row = |name: &str, content| AssetRow { name: name.as_ptr(), name_len: name.len(), content };
        let mut rows = vec![row(&table.package, std::ptr::null())];
        for ((name, _), content) in table.rows.iter().zip(contents) {
            rows.push(row(name, content));
        }
        let value = s_core::asset::table(&rows);
        self.assets.insert(id, value);
        value
    }

    fn address(&mut self, vm: &mut Vm, symbol: Symbol) -> Result<u64, String> {
        Ok(match symbol {
            Symbol::Runtime(function) => s_core::ADDRESSES[function as usize].function as u64,
            Symbol::Function(id) => self.body(vm, id)? as u64,
            Symbol::Entry(id) => self.entry(vm, id)? as u64,
            Symbol::Slot(id) => self.slot(vm, id)? as u64,
            Symbol::Sites(id) => self.sites.get(&id).ok_or("a function without sites")?.as_ptr() as u64,
            Symbol::Info(id) => (&raw const self.infos[id.index()]) as u64,
            Symbol::String(id) => self.string(vm, id).w1,
            Symbol::Assets(id) => self.asset_table(vm, id).w1,
            Symbol::Glob(id) => vm.glob(self.program.module().globals[id.index()].as_bytes()).0 as u64,
            Symbol::Regex(id) => self.regexes[id as usize].w1,
            Symbol::Compile => compile as *const () as u64,
            Symbol::NewCode => s_core::entry::new_code as *const () as u64,
            Symbol::Pattern => s_core::entry::constant_pattern as *const () as u64,
            Symbol::Builtin(row) => {
                let cell = s_core::builtin::cell(row).ok_or("a builtin that is not there")?;
                std::ptr::from_ref(cell) as u64
            }
        })
    }
}

/// What a stub calls: compiles its function; the unit's number stands above the function's.
unsafe extern "C" fn compile(machine: *mut Machine, number: u64) -> *const u8 {
    // SAFETY: compiled code passes the machine it was entered with, which begins a `Vm`.
    let vm = unsafe { &mut *machine.cast::<Vm>() };
    // SAFETY: the driver put the session there, and it outlives the machine.
    let session = unsafe { &mut *(vm.hooks.data as *mut Session) };
    let unit = &mut session.units[usize::try_from(number >> 32).expect("a 64-bit machine")];
    let id = FuncId(u32::try_from(number & 0xffff_ffff).expect("masked"));
    match unit.body(vm, id) {
        Ok(address) => address,
        Err(message) => defect(vm, &message),
    }
}

/// Code that cannot be generated is a defect of this program; nothing sensible can go on.
fn defect(vm: &mut Vm, message: &str) -> ! {
    s_core::output::write_error(vm, format!("internal error: {message}\n").as_bytes());
    s_sys::exit(70)
}
