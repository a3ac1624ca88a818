//! What `sort` compares: the elements themselves, keys of theirs, or whatever a block says.

use s_syntax::ast::{self, BinaryOp, ExprKind as A, LogicOp, Piece, Sigil, StmtKind as S};

use crate::hir::{self, Block, Params, SortBy, SortKey, VarKind};
use crate::iterate::pair_names;
use crate::place::stmt;
use crate::resolver::{FnKind, Resolver, Want, set_slot};
use crate::walk::{self, Node};

/// Builtins that give the same for the same arguments and do nothing else.
const PURE: &[&str] = &[
    "abs", "chr", "defined", "exists", "fc", "hex", "index", "int", "join", "lc", "lcfirst", "len", "length",
    "oct", "ord", "rindex", "scalar", "sprintf", "sqrt", "uc", "ucfirst",
];

/// A key as it is written: the expression for one of the elements.
struct WrittenKey<'a> {
    of_one: &'a ast::Expr,
    is_text: bool,
    descending: bool,
}

impl Resolver<'_> {
    /// How a block compares that does more than to compare its two elements.
    pub(crate) fn comparison(&mut self, block: &ast::Block) -> SortBy {
        if !self.is_private(Node::Block(block)) || names_the_pair(block) {
            return SortBy::Function(self.comparator(block));
        }
        let written = self.written_keys(block).unwrap_or_default();
        let function = self.comparator(block);
        let keys = written.iter().map(|key| self.sort_key(block, key)).collect();
        SortBy::Private { function, keys }
    }

    /// `$a <=> $b` and the like.
    pub(crate) fn simple_comparison(&self, block: &ast::Block) -> Option<SortBy> {
        let [ast::Stmt { kind: S::Expr(expr), .. }] = block.stmts.as_slice() else { return None };
        let A::Binary(operator @ (BinaryOp::NumCmp | BinaryOp::StrCmp), x, y) = &expr.kind else {
            return None;
        };
        let (x, y) = (self.compared(x, block)?, self.compared(y, block)?);
        if x == y {
            return None;
        }
        let descending = x == 1;
        Some(match operator {
            BinaryOp::NumCmp => SortBy::Numbers { descending },
            _ if descending => SortBy::StringsDescending,
            _ => SortBy::Strings,
        })
    }

    /// Which of the two compared elements an expression is.
    fn compared(&self, side: &ast::Expr, block: &ast::Block) -> Option<usize> {
        match &side.kind {
            A::Var(Sigil::Scalar, name) => {
                if !block.params.is_empty()
                    && let Some(place) = pair_names(block).iter().position(|known| known == name)
                {
                    return Some(place);
                }
                if self.names.find(VarKind::Scalar, name).is_some() {
                    return None;
                }
                match name.as_str() {
                    "a" if block.params.len() < 2 => Some(0),
                    "b" if block.params.len() < 2 => Some(1),
                    "_" if !self.options.compat => Some(0),
                    _ => None,
                }
            }
            A::Topic { slot: slot @ (0 | 1), outer: 0, .. } if !self.options.compat => Some(*slot as usize),
            _ => None,
        }
    }

    /// The keys of a block that compares the same of both elements, one behind the other.
    fn written_keys<'a>(&self, block: &'a ast::Block) -> Option<Vec<WrittenKey<'a>>> {
        let [ast::Stmt { kind: S::Expr(expr), .. }] = block.stmts.as_slice() else { return None };
        let mut keys = Vec::new();
        self.add_keys(expr, block, &mut keys)?;
        Some(keys)
    }

    fn add_keys<'a>(
        &self,
        expr: &'a ast::Expr,
        block: &ast::Block,
        keys: &mut Vec<WrittenKey<'a>>,
    ) -> Option<()> {
        match &expr.kind {
            A::List { items, .. } if items.len() == 1 => self.add_keys(&items[0], block, keys),
            A::Logic(LogicOp::Or, first, second) => {
                self.add_keys(first, block, keys)?;
                self.add_keys(second, block, keys)
            }
            A::Binary(operator @ (BinaryOp::NumCmp | BinaryOp::StrCmp), x, y) => {
                let mut first = None;
                if !self.mirrors(x, y, block, &mut first) {
                    return None;
                }
                let is_text = *operator == BinaryOp::StrCmp;
                keys.push(WrittenKey { of_one: x, is_text, descending: first? == 1 });
                Some(())
            }
            _ => None,
        }
    }

    /// Whether two expressions are the same of the one element and of the other, and may be evaluated once for an
    /// element instead of each time it is compared. Which element the left one is of is noted in `first`.
    fn mirrors(&self, x: &ast::Expr, y: &ast::Expr, block: &ast::Block, first: &mut Option<usize>) -> bool {
        match (self.compared(x, block), self.compared(y, block)) {
            (Some(left), Some(right)) => return left != right && *first.get_or_insert(left) == left,
            (None, None) => {}
            _ => return false,
        }
        let mut all = |xs: &[&ast::Expr], ys: &[&ast::Expr]| {
            xs.len() == ys.len() && xs.iter().zip(ys).all(|(x, y)| self.mirrors(x, y, block, first))
        };
        match (&x.kind, &y.kind) {
            (A::Int(x), A::Int(y)) => x == y,
            (A::Float(x), A::Float(y)) => x.to_bits() == y.to_bits(),
            (A::Str(x), A::Str(y)) => {
                x.len() == y.len()
                    && x.iter().zip(y).all(|pair| match pair {
                        (Piece::Text(x), Piece::Text(y)) => x == y,
                        (Piece::Scalar(x), Piece::Scalar(y)) => all(&[x], &[y]),
                        _ => false,
                    })
            }
            (A::Var(one, x), A::Var(other, y)) => {
                matches!(one, Sigil::Scalar | Sigil::Array | Sigil::Hash) && one == other && x == y
            }
            (A::Deref(one @ (Sigil::Array | Sigil::Hash), x), A::Deref(other, y)) => {
                one == other && all(&[x], &[y])
            }
            (A::LastIndex(x), A::LastIndex(y)) => all(&[x], &[y]),
            (A::Index { base: x, index: i, arrow: one }, A::Index { base: y, index: j, arrow: other })
            | (A::Key { base: x, key: i, arrow: one }, A::Key { base: y, key: j, arrow: other }) => {
                one == other && all(&[x, i], &[y, j])
            }
            (A::Unary(one, x), A::Unary(other, y)) => one == other && all(&[x], &[y]),
            (A::Binary(one, x, i), A::Binary(other, y, j)) => {
                one == other && *one != BinaryOp::SmartMatch && all(&[x, i], &[y, j])
            }
            (A::Logic(one, x, i), A::Logic(other, y, j)) => one == other && all(&[x, i], &[y, j]),
            (A::Ternary(x, i, m), A::Ternary(y, j, n)) => all(&[x, i, m], &[y, j, n]),
            (A::List { items: x, .. }, A::List { items: y, .. }) if x.len() == 1 && y.len() == 1 => {
                all(&[&x[0]], &[&y[0]])
            }
            (A::Call(x), A::Call(y)) => {
                x.name.text == y.name.text
                    && self.is_pure(x)
                    && self.is_pure(y)
                    && all(&x.args.iter().collect::<Vec<_>>(), &y.args.iter().collect::<Vec<_>>())
            }
            _ => false,
        }
    }

    /// Whether a call is of a builtin that does nothing but to give a value.
    fn is_pure(&self, call: &ast::Call) -> bool {
        let name = &call.name.text;
        call.block.is_none()
            && call.head.is_none()
            && !call.args.is_empty()
            && self.builtin_row(name).is_some_and(|row| PURE.contains(&row.name))
            && !self.has_function(&self.full_name(name))
    }

    /// The comparator of a `sort` as a function of two.
    fn comparator(&mut self, block: &ast::Block) -> hir::FunctionId {
        let id = self.reserve();
        let pos = self.pos(block.span);
        self.begin_function(FnKind::Compare, id, block.span.start);
        self.braces += 1;
        let pair = self.pair(block);
        let frame = self.frames.last_mut().expect("a function has a frame");
        set_slot(&mut frame.slots, 0, Some(pair[0].1));
        set_slot(&mut frame.slots, 1, Some(pair[1].1));
        let stmts = self.statements(&block.stmts, Want::Scalar);
        self.braces -= 1;
        let scalars = pair.iter().map(|&(id, _)| (id, None)).collect();
        let params = Params::Positional { scalars, rest: None };
        let body = Block { stmts, ..Block::default() };
        let name = format!("{}::__SORT__", self.package);
        self.end_function(name, pos, params, body, None);
        self.cx().calls.push(id);
        id
    }

    /// What gives a key, as a function of one. Warnings are left to the comparator, which works on what is no
    /// plain number or text.
    fn sort_key(&mut self, block: &ast::Block, key: &WrittenKey<'_>) -> SortKey {
        let function = self.reserve();
        let span = key.of_one.span;
        let pos = self.pos(span);
        let told = self.diagnostics.len();
        let warnings = self.warnings;
        self.warnings &= s_abi::warning::LAX;
        self.begin_function(FnKind::Compare, function, span.start);
        self.braces += 1;
        // One element, by either name.
        let element = self.hidden(span.start, "a", VarKind::Scalar);
        let place = self.place_of_hidden(element, span.start);
        for name in pair_names(block) {
            self.name_element(name, place);
        }
        let frame = self.frames.last_mut().expect("a function has a frame");
        set_slot(&mut frame.slots, 0, Some(place));
        set_slot(&mut frame.slots, 1, Some(place));
        let value = self.expr(key.of_one, Want::Scalar);
        self.braces -= 1;
        let params = Params::Positional { scalars: vec![(element, None)], rest: None };
        let body = Block { stmts: vec![stmt(value)], ..Block::default() };
        let name = format!("{}::__SORT__", self.package);
        self.end_function(name, pos, params, body, None);
        self.cx().calls.push(function);
        self.warnings = warnings;
        // The comparator has told of it.
        self.diagnostics.truncate(told);
        SortKey { function, is_text: key.is_text, descending: key.descending }
    }
}

/// Whether a block may reach the package variables `$a` and `$b` beside its elements: by a full name, or through a
/// reference.
fn names_the_pair(block: &ast::Block) -> bool {
    let mut found = false;
    let mut todo = vec![Node::Block(block)];
    while let Some(node) = todo.pop() {
        if let Node::Expr(expr) = node {
            found |= match &expr.kind {
                A::Var(Sigil::Scalar, name) => name.ends_with("::a") || name.ends_with("::b"),
                A::Var(Sigil::Glob, _) | A::Deref(Sigil::Scalar | Sigil::Glob, _) => true,
                _ => false,
            };
        }
        walk::children(node, &mut |child| todo.push(child));
    }
    found
}
