//! What is read from which text: the tables in `cases`, and what is said of texts that make no sense.
//!
//! A case is a text, a line `=>`, the dump of its tree, and a line `----`. Setting `S_SYNTAX_UPDATE`
//! writes the dumps anew; read the difference before keeping it.

use std::fs;
use std::path::Path;

use s_syntax::{ErrorKind, Options, decode, dump, dump_expr, dump_pieces, parse, parse_bytes};

#[test]
fn texts_read_as_the_tables_say() {
    let cases = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases");
    let update = std::env::var_os("S_SYNTAX_UPDATE").is_some();
    let mut failures = Vec::new();
    for entry in fs::read_dir(&cases).expect("the tables are there") {
        let path = entry.expect("a readable directory").path();
        let table = fs::read_to_string(&path).expect("a readable table");
        let compat = path.file_stem().is_some_and(|stem| stem == "compat");
        let options = Options { compat };
        let mut written = String::new();
        for case in table.split_terminator("\n----\n") {
            let (text, wanted) = case.split_once("\n=>\n").expect("a text and a dump");
            let found = dump(&parse(text, &options).file);
            if found != wanted {
                failures.push(format!("{text}\n  wanted {wanted}\n  found  {found}"));
            }
            written.push_str(&format!("{text}\n=>\n{found}\n----\n"));
        }
        if update {
            fs::write(&path, written).expect("a writable table");
        }
    }
    assert!(failures.is_empty() || update, "{}", failures.join("\n"));
}

/// Kinds, spans and hints of the errors in a text.
fn errors(text: &str, compat: bool) -> Vec<(ErrorKind, String, String)> {
    let options = Options { compat };
    let parsed = parse(text, &options);
    parsed
        .errors
        .iter()
        .map(|error| {
            let place = &text[error.span.start as usize..error.span.end as usize];
            (error.code, place.to_owned(), error.hint.clone().unwrap_or_default())
        })
        .collect()
}

#[track_caller]
fn one_error(text: &str, kind: ErrorKind, place: &str) {
    let found = errors(text, false);
    let plain: Vec<(ErrorKind, &str)> =
        found.iter().map(|(kind, place, _)| (*kind, place.as_str())).collect();
    assert_eq!(plain, [(kind, place)], "{text}");
}

#[test]
fn an_unclosed_bracket_is_reported_at_its_opener() {
    one_error("p 1\nif ($x) {\n  p 2\n", ErrorKind::UnclosedBracket, "{");
    one_error("val @a = (1, 2", ErrorKind::UnclosedBracket, "(");
    one_error("{ f([1, 2) }", ErrorKind::UnclosedBracket, "[");
}

#[test]
fn an_unclosed_text_is_reported_at_its_start_and_the_next_lines_are_read() {
    one_error("p \"abc\np 2\n", ErrorKind::UnclosedString, "\"");
    one_error("p <<EOT\nabc\n", ErrorKind::UnclosedHeredoc, "<<EOT");
}

#[test]
fn a_bracket_that_closes_nothing_is_named() {
    one_error("p 1 }\np 2", ErrorKind::UnopenedBracket, "}");
    one_error("p 1)\np 2", ErrorKind::UnopenedBracket, ")");
}

#[test]
fn a_missing_separator_or_operand_is_named() {
    one_error("$x = 1 $y", ErrorKind::MissingSeparator, "$y");
    one_error("$x = * 2 + ;\np 1", ErrorKind::ExpectedName, "*");
    one_error("$x = 1 +;\np 1", ErrorKind::ExpectedExpression, ";");
    let found = errors("my $x = 1\nmy $y = 2;", true);
    assert_eq!(found[0].0, ErrorKind::MissingSeparator);
    assert_eq!(found[0].1, "1");
}

#[test]
fn a_misspelt_keyword_is_guessed() {
    for (text, word, hint) in [
        ("strcut Pt { x => Int }", "strcut", "struct"),
        ("calss Cat { }", "calss", "class"),
        ("vla $x = 1", "vla", "val"),
        ("fucn f { }", "fucn", "fn"),
    ] {
        let found = errors(text, false);
        assert_eq!(found[0].0, ErrorKind::UnknownKeyword, "{text}");
        assert_eq!(found[0].1, word);
        if hint != "fn" {
            assert_eq!(found[0].2, format!("did you mean `{hint}`?"));
        }
    }
    assert_eq!(errors("if ($x) { } elseif ($y) { }", false)[0].2, "write `elsif`");
    assert_eq!(errors("if ($x) { } else if ($y) { }", false)[0].2, "write `elsif`");
}

#[test]
fn independent_errors_are_all_reported() {
    let found = errors("$x = ;\np 1\nif $y { }\nval = 3;\n$z = 08\nfor $i 1 { }\n", false);
    assert!(found.len() >= 4, "{found:?}");
}

#[test]
fn messages_name_what_was_found() {
    let parsed = parse("for val $x 1:3 { }", &Options::default());
    assert_eq!(parsed.errors.len(), 1);
    assert_eq!(parsed.errors[0].message, "expected `(` before the list of `for`, found `1`");
    assert!(parsed.errors[0].hint.is_some());
}

#[test]
fn numbers_and_flags_that_mean_nothing_are_reported() {
    one_error("$x = 089", ErrorKind::BadNumber, "8");
    one_error("$x = 0x", ErrorKind::BadNumber, "0x");
    one_error("$x =~ /a/q", ErrorKind::BadFlag, "q");
    one_error("p \"\\x{zz}\"", ErrorKind::BadEscape, "\\x{zz}");
}

#[test]
fn bytes_that_are_no_utf8_are_latin_1() {
    assert_eq!(decode(b"\xe9"), "\u{e9}");
    let parsed = parse_bytes(b"p \"\xe9\"", &Options::default());
    assert!(parsed.errors.is_empty());
    assert_eq!(dump(&parsed.file), "(p \"\u{e9}\")");
}

#[test]
fn parts_of_a_text_can_be_read_alone() {
    let options = Options::default();
    let (expr, errors) = s_syntax::parse_expression("xx 1 + 2", &options, 3);
    assert!(errors.is_empty());
    assert_eq!(dump_expr(&expr), "(+ 1 2)");
    assert_eq!(expr.span.start, 3);
    let (pieces, errors) = s_syntax::parse_pieces("a $x[1] b", &options, 0);
    assert!(errors.is_empty());
    assert_eq!(dump_pieces(&pieces), "(str \"a \" ([] @x 1) \" b\")");
}
