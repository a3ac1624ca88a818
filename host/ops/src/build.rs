//! From a program to an executable: `s build`.
//!
//! A program is compiled to pieces, the pieces become atoms, and the target pack's linker, a plugin in
//! the sandbox, makes one file of them and the runtime. Nothing of the system is used for it: no
//! compiler, no linker, no library. What comes out depends on the sources, the packages, the target and
//! `s` itself, and on nothing else: not on folders, homes, times or the number of threads.
//!
//! Beside the executables of a project a record says what each was made from. Where it says that
//! nothing changed, neither code is made nor anything linked.

mod atoms;
mod inventory;
mod kept;
pub mod link;
mod objects;
mod record;
mod target;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use s_diag::{Code, Diagnostic, Severity};
use s_driver::object::Codes;
use s_driver::{Compilation, Loaded, Options, Recorder, Sources, object};
use s_project::{LockedPackage, MANIFEST_NAME};
use s_store::files::{self, Access};
use s_store::{Sha256Digest, Sha256Hasher};

use crate::Context;
use crate::failure::{Failure, FailureKind};
use crate::identity::{Tool, tool};
use crate::language::DiskFiles;
use crate::packages::{MAIN, Project};
use kept::KeptCodes;
use link::{Image, LinkJob, Linked, Note};
use record::{Record, Recorded};
use target::BuildTarget;

pub use inventory::{is_executable, packages_in};

/// What is to be built.
#[derive(Clone, Debug, Default)]
pub struct BuildRequest {
    /// A file by itself; without one, programs of the package the user is in.
    pub file: Option<PathBuf>,
    /// The member of the workspace that is meant.
    pub member: Option<String>,
    /// Only the program of this name.
    pub program: Option<String>,
    /// Small and without names and lines, instead of with what debuggers and profilers show.
    pub release: bool,
    /// For which machine and system; without one, this one.
    pub target: Option<String>,
    /// Where the executable goes; only for one program.
    pub output: Option<PathBuf>,
    /// What else is written, beside the executable.
    pub emit: Vec<Emit>,
    /// The program is plain Perl 5.
    pub compat: bool,
    /// Folders of modules that belong to nobody.
    pub include: Vec<PathBuf>,
    /// Executables that can be loaded at any address.
    pub pie: bool,
    /// How many threads make code; without a number as many as there are processors.
    pub threads: Option<usize>,
    /// Each program is built once more, and both have to be equal.
    pub verify: bool,
}

/// What can be written beside an executable.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Emit {
    /// The middle representation as text.
    Ir,
    /// What the code generator is given, as text.
    Clif,
    /// Machine code as text.
    Asm,
    /// A relocatable object in the system's own format.
    Object,
    /// What lies where in the executable, and why it is there.
    LinkMap,
}

impl Emit {
    /// Every kind.
    pub const ALL: [Emit; 5] = [Emit::Ir, Emit::Clif, Emit::Asm, Emit::Object, Emit::LinkMap];

    /// Its word on the command line.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Emit::Ir => "ir",
            Emit::Clif => "clif",
            Emit::Asm => "asm",
            Emit::Object => "obj",
            Emit::LinkMap => "link-map",
        }
    }

    const fn ending(self) -> &'static str {
        match self {
            Emit::Ir => "ir",
            Emit::Clif => "clif",
            Emit::Asm => "s",
            Emit::Object => "o",
            Emit::LinkMap => "map",
        }
    }
}

/// An executable.
#[derive(Clone, Debug)]
pub struct Built {
    /// The name of the program.
    pub name: String,
    /// Where it is.
    pub path: PathBuf,
    /// Its size in bytes.
    pub size: u64,
    /// The digest of its bytes.
    pub digest: Sha256Digest,
    /// Functions of the program in it; none where it was up to date.
    pub functions: Option<usize>,
    /// It was what it should be already.
    pub fresh: bool,
    /// What may go wrong when it runs.
    pub warnings: Vec<Diagnostic>,
    /// What else was written.
    pub emitted: Vec<PathBuf>,
    /// How long each step took.
    pub times: Vec<(&'static str, Duration)>,
}

/// What was built.
#[derive(Clone, Debug)]
pub struct BuildSummary {
    /// The target, as its pack is called.
    pub target: String,
    /// The executables, by name.
    pub built: Vec<Built>,
}

/// Builds programs.
///
/// # Errors
///
/// What is wrong with a program, a missing pack, or what the system refuses. Executables that were
/// there before are untouched then.
pub fn build(context: &Arc<Context>, request: &BuildRequest) -> Result<BuildSummary, Failure> {
    let target = BuildTarget::find(context, request.target.as_deref())?;
    let programs = programs(context, request)?;
    if request.output.is_some() && programs.list.len() != 1 {
        let names: Vec<&str> = programs.list.iter().map(|program| program.name.as_str()).collect();
        let diagnostic = Diagnostic::error(Code::USAGE, "one name cannot be that of several executables")
            .note(format!("programs: {}", names.join(", ")))
            .hint("choose one: s build --bin NAME -o FILE");
        return Err(Failure::new(FailureKind::Usage, diagnostic));
    }
    let mut built = Vec::with_capacity(programs.list.len());
    for program in &programs.list {
        if context.cancel().is_raised() {
            let diagnostic = Diagnostic::error(Code::INTERRUPTED, "interrupted");
            return Err(Failure::new(FailureKind::Interrupted, diagnostic));
        }
        let job = Job { context, request, target: &target, programs: &programs, program };
        built.push(job.build()?);
    }
    Ok(BuildSummary { target: target.name, built })
}

/// A program that is to be built.
struct Program {
    name: String,
    /// From the folder that names are relative to.
    file: PathBuf,
}

/// The programs that are meant.
struct Programs {
    list: Vec<Program>,
    /// The folder that names in messages are relative to.
    folder: PathBuf,
    /// Where executables go; none for a file by itself.
    output: Option<PathBuf>,
    deny_eval: bool,
    pie: bool,
}

fn programs(context: &Arc<Context>, request: &BuildRequest) -> Result<Programs, Failure> {
    if let Some(file) = &request.file {
        let name = file.file_stem().unwrap_or(file.as_os_str()).to_string_lossy().into_owned();
        return Ok(Programs {
            list: vec![Program { name, file: file.clone() }],
            folder: context.directory().to_path_buf(),
            output: None,
            deny_eval: false,
            pie: request.pie,
        });
    }
    let project = Project::read(context, request.member.as_deref())?;
    let manifest = project.manifest();
    let folder = project.folder();
    let mut found = project.programs()?;
    if let Some(name) = &request.program {
        let Some(file) = found.remove(name) else { return Err(no_program(Some(name), &found)) };
        found = [(name.clone(), file)].into();
    }
    if found.is_empty() {
        return Err(no_program(None, &found));
    }
    let inside = folder.strip_prefix(&project.root).unwrap_or(Path::new("")).to_path_buf();
    Ok(Programs {
        list: found.into_iter().map(|(name, file)| Program { name, file: inside.join(file) }).collect(),
        folder: project.root.clone(),
        output: Some(project.root.join("target")),
        deny_eval: manifest.build().deny_eval,
        pie: request.pie || manifest.build().pie,
    })
}

fn no_program(name: Option<&str>, found: &std::collections::BTreeMap<String, String>) -> Failure {
    let message = match name {
        Some(name) => format!("this package has no program `{name}`"),
        None => "this package has no program".to_owned(),
    };
    let mut diagnostic = Diagnostic::error(Code::NOTHING_TO_BUILD, message);
    if found.is_empty() {
        diagnostic = diagnostic
            .note(format!("looked for `[bin]` in {MANIFEST_NAME}, for files in `bin`, and for `{MAIN}`"))
            .hint("a file by itself: s build FILE");
    } else {
        let names: Vec<&str> = found.keys().map(String::as_str).collect();
        diagnostic = diagnostic
            .note(format!("there are: {}", names.join(", ")))
            .hint(format!("for one of them: s build --bin {}", names[0]));
    }
    Failure::new(FailureKind::Failed, diagnostic)
}

/// One program on its way.
struct Job<'a> {
    context: &'a Arc<Context>,
    request: &'a BuildRequest,
    target: &'a BuildTarget,
    programs: &'a Programs,
    program: &'a Program,
}

/// A program in the middle representation.
struct Front {
    module: s_driver::Module,
    warnings: Vec<Diagnostic>,
    packages: Vec<LockedPackage>,
    /// What it was made from, where nothing else than these can change it.
    sources: Option<Sources>,
}

/// The text of a program.
struct Text {
    files: DiskFiles,
    main: Loaded,
}

impl Job<'_> {
    fn build(&self) -> Result<Built, Failure> {
        let mut times = Times::begin();
        let path = self.path();
        self.may_be_written(&path)?;
        // Only what a project builds is kept for the next time.
        let tool = self.programs.output.as_ref().and_then(|_| tool(self.context.home()));
        let record = Record::beside(&path, tool);
        let may_be_fresh = self.request.emit.is_empty() && !self.request.verify;
        let recorded = if may_be_fresh { record.read() } else { None };
        // The same bytes, and they can be run where files have a bit that says so.
        let is_there = |known: &Recorded| {
            files::digest(&path).is_ok_and(|(image, _)| image == known.image)
                && (cfg!(not(unix)) || matches!(files::is_executable(&path), Ok(true)))
        };
        let recorded = recorded.filter(is_there);
        let text = self.text()?;
        if let Some(known) = &recorded
            && let Some(sources) = &known.sources
            && sources.fit(&text.main.name, &text.main.text, &self.options(), &text.files)
            && known.given == self.given(&[inventory::note(&text.files.packages_used())])
        {
            times.step("compare");
            return self.fresh(path, known.image, Vec::new(), times);
        }
        let front = self.front(text)?;
        times.step("front end");
        let notes = [inventory::note(&front.packages)];
        let given = self.given(&notes);
        let key = self.key(&front, &given);
        times.step("fingerprint");
        if let Some(known) = recorded
            && known.key == key
        {
            record.write(&Recorded { given, sources: front.sources, ..known })?;
            times.step("compare");
            return self.fresh(path, known.image, front.warnings, times);
        }
        let threads = self.request.threads.unwrap_or_else(processors);
        let kept = tool.and_then(|tool| self.kept_codes(tool));
        let mut codes = kept.as_ref().map_or_else(|| self.no_codes(), KeptCodes::none);
        if let Some(kept) = &kept
            && !self.request.verify
        {
            kept.read(&mut codes);
        }
        let object = self.object(&front, &mut codes, threads)?;
        times.step("code");
        let linked = self.link(&object, &key, &notes)?;
        times.step("link");
        if self.request.verify {
            let other = if threads == 1 { 2 } else { 1 };
            let again = self.object(&self.front(self.text()?)?, &mut self.no_codes(), other)?;
            let again = self.link(&again, &key, &notes)?;
            if again.image != linked.image {
                return Err(not_reproduced(&linked, &again));
            }
            times.step("verify");
        }
        if let Some(folder) = path.parent() {
            files::create_dir_all(folder, Access::Shared)?;
        }
        files::write_cached(&path, &linked.image, Access::Program)?;
        let image = Sha256Digest::of(&linked.image);
        let emitted = self.emit(&front, &object, &linked, &path)?;
        if self.programs.output.is_some() && self.request.output.is_none() {
            record.write(&Recorded { key, image, given, sources: front.sources })?;
        }
        if let Some(kept) = kept {
            kept.write(&codes);
        }
        times.step("write");
        let mut warnings = front.warnings;
        warnings
            .extend(linked.warnings.iter().map(|text| Diagnostic::warning(Code::LINK_WARNING, text.clone())));
        Ok(Built {
            name: self.program.name.clone(),
            path,
            size: linked.image.len() as u64,
            digest: image,
            functions: Some(object.functions),
            fresh: false,
            warnings,
            emitted,
            times: times.done,
        })
    }

    /// Refuses to write over a source: the program's own, or, where nobody named the output, anything that
    /// no build can have made.
    fn may_be_written(&self, path: &Path) -> Result<(), Failure> {
        let is_source = files::canonicalize(path).is_ok_and(|real| {
            files::canonicalize(&self.programs.folder.join(&self.program.file)).is_ok_and(|own| own == real)
        });
        let is_strange = self.programs.output.is_none()
            && self.request.output.is_none()
            && self.target.image != Image::Other
            && files::exists(path)?
            && !is_executable(self.context, path);
        if !is_source && !is_strange {
            return Ok(());
        }
        let what = if is_source { "the program itself" } else { "there, and no executable" };
        let message = format!("`{}` is {what}: it is not written over", path.display());
        let diagnostic = Diagnostic::error(Code::USAGE, message).hint("choose another name: -o FILE");
        Err(Failure::new(FailureKind::Usage, diagnostic))
    }

    fn no_codes(&self) -> Codes {
        Codes::new(b"", self.target.machine())
    }

    /// Where code is kept between builds of a project.
    fn kept_codes(&self, tool: Tool) -> Option<KeptCodes> {
        let folder = self.programs.output.as_ref()?.join("cache");
        let profile = if self.request.release { "release" } else { "debug" };
        let name = format!("{}-{}-{profile}.stkm", self.program.name, self.target.name);
        Some(KeptCodes { path: folder.join(name), tool, machine: self.target.machine() })
    }

    /// What was built before is what would be built.
    fn fresh(
        &self,
        path: PathBuf,
        digest: Sha256Digest,
        warnings: Vec<Diagnostic>,
        times: Times,
    ) -> Result<Built, Failure> {
        Ok(Built {
            name: self.program.name.clone(),
            size: files::size(&path)?,
            path,
            digest,
            functions: None,
            fresh: true,
            warnings,
            emitted: Vec::new(),
            times: times.done,
        })
    }

    /// The text of the program, and where others are looked for.
    fn text(&self) -> Result<Text, Failure> {
        let include = crate::language::include_path(&self.request.include, &self.context.environment());
        let mut files = DiskFiles::new(self.programs.folder.clone(), include, self.context.environment());
        files.make_portable();
        let main = files.main(&self.program.file).map_err(|message| {
            Failure::new(FailureKind::Failed, Diagnostic::error(Code::PROGRAM, message))
        })?;
        Ok(Text { files, main })
    }

    fn options(&self) -> Options {
        Options { compat: self.request.compat, ..Options::default() }
    }

    /// From the text to the middle representation.
    fn front(&self, Text { files, main }: Text) -> Result<Front, Failure> {
        let options = self.options();
        let recorder = Recorder::new(&files);
        let compile = if self.request.release { s_driver::compile } else { s_driver::compile_with_lines };
        let Compilation { module, diagnostics, mut dynamic } =
            compile(&main.name, Arc::clone(&main.text), &recorder, &options);
        let Some(module) = module else { return Err(Failure::mistakes(diagnostics)) };
        if self.programs.deny_eval && !dynamic.is_empty() {
            for diagnostic in &mut dynamic {
                diagnostic.severity = Severity::Error;
                diagnostic.notes.push("`[build] deny-eval` is on".to_owned());
            }
            return Err(Failure::mistakes(dynamic));
        }
        // What there is to warn of has to be said each time.
        let sources = recorder.sources(&main.name, &main.text, &options).filter(|_| dynamic.is_empty());
        Ok(Front { module, warnings: dynamic, packages: files.packages_used(), sources })
    }

    fn object(&self, front: &Front, codes: &mut Codes, threads: usize) -> Result<object::Object, Failure> {
        object::object(&front.module, codes, threads).map_err(|error| {
            let diagnostic = Diagnostic::error(Code::CODE_GENERATION, error.to_string());
            Failure::new(FailureKind::Bug, diagnostic)
        })
    }

    fn link(&self, object: &object::Object, key: &Sha256Digest, notes: &[Note]) -> Result<Linked, Failure> {
        let unit = atoms::unit(object, s_abi::layout::IMAGE);
        let name = self.program.file.display().to_string();
        let job = LinkJob {
            triple: &self.target.name,
            image: self.target.image,
            pie: self.programs.pie,
            entry: "_start",
            abi: s_abi::DIGEST,
            units: vec![(name, unit.to_bytes(self.target.units()))],
            pack: self.target.runtime()?.to_vec().into(),
            assets: Vec::new(),
            build_id: key.as_bytes()[..20].to_vec(),
            notes: notes.to_vec(),
            symbols: !self.request.release,
            map: self.request.emit.contains(&Emit::LinkMap),
        };
        link::link(self.context, &self.target.linker, job)
    }

    /// What the executable depends on besides texts, as a digest.
    fn given(&self, notes: &[Note]) -> Sha256Digest {
        let mut hasher = Sha256Hasher::new();
        let mut part = |bytes: &[u8]| {
            hasher.update(&(bytes.len() as u64).to_le_bytes());
            hasher.update(bytes);
        };
        part(env!("CARGO_PKG_VERSION").as_bytes());
        part(s_abi::DIGEST.as_bytes());
        part(self.target.name.as_bytes());
        part(&[u8::from(self.request.release), u8::from(self.programs.pie)]);
        for digest in &self.target.digests {
            part(digest.as_bytes());
        }
        for note in notes {
            part(&note.bytes);
        }
        hasher.finish()
    }

    /// What the executable depends on, as a digest.
    fn key(&self, front: &Front, given: &Sha256Digest) -> Sha256Digest {
        let mut hasher = Sha256Hasher::new();
        hasher.update(given.as_bytes());
        hasher.update(&s_driver::fingerprint(&front.module));
        hasher.finish()
    }

    fn path(&self) -> PathBuf {
        let name = format!("{}{}", self.program.name, self.target.executable_suffix);
        match (&self.request.output, &self.programs.output) {
            (Some(path), _) => self.context.directory().join(path),
            (None, Some(target)) => {
                let profile = if self.request.release { "release" } else { "debug" };
                let folder = match &self.request.target {
                    Some(_) => target.join(&self.target.name).join(profile),
                    None => target.join(profile),
                };
                folder.join(name)
            }
            (None, None) => self.context.directory().join(name),
        }
    }

    fn emit(
        &self,
        front: &Front,
        object: &object::Object,
        linked: &Linked,
        path: &Path,
    ) -> Result<Vec<PathBuf>, Failure> {
        let mut emitted = Vec::new();
        let machine = self.target.machine();
        for kind in &self.request.emit {
            let bug = |message: String| {
                Failure::new(FailureKind::Bug, Diagnostic::error(Code::CODE_GENERATION, message))
            };
            let bytes = match kind {
                Emit::Ir => s_driver::text(&front.module).into_bytes(),
                Emit::Clif => {
                    object::clif(&front.module, machine).map_err(|error| bug(error.to_string()))?.into_bytes()
                }
                Emit::Asm => object::assembly(&front.module, machine)
                    .map_err(|error| bug(error.to_string()))?
                    .into_bytes(),
                Emit::Object => objects::elf(object, machine).map_err(bug)?,
                Emit::LinkMap => linked.map.clone().unwrap_or_default().into_bytes(),
            };
            let mut name = path.as_os_str().to_owned();
            name.push(".");
            name.push(kind.ending());
            let beside = PathBuf::from(name);
            files::write_cached(&beside, &bytes, Access::Shared)?;
            emitted.push(beside);
        }
        Ok(emitted)
    }
}

fn processors() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

fn not_reproduced(first: &Linked, second: &Linked) -> Failure {
    let at = first.image.iter().zip(&second.image).position(|(one, other)| one != other);
    let diagnostic = Diagnostic::error(Code::NOT_REPRODUCED, "a second build gave other bytes")
        .note(format!("{} bytes, then {}", first.image.len(), second.image.len()))
        .note(match at {
            Some(at) => format!("they differ from byte {at} on"),
            None => "one is the beginning of the other".to_owned(),
        });
    Failure::new(FailureKind::Bug, diagnostic)
}

/// How long steps take.
struct Times {
    last: Instant,
    done: Vec<(&'static str, Duration)>,
}

impl Times {
    fn begin() -> Times {
        Times { last: Instant::now(), done: Vec::new() }
    }

    fn step(&mut self, name: &'static str) {
        let now = Instant::now();
        self.done.push((name, now - self.last));
        self.last = now;
    }
}
