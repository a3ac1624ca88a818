//! `s plugin add`: what is refused leaves nothing behind.

use s_kit::{Answer, Server};

use crate::plugins::{add, attack, digest, files, manifest, project, put, replaced, with};
use crate::support::Sandbox;

/// Runs what must fail, and change nothing; returns what it said.
#[track_caller]
fn refused(sandbox: &Sandbox, args: &[&str], status: i32, code: &str, words: &[&str]) -> String {
    let before = files(sandbox);
    let outcome = sandbox.run(args);
    assert_eq!(outcome.status, Some(status), "{outcome:?}");
    assert!(outcome.stderr.starts_with(&format!("error[{code}]: ")), "{outcome:?}");
    for word in words {
        assert!(outcome.stderr.contains(word), "`{word}` is missing: {}", outcome.stderr);
    }
    let after = files(sandbox);
    assert!(after == before, "{:?}\n{:?}", before.keys(), after.keys());
    outcome.stderr
}

/// Adds a component that must be refused although its bytes are consented to.
#[track_caller]
fn refused_bytes(bytes: &[u8], status: i32, code: &str, words: &[&str]) {
    let sandbox = project();
    put(&sandbox, "x.wasm", bytes);
    let args = ["plugin", "add", "x.wasm", "--allow", "--integrity", &digest(bytes)];
    refused(&sandbox, &args, status, code, words);
}

#[test]
fn from_a_file_a_folder_and_an_address() {
    let bytes = attack();
    let sandbox = project();
    put(&sandbox, "x.wasm", &bytes);
    put(&sandbox, "folder/plugin.wasm", &bytes);
    sandbox.write("folder/plugin.toml", &manifest());
    let folder = format!("file://{}/", sandbox.work().join("folder").display());
    let served = bytes.clone();
    let server = Server::start(move |request| match request.path() {
        "/x.wasm" | "/folder/plugin.wasm" => Answer::ok(served.clone()),
        "/folder/plugin.toml" => Answer::ok(manifest()),
        _ => Answer::status(404),
    });
    let sources = ["x.wasm", "folder", &folder, &server.url("/x.wasm"), &server.url("/folder/")];
    for source in sources {
        let outcome = add(&sandbox, source, &bytes);
        assert_eq!(outcome.status, Some(0), "{source}: {outcome:?}");
        assert!(
            outcome.stderr.contains("Added attack/lab [version] (command) for this project"),
            "{outcome:?}"
        );
        assert_eq!(sandbox.run(&["plugin", "verify"]).status, Some(0), "{source}");
    }
    let lock = String::from_utf8(files(&sandbox)["work/stryke.lock"].clone()).expect("it is a text");
    assert!(lock.contains(&format!("source = \"url+{}\"", server.url("/folder/"))), "{lock}");
    assert_eq!(lock.matches("[[plugin]]").count(), 1);
}

#[test]
fn two_at_once_are_both_there() {
    let sandbox = project();
    let other_manifest =
        manifest().replace("attack/lab", "attack/other").replace("commands.attack", "commands.other");
    let other = with(&other_manifest);
    put(&sandbox, "x.wasm", &attack());
    put(&sandbox, "y.wasm", &other);
    std::thread::scope(|scope| {
        let one = scope.spawn(|| add(&sandbox, "x.wasm", &attack()));
        let two = scope.spawn(|| add(&sandbox, "y.wasm", &other));
        for outcome in [one.join(), two.join()] {
            assert_eq!(outcome.expect("it ends").status, Some(0));
        }
    });
    let answer = sandbox.run(&["plugin", "verify", "attack/lab", "attack/other", "--json"]).json();
    assert_eq!(answer["verified"].as_array().map(Vec::len), Some(2), "{answer}");
}

#[test]
fn for_one_user_outside_of_a_project() {
    let sandbox = Sandbox::new();
    let bytes = attack();
    put(&sandbox, "x.wasm", &bytes);
    let outcome = add(&sandbox, "x.wasm", &bytes);
    assert!(outcome.stderr.contains("for this user"), "{outcome:?}");
    let answer = sandbox.run(&["plugin", "list", "--json"]).json();
    let plugin = &answer["plugins"][0];
    assert_eq!((plugin["id"].as_str(), plugin["level"].as_str()), (Some("attack/lab"), Some("user")));
    assert_eq!(plugin["allowed"], "yes");
    assert!(!files(&sandbox).keys().any(|path| path.starts_with("work/stryke")), "no project was made");
}

#[test]
#[cfg(unix)]
fn what_is_written_is_private() {
    use std::os::unix::fs::PermissionsExt;
    let sandbox = Sandbox::new();
    put(&sandbox, "x.wasm", &attack());
    assert_eq!(add(&sandbox, "x.wasm", &attack()).status, Some(0));
    let home = sandbox.work().with_file_name("home").join(".stryke");
    let mode =
        |path: &str| std::fs::metadata(home.join(path)).expect("it was written").permissions().mode() & 0o777;
    assert_eq!((mode("grants.toml"), mode("plugins.toml"), mode("config.toml")), (0o600, 0o600, 0o600));
    assert_eq!((mode("."), mode("plugins/components")), (0o700, 0o700));
}

#[test]
fn without_consent_nothing_is_added() {
    let sandbox = project();
    let bytes = attack();
    put(&sandbox, "x.wasm", &bytes);
    let hint = format!("hint: if you trust it: s plugin add x.wasm --integrity {} --allow", digest(&bytes));
    let words = ["network     http://127.0.0.1:1", &hint, "plugin = \"attack/lab\""];
    refused(&sandbox, &["plugin", "add", "x.wasm"], 5, "S-5022", &words);
    refused(&sandbox, &["plugin", "add", "x.wasm", "--allow"], 2, "S-1001", &["--integrity"]);
    let policy = sandbox.write("policy.toml", "deny = [\"*\"]\n");
    let sandbox = sandbox.env("S_PLUGIN_POLICY", &policy.display().to_string());
    let args = ["plugin", "add", "x.wasm", "--allow", "--integrity", &digest(&bytes)];
    refused(&sandbox, &args, 5, "S-5025", &[]);
}

#[test]
fn a_rule_of_the_policy_is_consent() {
    let sandbox = project();
    put(&sandbox, "x.wasm", &attack());
    let failed = sandbox.run(&["plugin", "add", "x.wasm"]).stderr;
    let rule = failed.split("allows it:\n").nth(1).expect("there is a rule to paste");
    let rule: Vec<&str> = rule.lines().map(str::trim).collect();
    let policy = sandbox.write("policy.toml", &rule.join("\n"));
    let sandbox = sandbox.env("S_PLUGIN_POLICY", &policy.display().to_string());
    let outcome = sandbox.run(&["plugin", "add", "x.wasm", "--json"]);
    assert_eq!(outcome.json()["added"][0]["allowed"], "policy");
    assert!(sandbox.run(&["plugin", "list"]).stdout.contains("policy"));
}

#[test]
fn malformed_manifests_name_the_line() {
    let sandbox = project();
    sandbox.write("folder/plugin.toml", &manifest().replace("kind = \"command\"", "kind = \"commando\""));
    put(&sandbox, "folder/plugin.wasm", &attack());
    refused(&sandbox, &["plugin", "add", "folder"], 1, "S-5003", &["--> folder/plugin.toml:4:8"]);
    sandbox.write("folder/plugin.toml", "[plugin\n");
    refused(&sandbox, &["plugin", "add", "folder"], 1, "S-3001", &["--> folder/plugin.toml:1:"]);

    let place = ["--> x.wasm (plugin.toml):"];
    let with = |from: &str, to: &str| replaced(from, to);
    refused_bytes(&with("[capabilities.clock]", "[capabilities.clok]"), 1, "S-5006", &place);
    refused_bytes(&with("subcommand-plugin@0.1", "subcommand-plugin@9.9"), 1, "S-5005", &place);
    refused_bytes(&with("kind = \"command\"", "kind = \"registry\""), 1, "S-5003", &place);
    refused_bytes(&with("reason = \"attacks\"", ""), 1, "S-5009", &place);
}

#[test]
fn a_kind_that_the_component_is_not() {
    let manifest = r#"[plugin]
id = "attack/lab"
version = "0.1.0"
kind = "auth"
worlds = ["stryke:auth/auth-plugin@0.1"]
"#;
    let words = ["does not export `stryke:auth/provider@", "kind `auth`", "--> x.wasm (plugin.toml):5:1"];
    refused_bytes(&with(manifest), 1, "S-5045", &words);
}

#[test]
fn code_that_does_more_than_its_manifest_says() {
    let without = "[capabilities.random]\nreason = \"attacks\"\n";
    refused_bytes(&replaced(without, ""), 5, "S-5021", &["the code calls `random.bytes`", "`random`"]);
}

#[test]
fn bytes_that_are_no_plugin() {
    refused_bytes(b"", 1, "S-5040", &["an empty file", "in `x.wasm`"]);
    refused_bytes(b"\0asm\x01\0\0\0", 1, "S-5040", &["a core module"]);
    refused_bytes(&attack()[..50_000], 1, "S-5041", &["in `x.wasm`"]);
    let foreign = r#"(component (import "wasi:cli/environment@0.2.0" (instance)))"#;
    let foreign = wat::parse_str(foreign).expect("it is a component");
    refused_bytes(&foreign, 1, "S-5043", &["`wasi:cli/environment@0.2.0`", "in `x.wasm`"]);
    let process = r#"(component (import "env" (instance (export "exec" (func)))))"#;
    refused_bytes(&wat::parse_str(process).expect("it is a component"), 1, "S-5043", &["`env`"]);
    let native = wat::parse_str(r#"(module (import "env" "exec" (func)))"#).expect("it is a module");
    refused_bytes(&native, 1, "S-5040", &["a core module"]);
    let mute = wat::parse_str("(component)").expect("it is a component");
    refused_bytes(&mute, 1, "S-5047", &["without a `plugin.toml`"]);
}

#[test]
fn names_that_are_taken() {
    refused_bytes(
        &replaced("attack/lab", "stryke/new"),
        5,
        "S-5133",
        &["`stryke/new`", "--> x.wasm (plugin.toml):"],
    );
    refused_bytes(
        &replaced("[commands.attack]", "[commands.help]"),
        1,
        "S-5134",
        &["`help`", "`s` itself", "--> x.wasm (plugin.toml):"],
    );
    refused_bytes(&replaced("[commands.attack]", "[commands.new]"), 1, "S-5134", &["plugin `stryke/new`"]);
    let sandbox = project();
    put(&sandbox, "x.wasm", &attack());
    assert_eq!(add(&sandbox, "x.wasm", &attack()).status, Some(0));
    let other = replaced("attack/lab", "other/lab");
    put(&sandbox, "y.wasm", &other);
    let args = ["plugin", "add", "y.wasm", "--allow", "--integrity", &digest(&other)];
    refused(&sandbox, &args, 1, "S-5134", &["plugin `attack/lab`", "--> y.wasm (plugin.toml):"]);
}

#[test]
fn an_id_that_looks_like_another_is_warned_of() {
    let warned = |id: &str| {
        let sandbox = project();
        let bytes = replaced("attack/lab", id);
        put(&sandbox, "x.wasm", &bytes);
        let outcome = add(&sandbox, "x.wasm", &bytes);
        assert_eq!(outcome.status, Some(0), "{outcome:?}");
        let again = add(&sandbox, "x.wasm", &bytes);
        assert!(!again.stderr.contains("S-5144"), "what is used already is not warned of: {again:?}");
        outcome.stderr
    };
    let words = "warning[S-5144]: `strike/registry-static` looks like `stryke/registry-static`, which is another plugin";
    assert!(warned("strike/registry-static").contains(words));
    assert!(!warned("acme/registry-static").contains("S-5144"));
}

#[test]
fn another_s_is_needed() {
    let other = replaced("version = \"0.1.0\"", "version = \"0.1.0\"\nrequires-s = \">=99\"");
    refused_bytes(&other, 1, "S-5137", &[">=99"]);
}

#[test]
fn sources_that_cannot_be_read() {
    let sandbox = project();
    put(&sandbox, "x.wasm", &attack());
    sandbox.write("empty/readme", "");
    sandbox.write("folder/plugin.toml", &manifest());
    let add = |source: &str, status: i32, code: &str, words: &[&str]| {
        refused(&sandbox, &["plugin", "add", source], status, code, words);
    };
    add("y.wasm", 1, "S-5135", &["there is nothing at `y.wasm`"]);
    add("x.wasm/inside", 1, "S-4001", &["x.wasm/inside"]);
    add("empty", 1, "S-4001", &["empty/plugin.toml"]);
    add("folder", 1, "S-4001", &["folder/plugin.wasm"]);
    add("acme/artifactory@1", 1, "S-4063", &["no registry to get `acme/artifactory` from"]);
    add("ftp://plugins.example/x.wasm", 1, "S-5135", &["`ftp`"]);
}

#[test]
#[cfg(unix)]
fn places_that_nobody_can_read() {
    let sandbox = project();
    std::fs::create_dir_all(sandbox.work().join("folder/plugin.toml")).expect("the sandbox can be written");
    put(&sandbox, "folder/plugin.wasm", &attack());
    let around = sandbox.work().join("around");
    std::os::unix::fs::symlink("around", &around).expect("the sandbox can be written");
    let add = |source: &str, words: &[&str]| {
        refused(&sandbox, &["plugin", "add", source], 1, "S-4001", words);
    };
    add("folder", &["folder/plugin.toml", "it is a folder"]);
    add("around", &["around", "symbolic links"]);
    add("around/plugin.wasm", &["around/plugin.wasm", "symbolic links"]);
}

#[test]
fn bytes_that_were_not_expected() {
    let sandbox = project();
    put(&sandbox, "x.wasm", &attack());
    let args = ["plugin", "add", "x.wasm", "--integrity", &digest(b"other")];
    refused(&sandbox, &args, 5, "S-5136", &["expected", &digest(b"other"), "found", &digest(&attack())]);
    let args = ["plugin", "add", "x.wasm", "--integrity", "sha256-short"];
    refused(&sandbox, &args, 2, "S-4005", &[]);
}

#[test]
fn a_manifest_beside_it_that_says_something_else() {
    let sandbox = project();
    put(&sandbox, "folder/plugin.wasm", &attack());
    sandbox.write("folder/plugin.toml", &manifest().replace("4 MiB", "1 MiB"));
    let words = ["`folder/plugin.toml`", "`folder/plugin.wasm`"];
    for source in ["folder", "folder/plugin.wasm"] {
        refused(&sandbox, &["plugin", "add", source], 1, "S-5047", &words);
    }
}

#[test]
fn a_configuration_that_does_not_fit() {
    let sandbox = project();
    put(&sandbox, "x.wasm", &attack());
    let digest = digest(&attack());
    let add = |config: &str, status: i32, code: &str| {
        let args = ["plugin", "add", "x.wasm", "--allow", "--integrity", &digest, "--config", config];
        let said = refused(&sandbox, &args, status, code, &[]);
        assert!(!said.contains("hunter2"), "{said}");
    };
    add("urll=hunter2", 2, "S-5012");
    add("url=hunter2", 2, "S-5012");
    add("hunter2", 2, "S-1001");
}

#[test]
fn a_manifest_of_the_project_that_cannot_be_read() {
    let sandbox = project();
    put(&sandbox, "x.wasm", &attack());
    sandbox.write("stryke.toml", "[plugins\n");
    let args = ["plugin", "add", "x.wasm", "--allow", "--integrity", &digest(&attack())];
    refused(&sandbox, &args, 1, "S-3001", &["--> stryke.toml:1:"]);
}

#[test]
fn servers_that_fail() {
    let elsewhere = Server::start(|_| Answer::ok(attack()));
    let there = elsewhere.url("/x.wasm");
    let server = Server::start(move |request| match request.path() {
        "/short.wasm" => Answer::ok(attack()).truncated(1000),
        "/moved.wasm" => Answer::redirect(302, there.clone()),
        "/near.wasm" => Answer::redirect(302, "/x.wasm"),
        "/x.wasm" => Answer::ok(attack()),
        "/folder/plugin.toml" => Answer::ok("[plugin\n"),
        _ => Answer::status(404),
    });
    let sandbox = project();
    let digest = digest(&attack());
    let add = |path: &str, status: i32, code: &str, words: &[&str]| {
        let url = server.url(path);
        let args = ["plugin", "add", &url, "--allow", "--integrity", &digest];
        refused(&sandbox, &args, status, code, words);
    };
    add("/no.wasm", 9, "S-4061", &["404", "/no.wasm"]);
    add("/no/", 9, "S-4061", &["/no/plugin.toml"]);
    add("/short.wasm", 9, "S-4057", &["/short.wasm"]);
    add("/moved.wasm", 5, "S-4052", &["/moved.wasm"]);
    add("/folder/", 1, "S-3001", &["/folder/plugin.toml:1:"]);
    assert_eq!(elsewhere.request_count(), 0, "nobody asked there");
    let offline = ["plugin", "add", &server.url("/x.wasm"), "--offline"];
    refused(&sandbox, &offline, 6, "S-4053", &[]);
    let outcome =
        sandbox.run(&["plugin", "add", &server.url("/near.wasm"), "--allow", "--integrity", &digest]);
    assert_eq!(outcome.status, Some(0), "within one origin: {outcome:?}");
}

#[test]
fn an_endless_file_is_refused() {
    let server = Server::start(|_| Answer::endless());
    let sandbox = project();
    refused(&sandbox, &["plugin", "add", &server.url("/x.wasm")], 9, "S-4056", &[]);
}
