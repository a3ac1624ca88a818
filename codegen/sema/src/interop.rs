//! `--no-interop`: Perl's spellings are refused where the language has its own.

use s_syntax::ast::{Block, Call, Expr, ExprKind, Function, Name, ParamKind, Sigil, Span, Stage, Stmt};
use s_syntax::{ErrorKind, SyntaxError};

use crate::walk::{self, Node};

/// Words of Perl, and what to write instead.
const WORDS: [(&str, &str); 4] = [
    ("say", "write `p`"),
    ("reverse", "write `rev`"),
    ("scalar", "write `len` for a count, or assign to a scalar"),
    ("wantarray", "give each kind of answer a function of its own"),
];

/// Builtins whose block compares or combines two values.
const OF_TWO: [&str; 6] = ["sort", "psort", "reduce", "fold", "preduce", "pmap_reduce"];

/// The spellings in a text that are refused, in the order of the text.
pub(crate) fn refused(stmts: &[Stmt]) -> Vec<SyntaxError> {
    let mut search = Search::default();
    search.todo.extend(stmts.iter().map(|stmt| (Node::Stmt(stmt), false)));
    while let Some((node, of_two)) = search.todo.pop() {
        search.look(node, of_two);
    }
    search.found.sort_by_key(|error| error.span.start);
    search.found
}

#[derive(Default)]
struct Search<'a> {
    found: Vec<SyntaxError>,
    /// What is still to be looked at, and whether `$a` and `$b` are the two values of a block there.
    todo: Vec<(Node<'a>, bool)>,
}

impl<'a> Search<'a> {
    fn look(&mut self, node: Node<'a>, mut of_two: bool) {
        match node {
            Node::Function(function) => {
                if function.is_sub {
                    let word = Span { end: function.span.start + 3, ..function.span };
                    self.refuse(word, "sub", "write `fn`");
                }
                of_two &= !names_the_two(function);
            }
            Node::Expr(Expr { span, kind: ExprKind::Var(Sigil::Scalar, name) }) if of_two => {
                match name.as_str() {
                    "a" => self.refuse(*span, "$a", "write `_0`"),
                    "b" => self.refuse(*span, "$b", "write `_1`"),
                    _ => {}
                }
            }
            Node::Expr(Expr { kind: ExprKind::Call(call), .. }) => return self.call(call, of_two),
            Node::Expr(Expr { kind: ExprKind::Thread { source, stages, .. }, .. }) => {
                self.todo.push((Node::Expr(source), of_two));
                for stage in stages {
                    match stage {
                        Stage::Call(call, _) => self.call(call, of_two),
                        Stage::Value(e) | Stage::Regex(e) => self.todo.push((Node::Expr(e), of_two)),
                    }
                }
                return;
            }
            _ => {}
        }
        walk::children(node, &mut |child| self.todo.push((child, of_two)));
    }

    fn call(&mut self, call: &'a Call, of_two: bool) {
        let Name { span, text } = &call.name;
        if let Some((word, instead)) = WORDS.iter().find(|(word, _)| word == text) {
            self.refuse(*span, word, instead);
        }
        let takes_two = OF_TWO.contains(&text.as_str());
        let inside = |block: &Block| of_two || (takes_two && block.params.is_empty());
        self.todo.extend(call.block.iter().map(|block| (Node::Block(block), inside(block))));
        self.todo.extend(call.head.iter().map(|head| match block_of(head) {
            Some(block) => (Node::Block(block), inside(block)),
            None => (Node::Expr(head), of_two),
        }));
        self.todo.extend(call.args.iter().map(|arg| (Node::Expr(arg), of_two)));
    }

    fn refuse(&mut self, span: Span, written: &str, instead: &str) {
        self.found.push(SyntaxError {
            span,
            code: ErrorKind::Interop,
            message: format!("`{written}` is refused here"),
            hint: Some(instead.to_owned()),
            label: "Perl's spelling".to_owned(),
        });
    }
}

fn block_of(expr: &Expr) -> Option<&Block> {
    match &expr.kind {
        ExprKind::BlockFunction(block) => Some(block),
        _ => None,
    }
}

/// Whether a function has parameters of its own that are called `$a` or `$b`.
fn names_the_two(function: &Function) -> bool {
    function.params.iter().flatten().any(|param| match &param.kind {
        ParamKind::Variable(Sigil::Scalar, name) => matches!(name.text.as_str(), "a" | "b"),
        _ => false,
    })
}
