//! Anything at all: an error or an executable, never a panic, and memory and time in proportion.

use std::time::Instant;

use s_link::object::{Options, Reader};
use s_link::{
    Atom, Binding, Builder, Form, Kind, OutputKind, Pack, Place, Reloc, RelocKind, Request, Role, Symbol,
    Target, Unit,
};

use crate::kit::{ABI, assemble, has_native_as, pack, request};
use crate::machines::object;

/// A small generator of numbers, so that a failure can be had again.
pub(crate) struct Random(pub(crate) u64);

impl Random {
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub(crate) fn below(&mut self, end: usize) -> usize {
        (self.next() % end.max(1) as u64) as usize
    }

    fn mutate(&mut self, bytes: &mut Vec<u8>) {
        for _ in 0..=self.below(4) {
            if bytes.is_empty() {
                return;
            }
            let at = self.below(bytes.len());
            match self.below(6) {
                0 => bytes[at] = self.next() as u8,
                1 => bytes[at] ^= 1 << self.below(8),
                2 => bytes.truncate(at),
                3 => bytes[at] = [0, 1, 0x7f, 0x80, 0xff][self.below(5)],
                4 => {
                    let end = (at + self.below(16)).min(bytes.len());
                    let value = self.next() as u8;
                    bytes[at..end].fill(value);
                }
                _ => {
                    let from = self.below(bytes.len());
                    let length = self.below(32).min(bytes.len() - from.max(at));
                    bytes.copy_within(from..from + length, at);
                }
            }
        }
    }
}

/// What every image has to be, whatever it was made of: segments in the file and apart in memory, none
/// of them writable code, an entry in code.
fn check_image(bytes: &[u8], target: Target) {
    let number = |at: u64, width: usize| {
        let mut value = [0; 8];
        value[..width].copy_from_slice(&bytes[at as usize..at as usize + width]);
        u64::from_le_bytes(value)
    };
    assert!(bytes.starts_with(b"\x7fELF"));
    let page = if target == Target::X86_64Linux { 0x1000 } else { 0x1_0000 };
    let (entry, mut free, mut entered) = (number(24, 8), 0, false);
    for index in 0..number(56, 2) {
        let at = 64 + index * 56;
        let (kind, flags, offset, address) =
            (number(at, 4), number(at + 4, 4), number(at + 8, 8), number(at + 16, 8));
        let (size, memory) = (number(at + 32, 8), number(at + 40, 8));
        assert!(offset + size <= bytes.len() as u64 && size <= memory);
        if kind == 1 {
            assert_eq!(address % page, offset % page);
            assert!(address / page * page >= free, "a page of its own");
            assert_ne!(flags & 3, 3, "writable code");
            free = address + memory;
            entered |= flags & 1 != 0 && (address..=address + memory).contains(&entry);
        }
    }
    assert!(entered);
    let (table, count) = (number(40, 8), number(60, 2));
    assert!(table + count * 64 <= bytes.len() as u64);
    for index in 1..count {
        let at = table + index * 64;
        let bytes_in_file = if number(at + 4, 4) == 8 { 0 } else { number(at + 32, 8) };
        assert!(number(at + 24, 8) + bytes_in_file <= bytes.len() as u64);
    }
}

fn link_all(pack: &Pack<'_>, program: &[Unit<'_>]) -> u32 {
    let mut good = 0;
    for kind in [OutputKind::Static, OutputKind::StaticPie] {
        if let Ok(output) = s_link::link(&Request { kind, ..request(pack, program) }) {
            check_image(&output.bytes, pack.target);
            good += 1;
        }
    }
    good
}

#[test]
fn damaged_objects_are_errors_or_link() {
    let mut seeds: Vec<(Target, Vec<u8>)> =
        Target::ALL.into_iter().map(|target| (target, object(target))).collect();
    if has_native_as() {
        seeds.push((Target::X86_64Linux, assemble(crate::native::PIE_START)));
    }
    let mut random = Random(1);
    let (mut read, mut linked) = (0, 0);
    for (target, seed) in &seeds {
        for _ in 0..3000 {
            let mut bytes = seed.clone();
            random.mutate(&mut bytes);
            let mut reader = Reader::new(*target, Options { tight: true, debug: true });
            if reader.object("o", &bytes).is_err() {
                continue;
            }
            let Ok(unit) = reader.finish() else { continue };
            read += 1;
            let empty = pack(*target, Unit::empty());
            linked += link_all(&empty, &[unit]);
        }
    }
    eprintln!("{read} damaged objects could be read, {linked} images came of them");
    assert!(read > 100 && linked > 50, "the damage must not always be found at once");
}

#[test]
fn damaged_archives_are_errors_or_read() {
    let object = object(Target::X86_64Linux);
    let mut archive = b"!<arch>\n".to_vec();
    for name in ["a.o/", "b.o/"] {
        archive.extend_from_slice(
            format!("{name:<16}{:<12}{:<6}{:<6}{:<8}{:<10}`\n", 0, 0, 0, 644, object.len()).as_bytes(),
        );
        archive.extend_from_slice(&object);
        archive.resize(archive.len().next_multiple_of(2), b'\n');
    }
    let mut reader = Reader::new(Target::X86_64Linux, Options::default());
    assert_eq!(reader.archive("x.a", &archive), Ok(2));
    let mut random = Random(2);
    for _ in 0..2000 {
        let mut bytes = archive.clone();
        random.mutate(&mut bytes);
        let mut reader = Reader::new(Target::X86_64Linux, Options::default());
        let _ = reader.archive("x.a", &bytes);
    }
}

#[test]
fn damaged_packs_are_errors_or_equal_what_is_written() {
    let mut random = Random(3);
    let (mut read, mut linked) = (0, 0);
    for target in Target::ALL {
        let object = object(target);
        let mut reader = Reader::new(target, Options::default());
        reader.object("o", &object).unwrap();
        let seed = pack(target, reader.finish().unwrap()).to_bytes();
        for end in 0..seed.len() {
            assert!(Pack::from_bytes(&seed[..end]).is_err(), "cut at {end}");
        }
        for _ in 0..5000 {
            let mut bytes = seed.clone();
            random.mutate(&mut bytes);
            let Ok(found) = Pack::from_bytes(&bytes) else { continue };
            assert_eq!(found.to_bytes(), bytes, "one form for each pack");
            read += 1;
            linked += link_all(&found, &[]);
        }
    }
    eprintln!("{read} damaged packs could be read, {linked} images came of them");
    assert!(read > 100 && linked > 50);
}

#[test]
fn damaged_units_are_errors_or_equal_what_is_written() {
    let mut random = Random(5);
    let mut read = 0;
    for target in Target::ALL {
        let object = object(target);
        let mut reader = Reader::new(target, Options::default());
        reader.object("o", &object).unwrap();
        let unit = reader.finish().unwrap();
        let seed = unit.to_bytes(target);
        let (found, again) = Unit::from_bytes(&seed).unwrap();
        assert_eq!((found, again.to_bytes(target)), (target, seed.clone()));
        assert_eq!(pack(target, again).to_bytes(), pack(target, unit).to_bytes());
        for end in 0..seed.len() {
            assert!(Unit::from_bytes(&seed[..end]).is_err(), "cut at {end}");
        }
        for _ in 0..5000 {
            let mut bytes = seed.clone();
            random.mutate(&mut bytes);
            let Ok((found, unit)) = Unit::from_bytes(&bytes) else { continue };
            assert_eq!(unit.to_bytes(found), bytes, "one form for each unit");
            read += 1;
        }
    }
    assert!(read > 100, "{read}");
}

/// A unit of nonsense that follows the rules of units more often than not.
fn random_unit(random: &mut Random, target: Target) -> Unit<'static> {
    let kinds: Vec<RelocKind> =
        RelocKind::ALL.iter().copied().filter(|kind| kind.fits(target.machine())).collect();
    let mut builder = Builder::new("random");
    let group = builder.group("group");
    let names = ["_start", "a", "b", "c", "__init_array_start", "_DYNAMIC", "_end", "__rela_dyn_end"];
    let mut atoms = Vec::new();
    for _ in 0..1 + random.below(6) {
        let kinds = [Kind::Rodata, Kind::Text, Kind::RelRo, Kind::Data, Kind::Bss, Kind::Debug];
        let kind = kinds[random.below(6)];
        let size = random.below(96);
        let mut atom = if kind == Kind::Bss {
            Atom::zeroed(1 << random.below(13), random.next() % (1 << (1 + random.below(31))))
        } else {
            Atom::new(
                kind,
                1 << random.below(13),
                (0..size).map(|_| random.next() as u8).collect::<Vec<u8>>(),
            )
        };
        atom.keep = random.below(3) == 0;
        if kind == Kind::RelRo && size.is_multiple_of(8) && random.below(2) == 0 {
            atom.role = Role::Init(random.next() as u16);
        }
        atom.group = (random.below(6) == 0).then_some(group);
        atoms.push((builder.atom("s", atom), kind, size));
    }
    let mut symbols = Vec::new();
    for name in names {
        let (atom, _, size) = atoms[random.below(atoms.len())];
        let offset = random.below(size + 1) as u64;
        symbols.push(match random.below(4) {
            0 => builder.symbol(name),
            1 => builder.weak_symbol(name),
            2 => builder.local_symbol(name, Form::Function, atom, 0, 3),
            _ => {
                let binding = [Binding::Global, Binding::Weak, Binding::Common][random.below(3)];
                builder.define(name, binding, Form::Object, atom, 0, offset).unwrap()
            }
        });
    }
    for (atom, kind, size) in &atoms {
        if *kind == Kind::Bss {
            continue;
        }
        for _ in 0..random.below(6) {
            let reloc = kinds[random.below(kinds.len())];
            if *size as u64 >= reloc.width() {
                let offset = random.below(size + 1 - reloc.width() as usize) as u32;
                let addend = random.next() as i64 >> random.below(64);
                builder.reloc(
                    *atom,
                    Reloc { offset, kind: reloc, symbol: symbols[random.below(symbols.len())], addend },
                );
            }
        }
    }
    let mut unit = builder.finish();
    unit.symbols.push(Symbol {
        name: unit.symbols[0].name,
        place: [Place::Absolute(random.next()), Place::Discarded, Place::Atom(0, 0)][random.below(3)],
        binding: [Binding::Weak, Binding::Global][random.below(2)],
        form: Form::None,
        size: random.next(),
    });
    unit
}

#[test]
fn random_units_are_errors_or_link() {
    let mut random = Random(4);
    let mut linked = 0;
    for round in 0..12_000 {
        let target = Target::ALL[round % 3];
        let units = [random_unit(&mut random, target), random_unit(&mut random, target)];
        let packed = pack(target, random_unit(&mut random, target));
        let bytes = packed.to_bytes();
        if let Ok(read) = Pack::from_bytes(&bytes) {
            assert_eq!(read.to_bytes(), bytes);
        }
        let pruned = s_link::prune(packed.unit.clone(), &|name| name == "_start");
        assert_eq!(pruned.check(target.machine()), packed.unit.check(target.machine()));
        linked += link_all(&packed, &units[..random.below(3)]);
    }
    eprintln!("{linked} images came of nonsense");
    assert!(linked > 10);
}

#[test]
fn much_padding_and_long_names_stay_in_proportion() {
    let start = Instant::now();
    let long = "n".repeat(60_000);
    let mut builder = Builder::new(&long);
    for index in 0..20_000_u32 {
        let mut atom = Atom::new(Kind::Data, 4096, vec![1]);
        atom.keep = true;
        let atom = builder.atom("d", atom);
        builder.local_symbol(&long, Form::Object, atom, 0, index.into());
    }
    let text = builder.atom("t", Atom::new(Kind::Text, 1, vec![0xc3]));
    builder.define("_start", Binding::Global, Form::Function, text, 0, 1).unwrap();
    let units = [builder.finish()];
    let empty =
        Pack { target: Target::X86_64Linux, abi: ABI.into(), producer: "".into(), unit: Unit::empty() };
    let errors = s_link::link(&request(&empty, &units)).unwrap_err();
    assert_eq!(crate::kit::kinds(&errors), ["too-large"]);
    let mut units = units;
    for atom in &mut units[0].atoms {
        atom.align = 1;
    }
    let output = s_link::link(&request(&empty, &units)).unwrap();
    assert!(
        output.bytes.len() < 3_000_000 && output.map.len() < 30_000_000,
        "{} {}",
        output.bytes.len(),
        output.map.len()
    );
    assert!(start.elapsed().as_secs() < 20);
}
