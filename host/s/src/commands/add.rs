//! `s add`.

use clap::Args;
use s_diag::{Code, Diagnostic};
use s_ops::project::Version;
use s_ops::project::{GitReference, Group};
use s_ops::{AddedDependency, Choice, NewDependency, SkipReason, package_add};
use serde_json::{Value, json};

use super::Context;
use super::packages::{AnswersArgs, GroupArgs, MemberArgs, TimingArgs, changes_json, fetched_json, tell};
use crate::exit::Exit;
use crate::frame::Failure;

/// The arguments of `s add`.
#[derive(Args, Debug)]
#[command(after_long_help = "\
Without a requirement the newest version is taken, and what is written admits what is compatible with it.

Examples:
  s add json
  s add acme/http@2.1 --features tls
  s add check --dev
  s add ../util
  s add edge --git https://git.example/edge --tag v2
  s add json -p api       # in a workspace")]
pub(crate) struct AddArgs {
    /// Packages, with what will do behind `@`, or folders
    #[arg(value_name = "NAME[@REQUIREMENT]|FOLDER", required = true)]
    specs: Vec<String>,

    #[command(flatten)]
    group: GroupArgs,

    /// The registry it comes from: a name of `[registries]`, or an address
    #[arg(long, value_name = "NAME|URL")]
    registry: Option<String>,

    /// The repository it comes from; what will do behind @ is one of its tags then
    #[arg(long, value_name = "URL", conflicts_with = "registry")]
    git: Option<String>,

    /// The tag to take
    #[arg(long, value_name = "NAME", requires = "git", conflicts_with_all = ["branch", "rev"])]
    tag: Option<String>,

    /// The branch to take the newest commit of
    #[arg(long, value_name = "NAME", requires = "git", conflicts_with = "rev")]
    branch: Option<String>,

    /// The commit to take
    #[arg(long, value_name = "COMMIT", requires = "git")]
    rev: Option<String>,

    /// What it is called here, where that is not its name
    #[arg(long = "as", value_name = "NAME")]
    alias: Option<String>,

    /// Features to turn on
    #[arg(long, value_name = "NAME", value_delimiter = ',')]
    features: Vec<String>,

    /// Leave its default features off
    #[arg(long)]
    no_default_features: bool,

    /// Take it only with a feature that names it
    #[arg(long)]
    optional: bool,

    #[command(flatten)]
    member: MemberArgs,

    #[command(flatten)]
    answers: AnswersArgs,

    #[command(flatten)]
    timing: TimingArgs,
}

/// Adds dependencies.
pub(super) fn run(context: &Context<'_>, args: &AddArgs) -> Result<Exit, Failure> {
    if args.alias.is_some() && args.specs.len() > 1 {
        let message = "`--as` names one package, and there are several";
        return Err(Failure::new(
            Exit::Usage,
            Diagnostic::error(Code::USAGE, message).hint("add them one by one"),
        ));
    }
    let reference = match (&args.tag, &args.branch, &args.rev) {
        (Some(tag), ..) => GitReference::Tag(tag.clone()),
        (_, Some(branch), _) => GitReference::Branch(branch.clone()),
        (.., Some(rev)) => GitReference::Rev(rev.clone()),
        _ => GitReference::Head,
    };
    let operations = (context.operations)()?;
    let new = |spec: &String| NewDependency {
        spec: spec.clone(),
        group: args.group.stated().unwrap_or(Group::Normal),
        registry: args.registry.clone(),
        git: args.git.clone().map(|url| (url, reference.clone())),
        alias: args.alias.clone(),
        features: args.features.clone(),
        no_default_features: args.no_default_features,
        optional: args.optional,
    };
    let wanted: Vec<NewDependency> = args.specs.iter().map(new).collect();
    let member = args.member.member.as_deref();
    let done = package_add(&operations, &wanted, member, args.answers.stated())?;
    let ui = context.ui;
    for added in &done.added {
        ui.status("Added", told(added));
        if let Some(choice) = &added.choice {
            ui.note(why(added, choice));
        }
    }
    tell(ui, &done.changes);
    args.timing.tell(ui, &operations);
    if ui.is_json() {
        let added = done.added.iter().map(|added| {
            json!({
                "alias": added.alias,
                "name": added.package.as_str(),
                "version": added.version.to_string(),
                "requirement": added.requirement,
                "source": added.source,
                "table": added.group.table(),
                "newer": texts(&added.newer),
                "choice": added.choice.as_ref().map(choice_json),
            })
        });
        ui.json(&json!({
            "added": added.collect::<Vec<_>>(),
            "changes": changes_json(&done.changes),
            "store": fetched_json(&done.fetched),
            "timings": args.timing.json(&operations),
        }));
    }
    Ok(Exit::Done)
}

/// What was chosen, from where, and what was written.
fn told(added: &AddedDependency) -> String {
    let written = match added.requirement.as_str() {
        "" => String::new(),
        requirement => format!(", as `{requirement}`"),
    };
    format!("{} {} from {} to {}{written}", added.package, added.version, added.source, added.group)
}

/// Why it is this version: of how many, and which higher ones were passed over.
fn why(added: &AddedDependency, choice: &Choice) -> String {
    let chosen = format!("{} {}", added.package, added.version);
    if choice.skipped.is_empty() {
        return match choice.known {
            1 => format!("{chosen} is the only version"),
            known => format!("{chosen} is the newest of {known} versions"),
        };
    }
    let reasons =
        choice.skipped.iter().map(|(reason, versions)| passed_over(added, choice, *reason, versions));
    let reasons: Vec<String> = reasons.collect();
    format!("{chosen} was chosen of {} versions: {}", choice.known, reasons.join("; "))
}

fn passed_over(added: &AddedDependency, choice: &Choice, reason: SkipReason, versions: &[Version]) -> String {
    let (which, be, need) = match versions {
        [one] => (one.to_string(), "is", "needs"),
        several => (format!("{} up to {}", several.len(), several[0]), "are", "need"),
    };
    match reason {
        SkipReason::Requirement => {
            format!("{which} {be} not what `{}` admits", choice.stated.as_deref().unwrap_or("*"))
        }
        SkipReason::Yanked => format!("{which} {be} yanked"),
        SkipReason::Prerelease if versions.len() == 1 => format!("{which} is a prerelease"),
        SkipReason::Prerelease => format!("{which} are prereleases"),
        SkipReason::Cooldown => format!("{which} {be} younger than the cooldown"),
        SkipReason::Stryke => format!("{which} {need} another s"),
        SkipReason::Policy => format!("{which} {be} higher, and the policy takes the lowest"),
        SkipReason::Others => {
            format!("{which} {be} held back by what else is needed (s why {})", added.package)
        }
    }
}

fn choice_json(choice: &Choice) -> Value {
    let skipped = choice.skipped.iter();
    let skipped =
        skipped.map(|(reason, versions)| json!({ "reason": reason.word(), "versions": texts(versions) }));
    json!({
        "known": choice.known,
        "stated": choice.stated,
        "skipped": skipped.collect::<Vec<_>>(),
    })
}

fn texts(versions: &[Version]) -> Vec<String> {
    versions.iter().map(ToString::to_string).collect()
}
