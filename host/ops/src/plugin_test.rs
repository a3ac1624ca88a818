//! Replays the fixtures of a plugin: the real engine, the real checks, and no network.
//!
//! A fixture states one call, what the outside answers, and what the plugin has to answer. Each is
//! run as it was recorded, and then as the world would have it on a bad day; all of that is decided
//! by the fixture and its name, so that a run that failed fails again.

mod expect;
mod fixture;
mod replay;
mod services;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use s_capability::{ConfigValues, Consent, Rights, Surroundings, check};
use s_component::InspectLimits;
use s_diag::{Code, Diagnostic};
use s_plugin::{Cause, Code as MachineCode, Plugin};
use s_store::{Staging, files};

use crate::Context;
use crate::failure::{Failure, FailureKind};
use crate::plugin_call::{CallConfig, Performed, fault_json, perform};
use crate::plugins::catalog::{Entry, Level};
use crate::plugins::folder::PluginFolder;
use crate::plugins::launch::{configure, refused};
use fixture::Fixture;
use replay::{Replay, Variation};
use services::FixtureServices;

/// Which fixtures to replay.
#[derive(Clone, Debug)]
pub struct TestRequest {
    /// The folder with `plugin.toml`.
    pub folder: PathBuf,
    /// Only those whose name contains this.
    pub only: Option<String>,
}

/// How the runs of one fixture went.
#[derive(Clone, Debug)]
pub struct FixtureReport {
    /// Its file, without folder and ending.
    pub name: String,
    /// Requests the plugin sent when it was run as recorded.
    pub requests: usize,
    /// Most linear memory when it was run as recorded.
    pub memory_bytes_peak: u64,
    /// Every run, in order.
    pub runs: Vec<RunReport>,
}

/// How one run went.
#[derive(Clone, Debug)]
pub struct RunReport {
    /// What was different, such as `request 2 fails`.
    pub name: String,
    /// What was wrong; none when all was well.
    pub failure: Option<String>,
    /// What the plugin wrote into its log, when it failed.
    pub log: Vec<String>,
}

impl FixtureReport {
    /// Whether every run went well.
    pub fn passed(&self) -> bool {
        self.runs.iter().all(|run| run.failure.is_none())
    }
}

/// Replays fixtures in the order of their names.
pub fn plugin_test(context: &Arc<Context>, request: &TestRequest) -> Result<Vec<FixtureReport>, Failure> {
    let folder = PluginFolder::read(context, &request.folder)?;
    let fixtures = fixture::read_all(context, &folder, request.only.as_deref())?;
    let bench = Bench::new(context, &folder)?;
    fixtures.iter().map(|fixture| bench.replay(fixture)).collect()
}

/// A plugin, ready to be run again and again.
struct Bench<'a> {
    context: &'a Arc<Context>,
    entry: Entry,
    code: MachineCode,
}

impl Bench<'_> {
    fn new<'a>(context: &'a Arc<Context>, folder: &PluginFolder) -> Result<Bench<'a>, Failure> {
        let path = folder.component();
        let shown = context.shown(&path);
        let build = |message: String| {
            let diagnostic = Diagnostic::error(Code::EMBEDDED_MANIFEST, message).hint("s plugin build");
            Failure::new(FailureKind::Failed, diagnostic)
        };
        let bytes = match files::read_capped(&path, InspectLimits::default().size_bytes_max) {
            Err(error) if error.is_not_found() => return Err(build(format!("`{shown}` was not built yet"))),
            read => read?,
        };
        let entry = Entry::loose(Level::User, bytes, &shown, format!("path+{shown}"))?;
        if !entry.manifest.same_as(&folder.manifest) {
            return Err(build(format!("`{shown}` was built from another `plugin.toml`")));
        }
        let engine = context.engine_for(entry.manifest.kind)?;
        let code = engine.load(&entry.bytes(), entry.digest, &context.compiler())?;
        Ok(Bench { context, entry, code })
    }

    /// All runs of one fixture.
    fn replay(&self, fixture: &Fixture) -> Result<FixtureReport, Failure> {
        let recorded = self.run(fixture, Variation::Recorded, None)?;
        let (requests, memory_bytes_peak) = (recorded.requests, recorded.memory_bytes_peak);
        let mut runs = vec![recorded.report("as recorded".to_owned())];
        if requests > 0 {
            runs.push(
                self.run(fixture, Variation::OneByteBodies, None)?.report("one-byte bodies".to_owned()),
            );
        }
        if requests > 1 {
            let seed = seed_of(&fixture.name);
            runs.push(
                self.run(fixture, Variation::Shuffled { seed }, None)?.report("shuffled answers".to_owned()),
            );
        }
        for index in 0..requests {
            let failing = self.run(fixture, Variation::Failing { index }, None)?;
            runs.push(failing.report(format!("request {} fails", index + 1)));
        }
        let memory = memory_bytes_peak.saturating_mul(2);
        runs.push(self.run(fixture, Variation::Recorded, Some(memory))?.report("little memory".to_owned()));
        Ok(FixtureReport { name: fixture.name.clone(), requests, memory_bytes_peak, runs })
    }

    fn run(
        &self,
        fixture: &Fixture,
        variation: Variation,
        memory_bytes: Option<u64>,
    ) -> Result<Ran, Failure> {
        let views = views_of(fixture, self.context)?;
        let (config, mut rights) = self.rights(fixture, &views)?;
        if let Some(bytes) = memory_bytes {
            rights.limits.memory_bytes = rights.limits.memory_bytes.min(bytes);
        }
        let replay = Arc::new(Replay::new(fixture.http.clone(), variation));
        let services = Arc::new(FixtureServices::new(fixture, Arc::clone(&replay)));
        let plugin = Plugin {
            engine: self.context.engine_for(self.entry.manifest.kind)?,
            code: self.code.clone(),
            id: self.entry.id().clone(),
            version: self.entry.manifest.version.to_string(),
            worlds: self.entry.manifest.worlds.clone(),
            rights,
            services: Arc::clone(&services) as Arc<dyn s_plugin::Services>,
            cancel: self.context.cancel().clone(),
        };
        let call = perform(&plugin, self.entry.manifest.kind, &fixture.call, fixture.args.clone(), &config);
        let mut performed = plugin.engine.clone().block_on(call)?;
        if let (Ok(serde_json::Value::Object(answer)), "subcommand.run") =
            (&mut performed.answer, &*fixture.call)
        {
            answer.insert("printed".to_owned(), services.printed().into());
        }
        if let Err(error) = &performed.answer
            && matches!(error.cause, Cause::Cancelled)
        {
            return Err(Failure::from(performed.answer.expect_err("it was just seen")));
        }
        let failure = judge(fixture, &variation, &performed, &replay);
        Ok(Ran {
            failure,
            requests: replay.sent(),
            memory_bytes_peak: performed.usage.memory_bytes_peak,
            log: services.log_lines(),
        })
    }

    /// What the plugin may do in a fixture: all it asks for, with the fixture's own directories.
    fn rights(
        &self,
        fixture: &Fixture,
        views: &BTreeMap<String, Staging>,
    ) -> Result<(CallConfig, Rights), Failure> {
        let manifest = &self.entry.manifest;
        let mut stated = fixture.config.clone();
        let named = !manifest.config.contains_key("name");
        let name = if named { stated.remove("name") } else { None };
        let (config, asked): (ConfigValues, _) = configure(&self.entry, &stated)?;
        let imports = self.code.imports(&self.context.engine_for(manifest.kind)?);
        let integrity = self.entry.digest.to_string();
        let ceiling = self.context.ceiling();
        let none = BTreeMap::new();
        let surroundings = Surroundings { integrity: &integrity, ceiling: &ceiling, views: &none };
        let mut rights = check(&imports, manifest, &asked, Consent::OneRun, None, surroundings)
            .map_err(|refusal| refused(manifest, &asked, &integrity, &refusal))?;
        // Whatever the configuration names, a fixture sees its own files and no others.
        for (name, directory) in &mut rights.views {
            *directory = views.get(name).map(|staged| staged.path().to_owned());
        }
        let options = config.iter().map(|(key, value)| (key.to_owned(), value.to_owned())).collect();
        let name = name.unwrap_or_else(|| self.entry.id().name().to_owned());
        Ok((CallConfig { name, options }, rights))
    }
}

/// Writes the directories of a fixture where nobody looks; they go when the run is over.
fn views_of(fixture: &Fixture, context: &Context) -> Result<BTreeMap<String, Staging>, Failure> {
    let mut views = BTreeMap::new();
    if fixture.files.is_empty() {
        return Ok(views);
    }
    let under = context.home().cache().join("fixtures");
    files::create_dir_all(&under, s_store::Access::Private)?;
    for file in &fixture.files {
        if !views.contains_key(&file.view) {
            views.insert(file.view.clone(), Staging::new(&under)?);
        }
        let path = views[&file.view].path().join(&file.path);
        if let Some(parent) = path.parent() {
            files::create_dir_all(parent, s_store::Access::Private)?;
        }
        files::write_atomic(&path, &file.content, s_store::Access::Private)?;
    }
    Ok(views)
}

/// One run before it has a name.
struct Ran {
    failure: Option<String>,
    requests: usize,
    memory_bytes_peak: u64,
    log: Vec<String>,
}

impl Ran {
    fn report(self, name: String) -> RunReport {
        let log = if self.failure.is_some() { self.log } else { Vec::new() };
        RunReport { name, failure: self.failure, log }
    }
}

/// Says what was wrong with a run.
fn judge(fixture: &Fixture, variation: &Variation, performed: &Performed, replay: &Replay) -> Option<String> {
    let fault = match &performed.answer {
        Ok(_) => None,
        Err(error) => match &error.cause {
            Cause::Fault(fault) => Some(fault_json(fault)),
            // No answer at all is never what a fixture wants.
            cause => return Some(format!("it ended without an answer: {cause}")),
        },
    };
    if matches!(variation, Variation::Failing { .. }) {
        // With an answer or an error of its own: which, is the plugin's to decide.
        return None;
    }
    if let Some(request) = replay.unmatched().first() {
        return Some(format!("it asked for `{request}`, which no `[[http]]` of the fixture answers"));
    }
    let answer = match (&performed.answer, fault) {
        (_, Some(fault)) => Err(fault),
        (Ok(answer), None) => Ok(answer.clone()),
        (Err(_), None) => return None,
    };
    expect::difference(&fixture.expect, &answer).or_else(|| {
        let max = fixture.expect.max_memory_bytes?;
        let peak = performed.usage.memory_bytes_peak;
        (peak > max).then(|| format!("it used {peak} bytes of memory, more than {max}"))
    })
}

/// The same for the same fixture, on every machine.
fn seed_of(name: &str) -> u64 {
    let digest = s_store::Sha256Digest::of(name.as_bytes());
    let first: [u8; 8] = digest.as_bytes()[..8].try_into().expect("a digest has 32 bytes");
    u64::from_le_bytes(first)
}
