//! What can be read, and how it is cached.

use object_store::local::LocalFileSystem;
use object_store::memory::InMemory;
use s_store::Sha256Digest;
use s_wire::{Config, PackageDocument, SearchPage, VersionDocument, download_url, index_path, read_index};

use crate::support::{archive, site, site_over};

#[tokio::test]
async fn everything_that_was_published_can_be_read() {
    let site = site().await;
    let token = site.owner("ann").await;
    let bytes = archive("acme/json", "1.0.0", "1");
    assert_eq!(site.client.publish(&token, "acme/json", "1.0.0", &bytes).await.status, 201);

    let config: Config = site.client.get("/config.json").await.json();
    assert_eq!((config.id.as_str(), config.auth_required), ("registry.example", false));
    let dl = download_url(&config, "unused", "acme/json", "1.0.0");
    let path = dl.strip_prefix(&format!("http://{}", site.server.address())).unwrap();
    let reply = site.client.get(path).await;
    assert_eq!((reply.status, &reply.body[..]), (200, &bytes[..]));
    assert_eq!(reply.header("etag"), format!("\"{}\"", Sha256Digest::of(&bytes).to_hex()));
    assert!(reply.header("cache-control").contains("immutable"));

    let index = read_index(&site.client.get("/api/v1/index/acme/json").await.text()).unwrap();
    let line = &index.lines[0];
    assert_eq!((line.vers.as_str(), line.size), ("1.0.0", bytes.len() as u64));
    assert_eq!(line.integrity, Sha256Digest::of(&bytes).to_string());
    assert_eq!(line.pubtime.as_deref(), Some("2026-01-02T00:00:00Z"));

    let package: PackageDocument = site.client.get("/api/v1/packages/acme%2Fjson").await.json();
    assert_eq!((package.owners, package.newest.as_deref()), (vec!["ann".to_owned()], Some("1.0.0")));
    let version: VersionDocument = site.client.get("/api/v1/packages/acme/json/1.0.0").await.json();
    assert_eq!((version.publisher.as_str(), &version.line), ("ann", line));
    let found: SearchPage = site.client.get("/api/v1/search?q=JSON").await.json();
    assert_eq!((found.total, found.hits[0].description.as_str()), (1, "The package acme/json"));

    assert_eq!(site.client.get("/health").await.text(), r#"{"status":"ok"}"#);
    let metrics = site.client.get("/metrics").await.text();
    assert!(metrics.contains("stryke_registry_published_total 1\n"), "{metrics}");
    assert!(metrics.contains("requests_total{route=\"download\",status=\"200\"} 1\n"), "{metrics}");
    for path in [
        "/api/v1/index/acme/none",
        "/api/v1/packages/acme/json/2.0.0",
        "/api/v1/packages/acme/json/2.0.0/dl",
        "/x",
    ] {
        assert_eq!(site.client.get(path).await.refused(), (404, "not-found".into()), "{path}");
    }
    assert_eq!(site.client.send("PATCH", "/config.json", &[], "").await.refused(), (405, "method".into()));
}

#[tokio::test]
async fn an_index_is_sent_again_only_when_it_changed() {
    let site = site().await;
    let token = site.owner("ann").await;
    site.client.publish(&token, "acme/json", "1.0.0", &archive("acme/json", "1.0.0", "1")).await;
    let paths = ["/api/v1/index/acme/json", "/api/v1/index/acme%2Fjson", "/index/@a/cm/acme/json"];
    let first = site.client.get(paths[0]).await;
    let tag = first.header("etag").to_owned();
    assert_eq!(tag, format!("\"{}\"", Sha256Digest::of(&first.body).to_hex()));
    assert!(first.header("cache-control").contains("max-age=60"));
    for path in paths {
        assert_eq!(site.client.get(path).await.body, first.body, "{path}");
        let again = site.client.send("GET", path, &[("if-none-match", &tag)], "").await;
        assert_eq!((again.status, again.body.len(), again.header("etag")), (304, 0, tag.as_str()), "{path}");
        let head = site.client.send("HEAD", path, &[], "").await;
        assert_eq!((head.status, head.body.len()), (200, 0));
        assert_eq!(head.header("content-length"), first.body.len().to_string());
    }
    site.client.with(&token, "PUT", "/api/v1/packages/acme/json/1.0.0/yank", "").await;
    let changed = site.client.send("GET", paths[0], &[("if-none-match", &tag)], "").await;
    assert!(changed.status == 200 && changed.header("etag") != tag);
}

#[tokio::test]
async fn a_download_goes_on_where_it_broke_off() {
    let site = site().await;
    let token = site.owner("ann").await;
    let bytes = archive("acme/json", "1.0.0", &"x".repeat(1000));
    site.client.publish(&token, "acme/json", "1.0.0", &bytes).await;
    let path = "/api/v1/packages/acme/json/1.0.0/dl";
    let tag = format!("\"{}\"", Sha256Digest::of(&bytes).to_hex());
    let rest = site.client.send("GET", path, &[("range", "bytes=10-"), ("if-range", &tag)], "").await;
    assert_eq!((rest.status, &rest.body[..]), (206, &bytes[10..]));
    assert_eq!(rest.header("content-range"), format!("bytes 10-{}/{}", bytes.len() - 1, bytes.len()));
    let other = site.client.send("GET", path, &[("range", "bytes=10-"), ("if-range", "\"x\"")], "").await;
    assert_eq!((other.status, &other.body[..]), (200, &bytes[..]));
    let behind = site.client.send("GET", path, &[("range", "bytes=999999-")], "").await;
    assert_eq!(
        (behind.status, behind.header("content-range")),
        (416, format!("bytes */{}", bytes.len()).as_str())
    );
    assert_eq!(site.client.send("GET", path, &[("if-none-match", &tag)], "").await.status, 304);
}

#[tokio::test]
async fn the_export_equals_the_answers() {
    let site = site().await;
    let token = site.owner("ann").await;
    let versions =
        [("acme/json", "1.0.0"), ("acme/json", "1.1.0+b5"), ("acme/text", "0.1.0"), ("other/json", "2.0.0")];
    for (name, version) in versions {
        let bytes = archive(name, version, "1");
        assert_eq!(site.client.publish(&token, name, version, &bytes).await.status, 201, "{name}");
    }
    let removed = site.server.registry();
    assert!(
        removed
            .remove(&"acme/text".parse().unwrap(), &"0.1.0".parse().unwrap(), "malware", "op")
            .await
            .unwrap()
    );
    let folder = tempfile::tempdir().unwrap();
    let to = LocalFileSystem::new_with_prefix(folder.path()).unwrap();
    for _ in 0..2 {
        assert_eq!(site.server.registry().export(&to).await.unwrap(), 4);
    }
    let file = |path: &str| s_store::files::read(&folder.path().join(path));
    let config: Config = serde_json::from_slice(&file("config.json").unwrap()).unwrap();
    assert!(config.api.is_none() && config.publish.is_empty());
    for (name, version) in versions {
        let live = site.client.get(&format!("/{}", index_path(name))).await;
        assert_eq!(file(&index_path(name)).unwrap(), live.body, "{name}");
        let live = site.client.get(&format!("/api/v1/packages/{name}/{version}/dl")).await;
        // What a client makes of the template, decoded as a web server does.
        let archive = download_url(&config, "", name, version).replace("%2B", "+");
        match file(archive.trim_start_matches('/')) {
            Ok(bytes) => assert_eq!((live.status, &live.body[..]), (200, &bytes[..])),
            Err(_) => assert_eq!((name, live.refused()), ("acme/text", (410, "removed".into()))),
        }
    }
}

#[tokio::test]
async fn a_registry_is_the_same_after_a_restart_in_a_folder() {
    let folder = tempfile::tempdir().unwrap();
    let store =
        || std::sync::Arc::new(LocalFileSystem::new_with_prefix(folder.path()).unwrap().with_fsync(true));
    let first = site_over(store(), |_, _| {}).await;
    let token = first.owner("ann").await;
    let bytes = archive("acme/json", "1.0.0", "1");
    assert_eq!(first.client.publish(&token, "acme/json", "1.0.0", &bytes).await.status, 201);
    let index = first.client.get("/api/v1/index/acme/json").await.body;
    assert!(first.server.shutdown(crate::support::PATIENCE).await);
    let second = site_over(store(), |_, _| {}).await;
    assert_eq!(second.client.get("/api/v1/index/acme/json").await.body, index);
    assert_eq!(second.client.publish(&token, "acme/json", "1.0.0", &bytes).await.status, 200);
    assert_eq!(second.client.get("/api/v1/search?q=json").await.json::<SearchPage>().total, 1);
}

#[tokio::test]
async fn what_is_private_needs_a_token() {
    let site =
        site_over(std::sync::Arc::new(InMemory::new()), |registry, _| registry.auth_required = true).await;
    let token = site.owner("ann").await;
    site.client.publish(&token, "acme/json", "1.0.0", &archive("acme/json", "1.0.0", "1")).await;
    let publisher = site.token("bob", &[s_registry::Scope::Publish]).await;
    for path in [
        "/api/v1/index/acme/json",
        "/api/v1/packages/acme/json",
        "/api/v1/packages/acme/json/1.0.0/dl",
        "/api/v1/search",
        "/metrics",
    ] {
        let reply = site.client.get(path).await;
        assert_eq!(
            (reply.refused().0, reply.header("www-authenticate")),
            (401, "Bearer realm=\"stryke\""),
            "{path}"
        );
        assert_eq!(site.client.with(&publisher, "GET", path, "").await.refused().0, 403, "{path}");
        let reply = site.client.with(&token, "GET", path, "").await;
        assert_eq!(reply.status, 200, "{path}");
        assert!(!reply.header("cache-control").contains("public"));
    }
    assert!(site.client.get("/config.json").await.json::<Config>().auth_required);
    assert_eq!(site.client.get("/health").await.status, 200);
}
