//! Where machine code is kept between builds: `target/cache`, a file for each program, target and profile.
//!
//! What is read is sealed with a secret of this user. A file that cannot be read or written, is damaged or of
//! another `s` or user is as good as none: the functions are compiled.

use std::path::PathBuf;

use s_driver::Machine;
use s_driver::object::Codes;
use s_store::files::{self, Access};

use crate::identity::Tool;

/// The place of the code of one program.
pub(super) struct KeptCodes {
    pub(super) path: PathBuf,
    /// Which `s` this is.
    pub(super) tool: Tool,
    pub(super) machine: Machine,
}

/// The largest file that is read or written.
const BYTES_MAX: u64 = 256 << 20;

impl KeptCodes {
    /// No code, to be kept there.
    pub(super) fn none(&self) -> Codes {
        Codes::new(self.tool.secret(), self.machine)
    }

    /// Adds what is there.
    pub(super) fn read(&self, codes: &mut Codes) {
        if let Ok(bytes) = files::read_own(&self.path, BYTES_MAX) {
            codes.open(&bytes);
        }
    }

    /// Puts there what the last build used.
    pub(super) fn write(&self, codes: &Codes) {
        if let Some(bytes) = codes.bytes()
            && bytes.len() as u64 <= BYTES_MAX
            && let Some(folder) = self.path.parent()
            && files::create_dir_all(folder, Access::Shared).is_ok()
        {
            // What cannot be kept is compiled again.
            let _ = files::write_cached(&self.path, &bytes, Access::Private);
        }
    }
}
