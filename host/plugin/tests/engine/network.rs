//! Requests: only where it was granted, hop by hop and address by address.

use std::io::Read;
use std::net::TcpListener;
use std::sync::Arc;
use std::sync::mpsc;
use std::time::Duration;

use s_capability::{HttpRight, Method, Rights};
use s_kit::{Answer, Server};

use crate::lab::{Lab, attack, attacker, call, engine, http_to, lock, network, rights, run};

/// May ask these origins, and those of them that a user typed may be private.
fn reaching(granted: &[&str], typed: &[&str]) -> Rights {
    let origins = granted.iter().map(|origin| origin.parse().unwrap()).collect();
    Rights {
        http: Some(HttpRight { origins, methods: [Method::Get, Method::Head].into() }),
        private_origins: typed.iter().map(|origin| origin.parse().unwrap()).collect(),
        ..rights()
    }
}

#[test]
fn only_what_was_granted_is_reached() {
    let here = Server::start(|request| match request.path() {
        "/there" => Answer::redirect(302, request.header("x-attack").map_or("/", |_| "/moved")),
        _ => Answer::ok("12345"),
    });
    let elsewhere = Server::start(|_| Answer::ok("stolen"));
    let (target, link_local) = (elsewhere.url("/"), "http://169.254.169.254/latest");
    let away = Server::start(move |request| match request.path() {
        "/elsewhere" => Answer::redirect(302, target.clone()),
        "/link-local" => Answer::redirect(307, link_local),
        "/file" => Answer::redirect(302, "file:///etc/passwd"),
        _ => Answer::redirect(302, "/around"),
    });
    let lab = Arc::new(Lab { network: network(), ..Lab::default() });
    let (here_origin, away_origin) = (here.origin(), away.origin());
    let granted = [here_origin.as_str(), &away_origin, "http://169.254.169.254"];
    let rights = reaching(&granted, &[&here_origin, &away_origin]);
    let userinfo = elsewhere.url("/").replace("://", "://127.0.0.1@");
    for (words, expected) in [
        (vec!["http", &here.url("/")], format!("200 {} 5 bytes", here.url("/"))),
        (vec!["http", &here.url("/there")], format!("200 {} 5 bytes", here.url("/moved"))),
        (vec!["http", &here.url("/"), "post"], "Denied host/http-denied".to_owned()),
        (vec!["http", &elsewhere.url("/")], "Denied host/http-denied".to_owned()),
        (vec!["http", &userinfo], "Denied host/http-denied".to_owned()),
        (vec!["http", &away.url("/elsewhere")], "Denied host/http-denied".to_owned()),
        (vec!["http", &away.url("/link-local")], "Denied host/http-denied".to_owned()),
        (vec!["http", &away.url("/file")], "Denied host/http-denied".to_owned()),
        (vec!["http", "http://169.254.169.254/"], "Denied host/http-denied".to_owned()),
        (vec!["http", "file:///etc/passwd"], "Denied host/http-denied".to_owned()),
    ] {
        attack(&attacker(rights.clone(), &lab), &words).unwrap();
        assert_eq!(lab.said(), [expected], "{words:?}");
        lock(&lab.said).clear();
    }
    assert_eq!(elsewhere.connection_count(), 0, "nothing ever got there");

    // Granted, but not typed by the user: a loopback address is one that a server could lead to.
    attack(&attacker(reaching(&[&here_origin], &[]), &lab), &["http", &here.url("/")]).unwrap();
    // Typed, but not granted.
    attack(&attacker(reaching(&[], &[&here_origin]), &lab), &["http", &here.url("/")]).unwrap();
    assert_eq!(lab.said(), ["Denied host/http-denied", "Denied host/http-denied"]);
}

fn at(server: &Server) -> Rights {
    let origin = server.origin();
    Rights { http: http_to(&origin), private_origins: vec![origin.parse().unwrap()], ..rights() }
}

#[test]
fn twenty_slow_requests_are_under_way_together() {
    let server = Server::start(|_| Answer::ok("answer").gathered(20));
    let lab = Arc::new(Lab { network: network(), ..Lab::default() });
    let url = server.url("/");
    attack(&attacker(at(&server), &lab), &["http-many", &url, "20"]).unwrap();
    assert_eq!(lab.said(), ["20 answered"]);
    assert_eq!(server.concurrency_max(), 20);
}

#[test]
fn only_so_many_requests_are_under_way() {
    let server = Server::start(|_| Answer::silence());
    let lab = Arc::new(Lab { network: network(), ..Lab::default() });
    let mut rights = at(&server);
    rights.limits.http_in_flight = 8;
    let plugin = attacker(rights, &lab);
    engine().block_on(async {
        let mut command = plugin.open_command().await.unwrap();
        for _ in 0..2 {
            command.run(call(&["http-flood", &server.url("/")])).await.unwrap();
        }
    });
    let once = ["8 in flight", "LimitExceeded host/requests"];
    assert_eq!(lab.said(), [once, once].concat(), "what was dropped is not under way");
}

#[test]
fn a_body_beyond_the_limit_is_refused() {
    let server = Server::start(|_| Answer::endless());
    let lab = Arc::new(Lab { network: network(), ..Lab::default() });
    let mut rights = at(&server);
    rights.limits.http_body_bytes = 1 << 20;
    let plugin = attacker(rights, &lab);
    attack(&plugin, &["http", &server.url("/")]).unwrap();
    attack(&plugin, &["http-many", &server.url("/"), "1"]).unwrap();
    assert_eq!(lab.said(), ["LimitExceeded host/http-limit", "LimitExceeded host/http-limit", "0 answered"]);
}

#[test]
fn a_blob_of_a_body_counts_as_what_the_host_holds() {
    let server = Server::start(|_| Answer::ok(vec![7; 1 << 20]));
    let lab = Arc::new(Lab { network: network(), ..Lab::default() });
    let mut rights = at(&server);
    rights.limits.scratch_bytes = 1 << 19;
    attack(&attacker(rights, &lab), &["http-many", &server.url("/"), "1"]).unwrap();
    assert_eq!(lab.said(), ["LimitExceeded host/scratch", "0 answered"]);
}

#[test]
fn requests_end_with_the_session_that_began_them() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let origin = format!("http://{}", listener.local_addr().unwrap());
    let (told, closed) = mpsc::channel();
    std::thread::spawn(move || {
        let (mut connection, _) = listener.accept().unwrap();
        // Returns when the other side is gone, and not before: nobody answers.
        let _ = connection.read_to_end(&mut Vec::new());
        told.send(()).unwrap();
    });
    let lab = Arc::new(Lab { network: network(), ..Lab::default() });
    let mut rights = reaching(&[&origin], &[&origin]);
    rights.limits.time_ms = 300;
    let plugin = attacker(rights, &lab);
    engine().block_on(async {
        let mut command = plugin.open_command().await.unwrap();
        command.run(call(&["http", &format!("{origin}/")])).await.unwrap_err();
        // The session is still there, and holds nothing.
        while closed.try_recv().is_err() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        drop(command);
        run(&attacker(crate::lab::rights(), &lab), &["crypto"]).await.unwrap();
    });
}
