//! `s install`, `s update`, `s lock` and `s fetch`: one operation, asked for in four ways.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use clap::Args;
use s_diag::{Code, Diagnostic};
use s_ops::project::PackageName;
use s_ops::{Answers, Installation, Keep, Raised, lock_merge, package_install};
use serde_json::{Value, json};

use super::packages::{AnswersArgs, TimingArgs, changes_json, count, fetched_json, tell};
use super::{Context, tools};
use crate::exit::Exit;
use crate::frame::Failure;

/// Whether the lock may change.
#[derive(Args, Debug)]
pub(crate) struct LockedArgs {
    /// Fail where stryke.lock does not fit stryke.toml
    #[arg(long)]
    locked: bool,

    /// The same as --locked --offline
    #[arg(long)]
    frozen: bool,
}

/// The arguments of `s install`.
#[derive(Args, Debug)]
#[command(after_long_help = "\
Versions of the lock stay where they suit. Nothing of a package is run.

With -g the programs of packages are installed for you, in the folder `bin` of your home folder for `s`.

Examples:
  s install
  s install --locked      # in CI
  s install -g acme/lint")]
pub(crate) struct InstallArgs {
    /// Packages whose programs to install, with -g
    #[arg(value_name = "NAME[@REQUIREMENT]")]
    specs: Vec<String>,

    /// Install programs for yourself, not packages for a project
    #[arg(short, long)]
    global: bool,

    /// The registry they come from, with -g: a name of `[registries]`, or an address
    #[arg(long, value_name = "NAME|URL", requires = "global")]
    registry: Option<String>,

    #[command(flatten)]
    pub(crate) locked: LockedArgs,

    #[command(flatten)]
    answers: AnswersArgs,

    #[command(flatten)]
    timing: TimingArgs,
}

/// The arguments of `s fetch`.
#[derive(Args, Debug)]
#[command(after_long_help = "Examples:\n  s fetch && s install --offline")]
pub(crate) struct FetchArgs {
    #[command(flatten)]
    pub(crate) locked: LockedArgs,

    #[command(flatten)]
    answers: AnswersArgs,

    #[command(flatten)]
    timing: TimingArgs,
}

/// The arguments of `s lock`.
#[derive(Args, Debug)]
#[command(after_long_help = LOCK_EXAMPLES)]
pub(crate) struct LockArgs {
    #[command(flatten)]
    pub(crate) locked: LockedArgs,

    /// Merge the locks of two branches, entry by entry, into the second of these files
    #[arg(long, num_args = 3, value_names = ["BASE", "OURS", "THEIRS"], conflicts_with_all = ["locked", "frozen"])]
    merge: Option<Vec<PathBuf>>,

    #[command(flatten)]
    answers: AnswersArgs,

    #[command(flatten)]
    timing: TimingArgs,
}

const LOCK_EXAMPLES: &str = "\
Examples:
  s lock
  s lock --locked      # only see whether it fits

For git to merge locks by itself:
  git config merge.stryke-lock.driver 's lock --merge %O %A %B'
  echo 'stryke.lock merge=stryke-lock' >> .gitattributes";

/// The arguments of `s update`.
#[derive(Args, Debug)]
#[command(after_long_help = "Examples:\n  s update\n  s update json http\n  s update --latest --dry-run")]
pub(crate) struct UpdateArgs {
    /// Packages that may move; without any, all
    #[arg(value_name = "NAME")]
    names: Vec<String>,

    /// Raise requirements of stryke.toml to the newest releases first
    #[arg(long)]
    latest: bool,

    /// Show what would move, and change nothing
    #[arg(long)]
    dry_run: bool,

    #[command(flatten)]
    timing: TimingArgs,
}

/// Fills the store.
pub(super) fn install(context: &Context<'_>, args: &InstallArgs) -> Result<Exit, Failure> {
    match (args.global, args.specs.first()) {
        (true, _) => return tools::install(context, &args.specs, args.registry.as_deref()),
        (false, Some(spec)) => {
            let message = "`s install` brings what stryke.toml names";
            let diagnostic = Diagnostic::error(Code::USAGE, message)
                .hint(format!("to add a dependency: s add {spec}"))
                .hint(format!("to install its programs for yourself: s install -g {spec}"));
            return Err(Failure::new(Exit::Usage, diagnostic));
        }
        (false, None) => {}
    }
    run(context, &wanted(&args.locked, args.answers, true), args.timing)
}

/// The same by another name: packages are shared, so that there is nothing to put beside the project.
pub(super) fn fetch(context: &Context<'_>, args: &FetchArgs) -> Result<Exit, Failure> {
    run(context, &wanted(&args.locked, args.answers, true), args.timing)
}

/// Makes the lock fit, and brings nothing.
pub(super) fn lock(context: &Context<'_>, args: &LockArgs) -> Result<Exit, Failure> {
    match args.merge.as_deref() {
        Some([base, ours, theirs]) => merge(context, base, ours, theirs),
        _ => run(context, &wanted(&args.locked, args.answers, false), args.timing),
    }
}

fn merge(context: &Context<'_>, base: &Path, ours: &Path, theirs: &Path) -> Result<Exit, Failure> {
    let operations = (context.operations)()?;
    let done = lock_merge(&operations, base, ours, theirs)?;
    let ui = context.ui;
    ui.status("Merged", count(done.packages, "package"));
    let undecided: Vec<&str> = done.undecided.iter().map(PackageName::as_str).collect();
    if done.needs_resolution {
        let about = if undecided.is_empty() { String::new() } else { format!(" ({})", undecided.join(", ")) };
        ui.note(format!("both sides changed packages{about}: when stryke.toml is merged too, run `s lock`"));
    }
    if ui.is_json() {
        ui.json(&json!({
            "packages": done.packages,
            "needs-lock": done.needs_resolution,
            "undecided": undecided,
        }));
    }
    Ok(Exit::Done)
}

/// Moves versions within what the manifest admits.
pub(super) fn update(context: &Context<'_>, args: &UpdateArgs) -> Result<Exit, Failure> {
    let names = args.names.iter().map(|name| s_ops::package_name(name));
    let names: BTreeSet<PackageName> = names.collect::<Result<_, _>>()?;
    // Of what is to stay nobody wants to know what is new.
    let (keep, answers) = match names.is_empty() {
        true => (Keep::Nothing, Answers::New),
        false => (Keep::AllBut(names), Answers::Young),
    };
    let (fetch, write) = (!args.dry_run, !args.dry_run);
    let wanted = Installation { keep, answers, locked: false, fetch, write, latest: args.latest };
    run(context, &wanted, args.timing)
}

fn wanted(locked: &LockedArgs, answers: AnswersArgs, fetch: bool) -> Installation {
    let (locked, answers) = (locked.locked || locked.frozen, answers.stated());
    Installation { keep: Keep::All, answers, locked, fetch, write: true, latest: false }
}

fn run(context: &Context<'_>, wanted: &Installation, timing: TimingArgs) -> Result<Exit, Failure> {
    let operations = (context.operations)()?;
    let done = package_install(&operations, wanted)?;
    let write = wanted.write;
    for raised in &done.raised {
        context.ui.status("Raised", format!("{} {} → {}", raised.alias, raised.before, raised.after));
    }
    let ui = context.ui;
    tell(ui, &done.changes);
    let packages = count(done.packages, "package");
    match (done.fetched.unpacked, write) {
        (_, false) if done.changes.is_empty() => ui.status("Kept", format!("{packages}: nothing would move")),
        (_, false) => ui.note("nothing was changed"),
        (0, true) if done.changes.is_empty() => ui.status("Kept", packages),
        (0, true) => ui.status("Locked", packages),
        (unpacked, true) => ui.status("Installed", format!("{unpacked} of {packages}")),
    }
    timing.tell(ui, &operations);
    if ui.is_json() {
        ui.json(&json!({
            "packages": done.packages,
            "raised": done.raised.iter().map(raised_json).collect::<Vec<_>>(),
            "changes": changes_json(&done.changes),
            "store": fetched_json(&done.fetched),
            "wrote-lock": done.wrote_lock,
            "timings": timing.json(&operations),
        }));
    }
    Ok(Exit::Done)
}

fn raised_json(raised: &Raised) -> Value {
    json!({ "alias": raised.alias, "before": raised.before, "after": raised.after })
}
