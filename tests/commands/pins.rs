//! S16: versions where a module is used, in programs that are in no project and in those that are.

#![cfg(unix)]

use std::fs;

use crate::market::Market;
use crate::support::Outcome;

/// A market with versions of `json` that say which they are, all of them in the store.
fn stocked() -> Market {
    let mut market = Market::new();
    for version in ["2.11.0", "2.13.1", "3.0.0", "4.0.0-rc.1"] {
        stock(&mut market, "json", version, "");
    }
    market.sandbox.write("loose/readme", "");
    market
}

/// Publishes a version and brings it to the store. `deps` are lines of its `[deps]`.
fn stock(market: &mut Market, name: &str, version: &str, deps: &str) {
    let source = format!("sources/{name}-{version}");
    let manifest = format!("[package]\nname = \"{name}\"\nversion = \"{version}\"\n[deps]\n{deps}");
    market.sandbox.write(&format!("{source}/stryke.toml"), &manifest);
    let package = capital(name);
    let module = match deps {
        "" => format!("package {package}::Which\nfn name {{ \"{name} {version}\" }}\n"),
        _ => format!(
            "package {package}::Which\nuse Inner::Which\nfn name {{ \"{name} {version}, \" . Inner::Which::name() }}\n"
        ),
    };
    market.sandbox.write(&format!("{source}/lib/Which.stk"), &module);
    let listed: &[(&str, &str)] = if deps.is_empty() { &[] } else { &[("inner", "^1")] };
    market.publish(name, version, listed);
    market.project(&format!("[deps]\n{name} = \"={version}\"\n"));
    market.done(&["install"]);
}

fn capital(name: &str) -> String {
    name.split('-').map(|part| part[..1].to_uppercase() + &part[1..]).collect()
}

/// Runs a program in no project.
fn loose(market: &Market, text: &str) -> Outcome {
    market.sandbox.write("loose/main.stk", text);
    market.run_in("loose", &["main.stk"])
}

fn prints(outcome: &Outcome, stdout: &str) {
    assert_eq!((outcome.status, outcome.stdout.as_str()), (Some(0), stdout), "{}", outcome.text());
}

fn refuses(outcome: &Outcome, words: &[&str]) {
    assert_eq!(outcome.status, Some(255), "{}", outcome.text());
    assert!(outcome.stdout.is_empty(), "{}", outcome.text());
    for word in words {
        assert!(outcome.stderr.contains(word), "`{word}` is missing: {}", outcome.text());
    }
}

/// A program that uses a module with a version and says what it was given.
fn using(version: &str) -> String {
    format!("use Json::Which {version}\nprint Json::Which::name(), \"\\n\"\n")
}

#[test]
fn s16_a_program_in_no_project_gets_the_highest_version_that_its_pin_admits() {
    let market = stocked();
    for (pin, version) in [
        ("2.13", "2.13.1"),
        ("2", "2.13.1"),
        ("2.11", "2.13.1"),
        ("2.11.0", "2.11.0"),
        ("v2.11.0", "2.11.0"),
        ("3.0", "3.0.0"),
        // Without one it is the highest release.
        ("", "3.0.0"),
    ] {
        prints(&loose(&market, &using(pin)), &format!("json {version}\n"));
    }
    prints(
        &market.run_in("loose", &["-e", "use Json::Which 2.13; print Json::Which::name()"]),
        "json 2.13.1",
    );
    // A second module of a package is of the same version.
    refuses(
        &loose(&market, "use Json::Which 2.11.0\nuse Json::json 3\n"),
        &["main.stk:2:1", "`use Json 3` asks for another version than `json@2.11.0`"],
    );
}

#[test]
fn s16_a_version_that_is_not_in_the_store_is_an_error_with_what_to_run() {
    let market = stocked();
    refuses(
        &loose(&market, &using("2.14")),
        &[
            "S-0311",
            "main.stk:1:1",
            "no `json` that is `2.14`, only 4.0.0-rc.1, 3.0.0, 2.13.1, 2.11.0",
            "`s init`, then `s add json@2.14`",
        ],
    );
    refuses(&loose(&market, "use Yaml 1.2\n"), &["called like it", "`s add yaml@1.2`"]);
    refuses(&loose(&market, "use Yaml\n"), &["Can't locate Yaml.pm in @INC"]);
    refuses(&loose(&market, &using("1.02")), &["`1.02` is no version of a package"]);
}

#[test]
fn s16_what_could_be_two_packages_is_neither() {
    let mut market = stocked();
    stock(&mut market, "js-on", "2.13.0", "");
    let text = loose(&market, &using("2.13"));
    refuses(&text, &["`Json` from several packages, `js-on` and `json`", "`s init`, then `s add NAME`"]);
    // A folder that the user names goes before the store.
    market.sandbox.write(
        "loose/inc/Json/Which.pm",
        "package Json::Which; our $VERSION = '2.12'; sub name { 'own' } 1;\n",
    );
    market.sandbox.write("loose/main.stk", &using("2.13"));
    refuses(
        &market.run_in("loose", &["-I", "inc", "main.stk"]),
        &["S-0318", "Json::Which version 2.13 required--this is only version 2.12"],
    );
    market.sandbox.write("loose/main.stk", &using("2.1"));
    prints(&market.run_in("loose", &["-I", "inc", "main.stk"]), "own\n");
}

#[test]
fn s16_one_name_from_two_registries_is_neither() {
    let mut market = stocked();
    let other = market.sandbox.work().join("other");
    fs::create_dir(&other).unwrap();
    copy(&market.root, &other);
    let manifest = market.manifest().replace("../market", "../other");
    market.sandbox.write("elsewhere/stryke.toml", &manifest);
    let installed = market.run_in("elsewhere", &["install"]);
    assert_eq!(installed.status, Some(0), "{}", installed.text());
    refuses(&loose(&market, &using("2.13")), &["`Json` from several registries", "market", "other"]);
    // A project says it.
    market.project("[deps]\njson = \"2\"\n");
    market.done(&["install"]);
    market.sandbox.write("shop/main.stk", &using("2.13"));
    prints(&market.run(&["main.stk"]), "json 2.13.1\n");
}

fn copy(from: &std::path::Path, to: &std::path::Path) {
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let to = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            fs::create_dir(&to).unwrap();
            copy(&entry.path(), &to);
        } else {
            fs::copy(entry.path(), to).unwrap();
        }
    }
}

#[test]
fn s16_packages_of_the_store_get_what_their_own_manifests_ask_for() {
    let mut market = stocked();
    for version in ["1.0.0", "1.2.0", "2.0.0"] {
        stock(&mut market, "inner", version, "");
    }
    stock(&mut market, "outer", "1.0.0", "inner = \"^1\"\n");
    let text = "use Outer::Which\nprint Outer::Which::name(), \"\\n\"\n";
    prints(&loose(&market, text), "outer 1.0.0, inner 1.2.0\n");
    // What is not there is named, and nothing else is taken for it.
    for name in market.stored() {
        if name.starts_with("inner@1") {
            fs::remove_dir_all(market.sandbox.home().join("store").join(name)).unwrap();
        }
    }
    refuses(
        &loose(&market, text),
        &["`outer@1.0.0` needs `inner` ^1, and the store has 2.0.0", "`s add outer`"],
    );
}

#[test]
fn s16_in_a_project_the_lock_decides() {
    let mut market = stocked();
    market.project("[deps]\njson = \"2\"\n");
    market.done(&["install"]);
    let run = |text: &str| {
        market.sandbox.write("shop/main.stk", text);
        market.run(&["main.stk"])
    };
    for pin in ["", "2.13", "2", "2.13.1"] {
        prints(&run(&using(pin)), "json 2.13.1\n");
    }
    let at = "print 1\n".to_owned() + &using("3");
    refuses(
        &run(&at),
        &[
            "S-0311",
            "main.stk:2:1",
            "`use Json 3` asks for another version than the one that is locked, `json@2.13.1`",
            "s update json",
        ],
    );
    // Another version in the store, and a folder that has the module, are never taken instead.
    for name in market.stored() {
        if name.starts_with("json@2.13.1") {
            fs::remove_dir_all(market.sandbox.home().join("store").join(name)).unwrap();
        }
    }
    market.sandbox.write("shop/inc/Json/Which.pm", "package Json::Which; sub name { 'own' } 1;\n");
    for pin in ["", "2.13", "2.11"] {
        market.sandbox.write("shop/main.stk", &using(pin));
        let outcome = market.run(&["-I", "inc", "main.stk"]);
        refuses(&outcome, &["`json@2.13.1` is locked, but not on this machine: run `s install`"]);
    }
}

#[test]
fn s16_an_executable_has_the_version_of_its_pin_and_says_so() {
    let market = stocked();
    market.sandbox.write("loose/tool.stk", &using("2.13"));
    let built = market.run_in("loose", &["build", "tool.stk"]);
    assert_eq!(built.status, Some(0), "{}", built.text());
    let file = market.sandbox.work().join("loose/tool");
    let ran = std::process::Command::new(&file).env_clear().output().unwrap();
    assert_eq!(String::from_utf8_lossy(&ran.stdout), "json 2.13.1\n");
    let advisory = |name: &str, introduced: &str, fixed: &str| {
        format!(
            "{{\"id\":\"{name}\",\"modified\":\"2026-01-01T00:00:00Z\",\"affected\":[{{\"package\":{{\"ecosystem\":\"stryke\",\"name\":\"json\"}},\
             \"ranges\":[{{\"type\":\"SEMVER\",\"events\":[{{\"introduced\":\"{introduced}\"}},{{\"fixed\":\"{fixed}\"}}]}}]}}]}}"
        )
    };
    market.sandbox.write("loose/feed/a.json", &advisory("STRYKE-2026-0001", "2.13.0", "2.13.2"));
    market.sandbox.write("loose/feed/b.json", &advisory("STRYKE-2026-0002", "3.0.0", "3.1.0"));
    let audited = market.run_in("loose", &["audit", "--feed", "feed", "./tool"]);
    assert_eq!(audited.status, Some(7), "{}", audited.text());
    assert!(
        audited.stdout.contains("json@2.13.1") && audited.stdout.contains("STRYKE-2026-0001"),
        "{}",
        audited.text()
    );
    assert!(!audited.stdout.contains("STRYKE-2026-0002"), "{}", audited.text());
}

#[test]
fn s16_a_plain_module_says_itself_which_version_it_is() {
    let market = stocked();
    market
        .sandbox
        .write("loose/inc/Plain.pm", "package Plain;\nour $VERSION = '1.20';\nsub name { 'plain' }\n1;\n");
    market.sandbox.write("loose/inc/Silent.pm", "package Silent; sub name { 'silent' } 1;\n");
    let run = |switches: &[&str], used: &str| {
        market.sandbox.write("loose/main.stk", &format!("use {used};\nprint \"fine\\n\";\n"));
        let args: Vec<&str> = switches.iter().copied().chain(["-I", "inc", "main.stk"]).collect();
        market.run_in("loose", &args)
    };
    for switches in [&[][..], &["--compat"]] {
        for used in [
            "Plain 1.2",
            "Plain 1.1 qw(name)",
            "Plain v1.200.0",
            "Silent",
            "List::Util 1.33 qw(sum)",
            "Silent 1",
            "Plain 1.2.1",
        ] {
            prints(&run(switches, used), "fine\n");
        }
        for (used, version) in [("Plain 1.3", "1.3"), ("Plain 2 ()", "2")] {
            let message = format!("Plain version {version} required--this is only version 1.20");
            refuses(&run(switches, used), &["S-0318", "main.stk:1:1", &message]);
        }
    }
}
