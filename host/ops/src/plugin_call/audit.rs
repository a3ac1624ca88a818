//! `feed.*`: `stryke:audit/feed`.

use s_advisory::{Advisory, Affected, Event, RangeKind, Severity};
use s_plugin::Blob;
use s_plugin::extension::audit::{Batch, Config, Sync};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Call, CallMistake, Nothing, Performed, pairs_json, performed};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Pull {
    since: Option<String>,
    cursor: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Parse {
    text: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Packages {
    packages: Vec<(String, String)>,
}

pub(super) async fn perform(call: Call<'_>) -> Result<Performed, CallMistake> {
    let config = Config {
        name: call.config.name.clone(),
        url: call.config.url(),
        options: call.config.options.clone(),
    };
    let open = call.plugin.open_audit();
    match call.name {
        "feed.describe" => {
            let Nothing {} = call.arguments()?;
            performed!(open, |feed| feed.describe(config), |described| json!({
                "description": described.map(|described| json!({
                    "title": described.title,
                    "homepage": described.homepage,
                    "license": described.license,
                })),
            }))
        }
        "feed.pull" => {
            let pull: Pull = call.arguments()?;
            performed!(open, |feed| feed.pull(config, pull.since, pull.cursor), |sync| match sync {
                Sync::Unchanged => json!("unchanged"),
                Sync::Batch(pulled) => json!({ "batch": batch(&pulled) }),
            })
        }
        "feed.parse" => {
            let parse: Parse = call.arguments()?;
            let file = Blob::from_bytes(parse.text.into_bytes());
            performed!(open, |feed| feed.parse(config, file), |parsed| batch(&parsed))
        }
        _ => {
            let Packages { packages } = call.arguments()?;
            performed!(open, |feed| feed.query(config, packages), |found| json!({
                "advisories": found.iter().map(advisory).collect::<Vec<_>>(),
            }))
        }
    }
}

fn batch(batch: &Batch) -> Value {
    json!({
        "advisories": batch.advisories.iter().map(advisory).collect::<Vec<_>>(),
        "skipped": batch.skipped,
        "cursor": batch.cursor,
        "validator": batch.validator,
    })
}

fn advisory(advisory: &Advisory) -> Value {
    json!({
        "id": advisory.id,
        "aliases": advisory.aliases,
        "withdrawn-unix": advisory.withdrawn_unix,
        "modified-unix": advisory.modified_unix,
        "severity": match advisory.severity {
            Severity::Unknown => "unknown",
            Severity::Informational => "informational",
            Severity::Low => "low",
            Severity::Medium => "medium",
            Severity::High => "high",
            Severity::Critical => "critical",
        },
        "cvss": advisory.cvss,
        "title": advisory.title,
        "url": advisory.url,
        "affected": advisory.affected.iter().map(affected).collect::<Vec<_>>(),
        "extra": pairs_json(&advisory.extra),
    })
}

fn affected(affected: &Affected) -> Value {
    let ranges = affected.ranges.iter().map(|range| {
        json!({
            "kind": match range.kind {
                RangeKind::Semver => "semver",
                RangeKind::Ecosystem => "ecosystem",
                RangeKind::Git => "git",
            },
            "events": range.events.iter().map(event).collect::<Vec<_>>(),
        })
    });
    json!({
        "ecosystem": affected.ecosystem,
        "name": affected.name,
        "ranges": ranges.collect::<Vec<_>>(),
        "versions": affected.versions,
        "functions": affected.functions,
    })
}

fn event(event: &Event) -> Value {
    match event {
        Event::Introduced(version) => json!({ "introduced": version }),
        Event::Fixed(version) => json!({ "fixed": version }),
        Event::LastAffected(version) => json!({ "last-affected": version }),
        Event::Limit(version) => json!({ "limit": version }),
    }
}
