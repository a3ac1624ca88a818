//! Tokens and rates.

use object_store::memory::InMemory;
use s_registry::{Rate, Scope};
use std::sync::Arc;

use crate::support::{START_MS, archive, site, site_over};

const YANK: &str = "/api/v1/packages/acme/json/1.0.0/yank";

#[tokio::test]
async fn a_token_is_good_for_its_scopes_and_packages() {
    let site = site().await;
    let ann = site.owner("ann").await;
    let bytes = archive("acme/json", "1.0.0", "1");
    site.client.publish(&ann, "acme/json", "1.0.0", &bytes).await;
    type Case = (&'static [Scope], Option<&'static [&'static str]>, u16, u16, u16);
    let cases: &[Case] = &[
        (&[Scope::Publish], None, 200, 403, 403),
        (&[Scope::Yank], None, 403, 200, 403),
        (&[Scope::Owners], None, 403, 403, 200),
        (&[Scope::Read], None, 403, 403, 403),
        (&[Scope::Publish, Scope::Yank], Some(&["acme/json"]), 200, 200, 403),
        (&[Scope::Publish, Scope::Yank], Some(&["acme/*"]), 200, 200, 403),
        (&[Scope::Publish, Scope::Yank], Some(&["acme/other"]), 403, 403, 403),
        (&[Scope::Admin], Some(&["other/*"]), 403, 403, 403),
    ];
    for (scopes, packages, publish, yank, owners) in cases {
        let (token, _) = site.token_for("ann", scopes, *packages, None).await;
        let reply = site.client.publish(&token, "acme/json", "1.0.0", &bytes).await;
        assert_eq!(reply.status, *publish, "{scopes:?} {packages:?}");
        assert_eq!(site.client.with(&token, "PUT", YANK, "").await.status, *yank, "{scopes:?} {packages:?}");
        let path = "/api/v1/packages/acme/json/owners";
        let reply = site.client.with(&token, "PUT", path, r#"{"users":["ann"]}"#).await;
        assert_eq!(reply.status, *owners, "{scopes:?} {packages:?}");
    }
}

#[tokio::test]
async fn a_token_ends() {
    let site = site().await;
    let ann = site.owner("ann").await;
    site.client.publish(&ann, "acme/json", "1.0.0", &archive("acme/json", "1.0.0", "1")).await;
    let (token, _) = site.token_for("ann", &[Scope::Yank], None, Some(START_MS + 1000)).await;
    assert_eq!(site.client.with(&token, "PUT", YANK, "").await.status, 200);
    site.clock.advance_ms(1000);
    assert_eq!(site.client.with(&token, "PUT", YANK, "").await.refused(), (401, "unauthorized".into()));
    let (token, id) = site.token_for("ann", &[Scope::Yank], None, None).await;
    assert_eq!(site.client.with(&token, "PUT", YANK, "").await.status, 200);
    assert!(site.server.registry().tokens().revoke(&id).await.unwrap());
    assert_eq!(site.client.with(&token, "PUT", YANK, "").await.refused(), (401, "unauthorized".into()));
    // Cargo sends it without a scheme.
    assert_eq!(site.client.send("PUT", YANK, &[("authorization", &ann)], "").await.status, 200);
    assert_eq!(site.client.send("PUT", YANK, &[], "").await.refused(), (401, "unauthorized".into()));
}

#[tokio::test]
async fn no_token_is_ever_logged() {
    let site = site().await;
    let ann = site.owner("ann").await;
    site.client.publish(&ann, "acme/json", "1.0.0", &archive("acme/json", "1.0.0", "1")).await;
    // A right one, a wrong one, one in the address, one in the search, one that is no header value.
    let wrong = format!("{}0", &ann[..ann.len() - 1]);
    for token in [&ann, &wrong] {
        site.client.with(token, "PUT", YANK, "").await;
        site.client.with(token, "GET", "/api/v1/index/acme/json", "").await;
        site.client.get(&format!("/api/v1/packages/{token}")).await;
        site.client.get(&format!("/api/v1/search?q={token}")).await;
        site.client.get(&format!("/api/v1/packages/acme/json/{token}")).await;
    }
    let lines = site.lines.all();
    assert_eq!(lines.len(), 11);
    for line in &lines {
        let value: serde_json::Value = serde_json::from_str(line).unwrap();
        assert!(value["status"].is_number() && value["route"].is_string(), "{line}");
        // Nothing behind the id, which is no secret.
        assert!(!line.contains(&ann[20..40]) && !line.contains('\n'), "{line}");
    }
    assert!(lines.iter().any(|line| line.contains(r#""user":"ann""#) && line.contains(&ann[4..20])));
}

#[tokio::test]
async fn who_asks_too_often_waits() {
    let rate = Rate { burst: 2, per_minute: 6 };
    let site = site_over(Arc::new(InMemory::new()), |_, server| {
        server.reads = rate;
        server.publishes = rate;
        server.changes = rate;
        server.failures = rate;
    })
    .await;
    let (ann, bob) = (site.owner("ann").await, site.owner("bob").await);
    let bytes = archive("acme/json", "1.0.0", "1");
    for expected in [201, 200, 429] {
        assert_eq!(site.client.publish(&ann, "acme/json", "1.0.0", &bytes).await.status, expected);
    }
    let reply = site.client.publish(&ann, "acme/json", "1.0.0", &bytes).await;
    assert_eq!((reply.refused(), reply.header("retry-after")), ((429, "rate-limited".into()), "10"));
    // Another token is not concerned, and time heals.
    assert_eq!(site.client.publish(&bob, "acme/json", "1.0.0", &bytes).await.refused().0, 403);
    site.clock.advance_ms(10_000);
    assert_eq!(site.client.publish(&ann, "acme/json", "1.0.0", &bytes).await.status, 200);

    for expected in [200, 200, 429] {
        assert_eq!(site.client.get("/api/v1/index/acme/json").await.status, expected);
        assert_eq!(site.client.with(&ann, "PUT", YANK, "").await.status, expected);
    }
    assert_eq!(site.client.get("/health").await.status, 200);
    // Guesses, and then also a token that is right.
    for expected in [401, 401, 429] {
        assert_eq!(site.client.with("stk_0", "PUT", YANK, "").await.status, expected);
    }
    assert_eq!(site.client.with(&bob, "PUT", YANK, "").await.status, 429);
}
