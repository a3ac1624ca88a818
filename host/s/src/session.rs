//! What one run of `s` is made of beside its command line: the operations' context, made when a
//! command needs it, and the commands that plugins add.

use std::ffi::OsString;
use std::path::PathBuf;
use std::sync::{Arc, OnceLock};

use s_ops::plugins::builtin::BUILT_IN;
use s_ops::plugins::catalog;
use s_ops::{Context, Invocation, Setup};
use s_plugin::Cancel;
use s_ui::Ui;

use crate::dynamic::{PluginCall, PluginCommand, PluginCommands};
use crate::exit::Exit;
use crate::frame::Failure;
use crate::frontend::UiFrontend;
use crate::names;

/// The word that makes this executable compile one component and end. It is not a command: nobody
/// is meant to type it.
pub(crate) const COMPILE: &str = "__compile";

/// One run.
pub(crate) struct Session {
    ui: OnceLock<Ui>,
    offline: bool,
    context: OnceLock<Arc<Context>>,
    plugins: OnceLock<Plugins>,
}

/// What the plugins that are used here say.
#[derive(Default)]
struct Plugins {
    commands: Vec<PluginCommand>,
    unread: Vec<Failure>,
}

impl Session {
    /// Prepares a run; `--offline`, and `--frozen`, which means it too, have to be known
    /// before the line is understood.
    pub(crate) fn new(args: &[OsString]) -> Session {
        let offline =
            args.iter().take_while(|arg| *arg != "--").any(|arg| arg == "--offline" || arg == "--frozen");
        Session { ui: OnceLock::new(), offline, context: OnceLock::new(), plugins: OnceLock::new() }
    }

    /// Takes the writer that was made for this run.
    pub(crate) fn use_ui(&self, ui: &Ui) {
        // There is one writer a run; a second would be the same.
        let _ = self.ui.set(ui.clone());
    }

    /// The operations' context.
    pub(crate) fn context(&self) -> Result<Arc<Context>, Failure> {
        if let Some(context) = self.context.get() {
            return Ok(Arc::clone(context));
        }
        let ui = self.ui.get().expect("the frame makes the writer before it does anything else");
        names::look_up_without_modules();
        let cancel = Cancel::new();
        let context = Context::new(Setup {
            directory: std::env::current_dir().unwrap_or_else(|_| PathBuf::from(".")),
            environment: Arc::new(|name| std::env::var_os(name)),
            frontend: Arc::new(UiFrontend::new(ui.clone())),
            offline: self.offline,
            compiler_arguments: vec![COMPILE.to_owned()],
            cancel: cancel.clone(),
        })?;
        interrupt(&cancel);
        Ok(Arc::clone(self.context.get_or_init(|| context)))
    }

    /// Reads what plugins say, once.
    fn plugins(&self) -> &Plugins {
        self.plugins.get_or_init(|| {
            let Ok(context) = self.context() else { return Plugins::default() };
            let (entries, failures) = catalog::all(&context);
            Plugins {
                commands: entries.iter().flat_map(|entry| PluginCommand::declared(&entry.manifest)).collect(),
                unread: failures.into_iter().map(Failure::from).collect(),
            }
        })
    }
}

/// The first ^C asks what runs to end; the second ends the process.
fn interrupt(cancel: &Cancel) {
    use signal_hook::consts::SIGINT;
    use signal_hook::flag;
    // In this order: the second handler raises what the first one finds raised the next time. Where
    // no handler can be set, ^C ends the process at once, as it does without one.
    let _ = flag::register_conditional_shutdown(SIGINT, Exit::Interrupted.status().into(), cancel.flag())
        .and_then(|_| flag::register(SIGINT, cancel.flag()));
}

impl PluginCommands for Session {
    fn all(&self) -> Vec<PluginCommand> {
        self.plugins().commands.clone()
    }

    fn unread(&self) -> Vec<Failure> {
        self.plugins().unread.clone()
    }

    fn find(&self, name: &str) -> Option<PluginCommand> {
        // A built-in plugin's command is no other's: the files of the user and the project need
        // not be looked at.
        if let Some(built_in) = BUILT_IN.iter().find(|built_in| built_in.commands.contains(&name)) {
            let declared = PluginCommand::declared(built_in.manifest());
            return declared.into_iter().find(|command| command.name == name);
        }
        self.all().into_iter().find(|command| command.name == name)
    }

    fn run(&self, ui: &Ui, command: &PluginCommand, call: &PluginCall) -> Result<u8, Failure> {
        let context = self.context()?;
        let entry = catalog::find(&context, &command.plugin)?;
        let invocation = Invocation {
            name: command.name.clone(),
            arguments: call.arguments.clone(),
            options: call.options.clone(),
            json: ui.is_json(),
            terminal_width: ui.columns().and_then(|columns| u16::try_from(columns).ok()),
        };
        Ok(s_ops::run_command(&context, &entry, invocation)?)
    }
}

impl From<s_ops::Failure> for Failure {
    fn from(failure: s_ops::Failure) -> Failure {
        use s_ops::FailureKind;
        let exit = match failure.kind {
            FailureKind::Failed => Exit::Failed,
            FailureKind::Usage => Exit::Usage,
            FailureKind::LockDrift => Exit::LockDrift,
            FailureKind::NoSolution => Exit::NoSolution,
            FailureKind::Integrity => Exit::Integrity,
            FailureKind::Offline => Exit::OfflineMiss,
            FailureKind::Findings => Exit::AuditFindings,
            FailureKind::Network => Exit::Network,
            FailureKind::Interrupted => Exit::Interrupted,
            FailureKind::Bug => Exit::Bug,
        };
        Failure { exit, diagnostics: failure.diagnostics }
    }
}
