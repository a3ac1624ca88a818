//! `s info`: what a registry says of one package.

use std::collections::BTreeSet;
use std::sync::Arc;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use s_diag::{Code, Diagnostic};
use s_project::{ProjectLock, Version};

use crate::Context;
use crate::failure::{Failure, FailureKind};
use crate::package_add::package_name;
use crate::packages::Project;
use crate::packages::registries::Registries;
use crate::registry::{self, HashAlgorithm};

/// A package, as its registry describes it.
#[derive(Clone, Debug)]
pub struct PackageInfo {
    /// The name, with its scope.
    pub name: String,
    /// The registry, for people.
    pub registry: String,
    /// The address of the registry.
    pub url: String,
    /// Every version, newest first.
    pub versions: Vec<VersionInfo>,
    /// The place of the version that was asked for: the newest release, where none was.
    pub chosen: usize,
}

/// One version.
#[derive(Clone, Debug)]
pub struct VersionInfo {
    /// The version.
    pub version: Version,
    /// Why it was withdrawn; none where it was not.
    pub yanked: Option<String>,
    /// When it was published, in seconds since the Unix epoch.
    pub published_unix: Option<u64>,
    /// Which versions of `s` can use it.
    pub requires_stryke: Option<String>,
    /// The digest of its archive.
    pub integrity: Option<String>,
    /// Bytes of its archive.
    pub size_bytes: Option<u64>,
    /// What it depends on: name, requirement, and whether it is optional.
    pub dependencies: Vec<(String, String, bool)>,
    /// Its features, and what each turns on.
    pub features: Vec<(String, Vec<String>)>,
    /// Whether the project the user is in has locked it.
    pub is_locked: bool,
}

impl VersionInfo {
    /// The day on which it was published, as in `2026-11-27`.
    pub fn published_on(&self) -> Option<String> {
        let time = Timestamp::from_second(i64::try_from(self.published_unix?).ok()?).ok()?;
        Some(time.to_zoned(TimeZone::UTC).date().to_string())
    }
}

/// Asks the registry that a package comes from. `spec` is `NAME` or `NAME@VERSION`.
pub fn package_info(
    context: &Arc<Context>,
    spec: &str,
    registry: Option<&str>,
) -> Result<PackageInfo, Failure> {
    let (name, wanted) = match spec.split_once('@') {
        Some((name, version)) => (package_name(name)?, Some(version)),
        None => (package_name(spec)?, None),
    };
    let lock = match context.project() {
        Some(_) => Project::read(context, None)?.lock,
        None => ProjectLock::default(),
    };
    let locked: BTreeSet<Version> = lock
        .packages()
        .filter(|package| package.name == name)
        .map(|package| package.version.clone())
        .collect();
    let mut registries = Registries::of(context)?;
    let url = registries.bind(&name, registry, &lock)?;
    let listed = registries.versions(&url, &name)?;
    if listed.is_empty() {
        return Err(registries.absent(&name, &url));
    }
    let mut versions: Vec<VersionInfo> =
        listed.iter().filter_map(|version| of_version(version, &locked)).collect();
    versions.sort_by(|a, b| b.version.cmp(&a.version));
    let chosen = match wanted {
        Some(wanted) => versions.iter().position(|one| one.version.to_string() == wanted),
        None => {
            let is_release = |one: &VersionInfo| one.version.pre.is_empty() && one.yanked.is_none();
            versions.iter().position(is_release).or((!versions.is_empty()).then_some(0))
        }
    };
    let Some(chosen) = chosen else {
        let message =
            format!("there is no version `{}` of `{name}`", wanted.unwrap_or_default().escape_debug());
        let known: Vec<String> = versions.iter().take(5).map(|one| one.version.to_string()).collect();
        let diagnostic = Diagnostic::error(Code::REGISTRY_PACKAGE, message)
            .note(format!("the newest are {}", known.join(", ")));
        return Err(Failure::new(FailureKind::Failed, diagnostic));
    };
    Ok(PackageInfo { name: name.to_string(), registry: registries.shown(&url), url, versions, chosen })
}

fn of_version(listed: &registry::Version, locked: &BTreeSet<Version>) -> Option<VersionInfo> {
    let version: Version = listed.version.parse().ok()?;
    let source = listed
        .artifacts
        .iter()
        .find(|artifact| artifact.kind == "source" && artifact.digest.algorithm == HashAlgorithm::Sha256);
    let integrity = source.and_then(|artifact| <[u8; 32]>::try_from(artifact.digest.bytes.as_slice()).ok());
    let dependencies = listed.dependencies.iter().filter(|one| one.kind == registry::DependencyKind::Normal);
    let dependencies = dependencies.map(|one| {
        let name = match &one.name.scope {
            Some(scope) => format!("{scope}/{}", one.name.name),
            None => one.name.name.clone(),
        };
        (name, one.requirement.clone(), one.optional)
    });
    Some(VersionInfo {
        is_locked: locked.contains(&version),
        version,
        yanked: listed.yanked.clone(),
        published_unix: listed.published_unix,
        requires_stryke: listed.requires_stryke.clone(),
        integrity: integrity.map(|bytes| s_store::Sha256Digest::from_bytes(bytes).to_string()),
        size_bytes: source.and_then(|artifact| artifact.size),
        dependencies: dependencies.collect(),
        features: listed.features.clone(),
    })
}
