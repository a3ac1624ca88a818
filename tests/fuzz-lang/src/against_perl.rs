//! Programs of plain Perl, many lines each, that have to print the same under `s --compat` and `perl`.

use std::path::Path;
use std::process::{Command, Stdio};

use fastrand::Rng;

use crate::choice::{once_in, one};
use crate::{Finding, World, text, trying};

/// Lines of a program.
const LINES: usize = 200;

const NUMBERS: [&str; 39] = [
    "0",
    "1",
    "2",
    "3",
    "7",
    "10",
    "-1",
    "-2",
    "-7",
    "255",
    "256",
    "65536",
    "1000003",
    "2147483647",
    "2147483648",
    "-2147483648",
    "4294967295",
    "4294967296",
    "9007199254740992",
    "9007199254740993",
    "9223372036854775807",
    "-9223372036854775808",
    "9223372036854775808",
    "18446744073709551615",
    "18446744073709551616",
    "0.5",
    "-0.5",
    "1.5",
    "2.5",
    "0.1",
    "1e100",
    "1e-7",
    "123456.789",
    "3.0",
    "-0.0",
    "1/3",
    "1e300*10",
    "63",
    "64",
];

const TEXTS: [&str; 34] = [
    "''",
    "'0'",
    "'00'",
    "'1'",
    "'a'",
    "'abc'",
    "'ABC'",
    "'10'",
    "'9'",
    "' 12 '",
    "'12abc'",
    "'0x1f'",
    "'1e3'",
    "'1_000'",
    "'-5'",
    "'+7'",
    "'.5'",
    "'5.'",
    "'inf'",
    "'nan'",
    "'az'",
    "'Zz'",
    "'a9'",
    "'zz'",
    "'a b c'",
    "\"a\\tb\"",
    "'0.0'",
    "'0e0'",
    "'--1'",
    "\"\\xff\\x00\"",
    "'9223372036854775808'",
    "'1e1000'",
    "'foo bar'",
    "\"x\\n\"",
];

const BINARY: [&str; 31] = [
    "+", "-", "*", "/", "%", "**", ".", "<=>", "cmp", "==", "!=", "<", "<=", ">", ">=", "eq", "ne", "lt",
    "le", "gt", "ge", "&&", "||", "//", "&", "|", "^", "<<", ">>", "xor", "x",
];

const UNARY: [&str; 26] = [
    "-",
    "!",
    "~",
    "int",
    "abs",
    "length",
    "uc",
    "lc",
    "ucfirst",
    "lcfirst",
    "defined",
    "ord",
    "chr ord",
    "hex",
    "oct",
    "quotemeta",
    "scalar reverse",
    "not",
    "+",
    "- -",
    "! !",
    "0 +",
    "'' .",
    "sqrt abs",
    "join '-', ",
    "sprintf '%s',",
];

fn value(rng: &mut Rng) -> String {
    if rng.u8(..3) == 0 { one(rng, &TEXTS).to_owned() } else { format!("({})", one(rng, &NUMBERS)) }
}

fn expression(rng: &mut Rng, depth: u32) -> String {
    if depth == 0 {
        return value(rng);
    }
    match rng.u8(..10) {
        0 | 1 => value(rng),
        2 | 3 => format!("({} {})", one(rng, &UNARY), expression(rng, depth - 1)),
        4 => {
            let (text, from) = (expression(rng, depth - 1), rng.i32(-4..5));
            match rng.u8(..4) {
                0 => format!("substr({text}, {from})"),
                1 => format!("substr({text}, {from}, {})", rng.i32(-3..4)),
                2 => format!("index({text}, {})", value(rng)),
                _ => format!("rindex({text}, {})", value(rng)),
            }
        }
        5 => {
            let (condition, yes, no) =
                (expression(rng, depth - 1), expression(rng, depth - 1), expression(rng, depth - 1));
            format!("({condition} ? {yes} : {no})")
        }
        6 => format!(
            "do {{ my $v = {}; $v{}; $v }}",
            value(rng),
            one(rng, &["++", "--", " += 1", " .= 'x'", " *= 2", " **= 2", " -= 0.5", " ||= 7", " x= 2"])
        ),
        _ => {
            let (left, mut op, mut right) =
                (expression(rng, depth - 1), one(rng, &BINARY), expression(rng, depth - 1));
            if op == "x" {
                right = rng.i32(-1..4).to_string();
            }
            if matches!(op, "<<" | ">>") {
                // Perl leaves shifts by more than a word to its build.
                right = rng.i32(0..70).to_string();
            }
            if op == "**" && once_in(rng, 2) {
                op = "*";
            }
            format!("({left} {op} {right})")
        }
    }
}

/// A line of operators on numbers and texts.
pub(crate) fn operator_line(rng: &mut Rng) -> String {
    let depth = 1 + rng.u32(..3);
    expression(rng, depth)
}

/// A value that every conversion of `sprintf` takes.
fn finite(rng: &mut Rng) -> String {
    loop {
        let value = value(rng);
        if !["inf", "nan", "e1000", "e300"].iter().any(|word| value.contains(word)) {
            return value;
        }
    }
}

fn sprintf_line(rng: &mut Rng) -> String {
    let mut format = String::new();
    let mut values = Vec::new();
    for _ in 0..1 + rng.usize(..3) {
        format.push_str(one(rng, &["", "a", "%%", " ", "|"]));
        format.push('%');
        for _ in 0..rng.usize(..3) {
            format.push_str(one(rng, &["-", "+", " ", "0", "#"]));
        }
        match rng.u8(..5) {
            0 => format.push_str(&rng.u8(..24).to_string()),
            1 => {
                format.push('*');
                values.push(rng.i32(-12..12).to_string());
            }
            _ => {}
        }
        match rng.u8(..5) {
            0 => format.push_str(&format!(".{}", rng.u8(..18))),
            1 => {
                format.push_str(".*");
                values.push(rng.i32(-2..12).to_string());
            }
            _ => {}
        }
        format.push_str(one(
            rng,
            &["d", "i", "u", "s", "c", "x", "X", "o", "b", "B", "e", "E", "f", "g", "G", "s", "d", "ld"],
        ));
        values.push(if format.ends_with('c') { rng.u8(32..127).to_string() } else { finite(rng) });
    }
    format!("sprintf('{format}', {})", values.join(", "))
}

fn pack_line(rng: &mut Rng) -> String {
    let mut template = String::new();
    let mut values = Vec::new();
    for _ in 0..1 + rng.usize(..4) {
        let letter = one(
            rng,
            &[
                "a", "A", "Z", "b", "B", "h", "H", "c", "C", "s", "S", "l", "L", "q", "Q", "n", "N", "v",
                "V", "w", "x", "s>", "l<", "q>", "f", "d",
            ],
        );
        template.push_str(letter);
        let is_text = matches!(letter, "a" | "A" | "Z" | "b" | "B" | "h" | "H");
        let count = 1 + rng.usize(..5);
        match rng.u8(..4) {
            0 if is_text => template.push('*'),
            1 => template.push_str(&count.to_string()),
            _ => {}
        }
        if letter == "x" {
            continue;
        }
        let times =
            if !is_text && template.ends_with(|last: char| last.is_ascii_digit()) { count } else { 1 };
        for _ in 0..times {
            values.push(match letter {
                "b" | "B" => one(rng, &["'0110'", "'1'", "'101010101'", "''"]).to_owned(),
                "h" | "H" => one(rng, &["'1f'", "'abc'", "'0'", "''"]).to_owned(),
                "a" | "A" | "Z" => one(rng, &["'abc'", "'a'", "''", "'hello world'", "\"a \\0\""]).to_owned(),
                "f" | "d" => one(rng, &["0", "1.5", "-2", "0.1", "1e10"]).to_owned(),
                "w" => rng.u32(..300).to_string(),
                _ => one(
                    rng,
                    &[
                        "0",
                        "1",
                        "-1",
                        "127",
                        "128",
                        "255",
                        "32767",
                        "65535",
                        "65536",
                        "2147483647",
                        "-2147483648",
                    ],
                )
                .to_owned(),
            });
        }
    }
    let packed = format!("pack('{template}', {})", values.join(", "));
    if rng.bool() {
        format!("unpack('H*', {packed})")
    } else {
        format!("join('|', map {{ defined $_ ? $_ : 'undef' }} unpack('{template}', {packed}))")
    }
}

/// Parts that Perl and every other reading of Perl's patterns agree on.
const ATOMS: [&str; 40] = [
    "a", "b", "ab", ".", "\\w", "\\d+", "\\s", "\\b", "^", "$", "[a-c]", "[^b]", "[\\w-]", "(", ")", "(?:",
    ")", "(?=", ")", "(?!", ")", "(?>", "|", "*", "+", "?", "*?", "+?", "{2}", "{1,3}", "(?i)", "\\1", "\\A",
    "\\z", "\\B", "c", "(a|b)", "(b?)", "(c)*", "x",
];

fn regex_line(rng: &mut Rng) -> String {
    // Perl takes `(?!)` for a verb of its own, and forgets it where something quantifies it.
    let pattern = text::pattern(rng, &ATOMS, 9).replace("(?!)", "(?!x)");
    let subject: String =
        (0..rng.usize(..14)).map(|_| one(rng, &["a", "b", "c", "ab", " ", "A", "x", "1"])).collect();
    match rng.u8(..3) {
        0 => format!(
            "do {{ my $p = '{pattern}'; my $t = '{subject}'; my $n = ($t =~ s/$p/<$&>/g); \"$n $t\" }}"
        ),
        1 => format!(
            "do {{ my $p = '{pattern}'; join '|', map {{ defined $_ ? $_ : 'undef' }} '{subject}' =~ /$p/g }}"
        ),
        _ => format!(
            "do {{ my $p = '{pattern}'; '{subject}' =~ /$p/ ? join('|', $-[0], $+[0], map {{ defined $_ ? $_ : 'undef' }} $1, $2) : 'no' }}"
        ),
    }
}

/// A program that prints what each line gives.
pub(crate) fn program(rng: &mut Rng, line: fn(&mut Rng) -> String) -> String {
    let mut program = String::from("no warnings;\nmy $r;\n");
    for number in 0..LINES {
        let line = line(rng);
        program.push_str(&format!(
            "$r = eval {{ {line} }}; print '{number} ', $@ ne '' ? 'died' : defined $r ? $r : 'undef', \"\\n\";\n"
        ));
    }
    program
}

fn output(program: &Path, words: &[&str], file: &Path) -> Result<Vec<u8>, String> {
    let output = Command::new(program)
        .args(words)
        .arg(file)
        .stdin(Stdio::null())
        .output()
        .map_err(|error| format!("`{}` does not start: {error}", program.display()))?;
    if output.status.success() {
        return Ok(output.stdout);
    }
    let said = String::from_utf8_lossy(&output.stderr);
    Err(format!("`{}` ended with {}\n{said}", program.display(), output.status))
}

fn compare(world: &World, rng: &mut Rng, line: fn(&mut Rng) -> String) -> Option<Finding> {
    let program = program(rng, line);
    trying(&program);
    let file = world.folder.join("fuzz.pl");
    let found = |input: &str, what: String| Some(Finding { input: input.to_owned(), what });
    if let Err(error) = std::fs::write(&file, &program) {
        return found("", error.to_string());
    }
    let theirs = match output(Path::new("perl"), &[], &file) {
        Ok(theirs) => theirs,
        // A pattern may be beyond perl as well.
        Err(error) => return found(&program, error),
    };
    let ours = match output(&world.s, &["--compat"], &file) {
        Ok(ours) => ours,
        Err(error) => return found(&program, error),
    };
    if ours == theirs {
        return None;
    }
    let lines =
        |bytes: &[u8]| -> Vec<String> { String::from_utf8_lossy(bytes).lines().map(str::to_owned).collect() };
    let (ours, theirs) = (lines(&ours), lines(&theirs));
    let at = (0..).find(|&at| ours.get(at) != theirs.get(at))?;
    // A line of output begins with the number of its line, unless its value has line breaks.
    let number = (0..=at).rev().find_map(|at| theirs.get(at)?.split(' ').next()?.parse::<usize>().ok());
    let source = program.lines().nth(number.unwrap_or(0) + 2).unwrap_or_default();
    let nothing = "(nothing)".to_owned();
    found(
        source,
        format!("perl: {}\ns:    {}", theirs.get(at).unwrap_or(&nothing), ours.get(at).unwrap_or(&nothing)),
    )
}

/// Operators on numbers and texts.
pub(crate) fn operators(world: &World, rng: &mut Rng) -> Option<Finding> {
    compare(world, rng, operator_line)
}

/// `sprintf`.
pub(crate) fn sprintf(world: &World, rng: &mut Rng) -> Option<Finding> {
    compare(world, rng, sprintf_line)
}

/// `pack` and `unpack`.
pub(crate) fn pack(world: &World, rng: &mut Rng) -> Option<Finding> {
    compare(world, rng, pack_line)
}

/// Patterns.
pub(crate) fn regex(world: &World, rng: &mut Rng) -> Option<Finding> {
    compare(world, rng, regex_line)
}
