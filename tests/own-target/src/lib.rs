//! A target pack of somebody else: a system whose executables are those of Linux, under another name.
//!
//! Its runtime is the file `haiku.pack` beside the component. Which bytes that file has is not known
//! when this is compiled: whoever makes the file writes its digest and size behind [`MARK`].

/// What stands before the 32 bytes of the digest and the 8 of the size, in the component.
pub const MARK: &[u8; 16] = b"runtime of haiku";

#[cfg(target_arch = "wasm32")]
mod guest;
