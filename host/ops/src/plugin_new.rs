//! The first files of a plugin: a crate that builds with plain cargo, all of it or nothing.
//!
//! The kit it depends on is copied into it, with the interface text, so that nothing has to be
//! published for an author to begin and the crate still builds in ten years.

mod kit;
mod template;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use s_capability::{Kind, PluginId};
use s_diag::{Code, Diagnostic};
use s_store::{NewTree, TreeLimits};

use crate::Context;
use crate::failure::{Failure, FailureKind};

/// What to begin.
#[derive(Clone, Debug)]
pub struct NewPlugin {
    /// The folder to make; its last part names the crate.
    pub folder: PathBuf,
    /// What it will do.
    pub kind: Kind,
    /// Its id; none for one under `example/`.
    pub id: Option<String>,
}

/// What was made.
#[derive(Clone, Debug)]
pub struct NewFiles {
    /// The folder.
    pub folder: PathBuf,
    /// The id in its manifest.
    pub id: PluginId,
    /// Every file, relative to the folder, sorted.
    pub files: Vec<String>,
}

const LIMITS: TreeLimits = TreeLimits { file_count_max: 1000, size_max_bytes: 16 << 20 };

/// Writes the first files of a plugin into a folder that does not exist yet.
pub fn plugin_new(context: &Arc<Context>, request: &NewPlugin) -> Result<NewFiles, Failure> {
    let folder = context.directory().join(&request.folder);
    let name = crate_name(&folder)?;
    let id: PluginId = match &request.id {
        Some(id) => id.parse().map_err(|error| bad_id(id, &error))?,
        None => format!("example/{name}").parse().map_err(|error| bad_id(&name, &error))?,
    };
    let mut tree = NewTree::new(LIMITS);
    for (path, text) in template::files(request.kind, &name, &id).into_iter().chain(kit::files()) {
        tree.add(&path, text.into_bytes())?;
    }
    let parent = folder.parent().unwrap_or(context.directory());
    s_store::files::create_dir_all(parent, s_store::Access::Shared)?;
    tree.commit_new_directory(parent, &name).map_err(|error| {
        if !error.is_already_exists() {
            return error.into();
        }
        let message = format!("`{}` is already there", context.shown(&folder));
        let diagnostic = Diagnostic::error(Code::ALREADY_EXISTS, message).note("nothing was written");
        Failure::new(FailureKind::Failed, diagnostic)
    })?;
    Ok(NewFiles { folder, id, files: tree.paths().map(str::to_owned).collect() })
}

fn crate_name(folder: &Path) -> Result<String, Failure> {
    let name = folder.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let fits = name.starts_with(|first: char| first.is_ascii_lowercase())
        && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
        && !name.ends_with('-')
        && name.len() <= 40;
    // A crate of that name would stand in for the kit or for what every crate has.
    if fits && !["s-guest", "std", "core", "alloc", "test", "proc-macro"].contains(&name.as_str()) {
        return Ok(name);
    }
    let message = format!("`{name}` cannot be the name of a plugin");
    let diagnostic = Diagnostic::error(Code::PLUGIN_NAME, message)
        .note("a name has up to 40 lower-case letters, digits and `-`, and begins with a letter");
    Err(Failure::new(FailureKind::Usage, diagnostic))
}

fn bad_id(id: &str, error: &s_capability::PluginIdError) -> Failure {
    let message = format!("`{id}` cannot be the id of a plugin: {error}");
    let diagnostic = Diagnostic::error(Code::PLUGIN_NAME, message)
        .hint("it has the form ORGANISATION/NAME: --id acme/sbom");
    Failure::new(FailureKind::Usage, diagnostic)
}
