//! What a module says its version is, for `use Foo 2.13`.
//!
//! Only a `$VERSION` that is given once, as a literal, is looked at: where it is computed, or is not
//! there, nothing is known before the program runs, and nothing is said. Versions compare as in Perl:
//! `2.13` is `v2.130`, and `2.1.3` is `v2.1.3`.

use s_syntax::ast::{Expr, ExprKind, Sigil};

use crate::source::Unit;
use crate::walk::{self, Node};

/// The version of a module, where it is lower than the one that was asked for.
pub(crate) fn older(unit: &Unit, module: &str, wanted: &str) -> Option<String> {
    let stated = stated(unit, module)?;
    (parts(stated)? < parts(wanted)?).then(|| stated.to_owned())
}

/// The literal that `$VERSION` of a module is given, without its quotes.
fn stated<'a>(unit: &'a Unit, module: &str) -> Option<&'a str> {
    let qualified = format!("{module}::VERSION");
    let mut found = Vec::new();
    // No recursion: this runs on the caller's stack, however deep the tree is.
    let mut todo: Vec<Node<'_>> = unit.ast.body.iter().map(Node::Stmt).collect();
    while let Some(node) = todo.pop() {
        if let Node::Expr(Expr { kind: ExprKind::Assign { target, value, .. }, .. }) = node
            && scalar(target).is_some_and(|name| name == "VERSION" || name == qualified)
        {
            found.push(value);
        }
        walk::children(node, &mut |child| todo.push(child));
    }
    let [value] = found.as_slice() else { return None };
    let text = unit.source.text.get(value.span.start as usize..value.span.end as usize)?.trim();
    let inner = ['\'', '"'].iter().find_map(|quote| text.strip_prefix(*quote)?.strip_suffix(*quote));
    Some(inner.unwrap_or(text).trim())
}

/// The name of a scalar that is declared or named.
fn scalar(target: &Expr) -> Option<&str> {
    match &target.kind {
        ExprKind::Declare { vars, .. } => match vars.as_slice() {
            [Some(var)] if var.sigil == Sigil::Scalar => Some(&var.name.text),
            _ => None,
        },
        ExprKind::Var(Sigil::Scalar, name) => Some(name),
        _ => None,
    }
}

/// A version as Perl compares it; none where the text is no version. What is left out at the end is
/// zero, so that no zero is kept there.
fn parts(text: &str) -> Option<Vec<u64>> {
    let text = text.replace('_', "");
    let dotted = text.strip_prefix('v');
    let components: Vec<&str> = dotted.unwrap_or(&text).split('.').collect();
    let is_number = |part: &&str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    if !components.iter().all(is_number) {
        return None;
    }
    let mut parts = Vec::new();
    match components.as_slice() {
        // A decimal number: three digits behind the point are a component.
        [whole, fraction] if dotted.is_none() => {
            parts.push(whole.parse().ok()?);
            for digits in fraction.as_bytes().chunks(3) {
                let digits = std::str::from_utf8(digits).ok()?;
                parts.push(format!("{digits:0<3}").parse().ok()?);
            }
        }
        components => {
            for component in components {
                parts.push(component.parse().ok()?);
            }
        }
    }
    while parts.last() == Some(&0) {
        parts.pop();
    }
    Some(parts)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_compare_as_in_perl() {
        for (lower, higher) in [
            ("1", "1.001"),
            ("2.13", "2.2"),
            ("2.1.3", "2.13"),
            ("v1.9", "v1.10"),
            ("1.10", "1.2"),
            ("0.99", "1"),
            ("1.2.3", "1.2.4"),
            ("1.002", "v1.3"),
        ] {
            assert!(parts(lower).unwrap() < parts(higher).unwrap(), "{lower} {higher}");
        }
        for (one, same) in [("1", "1.0"), ("2.13", "v2.130.0"), ("1.0_2", "1.02"), ("1.2.0", "v1.2")] {
            assert_eq!(parts(one), parts(same), "{one} {same}");
        }
        for wrong in ["", "x", "1.", ".1", "1..2", "v", "99999999999999999999", "-1", "1e3"] {
            assert_eq!(parts(wrong), None, "{wrong}");
        }
    }
}
