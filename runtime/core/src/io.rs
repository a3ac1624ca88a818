//! File handles of the language: buffers over descriptors.
//!
//! A [`Handle`] is a descriptor, one end of a child's pipe, or bytes in memory, with the reading
//! and writing of Perl: lines by any separator, a buffer that seeking and telling know about,
//! errors of writing that closing reports. [`Directory`] is a directory handle, [`Streams`] the
//! three handles a program starts with. Around them stand modes of `open`, file tests, `glob`
//! and the running of commands.
//!
//! Nothing here knows language values, prints a message or panics: an error is the
//! [`Errno`](s_sys::Errno) that becomes `$!`. Layers are parsed and remembered; converting is the
//! caller's. Before it starts or becomes another process, a program flushes its handles; the
//! table of all handles is the caller's too.

mod command;
mod directory;
mod file_test;
mod glob;
mod handle;
mod mode;
mod streams;
#[cfg(test)]
mod tests;

pub use command::{
    NoProgram, exec, exec_list, run_quiet, run_shell, shell_words, system, system_as, system_list,
};
pub use directory::Directory;
pub use file_test::{TestAnswer, TestTarget, file_test};
pub use glob::glob;
pub use handle::{Access, Buffering, Handle, Separator};
pub use mode::{Layers, Mode, OpenKind, parse_mode, parse_two_argument};
pub use streams::Streams;
