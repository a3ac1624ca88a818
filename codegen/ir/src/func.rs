//! A function: blocks, instructions, values.

use serde::{Deserialize, Serialize};

use crate::module::StrId;
use crate::op::Op;

/// The type of a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Ty {
    /// Any value of the language: two words, counted when its tag says so.
    V,
    /// `i64`.
    Int,
    /// `f64`.
    Num,
    /// 0 or 1.
    Bool,
    /// An array, counted.
    Arr,
    /// A hash, counted.
    Hash,
    /// A cell, counted.
    Cell,
    /// A glob, which lives for ever.
    Glob,
    /// The address of a slot.
    Slot,
}

impl Ty {
    /// The type of a kind of `s_abi::functions`. `N` has none and is a slot here, never looked at.
    #[must_use]
    pub fn of_kind(kind: char) -> Ty {
        match kind {
            'V' | 'O' => Ty::V,
            'I' => Ty::Int,
            'F' => Ty::Num,
            'B' => Ty::Bool,
            'A' => Ty::Arr,
            'H' => Ty::Hash,
            'C' => Ty::Cell,
            'G' => Ty::Glob,
            _ => Ty::Slot,
        }
    }

    /// Whether values of this type may be counted.
    #[must_use]
    pub fn is_counted(self) -> bool {
        matches!(self, Ty::V | Ty::Arr | Ty::Hash | Ty::Cell)
    }

    /// Its name in the text form.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Ty::V => "val",
            Ty::Int => "int",
            Ty::Num => "num",
            Ty::Bool => "bool",
            Ty::Arr => "arr",
            Ty::Hash => "hash",
            Ty::Cell => "cell",
            Ty::Glob => "glob",
            Ty::Slot => "slot",
        }
    }
}

macro_rules! entity {
    ($(#[$doc:meta])* $name:ident, $prefix:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        pub struct $name(pub u32);

        impl $name {
            /// Its place in its table.
            #[must_use]
            pub fn index(self) -> usize {
                self.0 as usize
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                write!(f, concat!($prefix, "{}"), self.0)
            }
        }

        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                write!(f, concat!($prefix, "{}"), self.0)
            }
        }
    };
}

entity!(
    /// A value of a function.
    Value,
    "%"
);
entity!(
    /// A block of a function.
    Block,
    "b"
);

/// An instruction.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Inst {
    /// What it does.
    pub op: Op,
    /// Its operands.
    pub args: Vec<Value>,
    /// Its result.
    pub result: Option<Value>,
    /// Values to release when it throws, filled by [`crate::counts`], oldest first.
    pub cleanup: Vec<Value>,
    /// What warnings of it say, as in [`s_abi::warning`]; absent: it warns of nothing.
    pub names: Option<StrId>,
}

impl Inst {
    /// An instruction that has nothing to clean up and warns of nothing.
    #[must_use]
    pub fn new(op: Op, args: Vec<Value>, result: Option<Value>) -> Inst {
        Inst { op, args, result, cleanup: Vec::new(), names: None }
    }
}

/// A way to a block, with what its parameters get.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Edge {
    /// Where to.
    pub block: Block,
    /// One value a parameter. Consumed.
    pub args: Vec<Value>,
}

/// How a block ends.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub enum Term {
    /// Goes on.
    Jump(Edge),
    /// Goes one of two ways.
    Branch {
        /// A truth value.
        cond: Value,
        /// When it is 1.
        yes: Edge,
        /// When it is 0.
        no: Edge,
    },
    /// Enters a guarded region: control goes to the body; exceptions in blocks whose handler it is go
    /// to the handler, which takes no parameters.
    Try {
        /// Where control goes.
        body: Block,
        /// Where exceptions go.
        handler: Block,
    },
    /// Leaves the function with a value, which is consumed.
    Return(Option<Value>),
    /// Leaves by the exception that is on its way.
    Throw,
    /// Never reached: the block ends in an instruction that always throws.
    Unreachable,
    /// Not given yet.
    #[default]
    None,
}

impl Term {
    /// Where control may go from here, in order.
    pub fn successors(&self) -> impl Iterator<Item = Block> {
        let (first, second) = match self {
            Term::Jump(edge) => (Some(edge.block), None),
            Term::Branch { yes, no, .. } => (Some(yes.block), Some(no.block)),
            Term::Try { body, handler } => (Some(*body), Some(*handler)),
            Term::Return(_) | Term::Throw | Term::Unreachable | Term::None => (None, None),
        };
        first.into_iter().chain(second)
    }

    /// The values it uses, those given along edges included.
    pub fn values(&self) -> impl Iterator<Item = Value> {
        let own = match self {
            Term::Branch { cond, .. } => Some(*cond),
            Term::Return(value) => *value,
            _ => None,
        };
        own.into_iter().chain(self.edges().flat_map(|edge| edge.args.iter().copied()))
    }

    /// The values it uses, those given along edges included.
    pub fn for_each_value_mut(&mut self, mut change: impl FnMut(&mut Value)) {
        match self {
            Term::Branch { cond, .. } => change(cond),
            Term::Return(Some(value)) => change(value),
            _ => {}
        }
        self.edges_mut().flat_map(|edge| &mut edge.args).for_each(change);
    }

    /// The edges with arguments.
    pub fn edges_mut(&mut self) -> impl Iterator<Item = &mut Edge> {
        let (first, second) = match self {
            Term::Jump(edge) => (Some(edge), None),
            Term::Branch { yes, no, .. } => (Some(yes), Some(no)),
            _ => (None, None),
        };
        first.into_iter().chain(second)
    }

    /// The edges with arguments.
    pub fn edges(&self) -> impl Iterator<Item = &Edge> {
        let (first, second) = match self {
            Term::Jump(edge) => (Some(edge), None),
            Term::Branch { yes, no, .. } => (Some(yes), Some(no)),
            _ => (None, None),
        };
        first.into_iter().chain(second)
    }
}

/// A block.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct BlockData {
    /// Parameters.
    pub params: Vec<Value>,
    /// Instructions.
    pub insts: Vec<Inst>,
    /// The end.
    pub term: Term,
    /// Where exceptions of its instructions go; absent: out of the function.
    pub handler: Option<Block>,
    /// How many loops it is in.
    pub loop_depth: u32,
    /// There is a typed version of it ([`crate::version`]), which does the work on floats.
    pub has_twin: bool,
}

impl BlockData {
    /// The number of instructions, its end among them. Marks for debuggers are none.
    #[must_use]
    pub fn size(&self) -> usize {
        self.insts.iter().filter(|inst| !matches!(inst.op, Op::Line(_))).count() + 1
    }
}

/// How a function is called.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Signature {
    /// Types of parameters. Counted ones are borrowed.
    pub params: Vec<Ty>,
    /// The parameters are the address and the count of arguments in memory.
    pub variadic: bool,
    /// Takes its function object, for captures.
    pub captures: bool,
    /// Takes the context it is called in. Without it the result is one value in every context.
    pub want: bool,
    /// Type of the result, which is owned.
    pub result: Ty,
}

/// A function.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Func {
    /// Full name.
    pub name: String,
    /// Where it begins: as in `s_abi::layout::Frame::pos`.
    pub pos: u32,
    /// How it is called.
    pub signature: Signature,
    /// Blocks; the first is the entry.
    pub blocks: Vec<BlockData>,
    /// The type of every value.
    pub types: Vec<Ty>,
    /// Types of the captures.
    pub captures: Vec<Ty>,
    /// Called other than by [`Op::Call`]: needs an entry with arguments in memory.
    pub escapes: bool,
    /// Needs an activation record even where nothing in it throws.
    pub needs_frame: bool,
}

impl Func {
    /// An empty function with its entry block.
    #[must_use]
    pub fn new(name: String, signature: Signature) -> Func {
        Func {
            name,
            pos: 0,
            signature,
            blocks: vec![BlockData::default()],
            types: Vec::new(),
            captures: Vec::new(),
            escapes: false,
            needs_frame: false,
        }
    }

    /// The type of a value.
    #[must_use]
    pub fn ty(&self, value: Value) -> Ty {
        self.types[value.index()]
    }

    /// A new value.
    pub fn new_value(&mut self, ty: Ty) -> Value {
        self.types.push(ty);
        Value(u32::try_from(self.types.len() - 1).expect("fewer than 2^32 values"))
    }

    /// A new block without parameters.
    pub fn new_block(&mut self) -> Block {
        self.blocks.push(BlockData::default());
        Block(u32::try_from(self.blocks.len() - 1).expect("fewer than 2^32 blocks"))
    }

    /// All blocks, in order of making.
    pub fn block_ids(&self) -> impl Iterator<Item = Block> + use<> {
        (0..u32::try_from(self.blocks.len()).expect("fewer than 2^32 blocks")).map(Block)
    }

    /// A block.
    #[must_use]
    pub fn block(&self, block: Block) -> &BlockData {
        &self.blocks[block.index()]
    }

    /// A block.
    pub fn block_mut(&mut self, block: Block) -> &mut BlockData {
        &mut self.blocks[block.index()]
    }

    /// The number of instructions.
    #[must_use]
    pub fn size(&self) -> usize {
        self.blocks.iter().map(BlockData::size).sum()
    }
}
