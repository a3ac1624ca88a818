//! What stands beside committed components and packs: `SHA256SUMS`, which `sha256sum -c` reads, and `BUILD`,
//! which says what they were built with and from.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use sha2::{Digest, Sha256};

use crate::sources::hex;
use crate::toolchain::Version;

/// Where the record stands, relative to the root of the workspace.
pub(crate) const PATH: &str = "plugins/dist/BUILD";

/// What was built, with what, from what.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Record {
    pub(crate) compiler: Version,
    /// Name and version of the crates that shape the output.
    pub(crate) tools: BTreeMap<String, String>,
    /// Digest of the sources by the path of the component.
    pub(crate) sources: BTreeMap<String, String>,
}

impl Record {
    /// Reads the committed record.
    pub(crate) fn load(root: &Path, path: &str, chore: &str) -> Result<Record> {
        let text = fs::read_to_string(root.join(path))
            .with_context(|| format!("`{path}` could not be read: run `cargo xtask {chore}`"))?;
        Record::parse(&text).with_context(|| format!("`{path}` is damaged: run `cargo xtask {chore}`"))
    }

    fn parse(text: &str) -> Result<Record> {
        let table: toml::Table = text.parse()?;
        let section = |name: &str| -> Result<BTreeMap<String, String>> {
            let section = table.get(name).and_then(toml::Value::as_table);
            let section = section.with_context(|| format!("there is no [{name}]"))?;
            let pair =
                |(key, value): (&String, &toml::Value)| Some((key.clone(), value.as_str()?.to_owned()));
            Ok(section.iter().filter_map(pair).collect())
        };
        let mut compiler = section("compiler")?;
        let mut fact = |key: &str| compiler.remove(key).with_context(|| format!("[compiler] has no `{key}`"));
        Ok(Record {
            compiler: Version { name: fact("name")?, commit: fact("commit")? },
            tools: section("tools")?,
            sources: section("sources")?,
        })
    }

    /// The text of the record, which the chore writes.
    pub(crate) fn text(&self, chore: &str) -> String {
        let mut text = format!("# Written by `cargo xtask {chore}`.\n");
        text += &format!(
            "[compiler]\nname = {}\ncommit = {}\n",
            quoted(&self.compiler.name),
            quoted(&self.compiler.commit)
        );
        for (title, section) in [("tools", &self.tools), ("sources", &self.sources)] {
            text += &format!("\n[{title}]\n");
            for (key, value) in section {
                text += &format!("{} = {}\n", quoted(key), quoted(value));
            }
        }
        text
    }
}

/// The text of `SHA256SUMS` for files by name.
pub(crate) fn sums(files: &BTreeMap<String, Vec<u8>>) -> String {
    files.iter().map(|(name, bytes)| format!("{}  {name}\n", hex(&Sha256::digest(bytes)))).collect()
}

fn quoted(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_is_read_as_it_was_written() {
        let pairs =
            |pairs: &[(&str, &str)]| pairs.iter().map(|(a, b)| (a.to_string(), b.to_string())).collect();
        let record = Record {
            compiler: Version { name: "rustc 1.95.0 \"quoted\"".to_owned(), commit: "5980".to_owned() },
            tools: pairs(&[("wit-bindgen", "0.60.0")]),
            sources: pairs(&[("plugins/dist/cmd-new.wasm", "00ff")]),
        };
        assert_eq!(Record::parse(&record.text("plugins")).unwrap(), record);
        assert!(Record::parse("[compiler]\nname = \"x\"\n").is_err());
    }

    #[test]
    fn sums_are_what_sha256sum_reads() {
        let files = BTreeMap::from([("a.wasm".to_owned(), b"abc".to_vec())]);
        assert_eq!(
            sums(&files),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad  a.wasm\n"
        );
    }
}
