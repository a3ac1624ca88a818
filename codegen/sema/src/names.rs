//! Variables: lexical, captured, of a package, special; topics.

use s_diag::Code;
use s_syntax::ast::{self, Sigil, Span};

use crate::hir::{self, Array, ExprKind, GlobalId, Hash, LocalId, MatchVar, Pos, VarKind};
use crate::resolver::{FnKind, FrameKind, Resolver, mk, set_slot};
use crate::scope::{Binding, Constant, Place, VarKey};

/// What is done with a variable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Use {
    Read,
    /// Given a value, or changed.
    Assign,
    /// Something in it is changed: an element.
    Modify,
    /// A reference to it is made.
    Refer,
}

/// A resolved variable.
pub(crate) enum Found {
    Local(LocalId),
    Global(GlobalId),
    Constant(Constant),
}

/// Names that belong to package `main` wherever they are used.
fn is_special(kind: VarKind, name: &str) -> bool {
    let first = name.as_bytes().first().copied().unwrap_or(b'_');
    if !(first.is_ascii_alphabetic() || first == b'_' || first >= 0x80) {
        return true;
    }
    match kind {
        VarKind::Handle => matches!(name, "_" | "STDIN" | "STDOUT" | "STDERR" | "ARGV" | "ARGVOUT" | "DATA"),
        VarKind::Code => false,
        _ => {
            matches!(name, "_" | "ENV" | "ARGV" | "INC" | "SIG" | "ARGVOUT" | "STDIN" | "STDOUT" | "STDERR")
                || name.strip_prefix('_').is_some_and(|rest| rest.bytes().all(|b| b.is_ascii_digit()))
        }
    }
}

/// Scalars that the runtime computes or acts on.
fn is_computed(name: &str) -> bool {
    matches!(
        name,
        "!" | ","
            | "\\"
            | "\""
            | ";"
            | "/"
            | "|"
            | "."
            | "0"
            | "$"
            | "?"
            | "^"
            | "~"
            | "="
            | "-"
            | "%"
            | ":"
            | "<"
            | ">"
            | "("
            | ")"
            | "["
            | "]"
            | "^O"
            | "^X"
            | "^T"
            | "^W"
            | "^S"
            | "^V"
            | "^GLOBAL_PHASE"
            | "^I"
            | "^L"
            | "^A"
            | "^D"
            | "^F"
            | "^H"
            | "^M"
            | "^P"
            | "^R"
            | "^E"
            | "^C"
            | "^UNICODE"
            | "^TAINT"
            | "^UTF8LOCALE"
            | "^RE_DEBUG_FLAGS"
            | "^OPEN"
    )
}

/// Hashes that hold what the language knows about itself.
pub(crate) fn is_reserved_hash(name: &str) -> bool {
    matches!(name, "a" | "b" | "c" | "d" | "e" | "k" | "o" | "p" | "v" | "pc" | "all")
}

/// What English.pm calls the special variables.
fn english(name: &str) -> Option<&'static str> {
    Some(match name {
        "ARG" => "_",
        "FORMAT_NAME" => "~",
        "FORMAT_TOP_NAME" => "^",
        "FORMAT_LINES_PER_PAGE" => "=",
        "FORMAT_LINES_LEFT" => "-",
        "FORMAT_PAGE_NUMBER" => "%",
        "ACCUMULATOR" => "^A",
        "OUTPUT_FIELD_SEPARATOR" | "OFS" => ",",
        "OUTPUT_RECORD_SEPARATOR" | "ORS" => "\\",
        "LIST_SEPARATOR" => "\"",
        "SUBSCRIPT_SEPARATOR" | "SUBSEP" => ";",
        "INPUT_RECORD_SEPARATOR" | "RS" => "/",
        "OUTPUT_AUTOFLUSH" => "|",
        "INPUT_LINE_NUMBER" | "NR" => ".",
        "PROCESS_ID" | "PID" => "$",
        "PROGRAM_NAME" => "0",
        "CHILD_ERROR" => "?",
        "OS_ERROR" | "ERRNO" => "!",
        "EXTENDED_OS_ERROR" => "^E",
        "EVAL_ERROR" => "@",
        "REAL_USER_ID" | "UID" => "<",
        "EFFECTIVE_USER_ID" | "EUID" => ">",
        "REAL_GROUP_ID" | "GID" => "(",
        "EFFECTIVE_GROUP_ID" | "EGID" => ")",
        "MATCH" => "&",
        "PREMATCH" => "`",
        "POSTMATCH" => "'",
        "LAST_PAREN_MATCH" => "+",
        "LAST_SUBMATCH_RESULT" => "^N",
        "OSNAME" => "^O",
        "EXECUTABLE_NAME" => "^X",
        "BASETIME" => "^T",
        "WARNING" => "^W",
        "PERL_VERSION" => "^V",
        "EXCEPTIONS_BEING_CAUGHT" => "^S",
        "COMPILING" => "^C",
        "DEBUGGING" => "^D",
        "FORMAT_FORMFEED" => "^L",
        "FORMAT_LINE_BREAK_CHARACTERS" => ":",
        "INPLACE_EDIT" => "^I",
        "LAST_REGEXP_CODE_RESULT" => "^R",
        "OLD_PERL_VERSION" => "]",
        "PERLDB" => "^P",
        "SYSTEM_FD_MAX" => "^F",
        _ => return None,
    })
}

/// What English.pm calls the special arrays.
fn english_array(name: &str) -> Option<&'static str> {
    Some(match name {
        "ARG" => "_",
        "LAST_MATCH_START" => "-",
        "LAST_MATCH_END" => "+",
        _ => return None,
    })
}

/// What English.pm calls the special hashes.
fn english_hash(name: &str) -> Option<&'static str> {
    Some(match name {
        "OS_ERROR" | "ERRNO" => "!",
        "LAST_PAREN_MATCH" => "+",
        "LAST_MATCH_START" => "-",
        _ => return None,
    })
}

/// The kind of variable of a sigil.
pub(crate) fn kind_of(sigil: Sigil) -> VarKind {
    match sigil {
        Sigil::Scalar => VarKind::Scalar,
        Sigil::Array => VarKind::Array,
        Sigil::Hash => VarKind::Hash,
        Sigil::Code => VarKind::Code,
        Sigil::Glob => VarKind::Handle,
    }
}

impl Resolver<'_> {
    /// The full name of a function or class that is declared or called here.
    pub(crate) fn full_name(&self, name: &str) -> String {
        let name = name.replace('\'', "::");
        match name.strip_prefix("::") {
            Some(rest) => format!("main::{rest}"),
            None if name.contains("::") => name,
            None => format!("{}::{name}", self.package),
        }
    }

    /// The full name of a package variable.
    pub(crate) fn global_name(&self, kind: VarKind, name: &str) -> String {
        if let Some(rest) = name.strip_prefix("::") {
            return format!("main::{rest}");
        }
        if name.contains("::") {
            return name.to_owned();
        }
        if is_special(kind, name) {
            return format!("main::{name}");
        }
        format!("{}::{name}", self.package)
    }

    /// Looks a variable up, in sight or of a package.
    pub(crate) fn variable(&mut self, kind: VarKind, name: &str, how: Use) -> Found {
        if let Some(binding) = self.names.find(kind, name).cloned() {
            if how == Use::Read
                && let Some(value) = &binding.constant
                && !self.may_be_unset(&binding)
            {
                if let Place::Local { key, .. } = binding.place {
                    self.facts(key).read = true;
                }
                return Found::Constant(value.clone());
            }
            return self.reach(&binding, how);
        }
        let pending = self.pending.iter().rposition(|(text, ..)| text == name);
        if kind == VarKind::Scalar
            && let Some(place) = pending
            && let Place::Local { depth, .. } = self.pending[place].1.place
            && depth < self.depth()
        {
            self.pending[place].2 = true;
            let binding = self.pending[place].1.clone();
            if let Place::Local { key, .. } = binding.place {
                self.facts(key).assigned += 1;
            }
            return self.reach(&binding, how);
        }
        let full = self.global_name(kind, name);
        self.check_strict(kind, name, &full);
        Found::Global(self.global(kind, &full))
    }

    /// A text that is evaluated under `use strict` names no package variable that nobody has declared. The
    /// program itself is not held to that: a module may have brought the name.
    fn check_strict(&mut self, kind: VarKind, name: &str, full: &str) {
        if self.in_text == 0 || !self.strict || self.free_names {
            return;
        }
        let sigil = match kind {
            VarKind::Scalar => '$',
            VarKind::Array => '@',
            VarKind::Hash => '%',
            VarKind::Code | VarKind::Handle => return,
        };
        let is_free = name.contains("::") || is_special(kind, name) || matches!(name, "a" | "b");
        let kinds = [VarKind::Scalar, VarKind::Array, VarKind::Hash];
        if is_free || kinds.iter().any(|&kind| self.has_global(kind, full)) {
            return;
        }
        let symbol = format!("{sigil}{name}");
        let message = format!(
            "Global symbol \"{symbol}\" requires explicit package name (did you forget to declare \"my {symbol}\"?)"
        );
        self.error(Code::UNDECLARED_VARIABLE, Span::default(), message);
    }

    /// Whether a known value may not have been stored yet where a function looks at it.
    fn may_be_unset(&self, binding: &Binding) -> bool {
        let late = match binding.place {
            Place::Global(id) => self.late.contains(&id),
            Place::Local { key, .. } => self.late_locals.contains(&key),
        };
        late && self.contexts.iter().any(|context| context.kind == FnKind::Named)
    }

    /// The variable of a name, though its value is known.
    pub(crate) fn scalar_itself(&mut self, name: &str, span: Span) -> hir::Expr {
        let pos = self.pos(span);
        let name = name.trim_start_matches("main::");
        let Some(binding) = self.names.find(VarKind::Scalar, name).cloned() else {
            return self.scalar(name, span, Use::Read);
        };
        match self.reach(&binding, Use::Read) {
            Found::Local(id) => mk(pos, ExprKind::Local(id)),
            Found::Global(id) => mk(pos, ExprKind::Global(id)),
            Found::Constant(value) => mk(pos, value),
        }
    }

    /// A resolved variable from where it is used.
    pub(crate) fn reach(&mut self, binding: &Binding, how: Use) -> Found {
        match binding.place {
            Place::Global(id) => Found::Global(id),
            Place::Local { depth, id, key } => {
                let protection = self.contexts[depth].protection;
                let here = self.depth();
                let protected = protection > binding.protection
                    || self.contexts[depth..].iter().skip(1).any(|c| c.protection > 0);
                let facts = self.now.vars.entry(key).or_default();
                match how {
                    Use::Read => facts.read = true,
                    Use::Assign => {
                        facts.assigned += 1;
                        facts.modified = true;
                        facts.assigned_inside |= depth < here;
                        facts.protected |= protected && depth == here;
                    }
                    Use::Modify => facts.modified = true,
                    Use::Refer => {
                        facts.referenced = true;
                        facts.assigned += 1;
                        facts.modified = true;
                        facts.read = true;
                    }
                }
                Found::Local(self.capture(depth, id, key))
            }
        }
    }

    /// Passes a variable of an outer function inwards, to the current one.
    fn capture(&mut self, depth: usize, id: LocalId, key: VarKey) -> LocalId {
        let mut inner = id;
        for level in depth + 1..self.contexts.len() {
            match self.contexts[level].kind {
                FnKind::Named | FnKind::File => self.facts(key).named = true,
                FnKind::Anonymous => self.facts(key).captured = true,
                FnKind::Compare => self.facts(key).compared = true,
            }
            if let Some(&known) = self.contexts[level].captured.get(&key) {
                inner = known;
                continue;
            }
            let outer = &self.contexts[level - 1].locals[inner.index()];
            let (name, kind, ty) = (outer.name.clone(), outer.kind, outer.ty.clone());
            let context = &mut self.contexts[level];
            let new = LocalId(u32::try_from(context.locals.len()).unwrap_or(u32::MAX));
            context.locals.push(hir::Local {
                name,
                kind,
                storage: hir::Storage::Register,
                ty,
                is_final: false,
            });
            context.keys.push(Some(key));
            context.captures.push((inner, new));
            context.captured.insert(key, new);
            inner = new;
        }
        inner
    }

    /// The expression of a place.
    pub(crate) fn place_expr(&mut self, place: Place, pos: Pos, how: Use) -> hir::Expr {
        let binding = Binding { place, frozen: false, constant: None, ty: None, protection: 0 };
        let kind = match self.reach(&binding, how) {
            Found::Local(id) => ExprKind::Local(id),
            Found::Global(id) => ExprKind::Global(id),
            Found::Constant(value) => value,
        };
        mk(pos, kind)
    }

    /// Notes what `*NAME = *$` makes another name of a special variable, wherever in the program it stands.
    pub(crate) fn note_special_alias(&mut self, target: &ast::Expr, value: &ast::Expr) {
        if let (ast::ExprKind::Var(Sigil::Glob, alias), ast::ExprKind::Var(Sigil::Glob, special)) =
            (&target.kind, &value.kind)
        {
            let special = special.trim_start_matches("main::");
            if is_computed(special) || matches!(special, "&" | "`" | "'" | "+") {
                let full = self.global_name(VarKind::Scalar, alias);
                self.special_aliases.insert(full, special.to_owned());
            }
        }
    }

    /// The special variable that a name stands for: one of English.pm, or one that was made so by
    /// `*NAME = *$`.
    pub(crate) fn special_meant(&self, kind: VarKind, name: &str) -> Option<String> {
        if self.english {
            let meant = match kind {
                VarKind::Array => english_array(name),
                VarKind::Hash => english_hash(name),
                _ => english(name),
            };
            if let Some(meant) = meant {
                return Some(meant.to_owned());
            }
        }
        if self.special_aliases.is_empty() {
            return None;
        }
        // `our` brings the name of the package in sight.
        match self.names.find(kind, name).map(|binding| binding.place) {
            Some(Place::Local { .. }) => None,
            Some(Place::Global(id)) => self.special_aliases.get(&self.globals[id.index()].name).cloned(),
            None => self.special_aliases.get(&self.global_name(kind, name)).cloned(),
        }
    }

    // --- the three kinds

    /// A scalar variable by name.
    pub(crate) fn scalar(&mut self, name: &str, span: Span, how: Use) -> hir::Expr {
        let pos = self.pos(span);
        let full = name;
        let name = name.trim_start_matches("main::");
        let meant = self.special_meant(VarKind::Scalar, name);
        let name = meant.as_deref().unwrap_or(name);
        if name == "_" && !self.options.compat && self.names.find(VarKind::Scalar, "_").is_none() {
            return self.topic(0, 0, pos, how);
        }
        if let Some(kind) = self.match_variable(name) {
            return mk(pos, kind);
        }
        if is_computed(name) {
            return mk(pos, ExprKind::Special(name.to_owned()));
        }
        if full != name && full.starts_with("main::") {
            // A lexical variable of the file may be called by the name of its package, too; one of another
            // package may not.
            let global = self.global(VarKind::Scalar, full);
            let lexical = self.names.find(VarKind::Scalar, name).is_some_and(|binding| match binding.place {
                Place::Local { .. } => true,
                // What is written without `our` has no name of a package.
                Place::Global(id) => id == global || !self.globals[id.index()].name.contains("::"),
            });
            if self.options.compat || !lexical {
                return mk(pos, ExprKind::Global(global));
            }
        }
        if matches!(how, Use::Assign | Use::Modify) {
            self.check_frozen(VarKind::Scalar, name, span);
        }
        match self.variable(VarKind::Scalar, name, how) {
            Found::Local(id) => mk(pos, ExprKind::Local(id)),
            Found::Global(id) => mk(pos, ExprKind::Global(id)),
            Found::Constant(value) => mk(pos, value),
        }
    }

    fn match_variable(&self, name: &str) -> Option<ExprKind> {
        if name.as_bytes().first().is_some_and(u8::is_ascii_digit) && name != "0" {
            let number: u32 = name.parse().ok()?;
            return Some(ExprKind::Capture(number));
        }
        Some(match name {
            "&" | "^MATCH" => ExprKind::Capture(0),
            "`" | "^PREMATCH" => ExprKind::MatchVar(MatchVar::Prematch),
            "'" | "^POSTMATCH" => ExprKind::MatchVar(MatchVar::Postmatch),
            "+" => ExprKind::MatchVar(MatchVar::LastParen),
            "^N" => ExprKind::MatchVar(MatchVar::LastSubmatch),
            _ => return None,
        })
    }

    /// An array variable by name. `@_` is the arguments of the function.
    pub(crate) fn array(&mut self, name: &str, span: Span, how: Use) -> Array {
        if matches!(how, Use::Assign | Use::Modify) {
            self.check_frozen(VarKind::Array, name, span);
        }
        let meant = self.special_meant(VarKind::Array, name);
        let name = meant.as_deref().unwrap_or(name);
        if name == "_"
            && let Some(id) = self.arguments()
        {
            if matches!(how, Use::Modify | Use::Refer) {
                self.cx().aliases = true;
            }
            return Array::Local(id);
        }
        match self.variable(VarKind::Array, name, how) {
            Found::Local(id) => Array::Local(id),
            Found::Global(id) => Array::Global(id),
            Found::Constant(_) => Array::Global(self.global(VarKind::Array, "main::_")),
        }
    }

    /// The local that is `@_`, in a function; the innermost that is no comparator.
    pub(crate) fn arguments(&mut self) -> Option<LocalId> {
        let depth = self.contexts.iter().rposition(|c| c.kind != FnKind::Compare)?;
        if self.contexts[depth].kind == FnKind::File {
            return None;
        }
        self.contexts[depth].uses_args = true;
        let (file, offset) = self.contexts[depth].key;
        let key = VarKey { file, offset, kind: VarKind::Array, tag: 2 };
        let id = match self.contexts[depth].args {
            Some(id) => id,
            None => {
                let context = &mut self.contexts[depth];
                let id = LocalId(u32::try_from(context.locals.len()).unwrap_or(u32::MAX));
                context.locals.push(hir::Local {
                    name: "_".to_owned(),
                    kind: VarKind::Array,
                    storage: hir::Storage::Register,
                    ty: None,
                    is_final: true,
                });
                context.keys.push(Some(key));
                context.args = Some(id);
                id
            }
        };
        Some(self.capture(depth, id, key))
    }

    /// `%Package::`, the names of a package with their globs.
    fn symbols(&mut self, name: &str, pos: Pos) -> Hash {
        let row = s_abi::builtins::find("__symbols").expect("a row of the table");
        let package = crate::stmt::text(pos, name);
        let call = hir::BuiltinCall { name: row.name, args: vec![package], scalars: true };
        self.cx().effects |= row.effects;
        Hash::Deref(Box::new(mk(pos, ExprKind::Builtin(Box::new(call)))))
    }

    /// A hash variable by name.
    pub(crate) fn hash(&mut self, name: &str, span: Span, how: Use) -> Hash {
        let meant = self.special_meant(VarKind::Hash, name);
        let name = meant.as_deref().unwrap_or(name);
        if name == "ENV" {
            self.cx().effects |= s_abi::builtins::effect::ENV;
        }
        if matches!(how, Use::Assign | Use::Modify) {
            self.check_frozen(VarKind::Hash, name, span);
        }
        if self.options.compat && name.ends_with("::") {
            return self.symbols(name, self.pos(span));
        }
        match self.variable(VarKind::Hash, name, how) {
            Found::Local(id) => Hash::Local(id),
            Found::Global(id) => Hash::Global(id),
            Found::Constant(_) => Hash::Global(self.global(VarKind::Hash, "main::_")),
        }
    }

    /// Whether an expression is a frozen scalar variable.
    pub(crate) fn is_frozen(&self, expr: &ast::Expr) -> bool {
        let ast::ExprKind::Var(Sigil::Scalar, name) = &expr.kind else { return false };
        self.names.find(VarKind::Scalar, name).is_some_and(|binding| binding.frozen)
    }

    /// Complains of a change of a `val`.
    pub(crate) fn check_frozen(&mut self, kind: VarKind, name: &str, span: Span) {
        let Some(binding) = self.names.find(kind, name) else { return };
        if !binding.frozen {
            return;
        }
        let message = match kind {
            VarKind::Array => format!("cannot modify frozen array `@{name}`"),
            VarKind::Hash => format!("cannot modify frozen hash `%{name}`"),
            _ => format!("cannot assign to frozen variable `${name}`"),
        };
        let hint = Some("declare it with `var` instead of `val`".to_owned());
        self.error_with(Code::FROZEN, span, message, "changed here", hint);
    }

    // --- topics

    /// The topic of a position, so many frames out.
    pub(crate) fn topic(&mut self, slot: u32, outer: u32, pos: Pos, how: Use) -> hir::Expr {
        if self.options.compat {
            let name = if slot == 0 { "main::_".to_owned() } else { format!("main::_{slot}") };
            return mk(pos, ExprKind::Global(self.global(VarKind::Scalar, &name)));
        }
        let frame = self.frames.len().saturating_sub(1 + outer as usize);
        let depth = self.frames[frame].depth;
        let place = self.frames[frame].slots.get(slot as usize).copied().flatten();
        let place = match (place, self.frames[frame].kind) {
            (Some(place), _) => place,
            (None, FrameKind::Block) => return mk(pos, ExprKind::Undef),
            (None, FrameKind::File) => {
                let name = if slot == 0 { "main::_".to_owned() } else { format!("main::_{slot}") };
                return mk(pos, ExprKind::Global(self.global(VarKind::Scalar, &name)));
            }
            (None, FrameKind::Function) => {
                const MOST: u32 = 255;
                if slot > MOST {
                    return mk(pos, ExprKind::Undef);
                }
                let (file, offset) = self.contexts[depth].key;
                let key = VarKey { file, offset, kind: VarKind::Scalar, tag: 10 + slot };
                let place = self.topic_local(depth, slot, key);
                set_slot(&mut self.frames[frame].slots, slot as usize, Some(place));
                place
            }
        };
        self.place_expr(place, pos, how)
    }

    /// The hidden variable of a topic of the function at that depth.
    fn topic_local(&mut self, depth: usize, slot: u32, key: VarKey) -> Place {
        let context = &mut self.contexts[depth];
        if let Some(place) = context.arguments.get(slot as usize).copied().flatten() {
            return place;
        }
        let id = LocalId(u32::try_from(context.locals.len()).unwrap_or(u32::MAX));
        context.locals.push(hir::Local {
            name: if slot == 0 { "_".to_owned() } else { format!("_{slot}") },
            kind: VarKind::Scalar,
            storage: hir::Storage::Register,
            ty: None,
            is_final: false,
        });
        context.keys.push(Some(key));
        context.topics.push((slot, id));
        let place = Place::Local { depth, id, key };
        set_slot(&mut context.arguments, slot as usize, Some(place));
        place
    }

    /// `$_[n]` that is only read, in a function that uses `@_` in no other way.
    pub(crate) fn read_argument(&mut self, n: i64, pos: Pos) -> Option<hir::Expr> {
        const MOST: u32 = 31;
        let depth = self.contexts.iter().rposition(|c| c.kind != FnKind::Compare)?;
        let context = &self.contexts[depth];
        let uses = |key| self.prior.as_ref().and_then(|p| p.functions.get(&key)).is_some_and(|f| f.uses_args);
        if context.kind == FnKind::File || context.first_slot > 0 || uses(context.key) {
            return None;
        }
        let slot = u32::try_from(n).ok().filter(|&n| n <= MOST)? + context.shifted;
        let (file, offset) = context.key;
        let key = VarKey { file, offset, kind: VarKind::Scalar, tag: 10 + slot };
        let place = self.topic_local(depth, slot, key);
        self.contexts[depth].read.push(key);
        Some(self.place_expr(place, pos, Use::Read))
    }

    /// The topic that a call without arguments passes, that a builtin takes by default.
    pub(crate) fn default_topic(&mut self, span: Span) -> hir::Expr {
        self.scalar("_", span, Use::Read)
    }

    /// Binds the first topic of the innermost frame, as loops and expression forms do; gives what it
    /// was before.
    pub(crate) fn rebind_topic(&mut self, place: Place) -> Option<Place> {
        let frame = self.frames.last_mut().expect("a function has a frame");
        let before = frame.slots.first().copied().flatten();
        set_slot(&mut frame.slots, 0, Some(place));
        before
    }

    /// Puts back what [`Resolver::rebind_topic`] gave.
    pub(crate) fn restore_topic(&mut self, before: Option<Place>) {
        let frame = self.frames.last_mut().expect("a function has a frame");
        set_slot(&mut frame.slots, 0, before);
    }

    /// Declares a written variable in the innermost scope and gives its place.
    pub(crate) fn declare_variable(
        &mut self,
        kind: VarKind,
        name: &ast::Name,
        frozen: bool,
        ty: Option<hir::TypeName>,
    ) -> Binding {
        self.refuse_reserved(kind, name);
        self.declare_parameter(kind, name, frozen, ty)
    }

    /// Reports the declaration of a hash that belongs to the language.
    pub(crate) fn refuse_reserved(&mut self, kind: VarKind, name: &ast::Name) {
        if kind == VarKind::Hash && !self.options.compat && is_reserved_hash(&name.text) {
            let message = format!("`%{}` belongs to the language and cannot be declared", name.text);
            self.error(Code::RESERVED_NAME, name.span, message);
        }
    }

    /// The key of a variable that is declared where its name stands.
    pub(crate) fn written_key(&self, kind: VarKind, name: &ast::Name) -> VarKey {
        VarKey { file: self.file, offset: name.span.start, kind, tag: 0 }
    }

    /// A written variable that is a parameter: it may have any name.
    pub(crate) fn declare_parameter(
        &mut self,
        kind: VarKind,
        name: &ast::Name,
        frozen: bool,
        ty: Option<hir::TypeName>,
    ) -> Binding {
        let key = self.written_key(kind, name);
        let sigil = crate::scope::sigil(kind);
        self.written.entry(key).or_insert_with(|| (format!("{sigil}{}", name.text), name.span));
        let place = if let Some(full) = self.session_name(name) {
            Place::Global(self.global(kind, &full))
        } else if self.prior(key).named {
            let line = self.pos(name.span).line;
            // A part that joins a program must not meet the variables of another one.
            let file = match self.now.dynamic_code {
                true => self.units[self.file as usize].source.name.clone(),
                false => self.file.to_string(),
            };
            let full = format!("{file}:{line}:{}:{}", name.span.start, name.text);
            Place::Global(self.global(kind, &full))
        } else {
            let id = self.new_local(&name.text, kind, Some(key));
            let depth = self.depth();
            self.contexts[depth].locals[id.index()].ty.clone_from(&ty);
            Place::Local { depth, id, key }
        };
        let protection = self.cx().protection;
        Binding { place, frozen, constant: None, ty, protection }
    }
}
