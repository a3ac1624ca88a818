//! What a Perl module lets others import: `@EXPORT`, `@EXPORT_OK` and `%EXPORT_TAGS`, as its text sets them.
//!
//! Imports are resolved before anything runs, so what the statements of the module put into these is worked
//! out in their order. What cannot be worked out leaves the list open.

use std::collections::BTreeMap;

use s_syntax::ast::{self, ExprKind, Sigil, Stmt, StmtKind};

use crate::source::declares;
use crate::stmt::{flatten, literal_word};

/// What a module lets others import.
#[derive(Debug, Default)]
pub(crate) struct Exports {
    /// Without being asked for.
    pub(crate) default: Vec<String>,
    /// When asked for.
    others: Vec<String>,
    /// By tag; empty where the names are not written out.
    pub(crate) tags: BTreeMap<String, Vec<String>>,
    /// There is more than could be worked out.
    pub(crate) open: bool,
    /// The statements that are looked at are in the package of the module.
    inside: bool,
}

impl Exports {
    /// What a module exports, by the statements of its file.
    pub(crate) fn of(module: &str, body: &[Stmt]) -> Exports {
        // A file that does not say so is all of its module.
        let mut exports = Exports { inside: !declares(body, module), ..Exports::default() };
        exports.statements(module, body);
        exports
    }

    /// All names that may be imported.
    pub(crate) fn allowed(&self) -> Vec<String> {
        let tagged = self.tags.values().flatten();
        self.default.iter().chain(&self.others).chain(tagged).cloned().collect()
    }

    fn statements(&mut self, module: &str, body: &[Stmt]) {
        for stmt in body {
            match &stmt.kind {
                StmtKind::Expr(expr) => self.expression(module, expr),
                StmtKind::Phase { body, .. } | StmtKind::Block { body, .. } => {
                    self.block(module, &body.stmts)
                }
                StmtKind::Package { name, body } => {
                    let around = std::mem::replace(&mut self.inside, name.text == module);
                    if let Some(body) = body {
                        self.statements(module, &body.stmts);
                        self.inside = around;
                    }
                }
                // How often, and with what, is known when it runs.
                StmtKind::Foreach { body, .. }
                | StmtKind::For { body, .. }
                | StmtKind::While { body, .. } => {
                    self.sometimes(module, &body.stmts);
                }
                StmtKind::If { arms, otherwise, .. } => {
                    for body in arms.iter().map(|(_, body)| body).chain(otherwise) {
                        self.sometimes(module, &body.stmts);
                    }
                }
                _ => {}
            }
        }
    }

    /// Statements that what a package says ends with.
    fn block(&mut self, module: &str, body: &[Stmt]) {
        let around = self.inside;
        self.statements(module, body);
        self.inside = around;
    }

    /// Statements of which it is not known whether they run.
    fn sometimes(&mut self, module: &str, body: &[Stmt]) {
        let count = |exports: &Exports| exports.default.len() + exports.others.len() + exports.tags.len();
        let before = count(self);
        self.block(module, body);
        self.open |= count(self) != before;
    }

    fn expression(&mut self, module: &str, expr: &ast::Expr) {
        match &expr.kind {
            ExprKind::Assign { target, op: None, value } => {
                // `our @EXPORT = our @EXPORT_OK = LIST`: the last first.
                self.expression(module, value);
                self.assign(module, target, value);
            }
            ExprKind::Call(call) => match (call.name.text.as_str(), call.args.as_slice()) {
                ("push" | "unshift", [array, new @ ..]) => {
                    let Some(name) = self.variable(module, array) else { return };
                    let words: Vec<String> = new.iter().flat_map(|expr| self.words(module, expr)).collect();
                    match name {
                        "EXPORT" => self.default.extend(words),
                        "EXPORT_OK" => self.others.extend(words),
                        _ => {}
                    }
                }
                ("Exporter::export_tags", tags) => {
                    let words = self.tagged(tags);
                    self.default.extend(words);
                }
                ("Exporter::export_ok_tags", tags) => {
                    let words = self.tagged(tags);
                    self.others.extend(words);
                }
                _ => {}
            },
            _ => {}
        }
    }

    fn assign(&mut self, module: &str, target: &ast::Expr, value: &ast::Expr) {
        if let ExprKind::Key { base, key, arrow: false } = &target.kind {
            if self.variable(module, base) == Some("EXPORT_TAGS")
                && let Some(tag) = literal_word(key)
            {
                let words = self.words(module, value);
                self.tags.insert(tag, words);
            }
            return;
        }
        match self.variable(module, target) {
            Some("EXPORT") => self.default = self.words(module, value),
            Some("EXPORT_OK") => self.others = self.words(module, value),
            Some("EXPORT_TAGS") => {
                let items = match &value.kind {
                    ExprKind::List { items, .. } => flatten(items),
                    _ => return self.open = true,
                };
                for pair in items.chunks(2) {
                    match pair {
                        [tag, names] if literal_word(tag).is_some() => {
                            let words = self.words(module, names);
                            self.tags.extend(literal_word(tag).map(|tag| (tag, words)));
                        }
                        _ => self.open = true,
                    }
                }
            }
            _ => {}
        }
    }

    /// The words that an expression lists, as far as they are known.
    fn words(&mut self, module: &str, expr: &ast::Expr) -> Vec<String> {
        match &expr.kind {
            ExprKind::Words(words) => words.clone(),
            ExprKind::List { items, .. } | ExprKind::Array(items) => {
                items.iter().flat_map(|item| self.words(module, item)).collect()
            }
            ExprKind::Assign { target, op: None, .. } => self.words(module, target),
            ExprKind::Ref(inner) => self.words(module, inner),
            ExprKind::Deref(Sigil::Array, inner) => match &inner.kind {
                ExprKind::Key { base, key, .. } if self.variable(module, base) == Some("EXPORT_TAGS") => {
                    let tag = literal_word(key).and_then(|tag| self.tags.get(&tag));
                    self.open |= tag.is_none();
                    tag.cloned().unwrap_or_default()
                }
                ExprKind::Array(_) => self.words(module, inner),
                _ => self.unknown(),
            },
            ExprKind::Var(Sigil::Array, _) | ExprKind::Declare { .. } => match self.variable(module, expr) {
                Some("EXPORT") => self.default.clone(),
                Some("EXPORT_OK") => self.others.clone(),
                _ => self.unknown(),
            },
            _ => match literal_word(expr) {
                Some(word) => vec![word],
                None => self.unknown(),
            },
        }
    }

    /// The names under tags; under all of them where none is named.
    fn tagged(&mut self, tags: &[ast::Expr]) -> Vec<String> {
        let tags: Vec<String> = tags.iter().flat_map(|tag| self.words("", tag)).collect();
        let wanted = |tag: &String| tags.is_empty() || tags.contains(tag);
        self.tags.iter().filter(|(tag, _)| wanted(tag)).flat_map(|(_, names)| names.clone()).collect()
    }

    /// The name of a variable of the module, without its package.
    fn variable<'a>(&self, module: &str, expr: &'a ast::Expr) -> Option<&'a str> {
        let name = match &expr.kind {
            ExprKind::Declare { vars, .. } => match vars.as_slice() {
                [Some(var)] if matches!(var.sigil, Sigil::Array | Sigil::Hash) => var.name.text.as_str(),
                _ => return None,
            },
            ExprKind::Var(Sigil::Array | Sigil::Hash, name) => name.as_str(),
            _ => return None,
        };
        match name.strip_prefix(module).and_then(|rest| rest.strip_prefix("::")) {
            Some(own) => Some(own),
            None => Some(name).filter(|_| self.inside),
        }
    }

    fn unknown(&mut self) -> Vec<String> {
        self.open = true;
        Vec::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Exports {
        let parsed = s_syntax::parse(text, &s_syntax::Options { compat: true });
        assert!(parsed.errors.is_empty(), "{:?}", parsed.errors);
        Exports::of("M", &parsed.file.body)
    }

    #[test]
    fn lists_are_worked_out_in_their_order() {
        let exports =
            of("our @EXPORT = qw(a b); our @EXPORT_OK = (@EXPORT, 'c'); push @EXPORT_OK, 'd', qw(e);");
        assert_eq!((exports.default.join(" "), exports.others.join(" ")), ("a b".into(), "a b c d e".into()));
        assert!(!exports.open);
        let exports = of("our @EXPORT = our @EXPORT_OK = qw(a);");
        assert_eq!((exports.default.join(" "), exports.others.join(" ")), ("a".into(), "a".into()));
        let exports = of("BEGIN { @M::EXPORT_OK = ('x', 'y') }");
        assert_eq!(exports.others, ["x", "y"]);
    }

    #[test]
    fn tags_are_lists_and_the_lists_of_others() {
        let exports =
            of("our @EXPORT_OK = qw(a b); our %EXPORT_TAGS = (all => \\@EXPORT_OK, one => ['a']); \
                          $EXPORT_TAGS{two} = [qw(b c)]; push @EXPORT, @{ $EXPORT_TAGS{two} };");
        assert_eq!(exports.tags["all"], ["a", "b"]);
        assert_eq!(exports.tags["one"], ["a"]);
        assert_eq!(exports.default, ["b", "c"]);
        assert!(!exports.open);
        let exports = of("our %EXPORT_TAGS = (x => ['p'], y => ['q']); Exporter::export_ok_tags('y');");
        assert_eq!(exports.others, ["q"]);
    }

    #[test]
    fn what_is_computed_leaves_the_list_open() {
        assert!(of("our @EXPORT_OK = ('a', map { \"x$_\" } 1 .. 3);").open);
        assert!(of("for my $n (1, 2) { push @EXPORT_OK, 'a' }").open);
        assert!(of("our %EXPORT_TAGS = (all => [keys %all]);").open);
        assert!(!of("for my $n (1, 2) { print $n }").open);
    }
}
