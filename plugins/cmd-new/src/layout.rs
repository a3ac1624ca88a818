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
        let base = name.base();
        files.push(file(&format!("lib/{base}.stk"), library(name), "the library"));
        files.push(file(&format!("t/test_{base}.stk"), test(name), "its first test"));
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
    let (package, base) = (package(name), name.base());
    format!("require \"./lib/{base}.stk\"\n\np {package}::greeting(\"{name}\")\n")
}

fn library(name: &ProjectName) -> String {
    let package = package(name);
    format!("# Greets from wherever it is told.\nfn {package}::greeting($place) = \"hello from $place\"\n")
}

fn test(name: &ProjectName) -> String {
    let (package, base) = (package(name), name.base());
    format!(
        "require \"./lib/{base}.stk\"\n\n\
         assert_eq {package}::greeting(\"here\"), \"hello from here\", \"greets from the place\"\n\
         test_run\n"
    )
}

/// The name as packages are spelled: `acme/my-app` becomes `MyApp`.
fn package(name: &ProjectName) -> String {
    let capital = |part: &str| part[..1].to_ascii_uppercase() + &part[1..];
    name.base().split(['-', '_']).filter(|part| !part.is_empty()).map(capital).collect()
}
