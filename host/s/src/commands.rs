//! The built-in commands, one file each.

pub(crate) mod add;
pub(crate) mod audit;
mod audit_sarif;
pub(crate) mod bench;
pub(crate) mod build;
pub(crate) mod check;
pub(crate) mod clean;
pub(crate) mod completions;
pub(crate) mod explain;
pub(crate) mod help;
pub(crate) mod info;
pub(crate) mod install;
pub(crate) mod list;
pub(crate) mod login;
pub(crate) mod outdated;
pub(crate) mod owner;
pub(crate) mod pack;
mod packages;
pub(crate) mod plugin;
mod plugin_add;
mod plugin_build;
mod plugin_grant;
mod plugin_info;
mod plugin_inspect;
mod plugin_list;
mod plugin_new;
mod plugin_remove;
mod plugin_revoke;
mod plugin_run;
mod plugin_test;
mod plugin_update;
mod plugin_verify;
pub(crate) mod publish;
pub(crate) mod registry;
mod registry_serve;
mod registry_trust;
pub(crate) mod remove;
pub(crate) mod repl;
pub(crate) mod run;
pub(crate) mod search;
pub(crate) mod store;
pub(crate) mod target;
pub(crate) mod test;
pub(crate) mod tools;
pub(crate) mod tree;
pub(crate) mod unyank;
pub(crate) mod vendor;
mod version;
pub(crate) mod yank;

use std::sync::Arc;

use s_diag::{Diagnostic, Severity};
use s_ui::Ui;

use crate::cli::Command;
use crate::dynamic::PluginCommands;
use crate::exit::Exit;
use crate::frame::Failure;

/// What a command may use.
pub(crate) struct Context<'a> {
    /// The writer.
    pub(crate) ui: &'a Ui,
    /// The commands that plugins add.
    pub(crate) plugins: &'a dyn PluginCommands,
    /// What operations run on.
    pub(crate) operations: &'a dyn Fn() -> Result<Arc<s_ops::Context>, Failure>,
    /// What `s version -v` says beside the version and the target: name and value.
    pub(crate) facts: &'a [(&'static str, String)],
}

impl Context<'_> {
    /// Warns of each plugin whose commands are not known. It must not take those of others away.
    fn warn_of_unread_plugins(&self) {
        for diagnostic in self.plugins.unread().into_iter().flat_map(|failure| failure.diagnostics) {
            self.ui.diagnostic(&Diagnostic { severity: Severity::Warning, ..diagnostic });
        }
    }
}

/// Runs a built-in command and returns the status that the process ends with.
pub(crate) fn run(context: &Context<'_>, command: Command) -> Result<u8, Failure> {
    let exit = match command {
        Command::Add(args) => add::run(context, &args),
        Command::Remove(args) => remove::run(context, &args),
        Command::Install(args) => install::install(context, &args),
        Command::Update(args) => install::update(context, &args),
        Command::Lock(args) => install::lock(context, &args),
        Command::Fetch(args) => install::fetch(context, &args),
        Command::Tree(args) => tree::run(context, &args),
        Command::Why(args) => tree::why(context, &args),
        Command::List(args) => list::run(context, &args),
        Command::Outdated(args) => outdated::run(context, &args),
        Command::Uninstall(args) => tools::uninstall(context, &args),
        Command::X(args) => return tools::x(context, &args),
        Command::Vendor(args) => vendor::run(context, &args),
        Command::Run(args) => return run::run(context, &args),
        Command::Build(args) => build::run(context, &args),
        Command::Repl(args) => return repl::run(context, &args),
        Command::Check(args) => check::run(context, &args),
        Command::Test(args) => test::run(context, &args),
        Command::Bench(args) => bench::run(context, &args),
        Command::Clean(args) => clean::run(context, &args),
        Command::Search(args) => search::run(context, &args),
        Command::Info(args) => info::run(context, &args),
        Command::Pack(args) => pack::run(context, &args),
        Command::Publish(args) => publish::run(context, &args),
        Command::Login(args) => login::login(context, &args),
        Command::Logout(args) => login::logout(context, &args),
        Command::Yank(args) => yank::run(context, &args),
        Command::Unyank(args) => unyank::run(context, &args),
        Command::Owner(args) => owner::run(context, &args),
        Command::Store(args) => store::run(context, &args),
        Command::Registry(args) => registry::run(context, &args),
        Command::Audit(args) => audit::run(context, &args),
        Command::Help(args) => help::run(context, &args),
        Command::Explain(args) => explain::run(context, &args),
        Command::Plugin(args) => plugin::run(context, &args),
        Command::Target(args) => target::run(context, &args),
        Command::Completions(args) => Ok(completions::run(context, &args)),
        Command::Version => Ok(version::run(context)),
    };
    exit.map(Exit::status)
}
