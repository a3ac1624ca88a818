//! Packages out of repositories, with the git of the machine.

#![cfg(unix)]

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use crate::market::{Market, names};

/// A project beside a repository `edge`, which has the package `edge` at its top and `core` below.
pub(crate) struct Scene {
    pub(crate) market: Market,
    edge: PathBuf,
}

impl Scene {
    pub(crate) fn new() -> Scene {
        let mut market = Market::new();
        market.sandbox = market.sandbox.env("PATH", &std::env::var("PATH").unwrap());
        let edge = market.sandbox.work().join("edge");
        let scene = Scene { market, edge };
        fs::create_dir_all(&scene.edge).unwrap();
        scene.git(&["init", "-q", "-b", "main"]);
        scene.commit("1.0.0");
        scene.git(&["tag", "v1.0.0"]);
        scene
    }

    fn git(&self, args: &[&str]) -> String {
        let output = Command::new("git")
            .args(["-c", "user.name=t", "-c", "user.email=t@example.com", "-c", "commit.gpgsign=false"])
            .args(args)
            .current_dir(&self.edge)
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .output()
            .unwrap();
        assert!(output.status.success(), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    }

    /// Commits both packages with a version and returns the commit.
    pub(crate) fn commit(&self, version: &str) -> String {
        let write = |path: &str, text: &str| {
            let path = self.edge.join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        };
        write(
            "stryke.toml",
            &format!(
                "[package]\nname = \"edge\"\nversion = \"{version}\"\n\n[deps]\ncore = {{ path = \"parts/core\" }}\n"
            ),
        );
        write("lib/edge.stk", &format!("# {version}\n"));
        write("parts/core/stryke.toml", &format!("[package]\nname = \"core\"\nversion = \"{version}\"\n"));
        write("parts/core/lib/core.stk", "1;\n");
        self.git(&["add", "."]);
        self.git(&["commit", "-qm", version]);
        self.git(&["rev-parse", "HEAD"])
    }

    pub(crate) fn url(&self) -> String {
        format!("file://{}", self.edge.display())
    }

    /// The commit that the lock has for a package.
    fn locked(&self, name: &str) -> String {
        let lock = self.market.lock().unwrap();
        let entry =
            lock.split("[[package]]").find(|entry| entry.contains(&format!("name = \"{name}\""))).unwrap();
        let (_, rest) = entry.split_once('#').unwrap();
        rest.split('"').next().unwrap().to_owned()
    }
}

#[test]
fn s22_a_commit_is_locked_and_stays_until_it_is_updated() {
    let scene = Scene::new();
    let first = scene.git(&["rev-parse", "HEAD"]);
    let market = &scene.market;
    market.done(&["add", "edge", "--git", &scene.url(), "--branch", "main"]);
    assert!(market.manifest().contains("branch = \"main\""), "{}", market.manifest());
    let lock = market.lock().unwrap();
    assert!(lock.contains("reference = \"branch main\"\nintegrity = \"sha256-"), "{lock}");
    assert_eq!((scene.locked("edge"), scene.locked("core")), (first.clone(), first.clone()));
    let tree = market.answer(&["tree"]);
    assert!(
        tree.stdout.contains("edge 1.0.0") && tree.stdout.contains("    └── core 1.0.0"),
        "{}",
        tree.stdout
    );

    let second = scene.commit("1.1.0");
    market.done(&["install"]);
    market.done(&["lock"]);
    assert_eq!(scene.locked("edge"), first, "a branch that moved changes nothing by itself");
    market.done(&["update"]);
    assert_eq!((scene.locked("edge"), scene.locked("core")), (second.clone(), second));
    // Another reference is another question, whatever was locked.
    let manifest = market.manifest().replace("branch = \"main\"", "tag = \"v1.0.0\"");
    market.sandbox.write("shop/stryke.toml", &manifest);
    market.done(&["install"]);
    assert_eq!(scene.locked("edge"), first);
}

#[test]
fn s22_ranges_are_over_tags() {
    let scene = Scene::new();
    let second = scene.commit("1.4.0");
    scene.git(&["tag", "-am", "annotated", "1.4.0"]);
    scene.commit("2.0.0");
    scene.git(&["tag", "v2.0.0"]);
    scene.market.done(&["add", "edge@1", "--git", &scene.url()]);
    assert_eq!(scene.locked("edge"), second);
    assert!(scene.market.manifest().contains("version = \"1\""), "{}", scene.market.manifest());
    let text = scene.market.refused(&["add", "edge@7", "--git", &scene.url()], 1, "S-4071");
    assert!(text.contains("has no version `7`"), "{text}");
}

#[test]
fn outdated_tells_of_newer_tags() {
    let scene = Scene::new();
    let (market, url) = (&scene.market, scene.url());
    market.done(&["add", "edge@1", "--git", &url]);
    assert!(market.answer(&["outdated"]).stderr.contains("as new as it can be"));
    for (version, tag) in [("1.4.0", "v1.4.0"), ("2.0.0", "2.0.0"), ("3.0.0-rc.1", "v3.0.0-rc.1")] {
        scene.commit(version);
        scene.git(&["tag", tag]);
    }
    let row = |args: &[&str]| market.answer(args).json()["outdated"].clone();
    let expected = |compatible: &str| {
        serde_json::json!([{
            "name": "edge", "locked": "1.0.0", "compatible": compatible, "newest": "2.0.0", "yanked": null, "direct": true
        }])
    };
    // Offline the tags are those that were last seen, and that is said.
    let offline = market.answer(&["outdated", "--offline"]);
    for words in ["S-4053", "whether there are newer tags of `edge`", "without --offline"] {
        assert!(offline.stderr.contains(words), "`{words}` is missing: {}", offline.text());
    }
    assert!(!offline.stdout.contains("1.4.0"), "{}", offline.text());
    assert_eq!(row(&["outdated", "--json"]), expected("1.4.0"));
    market.done(&["update", "--dry-run"]);
    assert_eq!(row(&["outdated", "--json", "--offline"]), expected("1.4.0"));
    // What is pinned by a tag stays, and newer ones are told.
    let manifest = market.manifest().replace("version = \"1\"", "tag = \"v1.0.0\"");
    market.sandbox.write("shop/stryke.toml", &manifest);
    market.done(&["install"]);
    assert_eq!(row(&["outdated", "--json", "--all"]), expected("1.0.0"));
}

#[test]
fn s22_a_locked_commit_installs_elsewhere_and_offline() {
    let scene = Scene::new();
    let market = &scene.market;
    market.done(&["add", "edge", "--git", &scene.url(), "--tag", "v1.0.0"]);
    let folders = names(&market.sandbox.home().join("git"));
    let checkouts: Vec<&String> = folders.iter().filter(|name| *name != "db").collect();
    assert_eq!(checkouts.len(), 2, "{folders:?}");
    scene.commit("1.1.0");
    let install = |home: &str, more: &[&str]| {
        let args: Vec<&str> = ["install", "--locked", "--json"].iter().chain(more).copied().collect();
        let mut command = market.sandbox.command(&args);
        command
            .current_dir(market.sandbox.work().join("shop"))
            .env("STRYKE_HOME", market.sandbox.work().join(home));
        market.sandbox.outcome(&command.output().unwrap())
    };
    let offline = install("other", &["--offline"]);
    assert_eq!(offline.status, Some(6), "{}", offline.text());
    let there = install("other", &[]);
    assert_eq!(there.status, Some(0), "{}", there.text());
    assert_eq!(there.json()["store"]["unpacked"], 2);
    assert_eq!(install("other", &["--offline"]).json()["store"]["present"], 2);
    let digest =
        |home: PathBuf, name: &String| s_store::archive::tree_digest(&home.join("git").join(name)).unwrap();
    for name in checkouts {
        let other = market.sandbox.work().join("other");
        assert_eq!(digest(market.sandbox.home(), name), digest(other, name));
    }
    // Copied beside the project it needs neither.
    market.done(&["vendor"]);
    fs::remove_dir_all(&scene.edge).unwrap();
    let vendored = install("third", &["--offline"]);
    assert_eq!(vendored.status, Some(0), "{}", vendored.text());
}

#[test]
fn s20_offline_names_every_repository_that_is_missing() {
    let mut scene = Scene::new();
    let url = scene.url();
    let other = scene.market.sandbox.work().join("other");
    let market = &mut scene.market;
    let copied = Command::new("cp").args(["-r"]).args([&scene.edge, &other]).status().unwrap();
    assert!(copied.success());
    let other = format!("file://{}", other.display());
    let text = format!(
        "[deps]\nedge = {{ git = \"{url}\", tag = \"v1.0.0\" }}\ncore = {{ git = \"{other}\", tag = \"v1.0.0\" }}\n"
    );
    market.project(&text);
    // Neither where versions are chosen, nor where everything is locked.
    let text = market.refused(&["install", "--offline"], 6, "S-4053");
    assert!(text.contains("work/edge` is not") && text.contains("work/other` is not"), "{text}");
    market.project(&format!(
        "[deps]\nedge = {{ git = \"{url}\", tag = \"v1.0.0\" }}\n\n[groups.far]\nfar = {{ package = \"edge\", git = \"{other}\", tag = \"v1.0.0\" }}\n"
    ));
    market.done(&["install"]);
    fs::remove_dir_all(market.sandbox.home().join("git")).unwrap();
    let text = market.refused(&["install", "--offline"], 6, "S-4053");
    assert!(text.contains("4 packages are not on this machine"), "{text}");
    for name in ["edge@1.0.0", "core@1.0.0"] {
        assert_eq!(text.matches(&format!("{name} of file://")).count(), 2, "{text}");
    }
    for folder in ["work/edge", "work/other"] {
        assert_eq!(text.matches(folder).count(), 2, "{folder}: {text}");
    }
}

#[test]
fn a_lock_that_was_changed_is_noticed() {
    let scene = Scene::new();
    let market = &scene.market;
    market.done(&["add", "edge", "--git", &scene.url(), "--tag", "v1.0.0"]);
    let lock = market.lock().unwrap();
    let at = lock.find("integrity = \"sha256-").unwrap() + "integrity = \"sha256-".len();
    let mut forged = lock.clone();
    forged.replace_range(at..at + 8, "00000000");
    market.sandbox.write("shop/stryke.lock", &forged);
    let text = market.refused(&["install"], 5, "S-3013");
    assert!(text.contains("a commit never has other files"), "{text}");
    // What a package of a repository depends on comes from where that says.
    let parts: Vec<&str> = lock.split("[[package]]\n").collect();
    let [head, core, edge] = parts[..] else { panic!("{lock}") };
    let elsewhere = core.replace("work/edge#", "work/other#");
    let folder = "name = \"core\"\nversion = \"1.0.0\"\nsource = \"path+../edge/parts/core\"\n\n".to_owned();
    for forged in [elsewhere, folder] {
        assert_ne!(forged, core);
        let text = [head, &forged, edge].join("[[package]]\n");
        market.sandbox.write("shop/stryke.lock", &text);
        market.refused(&["install", "--frozen"], 5, "S-3016");
    }
    market.sandbox.write("shop/stryke.lock", &lock);
    market.done(&["install", "--frozen"]);
}

#[test]
fn checkouts_are_verified_repaired_and_cleared() {
    let scene = Scene::new();
    let market = &scene.market;
    market.done(&["add", "edge", "--git", &scene.url(), "--tag", "v1.0.0"]);
    let git = market.sandbox.home().join("git");
    let edge = names(&git).into_iter().find(|name| git.join(name).join("lib/edge.stk").exists()).unwrap();
    market.done(&["store", "verify"]);
    fs::write(git.join(&edge).join("lib/edge.stk"), "other\n").unwrap();
    let text = market.refused(&["store", "verify"], 5, "S-4068");
    assert!(text.contains(&edge), "{text}");
    market.done(&["store", "verify", "--repair"]);
    assert!(git.join(&edge).exists(), "a project needs it");
    market.done(&["store", "verify"]);
    market.done(&["store", "gc"]);
    assert!(git.join(&edge).exists(), "the lock needs it");
    market.done(&["remove", "edge"]);
    market.done(&["store", "gc"]);
    assert!(!git.join(&edge).exists());
}

#[test]
fn what_is_wrong_with_a_repository_is_said_with_its_place() {
    let scene = Scene::new();
    let url = scene.url();
    let market = &scene.market;
    for (entry, status, code, said) in [
        (format!("edge = {{ git = \"{url}\", tag = \"v1.0.9\" }}"), 1, "S-4071", "there is `v1.0.0`"),
        (
            format!("edge = {{ git = \"{url}\", rev = \"0123456789\" }}"),
            1,
            "S-4071",
            "has no commit `0123456789`",
        ),
        (format!("egde = {{ git = \"{url}\" }}"), 1, "S-4071", "`edge` in `.`"),
        (format!("edge = {{ git = \"{url}-not\" }}"), 9, "S-4055", "could not be fetched"),
        ("edge = { git = \"ext::sh -c id\" }".to_owned(), 2, "S-4071", "cannot be the address"),
        ("edge = { git = \"http://git.example/x\" }".to_owned(), 2, "S-4071", "cannot be the address"),
        ("edge = { git = \"--upload-pack=id\" }".to_owned(), 2, "S-4071", "cannot be the address"),
    ] {
        market.sandbox.write("shop/stryke.toml", &format!("[deps]\n{entry}\n"));
        let text = market.refused(&["lock"], status, code);
        assert!(text.contains(said), "{entry}\n{text}");
        assert!(text.contains("stryke.toml:2"), "{entry}\n{text}");
    }
    let mut without = market.sandbox.command(&["lock"]);
    market.sandbox.write("shop/stryke.toml", &format!("[deps]\nedge = {{ git = \"{url}\" }}\n"));
    let output =
        without.env("PATH", "/nowhere").current_dir(market.sandbox.work().join("shop")).output().unwrap();
    let text = market.sandbox.outcome(&output).text();
    assert!(text.contains("there is no program `git`"), "{text}");
}
