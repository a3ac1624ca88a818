//! Fuel: counted for target packs, so that a call ends at the same place on every machine.

use std::sync::Arc;

use s_capability::{Kind, Limits, Rights};
use s_plugin::extension::target::Options;
use s_plugin::{Cause, Compiler, Engine, Limit, Plugin};
use s_store::Sha256Digest;

use crate::lab::{ALLOC, Lab, component, engine, plugin};

/// A pack that counts to `rounds` before it answers with no targets, and for ever when asked for a plan.
fn pack(rounds: u32) -> Vec<u8> {
    let six = "i32 ".repeat(6);
    let count = |end: &str| {
        format!(
            "(local.set $n (i32.const 0)) (loop $on
                (local.set $n (i32.add (local.get $n) (i32.const 1)))
                (br_if $on {end}))"
        )
    };
    let some = count(&format!("(i32.lt_u (local.get $n) (i32.const {rounds}))"));
    let core = format!(
        r#"(module
            (memory (export "memory") 1) {ALLOC}
            (func (export "stryke:target/pack@0.1.0#targets") (result i32) (local $n i32)
                {some} (i32.const 2048))
            (func (export "stryke:target/pack@0.1.0#plan-sysroot") (param {six}) (result i32) (local $n i32)
                {} (i32.const 2048))
            (func (export "stryke:target/link-plan@0.1.0#plan-link") (param {six}) (result i32)
                unreachable))"#,
        count("(i32.const 1)")
    );
    component("stryke:target/target-data@0.1.0", &core)
}

fn with(component: &[u8], engine: &Engine, fuel: u64) -> Plugin {
    let code = engine.load(component, Sha256Digest::of(component), &Compiler::Here).unwrap();
    let limits = Limits { fuel, time_ms: 60_000, ..Limits::default_of(Kind::Target) };
    let rights = Rights { limits, ..Rights::default() };
    let lab = Arc::new(Lab::default());
    let plugin = plugin(&code, "stryke:target/target-data@0.1", rights, &lab);
    Plugin { engine: engine.clone(), ..plugin }
}

#[test]
fn fuel_ends_a_loop_at_the_same_place_each_time() {
    let metered = engine().metered().unwrap();
    assert!(metered.is_metered() && !engine().is_metered());
    let component = pack(1000);
    let burn = |fuel: u64| {
        let plugin = with(&component, &metered, fuel);
        metered.block_on(async {
            let mut open = plugin.open_target().await.unwrap();
            let answer = open.targets().await.map(|targets| targets.len());
            (answer, open.usage().fuel)
        })
    };
    let (answer, burnt) = burn(1_000_000);
    assert_eq!(answer.unwrap(), 0);
    assert!((1000..100_000).contains(&burnt), "{burnt}");
    for _ in 0..3 {
        assert_eq!(burn(1_000_000).1, burnt);
    }
    let Cause::Limit(limit) = burn(500).0.unwrap_err().cause else { panic!("not a limit") };
    assert_eq!(limit, Limit::Fuel(500));
}

#[test]
fn a_loop_without_end_ends_with_its_fuel_and_the_session_with_it() {
    let metered = engine().metered().unwrap();
    let plugin = with(&pack(1), &metered, 1_000_000);
    metered.block_on(async {
        let mut open = plugin.open_target().await.unwrap();
        let error = open.plan_sysroot(Options::default()).await.unwrap_err();
        assert!(matches!(error.cause, Cause::Limit(Limit::Fuel(1_000_000))), "{error:?}");
        let error = open.targets().await.unwrap_err();
        assert!(matches!(error.cause, Cause::Trap(_)), "{error:?}");
    });
}

#[test]
fn each_engine_has_its_own_code_and_both_are_forgotten_together() {
    let folder = tempfile::tempdir().unwrap();
    let cache = s_plugin::CodeCache::new(folder.path().to_owned(), [1; 32]);
    let plain = Engine::new(Some(cache)).unwrap();
    let metered = plain.metered().unwrap();
    let component = pack(2);
    let digest = Sha256Digest::of(&component);
    for engine in [&plain, &metered] {
        assert!(!engine.load(&component, digest, &Compiler::Here).unwrap().from_cache);
        assert!(engine.load(&component, digest, &Compiler::Here).unwrap().from_cache);
    }
    assert!(plain.code_paths(&digest).iter().all(|path| path.is_file()));
    metered.forget(&digest).unwrap();
    assert!(plain.code_paths(&digest).iter().all(|path| !path.exists()));
}
