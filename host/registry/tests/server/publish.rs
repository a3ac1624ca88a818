//! Publishing, withdrawing, owning.

use object_store::memory::InMemory;
use s_registry::Scope;
use s_wire::{Owners, PublishAnswer, WithdrawAnswer, read_index};

use crate::support::{Site, archive, site, site_over};

async fn line(site: &Site, name: &str) -> s_wire::IndexLine {
    read_index(&site.client.get(&format!("/api/v1/index/{name}")).await.text()).unwrap().lines.remove(0)
}

#[tokio::test]
async fn a_version_never_has_other_bytes() {
    let site = site().await;
    let token = site.owner("ann").await;
    let (bytes, other) = (archive("acme/json", "1.0.0", "1"), archive("acme/json", "1.0.0", "2"));
    let first = site.client.publish(&token, "acme/json", "1.0.0", &bytes).await;
    assert_eq!((first.status, first.json::<PublishAnswer>().created), (201, true));
    let again = site.client.publish(&token, "acme/json", "1.0.0", &bytes).await;
    assert_eq!((again.status, again.json::<PublishAnswer>().created), (200, false));
    assert_eq!(
        site.client.publish(&token, "acme/json", "1.0.0", &other).await.refused(),
        (409, "version-exists".into())
    );
    // Also when it was yanked, and with other build metadata.
    site.client.with(&token, "PUT", "/api/v1/packages/acme/json/1.0.0/yank", "").await;
    assert_eq!(site.client.publish(&token, "acme/json", "1.0.0", &bytes).await.status, 200);
    assert_eq!(site.client.publish(&token, "acme/json", "1.0.0", &other).await.refused().0, 409);
    let built = archive("acme/json", "1.0.0+b2", "1");
    assert_eq!(
        site.client.publish(&token, "acme/json", "1.0.0+b2", &built).await.refused(),
        (409, "version-exists".into())
    );
    assert!(line(&site, "acme/json").await.yanked);
    // And for good when it was removed.
    let registry = site.server.registry();
    assert!(
        registry
            .remove(&"acme/json".parse().unwrap(), &"1.0.0".parse().unwrap(), "malware", "op")
            .await
            .unwrap()
    );
    assert_eq!(
        site.client.publish(&token, "acme/json", "1.0.0", &bytes).await.refused(),
        (409, "removed".into())
    );
    assert_eq!(
        site.client.get("/api/v1/packages/acme/json/1.0.0/dl").await.refused(),
        (410, "removed".into())
    );
    assert_eq!(line(&site, "acme/json").await.removed.unwrap().reason, "malware");
}

#[tokio::test]
async fn yanking_can_be_taken_back() {
    let site = site().await;
    let token = site.owner("ann").await;
    let bytes = archive("acme/json", "1.0.0", "1");
    site.client.publish(&token, "acme/json", "1.0.0", &bytes).await;
    let path = "/api/v1/packages/acme/json/1.0.0/yank";
    let other_path = "/api/v1/packages/acme/json/1.0.0/unyank";
    for (method, path, body, changed, yanked, reason) in [
        ("PUT", path, "", true, true, None),
        ("PUT", path, "{}", false, true, None),
        ("POST", path, r#"{"reason":"broken"}"#, true, true, Some("broken")),
        ("DELETE", path, "", true, false, None),
        ("DELETE", path, "", false, false, None),
        ("PUT", path, r#"{"reason":"again"}"#, true, true, Some("again")),
        ("PUT", other_path, "", true, false, None),
    ] {
        let reply = site.client.with(&token, method, path, body).await;
        assert_eq!(reply.json::<WithdrawAnswer>(), WithdrawAnswer { ok: true, changed }, "{method} {body}");
        let line = line(&site, "acme/json").await;
        assert_eq!((line.yanked, line.yank_reason.as_deref()), (yanked, reason), "{method} {body}");
        // The bytes stay.
        assert_eq!(site.client.get("/api/v1/packages/acme/json/1.0.0/dl").await.body, bytes);
    }
    assert_eq!(
        site.client.with(&token, "PUT", "/api/v1/packages/acme/json/2.0.0/yank", "").await.refused().0,
        404
    );
    assert_eq!(site.client.with(&token, "PUT", path, "{").await.refused(), (400, "request".into()));
    let long = format!(r#"{{"reason":"{}"}}"#, "x".repeat(2000));
    assert_eq!(site.client.with(&token, "PUT", path, long).await.refused(), (400, "request".into()));
}

#[tokio::test]
async fn names_are_given_once() {
    let site = site().await;
    let (ann, bob) = (site.owner("ann").await, site.owner("bob").await);
    let publish = async |token: &str, name: &str, version: &str| {
        let reply = site.client.publish(token, name, version, &archive(name, version, "1")).await;
        if reply.status < 300 { (reply.status, String::new()) } else { reply.refused() }
    };
    let no = |status: u16, code: &str| (status, code.to_owned());
    assert_eq!(publish(&ann, "acme/fast-json", "1.0.0").await.0, 201);
    for (token, name, version, expected) in [
        (&ann, "acme/fast_json", "1.0.0", no(409, "name-similar")),
        (&bob, "acme/fast-json", "1.1.0", no(403, "forbidden")),
        // Of a scope someone has, also new names are theirs.
        (&bob, "acme/other", "1.0.0", no(403, "forbidden")),
        (&ann, "flat", "1.0.0", no(403, "name")),
        (&ann, "acme/owners", "1.0.0", no(400, "name")),
        (&ann, "acme/other", "1.0.0", no(201, "")),
        (&bob, "bobs/json", "1.0.0", no(201, "")),
    ] {
        assert_eq!(publish(token, name, version).await, expected, "{name}");
    }
    let admin = site.token("root", &[Scope::Admin]).await;
    assert_eq!(publish(&admin, "acme/fast-json", "2.0.0").await.0, 201);

    let flat =
        site_over(std::sync::Arc::new(InMemory::new()), |registry, _| registry.flat_names = true).await;
    let token = flat.owner("ann").await;
    let reply = flat.client.publish(&token, "json", "1.0.0", &archive("json", "1.0.0", "1")).await;
    assert_eq!(reply.status, 201, "{}", reply.text());
    assert_eq!(flat.client.get("/index/js/on/json").await.status, 200);
}

#[tokio::test]
async fn owners_come_and_go_but_never_all() {
    let site = site().await;
    let (ann, bob, eve) = (site.owner("ann").await, site.owner("bob").await, site.owner("eve").await);
    site.client.publish(&ann, "acme/json", "1.0.0", &archive("acme/json", "1.0.0", "1")).await;
    let users = |names: &[&str]| {
        serde_json::to_string(&Owners { users: names.iter().map(|n| (*n).to_owned()).collect() }).unwrap()
    };
    for path in ["/api/v1/packages/acme/json/owners", "/api/v1/scopes/acme/owners"] {
        assert_eq!(
            site.client.with(&eve, "PUT", path, users(&["eve"])).await.refused(),
            (403, "forbidden".into())
        );
        assert_eq!(
            site.client.with(&ann, "DELETE", path, users(&["ann"])).await.refused(),
            (409, "owner-last".into())
        );
        let reply = site.client.with(&ann, "PUT", path, users(&["bob", "ann"])).await;
        assert_eq!(reply.json::<WithdrawAnswer>(), WithdrawAnswer { ok: true, changed: true });
        assert_eq!(site.client.get(path).await.json::<Owners>().users, ["ann", "bob"]);
        assert_eq!(site.client.with(&bob, "DELETE", path, users(&["ann"])).await.status, 200);
        assert_eq!(site.client.get(path).await.json::<Owners>().users, ["bob"]);
        assert_eq!(site.client.with(&ann, "PUT", path, users(&["ann"])).await.refused().0, 403);
        assert_eq!(
            site.client.with(&bob, "PUT", path, users(&["a b"])).await.refused(),
            (400, "request".into())
        );
        assert_eq!(site.client.with(&bob, "PUT", path, "").await.refused(), (400, "request".into()));
    }
    let next = archive("acme/json", "1.1.0", "1");
    assert_eq!(site.client.publish(&ann, "acme/json", "1.1.0", &next).await.refused().0, 403);
    assert_eq!(site.client.publish(&bob, "acme/json", "1.1.0", &next).await.status, 201);
    assert_eq!(site.client.get("/api/v1/packages/acme/none/owners").await.refused().0, 404);
}
