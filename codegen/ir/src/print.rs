//! The text form, for people and tests. It carries everything: [`crate::parse`] reads it back.
//!
//! One line a fact, functions in braces. Blocks stand in reverse postorder, those that are never reached
//! behind them unless they are empty. Values that nothing defines are listed at the end of a function,
//! so that the numbers of the others stay what they are. Texts are quoted bytes: what is not printable
//! ASCII is `\xHH`.

use std::fmt::Write as _;

use crate::func::{BlockData, Edge, Func, Inst, Term, Ty, Value};
use crate::module::{ClassData, Module, TypeData};
use crate::op::{Fields, Op};

/// Writes a module.
#[must_use]
pub fn module(module: &Module) -> String {
    let mut out = String::new();
    if module.compat {
        out.push_str("compat\n");
    }
    if module.overloads {
        out.push_str("overloads\n");
    }
    if module.lines {
        out.push_str("lines\n");
    }
    for (index, (bytes, wide)) in module.strings.iter().enumerate() {
        let _ = writeln!(out, "string {index} = {}{}", quoted(bytes), if *wide { " wide" } else { "" });
    }
    for (index, table) in module.assets.iter().enumerate() {
        let _ = write!(out, "assets {index} = {}", quoted(table.package.as_bytes()));
        for (name, bytes) in &table.rows {
            let _ = match bytes {
                Some(id) => write!(out, " {} {}", quoted(name.as_bytes()), id.0),
                None => write!(out, " {} none", quoted(name.as_bytes())),
            };
        }
        out.push('\n');
    }
    for (index, name) in module.globals.iter().enumerate() {
        let _ = writeln!(out, "glob {index} = {}", quoted(name.as_bytes()));
    }
    for (index, (text, flags)) in module.regexes.iter().enumerate() {
        let _ = writeln!(out, "regex {index} = {} {flags}", quoted(text));
    }
    for (index, (from, to, flags)) in module.transliterations.iter().enumerate() {
        let _ = writeln!(out, "trans {index} = {} {} {}", quoted(from), quoted(to), quoted(flags.as_bytes()));
    }
    for (index, file) in module.files.iter().enumerate() {
        let (name, package) = (quoted(file.name.as_bytes()), quoted(file.package.as_bytes()));
        let _ = writeln!(out, "file {index} = {name} {package}");
    }
    for (name, function) in &module.definitions {
        let _ = writeln!(out, "define {} = {}", name.0, function.0);
    }
    for (index, ty) in module.types.iter().enumerate() {
        let _ = writeln!(out, "type {index} = {}", type_data(ty));
    }
    for (index, (package, names)) in module.eval_sites.iter().enumerate() {
        let _ = write!(out, "eval {index} = {}", quoted(package.as_bytes()));
        for name in names {
            let _ = write!(out, " {}", quoted(name.as_bytes()));
        }
        out.push('\n');
    }
    if let Some(data) = &module.data {
        let _ = writeln!(out, "data = {}", quoted(data));
    }
    for (index, class) in module.classes.iter().enumerate() {
        self::class(&mut out, index, class);
    }
    for (index, func) in module.functions.iter().enumerate() {
        let _ = write!(out, "\nfunction {index} = {}", self::func(func));
    }
    out
}

fn class(out: &mut String, index: usize, class: &ClassData) {
    let _ = write!(out, "class {index} = {} kind {}", quoted(class.name.as_bytes()), class.kind);
    for (flag, word) in [(class.is_abstract, " abstract"), (class.is_final, " final")] {
        if flag {
            out.push_str(word);
        }
    }
    out.push_str(" {\n");
    for parent in &class.parents {
        let _ = writeln!(out, "    parent {parent}");
    }
    for number in &class.traits {
        let _ = writeln!(out, "    trait {number}");
    }
    for (names, word) in class.known.iter().zip(["known_parent", "known_trait"]) {
        for name in names {
            let _ = writeln!(out, "    {word} {}", quoted(name.as_bytes()));
        }
    }
    for field in &class.fields {
        let _ = write!(out, "    field {} visibility {}", quoted(field.name.as_bytes()), field.visibility);
        if let Some(default) = field.default {
            let _ = write!(out, " default {}", default.0);
        }
        if let Some(ty) = &field.ty {
            let _ = write!(out, " type {}", type_data(ty));
        }
        out.push('\n');
    }
    for (name, glob) in &class.statics {
        let _ = writeln!(out, "    static {} = {}", quoted(name.as_bytes()), glob.0);
    }
    for method in &class.methods {
        let _ = write!(out, "    method {} visibility {}", quoted(method.name.as_bytes()), method.visibility);
        if let Some(function) = method.function {
            let _ = write!(out, " function {}", function.0);
        }
        for (flag, word) in [(method.is_static, " static"), (method.is_final, " final")] {
            if flag {
                out.push_str(word);
            }
        }
        out.push('\n');
    }
    for (name, ty) in &class.variants {
        let _ = write!(out, "    variant {}", quoted(name.as_bytes()));
        if let Some(ty) = ty {
            let _ = write!(out, " type {}", type_data(ty));
        }
        out.push('\n');
    }
    out.push_str("}\n");
}

/// Name and arguments: `"Array"("Int"())`, parentheses always.
fn type_data(ty: &TypeData) -> String {
    // Without recursion, since types may nest as deep as a program likes.
    enum Step<'a> {
        Ty(&'a TypeData),
        Text(&'static str),
    }
    let mut out = String::new();
    let mut steps = vec![Step::Ty(ty)];
    while let Some(step) = steps.pop() {
        match step {
            Step::Text(text) => out.push_str(text),
            Step::Ty(ty) => {
                out.push_str(&quoted(ty.name.as_bytes()));
                out.push('(');
                steps.push(Step::Text(")"));
                for (index, arg) in ty.args.iter().enumerate().rev() {
                    steps.push(Step::Ty(arg));
                    if index > 0 {
                        steps.push(Step::Text(", "));
                    }
                }
            }
        }
    }
    out
}

/// Bytes in double quotes.
fn quoted(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len() + 2);
    out.push('"');
    for byte in bytes {
        match byte {
            b'"' | b'\\' => {
                out.push('\\');
                out.push(char::from(*byte));
            }
            b'\n' => out.push_str("\\n"),
            b' '..=b'~' => out.push(char::from(*byte)),
            _ => {
                let _ = write!(out, "\\x{byte:02x}");
            }
        }
    }
    out.push('"');
    out
}

/// Writes a function.
#[must_use]
pub fn func(func: &Func) -> String {
    let mut out = quoted(func.name.as_bytes());
    let types = |types: &[Ty]| types.iter().map(|ty| ty.name()).collect::<Vec<_>>().join(", ");
    let _ = write!(out, "({})", types(&func.signature.params));
    for (flag, word) in [
        (func.signature.variadic, "variadic"),
        (func.signature.captures, "captures"),
        (func.signature.want, "want"),
        (func.escapes, "escapes"),
        (func.needs_frame, "frame"),
    ] {
        if flag {
            let _ = write!(out, " {word}");
        }
    }
    if !func.captures.is_empty() {
        let _ = write!(out, " of ({})", types(&func.captures));
    }
    if func.pos != 0 {
        let _ = write!(out, " at {}", func.pos);
    }
    let _ = writeln!(out, " -> {} {{", func.signature.result.name());
    let mut order = crate::cfg::reverse_postorder(func);
    let mut printed = vec![false; func.blocks.len()];
    for block in &order {
        printed[block.index()] = true;
    }
    let empty = BlockData { term: Term::Unreachable, ..BlockData::default() };
    for block in func.block_ids() {
        // The last one shows how many there are.
        if !printed[block.index()] && (*func.block(block) != empty || block.index() + 1 == func.blocks.len())
        {
            order.push(block);
        }
    }
    let mut defined = vec![false; func.types.len()];
    for block in order {
        let data = func.block(block);
        for value in data.params.iter().chain(data.insts.iter().filter_map(|inst| inst.result.as_ref())) {
            if let Some(defined) = defined.get_mut(value.index()) {
                *defined = true;
            }
        }
        let params: Vec<String> = data.params.iter().map(|p| typed(func, *p)).collect();
        let _ = write!(out, "{block}({})", params.join(", "));
        if let Some(handler) = data.handler {
            let _ = write!(out, " else {handler}");
        }
        if data.loop_depth > 0 {
            let _ = write!(out, " loop {}", data.loop_depth);
        }
        if data.has_twin {
            let _ = write!(out, " twin");
        }
        let _ = writeln!(out, ":");
        for inst in &data.insts {
            let _ = writeln!(out, "    {}", self::inst(func, inst));
        }
        let _ = writeln!(out, "    {}", term(&data.term));
    }
    let unused: Vec<String> = (0..)
        .map(Value)
        .zip(&defined)
        .filter(|(_, defined)| !**defined)
        .map(|(value, _)| typed(func, value))
        .collect();
    if !unused.is_empty() {
        let _ = writeln!(out, "    unused {}", unused.join(", "));
    }
    let _ = writeln!(out, "}}");
    out
}

fn typed(func: &Func, value: Value) -> String {
    // Verification prints what it finds wrong, values out of range included.
    format!("{value}: {}", func.types.get(value.index()).map_or("?", |ty| ty.name()))
}

/// Writes an instruction.
#[must_use]
pub fn inst(func: &Func, inst: &Inst) -> String {
    let mut out = String::new();
    if let Some(result) = inst.result {
        let _ = write!(out, "{} = ", typed(func, result));
    }
    op(&mut out, &inst.op);
    if !inst.args.is_empty() {
        let _ = write!(out, " {}", values(&inst.args));
    }
    if !inst.cleanup.is_empty() {
        let _ = write!(out, " ! {}", values(&inst.cleanup));
    }
    if let Some(names) = inst.names {
        let _ = write!(out, " ? {}", names.0);
    }
    out
}

/// Operations begin with a capital, functions of the runtime do not.
fn op(out: &mut String, op: &Op) {
    let _ = match op {
        Op::Rt(function) => write!(out, "{}", function.signature().name),
        Op::Int(value) => write!(out, "Int {value}"),
        Op::Num(value) if value.is_finite() => write!(out, "Num {value:?}"),
        Op::Num(value) => write!(out, "Num bits {}", value.to_bits()),
        Op::Bool(value) => write!(out, "Bool {value}"),
        Op::BoolVal(value) => write!(out, "BoolVal {value}"),
        Op::Uint(value) => write!(out, "Uint {value}"),
        Op::Str(id) => write!(out, "Str {}", id.0),
        Op::Assets(id) => write!(out, "Assets {id}"),
        Op::Regex(id) => write!(out, "Regex {id}"),
        Op::Glob(id) => write!(out, "Glob {}", id.0),
        Op::Builtin(row) => write!(out, "Builtin {row}"),
        Op::Param(index) => write!(out, "Param {index}"),
        Op::Capture(index) => write!(out, "Capture {index}"),
        Op::IRemConst(value) => write!(out, "IRemConst {value}"),
        Op::IShlConst(value) => write!(out, "IShlConst {value}"),
        Op::IShrConst(value) => write!(out, "IShrConst {value}"),
        Op::ICmp(cond) => write!(out, "ICmp {cond:?}"),
        Op::FCmp(cond) => write!(out, "FCmp {cond:?}"),
        Op::ElemIsNum(what) => write!(out, "ElemIsNum {what:?}"),
        Op::ElemNum(what) => write!(out, "ElemNum {what:?}"),
        Op::HasTag(tag) => write!(out, "HasTag {tag}"),
        Op::Call(id) => write!(out, "Call {}", id.0),
        Op::CallValue(want) => write!(out, "CallValue {want}"),
        Op::CallGlob(want) => write!(out, "CallGlob {want}"),
        Op::CallMethod(means) | Op::CallMethodList(means) => {
            let name = if matches!(op, Op::CallMethod(_)) { "CallMethod" } else { "CallMethodList" };
            out.push_str(name);
            for function in means.functions.iter().flatten() {
                let _ = write!(out, " {}", function.0);
            }
            if means.fields != Fields::Perhaps {
                let _ = write!(out, " {:?}", means.fields);
            }
            Ok(())
        }
        Op::Closure(id) => write!(out, "Closure {}", id.0),
        Op::Pos(pos) => write!(out, "Pos {pos}"),
        Op::Line(pos) => write!(out, "Line {pos}"),
        plain => write!(out, "{plain:?}"),
    };
}

fn values(list: &[Value]) -> String {
    list.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

fn edge(edge: &Edge) -> String {
    format!("{}({})", edge.block, values(&edge.args))
}

fn term(term: &Term) -> String {
    match term {
        Term::Jump(to) => format!("jump {}", edge(to)),
        Term::Branch { cond, yes, no } => format!("branch {cond} {} {}", edge(yes), edge(no)),
        Term::Try { body, handler } => format!("try {body} else {handler}"),
        Term::Return(Some(value)) => format!("return {value}"),
        Term::Return(None) => "return".to_owned(),
        Term::Throw => "throw".to_owned(),
        Term::Unreachable => "unreachable".to_owned(),
        Term::None => "none".to_owned(),
    }
}
