//! What registries said of packages, kept between commands: for as long as it is young, nobody has to
//! be asked again.
//!
//! Versions are kept as the plugin gave them, so that neither the network nor a plugin is needed to
//! read them. What a registry does not have is not kept: absence has to be told by the registry itself.
//! Nor is anything of a registry that is a folder, which is asked faster than remembered. Decision 0023
//! says what a young answer can and cannot lead to.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use s_store::{RecordLog, Sha256Digest, files};
use serde::{Deserialize, Serialize};

use super::{PackageName, Version};
use crate::Context;
use crate::failure::Failure;
use crate::plugins::catalog::Entry;

/// How old an answer may be where nobody says otherwise.
pub(crate) const AGE_MAX: Duration = Duration::from_secs(120);

/// Bytes of the answers of one registry: of some ten thousand packages.
const SIZE_BYTES_MAX: usize = 16 << 20;

/// A change of it makes everything that was kept unknown.
const FORM: u32 = 1;

/// What one registry said.
#[derive(Debug)]
pub(crate) struct KeptListings {
    log: RecordLog,
}

/// Of one package.
#[derive(Deserialize)]
struct Listing {
    /// When the registry was asked.
    asked_unix_ms: u64,
    versions: Vec<Version>,
}

/// The same, to be written.
#[derive(Serialize)]
struct ListingOf<'a> {
    asked_unix_ms: u64,
    versions: &'a [Version],
}

/// Where answers of a registry are kept that a plugin speaks to; none for a folder.
pub(super) fn path(
    context: &Context,
    plugin: &Entry,
    url: &str,
    options: &BTreeMap<String, String>,
) -> Option<PathBuf> {
    if !url.starts_with("http://") && !url.starts_with("https://") {
        return None;
    }
    // Another plugin, or another `s`, may read the same bytes of a server in another way.
    let parts = format!(
        "{FORM} {} {} {} {url:?} {options:?} {:?}",
        env!("CARGO_PKG_VERSION"),
        plugin.id(),
        plugin.digest,
        plugin.config
    );
    let name = Sha256Digest::of(parts.as_bytes()).to_hex();
    Some(folder(context).join(format!("{}.kept", &name[..32])))
}

/// Where the answers of all registries are.
fn folder(context: &Context) -> PathBuf {
    context.home().index().join("listings")
}

/// Forgets what all registries said, as for somebody else who may see other packages.
pub(crate) fn forget_all(context: &Context) -> Result<(), Failure> {
    match files::remove_dir_all(&folder(context)) {
        Err(error) if error.is_not_found() => Ok(()),
        done => Ok(done?),
    }
}

impl KeptListings {
    pub(super) fn open(path: &Path) -> KeptListings {
        KeptListings { log: RecordLog::open(path, SIZE_BYTES_MAX) }
    }

    /// What the registry said of a package no longer ago than that.
    pub(crate) fn young(&self, name: &PackageName, age_max: Duration) -> Option<Vec<Version>> {
        let listing: Listing = postcard::from_bytes(self.log.get(key(name).as_bytes())?).ok()?;
        let asked = UNIX_EPOCH.checked_add(Duration::from_millis(listing.asked_unix_ms))?;
        // A clock that was set back makes answers old.
        let age = SystemTime::now().duration_since(asked).ok()?;
        (age < age_max).then_some(listing.versions)
    }

    /// The names of all packages that the registry listed before, however long ago.
    pub(crate) fn names(&self) -> impl Iterator<Item = String> {
        self.log.keys().filter_map(|key| Some(std::str::from_utf8(key).ok()?.to_owned()))
    }

    /// Keeps what the registry just said of packages. What cannot be written is asked for again.
    pub(crate) fn keep<'a>(&mut self, listings: impl IntoIterator<Item = (&'a PackageName, &'a [Version])>) {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let asked_unix_ms = u64::try_from(now.as_millis()).unwrap_or(u64::MAX);
        let record = |(name, versions)| {
            let listing = ListingOf { asked_unix_ms, versions };
            Some((key(name), postcard::to_stdvec(&listing).ok()?))
        };
        let records: Vec<(String, Vec<u8>)> = listings.into_iter().filter_map(record).collect();
        let _ = self.log.put(records.iter().map(|(name, value)| (name.as_bytes(), value.as_slice())));
    }

    /// Forgets what the registry said of a package, since that is not so any more. Where that cannot be
    /// written, the change is seen when the answer is not young any more.
    pub(crate) fn forget(&mut self, name: &PackageName) {
        if self.log.get(key(name).as_bytes()).is_some() {
            let _ = self.log.put([(key(name).as_bytes(), &[][..])]);
        }
    }
}

/// A package, as records are found by it.
pub(super) fn key(name: &PackageName) -> String {
    match &name.scope {
        Some(scope) => format!("{scope}/{}", name.name),
        None => name.name.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::registry::{Artifact, Dependency, DependencyKind, Digest, HashAlgorithm};

    fn name(text: &str) -> PackageName {
        PackageName { scope: None, name: text.to_owned() }
    }

    fn version(number: &str) -> Version {
        let dependency = Dependency {
            name: PackageName { scope: Some("acme".to_owned()), name: "json".to_owned() },
            requirement: "^1".to_owned(),
            kind: DependencyKind::Normal,
            optional: true,
            features: vec!["fast".to_owned()],
            registry: Some("https://other.example".to_owned()),
            extra: vec![("alias".to_owned(), "j".to_owned())],
        };
        let artifact = Artifact {
            kind: "source".to_owned(),
            target: None,
            profile: None,
            digest: Digest { algorithm: HashAlgorithm::Sha256, bytes: vec![7; 32] },
            size: Some(512),
            extra: Vec::new(),
        };
        Version {
            version: number.to_owned(),
            yanked: Some("loses digits".to_owned()),
            published_unix: Some(1),
            requires_stryke: Some(">=0.1".to_owned()),
            artifacts: vec![artifact],
            dependencies: vec![dependency],
            features: vec![("default".to_owned(), vec!["fast".to_owned()])],
            extra: Vec::new(),
        }
    }

    #[test]
    fn an_answer_is_there_as_long_as_it_is_young_and_nothing_changed() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("listings/a.kept");
        let (a, b) = (name("a"), name("b"));
        let versions = [version("1.0.0"), version("1.1.0")];
        KeptListings::open(&path).keep([(&a, &versions[..]), (&b, &versions[..1])]);
        let mut kept = KeptListings::open(&path);
        let minute = Duration::from_secs(60);
        assert_eq!(kept.young(&a, minute).as_deref(), Some(&versions[..]));
        assert_eq!(kept.young(&b, minute).as_deref(), Some(&versions[..1]));
        assert_eq!(kept.young(&name("c"), minute), None);
        assert_eq!(kept.young(&a, Duration::ZERO), None);
        kept.forget(&a);
        let kept = KeptListings::open(&path);
        assert_eq!(kept.young(&a, minute), None);
        assert!(kept.young(&b, minute).is_some());
    }

    #[test]
    fn an_answer_of_the_future_is_not_young() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.kept");
        let later = SystemTime::now() + Duration::from_secs(3600);
        let asked_unix_ms = u64::try_from(later.duration_since(UNIX_EPOCH).unwrap().as_millis()).unwrap();
        let record = postcard::to_stdvec(&ListingOf { asked_unix_ms, versions: &[] }).unwrap();
        RecordLog::open(&path, SIZE_BYTES_MAX).put([(&b"a"[..], record.as_slice())]).unwrap();
        assert_eq!(KeptListings::open(&path).young(&name("a"), AGE_MAX), None);
    }
}
