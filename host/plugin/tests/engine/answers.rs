//! What a guest hands over that its interface does not allow.

use std::sync::Arc;

use s_plugin::extension::registry::{Config, PackageName, Query, Registry};
use s_plugin::{CallError, Cause, EngineError, Limit};
use s_store::Sha256Digest;

use crate::lab::{
    ATTACK, COMMAND, LIAR, Lab, attack, attacker, cause, code, command_core, commander, engine, plugin,
    rights,
};

#[test]
fn text_that_is_not_utf_8_ends_the_call() {
    let lab = Arc::new(Lab::default());
    let Cause::Malformed { reason } = cause(attack(&attacker(rights(), &lab), &["invalid-utf8"])) else {
        panic!("not malformed")
    };
    assert!(reason.contains("utf-8"), "{reason}");
    assert!(lab.said().is_empty());

    // The same in an answer: an error whose message is none.
    let body = r#"
        (i32.store8 (i32.const 2048) (i32.const 1))
        (i32.store (i32.const 2068) (i32.const 16)) (i32.store (i32.const 2072) (i32.const 2))"#;
    let core = command_core("", r#"(data (i32.const 16) "\ff\fe")"#, body);
    let Cause::Malformed { reason } = cause(attack(&commander(&core, rights(), &lab), &[])) else {
        panic!("not malformed")
    };
    assert!(reason.contains("utf-8"), "{reason}");
}

async fn lie(behave: &str, count: &str) -> Result<Box<dyn Registry>, CallError> {
    let lab = Arc::new(Lab::default());
    let mut rights = rights();
    rights.limits.answer_items = 10;
    let pair = |key: &str, value: &str| (key.to_owned(), value.to_owned());
    let config = Config {
        name: "liar".to_owned(),
        url: "https://registry.example".to_owned(),
        options: vec![pair("behave", behave), pair("count", count)],
    };
    plugin(&code(LIAR), "stryke:registry/registry-plugin@0.1", rights, &lab).open_registry(config).await
}

fn queries(count: usize) -> Vec<Query> {
    let name = |n: usize| PackageName { scope: None, name: format!("package-{n}") };
    (0..count).map(|n| Query { name: name(n), if_changed: None }).collect()
}

#[test]
fn a_registry_answers_every_query_once_and_not_at_length() {
    engine().block_on(async {
        let mut honest = lie("well", "1").await.unwrap();
        for (behave, count, expected) in [
            ("too-few", "0", "malformed data: 0 answers to 3 queries"),
            ("too-many", "2", "malformed data: 5 answers to 3 queries"),
            ("many-versions", "4", "used more than its limit of 10 items in one answer"),
            ("trap", "0", "crashed: "),
        ] {
            let mut liar = lie(behave, count).await.unwrap();
            let first = liar.list(queries(3)).await.unwrap_err().to_string();
            assert!(first.contains(expected), "{behave}: {first}");
            let again = liar.list(queries(3)).await.unwrap_err().to_string();
            assert!(again.ends_with("it ended in an earlier call"), "{behave}: {again}");
            assert_eq!(honest.list(queries(3)).await.unwrap().len(), 3, "{behave}");
        }
    });
}

#[test]
fn a_long_answer_is_a_limit_of_its_own() {
    let ended = engine().block_on(async {
        let mut liar = lie("long-validator", "20000000").await.unwrap();
        liar.list(queries(1)).await
    });
    assert!(matches!(ended.unwrap_err().cause, Cause::Limit(Limit::Answer(_))));
}

#[test]
fn a_component_that_is_not_what_it_says_does_not_start() {
    let lab = Arc::new(Lab::default());
    let not_a_feed = plugin(&code(ATTACK), "stryke:audit/audit-plugin@0.1", rights(), &lab);
    let Err(error) = engine().block_on(not_a_feed.open_audit()) else { panic!("it is no feed") };
    assert!(matches!(error.cause, Cause::Mismatch { .. }), "{error}");
    let Err(error) = engine().block_on(not_a_feed.open_command()) else { panic!("it says it is a feed") };
    assert!(error.to_string().contains("no world `subcommand-plugin`"), "{error}");
    // Nothing in there runs, so nothing was said.
    assert!(lab.said().is_empty() && lab.logged().is_empty());
    engine()
        .block_on(async { plugin(&code(ATTACK), COMMAND, rights(), &lab).open_command().await.map(drop) })
        .unwrap();
}

#[test]
fn imports_of_other_worlds_are_refused_before_anything_is_compiled() {
    for (import, found) in [
        (r#"(import "wasi:cli/run@0.2.0" (instance (export "run" (func))))"#, "wasi:cli/run@0.2.0"),
        (r#"(import "exec" (func))"#, "exec"),
    ] {
        let bytes = wat::parse_str(format!("(component {import})")).unwrap();
        let refused = engine().load(&bytes, Sha256Digest::of(&bytes), &s_plugin::Compiler::Here).unwrap_err();
        assert!(matches!(refused, EngineError::Component(_)), "{refused:?}");
        assert!(refused.to_string().contains(found), "{refused}");
    }
    // An interface of ours that its world does not have: refused when it is linked.
    let foreign = r#"(component
        (import "stryke:host/vault@0.1.0" (instance (export "open" (func))))
        (core module $m (func (export "run")))
        (core instance $m (instantiate $m))
        (func $run (canon lift (core func $m "run")))
        (instance $i (export "run" (func $run)))
        (export "stryke:command/subcommand@0.1.0" (instance $i)))"#;
    let lab = Arc::new(Lab::default());
    let plugin = plugin(&code(&wat::parse_str(foreign).unwrap()), COMMAND, rights(), &lab);
    let Cause::Mismatch { reason } = cause(attack(&plugin, &[])) else { panic!("not a mismatch") };
    assert!(reason.contains("stryke:host/vault"), "{reason}");
}
