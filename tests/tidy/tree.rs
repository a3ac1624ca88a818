//! The sources as data: paths and texts, so that a check can be shown a tree that breaks it.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};

/// Every file of the project, by its path with `/` from the root.
pub(crate) struct Tree {
    files: BTreeMap<String, Vec<u8>>,
}

/// Something to mend.
#[derive(Debug)]
pub(crate) struct Finding {
    /// The file.
    pub(crate) path: String,
    /// The line, from 1; 0 for the file as a whole.
    pub(crate) line: usize,
    /// What is wrong and how to mend it.
    pub(crate) message: String,
}

/// A crate of the workspace.
pub(crate) struct Member {
    /// Its folder, such as `host/store`.
    pub(crate) folder: String,
    /// Its name, such as `s-store`.
    pub(crate) name: String,
    /// Its `Cargo.toml`.
    pub(crate) manifest: toml::Table,
}

impl Tree {
    /// Reads the project this test belongs to, without what git ignores.
    pub(crate) fn of_the_project() -> Tree {
        let mut files = BTreeMap::new();
        read(&root(), "", &mut files);
        Tree { files }
    }

    /// Makes a tree from paths and texts.
    pub(crate) fn of(files: &[(&str, &str)]) -> Tree {
        let files = files.iter().map(|(path, text)| ((*path).to_owned(), text.as_bytes().to_vec()));
        Tree { files: files.collect() }
    }

    /// Returns every file, text or not.
    pub(crate) fn files(&self) -> impl Iterator<Item = (&str, &[u8])> {
        self.files.iter().map(|(path, bytes)| (path.as_str(), bytes.as_slice()))
    }

    /// Returns every text whose name ends so.
    pub(crate) fn texts<'a>(&'a self, ending: &'a str) -> impl Iterator<Item = (&'a str, &'a str)> {
        let files = self.files().filter(move |(path, _)| path.ends_with(ending));
        files.filter_map(|(path, bytes)| Some((path, std::str::from_utf8(bytes).ok()?)))
    }

    /// Returns the text of a file; an absent one is empty.
    pub(crate) fn text(&self, path: &str) -> &str {
        self.files.get(path).and_then(|bytes| std::str::from_utf8(bytes).ok()).unwrap_or_default()
    }

    /// Returns whether there is a file, or a folder with files in it.
    pub(crate) fn has(&self, path: &str) -> bool {
        let folder = format!("{}/", path.trim_end_matches('/'));
        self.files.contains_key(path) || self.files.keys().any(|known| known.starts_with(&folder))
    }

    /// Reads a file as TOML; an absent one is empty.
    pub(crate) fn toml(&self, path: &str) -> toml::Table {
        self.text(path).parse().unwrap_or_else(|error| panic!("`{path}`: {error}"))
    }

    /// Returns the crates of the workspace, by folder.
    pub(crate) fn members(&self) -> Vec<Member> {
        let manifests = self.files.keys().filter(|path| path.matches('/').count() == 2);
        let manifests = manifests.filter_map(|path| Some((path, path.strip_suffix("/Cargo.toml")?)));
        let members = manifests.map(|(path, folder)| {
            let manifest = self.toml(path);
            let name = manifest.get("package").and_then(|package| package.get("name"));
            let name = name.and_then(toml::Value::as_str).unwrap_or_default().to_owned();
            Member { folder: folder.to_owned(), name, manifest }
        });
        members.collect()
    }

    /// Makes a finding at the first line of a file that begins with a text, else that contains it.
    pub(crate) fn at(&self, path: &str, text: &str, message: impl Into<String>) -> Finding {
        let lines = || self.text(path).lines();
        let found = lines()
            .position(|line| line.starts_with(text))
            .or_else(|| lines().position(|line| line.contains(text)));
        let line = found.map_or(0, |index| index + 1);
        Finding { path: path.to_owned(), line, message: message.into() }
    }
}

impl Member {
    /// Returns every table of dependencies with its kind: `dependencies`, `dev-dependencies` or
    /// `build-dependencies`, those for one target among them.
    pub(crate) fn dependencies(&self) -> Vec<(&'static str, &toml::Table)> {
        let targets = self.manifest.get("target").and_then(toml::Value::as_table);
        let targets = targets.into_iter().flat_map(toml::Table::values).filter_map(toml::Value::as_table);
        let mut found = Vec::new();
        for table in std::iter::once(&self.manifest).chain(targets) {
            for kind in ["dependencies", "dev-dependencies", "build-dependencies"] {
                if let Some(dependencies) = table.get(kind).and_then(toml::Value::as_table) {
                    found.push((kind, dependencies));
                }
            }
        }
        found
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            0 => write!(f, "{}: {}", self.path, self.message),
            line => write!(f, "{}:{line}: {}", self.path, self.message),
        }
    }
}

/// The root of the workspace: two folders above this crate.
pub(crate) fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.ancestors().nth(2).expect("the crate is two folders below the root").to_path_buf()
}

fn read(folder: &Path, prefix: &str, files: &mut BTreeMap<String, Vec<u8>>) {
    let entries = std::fs::read_dir(folder).unwrap_or_else(|error| panic!("`{}`: {error}", folder.display()));
    for entry in entries {
        let entry = entry.expect("a folder that could be opened can be read");
        let name = entry.file_name().to_string_lossy().into_owned();
        let path = format!("{prefix}{name}");
        let kind = entry.file_type().expect("an entry has a type");
        // The same as `.gitignore`, and what git keeps for itself.
        if kind.is_dir() && name != "target" && name != ".git" {
            read(&entry.path(), &format!("{path}/"), files);
        } else if kind.is_file() && path != ".git" {
            let bytes = std::fs::read(entry.path()).unwrap_or_else(|error| panic!("`{path}`: {error}"));
            files.insert(path, bytes);
        }
    }
}
