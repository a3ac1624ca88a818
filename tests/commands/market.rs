//! A registry of files and a project that buys there, for tests of packages.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use serde_json::{Value, json};

use crate::support::{Outcome, Sandbox};

/// A sandbox with a registry of files beside a project.
pub(crate) struct Market {
    /// Where everything is.
    pub(crate) sandbox: Sandbox,
    /// The folder of the registry.
    pub(crate) root: PathBuf,
    listed: BTreeMap<String, Vec<String>>,
}

impl Market {
    /// Makes one without packages.
    pub(crate) fn new() -> Market {
        let sandbox = Sandbox::new();
        let root = sandbox.work().join("market");
        let mut market = Market { sandbox, root, listed: BTreeMap::new() };
        market.project("[deps]\n");
        market
    }

    /// Writes the project: its name, its registry, and the rest.
    pub(crate) fn project(&mut self, rest: &str) {
        let text = format!(
            "[package]\nname = \"shop\"\nversion = \"7.0.0\"\n\n[registries.market]\nurl = \"../market\"\n\n{rest}"
        );
        self.sandbox.write("shop/stryke.toml", &text);
    }

    /// Packs a package with `s pack` and lists it. Its folder, such as `sources/json-1.0.0`, may have
    /// files already. `dependencies` are name and requirement.
    pub(crate) fn publish(&mut self, name: &str, version: &str, dependencies: &[(&str, &str)]) {
        self.publish_as(name, version, dependencies, &json!({}));
    }

    /// The same with more members of `release.json`.
    pub(crate) fn publish_as(
        &mut self,
        name: &str,
        version: &str,
        dependencies: &[(&str, &str)],
        more: &Value,
    ) {
        let source = format!("sources/{name}-{version}");
        let manifest = format!("[package]\nname = \"{name}\"\nversion = \"{version}\"\n");
        if !self.sandbox.work().join(&source).join("stryke.toml").exists() {
            self.sandbox.write(&format!("{source}/stryke.toml"), &manifest);
        }
        self.sandbox.write(&format!("{source}/lib/{name}.stk"), &format!("# {name} {version}\n"));
        let mut command = self.sandbox.command(&["pack", "--json"]);
        let output = command.current_dir(self.sandbox.work().join(&source)).output().unwrap();
        assert!(output.status.success(), "{}", self.sandbox.outcome(&output).text());
        let packed: Value = serde_json::from_slice(&output.stdout).unwrap();
        let file = format!("files/{name}-{version}.tar.zst");
        let archive = self.root.join(&file);
        fs::create_dir_all(archive.parent().unwrap()).unwrap();
        fs::copy(packed["file"].as_str().unwrap(), archive).unwrap();
        let dependencies: Vec<Value> =
            dependencies.iter().map(|(name, text)| json!({ "name": name, "requirement": text })).collect();
        let mut release = json!({
            "version": version,
            "artifacts": [{
                "kind": "source",
                "url": file,
                "size": packed["size"],
                "digest": packed["integrity"].as_str().unwrap().replace("sha256-", "sha256:"),
            }],
            "dependencies": dependencies,
        });
        release.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let folder = format!("market/packages/{name}");
        self.sandbox.write(&format!("{folder}/{version}/release.json"), &release.to_string());
        let versions = self.listed.entry(name.to_owned()).or_default();
        if !versions.contains(&version.to_owned()) {
            versions.push(version.to_owned());
        }
        let index = json!({ "versions": versions }).to_string();
        self.sandbox.write(&format!("{folder}/index.json"), &index);
    }

    /// Runs `s` in a folder of the sandbox.
    pub(crate) fn run_in(&self, folder: &str, args: &[&str]) -> Outcome {
        let mut command = self.sandbox.command(args);
        command.current_dir(self.sandbox.work().join(folder));
        self.sandbox.outcome(&command.output().unwrap())
    }

    /// Runs `s` in the project.
    pub(crate) fn run(&self, args: &[&str]) -> Outcome {
        self.run_in("shop", args)
    }

    /// Runs what has to succeed.
    pub(crate) fn done(&self, args: &[&str]) {
        let _ = self.answer(args);
    }

    /// Runs what has to succeed, and returns what it says.
    pub(crate) fn answer(&self, args: &[&str]) -> Outcome {
        let outcome = self.run(args);
        assert_eq!(outcome.status, Some(0), "{args:?}\n{}", outcome.text());
        outcome
    }

    /// Runs what has to fail with a status and a code, and change nothing.
    pub(crate) fn refused(&self, args: &[&str], status: i32, code: &str) -> String {
        let before = (self.manifest(), self.lock(), self.stored());
        let outcome = self.run(args);
        let text = outcome.text();
        assert_eq!(outcome.status, Some(status), "{args:?}\n{text}");
        assert!(text.contains(code), "{args:?}\n{text}");
        assert_eq!((self.manifest(), self.lock(), self.stored()), before, "{args:?} changed something");
        text
    }

    /// The manifest of the project.
    pub(crate) fn manifest(&self) -> String {
        fs::read_to_string(self.sandbox.work().join("shop/stryke.toml")).unwrap()
    }

    /// Its lock, if it has one.
    pub(crate) fn lock(&self) -> Option<String> {
        fs::read_to_string(self.sandbox.work().join("shop/stryke.lock")).ok()
    }

    /// The entries of the store, sorted.
    pub(crate) fn stored(&self) -> Vec<String> {
        names(&self.sandbox.home().join("store"))
    }

    /// Makes the entries of the store look as if they had been there for long.
    pub(crate) fn make_store_old(&self) {
        for name in self.stored() {
            let marker = self.sandbox.home().join("store").join(name).join(".s-ok");
            fs::File::options().write(true).open(marker).unwrap().set_modified(long_ago()).unwrap();
        }
    }
}

/// A time after which nobody comes back for what is left.
pub(crate) fn long_ago() -> SystemTime {
    SystemTime::now() - Duration::from_secs(48 * 3600)
}

/// The names in a folder but for hidden ones, sorted; none where there is no folder.
pub(crate) fn names(folder: &Path) -> Vec<String> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let mut names: Vec<String> = entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| !name.starts_with('.'))
        .collect();
    names.sort();
    names
}
