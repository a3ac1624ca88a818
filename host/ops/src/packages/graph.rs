//! What the resolver is told: the project as roots, and packages from registries and folders.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use s_diag::{Code, Diagnostic, Severity};
use s_project::{
    Bare, DependencyOrigin, DependencyRequest, GitReference, Group, MANIFEST_NAME, PackageName,
    PackageSource, ProjectLock, ProjectManifest, Requirement, Version, Workspace,
};
use s_resolver::{Candidate, Candidates, Dependency, Package, Root, RootDependency, SourceId};
use s_source::{Commit, Git, GitError};
use s_store::Sha256Digest;
use s_store::package_store::EntryKey;

use crate::Context;
use crate::failure::{Failure, FailureKind};
use crate::packages::fetch::is_here;
use crate::packages::project::{Member, Project};
use crate::packages::registries::{Registries, is_local};
use crate::packages::{Keep, repositories};
use crate::registry::{self, DependencyKind, HashAlgorithm};

/// How to get the bytes of one version.
#[derive(Clone, Debug)]
pub(crate) struct Artifact {
    /// The digest of its archive.
    pub(crate) integrity: Sha256Digest,
    /// Bytes of its archive, where the registry says so.
    pub(crate) size_bytes: Option<u64>,
}

/// A project and everything it can reach, while it is resolved.
pub(crate) struct Graph {
    context: Arc<Context>,
    root: PathBuf,
    pub(crate) registries: Registries,
    lock: ProjectLock,
    /// Which versions and commits of the lock stay.
    keep: Keep,
    /// Packages that are folders, by their path from the project.
    folders: BTreeMap<String, Arc<ProjectManifest>>,
    /// Looked for when one is needed: most projects have none.
    git: OnceLock<Git>,
    /// Packages of repositories.
    checkouts: BTreeMap<Package, Arc<ProjectManifest>>,
    /// What named the commits they are of, where a dependency did.
    references: BTreeMap<Package, GitReference>,
    candidates: BTreeMap<Package, Arc<Candidates>>,
    artifacts: BTreeMap<(Package, Version), Artifact>,
    /// What manifests that were read ask of packages: of several requirements, the first.
    asked: BTreeMap<Package, Requirement>,
    /// Packages that were looked at for what they will probably need.
    foreseen: BTreeSet<Package>,
    /// The locked versions that stay, by package.
    staying: BTreeMap<Package, Version>,
    /// Where dependencies of the project stand; roots count in this.
    pub(crate) origins: Vec<Origin>,
}

/// Where a dependency of the project itself stands.
#[derive(Clone, Debug)]
pub(crate) struct Origin {
    /// The place of the member.
    pub(crate) member: usize,
    /// The entry of its manifest.
    pub(crate) request: DependencyRequest,
}

/// Where a manifest stands.
enum Place {
    /// In a folder, named from the project.
    Folder(String),
    /// In a commit of a repository.
    Commit { url: String, commit: Commit },
}

/// A failure on its way through the resolver.
#[derive(Debug, thiserror::Error)]
#[error("a package could not be looked at")]
pub(crate) struct Stopped(pub(crate) Box<Failure>);

impl From<Failure> for Stopped {
    fn from(failure: Failure) -> Stopped {
        Stopped(Box::new(failure))
    }
}

impl Graph {
    /// Prepares a graph; nothing is read and nobody is asked yet.
    pub(crate) fn new(context: &Arc<Context>, root: &Path, lock: &ProjectLock, keep: &Keep) -> Graph {
        let mut graph = Graph {
            context: Arc::clone(context),
            root: root.to_path_buf(),
            registries: Registries::unread(context),
            lock: lock.clone(),
            keep: keep.clone(),
            folders: BTreeMap::new(),
            git: OnceLock::new(),
            checkouts: BTreeMap::new(),
            references: BTreeMap::new(),
            candidates: BTreeMap::new(),
            artifacts: BTreeMap::new(),
            asked: BTreeMap::new(),
            foreseen: BTreeSet::new(),
            staying: BTreeMap::new(),
            origins: Vec::new(),
        };
        graph.staying = graph.preferences().into_iter().collect();
        graph
    }

    /// The same with registries that were asked already.
    pub(crate) fn with_registries(self, registries: Registries) -> Graph {
        Graph { registries, ..self }
    }

    /// The folder of the project.
    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    /// The members of the project and their groups as roots.
    pub(crate) fn roots(&mut self, members: &[Member]) -> Result<Vec<Root>, Failure> {
        self.registries.read()?;
        let mut roots: BTreeMap<(usize, Group), Vec<RootDependency>> = BTreeMap::new();
        let mut offline = Vec::new();
        for (at, member) in members.iter().enumerate() {
            for request in member.manifest.dependencies() {
                let place = Place::Folder(member.folder.clone());
                let dependency = match self.dependency(&member.manifest, request, &place) {
                    Ok(dependency) => dependency,
                    // Whoever has to get something wants to know of all of it.
                    Err(failure) if failure.kind == FailureKind::Offline => {
                        offline.extend(failure.diagnostics);
                        continue;
                    }
                    Err(failure) => return Err(failure),
                };
                let origin = self.origins.len();
                self.origins.push(Origin { member: at, request: request.clone() });
                let root = roots.entry((at, request.group.clone())).or_default();
                root.push(RootDependency { dependency, origin });
            }
        }
        if !offline.is_empty() {
            return Err(Failure { kind: FailureKind::Offline, diagnostics: offline });
        }
        self.all_exist(members, roots.values().flatten())?;
        let root = |((member, group), dependencies): ((usize, Group), Vec<RootDependency>)| {
            let name = members[member].name();
            let name = if group == Group::Normal { name.to_owned() } else { format!("{name} {group}") };
            Root { name, dependencies }
        };
        Ok(roots.into_iter().map(root).collect())
    }

    /// Lists everything the project itself needs, each registry once, and says which of it is not
    /// there: for most people that is a slip of the pen and no conflict.
    fn all_exist<'a>(
        &mut self,
        members: &[Member],
        roots: impl Iterator<Item = &'a RootDependency>,
    ) -> Result<(), Failure> {
        let mut by_registry: BTreeMap<String, Vec<(PackageName, usize)>> = BTreeMap::new();
        for root in roots {
            let package = &root.dependency.package;
            if let Ok(PackageSource::Registry(url)) = package.source.as_str().parse() {
                by_registry.entry(url).or_default().push((package.name.clone(), root.origin));
            }
        }
        let mut offline = Vec::new();
        for (url, wanted) in by_registry {
            let names: Vec<PackageName> = wanted.iter().map(|(name, _)| name.clone()).collect();
            match self.registries.list(&url, &names) {
                Ok(()) => {}
                Err(failure) if failure.kind == FailureKind::Offline => {
                    offline.extend(failure.diagnostics);
                    continue;
                }
                Err(failure) => return Err(failure),
            }
            for (name, origin) in wanted {
                if self.registries.versions(&url, &name)?.is_empty() {
                    let Origin { member, request } = &self.origins[origin];
                    let source = members[*member].manifest.source();
                    return Err(self.registries.absent(&name, &url).at(source, request.span));
                }
            }
        }
        if offline.is_empty() {
            Ok(())
        } else {
            Err(Failure { kind: FailureKind::Offline, diagnostics: offline })
        }
    }

    /// Versions of the lock, to be kept where they still suit.
    pub(crate) fn preferences(&self) -> Vec<(Package, Version)> {
        let registry = |source: &PackageSource| matches!(source, PackageSource::Registry(_));
        self.lock
            .packages()
            .filter(|package| registry(&package.source) && self.keep.holds(&package.name))
            .map(|package| {
                let source = SourceId::new(&package.source.to_string());
                (Package { name: package.name.clone(), source }, package.version.clone())
            })
            .collect()
    }

    /// How to get a version that was chosen; none for a folder.
    pub(crate) fn artifact(&self, package: &Package, version: &Version) -> Option<&Artifact> {
        self.artifacts.get(&(package.clone(), version.clone()))
    }

    /// The releases of a package that are newer than a version, ascending; of one that was looked at.
    pub(crate) fn newer(&self, name: &PackageName, version: &Version) -> Vec<Version> {
        let of_name = self.candidates.iter().filter(|(package, _)| package.name == *name);
        let mut newer: Vec<Version> = of_name
            .flat_map(|(_, candidates)| &candidates.versions)
            .filter(|candidate| {
                candidate.version > *version && candidate.version.pre.is_empty() && !candidate.yanked
            })
            .map(|candidate| candidate.version.clone())
            .collect();
        newer.sort();
        newer
    }

    /// Every version of a package that was looked at, ascending.
    pub(crate) fn versions_of(&self, name: &PackageName) -> impl DoubleEndedIterator<Item = &Candidate> {
        let of_name = self.candidates.iter().find(|(package, _)| package.name == *name);
        of_name.into_iter().flat_map(|(_, candidates)| candidates.versions.iter())
    }

    /// The newest release of a package that the project names itself; none where its registry has none.
    pub(crate) fn newest(
        &mut self,
        name: &PackageName,
        registry: Option<&str>,
    ) -> Result<Option<Version>, Failure> {
        let url = self.registries.bind(name, registry, &self.lock)?;
        let listed = self.registries.versions(&url, name)?;
        let releases = listed.iter().filter(|listed| listed.yanked.is_none());
        let releases = releases.filter_map(|listed| listed.version.parse::<Version>().ok());
        Ok(releases.filter(|version| version.pre.is_empty()).max())
    }

    /// Where a package comes from, for people.
    pub(crate) fn source_shown(&self, name: &PackageName) -> String {
        let source = self.candidates.keys().find(|package| package.name == *name);
        match source.and_then(|package| package.source.as_str().parse().ok()) {
            Some(PackageSource::Registry(url)) => self.registries.shown(&url),
            Some(other) => other.to_string(),
            None => String::new(),
        }
    }

    /// One entry of a manifest as the resolver sees it. `place` is where the manifest stands.
    fn dependency(
        &mut self,
        manifest: &ProjectManifest,
        request: &DependencyRequest,
        place: &Place,
    ) -> Result<Dependency, Failure> {
        let (source, requirement) = match (&request.origin, place) {
            (DependencyOrigin::Registry { requirement, registry }, _) => {
                let bound = self.registries.bind(&request.package, registry.as_deref(), &self.lock);
                let url = bound.map_err(|failure| {
                    let span = registry.as_ref().and_then(|_| manifest.place_in(request, &["registry"]));
                    failure.at(manifest.source(), span.unwrap_or(request.span))
                })?;
                (PackageSource::Registry(url), requirement.clone())
            }
            (DependencyOrigin::Path { path, requirement }, Place::Folder(folder)) => {
                let path = joined(folder, path);
                let version = self.folder(&path, &request.package, manifest, request)?;
                let requirement = requirement.clone().unwrap_or_else(|| Requirement::exactly(&version));
                (PackageSource::Path(path), requirement)
            }
            // A folder beside a package of a repository is in the same repository.
            (DependencyOrigin::Path { requirement, .. }, Place::Commit { url, commit }) => {
                let (source, version) = self.commit(&request.package, url, commit)?;
                (source, requirement.clone().unwrap_or_else(|| Requirement::exactly(&version)))
            }
            (DependencyOrigin::Git { url, reference }, _) => {
                let locked = repositories::locked_commit(&self.lock, &request.package, url, reference)
                    .filter(|_| self.keep.holds(&request.package));
                let commit = self.git().resolve(url, reference, locked.as_ref());
                let commit = commit.map_err(|error| placed(error, manifest, request))?;
                let (source, version) = self
                    .commit(&request.package, url, &commit)
                    .map_err(|failure| failure.at(manifest.source(), request.span))?;
                let source_id = SourceId::new(&source.to_string());
                let package = Package { name: request.package.clone(), source: source_id };
                self.references.insert(package, reference.clone());
                (source, Requirement::exactly(&version))
            }
            (DependencyOrigin::Workspace, _) => return Err(no_workspace(manifest, request)),
        };
        let package = Package { name: request.package.clone(), source: SourceId::new(&source.to_string()) };
        self.asked.entry(package.clone()).or_insert_with(|| requirement.clone());
        Ok(Dependency {
            alias: request.alias.clone(),
            package,
            requirement,
            optional: request.optional,
            features: request.features.clone(),
            default_features: request.default_features,
        })
    }

    /// Reads a package of a commit, and returns where it is from and its version.
    fn commit(
        &mut self,
        name: &PackageName,
        url: &str,
        commit: &Commit,
    ) -> Result<(PackageSource, Version), Failure> {
        let source = PackageSource::Git { url: url.to_owned(), commit: commit.to_string() };
        let package = Package { name: name.clone(), source: SourceId::new(&source.to_string()) };
        if let Some(manifest) = self.checkouts.get(&package) {
            return Ok((source, version_of(manifest)?));
        }
        let found = self.git().package(url, commit, name.as_str()).map_err(repositories::failure)?;
        let manifest = read_folder(&self.context, &found.root)?.ok_or_else(|| {
            let message = format!("`{name}` of {source} has no `{MANIFEST_NAME}`");
            Failure::new(FailureKind::Failed, Diagnostic::error(Code::REPOSITORY, message))
        })?;
        let version = version_of(&manifest)?;
        let artifact = Artifact { integrity: found.tree, size_bytes: None };
        self.artifacts.insert((package.clone(), version.clone()), artifact);
        self.checkouts.insert(package, Arc::new(manifest));
        Ok((source, version))
    }

    /// What named the commit of a package.
    pub(crate) fn reference(&self, package: &Package) -> Option<&GitReference> {
        self.references.get(package)
    }

    /// The repositories of the user.
    pub(crate) fn git(&self) -> &Git {
        self.git.get_or_init(|| repositories::git(&self.context))
    }

    /// Reads a package that is a folder, and returns its version.
    fn folder(
        &mut self,
        path: &str,
        name: &PackageName,
        manifest: &ProjectManifest,
        request: &DependencyRequest,
    ) -> Result<Version, Failure> {
        let found = match self.folders.get(path) {
            Some(found) => Arc::clone(found),
            None => {
                let read = read_folder(&self.context, &self.root.join(path))?;
                let found = Arc::new(read.ok_or_else(|| {
                    let message = format!("`{path}` is not the folder of a package");
                    let diagnostic = Diagnostic::error(Code::PATH_DEPENDENCY, message).at(
                        manifest.source(),
                        request.span,
                        format!("there is no `{MANIFEST_NAME}` in it"),
                    );
                    Failure::new(FailureKind::Failed, diagnostic)
                })?);
                self.folders.insert(path.to_owned(), Arc::clone(&found));
                found
            }
        };
        if found.package().name.as_deref() != Some(name.as_str()) {
            let called = found.package().name.as_deref().unwrap_or("nothing").to_owned();
            let message = format!("the package in `{path}` is not `{name}`");
            let diagnostic = Diagnostic::error(Code::PATH_DEPENDENCY, message)
                .at(manifest.source(), request.span, format!("it calls itself `{called}`"))
                .hint(format!("if it is the right one, say so: package = \"{called}\""));
            return Err(Failure::new(FailureKind::Failed, diagnostic));
        }
        version_of(&found)
    }

    fn of_folder(&mut self, path: &str) -> Result<Candidates, Failure> {
        let manifest = self.folders.get(path).cloned().expect("a folder is read before it is a package");
        self.only(&manifest, &Place::Folder(path.to_owned()))
    }

    fn of_commit(&mut self, package: &Package, url: String, commit: &str) -> Result<Candidates, Failure> {
        let manifest = self.checkouts.get(package).cloned().expect("a commit is read before it is a package");
        let commit = commit.parse().expect("a source holds the whole name of a commit");
        self.only(&manifest, &Place::Commit { url, commit })
    }

    /// A package of which there is one version: the one its manifest states.
    fn only(&mut self, manifest: &ProjectManifest, place: &Place) -> Result<Candidates, Failure> {
        let mut dependencies = Vec::new();
        for request in manifest.dependencies().iter().filter(|request| request.group == Group::Normal) {
            dependencies.push(self.dependency(manifest, request, place)?);
        }
        let candidate = Candidate {
            version: version_of(manifest)?,
            yanked: false,
            published_unix: None,
            requires_stryke: None,
            edition: None,
            dependencies,
            features: manifest.features().clone(),
        };
        Ok(Candidates { versions: vec![candidate], unreadable: 0 })
    }

    fn of_registry(&mut self, package: &Package, url: &str) -> Result<Candidates, Failure> {
        let mut found = Candidates::default();
        for version in self.registries.versions(url, &package.name)?.iter() {
            match self.candidate(version, url) {
                Some((candidate, artifact)) => {
                    self.artifacts.insert((package.clone(), candidate.version.clone()), artifact);
                    found.versions.push(candidate);
                }
                None => found.unreadable += 1,
            }
        }
        found.versions.sort_by(|a, b| a.version.cmp(&b.version));
        let count = found.versions.len();
        found.versions.dedup_by(|a, b| a.version == b.version);
        found.unreadable += count - found.versions.len();
        if self.context.is_offline() && !is_local(url) {
            self.leave_what_is_here(package, url, &mut found)?;
        }
        Ok(found)
    }

    /// Without a network, versions that are on this machine do where there are any.
    fn leave_what_is_here(
        &self,
        package: &Package,
        url: &str,
        candidates: &mut Candidates,
    ) -> Result<(), Failure> {
        let mut here = BTreeSet::new();
        for candidate in &candidates.versions {
            if let Some(artifact) = self.artifact(package, &candidate.version) {
                let key = EntryKey {
                    name: package.name.to_string(),
                    version: candidate.version.to_string(),
                    integrity: artifact.integrity,
                    registry: url.to_owned(),
                };
                if is_here(&self.context, &key)? {
                    here.insert(candidate.version.clone());
                }
            }
        }
        if !here.is_empty() {
            candidates.versions.retain(|candidate| here.contains(&candidate.version));
        }
        Ok(())
    }

    /// A version of a registry; none where this `s` cannot read what it says.
    fn candidate(&self, listed: &registry::Version, url: &str) -> Option<(Candidate, Artifact)> {
        let version: Version = listed.version.parse().ok()?;
        let artifact = listed.artifacts.iter().find(|artifact| {
            artifact.kind == "source" && artifact.digest.algorithm == HashAlgorithm::Sha256
        })?;
        let integrity = <[u8; 32]>::try_from(artifact.digest.bytes.as_slice()).ok()?;
        let mut dependencies = Vec::new();
        for listed in listed.dependencies.iter().filter(|listed| listed.kind == DependencyKind::Normal) {
            dependencies.push(self.listed_dependency(listed, url)?);
        }
        // As the resolver wants them, so that it copies none.
        dependencies.sort_by(|a, b| a.alias.cmp(&b.alias));
        let requires_stryke = match &listed.requires_stryke {
            Some(text) => Some(Requirement::parse(text, Bare::Exact).ok()?),
            None => None,
        };
        let candidate = Candidate {
            version,
            yanked: listed.yanked.is_some(),
            published_unix: listed.published_unix,
            requires_stryke,
            edition: of_version(listed, "edition").map(str::to_owned),
            dependencies,
            features: listed.features.iter().cloned().collect(),
        };
        Some((
            candidate,
            Artifact { integrity: Sha256Digest::from_bytes(integrity), size_bytes: artifact.size },
        ))
    }

    fn listed_dependency(&self, listed: &registry::Dependency, url: &str) -> Option<Dependency> {
        let name = match &listed.name.scope {
            Some(scope) => format!("{scope}/{}", listed.name.name),
            None => listed.name.name.clone(),
        };
        let name: PackageName = name.parse().ok()?;
        let from = self.registries.bind_transitive(&name, listed.registry.as_deref(), url).ok()?;
        let extra =
            |key: &str| listed.extra.iter().find(|(name, _)| name == key).map(|(_, text)| text.as_str());
        Some(Dependency {
            alias: extra("alias").unwrap_or(name.as_str()).to_owned(),
            requirement: Requirement::parse(&listed.requirement, Bare::Exact).ok()?,
            optional: listed.optional,
            features: listed.features.clone(),
            default_features: extra("default-features") != Some("false"),
            package: Package { name, source: SourceId::new(&PackageSource::Registry(from).to_string()) },
        })
    }
}

impl Graph {
    /// The nearest name of a package that a registry has which was asked for this one.
    pub(crate) fn near(&mut self, name: &PackageName) -> Option<String> {
        let asked = self.candidates.keys().filter(|package| package.name == *name);
        let urls: Vec<String> = asked
            .filter_map(|package| match package.source.as_str().parse() {
                Ok(PackageSource::Registry(url)) => Some(url),
                _ => None,
            })
            .collect();
        self.registries.near(name, &urls)
    }

    /// Lists packages of registries, each registry once, and returns those that are listed now.
    fn list(&mut self, packages: Vec<Foreseen>) -> Vec<Foreseen> {
        let mut by_registry: BTreeMap<String, Vec<Foreseen>> = BTreeMap::new();
        for one in packages {
            if let Ok(PackageSource::Registry(url)) = one.package.source.as_str().parse() {
                by_registry.entry(url).or_default().push(one);
            }
        }
        let mut listed = Vec::new();
        for (url, packages) in by_registry {
            let names: Vec<PackageName> = packages.iter().map(|one| one.package.name.clone()).collect();
            // Whoever asks for one of them gets the failure.
            let _ = self.registries.list(&url, &names);
            let is_listed = |one: &Foreseen| self.registries.listed(&url, &one.package.name).is_some();
            listed.extend(packages.into_iter().filter(is_listed));
        }
        listed
    }

    /// What a package will probably need: the dependencies of the version that stays, or of the highest
    /// that will do. Of one of which nobody knows which that is, nothing.
    fn foresee(&mut self, Foreseen { package, requirement }: &Foreseen) -> Vec<Foreseen> {
        use s_resolver::Source as _;
        let Some(requirement) = requirement else { return Vec::new() };
        let Ok(candidates) = self.candidates(package) else { return Vec::new() };
        let will_do = |candidate: &&Candidate| requirement.matches(&candidate.version);
        let fitting = || candidates.versions.iter().rev().filter(will_do);
        let staying = self.staying.get(package);
        let likely = fitting()
            .find(|candidate| Some(&candidate.version) == staying)
            .or_else(|| fitting().find(|candidate| !candidate.yanked));
        let needed = likely.into_iter().flat_map(|candidate| &candidate.dependencies);
        let needed = needed.filter(|dependency| !dependency.optional);
        needed
            .map(|dependency| Foreseen {
                package: dependency.package.clone(),
                requirement: Some(dependency.requirement.clone()),
            })
            .collect()
    }
}

/// A package that will probably be needed, and which versions of it will do, where that is known.
struct Foreseen {
    package: Package,
    requirement: Option<Requirement>,
}

impl s_resolver::Source for Graph {
    type Error = Stopped;

    /// Lists packages, then what they will probably need, and so on: as many rounds of questions as
    /// the graph is deep, where going through the versions one by one would take one for each.
    fn prefetch(&mut self, packages: &[Package]) {
        let wanted = packages.iter().map(|package| Foreseen {
            package: package.clone(),
            requirement: self.asked.get(package).cloned(),
        });
        let mut wave: Vec<Foreseen> = wanted.collect();
        while !wave.is_empty() && !self.context.cancel().is_raised() {
            wave.retain(|one| one.requirement.is_none() || self.foreseen.insert(one.package.clone()));
            let listed = self.list(wave);
            wave = listed.iter().flat_map(|one| self.foresee(one)).collect();
        }
    }

    fn candidates(&mut self, package: &Package) -> Result<Arc<Candidates>, Stopped> {
        if let Some(found) = self.candidates.get(package) {
            return Ok(Arc::clone(found));
        }
        if self.context.cancel().is_raised() {
            return Err(interrupted().into());
        }
        let found = match package.source.as_str().parse() {
            Ok(PackageSource::Registry(url)) => self.of_registry(package, &url)?,
            Ok(PackageSource::Path(path)) => self.of_folder(&path)?,
            Ok(PackageSource::Git { url, commit }) => self.of_commit(package, url, &commit)?,
            Err(_) => Candidates::default(),
        };
        let found = Arc::new(found);
        self.candidates.insert(package.clone(), Arc::clone(&found));
        Ok(found)
    }
}

/// What a registry says of a version beside what every registry says.
fn of_version<'v>(listed: &'v registry::Version, key: &str) -> Option<&'v str> {
    listed.extra.iter().find(|(name, _)| name == key).map(|(_, text)| text.as_str())
}

/// The settings of a manifest, as the resolver knows them.
pub(crate) fn settings(manifest: &ProjectManifest) -> s_resolver::Settings {
    let stated = manifest.resolver();
    s_resolver::Settings {
        policy: stated.policy,
        multi_version: stated.multi_version,
        cooldown_s: stated.cooldown.map(|cooldown| cooldown.as_secs()).filter(|seconds| *seconds > 0),
        ..s_resolver::Settings::default()
    }
}

/// A manifest and its folder, named from the project.
pub(crate) type Placed<'a> = (String, Cow<'a, ProjectManifest>);

/// The manifests that a resolution depends on: those of the members and of the folders they depend on.
pub(crate) fn manifests<'a>(context: &Context, project: &'a Project) -> Result<Vec<Placed<'a>>, Failure> {
    let mut seen: BTreeSet<String> = project.members.iter().map(|member| member.folder.clone()).collect();
    let mut open: Vec<Placed<'a>> = Vec::new();
    for member in project.members.iter().rev() {
        open.push((member.folder.clone(), Cow::Borrowed(&member.manifest)));
    }
    let mut found = Vec::new();
    while let Some((folder, manifest)) = open.pop() {
        for request in manifest.dependencies() {
            if let DependencyOrigin::Path { path, .. } = &request.origin {
                let path = joined(&folder, path);
                if !seen.contains(&path)
                    && let Some(inner) = read_folder(context, &project.root.join(&path))?
                {
                    open.push((path.clone(), Cow::Owned(inner)));
                }
                seen.insert(path);
            }
        }
        found.push((folder, manifest));
    }
    Ok(found)
}

/// The digest of everything in manifests that a resolution depends on.
pub(crate) fn manifest_hash(project: &Project, manifests: &[Placed<'_>]) -> Sha256Digest {
    let mut text = String::new();
    let root = project.root_manifest();
    text.push_str(&format!("{}\n", root.resolver().canonical()));
    for registry in root.registries() {
        text.push_str(&format!("registry {:?} {:?} {:?}\n", registry.name, registry.url, registry.scopes));
    }
    for (folder, manifest) in manifests {
        let package = manifest.package();
        text.push_str(&format!("package {folder:?} {:?} {:?}\n", package.name, package.version));
        text.push_str(&format!("features {:?}\n", manifest.features()));
        for request in manifest.dependencies() {
            text.push_str(&request.canonical());
            text.push('\n');
        }
    }
    Sha256Digest::of(text.as_bytes())
}

/// Reads the manifest of a folder, with what its workspace says; none where there is none.
pub(crate) fn read_folder(context: &Context, folder: &Path) -> Result<Option<ProjectManifest>, Failure> {
    let path = folder.join(MANIFEST_NAME);
    if !s_store::files::exists(&path)? {
        return Ok(None);
    }
    let (mut manifest, mut diagnostics) = ProjectManifest::parse(context.source(&path)?);
    let root = match manifest.workspace() {
        Some(workspace) => Some((workspace.clone(), String::new())),
        None => workspace_of(context, folder)?,
    };
    if let Some((workspace, up)) = root {
        diagnostics.extend(manifest.inherit(&workspace, &up));
    }
    if diagnostics.iter().any(|diagnostic| diagnostic.severity == Severity::Error) {
        return Err(Failure::mistakes(diagnostics));
    }
    Ok(Some(manifest))
}

/// The workspace that a folder is a member of, and the way to its root.
fn workspace_of(context: &Context, folder: &Path) -> Result<Option<(Workspace, String)>, Failure> {
    let Some(root) = s_project::find_workspace(folder) else { return Ok(None) };
    let (manifest, _) = ProjectManifest::parse(context.source(&root.join(MANIFEST_NAME))?);
    let depth = folder.strip_prefix(&root).map_or(0, |below| below.components().count());
    let up = vec![".."; depth].join("/");
    Ok(manifest.workspace().map(|workspace| (workspace.clone(), up)))
}

/// The version a manifest states; 0.0.0 where it states none.
fn version_of(manifest: &ProjectManifest) -> Result<Version, Failure> {
    let Some(text) = &manifest.package().version else { return Ok(Version::new(0, 0, 0)) };
    text.parse().map_err(|_| {
        let message =
            format!("`{}` states version `{}`, which is none", manifest.source().name, text.escape_debug());
        let diagnostic =
            Diagnostic::error(Code::MANIFEST_VALUE, message).note("a version is such as `1.4.2`");
        Failure::new(FailureKind::Failed, diagnostic)
    })
}

fn no_workspace(manifest: &ProjectManifest, request: &DependencyRequest) -> Failure {
    let message = format!("`{}` is said to be inherited, and there is no workspace", request.alias);
    let diagnostic = Diagnostic::error(Code::MANIFEST_VALUE, message)
        .at(manifest.source(), request.span, "from which workspace?")
        .hint("a folder above has a `stryke.toml` with `[workspace]`, and this one is in its `members`");
    Failure::new(FailureKind::Failed, diagnostic)
}

/// A failure of a repository, with the place that names it.
fn placed(error: GitError, manifest: &ProjectManifest, request: &DependencyRequest) -> Failure {
    repositories::failure(error).at(manifest.source(), request.span)
}

/// A folder that is named from another, both from the project, with `/`.
pub(crate) fn joined(folder: &str, path: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    if Path::new(path).is_absolute() {
        return path.to_owned();
    }
    for part in folder.split('/').chain(path.split(['/', '\\'])) {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|last| *last != "..") => drop(parts.pop()),
            part => parts.push(part),
        }
    }
    if parts.is_empty() { ".".to_owned() } else { parts.join("/") }
}

pub(crate) fn interrupted() -> Failure {
    let diagnostic = Diagnostic::error(Code::INTERRUPTED, "interrupted; nothing was changed");
    Failure::new(FailureKind::Interrupted, diagnostic)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_are_named_from_the_project() {
        for (folder, path, expected) in [
            ("", "../util", "../util"),
            ("", "./a/b/", "a/b"),
            ("../util", "../json", "../json"),
            ("a", "..", "."),
            ("../a", "../../b", "../../b"),
            ("../a", "/b", "/b"),
        ] {
            assert_eq!(joined(folder, path), expected, "{folder} {path}");
        }
    }
}
