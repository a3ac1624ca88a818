//! `bun install`.

use std::path::Path;

use anyhow::Result;
use serde_json::json;

use super::{FIRST, Step, Tool};
use crate::graph::Need;
use crate::shape::npm_dependencies;

/// The runtime's package manager.
pub(crate) struct Bun;

impl Tool for Bun {
    fn name(&self) -> &'static str {
        "bun"
    }

    fn write_home(&self, _home: &Path, _origin: &str) -> Result<()> {
        Ok(())
    }

    fn write_manifest(&self, project: &Path, needs: &[Need], origin: &str) -> Result<()> {
        let manifest =
            json!({ "name": "bench", "version": "0.1.0", "dependencies": npm_dependencies(needs) });
        std::fs::write(project.join("package.json"), manifest.to_string())?;
        let settings = format!("telemetry = false\n\n[install]\nregistry = \"{origin}/npm/\"\n");
        Ok(std::fs::write(project.join("bunfig.toml"), settings)?)
    }

    fn arguments(&self, step: Step) -> &'static [&'static str] {
        match step {
            Step::Install => &["install", "--ignore-scripts", "--no-progress"],
            Step::InstallLocked => &["install", "--frozen-lockfile", "--ignore-scripts", "--no-progress"],
            Step::Lock | Step::Relock => &["install", "--lockfile-only", "--ignore-scripts", "--no-progress"],
            Step::UpdateFirst => &["update", FIRST, "--ignore-scripts", "--no-progress"],
        }
    }

    fn environment(&self, home: &Path) -> Vec<(&'static str, String)> {
        vec![
            ("BUN_INSTALL_CACHE_DIR", home.join("cache").display().to_string()),
            ("BUN_TMPDIR", home.join("tmp").display().to_string()),
            ("DO_NOT_TRACK", "1".to_owned()),
        ]
    }

    fn lock_name(&self) -> &'static str {
        "bun.lock"
    }

    fn holds_compatible_versions(&self) -> bool {
        true
    }
}
