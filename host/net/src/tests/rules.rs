//! Origins, methods, addresses, and offline mode.

use std::collections::BTreeSet;
use std::sync::Arc;

use s_kit::{Answer, Server};
use url::Url;

use super::{Names, client, get, options, permit, permit_for, text};
use crate::{Client, Denial, Method, NetError, NetErrorKind, Options, Permit, Request};

async fn denial(client: &Client, permit: &Arc<Permit>, request: Request) -> Denial {
    match client.send(permit, request).await {
        Err(error @ NetError::Denied { .. }) => {
            assert_eq!(error.kind(), NetErrorKind::Denied);
            let NetError::Denied { why, .. } = error else { unreachable!() };
            why
        }
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn only_what_is_permitted_is_asked() {
    let server = Server::start(|_| Answer::ok("hello"));
    let client = client();
    assert_eq!(text(&client, &permit_for(&server), get(server.url("/"))).await, "hello");
    let good = Arc::new(Permit {
        methods: BTreeSet::from([Method::Get]),
        ..permit(&["https://good.example"]).as_ref().clone()
    });
    for (url, expected) in [
        ("https://evil.example/", Denial::Origin("https://evil.example".into())),
        ("http://good.example/", Denial::Origin("http://good.example".into())),
        ("https://good.example:8443/", Denial::Origin("https://good.example:8443".into())),
        ("https://good.example@evil.example/", Denial::UserInfo),
        ("https://:pw@good.example/", Denial::UserInfo),
        ("file:///etc/passwd", Denial::Scheme),
        ("ftp://good.example/", Denial::Scheme),
        ("data:text/plain,x", Denial::Scheme),
    ] {
        assert_eq!(denial(&client, &good, get(url)).await, expected, "{url}");
    }
    let post = Request::new(Method::Post, Url::parse("https://good.example/").unwrap());
    assert_eq!(denial(&client, &good, post).await, Denial::Method(Method::Post));
    assert!(matches!(Request::parse(Method::Get, "no url"), Err(NetError::InvalidRequest { .. })));
}

#[tokio::test]
async fn private_addresses_need_the_users_word() {
    let server = Server::start(|_| Answer::ok("hello"));
    let port = server.port();
    let names = Names::new(&[&["127.0.0.1"]]);
    let client = Client::new(Options { resolver: names.clone(), ..options() });
    let by_name = format!("http://inner.example:{port}");
    for url in [server.origin(), by_name.clone(), format!("http://[::ffff:127.0.0.1]:{port}")] {
        let allowed = permit(&[&url]);
        let public = Arc::new(Permit { private_origins: Vec::new(), ..allowed.as_ref().clone() });
        let why = denial(&client, &public, get(&url)).await;
        assert!(matches!(why, Denial::Address { class: "loopback", .. }), "{url}: {why:?}");
        assert_eq!(server.request_count(), 0);
    }
    // Another origin of the same host does not count.
    let other = Arc::new(Permit {
        private_origins: vec!["http://inner.example".parse().unwrap()],
        ..permit(&[&by_name]).as_ref().clone()
    });
    assert!(matches!(denial(&client, &other, get(&by_name)).await, Denial::Address { .. }));
    assert_eq!(text(&client, &permit(&[&by_name]), get(&by_name)).await, "hello");
}

#[tokio::test]
async fn addresses_are_checked_for_every_connection() {
    let server = Server::start(|_| Answer::ok("hello").header("connection", "close"));
    let names = Names::new(&[&["127.0.0.1"], &["0.0.0.0"]]);
    let client = Client::new(Options { resolver: names.clone(), ..options() });
    let url = format!("http://inner.example:{}/", server.port());
    let permit = permit(&[&url]);
    assert_eq!(text(&client, &permit, get(&url)).await, "hello");
    assert_eq!(names.asked(), 1, "a connection resolves once");
    // The name now leads elsewhere; 0.0.0.0 would reach the very same server.
    assert!(matches!(
        denial(&client, &permit, get(&url)).await,
        Denial::Address { class: "unspecified", .. }
    ));
    assert_eq!((names.asked(), server.request_count()), (2, 1));
}

#[tokio::test]
async fn denied_addresses_are_passed_over() {
    let server = Server::start(|_| Answer::ok("hello"));
    let names = Names::new(&[&["224.0.0.1", "127.0.0.1"]]);
    let client = Client::new(Options { resolver: names, ..options() });
    let url = format!("http://inner.example:{}/", server.port());
    assert_eq!(text(&client, &permit(&[&url]), get(&url)).await, "hello");
}

#[tokio::test]
async fn addresses_that_fail_are_passed_over() {
    let server = Server::start(|_| Answer::ok("hello"));
    // Nobody listens at the first.
    let names = Names::new(&[&["127.0.0.9", "127.0.0.1"]]);
    let client = Client::new(Options { resolver: names, ..options() });
    let url = format!("http://inner.example:{}/", server.port());
    assert_eq!(text(&client, &permit(&[&url]), get(&url)).await, "hello");
}

#[tokio::test]
async fn headers_are_the_callers_as_far_as_they_may() {
    let server = Server::start(Answer::echo);
    let with = |name: &str, value: &str| Request {
        headers: vec![(name.into(), value.into())],
        ..get(server.url("/"))
    };
    let echoed = text(&client(), &permit_for(&server), with("Accept", "text/plain")).await;
    assert!(echoed.contains("\naccept: text/plain\n") && echoed.contains("\nuser-agent: s/"), "{echoed}");
    let echoed = text(&client(), &permit_for(&server), with("User-Agent", "mine")).await;
    assert!(echoed.contains("\nuser-agent: mine\n"), "{echoed}");
    let error = client().send(&permit_for(&server), with("Cookie", "a=b")).await.unwrap_err();
    assert_eq!(error.kind(), NetErrorKind::InvalidRequest);
    assert_eq!(server.request_count(), 2);
}

#[tokio::test]
async fn connections_are_not_shared_between_permits() {
    let server = Server::start(|_| Answer::ok("hello"));
    let client = client();
    let first = permit_for(&server);
    for _ in 0..3 {
        text(&client, &first, get(server.url("/"))).await;
    }
    assert_eq!(server.connection_count(), 1, "connections are kept");
    let equal = Arc::new(first.as_ref().clone());
    text(&client, &equal, get(server.url("/"))).await;
    assert_eq!(server.connection_count(), 1, "an equal permit is the same");
    let public = Arc::new(Permit { private_origins: Vec::new(), ..first.as_ref().clone() });
    assert!(matches!(denial(&client, &public, get(server.url("/"))).await, Denial::Address { .. }));
    let other = Arc::new(Permit { holder: "other".into(), ..first.as_ref().clone() });
    text(&client, &other, get(server.url("/"))).await;
    assert_eq!(server.connection_count(), 2);
}

#[tokio::test]
async fn offline_asks_for_nothing() {
    let server = Server::start(|_| Answer::ok("hello"));
    let client = Client::new(Options { offline: true, ..options() });
    let error = client.send(&permit_for(&server), get(server.url("/x?token=abc"))).await.unwrap_err();
    assert_eq!(error.kind(), NetErrorKind::Offline);
    assert_eq!(
        error.to_string(),
        format!("`{}` was not asked for, in offline mode", server.url("/x?token=***"))
    );
    assert_eq!(server.connection_count(), 0);
}

#[tokio::test]
async fn traffic_is_counted_by_holder_and_origin() {
    let server = Server::start(|_| Answer::ok(vec![b'x'; 100_000]));
    let client = client();
    let first = permit_for(&server);
    let other = Arc::new(Permit { holder: "other".into(), ..first.as_ref().clone() });
    text(&client, &first, get(server.url("/"))).await;
    text(&client, &first, get(server.url("/"))).await;
    let mut post = Request::new(Method::Post, Url::parse(&server.url("/")).unwrap());
    post.body = crate::RequestBody::Bytes(vec![b'y'; 50_000].into());
    text(&client, &other, post).await;
    let traffic = client.traffic();
    let seen: Vec<_> = traffic.iter().map(|one| (&*one.holder, one.origin.clone(), one.requests)).collect();
    assert_eq!(seen, [("other", server.origin(), 1), ("test", server.origin(), 2)]);
    assert!(traffic[0].sent > 50_000 && traffic[0].received > 100_000, "{traffic:?}");
    assert!(traffic[1].sent < 5_000 && traffic[1].received > 200_000, "{traffic:?}");
}

#[tokio::test]
async fn bodies_are_sent_whole() {
    let server = Server::start(|request| Answer::ok(request.body.clone()));
    let client = client();
    let bytes: Vec<u8> = (0..200_000u32).map(|number| number as u8).collect();
    let source = bytes.clone();
    let mut put = Request::new(Method::Put, Url::parse(&server.url("/")).unwrap());
    put.body = crate::RequestBody::Reader {
        length: bytes.len() as u64,
        open: Arc::new(move || Ok(Box::new(std::io::Cursor::new(source.clone())))),
    };
    let mut response = client.send(&permit_for(&server), put).await.unwrap();
    assert!(response.bytes().await.unwrap() == bytes);
    assert_eq!(server.received()[0].header("content-length"), Some("200000"));
    assert_eq!(server.received()[0].header("accept-encoding"), Some("identity"));
}
