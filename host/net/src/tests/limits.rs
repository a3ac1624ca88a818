//! Sizes, times and numbers.

use std::time::Duration;

use s_kit::{Answer, Server};

use super::{client, get, options, permit_for, text};
use crate::{Client, Limits, NetError, NetErrorKind, Options, Phase, Request, Timeouts};

const SHORT: Duration = Duration::from_millis(150);
const LONG: Duration = Duration::from_secs(60);

async fn body_error(client: &Client, server: &Server, path: &str, max: u64) -> NetError {
    let request = Request { body_bytes_max: Some(max), ..get(server.url(path)) };
    let mut response = client.send(&permit_for(server), request).await.unwrap();
    let error = response.bytes().await.unwrap_err();
    let again = response.next_chunk(1).await;
    assert!(matches!(again, Err(NetError::Truncated { .. })), "a failed body never looks complete");
    error
}

#[tokio::test]
async fn bodies_have_a_limit() {
    let server = Server::start(|request| match request.path() {
        "/announced" => Answer::ok(vec![b'x'; 1001]),
        "/endless" => Answer::endless(),
        "/chunked" => Answer::ok(vec![b'x'; 1001]).chunked(100),
        _ => Answer::ok(vec![b'x'; 1000]).chunked(7),
    });
    let client = client();
    for path in ["/endless", "/chunked"] {
        let error = body_error(&client, &server, path, 1000).await;
        assert!(matches!(error, NetError::BodyTooLarge { limit: 1000, .. }), "{path}: {error:?}");
        assert_eq!(error.kind(), NetErrorKind::LimitExceeded);
    }
    let announced = Request { body_bytes_max: Some(1000), ..get(server.url("/announced")) };
    let error = client.send(&permit_for(&server), announced).await.unwrap_err();
    assert!(matches!(error, NetError::BodyTooLarge { .. }), "refused before it is read: {error:?}");
    let head =
        Request { method: crate::Method::Head, body_bytes_max: Some(10), ..get(server.url("/announced")) };
    assert_eq!(client.send(&permit_for(&server), head).await.unwrap().status(), 200);
    let exact = Request { body_bytes_max: Some(1000), ..get(server.url("/exact")) };
    assert_eq!(text(&client, &permit_for(&server), exact).await.len(), 1000);
    // A request cannot raise the limit of the client.
    let small =
        Client::new(Options { limits: Limits { body_bytes_max: 10, ..Limits::default() }, ..options() });
    let error = body_error(&small, &server, "/chunked", u64::MAX).await;
    assert!(matches!(error, NetError::BodyTooLarge { limit: 10, .. }), "{error:?}");
}

#[tokio::test]
async fn chunks_are_as_small_as_asked_for() {
    let server = Server::start(|_| Answer::ok("abcdefg"));
    let mut response = client().send(&permit_for(&server), get(server.url("/"))).await.unwrap();
    assert_eq!(response.length(), Some(7));
    let mut chunks = Vec::new();
    while let Some(chunk) = response.next_chunk(3).await.unwrap() {
        assert!(!chunk.is_empty() && chunk.len() <= 3);
        chunks.push(chunk);
    }
    assert_eq!(chunks.concat(), b"abcdefg");
    assert_eq!(response.next_chunk(3).await.unwrap(), None);
}

#[tokio::test]
async fn bodies_that_break_off_are_noticed() {
    let server = Server::start(|request| match request.path() {
        "/short" => Answer::ok("abcdef").truncated(3),
        _ => Answer::ok("abc").chunked_without_end(),
    });
    for path in ["/short", "/chunked"] {
        let error = body_error(&client(), &server, path, 1000).await;
        assert!(matches!(error, NetError::Truncated { received: 3, .. }), "{path}: {error:?}");
        assert_eq!(error.kind(), NetErrorKind::Unavailable);
    }
}

#[tokio::test]
async fn every_wait_has_an_end() {
    let server = Server::start(|request| match request.path() {
        "/silence" => Answer::silence(),
        "/slow-head" => Answer::ok("abc").slow_head(Duration::from_millis(20)),
        "/slow-body" => Answer::ok("x".repeat(10_000)).slow_body(Duration::from_millis(10)),
        _ => Answer::ok("x".repeat(10)).slow_body(LONG),
    });
    let all = Timeouts { connect: LONG, head: LONG, chunk: LONG, total: LONG };
    for (path, timeouts, expected) in [
        ("/silence", Timeouts { head: SHORT, ..all }, Phase::Head),
        ("/slow-head", Timeouts { head: SHORT, ..all }, Phase::Head),
        ("/silence", Timeouts { total: SHORT, ..all }, Phase::Total),
        ("/stuck-body", Timeouts { chunk: SHORT, ..all }, Phase::Chunk),
        ("/slow-body", Timeouts { total: Duration::from_millis(500), ..all }, Phase::Total),
    ] {
        let client = Client::new(Options { timeouts, ..options() });
        let error = match client.send(&permit_for(&server), get(server.url(path))).await {
            Ok(mut response) => response.bytes().await.unwrap_err(),
            Err(error) => error,
        };
        assert!(matches!(error, NetError::Timeout { phase, .. } if phase == expected), "{path}: {error:?}");
    }
    let own = Request { timeout: Some(SHORT), ..get(server.url("/silence")) };
    let error = client().send(&permit_for(&server), own).await.unwrap_err();
    assert!(matches!(error, NetError::Timeout { phase: Phase::Total, after: SHORT, .. }), "{error:?}");
}

#[tokio::test]
async fn slow_uploads_are_not_silence() {
    struct Slow;
    impl std::io::Read for Slow {
        fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
            std::thread::sleep(Duration::from_millis(1));
            buffer[0] = b'x';
            Ok(1)
        }
    }
    let server = Server::start(|request| Answer::ok(request.body.len().to_string()));
    let timeouts = Timeouts { head: SHORT, ..Timeouts::default() };
    let client = Client::new(Options { timeouts, ..options() });
    let mut put = get(server.url("/"));
    put.method = crate::Method::Put;
    put.body = crate::RequestBody::Reader { length: 400, open: std::sync::Arc::new(|| Ok(Box::new(Slow))) };
    assert_eq!(text(&client, &permit_for(&server), put).await, "400");
}

#[tokio::test]
async fn connecting_has_an_end() {
    struct Never;
    impl crate::Resolve for Never {
        fn resolve<'a>(&'a self, _: &'a str) -> crate::BoxFuture<'a, std::io::Result<Vec<std::net::IpAddr>>> {
            Box::pin(std::future::pending())
        }
    }
    let timeouts = Timeouts { connect: SHORT, ..Timeouts::default() };
    let client = Client::new(Options { timeouts, resolver: std::sync::Arc::new(Never), ..options() });
    let url = "http://a.example/";
    let error = client.send(&super::permit(&[url]), get(url)).await.unwrap_err();
    assert!(matches!(error, NetError::Timeout { phase: Phase::Connect, .. }), "{error:?}");
}

#[tokio::test]
async fn heads_have_a_limit() {
    let server = Server::start(|request| {
        let mut answer = Answer::ok("abc");
        match request.path() {
            "/many" => {
                for number in 0..200 {
                    answer = answer.header(format!("x-{number}"), "v");
                }
                answer
            }
            "/large" => answer.header("x-large", "v".repeat(200_000)),
            _ => Answer::raw("this is not HTTP\r\n\r\n"),
        }
    });
    for path in ["/many", "/large"] {
        let error = client().send(&permit_for(&server), get(server.url(path))).await.unwrap_err();
        assert!(matches!(error, NetError::HeadTooLarge { .. }), "{path}: {error:?}");
    }
    let error = client().send(&permit_for(&server), get(server.url("/garbage"))).await.unwrap_err();
    assert!(matches!(error, NetError::Protocol { .. }), "{error:?}");
}

async fn concurrency(in_flight_max: usize, gathered: usize) -> usize {
    let server = Server::start(move |_| Answer::ok("abc").gathered(gathered));
    let limits = Limits { in_flight_max, ..Limits::default() };
    let client = Client::new(Options { limits, ..options() });
    let permit = permit_for(&server);
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..20 {
        let (client, permit, request) = (client.clone(), permit.clone(), get(server.url("/")));
        tasks.spawn(async move { text(&client, &permit, request).await });
    }
    while let Some(task) = tasks.join_next().await {
        assert_eq!(task.unwrap(), "abc");
    }
    assert_eq!(server.request_count(), 20);
    server.concurrency_max()
}

#[tokio::test]
async fn requests_are_in_flight_together_up_to_a_limit() {
    assert_eq!(concurrency(64, 20).await, 20);
    assert_eq!(concurrency(5, 5).await, 5);
}

#[tokio::test]
async fn closing_ends_everything() {
    let server = Server::start(|request| match request.path() {
        "/silence" => Answer::silence(),
        _ => Answer::ok("abc").slow_body(LONG),
    });
    let client = client();
    let permit = permit_for(&server);
    let mut response = client.send(&permit, get(server.url("/body"))).await.unwrap();
    let close = async {
        while server.request_count() < 2 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        client.close();
    };
    let (waiting, reading, ()) =
        tokio::join!(client.send(&permit, get(server.url("/silence"))), response.next_chunk(1), close);
    assert_eq!(waiting.unwrap_err().kind(), NetErrorKind::Cancelled);
    assert_eq!(reading.unwrap_err().kind(), NetErrorKind::Cancelled);
    let later = client.send(&permit, get(server.url("/"))).await.unwrap_err();
    assert_eq!(later.kind(), NetErrorKind::Cancelled);
    assert_eq!(server.request_count(), 2);
}
