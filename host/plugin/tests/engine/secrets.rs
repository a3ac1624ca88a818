//! Secrets: sent where they may go, and read by nobody.

use std::sync::Arc;
use std::time::Duration;

use s_capability::{OriginPattern, Rights};
use s_kit::{Answer, Server};
use s_plugin::extension::auth::{Ask, Config};
use s_plugin::{Cause, Plugin};

use crate::lab::{ALLOC, Lab, code, component, engine, http_to, network, plugin, rights};

/// A provider that opens the secret `token` for `$open`, does `$with` to the handle, sends it to
/// `$url` as a bearer token, and writes what comes back into the log.
fn provider(open: &str, with: &str, url: &str) -> Vec<u8> {
    let params = |count: usize| "i32 ".repeat(count);
    let core = format!(
        r#"(module
            (import "stryke:host/vault@0.1.0" "open" (func $open (param i32 i32 i32 i32 i32)))
            (import "stryke:host/secrets@0.1.0" "[method]secret.wrap" (func $wrap (param i32 i32 i32 i32 i32) (result i32)))
            (import "stryke:host/http@0.1.0" "start" (func $start (param i32 i32)))
            (import "stryke:host/http@0.1.0" "[static]pending.wait" (func $wait (param i32 i32)))
            (import "stryke:host/http@0.1.0" "[method]response.header" (func $header (param i32 i32 i32 i32)))
            (import "stryke:host/http@0.1.0" "[static]response.into-body" (func $body (param i32) (result i32)))
            (import "stryke:host/http@0.1.0" "[method]body.read" (func $read (param i32 i32 i32)))
            (import "stryke:host/log@0.1.0" "write" (func $log (param i32 i32 i32 i32 i32)))
            (memory (export "memory") 1) {ALLOC}
            (data (i32.const 16) "token") (data (i32.const 32) "{open}") (data (i32.const 128) "{url}")
            (data (i32.const 256) "x-echo")
            (global $secret (mut i32) (i32.const 0)) (global $body (mut i32) (i32.const 0))
            (func $say (param $string i32)
                (call $log (i32.const 2) (i32.const 0) (i32.const 0)
                    (i32.load (local.get $string)) (i32.load offset=4 (local.get $string))))
            (func (export "stryke:auth/provider@0.1.0#get") (param {get}) (result i32)
                (call $open (i32.const 16) (i32.const 5) (i32.const 32) (i32.const {open_len}) (i32.const 512))
                (if (i32.load8_u (i32.const 512)) (then (call $say (i32.const 524)) (return (i32.const 2048))))
                (global.set $secret (i32.load (i32.const 524)))
                {with}
                ;; GET of the URL, with the secret as a bearer token.
                (i32.store (i32.const 772) (i32.const 128)) (i32.store (i32.const 776) (i32.const {url_len}))
                (i32.store8 (i32.const 816) (i32.const 2)) (i32.store (i32.const 820) (global.get $secret))
                (call $start (i32.const 768) (i32.const 1024))
                (if (i32.load8_u (i32.const 1024)) (then (call $say (i32.const 1036)) (return (i32.const 2048))))
                (call $wait (i32.load (i32.const 1032)) (i32.const 1152))
                (if (i32.load8_u (i32.const 1152)) (then (call $say (i32.const 1164)) (return (i32.const 2048))))
                (call $header (i32.load (i32.const 1160)) (i32.const 256) (i32.const 6) (i32.const 1280))
                (call $say (i32.const 1284))
                (global.set $body (call $body (i32.load (i32.const 1160))))
                (loop $on
                    (call $read (global.get $body) (i32.const 65536) (i32.const 1408))
                    (if (i32.load8_u (i32.const 1416)) (then (call $say (i32.const 1420)) (br $on))))
                (i32.const 2048))
            (func (export "stryke:auth/provider@0.1.0#login") (param {get}) (result i32) unreachable)
            (func (export "stryke:auth/provider@0.1.0#logout") (param {logout}) (result i32) unreachable))"#,
        get = params(15),
        logout = params(6),
        open_len = open.len(),
        url_len = url.len(),
    );
    component("stryke:auth/auth-plugin@0.1.0", &core)
}

fn holding(component: &[u8], origins: &[&str], lab: &Arc<Lab>) -> Plugin {
    let patterns: Vec<OriginPattern> = origins.iter().map(|origin| origin.parse().unwrap()).collect();
    let mut http = http_to(origins[0]).unwrap();
    http.origins.clone_from(&patterns);
    let rights = Rights {
        http: Some(http),
        private_origins: origins.iter().map(|origin| origin.parse().unwrap()).collect(),
        secrets: [("token".to_owned(), patterns)].into(),
        ..rights()
    };
    plugin(&code(component), "stryke:auth/auth-plugin@0.1", rights, lab)
}

fn get(plugin: &Plugin) -> Result<(), Cause> {
    let ask = Ask {
        origin: "https://registry.example".parse().unwrap(),
        registry: String::new(),
        purpose: s_net::Purpose::Read,
        subject: None,
        challenges: Vec::new(),
        interactive: false,
    };
    engine().block_on(async {
        let mut provider = plugin.open_auth().await.unwrap();
        provider
            .get(Config::default(), ask)
            .await
            .map(|found| assert!(found.is_none()))
            .map_err(|error| error.cause)
    })
}

fn lab() -> Arc<Lab> {
    Arc::new(Lab { network: network(), secrets: vec![("token", "hunter2hunter2")], ..Lab::default() })
}

#[test]
fn a_secret_that_a_server_sends_back_is_masked() {
    let server = Server::start(|request| {
        let sent = request.header("authorization").unwrap_or_default().to_owned();
        Answer::echo(request).header("x-echo", sent).chunked(3)
    });
    for (with, sent) in [
        ("", "Bearer hunter2hunter2"),
        // Wrapped, it is a secret all the same, and so is what it was made of.
        (
            "(global.set $secret (call $wrap (global.get $secret) (i32.const 32) (i32.const 4) (i32.const 16) (i32.const 5)))",
            "Bearer httphunter2hunter2token",
        ),
    ] {
        let lab = lab();
        let component = provider(&server.origin(), with, &server.url("/"));
        get(&holding(&component, &[&server.origin()], &lab)).unwrap();
        let received = server.received();
        assert_eq!(received.last().unwrap().header("authorization"), Some(sent));
        let logged: String = lab.logged().iter().map(|line| line.trim_start_matches("Info : ")).collect();
        assert_eq!(logged.matches("Bearer ***").count(), 2, "in a header and in the body: {logged}");
        assert!(!logged.contains("hunter2"), "{logged}");
    }
}

#[test]
fn typing_a_secret_is_not_on_the_bill() {
    let server = Server::start(|_| Answer::ok("answer"));
    let typing = |_: &str| {
        std::thread::sleep(Duration::from_millis(2_500));
        true
    };
    let secrets = vec![("token", "hunter2hunter2")];
    let lab =
        Arc::new(Lab { network: network(), secrets, on_question: Some(Box::new(typing)), ..Lab::default() });
    let component = provider(&server.origin(), "", &server.url("/"));
    let mut plugin = holding(&component, &[&server.origin()], &lab);
    plugin.rights.limits.time_ms = 2_000;
    get(&plugin).unwrap();
    assert_eq!(server.request_count(), 1);
}

#[test]
fn a_secret_goes_to_its_origin_only() {
    let (own, other) = (Server::start(|_| Answer::ok("own")), Server::start(Answer::echo));
    let lab = lab();
    let component = provider(&own.origin(), "", &other.url("/"));
    get(&holding(&component, &[&own.origin(), &other.origin()], &lab)).unwrap();
    assert_eq!(lab.logged(), ["Info : host/http-denied"]);
    assert!(other.received().is_empty());

    // A redirect to another origin leaves it behind.
    let target = other.url("/");
    let away = Server::start(move |_| Answer::redirect(302, target.clone()));
    let component = provider(&away.origin(), "", &away.url("/"));
    get(&holding(&component, &[&away.origin(), &other.origin()], &lab)).unwrap();
    assert!(away.received()[0].header("authorization").is_some());
    assert!(other.received().iter().all(|request| request.header("authorization").is_none()));
}

#[test]
fn a_secret_is_opened_for_granted_origins_only_and_has_an_end() {
    let server = Server::start(Answer::echo);
    let lab = lab();
    let component = provider("https://evil.example", "", &server.url("/"));
    get(&holding(&component, &[&server.origin()], &lab)).unwrap();
    assert_eq!(lab.logged(), ["Info : host/denied"]);

    let grow = "(loop $on
        (global.set $secret (call $wrap (global.get $secret) (i32.const 4096) (i32.const 60000) (i32.const 0) (i32.const 0)))
        (br $on))";
    let component = provider(&server.origin(), grow, &server.url("/"));
    let ended = get(&holding(&component, &[&server.origin()], &lab));
    let Err(Cause::Fault(fault)) = ended else { panic!("{ended:?}") };
    assert_eq!(fault.code, "host/secret");
    assert!(server.received().is_empty());
}
