//! `registry.*`: `stryke:registry/backend`.

use s_plugin::Fault;
use s_plugin::extension::registry::{
    Answer, Config, Dependency, DependencyKind, FetchPlan, Owner, PackageName, Page, Query, Version, Want,
};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    Call, CallMistake, Nothing, Performed, digest_json, digest_of, fault_json, pairs_json, performed,
};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Name {
    scope: Option<String>,
    name: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct List {
    queries: Vec<One>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct One {
    name: Name,
    if_changed: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Plan {
    name: Name,
    version: String,
    digest: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Owners {
    name: Name,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Search {
    text: String,
    cursor: Option<String>,
    limit: u32,
}

pub(super) async fn perform(call: Call<'_>) -> Result<Performed, CallMistake> {
    let config = Config {
        name: call.config.name.clone(),
        url: call.config.url(),
        options: call.config.options.clone(),
    };
    let open = call.plugin.open_registry(config);
    match call.name {
        "registry.features" => {
            let Nothing {} = call.arguments()?;
            performed!(open, |registry| registry.features(), |features| json!({
                "publish": features.publish,
                "yank": features.yank,
                "search": features.search,
                "conditional": features.conditional,
                "unyank": features.unyank,
                "owners": features.owners,
            }))
        }
        "registry.list" => {
            let list: List = call.arguments()?;
            let query = |one: One| Query { name: one.name.into(), if_changed: one.if_changed };
            let queries = list.queries.into_iter().map(query).collect();
            performed!(open, |registry| registry.list(queries), |answers| json!({
                "answers": answers.iter().map(answer).collect::<Vec<_>>(),
            }))
        }
        "registry.plan" => {
            let plan: Plan = call.arguments()?;
            let digest = digest_of(&plan.digest)
                .ok_or_else(|| call.mistake(format!("`{}` is not a digest", plan.digest)))?;
            let want = Want { name: plan.name.into(), version: plan.version, digest };
            performed!(open, |registry| registry.plan(want), |plan| fetch_plan(&plan))
        }
        "registry.owners" => {
            let Owners { name } = call.arguments()?;
            let owner = |owner: &Owner| json!({ "name": owner.name, "extra": pairs_json(&owner.extra) });
            performed!(open, |registry| registry.owners(name.into()), |owners| json!({
                "owners": owners.iter().map(owner).collect::<Vec<_>>(),
            }))
        }
        _ => {
            let search: Search = call.arguments()?;
            performed!(open, |registry| registry.search(search.text, search.cursor, search.limit), |found| {
                page(&found)
            })
        }
    }
}

impl From<Name> for PackageName {
    fn from(name: Name) -> PackageName {
        PackageName { scope: name.scope, name: name.name }
    }
}

fn answer(answer: &Result<Answer, Fault>) -> Value {
    match answer {
        Err(fault) => json!({ "error": fault_json(fault) }),
        Ok(Answer::Unchanged) => json!("unchanged"),
        Ok(Answer::Listing { versions, validator }) => json!({ "listing": {
            "versions": versions.iter().map(version).collect::<Vec<_>>(),
            "validator": validator,
        }}),
    }
}

fn version(version: &Version) -> Value {
    let artifacts = version.artifacts.iter().map(|artifact| {
        json!({
            "kind": artifact.kind,
            "target": artifact.target,
            "profile": artifact.profile,
            "digest": digest_json(&artifact.digest),
            "size": artifact.size,
            "extra": pairs_json(&artifact.extra),
        })
    });
    json!({
        "version": version.version,
        "yanked": version.yanked,
        "published-unix": version.published_unix,
        "requires-stryke": version.requires_stryke,
        "artifacts": artifacts.collect::<Vec<_>>(),
        "dependencies": version.dependencies.iter().map(dependency).collect::<Vec<_>>(),
        "features": version.features.iter().map(|(name, on)| json!([name, on])).collect::<Vec<_>>(),
        "extra": pairs_json(&version.extra),
    })
}

fn dependency(dependency: &Dependency) -> Value {
    json!({
        "name": name(&dependency.name),
        "requirement": dependency.requirement,
        "kind": match dependency.kind {
            DependencyKind::Normal => "normal",
            DependencyKind::Dev => "dev",
            DependencyKind::Build => "build",
        },
        "optional": dependency.optional,
        "features": dependency.features,
        "registry": dependency.registry,
        "extra": pairs_json(&dependency.extra),
    })
}

fn name(name: &PackageName) -> Value {
    json!({ "scope": name.scope, "name": name.name })
}

fn fetch_plan(plan: &FetchPlan) -> Value {
    json!({
        "urls": plan.urls,
        "headers": pairs_json(&plan.headers),
        "authenticated": plan.authenticated,
        "format": plan.format,
        "size": plan.size,
    })
}

fn page(page: &Page) -> Value {
    let hits = page.hits.iter().map(|hit| {
        json!({
            "name": name(&hit.name),
            "newest": hit.newest,
            "description": hit.description,
            "downloads": hit.downloads,
        })
    });
    json!({ "hits": hits.collect::<Vec<_>>(), "next": page.next })
}
