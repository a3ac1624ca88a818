//! Registries in several places.

use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};

use s_kit::{Answer, Server};

use crate::market::Market;

/// Serves a folder, and counts the archives it is asked for.
fn served(folder: &Path, wrong: bool) -> (Server, Arc<AtomicUsize>) {
    let (folder, count) = (folder.to_path_buf(), Arc::new(AtomicUsize::new(0)));
    let counted = Arc::clone(&count);
    let server = Server::start(move |request| {
        counted.fetch_add(usize::from(request.path().ends_with(".zst")), SeqCst);
        match fs::read(folder.join(request.path().trim_start_matches('/'))) {
            Ok(mut bytes) => {
                if wrong && request.path().ends_with(".zst") {
                    bytes.reverse();
                }
                Answer::ok(bytes)
            }
            Err(_) => Answer::status(404),
        }
    });
    (server, count)
}

fn project(market: &Market, url: &str, mirrors: &[&str]) {
    let mirrors: Vec<String> = mirrors.iter().map(|url| format!("\"{url}\"")).collect();
    market.sandbox.write(
        "shop/stryke.toml",
        &format!(
            "[deps]\njson = \"1\"\n\n[registries.market]\nurl = \"{url}\"\nmirrors = [{}]\n",
            mirrors.join(", ")
        ),
    );
}

#[test]
fn archives_come_from_the_mirror_and_versions_from_the_registry() {
    let mut market = Market::new();
    market.publish("json", "1.4.0", &[]);
    let ((registry, asked), (mirror, helped)) = (served(&market.root, false), served(&market.root, false));
    project(&market, &registry.url(""), &[&mirror.url("")]);
    market.done(&["lock"]);
    assert_eq!(mirror.received().len(), 0, "it is asked for no versions");
    market.done(&["install", "--locked"]);
    assert_eq!((helped.load(SeqCst), asked.load(SeqCst)), (1, 0));
    let lock = market.lock().unwrap();
    assert!(lock.contains(&format!("registry+{}", registry.url(""))), "a mirror leaves no trace: {lock}");
}

#[test]
fn a_mirror_with_other_bytes_is_passed_over() {
    let mut market = Market::new();
    market.publish("json", "1.4.0", &[]);
    let ((registry, _), (mirror, _)) = (served(&market.root, false), served(&market.root, true));
    project(&market, &registry.url(""), &[&mirror.url("")]);
    let outcome = market.answer(&["install"]);
    assert!(outcome.stderr.contains("another place that has it is tried"), "{}", outcome.stderr);
    market.done(&["store", "verify"]);
    assert_eq!(market.stored().len(), 1);
}

#[test]
fn a_registry_that_is_down_is_stood_in_for() {
    let mut market = Market::new();
    market.publish("json", "1.4.0", &[]);
    let (mirror, _) = served(&market.root, false);
    let down = {
        let (server, _) = served(&market.root, false);
        server.url("")
    };
    project(&market, &down, &["../nowhere", &mirror.url("")]);
    let outcome = market.answer(&["install"]);
    assert!(outcome.stderr.contains("`market` could not be reached"), "{}", outcome.stderr);
    assert!(outcome.stderr.contains("may not know the newest versions"), "{}", outcome.stderr);
    assert!(market.lock().unwrap().contains(&format!("registry+{down}")));
    // Without a mirror it is an error of the network, and nothing changes.
    project(&market, &down, &[]);
    fs::remove_file(market.sandbox.work().join("shop/stryke.lock")).unwrap();
    let _ = market.refused(&["install"], 9, "S-4055");
}
