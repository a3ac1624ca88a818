//! The traits as an author meets them: helpers over the scripted hosts.

use s_guest::mock::{Answer, MemoryFiles, ScriptedHttp};
use s_guest::{EntryKind, Error, ErrorKind, Files, Http, Request};

#[test]
fn answers_stand_in_the_order_of_the_requests() {
    let http = ScriptedHttp::new()
        .on("https://a.example/1", Answer::ok("one").with_header("X-Kind", "first"))
        .on("https://a.example/2", Answer::ok("two"))
        .failing("https://a.example/3", Error::unavailable("http/down", "nobody is there"));
    let urls = ["https://a.example/1", "https://a.example/2", "https://a.example/3", "https://a.example/4"];
    let mut answers = http.get_many(urls.map(Request::get).into()).into_iter();
    let mut next = || answers.next().unwrap();
    let first = next().unwrap();
    assert_eq!((first.status, first.header("x-kind"), first.header("other")), (200, Some("first"), None));
    assert_eq!(first.read_to_end(3).unwrap(), b"one");
    assert_eq!(next().unwrap().into_blob().unwrap().read(1, 9).unwrap(), b"wo");
    assert_eq!(next().err().unwrap().kind, ErrorKind::Unavailable);
    assert_eq!(next().unwrap().status, 404);
    assert_eq!(http.batches().len(), 1, "all were in flight together");
}

#[test]
fn a_body_is_read_whole_or_not_at_all() {
    let http = ScriptedHttp::new()
        .on("https://a.example/long", Answer::ok("long"))
        .on("https://a.example/cut", Answer::ok("cut off").breaking_after(3));
    let get = |url: &str| http.get_many(vec![Request::get(url)]).remove(0).unwrap();
    assert_eq!(get("https://a.example/long").read_to_end(4).unwrap(), b"long");
    assert_eq!(get("https://a.example/long").read_to_end(3).unwrap_err().kind, ErrorKind::LimitExceeded);
    assert_eq!(get("https://a.example/cut").read_to_end(99).unwrap_err().kind, ErrorKind::Unavailable);
    assert!(get("https://a.example/cut").into_blob().is_err());
}

#[test]
fn a_tag_that_still_fits_is_answered_without_a_body() {
    let http = ScriptedHttp::new().on("https://a.example/", Answer::ok("new").with_header("ETag", "\"2\""));
    let get = |tag: &str| {
        let request = Request::get("https://a.example/").with_header("If-None-Match", tag);
        let answer = http.get_many(vec![request]).remove(0).unwrap();
        (answer.status, answer.read_to_end(9).unwrap())
    };
    assert_eq!(get("\"1\""), (200, b"new".to_vec()));
    assert_eq!(get("\"2\""), (304, Vec::new()));
}

#[test]
fn a_view_is_listed_narrowed_and_read() {
    let view = MemoryFiles::new().with("a/b/c.txt", "text").with("a/d.txt", "").with("e", "");
    let names = |view: &dyn Files, path: &str| -> Vec<(String, EntryKind)> {
        view.list(path).unwrap().into_iter().map(|entry| (entry.name, entry.kind)).collect()
    };
    assert_eq!(names(&view, ""), [("a".to_owned(), EntryKind::Directory), ("e".to_owned(), EntryKind::File)]);
    let below = view.sub("a").unwrap();
    assert_eq!(names(below.as_ref(), "b"), [("c.txt".to_owned(), EntryKind::File)]);
    assert_eq!(below.read("b/c.txt", 4).unwrap(), b"text");
    for (path, bytes_max, kind) in [
        ("b/c.txt", 3, ErrorKind::LimitExceeded),
        ("e", 9, ErrorKind::NotFound),
        ("../e", 9, ErrorKind::InvalidInput),
        ("/e", 9, ErrorKind::InvalidInput),
        ("./d.txt", 9, ErrorKind::InvalidInput),
    ] {
        assert_eq!(below.read(path, bytes_max).unwrap_err().kind, kind, "{path}");
    }
}
