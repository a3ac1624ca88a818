//! One OSV entry, from JSON to an advisory.
//!
//! Unknown fields are passed over, as the format asks. What an entry must not leave in doubt -
//! which versions it concerns, whether it was withdrawn - makes the whole entry unreadable when it
//! is malformed; what only describes - severity, title, address - is left out instead.

use crate::cvss;
use crate::model::{Advisory, Affected, Event, Range, RangeKind, Severity};
use crate::time::parse_rfc3339;
use serde::{Deserialize, Deserializer};
use serde_json::Value;

/// Reads one entry.
///
/// # Errors
/// Why it cannot be used, as a phrase.
pub fn parse_entry(json: &[u8]) -> Result<Advisory, String> {
    // Without this, a list of values would be taken for the fields in order.
    if json.trim_ascii_start().first() != Some(&b'{') {
        return Err("it is not a JSON object".into());
    }
    let entry: Entry = serde_json::from_slice(json).map_err(|error| error.to_string())?;
    if !entry.schema_version.is_empty() && entry.schema_version.split('.').next() != Some("1") {
        return Err(format!("its schema version is `{}`, not 1", entry.schema_version));
    }
    if entry.id.is_empty() {
        return Err("its `id` is empty".into());
    }
    let time = |what: &str, text: &str| {
        parse_rfc3339(text).ok_or_else(|| format!("`{what}` is not a time: `{text}`"))
    };
    Ok(Advisory {
        modified_unix: time("modified", &entry.modified)?,
        withdrawn_unix: entry.withdrawn.as_deref().map(|text| time("withdrawn", text)).transpose()?,
        severity: severity(&entry),
        cvss: vector(&entry),
        title: title(&entry),
        url: url(&entry),
        affected: affected(entry.affected)?,
        aliases: entry.aliases,
        id: entry.id,
    })
}

#[derive(Deserialize)]
struct Entry {
    #[serde(default, deserialize_with = "or_default")]
    schema_version: String,
    id: String,
    modified: String,
    withdrawn: Option<String>,
    #[serde(default, deserialize_with = "or_default")]
    aliases: Vec<String>,
    #[serde(default, deserialize_with = "or_default")]
    summary: String,
    #[serde(default, deserialize_with = "or_default")]
    details: String,
    #[serde(default, deserialize_with = "or_default")]
    severity: Vec<SeverityEntry>,
    #[serde(default, deserialize_with = "or_default")]
    affected: Vec<AffectedEntry>,
    #[serde(default, deserialize_with = "or_default")]
    references: Vec<Reference>,
    #[serde(default)]
    database_specific: Value,
}

#[derive(Deserialize)]
struct SeverityEntry {
    #[serde(rename = "type")]
    kind: String,
    score: String,
}

#[derive(Deserialize)]
struct AffectedEntry {
    package: Option<PackageEntry>,
    #[serde(default, deserialize_with = "or_default")]
    severity: Vec<SeverityEntry>,
    #[serde(default, deserialize_with = "or_default")]
    ranges: Vec<RangeEntry>,
    #[serde(default, deserialize_with = "or_default")]
    versions: Vec<String>,
    #[serde(default)]
    database_specific: Value,
}

#[derive(Deserialize)]
struct PackageEntry {
    ecosystem: String,
    name: String,
}

#[derive(Deserialize)]
struct RangeEntry {
    #[serde(rename = "type")]
    kind: String,
    #[serde(default, deserialize_with = "or_default")]
    events: Vec<EventEntry>,
}

#[derive(Deserialize)]
struct EventEntry {
    introduced: Option<String>,
    fixed: Option<String>,
    last_affected: Option<String>,
    limit: Option<String>,
}

#[derive(Deserialize)]
struct Reference {
    #[serde(rename = "type")]
    kind: String,
    url: String,
}

/// Databases write `null` where they mean nothing.
fn or_default<'de, D: Deserializer<'de>, T: Deserialize<'de> + Default>(from: D) -> Result<T, D::Error> {
    Ok(Option::deserialize(from)?.unwrap_or_default())
}

fn affected(entries: Vec<AffectedEntry>) -> Result<Vec<Affected>, String> {
    let mut affected = Vec::new();
    for entry in entries {
        // Without a package it speaks of commits in a repository only.
        let Some(package) = entry.package else { continue };
        let ranges = entry.ranges.into_iter().map(|range| read_range(range, &package.name));
        affected.push(Affected {
            ranges: ranges.collect::<Result<_, _>>()?,
            ecosystem: package.ecosystem,
            name: package.name,
            versions: entry.versions,
        });
    }
    Ok(affected)
}

fn read_range(entry: RangeEntry, package: &str) -> Result<Range, String> {
    let kind = match entry.kind.as_str() {
        "SEMVER" => RangeKind::Semver,
        "ECOSYSTEM" => RangeKind::Ecosystem,
        "GIT" => RangeKind::Git,
        other => return Err(format!("a range of `{package}` has the unknown type `{other}`")),
    };
    let mut events = Vec::new();
    for event in entry.events {
        events.push(match (event.introduced, event.fixed, event.last_affected, event.limit) {
            (Some(version), None, None, None) => Event::Introduced(version),
            (None, Some(version), None, None) => Event::Fixed(version),
            (None, None, Some(version), None) => Event::LastAffected(version),
            (None, None, None, Some(version)) => Event::Limit(version),
            (None, None, None, None) => {
                return Err(format!("an event of a range of `{package}` says nothing"));
            }
            _ => return Err(format!("an event of a range of `{package}` says two things")),
        });
    }
    // Commits have no order that anyone here could evaluate: what is wrong there harms nothing.
    if kind != RangeKind::Git {
        let has = |wanted: fn(&Event) -> bool| events.iter().any(wanted);
        if !has(|event| matches!(event, Event::Introduced(_))) {
            return Err(format!("a range of `{package}` has no `introduced` event"));
        }
        if has(|event| matches!(event, Event::Fixed(_)))
            && has(|event| matches!(event, Event::LastAffected(_)))
        {
            return Err(format!("a range of `{package}` has `fixed` and `last_affected` events"));
        }
    }
    Ok(Range { kind, events })
}

/// The computed rating, else what the database says, else what follows from the kind of entry.
fn severity(entry: &Entry) -> Severity {
    if let Some(tenths) =
        severities(entry).filter_map(|severity| cvss::base_score_tenths(&severity.score)).max()
    {
        return cvss::rating(tenths);
    }
    let specific = || {
        std::iter::once(&entry.database_specific)
            .chain(entry.affected.iter().map(|affected| &affected.database_specific))
    };
    let stated =
        specific().filter_map(|value| value.get("severity")?.as_str()).filter_map(stated_severity).max();
    if let Some(severity) = stated {
        return severity;
    }
    if entry.id.starts_with("MAL-") {
        return Severity::Critical;
    }
    let informational =
        specific().any(|value| value.get("informational").is_some_and(|value| !value.is_null()));
    if informational { Severity::Informational } else { Severity::Unknown }
}

fn stated_severity(text: &str) -> Option<Severity> {
    Some(match text.to_ascii_lowercase().as_str() {
        "informational" | "info" | "none" | "negligible" => Severity::Informational,
        "low" => Severity::Low,
        "medium" | "moderate" => Severity::Medium,
        "high" | "important" => Severity::High,
        "critical" => Severity::Critical,
        _ => return None,
    })
}

/// Of the entry as a whole first, then of single packages.
fn severities(entry: &Entry) -> impl Iterator<Item = &SeverityEntry> {
    entry.severity.iter().chain(entry.affected.iter().flat_map(|affected| &affected.severity))
}

/// The vector the severity was computed from; without one, the newest there is.
fn vector(entry: &Entry) -> Option<String> {
    let scored = severities(entry)
        .filter_map(|severity| Some((cvss::base_score_tenths(&severity.score)?, severity)))
        .max_by_key(|(tenths, _)| *tenths)
        .map(|(_, severity)| severity);
    let newest =
        || severities(entry).filter(|severity| severity.kind.starts_with("CVSS_")).max_by_key(|s| &s.kind);
    scored.or_else(newest).map(|severity| severity.score.clone())
}

/// The summary, else the first line of the details, else the identifier.
fn title(entry: &Entry) -> String {
    let first_line = |text: &str| {
        let line =
            text.lines().map(|line| line.trim_start_matches('#').trim()).find(|line| !line.is_empty())?;
        Some(line.chars().take(TITLE_CHARS_MAX).collect::<String>())
    };
    first_line(&entry.summary).or_else(|| first_line(&entry.details)).unwrap_or_else(|| entry.id.clone())
}

const TITLE_CHARS_MAX: usize = 200;

/// The address of the advisory itself, else of a page about it, else any.
fn url(entry: &Entry) -> Option<String> {
    let web = || entry.references.iter().filter(|reference| reference.url.starts_with("http"));
    ["ADVISORY", "REPORT", "WEB", "ARTICLE"]
        .iter()
        .find_map(|kind| web().find(|reference| reference.kind == *kind))
        .or_else(|| web().next())
        .map(|reference| reference.url.clone())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn with(fields: &str) -> Result<Advisory, String> {
        parse_entry(format!(r#"{{"id":"A-1","modified":"2024-03-01T00:00:00Z"{fields}}}"#).as_bytes())
    }

    fn with_ranges(ranges: &str) -> Result<Vec<Range>, String> {
        let advisory = with(&format!(
            r#","affected":[{{"package":{{"ecosystem":"stryke","name":"p"}},"ranges":{ranges}}}]"#
        ))?;
        Ok(advisory.affected.into_iter().flat_map(|affected| affected.ranges).collect())
    }

    #[test]
    fn an_entry_is_read_into_the_shape() {
        let advisory = with(
            r#","schema_version":"1.7.3","withdrawn":"2024-03-02T00:00:00Z","aliases":["CVE-1"],
            "summary":"a short line","details":"long","credits":[{"name":"x"}],"published":"whatever",
            "severity":[{"type":"CVSS_V3","score":"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:H"}],
            "references":[{"type":"FIX","url":"https://fix.example"},{"type":"ADVISORY","url":"https://a.example"}],
            "affected":[{"package":{"ecosystem":"stryke","name":"p","purl":"pkg:stryke/p"},"versions":["1.0.0"],
                "ranges":[{"type":"SEMVER","events":[{"introduced":"0"},{"fixed":"1.0.1"}]}],
                "ecosystem_specific":{"x":1}}]"#,
        );
        assert_eq!(
            advisory,
            Ok(Advisory {
                id: "A-1".into(),
                aliases: vec!["CVE-1".into()],
                withdrawn_unix: Some(1_709_337_600),
                modified_unix: 1_709_251_200,
                severity: Severity::High,
                cvss: Some("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:H".into()),
                title: "a short line".into(),
                url: Some("https://a.example".into()),
                affected: vec![Affected {
                    ecosystem: "stryke".into(),
                    name: "p".into(),
                    versions: vec!["1.0.0".into()],
                    ranges: vec![Range {
                        kind: RangeKind::Semver,
                        events: vec![Event::Introduced("0".into()), Event::Fixed("1.0.1".into())],
                    }],
                }],
            })
        );
    }

    #[test]
    fn what_may_be_missing_may_be_null() {
        let bare = with("").unwrap();
        let nulls = with(
            r#","schema_version":null,"withdrawn":null,"aliases":null,"summary":null,"details":null,
            "severity":null,"affected":null,"references":null,"database_specific":null"#,
        );
        assert_eq!(nulls, Ok(bare.clone()));
        assert_eq!((bare.title.as_str(), bare.severity, bare.affected.len()), ("A-1", Severity::Unknown, 0));
    }

    #[test]
    fn entries_that_leave_doubt_are_refused() {
        for (json, expected) in [
            ("", "it is not a JSON object"),
            ("{", "EOF while parsing"),
            ("[]", "it is not a JSON object"),
            (r#"{"modified":"2024-03-01T00:00:00Z"}"#, "missing field `id`"),
            (r#"{"id":"A-1"}"#, "missing field `modified`"),
            (r#"{"id":"","modified":"2024-03-01T00:00:00Z"}"#, "its `id` is empty"),
            (r#"{"id":"A-1","modified":"yesterday"}"#, "`modified` is not a time: `yesterday`"),
            (
                r#"{"id":"A-1","modified":"2024-03-01T00:00:00Z","withdrawn":"soon"}"#,
                "`withdrawn` is not a time",
            ),
            (
                r#"{"id":"A-1","modified":"2024-03-01T00:00:00Z","schema_version":"2.0.0"}"#,
                "schema version is `2.0.0`",
            ),
        ] {
            let error = parse_entry(json.as_bytes()).unwrap_err();
            assert!(error.contains(expected), "{json}: {error}");
        }
    }

    #[test]
    fn ranges_that_leave_doubt_are_refused() {
        for (ranges, expected) in [
            (r#"[{"type":"SEMVER","events":[]}]"#, "has no `introduced` event"),
            (r#"[{"type":"SEMVER","events":[{"fixed":"1.0.0"}]}]"#, "has no `introduced` event"),
            (r#"[{"type":"SEMVER","events":[{}]}]"#, "says nothing"),
            (r#"[{"type":"SEMVER","events":[{"introduced":"0","fixed":"1.0.0"}]}]"#, "says two things"),
            (
                r#"[{"type":"SEMVER","events":[{"introduced":"0"},{"fixed":"1.0.0"},{"last_affected":"0.9.0"}]}]"#,
                "has `fixed` and `last_affected` events",
            ),
            (r#"[{"type":"MAGIC","events":[{"introduced":"0"}]}]"#, "unknown type `MAGIC`"),
            (r#"[{"events":[]}]"#, "missing field `type`"),
        ] {
            let error = with_ranges(ranges).unwrap_err();
            assert!(error.contains(expected), "{ranges}: {error}");
        }
        let git = with_ranges(r#"[{"type":"GIT","repo":"x","events":[{"fixed":"abc"}]}]"#).unwrap();
        assert_eq!(git[0].kind, RangeKind::Git);
        let all =
            with_ranges(r#"[{"type":"ECOSYSTEM","events":[{"introduced":"0"},{"limit":"*"}]}]"#).unwrap();
        assert_eq!(all[0].events, [Event::Introduced("0".into()), Event::Limit("*".into())]);
    }

    #[test]
    fn affected_repositories_without_a_package_are_passed_over() {
        let advisory =
            with(r#","affected":[{"ranges":[{"type":"GIT","events":[{"introduced":"0"}]}]}]"#).unwrap();
        assert!(advisory.affected.is_empty());
    }

    #[test]
    fn severity_is_computed_before_it_is_believed() {
        let high = r#"{"type":"CVSS_V3","score":"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:H"}"#;
        let four = r#"{"type":"CVSS_V4","score":"CVSS:4.0/AV:N/AC:L"}"#;
        for (fields, severity, cvss) in [
            (
                format!(r#","severity":[{four},{high}],"database_specific":{{"severity":"LOW"}}"#),
                Severity::High,
                Some("CVSS:3.1"),
            ),
            (
                format!(r#","severity":[{four}],"database_specific":{{"severity":"MODERATE"}}"#),
                Severity::Medium,
                Some("CVSS:4.0"),
            ),
            (format!(r#","severity":[{four}]"#), Severity::Unknown, Some("CVSS:4.0")),
            (format!(r#","affected":[{{"severity":[{high}]}}]"#), Severity::High, Some("CVSS:3.1")),
            (r#","severity":[{"type":"Ubuntu","score":"high"}]"#.into(), Severity::Unknown, None),
            (
                r#","affected":[{"database_specific":{"informational":"unmaintained"}}]"#.into(),
                Severity::Informational,
                None,
            ),
            (r#","affected":[{"database_specific":{"informational":null}}]"#.into(), Severity::Unknown, None),
            (r#","database_specific":{"severity":7}"#.into(), Severity::Unknown, None),
        ] {
            let advisory = with(&fields).unwrap();
            assert_eq!(advisory.severity, severity, "{fields}");
            assert_eq!(advisory.cvss.as_deref().map(|vector| &vector[..8]), cvss, "{fields}");
        }
        let malware = parse_entry(br#"{"id":"MAL-2024-1","modified":"2024-03-01T00:00:00Z"}"#).unwrap();
        assert_eq!(malware.severity, Severity::Critical);
    }

    #[test]
    fn a_title_is_one_line_of_bounded_length() {
        for (fields, expected) in [
            (r##","details":"\n# Impact\nmore""##.to_owned(), "Impact".to_owned()),
            (format!(r#","summary":"{}""#, "é".repeat(300)), "é".repeat(200)),
            (r#","summary":"  ""#.to_owned(), "A-1".to_owned()),
        ] {
            assert_eq!(with(&fields).unwrap().title, expected);
        }
    }

    #[test]
    fn only_web_addresses_are_given_on() {
        let advisory = with(
            r#","references":[{"type":"ADVISORY","url":"javascript:alert(1)"},{"type":"FIX","url":"https://f.example"}]"#,
        );
        assert_eq!(advisory.unwrap().url.as_deref(), Some("https://f.example"));
    }

    proptest! {
        #[test]
        fn any_bytes_are_survived(bytes: Vec<u8>) {
            let _ = parse_entry(&bytes);
        }
    }
}
