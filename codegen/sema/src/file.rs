//! Files as functions: what runs when a file is run.

use std::sync::Arc;

use s_syntax::ast::Span;

use crate::big::Big;
use crate::hir::{self, LocalId, Params, Storage, VarKind};
use crate::resolver::{FnKind, Resolver, Want, set_slot};
use crate::scope::{Binding, Place, VarKey};

impl Resolver<'_> {
    /// Resolves the statements of a file: the function that runs it. `visible` are the variables that a
    /// computed `eval` sees.
    pub(crate) fn file_function(&mut self, unit: usize, visible: Option<&[String]>) {
        let tree = Arc::clone(&self.units[unit]);
        let Some(id) = self.file_functions.get(unit).copied().flatten() else { return };
        self.file = u32::try_from(unit).unwrap_or(u32::MAX);
        self.english = false;
        self.big = Big::Not;
        self.warnings = self.pragmas_of(&tree);
        self.begin_function(FnKind::File, id, u32::MAX);
        for (place, name) in visible.unwrap_or_default().iter().enumerate() {
            self.visible_variable(place, name);
        }
        let session = self.session.filter(|_| unit == 0);
        if let Some(session) = session {
            self.join_session(session);
        }
        let stmts = self.statements(&tree.ast.body, Want::Caller);
        if let Some(session) = session {
            self.left = Some(self.leave_session(session));
        }
        let body = hir::Block { stmts, has_local: false, declares: Vec::new() };
        let span = Span { start: 0, end: 0 };
        let params = Params::Positional { scalars: Vec::new(), rest: None };
        let name = if unit == 0 { "main::__MAIN__".to_owned() } else { format!("main::__FILE{unit}__") };
        let pos = self.pos(span);
        self.cx().uses_want = true;
        self.end_function(name, pos, params, body, None);
    }

    /// A variable that a computed `eval` sees: a capture.
    fn visible_variable(&mut self, place: usize, name: &str) {
        let kind = match name.as_bytes().first() {
            Some(b'@') => VarKind::Array,
            Some(b'%') => VarKind::Hash,
            Some(b'$') => VarKind::Scalar,
            _ => return,
        };
        let text = &name[1..];
        let tag = 1_000_000 + u32::try_from(place).unwrap_or(0);
        let key = VarKey { file: self.file, offset: 0, kind, tag };
        let id = self.new_local(text, kind, Some(key));
        // The program around has it too, and may change it at any time.
        let facts = self.facts(key);
        facts.referenced = true;
        facts.assigned += 1;
        if let Some(scope) = self.names.scopes.last_mut() {
            scope.declares.pop();
        }
        let context = self.cx();
        context.locals[id.index()].storage = Storage::Cell;
        context.captures.push((LocalId(u32::try_from(place).unwrap_or(0)), id));
        let binding = Binding {
            place: Place::Local { depth: 0, id, key },
            frozen: false,
            constant: None,
            ty: None,
            protection: 0,
        };
        if text == "_" && kind == VarKind::Scalar && !self.options.compat {
            set_slot(&mut self.frames[0].slots, 0, Some(binding.place));
        } else {
            self.names.bind(kind, text, binding);
        }
    }
}
