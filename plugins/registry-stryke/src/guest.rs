//! The component: types of the interface to types of the logic, and back.

use s_guest::registry_v0_2::backend::{self, Features, Guest, GuestRegistry, Page};
use s_guest::registry_v0_2::types::{Digest as WireDigest, HashAlgorithm, Kv};
use s_guest::registry_v0_2::{self as registry, Error, Host};
use s_guest::{Error as PlainError, folder_address};
use s_wire::{Dependency, IndexLine};

use crate::{
    Answer, Query, Site, Want, change_owner, list, owners, plan, publish, search, unix_of, unyank, yank,
};

/// Bytes of the longest archive that is published.
const ARCHIVE_BYTES_MAX: u64 = 64 << 20;
/// Bytes that are read from the host at once.
const PIECE_BYTES: u32 = 1 << 20;

struct Plugin;

impl Guest for Plugin {
    type Registry = Server;
}

struct Server {
    site: Site<'static>,
}

impl GuestRegistry for Server {
    fn open(config: backend::Config) -> Result<backend::Registry, Error> {
        let site = match folder_address(&config.url) {
            Some(address) => {
                let folder = Host.view("registry").ok_or_else(|| {
                    PlainError::not_found(
                        "registry-stryke/no-folder",
                        "the folder of the export cannot be read",
                    )
                    .with_help("allow the plugin to read it, and check that it is there")
                })?;
                Site::in_folder(&address, folder, &Host)
            }
            None => Site::new(&config.url, &Host)?,
        };
        let site = match config.options.iter().find(|option| option.key == "snapshot") {
            Some(root) => site.in_state(&root.value)?,
            None => site,
        };
        Ok(backend::Registry::new(Server { site }))
    }

    fn features(&self) -> Features {
        if self.site.is_folder() {
            return Features::empty();
        }
        Features::PUBLISH
            | Features::YANK
            | Features::SEARCH
            | Features::CONDITIONAL
            | Features::UNYANK
            | Features::OWNERS
    }

    fn list(&self, queries: Vec<backend::Query>) -> Vec<Result<backend::Answer, Error>> {
        let queries: Vec<Query> = queries
            .into_iter()
            .map(|query| Query { name: text_of(&query.name), if_changed: query.if_changed })
            .collect();
        list(&self.site, &queries).into_iter().map(|answer| Ok(wire_answer(answer?)?)).collect()
    }

    fn plan(&self, want: backend::Want) -> Result<backend::FetchPlan, Error> {
        let want = Want { name: text_of(&want.name), version: want.version };
        let plan = plan(&self.site, &want)?;
        Ok(backend::FetchPlan {
            urls: vec![plan.url],
            headers: Vec::new(),
            authenticated: plan.authenticated,
            format: "tar.zst".to_owned(),
            size: None,
        })
    }

    fn publish(
        &self,
        name: backend::PackageName,
        version: String,
        archive: &backend::Blob,
    ) -> Result<Option<String>, Error> {
        let size = archive.size();
        if size > ARCHIVE_BYTES_MAX {
            let message = format!("the archive is larger than {ARCHIVE_BYTES_MAX} bytes");
            return Err(PlainError::limit_exceeded("registry-stryke/archive", message).into());
        }
        let mut bytes = Vec::new();
        while (bytes.len() as u64) < size {
            let piece = archive.read(bytes.len() as u64, PIECE_BYTES)?;
            if piece.is_empty() {
                return Err(
                    PlainError::unavailable("registry-stryke/archive", "the archive broke off").into()
                );
            }
            bytes.extend_from_slice(&piece);
        }
        Ok(publish(&self.site, &text_of(&name), &version, bytes)?)
    }

    fn yank(&self, name: backend::PackageName, version: String, reason: Option<String>) -> Result<(), Error> {
        Ok(yank(&self.site, &text_of(&name), &version, reason)?)
    }

    fn search(&self, text: String, cursor: Option<String>, _limit: u32) -> Result<Page, Error> {
        let page = search(&self.site, &text, cursor.as_deref())?;
        let hits = page.hits.into_iter().map(|hit| backend::Hit {
            name: name_of(&hit.name),
            newest: hit.newest,
            description: hit.description,
            downloads: None,
        });
        Ok(Page { hits: hits.collect(), next: page.next.map(|next| next.to_string()) })
    }

    fn unyank(&self, name: backend::PackageName, version: String) -> Result<bool, Error> {
        Ok(unyank(&self.site, &text_of(&name), &version)?)
    }

    fn owners(&self, name: backend::PackageName) -> Result<Vec<backend::Owner>, Error> {
        let owners = owners(&self.site, &text_of(&name))?.into_iter();
        Ok(owners.map(|name| backend::Owner { name, extra: Vec::new() }).collect())
    }

    fn change_owner(&self, name: backend::PackageName, user: String, add: bool) -> Result<bool, Error> {
        Ok(change_owner(&self.site, &text_of(&name), &user, add)?)
    }
}

fn text_of(name: &backend::PackageName) -> String {
    match &name.scope {
        Some(scope) => format!("{scope}/{}", name.name),
        None => name.name.clone(),
    }
}

fn name_of(text: &str) -> backend::PackageName {
    match text.split_once('/') {
        Some((scope, name)) => backend::PackageName { scope: Some(scope.to_owned()), name: name.to_owned() },
        None => backend::PackageName { scope: None, name: text.to_owned() },
    }
}

fn wire_answer(answer: Answer) -> Result<backend::Answer, PlainError> {
    match answer {
        Answer::Unchanged => Ok(backend::Answer::Unchanged),
        Answer::Listing { lines, validator, .. } => {
            let versions = lines.into_iter().map(wire_version).collect::<Result<_, _>>()?;
            Ok(backend::Answer::Listing(backend::Listing { versions, validator }))
        }
    }
}

fn wire_version(line: IndexLine) -> Result<backend::Version, PlainError> {
    let source = backend::Artifact {
        kind: "source".to_owned(),
        target: None,
        profile: None,
        digest: digest_of(&line.integrity)?,
        size: Some(line.size),
        extra: vec![fact("tree", line.tree)],
    };
    let yanked = line.yanked.then(|| line.yank_reason.unwrap_or_default());
    let removed = line.removed.map(|removal| format!("removed: {}", removal.reason));
    Ok(backend::Version {
        version: line.vers,
        yanked: removed.or(yanked),
        published_unix: line.pubtime.as_deref().and_then(unix_of),
        requires_stryke: line.s,
        artifacts: vec![source],
        dependencies: line.deps.into_iter().map(wire_dependency).collect(),
        features: line.features.into_iter().collect(),
        extra: line.edition.map(|edition| fact("edition", edition)).into_iter().collect(),
    })
}

fn wire_dependency(dependency: Dependency) -> backend::Dependency {
    let mut extra = Vec::new();
    if !dependency.default_features {
        extra.push(fact("default-features", "false"));
    }
    if let Some(group) = dependency.kind.strip_prefix("group:") {
        extra.push(fact("group", group));
    }
    if dependency.package.is_some() {
        extra.push(fact("alias", dependency.name.as_str()));
    }
    backend::Dependency {
        name: name_of(dependency.package.as_deref().unwrap_or(&dependency.name)),
        requirement: dependency.req,
        kind: match dependency.kind.as_str() {
            "normal" => backend::DependencyKind::Normal,
            "build" => backend::DependencyKind::Build,
            _ => backend::DependencyKind::Dev,
        },
        optional: dependency.optional,
        features: dependency.features,
        registry: dependency.registry,
        extra,
    }
}

fn fact(key: &str, value: impl Into<String>) -> Kv {
    Kv { key: key.to_owned(), value: value.into() }
}

fn digest_of(text: &str) -> Result<WireDigest, PlainError> {
    let digits = text.strip_prefix("sha256-").filter(|digits| digits.len() == 64 && digits.is_ascii());
    let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    let pair = |pair: &[u8]| Some(digit(pair[0])? << 4 | digit(pair[1])?);
    let bytes = digits.and_then(|digits| digits.as_bytes().chunks_exact(2).map(pair).collect());
    let bytes = bytes.ok_or_else(|| {
        let message = format!("the index has `{}` for a digest", text.escape_debug());
        PlainError::integrity("registry-stryke/digest", message)
    })?;
    Ok(WireDigest { algorithm: HashAlgorithm::Sha256, bytes })
}

registry::export!(Plugin);
