//! What happens before a run, and what is measured in it.
//!
//! Each tool has a workplace for a graph: what its home holds when it is cold, a lock, and a project
//! that was installed with a home that is warm. A run begins with a copy of what it needs, in a folder of its own.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};

use crate::call::{Call, measure};
use crate::folders::{copy, count};
use crate::graph::{Graph, Need, Version};
use crate::tool::{Found, Step};

/// What is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scenario {
    /// Cold, no lock.
    ColdNoLock,
    /// Cold, with a lock.
    ColdLock,
    /// The home is warm, the project is fresh and has a lock.
    WarmLock,
    /// Everything is there.
    NoOp,
    /// The manifest has a package more than the lock.
    AddOne,
    /// The lock has an older version of a package than the manifest admits by now.
    UpdateOne,
    /// The manifest asks for less than it did; nothing is installed.
    Relock,
    /// As many processes as [`PROCESSES`], each with a project and a lock, one cold home.
    Together,
    /// Cold, no lock, and nothing is installed.
    Resolve,
}

/// Processes that run at once.
pub(crate) const PROCESSES: usize = 16;

impl Scenario {
    /// What it is called in tables.
    pub(crate) fn title(self) -> &'static str {
        match self {
            Scenario::ColdNoLock => "A: cold, no lock",
            Scenario::ColdLock => "B: cold, with a lock",
            Scenario::WarmLock => "C: store warm, project fresh, with a lock",
            Scenario::NoOp => "D: nothing to do",
            Scenario::AddOne => "E: one package more",
            Scenario::UpdateOne => "F: one package updated",
            Scenario::Relock => "G: lock again after a change, install nothing",
            Scenario::Together => "H: 16 processes, one empty store",
            Scenario::Resolve => "cold, lock only",
        }
    }
}

/// The places of one tool for one graph.
pub(crate) struct Workplace<'a> {
    found: &'a Found,
    graph: &'a Graph,
    origin: &'a str,
    /// A home that is cold.
    cold: PathBuf,
    /// A home that is warm.
    warm: PathBuf,
    /// A project that was installed.
    installed: PathBuf,
    /// Where each run has a folder of its own.
    runs: PathBuf,
    /// How many runs there were. What they leave stays to the end: a file system that has just deleted thousands of
    /// files may take ten times as long to make new ones, at the cost of whoever comes next.
    run: usize,
    /// How many packages were added to the installed project.
    added: usize,
    /// Whether the change of the manifest is there.
    changed: bool,
    /// Whether the manifest admits no newest version of its first package.
    held: bool,
}

impl<'a> Workplace<'a> {
    /// Makes the places of a tool below a folder. Where `install` is false nothing is installed, and
    /// only [`Scenario::Resolve`] can run.
    ///
    /// # Errors
    /// A tool that cannot install the graph: with what it said.
    pub(crate) fn prepare(
        found: &'a Found,
        graph: &'a Graph,
        origin: &'a str,
        folder: &Path,
        install: bool,
    ) -> Result<Workplace<'a>> {
        let below = |name: &str| folder.join(name);
        let (cold, warm, installed, runs) = (below("cold"), below("warm"), below("installed"), below("runs"));
        std::fs::create_dir_all(&warm)?;
        found.tool.write_home(&warm, origin)?;
        let workplace = Workplace {
            found,
            graph,
            origin,
            cold,
            warm,
            installed,
            runs,
            run: 0,
            added: 0,
            changed: false,
            held: false,
        };
        workplace.fresh(&workplace.installed)?;
        let step = if install { Step::Install } else { Step::Lock };
        measure(&[workplace.step(step, &workplace.warm, &workplace.installed)])
            .with_context(|| format!("prepare {} for {}", found.tool.name(), graph.name))?;
        let kept = found.tool.kept_when_cold();
        copy(&workplace.warm, &workplace.cold, &|path| kept.iter().any(|start| path.starts_with(start)))?;
        found.tool.write_home(&workplace.cold, origin)?;
        if install {
            workplace.check()?;
        }
        Ok(workplace)
    }

    /// The name of the tool.
    pub(crate) fn name(&self) -> &'static str {
        self.found.tool.name()
    }

    /// Makes ready for a run, and gives what is to be measured.
    ///
    /// # Errors
    /// Those of the operating system, and of a tool that cannot make a project ready.
    pub(crate) fn before(&mut self, scenario: Scenario) -> Result<Vec<Call>> {
        let run = self.next_run();
        let (home, project) = (run.join("home"), run.join("project"));
        Ok(match scenario {
            Scenario::ColdNoLock | Scenario::Resolve => {
                self.cold_home(&home)?;
                self.fresh(&project)?;
                let step = if scenario == Scenario::Resolve { Step::Lock } else { Step::Install };
                vec![self.step(step, &home, &project)]
            }
            Scenario::ColdLock => {
                self.cold_home(&home)?;
                self.locked(&project)?;
                vec![self.step(Step::InstallLocked, &home, &project)]
            }
            Scenario::WarmLock => {
                self.locked(&project)?;
                vec![self.step(Step::InstallLocked, &self.warm, &project)]
            }
            Scenario::NoOp => vec![self.step(Step::Install, &self.warm, &self.installed)],
            Scenario::AddOne => {
                self.added += 1;
                self.manifest(&self.installed)?;
                vec![self.step(Step::Install, &self.warm, &self.installed)]
            }
            Scenario::UpdateOne => {
                self.held = true;
                self.manifest(&self.installed)?;
                measure(&[self.step(Step::Install, &self.warm, &self.installed)])?;
                self.held = false;
                self.manifest(&self.installed)?;
                vec![self.step(Step::UpdateFirst, &self.warm, &self.installed)]
            }
            Scenario::Relock => {
                self.changed = !self.changed;
                self.manifest(&self.installed)?;
                vec![self.step(Step::Relock, &self.warm, &self.installed)]
            }
            Scenario::Together => {
                self.cold_home(&home)?;
                let mut calls = Vec::with_capacity(PROCESSES);
                for number in 0..PROCESSES {
                    let project = run.join(format!("project{number}"));
                    self.locked(&project)?;
                    calls.push(self.step(Step::InstallLocked, &home, &project));
                }
                calls
            }
        })
    }

    /// The first run of all, without even the home that [`Workplace::before`] begins with.
    ///
    /// # Errors
    /// Those of the operating system.
    pub(crate) fn before_with_nothing(&mut self) -> Result<Call> {
        let run = self.next_run();
        let (home, project) = (run.join("home"), run.join("project"));
        std::fs::create_dir_all(&home)?;
        self.found.tool.write_home(&home, self.origin)?;
        self.locked(&project)?;
        Ok(self.step(Step::InstallLocked, &home, &project))
    }

    /// A folder that nobody used.
    fn next_run(&mut self) -> PathBuf {
        self.run += 1;
        self.runs.join(self.run.to_string())
    }

    fn step(&self, step: Step, home: &Path, project: &Path) -> Call {
        self.found.call(home, project, self.found.tool.arguments(step))
    }

    fn cold_home(&self, home: &Path) -> Result<()> {
        copy(&self.cold, home, &|_| true)
    }

    /// A project that has only its manifest.
    fn fresh(&self, project: &Path) -> Result<()> {
        std::fs::create_dir_all(project)?;
        self.manifest(project)
    }

    /// A project that has its manifest and its lock.
    fn locked(&self, project: &Path) -> Result<()> {
        self.fresh(project)?;
        let name = self.found.tool.lock_name();
        std::fs::copy(self.installed.join(name), project.join(name))?;
        Ok(())
    }

    fn manifest(&self, project: &Path) -> Result<()> {
        let mut needs: Vec<Need> = self.graph.roots.clone();
        if self.changed {
            needs[0].from = Version(1, 1, 0);
        }
        if self.held {
            let releases = &self.graph.packages[0].releases;
            needs[0].below = releases.last().context("a package has versions")?.version;
        }
        for number in 0..self.added {
            match self.graph.extras.get(number) {
                Some(extra) => needs.push(extra.clone()),
                None => bail!("the graph has fewer packages to add than there are runs"),
            }
        }
        self.found.tool.write_manifest(project, &needs, self.origin)
    }

    /// Whether what was installed is all there.
    fn check(&self) -> Result<()> {
        let newest = self.graph.packages[0].releases.last().context("a package has versions")?;
        let name = format!("part{:03}.txt", newest.file_count - 1);
        let expected = self.graph.needed_count();
        let found = count(&self.warm, &name).max(count(&self.installed, &name));
        // A store by content has other names; its project has these.
        if found < expected {
            bail!("{} installed {found} of {expected} packages", self.name());
        }
        Ok(())
    }
}
