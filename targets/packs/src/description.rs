//! What is known of each target that is built in.

use alloc::borrow::ToOwned;
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;
use core::fmt;

use crate::triple::{Arch, LENGTH_MAX, Os, Triple, TripleError};

/// A target, as data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Description {
    /// The name in packs, also the linker's.
    pub name: &'static str,
    /// The instruction set.
    pub arch: Arch,
    /// The system.
    pub os: Os,
    /// The target for which a runtime is compiled, as Rust spells it.
    pub runtime: &'static str,
    /// What every processor of the target is expected to have, as code generators call it.
    pub features: &'static [&'static str],
    /// The oldest kernel that programs run on, major and minor.
    pub minimum_kernel: (u16, u16),
    /// Bytes of an address.
    pub pointer_width: u8,
    /// What names of executables end in.
    pub executable_suffix: &'static str,
    /// The emulator with which tests run programs elsewhere.
    pub runner: &'static str,
}

/// Every target that is built in, by name. Programs need no library of the system, so a triple with
/// `gnu`, with `musl` or with neither means the same one.
///
/// Kernels: `getrandom` came with Linux 3.17, RISC-V with 4.15.
pub const TARGETS: &[Description] = &[
    Description {
        name: "aarch64-linux",
        arch: Arch::Aarch64,
        os: Os::Linux,
        runtime: "aarch64-unknown-linux-gnu",
        features: &["neon"],
        minimum_kernel: (3, 17),
        pointer_width: 8,
        executable_suffix: "",
        runner: "qemu-aarch64-static",
    },
    Description {
        name: "riscv64-linux",
        arch: Arch::Riscv64,
        os: Os::Linux,
        runtime: "riscv64gc-unknown-linux-gnu",
        features: &["m", "a", "f", "d", "c"],
        minimum_kernel: (4, 15),
        pointer_width: 8,
        executable_suffix: "",
        runner: "qemu-riscv64-static",
    },
    Description {
        name: "x86_64-linux",
        arch: Arch::X86_64,
        os: Os::Linux,
        runtime: "x86_64-unknown-linux-gnu",
        features: &["sse2"],
        minimum_kernel: (3, 17),
        pointer_width: 8,
        executable_suffix: "",
        runner: "qemu-x86_64-static",
    },
];

/// Why there is no target of a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownTarget {
    /// What was asked for.
    pub asked: String,
    /// Why it is no triple, if it is none.
    pub reason: Option<TripleError>,
    /// Names of targets it may have meant, nearest first, at most three.
    pub nearest: Vec<&'static str>,
}

impl fmt::Display for UnknownTarget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "no target `{}` is built in", self.asked)?;
        match &self.reason {
            Some(reason) => write!(f, ": {reason}"),
            None => Ok(()),
        }
    }
}

impl core::error::Error for UnknownTarget {}

/// The built-in target of a triple in any spelling.
///
/// # Errors
///
/// When the text is no triple, or that of a target whose pack is not built in.
pub fn find(text: &str) -> Result<&'static Description, UnknownTarget> {
    let triple = text.parse::<Triple>();
    if let Ok(triple) = &triple
        && let Some(found) =
            TARGETS.iter().find(|target| (target.arch, target.os) == (triple.arch, triple.os))
    {
        return Ok(found);
    }
    let asked: String = text.chars().take(LENGTH_MAX).collect();
    let mut nearest: Vec<(usize, &'static str)> =
        TARGETS.iter().map(|target| (distance(&asked, target.name), target.name)).collect();
    nearest.sort_unstable();
    let nearest = nearest.into_iter().map(|(_, name)| name).take(3).collect();
    Err(UnknownTarget { asked: asked.to_owned(), reason: triple.err(), nearest })
}

/// How many letters have to be added, left out or changed.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (index, from) in a.chars().enumerate() {
        let mut next = vec![index + 1];
        for (column, to) in b.iter().enumerate() {
            let change = row[column] + usize::from(from != *to);
            next.push(change.min(row[column + 1] + 1).min(next[column] + 1));
        }
        row = next;
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;

    #[test]
    fn targets_are_found_by_any_spelling() {
        for (text, name) in [
            ("x86_64-unknown-linux-gnu", "x86_64-linux"),
            ("linux-x86_64-musl", "x86_64-linux"),
            ("arm64-linux", "aarch64-linux"),
            ("riscv64gc-unknown-linux-gnu", "riscv64-linux"),
        ] {
            assert_eq!(find(text).unwrap().name, name);
        }
        let error = find("x86_46-linux").unwrap_err();
        assert_eq!(error.nearest[0], "x86_64-linux");
        assert_eq!(
            error.to_string(),
            "no target `x86_46-linux` is built in: `x86_46` means nothing in a target"
        );
        let error = find("aarch64-apple-darwin").unwrap_err();
        assert_eq!((error.reason, error.nearest[0]), (None, "aarch64-linux"));
        assert!(find(&"x".repeat(1 << 20)).unwrap_err().asked.len() <= LENGTH_MAX);
    }

    #[test]
    fn the_linker_knows_the_same_targets() {
        let linker = s_link::Target::ALL.map(s_link::Target::name);
        let ours: Vec<&str> = TARGETS.iter().map(|target| target.name).collect();
        assert_eq!(ours, linker);
        for target in TARGETS {
            let triple: Triple = target.runtime.parse().unwrap();
            assert_eq!((triple.arch, triple.os), (target.arch, target.os));
            assert_eq!(target.name.parse::<Triple>().unwrap().machine_first(), target.name);
        }
    }
}
