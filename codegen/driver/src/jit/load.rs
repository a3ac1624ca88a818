//! What a module declares, told to the machine; and modules that are compiled while a program runs.

use std::sync::Arc;

use s_abi::layout::{Val, want};
use s_core::value::{Ptr, ValExt as _};
use s_core::{Thrown, Vm};
use s_ir::FuncId;
use s_ir::module::Numbers;

use super::{Program, Session, Unit};
use crate::{Assets, Files, Loaded, NoAssets, Options, Require};

/// Defines functions, types, classes and tables.
pub(super) fn declare(unit: &mut Unit, vm: &mut Vm) -> Result<(), String> {
    for (glob, function) in unit.program.module().definitions.clone() {
        // What is only called directly has no entry, and nobody looks it up.
        if !unit.program.module().functions[function.index()].escapes {
            continue;
        }
        let name = unit.program.module().globals[glob.index()].clone();
        let code = unit.function_object(vm, function, &[])?;
        let glob = vm.glob(name.as_bytes());
        vm.define(glob, Ptr(code));
    }
    if unit.program.module().globals.iter().any(|name| name == "main::all") {
        vm.fill_names();
    }
    let bytes = crate::declarations::write(unit.program.module(), |function| function.0);
    s_core::declare::declare(vm, &bytes, &mut |vm, number| {
        unit.function_object(vm, FuncId(number), &[]).map(Ptr)
    })?;
    if let Some(data) = unit.program.module().data.clone() {
        vm.set_data_handle(data);
    }
    Ok(())
}

/// `eval STRING`: the last two of the list are the site and the wanted context, what comes before are
/// references to what is visible there.
pub(super) fn eval_string(vm: &mut Vm, text: &[u8], list: &[Val]) -> Result<Val, Thrown> {
    // SAFETY: the driver put the session there, and it outlives the machine.
    let session = unsafe { &mut *(vm.hooks.data as *mut Session) };
    let [visible @ .., site, wanted] = list else { return Ok(s_core::value::UNDEF) };
    // Sites are numbered by module: the one whose function evaluates.
    // SAFETY: what evaluates a text is compiled code with an activation record.
    let running = unsafe { vm.abi.frame.as_ref() }.map_or(std::ptr::null(), |frame| frame.info);
    let Some(unit) = session.units.iter().find(|unit| unit.infos.as_ptr_range().contains(&running)) else {
        return Ok(s_core::value::UNDEF);
    };
    let site = usize::try_from(site.w1).unwrap_or(usize::MAX);
    let Some((package, names)) = unit.program.module().eval_sites.get(site).cloned() else {
        return Ok(s_core::value::UNDEF);
    };
    let text = String::from_utf8_lossy(text).into_owned();
    let number = session.units.len();
    let name = format!("(eval {number})");
    let options = Options { compat: session.compat, ..Options::default() };
    // SAFETY: as above.
    let pos = unsafe { vm.abi.frame.as_ref() }.map_or(0, |frame| frame.pos);
    let around = unit.program.module().files.get((pos >> 20) as usize).cloned().unwrap_or_default();
    let around = session.texts.get(&around).cloned().unwrap_or(around);
    let files = Within { files: &*session.files, text: &name, around: &around };
    let mut analysis =
        s_sema::analyse_eval(&name, Arc::from(text.as_str()), &package, &names, &files, &options);
    session.texts.insert(name.clone(), around.clone());
    crate::require_builtins(&mut analysis);
    if let Some(error) =
        analysis.diagnostics.iter().find(|diagnostic| diagnostic.severity == s_diag::Severity::Error)
    {
        let line = error.labels.first().map_or(1, |label| label.source.position(label.span.start).0);
        return Err(vm.die(format!("{} at {name} line {line}.\n", error.message).as_bytes()));
    }
    let mut program = analysis.program;
    program.facts.dynamic_code = true;
    let captures = program.functions[0].captures.clone();
    let module = crate::finish(&program, numbers(vm), false);
    let main = load(session, vm, module, |_| {
        captures
            .iter()
            .map(|(outer, _)| visible.get(outer.index()).copied().unwrap_or(s_core::value::UNDEF).retained())
            .collect()
    })?;
    vm.call(main, &[], wanted.w1)
}

/// The files of a program, for a text that one of them evaluates: it belongs where that file does.
struct Within<'a> {
    files: &'a (dyn Files + Send + Sync),
    text: &'a str,
    around: &'a str,
}

impl Within<'_> {
    fn asks<'n>(&'n self, from: &'n str) -> &'n str {
        if from == self.text { self.around } else { from }
    }
}

impl Files for Within<'_> {
    fn require(&self, request: &Require, from: &str) -> Result<Loaded, String> {
        self.files.require(request, from)
    }

    fn assets(&self, from: &str) -> Result<Arc<Assets>, NoAssets> {
        self.files.assets(self.asks(from))
    }

    fn asset(&self, from: &str, name: &str) -> Result<Arc<[u8]>, NoAssets> {
        self.files.asset(self.asks(from), name)
    }
}

/// What the machine has been told of already.
fn numbers(vm: &Vm) -> Numbers {
    let [classes, types, transliterations] =
        vm.registered().map(|count| u32::try_from(count).unwrap_or(u32::MAX));
    Numbers { classes, types, transliterations }
}

/// `require EXPR` and `do EXPR`.
pub(super) fn require_value(vm: &mut Vm, name: &[u8], is_do: i64) -> Result<Val, Thrown> {
    // SAFETY: as for `eval_string`.
    let session = unsafe { &mut *(vm.hooks.data as *mut Session) };
    let name = String::from_utf8_lossy(name).into_owned();
    let request = if name.starts_with(['.', '/']) {
        Require::Path(name.clone())
    } else {
        Require::Module(name.clone())
    };
    let from = session
        .units
        .first()
        .and_then(|unit| unit.program.module().files.first().cloned())
        .unwrap_or_default();
    let loaded = match session.files.require(&request, &from) {
        Ok(loaded) => loaded,
        Err(_) if is_do != 0 => return Ok(s_core::value::UNDEF),
        Err(message) => return Err(vm.die(message.as_bytes())),
    };
    let fresh = vm.constant_string(loaded.name.as_bytes(), false);
    if is_do == 0 && !s_core::code::require_once(vm, fresh) {
        return Ok(s_core::value::int(1));
    }
    let options = Options { compat: session.compat, ..Options::default() };
    let files = Arc::clone(&session.files);
    let compilation = crate::compile_part(&loaded.name, loaded.text, &*files, &options, numbers(vm));
    let Some(module) = compilation.module else {
        let error = compilation.diagnostics.first().map_or_else(String::new, |error| error.message.clone());
        return Err(vm.die(format!("{error} at {}", loaded.name).as_bytes()));
    };
    let main = load(session, vm, module, |_| Vec::new())?;
    vm.call(main, &[], want::SCALAR)
}

/// Lets an entry of a session join the machine; its main function.
pub(super) fn join(
    session: &mut Session,
    vm: &mut Vm,
    program: &s_sema::hir::Program,
) -> Result<s_core::value::CodeRef, Thrown> {
    let module = crate::finish(program, numbers(vm), false);
    load(session, vm, module, |_| Vec::new())
}

fn load(
    session: &mut Session,
    vm: &mut Vm,
    module: s_ir::Module,
    captures: impl FnOnce(&Unit) -> Vec<Val>,
) -> Result<s_core::value::CodeRef, Thrown> {
    let made = Unit::new(vm, Program::new(module, None), session.units.len()).and_then(|mut unit| {
        declare(&mut unit, vm)?;
        let captures = captures(&unit);
        let main = unit.function_object(vm, FuncId(0), &captures)?;
        session.units.push(unit);
        Ok(main)
    });
    match made {
        Ok(main) => Ok(Ptr(main)),
        Err(message) => Err(vm.die(message.as_bytes())),
    }
}
