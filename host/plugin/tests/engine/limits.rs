//! Limits on what a guest uses: each broken one ends the call and is named.

use std::sync::Arc;

use s_capability::{Limits, Rights};
use s_plugin::{Cause, Limit};

use crate::lab::{
    ALLOC, COMMAND, Lab, attack, attacker, call, cause, code, command_core, commander, component, engine,
    plugin, rights, run,
};

fn with(change: impl FnOnce(&mut Limits)) -> Rights {
    let mut rights = rights();
    change(&mut rights.limits);
    rights
}

#[track_caller]
fn assert_limit(cause: Cause, expected: Limit) {
    match cause {
        Cause::Limit(limit) => assert_eq!(limit, expected),
        other => panic!("{other:?} is not the limit {expected:?}"),
    }
}

#[test]
fn loops_end_with_their_time_around_host_calls_too() {
    let lab = Arc::new(Lab::default());
    for words in [["spin"], ["spin-host"]] {
        let ended = attack(&attacker(with(|limits| limits.time_ms = 300), &lab), &words);
        assert_limit(cause(ended), Limit::Time(300));
    }
}

#[test]
fn a_start_function_that_loops_ends_too() {
    let lab = Arc::new(Lab::default());
    let core = command_core("", "(func $start (loop $on (br $on))) (start $start)", "");
    let ended = attack(&commander(&core, with(|limits| limits.time_ms = 300), &lab), &[]);
    assert_limit(cause(ended), Limit::Time(300));
}

#[test]
fn digesting_for_ever_ends_with_its_time() {
    let folder = tempfile::tempdir().unwrap();
    let file = std::fs::File::create(folder.path().join("sparse")).unwrap();
    file.set_len(1 << 40).unwrap();
    let lab = Arc::new(Lab::default());
    let mut rights = with(|limits| limits.time_ms = 300);
    rights.views.insert("data".to_owned(), Some(folder.path().to_owned()));
    let imports = r#"
        (import "stryke:host/fs@0.1.0" "open-view" (func $view (param i32 i32 i32)))
        (import "stryke:host/fs@0.1.0" "[method]view.open" (func $open (param i32 i32 i32 i32)))
        (import "stryke:host/blobs@0.1.0" "[method]blob.digest" (func $digest (param i32 i32 i32)))"#;
    let body = r#"
        (call $view (i32.const 16) (i32.const 4) (i32.const 64))
        (call $open (i32.load (i32.const 68)) (i32.const 32) (i32.const 6) (i32.const 128))
        (call $digest (i32.load (i32.const 136)) (i32.const 0) (i32.const 256))"#;
    let fields = r#"(data (i32.const 16) "data") (data (i32.const 32) "sparse")"#;
    let ended = attack(&commander(&command_core(imports, fields, body), rights, &lab), &[]);
    assert_limit(cause(ended), Limit::Time(300));
}

#[test]
fn memory_ends_where_it_may_end() {
    let lab = Arc::new(Lab::default());
    let plugin = attacker(rights(), &lab);
    assert_limit(cause(attack(&plugin, &["grab"])), Limit::Memory(64 << 20));
    let held = lab.logged().len();
    assert!((1..4).contains(&held), "{held} chunks of 16 MiB fit beside what the guest is made of");
}

#[test]
fn memory_that_is_too_large_from_the_start_is_refused_before_the_first_instruction() {
    let lab = Arc::new(Lab::default());
    let core = command_core("", "(func $start unreachable) (start $start)", "")
        .replace("(memory (export \"memory\") 1)", "(memory (export \"memory\") 512)");
    let plugin = commander(&core, with(|limits| limits.memory_bytes = 16 << 20), &lab);
    assert_limit(cause(attack(&plugin, &[])), Limit::Memory(16 << 20));
}

/// A component in text that claims to be a subcommand, with whatever is in it.
fn crowd(cores: &str) -> Vec<u8> {
    let text = format!(
        r#"(component {cores}
            (core module $command (func (export "run")))
            (core instance $command (instantiate $command))
            (func $run (canon lift (core func $command "run")))
            (instance $subcommand (export "run" (func $run)))
            (export "stryke:command/subcommand@0.1.0" (instance $subcommand)))"#
    );
    wat::parse_str(text).unwrap()
}

#[test]
fn many_small_things_cost_as_much_as_a_large_one() {
    let lab = Arc::new(Lab::default());
    let memories = "(memory 1)".repeat(3);
    let one = |fields: &str| format!("(core module $m {fields})");
    let times = |count: usize| "(core instance (instantiate $m))".repeat(count);
    let cases = [
        ("memories", one(&"(memory 1)".repeat(5)) + &times(1), Limit::Memories(4)),
        ("memories of instances", one(&memories) + &times(2), Limit::Memories(4)),
        ("tables", one(&"(table 1 funcref)".repeat(17)) + &times(1), Limit::Tables(16)),
        ("instances", one("") + &times(17), Limit::Instances(16)),
        ("elements", one("(table 20001 funcref)") + &times(1), Limit::Table(20_000)),
        ("elements together", one(&"(table 11000 funcref)".repeat(2)) + &times(1), Limit::Table(20_000)),
        ("pages together", one(&"(memory 128)".repeat(3)) + &times(1), Limit::Memory(16 << 20)),
    ];
    for (what, cores, expected) in cases {
        let rights = with(|limits| limits.memory_bytes = 16 << 20);
        let plugin = plugin(&code(&crowd(&cores)), COMMAND, rights, &lab);
        match cause(attack(&plugin, &[])) {
            Cause::Limit(limit) => assert_eq!(limit, expected, "{what}"),
            other => panic!("{what}: {other:?}"),
        }
    }
}

#[test]
fn a_table_that_grows_ends_where_it_may_end() {
    let lab = Arc::new(Lab::default());
    let body = r#"(loop $on
        (drop (table.grow $t (ref.null func) (i32.const 1000)))
        (br $on))"#;
    let core = command_core("", "(table $t 1 funcref)", body);
    assert_limit(cause(attack(&commander(&core, rights(), &lab), &[])), Limit::Table(20_000));
}

#[test]
fn recursion_of_both_kinds_ends() {
    let lab = Arc::new(Lab::default());
    let plugin = attacker(rights(), &lab);
    assert_limit(cause(attack(&plugin, &["recurse"])), Limit::Stack(1 << 20));
    // The stack that lies in memory runs into the bottom of memory.
    let Cause::Trap(trap) = cause(attack(&plugin, &["recurse-frames"])) else { panic!("not a trap") };
    assert!(trap.message.contains("out of bounds memory access"), "{trap:?}");
}

#[test]
fn handles_run_out() {
    let lab = Arc::new(Lab::default());
    let plugin = attacker(with(|limits| limits.handles = 100), &lab);
    attack(&plugin, &["handles"]).unwrap();
    assert_eq!(lab.said(), ["100 handles", "LimitExceeded host/handles"], "where a function can say so");
    // A constructor has no way to say so.
    assert_limit(cause(attack(&plugin, &["tasks"])), Limit::Handles(100));
}

#[test]
fn handles_that_the_engine_keeps_run_out_too() {
    let lab = Arc::new(Lab::default());
    // A registry makes handles of its own resource, without the host in the loop.
    let core = format!(
        r#"(module
            (import "[export]stryke:registry/backend@0.1.0" "[resource-new]registry" (func $new (param i32) (result i32)))
            (memory (export "memory") 1) {ALLOC}
            (func (export "stryke:registry/backend@0.1.0#[static]registry.open") (param i32 i32 i32 i32 i32 i32) (result i32)
                (loop $on (drop (call $new (i32.const 1))) (br $on)) (i32.const 2048))
            (func (export "stryke:registry/backend@0.1.0#[method]registry.features") (param i32) (result i32) unreachable)
            (func (export "stryke:registry/backend@0.1.0#[method]registry.list") (param i32 i32 i32) (result i32) unreachable)
            (func (export "stryke:registry/backend@0.1.0#[method]registry.plan") (param i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32) (result i32) unreachable)
            (func (export "stryke:registry/backend@0.1.0#[method]registry.publish") (param i32 i32 i32 i32 i32 i32 i32 i32 i32) (result i32) unreachable)
            (func (export "stryke:registry/backend@0.1.0#[method]registry.yank") (param i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32) (result i32) unreachable)
            (func (export "stryke:registry/backend@0.1.0#[method]registry.search") (param i32 i32 i32 i32 i32 i32 i32) (result i32) unreachable))"#
    );
    let code = code(&component("stryke:registry/registry-plugin@0.1.0", &core));
    let plugin = plugin(&code, "stryke:registry/registry-plugin@0.1", rights(), &lab);
    let opened = engine().block_on(plugin.open_registry(Default::default()));
    let Err(error) = opened else { panic!("the attack had to be stopped") };
    assert_limit(error.cause, Limit::Handles(1024));
}

/// How a core module gets at what prints.
const PRINT: &str = r#"(import "stryke:host/ui@0.1.0" "print" (func $print (param i32 i32)))"#;

#[test]
fn a_gigabyte_is_not_an_answer() {
    let lab = Arc::new(Lab::default());
    let plugin = attacker(with(|limits| limits.memory_bytes = 256 << 20), &lab);
    for words in [["answer-huge", "64"], ["print-huge", "64"]] {
        assert_limit(cause(attack(&plugin, &words)), Limit::Answer(16 << 20));
    }
    assert!(lab.said().is_empty());
    // A gibibyte that is there, said and answered.
    let grow = "(drop (memory.grow (i32.const 16384)))";
    let say = format!("{grow} (call $print (i32.const 65536) (i32.const 1073741824))");
    let answer = format!(
        "{grow} (i32.store8 (i32.const 2048) (i32.const 1))
         (i32.store (i32.const 2060) (i32.const 65536)) (i32.store (i32.const 2064) (i32.const 1073741824))"
    );
    for body in [say, answer] {
        let core = command_core(PRINT, "", &body);
        let plugin = commander(&core, with(|limits| limits.memory_bytes = 2 << 30), &lab);
        assert_limit(cause(attack(&plugin, &[])), Limit::Answer(16 << 20));
    }
    assert!(lab.said().is_empty());
    // The length alone: 1 GiB that is not even there.
    let core = command_core(PRINT, "", "(call $print (i32.const 0) (i32.const 1073741824))");
    let Cause::Malformed { reason } = cause(attack(&commander(&core, rights(), &lab), &[])) else {
        panic!("not malformed")
    };
    assert!(reason.contains("out of bounds"), "{reason}");
}

#[test]
fn what_a_plugin_says_is_wrong_is_cut() {
    let lab = Arc::new(Lab::default());
    let Cause::Fault(fault) = cause(attack(&attacker(rights(), &lab), &["answer-huge", "1"])) else {
        panic!("not a fault")
    };
    assert_eq!((fault.code.as_str(), fault.message.len()), ("attack/huge", 4096));
}

#[test]
fn the_log_has_a_budget_and_says_so_once() {
    let lab = Arc::new(Lab::default());
    let plugin = attacker(with(|limits| limits.log_lines = 100), &lab);
    let used = engine().block_on(async {
        let mut command = plugin.open_command().await.unwrap();
        command.run(call(&["logs"])).await.unwrap();
        command.usage()
    });
    let logged = lab.logged();
    assert_eq!(logged.len(), 101);
    assert_eq!(logged[100], "Warn host: more log than it may write; the rest is dropped");
    assert_eq!(used.log_lines_dropped, 50_001 - 100);
}

#[test]
fn scratch_runs_out_and_comes_back() {
    let lab = Arc::new(Lab::default());
    let plugin = attacker(with(|limits| limits.scratch_bytes = 8 << 20), &lab);
    engine().block_on(async {
        let mut command = plugin.open_command().await.unwrap();
        for _ in 0..3 {
            command.run(call(&["scratch"])).await.unwrap();
        }
        assert_eq!(command.usage().scratch_bytes_peak, 8 << 20);
    });
    let once = ["8 MiB", "LimitExceeded host/scratch"];
    assert_eq!(lab.said(), [once, once, once].concat(), "what was dropped can be used again");
}

#[test]
fn a_sink_is_filled_far_away_only_as_far_as_there_is_room() {
    let lab = Arc::new(Lab::default());
    attack(&attacker(rights(), &lab), &["blobs"]).unwrap();
    let said = lab.said();
    assert!(said[0].starts_with("position 6 bytes [97, 98, 0, 100, 49, 50]"), "{said:?}");
    assert_eq!(&said[1..], ["beyond the end 0 bytes", "LimitExceeded host/scratch"]);
}

#[test]
fn only_so_many_files_are_proposed_and_only_of_the_call_that_succeeded() {
    let lab = Arc::new(Lab::default());
    let rights = Rights { edits: true, ..rights() };
    let outcome = attack(&attacker(rights.clone(), &lab), &["propose-many", "20000"]).unwrap();
    assert_eq!(outcome.edits.len(), 10_000);
    assert_eq!(lab.said(), ["LimitExceeded host/edits", "proposed 10000"]);

    // A call that proposes and then answers with an error leaves nothing for the next.
    let imports = r#"(import "stryke:command/edits@0.1.0" "propose" (func $propose (param i32 i32 i32 i32 i32 i32 i32)))"#;
    let body = r#"
        (call $propose (i32.const 16) (i32.const 1) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 256))
        ;; The first call answers with an error, those after it do not.
        (i32.store8 (i32.const 2048) (i32.eqz (global.get $calls)))
        (i32.store (i32.const 2084) (i32.const 0))
        (global.set $calls (i32.add (global.get $calls) (i32.const 1)))"#;
    let fields = r#"(data (i32.const 16) "a") (global $calls (mut i32) (i32.const 0))"#;
    let plugin = commander(&command_core(imports, fields, body), rights, &lab);
    engine().block_on(async {
        let mut command = plugin.open_command().await.unwrap();
        let first = command.run(call(&[])).await.unwrap_err();
        assert!(matches!(first.cause, Cause::Fault(_)), "{first:?}");
        assert_eq!(command.run(call(&[])).await.unwrap().edits.len(), 1);
    });
}

#[test]
fn only_so_many_questions_are_asked() {
    let lab = Arc::new(Lab { on_question: Some(Box::new(|_| true)), ..Lab::default() });
    let imports = r#"(import "stryke:host/ui@0.1.0" "confirm" (func $confirm (param i32 i32 i32 i32)))"#;
    let body = r#"
        (loop $on
            (call $confirm (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 256))
            (global.set $asked (i32.add (global.get $asked) (i32.const 1)))
            (br_if $on (i32.eqz (i32.load8_u (i32.const 256)))))
        (i32.store8 (i32.const 2056) (global.get $asked))"#;
    let core = command_core(imports, "(global $asked (mut i32) (i32.const 0))", body);
    let outcome = attack(&commander(&core, rights(), &lab), &[]).unwrap();
    assert_eq!(outcome.status, 9, "eight are answered, the ninth is refused");
}

#[test]
fn a_session_after_its_end_says_so() {
    let lab = Arc::new(Lab::default());
    let plugin = attacker(rights(), &lab);
    for (words, expected) in [(["trap"], "unreachable"), (["panic"], "unreachable")] {
        let ended = engine().block_on(async {
            let mut command = plugin.open_command().await.unwrap();
            let first = command.run(call(&words)).await.unwrap_err();
            let Cause::Trap(trap) = first.cause else { panic!("{first:?}") };
            assert!(trap.message.contains(expected), "{trap:?}");
            command.run(call(&["crypto"])).await
        });
        assert_eq!(
            ended.unwrap_err().to_string(),
            "plugin `attack/lab` 0.1.0: subcommand.run: crashed: it ended in an earlier call"
        );
    }
    assert!(
        lab.logged().iter().any(|line| line.contains("the plugin panicked on purpose")),
        "{:?}",
        lab.logged()
    );
}

#[test]
fn a_call_that_is_dropped_half_way_ends_its_session() {
    let lab = Arc::new(Lab::default());
    let plugin = attacker(rights(), &lab);
    engine().block_on(async {
        let mut command = plugin.open_command().await.unwrap();
        tokio::select! {
            biased;
            ended = command.run(call(&["spin"])) => panic!("{ended:?}"),
            () = tokio::task::yield_now() => {}
        }
        let error = command.run(call(&["crypto"])).await.unwrap_err();
        assert!(error.to_string().ends_with("it ended in an earlier call"), "{error}");
        run(&plugin, &["crypto"]).await.unwrap();
    });
}
