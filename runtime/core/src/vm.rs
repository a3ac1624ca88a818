//! The machine: everything a running program has.
//!
//! It begins with what compiled code reads ([`s_abi::layout::Vm`]); the rest is the runtime's, each
//! part explained in the file that works with it.

use alloc::boxed::Box;
use alloc::collections::BTreeMap;
use alloc::vec::Vec;

use s_abi::layout::{self, Val};

use crate::class::Classes;
use crate::exception::{Flight, TryRecord};
use crate::memory::{Graves, Weak};
use crate::output::Output;
use crate::pattern::Patterns;
use crate::saves::Saved;
use crate::special::Specials;
use crate::text::number::Rand48;
use crate::value::{GlobRef, Ptr, UNDEF};

/// Bytes of address space of the value stack.
const STACK_BYTES: usize = 1 << 30;

/// How a machine is made.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Plain Perl 5 rules for numbers, truth and strings.
    pub compat: bool,
    /// What `@ARGV` begins with.
    pub args: Vec<Vec<u8>>,
    /// `$0`.
    pub script_name: Vec<u8>,
    /// Lowest machine-stack address functions may be entered at; 0 for no limit.
    pub stack_limit: usize,
}

/// Compiles and runs a text: machine, text, and references to what is visible, the site, the wanted
/// context, as compiled code passed them.
pub type EvalString = fn(&mut Vm, &[u8], &[Val]) -> Result<Val, crate::exception::Thrown>;
/// Loads a file or module by a computed name: machine, name, whether it is `do` (2), a bareword's
/// file name or `require` of a value.
pub type RequireValue = fn(&mut Vm, &[u8], i64) -> Result<Val, crate::exception::Thrown>;

/// What only the tool can do; `None` in programs without a compiler.
#[derive(Clone, Copy, Debug, Default)]
pub struct Hooks {
    /// `eval STRING`.
    pub eval_string: Option<EvalString>,
    /// `require EXPR` and `do EXPR`.
    pub require_value: Option<RequireValue>,
    /// For the hooks' own use.
    pub data: usize,
}

/// The machine.
#[repr(C)]
#[derive(Debug)]
pub struct Vm {
    /// What compiled code reads and writes.
    pub abi: layout::Vm,
    /// Plain Perl 5 rules.
    pub compat: bool,
    /// What only the tool can do.
    pub hooks: Hooks,
    /// A caught interrupt that the program itself does not handle ends what runs.
    pub interruptible: bool,
    /// `use strict` is in force for the whole program: a text is no reference.
    pub(crate) strict_refs: bool,
    /// First place of the value stack.
    pub(crate) stack_base: *mut Val,
    pub(crate) stack_bytes: usize,
    pub(crate) graves: Graves,
    pub(crate) burying: bool,
    pub(crate) weak: BTreeMap<u64, Ptr<Weak>>,
    /// The keys that restricted hashes may have, by their address.
    pub(crate) restricted: BTreeMap<u64, crate::value::Table>,
    /// What tied arrays and hashes are tied to, by their address.
    pub(crate) ties: BTreeMap<u64, crate::magic::Tied>,
    /// Objects of globs that are tied, by the address of the glob.
    pub(crate) tied_handles: BTreeMap<u64, Val>,
    pub(crate) globs: BTreeMap<Vec<u8>, GlobRef>,
    pub(crate) known: Known,
    pub(crate) flight: Flight,
    pub(crate) trace: Vec<crate::exception::TraceLine>,
    pub(crate) tries: Vec<TryRecord>,
    pub(crate) saves: Vec<Saved>,
    pub(crate) classes: Classes,
    pub(crate) output: Output,
    pub(crate) patterns: Patterns,
    pub(crate) specials: Specials,
    pub(crate) random: Rand48,
    pub(crate) seeded: bool,
    pub(crate) tests: crate::assert::Tests,
    pub(crate) ends: Vec<Val>,
    pub(crate) loaded: BTreeMap<Vec<u8>, ()>,
    pub(crate) flip_flops: BTreeMap<i64, i64>,
    pub(crate) code: crate::code::Running,
    pub(crate) overload_depth: u32,
    pub(crate) builtins: crate::builtin::Table,
    pub(crate) world: crate::builtin::World,
    pub(crate) fibers: crate::fiber::Fibers,
    /// `%ENV` has what the process was given.
    pub(crate) environment_filled: bool,
    /// Memory for texts on their way to a value; who takes it gives it back.
    pub(crate) buffer: Vec<u8>,
}

/// Names the runtime itself uses.
#[derive(Clone, Copy, Debug)]
pub struct Known {
    /// `$a`
    pub a: GlobRef,
    /// `$b`
    pub b: GlobRef,
    /// `$_`, `@_`
    pub topic: GlobRef,
    /// `$@`
    pub error: GlobRef,
    /// `STDIN`
    pub stdin: GlobRef,
    /// `STDOUT`
    pub stdout: GlobRef,
    /// `STDERR`
    pub stderr: GlobRef,
    /// `@ARGV`
    pub argv: GlobRef,
    /// `%ENV`
    pub env: GlobRef,
    /// `%SIG`
    pub sig: GlobRef,
    /// `%INC`, `@INC`
    pub inc: GlobRef,
}

impl Vm {
    /// A machine without a program.
    ///
    /// # Panics
    /// When not even address space for its stack can be had.
    #[must_use]
    pub fn new(options: Options) -> Box<Self> {
        let (base, bytes) = map_stack();
        let end = base.wrapping_add(bytes / size_of::<Val>());
        let mut globs = BTreeMap::new();
        let known = {
            let mut name = |name: &[u8]| crate::glob::find_in(&mut globs, name);
            Known {
                a: name(b"main::a"),
                b: name(b"main::b"),
                topic: name(b"main::_"),
                error: name(b"main::@"),
                stdin: name(b"main::STDIN"),
                stdout: name(b"main::STDOUT"),
                stderr: name(b"main::STDERR"),
                argv: name(b"main::ARGV"),
                env: name(b"main::ENV"),
                sig: name(b"main::SIG"),
                inc: name(b"main::INC"),
            }
        };
        let mut vm = Box::new(Self {
            abi: layout::Vm {
                top: base,
                base,
                end,
                stack_limit: options.stack_limit,
                frame: core::ptr::null_mut(),
                exception: UNDEF,
                pending: s_sys::signals_cell().as_ptr(),
                names: UNDEF,
            },
            compat: options.compat,
            hooks: Hooks::default(),
            interruptible: false,
            stack_base: base,
            stack_bytes: bytes,
            graves: Vec::new(),
            burying: false,
            weak: BTreeMap::new(),
            restricted: BTreeMap::new(),
            ties: BTreeMap::new(),
            tied_handles: BTreeMap::new(),
            globs,
            known,
            flight: Flight::Die,
            trace: Vec::new(),
            tries: Vec::new(),
            saves: Vec::new(),
            classes: Classes::new(),
            output: Output::new(),
            patterns: Patterns::default(),
            specials: Specials::new(options.script_name.clone()),
            random: Rand48::new(0),
            seeded: false,
            tests: crate::assert::Tests::default(),
            ends: Vec::new(),
            loaded: BTreeMap::new(),
            strict_refs: false,
            flip_flops: BTreeMap::new(),
            code: crate::code::Running::default(),
            overload_depth: 0,
            builtins: crate::builtin::Table::default(),
            world: crate::builtin::World::default(),
            fibers: crate::fiber::Fibers::default(),
            environment_filled: false,
            buffer: Vec::new(),
        });
        vm.start(options);
        vm
    }

    fn start(&mut self, options: Options) {
        crate::cell::set(self, Ptr(self.known.error.scalar), crate::value::EMPTY);
        for argument in &options.args {
            let value = self.input_string(argument);
            crate::array::push(&mut Ptr(self.known.argv.array), value);
        }
        self.watch_special(self.known.env);
        self.watch_special(self.known.sig);
        crate::output::open_standard(self);
    }

    /// Fills `%ENV` with what the process was given: before compiled code that names it runs, and before it
    /// is found by name.
    pub fn fill_environment(&mut self) {
        if self.environment_filled {
            return;
        }
        self.environment_filled = true;
        for (name, content) in s_sys::environment() {
            let value = self.input_string(&content);
            crate::hash::set_text(self, Ptr(self.known.env.hash), &name, value);
        }
    }

    /// Puts folders behind what `@INC` holds.
    pub fn fill_include(&mut self, folders: &[alloc::string::String]) {
        for folder in folders {
            let value = self.input_string(folder.as_bytes());
            crate::array::push(&mut Ptr(self.known.inc.array), value);
        }
    }

    /// The files that have run, by their names.
    pub fn loaded_files<C: FromIterator<Vec<u8>>>(&self) -> C {
        self.loaded.keys().cloned().collect()
    }

    /// The texts that `@INC` holds.
    pub fn include(&mut self) -> Vec<Vec<u8>> {
        let list = Ptr(self.known.inc.array);
        let values: Vec<Val> = (0..list.len).map(|at| crate::array::element(&list, at)).collect();
        values.into_iter().filter_map(|value| self.text(value).ok().map(|text| text.to_vec())).collect()
    }

    /// Gives children what `%ENV` holds now: before each is started.
    pub(crate) fn pass_environment(&mut self) {
        if !self.environment_filled {
            return;
        }
        let table = Ptr(self.known.env.hash);
        for (name, _) in s_sys::environment() {
            let key = crate::string::Text(crate::string::string(&name));
            if crate::hash::lookup(table, crate::hash::normal(key.0)).is_none() {
                s_sys::environment_remove(&name);
            }
        }
        for (key, value) in crate::hash::pairs(table) {
            if let (Ok(name), Ok(content)) = (self.text(key), self.text(value)) {
                s_sys::environment_set(&name, &content);
            }
            self.release(key);
            self.release(value);
        }
    }

    /// Gives the memory of [`Vm::buffer`] back, unless it grew large.
    pub(crate) fn keep_buffer(&mut self, buffer: Vec<u8>) {
        if buffer.capacity() <= 1 << 16 {
            self.buffer = buffer;
        }
    }

    /// A string that came from outside.
    #[must_use]
    pub fn input_string(&self, content: &[u8]) -> Val {
        crate::string::string(content)
    }
}

impl Drop for Vm {
    fn drop(&mut self) {
        crate::output::flush_everything(self);
        // SAFETY: the stack was mapped in `new`; nobody uses it any more.
        let _ = unsafe { s_sys::munmap(self.stack_base.cast(), self.stack_bytes) };
    }
}

fn map_stack() -> (*mut Val, usize) {
    let protection = s_sys::PROT_READ | s_sys::PROT_WRITE;
    let mut bytes = STACK_BYTES;
    while bytes >= 1 << 20 {
        if let Ok(base) = s_sys::map_anonymous(bytes, protection, s_sys::MAP_NORESERVE) {
            return (base.cast(), bytes);
        }
        bytes /= 4;
    }
    let bytes = 1 << 20;
    (crate::memory::raw_allocate(bytes).cast(), bytes)
}
