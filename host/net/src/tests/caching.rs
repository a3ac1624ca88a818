//! The response cache.

use std::sync::Arc;
use std::time::Duration;

use s_kit::{Answer, Server};

use super::{TestClock, get, options, permit_for, secret};
use crate::{Auth, CacheMode, Client, Clock as _, MemoryCache, Options, Request};

fn client_with_cache() -> (Client, Arc<TestClock>) {
    let clock = Arc::new(TestClock::default());
    let cache = Some(Arc::new(MemoryCache::default()) as _);
    (Client::new(Options { cache, clock: clock.clone(), ..options() }), clock)
}

/// Asks and returns the body and whether it came from the cache.
async fn ask(client: &Client, server: &Server, request: Request) -> (String, bool) {
    let mut response = client.send(&permit_for(server), request).await.unwrap();
    assert_eq!(response.status(), 200);
    let body = String::from_utf8(response.bytes().await.unwrap().to_vec()).unwrap();
    (body, response.is_from_cache())
}

fn standard(server: &Server, path: &str) -> Request {
    Request { cache: CacheMode::Standard, ..get(server.url(path)) }
}

#[tokio::test]
async fn fresh_answers_are_reused_and_stale_ones_revalidated() {
    let server = Server::start(|request| match request.header("if-none-match") {
        Some("\"v1\"") => Answer::status(304).header("cache-control", "max-age=60"),
        _ => Answer::ok(format!("answer {}", request.index))
            .header("etag", "\"v1\"")
            .header("cache-control", "max-age=60"),
    });
    let (client, clock) = client_with_cache();
    let cached = ("answer 0".to_owned(), true);
    assert_eq!(ask(&client, &server, standard(&server, "/")).await, ("answer 0".to_owned(), false));
    assert_eq!(ask(&client, &server, standard(&server, "/")).await, cached);
    assert_eq!(server.request_count(), 1);
    let revalidate = Request { cache: CacheMode::Revalidate, ..get(server.url("/")) };
    assert_eq!(ask(&client, &server, revalidate).await, cached);
    assert_eq!(server.request_count(), 2);
    clock.sleep(Duration::from_secs(61)).await;
    assert_eq!(ask(&client, &server, standard(&server, "/")).await, cached);
    assert_eq!(server.request_count(), 3, "stale, so the server was asked");
    assert_eq!(ask(&client, &server, standard(&server, "/")).await, cached);
    assert_eq!(server.request_count(), 3, "fresh again");
    assert_eq!(ask(&client, &server, get(server.url("/"))).await, ("answer 3".to_owned(), false));
    assert_eq!(server.received()[3].header("if-none-match"), None, "bypassed");
}

#[tokio::test]
async fn changed_answers_replace_kept_ones() {
    let server = Server::start(|request| {
        Answer::ok(format!("answer {}", request.index))
            .header("last-modified", "Sun, 06 Nov 1994 08:49:37 GMT")
    });
    let (client, _) = client_with_cache();
    for expected in ["answer 0", "answer 1"] {
        assert_eq!(ask(&client, &server, standard(&server, "/")).await, (expected.to_owned(), false));
    }
    assert_eq!(server.received()[1].header("if-modified-since"), Some("Sun, 06 Nov 1994 08:49:37 GMT"));
}

#[tokio::test]
async fn what_must_not_be_kept_is_not() {
    let server = Server::start(|request| {
        let answer = Answer::ok("x".repeat(100)).header("etag", "\"v1\"");
        match request.path() {
            "/no-store" => answer.header("cache-control", "no-store, max-age=60"),
            "/cut" => answer.header("cache-control", "max-age=60").truncated(10),
            _ => answer.header("cache-control", "max-age=60"),
        }
    });
    let (client, _) = client_with_cache();
    for path in ["/no-store", "/cut", "/unread"] {
        for _ in 0..2 {
            let mut response = client.send(&permit_for(&server), standard(&server, path)).await.unwrap();
            assert!(!response.is_from_cache(), "{path}");
            if path != "/unread" {
                let _ = response.bytes().await;
            }
        }
    }
    let mut ranged = standard(&server, "/range");
    ranged.headers.push(("range".into(), "bytes=0-1".into()));
    for _ in 0..2 {
        assert!(!ask(&client, &server, ranged.clone()).await.1);
    }
}

#[tokio::test]
async fn answers_are_not_shared_across_credentials() {
    let server = Server::start(|request| {
        Answer::ok(format!("answer {}", request.index)).header("cache-control", "private, max-age=60")
    });
    let (client, _) = client_with_cache();
    let with = |token: &str| Request {
        auth: Auth::Bearer(secret(token, &[&server.origin()])),
        ..standard(&server, "/")
    };
    assert_eq!(ask(&client, &server, with("token-1")).await, ("answer 0".to_owned(), false));
    assert_eq!(ask(&client, &server, with("token-2")).await, ("answer 1".to_owned(), false));
    assert_eq!(ask(&client, &server, standard(&server, "/")).await, ("answer 2".to_owned(), false));
    assert_eq!(ask(&client, &server, with("token-1")).await, ("answer 0".to_owned(), true));
}
