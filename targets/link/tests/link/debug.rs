//! What debuggers read, of units made by the compiler: it is in no memory, keeps nothing, and says zero of
//! what is not there.

use object::read::elf::ElfFile64;
use object::{LittleEndian, Object as _, ObjectSection as _, ObjectSymbol as _, SectionFlags};
use s_link::atom::AtomId;
use s_link::{Atom, Binding, Builder, Form, Kind, OutputKind, Reloc, RelocKind, Request, Target, Unit};

use crate::kit::{pack, request};

const INFO: &str = ".debug_info";
const LINE: &str = ".debug_line";

/// Functions `_start`, which calls `live`, and `dead`; and two sections for debuggers that refer to all of
/// them and to each other.
fn unit(target: Target) -> Unit<'static> {
    let mut builder = Builder::new("program");
    let mut functions = Vec::new();
    for name in ["_start", "live", "dead"] {
        let atom = builder.atom(".text", Atom::new(Kind::Text, 4, vec![0x13; 8]));
        let binding = if name == "_start" { Binding::Global } else { Binding::Local };
        let symbol = match binding {
            Binding::Global => builder.define(name, binding, Form::Function, atom, 0, 8).unwrap(),
            _ => builder.local_symbol(name, Form::Function, atom, 0, 8),
        };
        functions.push((atom, symbol));
    }
    let call = match target {
        Target::X86_64Linux => RelocKind::Rel32,
        Target::Aarch64Linux => RelocKind::A64Call26,
        _ => RelocKind::RvCall,
    };
    builder.reloc(functions[0].0, Reloc { offset: 0, kind: call, symbol: functions[1].1, addend: 0 });

    let section = |builder: &mut Builder<'static>, name: &str, size: usize| -> AtomId {
        builder.atom(name, Atom::new(Kind::Debug, 1, vec![0xee; size]))
    };
    section(&mut builder, LINE, 3);
    let (info, line) = (section(&mut builder, INFO, 40), section(&mut builder, LINE, 24));
    for (index, (_, symbol)) in functions.iter().enumerate() {
        let offset = 8 * index as u32;
        let (kind, addend) = (RelocKind::Abs64, 1);
        builder.reloc(info, Reloc { offset, kind, symbol: *symbol, addend });
        builder.reloc(line, Reloc { offset, kind, symbol: *symbol, addend: 0 });
    }
    let symbol = builder.local_symbol(LINE, Form::None, line, 0, 24);
    builder.reloc(info, Reloc { offset: 24, kind: RelocKind::Abs32, symbol, addend: 5 });
    builder.finish()
}

#[test]
fn addresses_of_what_is_there_and_zero_for_what_is_not() {
    for target in [Target::X86_64Linux, Target::Aarch64Linux, Target::Riscv64Linux] {
        let program = [unit(target)];
        let pack = pack(target, Unit::empty());
        for kind in [OutputKind::Static, OutputKind::StaticPie] {
            let output = s_link::link(&Request { kind, ..request(&pack, &program) }).unwrap();
            let elf = ElfFile64::<LittleEndian>::parse(&*output.bytes).unwrap();
            let data = |name: &str| {
                let section = elf.section_by_name(name).unwrap();
                assert_eq!(section.address(), 0, "{name}");
                assert!(matches!(section.flags(), SectionFlags::Elf { sh_flags: 0 }), "{name}");
                section.data().unwrap()
            };
            let (info, line) = (data(INFO), data(LINE));
            assert_eq!((info.len(), line.len()), (40, 27));
            let word = |data: &[u8], at: usize| {
                u64::from_le_bytes(data[at..at + 8].try_into().expect("eight bytes"))
            };
            let address = |name: &str| {
                elf.symbols().find(|symbol| symbol.name() == Ok(name)).map(|symbol| symbol.address())
            };
            let (start, live) = (address("_start").unwrap(), address("live").unwrap());
            assert_eq!(address("dead"), None, "what only debuggers know is left out");
            assert!(live > start);
            assert_eq!([word(info, 0), word(info, 8), word(info, 16)], [start + 1, live + 1, 0]);
            assert_eq!([word(line, 3), word(line, 11), word(line, 19)], [start, live, 0]);
            // The place in the section, in which another atom comes first.
            assert_eq!(info[24..28], 8_u32.to_le_bytes());
            assert_eq!(info[28..], [0xee; 12]);
            let text = elf.section_by_name(".text").unwrap();
            assert_eq!(text.size(), 16, "{target:?}");
            // Nothing of it is changed when the image is loaded.
            assert!(elf.section_by_name(".rela.dyn").is_none());

            let bare = s_link::link(&Request { kind, symbols: false, ..request(&pack, &program) }).unwrap();
            assert!(!bare.bytes.windows(4).any(|bytes| bytes == [0xee; 4]));
            assert!(bare.bytes.len() < output.bytes.len());
        }
    }
}

/// An object of which nothing stays has nothing to say to debuggers.
#[test]
fn of_what_is_left_out_nothing_stays() {
    let target = Target::X86_64Linux;
    let mut builder = Builder::new("start");
    let atom = builder.atom(".text", Atom::new(Kind::Text, 1, vec![0xc3; 1]));
    builder.define("_start", Binding::Global, Form::Function, atom, 0, 1).unwrap();
    let start = builder.finish();
    let mut builder = Builder::new("other");
    let code = builder.atom(".text", Atom::new(Kind::Text, 1, vec![0xc3; 1]));
    let symbol = builder.local_symbol("other", Form::Function, code, 0, 1);
    let info = builder.atom(INFO, Atom { keep: true, ..Atom::new(Kind::Debug, 1, vec![0; 8]) });
    builder.reloc(info, Reloc { offset: 0, kind: RelocKind::Abs64, symbol, addend: 0 });
    let program = [start, builder.finish()];
    let pack = pack(target, Unit::empty());
    let output = s_link::link(&request(&pack, &program)).unwrap();
    let elf = ElfFile64::<LittleEndian>::parse(&*output.bytes).unwrap();
    assert!(elf.section_by_name(INFO).is_none());
}
