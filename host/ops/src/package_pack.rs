//! `s pack`: the archive of a package, the same bytes on every machine.
//!
//! Everything below the project goes in but what is made from it or concerns only its authors: names
//! that begin with a dot, `target`, `vendor`, `examples` and `stryke.lock` at the top. A link is an
//! error: what it leads to is on this machine only.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use s_diag::{Code, Diagnostic};
use s_project::{DependencyOrigin, Group, MANIFEST_NAME, PackageName, Version, is_packed, nearest_name};
use s_store::archive::{self, ArchiveError, ArchiveLimits, PackEntry, PackSource, Packed};
use s_store::{Access, EntryKind, files};

use crate::Context;
use crate::assets::PackageAssets;
use crate::failure::{Failure, FailureKind};
use crate::package_add::package_name;
use crate::packages::Project;

/// An archive that was made.
#[derive(Clone, Debug)]
pub struct PackedPackage {
    /// The package.
    pub name: PackageName,
    /// Its version.
    pub version: Version,
    /// The archive.
    pub path: PathBuf,
    /// The files in it.
    pub files: Vec<String>,
    /// What was made.
    pub packed: Packed,
}

/// Packs the project the user is in, into `target/package` or a folder that was named.
pub fn package_pack(
    context: &Arc<Context>,
    folder: Option<&Path>,
    member: Option<&str>,
) -> Result<PackedPackage, Failure> {
    let mut project = Project::read(context, member)?;
    project.package()?;
    let (name, version) = identity(&project)?;
    no_folders(&project)?;
    has_programs(&project)?;
    // What its programs will ask for has to be there, and is in what follows.
    PackageAssets::of(&project.folder(), project.manifest())
        .map_err(|found| Failure::new(FailureKind::Failed, found))?;
    let mut entries = Vec::new();
    collect(&project.folder(), "", &mut entries)?;
    // What is inherited goes along.
    if let Some(manifest) = entries.iter_mut().find(|entry| entry.path == MANIFEST_NAME) {
        manifest.source = PackSource::Bytes(project.manifest().detached().into_bytes());
    }
    let files: Vec<String> = entries.iter().map(|entry| entry.path.clone()).collect();
    let root = format!("{}-{version}", name.base());
    let mut bytes = Vec::new();
    let packed = archive::pack(&root, entries, &mut bytes).map_err(|error| unpackable(&error))?;
    // What is made here has to be taken everywhere.
    archive::inspect(bytes.as_slice(), &root, &ArchiveLimits::default())
        .map_err(|error| unpackable(&error))?;
    let folder = match folder {
        Some(folder) => context.directory().join(folder),
        None => project.root.join("target").join("package"),
    };
    files::create_dir_all(&folder, Access::Shared)?;
    let path = folder.join(format!("{root}.tar.zst"));
    files::write_atomic(&path, &bytes, Access::Shared)?;
    Ok(PackedPackage { name, version, path, files, packed })
}

fn identity(project: &Project) -> Result<(PackageName, Version), Failure> {
    let package = project.manifest().package();
    let missing = |key: &str, example: &str| {
        let message = format!("`package.{key}` is missing, and a package needs one");
        let diagnostic = Diagnostic::error(Code::MANIFEST_VALUE, message)
            .hint(format!("add to `stryke.toml`:\n[package]\n{key} = \"{example}\""));
        Failure::new(FailureKind::Failed, diagnostic)
    };
    let name = package.name.as_deref().ok_or_else(|| missing("name", "my-package"))?;
    let version = package.version.as_deref().ok_or_else(|| missing("version", "0.1.0"))?;
    let version: Version = version.parse().map_err(|_| {
        let message = format!("`package.version` is `{}`, which is no version", version.escape_debug());
        let diagnostic =
            Diagnostic::error(Code::MANIFEST_VALUE, message).note("a version is such as `1.4.2`");
        Failure::new(FailureKind::Failed, diagnostic)
    })?;
    Ok((package_name(name)?, version))
}

/// The files of `[bin]` have to be there, and to go along.
fn has_programs(project: &Project) -> Result<(), Failure> {
    let manifest = project.manifest();
    for (name, path) in manifest.binaries() {
        let is_file = matches!(files::kind(&project.folder().join(path)), Ok(Some(EntryKind::File)));
        let is_inside = is_packed(path) && !path.starts_with('/') && path.split('/').all(|part| part != "..");
        let why = match (is_file, is_inside) {
            (true, true) => continue,
            (false, _) => "there is no such file",
            (true, false) => "it lies where archives take nothing from",
        };
        let message = format!("the program `{}` of `[bin]` would not be in the package", name.escape_debug());
        let diagnostic = Diagnostic::error(Code::MANIFEST_VALUE, message);
        let diagnostic = match manifest.place(&["bin", name]) {
            Some(span) => diagnostic.at(manifest.source(), span, why),
            None => diagnostic.note(why),
        };
        return Err(Failure::new(
            FailureKind::Failed,
            match near_file(&project.folder(), path) {
                Some(near) => diagnostic.hint(format!("did you mean `{near}`?")),
                None => diagnostic,
            },
        ));
    }
    Ok(())
}

/// The file that was probably meant: of the same folder.
fn near_file(root: &Path, path: &str) -> Option<String> {
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
    let entries = files::read_dir(&root.join(folder)).ok()?.into_iter();
    let names: Vec<String> = entries.filter_map(|entry| Some(entry.name.to_str()?.to_owned())).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).filter(|near| *near != name).collect();
    let near = nearest_name(name, &names)?;
    Some(if folder.is_empty() { near.to_owned() } else { format!("{folder}/{near}") })
}

/// Whoever gets the package does not have the folders beside it.
fn no_folders(project: &Project) -> Result<(), Failure> {
    let manifest = project.manifest();
    let local = manifest.dependencies().iter().find(|request| {
        request.group == Group::Normal
            && matches!(
                request.origin,
                DependencyOrigin::Path { requirement: None, .. } | DependencyOrigin::Git { .. }
            )
    });
    let Some(request) = local else { return Ok(()) };
    let message =
        format!("`{}` is not in a registry, so nobody else could install this package", request.alias);
    let diagnostic = Diagnostic::error(Code::PATH_DEPENDENCY, message)
        .at(manifest.source(), request.span, "only a folder or a repository is named here")
        .hint("say which published version takes its place: { version = \"…\", path = \"…\" }");
    Err(Failure::new(FailureKind::Failed, diagnostic))
}

fn collect(folder: &Path, prefix: &str, entries: &mut Vec<PackEntry>) -> Result<(), Failure> {
    for entry in files::read_dir(folder)? {
        let Some(name) = entry.name.to_str() else {
            let message = format!("`{}` is not UTF-8", entry.path.display());
            return Err(Failure::new(FailureKind::Failed, Diagnostic::error(Code::UNSAFE_PATH, message)));
        };
        let path = format!("{prefix}{name}");
        if !is_packed(&path) {
            continue;
        }
        match entry.kind {
            EntryKind::Directory => collect(&entry.path, &format!("{path}/"), entries)?,
            EntryKind::File => {
                let executable = files::is_executable(&entry.path)?;
                entries.push(PackEntry { path, executable, source: PackSource::File(entry.path) });
            }
            EntryKind::Other => {
                let message = format!("`{path}` is a link or no file at all, and cannot be packed");
                let diagnostic = Diagnostic::error(Code::ARCHIVE, message)
                    .hint("put the file itself there, or move it out of the package");
                return Err(Failure::new(FailureKind::Failed, diagnostic));
            }
        }
    }
    Ok(())
}

fn unpackable(error: &ArchiveError) -> Failure {
    let diagnostic =
        Diagnostic::error(Code::ARCHIVE, "the package cannot be packed so that everybody can unpack it")
            .note(error.to_string());
    Failure::new(FailureKind::Failed, diagnostic)
}
