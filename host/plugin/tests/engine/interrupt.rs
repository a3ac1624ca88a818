//! Time and interruption, whatever a guest is doing.

use std::sync::Arc;
use std::time::Duration;

use s_capability::Rights;
use s_kit::{Answer, Server};
use s_plugin::{Cancel, Cause, Limit};

use crate::lab::{
    Lab, attack, attacker, cause, command_core, commander, engine, http_to, network, rights, run,
};

fn may_ask(server: &Server) -> Rights {
    let origin = server.origin();
    Rights { http: http_to(&origin), private_origins: vec![origin.parse().unwrap()], ..rights() }
}

const LOG: &str = r#"(import "stryke:host/log@0.1.0" "write" (func $log (param i32 i32 i32 i32 i32)))"#;
const CONFIRM: &str = r#"(import "stryke:host/ui@0.1.0" "confirm" (func $confirm (param i32 i32 i32 i32)))"#;
const ASK: &str = "(call $confirm (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 256))";
const SPIN: &str = "(loop $on (br $on))";

#[test]
fn a_tight_loop_is_interrupted() {
    let cancel = Cancel::new();
    let raise = cancel.clone();
    let on_log = move |_: &str| {
        raise.raise();
        true
    };
    let lab = Arc::new(Lab { on_log: Some(Box::new(on_log)), ..Lab::default() });
    let says = "(call $log (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0))";
    let mut plugin = commander(&command_core(LOG, "", &format!("{says} {SPIN}")), rights(), &lab);
    plugin.cancel = cancel;
    assert!(matches!(cause(attack(&plugin, &[])), Cause::Cancelled));
    // What comes after an interruption does not begin.
    let after = engine().block_on(run(&plugin, &[]));
    assert!(matches!(cause(after), Cause::Cancelled));
    assert_eq!(lab.logged().len(), 1);
}

#[test]
fn waiting_for_a_server_is_interrupted() {
    let cancel = Cancel::new();
    let raise = cancel.clone();
    let server = Server::start(move |_| {
        raise.raise();
        Answer::silence()
    });
    let lab = Arc::new(Lab { network: network(), ..Lab::default() });
    for words in [["http-many", &server.url("/"), "3"].as_slice(), &["http", &server.url("/")]] {
        let mut plugin = attacker(may_ask(&server), &lab);
        plugin.cancel = cancel.clone();
        assert!(matches!(cause(attack(&plugin, words)), Cause::Cancelled));
    }
}

#[test]
fn a_question_is_interrupted() {
    let cancel = Cancel::new();
    let raise = cancel.clone();
    let on_question = move |_: &str| {
        raise.raise();
        false
    };
    let lab = Arc::new(Lab { on_question: Some(Box::new(on_question)), ..Lab::default() });
    let mut plugin = commander(&command_core(CONFIRM, "", &format!("{ASK} {SPIN}")), rights(), &lab);
    plugin.cancel = cancel;
    assert!(matches!(cause(attack(&plugin, &[])), Cause::Cancelled));
}

#[test]
fn waiting_for_a_server_is_on_the_bill() {
    let server = Server::start(|_| Answer::silence());
    let lab = Arc::new(Lab { network: network(), ..Lab::default() });
    let mut rights = may_ask(&server);
    rights.limits.time_ms = 300;
    for words in [["http-many", &server.url("/"), "3"].as_slice(), &["http", &server.url("/")]] {
        let ended = attack(&attacker(rights.clone(), &lab), words);
        assert!(matches!(cause(ended), Cause::Limit(Limit::Time(300))));
    }
}

#[test]
fn a_body_that_never_ends_is_on_the_bill() {
    let server = Server::start(|_| Answer::ok("x".repeat(1000)).slow_body(Duration::from_millis(50)));
    let lab = Arc::new(Lab { network: network(), ..Lab::default() });
    let mut rights = may_ask(&server);
    rights.limits.time_ms = 400;
    let ended = attack(&attacker(rights, &lab), &["http", &server.url("/")]);
    assert!(matches!(cause(ended), Cause::Limit(Limit::Time(400))));
}

#[test]
fn thinking_about_a_question_is_not() {
    let slow = |_: &str| {
        std::thread::sleep(Duration::from_millis(2_500));
        true
    };
    let lab = Arc::new(Lab { on_question: Some(Box::new(slow)), ..Lab::default() });
    let mut rights = rights();
    rights.limits.time_ms = 2_000;
    let core = command_core(CONFIRM, "", ASK);
    assert_eq!(engine().block_on(run(&commander(&core, rights.clone(), &lab), &[])).unwrap().status, 0);
    // The time after the answer is.
    let core = command_core(CONFIRM, "", &format!("{ASK} {SPIN}"));
    rights.limits.time_ms = 500;
    let ended = engine().block_on(run(&commander(&core, rights, &lab), &[]));
    assert!(matches!(cause(ended), Cause::Limit(Limit::Time(500))));
}
