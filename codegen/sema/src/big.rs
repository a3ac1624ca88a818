//! `use bigint` and `use bignum`: literal numbers that are objects.

use s_syntax::ast::{self, ExprKind as A, Span};

use crate::hir::Expr;
use crate::resolver::{Resolver, Want};

/// Which literal numbers are objects that have room for any.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Big {
    /// None.
    #[default]
    Not,
    /// Integers: `use bigint`.
    Integers,
    /// All: `use bignum`.
    Numbers,
}

impl Resolver<'_> {
    /// `use bigint`, `use bignum` and their end, until the scope ends.
    pub(crate) fn set_big(&mut self, big: Big) {
        let before = std::mem::replace(&mut self.big, big);
        if let Some(scope) = self.names.scopes.last_mut() {
            scope.big.get_or_insert(before);
        }
    }

    /// The class whose object a literal number is, by `use bigint` and `use bignum`.
    pub(crate) fn big_class(&self, expr: &ast::Expr) -> Option<&'static str> {
        let is_float = match &expr.kind {
            _ if self.big == Big::Not => return None,
            A::Int(_) | A::Uint(_) => false,
            // An integer that is too long for one is a float here.
            A::Float(_) => self.written(expr.span).contains(['.', 'e', 'E']),
            _ => return None,
        };
        match (is_float, self.big) {
            (false, _) => Some("Math::BigInt"),
            (true, Big::Numbers) => Some("Math::BigFloat"),
            (true, _) => None,
        }
    }

    /// `CLASS->new("LITERAL")`.
    pub(crate) fn big_number(&mut self, class: &str, span: Span, want: Want) -> Expr {
        let digits = self.written(span).replace('_', "").into_bytes();
        let text = ast::Expr { span, kind: A::Str(vec![ast::Piece::Text(digits)]) };
        let class = ast::Expr { span, kind: A::Bareword(class.to_owned()) };
        let name = ast::MethodName::Name(ast::Name { span, text: "new".to_owned() });
        let kind = A::Method { invocant: Box::new(class), name, args: Some(vec![text]) };
        self.expr(&ast::Expr { span, kind }, want)
    }

    /// The text that stands at a place of the file.
    fn written(&self, span: Span) -> &str {
        let text = &self.units[self.file as usize].source.text;
        text.get(span.start as usize..span.end as usize).unwrap_or_default()
    }
}
