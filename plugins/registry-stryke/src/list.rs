//! What versions there are: one index a package, all in flight together.

use s_guest::{CacheMode, Error, ErrorKind, Files, Request, Response};
use s_wire::{IndexLine, index_path, read_index};

use crate::Site;
use crate::exchange::{malformed, refused};

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
    if let Some(folder) = &site.folder {
        // Whoever names a folder that is none has to hear it once, not that it has no packages.
        return match site.config() {
            Ok(_) => queries.iter().map(|query| read_file(site, folder.as_ref(), &query.name)).collect(),
            Err(error) => queries.iter().map(|_| Err(error.clone())).collect(),
        };
    }
    let requests = queries.iter().map(|query| request(site, query)).collect();
    let mut answers: Vec<Option<Result<Answer, Error>>> = queries.iter().map(|_| None).collect();
    site.http.each(requests, &mut |at, answer| {
        answers[at] = Some(answer.and_then(|answer| read(answer, &queries[at].name)));
    });
    answers.into_iter().map(|answer| answer.expect("the host answers every request")).collect()
}

fn request(site: &Site<'_>, query: &Query) -> Request {
    let path = index_path(&query.name);
    let encoded: Vec<String> = path.split('/').map(s_wire::encode_segment).collect();
    let request = Request::get(format!("{}/{}", site.root(), encoded.join("/")))
        .with_origin_auth()
        .with_bytes_max(INDEX_BYTES_MAX);
    let request = Request { cache: CacheMode::Revalidate, ..request };
    match &query.if_changed {
        Some(tag) => request.with_header("if-none-match", tag),
        None => request,
    }
}

fn read(answer: Response, name: &str) -> Result<Answer, Error> {
    let url = answer.url.clone();
    match answer.status {
        304 => return Ok(Answer::Unchanged),
        200 => {}
        404 | 410 => return Err(no_package(name, &url)),
        _ => return Err(refused(answer)),
    }
    let validator = answer.header("etag").map(str::to_owned);
    listing(&answer.read_to_end(INDEX_BYTES_MAX)?, name, &url, validator)
}

/// Reads the index of a package out of the folder of an export.
fn read_file(site: &Site<'_>, folder: &dyn Files, name: &str) -> Result<Answer, Error> {
    let path = index_path(name);
    let url = format!("{}/{path}", site.root());
    match folder.read(&path, INDEX_BYTES_MAX) {
        Ok(bytes) => listing(&bytes, name, &url, None),
        Err(error) if error.kind == ErrorKind::NotFound => Err(no_package(name, &url)),
        Err(error) => Err(error.with_extra("url", url)),
    }
}

fn no_package(name: &str, url: &str) -> Error {
    let message = format!("there is no package `{}`", name.escape_debug());
    Error::not_found("registry-stryke/no-package", message)
        .with_help("check the spelling, and that this registry is the one that has it")
        .with_extra("url", url)
}

fn listing(bytes: &[u8], name: &str, url: &str, validator: Option<String>) -> Result<Answer, Error> {
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
