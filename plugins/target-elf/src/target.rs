//! What is known of each target. A test holds it against the descriptions in `targets/packs`.

use s_guest::Error;
use s_link::Target;

/// A target, in the terms of the interface.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Facts {
    /// For the linker.
    pub target: Target,
    /// Other spellings.
    pub aliases: &'static [&'static str],
    /// What every processor of it has.
    pub features: &'static [&'static str],
    /// The oldest kernel.
    pub minimum_os: &'static str,
    /// What could run its programs elsewhere.
    pub runner_hint: &'static str,
}

/// The targets, by name.
pub const TARGETS: &[Facts] = &[
    Facts {
        target: Target::Aarch64Linux,
        aliases: &[
            "aarch64-linux-gnu",
            "aarch64-linux-musl",
            "aarch64-unknown-linux-gnu",
            "aarch64-unknown-linux-musl",
        ],
        features: &["neon"],
        minimum_os: "linux 3.17",
        runner_hint: "qemu-aarch64-static",
    },
    Facts {
        target: Target::Riscv64Linux,
        aliases: &[
            "riscv64-linux-gnu",
            "riscv64-linux-musl",
            "riscv64gc-unknown-linux-gnu",
            "riscv64gc-unknown-linux-musl",
        ],
        features: &["m", "a", "f", "d", "c"],
        minimum_os: "linux 4.15",
        runner_hint: "qemu-riscv64-static",
    },
    Facts {
        target: Target::X86_64Linux,
        aliases: &[
            "x86_64-linux-gnu",
            "x86_64-linux-musl",
            "x86_64-unknown-linux-gnu",
            "x86_64-unknown-linux-musl",
        ],
        features: &["sse2"],
        minimum_os: "linux 3.17",
        runner_hint: "qemu-x86_64-static",
    },
];

/// The target of a name or an alias.
pub fn find(triple: &str) -> Result<&'static Facts, Error> {
    let named = |facts: &&Facts| facts.target.name() == triple || facts.aliases.contains(&triple);
    TARGETS.iter().find(named).ok_or_else(|| {
        let triple: String = triple.chars().take(100).collect();
        let message = format!("`{}` is not one of the targets", triple.escape_debug());
        let names: Vec<&str> = TARGETS.iter().map(|facts| facts.target.name()).collect();
        Error::not_found("target-elf/unknown-target", message)
            .with_help(format!("they are {}", names.join(", ")))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_said_here_is_what_the_descriptions_say() {
        assert_eq!(TARGETS.len(), s_packs::TARGETS.len());
        for (facts, description) in TARGETS.iter().zip(s_packs::TARGETS) {
            assert_eq!(facts.target.name(), description.name);
            assert_eq!(facts.features, description.features);
            assert_eq!(facts.runner_hint, description.runner);
            let (major, minor) = description.minimum_kernel;
            assert_eq!(facts.minimum_os, format!("linux {major}.{minor}"));
            assert_eq!((description.pointer_width, description.executable_suffix), (8, ""));
            assert!(facts.aliases.contains(&description.runtime));
            for alias in facts.aliases {
                assert_eq!(s_packs::find(alias).unwrap().name, description.name, "{alias}");
                assert_eq!(find(alias).unwrap(), facts);
            }
        }
        let error = find(&"x\n".repeat(1000)).unwrap_err();
        assert_eq!(error.code, "target-elf/unknown-target");
        assert!(error.message.len() < 500 && !error.message.contains('\n'));
    }
}
