//! Findings of an audit as SARIF 2.1.0 (OASIS Standard, sections 3.13 to 3.58): one run, a rule for
//! each vulnerability, a result for each package that has it. What is set aside is a suppressed
//! result with its reason.

use std::collections::BTreeMap;

use s_advisory::Severity;
use s_ops::audit::{AuditFinding, AuditReport};
use serde_json::{Value, json};

/// The whole log.
pub(super) fn log(report: &AuditReport) -> Value {
    let ignored = report.ignored.iter().map(|ignored| &ignored.finding);
    let mut rules: BTreeMap<&str, Value> = BTreeMap::new();
    for finding in report.findings.iter().chain(ignored) {
        rules.entry(id(finding)).or_insert_with(|| rule(finding));
    }
    let order: Vec<&str> = rules.keys().copied().collect();
    let mut results: Vec<Value> =
        report.findings.iter().map(|finding| result(report, finding, &order)).collect();
    for ignored in &report.ignored {
        let mut result = result(report, &ignored.finding, &order);
        let why = format!("{} (until {})", ignored.ignore.reason, ignored.ignore.until);
        result["suppressions"] = json!([{ "kind": "external", "justification": why }]);
        results.push(result);
    }
    json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "s audit",
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                "rules": rules.into_values().collect::<Vec<_>>(),
            }},
            "columnKind": "unicodeCodePoints",
            "results": results,
        }],
    })
}

/// The identifier that a vulnerability goes by; the others are its aliases.
fn id(finding: &AuditFinding) -> &str {
    finding.ids.first().map_or("unknown", String::as_str)
}

fn rule(finding: &AuditFinding) -> Value {
    let first = finding.advisories.first();
    let title = first.map_or("a known weakness", |advisory| advisory.title.as_str());
    let mut rule = json!({
        "id": id(finding),
        "shortDescription": { "text": title },
        "defaultConfiguration": { "level": level(finding.severity) },
        "properties": { "tags": ["security"], "aliases": finding.ids.get(1..).unwrap_or_default() },
    });
    if let Some(url) = first.and_then(|advisory| advisory.url.as_deref()) {
        rule["helpUri"] = url.into();
    }
    // Code scanning reads the severity of a vulnerability as a number of this name.
    if let Some(score) = score(finding.severity) {
        rule["properties"]["security-severity"] = score.into();
    }
    rule
}

fn result(report: &AuditReport, finding: &AuditFinding, order: &[&str]) -> Value {
    let fixed = match &finding.fixed {
        Some(version) => format!("; fixed in {version}"),
        None => "; no fixed version is known".to_owned(),
    };
    let title = finding.advisories.first().map_or("", |advisory| advisory.title.as_str());
    json!({
        "ruleId": id(finding),
        "ruleIndex": order.iter().position(|known| *known == id(finding)),
        "level": level(finding.severity),
        "message": { "text": format!("{}@{}: {title}{fixed}", finding.name, finding.version) },
        "locations": [{ "physicalLocation": {
            "artifactLocation": { "uri": report.place.replace('\\', "/") },
            "region": { "startLine": finding.line },
        }}],
        "partialFingerprints": {
            "packageVulnerability/v1": format!("{}@{} {}", finding.name, finding.version, id(finding)),
        },
    })
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical | Severity::High | Severity::Unknown => "error",
        Severity::Medium => "warning",
        Severity::Low | Severity::Informational => "note",
    }
}

/// The middle of the band that CVSS 3.1 (section 5) has for a word.
fn score(severity: Severity) -> Option<&'static str> {
    match severity {
        Severity::Critical => Some("9.5"),
        Severity::High => Some("8.0"),
        Severity::Medium => Some("5.5"),
        Severity::Low => Some("2.0"),
        Severity::Informational | Severity::Unknown => None,
    }
}
