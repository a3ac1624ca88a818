//! One run from the command line to the exit status: parse, dispatch, report, end.

use std::ffi::OsString;
use std::sync::Arc;

use s_diag::{Code, Diagnostic};
use s_ui::{Ui, UiOptions, Verbosity};

use crate::bug;
use crate::cli::{self, Parsed};
use crate::commands::{self, Context};
use crate::dynamic::PluginCommands;
use crate::exit::Exit;
use crate::program;

/// What a run depends on; nothing else comes from the process.
pub(crate) struct Frame<'a> {
    /// The command line without the name of the program.
    pub(crate) args: Vec<OsString>,
    /// The commands that plugins add.
    pub(crate) plugins: &'a dyn PluginCommands,
    /// What operations run on, made when a command needs it.
    pub(crate) context: &'a dyn Fn() -> Result<Arc<s_ops::Context>, Failure>,
    /// What `s version -v` says beside the version and the target: name and value.
    pub(crate) facts: &'a [(&'static str, String)],
    /// Whether a report of a bug holds where it came from even without `-v`.
    pub(crate) backtrace: bool,
    /// Makes the writer once it is known what was asked for.
    pub(crate) ui: &'a dyn Fn(&UiOptions) -> Ui,
}

/// Why a command did not do what it was asked to.
#[derive(Clone, Debug)]
pub(crate) struct Failure {
    /// With which status the process ends.
    pub(crate) exit: Exit,
    /// What is said about it; warnings may be among them.
    pub(crate) diagnostics: Vec<Diagnostic>,
}

impl Failure {
    /// One diagnostic and its status.
    pub(crate) fn new(exit: Exit, diagnostic: Diagnostic) -> Failure {
        Failure { exit, diagnostics: vec![diagnostic] }
    }

    /// Several as one, which ends with the status of the first; none where there are none.
    pub(crate) fn joined(failures: impl IntoIterator<Item = Failure>) -> Option<Failure> {
        let mut failures = failures.into_iter();
        let mut joined = failures.next()?;
        joined.diagnostics.extend(failures.flat_map(|failure| failure.diagnostics));
        Some(joined)
    }
}

/// Runs one command line and returns the exit status.
///
/// A panic anywhere becomes a report and [`Exit::Bug`]. An answer that could not be written for
/// another reason than a reader who went away makes a run fail that had succeeded.
pub(crate) fn run(frame: &Frame<'_>) -> u8 {
    // Looked at before parsing, so that an error of parsing is reported as it was asked for.
    let options = cli::scan(&frame.args);
    let ui = (frame.ui)(&options);
    let ended =
        bug::guard(frame.backtrace || options.verbosity >= Verbosity::Verbose, || dispatch(frame, &ui));
    let status = match ended {
        Ok(Ok(status)) => status,
        Ok(Err(failure)) => {
            failure.diagnostics.iter().for_each(|diagnostic| ui.diagnostic(diagnostic));
            failure.exit.status()
        }
        Err(report) => {
            report.print(&ui);
            Exit::Bug.status()
        }
    };
    match ui.finish() {
        Ok(()) => status,
        Err(error) => {
            ui.diagnostic(&Diagnostic::error(Code::ANSWER_LOST, error.to_string()));
            if status == Exit::Done.status() { Exit::Failed.status() } else { status }
        }
    }
}

fn dispatch(frame: &Frame<'_>, ui: &Ui) -> Result<u8, Failure> {
    let context = Context { ui, plugins: frame.plugins, operations: frame.context, facts: frame.facts };
    match cli::parse(&frame.args, frame.plugins)? {
        Parsed::Command(command) => commands::run(&context, command),
        Parsed::Program(program) => Ok(program::execute(program, &|| ui.clone())),
        Parsed::Plugin(command, call) => frame.plugins.run(ui, &command, &call),
        Parsed::Answer(text) => {
            ui.answer(text);
            Ok(Exit::Done.status())
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use s_ui::Captured;

    use super::*;
    use crate::dynamic::{CommandSpec, OptionKind, OptionSpec, PluginCall, PluginCommand};

    /// Two commands from plugins, one of which claims a built-in name.
    #[derive(Default)]
    struct Plugins {
        calls: Mutex<Vec<String>>,
    }

    impl PluginCommands for Plugins {
        fn all(&self) -> Vec<PluginCommand> {
            let format = OptionSpec {
                name: "format".to_owned(),
                short: Some('f'),
                about: "which one".to_owned(),
                kind: OptionKind::Value {
                    values: vec!["spdx".to_owned(), "cyclonedx".to_owned()],
                    default: Some("spdx".to_owned()),
                },
            };
            let spec = CommandSpec { options: vec![format], ..CommandSpec::default() };
            ["sbom", "version", "panic"]
                .map(|name| PluginCommand {
                    name: name.to_owned(),
                    about: "write an SBOM".to_owned(),
                    plugin: "acme/sbom".to_owned(),
                    spec: spec.clone(),
                })
                .into()
        }

        fn run(&self, _: &Ui, command: &PluginCommand, call: &PluginCall) -> Result<u8, Failure> {
            assert!(command.name != "panic", "a deliberate bug");
            self.calls.lock().unwrap().push(format!("{} {call:?}", command.name));
            Ok(42)
        }
    }

    fn run_with(plugins: &dyn PluginCommands, line: &str) -> (u8, Captured) {
        let captured = Mutex::new(None);
        let frame = Frame {
            args: line.split_whitespace().map(OsString::from).collect(),
            plugins,
            context: &|| unreachable!("these commands need no operations"),
            facts: &[("engine", "none".to_owned())],
            backtrace: false,
            ui: &|options| {
                let (ui, buffers) = Ui::capture(options);
                *captured.lock().unwrap() = Some(buffers);
                ui
            },
        };
        let status = run(&frame);
        (status, captured.into_inner().unwrap().unwrap())
    }

    #[test]
    fn a_plugin_command_is_called_with_what_was_parsed() {
        let plugins = Plugins::default();
        for line in ["sbom --format cyclonedx -v", "-q sbom", "sbom -f spdx"] {
            let (status, captured) = run_with(&plugins, line);
            assert_eq!(status, 42, "{line}: {}", captured.stderr());
        }
        insta::assert_snapshot!(plugins.calls.lock().unwrap().join("\n"), @r#"
        sbom PluginCall { arguments: [], options: [("format", "cyclonedx")] }
        sbom PluginCall { arguments: [], options: [("format", "spdx")] }
        sbom PluginCall { arguments: [], options: [("format", "spdx")] }
        "#);
    }

    #[test]
    fn a_plugin_never_shadows_a_built_in_command() {
        let plugins = Plugins::default();
        let (status, captured) = run_with(&plugins, "version");
        assert_eq!(status, 0);
        assert!(captured.stdout().starts_with("s "));
        assert!(plugins.calls.lock().unwrap().is_empty());
        let (_, captured) = run_with(&plugins, "help");
        let help = captured.stdout();
        assert_eq!(
            help.lines().filter(|line| line.trim_start().starts_with("version ")).count(),
            1,
            "{help}"
        );
    }

    #[test]
    fn help_lists_commands_with_the_plugin_they_come_from() {
        let (_, captured) = run_with(&Plugins::default(), "help");
        let help = captured.stdout();
        let section = help.split("Commands from plugins").nth(1).expect("there is a section");
        assert!(section.contains("sbom") && section.contains("acme/sbom"), "{help}");
    }

    #[test]
    fn names_of_plugin_commands_are_suggested() {
        let (status, captured) = run_with(&Plugins::default(), "sbomm");
        assert_eq!(status, 2);
        assert!(captured.stderr().contains("acme/sbom`: s sbom"), "{}", captured.stderr());
    }

    #[test]
    fn wrong_options_of_a_plugin_command_are_usage_errors() {
        for line in ["sbom --format pdf", "sbom --nothing", "sbom stray"] {
            let (status, captured) = run_with(&Plugins::default(), line);
            assert_eq!(status, 2, "{line}");
            assert!(captured.stderr().starts_with("error[S-1001]: "), "{}", captured.stderr());
        }
    }

    #[test]
    fn completions_contain_plugin_commands() {
        for shell in ["bash", "zsh", "fish", "powershell"] {
            let (_, captured) = run_with(&Plugins::default(), &format!("completions {shell}"));
            assert!(captured.stdout().contains("sbom"), "{shell}");
        }
    }

    #[test]
    fn a_panic_is_reported_once_and_ends_with_70() {
        let (status, captured) = run_with(&Plugins::default(), "panic");
        assert_eq!(status, 70);
        let report = captured.stderr();
        assert!(report.starts_with("error[S-9001]: ") && report.contains("a deliberate bug"), "{report}");
        assert!(report.contains("hint: ") && !report.contains("backtrace::"), "{report}");
        let (_, captured) = run_with(&Plugins::default(), "panic -v");
        assert!(captured.stderr().lines().count() > 10, "-v shows where it came from");
        let (status, captured) = run_with(&Plugins::default(), "panic --json");
        assert_eq!(status, 70);
        let report: serde_json::Value = serde_json::from_str(&captured.stdout()).unwrap();
        assert_eq!(report["error"]["code"], "S-9001");
    }

    #[test]
    fn facts_of_the_caller_are_shown_with_v() {
        let (_, captured) = run_with(&Plugins::default(), "version -v");
        assert!(captured.stdout().contains("engine"), "{}", captured.stdout());
    }
}
