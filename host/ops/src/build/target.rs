//! Which target a build is for: one that is part of `s`, or one of a pack that is used here.
//!
//! A pack brings a linker and, in its sysroot, one artifact of the format `stryke-pack`: the runtime of the
//! target, sealed as `s_packs::sealed` describes. `s` fetches it when it is first needed and keeps it
//! under its digest; what is used has the digest that the pack states and the ABI of this `s`. The
//! plugin itself reaches no network and no file.

use std::cell::OnceCell;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use s_capability::Kind;
use s_diag::{Code, Diagnostic};
use s_driver::Machine;
use s_packs::triple::Arch;
use s_packs::{BuiltinPack, Description, sealed};
use s_plugin::extension::HashAlgorithm;
use s_plugin::extension::target::{Artifact, ObjectFormat, Options, Sysroot, Target};
use s_store::Sha256Digest;
use s_store::files::{self, Access};

use super::link::{Image, LINKER};
use crate::Context;
use crate::failure::{Failure, FailureKind};
use crate::language::is_source_name;
use crate::plugins::catalog::{self, Entry};
use crate::plugins::launch::{Allow, launch};
use crate::plugins::source::PluginSource;
use crate::target_list::{is_same, not_known, targets_of};

/// The format of the artifact that is a runtime.
const PACK_FORMAT: &str = "stryke-pack";

/// The longest sealed pack that is fetched, in bytes.
const PACK_BYTES_MAX: u64 = 64 << 20;

/// What a build needs to know of its target.
pub(super) struct BuildTarget {
    /// Its name, as its pack has it.
    pub(super) name: String,
    /// What names of executables end in.
    pub(super) executable_suffix: String,
    /// The plugin that links.
    pub(super) linker: String,
    /// What an executable has to look like.
    pub(super) image: Image,
    /// What the code depends on besides: digests of the runtime and, unless it is part of `s`, of the linker and
    /// its configuration.
    pub(super) digests: Vec<Sha256Digest>,
    machine: Machine,
    runtime: Runtime,
    opened: OnceCell<Vec<u8>>,
}

enum Runtime {
    BuiltIn(&'static BuiltinPack),
    /// Sealed.
    Fetched(Vec<u8>),
}

impl BuildTarget {
    /// The target of a triple in any spelling; without one, that of this machine.
    pub(super) fn find(context: &Arc<Context>, triple: Option<&str>) -> Result<BuildTarget, Failure> {
        let here = format!("{}-{}", std::env::consts::ARCH, std::env::consts::OS);
        let triple = triple.unwrap_or(&here);
        let unknown = match s_packs::find(triple) {
            Ok(description) => return BuildTarget::built_in(description),
            Err(unknown) => unknown,
        };
        let (entries, mut failures) = catalog::all(context);
        for entry in
            entries.iter().filter(|entry| entry.manifest.kind == Kind::Target && !entry.is_built_in())
        {
            match targets_of(context, entry) {
                Ok(targets) => {
                    let meant = targets.into_iter().find(|target| {
                        let mut spellings = [&target.triple].into_iter().chain(&target.aliases);
                        spellings.any(|spelling| is_same(spelling, triple))
                    });
                    if let Some(target) = meant {
                        return BuildTarget::of_pack(context, entry, &target);
                    }
                }
                Err(failure) => failures.push(failure),
            }
        }
        Err(not_known(&unknown, failures))
    }

    fn built_in(description: &'static Description) -> Result<BuildTarget, Failure> {
        let Some(pack) = s_packs::builtin(description.name) else {
            let message = format!("there is no pack for the target `{}` here", description.name);
            let hint = format!("s target info {}", description.name);
            let diagnostic = Diagnostic::error(Code::TARGET_PACK, message).hint(hint);
            return Err(Failure::new(FailureKind::Failed, diagnostic));
        };
        Ok(BuildTarget {
            name: description.name.to_owned(),
            executable_suffix: description.executable_suffix.to_owned(),
            linker: LINKER.to_owned(),
            image: Image::OfTriple,
            digests: vec![Sha256Digest::of(pack.sealed)],
            machine: match description.arch {
                Arch::Aarch64 => Machine::Aarch64,
                Arch::Riscv64 => Machine::Riscv64,
                _ => Machine::X86_64,
            },
            runtime: Runtime::BuiltIn(pack),
            opened: OnceCell::new(),
        })
    }

    fn of_pack(context: &Arc<Context>, entry: &Entry, target: &Target) -> Result<BuildTarget, Failure> {
        let refuse = |reason: String| {
            let message =
                format!("plugin `{}` cannot be used for `{}`: {reason}", entry.id(), shown(&target.triple));
            unusable(message)
        };
        let (machine, number) = match Arch::from_word(&target.isa) {
            Some(Arch::X86_64) => (Machine::X86_64, 62),
            Some(Arch::Aarch64) => (Machine::Aarch64, 183),
            Some(Arch::Riscv64) => (Machine::Riscv64, 243),
            _ => {
                let known = "x86_64, aarch64, riscv64";
                return Err(refuse(format!(
                    "there is no code for `{}`, only for {known}",
                    shown(&target.isa)
                )));
            }
        };
        if target.pointer_width != 64 || !target.little_endian {
            return Err(refuse(
                "only machines of 64 bits, the lower byte first, can be built for".to_owned(),
            ));
        }
        if !is_file_name(&target.triple) || !is_suffix(&target.exe_suffix) {
            return Err(refuse(
                "its name, or what executables end in, cannot be part of a file name".to_owned(),
            ));
        }
        let sysroot = sysroot(context, entry, target)?;
        let artifact = match &sysroot.artifacts[..] {
            [artifact] if artifact.format == PACK_FORMAT => artifact,
            _ => {
                return Err(refuse(format!(
                    "it has no runtime: no single artifact of the format `{PACK_FORMAT}`"
                )));
            }
        };
        let sealed = fetched(context, entry, artifact)?;
        Ok(BuildTarget {
            name: target.triple.clone(),
            executable_suffix: target.exe_suffix.clone(),
            linker: entry.id().to_string(),
            image: if target.format == ObjectFormat::Elf { Image::Elf(number) } else { Image::Other },
            digests: vec![Sha256Digest::of(&sealed), entry.digest, configuration(entry)],
            machine,
            runtime: Runtime::Fetched(sealed),
            opened: OnceCell::new(),
        })
    }

    /// The machine that code is made for.
    pub(super) fn machine(&self) -> Machine {
        self.machine
    }

    /// The same for the linker: units are made alike for all systems of a machine.
    pub(super) fn units(&self) -> s_link::Target {
        match self.machine {
            Machine::Aarch64 => s_link::Target::Aarch64Linux,
            Machine::Riscv64 => s_link::Target::Riscv64Linux,
            Machine::X86_64 => s_link::Target::X86_64Linux,
        }
    }

    /// The runtime, for the linker.
    pub(super) fn runtime(&self) -> Result<&[u8], Failure> {
        if let Some(bytes) = self.opened.get() {
            return Ok(bytes);
        }
        let (opened, hint) = match &self.runtime {
            Runtime::BuiltIn(pack) => {
                (pack.open(s_abi::DIGEST), "packs are part of `s`: install it anew".to_owned())
            }
            Runtime::Fetched(sealed) => (
                sealed::open(sealed, &self.name, s_abi::DIGEST),
                format!("a pack is for one version of `s`; for a newer one: s plugin update {}", self.linker),
            ),
        };
        let bytes = opened.map_err(|error| {
            let message = format!("the pack of the target `{}` cannot be used: {error}", self.name);
            Failure::new(FailureKind::Failed, Diagnostic::error(Code::TARGET_PACK, message).hint(hint))
        })?;
        Ok(self.opened.get_or_init(|| bytes))
    }
}

/// The digest of the configuration of a plugin.
fn configuration(entry: &Entry) -> Sha256Digest {
    let pairs: Vec<String> = entry.config.iter().map(|(key, value)| format!("{key:?}={value:?}")).collect();
    Sha256Digest::of(pairs.join("\n").as_bytes())
}

/// What a pack says that a static program for the target needs.
fn sysroot(context: &Arc<Context>, entry: &Entry, target: &Target) -> Result<Sysroot, Failure> {
    let launched = launch(context, entry, &BTreeMap::new(), Allow::Granted)?;
    let options =
        Options { triple: target.triple.clone(), static_link: true, debug: false, options: Vec::new() };
    let planned = launched.plugin.engine.clone().block_on(async {
        let mut pack = launched.plugin.open_target().await?;
        pack.plan_sysroot(options).await
    });
    Ok(planned?)
}

/// The bytes of an artifact: kept, or fetched now.
fn fetched(context: &Arc<Context>, entry: &Entry, artifact: &Artifact) -> Result<Vec<u8>, Failure> {
    let stated: Option<[u8; 32]> = artifact.digest.bytes.as_slice().try_into().ok();
    let Some(stated) = stated.filter(|_| artifact.digest.algorithm == HashAlgorithm::Sha256) else {
        let message = format!("plugin `{}` states no SHA-256 for `{}`", entry.id(), shown(&artifact.name));
        return Err(unusable(message));
    };
    let digest = Sha256Digest::from_bytes(stated);
    let path = kept(context, &digest);
    if let Ok(bytes) = files::read_capped(&path, PACK_BYTES_MAX)
        && Sha256Digest::of(&bytes) == digest
    {
        return Ok(bytes);
    }
    let source = PluginSource::pinned(context, entry.level, &entry.source)?;
    let mut last = None;
    for url in &artifact.urls {
        match source.fetch_beside(context, url, PACK_BYTES_MAX) {
            Ok(bytes) if Sha256Digest::of(&bytes) == digest && bytes.len() as u64 == artifact.size => {
                if let Some(folder) = path.parent() {
                    files::create_dir_all(folder, Access::Shared)?;
                }
                files::write_cached(&path, &bytes, Access::Shared)?;
                return Ok(bytes);
            }
            Ok(bytes) => {
                let message = format!("`{}` is not what plugin `{}` states", shown(url), entry.id());
                let diagnostic = Diagnostic::error(Code::DIGEST_MISMATCH, message)
                    .note(format!("expected {digest}, {} bytes", artifact.size))
                    .note(format!("found    {}, {} bytes", Sha256Digest::of(&bytes), bytes.len()));
                last = Some(Failure::new(FailureKind::Failed, diagnostic));
            }
            Err(failure) => last = Some(failure),
        }
    }
    Err(last.unwrap_or_else(|| {
        unusable(format!("plugin `{}` says nowhere to get `{}`", entry.id(), shown(&artifact.name)))
    }))
}

/// Where the runtime with a digest is kept.
fn kept(context: &Context, digest: &Sha256Digest) -> PathBuf {
    context.home().target_packs().join(format!("{}.pack", digest.to_hex()))
}

fn unusable(message: String) -> Failure {
    let diagnostic = Diagnostic::error(Code::TARGET_PACK, message)
        .note("that is for the author of the plugin to mend")
        .hint("other targets: s target list");
    Failure::new(FailureKind::Failed, diagnostic)
}

/// Nothing, or a dot and letters, and no ending of what `s` itself runs.
fn is_suffix(text: &str) -> bool {
    let is_word =
        |word: &str| (1..=8).contains(&word.len()) && word.bytes().all(|byte| byte.is_ascii_alphanumeric());
    text.is_empty()
        || text.strip_prefix('.').is_some_and(is_word) && !is_source_name(Path::new(&format!("x{text}")))
}

/// Letters, digits and what triples have between them.
fn is_file_name(text: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    text.len() <= 100 && text.bytes().all(fits) && text.bytes().any(|byte| byte != b'.')
}

fn shown(text: &str) -> String {
    text.chars().take(100).collect::<String>().escape_debug().to_string()
}
