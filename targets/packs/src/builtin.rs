//! The packs that are built in, one a target, each behind a feature of the target's name.
//!
//! `cargo xtask packs` writes them and the record beside them, and its `--check` compares them with a
//! rebuild.

use alloc::vec::Vec;

use crate::sealed::{self, PackError};

/// A pack that is built in.
#[derive(Clone, Copy, Debug)]
pub struct BuiltinPack {
    /// The name of its target.
    pub target: &'static str,
    /// The pack, sealed.
    pub sealed: &'static [u8],
}

impl BuiltinPack {
    /// The bytes of the pack, for the linker, if it is whole and has this ABI.
    ///
    /// # Errors
    ///
    /// The first thing that is not as it should be.
    pub fn open(&self, abi: &str) -> Result<Vec<u8>, PackError> {
        sealed::open(self.sealed, self.target, abi)
    }
}

/// Every pack that is built in, by name of the target.
pub static BUILTIN: &[BuiltinPack] = &[
    #[cfg(feature = "aarch64-linux")]
    BuiltinPack { target: "aarch64-linux", sealed: include_bytes!("../dist/aarch64-unknown-linux-gnu.pack") },
    #[cfg(feature = "riscv64-linux")]
    BuiltinPack {
        target: "riscv64-linux",
        sealed: include_bytes!("../dist/riscv64gc-unknown-linux-gnu.pack"),
    },
    #[cfg(feature = "x86_64-linux")]
    BuiltinPack { target: "x86_64-linux", sealed: include_bytes!("../dist/x86_64-unknown-linux-gnu.pack") },
];

/// The pack for a triple in any spelling, if there is one.
#[must_use]
pub fn builtin(triple: &str) -> Option<&'static BuiltinPack> {
    let target = crate::find(triple).ok()?;
    BUILTIN.iter().find(|pack| pack.target == target.name)
}
