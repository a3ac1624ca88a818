//! `cargo fetch`, which installs and does not build.

use std::path::Path;

use anyhow::Result;

use super::{FIRST, Step, Tool};
use crate::graph::Need;
use crate::shape::cargo_requirement;

/// The package manager for Rust.
pub(crate) struct Cargo;

impl Tool for Cargo {
    fn name(&self) -> &'static str {
        "cargo"
    }

    fn write_home(&self, home: &Path, origin: &str) -> Result<()> {
        let folder = home.join("cargo");
        std::fs::create_dir_all(&folder)?;
        let settings = format!(
            "[source.crates-io]\nreplace-with = \"bench\"\n\n[source.bench]\nregistry = \"sparse+{origin}/cargo/index/\"\n\n[cache]\nauto-clean-frequency = \"never\"\n"
        );
        Ok(std::fs::write(folder.join("config.toml"), settings)?)
    }

    fn write_manifest(&self, project: &Path, needs: &[Need], _origin: &str) -> Result<()> {
        let mut text =
            "[package]\nname = \"bench\"\nversion = \"0.1.0\"\nedition = \"2021\"\n\n[dependencies]\n"
                .to_owned();
        for need in needs {
            text.push_str(&format!("{} = \"{}\"\n", need.name, cargo_requirement(need)));
        }
        std::fs::write(project.join("Cargo.toml"), text)?;
        std::fs::create_dir_all(project.join("src"))?;
        Ok(std::fs::write(project.join("src/lib.rs"), "")?)
    }

    fn arguments(&self, step: Step) -> &'static [&'static str] {
        match step {
            Step::Install => &["fetch", "--quiet"],
            Step::InstallLocked => &["fetch", "--quiet", "--locked"],
            Step::Lock => &["generate-lockfile", "--quiet"],
            Step::Relock => &["update", "--quiet", "--workspace"],
            // It is brought by the next command that needs it.
            Step::UpdateFirst => &["update", "--quiet", FIRST],
        }
    }

    fn environment(&self, home: &Path) -> Vec<(&'static str, String)> {
        vec![("CARGO_HOME", home.join("cargo").display().to_string())]
    }

    fn lock_name(&self) -> &'static str {
        "Cargo.lock"
    }
}
