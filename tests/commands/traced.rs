//! What the system saw while packages were installed and published: no program was started.
//!
//! Each command runs under `strace`. The packages try what is usual elsewhere: scripts with the
//! names of hooks, programs, files that a build would begin with. All of them would leave a witness.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::market::Market;
use crate::repositories::Scene;
use crate::served::Publisher;
use crate::support::Sandbox;

/// The calls that start a program or a process, and the one that makes a file's bytes code.
const CALLS: &str = "trace=execve,execveat,fork,vfork,clone,clone3,mmap";

/// What was seen of one command.
#[derive(Debug, Default)]
struct Trace {
    /// Every attempt to start a program, as it was written down; the command itself is the first.
    programs: Vec<String>,
    /// Every new process, threads not counted.
    processes: Vec<String>,
    /// Files of the sandbox that were mapped as code.
    code: Vec<String>,
}

impl Trace {
    /// Reads what `strace` wrote.
    fn parse(text: &str, sandbox: &Path) -> Trace {
        let mut trace = Trace::default();
        for line in text.lines() {
            let call = line.split_once(' ').map_or(line, |(_, call)| call.trim_start());
            let name = call.split('(').next().unwrap_or_default();
            let call = call.to_owned();
            match name {
                "execve" | "execveat" => trace.programs.push(call),
                "fork" | "vfork" => trace.processes.push(call),
                "clone" | "clone3" if !call.contains("CLONE_THREAD") => trace.processes.push(call),
                "mmap" if call.contains("PROT_EXEC") && call.contains(&*sandbox.to_string_lossy()) => {
                    trace.code.push(call);
                }
                _ => {}
            }
        }
        trace
    }
}

/// Runs a command of a sandbox to its end, which has to be a good one.
fn traced(sandbox: &Sandbox, command: Command) -> Trace {
    let output = sandbox.work().join("trace");
    let mut strace = under_strace(&command, &output, CALLS, &[]);
    let ended = strace.stdin(Stdio::null()).output().expect("it is there");
    let outcome = sandbox.outcome(&ended);
    assert_eq!(outcome.status, Some(0), "{command:?}\n{}", outcome.text());
    let root = sandbox.work().parent().expect("it is in the sandbox").to_owned();
    Trace::parse(&fs::read_to_string(&output).unwrap(), &root)
}

/// The same command, traced into a file.
fn under_strace(command: &Command, output: &Path, calls: &str, options: &[&str]) -> Command {
    let mut strace = Command::new(strace());
    strace.args(options).args(["-f", "-y", "-s", "400", "-e", calls, "-o"]).arg(output).arg("--");
    strace.arg(command.get_program()).args(command.get_args());
    strace.env_clear().envs(command.get_envs().filter_map(|(name, value)| Some((name, value?))));
    strace.current_dir(command.get_current_dir().expect("it runs in the sandbox"));
    strace
}

fn strace() -> PathBuf {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut places = std::env::split_paths(&path).map(|folder| folder.join("strace"));
    places.find(|place| place.is_file()).expect(
        "this test shows that nothing runs by tracing system calls: install the package `strace` and try again",
    )
}

/// Checks that a command started nothing, not even another process.
#[track_caller]
fn assert_alone(trace: &Trace, what: &str) {
    assert_eq!(trace.programs.len(), 1, "{what}: only itself\n{trace:#?}");
    assert!(trace.programs[0].ends_with("= 0"), "{what}\n{trace:#?}");
    assert_eq!((trace.processes.len(), trace.code.len()), (0, 0), "{what}\n{trace:#?}");
}

/// Fills the folder of a package with everything that somebody might run.
fn lay_traps(sandbox: &Sandbox, folder: &str) {
    let witness = witness(sandbox);
    let script = format!("#!/bin/sh\ntouch '{}'\n", witness.display());
    let names = [
        "preinstall",
        "install",
        "postinstall",
        "prepare",
        "prepublish",
        "publish",
        "postpack",
        "build",
        "configure",
    ];
    let mut files: Vec<String> = names.map(|name| format!("{name}.sh")).to_vec();
    files.extend(["bin/json", "build", "install", "build.stk", "stryke", "lib/plugin.so"].map(str::to_owned));
    for file in files {
        let path = sandbox.write(&format!("{folder}/{file}"), &script);
        fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
    }
    sandbox.write(&format!("{folder}/Makefile"), &format!("all:\n\ttouch '{}'\n", witness.display()));
    let manifest = sandbox.work().join(folder).join("stryke.toml");
    let mut text = fs::read_to_string(&manifest).unwrap();
    text.push_str("\n[scripts]\n");
    for name in names {
        text.push_str(&format!("{name} = \"sh {name}.sh\"\n"));
    }
    fs::write(manifest, text).unwrap();
}

/// What every trap would leave.
fn witness(sandbox: &Sandbox) -> PathBuf {
    sandbox.work().join("witness")
}

/// A registry of packages with traps, a folder with some, and a project with some of its own.
fn trapped() -> Market {
    let mut market = Market::new();
    for (name, version, dependencies) in
        [("text", "0.4.1", &[][..]), ("json", "1.4.0", &[("text", "^0.4")][..])]
    {
        publish(&mut market, name, version, dependencies);
    }
    market.sandbox.write("util/stryke.toml", "[package]\nname = \"util\"\nversion = \"0.2.0\"\n");
    lay_traps(&market.sandbox, "util");
    lay_traps(&market.sandbox, "shop");
    market
}

fn publish(market: &mut Market, name: &str, version: &str, dependencies: &[(&str, &str)]) {
    let source = format!("sources/{name}-{version}");
    let manifest = format!("[package]\nname = \"{name}\"\nversion = \"{version}\"\n");
    market.sandbox.write(&format!("{source}/stryke.toml"), &manifest);
    lay_traps(&market.sandbox, &source);
    market.publish(name, version, dependencies);
}

fn in_shop(market: &Market, args: &[&str]) -> Trace {
    let mut command = market.sandbox.command(args);
    command.current_dir(market.sandbox.work().join("shop"));
    traced(&market.sandbox, command)
}

/// Removes folders of the home folder.
fn forget(market: &Market, folders: &[&str]) {
    for folder in folders {
        fs::remove_dir_all(market.sandbox.home().join(folder)).unwrap();
    }
}

#[test]
fn s14_nothing_of_a_package_runs() {
    let mut market = trapped();
    // The first time plugins that are part of `s` are compiled, which needs no child.
    for args in [&["add", "json"][..], &["add", "../util"]] {
        assert_alone(&in_shop(&market, args), &format!("{args:?}"));
    }
    publish(&mut market, "json", "1.5.0", &[("text", "^0.4")]);
    for args in [&["update"][..], &["lock"], &["fetch"]] {
        assert_alone(&in_shop(&market, args), &format!("{args:?}"));
    }
    assert_eq!(market.stored().len(), 3, "json was moved, and text is there");
    forget(&market, &["store", "cache"]);
    assert_alone(&in_shop(&market, &["install"]), "everything is fetched anew");
    assert_eq!(market.stored().len(), 2);
    fs::remove_dir_all(market.sandbox.home()).unwrap();
    assert_alone(&in_shop(&market, &["install", "--locked"]), "on a machine that has seen nothing");
    for args in [
        &["install", "--frozen"][..],
        &["tree"],
        &["why", "text"],
        &["remove", "util"],
        &["pack"],
        &["store", "verify"],
        &["store", "verify", "--repair"],
        &["store", "gc"],
        &["remove", "json"],
    ] {
        assert_alone(&in_shop(&market, args), &format!("{args:?}"));
    }
    assert!(!witness(&market.sandbox).exists());
}

/// Speed is measured elsewhere; what makes a command slow on a slow disk is counted here.
#[test]
fn s24_where_nothing_is_to_be_done_each_package_costs_a_few_calls() {
    let mut market = Market::new();
    let names: Vec<String> = (0..40).map(|n| format!("p{n}")).collect();
    names.iter().for_each(|name| market.publish(name, "1.0.0", &[]));
    let mut count = |names: &[String]| {
        let entries: String = names.iter().map(|name| format!("{name} = \"1\"\n")).collect();
        market.project(&format!("[deps]\n{entries}"));
        market.done(&["install"]);
        let mut command = market.sandbox.command(&["install"]);
        command.current_dir(market.sandbox.work().join("shop"));
        let output = market.sandbox.work().join("calls");
        let mut strace = under_strace(&command, &output, "trace=all", &[]);
        assert!(strace.stdin(Stdio::null()).output().expect("it is there").status.success());
        fs::read_to_string(output).unwrap().lines().count()
    };
    let (few, many) = (count(&names[..2]), count(&names));
    println!("{few} calls for 2 packages, {many} for 40");
    assert!(few < 250, "{few} calls for 2 packages");
    // A look, an opening, a reading and a closing; a build with assertions looks once more.
    assert!(many - few <= 38 * 5 + 5, "{} calls for 38 packages more", many - few);
}

#[test]
fn s14_only_git_runs_and_only_where_a_repository_is_needed() {
    let scene = Scene::new();
    let market = &scene.market;
    lay_traps(&market.sandbox, "edge");
    for hook in ["post-checkout", "post-merge", "pre-commit", "reference-transaction", "fsmonitor-watchman"] {
        let hook = market.sandbox.write(
            &format!("edge/.git/hooks/{hook}"),
            &format!("#!/bin/sh\ntouch '{}'\n", witness(&market.sandbox).display()),
        );
        // After the commit, or it would be asked for that.
        fs::set_permissions(hook, fs::Permissions::from_mode(0o644)).unwrap();
    }
    market.sandbox.write("edge/.gitattributes", "* filter=evil\n");
    scene.commit("1.1.0");
    for hook in fs::read_dir(market.sandbox.work().join("edge/.git/hooks")).unwrap() {
        fs::set_permissions(hook.unwrap().path(), fs::Permissions::from_mode(0o755)).unwrap();
    }
    let url = scene.url();
    let edge = market.sandbox.work().join("edge");
    let upload = format!("git-upload-pack '{}", edge.display());
    let is_git = |call: &str| {
        let program = call.split('"').nth(1).unwrap_or_default();
        let name = program.rsplit('/').next().unwrap_or_default();
        name == "git" || name.starts_with("git-") || (name == "sh" && call.contains(&upload))
    };
    for (args, is_needed) in [
        (&["add", "edge", "--git", &url, "--branch", "main"][..], true),
        (&["install", "--frozen"], false),
        (&["tree"], false),
        (&["update"], true),
        (&["store", "verify"], false),
        (&["vendor"], false),
    ] {
        let trace = in_shop(market, args);
        let started: Vec<&String> = trace.programs[1..].iter().filter(|call| call.ends_with("= 0")).collect();
        assert_eq!(!started.is_empty(), is_needed, "{args:?}\n{trace:#?}");
        assert!(started.iter().all(|call| is_git(call)), "{args:?}\n{trace:#?}");
        assert_eq!(trace.code, [""; 0], "{args:?}");
    }
    assert!(!witness(&market.sandbox).exists());
}

#[test]
fn s14_a_plugin_of_somebody_else_is_compiled_by_s_and_nothing_else_runs() {
    let mut market = trapped();
    let sandbox = &market.sandbox;
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let manifest = fs::read_to_string(root.join("plugins/registry-static/plugin.toml")).unwrap();
    sandbox.write("r/plugin.toml", &manifest.replace("stryke/registry-static", "acme/registry"));
    fs::copy(root.join("plugins/dist/registry-static.wasm"), sandbox.work().join("r/core.wasm")).unwrap();
    let built = sandbox.run(&["plugin", "build", "r", "--module", "r/core.wasm", "--json"]);
    let digest = built.json()["digest"].as_str().unwrap().to_owned();
    let url = format!("url={}", market.root.display());
    let allow = ["--user", "--config", &url, "--integrity", &digest, "--allow"];
    let added = sandbox.run(&[&["plugin", "add", "r/plugin.wasm"][..], &allow].concat());
    assert_eq!(added.status, Some(0), "{}", added.text());
    market.project("[deps]\njson = \"1\"\n");
    let text = market.manifest().replace("../market\"", "../market\"\nplugin = \"acme/registry\"");
    fs::write(market.sandbox.work().join("shop/stryke.toml"), text).unwrap();
    forget(&market, &["plugins/code"]);
    let trace = in_shop(&market, &["install"]);
    let own = format!("execve(\"{0}\", [\"{0}\", \"__compile\"]", env!("CARGO_BIN_EXE_s"));
    assert_eq!((trace.programs.len(), trace.processes.len()), (2, 1), "{trace:#?}");
    assert!(trace.programs[1].starts_with(&own), "{trace:#?}");
    assert_eq!(trace.code.len(), 0, "{trace:#?}");
    assert_eq!(market.stored().len(), 2);
    // Compiled once, it needs nobody.
    forget(&market, &["store", "cache"]);
    assert_alone(&in_shop(&market, &["install"]), "with code that is there");
    assert!(!witness(&market.sandbox).exists());
}

#[test]
fn s14_nothing_of_a_package_runs_where_it_is_published() {
    let mut publisher = Publisher::new();
    publisher.prepare("json", "1.0.0");
    lay_traps(&publisher.sandbox, "json");
    publisher.served = None;
    let output = publisher.sandbox.work().join("server-trace");
    // The tracer stands beside the server, which ends first when it is told to.
    publisher.serve_under(&|command| under_strace(command, &output, CALLS, &["-D"]));
    let trace = traced(&publisher.sandbox, publisher.command("json"));
    assert_alone(&trace, "publish");
    assert_eq!(publisher.server().versions("json").len(), 1);
    publisher.served = None;
    let start = Instant::now();
    let mut text = String::new();
    while !text.contains("+++ killed by SIGKILL +++") {
        assert!(start.elapsed() < Duration::from_secs(60), "the trace has no end: {text}");
        std::thread::yield_now();
        text = fs::read_to_string(&output).unwrap();
    }
    let root = publisher.sandbox.work().parent().unwrap().to_owned();
    assert_alone(&Trace::parse(&text, &root), "the server");
    assert!(!witness(&publisher.sandbox).exists());
}

#[test]
fn what_is_started_is_seen() {
    let text = "\
10  execve(\"/bin/s\", [\"/bin/s\"], 0x7ffd /* 9 vars */) = 0
10  mmap(NULL, 4096, PROT_READ|PROT_EXEC, MAP_PRIVATE, 3</box/home/a.so>, 0x3000) = 0x7ff7
10  mmap(NULL, 4096, PROT_READ|PROT_EXEC, MAP_PRIVATE, 3</usr/lib/libc.so.6>, 0x3000) = 0x7ff7
10  mmap(NULL, 4096, PROT_READ, MAP_PRIVATE, 3</box/home/a.txt>, 0x3000) = 0x7ff7
10  clone3({flags=CLONE_VM|CLONE_FS|CLONE_THREAD, exit_signal=0}, 88) = 11
10  clone3({flags=CLONE_VM|CLONE_VFORK, exit_signal=SIGCHLD}, 88 <unfinished ...>
12  execve(\"/bin/sh\", [\"sh\", \"-c\", \"true\"], 0x5 /* 1 var */ <unfinished ...>
10  <... clone3 resumed>)             = 12
12  <... execve resumed>)             = 0
12  execve(\"/bin/none\", [\"none\"], 0x5 /* 1 var */) = -1 ENOENT (No such file or directory)
12  +++ exited with 0 +++
";
    let trace = Trace::parse(text, Path::new("/box"));
    assert_eq!((trace.programs.len(), trace.processes.len(), trace.code.len()), (3, 1, 1), "{trace:#?}");
}

/// Where the C library is part of `s`, nothing is loaded: not at the start, and not by a lookup of names, whatever
/// the system would look them up with.
#[test]
#[cfg(all(target_os = "linux", target_env = "gnu"))]
fn a_name_is_looked_up_without_a_library() {
    let mut market = Market::new();
    market.project("[deps]\njson = \"1\"\n");
    let manifest = market.manifest().replace("../market", "http://localhost:1/market");
    market.sandbox.write("shop/stryke.toml", &manifest);
    let mut command = market.sandbox.command(&["lock"]);
    command.current_dir(market.sandbox.work().join("shop"));
    let output = market.sandbox.work().join("trace");
    let mut strace = under_strace(&command, &output, "trace=open,openat,openat2", &[]);
    let outcome = market.sandbox.outcome(&strace.stdin(Stdio::null()).output().expect("it is there"));
    assert_ne!(outcome.status, Some(0), "nobody listens there\n{}", outcome.text());
    let trace = fs::read_to_string(&output).unwrap();
    assert!(trace.contains("/etc/hosts"), "the name was looked up\n{trace}");
    let is_library = |line: &&str| line.contains(".so\"") || line.contains(".so.");
    let libraries: Vec<&str> = trace.lines().filter(is_library).collect();
    assert_eq!(libraries, [""; 0]);
}
