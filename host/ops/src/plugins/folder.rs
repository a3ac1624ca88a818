//! A folder in which a plugin is written: `plugin.toml`, sources, fixtures.

use std::path::{Path, PathBuf};

use s_capability::Manifest;
use s_component::MANIFEST_MAX_BYTES;
use s_diag::{Code, Diagnostic, Source};
use s_store::files;

use crate::Context;
use crate::failure::{Failure, FailureKind};

/// The name of the manifest.
pub const PLUGIN_TOML: &str = "plugin.toml";

/// A folder with a manifest that was read.
#[derive(Debug)]
pub struct PluginFolder {
    /// Where it is, absolute.
    pub path: PathBuf,
    /// What `plugin.toml` says.
    pub manifest: Manifest,
    /// The same to the byte, as it is embedded, under the name it is shown with.
    pub source: Source,
}

impl PluginFolder {
    /// Reads the manifest of a folder; a relative path is relative to where the user is.
    pub fn read(context: &Context, folder: &Path) -> Result<PluginFolder, Failure> {
        let path = context.directory().join(folder);
        let file = path.join(PLUGIN_TOML);
        let text = match files::read_to_string(&file, MANIFEST_MAX_BYTES as u64) {
            Ok(text) => text,
            Err(error) if error.is_not_found() => {
                let message = format!("there is no `{PLUGIN_TOML}` in `{}`", context.shown(&path));
                let diagnostic = Diagnostic::error(Code::PLUGIN_FOLDER, message)
                    .hint("begin a plugin: s plugin new --kind registry acme-registry");
                return Err(Failure::new(FailureKind::Failed, diagnostic));
            }
            Err(error) => return Err(error.into()),
        };
        let source = Source::new(context.shown(&file), text);
        let manifest = Manifest::parse(&source).map_err(Failure::mistakes)?;
        Ok(PluginFolder { path, manifest, source })
    }

    /// Where the component is written.
    pub fn component(&self) -> PathBuf {
        self.path.join(&self.manifest.component)
    }
}
