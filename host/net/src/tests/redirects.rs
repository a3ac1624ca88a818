//! Redirects.

use std::sync::Arc;

use s_kit::{Answer, Server};
use url::Url;

use super::{Names, client, get, options, permit, permit_for, secret, text};
use crate::{Auth, Client, Denial, Method, NetError, NetErrorKind, Options, Request, RequestBody};

#[tokio::test]
async fn redirects_are_followed_with_the_right_method() {
    let server = Server::start(|request| match request.path() {
        "/302" => Answer::redirect(302, "/end"),
        "/307" => Answer::redirect(307, "end"),
        _ => Answer::ok(format!(
            "{} {} {:?}",
            request.method,
            String::from_utf8_lossy(&request.body),
            request.header("content-type")
        )),
    });
    let client = client();
    for (path, expected) in [("/302", "GET  None"), ("/307", "POST abc Some(\"text/plain\")")] {
        let mut post = Request::new(Method::Post, Url::parse(&server.url(path)).unwrap());
        post.headers.push(("content-type".into(), "text/plain".into()));
        post.body = RequestBody::Bytes("abc".into());
        let mut response = client.send(&permit_for(&server), post).await.unwrap();
        assert_eq!(response.url().path(), "/end");
        assert_eq!(response.bytes().await.unwrap(), expected, "{path}");
    }
}

#[tokio::test]
async fn every_hop_is_checked() {
    let other = Server::start(|_| Answer::ok("other"));
    let other_url = other.url("/");
    let server = Server::start(move |request| {
        Answer::redirect(
            302,
            match request.path() {
                "/other" => other_url.clone(),
                "/metadata" => "http://169.254.169.254/latest".into(),
                "/userinfo" => "http://a:secret@127.0.0.1/".into(),
                "/file" => "file:///etc/passwd".into(),
                _ => "http://[".into(),
            },
        )
    });
    let client = client();
    let mut permit = permit_for(&server).as_ref().clone();
    permit.origins.push("http://169.254.169.254".parse().unwrap());
    let permit = Arc::new(permit);
    for (path, expected) in [
        ("/other", Denial::Origin(other.origin())),
        ("/metadata", Denial::Address { address: "169.254.169.254".parse().unwrap(), class: "link-local" }),
        ("/userinfo", Denial::UserInfo),
        ("/file", Denial::Scheme),
    ] {
        let error = client.send(&permit, get(server.url(path))).await.unwrap_err();
        assert_eq!(error.kind(), NetErrorKind::Denied);
        assert!(!error.to_string().contains("secret"));
        assert!(
            matches!(&error, NetError::RedirectRefused { why, .. } if *why == expected),
            "{path}: {error:?}"
        );
    }
    let error = client.send(&permit, get(server.url("/broken"))).await.unwrap_err();
    assert!(matches!(error, NetError::Protocol { .. }), "{error:?}");
    assert_eq!(other.request_count(), 0);
}

#[tokio::test]
async fn names_that_lead_inside_are_refused_after_redirects() {
    let server = Server::start(|_| Answer::redirect(302, "http://inner.example/"));
    let client = Client::new(Options { resolver: Names::new(&[&["10.0.0.1"]]), ..options() });
    let mut permit = permit_for(&server).as_ref().clone();
    permit.origins.push("http://inner.example".parse().unwrap());
    let error = client.send(&Arc::new(permit), get(server.url("/"))).await.unwrap_err();
    let NetError::RedirectRefused { why, .. } = error else { panic!("{error:?}") };
    assert_eq!(why, Denial::Address { address: "10.0.0.1".parse().unwrap(), class: "private" });
}

#[test]
fn https_does_not_lead_back_to_http() {
    let permit = permit(&["https://a.example", "http://a.example"]);
    let ask = |from: &str, to: &str| {
        let (from, to) = (Url::parse(from).unwrap(), Url::parse(to).unwrap());
        permit.decide(crate::Question::Request { method: Method::Get, url: &to, from: Some(&from) })
    };
    assert_eq!(ask("https://a.example/", "http://a.example/"), Err(Denial::Downgrade));
    assert_eq!(ask("http://a.example/", "https://a.example/"), Ok(()));
    assert_eq!(ask("https://a.example/", "https://a.example/x"), Ok(()));
}

#[tokio::test]
async fn redirects_end() {
    let server = Server::start(|request| match request.path().trim_start_matches('/').parse::<u32>() {
        Ok(0) => Answer::ok("end"),
        Ok(left) => Answer::redirect(302, format!("/{}", left - 1)),
        Err(_) => Answer::redirect(302, "/loop"),
    });
    let client = client();
    let permit = permit_for(&server);
    assert_eq!(text(&client, &permit, get(server.url("/10"))).await, "end");
    let error = client.send(&permit, get(server.url("/11"))).await.unwrap_err();
    assert!(matches!(error, NetError::TooManyRedirects { limit: 10, .. }), "{error:?}");
    let before = server.request_count();
    assert!(client.send(&permit, get(server.url("/loop"))).await.is_err());
    assert_eq!(server.request_count() - before, 11);
}

#[tokio::test]
async fn secrets_stay_behind() {
    let echo = Server::start(Answer::echo);
    let away = echo.url("/away");
    let server = Server::start(move |request| match request.path() {
        "/away" => Answer::redirect(302, away.clone()),
        "/near" => Answer::redirect(302, "/echo"),
        _ => Answer::echo(request),
    });
    // Comes back to where the secret may go, at a path of its own choice.
    let back = server.url("/echo");
    let bounce = Server::start(move |_| Answer::redirect(302, back.clone()));
    let to_bounce = bounce.url("/");
    let start = Server::start(move |_| Answer::redirect(302, to_bounce.clone()));
    let permit = permit(&[&server.origin(), &echo.origin(), &bounce.origin(), &start.origin()]);
    let client = client();
    for (url, origins, expected) in [
        (server.url("/near"), vec![server.origin()], true),
        (server.url("/away"), vec![server.origin()], false),
        (server.url("/away"), vec![server.origin(), echo.origin()], true),
        (start.url("/"), vec![server.origin(), start.origin()], false),
    ] {
        let origins: Vec<&str> = origins.iter().map(String::as_str).collect();
        for auth in [
            Auth::Bearer(secret("t0ken-t0ken", &origins)),
            Auth::Basic("ada".into(), secret("t0ken-t0ken", &origins)),
            Auth::Header("x-api-key".into(), secret("t0ken-t0ken", &origins)),
        ] {
            let echoed = text(&client, &permit, Request { auth, ..get(&url) }).await;
            let is_sent = echoed.contains("authorization:") || echoed.contains("x-api-key:");
            assert_eq!(is_sent, expected, "{url} {origins:?}: {echoed}");
        }
    }
}
