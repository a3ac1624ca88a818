use alloc::vec;
use alloc::vec::Vec;
use std::string::String;

use super::{read, write};
use crate::tree::{DEPTH_MAX, Node};
use s_text::number::Number;

fn t(text: &str) -> Node {
    Node::Text(text.as_bytes().to_vec())
}

fn n(value: i64) -> Node {
    Node::Number(Number::Int(value))
}

fn m(entries: Vec<(&str, Node)>) -> Node {
    Node::Map(entries.into_iter().map(|(key, value)| (key.as_bytes().to_vec(), value)).collect())
}

fn one(text: &str) -> Node {
    let mut documents = read(text.as_bytes()).unwrap_or_else(|error| panic!("{text:?}: {error}"));
    assert_eq!(documents.len(), 1, "{text:?}");
    documents.remove(0)
}

fn message(text: &str) -> String {
    match read(text.as_bytes()) {
        Ok(documents) => panic!("{text:?} is read as {documents:?}"),
        Err(error) => std::format!("{error}"),
    }
}

#[test]
fn scalars() {
    for (text, node) in [
        ("", Node::Null),
        ("~", Node::Null),
        ("null # nothing", Node::Null),
        ("true", Node::Bool(true)),
        ("False", Node::Bool(false)),
        ("12", n(12)),
        ("-7", n(-7)),
        ("+7", n(7)),
        ("0x1F", n(31)),
        ("0o17", n(15)),
        ("007", t("007")),
        ("1.5e3", Node::Number(Number::Float(1500.0))),
        (".5", Node::Number(Number::Float(0.5))),
        ("-.inf", Node::Number(Number::Float(f64::NEG_INFINITY))),
        ("1.2.3", t("1.2.3")),
        ("yes", t("yes")),
        ("a b", t("a b")),
        ("a#b", t("a#b")),
        ("http://x/y", t("http://x/y")),
        ("'it''s'", t("it's")),
        (r#""a\tb\u00e9\x41\"""#, t("a\tb\u{e9}A\"")),
        ("\"a\n  b\n\n  c\"", t("a b\nc")),
        ("\"a\\\n   b\"", t("ab")),
        ("'a\n  b'", t("a b")),
        ("a\nb\n\nc", t("a b\nc")),
        ("--- x\n", t("x")),
        ("!!str 12", t("12")),
        ("!!int '12'", n(12)),
    ] {
        assert_eq!(one(text), node, "{text:?}");
    }
}

#[test]
fn block_collections() {
    assert_eq!(
        one("a: 1\nb:\n  c: x\n  d: y\n"),
        m(vec![("a", n(1)), ("b", m(vec![("c", t("x")), ("d", t("y"))]))])
    );
    assert_eq!(
        one("- 1\n- - 2\n  - 3\n-\n  4\n-\n"),
        Node::List(vec![n(1), Node::List(vec![n(2), n(3)]), n(4), Node::Null])
    );
    assert_eq!(one("a:\n- 1\n- 2\nb: 3"), m(vec![("a", Node::List(vec![n(1), n(2)])), ("b", n(3))]));
    assert_eq!(
        one("- a: 1\n  b: 2\n- c: 3\n"),
        Node::List(vec![m(vec![("a", n(1)), ("b", n(2))]), m(vec![("c", n(3))])])
    );
    assert_eq!(one("a:\nb: 1"), m(vec![("a", Node::Null), ("b", n(1))]));
    assert_eq!(one("? a\n: 1\n? b\n"), m(vec![("a", n(1)), ("b", Node::Null)]));
    assert_eq!(one("\"a b\": 1\n'c: d' : 2"), m(vec![("a b", n(1)), ("c: d", n(2))]));
    assert_eq!(one("a: one\n  two\nb: 3"), m(vec![("a", t("one two")), ("b", n(3))]));
    assert_eq!(one("# first\na: 1 # one\n\n# then\nb: 2\n"), m(vec![("a", n(1)), ("b", n(2))]));
}

#[test]
fn block_scalars() {
    assert_eq!(one("a: |\n  x\n   y\n\n  z\n\nb: 1"), m(vec![("a", t("x\n y\n\nz\n")), ("b", n(1))]));
    assert_eq!(one("a: |-\n  x\n"), m(vec![("a", t("x"))]));
    assert_eq!(one("a: |+\n  x\n\n"), m(vec![("a", t("x\n\n"))]));
    assert_eq!(one("a: >\n  x\n  y\n\n  z\n"), m(vec![("a", t("x y\nz\n"))]));
    assert_eq!(one("a: >-\n  x\n    y\n  z\n"), m(vec![("a", t("x\n  y\nz"))]));
    assert_eq!(one("a: |2\n   x\n"), m(vec![("a", t(" x\n"))]));
    assert_eq!(one("- |\n x\n- y"), Node::List(vec![t("x\n"), t("y")]));
    assert_eq!(one("a: |\nb: 1"), m(vec![("a", t("")), ("b", n(1))]));
}

#[test]
fn flow_collections() {
    assert_eq!(
        one("[1, a b, 'c', [], {}]"),
        Node::List(vec![n(1), t("a b"), t("c"), Node::List(vec![]), Node::Map(vec![])])
    );
    assert_eq!(
        one("{a: 1, \"b\":2, c, d: [x,\n y],}"),
        m(vec![("a", n(1)), ("b", n(2)), ("c", Node::Null), ("d", Node::List(vec![t("x"), t("y")]))])
    );
    assert_eq!(one("[a: 1, b]"), Node::List(vec![m(vec![("a", n(1))]), t("b")]));
    assert_eq!(one("k: {u: http://x}"), m(vec![("k", m(vec![("u", t("http://x"))]))]));
}

#[test]
fn anchors_and_merges() {
    assert_eq!(
        one("a: &x [1]\nb: *x"),
        m(vec![("a", Node::List(vec![n(1)])), ("b", Node::List(vec![n(1)]))])
    );
    let text = "base: &b\n  x: 1\n  y: 2\nd:\n  <<: *b\n  y: 3\n";
    let base = m(vec![("x", n(1)), ("y", n(2))]);
    assert_eq!(one(text), m(vec![("base", base), ("d", m(vec![("y", n(3)), ("x", n(1))]))]));
    assert!(message("a: *nowhere").contains("alias"));
}

#[test]
fn documents() {
    let documents = read(b"%YAML 1.2\n---\na\n---\nb: 1\n...\n").expect("two documents");
    assert_eq!(documents, [t("a"), m(vec![("b", n(1))])]);
    assert_eq!(read(b"").expect("nothing").len(), 1);
}

#[test]
fn what_is_wrong() {
    for (text, expected) in [
        ("a: 1\n  b: 2", "line 2"),
        ("[1, 2", "unfinished"),
        ("{a: 1", "unfinished"),
        ("\"abc", "unfinished"),
        ("a: b: c", "line 1"),
        ("\ta: 1", "tab"),
        ("a: @x", "line 1"),
        ("- 1\nb: 2", "line 2"),
        ("\"\\q\"", "escape"),
        ("[1] x", "line 1"),
    ] {
        assert!(message(text).contains(expected), "{text:?}: {}", message(text));
    }
}

#[test]
fn limits() {
    let deep = "[".repeat(100_000);
    assert!(message(&deep).contains("deep"));
    let deep = "- ".repeat(100_000);
    assert!(message(&deep).contains("deep"));
    let deep: String = (0..1000).map(|depth| " ".repeat(depth) + "a:\n").collect();
    assert!(message(&deep).contains("deep"));
    let mut bomb = String::from("a0: &a0 [x,x,x,x,x,x,x,x,x]\n");
    for level in 1..12 {
        let alias = std::format!("*a{}", level - 1);
        let all = [alias.as_str(); 9].join(",");
        bomb.push_str(&std::format!("a{level}: &a{level} [{all}]\n"));
    }
    assert!(message(&bomb).contains("large"));
    let nested = "[".repeat(DEPTH_MAX - 2) + &"]".repeat(DEPTH_MAX - 2);
    one(&nested);
}

#[test]
fn no_input_is_too_strange() {
    let pieces: [&[u8]; 24] = [
        b"a", b": ", b":\n", b"- ", b"\n", b"  ", b"[", b"]", b"{", b"}", b",", b"\"", b"'", b"|\n", b">\n",
        b"&a ", b"*a", b"# c", b"? ", b"---\n", b"!t ", b"\\", b"\t", b"\xff",
    ];
    let mut state = 7_u64;
    for _ in 0..20_000 {
        let mut text = Vec::new();
        for _ in 0..12 {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            text.extend_from_slice(pieces[(state >> 33) as usize % pieces.len()]);
        }
        let _ = read(&text);
    }
}

#[test]
fn what_is_written_reads_the_same() {
    let texts = [
        "",
        " ",
        "x",
        "null",
        "true",
        "12",
        "1e3",
        "0x1",
        "yes",
        "a: b",
        "a:",
        "- x",
        "-x",
        "-",
        "#x",
        "a #b",
        "'",
        "\"",
        "it's \"x\"",
        "a\nb",
        "a\nb\n",
        "a\n\n",
        "\na",
        " a\nb",
        "a\n b\n",
        "\t",
        "a\tb",
        "\u{e9}",
        "\u{85}",
        "\u{2028}",
        "\u{feff}",
        "\x07",
        "*a",
        "&a",
        "!a",
        "@",
        "%",
        "[",
        "{",
        "---",
        "...",
        "a\n \nb",
        "2024-01-01",
        "12:30",
        "<<",
        "? a",
        "a\r\nb",
        "\n",
        "\\",
        "x ",
        ": ",
        "007",
        "a,b",
        "{}",
        "[]",
        "~",
    ];
    let list: Vec<Node> = texts.iter().map(|text| t(text)).collect();
    let map = Node::Map(texts.iter().map(|text| (text.as_bytes().to_vec(), t(text))).collect());
    let tree = m(vec![
        ("list", Node::List(list.clone())),
        ("map", map),
        (
            "nested",
            Node::List(vec![Node::List(list), m(vec![("a", Node::List(vec![])), ("b", Node::Map(vec![]))])]),
        ),
        (
            "numbers",
            Node::List(vec![
                n(0),
                n(i64::MIN),
                Node::Number(Number::Float(1.5)),
                Node::Number(Number::Uint(u64::MAX)),
            ]),
        ),
        ("rest", Node::List(vec![Node::Null, Node::Bool(true), Node::Bool(false)])),
    ]);
    let mut out = Vec::new();
    write(&tree, &mut out);
    let text = String::from_utf8(out).expect("UTF-8");
    assert_eq!(one(&text), tree, "{text}");
    for text in texts {
        let mut out = Vec::new();
        write(&t(text), &mut out);
        let out = String::from_utf8(out).expect("UTF-8");
        assert_eq!(one(&out), t(text), "{out:?}");
    }
}

#[test]
fn the_style_of_what_is_written() {
    let tree = m(vec![
        ("name", t("x")),
        ("tags", Node::List(vec![t("a"), m(vec![("k", n(1)), ("l", t("two\nlines\n"))])])),
    ]);
    let mut out = Vec::new();
    write(&tree, &mut out);
    let expected = "name: x\ntags:\n  - a\n  - k: 1\n    l: |\n      two\n      lines\n";
    assert_eq!(String::from_utf8(out).expect("UTF-8"), expected);
}
