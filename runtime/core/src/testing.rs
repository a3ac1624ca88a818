//! What tests of this crate share: machines, random numbers, and running `perl`.

use alloc::boxed::Box;

use crate::vm::{Options, Vm};

/// A machine without a program.
pub(crate) fn machine(compat: bool) -> Box<Vm> {
    Vm::new(Options { compat, script_name: b"test".to_vec(), ..Options::default() })
}

/// Random numbers, the same in every run.
pub(crate) struct Random(pub(crate) u64);

impl Random {
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed ^ (mixed >> 27)
    }

    pub(crate) fn below(&mut self, limit: u64) -> u64 {
        (self.next() >> 11) % limit.max(1)
    }
}
