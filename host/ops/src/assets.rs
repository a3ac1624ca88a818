//! The assets of a package: what `[package.assets]` names, found on the disk.
//!
//! A file has the name it was given, a file below a folder that of the folder, `/` and the way to it.
//! Everything is looked at through a view of the package's folder, so that no link leads out of it; names
//! that begin with a dot are left out, as they are of archives. A package whose assets are not all there,
//! or are too many, has none: whoever asks gets the reason with its place in the manifest.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use s_diag::{Code, Diagnostic, Severity, Source};
use s_driver::Assets;
use s_project::{AssetEntry, MANIFEST_NAME, ProjectManifest, nearest_name};
use s_store::{EntryKind, View, ViewEntry, files};

/// Bytes that all assets of a package have together.
pub(crate) const BYTES_MAX: u64 = 64 << 20;
/// Files that they are.
pub(crate) const FILES_MAX: usize = 10_000;
/// Folders within folders that are followed.
const DEPTH_MAX: usize = 32;
/// The size of a manifest that is still read.
const MANIFEST_BYTES_MAX: u64 = 16 << 20;

/// The assets of one package.
pub(crate) struct PackageAssets {
    view: View,
    source: Source,
    names: Arc<Assets>,
    /// By name: the path in the package, and the entry that brings it.
    files: BTreeMap<String, (String, AssetEntry)>,
    /// What has been read.
    read: Mutex<BTreeMap<String, Arc<[u8]>>>,
}

impl PackageAssets {
    /// Finds the assets of the package in a folder, whose manifest is shown by a name.
    pub(crate) fn read(folder: &Path, shown: &str) -> Result<PackageAssets, Diagnostic> {
        let text = files::read_to_string(&folder.join(MANIFEST_NAME), MANIFEST_BYTES_MAX)
            .map_err(|error| Diagnostic::error(Code::IO, error.to_string()))?;
        let (manifest, diagnostics) = ProjectManifest::parse(Source::new(shown, text));
        if let Some(error) = diagnostics.into_iter().find(|found| found.severity == Severity::Error) {
            return Err(error);
        }
        PackageAssets::of(folder, &manifest)
    }

    /// The same of a manifest that was read already.
    pub(crate) fn of(folder: &Path, manifest: &ProjectManifest) -> Result<PackageAssets, Diagnostic> {
        let view = View::open(folder).map_err(|error| Diagnostic::error(Code::IO, error.to_string()))?;
        let mut search = Search { view: &view, source: manifest.source(), files: BTreeMap::new(), bytes: 0 };
        for entry in manifest.assets() {
            search.entry(folder, entry)?;
        }
        let files = search.files;
        let name = manifest.package().name.clone().unwrap_or_else(|| "this package".to_owned());
        let names = Arc::new(Assets { package: name, names: files.keys().cloned().collect() });
        Ok(PackageAssets { view, source: manifest.source().clone(), names, files, read: Mutex::default() })
    }

    /// Their names.
    pub(crate) fn names(&self) -> &Arc<Assets> {
        &self.names
    }

    /// The bytes of one; they are read once.
    pub(crate) fn bytes(&self, name: &str) -> Result<Arc<[u8]>, Diagnostic> {
        if let Some(bytes) = self.known().get(name) {
            return Ok(Arc::clone(bytes));
        }
        let Some((path, entry)) = self.files.get(name) else {
            return Err(Diagnostic::error(Code::UNKNOWN_ASSET, format!("there is no asset {name:?}")));
        };
        let failed = |reason: String| wrong(&self.source, entry, format!("the asset `{path}` {reason}"));
        let file = self.view.open_file(path).map_err(|error| failed(format!("cannot be read: {error}")))?;
        let size = usize::try_from(file.size_bytes().min(BYTES_MAX + 1)).unwrap_or(usize::MAX);
        if size as u64 > BYTES_MAX {
            return Err(failed(format!("is larger than {} MiB", BYTES_MAX >> 20)));
        }
        let mut bytes = vec![0; size];
        let count =
            file.read_at(0, &mut bytes).map_err(|error| failed(format!("cannot be read: {error}")))?;
        bytes.truncate(count);
        let bytes: Arc<[u8]> = bytes.into();
        self.known().insert(name.to_owned(), Arc::clone(&bytes));
        Ok(bytes)
    }

    fn known(&self) -> std::sync::MutexGuard<'_, BTreeMap<String, Arc<[u8]>>> {
        self.read.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What has been found so far.
struct Search<'a> {
    view: &'a View,
    source: &'a Source,
    files: BTreeMap<String, (String, AssetEntry)>,
    bytes: u64,
}

impl Search<'_> {
    fn entry(&mut self, folder: &Path, entry: &AssetEntry) -> Result<(), Diagnostic> {
        let (above, last) = entry.path.rsplit_once('/').unwrap_or(("", &entry.path));
        let beside = self.view.list(above).unwrap_or_default();
        match beside.iter().find(|found| found.name == last) {
            Some(found) if found.kind == EntryKind::Other => Err(self.no_file(entry, &entry.path)),
            Some(found) => self.take(entry, found, &entry.name, &entry.path, 0),
            // A part of the way may be a link that leads out.
            None if files::kind(&folder.join(&entry.path)).is_ok_and(|kind| kind.is_some()) => {
                Err(self.no_file(entry, &entry.path))
            }
            None => {
                let mut found =
                    wrong(self.source, entry, format!("there is no `{}` in the package", entry.path));
                let names: Vec<&str> = beside.iter().map(|entry| entry.name.as_str()).collect();
                if let Some(near) = nearest_name(last, &names) {
                    let near = if above.is_empty() { near.to_owned() } else { format!("{above}/{near}") };
                    found = found.hint(format!("did you mean `{near}`?"));
                }
                Err(found)
            }
        }
    }

    fn take(
        &mut self,
        entry: &AssetEntry,
        found: &ViewEntry,
        name: &str,
        path: &str,
        depth: usize,
    ) -> Result<(), Diagnostic> {
        match found.kind {
            EntryKind::File => {
                self.bytes = self.bytes.saturating_add(found.size_bytes);
                if self.bytes > BYTES_MAX || self.files.len() >= FILES_MAX {
                    return Err(self.too_large(entry));
                }
                self.files.insert(name.to_owned(), (path.to_owned(), entry.clone()));
                Ok(())
            }
            EntryKind::Directory if depth >= DEPTH_MAX => {
                let message = format!("`{path}` lies deeper than {DEPTH_MAX} folders");
                Err(wrong(self.source, entry, message))
            }
            EntryKind::Directory => {
                let inside = self.view.list(path).map_err(|error| {
                    wrong(self.source, entry, format!("`{path}` cannot be read: {error}"))
                })?;
                for found in inside.iter().filter(|found| !found.name.starts_with('.')) {
                    let (name, path) = (format!("{name}/{}", found.name), format!("{path}/{}", found.name));
                    self.take(entry, found, &name, &path, depth + 1)?;
                }
                Ok(())
            }
            EntryKind::Other => Err(self.no_file(entry, path)),
        }
    }

    fn no_file(&self, entry: &AssetEntry, path: &str) -> Diagnostic {
        let message =
            format!("`{path}` is a link that leads out of the package or nowhere, or no file at all");
        wrong(self.source, entry, message).hint("put the file itself there")
    }

    fn too_large(&self, entry: &AssetEntry) -> Diagnostic {
        let message = format!(
            "the assets of the package are larger than {} MiB together, or more than {FILES_MAX} files",
            BYTES_MAX >> 20
        );
        wrong(self.source, entry, message)
            .hint("name only what programs need, and let them read the rest from a place that they are told")
    }
}

fn wrong(source: &Source, entry: &AssetEntry, message: String) -> Diagnostic {
    Diagnostic::error(Code::PACKAGE_ASSETS, message).at(source, entry.span, "named here")
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn package(assets: &str, paths: &[&str]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for path in paths {
            let full = folder.path().join(path);
            fs::create_dir_all(full.parent().unwrap()).unwrap();
            fs::write(&full, format!("bytes of {path}")).unwrap();
        }
        let text = format!("[package]\nname = \"demo\"\n\n[package.assets]\n{assets}\n");
        fs::write(folder.path().join(MANIFEST_NAME), text).unwrap();
        folder
    }

    fn names(folder: &Path) -> Result<Vec<String>, (String, usize)> {
        match PackageAssets::read(folder, MANIFEST_NAME) {
            Ok(assets) => Ok(assets.names().names.clone()),
            Err(found) => {
                let label = &found.labels[0];
                assert_eq!(found.code, Code::PACKAGE_ASSETS);
                Err((found.message.clone(), label.source.position(label.span.start).0))
            }
        }
    }

    #[test]
    fn files_have_names_and_bytes() {
        let folder = package(
            "t = \"share/t\"\nlogo = \"share/logo.png\"",
            &[
                "share/t/b.html",
                "share/t/a/x",
                "share/t/.hidden",
                "share/t/.git/x",
                "share/logo.png",
                "share/other",
            ],
        );
        assert_eq!(names(folder.path()).unwrap(), ["logo", "t/a/x", "t/b.html"]);
        let assets = PackageAssets::read(folder.path(), MANIFEST_NAME).unwrap();
        assert_eq!(assets.names().package, "demo");
        assert_eq!(&*assets.bytes("t/a/x").unwrap(), b"bytes of share/t/a/x");
        assert!(assets.bytes("other").is_err());
        let once = assets.bytes("logo").unwrap();
        fs::remove_file(folder.path().join("share/logo.png")).unwrap();
        assert!(Arc::ptr_eq(&once, &assets.bytes("logo").unwrap()), "read once");
        fs::remove_file(folder.path().join("share/t/b.html")).unwrap();
        assert!(assets.bytes("t/b.html").unwrap_err().message.contains("cannot be read"));
    }

    #[test]
    fn what_is_not_there_or_leads_out_is_refused_with_its_line() {
        let folder = package("a = \"share/a\"\nb = \"share/lgo.png\"", &["share/a", "share/logo.png"]);
        let (message, line) = names(folder.path()).unwrap_err();
        assert_eq!((message.as_str(), line), ("there is no `share/lgo.png` in the package", 6));
        let found = PackageAssets::read(folder.path(), MANIFEST_NAME).err().unwrap();
        assert!(format!("{found:?}").contains("did you mean `share/logo.png`?"));
    }

    #[cfg(unix)]
    #[test]
    fn links_do_not_lead_out() {
        use std::os::unix::fs::symlink;

        let outside = package("", &["secret", "folder/x"]);
        for (link, target, path) in [
            ("share/x", outside.path().join("secret"), "share/x"),
            ("share/x", outside.path().join("secret"), "share"),
            ("share/d", outside.path().join("folder"), "share/d"),
            ("share/d", outside.path().join("folder"), "share/d/x"),
            ("share/d", outside.path().join("folder"), "share"),
            ("share/n", outside.path().join("nowhere"), "share"),
        ] {
            let folder = package(&format!("a = \"{path}\""), &["share/real"]);
            symlink(&target, folder.path().join(link)).unwrap();
            let (message, line) = names(folder.path()).unwrap_err();
            assert!(message.contains("is a link that leads out of the package"), "{path}: {message}");
            assert_eq!(line, 5);
        }
        let folder = package("a = \"share\"", &["share/x/real"]);
        symlink(".", folder.path().join("share/x/again")).unwrap();
        let (message, _) = names(folder.path()).unwrap_err();
        assert!(message.contains("lies deeper than 32 folders"), "{message}");
    }

    #[test]
    fn what_is_too_large_is_refused() {
        let folder = package("small = \"small\"\nlarge = \"large\"", &["small", "large"]);
        let file = fs::File::create(folder.path().join("large")).unwrap();
        file.set_len(BYTES_MAX - "bytes of small".len() as u64).unwrap();
        assert_eq!(names(folder.path()).unwrap(), ["large", "small"]);
        file.set_len(BYTES_MAX).unwrap();
        let (message, line) = names(folder.path()).unwrap_err();
        assert!(
            message.starts_with("the assets of the package are larger than 64 MiB together"),
            "{message}"
        );
        assert_eq!(line, 6);
    }
}
