//! A registry that lies, truncates, redirects or vanishes: which one it was is said with a code, and
//! neither the project nor the store has changed.

use std::fs;
use std::path::Path;
use std::sync::{Arc, Mutex};

use s_kit::{Answer, Server};

use crate::served::{Publisher, run_as};
use crate::support::{Outcome, Sandbox, temporaries_below};

/// What is done to the address that has a part; everything else is answered as it should be.
pub(crate) type Lie = (&'static str, fn(Vec<u8>) -> Answer);

/// The files of a registry that signs nothing, with `json` and `text` in two versions each, behind a web
/// server, and a project.
pub(crate) struct Scene {
    pub(crate) sandbox: Sandbox,
    server: Server,
    lie: Arc<Mutex<Option<Lie>>>,
}

impl Scene {
    pub(crate) fn new() -> Scene {
        let publisher = Publisher::new();
        for (name, version) in [("json", "1.0.0"), ("json", "1.1.0"), ("text", "1.0.0"), ("text", "1.1.0")] {
            publisher.prepare(name, version);
            let published = publisher.publish(name);
            assert_eq!(published.status, Some(0), "{}", published.text());
        }
        let sandbox = publisher.sandbox;
        let exported = sandbox.run(&["registry", "export", "public", "--folder", "packages"]);
        assert_eq!(exported.status, Some(0), "{}", exported.text());
        unsign(&sandbox.work().join("public"));
        let lie = Arc::new(Mutex::new(None::<Lie>));
        let (root, told) = (sandbox.work().join("public"), lie.clone());
        let server = Server::start(move |request| {
            let Ok(bytes) = fs::read(root.join(request.path().trim_start_matches('/'))) else {
                return Answer::status(404);
            };
            match *told.lock().expect("nobody panics with it") {
                Some((part, lie)) if request.path().contains(part) => lie(bytes),
                _ => Answer::ok(bytes),
            }
        });
        let scene = Scene { sandbox, server, lie };
        scene.begin();
        scene
    }

    /// A project that asks for `json`, with nothing locked and nothing here.
    pub(crate) fn begin(&self) {
        let text = format!(
            "[package]\nname = \"shop\"\nversion = \"7.0.0\"\n\n[deps]\njson = \"^1.0\"\n\n\
             [registries.own]\nurl = \"{}\"\nplugin = \"stryke/registry-stryke\"\n",
            self.server.origin()
        );
        self.sandbox.write("shop/stryke.toml", &text);
        let _ = fs::remove_file(self.sandbox.work().join("shop/stryke.lock"));
        for folder in ["store", "cache/packages", "cache/http"] {
            let _ = fs::remove_dir_all(self.sandbox.home().join(folder));
        }
    }

    /// Lies from now on, or tells the truth again.
    pub(crate) fn lie(&self, lie: Option<Lie>) {
        *self.lie.lock().expect("nobody panics with it") = lie;
    }

    pub(crate) fn run(&self, args: &[&str]) -> Outcome {
        run_as(&self.sandbox, "", "shop", args)
    }

    /// What was not there before, or is not what it was.
    pub(crate) fn state(&self) -> (String, Option<String>, Vec<String>) {
        let shop = self.sandbox.work().join("shop");
        let listed = fs::read_dir(self.sandbox.home().join("store")).into_iter().flatten();
        let mut stored: Vec<String> = listed
            .map(|entry| entry.expect("it can be read").file_name().to_string_lossy().into_owned())
            .filter(|name| !name.starts_with('.'))
            .collect();
        stored.sort();
        let manifest = fs::read_to_string(shop.join("stryke.toml")).expect("it was written");
        (manifest, fs::read_to_string(shop.join("stryke.lock")).ok(), stored)
    }
}

/// Makes an export one of a registry that signs nothing, so that what lies in it is read.
fn unsign(public: &Path) {
    let path = public.join("config.json");
    let text = fs::read(&path).expect("it was exported");
    let mut config: serde_json::Value = serde_json::from_slice(&text).expect("it is JSON");
    config.as_object_mut().expect("it is an object").remove("trust").expect("it is signed");
    fs::write(&path, config.to_string()).expect("it can be written");
    fs::remove_file(public.join("checkpoint")).expect("it is signed");
}

/// A lie, how a command ends that meets it, and the words that say what it was.
struct Case {
    what: &'static str,
    lie: Lie,
    status: i32,
    words: &'static [&'static str],
}

pub(crate) const INDEX: &str = "index/js/on/json";
const ARCHIVE: &str = "archives/json/1.1.0";

const CASES: &[Case] = &[
    Case {
        what: "an index of another package",
        lie: (INDEX, |bytes| Answer::ok(String::from_utf8_lossy(&bytes).replace("\"json\"", "\"text\""))),
        status: 5,
        words: &["S-5067", "it is the index of `text`", "the registry is `own`"],
    },
    Case {
        what: "an index that is no index",
        lie: (INDEX, |_| Answer::ok("<html>")),
        status: 5,
        words: &["S-5067", "line 1 of the index cannot be read", "the registry is `own`"],
    },
    Case {
        what: "an index that is deep",
        lie: (INDEX, |_| Answer::ok("[".repeat(1_000_000))),
        status: 5,
        words: &["S-5067", "line 1 of the index cannot be read", "the registry is `own`"],
    },
    Case {
        what: "an index of brackets that close",
        lie: (INDEX, |_| Answer::ok("{\"a\":".repeat(200_000) + &"}".repeat(200_000))),
        status: 5,
        words: &["S-5067", "line 1 of the index cannot be read", "the registry is `own`"],
    },
    Case {
        what: "an index that breaks off",
        lie: (INDEX, |bytes| Answer::ok(bytes).truncated(40)),
        status: 9,
        words: &["S-4055", "broke off after 40 bytes", "the registry is `own`"],
    },
    Case {
        what: "an index that leads elsewhere",
        lie: (INDEX, |_| Answer::redirect(302, "http://other.invalid/index")),
        status: 5,
        words: &["S-5007", "redirects to `http://other.invalid/index`", "the registry is `own`"],
    },
    Case {
        what: "an index that never ends",
        lie: (INDEX, |_| Answer::endless()),
        status: 9,
        words: &["S-4056", "is larger than 8388608 bytes", "the registry is `own`"],
    },
    Case {
        what: "a server with a fault",
        lie: (INDEX, |_| Answer::status(500)),
        status: 9,
        words: &["S-5067", "answers with status 500", "the registry is `own`"],
    },
    Case {
        what: "another archive",
        lie: (ARCHIVE, |mut bytes| {
            bytes[40] ^= 1;
            Answer::ok(bytes)
        }),
        status: 5,
        words: &["S-4058", "`json@1.1.0`", "instead of"],
    },
    Case {
        what: "a larger archive",
        lie: (ARCHIVE, |mut bytes| {
            bytes.extend([0; 9]);
            Answer::ok(bytes)
        }),
        status: 5,
        words: &["S-4058", "`json@1.1.0`", "instead of"],
    },
    Case {
        what: "an archive that breaks off",
        lie: (ARCHIVE, |bytes| Answer::ok(bytes).truncated(40)),
        status: 9,
        words: &["S-4057", "`json@1.1.0`", "broke off after 40 bytes"],
    },
    Case {
        what: "an archive that is gone",
        lie: (ARCHIVE, |_| Answer::status(404)),
        status: 9,
        words: &["S-4061", "`json@1.1.0`", "answered 404"],
    },
    Case {
        what: "an archive that leads elsewhere",
        lie: (ARCHIVE, |_| Answer::redirect(302, "http://other.invalid/archive")),
        status: 5,
        words: &["S-4052", "`json@1.1.0`", "redirects to `http://other.invalid/archive`"],
    },
    Case {
        what: "a hang-up",
        lie: (ARCHIVE, |_| Answer::hang_up()),
        status: 9,
        words: &["S-4055", "`json@1.1.0`"],
    },
];

#[test]
fn what_a_registry_does_wrong_is_said_and_nothing_has_changed() {
    let scene = Scene::new();
    for Case { what, lie, status, words } in CASES {
        scene.begin();
        scene.lie(Some(*lie));
        let before = scene.state();
        for args in [&["install"][..], &["add", "json@1.1"], &["fetch"]] {
            let outcome = scene.run(args);
            let text = outcome.text();
            assert_eq!(outcome.status, Some(*status), "{what} {args:?}\n{text}");
            for word in *words {
                assert!(text.contains(word), "{what} {args:?}: `{word}` is missing\n{text}");
            }
            assert_eq!(scene.state(), before, "{what} {args:?}\n{text}");
        }
        let left = temporaries_below(&scene.sandbox.home());
        assert!(left.is_empty(), "{what}: {left:?}");
    }
    // When it tells the truth again, everything is there.
    scene.lie(None);
    let outcome = scene.run(&["install"]);
    assert_eq!(outcome.status, Some(0), "{}", outcome.text());
}

#[test]
fn a_registry_that_says_nothing_is_given_up_and_named() {
    let scene = Scene::new();
    for part in [INDEX, ARCHIVE] {
        scene.begin();
        scene.lie(Some((part, |_| Answer::silence())));
        let before = scene.state();
        let outcome = scene.run(&["install"]);
        let text = outcome.text();
        assert_eq!(outcome.status, Some(9), "{part}\n{text}");
        assert!(text.contains("did not answer within") && text.contains(part), "{part}\n{text}");
        assert_eq!(scene.state(), before, "{part}\n{text}");
    }
}
