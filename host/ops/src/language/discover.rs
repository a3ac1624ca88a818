//! Which files are sources, tests and benchmarks.

use std::path::{Path, PathBuf};

use s_diag::{Code, Diagnostic};
use s_store::{EntryKind, files};

use crate::failure::{Failure, FailureKind};

/// What the names of sources end in.
pub const SOURCE_ENDINGS: [&str; 3] = ["stk", "st", "pl"];
/// How deep folders are searched.
const DEPTH_MAX: usize = 32;
/// Folders that hold what was made, or what belongs to others.
const NOT_SEARCHED: [&str; 2] = ["target", "vendor"];

/// Whether a name is that of a source.
#[must_use]
pub fn is_source_name(path: &Path) -> bool {
    path.extension().and_then(|ending| ending.to_str()).is_some_and(|ending| SOURCE_ENDINGS.contains(&ending))
}

/// Whether a name is that of a test: `test_*` or `t_*`.
pub(super) fn is_test_name(path: &Path) -> bool {
    is_source_name(path) && has_prefix(path, &["test_", "t_"])
}

/// Whether a name is that of a benchmark: `bench_*`.
pub(super) fn is_bench_name(path: &Path) -> bool {
    is_source_name(path) && has_prefix(path, &["bench_"])
}

fn has_prefix(path: &Path, prefixes: &[&str]) -> bool {
    let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    prefixes.iter().any(|prefix| name.starts_with(prefix))
}

/// The files that paths stand for, sorted, each once: a file itself, whatever its name, and of a
/// folder those below it that are wanted. Folders that are hidden, or called `target` or `vendor`, are
/// not searched.
pub(super) fn discover(
    directory: &Path,
    paths: &[PathBuf],
    wanted: &dyn Fn(&Path) -> bool,
) -> Result<Vec<PathBuf>, Failure> {
    let mut found = Vec::new();
    for path in paths {
        let full = directory.join(path);
        let real = files::canonicalize(&full).unwrap_or_else(|_| full.clone());
        match files::kind(&real)? {
            Some(EntryKind::File) => found.push(path.clone()),
            Some(EntryKind::Directory) => search(directory, path, wanted, DEPTH_MAX, &mut found)?,
            _ => {
                let message = format!("there is no file or folder `{}`", path.display());
                return Err(Failure::new(FailureKind::Usage, Diagnostic::error(Code::PROGRAM, message)));
            }
        }
    }
    found.sort();
    found.dedup();
    Ok(found)
}

fn search(
    directory: &Path,
    folder: &Path,
    wanted: &dyn Fn(&Path) -> bool,
    depth: usize,
    found: &mut Vec<PathBuf>,
) -> Result<(), Failure> {
    for entry in files::read_dir(&directory.join(folder))? {
        let name = entry.name.to_string_lossy().into_owned();
        let path =
            if folder == Path::new(".") { PathBuf::from(&entry.name) } else { folder.join(&entry.name) };
        match entry.kind {
            EntryKind::File if wanted(&path) => found.push(path),
            EntryKind::Directory
                if depth > 0 && !name.starts_with('.') && !NOT_SEARCHED.contains(&name.as_str()) =>
            {
                search(directory, &path, wanted, depth - 1, found)?;
            }
            _ => {}
        }
    }
    Ok(())
}

/// The folders among these that exist here.
pub(super) fn existing(directory: &Path, names: &[&str]) -> Vec<PathBuf> {
    let is_folder =
        |name: &&&str| matches!(files::kind(&directory.join(name)), Ok(Some(EntryKind::Directory)));
    names.iter().filter(is_folder).map(PathBuf::from).collect()
}

/// The working directory of a test, and the test as it is named from there: the parent of the nearest
/// folder `t` or `tests` above it, else its own folder.
pub(super) fn working_directory(directory: &Path, path: &Path) -> (PathBuf, PathBuf) {
    let full = directory.join(path);
    let is_test_folder =
        |folder: &&Path| folder.file_name().is_some_and(|name| name == "t" || name == "tests");
    let folder = full.ancestors().skip(1).find(is_test_folder).and_then(Path::parent);
    let folder = folder.or(full.parent()).unwrap_or(directory).to_path_buf();
    let from_there = full.strip_prefix(&folder).unwrap_or(&full).to_path_buf();
    (folder, from_there)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn folders_are_searched_and_files_are_taken_as_they_are() {
        let folder = tempfile::tempdir().unwrap();
        for path in
            ["t/test_b.stk", "t/t_a.pl", "t/helper.stk", "t/.x/test_c.stk", "t/target/test_d.stk", "odd"]
        {
            let path = folder.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "").unwrap();
        }
        let paths = [PathBuf::from("t"), PathBuf::from("odd"), PathBuf::from("t/test_b.stk")];
        let found = discover(folder.path(), &paths, &is_test_name).unwrap();
        let found: Vec<String> = found.iter().map(|path| path.display().to_string()).collect();
        assert_eq!(found, ["odd", "t/t_a.pl", "t/test_b.stk"]);
        let absent = discover(folder.path(), &[PathBuf::from("none")], &is_test_name).unwrap_err();
        assert_eq!(absent.kind, FailureKind::Usage);
        assert_eq!(existing(folder.path(), &["t", "tests", "odd"]), [PathBuf::from("t")]);
    }

    #[test]
    fn tests_run_where_their_folder_stands() {
        for (path, folder, name) in [
            ("t/test_a.stk", "/p", "t/test_a.stk"),
            ("x/t/deep/test_a.stk", "/p/x", "t/deep/test_a.stk"),
            ("x/tests/test_a.stk", "/p/x", "tests/test_a.stk"),
            ("x/test_a.stk", "/p/x", "test_a.stk"),
        ] {
            let expected = (PathBuf::from(folder), PathBuf::from(name));
            assert_eq!(working_directory(Path::new("/p"), Path::new(path)), expected, "{path}");
        }
    }
}
