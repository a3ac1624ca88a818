//! What somebody can mistype in a manifest, a requirement, a name or an address: each is told where it
//! stands, with what was probably meant.

use std::fs;

use serde_json::json;

use crate::market::Market;
use crate::served::Publisher;

/// A market with `json` in it.
fn market() -> Market {
    let mut market = Market::new();
    market.publish("json", "1.0.0", &[]);
    market
}

/// Writes a whole manifest.
fn manifest(market: &Market, text: &str) {
    market.sandbox.write("shop/stryke.toml", text);
}

const REGISTRY: &str = "[registries.market]\nurl = \"../market\"\n";

#[test]
fn what_is_mistyped_is_answered_with_what_is_right() {
    let market = market();
    for (args, status, code, words) in [
        (&["add", "JSON"][..], 2, "S-3007", "did you mean `json`?"),
        (&["add", "json@one"], 2, "S-3008", "s explain S-3008"),
        (&["add", "json@01.2"], 2, "S-3008", "did you mean: s add json@1.2"),
        (&["add", "jsn"], 1, "S-4064", "did you mean `json`?"),
        (&["info", "jsn"], 1, "S-4064", "did you mean `json`?"),
        (&["add", "jsn"], 1, "S-4064", "asked: `market`"),
        (&["add", "github.com/o/r"], 2, "S-3007", "s add r --git https://github.com/o/r"),
        (&["add", "json@9"], 4, "S-2001", "`shop` needs `json` 9"),
        (&["add", "json", "--registry", "mraket"], 2, "S-4063", "did you mean `market`?"),
        (&["login", "mraket"], 2, "S-4063", "did you mean `market`?"),
        (&["login", "http://packages.example"], 2, "S-4063", "not encrypted"),
        (&["why", "jsno"], 1, "S-3015", "nothing here needs"),
        (&["update", "other"], 1, "S-3015", "s add other"),
    ] {
        let text = market.refused(args, status, code);
        assert!(text.contains(words), "{args:?}\n{text}");
    }
    market.done(&["add", "json"]);
    for args in [["why", "jsno"], ["update", "jsno"]] {
        let text = market.refused(&args, 1, "S-3015");
        assert!(text.contains("did you mean `json`?"), "{text}");
    }
    market.sandbox.write("elsewhere/readme", "");
    let outcome = market.run_in("elsewhere", &["install"]);
    assert!(outcome.status == Some(1) && outcome.text().contains("S-3005"), "{}", outcome.text());
}

/// Manifests: status, code, the line and column that are marked, and what is said.
#[test]
fn what_is_wrong_in_a_manifest_is_marked_where_it_stands() {
    let market = market();
    let deps = |line: &str| format!("{REGISTRY}[deps]\n{line}\n");
    for (text, status, place, words) in [
        (deps("json = \"v1\""), 1, "4:9", &["S-3008", "did you mean `1`?"][..]),
        (deps("json = \"1.2.3.4\""), 1, "4:9", &["S-3008", "did you mean `1.2.3`?"]),
        (deps("jsn = \"1\""), 1, "4:7", &["S-4064", "did you mean `json`?"]),
        (
            deps("json = { version = \"1\", registry = \"mraket\" }"),
            2,
            "4:36",
            &["S-4063", "did you mean `market`?"],
        ),
        ("[package]\nname = \"A b\"\n".into(), 1, "2:8", &["S-3007", "did you mean `a-b`?"]),
        ("[package]\nversion = \"one\"\n".into(), 1, "2:11", &["S-3003", "1.4.2"]),
        ("[package]\nedition = \"1999\"\n".into(), 1, "2:11", &["S-3003", "did you mean `2026`?"]),
        ("[package]\nedition = \"2027\"\n".into(), 1, "2:11", &["S-3003", "a later `s` may know it"]),
        ("[package]\ns = \">=9\"\n".into(), 1, "2:5", &["S-3022", "needs s >=9, and this is s"]),
        ("[features]\na = []\ny = [\"b\"]\n".into(), 1, "3:6", &["S-3003", "did you mean `a`?"]),
        (
            "[registries.a]\nurl = \"htp://x.example\"\n[deps]\njson = \"1\"\n".into(),
            2,
            "2:7",
            &["S-4063", "did you mean `http://…`?"],
        ),
        (
            "[registries.a]\nurl = \"https://x.example:181233\"\n[deps]\njson = \"1\"\n".into(),
            2,
            "2:7",
            &["S-4063", "invalid port number"],
        ),
        (
            "[registries.a]\nurl = \"http://x.example\"\n[deps]\njson = \"1\"\n".into(),
            2,
            "2:7",
            &["S-4063", "not encrypted"],
        ),
        (
            "[registries.a]\nurl = \"../market\"\nmirrors = [\"htp://x\"]\n[deps]\njson = \"1\"\n".into(),
            2,
            "3:12",
            &["S-4063", "did you mean `http://…`?"],
        ),
        (
            "[registries.a]\nurl = \"../market\"\nplugin = \"stryke/registry-styke\"\n[deps]\njson = \"1\"\n"
                .into(),
            1,
            "3:10",
            &["S-5130", "did you mean `stryke/registry-stryke`?"],
        ),
        ("[workspace]\nmembers = [\"lbi\"]\n".into(), 1, "2:12", &["S-3017", "did you mean `lib`?"]),
    ] {
        manifest(&market, &text);
        fs::create_dir_all(market.sandbox.work().join("shop/lib")).unwrap();
        let said = market.refused(&["lock"], status, words[0]);
        assert!(said.contains(&format!("stryke.toml:{place}\n")), "{text}\n{said}");
        assert!(words.iter().all(|word| said.contains(word)), "{text}\n{said}");
    }
}

#[test]
fn what_is_odd_in_a_manifest_is_told_once() {
    let market = market();
    let text = "[package]\nname = \"shop\"\nlicense = \"MTI\"\n[foo]\n[dependencies]\n[dev-dependencies]\n";
    manifest(
        &market,
        &format!("{REGISTRY}{text}[workspace]\nmembers = [\"crtes/*\"]\n[deps]\njson = \"1\"\n"),
    );
    fs::create_dir_all(market.sandbox.work().join("shop/crates")).unwrap();
    for command in ["lock", "install", "tree"] {
        let said = market.answer(&[command]).stderr;
        for (words, code) in [
            ("unknown table `foo`", "S-3002"),
            ("did you mean `deps`?", "S-3002"),
            ("did you mean `dev-deps`?", "S-3002"),
            ("did you mean `MIT`?", "S-3003"),
            ("did you mean `crates/*`?", "S-3017"),
        ] {
            assert_eq!(said.matches(words).count(), 1, "{command} {words}\n{said}");
            assert!(said.contains(code), "{said}");
        }
    }
}

#[test]
fn what_would_not_be_in_a_package_is_not_packed() {
    let market = market();
    let pack = |text: &str| {
        manifest(&market, &format!("[package]\nname = \"shop\"\nversion = \"1.0.0\"\n{text}"));
        market.run(&["pack"])
    };
    market.sandbox.write("shop/bin/tool.stk", "print 1\n");
    market.sandbox.write("shop/target/made.stk", "print 1\n");
    for (path, words) in [
        ("bin/tol.stk", &["there is no such file", "did you mean `bin/tool.stk`?"][..]),
        ("target/made.stk", &["archives take nothing from"]),
        ("../market/packages/json/index.json", &["archives take nothing from"]),
    ] {
        let outcome = pack(&format!("[bin]\ntool = \"{path}\"\n"));
        assert_eq!(outcome.status, Some(1), "{}", outcome.text());
        assert!(outcome.text().contains("stryke.toml:5:8"), "{}", outcome.text());
        assert!(words.iter().all(|word| outcome.text().contains(word)), "{}", outcome.text());
    }
    let outcome = pack("[bin]\ntool = \"bin/tool.stk\"\n");
    assert_eq!(outcome.status, Some(0), "{}", outcome.text());
}

#[test]
fn a_dependency_that_a_feature_turns_on_is_not_removed() {
    let market = market();
    manifest(
        &market,
        &format!(
            "{REGISTRY}[deps]\njson = {{ version = \"1\", optional = true }}\n[features]\nj = [\"dep:json\"]\n"
        ),
    );
    market.done(&["lock"]);
    let text = market.refused(&["remove", "json"], 1, "S-3003");
    assert!(text.contains("the feature `j` turns on `dep:json`"), "{text}");
}

#[test]
fn a_server_is_searched_for_the_name_that_was_meant() {
    let publisher = Publisher::new();
    for name in ["jsonx", "metrics"] {
        publisher.prepare(name, "1.0.0");
        let published = publisher.publish(name);
        assert_eq!(published.status, Some(0), "{}", published.text());
        // Each thing that the server says is a line of its own.
        assert_eq!(published.text().matches("the registry says: `").count(), 2, "{}", published.text());
    }
    let served = publisher.server();
    let run = |table: &str, args: &[&str]| {
        publisher.sandbox.write("shop/stryke.toml", &format!("[package]\nname = \"shop\"\n{table}"));
        let mut command = publisher.sandbox.command(args);
        command.current_dir(publisher.sandbox.work().join("shop"));
        publisher.sandbox.outcome(&command.output().unwrap()).text()
    };
    for (typed, meant) in [("jsnx", "jsonx"), ("metrisc", "metrics")] {
        for command in ["add", "info"] {
            let text = run(&served.table(), &[command, typed]);
            assert!(text.contains("S-4064") && text.contains(&format!("did you mean `{meant}`?")), "{text}");
        }
    }
    // One that says no plugin is read as files, which a server does not have.
    let text = run(&format!("[registries.own]\nurl = \"{}\"\n", served.url), &["add", "jsonx"]);
    assert!(text.contains("`own` is a registry that is served"), "{text}");
    assert!(text.contains("plugin = \"stryke/registry-stryke\""), "{text}");
}

#[test]
fn what_was_chosen_is_told_with_its_reason() {
    let mut market = market();
    market.publish("json", "1.1.0", &[]);
    market.publish_as("json", "1.2.0", &[], &json!({ "yanked": "loses digits" }));
    market.publish("json", "2.0.0", &[]);
    market.publish("json", "2.1.0-rc.1", &[]);
    market.publish_as("json", "2.2.0", &[], &json!({ "requires-stryke": ">=9" }));
    market.publish("low", "1.0.0", &[]);
    let why = |args: &[&str]| {
        market
            .sandbox
            .write("shop/stryke.toml", &format!("[package]\nname = \"shop\"\n\n{REGISTRY}\n[deps]\n"));
        market.answer(args).stderr
    };
    let said = why(&["add", "json"]);
    assert!(
        said.contains(
            "json 2.0.0 was chosen of 6 versions: 2.1.0-rc.1 is a prerelease; 2.2.0 needs another s"
        ),
        "{said}"
    );
    let said = why(&["add", "json@1"]);
    assert!(
        said.contains("json 1.1.0 was chosen of 6 versions: 2 up to 2.2.0 are not what `1` admits"),
        "{said}"
    );
    assert!(said.contains("1.2.0 is yanked") && !said.contains("held back"), "{said}");
    let said = why(&["add", "low"]);
    assert!(said.contains("low 1.0.0 is the only version"), "{said}");
    let answer = market.answer(&["add", "json@1", "--json"]).json();
    let choice = &answer["added"][0]["choice"];
    assert_eq!((choice["known"].as_u64(), choice["stated"].as_str()), (Some(6), Some("1")), "{choice}");
    assert_eq!(choice["skipped"][0], json!({ "reason": "requirement", "versions": ["2.2.0", "2.0.0"] }));
}
