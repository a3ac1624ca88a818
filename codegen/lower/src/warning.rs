//! What warnings of operators say: the name of the operator, and of the variables it works on.
//!
//! Plain Perl only, and only where `use warnings` is in force. A text goes with the instruction
//! ([`s_ir::Inst::names`]); what it is made of stands in [`s_abi::warning`].

use s_abi::warning;
use s_sema::hir::{Array, BinaryOp, Expr, ExprKind, Hash, LocalId, Pos};

use crate::function::Lower;

/// What `.` and texts with variables in them are called.
pub(crate) const CONCATENATION: &str = "concatenation (.) or string";

impl<'a> Lower<'a> {
    /// Says of the instruction that was added last what its warnings say.
    pub(crate) fn warns_as(&mut self, pos: Pos, kind: u8, operator: &str, operands: &[&Expr]) {
        if pos.warnings & (warning::UNDEFINED | warning::NUMERIC) == 0 {
            return;
        }
        let mut said = vec![pos.warnings | kind];
        said.extend_from_slice(operator.as_bytes());
        for operand in operands {
            said.push(0);
            said.extend_from_slice(self.variable_of(operand).unwrap_or_default().as_bytes());
        }
        let names = self.module.string(&said, false);
        self.builder.name_operands(names);
    }

    /// The same of an operator with two operands.
    pub(crate) fn warns_as_binary(&mut self, pos: Pos, op: BinaryOp, left: &Expr, right: &Expr) {
        if let Some((operator, kind)) = said_of(op) {
            self.warns_as(pos, kind, operator, &[left, right]);
        }
    }

    /// The same of one that assigns: what it assigns to may be undefined where that counts as nothing.
    pub(crate) fn warns_as_assigning(&mut self, pos: Pos, op: BinaryOp, place: &Expr, value: &Expr) {
        let Some((operator, mut kind)) = said_of(op) else { return };
        if matches!(op, BinaryOp::Add | BinaryOp::Sub | BinaryOp::Concat | BinaryOp::BitOr | BinaryOp::BitXor)
        {
            kind |= warning::LEFT_MAY_BE_UNDEFINED;
        }
        self.warns_as(pos, kind, operator, &[place, value]);
    }

    /// The same of a builtin.
    pub(crate) fn warns_as_builtin(&mut self, pos: Pos, name: &str, args: &'a [Expr]) {
        // An argument that is left out is undefined, and nothing to warn of.
        if let Some((operator, kind)) = said_of_builtin(name)
            && !args.iter().any(|arg| matches!(arg.kind, ExprKind::Undef))
        {
            let operands = self.operands_of(args);
            self.warns_as(pos, kind, operator, &operands);
        }
    }

    /// The same of one that looks for a key in a hash.
    pub(crate) fn warns_as_key(&mut self, key: &Expr) {
        if !key.is_literal() {
            self.warns_as(key.pos, warning::TEXTS, "hash element", &[key]);
        }
    }

    /// The elements of a list one by one, as far as each gives exactly one value.
    pub(crate) fn operands_of(&self, list: &'a [Expr]) -> Vec<&'a Expr> {
        let mut operands = Vec::new();
        for item in list {
            match &item.kind {
                ExprKind::List(items) => operands.extend(self.operands_of(items)),
                _ if self.is_single(item) => operands.push(item),
                _ => break,
            }
        }
        operands
    }

    /// The variable an expression is, as it is written, as far as that is known without running.
    fn variable_of(&self, expr: &Expr) -> Option<String> {
        match &expr.kind {
            ExprKind::Local(id) => self.local_name(*id).map(|name| format!("${name}")),
            ExprKind::Global(id) => {
                Some(format!("${}", global_name(&self.program.globals[id.index()].name)?))
            }
            ExprKind::Capture(number @ 1..) => Some(format!("${number}")),
            ExprKind::Special(name) => Some(format!("${name}")),
            ExprKind::Index(array, index) => {
                let name = match array {
                    Array::Local(id) => self.local_name(*id)?,
                    Array::Global(id) => global_name(&self.program.globals[id.index()].name)?,
                    Array::Deref(_) => return None,
                };
                let ExprKind::Int(index) = index.kind else { return None };
                Some(format!("${name}[{index}]"))
            }
            ExprKind::Key(hash, key) => {
                let name = match hash {
                    Hash::Local(id) => self.local_name(*id)?,
                    Hash::Global(id) => global_name(&self.program.globals[id.index()].name)?,
                    Hash::Deref(_) => return None,
                };
                let ExprKind::Str { bytes, wide: false } = &key.kind else { return None };
                Some(format!("${name}{{\"{}\"}}", std::str::from_utf8(bytes).ok()?))
            }
            _ => None,
        }
    }

    /// The name of a variable that the program declares; those the compiler makes have other ones.
    fn local_name(&self, id: LocalId) -> Option<&str> {
        let name = self.function.locals[id.index()].name.as_str();
        is_name(name).then_some(name)
    }
}

/// The name of a package variable as it is written.
fn global_name(full: &str) -> Option<&str> {
    // A variable of a file that functions use is `file:LINE:name`.
    if let Some(rest) = full.strip_prefix("file:") {
        return rest.split_once(':').map(|(_, name)| name);
    }
    Some(full.strip_prefix("main::").unwrap_or(full))
}

fn is_name(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte >= 0x80) && !text.is_empty()
}

/// What an operator is called, and how it takes its operands.
fn said_of(op: BinaryOp) -> Option<(&'static str, u8)> {
    Some(match op {
        BinaryOp::Add => ("addition (+)", 0),
        BinaryOp::Sub => ("subtraction (-)", 0),
        BinaryOp::Mul => ("multiplication (*)", 0),
        BinaryOp::Div => ("division (/)", 0),
        BinaryOp::Mod => ("modulus (%)", 0),
        BinaryOp::Pow => ("exponentiation (**)", 0),
        BinaryOp::Concat => (CONCATENATION, warning::TEXTS),
        BinaryOp::Repeat => ("repeat (x)", warning::FIRST_IS_TEXT),
        BinaryOp::Shl => ("left bitshift (<<)", 0),
        BinaryOp::Shr => ("right bitshift (>>)", 0),
        BinaryOp::BitAnd => ("bitwise and (&)", 0),
        BinaryOp::BitOr => ("bitwise or (|)", 0),
        BinaryOp::BitXor => ("bitwise xor (^)", 0),
        BinaryOp::NumCmp => ("numeric comparison (<=>)", 0),
        BinaryOp::NumEq => ("numeric eq (==)", 0),
        BinaryOp::NumNe => ("numeric ne (!=)", 0),
        BinaryOp::NumLt => ("numeric lt (<)", 0),
        BinaryOp::NumGt => ("numeric gt (>)", 0),
        BinaryOp::NumLe => ("numeric le (<=)", 0),
        BinaryOp::NumGe => ("numeric ge (>=)", 0),
        BinaryOp::StrCmp => ("string comparison (cmp)", warning::TEXTS),
        BinaryOp::StrEq => ("string eq", warning::TEXTS),
        BinaryOp::StrNe => ("string ne", warning::TEXTS),
        BinaryOp::StrLt => ("string lt", warning::TEXTS),
        BinaryOp::StrGt => ("string gt", warning::TEXTS),
        BinaryOp::StrLe => ("string le", warning::TEXTS),
        BinaryOp::StrGe => ("string ge", warning::TEXTS),
        _ => return None,
    })
}

/// What a builtin is called whose arguments are looked at before it runs, and how it takes them. Others
/// take undefined values for what they are, or look at them in their own way.
fn said_of_builtin(name: &str) -> Option<(&'static str, u8)> {
    Some(match name {
        "uc" => ("uc", warning::TEXTS),
        "lc" => ("lc", warning::TEXTS),
        "fc" => ("fc", warning::TEXTS),
        "ucfirst" => ("ucfirst", warning::TEXTS),
        "lcfirst" => ("lcfirst", warning::TEXTS),
        "quotemeta" => ("quotemeta", warning::TEXTS),
        "ord" => ("ord", warning::TEXTS),
        "hex" => ("hex", warning::TEXTS),
        "oct" => ("oct", warning::TEXTS),
        "index" => ("index", warning::TEXTS),
        "rindex" => ("rindex", warning::TEXTS),
        "sprintf" => ("sprintf", warning::TEXTS),
        "pack" => ("pack", warning::TEXTS),
        "substr" => ("substr", warning::FIRST_IS_TEXT),
        "chr" => ("chr", 0),
        "int" => ("int", 0),
        "abs" => ("abs", 0),
        "sqrt" => ("sqrt", 0),
        "log" => ("log", 0),
        "sin" => ("sin", 0),
        "cos" => ("cos", 0),
        "exp" => ("exp", 0),
        "atan2" => ("atan2", 0),
        _ => return None,
    })
}
