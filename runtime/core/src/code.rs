//! Functions as values, and calling them.

use alloc::vec::Vec;

use s_abi::layout::{
    Code, Entry, FRAME_ARGUMENTS, FRAME_LEFT, Frame, FunctionInfo, Glob, Val, kind, tag, want,
};

use crate::exception::{Thrown, file_name, function_name, package_at};
use crate::memory::{count_live, header, raw_allocate, raw_free};
use crate::string::string;
use crate::value::{CodeRef, GlobRef, Ptr, UNDEF, ValExt, bytes, captures, counted, glob_name, int, short};
use crate::vm::Vm;

/// What calls need beside the frames.
#[derive(Debug, Default)]
pub struct Running {
    stubs: Vec<(GlobRef, CodeRef)>,
    /// Functions that no name means any more, and that may still run.
    retired: Vec<CodeRef>,
    /// References to the places of the arguments of the call that begins, and where its arguments are.
    places: Vec<Val>,
    places_of: u64,
}

/// Bit of [`s_abi::layout::Header::aux`]: `\&f` of a function that is not defined yet.
const STUB: u16 = 1;
/// Bit of `aux`: a function of the runtime, whose first capture is its number.
const NATIVE: u16 = 2;

fn size_of_code(captures: usize) -> usize {
    size_of::<Code>() + captures * size_of::<Val>()
}

/// Ends a function whose last reference is gone.
pub fn free(vm: &mut Vm, code: CodeRef) {
    // What ends with them is queued behind this function: nothing runs meanwhile.
    for &held in captures(&code) {
        vm.release(held);
    }
    count_live(-1);
    raw_free(code.0.cast(), size_of_code(code.captures));
}

/// Whether it stands for a function that is not defined.
#[must_use]
pub fn is_stub(code: CodeRef) -> bool {
    code.header.aux & STUB != 0
}

/// A function of the runtime: machine, its captures, arguments, wanted context.
pub type Native = fn(&mut Vm, &[Val], &[Val], u64) -> Result<Val, Thrown>;

static STUB_INFO: InfoCell =
    InfoCell(FunctionInfo { name: core::ptr::null(), name_len: 0, id: 0, pos: 0, files: core::ptr::null() });

#[repr(transparent)]
struct InfoCell(FunctionInfo);

// SAFETY: it is never written.
unsafe impl Sync for InfoCell {}

unsafe extern "C" fn native_entry(
    vm: *mut s_abi::layout::Vm,
    code: *mut Code,
    args: *const Val,
    n: u64,
) -> Val {
    let code = Ptr(code);
    let count = (n & 0xffff_ffff) as usize;
    let held = captures(&code);
    let Some(first) = held.first() else { return crate::value::THROWN };
    // SAFETY: the first capture of a native function is the address of one, by `new_native`.
    let function = unsafe { core::mem::transmute::<usize, Native>(first.w1 as usize) };
    // SAFETY: the machine is the one the layout begins; arguments are `count` values.
    let (vm, arguments) = unsafe {
        let arguments = if count == 0 { &[] } else { core::slice::from_raw_parts(args, count) };
        (&mut *vm.cast::<Vm>(), arguments)
    };
    function(vm, &held[1..], arguments, n >> want::SHIFT & 3).unwrap_or(crate::value::THROWN)
}

unsafe extern "C" fn stub_entry(
    vm: *mut s_abi::layout::Vm,
    code: *mut Code,
    args: *const Val,
    n: u64,
) -> Val {
    let code = Ptr(code);
    // SAFETY: the machine is the one the layout begins.
    let vm = unsafe { &mut *vm.cast::<Vm>() };
    let glob = captures(&code).first().map_or(Ptr(core::ptr::null_mut()), |value| value.pointer::<Glob>());
    if glob.0.is_null() {
        return crate::value::THROWN;
    }
    let count = (n & 0xffff_ffff) as usize;
    // SAFETY: `count` arguments, by the convention of entries.
    let arguments = if count == 0 { &[] } else { unsafe { core::slice::from_raw_parts(args, count) } };
    vm.call_glob_with(glob, arguments, n >> want::SHIFT & 3).unwrap_or(crate::value::THROWN)
}

unsafe extern "C" fn undefined_entry(
    vm: *mut s_abi::layout::Vm,
    code: *mut Code,
    _args: *const Val,
    _n: u64,
) -> Val {
    // SAFETY: the machine is the one the layout begins.
    let vm = unsafe { &mut *vm.cast::<Vm>() };
    let name = function_name(Ptr(Ptr(code).info.cast_mut()));
    let _ = vm.undefined_function(name);
    crate::value::THROWN
}

/// `undef &f`: the function is still there and has no body.
pub(crate) fn undefine(vm: &mut Vm, code: CodeRef) {
    let mut code = code;
    code.entry = undefined_entry;
    code.header.aux = STUB;
    vm.classes.changed();
}

impl Vm {
    /// A function object; consumes the captured values.
    #[must_use]
    pub fn new_code(&mut self, info: *const FunctionInfo, entry: Entry, held: &[Val]) -> CodeRef {
        let code: CodeRef = Ptr(raw_allocate(size_of_code(held.len())).cast());
        count_live(1);
        // SAFETY: fresh memory with room for the struct and the captures behind it.
        unsafe {
            code.0.write(Code { header: header(kind::CODE), entry, info, captures: held.len() });
            core::ptr::copy_nonoverlapping(held.as_ptr(), code.0.add(1).cast::<Val>(), held.len());
        }
        code
    }

    /// A function object of the runtime; consumes the captured values.
    #[must_use]
    pub fn new_native(&mut self, function: Native, held: &[Val]) -> CodeRef {
        let mut all = alloc::vec![int(function as usize as i64)];
        all.extend_from_slice(held);
        let mut code = self.new_code(&STUB_INFO.0, native_entry, &all);
        code.header.aux = NATIVE;
        code
    }

    /// Calls a function. The result is a value, or LIST with the values on the stack.
    #[inline(always)]
    pub fn call(&mut self, code: CodeRef, arguments: &[Val], wanted: u64) -> Result<Val, Thrown> {
        let count = arguments.len() as u64 | wanted << want::SHIFT;
        // What an operator says that runs code of the program is not said of what that code does.
        let names = core::mem::replace(&mut self.abi.names, UNDEF);
        let machine = (&raw mut *self).cast();
        // SAFETY: entries follow the convention of `layout::Entry`; the arguments are alive.
        let result = unsafe { (code.entry)(machine, code.0, arguments.as_ptr(), count) };
        self.abi.names = names;
        if result.w0 == tag::THROWN { Err(Thrown) } else { Ok(result) }
    }

    /// Gives up a name's reference to a function that the name no longer means. Who called it by the name has
    /// none of its own: while it may run, the reference stays.
    pub(crate) fn retire(&mut self, code: *mut Code) {
        let mut waiting = core::mem::take(&mut self.code.retired);
        if !code.is_null() {
            waiting.push(Ptr(code));
        }
        for code in waiting {
            if self.may_run(code) {
                self.code.retired.push(code);
            } else {
                self.release_ptr(code);
            }
        }
    }

    /// Whether a function is being run; of the tasks that wait nothing is known.
    fn may_run(&self, code: CodeRef) -> bool {
        let mut frame = self.abi.frame.cast_const();
        // SAFETY: frames are on the stack until their functions return, and linked.
        while let Some(running) = unsafe { frame.as_ref() } {
            if running.info == code.info {
                return true;
            }
            frame = running.previous;
        }
        self.fibers.several()
    }

    /// Calls and gives one value, owned.
    #[inline(always)]
    pub fn call_scalar(&mut self, code: CodeRef, arguments: &[Val]) -> Result<Val, Thrown> {
        let result = self.call(code, arguments, want::SCALAR)?;
        Ok(self.scalar_of(result))
    }

    /// Calls a value as a function.
    #[cfg_attr(feature = "exports", unsafe(export_name = "hot.code.call_value"))]
    pub fn call_value(&mut self, value: Val, arguments: &[Val], wanted: u64) -> Result<Val, Thrown> {
        match value.as_code() {
            Some(code) => self.call(code, arguments, wanted),
            None => {
                let code = self.callable(value)?;
                let result = self.call(code, arguments, wanted);
                self.release_ptr(code);
                result
            }
        }
    }

    /// The function a value stands for, owned.
    pub fn callable(&mut self, value: Val) -> Result<CodeRef, Thrown> {
        match value.w0 {
            tag::CODE => return Ok(value.pointer::<Code>().retained()),
            tag::GLOB => {
                let glob = value.pointer::<Glob>();
                if !glob.code.is_null() {
                    return Ok(Ptr(glob.code).retained());
                }
            }
            tag::UNDEF => return Err(self.die(b"Can't use an undefined value as a subroutine reference")),
            _ => {}
        }
        if value.class() != 0
            && let Some(result) = self.overloaded_deref(value, b"&{}")?
        {
            if result.w0 == tag::CODE {
                return Ok(result.pointer());
            }
            self.release(result);
        }
        if self.refuses_names() && !value.is_reference() {
            return Err(crate::containers::symbolic(self, value, "a subroutine"));
        }
        if value.is_string() { self.function_named(value) } else { Err(self.die(b"Not a CODE reference")) }
    }

    /// The function a value is or names, also where names are refused as references; owned.
    pub(crate) fn function_named(&mut self, value: Val) -> Result<CodeRef, Thrown> {
        if !value.is_string() {
            return self.callable(value);
        }
        let name = bytes(&value);
        let name = name.strip_prefix(b"&").unwrap_or(name);
        let package = self.running_package();
        let full = crate::glob::qualify(name, &package);
        let known = [full.clone(), crate::glob::qualify(name, b"main")]
            .iter()
            .find_map(|full| self.existing_glob(full).filter(|glob| !glob.code.is_null()));
        match known {
            Some(glob) => Ok(Ptr(glob.code).retained()),
            None => Err(self.undefined_function(&full)),
        }
    }

    fn undefined_function(&mut self, name: &[u8]) -> Thrown {
        let mut message = b"Undefined subroutine &".to_vec();
        message.extend_from_slice(name);
        message.extend_from_slice(b" called");
        self.die(&message)
    }

    /// Calls the function of a name; AUTOLOAD of its package when it has none.
    pub fn call_glob_with(&mut self, glob: GlobRef, arguments: &[Val], wanted: u64) -> Result<Val, Thrown> {
        if !glob.code.is_null() && !is_stub(Ptr(glob.code)) {
            let code = Ptr(glob.code).retained();
            let result = self.call(code, arguments, wanted);
            self.release_ptr(code);
            return result;
        }
        let package = crate::glob::package_of(glob);
        if let Some(autoload) = self.existing_glob(&[package, b"::AUTOLOAD"].concat())
            && !autoload.code.is_null()
        {
            crate::cell::set(self, Ptr(autoload.scalar), string(glob_name(glob)));
            let code = Ptr(autoload.code).retained();
            let result = self.call(code, arguments, wanted);
            self.release_ptr(code);
            return result;
        }
        if let Some(method) = glob_name(glob).strip_prefix(b"UNIVERSAL::")
            && let Some(result) = crate::class::universal_function(self, method, arguments, wanted)?
        {
            return Ok(result);
        }
        Err(self.undefined_function(glob_name(glob)))
    }

    /// Calls with the list from a mark as arguments, which it consumes; a list result takes its place.
    #[cfg_attr(feature = "exports", unsafe(export_name = "hot.code.call_with_list"))]
    pub fn call_with_list(&mut self, value: Val, mark: i64, wanted: u64) -> Result<Val, Thrown> {
        let arguments = self.list(mark);
        let result = self.call_value(value, arguments, wanted);
        self.settle(mark, result)
    }

    /// Ends a call whose arguments stand from a mark: they go, the results stay.
    #[inline]
    pub fn settle(&mut self, mark: i64, result: Result<Val, Thrown>) -> Result<Val, Thrown> {
        match result {
            Ok(value) if value.w0 == tag::LIST => {
                self.remove_below(mark, value.w1 as usize);
                Ok(value)
            }
            Ok(value) => {
                self.drop_list(mark);
                Ok(value)
            }
            Err(Thrown) => {
                self.drop_list(mark);
                Err(Thrown)
            }
        }
    }
}

/// Ends a call by compiled code whose arguments stand from a mark, see [`Vm::settle`].
pub fn list_settle(vm: &mut Vm, mark: i64, result: Val) -> Result<Val, Thrown> {
    vm.settle(mark, if result.w0 == tag::THROWN { Err(Thrown) } else { Ok(result) })
}

/// Calls a function value with arguments in memory.
#[inline(always)]
pub fn call(vm: &mut Vm, function: Val, address: i64, count: i64, wanted: i64) -> Result<Val, Thrown> {
    vm.call_value(function, arguments_at(address, count), wanted as u64)
}

pub(crate) fn arguments_at(address: i64, count: i64) -> &'static [Val] {
    if count <= 0 || address == 0 {
        return &[];
    }
    // SAFETY: compiled code passes the address of `count` values that live during the call.
    unsafe { core::slice::from_raw_parts(address as *const Val, count as usize) }
}

/// Calls a function value with a list, which is consumed.
#[inline(always)]
pub fn call_list(vm: &mut Vm, function: Val, mark: i64, wanted: i64) -> Result<Val, Thrown> {
    vm.call_with_list(function, mark, wanted as u64)
}

/// Calls the function of a name with arguments in memory.
#[inline(always)]
pub fn call_glob(vm: &mut Vm, glob: GlobRef, address: i64, count: i64, wanted: i64) -> Result<Val, Thrown> {
    vm.call_glob_with(glob, arguments_at(address, count), wanted as u64)
}

/// Calls the function of a name with a list, which is consumed.
pub fn call_glob_list(vm: &mut Vm, glob: GlobRef, mark: i64, wanted: i64) -> Result<Val, Thrown> {
    let result = vm.call_glob_with(glob, vm.list(mark), wanted as u64);
    vm.settle(mark, result)
}

/// The references from a mark become the values of what they refer to; [`args_take`] of the function that
/// gets them as arguments finds the places.
pub fn args_alias(vm: &mut Vm, mark: i64) {
    args_forget(vm);
    let mut places = Vec::new();
    for slot in vm.list_mut(mark) {
        if slot.w0 == tag::SREF {
            let cell = slot.pointer::<s_abi::layout::Cell>();
            places.push(*slot);
            *slot = crate::cell::get(cell);
        } else {
            places.push(UNDEF);
        }
    }
    vm.code.places_of = vm.list(mark).as_ptr() as u64;
    vm.code.places = places;
}

/// Makes the elements of `@_` the places that the caller passed, if it passed places.
pub fn args_take(vm: &mut Vm, array: crate::value::Array, address: i64, count: i64) {
    let known = vm.code.places_of == address as u64 && vm.code.places.len() as i64 == count;
    if !known || array.len as i64 != count {
        return;
    }
    let mut array = array;
    let places = core::mem::take(&mut vm.code.places);
    for (at, place) in places.into_iter().enumerate() {
        if place.w0 != tag::SREF {
            continue;
        }
        let Ok(mut slot) = crate::array::slot(&mut array, at as i64) else { continue };
        let old = core::mem::replace(&mut *slot, counted(tag::BOX, place.pointer::<s_abi::layout::Cell>()));
        vm.release(old);
    }
}

/// Forgets the places of arguments that the function called did not take.
pub fn args_forget(vm: &mut Vm) {
    if !vm.code.places.is_empty() {
        let places = core::mem::take(&mut vm.code.places);
        vm.release_all(&places);
    }
    vm.code.places_of = 0;
}

/// `\&f`.
pub fn code_ref(vm: &mut Vm, glob: GlobRef) -> Val {
    if !glob.code.is_null() {
        return counted(tag::CODE, Ptr(glob.code).retained());
    }
    if let Some(&(_, stub)) = vm.code.stubs.iter().find(|(known, _)| *known == glob) {
        return counted(tag::CODE, stub.retained());
    }
    let mut stub = vm.new_code(&STUB_INFO.0, stub_entry, &[counted(tag::GLOB, glob)]);
    stub.header.aux = STUB;
    vm.code.stubs.push((glob, stub));
    counted(tag::CODE, stub.retained())
}

/// Whether the name has a function.
pub fn code_defined(_vm: &mut Vm, glob: GlobRef) -> bool {
    !glob.code.is_null() && !is_stub(Ptr(glob.code))
}

/// The running function as a value; undef at file level and in directly called functions.
pub fn current_code(vm: &mut Vm) -> Val {
    let frame = Ptr(vm.abi.frame);
    if frame.0.is_null() {
        return UNDEF;
    }
    if !frame.code.is_null() {
        return counted(tag::CODE, Ptr(frame.code).retained());
    }
    let name = function_name(Ptr(frame.info.cast_mut()));
    match vm.existing_glob(name) {
        Some(glob) if !glob.code.is_null() => counted(tag::CODE, Ptr(glob.code).retained()),
        _ => UNDEF,
    }
}

/// The package in the name of a function.
pub(crate) fn package_of_name(name: &[u8]) -> &[u8] {
    match name.windows(2).rposition(|pair| pair == b"::") {
        Some(at) => &name[..at],
        None => b"main",
    }
}

impl Vm {
    /// The frame of the function that called the one that runs.
    pub(crate) fn caller_frame(&self) -> Option<*mut Frame> {
        let frame = Ptr(self.abi.frame);
        if frame.0.is_null() || frame.previous.is_null() { None } else { Some(frame.previous) }
    }
}

/// `goto &f`: who asks who calls no longer sees the function that runs.
pub fn frame_left(vm: &mut Vm) {
    let mut frame: Ptr<Frame> = Ptr(vm.abi.frame);
    if !frame.0.is_null() {
        frame.want |= FRAME_LEFT;
    }
}

/// The frame that called another, past those that were left.
fn frame_before(frame: Ptr<Frame>) -> Ptr<Frame> {
    let mut before: Ptr<Frame> = Ptr(frame.previous);
    while !before.0.is_null() && before.want & FRAME_LEFT != 0 {
        before = Ptr(before.previous);
    }
    before
}

/// The frame a level of `caller` means, and how many `eval`s there are in it around that level.
fn frame_at(vm: &mut Vm, level: Val) -> (Ptr<Frame>, usize) {
    let mut left = if level.is_undef() { 0 } else { vm.index_of(level).max(0) };
    let mut frame: Ptr<Frame> = Ptr(vm.abi.frame);
    let mut evals = vm.evals_in(frame);
    // In plain Perl every `eval` is a frame, inside that of the function it stands in.
    while left > 0 && !frame.0.is_null() {
        if evals > 0 {
            evals -= 1;
        } else {
            frame = frame_before(frame);
            evals = vm.evals_in(frame);
        }
        left -= 1;
    }
    (frame, evals)
}

/// The arguments of the function that a level of `caller` means, owned; `None` where there are none to know of.
pub(crate) fn frame_arguments(vm: &mut Vm, level: Val) -> Option<Vec<Val>> {
    let (frame, evals) = frame_at(vm, level);
    if evals > 0 || frame.0.is_null() || frame.want & FRAME_ARGUMENTS == 0 {
        return None;
    }
    let arguments = arguments_at(frame.arguments as i64, frame.count as i64);
    Some(arguments.iter().map(|value| value.retained()).collect())
}

/// `caller`: package, file, line, and with a level the function's name and context.
pub fn caller(vm: &mut Vm, level: Val, wanted: i64) -> Val {
    let with_level = !level.is_undef();
    let (frame, evals) = frame_at(vm, level);
    let mark = vm.height() as i64;
    let in_eval = evals > 0;
    let from = match frame.0.is_null() {
        true => frame,
        false if in_eval => frame,
        false => frame_before(frame),
    };
    if from.0.is_null() {
        return vm.list_as_result(mark, wanted as u64);
    }
    let info = Ptr(from.info.cast_mut());
    let package = package_at(info, from.pos);
    if wanted as u64 != want::LIST {
        return string(package);
    }
    let pos = if in_eval { vm.eval_began(frame, evals) } else { from.pos };
    let line = pos & 0xf_ffff;
    let context = match u64::from(frame.want & !(FRAME_ARGUMENTS | FRAME_LEFT)) {
        want::LIST => int(1),
        want::SCALAR => vm.boolean(false),
        _ => UNDEF,
    };
    let mut out = alloc::vec![string(package), string(file_name(info, pos)), int(i64::from(line))];
    if with_level || !vm.compat {
        let name = if in_eval { b"(eval)" } else { function_name(Ptr(frame.info.cast_mut())) };
        out.push(string(name));
        if vm.compat {
            out.extend([int(i64::from(!in_eval)), context]);
        }
    }
    let _ = vm.push_all(&out);
    vm.list_as_result(mark, wanted as u64)
}

/// True the first time for a file. `key` is what it is called in `%INC`, the other its path.
pub fn require_once(vm: &mut Vm, file: Val, key: Val) -> bool {
    let Ok(name) = vm.text(file) else { return true };
    let name = name.to_vec();
    let first = vm.loaded.insert(name.clone(), ()).is_none();
    if first {
        let path = string(&name);
        let key = vm.text(key).map_or(name, |key| key.to_vec());
        crate::hash::set_text(vm, Ptr(vm.known.inc.hash), &key, path);
    }
    first
}

/// Whether `%INC` has a key, with something under it.
#[must_use]
pub fn is_included(vm: &Vm, key: &[u8]) -> bool {
    !crate::hash::get_text(Ptr(vm.known.inc.hash), key).is_undef()
}

/// The text of a numbered context, for messages.
#[must_use]
pub fn context_name(wanted: u64) -> Val {
    short(match wanted {
        want::LIST => b"list",
        want::SCALAR => b"scalar",
        _ => b"void",
    })
}
