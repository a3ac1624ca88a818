//! `s`, with the built-in plugin for registry servers.

use std::path::Path;

use anyhow::Result;

use super::{FIRST, Step, Tool};
use crate::graph::Need;
use crate::shape::stryke_requirement;

/// `s` itself.
pub(crate) struct S;

impl Tool for S {
    fn name(&self) -> &'static str {
        "s"
    }

    fn write_home(&self, _home: &Path, _origin: &str) -> Result<()> {
        Ok(())
    }

    fn write_manifest(&self, project: &Path, needs: &[Need], origin: &str) -> Result<()> {
        let mut text = "[package]\nname = \"bench\"\nversion = \"0.1.0\"\n\n[deps]\n".to_owned();
        for need in needs {
            text.push_str(&format!("{} = \"{}\"\n", need.name, stryke_requirement(need)));
        }
        text.push_str(&format!(
            "\n[registries.bench]\nurl = \"{origin}/stryke\"\nplugin = \"stryke/registry-stryke\"\n"
        ));
        Ok(std::fs::write(project.join("stryke.toml"), text)?)
    }

    fn arguments(&self, step: Step) -> &'static [&'static str] {
        match step {
            Step::Install => &["install"],
            Step::InstallLocked => &["install", "--locked"],
            Step::Lock | Step::Relock => &["lock"],
            Step::UpdateFirst => &["update", FIRST],
        }
    }

    fn environment(&self, home: &Path) -> Vec<(&'static str, String)> {
        vec![("STRYKE_HOME", home.join("stryke").display().to_string())]
    }

    fn lock_name(&self) -> &'static str {
        "stryke.lock"
    }

    /// Machine code of the plugin, and the key that authenticates it.
    fn kept_when_cold(&self) -> &'static [&'static str] {
        &["stryke/plugins/", "stryke/private/"]
    }
}
