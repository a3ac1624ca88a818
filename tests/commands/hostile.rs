//! Hostile plugins, as a user meets them: a coded error, the right status, and nothing changed.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

use s_kit::{Answer, Server};
use sha2::{Digest, Sha256};

use crate::support::{Outcome, Sandbox};

const ATTACK: &[u8] = include_bytes!("../fixtures/attack.wasm");

/// The fixture with a second for each call, in place of a minute. What is replaced has as many
/// bytes as what replaces it, so that the component stays one.
fn hurried() -> Vec<u8> {
    timed("1 s")
}

/// The same with a time of three characters.
fn timed(time: &str) -> Vec<u8> {
    let old = r#"[commands.attack]
about = "attack the host"
arguments = [
    { name = "what", about = "the way to attack", required = true },
    { name = "argument", about = "what the attack needs", repeat = true },
]
edits = "new-files"
"#;
    let new = r#"[commands.attack]
about = "attack the host"
arguments = [
    { name = "what", about = "way", required = true },
    { name = "argument", about = "needs", repeat = true },
]
edits = "new-files"
[limits]
time = "1 s"
"#;
    let new = new.replace("1 s", time);
    let new = new.to_owned() + &"\n".repeat(old.len() - new.len());
    replaced(ATTACK, old, &new)
}

/// Another plugin with the same code: `attack/lob`, with the command `attuck`.
fn another() -> Vec<u8> {
    let other = replaced(ATTACK, r#"id = "attack/lab""#, r#"id = "attack/lob""#);
    replaced(&other, "[commands.attack]", "[commands.attuck]")
}

/// Replaces a text of the manifest by one of the same length.
fn replaced(component: &[u8], old: &str, new: &str) -> Vec<u8> {
    assert_eq!(old.len(), new.len());
    let at = component.windows(old.len()).position(|window| window == old.as_bytes());
    let at = at.expect("the manifest of the fixture says so");
    let mut bytes = component.to_vec();
    bytes[at..at + old.len()].copy_from_slice(new.as_bytes());
    bytes
}

/// A sandbox in which this component is used and allowed, and has run once.
fn using(component: &[u8], config: &[String]) -> Sandbox {
    let sandbox = Sandbox::new();
    add(&sandbox, component, config);
    let outcome = sandbox.run(&["attack", "crypto"]);
    assert_eq!(outcome.stdout, "hash true forged false\n", "{outcome:?}");
    sandbox
}

/// Adds a component for the user of a sandbox, and allows it.
fn add(sandbox: &Sandbox, component: &[u8], config: &[String]) {
    let path = sandbox.write("../attack.wasm", "");
    fs::write(&path, component).expect("the sandbox can be written");
    let digest = Sha256::digest(component).iter().fold("sha256-".to_owned(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    });
    let mut args = vec!["plugin", "add", "../attack.wasm", "--user", "--integrity", &digest, "--allow"];
    for pair in config {
        args.extend(["--config", pair]);
    }
    let added = sandbox.run(&args);
    assert_eq!(added.status, Some(0), "{added:?}");
}

/// Every file below a folder.
fn files(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(folder).expect("the folder can be read") {
        let path = entry.expect("the folder can be read").path();
        if path.is_dir() {
            found.extend(files(&path));
        } else {
            let bytes = fs::read(&path).expect("the sandbox can be read");
            found.insert(path, bytes);
        }
    }
    found
}

fn root(sandbox: &Sandbox) -> PathBuf {
    sandbox.work().parent().expect("it is in the sandbox").to_owned()
}

/// The compiled form of what was installed.
fn compiled(sandbox: &Sandbox) -> PathBuf {
    let mut entries: Vec<PathBuf> = files(&root(sandbox))
        .into_keys()
        .filter(|path| path.extension().is_some_and(|e| e == "cwasm"))
        .collect();
    assert_eq!(entries.len(), 1, "{entries:?}");
    entries.remove(0)
}

#[test]
fn attacks_end_in_a_named_error_and_change_nothing() {
    end_in_a_named_error(
        &using(&hurried(), &[]),
        &[
            (&["spin"], 1, "S-5063", "used more than its limit of 1 s"),
            (&["spin-host"], 1, "S-5063", "used more than its limit of 1 s"),
        ],
    );
    // What ends by another limit has time for it, on a busy machine too.
    let sandbox = using(&timed("9 s"), &[]);
    sandbox.write("there.txt", "there");
    let cases: &[Attack] = &[
        (&["grab"], 1, "S-5063", "used more than its limit of 64 MiB of memory"),
        (&["recurse"], 1, "S-5063", "used more than its limit of 1 MiB of stack"),
        (&["recurse-frames"], 70, "S-5064", "crashed: out of bounds memory access"),
        (&["trap"], 70, "S-5064", "crashed: wasm `unreachable` instruction executed"),
        (&["panic"], 70, "S-5064", "the plugin panicked on purpose"),
        (&["answer-huge", "24"], 1, "S-5063", "used more than its limit of 16 MiB handed over in one call"),
        (&["print-huge", "24"], 1, "S-5063", "used more than its limit of 16 MiB handed over in one call"),
        (&["invalid-utf8"], 1, "S-5065", "handed over malformed data in subcommand.run"),
        (&["tasks"], 1, "S-5063", "used more than its limit of 1024 open handles"),
        (&["escapes"], 1, "S-5067", "message␛[2J with escapes"),
        (&["propose", "../out.txt"], 5, "S-5069", "nothing was written"),
        (&["propose", "/tmp/out.txt"], 5, "S-5069", "nothing was written"),
        (&["propose", "CON"], 5, "S-5069", "nothing was written"),
        (&["propose", "there.txt"], 1, "S-4008", "nothing was written"),
    ];
    end_in_a_named_error(&sandbox, cases);
}

/// What is typed, the status, the code and what is said.
type Attack = (&'static [&'static str], i32, &'static str, &'static str);

fn end_in_a_named_error(sandbox: &Sandbox, cases: &[Attack]) {
    let before = files(&root(sandbox));
    let who = "plugin `attack/lab` [version]";
    for (words, status, code, message) in cases {
        let args = [&["attack"], *words].concat();
        let outcome = sandbox.run(&args);
        assert_eq!(outcome.status, Some(*status), "{words:?}: {outcome:?}");
        for part in [*code, message] {
            assert!(outcome.stderr.contains(part), "{words:?}: {part} is not in {}", outcome.stderr);
        }
        assert!(!outcome.stderr.contains("S-9001"), "{words:?} is not a bug of ours: {}", outcome.stderr);
        assert_clean(&outcome);
        assert_eq!(files(&root(sandbox)), before, "{words:?} changed something");
        if matches!(*code, "S-5063" | "S-5064") {
            assert!(outcome.stderr.contains(who), "{words:?}: {}", outcome.stderr);
        }
    }
    assert_eq!(sandbox.run(&["attack", "crypto"]).status, Some(0), "it is still served");
}

#[test]
fn what_the_user_reads() {
    let sandbox = using(&hurried(), &[]);
    let attacks: [&[&str]; 6] =
        [&["spin"], &["grab"], &["trap"], &["invalid-utf8"], &["escapes"], &["propose", "../out.txt"]];
    let mut all = String::new();
    for words in attacks {
        let outcome = sandbox.run(&[&["attack"], words].concat());
        all.push_str(&format!("$ s attack {}\n{}", words.join(" "), outcome.text()));
    }
    insta::assert_snapshot!(all, @r"
    $ s attack spin
    status 1
    --- stderr
    error[S-5063]: plugin `attack/lab` [version] used more than its limit of 1 s
      it was stopped in subcommand.run, and nothing it had proposed was done
    hint: if it needs more, its author asks for `time` in `[limits]` of `plugin.toml`
    $ s attack grab
    status 1
    --- stderr
    error[S-5063]: plugin `attack/lab` [version] used more than its limit of 64 MiB of memory
      it was stopped in subcommand.run, and nothing it had proposed was done
    hint: if it needs more, its author asks for `memory` in `[limits]` of `plugin.toml`
    $ s attack trap
    status 70
    --- stderr
    error[S-5064]: plugin `attack/lab` [version] crashed: wasm `unreachable` instruction executed
      in subcommand.run; this is a bug of the plugin, not of `s`
      running were: s_guest::command::exports::stryke::command::subcommand::_export_run_cabi, stryke:command/subcommand@[version]#run
    $ s attack invalid-utf8
    status 1
    --- stderr
    error[S-5065]: plugin `attack/lab` [version] handed over malformed data in subcommand.run
      invalid utf-8 sequence of 1 bytes from index 1
    $ s attack escapes
    status 1
    --- stdout
    before␛[31mred␛]0;title␇\u{9b}2Jafter␍
    --- stderr
    error[S-5067]: message␛[2J with escapes\u{202e}
      ␍and lines
      says plugin `attack/lab` [version] in subcommand.run: `attack/es␛[2Jcape`
    $ s attack propose ../out.txt
    status 5
    --- stderr
    error[S-5069]: `../out.txt` cannot be used as a path: `..` is not allowed in it
      nothing was written
      plugin `attack/lab` proposed it
    ");
}

/// Nothing that a plugin says drives the terminal.
#[track_caller]
fn assert_clean(outcome: &Outcome) {
    for text in [&outcome.stdout, &outcome.stderr] {
        let wild = text.chars().find(|char| char.is_control() && *char != '\n');
        assert_eq!(wild, None, "{text:?}");
        assert!(!text.contains('\u{202e}'), "{text:?}");
    }
}

#[test]
fn what_was_not_granted_is_not_there() {
    let sandbox = using(&hurried(), &[]).env("ATTACK_SECRET", "value");
    let before = files(&root(&sandbox));
    for (words, said) in [
        (["env", "ATTACK_SECRET"], "ATTACK_SECRET is not there\n"),
        (["http", "https://evil.example/"], "Denied host/http-denied\n"),
        (["http", "http://169.254.169.254/"], "Denied host/http-denied\n"),
        (["cache-put", "key"], "kept\n"),
    ] {
        let outcome = sandbox.run(&[&["attack"], words.as_slice()].concat());
        assert_eq!((outcome.status, outcome.stdout.as_str()), (Some(0), said), "{words:?}: {outcome:?}");
    }
    let unbound = sandbox.run(&["attack", "fs", "../../secret"]);
    assert!(unbound.stderr.contains("no directory is bound to `data`"), "{unbound:?}");
    let mut after = files(&root(&sandbox));
    after.retain(|path, _| !before.contains_key(path));
    assert_eq!(after.len(), 1, "the entry of its own cache");
}

#[test]
fn a_cache_is_private_and_has_an_end() {
    let sandbox = using(ATTACK, &[]);
    add(&sandbox, &another(), &[]);
    for (words, said) in [
        (["attack", "cache-put", "key"].as_slice(), "kept\n"),
        (&["attuck", "cross-read", "key"], "nothing\n"),
        (&["attack", "cache-get", "key"], "5 bytes, tag tag\n"),
        (&["attack", "cache-put", "large", "3"], "kept\n"),
        (&["attack", "cache-put", "larger", "3"], "kept\n"),
        (&["attack", "cache-get", "large"], "nothing\n"),
        (&["attack", "cache-put", "too large", "4"], "LimitExceeded host/cache-full\n"),
        (&["attack", "cache-get", "larger"], "3145728 bytes, tag tag\n"),
    ] {
        let outcome = sandbox.run(words);
        assert_eq!((outcome.status, outcome.stdout.as_str()), (Some(0), said), "{words:?}: {outcome:?}");
    }
}

#[test]
fn terminal_escapes_of_logs_and_prints_are_shown_not_obeyed() {
    let sandbox = using(&hurried(), &[]);
    for words in [["attack", "escapes", "-v"], ["attack", "logs", "-v"], ["attack", "prompt", "-v"]] {
        let outcome = sandbox.run(&words);
        assert_clean(&outcome);
        assert!(outcome.stdout.len() + outcome.stderr.len() < 8 << 20, "{words:?} is not endless");
    }
}

#[test]
fn a_component_that_was_changed_after_it_was_pinned_does_not_run() {
    let sandbox = using(ATTACK, &[]);
    let installed = files(&root(&sandbox))
        .into_iter()
        .find(|(path, bytes)| bytes == ATTACK && path.starts_with(root(&sandbox).join("home")));
    let (path, mut bytes) = installed.expect("the component lies in the home");
    let last = bytes.len() - 1;
    bytes[last] ^= 1;
    fs::remove_file(&path).expect("the sandbox can be written");
    fs::write(&path, bytes).expect("the sandbox can be written");
    let outcome = sandbox.run(&["plugin", "verify"]);
    assert!(outcome.stderr.contains("S-5131"), "{outcome:?}");
    let outcome = sandbox.run(&["attack", "crypto"]);
    assert!(outcome.stderr.contains("S-5131"), "{outcome:?}");
    assert_ne!(outcome.status, Some(0));
    assert!(outcome.stdout.is_empty());
}

#[test]
fn a_damaged_cache_is_compiled_anew() {
    let sandbox = using(ATTACK, &[]);
    let path = compiled(&sandbox);
    let sound = fs::read(&path).expect("the sandbox can be read");
    for at in [0, 9, 40, sound.len() / 2, sound.len() - 1] {
        let mut bytes = sound.clone();
        bytes[at] ^= 0x40;
        fs::write(&path, &bytes).expect("the sandbox can be written");
        let outcome = sandbox.run(&["attack", "crypto"]);
        assert_eq!((outcome.status, outcome.stdout.as_str()), (Some(0), "hash true forged false\n"), "{at}");
        assert_ne!(fs::read(&path).expect("the sandbox can be read"), bytes, "byte {at} was not mended");
    }
}

#[test]
fn processes_that_compile_the_same_plugin_at_once_all_succeed() {
    let sandbox = using(ATTACK, &[]);
    let path = compiled(&sandbox);
    fs::remove_file(&path).expect("the sandbox can be written");
    let start = || {
        let mut command = sandbox.command(&["attack", "crypto"]);
        command.stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::piped());
        command.spawn().expect("the binary was built for this test")
    };
    let running = [start(), start(), start()];
    for child in running {
        let outcome = sandbox.outcome(&child.wait_with_output().expect("it was started"));
        assert_eq!(
            (outcome.status, outcome.stdout.as_str()),
            (Some(0), "hash true forged false\n"),
            "{outcome:?}"
        );
    }
    assert_eq!(compiled(&sandbox), path, "one entry, and nothing half-written");
}

#[cfg(unix)]
#[test]
fn the_user_can_always_interrupt() {
    use std::os::unix::process::ExitStatusExt;
    use std::time::{Duration, Instant};

    let interrupt = std::sync::Arc::new(std::sync::Mutex::new(None));
    let at_request = std::sync::Arc::clone(&interrupt);
    let server = Server::start(move |_| {
        let pid = loop {
            if let Some(pid) = *at_request.lock().expect("nobody panics with it") {
                break pid;
            }
            std::thread::sleep(Duration::from_millis(1));
        };
        rustix::process::kill_process(pid, rustix::process::Signal::INT).expect("it waits for us");
        Answer::silence()
    });
    let sandbox = using(ATTACK, &[format!("url={}", server.origin())]);
    let child = sandbox
        .command(&["attack", "http", &server.url("/")])
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .expect("the binary was built for this test");
    let started = Instant::now();
    *interrupt.lock().expect("nobody panics with it") =
        rustix::process::Pid::from_raw(child.id().cast_signed());
    let output = child.wait_with_output().expect("it was started");
    assert_eq!(output.status.signal(), None);
    let outcome = sandbox.outcome(&output);
    assert_eq!(outcome.status, Some(130), "{outcome:?}");
    assert!(outcome.stderr.contains("S-5068"), "{outcome:?}");
    // Far below the minute that the plugin has.
    assert!(started.elapsed() < Duration::from_secs(20));
}

#[test]
fn what_was_not_written_is_not_said_to_be() {
    let sandbox = Sandbox::new();
    sandbox.write("demo/stryke.toml", "");
    let outcome = sandbox.run(&["new", "demo"]);
    assert_eq!((outcome.status, outcome.stdout.as_str()), (Some(1), ""), "{outcome:?}");
    assert!(outcome.stderr.contains("nothing was written"), "{outcome:?}");
    let outcome = sandbox.run(&["new", "other"]);
    assert_eq!(outcome.status, Some(0), "{outcome:?}");
    assert!(!outcome.stdout.is_empty(), "{outcome:?}");
}

#[test]
fn the_compiler_for_hostile_components_says_no() {
    use std::io::Write as _;
    let sandbox = Sandbox::new();
    let mut child = sandbox
        .command(&["__compile"])
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .expect("the binary was built for this test");
    child.stdin.take().expect("it was asked for").write_all(b"garbage").expect("it reads all of it");
    let outcome = sandbox.outcome(&child.wait_with_output().expect("it was started"));
    assert_eq!((outcome.status, outcome.stdout.as_str()), (Some(1), ""), "{outcome:?}");
    assert!(outcome.stderr.starts_with("the component cannot be compiled: "), "{outcome:?}");
}

/// The child puts limits on itself before it reads anything: it waits for the component here.
#[test]
fn the_compiler_of_others_components_limits_itself() {
    use std::process::{Command, Stdio};
    let mut child = Command::new(env!("CARGO_BIN_EXE_s"))
        .arg("__compile")
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let limits = format!("/proc/{}/limits", child.id());
    let limit = |name: &str| {
        let text = fs::read_to_string(&limits).unwrap();
        let line = text.lines().find(|line| line.starts_with(name)).unwrap().to_owned();
        line[name.len()..].split_whitespace().next().unwrap().to_owned()
    };
    // Limits are set one after the other; the last is waited for.
    let set = (0..500).any(|_| {
        std::thread::sleep(std::time::Duration::from_millis(10));
        limit("Max file size") == "0"
    });
    let found = ["Max cpu time", "Max address space", "Max core file size"].map(limit);
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(set, "no limit within 5 s");
    let megabytes: u64 = found[1].parse::<u64>().unwrap() >> 20;
    assert!(found[0].parse::<u64>().unwrap() <= 120 && megabytes <= 4096 && found[2] == "0", "{found:?}");
}

#[test]
fn a_flood_of_log_lines_is_cut_on_the_screen() {
    let sandbox = using(ATTACK, &[]);
    let lines = |args: &[&str]| sandbox.run(args).stderr.lines().count();
    let outcome = sandbox.run(&["attack", "logs"]);
    assert!(outcome.stderr.contains("-v shows it"), "{outcome:?}");
    assert!(lines(&["attack", "logs"]) < 120 && lines(&["-v", "attack", "logs"]) > 1000);
}

#[test]
fn the_organisation_of_built_in_plugins_is_taken() {
    let sandbox = Sandbox::new();
    let component = replaced(ATTACK, "id = \"attack/lab\"", "id = \"stryke/lab\"");
    fs::write(sandbox.write("x.wasm", ""), component).unwrap();
    let outcome = sandbox.run(&["plugin", "add", "x.wasm", "--user"]);
    assert_eq!(outcome.status, Some(5), "{outcome:?}");
    assert!(outcome.stderr.contains("S-5133"), "{outcome:?}");
}
