//! From a job to a request of the linker, and back. Everything a job may say is looked at.

use s_guest::Error;
use s_link::{Asset, LinkError, Note, Pack, Request, Target, Unit};

use crate::extra::Extra;
use crate::report::{self, Report};
use crate::target::find;

/// What an input is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InputKind {
    /// A unit of the program.
    Object,
    /// The runtime.
    Archive,
    /// Not linked here.
    SharedLibrary,
    /// A file inside the executable.
    Resource,
}

/// An input, in memory.
#[derive(Clone, Debug)]
pub struct Input {
    /// For messages; of a resource, its symbol.
    pub name: String,
    /// What it is.
    pub kind: InputKind,
    /// Of a resource: kept when nothing refers to it.
    pub whole_archive: bool,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// What is to be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OutputKind {
    /// A program.
    Executable,
    /// Not made here.
    SharedLibrary,
    /// Not made here.
    StaticLibrary,
}

/// A job of the interface, with its inputs in memory.
#[derive(Clone, Debug)]
pub struct Job {
    /// For which target.
    pub triple: String,
    /// Without dynamic libraries.
    pub static_link: bool,
    /// Open pairs of the options.
    pub options: Vec<(String, String)>,
    /// What to make.
    pub output: OutputKind,
    /// Where it starts.
    pub entry: String,
    /// From what.
    pub inputs: Vec<Input>,
    /// Libraries by name.
    pub libraries: Vec<String>,
    /// Its build identifier.
    pub build_id: Vec<u8>,
    /// Leave out what nothing reaches.
    pub gc_sections: bool,
    /// Leave out symbols.
    pub strip: bool,
    /// Open pairs.
    pub extra: Vec<(String, String)>,
}

/// An executable.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Linked {
    /// The file.
    pub image: Vec<u8>,
    /// The link map, when it was asked for.
    pub map: Option<String>,
    /// What is probably a mistake though it links, a line each.
    pub warnings: Vec<String>,
}

/// Links.
pub fn link(job: &Job) -> Result<Linked, Error> {
    let target = find(&job.triple)?.target;
    let mut report = Report::default();
    let extra = Extra::read(&job.extra, &mut report);
    not_possible(job, &mut report);
    let program = units(job, target, &mut report);
    let assets = assets(job, &extra, &mut report);
    let pack = pack(job, &mut report);
    report.into_result()?;

    let notes: Vec<Note<'_>> = extra
        .notes
        .iter()
        .map(|note| Note { section: note.section, owner: note.owner, kind: note.kind, bytes: &note.bytes })
        .collect();
    let request = Request {
        target,
        kind: if extra.pie { s_link::OutputKind::StaticPie } else { s_link::OutputKind::Static },
        entry: &job.entry,
        abi: extra.abi,
        pack: &pack.ok_or_else(|| report::of_link(&[]))?,
        program: &program,
        assets: &assets,
        build_id: Some(job.build_id.as_slice()).filter(|id| !id.is_empty()),
        notes: &notes,
        symbols: !job.strip,
    };
    let output = s_link::link(&request).map_err(|errors| report::of_link(&errors))?;
    let warning = |warning: &LinkError| report::line(warning.kind(), &warning.to_string());
    Ok(Linked {
        image: output.bytes,
        map: extra.map.then_some(output.map),
        warnings: output.warnings.iter().map(warning).collect(),
    })
}

fn not_possible(job: &Job, report: &mut Report) {
    let mut unless = |possible: bool, message: &str| {
        if !possible {
            report.add("unsupported", message);
        }
    };
    unless(job.output == OutputKind::Executable, "nothing but executables is made here");
    unless(job.static_link, "executables that need libraries of the system are not made here");
    unless(job.libraries.is_empty(), "libraries of the system are not linked here");
    unless(job.gc_sections, "what nothing reaches is always left out here");
    unless(job.options.is_empty(), "no further option is known here");
    for input in &job.inputs {
        let known = input.kind != InputKind::SharedLibrary;
        unless(known, &format!("`{}` is a shared library, which is not linked here", input.name));
        let whole = input.whole_archive && input.kind != InputKind::Resource;
        unless(!whole, &format!("`{}` cannot be kept whole: only resources can", input.name));
    }
}

fn units<'j>(job: &'j Job, target: Target, report: &mut Report) -> Vec<Unit<'j>> {
    let mut units = Vec::new();
    for input in inputs(job, InputKind::Object) {
        match Unit::from_bytes(&input.bytes) {
            Ok((found, unit)) if found == target => units.push(unit),
            Ok((found, _)) => {
                let message = format!("unit `{}`: for {found}, not for {target}", input.name);
                report.add("target-mismatch", message);
            }
            Err(error) => report.add(error.kind(), format!("unit `{}`: {error}", input.name)),
        }
    }
    units
}

fn pack<'j>(job: &'j Job, report: &mut Report) -> Option<Pack<'j>> {
    let mut packs = inputs(job, InputKind::Archive);
    let Some(input) = packs.next() else {
        report.add("no-pack", "there is no input of kind `archive`, the runtime");
        return None;
    };
    if packs.next().is_some() {
        report.add("several-packs", "there are several inputs of kind `archive`: the runtime is one");
    }
    let pack = Pack::from_bytes(&input.bytes);
    pack.map_err(|error| report.add(error.kind(), format!("pack `{}`: {error}", input.name))).ok()
}

fn assets<'j>(job: &'j Job, extra: &Extra<'_>, report: &mut Report) -> Vec<Asset<'j>> {
    let mut aligns = extra.aligns.clone();
    let mut assets = Vec::new();
    for input in inputs(job, InputKind::Resource) {
        let align = aligns.remove(input.name.as_str()).unwrap_or(1);
        assets.push(Asset { symbol: &input.name, bytes: &input.bytes, align, keep: input.whole_archive });
    }
    for symbol in aligns.keys() {
        report.add("no-asset", format!("`align` is of `{symbol}`, and no input of kind `resource` is that"));
    }
    assets
}

fn inputs(job: &Job, kind: InputKind) -> impl Iterator<Item = &Input> {
    job.inputs.iter().filter(move |input| input.kind == kind)
}

#[cfg(test)]
mod tests {
    use s_link::{Atom, Binding, Builder, Form, Kind};

    use super::*;

    fn program() -> Unit<'static> {
        let mut builder = Builder::new("main");
        let atom = builder.atom("text", Atom::new(Kind::Text, 1, vec![0xc3]));
        builder.define("_start", Binding::Global, Form::Function, atom, 0, 1).unwrap();
        builder.finish()
    }

    fn input(name: &str, kind: InputKind, bytes: Vec<u8>) -> Input {
        Input { name: name.to_owned(), kind, whole_archive: false, bytes }
    }

    fn job() -> Job {
        let target = Target::X86_64Linux;
        let pack = Pack { target, abi: "1".into(), producer: "test".into(), unit: Unit::empty() };
        Job {
            triple: "x86_64-unknown-linux-musl".to_owned(),
            static_link: true,
            options: Vec::new(),
            output: OutputKind::Executable,
            entry: "_start".to_owned(),
            inputs: vec![
                input("main", InputKind::Object, program().to_bytes(target)),
                input("runtime", InputKind::Archive, pack.to_bytes()),
            ],
            libraries: Vec::new(),
            build_id: Vec::new(),
            gc_sections: true,
            strip: true,
            extra: vec![("abi".to_owned(), "1".to_owned())],
        }
    }

    #[test]
    fn a_job_becomes_an_executable() {
        let linked = link(&job()).unwrap();
        assert!(linked.image.starts_with(b"\x7fELF"));
        assert_eq!((linked.map, linked.warnings.len()), (None, 0));
        let mut more = job();
        more.inputs.push(Input { whole_archive: true, ..input("a", InputKind::Resource, vec![7; 9]) });
        more.build_id = vec![1; 20];
        more.extra.extend([
            ("map".to_owned(), "true".to_owned()),
            ("pie".to_owned(), "true".to_owned()),
            ("align".to_owned(), "64 a".to_owned()),
            ("note".to_owned(), ".note.stryke stryke 1 0102".to_owned()),
        ]);
        let linked = link(&more).unwrap();
        assert!(linked.image.windows(9).any(|window| window == [7; 9]));
        assert!(linked.map.unwrap().contains("at any address"));
    }

    #[test]
    fn everything_a_job_cannot_mean_is_said_at_once() {
        let mut wrong = job();
        wrong.static_link = false;
        wrong.gc_sections = false;
        wrong.output = OutputKind::StaticLibrary;
        wrong.libraries = vec!["c".to_owned()];
        wrong.options = vec![("a".to_owned(), "b".to_owned())];
        wrong.extra = vec![("abi".to_owned(), "2".to_owned()), ("align".to_owned(), "1 nothing".to_owned())];
        wrong.inputs[0].whole_archive = true;
        wrong.inputs[0].bytes.truncate(20);
        let other = program().to_bytes(Target::Aarch64Linux);
        wrong.inputs.push(input("other", InputKind::Object, other));
        wrong.inputs.push(input("libc.so", InputKind::SharedLibrary, Vec::new()));
        wrong.inputs.push(input("again", InputKind::Archive, Vec::new()));
        let error = link(&wrong).unwrap_err();
        let detail = error.detail.clone().unwrap();
        let kinds: Vec<&str> = detail.lines().filter_map(|line| Some(line.split_once(": ")?.0)).collect();
        let unsupported = ["unsupported"; 7];
        assert_eq!(kinds[..7], unsupported);
        assert_eq!(kinds[7..], ["truncated", "target-mismatch", "no-asset", "several-packs"]);

        let mut wrong = job();
        wrong.inputs.truncate(1);
        assert_eq!(link(&wrong).unwrap_err().code, "target-elf/no-pack");
        let mut wrong = job();
        wrong.inputs[1].bytes[0] = 0;
        assert_eq!(link(&wrong).unwrap_err().code, "target-elf/not-a-pack");
        for (change, code) in [
            ((|job: &mut Job| job.entry = "main".to_owned()) as fn(&mut Job), "no-entry"),
            (|job| job.extra[0].1 = "2".to_owned(), "abi-mismatch"),
            (|job| job.triple = "riscv64-linux-gnu".to_owned(), "target-mismatch"),
            (|job| job.build_id = vec![0; 65], "build-id-length"),
            (|job| job.triple = "z80".to_owned(), "unknown-target"),
        ] {
            let mut wrong = job();
            change(&mut wrong);
            assert_eq!(link(&wrong).unwrap_err().code, format!("target-elf/{code}"));
        }
    }
}
