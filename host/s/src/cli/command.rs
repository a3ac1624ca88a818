//! The built-in commands, in the one table that names them.

use clap::{Args, Subcommand};

use crate::commands::add::AddArgs;
use crate::commands::audit::AuditArgs;
use crate::commands::bench::BenchArgs;
use crate::commands::build::BuildArgs;
use crate::commands::check::CheckArgs;
use crate::commands::clean::CleanArgs;
use crate::commands::completions::CompletionsArgs;
use crate::commands::explain::ExplainArgs;
use crate::commands::help::HelpArgs;
use crate::commands::info::InfoArgs;
use crate::commands::install::{FetchArgs, InstallArgs, LockArgs, UpdateArgs};
use crate::commands::list::ListArgs;
use crate::commands::login::{LoginArgs, LogoutArgs};
use crate::commands::outdated::OutdatedArgs;
use crate::commands::owner::OwnerArgs;
use crate::commands::pack::PackArgs;
use crate::commands::plugin::PluginArgs;
use crate::commands::publish::PublishArgs;
use crate::commands::registry::RegistryArgs;
use crate::commands::remove::RemoveArgs;
use crate::commands::repl::ReplArgs;
use crate::commands::run::RunArgs;
use crate::commands::search::SearchArgs;
use crate::commands::store::StoreArgs;
use crate::commands::target::TargetArgs;
use crate::commands::test::TestArgs;
use crate::commands::tools::{UninstallArgs, XArgs};
use crate::commands::tree::{TreeArgs, WhyArgs};
use crate::commands::unyank::UnyankArgs;
use crate::commands::vendor::VendorArgs;
use crate::commands::yank::YankArgs;

const VERSION_EXAMPLES: &str = "Examples:\n  s version\n  s version -v\n  s --version";

macro_rules! commands {
    ($($(#[doc = $about:literal])+ $variant:ident($args:ty) = $name:literal,)*) => {
        /// The built-in commands. `commands::help::GROUPS` says where each stands in `s help`.
        #[derive(Debug, Subcommand)]
        pub(crate) enum Command {
            $($(#[doc = $about])+ #[command(name = $name)] $variant($args),)*
            /// Print the version; with -v, how this binary was built
            #[command(after_long_help = VERSION_EXAMPLES)]
            Version,
        }

        /// Describes the command that takes nothing, as it is among all.
        fn version() -> clap::Command {
            clap::Command::new("version")
                .about("Print the version; with -v, how this binary was built")
                .after_long_help(VERSION_EXAMPLES)
        }

        /// Their names.
        pub(super) const BUILT_IN: &[&str] = &[$($name,)* "version"];

        /// Describes one command. Describing all of them takes longer than many a command runs.
        pub(super) fn described(name: &str) -> Option<clap::Command> {
            match name {
                $($name => {
                    let command = <$args as Args>::augment_args(clap::Command::new($name));
                    Some(command.about(concat!($($about),+).trim()))
                })*
                "version" => Some(version()),
                _ => None,
            }
        }
    };
}

commands! {
    /// Add dependencies, and bring them here
    Add(AddArgs) = "add",
    /// Remove dependencies
    Remove(RemoveArgs) = "remove",
    /// Bring everything the project needs here
    Install(InstallArgs) = "install",
    /// Move to newer versions, within what stryke.toml admits
    Update(UpdateArgs) = "update",
    /// Make stryke.lock fit stryke.toml
    Lock(LockArgs) = "lock",
    /// Download what the lock names, for working offline
    Fetch(FetchArgs) = "fetch",
    /// Show what the project needs, and what that needs
    Tree(TreeArgs) = "tree",
    /// Show who needs a package
    Why(WhyArgs) = "why",
    /// List the packages this project has locked
    List(ListArgs) = "list",
    /// Show what is newer than what is locked
    Outdated(OutdatedArgs) = "outdated",
    /// Remove programs you installed for yourself
    Uninstall(UninstallArgs) = "uninstall",
    /// Run a program of a package without installing it
    X(XArgs) = "x",
    /// Copy every package into the folder vendor
    Vendor(VendorArgs) = "vendor",
    /// Run a file, or a script or program of this project
    Run(RunArgs) = "run",
    /// Compile programs to native executables
    Build(BuildArgs) = "build",
    /// Try out the language, entry by entry
    Repl(ReplArgs) = "repl",
    /// Find mistakes in programs, and what they can reach
    Check(CheckArgs) = "check",
    /// Run tests
    Test(TestArgs) = "test",
    /// Measure how long programs take
    Bench(BenchArgs) = "bench",
    /// Remove what was made from this project
    Clean(CleanArgs) = "clean",
    /// Search registries for packages
    Search(SearchArgs) = "search",
    /// Show what a registry says of a package
    Info(InfoArgs) = "info",
    /// Make the archive of this package
    Pack(PackArgs) = "pack",
    /// Publish this package
    Publish(PublishArgs) = "publish",
    /// Keep the token of a registry
    Login(LoginArgs) = "login",
    /// Forget the token of a registry
    Logout(LogoutArgs) = "logout",
    /// Advise against a published version: it is not chosen anew
    Yank(YankArgs) = "yank",
    /// Take back a yank
    Unyank(UnyankArgs) = "unyank",
    /// See and change who may publish a package
    Owner(OwnerArgs) = "owner",
    /// Check or clear the packages of this machine
    Store(StoreArgs) = "store",
    /// Look into a registry, or run one
    Registry(RegistryArgs) = "registry",
    /// Check packages for known weaknesses
    Audit(AuditArgs) = "audit",
    /// Show help for a command or a topic
    Help(HelpArgs) = "help",
    /// Use, inspect, allow and write plugins
    Plugin(PluginArgs) = "plugin",
    /// See what programs can be built for, and add more
    Target(TargetArgs) = "target",
    /// Say more about a code such as S-5007
    Explain(ExplainArgs) = "explain",
    /// Print the script that completes commands in a shell
    Completions(CompletionsArgs) = "completions",
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    /// A command in the way people see it: its help in full.
    fn shown(mut root: clap::Command, name: &str) -> String {
        root.build();
        let command = root.find_subcommand_mut(name).expect("each is there");
        command.render_long_help().to_string()
    }

    #[test]
    fn one_command_is_described_as_it_is_among_all() {
        for name in BUILT_IN {
            let alone = crate::cli::bare().subcommand(described(name).expect("each is described"));
            assert_eq!(shown(alone, name), shown(crate::cli::Cli::command(), name), "{name}");
        }
        assert!(described("nothing").is_none());
    }
}
