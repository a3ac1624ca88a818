//! `s plugin`: the arguments of its subcommands. Each is run by the file of its name.

use std::collections::BTreeMap;
use std::path::PathBuf;

use clap::{Args, CommandFactory, Subcommand, ValueEnum};
use s_diag::{Code, Diagnostic};

use super::{
    Context, plugin_add, plugin_build, plugin_grant, plugin_info, plugin_inspect, plugin_list, plugin_new,
    plugin_remove, plugin_revoke, plugin_run, plugin_test, plugin_update, plugin_verify,
};
use crate::cli::Cli;
use crate::exit::Exit;
use crate::frame::Failure;

/// Runs a subcommand.
pub(super) fn run(context: &Context<'_>, args: &PluginArgs) -> Result<Exit, Failure> {
    match &args.command {
        PluginSubcommand::List(args) => plugin_list::run(context, args),
        PluginSubcommand::Info(args) => plugin_info::run(context, args),
        PluginSubcommand::Inspect(args) => plugin_inspect::run(context, args),
        PluginSubcommand::Add(args) => plugin_add::run(context, args),
        PluginSubcommand::Remove(args) => plugin_remove::run(context, args),
        PluginSubcommand::Update(args) => plugin_update::run(context, args),
        PluginSubcommand::Verify(args) => plugin_verify::run(context, args),
        PluginSubcommand::Grant(args) => plugin_grant::run(context, args),
        PluginSubcommand::Revoke(args) => plugin_revoke::run(context, args),
        PluginSubcommand::New(args) => plugin_new::run(context, args),
        PluginSubcommand::Build(args) => plugin_build::run(context, args),
        PluginSubcommand::Test(args) => plugin_test::run(context, args),
        PluginSubcommand::Run(args) => plugin_run::run(context, args),
    }
}

/// Reads `KEY=VALUE` pairs; a later one of a key wins.
pub(super) fn config(pairs: &[String]) -> Result<BTreeMap<String, String>, Failure> {
    let pair = |pair: &String| match pair.split_once('=') {
        Some((key, value)) => Ok((key.to_owned(), value.to_owned())),
        // The text is not repeated: it may be a value.
        None => {
            let message = "`--config` takes a key and its value, with `=` between";
            Err(Failure::new(Exit::Usage, Diagnostic::error(Code::USAGE, message)))
        }
    };
    pairs.iter().map(pair).collect()
}

/// The names of the built-in commands, which no plugin may have.
pub(super) fn reserved() -> Vec<String> {
    let root = Cli::command();
    let aliases = |command: &clap::Command| command.get_all_aliases().map(str::to_owned).collect::<Vec<_>>();
    let names = root
        .get_subcommands()
        .flat_map(|command| [command.get_name().to_owned()].into_iter().chain(aliases(command)));
    names.collect()
}

/// The arguments of `s plugin`.
#[derive(Args, Debug)]
#[command(subcommand_required = true, arg_required_else_help = false, after_long_help = ABOUT)]
pub(crate) struct PluginArgs {
    /// What to do.
    #[command(subcommand)]
    pub(crate) command: PluginSubcommand,
}

const ABOUT: &str = "\
A plugin is one file, a component. It runs in a sandbox and can do what it was granted, no more: add
shows what it asks for, and nothing is granted without your consent.

Examples:
  s plugin add ./acme-registry.wasm
  s plugin list
  s plugin new --kind registry acme-registry";

/// What `s plugin` can do.
#[derive(Debug, Subcommand)]
pub(crate) enum PluginSubcommand {
    /// List the plugins that are used here
    List(ListArgs),
    /// Show a plugin: what it is, what it may do, and who allowed it
    Info(InfoArgs),
    /// Read a component without running it: world, imports, sizes, and what it asks for
    Inspect(InspectArgs),
    /// Use a plugin: fetch it, show what it asks for, pin it by its digest
    Add(AddArgs),
    /// Stop using a plugin
    Remove(RemoveArgs),
    /// Move to a newer version; asks only when it wants more than it has
    Update(UpdateArgs),
    /// Check that every plugin is the one that was pinned and asks for no more than it was granted
    Verify(VerifyArgs),
    /// Allow a plugin that is already used to do what it asks for
    Grant(GrantArgs),
    /// Take back what a plugin was allowed, in all projects, and drop what it has stored
    Revoke(RevokeArgs),
    /// Write a new plugin that builds
    New(NewArgs),
    /// Turn a core module into a component and check it against its plugin.toml
    Build(BuildArgs),
    /// Replay the fixtures of a plugin, without a network
    Test(TestArgs),
    /// Call one function of a plugin and show what it answered and what it cost
    Run(RunArgs),
}

/// For whom a plugin is used or allowed.
#[derive(Args, Clone, Copy, Debug)]
pub(crate) struct ScopeArgs {
    /// For all projects of this user, not only for this one
    #[arg(long)]
    pub(crate) user: bool,
}

/// The arguments of `s plugin list`.
#[derive(Args, Debug)]
#[command(after_long_help = "Examples:\n  s plugin list\n  s plugin list --kind registry --json")]
pub(crate) struct ListArgs {
    /// Only plugins of this kind
    #[arg(long, value_enum)]
    pub(crate) kind: Option<Kind>,
}

/// The arguments of `s plugin info`.
#[derive(Args, Debug)]
#[command(after_long_help = "Examples:\n  s plugin info acme/artifactory")]
pub(crate) struct InfoArgs {
    /// The plugin, as in `s plugin list`
    #[arg(value_name = "ID")]
    pub(crate) id: String,
}

/// The arguments of `s plugin inspect`.
#[derive(Args, Debug)]
#[command(
    after_long_help = "Examples:\n  s plugin inspect ./plugin.wasm\n  s plugin inspect plugin.wasm --json"
)]
pub(crate) struct InspectArgs {
    /// The component
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,
}

/// The arguments of `s plugin add`.
#[derive(Args, Debug)]
#[command(after_long_help = ADD_EXAMPLES)]
pub(crate) struct AddArgs {
    /// A component, a folder with plugin.toml, the address of one, or a package of a registry;
    /// without it, everything that this project names and that is not here yet
    #[arg(value_name = "PATH|URL|PACKAGE")]
    pub(crate) source: Option<String>,

    #[command(flatten)]
    pub(crate) scope: ScopeArgs,

    /// Refuse anything but these bytes
    #[arg(long, value_name = "sha256-…", requires = "source")]
    pub(crate) integrity: Option<String>,

    /// Set a value of the plugin's [config]; may be given again
    #[arg(long = "config", value_name = "KEY=VALUE", requires = "source")]
    pub(crate) config: Vec<String>,

    /// Allow what it asks for, without a question; needs --integrity
    #[arg(long, requires = "integrity")]
    pub(crate) allow: bool,
}

const ADD_EXAMPLES: &str = "\
Examples:
  s plugin add ./acme-registry.wasm --config url=https://packages.acme.example
  s plugin add https://acme.example/artifactory.wasm --integrity sha256-…
  s plugin add --user file:///srv/plugins/audit/
  s plugin add";

/// The arguments of `s plugin remove`.
#[derive(Args, Debug)]
#[command(after_long_help = "Examples:\n  s plugin remove acme/artifactory")]
pub(crate) struct RemoveArgs {
    /// The plugin
    #[arg(value_name = "ID")]
    pub(crate) id: String,

    #[command(flatten)]
    pub(crate) scope: ScopeArgs,
}

/// The arguments of `s plugin update`.
#[derive(Args, Debug)]
#[command(after_long_help = "Examples:\n  s plugin update\n  s plugin update acme/artifactory --dry-run")]
pub(crate) struct UpdateArgs {
    /// The plugins; without one, all
    #[arg(value_name = "ID")]
    pub(crate) ids: Vec<String>,

    #[command(flatten)]
    pub(crate) scope: ScopeArgs,

    /// Show what would change, and change nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
}

/// The arguments of `s plugin verify`.
#[derive(Args, Debug)]
#[command(
    after_long_help = "Ends with status 5 when something does not fit.\n\nExamples:\n  s plugin verify"
)]
pub(crate) struct VerifyArgs {
    /// The plugins; without one, all
    #[arg(value_name = "ID")]
    pub(crate) ids: Vec<String>,
}

/// The arguments of `s plugin grant`.
#[derive(Args, Debug)]
#[command(after_long_help = GRANT_EXAMPLES)]
pub(crate) struct GrantArgs {
    /// The plugin
    #[arg(value_name = "ID")]
    pub(crate) id: String,

    #[command(flatten)]
    pub(crate) scope: ScopeArgs,

    /// Bind a secret of the plugin to env:NAME, file:PATH or prompt; may be given again
    #[arg(long = "secret", value_name = "NAME=SOURCE")]
    pub(crate) secrets: Vec<String>,

    /// Where the secrets may go: an address, of which scheme, host and port count
    #[arg(long, value_name = "URL", requires = "secrets")]
    pub(crate) origin: Option<String>,

    /// Bind a view of the plugin to a directory, read-only; may be given again
    #[arg(long = "fs", value_name = "NAME=DIRECTORY")]
    pub(crate) views: Vec<String>,

    /// Allow without a question what has this digest, as `s plugin info` shows it
    #[arg(long, value_name = "sha256-…")]
    pub(crate) capabilities: Option<String>,
}

const GRANT_EXAMPLES: &str = "\
A grant stays with you: it is never written into the project.

Examples:
  s plugin grant acme/artifactory
  s plugin grant acme/sbom --capabilities sha256-… --fs notes=./notes
  s plugin grant stryke/auth-token --secret token=env:TOKEN --origin https://…";

/// The arguments of `s plugin revoke`.
#[derive(Args, Debug)]
#[command(after_long_help = "Examples:\n  s plugin revoke acme/artifactory")]
pub(crate) struct RevokeArgs {
    /// The plugin
    #[arg(value_name = "ID")]
    pub(crate) id: String,
}

/// The arguments of `s plugin new`.
#[derive(Args, Debug)]
#[command(
    after_long_help = NEW_EXAMPLES
)]
pub(crate) struct NewArgs {
    /// The directory to make; its last part names the crate
    #[arg(value_name = "NAME")]
    pub(crate) name: PathBuf,

    /// What it will do
    #[arg(long, value_enum)]
    pub(crate) kind: Kind,

    /// The language it is written in
    #[arg(long, value_enum, default_value_t = Language::Rust)]
    pub(crate) lang: Language,

    /// Its id, ORGANISATION/NAME
    #[arg(long, value_name = "ID")]
    pub(crate) id: Option<String>,
}

const NEW_EXAMPLES: &str = "\
Examples:
  s plugin new --kind registry acme-registry
  s plugin new --kind command --id acme/sbom sbom";

/// The arguments of `s plugin build`.
#[derive(Args, Debug)]
#[command(after_long_help = BUILD_EXAMPLES)]
pub(crate) struct BuildArgs {
    /// The folder with plugin.toml
    #[arg(value_name = "FOLDER", default_value = ".")]
    pub(crate) folder: PathBuf,

    /// The core module, instead of building one
    #[arg(long, value_name = "FILE")]
    pub(crate) module: Option<PathBuf>,

    /// Where to write the component, instead of where plugin.toml says
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
}

const BUILD_EXAMPLES: &str = "\
Examples:
  s plugin build
  s plugin build acme-registry --module acme_registry.wasm --output plugin.wasm";

/// The arguments of `s plugin test`.
#[derive(Args, Debug)]
#[command(after_long_help = "Examples:\n  s plugin test\n  s plugin test acme-registry --only list-404")]
pub(crate) struct TestArgs {
    /// The folder with plugin.toml
    #[arg(value_name = "FOLDER", default_value = ".")]
    pub(crate) folder: PathBuf,

    /// Only fixtures whose name contains this
    #[arg(long, value_name = "TEXT")]
    pub(crate) only: Option<String>,
}

/// The arguments of `s plugin run`.
#[derive(Args, Debug)]
#[command(after_long_help = RUN_EXAMPLES)]
pub(crate) struct RunArgs {
    /// The component, or the id of a plugin that is used here
    #[arg(value_name = "FILE|ID")]
    pub(crate) plugin: String,

    /// The function, INTERFACE.NAME
    #[arg(value_name = "FUNCTION")]
    pub(crate) function: String,

    /// Its arguments, as JSON
    #[arg(value_name = "JSON")]
    pub(crate) arguments: Option<String>,

    /// Set a value of the plugin's [config]; may be given again
    #[arg(long = "config", value_name = "KEY=VALUE")]
    pub(crate) config: Vec<String>,

    /// Allow what this file asks for, for this one call
    #[arg(long)]
    pub(crate) allow: bool,
}

const RUN_EXAMPLES: &str = r#"Examples:
  s plugin run stryke/audit-osv feed.describe
  s plugin run plugin.wasm registry.list '{"queries": []}' --config port=1"#;

/// What a plugin does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Kind {
    /// Lists and describes packages
    Registry,
    /// Brings advisories
    Audit,
    /// Answers when a server asks who is there
    Auth,
    /// Describes a target and links for it
    Target,
    /// Adds commands
    Command,
}

impl From<Kind> for s_capability::Kind {
    fn from(kind: Kind) -> s_capability::Kind {
        match kind {
            Kind::Registry => s_capability::Kind::Registry,
            Kind::Audit => s_capability::Kind::Audit,
            Kind::Auth => s_capability::Kind::Auth,
            Kind::Target => s_capability::Kind::Target,
            Kind::Command => s_capability::Kind::Command,
        }
    }
}

/// What a plugin is written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Language {
    /// Rust, with the crate s-guest
    Rust,
}

#[cfg(test)]
mod tests {
    use clap::{FromArgMatches, Parser};

    use super::*;

    #[test]
    fn the_tree_is_sound_and_every_command_has_examples() {
        Cli::command().debug_assert();
        let mut root = Cli::command();
        root.build();
        let plugin = root.find_subcommand_mut("plugin").unwrap();
        for command in plugin.get_subcommands_mut() {
            let help = command.render_long_help().to_string();
            assert!(help.contains(&format!("Examples:\n  s plugin {}", command.get_name())), "{help}");
        }
    }

    #[test]
    fn examples_can_be_typed() {
        let mut root = Cli::command();
        root.build();
        let mut count = 0;
        let helps: Vec<String> = root
            .find_subcommand_mut("plugin")
            .unwrap()
            .get_subcommands_mut()
            .map(|command| command.render_long_help().to_string())
            .collect();
        let audit = root.find_subcommand_mut("audit").unwrap().render_long_help().to_string();
        for help in helps.iter().chain([&audit]) {
            let examples = help.split("Examples:\n").nth(1).unwrap_or_default();
            for line in examples.lines().map_while(|line| line.strip_prefix("  ")) {
                assert!(line.chars().count() <= 78, "it would be broken: {line}");
                // What the shell takes for itself.
                let typed = [" < ", " > ", "  #"]
                    .into_iter()
                    .fold(line, |line, mark| line.split(mark).next().unwrap());
                let words = words(typed);
                let parsed = Cli::command().try_get_matches_from(&words);
                assert!(parsed.is_ok(), "{line}: {}", parsed.unwrap_err());
                count += 1;
            }
        }
        assert!(count > 15, "{count}");
    }

    #[test]
    fn consent_without_a_question_needs_to_say_to_what() {
        #[derive(Parser)]
        struct Only {
            #[command(flatten)]
            args: PluginArgs,
        }
        assert!(Only::try_parse_from(["s", "add", "x.wasm", "--allow"]).is_err());
        let matches = Only::command()
            .try_get_matches_from(["s", "add", "x.wasm", "--allow", "--integrity", "sha256-AA"])
            .unwrap();
        let only = Only::from_arg_matches(&matches).unwrap();
        assert!(matches!(only.args.command, PluginSubcommand::Add(AddArgs { allow: true, .. })));
    }

    /// Splits as a shell does, as far as the examples need it.
    fn words(line: &str) -> Vec<String> {
        let quoted = line.split('\'').enumerate();
        quoted
            .flat_map(|(index, part)| {
                if index % 2 == 1 {
                    vec![part.to_owned()]
                } else {
                    part.split_whitespace().map(str::to_owned).collect()
                }
            })
            .collect()
    }
}
