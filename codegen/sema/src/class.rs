//! Classes, structs, traits, enums: declared before everything else, checked, resolved.

use s_diag::Code;
use s_syntax::ast::{self, ExprKind as A, Span, StmtKind as S, Visibility};

use crate::call::Given;
use crate::expr::op;
use crate::function::{Body, Parts};
use crate::hir::{self, Callee, ClassId, ClassKind, Expr, ExprKind, Field, Method, Op, Stmt, VarKind};
use crate::place::type_name;
use crate::resolver::{FnKind, Resolver, Want, mk};
use crate::stmt::{literal_word, text};
use crate::walk::{self, Node};

/// Parents that are followed.
const MAX_PARENTS: usize = 100;

impl Resolver<'_> {
    /// The class of that name, seen from the current package.
    pub(crate) fn class_id(&self, name: &str) -> Option<ClassId> {
        if let Some(&id) = self.class_names.get(name) {
            return Some(id);
        }
        let full = format!("{}::{name}", self.package);
        self.class_names.get(&full).copied()
    }

    fn type_full_name(&self, name: &str) -> String {
        if self.package == "main" || name.contains("::") {
            name.to_owned()
        } else {
            format!("{}::{name}", self.package)
        }
    }

    fn new_class(&mut self, name: &ast::Name, kind: ClassKind) -> Option<ClassId> {
        let full = self.type_full_name(&name.text);
        if self.class_names.contains_key(&full) {
            self.error(Code::DUPLICATE_TYPE, name.span, format!("there is another type `{full}`"));
            return None;
        }
        let id = ClassId(u32::try_from(self.classes.len()).unwrap_or(u32::MAX));
        self.class_names.insert(full.clone(), id);
        self.packages.insert(full.clone());
        let pos = self.pos(name.span);
        self.classes.push(hir::Class {
            name: full,
            pos,
            kind,
            parents: Vec::new(),
            known: [Vec::new(), Vec::new()],
            traits: Vec::new(),
            fields: Vec::new(),
            statics: Vec::new(),
            methods: Vec::new(),
            variants: Vec::new(),
            is_abstract: false,
            is_final: false,
        });
        Some(id)
    }

    /// Notes a class and its methods, before names are looked up.
    pub(crate) fn declare_class(&mut self, stmt: &ast::Stmt, class: &ast::Class) {
        let kind = match stmt.kind {
            S::Struct(_) => ClassKind::Struct,
            S::Trait(_) => ClassKind::Trait,
            _ => ClassKind::Class,
        };
        let Some(id) = self.new_class(&class.name, kind) else { return };
        let full = self.classes[id.index()].name.clone();
        let mut members: Vec<&str> = Vec::new();
        let mut repeated = Vec::new();
        for name in
            class.fields.iter().map(|f| &f.name).chain(class.methods.iter().filter_map(|m| m.name.as_ref()))
        {
            if members.contains(&name.text.as_str()) {
                repeated.push(name);
            }
            members.push(&name.text);
        }
        for name in repeated {
            let message = format!("`{full}` has two members `{}`", name.text);
            self.error(Code::CLASS_MEMBER, name.span, message);
        }
        for field in &class.fields {
            if field.is_static {
                let global = self.global(VarKind::Scalar, &format!("{full}::{}", field.name.text));
                self.classes[id.index()].statics.push((field.name.text.clone(), global));
                continue;
            }
            let field = Field {
                name: field.name.text.clone(),
                ty: field.ty.as_ref().map(type_name),
                default: None,
                visibility: level(field.visibility),
            };
            self.classes[id.index()].fields.push(field);
        }
        for method in &class.methods {
            let Some(name) = &method.name else { continue };
            let function = method.body.as_ref().map(|_| {
                let key = (self.file, method.span.start);
                self.declare_named(format!("{full}::{}", name.text), key, false)
            });
            if name.text.starts_with("op_") || name.text == "stringify" {
                self.now.overloads = true;
            }
            let late = method.static_member && names_late_class(Node::Function(method));
            let method = Method {
                name: name.text.clone(),
                function,
                is_static: method.static_member && !late,
                late,
                is_final: method.is_final,
                visibility: level(method.visibility),
            };
            self.classes[id.index()].methods.push(method);
        }
        let entry = &mut self.classes[id.index()];
        entry.is_abstract = class.is_abstract;
        entry.is_final = class.is_final;
        self.links.push((
            id,
            self.file,
            self.package.clone(),
            class.extends.clone(),
            class.implements.clone(),
        ));
    }

    /// Notes an enum.
    pub(crate) fn declare_enum(&mut self, name: &ast::Name, variants: &[(ast::Name, Option<ast::TypeName>)]) {
        let Some(id) = self.new_class(name, ClassKind::Enum) else { return };
        for (n, (variant, _)) in variants.iter().enumerate() {
            if variants[..n].iter().any(|(other, _)| other.text == variant.text) {
                let message = format!("`{}` has two variants `{}`", name.text, variant.text);
                self.error(Code::CLASS_MEMBER, variant.span, message);
            }
        }
        self.classes[id.index()].variants =
            variants.iter().map(|(name, ty)| (name.text.clone(), ty.as_ref().map(type_name))).collect();
    }

    /// Looks up parents and traits, and checks what they ask for.
    pub(crate) fn link_classes(&mut self) {
        let links = std::mem::take(&mut self.links);
        for (id, file, package, extends, implements) in &links {
            self.file = *file;
            self.package.clone_from(package);
            for parent in extends {
                match self.class_id(&parent.text) {
                    Some(found) if found == *id => {
                        self.error(Code::CLASS_MEMBER, parent.span, "a class cannot extend itself");
                    }
                    Some(found) => {
                        if self.classes[found.index()].is_final {
                            let message = format!("`{}` is final and cannot be extended", parent.text);
                            self.error(Code::CLASS_MEMBER, parent.span, message);
                        }
                        self.classes[id.index()].parents.push(found);
                    }
                    None => {
                        if let Some(name) = self.known_class(&parent.text) {
                            self.classes[id.index()].known[0].push(name);
                            continue;
                        }
                        let message = format!("there is no class `{}`", parent.text);
                        self.error(Code::UNKNOWN_TYPE, parent.span, message);
                    }
                }
            }
            for wanted in implements {
                match self.class_id(&wanted.text) {
                    Some(found) => self.classes[id.index()].traits.push(found),
                    None => {
                        if let Some(name) = self.known_class(&wanted.text) {
                            self.classes[id.index()].known[1].push(name);
                            continue;
                        }
                        let message = format!("there is no trait `{}`", wanted.text);
                        self.error(Code::UNKNOWN_TYPE, wanted.span, message);
                    }
                }
            }
        }
        for (id, file, _, extends, implements) in &links {
            self.file = *file;
            let span = extends.first().or(implements.first()).map(|name| name.span);
            if let Some(span) = span {
                self.check_class(*id, span);
            }
        }
        self.links = links;
    }

    /// The full name of a class that an earlier entry of the session declared.
    fn known_class(&self, name: &str) -> Option<String> {
        let session = self.session?;
        let full = self.type_full_name(name);
        [name.to_owned(), full].into_iter().find(|name| session.has_class(name))
    }

    /// The class and everything it inherits from, nearest first.
    pub(crate) fn lineage(&self, id: ClassId) -> Vec<ClassId> {
        let mut all = vec![id];
        let mut next = 0;
        while next < all.len() && all.len() < MAX_PARENTS {
            for &parent in &self.classes[all[next].index()].parents {
                if !all.contains(&parent) {
                    all.push(parent);
                }
            }
            next += 1;
        }
        all
    }

    /// The same, with the traits behind what implements them.
    fn lineage_and_traits(&self, id: ClassId) -> Vec<ClassId> {
        let mut all = Vec::new();
        for class in self.lineage(id) {
            all.push(class);
            let traits = self.classes[class.index()].traits.iter().flat_map(|&found| self.lineage(found));
            all.extend(traits);
        }
        all
    }

    fn check_class(&mut self, id: ClassId, span: Span) {
        let lineage = self.lineage(id);
        let class = &self.classes[id.index()];
        if lineage[1..].iter().any(|parent| self.lineage(*parent).contains(&id)) {
            let message = format!("`{}` extends itself in a circle", class.name);
            self.error(Code::CLASS_MEMBER, span, message);
            return;
        }
        let mut wrong = Vec::new();
        for parent in &lineage[1..] {
            for method in self.classes[parent.index()].methods.iter().filter(|m| m.is_final) {
                if class.methods.iter().any(|own| own.name == method.name) {
                    wrong.push(format!(
                        "`{}` replaces the final method `{}` of `{}`",
                        class.name,
                        method.name,
                        self.classes[parent.index()].name
                    ));
                }
            }
        }
        if !class.is_abstract && class.kind == ClassKind::Class {
            let mut asked: Vec<(String, String)> = Vec::new();
            for member in &lineage {
                let source = &self.classes[member.index()];
                let traits = source.traits.iter().map(|id| &self.classes[id.index()]);
                for from in traits.chain(std::iter::once(source)) {
                    for method in from.methods.iter().filter(|m| m.function.is_none()) {
                        asked.push((method.name.clone(), from.name.clone()));
                    }
                }
            }
            for (name, from) in asked {
                let done = lineage.iter().any(|member| {
                    let member = &self.classes[member.index()];
                    member.methods.iter().any(|m| m.name == name && m.function.is_some())
                        || member.fields.iter().any(|field| field.name == name)
                });
                if !done {
                    wrong.push(format!("`{}` lacks the method `{name}` that `{from}` asks for", class.name));
                }
            }
        }
        for message in wrong {
            self.error(Code::CLASS_MEMBER, span, message);
        }
    }

    /// Resolves the bodies of a class.
    pub(crate) fn class(&mut self, class: &ast::Class, span: Span, out: &mut Vec<Stmt>) {
        let full = self.type_full_name(&class.name.text);
        let Some(&id) = self.class_names.get(&full) else { return };
        let pos = self.pos(span);
        let mut plain = 0;
        for field in &class.fields {
            if field.is_static {
                let global = self.global(VarKind::Scalar, &format!("{full}::{}", field.name.text));
                if let Some(default) = &field.default {
                    let value = self.expr(default, Want::Scalar);
                    let place = mk(pos, ExprKind::Global(global));
                    let assign = crate::stmt::assign_stmt(place, value);
                    let file = self.contexts.iter().rposition(|c| c.kind == FnKind::File).unwrap_or(0);
                    if self.in_text > 0 {
                        out.push(assign);
                    } else {
                        self.contexts[file].prologue.push(assign);
                    }
                }
                continue;
            }
            if let Some(default) = &field.default {
                let thunk = self.thunk(default);
                self.cx().calls.push(thunk);
                if let Some(field) = self.classes[id.index()].fields.get_mut(plain) {
                    field.default = Some(thunk);
                }
            }
            plain += 1;
        }
        for method in &class.methods {
            let (Some(name), Some(body)) = (&method.name, &method.body) else { continue };
            let Some(&function) = self.declared_at.get(&(self.file, method.span.start)) else { continue };
            let method_name = format!("{full}::{}", name.text);
            let global = self.global(VarKind::Code, &method_name);
            let methods = &self.classes[id.index()].methods;
            let instance = !methods.iter().any(|it| it.is_static && it.function == Some(function));
            self.static_class = (!instance).then(|| full.clone());
            self.function(
                function,
                &Parts {
                    name: method_name,
                    span: method.span,
                    kind: FnKind::Named,
                    params: method.params.as_deref(),
                    block_params: &[],
                    body: Body::Stmts(&body.stmts),
                    result: method.result.as_ref().map(type_name),
                    class: instance.then(|| full.clone()),
                    global: Some(global),
                },
            );
            self.static_class = None;
        }
    }

    /// Whether a class has a method of its own or by inheritance.
    pub(crate) fn has_method(&self, id: ClassId, name: &str) -> bool {
        self.lineage(id).iter().any(|class| {
            let class = &self.classes[class.index()];
            class.methods.iter().any(|method| method.name == name)
                || self.declared.contains_key(&format!("{}::{name}", class.name))
        })
    }

    /// `Cat->made` is `Cat::made()`: a static field or method gets no object. `None` for other names.
    pub(crate) fn static_member(
        &mut self,
        id: ClassId,
        name: &ast::Name,
        args: Given<'_>,
        span: Span,
    ) -> Option<Expr> {
        let pos = self.pos(span);
        for owner in self.lineage_and_traits(id) {
            let class = &self.classes[owner.index()];
            if class.statics.iter().any(|(field, _)| *field == name.text) {
                let value = match args {
                    Given::List(args) => args.first(),
                    Given::One(value) => Some(value),
                };
                return Some(self.static_field(owner, &name.text, value, pos));
            }
            if let Some(method) = class.methods.iter().find(|method| method.name == name.text) {
                if !method.is_static {
                    return None;
                }
                let full = format!("{}::{}", class.name, name.text);
                let args = self.given_values(args);
                let callee = self.callee(&full, true, name.span);
                return Some(mk(pos, ExprKind::Call(Box::new(hir::Call { callee, args, topic: None }))));
            }
        }
        None
    }

    /// A static field of the class that declares it, or its assignment.
    fn static_field(
        &mut self,
        owner: ClassId,
        member: &str,
        value: Option<&ast::Expr>,
        pos: hir::Pos,
    ) -> Expr {
        let Some(value) = value else {
            return mk(pos, op(Op::StaticField(owner, member.to_owned())));
        };
        let name = format!("{}::{member}", self.classes[owner.index()].name);
        let global = self.global(VarKind::Scalar, &name);
        let place = mk(pos, ExprKind::Global(global));
        let value = self.expr(value, Want::Scalar);
        mk(pos, ExprKind::Assign(Box::new(place), Box::new(value)))
    }

    /// A new object.
    pub(crate) fn construct(&mut self, id: ClassId, args: Vec<Expr>, span: Span) -> Expr {
        let class = &self.classes[id.index()];
        let name = class.name.clone();
        if class.is_abstract || class.kind == ClassKind::Trait {
            let message = format!("`{name}` is abstract and has no objects of its own");
            if self.cx().protection == 0 && !self.in_function() {
                self.error(Code::ABSTRACT_CLASS, span, message);
            }
        }
        let pos = self.pos(span);
        for class in self.lineage(id) {
            let class = &self.classes[class.index()];
            let defaults: Vec<_> = class.fields.iter().filter_map(|field| field.default).collect();
            let build: Vec<_> =
                class.methods.iter().filter(|m| m.name == "BUILD").filter_map(|m| m.function).collect();
            let context = self.contexts.last_mut().expect("a function is being resolved");
            context.calls.extend(defaults);
            context.calls.extend(build);
        }
        mk(pos, op(Op::Construct(id, args)))
    }

    /// Complains of named arguments that a class has no field for.
    fn check_fields(&mut self, id: ClassId, args: &[ast::Expr], span: Span) {
        let mut fields: Vec<String> = Vec::new();
        for class in self.lineage(id) {
            fields.extend(self.classes[class.index()].fields.iter().map(|field| field.name.clone()));
        }
        let simple = |arg: &ast::Expr| {
            matches!(
                arg.kind,
                A::Str(_)
                    | A::Int(_)
                    | A::Float(_)
                    | A::Array(_)
                    | A::HashRef(_)
                    | A::Binary(..)
                    | A::Function(_)
                    | A::Var(ast::Sigil::Scalar, _)
            )
        };
        if !args.iter().all(simple) || self.cx().protection > 0 {
            return;
        }
        let named = args.len() >= 2
            && args.len().is_multiple_of(2)
            && args.chunks(2).all(|pair| matches!(pair[0].kind, A::Str(_)))
            && args.chunks(2).any(|pair| literal_word(&pair[0]).is_some_and(|w| fields.contains(&w)));
        let class = self.classes[id.index()].name.clone();
        if named {
            for pair in args.chunks(2) {
                let Some(word) = literal_word(&pair[0]) else { continue };
                if !fields.contains(&word) {
                    let hint = Some(format!("it has {}", fields.join(", ")));
                    let message = format!("`{class}` has no field `{word}`");
                    self.error_with(Code::UNKNOWN_FIELD, pair[0].span, message, "", hint);
                }
            }
        } else if args.len() > fields.len() && !args.is_empty() {
            let message =
                format!("`{class}` has {} fields, and {} values are given", fields.len(), args.len());
            let hint = (!fields.is_empty()).then(|| format!("it has {}", fields.join(", ")));
            self.error_with(Code::UNKNOWN_FIELD, span, message, "", hint);
        }
    }

    /// A call that constructs, or that reaches into a class: `Pt(...)`, `Light::Red(...)`,
    /// `Cat::made()`, `static::m()`.
    pub(crate) fn class_call(&mut self, call: &ast::Call, span: Span) -> Option<Expr> {
        let name = call.name.text.as_str();
        let pos = self.pos(span);
        if call.block.is_some() || call.head.is_some() {
            return None;
        }
        if let Some(id) = self.class_id(name) {
            if self.is_enum(id) || (!call.parens && call.args.is_empty()) {
                return Some(text(pos, &self.classes[id.index()].name.clone()));
            }
            self.check_fields(id, &call.args, span);
            let args = self.arguments_of(&call.args);
            return Some(self.construct(id, args, span));
        }
        if let Some(class) = self.known_class(name) {
            let class = text(pos, &class);
            if !call.parens && call.args.is_empty() {
                return Some(class);
            }
            let args = self.arguments_of(&call.args);
            let (invocant, name) = (Box::new(class), "new".to_owned());
            let callee = Callee::Method { invocant, name, super_of: None, maybe: false };
            return Some(mk(pos, ExprKind::Call(Box::new(hir::Call { callee, args, topic: None }))));
        }
        if let Some((id, variant)) = self.variant_named(name) {
            let payload = call.args.first().map(|arg| self.expr(arg, Want::Scalar));
            let declared = self.classes[id.index()].variants[variant as usize].1.clone();
            if declared.is_none() && payload.is_some() {
                self.error(Code::UNKNOWN_FIELD, span, format!("`{name}` holds no value"));
            }
            let payload = match (payload, declared) {
                (Some(value), Some(ty)) => Some(mk(pos, op(Op::Check(value, ty, format!("variant {name}"))))),
                (payload, _) => payload,
            };
            return Some(mk(pos, op(Op::Variant(id, variant, payload))));
        }
        let (class, member) = name.rsplit_once("::")?;
        if class == "static" {
            let current = self.cx().class.clone().or_else(|| self.static_class.clone());
            if let Some(id) = current.and_then(|class| self.class_id(&class))
                && let Some(owner) = self.owner_of_static(id, member)
            {
                return Some(self.static_field(owner, member, call.args.first(), pos));
            }
            let invocant = self.current_class(pos);
            return Some(self.called_on(invocant, member, call, pos));
        }
        let Some(id) = self.class_id(class) else { return self.earlier_member(class, member, call, pos) };
        let lineage = self.lineage_and_traits(id);
        if let Some(owner) = self.owner_of_static(id, member) {
            return Some(self.static_field(owner, member, call.args.first(), pos));
        }
        let mut methods = lineage.iter().map(|class| &self.classes[class.index()].methods);
        let found = methods.find_map(|methods| methods.iter().find(|method| method.name == member));
        if found.is_some_and(|method| method.late) {
            let invocant = text(pos, &self.classes[id.index()].name.clone());
            return Some(self.called_on(invocant, member, call, pos));
        }
        // A method of a parent, by the name of the child.
        let full = format!("{}::{member}", self.classes[id.index()].name);
        if self.declared.contains_key(&full) {
            return None;
        }
        let owner = lineage.iter().find(|class| {
            let full = format!("{}::{member}", self.classes[class.index()].name);
            self.declared.contains_key(&full)
        })?;
        let inherited = format!("{}::{member}", self.classes[owner.index()].name);
        let args = self.arguments_of(&call.args);
        let callee = self.callee(&inherited, true, call.name.span);
        Some(mk(pos, ExprKind::Call(Box::new(hir::Call { callee, args, topic: None }))))
    }

    /// The class that a static field of a class is from.
    fn owner_of_static(&self, id: ClassId, member: &str) -> Option<ClassId> {
        let has = |id: &ClassId| self.classes[id.index()].statics.iter().any(|(name, _)| name == member);
        self.lineage_and_traits(id).into_iter().find(has)
    }

    /// A static field of a class from an earlier entry of the session, or its assignment; a static method that
    /// the class inherits or that is told of it.
    fn earlier_member(&mut self, class: &str, member: &str, call: &ast::Call, pos: hir::Pos) -> Option<Expr> {
        let class = self.known_class(class)?;
        let full = format!("{class}::{member}");
        let session = self.session?;
        if !session.has_static(&full) {
            if self.has_function(&full) && !session.is_late(&full) {
                return None;
            }
            return Some(self.called_on(text(pos, &class), member, call, pos));
        }
        let field = mk(pos, ExprKind::Global(self.global(VarKind::Scalar, &full)));
        Some(match call.args.first() {
            Some(value) => {
                let value = self.expr(value, Want::Scalar);
                mk(pos, ExprKind::Assign(Box::new(field), Box::new(value)))
            }
            None => field,
        })
    }

    /// A method of an object or class that is only known when the program runs.
    fn called_on(&mut self, invocant: Expr, method: &str, call: &ast::Call, pos: hir::Pos) -> Expr {
        self.note_method(method);
        let args = self.arguments_of(&call.args);
        let (invocant, name) = (Box::new(invocant), method.to_owned());
        let callee = Callee::Method { invocant, name, super_of: None, maybe: false };
        mk(pos, ExprKind::Call(Box::new(hir::Call { callee, args, topic: None })))
    }

    /// The object of a method, or the name of the class in a static one.
    fn current_class(&mut self, pos: hir::Pos) -> Expr {
        if let Some(id) = self.found_local("self") {
            return mk(pos, ExprKind::Local(id));
        }
        match self.static_class.clone() {
            Some(class) => text(pos, &class),
            None => text(pos, &self.package.clone()),
        }
    }

    /// The enum and the number of a variant, by its qualified name.
    pub(crate) fn variant_named(&self, name: &str) -> Option<(ClassId, u32)> {
        let (class, variant) = name.rsplit_once("::")?;
        let id = self.class_id(class)?;
        let class = &self.classes[id.index()];
        if class.kind != ClassKind::Enum {
            return None;
        }
        let place = class.variants.iter().position(|(name, _)| name == variant)?;
        Some((id, u32::try_from(place).ok()?))
    }
}

/// Whether `static::m()` is in a text.
fn names_late_class(node: Node<'_>) -> bool {
    if let Node::Expr(expr) = node
        && let A::Call(call) = &expr.kind
        && call.name.text.starts_with("static::")
    {
        return true;
    }
    let mut found = false;
    walk::children(node, &mut |child| found = found || names_late_class(child));
    found
}

fn level(visibility: Visibility) -> u8 {
    match visibility {
        Visibility::Public => 0,
        Visibility::Protected => 1,
        Visibility::Private => 2,
    }
}
