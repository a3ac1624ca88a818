//! A registry that signs what it says.

use std::collections::BTreeMap;
use std::sync::Arc;

use futures_util::future::join_all;
use object_store::memory::InMemory;
use object_store::path::Path;
use object_store::{ObjectStoreExt as _, PutPayload};
use s_note::{Checkpoint, KeySet, Note, SecretKey};
use s_registry::{KeyPlace, ObjectStore, Registry, RegistryConfig, Scope, SecretText};
use s_wire::{Config, Leaf, Node, digest_of, from_hex, keys_path, node_path, to_hex};

use crate::support::{Client, Site, archive, site, site_over};

fn key(secret: &SecretKey) -> KeyPlace {
    KeyPlace::Text(SecretText::new(secret.reveal()))
}

fn secret() -> SecretKey {
    SecretKey::make(Some("registry.example"), "").unwrap()
}

async fn signed_over(store: Arc<dyn ObjectStore>, secret: &SecretKey) -> Site {
    site_over(store, |config, _| config.key = key(secret)).await
}

/// The newest state, as whoever trusts the first keys reads it.
async fn checkpoint(client: Client) -> Checkpoint {
    let config: Config = client.get("/config.json").await.json();
    let trust = config.trust.unwrap();
    let note = |text: String| text.parse::<Note>().unwrap();
    let mut set = KeySet::first(&note(client.get("/keys/1").await.text())).unwrap();
    while set.number < trust.keys {
        set = set.next(&note(client.get(&format!("/{}", keys_path(set.number + 1))).await.text())).unwrap();
    }
    assert_eq!(trust.vkeys, set.keys.iter().map(ToString::to_string).collect::<Vec<_>>());
    let reply = client.get("/checkpoint").await;
    assert_eq!(reply.header("cache-control"), "no-cache");
    set.checkpoint(&note(reply.text())).unwrap()
}

/// What a state says of all packages.
async fn packages(client: Client, checkpoint: &Checkpoint) -> BTreeMap<String, Leaf> {
    let (mut found, mut level) = (BTreeMap::new(), vec![checkpoint.root]);
    while let Some(digest) = level.pop() {
        let reply = client.get(&format!("/{}", node_path(&digest))).await;
        assert_eq!(reply.status, 200, "{}", reply.text());
        match Node::read(&reply.body, &digest).unwrap() {
            Node::Names(names) => found.extend(names),
            Node::Split(below) => level.extend(below.into_values()),
        }
    }
    found
}

/// The state, which has exactly the indexes that are served.
async fn consistent(client: Client) -> Checkpoint {
    let checkpoint = checkpoint(client).await;
    for (name, leaf) in packages(client, &checkpoint).await {
        let path = format!("/{}?sha256={}", s_wire::index_path(&name), to_hex(&leaf.index));
        assert_eq!(digest_of(&client.get(&path).await.body), leaf.index, "{name}");
    }
    checkpoint
}

#[tokio::test]
async fn every_change_of_an_index_is_a_state() {
    let site = signed_over(Arc::new(InMemory::new()), &secret()).await;
    let client = site.client;
    let empty = consistent(client).await;
    assert_eq!((empty.id.as_str(), empty.number), ("registry.example", 1));
    let token = site.owner("ann").await;
    let bytes = archive("acme/json", "1.0.0", "a");
    assert_eq!(client.publish(&token, "acme/json", "1.0.0", &bytes).await.status, 201);
    let first = consistent(client).await;
    assert_eq!(packages(client, &first).await.keys().collect::<Vec<_>>(), ["acme/json"]);
    // The same again is none, nor is what an index does not say.
    assert_eq!(client.publish(&token, "acme/json", "1.0.0", &bytes).await.status, 200);
    let owners = r#"{"users":["bob"]}"#;
    assert_eq!(client.with(&token, "PUT", "/api/v1/packages/acme/json/owners", owners).await.status, 200);
    assert_eq!(consistent(client).await, first);
    for (method, number) in [("PUT", 3), ("DELETE", 4)] {
        let reply = client.with(&token, method, "/api/v1/packages/acme/json/1.0.0/yank", "").await;
        assert_eq!(reply.status, 200);
        assert_eq!(consistent(client).await.number, number);
    }
    let name = "acme/json".parse().unwrap();
    site.server.registry().remove(&name, &"1.0.0".parse().unwrap(), "malware", "op").await.unwrap();
    assert_eq!(consistent(client).await.number, 5);
    // What was signed before can still be read.
    assert_eq!(packages(client, &first).await.len(), 1);
    for path in ["/keys/2", "/keys/0", &format!("/{}", node_path(&[7; 32])), "/tree/zz/zz"] {
        assert_eq!(client.get(path).await.status, 404, "{path}");
    }
}

#[tokio::test]
async fn an_old_signature_is_made_anew() {
    let site = signed_over(Arc::new(InMemory::new()), &secret()).await;
    let before = checkpoint(site.client).await;
    site.clock.advance_ms(3_000_000);
    assert_eq!(checkpoint(site.client).await, before);
    site.clock.advance_ms(1_000_000);
    let after = checkpoint(site.client).await;
    assert_eq!(after, Checkpoint { time_unix: before.time_unix + 4000, ..before });
}

/// Two servers change many packages at once; states follow each other and lose nothing.
async fn race(store: Arc<dyn ObjectStore>) {
    let secret = secret();
    let sites = [signed_over(store.clone(), &secret).await, signed_over(store.clone(), &secret).await];
    let token = sites[0].owner("ann").await;
    let publish = |n: usize| {
        let (sites, client, token) = (&sites, sites[n % 2].client, token.clone());
        async move {
            let name = format!("acme/p{}", n / 4);
            let version = format!("1.{n}.0");
            let reply = client.publish(&token, &name, &version, &archive(&name, &version, "a")).await;
            assert_eq!(reply.status, 201, "{}", reply.text());
            // What was published is in the state, whoever is asked.
            for site in sites {
                let state = checkpoint(site.client).await;
                let leaf = packages(site.client, &state).await[&name];
                let path = format!("/{}?sha256={}", s_wire::index_path(&name), to_hex(&leaf.index));
                let index = site.client.get(&path).await.text();
                assert!(index.contains(&version), "{index}");
            }
        }
    };
    join_all((0..24).map(publish)).await;
    let states = [consistent(sites[0].client).await, consistent(sites[1].client).await];
    assert_eq!(states[0], states[1]);
    assert!(states[0].number <= 25, "{states:?}");
    // One that starts now goes on from there.
    let third = signed_over(store, &secret).await;
    assert_eq!(consistent(third.client).await, states[0]);
}

#[tokio::test]
async fn two_servers_sign_over_a_store_in_memory() {
    race(Arc::new(InMemory::new())).await;
}

#[tokio::test]
async fn two_servers_sign_over_a_bucket() {
    let (_server, store) = crate::bucket::fresh();
    race(store).await;
}

#[tokio::test]
async fn a_server_that_is_behind_turns_nothing_back() {
    let (store, secret): (Arc<dyn ObjectStore>, _) = (Arc::new(InMemory::new()), secret());
    let lazy = site_over(store.clone(), |config, _| {
        config.key = key(&secret);
        config.freshness_ms = 3_600_000;
    })
    .await;
    let other = signed_over(store, &secret).await;
    let token = other.owner("ann").await;
    let publish = async |version: &str| {
        let bytes = archive("acme/json", version, "a");
        assert_eq!(other.client.publish(&token, "acme/json", version, &bytes).await.status, 201);
    };
    publish("1.0.0").await;
    let old = lazy.client.get("/index/%40a/cm/acme/json").await;
    publish("1.1.0").await;
    let state = checkpoint(other.client).await;
    // It answers from memory, and its state is the newest all the same.
    assert_eq!(lazy.client.get("/index/%40a/cm/acme/json").await.text(), old.text());
    assert_eq!(checkpoint(lazy.client).await, state);
    // Whoever says what is meant is given that.
    assert_eq!(consistent(lazy.client).await, state);
}

#[tokio::test]
async fn what_was_there_before_is_signed_at_the_start() {
    let store: Arc<dyn ObjectStore> = Arc::new(InMemory::new());
    let before = site_over(store.clone(), |_, _| {}).await;
    let token = before.owner("ann").await;
    let bytes = archive("acme/json", "1.0.0", "a");
    assert_eq!(before.client.publish(&token, "acme/json", "1.0.0", &bytes).await.status, 201);
    let config: Config = before.client.get("/config.json").await.json();
    assert_eq!((config.trust, before.client.get("/checkpoint").await.status), (None, 404));
    let secret = secret();
    let after = signed_over(store.clone(), &secret).await;
    let state = consistent(after.client).await;
    assert_eq!((state.number, packages(after.client, &state).await.len()), (1, 1));
    // From then on nobody serves it without the key.
    for place in [KeyPlace::Nowhere, key(&SecretKey::make(Some("registry.example"), "").unwrap())] {
        let mut config = RegistryConfig::new(None, store.clone(), "");
        config.key = place;
        assert!(Registry::open(config).await.is_err());
    }
}

#[tokio::test]
async fn a_state_that_somebody_else_wrote_is_not_signed() {
    let (store, secret): (Arc<dyn ObjectStore>, _) = (Arc::new(InMemory::new()), secret());
    let site = signed_over(store.clone(), &secret).await;
    let forged = Checkpoint { number: 2, root: [7; 32], ..checkpoint(site.client).await };
    for signer in [&SecretKey::make(Some("registry.example"), "").unwrap(), &secret] {
        let note = Note::sign(&forged.text(), &[signer]).unwrap().to_string();
        store.put(&Path::from("checkpoint/0000000002.note"), PutPayload::from(note)).await.unwrap();
        assert_eq!(site.client.get("/checkpoint").await.status, 500);
    }
    assert!(site.lines.all().iter().any(|line| line.contains("0000000002.note") && line.contains("damaged")));
}

#[tokio::test]
async fn an_export_is_signed() {
    let site = signed_over(Arc::new(InMemory::new()), &secret()).await;
    let token = site.owner("ann").await;
    let bytes = archive("acme/json", "1.0.0", "a");
    assert_eq!(site.client.publish(&token, "acme/json", "1.0.0", &bytes).await.status, 201);
    let to = InMemory::new();
    site.server.registry().export(&to).await.unwrap();
    let read = async |path: &str| to.get(&Path::from(path)).await.unwrap().bytes().await.unwrap();
    let note = async |path: &str| std::str::from_utf8(&read(path).await).unwrap().parse::<Note>().unwrap();
    let config: Config = serde_json::from_slice(&read("config.json").await).unwrap();
    assert_eq!((config.id.as_str(), config.trust.unwrap().keys), ("registry.example", 1));
    let set = KeySet::first(&note("keys/1").await).unwrap();
    let state = set.checkpoint(&note("checkpoint").await).unwrap();
    assert_eq!(state, checkpoint(site.client).await);
    let node = read(&node_path(&state.root)).await;
    let Node::Names(names) = Node::read(&node, &state.root).unwrap() else { panic!("few names") };
    let index = read(&s_wire::index_path("acme/json")).await;
    assert_eq!(names["acme/json"].index, digest_of(&index));
}

#[tokio::test]
async fn notes_are_open_where_reading_needs_a_token() {
    let secret = secret();
    let site = site_over(Arc::new(InMemory::new()), |config, _| {
        config.key = key(&secret);
        config.auth_required = true;
    })
    .await;
    let state = checkpoint(site.client).await;
    let node = format!("/{}", node_path(&state.root));
    assert_eq!(site.client.get(&node).await.status, 401);
    let token = site.token("ann", &[Scope::Read]).await;
    let reply = site.client.with(&token, "GET", &node, "").await;
    assert_eq!((reply.status, reply.header("cache-control")), (200, "private, max-age=31536000, immutable"));
    assert!(from_hex(reply.header("etag").trim_matches('"')) == Some(state.root));
}

#[tokio::test]
async fn a_registry_without_a_key_signs_nothing() {
    let site = site().await;
    for path in ["/checkpoint", "/keys/1", &format!("/{}", node_path(&[0; 32]))] {
        assert_eq!(site.client.get(path).await.status, 404, "{path}");
    }
}
