//! A bucket as the store: the same rules, over a service that fails now and then.

use std::sync::Arc;

use object_store::path::Path;
use object_store::{
    GetOptions, GetRange, ObjectStore, ObjectStoreExt as _, PutMode, PutPayload, UpdateVersion,
};
use s_kit::{BucketServer, Fault};
use s_registry::{Bucket, BucketError, Place, RegistryError, Scope, TokenRequest};
use s_wire::{Owners, read_index};

use crate::support::{Site, archive, site_over};

const SECRET: &str = "wJalrXUtnFEMI-K7MDENG";

fn bucket(server: &BucketServer, address: &str) -> Bucket {
    let environment = |name: &str| {
        let value = match name {
            "AWS_ACCESS_KEY_ID" => "AKIDEXAMPLE",
            "AWS_SECRET_ACCESS_KEY" => SECRET,
            "AWS_SESSION_TOKEN" => "SESSION-SECRET",
            _ => return None,
        };
        Some(value.to_owned())
    };
    Bucket::new(address, Some(&server.server().origin()), None, &environment).unwrap()
}

/// The bucket of a service that was just started.
pub(crate) fn fresh() -> (BucketServer, Arc<dyn ObjectStore>) {
    let server = BucketServer::start("packages");
    let store = bucket(&server, "s3://packages/a/b").store().unwrap();
    (server, store)
}

fn shows_no_secret(site: &Site) {
    for line in site.lines.all() {
        assert!(!line.contains(SECRET) && !line.contains("SESSION-SECRET"), "{line}");
    }
}

#[tokio::test]
async fn a_bucket_is_a_store_with_conditions() {
    let (server, store) = fresh();
    let path = Path::from("journal/@acme/1.json");
    let create = |text: &'static str| store.put_opts(&path, PutPayload::from(text), PutMode::Create.into());
    let made = create("first").await.unwrap();
    assert!(matches!(create("second").await, Err(object_store::Error::AlreadyExists { .. })));
    assert_eq!(store.get(&path).await.unwrap().bytes().await.unwrap(), "first");
    let stale = UpdateVersion { e_tag: Some("\"none\"".into()), version: None };
    let update = |from| store.put_opts(&path, PutPayload::from("third"), PutMode::Update(from).into());
    assert!(matches!(update(stale).await, Err(object_store::Error::Precondition { .. })));
    update(made.into()).await.unwrap();

    let part = GetOptions { range: Some(GetRange::Bounded(1..3)), ..GetOptions::default() };
    assert_eq!(store.get_opts(&path, part).await.unwrap().bytes().await.unwrap(), "hi");
    assert_eq!(store.head(&path).await.unwrap().size, 5);
    for n in 0..20 {
        store.put(&Path::from(format!("journal/n{n}/1.json")), PutPayload::from("x")).await.unwrap();
    }
    let listed = store.list_with_delimiter(Some(&Path::from("journal"))).await.unwrap();
    assert_eq!(listed.common_prefixes.len(), 21, "over several pages");
    store.delete(&path).await.unwrap();
    assert!(matches!(store.head(&path).await, Err(object_store::Error::NotFound { .. })));

    // Everything is below the prefix, and what is sent is signed with what is never sent.
    assert!(server.keys().iter().all(|key| key.starts_with("a/b/journal/")), "{:?}", server.keys());
    for request in server.server().received() {
        let headers = format!("{:?}", request.headers);
        assert!(headers.contains("AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/"), "{headers}");
        assert!(!headers.contains(SECRET), "{headers}");
    }
}

#[tokio::test]
async fn everything_is_done_over_a_bucket() {
    let (server, store) = fresh();
    let site = site_over(store.clone(), |_, _| {}).await;
    let token = site.owner("ann").await;
    // Random enough to be sent in parts.
    let mut seed = 1_u64;
    let mut next = || {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        char::from(b' ' + u8::try_from(seed >> 58).unwrap())
    };
    let text: String = (0..8_000_000).map(|_| next()).collect();
    let (small, large) = (archive("acme/json", "1.0.0", "1"), archive("acme/json", "2.0.0", &text));
    assert!(large.len() > 5 << 20);
    assert_eq!(site.client.publish(&token, "acme/json", "1.0.0", &small).await.status, 201);
    assert_eq!(site.client.publish(&token, "acme/json", "2.0.0", &large).await.status, 201);
    assert_eq!(site.client.publish(&token, "acme/json", "2.0.0", &large).await.status, 200);
    let other = archive("acme/json", "1.0.0", "other");
    assert_eq!(site.client.publish(&token, "acme/json", "1.0.0", &other).await.status, 409);
    assert_eq!(server.upload_count(), 0);

    let path = "/api/v1/packages/acme/json/2.0.0";
    assert_eq!(site.client.with(&token, "PUT", &format!("{path}/yank"), "").await.status, 200);
    // One that starts now finds everything.
    let other = site_over(store, |_, _| {}).await;
    assert_eq!(other.client.get(&format!("{path}/dl")).await.body, large);
    let part = other.client.send("GET", &format!("{path}/dl"), &[("range", "bytes=5-9")], "").await;
    assert_eq!((part.status, &part.body[..]), (206, &large[5..10]));
    let index = read_index(&other.client.get("/api/v1/index/acme/json").await.text()).unwrap();
    let yanked: Vec<bool> = index.lines.iter().map(|line| line.yanked).collect();
    assert_eq!(yanked, [false, true]);
    assert_eq!(other.client.get("/api/v1/scopes/acme/owners").await.json::<Owners>().users, ["ann"]);
    assert!(other.client.get("/api/v1/search?q=json").await.text().contains("acme/json"));
    let tokens = other.server.registry().tokens().list().await.unwrap();
    assert!(other.server.registry().tokens().revoke(&tokens[0].id).await.unwrap());
    assert_eq!(site.client.with(&token, "PUT", &format!("{path}/unyank"), "").await.status, 401);
    // All that changes is created and never written over.
    let written = server.server().received().into_iter().filter(|request| {
        request.method == "PUT" && !request.target.contains("/blobs/") && !request.target.contains("uploadId")
    });
    for request in written {
        assert_eq!(request.header("if-none-match"), Some("*"), "{}", request.target);
    }
}

#[tokio::test]
async fn faults_that_pass_are_not_noticed() {
    let faults = [
        Fault::Refused(500, "InternalError"),
        Fault::Refused(503, "SlowDown"),
        Fault::Lost(500, "InternalError"),
        Fault::Lost(503, "SlowDown"),
        Fault::HangUp,
        Fault::LostHangUp,
    ];
    for fault in faults {
        for part in ["/journal/acme--json/", "/journal/%40acme/", "/blobs/"] {
            for method in ["GET", "HEAD", "PUT"] {
                let (server, store) = fresh();
                let site = site_over(store, |_, _| {}).await;
                let token = site.owner("ann").await;
                server.fail(method, part, 2, fault);
                let bytes = archive("acme/json", "1.0.0", "1");
                let published = site.client.publish(&token, "acme/json", "1.0.0", &bytes).await;
                let what = format!("{fault:?} {method} {part}");
                assert_eq!(published.status, 201, "{what}: {}", published.text());
                let index = read_index(&site.client.get("/api/v1/index/acme/json").await.text()).unwrap();
                assert_eq!(index.lines.len(), 1, "{what}");
                let owners = site.client.get("/api/v1/scopes/acme/owners").await.json::<Owners>();
                assert_eq!(owners.users, ["ann"], "{what}");
                let entries = server.keys().into_iter().filter(|key| key.contains("/journal/"));
                assert_eq!(entries.count(), 2, "{what}");
                shows_no_secret(&site);
            }
        }
    }
}

#[tokio::test]
async fn a_token_is_made_and_revoked_though_answers_are_lost() {
    let (server, store) = fresh();
    let site = site_over(store, |_, _| {}).await;
    for part in ["/tokens/", "/revoked/"] {
        server.fail("PUT", part, 1, Fault::Lost(500, "InternalError"));
    }
    let (token, id) = site.token_for("ann", &[Scope::Publish], None, None).await;
    let bytes = archive("acme/json", "1.0.0", "1");
    assert_eq!(site.client.publish(&token, "acme/json", "1.0.0", &bytes).await.status, 201);
    assert!(site.server.registry().tokens().revoke(&id).await.unwrap());
    let again = site.client.publish(&token, "acme/json", "1.0.0", &bytes).await;
    assert_eq!(again.status, 401);
}

#[tokio::test]
async fn faults_that_stay_are_told_and_nothing_is_half_done() {
    for (fault, word) in
        [(Fault::Refused(403, "SignatureDoesNotMatch"), "403"), (Fault::Refused(503, "SlowDown"), "SlowDown")]
    {
        let (server, store) = fresh();
        let site = site_over(store, |_, _| {}).await;
        let token = site.owner("ann").await;
        let bytes = archive("acme/json", "1.0.0", "1");
        server.fail("PUT", "/journal/acme--json/", 7, fault);
        let failed = site.client.publish(&token, "acme/json", "1.0.0", &bytes).await;
        assert_eq!(failed.refused(), (503, "internal".into()), "{fault:?}");
        assert!(site.lines.all().iter().any(|line| line.contains(word)), "{:?}", site.lines.all());
        assert!(!site.lines.all().iter().any(|line| line.contains("on purpose")), "only the code is kept");
        shows_no_secret(&site);
        assert_eq!(site.client.get("/api/v1/index/acme/json").await.status, 404);
        // What was planned of one that is not tried again is left over.
        while site.client.publish(&token, "acme/json", "1.0.0", &bytes).await.status == 503 {}
        assert_eq!(site.client.get("/api/v1/packages/acme/json/1.0.0/dl").await.body, bytes);
    }
}

#[tokio::test]
async fn a_bucket_is_tried_before_anything_is_served() {
    let server = BucketServer::start("packages");
    let open = bucket(&server, "s3://packages");
    let store = open.store().unwrap();
    open.check(store.as_ref()).await.unwrap();
    open.check(store.as_ref()).await.unwrap();
    assert_eq!(server.keys(), ["health"]);

    let missing = bucket(&server, "s3://other");
    let error = missing.check(missing.store().unwrap().as_ref()).await.unwrap_err().to_string();
    assert!(error.contains("NoSuchBucket"), "{error}");

    server.ignore_conditions();
    let error = open.check(store.as_ref()).await.unwrap_err();
    assert!(matches!(error, RegistryError::Bucket(BucketError::Unconditional { .. })), "{error}");
}

#[test]
fn a_registry_in_a_bucket_has_the_usual_rules() {
    let server = BucketServer::start("packages");
    let scratch = tempfile::tempdir().unwrap();
    let place = Place::Bucket(Arc::new(bucket(&server, "s3://packages/a")));
    let config = place.registry(&scratch.path().join("new"), Some("corp")).unwrap();
    assert!(config.bucket.is_some() && config.scratch.is_dir());
    let registry = s_registry::Registry::new(config);
    let request =
        TokenRequest { user: "ann".into(), scopes: vec![Scope::Publish], packages: None, expires_ms: None };
    s_registry::block_on(registry.tokens().create(request)).unwrap().unwrap();
    assert!(server.keys()[0].starts_with("a/tokens/"), "{:?}", server.keys());
}
