//! Registry backends: `stryke:registry/backend`.

use serde::{Deserialize, Serialize};

use super::{BoxFuture, Digest, Pairs};
use crate::{Blob, CallError, Fault, Usage};

/// The user's table of one registry.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Config {
    /// The name the user gave it.
    pub name: String,
    /// Where it is.
    pub url: String,
    /// Everything else.
    pub options: Pairs,
}

/// What a registry can do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Features {
    /// New versions can be published.
    pub publish: bool,
    /// Versions can be yanked.
    pub yank: bool,
    /// It can be searched.
    pub search: bool,
    /// It answers "unchanged" to a validator.
    pub conditional: bool,
    /// Yanked versions can be offered again. No plugin of track 0.1 can do that.
    pub unyank: bool,
    /// The owners of a package can be listed and changed. No plugin of track 0.1 can do that.
    pub owners: bool,
}

/// A name as a registry knows it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct PackageName {
    /// The organisation, where names have one.
    pub scope: Option<String>,
    /// The name.
    pub name: String,
}

/// What a dependency is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum DependencyKind {
    /// To run.
    Normal,
    /// To test.
    Dev,
    /// To build.
    Build,
}

/// What a version needs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dependency {
    /// Of which package.
    pub name: PackageName,
    /// Which versions.
    pub requirement: String,
    /// What for.
    pub kind: DependencyKind,
    /// Only where a feature asks for it.
    pub optional: bool,
    /// Features it turns on.
    pub features: Vec<String>,
    /// The registry, where it is another.
    pub registry: Option<String>,
    /// Open pairs.
    pub extra: Pairs,
}

/// One downloadable form of a version.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Artifact {
    /// `source` or `binary`.
    pub kind: String,
    /// For which target.
    pub target: Option<String>,
    /// With which profile.
    pub profile: Option<String>,
    /// Of its bytes.
    pub digest: Digest,
    /// In bytes.
    pub size: Option<u64>,
    /// Open pairs.
    pub extra: Pairs,
}

/// One version of a package.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Version {
    /// Its number.
    pub version: String,
    /// Why it was withdrawn.
    pub yanked: Option<String>,
    /// When it was published, in seconds since the Unix epoch.
    pub published_unix: Option<u64>,
    /// Which versions of `s` it needs.
    pub requires_stryke: Option<String>,
    /// What can be downloaded.
    pub artifacts: Vec<Artifact>,
    /// What it needs.
    pub dependencies: Vec<Dependency>,
    /// Its features and what each turns on.
    pub features: Vec<(String, Vec<String>)>,
    /// Open pairs.
    pub extra: Pairs,
}

/// Which package to list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Query {
    /// Its name.
    pub name: PackageName,
    /// The validator of the listing that is already here.
    pub if_changed: Option<String>,
}

/// The versions of a package.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// The listing that is already here still holds.
    Unchanged,
    /// A new one.
    Listing {
        /// In the registry's order.
        versions: Vec<Version>,
        /// To ask with the next time.
        validator: Option<String>,
    },
}

/// Which artifact of which version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Want {
    /// Of which package.
    pub name: PackageName,
    /// Which version.
    pub version: String,
    /// Which artifact: the digest the host will check.
    pub digest: Digest,
}

/// How to get an artifact. The host fetches it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FetchPlan {
    /// Mirrors in order of preference.
    pub urls: Vec<String>,
    /// Headers to send.
    pub headers: Pairs,
    /// Whether the origin's credential is needed.
    pub authenticated: bool,
    /// What the bytes are, such as `tar.zst`.
    pub format: String,
    /// In bytes.
    pub size: Option<u64>,
}

/// What a search found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hit {
    /// The package.
    pub name: PackageName,
    /// Its newest version.
    pub newest: String,
    /// What it says of itself.
    pub description: String,
    /// How often it was downloaded.
    pub downloads: Option<u64>,
}

/// A page of what a search found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// In the registry's order.
    pub hits: Vec<Hit>,
    /// Where to go on.
    pub next: Option<String>,
}

/// Who may publish and withdraw versions of a package.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Owner {
    /// As the registry knows them.
    pub name: String,
    /// Open pairs.
    pub extra: Pairs,
}

/// An open registry.
pub trait Registry: Send {
    /// Returns what it can do.
    fn features(&mut self) -> BoxFuture<'_, Result<Features, CallError>>;
    /// Lists packages, all at the same time; answers stand in the order of the queries.
    fn list(&mut self, queries: Vec<Query>) -> BoxFuture<'_, Result<Vec<Result<Answer, Fault>>, CallError>>;
    /// Says how to get an artifact.
    fn plan(&mut self, want: Want) -> BoxFuture<'_, Result<FetchPlan, CallError>>;
    /// Publishes an archive; the answer is what the registry has to say.
    fn publish(
        &mut self,
        name: PackageName,
        version: String,
        archive: Blob,
    ) -> BoxFuture<'_, Result<Option<String>, CallError>>;
    /// Withdraws a version.
    fn yank(
        &mut self,
        name: PackageName,
        version: String,
        reason: Option<String>,
    ) -> BoxFuture<'_, Result<(), CallError>>;
    /// Searches, a page at a time.
    fn search(
        &mut self,
        text: String,
        cursor: Option<String>,
        limit: u32,
    ) -> BoxFuture<'_, Result<Page, CallError>>;
    /// Offers a yanked version again; the answer is whether it was yanked. Unsupported by plugins of
    /// track 0.1.
    fn unyank(&mut self, name: PackageName, version: String) -> BoxFuture<'_, Result<bool, CallError>>;
    /// Lists the owners of a package. Unsupported by plugins of track 0.1.
    fn owners(&mut self, name: PackageName) -> BoxFuture<'_, Result<Vec<Owner>, CallError>>;
    /// Adds or removes one owner; the answer is whether something is different now. Unsupported by
    /// plugins of track 0.1.
    fn change_owner(
        &mut self,
        name: PackageName,
        user: String,
        add: bool,
    ) -> BoxFuture<'_, Result<bool, CallError>>;
    /// Returns what was used so far.
    fn usage(&self) -> Usage;
}
