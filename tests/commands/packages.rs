//! Packages from end to end: packed, listed by a registry of files, added, locked, installed.
//!
//! Tests whose name begins with `s` and a number stand for that row of the acceptance list in
//! `docs/status.md`.

use std::fs;
use std::path::Path;

use serde_json::json;

use crate::market::{Market, names};

#[test]
fn a_dependency_is_added_locked_and_brought() {
    let mut market = Market::new();
    market.publish("text", "0.4.1", &[]);
    market.publish("json", "1.4.0", &[("text", "^0.4")]);
    market.publish("json", "2.0.0-rc.1", &[]);
    let added = market.answer(&["add", "json"]);
    assert!(added.text().contains("json 1.4.0 from market to [deps], as `1.4`"), "{}", added.text());
    assert!(market.manifest().ends_with("[deps]\njson = \"1.4\"\n"), "{}", market.manifest());
    let lock = market.lock().unwrap();
    assert!(lock.contains("name = \"text\"\nversion = \"0.4.1\"\n"), "{lock}");
    assert!(lock.contains("deps = [\n  \"text@0.4.1\",\n]"), "{lock}");
    let stored = market.stored();
    assert_eq!(stored.len(), 2, "{stored:?}");
    let json = market.sandbox.home().join("store").join(&stored[0]);
    assert_eq!(fs::read_to_string(json.join("lib/json.stk")).unwrap(), "# json 1.4.0\n");
    let tree = market.answer(&["tree"]);
    assert_eq!(tree.stdout, "shop 7.0.0\n└── json 1.4.0\n    └── text 0.4.1\n");
    let why = market.answer(&["why", "text"]);
    assert_eq!(why.stdout, "shop [deps] → json 1.4.0 → text 0.4.1\n");
    // Nothing is left to do, and nothing is written.
    let again = market.answer(&["install", "--frozen", "--json"]).json();
    assert_eq!((again["packages"].as_u64(), again["store"]["unpacked"].as_u64()), (Some(2), Some(0)));
    assert_eq!(again["wrote-lock"], false);
    assert_eq!(market.lock().unwrap(), lock);
}

#[test]
fn s02_a_project_stays_clean() {
    let mut market = Market::new();
    market.publish("json", "1.0.0", &[]);
    market.done(&["add", "json"]);
    market.done(&["install"]);
    market.done(&["update"]);
    assert_eq!(names(&market.sandbox.work().join("shop")), ["stryke.lock", "stryke.toml"]);
}

#[test]
#[cfg(unix)]
fn s05_s06_one_lock_gives_the_same_store_everywhere() {
    use std::os::unix::fs::PermissionsExt as _;

    let mut market = Market::new();
    market.publish("text", "0.4.1", &[]);
    market.publish("json", "1.4.0", &[("text", "^0.4")]);
    market.done(&["add", "json"]);
    let digest = |home: &Path| -> Vec<(String, String)> {
        let store = home.join("store");
        names(&store)
            .into_iter()
            .map(|name| (fs::read_to_string(store.join(&name).join(".s-ok")).unwrap(), name))
            .collect()
    };
    let first = digest(&market.sandbox.home());
    let other = market.sandbox.work().join("other-home");
    let mut command = market.sandbox.command(&["install", "--locked"]);
    command.current_dir(market.sandbox.work().join("shop")).env("STRYKE_HOME", &other);
    let outcome = market.sandbox.outcome(&command.output().unwrap());
    assert_eq!(outcome.status, Some(0), "{}", outcome.text());
    assert_eq!(digest(&other), first);
    // A command says the same of both.
    let listed = market.answer(&["list", "--digests"]).stdout;
    let mut command = market.sandbox.command(&["list", "--digests"]);
    command.current_dir(market.sandbox.work().join("shop")).env("STRYKE_HOME", &other);
    assert_eq!(market.sandbox.outcome(&command.output().unwrap()).stdout, listed);
    let lines: Vec<Vec<&str>> = listed.lines().map(|line| line.split(' ').collect()).collect();
    assert!(lines.len() == 2 && lines.iter().all(|line| line[2].starts_with("sha256-")), "{listed}");
    // It reads the files, and not what was noted of them.
    let file = other.join("store").join(&first[0].1).join("lib/json.stk");
    assert!(file.is_file(), "{}", file.display());
    fs::set_permissions(&file, fs::Permissions::from_mode(0o644)).unwrap();
    fs::write(&file, "changed").unwrap();
    let changed = market.sandbox.outcome(&command.output().unwrap()).stdout;
    assert_ne!(changed, listed);
    assert_eq!(changed.lines().nth(1), listed.lines().nth(1));
    // A second project on this machine takes what is there.
    market.sandbox.write("second/stryke.toml", &market.manifest());
    let second = market.run_in("second", &["install", "--json"]).json();
    assert_eq!(
        (second["store"]["present"].as_u64(), second["store"]["unpacked"].as_u64()),
        (Some(2), Some(0))
    );
}

#[test]
fn s10_s12_the_lock_has_the_same_bytes_however_it_came_about() {
    let mut market = Market::new();
    for name in ["a", "b", "c"] {
        market.publish(name, "1.0.0", &[]);
    }
    market.done(&["add", "c"]);
    market.done(&["add", "a", "b"]);
    let lock = market.lock().unwrap();
    fs::remove_file(market.sandbox.work().join("shop/stryke.lock")).unwrap();
    market.done(&["lock"]);
    assert_eq!(market.lock().unwrap(), lock);
    assert!(!lock.contains("resolved"), "there is no time in it");
}

#[test]
fn s13_other_bytes_are_refused_before_anything_is_kept() {
    let mut market = Market::new();
    market.publish("json", "1.0.0", &[]);
    let archive = market.root.join("files/json-1.0.0.tar.zst");
    let good = fs::read(&archive).unwrap();
    let mut bad = good.clone();
    let last = bad.len() - 1;
    bad[last] ^= 1;
    fs::write(&archive, &bad).unwrap();
    market.refused(&["add", "json"], 5, "S-4058");
    fs::write(&archive, &good[..good.len() / 2]).unwrap();
    market.refused(&["add", "json"], 5, "S-4058");
    fs::write(&archive, good).unwrap();
    market.done(&["add", "json"]);
}

#[test]
fn a_version_that_was_replaced_on_the_server_is_refused() {
    let mut market = Market::new();
    market.publish("json", "1.0.0", &[]);
    market.done(&["add", "json"]);
    market.sandbox.write("sources/json-1.0.0/lib/evil.stk", "# other\n");
    market.publish("json", "1.0.0", &[]);
    let text = market.refused(&["update"], 5, "S-3013");
    assert!(text.contains("`json@1.0.0` is not what it was when it was locked"), "{text}");
    // What is locked is here, and stays usable.
    market.done(&["install", "--locked"]);
}

#[test]
fn a_lock_does_not_choose_where_packages_come_from() {
    let mut market = Market::new();
    market.publish("json", "1.0.0", &[]);
    market.done(&["add", "json"]);
    let elsewhere = market.sandbox.work().join("elsewhere");
    fs::rename(&market.root, &elsewhere).unwrap();
    let (here, there) = (market.root.display().to_string(), elsewhere.display().to_string());
    let lock = market.lock().unwrap().replace(&here, &there);
    fs::write(market.sandbox.work().join("shop/stryke.lock"), lock).unwrap();
    for folder in ["store", "cache/packages"] {
        fs::remove_dir_all(market.sandbox.home().join(folder)).unwrap();
    }
    let text = market.refused(&["install", "--locked"], 5, "S-4063");
    assert!(text.contains("somebody changed the lock"), "{text}");
}

#[test]
fn a_lock_brings_in_nothing_that_no_manifest_does() {
    let mut market = Market::new();
    market.publish("json", "1.0.0", &[]);
    market.done(&["add", "json"]);
    let honest = market.lock().unwrap();
    let evil = market.sandbox.write("evil/stryke.toml", "[package]\nname = \"json\"\nversion = \"1.0.0\"\n");
    market.sandbox.write("evil/lib/json.stk", "p \"evil\"\n");
    market.sandbox.write("shop/main.stk", "use Json\np \"good\"\n");
    let registry = format!("registry+{}", market.root.display());
    let folder = evil.parent().unwrap().display().to_string();
    let commit = "git+https://evil.example/json#".to_owned() + &"a".repeat(40);
    for source in ["path+../evil", &format!("path+{folder}"), "path+../shop/../evil", &commit] {
        let forged = honest.replace(&registry, source);
        assert_ne!(forged, honest, "{registry}");
        market.sandbox.write("shop/stryke.lock", &forged);
        for args in [
            &["install"][..],
            &["install", "--frozen"],
            &["fetch"],
            &["tree"],
            &["list"],
            &["vendor"],
            &["audit", "--feed", "../market"],
        ] {
            let text = market.refused(args, 5, "S-3016");
            assert!(text.contains("--> stryke.lock:8:"), "{source} {args:?}: {text}");
        }
        for args in [&["run", "main.stk"][..], &["check", "main.stk"], &["build"]] {
            let outcome = market.run(args);
            assert_ne!(outcome.status, Some(0), "{source} {args:?}: {outcome:?}");
            assert!(!outcome.stdout.contains("evil"), "{source} {args:?}: {outcome:?}");
        }
    }
    market.sandbox.write("shop/stryke.lock", &honest);
    assert_eq!(market.answer(&["run", "main.stk"]).stdout, "good\n");
}

#[test]
fn a_lock_that_has_another_size_is_noticed_and_a_deep_one_is_read_to_no_end() {
    let mut market = Market::new();
    market.publish("json", "1.0.0", &[]);
    market.done(&["add", "json"]);
    let honest = market.lock().unwrap();
    let at = honest.find("size = ").unwrap();
    let forged = format!("{}size = 9{}", &honest[..at], &honest[at + "size = ".len()..]);
    market.sandbox.write("shop/stryke.lock", &forged);
    fs::remove_dir_all(market.sandbox.home().join("store")).unwrap();
    let text = market.refused(&["install", "--locked"], 5, "S-3013");
    assert!(text.contains("bytes, and the lock says 9"), "{text}");
    for deep in
        ["x = ".to_owned() + &"[".repeat(100_000), "a.".repeat(100_000) + "b = 1", "[".repeat(100_000)]
    {
        market.sandbox.write("shop/stryke.lock", &format!("version = 1\n{deep}\n"));
        let text = market.refused(&["install", "--locked"], 1, "error[S-3001]");
        assert!(text.contains("--> stryke.lock:"), "{}", &text[..500.min(text.len())]);
    }
}

#[test]
fn a_lock_does_not_choose_between_registries_where_the_manifest_does() {
    let mut market = Market::new();
    market.publish("json", "1.0.0", &[]);
    let here = market.root.display().to_string();
    for rest in [
        "[registries.other]\nurl = \"../other\"\n\n[deps]\njson = { version = \"1\", registry = \"market\" }\n",
        "scopes = [\"json\"]\n[registries.other]\nurl = \"../other\"\n\n[deps]\njson = \"1\"\n",
    ] {
        market.project(rest);
        market.done(&["install"]);
        let honest = market.lock().unwrap();
        let forged = honest.replace(&here, &here.replace("market", "other"));
        assert_ne!(forged, honest);
        market.sandbox.write("shop/stryke.lock", &forged);
        market.refused(&["install", "--locked"], 5, "S-3016");
        market.sandbox.write("shop/stryke.lock", &honest);
        market.done(&["install", "--locked"]);
    }
}

#[test]
fn s19_a_yanked_version_is_not_chosen_and_stays_where_it_is_locked() {
    let mut market = Market::new();
    market.publish("json", "1.0.0", &[]);
    market.publish("json", "1.1.0", &[]);
    market.done(&["add", "json"]);
    market.publish_as("json", "1.1.0", &[], &json!({ "yanked": "loses digits" }));
    market.done(&["install"]);
    market.done(&["lock"]);
    assert!(market.lock().unwrap().contains("version = \"1.1.0\""));
    market.project("[deps]\njson = \"1.0\"\n");
    fs::remove_file(market.sandbox.work().join("shop/stryke.lock")).unwrap();
    market.done(&["install"]);
    assert!(market.lock().unwrap().contains("version = \"1.0.0\""));
}

#[test]
fn s20_offline_says_everything_that_is_missing() {
    let mut market = Market::new();
    market.publish("json", "1.0.0", &[]);
    market.done(&["add", "json"]);
    // The lock of somebody else, whose registry is behind a network, and known here.
    let config = "[registries.far]\nurl = \"https://packages.example\"\n";
    fs::write(market.sandbox.home().join("config.toml"), config).unwrap();
    let lock = market.lock().unwrap();
    let here = market.root.display().to_string();
    let text = lock.replace(&here, "https://packages.example/");
    assert_ne!(text, lock);
    fs::write(market.sandbox.work().join("shop/stryke.lock"), &text).unwrap();
    fs::remove_dir_all(market.sandbox.home().join("store")).unwrap();
    fs::remove_dir_all(market.sandbox.home().join("cache")).unwrap();
    let text = market.refused(&["install", "--offline"], 6, "S-4053");
    assert!(text.contains("`json@1.0.0` is not on this machine"), "{text}");
}

#[test]
fn s22_a_folder_is_read_where_it_is() {
    let mut market = Market::new();
    market.publish("text", "0.4.1", &[]);
    market.sandbox.write(
        "util/stryke.toml",
        "[package]\nname = \"util\"\nversion = \"0.2.0\"\n\n[deps]\ntext = \"0.4\"\n",
    );
    market.done(&["add", "../util"]);
    assert!(market.manifest().ends_with("[deps]\nutil = { path = \"../util\" }\n"), "{}", market.manifest());
    assert_eq!(market.answer(&["tree"]).stdout, "shop 7.0.0\n└── util 0.2.0 (../util)\n    └── text 0.4.1\n");
    assert!(market.lock().unwrap().contains("source = \"path+../util\"\n"));
    // What it needs has changed, and the lock follows.
    market.sandbox.write("util/stryke.toml", "[package]\nname = \"util\"\nversion = \"0.3.0\"\n");
    market.refused(&["install", "--locked"], 3, "S-3012");
    market.done(&["install"]);
    assert_eq!(market.answer(&["tree"]).stdout, "shop 7.0.0\n└── util 0.3.0 (../util)\n");
    let text = market.refused(&["add", "../nothing"], 1, "S-4001");
    assert!(text.contains("nothing"), "{text}");
}

#[test]
fn a_conflict_says_why_where_and_what_helps() {
    let mut market = Market::new();
    market.publish("json", "1.0.0", &[]);
    market.publish("json", "2.0.0", &[]);
    market.publish("http", "2.3.1", &[("json", ">=2")]);
    market.publish("metrics", "0.9.0", &[("json", "<2")]);
    market.publish("metrics", "1.1.0", &[("json", ">=2")]);
    market.project("[deps]\nhttp = \"2\"\nmetrics = \"0.9\"\n\n[resolver]\nmulti-version = \"never\"\n");
    let text = market.refused(&["install"], 4, "S-2001");
    assert!(text.contains("no version of `json` suits"), "{text}");
    assert!(text.contains("metrics = \"0.9\""), "{text}");
    assert!(text.contains("s add metrics@1.1"), "{text}");
}

#[test]
fn two_registries_with_one_name_are_not_chosen_between() {
    let mut market = Market::new();
    market.publish("json", "1.0.0", &[]);
    let copy = |to: &str| {
        market.sandbox.write(&format!("{to}/packages/json/index.json"), "{\"versions\":[]}");
        for file in ["index.json", "1.0.0/release.json"] {
            let text = fs::read_to_string(market.root.join("packages/json").join(file)).unwrap();
            market.sandbox.write(&format!("{to}/packages/json/{file}"), &text);
        }
        fs::create_dir_all(market.sandbox.work().join(to).join("files")).unwrap();
        let archive = "files/json-1.0.0.tar.zst";
        fs::copy(market.root.join(archive), market.sandbox.work().join(to).join(archive)).unwrap();
    };
    copy("corp");
    let project = |scopes: &str| {
        let text = format!(
            "[package]\nname = \"shop\"\n\n[registries.market]\nurl = \"../market\"\n\n[registries.corp]\nurl = \"../corp\"\n{scopes}"
        );
        market.sandbox.write("shop/stryke.toml", &text);
    };
    project("");
    let text = market.refused(&["add", "json"], 5, "S-4066");
    assert!(text.contains("s add json --registry corp"), "{text}");
    market.done(&["add", "json", "--registry", "corp"]);
    assert!(
        market.manifest().contains("json = { version = \"1.0\", registry = \"corp\" }"),
        "{}",
        market.manifest()
    );
    assert!(market.lock().unwrap().contains("/corp\"\n"));
    project("scopes = [\"json\"]\n");
    market.done(&["add", "json"]);
    assert!(market.lock().unwrap().contains("/corp\"\n"));
}

#[test]
fn what_is_removed_is_gone_with_all_it_needed() {
    let mut market = Market::new();
    market.publish("text", "0.4.1", &[]);
    market.publish("json", "1.4.0", &[("text", "^0.4")]);
    market.done(&["add", "json"]);
    let text = market.refused(&["remove", "jsn"], 1, "S-3015");
    assert!(text.contains("did you mean `json`?"), "{text}");
    let text = market.refused(&["remove", "text"], 1, "S-3015");
    assert!(text.contains("s why text"), "{text}");
    market.done(&["remove", "json"]);
    assert!(market.manifest().ends_with("[deps]\n"));
    assert!(!market.lock().unwrap().contains("[[package]]"));
}

#[test]
fn an_update_moves_what_it_may() {
    let mut market = Market::new();
    for name in ["a", "b"] {
        market.publish(name, "1.0.0", &[]);
    }
    market.done(&["add", "a", "b"]);
    for name in ["a", "b"] {
        market.publish(name, "1.1.0", &[]);
        market.publish(name, "2.0.0", &[]);
    }
    market.done(&["install"]);
    assert!(!market.lock().unwrap().contains("1.1.0"), "an installation moves nothing");
    let dry = market.answer(&["update", "--dry-run", "--json"]).json();
    assert_eq!(dry["changes"].as_array().unwrap().len(), 2);
    assert!(!market.lock().unwrap().contains("1.1.0"));
    market.done(&["update", "a"]);
    assert_eq!(market.lock().unwrap().matches("1.1.0").count(), 1);
    market.done(&["update"]);
    assert_eq!(market.lock().unwrap().matches("1.1.0").count(), 2);
    assert!(!market.lock().unwrap().contains("2.0.0"));
}

#[test]
fn many_processes_fill_one_empty_store_together() {
    let mut market = Market::new();
    for name in ["a", "b", "c", "d"] {
        market.publish(name, "1.0.0", &[]);
    }
    market.done(&["add", "a", "b", "c", "d"]);
    let expected = market.stored();
    fs::remove_dir_all(market.sandbox.home().join("store")).unwrap();
    fs::remove_dir_all(market.sandbox.home().join("cache")).unwrap();
    let children: Vec<_> = (0..32)
        .map(|_| {
            let mut command = market.sandbox.command(&["install", "--locked"]);
            command.current_dir(market.sandbox.work().join("shop"));
            command.stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::piped());
            command.spawn().unwrap()
        })
        .collect();
    for child in children {
        let outcome = market.sandbox.outcome(&child.wait_with_output().unwrap());
        assert_eq!(outcome.status, Some(0), "{}", outcome.text());
    }
    assert_eq!(market.stored(), expected);
    market.done(&["store", "verify"]);
}

#[test]
fn the_store_is_checked_mended_and_cleared() {
    let mut market = Market::new();
    market.publish("json", "1.0.0", &[]);
    market.done(&["add", "json"]);
    let file = market.sandbox.home().join("store").join(&market.stored()[0]).join("lib/json.stk");
    fs::write(&file, "changed").unwrap();
    let text = market.refused(&["store", "verify"], 5, "S-4068");
    assert!(text.contains("s store verify --repair"), "{text}");
    assert!(text.contains("its files are not those that were unpacked: sha256-"), "{text}");
    market.done(&["store", "verify", "--repair"]);
    assert_eq!(fs::read_to_string(&file).unwrap(), "# json 1.0.0\n", "a project needs it");
    // Whatever is damaged of it, and wherever the archive comes from.
    fs::write(file.parent().unwrap().with_file_name(".s-ok"), "{}").unwrap();
    fs::remove_dir_all(market.sandbox.home().join("cache")).unwrap();
    let text = market.run(&["store", "verify", "--repair"]);
    assert!(text.stderr.contains("Mended 1 damaged package"), "{}", text.text());
    market.done(&["store", "verify"]);
    // Where nobody has it, it is removed, and said.
    let (here, away) = (&market.root, market.root.with_extension("away"));
    fs::rename(here, &away).unwrap();
    fs::remove_dir_all(market.sandbox.home().join("cache")).unwrap();
    fs::write(&file, "changed").unwrap();
    let text = market.run(&["store", "verify", "--repair"]);
    assert_eq!(text.status, Some(0), "{}", text.text());
    assert!(text.stderr.contains("Removed 1 damaged package"), "{}", text.text());
    assert_eq!(market.stored(), [""; 0]);
    fs::rename(&away, here).unwrap();
    market.done(&["install", "--locked"]);
    assert_eq!(fs::read_to_string(&file).unwrap(), "# json 1.0.0\n");
    market.done(&["store", "gc"]);
    assert_eq!(market.stored().len(), 1, "a project needs it");
}

#[test]
fn a_name_that_a_package_mistypes_is_told_with_the_nearest_there_is() {
    let mut market = Market::new();
    market.publish("text", "1.0.0", &[]);
    market.publish("json", "1.0.0", &[("txet", "^1")]);
    let text = market.refused(&["add", "json"], 4, "S-2001");
    assert!(text.contains("there is no package `txet`"), "{text}");
    assert!(text.contains("`json` 1.0.0 needs `txet` ^1"), "{text}");
    assert!(text.contains("its registry has `text`, which may be meant by `txet`"), "{text}");
}

#[test]
fn clearing_the_store_keeps_what_a_clone_installed() {
    let mut market = Market::new();
    market.publish("json", "1.0.0", &[]);
    market.done(&["add", "json"]);
    for file in ["stryke.toml", "stryke.lock"] {
        let text = fs::read_to_string(market.sandbox.work().join("shop").join(file)).unwrap();
        market.sandbox.write(&format!("clone/{file}"), &text);
    }
    let installed = market.run_in("clone", &["install", "--locked"]);
    assert_eq!(installed.status, Some(0), "{}", installed.text());
    fs::remove_dir_all(market.sandbox.work().join("shop")).unwrap();
    market.make_store_old();
    let kept = market.run_in("clone", &["store", "gc"]).text();
    assert!(!kept.contains("stay for now"), "{kept}");
    let cleared = market.run_in("clone", &["store", "gc"]);
    assert_eq!(cleared.status, Some(0), "{}", cleared.text());
    assert_eq!(market.stored().len(), 1, "{}", cleared.text());
    fs::remove_dir_all(market.sandbox.work().join("clone")).unwrap();
    let cleared = market.run_in(".", &["store", "gc"]);
    assert_eq!((cleared.status, market.stored().len()), (Some(0), 0), "{}", cleared.text());
}

#[test]
fn clearing_the_store_tells_what_it_keeps_for_a_while() {
    let mut market = Market::new();
    market.publish("json", "1.0.0", &[]);
    market.done(&["add", "json"]);
    fs::remove_dir_all(market.sandbox.work().join("shop")).unwrap();
    let cleared = market.run_in(".", &["store", "gc"]).text();
    assert!(cleared.contains("Removed 0 packages"), "{cleared}");
    assert!(cleared.contains("1 package that no project needs came less than an hour ago"), "{cleared}");
    assert!(cleared.contains("until 2") && cleared.contains(" UTC"), "{cleared}");
    let answer = market.run_in(".", &["store", "gc", "--json"]).json();
    assert!(answer["young"] == 1 && answer["young-until-unix"].as_u64().is_some(), "{answer}");
    market.make_store_old();
    let cleared = market.run_in(".", &["store", "gc"]).text();
    assert!(cleared.contains("Removed 1 package") && !cleared.contains("stay for now"), "{cleared}");
}

#[test]
fn a_lock_of_a_newer_s_says_what_to_do() {
    let market = Market::new();
    market.sandbox.write("shop/stryke.lock", "version = 99\n");
    let text = market.refused(&["lock"], 1, "S-3010");
    assert!(text.contains("hint: update s"), "{text}");
}

#[test]
fn packing_twice_gives_the_same_bytes() {
    let market = Market::new();
    market.sandbox.write("shop/main.stk", "print 1\n");
    market.sandbox.write("shop/target/x", "made\n");
    market.sandbox.write("shop/.git/config", "mine\n");
    let first = market.answer(&["pack", "--json"]).json();
    assert_eq!(first["files"], json!(["main.stk", "stryke.toml"]));
    let again = market.answer(&["pack", "--json", "-o", "../dist"]).json();
    assert_eq!(first["integrity"], again["integrity"]);
    market.sandbox.write("shop/stryke.toml", "[package]\nname = \"shop\"\n");
    market.refused(&["pack"], 1, "S-3003");
}

#[test]
fn what_asks_for_a_lock_says_how_to_make_one() {
    let mut market = Market::new();
    market.publish("json", "1.4.0", &[]);
    // Where nothing is asked for, nothing has to be locked.
    assert_eq!(market.answer(&["tree"]).stdout, "shop 7.0.0\n");
    assert!(market.answer(&["list"]).stderr.contains("no packages are locked here"));
    market.done(&["outdated"]);
    market.project("[deps]\njson = \"1\"\n");
    for args in [&["tree"][..], &["list"], &["why", "json"], &["outdated"]] {
        let text = market.refused(args, 3, "S-3012");
        for words in ["there is no `stryke.lock` yet", "s install", "s lock"] {
            assert!(text.contains(words), "{args:?}: {text}");
        }
    }
    market.done(&["lock"]);
    assert!(market.answer(&["list"]).stdout.contains("json  1.4.0"));
    market.project("[deps]\njson = \"1.4.0\"\n");
    assert!(market.refused(&["tree"], 3, "S-3012").contains("does not fit"));
}

#[test]
fn a_scoped_name_without_quotes_is_shown_with_them() {
    let mut market = Market::new();
    market.project("[deps]\nacme/x = \"1\"\n");
    let text = market.refused(&["install"], 1, "S-3001");
    assert!(text.contains("a name with `/` in it is written in quotes"), "{text}");
    assert!(text.contains("\"acme/x\" = \"1\""), "{text}");
}
