//! `s plugin new`, `build`, `test` and `run`: what authors of plugins use.

mod build;
mod new;
mod run;
mod test;

use super::Context;
use super::plugin::PluginSubcommand;
use crate::exit::Exit;
use crate::frame::Failure;

/// Runs a subcommand of authors; none for those of users.
pub(super) fn run(context: &Context<'_>, command: &PluginSubcommand) -> Option<Result<Exit, Failure>> {
    Some(match command {
        PluginSubcommand::New(args) => new::run(context, args),
        PluginSubcommand::Build(args) => build::run(context, args),
        PluginSubcommand::Test(args) => test::run(context, args),
        PluginSubcommand::Run(args) => run::run(context, args),
        _ => return None,
    })
}
