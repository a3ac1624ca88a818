//! The objects of a repository on this machine, and how they get there.
//!
//! One bare repository an address, in `db`, that has packs and no references: git fetches into a
//! fresh one beside it, which is checked and complete, and its packs are then renamed into place. So
//! nothing needs a lock, and a process that is killed leaves a temporary folder and nothing else.
//! What was last seen of branches and tags is remembered in `seen`, for work without a network.

use std::path::{Path, PathBuf};

use s_project::GitReference;
use s_store::files::{self, Access};
use s_store::{Sha256Digest, Staging};

use crate::environment::silent_ssh;
use crate::run::{Call, Output, Running};
use crate::url::Transport;
use crate::{Commit, Git, GitError, GitUrl};

/// Where a fetch puts what was asked for.
pub(crate) const WANTED: &str = "refs/s/wanted";

/// More than any answer but a listing has, in bytes.
pub(crate) const ANSWER_BYTES_MAX: u64 = 64 * 1024;

/// The most that is read of a memory of tags, and of a listing, in bytes.
pub(crate) const LISTING_BYTES_MAX: u64 = 64 * 1024 * 1024;

/// How names of objects are made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Format {
    Sha1,
    Sha256,
}

impl Format {
    pub(crate) fn of(commit: &Commit) -> Format {
        if commit.as_str().len() == 64 { Format::Sha256 } else { Format::Sha1 }
    }

    fn config(self) -> &'static str {
        match self {
            Format::Sha1 => "[core]\n\trepositoryformatversion = 0\n\tbare = true\n",
            Format::Sha256 => {
                "[core]\n\trepositoryformatversion = 1\n\tbare = true\n[extensions]\n\tobjectformat = sha256\n"
            }
        }
    }
}

/// One repository.
#[derive(Clone, Debug)]
pub(crate) struct Repository {
    pub(crate) git: Git,
    pub(crate) url: GitUrl,
}

/// How much of the history is fetched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Depth {
    /// One commit with its files.
    One,
    /// Every commit with its files.
    All,
    /// Every commit; files only where the server does not know better.
    Commits,
}

/// A fetch that is not yet a part of the objects.
#[derive(Debug)]
pub(crate) struct Fetched {
    staging: Staging,
    pub(crate) format: Format,
}

impl Repository {
    /// The address as an error shows it: one that was accepted has no secrets.
    pub(crate) fn shown(&self) -> String {
        self.url.as_str().to_owned()
    }

    pub(crate) fn offline(&self, reference: &GitReference) -> GitError {
        GitError::Offline { url: self.shown(), reference: reference.clone() }
    }

    /// The folder with the objects.
    pub(crate) fn objects(&self, format: Format) -> PathBuf {
        let digest = Sha256Digest::of(self.url.as_str().as_bytes()).to_hex();
        let suffix = if format == Format::Sha256 { "-sha256" } else { "" };
        self.git.home.git().join("db").join(format!("{}-{}{suffix}", self.url.readable(), &digest[..16]))
    }

    /// Fetches into a fresh repository of objects; none where the server refuses, or does not have,
    /// exactly what `refspecs` ask for.
    ///
    /// # Errors
    /// [`GitError::Unreachable`], [`GitError::Malformed`]; those of running git and of the store.
    pub(crate) fn fetch(&self, refspecs: &[&str], depth: Depth) -> Result<Option<Fetched>, GitError> {
        match self.fetch_as(refspecs, depth, Format::Sha1)? {
            Err(stderr) if stderr.contains("mismatched algorithms") => {
                match self.fetch_as(refspecs, depth, Format::Sha256)? {
                    Ok(fetched) => Ok(Some(fetched)),
                    Err(stderr) => self.failed(stderr).map(|()| None),
                }
            }
            // Files over plain HTTP: there is no server that could pick.
            Err(stderr) if depth == Depth::One && stderr.contains("does not support shallow") => {
                self.fetch(refspecs, Depth::All)
            }
            Ok(fetched) => Ok(Some(fetched)),
            Err(stderr) => self.failed(stderr).map(|()| None),
        }
    }

    /// What git says of a failure, if it failed.
    fn fetch_as(
        &self,
        refspecs: &[&str],
        depth: Depth,
        format: Format,
    ) -> Result<Result<Fetched, String>, GitError> {
        let staging = self.staging()?;
        make_bare(staging.path(), format)?;
        let mut args =
            vec!["fetch", "--quiet", "--no-tags", "--no-recurse-submodules", "--no-write-fetch-head"];
        match depth {
            Depth::One => args.push("--depth=1"),
            Depth::All => {}
            Depth::Commits => args.push("--filter=tree:0"),
        }
        args.extend(["--", self.url.as_str()]);
        args.extend(refspecs);
        let output = self.call_remote(staging.path(), &args, ANSWER_BYTES_MAX)?;
        if output.success {
            return Ok(Ok(Fetched { staging, format }));
        }
        Ok(Err(output.stderr))
    }

    /// Lists references of the server whose names begin in one of the ways of `kinds`.
    ///
    /// # Errors
    /// As [`fetch`](Repository::fetch).
    pub(crate) fn list(&self, kinds: &[&str]) -> Result<String, GitError> {
        let staging = self.staging()?;
        make_bare(staging.path(), Format::Sha1)?;
        let mut args = vec!["ls-remote", "--quiet"];
        args.extend(kinds);
        args.extend(["--", self.url.as_str()]);
        let output = self.call_remote(staging.path(), &args, LISTING_BYTES_MAX)?;
        if !output.success {
            return Err(self.unreachable(output.stderr));
        }
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    }

    /// Makes the packs of a fetch a part of the objects. A fetch that has only commits is not taken.
    ///
    /// # Errors
    /// [`GitError::Malformed`]; those of running git and of the store; what was taken before is whole.
    pub(crate) fn keep(&self, fetched: &Fetched) -> Result<(), GitError> {
        self.pack_loose(fetched)?;
        let objects = self.objects(fetched.format);
        if !files::exists(&objects.join("HEAD"))? {
            make_bare(&objects, fetched.format)?;
        }
        let to = objects.join("objects").join("pack");
        files::create_dir_all(&to, Access::Shared)?;
        let from = fetched.staging.path().join("objects").join("pack");
        let entries = match files::read_dir(&from) {
            Err(error) if error.is_not_found() => return Ok(()),
            entries => entries?,
        };
        for pack in entries.iter().filter(|entry| has_extension(&entry.path, "pack")) {
            if entries.iter().any(|entry| entry.path == pack.path.with_extension("promisor")) {
                continue;
            }
            // Git sees a pack when its index is there.
            for extension in ["pack", "rev", "idx"] {
                let part = pack.path.with_extension(extension);
                if let Some(entry) = entries.iter().find(|entry| entry.path == part) {
                    let target = to.join(&entry.name);
                    if !files::exists(&target)? {
                        files::rename(&part, &target)?;
                    }
                }
            }
        }
        Ok(())
    }

    /// A server of plain files gives objects one by one, which git does not check as it checks packs,
    /// and which could not be kept all at once.
    fn pack_loose(&self, fetched: &Fetched) -> Result<(), GitError> {
        let entries = files::read_dir(&fetched.path().join("objects"))?;
        if !entries.iter().any(|entry| entry.name.len() == 2) {
            return Ok(());
        }
        let checked = self.local(
            fetched.path(),
            &["fsck", "--strict", "--no-dangling", "--no-progress"],
            ANSWER_BYTES_MAX,
        )?;
        if !checked.success {
            return Err(GitError::Malformed { url: self.shown(), stderr: checked.stderr });
        }
        let packed = self.local(fetched.path(), &["repack", "-a", "-d", "--quiet"], ANSWER_BYTES_MAX)?;
        if packed.success {
            return Ok(());
        }
        let path = fetched.path().to_path_buf();
        Err(GitError::Objects { url: self.shown(), path, stderr: packed.stderr })
    }

    /// Returns whether a commit is here, with its files.
    ///
    /// # Errors
    /// Those of running git and of the store.
    pub(crate) fn has(&self, commit: &Commit) -> Result<bool, GitError> {
        let objects = self.objects(Format::of(commit));
        if !files::exists(&objects.join("HEAD"))? {
            return Ok(false);
        }
        let object = format!("{commit}^{{tree}}");
        Ok(self.call(&objects).output(&["cat-file", "-e", &object], ANSWER_BYTES_MAX)?.success)
    }

    /// Brings a commit that is not here.
    ///
    /// # Errors
    /// [`GitError::Offline`], [`GitError::NotFound`], and as [`fetch`](Repository::fetch).
    pub(crate) fn bring(&self, commit: &Commit) -> Result<(), GitError> {
        let reference = GitReference::Rev(commit.as_str().to_owned());
        if self.git.offline {
            return Err(self.offline(&reference));
        }
        let exact = format!("+{commit}:{WANTED}");
        if let Some(fetched) = self.fetch(&[&exact], Depth::One)? {
            self.keep(&fetched)?;
        } else if let Some(fetched) = self.fetch(&EVERYTHING, Depth::All)? {
            // The server gives only what has a name: then all of it, in which the commit may be.
            self.keep(&fetched)?;
        }
        if self.has(commit)? {
            return Ok(());
        }
        Err(GitError::NotFound { url: self.shown(), reference, near: Vec::new() })
    }

    /// Runs git on objects of this machine.
    pub(crate) fn local(&self, objects: &Path, args: &[&str], bytes_max: u64) -> Result<Output, GitError> {
        self.call(objects).output(args, bytes_max)
    }

    /// Starts git on objects of this machine.
    pub(crate) fn stream(&self, objects: &Path, args: &[&str], input: Vec<u8>) -> Result<Running, GitError> {
        self.call(objects).stream(args, input)
    }

    /// Remembers what a name led to.
    ///
    /// # Errors
    /// Those of the store.
    pub(crate) fn remember(&self, name: &str, content: &str) -> Result<(), GitError> {
        let path = self.seen(name);
        if files::read_capped(&path, LISTING_BYTES_MAX).is_ok_and(|known| known == content.as_bytes()) {
            return Ok(());
        }
        if let Some(folder) = path.parent() {
            files::create_dir_all(folder, Access::Shared)?;
        }
        Ok(files::write_atomic(&path, content.as_bytes(), Access::Shared)?)
    }

    /// Returns what was remembered of a name.
    ///
    /// # Errors
    /// Those of the store.
    pub(crate) fn remembered(&self, name: &str) -> Result<Option<String>, GitError> {
        match files::read_to_string(&self.seen(name), LISTING_BYTES_MAX) {
            Err(error) if error.is_not_found() => Ok(None),
            text => Ok(Some(text?)),
        }
    }

    fn seen(&self, name: &str) -> PathBuf {
        let digest = Sha256Digest::of(name.as_bytes()).to_hex();
        self.objects(Format::Sha1).join("seen").join(&digest[..32])
    }

    /// A folder for work that is not finished.
    pub(crate) fn staging(&self) -> Result<Staging, GitError> {
        let temporary = self.git.home.git().join(".tmp");
        files::create_dir_all(&self.git.home.git(), Access::Shared)?;
        files::create_dir_all(&temporary, Access::Private)?;
        Ok(Staging::new(&temporary)?)
    }

    fn call<'a>(&'a self, git_dir: &'a Path) -> Call<'a> {
        Call {
            environment: &self.git.environment,
            git_dir,
            transports: "none",
            ssh_command: None,
            url: self.url.as_str(),
            timeout: self.git.timeout,
            is_cancelled: self.git.is_cancelled.clone(),
        }
    }

    fn call_remote(&self, git_dir: &Path, args: &[&str], bytes_max: u64) -> Result<Output, GitError> {
        let transports = match self.url.transport() {
            Transport::File => "file",
            Transport::Http => "http",
            // The user's settings may put one in the place of the other.
            Transport::Https | Transport::Ssh => "https:ssh",
        };
        let ssh_command = match self.url.transport() {
            Transport::Https | Transport::Ssh => Some(self.ssh_command(git_dir)?),
            Transport::Http | Transport::File => None,
        };
        Call { transports, ssh_command, ..self.call(git_dir) }.output(args, bytes_max)
    }

    /// How ssh is started: as the environment says, else as the settings say, else plainly.
    fn ssh_command(&self, git_dir: &Path) -> Result<std::ffi::OsString, GitError> {
        let environment = &self.git.environment;
        let variable = |name: &str| environment.variables.iter().find(|(key, _)| key == name);
        let variant = variable("GIT_SSH_VARIANT").map(|(_, value)| value.to_string_lossy().into_owned());
        let command = match &environment.ssh_command {
            Some(command) => command.clone(),
            None => match self.git.ssh_setting.get() {
                Some(setting) => setting.clone(),
                None => {
                    let output = self
                        .call(git_dir)
                        .output(&["config", "--get", "core.sshCommand"], ANSWER_BYTES_MAX)?;
                    let text = String::from_utf8_lossy(&output.stdout).trim().to_owned();
                    let setting = (output.success && !text.is_empty()).then(|| text.into());
                    self.git.ssh_setting.get_or_init(|| setting).clone()
                }
            }
            .unwrap_or_else(|| "ssh".into()),
        };
        Ok(silent_ssh(command, variant.as_deref()))
    }

    /// Sorts out what git said of a fetch that failed: fine where it only did not find something.
    fn failed(&self, stderr: String) -> Result<(), GitError> {
        const NOT_FOUND: [&str; 4] = [
            "couldn't find remote ref",
            "no such remote ref",
            "not our ref",
            "Server does not allow request for unadvertised object",
        ];
        if stderr.contains("fsck error") || stderr.contains("fsck warning") {
            return Err(GitError::Malformed { url: self.shown(), stderr });
        }
        if NOT_FOUND.iter().any(|text| stderr.contains(text)) {
            Ok(())
        } else {
            Err(self.unreachable(stderr))
        }
    }

    fn unreachable(&self, stderr: String) -> GitError {
        GitError::Unreachable { url: self.shown(), stderr }
    }
}

/// All branches and tags.
pub(crate) const EVERYTHING: [&str; 2] = ["+refs/heads/*:refs/s/heads/*", "+refs/tags/*:refs/s/tags/*"];

impl Fetched {
    /// The repository with what was fetched and nothing else.
    pub(crate) fn path(&self) -> &Path {
        self.staging.path()
    }
}

/// Makes a bare repository, or what is missing of one. `HEAD` comes last: with it, all is there.
fn make_bare(folder: &Path, format: Format) -> Result<(), GitError> {
    for part in ["objects", "refs"] {
        files::create_dir_all(&folder.join(part), Access::Shared)?;
    }
    files::write_atomic(&folder.join("config"), format.config().as_bytes(), Access::Shared)?;
    files::write_atomic(&folder.join("HEAD"), b"ref: refs/heads/main\n", Access::Shared)?;
    Ok(())
}

fn has_extension(path: &Path, extension: &str) -> bool {
    path.extension().is_some_and(|found| found == extension)
}
