//! The image in memory: its addresses, and the program in it.

/// Puts addresses into the words that hold some: nothing to do for an image at a fixed address.
///
/// # Safety
/// Called once, before anything else, with the first byte of the image and the bounds of the linker's
/// list of relative relocations.
pub(crate) unsafe extern "C" fn relocate(base: usize, mut one: *const [usize; 3], end: *const [usize; 3]) {
    while one < end {
        // SAFETY: the linker lists words of this image that may be written: where, a kind, an addend.
        unsafe {
            let [offset, _, addend] = one.read();
            (base.wrapping_add(offset) as *mut usize).write_volatile(base.wrapping_add(addend));
            one = one.add(1);
        }
    }
}

/// Runs the program; its exit status.
pub(crate) fn run(stack_limit: usize) -> i32 {
    let mut vm = s_core::Vm::new(s_core::Options {
        args: s_sys::arguments().split_off(1),
        script_name: alloc::vec::Vec::new(),
        stack_limit,
        environment: s_sys::environment(),
        compat: false,
    });
    // SAFETY: the placeholder of a program.
    let status = unsafe { program_main(&raw mut *vm) };
    s_core::output::flush_everything(&mut vm);
    core::mem::forget(vm);
    status
}

unsafe extern "C" {
    fn program_main(vm: *mut s_core::Vm) -> i32;
}

/// Placeholder.
#[unsafe(export_name = "rt.addresses")]
pub extern "C" fn addresses(index: usize) -> *const () {
    s_core::ADDRESSES[index].function
}
/// Placeholder.
#[unsafe(export_name = "rt.print")]
pub unsafe extern "C" fn print(vm: *mut s_core::Vm, text: *const u8, length: usize) {
    let vm = unsafe { &mut *vm };
    s_core::output::write_error(vm, unsafe { core::slice::from_raw_parts(text, length) });
}
