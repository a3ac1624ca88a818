//! `s audit`: what feeds of advisories say about the packages of a lock, or of a list.
//!
//! The feeds are read whole and matched here: no feed learns which packages somebody has. An audit
//! answers only when every feed was read to its end.

mod feed;
mod kept;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use s_advisory::{Advisory, Database, Event, Finding, Ignore, Package, Severity, judge, lint};
use s_diag::{Code, Diagnostic, Severity as Weight, Source};
use s_project::{ListedPackage, PackageName, PackageSource, Version, parse_ignore_file, parse_package_list};

use crate::Context;
use crate::failure::{Failure, FailureKind};
use crate::packages::Project;

pub use feed::{Freshness, age_text};

/// What to audit.
#[derive(Clone, Debug)]
pub struct AuditRequest {
    /// Addresses and paths of feeds, as they were typed; without any, those of `[policy]`.
    pub feeds: Vec<String>,
    /// Whose names the packages are, as advisories call it.
    pub ecosystem: String,
    /// The list, one `name@version` a line; without it, the lock of the project.
    pub list: Option<Source>,
    /// The file of ignored advisories, beside those of `[policy]`.
    pub ignores: Option<Source>,
}

/// The answer of an audit.
#[derive(Clone, Debug)]
pub struct AuditReport {
    /// Whose names the packages are.
    pub ecosystem: String,
    /// The file that names the packages.
    pub place: String,
    /// How many packages were looked at.
    pub package_count: usize,
    /// In the order in which they were given.
    pub feeds: Vec<FeedReport>,
    /// What was found, by package, then most severe first.
    pub findings: Vec<AuditFinding>,
    /// What was found and set aside.
    pub ignored: Vec<IgnoredFinding>,
}

/// One feed.
#[derive(Clone, Debug)]
pub struct FeedReport {
    /// Its address, without secrets.
    pub feed: String,
    /// Advisories that were used.
    pub advisory_count: usize,
    /// Entries that were left out, because they are not readable or not clear.
    pub skipped_count: usize,
    /// How the advisories were obtained.
    pub freshness: Freshness,
}

/// One vulnerability in one package.
#[derive(Clone, Debug)]
pub struct AuditFinding {
    /// The package.
    pub name: String,
    /// Its version.
    pub version: String,
    /// The line it stands on, from 1.
    pub line: usize,
    /// Identifiers of the advisories, then their aliases.
    pub ids: Vec<String>,
    /// The highest of the advisories.
    pub severity: Severity,
    /// The lowest version above that is not affected.
    pub fixed: Option<String>,
    /// All that say so, by identifier.
    pub advisories: Vec<Advisory>,
}

/// A finding that somebody has set aside.
#[derive(Clone, Debug)]
pub struct IgnoredFinding {
    /// What.
    pub finding: AuditFinding,
    /// By which decision.
    pub ignore: Ignore,
}

/// Notes about single entries of a feed are cut after this many.
const PROBLEMS_SHOWN_MAX: usize = 10;

/// Audits a list of packages, or a lock. Findings are part of the answer, not a failure.
///
/// # Errors
/// Mistakes in the list or in the file of ignored advisories; any feed that could not be read.
pub fn audit(context: &Arc<Context>, request: &AuditRequest) -> Result<AuditReport, Failure> {
    let project = match context.project() {
        Some(_) if request.list.is_none() || request.feeds.is_empty() => Some(Project::read(context, None)?),
        _ => None,
    };
    let (place, listed) = match (&request.list, &project) {
        (Some(list), _) => (list.name.to_string(), checked(context, parse_package_list(list))?),
        (None, Some(project)) => {
            project.must_be_sound(context)?;
            (context.shown(&project.lock_path), locked(project))
        }
        (None, None) => return Err(nothing_to_audit()),
    };
    let mut ignores = match &request.ignores {
        Some(source) => checked(context, parse_ignore_file(source))?,
        None => Vec::new(),
    };
    let mut typed = request.feeds.clone();
    if let Some(project) = &project {
        let policy = project.root_manifest().policy();
        ignores.extend(policy.ignored.iter().cloned());
        if typed.is_empty() {
            typed = policy.advisories.iter().map(|feed| from_root(&project.root, feed)).collect();
        }
    }
    if typed.is_empty() {
        return Err(no_feed());
    }
    let ignores: Vec<Ignore> = ignores
        .into_iter()
        .map(|ignored| Ignore { id: ignored.id, reason: ignored.reason, until: ignored.until })
        .collect();
    let lines: BTreeMap<(String, String), usize> = listed
        .iter()
        .rev()
        .map(|listed| ((listed.name.clone(), listed.version.clone()), listed.line))
        .collect();
    let line_of = |mut finding: AuditFinding| {
        finding.line = lines.get(&(finding.name.clone(), finding.version.clone())).copied().unwrap_or(1);
        finding
    };
    let packages = packages(context, &request.ecosystem, listed);
    let mut feeds = Vec::new();
    let mut advisories = Vec::new();
    for typed in &typed {
        let pulled = feed::pull(context, typed)?;
        let mut of_feed = Vec::new();
        feeds.push(sift(context, pulled, &mut of_feed)?);
        advisories.push(of_feed);
    }
    let database = Database::new(advisories);
    let judgement = judge(database.find(&packages), &ignores, today(context));
    for ignore in &judgement.expired {
        let message = format!("`{}` is no longer ignored: it was until {}", ignore.id, ignore.until);
        let diagnostic = Diagnostic::warning(Code::IGNORE_EXPIRED, message);
        context.frontend().warn(&diagnostic.note(format!("the reason was: {}", ignore.reason)));
    }
    for ignore in &judgement.unused {
        let message = format!("`{}` is ignored, and was not found", ignore.id);
        context.frontend().warn(&Diagnostic::warning(Code::IGNORE_UNUSED, message));
    }
    Ok(AuditReport {
        ecosystem: request.ecosystem.clone(),
        place,
        package_count: packages.len(),
        feeds,
        findings: judgement.open.into_iter().map(AuditFinding::from).map(line_of).collect(),
        ignored: judgement
            .ignored
            .into_iter()
            .map(|(finding, ignore)| IgnoredFinding {
                finding: line_of(finding.into()),
                ignore: ignore.clone(),
            })
            .collect(),
    })
}

/// The versions that the feeds of a project name as fixes of known vulnerabilities. A feed that
/// cannot be read names none, and that is a warning: what it holds back can wait.
pub(crate) fn fixes(context: &Arc<Context>, project: &Project) -> BTreeSet<(PackageName, Version)> {
    let mut fixes = BTreeSet::new();
    for feed in &project.root_manifest().policy().advisories {
        let pulled = match feed::pull(context, &from_root(&project.root, feed)) {
            Ok(pulled) => pulled,
            Err(failure) => {
                for diagnostic in failure.diagnostics {
                    let warning = Diagnostic { severity: Weight::Warning, ..diagnostic };
                    let note = "so nothing is known of fixes, which would not have to wait for the cooldown";
                    context.frontend().warn(&warning.note(note));
                }
                continue;
            }
        };
        let holds = |advisory: &&Advisory| advisory.withdrawn_unix.is_none() && lint(advisory).is_empty();
        let affected = pulled.advisories.iter().filter(holds).flat_map(|advisory| &advisory.affected);
        for affected in affected.filter(|affected| affected.ecosystem == s_advisory::STRYKE) {
            let Ok(name) = affected.name.parse::<PackageName>() else { continue };
            let events = affected.ranges.iter().flat_map(|range| &range.events);
            let fixed = events.filter_map(|event| match event {
                Event::Fixed(version) => version.parse::<Version>().ok(),
                _ => None,
            });
            fixes.extend(fixed.map(|version| (name.clone(), version)));
        }
    }
    fixes
}

/// The packages of a lock that came from somewhere else, with the lines they stand on.
fn locked(project: &Project) -> Vec<ListedPackage> {
    let text = project.lock.to_string();
    let mut line = 0;
    let mut lines = text.lines().enumerate().filter(|(_, text)| *text == "[[package]]");
    let packages = project.lock.packages().map(|package| {
        line = lines.next().map_or(line, |(number, _)| number + 1);
        (package, line)
    });
    packages
        .filter(|(package, _)| !matches!(package.source, PackageSource::Path(_)))
        .map(|(package, line)| ListedPackage {
            name: package.name.to_string(),
            version: package.version.to_string(),
            line,
        })
        .collect()
}

/// A feed of a project is named from its folder, wherever the user is.
fn from_root(root: &Path, feed: &str) -> String {
    if feed.contains("://") { feed.to_owned() } else { root.join(feed).display().to_string() }
}

fn nothing_to_audit() -> Failure {
    let diagnostic =
        Diagnostic::error(Code::NO_PROJECT, "there is no project here whose lock could be audited")
            .hint("or name a list of packages: s audit packages.txt");
    Failure::new(FailureKind::Usage, diagnostic)
}

fn no_feed() -> Failure {
    let diagnostic = Diagnostic::error(Code::USAGE, "nothing says where the advisories are")
        .hint("s audit --feed URL|PATH")
        .hint("or, for everybody who works on the project, in `stryke.toml`:\n[policy]\nadvisories = [\"https://…\"]");
    Failure::new(FailureKind::Usage, diagnostic)
}

/// Lets what was read through when nothing in it is wrong.
fn checked<T>(context: &Context, (read, diagnostics): (T, Vec<Diagnostic>)) -> Result<T, Failure> {
    if diagnostics.iter().any(|diagnostic| diagnostic.severity == Weight::Error) {
        return Err(Failure { kind: FailureKind::Usage, diagnostics });
    }
    diagnostics.iter().for_each(|diagnostic| context.frontend().warn(diagnostic));
    Ok(read)
}

fn packages(context: &Context, ecosystem: &str, listed: Vec<ListedPackage>) -> Vec<Package> {
    let mut packages: Vec<Package> = listed
        .into_iter()
        .map(|listed| {
            let ListedPackage { name, version, line } = listed;
            if Version::parse(&version).is_err() {
                let message = format!("`{version}` of `{name}` in line {line} is not a complete version");
                let diagnostic = Diagnostic::warning(Code::VERSION_UNORDERED, message)
                    .note("only advisories that list exactly this text are found");
                context.frontend().warn(&diagnostic);
            }
            Package { ecosystem: ecosystem.to_owned(), name, version }
        })
        .collect();
    packages.sort();
    packages.dedup();
    packages
}

/// Takes over the advisories that are clear and says how many are not. A feed of which nothing can
/// be used is none: somebody else may have answered in its place.
fn sift(
    context: &Context,
    pulled: feed::Pulled,
    advisories: &mut Vec<Advisory>,
) -> Result<FeedReport, Failure> {
    let mut problems = Vec::new();
    let mut used = 0;
    for advisory in pulled.advisories {
        match lint(&advisory).first() {
            None => {
                used += 1;
                advisories.push(advisory);
            }
            Some(problem) => problems.push(format!("`{}`: {problem}", advisory.id)),
        }
    }
    let skipped = pulled.skipped as usize + problems.len();
    if skipped > 0 {
        let message = format!("{skipped} of {} entries of `{}` were left out", used + skipped, pulled.shown);
        let mut diagnostic = Diagnostic::warning(Code::ADVISORY_MALFORMED, message);
        if pulled.skipped > 0 {
            diagnostic = diagnostic.note(format!("{} could not be read", pulled.skipped));
        }
        let more = problems.len().saturating_sub(PROBLEMS_SHOWN_MAX);
        problems.truncate(PROBLEMS_SHOWN_MAX);
        diagnostic.notes.extend(problems);
        if more > 0 {
            diagnostic = diagnostic.note(format!("and {more} more"));
        }
        if used == 0 {
            let message = format!(
                "nothing in the feed `{}` can be used, so nothing is known of the packages",
                pulled.shown
            );
            let failed =
                Diagnostic { notes: diagnostic.notes, ..Diagnostic::error(Code::FEED_FAILED, message) };
            let failed = failed.hint("check that its address is that of an OSV database");
            return Err(Failure::new(FailureKind::Failed, failed));
        }
        context.frontend().warn(&diagnostic);
    }
    Ok(FeedReport {
        feed: pulled.shown,
        advisory_count: used,
        skipped_count: skipped,
        freshness: pulled.freshness,
    })
}

fn today(context: &Context) -> jiff::civil::Date {
    let seconds = i64::try_from(context.now_unix()).unwrap_or(i64::MAX);
    Timestamp::from_second(seconds).unwrap_or(Timestamp::MAX).to_zoned(TimeZone::UTC).date()
}

impl From<Finding<'_>> for AuditFinding {
    fn from(finding: Finding<'_>) -> AuditFinding {
        AuditFinding {
            name: finding.package.name,
            version: finding.package.version,
            line: 0,
            ids: finding.ids,
            severity: finding.severity,
            fixed: finding.fixed.map(|version| version.to_string()),
            advisories: finding.advisories.into_iter().cloned().collect(),
        }
    }
}
