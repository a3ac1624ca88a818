//! The text form, for people and tests.

use std::fmt::Write as _;

use crate::func::{Edge, Func, Inst, Term, Value};
use crate::module::Module;
use crate::op::Op;

/// Writes a module.
#[must_use]
pub fn module(module: &Module) -> String {
    let mut out = String::new();
    for (index, (bytes, wide)) in module.strings.iter().enumerate() {
        let _ = writeln!(
            out,
            "string {index} = {:?}{}",
            String::from_utf8_lossy(bytes),
            if *wide { " wide" } else { "" }
        );
    }
    for (index, name) in module.globals.iter().enumerate() {
        let _ = writeln!(out, "glob {index} = {name}");
    }
    for (index, func) in module.functions.iter().enumerate() {
        let _ = write!(out, "\nfunction {index} {}", self::func(func));
    }
    out
}

/// Writes a function.
#[must_use]
pub fn func(func: &Func) -> String {
    let mut out = String::new();
    let params: Vec<&str> = func.signature.params.iter().map(|ty| ty.name()).collect();
    let _ = write!(out, "{}({})", func.name, params.join(", "));
    for (flag, word) in [
        (func.signature.variadic, "variadic"),
        (func.signature.captures, "captures"),
        (func.signature.want, "want"),
        (func.escapes, "escapes"),
    ] {
        if flag {
            let _ = write!(out, " {word}");
        }
    }
    let _ = writeln!(out, " -> {} {{", func.signature.result.name());
    for block in crate::cfg::reverse_postorder(func) {
        let data = func.block(block);
        let params: Vec<String> =
            data.params.iter().map(|p| format!("{p}: {}", func.ty(*p).name())).collect();
        let _ = write!(out, "{block}({})", params.join(", "));
        if let Some(handler) = data.handler {
            let _ = write!(out, " else {handler}");
        }
        if data.loop_depth > 0 {
            let _ = write!(out, " loop {}", data.loop_depth);
        }
        let _ = writeln!(out, ":");
        for inst in &data.insts {
            let _ = writeln!(out, "    {}", self::inst(func, inst));
        }
        let _ = writeln!(out, "    {}", term(&data.term));
    }
    let _ = writeln!(out, "}}");
    out
}

/// Writes an instruction.
#[must_use]
pub fn inst(func: &Func, inst: &Inst) -> String {
    let mut out = String::new();
    if let Some(result) = inst.result {
        let _ = write!(out, "{result}: {} = ", func.ty(result).name());
    }
    match &inst.op {
        Op::Rt(function) => {
            let _ = write!(out, "{}", function.signature().name);
        }
        op => {
            let _ = write!(out, "{op:?}");
        }
    }
    if !inst.args.is_empty() {
        let _ = write!(out, " {}", values(&inst.args));
    }
    if !inst.cleanup.is_empty() {
        let _ = write!(out, " ! {}", values(&inst.cleanup));
    }
    out
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
