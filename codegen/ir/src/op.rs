//! Operations: what an instruction does, and what is known about it.

use serde::{Deserialize, Serialize};

use crate::func::Ty;
use crate::module::{FuncId, GlobalRef, StrId};

/// How a comparison compares.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[expect(missing_docs, reason = "each is its name")]
pub enum Cond {
    Eq,
    Ne,
    Lt,
    Gt,
    Le,
    Ge,
}

impl Cond {
    /// The comparison that holds when this one does not. For floats only of use where no operand
    /// is not a number.
    #[must_use]
    pub fn negated(self) -> Cond {
        match self {
            Cond::Eq => Cond::Ne,
            Cond::Ne => Cond::Eq,
            Cond::Lt => Cond::Ge,
            Cond::Ge => Cond::Lt,
            Cond::Gt => Cond::Le,
            Cond::Le => Cond::Gt,
        }
    }
}

/// Who owns a value that an instruction takes or gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Own {
    /// Taken: the instruction looks and leaves it to its owner. Given: somebody else keeps it alive
    /// for as long as it is used.
    Borrowed,
    /// Taken: the instruction becomes responsible. Given: whoever has it must give it on or release it.
    Owned,
}

/// What an element of an array is taken for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Element {
    /// A float.
    Float,
    /// A float, or an integer, which is converted.
    Number,
}

/// What the name of a method means in a module, see [`crate::means`]: where a call looks first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Means {
    /// Functions of this name that take values and give one, where there are few.
    pub functions: [Option<FuncId>; 2],
    /// Fields of this name.
    pub fields: Fields,
}

/// Fields of classes, of one name.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Fields {
    /// There may be some, and functions as well.
    #[default]
    Perhaps,
    /// There are none.
    None,
    /// There is one, of a class without heirs, and no function.
    One,
    /// There are some, and no function.
    Several,
}

/// What an instruction does. Operands and results are listed by [`Op::params`] and [`Op::result`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Op {
    // Constants
    /// An integer.
    Int(i64),
    /// A float.
    Num(f64),
    /// A truth value.
    Bool(bool),
    /// The undefined value.
    Undef,
    /// A value of the tag BOOL or the integers 0 and 1, as the mode says, from a constant.
    BoolVal(bool),
    /// `w1` of an unsigned integer above the signed range.
    Uint(u64),
    /// A constant string of the module.
    Str(StrId),
    /// A table of assets of the module: what the builtins `asset` and `assets` take first.
    Assets(u32),
    /// A constant pattern of the module.
    Regex(u32),
    /// The address of a name of the module.
    Glob(GlobalRef),
    /// The cell of a builtin, by its row in `s_abi::builtins`: what `call_builtin` is given.
    Builtin(u32),
    /// The slot inside a cell.
    CellSlot,
    /// The cell, array or hash a glob holds now; the type of the result says which.
    GlobSlot,

    // The call of this function
    /// The nth parameter. Only at the start of the entry block.
    Param(u32),
    /// The nth capture of the function object; the type of the result says what it is.
    Capture(u32),
    /// The context the function was called in, as an integer of `s_abi::layout::want`.
    Want,
    /// The address of the values from a mark of the value stack on.
    ListAddress,
    /// The nth argument in memory: address and index. The count was checked.
    Arg,

    // Conversions
    /// Integer to value.
    BoxInt,
    /// Float to value.
    BoxNum,
    /// Truth value to value, as comparisons yield it.
    BoxBool,
    /// Value to integer; the value is known to be one.
    UnboxInt,
    /// Value to float; the value is known to be one.
    UnboxNum,
    /// Array reference value of an owned array.
    BoxArr,
    /// Hash reference value of an owned hash.
    BoxHash,
    /// Scalar reference value of an owned cell.
    BoxCell,
    /// Value to float; the value is known to be an integer or a float.
    ValToNum,
    /// Integer to float.
    IntToNum,
    /// Truth value to integer, 0 or 1.
    BoolToInt,

    // Machine arithmetic
    /// Wrapping addition of integers, and so on.
    IAdd,
    /// Subtraction.
    ISub,
    /// Multiplication.
    IMul,
    /// Negation.
    INeg,
    /// Bitwise and.
    IAnd,
    /// Bitwise or.
    IOr,
    /// Bitwise exclusive or.
    IXor,
    /// Complement.
    INot,
    /// Remainder with the sign of the right operand, which is a constant other than 0 and -1.
    IRemConst(i64),
    /// Remainder with the sign of the right operand; throws where that is 0.
    IRem,
    /// Shift left by a constant from 0 to 63.
    IShlConst(u8),
    /// Arithmetic shift right by a constant from 0 to 63.
    IShrConst(u8),
    /// Comparison of integers.
    ICmp(Cond),
    /// Addition of floats, and so on.
    FAdd,
    /// Subtraction.
    FSub,
    /// Multiplication.
    FMul,
    /// Division; the divisor is known not to be zero.
    FDiv,
    /// Division that throws where the divisor is zero.
    FDivChecked,
    /// Negation.
    FNeg,
    /// Absolute value.
    FAbs,
    /// Square root.
    FSqrt,
    /// Comparison of floats.
    FCmp(Cond),
    /// Not, of a truth value.
    Not,
    /// Is the tag of a value this one? For tests on undef and the like.
    HasTag(u8),
    /// The array of a value that is a reference to one, which keeps it alive.
    RefArr,
    /// Is what indexes lead to a float? The root is an array or a value, which is to be a reference to
    /// one; what each index but the last leads to is to be one, too. No index counts from the end.
    ElemIsNum(Element),
    /// The float that [`Op::ElemIsNum`] with the same operands has found, nothing having changed since.
    ElemNum(Element),
    /// Packs the array that indexes lead to, if it has one and all its elements are floats; the root is as in
    /// [`Op::ElemIsNum`]. Changes nothing that the program could see.
    Pack,

    // Calls
    /// A runtime function of the table.
    Rt(Rt),
    /// A function of the module with arguments as its signature says.
    Call(FuncId),
    /// A function value with arguments: the first operand is called, the others are passed in
    /// memory. The context is given.
    CallValue(u64),
    /// As [`Op::CallValue`] in the context that the last operand, an integer, says.
    CallValueWant,
    /// The function a glob holds: as [`Op::CallValue`], the first operand being the glob.
    CallGlob(u64),
    /// As [`Op::CallGlob`] in the context that the last operand says.
    CallGlobWant,
    /// A method: operands are its name, the invocant, the arguments, and the context, an integer.
    CallMethod(Means),
    /// A method with invocant and arguments on the value stack: operands are its name, the mark from which these are, which
    /// go with the call, and the context.
    CallMethodList(Means),
    /// A closure of a function of the module: operands are its captures.
    Closure(FuncId),

    // Bookkeeping
    /// The statement being run, for messages: file and line as in `s_abi::layout::Frame::pos`.
    Pos(u32),
    /// The statement being run, for debuggers only: what [`Op::Pos`] leaves out because no message needs it.
    Line(u32),
    /// Nothing; the operand lives until here.
    Keep,
    /// One more reference to the operand. Inserted by [`crate::counts`].
    Retain,
    /// One reference less. Inserted by [`crate::counts`].
    Release,
    /// Another name for the operand. Passes leave none behind.
    Copy,
}

/// What is known about the operands and the result of an operation.
pub struct Shape {
    /// Operand types and who owns them; the last repeats for operations that take any number.
    pub params: Vec<(Ty, Own)>,
    /// Any number of operands of the last kind.
    pub variadic: bool,
    /// Result.
    pub result: Option<(Ty, Own)>,
    /// May leave by an exception.
    pub throws: bool,
    /// Has no effect but its result, and may be removed when that is unused.
    pub pure_: bool,
}

impl Op {
    /// Returns what is known, but for [`Op::Call`], [`Op::Param`], [`Op::Capture`], [`Op::GlobSlot`] and
    /// [`Op::Copy`], whose types depend on the module or the value: those give what they share.
    #[must_use]
    pub fn shape(&self) -> Shape {
        use Own::{Borrowed, Owned};
        use Ty::{Arr, Bool, Cell, Glob, Hash, Int, Num, V};
        let fixed = |params: &[Ty], result: Ty| Shape {
            params: params.iter().map(|ty| (*ty, Borrowed)).collect(),
            variadic: false,
            result: Some((result, Owned)),
            throws: false,
            pure_: true,
        };
        match self {
            Op::Int(_) | Op::Want | Op::Builtin(_) => fixed(&[], Int),
            Op::Num(_) => fixed(&[], Num),
            Op::Bool(_) => fixed(&[], Bool),
            Op::Undef | Op::BoolVal(_) | Op::Uint(_) | Op::Str(_) | Op::Assets(_) | Op::Regex(_) => {
                Shape { result: Some((V, Borrowed)), ..fixed(&[], V) }
            }
            Op::Glob(_) => fixed(&[], Glob),
            Op::GlobSlot => Shape { result: None, ..fixed(&[Glob], V) },
            Op::CellSlot => fixed(&[Cell], Ty::Slot),
            Op::Param(_) | Op::Capture(_) => Shape { result: None, ..fixed(&[], V) },
            Op::ListAddress => fixed(&[Int], Int),
            Op::Arg => Shape { result: Some((V, Borrowed)), ..fixed(&[Int, Int], V) },
            Op::BoxInt => fixed(&[Int], V),
            Op::BoxNum => fixed(&[Num], V),
            Op::BoxBool => fixed(&[Bool], V),
            Op::UnboxInt => fixed(&[V], Int),
            Op::UnboxNum | Op::ValToNum => fixed(&[V], Num),
            Op::BoxArr => Shape { params: vec![(Arr, Owned)], ..fixed(&[], V) },
            Op::BoxHash => Shape { params: vec![(Hash, Owned)], ..fixed(&[], V) },
            Op::BoxCell => Shape { params: vec![(Cell, Owned)], ..fixed(&[], V) },
            Op::IntToNum => fixed(&[Int], Num),
            Op::BoolToInt => fixed(&[Bool], Int),
            Op::IAdd | Op::ISub | Op::IMul | Op::IAnd | Op::IOr | Op::IXor => fixed(&[Int, Int], Int),
            Op::IRem => Shape { throws: true, pure_: false, ..fixed(&[Int, Int], Int) },
            Op::FDivChecked => Shape { throws: true, pure_: false, ..fixed(&[Num, Num], Num) },
            Op::INeg | Op::INot | Op::IRemConst(_) | Op::IShlConst(_) | Op::IShrConst(_) => {
                fixed(&[Int], Int)
            }
            Op::ICmp(_) => fixed(&[Int, Int], Bool),
            Op::FAdd | Op::FSub | Op::FMul | Op::FDiv => fixed(&[Num, Num], Num),
            Op::FNeg | Op::FAbs | Op::FSqrt => fixed(&[Num], Num),
            Op::FCmp(_) => fixed(&[Num, Num], Bool),
            Op::Not => fixed(&[Bool], Bool),
            Op::HasTag(_) => fixed(&[V], Bool),
            Op::RefArr => Shape { result: Some((Arr, Borrowed)), ..fixed(&[V], Arr) },
            // The first operand may be an array as well; the verifier knows.
            Op::ElemIsNum(_) => Shape { variadic: true, ..fixed(&[V, Int], Bool) },
            Op::ElemNum(_) => Shape { variadic: true, ..fixed(&[V, Int], Num) },
            Op::Pack => Shape { variadic: true, result: None, pure_: false, ..fixed(&[V, Int], V) },
            Op::Rt(function) => function.shape(),
            Op::Call(_) => Shape { result: None, throws: true, pure_: false, ..fixed(&[], V) },
            Op::CallValue(_) => Shape {
                params: vec![(V, Borrowed)],
                variadic: true,
                throws: true,
                pure_: false,
                ..fixed(&[], V)
            },
            Op::CallGlob(_) => Shape {
                params: vec![(Glob, Borrowed), (V, Borrowed)],
                variadic: true,
                throws: true,
                pure_: false,
                ..fixed(&[], V)
            },
            // The last operand is an integer; the verifier knows.
            Op::CallValueWant => Shape {
                params: vec![(V, Borrowed)],
                variadic: true,
                throws: true,
                pure_: false,
                ..fixed(&[], V)
            },
            Op::CallMethod(_) => Shape {
                params: vec![(V, Borrowed), (V, Borrowed)],
                variadic: true,
                throws: true,
                pure_: false,
                ..fixed(&[], V)
            },
            Op::CallMethodList(_) => Shape {
                params: vec![(V, Borrowed), (Int, Borrowed), (Int, Borrowed)],
                throws: true,
                pure_: false,
                ..fixed(&[], V)
            },
            Op::CallGlobWant => Shape {
                params: vec![(Glob, Borrowed), (V, Borrowed)],
                variadic: true,
                throws: true,
                pure_: false,
                ..fixed(&[], V)
            },
            Op::Closure(_) => {
                Shape { params: vec![(V, Borrowed)], variadic: true, pure_: false, ..fixed(&[], V) }
            }
            Op::Pos(_) | Op::Line(_) => Shape { result: None, pure_: false, ..fixed(&[], V) },
            Op::Keep => Shape { params: vec![(V, Borrowed)], result: None, pure_: false, ..fixed(&[], V) },
            Op::Retain => Shape { params: vec![(V, Borrowed)], result: None, pure_: false, ..fixed(&[], V) },
            Op::Release => Shape { params: vec![(V, Owned)], result: None, pure_: false, ..fixed(&[], V) },
            Op::Copy => Shape { params: vec![(V, Owned)], result: None, ..fixed(&[], V) },
        }
    }

    /// How it takes its nth operand: as [`Op::shape`] says, without the rest of that.
    #[must_use]
    pub fn takes(&self, index: usize) -> Own {
        match self {
            Op::BoxArr | Op::BoxHash | Op::BoxCell | Op::Release | Op::Copy => Own::Owned,
            Op::Rt(function) => function.takes(index),
            _ => Own::Borrowed,
        }
    }

    /// How it gives its result, if it has one.
    #[must_use]
    pub fn gives(&self) -> Own {
        match self {
            Op::Undef
            | Op::BoolVal(_)
            | Op::Uint(_)
            | Op::Str(_)
            | Op::Assets(_)
            | Op::Regex(_)
            | Op::Arg
            | Op::Param(_)
            | Op::Capture(_)
            | Op::GlobSlot
            | Op::RefArr => Own::Borrowed,
            _ => Own::Owned,
        }
    }

    /// Whether it has no effect but its result, and may be removed when that is unused.
    #[must_use]
    pub fn is_pure(&self) -> bool {
        match self {
            Op::Rt(function) => function.is_pure(),
            Op::Closure(_) | Op::Pack | Op::Pos(_) | Op::Line(_) | Op::Keep | Op::Retain | Op::Release => {
                false
            }
            op => !op.throws(),
        }
    }

    /// Whether it calls a function of the program, directly or whatever a value or a name means.
    #[must_use]
    pub fn is_call(&self) -> bool {
        matches!(
            self,
            Op::Call(_)
                | Op::CallValue(_)
                | Op::CallValueWant
                | Op::CallGlob(_)
                | Op::CallGlobWant
                | Op::CallMethod(_)
                | Op::CallMethodList(_)
        )
    }

    /// Whether it may leave by an exception.
    #[must_use]
    pub fn throws(&self) -> bool {
        match self {
            Op::Rt(function) => function.signature().throws,
            Op::IRem | Op::FDivChecked => true,
            op => op.is_call(),
        }
    }
}

/// The signature of a runtime function.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RtSignature {
    /// Its name.
    pub name: &'static str,
    /// Kinds of parameters, as in the table.
    pub params: &'static [char],
    /// Kind of the result; `N` for none.
    pub result: char,
    /// May throw.
    pub throws: bool,
    /// May run code of the program.
    pub user: bool,
}

macro_rules! kind {
    (V) => {
        'V'
    };
    (O) => {
        'O'
    };
    (I) => {
        'I'
    };
    (F) => {
        'F'
    };
    (B) => {
        'B'
    };
    (A) => {
        'A'
    };
    (H) => {
        'H'
    };
    (C) => {
        'C'
    };
    (G) => {
        'G'
    };
    (P) => {
        'P'
    };
    (N) => {
        'N'
    };
}

macro_rules! table {
    ($($name:ident ( $($param:ident),* ) -> $result:ident [ $($flag:ident)* ];)*) => {
        /// A runtime function; see `s_abi::functions` for what each does.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[allow(non_camel_case_types, missing_docs, reason = "names are those of the functions")]
        pub enum Rt {
            $($name,)*
        }

        /// Signatures, in the order of [`Rt`].
        static SIGNATURES: &[RtSignature] = &[
            $(RtSignature {
                name: stringify!($name),
                params: &[$(kind!($param)),*],
                result: kind!($result),
                throws: has(&[$(stringify!($flag)),*], "throws"),
                user: has(&[$(stringify!($flag)),*], "user"),
            },)*
        ];

        /// Every runtime function, in the order of the table.
        pub static RUNTIME: &[Rt] = &[$(Rt::$name,)*];
    };
}

const fn has(flags: &[&str], wanted: &str) -> bool {
    let mut index = 0;
    while index < flags.len() {
        if equal(flags[index].as_bytes(), wanted.as_bytes()) {
            return true;
        }
        index += 1;
    }
    false
}

const fn equal(left: &[u8], right: &[u8]) -> bool {
    if left.len() != right.len() {
        return false;
    }
    let mut index = 0;
    while index < left.len() {
        if left[index] != right[index] {
            return false;
        }
        index += 1;
    }
    true
}

s_abi::for_each_runtime_function!(table);

impl Rt {
    /// Its row.
    #[must_use]
    pub fn signature(self) -> &'static RtSignature {
        &SIGNATURES[self as usize]
    }

    /// Finds one by name.
    #[must_use]
    pub fn by_name(name: &str) -> Option<Rt> {
        RUNTIME.iter().copied().find(|function| function.signature().name == name)
    }

    fn shape(self) -> Shape {
        let signature = self.signature();
        let params = signature
            .params
            .iter()
            .enumerate()
            .map(|(index, kind)| (Ty::of_kind(*kind), self.takes(index)))
            .collect();
        let result = (signature.result != 'N').then(|| (Ty::of_kind(signature.result), Own::Owned));
        Shape { params, variadic: false, result, throws: signature.throws, pure_: self.is_pure() }
    }

    fn takes(self, index: usize) -> Own {
        let consumed = self.signature().params.get(index) == Some(&'O') || self.consumes_container();
        if consumed { Own::Owned } else { Own::Borrowed }
    }

    /// Whether the only parameter, a container, is consumed.
    fn consumes_container(self) -> bool {
        matches!(self, Rt::arr_release | Rt::hash_release | Rt::cell_release | Rt::arr_fresh | Rt::hash_fresh)
    }

    /// Whether it has no effect but its result.
    #[must_use]
    pub fn is_pure(self) -> bool {
        matches!(
            self,
            Rt::is_defined
                | Rt::int_pow
                | Rt::num_pow
                | Rt::int_shl
                | Rt::int_shr
                | Rt::num_to_int
                | Rt::int_to_str
                | Rt::num_to_str
                | Rt::arr_len
                | Rt::arr_get
                | Rt::arr_new
                | Rt::hash_new
                | Rt::hash_len
                | Rt::cell_get
                | Rt::capture
                | Rt::code_ref
                | Rt::code_defined
                | Rt::ref_type
                | Rt::arr_ref
                | Rt::hash_ref
                | Rt::cell_ref
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_fit_six_registers() {
        for function in RUNTIME {
            let signature = function.signature();
            let words: usize = 1 + signature
                .params
                .iter()
                .map(|kind| if matches!(kind, 'V' | 'O') { 2 } else { 1 })
                .sum::<usize>();
            assert!(words <= 6, "{}", signature.name);
        }
    }

    #[test]
    fn names_find_their_functions() {
        for function in RUNTIME {
            assert_eq!(Rt::by_name(function.signature().name), Some(*function));
        }
    }
}
