//! Ten megabytes of atoms. `cargo test --release -p s-link ten_megabytes -- --nocapture` prints times.

use std::time::Instant;

use s_link::{Atom, Binding, Builder, Form, Kind, OutputKind, Pack, Reloc, RelocKind, Request, Target, Unit};

use crate::kit::{ABI, request};

const FUNCTIONS: u32 = 40_000;

#[test]
fn ten_megabytes_link_in_under_a_second() {
    let pack =
        Pack { target: Target::X86_64Linux, abi: ABI.into(), producer: "speed".into(), unit: runtime() };
    let bytes = pack.to_bytes();
    let start = Instant::now();
    let pack = Pack::from_bytes(&bytes).unwrap();
    eprintln!("pack of {} KB read in {:?}", bytes.len() / 1024, start.elapsed());
    let mut builder = Builder::new("program");
    let main = builder.atom("text", Atom::new(Kind::Text, 16, vec![0x90; 5]));
    builder.define("_start", Binding::Global, Form::Function, main, 0, 5).unwrap();
    let symbol = builder.symbol("f0");
    builder.reloc(main, Reloc { offset: 1, kind: RelocKind::Rel32, symbol, addend: -4 });
    let program = [builder.finish()];
    for (kind, symbols) in
        [(OutputKind::Static, false), (OutputKind::Static, true), (OutputKind::StaticPie, true)]
    {
        let start = Instant::now();
        let output = s_link::link(&Request { kind, symbols, ..request(&pack, &program) }).unwrap();
        let time = start.elapsed();
        eprintln!("{kind:?}, symbols {symbols}: {} KB in {time:?}", output.bytes.len() / 1024);
        assert!(output.bytes.len() > 10_000_000);
        // Without optimisation, and on a machine that does other things as well, it only has to end.
        assert!(time.as_secs() < if cfg!(debug_assertions) { 30 } else { 1 });
    }
}

/// Functions that call each other, each with a constant and every eighth with a table of addresses.
fn runtime() -> Unit<'static> {
    let mut builder = Builder::new("runtime");
    for index in 0..FUNCTIONS {
        let mut code = vec![0x90; 160];
        code[150] = index as u8;
        let text = builder.atom("text", Atom::new(Kind::Text, 16, code));
        let name = format!("f{index}");
        builder.define(&name, Binding::Global, Form::Function, text, 0, 160).unwrap();
        let constant = builder.atom("rodata", Atom::new(Kind::Rodata, 8, vec![index as u8; 64]));
        let constant = builder.local_symbol(&format!("c{index}"), Form::Object, constant, 0, 64);
        builder.reloc(text, Reloc { offset: 20, kind: RelocKind::Rel32, symbol: constant, addend: -4 });
        for step in [1, 7, 4099] {
            let symbol = builder.symbol(&format!("f{}", (index + step) % FUNCTIONS));
            builder.reloc(text, Reloc { offset: 30 + step % 64, kind: RelocKind::Rel32, symbol, addend: -4 });
        }
        if index % 8 == 0 {
            let table = builder.atom("table", Atom::new(Kind::RelRo, 8, vec![0; 256]));
            for slot in 0..32 {
                let symbol = builder.symbol(&format!("f{}", (index + slot * 31) % FUNCTIONS));
                builder.reloc(table, Reloc { offset: slot * 8, kind: RelocKind::Abs64, symbol, addend: 0 });
            }
            let table = builder.local_symbol("table", Form::Object, table, 0, 256);
            builder.reloc(text, Reloc { offset: 120, kind: RelocKind::Rel32, symbol: table, addend: -4 });
        }
    }
    builder.finish()
}
