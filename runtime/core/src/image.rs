//! Running a compiled program: what the start code of a native executable calls.

use alloc::vec::Vec;

use s_abi::layout::{self, DefinitionRow, Image, NameRow, Routine, image_flag};

use crate::value::Ptr;
use crate::vm::{Options, Vm};

/// Runs a program to its exit status. `stack_limit` is the lowest address of the machine stack that
/// its functions may be entered at.
///
/// # Safety
/// The image and all it refers to must be as the compiler made them, and used by nobody else.
pub unsafe fn run(image: &Image, stack_limit: usize) -> i32 {
    let mut args = s_sys::arguments();
    let script_name = if args.is_empty() { Vec::new() } else { args.remove(0) };
    let mut vm =
        Vm::new(Options { compat: image.flags & image_flag::COMPAT != 0, args, script_name, stack_limit });
    // SAFETY: the caller vouches for the image.
    let (names, starts) = unsafe {
        (
            rows_mut::<NameRow>(image.names, image.name_count),
            rows::<layout::Start>(image.starts, image.start_count),
        )
    };
    for row in names {
        // SAFETY: the same.
        row.glob = vm.glob(unsafe { rows(row.name, row.name_len) }).0;
    }
    for start in starts {
        // SAFETY: the same; the machine begins with what the function takes.
        unsafe { start((&raw mut *vm).cast(), image) };
    }
    let main = vm.new_code(image.main.info, image.main.entry, &[]);
    let status = vm.run_main(main);
    // The process ends here: what is still alive goes with it.
    core::mem::forget(vm);
    status
}

/// Defines the functions that are found by name: the first start of programs that have some.
///
/// # Safety
/// Called by [`run`].
#[cfg_attr(feature = "exports", unsafe(export_name = "rt.define"))]
pub unsafe extern "C" fn define(machine: *mut layout::Vm, image: *const Image) {
    // SAFETY: the machine begins a `Vm`, and the caller of `run` vouches for the image.
    let (vm, definitions) = unsafe {
        let image = &*image;
        (&mut *machine.cast::<Vm>(), rows::<DefinitionRow>(image.definitions, image.definition_count))
    };
    for row in definitions {
        let code = vm.new_code(row.routine.info, row.routine.entry, &[]);
        // SAFETY: the same: its name is one of the rows of names, which have their globs by now.
        let glob = Ptr(unsafe { &*row.name }.glob);
        vm.define(glob, code);
    }
}

/// Reads the declarations of an image: the start of programs that have some.
///
/// # Safety
/// Called by [`run`].
#[cfg_attr(feature = "exports", unsafe(export_name = "rt.declare"))]
pub unsafe extern "C" fn declare(machine: *mut layout::Vm, image: *const Image) {
    // SAFETY: the machine begins a `Vm`, and the caller of `run` vouches for the image.
    let (vm, bytes, routines) = unsafe {
        let image = &*image;
        (
            &mut *machine.cast::<Vm>(),
            rows(image.declarations, image.declaration_len),
            rows::<Routine>(image.routines, image.routine_count),
        )
    };
    let mut function = |vm: &mut Vm, number: u32| match routines.get(number as usize) {
        Some(routine) => Ok(vm.new_code(routine.info, routine.entry, &[])),
        None => Err("a function that is not there".into()),
    };
    if let Err(message) = crate::declare::declare(vm, bytes, &mut function) {
        crate::output::write_error(vm, &[message.as_bytes(), b"\n"].concat());
        s_sys::exit(255)
    }
}

/// Fills `%ENV`: the start of programs that name it.
///
/// # Safety
/// Called by [`run`].
#[cfg_attr(feature = "exports", unsafe(export_name = "rt.fill_environment"))]
pub unsafe extern "C" fn fill_environment(machine: *mut layout::Vm, _image: *const Image) {
    // SAFETY: the machine begins a `Vm`.
    unsafe { &mut *machine.cast::<Vm>() }.fill_environment();
}

/// Opens `DATA`: a start of programs with text behind `__DATA__`.
///
/// # Safety
/// Called by [`run`].
#[cfg_attr(feature = "exports", unsafe(export_name = "rt.open_data"))]
pub unsafe extern "C" fn open_data(machine: *mut layout::Vm, image: *const Image) {
    // SAFETY: the machine begins a `Vm`, and the caller of `run` vouches for the image.
    let (vm, text) = unsafe { (&mut *machine.cast::<Vm>(), rows((*image).data, (*image).data_len)) };
    vm.set_data_handle(text.to_vec());
}

/// Makes builtins known that method calls may mean: a start of programs that name some.
///
/// # Safety
/// Called by [`run`].
#[cfg_attr(feature = "exports", unsafe(export_name = "rt.use_methods"))]
pub unsafe extern "C" fn use_methods(machine: *mut layout::Vm, image: *const Image) {
    // SAFETY: the machine begins a `Vm`, and the caller of `run` vouches for the image.
    let (vm, named) = unsafe { (&mut *machine.cast::<Vm>(), rows((*image).methods, (*image).method_count)) };
    crate::builtin::use_methods(vm, named);
}

/// Fills `%all`: the start of programs that name it.
///
/// # Safety
/// Called by [`run`].
#[cfg_attr(feature = "exports", unsafe(export_name = "rt.fill_names"))]
pub unsafe extern "C" fn fill_names(machine: *mut layout::Vm, _image: *const Image) {
    // SAFETY: the machine begins a `Vm`.
    unsafe { &mut *machine.cast::<Vm>() }.fill_names();
}

/// A table of constants; none where the address is null.
///
/// # Safety
/// There must be so many, and they must live for ever.
unsafe fn rows<T>(first: *const T, count: usize) -> &'static [T] {
    if first.is_null() || count == 0 {
        return &[];
    }
    // SAFETY: by the caller's promise.
    unsafe { core::slice::from_raw_parts(first, count) }
}

/// A table that is written.
///
/// # Safety
/// As of [`rows`], and nobody else may look at them meanwhile.
unsafe fn rows_mut<T>(first: *mut T, count: usize) -> &'static mut [T] {
    if first.is_null() || count == 0 {
        return &mut [];
    }
    // SAFETY: by the caller's promise.
    unsafe { core::slice::from_raw_parts_mut(first, count) }
}
