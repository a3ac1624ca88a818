//! A home, a project, a user and plugins for the tests of this crate.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock};

use s_capability::PluginId;
use s_component::{embed_manifest, encode, resolve_wit};
use s_diag::Diagnostic;
use s_plugin::Cancel;
use s_plugin::services::{Level, Task};
use tempfile::TempDir;
use wit_component::{StringEncoding, dummy_module, embed_component_metadata};
use wit_parser::{LiftLowerAbi, ManglingAndAbi};

use crate::{Context, Frontend, Quiet, Setup};

/// A folder with a home and a project in it, gone when dropped.
pub(crate) struct Place {
    folder: TempDir,
    variables: BTreeMap<String, String>,
}

/// Somebody who answers questions with what was prepared, and remembers them.
#[derive(Default)]
pub(crate) struct User {
    answers: Mutex<Vec<bool>>,
    questions: Mutex<Vec<String>>,
}

impl Place {
    pub(crate) fn new() -> Place {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("work")).unwrap();
        let place = Place { folder, variables: BTreeMap::new() };
        place.write("stryke.toml", "# A shop.\n[package]\nname = \"shop\"\nversion = \"0.1.0\"\n");
        place
    }

    pub(crate) fn env(mut self, name: &str, value: &str) -> Place {
        self.variables.insert(name.to_owned(), value.to_owned());
        self
    }

    pub(crate) fn home(&self) -> PathBuf {
        self.folder.path().join("home")
    }

    pub(crate) fn work(&self) -> PathBuf {
        self.folder.path().join("work")
    }

    pub(crate) fn write(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.work().join(name);
        fs::write(&path, content).unwrap();
        path
    }

    pub(crate) fn context(&self, user: &Arc<User>) -> Arc<Context> {
        let mut variables = self.variables.clone();
        variables.insert("STRYKE_HOME".to_owned(), self.home().display().to_string());
        Context::new(Setup {
            directory: self.work(),
            environment: Arc::new(move |name| variables.get(name).map(Into::into)),
            frontend: Arc::clone(user) as Arc<dyn Frontend>,
            offline: false,
            compiler_arguments: Vec::new(),
            cancel: Cancel::new(),
        })
        .unwrap()
    }

    /// Every file of the home and the project that says which plugins there are: path and content.
    pub(crate) fn files(&self) -> BTreeMap<String, Vec<u8>> {
        let mut found = BTreeMap::new();
        collect(self.folder.path(), self.folder.path(), &mut found);
        // Neither says anything about plugins, and both are made whenever something is done.
        found.retain(|path, _| !path.ends_with("tmp/plugins.lock") && !path.ends_with("host.key"));
        found
    }
}

fn collect(root: &Path, folder: &Path, found: &mut BTreeMap<String, Vec<u8>>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(root, &path, found);
        } else {
            let name = path.strip_prefix(root).unwrap().to_string_lossy().replace('\\', "/");
            found.insert(name, fs::read(&path).unwrap());
        }
    }
}

impl User {
    /// Somebody who gives these answers, and then nobody.
    pub(crate) fn answering(answers: &[bool]) -> Arc<User> {
        let answers = answers.iter().rev().copied().collect();
        Arc::new(User { answers: Mutex::new(answers), questions: Mutex::default() })
    }

    pub(crate) fn questions(&self) -> Vec<String> {
        self.questions.lock().unwrap().clone()
    }
}

impl Frontend for User {
    fn status(&self, _: &str, _: &str) {}
    fn warn(&self, _: &Diagnostic) {}
    fn log_enabled(&self, _: Level) -> bool {
        false
    }
    fn log(&self, _: &PluginId, _: Level, _: &str, _: &str) {}
    fn task(&self, title: &str, total: Option<u64>, bytes: bool) -> Box<dyn Task> {
        Quiet.task(title, total, bytes)
    }
    fn print(&self, _: &PluginId, _: &str) {}
    fn is_interactive(&self) -> bool {
        !self.answers.lock().unwrap().is_empty()
    }
    fn confirm(&self, _: Option<&PluginId>, question: &str, default: bool) -> Option<bool> {
        assert!(!default, "nothing is allowed by pressing return");
        let answer = self.answers.lock().unwrap().pop()?;
        self.questions.lock().unwrap().push(question.to_owned());
        Some(answer)
    }
    fn choose(&self, _: Option<&PluginId>, _: &str, _: &[String]) -> Option<u32> {
        None
    }
    fn ask(&self, _: Option<&PluginId>, _: &str, _: Option<&str>) -> Option<String> {
        None
    }
    fn password(&self, _: Option<&PluginId>, _: &str, _: &str) -> Option<String> {
        None
    }
    fn open_browser(&self, _: &PluginId, _: &str, _: Option<&str>) -> bool {
        false
    }
}

/// An audit plugin whose functions trap: small, and it imports all that its world has.
pub(crate) fn plugin(manifest: &str) -> Vec<u8> {
    static BARE: OnceLock<Vec<u8>> = OnceLock::new();
    let bare = BARE.get_or_init(|| {
        let resolve = resolve_wit().unwrap();
        let packages: Vec<_> = resolve.packages.iter().map(|(id, _)| id).collect();
        let world = resolve.select_world(&packages, Some("stryke:audit/audit-plugin@0.1.0")).unwrap();
        let mut core = dummy_module(&resolve, world, ManglingAndAbi::Legacy(LiftLowerAbi::Sync));
        embed_component_metadata(&mut core, &resolve, world, StringEncoding::UTF8).unwrap();
        encode(&core).unwrap()
    });
    embed_manifest(bare, manifest).unwrap()
}

/// The manifest of such a plugin.
pub(crate) fn manifest(id: &str, version: &str, origin: &str) -> String {
    format!(
        r#"[plugin]
id = "{id}"
version = "{version}"
kind = "audit"
worlds = ["stryke:audit/audit-plugin@0.1"]
[capabilities]
http = {{ reason = "asks the feed", origins = ["{origin}"] }}
cache = {{ reason = "keeps the feed", max = "1 MiB" }}
clock = {{ reason = "knows how old it is" }}
fs.feed = {{ reason = "reads a feed from a folder" }}
"#
    )
}
