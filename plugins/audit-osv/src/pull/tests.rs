//! Whole pulls against scripted hosts.

use super::*;
use s_guest::Response;
use s_guest::mock::{Answer, MemoryFiles, ScriptedHttp};
use std::cell::RefCell;
use std::io::Write;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

#[derive(Default)]
struct Script {
    http: ScriptedHttp,
    files: Option<MemoryFiles>,
    log: RefCell<Vec<String>>,
}

impl Http for Script {
    fn each(&self, requests: Vec<Request>, answer: &mut dyn FnMut(usize, Result<Response, Error>)) {
        self.http.each(requests, answer);
    }
}

impl Host for Script {
    fn view(&self, name: &str) -> Option<Box<dyn Files>> {
        assert_eq!(name, "feed");
        self.files.clone().map(|files| Box::new(files) as Box<dyn Files>)
    }

    fn warn(&self, message: &str) {
        self.log.borrow_mut().push(message.to_owned());
    }
}

fn entry(id: &str) -> String {
    format!(r#"{{"id":"{id}","modified":"2024-03-01T00:00:00Z"}}"#)
}

fn zip(entries: &[(&str, &str)]) -> Vec<u8> {
    let mut writer = ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, content) in entries {
        writer.start_file(*name, SimpleFileOptions::default()).unwrap();
        writer.write_all(content.as_bytes()).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

fn folder(files: MemoryFiles) -> Script {
    Script { files: Some(files), ..Script::default() }
}

fn web(answer: Answer) -> Script {
    Script { http: ScriptedHttp::new().on(URL, answer), ..Script::default() }
}

const URL: &str = "https://osv.example/all.zip";

/// All pages of a pull, and the validator.
fn pull_all(host: &Script, url: &str, since: Option<&str>) -> (Vec<Vec<String>>, Option<String>) {
    let mut feed = Feed::default();
    let (mut pages, mut cursor) = (Vec::new(), None);
    loop {
        let Sync::Batch(batch) = feed.pull(host, url, since, cursor.as_deref()).unwrap() else {
            return (pages, None);
        };
        pages.push(batch.advisories.into_iter().map(|advisory| advisory.id).collect());
        cursor = batch.cursor;
        if cursor.is_none() {
            return (pages, batch.validator);
        }
        assert!(batch.validator.is_none(), "only a complete pull has a validator");
    }
}

fn error_of(host: &Script, url: &str) -> Error {
    Feed::default().pull(host, url, None, None).unwrap_err()
}

#[test]
fn a_folder_is_read_in_the_order_of_its_paths() {
    let files = MemoryFiles::new()
        .with("b.json", entry("B"))
        .with("a/deep/z.json", entry("A"))
        .with("c.zip", zip(&[("2.json", &entry("C2")), ("1.json", &entry("C1")), ("ids.csv", "x")]))
        .with("readme.md", "no");
    let (pages, validator) = pull_all(&folder(files), "/srv/osv", None);
    assert_eq!(pages, [["A", "B", "C2", "C1"]]);
    assert!(validator.is_some_and(|validator| validator.len() == "sha256:".len() + 64));
}

#[test]
fn an_address_that_names_a_file_means_that_file_alone() {
    let files = MemoryFiles::new()
        .with("all.zip", zip(&[("Z.json", &entry("Z"))]))
        .with("one.json", entry("ONE"))
        .with("deep/two.json", entry("TWO"));
    for (url, expected) in [
        ("file:///srv/all.zip", vec!["Z"]),
        ("/srv/one.json", vec!["ONE"]),
        ("/srv/osv.json", vec!["Z", "TWO", "ONE"]),
        ("/srv/", vec!["Z", "TWO", "ONE"]),
    ] {
        assert_eq!(pull_all(&folder(files.clone()), url, None).0, [expected], "{url}");
    }
}

#[test]
fn a_folder_is_unchanged_until_a_byte_changes() {
    let files = MemoryFiles::new().with("a.json", entry("A")).with("b.json", entry("B"));
    let (_, validator) = pull_all(&folder(files.clone()), "/srv", None);
    let since = validator.as_deref();
    let pull = |files: MemoryFiles| Feed::default().pull(&folder(files), "/srv", since, None).unwrap();
    assert_eq!(pull(files.clone()), Sync::Unchanged);
    assert!(matches!(pull(files.clone().with("b.json", entry("C"))), Sync::Batch(_)), "same size");
    assert!(matches!(pull(files.clone().with("c.json", entry("C"))), Sync::Batch(_)));
    assert_eq!(pull(files.with("readme.md", "x")), Sync::Unchanged, "not a part of the database");
}

#[test]
fn a_database_behind_a_server_is_asked_with_its_validator() {
    let content = zip(&[("A.json", &entry("A"))]);
    let host = web(Answer::ok(content.clone()).with_header("ETag", "\"v1\""));
    let (pages, validator) = pull_all(&host, URL, None);
    assert_eq!((pages.as_slice(), validator.as_deref()), (&[vec!["A".to_owned()]][..], Some("etag:\"v1\"")));
    let (pages, _) = pull_all(&host, URL, Some("etag:\"v0\""));
    assert_eq!(pages.len(), 1);
    let since = Feed::default().pull(
        &Script { http: ScriptedHttp::new().on(URL, Answer::status(304)), ..Script::default() },
        URL,
        Some("etag:\"v1\""),
        None,
    );
    assert_eq!(since, Ok(Sync::Unchanged));
    let request = &host.http.batches()[1][0];
    assert_eq!(request.headers, [("if-none-match".to_owned(), "\"v0\"".to_owned())]);
    assert_eq!(request.bytes_max, Some(DOWNLOAD_BYTES_MAX));

    let dated = web(Answer::ok(content).with_header("last-modified", "Fri, 01 Mar 2024 00:00:00 GMT"));
    let (_, validator) = pull_all(&dated, URL, Some("sha256:of-a-folder"));
    assert_eq!(validator.as_deref(), Some("date:Fri, 01 Mar 2024 00:00:00 GMT"));
    pull_all(&dated, URL, validator.as_deref());
    let seen = dated.http.batches();
    assert!(seen[0][0].headers.is_empty());
    assert_eq!(seen[1][0].headers[0].0, "if-modified-since");
}

#[test]
fn a_single_entry_behind_a_server_is_a_database() {
    let (pages, validator) = pull_all(&web(Answer::ok(entry("A"))), URL, None);
    assert_eq!((pages, validator), (vec![vec!["A".to_owned()]], None));
}

#[test]
fn pages_cover_every_entry_once() {
    let many: Vec<(String, String)> =
        (0..1203).map(|number| (format!("{number:05}.json"), entry(&format!("E{number}")))).collect();
    let borrowed: Vec<(&str, &str)> =
        many.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    let content = zip(&borrowed);
    for host in
        [web(Answer::ok(content.clone())), web(Answer::ok(content.clone()).with_header("etag", "\"1\""))]
    {
        let (pages, _) = pull_all(&host, URL, None);
        assert_eq!(pages.iter().map(Vec::len).collect::<Vec<_>>(), [500, 500, 203]);
        assert_eq!(pages.concat(), (0..1203).map(|number| format!("E{number}")).collect::<Vec<_>>());
        assert_eq!(host.http.batches().len(), 1, "one download for all pages");
    }
}

#[test]
fn a_page_in_a_new_instance_begins_where_the_last_one_ended() {
    let many = (0..600)
        .fold(MemoryFiles::new(), |files, n| files.with(&format!("{n:03}.json"), entry(&format!("E{n}"))));
    let host = folder(many.clone());
    let Sync::Batch(first) = Feed::default().pull(&host, "/srv", None, None).unwrap() else { panic!() };
    let Sync::Batch(second) = Feed::default().pull(&host, "/srv", None, first.cursor.as_deref()).unwrap()
    else {
        panic!()
    };
    assert_eq!((second.advisories.len(), second.advisories[0].id.as_str()), (100, "E500"));

    let changed = folder(many.with("000.json", entry("other")));
    let error = Feed::default().pull(&changed, "/srv", None, first.cursor.as_deref()).unwrap_err();
    assert_eq!(error.kind, ErrorKind::Conflict);
    for nonsense in ["", "x", "-1", "9 a b"] {
        assert!(Feed::default().pull(&host, "/srv", None, Some(nonsense)).is_err(), "{nonsense}");
    }
    let beyond = format!("9999 {}", second.validator.unwrap());
    let last = Feed::default().pull(&host, "/srv", None, Some(&beyond)).unwrap();
    assert!(matches!(last, Sync::Batch(batch) if batch.advisories.is_empty() && batch.cursor.is_none()));
}

#[test]
fn large_entries_make_short_pages() {
    let padded = |id: &str| format!("{}{}", entry(id), " ".repeat(3 << 20));
    let files = (0..5)
        .fold(MemoryFiles::new(), |files, n| files.with(&format!("{n}.json"), padded(&format!("E{n}"))));
    let (pages, _) = pull_all(&folder(files), "/srv", None);
    assert_eq!(pages.iter().map(Vec::len).collect::<Vec<_>>(), [3, 2]);
}

#[test]
fn entries_that_cannot_be_read_are_skipped_and_named() {
    let files = MemoryFiles::new()
        .with("a.json", entry("A"))
        .with("bad.json", "{")
        .with("huge.json", vec![b' '; (4 << 20) + 1])
        .with("old.json", r#"{"id":"O"}"#);
    let host = folder(files);
    let Sync::Batch(batch) = Feed::default().pull(&host, "/srv", None, None).unwrap() else { panic!() };
    assert_eq!((batch.advisories.len(), batch.skipped), (1, 3));
    let log = host.log.borrow();
    assert!(log[0].starts_with("skipped `bad.json`: EOF"), "{log:?}");
    assert_eq!(log[1], "skipped `huge.json`: it has 4194305 bytes, more than 4194304");
    assert!(log[2].starts_with("skipped `old.json`: missing field `modified`"), "{log:?}");
}

/// Replaces a field of 2 bytes in the local and the central header of the first entry.
fn with_header_field(mut archive: Vec<u8>, local: usize, central: usize, value: u16) -> Vec<u8> {
    let directory = archive.windows(4).position(|bytes| bytes == b"PK\x01\x02").unwrap();
    for at in [local, directory + central] {
        archive[at..at + 2].copy_from_slice(&value.to_le_bytes());
    }
    archive
}

#[test]
fn strange_archive_entries_are_skipped() {
    let plain = zip(&[("a.json", &entry("A"))]);
    let mut wrong_checksum = plain.clone();
    let directory = wrong_checksum.windows(4).position(|bytes| bytes == b"PK\x01\x02").unwrap();
    wrong_checksum[directory + 16] ^= 1;
    for (archive, expected) in [
        (with_header_field(plain.clone(), 6, 8, 1), "it is encrypted"),
        (with_header_field(plain, 8, 10, 12), "it is compressed in another way"),
        (wrong_checksum, "its checksum is wrong"),
    ] {
        let host = web(Answer::ok(archive));
        let Sync::Batch(batch) = Feed::default().pull(&host, URL, None, None).unwrap() else { panic!() };
        assert_eq!((batch.advisories.len(), batch.skipped), (0, 1));
        assert!(host.log.borrow()[0].contains(expected), "{:?}", host.log.borrow());
    }
}

#[test]
fn an_archive_that_expands_too_far_is_refused() {
    let bomb = zip(&[("a.json", &" ".repeat(4 << 20))]);
    let error = error_of(&web(Answer::ok(bomb)), URL);
    assert_eq!(error.kind, ErrorKind::LimitExceeded, "{error}");
}

#[test]
fn what_is_not_a_database_is_an_error_and_never_an_empty_answer() {
    let cut = {
        let archive = zip(&[("a.json", &entry("A"))]);
        archive[..archive.len() - 10].to_vec()
    };
    for (host, url, kind) in [
        (folder(MemoryFiles::new()), "/srv", ErrorKind::InvalidInput),
        (folder(MemoryFiles::new().with("readme.md", "x")), "/srv", ErrorKind::InvalidInput),
        (Script::default(), "/srv", ErrorKind::NotFound),
        (Script::default(), "ftp://osv.example", ErrorKind::NotFound),
        (web(Answer::ok(zip(&[("ids.csv", "x")]))), URL, ErrorKind::InvalidInput),
        (web(Answer::ok(cut)), URL, ErrorKind::InvalidInput),
        (web(Answer::ok(zip(&[("a.json", "{}")])).breaking_after(20)), URL, ErrorKind::Unavailable),
        (web(Answer::status(304)), URL, ErrorKind::Unavailable),
        (web(Answer::status(401)), URL, ErrorKind::Unauthenticated),
        (web(Answer::status(403)), URL, ErrorKind::Denied),
        (web(Answer::status(404)), URL, ErrorKind::NotFound),
        (web(Answer::status(500)), URL, ErrorKind::Unavailable),
    ] {
        let error = error_of(&host, url);
        assert_eq!(error.kind, kind, "{error}");
    }
    let limited = error_of(&web(Answer::status(429).with_header("retry-after", "7")), URL);
    assert_eq!((limited.kind, limited.retry_after_ms), (ErrorKind::RateLimited, Some(7000)));
}

#[test]
fn a_file_that_was_handed_over_is_read_whole() {
    let host = Script::default();
    let blob = |content: Vec<u8>| MemoryFiles::new().with("f", content).open("f").unwrap();
    let one = parse_file(&host, blob(entry("A").into_bytes())).unwrap();
    assert_eq!((one.advisories[0].id.as_str(), one.skipped), ("A", 0));
    let two = parse_file(&host, blob(zip(&[("a.json", &entry("A")), ("b.json", "x")]))).unwrap();
    assert_eq!((two.advisories.len(), two.skipped, two.cursor), (1, 1, None));
}
