//! Several servers over one store, and a server that ends.

use std::collections::BTreeSet;
use std::sync::Arc;

use bytes::Bytes;
use futures_util::future::join_all;
use http::Request;
use http_body_util::{BodyExt as _, Empty};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use object_store::local::LocalFileSystem;
use object_store::memory::InMemory;
use s_registry::ObjectStore;
use s_wire::read_index;
use tokio::net::TcpStream;

use crate::support::{PATIENCE, archive, site, site_over};

/// Both servers publish the same 50 versions at the same time, with other bytes.
async fn race(store: Arc<dyn ObjectStore>) {
    let sites = [site_over(store.clone(), |_, _| {}).await, site_over(store.clone(), |_, _| {}).await];
    let token = sites[0].owner("ann").await;
    // Both begin to know the package before the race, so that both have something stale.
    let base = archive("acme/json", "1.0.0", "base");
    assert_eq!(sites[0].client.publish(&token, "acme/json", "1.0.0", &base).await.status, 201);
    assert_eq!(sites[1].client.get("/api/v1/index/acme/json").await.status, 200);
    let versions: Vec<String> = (0..50).map(|n| format!("2.{n}.0")).collect();
    let publish = |which: usize, version: &str| {
        let (client, token, version) = (sites[which].client, token.clone(), version.to_owned());
        tokio::spawn(async move {
            let bytes = archive("acme/json", &version, &which.to_string());
            let status = client.publish(&token, "acme/json", &version, &bytes).await.status;
            (status, s_store::Sha256Digest::of(&bytes).to_string())
        })
    };
    let tasks = versions.iter().flat_map(|version| [publish(0, version), publish(1, version)]);
    let results: Vec<(u16, String)> = join_all(tasks).await.into_iter().map(Result::unwrap).collect();
    let mut expected = BTreeSet::from([("1.0.0".to_owned(), s_store::Sha256Digest::of(&base).to_string())]);
    for (version, pair) in versions.iter().zip(results.chunks(2)) {
        let won: Vec<&String> =
            pair.iter().filter(|(status, _)| *status == 201).map(|(_, digest)| digest).collect();
        assert_eq!(won.len(), 1, "{version}: {pair:?}");
        assert!(pair.iter().any(|(status, _)| *status == 409), "{version}: {pair:?}");
        expected.insert((version.clone(), won[0].clone()));
    }
    // Both, and one that starts now, list every version once, with the bytes that won.
    let third = site_over(store, |_, _| {}).await;
    let mut tags = BTreeSet::new();
    for client in [sites[0].client, sites[1].client, third.client] {
        let reply = client.get("/api/v1/index/acme/json").await;
        let index = read_index(&reply.text()).unwrap();
        assert_eq!(index.lines.len(), 51);
        let found: BTreeSet<_> = index.lines.into_iter().map(|line| (line.vers, line.integrity)).collect();
        assert_eq!(found, expected);
        tags.insert(reply.header("etag").to_owned());
    }
    assert_eq!(tags.len(), 1);
}

#[tokio::test]
async fn two_servers_share_a_store_in_memory() {
    race(Arc::new(InMemory::new())).await;
}

#[tokio::test]
async fn two_servers_share_a_folder() {
    let folder = tempfile::tempdir().unwrap();
    race(Arc::new(LocalFileSystem::new_with_prefix(folder.path()).unwrap())).await;
}

#[tokio::test]
async fn two_servers_share_a_bucket() {
    let (_server, store) = crate::bucket::fresh();
    race(store).await;
}

#[tokio::test]
async fn only_one_of_two_strangers_gets_a_name() {
    let store: Arc<dyn ObjectStore> = Arc::new(InMemory::new());
    let sites = [site_over(store.clone(), |_, _| {}).await, site_over(store.clone(), |_, _| {}).await];
    for round in 0..10 {
        let tasks = sites.iter().zip(["ann", "bob"]).map(|(site, user)| async move {
            let name = format!("scope{round}/json");
            let token = site.owner(user).await;
            let version = if user == "ann" { "1.0.0" } else { "2.0.0" };
            site.client.publish(&token, &name, version, &archive(&name, version, user)).await.status
        });
        let mut statuses = join_all(tasks).await;
        statuses.sort_unstable();
        assert_eq!(statuses, [201, 403], "round {round}");
    }
}

#[tokio::test]
async fn a_download_that_runs_is_finished_before_the_end() {
    let site = site().await;
    let token = site.owner("ann").await;
    // Random enough not to be compressed, large enough not to fit into what sockets hold.
    let mut seed = 1_u64;
    let text: String = (0..6_000_000)
        .map(|_| {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            char::from(b' ' + u8::try_from(seed >> 58).unwrap())
        })
        .collect();
    let bytes = archive("acme/json", "1.0.0", &text);
    assert!(bytes.len() > 4_000_000);
    assert_eq!(site.client.publish(&token, "acme/json", "1.0.0", &bytes).await.status, 201);

    let address = site.server.address();
    let stream = TcpStream::connect(address).await.unwrap();
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await.unwrap();
    tokio::spawn(connection);
    let request = Request::get("/api/v1/packages/acme/json/1.0.0/dl").header("host", "x");
    let reply = sender.send_request(request.body(Empty::<Bytes>::new()).unwrap()).await.unwrap();
    let ending = tokio::spawn(site.server.shutdown(PATIENCE));
    // From now on nobody is let in.
    while TcpStream::connect(address).await.is_ok() {
        tokio::task::yield_now().await;
    }
    assert!(!ending.is_finished());
    assert_eq!(reply.into_body().collect().await.unwrap().to_bytes(), bytes);
    assert!(ending.await.unwrap());
}
