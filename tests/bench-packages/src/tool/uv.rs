//! `uv sync`. The environment it makes first is part of it.

use std::path::{Path, PathBuf};

use anyhow::Result;

use super::{FIRST, Step, Tool};
use crate::graph::Need;
use crate::shape::python_requirement;

/// The package manager for Python.
pub(crate) struct Uv {
    /// The interpreter it is given.
    pub(crate) python: PathBuf,
}

impl Tool for Uv {
    fn name(&self) -> &'static str {
        "uv"
    }

    fn write_home(&self, _home: &Path, _origin: &str) -> Result<()> {
        Ok(())
    }

    fn write_manifest(&self, project: &Path, needs: &[Need], origin: &str) -> Result<()> {
        let mut text =
            "[project]\nname = \"bench\"\nversion = \"0.1.0\"\nrequires-python = \">=3.8\"\ndependencies = [\n"
                .to_owned();
        for need in needs {
            text.push_str(&format!("    \"{}\",\n", python_requirement(need)));
        }
        text.push_str(&format!("]\n\n[[tool.uv.index]]\nurl = \"{origin}/simple/\"\ndefault = true\n"));
        Ok(std::fs::write(project.join("pyproject.toml"), text)?)
    }

    fn arguments(&self, step: Step) -> &'static [&'static str] {
        match step {
            Step::Install => &["sync", "--no-progress"],
            Step::InstallLocked => &["sync", "--locked", "--no-progress"],
            Step::Lock | Step::Relock => &["lock", "--no-progress"],
            Step::UpdateFirst => &["sync", "--upgrade-package", FIRST, "--no-progress"],
        }
    }

    fn environment(&self, home: &Path) -> Vec<(&'static str, String)> {
        vec![
            ("UV_CACHE_DIR", home.join("cache").display().to_string()),
            ("UV_PYTHON", self.python.display().to_string()),
            ("UV_PYTHON_DOWNLOADS", "never".to_owned()),
            ("UV_COMPILE_BYTECODE", "0".to_owned()),
        ]
    }

    fn lock_name(&self) -> &'static str {
        "uv.lock"
    }

    /// What it found out about the interpreter.
    fn kept_when_cold(&self) -> &'static [&'static str] {
        &["cache/interpreter-v"]
    }
}
