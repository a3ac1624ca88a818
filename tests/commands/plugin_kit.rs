//! `s plugin new`, `build`, `test` and `run`, as far as they need no Rust toolchain: with the C
//! example and a built-in plugin. `plugins_doc` does it with one.

use std::fs;
use std::path::{Path, PathBuf};

use crate::support::{Outcome, Sandbox};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// A sandbox with the C example in the folder `c`.
fn with_example() -> Sandbox {
    let sandbox = Sandbox::new();
    let example = root().join("docs/examples/plugin-c");
    for file in
        ["plugin.toml", "fixtures/targets.toml", "fixtures/link-static.toml", "fixtures/other-target.toml"]
    {
        sandbox.write(&format!("c/{file}"), &fs::read_to_string(example.join(file)).unwrap());
    }
    fs::copy(example.join("core.wasm"), sandbox.work().join("c/core.wasm")).unwrap();
    sandbox
}

fn built_example() -> Sandbox {
    let sandbox = with_example();
    let built = sandbox.run(&["plugin", "build", "c", "--module", "c/core.wasm"]);
    assert_eq!(built.status, Some(0), "{}", built.text());
    sandbox
}

/// A sandbox with the component of a built-in plugin beside a manifest that was changed.
fn with_registry_static(change: impl Fn(&str) -> String) -> Sandbox {
    let sandbox = Sandbox::new();
    let manifest = fs::read_to_string(root().join("plugins/registry-static/plugin.toml")).unwrap();
    sandbox.write("r/plugin.toml", &change(&manifest.replace("stryke/registry-static", "acme/registry")));
    fs::copy(root().join("plugins/dist/registry-static.wasm"), sandbox.work().join("r/core.wasm")).unwrap();
    sandbox
}

fn fails(outcome: &Outcome, status: i32, parts: &[&str]) {
    assert_eq!(outcome.status, Some(status), "{}", outcome.text());
    for part in parts {
        assert!(outcome.stderr.contains(part), "no `{part}` in {}", outcome.text());
    }
}

#[test]
fn a_plugin_of_every_kind_is_begun() {
    let sandbox = Sandbox::new();
    for kind in ["registry", "audit", "auth", "target", "command"] {
        let name = format!("acme-{kind}");
        let made = sandbox.run(&["plugin", "new", "--kind", kind, &name, "--json"]);
        assert_eq!(made.status, Some(0), "{}", made.text());
        let made = made.json();
        assert_eq!(made["id"], format!("example/{name}"));
        for file in made["files"].as_array().unwrap() {
            // The sandbox hides the version, which is part of a path here.
            let file = file.as_str().unwrap().replace("[version]", env!("CARGO_PKG_VERSION"));
            assert!(sandbox.work().join(&name).join(&file).is_file(), "{file}");
        }
    }
}

#[test]
fn what_is_there_stays_and_names_are_checked() {
    let sandbox = Sandbox::new();
    sandbox.write("taken/note.txt", "mine");
    fails(
        &sandbox.run(&["plugin", "new", "--kind", "audit", "taken"]),
        1,
        &["S-4008", "nothing was written"],
    );
    assert_eq!(fs::read_dir(sandbox.work().join("taken")).unwrap().count(), 1);
    for name in ["Acme", "1st", "a_b", "s-guest", "a-", "a.b"] {
        fails(&sandbox.run(&["plugin", "new", "--kind", "audit", name]), 2, &["S-5109"]);
    }
    fails(
        &sandbox.run(&["plugin", "new", "--kind", "audit", "a", "--id", "a"]),
        2,
        &["S-5109", "--id acme/sbom"],
    );
    assert_eq!(fs::read_dir(sandbox.work()).unwrap().count(), 1);
}

#[test]
fn a_module_of_any_language_becomes_a_plugin() {
    let sandbox = built_example();
    let built = sandbox.run(&["plugin", "build", "c", "--module", "c/core.wasm", "--json"]).json();
    assert_eq!(built["id"], "example/target-c");
    assert_eq!(built["worlds"][0], "stryke:target/target-data@0.1");
    assert_eq!(built["uses"][0]["functions"], serde_json::json!(["log.enabled", "log.write"]));
    let shown = sandbox.run(&["plugin", "inspect", "c/plugin.wasm"]);
    assert_eq!(shown.status, Some(0), "{}", shown.text());
}

#[test]
fn the_example_is_the_one_that_was_checked() {
    let folder = root().join("docs/examples/plugin-c");
    let sums = fs::read_to_string(folder.join("SHA256SUMS")).unwrap();
    let sandbox = built_example();
    let built = sandbox.run(&["plugin", "build", "c", "--module", "c/core.wasm", "--json"]).json();
    let digest = built["digest"].as_str().unwrap().strip_prefix("sha256-").unwrap().to_owned();
    assert!(sums.contains(&format!("{digest}  plugin.wasm")), "{digest} is not in {sums}");
}

#[test]
fn code_that_uses_what_is_not_asked_for_is_refused() {
    let sandbox = with_registry_static(|manifest| {
        let start = manifest.find("[capabilities.http]").unwrap();
        let end = manifest.find("[capabilities.download]").unwrap();
        format!("{}{}", &manifest[..start], &manifest[end..])
    });
    let built = sandbox.run(&["plugin", "build", "r", "--module", "r/core.wasm"]);
    fails(&built, 1, &["S-5021", "`http.start`", "does not ask for `http`", "[capabilities.http]"]);
    assert!(!sandbox.work().join("r/plugin.wasm").exists());
}

#[test]
fn what_is_asked_for_in_vain_is_a_warning() {
    let sandbox = with_registry_static(|manifest| {
        let more = "[capabilities.cache]\nmax = \"1 MiB\"\nreason = \"keeps indexes\"\n\n[config]";
        manifest.replace("[config]", more)
    });
    let built = sandbox.run(&["plugin", "build", "r", "--module", "r/core.wasm"]);
    fails(&built, 0, &["warning[S-5103]", "`cache`"]);
    assert!(!built.stderr.contains("`download`"), "{}", built.text());
}

#[test]
fn a_world_that_is_not_met_is_an_error() {
    let sandbox = with_example();
    let manifest = fs::read_to_string(sandbox.work().join("c/plugin.toml")).unwrap();
    sandbox.write("c/plugin.toml", &manifest.replace("target-data", "target-plugin"));
    let built = sandbox.run(&["plugin", "build", "c", "--module", "c/core.wasm"]);
    fails(&built, 1, &["S-5045", "linker"]);
}

#[test]
fn without_a_toolchain_building_says_what_is_missing() {
    let sandbox = Sandbox::new().env("PATH", "/nonexistent");
    assert_eq!(sandbox.run(&["plugin", "new", "--kind", "command", "one"]).status, Some(0));
    fails(&sandbox.run(&["plugin", "build", "one"]), 1, &["S-5100", "`rustc`", "--module core.wasm"]);
    fails(&sandbox.run(&["plugin", "build"]), 1, &["S-5104", "s plugin new"]);
}

#[test]
fn fixtures_are_replayed() {
    let sandbox = built_example();
    let tested = sandbox.run(&["plugin", "test", "c", "--json"]).json();
    assert_eq!(tested["passed"], true, "{tested}");
    let names: Vec<&str> = tested["fixtures"]
        .as_array()
        .unwrap()
        .iter()
        .map(|fixture| fixture["name"].as_str().unwrap())
        .collect();
    assert_eq!(names, ["link-static", "other-target", "targets"]);
    let one = sandbox.run(&["plugin", "test", "c", "--only", "static"]);
    assert!(one.status == Some(0) && !one.stdout.contains("targets"), "{}", one.text());
    fails(&sandbox.run(&["plugin", "test", "c", "--only", "nothing"]), 1, &["S-5105"]);
}

#[test]
fn a_fixture_that_is_not_met_fails() {
    let sandbox = built_example();
    sandbox.write(
        "c/fixtures/wrong.toml",
        "call = \"target.targets\"\n[expect]\nok = { targets = [{ isa = \"z80\" }] }\n",
    );
    let tested = sandbox.run(&["plugin", "test", "c"]);
    fails(&tested, 1, &["S-5106", "fixture `wrong`, as recorded", "targets[0].isa is \"riscv64gc\""]);
    let tested = sandbox.run(&["plugin", "test", "c", "--json"]);
    assert_eq!((tested.status, &tested.json()["passed"]), (Some(1), &false.into()));
    sandbox.write(
        "c/fixtures/wrong.toml",
        "call = \"target.targets\"\n[expect]\nok = {}\nmax-memory = \"1 KiB\"\n",
    );
    fails(&sandbox.run(&["plugin", "test", "c"]), 1, &["bytes of memory, more than 1024"]);
    sandbox.write("c/fixtures/wrong.toml", "call = \"target.targets\"\nexpects = 1\n");
    fails(&sandbox.run(&["plugin", "test", "c"]), 1, &["S-5105", "wrong.toml:2", "unknown field `expects`"]);
}

#[test]
fn a_component_of_another_manifest_is_not_tested() {
    let sandbox = built_example();
    let manifest = fs::read_to_string(sandbox.work().join("c/plugin.toml")).unwrap();
    sandbox.write("c/plugin.toml", &manifest.replace("0.1.0", "0.1.1"));
    fails(&sandbox.run(&["plugin", "test", "c"]), 1, &["S-5047", "s plugin build"]);
}

const TWO_REQUESTS: &str = r#"
call = "registry.list"
config = { url = "https://packages.example" }
args = { queries = [{ name = { name = "json" } }, { name = { name = "nope" } }] }

[[http]]
request = { url = "https://packages.example/packages/json/index.json" }
response = { status = 302, headers = { location = "https://packages.example/moved" } }

[[http]]
request = { url = "https://packages.example/moved" }
response = { status = 404, delay = "5 ms" }

[[http]]
request = { url = "https://packages.example/packages/nope/index.json" }
response = { status = 404 }

[expect]
ok = { answers = [{ error = { kind = "not-found" } }, { error = { kind = "not-found" } }] }
"#;

#[test]
fn requests_are_answered_by_the_fixture_alone() {
    let sandbox = with_registry_static(str::to_owned);
    sandbox.write("r/fixtures/two.toml", TWO_REQUESTS);
    assert_eq!(sandbox.run(&["plugin", "build", "r", "--module", "r/core.wasm"]).status, Some(0));
    let tested = sandbox.run(&["plugin", "test", "r", "--json"]);
    assert_eq!(tested.status, Some(0), "{}", tested.text());
    let fixture = &tested.json()["fixtures"][0];
    assert_eq!(fixture["requests"], 2);
    let runs: Vec<&str> =
        fixture["runs"].as_array().unwrap().iter().map(|run| run["name"].as_str().unwrap()).collect();
    assert_eq!(
        runs,
        [
            "as recorded",
            "one-byte bodies",
            "shuffled answers",
            "request 1 fails",
            "request 2 fails",
            "little memory"
        ]
    );
    // What is not recorded is not there, and a redirect is held against the grant.
    sandbox.write("r/fixtures/two.toml", &TWO_REQUESTS.replace("/packages/nope/", "/packages/other/"));
    fails(&sandbox.run(&["plugin", "test", "r"]), 1, &["it asked for", "/packages/nope/index.json"]);
    sandbox.write(
        "r/fixtures/two.toml",
        &TWO_REQUESTS.replace("https://packages.example/moved", "https://evil.example/x"),
    );
    fails(&sandbox.run(&["plugin", "test", "r"]), 1, &["the answer.answers[0].error.kind is \"denied\""]);
}

#[test]
fn one_function_is_called() {
    let sandbox = built_example();
    let question = r#"{"triple": "riscv64gc-example-linux-musl", "static-link": true}"#;
    let run = |function: &str, arguments: &str| {
        sandbox.run(&["plugin", "run", "c/plugin.wasm", function, arguments, "--allow", "--json"])
    };
    let answer = run("target.plan-link", question).json();
    assert_eq!(answer["answer"]["flavour"], "elf");
    assert!(answer["usage"]["memory-bytes-peak"].as_u64().unwrap() > 0);
    let refused = sandbox.run(&["plugin", "run", "c/plugin.wasm", "target.targets"]);
    fails(&refused, 5, &["S-5022"]);
    let with = |function: &str, arguments: &str| {
        sandbox.run(&["plugin", "run", "c/plugin.wasm", function, arguments, "--allow"])
    };
    fails(&with("registry.list", "{}"), 2, &["S-5108", "target.plan-sysroot"]);
    fails(&with("target.plan-link", "{}"), 2, &["S-5107", "missing field `triple`", "it takes {\"triple\""]);
    fails(&with("target.plan-link", "{"), 2, &["S-5107", "not JSON"]);
    fails(&with("target.plan-link", r#"{"triple": "z80"}"#), 1, &["S-5067", "this pack knows one target"]);
}
