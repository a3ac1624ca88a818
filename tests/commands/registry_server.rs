//! A registry of one's own, from outside: served, published to, installed from.

#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "a test fails where something is missing")]

use s_kit::BucketServer;

use crate::served::{Served, run_as};
use crate::support::{Outcome, Sandbox};

fn run_in(sandbox: &Sandbox, folder: &str, args: &[&str]) -> Outcome {
    let mut command = sandbox.command(args);
    let output = command.current_dir(sandbox.work().join(folder)).output().unwrap();
    sandbox.outcome(&output)
}

/// Runs what has to succeed.
fn done(sandbox: &Sandbox, folder: &str, args: &[&str]) {
    let _ = answer(sandbox, folder, args);
}

/// Runs what has to succeed, and returns what it says.
fn answer(sandbox: &Sandbox, folder: &str, args: &[&str]) -> Outcome {
    let outcome = run_in(sandbox, folder, args);
    assert_eq!(outcome.status, Some(0), "{args:?}\n{}", outcome.text());
    outcome
}

fn project(sandbox: &Sandbox, name: &str, version: &str, url: &str) {
    let text = format!(
        "[package]\nname = \"{name}\"\nversion = \"{version}\"\n\n[registries.own]\nurl = \"{url}\"\nplugin = \"stryke/registry-stryke\"\n"
    );
    sandbox.write(&format!("{name}/stryke.toml"), &text);
}

#[test]
fn a_package_goes_from_one_folder_through_a_server_into_another() {
    let sandbox = Sandbox::new();
    let served = Served::start(&sandbox);
    let made = answer(
        &sandbox,
        ".",
        &["registry", "token", "--folder", "packages", "--user", "me", "--scope", "publish", "--json"],
    );
    let token = made.json()["token"].as_str().unwrap().to_owned();
    project(&sandbox, "json", "1.4.0", &served.url);
    sandbox.write("json/lib/json.stk", "# json\n");
    // Nobody in particular publishes nothing.
    let refused = run_in(&sandbox, "json", &["publish"]);
    assert_ne!(refused.status, Some(0), "{}", refused.text());
    assert!(refused.text().contains("s login http://"), "{}", refused.text());

    std::fs::create_dir_all(sandbox.home()).unwrap();
    let binding = format!(
        "[[binding]]\nplugin = \"stryke/auth-token\"\nsecret = \"token\"\norigin = \"{}\"\nfrom = \"env:OWN_TOKEN\"\n",
        served.url
    );
    std::fs::write(sandbox.home().join("grants.toml"), binding).unwrap();
    let sandbox = sandbox.env("OWN_TOKEN", &token);
    let dry = answer(&sandbox, "json", &["publish", "--dry-run"]);
    assert!(dry.text().contains("Would publish json 1.4.0"), "{}", dry.text());
    let published = answer(&sandbox, "json", &["publish"]);
    assert!(!published.text().contains(&token));
    // The same bytes once more are no mistake; others are.
    done(&sandbox, "json", &["publish"]);
    sandbox.write("json/lib/json.stk", "# other\n");
    let other = run_in(&sandbox, "json", &["publish"]);
    assert_ne!(other.status, Some(0), "s19: a version never changes\n{}", other.text());

    project(&sandbox, "shop", "7.0.0", &served.url);
    let added = answer(&sandbox, "shop", &["add", "json"]);
    assert!(added.text().contains("json 1.4.0 from own"), "{}", added.text());
    let tree = answer(&sandbox, "shop", &["tree"]);
    assert_eq!(tree.stdout, "shop 7.0.0\n└── json 1.4.0\n");
    // The server is gone, and what is here stays usable.
    drop(served);
    done(&sandbox, "shop", &["install", "--frozen"]);
    std::fs::remove_dir_all(sandbox.home().join("store")).unwrap();
    done(&sandbox, "shop", &["install", "--frozen"]);
    let gone = run_in(&sandbox, "shop", &["update"]);
    assert_eq!(gone.status, Some(9), "{}", gone.text());
}

#[test]
fn several_servers_share_a_bucket() {
    let bucket = BucketServer::start("packages");
    let sandbox = Sandbox::new()
        .env("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE")
        .env("AWS_SECRET_ACCESS_KEY", "wJalrXUtnFEMI")
        .env("AWS_ENDPOINT_URL", &bucket.server().origin());
    let place = ["--store", "s3://packages/stable"];
    let made = answer(
        &sandbox,
        ".",
        &[&["registry", "token", "--user", "me", "--scope", "publish", "--json"][..], &place].concat(),
    );
    let token = made.json()["token"].as_str().unwrap().to_owned();
    let serve = || Served::start_with(&sandbox, &[&["--flat-names"][..], &place].concat());
    let (first, second) = (serve(), serve());
    first.bind(&sandbox);
    project(&sandbox, "json", "1.4.0", &first.url);
    sandbox.write("json/lib/json.stk", "# json\n");
    let published = run_as(&sandbox, &token, "json", &["publish"]);
    assert_eq!(published.status, Some(0), "{}", published.text());
    // What one was given the other has, and what is left when both are gone.
    assert_eq!(second.versions("json").len(), 1);
    project(&sandbox, "shop", "7.0.0", &second.url);
    done(&sandbox, "shop", &["add", "json"]);
    drop((first, second));
    let exported = answer(&sandbox, ".", &[&["registry", "export", "public"][..], &place].concat());
    assert!(exported.stderr.contains("1 versions to public"), "{}", exported.text());
    assert!(bucket.keys().iter().all(|key| key.starts_with("stable/")), "{:?}", bucket.keys());
    assert!(!sandbox.work().join("registry").exists(), "nothing is in a folder");
}

#[test]
fn what_is_wrong_with_a_bucket_is_said_before_anything_is_served() {
    let bucket = BucketServer::start("packages");
    let sandbox = Sandbox::new().env("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE");
    let origin = bucket.server().origin();
    let serve = |sandbox: &Sandbox, store: &str, more: &[&str], status: i32, words: &[&str]| {
        let outcome = run_in(
            sandbox,
            ".",
            &[&["registry", "serve", "--listen", "127.0.0.1:0", "--store", store], more].concat(),
        );
        assert_eq!(outcome.status, Some(status), "{store}: {}", outcome.text());
        for word in words {
            assert!(outcome.stderr.contains(word), "`{word}` is missing: {}", outcome.text());
        }
        assert!(!outcome.text().contains("wJalrXUtnFEMI"), "{}", outcome.text());
    };
    let there = ["--endpoint", origin.as_str()];
    serve(&sandbox, "s3://packages", &there, 2, &["S-4075", "AWS_SECRET_ACCESS_KEY", "arguments are"]);
    let sandbox = sandbox.env("AWS_SECRET_ACCESS_KEY", "wJalrXUtnFEMI");
    serve(&sandbox, "gs://packages", &there, 2, &["S-4075", "`gs://packages`", "s3://BUCKET/PREFIX"]);
    serve(&sandbox, "packages", &there, 2, &["S-4075", "`packages`", "s3://BUCKET/PREFIX"]);
    serve(&sandbox, "s3://packages", &["--endpoint", "http://minio:9000"], 2, &["S-4075", "AWS_ALLOW_HTTP"]);
    serve(&sandbox, "s3://packages", &["--region", "EU"], 2, &["S-4075", "`EU` cannot be a region"]);
    serve(&sandbox, "s3://other", &there, 1, &["S-4069", "NoSuchBucket"]);
    bucket.ignore_conditions();
    serve(&sandbox, "s3://packages", &there, 1, &["S-4075", "If-None-Match", "lose versions"]);
}

#[test]
fn a_server_says_what_is_wrong_with_its_command_line() {
    let sandbox = Sandbox::new();
    let outcome = run_in(&sandbox, ".", &["registry", "token", "--user", "me", "--scope", "everything"]);
    assert_eq!(outcome.status, Some(2), "{}", outcome.text());
    let outcome = run_in(&sandbox, ".", &["registry", "token", "--user", "m e", "--scope", "publish"]);
    assert!(outcome.status == Some(1) && outcome.text().contains("S-4069"), "{}", outcome.text());
}

#[test]
fn a_proxy_that_is_named_is_believed_about_its_clients() {
    let sandbox = Sandbox::new();
    let log = sandbox.write("log", "");
    for (proxy, client) in [("127.0.0.1", "203.0.113.9"), ("127.0.0.2", "127.0.0.1")] {
        let line =
            ["registry", "serve", "--folder", "packages", "--json", "--log", "--listen", "127.0.0.1:0"];
        let mut command = sandbox.command(&[&line[..], &["--proxy", proxy]].concat());
        command.stderr(std::fs::File::create(&log).unwrap());
        let served = Served::logging(command);
        assert!(served.get("/health HTTP/1.0\r\nx-forwarded-for: 203.0.113.9\r\nx: ").is_some());
        drop(served);
        let text = std::fs::read_to_string(&log).unwrap();
        assert!(text.contains(&format!("\"{client}\"")), "{text}");
    }
}
