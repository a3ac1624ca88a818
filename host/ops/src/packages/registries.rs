//! The registries of a project: which there are, and which of them a package comes from.
//!
//! A name comes from one registry in a whole project, so that nobody who publishes it elsewhere is
//! let in. In this order it is: the one whose `scopes` own the name, the one the dependency names,
//! the one the lock has it from, the only one there is, the only one that has it. A name that two
//! have is an error that says how to choose. What a package of a registry depends on comes from
//! the same registry, unless it names one that this project has too.
//!
//! What a registry said is kept. Whoever is content with that ([`Registries::take_young`]) asks nobody
//! as long as it is young, except for what may move anyway; whoever is not gets new answers. Offline it
//! counts however old it is, and what no one said before is told of all at once.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use s_diag::{Code, Diagnostic};
use s_project::{DependencyOrigin, PackageName, PackageSource, ProjectLock, RegistryEntry};

use crate::Context;
use crate::failure::{Failure, FailureKind};
use crate::plugins::catalog::{self, Level};
use crate::registry::{self, Answer, KeptListings, Registry, RegistryPlace, Version};

/// The registries of a project, opened when they are needed.
pub(crate) struct Registries {
    context: Arc<Context>,
    is_read: bool,
    known: Vec<Known>,
    /// Addresses that dependencies of the project name themselves.
    stated: BTreeSet<String>,
    /// By address.
    open: BTreeMap<String, Registry>,
    /// What was listed, by address and name.
    listed: BTreeMap<(String, PackageName), Arc<Vec<Version>>>,
    /// What registries said before, by address; none of those that it is not kept of.
    kept: BTreeMap<String, Option<KeptListings>>,
    young: Young,
}

/// Which answers that were kept will do.
#[derive(Default)]
struct Young {
    /// How old they may be; zero where none will do.
    age_max: Duration,
    /// Packages that are asked for all the same.
    but: BTreeSet<PackageName>,
    /// What was taken from them, by address and name.
    taken: BTreeSet<(String, PackageName)>,
}

/// Answers to several questions, in their order.
type Replies = Vec<Result<Answer, Failure>>;

/// Who answered.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Whose {
    Registry,
    Mirror,
}

struct Known {
    place: RegistryPlace,
    entry: RegistryEntry,
}

impl Registries {
    /// Reads which registries there are: those of the project, then those of the user.
    pub(crate) fn of(context: &Arc<Context>) -> Result<Registries, Failure> {
        let mut registries = Registries::unread(context);
        registries.read()?;
        Ok(registries)
    }

    /// None yet: [`read`](Registries::read) finds them. Where everything is here already, nobody asks.
    pub(crate) fn unread(context: &Arc<Context>) -> Registries {
        Registries {
            context: Arc::clone(context),
            is_read: false,
            known: Vec::new(),
            stated: BTreeSet::new(),
            open: BTreeMap::new(),
            listed: BTreeMap::new(),
            kept: BTreeMap::new(),
            young: Young::default(),
        }
    }

    /// Takes answers that are no older than that, except of some packages.
    pub(crate) fn take_young(&mut self, age_max: Duration, but: &BTreeSet<PackageName>) {
        self.young = Young { age_max, but: but.clone(), taken: BTreeSet::new() };
    }

    /// Asks again for everything that was taken from kept answers; returns whether anybody says
    /// something else now.
    pub(crate) fn ask_young_again(&mut self) -> Result<bool, Failure> {
        let taken = std::mem::take(&mut self.young).taken;
        let mut by_registry: BTreeMap<String, Vec<PackageName>> = BTreeMap::new();
        let mut before = Vec::new();
        for place in taken {
            before.push((place.clone(), self.listed.remove(&place)));
            by_registry.entry(place.0).or_default().push(place.1);
        }
        for (url, names) in by_registry {
            self.list(&url, &names)?;
        }
        Ok(before.iter().any(|(place, versions)| self.listed.get(place) != versions.as_ref()))
    }

    /// Reads which there are, unless that was done.
    pub(crate) fn read(&mut self) -> Result<(), Failure> {
        if self.is_read {
            return Ok(());
        }
        let context = &self.context;
        for level in [Level::Project, Level::User] {
            let Some((path, manifest)) = catalog::manifest_of_level(context, level)? else { continue };
            let workspace = manifest.workspace().map(|workspace| workspace.dependencies.as_slice());
            for request in manifest.dependencies().iter().chain(workspace.unwrap_or_default()) {
                if let DependencyOrigin::Registry { registry: Some(stated), .. } = &request.origin
                    && is_address(stated)
                {
                    self.stated.insert(RegistryPlace::typed(context, stated, None)?.url);
                }
            }
            for entry in manifest.registries() {
                if self.known.iter().all(|other| other.entry.name != entry.name) {
                    let place = RegistryPlace::stated(context, &path, &manifest, entry)?;
                    self.known.push(Known { place, entry: entry.clone() });
                }
            }
        }
        self.is_read = true;
        Ok(())
    }

    /// The address of the registry that a package of the project itself comes from.
    pub(crate) fn bind(
        &mut self,
        name: &PackageName,
        stated: Option<&str>,
        lock: &ProjectLock,
    ) -> Result<String, Failure> {
        if let Some(owner) = self.owner_of(name) {
            return Ok(owner.to_owned());
        }
        if let Some(stated) = stated {
            return self.stated(stated);
        }
        let locked = lock.packages().find(|package| package.name == *name).map(|package| &package.source);
        if let Some(PackageSource::Registry(url)) = locked
            && self.known.iter().any(|known| known.place.url == *url)
        {
            return Ok(url.clone());
        }
        match self.known.as_slice() {
            [] => Err(no_registry(name)),
            [only] => Ok(only.place.url.clone()),
            _ => self.search(name),
        }
    }

    /// The address of the registry whose `scopes` own a name.
    pub(crate) fn owner_of(&self, name: &PackageName) -> Option<&str> {
        let owner = self.known.iter().find(|known| known.entry.owns(name));
        owner.map(|owner| owner.place.url.as_str())
    }

    /// The address of the registry that a package comes from which is no dependency of the project.
    pub(crate) fn address_of(&mut self, name: &PackageName) -> Result<String, Failure> {
        self.bind(name, None, &ProjectLock::default())
    }

    /// The name, in `[registries]`, of the registry with an address.
    pub(crate) fn name_at(&self, url: &str) -> Result<String, Failure> {
        let known = self.known.iter().find(|known| known.place.url == url);
        known.map(|known| known.entry.name.clone()).ok_or_else(|| foreign(url))
    }

    /// The address of the registry that a dependency of a package from `parent` comes from.
    pub(crate) fn bind_transitive(
        &self,
        name: &PackageName,
        stated: Option<&str>,
        parent: &str,
    ) -> Result<String, String> {
        if let Some(owner) = self.owner_of(name) {
            return Ok(owner.to_owned());
        }
        let Some(stated) = stated else { return Ok(parent.to_owned()) };
        let same = |known: &&Known| known.place.url.trim_end_matches('/') == stated.trim_end_matches('/');
        match self.known.iter().find(same) {
            Some(known) => Ok(known.place.url.clone()),
            None => Err(stated.to_owned()),
        }
    }

    /// The address of the registry that a package of this project is published to.
    pub(crate) fn home_of(&mut self, name: &PackageName, stated: Option<&str>) -> Result<String, Failure> {
        if let Some(owner) = self.owner_of(name) {
            return Ok(owner.to_owned());
        }
        match (stated, self.known.as_slice()) {
            (Some(stated), _) => self.stated(stated),
            (None, [only]) => Ok(only.place.url.clone()),
            (None, []) => Err(no_registry(name)),
            (None, several) => {
                let names: Vec<String> =
                    several.iter().map(|known| format!("`{}`", known.entry.name)).collect();
                let message = format!("nothing says to which registry `{name}` is published");
                let diagnostic = Diagnostic::error(Code::REGISTRY_AMBIGUOUS, message)
                    .note(format!("there are {}", names.join(", ")))
                    .hint(format!("s publish --registry {}", several[0].entry.name));
                Err(Failure::new(FailureKind::Usage, diagnostic))
            }
        }
    }

    /// The address of the registry that a scope belongs to: the one whose `scopes` have it, the one
    /// that is stated, or the only one there is. None is asked: a scope is not listed.
    pub(crate) fn of_scope(&mut self, scope: &str, stated: Option<&str>) -> Result<String, Failure> {
        let pattern = format!("{scope}/*");
        if let Some(owner) = self.known.iter().find(|known| known.entry.scopes.contains(&pattern)) {
            return Ok(owner.place.url.clone());
        }
        match (stated, self.known.as_slice()) {
            (Some(stated), _) => self.stated(stated),
            (None, [only]) => Ok(only.place.url.clone()),
            (None, []) => {
                let message = format!("there is no registry to ask for the scope `{scope}`");
                let diagnostic = Diagnostic::error(Code::REGISTRY_UNKNOWN, message)
                    .hint("name one: --registry URL, or `[registries]` of `stryke.toml` or of `config.toml`");
                Err(Failure::new(FailureKind::Failed, diagnostic))
            }
            (None, several) => {
                let names: Vec<String> =
                    several.iter().map(|known| format!("`{}`", known.entry.name)).collect();
                let message = format!("nothing says in which registry the scope `{scope}` is");
                let diagnostic = Diagnostic::error(Code::REGISTRY_AMBIGUOUS, message)
                    .note(format!("there are {}", names.join(", ")))
                    .hint("say which one is meant: --registry NAME");
                Err(Failure::new(FailureKind::Usage, diagnostic))
            }
        }
    }

    /// The address of the registry that a dependency names. Nobody is asked.
    pub(crate) fn address_stated(&self, stated: &str) -> Result<String, Failure> {
        Ok(match self.known.iter().find(|known| known.entry.name == stated) {
            Some(known) => known.place.url.clone(),
            None => self.place_stated(stated)?.url,
        })
    }

    fn place_stated(&self, stated: &str) -> Result<RegistryPlace, Failure> {
        match is_address(stated) {
            true => Ok(RegistryPlace::typed(&self.context, stated, None)?.guessed()),
            false => RegistryPlace::named(&self.context, stated),
        }
    }

    fn stated(&mut self, stated: &str) -> Result<String, Failure> {
        if let Some(known) = self.known.iter().find(|known| known.entry.name == stated) {
            return Ok(known.place.url.clone());
        }
        let place = self.place_stated(stated)?;
        let url = place.url.clone();
        if !self.open.contains_key(&url) && self.known.iter().all(|known| known.place.url != url) {
            let registry = Registry::at(&self.context, &place)?;
            self.open.insert(url.clone(), registry);
        }
        Ok(url)
    }

    /// The addresses of all registries, or of the one that is named.
    pub(crate) fn all(&mut self, stated: Option<&str>) -> Result<Vec<String>, Failure> {
        match stated {
            Some(stated) => Ok(vec![self.stated(stated)?]),
            None => Ok(self.known.iter().map(|known| known.place.url.clone()).collect()),
        }
    }

    /// The only registry that has a package.
    fn search(&mut self, name: &PackageName) -> Result<String, Failure> {
        let places: Vec<(String, String)> =
            self.known.iter().map(|known| (known.entry.name.clone(), known.place.url.clone())).collect();
        let mut having = Vec::new();
        for (alias, url) in &places {
            // A registry that cannot be reached is not one that has nothing: the failure goes up.
            if !self.versions(url, name)?.is_empty() {
                having.push((alias.clone(), url.clone()));
            }
        }
        match having.as_slice() {
            [] => {
                let urls: Vec<String> = places.iter().map(|(_, url)| url.clone()).collect();
                Err(self.meant(name, &urls, absent(name, &places)))
            }
            [(_, url)] => Ok(url.clone()),
            several => Err(ambiguous(name, several)),
        }
    }

    /// Lists packages of one registry that were not listed yet, all at the same time. One that is
    /// not there has no versions.
    pub(crate) fn list(&mut self, url: &str, names: &[PackageName]) -> Result<(), Failure> {
        let mut missing: BTreeSet<&PackageName> = names.iter().collect();
        missing.retain(|name| !self.listed.contains_key(&(url.to_owned(), (*name).clone())));
        if missing.is_empty() {
            return Ok(());
        }
        self.open_kept(url)?;
        missing.retain(|name| !self.list_young(url, name));
        if missing.is_empty() {
            return Ok(());
        }
        if self.is_out_of_reach(url) {
            return Err(self.never_asked(url, &missing));
        }
        let queries: Vec<registry::PackageName> = missing.iter().map(|name| wire_name(name)).collect();
        let (answers, whose) = self.answers(url, &queries)?;
        let (mut found, mut gone) = (Vec::new(), Vec::new());
        let mut failed: Result<(), Failure> = Ok(());
        for ((name, query), answer) in missing.into_iter().zip(&queries).zip(answers) {
            let versions = match answer {
                Ok(Answer::Listing { versions, .. }) => {
                    let versions = Arc::new(versions);
                    found.push((query, Arc::clone(&versions)));
                    versions
                }
                Ok(Answer::Unchanged) => Arc::default(),
                Err(failure) if registry::is_absent(&failure) => {
                    gone.push(query);
                    Arc::default()
                }
                // What the others said is known all the same.
                Err(failure) => {
                    failed = failed.and(Err(failure));
                    continue;
                }
            };
            self.listed.insert((url.to_owned(), name.clone()), versions);
        }
        // A mirror may not know the newest.
        if whose == Whose::Registry
            && let Some(Some(kept)) = self.kept.get_mut(url)
        {
            kept.keep(found.iter().map(|(name, versions)| (*name, versions.as_slice())));
            gone.into_iter().for_each(|name| kept.forget(name));
        }
        failed
    }

    /// Opens what a registry said before. That of addresses which somebody typed is not kept.
    fn open_kept(&mut self, url: &str) -> Result<(), Failure> {
        if self.kept.contains_key(url) {
            return Ok(());
        }
        let known = self.known.iter().find(|known| known.place.url == url);
        let kept = known.map(|known| Registry::kept_at(&self.context, &known.place)).transpose()?;
        self.kept.insert(url.to_owned(), kept.flatten());
        Ok(())
    }

    /// Lists a package as its registry listed it a moment ago, where that will do.
    fn list_young(&mut self, url: &str, name: &PackageName) -> bool {
        let age_max = match self.context.is_offline() {
            true => Duration::MAX,
            false if self.young.but.contains(name) => Duration::ZERO,
            false => self.young.age_max,
        };
        if age_max.is_zero() {
            return false;
        }
        let Some(Some(kept)) = self.kept.get(url) else { return false };
        let Some(versions) = kept.young(&wire_name(name), age_max) else { return false };
        let place = (url.to_owned(), name.clone());
        self.listed.insert(place.clone(), Arc::new(versions));
        self.young.taken.insert(place);
        true
    }

    /// Whether nobody at an address can be asked, nor at those of its mirrors.
    fn is_out_of_reach(&self, url: &str) -> bool {
        let mirrors = || self.mirrors_of(url);
        self.context.is_offline() && !is_local(url) && mirrors().iter().all(|mirror| !is_local(&mirror.url))
    }

    /// Says of which packages nobody knows what a registry has.
    fn never_asked(&self, url: &str, names: &BTreeSet<&PackageName>) -> Failure {
        let diagnostic = |name: &&PackageName| {
            let message = format!("nobody here knows which versions of `{name}` there are");
            Diagnostic::error(Code::OFFLINE, message)
                .note(format!("it is asked for at {}", self.shown(url)))
                .hint("without --offline its registry is asked")
        };
        Failure { kind: FailureKind::Offline, diagnostics: names.iter().map(diagnostic).collect() }
    }

    /// Asks a registry, and its mirrors in their order as long as nobody can be reached.
    fn answers(&mut self, url: &str, queries: &[registry::PackageName]) -> Result<(Replies, Whose), Failure> {
        let unreachable = |answers: &Result<Replies, Failure>| match answers {
            Ok(answers) => {
                answers.iter().filter_map(|answer| answer.as_ref().err()).find(|f| is_network(f)).cloned()
            }
            Err(failure) => is_network(failure).then(|| failure.clone()),
        };
        let answers = self.registry(url)?.list(queries);
        let Some(failure) = unreachable(&answers) else { return Ok((answers?, Whose::Registry)) };
        for place in self.mirrors_of(url) {
            // A mirror that cannot be opened helps no more than one that cannot be reached.
            let Ok(open) = self.open_at(&place) else { continue };
            let answers = open.list(queries);
            if unreachable(&answers).is_none() {
                let shown = crate::address::shown(&place.url);
                let message = format!("the registry `{}` could not be reached", self.shown(url));
                let mut diagnostic = Diagnostic::warning(Code::UNREACHABLE, message)
                    .note(format!("its mirror {shown} answered, and may not know the newest versions"));
                diagnostic.notes.extend(failure.diagnostics.first().map(|first| first.message.clone()));
                self.context.frontend().warn(&diagnostic);
                return Ok((answers?, Whose::Mirror));
            }
        }
        Ok((answers?, Whose::Registry))
    }

    /// The registries of the project and of the user.
    pub(super) fn places(&self) -> impl Iterator<Item = &RegistryPlace> {
        self.known.iter().map(|known| &known.place)
    }

    /// The mirrors of a registry, in order of preference.
    pub(crate) fn mirrors_of(&self, url: &str) -> Vec<RegistryPlace> {
        let known = self.known.iter().find(|known| known.place.url == url);
        known.map(|known| known.place.at_mirrors().collect()).unwrap_or_default()
    }

    /// The registry at a place, which the caller has from a manifest.
    pub(crate) fn open_at(&mut self, place: &RegistryPlace) -> Result<&mut Registry, Failure> {
        if !self.open.contains_key(&place.url) {
            let registry = Registry::at(&self.context, place)?;
            self.open.insert(place.url.clone(), registry);
        }
        Ok(self.open.get_mut(&place.url).expect("it was just opened"))
    }

    /// All versions of a package in one registry; none where it has no such package.
    pub(crate) fn versions(&mut self, url: &str, name: &PackageName) -> Result<Arc<Vec<Version>>, Failure> {
        self.list(url, std::slice::from_ref(name))?;
        Ok(self.listed.get(&(url.to_owned(), name.clone())).cloned().unwrap_or_default())
    }

    /// The versions of a package, where they were listed already.
    pub(crate) fn listed(&self, url: &str, name: &PackageName) -> Option<&[Version]> {
        self.listed.get(&(url.to_owned(), name.clone())).map(|listed| listed.as_slice())
    }

    /// An error where a registry is none of the project, nor of the user.
    pub(crate) fn must_know(&self, url: &str) -> Result<(), Failure> {
        // A lock that was tampered with does not choose where packages come from.
        let is_known = self.open.contains_key(url)
            || self.stated.contains(url)
            || self.known.iter().any(|known| known.place.url == url);
        if is_known { Ok(()) } else { Err(foreign(url)) }
    }

    /// The registry at an address.
    pub(crate) fn registry(&mut self, url: &str) -> Result<&mut Registry, Failure> {
        if !self.open.contains_key(url) {
            let known = self.known.iter().find(|known| known.place.url == url);
            let registry = match known {
                Some(known) => Registry::at(&self.context, &known.place)?,
                None if self.stated.contains(url) => {
                    let place = RegistryPlace::typed(&self.context, url, None)?.guessed();
                    Registry::at(&self.context, &place)?
                }
                // A lock that was tampered with does not choose where packages come from.
                None => return Err(foreign(url)),
            };
            self.open.insert(url.to_owned(), registry);
        }
        Ok(self.open.get_mut(url).expect("it was just opened"))
    }

    /// What is said of a package that a registry does not have.
    pub(crate) fn absent(&mut self, name: &PackageName, url: &str) -> Failure {
        let failure = absent(name, &[(self.shown(url), url.to_owned())]);
        self.meant(name, &[url.to_owned()], failure)
    }

    /// The names of packages that a registry is known to have without asking it.
    pub(super) fn known_names(&self, url: &str) -> BTreeSet<String> {
        let listed = self.listed.iter().filter(|((at, _), versions)| at == url && !versions.is_empty());
        let mut names: BTreeSet<String> = listed.map(|((_, name), _)| name.to_string()).collect();
        names.extend(self.kept.get(url).into_iter().flatten().flat_map(KeptListings::names));
        let known = self.known.iter().find(|known| known.place.url == url);
        names.extend(known.into_iter().flat_map(|known| known.place.names_in_folder()));
        names
    }

    /// The name of a registry of `[registries]` that says no plugin and is one that is served, with the
    /// plugin that it needs.
    pub(super) fn is_misread(&self, url: &str) -> Option<(String, String)> {
        let known = self.known.iter().find(|known| known.place.url == url && known.entry.plugin.is_none())?;
        let plugin = known.place.clone().guessed().spoken_by(&self.context).ok()?;
        (plugin != known.place.plugin).then(|| (known.entry.name.clone(), plugin))
    }

    /// What a registry is called.
    pub(crate) fn shown(&self, url: &str) -> String {
        let known = self.known.iter().find(|known| known.place.url == url);
        known.map_or_else(|| url.to_owned(), |known| known.entry.name.clone())
    }
}

/// A name as registries are asked for it.
pub(crate) fn wire_name(name: &PackageName) -> registry::PackageName {
    registry::PackageName { scope: name.scope().map(str::to_owned), name: name.base().to_owned() }
}

/// Whether a registry is a folder, which is here whether there is a network or not.
pub(crate) fn is_local(url: &str) -> bool {
    !url.starts_with("http://") && !url.starts_with("https://")
}

fn is_address(stated: &str) -> bool {
    stated.contains("://") || stated.starts_with(['/', '.'])
}

fn foreign(url: &str) -> Failure {
    let message = "`stryke.lock` takes a package from a registry that this project does not have";
    let diagnostic = Diagnostic::error(Code::REGISTRY_UNKNOWN, message)
        .note(format!("it is `{}`", crate::address::shown(url)))
        .hint("if it is one of yours, name it in `[registries]` of `stryke.toml`")
        .hint("if not, somebody changed the lock: take it from version control");
    Failure::new(FailureKind::Integrity, diagnostic)
}

fn is_network(failure: &Failure) -> bool {
    matches!(failure.kind, FailureKind::Network)
}

fn no_registry(name: &PackageName) -> Failure {
    let message = format!("there is no registry to get `{name}` from");
    let diagnostic = Diagnostic::error(Code::REGISTRY_UNKNOWN, message)
        .hint("name one in `stryke.toml`, or in the `config.toml` of your home folder:\n[registries.main]\nurl = \"https://…\"");
    Failure::new(FailureKind::Failed, diagnostic)
}

fn absent(name: &PackageName, places: &[(String, String)]) -> Failure {
    let names: Vec<String> = places.iter().map(|(alias, url)| format!("`{alias}` ({url})")).collect();
    let diagnostic = Diagnostic::error(Code::REGISTRY_PACKAGE, format!("there is no package `{name}`"))
        .note(format!("asked: {}", names.join(", ")));
    Failure::new(FailureKind::Failed, diagnostic)
}

fn ambiguous(name: &PackageName, having: &[(String, String)]) -> Failure {
    let names: Vec<String> = having.iter().map(|(alias, url)| format!("`{alias}` ({url})")).collect();
    let mut diagnostic =
        Diagnostic::error(Code::REGISTRY_AMBIGUOUS, format!("more than one registry has a package `{name}`"))
            .note(format!("it is in {}", names.join(" and ")));
    for (alias, _) in having {
        diagnostic = diagnostic.hint(format!("to take it from `{alias}`: s add {name} --registry {alias}"));
    }
    Failure::new(FailureKind::Integrity, diagnostic)
}
