//! What a module declares, told to the machine; and modules that are compiled while a program runs.

use std::collections::HashSet;
use std::sync::Arc;

use s_abi::layout::{Val, want};
use s_core::value::{Ptr, ValExt as _};
use s_core::{Thrown, Vm};
use s_ir::FuncId;
use s_ir::module::Numbers;

use super::{Program, Session, Unit};
use crate::{Assets, Base, Files, Folder, Loaded, NoAssets, Options, Require};

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
    let name = format!("(eval {})", session.texts.len() + 1);
    let options = Options { compat: session.compat, ..Options::default() };
    // SAFETY: as above.
    let pos = unsafe { vm.abi.frame.as_ref() }.map_or(0, |frame| frame.pos);
    let around = unit.program.module().files.get((pos >> 20) as usize);
    let around = around.map(|file| file.name.clone()).unwrap_or_default();
    let around = session.texts.get(&around).cloned().unwrap_or(around);
    let folders = folders(vm);
    let files = Within {
        files: &*session.files,
        text: &name,
        around: &around,
        folders: &folders,
        loaded: &vm.loaded_files(),
    };
    let mut analysis =
        s_sema::analyse_eval(&name, Arc::from(text.as_str()), &package, &names, &files, &options);
    session.texts.insert(name.clone(), around.clone());
    crate::require_builtins(&mut analysis);
    if let Some(error) =
        analysis.diagnostics.iter().find(|diagnostic| diagnostic.severity == s_diag::Severity::Error)
    {
        return Err(vm.throw(s_core::string::string(s_sema::perl_message(error).as_bytes())));
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

/// The files of a program, for what joins it while it runs: a text that one of them evaluates, which belongs
/// where that file does, or another file.
struct Within<'a> {
    files: &'a (dyn Files + Send + Sync),
    text: &'a str,
    around: &'a str,
    folders: &'a [Folder],
    /// Those that have run.
    loaded: &'a HashSet<Vec<u8>>,
}

impl Within<'_> {
    fn asks<'n>(&'n self, from: &'n str) -> &'n str {
        if from == self.text { self.around } else { from }
    }
}

impl Files for Within<'_> {
    fn require(&self, request: &Require, from: &str, folders: &[Folder]) -> Result<Loaded, String> {
        // What the program did to `@INC` until now counts as well.
        let mut all = folders.to_vec();
        all.extend_from_slice(self.folders);
        self.files.require(request, from, &all)
    }

    fn has_run(&self, name: &str) -> bool {
        self.loaded.contains(name.as_bytes())
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

/// What `@INC` holds now.
fn folders(vm: &mut Vm) -> Vec<Folder> {
    let folder = |path| Some(Folder { base: Base::Directory, path: String::from_utf8(path).ok()? });
    vm.include().into_iter().filter_map(folder).collect()
}

/// The request of a computed `require` or `do`: a module where the name is that of one.
fn computed(name: &str) -> Require {
    let is_path = name.starts_with(['.', '/']);
    match name.strip_suffix(".pm").or_else(|| name.strip_suffix(".stk")).unwrap_or(name) {
        module if !is_path && !module.contains('.') => Require::Module(module.to_owned()),
        _ => Require::Path(name.to_owned()),
    }
}

/// That a file is not there, as Perl says it.
fn not_located(name: &str, folders: &[Folder]) -> String {
    let module = name.strip_suffix(".pm").map(|module| module.replace('/', "::"));
    let hint = module.map(|module| format!(" (you may need to install the {module} module)"));
    let contents: String = folders.iter().map(|folder| format!(" {}", folder.path)).collect();
    format!("Can't locate {name} in @INC{} (@INC contains:{contents})", hint.unwrap_or_default())
}

/// `require EXPR` and `do EXPR`.
pub(super) fn require_value(vm: &mut Vm, name: &[u8], is_do: i64) -> Result<Val, Thrown> {
    // SAFETY: as for `eval_string`.
    let session = unsafe { &mut *(vm.hooks.data as *mut Session) };
    let (key, is_do) = (name, is_do != 0);
    let name = String::from_utf8_lossy(name).into_owned();
    if !is_do && session.compat && s_core::code::is_included(vm, key) {
        return Ok(s_core::value::int(1));
    }
    let from = session
        .units
        .first()
        .and_then(|unit| unit.program.module().files.first())
        .map(|file| file.name.clone())
        .unwrap_or_default();
    let folders = folders(vm);
    let loaded = match session.files.require(&computed(&name), &from, &folders) {
        Ok(loaded) => loaded,
        Err(_) if is_do => {
            vm.set_errno(s_sys::Errno::ENOENT);
            return Ok(s_core::value::UNDEF);
        }
        Err(_) if session.compat => return Err(vm.die(not_located(&name, &folders).as_bytes())),
        Err(message) => return Err(vm.die(message.as_bytes())),
    };
    let path = vm.constant_string(loaded.name.as_bytes(), false);
    let key = if session.compat { vm.constant_string(key, false) } else { path };
    if !s_core::code::require_once(vm, path, key) && !is_do && !session.compat {
        return Ok(s_core::value::int(1));
    }
    let options = Options { compat: session.compat, ..Options::default() };
    let files = Within {
        files: &*session.files,
        text: &loaded.name,
        around: &loaded.name,
        folders: &folders,
        loaded: &vm.loaded_files(),
    };
    let compilation = crate::compile_part(&loaded.name, loaded.text, &files, &options, numbers(vm));
    let Some(module) = compilation.module else {
        let error = compilation.diagnostics.first();
        let line = error.and_then(|error| error.labels.first());
        let line = line.map_or(1, |label| label.source.position(label.span.start).0);
        let message = error.map_or_else(String::new, |error| error.message.clone());
        let ending = if is_do { "\n" } else { "\nCompilation failed in require" };
        return Err(vm.die(format!("{message} at {} line {line}.{ending}", loaded.name).as_bytes()));
    };
    let main = load(session, vm, module, |_| Vec::new())?;
    let value = vm.call(main, &[], want::SCALAR)?;
    if session.compat && !is_do && !vm.truth(value)? {
        vm.release(value);
        return Err(vm.die(format!("{name} did not return a true value").as_bytes()));
    }
    Ok(value)
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
