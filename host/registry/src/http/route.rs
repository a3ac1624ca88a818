//! Addresses: what a path means.

use s_project::PackageName;
use s_wire::{codes, index_path};
use semver::Version;

use crate::error::Refusal;
use crate::registry::Whose;

/// What a path means.
pub(super) enum Route {
    Health,
    Metrics,
    Config,
    Checkpoint,
    Keys(u64),
    Node(String),
    Index(PackageName),
    Search,
    Package(PackageName),
    Version(PackageName, Version),
    Download(PackageName, Version),
    Yank(PackageName, Version),
    Unyank(PackageName, Version),
    Owners(Whose),
}

impl Route {
    /// A word for counters and logs.
    pub(super) fn word(&self) -> &'static str {
        match self {
            Route::Health => "health",
            Route::Metrics => "metrics",
            Route::Config => "config",
            Route::Checkpoint => "checkpoint",
            Route::Keys(_) => "keys",
            Route::Node(_) => "tree",
            Route::Index(_) => "index",
            Route::Search => "search",
            Route::Package(_) => "package",
            Route::Version(..) => "version",
            Route::Download(..) => "download",
            Route::Yank(..) => "yank",
            Route::Unyank(..) => "unyank",
            Route::Owners(_) => "owners",
        }
    }

    /// The package it is about.
    pub(super) fn package(&self) -> Option<String> {
        match self {
            Route::Index(name) | Route::Package(name) | Route::Owners(Whose::Package(name)) => {
                Some(name.to_string())
            }
            Route::Version(name, _)
            | Route::Download(name, _)
            | Route::Yank(name, _)
            | Route::Unyank(name, _) => Some(name.to_string()),
            _ => None,
        }
    }

    /// The version it is about.
    pub(super) fn version(&self) -> Option<String> {
        match self {
            Route::Version(_, version)
            | Route::Download(_, version)
            | Route::Yank(_, version)
            | Route::Unyank(_, version) => Some(version.to_string()),
            _ => None,
        }
    }
}

/// Finds what a path means.
///
/// # Errors
/// A refusal for one that means nothing, or has something else where a name or version belongs.
pub(super) fn route(path: &str) -> Result<Route, Refusal> {
    let nothing = || Refusal::not_found("there is nothing at this address");
    let encoded = path.strip_prefix('/').ok_or_else(nothing)?;
    let parts: Vec<String> = encoded
        .split('/')
        .map(decoded)
        .collect::<Option<_>>()
        .ok_or_else(|| Refusal::request("the address is not UTF-8"))?;
    // A scope may be a part of its own, or stand before an encoded slash.
    let parts: Vec<&str> = parts.iter().flat_map(|part| part.split('/')).collect();
    match parts.as_slice() {
        ["health"] => Ok(Route::Health),
        ["metrics"] => Ok(Route::Metrics),
        ["config.json"] => Ok(Route::Config),
        ["checkpoint"] => Ok(Route::Checkpoint),
        ["keys", number] => Ok(Route::Keys(number.parse().map_err(|_| nothing())?)),
        ["tree", folder, hex] if hex.starts_with(folder) => Ok(Route::Node((*hex).to_owned())),
        ["index", _, _, name @ ..] => {
            let name = name_of(&name.join("/"))?;
            if parts.join("/") == index_path(name.as_str()) { Ok(Route::Index(name)) } else { Err(nothing()) }
        }
        ["api", "v1", "index", name @ ..] => Ok(Route::Index(name_of(&name.join("/"))?)),
        ["api", "v1", "search"] => Ok(Route::Search),
        ["api", "v1", "scopes", scope, "owners"] => {
            let name = name_of(scope)?;
            Ok(Route::Owners(Whose::Scope(name.as_str().to_owned())))
        }
        ["api", "v1", "packages", rest @ ..] => of_package(rest).ok_or_else(nothing)?,
        _ => Err(nothing()),
    }
}

fn of_package(parts: &[&str]) -> Option<Result<Route, Refusal>> {
    // Versions begin with a digit and names with a letter, so a second name can be told.
    let is_name = |part: &&str| part.starts_with(|char: char| char.is_ascii_lowercase()) && *part != "owners";
    let length = if parts.get(1).is_some_and(is_name) { 2 } else { 1 };
    if let [_, "owners", _, ..] = parts {
        let detail = "`owners` is a part of addresses, and no name behind a scope";
        return Some(Err(Refusal::new(400, codes::NAME, detail)));
    }
    if parts.len() < length {
        return None;
    }
    let (name, rest) = parts.split_at(length);
    let make = || -> Result<Option<Route>, Refusal> {
        let name = name_of(&name.join("/"))?;
        Ok(match rest {
            [] => Some(Route::Package(name)),
            ["owners"] => Some(Route::Owners(Whose::Package(name))),
            [version] => Some(Route::Version(name, version_of(version)?)),
            [version, "dl"] => Some(Route::Download(name, version_of(version)?)),
            [version, "yank"] => Some(Route::Yank(name, version_of(version)?)),
            [version, "unyank"] => Some(Route::Unyank(name, version_of(version)?)),
            _ => None,
        })
    };
    make().transpose()
}

/// The digest in `sha256=…`, of which index is meant.
pub(super) fn digest_of(query: &str) -> Option<&str> {
    query.split('&').find_map(|pair| pair.strip_prefix("sha256="))
}

/// The text and the number of the page in `q=json&page=2`.
pub(super) fn parse_query(query: &str) -> Result<(String, usize), Refusal> {
    let (mut text, mut page) = (String::new(), 1);
    for pair in query.split('&') {
        let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
        let value =
            decoded(&value.replace('+', " ")).ok_or_else(|| Refusal::request("the search is not UTF-8"))?;
        match key {
            "q" => text = value,
            "page" => {
                let number = value.parse().ok().filter(|number| *number > 0);
                page = number.ok_or_else(|| Refusal::request("`page` is a number from 1"))?;
            }
            _ => {}
        }
    }
    Ok((text, page))
}

fn name_of(text: &str) -> Result<PackageName, Refusal> {
    text.parse().map_err(|error: s_project::NameError| {
        Refusal::new(400, codes::NAME, format!("`{}` is no name: {error}", short(text)))
    })
}

fn version_of(text: &str) -> Result<Version, Refusal> {
    let wrong = |error: semver::Error| {
        Refusal::new(400, codes::VERSION, format!("`{}` is no version: {error}", short(text)))
    };
    let version = Version::parse(text).map_err(wrong)?;
    if text.len() > 128 {
        return Err(Refusal::new(400, codes::VERSION, "a version has at most 128 bytes"));
    }
    Ok(version)
}

fn short(text: &str) -> String {
    text.chars().take(100).collect::<String>().escape_debug().to_string()
}

/// Takes the percent encoding out; none for what is not UTF-8 or not encoded well.
fn decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, behind)) = rest.split_first() {
        if *first == b'%' {
            let pair = behind.get(..2)?;
            let digit = |byte: u8| u8::try_from(char::from(byte).to_digit(16)?).ok();
            bytes.push(digit(pair[0])? << 4 | digit(pair[1])?);
            rest = &behind[2..];
        } else {
            bytes.push(*first);
            rest = behind;
        }
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn told(path: &str) -> String {
        match route(path) {
            Ok(route) => {
                let about = [route.package(), route.version()].into_iter().flatten();
                [route.word().to_owned()].into_iter().chain(about).collect::<Vec<_>>().join(" ")
            }
            Err(refusal) => refusal.code,
        }
    }

    #[test]
    fn paths_mean_what_they_say() {
        for (path, expected) in [
            ("/health", "health"),
            ("/config.json", "config"),
            ("/checkpoint", "checkpoint"),
            ("/keys/7", "keys"),
            ("/keys/x", "not-found"),
            ("/tree/ab/abcd", "tree"),
            ("/tree/ab/cdef", "not-found"),
            ("/index/js/on/json", "index json"),
            ("/index/@a/cm/acme/json", "index acme/json"),
            ("/index/%40a/cm/acme%2Fjson", "index acme/json"),
            ("/index/js/on/acme/json", "not-found"),
            ("/api/v1/index/acme/json", "index acme/json"),
            ("/api/v1/index/acme%2Fjson", "index acme/json"),
            ("/api/v1/index/acme%2fjson", "index acme/json"),
            ("/api/v1/index/json", "index json"),
            ("/api/v1/index/", "name"),
            ("/api/v1/index/a/b/c", "name"),
            ("/api/v1/index/a%252Fb", "name"),
            ("/api/v1/index/../../x", "name"),
            ("/api/v1/packages/acme/json", "package acme/json"),
            ("/api/v1/packages/json", "package json"),
            ("/api/v1/packages/json/1.0.0", "version json 1.0.0"),
            ("/api/v1/packages/acme%2Fjson/1.0.0-rc.1%2B5/dl", "download acme/json 1.0.0-rc.1+5"),
            ("/api/v1/packages/acme/json/1.0.0/yank", "yank acme/json 1.0.0"),
            ("/api/v1/packages/acme/json/1.0.0/unyank", "unyank acme/json 1.0.0"),
            ("/api/v1/packages/acme/json/owners", "owners acme/json"),
            ("/api/v1/packages/json/owners", "owners json"),
            ("/api/v1/packages/acme/owners/1.0.0", "name"),
            ("/api/v1/packages/acme/dl/1.0.0", "version acme/dl 1.0.0"),
            ("/api/v1/scopes/acme/owners", "owners"),
            ("/api/v1/packages/acme/json/1.0", "version"),
            ("/api/v1/packages/acme/json/1.0.0/other", "not-found"),
            ("/api/v1/packages/", "name"),
            ("/api/v1/packages", "not-found"),
            ("/api/v1/packages/%ff", "request"),
            ("/api/v1/packages/%", "request"),
            ("/", "not-found"),
            ("*", "not-found"),
        ] {
            assert_eq!(told(path), expected, "{path}");
        }
    }

    #[test]
    fn a_search_is_read() {
        for (query, expected) in [
            ("q=fast+json%21&page=3", Some(("fast json!", 3))),
            ("", Some(("", 1))),
            ("x=1&q=a", Some(("a", 1))),
            ("page=0", None),
            ("page=x", None),
            ("q=%zz", None),
        ] {
            let found = parse_query(query).ok();
            assert_eq!(found.as_ref().map(|(text, page)| (text.as_str(), *page)), expected, "{query}");
        }
    }

    proptest! {
        #[test]
        fn any_path_is_survived(path in "/(api/v1/(index|packages)/)?[a-z0-9./%@+-]{0,20}|\\PC{0,20}") {
            let _ = told(&path);
            let _ = parse_query(&path);
        }
    }
}
