//! What changes a registry, and the search: the interface for programs.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use s_guest::{Error, Request};
use s_wire::{DIGEST_HEADER, PublishAnswer, SearchPage, WithdrawAnswer, WithdrawRequest, encode_segment};
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
    let name: Vec<String> = name.split('/').map(encode_segment).collect();
    format!("packages/{}/{}", name.join("/"), encode_segment(version))
}

#[cfg(test)]
mod tests {
    use super::*;
    use s_guest::mock::{Answer, ScriptedHttp};
    use s_guest::{Auth, ErrorKind, Method};

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
    fn pages_follow_each_other() {
        let page = r#"{"hits":[{"name":"a/b","newest":"1.0.0"}],"total":21,"next":3}"#;
        let http = http().on(&format!("{API}search?q=fast%20json&page=2"), Answer::ok(page));
        let site = Site::new("https://r.example", &http).unwrap();
        let found = search(&site, "fast json", Some("2")).unwrap();
        assert_eq!((found.hits[0].name.as_str(), found.next), ("a/b", Some(3)));
        assert_eq!(search(&site, "x", Some("y")).unwrap_err().kind, ErrorKind::InvalidInput);
    }
}
