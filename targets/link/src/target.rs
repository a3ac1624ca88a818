//! What executables can be made for.

use core::fmt;

/// A machine and the system it runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Target {
    /// Linux on 64-bit x86.
    X86_64Linux,
    /// Linux on 64-bit Arm, little-endian.
    Aarch64Linux,
    /// Linux on 64-bit RISC-V with compressed instructions and double floats in registers.
    Riscv64Linux,
}

/// An instruction set: which relocations there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Machine {
    /// 64-bit x86.
    X86_64,
    /// 64-bit Arm.
    Aarch64,
    /// 64-bit RISC-V.
    Riscv64,
}

/// A file format of executables: which writer writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Format {
    /// Executable and Linking Format, of Linux and most Unix systems.
    Elf,
}

impl Target {
    /// Every target, in the order of their names in packs.
    pub const ALL: [Target; 3] = [Target::Aarch64Linux, Target::Riscv64Linux, Target::X86_64Linux];

    /// The name in packs and messages.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Target::X86_64Linux => "x86_64-linux",
            Target::Aarch64Linux => "aarch64-linux",
            Target::Riscv64Linux => "riscv64-linux",
        }
    }

    /// The target of exactly this name; other spellings are read elsewhere.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Target> {
        Self::ALL.into_iter().find(|target| target.name() == name)
    }

    /// The instruction set.
    #[must_use]
    pub const fn machine(self) -> Machine {
        match self {
            Target::X86_64Linux => Machine::X86_64,
            Target::Aarch64Linux => Machine::Aarch64,
            Target::Riscv64Linux => Machine::Riscv64,
        }
    }

    /// The file format.
    #[must_use]
    pub const fn format(self) -> Format {
        Format::Elf
    }

    /// Bytes of the largest page a kernel of this target may use.
    pub(crate) const fn page_size(self) -> u64 {
        match self {
            Target::X86_64Linux => 0x1000,
            Target::Aarch64Linux | Target::Riscv64Linux => 0x1_0000,
        }
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl fmt::Display for Machine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Machine::X86_64 => "x86_64",
            Machine::Aarch64 => "aarch64",
            Machine::Riscv64 => "riscv64",
        })
    }
}
