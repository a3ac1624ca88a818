//! What changes a registry, and the search: the interface for programs.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use s_guest::{CacheMode, Error, Method, Request};
use s_wire::{
    DIGEST_HEADER, Owners, PublishAnswer, SearchPage, WithdrawAnswer, WithdrawRequest, encode_segment,
};
use sha2::{Digest as _, Sha256};

use crate::Site;
use crate::exchange::put;

/// Publishes an archive. Gives what the registry has to say about it, if anything.
///
/// # Errors
/// Those of the exchange: `conflict` for a version that is there with other bytes.
pub fn publish(
    site: &Site<'_>,
    name: &str,
    version: &str,
    archive: Vec<u8>,
) -> Result<Option<String>, Error> {
    let digest = format!("sha-256=:{}:", STANDARD.encode(Sha256::digest(&archive)));
    let url = site.api(&path_of(name, version))?;
    let answer: PublishAnswer = site.json(put(url, archive).with_header(DIGEST_HEADER, digest))?;
    let mut said = answer.warnings;
    if !answer.created {
        said.insert(0, format!("`{name}` {version} was there already, with the same bytes"));
    }
    Ok((!said.is_empty()).then(|| said.join("\n")))
}

/// Yanks a version.
///
/// # Errors
/// Those of the exchange.
pub fn yank(site: &Site<'_>, name: &str, version: &str, reason: Option<String>) -> Result<(), Error> {
    let body = serde_json::to_vec(&WithdrawRequest { reason }).expect("texts are JSON");
    let url = site.api(&format!("{}/yank", path_of(name, version)))?;
    site.json::<WithdrawAnswer>(put(url, body)).map(drop)
}

/// Takes a yank back. Gives whether the version was yanked.
///
/// # Errors
/// Those of the exchange.
pub fn unyank(site: &Site<'_>, name: &str, version: &str) -> Result<bool, Error> {
    let url = site.api(&format!("{}/unyank", path_of(name, version)))?;
    site.json(put(url, Vec::new())).map(|answer: WithdrawAnswer| answer.changed)
}

/// The names of the owners of a package, or of a scope: `acme/*`.
///
/// # Errors
/// Those of the exchange.
pub fn owners(site: &Site<'_>, name: &str) -> Result<Vec<String>, Error> {
    // Who looks after a change wants to see it.
    let request = Request { cache: CacheMode::Revalidate, ..Request::get(site.api(&owners_path(name))?) };
    site.json(request).map(|owners: Owners| owners.users)
}

/// Adds or removes an owner. Gives whether something is different now.
///
/// # Errors
/// Those of the exchange: `conflict` for the last owner, who cannot be removed.
pub fn change_owner(site: &Site<'_>, name: &str, user: &str, add: bool) -> Result<bool, Error> {
    let body = serde_json::to_vec(&Owners { users: vec![user.to_owned()] }).expect("texts are JSON");
    let request = put(site.api(&owners_path(name))?, body);
    let method = if add { Method::Put } else { Method::Delete };
    site.json(Request { method, ..request }).map(|answer: WithdrawAnswer| answer.changed)
}

/// Searches; `cursor` is what the last page gave for the next.
///
/// # Errors
/// Those of the exchange; `invalid-input` for a cursor of another plugin.
pub fn search(site: &Site<'_>, text: &str, cursor: Option<&str>) -> Result<SearchPage, Error> {
    let page: usize = cursor.unwrap_or("1").parse().map_err(|_| {
        Error::invalid_input("registry-stryke/cursor", "the cursor is not one of this registry")
    })?;
    let url = site.api(&format!("search?q={}&page={page}", encode_segment(text)))?;
    site.json(Request::get(url))
}

fn path_of(name: &str, version: &str) -> String {
    format!("{}/{}", package_path(name), encode_segment(version))
}

fn owners_path(name: &str) -> String {
    match name.strip_suffix("/*") {
        Some(scope) => format!("scopes/{}/owners", encode_segment(scope)),
        None => format!("{}/owners", package_path(name)),
    }
}

fn package_path(name: &str) -> String {
    let name: Vec<String> = name.split('/').map(encode_segment).collect();
    format!("packages/{}", name.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use s_guest::mock::{Answer, ScriptedHttp};
    use s_guest::{Auth, ErrorKind};

    const API: &str = "https://r.example/api/v1/";

    fn http() -> ScriptedHttp {
        let config = r#"{"v":1,"id":"r","api":"https://r.example/api/v1","dl":"x"}"#;
        ScriptedHttp::new().on("https://r.example/config.json", Answer::ok(config))
    }

    #[test]
    fn an_archive_is_sent_with_its_digest() {
        let answer = |created| {
            format!(
                r#"{{"name":"acme/json","vers":"1.0.0","integrity":"i","created":{created},"warnings":["w"]}}"#
            )
        };
        for (created, expected) in
            [(true, "w"), (false, "`acme/json` 1.0.0+5 was there already, with the same bytes\nw")]
        {
            let http = http().on(&format!("{API}packages/acme/json/1.0.0%2B5"), Answer::ok(answer(created)));
            let site = Site::new("https://r.example", &http).unwrap();
            let said = publish(&site, "acme/json", "1.0.0+5", b"abc".to_vec()).unwrap();
            assert_eq!(said.as_deref(), Some(expected));
            let request = http.batches().remove(1).remove(0);
            assert_eq!(
                (request.method, request.auth, &request.body[..]),
                (Method::Put, Auth::Origin, &b"abc"[..])
            );
            let digest = "sha-256=:ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=:";
            assert!(request.headers.contains(&("content-digest".into(), digest.into())));
        }
    }

    #[test]
    fn yanking_says_why() {
        let http =
            http().on(&format!("{API}packages/json/1.0.0/yank"), Answer::ok(r#"{"ok":true,"changed":true}"#));
        let site = Site::new("https://r.example", &http).unwrap();
        yank(&site, "json", "1.0.0", Some("broken".into())).unwrap();
        assert_eq!(http.batches()[1][0].body, br#"{"reason":"broken"}"#);
    }

    #[test]
    fn a_yank_is_taken_back() {
        for changed in [true, false] {
            let answer = format!(r#"{{"ok":true,"changed":{changed}}}"#);
            let http = http().on(&format!("{API}packages/acme/json/1.0.0%2B5/unyank"), Answer::ok(answer));
            let site = Site::new("https://r.example", &http).unwrap();
            assert_eq!(unyank(&site, "acme/json", "1.0.0+5"), Ok(changed));
            let request = http.batches().remove(1).remove(0);
            assert_eq!((request.method, request.auth, request.body), (Method::Put, Auth::Origin, vec![]));
        }
    }

    #[test]
    fn owners_are_told_and_changed() {
        let url = format!("{API}packages/acme/json/owners");
        let listed = http().on(&url, Answer::ok(r#"{"users":["ann","bob"]}"#));
        let site = Site::new("https://r.example", &listed).unwrap();
        assert_eq!(owners(&site, "acme/json"), Ok(vec!["ann".to_owned(), "bob".to_owned()]));
        let request = listed.batches().remove(1).remove(0);
        assert_eq!((request.method, request.cache), (Method::Get, CacheMode::Revalidate));
        for (add, method) in [(true, Method::Put), (false, Method::Delete)] {
            let http = http().on(&url, Answer::ok(r#"{"ok":true,"changed":true}"#));
            let site = Site::new("https://r.example", &http).unwrap();
            assert_eq!(change_owner(&site, "acme/json", "bob", add), Ok(true));
            let request = http.batches().remove(1).remove(0);
            assert_eq!((request.method, request.auth), (method, Auth::Origin));
            assert_eq!(request.body, br#"{"users":["bob"]}"#);
        }
    }

    #[test]
    fn owners_of_a_scope_are_told_and_changed() {
        let url = format!("{API}scopes/acme/owners");
        let listed = http().on(&url, Answer::ok(r#"{"users":["ann"]}"#));
        let site = Site::new("https://r.example", &listed).unwrap();
        assert_eq!(owners(&site, "acme/*"), Ok(vec!["ann".to_owned()]));
        let http = http().on(&url, Answer::ok(r#"{"ok":true,"changed":true}"#));
        let site = Site::new("https://r.example", &http).unwrap();
        assert_eq!(change_owner(&site, "acme/*", "bob", true), Ok(true));
        assert_eq!(http.batches().remove(1).remove(0).method, Method::Put);
    }

    #[test]
    fn pages_follow_each_other() {
        let page = r#"{"hits":[{"name":"a/b","newest":"1.0.0"}],"total":21,"next":3}"#;
        let http = http().on(&format!("{API}search?q=fast%20json&page=2"), Answer::ok(page));
        let site = Site::new("https://r.example", &http).unwrap();
        let found = search(&site, "fast json", Some("2")).unwrap();
        assert_eq!((found.hits[0].name.as_str(), found.next), ("a/b", Some(3)));
        assert_eq!(search(&site, "x", Some("y")).unwrap_err().kind, ErrorKind::InvalidInput);
    }
}
