//! TLS.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;

use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};
use s_kit::{Answer, Server};

use super::{Names, client, get, options, permit, permit_for, text};
use crate::{Client, NetError, NetErrorKind, Options, Proxies, Roots};

/// Starts a server for `good.example` and returns its port and its certificate in DER. It greets
/// whoever shakes hands with it.
fn secure_server() -> (u16, Vec<u8>) {
    let made = rcgen::generate_simple_self_signed(["good.example".to_owned()]).unwrap();
    let certificate = made.cert.der().to_vec();
    let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(made.signing_key.serialize_der()));
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![made.cert.der().clone()], key)
        .unwrap();
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    let config = Arc::new(config);
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let port = listener.local_addr().unwrap().port();
    // The thread ends with the test process; it holds nothing but its socket.
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let mut stream = StreamOwned::new(ServerConnection::new(Arc::clone(&config)).unwrap(), stream);
            let mut head = Vec::new();
            let mut byte = [0];
            while !head.ends_with(b"\r\n\r\n") && stream.read(&mut byte).is_ok_and(|count| count == 1) {
                head.push(byte[0]);
            }
            let _ =
                stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\nconnection: close\r\n\r\nhello");
            stream.conn.send_close_notify();
            let _ = stream.flush();
        }
    });
    (port, certificate)
}

#[tokio::test]
async fn servers_have_to_be_vouched_for() {
    let (port, certificate) = secure_server();
    let resolver = Names::new(&[&["127.0.0.1"]]);
    let trusting = Options { roots: Roots::Only(vec![certificate]), resolver: resolver.clone(), ..options() };
    let good = format!("https://good.example:{port}/");
    let bad = format!("https://bad.example:{port}/");
    let both = permit(&[&good, &bad]);
    let client = Client::new(trusting);
    assert_eq!(text(&client, &both, get(&good)).await, "hello");
    let strict = Client::new(Options { roots: Roots::Only(Vec::new()), resolver, ..options() });
    for (client, url) in [(&client, &bad), (&strict, &good)] {
        let error = client.send(&both, get(url)).await.unwrap_err();
        assert_eq!(error.kind(), NetErrorKind::Tls, "{url}: {error:?}");
    }
}

/// Starts a proxy that leads every tunnel to this port, and returns its own.
fn tunnel_to(target: u16) -> u16 {
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        for mut near in listener.incoming().flatten() {
            let mut head = Vec::new();
            let mut byte = [0];
            while !head.ends_with(b"\r\n\r\n") && near.read(&mut byte).is_ok_and(|count| count == 1) {
                head.push(byte[0]);
            }
            assert!(head.starts_with(b"CONNECT good.example:"));
            let mut far = TcpStream::connect(("127.0.0.1", target)).unwrap();
            near.write_all(b"HTTP/1.1 200 Connected\r\n\r\n").unwrap();
            let (mut back_far, mut back_near) = (far.try_clone().unwrap(), near.try_clone().unwrap());
            std::thread::spawn(move || std::io::copy(&mut back_far, &mut back_near));
            std::thread::spawn(move || std::io::copy(&mut near, &mut far));
        }
    });
    port
}

#[tokio::test]
async fn tunnels_are_secure_end_to_end() {
    let (port, certificate) = secure_server();
    let proxy = format!("127.0.0.1:{}", tunnel_to(port));
    let options = Options {
        roots: Roots::Only(vec![certificate]),
        proxies: Proxies::new(None, Some(&proxy), None).unwrap(),
        resolver: Names::new(&[&[]]),
        ..options()
    };
    let url = format!("https://good.example:{port}/");
    assert_eq!(text(&Client::new(options), &permit(&[&url]), get(&url)).await, "hello");
}

#[tokio::test]
async fn roots_are_read_for_https_only() {
    let server = Server::start(|_| Answer::ok("hello"));
    let client = client();
    text(&client, &permit_for(&server), get(server.url("/"))).await;
    assert!(!client.shared.tls.is_loaded());
    let (port, _) = secure_server();
    let url = format!("https://127.0.0.1:{port}/");
    let error = client.send(&permit(&[&url]), get(&url)).await.unwrap_err();
    assert!(matches!(error, NetError::Tls { .. }), "{error:?}");
    assert!(client.shared.tls.is_loaded());
}
