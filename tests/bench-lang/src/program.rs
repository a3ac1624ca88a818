//! The programs: their names, what they do, what they read, and which file is for whom.
//!
//! A program is a folder of files in several languages that print the same, each written as a user of
//! that language would. Where the text for perl is what one would write in stryke too, there is no file
//! of its own for `s`: both run the same. C has those that are loops and numbers: what a program in C would
//! do for texts, tables and methods is other work.

use std::path::{Path, PathBuf};

use anyhow::{Result, bail};

/// A program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Program {
    /// Its name, which is that of its folder and the beginning of its files' names.
    pub(crate) name: &'static str,
    /// What it does.
    pub(crate) about: &'static str,
    /// What it reads: the path is its argument.
    pub(crate) reads: Option<Reads>,
}

/// A text that programs read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Reads {
    /// Some megabytes.
    Text,
    /// Fifty megabytes.
    Large,
}

/// Which of the two forms of a program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Variant {
    /// As its name says.
    Plain,
    /// The same with other constants and one more step: who is fast here only because somebody knew the
    /// other shows it.
    Twin,
}

const fn program(name: &'static str, about: &'static str) -> Program {
    Program { name, about, reads: None }
}

const fn reader(name: &'static str, about: &'static str, reads: Reads) -> Program {
    Program { name, about, reads: Some(reads) }
}

/// All programs, in the order of the tables. Those called `seed_` are what the language's first
/// implementation measures itself with, in plain Perl.
pub(crate) const PROGRAMS: &[Program] = &[
    program("empty", "nothing: what a process costs"),
    program("fib", "naive recursion with a parameter"),
    program("int_loop", "whole numbers, remainders and branches in a loop"),
    program("float_loop", "floating point in a loop: a logistic map and a weighted sum"),
    program("nbody", "five bodies under gravity"),
    program("mandelbrot", "points inside the set, and the steps of all"),
    program("spectral_norm", "the largest singular value of an infinite matrix, approximated"),
    program("matmul", "matrices as arrays of arrays, multiplied"),
    program("sieve", "primes by crossing out"),
    program("array_ops", "push, sort and sum of numbers in no order"),
    program("sort_comparator", "records sorted by two fields"),
    program("map_grep", "chains of map and grep, summed"),
    program("string_append", "texts put together from pieces"),
    program("split_join", "lines taken apart and put together again"),
    program("sprintf", "numbers and texts formatted"),
    program("hash_increment", "counts by text"),
    reader("word_count", "words of a file, counted, the most frequent shown", Reads::Text),
    reader("regex_text", "dates, addresses and words found in the lines of a file", Reads::Text),
    reader("read_lines", "a file of 50 MB, line by line", Reads::Large),
    program("closures", "functions made, kept and called: counters, adders, a composition"),
    program("method_bless", "methods of blessed hashes, one overridden"),
    program("method_class", "methods of classes with typed fields"),
    program("seed_startup", "one short line"),
    program("seed_fib", "naive recursion, the argument taken with shift"),
    program("seed_loop", "a counter added to a sum, five million times"),
    program("seed_string", "one character appended, half a million times"),
    program("seed_hash", "a hundred thousand numbers as keys, then all values summed"),
    program("seed_array", "half a million numbers pushed and sorted"),
    program("seed_regex", "two words at the end of a sentence, matched a hundred thousand times"),
    program("seed_map_grep", "half a million numbers doubled and filtered"),
];

/// Returns the programs of these names, all for no names, in the order of the tables.
///
/// # Errors
/// A name that no program has.
pub(crate) fn chosen(names: &[String]) -> Result<Vec<Program>> {
    if let Some(name) = names.iter().find(|name| PROGRAMS.iter().all(|program| program.name != **name)) {
        bail!("there is no program `{name}`; --list names what there is");
    }
    let chosen = |program: &&Program| names.is_empty() || names.iter().any(|name| name == program.name);
    Ok(PROGRAMS.iter().filter(chosen).copied().collect())
}

impl Program {
    /// The file of this program, in the first of these endings in which there is one.
    pub(crate) fn file(&self, folder: &Path, variant: Variant, endings: &[&str]) -> Option<PathBuf> {
        let twin = match variant {
            Variant::Plain => "",
            Variant::Twin => "_twin",
        };
        let folder = folder.join(self.name);
        let files = endings.iter().map(|ending| folder.join(format!("{}{twin}.{ending}", self.name)));
        files.into_iter().find(|file| file.is_file())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    fn folder() -> PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).join("programs")
    }

    #[test]
    fn every_program_is_there_for_everyone_and_has_a_twin() {
        for program in PROGRAMS {
            for endings in [&["stk", "pl"][..], &["pl"], &["lua"], &["js"], &["py"], &["go"]] {
                let text = |variant| {
                    let file = program.file(&folder(), variant, endings);
                    let file = file.unwrap_or_else(|| panic!("{} {variant:?} {endings:?}", program.name));
                    std::fs::read_to_string(file).unwrap()
                };
                assert_ne!(text(Variant::Plain), text(Variant::Twin), "{} {endings:?}", program.name);
            }
        }
    }

    #[test]
    fn programs_in_c_have_twins() {
        let of = |program: &Program, variant| program.file(&folder(), variant, &["c"]);
        let text = |file: Option<PathBuf>| file.map(|file| std::fs::read_to_string(file).unwrap());
        let mut count = 0;
        for program in PROGRAMS {
            let (plain, twin) = (text(of(program, Variant::Plain)), text(of(program, Variant::Twin)));
            assert_eq!(plain.is_some(), twin.is_some(), "{}", program.name);
            count += usize::from(plain.is_some());
            assert!(plain.is_none() || plain != twin, "{}", program.name);
        }
        assert_eq!(count, 12);
    }

    #[test]
    fn every_folder_is_a_program_and_every_file_belongs_to_it() {
        let listed = |path: &Path| -> BTreeSet<String> {
            let entries = std::fs::read_dir(path).unwrap();
            entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
        };
        let names: BTreeSet<String> = PROGRAMS.iter().map(|program| program.name.to_owned()).collect();
        assert_eq!((listed(&folder()), names.len()), (names, PROGRAMS.len()));
        for program in PROGRAMS {
            for file in listed(&folder().join(program.name)) {
                let (stem, ending) = file.split_once('.').unwrap();
                assert_eq!(stem.strip_suffix("_twin").unwrap_or(stem), program.name);
                assert!(["stk", "pl", "lua", "js", "py", "go", "c"].contains(&ending), "{file}");
            }
        }
    }

    #[test]
    fn programs_are_chosen_by_name() {
        let names = |words: &[&str]| {
            let words: Vec<String> = words.iter().map(|&word| word.to_owned()).collect();
            chosen(&words).map(|programs| programs.iter().map(|program| program.name).collect::<Vec<_>>())
        };
        assert_eq!(names(&["sieve", "fib"]).unwrap(), ["fib", "sieve"]);
        assert_eq!(names(&[]).unwrap().len(), PROGRAMS.len());
        let message = names(&["fob"]).unwrap_err().to_string();
        assert_eq!(message, "there is no program `fob`; --list names what there is");
    }
}
