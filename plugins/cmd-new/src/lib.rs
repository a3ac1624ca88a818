//! `s new` and `s init`: the first files of a project.
//!
//! The logic decides on files and words; it proposes, and the host writes all of it or nothing.
//! Whether a directory or file is there already is the host's to see.

#[cfg(target_arch = "wasm32")]
mod guest;
mod layout;
mod name;

pub use layout::{File, Options, files};
pub use name::{NAME_LENGTH_MAX, ProjectName};

use s_guest::Error;

/// What was called, with which words.
#[derive(Clone, Copy, Debug)]
pub struct Question<'a> {
    /// `new` or `init`.
    pub command: &'a str,
    /// What stands behind the command, options taken out.
    pub arguments: &'a [String],
    /// True for a library: `--lib`.
    pub library: bool,
    /// The name of the directory the command was called in.
    pub directory: &'a str,
    /// True when the answer is for a program.
    pub json: bool,
}

/// What the command wants done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// The files to propose, in order; paths are relative to where the command was called.
    pub files: Vec<File>,
    /// What to print.
    pub answer: String,
}

/// Plans a new project.
///
/// # Errors
/// `invalid-input` for a name no package can have, and for a wrong number of arguments.
pub fn plan(question: &Question<'_>) -> Result<Plan, Error> {
    let (name, below) = match (question.command, question.arguments) {
        ("new", [name]) => {
            let name = ProjectName::parse(name)?;
            let below = format!("{}/", name.base());
            (name, below)
        }
        ("new", []) => {
            return Err(Error::invalid_input("new/no-name", "`s new` needs the name of the project")
                .with_help("s new hello"));
        }
        ("init", []) => {
            let name = ProjectName::parse(question.directory).map_err(|error| {
                error.with_detail("the name was taken from the directory").with_help("give one: s init hello")
            })?;
            (name, String::new())
        }
        ("init", [name]) => (ProjectName::parse(name)?, String::new()),
        ("new" | "init", _) => {
            return Err(Error::invalid_input("new/usage", "a project has one name")
                .with_help(format!("leave out what stands behind `{}`", question.arguments[0])));
        }
        (other, _) => {
            return Err(Error::unsupported("new/command", format!("this plugin has no command `{other}`")));
        }
    };
    let mut files = files(&name, Options { library: question.library });
    for file in &mut files {
        file.path.insert_str(0, &below);
    }
    let answer = if question.json { json(&name, &below, &files) } else { words(&name, &below) };
    Ok(Plan { files, answer })
}

fn words(name: &ProjectName, below: &str) -> String {
    let place = if below.is_empty() { "this directory" } else { below };
    format!("created project `{name}` in {place}\n")
}

/// No character that is special in JSON can stand in a name or a path made from one.
fn json(name: &ProjectName, below: &str, files: &[File]) -> String {
    let paths: Vec<String> = files.iter().map(|file| format!("\"{}\"", file.path)).collect();
    let directory = below.strip_suffix('/').unwrap_or(".");
    format!("{{\"name\":\"{name}\",\"directory\":\"{directory}\",\"files\":[{}]}}\n", paths.join(","))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ask(command: &str, arguments: &[&str], library: bool, json: bool) -> Result<Plan, Error> {
        let arguments: Vec<String> = arguments.iter().map(|word| word.to_string()).collect();
        plan(&Question { command, arguments: &arguments, library, directory: "here", json })
    }

    fn paths(plan: &Plan) -> Vec<&str> {
        plan.files.iter().map(|file| file.path.as_str()).collect()
    }

    #[test]
    fn new_makes_everything_below_one_directory() {
        let plan = ask("new", &["demo"], false, false).unwrap();
        let files: Vec<(&str, &str)> =
            plan.files.iter().map(|file| (file.path.as_str(), file.content.as_str())).collect();
        let manifest = "[package]\nname = \"demo\"\nversion = \"0.1.0\"\nedition = \"2026\"\n\n[deps]\n";
        assert_eq!(
            files,
            [
                ("demo/stryke.toml", manifest),
                ("demo/main.stk", "p \"hello from demo\"\n"),
                ("demo/.gitignore", "target/\n"),
            ]
        );
        assert_eq!(plan.answer, "created project `demo` in demo/\n");
    }

    #[test]
    fn a_scope_is_in_the_name_and_not_in_the_place() {
        let plan = ask("new", &["acme/my-lib"], true, false).unwrap();
        assert_eq!(
            paths(&plan),
            [
                "my-lib/stryke.toml",
                "my-lib/main.stk",
                "my-lib/.gitignore",
                "my-lib/lib/my-lib.stk",
                "my-lib/t/test_my-lib.stk"
            ]
        );
        assert!(plan.files[0].content.starts_with("[package]\nname = \"acme/my-lib\"\n"));
        assert!(plan.files[1].content.starts_with("require \"./lib/my-lib.stk\"\n\np MyLib::greeting("));
        assert_eq!(plan.answer, "created project `acme/my-lib` in my-lib/\n");
        let plan = ask("init", &["acme/x"], false, true).unwrap();
        assert!(plan.answer.starts_with("{\"name\":\"acme/x\",\"directory\":\".\""), "{}", plan.answer);
    }

    #[test]
    fn init_stays_where_it_is_and_takes_the_name_of_the_directory() {
        let plan = ask("init", &[], false, true).unwrap();
        assert_eq!(paths(&plan), ["stryke.toml", "main.stk", ".gitignore"]);
        assert_eq!(
            plan.answer,
            "{\"name\":\"here\",\"directory\":\".\",\"files\":[\"stryke.toml\",\"main.stk\",\".gitignore\"]}\n"
        );
        assert!(
            ask("init", &["other"], false, false).unwrap().answer.ends_with("`other` in this directory\n")
        );
    }

    #[test]
    fn a_library_comes_with_a_test_that_uses_it() {
        let plan = ask("new", &["my-lib"], true, false).unwrap();
        assert_eq!(paths(&plan)[3..], ["my-lib/lib/my-lib.stk", "my-lib/t/test_my-lib.stk"]);
        for file in &plan.files[3..] {
            assert!(file.content.contains("MyLib::greeting"), "{}", file.content);
        }
    }

    #[test]
    fn every_misuse_says_what_to_do() {
        for (command, arguments, code) in [
            ("new", &[][..], "new/no-name"),
            ("new", &["a", "b"], "new/usage"),
            ("init", &["a", "b"], "new/usage"),
            ("new", &["../up"], "new/name"),
            ("init", &["a/b/c"], "new/name"),
        ] {
            let error = ask(command, arguments, false, false).unwrap_err();
            assert_eq!(error.code, code, "{command} {arguments:?}");
            assert!(error.help.is_some());
        }
        let question =
            Question { command: "init", arguments: &[], library: false, directory: "my files", json: false };
        assert_eq!(plan(&question).unwrap_err().help.as_deref(), Some("give one: s init hello"));
        assert_eq!(ask("old", &["x"], false, false).unwrap_err().code, "new/command");
    }
}
