//! Many processes at once, in one home folder and in one project.

use std::collections::BTreeMap;
use std::fs;
use std::process::{Child, Command, Stdio};
use std::time::Instant;

use s_kit::{Answer, Server};
use s_store::faults::{KILLED_STATUS, PLAN};

use crate::market::Market;

/// How many processes install at once.
const CROWD: usize = 32;
const PACKAGES: [&str; 4] = ["a", "b", "c", "d"];

#[test]
fn a_crowd_fills_one_empty_store_and_downloads_little() {
    let (market, server, expected) = emptied();
    let before = downloads(&server);
    let children: Vec<Child> = (0..CROWD).map(|_| start(&mut install(&market))).collect();
    all_done(&market, children);
    assert_eq!(market.stored(), expected);
    market.done(&["store", "verify"]);
    let counts = since(&downloads(&server), &before);
    println!("{CROWD} processes downloaded {counts:?}");
    assert_eq!(counts.len(), PACKAGES.len(), "{counts:?}");
    for (archive, count) in &counts {
        assert!((1..=DOWNLOADS_MAX).contains(count), "{archive} was downloaded {count} times");
    }
    // Whoever comes later downloads nothing.
    let before = downloads(&server);
    market.done(&["install"]);
    fs::remove_dir_all(market.sandbox.home().join("store")).unwrap();
    market.done(&["install"]);
    assert_eq!(since(&downloads(&server), &before), BTreeMap::new());
}

#[test]
fn nobody_waits_for_a_process_that_was_killed() {
    let (market, _server, expected) = emptied();
    let start_time = Instant::now();
    let mut killed = Vec::new();
    let mut others = Vec::new();
    for number in 0..CROWD / 2 {
        killed.push(start(install(&market).env(PLAN, format!("kill:{}", number * 3))));
        others.push(start(&mut install(&market)));
    }
    all_done(&market, others);
    let ended: Vec<_> = killed.into_iter().map(|mut child| child.wait().unwrap().code()).collect();
    assert!(ended.contains(&Some(KILLED_STATUS)), "{ended:?}");
    assert_eq!(market.stored(), expected);
    market.done(&["store", "verify"]);
    println!("{CROWD} processes, half of them killed, took {:?}", start_time.elapsed());
}

/// A project whose packages are in no store and in no cache any more, and what was in the store.
fn emptied() -> (Market, Server, Vec<String>) {
    let mut market = Market::new();
    for name in PACKAGES {
        market.publish(name, "1.0.0", &[]);
    }
    let server = serve(&market);
    let text = market.manifest().replace("../market", &server.url("/market"));
    fs::write(market.sandbox.work().join("shop/stryke.toml"), text).unwrap();
    market.done(&[&["add"][..], &PACKAGES].concat());
    let expected = market.stored();
    assert_eq!(expected.len(), PACKAGES.len());
    for folder in ["store", "cache"] {
        fs::remove_dir_all(market.sandbox.home().join(folder)).unwrap();
    }
    (market, server, expected)
}

fn all_done(market: &Market, children: Vec<Child>) {
    for child in children {
        let outcome = market.sandbox.outcome(&child.wait_with_output().unwrap());
        assert_eq!(outcome.status, Some(0), "{}", outcome.text());
    }
}

#[test]
fn of_two_who_change_one_project_neither_loses_what_it_said_it_did() {
    let mut market = Market::new();
    for name in PACKAGES {
        market.publish(name, "1.0.0", &[]);
    }
    market.done(&["lock"]);
    let empty = market.manifest();
    let mut refused = 0;
    for _ in 0..20 {
        fs::write(market.sandbox.work().join("shop/stryke.toml"), &empty).unwrap();
        fs::remove_file(market.sandbox.work().join("shop/stryke.lock")).unwrap_or_default();
        let children = PACKAGES.map(|name| (name, start(&mut in_shop(&market, &["add", name]))));
        let mut added = Vec::new();
        for (name, child) in children {
            let outcome = market.sandbox.outcome(&child.wait_with_output().unwrap());
            match outcome.status {
                Some(0) => added.push(name),
                _ => {
                    assert!(outcome.stderr.contains("error[S-3014]"), "{}", outcome.text());
                    refused += 1;
                }
            }
        }
        assert!(!added.is_empty(), "one of them comes first");
        // What was said to be added is there, and nothing else is.
        let (manifest, lock) = (market.manifest(), market.lock().unwrap());
        for name in PACKAGES {
            let is_added = added.contains(&name);
            assert_eq!(
                manifest.contains(&format!("\n{name} = \"1.0\"\n")),
                is_added,
                "{added:?}: {manifest}"
            );
            assert_eq!(lock.contains(&format!("name = \"{name}\"\n")), is_added, "{added:?}: {lock}");
        }
        market.done(&["install", "--locked"]);
    }
    println!("{refused} of 80 were told that the project was changed meanwhile");
}

/// One brings a package, and the others wait for it, unless that takes very long.
const DOWNLOADS_MAX: usize = 2;

/// The registry of the market, behind a server.
fn serve(market: &Market) -> Server {
    let work = market.sandbox.work();
    Server::start(move |request| match fs::read(work.join(request.path().trim_start_matches('/'))) {
        Ok(bytes) => Answer::ok(bytes),
        Err(_) => Answer::status(404),
    })
}

/// How often each archive was asked for.
fn downloads(server: &Server) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for request in server.received().iter().filter(|request| request.path().contains("/files/")) {
        *counts.entry(request.path().to_owned()).or_default() += 1;
    }
    counts
}

/// What was counted after `before`.
fn since(now: &BTreeMap<String, usize>, before: &BTreeMap<String, usize>) -> BTreeMap<String, usize> {
    let more = now.iter().map(|(path, count)| (path.clone(), count - before.get(path).unwrap_or(&0)));
    more.filter(|(_, count)| *count > 0).collect()
}

fn in_shop(market: &Market, args: &[&str]) -> Command {
    let mut command = market.sandbox.command(args);
    command.current_dir(market.sandbox.work().join("shop"));
    command
}

fn install(market: &Market) -> Command {
    in_shop(market, &["install", "--locked"])
}

fn start(command: &mut Command) -> Child {
    command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
}
