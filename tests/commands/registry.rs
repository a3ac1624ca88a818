//! `s registry`: a static registry behind a web server and in a folder, well-behaved and not.

#![expect(clippy::unwrap_used, reason = "a test fails where something is missing")]

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use s_kit::{Answer, Received, Server};
use sha2::{Digest as _, Sha256};

use crate::support::{Outcome, Sandbox};

const BYTES: &[u8] = b"the source of json 1.0.0, packed\n";

fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The files of a registry, by path.
#[derive(Clone)]
struct Files(BTreeMap<String, Vec<u8>>);

impl Files {
    /// `json` 1.0.0, yanked 0.9.0, and the binary of one target.
    fn new() -> Files {
        let mut files = Files(BTreeMap::new());
        files.put("files/json-1.0.0.tar.gz", BYTES);
        files.put("packages/json/index.json", r#"{"versions":["1.0.0","0.9.0"]}"#);
        files.release("1.0.0", "files/json-1.0.0.tar.gz", Some(BYTES.len()), &sha256(BYTES));
        files.put(
            "packages/json/0.9.0/release.json",
            format!(
                r#"{{"version":"0.9.0","yanked":"loses digits","artifacts":[{{"kind":"binary",
                    "target":"x86_64-linux-gnu","profile":"release","url":"files/json-1.0.0.tar.gz",
                    "digest":"sha256:{}"}}]}}"#,
                sha256(BYTES)
            ),
        );
        files
    }

    fn put(&mut self, path: &str, content: impl AsRef<[u8]>) {
        self.0.insert(path.to_owned(), content.as_ref().to_vec());
    }

    /// Describes the source of a version of `json`.
    fn release(&mut self, version: &str, url: &str, size: Option<usize>, digest: &str) {
        let size = size.map(|size| format!(r#""size":{size},"#)).unwrap_or_default();
        self.put(
            &format!("packages/json/{version}/release.json"),
            format!(
                r#"{{"version":"{version}","published":"2026-01-02T00:00:00Z","requires-stryke":">=0.1",
                    "artifacts":[{{"kind":"source","url":"{url}",{size}"digest":"sha256:{digest}"}}],
                    "dependencies":[{{"name":"org/text","requirement":"^2"}}]}}"#
            ),
        );
    }

    fn write(&self, root: &Path) {
        for (path, content) in &self.0 {
            let path = root.join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, content).unwrap();
        }
    }

    fn answer(&self, request: &Received) -> Answer {
        match self.0.get(request.path().trim_start_matches('/')) {
            Some(content) => Answer::ok(content.clone()),
            None => Answer::status(404),
        }
    }

    fn serve(self) -> Server {
        Server::start(move |request| self.answer(request))
    }
}

fn fetch(sandbox: &Sandbox, url: &str) -> Outcome {
    sandbox.run(&["registry", "fetch", "json@1.0.0", "--url", url, "-o", "out/json.tar.gz"])
}

/// A sandbox with a folder to fetch into.
fn sandbox() -> Sandbox {
    let sandbox = Sandbox::new();
    fs::create_dir(sandbox.work().join("out")).unwrap();
    sandbox
}

/// Asserts that a fetch failed this way and left nothing behind.
fn assert_refused(sandbox: &Sandbox, outcome: &Outcome, status: i32, code: &str, says: &[&str]) {
    assert_eq!((outcome.status, outcome.stdout.as_str()), (Some(status), ""), "{outcome:?}");
    assert!(outcome.stderr.contains(&format!("error[{code}]: ")), "{code}: {outcome:?}");
    for text in says {
        assert!(outcome.stderr.contains(text), "{text}: {outcome:?}");
    }
    assert_eq!(fs::read_dir(sandbox.work().join("out")).unwrap().count(), 0, "nothing is left");
}

#[test]
fn the_same_registry_behind_a_server_and_in_a_folder() {
    let server = Files::new().serve();
    let sandbox = sandbox();
    Files::new().write(&sandbox.work().join("reg"));
    let folder = sandbox.work().join("reg").display().to_string();
    for url in [server.url("/"), server.origin(), format!("file://{folder}"), folder, "./reg".to_owned()] {
        let shown = sandbox.run(&["registry", "show", "json", "--url", &url]);
        insta::allow_duplicates!(insta::assert_snapshot!(shown.text(), @"
        status 0
        --- stdout
        json
        VERSION  FORMS                     NOTE
        1.0.0    source
        0.9.0    x86_64-linux-gnu/release  yanked: loses digits
        "));
        let fetched = fetch(&sandbox, &url);
        assert_eq!(fetched.status, Some(0), "{url}: {fetched:?}");
        assert_eq!(fs::read(sandbox.work().join("out/json.tar.gz")).unwrap(), BYTES, "{url}");
        fs::remove_file(sandbox.work().join("out/json.tar.gz")).unwrap();
    }
}

/// The JSON answer in lines, with the directory replaced.
fn pretty(outcome: &Outcome) -> String {
    let json = serde_json::to_string_pretty(&outcome.json()).unwrap();
    json.replace(&["[sandbox]", "work"].join("/"), "[work]")
}

#[test]
fn the_json_answers() {
    let sandbox = sandbox();
    Files::new().write(&sandbox.work().join("reg"));
    let shown = sandbox.run(&["registry", "show", "json", "--url", "reg", "--json"]);
    assert_eq!((shown.status, shown.stderr.as_str()), (Some(0), ""), "{shown:?}");
    insta::assert_snapshot!(pretty(&shown), @r#"
    {
      "packages": [
        {
          "name": "json",
          "versions": [
            {
              "artifacts": [
                {
                  "digest": "sha256-90ff0c5ab61a8605120713521bbe44c04237c734d58efe0e05475e5279eb4d93",
                  "kind": "source",
                  "profile": null,
                  "size": 33,
                  "target": null
                }
              ],
              "dependencies": [
                {
                  "features": [],
                  "kind": "normal",
                  "name": "org/text",
                  "optional": false,
                  "registry": null,
                  "requirement": "^2"
                }
              ],
              "published-unix": 1767312000,
              "requires-stryke": ">=0.1",
              "version": "1.0.0",
              "yanked": null
            },
            {
              "artifacts": [
                {
                  "digest": "sha256-90ff0c5ab61a8605120713521bbe44c04237c734d58efe0e05475e5279eb4d93",
                  "kind": "binary",
                  "profile": "release",
                  "size": null,
                  "target": "x86_64-linux-gnu"
                }
              ],
              "dependencies": [],
              "published-unix": null,
              "requires-stryke": null,
              "version": "0.9.0",
              "yanked": "loses digits"
            }
          ]
        }
      ],
      "registry": {
        "name": "[work]/reg",
        "plugin": "stryke/registry-static",
        "url": "[work]/reg"
      }
    }
    "#);
    let args = [
        "registry",
        "fetch",
        "json@0.9.0",
        "--url",
        "reg",
        "--target",
        "x86_64-linux-gnu",
        "-o",
        "out/j",
        "--json",
    ];
    let fetched = sandbox.run(&args);
    assert!(fetched.stderr.contains("warning[S-4064]: `json@0.9.0` was yanked"), "{fetched:?}");
    insta::assert_snapshot!(pretty(&fetched), @r#"
    {
      "digest": "sha256-90ff0c5ab61a8605120713521bbe44c04237c734d58efe0e05475e5279eb4d93",
      "file": "out/j",
      "format": "tar.gz",
      "from": "file://[work]/reg/files/json-1.0.0.tar.gz",
      "name": "json",
      "size": 33,
      "version": "0.9.0"
    }
    "#);
}

#[test]
fn registries_go_by_their_names() {
    let server = Files::new().serve();
    let sandbox = sandbox();
    Files::new().write(&sandbox.work().join("reg"));
    sandbox.write(
        "stryke.toml",
        &format!("[package]\nname = \"a\"\n\n[registries.mirror]\nurl = \"{}\"\n[registries.local]\nurl = \"reg\"\n", server.origin()),
    );
    sandbox.write("sub/here", "");
    for name in ["mirror", "local"] {
        let mut command = sandbox.command(&["registry", "show", "json", "--registry", name]);
        let shown = sandbox.outcome(&command.current_dir(sandbox.work().join("sub")).output().unwrap());
        assert_eq!(shown.status, Some(0), "{name}: {shown:?}");
        assert!(shown.stdout.contains("1.0.0"), "{name}: {shown:?}");
    }
    fs::create_dir_all(sandbox.home()).unwrap();
    let own =
        format!("[registries.own]\nurl = \"{}/\"\nplugin = \"stryke/registry-static\"\n", server.origin());
    fs::write(sandbox.home().join("config.toml"), own).unwrap();
    assert_eq!(sandbox.run(&["registry", "show", "json", "--registry", "own"]).status, Some(0));
    let unknown = sandbox.run(&["registry", "show", "json", "--registry", "corp"]);
    assert_eq!(unknown.status, Some(2), "{unknown:?}");
    assert!(unknown.stderr.contains("error[S-4063]: ") && unknown.stderr.contains("`mirror`"), "{unknown:?}");
    for args in [
        &["registry", "show", "json"][..],
        &["registry", "show", "json", "--url", "reg", "--registry", "mirror"],
        &["registry", "show", "--url", "reg"],
        &["registry", "fetch", "json", "--url", "reg", "-o", "x"],
        &["registry", "show", "json", "--url", "reg", "--plugin", "stryke/new"],
        &["registry", "show", "json", "--url", "https://ada:hunter22@pkg.example/"],
    ] {
        let outcome = sandbox.run(args);
        assert_eq!((outcome.status, outcome.stdout.as_str()), (Some(2), ""), "{args:?}: {outcome:?}");
        assert!(!outcome.stderr.contains("hunter22"), "{outcome:?}");
    }
}

#[test]
fn twenty_packages_are_in_flight_together() {
    let names: Vec<String> = (0..20).map(|number| format!("p{number}")).collect();
    let server = Server::start(|request| {
        let answer = match request.path().ends_with("/index.json") {
            true => Answer::ok(r#"{"versions":["1.0.0"]}"#),
            false => Answer::ok(r#"{"version":"1.0.0","artifacts":[]}"#),
        };
        // Each lot is answered when all of it has arrived, and a little later.
        answer.delay(Duration::from_millis(50)).gathered(20)
    });
    let sandbox = sandbox();
    let url = server.origin();
    let mut args = vec!["registry", "show", "--url", &url, "--json"];
    args.extend(names.iter().map(String::as_str));
    let shown = sandbox.run(&args);
    assert_eq!(shown.status, Some(0), "{shown:?}");
    assert_eq!(shown.json()["packages"].as_array().unwrap().len(), 20);
    assert_eq!((server.request_count(), server.concurrency_max()), (40, 20));
}

#[test]
fn what_is_not_there_is_named() {
    let server = Files::new().serve();
    let sandbox = sandbox();
    Files::new().write(&sandbox.work().join("reg"));
    for url in [server.origin(), "reg".to_owned()] {
        let outcome = sandbox.run(&["registry", "show", "jsn", "json", "--url", &url]);
        assert_eq!(outcome.status, Some(1), "{outcome:?}");
        assert!(outcome.stdout.contains("1.0.0"), "the other one is shown: {outcome:?}");
        assert!(outcome.stderr.contains("error[S-4064]: there is no package `jsn`"), "{outcome:?}");
        assert!(outcome.stderr.contains("hint: check the spelling"), "{outcome:?}");
        let version = sandbox.run(&["registry", "fetch", "json@3.0.0", "--url", &url, "-o", "out/x"]);
        assert_refused(&sandbox, &version, 1, "S-4064", &["there are `1.0.0`, `0.9.0`"]);
        let target = sandbox.run(&[
            "registry",
            "fetch",
            "json@1.0.0",
            "--target",
            "z80",
            "--url",
            &url,
            "-o",
            "out/x",
        ]);
        assert_refused(&sandbox, &target, 1, "S-4064", &["it has `source`"]);
    }
    let nowhere = sandbox.run(&["registry", "show", "json", "--url", "nowhere"]);
    assert_eq!(nowhere.status, Some(1), "{nowhere:?}");
}

#[test]
fn a_server_that_stumbles_is_asked_again() {
    let files = Files::new();
    let stumbles = AtomicUsize::new(0);
    let server = Server::start(move |request| match request.path() {
        "/packages/json/index.json" if stumbles.fetch_add(1, SeqCst) == 0 => Answer::status(500),
        _ => files.answer(request),
    });
    let sandbox = sandbox();
    let outcome = sandbox.run(&["registry", "show", "json", "--url", &server.origin()]);
    assert_eq!(outcome.status, Some(0), "{outcome:?}");

    let down = Server::start(|_| Answer::status(500));
    let outcome = sandbox.run(&["registry", "show", "json", "--url", &down.origin()]);
    assert_refused(&sandbox, &outcome, 9, "S-5067", &["status 500", "packages/json/index.json"]);
    assert_eq!(down.request_count(), 3);
}

#[test]
fn files_that_are_not_the_promised_ones_leave_nothing() {
    let artifact = "/files/json-1.0.0.tar.gz";
    let other = b"the source of json 1.0.1, packed\n";
    type Serve = fn(&Received) -> Answer;
    let cases: [(&str, Serve, i32, &str, &[&str]); 5] = [
        ("another file", |_| Answer::ok(b"the source of json 1.0.1, packed\n"), 5, "S-4058", &[]),
        ("a shorter file", |_| Answer::ok(b"short"), 5, "S-4058", &["has 5 instead of 33 bytes"]),
        ("one that breaks off", |_| Answer::ok(BYTES).truncated(10), 9, "S-4057", &["broke off"]),
        ("one without end", |_| Answer::endless(), 5, "S-4058", &["instead of 33 bytes"]),
        ("an error", |_| Answer::status(410), 9, "S-4061", &["answered 410"]),
    ];
    for (what, serve, status, code, says) in cases {
        let files = Files::new();
        let server = Server::start(move |request| match request.path() {
            path if path == artifact => serve(request),
            _ => files.answer(request),
        });
        let sandbox = sandbox();
        let outcome = fetch(&sandbox, &server.origin());
        assert_refused(&sandbox, &outcome, status, code, says);
        assert!(outcome.stderr.contains("nothing was written"), "{what}: {outcome:?}");
        if what == "another file" {
            assert!(
                outcome.stderr.contains(&sha256(BYTES)) && outcome.stderr.contains(&sha256(other)),
                "{outcome:?}"
            );
        }
    }
    // The same out of a folder.
    for (content, says) in
        [(&other[..], sha256(other)), (&b"short"[..], "has 5 instead of 33 bytes".to_owned())]
    {
        let sandbox = sandbox();
        let mut files = Files::new();
        files.put("files/json-1.0.0.tar.gz", content);
        files.write(&sandbox.work().join("reg"));
        assert_refused(&sandbox, &fetch(&sandbox, "reg"), 5, "S-4058", &[&says]);
    }
}

#[test]
fn what_was_there_stays_until_the_new_file_is_whole() {
    let mut files = Files::new();
    files.put("files/json-1.0.0.tar.gz", "something else of 33 bytes length");
    let sandbox = sandbox();
    files.write(&sandbox.work().join("reg"));
    sandbox.write("out/json.tar.gz", "what was there");
    assert_eq!(fetch(&sandbox, "reg").status, Some(5));
    assert_eq!(fs::read_to_string(sandbox.work().join("out/json.tar.gz")).unwrap(), "what was there");
    Files::new().write(&sandbox.work().join("reg"));
    assert_eq!(fetch(&sandbox, "reg").status, Some(0));
    assert_eq!(fs::read(sandbox.work().join("out/json.tar.gz")).unwrap(), BYTES);
    let nowhere = sandbox.run(&["registry", "fetch", "json@1.0.0", "--url", "reg", "-o", "absent/x"]);
    assert_eq!(nowhere.status, Some(1), "{nowhere:?}");
}

#[test]
fn documents_that_make_no_sense_are_named_with_their_place() {
    let index = "packages/json/index.json";
    let release = "packages/json/1.0.0/release.json";
    for (path, content, status, says) in [
        (index, "{\"versions\": [\n  \"1.0.0\",,]}", 5, &["index.json", "line 2", "column 11"][..]),
        (index, "[]", 5, &["index.json", "line 1"]),
        (index, "{\"versions\": [\"../../etc\"]}", 5, &["is no version"]),
        (release, "{\"version\": \"2.0.0\", \"artifacts\": []}", 5, &["describes version `2.0.0`"]),
        (release, "\u{feff}", 5, &["release.json"]),
    ] {
        let mut files = Files::new();
        files.put(path, content);
        let sandbox = sandbox();
        files.write(&sandbox.work().join("reg"));
        let server = files.serve();
        for url in [server.origin(), "reg".to_owned()] {
            let outcome = sandbox.run(&["registry", "show", "json", "--url", &url]);
            assert_refused(&sandbox, &outcome, status, "S-5067", says);
        }
    }
}

#[test]
fn endless_and_truncated_documents_end() {
    let sandbox = sandbox();
    let endless = Server::start(|_| Answer::endless());
    let outcome = sandbox.run(&["registry", "show", "json", "--url", &endless.origin()]);
    assert_refused(&sandbox, &outcome, 9, "S-4056", &["larger than 8388608 bytes"]);
    let cut = Server::start(|_| Answer::ok(r#"{"versions":["1.0.0"]}"#).truncated(10));
    let outcome = sandbox.run(&["registry", "show", "json", "--url", &cut.origin()]);
    assert_refused(&sandbox, &outcome, 9, "S-4055", &["broke off after 10 bytes"]);
}

#[test]
fn nothing_leads_out_of_the_registry() {
    let elsewhere = Server::start(|_| Answer::ok(BYTES));
    let digest = sha256(BYTES);
    let absolute = elsewhere.url("/json.tar.gz");
    for (url, code, says) in [
        (absolute.as_str(), "S-4050", "on the registry's own origin"),
        ("../outside", "S-5067", "leaves the registry"),
        ("files/%2e%2e/%2e%2e/outside", "S-5067", "leaves the registry"),
        ("/etc/hostname", "S-5067", "neither relative"),
        ("file:///etc/hostname", "S-5067", "neither relative"),
    ] {
        let mut files = Files::new();
        files.release("1.0.0", url, Some(BYTES.len()), &digest);
        let sandbox = sandbox();
        sandbox.write("outside", std::str::from_utf8(BYTES).unwrap());
        files.write(&sandbox.work().join("reg"));
        let server = files.serve();
        for registry in [server.origin(), "reg".to_owned()] {
            assert_refused(&sandbox, &fetch(&sandbox, &registry), 5, code, &[says]);
        }
    }
    let target = elsewhere.url("/x");
    let redirecting = Server::start(move |_| Answer::redirect(302, target.clone()));
    let sandbox = sandbox();
    let outcome = sandbox.run(&["registry", "show", "json", "--url", &redirecting.origin()]);
    assert_refused(&sandbox, &outcome, 5, "S-5007", &["may not be followed"]);

    let (files, target) = (Files::new(), elsewhere.url("/x"));
    let redirecting = Server::start(move |request| match request.path().starts_with("/files") {
        true => Answer::redirect(307, target.clone()),
        false => files.answer(request),
    });
    assert_refused(&sandbox, &fetch(&sandbox, &redirecting.origin()), 5, "S-4052", &["may not be followed"]);
    assert_eq!(elsewhere.request_count(), 0);
}

#[cfg(unix)]
#[test]
fn links_lead_nowhere_else() {
    use std::os::unix::fs::symlink;

    let sandbox = sandbox();
    let reg = sandbox.work().join("reg");
    Files::new().write(&reg);
    let outside = sandbox.write("outside", std::str::from_utf8(BYTES).unwrap());
    let artifact = reg.join("files/json-1.0.0.tar.gz");
    fs::remove_file(&artifact).unwrap();
    symlink(&outside, &artifact).unwrap();
    assert_refused(&sandbox, &fetch(&sandbox, "reg"), 5, "S-4065", &["leads out of the folder"]);
    fs::remove_file(&artifact).unwrap();
    fs::write(reg.join("files/real"), BYTES).unwrap();
    symlink("real", &artifact).unwrap();
    assert_eq!(fetch(&sandbox, "reg").status, Some(0), "a link inside is a file");
    fs::remove_file(sandbox.work().join("out/json.tar.gz")).unwrap();

    let index = reg.join("packages/json/index.json");
    fs::rename(&index, sandbox.work().join("index.json")).unwrap();
    symlink("../../../index.json", &index).unwrap();
    let outcome = sandbox.run(&["registry", "show", "json", "--url", "reg"]);
    assert_refused(&sandbox, &outcome, 5, "S-5007", &["leads out of the view"]);
}

#[test]
fn offline_registries_are_folders() {
    let server = Files::new().serve();
    let sandbox = sandbox();
    Files::new().write(&sandbox.work().join("reg"));
    assert_eq!(sandbox.run(&["--offline", "registry", "show", "json", "--url", "reg"]).status, Some(0));
    let outcome = sandbox.run(&["--offline", "registry", "show", "json", "--url", &server.origin()]);
    assert_refused(&sandbox, &outcome, 6, "S-4053", &[]);
    assert_eq!(server.request_count(), 0);
}

/// A token that occurs nowhere else.
const TOKEN: &str = "tok-5aX9-correct-horse-battery";

fn bind(sandbox: &Sandbox, origin: &str, from: &str) {
    fs::create_dir_all(sandbox.home()).unwrap();
    fs::write(
        sandbox.home().join("grants.toml"),
        format!(
            "[[binding]]\nplugin = \"stryke/auth-token\"\nsecret = \"token\"\norigin = \"{origin}\"\nfrom = \"{from}\"\n"
        ),
    )
    .unwrap();
}

/// Whether any file below a folder, except the one the token was put in, contains the token.
fn is_leaked(folder: &Path) -> bool {
    let needles = [TOKEN.as_bytes().to_vec(), basic().into_bytes()];
    fs::read_dir(folder).unwrap().any(|entry| {
        let path = entry.unwrap().path();
        if path.is_dir() {
            return is_leaked(&path);
        }
        let bytes = fs::read(&path).unwrap_or_default();
        let contains = |needle: &Vec<u8>| bytes.windows(needle.len()).any(|window| window == needle);
        !path.ends_with("the-token") && needles.iter().any(contains)
    })
}

/// `token:TOKEN` in base64.
fn basic() -> String {
    const DIGITS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let text = format!("token:{TOKEN}");
    let mut encoded = String::new();
    for chunk in text.as_bytes().chunks(3) {
        let bits = (0..3).fold(0_u32, |bits, at| bits << 8 | u32::from(chunk.get(at).copied().unwrap_or(0)));
        for at in 0..4 {
            let digit = DIGITS[(bits >> (18 - 6 * at) & 63) as usize];
            encoded.push(if at <= chunk.len() { char::from(digit) } else { '=' });
        }
    }
    encoded
}

/// A registry for whoever sends this header, which repeats all it is told in its answers.
fn private(challenge: &'static str, expected: String) -> Server {
    let files = Files::new();
    Server::start(move |request| {
        if request.header("authorization") != Some(&expected) {
            let told = request.header("authorization").unwrap_or_default().to_owned();
            return Answer::status(401).header("www-authenticate", challenge).header("x-told", told);
        }
        files.answer(request).header("x-told", expected.clone()).header("etag", "\"1\"")
    })
}

#[test]
fn a_bound_token_is_sent_to_its_origin_and_shown_to_nobody() {
    for (challenge, header) in [
        ("Bearer realm=\"r\"", format!("Bearer {TOKEN}")),
        ("Basic realm=\"r\"", format!("Basic {}", basic())),
    ] {
        for is_file in [false, true] {
            let server = private(challenge, header.clone());
            let sandbox = sandbox().env("REGISTRY_TOKEN", if is_file { "" } else { TOKEN });
            let file = sandbox.home().join("the-token");
            fs::create_dir_all(sandbox.home()).unwrap();
            if is_file {
                fs::write(&file, format!("{TOKEN}\n")).unwrap();
            }
            let from =
                if is_file { format!("file:{}", file.display()) } else { "env:REGISTRY_TOKEN".to_owned() };
            bind(&sandbox, &server.origin(), &from);
            let shown = sandbox.run(&["registry", "show", "json", "--url", &server.origin(), "-vv"]);
            assert_eq!(shown.status, Some(0), "{challenge}: {shown:?}");
            let fetched = sandbox.run(&[
                "registry",
                "fetch",
                "json@1.0.0",
                "--url",
                &server.origin(),
                "-o",
                "out/json",
                "-vv",
            ]);
            assert_eq!(fetched.status, Some(0), "{challenge}: {fetched:?}");
            for outcome in [&shown, &fetched] {
                let printed = outcome.text();
                assert!(!printed.contains(TOKEN) && !printed.contains(&basic()), "{printed}");
            }
            assert!(server.received().iter().any(|request| request.header("authorization") == Some(&header)));
            assert!(!is_leaked(&sandbox.home()), "the token is in a file");
        }
    }
}

#[test]
fn without_a_binding_the_way_to_one_is_shown() {
    let server = private("Bearer", format!("Bearer {TOKEN}"));
    let sandbox = sandbox();
    let outcome = sandbox.run(&["registry", "show", "json", "--url", &server.origin()]);
    let way = format!("s login {}", server.origin());
    assert_refused(&sandbox, &outcome, 1, "S-4062", &["asks who you are", &way]);
    assert!(server.received().iter().all(|request| request.header("authorization").is_none()));

    bind(&sandbox, &server.origin(), "env:NOT_SET");
    let unset = sandbox.run(&["registry", "show", "json", "--url", &server.origin()]);
    assert_refused(&sandbox, &unset, 1, "S-4062", &["the variable `NOT_SET` is not set"]);
}

#[test]
fn a_wrong_token_is_tried_once_and_never_repeated() {
    let server = private("Bearer", "Bearer another".to_owned());
    let sandbox = sandbox().env("REGISTRY_TOKEN", TOKEN);
    bind(&sandbox, &server.origin(), "env:REGISTRY_TOKEN");
    let outcome = sandbox.run(&["registry", "show", "json", "--url", &server.origin(), "-vv"]);
    assert_refused(&sandbox, &outcome, 1, "S-4062", &["was not accepted", "env:REGISTRY_TOKEN"]);
    assert!(!outcome.text().contains(TOKEN), "{outcome:?}");
    assert_eq!(server.request_count(), 1);
    assert!(!is_leaked(&sandbox.home()));
}

#[test]
fn a_token_goes_to_no_other_origin() {
    let told = Arc::new(Mutex::new(Vec::new()));
    let heard = Arc::clone(&told);
    let elsewhere = Server::start(move |request| {
        heard.lock().unwrap().push(request.header("authorization").map(str::to_owned));
        Files::new().answer(request)
    });
    let sandbox = sandbox().env("REGISTRY_TOKEN", TOKEN);
    bind(&sandbox, "https://pkg.example", "env:REGISTRY_TOKEN");
    assert_eq!(sandbox.run(&["registry", "show", "json", "--url", &elsewhere.origin()]).status, Some(0));
    assert!(told.lock().unwrap().iter().all(Option::is_none), "a binding is for one origin");

    // A redirect does not carry it, and is not followed to another origin either.
    let target = elsewhere.url("/packages/json/index.json");
    let redirecting = Server::start(move |_| Answer::redirect(302, target.clone()));
    bind(&sandbox, &redirecting.origin(), "env:REGISTRY_TOKEN");
    let before = elsewhere.request_count();
    assert_eq!(sandbox.run(&["registry", "show", "json", "--url", &redirecting.origin()]).status, Some(5));
    assert_eq!(elsewhere.request_count(), before);
    assert!(redirecting.received()[0].header("authorization").is_some());
}

#[test]
fn a_token_that_comes_back_is_masked() {
    let server = Server::start(|request| {
        let told = request.header("authorization").unwrap_or_default().to_owned();
        // The reason a version was yanked is shown to the user.
        match request.path() {
            "/packages/json/index.json" => Answer::ok(r#"{"versions":["1.0.0"]}"#),
            _ => Answer::ok(format!(r#"{{"version":"1.0.0","yanked":"you said {told}","artifacts":[]}}"#)),
        }
    });
    let sandbox = sandbox().env("REGISTRY_TOKEN", TOKEN);
    bind(&sandbox, &server.origin(), "env:REGISTRY_TOKEN");
    let outcome = sandbox.run(&["registry", "show", "json", "--url", &server.origin()]);
    assert_eq!(outcome.status, Some(0), "{outcome:?}");
    assert!(outcome.stdout.contains("you said Bearer ***") && !outcome.text().contains(TOKEN), "{outcome:?}");
    assert!(!is_leaked(&sandbox.home()), "the token is in a file");
}
