//! What is newer, what is listed, what is copied beside the project, and its scripts.

use std::fs;

use serde_json::json;

use crate::market::{Market, names};

/// A project with `json` 1.4.0, of which there are newer ones.
fn market() -> Market {
    let mut market = Market::new();
    market.publish("text", "0.4.1", &[]);
    market.publish("json", "1.4.0", &[("text", "^0.4")]);
    market.done(&["add", "json@1"]);
    market.publish("json", "1.6.0", &[("text", "^0.4")]);
    market.publish("json", "2.3.0", &[("text", "^0.4")]);
    market.publish("json", "3.0.0-rc.1", &[]);
    market.publish("text", "0.4.2", &[]);
    market
}

#[test]
fn outdated_tells_compatible_from_newest() {
    let market = market();
    let before = (market.manifest(), market.lock());
    let direct = market.answer(&["outdated", "--json"]).json();
    assert_eq!(
        direct["outdated"],
        json!([{
            "name": "json", "locked": "1.4.0", "compatible": "1.6.0", "newest": "2.3.0", "yanked": null, "direct": true
        }])
    );
    let all = market.answer(&["outdated", "--all"]);
    assert!(all.stdout.contains("text  0.4.1"), "{}", all.stdout);
    assert_eq!((market.manifest(), market.lock()), before, "it only looks");
    market.done(&["update"]);
    let rest = market.answer(&["outdated", "--json"]).json();
    assert_eq!(rest["outdated"][0]["locked"], "1.6.0");
}

#[test]
fn outdated_goes_on_where_a_yanked_version_has_no_stand_in() {
    let mut market = market();
    market.publish("zip", "1.0.0", &[]);
    market.publish("log", "1.0.0", &[]);
    market.done(&["add", "zip@=1.0.0", "log@1"]);
    market.publish("log", "1.1.0", &[]);
    market.publish_as("zip", "1.0.0", &[], &json!({ "yanked": "loses files" }));
    market.publish_as("log", "1.0.0", &[], &json!({ "yanked": true }));
    market.publish("zip", "2.0.0", &[]);
    let outcome = market.answer(&["outdated", "--json"]);
    assert_eq!(
        outcome.json()["outdated"],
        json!([
            { "name": "json", "locked": "1.4.0", "compatible": "1.6.0", "newest": "2.3.0", "yanked": null, "direct": true },
            { "name": "log", "locked": "1.0.0", "compatible": "1.1.0", "newest": "1.1.0", "yanked": "", "direct": true },
            { "name": "zip", "locked": "1.0.0", "compatible": null, "newest": "2.0.0", "yanked": "loses files", "direct": true },
        ])
    );
    let shown = market.answer(&["outdated"]);
    assert!(shown.stdout.contains("zip   1.0.0 (yanked)  none        2.0.0"), "{}", shown.text());
    for words in [
        "S-4074",
        "`zip@1.0.0` was yanked, and nothing else fits what is asked for",
        "the reason is: loses files",
        "s why zip",
        "`log@1.0.0` was yanked, and stays because it is locked",
    ] {
        assert!(shown.stderr.contains(words), "`{words}` is missing: {}", shown.text());
    }
}

#[test]
fn update_latest_raises_what_is_written() {
    let mut market = market();
    let dry = market.answer(&["update", "--latest", "--dry-run"]);
    assert!(dry.stderr.contains("json 1 → 2.3"), "{}", dry.text());
    assert!(market.manifest().contains("json = \"1\""));
    market.done(&["update", "--latest"]);
    assert!(market.manifest().ends_with("[deps]\njson = \"2.3\"\n"), "{}", market.manifest());
    assert!(market.lock().unwrap().contains("name = \"json\"\nversion = \"2.3.0\""));
    // What admits the newest already stays as it is; others are not touched.
    market.project("[deps]\njson = \">=1\" # any\ntext = \"=0.4.1\"\n");
    market.done(&["update", "--latest", "json"]);
    assert!(
        market.manifest().ends_with("json = \">=1\" # any\ntext = \"=0.4.1\"\n"),
        "{}",
        market.manifest()
    );
}

#[test]
fn list_shows_the_lock() {
    let market = market();
    let listed = market.answer(&["list", "--json"]).json();
    let names: Vec<&str> =
        listed["packages"].as_array().unwrap().iter().map(|one| one["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["json", "text"]);
    assert!(market.answer(&["list"]).stdout.contains("json  1.4.0"));
}

#[test]
fn s21_a_vendored_project_needs_neither_home_nor_network() {
    let market = market();
    market.done(&["vendor"]);
    let vendored = names(&market.sandbox.work().join("shop/vendor"));
    assert_eq!(vendored.len(), 2, "{vendored:?}");
    let tree = |folder: &std::path::Path| s_store::archive::tree_digest(folder).unwrap();
    assert_eq!(
        tree(&market.sandbox.work().join("shop/vendor").join(&vendored[0])),
        tree(&market.sandbox.home().join("store").join(&vendored[0]))
    );
    // Another machine: nothing in its home, and no registry.
    fs::remove_dir_all(&market.root).unwrap();
    let home = market.sandbox.work().join("empty-home");
    let mut command = market.sandbox.command(&["install", "--frozen", "--json"]);
    command.current_dir(market.sandbox.work().join("shop")).env("STRYKE_HOME", &home);
    let outcome = market.sandbox.outcome(&command.output().unwrap());
    assert_eq!(outcome.status, Some(0), "{}", outcome.text());
    assert_eq!(outcome.json()["store"]["present"], 2);
    assert!(names(&home.join("store")).is_empty());
}

#[test]
fn s21_what_is_no_longer_needed_leaves_the_folder() {
    let market = market();
    market.done(&["vendor"]);
    market.done(&["add", "json@2"]);
    let again = market.answer(&["vendor", "--json"]).json();
    assert_eq!((again["packages"].as_u64(), again["present"].as_u64()), (Some(2), Some(1)));
    assert_eq!(again["removed"].as_array().unwrap().len(), 1);
    let vendored = names(&market.sandbox.work().join("shop/vendor"));
    assert!(vendored[0].starts_with("json@2.3.0"), "{vendored:?}");
}

#[cfg(unix)]
#[test]
fn s17_a_script_is_run_where_its_package_is() {
    let mut market = Market::new();
    market.project(
        "[scripts]\nwhere = \"pwd; printf '%s|' \"\nfail = \"exit 43\"\nboth = \"true\"\n\n[bin]\nboth = \"bin/both.stk\"\nmain = \"bin/main.stk\"\n",
    );
    let ran = market.answer(&["run", "where", "--", "a b", "$HOME", "--x"]);
    assert!(ran.stdout.ends_with("/shop\na b|$HOME|--x|"), "{}", ran.stdout);
    assert_eq!(market.run(&["run", "fail"]).status, Some(43), "the status is passed on");
    let listed = market.answer(&["run", "--json"]).json();
    assert_eq!(listed["scripts"]["fail"], "exit 43");
    let text = market.refused(&["run", "both"], 2, "S-3018");
    assert!(text.contains("a script and a program"), "{text}");
    let text = market.refused(&["run", "wher"], 2, "S-3018");
    assert!(text.contains("did you mean `where`?"), "{text}");
    let _ = market.refused(&["run", "main"], 2, "S-1007");
}

#[test]
fn clean_removes_what_was_made() {
    let market = Market::new();
    market.sandbox.write("shop/target/debug/x", "1234");
    let dry = market.answer(&["clean", "--dry-run", "--json"]).json();
    assert_eq!((dry["files"].as_u64(), dry["bytes"].as_u64()), (Some(1), Some(4)));
    assert!(market.sandbox.work().join("shop/target/debug/x").exists());
    market.done(&["clean"]);
    assert_eq!(names(&market.sandbox.work().join("shop")), ["stryke.toml"]);
    let again = market.answer(&["clean"]);
    assert!(again.stderr.contains("nothing to remove"), "{}", again.stderr);
}

#[test]
fn the_steps_of_an_installation_are_told_and_timed() {
    let mut market = Market::new();
    market.publish("text", "0.4.1", &[]);
    market.publish("json", "1.4.0", &[("text", "^0.4")]);
    market.project("[deps]\njson = \"1\"\n");
    let timed = market.answer(&["install", "--timings", "--json"]).json();
    let steps: Vec<(&str, u64)> = timed["timings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|time| (time["step"].as_str().unwrap(), time["count"].as_u64().unwrap()))
        .collect();
    let once = |name| (name, 1);
    let twice = |name| (name, 2);
    assert_eq!(
        steps,
        [
            once("manifest"),
            once("graph"),
            once("solve"),
            once("compare"),
            once("store"),
            twice("fetch"),
            twice("verify"),
            twice("unpack"),
            once("write")
        ]
    );
    // Where nothing is to be done most steps are not taken.
    let told = market.answer(&["install", "-v"]);
    let steps: Vec<&str> =
        told.stderr.lines().filter_map(|line| line.split_once("step ")?.1.split(':').next()).collect();
    assert_eq!(steps, ["manifest", "store"], "{}", told.stderr);
}

#[test]
fn a_conflict_is_the_same_as_json() {
    let mut market = Market::new();
    market.publish("text", "0.4.1", &[]);
    market.publish("json", "1.4.0", &[("text", "^0.4")]);
    market.publish("text", "0.5.0", &[]);
    market.project("[deps]\njson = \"1\"\ntext = \"0.5\"\n\n[resolver]\nmulti-version = \"never\"\n");
    let outcome = market.run(&["lock", "--json"]);
    assert_eq!(outcome.status, Some(4));
    let error = &outcome.json()["error"];
    assert_eq!(error["code"], "S-2001");
    assert!(error["notes"][0].as_str().unwrap().starts_with("because "), "{error}");
    assert!(!error["hints"].as_array().unwrap().is_empty(), "{error}");
    let place = &error["labels"][0];
    assert_eq!((place["file"].as_str(), place["line"].as_u64()), (Some("stryke.toml"), Some(10)), "{error}");
    // The other requirement that plays a part is marked too.
    assert_eq!(error["labels"][1]["line"], 9, "{error}");
    let conflict = &error["conflict"];
    let terms: Vec<(&str, &str, u64)> = conflict["terms"]
        .as_array()
        .unwrap()
        .iter()
        .map(|term| {
            let text = |key: &str| term[key].as_str().unwrap();
            (text("dependency"), text("requirement"), term["place"]["line"].as_u64().unwrap())
        })
        .collect();
    assert_eq!(terms, [("json", "1", 9), ("text", "0.5", 10)], "{conflict}");
    let fix = &conflict["fixes"][0];
    assert_eq!((fix["kind"].as_str(), fix["dependency"].as_str()), (Some("requirement"), Some("text")));
    assert_eq!((fix["requirement"].as_str(), fix["version"].as_str()), (Some("0.4"), Some("0.4.1")));
    assert!(error["hints"][0].as_str().unwrap().ends_with(fix["command"].as_str().unwrap()), "{error}");
    assert_eq!(conflict["proof"].as_array().unwrap().last().unwrap()["kind"], "derived", "{conflict}");
    assert!(conflict["facts"].as_array().unwrap().iter().any(|fact| fact["package"] == "text"), "{conflict}");
    // What it proposes is typed, and works.
    let command = fix["command"].as_str().unwrap();
    market.done(&command.split(' ').skip(1).collect::<Vec<_>>());
}

#[test]
fn a_conflict_says_when_a_version_is_old_enough() {
    let mut market = Market::new();
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
    market.publish_as("json", "1.0.0", &[], &json!({ "published": now - 60 }));
    market.project("[deps]\njson = \"1\"\n\n[resolver]\ncooldown = \"24h\"\n");
    let text = market.refused(&["lock"], 4, "S-2001");
    assert!(text.contains("stryke.toml:9:8"), "{text}");
    assert!(text.contains("`json` 1.0.0 is old enough from 2"), "{text}");
    assert!(text.contains("cooldown = \"0\""), "{text}");
    let fix = market.run(&["lock", "--json"]).json()["error"]["conflict"]["fixes"][0].clone();
    assert_eq!(
        (fix["kind"].as_str(), fix["until-unix"].as_u64()),
        (Some("cooldown"), Some(now - 60 + 86_400))
    );
    market.project("[deps]\njson = \"1\"\n\n[resolver]\ncooldown = \"0\"\n");
    market.done(&["lock"]);
}

#[test]
fn a_conflict_about_s_or_a_prerelease_says_what_helps() {
    let mut market = Market::new();
    market.publish_as("next", "1.0.0", &[], &json!({ "requires-stryke": ">=9" }));
    market.publish("low", "1.1.0", &[]);
    market.publish("low", "2.0.0", &[]);
    market.project("[deps]\nnext = \"1\"\n");
    let text = market.refused(&["lock"], 4, "S-2001");
    assert!(text.contains("stryke.toml:9:8") && text.contains("`next` 1.0.0 would do with s >=9"), "{text}");
    market.project("[dev-deps]\nlow = { version = \"1.1.0-beta\", features = [] }\n");
    let text = market.refused(&["lock"], 4, "S-2001");
    assert!(text.contains("s add low@1.1 --dev") && !text.contains("low@2"), "{text}");
}

#[test]
fn a_feature_that_is_not_there_is_marked_with_the_one_that_is() {
    let market = Market::new();
    let manifest = "[package]\nname = \"json\"\nversion = \"1.0.0\"\n[features]\nyaml = []\nfast = []\n";
    market.sandbox.write("json/stryke.toml", manifest);
    let mut market = market;
    market.project("[deps]\njson = { path = \"../json\", features = [\"fast\", \"yml\"] }\n");
    let text = market.refused(&["lock"], 4, "S-2001");
    assert!(text.contains("stryke.toml:9:48") && text.contains("there is no such feature"), "{text}");
    assert!(text.contains("did you mean `yaml`?"), "{text}");
}
