//! What versions there are: one index a package, all in flight together.

use s_guest::{CacheMode, Error, ErrorKind, Files, Request, Response};
use s_wire::{IndexLine, digest_of, index_path, read_index, to_hex};

use crate::Site;
use crate::exchange::{malformed, refused};
use crate::state::{Expected, indexes, not_in_state};

/// Bytes of the longest index: some ten thousand versions. Twice that has to fit into the memory of a
/// plugin, or a server that never ends looks like a fault of ours.
const INDEX_BYTES_MAX: u64 = 8 << 20;

/// A question about one package.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Query {
    /// Its name, with its scope.
    pub name: String,
    /// The validator of the last answer.
    pub if_changed: Option<String>,
}

/// What there is of one package.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// Still what the validator stands for.
    Unchanged,
    /// The versions in the order of the index.
    Listing {
        /// The lines that are understood.
        lines: Vec<IndexLine>,
        /// How many are of a form that is not known here.
        newer_count: usize,
        /// The validator, if the server gives one.
        validator: Option<String>,
    },
}

/// Lists the versions of packages; answers stand in the order of the queries. One that fails takes
/// no other with it.
pub fn list(site: &Site<'_>, queries: &[Query]) -> Vec<Result<Answer, Error>> {
    if site.is_folder()
        && let Err(error) = site.config()
    {
        // Whoever names a folder that is none has to hear it once, not that it has no packages.
        return queries.iter().map(|_| Err(error.clone())).collect();
    }
    let names: Vec<&str> = queries.iter().map(|query| query.name.as_str()).collect();
    let indexes = match &site.snapshot {
        Some(root) => indexes(site, root, &names),
        None => names.iter().map(|_| Ok(Expected::Anything)).collect(),
    };
    let mut answers: Vec<Option<Result<Answer, Error>>> = queries.iter().map(|_| None).collect();
    let mut asked = Vec::new();
    for (at, (query, index)) in queries.iter().zip(indexes).enumerate() {
        match index {
            Ok(Expected::Nothing) => {
                let url = format!("{}/{}", site.root(), index_path(&query.name));
                answers[at] = Some(Err(no_package(&query.name, &url)));
            }
            Ok(expected) => asked.push((at, expected)),
            Err(error) => answers[at] = Some(Err(error)),
        }
    }
    if let Some(folder) = &site.folder {
        for (at, expected) in asked {
            answers[at] = Some(read_file(site, folder.as_ref(), &queries[at].name, expected));
        }
    } else {
        let requests = asked.iter().map(|(at, expected)| request(site, &queries[*at], *expected)).collect();
        site.http.each(requests, &mut |which, answer| {
            let (at, expected) = asked[which];
            answers[at] = Some(answer.and_then(|answer| read(answer, &queries[at].name, expected)));
        });
    }
    answers.into_iter().map(|answer| answer.expect("the host answers every request")).collect()
}

fn request(site: &Site<'_>, query: &Query, expected: Expected) -> Request {
    let path = index_path(&query.name);
    let encoded: Vec<String> = path.split('/').map(s_wire::encode_segment).collect();
    let url = format!("{}/{}", site.root(), encoded.join("/"));
    let get = |url| Request { cache: CacheMode::Revalidate, ..Request::get(url) };
    let request = match (expected, &query.if_changed) {
        // A server that is behind looks again, and whatever is in between keeps each state by itself.
        (Expected::Index(digest), _) => get(format!("{url}?sha256={}", to_hex(&digest))),
        (_, Some(tag)) => get(url).with_header("if-none-match", tag),
        (_, None) => get(url),
    };
    request.with_origin_auth().with_bytes_max(INDEX_BYTES_MAX)
}

fn read(answer: Response, name: &str, expected: Expected) -> Result<Answer, Error> {
    let url = answer.url.clone();
    match (answer.status, expected) {
        (200, _) => {}
        (304, Expected::Anything) => return Ok(Answer::Unchanged),
        (404 | 410, Expected::Anything) => return Err(no_package(name, &url)),
        (404 | 410, _) => return Err(not_in_state(&url, "it is missing, and was signed")),
        _ => return Err(refused(answer)),
    }
    let validator = answer.header("etag").map(str::to_owned);
    listing(&answer.read_to_end(INDEX_BYTES_MAX)?, name, &url, expected, validator)
}

/// Reads the index of a package out of the folder of an export.
fn read_file(site: &Site<'_>, folder: &dyn Files, name: &str, expected: Expected) -> Result<Answer, Error> {
    let path = index_path(name);
    let url = format!("{}/{path}", site.root());
    match (folder.read(&path, INDEX_BYTES_MAX), expected) {
        (Ok(bytes), _) => listing(&bytes, name, &url, expected, None),
        (Err(error), Expected::Anything) if error.kind == ErrorKind::NotFound => Err(no_package(name, &url)),
        (Err(error), _) if error.kind == ErrorKind::NotFound => {
            Err(not_in_state(&url, "it is missing, and was signed"))
        }
        (Err(error), _) => Err(error.with_extra("url", url)),
    }
}

fn no_package(name: &str, url: &str) -> Error {
    let message = format!("there is no package `{}`", name.escape_debug());
    Error::not_found("registry-stryke/no-package", message)
        .with_help("check the spelling, and that this registry is the one that has it")
        .with_extra("url", url)
}

fn listing(
    bytes: &[u8],
    name: &str,
    url: &str,
    expected: Expected,
    validator: Option<String>,
) -> Result<Answer, Error> {
    if let Expected::Index(expected) = expected {
        let found = digest_of(bytes);
        if found != expected {
            let (found, expected) = (to_hex(&found), to_hex(&expected));
            let why = format!("it has the digest sha256-{found}, and sha256-{expected} was signed");
            return Err(not_in_state(url, &why));
        }
    }
    let text = std::str::from_utf8(bytes).map_err(|_| malformed(url, "it is not UTF-8"))?;
    let index = read_index(text).map_err(|error| malformed(url, &error.to_string()))?;
    if let Some(other) = index.lines.iter().find(|line| line.name != name) {
        return Err(malformed(url, &format!("it is the index of `{}`", other.name)));
    }
    Ok(Answer::Listing { lines: index.lines, newer_count: index.newer_count, validator })
}

#[cfg(test)]
mod tests {
    use super::*;
    use s_guest::mock::{Answer as Scripted, MemoryFiles, ScriptedHttp};
    use s_guest::{Auth, ErrorKind};
    use s_wire::{Leaf, node_path, tree_of};

    fn line(name: &str) -> String {
        format!(
            r#"{{"v":1,"name":"{name}","vers":"1.0.0","integrity":"i","tree":"t","size":1,"unpacked":1,"files":1}}"#
        )
    }

    #[test]
    fn an_export_in_a_folder_is_read() {
        let folder = MemoryFiles::new()
            .with("config.json", r#"{"v":1,"id":"r","dl":"{root}/archives/{name}/{version}"}"#)
            .with(&index_path("text"), line("text"));
        let http = ScriptedHttp::new();
        let site = Site::in_folder("file:///srv/r/", Box::new(folder), &http);
        let query = |name: &str| Query { name: name.to_owned(), if_changed: None };
        let answers = list(&site, &[query("text"), query("other")]);
        assert!(matches!(&answers[0], Ok(Answer::Listing { lines, .. }) if lines[0].vers == "1.0.0"));
        assert_eq!(answers[1].as_ref().unwrap_err().code, "registry-stryke/no-package");
        let want = crate::Want { name: "text".to_owned(), version: "1.0.0".to_owned() };
        let plan = crate::plan(&site, &want).unwrap();
        assert_eq!((plan.url.as_str(), plan.authenticated), ("file:///srv/r/archives/text/1.0.0", false));
        assert_eq!(crate::unyank(&site, "text", "1.0.0").unwrap_err().code, "registry-stryke/read-only");
        assert!(http.batches().is_empty());
        let none = Site::in_folder("file:///srv/r/", Box::new(MemoryFiles::new().with("a", "b")), &http);
        assert_eq!(list(&none, &[query("text")])[0].as_ref().unwrap_err().code, "registry-stryke/no-export");
    }

    #[test]
    fn an_answer_is_one_of_the_state_or_an_error() {
        let (text, other) = (line("text"), line("other"));
        let leaf = |index: &str| Leaf { number: 1, index: digest_of(index.as_bytes()) };
        let packages = [("text", &text), ("gone", &other), ("other", &text)]
            .map(|(name, index)| (name.to_owned(), leaf(index)));
        let (root, nodes) = tree_of(&packages.into());
        let node = nodes[&root].as_str();
        let queries: Vec<Query> = ["text", "gone", "other", "absent"]
            .map(|name| Query { name: name.to_owned(), if_changed: Some("\"t\"".to_owned()) })
            .into();
        let codes = |answers: Vec<Result<Answer, Error>>| -> Vec<String> {
            let code = |answer: Result<Answer, Error>| {
                answer.err().map(|error| error.code.clone()).unwrap_or_default()
            };
            answers.into_iter().map(code).collect()
        };
        let at = |path: &str, index: &str| {
            format!("https://r.example/index/{path}?sha256={}", to_hex(&digest_of(index.as_bytes())))
        };
        let there = |http: ScriptedHttp| {
            http.on(&at("te/xt/text", &text), Scripted::ok(text.as_str()))
                .on(&at("go/ne/gone", &other), Scripted::status(404))
                .on(&at("ot/he/other", &text), Scripted::ok(other.as_str()))
        };
        let wrong = "registry-stryke/snapshot";
        let none = "registry-stryke/no-package";
        let url = format!("https://r.example/{}", node_path(&root));
        for (answer, expected) in [
            (Scripted::ok(node), ["", wrong, wrong, none]),
            (Scripted::ok(node.replace("text", "next")), [wrong; 4]),
            (Scripted::ok("names\n"), [wrong; 4]),
            (Scripted::status(404), [wrong; 4]),
            (Scripted::status(503), ["registry-stryke/status"; 4]),
        ] {
            let http = there(ScriptedHttp::new().on(&url, answer));
            let site = Site::new("https://r.example", &http).unwrap().in_state(&to_hex(&root)).unwrap();
            assert_eq!(codes(list(&site, &queries)), expected);
        }
        let folder = MemoryFiles::new()
            .with("config.json", r#"{"v":1,"id":"r","dl":"{root}/archives/{name}/{version}"}"#)
            .with(&node_path(&root), node)
            .with(&index_path("text"), text.as_str())
            .with(&index_path("other"), other.as_str());
        let http = ScriptedHttp::new();
        let site = Site::in_folder("file:///srv/r/", Box::new(folder), &http);
        let site = site.in_state(&to_hex(&root)).unwrap();
        assert_eq!(codes(list(&site, &queries)), ["", wrong, wrong, none]);
        assert!(Site::new("https://r.example", &http).unwrap().in_state("x").is_err());
    }

    #[test]
    fn a_way_through_many_nodes_is_gone_together() {
        let index = line("p7");
        let name = |n: usize| if n == 7 { "p7".to_owned() } else { format!("p{n}") };
        let leaf = Leaf { number: 1, index: digest_of(index.as_bytes()) };
        let (root, nodes) = tree_of(&(0..1000).map(|n| (name(n), leaf)).collect());
        let mut http = ScriptedHttp::new();
        for (digest, text) in &nodes {
            http = http.on(&format!("https://r.example/{}", node_path(digest)), Scripted::ok(text.as_str()));
        }
        let query = format!("https://r.example/{}?sha256={}", index_path("p7"), to_hex(&leaf.index));
        let http = http.on(&query, Scripted::ok(index.as_str()));
        let site = Site::new("https://r.example", &http).unwrap().in_state(&to_hex(&root)).unwrap();
        let query = |name: &str| Query { name: name.to_owned(), if_changed: None };
        let answers = list(&site, &[query("p7"), query("q"), query("r")]);
        assert!(answers[0].is_ok() && answers[1].is_err() && answers[2].is_err());
        assert_eq!(http.batches().iter().map(Vec::len).collect::<Vec<_>>(), [1, 3, 1]);
    }

    #[test]
    fn every_package_has_its_answer() {
        let at = |path: &str| format!("https://r.example/x/index/{path}");
        let http = ScriptedHttp::new()
            .on(
                &at("%40a/cm/acme/json"),
                Scripted::ok(line("acme/json") + "\n{\"v\":9}\n").with_header("etag", "\"e\""),
            )
            .on(&at("te/xt/text"), Scripted::status(304))
            .on(&at("go/ne/gone"), Scripted::status(410))
            .on(&at("li/ar/liar"), Scripted::ok(line("other")))
            .on(&at("bu/sy/busy"), Scripted::status(503))
            .on(&at("ba/d_/bad"), Scripted::ok("{"));
        let site = Site::new("https://r.example/x/", &http).unwrap();
        let queries: Vec<Query> = ["acme/json", "text", "gone", "liar", "busy", "bad"]
            .map(|name| Query {
                name: name.to_owned(),
                if_changed: (name == "text").then(|| "\"t\"".to_owned()),
            })
            .into();
        let answers = list(&site, &queries);
        match &answers[0] {
            Ok(Answer::Listing { lines, newer_count: 1, validator: Some(tag) }) => {
                assert_eq!((lines.len(), tag.as_str()), (1, "\"e\""));
            }
            other => panic!("{other:?}"),
        }
        assert_eq!(answers[1], Ok(Answer::Unchanged));
        let kinds: Vec<ErrorKind> =
            answers[2..].iter().map(|answer| answer.as_ref().unwrap_err().kind).collect();
        assert_eq!(
            kinds,
            [ErrorKind::NotFound, ErrorKind::Integrity, ErrorKind::Unavailable, ErrorKind::Integrity]
        );
        // One lot, each with the credential of its origin; the validator went along.
        let batches = http.batches();
        assert_eq!(batches.iter().map(Vec::len).collect::<Vec<_>>(), [6]);
        assert!(batches[0].iter().all(|request| request.auth == Auth::Origin && request.bytes_max.is_some()));
        assert!(batches[0][1].headers.contains(&("if-none-match".into(), "\"t\"".into())));
    }
}
