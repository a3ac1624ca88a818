//! `s target`: list, info, add, remove.

use std::process::Command;

use crate::market::Market;
use crate::plugins::{attack, digest, files, project, put};
use crate::support::{Outcome, Sandbox};

const PACK: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/fixtures/own-target.wasm");

/// What stands before the digest and the size of its runtime in [`PACK`].
const MARK: &[u8] = b"runtime of haiku";

/// A runtime for the target of [`PACK`]: that of Linux. Sealed for a target, with an ABI.
fn runtime(target: &str, abi: &str) -> Vec<u8> {
    let linux = s_packs::builtin("x86_64-linux").unwrap().open(s_abi::DIGEST).unwrap();
    s_packs::sealed::seal(&linux, target, abi).unwrap()
}

/// The pack of somebody else, with this runtime.
fn haiku(runtime: &[u8]) -> Vec<u8> {
    let mut bytes = std::fs::read(PACK).unwrap();
    let at = bytes.windows(MARK.len()).position(|window| window == MARK).unwrap() + MARK.len();
    bytes[at..at + 32].copy_from_slice(s_store::Sha256Digest::of(runtime).as_bytes());
    bytes[at + 32..at + 40].copy_from_slice(&(runtime.len() as u64).to_le_bytes());
    bytes
}

fn add(sandbox: &Sandbox, pack: &[u8]) -> Outcome {
    sandbox.run(&["target", "add", "pack/haiku.wasm", "--allow", "--integrity", &digest(pack)])
}

#[test]
fn what_is_built_in_is_listed_and_shown_in_any_spelling() {
    let sandbox = Sandbox::new();
    insta::assert_snapshot!(sandbox.run(&["target", "list"]).text(), @"
    status 0
    --- stdout
    TARGET           MACHINE  SYSTEM   PACK      FROM
    aarch64-darwin   aarch64  darwin   absent    s target add PATH|URL|PACKAGE
    aarch64-linux    aarch64  linux    built-in  stryke/target-elf
    aarch64-windows  aarch64  windows  absent    s target add PATH|URL|PACKAGE
    riscv64-linux    riscv64  linux    built-in  stryke/target-elf
    wasm32-wasi      wasm32   wasi     absent    s target add PATH|URL|PACKAGE
    x86_64-darwin    x86_64   darwin   absent    s target add PATH|URL|PACKAGE
    x86_64-linux     x86_64   linux    built-in  stryke/target-elf
    x86_64-windows   x86_64   windows  absent    s target add PATH|URL|PACKAGE
    ");
    let answer = sandbox.run(&["target", "list", "--json"]).json();
    assert_eq!(answer["targets"][3]["triple"], "riscv64-linux");
    assert_eq!(answer["targets"][3]["pack"], "built-in");
    let absent = &answer["targets"][0];
    assert_eq!(
        (&absent["pack"], &absent["get"]),
        (&"absent".into(), &"s target add PATH|URL|PACKAGE".into())
    );
    let info = sandbox.run(&["target", "info", "linux-arm64-gnu"]);
    insta::assert_snapshot!(info.text(), @"
    status 0
    --- stdout
    aarch64-linux
    machine      aarch64
    system       linux
    pack         built-in: stryke/target-elf
    address      64 bits
    features     neon
    needs        linux 3.17
    runner       qemu-aarch64-static
    also called  aarch64-unknown-linux-gnu, linux-aarch64
    ");
    let answer = sandbox.run(&["target", "info", "x64-linux", "--json"]).json();
    assert_eq!((&answer["triple"], &answer["pointer-bits"]), (&"x86_64-linux".into(), &64.into()));
}

#[test]
fn targets_that_nobody_knows() {
    let sandbox = Sandbox::new();
    insta::assert_snapshot!(sandbox.run(&["target", "info", "x86_46-linux"]).text(), @"
    status 1
    --- stderr
    error[S-5150]: there is no target `x86_46-linux`: `x86_46` means nothing in a target
    hint: did you mean: s target info x86_64-linux
    hint: did you mean: s target info aarch64-linux
    hint: did you mean: s target info riscv64-linux
    hint: if you have a pack for it: s target add PATH|URL|PACKAGE
    hint: all that are known: s target list
    ");
    // One that is known and not here: what is missing is one command.
    insta::assert_snapshot!(sandbox.run(&["target", "info", "x86_64-pc-windows-gnu"]).text(), @"
    status 0
    --- stdout
    x86_64-windows
    machine      x86_64
    system       windows
    pack         absent: s target add PATH|URL|PACKAGE
    address      64 bits
    suffix       .exe
    also called  x86_64-pc-windows-msvc, windows-x86_64
    ");
    sandbox.write("main.stk", "p 1\n");
    insta::assert_snapshot!(sandbox.run(&["build", "main.stk", "--target", "aarch64-apple-darwin"]).text(), @"
    status 1
    --- stderr
    error[S-5150]: the pack for the target `aarch64-darwin` is not here
      none is part of `s`; a pack is a plugin, which somebody else may have
    hint: s target add PATH|URL|PACKAGE
    ");
    let removed = sandbox.run(&["target", "remove", "x86_64-linux"]);
    assert_eq!(removed.status, Some(2), "{removed:?}");
    let removed = sandbox.run(&["target", "remove", "stryke/target-elf"]);
    assert!(removed.stderr.starts_with("error[S-5133]"), "{removed:?}");
}

#[test]
fn a_pack_comes_and_goes_as_any_plugin_and_nothing_else_comes_this_way() {
    let sandbox = project();
    let pack = haiku(&runtime("x86_64-haiku", s_abi::DIGEST));
    put(&sandbox, "pack/haiku.wasm", &pack);
    let refused = sandbox.run(&["target", "add", "pack/haiku.wasm"]);
    assert!(refused.status == Some(5) && refused.stderr.contains("S-5022"), "{refused:?}");
    let added = add(&sandbox, &pack);
    assert_eq!(added.status, Some(0), "{added:?}");
    assert!(added.stderr.contains("Added acme/haiku 1.2.3 for this project"), "{added:?}");
    assert!(added.stderr.contains("x86_64-haiku"), "{added:?}");
    let list = sandbox.run(&["target", "list"]).stdout;
    assert!(
        list.contains("x86_64-haiku     x86_64   unknown  installed  acme/haiku 1.2.3 (project)"),
        "{list}"
    );
    let info = sandbox.run(&["target", "info", "x86_64-unknown-haiku", "--json"]).json();
    assert_eq!((&info["pack"], &info["plugin"]), (&"installed".into(), &"acme/haiku".into()));
    let planned = sandbox.run(&[
        "plugin",
        "run",
        "acme/haiku",
        "target.plan-sysroot",
        "{\"triple\": \"x86_64-haiku\", \"static-link\": true}",
        "--json",
    ]);
    assert!(planned.status == Some(0) && planned.stdout.contains("\"haiku-1\""), "{planned:?}");

    let before = files(&sandbox);
    put(&sandbox, "attack.wasm", &attack());
    let other = ["target", "add", "attack.wasm", "--allow", "--integrity", &digest(&attack())];
    let refused = sandbox.run(&other);
    assert!(refused.status == Some(1) && refused.stderr.starts_with("error[S-5151]"), "{refused:?}");
    std::fs::remove_file(sandbox.work().join("attack.wasm")).unwrap();
    assert!(files(&sandbox) == before);

    let removed = sandbox.run(&["target", "remove", "x86_64-haiku"]);
    assert!(removed.status == Some(0) && removed.stderr.contains("Removed acme/haiku"), "{removed:?}");
    let list = sandbox.run(&["target", "list"]);
    assert!(list.status == Some(0) && !list.stdout.contains("haiku"), "{list:?}");
    assert_eq!(sandbox.run(&["target", "remove", "haiku"]).status, Some(1), "it is gone");
}

#[test]
fn programs_are_built_for_the_target_of_a_pack() {
    let sandbox = project();
    sandbox.write("main.stk", "val %h = (name => \"haiku\")\np \"made for $h{name}\"\nexit 4\n");
    let sealed = runtime("x86_64-haiku", s_abi::DIGEST);
    let pack = haiku(&sealed);
    put(&sandbox, "pack/haiku.wasm", &pack);
    let build = ["build", "--release", "--target", "x86_64-haiku"];
    let absent = sandbox.run(&build);
    assert!(
        absent.status == Some(1) && absent.stderr.contains("s target add PATH|URL|PACKAGE"),
        "{absent:?}"
    );
    assert_eq!(add(&sandbox, &pack).status, Some(0));

    // The runtime is not there, then is another one: nothing is built.
    let missing = sandbox.run(&build);
    assert!(missing.status == Some(1) && missing.stderr.contains("haiku.pack"), "{missing:?}");
    put(&sandbox, "pack/haiku.pack", b"something else");
    let other = sandbox.run(&build);
    assert!(other.status == Some(1) && other.stderr.starts_with("error[S-4058]"), "{other:?}");
    assert!(!sandbox.work().join("target").exists());

    put(&sandbox, "pack/haiku.pack", &sealed);
    let built = sandbox.run(&build);
    assert_eq!(built.status, Some(0), "{built:?}");
    let file = sandbox.work().join("target/x86_64-haiku/release/shop.hk");
    let ran = Command::new(&file).env_clear().output().unwrap();
    assert_eq!((ran.stdout.as_slice(), ran.status.code()), (&b"made for haiku\n"[..], Some(4)));

    // It was fetched once; what is kept is looked at each time.
    std::fs::remove_file(sandbox.work().join("pack/haiku.pack")).unwrap();
    std::fs::remove_dir_all(sandbox.work().join("target")).unwrap();
    let again = sandbox.run(&["build", "--release", "--target", "x86_64-unknown-haiku", "--offline"]);
    assert_eq!(again.status, Some(0), "{again:?}");
    let folder = sandbox.home().join("plugins/targets");
    let kept = std::fs::read_dir(&folder).unwrap().next().unwrap().unwrap().path();
    std::fs::write(&kept, b"damaged").unwrap();
    let damaged = sandbox.run(&build);
    assert!(damaged.status == Some(1) && damaged.stderr.contains("haiku.pack"), "{damaged:?}");

    // A machine that there is no code for.
    let machine = sandbox.run(&["build", "--target", "m68k-haiku"]);
    assert!(
        machine.status == Some(1) && machine.stderr.contains("there is no code for `m68k`"),
        "{machine:?}"
    );
    assert!(machine.stderr.starts_with("error[S-5161]"), "{machine:?}");
}

#[test]
fn a_pack_comes_from_a_registry() {
    let mut market = Market::new();
    market.project("");
    let sealed = runtime("x86_64-haiku", s_abi::DIGEST);
    let pack = haiku(&sealed);
    // The component as a version of a package has it.
    let component = |version: &str, id: &str| {
        let text = s_component::manifest_of(&pack).unwrap().unwrap();
        let text = text.replace("1.2.3", version).replace("acme/haiku", id);
        (s_component::embed_manifest(&pack, &text).unwrap(), text)
    };
    let package = |market: &mut Market, version: &str, id: &str| {
        let folder = format!("sources/acme/haiku-{version}");
        let (bytes, text) = component(version, id);
        put(&market.sandbox, &format!("{folder}/plugin.wasm"), &bytes);
        market.sandbox.write(&format!("{folder}/plugin.toml"), &text);
        put(&market.sandbox, &format!("{folder}/haiku.pack"), &sealed);
        market.publish("acme/haiku", version, &[]);
    };
    package(&mut market, "1.2.3", "acme/haiku");
    market.sandbox.write("shop/main.stk", "p \"hi\"\n");
    let refused = market.run(&["target", "add", "acme/haiku"]);
    assert!(
        refused.status == Some(5) && refused.stderr.contains("s plugin add acme/haiku --integrity"),
        "{refused:?}"
    );
    let stated = |market: &Market, file: &str| {
        std::fs::read_to_string(market.sandbox.work().join("shop").join(file)).unwrap()
    };
    assert!(!stated(&market, "stryke.toml").contains("haiku"));

    let add = |market: &Market, spec: &str, version: &str| {
        let bytes = digest(&component(version, "acme/haiku").0);
        market.done(&["target", "add", spec, "--allow", "--integrity", &bytes]);
    };
    add(&market, "acme/haiku", "1.2.3");
    assert!(
        stated(&market, "stryke.toml").contains("\"acme/haiku\" = \"^1.2.3\""),
        "{}",
        stated(&market, "stryke.toml")
    );
    let lock = stated(&market, "stryke.lock");
    assert!(lock.contains("source = \"registry+") && lock.contains("#acme/haiku@1.2.3\""), "{lock}");
    market.done(&["build", "--release", "--target", "x86_64-haiku"]);
    let file = market.sandbox.work().join("shop/target/x86_64-haiku/release/shop.hk");
    assert_eq!(Command::new(&file).output().unwrap().stdout, b"hi\n");

    // A home without any of it gets what is pinned, and `update` a newer one that still fits.
    package(&mut market, "1.3.0", "acme/haiku");
    package(&mut market, "2.0.0", "acme/haiku");
    let forget = |market: &Market| {
        for folder in ["plugins", "store", "cache"] {
            std::fs::remove_dir_all(market.sandbox.home().join(folder)).unwrap();
        }
    };
    forget(&market);
    market.done(&["plugin", "add"]);
    assert_eq!(stated(&market, "stryke.lock"), lock);
    market.done(&["build", "--release", "--target", "x86_64-haiku"]);
    market.done(&["plugin", "update"]);
    assert!(
        stated(&market, "stryke.lock").contains("#acme/haiku@1.3.0\""),
        "{}",
        stated(&market, "stryke.lock")
    );
    add(&market, "acme/haiku@2", "2.0.0");
    assert!(
        stated(&market, "stryke.toml").contains("\"acme/haiku\" = \"2\""),
        "{}",
        stated(&market, "stryke.toml")
    );
    assert!(
        stated(&market, "stryke.lock").contains("#acme/haiku@2.0.0\""),
        "{}",
        stated(&market, "stryke.lock")
    );

    // What could be either is neither.
    put(&market.sandbox, "shop/acme/haiku/plugin.wasm", &pack);
    let either = market.run(&["target", "add", "acme/haiku"]);
    assert!(either.status == Some(2) && either.stderr.contains("s plugin add ./acme/haiku"), "{either:?}");
    std::fs::remove_dir_all(market.sandbox.work().join("shop/acme")).unwrap();

    // A lock that names a registry nobody has here, and a package that is another plugin.
    let other = stated(&market, "stryke.lock").replace("#acme/haiku", "-other#acme/haiku");
    market.sandbox.write("shop/stryke.lock", &other);
    forget(&market);
    let foreign = market.run(&["plugin", "add"]);
    assert!(
        foreign.status == Some(5) && foreign.stderr.contains("that this project does not have"),
        "{foreign:?}"
    );
    package(&mut market, "3.0.0", "acme/beos");
    let wrong = market.run(&["target", "add", "acme/haiku@3"]);
    assert!(wrong.status == Some(1) && wrong.stderr.contains("is the plugin `acme/beos`"), "{wrong:?}");
}

#[test]
fn a_pack_of_another_version_is_refused() {
    for (target, abi, reason) in [
        ("x86_64-haiku", "0000000000000000", "`0000000000000000`"),
        ("x86_64-beos", s_abi::DIGEST, "x86_64-beos"),
    ] {
        let sandbox = project();
        sandbox.write("main.stk", "p 1\n");
        let sealed = runtime(target, abi);
        let pack = haiku(&sealed);
        put(&sandbox, "pack/haiku.wasm", &pack);
        put(&sandbox, "pack/haiku.pack", &sealed);
        assert_eq!(add(&sandbox, &pack).status, Some(0));
        let built = sandbox.run(&["build", "--target", "x86_64-haiku"]);
        assert!(built.status == Some(1) && built.stderr.starts_with("error[S-5161]"), "{built:?}");
        assert!(built.stderr.contains("s plugin update acme/haiku"), "{built:?}");
        assert!(built.stderr.contains(reason), "{built:?}");
    }
}
