//! The resolved tree: what a program means, with every name looked up.
//!
//! Differences from the syntax tree, each made by this crate so that lowering need not know the
//! surface language:
//!
//! - variables are [`LocalId`]s with facts, or [`GlobalId`]s (package variables by full name);
//! - topics (`_`, `_1`, `_<`, `$_` in default mode, `$a`/`$b` in blocks) are ordinary locals;
//! - `|>`, `~>`, `match`, `cond`, `given`, postfix forms, chained comparisons, interpolation,
//!   `unless`/`until`, destructuring and `use constant` are gone;
//! - calls are resolved: [`Callee::Function`] when the function is known for certain, a builtin with
//!   its arguments in the shape its table row asks for, a method by name, or a value;
//! - literal `eval STRING` is compiled in place as a block; constant expressions are folded;
//! - contexts are *not* stored: an expression means what it means in each context, and lowering
//!   asks for the one it needs (void, condition, scalar, list, or "as the caller wants" at the tail
//!   of a function). Where Perl forces a context the tree says so with [`ExprKind::Scalar`] or
//!   [`ExprKind::ListOf`].
//!
//! Every expression has a [`Pos`], which ends up in messages and stack traces.
//!
//! Long because it is one tree, and each kind of node says what it means.

/// A source position: file and line are what messages need; the offset finds the text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Pos {
    /// Index into [`Program::files`].
    pub file: u32,
    /// Line, counted from one.
    pub line: u32,
    /// Byte offset into the file.
    pub offset: u32,
    /// Of what operators that stand here warn when they run, and whether they take texts for references: bits
    /// of `s_abi::warning`.
    pub warnings: u8,
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => { $(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub u32);
        impl $name {
            /// The place in its table.
            pub fn index(self) -> usize {
                self.0 as usize
            }
        }
    )* };
}

ids! {
    /// A function, index into [`Program::functions`]. The first is the main program.
    FunctionId,
    /// A variable of one function, index into [`Function::locals`].
    LocalId,
    /// A package variable or function slot by full name, index into [`Program::globals`].
    GlobalId,
    /// A class, struct, enum or trait, index into [`Program::classes`].
    ClassId,
    /// A constant pattern, index into [`Program::regexes`].
    RegexId,
    /// A constant transliteration, index into [`Program::transliterations`].
    TransId,
    /// A loop or block that can be left, unique in its function.
    LoopId,
}

/// A whole program: the main file, everything it requires, and their tables.
#[derive(Clone, Debug, Default)]
pub struct Program {
    /// All functions; the first runs the main file. Files that are required are functions too.
    pub functions: Vec<Function>,
    /// Package variables and named functions by their full names.
    pub globals: Vec<Global>,
    /// Types that programs declare.
    pub classes: Vec<Class>,
    /// Constant patterns.
    pub regexes: Vec<Regex>,
    /// Constant transliterations.
    pub transliterations: Vec<Trans>,
    /// Names and texts of the files.
    pub files: Vec<SourceFile>,
    /// Functions to run at their phases, in the order in which they run (`BEGIN` bodies run where
    /// they stand in the main function). `END` blocks are installed by [`ExprKind::AtEnd`].
    pub facts: Facts,
    /// Plain Perl.
    pub compat: bool,
}

/// A file of a package that its program has in itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asset {
    /// Its name in the package.
    pub name: String,
    /// What is in it.
    pub bytes: std::sync::Arc<[u8]>,
}

/// What is known of the assets of a package when the program runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AssetTable {
    /// What the package is called.
    pub package: String,
    /// Names in ascending order; with their bytes where some name is computed.
    pub rows: Vec<(String, Option<std::sync::Arc<[u8]>>)>,
}

/// What holds for the whole program; each switches a cost off where it is false.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Facts {
    /// Some class has a `DESTROY` or `weaken` is called: variables live until their scope ends.
    pub timely_drops: bool,
    /// `use strict` holds somewhere in a program in plain Perl: texts are no references but where it says so.
    pub strict_refs: bool,
    /// `caller` is called.
    pub uses_caller: bool,
    /// Somebody may ask for the arguments of a function that runs: a trace by Carp, or `@DB::args`.
    pub shows_arguments: bool,
    /// `use overload` or operator methods of classes exist: operators on objects run code.
    pub overloads: bool,
    /// `tie` is called: reading a variable or an element may run code.
    pub ties: bool,
    /// A computed `eval`, `require` or `do FILE` exists: names may appear at run time.
    pub dynamic_code: bool,
    /// `&$name` or `\&$name` exists: any function may be called by a name that is computed.
    pub names_functions: bool,
    /// `%SIG` is named, or somebody types the program: every loop looks in each round, and every function
    /// where it begins, whether a signal came.
    pub interruptible: bool,
    /// Bits of `s_abi::builtins::effect` that the program can reach.
    pub effects: u8,
}

/// A file of the program.
#[derive(Clone, Debug)]
pub struct SourceFile {
    /// As given on the command line, or as resolved.
    pub name: String,
    /// The package of its statements; empty where their function says it.
    pub package: String,
    /// Its text.
    pub text: std::sync::Arc<str>,
    /// The function that runs it.
    pub function: Option<FunctionId>,
    /// What stands behind `__DATA__`.
    pub data: Option<std::sync::Arc<[u8]>>,
}

/// A package variable, or a named function, or a handle.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Global {
    /// Which of the kinds of this name.
    pub kind: VarKind,
    /// Full name without sigil: `main::x`, `Foo::bar`. Special variables are `main::,` and so on.
    /// A lexical of a file that named functions use is a global of the name `file:LINE:name`, which
    /// no program can write.
    pub name: String,
}

/// The kinds of variables.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "each is the sigil it is named after")]
pub enum VarKind {
    Scalar,
    Array,
    Hash,
    Code,
    Handle,
}

/// A function.
#[derive(Clone, Debug)]
pub struct Function {
    /// Full name, such as `main::f`; `__ANON__` in its package for anonymous ones.
    pub name: String,
    /// Where it begins.
    pub pos: Pos,
    /// Variables, parameters among them.
    pub locals: Vec<Local>,
    /// How arguments become variables.
    pub params: Params,
    /// Variables of the enclosing function that this one sees: (outer, inner), in order. An outer of
    /// `u32::MAX` is a `state` variable: a cell that is made, undefined, with the closure.
    pub captures: Vec<(LocalId, LocalId)>,
    /// What it does. The last statement is its value.
    pub body: Block,
    /// `wantarray` is read, or the tail depends on the context.
    pub uses_want: bool,
    /// `return`, or falling off the end, of an array gives its last element to a scalar caller
    /// (default mode); otherwise its count (Perl).
    pub last_of_list: bool,
    /// The function is a named one and hoisted: its global.
    pub global: Option<GlobalId>,
    /// Effects of its body, without those of what it calls.
    pub effects: u8,
}

/// How arguments become variables.
#[derive(Clone, Debug)]
pub enum Params {
    /// Positional scalars, each with a default, then perhaps the rest; `@_` is not used at all.
    /// `my ($a, $b) = @_;` and leading `my $x = shift;` are brought into this form when `@_` is not
    /// used otherwise.
    Positional {
        /// Scalar parameters; a default is evaluated in order when the argument is missing.
        scalars: Vec<(LocalId, Option<Expr>)>,
        /// `@rest` or `%opts`.
        rest: Option<LocalId>,
    },
    /// The arguments are an array variable, which `@_`, `shift` and `$_[0]` name. Positional
    /// parameters, topics and defaults are bound by statements at the start of the body.
    Array {
        /// The local that is `@_`.
        args: LocalId,
        /// Elements alias the caller's variables (`--compat`, when the body writes `$_[i]`).
        alias: bool,
    },
}

/// A variable of a function.
#[derive(Clone, Debug)]
pub struct Local {
    /// For messages and debuggers; without sigil.
    pub name: String,
    /// Scalar, array or hash; nothing else is local.
    pub kind: VarKind,
    /// How it is kept.
    pub storage: Storage,
    /// A declared type that every write is checked against.
    pub ty: Option<TypeName>,
    /// Never assigned after its declaration.
    pub is_final: bool,
}

/// How a variable is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Storage {
    /// A value nobody else can see: a register. Arrays and hashes of this kind are references the
    /// function owns, never shared under another name.
    Register,
    /// Arrays and hashes are `Cell` when they are captured or `\@x` is taken: their container is
    /// shared, and made anew at the declaration.
    /// A cell on the heap, made anew each time its declaration is reached: captured by a function
    /// and assigned afterwards, or `\$x` is taken, or assigned inside an `eval`, `try` or `defer`
    /// block that it was declared outside of.
    Cell,
    /// A captured value that nobody assigns again: copied into the closure.
    Copied,
    /// Alias of an array element, loop variable of a `foreach` whose body assigns it. Lowering
    /// keeps array and index.
    Element,
}

/// A type as declared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TypeName {
    /// `Int`, `Str`, `List`, a class.
    pub name: String,
    /// Arguments.
    pub args: Vec<TypeName>,
}

impl TypeName {
    /// As it is written.
    #[must_use]
    pub fn text(&self) -> String {
        if self.args.is_empty() {
            return self.name.clone();
        }
        let args: Vec<String> = self.args.iter().map(TypeName::text).collect();
        format!("{}<{}>", self.name, args.join(", "))
    }
}

/// Statements with a scope of their own.
#[derive(Clone, Debug, Default)]
pub struct Block {
    /// In order.
    pub stmts: Vec<Stmt>,
    /// Contains `local`: what it saved comes back when the block is left.
    pub has_local: bool,
    /// Variables declared in it, in order; with timely drops they end with it, last first.
    pub declares: Vec<LocalId>,
}

/// A statement.
#[derive(Clone, Debug)]
pub struct Stmt {
    /// Where it begins.
    pub pos: Pos,
    /// What it is.
    pub kind: StmtKind,
}

/// What a statement is.
#[derive(Clone, Debug)]
pub enum StmtKind {
    /// Evaluated for its effect, or for its value where it is the tail of a function or `do`.
    Expr(Expr),
    /// Conditions in order.
    If {
        /// Condition and block.
        arms: Vec<(Expr, Block)>,
        /// What runs when none holds. Without it the value of the statement is that of the last
        /// condition (Perl), undef in default mode.
        otherwise: Option<Block>,
    },
    /// A loop.
    Loop(Box<Loop>),
    /// A block on its own, which `last` and `next` leave when `id` is given.
    Block(Option<LoopId>, Block),
    /// `try`, with everything desugared to one form: the error is bound to `error` in the handler.
    Try {
        /// What may fail.
        body: Block,
        /// The variable that gets the error, and the handler.
        catch: Option<(LocalId, Block)>,
        /// What runs whatever happens.
        finally: Option<Block>,
    },
    /// Runs when the enclosing block is left, in whatever way. Lowering wraps the rest of the block.
    Defer(Block),
    /// Dies when reached; the text says why (`...`, code that failed to compile in an `eval`).
    Die(String),
}

/// A loop.
#[derive(Clone, Debug)]
pub struct Loop {
    /// What `last`, `next` and `redo` name.
    pub id: LoopId,
    /// How it goes round.
    pub kind: LoopKind,
    /// The body.
    pub body: Block,
    /// The `continue` block, which `next` runs.
    pub continuing: Option<Block>,
}

/// How a loop goes round.
#[derive(Clone, Debug)]
pub enum LoopKind {
    /// While the condition holds; absent: for ever. `until` has been negated.
    While(Option<Expr>),
    /// `do { } while`: tested after the body.
    DoWhile(Expr),
    /// C style; `init` stands before the loop as statements of a surrounding block.
    For {
        /// Before each round.
        condition: Option<Expr>,
        /// After each round.
        step: Option<Expr>,
    },
    /// From one integer to another, both included, with a step that may be negative. Only when the
    /// operands are a range with plain ends; the variable is a fresh copy.
    Range {
        /// The loop variable.
        variable: LocalId,
        /// First.
        from: Expr,
        /// Last.
        to: Expr,
        /// Step, 1 when absent.
        step: Option<Expr>,
        /// From the last to the first: `reverse 1..10`.
        reverse: bool,
    },
    /// Over the elements of one array, by index, as it grows; the variable is `Element` storage when
    /// assigned, or a copy. `variable` of a `Global` topic (`--compat`) aliases the global.
    Array {
        /// The loop variable.
        variable: LoopVariable,
        /// The array.
        array: Array,
        /// Backwards.
        reverse: bool,
    },
    /// Over any list, evaluated once. Lvalues among its items are aliased in `--compat`.
    List {
        /// The loop variables: more than one takes several elements a round.
        variables: Vec<LoopVariable>,
        /// The list.
        list: Expr,
    },
    /// Over keys of a hash without making the list: `for (keys %h)` when the body does not change it.
    Keys {
        /// The loop variable.
        variable: LocalId,
        /// The hash.
        hash: Hash,
    },
}

/// What a `foreach` binds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LoopVariable {
    /// A lexical.
    Local(LocalId),
    /// A package scalar, put aside and bound to each element, and restored.
    Global(GlobalId),
}

/// An expression.
#[derive(Clone, Debug)]
pub struct Expr {
    /// Where it stands.
    pub pos: Pos,
    /// What it is.
    pub kind: ExprKind,
}

impl Expr {
    /// Whether it is a constant, of which plain Perl has one value that nobody can change.
    #[must_use]
    pub fn is_literal(&self) -> bool {
        matches!(self.kind, ExprKind::Int(_) | ExprKind::Float(_) | ExprKind::Str { .. } | ExprKind::Undef)
    }
}

/// An array as such.
#[derive(Clone, Debug)]
pub enum Array {
    /// A lexical one, `@_` among them.
    Local(LocalId),
    /// A package one.
    Global(GlobalId),
    /// What a reference refers to. For writing, an undefined place is made to refer to a new array
    /// when the operand is an lvalue; for reading, undef is an empty array.
    Deref(Box<Expr>),
}

/// A hash as such; see [`Array`].
#[derive(Clone, Debug)]
#[expect(missing_docs, reason = "as for arrays")]
pub enum Hash {
    Local(LocalId),
    Global(GlobalId),
    Deref(Box<Expr>),
}

/// What an expression is.
#[derive(Clone, Debug)]
pub enum ExprKind {
    // Constants
    /// Undef; the empty list in list context is [`ExprKind::List`] of nothing.
    Undef,
    /// An integer.
    Int(i64),
    /// Above the signed range; `--compat` only.
    Uint(u64),
    /// A float.
    Float(f64),
    /// Bytes; `wide` when they are UTF-8 of code points (`--compat`).
    Str {
        /// The bytes.
        bytes: Vec<u8>,
        /// See above.
        wide: bool,
    },
    /// What comparisons yield: 1/0, or 1/"" in `--compat`.
    Bool(bool),

    // Scalars that are places
    /// A lexical scalar.
    Local(LocalId),
    /// A package scalar.
    Global(GlobalId),
    /// `$a[i]`, `$r->[i]`.
    Index(Array, Box<Expr>),
    /// `$h{k}`, `$r->{k}`.
    Key(Hash, Box<Expr>),
    /// `$$r`.
    DerefScalar(Box<Expr>),
    /// `*{"name"}`, `*$fh`: the glob of a computed name, in a package when the name has none.
    DerefGlob(Box<Expr>, String),
    /// `$#a`.
    LastIndex(Array),
    /// `substr` as a place, `pos`, `vec`, `keys` as a place: assigned through the builtin.
    Magic(MagicPlace, Vec<Expr>),
    /// `$1`; `$&` is 0.
    Capture(u32),
    /// `` $` ``, `$'`, `$+`, `$^N`.
    MatchVar(MatchVar),
    /// A scalar that the runtime computes or acts on: `$!`, `$,`, `$0`, `$$`, `$.`, `$|`, `$;` and so
    /// on, by its name without sigil. `$@` and `$_` are globals.
    Special(String),

    // Aggregates
    /// All of an array: its elements in list context, its count in scalar context.
    Array(Array),
    /// All of a hash: its pairs in list context, its count in scalar context.
    Hash(Hash),
    /// `@a[..]`.
    ArraySlice(Array, Box<Expr>),
    /// `@h{..}`.
    HashSlice(Hash, Box<Expr>),
    /// `%a[..]`: index and value.
    ArrayPairs(Array, Box<Expr>),
    /// `%h{..}`: key and value.
    HashPairs(Hash, Box<Expr>),
    /// `(LIST)[..]`.
    ListSlice(Box<Expr>, Box<Expr>),
    /// `*name`, a handle or glob by name.
    Glob(String),

    // Lists
    /// Comma list. In scalar context: all but the last for effect, the last in scalar context.
    List(Vec<Expr>),
    /// A range: its list, inclusive. In scalar context sema has made a [`ExprKind::FlipFlop`] of it.
    Range {
        /// First.
        from: Box<Expr>,
        /// Last.
        to: Box<Expr>,
        /// Step.
        step: Option<Box<Expr>>,
    },
    /// The scalar `..`; a constant operand has become a comparison with `$.`.
    FlipFlop {
        /// Which of the program, for its state.
        id: u32,
        /// Turns it on.
        from: Box<Expr>,
        /// Turns it off.
        to: Box<Expr>,
        /// `...`
        exclusive: bool,
    },
    /// `(LIST) x N`.
    RepeatList(Box<Expr>, Box<Expr>),
    /// Forces scalar context: `scalar(@a)`.
    Scalar(Box<Expr>),
    /// Forces list context, value in scalar context: the last element.
    ListOf(Box<Expr>),
    /// In scalar context the number of elements the operand has in list context: `() = f()` counts.
    CountOf(Box<Expr>),

    // Constructors
    /// `[ LIST ]`.
    NewArray(Vec<Expr>),
    /// `{ LIST }`.
    NewHash(Vec<Expr>),
    /// `\ EXPR`: of a scalar place, array, hash, function, or list (a reference to each).
    RefTo(Box<Expr>),
    /// A closure over the variables its function captures.
    Closure(FunctionId),
    /// `\&name`.
    FunctionRef(GlobalId),
    /// Text pieces joined: interpolation and chains of `.`.
    Concat(Vec<Expr>),
    /// `join SEP, LIST`, interpolated arrays among them.
    Join(Box<Expr>, Box<Expr>),

    // Operators
    /// Unary minus, `!`, `~`.
    Unary(UnaryOp, Box<Expr>),
    /// Both sides are evaluated, in scalar context.
    Binary(BinaryOp, Box<Expr>, Box<Expr>),
    /// `&&`: the left value if it is false.
    And(Box<Expr>, Box<Expr>),
    /// `||`: the left value if it is true.
    Or(Box<Expr>, Box<Expr>),
    /// `//`: the left value if it is defined.
    DefinedOr(Box<Expr>, Box<Expr>),
    /// `xor`.
    Xor(Box<Expr>, Box<Expr>),
    /// `? :`; also a place.
    Ternary(Box<Expr>, Box<Expr>, Box<Expr>),
    /// `++`, `--`; the value is the new one when `prefix`, else the old.
    Step {
        /// A place.
        target: Box<Expr>,
        /// `++`.
        up: bool,
        /// See above.
        prefix: bool,
    },

    // Assignment and declaration
    /// A scalar place, or an array or hash as a whole, is given a value; the value of the expression
    /// is the place.
    Assign(Box<Expr>, Box<Expr>),
    /// `(LIST) = LIST`, and arrays and hashes inside. In scalar context the number of elements on
    /// the right.
    AssignList(Vec<Target>, Box<Expr>),
    /// `op=`, arithmetic: the place is evaluated once.
    AssignOp(BinaryOp, Box<Expr>, Box<Expr>),
    /// `&&=`, `||=`, `//=`.
    AssignLogic(LogicOp, Box<Expr>, Box<Expr>),
    /// Declarations come into being, empty; the value is the variables. A scalar place that is
    /// declared and assigned is `Assign(Declare([x]), value)`.
    Declare(Vec<LocalId>),
    /// Declarations of lexicals that are globals of unwritable names: each gets a new, empty cell,
    /// array or hash (references to the old one stay valid). The value is undef.
    DeclareGlobal(Vec<GlobalId>),
    /// `state`: the value is given once per closure; the variable is a capture of the function.
    StateInit {
        /// The variable (cell storage).
        variable: LocalId,
        /// A hidden variable that remembers that it happened.
        done: LocalId,
        /// The value.
        value: Box<Expr>,
    },
    /// `local PLACE`: saves it until the enclosing block with `has_local` ends; the value is the
    /// place, now undefined or empty.
    Localize(Box<Expr>),
    /// `local` of a special variable, as above.
    Undefine(Box<Expr>),

    // Calls
    /// A call.
    Call(Box<Call>),
    /// A builtin whose arguments need no special care.
    Builtin(Box<BuiltinCall>),
    /// A builtin that is compiled in its own way.
    Op(Box<Op>),

    // Control inside expressions
    /// `do { }`, and everything else that runs statements for a value.
    Do(Block),
    /// `eval { }`: undef or the empty list when it dies; sets `$@`. `return` inside leaves the eval.
    Eval(Block),
    /// Leaves the function with a value in the caller's context; inside [`ExprKind::Eval`], leaves
    /// that.
    Return(Option<Box<Expr>>),
    /// Leaves a loop or goes to its next round.
    Jump(JumpOp, LoopId),
    /// A jump to a label outside this function (or unknown): dies with a message unless a caller's
    /// loop has that label.
    JumpDynamic(JumpOp, Option<String>),
    /// `wantarray`.
    WantArray,
    /// `__SUB__`.
    CurrentFunction,
    /// Registers an `END` block.
    AtEnd(FunctionId),
    /// Runs a required file once; the value is true.
    RequireFile {
        /// Its function.
        file: FunctionId,
        /// Its name.
        path: String,
        /// What it is called in `%INC`.
        key: String,
    },
    /// A match arm failed: dies with the text.
    NoMatch(Box<Expr>),
}

/// One target of a list assignment.
#[derive(Clone, Debug)]
pub enum Target {
    /// A scalar place.
    Place(Expr),
    /// An array, which takes the rest.
    Array(Array),
    /// A hash, which takes the rest.
    Hash(Hash),
    /// A slice: so many places.
    Slice(Expr),
    /// `undef`: one element is skipped.
    Skip,
}

/// Places behind builtins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is the builtin it is named after")]
pub enum MagicPlace {
    Substr,
    Pos,
    Vec,
    KeysOf,
    LocalTime,
}

/// Variables of the last match besides the numbered ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is what English.pm calls it")]
pub enum MatchVar {
    Prematch,
    Postmatch,
    LastParen,
    LastSubmatch,
}

/// Unary operators.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is its name")]
pub enum UnaryOp {
    Neg,
    Not,
    BitNot,
}

pub use s_syntax::ast::{BinaryOp, JumpOp, LogicOp};

/// A call of something that is no builtin.
#[derive(Clone, Debug)]
pub struct Call {
    /// What is called.
    pub callee: Callee,
    /// Its arguments, one flattened list.
    pub args: Vec<Expr>,
    /// No argument was written and the topic is to be passed if it is defined: this one.
    pub topic: Option<Expr>,
}

/// What is called.
#[derive(Clone, Debug)]
pub enum Callee {
    /// A function that is known and never replaced.
    Function(FunctionId),
    /// Whatever the slot of that name holds when the call happens; undefined: an error naming it.
    Global(GlobalId),
    /// A value: a code reference.
    Value(Expr),
    /// `&f;` and `goto &f`: with the current `@_`, `tail` for goto.
    WithArgs {
        /// What is called.
        callee: Box<Callee>,
        /// Replaces the current call.
        tail: bool,
    },
    /// A method by name; a class name is a string expression. `super_of` names the package whose
    /// parents are searched, for `SUPER::m`.
    Method {
        /// Object or class name.
        invocant: Box<Expr>,
        /// The method.
        name: String,
        /// See above.
        super_of: Option<String>,
        /// `->?`: nothing happens where it does not exist.
        maybe: bool,
    },
    /// `$o->$m(...)`: a code reference or a name.
    DynamicMethod {
        /// Object or class name.
        invocant: Box<Expr>,
        /// What is called.
        method: Box<Expr>,
    },
}

/// A call of a builtin with plain arguments.
#[derive(Clone, Debug)]
pub struct BuiltinCall {
    /// The name of its row in `s_abi::builtins::BUILTINS` (never an alias).
    pub name: &'static str,
    /// One expression a scalar argument for `Args::Scalars`; one list for `Args::List`; a function and a
    /// list for `Args::FunctionThenList`.
    pub args: Vec<Expr>,
    /// Plain arguments all in scalar context.
    pub scalars: bool,
}

/// A variable that a computed `eval` sees.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Visible {
    /// One of the function.
    Local(LocalId),
    /// One of the file that functions use.
    Global(GlobalId),
}

/// Builtins that are compiled in their own way. Operands are evaluated in the context named.
#[derive(Clone, Debug)]
pub enum Op {
    /// `print`, `say`, `p`, `printf`: handle (absent: the selected one), list. `newline` for `say`.
    Print {
        /// Where to.
        handle: Option<Expr>,
        /// What.
        list: Vec<Expr>,
        /// `say`.
        newline: bool,
        /// `printf`.
        format: bool,
    },
    /// `map`: the body is evaluated in list context for each element, bound to `topic`.
    Map(Iterate),
    /// `grep`: the body is a condition; in scalar context the count.
    Grep(Iterate),
    /// `first`: the first element for which the body holds, or undef.
    First(Iterate),
    /// `any`.
    Any(Iterate),
    /// `all`.
    All(Iterate),
    /// `none`.
    None(Iterate),
    /// `fore`, `e`: the body for each element; the count.
    Each(Iterate),
    /// `sort`: comparator body with two locals, or a function value, or none.
    Sort {
        /// How two elements compare.
        by: SortBy,
        /// What is sorted.
        list: Box<Expr>,
        /// The result is reversed.
        reverse: bool,
        /// Whose `$a` and `$b` hold the two elements for what a comparator calls.
        package: String,
    },
    /// `reduce`: accumulator and element.
    Reduce {
        /// The accumulator.
        acc: LocalId,
        /// The element.
        item: LocalId,
        /// The new accumulator.
        body: Block,
        /// What is reduced.
        list: Box<Expr>,
    },
    /// `push`, `unshift`: the new length.
    Push {
        /// Where to.
        array: Array,
        /// What.
        list: Vec<Expr>,
        /// `unshift`.
        front: bool,
    },
    /// `pop`, `shift`.
    Pop {
        /// From where.
        array: Array,
        /// `shift`.
        front: bool,
    },
    /// `splice`.
    Splice {
        /// The array.
        array: Array,
        /// Offset and length, scalars.
        range: Vec<Expr>,
        /// What is put in.
        list: Vec<Expr>,
    },
    /// `keys`, `values`, `each` of a hash.
    HashList(HashPart, Hash),
    /// The same of an array.
    ArrayList(HashPart, Array),
    /// The same of what only running tells: a reference to either.
    RefList(HashPart, Box<Expr>),
    /// `len`, `cnt`, `count` of a value; arrays and hashes are given as such.
    Len(Box<Expr>),
    /// `delete`: an element, or a slice.
    Delete(Box<Expr>),
    /// `exists`: an element, or a function.
    Exists(Box<Expr>),
    /// `defined`: a value, an element, a function, an aggregate.
    Defined(Box<Expr>),
    /// `undef PLACE`.
    Undef(Box<Expr>),
    /// `chomp`, `chop` of places; the result as Perl's.
    Chomp {
        /// The places: scalars, arrays, hashes.
        places: Vec<Expr>,
        /// `chop`.
        chop: bool,
    },
    /// `$s =~ /re/`: see [`MatchOp`].
    Match(MatchOp),
    /// `s///`.
    Subst(SubstOp),
    /// `tr///`: the place (or the value with `r`).
    Trans {
        /// What is changed, or only counted.
        subject: Expr,
        /// The table.
        table: TransId,
        /// `r`: a changed copy.
        copy: bool,
    },
    /// `qr//`, not constant; constant ones are too, with their id.
    Qr(Pattern),
    /// `split`.
    Split {
        /// The separator; `None` of a single blank: awk mode.
        pattern: SplitOn,
        /// What.
        subject: Expr,
        /// At most how many.
        limit: Option<Expr>,
    },
    /// `<$fh>`: a line in scalar context, all lines in list context. Absent: `<>`.
    ReadLine(Option<Expr>),
    /// `while (<$fh>)` reads so: as above, tested by definedness (lowering needs nothing else).
    ReadLineInto(Box<Expr>, Option<Expr>),
    /// `-e FILE`.
    FileTest(char, Expr),
    /// `open`, `opendir`, and others that create a handle in a place: name, place, arguments.
    OpenLike(&'static str, Box<Expr>, Vec<Expr>),
    /// `read`, `sysread`: handle, place, length, offset.
    ReadInto(&'static str, Vec<Expr>, Box<Expr>),
    /// Computed `eval STRING`: text; visible variables by name, those that are locals of cell storage.
    EvalString {
        /// The text.
        text: Expr,
        /// (sigil and name, variable) of what is in sight.
        visible: Vec<(String, Visible)>,
        /// The package.
        package: String,
    },
    /// Computed `require`, `do FILE` when true.
    RequireValue(Expr, bool),
    /// `$s[i]` of a string: the code point at an index (negative from the end), or undef.
    CharAt(Expr, Expr),
    /// `$s[from:to:step]` of a string: code points, both ends included, clamped.
    CharSlice {
        /// The string.
        subject: Expr,
        /// First; absent: the start.
        from: Option<Expr>,
        /// Last; absent: the end.
        to: Option<Expr>,
        /// Step, 1 when absent.
        step: Option<Expr>,
    },
    /// `...$ref` in a constructor: the elements or pairs of what it refers to.
    Spread(Expr),
    /// A backtick command.
    Command(Expr),
    /// `bless REF, CLASS`.
    Bless(Expr, Expr),
    /// `ref`.
    Ref(Expr),
    /// `sprintf`, with the format constant or not.
    Sprintf(Vec<Expr>),
    /// `die` with a list, `warn` when true; position is that of the expression.
    Die(Vec<Expr>, bool),
    /// `exit`.
    Exit(Option<Expr>),
    /// `caller`.
    Caller(Option<Expr>),
    /// `asset` of a name that is known: its bytes.
    Asset(Asset),
    /// The assets of a package, as the builtins `asset` and `assets` take them first. No value of the
    /// language.
    AssetTable(std::sync::Arc<AssetTable>),
    /// `study`, `lock` and others that do nothing to a place.
    Nothing(Vec<Expr>),
    /// An assertion of the test vocabulary: its canonical name and one flattened list.
    Assert(&'static str, Vec<Expr>),
    /// A new object of a class, from a flattened argument list.
    Construct(ClassId, Vec<Expr>),
    /// An enum value.
    Variant(ClassId, u32, Option<Expr>),
    /// Is the value an object of that enum's variant? For `match`.
    IsVariant(Expr, ClassId, u32),
    /// The payload of an enum value.
    Payload(Expr),
    /// A static field of a class.
    StaticField(ClassId, String),
    /// Is the value comparable to the pattern value in the manner of `match`?
    SmartEq(Expr, Expr),
    /// Smart match `~~`, `when`.
    SmartMatch(Expr, Expr),
    /// Checks a value against a declared type and yields it.
    Check(Expr, TypeName, String),
    /// An arithmetic operator under `use integer`.
    Integer(BinaryOp, Expr, Expr),
    /// `*x{ARRAY}`: a part of a glob.
    GlobPart(Expr, Expr),
    /// `localtime`, `gmtime` when true.
    LocalTime(bool, Option<Expr>),
}

/// Which part of a hash or array.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is the builtin it is named after")]
pub enum HashPart {
    Keys,
    Values,
    Each,
}

/// A body run for each element of a list.
#[derive(Clone, Debug)]
pub struct Iterate {
    /// Bound to each element.
    pub topic: LoopVariable,
    /// Bound to its index, when the body reads it.
    pub index: Option<LocalId>,
    /// What runs; or [`IterateBody::Call`].
    pub body: IterateBody,
    /// Over what.
    pub list: Box<Expr>,
}

/// What is evaluated for each element.
#[derive(Clone, Debug)]
pub enum IterateBody {
    /// Statements, in line.
    Block(Block),
    /// One expression.
    Expr(Box<Expr>),
    /// A function value, called with the element. Anything that is no function stands for itself,
    /// as an expression would.
    Call(Box<Expr>),
}

/// How `sort` compares.
#[derive(Clone, Debug)]
pub enum SortBy {
    /// As strings.
    Strings,
    /// `$a <=> $b`, descending when swapped.
    Numbers {
        /// `$b <=> $a`.
        descending: bool,
    },
    /// `$b cmp $a`.
    StringsDescending,
    /// Statements over two locals, which are `$a` and `$b` for whom they call. Compiled as a function of its own,
    /// which captures what it uses.
    Function(FunctionId),
    /// The same where nobody else can see what is compared.
    Private {
        /// What compares.
        function: FunctionId,
        /// What it compares, where that is the same of both elements; the first that differs decides.
        keys: Vec<SortKey>,
    },
    /// A function value that gets the two as arguments, and as `$a` and `$b`.
    Value(Box<Expr>),
}

/// What `sort` compares of an element.
#[derive(Clone, Copy, Debug)]
pub struct SortKey {
    /// Gives the key of its argument.
    pub function: FunctionId,
    /// `cmp`, not `<=>`.
    pub is_text: bool,
    /// The greater comes first.
    pub descending: bool,
}

/// A match.
#[derive(Clone, Debug)]
pub struct MatchOp {
    /// What is searched; a place when `g` keeps a position there.
    pub subject: Expr,
    /// For what.
    pub pattern: Pattern,
    /// `g`.
    pub global: bool,
    /// `c`: a failure keeps the position.
    pub keep_pos: bool,
    /// `!~`.
    pub negated: bool,
}

/// A substitution.
#[derive(Clone, Debug)]
pub struct SubstOp {
    /// What is changed, or the value with `r`.
    pub subject: Expr,
    /// What is sought.
    pub pattern: Pattern,
    /// Evaluated for each match, in scalar context, captures set.
    pub replacement: Box<Expr>,
    /// Every match.
    pub global: bool,
    /// `r`: a changed copy.
    pub copy: bool,
}

/// A pattern.
#[derive(Clone, Debug)]
pub enum Pattern {
    /// Known at compile time.
    Constant(RegexId),
    /// Assembled when reached; compiled patterns are remembered by their text. A lone value that is a
    /// compiled pattern is used as it is.
    Dynamic {
        /// The text, or a pattern value.
        text: Box<Expr>,
        /// The letters that change what the pattern means (`imsxna`).
        flags: String,
    },
}

/// What `split` splits on.
#[derive(Clone, Debug)]
pub enum SplitOn {
    /// Blanks, leading ones skipped.
    Awk,
    /// Code points.
    Characters,
    /// A constant text of no special meaning.
    Text(Vec<u8>),
    /// A pattern.
    Pattern(Pattern),
    /// A value: a single blank means awk mode, a pattern value is used, a text is a pattern.
    Value(Box<Expr>),
}

/// A constant pattern.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Regex {
    /// Its text.
    pub pattern: Vec<u8>,
    /// The letters that change its meaning, sorted: `imsxna`.
    pub flags: String,
}

/// A constant transliteration.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Trans {
    /// As written.
    pub from: Vec<u8>,
    /// As written.
    pub to: Vec<u8>,
    /// `cdsr`.
    pub flags: String,
}

/// A type of the program.
#[derive(Clone, Debug)]
pub struct Class {
    /// Full name.
    pub name: String,
    /// Where.
    pub pos: Pos,
    /// What kind of type.
    pub kind: ClassKind,
    /// Parents, in order, resolved.
    pub parents: Vec<ClassId>,
    /// Parents and traits that the machine has from an earlier entry of a session.
    pub known: [Vec<String>; 2],
    /// Traits.
    pub traits: Vec<ClassId>,
    /// Own fields, in order (parents' come first in objects).
    pub fields: Vec<Field>,
    /// Static fields; each is the global `Class::name` of scalar kind.
    pub statics: Vec<(String, GlobalId)>,
    /// Methods: name, function, visibility.
    pub methods: Vec<Method>,
    /// Variants of an enum: name, type of the payload.
    pub variants: Vec<(String, Option<TypeName>)>,
    /// Cannot be instantiated.
    pub is_abstract: bool,
    /// Cannot be extended.
    pub is_final: bool,
}

/// Kinds of types.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is the keyword it is named after")]
pub enum ClassKind {
    Class,
    Struct,
    Enum,
    Trait,
}

/// A field.
#[derive(Clone, Debug)]
pub struct Field {
    /// Its name.
    pub name: String,
    /// Its type.
    pub ty: Option<TypeName>,
    /// A function without arguments that yields the default.
    pub default: Option<FunctionId>,
    /// 0 public, 1 protected, 2 private.
    pub visibility: u8,
}

/// A method.
#[derive(Clone, Debug)]
pub struct Method {
    /// Its name.
    pub name: String,
    /// Absent: abstract.
    pub function: Option<FunctionId>,
    /// Is not told what it is called on.
    pub is_static: bool,
    /// Static, but told of the class it is called on, because it says `static::`.
    pub late: bool,
    /// Cannot be overridden.
    pub is_final: bool,
    /// 0 public, 1 protected, 2 private.
    pub visibility: u8,
}
