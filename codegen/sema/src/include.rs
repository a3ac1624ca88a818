//! The folders that a program names as those where modules are: `use lib`, and changes of `@INC`.
//!
//! Modules are found before anything runs, so what such a place says is worked out here where its parts
//! are known: texts, `__FILE__`, `$FindBin::Bin`, and the functions of paths over them.

use s_syntax::ast::{self, BinaryOp, ExprKind, HereWord, MethodName, Piece, Sigil};
use serde::{Deserialize, Serialize};

/// A folder with modules.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Folder {
    /// What a relative path begins at.
    pub base: Base,
    /// The path, with `/` between its parts; empty for the base itself.
    pub path: String,
}

/// What the path of a [`Folder`] begins at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Base {
    /// The directory that the user is in.
    Directory,
    /// The folder of the program.
    Program,
}

/// What a place in a program does to the folders that modules are looked for in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Change {
    /// These come before all others, in this order.
    First(Vec<Folder>),
    /// These come behind all others.
    Last(Vec<Folder>),
    /// These are folders of modules no longer.
    Without(Vec<Folder>),
    /// Some that are known when the program runs are among them.
    Computed,
}

impl Change {
    /// Does it.
    pub(crate) fn apply(self, folders: &mut Vec<Folder>) {
        match self {
            Change::First(mut new) => {
                folders.retain(|folder| !new.contains(folder));
                new.append(folders);
                *folders = new;
            }
            Change::Last(new) => folders.extend(new),
            Change::Without(gone) => folders.retain(|folder| !gone.contains(folder)),
            Change::Computed => {}
        }
    }

    /// What `use lib` and `no lib` do in a file of that name.
    pub(crate) fn of_use(used: &ast::Use, file: &str) -> Vec<Change> {
        match &used.imports {
            Some(list) if used.module.text == "lib" => {
                let change = if used.no { Change::Without } else { Change::First };
                Change::of_list(std::slice::from_ref(list), file, change)
            }
            _ => Vec::new(),
        }
    }

    fn of_list(list: &[ast::Expr], file: &str, change: fn(Vec<Folder>) -> Change) -> Vec<Change> {
        let found: Vec<Option<Folder>> = list.iter().flat_map(|expr| folders(expr, file)).collect();
        let computed = found.contains(&None).then_some(Change::Computed);
        std::iter::once(change(found.into_iter().flatten().collect())).chain(computed).collect()
    }

    /// What `unshift @INC` and `push @INC` do in a file of that name.
    pub(crate) fn of_call(call: &ast::Call, file: &str) -> Vec<Change> {
        let change = match call.name.text.as_str() {
            "unshift" => Change::First,
            "push" => Change::Last,
            _ => return Vec::new(),
        };
        match call.args.split_first() {
            Some((ast::Expr { kind: ExprKind::Var(Sigil::Array, name), .. }, new)) if name == "INC" => {
                Change::of_list(new, file, change)
            }
            _ => Vec::new(),
        }
    }
}

/// The folders that an expression names; nothing for each that cannot be worked out.
fn folders(expr: &ast::Expr, file: &str) -> Vec<Option<Folder>> {
    let here = |path: String| Some(Folder { base: Base::Directory, path });
    match &expr.kind {
        ExprKind::Words(words) => words.iter().cloned().map(here).collect(),
        ExprKind::List { items, .. } => items.iter().flat_map(|item| folders(item, file)).collect(),
        _ => vec![folder(expr, file)],
    }
}

/// The path that an expression is, if it is known.
fn folder(expr: &ast::Expr, file: &str) -> Option<Folder> {
    let here = |path: &str| Some(Folder { base: Base::Directory, path: path.to_owned() });
    match &expr.kind {
        ExprKind::Str(pieces) => {
            let mut whole = here("")?;
            for piece in pieces {
                whole = match piece {
                    Piece::Text(text) => followed(whole, &here(std::str::from_utf8(text).ok()?)?)?,
                    Piece::Scalar(part) => followed(whole, &folder(part, file)?)?,
                    _ => return None,
                };
            }
            Some(whole)
        }
        ExprKind::Var(Sigil::Scalar, name) => match name.as_str() {
            "FindBin::Bin" | "FindBin::RealBin" | "Bin" | "RealBin" => {
                Some(Folder { base: Base::Program, path: String::new() })
            }
            "0" => here(file),
            _ => None,
        },
        ExprKind::Here(HereWord::File) => here(file),
        ExprKind::List { items, .. } => match items.as_slice() {
            [one] => folder(one, file),
            _ => None,
        },
        ExprKind::Binary(BinaryOp::Concat, left, right) => {
            followed(folder(left, file)?, &folder(right, file)?)
        }
        ExprKind::Call(call) => of_function(&call.name.text, &call.args, file),
        ExprKind::Method { invocant, name: MethodName::Name(name), args } if matches!(&invocant.kind, ExprKind::Bareword(class) if class == "File::Spec") => {
            of_function(&name.text, args.as_deref().unwrap_or_default(), file)
        }
        _ => None,
    }
}

/// What a function of paths yields.
fn of_function(name: &str, args: &[ast::Expr], file: &str) -> Option<Folder> {
    let args = match args {
        [ast::Expr { kind: ExprKind::List { items, .. }, .. }] => items.as_slice(),
        args => args,
    };
    match name.rsplit("::").next().unwrap_or(name) {
        "dirname" => {
            let mut of = folder(args.first()?, file)?;
            of.path = match of.path.trim_end_matches('/').rsplit_once('/') {
                Some((before, _)) => before.to_owned(),
                None if of.base == Base::Program => "/..".to_owned(),
                None => ".".to_owned(),
            };
            Some(of)
        }
        "abs_path" | "realpath" | "rel2abs" | "canonpath" => folder(args.first()?, file),
        "cwd" | "getcwd" | "curdir" => Some(Folder { base: Base::Directory, path: ".".to_owned() }),
        "updir" => Some(Folder { base: Base::Directory, path: "..".to_owned() }),
        "catdir" | "catfile" => {
            let mut whole = folder(args.first()?, file)?;
            for part in &args[1..] {
                let slash = Folder { base: Base::Directory, path: "/".to_owned() };
                whole = followed(followed(whole, &slash)?, &folder(part, file)?)?;
            }
            Some(whole)
        }
        _ => None,
    }
}

/// One text behind another. What begins at the folder of the program can only be the first.
fn followed(first: Folder, second: &Folder) -> Option<Folder> {
    match (first.path.is_empty(), second.base) {
        (true, _) if first.base == Base::Directory => Some(second.clone()),
        (_, Base::Directory) => Some(Folder { path: first.path + &second.path, ..first }),
        (_, Base::Program) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(text: &str) -> Vec<Folder> {
        let settings = s_syntax::Options { compat: true };
        let parsed = s_syntax::parse(text, &settings);
        assert!(parsed.errors.is_empty(), "{:?}", parsed.errors);
        let mut folders = Vec::new();
        for stmt in &parsed.file.body {
            let changes = match &stmt.kind {
                ast::StmtKind::Use(used) => Change::of_use(used, "t/x.pl"),
                ast::StmtKind::Expr(ast::Expr { kind: ExprKind::Call(call), .. }) => {
                    Change::of_call(call, "t/x.pl")
                }
                _ => Vec::new(),
            };
            for change in changes {
                change.apply(&mut folders);
            }
        }
        folders
    }

    fn here(path: &str) -> Folder {
        Folder { base: Base::Directory, path: path.to_owned() }
    }

    fn program(path: &str) -> Folder {
        Folder { base: Base::Program, path: path.to_owned() }
    }

    #[test]
    fn folders_are_worked_out() {
        assert_eq!(named("use lib 'lib';"), [here("lib")]);
        assert_eq!(named("use lib qw(a b); use lib 'c';"), [here("c"), here("a"), here("b")]);
        assert_eq!(named("use lib ('a', \"b/c\");"), [here("a"), here("b/c")]);
        assert_eq!(named("use lib \"$FindBin::Bin/../lib\";"), [program("/../lib")]);
        assert_eq!(named("use lib $FindBin::RealBin . '/inc';"), [program("/inc")]);
        assert_eq!(named("use lib dirname(__FILE__) . '/lib';"), [here("t/lib")]);
        assert_eq!(named("use lib File::Spec->catdir($FindBin::Bin, '..', 'lib');"), [program("/../lib")]);
        assert_eq!(named("use lib catdir(dirname(dirname(__FILE__)), 'lib');"), [here("./lib")]);
        assert_eq!(named("use lib File::Basename::dirname(Cwd::abs_path(__FILE__));"), [here("t")]);
        assert_eq!(named("use lib dirname($FindBin::Bin) . '/lib';"), [program("/../lib")]);
        assert_eq!(named("use lib $somewhere, 'x';"), [here("x")]);
        assert_eq!(named("use lib 'a', 'b'; no lib 'a';"), [here("b")]);
        assert_eq!(named("push @INC, 'z'; unshift @INC, 'y';"), [here("y"), here("z")]);
        assert_eq!(named("push @others, 'z';"), []);
    }
}
