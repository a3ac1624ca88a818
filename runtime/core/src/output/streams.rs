//! Streams behind globs: given, shared, taken away.

use alloc::boxed::Box;

use crate::io::{Directory, Handle};
use crate::value::{CellRef, GlobRef, Ptr};
use crate::vm::Vm;

/// A stream or directory behind a glob.
#[derive(Debug)]
pub struct Stream {
    /// The file.
    pub handle: Handle,
    /// The directory, of `opendir`.
    pub directory: Option<Directory>,
    /// The scalar that is written to, of `open(.., '>', \$text)`.
    pub target: Option<CellRef>,
    /// Globs that have it.
    pub(super) shared: u32,
}

/// Gives a glob a stream; its old one is closed.
pub fn install(vm: &mut Vm, glob: GlobRef, handle: Handle) {
    install_stream(vm, glob, Stream { handle, directory: None, target: None, shared: 1 });
}

pub(super) fn install_stream(vm: &mut Vm, glob: GlobRef, mut stream: Stream) {
    let mut glob = glob;
    // Lines go on being counted where a handle is opened anew without being closed.
    if let Some(before) = stream_of(glob).filter(|_| vm.compat) {
        stream.handle.set_line_number(before.handle.line_number());
    }
    // Others have the handle as well, and see what it is opened on now.
    if let Some(mut shared) = stream_of(glob).filter(|before| before.shared > 1) {
        stream.shared = shared.shared;
        let before = core::mem::replace(&mut *shared, stream);
        end_stream(vm, before);
        return;
    }
    close_dropped(vm, glob);
    let stream = Ptr(Box::into_raw(Box::new(stream)));
    glob.handle = stream.0.cast();
    vm.output.streams.push(stream);
}

/// Gives a glob that has none a stream, on which nothing is open.
pub(crate) fn ensure_stream(vm: &mut Vm, glob: GlobRef) {
    if glob.handle.is_null() {
        install(vm, glob, Handle::closed());
    }
}

/// The stream of a glob.
#[must_use]
pub fn stream_of(glob: GlobRef) -> Option<Ptr<Stream>> {
    (!glob.handle.is_null()).then(|| Ptr(glob.handle.cast()))
}

/// Gives a glob the stream of another.
pub fn share_handle(vm: &mut Vm, to: GlobRef, from: GlobRef) {
    if let Some(mut stream) = stream_of(from) {
        stream.shared += 1;
        close_dropped(vm, to);
        let mut to = to;
        to.handle = from.handle;
    }
}

/// Takes the stream away from a glob; the last one closes it.
pub fn close_dropped(vm: &mut Vm, glob: GlobRef) {
    if let Some(stream) = take_stream(glob) {
        drop_stream(vm, stream);
    }
}

/// Takes the stream away from a glob, for somebody who keeps it open.
pub(crate) fn take_stream(mut glob: GlobRef) -> Option<Ptr<Stream>> {
    let stream = stream_of(glob);
    glob.handle = core::ptr::null_mut();
    stream
}

/// Gives a glob back what [`take_stream`] took; what it has got meanwhile is closed.
pub(crate) fn put_stream(vm: &mut Vm, mut glob: GlobRef, stream: Option<Ptr<Stream>>) {
    close_dropped(vm, glob);
    glob.handle = stream.map_or(core::ptr::null_mut(), |stream| stream.0.cast());
}

/// Closes what a stream has.
fn end_stream(vm: &mut Vm, mut stream: Stream) {
    let _ = stream.handle.close();
    if let Some(target) = stream.target {
        vm.release_ptr(target);
    }
}

/// Gives up one share of a stream, which is closed with the last.
pub(super) fn drop_stream(vm: &mut Vm, mut stream: Ptr<Stream>) {
    stream.shared -= 1;
    if stream.shared == 0 {
        vm.output.streams.retain(|known| *known != stream);
        // SAFETY: the stream came from `Box::into_raw`, and nobody has it any more.
        let stream = unsafe { Box::from_raw(stream.0) };
        end_stream(vm, *stream);
    }
}
