//! What cannot be linked, and what the errors say.

use s_link::{
    Atom, Binding, Builder, Form, Kind, LinkError, OutputKind, Pack, PackError, Reloc, RelocKind, Request,
    Target, Unit,
};

use crate::kit::{kinds, pack, request};

const X64: Target = Target::X86_64Linux;

/// A unit of functions, each of which calls those it names; all are global.
fn unit(object: &str, functions: &[(&str, Binding, &[&str])]) -> Unit<'static> {
    let mut builder = Builder::new(object);
    for (name, binding, calls) in functions {
        let atom = builder.atom("text", Atom::new(Kind::Text, 16, vec![0x90; 5 * calls.len() + 1]));
        builder.define(name, *binding, Form::Function, atom, 0, 0).unwrap();
        for (index, call) in calls.iter().enumerate() {
            let symbol = builder.symbol(call);
            builder.reloc(
                atom,
                Reloc { offset: index as u32 * 5 + 1, kind: RelocKind::Rel32, symbol, addend: -4 },
            );
        }
    }
    builder.finish()
}

fn link(units: &[Unit<'_>]) -> Result<s_link::Output, Vec<LinkError>> {
    let empty = pack(X64, Unit::empty());
    s_link::link(&request(&empty, units))
}

#[test]
fn undefined_symbols_name_who_needs_them() {
    let strong = Binding::Global;
    let errors = link(&[unit(
        "app.o",
        &[
            ("_start", strong, &["a", "gone"]),
            ("a", strong, &["gone", "lost"]),
            ("dead", strong, &["unmissed"]),
        ],
    )])
    .unwrap_err();
    let text: Vec<String> = errors.iter().map(ToString::to_string).collect();
    assert_eq!(
        text,
        [
            "`gone` is not defined; needed by `_start` (app.o, text), `a` (app.o, text)",
            "`lost` is not defined; needed by `a` (app.o, text)"
        ]
    );
    assert_eq!(kinds(&errors), ["undefined", "undefined"]);
}

#[test]
fn strong_beats_weak_and_two_strong_are_an_error() {
    let (strong, weak) = (Binding::Global, Binding::Weak);
    let start = unit("start.o", &[("_start", strong, &["f"])]);
    let winner = |units: &[Unit<'_>]| {
        let map = link(units).unwrap().map;
        map.lines()
            .find(|line| line.contains("`f`"))
            .unwrap()
            .split('(')
            .nth(1)
            .unwrap()
            .split(',')
            .next()
            .unwrap()
            .to_owned()
    };
    let (a, b) = (unit("a.o", &[("f", weak, &[])]), unit("b.o", &[("f", weak, &[])]));
    let (c, d) = (unit("c.o", &[("f", strong, &[])]), unit("d.o", &[("f", strong, &[])]));
    assert_eq!(winner(&[start.clone(), a.clone(), b.clone()]), "a.o");
    assert_eq!(winner(&[start.clone(), a.clone(), c.clone(), b]), "c.o");
    let errors = link(&[start, c, a, d]).unwrap_err();
    assert_eq!(errors[0].to_string(), "`f` is defined more than once: in `f` (c.o, text), `f` (d.o, text)");
    assert_eq!(kinds(&errors), ["duplicate"]);
}

#[test]
fn the_largest_common_wins_with_the_strictest_alignment() {
    let mut units = vec![unit("start.o", &[("_start", Binding::Global, &["v"])])];
    for (name, size, align) in [("a.o", 8, 64), ("b.o", 32, 8), ("c.o", 16, 16)] {
        let mut builder = Builder::new(name);
        let atom = builder.atom("COMMON", Atom::zeroed(align, size));
        builder.define("v", Binding::Common, Form::Object, atom, 0, size).unwrap();
        units.push(builder.finish());
    }
    let map = link(&units).unwrap().map;
    let line = map.lines().find(|line| line.contains("`v`")).unwrap();
    assert!(line.contains("(b.o, COMMON)"), "{line}");
    assert_eq!(u64::from_str_radix(&line[..16], 16).unwrap() % 64, 0);
}

#[test]
fn entries_targets_and_abis_are_checked() {
    let program = [unit("app.o", &[("main", Binding::Global, &[])])];
    let empty = pack(X64, Unit::empty());
    let base = request(&empty, &program);
    let kind = |request: &Request<'_>| kinds(&s_link::link(request).unwrap_err());
    assert_eq!(kind(&base), ["no-entry"]);
    assert_eq!(
        kind(&Request { target: Target::Aarch64Linux, abi: "other", ..base.clone() }),
        ["target-mismatch", "abi-mismatch"]
    );
    assert_eq!(kind(&Request { build_id: Some(&[]), ..base.clone() }), ["build-id-length"]);
    assert_eq!(kind(&Request { build_id: Some(&[0; 65]), ..base.clone() }), ["build-id-length"]);
    let note = s_link::Note { section: ".text", owner: "x", kind: 1, bytes: b"" };
    assert_eq!(kind(&Request { notes: &[note], ..base.clone() }), ["note-name"]);
    let asset = s_link::Asset { symbol: "a", bytes: b"", align: 3, keep: false };
    assert_eq!(kind(&Request { assets: &[asset], ..base.clone() }), ["asset-alignment"]);
    let asset = s_link::Asset { align: 1, ..asset };
    assert_eq!(kind(&Request { assets: &[asset, asset], entry: "main", ..base.clone() }), ["duplicate"]);
    let asset = s_link::Asset { symbol: "data", ..asset };
    assert_eq!(kind(&Request { assets: &[asset], entry: "data", ..base }), ["entry-not-code"]);
}

#[test]
fn images_for_any_address_refuse_addresses_in_code_and_short_ones() {
    let make = |kind, reloc| {
        let mut builder = Builder::new("app.o");
        let atom = builder.atom("section", Atom::new(kind, 8, vec![0; 8]));
        let symbol = builder.symbol("_start");
        builder.reloc(atom, Reloc { offset: 0, kind: reloc, symbol, addend: 0 });
        let start = builder.atom("text", Atom::new(Kind::Text, 8, vec![0; 8]));
        builder.define("_start", Binding::Global, Form::Function, start, 0, 0).unwrap();
        let mut unit = builder.finish();
        unit.atoms[0].keep = true;
        unit
    };
    let number = |reloc| {
        let mut unit = make(Kind::Data, reloc);
        unit.symbols[0].place = s_link::Place::Absolute(7);
        unit.symbols[0].name = unit.atoms[0].section;
        let start = s_link::Symbol { place: s_link::Place::Atom(1, 0), ..unit.symbols[0] };
        let name = unit.names.iter().position(|name| name == "_start").unwrap() as u32;
        unit.symbols.push(s_link::Symbol { name, ..start });
        unit
    };
    let empty = pack(X64, Unit::empty());
    let link = |output, unit| {
        s_link::link(&Request { kind: output, ..request(&empty, &[unit]) }).map(drop).map_err(|e| kinds(&e))
    };
    assert_eq!(link(OutputKind::StaticPie, number(RelocKind::Abs64)), Ok(()));
    assert_eq!(link(OutputKind::Static, number(RelocKind::Rel32)), Ok(()));
    assert_eq!(link(OutputKind::StaticPie, number(RelocKind::Rel32)), Err(vec!["not-relocatable"]));
    for kind in [Kind::Text, Kind::Rodata, Kind::Data, Kind::RelRo] {
        assert_eq!(link(OutputKind::Static, make(kind, RelocKind::Abs64)), Ok(()));
        assert_eq!(link(OutputKind::Static, make(kind, RelocKind::Abs32)), Ok(()));
        let wanted = if kind == Kind::Text { Err(vec!["not-relocatable"]) } else { Ok(()) };
        assert_eq!(link(OutputKind::StaticPie, make(kind, RelocKind::Abs64)), wanted);
        assert_eq!(link(OutputKind::StaticPie, make(kind, RelocKind::Abs32)), Err(vec!["not-relocatable"]));
    }
}

#[test]
fn broken_units_are_errors() {
    let good = unit("app.o", &[("_start", Binding::Global, &["_start"])]);
    assert!(link(std::slice::from_ref(&good)).is_ok());
    type Break = fn(&mut Unit<'_>);
    let breaks: [Break; 12] = [
        |unit| unit.atoms[0].align = 3,
        |unit| unit.atoms[0].align = 8192,
        |unit| unit.atoms[0].size = 1,
        |unit| unit.atoms[0].object = 7,
        |unit| unit.atoms[0].section = 99,
        |unit| unit.atoms[0].group = Some(0),
        |unit| unit.atoms[0].relocs[0].offset = 3,
        |unit| unit.atoms[0].relocs[0].symbol = 9,
        |unit| unit.atoms[0].relocs[0].kind = RelocKind::RvJal,
        |unit| unit.symbols[0].name = 99,
        |unit| unit.symbols[0].place = s_link::Place::Atom(0, 100),
        |unit| unit.symbols[0].name = 0,
    ];
    for (index, change) in breaks.into_iter().enumerate() {
        let mut unit = good.clone();
        change(&mut unit);
        assert_eq!(kinds(&link(&[unit]).unwrap_err()), ["malformed"], "{index}");
    }
}

#[test]
fn packs_of_other_versions_and_kinds_are_refused() {
    let bytes = pack(X64, Unit::empty()).to_bytes();
    assert_eq!(Pack::from_bytes(b"\x7fELF...."), Err(PackError::NotAPack));
    // A pack is no unit, and the other way round.
    assert_eq!(Unit::from_bytes(&bytes), Err(PackError::NotAUnit));
    assert_eq!(Pack::from_bytes(&Unit::empty().to_bytes(X64)), Err(PackError::NotAPack));
    let mut other = bytes.clone();
    other[8] = 9;
    assert_eq!(Pack::from_bytes(&other), Err(PackError::Version { found: 9 }));
    let mut other = bytes.clone();
    other[10] = b'X';
    assert_eq!(Pack::from_bytes(&other).unwrap_err().kind(), "unknown-target");
    let mut other = bytes.clone();
    other.push(0);
    assert_eq!(Pack::from_bytes(&other), Err(PackError::Trailing { offset: bytes.len() as u64 }));
}

#[test]
fn units_in_packs_do_not_depend_on_the_order_of_names() {
    let mut first = Builder::new("o");
    first.name("zebra");
    let atom = first.atom("text", Atom::new(Kind::Text, 1, vec![0xc3]));
    first.define("_start", Binding::Global, Form::Function, atom, 0, 1).unwrap();
    let mut second = Builder::new("o");
    second.name("_start");
    second.name("text");
    second.name("zebra");
    let atom = second.atom("text", Atom::new(Kind::Text, 1, vec![0xc3]));
    second.define("_start", Binding::Global, Form::Function, atom, 0, 1).unwrap();
    assert_eq!(pack(X64, first.finish()).to_bytes(), pack(X64, second.finish()).to_bytes());
}
