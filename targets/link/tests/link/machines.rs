//! Objects made without an assembler, for the three machines: what each kind of instruction reads is
//! what the linker has written.

use object::write::{Object, Relocation, SectionId, Symbol, SymbolId, SymbolSection};
use object::{
    Architecture, BinaryFormat, Endianness, FileFlags, RelocationFlags, SectionFlags, SectionKind,
    SymbolFlags, SymbolKind, SymbolScope,
};
use s_link::{
    Atom, Binding, Builder, Form, Kind, Machine, OutputKind, Reloc, RelocKind, Request, Target, Unit,
};

use crate::fuzz::Random;
use crate::kit::{pack, request, run, stdout, unit};

struct Maker {
    object: Object<'static>,
}

impl Maker {
    fn new(target: Target) -> Maker {
        let architecture = match target.machine() {
            Machine::X86_64 => Architecture::X86_64,
            Machine::Aarch64 => Architecture::Aarch64,
            _ => Architecture::Riscv64,
        };
        let mut object = Object::new(BinaryFormat::Elf, architecture, Endianness::Little);
        let e_flags = if architecture == Architecture::Riscv64 { 5 } else { 0 };
        object.flags = FileFlags::Elf { os_abi: 0, abi_version: 0, e_flags };
        Maker { object }
    }

    fn section(&mut self, name: &str, kind: SectionKind, bytes: &[u8]) -> SectionId {
        let section = self.object.add_section(Vec::new(), name.as_bytes().to_vec(), kind);
        self.object.append_section_data(section, bytes, 8);
        section
    }

    fn code(&mut self, name: &str, words: &[u32]) -> SectionId {
        let bytes: Vec<u8> = words.iter().flat_map(|word| word.to_le_bytes()).collect();
        self.section(name, SectionKind::Text, &bytes)
    }

    fn symbol(
        &mut self,
        name: &str,
        place: Option<(SectionId, u64)>,
        kind: SymbolKind,
        local: bool,
        weak: bool,
    ) -> SymbolId {
        let (section, value) =
            place.map_or((SymbolSection::Undefined, 0), |(id, at)| (SymbolSection::Section(id), at));
        self.object.add_symbol(Symbol {
            name: name.as_bytes().to_vec(),
            value,
            size: 0,
            kind,
            scope: if local { SymbolScope::Compilation } else { SymbolScope::Linkage },
            weak,
            section,
            flags: SymbolFlags::None,
        })
    }

    fn global(&mut self, name: &str, section: SectionId, kind: SymbolKind) -> SymbolId {
        self.symbol(name, Some((section, 0)), kind, false, false)
    }

    fn label(&mut self, name: &str, section: SectionId, at: u64) -> SymbolId {
        self.symbol(name, Some((section, at)), SymbolKind::Label, true, false)
    }

    fn reloc(&mut self, section: SectionId, offset: u64, r_type: u32, symbol: SymbolId, addend: i64) {
        let flags = RelocationFlags::Elf { r_type };
        self.object.add_relocation(section, Relocation { offset, symbol, addend, flags }).unwrap();
    }
}

/// An object that writes `hello`, and goes through most kinds of references on the way.
pub(crate) fn object(target: Target) -> Vec<u8> {
    let mut make = Maker::new(target);
    let text = SectionKind::ReadOnlyData;
    let message = make.section(".rodata.message", text, b"hello\n");
    let message = make.symbol("message", Some((message, 0)), SymbolKind::Data, true, false);
    let length = make.section(".data.length", SectionKind::Data, &6_u64.to_le_bytes());
    let length = make.global("length", length, SymbolKind::Data);
    let word = make.section(".data.word", SectionKind::Data, &1_u64.to_le_bytes());
    let word = make.global("word", word, SymbolKind::Data);
    let pointer_section = make.section(".data.rel.ro.pointer", SectionKind::ReadOnlyDataWithRel, &[0; 8]);
    let pointer = make.global("pointer", pointer_section, SymbolKind::Data);
    let absent = make.symbol("absent", None, SymbolKind::Unknown, false, true);
    match target.machine() {
        Machine::X86_64 => {
            let code = [
                &[0xb8, 1, 0, 0, 0][..],         // mov eax, 1
                &[0x8b, 0x3d, 0, 0, 0, 0],       // mov edi, [rip + word]
                &[0x48, 0x8b, 0x35, 0, 0, 0, 0], // mov rsi, [rip + pointer]
                &[0x48, 0x8d, 0x35, 0, 0, 0, 0], // lea rsi, [rip + message]
                &[0x48, 0x8b, 0x15, 0, 0, 0, 0], // mov rdx, [rip + slot of length]
                &[0x48, 0x3b, 0x1d, 0, 0, 0, 0], // cmp rbx, [rip + slot of absent]
                &[0x8b, 0x12, 0x0f, 0x05],       // mov edx, [rdx]; syscall
                &[0xe8, 0, 0, 0, 0],             // call finish
            ]
            .concat();
            let start = make.section(".text._start", SectionKind::Text, &code);
            make.global("_start", start, SymbolKind::Text);
            let code = [0xb8, 60, 0, 0, 0, 0x31, 0xff, 0x0f, 0x05];
            let finish = make.section(".text.finish", SectionKind::Text, &code);
            let finish = make.global("finish", finish, SymbolKind::Text);
            make.reloc(pointer_section, 0, 1, message, 0);
            for (offset, kind, symbol) in [
                (7, 2, word),
                (14, 2, pointer),
                (21, 2, message),
                (28, 42, length),
                (35, 42, absent),
                (44, 4, finish),
            ] {
                make.reloc(start, offset, kind, symbol, -4);
            }
        }
        Machine::Aarch64 => {
            let start = make.code(
                ".text._start",
                &[
                    0x9000_0001, // adrp x1, message
                    0x9100_0021, // add x1, x1, message
                    0x9000_0002, // adrp x2, slot of length
                    0xf940_0042, // ldr x2, [x2, slot of length]
                    0xb940_0042, // ldr w2, [x2]
                    0x9000_0003, // adrp x3, word
                    0xb940_0060, // ldr w0, [x3, word]
                    0x3400_0000, // cbz w0, fail
                    0x9000_0004, // adrp x4, pointer
                    0xf940_0084, // ldr x4, [x4, pointer]
                    0x9000_0005, // adrp x5, slot of absent
                    0xf940_00a5, // ldr x5, [x5, slot of absent]
                    0xb500_0005, // cbnz x5, fail
                    0x3700_0005, // tbnz w5, 0, fail
                    0x1000_0006, // adr x6, message
                    0xd280_0808, // mov x8, 64
                    0xd400_0001, // svc 0
                    0x9400_0000, // bl finish
                    0xd420_0000, // fail: brk 0
                ],
            );
            make.global("_start", start, SymbolKind::Text);
            let fail = make.label("fail", start, 72);
            let finish = make.code(".text.finish", &[0xd280_0000, 0xd280_0ba8, 0xd400_0001]);
            let finish = make.global("finish", finish, SymbolKind::Text);
            make.reloc(pointer_section, 0, 257, message, 0);
            for (offset, kind, symbol) in [
                (0, 275, message),
                (4, 277, message),
                (8, 311, length),
                (12, 312, length),
                (20, 276, word),
                (24, 285, word),
                (28, 280, fail),
                (32, 275, pointer),
                (36, 286, pointer),
                (40, 311, absent),
                (44, 312, absent),
                (48, 280, fail),
                (52, 279, fail),
                (56, 274, message),
                (68, 283, finish),
            ] {
                make.reloc(start, offset, kind, symbol, 0);
            }
        }
        _ => {
            let start = make.code(
                ".text._start",
                &[
                    0x0000_0597, // auipc a1, message
                    0x0005_8593, // addi a1, a1, message
                    0x0000_0617, // auipc a2, slot of length
                    0x0006_3603, // ld a2, slot of length(a2)
                    0x0006_2603, // lw a2, 0(a2)
                    0x0000_0517, // auipc a0, word
                    0x0005_2503, // lw a0, word(a0)
                    0x0005_0063, // beqz a0, fail
                    0x0000_0697, // auipc a3, slot of absent
                    0x0006_b683, // ld a3, slot of absent(a3)
                    0x0006_9063, // bnez a3, fail
                    0x0000_0717, // auipc a4, pointer
                    0x0007_3703, // ld a4, pointer(a4)
                    0x0400_0893, // li a7, 64
                    0x0000_0073, // ecall
                    0x0000_0297, // auipc t0, word
                    0x00a2_a023, // sw a0, word(t0)
                    0x0000_0097, // auipc ra, finish
                    0x0000_80e7, // jalr ra, finish(ra)
                    0x0010_0073, // fail: ebreak
                ],
            );
            make.global("_start", start, SymbolKind::Text);
            let fail = make.label("fail", start, 76);
            let finish = make.code(".text.finish", &[0x0000_0513, 0x05d0_0893, 0x0000_0073]);
            let finish = make.global("finish", finish, SymbolKind::Text);
            make.reloc(pointer_section, 0, 2, message, 0);
            for (offset, kind, symbol) in [
                (0, 23, message),
                (8, 20, length),
                (20, 23, word),
                (28, 16, fail),
                (32, 20, absent),
                (40, 16, fail),
                (44, 23, pointer),
                (60, 23, word),
                (68, 19, finish),
            ] {
                make.reloc(start, offset, kind, symbol, 0);
            }
            for (offset, kind, high) in
                [(4, 24, 0), (12, 24, 8), (24, 24, 20), (36, 24, 32), (48, 24, 44), (64, 25, 60)]
            {
                let label = make.label(&format!(".Lpcrel_hi{high}"), start, high);
                make.reloc(start, offset, kind, label, 0);
            }
        }
    }
    make.object.write().unwrap()
}

#[test]
fn objects_of_each_machine_link_and_run() {
    for target in Target::ALL {
        let object = object(target);
        let units = [unit(target, &[&object])];
        let pack = pack(target, Unit::empty());
        for kind in [OutputKind::Static, OutputKind::StaticPie] {
            let output = s_link::link(&Request { kind, ..request(&pack, &units) })
                .unwrap_or_else(|errors| panic!("{target} {kind:?}: {errors:#?}"));
            if let Some(done) = run(target, &output.bytes) {
                assert_eq!(stdout(&done), "hello\n", "{target} {kind:?}");
            }
            // The slot of what is absent stays, that of `length` became an address.
            let got = output.map.lines().find(|line| line.ends_with(" .got")).unwrap();
            assert!(got.contains("        8 .got"), "{got}");
        }
    }
}

#[test]
fn bytes_for_alignment_on_riscv_are_left_out_where_not_needed() {
    let target = Target::Riscv64Linux;
    let mut make = Maker::new(target);
    let mut code = Vec::new();
    code.extend_from_slice(&0x05d0_0893_u32.to_le_bytes()); // li a7, 93
    code.extend_from_slice(&[1, 0]); // c.nop
    code.extend_from_slice(&[0x13, 0, 0, 0, 1, 0]); // nop, c.nop: six bytes for alignment to eight, of which two are needed
    for word in [0x0000_0517_u32, 0x0005_2503, 0x0000_0073] {
        code.extend_from_slice(&word.to_le_bytes()); // auipc a0, value; lw a0, value(a0); ecall
    }
    let start = make.section(".text._start", SectionKind::Text, &code);
    make.global("_start", start, SymbolKind::Text);
    let value = make.section(".data.value", SectionKind::Data, &33_u64.to_le_bytes());
    let value = make.global("value", value, SymbolKind::Data);
    let high = make.label(".Lhigh", start, 12);
    make.reloc(start, 6, 43, high, 6);
    make.reloc(start, 12, 23, value, 0);
    make.reloc(start, 16, 24, high, 0);
    let object = make.object.write().unwrap();
    let units = [unit(target, &[&object])];
    let atom = &units[0].atoms[0];
    assert_eq!((atom.size, atom.align), (20, 8));
    let pack = pack(target, Unit::empty());
    let output = s_link::link(&request(&pack, &units)).unwrap();
    if let Some(done) = run(target, &output.bytes) {
        assert_eq!(done.status.code(), Some(33));
    }
}

#[test]
fn what_an_object_holds_and_we_do_not_link_is_named() {
    let refuse = |make: Maker, target| {
        let bytes = make.object.write().unwrap();
        let mut reader = s_link::object::Reader::new(target, s_link::object::Options::default());
        let error = reader.object("x.o", &bytes).unwrap_err();
        (error.fault.kind(), error.to_string())
    };
    let target = Target::X86_64Linux;
    let mut make = Maker::new(target);
    let text = make.section(".text.f", SectionKind::Text, &[0; 16]);
    let symbol = make.symbol("g", None, SymbolKind::Unknown, false, false);
    make.reloc(text, 4, 29, symbol, 0);
    assert_eq!(
        refuse(make, target),
        ("relocation", "x.o, .text.f at 0x4: relocation kind 29 is not known".into())
    );

    let mut make = Maker::new(target);
    let text = make.section(".text.f", SectionKind::Text, &[0; 16]);
    let symbol = make.symbol("g", None, SymbolKind::Unknown, false, false);
    make.reloc(text, 14, 2, symbol, 0);
    assert_eq!(refuse(make, target).0, "bad-relocation");

    let mut make = Maker::new(target);
    make.section(".tdata", SectionKind::Tls, &[0; 16]);
    assert_eq!(refuse(make, target).0, "thread-local");

    let mut make = Maker::new(target);
    let stack = make.section(".note.GNU-stack", SectionKind::Other, &[]);
    make.object.section_mut(stack).flags = SectionFlags::Elf { sh_flags: 4 };
    assert_eq!(refuse(make, target).0, "executable-stack");

    assert_eq!(refuse(Maker::new(target), Target::Aarch64Linux).0, "machine");
    let mut make = Maker::new(Target::Riscv64Linux);
    make.object.flags = FileFlags::Elf { os_abi: 0, abi_version: 0, e_flags: 1 };
    assert_eq!(refuse(make, Target::Riscv64Linux).0, "abi");
}

/// Links one atom with one relocation of an absolute number; returns the bytes, or the errors' kinds.
fn one(
    target: Target,
    kind: RelocKind,
    before: &[u8],
    value: impl Fn(u64) -> u64,
) -> Result<Vec<u8>, Vec<&'static str>> {
    let make = |number: u64| {
        let mut builder = Builder::new("probe");
        let atom = builder.atom("text", Atom::new(Kind::Text, 16, before.to_vec()));
        builder.define("_start", Binding::Global, Form::Function, atom, 0, 16).unwrap();
        let symbol = builder.symbol("number");
        let mut unit = builder.finish();
        if kind != RelocKind::Abs64 || number != 0 {
            unit.atoms[0].relocs.push(Reloc { offset: 0, kind, symbol, addend: 0 });
        }
        unit.symbols[symbol as usize].place = s_link::Place::Absolute(number);
        let empty = pack(target, Unit::empty());
        let units = [unit];
        s_link::link(&request(&empty, &units))
    };
    let start = |bytes: &[u8]| u64::from_le_bytes(bytes[24..32].try_into().unwrap());
    // Addresses do not depend on the number: an easy one tells the place.
    let place = {
        let mut builder = Builder::new("probe");
        let atom = builder.atom("text", Atom::new(Kind::Text, 16, before.to_vec()));
        builder.define("_start", Binding::Global, Form::Function, atom, 0, 16).unwrap();
        let empty = pack(target, Unit::empty());
        let units = [builder.finish()];
        start(&s_link::link(&request(&empty, &units)).unwrap().bytes)
    };
    let output = make(value(place)).map_err(|errors| crate::kit::kinds(&errors))?;
    assert_eq!(start(&output.bytes), place);
    let offset = (place % 0x1000) as usize;
    Ok(output.bytes[offset..offset + before.len()].to_vec())
}

#[test]
fn values_at_the_edge_fit_and_those_beyond_are_errors() {
    use RelocKind as K;
    let x64 = Target::X86_64Linux;
    let a64 = Target::Aarch64Linux;
    let rv = Target::Riscv64Linux;
    // Relative to the place: the kind, the least and the greatest distance, and the step.
    let relative: [(Target, K, i64, i64, i64); 13] = [
        (x64, K::Rel32, -0x8000_0000, 0x7fff_ffff, 1),
        (a64, K::A64Call26, -0x800_0000, 0x7ff_fffc, 4),
        (a64, K::A64Cond19, -0x10_0000, 0xf_fffc, 4),
        (a64, K::A64Literal19, -0x10_0000, 0xf_fffc, 4),
        (a64, K::A64Test14, -0x8000, 0x7ffc, 4),
        (a64, K::A64Adr21, -0x10_0000, 0xf_ffff, 1),
        (rv, K::RvBranch, -0x1000, 0xffe, 2),
        (rv, K::RvJal, -0x10_0000, 0xf_fffe, 2),
        (rv, K::RvcBranch, -0x100, 0xfe, 2),
        (rv, K::RvcJump, -0x800, 0x7fe, 2),
        (rv, K::RvHi20, -0x8000_0800, 0x7fff_f7ff, 1),
        (rv, K::RvCall, -0x8000_0800, 0x7fff_f7ff, 1),
        (rv, K::Rel32, -0x8000_0000, 0x7fff_ffff, 1),
    ];
    for (target, kind, least, greatest, step) in relative {
        let at = |distance: i64| {
            one(target, kind, &[0; 16], |place| place.wrapping_add(distance as u64)).map(drop)
        };
        assert_eq!(at(least), Ok(()), "{kind:?}");
        assert_eq!(at(greatest), Ok(()), "{kind:?}");
        assert_eq!(at(0), Ok(()), "{kind:?}");
        for beyond in [least - step, greatest + step, i64::MAX, i64::MIN, i64::MAX / 2] {
            assert_eq!(at(beyond), Err(vec!["out-of-range"]), "{kind:?} {beyond:#x}");
        }
        if step > 1 {
            assert_eq!(at(step / 2), Err(vec!["misaligned"]), "{kind:?}");
        }
    }
    let absolute: [(Target, K, &[u64], &[u64]); 5] = [
        (x64, K::Abs32, &[0, 0xffff_ffff], &[0x1_0000_0000, u64::MAX]),
        (x64, K::Abs32S, &[0, 0x7fff_ffff, -0x8000_0000_i64 as u64], &[0x8000_0000, -0x8000_0001_i64 as u64]),
        (
            a64,
            K::Abs32Any,
            &[0xffff_ffff, -0x8000_0000_i64 as u64],
            &[0x1_0000_0000, -0x8000_0001_i64 as u64],
        ),
        (rv, K::RvAbsHi20, &[0, 0x7fff_f7ff], &[0x7fff_f800, u64::MAX / 2]),
        (a64, K::A64Lo12Scale8, &[0x10, 0xffff_ffff_ffff_fff8], &[]),
    ];
    for (target, kind, fits, beyond) in absolute {
        for value in fits {
            assert!(one(target, kind, &[0; 16], |_| *value).is_ok(), "{kind:?} {value:#x}");
        }
        for value in beyond {
            assert_eq!(
                one(target, kind, &[0; 16], |_| *value),
                Err(vec!["out-of-range"]),
                "{kind:?} {value:#x}"
            );
        }
    }
    let page = |pages: i64| {
        one(a64, K::A64Page21, &[0; 16], |place| (place & !0xfff).wrapping_add((pages << 12) as u64))
            .map(drop)
    };
    assert_eq!((page(0xf_ffff), page(-0x10_0000)), (Ok(()), Ok(())));
    assert_eq!((page(0x10_0000), page(-0x10_0001)), (Err(vec!["out-of-range"]), Err(vec!["out-of-range"])));
    assert_eq!(one(a64, K::A64Lo12Scale4, &[0; 16], |_| 0x1002), Err(vec!["misaligned"]));
    assert_eq!(one(a64, K::A64Lo12Scale16, &[0; 16], |_| 0x1008), Err(vec!["misaligned"]));
}

/// Picks bits out of a word: (bit of the word, bit of the value).
fn gather(word: u32, bits: &[(u32, u32)], sign: u32) -> i64 {
    let value: i64 = bits.iter().map(|(from, to)| i64::from(word >> from & 1) << to).sum();
    value << (63 - sign) >> (63 - sign)
}

#[test]
fn instructions_say_the_distance_that_was_meant() {
    use RelocKind as K;
    let range = |from: u32, to: u32, count: u32| (0..count).map(move |bit| (from + bit, to + bit));
    let joined = |parts: &[(u32, u32, u32)]| -> Vec<(u32, u32)> {
        parts.iter().flat_map(|(from, to, count)| range(*from, *to, *count)).collect()
    };
    // The manuals' tables of immediates: kind, pieces (bit of the instruction, bit of the value, how many), sign.
    type Encoding = (Target, K, Vec<(u32, u32)>, u32, i64);
    let forms: [Encoding; 8] = [
        (Target::Riscv64Linux, K::RvBranch, joined(&[(8, 1, 4), (25, 5, 6), (7, 11, 1), (31, 12, 1)]), 12, 2),
        (
            Target::Riscv64Linux,
            K::RvJal,
            joined(&[(21, 1, 10), (20, 11, 1), (12, 12, 8), (31, 20, 1)]),
            20,
            2,
        ),
        (
            Target::Riscv64Linux,
            K::RvcBranch,
            joined(&[(3, 1, 2), (10, 3, 2), (2, 5, 1), (5, 6, 2), (12, 8, 1)]),
            8,
            2,
        ),
        (
            Target::Riscv64Linux,
            K::RvcJump,
            joined(&[
                (3, 1, 3),
                (11, 4, 1),
                (2, 5, 1),
                (7, 6, 1),
                (6, 7, 1),
                (9, 8, 2),
                (8, 10, 1),
                (12, 11, 1),
            ]),
            11,
            2,
        ),
        (Target::Aarch64Linux, K::A64Call26, joined(&[(0, 2, 26)]), 27, 4),
        (Target::Aarch64Linux, K::A64Cond19, joined(&[(5, 2, 19)]), 20, 4),
        (Target::Aarch64Linux, K::A64Test14, joined(&[(5, 2, 14)]), 15, 4),
        (Target::Aarch64Linux, K::A64Adr21, joined(&[(29, 0, 2), (5, 2, 19)]), 20, 1),
    ];
    let mut random = Random(5);
    for (target, kind, bits, sign, step) in forms {
        for _ in 0..60 {
            let limit = 1_i64 << sign;
            let distance = (random.next() as i64).rem_euclid(2 * limit) - limit;
            let distance = distance - distance.rem_euclid(step);
            let mask: u32 = bits.iter().map(|(from, _)| 1 << from).sum();
            let mut before = vec![0; 16];
            before[..4].copy_from_slice(&(!mask).to_le_bytes());
            let after = one(target, kind, &before, |place| place.wrapping_add(distance as u64)).unwrap();
            let word = u32::from_le_bytes(after[..4].try_into().unwrap());
            assert_eq!(gather(word, &bits, sign), distance, "{kind:?}");
            assert_eq!(word | mask, u32::MAX, "{kind:?} leaves other bits alone");
        }
    }
}
