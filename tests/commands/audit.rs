//! `s audit`: feeds in every form, and what is made of them.

#![expect(clippy::unwrap_used, reason = "a test fails where something is missing")]

use std::fs;
use std::io::Write;
use std::process::Stdio;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::sync::{Arc, Mutex};

use s_kit::{Answer, Server};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use crate::market::Market;
use crate::support::{Outcome, Sandbox};

/// An OSV entry of package `p` with these events, such as `"introduced":"0"` and `"fixed":"1.0.0"`.
fn entry(id: &str, more: &str, events: &[&str]) -> String {
    let events: Vec<String> = events.iter().map(|event| format!("{{{event}}}")).collect();
    format!(
        r#"{{"schema_version":"1.7.0","id":"{id}","modified":"2026-01-02T00:00:00Z","summary":"about {id}"{more},
            "affected":[{{"package":{{"ecosystem":"stryke","name":"p"}},
            "ranges":[{{"type":"SEMVER","events":[{}]}}]}}]}}"#,
        events.join(",")
    )
}

fn until(version: &str) -> Vec<String> {
    vec![r#""introduced":"0""#.to_owned(), format!(r#""fixed":"{version}""#)]
}

fn simple(id: &str, fixed: &str) -> String {
    let events = until(fixed);
    entry(id, "", &events.iter().map(String::as_str).collect::<Vec<_>>())
}

fn zip(entries: &[(&str, &str)]) -> Vec<u8> {
    let mut writer = ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, content) in entries {
        writer.start_file(*name, SimpleFileOptions::default()).unwrap();
        writer.write_all(content.as_bytes()).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

fn sandbox() -> Sandbox {
    // 2026-06-01.
    Sandbox::new().env("SOURCE_DATE_EPOCH", "1780272000")
}

/// Each finding as `NAME@VERSION ID,ID`.
fn found(outcome: &Outcome) -> Vec<String> {
    let answer = outcome.json();
    let texts = |value: &serde_json::Value| {
        let ids = value.as_array().unwrap().iter().map(|id| id.as_str().unwrap());
        ids.collect::<Vec<_>>().join(",")
    };
    let findings = answer["findings"].as_array().unwrap_or_else(|| panic!("{outcome:?}"));
    findings
        .iter()
        .map(|finding| {
            format!(
                "{}@{} {}",
                finding["name"].as_str().unwrap(),
                finding["version"].as_str().unwrap(),
                texts(&finding["ids"])
            )
        })
        .collect()
}

#[test]
fn a_folder_is_a_feed() {
    let sandbox = sandbox();
    let more = r#","aliases":["CVE-2026-1"],"severity":[{"type":"CVSS_V3","score":"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"}],
        "references":[{"type":"ADVISORY","url":"https://advisories.example/1"}]"#;
    sandbox.write(
        "feed/a.json",
        &entry("STRYKE-2026-0001", more, &[r#""introduced":"1.0.0""#, r#""fixed":"1.2.0""#]),
    );
    sandbox.write("list.txt", "p@1.1.0 # the old one\nq@1.0.0\n");
    insta::assert_snapshot!(sandbox.run(&["audit", "--feed", "feed", "list.txt"]).text(), @"
    status 7
    --- stdout
    p@1.1.0  critical  STRYKE-2026-0001, CVE-2026-1
      about STRYKE-2026-0001
      https://advisories.example/1
      fixed in 1.2.0

    1 found: 2 packages checked against 1 advisory
    --- stderr
    note: feed: 1 advisory, read now
    error[S-6002]: 1 known weakness in 1 of 2 packages
    hint: update what has a fixed version; `--ignore-file` sets aside what does not concern you
    ");
    sandbox.write("clean.txt", "p@1.2.0\n");
    insta::assert_snapshot!(sandbox.run(&["audit", "--feed", "./feed", "clean.txt"]).text(), @"
    status 0
    --- stdout
    nothing found: 1 package checked against 1 advisory
    --- stderr
    note: feed: 1 advisory, unchanged since the last time
    ");
}

#[cfg(target_os = "linux")]
#[test]
fn an_executable_says_what_it_was_made_from() {
    let sandbox = sandbox();
    sandbox.write("feed/a.json", &simple("ONE", "2.0.0"));
    sandbox.write("p/stryke.toml", "[package]\nname = \"p\"\nversion = \"1.1.0\"\n");
    sandbox.write("p/lib/P.stk", "package P;\nfn one { 1 }\n1;\n");
    let manifest = "[package]\nname = \"app\"\nversion = \"1.0.0\"\n\n[deps]\np = { path = \"p\" }\n";
    sandbox.write("stryke.toml", manifest);
    sandbox.write("main.stk", "use P;\nsay P::one();\n");
    for args in [&["install"][..], &["build", "--release"]] {
        let outcome = sandbox.run(args);
        assert_eq!(outcome.status, Some(0), "{outcome:?}");
    }
    let audited = sandbox.run(&["audit", "--feed", "feed", "target/release/app", "--json"]);
    assert_eq!((audited.status, found(&audited)), (Some(7), vec!["p@1.1.0 ONE".to_owned()]));
    fs::write(sandbox.work().join("other"), b"\x7fELF and nothing else").unwrap();
    insta::assert_snapshot!(sandbox.run(&["audit", "--feed", "feed", "other"]).text(), @"
    status 1
    --- stderr
    error[S-3020]: `other` does not say which packages it was made from
      only what `s build` made has such a list inside
    hint: the lock it was built from can be audited instead: s audit
    ");
}

#[test]
fn the_json_answer() {
    let sandbox = sandbox();
    let more =
        r#","aliases":["CVE-2026-1"],"references":[{"type":"WEB","url":"https://advisories.example/1"}]"#;
    sandbox.write(
        "feed/a.json",
        &entry("STRYKE-2026-0001", more, &[r#""introduced":"1.0.0""#, r#""fixed":"1.2.0""#]),
    );
    sandbox.write("feed/b.json", &entry("STRYKE-2026-0002", "", &[r#""introduced":"0""#]));
    sandbox.write("list.txt", "p@1.1.0\nq@1.0.0\n");
    sandbox.write(
        "ignore.toml",
        "[[ignore]]\nid = \"STRYKE-2026-0002\"\nreason = \"never reached\"\nuntil = 2026-12-31\n",
    );
    let outcome =
        sandbox.run(&["audit", "--feed", "feed", "--ignore-file", "ignore.toml", "list.txt", "--json"]);
    assert_eq!((outcome.status, outcome.stderr.as_str()), (Some(7), ""), "{outcome:?}");
    insta::assert_snapshot!(serde_json::to_string_pretty(&outcome.json()).unwrap(), @r#"
    {
      "ecosystem": "stryke",
      "feeds": [
        {
          "advisories": 2,
          "age-seconds": 0,
          "feed": "feed",
          "freshness": "read",
          "skipped": 0
        }
      ],
      "findings": [
        {
          "advisories": [
            {
              "aliases": [
                "CVE-2026-1"
              ],
              "cvss": null,
              "id": "STRYKE-2026-0001",
              "modified-unix": 1767312000,
              "severity": "unknown",
              "title": "about STRYKE-2026-0001",
              "url": "https://advisories.example/1"
            }
          ],
          "fixed": "1.2.0",
          "ids": [
            "STRYKE-2026-0001",
            "CVE-2026-1"
          ],
          "line": 1,
          "name": "p",
          "severity": "unknown",
          "version": "1.1.0"
        }
      ],
      "ignored": [
        {
          "advisories": [
            {
              "aliases": [],
              "cvss": null,
              "id": "STRYKE-2026-0002",
              "modified-unix": 1767312000,
              "severity": "unknown",
              "title": "about STRYKE-2026-0002",
              "url": null
            }
          ],
          "fixed": null,
          "ids": [
            "STRYKE-2026-0002"
          ],
          "line": 1,
          "name": "p",
          "reason": "never reached",
          "severity": "unknown",
          "until": "2026-12-31",
          "version": "1.1.0"
        }
      ],
      "packages": 2,
      "place": "list.txt"
    }
    "#);
}

/// Package `p` at these versions, through the whole chain.
fn affected(versions: &[&str], entries: &[(&str, String)]) -> Vec<String> {
    let sandbox = sandbox();
    for (name, content) in entries {
        sandbox.write(&format!("feed/{name}.json"), content);
    }
    let list: String = versions.iter().map(|version| format!("p@{version}\n")).collect();
    sandbox.write("list.txt", &list);
    let outcome = sandbox.run(&["audit", "--feed", "feed", "list.txt", "--json"]);
    let found = found(&outcome);
    assert_eq!(outcome.status, Some(if found.is_empty() { 0 } else { 7 }), "{outcome:?}");
    found.iter().map(|text| text.trim_start_matches("p@").split(' ').next().unwrap().to_owned()).collect()
}

#[test]
fn versions_are_matched_as_the_format_says() {
    let (zero, one) = (r#""introduced":"0""#, r#""introduced":"1.0.0""#);
    for (events, affected_versions) in [
        (&[zero, r#""fixed":"1.0.0""#][..], &["0.9.0", "1.0.0-rc.1"][..]),
        (&[one, r#""last_affected":"1.5.0""#], &["1.0.0", "1.5.0"]),
        (&[one], &["1.0.0", "1.5.0", "1.5.1", "2.0.0"]),
        (&[zero, r#""limit":"1.5.0""#], &["0.9.0", "1.0.0", "1.0.0-rc.1"]),
    ] {
        let mut found = affected(
            &["0.9.0", "1.0.0-rc.1", "1.0.0", "1.5.0", "1.5.1", "2.0.0"],
            &[("a", entry("A", "", events))],
        );
        let mut expected = affected_versions.to_vec();
        found.sort();
        expected.sort_unstable();
        assert_eq!(found, expected, "{events:?}");
    }
}

#[test]
fn withdrawn_advisories_never_match_and_aliases_are_one_finding() {
    let withdrawn = entry("W", r#","withdrawn":"2026-01-03T00:00:00Z""#, &[r#""introduced":"0""#]);
    assert_eq!(affected(&["1.0.0"], &[("w", withdrawn)]), [""; 0]);

    let sandbox = sandbox();
    sandbox.write(
        "one/a.json",
        &entry("STRYKE-1", r#","aliases":["CVE-1"]"#, &[r#""introduced":"0""#, r#""fixed":"1.1.0""#]),
    );
    sandbox.write(
        "two/b.json",
        &entry("GHSA-1", r#","aliases":["CVE-1"]"#, &[r#""introduced":"0""#, r#""fixed":"1.2.0""#]),
    );
    sandbox.write("list.txt", "p@1.0.0\n");
    let outcome = sandbox.run(&["audit", "--feed", "one", "--feed", "two", "list.txt", "--json"]);
    assert_eq!(found(&outcome), ["p@1.0.0 GHSA-1,STRYKE-1,CVE-1"]);
    assert_eq!(outcome.json()["findings"][0]["fixed"], "1.2.0", "fixed for both");
}

#[test]
fn single_files_and_archives_are_feeds_and_see_nothing_else() {
    let sandbox = sandbox();
    sandbox.write("feed/one.json", &simple("ONE", "2.0.0"));
    sandbox.write("feed/two.json", &simple("TWO", "2.0.0"));
    fs::write(sandbox.work().join("feed/all.zip"), zip(&[("z.json", &simple("ZIP", "2.0.0"))])).unwrap();
    sandbox.write("list.txt", "p@1.0.0\n");
    let file_url = format!("file://{}/feed/one.json", sandbox.work().display());
    for (feed, expected) in [("feed/one.json", "ONE"), (file_url.as_str(), "ONE"), ("feed/all.zip", "ZIP")] {
        let outcome = sandbox.run(&["audit", "--feed", feed, "list.txt", "--json"]);
        assert_eq!(found(&outcome), [format!("p@1.0.0 {expected}")], "{feed}");
    }
}

/// Serves a zip with an entity tag and answers 304 where it fits.
fn conditional(body: Arc<Mutex<Vec<u8>>>) -> Server {
    Server::start(move |request| {
        let body = body.lock().unwrap().clone();
        let tag = format!("\"{}\"", body.len());
        if request.header("if-none-match") == Some(&tag) {
            return Answer::status(304);
        }
        Answer::ok(body).header("etag", tag)
    })
}

#[test]
fn an_unchanged_feed_costs_one_request() {
    let body = Arc::new(Mutex::new(zip(&[("a.json", &simple("A", "2.0.0"))])));
    let server = conditional(Arc::clone(&body));
    let sandbox = sandbox();
    sandbox.write("list.txt", "p@1.0.0\n");
    let url = server.url("/all.zip");
    let audit = || sandbox.run(&["audit", "--feed", &url, "list.txt", "--json"]);
    let freshness = |outcome: &Outcome| outcome.json()["feeds"][0]["freshness"].as_str().unwrap().to_owned();

    let first = audit();
    assert_eq!((freshness(&first).as_str(), found(&first)), ("read", vec!["p@1.0.0 A".to_owned()]));
    let second = audit();
    assert_eq!((freshness(&second).as_str(), found(&second)), ("unchanged", vec!["p@1.0.0 A".to_owned()]));
    let received = server.received();
    assert_eq!(received.len(), 2);
    assert!(received[0].header("if-none-match").is_none() && received[1].header("if-none-match").is_some());
    for request in &received {
        assert!(!format!("{request:?}").contains("1.0.0"), "nothing about the packages is sent: {request:?}");
    }

    *body.lock().unwrap() = zip(&[("a.json", &simple("A", "2.0.0")), ("b.json", &simple("B", "2.0.0"))]);
    let third = audit();
    assert_eq!((freshness(&third).as_str(), found(&third).len()), ("read", 2));

    // A copy that was damaged is no copy: the feed is asked without a condition.
    let folder = sandbox.home().join("index/advisories");
    let copy = fs::read_dir(folder).unwrap().next().unwrap().unwrap().path().join("feed.json");
    let mut bytes = fs::read(&copy).unwrap();
    *bytes.last_mut().unwrap() ^= 1;
    fs::write(&copy, bytes).unwrap();
    let fourth = audit();
    assert_eq!((freshness(&fourth).as_str(), found(&fourth).len()), ("read", 2));
    assert!(server.received().last().unwrap().header("if-none-match").is_none());
}

#[test]
fn offline_uses_the_copy_and_says_how_old_it_is() {
    let server = conditional(Arc::new(Mutex::new(zip(&[("a.json", &simple("A", "2.0.0"))]))));
    let sandbox = sandbox();
    sandbox.write("list.txt", "p@1.0.0\n");
    let url = server.url("/all.zip");
    let never = sandbox.run(&["audit", "--offline", "--feed", &url, "list.txt"]);
    assert_eq!(never.status, Some(6), "{never:?}");
    assert!(never.stderr.starts_with("error[S-6007]: "), "{never:?}");
    assert_eq!(server.request_count(), 0);

    assert_eq!(sandbox.run(&["audit", "--feed", &url, "list.txt"]).status, Some(7));
    let later = sandbox.env("SOURCE_DATE_EPOCH", "1780531200");
    let kept = later.run(&["audit", "--offline", "--feed", &url, "list.txt"]);
    assert_eq!(kept.status, Some(7), "{kept:?}");
    assert!(kept.stderr.contains("a copy made 3 days ago"), "{kept:?}");
    assert_eq!(server.request_count(), 1);
    let json = later.run(&["audit", "--offline", "--feed", &url, "list.txt", "--json"]).json();
    assert_eq!(
        (&json["feeds"][0]["freshness"], &json["feeds"][0]["age-seconds"]),
        (&"kept".into(), &259_200.into())
    );
}

#[test]
fn a_feed_that_fails_is_never_clean() {
    let answers = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&answers);
    let body = zip(&[("a.json", &simple("A", "2.0.0"))]);
    let server = Server::start(move |request| match request.path() {
        "/gone.zip" => Answer::status(404),
        "/html.zip" => Answer::ok("<html>"),
        "/cut.zip" => Answer::ok(body.clone()).truncated(20),
        "/elsewhere.zip" => Answer::redirect(302, "http://127.0.0.1:1/all.zip"),
        "/broken.zip" => Answer::ok(body[..body.len() - 30].to_vec()),
        "/once.zip" if count.fetch_add(1, SeqCst) == 0 => Answer::ok(body.clone()).header("etag", "\"1\""),
        _ => Answer::status(503).header("retry-after", "999"),
    });
    let sandbox = sandbox();
    sandbox.write("list.txt", "p@1.0.0\n");
    sandbox.write("notes/readme.txt", "nothing here");
    for (feed, status, code) in [
        (server.url("/gone.zip"), 1, "S-6006"),
        (server.url("/cut.zip"), 9, "S-6006"),
        (server.url("/elsewhere.zip"), 5, "S-6006"),
        (server.url("/broken.zip"), 1, "S-6006"),
        (server.url("/busy.zip"), 9, "S-6006"),
        ("http://127.0.0.1:1/all.zip".to_owned(), 9, "S-6006"),
        ("notes".to_owned(), 1, "S-6006"),
        ("nowhere".to_owned(), 2, "S-6005"),
        ("notes/readme.txt".to_owned(), 2, "S-6005"),
        ("https://ada:hunter22@feed.example/".to_owned(), 2, "S-6005"),
        ("ftp://feed.example/".to_owned(), 2, "S-6005"),
    ] {
        let outcome = sandbox.run(&["audit", "--feed", &feed, "list.txt"]);
        assert_eq!((outcome.status, outcome.stdout.as_str()), (Some(status), ""), "{feed}: {outcome:?}");
        assert!(outcome.stderr.contains(&format!("error[{code}]: ")), "{feed}: {outcome:?}");
    }
    // What somebody else answers in place of a feed is no feed without advisories.
    let html = sandbox.run(&["audit", "--feed", &server.url("/html.zip"), "list.txt"]);
    assert_eq!((html.status, html.stdout.as_str()), (Some(1), ""), "{html:?}");
    assert!(html.stderr.contains("error[S-6006]: nothing in the feed"), "{html:?}");

    let once = server.url("/once.zip");
    assert_eq!(sandbox.run(&["audit", "--feed", &once, "list.txt"]).status, Some(7));
    let outcome = sandbox.run(&["audit", "--feed", &once, "list.txt"]);
    assert_eq!((outcome.status, outcome.stdout.as_str()), (Some(9), ""));
    assert!(outcome.stderr.contains("`--offline` uses the copy"), "{outcome:?}");

    sandbox.write("good/a.json", &simple("A", "2.0.0"));
    let outcome = sandbox.run(&["audit", "--feed", "good", "--feed", "nowhere", "list.txt", "--json"]);
    assert_eq!((outcome.status, &outcome.json()["error"]["code"]), (Some(2), &"S-6005".into()));
}

#[test]
fn damaged_entries_are_left_out_and_counted() {
    let sandbox = sandbox();
    sandbox.write("feed/a.json", &simple("GOOD", "2.0.0"));
    sandbox.write("feed/b.json", "{ not json");
    sandbox.write("feed/c.json", &entry("NEVER", "", &[r#""fixed":"2.0.0""#]));
    sandbox.write("list.txt", "p@1.0.0\n");
    let outcome = sandbox.run(&["audit", "--feed", "feed", "list.txt"]);
    assert_eq!(outcome.status, Some(7), "{outcome:?}");
    assert!(
        outcome.stderr.contains("warning[S-6001]: 2 of 3 entries of `feed` were left out"),
        "{outcome:?}"
    );
    let json = sandbox.run(&["audit", "--feed", "feed", "list.txt", "--json"]);
    assert_eq!(json.json()["feeds"][0]["skipped"], 2, "{json:?}");
    assert_eq!(found(&json), ["p@1.0.0 GOOD"]);
}

#[test]
fn decisions_to_ignore_need_a_reason_and_end() {
    let sandbox = sandbox();
    sandbox.write("feed/a.json", &simple("A", "2.0.0"));
    sandbox.write("list.txt", "p@1.0.0\n");
    let audit = |ignores: &str| {
        sandbox.write("ignore.toml", ignores);
        sandbox.run(&["audit", "--feed", "feed", "--ignore-file", "ignore.toml", "list.txt"])
    };
    let active = audit("[[ignore]]\nid = \"A\"\nreason = \"never reached\"\nuntil = 2026-06-01\n");
    assert_eq!(active.status, Some(0), "{active:?}");
    assert!(active.stdout.contains("never reached"), "{active:?}");
    let expired = audit("[[ignore]]\nid = \"A\"\nreason = \"never reached\"\nuntil = 2026-05-31\n");
    assert_eq!(expired.status, Some(7), "{expired:?}");
    assert!(expired.stderr.contains("warning[S-6003]: "), "{expired:?}");
    let unused = audit("[[ignore]]\nid = \"B\"\nreason = \"r\"\nuntil = 2027-01-01\n");
    assert_eq!(unused.status, Some(7), "{unused:?}");
    assert!(unused.stderr.contains("warning[S-6004]: "), "{unused:?}");
    let unreasoned = audit("[[ignore]]\nid = \"A\"\nuntil = 2027-01-01\n");
    assert_eq!((unreasoned.status, unreasoned.stdout.as_str()), (Some(2), ""), "{unreasoned:?}");
    assert!(unreasoned.stderr.contains("error[S-6008]: an `[[ignore]]` has no `reason`"), "{unreasoned:?}");
    assert!(unreasoned.stderr.contains("ignore.toml:1:1"), "{unreasoned:?}");
}

#[test]
fn lists_come_from_files_and_from_standard_input() {
    let sandbox = sandbox();
    sandbox.write("feed/a.json", &simple("A", "2.0.0"));
    let mut child = sandbox
        .command(&["audit", "--feed", "feed", "--json", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(b"p@1.0.0\np@1.0.0\n").unwrap();
    let outcome = sandbox.outcome(&child.wait_with_output().unwrap());
    assert_eq!((outcome.status, found(&outcome)), (Some(7), vec!["p@1.0.0 A".to_owned()]));

    sandbox.write("wrong.txt", "p@1.0.0\nnonsense\n");
    let wrong = sandbox.run(&["audit", "--feed", "feed", "wrong.txt"]);
    assert_eq!((wrong.status, wrong.stdout.as_str()), (Some(2), ""), "{wrong:?}");
    assert!(wrong.stderr.contains("error[S-3020]: ") && wrong.stderr.contains("wrong.txt:2"), "{wrong:?}");
    let absent = sandbox.run(&["audit", "--feed", "feed", "absent.txt"]);
    assert_eq!(absent.status, Some(1), "{absent:?}");
    sandbox.write("unordered.txt", "p@1.0\n");
    let unordered = sandbox.run(&["audit", "--feed", "feed", "unordered.txt"]);
    assert_eq!(unordered.status, Some(0), "{unordered:?}");
    assert!(unordered.stderr.contains("warning[S-6009]: "), "{unordered:?}");
    for line in [&["audit", "unordered.txt"][..], &["audit", "--feed", "feed"]] {
        assert_eq!(sandbox.run(line).status, Some(2), "{line:?}");
    }
}

#[test]
fn other_ecosystems_are_audited_by_their_name() {
    let sandbox = sandbox();
    sandbox.write("feed/a.json", &simple("A", "2.0.0").replace("\"stryke\"", "\"crates.io\""));
    sandbox.write("list.txt", "p@1.0.0\n");
    assert_eq!(sandbox.run(&["audit", "--feed", "feed", "list.txt"]).status, Some(0));
    let other = sandbox.run(&["audit", "--feed", "feed", "--ecosystem", "crates.io", "list.txt"]);
    assert_eq!(other.status, Some(7), "{other:?}");
}

#[test]
fn what_a_feed_says_cannot_act_on_the_terminal() {
    let sandbox = sandbox();
    let hostile = simple("A\\u001b[2J", "2.0.0").replace("about ", "\\u001b]0;owned\\u0007 ");
    sandbox.write("feed/a.json", &hostile);
    sandbox.write("list.txt", "p@1.0.0\n");
    for more in [&[][..], &["--json"], &["-vv"], &["--color", "always"]] {
        let outcome = sandbox.run(&[&["audit", "--feed", "feed", "list.txt"], more].concat());
        assert_eq!(outcome.status, Some(7), "{outcome:?}");
        let printed = format!("{}{}", outcome.stdout, outcome.stderr);
        assert!(
            !printed.contains("\x1b[2J") && !printed.contains("\x1b]0;") && !printed.contains('\u{7}'),
            "{printed:?}"
        );
    }
}

#[test]
fn no_feed_hides_what_another_says() {
    let sandbox = sandbox();
    sandbox.write("a/A.json", &simple("A", "2.0.0"));
    let later = |more: &str| {
        entry("A", more, &[r#""introduced":"0""#, r#""fixed":"0.0.1""#]).replace("2026-01-02", "2027-01-02")
    };
    sandbox.write("b/A.json", &later(""));
    sandbox.write("c/A.json", &later(r#","withdrawn":"2027-01-03T00:00:00Z""#));
    sandbox.write("list.txt", "p@1.0.0\n");
    for hides in ["b", "c"] {
        for feeds in [["a", hides], [hides, "a"]] {
            let outcome =
                sandbox.run(&["audit", "--json", "--feed", feeds[0], "--feed", feeds[1], "list.txt"]);
            assert_eq!(outcome.status, Some(7), "{feeds:?}: {outcome:?}");
            assert_eq!(found(&outcome).len(), 1);
        }
    }
}

/// A project that has `p` 1.0.0 locked, with a feed beside it that knows three weaknesses of it.
fn project(policy: &str) -> Market {
    let mut market = Market::new();
    market.publish("q", "2.0.0", &[]);
    market.publish("p", "1.0.0", &[("q", "2")]);
    for id in ["A-1", "A-2", "A-3"] {
        market.sandbox.write(&format!("shop/feed/{id}.json"), &simple(id, "1.4.0"));
    }
    market.project(&format!("[deps]\np = \"*\"\n\n{policy}"));
    market.done(&["lock"]);
    market
}

const POLICY: &str = "[policy]\nadvisories = [\"feed\"]\n\n[[policy.ignore]]\nid = \"A-2\"\n\
    reason = \"not reachable from here\"\nuntil = 2100-01-31\n";

#[test]
fn the_lock_is_audited_with_the_feeds_of_the_project() {
    let market = project(POLICY);
    let outcome = market.run(&["audit", "--json"]);
    assert_eq!(outcome.status, Some(7), "{}", outcome.text());
    assert_eq!(found(&outcome), ["p@1.0.0 A-1", "p@1.0.0 A-3"]);
    let answer = outcome.json();
    assert_eq!((answer["place"].as_str(), answer["packages"].as_u64()), (Some("stryke.lock"), Some(2)));
    assert_eq!(answer["ignored"][0]["reason"], "not reachable from here");
    let line = usize::try_from(answer["findings"][0]["line"].as_u64().unwrap()).unwrap();
    let lock = market.lock().unwrap();
    let lines: Vec<&str> = lock.lines().skip(line - 1).take(2).collect();
    assert_eq!(lines, ["[[package]]", "name = \"p\""]);
    // From a folder below it is the same feed.
    fs::create_dir_all(market.sandbox.work().join("shop/lib")).unwrap();
    assert_eq!(found(&market.run_in("shop/lib", &["audit", "--json"])), found(&outcome));
    assert_eq!(project("").run(&["audit"]).status, Some(2), "nothing says where the advisories are");
    let bad = Market::new();
    bad.sandbox.write("shop/stryke.toml", "[[policy.ignore]]\nid = \"A-1\"\nuntil = 2100-01-31\n");
    let text = bad.refused(&["audit"], 1, "S-3003");
    assert!(text.contains("an `[[policy.ignore]]` has no `reason`"), "{text}");
}

#[test]
fn sarif_has_a_rule_a_place_and_what_is_set_aside() {
    let market = project(POLICY);
    let outcome = market.run(&["audit", "--sarif"]);
    assert_eq!(outcome.status, Some(7), "{}", outcome.text());
    let log = outcome.json();
    assert_eq!(log["version"], "2.1.0");
    let run = &log["runs"][0];
    let rules: Vec<&str> = run["tool"]["driver"]["rules"]
        .as_array()
        .unwrap()
        .iter()
        .map(|rule| rule["id"].as_str().unwrap())
        .collect();
    assert_eq!(rules, ["A-1", "A-2", "A-3"]);
    let results = run["results"].as_array().unwrap();
    assert_eq!(results.len(), 3);
    for result in results {
        let index = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
        assert_eq!(result["ruleId"], rules[index]);
        let place = &result["locations"][0]["physicalLocation"];
        assert_eq!(place["artifactLocation"]["uri"], "stryke.lock");
        assert!(place["region"]["startLine"].as_u64().unwrap() > 1);
        let suppressed = result["suppressions"][0]["justification"].as_str();
        let expected = (result["ruleId"] == "A-2").then_some("not reachable from here (until 2100-01-31)");
        assert_eq!(suppressed, expected);
        assert!(result["message"]["text"].as_str().unwrap().contains("fixed in 1.4.0"));
    }
}

#[test]
fn a_fix_does_not_wait_for_the_cooldown() {
    let mut market = Market::new();
    // 2026-06-01 is now: one version is old, two are of yesterday.
    market.sandbox = market.sandbox.env("SOURCE_DATE_EPOCH", "1780272000");
    let published = |text: &str| serde_json::json!({ "published": text });
    market.publish_as("p", "1.3.0", &[], &published("2026-01-01T00:00:00Z"));
    market.publish_as("p", "1.4.0", &[], &published("2026-05-31T00:00:00Z"));
    market.publish_as("p", "1.5.0", &[], &published("2026-05-31T00:00:00Z"));
    let project = |policy: &str| format!("[deps]\np = \"1\"\n\n[resolver]\ncooldown = \"7d\"\n\n{policy}");
    let version = |market: &Market| {
        let lock = market.lock().unwrap();
        lock.lines().find_map(|line| line.strip_prefix("version = \"1.").map(str::to_owned)).unwrap()
    };
    market.project(&project(""));
    market.done(&["lock"]);
    assert_eq!(version(&market), "3.0\"");
    market.sandbox.write("shop/feed/A.json", &simple("A", "1.4.0"));
    market.project(&project("[policy]\nadvisories = [\"feed\"]\n"));
    market.done(&["update"]);
    assert_eq!(version(&market), "4.0\"", "the fix, and not what is newer still");
    market.project(&project("[policy]\nadvisories = [\"nowhere\"]\n"));
    let outcome = market.answer(&["update"]);
    assert!(outcome.stderr.contains("nothing is known of fixes"), "{}", outcome.stderr);
}
