//! One link, by a target pack in the sandbox.
//!
//! The job goes to the pack as `stryke:target/linker` has it, with the vocabulary for `extra` that
//! `docs/plugins.md` lists. What comes back is looked at before anybody writes it: an executable of the
//! format, the machine and the kind that were asked for, of a sane size. That it does what the program
//! says is the pack's word; it had neither network nor clock nor files, and cannot give two answers to
//! one job.
//!
//! Left to others: compiling, packs and their bytes, choosing a build identifier, writing the file.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::Arc;

use s_diag::{Code, Diagnostic};
use s_packs::triple::{Arch, Os, Triple};
use s_plugin::extension::target::{Input, InputKind, Job, Options, OutputKind};
use s_plugin::{Blob, CallError, Cause, Fault, FaultKind, Plugin};

use crate::Context;
use crate::failure::{Failure, FailureKind};
use crate::plugins::catalog;
use crate::plugins::launch::{Allow, launch};

/// The built-in target pack that links for Linux.
pub const LINKER: &str = "stryke/target-elf";

/// What is to be linked.
#[derive(Clone, Debug)]
pub struct LinkJob<'a> {
    /// For which target: in any spelling if it is part of `s`, else as its pack has it.
    pub triple: &'a str,
    /// What an executable for it looks like.
    pub image: Image,
    /// Loaded anywhere, or at one address.
    pub pie: bool,
    /// The symbol where the system starts.
    pub entry: &'a str,
    /// The digest of the runtime's ABI that the units were compiled against.
    pub abi: &'a str,
    /// The program: a name for messages, and the bytes of `s_link::Unit::to_bytes`, in the order of its code.
    pub units: Vec<(String, Vec<u8>)>,
    /// The runtime: the bytes of `s_link::Pack::to_bytes`.
    pub pack: Cow<'static, [u8]>,
    /// Files inside the executable.
    pub assets: Vec<Asset>,
    /// The build identifier, 1 to 64 bytes; none when it is empty.
    pub build_id: Vec<u8>,
    /// Notes, in this order.
    pub notes: Vec<Note>,
    /// Whether names of functions and data are kept.
    pub symbols: bool,
    /// Whether the link map is wanted.
    pub map: bool,
}

/// What an executable looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Image {
    /// As the system and machine of the triple have it.
    OfTriple,
    /// ELF of 64 bits for a machine, by its `e_machine`.
    Elf(u16),
    /// Of a format that is not looked into.
    Other,
}

/// A file inside the executable.
#[derive(Clone, Debug)]
pub struct Asset {
    /// The symbol of its first byte; `SYMBOL.end` is the byte after the last.
    pub symbol: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// In bytes, a power of two up to 4096.
    pub align: u32,
    /// Whether it stays when nothing refers to it.
    pub keep: bool,
}

/// A record that tools read out of the executable without running it.
#[derive(Clone, Debug)]
pub struct Note {
    /// The section, beginning with `.note`, without a space.
    pub section: String,
    /// Whose kinds of notes these are; without a space.
    pub owner: String,
    /// The owner's number for this kind.
    pub kind: u32,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// An executable that nobody has written yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Linked {
    /// The file.
    pub image: Vec<u8>,
    /// The link map, when it was wanted.
    pub map: Option<String>,
    /// What is probably a mistake though it links.
    pub warnings: Vec<String>,
}

/// The most units and assets of one job.
pub const INPUTS_MAX: usize = 60_000;

/// The largest executable, in bytes.
pub const IMAGE_BYTES_MAX: u64 = 1 << 30;

/// Links a program with the target pack of this id.
pub fn link(context: &Arc<Context>, pack: &str, job: LinkJob<'_>) -> Result<Linked, Failure> {
    let entry = catalog::find(context, pack)?;
    let launched = launch(context, &entry, &BTreeMap::new(), Allow::Granted)?;
    run(&launched.plugin, job)
}

/// The same with a pack that may run.
fn run(plugin: &Plugin, job: LinkJob<'_>) -> Result<Linked, Failure> {
    let expected = Expected::of(&job)?;
    let wants_map = job.map;
    let job = wire(job, &expected)?;
    let linked = plugin.engine.clone().block_on(async {
        let mut pack = plugin.open_target().await?;
        pack.link(job).await
    });
    let linked = linked.map_err(failed)?;
    if linked.image.size() > IMAGE_BYTES_MAX {
        let size = linked.image.size();
        return Err(not_an_image(plugin, &format!("it has {size} bytes, and the most is {IMAGE_BYTES_MAX}")));
    }
    let image = linked.image.into_bytes()?;
    expected.check(&image).map_err(|reason| not_an_image(plugin, &reason))?;
    let map = linked.side_files.into_iter().find(|file| wants_map && file.suffix == ".map");
    let map = map.map(|map| {
        let bytes = map.content.into_bytes()?;
        String::from_utf8(bytes).map_err(|_| not_an_image(plugin, "its link map is not text"))
    });
    Ok(Linked { image, map: map.transpose()?, warnings: linked.warnings })
}

/// What the executable has to be.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Expected {
    /// The name of the target, as packs have it.
    triple: String,
    /// `e_machine`; none where the format is not looked into.
    machine: Option<u16>,
    pie: bool,
}

impl Expected {
    fn of(job: &LinkJob<'_>) -> Result<Expected, Failure> {
        let named = |machine| Ok(Expected { triple: job.triple.to_owned(), machine, pie: job.pie });
        match job.image {
            Image::OfTriple => {}
            Image::Elf(machine) => return named(Some(machine)),
            Image::Other => return named(None),
        }
        let unknown = |reason: String| {
            let message = format!("there is no linking for `{}`: {reason}", shortened(job.triple));
            let diagnostic =
                Diagnostic::error(Code::TARGET_UNKNOWN, message).hint("see those there are: s target list");
            Failure::new(FailureKind::Usage, diagnostic)
        };
        let triple: Triple =
            job.triple.parse().map_err(|error: s_packs::TripleError| unknown(error.to_string()))?;
        let machine = match (triple.arch, triple.os) {
            (Arch::X86_64, Os::Linux) => 62,
            (Arch::Aarch64, Os::Linux) => 183,
            (Arch::Riscv64, Os::Linux) => 243,
            _ => return Err(unknown("executables of its format cannot be checked here".to_owned())),
        };
        let name = format!("{}-{}", triple.arch.word(), triple.os.word());
        Ok(Expected { triple: name, machine: Some(machine), pie: job.pie })
    }

    /// Holds the head of an executable against what was asked for.
    fn check(&self, image: &[u8]) -> Result<(), String> {
        const HEAD: usize = 64;
        const SEGMENT: usize = 56;
        let Some(expected) = self.machine else {
            return if image.is_empty() { Err("it is empty".to_owned()) } else { Ok(()) };
        };
        let number = |at: usize, width: usize| {
            let mut value = [0; 8];
            value[..width].copy_from_slice(&image[at..at + width]);
            u64::from_le_bytes(value)
        };
        if image.len() < HEAD + SEGMENT {
            return Err(format!("it has only {} bytes", image.len()));
        }
        // Sixty-four bits, the lower byte first, version 1.
        if !image.starts_with(b"\x7fELF\x02\x01\x01") {
            return Err("it does not begin like an ELF file of 64 bits".to_owned());
        }
        let (kind, machine) = (number(16, 2), number(18, 2));
        if machine != u64::from(expected) {
            return Err(format!("it is for machine {machine}, and `{}` is {expected}", self.triple));
        }
        // ET_DYN or ET_EXEC.
        if kind != if self.pie { 3 } else { 2 } {
            return Err(format!("its type is {kind}, which is not what was asked for"));
        }
        let (entry, table, size, count) = (number(24, 8), number(32, 8), number(54, 2), number(56, 2));
        let end = table.saturating_add(count * SEGMENT as u64);
        if entry == 0 || size != SEGMENT as u64 || count == 0 || end > image.len() as u64 {
            return Err("it has no entry, or no segments".to_owned());
        }
        Ok(())
    }
}

/// The job as the interface has it.
fn wire(job: LinkJob<'_>, expected: &Expected) -> Result<Job, Failure> {
    let count = job.units.len() + job.assets.len();
    if count > INPUTS_MAX {
        let message = format!("{count} units and files for one executable; the most is {INPUTS_MAX}");
        let diagnostic =
            Diagnostic::error(Code::TOO_LARGE, message).hint("put many small files into one archive");
        return Err(Failure::new(FailureKind::Failed, diagnostic));
    }
    let mut extra = vec![
        ("abi".to_owned(), job.abi.to_owned()),
        ("pie".to_owned(), job.pie.to_string()),
        ("map".to_owned(), job.map.to_string()),
    ];
    for note in &job.notes {
        if let Some(name) = [&note.section, &note.owner].into_iter().find(|name| name.contains(' ')) {
            let message = format!("a note cannot be named `{}`: it has a space", shortened(name));
            return Err(Failure::new(FailureKind::Failed, Diagnostic::error(Code::LINK_FAILED, message)));
        }
        let mut value = format!("{} {} {} ", note.section, note.owner, note.kind);
        for byte in &note.bytes {
            // Writing to a string does not fail.
            let _ = write!(value, "{byte:02x}");
        }
        extra.push(("note".to_owned(), value));
    }
    let mut inputs = Vec::with_capacity(count + 1);
    let input = |name, kind, whole_archive, content| Input { name, kind, whole_archive, content };
    for (name, bytes) in job.units {
        inputs.push(input(name, InputKind::Object, false, Blob::from_bytes(bytes)));
    }
    let pack = match job.pack {
        Cow::Borrowed(bytes) => Blob::from_static(bytes),
        Cow::Owned(bytes) => Blob::from_bytes(bytes),
    };
    inputs.push(input("runtime".to_owned(), InputKind::Archive, false, pack));
    for asset in job.assets {
        extra.push(("align".to_owned(), format!("{} {}", asset.align, asset.symbol)));
        inputs.push(input(asset.symbol, InputKind::Resource, asset.keep, Blob::from_bytes(asset.bytes)));
    }
    Ok(Job {
        options: Options {
            triple: expected.triple.clone(),
            static_link: true,
            debug: job.symbols,
            options: Vec::new(),
        },
        output: OutputKind::Executable,
        entry: job.entry.to_owned(),
        inputs,
        libraries: Vec::new(),
        build_id: job.build_id,
        gc_sections: true,
        strip: !job.symbols,
        extra,
    })
}

/// The most errors of one link that are shown.
const ERRORS_MAX: usize = 64;

/// What the pack says is wrong with the program, an error a line; anything else as of any plugin.
fn failed(error: CallError) -> Failure {
    let Cause::Fault(fault) = &error.cause else { return error.into() };
    let of_program = matches!(
        fault.kind,
        FaultKind::InvalidInput
            | FaultKind::NotFound
            | FaultKind::Conflict
            | FaultKind::LimitExceeded
            | FaultKind::Unsupported
            | FaultKind::Integrity
    );
    if !of_program || fault.code.starts_with("host/") {
        return error.into();
    }
    let who = format!("says plugin `{}` {} in {}", error.plugin, error.version, error.call);
    let mut diagnostics: Vec<Diagnostic> = lines(fault)
        .map(|(kind, message)| Diagnostic::error(Code::LINK_FAILED, message).note(format!("{who}: `{kind}`")))
        .collect();
    if let (Some(first), Some(help)) = (diagnostics.first_mut(), &fault.help) {
        first.hints.push(help.clone());
    }
    Failure { kind: FailureKind::Failed, diagnostics }
}

/// The lines `KIND: MESSAGE` of the detail; without them the error itself.
fn lines(fault: &Fault) -> impl Iterator<Item = (&str, &str)> {
    let code = fault.code.as_str();
    let line = move |line: &'_ str| -> Option<(usize, usize)> {
        let (kind, _) = line.split_once(": ")?;
        let is_kind = kind.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-');
        is_kind.then_some((kind.len(), kind.len() + 2))
    };
    let detail = fault.detail.as_deref().unwrap_or_default();
    let found = detail.lines().take(ERRORS_MAX).map(move |text| match line(text) {
        Some((end, start)) => (&text[..end], &text[start..]),
        None => (code, text),
    });
    let alone = detail.is_empty().then_some((code, fault.message.as_str()));
    found.chain(alone)
}

fn not_an_image(plugin: &Plugin, reason: &str) -> Failure {
    let message = format!("what plugin `{}` {} linked cannot be used: {reason}", plugin.id, plugin.version);
    let diagnostic = Diagnostic::error(Code::LINK_IMAGE, message).note("nothing was written");
    Failure::new(FailureKind::Failed, diagnostic)
}

fn shortened(text: &str) -> String {
    text.chars().take(100).collect()
}

#[cfg(test)]
mod tests;
