//! The files of a program, on the disk: what `require` and `use` mean there.
//!
//! A literal path is looked for in the directory the user is in, then in the folder of the program
//! and those above it, last beside the file that asks. A module is looked for in `lib` of the package
//! that asks, then among what that package depends on, as the lock has it, then in the include path.
//! Of a program in no project it is looked for in the include path, then in the store.
//! Before all these come the folders that the program itself names, by `use lib` or in `@INC`.
//! The same file always has the same name, however it was asked for.

use std::collections::{BTreeSet, HashMap};
use std::path::{Component, Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use s_diag::Diagnostic;
use s_driver::{Assets, Base, Files, Folder, Loaded, NoAssets, Require};
use s_project::LockedPackage;
use s_store::{EntryKind, files};

use super::packages::{Owner, Packages, Refusal};
use crate::assets::PackageAssets;
use crate::context::Environment;

/// The size of a text that is still read.
const SOURCE_BYTES_MAX: u64 = 1 << 30;
/// How many places a message names.
const TRIED_MAX: usize = 12;

/// The files of one program.
pub struct DiskFiles {
    directory: PathBuf,
    /// The folder of the program; none where it is no file.
    script_folder: Option<PathBuf>,
    /// The folder of the project whose lock counts, where it is not around the program.
    locked_by: Option<PathBuf>,
    include: Vec<PathBuf>,
    environment: Environment,
    /// Files of packages are called by package and version, not by where they lie.
    portable: bool,
    packages: OnceLock<Result<Packages, String>>,
    known: Mutex<Known>,
}

#[derive(Default)]
struct Known {
    /// The name of each file that was found, by its real path.
    names: HashMap<PathBuf, String>,
    /// The package of each file that belongs to one, by its name.
    owners: HashMap<String, Owner>,
    /// Where each file lies, by its name.
    paths: HashMap<String, PathBuf>,
    /// The assets of each package that was asked for some, by its folder.
    assets: HashMap<PathBuf, Result<Arc<PackageAssets>, Diagnostic>>,
}

/// What was looked for in vain.
#[derive(Default)]
struct Tried(Vec<PathBuf>);

impl DiskFiles {
    /// The files as they are seen from a directory; `include` are the folders of modules that belong
    /// to nobody.
    #[must_use]
    pub fn new(directory: PathBuf, include: Vec<PathBuf>, environment: Environment) -> DiskFiles {
        DiskFiles {
            directory,
            script_folder: None,
            locked_by: None,
            include,
            environment,
            portable: false,
            packages: OnceLock::new(),
            known: Mutex::default(),
        }
    }

    /// Lets the lock of another project say what the program's package depends on: that of whoever
    /// brought it here.
    pub fn lock_with(&mut self, project: PathBuf) {
        self.locked_by = Some(self.directory.join(project));
    }

    /// Calls files of packages by package and version, so that a program is the same wherever packages
    /// lie: `acme/text@1.2.0/lib/Text.stk`.
    pub fn make_portable(&mut self) {
        self.portable = true;
    }

    /// The packages that files were taken from, in the order of the lock, or as they were chosen.
    #[must_use]
    pub fn packages_used(&self) -> Vec<LockedPackage> {
        let used: BTreeSet<usize> = self.known().owners.values().filter_map(|owner| owner.index()).collect();
        match self.packages.get() {
            Some(Ok(packages)) => used.into_iter().filter_map(|index| packages.package(index)).collect(),
            _ => Vec::new(),
        }
    }

    /// Reads the program itself. Its name is the path as it was given.
    ///
    /// # Errors
    ///
    /// Says why it cannot be read.
    pub fn main(&mut self, path: &Path) -> Result<Loaded, String> {
        let shown = path.display().to_string();
        let full = self.directory.join(path);
        let bytes = files::read_capped(&full, SOURCE_BYTES_MAX).map_err(|error| {
            let near = error.is_not_found().then(|| self.nearest(&full)).flatten();
            let near = near.map(|near| format!("; did you mean `{near}`?")).unwrap_or_default();
            format!("Can't open script \"{shown}\": {}{near}", reason(&error))
        })?;
        let real = files::canonicalize(&full).unwrap_or_else(|_| full.clone());
        // What stands before `..` is above no program.
        let climbs = full.components().any(|part| part == Component::ParentDir);
        self.script_folder = if climbs { &real } else { &full }.parent().map(Path::to_path_buf);
        self.known().names.insert(real.clone(), shown.clone());
        self.known().paths.insert(shown.clone(), full);
        if self.locked_by.is_some()
            && let Some(owner) = self.packages()?.owner_of(&real)
        {
            self.known().owners.insert(shown.clone(), owner);
        }
        Ok(Loaded { name: shown, text: text_of(&bytes), pinned: false })
    }

    /// The nearest folder with a manifest, of the program or of the user.
    #[must_use]
    pub fn project(&self) -> Option<PathBuf> {
        if let Some(project) = &self.locked_by {
            return Some(project.clone());
        }
        s_project::find_root(self.script_folder.as_deref().unwrap_or(&self.directory))
    }

    fn known(&self) -> std::sync::MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn packages(&self) -> Result<&Packages, String> {
        let read = || match self.project() {
            Some(_) => {
                let around = self.script_folder.as_deref().unwrap_or(&self.directory);
                let from = self.locked_by.as_deref().unwrap_or(around);
                Packages::of_project(from, &self.environment)
            }
            None => Packages::of_store(&self.directory, &self.environment),
        };
        self.packages.get_or_init(read).as_ref().map_err(Clone::clone)
    }

    /// The assets of the package that a file belongs to: that of the nearest manifest above where the
    /// file really lies. What is no file, such as what was typed, belongs to where the user is.
    fn assets_of(&self, from: &str) -> Result<Arc<PackageAssets>, NoAssets> {
        let path = self.known().paths.get(from).map(|path| real_or(path));
        let folder = match &path {
            Some(path) => path.parent().unwrap_or(path),
            None if from.starts_with("(eval ") => return Err(NoAssets::NoPackage),
            None => &self.directory,
        };
        let root = s_project::find_root(folder).ok_or(NoAssets::NoPackage)?;
        // A package that was brought here ends at its folder, with a manifest in it or without.
        let owner = self.known().owners.get(from).copied();
        if let (Some(owner @ Owner::Package(_)), Ok(packages)) = (owner, self.packages())
            && let Ok(folder) = packages.folder(owner)
            && !root.starts_with(real_or(&folder))
        {
            return Err(NoAssets::NoPackage);
        }
        let mut known = self.known();
        let assets = known.assets.entry(root).or_insert_with_key(|root| {
            let manifest = root.join(s_project::MANIFEST_NAME);
            PackageAssets::read(root, &self.shown(&manifest).display().to_string()).map(Arc::new)
        });
        assets.clone().map_err(|found| NoAssets::Wrong(Box::new(found)))
    }

    /// Takes a file if it is there. `shown` is its name, if nobody asked for it before.
    fn take(
        &self,
        full: &Path,
        shown: &Path,
        owner: Option<Owner>,
        tried: &mut Tried,
    ) -> Result<Option<Loaded>, String> {
        if !matches!(files::kind(&real_or(full)), Ok(Some(EntryKind::File))) {
            tried.0.push(shown.to_path_buf());
            return Ok(None);
        }
        let bytes = files::read_capped(full, SOURCE_BYTES_MAX).map_err(|error| error.to_string())?;
        let mut known = self.known();
        let name = known.names.entry(real_or(full)).or_insert_with(|| shown.display().to_string()).clone();
        known.paths.insert(name.clone(), full.to_path_buf());
        if let Some(owner) = owner {
            known.owners.insert(name.clone(), owner);
        }
        Ok(Some(Loaded { name, text: text_of(&bytes), pinned: false }))
    }

    fn path(&self, text: &str, from: &str, folders: &[Folder]) -> Result<Loaded, String> {
        let path = Path::new(text);
        let mut tried = Tried::default();
        let owner = self.known().owners.get(from).copied();
        if path.is_absolute() {
            if let Some(loaded) = self.take(path, path, owner, &mut tried)? {
                return Ok(loaded);
            }
            return Err(self.not_there(text, &tried, &[path.to_path_buf()]));
        }
        let mut places: Vec<(PathBuf, PathBuf)> = Vec::new();
        if !text.starts_with("./") && !text.starts_with("../") {
            places.extend(folders.iter().map(|folder| self.named_folder(folder)));
            places.extend(self.include.iter().map(|folder| (self.directory.join(folder), folder.clone())));
        }
        places.push((self.directory.clone(), PathBuf::new()));
        if let Some(folder) = &self.script_folder {
            let above = folder.ancestors().filter(|above| *above != self.directory);
            places.extend(above.map(|above| (above.to_path_buf(), self.shown(above))));
        }
        let lies = self.known().paths.get(from).cloned();
        let beside = Path::new(from).parent().map(|folder| {
            let full = lies.as_deref().and_then(Path::parent).map(Path::to_path_buf);
            (full.unwrap_or_else(|| self.directory.join(folder)), folder.to_path_buf())
        });
        places.extend(beside.filter(|(folder, _)| places.iter().all(|(known, _)| known != folder)));
        for (folder, shown) in &places {
            let shown =
                if shown.as_os_str().is_empty() { path.to_path_buf() } else { normal(&shown.join(path)) };
            if let Some(loaded) = self.take(&folder.join(path), &shown, owner, &mut tried)? {
                return Ok(loaded);
            }
        }
        let full: Vec<PathBuf> = places.iter().map(|(folder, _)| normal(&folder.join(path))).collect();
        Err(self.not_there(text, &tried, &full))
    }

    /// A folder that the program names: where it is, and as it is shown.
    fn named_folder(&self, folder: &Folder) -> (PathBuf, PathBuf) {
        match folder.base {
            Base::Directory => (self.directory.join(&folder.path), PathBuf::from(&folder.path)),
            Base::Program => {
                let program = real_or(self.script_folder.as_deref().unwrap_or(&self.directory));
                let full = normal(&program.join(folder.path.trim_start_matches('/')));
                let shown = self.shown(&full);
                (full, shown)
            }
        }
    }

    fn module(
        &self,
        text: &str,
        pin: Option<&str>,
        from: &str,
        folders: &[Folder],
    ) -> Result<Loaded, String> {
        let name = text.strip_suffix(".pm").unwrap_or(text).replace("::", "/").replace('\'', "/");
        let parts: Vec<&str> = name.split('/').collect();
        let is_word = |part: &&str| {
            !part.is_empty() && part.chars().all(|char| char.is_alphanumeric() || matches!(char, '_' | '-'))
        };
        if !parts.iter().all(is_word) {
            return Err(format!("Can't locate {text}: `{text}` is not the name of a module"));
        }
        let mut tried = Tried::default();
        let owner = self.known().owners.get(from).copied().unwrap_or(Owner::Project);
        let mut looked = Vec::new();
        for (folder, shown) in folders.iter().map(|folder| self.named_folder(folder)) {
            for ending in ["stk", "pm"] {
                let file = format!("{name}.{ending}");
                let full = folder.join(&file);
                if let Some(loaded) = self.take(&full, &normal(&shown.join(&file)), None, &mut tried)? {
                    return Ok(loaded);
                }
                looked.push(full);
            }
        }
        let file = format!("{name}.stk");
        // Its own package first, even where a lock cannot be read.
        let own = match owner {
            Owner::Project => self.project(),
            Owner::Package(_) => Some(self.packages()?.folder(owner)?),
        };
        if let Some(root) = &own {
            let full = root.join("lib").join(&file);
            let shown = self.name_in(owner, root, &full)?;
            let taken = self.take(&full, &shown, Some(owner), &mut tried)?;
            looked.push(full);
            if let Some(loaded) = taken {
                return Ok(loaded);
            }
        }
        let from_package = |package: Owner, folder: &Path, tried: &mut Tried, looked: &[PathBuf]| {
            let loaded = self.in_package(package, folder, &parts, &file, tried, looked.to_vec(), text)?;
            Ok(Loaded { pinned: pin.is_some(), ..loaded })
        };
        let find = || self.packages().map_err(Refusal::soft)?.find(owner, parts[0], pin);
        let mut refused = None;
        if own.is_some() {
            match find() {
                Ok(Some((package, folder))) => return from_package(package, &folder, &mut tried, &looked),
                Ok(None) => {}
                Err(refusal) if refusal.is_final => {
                    return Err(format!("Can't locate {name}.pm: {}", refusal.message));
                }
                Err(refusal) => refused = Some(refusal.message),
            }
        }
        for folder in &self.include {
            for ending in ["stk", "pm"] {
                let file = folder.join(format!("{name}.{ending}"));
                let full = self.directory.join(&file);
                if let Some(loaded) = self.take(&full, &normal(&file), None, &mut tried)? {
                    return Ok(loaded);
                }
                looked.push(full);
            }
        }
        // Without a project what the user named himself goes first, and nobody else is asked for it.
        if own.is_none() {
            match find() {
                Ok(Some((package, folder))) => return from_package(package, &folder, &mut tried, &looked),
                Ok(None) => {}
                Err(refusal) => refused = (refusal.is_final || pin.is_some()).then_some(refusal.message),
            }
        }
        if let Some(message) = refused {
            return Err(format!("Can't locate {name}.pm: {message}"));
        }
        Err(self.not_there(&format!("{name}.pm"), &tried, &looked))
    }

    /// A module of a package: `Foo::Bar` of `foo` is `lib/Bar.stk`, or `lib/Foo/Bar.stk`.
    #[expect(clippy::too_many_arguments, reason = "the state of one search, handed on once")]
    fn in_package(
        &self,
        package: Owner,
        folder: &Path,
        parts: &[&str],
        file: &str,
        tried: &mut Tried,
        mut looked: Vec<PathBuf>,
        text: &str,
    ) -> Result<Loaded, String> {
        let lib = folder.join("lib");
        let mut candidates = Vec::new();
        if let [_, rest @ ..] = parts
            && !rest.is_empty()
        {
            candidates.push(lib.join(format!("{}.stk", rest.join("/"))));
        }
        candidates.push(lib.join(file));
        if let [_] = parts {
            let name = self.packages()?.short_name(package);
            let own = lib.join(format!("{name}.stk"));
            if !candidates.contains(&own) {
                candidates.push(own);
            }
        }
        let mut found: Vec<(PathBuf, Loaded)> = Vec::new();
        for candidate in candidates {
            let shown = self.name_in(package, folder, &candidate)?;
            if let Some(loaded) = self.take(&candidate, &shown, Some(package), tried)?
                && found.iter().all(|(_, other)| other.name != loaded.name)
            {
                found.push((candidate.clone(), loaded));
            }
            looked.push(candidate);
        }
        match found.as_slice() {
            [] => Err(self.not_there(&format!("{}.pm", parts.join("/")), tried, &looked)),
            [_] => Ok(found.remove(0).1),
            [(first, _), (second, _), ..] => Err(format!(
                "Can't locate {text}: both `{}` and `{}` could be meant",
                first.display(),
                second.display()
            )),
        }
    }

    /// A path as it is shown: from the directory the user is in where it is below that.
    fn shown(&self, path: &Path) -> PathBuf {
        path.strip_prefix(&self.directory).unwrap_or(path).to_path_buf()
    }

    /// The name of a file in the folder of a package, or of the project.
    fn name_in(&self, owner: Owner, folder: &Path, full: &Path) -> Result<PathBuf, String> {
        let label = match (self.portable, owner.index()) {
            (true, Some(index)) => self.packages()?.package(index),
            _ => None,
        };
        Ok(match (label, full.strip_prefix(folder)) {
            (Some(package), Ok(inside)) => {
                Path::new(&format!("{}@{}", package.name, package.version)).join(inside)
            }
            _ => self.shown(full),
        })
    }

    fn not_there(&self, what: &str, tried: &Tried, full: &[PathBuf]) -> String {
        let mut places: Vec<String> = Vec::new();
        for place in &tried.0 {
            let place = place.display().to_string();
            if !places.contains(&place) {
                places.push(place);
            }
        }
        let more = places.len().saturating_sub(TRIED_MAX);
        places.truncate(TRIED_MAX);
        let mut message = format!("Can't locate {what} in @INC");
        if !places.is_empty() {
            message.push_str(&format!(" (tried: {}", places.join(", ")));
            if more > 0 {
                message.push_str(&format!(" and {more} more"));
            }
            message.push(')');
        }
        if let Some(near) = full.iter().find_map(|path| self.nearest(path)) {
            message.push_str(&format!("; did you mean `{near}`?"));
        }
        message
    }

    /// The file beside an absent one whose name is most like it.
    fn nearest(&self, absent: &Path) -> Option<String> {
        let (folder, name) = (absent.parent()?, absent.file_name()?.to_str()?);
        let entries = files::read_dir(folder).ok()?;
        let names: Vec<&str> = entries.iter().filter_map(|entry| entry.name.to_str()).collect();
        let near = s_project::nearest_name(name, &names)?;
        Some(self.shown(&folder.join(near)).display().to_string())
    }
}

impl Files for DiskFiles {
    fn require(&self, request: &Require, from: &str, folders: &[Folder]) -> Result<Loaded, String> {
        match request {
            Require::Path(path) => self.path(path, from, folders),
            Require::Module(name) => self.module(name, None, from, folders),
            Require::Pinned { module, version } => self.module(module, Some(version), from, folders),
        }
    }

    fn include(&self) -> Vec<String> {
        self.include.iter().map(|folder| folder.display().to_string()).collect()
    }

    fn assets(&self, from: &str) -> Result<Arc<Assets>, NoAssets> {
        self.assets_of(from).map(|assets| Arc::clone(assets.names()))
    }

    fn asset(&self, from: &str, name: &str) -> Result<Arc<[u8]>, NoAssets> {
        self.assets_of(from)?.bytes(name).map_err(|found| NoAssets::Wrong(Box::new(found)))
    }
}

/// The text that bytes stand for.
pub(super) fn text_of(bytes: &[u8]) -> Arc<str> {
    let text = s_syntax::decode(bytes);
    Arc::from(text.strip_prefix('\u{feff}').unwrap_or(&text))
}

/// What the system said, in its own words: without the path, which stands in the message already.
fn reason(error: &s_store::StoreError) -> String {
    match error.kind() {
        Some(std::io::ErrorKind::NotFound) => "No such file or directory".to_owned(),
        Some(std::io::ErrorKind::PermissionDenied) => "Permission denied".to_owned(),
        Some(std::io::ErrorKind::IsADirectory) => "Is a directory".to_owned(),
        _ => error.to_string(),
    }
}

fn real_or(path: &Path) -> PathBuf {
    files::canonicalize(path).unwrap_or_else(|_| path.to_path_buf())
}

/// Takes `.` out of a path, and `..` where it undoes a name.
fn normal(path: &Path) -> PathBuf {
    use std::path::Component;
    let mut parts = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir if matches!(parts.components().next_back(), Some(Component::Normal(_))) => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    parts
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn tree(paths: &[&str]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for path in paths {
            let path = folder.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(&path, format!("# {}\n", path.display())).unwrap();
        }
        folder
    }

    fn files_in(folder: &Path, below: &str, include: &[&str]) -> DiskFiles {
        let home = folder.join("home");
        let environment: Environment =
            Arc::new(move |name| (name == "STRYKE_HOME").then(|| home.clone().into_os_string()));
        let include = include.iter().map(PathBuf::from).collect();
        DiskFiles::new(files::canonicalize(&folder.join(below)).unwrap(), include, environment)
    }

    #[test]
    fn literal_paths_go_from_here_to_the_program_and_upwards() {
        let folder = tree(&["a/x.stk", "a/b/main.stk", "a/b/y.stk", "other/here.stk", "a/b/c/z.stk"]);
        let mut files = files_in(folder.path(), "other", &[]);
        files.main(Path::new("../a/b/main.stk")).unwrap();
        let name = |request: &str, from: &str| {
            files.require(&Require::Path(request.to_owned()), from, &[]).map(|loaded| loaded.name)
        };
        assert_eq!(name("./here.stk", "-"), Ok("./here.stk".to_owned()));
        assert!(name("./y.stk", "-").unwrap().ends_with("a/b/y.stk"));
        assert!(name("./x.stk", "-").unwrap().ends_with("a/x.stk"));
        assert!(name("./z.stk", "../a/b/c/other.stk").unwrap().ends_with("a/b/c/z.stk"));
        assert_eq!(name("../other/here.stk", "-"), Ok("./here.stk".to_owned()), "one file, one name");
        let message = name("./yy.stk", "-").unwrap_err();
        assert!(message.starts_with("Can't locate ./yy.stk in @INC (tried: ./yy.stk, "), "{message}");
        assert!(message.contains("did you mean `") && message.contains("y.stk`?"), "{message}");
    }

    #[test]
    fn modules_are_in_lib_and_in_the_include_path() {
        let folder =
            tree(&["p/stryke.toml", "p/lib/Foo/Bar.stk", "p/t/a.stk", "inc/Old/Mod.pm", "inc/New.stk"]);
        fs::write(folder.path().join("p/stryke.toml"), "[package]\nname = \"p\"\n").unwrap();
        let mut files = files_in(folder.path(), "p", &["../inc"]);
        files.main(Path::new("t/a.stk")).unwrap();
        let name = |request: &str| {
            files.require(&Require::Module(request.to_owned()), "t/a.stk", &[]).map(|loaded| loaded.name)
        };
        assert_eq!(name("Foo::Bar"), Ok("lib/Foo/Bar.stk".to_owned()));
        assert_eq!(name("Foo/Bar.pm"), Ok("lib/Foo/Bar.stk".to_owned()));
        assert_eq!(name("Old::Mod"), Ok("../inc/Old/Mod.pm".to_owned()));
        assert_eq!(name("New"), Ok("../inc/New.stk".to_owned()));
        let message = name("Foo::Baz").unwrap_err();
        assert!(
            message.starts_with("Can't locate Foo/Baz.pm in @INC (tried: lib/Foo/Baz.stk, "),
            "{message}"
        );
        assert!(message.ends_with("did you mean `lib/Foo/Bar.stk`?"), "{message}");
        assert!(name("../x").unwrap_err().contains("not the name of a module"));
    }

    #[test]
    fn an_absent_program_is_named_with_its_neighbour() {
        let folder = tree(&["main.stk"]);
        let mut files = files_in(folder.path(), ".", &[]);
        let message = files.main(Path::new("mian.stk")).unwrap_err();
        assert_eq!(
            message,
            "Can't open script \"mian.stk\": No such file or directory; did you mean `main.stk`?"
        );
    }
}
