//! `s target`: list, info, add, remove.

use s_component::embed_manifest;

use crate::plugins::{attack, digest, files, project, put};
use crate::support::Sandbox;

const LINKER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../plugins/dist/target-elf.wasm");

/// The built-in pack as somebody else's, for a system of the same length.
fn haiku() -> Vec<u8> {
    let mut bytes = std::fs::read(LINKER).unwrap();
    for system in [(&b"_64-linux"[..], &b"_64-haiku"[..]), (b"64-linux", b"64-haiku")] {
        for at in 0..bytes.len() - system.0.len() {
            if bytes[at..].starts_with(system.0) {
                bytes[at..at + system.1.len()].copy_from_slice(system.1);
            }
        }
    }
    let manifest = "[plugin]\nid = \"acme/haiku\"\nversion = \"1.2.3\"\nkind = \"target\"\n\
        worlds = [\"stryke:target/target-plugin@0.1\"]\n";
    embed_manifest(&bytes, manifest).unwrap()
}

#[test]
fn what_is_built_in_is_listed_and_shown_in_any_spelling() {
    let sandbox = Sandbox::new();
    insta::assert_snapshot!(sandbox.run(&["target", "list"]).text(), @"
    status 0
    --- stdout
    TARGET           MACHINE  SYSTEM   PACK      FROM
    aarch64-darwin   aarch64  darwin   absent    s target add PATH|URL
    aarch64-linux    aarch64  linux    built-in  stryke/target-elf
    aarch64-windows  aarch64  windows  absent    s target add PATH|URL
    riscv64-linux    riscv64  linux    built-in  stryke/target-elf
    wasm32-wasi      wasm32   wasi     absent    s target add PATH|URL
    x86_64-darwin    x86_64   darwin   absent    s target add PATH|URL
    x86_64-linux     x86_64   linux    built-in  stryke/target-elf
    x86_64-windows   x86_64   windows  absent    s target add PATH|URL
    ");
    let answer = sandbox.run(&["target", "list", "--json"]).json();
    assert_eq!(answer["targets"][3]["triple"], "riscv64-linux");
    assert_eq!(answer["targets"][3]["pack"], "built-in");
    let absent = &answer["targets"][0];
    assert_eq!((&absent["pack"], &absent["get"]), (&"absent".into(), &"s target add PATH|URL".into()));
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
    hint: all that are known: s target list
    ");
    // One that is known and not here: what is missing is one command.
    insta::assert_snapshot!(sandbox.run(&["target", "info", "x86_64-pc-windows-gnu"]).text(), @"
    status 0
    --- stdout
    x86_64-windows
    machine      x86_64
    system       windows
    pack         absent: s target add PATH|URL
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
    hint: s target add PATH|URL
    ");
    let removed = sandbox.run(&["target", "remove", "x86_64-linux"]);
    assert_eq!(removed.status, Some(2), "{removed:?}");
    let removed = sandbox.run(&["target", "remove", "stryke/target-elf"]);
    assert!(removed.stderr.starts_with("error[S-5133]"), "{removed:?}");
}

#[test]
fn a_pack_comes_and_goes_as_any_plugin_and_nothing_else_comes_this_way() {
    let sandbox = project();
    let pack = haiku();
    put(&sandbox, "haiku.wasm", &pack);
    let refused = sandbox.run(&["target", "add", "haiku.wasm"]);
    assert!(refused.status == Some(5) && refused.stderr.contains("S-5022"), "{refused:?}");
    let add = ["target", "add", "haiku.wasm", "--allow", "--integrity", &digest(&pack)];
    let added = sandbox.run(&add);
    assert_eq!(added.status, Some(0), "{added:?}");
    assert!(added.stderr.contains("Added acme/haiku 1.2.3 for this project"), "{added:?}");
    assert!(added.stderr.contains("x86_64-haiku"), "{added:?}");
    let list = sandbox.run(&["target", "list"]).stdout;
    assert!(
        list.contains("x86_64-haiku     x86_64   unknown  installed  acme/haiku 1.2.3 (project)"),
        "{list}"
    );
    let info = sandbox.run(&["target", "info", "x86_64-haiku-gnu", "--json"]).json();
    assert_eq!((&info["pack"], &info["plugin"]), (&"installed".into(), &"acme/haiku".into()));
    let planned = sandbox.run(&[
        "plugin",
        "run",
        "acme/haiku",
        "target.plan-sysroot",
        "{\"triple\": \"x86_64-haiku\", \"static-link\": true}",
        "--json",
    ]);
    assert!(planned.status == Some(0) && planned.stdout.contains("\"none\""), "{planned:?}");

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
