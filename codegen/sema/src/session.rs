//! What the entries of a session leave to those that come after them.
//!
//! An entry is resolved as a text of its own that joins a running machine, as a computed `eval` is.
//! What it declares at its outermost level lives in the machine under a name that cannot be written;
//! a [`Session`] says which, and everything else that a later entry has to know: packages, functions,
//! imports, constants, files that have been loaded. It is only a description: an entry with errors
//! leaves none, and the one before holds on.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use s_syntax::ast::{self, ExprKind as A, StmtKind as S};

use crate::hir::{Array, Expr, ExprKind, GlobalId, Pos, TypeName, VarKind};
use crate::resolver::{Resolver, mk};
use crate::scope::{Binding, Place};
use crate::stmt::is_constant;

/// What has been said so far.
#[derive(Clone, Debug)]
pub struct Session {
    /// Number of the next entry.
    number: u32,
    package: String,
    /// By sigil and name.
    variables: BTreeMap<String, Variable>,
    functions: HashSet<String>,
    packages: HashSet<String>,
    classes: HashSet<String>,
    /// Variants of enums.
    variants: HashSet<String>,
    /// Static fields of classes.
    statics: HashSet<String>,
    /// Static methods that are told of the class they are called on.
    late: HashSet<String>,
    constants: HashMap<String, Known>,
    prototypes: HashMap<String, String>,
    imported: HashSet<String>,
    /// Files that the machine has run.
    files: HashSet<String>,
    english: bool,
    integer: bool,
    strict: bool,
    lax: bool,
}

/// What is to be done with the value of an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shown {
    /// Nothing: it is a statement, or ends with a semicolon.
    Nothing,
    /// It is one value.
    Scalar,
    /// It is any number of values.
    List,
}

#[derive(Clone, Debug)]
struct Variable {
    /// The full name of the package variable that it is.
    global: String,
    frozen: bool,
    ty: Option<TypeName>,
}

/// A constant of `use constant`.
#[derive(Clone, Debug)]
enum Known {
    Values(Vec<Expr>),
    /// In an array of that name: its first element, or all.
    Kept {
        array: String,
        one: bool,
    },
}

impl Default for Session {
    fn default() -> Session {
        Session {
            number: 1,
            package: "main".to_owned(),
            variables: BTreeMap::new(),
            functions: HashSet::new(),
            packages: HashSet::new(),
            classes: HashSet::new(),
            variants: HashSet::new(),
            statics: HashSet::new(),
            late: HashSet::new(),
            constants: HashMap::new(),
            prototypes: HashMap::new(),
            imported: HashSet::new(),
            files: HashSet::new(),
            english: false,
            integer: false,
            strict: false,
            lax: false,
        }
    }
}

impl Session {
    /// What names lead to in the next entry: variables with their sigils, functions, types and
    /// packages, those of `main` without it; sorted.
    #[must_use]
    pub fn names(&self) -> Vec<String> {
        let bare = |name: &String| name.strip_prefix("main::").unwrap_or(name).to_owned();
        let mut all: BTreeSet<String> = self.variables.keys().cloned().collect();
        all.extend(self.functions.iter().map(bare));
        all.extend(self.packages.iter().filter(|name| *name != "main").map(bare));
        all.extend(self.constants.keys().map(bare));
        all.into_iter().collect()
    }

    /// The declared type of a variable, given with its sigil.
    #[must_use]
    pub fn declared_type(&self, name: &str) -> Option<&TypeName> {
        self.variables.get(name)?.ty.as_ref()
    }

    /// What its entries are called in messages.
    #[must_use]
    pub fn entry_name(&self) -> String {
        format!("(entry {})", self.number)
    }

    pub(crate) fn package(&self) -> &str {
        &self.package
    }

    pub(crate) fn has_function(&self, full: &str) -> bool {
        self.functions.contains(full)
    }

    pub(crate) fn has_class(&self, full: &str) -> bool {
        self.classes.contains(full)
    }

    pub(crate) fn has_variant(&self, full: &str) -> bool {
        self.variants.contains(full)
    }

    pub(crate) fn has_static(&self, full: &str) -> bool {
        self.statics.contains(full)
    }

    pub(crate) fn is_late(&self, full: &str) -> bool {
        self.late.contains(full)
    }

    pub(crate) fn has_file(&self, name: &str) -> bool {
        self.files.contains(name)
    }
}

/// What is to be done with the value of an entry of that text.
pub(crate) fn shown(text: &str, body: &[ast::Stmt]) -> Shown {
    let Some(last) = body.last() else { return Shown::Nothing };
    if text.trim_end().ends_with(';') {
        return Shown::Nothing;
    }
    let mut expr = match &last.kind {
        S::Expr(expr) => expr,
        _ => return Shown::Nothing,
    };
    while let A::List { items, parens: true } = &expr.kind
        && let [one] = items.as_slice()
    {
        expr = one;
    }
    match &expr.kind {
        A::Assign { .. } | A::Declare { .. } | A::DeclarePattern { .. } | A::Local(_) | A::Error => {
            Shown::Nothing
        }
        A::Call(call) if is_told(&call.name.text) => Shown::Nothing,
        A::Bind { .. } | A::Step { .. } => Shown::Scalar,
        _ => Shown::List,
    }
}

/// Whether a builtin says something itself, so that its value is of no interest.
fn is_told(name: &str) -> bool {
    matches!(name, "p" | "print" | "say" | "printf" | "require" | "exit" | "test_run")
        || name.starts_with("assert_")
}

impl Resolver<'_> {
    /// Brings what earlier entries declared in sight of the entry.
    pub(crate) fn join_session(&mut self, session: &Session) {
        self.english = session.english;
        self.integer = session.integer;
        for (name, variable) in &session.variables {
            let Some(kind) = kind_of(name) else { continue };
            let place = Place::Global(self.global(kind, &variable.global));
            let (frozen, ty) = (variable.frozen, variable.ty.clone());
            self.names.bind(kind, &name[1..], Binding { place, frozen, constant: None, ty, protection: 0 });
        }
    }

    /// The same of what is asked before anything is resolved.
    pub(crate) fn know_session(&mut self, session: &Session) {
        self.packages.extend(session.packages.iter().cloned());
        self.imported.extend(session.imported.iter().cloned());
        self.prototypes.extend(session.prototypes.iter().map(|(name, text)| (name.clone(), text.clone())));
        self.strict = session.strict;
        self.lax = session.lax;
        for (name, known) in &session.constants {
            let values = match known {
                Known::Values(values) => values.clone(),
                Known::Kept { array, one } => {
                    let pos = Pos::default();
                    let array = Array::Global(self.global(VarKind::Array, array));
                    let kind = match one {
                        true => ExprKind::Index(array, Box::new(mk(pos, ExprKind::Int(0)))),
                        false => ExprKind::Array(array),
                    };
                    vec![mk(pos, kind)]
                }
            };
            self.constants.insert(name.clone(), values);
        }
    }

    /// At the end of an entry: what is in sight for the next one.
    pub(crate) fn leave_session(&mut self, before: &Session) -> Session {
        let mut after = before.clone();
        after.number += 1;
        after.package.clone_from(&self.package);
        after.english = self.english;
        after.integer = self.integer;
        after.strict = self.strict;
        after.lax = self.lax;
        for (name, binding) in self.names.visible() {
            if let Place::Global(id) = binding.place {
                let global = self.name_of_global(id);
                after.variables.insert(name, Variable { global, frozen: binding.frozen, ty: binding.ty });
            }
        }
        after.functions.extend(self.declared.keys().cloned());
        after.packages.extend(self.packages.iter().cloned());
        after.classes.extend(self.class_names.keys().cloned());
        for class in &self.classes {
            let member = |name: &String| format!("{}::{name}", class.name);
            after.statics.extend(class.statics.iter().map(|(name, _)| member(name)));
            after.late.extend(class.methods.iter().filter(|it| it.late).map(|it| member(&it.name)));
            // The machine has a function for each variant.
            after.functions.extend(class.variants.iter().map(|(name, _)| member(name)));
            after.variants.extend(class.variants.iter().map(|(name, _)| member(name)));
        }
        after.imported.extend(self.imported.iter().cloned());
        after.prototypes.extend(self.prototypes.iter().map(|(name, text)| (name.clone(), text.clone())));
        after.files.extend(self.units.iter().skip(1).map(|unit| unit.source.name.clone()));
        for (name, values) in &self.constants {
            if let Some(known) = self.known_constant(values) {
                after.constants.insert(name.clone(), known);
            }
        }
        after
    }

    fn known_constant(&self, values: &[Expr]) -> Option<Known> {
        if values.iter().all(is_constant) {
            let nowhere = |value: &Expr| Expr { pos: Pos::default(), kind: value.kind.clone() };
            return Some(Known::Values(values.iter().map(nowhere).collect()));
        }
        let [value] = values else { return None };
        match &value.kind {
            ExprKind::Index(Array::Global(id), _) => {
                Some(Known::Kept { array: self.name_of_global(*id), one: true })
            }
            ExprKind::Array(Array::Global(id)) => {
                Some(Known::Kept { array: self.name_of_global(*id), one: false })
            }
            _ => None,
        }
    }

    fn name_of_global(&self, id: GlobalId) -> String {
        self.globals[id.index()].name.clone()
    }

    /// Whether the program, or an earlier entry, has a function of that full name.
    pub(crate) fn has_function(&self, full: &str) -> bool {
        self.declared.contains_key(full) || self.session.is_some_and(|session| session.has_function(full))
    }

    /// The name of the machine for a variable that is declared at the outermost level of an entry.
    pub(crate) fn session_name(&self, name: &ast::Name) -> Option<String> {
        let session = self.session?;
        let outermost = self.file == 0 && self.contexts.len() == 1 && self.names.scopes.len() == 1;
        outermost.then(|| format!("session:{}:{}:{}", session.number, name.span.start, name.text))
    }
}

fn kind_of(name: &str) -> Option<VarKind> {
    Some(match name.as_bytes().first()? {
        b'$' => VarKind::Scalar,
        b'@' => VarKind::Array,
        b'%' => VarKind::Hash,
        _ => return None,
    })
}
