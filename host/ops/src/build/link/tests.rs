//! Through the real component, in the real sandbox.

use std::sync::OnceLock;

use s_link::{Atom, Binding, Builder, Form, Kind, Pack, Reloc, RelocKind, Target, Unit};
use s_plugin::Limit;

use super::*;
use crate::plugins::launch::Launched;
use crate::plugins::testing::{Place, User};

const ABI: &str = "abi-1";

/// A home in which the component is compiled once, for all tests of this file.
fn launched() -> Launched {
    static PLACE: OnceLock<Place> = OnceLock::new();
    let context = PLACE.get_or_init(Place::new).context(&User::answering(&[]));
    let entry = catalog::find(&context, LINKER).unwrap();
    launch(&context, &entry, &BTreeMap::new(), Allow::Granted).unwrap()
}

fn linked(job: LinkJob<'_>) -> Result<Linked, Failure> {
    run(&launched().plugin, job)
}

/// Calls `main`, then ends with 0.
fn runtime() -> Pack<'static> {
    let mut builder = Builder::new("runtime");
    let code = [0xe8, 0, 0, 0, 0, 0xb8, 60, 0, 0, 0, 0x31, 0xff, 0x0f, 0x05];
    let start = builder.atom("text", Atom::new(Kind::Text, 16, code.to_vec()));
    builder.define("_start", Binding::Global, Form::Function, start, 0, 14).unwrap();
    let main = builder.symbol("main");
    builder.reloc(start, Reloc { offset: 1, kind: RelocKind::Rel32, symbol: main, addend: -4 });
    Pack { target: Target::X86_64Linux, abi: ABI.into(), producer: "test".into(), unit: builder.finish() }
}

/// Writes the asset.
fn main_unit() -> Unit<'static> {
    let mut builder = Builder::new("main");
    let code = [
        0xb8, 1, 0, 0, 0, 0xbf, 1, 0, 0, 0, 0x48, 0x8d, 0x35, 0, 0, 0, 0, 0xba, 6, 0, 0, 0, 0x0f, 0x05, 0xc3,
    ];
    let main = builder.atom("text", Atom::new(Kind::Text, 16, code.to_vec()));
    builder.define("main", Binding::Global, Form::Function, main, 0, 25).unwrap();
    let motd = builder.symbol("asset.motd");
    builder.reloc(main, Reloc { offset: 13, kind: RelocKind::Rel32, symbol: motd, addend: -4 });
    let table = builder.atom("table", Atom::new(Kind::RelRo, 8, vec![0; 8]));
    let symbol = builder.symbol("main");
    builder.reloc(table, Reloc { offset: 0, kind: RelocKind::Abs64, symbol, addend: 0 });
    builder.local_symbol("table", Form::Object, table, 0, 8);
    builder.finish()
}

fn job() -> LinkJob<'static> {
    LinkJob {
        triple: "x86_64-unknown-linux-gnu",
        image: Image::OfTriple,
        pie: false,
        entry: "_start",
        abi: ABI,
        units: vec![("main".to_owned(), main_unit().to_bytes(Target::X86_64Linux))],
        pack: Cow::Owned(runtime().to_bytes()),
        assets: vec![Asset {
            symbol: "asset.motd".to_owned(),
            bytes: b"hello\n".to_vec(),
            align: 64,
            keep: false,
        }],
        build_id: vec![7; 20],
        notes: vec![Note {
            section: ".note.stryke".to_owned(),
            owner: "stryke".to_owned(),
            kind: 1,
            bytes: b"a note".to_vec(),
        }],
        symbols: true,
        map: true,
    }
}

fn contains(image: &[u8], part: &[u8]) -> bool {
    image.windows(part.len()).any(|window| window == part)
}

#[test]
fn a_program_is_linked_and_runs() {
    let image = linked(job()).unwrap();
    assert!(contains(&image.image, b"a note") && contains(&image.image, &[7; 20]));
    let map = image.map.as_deref().unwrap();
    assert!(map.contains("_start") && map.contains("asset.motd"), "{map}");
    assert!(image.warnings.is_empty(), "{:?}", image.warnings);
    assert_eq!(linked(job()).unwrap(), image, "the same job is the same image");
    let bare = linked(LinkJob { symbols: false, map: false, ..job() }).unwrap();
    assert!(bare.image.len() < image.image.len() && bare.map.is_none());
    let pie = linked(LinkJob { pie: true, ..job() }).unwrap();
    assert_eq!(pie.image[16], 3);
    if cfg!(target_arch = "x86_64") && std::env::consts::OS == "linux" {
        for image in [&image.image, &bare.image] {
            assert_eq!(output_of(image), "hello\n");
        }
    }
}

/// Runs an executable.
#[cfg(unix)]
fn output_of(image: &[u8]) -> String {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("program");
    std::fs::write(&path, image).unwrap();
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
    // Another test may be starting a process just now, which holds the file open for a moment.
    for _ in 0..200 {
        match std::process::Command::new(&path).output() {
            Err(error) if error.kind() == std::io::ErrorKind::ExecutableFileBusy => {
                std::thread::sleep(std::time::Duration::from_millis(10));
            }
            done => {
                let done = done.unwrap();
                assert!(done.status.success(), "{:?}", done.status);
                return String::from_utf8(done.stdout).unwrap();
            }
        }
    }
    panic!("the program's file stays busy");
}

#[cfg(not(unix))]
fn output_of(_: &[u8]) -> String {
    "hello\n".to_owned()
}

/// The kinds of what is wrong with a program.
#[track_caller]
fn kinds(job: LinkJob<'_>) -> Vec<String> {
    let failure = linked(job).unwrap_err();
    let kind = |diagnostic: &Diagnostic| {
        assert_eq!(diagnostic.code, Code::LINK_FAILED, "{diagnostic:?}");
        let note = diagnostic.notes[0].split('`').rev().nth(1);
        note.unwrap_or_default().to_owned()
    };
    failure.diagnostics.iter().map(kind).collect()
}

#[test]
fn what_is_wrong_with_a_program_is_said_all_at_once_and_by_kind() {
    let unit = |unit: Unit<'_>, target| ("unit".to_owned(), unit.to_bytes(target));
    let x64 = Target::X86_64Linux;
    let twice = LinkJob { units: vec![unit(main_unit(), x64), unit(main_unit(), x64)], ..job() };
    assert_eq!(kinds(twice), ["duplicate"]);
    assert_eq!(kinds(LinkJob { units: Vec::new(), ..job() }), ["undefined"]);
    assert_eq!(kinds(LinkJob { abi: "abi-2", ..job() }), ["abi-mismatch"]);
    assert_eq!(kinds(LinkJob { entry: "begin", ..job() }), ["no-entry"]);
    assert_eq!(kinds(LinkJob { triple: "riscv64-linux", ..job() }), ["target-mismatch"]);
    assert_eq!(kinds(LinkJob { build_id: vec![0; 65], ..job() }), ["build-id-length"]);
    assert_eq!(kinds(LinkJob { pack: Cow::Borrowed(b"nonsense"), ..job() }), ["not-a-pack"]);
    assert_eq!(kinds(LinkJob { pack: Cow::Borrowed(b""), ..job() }), ["not-a-pack"]);
    let mut crooked = job();
    crooked.assets[0].align = 3;
    assert_eq!(kinds(crooked), ["asset-alignment"]);
    let mut named = job();
    named.notes[0].section = "data".to_owned();
    assert_eq!(kinds(named), ["note-name"]);
    let many = (0..100).map(|n| (format!("unit {n}"), b"nonsense".to_vec())).collect();
    assert_eq!(kinds(LinkJob { units: many, ..job() }), vec!["not-a-unit"; 64]);

    let mut spaced = job();
    spaced.notes[0].owner = "two words".to_owned();
    assert_eq!(linked(spaced).unwrap_err().diagnostics[0].code, Code::LINK_FAILED);
    for triple in ["z80", "aarch64-apple-darwin", ""] {
        let failure = linked(LinkJob { triple, ..job() }).unwrap_err();
        assert_eq!(failure.diagnostics[0].code, Code::TARGET_UNKNOWN, "{triple}");
    }
    let crowd = (0..=INPUTS_MAX).map(|n| (n.to_string(), Vec::new())).collect();
    let failure = linked(LinkJob { units: crowd, ..job() }).unwrap_err();
    assert_eq!(failure.diagnostics[0].code, Code::TOO_LARGE);
}

#[test]
fn thousands_of_files_fit_into_one_executable() {
    let mut full = job();
    for n in 0..3000 {
        let symbol = format!("asset.{n}");
        full.assets.push(Asset { symbol, bytes: format!("file {n};").into_bytes(), align: 1, keep: true });
    }
    let image = linked(full).unwrap().image;
    assert!(contains(&image, b"file 0;") && contains(&image, b"file 2999;"));
}

/// A small generator of numbers, so that a failure can be had again.
struct Random(u64);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) % end.max(1) as u64) as usize
    }

    fn damaged(&mut self, bytes: &[u8]) -> Vec<u8> {
        let mut bytes = bytes.to_vec();
        for _ in 0..=self.below(3) {
            let at = self.below(bytes.len());
            match self.below(5) {
                0 => bytes[at] = self.below(256) as u8,
                1 => bytes[at] ^= 1 << self.below(8),
                2 => bytes[at] = [0, 1, 0x7f, 0x80, 0xff][self.below(5)],
                3 => bytes.insert(at, self.below(256) as u8),
                _ => bytes.truncate(at.max(1)),
            }
        }
        bytes
    }
}

#[test]
fn damaged_units_and_packs_are_errors_or_link_and_never_crash() {
    let plugin = launched().plugin;
    let (unit, pack) = (main_unit().to_bytes(Target::X86_64Linux), runtime().to_bytes());
    let mut random = Random(1);
    let (mut good, mut bad) = (0, 0);
    for round in 0..600 {
        let mut damaged = job();
        damaged.pie = round % 2 == 0;
        match round % 3 {
            0 => damaged.pack = Cow::Owned(random.damaged(&pack)),
            _ => damaged.units[0].1 = random.damaged(&unit),
        }
        match run(&plugin, damaged) {
            Ok(_) => good += 1,
            Err(failure) => {
                bad += 1;
                for diagnostic in &failure.diagnostics {
                    assert_eq!(diagnostic.code, Code::LINK_FAILED, "round {round}: {diagnostic:?}");
                }
            }
        }
    }
    assert!(good > 20 && bad > 200, "{good} {bad}");
}

#[test]
fn limits_end_a_link_and_are_named() {
    let with = |change: fn(&mut s_capability::Limits), job| {
        let mut plugin = launched().plugin;
        change(&mut plugin.rights.limits);
        let failure = run(&plugin, job).unwrap_err();
        assert_eq!(failure.diagnostics[0].code, Code::PLUGIN_OVER_LIMIT, "{failure:?}");
        (failure.diagnostics[0].message.clone(), failure.diagnostics[0].hints.concat())
    };
    let (message, hint) = with(|limits| limits.fuel = 10_000, job());
    assert!(message.contains(&Limit::Fuel(10_000).to_string()), "{message}");
    assert!(hint.contains("`fuel`"), "{hint}");
    let mut large = job();
    large.assets[0].bytes = vec![1; 16 << 20];
    let (message, hint) = with(|limits| limits.memory_bytes = 8 << 20, large.clone());
    assert!(message.contains("8 MiB of memory") && hint.contains("`memory`"), "{message} {hint}");
    let (message, _) = with(|limits| limits.handles = 2, job());
    assert!(message.contains("2 open handles"), "{message}");
    let mut plugin = launched().plugin;
    plugin.rights.limits.scratch_bytes = 1 << 20;
    let failure = run(&plugin, large.clone()).unwrap_err();
    assert_eq!(failure.diagnostics[0].code, Code::PLUGIN_FAULT, "{failure:?}");
    assert!(failure.diagnostics[0].message.contains("bytes"), "{failure:?}");
    assert!(linked(large).unwrap().image.len() > 16 << 20);
}

#[test]
fn what_is_no_executable_for_the_target_is_refused() {
    let image = linked(job()).unwrap().image;
    let expected = Expected::of(&job()).unwrap();
    assert_eq!(expected.check(&image), Ok(()));
    for (at, value) in [(0, b'X'), (4, 1), (5, 2), (16, 3), (18, 183), (54, 1), (56, 0), (57, 0xff)] {
        let mut other = image.clone();
        other[at] = value;
        assert!(expected.check(&other).is_err(), "{at}");
    }
    let mut other = image.clone();
    other[24..32].fill(0);
    assert!(expected.check(&other).is_err(), "no entry");
    for end in [0, 1, 63, 64, 119] {
        assert!(expected.check(&image[..end]).is_err(), "{end}");
    }
    let pie = Expected { pie: true, ..expected };
    assert!(pie.check(&image).is_err());
}

#[test]
fn errors_of_a_pack_are_lines_whatever_they_hold() {
    let fault = |detail: Option<&str>| Fault {
        detail: detail.map(str::to_owned),
        ..Fault::new(FaultKind::InvalidInput, "acme/bad", "all wrong")
    };
    let read = |detail: Option<&str>| {
        let fault = fault(detail);
        lines(&fault).map(|(kind, text)| format!("{kind}|{text}")).collect::<Vec<_>>()
    };
    assert_eq!(read(None), ["acme/bad|all wrong"]);
    assert_eq!(
        read(Some("undefined: `a: b`\nA sentence: with a colon\nno colon")),
        ["undefined|`a: b`", "acme/bad|A sentence: with a colon", "acme/bad|no colon"]
    );
    assert_eq!(read(Some(&"a: b\n".repeat(1000))).len(), ERRORS_MAX);
}
