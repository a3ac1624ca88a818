//! `s build` without `--release`: what debuggers are told of an executable. Read here as they read it,
//! without any of them.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::process::Command;

use gimli::{AttributeValue, DW_AT_artificial, DW_AT_comp_dir, DW_AT_decl_file, DW_AT_decl_line};
use gimli::{DW_AT_high_pc, DW_AT_low_pc, DW_AT_name, DW_AT_producer, DW_TAG_subprogram, EndianSlice};
use object::{LittleEndian as Little, Object as _, ObjectSection as _, ObjectSymbol as _, SectionFlags};

use crate::support::Sandbox;

const MAIN: &str = "use Parts;
my $sum = 0;
for my $i (1 .. 9) {
    $sum = $sum + $i;
}

fn report($text) {
    my $line = \"<$text>\";

    say $line;
    return $line;
}

report(Parts::total($sum, 2));
report(\"end\");
";

const PARTS: &str = "package Parts;

fn total($left, $right) {
    my $both = sprintf(\"%d\",
        $left * 1.5);
    for my $n (1 .. $right) {
        $both = $both . $n;
    }
    $both
}

fn never($x) {
    say $x;
}
1;
";

fn project(sandbox: &Sandbox) {
    sandbox.write("app/stryke.toml", "[package]\nname = \"acme/app\"\nversion = \"1.0.0\"\n");
    sandbox.write("app/main.stk", MAIN);
    sandbox.write("app/lib/Parts.stk", PARTS);
}

/// Builds, and gives the bytes of the executable.
fn built(sandbox: &Sandbox, args: &[&str]) -> Vec<u8> {
    let folder = sandbox.work().join("app");
    let file = folder.join("target/out");
    let output = sandbox
        .command(&[&["build", "-o", "target/out"], args].concat())
        .current_dir(&folder)
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
    fs::read(file).unwrap()
}

/// A function as debuggers see it.
#[derive(Debug)]
struct Function {
    file: String,
    line: u64,
    start: u64,
    end: u64,
    artificial: bool,
    /// The rows of its code: address, file, line.
    rows: Vec<(u64, String, u64)>,
}

impl Function {
    fn lines(&self) -> BTreeSet<u64> {
        self.rows.iter().map(|(.., line)| *line).collect()
    }
}

type Bytes<'a> = EndianSlice<'a, gimli::LittleEndian>;

fn text(
    dwarf: &gimli::Dwarf<Bytes<'_>>,
    unit: &gimli::Unit<Bytes<'_>>,
    value: AttributeValue<Bytes<'_>>,
) -> String {
    dwarf.attr_string(unit, value).unwrap().to_string_lossy().into_owned()
}

/// The functions of an executable, by name, after looking at what holds for the whole of it.
fn functions(bytes: &[u8]) -> BTreeMap<String, Function> {
    let elf = object::read::elf::ElfFile64::<Little>::parse(bytes).unwrap();
    let section = |id: gimli::SectionId| -> Result<Cow<'_, [u8]>, gimli::Error> {
        let Some(section) = elf.section_by_name(id.name()) else { return Ok(Cow::Borrowed(&[])) };
        assert_eq!(section.address(), 0, "{} is in no memory", id.name());
        assert!(matches!(section.flags(), SectionFlags::Elf { sh_flags: 0 }), "{}", id.name());
        Ok(Cow::Borrowed(section.data().unwrap()))
    };
    let sections = gimli::DwarfSections::load(section).unwrap();
    let dwarf = sections.borrow(|section| EndianSlice::new(section, gimli::LittleEndian));
    let mut units = dwarf.units();
    let unit = dwarf.unit(units.next().unwrap().unwrap()).unwrap();
    assert!(units.next().unwrap().is_none(), "one program is one unit");

    let mut found = BTreeMap::new();
    let mut entries = unit.entries();
    let root = entries.next_dfs().unwrap().unwrap().clone();
    let word = |name| text(&dwarf, &unit, root.attr_value(name).unwrap());
    assert_eq!(word(DW_AT_name), "main.stk");
    assert_eq!(word(DW_AT_comp_dir), ".");
    assert_eq!(word(DW_AT_producer), concat!("s ", env!("CARGO_PKG_VERSION")));
    let mut ranges = BTreeSet::new();
    let mut all = dwarf.unit_ranges(&unit).unwrap();
    while let Some(range) = all.next().unwrap() {
        ranges.insert((range.begin, range.end));
    }

    let program = unit.line_program.clone().unwrap();
    let name_of = |index: u64| {
        let file = program.header().file(index).unwrap();
        assert_eq!(file.directory_index(), 0);
        text(&dwarf, &unit, file.path_name())
    };
    let mut rows = Vec::new();
    let mut state = program.clone().rows();
    while let Some((_, row)) = state.next_row().unwrap() {
        let line = row.line().map_or(0, std::num::NonZero::get);
        rows.push((row.address(), name_of(row.file_index()), line, row.end_sequence()));
    }

    while let Some(entry) = entries.next_dfs().unwrap() {
        if entry.tag() != DW_TAG_subprogram {
            continue;
        }
        let number = |name| entry.attr_value(name).unwrap().udata_value().unwrap();
        let start = dwarf.attr_address(&unit, entry.attr_value(DW_AT_low_pc).unwrap()).unwrap().unwrap();
        let end = start + number(DW_AT_high_pc);
        let Some(AttributeValue::FileIndex(file)) = entry.attr_value(DW_AT_decl_file) else { panic!() };
        let function = Function {
            file: name_of(file),
            line: number(DW_AT_decl_line),
            start,
            end,
            artificial: entry.attr_value(DW_AT_artificial).is_some(),
            rows: rows
                .iter()
                .filter(|(address, .., ends)| (start..end).contains(address) && !ends)
                .map(|(address, file, line, _)| (*address, file.clone(), *line))
                .collect(),
        };
        assert!(ranges.contains(&(start, end)), "{function:?}");
        let name = text(&dwarf, &unit, entry.attr_value(DW_AT_name).unwrap());
        // The table of symbols says the same.
        let symbol = elf.symbols().find(|symbol| symbol.name() == Ok(&name)).unwrap();
        assert_eq!((symbol.address(), symbol.size()), (start, end - start), "{name}");
        found.insert(name, function);
    }
    found
}

#[test]
fn debuggers_find_functions_and_lines_under_portable_names() {
    let sandbox = Sandbox::new();
    project(&sandbox);
    for args in [
        &[][..],
        &["--debug", "--pie"],
        &["--target", "aarch64-linux"],
        &["--target", "riscv64-linux"],
        &["--target", "riscv64-linux", "--pie"],
    ] {
        let bytes = built(&sandbox, args);
        let all = functions(&bytes);
        let function = |name: &str| all.get(name).unwrap_or_else(|| panic!("{name}: {all:#?}"));
        for (name, file, line, begins) in [
            ("main::__MAIN__", "main.stk", 1, 1),
            ("main::report", "main.stk", 7, 7),
            ("Parts::total", "lib/Parts.stk", 3, 3),
        ] {
            let function = function(name);
            assert_eq!((function.file.as_str(), function.line), (file, line), "{args:?}: {function:#?}");
            let first = (function.start, file.to_owned(), begins);
            assert_eq!(function.rows.first(), Some(&first), "{args:?}");
            assert!(function.rows.is_sorted_by_key(|row| row.0), "{args:?}: {function:#?}");
            assert!(function.rows.iter().all(|row| row.1 == file), "{args:?}: {function:#?}");
            assert!(!function.artificial);
        }
        // Every statement that has code, those among them that no message ever names; no other lines.
        assert_eq!(function("main::__MAIN__").lines(), [1, 3, 4, 14, 15].into(), "{args:?}");
        assert_eq!(function("main::report").lines(), [7, 8, 10, 11].into(), "{args:?}");
        assert_eq!(function("Parts::total").lines(), [3, 4, 5, 6, 7, 9].into(), "{args:?}");
        // What is in no file is described nowhere either.
        assert!(all.values().all(|function| function.start > 0 && function.end > function.start));
        let folder = sandbox.work().to_string_lossy().into_owned();
        assert!(!bytes.windows(folder.len()).any(|window| window == folder.as_bytes()), "a path of here");
    }
}

#[test]
fn lines_follow_the_text() {
    let sandbox = Sandbox::new();
    project(&sandbox);
    let before = functions(&built(&sandbox, &[]));
    sandbox.write("app/lib/Parts.stk", &PARTS.replace("    $both\n", "\n\n    $both\n"));
    let after = functions(&built(&sandbox, &[]));
    assert_eq!(before["Parts::total"].lines(), [3, 4, 5, 6, 7, 9].into());
    assert_eq!(after["Parts::total"].lines(), [3, 4, 5, 6, 7, 11].into());
    assert_eq!(before["main::report"].lines(), after["main::report"].lines());
}

#[test]
fn a_release_has_none_of_it_and_both_do_the_same() {
    let sandbox = Sandbox::new();
    project(&sandbox);
    let said = |path: &Path| {
        let output = Command::new(path).output().unwrap();
        (String::from_utf8_lossy(&output.stdout).into_owned(), output.status.code())
    };
    let file = sandbox.work().join("app/target/out");
    let debug = built(&sandbox, &[]);
    assert_eq!(said(&file), ("<6712>\n<end>\n".to_owned(), Some(0)));
    let release = built(&sandbox, &["--release"]);
    assert_eq!(said(&file), ("<6712>\n<end>\n".to_owned(), Some(0)));
    let holds = |bytes: &[u8], text: &str| bytes.windows(text.len()).any(|window| window == text.as_bytes());
    assert!(holds(&debug, ".debug_line") && holds(&debug, ".debug_info"));
    assert!(!holds(&release, ".debug"));
    // Neither marks nor descriptions change the code.
    let code = |bytes: &[u8]| {
        let elf = object::read::elf::ElfFile64::<Little>::parse(bytes).unwrap();
        let header = elf.elf_program_headers().iter().find(|segment| segment.p_flags.get(Little) & 1 != 0);
        let header = header.unwrap();
        let start = usize::try_from(header.p_offset.get(Little)).unwrap();
        bytes[start..start + usize::try_from(header.p_filesz.get(Little)).unwrap()].to_vec()
    };
    assert!(code(&debug) == code(&release));
    // Nothing of it is part of a segment, which is what is in memory.
    let elf = object::read::elf::ElfFile64::<Little>::parse(&*debug).unwrap();
    let in_memory = elf
        .elf_program_headers()
        .iter()
        .map(|segment| segment.p_offset.get(Little) + segment.p_filesz.get(Little))
        .max()
        .unwrap();
    for section in elf.sections().filter(|section| section.name().unwrap().starts_with(".debug")) {
        assert!(section.file_range().unwrap().0 >= in_memory, "{}", section.name().unwrap());
    }
}

#[test]
fn an_object_has_it_too() {
    let sandbox = Sandbox::new();
    project(&sandbox);
    built(&sandbox, &["--emit=obj"]);
    let bytes = fs::read(sandbox.work().join("app/target/out.o")).unwrap();
    let elf = object::read::elf::ElfFile64::<Little>::parse(&*bytes).unwrap();
    for (name, needs) in [(".debug_line", true), (".debug_info", true), (".debug_str", false)] {
        let section = elf.section_by_name(name).unwrap();
        assert_eq!(section.relocations().next().is_some(), needs, "{name}");
    }
}

/// The work of a loop that only computes is on the lines that say it, wherever the optimiser puts it.
#[test]
fn loops_that_only_compute() {
    let sandbox = Sandbox::new();
    sandbox.write("app/stryke.toml", "[package]\nname = \"acme/app\"\nversion = \"1.0.0\"\n");
    let text = "fn work($n) {\n    my $x = 0;\n    for my $i (1 .. $n) {\n        $x = ($x * 31 + $i) % 1000003;\n        \
                $x ^= 5;\n    }\n    return $x;\n}\nsay work(1000);\n";
    sandbox.write("app/main.stk", text);
    let all = functions(&built(&sandbox, &["--target", "x86_64-linux"]));
    let work = &all["main::work"];
    let mut bytes: BTreeMap<u64, u64> = BTreeMap::new();
    let ends = work.rows.iter().skip(1).map(|row| row.0).chain([work.end]);
    for ((start, _, line), end) in work.rows.iter().zip(ends) {
        *bytes.entry(*line).or_default() += end - start;
    }
    assert_eq!(bytes.keys().copied().collect::<Vec<_>>(), [1, 2, 3, 4, 5, 7], "{bytes:?}");
    assert!(bytes[&4] > 100 && bytes[&7] < 16, "{bytes:?}");
}
