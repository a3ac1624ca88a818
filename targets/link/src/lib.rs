//! The linker: atoms in, one static executable out.
//!
//! [`link`] is a pure function: it reads no file, no clock and no environment, allocates in proportion
//! to its input, and gives the same bytes for the same request. It is `no_std` so that a component in
//! the sandbox can carry it; what it is given may be anything at all, and everything it cannot link is
//! a [`LinkError`] with the facts, never a panic and never a wrapped-around number.
//!
//! The phases are files: `atom` the format everything is normalised to, `pack` its bytes, `object`
//! (feature `objects`) ELF objects and archives into atoms, `resolve` names to definitions, `reach`
//! what the entry needs, `layout` the order of what is kept, `relocate` the addresses inside bytes,
//! `write` the file format.
//!
//! Left to others: compiling, finding and storing packs, choosing a build identifier, writing files,
//! and the wording and codes of messages.
//!
//! A new file format is a [`Format`], a module of `write` beside the one there is, and the targets
//! that use it: phases up to and including layout know nothing of it.
#![no_std]

extern crate alloc;

pub mod atom;
pub mod error;
#[cfg(feature = "objects")]
pub mod object;
pub mod pack;
pub mod prune;
pub mod target;

mod layout;
mod map;
mod reach;
mod relocate;
mod resolve;
mod write;

pub use atom::{Atom, Binding, Builder, Form, Kind, Place, Reloc, RelocKind, Role, Symbol, SymbolId, Unit};
pub use error::{LinkError, PackError};
pub use pack::Pack;
pub use prune::prune;
pub use target::{Format, Machine, Target};

use alloc::string::{String, ToString};
use alloc::vec;
use alloc::vec::Vec;

/// Everything a link depends on.
#[derive(Clone, Debug)]
pub struct Request<'a> {
    /// What the executable is for; the pack must be of the same target.
    pub target: Target,
    /// Loaded where it says, or anywhere.
    pub kind: OutputKind,
    /// The symbol where the system starts.
    pub entry: &'a str,
    /// The digest of the runtime's ABI that the program was compiled against; the pack must have the same.
    pub abi: &'a str,
    /// The runtime.
    pub pack: &'a Pack<'a>,
    /// The program, in the order in which its code is laid out, before that of the pack.
    pub program: &'a [Unit<'a>],
    /// Files that become read-only data.
    pub assets: &'a [Asset<'a>],
    /// The build identifier, 1 to 64 bytes, usually a digest of everything that goes in.
    pub build_id: Option<&'a [u8]>,
    /// Further notes, in this order.
    pub notes: &'a [Note<'a>],
    /// Whether section headers and the names of functions and data are kept for `perf`, `gdb` and `objdump`.
    pub symbols: bool,
}

/// Where the executable can be loaded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OutputKind {
    /// At one fixed address: smallest, nothing to do at start.
    Static,
    /// Anywhere: the start code puts load address plus addend into each word that the entries from
    /// `__rela_dyn_start` to `__rela_dyn_end` name, then may make the pages of `__relro_start` to
    /// `__relro_end` read-only. Until it has, it must take addresses relative to itself, never
    /// through the global offset table.
    StaticPie,
}

/// A file inside the executable.
#[derive(Clone, Copy, Debug)]
pub struct Asset<'a> {
    /// The symbol of its first byte. `<symbol>.end` is the byte after the last.
    pub symbol: &'a str,
    /// The content.
    pub bytes: &'a [u8],
    /// Alignment in bytes, a power of two up to 4096.
    pub align: u32,
    /// Whether it is kept when nothing refers to it.
    pub keep: bool,
}

/// A record that tools can read out of the executable without running it.
#[derive(Clone, Copy, Debug)]
pub struct Note<'a> {
    /// The section's name, beginning with `.note`.
    pub section: &'a str,
    /// Whose kinds of notes these are; `stryke`, say.
    pub owner: &'a str,
    /// The owner's number for this kind of note.
    pub kind: u32,
    /// The content.
    pub bytes: &'a [u8],
}

/// An executable.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Output {
    /// The file.
    pub bytes: Vec<u8>,
    /// What lies where and why it is there, as text.
    pub map: String,
    /// What is probably a mistake though it links.
    pub warnings: Vec<LinkError>,
}

/// The most errors one link reports.
pub const ERROR_COUNT_MAX: usize = 64;

/// Links.
///
/// # Errors
///
/// All that is wrong in the first phase that finds anything, at most [`ERROR_COUNT_MAX`].
pub fn link(request: &Request<'_>) -> Result<Output, Vec<LinkError>> {
    check_request(request)?;
    let assets = asset_unit(request)?;
    let mut units: Vec<&Unit<'_>> = Vec::with_capacity(request.program.len() + 2);
    units.extend(request.program.iter());
    units.push(&request.pack.unit);
    units.push(&assets);
    for unit in &units {
        unit.check(request.target.machine()).map_err(|error| vec![LinkError::Malformed(error)])?;
    }

    let program = resolve::resolve(&units)?;
    let live = reach::reach(&program, request.entry)?;
    let layout = layout::layout(&program, &live)?;
    let bytes = match request.target.format() {
        Format::Elf => write::elf::write(request, &program, &live, &layout)?,
    };
    let map = map::text(request, &program, &live, &layout, &bytes);
    Ok(Output { bytes: bytes.file, map, warnings: live.warnings })
}

fn check_request(request: &Request<'_>) -> Result<(), Vec<LinkError>> {
    let mut errors = Vec::new();
    if request.pack.target != request.target {
        errors.push(LinkError::TargetMismatch { pack: request.pack.target, wanted: request.target });
    }
    if request.pack.abi != request.abi {
        errors.push(LinkError::AbiMismatch {
            pack: request.pack.abi.to_string(),
            wanted: request.abi.to_string(),
        });
    }
    if let Some(id) = request.build_id
        && !(1..=64).contains(&id.len())
    {
        errors.push(LinkError::BuildIdLength { length: id.len() as u64 });
    }
    for note in request.notes {
        let named =
            note.section.starts_with(".note") && !note.section.contains('\0') && !note.owner.contains('\0');
        if !named || note.section.len() > 255 || note.owner.len() > 255 {
            errors.push(LinkError::NoteName {
                section: note.section.to_string(),
                owner: note.owner.to_string(),
            });
        }
        if u32::try_from(note.bytes.len()).is_err() {
            errors.push(LinkError::TooLarge {
                what: "a note",
                size: note.bytes.len() as u64,
                limit: u32::MAX.into(),
            });
        }
    }
    if errors.is_empty() { Ok(()) } else { Err(errors) }
}

fn asset_unit<'a>(request: &Request<'a>) -> Result<Unit<'a>, Vec<LinkError>> {
    let mut builder = Builder::new("assets");
    let mut errors = Vec::new();
    for asset in request.assets {
        if !asset.align.is_power_of_two() || asset.align > atom::ALIGN_MAX {
            errors.push(LinkError::AssetAlignment {
                symbol: asset.symbol.to_string(),
                align: asset.align.into(),
            });
            continue;
        }
        let mut atom = Atom::new(Kind::Rodata, asset.align, asset.bytes);
        atom.keep = asset.keep;
        let size = asset.bytes.len() as u64;
        let id = builder.atom(".rodata.assets", atom);
        let end = alloc::format!("{}.end", asset.symbol);
        let defined = builder
            .define(asset.symbol, Binding::Global, Form::Object, id, 0, size)
            .and_then(|_| builder.define(&end, Binding::Global, Form::None, id, size, 0));
        if defined.is_err() {
            errors.push(LinkError::Duplicate {
                name: asset.symbol.to_string(),
                places: vec!["assets".to_string(), "assets".to_string()],
            });
        }
    }
    if errors.is_empty() { Ok(builder.finish()) } else { Err(errors) }
}
