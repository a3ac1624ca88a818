//! The syntax tree: what was written, before any name is looked up.
//!
//! The parser never fails: where the text makes no sense it leaves an [`ExprKind::Error`] or a
//! [`StmtKind::Error`] and a diagnostic. Pipelines, interpolation, contexts and topics stay as
//! they were written; `s-sema` gives them meaning. Every node has a [`Span`] of byte offsets
//! into its file, so that the text between nodes (blanks, comments) can be found again.

/// A half-open range of byte offsets into the text of one file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Span {
    /// Offset of the first byte.
    pub start: u32,
    /// Offset behind the last byte.
    pub end: u32,
}

/// A whole file.
#[derive(Clone, Debug, Default)]
pub struct File {
    /// The statements, in order.
    pub body: Vec<Stmt>,
    /// Where the text behind `__END__` or `__DATA__` starts, if there is such a line.
    pub data: Option<u32>,
}

/// Statements between braces.
#[derive(Clone, Debug)]
pub struct Block {
    /// The braces and what is between.
    pub span: Span,
    /// The statements, in order.
    pub stmts: Vec<Stmt>,
    /// Names of `{ |$x, $y| ... }`, without sigil.
    pub params: Vec<Name>,
}

/// A word with its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Name {
    /// Where it stands.
    pub span: Span,
    /// Its text; packages are joined with `::`.
    pub text: String,
}

/// One statement.
#[derive(Clone, Debug)]
pub struct Stmt {
    /// From the first token to the last, without the `;`.
    pub span: Span,
    /// A label before it.
    pub label: Option<Name>,
    /// What it is.
    pub kind: StmtKind,
}

/// What a statement is.
#[derive(Clone, Debug)]
pub enum StmtKind {
    /// An expression for its effect (or, last in a block, for its value). Postfix modifiers are
    /// the statement forms below with [`Block`]s of one statement and `postfix` set.
    Expr(Expr),
    /// `if`, `unless`, their `elsif`s and `else`. `unless` negates the first condition.
    If {
        /// Condition and block of `if` and each `elsif`, in order.
        arms: Vec<(Condition, Block)>,
        /// The block of `else`.
        otherwise: Option<Block>,
        /// Written behind its statement.
        postfix: bool,
    },
    /// `while` and `until`; `loop {}` has no condition. `do {} while` is `do_first`.
    While {
        /// `None` for ever.
        condition: Option<Condition>,
        /// The body.
        body: Block,
        /// The `continue` block.
        continuing: Option<Block>,
        /// Written behind its statement.
        postfix: bool,
        /// `do { } while`: the body runs before the first test, and is no loop for `last`.
        do_first: bool,
    },
    /// `for (init; condition; step) { }`.
    For {
        /// Before the loop.
        init: Option<Expr>,
        /// Tested before each round; absent: for ever.
        condition: Option<Expr>,
        /// After each round.
        step: Option<Expr>,
        /// The body.
        body: Block,
    },
    /// `for [val|my|our] $x (LIST) { }` and `foreach`, and postfix `for`.
    Foreach {
        /// The loop variable; absent: the topic. More than one: `for my ($k, $v) (%h)`.
        variables: Vec<LoopVariable>,
        /// What is gone through.
        list: Expr,
        /// The body.
        body: Block,
        /// The `continue` block.
        continuing: Option<Block>,
        /// Written behind its statement.
        postfix: bool,
    },
    /// A block for itself: a loop that runs once.
    Block {
        /// The statements.
        body: Block,
        /// The `continue` block.
        continuing: Option<Block>,
    },
    /// `fn NAME ...` or `sub NAME ...`.
    Function(Box<Function>),
    /// `package NAME;` or `package NAME { }`.
    Package {
        /// Its name.
        name: Name,
        /// The block form; otherwise it holds to the end of the file or block.
        body: Option<Block>,
    },
    /// `use`, `no`, `import`.
    Use(Use),
    /// `BEGIN { }` and the other phases.
    Phase {
        /// Which.
        phase: Phase,
        /// What runs.
        body: Block,
    },
    /// `try { } catch ($e) { } finally { }`.
    Try {
        /// What may fail.
        body: Block,
        /// The variable (without sigil) and the handler.
        catch: Option<(Option<Name>, Block)>,
        /// What runs whatever happens.
        finally: Option<Block>,
    },
    /// `defer { }`.
    Defer(Block),
    /// `struct NAME { fields }`.
    Struct(Box<Class>),
    /// `class NAME extends .. impl .. { }`.
    Class(Box<Class>),
    /// `trait NAME { }`.
    Trait(Box<Class>),
    /// `enum NAME { }`.
    Enum {
        /// Its name.
        name: Name,
        /// The variants, in order, each with the type of its payload.
        variants: Vec<(Name, Option<TypeName>)>,
    },
    /// `given ($x) { when (V) { } default { } }`.
    Given {
        /// The subject.
        subject: Expr,
        /// The body; its `when`s are [`StmtKind::When`].
        body: Block,
    },
    /// `when (V) { }`, or `default { }` without a value.
    When {
        /// What the topic is compared with.
        value: Option<Expr>,
        /// What runs.
        body: Block,
    },
    /// `format NAME =` and its picture lines, kept as text.
    Format {
        /// Its name; `STDOUT` where none is given.
        name: Name,
        /// Picture and argument lines.
        lines: Vec<String>,
    },
    /// Nothing, as between two semicolons.
    Empty,
    /// What could not be read. A diagnostic says why.
    Error,
}

/// The condition of `if`, `while` and their kin.
#[derive(Clone, Debug)]
pub struct Condition {
    /// What is tested.
    pub expr: Expr,
    /// `unless`, `until`.
    pub negated: bool,
    /// `if let PATTERN = EXPR`: the pattern, `expr` being the subject.
    pub pattern: Option<Box<Pattern>>,
}

/// The variable of a `foreach`.
#[derive(Clone, Debug)]
pub struct LoopVariable {
    /// `my`, `val`, `var`, `our` or none, which means a variable in sight or a global.
    pub declarator: Option<Declarator>,
    /// Its name, without sigil.
    pub name: Name,
}

/// How variables are declared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Declarator {
    /// `my`, `var`.
    My,
    /// `val`, `const`, `frozen`.
    Val,
    /// `our`.
    Our,
    /// `local`. Its operand is an expression: see [`ExprKind::Local`].
    Local,
    /// `state`.
    State,
    /// `mysync`, `varsync`.
    MySync,
    /// `oursync`.
    OurSync,
}

/// The phases of a program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is the keyword it is named after")]
pub enum Phase {
    Begin,
    UnitCheck,
    Check,
    Init,
    End,
}

/// `use NAME VERSION LIST`.
#[derive(Clone, Debug)]
pub struct Use {
    /// `no`.
    pub no: bool,
    /// The module or pragma; empty for `use VERSION`.
    pub module: Name,
    /// The version asked for.
    pub version: Option<String>,
    /// The import list. `Some` of an empty list differs from `None`: nothing is imported.
    pub imports: Option<Expr>,
}

/// A named or anonymous function.
#[derive(Clone, Debug)]
pub struct Function {
    /// From the keyword to the end of the body.
    pub span: Span,
    /// Absent for an anonymous one. `Self.name` in classes is `static_member`.
    pub name: Option<Name>,
    /// `fn Self.name`.
    pub static_member: bool,
    /// `final fn`.
    pub is_final: bool,
    /// Who may call a method.
    pub visibility: Visibility,
    /// Written with `sub`.
    pub is_sub: bool,
    /// Written without a list: `None`. A Perl prototype is kept as text in `prototype`.
    pub params: Option<Vec<Param>>,
    /// The text between the parentheses of a prototype.
    pub prototype: Option<String>,
    /// Attributes such as `lvalue`.
    pub attributes: Vec<Name>,
    /// The declared result.
    pub result: Option<TypeName>,
    /// `None`: a forward declaration, or an abstract method.
    pub body: Option<Block>,
    /// Written `= EXPR`: the body is one expression statement.
    pub is_expression: bool,
}

/// What the name of the twin of a function with the attribute `lvalue` ends in, which no name that is written
/// can. The twin gives a reference to what the function yields; it stands behind the function.
pub const LVALUE_TWIN: char = '=';

/// One parameter of a function.
#[derive(Clone, Debug)]
pub struct Param {
    /// Where it stands.
    pub span: Span,
    /// What it binds.
    pub kind: ParamKind,
    /// Its declared type.
    pub ty: Option<TypeName>,
    /// Evaluated in order at the call where the argument is missing.
    pub default: Option<Expr>,
}

/// What a parameter binds.
#[derive(Clone, Debug)]
pub enum ParamKind {
    /// A variable with its sigil; `@` and `%` take the rest.
    Variable(Sigil, Name),
    /// `[$a, $b, @rest]` or `{ key => $v }`.
    Pattern(Box<Pattern>),
    /// A place nobody reads: `$` or `undef`.
    Ignored,
}

/// A type as it is written: `List<Str>`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TypeName {
    /// The head.
    pub name: Name,
    /// What stands in angle brackets.
    pub args: Vec<TypeName>,
}

/// A class, struct or trait.
#[derive(Clone, Debug)]
pub struct Class {
    /// Its name.
    pub name: Name,
    /// `abstract class`.
    pub is_abstract: bool,
    /// `final class`.
    pub is_final: bool,
    /// `extends A, B`.
    pub extends: Vec<Name>,
    /// `impl T, U`.
    pub implements: Vec<Name>,
    /// Fields, in order.
    pub fields: Vec<Field>,
    /// Methods, in order; bodiless ones are abstract.
    pub methods: Vec<Function>,
}

/// A field of a class or struct.
#[derive(Clone, Debug)]
pub struct Field {
    /// Its name.
    pub name: Name,
    /// Its type.
    pub ty: Option<TypeName>,
    /// The value of a missing one.
    pub default: Option<Expr>,
    /// Who may see it.
    pub visibility: Visibility,
    /// Of the class, not of its objects.
    pub is_static: bool,
}

/// Who may see a member.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is the keyword it is named after")]
pub enum Visibility {
    #[default]
    Public,
    Private,
    Protected,
}

/// The kinds of variables.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "each is its character")]
pub enum Sigil {
    Scalar,
    Array,
    Hash,
    Code,
    Glob,
}

/// An expression.
#[derive(Clone, Debug)]
pub struct Expr {
    /// Where it stands.
    pub span: Span,
    /// What it is.
    pub kind: ExprKind,
}

/// What an expression is.
#[derive(Clone, Debug)]
pub enum ExprKind {
    /// An integer. Literals that do not fit are [`ExprKind::Float`].
    Int(i64),
    /// A literal above the signed range, for `--compat`; sema makes a float of it elsewhere.
    Uint(u64),
    /// A floating-point number.
    Float(f64),
    /// A string, interpolated or not: pieces in order. No piece: the empty string.
    Str(Vec<Piece>),
    /// `qw(a b)`.
    Words(Vec<String>),
    /// `v1.2.3`.
    VString(Vec<u32>),
    /// `` `cmd` ``, `qx{}`.
    Command(Vec<Piece>),
    /// `m//`, `//`.
    Match(Box<Regex>),
    /// `qr//`.
    Qr(Box<Regex>),
    /// `s///`.
    Subst(Box<Subst>),
    /// `tr///`, `y///`.
    Trans(Box<Trans>),
    /// `$x`, `@x`, `%x`, `&x`, `*x`: sigil and name. Special variables too: `$_`, `$1`, `$@`,
    /// `@_`, `%+`. `&x` without call parentheses is [`ExprKind::CallAmp`].
    Var(Sigil, String),
    /// `_`, `_1`, `_<`, `_1<<`, and with a sigil `$_<`, `$_1`; plain `$_` is a variable.
    Topic {
        /// The position: `_` and `_0` are 0.
        slot: u32,
        /// How many frames out.
        outer: u32,
        /// Written with `$`.
        sigil: bool,
    },
    /// `$#a`, `$#{expr}`, `$#$r`: the operand is the array.
    LastIndex(Box<Expr>),
    /// `${expr}`, `@$r`, `%{...}`, `&$f` without call, `*{...}`, and postfix `->@*`.
    Deref(Sigil, Box<Expr>),
    /// `$a[i]` (base `@a`), `$r->[i]`, `$m[i][j]`, `(LIST)[i]` when `list` of one index, `f()->[0]`.
    /// The base is the array for `$a[i]` (an [`ExprKind::Var`] of [`Sigil::Array`]) when `arrow` is
    /// false and a reference-valued expression when it is true.
    Index {
        /// See above.
        base: Box<Expr>,
        /// The subscript.
        index: Box<Expr>,
        /// Whether the base is a reference.
        arrow: bool,
    },
    /// `$h{k}`, `$r->{k}`: as [`ExprKind::Index`], with a hash. Barewords are strings already.
    Key {
        /// The hash, or a reference to one.
        base: Box<Expr>,
        /// The subscript; several joined with `$;` are a [`ExprKind::List`].
        key: Box<Expr>,
        /// Whether the base is a reference.
        arrow: bool,
    },
    /// `@a[..]`, `@h{..}`, `%a[..]`, `%h{..}`, `@$r[..]`, `$r->@[..]`.
    Slice {
        /// The container: an array or hash expression.
        base: Box<Expr>,
        /// What stands between the brackets.
        index: Box<Expr>,
        /// Braces, not brackets.
        of_hash: bool,
        /// `%`: keys come with their values.
        pairs: bool,
    },
    /// `(LIST)[..]`.
    ListSlice {
        /// The list.
        list: Box<Expr>,
        /// The indexes.
        index: Box<Expr>,
    },
    /// `$s[i]` and `_[i]` on what may be a string, `$s[1:3]`, `$s[::2]`: the operand is the scalar.
    /// The parser writes [`ExprKind::Index`] for `$s[i]`, since only scopes can tell; it writes this
    /// for `_[..]`, for `$x!i!`, and for every subscript that holds a range with missing ends.
    StrIndex {
        /// The string.
        base: Box<Expr>,
        /// The subscript: an expression or a [`ExprKind::Range`].
        index: Box<Expr>,
    },
    /// `a:b`, `a..b`, `a...b`, `a~b`, each with an optional step. Ends are absent only in
    /// subscripts.
    Range {
        /// The first.
        from: Option<Box<Expr>>,
        /// The last.
        to: Option<Box<Expr>>,
        /// `:STEP`.
        step: Option<Box<Expr>>,
        /// Which operator.
        op: RangeOp,
    },
    /// Parentheses around one expression or a comma list: `()`, `(1)`, `(1, 2)`; also comma lists
    /// without parentheses. `parens` tells them apart.
    List {
        /// The elements.
        items: Vec<Expr>,
        /// Written with parentheses.
        parens: bool,
    },
    /// `[ LIST ]`; also `@[...]` inside a [`ExprKind::Deref`].
    Array(Vec<Expr>),
    /// `{ LIST }` as a hash constructor, `+{ }`.
    HashRef(Vec<Expr>),
    /// `...EXPR` inside a constructor, `%h` spread is an ordinary element.
    Spread(Box<Expr>),
    /// A unary operator.
    Unary(UnaryOp, Box<Expr>),
    /// `++` and `--`.
    Step {
        /// What changes.
        target: Box<Expr>,
        /// `++`, not `--`.
        up: bool,
        /// Before the operand.
        prefix: bool,
    },
    /// A binary operator that evaluates both sides.
    Binary(BinaryOp, Box<Expr>, Box<Expr>),
    /// `a < b <= c`: operands one more than operators.
    Chain(Vec<Expr>, Vec<BinaryOp>),
    /// `&&`, `||`, `//`, `and`, `or`, `xor`, `??`.
    Logic(LogicOp, Box<Expr>, Box<Expr>),
    /// `? :`.
    Ternary(Box<Expr>, Box<Expr>, Box<Expr>),
    /// `=`, and `op=` with the operator.
    Assign {
        /// What is assigned.
        target: Box<Expr>,
        /// `None` for `=`.
        op: Option<AssignOp>,
        /// The value.
        value: Box<Expr>,
    },
    /// `my $x`, `val ($a, $b)`, `typed val $x : Int`, `our @y`. `state`, too. A declaration is an
    /// expression whose value is the variables.
    Declare {
        /// How.
        declarator: Declarator,
        /// What; `undef` places are `None`.
        vars: Vec<Option<DeclaredVar>>,
        /// `my ($x)`, not `my $x`.
        parens: bool,
    },
    /// `val [$h, @t] = ..` and `val { k => $v } = ..`.
    DeclarePattern {
        /// How.
        declarator: Declarator,
        /// The pattern.
        pattern: Box<Pattern>,
    },
    /// `local LVALUE`.
    Local(Box<Expr>),
    /// `=~` and `!~`: the right side is a match, a substitution, or any expression.
    Bind {
        /// The subject.
        subject: Box<Expr>,
        /// The pattern.
        pattern: Box<Expr>,
        /// `!~`.
        negated: bool,
    },
    /// A call of a name: user function or builtin, with or without parentheses.
    Call(Box<Call>),
    /// `&f(...)`, `&f`, `&$f(...)`, `&{...}(...)`; `args` absent passes the current `@_`.
    CallAmp {
        /// A [`ExprKind::Var`] of [`Sigil::Code`] or an expression that gives a function.
        callee: Box<Expr>,
        /// The arguments.
        args: Option<Vec<Expr>>,
    },
    /// `$f->(...)`, `$f(...)`, `$h{k}(...)`, `f(1)(2)`.
    CallValue {
        /// What is called.
        callee: Box<Expr>,
        /// The arguments.
        args: Vec<Expr>,
    },
    /// `$o->m(...)`, `Class->m`, `$o->$m(...)`, `$o->SUPER::m`. `maybe` is `?->`, should it be
    /// written.
    Method {
        /// The object or class; a bareword class is a [`ExprKind::Bareword`].
        invocant: Box<Expr>,
        /// The method.
        name: MethodName,
        /// The arguments; `None`: written without parentheses.
        args: Option<Vec<Expr>>,
    },
    /// `\ EXPR`.
    Ref(Box<Expr>),
    /// An anonymous function.
    Function(Box<Function>),
    /// A brace that is no hash in expression position, `>{ }`, or a block argument that was kept
    /// as a value: an anonymous function without a list.
    BlockFunction(Block),
    /// `do { }`, and `>{ }` outside a thread.
    Do(Block),
    /// `do FILE`.
    DoFile(Box<Expr>),
    /// `eval { }`.
    EvalBlock(Block),
    /// `eval EXPR`, absent: the topic.
    EvalStr(Option<Box<Expr>>),
    /// `async { }`, `spawn { }`, `gen { }`: the word and the block.
    TaskBlock(Name, Block),
    /// `-e FILE`: the letter, and the operand unless it is the topic.
    FileTest(char, Option<Box<Expr>>),
    /// `<$fh>`, `<STDIN>`, `<>`, `<<>>`: a handle expression, absent for `<>`.
    ReadLine(Option<Box<Expr>>),
    /// `<*.c>`.
    Glob(Vec<Piece>),
    /// `return`, with what follows.
    Return(Option<Box<Expr>>),
    /// `last`, `next`, `redo`, with a label.
    Jump(JumpOp, Option<Name>),
    /// `goto LABEL`, `goto &sub`.
    Goto(Box<Expr>),
    /// `match (SUBJECT) { arms }`.
    MatchOn {
        /// The subject.
        subject: Box<Expr>,
        /// The arms.
        arms: Vec<Arm>,
    },
    /// `cond { C => E, default => E }`: an absent condition is `default`.
    Cond(Vec<(Option<Expr>, Expr)>),
    /// `L |> R`.
    Pipe(Box<Expr>, Box<Expr>),
    /// `~> SOURCE stage stage`.
    Thread {
        /// What is threaded.
        source: Box<Expr>,
        /// The stages, in order.
        stages: Vec<Stage>,
        /// `->>`, `~>>`: as the last argument.
        last: bool,
    },
    /// A word that is neither called nor quoted: a class, a handle, a label, or itself as a string.
    Bareword(String),
    /// `__FILE__`, `__LINE__`, `__PACKAGE__`, `__SUB__`, `wantarray` is a call.
    Here(HereWord),
    /// `...` as a statement, which dies when reached.
    Yada,
    /// What could not be read. A diagnostic says why.
    Error,
}

/// A piece of an interpolated text.
#[derive(Clone, Debug)]
pub enum Piece {
    /// Bytes as they are, escapes already processed.
    Text(Vec<u8>),
    /// One code point given by number (`\x{..}`, `\N{..}`), which may need the wide form.
    Char(u32),
    /// A scalar expression.
    Scalar(Expr),
    /// A list, joined with `$"`.
    List(Expr),
    /// `#{ ... }`: a block whose list value is joined with `$"`.
    Block(Block),
    /// `\U \L \Q \F` with what is in force until `\E`, and `\u \l` with the rest of the text.
    Case(CaseMod, Vec<Piece>),
}

/// The case modifiers of strings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is the escape it is named after")]
pub enum CaseMod {
    Upper,
    Lower,
    Quote,
    Fold,
    UpperFirst,
    LowerFirst,
}

/// A pattern with its flags.
#[derive(Clone, Debug)]
pub struct Regex {
    /// The pattern, escapes left to the engine; variables are pieces.
    pub pattern: Vec<Piece>,
    /// The letters behind it.
    pub flags: String,
    /// The delimiter was `'`, so nothing was interpolated.
    pub raw: bool,
    /// The delimiter was `?`.
    pub once: bool,
}

/// `s/pattern/replacement/flags`.
#[derive(Clone, Debug)]
pub struct Subst {
    /// What is sought.
    pub regex: Regex,
    /// What replaces it.
    pub replacement: Replacement,
}

/// The right side of a substitution.
#[derive(Clone, Debug)]
pub enum Replacement {
    /// A text.
    Text(Vec<Piece>),
    /// With `e`: statements. `evals` counts the `e`s beyond the first.
    Code {
        /// The statements.
        body: Block,
        /// `ee` is 1.
        evals: u32,
    },
}

/// `tr/from/to/flags`, texts as written.
#[derive(Clone, Debug)]
pub struct Trans {
    /// The characters sought.
    pub from: Vec<u8>,
    /// Their replacements.
    pub to: Vec<u8>,
    /// The letters behind it.
    pub flags: String,
}

/// The range operators.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is its spelling: `:`, `..`, `...`, `~`")]
pub enum RangeOp {
    Colon,
    Dots,
    Dots3,
    Tilde,
}

/// Unary operators.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UnaryOp {
    /// `-`
    Neg,
    /// `+`, which does nothing.
    Plus,
    /// `!`, and `not`, which is looser.
    Not,
    /// `~`
    BitNot,
}

/// Operators that evaluate both operands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "each is the operator it is named after")]
pub enum BinaryOp {
    Add,
    Sub,
    Mul,
    Div,
    Mod,
    Pow,
    Concat,
    Repeat,
    Shl,
    Shr,
    BitAnd,
    BitOr,
    BitXor,
    NumEq,
    NumNe,
    NumLt,
    NumGt,
    NumLe,
    NumGe,
    NumCmp,
    StrEq,
    StrNe,
    StrLt,
    StrGt,
    StrLe,
    StrGe,
    StrCmp,
    SmartMatch,
    Isa,
}

/// Operators that may leave their right operand alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is the operator it is named after")]
pub enum LogicOp {
    And,
    Or,
    DefinedOr,
    Xor,
}

/// What stands before the `=` of an assignment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AssignOp {
    /// `+=` and the like.
    Binary(BinaryOp),
    /// `&&=`, `||=`, `//=`.
    Logic(LogicOp),
}

/// Leaving a loop, or going round.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is the keyword it is named after")]
pub enum JumpOp {
    Last,
    Next,
    Redo,
}

/// Words that stand for their place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is the word it is named after")]
pub enum HereWord {
    File,
    Line,
    Package,
    Sub,
}

/// One variable of a declaration.
#[derive(Clone, Debug)]
pub struct DeclaredVar {
    /// Its kind.
    pub sigil: Sigil,
    /// Its name, without sigil; may be qualified.
    pub name: Name,
    /// Its declared type.
    pub ty: Option<TypeName>,
}

/// A call by name.
#[derive(Clone, Debug)]
pub struct Call {
    /// The function.
    pub name: Name,
    /// A block before the arguments: `map { } @x`, `sort { } @x`, `first { } @x`.
    pub block: Option<Block>,
    /// An expression in the block's place: `sort by_name @x`, `sort $cmp @x`, `map $f, @x` stays
    /// an ordinary argument; `print {$fh} LIST` and `print STDERR LIST` have their handle here.
    pub head: Option<Expr>,
    /// The arguments.
    pub args: Vec<Expr>,
    /// Written with parentheses. Without parentheses and arguments, the topic may be meant.
    pub parens: bool,
}

/// The method of a call.
#[derive(Clone, Debug)]
pub enum MethodName {
    /// A word, which may be qualified: `SUPER::new`.
    Name(Name),
    /// `$o->$m`, `$o->$code`.
    Dynamic(Box<Expr>),
}

/// One stage of a thread.
#[derive(Clone, Debug)]
pub enum Stage {
    /// `name`, `name(args)`, `name { block }`, `map +{ .. }`.
    Call(Box<Call>, Span),
    /// `fn { }`, `>{ }`, `$f`: called with the value.
    Value(Expr),
    /// `/re/`, `s///`, `tr///`.
    Regex(Expr),
}

/// `PATTERN if GUARD => EXPR`.
#[derive(Clone, Debug)]
pub struct Arm {
    /// Where it stands.
    pub span: Span,
    /// What the subject has to look like.
    pub pattern: Pattern,
    /// What has to hold besides.
    pub guard: Option<Expr>,
    /// The value.
    pub body: Expr,
}

/// A pattern of `match`, of a parameter or of a declaration.
#[derive(Clone, Debug)]
pub struct Pattern {
    /// Where it stands.
    pub span: Span,
    /// What it is.
    pub kind: PatternKind,
}

/// What a pattern is.
#[derive(Clone, Debug)]
pub enum PatternKind {
    /// `_`.
    Any,
    /// `undef`: what is not defined, and no empty text.
    Undef,
    /// `$x`: binds.
    Bind(Name),
    /// `/re/`.
    Regex(Box<Regex>),
    /// A literal or any expression, compared.
    Value(Box<Expr>),
    /// `A | B`.
    Or(Vec<Pattern>),
    /// `[p, q, @rest]` or with `*`.
    Array {
        /// The leading elements.
        items: Vec<Pattern>,
        /// `*` is `Some(None)`, `@rest` is `Some(Some(..))`.
        rest: Option<Option<Name>>,
    },
    /// `{ key => p }`.
    Hash(Vec<(Expr, Pattern)>),
    /// `Some($x)`.
    Some(Box<Pattern>),
    /// `Light::Red()`, `Light::Custom($x)`.
    Variant {
        /// The qualified name.
        name: Name,
        /// The payload's pattern.
        payload: Option<Box<Pattern>>,
    },
}
