//! What tests of operations share: a context with a home and a directory of its own.

use std::path::PathBuf;
use std::sync::Arc;

use s_plugin::Cancel;
use tempfile::TempDir;

use crate::{Context, Frontend, Quiet, Setup};

/// A context in a directory that is removed with it.
pub(crate) struct Scene {
    pub(crate) context: Arc<Context>,
    directory: TempDir,
}

/// A scene in which nobody can be asked.
pub(crate) fn scene() -> Scene {
    scene_with(Arc::new(Quiet))
}

pub(crate) fn scene_with(frontend: Arc<dyn Frontend>) -> Scene {
    let directory = TempDir::new().unwrap();
    let home = directory.path().join("home").into_os_string();
    let setup = Setup {
        directory: directory.path().to_owned(),
        environment: Arc::new(move |name| (name == "STRYKE_HOME").then(|| home.clone())),
        frontend,
        offline: false,
        compiler_arguments: Vec::new(),
        cancel: Cancel::new(),
    };
    Scene { context: Context::new(setup).unwrap(), directory }
}

impl Scene {
    /// A path below the directory.
    pub(crate) fn path(&self, path: &str) -> PathBuf {
        self.directory.path().join(path)
    }
}
