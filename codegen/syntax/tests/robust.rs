//! Whatever the text: no panic, no hang, no overflow, and spans that lie in it.

use std::time::{Duration, Instant};

use s_syntax::{ErrorKind, Options, Parsed, dump, parse, parse_bytes};

const PROGRAMS: &[&str] = &[
    "fn A::f($x, @r) : Int = $x + len(@r)\nval %h = (a => [1, 2], b => { c => 'd' })\n\
     for val $i (0:$n-1) { push @o, $h{a}[$i] if $i % 2 == 0 }\np ~> @o map { _ * 2 } join(\",\")\n",
    "my $s = \"a $x->{k}[0] @{[ map { $_ + 1 } @y ]} #{ join \", \", @z } \\x{41}\\U$u\\E\";\n\
     $s =~ s/(\\w+)\\Q$x\\E/uc($1) . \"\\n\"/gex; $s =~ tr/a-z/A-Z/r;\nprint STDERR <<A, <<~'B';\nx $y\nA\n  z\n  B\n",
    "class C extends D impl E { n: Str = \"x\"\n priv m: Map<Str, List<Int>>\n fn Self.new($a) { 1 } }\n\
     match ($v) { /a(b)/ => $1, [1, $x, *] if $x > 2 => 3, { k => _ } => 4, A::B($z) => 5, _ => 6 }\n",
    "if (($x // 1) <= 2) { return { a => 1 } } elsif ($y) { next L } else { do { 1 } while ($z) }\n\
     L: foreach my ($k, $v) (%h) { last unless $k =~ m{^a{2,3}$}; eval { die } or warn $@ }\n",
    "use strict; package P::Q { our @ISA = ('R'); sub new { my $c = shift; bless {}, $c } }\n\
     format X =\n@<<<\n$a\n.\n=pod\n\njunk\n\n=cut\n__END__\nrest",
];

const TOKENS: &[&str] = &[
    "$x", "@y", "%z", "&f", "_", "_1", "$_<", "1", "2.5", "0x1f", "\"a $b\"", "'c'", "q(", "qq{", "qw/a b/",
    "m/", "/", "s/a/b/e", "tr/a/b/", "<<A", "<<~'B'", "<$fh>", "<", ">", "(", ")", "[", "]", "{", "}", ";",
    ",", "=>", "->", "|>", "~>", "~>>", ":", "::", "?", "??", "=", "==", "=~", "+", "++", "-", "--", "*",
    "**", ".", "..", "...", "!", "~", "\\", "\\\n", "\n", " ", "#", "#{", "if", "unless", "while", "for",
    "fn", "sub", "val", "my", "local", "return", "match", "map", "sort", "print", "len", "class", "struct",
    "enum", "trait", "use", "package", "do", "eval", "x", "not", "and", "or", "else", "try", "format", "A",
    "A::B", "\"", "'", "`", "=pod", "__END__", "${", "@{", "$#", "$$", "\u{e9}", "\u{2026}", "\0", "given",
    "cond", "let", "not", "-f", "\"\"\"",
];

/// A small generator of numbers that are the same in each run.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % limit as u64) as usize
    }
}

/// Reads a text in both modes and looks at what came of it.
fn check(text: &str) {
    for compat in [false, true] {
        let options = Options { compat };
        let start = Instant::now();
        let Parsed { file, errors } = parse(text, &options);
        assert!(start.elapsed() < Duration::from_secs(5), "slow: {text:?}");
        let mut before = 0;
        for error in &errors {
            let (from, to) = (error.span.start as usize, error.span.end as usize);
            assert!(from <= to && to <= text.len(), "{error:?} in {text:?}");
            assert!(text.is_char_boundary(from) && text.is_char_boundary(to), "{error:?} in {text:?}");
            assert!(before <= from, "errors out of order in {text:?}");
            before = from;
        }
        let mut end = 0;
        for stmt in &file.body {
            assert!(stmt.span.start <= stmt.span.end && stmt.span.end as usize <= text.len());
            assert!(end <= stmt.span.start, "statements out of order in {text:?}");
            end = stmt.span.end;
        }
        let _ = dump(&file);
    }
}

#[test]
fn token_soup_is_survived() {
    let mut random = Random(0x9e37_79b9_7f4a_7c15);
    for _ in 0..4000 {
        let mut text = String::new();
        for _ in 0..random.below(40) {
            text.push_str(TOKENS[random.below(TOKENS.len())]);
            if random.below(3) > 0 {
                text.push(' ');
            }
        }
        check(&text);
    }
}

#[test]
fn bytes_are_survived() {
    let mut random = Random(0x1234_5678_9abc_def1);
    for _ in 0..3000 {
        let bytes: Vec<u8> = (0..random.below(60))
            .map(|_| if random.below(4) == 0 { random.below(256) as u8 } else { 32 + random.below(95) as u8 })
            .collect();
        let _ = parse_bytes(&bytes, &Options::default());
        check(&s_syntax::decode(&bytes));
    }
}

#[test]
fn truncated_and_changed_programs_are_survived() {
    let mut random = Random(0xfeed_beef_cafe_0123);
    for program in PROGRAMS {
        check(program);
        for end in 0..program.len() {
            check(&program[..end]);
        }
        for _ in 0..400 {
            let mut bytes = program.as_bytes().to_vec();
            for _ in 0..1 + random.below(4) {
                let place = random.below(bytes.len());
                match random.below(3) {
                    0 => {
                        bytes.remove(place);
                    }
                    1 => bytes[place] = 32 + random.below(95) as u8,
                    _ => bytes.insert(place, b"{}()[]\"'/\\\n;$@%"[random.below(15)]),
                }
            }
            check(&s_syntax::decode(&bytes));
        }
    }
}

#[test]
fn deep_nesting_ends_in_an_error() {
    for unit in [
        "(",
        "[",
        "{",
        "!",
        "\\",
        "-",
        "$",
        "f(",
        "fn {",
        "\"#{",
        "if (1) {",
        "$x[",
        "$x{",
        "1 ? ",
        "$x = ",
        "2 ** ",
        "not ",
        "@{",
        "${",
        "sub {",
        "map {",
        "~> ",
        "my ($x) = (",
        "do {",
        "<<A .",
        "class A { fn f {",
        "match (1) { [",
        "\"@{[",
        "\\U",
        "return ",
        "$#{",
        "+{",
        "local ",
        "x => ",
        "->",
        "++",
        "q(",
        "A<",
        "eval ",
        "p ",
        "-e ",
        "print ",
        "~",
        "typed ",
        "_<",
        "[1, ",
        "defined ",
        "my $x : List<",
        "fn f($x : A<",
    ] {
        check(&unit.repeat(5000));
        check(&format!("\"{}\"", unit.repeat(3000)));
        check(&format!("val {}", unit.repeat(2000)));
    }
    let parsed = parse(&"(".repeat(5000), &Options::default());
    assert!(parsed.errors.iter().any(|error| error.code == ErrorKind::TooDeep));
}

#[test]
fn long_chains_end_in_an_error() {
    for unit in [
        " . 1", " + 1", "->a", "[0]", "(1)", " || 1", " |> f", " ? 1 : 1", " == 1", " < 1", "++", " or 1",
        ", 1", "; 1",
    ] {
        check(&format!("$x{}", unit.repeat(20_000)));
    }
    let parsed = parse(&format!("$x{}", " . 1".repeat(20_000)), &Options::default());
    assert!(parsed.errors.iter().any(|error| error.code == ErrorKind::TooDeep));
}

#[test]
fn ordinary_depths_are_read() {
    let deep = format!("{}1{}", "(".repeat(300), ")".repeat(300));
    assert!(parse(&deep, &Options::default()).errors.is_empty());
    let blocks = format!("{}1{}", "if (1) {".repeat(200), "}".repeat(200));
    assert!(parse(&blocks, &Options::default()).errors.is_empty());
    let chain = format!("$x = 1{}", " . $y".repeat(900));
    assert!(parse(&chain, &Options::default()).errors.is_empty());
}

#[test]
fn the_time_grows_with_the_text() {
    for unit in [
        "\"#{",
        "'",
        "\"",
        "{ ",
        "s/",
        "<<A\n",
        "match (",
        "$x[",
        "\"$x[",
        "@{[ ",
        "map { \"$_\" => ",
        "q(",
        "/",
        "<",
        "${",
    ] {
        let start = Instant::now();
        let _ = parse(&unit.repeat(6000), &Options::default());
        assert!(start.elapsed() < Duration::from_secs(10), "{unit}");
    }
}

/// What fuzzing found.
#[test]
fn characters_that_only_look_like_the_beginning_of_a_name() {
    for text in [
        "require \u{1f600}\n",
        "require \u{1f600}",
        "use \u{1f600}\n",
        "my $x = \u{1f600}\n",
        "\u{1f600} => 1\n",
    ] {
        for compat in [false, true] {
            let options = Options { compat };
            let parsed = parse(text, &options);
            assert!(!parsed.errors.is_empty(), "{text}");
        }
    }
}
