//! `s completions`: the script that completes commands in a shell.

use clap::{Args, ValueEnum};
use clap_complete::Shell;
use s_ui::Styled;
use serde_json::json;

use super::Context;
use crate::cli;
use crate::exit::Exit;

/// The arguments of `s completions`.
#[derive(Args, Debug)]
#[command(after_long_help = EXAMPLES)]
pub(crate) struct CompletionsArgs {
    /// The shell: bash, zsh, fish or powershell
    #[arg(value_enum, hide_possible_values = true)]
    shell: Supported,
}

const EXAMPLES: &str = "\
Commands of plugins are completed too; print the script again after adding a plugin that brings some.

Examples:
  s completions bash > ~/.local/share/bash-completion/completions/s
  s completions zsh > ~/.zfunc/_s
  s completions fish > ~/.config/fish/completions/s.fish
  s completions powershell >> $PROFILE";

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Supported {
    Bash,
    Zsh,
    Fish,
    #[value(name = "powershell")]
    PowerShell,
}

/// Prints the script.
pub(super) fn run(context: &Context<'_>, args: &CompletionsArgs) -> Exit {
    let (name, shell) = match args.shell {
        Supported::Bash => ("bash", Shell::Bash),
        Supported::Zsh => ("zsh", Shell::Zsh),
        Supported::Fish => ("fish", Shell::Fish),
        Supported::PowerShell => ("powershell", Shell::PowerShell),
    };
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut cli::tree(&cli::admitted(context.plugins)), "s", &mut script);
    context.warn_of_unread_plugins();
    let script = String::from_utf8_lossy(&script);
    if context.ui.is_json() {
        context.ui.json(&json!({ "shell": name, "script": script }));
    } else {
        // Every word of a plugin in it was cleaned when its command was built; nothing may be
        // replaced in a script by something visible.
        context.ui.answer(Styled::trusted(script));
    }
    Exit::Done
}
