//! `pnpm install`.

use std::path::Path;

use anyhow::Result;
use serde_json::json;

use super::{FIRST, Step, Tool};
use crate::graph::Need;
use crate::shape::npm_dependencies;

/// The package manager with one store.
pub(crate) struct Pnpm;

impl Tool for Pnpm {
    fn name(&self) -> &'static str {
        "pnpm"
    }

    fn write_home(&self, _home: &Path, _origin: &str) -> Result<()> {
        Ok(())
    }

    fn write_manifest(&self, project: &Path, needs: &[Need], origin: &str) -> Result<()> {
        let manifest =
            json!({ "name": "bench", "version": "0.1.0", "dependencies": npm_dependencies(needs) });
        std::fs::write(project.join("package.json"), manifest.to_string())?;
        std::fs::write(project.join(".npmrc"), format!("registry={origin}/npm/\n"))?;
        // Waiting a day before a version is taken, and looking for a newer pnpm, are not installing.
        let settings =
            "minimumReleaseAge: 0\nconfirmModulesPurge: false\npmOnFail: ignore\nupdateNotifier: false\n";
        Ok(std::fs::write(project.join("pnpm-workspace.yaml"), settings)?)
    }

    fn arguments(&self, step: Step) -> &'static [&'static str] {
        match step {
            Step::Install => {
                &["install", "--no-frozen-lockfile", "--ignore-scripts", "--reporter=append-only"]
            }
            Step::InstallLocked => {
                &["install", "--frozen-lockfile", "--ignore-scripts", "--reporter=append-only"]
            }
            Step::Lock | Step::Relock => {
                &["install", "--lockfile-only", "--ignore-scripts", "--reporter=append-only"]
            }
            Step::UpdateFirst => &["update", FIRST, "--ignore-scripts", "--reporter=append-only"],
        }
    }

    fn environment(&self, home: &Path) -> Vec<(&'static str, String)> {
        let below = |name: &str| home.join(name).display().to_string();
        vec![
            ("PNPM_HOME", below("pnpm")),
            ("XDG_DATA_HOME", below("data")),
            ("XDG_CACHE_HOME", below("cache")),
            ("XDG_STATE_HOME", below("state")),
            ("XDG_CONFIG_HOME", below("config")),
        ]
    }

    fn lock_name(&self) -> &'static str {
        "pnpm-lock.yaml"
    }

    fn holds_compatible_versions(&self) -> bool {
        true
    }
}
