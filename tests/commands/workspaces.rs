//! Workspaces: several packages with one lock, and what they inherit.

use std::fs;

use crate::market::{Market, names};

/// A workspace `shop` with the members `api`, `core` and `tool`.
fn workspace() -> Market {
    let mut market = Market::new();
    market.publish("text", "0.4.1", &[]);
    market.publish("json", "1.4.0", &[("text", "^0.4")]);
    market.sandbox.write(
        "shop/stryke.toml",
        r#"[workspace]
members = ["crates/*"]
exclude = ["crates/old"]

[workspace.package]
version = "3.1.0"
license = "MIT"

[workspace.deps]
json = "1"
core = { version = "3.0", path = "crates/core" }

[registries.market]
url = "../market"
"#,
    );
    let member = |name: &str, rest: &str| {
        let text = format!("[package]\nname = \"{name}\"\nversion.workspace = true\n\n{rest}");
        market.sandbox.write(&format!("shop/crates/{name}/stryke.toml"), &text);
        market.sandbox.write(&format!("shop/crates/{name}/lib/{name}.stk"), "1;\n");
    };
    member("api", "[deps]\ncore.workspace = true\njson.workspace = true\n");
    member("core", "[deps]\n");
    member("tool", "[dev-deps]\njson = { workspace = true }\n");
    member("old", "[deps]\nnowhere = \"9\"\n");
    market
}

#[test]
fn s25_members_share_one_lock_at_the_root() {
    let market = workspace();
    let installed = market.run_in("shop/crates/api", &["install", "--json"]);
    assert_eq!(installed.status, Some(0), "{}", installed.text());
    let lock = market.lock().unwrap();
    assert!(lock.contains("name = \"json\"\nversion = \"1.4.0\""), "{lock}");
    assert!(lock.contains("name = \"core\"\nversion = \"3.1.0\"\nsource = \"path+crates/core\""), "{lock}");
    assert_eq!(names(&market.sandbox.work().join("shop/crates/api")), ["lib", "stryke.toml"]);
    // From the root and from every member it is the same project.
    for folder in ["shop", "shop/crates/tool", "shop/crates/core/lib"] {
        let again = market.run_in(folder, &["install", "--frozen", "--json"]);
        assert_eq!(again.status, Some(0), "{folder}\n{}", again.text());
        assert_eq!(again.json()["packages"], 3, "{folder}");
    }
    assert_eq!(market.lock().unwrap(), lock);
    // A folder that is excluded stands alone.
    let old = market.run_in("shop/crates/old", &["lock"]);
    assert_ne!(old.status, Some(0), "{}", old.text());
}

#[test]
fn s25_the_tree_is_that_of_the_member_or_of_all() {
    let market = workspace();
    market.done(&["lock"]);
    let all = market.answer(&["tree"]);
    assert_eq!(
        all.stdout,
        "api 3.1.0\n├── core 3.1.0 (crates/core)\n└── json 1.4.0\n    └── text 0.4.1\n\n\
         core 3.1.0\n\n\
         tool 3.1.0\n[dev-deps]\n└── json 1.4.0 (*)\n"
    );
    let one = market.run_in("shop/crates/tool", &["tree"]);
    assert_eq!(one.stdout, "tool 3.1.0\n[dev-deps]\n└── json 1.4.0\n    └── text 0.4.1\n");
    let named = market.answer(&["tree", "-p", "core", "--json"]).json();
    assert_eq!(named["members"].as_array().unwrap().len(), 1);
    let why = market.answer(&["why", "text"]);
    assert_eq!(
        why.stdout,
        "api [deps] → json 1.4.0 → text 0.4.1\ntool [dev-deps] → json 1.4.0 → text 0.4.1\n"
    );
}

#[test]
fn s25_add_and_remove_are_about_one_member() {
    let market = workspace();
    let manifest = |name: &str| {
        fs::read_to_string(market.sandbox.work().join(format!("shop/crates/{name}/stryke.toml"))).unwrap()
    };
    let before = manifest("core");
    let text = market.refused(&["add", "text"], 2, "S-3017");
    assert!(text.contains("`api`, `core`, `tool`"), "{text}");
    market.done(&["add", "text", "-p", "core"]);
    assert_eq!(manifest("core"), format!("{before}text = \"^0.4.1\"\n"));
    assert!(market.lock().unwrap().contains("name = \"text\""));
    let removed = market.run_in("shop/crates/core", &["remove", "text"]);
    assert_eq!(removed.status, Some(0), "{}", removed.text());
    assert_eq!(manifest("core"), before);
    let added = market.run_in("shop/crates/core", &["add", "../tool"]);
    assert_eq!(added.status, Some(0), "{}", added.text());
    assert!(manifest("core").contains("tool = { path = \"../tool\" }"), "{}", manifest("core"));
    let text = market.refused(&["add", "text", "-p", "cor"], 2, "S-3017");
    assert!(text.contains("did you mean `core`?"), "{text}");
}

#[test]
fn s25_what_is_packed_stands_alone() {
    let market = workspace();
    let packed = market.answer(&["pack", "-p", "api", "--json"]).json();
    assert_eq!(packed["version"], "3.1.0");
    let archive = fs::read(packed["file"].as_str().unwrap().replace("[sandbox]", &root(&market))).unwrap();
    let unpacked = market.sandbox.work().join("unpacked");
    let summary = s_store::archive::unpack(
        archive.as_slice(),
        "api-3.1.0",
        &unpacked,
        &s_store::archive::ArchiveLimits::default(),
    )
    .unwrap();
    let manifest = String::from_utf8(summary.manifest.unwrap()).unwrap();
    assert!(manifest.contains("version = \"3.1.0\""), "{manifest}");
    assert!(manifest.contains("json = \"1\""), "{manifest}");
    assert!(!manifest.contains("workspace"), "{manifest}");
    // The same bytes from the folder of the member.
    let again = market.run_in("shop/crates/api", &["pack", "--json"]).json();
    assert_eq!(again["integrity"], packed["integrity"]);
}

fn root(market: &Market) -> String {
    market.sandbox.work().parent().unwrap().to_str().unwrap().to_owned()
}

#[test]
fn s25_a_change_in_any_member_makes_the_lock_stale() {
    let market = workspace();
    market.done(&["lock"]);
    market.sandbox.write(
        "shop/crates/tool/stryke.toml",
        "[package]\nname = \"tool\"\nversion = \"1.0.0\"\n\n[deps]\ntext = \"0.4\"\n",
    );
    let _ = market.refused(&["install", "--locked"], 3, "S-3012");
    market.done(&["install"]);
}

#[test]
fn s25_mistakes_say_where_they_are() {
    let market = workspace();
    let member = |text: &str| market.sandbox.write("shop/crates/tool/stryke.toml", text);
    for (text, code, said) in [
        ("[package]\nname = \"core\"\n", "S-3017", "two members of the workspace are called `core`"),
        (
            "[package]\nname = \"tool\"\nedition.workspace = true\n",
            "S-3003",
            "`[workspace.package]` has no `edition`",
        ),
        ("[deps]\njsn.workspace = true\n", "S-3003", "did you mean `json`?"),
        ("[deps\n", "S-3001", "crates/tool/stryke.toml"),
    ] {
        member(text);
        let outcome = market.run(&["lock"]);
        assert_ne!(outcome.status, Some(0), "{text}");
        assert!(outcome.stderr.contains(code) && outcome.stderr.contains(said), "{text}\n{}", outcome.text());
        assert!(market.lock().is_none());
    }
    member("[package]\nname = \"tool\"\n\n[registries.other]\nurl = \"../x\"\n");
    let warned = market.answer(&["lock"]);
    assert!(
        warned.stderr.contains("`[registries]` in `crates/tool/stryke.toml` has no effect"),
        "{}",
        warned.stderr
    );
    let root = market.manifest().replace("\"crates/*\"", "\"crates/*\", \"tools\"");
    market.sandbox.write("shop/stryke.toml", &root);
    let _ = market.refused(&["install"], 1, "`workspace.members` names `tools`, which is no package");
}

#[test]
fn a_conflict_points_into_the_member_it_comes_from() {
    let market = workspace();
    market
        .sandbox
        .write("shop/crates/tool/stryke.toml", "[package]\nname = \"tool\"\n\n[deps]\njson = \"<1\"\n");
    let outcome = market.run(&["lock"]);
    assert_eq!(outcome.status, Some(4), "{}", outcome.text());
    assert!(outcome.stderr.contains("crates/tool/stryke.toml:5"), "{}", outcome.stderr);
}
