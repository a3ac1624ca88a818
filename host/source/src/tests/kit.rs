//! Repositories made by the real git, and a home for what is fetched from them.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use s_project::GitReference;
use s_store::Home;
use tempfile::TempDir;

use crate::{Commit, Git};

/// A folder with repositories, a user's folder and a home.
pub(super) struct Kit {
    pub(super) folder: TempDir,
}

/// A repository with a working tree.
pub(super) struct Repo {
    pub(super) path: PathBuf,
}

impl Kit {
    pub(super) fn new() -> Kit {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("user")).unwrap();
        Kit { folder }
    }

    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(super) fn home(&self) -> Home {
        Home::new(self.path("home"))
    }

    pub(super) fn repo(&self, name: &str) -> Repo {
        self.repo_with(name, &[])
    }

    pub(super) fn repo_with(&self, name: &str, options: &[&str]) -> Repo {
        let path = self.path(name);
        fs::create_dir_all(&path).unwrap();
        let repo = Repo { path };
        repo.git(&[&["init", "--quiet", "--initial-branch=main"], options].concat());
        repo
    }

    /// What the crate sees of the environment: the machine's `PATH` and a user of its own.
    pub(super) fn variable(&self, name: &str) -> Option<OsString> {
        match name {
            "PATH" => std::env::var_os("PATH"),
            "HOME" | "USERPROFILE" => Some(self.path("user").into()),
            "GIT_CONFIG_NOSYSTEM" => Some("1".into()),
            _ => None,
        }
    }

    pub(super) fn git(&self) -> Git {
        Git::new(&self.home(), false, |name| self.variable(name), || false)
    }

    pub(super) fn offline(&self) -> Git {
        Git::new(&self.home(), true, |name| self.variable(name), || false)
    }

    /// Everything below the home but the objects, sorted, and nothing that is temporary.
    pub(super) fn checkouts(&self) -> Vec<String> {
        let folder = self.home().git();
        let Ok(entries) = fs::read_dir(&folder) else { return Vec::new() };
        let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
        let mut names: Vec<String> = names.filter(|name| name != "db" && name != ".tmp").collect();
        names.sort();
        if let Ok(mut entries) = fs::read_dir(folder.join(".tmp")) {
            assert!(entries.next().is_none(), "something temporary is left");
        }
        names
    }
}

impl Repo {
    pub(super) fn url(&self) -> String {
        format!("file://{}", self.path.display())
    }

    /// Runs git in the repository, with the same author, clock and settings everywhere.
    pub(super) fn git(&self, args: &[&str]) -> String {
        self.git_with(args, b"")
    }

    pub(super) fn git_with(&self, args: &[&str], input: &[u8]) -> String {
        use std::io::Write as _;
        let mut command = Command::new("git");
        command.current_dir(&self.path).args(args);
        for name in
            ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_CONFIG_COUNT", "GIT_CONFIG_PARAMETERS"]
        {
            command.env_remove(name);
        }
        command.env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_NOSYSTEM", "1");
        for who in ["AUTHOR", "COMMITTER"] {
            command.env(format!("GIT_{who}_NAME"), "a").env(format!("GIT_{who}_EMAIL"), "a@example.com");
            command.env(format!("GIT_{who}_DATE"), "2026-01-01T00:00:00Z");
        }
        command.stdin(std::process::Stdio::piped());
        command.stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::piped());
        let mut child = command.spawn().unwrap();
        child.stdin.take().unwrap().write_all(input).unwrap();
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success(), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap().trim_end().to_owned()
    }

    pub(super) fn write(&self, path: &str, content: &[u8]) {
        let path = self.path.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }

    /// Commits everything there is.
    pub(super) fn commit(&self, message: &str) -> Commit {
        self.git(&["add", "--all"]);
        self.git(&["commit", "--quiet", "--allow-empty", "--message", message]);
        self.head()
    }

    /// Writes a manifest and commits.
    pub(super) fn package(&self, name: &str, version: &str) -> Commit {
        self.write("stryke.toml", manifest(name, version).as_bytes());
        self.commit(version)
    }

    pub(super) fn head(&self) -> Commit {
        self.git(&["rev-parse", "HEAD"]).parse().unwrap()
    }

    /// Commits a tree that no working tree could have: lines of `git mktree`.
    pub(super) fn commit_tree(&self, lines: &str) -> Commit {
        let tree = self.git_with(&["mktree", "--missing"], lines.as_bytes());
        let commit = self.git(&["commit-tree", "-m", "made", &tree]);
        self.git(&["update-ref", "refs/heads/main", &commit]);
        commit.parse().unwrap()
    }

    /// Commits a tree that `git mktree` refuses to make: byte by byte.
    pub(super) fn commit_literally(&self, entries: &[(&str, &str, &str)]) -> Commit {
        let mut tree = Vec::new();
        for (mode, name, object) in entries {
            tree.extend_from_slice(format!("{mode} {name}\0").as_bytes());
            let byte = |at: usize| u8::from_str_radix(&object[at..at + 2], 16).unwrap();
            tree.extend((0..object.len()).step_by(2).map(byte));
        }
        let tree = self.git_with(&["hash-object", "-t", "tree", "--literally", "-w", "--stdin"], &tree);
        let commit = self.git(&["commit-tree", "-m", "made", &tree]);
        self.git(&["update-ref", "refs/heads/main", &commit]);
        commit.parse().unwrap()
    }

    pub(super) fn blob(&self, content: &[u8]) -> String {
        self.git_with(&["hash-object", "-w", "--stdin"], content)
    }
}

pub(super) fn manifest(name: &str, version: &str) -> String {
    format!("[package]\nname = \"{name}\"\nversion = \"{version}\"\n")
}

pub(super) fn branch(name: &str) -> GitReference {
    GitReference::Branch(name.to_owned())
}

pub(super) fn tag(name: &str) -> GitReference {
    GitReference::Tag(name.to_owned())
}

pub(super) fn rev(name: &str) -> GitReference {
    GitReference::Rev(name.to_owned())
}

pub(super) fn version(text: &str) -> GitReference {
    GitReference::Version(s_project::Requirement::parse(text, s_project::Bare::Exact).unwrap())
}

/// The files below a folder with their contents, sorted; the marker is left out.
pub(super) fn files(folder: &Path) -> Vec<(String, Vec<u8>)> {
    fn walk(root: &Path, folder: &Path, found: &mut Vec<(String, Vec<u8>)>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(root, &path, found);
            } else if path != root.join(".s-ok") {
                let name = path.strip_prefix(root).unwrap().to_str().unwrap().to_owned();
                found.push((name, fs::read(&path).unwrap()));
            }
        }
    }
    let mut found = Vec::new();
    walk(folder, folder, &mut found);
    found.sort();
    found
}
