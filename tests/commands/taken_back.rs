//! A registry that does not say any more what it said before: that is an error with both digests, and
//! nothing has changed. What may come and go is none.

use std::fs;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::SeqCst};

use s_kit::{Answer, Server};
use serde_json::json;

use crate::lying::{INDEX, Lie, Scene};
use crate::market::Market;

const CODE: &str = "S-4076";

/// The same with something else in the first place where that is.
fn replaced(bytes: &[u8], from: &str, to: &str) -> Answer {
    let text = String::from_utf8_lossy(bytes);
    assert!(text.contains(from), "`{from}` is in {text}");
    Answer::ok(text.replacen(from, to, 1))
}

/// What takes something back, and the words that say what it was.
const TAKEN_BACK: &[(&str, Lie, &[&str])] = &[
    (
        "a version is gone",
        (INDEX, |bytes| {
            let text = String::from_utf8_lossy(&bytes);
            Answer::ok(text.lines().filter(|line| !line.contains("1.1.0")).collect::<String>())
        }),
        &["`1.1.0` was listed with sha256-", "and is gone"],
    ),
    (
        "an archive is another one",
        (INDEX, |bytes| {
            let text = String::from_utf8_lossy(&bytes);
            let digest = text.split("sha256-").nth(1).expect("it has one");
            replaced(&bytes, &digest[..64], &"ab".repeat(32))
        }),
        &["`1.0.0` was listed with sha256-", "now with sha256-abababab"],
    ),
    (
        "a version needs something else",
        (INDEX, |bytes| replaced(&bytes, "\"deps\":[]", "\"deps\":[{\"name\":\"evil\",\"req\":\"^1\"}]")),
        &["what `1.0.0` needs and offers was listed with the digest sha256-"],
    ),
    (
        "a version is older than it was",
        (INDEX, |bytes| replaced(&bytes, "\"pubtime\":\"20", "\"pubtime\":\"19")),
        &["what `1.0.0` needs and offers was listed with the digest sha256-"],
    ),
    (
        "a package is gone",
        (INDEX, |_| Answer::status(404)),
        &["`1.0.0` was listed with", "`1.1.0` was listed"],
    ),
    (
        "a version is there twice",
        (INDEX, |bytes| {
            let text = String::from_utf8_lossy(&bytes).into_owned();
            let other = text
                .lines()
                .next()
                .expect("it has lines")
                .replace("\"deps\":[]", "\"deps\":[{\"name\":\"evil\",\"req\":\"1\"}]");
            Answer::ok(format!("{text}{other}\n"))
        }),
        &["`1.0.0` is listed twice"],
    ),
];

/// What may come and go.
const ALLOWED: &[Lie] = &[
    (INDEX, |bytes| replaced(&bytes, "\"yanked\":false", "\"yanked\":true,\"yank_reason\":\"loses digits\"")),
    (INDEX, |bytes| replaced(&bytes, "\"yanked\":false", "\"yanked\":false,\"deprecated\":\"use text\"")),
    (INDEX, |bytes| {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let newer = text.lines().next().expect("it has lines").replace("1.0.0", "1.2.0");
        Answer::ok(format!("{newer}\n{text}"))
    }),
];

#[test]
fn what_a_registry_said_it_cannot_take_back() {
    let scene = Scene::new();
    let known = scene.run(&["install"]);
    assert_eq!(known.status, Some(0), "{}", known.text());
    // Neither the lock nor what is kept for a while has a part in it.
    scene.begin();
    fs::remove_dir_all(scene.sandbox.home().join("index")).expect("it was made");
    for (what, lie, words) in TAKEN_BACK {
        scene.lie(Some(*lie));
        let before = scene.state();
        for args in [&["install"][..], &["lock"], &["add", "json@1.0"], &["info", "json"]] {
            let outcome = scene.run(args);
            let text = outcome.text().replace("\n        ", " ");
            assert_eq!(outcome.status, Some(5), "{what} {args:?}\n{text}");
            for word in [CODE, "`own` does not say any more what it said of `json`"].iter().chain(*words) {
                assert!(text.contains(word), "{what} {args:?}: `{word}` is missing\n{text}");
            }
            assert_eq!(scene.state(), before, "{what} {args:?}\n{text}");
        }
    }
    // Whoever knows that it was made anew says so.
    let known = scene.run(&["registry", "trust", "own", "--json"]).json();
    assert_eq!(known["packages"], json!(1));
    scene.lie(Some(TAKEN_BACK[0].1));
    let forgotten = scene.run(&["registry", "trust", "own", "--forget"]);
    assert_eq!(forgotten.status, Some(0), "{}", forgotten.text());
    let outcome = scene.run(&["lock", "--refresh"]);
    assert_eq!(outcome.status, Some(0), "{}", outcome.text());
    for lie in ALLOWED {
        scene.begin();
        scene.lie(Some(*lie));
        let outcome = scene.run(&["lock", "--refresh"]);
        assert_eq!(outcome.status, Some(0), "{}", outcome.text());
        scene.lie(None);
        // A version that was listed a moment ago is one that was listed.
        let outcome = scene.run(&["lock", "--refresh"]);
        assert_eq!(outcome.status == Some(5), outcome.text().contains("`1.2.0`"), "{}", outcome.text());
    }
}

/// A registry of files behind a server, with a mirror that was copied from it.
struct Shop {
    market: Market,
    server: Server,
    is_down: Arc<AtomicBool>,
}

impl Shop {
    fn new() -> Shop {
        let mut market = Market::new();
        market.publish("json", "1.0.0", &[]);
        let (root, is_down) = (market.sandbox.work(), Arc::new(AtomicBool::new(false)));
        let down = Arc::clone(&is_down);
        let server = Server::start(move |request| {
            if request.path().starts_with("/market") && down.load(SeqCst) {
                return Answer::hang_up();
            }
            match fs::read(root.join(request.path().trim_start_matches('/'))) {
                Ok(bytes) => Answer::ok(bytes),
                Err(_) => Answer::status(404),
            }
        });
        let text = format!(
            "[deps]\njson = \"^1\"\n\n[registries.market]\nurl = \"{}\"\nmirrors = [\"{}\"]\n",
            server.url("/market"),
            server.url("/copy")
        );
        market.sandbox.write("shop/stryke.toml", &text);
        Shop { market, server, is_down }
    }

    fn copy(&self, from: &str, to: &str) {
        let work = self.market.sandbox.work();
        let _ = fs::remove_dir_all(work.join(to));
        let copied =
            std::process::Command::new("cp").arg("-r").args([work.join(from), work.join(to)]).status();
        assert!(copied.expect("it is there").success());
    }
}

#[test]
fn a_registry_of_files_cannot_take_anything_back_either() {
    let mut shop = Shop::new();
    shop.copy("market", "copy");
    shop.market.publish("json", "1.1.0", &[]);
    shop.copy("market", "before");
    shop.market.done(&["install"]);
    // Turned back to what it was.
    shop.copy("copy", "market");
    let text = shop.market.refused(&["update"], 5, CODE);
    assert!(text.contains("`1.1.0` was listed with sha256-"), "{text}");
    // Other bytes under the same number, and another need.
    shop.copy("before", "market");
    shop.market.sandbox.write("sources/json-1.1.0/lib/more.stk", "# more\n");
    shop.market.publish("json", "1.1.0", &[]);
    let text = shop.market.refused(&["update"], 5, CODE);
    assert!(text.contains("as its source, now with sha256-"), "{text}");
    fs::remove_file(shop.market.sandbox.work().join("sources/json-1.1.0/lib/more.stk")).unwrap();
    shop.market.publish("json", "1.1.0", &[("text", "^1")]);
    let text = shop.market.refused(&["update"], 5, CODE);
    assert!(text.contains("needs and offers"), "{text}");
    // A yank is none of that.
    shop.market.publish_as("json", "1.1.0", &[], &json!({ "yanked": "loses digits" }));
    shop.market.done(&["update"]);
    assert!(shop.server.request_count() > 0);
}

#[test]
fn a_mirror_may_be_behind_and_says_nothing_else() {
    let mut shop = Shop::new();
    shop.copy("market", "copy");
    shop.market.publish("json", "1.1.0", &[]);
    shop.market.done(&["install"]);
    shop.is_down.store(true, SeqCst);
    // What is locked is not there, so that the older one is taken.
    let behind = shop.market.run(&["update"]);
    assert_eq!(behind.status, Some(0), "{}", behind.text());
    assert!(behind.text().contains("may not know the newest versions"), "{}", behind.text());
    let index = shop.market.sandbox.work().join("copy/packages/json/1.0.0/release.json");
    let text = fs::read_to_string(&index).unwrap();
    let digest = text.split("sha256:").nth(1).unwrap()[..64].to_owned();
    fs::write(&index, text.replace(&digest, &"cd".repeat(32))).unwrap();
    let text = shop.market.refused(&["update"], 5, CODE);
    assert!(text.contains("now with sha256-cdcdcd"), "{text}");
}
