//! The switches that put a loop or more around a program: `-n`, `-p`, `-a`, `-F`, `-l`, `-0`, `-i`, `-M`.
//!
//! They are text around the text, as Perl documents them, and all in front of it stands on its first
//! line, so that lines keep their numbers.

use std::fmt::Write as _;
use std::path::PathBuf;

/// The loop around a program.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Looping {
    /// None.
    #[default]
    Once,
    /// Over the lines of the input: `-n`.
    Lines,
    /// The same, and each is printed at the end: `-p`.
    Print,
}

/// What ends a record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Separator {
    /// This character.
    Char(char),
    /// One or more empty lines: `-00`.
    Paragraph,
    /// Nothing: a file is one record, `-0777`.
    File,
}

/// How a program is to be run, beside its text and its arguments.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Switches {
    /// Plain Perl 5: `--compat`.
    pub compat: bool,
    /// Perl's spellings are refused where the language has its own: `--no-interop`.
    pub no_interop: bool,
    /// The program is a test.
    pub test: bool,
    /// The loop.
    pub looping: Looping,
    /// `-a`: each record is split into `@F`.
    pub autosplit: bool,
    /// `-F`: where it is split.
    pub field: Option<String>,
    /// `-l`: the end of a record is taken off when it is read; this is put behind what is printed.
    pub line_end: Option<Separator>,
    /// `-0`: the end of a record of the input.
    pub input_end: Option<Separator>,
    /// `-i`: files are changed in place, and kept under a name with this at its end if it is not empty.
    pub in_place: Option<String>,
    /// `-M` and `-m`, in order, as statements.
    pub modules: Vec<String>,
    /// `-I`: folders of modules.
    pub include: Vec<PathBuf>,
    /// The project whose lock says what the program's package depends on.
    pub project: Option<PathBuf>,
    /// `-w`: what may be wrong is said.
    pub warnings: bool,
    /// `-c`: the program is checked and not run.
    pub check_only: bool,
}

impl Switches {
    /// Adds the module that `-M` (or, with `imports` off, `-m`) names: `NAME`, `-NAME`, `NAME=a,b` or
    /// `NAME LIST`.
    pub fn add_module(&mut self, text: &str, imports: bool) {
        let (word, text) = match text.strip_prefix('-') {
            Some(rest) => ("no", rest),
            None => ("use", text),
        };
        let statement = match text.split_once('=') {
            Some((name, list)) => {
                let list: Vec<String> = list.split(',').map(quoted).collect();
                format!("{word} {name} ({});", list.join(", "))
            }
            None if imports => format!("{word} {text};"),
            None => format!("{word} {text} ();"),
        };
        self.modules.push(statement);
    }
}

/// Puts what the switches mean around a program.
#[must_use]
pub fn wrap(text: &str, switches: &Switches) -> String {
    let mut front = String::new();
    let ends = [("$/", &switches.input_end), ("$\\", &switches.line_end)];
    if ends.iter().any(|(_, end)| end.is_some()) {
        front.push_str("BEGIN { ");
        for (variable, end) in ends {
            if let Some(end) = end {
                let _ = write!(front, "{variable} = {}; ", separator(end, variable == "$\\"));
            }
        }
        front.push_str("} ");
    }
    for module in &switches.modules {
        let _ = write!(front, "{module} ");
    }
    let splits = switches.autosplit || switches.field.is_some();
    let looping = if splits && switches.looping == Looping::Once { Looping::Lines } else { switches.looping };
    if looping == Looping::Once {
        return if front.is_empty() { text.to_owned() } else { front + text };
    }
    if let Some(ending) = &switches.in_place {
        front.push_str(&in_place(ending));
    }
    front.push_str("LINE: while (<>) { ");
    if switches.in_place.is_some() {
        front.push_str(BEFORE_LINE);
    }
    if switches.line_end.is_some() {
        front.push_str("chomp; ");
    }
    if splits {
        let _ = write!(
            front,
            "our @F = split({}, $_); ",
            switches.field.as_deref().map_or("' '".to_owned(), pattern)
        );
    }
    let (body, data) = text.split_at(end_of_code(text));
    let back = match looping {
        Looping::Print => "\n;} continue { die \"-p destination: $!\\n\" unless print $_; }\n",
        _ => "\n;}\n",
    };
    let end = if switches.in_place.is_some() { "main::_in_place(undef);\n" } else { "" };
    front + body + back + end + data
}

/// Takes up the next file where the line is the first of it. Standard input stays what it is.
const BEFORE_LINE: &str =
    "main::_in_place($ARGV) if $ARGV ne '-' && !(defined $main::_in_place && $main::_in_place eq $ARGV); ";

/// The function that ends one file, and begins the next: what is printed goes into a new file beside
/// it, which takes its place when the old one was read to its end. A program that dies loses nothing.
fn in_place(ending: &str) -> String {
    let keep = match ending {
        "" => String::new(),
        _ if ending.contains('*') => format!(
            "my ($dir, $name) = $main::_in_place =~ m{{^(.*/)?([^/]*)$}}s; my $kept = {}; $kept =~ s/\\*/$name/g; $kept = ($dir // '') . $kept unless $kept =~ m{{/}}; ",
            quoted(ending)
        ),
        _ => format!("my $kept = $main::_in_place . {}; ", quoted(ending)),
    };
    let rename = match ending {
        "" => "",
        _ => "rename($main::_in_place, $kept) or die \"Can't rename $main::_in_place to $kept: $!\\n\"; ",
    };
    format!(
        "sub main::_in_place {{ my ($next) = @_; if (defined $main::_in_place) {{ select(STDOUT); \
         close(ARGVOUT) or die \"Can't write $main::_in_place: $!\\n\"; {keep}{rename}\
         rename($main::_in_place_new, $main::_in_place) or die \"Can't rename $main::_in_place_new to $main::_in_place: $!\\n\"; }} \
         $main::_in_place = $next; if (defined $next) {{ $main::_in_place_new = \"$next.new$$\"; \
         open(ARGVOUT, '>', $main::_in_place_new) or die \"Can't open $main::_in_place_new: $!\\n\"; \
         chmod((stat($next))[2] & 07777, $main::_in_place_new); select(ARGVOUT); }} }} "
    )
}

/// The switches that the first line of a program names: behind `perl` or `s`, as in `#!/usr/bin/s -n`.
#[must_use]
pub fn shebang_words(text: &str) -> Vec<&str> {
    let Some(line) = text.strip_prefix("#!").map(|rest| rest.lines().next().unwrap_or_default()) else {
        return Vec::new();
    };
    let is_interpreter = |word: &&str| {
        let name = word.rsplit('/').next().unwrap_or(word);
        name == "s" || name == "stryke" || name.starts_with("perl")
    };
    let mut words = line.split_whitespace().skip_while(|word| !is_interpreter(word));
    words.next();
    words.take_while(|word| word.starts_with('-') && word.len() > 1).collect()
}

/// Where `__END__` or `__DATA__` begins, or the end of the text.
fn end_of_code(text: &str) -> usize {
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        if matches!(line.trim_end_matches(['\n', '\r']), "__END__" | "__DATA__") {
            return at;
        }
        at += line.len();
    }
    text.len()
}

fn separator(end: &Separator, is_output: bool) -> String {
    match end {
        Separator::Char(char) => format!("\"\\x{{{:x}}}\"", u32::from(*char)),
        Separator::Paragraph if is_output => "\"\\n\\n\"".to_owned(),
        Separator::Paragraph => "\"\"".to_owned(),
        Separator::File => "undef".to_owned(),
    }
}

/// A text in single quotes.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\\', "\\\\").replace('\'', "\\'"))
}

/// The first operand of `split` that `-F` means: quotes and slashes are taken as they are.
fn pattern(text: &str) -> String {
    if text == " " {
        return "' '".to_owned();
    }
    let is_delimited = |quote: char| text.len() > 1 && text.starts_with(quote) && text.ends_with(quote);
    if ['/', '"', '\''].into_iter().any(is_delimited) {
        return text.to_owned();
    }
    let mut escaped = String::from("/");
    let mut chars = text.chars();
    while let Some(char) = chars.next() {
        match char {
            '/' => escaped.push_str("\\/"),
            '\\' => {
                escaped.push('\\');
                escaped.push(chars.next().unwrap_or('\\'));
            }
            char => escaped.push(char),
        }
    }
    escaped.push('/');
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wrapped(text: &str, change: impl FnOnce(&mut Switches)) -> String {
        let mut switches = Switches::default();
        change(&mut switches);
        wrap(text, &switches)
    }

    #[test]
    fn nothing_is_put_around_a_plain_program() {
        assert_eq!(wrapped("print 1\n__END__\nx", |_| {}), "print 1\n__END__\nx");
    }

    #[test]
    fn loops_keep_the_lines_and_end_before_the_data() {
        assert_eq!(
            wrapped("a\nb # c\n__END__\nd\n", |switches| switches.looping = Looping::Lines),
            "LINE: while (<>) { a\nb # c\n\n;}\n__END__\nd\n"
        );
        let printing = wrapped("s/a/b/", |switches| switches.looping = Looping::Print);
        assert!(printing.starts_with("LINE: while (<>) { s/a/b/\n;} continue { die "), "{printing}");
    }

    #[test]
    fn records_are_cut_split_and_ended() {
        let text = wrapped("print $F[0]", |switches| {
            switches.autosplit = true;
            switches.line_end = Some(Separator::Char('\n'));
            switches.input_end = Some(Separator::Char('\0'));
        });
        assert_eq!(
            text,
            "BEGIN { $/ = \"\\x{0}\"; $\\ = \"\\x{a}\"; } LINE: while (<>) { chomp; our @F = split(' ', $_); print $F[0]\n;}\n"
        );
    }

    #[test]
    fn files_are_replaced_on_one_line() {
        for ending in ["", ".b'k", "old/*"] {
            let text = wrapped("s/a/b/", |switches| {
                switches.looping = Looping::Print;
                switches.in_place = Some(ending.to_owned());
            });
            let first = text.lines().next().unwrap();
            assert!(first.starts_with("sub main::_in_place {") && first.ends_with("; s/a/b/"), "{text}");
            assert!(text.ends_with("}\nmain::_in_place(undef);\n"), "{text}");
            assert_eq!(text.contains("$kept"), !ending.is_empty(), "{text}");
        }
    }

    #[test]
    fn fields_are_patterns() {
        for (given, expected) in [
            (",", "/,/"),
            ("/x|y/", "/x|y/"),
            ("'a'", "'a'"),
            (" ", "' '"),
            ("a/b", "/a\\/b/"),
            ("\\t", "/\\t/"),
            ("\\/", "/\\//"),
            ("\\", "/\\\\/"),
        ] {
            assert_eq!(pattern(given), expected, "{given}");
        }
    }

    #[test]
    fn modules_become_statements() {
        let mut switches = Switches::default();
        for (text, imports) in
            [("List::Util=sum,max", true), ("-strict", true), ("POSIX qw(floor)", true), ("Foo", false)]
        {
            switches.add_module(text, imports);
        }
        assert_eq!(
            switches.modules,
            ["use List::Util ('sum', 'max');", "no strict;", "use POSIX qw(floor);", "use Foo ();"]
        );
    }

    #[test]
    fn the_first_line_may_name_switches() {
        assert_eq!(shebang_words("#!/usr/bin/perl -w -n\n"), ["-w", "-n"]);
        assert_eq!(shebang_words("#!/usr/bin/env -S s --compat\n"), ["--compat"]);
        assert_eq!(shebang_words("#!/usr/bin/env s\nx -n"), [""; 0]);
        assert_eq!(shebang_words("#!/bin/sh -e\n"), [""; 0]);
        assert_eq!(shebang_words("x"), [""; 0]);
    }
}
