//! A project that is being worked on: the manifests of its workspace, and its lock.
//!
//! A project that is no workspace is one with a single member. The lock, `[registries]`,
//! `[resolver]` and `[plugins]` are those of the root; dependencies are those of all members, and a
//! command that changes some is about one member: the one that was named, or the one the user is in.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use s_diag::{Code, Diagnostic, Severity, Source};
use s_project::{
    Bare, LockedPackage, MANIFEST_NAME, PackageName, PackageSource, ProjectLock, ProjectManifest,
    Requirement, Workspace,
};
use s_store::package_store::PackageStore;
use s_store::{Access, ChangeSet, EntryKind, check_new_path, files};

use crate::failure::{Failure, FailureKind};
use crate::packages::own_version;
use crate::plugins::catalog::{Level, Stated};
use crate::plugins::level::exclusively;
use crate::{Context, Step};

/// The program of a package that names none.
pub(crate) const MAIN: &str = "main.stk";

/// A project as its files were read.
pub(crate) struct Project {
    /// The folder of the lock.
    pub(crate) root: PathBuf,
    /// The root first, the others by their folders.
    pub(crate) members: Vec<Member>,
    /// The member that the command is about.
    pub(crate) current: usize,
    /// What is locked.
    pub(crate) lock: ProjectLock,
    pub(crate) lock_path: PathBuf,
    /// The text of the lock that was read.
    pub(crate) lock_read: Arc<str>,
}

/// One manifest of a workspace.
pub(crate) struct Member {
    /// Its folder, named from the root with `/`; empty for the root.
    pub(crate) folder: String,
    /// What it says, with what the root says put in.
    pub(crate) manifest: ProjectManifest,
    path: PathBuf,
    /// The text that was read, to find out whether somebody else changed it meanwhile.
    read: String,
}

impl Project {
    /// Reads the project that the user is in. `member` is the name of the package it is about.
    pub(crate) fn read(context: &Context, member: Option<&str>) -> Result<Project, Failure> {
        context.step(Step::Manifest, || Project::read_files(context, member))
    }

    fn read_files(context: &Context, member: Option<&str>) -> Result<Project, Failure> {
        let Some(stated) = Stated::read(context, Level::Project)? else {
            let diagnostic = Diagnostic::error(Code::NO_PROJECT, "there is no project here")
                .note(format!("looked for `{MANIFEST_NAME}` here and above"))
                .hint("s init");
            return Err(Failure::new(FailureKind::Failed, diagnostic));
        };
        let root = context.project().expect("the files of a project were just read").to_path_buf();
        let Stated { manifest_path, mut manifest, lock_path, lock, lock_source, .. } = stated;
        let mut mistakes = Vec::new();
        let workspace = manifest.workspace().cloned();
        mistakes.extend(manifest.inherit(workspace.as_ref().unwrap_or(&Workspace::default()), ""));
        let read = manifest.source().text.to_string();
        let mut members = vec![Member { folder: String::new(), manifest, path: manifest_path, read }];
        if let Some(workspace) = &workspace {
            for folder in workspace.member_folders(&root)? {
                let (member, wrong) = read_member(context, &root, folder, workspace)?;
                mistakes.extend(wrong);
                members.push(member);
            }
            mistakes.extend(nobody(&members, workspace, &root));
        }
        mistakes.extend(members.iter().filter_map(|member| unsuited(&member.manifest)));
        if mistakes.iter().any(|diagnostic| diagnostic.severity == Severity::Error) {
            return Err(Failure::mistakes(mistakes));
        }
        mistakes.iter().for_each(|diagnostic| context.warn_once(diagnostic));
        let current = match member {
            Some(name) => named(&members, name)?,
            None => around(context, &root, &members),
        };
        context.hold_to(&lock);
        Ok(Project { root, members, current, lock, lock_path, lock_read: lock_source.text })
    }

    /// The manifest that says where packages come from and how versions are chosen.
    pub(crate) fn root_manifest(&self) -> &ProjectManifest {
        &self.members[0].manifest
    }

    /// The manifest that the command is about.
    pub(crate) fn manifest(&self) -> &ProjectManifest {
        &self.members[self.current].manifest
    }

    /// The same, to be changed: an error where it is the root of a workspace and no package, since
    /// dependencies there would be nobody's.
    pub(crate) fn package(&mut self) -> Result<&mut ProjectManifest, Failure> {
        let manifest = &self.members[self.current].manifest;
        if manifest.workspace().is_some() && manifest.package().name.is_none() {
            let names: Vec<String> = self.names().map(|name| format!("`{name}`")).collect();
            let message = "this is the root of a workspace and no package: say which member is meant";
            let mut diagnostic = Diagnostic::error(Code::WORKSPACE_MEMBER, message);
            if !names.is_empty() {
                diagnostic = diagnostic.note(format!("there are {}", names.join(", ")));
            }
            let diagnostic = diagnostic.hint("-p NAME, or run it in the folder of the member");
            return Err(Failure::new(FailureKind::Usage, diagnostic));
        }
        Ok(&mut self.members[self.current].manifest)
    }

    /// The folder of the manifest that the command is about.
    pub(crate) fn folder(&self) -> PathBuf {
        self.root.join(&self.members[self.current].folder)
    }

    /// The programs of the package that the command is about: names, and files in its folder. One that
    /// names none has `main.stk`, under the last part of the package's name.
    pub(crate) fn programs(&self) -> Result<BTreeMap<String, String>, Failure> {
        let mut found = self.manifest().programs(&self.folder())?;
        // What a manifest names could lead anywhere.
        if let Some(name) = found.keys().find(|name| name.contains('/') || check_new_path(name).is_err()) {
            let message = format!("a program cannot be called `{}`", name.escape_debug());
            let diagnostic = Diagnostic::error(Code::MANIFEST_VALUE, message)
                .note(format!("`[bin]` of {MANIFEST_NAME} has it"))
                .hint("call it as its executable is to be called: the name of a file, without folders");
            return Err(Failure::new(FailureKind::Failed, diagnostic));
        }
        if found.is_empty() && files::exists(&self.folder().join(MAIN))? {
            let name = self.manifest().package().name.as_deref().unwrap_or("main");
            found.insert(name.rsplit('/').next().unwrap_or(name).to_owned(), MAIN.to_owned());
        }
        Ok(found)
    }

    /// An error where nobody here asks for a package, and none is locked.
    pub(crate) fn must_need(&self, name: &PackageName) -> Result<(), Failure> {
        let asked = self.members.iter().flat_map(|member| member.manifest.dependencies());
        let locked = self.lock.packages().map(|package| package.name.as_str());
        let known: BTreeSet<&str> = asked.map(|request| request.package.as_str()).chain(locked).collect();
        if known.contains(name.as_str()) {
            return Ok(());
        }
        let diagnostic =
            Diagnostic::error(Code::DEPENDENCY_UNKNOWN, format!("nothing here needs a package `{name}`"));
        let known: Vec<&str> = known.into_iter().collect();
        let diagnostic = match s_project::nearest_name(name.as_str(), &known) {
            Some(near) => diagnostic.hint(format!("did you mean `{near}`?")),
            None => diagnostic.hint(format!("to add it: s add {name}")),
        };
        Err(Failure::new(FailureKind::Failed, diagnostic))
    }

    /// An error where a manifest that was changed could not be read again.
    pub(crate) fn must_be_readable(&self) -> Result<(), Failure> {
        for member in &self.members {
            let name = member.manifest.source().name.clone();
            let (_, mut wrong) = ProjectManifest::parse(Source::new(name, member.manifest.to_string()));
            wrong.retain(|diagnostic| diagnostic.severity == Severity::Error);
            if !wrong.is_empty() {
                return Err(Failure::mistakes(wrong));
            }
        }
        Ok(())
    }

    /// The names of the members that have one.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.members.iter().filter_map(|member| member.manifest.package().name.as_deref())
    }

    /// Whether there is a lock file.
    pub(crate) fn has_lock(&self) -> Result<bool, Failure> {
        Ok(files::exists(&self.lock_path)?)
    }

    /// Writes the lock and the manifests, all or none, where they changed. Returns whether one did.
    /// A project that needs packages is known to the store from then on, so that clearing it keeps
    /// them.
    pub(crate) fn write(&self, context: &Context, lock: &ProjectLock) -> Result<bool, Failure> {
        context.step(Step::Write, || self.write_files(context, lock))
    }

    /// Makes the project known to the store, so that clearing it keeps what the lock names.
    pub(crate) fn note(&self, context: &Context, lock: &ProjectLock) -> Result<(), Failure> {
        let is_brought = |package: &LockedPackage| !matches!(package.source, PackageSource::Path(_));
        if lock.packages().any(is_brought) {
            PackageStore::new(context.home()).note_project(&self.lock_path)?;
        }
        Ok(())
    }

    fn write_files(&self, context: &Context, lock: &ProjectLock) -> Result<bool, Failure> {
        // Before anything changes, as this may fail; and also where nothing does, as the lock may
        // have been written by somebody else, or by a process that was killed.
        self.note(context, lock)?;
        // The lock is the first: a process that is killed between two leaves a manifest for which the
        // same command is still right. What is removed from it could not be removed again.
        let files = || {
            let manifests = self.members.iter().map(|member| (member.path.as_path(), member.read.as_str()));
            std::iter::once((self.lock_path.as_path(), &*self.lock_read)).chain(manifests)
        };
        let texts = std::iter::once(lock.to_string());
        let texts = texts.chain(self.members.iter().map(|member| member.manifest.to_string()));
        // An absent lock with nothing in it is not written.
        let changed: Vec<(&Path, String)> = files()
            .zip(texts)
            .filter(|((_, read), text)| text != read)
            .map(|((path, _), text)| (path, text))
            .collect();
        if changed.is_empty() {
            return Ok(false);
        }
        let guard = exclusively(context)?;
        // What was read and is not written counts too: the lock was made for it.
        for (path, read) in files() {
            if *context.source_or_empty(path)?.text != *read {
                return Err(changed_meanwhile(context, path));
            }
        }
        let mut changes = ChangeSet::new();
        for (path, text) in changed {
            changes.write(path, text, Access::Shared);
        }
        changes.commit()?;
        drop(guard);
        Ok(true)
    }
}

impl Member {
    /// What the member is called in messages.
    pub(crate) fn name(&self) -> &str {
        self.manifest.package().name.as_deref().unwrap_or("this project")
    }
}

fn read_member(
    context: &Context,
    root: &Path,
    folder: String,
    workspace: &Workspace,
) -> Result<(Member, Vec<Diagnostic>), Failure> {
    let path = root.join(&folder).join(MANIFEST_NAME);
    let (mut manifest, mut diagnostics) = ProjectManifest::parse(context.source(&path)?);
    let up = vec![".."; folder.split('/').count()].join("/");
    diagnostics.extend(manifest.inherit(workspace, &up));
    for (table, is_there) in [
        ("workspace", manifest.workspace().is_some()),
        ("registries", !manifest.registries().is_empty()),
        ("plugins", !manifest.plugins().is_empty()),
    ] {
        if is_there {
            let message = format!("`[{table}]` in `{}` has no effect", manifest.source().name);
            let diagnostic = Diagnostic::warning(Code::UNKNOWN_KEY, message)
                .note("it is a member of a workspace: what the root says counts");
            diagnostics.push(diagnostic);
        }
    }
    let read = manifest.source().text.to_string();
    Ok((Member { folder, manifest, path, read }, diagnostics))
}

/// A package that says it was made for other releases of `s`.
fn unsuited(manifest: &ProjectManifest) -> Option<Diagnostic> {
    let stated = manifest.package().requires_s.as_ref()?;
    let requirement = Requirement::parse(stated, Bare::Exact).ok()?;
    let own = own_version();
    if s_resolver::suits(&requirement, &own) {
        return None;
    }
    let name = manifest.package().name.as_deref().unwrap_or("this project");
    let message = format!("`{name}` needs s {stated}, and this is s {own}");
    let diagnostic = Diagnostic::error(Code::REQUIRES_S, message);
    let diagnostic = match manifest.place(&["package", "s"]) {
        Some(span) => diagnostic.at(manifest.source(), span, "it says so here"),
        None => diagnostic,
    };
    Some(diagnostic.hint("use another `s`, or state what it really needs"))
}

/// Two members of one name, and patterns that lead to nobody.
fn nobody(members: &[Member], workspace: &Workspace, root: &Path) -> Vec<Diagnostic> {
    let mut wrong = Vec::new();
    for (at, member) in members.iter().enumerate() {
        let same = |other: &&Member| {
            other.manifest.package().name.is_some()
                && other.manifest.package().name == member.manifest.package().name
        };
        if let Some(other) = members[..at].iter().find(same) {
            let message = format!("two members of the workspace are called `{}`", member.name());
            let shown = |member: &Member| format!("`{}`", member.manifest.source().name);
            wrong.push(Diagnostic::error(Code::WORKSPACE_MEMBER, message).note(format!(
                "they are {} and {}",
                shown(other),
                shown(member)
            )));
        }
    }
    for pattern in &workspace.members {
        let folder = pattern.trim_start_matches("./").trim_end_matches('/');
        let is_literal = !folder.contains(['*', '?', '[']);
        let diagnostic = if is_literal {
            if members.iter().any(|member| member.folder == folder) || !workspace.has(folder) {
                continue;
            }
            let message = format!("`workspace.members` names `{pattern}`, which is no package");
            Diagnostic::error(Code::WORKSPACE_MEMBER, message)
                .note(format!("there is no `{folder}/{MANIFEST_NAME}`"))
        } else {
            // What is excluded is meant by it as well.
            let alone = Workspace { members: vec![pattern.clone()], ..Workspace::default() };
            if members.iter().any(|member| alone.has(&member.folder)) || !workspace.exclude.is_empty() {
                continue;
            }
            let message = format!("`{pattern}` of `workspace.members` leads to no package");
            Diagnostic::warning(Code::WORKSPACE_MEMBER, message)
        };
        let manifest = &members[0].manifest;
        let diagnostic = match manifest.place(&["workspace", "members", pattern]) {
            Some(span) => diagnostic.at(manifest.source(), span, ""),
            None => diagnostic,
        };
        wrong.push(match near_folder(root, folder) {
            Some(near) => diagnostic.hint(format!("did you mean `{near}`?")),
            None => diagnostic,
        });
    }
    wrong
}

/// A pattern whose first part without wildcards that is not there is the name of the folder that was
/// probably meant.
fn near_folder(root: &Path, pattern: &str) -> Option<String> {
    let mut folder = root.to_path_buf();
    let parts: Vec<&str> = pattern.split('/').collect();
    for (at, part) in parts.iter().enumerate() {
        let entries = files::read_dir(&folder).ok()?.into_iter();
        let folders = entries.filter(|entry| entry.kind == EntryKind::Directory);
        let names: Vec<String> = folders.filter_map(|entry| Some(entry.name.to_str()?.to_owned())).collect();
        if names.iter().any(|name| name == part) {
            folder.push(part);
            continue;
        }
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let near = s_project::nearest_name(part, &names).filter(|_| !part.contains(['*', '?', '[']))?;
        return Some([&parts[..at], &[near], &parts[at + 1..]].concat().join("/"));
    }
    None
}

fn named(members: &[Member], name: &str) -> Result<usize, Failure> {
    let found = members.iter().position(|member| member.manifest.package().name.as_deref() == Some(name));
    found.ok_or_else(|| {
        let message = format!("there is no package `{}` in this workspace", name.escape_debug());
        let mut diagnostic = Diagnostic::error(Code::WORKSPACE_MEMBER, message);
        let known: Vec<&str> =
            members.iter().filter_map(|one| one.manifest.package().name.as_deref()).collect();
        if let Some(near) = s_project::nearest_name(name, &known) {
            diagnostic = diagnostic.hint(format!("did you mean `{near}`?"));
        } else if !known.is_empty() {
            diagnostic = diagnostic.note(format!("there are `{}`", known.join("`, `")));
        }
        Failure::new(FailureKind::Usage, diagnostic)
    })
}

/// The member whose folder the user is in: the deepest of those around.
fn around(context: &Context, root: &Path, members: &[Member]) -> usize {
    let is_in = |member: &&(usize, &Member)| context.directory().starts_with(root.join(&member.1.folder));
    let members: Vec<(usize, &Member)> = members.iter().enumerate().collect();
    members.iter().filter(is_in).max_by_key(|(_, member)| member.folder.len()).map_or(0, |(at, _)| *at)
}

fn changed_meanwhile(context: &Context, path: &Path) -> Failure {
    let message = format!("`{}` was changed by somebody else meanwhile", context.shown(path));
    let diagnostic = Diagnostic::error(Code::CHANGED_MEANWHILE, message).hint("run the command again");
    Failure::new(FailureKind::Failed, diagnostic)
}
