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
            let below = format!("{name}/");
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
            return Err(Error::invalid_input("new/usage", "a project has one name").with_help(format!(
                "leave out what stands behind `{}`",
                question.arguments[0]
            )));
        }
        (other, _) => {
            return Err(Error::unsupported("new/command", format!("this plugin has no command `{other}`")));
        }
    };
    let mut files = files(&name, Options { library: question.library });
    for file in &mut files {
        file.path.insert_str(0, &below);
    }
    let answer = if question.json { json(&name, &below, &files) } else { words(question.command, &name, &files) };
    Ok(Plan { files, answer })
}

fn words(command: &str, name: &ProjectName, files: &[File]) -> String {
    let paths: Vec<&str> = files.iter().map(|file| file.path.as_str()).collect();
    let run = if command == "new" { format!("cd {name} && s run") } else { "s run".to_owned() };
    format!("created `{name}`: {}\nnext: {run}\n", paths.join(", "))
}

/// No character that is special in JSON can stand in a name or a path made from one.
fn json(name: &ProjectName, below: &str, files: &[File]) -> String {
    let paths: Vec<String> = files.iter().map(|file| format!("\"{}\"", file.path)).collect();
    let directory = below.strip_suffix('/').unwrap_or(".");
    format!("{{\"name\":\"{name}\",\"directory\":\"{directory}\",\"files\":[{}]}}\n", paths.join(","))
}
