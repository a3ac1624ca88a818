//! What a release of an interface may change: every row of the version matrix, run.
//!
//! The package `stryke:ver` has an interface that guests import and one that they export. 0.1.1
//! adds a function to each, 0.1.2 a field to a record, 0.2.0 is another track.

use wasmtime::component::{Component, HasSelf, Linker};
use wasmtime::{Engine, Store};

macro_rules! release {
    ($module:ident, $wit:literal) => {
        #[allow(clippy::all, unused_qualifications, missing_docs, unreachable_pub, dead_code, reason = "generated")]
        mod $module {
            pub(crate) const WIT: &str = $wit;
            wasmtime::component::bindgen!({ inline: $wit });
        }
    };
}

release!(
    v0_1_0,
    "package stryke:ver@0.1.0;
     interface host { ping: func() -> u32; }
     interface ext { record facts { size: u32 } run: func() -> u32; weigh: func(facts: facts) -> u32; }
     world plug { import host; export ext; }"
);
release!(
    v0_1_1,
    "package stryke:ver@0.1.1;
     interface host { ping: func() -> u32; pong: func() -> u32; }
     interface ext { record facts { size: u32 } run: func() -> u32; weigh: func(facts: facts) -> u32; describe: func() -> u32; }
     world plug { import host; export ext; }"
);
release!(
    v0_1_2,
    "package stryke:ver@0.1.2;
     interface host { ping: func() -> u32; }
     interface ext { record facts { size: u32, count: u32 } run: func() -> u32; weigh: func(facts: facts) -> u32; }
     world plug { import host; export ext; }"
);
release!(
    v0_2_0,
    "package stryke:ver@0.2.0;
     interface host { ping: func() -> u32; }
     interface ext { record facts { size: u32 } run: func() -> u32; weigh: func(facts: facts) -> u32; }
     world plug { import host; export ext; }"
);

/// What the host offers, whatever the release.
struct Host;

macro_rules! offer {
    ($($module:ident $($function:ident)*;)*) => {
        $(impl $module::stryke::ver::host::Host for Host {
            $(fn $function(&mut self) -> u32 { stringify!($function).len() as u32 })*
        })*
    };
}

offer! {
    v0_1_0 ping;
    v0_1_1 ping pong;
    v0_1_2 ping;
    v0_2_0 ping;
}

/// A guest that answers `run` with what `calls`, a function of the host, gave it.
fn guest(wit: &str, version: &str, calls: &str, fields: usize, describes: bool) -> Vec<u8> {
    let describe =
        format!(r#"(func (export "stryke:ver/ext@{version}#describe") (result i32) (i32.const 7))"#);
    let core = format!(
        r#"(module
            (import "stryke:ver/host@{version}" "{calls}" (func $host (result i32)))
            (func (export "stryke:ver/ext@{version}#run") (result i32) (call $host))
            (func (export "stryke:ver/ext@{version}#weigh") (param {}) (result i32) (local.get 0)) {})"#,
        "i32 ".repeat(fields),
        if describes { &describe } else { "" },
    );
    let mut resolve = wit_parser::Resolve::default();
    let package = resolve.push_source("ver.wit", wit).unwrap();
    let world = resolve.select_world(&[package], Some("plug")).unwrap();
    let mut core = wat::parse_str(core).unwrap();
    let utf8 = wit_component::StringEncoding::UTF8;
    wit_component::embed_component_metadata(&mut core, &resolve, world, utf8).unwrap();
    s_component::encode(&core).unwrap()
}

fn guest_0_1_0() -> Vec<u8> {
    guest(v0_1_0::WIT, "0.1.0", "ping", 1, false)
}

fn guest_0_1_1(calls: &str) -> Vec<u8> {
    guest(v0_1_1::WIT, "0.1.1", calls, 1, true)
}

fn linker_of<const N: usize>(engine: &Engine, releases: [&str; N]) -> Linker<Host> {
    let mut linker = Linker::new(engine);
    for release in releases {
        match release {
            "0.1.0" => v0_1_0::Plug::add_to_linker::<_, HasSelf<_>>(&mut linker, |host| host),
            "0.1.1" => v0_1_1::Plug::add_to_linker::<_, HasSelf<_>>(&mut linker, |host| host),
            "0.1.2" => v0_1_2::Plug::add_to_linker::<_, HasSelf<_>>(&mut linker, |host| host),
            _ => v0_2_0::Plug::add_to_linker::<_, HasSelf<_>>(&mut linker, |host| host),
        }
        .unwrap();
    }
    linker
}

/// Runs a guest by the bindings of a release; the answer of `run`, or why it was refused.
fn run(guest: &[u8], linked: &[&str], bound: &str) -> Result<u32, String> {
    let engine = Engine::default();
    let component = Component::new(&engine, guest).unwrap();
    let linker = match *linked {
        [one] => linker_of(&engine, [one]),
        [one, other] => linker_of(&engine, [one, other]),
        _ => panic!("one track or two"),
    };
    let mut store = Store::new(&engine, Host);
    macro_rules! bind {
        ($module:ident) => {
            $module::Plug::instantiate(&mut store, &component, &linker)
                .and_then(|plug| plug.stryke_ver_ext().call_run(&mut store))
        };
    }
    match bound {
        "0.1.0" => bind!(v0_1_0),
        "0.1.1" => bind!(v0_1_1),
        "0.1.2" => bind!(v0_1_2),
        _ => bind!(v0_2_0),
    }
    .map_err(|error| format!("{error:#}"))
}

#[test]
fn functions_may_be_added_to_what_guests_import() {
    assert_eq!(run(&guest_0_1_0(), &["0.1.0"], "0.1.0"), Ok(4));
    assert_eq!(run(&guest_0_1_0(), &["0.1.1"], "0.1.0"), Ok(4), "an older guest on a newer host");
    assert_eq!(
        run(&guest_0_1_1("ping"), &["0.1.0"], "0.1.0"),
        Ok(4),
        "a newer guest that uses nothing newer"
    );
    let refused = run(&guest_0_1_1("pong"), &["0.1.0"], "0.1.0").unwrap_err();
    for part in ["matching implementation was not found", "pong", "function implementation is missing"] {
        assert!(refused.contains(part), "{refused}");
    }
}

#[test]
fn functions_may_not_be_added_to_what_guests_export() {
    let refused = run(&guest_0_1_0(), &["0.1.1"], "0.1.1").unwrap_err();
    assert!(refused.contains("`stryke:ver/ext@0.1.1` does not have export `describe`"), "{refused}");
    assert_eq!(run(&guest_0_1_1("pong"), &["0.1.1"], "0.1.1"), Ok(4));
}

#[test]
fn what_a_guest_may_offer_is_looked_for_by_name() {
    let engine = Engine::default();
    let linker = linker_of(&engine, ["0.1.1"]);
    for (guest, expected) in [(guest_0_1_0(), None), (guest_0_1_1("ping"), Some(7))] {
        let component = Component::new(&engine, &guest).unwrap();
        let mut store = Store::new(&engine, Host);
        let instance = linker.instantiate(&mut store, &component).unwrap();
        let plug = v0_1_0::Plug::new(&mut store, &instance).unwrap();
        assert_eq!(plug.stryke_ver_ext().call_run(&mut store).unwrap(), 4);
        let ext = instance.get_export_index(&mut store, None, "stryke:ver/ext@0.1.0").unwrap();
        let describe = instance.get_export_index(&mut store, Some(&ext), "describe");
        let described = describe.map(|describe| {
            let describe = instance.get_typed_func::<(), (u32,)>(&mut store, describe).unwrap();
            describe.call(&mut store, ()).unwrap().0
        });
        assert_eq!(described, expected);
    }
}

#[test]
fn records_may_not_change() {
    let grown = guest(v0_1_2::WIT, "0.1.2", "ping", 2, false);
    for (linked, bound) in [("0.1.0", "0.1.0"), ("0.1.1", "0.1.0"), ("0.1.2", "0.1.0")] {
        let refused = run(&grown, &[linked], bound).unwrap_err();
        assert!(
            refused.contains("expected record of 1 fields, found 2 fields"),
            "{linked} {bound}: {refused}"
        );
    }
    let refused = run(&guest_0_1_0(), &["0.1.2"], "0.1.2").unwrap_err();
    assert!(refused.contains("expected record of 2 fields, found 1 fields"), "{refused}");
    assert_eq!(run(&grown, &["0.1.2"], "0.1.2"), Ok(4), "it is a sound guest of its own release");
}

#[test]
fn tracks_live_side_by_side() {
    let newer = guest(v0_2_0::WIT, "0.2.0", "ping", 1, false);
    let both = ["0.1.1", "0.2.0"];
    assert_eq!(run(&newer, &both, "0.2.0"), Ok(4));
    assert_eq!(run(&guest_0_1_0(), &both, "0.1.0"), Ok(4));
    assert_eq!(run(&guest_0_1_1("pong"), &both, "0.1.1"), Ok(4));
    let refused = run(&newer, &["0.1.1"], "0.2.0").unwrap_err();
    assert!(refused.contains("stryke:ver/host@0.2.0"), "{refused}");
    let refused = run(&newer, &both, "0.1.0").unwrap_err();
    assert!(refused.contains("no exported instance named `stryke:ver/ext@0.1.0`"), "{refused}");
}
