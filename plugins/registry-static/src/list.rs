//! What versions there are: first all indexes, then all releases, each lot in flight together.

use s_guest::Error;

use crate::source::{Document, Read, Source};
use crate::wire::{self, INDEX_BYTES_MAX, RELEASE_BYTES_MAX};
use crate::{Location, PackageName, Version};

/// A question about one package.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Query {
    /// Which.
    pub name: PackageName,
    /// The validator of the last answer.
    pub if_changed: Option<String>,
}

/// What there is of one package.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// Still what the validator stands for.
    Unchanged,
    /// All versions in the order of the index, and a validator if the server gives one.
    Listing(Vec<Version>, Option<String>),
}

/// Lists the versions of packages; answers stand in the order of the queries. One that fails takes
/// no other with it.
pub fn list(location: &Location, source: &Source<'_>, queries: &[Query]) -> Vec<Result<Answer, Error>> {
    let indexes: Vec<Document> = queries.iter().map(index_of).collect();
    let mut answers: Vec<Option<Result<Answer, Error>>> = queries.iter().map(|_| None).collect();
    let mut wanted: Vec<(usize, String)> = Vec::new();
    source.read(location, &indexes, &mut |at, read| {
        let address = indexes[at].address(location);
        let versions = read.and_then(|read| match read {
            Read::Unchanged => Ok(None),
            Read::Missing => Err(no_package(&queries[at].name, &address)),
            Read::Found(bytes, tag) => Ok(Some((wire::index(&bytes, &address)?, tag))),
        });
        answers[at] = Some(match versions {
            Err(error) => Err(error),
            Ok(None) => Ok(Answer::Unchanged),
            Ok(Some((versions, tag))) => {
                let listing = Vec::with_capacity(versions.len());
                wanted.extend(versions.into_iter().map(|version| (at, version)));
                Ok(Answer::Listing(listing, tag))
            }
        });
    });

    let releases: Vec<Document> =
        wanted.iter().map(|(at, version)| release_of(&queries[*at].name, version)).collect();
    let mut found: Vec<Option<Result<Version, Error>>> = releases.iter().map(|_| None).collect();
    source.read(location, &releases, &mut |which, read| {
        let (at, version) = &wanted[which];
        found[which] = Some(read.and_then(|read| {
            read_release(read, &releases[which].address(location), &queries[*at].name, version)
        }));
    });
    for ((at, _), version) in wanted.iter().zip(found) {
        let answer = answers[*at].as_mut().expect("the source answers every document");
        match version.expect("the source answers every document") {
            Ok(version) => {
                if let Ok(Answer::Listing(versions, _)) = answer {
                    versions.push(version);
                }
            }
            Err(error) if answer.is_ok() => *answer = Err(error),
            Err(_) => {}
        }
    }
    answers.into_iter().map(|answer| answer.expect("the source answers every document")).collect()
}

/// The document that describes a version.
pub(crate) fn release_of(name: &PackageName, version: &str) -> Document {
    document(name, &[version, "release.json"], RELEASE_BYTES_MAX)
}

/// Reads the release of a version that is known to be listed.
pub(crate) fn read_release(
    read: Read,
    address: &str,
    name: &PackageName,
    version: &str,
) -> Result<Version, Error> {
    match read {
        Read::Found(bytes, _) => wire::release(&bytes, address, version),
        Read::Missing | Read::Unchanged => Err(Error::integrity(
            "registry-static/no-release",
            format!("the index of `{name}` lists `{version}`, and there is no `{address}`"),
        )
        .with_help("the files of the registry are damaged; whoever keeps it can repair them")
        .with_extra("url", address)),
    }
}

fn index_of(query: &Query) -> Document {
    let index = document(&query.name, &["index.json"], INDEX_BYTES_MAX);
    Document { if_changed: query.if_changed.clone(), ..index }
}

fn document(name: &PackageName, rest: &[&str], bytes_max: u64) -> Document {
    let segments = std::iter::once("packages").chain(name.segments()).chain(rest.iter().copied());
    Document {
        segments: segments.map(str::to_owned).collect(),
        bytes_max,
        if_changed: None,
        immutable: false,
    }
}

fn no_package(name: &PackageName, address: &str) -> Error {
    Error::not_found("registry-static/no-package", format!("there is no package `{name}`"))
        .with_detail(format!("there is no `{address}`"))
        .with_help("check the spelling, and that this registry is the one that has it")
        .with_extra("url", address)
}

#[cfg(test)]
mod tests {
    use super::*;
    use s_guest::mock::{Answer as Scripted, MemoryFiles, ScriptedHttp};
    use s_guest::{Auth, ErrorKind};

    const ROOT: &str = "https://pkg.example/stable/";

    fn release(version: &str) -> String {
        format!(r#"{{"version":"{version}","artifacts":[]}}"#)
    }

    fn url(path: &str) -> String {
        format!("{ROOT}packages/{path}")
    }

    fn ask(http: &ScriptedHttp, names: &[(&str, Option<&str>)]) -> Vec<Result<Answer, Error>> {
        let query = |(name, tag): &(&str, Option<&str>)| Query {
            name: PackageName::parse(name).unwrap(),
            if_changed: tag.map(str::to_owned),
        };
        let queries: Vec<Query> = names.iter().map(query).collect();
        list(&Location::parse(ROOT).unwrap(), &Source::Web(http), &queries)
    }

    fn shown(answer: &Result<Answer, Error>) -> String {
        match answer {
            Ok(Answer::Unchanged) => "unchanged".to_owned(),
            Ok(Answer::Listing(versions, tag)) => {
                let versions: Vec<&str> = versions.iter().map(|version| version.version.as_str()).collect();
                format!("{} {}", versions.join(","), tag.as_deref().unwrap_or("-"))
            }
            Err(error) => format!("{:?} {}", error.kind, error.message),
        }
    }

    #[test]
    fn all_indexes_then_all_releases_are_in_flight_together() {
        let http = ScriptedHttp::new()
            .on(
                &url("a/index.json"),
                Scripted::ok(r#"{"versions":["2.0.0","1.0.0"]}"#).with_header("ETag", "\"a1\""),
            )
            .on(&url("org/b/index.json"), Scripted::ok(r#"{"versions":["1.0.0"]}"#))
            .on(&url("c/index.json"), Scripted::ok("{}").with_header("etag", "\"c7\""))
            .on(&url("a/2.0.0/release.json"), Scripted::ok(release("2.0.0")))
            .on(&url("a/1.0.0/release.json"), Scripted::ok(release("1.0.0")))
            .on(&url("org/b/1.0.0/release.json"), Scripted::ok(release("1.0.0")));
        let answers = ask(&http, &[("a", None), ("org/b", Some("\"old\"")), ("c", Some("\"c7\""))]);
        let shown: Vec<String> = answers.iter().map(shown).collect();
        assert_eq!(shown, ["2.0.0,1.0.0 \"a1\"", "1.0.0 -", "unchanged"]);
        let batches = http.batches();
        assert_eq!(batches.iter().map(Vec::len).collect::<Vec<_>>(), [3, 3]);
        assert!(
            batches
                .iter()
                .flatten()
                .all(|request| request.auth == Auth::Origin && request.bytes_max.is_some())
        );
    }

    #[test]
    fn each_failure_is_told_and_takes_no_other_with_it() {
        let unavailable = Error::unavailable("http/timeout", "it took too long");
        let http = ScriptedHttp::new()
            .on(&url("good/index.json"), Scripted::ok(r#"{"versions":["1.0.0"]}"#))
            .on(&url("good/1.0.0/release.json"), Scripted::ok(release("1.0.0")))
            .on(&url("json/index.json"), Scripted::ok("{\"versions\":\n[1"))
            .on(&url("status/index.json"), Scripted::status(500))
            .on(&url("busy/index.json"), Scripted::status(429).with_header("retry-after", "3"))
            .on(&url("secret/index.json"), Scripted::status(401))
            .failing(&url("slow/index.json"), unavailable)
            .on(&url("cut/index.json"), Scripted::ok(r#"{"versions":[]}"#).breaking_after(5))
            .on(&url("hole/index.json"), Scripted::ok(r#"{"versions":["1.0.0"]}"#))
            .on(&url("liar/index.json"), Scripted::ok(r#"{"versions":["1.0.0"]}"#))
            .on(&url("liar/1.0.0/release.json"), Scripted::ok(release("6.6.6")));
        let names = ["missing", "json", "status", "busy", "secret", "slow", "cut", "hole", "liar", "good"];
        let answers = ask(&http, &names.map(|name| (name, None)));
        let shown: Vec<String> = answers.iter().map(|answer| shown(answer).replace(ROOT, "")).collect();
        assert_eq!(
            shown,
            [
                "NotFound there is no package `missing`",
                "Integrity `packages/json/index.json` cannot be read at line 2, column 2: invalid type: integer `1`, expected a string",
                "Unavailable `packages/status/index.json` does not answer as a registry does (status 500)",
                "RateLimited `packages/busy/index.json` is asked for too often (status 429)",
                "Unauthenticated `packages/secret/index.json` asks who you are (status 401)",
                "Unavailable it took too long",
                "Unavailable the connection broke off within the body",
                "Integrity the index of `hole` lists `1.0.0`, and there is no `packages/hole/1.0.0/release.json`",
                "Integrity `packages/liar/1.0.0/release.json` describes version `6.6.6`, not `1.0.0`",
                "1.0.0 -",
            ]
        );
        assert_eq!(answers[3].as_ref().unwrap_err().retry_after_ms, Some(3000));
        assert!(answers[0].as_ref().unwrap_err().help.is_some());
    }

    #[test]
    fn names_are_encoded() {
        let http = ScriptedHttp::new();
        ask(&http, &[("a b/c?d#e%2e", None)]);
        assert_eq!(http.batches()[0][0].url, url("a%20b/c%3Fd%23e%252e/index.json"));
    }

    #[test]
    fn an_endless_answer_is_refused() {
        let long = Scripted::ok(vec![b' '; usize::try_from(RELEASE_BYTES_MAX).unwrap() + 1]);
        let http = ScriptedHttp::new()
            .on(&url("a/index.json"), Scripted::ok(r#"{"versions":["1"]}"#))
            .on(&url("a/1/release.json"), long);
        assert_eq!(ask(&http, &[("a", None)])[0].as_ref().unwrap_err().kind, ErrorKind::LimitExceeded);
    }

    #[test]
    fn a_folder_is_a_registry() {
        let files = MemoryFiles::new()
            .with("packages/org/a b/index.json", r#"{"versions":["1.0.0"]}"#)
            .with("packages/org/a b/1.0.0/release.json", release("1.0.0"))
            .with("packages/big/index.json", vec![b' '; usize::try_from(INDEX_BYTES_MAX).unwrap() + 1]);
        let query = |name: &str| Query { name: PackageName::parse(name).unwrap(), if_changed: None };
        let location = Location::parse("/srv/reg").unwrap();
        let answers =
            list(&location, &Source::Folder(&files), &[query("org/a b"), query("none"), query("big")]);
        assert_eq!(shown(&answers[0]), "1.0.0 -");
        let missing = answers[1].as_ref().unwrap_err();
        assert_eq!(missing.code, "registry-static/no-package");
        assert_eq!(missing.detail.as_deref(), Some("there is no `file:///srv/reg/packages/none/index.json`"));
        assert_eq!(answers[2].as_ref().unwrap_err().kind, ErrorKind::LimitExceeded);
    }
}
