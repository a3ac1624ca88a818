//! The builtins of the language: how each is written, what it is given, what it may reach.
//!
//! The parser reads `syntax`, the compiler the rest. Words that the parser turns into nodes of their
//! own (`return`, `do`, `eval`, `last`, ...) have rows too, so that every reserved name is found here.
//! The rows are in `builtins/table.rs`.

use core::cmp::Ordering;

mod table;

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
    /// So many of the first operands may be arrays or hashes: one written as such is passed as a
    /// reference to it when it is not the only operand. For builtins of lists.
    pub containers: u8,
    /// Called without arguments it takes the topic.
    pub topic: bool,
    /// Bits of [`effect`].
    pub effects: u8,
    /// Exists in plain Perl.
    pub perl: bool,
    /// Its result is a list, also when that has one element: `len` counts it.
    pub gives_list: bool,
    /// The builtin it is another name of, which is not an alias itself.
    pub alias_of: Option<&'static str>,
}

/// All builtins, sorted by name in byte order.
pub static BUILTINS: &[Builtin] = table::ROWS;

/// The builtin of that name.
#[must_use]
pub fn find(name: &str) -> Option<&'static Builtin> {
    let place = BUILTINS.binary_search_by(|row| row.name.cmp(name));
    place.ok().map(|place| &BUILTINS[place])
}

/// The number of a builtin's row, for constants: who knows the names it needs refers to no table.
///
/// # Panics
///
/// When there is no such builtin, which fails where the constant is compiled.
#[must_use]
pub const fn number(name: &str) -> usize {
    let (mut low, mut high) = (0, BUILTINS.len());
    while low < high {
        let middle = low.midpoint(high);
        match order(BUILTINS[middle].name.as_bytes(), name.as_bytes()) {
            Ordering::Less => low = middle + 1,
            Ordering::Equal => return middle,
            Ordering::Greater => high = middle,
        }
    }
    panic!("there is no builtin of that name")
}

const fn order(one: &[u8], two: &[u8]) -> Ordering {
    let mut at = 0;
    while at < one.len() && at < two.len() {
        if one[at] != two[at] {
            return if one[at] < two[at] { Ordering::Less } else { Ordering::Greater };
        }
        at += 1;
    }
    if one.len() < two.len() {
        Ordering::Less
    } else if one.len() == two.len() {
        Ordering::Equal
    } else {
        Ordering::Greater
    }
}

/// One row of the table, with nothing special about it.
const fn row(name: &'static str, syntax: Syntax, args: Args) -> Builtin {
    Builtin {
        name,
        syntax,
        args,
        containers: 0,
        topic: false,
        effects: effect::NONE,
        perl: false,
        gives_list: false,
        alias_of: None,
    }
}

impl Builtin {
    const fn topic(mut self) -> Self {
        self.topic = true;
        self
    }

    const fn containers(mut self, count: u8) -> Self {
        self.containers = count;
        self
    }

    const fn reaches(mut self, effects: u8) -> Self {
        self.effects = effects;
        self
    }

    const fn perl(mut self) -> Self {
        self.perl = true;
        self
    }

    const fn list(mut self) -> Self {
        self.gives_list = true;
        self
    }

    const fn alias(mut self, of: &'static str) -> Self {
        self.alias_of = Some(of);
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_sorted_and_every_name_is_found() {
        assert!(BUILTINS.windows(2).all(|pair| pair[0].name < pair[1].name));
        for row in BUILTINS {
            assert_eq!(find(row.name).map(|found| found.name), Some(row.name));
            assert_eq!(BUILTINS[number(row.name)].name, row.name);
        }
        assert!(find("no_such_builtin").is_none());
        assert!(find("").is_none());
    }

    #[test]
    fn an_alias_is_the_same_as_what_it_names() {
        for row in BUILTINS {
            let Some(of) = row.alias_of else { continue };
            let target = find(of).expect("an alias names a row");
            assert_eq!(target.alias_of, None, "{}", row.name);
            assert_eq!(
                (
                    target.syntax,
                    target.args,
                    target.effects,
                    target.topic,
                    target.containers,
                    target.gives_list
                ),
                (row.syntax, row.args, row.effects, row.topic, row.containers, row.gives_list),
                "{}",
                row.name
            );
        }
    }

    #[test]
    fn argument_counts_are_in_order() {
        for row in BUILTINS {
            if let Args::Scalars(least, most) = row.args {
                assert!(least <= most, "{}", row.name);
            }
        }
    }
}
