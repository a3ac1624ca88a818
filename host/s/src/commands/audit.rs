//! `s audit`: whether what is used has known weaknesses.

use std::io::Read;
use std::path::{Path, PathBuf};

use clap::Args;
use s_advisory::{Advisory, Severity};
use s_diag::{Code, Diagnostic, Source};
use s_ops::audit::{AuditFinding, AuditReport, AuditRequest, FeedReport, Freshness, age_text, audit};
use s_ops::build::{is_executable, packages_in};
use s_ui::{Styled, style};
use serde_json::{Value, json};

use super::Context;
use super::audit_sarif;
use crate::exit::Exit;
use crate::frame::Failure;

/// The arguments of `s audit`.
#[derive(Args, Debug)]
#[command(after_long_help = EXAMPLES)]
pub(crate) struct AuditArgs {
    /// What to check instead of stryke.lock: a file with one NAME@VERSION a line, an executable that s build made, or - for standard input
    #[arg(value_name = "LIST|-")]
    list: Option<String>,

    /// Where the advisories are, instead of what [policy] says: a folder, a zip archive, or the address of one; may be given again
    #[arg(long = "feed", value_name = "URL|PATH")]
    feeds: Vec<String>,

    /// Whose names these are, as advisories call it
    #[arg(long, value_name = "NAME", default_value = s_advisory::STRYKE)]
    ecosystem: String,

    /// Advisories that were looked at and set aside, each with a reason and a last day
    #[arg(long, value_name = "FILE")]
    ignore_file: Option<PathBuf>,

    /// Print what was found as SARIF 2.1.0, for tools that show it beside the code
    #[arg(long, conflicts_with = "json")]
    sarif: bool,
}

const EXAMPLES: &str = "\
Ends with status 7 when something was found. Nothing is told to the feed: it is read as a whole and
matched here. What a feed said is kept, so that one that has not changed costs one request.

Examples:
  s audit                     # stryke.lock, with the feeds of [policy]
  s audit --feed https://feed.example/all.zip --sarif > audit.sarif
  s audit --feed ./advisories packages.txt
  s audit target/release/app  # the packages an executable was made from
  s audit --feed https://feed.example/all.zip --json - < packages.txt";

/// The longest list that is read from standard input, in bytes.
const LIST_BYTES_MAX: u64 = 4 << 20;

/// A list, or the one that an executable carries.
fn list_in(operations: &s_ops::Context, path: &Path) -> Result<Source, Failure> {
    if is_executable(operations, path) {
        return Ok(Source::new(path.display().to_string(), packages_in(operations, path)?));
    }
    Ok(operations.source(path)?)
}

/// Audits and shows what was found.
pub(super) fn run(context: &Context<'_>, args: &AuditArgs) -> Result<Exit, Failure> {
    let operations = (context.operations)()?;
    let request = AuditRequest {
        feeds: args.feeds.clone(),
        ecosystem: args.ecosystem.clone(),
        list: match args.list.as_deref() {
            Some("-") => Some(standard_input()?),
            Some(path) => Some(list_in(&operations, Path::new(path))?),
            None => None,
        },
        ignores: args.ignore_file.as_deref().map(|path| operations.source(path)).transpose()?,
    };
    let report = audit(&operations, &request)?;
    if args.sarif {
        context.ui.answer(format!("{:#}\n", audit_sarif::log(&report)));
    } else if context.ui.is_json() {
        context.ui.json(&to_json(&report));
    } else {
        context.ui.answer(to_text(&report));
        for feed in &report.feeds {
            context.ui.note(provenance(feed));
        }
        if !report.findings.is_empty() {
            context.ui.diagnostic(&summary(&report));
        }
    }
    Ok(if report.findings.is_empty() { Exit::Done } else { Exit::AuditFindings })
}

fn standard_input() -> Result<Source, Failure> {
    let mut text = String::new();
    let read = std::io::stdin().lock().take(LIST_BYTES_MAX + 1).read_to_string(&mut text);
    let failed = |code, message: String| Err(Failure::new(Exit::Failed, Diagnostic::error(code, message)));
    match read {
        Ok(_) if text.len() as u64 > LIST_BYTES_MAX => failed(
            Code::TOO_LARGE,
            format!("the list on standard input has more than {LIST_BYTES_MAX} bytes"),
        ),
        Ok(_) => Ok(Source::new("standard input", text)),
        Err(error) => failed(Code::IO, format!("cannot read standard input: {error}")),
    }
}

fn to_text(report: &AuditReport) -> Styled {
    let mut text = Styled::new();
    for finding in &report.findings {
        push_finding(&mut text, finding);
        text.push(style::PLAIN, "\n");
    }
    if !report.ignored.is_empty() {
        text.push(style::STRONG, "Ignored:\n");
        for ignored in &report.ignored {
            let finding = &ignored.finding;
            text.push(style::PLAIN, format!("  {}@{}  {}", finding.name, finding.version, finding.ids[0]));
            text.push(style::DIM, format!("  until {}: {}\n", ignored.ignore.until, ignored.ignore.reason));
        }
        text.push(style::PLAIN, "\n");
    }
    let advisories: usize = report.feeds.iter().map(|feed| feed.advisory_count).sum();
    let of = format!(
        "{} checked against {}",
        packages(report.package_count),
        counted(advisories, "advisory", "advisories")
    );
    match report.findings.len() {
        0 => text.styled(style::DONE, "nothing found").plain(format!(": {of}\n")),
        found => text.styled(style::ERROR, format!("{found} found")).plain(format!(": {of}\n")),
    }
}

fn push_finding(text: &mut Styled, finding: &AuditFinding) {
    text.push(style::STRONG, format!("{}@{}", finding.name, finding.version));
    let severity = match finding.severity {
        Severity::High | Severity::Critical => style::ERROR,
        Severity::Medium => style::WARNING,
        _ => style::PLAIN,
    };
    text.push(severity, format!("  {}", word(finding.severity)));
    text.push(style::PLAIN, format!("  {}\n", finding.ids.join(", ")));
    for advisory in &finding.advisories {
        text.push(style::PLAIN, format!("  {}\n", advisory.title));
        if let Some(url) = &advisory.url {
            text.push(style::DIM, format!("  {url}\n"));
        }
    }
    match &finding.fixed {
        Some(version) => text.push(style::PLAIN, format!("  fixed in {version}\n")),
        None => text.push(style::PLAIN, "  no fixed version is known\n"),
    }
}

fn summary(report: &AuditReport) -> Diagnostic {
    let mut names: Vec<_> = report.findings.iter().map(|found| (&found.name, &found.version)).collect();
    names.dedup();
    let message = format!(
        "{} in {} of {}",
        counted(report.findings.len(), "known weakness", "known weaknesses"),
        names.len(),
        packages(report.package_count)
    );
    Diagnostic::error(Code::VULNERABLE, message)
        .hint("update what has a fixed version; `--ignore-file` sets aside what does not concern you")
}

/// How current a feed is.
fn provenance(feed: &FeedReport) -> String {
    let how = match feed.freshness {
        Freshness::Read => "read now".to_owned(),
        Freshness::Unchanged => "unchanged since the last time".to_owned(),
        Freshness::Kept { age_seconds } => {
            format!("a copy made {} ago, because of --offline", age_text(age_seconds))
        }
    };
    format!("{}: {}, {how}", feed.feed, counted(feed.advisory_count, "advisory", "advisories"))
}

/// The document of `--json`; `docs/audit.md` describes it.
fn to_json(report: &AuditReport) -> Value {
    let ignored = report.ignored.iter().map(|ignored| {
        let mut finding = finding_json(&ignored.finding);
        finding["reason"] = ignored.ignore.reason.clone().into();
        finding["until"] = ignored.ignore.until.to_string().into();
        finding
    });
    json!({
        "ecosystem": report.ecosystem,
        "place": report.place,
        "packages": report.package_count,
        "feeds": report.feeds.iter().map(feed_json).collect::<Vec<_>>(),
        "findings": report.findings.iter().map(finding_json).collect::<Vec<_>>(),
        "ignored": ignored.collect::<Vec<_>>(),
    })
}

fn feed_json(feed: &FeedReport) -> Value {
    let (freshness, age_seconds) = match feed.freshness {
        Freshness::Read => ("read", 0),
        Freshness::Unchanged => ("unchanged", 0),
        Freshness::Kept { age_seconds } => ("kept", age_seconds),
    };
    json!({
        "feed": feed.feed,
        "advisories": feed.advisory_count,
        "skipped": feed.skipped_count,
        "freshness": freshness,
        "age-seconds": age_seconds,
    })
}

fn finding_json(finding: &AuditFinding) -> Value {
    json!({
        "name": finding.name,
        "version": finding.version,
        "line": finding.line,
        "ids": finding.ids,
        "severity": word(finding.severity),
        "fixed": finding.fixed,
        "advisories": finding.advisories.iter().map(advisory_json).collect::<Vec<_>>(),
    })
}

fn advisory_json(advisory: &Advisory) -> Value {
    json!({
        "id": advisory.id,
        "aliases": advisory.aliases,
        "title": advisory.title,
        "severity": word(advisory.severity),
        "cvss": advisory.cvss,
        "url": advisory.url,
        "modified-unix": advisory.modified_unix,
    })
}

fn word(severity: Severity) -> &'static str {
    match severity {
        Severity::Unknown => "unknown",
        Severity::Informational => "informational",
        Severity::Low => "low",
        Severity::Medium => "medium",
        Severity::High => "high",
        Severity::Critical => "critical",
    }
}

fn packages(count: usize) -> String {
    counted(count, "package", "packages")
}

fn counted(count: usize, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}
