//! Trying again.

use std::sync::Arc;
use std::time::Duration;

use s_kit::{Answer, Server};
use url::Url;

use super::{TestClock, get, options, permit, permit_for};
use crate::{Client, Method, NetError, NetErrorKind, Options, Request, RetryPolicy};

fn client_with_clock(retry: RetryPolicy) -> (Client, Arc<TestClock>) {
    let clock = Arc::new(TestClock::default());
    (Client::new(Options { retry, clock: clock.clone(), ..options() }), clock)
}

#[tokio::test]
async fn passing_failures_are_tried_again() {
    for (first, method, requests, status) in [
        (503, Method::Get, 3, 200),
        (500, Method::Get, 3, 200),
        (502, Method::Head, 3, 200),
        (504, Method::Get, 3, 200),
        (429, Method::Get, 3, 200),
        (503, Method::Post, 1, 503),
        (503, Method::Put, 1, 503),
        (404, Method::Get, 1, 404),
        (501, Method::Get, 1, 501),
    ] {
        let server =
            Server::start(move |request| Answer::status(if request.index < 2 { first } else { 200 }));
        let (client, clock) = client_with_clock(options().retry);
        let request = Request::new(method, Url::parse(&server.url("/")).unwrap());
        let response = client.send(&permit_for(&server), request).await.unwrap();
        assert_eq!((response.status(), server.request_count()), (status, requests), "{first} {method}");
        assert_eq!(clock.slept().len(), requests - 1);
    }
}

#[tokio::test]
async fn the_last_answer_stands() {
    let server = Server::start(|_| Answer::status(503));
    let (client, clock) = client_with_clock(options().retry);
    let response = client.send(&permit_for(&server), get(server.url("/"))).await.unwrap();
    assert_eq!((response.status(), server.request_count()), (503, 3));
    let slept = clock.slept();
    let base = options().retry.delay;
    assert!(slept[0] >= base / 2 && slept[0] <= base, "{slept:?}");
    assert!(slept[1] >= base && slept[1] <= base * 2, "{slept:?}");
    let (again, clock) = client_with_clock(options().retry);
    again.send(&permit_for(&server), get(server.url("/"))).await.unwrap();
    assert_eq!(clock.slept(), slept, "a seed repeats its waits");
}

#[tokio::test]
async fn connections_that_fail_are_tried_again() {
    let server = Server::start(|request| match request.index {
        0 | 1 => Answer::hang_up(),
        _ => Answer::ok("hello"),
    });
    let (client, clock) = client_with_clock(options().retry);
    let response = client.send(&permit_for(&server), get(server.url("/"))).await.unwrap();
    assert_eq!((response.status(), server.request_count(), clock.slept().len()), (200, 3, 2));

    let url = { Server::start(|_| Answer::ok("")).url("/") };
    let (client, clock) = client_with_clock(options().retry);
    let error = client.send(&permit(&[&url]), get(&url)).await.unwrap_err();
    assert_eq!(error.kind(), NetErrorKind::Unavailable, "{error:?}");
    assert_eq!(clock.slept().len(), 2);
    assert!(matches!(error, NetError::Unavailable { .. }));
}

#[tokio::test]
async fn servers_choose_the_wait_up_to_a_limit() {
    for (value, slept, requests) in [
        ("7", vec![Duration::from_secs(7)], 2),
        ("Sun, 06 Nov 1994 08:49:47 GMT", vec![Duration::from_secs(10)], 2),
        ("3600", vec![], 1),
    ] {
        let server = Server::start(move |request| match request.index {
            0 => Answer::status(429).header("retry-after", value),
            _ => Answer::ok(""),
        });
        let (client, clock) = client_with_clock(options().retry);
        client.send(&permit_for(&server), get(server.url("/"))).await.unwrap();
        assert_eq!((clock.slept(), server.request_count()), (slept, requests), "{value}");
    }
}

#[tokio::test]
async fn retries_are_a_budget() {
    let server = Server::start(|_| Answer::status(503));
    let (client, _) = client_with_clock(RetryPolicy { budget: 3, ..options().retry });
    let mut counts = Vec::new();
    for _ in 0..3 {
        let before = server.request_count();
        client.send(&permit_for(&server), get(server.url("/"))).await.unwrap();
        counts.push(server.request_count() - before);
    }
    assert_eq!(counts, [3, 2, 1]);
}
