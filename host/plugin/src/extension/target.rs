//! Target packs: `stryke:target/pack`, `linker` and `link-plan`.

use super::{BoxFuture, Digest, Pairs};
use crate::{Blob, CallError, Usage};

/// The format of executables.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ObjectFormat {
    /// ELF.
    Elf,
    /// Mach-O.
    MachO,
    /// PE/COFF.
    Coff,
    /// WebAssembly.
    Wasm,
}

/// One target.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// Its canonical triple.
    pub triple: String,
    /// Other spellings.
    pub aliases: Vec<String>,
    /// The format of its executables.
    pub format: ObjectFormat,
    /// In bits.
    pub pointer_width: u8,
    /// The order of bytes.
    pub little_endian: bool,
    /// The instruction set.
    pub isa: String,
    /// Its settings.
    pub isa_flags: Pairs,
    /// What executables end with.
    pub exe_suffix: String,
    /// The oldest system.
    pub minimum_os: Option<String>,
    /// What could run it here.
    pub runner_hint: Option<String>,
    /// Open pairs.
    pub extra: Pairs,
}

/// A file of a sysroot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Artifact {
    /// Its name.
    pub name: String,
    /// Mirrors in order of preference.
    pub urls: Vec<String>,
    /// Of its bytes.
    pub digest: Digest,
    /// In bytes.
    pub size: u64,
    /// What the bytes are, such as `tar.zst`.
    pub format: String,
    /// Leading folders to leave out.
    pub strip_components: u32,
    /// Under which licence.
    pub license: Option<String>,
}

/// What a target needs to link. The same identifier always means the same content.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sysroot {
    /// The store key.
    pub id: String,
    /// Its files.
    pub artifacts: Vec<Artifact>,
    /// Where libraries lie.
    pub library_dirs: Vec<String>,
    /// Objects that come first.
    pub startup_objects: Vec<String>,
    /// Objects that come last.
    pub end_objects: Vec<String>,
    /// Libraries that are always there.
    pub default_libraries: Vec<String>,
    /// The dynamic linker, where there is one.
    pub dynamic_linker: Option<String>,
}

/// How to build.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Options {
    /// For which target.
    pub triple: String,
    /// Without dynamic libraries.
    pub static_link: bool,
    /// With debug information.
    pub debug: bool,
    /// Open pairs.
    pub options: Pairs,
}

/// What an input of a link is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InputKind {
    /// A relocatable object.
    Object,
    /// An archive of objects.
    Archive,
    /// A shared library.
    SharedLibrary,
    /// Bytes to embed.
    Resource,
}

/// An input of a link.
#[derive(Clone, Debug)]
pub struct Input {
    /// For messages.
    pub name: String,
    /// What it is.
    pub kind: InputKind,
    /// All of it, wanted or not.
    pub whole_archive: bool,
    /// Its bytes.
    pub content: Blob,
}

/// What a link makes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OutputKind {
    /// A program.
    Executable,
    /// A shared library.
    SharedLibrary,
    /// A static library.
    StaticLibrary,
}

/// One link.
#[derive(Clone, Debug)]
pub struct Job {
    /// How to build.
    pub options: Options,
    /// What to make.
    pub output: OutputKind,
    /// The symbol it starts at.
    pub entry: String,
    /// From what.
    pub inputs: Vec<Input>,
    /// Libraries by name.
    pub libraries: Vec<String>,
    /// Its build identifier.
    pub build_id: Vec<u8>,
    /// Leave out what nothing reaches.
    pub gc_sections: bool,
    /// Leave out symbols.
    pub strip: bool,
    /// Open pairs.
    pub extra: Pairs,
}

/// A file beside the output.
#[derive(Clone, Debug)]
pub struct SideFile {
    /// What its name ends with.
    pub suffix: String,
    /// Its bytes.
    pub content: Blob,
}

/// What a link made.
#[derive(Clone, Debug)]
pub struct Linked {
    /// The output.
    pub image: Blob,
    /// Files beside it.
    pub side_files: Vec<SideFile>,
    /// What somebody should look at.
    pub warnings: Vec<String>,
}

/// Which linker of the host a recipe is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recipe {
    /// The format it writes.
    pub flavour: ObjectFormat,
    /// Its arguments. Nothing has been checked.
    pub arguments: Vec<String>,
}

/// An open target pack.
pub trait TargetPack: Send {
    /// Returns its targets.
    fn targets(&mut self) -> BoxFuture<'_, Result<Vec<Target>, CallError>>;
    /// Says what a target needs to link.
    fn plan_sysroot(&mut self, options: Options) -> BoxFuture<'_, Result<Sysroot, CallError>>;
    /// Links; unsupported by packs that only describe.
    fn link(&mut self, job: Job) -> BoxFuture<'_, Result<Linked, CallError>>;
    /// Says how the host should link; unsupported by packs that link themselves.
    fn plan_link(&mut self, options: Options) -> BoxFuture<'_, Result<Recipe, CallError>>;
    /// Returns what was used so far.
    fn usage(&self) -> Usage;
}
