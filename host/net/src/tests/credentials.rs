//! Credentials, and secrets that come back.

use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

use s_kit::{Answer, Received, Server};

use super::{client, get, options, permit, permit_for, secret, text};
use crate::{
    Ask, Auth, BoxFuture, Client, Credential, CredentialError, CredentialSource, Denial, NetError,
    NetErrorKind, Options, Purpose, Request, Scheme,
};

/// Gives what it was told for asks without and with challenges.
struct Keys {
    stored: Option<Credential>,
    challenged: Result<Option<Credential>, CredentialError>,
    asks: Mutex<Vec<Ask>>,
}

impl CredentialSource for Keys {
    fn credential(&self, ask: Ask) -> BoxFuture<'_, Result<Option<Credential>, CredentialError>> {
        let answer =
            if ask.challenges.is_empty() { Ok(self.stored.clone()) } else { self.challenged.clone() };
        self.asks.lock().unwrap().push(ask);
        Box::pin(std::future::ready(answer))
    }
}

fn bearer(text: &str, origin: &str) -> Option<Credential> {
    Some(Credential { scheme: Scheme::Bearer, secret: secret(text, &[origin]) })
}

/// Lets `new-token` in and challenges everyone else.
fn guarded(request: &Received) -> Answer {
    match request.header("authorization") {
        Some("Bearer new-token") => Answer::ok("inside"),
        _ => Answer::status(401).header("www-authenticate", "Bearer realm=\"x\""),
    }
}

async fn ask_with(server: &Server, keys: Arc<Keys>) -> Result<u16, NetError> {
    let client = Client::new(Options { credentials: Some(keys), ..options() });
    let request = Request { auth: Auth::Origin, purpose: Purpose::Publish, ..get(server.url("/")) };
    Ok(client.send(&permit_for(server), request).await?.status())
}

#[tokio::test]
async fn challenges_are_answered_once() {
    let server = Server::start(guarded);
    let origin = server.origin();
    let none = || Ok(None);
    for (stored, challenged, status, requests, asks) in [
        (bearer("new-token", &origin), none(), 200, 1, 1),
        (bearer("old-token", &origin), Ok(bearer("new-token", &origin)), 200, 2, 2),
        (None, Ok(bearer("new-token", &origin)), 200, 2, 2),
        (bearer("old-token", &origin), Ok(bearer("bad-token", &origin)), 401, 2, 2),
        (bearer("old-token", &origin), Ok(bearer("old-token", &origin)), 401, 1, 2),
        (None, none(), 401, 1, 2),
        (bearer("new-token", "https://other.example"), none(), 401, 1, 2),
    ] {
        let keys = Arc::new(Keys { stored, challenged, asks: Mutex::default() });
        let before = server.request_count();
        assert_eq!(ask_with(&server, keys.clone()).await.unwrap(), status);
        assert_eq!(server.request_count() - before, requests);
        let asked = keys.asks.lock().unwrap();
        assert_eq!(asked.len(), asks);
        assert!(asked.iter().all(|ask| ask.purpose == Purpose::Publish && ask.origin.to_string() == origin));
        if let Some(second) = asked.get(1) {
            assert_eq!(second.challenges, ["Bearer realm=\"x\""]);
        }
    }
}

#[tokio::test]
async fn forbidden_is_a_challenge_only_when_it_says_so() {
    let server = Server::start(|_| Answer::status(403));
    let origin = server.origin();
    let keys =
        Arc::new(Keys { stored: None, challenged: Ok(bearer("new-token", &origin)), asks: Mutex::default() });
    assert_eq!(ask_with(&server, keys.clone()).await.unwrap(), 403);
    assert_eq!(keys.asks.lock().unwrap().len(), 1);
    let server = Server::start(|_| Answer::status(403).header("www-authenticate", "Bearer"));
    let origin = server.origin();
    let keys =
        Arc::new(Keys { stored: None, challenged: Ok(bearer("new-token", &origin)), asks: Mutex::default() });
    assert_eq!(ask_with(&server, keys).await.unwrap(), 403);
    assert_eq!(server.request_count(), 2);
}

#[tokio::test]
async fn challenges_after_a_detour_are_not_answered() {
    let back = Arc::new(Mutex::new(String::new()));
    let target = back.clone();
    let detour = Server::start(move |_| Answer::redirect(302, target.lock().unwrap().clone()));
    let away = detour.url("/");
    let server = Server::start(move |request| match request.path() {
        "/" => Answer::redirect(302, away.clone()),
        _ => guarded(request),
    });
    *back.lock().unwrap() = server.url("/guarded");
    let origin = server.origin();
    let stored = bearer("new-token", &origin);
    let keys = Arc::new(Keys { challenged: Ok(stored.clone()), stored, asks: Mutex::default() });
    let client = Client::new(Options { credentials: Some(keys.clone()), ..options() });
    let request = Request { auth: Auth::Origin, ..get(server.url("/")) };
    let response = client.send(&permit(&[&origin, &detour.origin()]), request).await.unwrap();
    assert_eq!((response.status(), keys.asks.lock().unwrap().len()), (401, 1));
    assert_eq!(server.received()[0].header("authorization"), Some("Bearer new-token"));
    assert_eq!(server.received()[1].header("authorization"), None);
}

#[tokio::test]
async fn a_source_that_fails_is_an_error() {
    let server = Server::start(guarded);
    let failed = Err(CredentialError { message: "the keychain is locked".into() });
    let keys = Arc::new(Keys { stored: None, challenged: failed, asks: Mutex::default() });
    let error = ask_with(&server, keys).await.unwrap_err();
    assert_eq!(error.kind(), NetErrorKind::Unauthenticated);
}

#[tokio::test]
async fn secrets_go_nowhere_else() {
    let server = Server::start(Answer::echo);
    let client = client();
    let permit = permit_for(&server);
    let elsewhere = secret("t0ken-t0ken", &["https://other.example"]);
    let expired = secret("t0ken-t0ken", &[&server.origin()])
        .with_expiry(Some(SystemTime::UNIX_EPOCH + Duration::from_secs(784_111_777)));
    for (secret, expected) in [(elsewhere, Denial::Secret(server.origin())), (expired, Denial::SecretExpired)]
    {
        let request = Request { auth: Auth::Bearer(secret), ..get(server.url("/")) };
        let error = client.send(&permit, request).await.unwrap_err();
        assert!(!format!("{error} {error:?}").contains("t0ken"), "{error:?}");
        assert!(matches!(error, NetError::Denied { why, .. } if why == expected));
    }
    let own = secret("t0ken-t0ken", &[&server.origin()]);
    let request = Request { auth: Auth::Header("Host".into(), own), ..get(server.url("/")) };
    assert!(matches!(client.send(&permit, request).await, Err(NetError::InvalidRequest { .. })));
    assert_eq!(server.request_count(), 0);
    assert!(!text(&client, &permit, get(server.url("/"))).await.contains("authorization"));
}

#[tokio::test]
async fn reflected_secrets_are_masked() {
    let server = Server::start(|request| {
        let sent = request.header("authorization").unwrap_or_default().to_owned();
        match request.path() {
            "/redirect" => Answer::redirect(302, format!("/end?note={}", sent.replace("Bearer ", ""))),
            _ => Answer::ok(format!("a {sent} b")).header("x-sent", sent).chunked(3),
        }
    });
    let client = client();
    let permit = permit_for(&server);
    let own = || secret("t0ken-t0ken", &[&server.origin()]);
    let bearer = Request { auth: Auth::Bearer(own()), ..get(server.url("/")) };
    let mut response = client.send(&permit, bearer).await.unwrap();
    assert_eq!(response.header("X-Sent"), Some("Bearer ***********"));
    assert_eq!(response.bytes().await.unwrap(), "a Bearer *********** b");
    let basic = Request { auth: Auth::Basic("ada".into(), own()), ..get(server.url("/")) };
    assert_eq!(text(&client, &permit, basic).await, "a Basic ******************** b");
    let redirected = Request { auth: Auth::Bearer(own()), ..get(server.url("/redirect")) };
    let response = client.send(&permit, redirected).await.unwrap();
    assert_eq!(response.url().as_str(), server.url("/end?note=***********"));
    assert!(!format!("{response:?}").contains("t0ken"));
}
