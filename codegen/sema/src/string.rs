//! Texts: interpolation and joining.

use s_syntax::ast::{self, CaseMod, Piece, Span};

use crate::hir::{self, Expr, ExprKind, Pos};
use crate::resolver::{Resolver, Want, mk};
use crate::stmt::is_constant;

impl Resolver<'_> {
    /// An interpolated text.
    pub(crate) fn interpolated(&mut self, pieces: &[Piece], span: Span) -> Expr {
        let pos = self.pos(span);
        let mut out = Vec::new();
        for piece in pieces {
            let done = self.piece(piece, pos, span);
            push_text(&mut out, done);
        }
        self.concat_text(out, pos)
    }

    fn piece(&mut self, piece: &Piece, pos: Pos, span: Span) -> Expr {
        match piece {
            Piece::Text(bytes) => {
                let wide = self.utf8 && !bytes.is_ascii();
                mk(pos, ExprKind::Str { bytes: bytes.clone(), wide })
            }
            Piece::Char(code) => mk(pos, character(*code, self.options.compat)),
            Piece::Scalar(inner) => self.expr(inner, Want::Scalar),
            Piece::List(inner) => {
                let list = self.expr(inner, Want::List);
                let list = match list.kind {
                    // `@{[ LIST ]}` is the list.
                    ExprKind::Array(hir::Array::Deref(array))
                        if matches!(array.kind, ExprKind::NewArray(_)) =>
                    {
                        match array.kind {
                            ExprKind::NewArray(items) => mk(pos, ExprKind::List(items)),
                            kind => mk(pos, kind),
                        }
                    }
                    kind => mk(list.pos, kind),
                };
                let separator = mk(pos, ExprKind::Special("\"".to_owned()));
                mk(pos, ExprKind::Join(Box::new(separator), Box::new(list)))
            }
            Piece::Block(block) => {
                let block = self.block(block, Want::List);
                let list = mk(pos, ExprKind::Do(block));
                let separator = mk(pos, ExprKind::Special("\"".to_owned()));
                mk(pos, ExprKind::Join(Box::new(separator), Box::new(list)))
            }
            Piece::Case(case, inner) => {
                let mut inner = self.interpolated(inner, span);
                if let ExprKind::Concat(pieces) = &mut inner.kind
                    && pieces.len() == 1
                    && let Some(one) = pieces.pop()
                {
                    inner = one;
                }
                let name = match case {
                    CaseMod::Upper => "uc",
                    CaseMod::Lower => "lc",
                    CaseMod::Quote => "quotemeta",
                    CaseMod::Fold => "fc",
                    CaseMod::UpperFirst => "ucfirst",
                    CaseMod::LowerFirst => "lcfirst",
                };
                if let (CaseMod::Quote, ExprKind::Str { bytes, wide: false }) = (case, &inner.kind)
                    && bytes.is_ascii()
                {
                    let quoted = quote(bytes);
                    return mk(pos, ExprKind::Str { bytes: quoted, wide: false });
                }
                let call = hir::BuiltinCall { name, args: vec![inner], scalars: true };
                mk(pos, ExprKind::Builtin(Box::new(call)))
            }
        }
    }

    /// Pieces as one text. A lone value becomes a text too.
    fn concat_text(&mut self, mut pieces: Vec<Expr>, pos: Pos) -> Expr {
        match pieces.len() {
            0 => mk(pos, ExprKind::Str { bytes: Vec::new(), wide: false }),
            1 if matches!(pieces[0].kind, ExprKind::Str { .. } | ExprKind::Join(..)) => pieces.remove(0),
            _ => self.fold(mk(pos, ExprKind::Concat(pieces))),
        }
    }

    /// The operands of `.` as one text.
    pub(crate) fn concat(&mut self, pieces: Vec<Expr>, pos: Pos) -> Expr {
        let mut out = Vec::new();
        for piece in pieces {
            push_text(&mut out, piece);
        }
        self.fold(mk(pos, ExprKind::Concat(out)))
    }
}

/// Appends a piece; neighbouring literal texts become one.
fn push_text(out: &mut Vec<Expr>, piece: Expr) {
    if let (Some(last), ExprKind::Str { bytes, wide }) = (out.last_mut(), &piece.kind)
        && let ExprKind::Str { bytes: before, wide: also } = &mut last.kind
        && is_constant(&piece)
        && (wide == also || before.is_ascii() || bytes.is_ascii())
    {
        // ASCII is the same in either form.
        *also = (*also && !before.is_ascii()) || (*wide && !bytes.is_ascii());
        before.extend_from_slice(bytes);
        return;
    }
    out.push(piece);
}

/// A character by number. In Perl those up to 255 are bytes.
fn character(code: u32, compat: bool) -> ExprKind {
    if compat && code < 0x100 {
        let byte = u8::try_from(code).unwrap_or(b'?');
        return ExprKind::Str { bytes: vec![byte], wide: false };
    }
    let c = char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER);
    ExprKind::Str { bytes: c.to_string().into_bytes(), wide: compat }
}

/// `quotemeta` of ASCII.
fn quote(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len() + 4);
    for &byte in bytes {
        if !(byte.is_ascii_alphanumeric() || byte == b'_') {
            out.push(b'\\');
        }
        out.push(byte);
    }
    out
}

/// Whether pieces hold nothing but text.
pub(crate) fn literal(pieces: &[Piece]) -> Option<Vec<u8>> {
    let mut out = Vec::new();
    for piece in pieces {
        match piece {
            Piece::Text(bytes) => out.extend_from_slice(bytes),
            Piece::Char(code) => {
                let c = char::from_u32(*code)?;
                out.extend_from_slice(c.to_string().as_bytes());
            }
            Piece::Case(CaseMod::Quote, inner) => out.extend(quote(&literal(inner)?)),
            _ => return None,
        }
    }
    Some(out)
}

/// Whether an expression is a text literal, for pipelines.
pub(crate) fn is_literal(expr: &ast::Expr) -> bool {
    match &expr.kind {
        ast::ExprKind::Str(_) | ast::ExprKind::Int(_) | ast::ExprKind::Float(_) => true,
        ast::ExprKind::Unary(ast::UnaryOp::Neg, inner) => is_literal(inner),
        _ => false,
    }
}
