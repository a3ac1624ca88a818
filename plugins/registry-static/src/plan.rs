//! Where the host finds the bytes of an artifact.

use s_guest::Error;

use crate::list::{read_release, release_of};
use crate::model::is_segment;
use crate::source::{Document, Source};
use crate::{Digest, Location, PackageName};

/// Which artifact of which version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Want {
    /// Of which package.
    pub name: PackageName,
    /// As it is listed.
    pub version: String,
    /// Of the artifact.
    pub digest: Digest,
}

/// What the host should do. It checks the bytes itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FetchPlan {
    /// Where the artifact is.
    pub url: String,
    /// Whether the credential of the registry may go along: only to its own origin.
    pub authenticated: bool,
    /// How it is packed, from its name: `tar.gz`, `tar.zst`, `tar.xz`, `tar`, `zip`, else empty.
    pub format: &'static str,
    /// Bytes.
    pub size: Option<u64>,
}

/// Plans the download of an artifact.
///
/// # Errors
/// `not-found` when the version has no artifact of that digest; otherwise as for listing, and
/// `integrity` for an address that leaves the registry.
pub fn plan(location: &Location, source: &Source<'_>, want: &Want) -> Result<FetchPlan, Error> {
    if !is_segment(&want.version) {
        let version = want.version.escape_debug();
        return Err(Error::invalid_input("registry-static/version", format!("`{version}` is no version")));
    }
    let document = Document { immutable: true, ..release_of(&want.name, &want.version) };
    let address = document.address(location);
    let mut answer = None;
    source.read(location, &[document], &mut |_, read| answer = Some(read));
    let read = answer.expect("the source answers every document")?;
    let release = read_release(read, &address, &want.name, &want.version)?;
    let artifact = release.artifacts.into_iter().find(|artifact| artifact.digest == want.digest);
    let artifact = artifact.ok_or_else(|| {
        Error::not_found(
            "registry-static/no-artifact",
            format!("version `{}` of `{}` has no artifact of the wanted digest", want.version, want.name),
        )
        .with_help("the registry changed what it had; if you trust the change, update the lock")
        .with_extra("url", address)
    })?;
    let (url, authenticated) = location.resolve(&artifact.url)?;
    Ok(FetchPlan { format: format_of(&url), url, authenticated, size: artifact.size })
}

fn format_of(url: &str) -> &'static str {
    let path = url.split(['?', '#']).next().unwrap_or_default().to_ascii_lowercase();
    let endings = [
        (".tar.gz", "tar.gz"),
        (".tgz", "tar.gz"),
        (".tar.zst", "tar.zst"),
        (".tar.xz", "tar.xz"),
        (".tar", "tar"),
        (".zip", "zip"),
    ];
    endings.into_iter().find(|(ending, _)| path.ends_with(ending)).map_or("", |(_, format)| format)
}

#[cfg(test)]
mod tests {
    use super::*;
    use s_guest::mock::{Answer, ScriptedHttp};

    fn fetch(url: &str) -> Result<FetchPlan, String> {
        let digest = |digit: char| format!("sha256:{}", digit.to_string().repeat(64));
        let release = format!(
            r#"{{"version":"1.0.0","artifacts":[
                {{"kind":"source","url":"other","digest":"{}"}},
                {{"kind":"source","url":"{url}","size":5,"digest":"{}"}}]}}"#,
            digest('0'),
            digest('1')
        );
        let http =
            ScriptedHttp::new().on("https://pkg.example/packages/a/1.0.0/release.json", Answer::ok(release));
        let want = Want {
            name: PackageName::parse("a").unwrap(),
            version: "1.0.0".to_owned(),
            digest: Digest::parse(&digest(if url == "absent" { '2' } else { '1' })).unwrap(),
        };
        let location = Location::parse("https://pkg.example").unwrap();
        plan(&location, &Source::Web(&http), &want).map_err(|error| error.code.clone())
    }

    #[test]
    fn the_artifact_of_the_digest_is_planned() {
        let planned = |url: &str, authenticated, format| {
            Ok(FetchPlan { url: url.to_owned(), authenticated, format, size: Some(5) })
        };
        for (url, expected) in [
            ("files/a-1.tar.gz", planned("https://pkg.example/files/a-1.tar.gz", true, "tar.gz")),
            (
                "https://cdn.example/a.TGZ?x=.zip",
                planned("https://cdn.example/a.TGZ?x=.zip", false, "tar.gz"),
            ),
            ("files/plain", planned("https://pkg.example/files/plain", true, "")),
            ("../outside.zip", Err("registry-static/artifact-url".to_owned())),
            ("absent", Err("registry-static/no-artifact".to_owned())),
        ] {
            assert_eq!(fetch(url), expected, "{url}");
        }
    }

    #[test]
    fn a_version_cannot_be_a_path() {
        let want = Want {
            name: PackageName::parse("a").unwrap(),
            version: "..".to_owned(),
            digest: Digest::parse(&format!("sha256:{}", "0".repeat(64))).unwrap(),
        };
        let http = ScriptedHttp::new();
        let location = Location::parse("https://pkg.example").unwrap();
        assert_eq!(plan(&location, &Source::Web(&http), &want).unwrap_err().code, "registry-static/version");
        assert!(http.batches().is_empty());
    }
}
