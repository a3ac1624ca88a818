//! What is in a commit, read out of the objects.

use std::io::{BufRead as _, BufReader, Read};
use std::process::ChildStdout;

use s_project::package_name_in;
use s_store::archive::{ArchiveError, ArchiveSummary, MANIFEST_BYTES_MAX, MANIFEST_NAME, TreeWriter};

use crate::objects::{Format, LISTING_BYTES_MAX, Repository};
use crate::run::Running;
use crate::{Commit, EntryFault, GitError};

/// How many packages are told when none has the name.
const FOUND_COUNT_MAX: usize = 32;
/// Longer than any line that git puts before an object.
const HEADER_BYTES_MAX: u64 = 256;

/// The files of a commit, sorted by the bytes of their paths.
#[derive(Debug)]
pub(crate) struct Listing<'a> {
    repository: &'a Repository,
    commit: &'a Commit,
    entries: Vec<Entry>,
}

/// One line of `ls-tree`.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Entry {
    mode: String,
    object: String,
    /// None for what has no content here.
    size: Option<u64>,
    path: Vec<u8>,
}

impl<'a> Listing<'a> {
    /// Lists a commit that is here; none where it is not.
    ///
    /// # Errors
    /// [`GitError::ListingTooLong`]; those of running git.
    pub(crate) fn read(
        repository: &'a Repository,
        commit: &'a Commit,
    ) -> Result<Option<Listing<'a>>, GitError> {
        if !repository.has(commit)? {
            return Ok(None);
        }
        let objects = repository.objects(Format::of(commit));
        let args = ["ls-tree", "-r", "-z", "-l", "--full-tree", commit.as_str()];
        let output = repository.local(&objects, &args, LISTING_BYTES_MAX)?;
        if output.is_cut {
            let url = repository.shown();
            return Err(GitError::ListingTooLong {
                url,
                commit: commit.clone(),
                bytes_max: LISTING_BYTES_MAX,
            });
        }
        let entries: Option<Vec<Entry>> = lines(&output.stdout).map(entry).collect();
        match entries.filter(|_| output.success) {
            Some(entries) => Ok(Some(Listing { repository, commit, entries })),
            None => Err(unreadable(repository, commit, output.stderr)),
        }
    }

    /// Returns the folder of the package with a name, with `/` at its end; empty for the repository
    /// itself.
    ///
    /// # Errors
    /// [`GitError::NoPackage`], [`GitError::SeveralPackages`]; those of running git.
    pub(crate) fn folder_of(&self, name: &str) -> Result<String, GitError> {
        let mut manifests: Vec<(&str, &Entry)> = self.entries.iter().filter_map(manifest).collect();
        manifests.sort_by_key(|(folder, _)| (!folder.is_empty(), *folder));
        let mut objects = self.objects(manifests.iter().map(|(_, entry)| *entry))?;
        let (mut found, mut folders) = (Vec::new(), Vec::new());
        for (folder, entry) in manifests {
            let bytes = match objects.whole(entry) {
                Ok(bytes) => bytes,
                Err(error) => return Err(objects.failed(error)),
            };
            let Some(other) = std::str::from_utf8(&bytes).ok().and_then(package_name_in) else { continue };
            if other == name {
                if folder.is_empty() {
                    return Ok(String::new());
                }
                folders.push(folder.to_owned());
            } else if found.len() < FOUND_COUNT_MAX {
                let shown = if folder.is_empty() { "." } else { folder.trim_end_matches('/') };
                found.push((other.chars().take(100).collect(), shown.to_owned()));
            }
        }
        let (url, commit, name) = (self.repository.shown(), self.commit.clone(), name.to_owned());
        match folders.as_slice() {
            [folder] => Ok(folder.clone()),
            [] => Err(GitError::NoPackage { url, commit, name, found }),
            _ => {
                let folders = folders.iter().map(|folder| folder.trim_end_matches('/').to_owned()).collect();
                Err(GitError::SeveralPackages { url, commit, name, folders })
            }
        }
    }

    /// Writes the files of a folder, byte for byte as they are in the objects.
    ///
    /// # Errors
    /// [`GitError::Entry`], [`GitError::Files`]; those of running git and of the store.
    pub(crate) fn write(
        &self,
        folder: &str,
        name: &str,
        mut writer: TreeWriter,
    ) -> Result<ArchiveSummary, GitError> {
        let inside = |entry: &&Entry| entry.path.starts_with(folder.as_bytes());
        let mut files = Vec::new();
        for entry in self.entries.iter().filter(inside) {
            let below = &entry.path[folder.len()..];
            files.push((entry, self.checked(entry, below)?));
        }
        let mut objects = self.objects(files.iter().map(|(entry, _)| *entry))?;
        for (entry, path) in files {
            let executable = entry.mode == "100755";
            let size = entry.size.unwrap_or(0);
            let added = match objects.next(entry) {
                Ok(mut content) => writer.add(path, executable, size, &mut content),
                Err(source) => Err(ArchiveError::Read { source }),
            };
            match added {
                Ok(()) => {}
                Err(ArchiveError::Read { source }) => return Err(objects.failed(source)),
                Err(ArchiveError::Truncated) => {
                    return Err(objects.failed(std::io::ErrorKind::UnexpectedEof.into()));
                }
                Err(ArchiveError::Store(error @ s_store::StoreError::Io { .. })) => return Err(error.into()),
                Err(source) => {
                    let (url, commit) = (self.repository.shown(), self.commit.clone());
                    return Err(GitError::Files { url, commit, name: name.to_owned(), source });
                }
            }
        }
        Ok(writer.finish())
    }

    /// Checks what the strict rules on paths do not know.
    fn checked<'b>(&self, entry: &'b Entry, below: &'b [u8]) -> Result<&'b str, GitError> {
        let refused = |why| {
            let path = String::from_utf8_lossy(&entry.path).chars().take(100).collect();
            GitError::Entry { url: self.repository.shown(), commit: self.commit.clone(), path, why }
        };
        match entry.mode.as_str() {
            "100644" | "100664" | "100755" => {}
            "120000" => return Err(refused(EntryFault::Link)),
            "160000" => return Err(refused(EntryFault::Submodule)),
            _ => return Err(refused(EntryFault::Mode)),
        }
        let path = std::str::from_utf8(below).map_err(|_| refused(EntryFault::NotUtf8))?;
        if path.split('/').any(is_git_name) { Err(refused(EntryFault::GitName)) } else { Ok(path) }
    }

    fn objects<'b>(&self, entries: impl Iterator<Item = &'b Entry>) -> Result<Objects<'_>, GitError> {
        let input: String = entries.map(|entry| format!("{}\n", entry.object)).collect();
        let folder = self.repository.objects(Format::of(self.commit));
        let running = self.repository.stream(&folder, &["cat-file", "--batch"], input.into_bytes())?;
        Ok(Objects { listing: self, running, left: 0 })
    }
}

/// The contents of objects, in the order they were asked for.
struct Objects<'a> {
    listing: &'a Listing<'a>,
    running: Running,
    /// Bytes of the last object that nobody read, and the line feed behind it.
    left: u64,
}

impl Objects<'_> {
    /// Returns the content of the next object, which has to be the one of `entry`.
    fn next(&mut self, entry: &Entry) -> std::io::Result<std::io::Take<&mut BufReader<ChildStdout>>> {
        let stdout = &mut self.running.stdout;
        std::io::copy(&mut stdout.by_ref().take(self.left), &mut std::io::sink())?;
        self.left = 0;
        let mut header = Vec::new();
        stdout.by_ref().take(HEADER_BYTES_MAX).read_until(b'\n', &mut header)?;
        let size = entry.size.unwrap_or(0);
        if header != format!("{} blob {size}\n", entry.object).as_bytes() {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
        // The content is read to its end by the caller; the line feed is not.
        self.left = 1;
        Ok(stdout.take(size))
    }

    /// Returns all of the next object, which has to be the one of `entry`.
    fn whole(&mut self, entry: &Entry) -> std::io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        self.next(entry)?.read_to_end(&mut bytes)?;
        let is_whole = Some(bytes.len() as u64) == entry.size;
        if is_whole { Ok(bytes) } else { Err(std::io::ErrorKind::UnexpectedEof.into()) }
    }

    /// Says why objects could not be read: perhaps git was ended on purpose.
    fn failed(self, error: std::io::Error) -> GitError {
        self.running.kill();
        match self.running.finish() {
            Err(ended) => ended,
            Ok((_, stderr)) => {
                let said = if stderr.is_empty() { error.to_string() } else { stderr };
                unreadable(self.listing.repository, self.listing.commit, said)
            }
        }
    }
}

fn unreadable(repository: &Repository, commit: &Commit, stderr: String) -> GitError {
    GitError::Objects { url: repository.shown(), path: repository.objects(Format::of(commit)), stderr }
}

fn lines(listing: &[u8]) -> impl Iterator<Item = &[u8]> {
    listing.split(|byte| *byte == 0).filter(|line| !line.is_empty())
}

/// Reads `MODE TYPE OBJECT SIZE<TAB>PATH`.
fn entry(line: &[u8]) -> Option<Entry> {
    let tab = line.iter().position(|byte| *byte == b'\t')?;
    let head = std::str::from_utf8(&line[..tab]).ok()?;
    let mut words = head.split_ascii_whitespace();
    let (mode, _, object, size) = (words.next()?, words.next()?, words.next()?, words.next()?);
    let size = if size == "-" { None } else { Some(size.parse().ok()?) };
    Some(Entry { mode: mode.to_owned(), object: object.to_owned(), size, path: line[tab + 1..].to_vec() })
}

/// The folder of a manifest that is searched, with `/` at its end.
fn manifest(entry: &Entry) -> Option<(&str, &Entry)> {
    let folder = std::str::from_utf8(&entry.path).ok()?.strip_suffix(MANIFEST_NAME)?;
    let is_searched = |part: &str| !part.starts_with('.') && !matches!(part, "target" | "vendor");
    let is_folder = folder.is_empty() || folder.ends_with('/');
    let is_file = matches!(entry.mode.as_str(), "100644" | "100664" | "100755");
    let is_small = entry.size.is_some_and(|size| size <= MANIFEST_BYTES_MAX);
    (is_folder && is_file && is_small && folder.split('/').all(is_searched)).then_some((folder, entry))
}

/// Names that lead into the inside of a repository on some system.
fn is_git_name(part: &str) -> bool {
    part.eq_ignore_ascii_case(".git") || part.eq_ignore_ascii_case("git~1")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(mode: &str, path: &str) -> Entry {
        Entry { mode: mode.into(), object: "a".repeat(40), size: Some(3), path: path.into() }
    }

    #[test]
    fn lines_are_read_as_git_writes_them() {
        let object = "a".repeat(40);
        let listing = format!("100644 blob {object}       3\ta\tb\n\0160000 commit {object}       -\tsub\0");
        let entries: Vec<Entry> = lines(listing.as_bytes()).map(|line| entry(line).unwrap()).collect();
        assert_eq!(entries[0], of("100644", "a\tb\n"));
        assert_eq!(entries[1], Entry { size: None, ..of("160000", "sub") });
        for broken in ["", "100644 blob", "100644 blob x\ty", "100644 blob x z\ty"] {
            assert_eq!(entry(broken.as_bytes()), None, "{broken}");
        }
    }

    #[test]
    fn manifests_are_searched_where_packages_are() {
        for (mode, path, expected) in [
            ("100644", "stryke.toml", Some("")),
            ("100755", "a/b/stryke.toml", Some("a/b/")),
            ("120000", "a/stryke.toml", None),
            ("100644", "a/not-stryke.toml", None),
            ("100644", ".hidden/stryke.toml", None),
            ("100644", "a/.b/c/stryke.toml", None),
            ("100644", "target/a/stryke.toml", None),
            ("100644", "vendor/a/stryke.toml", None),
            ("100644", "vendors/a/stryke.toml", Some("vendors/a/")),
        ] {
            assert_eq!(manifest(&of(mode, path)).map(|(folder, _)| folder), expected, "{path}");
        }
        let large = Entry { size: Some(MANIFEST_BYTES_MAX + 1), ..of("100644", "stryke.toml") };
        assert!(manifest(&large).is_none());
    }

    #[test]
    fn the_inside_of_a_repository_has_several_names() {
        assert!([".git", ".GIT", "git~1", "GIT~1"].into_iter().all(is_git_name));
        assert!(![".github", ".gitignore", "git", "git~2"].into_iter().any(is_git_name));
    }
}
