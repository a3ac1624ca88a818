//! Answers of registries that are young: who is content with them, who asks anyway, and that no error
//! comes from one.

use std::fs;

use s_kit::{Answer, Server};

use crate::market::Market;

/// A project with a registry behind a server, which counts what it is asked.
struct Shop {
    market: Market,
    server: Server,
}

impl Shop {
    fn with(packages: &[(&str, &str)]) -> Shop {
        let mut market = Market::new();
        for (name, version) in packages {
            market.publish(name, version, &[]);
        }
        let work = market.sandbox.work();
        let server =
            Server::start(move |request| match fs::read(work.join(request.path().trim_start_matches('/'))) {
                Ok(bytes) => Answer::ok(bytes),
                Err(_) => Answer::status(404),
            });
        Shop { market, server }
    }

    /// Writes the manifest: what `[resolver]` says, and the dependencies.
    fn project(&mut self, resolver: &str, dependencies: &str) {
        self.market.project(&format!("[resolver]\n{resolver}\n[deps]\n{dependencies}"));
        let text = self.market.manifest().replace("../market", &self.server.url("/market"));
        fs::write(self.market.sandbox.work().join("shop/stryke.toml"), text).unwrap();
    }

    /// Runs what has to succeed; the packages whose index was asked for.
    fn asked(&self, args: &[&str]) -> Vec<String> {
        let before = self.server.received().len();
        self.market.done(args);
        self.asked_since(before)
    }

    fn asked_since(&self, before: usize) -> Vec<String> {
        let index = |path: &str| {
            let name = path.strip_prefix("/market/packages/")?.strip_suffix("/index.json")?;
            Some(name.to_owned())
        };
        let received = self.server.received();
        let mut asked: Vec<String> =
            received[before..].iter().filter_map(|request| index(request.path())).collect();
        asked.sort();
        asked
    }

    /// The locked version of a package.
    fn locked(&self, name: &str) -> String {
        let lock = self.market.lock().unwrap();
        let version = lock.split(&format!("name = \"{name}\"\nversion = \"")).nth(1).unwrap();
        version.split('"').next().unwrap().to_owned()
    }
}

const NOBODY: [&str; 0] = [];

#[test]
fn a_lock_is_made_again_without_asking_what_was_asked_a_moment_ago() {
    let mut shop = Shop::with(&[("a", "1.0.0"), ("b", "1.0.0"), ("c", "1.0.0")]);
    shop.project("", "a = \"^1\"\nb = \"^1\"\n");
    assert_eq!(shop.asked(&["install"]), ["a", "b"]);
    shop.project("", "a = \">=1\"\nb = \"^1\"\n");
    let before = shop.server.received().len();
    shop.market.done(&["lock"]);
    assert_eq!(shop.server.received().len(), before, "nobody is asked for anything");
    // What is added is asked for, whoever knew it already.
    assert_eq!(shop.asked(&["add", "c"]), ["c"]);
    assert_eq!(shop.asked(&["remove", "c"]), NOBODY);
    assert_eq!(shop.asked(&["add", "c"]), ["c"]);
    // Whoever wants to know what is new asks.
    assert_eq!(shop.asked(&["outdated"]), ["a", "b", "c"]);
    assert_eq!(shop.asked(&["update"]), ["a", "b", "c"]);
    assert_eq!(shop.asked(&["update", "b"]), ["b"]);
    // What is in the lock is asked for as well: it might stay.
    shop.project("", "a = \"^1\"\nb = \">=1\"\n");
    assert_eq!(shop.asked(&["lock", "--refresh"]), ["a", "b", "c"]);
    // A project can be content with less, and with nothing.
    shop.project("index-max-age = \"0\"", "b = \"^1\"\n");
    assert_eq!(shop.asked(&["lock"]), ["a", "b"]);
    shop.project("index-max-age = \"1d\"", "b = \">=1\"\n");
    assert_eq!(shop.asked(&["lock"]), NOBODY);
}

#[test]
fn how_old_answers_may_be_is_nothing_that_a_lock_depends_on() {
    let mut shop = Shop::with(&[("a", "1.0.0")]);
    shop.project("", "a = \"^1\"\n");
    shop.market.done(&["install"]);
    shop.project("index-max-age = \"0\"", "a = \"^1\"\n");
    shop.market.done(&["install", "--locked"]);
}

#[test]
fn no_error_is_told_before_everybody_was_asked() {
    let mut shop = Shop::with(&[("a", "1.0.0"), ("b", "1.0.0")]);
    shop.project("", "a = \"^1\"\nb = \"^1\"\n");
    shop.market.done(&["install"]);
    // A version that was published since, and that only its own number asks for.
    shop.market.publish("a", "1.1.0", &[]);
    shop.project("", "a = \"^1\"\nb = \">=1\"\n");
    assert_eq!(shop.asked(&["lock"]), NOBODY);
    assert_eq!(shop.locked("a"), "1.0.0");
    shop.project("", "a = \"^1.1\"\nb = \"^1\"\n");
    assert_eq!(shop.asked(&["lock"]), ["a", "b"]);
    assert_eq!(shop.locked("a"), "1.1.0");
    // One that there is not: asked once more, and told.
    shop.project("", "a = \"^3\"\nb = \"^1\"\n");
    let before = shop.server.received().len();
    shop.market.refused(&["lock"], 4, "S-2001");
    assert_eq!(shop.asked_since(before), ["a", "b"]);
    // A package that was listed and is gone was taken back.
    fs::remove_dir_all(shop.market.root.join("packages/b")).unwrap();
    shop.project("", "a = \"^1\"\nb = \"^3\"\n");
    shop.market.refused(&["lock"], 5, "S-4076");
}

#[test]
fn a_young_answer_never_brings_other_bytes() {
    let mut shop = Shop::with(&[("a", "1.0.0"), ("b", "1.0.0")]);
    shop.project("", "a = \"^1\"\n");
    shop.market.done(&["install"]);
    // The version is replaced on the server, archive and all.
    shop.market.sandbox.write("sources/a-1.0.0/lib/evil.stk", "# evil\n");
    shop.market.publish("a", "1.0.0", &[]);
    shop.project("", "a = \">=1\"\n");
    let locked = shop.market.lock();
    shop.market.done(&["lock"]);
    let digest = |lock: Option<String>| lock.unwrap().split("integrity").nth(1).unwrap()[..80].to_owned();
    assert_eq!(digest(shop.market.lock()), digest(locked), "what was locked stays");
    fs::remove_dir_all(shop.market.sandbox.home().join("store")).unwrap();
    fs::remove_dir_all(shop.market.sandbox.home().join("cache")).unwrap();
    shop.market.refused(&["install"], 1, "S-4064");
    shop.project("", "a = \"^1\"\n");
    shop.market.refused(&["lock", "--refresh"], 5, "S-4076");
    // Whoever heard nothing before has the lock.
    fs::remove_dir_all(shop.market.sandbox.home().join("trust")).unwrap();
    shop.market.refused(&["lock", "--refresh"], 5, "S-3013");
}

#[test]
fn answers_that_cannot_be_read_are_asked_for_again() {
    let mut shop = Shop::with(&[("a", "1.0.0")]);
    shop.project("", "a = \"^1\"\n");
    shop.market.done(&["install"]);
    let folder = shop.market.sandbox.home().join("index/listings");
    let kept: Vec<_> = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    let [kept] = kept.as_slice() else { panic!("one registry has one file: {kept:?}") };
    let whole = fs::read(kept).unwrap();
    for (at, requirement) in [(0, ">=1"), (20, "^1"), (whole.len() - 1, ">=1.0")] {
        let mut damaged = whole.clone();
        damaged[at] ^= 1;
        fs::write(kept, &damaged).unwrap();
        shop.project("", &format!("a = \"{requirement}\"\n"));
        assert_eq!(shop.asked(&["lock"]), ["a"], "byte {at}");
    }
}

#[test]
fn only_what_the_versions_that_will_do_need_is_asked_for() {
    let mut shop = Shop::with(&[("d", "1.0.0"), ("z", "1.0.0")]);
    for (name, version, needs) in [
        ("c", "1.0.0", "d"),
        ("b", "1.0.0", "c"),
        ("b", "2.0.0", "z"),
        ("a", "1.0.0", "b"),
        ("a", "2.0.0", "z"),
    ] {
        shop.market.publish(name, version, &[(needs, "^1")]);
    }
    // The newest of `a` and `b` will not do, so that nobody needs `z`.
    shop.project("", "a = \"^1\"\n");
    assert_eq!(shop.asked(&["lock"]), ["a", "b", "c", "d"]);
    // A version that stays is looked at before a newer one.
    shop.market.publish("c", "1.1.0", &[("z", "^1")]);
    shop.project("", "a = \">=1.0, <2\"\n");
    assert_eq!(shop.asked(&["lock", "--refresh"]), ["a", "b", "c", "d"]);
    assert_eq!(shop.asked(&["update"]), ["a", "b", "c", "z"]);
}

#[test]
fn s20_offline_what_was_said_before_counts_however_old_it_is() {
    let mut shop = Shop::with(&[("json", "1.0.0"), ("text", "2.0.0")]);
    shop.project("index-max-age = \"0\"", "json = \"1\"");
    shop.market.done(&["install"]);
    let locked = shop.market.lock().unwrap();
    fs::remove_file(shop.market.sandbox.work().join("shop/stryke.lock")).unwrap();
    // A newer one is known of, and not here.
    shop.market.publish("json", "1.1.0", &[]);
    shop.market.done(&["info", "json"]);
    let before = shop.server.received().len();
    shop.market.done(&["install", "--offline"]);
    assert_eq!(shop.market.lock().unwrap(), locked, "what is here will do");
    shop.project("index-max-age = \"0\"", "json = \"^1\"");
    shop.market.done(&["lock", "--offline"]);
    assert_eq!(shop.locked("json"), "1.0.0");
    shop.market.done(&["remove", "json", "--offline"]);
    shop.market.done(&["add", "json", "--offline"]);
    assert_eq!(shop.locked("json"), "1.0.0");
    shop.project("", "json = \"1.1\"\ntext = \"2\"\nyaml = \"3\"");
    let text = shop.market.refused(&["lock", "--offline"], 6, "S-4053");
    assert!(text.contains("`text`") && text.contains("`yaml`") && !text.contains("`json`"), "{text}");
    assert_eq!(shop.server.received().len(), before, "nobody was asked");
    shop.project("", "json = \"1.1\"");
    let outcome = shop.market.run(&["install", "--offline"]);
    assert_ne!(outcome.status, Some(0), "{outcome:?}");
}
