//! `s target list` and `s target info`: which targets there are, and whether a pack for each is here.

use std::collections::BTreeMap;
use std::sync::Arc;

use s_capability::Kind;
use s_diag::{Code, Diagnostic};
use s_packs::{Arch, Description, Os, TARGETS, Triple, UnknownTarget};
use s_plugin::extension::target::Target;

use crate::Context;
use crate::build::link::LINKER;
use crate::failure::{Failure, FailureKind};
use crate::plugins::catalog::{self, Entry, Level};
use crate::plugins::launch::{Allow, launch};

/// Where the pack of a target is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PackState {
    /// Part of `s`; linked by a plugin that is, too.
    BuiltIn {
        /// That plugin.
        plugin: String,
    },
    /// A plugin that is used here.
    Installed {
        /// Its id.
        plugin: String,
        /// Its version.
        version: String,
        /// Who says that it is used.
        level: Level,
    },
    /// Nowhere.
    Absent {
        /// The command that brings one.
        get: String,
    },
}

impl PackState {
    /// The word in lists.
    pub fn word(&self) -> &'static str {
        match self {
            PackState::BuiltIn { .. } => "built-in",
            PackState::Installed { .. } => "installed",
            PackState::Absent { .. } => "absent",
        }
    }
}

/// One target.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedTarget {
    /// Its name.
    pub triple: String,
    /// The instruction set.
    pub machine: String,
    /// The system.
    pub system: String,
    /// Where its pack is.
    pub pack: PackState,
}

/// All that is known of one target.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TargetInfo {
    /// As in the list.
    pub target: ListedTarget,
    /// Other spellings.
    pub aliases: Vec<String>,
    /// What every processor of it is expected to have.
    pub features: Vec<String>,
    /// The oldest system that programs run on.
    pub minimum_system: Option<String>,
    /// Bits of an address.
    pub pointer_bits: u32,
    /// What names of executables end in.
    pub executable_suffix: String,
    /// What runs its programs on another machine.
    pub runner: Option<String>,
}

/// A target that is known, and whose pack is not part of `s`.
struct Elsewhere {
    arch: Arch,
    os: Os,
    pointer_bits: u32,
    executable_suffix: &'static str,
}

/// Those there are.
const ELSEWHERE: &[Elsewhere] = &[
    Elsewhere { arch: Arch::Aarch64, os: Os::Darwin, pointer_bits: 64, executable_suffix: "" },
    Elsewhere { arch: Arch::Aarch64, os: Os::Windows, pointer_bits: 64, executable_suffix: ".exe" },
    Elsewhere { arch: Arch::Wasm32, os: Os::Wasi, pointer_bits: 32, executable_suffix: ".wasm" },
    Elsewhere { arch: Arch::X86_64, os: Os::Darwin, pointer_bits: 64, executable_suffix: "" },
    Elsewhere { arch: Arch::X86_64, os: Os::Windows, pointer_bits: 64, executable_suffix: ".exe" },
];

/// The command that brings a pack.
const GET: &str = "s target add PATH|URL|PACKAGE";

impl Elsewhere {
    fn name(&self) -> String {
        format!("{}-{}", self.arch.word(), self.os.word())
    }
}

/// Lists targets by name, and why packs could not be asked.
pub fn target_list(context: &Arc<Context>) -> (Vec<ListedTarget>, Vec<Failure>) {
    let (all, failures) = all(context);
    (all.into_values().map(|info| info.target).collect(), failures)
}

/// Finds a target by any spelling of its triple.
pub fn target_info(context: &Arc<Context>, triple: &str) -> Result<TargetInfo, Failure> {
    // What is built in needs no plugin to be asked.
    let unknown = match s_packs::find(triple) {
        Ok(description) => return Ok(of_description(description)),
        Err(unknown) => unknown,
    };
    let (mut all, failures) = all(context);
    let is_meant = |info: &TargetInfo| {
        let spellings = [&info.target.triple].into_iter().chain(&info.aliases);
        spellings.into_iter().any(|spelling| is_same(spelling, triple))
    };
    let name = all.values().find(|info| is_meant(info)).map(|info| info.target.triple.clone());
    match name.and_then(|name| all.remove(&name)) {
        Some(info) => Ok(info),
        None => Err(not_known(&unknown, failures)),
    }
}

/// Whether both mean one target.
pub(crate) fn is_same(a: &str, b: &str) -> bool {
    let same = |a: Triple, b: Triple| (a.arch, a.os) == (b.arch, b.os);
    a == b || matches!((a.parse(), b.parse()), (Ok(a), Ok(b)) if same(a, b))
}

/// The error of a target that has no pack here, or that nobody knows, with those it may have meant.
pub(crate) fn not_known(unknown: &UnknownTarget, failures: Vec<Failure>) -> Failure {
    if let Some(target) = ELSEWHERE.iter().find(|target| is_same(&target.name(), &unknown.asked)) {
        let message = format!("the pack for the target `{}` is not here", target.name());
        let diagnostic = Diagnostic::error(Code::TARGET_UNKNOWN, message)
            .note("none is part of `s`; a pack is a plugin, which somebody else may have")
            .hint(GET);
        return Failure::new(FailureKind::Failed, diagnostic);
    }
    let message = match &unknown.reason {
        Some(reason) => format!("there is no target `{}`: {reason}", unknown.asked),
        None => format!("there is no pack for the target `{}` here", unknown.asked),
    };
    let mut diagnostic = Diagnostic::error(Code::TARGET_UNKNOWN, message);
    for failure in failures.iter().flat_map(|failure| &failure.diagnostics) {
        diagnostic = diagnostic.note(format!("a pack could not be asked: {}", failure.message));
    }
    if unknown.reason.is_some() {
        let near = unknown.nearest.iter().map(|name| format!("did you mean: s target info {name}"));
        diagnostic.hints.extend(near);
    }
    let diagnostic = diagnostic.hint(format!("if you have a pack for it: {GET}"));
    Failure::new(FailureKind::Failed, diagnostic.hint("all that are known: s target list"))
}

/// What is built in, and what packs say that are used here and may run.
fn all(context: &Arc<Context>) -> (BTreeMap<String, TargetInfo>, Vec<Failure>) {
    let mut found: BTreeMap<String, TargetInfo> =
        TARGETS.iter().map(|target| (target.name.to_owned(), of_description(target))).collect();
    let (entries, mut failures) = catalog::all(context);
    for entry in entries.iter().filter(|entry| entry.manifest.kind == Kind::Target && !entry.is_built_in()) {
        match targets_of(context, entry) {
            // What is part of `s` cannot be taken.
            Ok(targets) => targets.iter().for_each(|target| {
                let info = of_pack(entry, target);
                found.entry(info.target.triple.clone()).or_insert(info);
            }),
            Err(failure) => failures.push(failure),
        }
    }
    for target in ELSEWHERE {
        let name = target.name();
        let is_it = |info: &TargetInfo| is_same(&info.target.triple, &name);
        if !found.values().any(is_it) {
            found.insert(name, of_elsewhere(target));
        }
    }
    (found, failures)
}

/// The targets that a pack says it has.
pub(crate) fn targets_of(context: &Arc<Context>, entry: &Entry) -> Result<Vec<Target>, Failure> {
    let launched = launch(context, entry, &BTreeMap::new(), Allow::Granted)?;
    let targets = launched.plugin.engine.clone().block_on(async {
        let mut pack = launched.plugin.open_target().await?;
        pack.targets().await
    });
    Ok(targets?)
}

fn of_description(target: &Description) -> TargetInfo {
    let (major, minor) = target.minimum_kernel;
    let (machine, system) = (target.arch.word().to_owned(), target.os.word().to_owned());
    let listed = ListedTarget {
        triple: target.name.to_owned(),
        pack: PackState::BuiltIn { plugin: LINKER.to_owned() },
        machine,
        system,
    };
    let mut aliases = vec![target.runtime.to_owned()];
    if let Ok(triple) = target.name.parse::<Triple>() {
        for spelling in [triple.rust(), triple.system_first()] {
            if !aliases.contains(&spelling) {
                aliases.push(spelling);
            }
        }
    }
    TargetInfo {
        target: listed,
        aliases,
        features: target.features.iter().map(|feature| (*feature).to_owned()).collect(),
        minimum_system: Some(format!("{} {major}.{minor}", target.os.word())),
        pointer_bits: u32::from(target.pointer_width) * 8,
        executable_suffix: target.executable_suffix.to_owned(),
        runner: Some(target.runner.to_owned()),
    }
}

fn of_elsewhere(target: &Elsewhere) -> TargetInfo {
    let name = target.name();
    let spellings = name.parse::<Triple>().map(|triple| vec![triple.rust(), triple.system_first()]);
    TargetInfo {
        aliases: spellings.unwrap_or_default().into_iter().filter(|spelling| *spelling != name).collect(),
        target: ListedTarget {
            triple: name,
            machine: target.arch.word().to_owned(),
            system: target.os.word().to_owned(),
            pack: PackState::Absent { get: GET.to_owned() },
        },
        features: Vec::new(),
        minimum_system: None,
        pointer_bits: target.pointer_bits,
        executable_suffix: target.executable_suffix.to_owned(),
        runner: None,
    }
}

fn of_pack(entry: &Entry, target: &Target) -> TargetInfo {
    let triple = target.triple.parse::<Triple>().ok();
    let system = triple.map_or("unknown", |triple| triple.os.word());
    TargetInfo {
        target: ListedTarget {
            triple: target.triple.clone(),
            machine: triple.map_or_else(|| target.isa.clone(), |triple| triple.arch.word().to_owned()),
            system: system.to_owned(),
            pack: PackState::Installed {
                plugin: entry.id().to_string(),
                version: entry.manifest.version.to_string(),
                level: entry.level,
            },
        },
        aliases: target.aliases.clone(),
        features: target.isa_flags.iter().map(|(name, _)| name.clone()).collect(),
        minimum_system: target.minimum_os.clone(),
        pointer_bits: target.pointer_width.into(),
        executable_suffix: target.exe_suffix.clone(),
        runner: target.runner_hint.clone(),
    }
}
