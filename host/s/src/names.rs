//! Names of hosts where the C library is part of `s`.

/// Has names looked up in the file of hosts and by DNS, and nowhere else. What else a system may name for it
/// is a module that the C library would load: made for another release of it, it can end the process. Where
/// the C library is a library of the system this does nothing. To be called before a name is looked up.
#[cfg_attr(c_library_within, expect(unsafe_code, reason = "a function of the C library that nothing wraps"))]
pub(crate) fn look_up_without_modules() {
    #[cfg(c_library_within)]
    {
        use std::ffi::{CStr, c_char, c_int};
        unsafe extern "C" {
            fn __nss_configure_lookup(database: *const c_char, services: *const c_char) -> c_int;
        }
        const DATABASE: &CStr = c"hosts";
        const SERVICES: &CStr = c"files dns";
        // SAFETY: the function is that of the GNU C library, which copies what it is given; both texts end with
        // a zero. Nobody looks up names yet, so that nobody reads what it changes.
        let refused = unsafe { __nss_configure_lookup(DATABASE.as_ptr(), SERVICES.as_ptr()) };
        debug_assert_eq!(refused, 0, "these services are part of the library");
    }
}
