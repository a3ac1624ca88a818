//! The builtins that are ordinary functions of their arguments: a table by the row numbers of
//! `s_abi::builtins`, filled from the files by subject.
//!
//! A function borrows its arguments, already evaluated as the row says (for a function first and a
//! list behind it: the function is the first). It returns an owned value, or LIST with the values on
//! the value stack, which it may do in list context only. An alias is its target.

use alloc::vec::Vec;

use s_abi::builtins::{BUILTINS, find};
use s_abi::layout::{self, Image, MethodRow, Val, want};

use crate::array;
use crate::exception::Thrown;
use crate::text::sprintf::OUTPUT_MAX;
use crate::value::{Array, UNDEF, ValExt, int};
use crate::vm::Vm;

/// The functions of a file, each in a [`Cell`] of its own, which compiled code refers to; and their names, for
/// whom asks for no more.
macro_rules! functions {
    ($(($name:literal, $function:expr $(,)?)),* $(,)?) => {
        pub(super) static FUNCTIONS: super::Functions = &[$(($name, {
            #[cfg_attr(feature = "exports", unsafe(export_name = concat!("rt.builtin.", $name)))]
            static CELL: super::Cell = super::Cell($function);
            &CELL
        })),*];
        pub(super) static NAMES: &[&str] = &[$($name),*];
    };
}

mod assets;
mod codec;
mod data;
mod database;
mod file;
mod hashes;
mod host;
pub(crate) mod ipc;
mod lists;
mod misc;
mod numbers;
pub mod process;
mod ready;
mod report;
pub(crate) mod socket;
mod strings;
pub mod text;
mod time;
mod web;

/// A builtin.
pub type Function = fn(&mut Vm, &[Val], u64) -> Result<Val, Thrown>;

/// Where the function of a builtin stands.
#[derive(Debug)]
#[repr(transparent)]
pub struct Cell(Function);

/// Whether a method call on a handle may mean the builtin of that name: those that take a handle first.
#[must_use]
pub fn is_handle_method(name: &[u8]) -> bool {
    matches!(
        name,
        b"bind"
            | b"binmode"
            | b"close"
            | b"closedir"
            | b"connect"
            | b"eof"
            | b"fcntl"
            | b"fileno"
            | b"flock"
            | b"getc"
            | b"getpeername"
            | b"getsockname"
            | b"getsockopt"
            | b"isa"
            | b"listen"
            | b"lstat"
            | b"readdir"
            | b"readline"
            | b"rewinddir"
            | b"seek"
            | b"seekdir"
            | b"select"
            | b"send"
            | b"setsockopt"
            | b"shutdown"
            | b"stat"
            | b"sysseek"
            | b"syswrite"
            | b"tell"
            | b"telldir"
            | b"truncate"
    )
}

/// Whether the builtin of that name makes pipelines, on which a method call may mean any builtin of lists.
#[must_use]
pub fn makes_pipelines(name: &str) -> bool {
    matches!(name, "par_pipeline" | "pipeline")
}

/// Builtins that method calls may mean.
#[derive(Debug, Default)]
pub struct Table {
    /// All of them by row, where [`every_builtin`] was called.
    rows: Vec<Row>,
    /// Those the program names, in ascending order.
    named: &'static [MethodRow],
}

/// What is known of a row.
#[derive(Clone, Copy, Debug)]
enum Row {
    /// Nobody has asked.
    Unknown,
    /// Its function, if there is one.
    Known(Option<Function>),
}

/// How `write` writes to a handle.
#[derive(Debug)]
pub(crate) struct Form {
    /// `$~`, the name of the format, where it is not that of the handle.
    pub(crate) name: Option<Vec<u8>>,
    /// `$^`, the name of the top of form.
    pub(crate) top: Option<Vec<u8>>,
    /// `$=`, the lines of a page.
    pub(crate) page_length: i64,
    /// `$-`, how many of them are left.
    pub(crate) lines_left: i64,
    /// `$%`, the number of the page.
    pub(crate) page: i64,
}

impl Default for Form {
    fn default() -> Self {
        Self { name: None, top: None, page_length: 60, lines_left: 0, page: 0 }
    }
}

/// What builtins keep between calls.
#[derive(Debug, Default)]
pub struct World {
    /// END blocks run.
    pub(crate) ending: bool,
    /// How handles write formats, by the address of their names.
    pub(crate) forms: alloc::collections::BTreeMap<u64, Form>,
    /// Where `getpwent` and `getgrent` are.
    pub(crate) next_user: usize,
    pub(crate) next_group: usize,
    /// The same of the tables of hosts, networks, protocols and services.
    pub(crate) next_entry: [usize; 4],
    /// The jump under way to a loop of a caller: which, the label, and how the message begins that is
    /// thrown meanwhile.
    pub(crate) far_jump: Option<(i64, Vec<u8>, Vec<u8>)>,
    /// Files are text in UTF-8 where nothing else is said: `use open ':utf8'`.
    pub(crate) utf8_files: bool,
    /// This process is a child made by `fork`.
    pub(crate) forked: bool,
    /// The names that places of the program have still to go through, the next one last.
    pub(crate) globbing: alloc::collections::BTreeMap<i64, Vec<Vec<u8>>>,
    /// Temporary files and directories to remove at the end.
    pub(crate) temporary: Vec<Vec<u8>>,
}

/// Functions with their names.
type Functions = &'static [(&'static str, &'static Cell)];

/// The builtins by subject: the functions, and beside them the names with the kind that `%all` gives them. Who
/// refers to the names takes no function along.
macro_rules! parts {
    ($(($kind:literal, $part:ident)),* $(,)?) => {
        static PARTS: &[Functions] = &[$($part::FUNCTIONS),*];
        static KINDS: &[(&str, &[&str])] = &[$(($kind, $part::NAMES)),*];
    };
}

parts![
    ("file", assets),
    ("codec", codec),
    ("codec", data),
    ("process", database),
    ("file", file),
    ("hash", hashes),
    ("process", host),
    ("process", ipc),
    ("list", lists),
    ("core", misc),
    ("math", numbers),
    ("process", process),
    ("core", report),
    ("network", socket),
    ("string", strings),
    ("string", text),
    ("time", time),
    ("network", web),
];

fn cell_of(name: &str) -> Option<&'static Cell> {
    PARTS.iter().copied().flatten().find(|(known, _)| *known == name).map(|found| found.1)
}

/// The cell of a row's function, if there is one.
#[must_use]
pub fn cell(row: u32) -> Option<&'static Cell> {
    let row = BUILTINS.get(row as usize)?;
    cell_of(row.name).or_else(|| row.alias_of.and_then(cell_of))
}

/// The name of the builtin whose cell is linked for a row.
#[must_use]
pub fn cell_name(row: u32) -> Option<&'static str> {
    let row = BUILTINS.get(row as usize)?;
    [Some(row.name), row.alias_of].into_iter().flatten().find(|name| cell_of(name).is_some())
}

impl Table {
    /// The function of a row; a row is found when it is first asked for.
    fn function(&mut self, number: usize) -> Option<Function> {
        if self.rows.is_empty() {
            self.rows.resize(BUILTINS.len(), Row::Unknown);
        }
        match self.rows.get(number)? {
            Row::Known(function) => *function,
            Row::Unknown => {
                let function = cell(number as u32).map(|cell| cell.0);
                self.rows[number] = Row::Known(function);
                function
            }
        }
    }
}

/// Whether a builtin of that name is here.
#[must_use]
pub fn implemented(name: &str) -> bool {
    cell_of(name).is_some()
        || find(name).and_then(|row| row.alias_of).is_some_and(|target| cell_of(target).is_some())
}

/// Builtins that work on several things at once.
static PARALLEL: &[&str] = &[
    "async",
    "await",
    "barrier",
    "fan",
    "gen",
    "par_pipeline",
    "pchannel",
    "pfor",
    "pgrep",
    "pipeline",
    "pmap",
    "pmap_chunked",
    "pmap_reduce",
    "pany",
    "pall",
    "preduce",
    "pselect",
    "psort",
    "spawn",
    "yield",
];

impl Vm {
    /// Fills `%all`: the names of the language and what kind each is of.
    pub fn fill_names(&mut self) {
        let table = crate::value::Ptr(self.glob(b"main::all").hash);
        for row in BUILTINS {
            let part = KINDS.iter().find(|part| part.1.contains(&row.name));
            let kind = match part.map(|part| part.0) {
                _ if PARALLEL.contains(&row.name) => "parallel",
                Some(kind) => kind,
                None => "core",
            };
            crate::hash::set_text(self, table, row.name.as_bytes(), crate::string::string(kind.as_bytes()));
        }
    }
}

/// The rows of builtins that one function carries out, with their names: so it need not carry the table of all.
pub(crate) const fn rows<const COUNT: usize>(names: &[&'static str; COUNT]) -> [(i64, &'static str); COUNT] {
    let mut rows = [(0, ""); COUNT];
    let mut at = 0;
    while at < COUNT {
        rows[at] = (s_abi::builtins::number(names[at]) as i64, names[at]);
        at += 1;
    }
    rows
}

/// The name of a row, of those that are known here; empty for any other.
pub(crate) fn name_among(rows: &[(i64, &'static str)], number: i64) -> &'static str {
    rows.iter().find(|row| row.0 == number).map_or("", |row| row.1)
}

/// Any builtin may be meant by a method call from now on: said by who compiles into this process.
pub fn every_builtin() {
    crate::late::BUILTIN.set(|vm, name| {
        let row = BUILTINS.binary_search_by(|row| row.name.cmp(name)).ok()?;
        vm.builtins.function(row)
    });
}

/// The start of programs in which the name of a method of a pipeline may be computed.
///
/// # Safety
/// None of its arguments is used.
#[cfg_attr(feature = "exports", unsafe(export_name = "rt.every_builtin"))]
pub unsafe extern "C" fn use_every_builtin(_machine: *mut layout::Vm, _image: *const Image) {
    every_builtin();
}

/// Takes the builtins that the program's method calls may mean.
pub(crate) fn use_methods(vm: &mut Vm, named: &'static [MethodRow]) {
    vm.builtins.named = named;
    crate::late::BUILTIN.set(|vm, name| {
        // SAFETY: rows are constants of the image.
        let text = |row: &MethodRow| unsafe { core::slice::from_raw_parts(row.name, row.name_len) };
        let at = vm.builtins.named.binary_search_by(|row| text(row).cmp(name.as_bytes())).ok()?;
        // SAFETY: the row has the address of one of the cells.
        Some(unsafe { &*vm.builtins.named[at].cell.cast::<Cell>() }.0)
    });
}

/// The builtin that a method call means, if it may be one.
pub(crate) fn by_name(vm: &mut Vm, name: &[u8]) -> Option<Function> {
    let name = core::str::from_utf8(name).ok()?;
    crate::late::BUILTIN.get()?(vm, name)
}

/// Runs the builtin of a cell on the list from the mark, which it consumes.
pub fn call_builtin(vm: &mut Vm, cell: i64, mark: i64, wanted: i64) -> Result<Val, Thrown> {
    // SAFETY: compiled code passes the address of one of the cells above.
    let function = unsafe { &*(cell as usize as *const Cell) }.0;
    let result = match vm.check_operands(vm.list(mark)) {
        Ok(()) => function(vm, vm.list(mark), wanted as u64),
        Err(thrown) => Err(thrown),
    };
    let result = vm.settle(mark, result)?;
    if let Err(thrown) = vm.poll_signals() {
        if result.w0 == layout::tag::LIST {
            vm.drop_list(mark);
        } else {
            vm.release(result);
        }
        return Err(thrown);
    }
    Ok(result)
}

/// The values from the mark as a person reads them: one as `ddump` has it, on one line where it fits;
/// several in parentheses; none as nothing.
pub fn shown(vm: &mut Vm, mark: i64) -> Result<Vec<u8>, Thrown> {
    codec::shown(vm, mark)
}

/// `eval STRING`: the list from the mark is references to what is visible, then the site, then the
/// wanted context; it is consumed. What the text throws is caught where it is compiled; that it could
/// not be compiled is caught here.
pub fn eval_string(vm: &mut Vm, text: Val, mark: i64) -> Result<Val, Thrown> {
    let error = crate::value::Ptr(vm.known.error.scalar);
    let result = match vm.text(text) {
        Ok(source) => {
            let record = vm.try_record();
            crate::cell::set(vm, error, crate::value::EMPTY);
            let result = match vm.hooks.eval_string {
                Some(hook) => hook(vm, &source, vm.list(mark)),
                None => Err(vm.die(b"eval STRING: code generation is not available in this binary")),
            };
            let wanted = vm.list(mark).last().map_or(want::SCALAR, |last| last.w1);
            match result {
                Ok(value) => {
                    crate::cell::set(vm, error, crate::value::EMPTY);
                    Ok(value)
                }
                Err(Thrown) => vm.catch(&record).and_then(|thrown| {
                    crate::cell::set(vm, error, thrown);
                    listed_last(vm, Vec::new(), wanted)
                }),
            }
        }
        Err(thrown) => Err(thrown),
    };
    vm.settle(mark, result)
}

/// `require EXPR`, `do EXPR`.
pub fn require_value(vm: &mut Vm, value: Val, which: i64) -> Result<Val, Thrown> {
    if value.is_numeric() {
        return Ok(int(1));
    }
    let name = vm.text(value)?;
    match vm.hooks.require_value {
        Some(hook) => hook(vm, &name, which),
        None if vm.loaded.keys().any(|file| is_module(file, &name)) => Ok(int(1)),
        None => {
            let shown = alloc::string::String::from_utf8_lossy(&name).into_owned();
            Err(vm.die_fmt(format_args!(
                "Can't locate {shown} in @INC (a file of a computed name cannot be loaded in this binary)"
            )))
        }
    }
}

/// Whether a file is that of a module, named as `require` takes it: in a folder `lib`, where modules are.
fn is_module(file: &[u8], name: &[u8]) -> bool {
    let stem = |path: &[u8]| match path.iter().rposition(|byte| *byte == b'.') {
        Some(dot) => path[..dot].to_vec(),
        None => path.to_vec(),
    };
    let mut wanted = Vec::new();
    let mut parts = name.split(|byte| *byte == b':').filter(|part| !part.is_empty());
    if let Some(first) = parts.next() {
        wanted.extend_from_slice(first);
    }
    for part in parts {
        wanted.push(b'/');
        wanted.extend_from_slice(part);
    }
    if wanted.ends_with(b".pm") || wanted.ends_with(b".stk") {
        wanted = stem(&wanted);
    }
    let file = stem(file);
    file.strip_suffix(&wanted[..]).is_some_and(|before| before == b"lib/" || before.ends_with(b"/lib/"))
}

// What the files by subject share.

/// An argument, undef when missing.
fn arg(arguments: &[Val], n: usize) -> Val {
    arguments.get(n).copied().unwrap_or(UNDEF)
}

/// Owned values as the result: a list, or their number where one value is wanted.
fn listed(vm: &mut Vm, values: Vec<Val>, wanted: u64) -> Result<Val, Thrown> {
    if wanted == want::LIST {
        let mark = vm.height() as i64;
        vm.push_all(&values)?;
        return Ok(vm.list_as_result(mark, want::LIST));
    }
    let count = values.len() as i64;
    vm.release_all(&values);
    Ok(int(count))
}

/// Owned values as a list, or the last where one is wanted.
fn listed_last(vm: &mut Vm, mut values: Vec<Val>, wanted: u64) -> Result<Val, Thrown> {
    if wanted == want::LIST {
        return listed(vm, values, wanted);
    }
    let last = values.pop().unwrap_or(UNDEF);
    vm.release_all(&values);
    Ok(last)
}

/// The elements of a list that may be references themselves: one array alone stands for its elements.
fn elements(vm: &mut Vm, arguments: &[Val]) -> Vec<Val> {
    match arguments {
        [_] => flat(vm, arguments),
        _ => arguments.iter().map(|value| value.retained()).collect(),
    }
}

/// Arguments with array references spread one level, borrowed from the arguments' arrays: owned.
#[cfg_attr(feature = "exports", unsafe(export_name = "hot.builtin.flat"))]
fn flat(vm: &mut Vm, arguments: &[Val]) -> Vec<Val> {
    let mut out = Vec::with_capacity(arguments.len());
    for &value in arguments {
        match value.as_array() {
            Some(array) => {
                for at in 0..array.len {
                    out.push(array::element(&array, at));
                }
            }
            None => match crate::extension::set_of(value) {
                Some(table) => {
                    for (key, value) in crate::hash::pairs(table) {
                        vm.release(key);
                        out.push(value);
                    }
                }
                None => out.push(value.retained()),
            },
        }
    }
    out
}

/// The same for other parts of the runtime.
pub(crate) fn spread(vm: &mut Vm, arguments: &[Val]) -> Vec<Val> {
    flat(vm, arguments)
}

/// Runs `work` on the flattened arguments and releases them.
fn with_flat<T>(
    vm: &mut Vm,
    arguments: &[Val],
    work: impl FnOnce(&mut Vm, &[Val]) -> Result<T, Thrown>,
) -> Result<T, Thrown> {
    let values = flat(vm, arguments);
    let result = work(vm, &values);
    vm.release_all(&values);
    result
}

/// A new array value of owned values.
fn array_value(values: &[Val]) -> Val {
    crate::value::aref(array::from_values(values))
}

/// An array argument, or a new one of the rest of the arguments; owned.
fn array_argument(vm: &mut Vm, value: Val) -> Result<Array, Thrown> {
    crate::containers::deref_arr(vm, value)
}

/// The length a program names for a text that is made for it, or another when it names none.
fn text_length(vm: &mut Vm, value: Val, otherwise: usize) -> Result<usize, Thrown> {
    if value.is_undef() {
        return Ok(otherwise);
    }
    let length = vm.integer(value)?.max(0) as usize;
    if length > OUTPUT_MAX {
        return Err(vm.die(b"Out of memory: a string is too long"));
    }
    Ok(length)
}

/// A list of groups, each an array: what the only argument holds when that is an array of arrays,
/// otherwise the arguments themselves. Owned.
fn groups(vm: &mut Vm, arguments: &[Val]) -> Vec<Val> {
    if let [_] = arguments {
        let inner = flat(vm, arguments);
        if !inner.is_empty() && inner.iter().all(|value| value.as_array().is_some()) {
            return inner;
        }
        vm.release_all(&inner);
    }
    arguments.iter().map(|value| value.retained()).collect()
}

#[cfg(test)]
mod tests {
    use alloc::collections::BTreeSet;

    use super::*;

    #[test]
    fn each_builtin_has_one_function_and_a_row() {
        let mut seen = BTreeSet::new();
        for (name, _) in PARTS.iter().copied().flatten() {
            assert!(find(name).is_some(), "`{name}` has a function and no row");
            assert!(seen.insert(*name), "`{name}` has two functions");
        }
    }
}
