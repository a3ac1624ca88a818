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
    // SAFETY: the compiler made the image, and it is handed out this once.
    unsafe { s_core::image::run(&program, stack_limit) }
}

unsafe extern "C" {
    /// What every program defines: [`s_abi::layout::IMAGE`].
    static program: s_abi::layout::Image;
}
