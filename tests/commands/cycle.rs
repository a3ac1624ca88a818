//! Commands that change something, each with the state it begins in, for tests that disturb them.
//!
//! A [`Cycle`] is begun once and then brought back to its beginning as often as needed, by copying.
//! How it ends undisturbed is found out first; every other end is compared with that.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use s_store::Home;
use s_store::package_store::PackageStore;

use crate::market::{Market, long_ago};
use crate::plugins::{attack, digest, put, replaced};
use crate::support::{Outcome, temporaries_below};

/// What a command is called, its arguments, and what makes the state it begins in.
pub(crate) type CycleStart = (&'static str, Vec<String>, fn(&mut Market));

/// Every command that changes a project, the store or the plugins without a server.
pub(crate) fn cycles() -> Vec<CycleStart> {
    let consent = format!("--allow --integrity {}", digest(&attack()));
    vec![
        add(),
        ("install", words("install"), asked_for),
        ("install what is locked", words("install --locked"), locked),
        ("update", words("update"), outdated),
        ("remove", words("remove json"), with_json),
        ("lock", words("lock"), asked_for),
        ("pack", words("pack"), with_sources),
        ("gc", words("store gc"), littered),
        ("plugin add", words(&format!("plugin add {LAB} {consent}")), with_lab_beside),
        ("plugin update", words("plugin update"), with_newer_lab_beside),
        ("plugin remove", words("plugin remove attack/lab"), with_lab),
    ]
}

/// The command that changes the most.
pub(crate) fn add() -> CycleStart {
    ("add", words("add json"), listed)
}

/// A command in a home folder that does not exist yet.
pub(crate) fn first_run() -> CycleStart {
    ("first run", words("install"), unseen)
}

fn words(command: &str) -> Vec<String> {
    command.split(' ').map(str::to_owned).collect()
}

/// One command, again and again from its beginning.
pub(crate) struct Cycle {
    /// What it is called in messages.
    pub(crate) name: &'static str,
    args: Vec<String>,
    market: Market,
    saved: PathBuf,
    /// The state it begins in.
    pub(crate) old: State,
    /// The state it ends in when nothing disturbs it.
    pub(crate) new: State,
}

/// What a command is for: all of it lasts, and nothing of it can be made from the rest.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct State {
    pub(crate) manifest: String,
    pub(crate) lock: Option<String>,
    /// Archives that were packed.
    pub(crate) packed: BTreeMap<String, Vec<u8>>,
    /// The entries of the store with their markers, which have the digests of their files.
    pub(crate) stored: BTreeSet<(String, String)>,
    /// The notes that tell the store of projects.
    pub(crate) noted: Vec<String>,
    /// What is consented to whenever that was, and the digests of the components that the lock names,
    /// by their places in the home folder.
    pub(crate) allowed: BTreeMap<String, String>,
}

impl Cycle {
    /// Makes the beginning, and runs the command once to see its end.
    pub(crate) fn begin((name, args, begin): CycleStart) -> Cycle {
        let mut market = Market::new();
        begin(&mut market);
        let saved = market.sandbox.work().join("saved");
        for place in PLACES {
            copy_all(&market.sandbox.work().join(place), &saved.join(place));
        }
        let old = State::of(&market);
        market.done(&borrowed(&args));
        let new = State::of(&market);
        assert_ne!(old, new, "{name} does something");
        Cycle { name, args, market, saved, old, new }
    }

    /// Runs another command in the project, which has to succeed.
    pub(crate) fn done(&self, args: &[&str]) {
        self.market.done(args);
    }

    /// Goes back to the beginning.
    pub(crate) fn restore(&self) {
        for place in PLACES {
            let here = self.market.sandbox.work().join(place);
            if here.exists() {
                fs::remove_dir_all(&here).unwrap();
            }
            copy_all(&self.saved.join(place), &here);
        }
    }

    /// Runs the command from its beginning with a plan of what is to go wrong.
    pub(crate) fn disturbed(&self, plan: &str) -> Outcome {
        self.restore();
        let mut command = self.command();
        command.env(s_store::faults::PLAN, plan);
        self.market.sandbox.outcome(&command.output().unwrap())
    }

    /// The command, ready to be started.
    pub(crate) fn command(&self) -> std::process::Command {
        let mut command = self.market.sandbox.command(&borrowed(&self.args));
        command.current_dir(self.market.sandbox.work().join("shop"));
        command
    }

    /// The state now.
    pub(crate) fn state(&self) -> State {
        State::of(&self.market)
    }

    /// The folder with everything that the command may change.
    pub(crate) fn folder(&self) -> PathBuf {
        self.market.sandbox.work().parent().expect("it is in the sandbox").to_owned()
    }

    /// Checks that files are old or new and whole, whatever happened at `when`.
    pub(crate) fn check_whole(&self, when: &str) {
        self.check_kept(when);
        let (name, state) = (self.name, self.state());
        let known: BTreeSet<_> = self.old.stored.union(&self.new.stored).cloned().collect();
        assert!(state.stored.is_subset(&known), "{name} {when}: {state:?}");
        let store = PackageStore::new(&Home::new(self.market.sandbox.home()));
        let findings = store.verify(&|_, _| {}).unwrap();
        assert!(findings.is_empty(), "{name} {when}: {findings:?}");
    }

    /// The same of the files that cannot be made from others.
    pub(crate) fn check_kept(&self, when: &str) {
        let (name, state) = (self.name, self.state());
        assert!(
            [&self.old.manifest, &self.new.manifest].contains(&&state.manifest),
            "{name} {when}: {state:?}"
        );
        assert!([&self.old.lock, &self.new.lock].contains(&&state.lock), "{name} {when}: {state:?}");
        assert!([&self.old.packed, &self.new.packed].contains(&&state.packed), "{name} {when}: {state:?}");
        let is_known = |(place, content): (&String, &String)| {
            [&self.old.allowed, &self.new.allowed].iter().any(|allowed| allowed.get(place) == Some(content))
        };
        assert!(state.allowed.iter().all(is_known), "{name} {when}: {state:?}");
    }

    /// Checks that the command, run again, ends as if nothing had happened.
    pub(crate) fn check_repeatable(&self, when: &str) {
        self.check_repeatable_with(when, &[]);
    }

    /// The same with more variables.
    pub(crate) fn check_repeatable_with(&self, when: &str, variables: &[(&str, &str)]) {
        let is_done = self.state() == self.new;
        let mut command = self.command();
        command.envs(variables.iter().copied());
        let again = self.market.sandbox.outcome(&command.output().unwrap());
        // What was removed to the end is not there to be removed.
        let is_gone = is_done
            && (self.name == "remove" && again.stderr.contains("error[S-3015]")
                || self.name == "plugin remove" && again.stderr.contains("error[S-5130]"));
        assert!(is_gone || again.status == Some(0), "{} {when}, and then\n{}", self.name, again.text());
        assert_eq!(self.state(), self.new, "{} {when}, and then\n{}", self.name, again.text());
    }

    /// Checks that what is damaged in the store is nothing that the command was for.
    pub(crate) fn check_mended(&self, when: &str) {
        let store = PackageStore::new(&Home::new(self.market.sandbox.home()));
        store.repair(&|_, _| {}).unwrap();
        assert_eq!(self.state().stored, self.new.stored, "{} {when}", self.name);
    }

    /// Whether there is a component that was not there at the beginning.
    pub(crate) fn has_new_component(&self) -> bool {
        let known = components(&self.saved.join("../home/.stryke"));
        components(&self.market.sandbox.home()).iter().any(|name| !known.contains(name))
    }

    /// Whether the plugin of the registry was compiled.
    pub(crate) fn has_compiled(&self) -> bool {
        !crate::market::names(&self.market.sandbox.home().join("plugins/code")).is_empty()
    }

    /// Makes temporary files and folders look as if they had been there for long. Returns how many.
    pub(crate) fn make_temporaries_old(&self) -> usize {
        let found = self.temporaries();
        for path in &found {
            fs::File::open(path).unwrap().set_modified(long_ago()).unwrap();
        }
        found.len()
    }

    /// The files and folders that were only meant to be there for a while.
    pub(crate) fn temporaries(&self) -> Vec<PathBuf> {
        let places = PLACES.map(|place| self.market.sandbox.work().join(place));
        places.iter().flat_map(|place| temporaries_below(place)).collect()
    }
}

/// What is saved and brought back, seen from the working folder.
const PLACES: [&str; 2] = ["shop", "../home"];

impl State {
    fn of(market: &Market) -> State {
        let store = market.sandbox.home().join("store");
        let stored = market.stored().into_iter().map(|name| {
            let marker = fs::read_to_string(store.join(&name).join(".s-ok")).unwrap_or_default();
            // In which run of the system it was made is no part of what it is.
            let mut said: serde_json::Value = serde_json::from_str(&marker).unwrap_or_default();
            said.as_object_mut().map(|said| said.remove("boot"));
            (name, said.to_string())
        });
        let archives = market.sandbox.work().join("shop/target/package");
        let packed = crate::market::names(&archives).into_iter();
        State {
            manifest: market.manifest(),
            lock: market.lock(),
            packed: packed.map(|name| (name.clone(), fs::read(archives.join(name)).unwrap())).collect(),
            stored: stored.collect(),
            noted: crate::market::names(&store.join(".projects")),
            allowed: allowed(market),
        }
    }
}

fn borrowed(args: &[String]) -> Vec<&str> {
    args.iter().map(String::as_str).collect()
}

fn allowed(market: &Market) -> BTreeMap<String, String> {
    let home = market.sandbox.home();
    let lock = market.lock().unwrap_or_default();
    let named = components(&home).into_iter().filter(|name| lock.contains(name.trim_end_matches(".wasm")));
    let named = named.map(|name| {
        let place = format!("plugins/components/{name}");
        let bytes = fs::read(home.join(&place)).unwrap();
        (place, digest(&bytes))
    });
    let texts = ["grants.toml", "plugins.toml"].into_iter().filter_map(|place| {
        let text = fs::read_to_string(home.join(place)).ok()?;
        let lines = text.lines().filter(|line| !line.starts_with("granted = "));
        Some((place.to_owned(), lines.collect::<Vec<_>>().join("\n")))
    });
    named.chain(texts).collect()
}

fn components(home: &Path) -> Vec<String> {
    crate::market::names(&home.join("plugins/components"))
}

/// A registry with several packages and a project that needs none of them. What the plugin of the
/// registry needs is compiled, and nothing else is in the home folder.
fn listed(market: &mut Market) {
    market.publish("text", "0.4.1", &[]);
    market.publish("json", "1.4.0", &[("text", "^0.4")]);
    market.publish("log", "1.0.0", &[]);
    market.project("[deps]\njson = \"1\"\n");
    market.done(&["lock"]);
    market.project("[deps]\n");
    fs::remove_file(market.sandbox.work().join("shop/stryke.lock")).unwrap();
    empty_store(market);
}

fn empty_store(market: &Market) {
    for folder in ["store", "cache"] {
        let folder = market.sandbox.home().join(folder);
        if folder.exists() {
            fs::remove_dir_all(folder).unwrap();
        }
    }
}

fn unseen(market: &mut Market) {
    asked_for(market);
    fs::remove_dir_all(market.sandbox.home()).unwrap();
}

fn asked_for(market: &mut Market) {
    listed(market);
    market.project("[deps]\njson = \"1\"\n");
}

fn with_json(market: &mut Market) {
    listed(market);
    market.done(&["add", "json"]);
}

/// A project as somebody else left it, on a machine that has seen nothing.
fn locked(market: &mut Market) {
    asked_for(market);
    market.done(&["lock"]);
    empty_store(market);
}

fn outdated(market: &mut Market) {
    with_json(market);
    market.publish("json", "1.5.0", &[("text", "^0.4"), ("log", "^1")]);
    market.publish("text", "0.4.2", &[]);
}

fn with_sources(market: &mut Market) {
    listed(market);
    market.sandbox.write("shop/lib/shop.stk", "# shop\n");
    market.sandbox.write("shop/main.stk", "print 1\n");
}

/// A store with packages of a project that is gone, made long ago.
fn littered(market: &mut Market) {
    with_json(market);
    market.publish("zip", "2.0.0", &[]);
    let manifest = market.manifest().replace("json = \"1.4\"", "log = \"1\"\nzip = \"2\"");
    market.sandbox.write("gone/stryke.toml", &manifest);
    let installed = market.run_in("gone", &["install"]);
    assert_eq!(installed.status, Some(0), "{}", installed.text());
    fs::remove_dir_all(market.sandbox.work().join("gone")).unwrap();
    market.make_store_old();
}

/// Where the project finds the plugin.
const LAB: &str = "lab.wasm";

fn with_lab_beside(market: &mut Market) {
    put(&market.sandbox, &format!("shop/{LAB}"), &attack());
}

fn with_lab(market: &mut Market) {
    with_lab_beside(market);
    market.done(&["plugin", "add", LAB, "--allow", "--integrity", &digest(&attack())]);
}

/// A plugin whose newer version asks for less, so that nobody has to be asked.
fn with_newer_lab_beside(market: &mut Market) {
    with_lab(market);
    put(&market.sandbox, &format!("shop/{LAB}"), &replaced("max = \"4 MiB\"", "max = \"2 MiB\""));
}

/// Copies a folder with the times of its files.
fn copy_all(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    fs::set_permissions(to, fs::metadata(from).unwrap().permissions()).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let (from, to) = (entry.path(), to.join(entry.file_name()));
        if entry.file_type().unwrap().is_dir() {
            copy_all(&from, &to);
        } else {
            fs::copy(&from, &to).unwrap();
            let changed = entry.metadata().unwrap().modified().unwrap();
            fs::File::options().write(true).open(&to).unwrap().set_modified(changed).unwrap();
        }
    }
}
