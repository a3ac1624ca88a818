//! `docs/plugins.md`: every block of it is run, in its order, as somebody would who reads it.

use std::fs;
use std::path::PathBuf;
use std::process::Output;

use crate::reader::{can, copy, missing_for_plugins, root, shell};
use crate::support::Sandbox;

const PAGE: &str = include_str!("../../docs/plugins.md");

/// One fenced block: what stands behind the fence, and its text.
struct Block<'a> {
    info: &'a str,
    text: String,
}

fn blocks(page: &str) -> Vec<Block<'_>> {
    let mut blocks = Vec::new();
    let mut open: Option<Block<'_>> = None;
    for line in page.lines() {
        match (open.as_mut(), line.strip_prefix("```")) {
            (None, Some(info)) => open = Some(Block { info, text: String::new() }),
            (None, None) => {}
            (Some(_), Some("")) => blocks.extend(open.take()),
            (Some(block), _) => block.text.push_str(&format!("{line}\n")),
        }
    }
    assert!(open.is_none(), "a block is not closed");
    blocks
}

/// What a reader has: a shell, `s`, and perhaps a Rust toolchain that can make plugins.
struct Reader {
    sandbox: Sandbox,
    directory: PathBuf,
}

impl Reader {
    fn new() -> Reader {
        let sandbox = Sandbox::new();
        let directory = sandbox.work();
        Reader { sandbox, directory }
    }

    /// Runs lines of a shell where the last ones ended.
    fn sh(&mut self, lines: &str) -> Output {
        let place = self.directory.join(".place");
        let script = format!("set -eu\n{lines}\npwd > '{}'\n", place.display());
        let mut command = shell(&self.sandbox, &self.directory);
        let output = command.args(["-c", &script]).output().expect("there is a shell");
        if let Ok(directory) = fs::read_to_string(&place) {
            fs::remove_file(&place).unwrap();
            self.directory = PathBuf::from(directory.trim());
        }
        // What the workspace has locked is here; anything newer would have to be fetched.
        if self.directory.join("Cargo.toml").exists() && !self.directory.join("Cargo.lock").exists() {
            fs::copy(root().join("Cargo.lock"), self.directory.join("Cargo.lock")).unwrap();
        }
        output
    }

    fn write(&self, path: &str, text: &str) {
        let path = self.directory.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
}

fn text(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

#[test]
#[cfg(unix)]
fn every_block_does_what_the_page_says() {
    let mut reader = Reader::new();
    copy(&root().join("docs/examples/plugin-c"), &reader.directory.join("plugin-c"));
    let has_clang = can(
        &reader.sandbox,
        "echo 'int f(void);' | clang --target=wasm32 -x c -fsyntax-only - && command -v wasm-ld",
    );
    let missing = missing_for_plugins(&reader.sandbox);
    let mut built = None;
    for block in blocks(PAGE) {
        let mut words = block.info.split_whitespace();
        let _language = words.next();
        match words.next().unwrap_or_default() {
            "s-test=c" => {
                let lines = if has_clang { block.text.as_str() } else { "cd ../plugin-c" };
                let output = reader.sh(lines);
                assert!(output.status.success(), "{lines}{}", text(&output));
                built = Some(true);
            }
            "s-test" => {
                let needs_cargo = block.text.contains("cargo test");
                if let (true, Some(code)) = (needs_cargo, missing) {
                    // Without what it takes, the page ends here, and says so.
                    let output = reader.sh("s plugin build");
                    assert!(!output.status.success() && text(&output).contains(code), "{}", text(&output));
                    built = Some(false);
                } else if built != Some(false) {
                    let output = reader.sh(&block.text);
                    assert!(output.status.success(), "{}{}", block.text, text(&output));
                    built = built.or(needs_cargo.then_some(true));
                }
            }
            word => {
                let path =
                    word.strip_prefix("file=").unwrap_or_else(|| panic!("nobody runs this: {}", block.info));
                reader.write(path, &block.text);
            }
        }
    }
    assert!(built.is_some(), "the page builds a plugin");
}

#[test]
fn every_block_says_how_it_is_run() {
    let blocks = blocks(PAGE);
    assert!(blocks.len() > 8);
    for block in blocks {
        let word = block.info.split_whitespace().nth(1).unwrap_or_default();
        assert!(word.starts_with("file=") || word == "s-test" || word == "s-test=c", "{}", block.info);
    }
}
