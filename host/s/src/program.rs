//! Running a program straight from the command line: `s FILE`, `s -e CODE`, one-liners, `s -`.
//!
//! This is the way that has to be short: nothing is described to clap, no project is looked for and
//! no plugin. Words behind the program are its own and are not looked at. What is not a program is
//! left to the commands.

use std::ffi::{OsStr, OsString};
use std::io::{IsTerminal as _, Read as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use s_diag::{Code as DiagnosticCode, Diagnostic};
use s_ops::language::{
    Code, Looping, Program, Ran, Separator, Switches, World, is_source_name, run, shebang_words,
};
use s_ui::{Ui, UiOptions};

use crate::bug;
use crate::exit::Exit;

/// With which status a program ends that cannot be compiled or found, as a program that dies.
const DIED: u8 = 255;

/// What the words of a command line are.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Typed {
    /// A program to run.
    Program(Program),
    /// Something for the commands.
    Other,
    /// A program was meant, but the switches make no sense.
    Wrong(String),
}

/// Reads a command line as far as it is about a program.
pub(crate) fn understand(args: &[OsString]) -> Typed {
    match args {
        // `s run FILE`: what looks like a path is one, any other word is a script.
        [run, rest @ ..] if run == "run" => match rest {
            [mode, file, ..] if (mode == "--compat" || mode == "--no-interop") && is_path(file) => {
                switches_and_program(rest)
            }
            [file, ..] if is_path(file) => switches_and_program(rest),
            _ => Typed::Other,
        },
        args => switches_and_program(args),
    }
}

/// Says whether a word is a path for sure: it has a folder in it, or the ending of a source.
fn is_path(word: &OsStr) -> bool {
    let has_folder = Path::new(word).components().count() > 1 || word.as_encoded_bytes().contains(&b'/');
    !word.as_encoded_bytes().starts_with(b"-") && (has_folder || is_source_name(Path::new(word)))
}

fn switches_and_program(args: &[OsString]) -> Typed {
    let mut reader = Reader { args, at: 0, switches: Switches::default(), code: Vec::new(), seen: false };
    while let Some(word) = reader.args.get(reader.at) {
        let bytes = word.as_encoded_bytes();
        if bytes == b"-" {
            break;
        }
        if bytes == b"--" {
            // Alone at the front it still says that what follows is a program.
            if !reader.seen && reader.args.len() < reader.at + 2 {
                return Typed::Other;
            }
            reader.at += 1;
            reader.seen = true;
            break;
        }
        if !bytes.starts_with(b"-") {
            break;
        }
        match reader.word() {
            Ok(true) => reader.seen = true,
            Ok(false) => return Typed::Other,
            Err(message) => return Typed::Wrong(message),
        }
    }
    let Reader { at, mut switches, code, seen, .. } = reader;
    let rest = &args[at.min(args.len())..];
    let program = |code: Code, switches: Switches, arguments: &[OsString]| {
        Typed::Program(Program { code, switches, arguments: arguments.to_vec() })
    };
    if switches.looping == Looping::Once && (switches.autosplit || switches.field.is_some()) {
        switches.looping = Looping::Lines;
    }
    if !code.is_empty() {
        return program(Code::Words(code), switches, rest);
    }
    match rest {
        [word, arguments @ ..] if word == "-" => program(Code::Input, switches, arguments),
        [word, arguments @ ..] if seen || is_path(word) => {
            program(Code::File(PathBuf::from(word)), switches, arguments)
        }
        [] if seen => program(Code::Input, switches, &[]),
        _ => Typed::Other,
    }
}

/// The program that plain `s` reads from standard input, where somebody sends it one.
fn sent() -> Option<Program> {
    let mut stdin = std::io::stdin().lock();
    if stdin.is_terminal() {
        return None;
    }
    let mut text = Vec::new();
    stdin.read_to_end(&mut text).ok()?;
    let program = Program { code: Code::Text(text), switches: Switches::default(), arguments: Vec::new() };
    matches!(&program.code, Code::Text(text) if !text.is_empty()).then_some(program)
}

/// Runs the program that a command line is about; none when it is about something else.
pub(crate) fn of_command_line(args: &[OsString]) -> Option<ExitCode> {
    if args.is_empty() {
        return sent().map(|program| ExitCode::from(execute(program, &new_ui)));
    }
    match understand(args) {
        Typed::Program(program) => Some(ExitCode::from(execute(program, &new_ui))),
        Typed::Other => None,
        Typed::Wrong(message) => {
            let ui = new_ui();
            ui.diagnostic(
                &Diagnostic::error(DiagnosticCode::USAGE, message).hint("what there is: s help run"),
            );
            // What could not be said has nowhere else to go.
            let _ = ui.finish();
            Some(Exit::Usage.into())
        }
    }
}

/// What a program sees of the world around this process.
pub(crate) fn world() -> World {
    World {
        directory: std::env::current_dir().unwrap_or_else(|_| PathBuf::from(".")),
        environment: Arc::new(|name| std::env::var_os(name)),
        variables: std::env::vars_os().collect(),
    }
}

/// Runs a program; its status is that of the process.
pub(crate) fn execute(program: Program, ui: &dyn Fn() -> Ui) -> u8 {
    let world = world();
    let first_line = |text: &str, switches: &mut Switches| {
        for word in shebang_words(text) {
            let args = [OsString::from(word)];
            let mut reader =
                Reader { args: &args, at: 0, switches: switches.clone(), code: Vec::new(), seen: true };
            // What means nothing here is for another interpreter.
            if matches!(reader.word(), Ok(true)) && reader.code.is_empty() {
                *switches = reader.switches;
            }
        }
    };
    let say = |diagnostic: &Diagnostic| ui().diagnostic(diagnostic);
    let ended = bug::guard(false, || run(program, &world, &first_line, &say));
    match ended {
        Ok(Ran::Exit(status)) => u8::try_from(status & 0xff).unwrap_or(DIED),
        Ok(Ran::InOrder { name, warnings }) => {
            let ui = ui();
            warnings.iter().for_each(|warning| ui.diagnostic(warning));
            ui.note(format!("{name} syntax OK"));
            Exit::Done.status()
        }
        Ok(Ran::Wrong { name, diagnostics }) => {
            let ui = ui();
            diagnostics.iter().for_each(|diagnostic| ui.diagnostic(diagnostic));
            let errors =
                diagnostics.iter().filter(|diagnostic| diagnostic.severity == s_diag::Severity::Error);
            let first = errors.flat_map(|diagnostic| &diagnostic.labels).find(|label| label.primary);
            let place = first.map(|label| {
                let (line, _) = label.source.position(label.span.start);
                format!(" (the first at {} line {line})", label.source.name)
            });
            ui.note(format!(
                "Execution of {name} aborted due to compilation errors{}.",
                place.unwrap_or_default()
            ));
            let _ = ui.finish();
            DIED
        }
        Ok(Ran::Absent(diagnostic)) => {
            let ui = ui();
            ui.diagnostic(&diagnostic);
            let _ = ui.finish();
            2
        }
        Err(report) => {
            let ui = ui();
            report.print(&ui);
            let _ = ui.finish();
            Exit::Bug.status()
        }
    }
}

fn new_ui() -> Ui {
    Ui::new(&UiOptions::default(), &|name| std::env::var_os(name))
}

/// Reads switches in Perl's way: several in one word, values attached or in the next word.
struct Reader<'a> {
    args: &'a [OsString],
    at: usize,
    switches: Switches,
    code: Vec<OsString>,
    /// Whether something was read that only a program has.
    seen: bool,
}

impl Reader<'_> {
    /// Reads the word at hand. False: it is an option of the commands, and nothing was taken.
    fn word(&mut self) -> Result<bool, String> {
        let word = self.args[self.at].clone();
        let bytes = word.as_encoded_bytes();
        match bytes {
            b"--compat" => self.switches.compat = true,
            b"--no-interop" => self.switches.no_interop = true,
            // How `s x` and `s run` hand over whose lock counts; nobody is meant to type it.
            b"--locked-by" => {
                let project = self.args.get(self.at + 1).ok_or("`--locked-by` needs a value")?;
                self.switches.project = Some(PathBuf::from(project));
                self.at += 1;
            }
            _ if bytes.starts_with(b"--") && !self.seen => return Ok(false),
            _ if bytes.starts_with(b"--") => {
                return Err(format!("a program has no option `{}`", word.to_string_lossy()));
            }
            [b'-', b'q' | b'v' | b'h' | b'V', ..] if !self.seen => return Ok(false),
            _ => {
                self.at += 1;
                return self.letters(&word).map(|()| true);
            }
        }
        self.at += 1;
        Ok(true)
    }

    fn letters(&mut self, word: &OsStr) -> Result<(), String> {
        let Some(text) = word.to_str() else { return self.not_text(word) };
        let mut rest = &text[1..];
        while let Some(letter) = rest.chars().next() {
            rest = &rest[letter.len_utf8()..];
            match letter {
                'n' if self.switches.looping != Looping::Print => self.switches.looping = Looping::Lines,
                'p' => self.switches.looping = Looping::Print,
                'a' => self.switches.autosplit = true,
                'c' => self.switches.check_only = true,
                'w' | 'W' => self.switches.warnings = true,
                // Warnings off; nothing is tainted; a switch that was read before.
                'X' | 'n' => {}
                'g' => self.switches.input_end = Some(Separator::File),
                'l' => {
                    let digits = octal(rest, 3);
                    rest = &rest[digits.len()..];
                    self.switches.line_end = Some(match u32::from_str_radix(digits, 8) {
                        Ok(code) => Separator::Char(char::from_u32(code).unwrap_or('\0')),
                        // The end of records as it is at this moment.
                        Err(_) => self.switches.input_end.clone().unwrap_or(Separator::Char('\n')),
                    });
                }
                '0' => rest = self.record_end(rest)?,
                'i' => {
                    self.switches.in_place = Some(std::mem::take(&mut rest).to_owned());
                }
                'F' => {
                    let pattern = self.value('F', std::mem::take(&mut rest))?;
                    self.switches.field = Some(pattern);
                    self.switches.autosplit = true;
                }
                'M' | 'm' => {
                    let module = self.value(letter, std::mem::take(&mut rest))?;
                    self.switches.add_module(&module, letter == 'M');
                }
                'I' => {
                    let folder = self.value('I', std::mem::take(&mut rest))?;
                    self.switches.include.push(PathBuf::from(folder));
                }
                'e' | 'E' => {
                    let taken = std::mem::take(&mut rest);
                    let code = if taken.is_empty() { self.next(letter)? } else { OsString::from(taken) };
                    self.code.push(code);
                }
                // Perl allows a `-` between switches, as in `-l-n`.
                '-' => {}
                letter => return Err(format!("there is no switch `-{letter}`")),
            }
        }
        Ok(())
    }

    /// A word that is no text can only be `-e` with code in another encoding, attached.
    fn not_text(&mut self, word: &OsStr) -> Result<(), String> {
        Err(format!("`{}` is not UTF-8: put its value in a word of its own", word.to_string_lossy()))
    }

    /// `-0` and what stands behind it: octal digits, or `x` and hexadecimal ones.
    fn record_end<'t>(&mut self, rest: &'t str) -> Result<&'t str, String> {
        if let Some(hexadecimal) = rest.strip_prefix(['x', 'X']) {
            let count = hexadecimal.bytes().take_while(u8::is_ascii_hexdigit).count();
            let code = u32::from_str_radix(&hexadecimal[..count], 16).ok().and_then(char::from_u32);
            let char = code.ok_or_else(|| format!("`-0{rest}` names no character"))?;
            self.switches.input_end = Some(Separator::Char(char));
            return Ok(&hexadecimal[count..]);
        }
        let digits = octal(rest, 3);
        let code = u32::from_str_radix(digits, 8).unwrap_or(0);
        self.switches.input_end = Some(match code {
            0 if !digits.is_empty() => Separator::Paragraph,
            code if code >= 0o400 => Separator::File,
            code => Separator::Char(char::from_u32(code).unwrap_or('\0')),
        });
        Ok(&rest[digits.len()..])
    }

    fn value(&mut self, letter: char, attached: &str) -> Result<String, String> {
        if !attached.is_empty() {
            return Ok(attached.to_owned());
        }
        let word = self.next(letter)?;
        word.into_string().map_err(|word| format!("`{}` is not UTF-8", word.to_string_lossy()))
    }

    fn next(&mut self, letter: char) -> Result<OsString, String> {
        let word = self.args.get(self.at).ok_or_else(|| format!("`-{letter}` needs a value"))?;
        self.at += 1;
        Ok(word.clone())
    }
}

/// The octal digits that a text begins with.
fn octal(text: &str, most: usize) -> &str {
    let count = text.bytes().take(most).take_while(|byte| (b'0'..=b'7').contains(byte)).count();
    &text[..count]
}

/// The program that an unknown first word names, if it is a file here.
pub(crate) fn file_called(name: &str, arguments: &[OsString]) -> Option<Program> {
    let is_file = Path::new(name).is_file();
    is_file.then(|| Program {
        code: Code::File(PathBuf::from(name)),
        switches: Switches::default(),
        arguments: arguments.to_vec(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(line: &[&str]) -> Vec<OsString> {
        line.iter().map(OsString::from).collect()
    }

    fn program(line: &[&str]) -> Program {
        match understand(&words(line)) {
            Typed::Program(program) => program,
            other => panic!("{line:?}: {other:?}"),
        }
    }

    #[test]
    fn files_are_told_from_commands() {
        for (line, arguments) in [
            (&["a.stk", "-x", "--json"][..], &["-x", "--json"][..]),
            (&["./a", "b"], &["b"]),
            (&["run", "a.pl", "-v"], &["-v"]),
            (&["run", "--compat", "x/y"], &[]),
            (&["--compat", "anything", "-e"], &["-e"]),
            (&["--", "new"], &[]),
            (&["-w", "a", "-n"], &["-n"]),
        ] {
            let found = program(line);
            assert!(matches!(found.code, Code::File(_)), "{line:?}");
            assert_eq!(found.arguments, words(arguments), "{line:?}");
        }
        for line in [
            &["new", "a.stk"][..],
            &["run", "lint"],
            &["run"],
            &["-v", "list"],
            &["--json", "list"],
            &["-q"],
            &["--"],
            &["run", "-p", "x", "lint"],
        ] {
            assert_eq!(understand(&words(line)), Typed::Other, "{line:?}");
        }
        assert!(program(&["--compat", "x"]).switches.compat);
    }

    #[test]
    fn switches_are_bundled_as_in_perl() {
        let found = program(&["-lane", "print $F[1]", "x", "-n"]);
        assert_eq!(found.code, Code::Words(words(&["print $F[1]"])));
        assert_eq!(found.arguments, words(&["x", "-n"]));
        assert_eq!(found.switches.looping, Looping::Lines);
        assert_eq!(found.switches.line_end, Some(Separator::Char('\n')));
        assert!(found.switches.autosplit);
        let found = program(&["-i.bak", "-pe", "s/a/b/", "-e", "s/c/d/", "f"]);
        assert_eq!(found.switches.in_place.as_deref(), Some(".bak"));
        assert_eq!(found.switches.looping, Looping::Print);
        assert_eq!(found.code, Code::Words(words(&["s/a/b/", "s/c/d/"])));
        assert_eq!(program(&["-F:", "-e1"]).switches.field.as_deref(), Some(":"));
        assert_eq!(program(&["-F:", "-e1"]).switches.looping, Looping::Lines);
        assert_eq!(program(&["-Ilib", "-I", "inc", "-e1"]).switches.include.len(), 2);
        assert_eq!(program(&["-MFoo=a", "-e1"]).switches.modules, ["use Foo ('a');"]);
    }

    #[test]
    fn ends_of_records() {
        let ends = |switch: &str| {
            let switches = program(&[switch, "-e1"]).switches;
            (switches.input_end, switches.line_end)
        };
        let char = |char| Some(Separator::Char(char));
        assert_eq!(ends("-0"), (char('\0'), None));
        assert_eq!(ends("-00"), (Some(Separator::Paragraph), None));
        assert_eq!(ends("-0777"), (Some(Separator::File), None));
        assert_eq!(ends("-0x41"), (char('A'), None));
        assert_eq!(ends("-012"), (char('\n'), None));
        assert_eq!(ends("-l0"), (None, char('\0')));
        assert_eq!(ends("-ln0"), (char('\0'), char('\n')));
        assert_eq!(ends("-0l"), (char('\0'), char('\0')));
    }

    #[test]
    fn programs_come_from_standard_input_too() {
        assert_eq!(program(&["-"]).code, Code::Input);
        assert_eq!(program(&["-n"]).code, Code::Input);
        assert_eq!(program(&["-", "a"]).arguments, words(&["a"]));
    }

    #[test]
    fn what_makes_no_sense_is_said() {
        for line in [&["-e"][..], &["-nZ"], &["-n", "--json"], &["-M"], &["-0x110000", "-e1"]] {
            assert!(matches!(understand(&words(line)), Typed::Wrong(_)), "{line:?}");
        }
    }
}
