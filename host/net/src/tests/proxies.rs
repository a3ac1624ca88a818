//! Proxies.

use s_kit::{Answer, Server};

use super::{Names, get, options, permit, text};
use crate::{Client, Denial, NetError, NetErrorKind, Options, Proxies};

#[tokio::test]
async fn plain_requests_are_handed_over_whole() {
    let proxy = Server::start(Answer::echo);
    let proxy_url = format!("http://ada:pass@{}", proxy.address());
    let proxies = Proxies::new(Some(&proxy_url), None, Some("direct.example")).unwrap();
    let names = Names::new(&[&[]]);
    let client = Client::new(Options { proxies, resolver: names.clone(), ..options() });
    let url = "http://far.example/x?y=1";
    let echoed = text(&client, &permit(&[url]), get(url)).await;
    assert!(echoed.starts_with("GET http://far.example/x?y=1\n"), "{echoed}");
    assert!(echoed.contains("proxy-authorization: Basic YWRhOnBhc3M=\n"), "{echoed}");
    assert_eq!(names.asked(), 0, "the proxy resolves");
    // A host written as an address is held to the rule all the same.
    let literal = "http://169.254.169.254/";
    let public = crate::Permit { private_origins: Vec::new(), ..permit(&[literal]).as_ref().clone() };
    let error = client.send(&public.into(), get(literal)).await.unwrap_err();
    assert!(matches!(error, NetError::Denied { why: Denial::Address { .. }, .. }), "{error:?}");
}

#[tokio::test]
async fn tunnels_are_asked_for() {
    let proxy = Server::start(|_| Answer::status(407));
    let proxies = Proxies::new(None, Some(&proxy.address().to_string()), None).unwrap();
    let client = Client::new(Options { proxies, ..options() });
    let url = "https://far.example/";
    let error = client.send(&permit(&[url]), get(url)).await.unwrap_err();
    assert_eq!(error.kind(), NetErrorKind::Unavailable);
    assert!(error.to_string().contains("the proxy answered 407"), "{error}");
    let asked = &proxy.received()[0];
    assert_eq!((asked.method.as_str(), asked.target.as_str()), ("CONNECT", "far.example:443"));
}
