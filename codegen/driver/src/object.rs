//! A whole module as pieces of an executable: code, constants, and the image that the start code finds.
//!
//! [`object`] compiles every function that the main function and the named functions reach, in as many
//! threads as it is given, to the same pieces whatever their number. Pieces refer to each other by number
//! and to the runtime by symbol; a linker puts them where it likes. No piece holds source text: names,
//! constant strings and patterns are what the program itself works with. Of a module whose statements
//! are marked there are pieces for debuggers too (`debug`).

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::mem::{offset_of, size_of};
use std::sync::atomic::{AtomicUsize, Ordering};

use s_abi::builtins::BUILTINS;
use s_abi::layout::{
    AssetRow, DefinitionRow, FileName, FunctionInfo, IMAGE, IMMORTAL, Image, NameRow, PatternRow, Routine,
    Site, Str, image_flag, kind,
};
use s_core::value::{FLAG_HASHED, FLAG_WIDE};
use s_ir::op::Op;
use s_ir::{FuncId, Module, Rt};
use s_native::{Code, CompileError, Compiler, FixupKind, Machine, Symbol, Target};

use crate::debug::{self, Described};

mod codes;

pub use codes::Codes;
use codes::{Coded, Compiled};

/// A compiled module.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Object {
    /// Its parts; what a linker need not keep is kept by nobody.
    pub pieces: Vec<Piece>,
    /// Functions that were compiled.
    pub functions: usize,
}

/// A function, a constant or a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece {
    /// A name for people: that of a function, or what it is. Not unique, except for the image.
    pub name: String,
    /// What memory it needs.
    pub memory: Memory,
    /// What its address has to be a multiple of.
    pub align: u32,
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// Addresses to be filled in.
    pub references: Vec<Reference>,
}

/// What memory a piece needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Memory {
    /// Instructions.
    Code,
    /// Constants.
    Constant,
    /// Constants that hold addresses.
    Addresses,
    /// Variables.
    Variable,
    /// Variables that begin as zeros, which the bytes are.
    Zeros,
    /// None: only debuggers read it, and it keeps nothing. Pieces of one name are a section.
    Debug,
}

/// A place in a piece that holds an address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reference {
    /// Where.
    pub offset: u32,
    /// In which form.
    pub kind: FixupKind,
    /// Of what.
    pub of: Of,
    /// Added to it.
    pub addend: i64,
}

/// What an address is of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Of {
    /// A piece of the same object.
    Piece(usize),
    /// A place in the same piece.
    Here(u32),
    /// A symbol of the runtime.
    Runtime(String),
}

/// Compiles a module for the machine of the codes, which know some of it already, and all of it afterwards.
///
/// # Errors
///
/// A pattern that does not compile, or a defect of the compiler.
pub fn object(module: &Module, codes: &mut Codes, threads: usize) -> Result<Object, CompileError> {
    for (text, flags) in &module.regexes {
        s_core::pattern::check(text, *flags, module.compat)
            .map_err(|message| CompileError { name: "a pattern".to_owned(), message })?;
    }
    let functions = reached(module);
    let codes = compile(module, codes, &functions, threads)?;
    let mut maker = Maker {
        module,
        makes_floats: codes.iter().any(|(body, _)| body.makes_floats),
        warns: functions.iter().any(|function| {
            module.functions[function.id.index()]
                .blocks
                .iter()
                .flat_map(|block| &block.insts)
                .any(|inst| inst.names.is_some())
        }),
        methods: Methods::of(module, &functions),
        pieces: Vec::new(),
        known: HashMap::new(),
        texts: HashMap::new(),
        tables: [None; 2],
    };
    maker.pieces.push(Piece {
        name: IMAGE.to_owned(),
        memory: Memory::Addresses,
        align: 8,
        bytes: Vec::new(),
        references: Vec::new(),
    });
    // Code first, so that it can be referred to.
    let mut made = Vec::with_capacity(codes.len());
    let mut described = Vec::new();
    for (Reached { id, .. }, (body, entry)) in functions.iter().zip(codes) {
        let name = &module.functions[id.index()].name;
        let mut add = |symbol, name: String, code: Code| {
            if module.lines {
                described.push(Described {
                    piece: maker.pieces.len(),
                    size: code.bytes.len(),
                    function: *id,
                    name: name.clone(),
                    is_entry: matches!(symbol, Symbol::Entry(_)),
                    lines: code.lines,
                });
            }
            let sites = code.sites as usize * size_of::<Site>();
            made.push((maker.code(name, code.bytes, code.alignment), code.fixups));
            maker.known.insert(symbol, maker.pieces.len() - 1);
            if sites > 0 {
                let words = Words { bytes: vec![0; sites], ..Words::default() };
                let piece = maker.push("sites", Memory::Zeros, words);
                maker.known.insert(Symbol::Sites(*id), piece);
            }
        };
        add(Symbol::Function(*id), name.clone(), body);
        if let Some(entry) = entry {
            add(Symbol::Entry(*id), format!("{name}.entry"), entry);
        }
    }
    for (piece, fixups) in made {
        let references = fixups
            .iter()
            .map(|fixup| {
                let (of, inside) = match fixup.target {
                    Target::Here(at) => (Of::Here(at), 0),
                    Target::Symbol(symbol) => maker.of(symbol),
                };
                Reference {
                    offset: u32::try_from(fixup.offset).expect("a function is smaller than 4 GiB"),
                    kind: fixup.kind,
                    of,
                    addend: fixup.addend + inside,
                }
            })
            .collect();
        maker.pieces[piece].references = references;
    }
    maker.image();
    if module.lines {
        let first = maker.pieces.len();
        let debug = debug::pieces(module, &described, first)
            .map_err(|message| CompileError { name: "what debuggers read".to_owned(), message })?;
        maker.pieces.extend(debug);
    }
    Ok(Object { pieces: maker.pieces, functions: functions.len() })
}

/// What the code generator is given for each function, as text.
///
/// # Errors
///
/// A defect of the compiler.
pub fn clif(module: &Module, machine: Machine) -> Result<String, CompileError> {
    let mut compiler = Compiler::target(machine)?;
    texts(module, |id| Ok(compiler.text(module, id)))
}

/// The machine code of each function, as text.
///
/// # Errors
///
/// A defect of the compiler.
pub fn assembly(module: &Module, machine: Machine) -> Result<String, CompileError> {
    let mut compiler = Compiler::target(machine)?;
    texts(module, |id| compiler.assembly(module, id))
}

fn texts(
    module: &Module,
    mut text: impl FnMut(FuncId) -> Result<String, CompileError>,
) -> Result<String, CompileError> {
    let mut out = String::new();
    for function in reached(module) {
        out.push_str("; ");
        out.push_str(&module.functions[function.id.index()].name);
        out.push('\n');
        out.push_str(&text(function.id)?);
        out.push('\n');
    }
    Ok(out)
}

/// A function that can be reached.
#[derive(Clone, Copy)]
struct Reached {
    id: FuncId,
    /// Also called with arguments in memory.
    entry: bool,
}

/// The functions that can be reached from the main function and from what is found by name, in
/// ascending order.
fn reached(module: &Module) -> Vec<Reached> {
    let mut seen = vec![false; module.functions.len()];
    let mut entry = vec![false; module.functions.len()];
    let mut todo = vec![FuncId(0)];
    let named = module.definitions.iter().map(|(_, function)| *function);
    // What is only called directly has no entry, and nobody looks it up.
    todo.extend(named.filter(|function| module.functions[function.index()].escapes));
    for class in &module.classes {
        todo.extend(class.methods.iter().filter_map(|method| method.function));
        todo.extend(class.fields.iter().filter_map(|field| field.default));
    }
    for id in &todo {
        entry[id.index()] = true;
    }
    while let Some(id) = todo.pop() {
        if std::mem::replace(&mut seen[id.index()], true) {
            continue;
        }
        for inst in module.functions[id.index()].blocks.iter().flat_map(|block| &block.insts) {
            match inst.op {
                Op::Call(callee) => todo.push(callee),
                Op::Closure(callee) => {
                    entry[callee.index()] = true;
                    todo.push(callee);
                }
                _ => {}
            }
        }
    }
    let reached = (0..).zip(seen.iter().zip(&entry)).filter(|(_, (seen, _))| **seen);
    reached.map(|(index, (_, entry))| Reached { id: FuncId(index), entry: *entry }).collect()
}

/// What compiles patterns when it is called: no builtin does.
const PATTERN_FUNCTIONS: [&str; 10] = [
    "rt.constant_pattern",
    "rt.pattern",
    "rt.match_once",
    "rt.match_next",
    "rt.match_list",
    "rt.match_all",
    "rt.match_all_value",
    "rt.subst_begin",
    "rt.split",
    "rt.split_text",
];

/// What method calls may mean beside functions of the program.
struct Methods {
    builtins: MethodBuiltins,
    /// What the program starts with for methods that few programs carry.
    starts: BTreeSet<&'static str>,
}

/// The builtins that method calls may mean.
enum MethodBuiltins {
    /// The name of a method of a pipeline is computed somewhere.
    Any,
    /// Names and rows of these.
    Named(BTreeMap<String, u32>),
}

impl Methods {
    fn of(module: &Module, functions: &[Reached]) -> Methods {
        let mut names = BTreeMap::new();
        let mut starts = BTreeSet::new();
        let mut add = |name: &str| {
            let row = BUILTINS.binary_search_by(|row| row.name.cmp(name)).ok();
            let row = row.and_then(|row| u32::try_from(row).ok());
            if let Some(row) = row.filter(|row| s_core::builtin::cell(*row).is_some()) {
                names.insert(name.to_owned(), row);
            }
        };
        let (mut computed, mut pipelines) = (false, false);
        for Reached { id, .. } in functions {
            let func = &module.functions[id.index()];
            let (mut texts, mut numbers) = (HashMap::new(), HashMap::new());
            let insts = func.blocks.iter().flat_map(|block| &block.insts);
            for inst in insts.clone() {
                match (&inst.op, inst.result) {
                    (Op::Str(text), Some(value)) => {
                        texts.insert(value, text);
                    }
                    (Op::Int(number), Some(value)) => {
                        numbers.insert(value, *number);
                    }
                    _ => {}
                }
            }
            for inst in insts {
                match inst.op {
                    Op::Rt(Rt::call_dynamic) => computed = true,
                    Op::Rt(Rt::assert) => {
                        let row = numbers.get(&inst.args[0]).and_then(|row| usize::try_from(*row).ok());
                        starts.extend(row.and_then(|row| s_core::late::start_of_builtin(BUILTINS[row].name)));
                    }
                    Op::Builtin(row) => {
                        starts.extend(s_core::late::start_of_builtin(BUILTINS[row as usize].name));
                        pipelines |= s_core::builtin::makes_pipelines(BUILTINS[row as usize].name);
                    }
                    Op::CallMethod(_) | Op::CallMethodList(_) => match texts.get(&inst.args[0]) {
                        // `super` and `maybe` are part of the text.
                        Some(name) => {
                            if let Ok(name) = std::str::from_utf8(&module.strings[name.index()].0) {
                                let name = name.rsplit("::").next().unwrap_or(name).trim_end_matches('?');
                                add(name);
                                starts.extend(s_core::late::start_of_method(name));
                            }
                        }
                        None => computed = true,
                    },
                    _ => {}
                }
            }
        }
        // `UNIVERSAL::can` and the like are methods that are called as functions.
        let universal = module.globals.iter().filter_map(|name| name.strip_prefix("UNIVERSAL::"));
        starts.extend(universal.filter_map(s_core::late::start_of_method));
        if computed {
            starts.extend(s_core::late::METHOD_STARTS);
        }
        if computed && pipelines {
            starts.extend(s_core::late::BUILTIN_STARTS);
            return Methods { builtins: MethodBuiltins::Any, starts };
        }
        if computed {
            let names = BUILTINS.iter().map(|row| row.name);
            names.filter(|name| s_core::builtin::is_handle_method(name.as_bytes())).for_each(add);
        }
        Methods { builtins: MethodBuiltins::Named(names), starts }
    }
}

fn compile(
    module: &Module,
    codes: &mut Codes,
    functions: &[Reached],
    threads: usize,
) -> Result<Vec<Compiled>, CompileError> {
    let next = AtomicUsize::new(0);
    let known: &Codes = codes;
    let work = || -> Result<Vec<(usize, Coded)>, CompileError> {
        let mut compiler = None;
        let mut done = Vec::new();
        loop {
            let index = next.fetch_add(1, Ordering::Relaxed);
            let Some(function) = functions.get(index) else { return Ok(done) };
            done.push((index, known.code(module, *function, &mut compiler)?));
        }
    };
    let workers = threads.clamp(1, functions.len().max(1));
    let results: Vec<_> = if workers == 1 {
        vec![work()]
    } else {
        std::thread::scope(|scope| {
            let handles: Vec<_> = (0..workers).map(|_| scope.spawn(work)).collect();
            handles
                .into_iter()
                .map(|handle| handle.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
                .collect()
        })
    };
    let mut all = Vec::with_capacity(functions.len());
    for result in results {
        all.extend(result?);
    }
    all.sort_by_key(|(index, _)| *index);
    Ok(codes.keep(all.into_iter().map(|(_, made)| made).collect()))
}

struct Maker<'a> {
    module: &'a Module,
    makes_floats: bool,
    warns: bool,
    methods: Methods,
    pieces: Vec<Piece>,
    known: HashMap<Symbol, usize>,
    texts: HashMap<Vec<u8>, usize>,
    tables: [Option<usize>; 2],
}

/// A table of words, some of which are addresses.
#[derive(Default)]
struct Words {
    bytes: Vec<u8>,
    references: Vec<Reference>,
}

impl Words {
    fn word(&mut self, word: u64) {
        self.bytes.extend_from_slice(&word.to_le_bytes());
    }

    fn address(&mut self, of: Of) {
        let offset = u32::try_from(self.bytes.len()).expect("a table is smaller than 4 GiB");
        self.references.push(Reference { offset, kind: FixupKind::Abs64, of, addend: 0 });
        self.word(0);
    }

    /// The address of a table and the number of its rows; null where there is none.
    fn rows(&mut self, piece: Option<usize>, count: usize) {
        match piece {
            Some(piece) => self.address(Of::Piece(piece)),
            None => self.word(0),
        }
        self.word(count as u64);
    }
}

const WORD: usize = 8;

// The tables below are written word by word, in the order of the fields.
const _: () = {
    assert!(offset_of!(FunctionInfo, name) == 0 && offset_of!(FunctionInfo, name_len) == WORD);
    assert!(offset_of!(FunctionInfo, id) == 2 * WORD && offset_of!(FunctionInfo, pos) == 2 * WORD + 4);
    assert!(offset_of!(FunctionInfo, files) == 3 * WORD && size_of::<FunctionInfo>() == 4 * WORD);
    assert!(offset_of!(FileName, name) == 0 && offset_of!(FileName, package) == 2 * WORD);
    assert!(size_of::<FileName>() == 4 * WORD);
    assert!(offset_of!(NameRow, glob) == 0 && offset_of!(NameRow, name) == WORD);
    assert!(size_of::<NameRow>() == 3 * WORD);
    assert!(offset_of!(PatternRow, pattern) == 0 && offset_of!(PatternRow, text) == WORD);
    assert!(offset_of!(PatternRow, flags) == 3 * WORD && size_of::<PatternRow>() == 4 * WORD);
    assert!(offset_of!(Routine, info) == 0 && size_of::<Routine>() == 2 * WORD);
    assert!(offset_of!(DefinitionRow, routine) == WORD && size_of::<DefinitionRow>() == 3 * WORD);
    assert!(offset_of!(Image, main) == WORD && offset_of!(Image, names) == 3 * WORD);
    assert!(offset_of!(Image, definitions) == 5 * WORD && offset_of!(Image, routines) == 7 * WORD);
    assert!(offset_of!(Image, starts) == 9 * WORD && offset_of!(Image, declarations) == 11 * WORD);
    assert!(offset_of!(Image, data) == 13 * WORD && size_of::<Image>() == 17 * WORD);
    assert!(offset_of!(AssetRow, name) == 0 && offset_of!(AssetRow, name_len) == WORD);
    assert!(offset_of!(AssetRow, content) == 2 * WORD && size_of::<AssetRow>() == 3 * WORD);
    assert!(offset_of!(Str, len) == 2 * WORD && offset_of!(Str, capacity) == 3 * WORD);
    assert!(offset_of!(Str, hash) == 4 * WORD && size_of::<Str>() == 5 * WORD);
};

impl Maker<'_> {
    fn push(&mut self, name: &str, memory: Memory, words: Words) -> usize {
        self.pieces.push(Piece {
            name: name.to_owned(),
            memory,
            align: 8,
            bytes: words.bytes,
            references: words.references,
        });
        self.pieces.len() - 1
    }

    fn code(&mut self, name: String, bytes: Vec<u8>, alignment: u64) -> usize {
        self.pieces.push(Piece {
            name,
            memory: Memory::Code,
            align: u32::try_from(alignment).expect("a small alignment"),
            bytes,
            references: Vec::new(),
        });
        self.pieces.len() - 1
    }

    /// Bytes as they are.
    fn text(&mut self, name: &str, bytes: &[u8]) -> usize {
        if let Some(piece) = self.texts.get(bytes) {
            return *piece;
        }
        self.pieces.push(Piece {
            name: name.to_owned(),
            memory: Memory::Constant,
            align: 1,
            bytes: bytes.to_vec(),
            references: Vec::new(),
        });
        self.texts.insert(bytes.to_vec(), self.pieces.len() - 1);
        self.pieces.len() - 1
    }

    /// What a symbol is, and how far into it.
    fn of(&mut self, symbol: Symbol) -> (Of, i64) {
        if let Some(name) = outside(symbol) {
            return (Of::Runtime(name), 0);
        }
        if let Symbol::Glob(id) = symbol {
            // All names stand in one table, which the start of the program walks through.
            let offset = id.index() * size_of::<NameRow>();
            return (Of::Piece(self.names()), i64::try_from(offset).expect("a table is smaller than 4 GiB"));
        }
        if let Some(piece) = self.known.get(&symbol) {
            return (Of::Piece(*piece), 0);
        }
        let piece = match symbol {
            Symbol::Info(id) => self.info(id),
            Symbol::String(id) => {
                let (bytes, wide) = &self.module.strings[id.index()];
                self.string(bytes, *wide)
            }
            Symbol::Regex(id) => self.pattern(id),
            Symbol::Assets(id) => self.assets(id),
            symbol => unreachable!("{symbol:?} is no part of an object, or was not reached"),
        };
        self.known.insert(symbol, piece);
        (Of::Piece(piece), 0)
    }

    /// A string object that lives for ever.
    fn string(&mut self, bytes: &[u8], wide: bool) -> usize {
        let flags = FLAG_HASHED | if wide { FLAG_WIDE } else { 0 };
        let mut words = Self::string_head(bytes.len(), flags, 0, s_core::string::hash_bytes(bytes));
        words.bytes.extend_from_slice(bytes);
        self.push("string", Memory::Constant, words)
    }

    fn string_head(len: usize, flags: u8, aux: u16, hash: u64) -> Words {
        let mut words = Words::default();
        let kind = u64::from(kind::STR) << 32;
        words.word(u64::from(IMMORTAL) | kind | u64::from(flags) << 40 | u64::from(aux) << 48);
        words.word(0);
        words.word(len as u64);
        words.word(len as u64);
        words.word(hash);
        words
    }

    /// The assets of a package: first a row with its name, then one for each.
    fn assets(&mut self, id: u32) -> usize {
        let table = &self.module.assets[id as usize];
        let len = (table.rows.len() + 1) * size_of::<AssetRow>();
        let mut words = Self::string_head(len, FLAG_HASHED, s_core::asset::TABLE, 0);
        let package = self.text("name", table.package.as_bytes());
        words.rows(Some(package), table.package.len());
        words.word(0);
        for (name, bytes) in &table.rows {
            let text = self.text("name", name.as_bytes());
            words.rows(Some(text), name.len());
            match bytes {
                Some(id) => words.address(self.of(Symbol::String(*id)).0),
                None => words.word(0),
            }
        }
        self.push("assets", Memory::Addresses, words)
    }

    fn pattern(&mut self, id: u32) -> usize {
        let (text, flags) = &self.module.regexes[id as usize];
        let piece = self.text("pattern", text);
        let mut words = Words::default();
        words.word(0);
        words.rows(Some(piece), text.len());
        words.word(flags.cast_unsigned());
        self.push("pattern.row", Memory::Variable, words)
    }

    fn info(&mut self, id: FuncId) -> usize {
        let func = &self.module.functions[id.index()];
        let name = self.text("name", func.name.as_bytes());
        let files = self.files();
        let mut words = Words::default();
        words.rows(Some(name), func.name.len());
        words.word(u64::from(id.0) | u64::from(func.pos) << 32);
        words.address(Of::Piece(files));
        self.push(&format!("{}.info", func.name), Memory::Addresses, words)
    }

    /// The names of source files.
    fn files(&mut self) -> usize {
        self.table(Table::Files, |maker| {
            let mut words = Words::default();
            for file in &maker.module.files {
                let piece = maker.text("file", file.name.as_bytes());
                words.rows(Some(piece), file.name.len());
                let package =
                    (!file.package.is_empty()).then(|| maker.text("package", file.package.as_bytes()));
                words.rows(package, file.package.len());
            }
            maker.push("files", Memory::Addresses, words)
        })
    }

    /// The names of package variables and functions.
    fn names(&mut self) -> usize {
        self.table(Table::Names, |maker| {
            let mut words = Words::default();
            for name in &maker.module.globals {
                let piece = maker.text("name", name.as_bytes());
                words.word(0);
                words.rows(Some(piece), name.len());
            }
            maker.push("names", Memory::Variable, words)
        })
    }

    fn table(&mut self, table: Table, make: impl FnOnce(&mut Self) -> usize) -> usize {
        if let Some(piece) = self.tables[table as usize] {
            return piece;
        }
        let piece = make(self);
        self.tables[table as usize] = Some(piece);
        piece
    }

    fn routine(&mut self, words: &mut Words, id: FuncId) {
        let (info, _) = self.of(Symbol::Info(id));
        words.address(info);
        let (entry, _) = self.of(Symbol::Entry(id));
        words.address(entry);
    }

    /// Whether the code refers to one of these functions of the runtime.
    fn refers_to(&self, names: &[&str]) -> bool {
        let references = self.pieces.iter().flat_map(|piece| &piece.references);
        references.into_iter().any(|reference| match &reference.of {
            Of::Runtime(name) => names.contains(&name.as_str()),
            _ => false,
        })
    }

    /// The image, which is the first piece.
    fn image(&mut self) {
        let module = self.module;
        let mut image = Words::default();
        image.word(if module.compat { image_flag::COMPAT } else { 0 });
        self.routine(&mut image, FuncId(0));

        let names = (!module.globals.is_empty()).then(|| self.names());
        image.rows(names, module.globals.len());

        let mut definitions = Words::default();
        let mut count = 0;
        for (glob, function) in &module.definitions {
            // What is only called directly has no entry, and nobody looks it up.
            if module.functions[function.index()].escapes {
                let (names, inside) = self.of(Symbol::Glob(*glob));
                definitions.address(names);
                definitions.references.last_mut().expect("just written").addend = inside;
                self.routine(&mut definitions, *function);
                count += 1;
            }
        }
        let definitions = (count > 0).then(|| self.push("definitions", Memory::Addresses, definitions));
        image.rows(definitions, count);

        let mut routines = Words::default();
        let mut numbered = Vec::new();
        let declarations = (!crate::declarations::are_empty(module)).then(|| {
            crate::declarations::write(module, |function| {
                numbered.push(function);
                u32::try_from(numbered.len() - 1).expect("fewer than 2^32 functions")
            })
        });
        for function in &numbered {
            self.routine(&mut routines, *function);
        }
        let routines = (!numbered.is_empty()).then(|| self.push("routines", Memory::Addresses, routines));
        image.rows(routines, numbered.len());

        let mut starts = Words::default();
        if !module.transliterations.is_empty() {
            starts.address(Of::Runtime("rt.use_transliterations".to_owned()));
        }
        if module.compat && self.refers_to(&PATTERN_FUNCTIONS) {
            starts.address(Of::Runtime("rt.use_bytes_patterns".to_owned()));
        }
        if definitions.is_some() {
            starts.address(Of::Runtime("rt.define".to_owned()));
        }
        if declarations.is_some() {
            starts.address(Of::Runtime("rt.declare".to_owned()));
        }
        if self.makes_floats {
            starts.address(Of::Runtime("rt.use_floats".to_owned()));
        }
        if self.warns {
            starts.address(Of::Runtime("rt.use_warnings".to_owned()));
        }
        if module.globals.iter().any(|name| name == "main::SIG") {
            starts.address(Of::Runtime("rt.use_handlers".to_owned()));
        }
        if module.globals.iter().any(|name| name == "main::ENV") {
            starts.address(Of::Runtime("rt.fill_environment".to_owned()));
        }
        if module.globals.iter().any(|name| name == "main::all") {
            starts.address(Of::Runtime("rt.fill_names".to_owned()));
        }
        if module.data.is_some() {
            starts.address(Of::Runtime("rt.open_data".to_owned()));
        }
        for start in &self.methods.starts {
            starts.address(Of::Runtime((*start).to_owned()));
        }
        let (methods, count_of_methods) = match &self.methods.builtins {
            MethodBuiltins::Any => {
                starts.address(Of::Runtime("rt.every_builtin".to_owned()));
                (None, 0)
            }
            MethodBuiltins::Named(names) if names.is_empty() => (None, 0),
            MethodBuiltins::Named(names) => {
                starts.address(Of::Runtime("rt.use_methods".to_owned()));
                let names = names.clone();
                let mut words = Words::default();
                for (name, row) in &names {
                    words.rows(Some(self.text("name", name.as_bytes())), name.len());
                    words.address(self.of(Symbol::Builtin(*row)).0);
                }
                (Some(self.push("methods", Memory::Addresses, words)), names.len())
            }
        };
        let count = starts.references.len();
        let starts = (count > 0).then(|| self.push("starts", Memory::Addresses, starts));
        image.rows(starts, count);

        let declarations = declarations.map(|bytes| (self.text("declarations", &bytes), bytes.len()));
        image.rows(declarations.map(|(piece, _)| piece), declarations.map_or(0, |(_, len)| len));

        // Text that is empty is there all the same: its handle is at its end.
        let data = module.data.as_ref().map(|text| self.text("data", text));
        image.rows(data, module.data.as_ref().map_or(0, Vec::len));

        image.rows(methods, count_of_methods);

        self.pieces[0].bytes = image.bytes;
        self.pieces[0].references = image.references;
    }
}

/// Tables of which there is one.
#[derive(Clone, Copy)]
enum Table {
    Files,
    Names,
}

/// The symbol of the runtime that a symbol is.
fn outside(symbol: Symbol) -> Option<String> {
    Some(match symbol {
        Symbol::Runtime(function) => format!("rt.{}", function.signature().name),
        Symbol::NewCode => "rt.new_code".to_owned(),
        Symbol::Pattern => "rt.constant_pattern".to_owned(),
        Symbol::Builtin(row) => {
            let name = s_core::builtin::cell_name(row).expect("what is not there does not compile");
            format!("rt.builtin.{name}")
        }
        _ => return None,
    })
}
