//! Triples: `aarch64-linux-gnu`, `linux-aarch64-gnu`, `aarch64-unknown-linux-gnu` are one.
//!
//! The words of a triple are told apart by what they mean, so their order does not matter. A word that
//! means nothing, or a second one of a kind, is an error: nothing is guessed.

use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::String;
use core::fmt;
use core::str::FromStr;

/// The longest text that is read as a triple, in bytes.
pub const LENGTH_MAX: usize = 100;

/// A machine, its system, and the conventions of a library below.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Triple {
    /// The instruction set.
    pub arch: Arch,
    /// The system.
    pub os: Os,
    /// Whose machine, when it was said; it follows from the system.
    pub vendor: Option<Vendor>,
    /// The library below, when it was said.
    pub abi: Option<Abi>,
}

macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $word:literal $(| $other:literal)*,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum $name { $($(#[$variant_doc])* $variant,)* }

        impl $name {
            /// Every one there is.
            pub const ALL: &'static [$name] = &[$($name::$variant),*];

            /// The word in triples.
            #[must_use]
            pub const fn word(self) -> &'static str {
                match self { $($name::$variant => $word,)* }
            }

            /// The one of a word, in any spelling.
            #[must_use]
            pub fn from_word(word: &str) -> Option<$name> {
                match word { $($word $(| $other)* => Some($name::$variant),)* _ => None }
            }
        }
    };
}

words! {
    /// An instruction set.
    Arch {
        /// 64-bit x86.
        X86_64 = "x86_64" | "amd64" | "x64",
        /// 64-bit Arm.
        Aarch64 = "aarch64" | "arm64",
        /// 64-bit RISC-V with everything Linux distributions expect.
        Riscv64 = "riscv64" | "riscv64gc" | "rv64gc",
        /// WebAssembly.
        Wasm32 = "wasm32",
    }
}

words! {
    /// A system.
    Os {
        /// Linux.
        Linux = "linux",
        /// macOS.
        Darwin = "darwin" | "macos" | "macosx",
        /// Windows.
        Windows = "windows" | "win32",
        /// The system interface of WebAssembly, preview 1.
        Wasi = "wasi" | "wasip1",
    }
}

words! {
    /// Whose machine it is.
    Vendor {
        /// Nobody's.
        Unknown = "unknown",
        /// A personal computer.
        Pc = "pc",
        /// Apple's.
        Apple = "apple",
    }
}

words! {
    /// A library below, whose calling convention is meant.
    Abi {
        /// The GNU C library.
        Gnu = "gnu",
        /// musl.
        Musl = "musl",
        /// Microsoft's.
        Msvc = "msvc",
    }
}

/// Why a text is no triple.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum TripleError {
    /// Longer than any triple.
    TooLong,
    /// A word that means nothing.
    UnknownWord {
        /// The word.
        word: String,
    },
    /// A second word of one kind.
    Twice {
        /// The kind.
        what: &'static str,
        /// The second word.
        word: String,
    },
    /// No word of a kind that there has to be.
    Missing {
        /// The kind.
        what: &'static str,
    },
    /// Words that do not go together.
    Impossible {
        /// The triple.
        triple: String,
    },
}

impl fmt::Display for TripleError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            TripleError::TooLong => f.write_str("too long for a target"),
            TripleError::UnknownWord { word } => write!(f, "`{word}` means nothing in a target"),
            TripleError::Twice { what, word } => write!(f, "`{word}` is a second {what}"),
            TripleError::Missing { what } => write!(f, "a target needs a {what}"),
            TripleError::Impossible { triple } => write!(f, "there is no `{triple}`"),
        }
    }
}

impl core::error::Error for TripleError {}

impl FromStr for Triple {
    type Err = TripleError;

    fn from_str(text: &str) -> Result<Triple, TripleError> {
        if text.len() > LENGTH_MAX {
            return Err(TripleError::TooLong);
        }
        let (mut arch, mut os, mut vendor, mut abi) = (None, None, None, None);
        for word in text.split('-') {
            let lower = word.to_ascii_lowercase();
            let twice = if let Some(found) = Arch::from_word(&lower) {
                arch.replace(found).map(|_| "machine")
            } else if let Some(found) = Os::from_word(&lower) {
                os.replace(found).map(|_| "system")
            } else if let Some(found) = Vendor::from_word(&lower) {
                vendor.replace(found).map(|_| "vendor")
            } else if let Some(found) = Abi::from_word(&lower) {
                abi.replace(found).map(|_| "library")
            } else {
                return Err(TripleError::UnknownWord { word: word.to_owned() });
            };
            if let Some(what) = twice {
                return Err(TripleError::Twice { what, word: word.to_owned() });
            }
        }
        let arch = arch.ok_or(TripleError::Missing { what: "machine" })?;
        let os = os.ok_or(TripleError::Missing { what: "system" })?;
        let abi_fits = match os {
            Os::Linux => abi != Some(Abi::Msvc),
            Os::Windows => abi != Some(Abi::Musl),
            Os::Darwin | Os::Wasi => abi.is_none(),
        };
        let vendor_fits = match vendor {
            None => true,
            Some(Vendor::Apple) => os == Os::Darwin,
            Some(Vendor::Pc) => matches!(os, Os::Linux | Os::Windows),
            Some(Vendor::Unknown) => matches!(os, Os::Linux | Os::Wasi),
        };
        let machine_fits = match os {
            Os::Linux => arch != Arch::Wasm32,
            Os::Darwin | Os::Windows => matches!(arch, Arch::X86_64 | Arch::Aarch64),
            Os::Wasi => arch == Arch::Wasm32,
        };
        if !(abi_fits && vendor_fits && machine_fits) {
            return Err(TripleError::Impossible { triple: text.to_owned() });
        }
        Ok(Triple { arch, os, vendor, abi })
    }
}

impl Triple {
    /// Machine, system, library: `aarch64-linux-gnu`, `aarch64-darwin-apple`. The usual spelling.
    #[must_use]
    pub fn machine_first(self) -> String {
        join(&[self.arch.word(), self.os.word(), self.last()])
    }

    /// System, machine, library: `linux-aarch64-gnu`, as folders of installed modules are named.
    #[must_use]
    pub fn system_first(self) -> String {
        join(&[self.os.word(), self.arch.word(), self.last()])
    }

    /// As Rust spells it: `aarch64-unknown-linux-gnu`. A library that was not said is the system's usual one.
    #[must_use]
    pub fn rust(self) -> String {
        let arch = match (self.arch, self.os) {
            (Arch::Riscv64, _) => "riscv64gc",
            (arch, _) => arch.word(),
        };
        match self.os {
            Os::Linux => format!("{arch}-unknown-linux-{}", self.abi.unwrap_or(Abi::Gnu).word()),
            Os::Darwin => format!("{arch}-apple-darwin"),
            Os::Windows => format!("{arch}-pc-windows-{}", self.abi.unwrap_or(Abi::Msvc).word()),
            Os::Wasi => format!("{arch}-wasip1"),
        }
    }

    fn last(self) -> &'static str {
        match (self.os, self.abi) {
            (Os::Darwin, _) => Vendor::Apple.word(),
            (_, abi) => abi.map_or("", Abi::word),
        }
    }
}

fn join(words: &[&str]) -> String {
    let mut out = String::new();
    for word in words.iter().filter(|word| !word.is_empty()) {
        if !out.is_empty() {
            out.push('-');
        }
        out.push_str(word);
    }
    out
}

impl fmt::Display for Triple {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.machine_first())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;

    #[test]
    fn spellings_of_one_target() {
        for (spellings, machine_first, system_first, rust) in [
            (
                &[
                    "aarch64-linux-gnu",
                    "linux-aarch64-gnu",
                    "aarch64-unknown-linux-gnu",
                    "arm64-linux-gnu",
                    "ARM64-Linux-GNU",
                ][..],
                "aarch64-linux-gnu",
                "linux-aarch64-gnu",
                "aarch64-unknown-linux-gnu",
            ),
            (
                &["aarch64-darwin-apple", "darwin-aarch64-apple", "aarch64-apple-darwin", "arm64-macos"],
                "aarch64-darwin-apple",
                "darwin-aarch64-apple",
                "aarch64-apple-darwin",
            ),
            (
                &["riscv64gc-unknown-linux-musl", "linux-riscv64-musl", "riscv64-linux-musl"],
                "riscv64-linux-musl",
                "linux-riscv64-musl",
                "riscv64gc-unknown-linux-musl",
            ),
            (
                &["x86_64-pc-windows-msvc", "windows-x64-msvc", "amd64-windows-msvc"],
                "x86_64-windows-msvc",
                "windows-x86_64-msvc",
                "x86_64-pc-windows-msvc",
            ),
            (&["wasm32-wasip1", "wasm32-unknown-wasi"], "wasm32-wasi", "wasi-wasm32", "wasm32-wasip1"),
            (&["x86_64-linux"], "x86_64-linux", "linux-x86_64", "x86_64-unknown-linux-gnu"),
        ] {
            for spelling in spellings {
                let triple: Triple = spelling.parse().unwrap();
                assert_eq!(triple.machine_first(), machine_first, "{spelling}");
                assert_eq!(triple.system_first(), system_first, "{spelling}");
                assert_eq!(triple.rust(), rust, "{spelling}");
                for text in [triple.to_string(), triple.system_first(), triple.rust()] {
                    let again: Triple = text.parse().unwrap();
                    assert_eq!((again.arch, again.os), (triple.arch, triple.os), "{text}");
                }
            }
        }
    }

    #[test]
    fn what_is_no_triple() {
        for (text, message) in [
            ("", "`` means nothing in a target"),
            ("linux", "a target needs a machine"),
            ("x86_64", "a target needs a system"),
            ("x86_64-linux-glibc", "`glibc` means nothing in a target"),
            ("x86_64-arm64-linux", "`arm64` is a second machine"),
            ("x86_64-linux-darwin", "`darwin` is a second system"),
            ("x86_64-unknown-pc-linux", "`pc` is a second vendor"),
            ("x86_64-linux-gnu-musl", "`musl` is a second library"),
            ("x86_64-linux-msvc", "there is no `x86_64-linux-msvc`"),
            ("riscv64-windows", "there is no `riscv64-windows`"),
            ("x86_64-apple-linux", "there is no `x86_64-apple-linux`"),
            ("x86_64--linux", "`` means nothing in a target"),
        ] {
            assert_eq!(text.parse::<Triple>().unwrap_err().to_string(), message, "{text}");
        }
        assert_eq!("a-".repeat(1000).parse::<Triple>(), Err(TripleError::TooLong));
    }
}
