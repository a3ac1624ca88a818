//! Runs a command that a plugin adds, and writes what it proposes: all of it or nothing.

use std::collections::BTreeMap;
use std::sync::Arc;

use s_capability::EditScope;
use s_diag::{Code, Diagnostic};
use s_plugin::Edit;
use s_plugin::extension::command::Call;
use s_store::{NewTree, StoreError, TreeLimits};

use crate::Context;
use crate::failure::{Failure, FailureKind};
use crate::plugins::catalog::Entry;
use crate::plugins::launch::{Allow, launch};

/// One call of a command, as it was parsed from the command line.
#[derive(Clone, Debug, Default)]
pub struct Invocation {
    /// The command.
    pub name: String,
    /// What stands after it.
    pub arguments: Vec<String>,
    /// Its options; a flag has the value `true`.
    pub options: Vec<(String, String)>,
    /// Whether the answer should be JSON.
    pub json: bool,
    /// Columns of the terminal.
    pub terminal_width: Option<u16>,
}

/// The most a command may propose.
const PROPOSED: TreeLimits = TreeLimits { file_count_max: 10_000, size_max_bytes: 64 << 20 };

/// Runs a command of a plugin and returns its exit status. What it proposed is written only when
/// that is zero, and what a command that may propose has printed is shown only after that: it says
/// what it has done, and it has not done it before it is written.
pub fn run_command(context: &Arc<Context>, entry: &Entry, invocation: Invocation) -> Result<u8, Failure> {
    let scope = entry.manifest.commands.get(&invocation.name).and_then(|command| command.edits);
    let launched = launch(context, entry, &BTreeMap::new(), Allow::Granted)?;
    let directory = context.directory().file_name().map(|name| name.to_string_lossy().into_owned());
    let call = Call {
        name: invocation.name,
        arguments: invocation.arguments,
        options: invocation.options,
        directory: directory.unwrap_or_default(),
        json: invocation.json,
        terminal_width: invocation.terminal_width,
    };
    if scope.is_some() {
        launched.services.hold_prints();
    }
    let ended = launched.plugin.engine.clone().block_on(async {
        let mut command = launched.plugin.open_command().await?;
        command.run(call).await
    });
    let written = ended.map_err(Failure::from).map(|outcome| {
        let proposed = outcome.status == 0 && !outcome.edits.is_empty();
        let written = if proposed { write(context, entry, scope, outcome.edits) } else { Ok(()) };
        written.map(|()| outcome.status)
    });
    match written {
        Ok(Err(unwritten)) => Err(unwritten),
        ended => {
            launched.services.release_prints(entry.id());
            ended.and_then(|status| status)
        }
    }
}

fn write(
    context: &Context,
    entry: &Entry,
    scope: Option<EditScope>,
    edits: Vec<Edit>,
) -> Result<(), Failure> {
    let who = entry.id();
    let refuse = |message: String| {
        let diagnostic = Diagnostic::error(Code::PLUGIN_EDITS, message)
            .note("nothing was written")
            .note(format!("plugin `{who}` proposed it"));
        Failure::new(FailureKind::Integrity, diagnostic)
    };
    match scope {
        None => Err(refuse("the command may not propose files".to_owned())),
        Some(EditScope::NewDirectory) => {
            let parts = edits.first().and_then(|edit| edit.path.split_once('/'));
            let name = parts.map(|(name, _)| name.to_owned()).unwrap_or_default();
            let mut tree = NewTree::new(PROPOSED);
            for edit in edits {
                let Some(inside) = edit.path.strip_prefix(&name).and_then(|rest| rest.strip_prefix('/'))
                else {
                    return Err(refuse(format!("`{}` is not inside one new directory", edit.path)));
                };
                tree.add(inside, edit.content.into_bytes()).map_err(|error| refuse(error.to_string()))?;
            }
            tree.commit_new_directory(context.directory(), &name).map_err(|error| exists(error, &refuse))
        }
        Some(EditScope::NewFiles) => {
            let mut tree = NewTree::new(PROPOSED);
            let mut kept = Vec::new();
            for (index, edit) in edits.into_iter().enumerate() {
                s_store::check_new_path(&edit.path).map_err(|error| refuse(error.to_string()))?;
                // The first file is what the command is about; what else is there already is kept.
                if index > 0 && s_store::files::exists(&context.directory().join(&edit.path))? {
                    kept.push(edit.path);
                    continue;
                }
                tree.add(&edit.path, edit.content.into_bytes()).map_err(|error| refuse(error.to_string()))?;
            }
            tree.commit_new_files(context.directory()).map_err(|error| exists(error, &refuse))?;
            kept.iter().for_each(|path| context.frontend().status("Kept", path));
            Ok(())
        }
        Some(EditScope::Project) => change_project(context, entry, edits, &refuse),
    }
}

/// What stands in the way is the user's; what is malformed is the plugin's.
fn exists(error: StoreError, refuse: &dyn Fn(String) -> Failure) -> Failure {
    if error.is_already_exists() {
        let message = error.to_string();
        return Failure::new(
            FailureKind::Failed,
            Diagnostic::error(Code::ALREADY_EXISTS, message)
                .note("nothing was written")
                .hint("choose another name, or move away what is there"),
        );
    }
    match error {
        StoreError::Path { .. } | StoreError::TooLarge { .. } => refuse(error.to_string()),
        error => error.into(),
    }
}

/// Shows what would change in the project, asks, and writes all of it or nothing.
fn change_project(
    context: &Context,
    entry: &Entry,
    edits: Vec<Edit>,
    refuse: &dyn Fn(String) -> Failure,
) -> Result<(), Failure> {
    let Some(root) = context.project() else {
        let message = "there is no project here that a command could change";
        return Err(Failure::new(
            FailureKind::Failed,
            Diagnostic::error(Code::NO_PROJECT, message).note("nothing was written").hint("s init"),
        ));
    };
    let count = edits.len();
    let mut tree = NewTree::new(PROPOSED);
    for edit in edits {
        context.frontend().status("Proposed", &format!("{}: {}", edit.path, edit.why));
        tree.add(&edit.path, edit.content.into_bytes()).map_err(|error| refuse(error.to_string()))?;
    }
    let question = format!("write {count} files of this project?");
    if context.frontend().confirm(Some(entry.id()), &question, false) != Some(true) {
        return Err(refuse("the proposal was not accepted".to_owned()));
    }
    tree.commit_changes(root).map_err(|error| exists(error, refuse))
}
