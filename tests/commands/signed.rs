//! A registry that signs its state: what is not signed, older, too old, split, or of another state is
//! refused, and nothing has changed.

#![expect(clippy::unwrap_used, reason = "a test fails where something is missing")]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use s_kit::{Answer, BucketServer, Server};
use s_note::{Checkpoint, KeySet, Note, SecretKey};
use serde_json::Value;

use crate::served::{Publisher, Served, run_as};
use crate::support::{Outcome, Sandbox, temporaries_below};

const CHECKPOINT: &str = "/checkpoint";
const INDEX: &str = "/index/js/on/json";
const DAY_S: u64 = 24 * 3600;

/// What is done to an address; everything else is answered as it should be.
type Lie = (&'static str, fn(&Forger, Vec<u8>) -> Answer);

/// Whoever has stolen the key of the registry, and has one of their own.
struct Forger {
    stolen: SecretKey,
    own: SecretKey,
}

impl Forger {
    fn read(bytes: &[u8]) -> Checkpoint {
        Checkpoint::of(&std::str::from_utf8(bytes).unwrap().parse().unwrap()).unwrap()
    }

    /// The state, changed and signed with the key of the registry.
    fn changed(&self, bytes: &[u8], change: impl FnOnce(&mut Checkpoint)) -> Answer {
        let mut checkpoint = Forger::read(bytes);
        change(&mut checkpoint);
        Answer::ok(Note::sign(&checkpoint.text(), &[&self.stolen]).unwrap().to_string())
    }

    /// Keys after the first ones: the forger's, signed by some.
    fn keys(&self, number: u64, signers: &[&SecretKey]) -> Answer {
        let keys = KeySet {
            id: self.own.name().to_owned(),
            number,
            expires_unix: u64::from(u32::MAX),
            threshold: 1,
            keys: vec![self.own.public()],
        };
        Answer::ok(keys.sign(signers).unwrap().to_string())
    }
}

/// The export of a registry behind a web server, which lies where it is told to, and a project.
struct Scene {
    publisher: Publisher,
    server: Server,
    /// The folder that is served.
    root: Arc<Mutex<PathBuf>>,
    lies: Arc<Mutex<Vec<Lie>>>,
}

impl Scene {
    fn new() -> Scene {
        let publisher = Publisher::new();
        for version in ["1.0.0", "1.1.0"] {
            publish(&publisher, "json", version);
        }
        let root = Arc::new(Mutex::new(publisher.sandbox.work().join("public")));
        export(&publisher.sandbox, "packages", "public");
        let forger = forger(&publisher.sandbox, "packages");
        let lies = Arc::new(Mutex::new(Vec::<Lie>::new()));
        let (served, told) = (root.clone(), lies.clone());
        let server = Server::start(move |request| {
            let folder = served.lock().unwrap().clone();
            let read = fs::read(folder.join(request.path().trim_start_matches('/')));
            let lie = told.lock().unwrap().iter().find(|(part, _)| request.path().starts_with(part)).copied();
            match (read, lie) {
                (read, Some((_, lie))) => lie(&forger, read.unwrap_or_default()),
                (Ok(bytes), None) => Answer::ok(bytes),
                (Err(_), None) => Answer::status(404),
            }
        });
        let scene = Scene { publisher, server, root, lies };
        scene.project(&scene.server.origin(), "");
        scene
    }

    fn sandbox(&self) -> &Sandbox {
        &self.publisher.sandbox
    }

    fn project(&self, url: &str, rest: &str) {
        let text = format!(
            "[package]\nname = \"shop\"\nversion = \"7.0.0\"\n\n[deps]\njson = \"^1.0\"\n\n\
             [registries.own]\nurl = \"{url}\"\nplugin = \"stryke/registry-stryke\"\n\n{rest}"
        );
        self.sandbox().write("shop/stryke.toml", &text);
    }

    fn lie(&self, lies: &[Lie]) {
        *self.lies.lock().unwrap() = lies.to_vec();
    }

    fn run(&self, args: &[&str]) -> Outcome {
        let mut command = self.sandbox().command(args);
        command.current_dir(self.sandbox().work().join("shop"));
        self.sandbox().outcome(&command.output().unwrap())
    }

    fn done(&self, args: &[&str]) {
        let _ = self.answer(args);
    }

    /// Runs what has to succeed, and returns what it says.
    fn answer(&self, args: &[&str]) -> Outcome {
        let outcome = self.run(args);
        assert_eq!(outcome.status, Some(0), "{args:?}\n{}", outcome.text());
        outcome
    }

    /// Everything that must not change: the project, the store, and what is known.
    fn state(&self) -> BTreeMap<PathBuf, Vec<u8>> {
        let mut found = BTreeMap::new();
        files_below(&self.sandbox().work().join("shop"), &mut found);
        for folder in ["store", "trust"] {
            files_below(&self.sandbox().home().join(folder), &mut found);
        }
        found
    }

    fn refused(&self, what: &str, args: &[&str], code: &str, words: &[&str]) {
        let before = self.state();
        let outcome = self.run(args);
        let text = outcome.text();
        assert_eq!(outcome.status, Some(5), "{what} {args:?}\n{text}");
        for word in [code].iter().chain(words) {
            assert!(text.contains(word), "{what} {args:?}: `{word}` is missing\n{text}");
        }
        assert_eq!(self.state(), before, "{what} {args:?}\n{text}");
        assert_eq!(temporaries_below(&self.sandbox().home()), [""; 0].map(PathBuf::from), "{what}");
    }

    fn trust(&self) -> Value {
        self.answer(&["registry", "trust", "own", "--json"]).json()
    }

    /// Makes the home of a machine that never asked anybody.
    fn another_machine(&self) {
        for folder in ["store", "trust", "index", "cache"] {
            let _ = fs::remove_dir_all(self.sandbox().home().join(folder));
        }
    }
}

fn files_below(folder: &Path, found: &mut BTreeMap<PathBuf, Vec<u8>>) {
    for entry in fs::read_dir(folder).into_iter().flatten() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files_below(&path, found);
        } else {
            let bytes = fs::read(&path).unwrap();
            found.insert(path, bytes);
        }
    }
}

fn publish(publisher: &Publisher, name: &str, version: &str) {
    publisher.prepare(name, version);
    let published = publisher.publish(name);
    assert_eq!(published.status, Some(0), "{}", published.text());
}

fn export(sandbox: &Sandbox, from: &str, to: &str) {
    let exported = sandbox.run(&["registry", "export", to, "--folder", from]);
    assert_eq!(exported.status, Some(0), "{}", exported.text());
}

fn forger(sandbox: &Sandbox, folder: &str) -> Forger {
    let text = fs::read_to_string(sandbox.work().join(folder).join("signing.key")).unwrap();
    let stolen: SecretKey = text.parse().unwrap();
    let own = SecretKey::make(Some(stolen.name()), "").unwrap();
    Forger { stolen, own }
}

/// An attack, and what is said of it.
struct Case {
    what: &'static str,
    lies: &'static [Lie],
    code: &'static str,
    words: &'static [&'static str],
}

const CASES: &[Case] = &[
    Case {
        what: "an older state",
        lies: &[(CHECKPOINT, |forger, bytes| forger.changed(&bytes, |state| state.number -= 1))],
        code: "S-4078",
        words: &["`own` is in state", "before"],
    },
    Case {
        what: "another state of the same number",
        lies: &[(CHECKPOINT, |forger, bytes| forger.changed(&bytes, |state| state.root = [7; 32]))],
        code: "S-4078",
        words: &["two different states", "before, it signed this:", "now, it signed this:", "BwcHBwcHBwcH"],
    },
    Case {
        what: "a state that was kept back",
        lies: &[(CHECKPOINT, |forger, bytes| forger.changed(&bytes, |state| state.time_unix -= 8 * DAY_S))],
        code: "S-4079",
        words: &["was signed too long ago", "8 days ago; 7 days will do", "snapshot-max-age = \"9d\""],
    },
    Case {
        what: "a key that nobody knows",
        lies: &[(CHECKPOINT, |forger, bytes| {
            let text = Forger::read(&bytes).text();
            Answer::ok(Note::sign(&text, &[&forger.own]).unwrap().to_string())
        })],
        code: "S-4077",
        words: &["signed by other keys than those that are known", "known is local-"],
    },
    Case {
        what: "a text that was changed below its signature",
        lies: &[(CHECKPOINT, |_, bytes| {
            let text = String::from_utf8(bytes).unwrap();
            Answer::ok(text.replacen("keys 1", "keys 1\nmore 1", 1))
        })],
        code: "S-4077",
        words: &["cannot be believed", "a signature of a key that is known is wrong"],
    },
    Case {
        what: "no signature",
        lies: &[(CHECKPOINT, |_, bytes| {
            Answer::ok(String::from_utf8(bytes).unwrap().split("\n\n").next().unwrap().to_owned())
        })],
        code: "S-4077",
        words: &["cannot be believed", "no empty line"],
    },
    Case {
        what: "no state",
        lies: &[(CHECKPOINT, |_, _| Answer::status(404))],
        code: "S-4077",
        words: &["`own` does not sign what it says any more", "s registry trust own --forget"],
    },
    Case {
        what: "a registry that signs nothing",
        lies: &[
            (CHECKPOINT, |_, _| Answer::status(404)),
            ("/config.json", |_, _| {
                Answer::ok(r#"{"v":1,"id":"x","dl":"{root}/archives/{name}/{version}"}"#)
            }),
        ],
        code: "S-4077",
        words: &["`own` does not sign what it says any more"],
    },
    Case {
        what: "another registry",
        lies: &[(CHECKPOINT, |forger, bytes| {
            forger.changed(&bytes, |state| state.id = "other.example".to_owned())
        })],
        code: "S-4081",
        words: &["`own` is another registry", "here is `other.example`"],
    },
    Case {
        what: "an index without its newest version",
        lies: &[(INDEX, |_, bytes| {
            let text = String::from_utf8(bytes).unwrap();
            Answer::ok(format!("{}\n", text.lines().next().unwrap()))
        })],
        code: "S-4080",
        words: &["is not what the registry signed", "was signed"],
    },
    Case {
        what: "an index that is not there",
        lies: &[(INDEX, |_, _| Answer::status(404))],
        code: "S-4080",
        words: &["it is missing, and was signed"],
    },
    Case {
        what: "a tree of somebody else",
        lies: &[("/tree/", |_, _| Answer::ok("names\n"))],
        code: "S-4080",
        words: &["it has another digest"],
    },
    Case {
        what: "no tree",
        lies: &[("/tree/", |_, _| Answer::status(404))],
        code: "S-4080",
        words: &["it is missing"],
    },
    Case {
        what: "keys that are not there",
        lies: &[(CHECKPOINT, |forger, bytes| forger.changed(&bytes, |state| state.keys = 2))],
        code: "S-4077",
        words: &["keys that it says it has are missing"],
    },
    Case {
        what: "keys that the old ones did not sign",
        lies: &[
            (CHECKPOINT, |forger, bytes| forger.changed(&bytes, |state| state.keys = 2)),
            ("/keys/2", |forger, _| forger.keys(2, &[&forger.own])),
        ],
        code: "S-4077",
        words: &["signed by other keys", "s registry trust own --key KEY"],
    },
    Case {
        what: "keys that leave a number out",
        lies: &[
            (CHECKPOINT, |forger, bytes| forger.changed(&bytes, |state| state.keys = 2)),
            ("/keys/2", |forger, _| forger.keys(3, &[&forger.stolen, &forger.own])),
        ],
        code: "S-4077",
        words: &["its number is 3, and 2 is next"],
    },
    Case {
        what: "keys of before",
        lies: &[(CHECKPOINT, |forger, bytes| forger.changed(&bytes, |state| state.keys = 0))],
        code: "S-4077",
        words: &["its number is 0, and 1 is next"],
    },
];

#[test]
fn what_is_not_as_it_was_signed_is_refused() {
    let scene = Scene::new();
    // That it is the first time is what makes it believed.
    scene.done(&["install"]);
    let _ = fs::remove_file(scene.sandbox().work().join("shop/stryke.lock"));
    for Case { what, lies, code, words } in CASES {
        scene.lie(lies);
        for args in [&["update"][..], &["add", "json@1.0"], &["info", "json"]] {
            // What was said a moment ago has no part in it.
            let _ = fs::remove_dir_all(scene.sandbox().home().join("index"));
            scene.refused(what, args, code, words);
        }
    }
    scene.lie(&[]);
    scene.done(&["update"]);
}

#[test]
fn the_first_time_it_has_to_be_sound_too() {
    let scene = Scene::new();
    for what in ["an index without its newest version", "no tree", "no state", "a state that was kept back"] {
        let Case { lies, code, .. } = CASES.iter().find(|case| case.what == what).unwrap();
        scene.lie(lies);
        let outcome = scene.run(&["install"]);
        assert!(outcome.status == Some(5) && outcome.text().contains(code), "{what}\n{}", outcome.text());
        assert!(!scene.sandbox().work().join("shop/stryke.lock").exists());
    }
}

#[test]
fn a_registry_that_was_turned_back_is_refused() {
    let scene = Scene::new();
    scene.done(&["install"]);
    let before = scene.trust();
    publish(&scene.publisher, "json", "1.2.0");
    export(scene.sandbox(), "packages", "later");
    *scene.root.lock().unwrap() = scene.sandbox().work().join("later");
    scene.done(&["update"]);
    assert_eq!(scene.trust()["state"].as_u64(), before["state"].as_u64().map(|state| state + 1));
    // What was exported before is whole, and signed, and old.
    *scene.root.lock().unwrap() = scene.sandbox().work().join("public");
    scene.refused("turned back", &["update"], "S-4078", &["is in state"]);
    // What is locked does not need it.
    scene.done(&["install", "--locked"]);
}

#[test]
fn how_old_a_signature_may_be_is_said_in_the_project() {
    let scene = Scene::new();
    scene.lie(CASES[2].lies);
    scene.project(&scene.server.origin(), "[resolver]\nsnapshot-max-age = \"9d\"\n");
    scene.done(&["install"]);
    scene.project(&scene.server.origin(), "[resolver]\nsnapshot-max-age = \"soon\"\n");
    let outcome = scene.run(&["update"]);
    assert!(outcome.text().contains("`resolver.snapshot-max-age` is `soon`"), "{}", outcome.text());
}

#[test]
fn a_key_that_was_rotated_is_followed() {
    let scene = Scene::new();
    scene.done(&["install"]);
    let before = scene.trust();
    let rotated = scene.sandbox().run(&["registry", "rotate-key", "--folder", "packages", "--json"]);
    assert_eq!(rotated.status, Some(0), "{}", rotated.text());
    export(scene.sandbox(), "packages", "public");
    scene.done(&["update"]);
    let after = scene.trust();
    assert_eq!(after["keys"], rotated.json()["keys"]);
    assert!(after["keys"] != before["keys"] && after["id"] == before["id"], "{after}");
    let lock = fs::read_to_string(scene.sandbox().work().join("shop/stryke.lock")).unwrap();
    assert!(lock.contains("number = 2") && lock.contains(after["keys"][0].as_str().unwrap()), "{lock}");
    // The old key signs nothing any more.
    let old =
        (CHECKPOINT, (|forger, bytes| forger.changed(&bytes, |_| {})) as fn(&Forger, Vec<u8>) -> Answer);
    scene.lie(&[old]);
    scene.refused("the old key", &["update"], "S-4077", &["signed by other keys"]);
    // Nor does it lead a machine that knows it from the lock anywhere else.
    scene.another_machine();
    scene.refused("the old key", &["update"], "S-4077", &["signed by other keys"]);
    scene.lie(&[]);
    scene.done(&["update"]);
}

#[test]
fn a_lock_protects_a_machine_that_never_asked() {
    let scene = Scene::new();
    scene.done(&["install"]);
    let lock = fs::read_to_string(scene.sandbox().work().join("shop/stryke.lock")).unwrap();
    assert!(lock.contains("version = 2\n") && lock.contains("source = \"registry+local-"), "{lock}");
    scene.another_machine();
    scene.done(&["install", "--locked"]);
    // Somebody else answers: whole and signed, but by others.
    scene.another_machine();
    publish_elsewhere(&scene, "fork");
    *scene.root.lock().unwrap() = scene.sandbox().work().join("fork-public");
    let before = scene.state();
    let outcome = scene.run(&["update"]);
    let text = outcome.text();
    assert_eq!(outcome.status, Some(5), "{text}");
    assert!(text.contains("S-4077") && text.contains("has other keys than the lock says"), "{text}");
    assert_eq!(scene.state(), before, "{text}");
    // Without the lock nobody would have known.
    fs::remove_file(scene.sandbox().work().join("shop/stryke.lock")).unwrap();
    scene.done(&["install"]);
}

/// Makes a registry that says it is the one of the scene, with a key of its own, and exports it.
fn publish_elsewhere(scene: &Scene, folder: &str) {
    let id = forger(scene.sandbox(), "packages").stolen.name().to_owned();
    let secret = SecretKey::make(Some(&id), "").unwrap();
    let work = scene.sandbox().work();
    let (from, to) = (work.join("packages"), work.join(folder));
    let copied = std::process::Command::new("cp").arg("-r").args([&from, &to]).status();
    assert!(copied.unwrap().success());
    for signed in ["keys", "checkpoint", "tree"] {
        fs::remove_dir_all(to.join(signed)).unwrap();
    }
    fs::write(to.join("signing.key"), secret.reveal()).unwrap();
    export(scene.sandbox(), folder, &format!("{folder}-public"));
}

#[test]
fn a_lost_key_is_replaced_by_hand_only() {
    let scene = Scene::new();
    scene.done(&["install"]);
    publish_elsewhere(&scene, "fork");
    *scene.root.lock().unwrap() = scene.sandbox().work().join("fork-public");
    scene.refused("a new key", &["update"], "S-4077", &["s registry trust own --key KEY"]);
    let old = scene.trust()["keys"][0].as_str().unwrap().to_owned();
    scene.refused("the old key", &["registry", "trust", "own", "--key", &old], "S-4077", &["it has local-"]);
    let wrong = scene.run(&["registry", "trust", "own", "--key", "nonsense"]);
    assert_eq!(wrong.status, Some(2), "{}", wrong.text());
    let new = forger(scene.sandbox(), "fork").stolen.public().to_string();
    scene.done(&["registry", "trust", "own", "--key", &new]);
    scene.done(&["update"]);
    assert_eq!(scene.trust()["keys"][0].as_str(), Some(new.as_str()));
}

#[test]
fn two_registries_are_not_one() {
    let scene = Scene::new();
    scene.done(&["install"]);
    publish_elsewhere(&scene, "fork");
    let folder = scene.sandbox().work().join("fork-public");
    let other =
        Server::start(move |request| match fs::read(folder.join(request.path().trim_start_matches('/'))) {
            Ok(bytes) => Answer::ok(bytes),
            Err(_) => Answer::status(404),
        });
    let text = format!(
        "[package]\nname = \"shop\"\nversion = \"7.0.0\"\n\n[deps]\njson = \"^1.0\"\n\n\
         [registries.other]\nurl = \"{}\"\nplugin = \"stryke/registry-stryke\"\n",
        other.origin()
    );
    scene.sandbox().write("shop/stryke.toml", &text);
    let words = ["`other` says that it is `local-", "which is another registry with other keys"];
    scene.refused("two registries", &["update"], "S-4081", &words);
    // The same registry at another address is no other one.
    scene.project(&scene.publisher.server().url.clone(), "");
    scene.done(&["update"]);
    // What is forgotten at one address is forgotten at all.
    scene.done(&["registry", "trust", "own", "--forget"]);
    scene.sandbox().write("shop/stryke.toml", &text);
    fs::remove_file(scene.sandbox().work().join("shop/stryke.lock")).unwrap();
    scene.done(&["update"]);
}

#[test]
fn a_registry_that_moves_changes_one_line_of_the_lock() {
    let scene = Scene::new();
    scene.done(&["install"]);
    let lock = || fs::read_to_string(scene.sandbox().work().join("shop/stryke.lock")).unwrap();
    let before = lock();
    let new = scene.publisher.server().url.clone();
    scene.project(&new, "");
    scene.done(&["lock"]);
    let without_hash = |text: &str| -> Vec<String> {
        text.lines().filter(|line| !line.starts_with("manifest-hash")).map(str::to_owned).collect()
    };
    let moved = before.replace(&scene.server.origin(), &new);
    assert_eq!(without_hash(&lock()), without_hash(&moved));
    assert_eq!(before.matches(&scene.server.origin()).count(), 1, "{before}");
}

#[test]
fn more_than_one_key_has_to_sign_where_keys_say_so() {
    let scene = Scene::new();
    // Two keys, both of which are needed: the checkpoint of the export has one of them.
    let two: Lie = ("/keys/1", |forger, _| {
        let keys = KeySet {
            id: forger.own.name().to_owned(),
            number: 1,
            expires_unix: u64::from(u32::MAX),
            threshold: 2,
            keys: vec![forger.stolen.public(), forger.own.public()],
        };
        Answer::ok(keys.sign(&[&forger.stolen, &forger.own]).unwrap().to_string())
    });
    let twice: Lie = (CHECKPOINT, |forger, bytes| {
        let text = Forger::read(&bytes).text();
        Answer::ok(Note::sign(&text, &[&forger.stolen, &forger.stolen]).unwrap().to_string())
    });
    let both: Lie = (CHECKPOINT, |forger, bytes| {
        let text = Forger::read(&bytes).text();
        Answer::ok(Note::sign(&text, &[&forger.stolen, &forger.own]).unwrap().to_string())
    });
    for lies in [&[two][..], &[two, twice]] {
        scene.lie(lies);
        let outcome = scene.run(&["install"]);
        let text = outcome.text();
        assert!(outcome.status == Some(5) && text.contains("S-4077"), "{text}");
    }
    scene.lie(&[two, both]);
    scene.done(&["install"]);
}

#[test]
fn an_export_in_a_folder_is_looked_at_like_any_other() {
    let scene = Scene::new();
    let public = scene.sandbox().work().join("public");
    scene.project(&public.display().to_string(), "");
    scene.done(&["install"]);
    let index = public.join(INDEX.trim_start_matches('/'));
    let text = fs::read_to_string(&index).unwrap();
    fs::write(&index, format!("{}\n", text.lines().next().unwrap())).unwrap();
    scene.refused("a folder", &["update"], "S-4080", &["is not what the registry signed"]);
    fs::write(&index, text).unwrap();
    fs::remove_file(public.join("checkpoint")).unwrap();
    scene.refused("a folder", &["update"], "S-4077", &["does not sign what it says any more"]);
}

#[test]
fn what_is_published_is_seen_at_once() {
    let scene = Scene::new();
    scene.project(&scene.publisher.server().url.clone(), "");
    scene.done(&["install"]);
    for version in ["1.2.0", "1.3.0", "1.4.0"] {
        publish(&scene.publisher, "json", version);
        scene.done(&["update"]);
        let lock = fs::read_to_string(scene.sandbox().work().join("shop/stryke.lock")).unwrap();
        assert!(lock.contains(version), "{lock}");
    }
}

#[test]
fn servers_of_a_bucket_share_a_key_that_is_not_in_it() {
    let bucket = BucketServer::start("packages");
    let sandbox = Sandbox::new()
        .env("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE")
        .env("AWS_SECRET_ACCESS_KEY", "wJalrXUtnFEMI")
        .env("AWS_ENDPOINT_URL", &bucket.server().origin());
    let place = ["--store", "s3://packages/stable"];
    let with_key = [&place[..], &["--key", "signing.key", "--flat-names"]].concat();
    let made = sandbox
        .run(&[&["registry", "token", "--user", "me", "--scope", "publish", "--json"][..], &place].concat());
    assert_eq!(made.status, Some(0), "{}", made.text());
    let token = made.json()["token"].as_str().unwrap().to_owned();
    let (first, second) = (Served::start_with(&sandbox, &with_key), Served::start_with(&sandbox, &with_key));
    first.bind(&sandbox);
    let manifest = |name: &str, served: &Served, rest: &str| {
        let text = format!("[package]\nname = \"{name}\"\nversion = \"1.0.0\"\n\n{}{rest}", served.table());
        sandbox.write(&format!("{name}/stryke.toml"), &text);
    };
    manifest("json", &first, "");
    sandbox.write("json/lib/json.stk", "# json\n");
    let published = run_as(&sandbox, &token, "json", &["publish"]);
    assert_eq!(published.status, Some(0), "{}", published.text());
    manifest("shop", &second, "");
    let added = run_as(&sandbox, "", "shop", &["add", "json"]);
    assert_eq!(added.status, Some(0), "{}", added.text());
    let state = |served: &Served| Forger::read(&served.get(CHECKPOINT).unwrap());
    assert_eq!((state(&first).number, state(&first).root), (state(&second).number, state(&second).root));
    let secret = fs::read_to_string(sandbox.work().join("signing.key")).unwrap();
    assert!(bucket.keys().iter().all(|key| !key.contains("signing")), "{:?}", bucket.keys());
    // Nobody goes on without the key, and whoever has it in the environment does.
    let export = [&["registry", "export", "public"][..], &place].concat();
    let refused = sandbox.run(&export);
    assert!(
        refused.status == Some(1) && refused.text().contains("its key is not here"),
        "{}",
        refused.text()
    );
    let sandbox = sandbox.env("S_REGISTRY_KEY", secret.trim());
    let exported = sandbox.run(&export);
    assert_eq!(exported.status, Some(0), "{}", exported.text());
    assert!(!exported.text().contains("PRIVATE"), "{}", exported.text());
}
