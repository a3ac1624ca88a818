//! The component: types of the interface to types of the logic, and back.

use s_guest::registry::backend::{self, Features, Guest, GuestRegistry, Page};
use s_guest::registry::types::{Digest as WireDigest, HashAlgorithm};
use s_guest::registry::{self, Error, Host};
use s_guest::{Error as PlainError, Files};

use crate::{
    Answer, Dependency, DependencyKind, Digest, DigestAlgorithm, Location, PackageName, Query, Source,
    Version, Want, list, plan, read_only,
};

struct Plugin;

impl Guest for Plugin {
    type Registry = Static;
}

struct Static {
    location: Location,
    folder: Option<Box<dyn Files>>,
}

impl Static {
    fn source(&self) -> Source<'_> {
        match &self.folder {
            Some(folder) => Source::Folder(folder.as_ref()),
            None => Source::Web(&Host),
        }
    }
}

impl GuestRegistry for Static {
    fn open(config: backend::Config) -> Result<backend::Registry, Error> {
        let location = Location::parse(&config.url)?;
        let folder = match location {
            Location::Web(_) => None,
            Location::Folder(_) => Some(Host.view("registry").ok_or_else(|| {
                PlainError::not_found(
                    "registry-static/no-folder",
                    "the folder of the registry cannot be read",
                )
                .with_help("allow the plugin to read it, and check that it is there")
            })?),
        };
        Ok(backend::Registry::new(Static { location, folder }))
    }

    fn features(&self) -> Features {
        match self.location {
            Location::Web(_) => Features::CONDITIONAL,
            Location::Folder(_) => Features::empty(),
        }
    }

    fn list(&self, queries: Vec<backend::Query>) -> Vec<Result<backend::Answer, Error>> {
        let asked: Vec<Result<Query, PlainError>> = queries
            .into_iter()
            .map(|query| Ok(Query { name: name(query.name)?, if_changed: query.if_changed }))
            .collect();
        let good: Vec<Query> = asked.iter().flatten().cloned().collect();
        let mut answers = list(&self.location, &self.source(), &good).into_iter();
        let answer = |query: Result<Query, PlainError>| {
            query
                .and_then(|_| answers.next().expect("every query has an answer"))
                .map(wire_answer)
                .map_err(Error::from)
        };
        asked.into_iter().map(answer).collect()
    }

    fn plan(&self, want: backend::Want) -> Result<backend::FetchPlan, Error> {
        let want = Want { name: name(want.name)?, version: want.version, digest: digest(want.digest) };
        let plan = plan(&self.location, &self.source(), &want)?;
        Ok(backend::FetchPlan {
            urls: vec![plan.url],
            headers: Vec::new(),
            authenticated: plan.authenticated,
            format: plan.format.to_owned(),
            size: plan.size,
        })
    }

    fn publish(
        &self,
        _name: backend::PackageName,
        _version: String,
        _archive: &backend::Blob,
    ) -> Result<Option<String>, Error> {
        Err(read_only("publish").into())
    }

    fn yank(
        &self,
        _name: backend::PackageName,
        _version: String,
        _reason: Option<String>,
    ) -> Result<(), Error> {
        Err(read_only("yank").into())
    }

    fn search(&self, _text: String, _cursor: Option<String>, _limit: u32) -> Result<Page, Error> {
        Err(read_only("search").into())
    }
}

fn name(name: backend::PackageName) -> Result<PackageName, PlainError> {
    PackageName::new(name.scope, name.name)
}

fn digest(digest: WireDigest) -> Digest {
    let algorithm = match digest.algorithm {
        HashAlgorithm::Sha256 => DigestAlgorithm::Sha256,
        HashAlgorithm::Sha512 => DigestAlgorithm::Sha512,
        HashAlgorithm::Blake3 => DigestAlgorithm::Blake3,
    };
    Digest { algorithm, bytes: digest.bytes }
}

fn wire_digest(digest: Digest) -> WireDigest {
    let algorithm = match digest.algorithm {
        DigestAlgorithm::Sha256 => HashAlgorithm::Sha256,
        DigestAlgorithm::Sha512 => HashAlgorithm::Sha512,
        DigestAlgorithm::Blake3 => HashAlgorithm::Blake3,
    };
    WireDigest { algorithm, bytes: digest.bytes }
}

fn wire_answer(answer: Answer) -> backend::Answer {
    match answer {
        Answer::Unchanged => backend::Answer::Unchanged,
        Answer::Listing(versions, validator) => {
            let versions = versions.into_iter().map(wire_version).collect();
            backend::Answer::Listing(backend::Listing { versions, validator })
        }
    }
}

fn wire_version(version: Version) -> backend::Version {
    let artifacts = version.artifacts.into_iter().map(|artifact| backend::Artifact {
        kind: artifact.kind,
        target: artifact.target,
        profile: artifact.profile,
        digest: wire_digest(artifact.digest),
        size: artifact.size,
        extra: Vec::new(),
    });
    backend::Version {
        version: version.version,
        yanked: version.yanked,
        published_unix: version.published_unix,
        requires_stryke: version.requires_stryke,
        artifacts: artifacts.collect(),
        dependencies: version.dependencies.into_iter().map(wire_dependency).collect(),
        features: Vec::new(),
        extra: Vec::new(),
    }
}

fn wire_dependency(dependency: Dependency) -> backend::Dependency {
    backend::Dependency {
        name: backend::PackageName {
            scope: dependency.name.scope().map(str::to_owned),
            name: dependency.name.name().to_owned(),
        },
        requirement: dependency.requirement,
        kind: match dependency.kind {
            DependencyKind::Normal => backend::DependencyKind::Normal,
            DependencyKind::Dev => backend::DependencyKind::Dev,
            DependencyKind::Build => backend::DependencyKind::Build,
        },
        optional: dependency.optional,
        features: dependency.features,
        registry: dependency.registry,
        extra: Vec::new(),
    }
}

registry::export!(Plugin);
