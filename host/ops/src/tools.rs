//! Programs of packages: installed for the user with `s install -g`, or run once with `s x`.
//!
//! Each package has a project of its own below the home folder, with a manifest and a lock, so that
//! two tools never have to agree on versions. What is in `~/.stryke/bin` are links into the store;
//! nothing of a package is run to make them.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use s_diag::{Code, Diagnostic, Source, Span};
use s_project::{
    Group, LockedPackage, MANIFEST_NAME, PackageName, PackageSource, ProjectLock, ProjectManifest,
    RegistryEntry, Version,
};
use s_store::package_store::PackageStore;
use s_store::{Access, EntryKind, files};

use crate::Context;
use crate::failure::{Failure, FailureKind};
use crate::package_add::{NewDependency, package_add, package_name};
use crate::packages::registries::Registries;
use crate::packages::{Answers, Project, fill_store, key_of, repositories, vanished};
use crate::plugins::install::not_editable;
use crate::plugins::level::exclusively;
use crate::registry::RegistryPlace;

/// A package whose programs are installed.
#[derive(Clone, Debug)]
pub struct Tool {
    /// The package.
    pub name: PackageName,
    /// Its version.
    pub version: Version,
    /// What its programs are called.
    pub programs: Vec<String>,
}

/// What was installed.
#[derive(Clone, Debug)]
pub struct InstalledTool {
    /// The tool as it is now.
    pub tool: Tool,
    /// The version that was there before.
    pub before: Option<Version>,
    /// Where its programs are.
    pub folder: PathBuf,
    /// Whether that folder is among those that the shell searches.
    pub is_on_path: bool,
}

/// Installs the programs of a package for the user, `NAME` or `NAME@REQUIREMENT`. What was installed
/// of it before is replaced: without a requirement by the newest version there is.
pub fn tool_install(
    context: &Arc<Context>,
    spec: &str,
    registry: Option<&str>,
) -> Result<InstalledTool, Failure> {
    let name = name_of(spec)?;
    let project = context.home().tool(name.as_str());
    let was_there = files::exists(&project.join(MANIFEST_NAME))?;
    let before = match was_there {
        true => locked(context, &project, &name)?.map(|package| package.version),
        false => None,
    };
    let result = install(context, spec, registry, &name, &project);
    if result.is_err() && !was_there && files::exists(&project)? {
        files::remove_dir_all(&project)?;
    }
    let tool = result?;
    let folder = context.home().bin();
    let is_on_path = context
        .os_variable("PATH")
        .is_some_and(|path| std::env::split_paths(&path).any(|searched| searched == folder));
    Ok(InstalledTool { tool, before, folder, is_on_path })
}

fn install(
    context: &Arc<Context>,
    spec: &str,
    registry: Option<&str>,
    name: &PackageName,
    project: &Path,
) -> Result<Tool, Failure> {
    bring(context, spec, registry, project)?;
    let (tool, programs) = programs_of(context, project, name)?;
    let _guard = exclusively(context)?;
    let bin = context.home().bin();
    // All of them are looked at before any is made.
    for program in programs.keys() {
        free(context, name, &bin.join(program), program)?;
    }
    let mine = links_of(context, name)?;
    files::create_dir_all(&bin, Access::Shared)?;
    for (program, path) in &programs {
        let target = path
            .strip_prefix(context.home().root())
            .map_or(path.clone(), |below| Path::new("..").join(below));
        if files::link_target(&bin.join(program))?.as_ref() != Some(&target) {
            files::link_atomic(&target, &bin.join(program))?;
        }
    }
    for gone in mine.into_iter().filter(|program| !programs.contains_key(program)) {
        files::remove_file(&bin.join(gone))?;
    }
    Ok(tool)
}

/// Removes the programs of a package; the package itself stays in the store until that is cleared.
pub fn tool_uninstall(context: &Arc<Context>, name: &str) -> Result<Tool, Failure> {
    let name = package_name(name)?;
    let project = context.home().tool(name.as_str());
    if !files::exists(&project)? {
        let message = format!("no package `{name}` is installed for you");
        let mut diagnostic = Diagnostic::error(Code::TOOL, message);
        let known: Vec<String> = tool_list(context)?.iter().map(|tool| tool.name.to_string()).collect();
        let known: Vec<&str> = known.iter().map(String::as_str).collect();
        diagnostic = match s_project::nearest_name(name.as_str(), &known) {
            Some(near) => diagnostic.hint(format!("did you mean `{near}`?")),
            None => diagnostic.hint("s list -g"),
        };
        return Err(Failure::new(FailureKind::Usage, diagnostic));
    }
    let _guard = exclusively(context)?;
    let programs = links_of(context, &name)?;
    for program in &programs {
        files::remove_file(&context.home().bin().join(program))?;
    }
    let version = locked(context, &project, &name).ok().flatten().map(|package| package.version);
    files::remove_dir_all(&project)?;
    Ok(Tool { name, version: version.unwrap_or_else(|| Version::new(0, 0, 0)), programs })
}

/// The packages whose programs are installed, by name.
pub fn tool_list(context: &Arc<Context>) -> Result<Vec<Tool>, Failure> {
    let entries = match files::read_dir(&context.home().tools()) {
        Err(error) if error.is_not_found() => return Ok(Vec::new()),
        entries => entries?,
    };
    let mut tools = Vec::new();
    for entry in entries.into_iter().filter(|entry| entry.kind == EntryKind::Directory) {
        let source = context.source_or_empty(&entry.path.join(MANIFEST_NAME))?;
        let (manifest, _) = ProjectManifest::parse(source);
        let Some(request) = manifest.dependencies().first() else { continue };
        let name = request.package.clone();
        let Some(package) = locked(context, &entry.path, &name)? else { continue };
        let programs = links_of(context, &name)?;
        tools.push(Tool { name, version: package.version, programs });
    }
    tools.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(tools)
}

/// Brings a package that is run without being installed, and finds the program: the one that is
/// named, the one called like the package, or the only one.
pub(crate) fn passing_program(
    context: &Arc<Context>,
    spec: &str,
    program: Option<&str>,
    registry: Option<&str>,
) -> Result<(PathBuf, PathBuf), Failure> {
    let name = name_of(spec)?;
    let project = context.home().passing_tool(&format!("{spec} {}", registry.unwrap_or_default()));
    bring_or_keep(context, spec, registry, &project)?;
    let (_, mut programs) = programs_of(context, &project, &name)?;
    let names: Vec<String> = programs.keys().map(|name| format!("`{name}`")).collect();
    let found = match program {
        Some(program) => programs.remove(program),
        None => match programs.len() {
            1 => programs.into_values().next(),
            _ => programs.remove(name.base()),
        },
    };
    let path = found.ok_or_else(|| {
        let message = match program {
            Some(program) => format!("`{name}` has no program `{}`", program.escape_debug()),
            None => format!("`{name}` has several programs, and none is called `{}`", name.base()),
        };
        let diagnostic = Diagnostic::error(Code::TOOL, message)
            .note(format!("there are {}", names.join(", ")))
            .hint(format!("s x {spec} --bin NAME"));
        Failure::new(FailureKind::Usage, diagnostic)
    })?;
    Ok((project, path))
}

/// Brings a package for what is in it, and nothing of it is run; the package, and the folder in the store
/// where it is. Its registry is one that the project or the user has: the one with this address, or the one
/// that has the package.
pub(crate) fn passing_package(
    context: &Arc<Context>,
    name: &PackageName,
    requirement: Option<&str>,
    registry: Option<&str>,
) -> Result<(LockedPackage, PathBuf), Failure> {
    let mut registries = Registries::of(context)?;
    let url = match registry {
        Some(url) => url.to_owned(),
        None => registries.address_of(name)?,
    };
    // An address out of a lock reaches nothing that nobody named here.
    let registry = registries.name_at(&url)?;
    let spec = requirement.map_or_else(|| name.to_string(), |requirement| format!("{name}@{requirement}"));
    let project = context.home().passing_tool(&format!("{spec} {registry} {url}"));
    bring_or_keep(context, &spec, Some(&registry), &project)?;
    folder_of(context, &project, name)
}

fn name_of(spec: &str) -> Result<PackageName, Failure> {
    package_name(spec.split_once('@').map_or(spec, |(name, _)| name))
}

/// Brings a package anew; offline, what was brought before.
fn bring_or_keep(
    context: &Arc<Context>,
    spec: &str,
    registry: Option<&str>,
    project: &Path,
) -> Result<(), Failure> {
    // A version that is exact is the same every time; anything else is asked for anew.
    if context.is_offline() && files::exists(&project.join(s_project::LOCK_NAME))? {
        let inner = context.in_directory(project);
        let read = Project::read(&inner, None)?;
        fill_store(&inner, &mut read.as_locked(&inner).graph, &read.lock)?;
        return Ok(());
    }
    bring(context, spec, registry, project)
}

/// Makes the project of a tool ask for one package, and brings what it needs.
fn bring(context: &Arc<Context>, spec: &str, registry: Option<&str>, project: &Path) -> Result<(), Failure> {
    files::create_dir_all(project, Access::Shared)?;
    let path = project.join(MANIFEST_NAME);
    let mut text = "# Made by `s install -g` or `s x`.\n".to_owned();
    // What a name of `[registries]` means is known where the user is, and the tool is elsewhere.
    let named = registry.filter(|stated| !stated.contains("://") && !stated.starts_with(['/', '.']));
    if let Some(name) = named {
        let place = RegistryPlace::named(context, name)?;
        let (mut manifest, _) = ProjectManifest::parse(Source::new(MANIFEST_NAME, text));
        let entry = RegistryEntry {
            name: name.to_owned(),
            url: place.url,
            plugin: Some(place.plugin),
            auth: None,
            scopes: Vec::new(),
            mirrors: place.mirrors,
            config: place.config,
            span: Span { start: 0, end: 0 },
        };
        manifest.set_registry(&entry).map_err(not_editable)?;
        text = manifest.to_string();
    }
    if named.is_some() || !files::exists(&path)? {
        files::write_atomic(&path, text.as_bytes(), Access::Shared)?;
    }
    let wanted = NewDependency {
        spec: spec.to_owned(),
        group: Group::Normal,
        registry: registry.map(str::to_owned),
        git: None,
        alias: None,
        features: Vec::new(),
        no_default_features: false,
        optional: false,
    };
    package_add(&context.in_directory(project), &[wanted], None, Answers::New)?;
    Ok(())
}

/// What the lock of a tool has of its package.
fn locked(context: &Context, project: &Path, name: &PackageName) -> Result<Option<LockedPackage>, Failure> {
    let source = context.source_or_empty(&project.join(s_project::LOCK_NAME))?;
    let (lock, _) = ProjectLock::parse(Source::new(source.name, source.text));
    Ok(lock.packages().filter(|package| package.name == *name).last().cloned())
}

/// A package that the lock of a tool has, and the folder where it is.
fn folder_of(
    context: &Arc<Context>,
    project: &Path,
    name: &PackageName,
) -> Result<(LockedPackage, PathBuf), Failure> {
    // It was just locked; the project of a tool can still be removed or edited at the same time.
    let package = locked(context, project, name)?.ok_or_else(|| vanished(name.as_str()))?;
    let folder = match (&package.source, package.integrity) {
        (PackageSource::Registry(url), Some(integrity)) => {
            let stored = PackageStore::new(context.home()).find(&key_of(&package, url, integrity))?;
            stored.map(|stored| stored.path)
        }
        (PackageSource::Git { url, commit }, Some(tree)) => {
            let commit = commit.parse().expect("a lock holds whole names of commits");
            repositories::git(context)
                .find(url, &commit, name.as_str(), &tree)
                .map_err(repositories::failure)?
        }
        _ => None,
    };
    Ok((package, folder.ok_or_else(|| vanished(name.as_str()))?))
}

/// The programs of a package, and where they are.
fn programs_of(
    context: &Arc<Context>,
    project: &Path,
    name: &PackageName,
) -> Result<(Tool, BTreeMap<String, PathBuf>), Failure> {
    let (package, folder) = folder_of(context, project, name)?;
    let (manifest, _) = ProjectManifest::parse(context.source(&folder.join(MANIFEST_NAME))?);
    let mut programs = BTreeMap::new();
    for (program, path) in manifest.programs(&folder)? {
        // What a manifest names could lead anywhere.
        let is_safe = s_store::check_new_path(&path).is_ok()
            && s_store::check_new_path(&program).is_ok()
            && !program.contains('/');
        let path = folder.join(&path);
        if !is_safe || files::kind(&path)? != Some(EntryKind::File) {
            let message = format!("`{name}` {} names a program that is not in it", package.version);
            let diagnostic = Diagnostic::error(Code::TOOL, message)
                .note(format!("`[bin]` has `{}`", program.escape_debug()));
            return Err(Failure::new(FailureKind::Integrity, diagnostic));
        }
        programs.insert(program, path);
    }
    if programs.is_empty() {
        let message = format!("`{name}` {} has no programs", package.version);
        let diagnostic = Diagnostic::error(Code::TOOL, message)
            .note("it has neither `[bin]` in its `stryke.toml` nor files in `bin`")
            .hint(format!("to use it in a project: s add {name}"));
        return Err(Failure::new(FailureKind::Failed, diagnostic));
    }
    let names = programs.keys().cloned().collect();
    Ok((Tool { name: name.clone(), version: package.version, programs: names }, programs))
}

/// The links in `bin` that lead to a package.
fn links_of(context: &Context, name: &PackageName) -> Result<Vec<String>, Failure> {
    let bin = context.home().bin();
    let entries = match files::read_dir(&bin) {
        Err(error) if error.is_not_found() => return Ok(Vec::new()),
        entries => entries?,
    };
    let mut found = Vec::new();
    for entry in entries {
        if let Some(program) = entry.name.to_str()
            && owner(context, &entry.path)?.as_ref() == Some(name)
        {
            found.push(program.to_owned());
        }
    }
    Ok(found)
}

/// The package that a link in `bin` leads to: the one whose marker is in a folder above its target.
fn owner(context: &Context, link: &Path) -> Result<Option<PackageName>, Failure> {
    let Some(target) = files::link_target(link)? else { return Ok(None) };
    let target = context.home().bin().join(target);
    let store = context.home().store();
    let Some(below) = target.strip_prefix(context.home().bin().join("..")).ok() else { return Ok(None) };
    let target = context.home().root().join(below);
    let Ok(place) = target.strip_prefix(&store) else { return Ok(None) };
    let parts: Vec<&str> = place.iter().filter_map(|part| part.to_str()).collect();
    let name = match parts.as_slice() {
        [one, ..] if one.contains('@') => one.split('@').next().map(str::to_owned),
        [scope, two, ..] => two.split_once('@').map(|(name, _)| format!("{scope}/{name}")),
        _ => None,
    };
    Ok(name.and_then(|name| name.parse().ok()))
}

/// Whether a name in `bin` may be taken for a package.
fn free(context: &Context, name: &PackageName, path: &Path, program: &str) -> Result<(), Failure> {
    if !files::is_taken(path)? {
        return Ok(());
    }
    let other = owner(context, path)?;
    if other.as_ref() == Some(name) {
        return Ok(());
    }
    let diagnostic = match other {
        Some(other) => {
            Diagnostic::error(Code::TOOL, format!("the program `{program}` is already that of `{other}`"))
                .hint(format!("s uninstall -g {other}"))
        }
        None => Diagnostic::error(
            Code::TOOL,
            format!("`{}` is there already, and `s` did not make it", path.display()),
        )
        .hint("move it away, if it is not needed"),
    };
    Err(Failure::new(FailureKind::Failed, diagnostic.note("nothing was changed")))
}
