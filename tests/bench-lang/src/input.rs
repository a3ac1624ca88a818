//! Texts that programs read: lines that look like a log, equal on every machine.
//!
//! Only ASCII, so that bytes and characters are one in every language. Whoever reads a whole file and
//! whoever reads lines finds the same, since every line ends with a newline.

use std::collections::HashMap;
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};

use crate::program::{Program, Reads};

/// Texts that have been made, in one folder.
#[derive(Debug)]
pub(crate) struct Inputs {
    folder: PathBuf,
    made: HashMap<Reads, PathBuf>,
}

impl Reads {
    /// How long the text is at least, in bytes; it ends with the line that reaches it.
    fn bytes(self) -> u64 {
        match self {
            Reads::Text => 5_000_000,
            Reads::Large => 50_000_000,
        }
    }

    fn file_name(self) -> &'static str {
        match self {
            Reads::Text => "text.txt",
            Reads::Large => "large.txt",
        }
    }
}

impl Inputs {
    /// Texts that go to this folder, each when it is asked for.
    pub(crate) fn new(folder: &Path) -> Inputs {
        Inputs { folder: folder.to_owned(), made: HashMap::new() }
    }

    /// The path of what a program reads.
    ///
    /// # Errors
    /// A file that cannot be written.
    pub(crate) fn of(&mut self, program: &Program) -> Result<Option<PathBuf>> {
        let Some(reads) = program.reads else { return Ok(None) };
        if let Some(path) = self.made.get(&reads) {
            return Ok(Some(path.clone()));
        }
        let path = self.folder.join(reads.file_name());
        let file = File::create(&path).with_context(|| format!("write {}", path.display()))?;
        let mut file = BufWriter::new(file);
        write_text(&mut file, reads.bytes())
            .and_then(|()| file.flush())
            .with_context(|| format!("write {}", path.display()))?;
        self.made.insert(reads, path.clone());
        Ok(Some(path))
    }
}

const SYLLABLES: [&str; 16] =
    ["re", "con", "ta", "val", "ue", "lis", "ma", "per", "in", "dex", "co", "unt", "er", "fi", "na", "set"];
const ENDINGS: [&str; 8] = ["", "", "", "", "ing", "ers", "ed", "s"];
const HOSTS: [&str; 6] =
    ["mail.com", "example.org", "lists.net", "somewhere.com", "nowhere.dev", "example.net"];

/// A generator of numbers, the one of Park and Miller: enough to look random, and for nothing else.
#[derive(Debug)]
struct Random(u64);

impl Random {
    /// A number below another, which is not 0.
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0 * 48_271 % 0x7fff_ffff;
        usize::try_from(self.0 / 7).expect("it is below 2^31") % end
    }

    /// A number below another, which is not 0; the smaller, the more often.
    fn low(&mut self, end: usize) -> usize {
        self.below(end).min(self.below(end)).min(self.below(end))
    }
}

/// Writes lines until there are so many bytes.
fn write_text(to: &mut impl Write, bytes: u64) -> io::Result<()> {
    let mut random = Random(20_111_219);
    let vocabulary: Vec<String> = (0..2000).map(|_| word(&mut random)).collect();
    let mut written = 0;
    let mut line = String::new();
    while written < bytes {
        line.clear();
        for place in 0..3 + random.below(12) {
            if place > 0 {
                line.push_str(if random.below(9) == 0 { ", " } else { " " });
            }
            token(&mut line, &mut random, &vocabulary);
        }
        line.push_str(if random.below(5) == 0 { "!\n" } else { ".\n" });
        to.write_all(line.as_bytes())?;
        written += line.len() as u64;
    }
    Ok(())
}

fn word(random: &mut Random) -> String {
    let mut word: String =
        (0..1 + random.below(4)).map(|_| SYLLABLES[random.below(SYLLABLES.len())]).collect();
    word.push_str(ENDINGS[random.below(ENDINGS.len())]);
    word
}

/// A word, capitalised at times, or a number, a date, an address.
fn token(line: &mut String, random: &mut Random, vocabulary: &[String]) {
    let word = &vocabulary[random.low(vocabulary.len())];
    match random.below(40) {
        0 => {
            let (year, month, day) = (1990 + random.below(60), 1 + random.below(12), 1 + random.below(28));
            line.push_str(&format!("{year}-{month:02}-{day:02}"));
        }
        1 => line.push_str(&format!("{word}@{}", HOSTS[random.below(HOSTS.len())])),
        2 | 3 => line.push_str(&random.below(100_000).to_string()),
        4..=8 => {
            line.push_str(&word[..1].to_uppercase());
            line.push_str(&word[1..]);
        }
        _ => line.push_str(word),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_the_same_everywhere() {
        let mut random = Random(1);
        assert_eq!([random.below(1000), random.below(1000)], [895, 542]);
        let mut text = Vec::new();
        write_text(&mut text, 20_000).unwrap();
        let text = String::from_utf8(text).unwrap();
        assert!(text.is_ascii() && text.ends_with('\n') && (20_000..20_400).contains(&text.len()));
        for what in ["ing ", "@example.org", "-12-", "Re", "value"] {
            assert!(text.contains(what), "{what}");
        }
    }

    #[test]
    fn a_text_is_made_once() {
        let folder = tempfile::tempdir().unwrap();
        let mut inputs = Inputs::new(folder.path());
        let reader = Program { name: "word_count", about: "", reads: Some(Reads::Text) };
        let path = inputs.of(&reader).unwrap().unwrap();
        assert!(std::fs::metadata(&path).unwrap().len() >= Reads::Text.bytes());
        std::fs::write(&path, "kept").unwrap();
        assert_eq!(inputs.of(&reader).unwrap(), Some(path.clone()));
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "kept");
        assert_eq!(inputs.of(&Program { reads: None, ..reader }).unwrap(), None);
    }
}
