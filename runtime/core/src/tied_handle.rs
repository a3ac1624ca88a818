//! Handles that are tied: what is done to them, an object does.
//!
//! A glob is tied as a whole. Which ones are is in the machine; a program without any pays for one look at
//! an empty map.

use s_abi::layout::{Val, tag, want};

use crate::cell;
use crate::exception::Thrown;
use crate::string::string;
use crate::value::{GlobRef, UNDEF, ValExt, counted};
use crate::vm::Vm;

impl Vm {
    /// The object a handle is tied to, owned.
    #[inline]
    pub(crate) fn tied_handle(&mut self, handle: Val) -> Option<Val> {
        if self.tied_handles.is_empty() {
            return None;
        }
        let glob = self.handle_glob(handle)?;
        self.tied_glob(glob)
    }

    /// The same of a glob.
    #[inline]
    pub(crate) fn tied_glob(&mut self, glob: GlobRef) -> Option<Val> {
        if self.tied_handles.is_empty() {
            return None;
        }
        self.tied_handles.get(&glob.address()).map(|object| object.retained())
    }

    /// Ties a glob to an object, which is consumed.
    pub(crate) fn tie_glob(&mut self, glob: GlobRef, object: Val) {
        if let Some(old) = self.tied_handles.insert(glob.address(), object) {
            self.release(old);
        }
    }

    /// A glob is no longer tied.
    pub(crate) fn untie_glob(&mut self, glob: GlobRef) {
        if let Some(old) = self.tied_handles.remove(&glob.address()) {
            self.release(old);
        }
    }

    /// What the method of a tied handle gives; `None` where the handle is not tied.
    pub(crate) fn ask_handle(
        &mut self,
        handle: Val,
        method: &[u8],
        arguments: &[Val],
    ) -> Result<Option<Val>, Thrown> {
        let Some(object) = self.tied_handle(handle) else { return Ok(None) };
        let result = self.ask(object, method, arguments);
        self.release(object);
        result.map(Some)
    }

    /// `print` and `say` to what an object stands for; consumes the object and the list from the mark.
    pub(crate) fn print_tied(&mut self, object: Val, mark: i64, newline: bool) -> Result<bool, Thrown> {
        let list = self.take_list(mark);
        // `say` is `print` with a newline as the record separator.
        let ending = newline.then(|| core::mem::replace(&mut self.specials.record_separator, string(b"\n")));
        let result = self.ask(object, b"PRINT", &list);
        if let Some(ending) = ending {
            let newline = core::mem::replace(&mut self.specials.record_separator, ending);
            self.release(newline);
        }
        self.tied_success(object, &list, result)
    }

    /// The same of `printf`.
    pub(crate) fn print_format_tied(&mut self, object: Val, mark: i64) -> Result<bool, Thrown> {
        let list = self.take_list(mark);
        let result = self.ask(object, b"PRINTF", &list);
        self.tied_success(object, &list, result)
    }

    fn tied_success(
        &mut self,
        object: Val,
        list: &[Val],
        result: Result<Val, Thrown>,
    ) -> Result<bool, Thrown> {
        self.release_all(list);
        self.release(object);
        let result = result?;
        let success = self.truth(result);
        self.release(result);
        success
    }

    /// All lines of what an object stands for are pushed; consumes the object.
    pub(crate) fn read_lines_tied(&mut self, object: Val) -> Result<(), Thrown> {
        let result = self.ask_for(object, b"READLINE", &[], want::LIST);
        self.release(object);
        let result = result?;
        // A list has been pushed where it belongs.
        if result.w0 != tag::LIST {
            self.push(result)?;
        }
        Ok(())
    }

    /// `read` and `sysread`: the method changes the place through its second argument.
    pub(crate) fn read_tied(
        &mut self,
        object: Val,
        place: &mut Val,
        arguments: &[Val],
    ) -> Result<Val, Thrown> {
        // The place is lent to the method: it gets places as arguments, this one among them.
        let buffer = cell::new(core::mem::replace(place, UNDEF));
        let lent = counted(tag::SREF, buffer);
        let mark = self.height() as i64;
        self.push(counted(tag::SREF, cell::new(object)))?;
        self.push(lent.retained())?;
        for &argument in arguments.get(1..).unwrap_or_default() {
            self.push(counted(tag::SREF, cell::new(argument.retained())))?;
        }
        crate::code::args_alias(self, mark);
        let result = self.call_tied(b"READ", mark, want::SCALAR);
        *place = cell::get(buffer);
        self.release(lent);
        let result = result?;
        Ok(self.scalar_of(result))
    }
}
