//! The files of a new project. Only `stryke.toml` and `main.stk` are needed; the rest is found by
//! its place.

use crate::ProjectName;

/// A file to be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    /// Relative, with `/`.
    pub path: String,
    /// The whole text.
    pub content: String,
    /// What it is for, for the one who is asked to agree.
    pub why: &'static str,
}

/// What the project should have.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Options {
    /// A module under `lib/` with a test.
    pub library: bool,
}

/// Returns the files of a project, with paths relative to its directory.
pub fn files(name: &ProjectName, options: Options) -> Vec<File> {
    let mut files = vec![
        file("stryke.toml", manifest(name), "the manifest of the project"),
        file("main.stk", if options.library { library_main(name) } else { main(name) }, "the program"),
        file(".gitignore", "target/\n".to_owned(), "keeps build output out of the repository"),
    ];
    if options.library {
        files.push(file(&format!("lib/{name}.stk"), library(name), "the library"));
        files.push(file(&format!("t/test_{}.stk", word(name)), test(name), "its first test"));
    }
    files
}

fn file(path: &str, content: String, why: &'static str) -> File {
    File { path: path.to_owned(), content, why }
}

fn manifest(name: &ProjectName) -> String {
    format!("[package]\nname = \"{name}\"\nversion = \"0.1.0\"\nedition = \"2026\"\n\n[deps]\n")
}

fn main(name: &ProjectName) -> String {
    format!("p \"hello from {name}\"\n")
}

fn library_main(name: &ProjectName) -> String {
    let word = word(name);
    format!("require \"./lib/{name}.stk\"\n\np {word}_greeting(\"{name}\")\n")
}

fn library(name: &ProjectName) -> String {
    let word = word(name);
    format!("# Greets whoever is named.\nfn {word}_greeting($who) {{\n    \"hello from $who\"\n}}\n\n1\n")
}

fn test(name: &ProjectName) -> String {
    let word = word(name);
    format!(
        "require \"./lib/{name}.stk\"\n\n\
         assert_eq {word}_greeting(\"here\"), \"hello from here\", \"greets by name\"\n\
         test_run\n"
    )
}

/// The name as it can stand in a function's name.
fn word(name: &ProjectName) -> String {
    name.to_string().replace('-', "_").to_ascii_lowercase()
}
