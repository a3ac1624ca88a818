//! `s yank` and `s unyank`: what they do to a served registry, and to whoever depends on it.

#![expect(clippy::unwrap_used, reason = "a test fails where something is missing")]

use std::fs;

use crate::market::Market;
use crate::plugins::{digest, put};
use crate::served::{Served, run_as};
use crate::support::{Outcome, Sandbox};

/// A served registry with versions of `json` in it, and a token for all of them.
struct Shop {
    sandbox: Sandbox,
    served: Served,
    token: String,
}

impl Shop {
    fn with(versions: &[&str]) -> Shop {
        let sandbox = Sandbox::new();
        let served = Served::start(&sandbox);
        let token = served.token(&sandbox, "ann", &["publish", "yank"]);
        served.bind(&sandbox);
        let shop = Shop { sandbox, served, token };
        for version in versions {
            shop.project("json", version, "");
            shop.done("json", &["publish"]);
        }
        shop
    }

    fn project(&self, name: &str, version: &str, rest: &str) {
        let table = self.served.table();
        let text = format!("[package]\nname = \"{name}\"\nversion = \"{version}\"\n\n{table}\n{rest}");
        self.sandbox.write(&format!("{name}/stryke.toml"), &text);
    }

    fn run(&self, folder: &str, args: &[&str]) -> Outcome {
        run_as(&self.sandbox, &self.token, folder, args)
    }

    /// Runs what has to succeed.
    fn answer(&self, folder: &str, args: &[&str]) -> Outcome {
        let outcome = self.run(folder, args);
        assert_eq!(outcome.status, Some(0), "{args:?}\n{}", outcome.text());
        outcome
    }

    /// The same, where nothing is to be seen.
    fn done(&self, folder: &str, args: &[&str]) {
        let _ = self.answer(folder, args);
    }

    /// What the registry says of each version: its number, and why it is yanked.
    fn listed(&self) -> Vec<(String, Option<String>)> {
        let shown = self.answer("json", &["registry", "show", "json", "--registry", "own", "--json"]).json();
        let versions = shown["packages"][0]["versions"].as_array().unwrap();
        let text = |value: &serde_json::Value| value.as_str().map(str::to_owned);
        versions.iter().map(|one| (text(&one["version"]).unwrap(), text(&one["yanked"]))).collect()
    }
}

fn fails(outcome: &Outcome, status: i32, words: &[&str]) {
    assert_eq!(outcome.status, Some(status), "{}", outcome.text());
    for word in words {
        assert!(outcome.text().contains(word), "`{word}` is missing: {}", outcome.text());
    }
}

#[test]
fn s18_a_version_is_yanked_where_its_package_is_and_by_name_anywhere() {
    let shop = Shop::with(&["1.0.0", "1.1.0"]);
    let listed = |yanked: [Option<&str>; 2]| -> Vec<(String, Option<String>)> {
        let yanked = yanked.map(|reason| reason.map(str::to_owned));
        ["1.0.0", "1.1.0"].map(str::to_owned).into_iter().zip(yanked).collect()
    };
    let done = shop.answer("json", &["yank", "1.0.0", "--reason", "loses digits"]);
    assert!(done.stderr.contains("Yanked json 1.0.0 in own"), "{}", done.text());
    assert_eq!(shop.listed(), listed([Some("loses digits"), None]));

    // Anywhere else it is named; the registry may be one of the user.
    fs::write(shop.sandbox.home().join("config.toml"), shop.served.table()).unwrap();
    fs::create_dir(shop.sandbox.work().join("empty")).unwrap();
    let done = shop.answer("empty", &["yank", "json@1.1.0", "--json"]).json();
    assert_eq!(done["name"], "json");
    assert_eq!(done["version"], "1.1.0");
    assert_eq!(done["registry"], "own");
    assert_eq!(done["yanked"], true);
    assert_eq!(shop.listed(), listed([Some("loses digits"), Some("")]));

    let done = shop.answer("empty", &["unyank", "json@1.0.0", "--registry", "own"]);
    assert!(done.stderr.contains("Unyanked json 1.0.0 in own"), "{}", done.text());
    assert_eq!(shop.listed(), listed([None, Some("")]));
    let again = shop.answer("json", &["unyank", "1.0.0", "--json"]).json();
    assert_eq!((&again["changed"], &again["yanked"]), (&false.into(), &false.into()));
    fails(&shop.run("empty", &["yank", "1.0.0"]), 1, &["S-3005", "s yank NAME@1.0.0"]);
}

#[test]
fn s19_a_yanked_version_stays_where_it_is_locked_and_is_chosen_again_when_it_is_unyanked() {
    let shop = Shop::with(&["1.0.0", "1.1.0"]);
    let chosen = |folder: &str| -> String {
        let lock = fs::read_to_string(shop.sandbox.work().join(folder).join("stryke.lock")).unwrap();
        let version = lock.split("name = \"json\"\nversion = \"").nth(1).unwrap();
        version.split('"').next().unwrap().to_owned()
    };
    let deps = "[deps]\njson = \"^1.0\"\n";
    shop.project("old", "7.0.0", deps);
    shop.done("old", &["install"]);
    assert_eq!(chosen("old"), "1.1.0");
    shop.done("json", &["yank", "1.1.0", "--reason", "loses digits"]);

    // Where it is locked it stays, also when everything is resolved again.
    shop.done("old", &["install", "--locked"]);
    shop.project("old", "7.0.0", "[deps]\njson = \">=1.0\"\n");
    let kept = shop.answer("old", &["install"]);
    assert_eq!(chosen("old"), "1.1.0");
    for words in ["S-4074", "`json@1.1.0` was yanked", "loses digits", "s update json"] {
        assert!(kept.stderr.contains(words), "`{words}` is missing: {}", kept.text());
    }
    fs::remove_dir_all(shop.sandbox.home().join("store")).unwrap();
    shop.done("old", &["install", "--locked"]);
    // Whoever asks what is newer hears of it too: the versions are listed for that anyway.
    let outdated = shop.answer("old", &["outdated"]);
    for words in ["S-4074", "`json@1.1.0` was yanked", "loses digits", "s update json"] {
        assert!(outdated.stderr.contains(words), "`{words}` is missing: {}", outdated.text());
    }

    // Nobody else gets it, and whoever moves leaves it.
    shop.project("new", "7.0.0", deps);
    let quiet = shop.answer("new", &["install"]);
    assert!(!quiet.text().contains("S-4074"), "{}", quiet.text());
    assert_eq!(chosen("new"), "1.0.0");
    shop.done("old", &["update", "json"]);
    assert_eq!(chosen("old"), "1.0.0");

    shop.done("json", &["unyank", "1.1.0"]);
    shop.done("new", &["update"]);
    assert_eq!(chosen("new"), "1.1.0");
}

#[test]
fn s18_what_cannot_be_yanked_is_answered_with_what_can() {
    let shop = Shop::with(&["1.0.0", "1.1.0"]);
    for (args, status, words) in [
        (&["yank", "1.0.1"][..], 1, &["S-4064", "did you mean `json@1.", "there are `1.1.0`, `1.0.0`"][..]),
        (&["unyank", "json@3.0.0"], 1, &["S-4064", "there are `1.1.0`, `1.0.0`"]),
        (&["yank", "jsn@1.0.0"], 1, &["S-4064", "did you mean `json`?"]),
        (&["yank", "v1.0.0"], 2, &["S-1001", "did you mean: s yank 1.0.0"]),
        (&["unyank", "json"], 2, &["S-1001", "s unyank json@1.0.0"]),
        (&["yank", "JSON@1.0.0"], 2, &["did you mean `json`?"]),
        (&["yank", "1.0.0", "--registry", "nope"], 2, &["S-4063", "there are `own`"]),
    ] {
        fails(&shop.run("json", args), status, words);
    }
    // Somebody else, somebody whose token is not good for it, and nobody.
    let bob = shop.served.token(&shop.sandbox, "bob", &["yank"]);
    let refused = run_as(&shop.sandbox, &bob, "json", &["yank", "1.0.0"]);
    fails(&refused, 1, &["`bob` is no owner of `json`", "s owner list json"]);
    let ann = shop.served.token(&shop.sandbox, "ann", &["publish"]);
    let refused = run_as(&shop.sandbox, &ann, "json", &["yank", "1.0.0"]);
    fails(&refused, 1, &["the token is not good for `yank`"]);
    fs::remove_file(shop.sandbox.home().join("grants.toml")).unwrap();
    let refused = shop.run("json", &["yank", "1.0.0"]);
    fails(&refused, 1, &["S-4062", "s login http://"]);
    assert!(shop.listed().iter().all(|(_, yanked)| yanked.is_none()));
}

#[test]
fn s18_a_registry_that_cannot_be_changed_says_what_can() {
    let mut market = Market::new();
    market.publish("json", "1.0.0", &[]);
    for args in [
        &["yank", "json@1.0.0"][..],
        &["unyank", "json@1.0.0"],
        &["owner", "list", "json"],
        &["owner", "add", "json", "bob"],
    ] {
        let text = market.refused(args, 1, "S-4070");
        for words in ["`market`", "stryke/registry-static", "plugin = \"stryke/registry-stryke\""] {
            assert!(text.contains(words), "`{words}` is missing: {text}");
        }
    }
}

#[test]
fn s18_a_plugin_of_the_first_track_yanks_and_knows_no_owners() {
    let component = include_bytes!("../fixtures/attack-registry.wasm");
    let sandbox = Sandbox::new();
    put(&sandbox, "old.wasm", component);
    let added = sandbox.run(&[
        "plugin",
        "add",
        "--user",
        "old.wasm",
        "--allow",
        "--integrity",
        &digest(component),
        "--config",
        "url=https://registry.example",
    ]);
    assert_eq!(added.status, Some(0), "{}", added.text());
    let text = "[registries.old]\nurl = \"https://registry.example\"\nplugin = \"attack/registry\"\n";
    sandbox.write("stryke.toml", text);
    let yanked = sandbox.run(&["yank", "json@1.0.0"]);
    assert_eq!(yanked.status, Some(0), "{}", yanked.text());
    for args in
        [&["unyank", "json@1.0.0"][..], &["owner", "list", "json"], &["owner", "remove", "json", "bob"]]
    {
        fails(&sandbox.run(args), 1, &["S-4070", "attack/registry", "stryke:registry/registry-plugin@0.2"]);
    }
}
