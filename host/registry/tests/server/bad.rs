//! Bodies, archives and clients that are not what they should be. Nothing is left of any of them.

use std::sync::Arc;
use std::time::Duration;

use futures_util::TryStreamExt as _;
use object_store::memory::InMemory;
use s_registry::ObjectStore;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::support::{PATIENCE, Site, archive, site, site_over, stated};

const PATH: &str = "/api/v1/packages/acme/json/1.0.0";

/// Sends bytes and reads until the server hangs up.
async fn raw(site: &Site, bytes: &[u8], finish: bool) -> String {
    let mut stream = TcpStream::connect(site.server.address()).await.unwrap();
    stream.write_all(bytes).await.unwrap();
    if finish {
        stream.shutdown().await.unwrap();
    }
    let mut text = Vec::new();
    // A server that hangs up early may reset; what it said before counts.
    let _ = stream.read_to_end(&mut text).await;
    String::from_utf8_lossy(&text).into_owned()
}

fn head(token: &str, digest: &str, more: &str) -> String {
    format!(
        "PUT {PATH} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {token}\r\ncontent-digest: {digest}\r\n{more}\r\n\r\n"
    )
}

fn nothing_is_left(site: &Site) {
    assert!(s_store::files::read_dir(site.scratch.path()).unwrap().is_empty());
}

async fn paths(store: &dyn ObjectStore, folder: &str) -> usize {
    let listed: Vec<_> = store.list(Some(&folder.into())).try_collect().await.unwrap();
    listed.len()
}

#[tokio::test]
async fn what_is_not_what_it_says_is_refused() {
    let store: Arc<dyn ObjectStore> = Arc::new(InMemory::new());
    let site = site_over(store.clone(), |_, _| {}).await;
    let token = site.owner("ann").await;
    let good = archive("acme/json", "1.0.0", "1");
    let truncated = &good[..good.len() - 1];
    let doubled = [good.clone(), good.clone()].concat();
    let cases: &[(&str, &[u8], &str)] = &[
        ("other name", &archive("acme/other", "1.0.0", "1"), "archive-refused"),
        ("other scope", &archive("evil/json", "1.0.0", "1"), "manifest"),
        ("other version", &archive("acme/json", "2.0.0", "1"), "archive-refused"),
        ("truncated", truncated, "archive-refused"),
        ("two in one", &doubled, "archive-refused"),
        ("no archive", b"MZ\x90", "archive-refused"),
        ("nothing", b"", "archive-refused"),
    ];
    for (what, bytes, code) in cases {
        let reply = site.client.publish(&token, "acme/json", "1.0.0", bytes).await;
        assert_eq!(reply.refused(), (422, (*code).to_owned()), "{what}: {}", reply.text());
        nothing_is_left(&site);
    }
    // Bytes that are fine, with the digest of others, with none and with nonsense.
    let bearer = format!("Bearer {token}");
    for (digest, status, code) in [
        (stated(b"other"), 422, "digest-mismatch"),
        (String::new(), 400, "digest-missing"),
        ("sha-256=x".into(), 400, "digest-missing"),
    ] {
        let headers = [("authorization", bearer.as_str()), ("content-digest", digest.as_str())];
        let reply = site.client.send("PUT", PATH, &headers, good.clone()).await;
        assert_eq!(reply.refused(), (status, code.to_owned()), "{digest}");
        nothing_is_left(&site);
    }
    // Nobody owns anything through a publication that was refused, and no byte was kept.
    assert_eq!((paths(store.as_ref(), "journal").await, paths(store.as_ref(), "blobs").await), (0, 0));
    assert_eq!(site.client.publish(&token, "acme/json", "1.0.0", &good).await.status, 201);
    nothing_is_left(&site);
}

/// An entry of a tar file: a header of POSIX with a right checksum, and its content.
fn entry(name: &str, kind: u8, link: &str, content: &[u8]) -> Vec<u8> {
    let mut header = [0_u8; 512];
    let mut put = |at: usize, text: &str| header[at..at + text.len()].copy_from_slice(text.as_bytes());
    put(0, name);
    put(100, "0000644\0");
    put(108, "0000000\0");
    put(116, "0000000\0");
    put(124, &format!("{:011o}\0", content.len()));
    put(136, "00000000000\0");
    put(148, "        ");
    put(157, link);
    put(257, "ustar\0");
    put(263, "00");
    header[156] = kind;
    let sum: u32 = header.iter().map(|byte| u32::from(*byte)).sum();
    header[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
    let padding = vec![0; content.len().next_multiple_of(512) - content.len()];
    [&header[..], content, &padding].concat()
}

#[tokio::test]
async fn hostile_archives_are_refused_by_name() {
    let site = site().await;
    let token = site.owner("ann").await;
    let manifest = b"[package]\nname = \"acme/json\"\nversion = \"1.0.0\"\n";
    let good = || entry("json-1.0.0/stryke.toml", b'0', "", manifest);
    let zeros = vec![0; 3 << 20];
    let cases: &[(&str, Vec<u8>, &str)] = &[
        ("climbs out", entry("json-1.0.0/../../evil", b'0', "", b"x"), "archive-refused"),
        ("absolute", entry("/etc/passwd", b'0', "", b"x"), "archive-refused"),
        ("beside the root", entry("other/evil", b'0', "", b"x"), "archive-refused"),
        ("a link", entry("json-1.0.0/evil", b'2', "/etc/passwd", b""), "archive-refused"),
        ("a hard link", entry("json-1.0.0/evil", b'1', "json-1.0.0/stryke.toml", b""), "archive-refused"),
        ("a device", entry("json-1.0.0/evil", b'3', "", b""), "archive-refused"),
        ("the manifest twice", good(), "archive-refused"),
        ("but for the case", entry("json-1.0.0/STRYKE.TOML", b'0', "", b"x"), "archive-refused"),
        ("a marker of the store", entry("json-1.0.0/.s-ok", b'0', "", b"x"), "archive-refused"),
        ("a bomb", entry("json-1.0.0/zeros", b'0', "", &zeros), "archive-refused"),
    ];
    let packed = |more: &[u8]| {
        let tar = [&good()[..], more, &[0; 1024]].concat();
        let mut encoder = zstd::Encoder::new(Vec::new(), 3).unwrap();
        encoder.set_pledged_src_size(Some(tar.len() as u64)).unwrap();
        encoder.include_checksum(true).unwrap();
        std::io::Write::write_all(&mut encoder, &tar).unwrap();
        encoder.finish().unwrap()
    };
    for (what, more, code) in cases {
        let reply = site.client.publish(&token, "acme/json", "1.0.0", &packed(more)).await;
        assert_eq!(reply.refused(), (422, (*code).to_owned()), "{what}");
        nothing_is_left(&site);
    }
    // What is hostile is what makes the difference.
    let reply = site.client.publish(&token, "acme/json", "1.0.0", &packed(&[])).await;
    assert_eq!(reply.status, 201, "{}", reply.text());
}

#[tokio::test]
async fn bodies_have_bounds() {
    let site = site_over(Arc::new(InMemory::new()), |registry, server| {
        registry.archive_bytes_max = 1000;
        server.body_idle_timeout = Duration::from_millis(50);
        server.head_timeout = Duration::from_millis(50);
    })
    .await;
    let token = site.owner("ann").await;
    let digest = stated(b"x");
    let large = "x".repeat(2000);
    let announced = head(&token, &digest, "content-length: 1001");
    let sent = format!("{}7d0\r\n{large}\r\n0\r\n\r\n", head(&token, &digest, "transfer-encoding: chunked"));
    let slow = format!("{}some", head(&token, &digest, "content-length: 900"));
    for (what, request, finish, status, code) in [
        ("announced too large", &announced, false, "413", "too-large"),
        ("turns out too large", &sent, false, "413", "too-large"),
        ("stands still", &slow, false, "408", "slow-body"),
    ] {
        let reply = raw(&site, request.as_bytes(), finish).await;
        assert!(reply.starts_with(&format!("HTTP/1.1 {status} ")) && reply.contains(code), "{what}: {reply}");
        nothing_is_left(&site);
    }
    // A head that never ends, and one that is too large.
    let endless = raw(&site, b"GET / HTTP/1.1\r\nhost: x\r\n", false).await;
    assert!(endless.is_empty() || endless.starts_with("HTTP/1.1 408"), "{endless}");
    let huge =
        raw(&site, format!("GET / HTTP/1.1\r\nx: {}\r\n\r\n", "y".repeat(100_000)).as_bytes(), false).await;
    assert!(huge.starts_with("HTTP/1.1 431") || huge.is_empty(), "{huge}");
    let body = format!(r#"{{"reason":"{}"}}"#, "x".repeat(20_000));
    let reply = site.client.with(&token, "PUT", &format!("{PATH}/yank"), body).await;
    assert_eq!(reply.refused(), (413, "too-large".into()));
}

#[tokio::test]
async fn a_body_that_breaks_off_is_not_published() {
    let site = site().await;
    let token = site.owner("ann").await;
    let good = archive("acme/json", "1.0.0", "1");
    let mut request = head(&token, &stated(&good), &format!("content-length: {}", good.len())).into_bytes();
    request.extend_from_slice(&good[..good.len() / 2]);
    let reply = raw(&site, &request, true).await;
    assert!(reply.is_empty() || reply.contains("truncated"), "{reply}");
    assert_eq!(site.client.get("/api/v1/index/acme/json").await.status, 404);
    nothing_is_left(&site);
}

#[tokio::test]
async fn connections_wait_for_a_place() {
    let site = site_over(Arc::new(InMemory::new()), |_, server| server.connection_count_max = 1).await;
    let mut first = TcpStream::connect(site.server.address()).await.unwrap();
    first.write_all(b"GET /health HTTP/1.1\r\nhost: x\r\n\r\n").await.unwrap();
    let mut buffer = [0; 1024];
    assert!(first.read(&mut buffer).await.unwrap() > 0);
    let client = site.client;
    let second = tokio::spawn(async move { client.get("/health").await.status });
    // The first still has the place, and is answered.
    first.write_all(b"GET /health HTTP/1.1\r\nhost: x\r\n\r\n").await.unwrap();
    assert!(first.read(&mut buffer).await.unwrap() > 0);
    assert!(!second.is_finished());
    drop(first);
    assert_eq!(tokio::time::timeout(PATIENCE, second).await.unwrap().unwrap(), 200);
}
