//! The resolver: its state, its two passes, how functions, scopes and tables are built.
//!
//! The parts: `names` (variables, packages, globals), `stmt`, `loops`, `function`, `class`, `expr`,
//! `place` (declarations and assignments), `call`, `builtin`, `iterate` (`map`, `sort`, ...), `pipe`,
//! `string`, `pattern` (regexes), `matching` (`match`, `given`), `fold`, `effects`.
//!
//! Invariants: `contexts` is never empty while something is resolved; scopes and frames are pushed
//! and popped in pairs; both passes declare the same variables at the same places.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use s_diag::{Code, Diagnostic};
use s_syntax::ast::{self, LVALUE_TWIN, Span};

use crate::big::Big;
use crate::hir::{
    self, ClassId, Expr, ExprKind, FunctionId, Global, GlobalId, Local, LocalId, LoopId, Params, Pos,
    RegexId, Storage, TransId, VarKind,
};
use crate::scope::{Binding, FnFacts, Knowledge, Names, Place, Scope, VarFacts, VarKey};
use crate::session::Session;
use crate::source::{self, Unit};
use crate::walk::{self, Node};
use crate::{Analysis, Assets, Files, Options};

/// Depth of a syntax tree that is resolved on the caller's stack.
const SHALLOW: usize = 40;
/// Stack of the thread for deeper ones.
const DEEP_STACK: usize = 512 << 20;
/// Nesting of expressions and statements that is followed.
pub(crate) const MAX_NESTING: u32 = 4500;
/// Literal texts evaluated in a program.
pub(crate) const MAX_EVALS: usize = 2000;

/// The context an expression is in, as far as it is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Want {
    Void,
    Scalar,
    List,
    /// That of the caller.
    Caller,
}

/// What kind of function is being resolved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FnKind {
    /// The body of a file.
    File,
    /// A named function or a phase block: it sees variables of the file as globals.
    Named,
    Anonymous,
    /// A comparator of `sort`.
    Compare,
}

/// A loop or block that can be left.
pub(crate) struct LoopScope {
    pub(crate) label: Option<String>,
    pub(crate) id: LoopId,
    /// For `when`: `given` is left, a loop goes on.
    pub(crate) given: bool,
}

/// A function being resolved.
pub(crate) struct Context {
    pub(crate) kind: FnKind,
    pub(crate) id: FunctionId,
    /// File and offset.
    pub(crate) key: (u32, u32),
    pub(crate) locals: Vec<Local>,
    pub(crate) keys: Vec<Option<VarKey>>,
    pub(crate) captures: Vec<(LocalId, LocalId)>,
    pub(crate) captured: HashMap<VarKey, LocalId>,
    pub(crate) loops: Vec<LoopScope>,
    pub(crate) next_loop: u32,
    /// Scopes of `eval`, `try` and `defer` around.
    pub(crate) protection: u32,
    /// `@_`.
    pub(crate) args: Option<LocalId>,
    /// Position of the first topic among the arguments: 1 in methods.
    pub(crate) first_slot: u32,
    /// Hidden variables of topics: (slot, variable).
    pub(crate) topics: Vec<(u32, LocalId)>,
    /// Places of arguments by position, as far as they have one besides `@_`.
    pub(crate) arguments: Vec<Option<Place>>,
    /// Topics that are read as elements of `@_`.
    pub(crate) read: Vec<VarKey>,
    /// Arguments that leading statements have shifted off.
    pub(crate) shifted: u32,
    pub(crate) uses_want: bool,
    pub(crate) uses_args: bool,
    pub(crate) aliases: bool,
    pub(crate) effects: u8,
    pub(crate) calls: Vec<FunctionId>,
    /// Statements that run before all others: phase blocks and imports.
    pub(crate) prologue: Vec<hir::Stmt>,
    /// `UNITCHECK`, `CHECK` and `INIT` blocks.
    pub(crate) phases: [Vec<hir::Stmt>; 3],
    /// How many loops are around.
    pub(crate) in_loop: u32,
    /// The declared type of the result.
    pub(crate) result: Option<hir::TypeName>,
    /// The function is a method of that class.
    pub(crate) class: Option<String>,
    /// Its statements are in packages that its name does not say.
    pub(crate) elsewhere: bool,
}

/// How an evaluated text begins.
#[derive(Default)]
pub(crate) struct TextStart {
    /// How many variables the function around had before it.
    pub(crate) locals: usize,
    /// Gives functions that stand anywhere in the text their names.
    pub(crate) names: Vec<hir::Stmt>,
}

/// What topics are found in.
pub(crate) struct Frame {
    /// Depth of the function it belongs to.
    pub(crate) depth: usize,
    pub(crate) kind: FrameKind,
    /// Values by position.
    pub(crate) slots: Vec<Option<Place>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FrameKind {
    File,
    Function,
    Block,
}

/// A class with the names of its parents and traits: class, file, package, `extends`, `impl`.
pub(crate) type ClassLink = (ClassId, u32, String, Vec<ast::Name>, Vec<ast::Name>);

/// A named function that the program declares.
#[derive(Clone, Copy)]
pub(crate) struct Declared {
    pub(crate) id: FunctionId,
    pub(crate) count: u32,
    pub(crate) key: (u32, u32),
}

/// What is resolved.
#[derive(Clone, Copy)]
pub(crate) enum Start<'u> {
    /// A program, or a part of one that sees nothing of the rest.
    Program,
    /// A computed `eval`: its package, and the variables that it sees.
    Eval(&'u str, &'u [String]),
    /// An entry of a session.
    Entry(&'u Session),
}

/// The resolver.
pub(crate) struct Resolver<'u> {
    pub(crate) units: Vec<Arc<Unit>>,
    pub(crate) files: &'u dyn Files,
    pub(crate) options: &'u Options,
    /// What the first pass found; `None` in the first pass.
    pub(crate) prior: Option<Knowledge>,
    pub(crate) now: Knowledge,
    pub(crate) functions: Vec<Option<hir::Function>>,
    pub(crate) calls: Vec<Vec<FunctionId>>,
    pub(crate) globals: Vec<Global>,
    global_ids: HashMap<(VarKind, String), GlobalId>,
    pub(crate) classes: Vec<hir::Class>,
    pub(crate) class_names: HashMap<String, ClassId>,
    regexes: Vec<hir::Regex>,
    regex_ids: HashMap<hir::Regex, RegexId>,
    transliterations: Vec<hir::Trans>,
    pub(crate) names: Names,
    pub(crate) contexts: Vec<Context>,
    pub(crate) frames: Vec<Frame>,
    pub(crate) package: String,
    pub(crate) file: u32,
    pub(crate) diagnostics: Vec<Diagnostic>,
    /// A function has been called at file level, which may see later variables without values.
    pub(crate) called_early: bool,
    /// Known values of package variables that such a function may look at too early.
    pub(crate) late: HashSet<GlobalId>,
    /// The same of variables of the file.
    pub(crate) late_locals: HashSet<VarKey>,
    /// Builtins called at run time, and what to say if one is not there.
    pub(crate) builtins: BTreeMap<&'static str, Diagnostic>,
    pub(crate) nesting: u32,
    pub(crate) flips: u32,
    /// `use constant`, by full name.
    pub(crate) constants: HashMap<String, Vec<Expr>>,
    pub(crate) declared: HashMap<String, Declared>,
    /// Functions by where they stand.
    pub(crate) declared_at: HashMap<(u32, u32), FunctionId>,
    /// Functions that run files, by unit.
    pub(crate) file_functions: Vec<Option<FunctionId>>,
    /// Units of literal `eval`s, by where they stand.
    pub(crate) evals: HashMap<(u32, u32), usize>,
    /// Braces around the place: for the implicit function of a bare topic.
    pub(crate) braces: u32,
    /// There is much stack.
    pub(crate) deep: bool,
    /// Prototypes of functions by full name.
    pub(crate) prototypes: HashMap<String, String>,
    /// How many arguments named functions take whose signatures say so (`--compat`).
    pub(crate) arities: HashMap<String, crate::function::Arity>,
    /// `use integer` is in force.
    pub(crate) integer: bool,
    /// `use bigint` or `use bignum` is in force.
    pub(crate) big: Big,
    /// Of what operators warn here, and whether texts may be references: bits of `s_abi::warning`.
    pub(crate) warnings: u8,
    /// `use strict` was seen.
    pub(crate) strict: bool,
    /// `no strict 'vars'` was seen: package variables need not be declared.
    pub(crate) free_names: bool,
    /// A text is evaluated where texts may be references: they may be anywhere.
    pub(crate) lax: bool,
    /// `use utf8` was seen.
    pub(crate) utf8: bool,
    /// `use English` was seen.
    pub(crate) english: bool,
    /// Full names that `*NAME = *$` made names of special variables.
    pub(crate) special_aliases: HashMap<String, String>,
    /// Functions that yield places, by their names without packages.
    pub(crate) place_methods: HashSet<String>,
    /// Functions imported from modules whose functions are builtins.
    pub(crate) imported: HashSet<String>,
    /// Full names that a function of a supplied module goes by, also where they are those of builtins.
    pub(crate) overrides: HashSet<String>,
    /// Evaluated texts around the place.
    pub(crate) in_text: u32,
    /// What the innermost of these does before its statements.
    pub(crate) text: TextStart,
    /// Parents and traits of classes as written: class, file, package, `extends`, `impl`.
    pub(crate) links: Vec<ClassLink>,
    /// The class whose static method is being resolved.
    pub(crate) static_class: Option<String>,
    /// Variables as written: name with sigil, and where.
    pub(crate) written: HashMap<VarKey, (String, Span)>,
    /// The variable behind each one that is a parameter, or part of what a list is taken apart into.
    pub(crate) followers: HashMap<VarKey, VarKey>,
    pub(crate) findings: Vec<crate::Finding>,
    /// Variables declared without a value.
    pub(crate) unset: HashSet<VarKey>,
    /// Known packages: their names are classes rather than functions or texts.
    pub(crate) packages: HashSet<String>,
    /// Scalar being declared whose initialiser is resolved: functions in it may name it.
    pub(crate) pending: Vec<(String, Binding, bool)>,
    /// Hidden variables so far at one place, so that both passes name them alike.
    pub(crate) hidden: HashMap<(u32, u32, u32), u32>,
    /// What the entry of a session finds.
    pub(crate) session: Option<&'u Session>,
    /// What it leaves.
    pub(crate) left: Option<Session>,
    /// Tables of assets, each with what it was made of and whether their bytes are in it.
    pub(crate) asset_tables: Vec<(Arc<Assets>, bool, Arc<hir::AssetTable>)>,
}

/// Resolves parsed files.
pub(crate) fn run(units: Vec<Unit>, files: &dyn Files, options: &Options, start: Start<'_>) -> Analysis {
    let deep = units.iter().any(|unit| unit.depth > SHALLOW);
    let units: Vec<Arc<Unit>> = units.into_iter().map(Arc::new).collect();
    if !deep {
        return both(units, files, options, start, false);
    }
    let copy = units.clone();
    let result = std::thread::scope(|scope| {
        let builder = std::thread::Builder::new().stack_size(DEEP_STACK);
        let thread = builder.spawn_scoped(scope, || both(copy, files, options, start, true)).ok()?;
        thread.join().ok()
    });
    result.unwrap_or_else(|| {
        let source = &units[0].source;
        let message = "the program is nested too deeply for the memory there is";
        Analysis {
            program: hir::Program::default(),
            diagnostics: vec![Diagnostic::error(Code::TOO_DEEP, message).at(source, 0..0, "")],
            findings: Vec::new(),
            builtins: Vec::new(),
            session: None,
        }
    })
}

fn both<'u>(
    units: Vec<Arc<Unit>>,
    files: &'u dyn Files,
    options: &'u Options,
    start: Start<'u>,
    deep: bool,
) -> Analysis {
    let mut diagnostics = Vec::new();
    for unit in &units {
        for error in &unit.errors {
            diagnostics.push(source::diagnostic(&unit.source, error));
        }
    }
    let mut first = Resolver::new(units, files, options, None, HashMap::new());
    first.deep = deep;
    first.program(start);
    let Resolver { units, evals, now, .. } = first;
    let mut second = Resolver::new(units, files, options, Some(now), evals);
    second.deep = deep;
    second.program(start);
    second.finish(diagnostics)
}

/// An expression at a position.
pub(crate) fn mk(pos: Pos, kind: ExprKind) -> Expr {
    Expr { pos, kind }
}

impl<'u> Resolver<'u> {
    fn new(
        units: Vec<Arc<Unit>>,
        files: &'u dyn Files,
        options: &'u Options,
        prior: Option<Knowledge>,
        evals: HashMap<(u32, u32), usize>,
    ) -> Self {
        Resolver {
            units,
            files,
            options,
            prior,
            now: Knowledge::default(),
            functions: Vec::new(),
            calls: Vec::new(),
            globals: Vec::new(),
            global_ids: HashMap::new(),
            classes: Vec::new(),
            class_names: HashMap::new(),
            regexes: Vec::new(),
            regex_ids: HashMap::new(),
            transliterations: Vec::new(),
            names: Names::default(),
            contexts: Vec::new(),
            frames: Vec::new(),
            package: "main".to_owned(),
            file: 0,
            diagnostics: Vec::new(),
            called_early: false,
            late: HashSet::new(),
            late_locals: HashSet::new(),
            builtins: BTreeMap::new(),
            nesting: 0,
            flips: 0,
            constants: HashMap::new(),
            declared: HashMap::new(),
            declared_at: HashMap::new(),
            file_functions: Vec::new(),
            evals,
            braces: 0,
            english: false,
            special_aliases: HashMap::new(),
            deep: false,
            prototypes: HashMap::new(),
            arities: HashMap::new(),
            integer: false,
            big: Big::Not,
            place_methods: HashSet::new(),
            warnings: 0,
            strict: false,
            free_names: false,
            lax: false,
            utf8: false,
            imported: HashSet::new(),
            overrides: HashSet::new(),
            in_text: 0,
            text: TextStart::default(),
            links: Vec::new(),
            static_class: None,
            written: HashMap::new(),
            followers: HashMap::new(),
            findings: Vec::new(),
            unset: HashSet::new(),
            packages: HashSet::new(),
            pending: Vec::new(),
            hidden: HashMap::new(),
            session: None,
            left: None,
            asset_tables: Vec::new(),
        }
    }

    fn program(&mut self, start: Start<'u>) {
        let main = self.reserve();
        // What the program around an evaluated text declares is not known here.
        self.now.dynamic_code = !matches!(start, Start::Program);
        let (package, visible) = match start {
            Start::Program => ("main", None),
            Start::Eval(package, visible) => (package, Some(visible)),
            Start::Entry(session) => {
                self.session = Some(session);
                self.know_session(session);
                (session.package(), None)
            }
        };
        let evaluated: HashSet<usize> = self.evals.values().copied().collect();
        let files: Vec<usize> = (0..self.units.len()).filter(|n| !evaluated.contains(n)).collect();
        self.file_functions = vec![None; self.units.len()];
        self.file_functions[0] = Some(main);
        for &unit in &files[1..] {
            // What the machine has run already is only looked at for its names.
            let tree = &self.units[unit];
            if !tree.is_there && !self.session.is_some_and(|session| session.has_file(&tree.source.name)) {
                self.file_functions[unit] = Some(self.reserve());
            }
        }
        let first_package = |unit: usize| if unit == 0 || self.session.is_none() { package } else { "main" };
        let packages: Vec<&str> = (0..self.units.len()).map(first_package).collect();
        for &unit in &files {
            self.file = u32::try_from(unit).unwrap_or(u32::MAX);
            packages[unit].clone_into(&mut self.package);
            let tree = Arc::clone(&self.units[unit]);
            self.declare_all(&tree.ast.body, false);
        }
        self.link_classes();
        // What comes with the compiler goes first: its constants are known to the others.
        let (first, then): (Vec<usize>, Vec<usize>) =
            files.iter().partition(|&&unit| self.units[unit].supplied);
        for unit in first.into_iter().chain(then) {
            packages[unit].clone_into(&mut self.package);
            self.file_function(unit, if unit == 0 { visible } else { None });
        }
    }

    fn finish(mut self, mut diagnostics: Vec<Diagnostic>) -> Analysis {
        self.collect_findings();
        let compat = self.options.compat;
        let now = &self.now;
        let mut functions = Vec::with_capacity(self.functions.len());
        let uses_carp = self.uses_carp();
        for function in self.functions {
            // A reserved function without a body cannot be called; it keeps its number.
            functions.push(function.unwrap_or_else(|| hir::Function {
                name: "main::__NONE__".to_owned(),
                pos: Pos::default(),
                locals: Vec::new(),
                params: Params::Positional { scalars: Vec::new(), rest: None },
                captures: Vec::new(),
                body: hir::Block::default(),
                uses_want: false,
                last_of_list: !compat,
                global: None,
                effects: 0,
            }));
        }
        let files = self
            .units
            .iter()
            .enumerate()
            .map(|(n, unit)| hir::SourceFile {
                name: unit.source.name.clone(),
                package: unit.package.clone(),
                text: Arc::clone(&unit.source.text),
                function: self.file_functions.get(n).copied().flatten(),
                data: unit.data(),
            })
            .collect();
        let facts = hir::Facts {
            timely_drops: now.weakens || self.globals.iter().any(is_destructor),
            strict_refs: self.options.compat && self.strict && !self.lax,
            uses_caller: now.uses_caller,
            shows_arguments: now.uses_caller
                && self.options.compat
                && (self.globals.iter().any(is_arguments_of_frame) || uses_carp),
            overloads: now.overloads,
            ties: now.ties,
            dynamic_code: now.dynamic_code,
            names_functions: now.names_functions,
            interruptible: self.session.is_some() || self.globals.iter().any(is_signals),
            effects: crate::effects::reachable(&functions, &self.calls),
        };
        diagnostics.extend(self.diagnostics);
        let program = hir::Program {
            functions,
            globals: self.globals,
            classes: self.classes,
            regexes: self.regexes,
            transliterations: self.transliterations,
            files,
            facts,
            compat,
        };
        Analysis {
            program,
            diagnostics,
            findings: self.findings,
            builtins: self.builtins.into_iter().collect(),
            session: self.left,
        }
    }

    // --- where, and what is wrong

    /// Whether the program itself, and not only a module that comes with the compiler, uses Carp.
    fn uses_carp(&self) -> bool {
        let is_carp =
            |unit: usize| self.units.get(unit).is_some_and(|u| u.supplied && u.source.name == "Carp.pm");
        let mut own = self.units.iter().filter(|unit| !unit.supplied);
        own.any(|unit| unit.links.values().any(|link| link.as_ref().is_ok_and(|unit| is_carp(*unit))))
    }

    pub(crate) fn pos(&self, span: Span) -> Pos {
        let Some(unit) = self.units.get(self.file as usize) else {
            return Pos { file: self.file, line: 1, offset: span.start, warnings: self.warnings };
        };
        let (line, name) = unit.place(span.start);
        let elsewhere = self.contexts.last().is_some_and(|context| context.elsewhere);
        let part = name.or_else(|| unit.part_of_package(&self.package).filter(|_| elsewhere));
        let file = part.map_or(self.file, |part| u32::try_from(unit.aliases + part).unwrap_or(u32::MAX));
        Pos { file, line, offset: span.start, warnings: self.warnings }
    }

    /// An expression at a place of the text.
    pub(crate) fn at(&self, span: Span, kind: ExprKind) -> Expr {
        mk(self.pos(span), kind)
    }

    pub(crate) fn error(&mut self, code: Code, span: Span, message: impl Into<String>) {
        self.error_with(code, span, message, "", None);
    }

    pub(crate) fn error_with(
        &mut self,
        code: Code,
        span: Span,
        message: impl Into<String>,
        label: &str,
        hint: Option<String>,
    ) {
        const MOST: usize = 200;
        if self.prior.is_none() || self.diagnostics.len() >= MOST {
            return;
        }
        let source = &self.units[self.file as usize].source;
        let place = span.start as usize..span.end as usize;
        let mut found = Diagnostic::error(code, message).at(source, place, label);
        if let Some(hint) = hint {
            found = found.hint(hint);
        }
        self.diagnostics.push(found);
    }

    /// Counts a level of nesting; false when there are too many.
    pub(crate) fn enter(&mut self, span: Span) -> bool {
        self.nesting += 1;
        if self.nesting == MAX_NESTING {
            self.error(Code::TOO_DEEP, span, "the program is nested too deeply here");
        }
        self.nesting < MAX_NESTING
    }

    pub(crate) fn leave(&mut self) {
        self.nesting -= 1;
    }

    // --- tables

    pub(crate) fn reserve(&mut self) -> FunctionId {
        let id = FunctionId(u32::try_from(self.functions.len()).unwrap_or(u32::MAX));
        self.functions.push(None);
        self.calls.push(Vec::new());
        id
    }

    /// Whether a package variable has been named.
    pub(crate) fn has_global(&self, kind: VarKind, name: &str) -> bool {
        self.global_ids.contains_key(&(kind, name.to_owned()))
    }

    pub(crate) fn global(&mut self, kind: VarKind, name: &str) -> GlobalId {
        if let Some(&id) = self.global_ids.get(&(kind, name.to_owned())) {
            return id;
        }
        let id = GlobalId(u32::try_from(self.globals.len()).unwrap_or(u32::MAX));
        self.globals.push(Global { kind, name: name.to_owned() });
        self.global_ids.insert((kind, name.to_owned()), id);
        id
    }

    pub(crate) fn regex(&mut self, pattern: Vec<u8>, flags: String) -> RegexId {
        let regex = hir::Regex { pattern, flags };
        if let Some(&id) = self.regex_ids.get(&regex) {
            return id;
        }
        let id = RegexId(u32::try_from(self.regexes.len()).unwrap_or(u32::MAX));
        self.regexes.push(regex.clone());
        self.regex_ids.insert(regex, id);
        id
    }

    pub(crate) fn transliteration(&mut self, table: hir::Trans) -> TransId {
        let place = self.transliterations.iter().position(|known| *known == table);
        let place = place.unwrap_or_else(|| {
            self.transliterations.push(table);
            self.transliterations.len() - 1
        });
        TransId(u32::try_from(place).unwrap_or(u32::MAX))
    }

    // --- functions and scopes

    /// The function being resolved.
    pub(crate) fn cx(&mut self) -> &mut Context {
        self.contexts.last_mut().expect("a function is being resolved")
    }

    /// Depth of the function being resolved.
    pub(crate) fn depth(&self) -> usize {
        self.contexts.len() - 1
    }

    pub(crate) fn begin_function(&mut self, kind: FnKind, id: FunctionId, offset: u32) {
        self.contexts.push(Context {
            kind,
            id,
            key: (self.file, offset),
            locals: Vec::new(),
            keys: Vec::new(),
            captures: Vec::new(),
            captured: HashMap::new(),
            loops: Vec::new(),
            next_loop: 0,
            protection: 0,
            args: None,
            first_slot: 0,
            topics: Vec::new(),
            arguments: Vec::new(),
            read: Vec::new(),
            shifted: 0,
            uses_want: false,
            uses_args: false,
            aliases: false,
            effects: 0,
            calls: Vec::new(),
            prologue: Vec::new(),
            phases: [Vec::new(), Vec::new(), Vec::new()],
            in_loop: 0,
            result: None,
            class: None,
            elsewhere: kind == FnKind::File,
        });
        let frame_kind = if kind == FnKind::File { FrameKind::File } else { FrameKind::Function };
        self.frames.push(Frame { depth: self.contexts.len() - 1, kind: frame_kind, slots: Vec::new() });
        let depth = self.depth();
        self.names.push(depth);
    }

    /// Ends a function: chooses storage, stores it under its number.
    pub(crate) fn end_function(
        &mut self,
        name: String,
        pos: Pos,
        params: Params,
        mut body: hir::Block,
        global: Option<GlobalId>,
    ) {
        let scope = self.names.pop();
        self.restore(&scope);
        body.has_local |= scope.has_local;
        let mut declares = scope.declares;
        declares.append(&mut body.declares);
        body.declares = declares;
        self.frames.pop();
        let Some(mut context) = self.contexts.pop() else { return };
        let [unit_checks, checks, inits] = std::mem::take(&mut context.phases);
        context.prologue.extend(unit_checks.into_iter().rev());
        context.prologue.extend(checks.into_iter().rev());
        context.prologue.extend(inits);
        if !context.prologue.is_empty() {
            context.prologue.append(&mut body.stmts);
            body.stmts = std::mem::take(&mut context.prologue);
        }
        // A topic that the body assigns is no longer the argument.
        let assigned = |key: &VarKey| self.now.vars.get(key).is_some_and(|facts| facts.assigned > 0);
        let facts = FnFacts { uses_args: context.uses_args || context.read.iter().any(assigned) };
        self.now.aliases |= context.aliases;
        self.now.functions.insert(context.key, facts);
        // Functions end before what declares their captures, so storage is chosen by `settle`.
        let function = hir::Function {
            name,
            pos,
            locals: context.locals,
            params,
            captures: context.captures,
            body,
            uses_want: context.uses_want,
            last_of_list: !self.options.compat,
            global,
            effects: context.effects,
        };
        let place = context.id.index();
        self.calls[place] = context.calls;
        let function = self.settle(function, &context.keys);
        self.functions[place] = Some(function);
    }

    /// Chooses the storage of variables by what the first pass found about them.
    fn settle(&self, mut function: hir::Function, keys: &[Option<VarKey>]) -> hir::Function {
        let Some(prior) = &self.prior else { return function };
        for (place, (local, key)) in function.locals.iter_mut().zip(keys).enumerate() {
            let Some(key) = key else { continue };
            let facts = prior.vars.get(key).copied().unwrap_or_default();
            let id = LocalId(u32::try_from(place).unwrap_or(u32::MAX));
            let inner = function.captures.iter().any(|&(_, inner)| inner == id);
            local.is_final = facts.assigned == 0;
            if local.storage != Storage::Register {
                continue;
            }
            let alias = self.options.compat && prior.aliases && facts.passed;
            let shared = if local.kind == VarKind::Scalar {
                facts.referenced
                    || facts.protected
                    || alias
                    || (facts.captured && facts.assigned > 0)
                    || (facts.compared && facts.assigned_inside)
            } else {
                facts.referenced || facts.captured || facts.compared || alias || facts.protected
            };
            local.storage = match (shared, inner) {
                (true, _) => Storage::Cell,
                (false, true) => Storage::Copied,
                (false, false) => Storage::Register,
            };
        }
        function
    }

    /// What changed in a scope that ends is again as it was outside.
    fn restore(&mut self, scope: &Scope) {
        if let Some(package) = &scope.package {
            self.package.clone_from(package);
        }
        if let Some(integer) = scope.integer {
            self.integer = integer;
        }
        if let Some(big) = scope.big {
            self.big = big;
        }
        if let Some(warnings) = scope.warnings {
            self.warnings = warnings;
        }
    }

    /// A scope of names around what `inside` resolves.
    pub(crate) fn scoped<T>(&mut self, inside: impl FnOnce(&mut Self) -> T) -> (T, Scope) {
        let depth = self.depth();
        self.names.push(depth);
        let value = inside(self);
        let scope = self.names.pop();
        self.restore(&scope);
        if let Some((frame, place)) = scope.topic
            && let Some(frame) = self.frames.get_mut(frame)
        {
            set_slot(&mut frame.slots, 0, place);
        }
        (value, scope)
    }

    /// The statements of a scope as a block.
    pub(crate) fn block_of(&mut self, inside: impl FnOnce(&mut Self) -> Vec<hir::Stmt>) -> hir::Block {
        let (stmts, scope) = self.scoped(inside);
        hir::Block { stmts, has_local: scope.has_local, declares: scope.declares }
    }

    /// Makes a local of the current function that no name leads to.
    pub(crate) fn hidden(&mut self, offset: u32, name: &str, kind: VarKind) -> LocalId {
        let hash = name.bytes().fold(17_u32, |sum, byte| sum.wrapping_mul(31) ^ u32::from(byte));
        let count = self.hidden.entry((self.file, offset, hash)).or_insert(0);
        *count += 1;
        let tag = (hash << 8).wrapping_add(*count) | 1;
        let key = VarKey { file: self.file, offset, kind, tag };
        self.new_local(name, kind, Some(key))
    }

    /// Makes a local of the current function.
    pub(crate) fn new_local(&mut self, name: &str, kind: VarKind, key: Option<VarKey>) -> LocalId {
        let depth = self.depth();
        self.local_in(depth, name, kind, key)
    }

    pub(crate) fn local_in(
        &mut self,
        depth: usize,
        name: &str,
        kind: VarKind,
        key: Option<VarKey>,
    ) -> LocalId {
        let context = &mut self.contexts[depth];
        let id = LocalId(u32::try_from(context.locals.len()).unwrap_or(u32::MAX));
        context.locals.push(Local {
            name: name.to_owned(),
            kind,
            storage: Storage::Register,
            ty: None,
            is_final: false,
        });
        context.keys.push(key);
        if let Some(scope) = self.names.scopes.iter_mut().rev().find(|scope| scope.depth == depth) {
            scope.declares.push(id);
        }
        id
    }

    pub(crate) fn new_loop(&mut self) -> LoopId {
        let context = self.cx();
        let id = LoopId(context.next_loop);
        context.next_loop += 1;
        id
    }

    /// What the first pass found about a variable.
    pub(crate) fn prior(&self, key: VarKey) -> VarFacts {
        self.prior.as_ref().and_then(|prior| prior.vars.get(&key)).copied().unwrap_or_default()
    }

    /// What is noted about a variable in this pass.
    pub(crate) fn facts(&mut self, key: VarKey) -> &mut VarFacts {
        self.now.vars.entry(key).or_default()
    }

    // --- declarations before everything else

    /// Finds functions, classes, packages and constants in statements, in every depth.
    pub(crate) fn declare_all(&mut self, stmts: &[ast::Stmt], evaluated: bool) {
        let outer = self.package.clone();
        self.declare_in(stmts, evaluated);
        self.package = outer;
    }

    fn declare_in(&mut self, stmts: &[ast::Stmt], evaluated: bool) {
        for stmt in stmts {
            match &stmt.kind {
                ast::StmtKind::Package { name, body } => {
                    self.packages.insert(name.text.clone());
                    if let Some(body) = body {
                        let outer = std::mem::replace(&mut self.package, name.text.clone());
                        self.declare_in(&body.stmts, evaluated);
                        self.package = outer;
                    } else {
                        self.package.clone_from(&name.text);
                    }
                }
                ast::StmtKind::Struct(class) | ast::StmtKind::Class(class) | ast::StmtKind::Trait(class) => {
                    self.declare_class(stmt, class);
                    let package = self.package.clone();
                    self.declare_node(Node::Class(class), evaluated);
                    self.package = package;
                }
                ast::StmtKind::Enum { name, variants } => self.declare_enum(name, variants),
                _ => {
                    let package = self.package.clone();
                    self.declare_node(Node::Stmt(stmt), evaluated);
                    self.package = package;
                }
            }
        }
    }

    fn declare_node(&mut self, node: Node<'_>, evaluated: bool) {
        match node {
            Node::Block(block) => {
                let package = self.package.clone();
                self.declare_in(&block.stmts, evaluated);
                self.package = package;
                return;
            }
            Node::Stmt(ast::Stmt { kind: ast::StmtKind::Function(function), .. }) => {
                self.declare_function(function, evaluated);
            }
            Node::Expr(ast::Expr { kind: ast::ExprKind::Assign { target, op: None, value }, .. })
                if self.options.compat =>
            {
                self.note_special_alias(target, value);
            }
            _ => {}
        }
        let mut inner: Vec<Node<'_>> = Vec::new();
        walk::children(node, &mut |child| inner.push(child));
        for child in inner {
            self.declare_node(child, evaluated);
        }
    }

    fn declare_function(&mut self, function: &ast::Function, evaluated: bool) {
        let Some(name) = &function.name else { return };
        if function.body.is_none() {
            return;
        }
        let full = self.full_name(&name.text);
        let key = (self.file, function.span.start);
        if let Some(prototype) = &function.prototype {
            self.prototypes.insert(full.clone(), prototype.clone());
        }
        if let Some(params) = function.params.as_ref().filter(|_| self.options.compat) {
            self.arities.insert(full.clone(), crate::function::Arity::of(params));
        }
        if let Some(name) = full.strip_suffix(LVALUE_TWIN) {
            let bare = name.rsplit_once("::").map_or(name, |(_, bare)| bare);
            self.place_methods.insert(bare.to_owned());
        }
        self.declare_named(full, key, evaluated);
    }

    /// Notes a function of that full name.
    pub(crate) fn declare_named(&mut self, full: String, key: (u32, u32), evaluated: bool) -> FunctionId {
        if let Some(&id) = self.declared_at.get(&key) {
            return id;
        }
        let id = self.reserve();
        self.declared_at.insert(key, id);
        if let Some((package, _)) = full.rsplit_once("::") {
            self.packages.insert(package.to_owned());
        }
        if evaluated {
            self.now.replaced.insert(full.clone());
        }
        let known = self.declared.entry(full).or_insert(Declared { id, count: 0, key });
        known.count += 1;
        known.id = id;
        known.key = key;
        id
    }
}

/// Puts a value at a place of a list that grows.
pub(crate) fn set_slot(slots: &mut Vec<Option<Place>>, slot: usize, place: Option<Place>) {
    if slots.len() <= slot {
        slots.resize(slot + 1, None);
    }
    slots[slot] = place;
}

fn is_destructor(global: &Global) -> bool {
    global.kind == VarKind::Code && global.name.ends_with("::DESTROY")
}

/// `@DB::args`.
fn is_arguments_of_frame(global: &Global) -> bool {
    global.kind == VarKind::Array && global.name == "DB::args"
}

fn is_signals(global: &Global) -> bool {
    global.kind == VarKind::Hash && global.name == "main::SIG"
}
