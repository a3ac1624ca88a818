//! The builtins of the language: how each is written, what it is given, what it may reach.

/// How a builtin is written, which decides how far its operands reach.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Syntax {
    /// Takes nothing: `time`, `wantarray`. A following term is not its argument.
    Nullary,
    /// Named unary operator: binds tighter than comparison (`defined $x && $y`).
    Unary,
    /// `len`, `cnt`, `count`: one operand that extends to assignment level.
    Greedy,
    /// List operator: takes everything up to a looser operator.
    List,
    /// A block (or a function, or a pattern) before the list: `map { } @x`, `first { } @x`.
    Block,
    /// `print`, `say`, `printf`, `p`: a list operator that may have a handle first.
    Print,
}

/// How arguments reach a builtin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Args {
    /// One flattened list.
    List,
    /// So many scalars at least and at most, each in scalar context. More are tolerated, as the
    /// language says, and evaluated.
    Scalars(u8, u8),
    /// First a function (from a block or a value), then one flattened list.
    FunctionThenList,
    /// The first argument is an array or hash itself (not its elements), or a reference to one;
    /// the rest is a flattened list: `push`, `keys`, `each`, `splice`.
    ContainerThenList,
    /// Compiled in its own way: `map`, `defined`, `local`-like forms.
    Special,
}

/// What a function may reach in the world, as bits.
pub mod effect {
    /// Nothing.
    pub const NONE: u8 = 0;
    /// The network.
    pub const NET: u8 = 1;
    /// Reading files.
    pub const FS_READ: u8 = 2;
    /// Changing files.
    pub const FS_WRITE: u8 = 4;
    /// Running programs.
    pub const EXEC: u8 = 8;
    /// The environment.
    pub const ENV: u8 = 16;
    /// Clocks and random numbers.
    pub const CLOCK: u8 = 32;
}

/// One builtin.
#[derive(Clone, Copy, Debug)]
pub struct Builtin {
    /// Its name.
    pub name: &'static str,
    /// How it is written.
    pub syntax: Syntax,
    /// How its arguments are evaluated.
    pub args: Args,
    /// Called without arguments it takes the topic.
    pub topic: bool,
    /// Bits of [`effect`].
    pub effects: u8,
    /// Exists in plain Perl.
    pub perl: bool,
}
