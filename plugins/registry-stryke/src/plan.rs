//! Where the host finds the bytes of a version.

use s_guest::Error;
use s_wire::download_url;

use crate::Site;

/// Which version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Want {
    /// Of which package, with its scope.
    pub name: String,
    /// As it is listed.
    pub version: String,
}

/// What the host should do. It checks the bytes itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FetchPlan {
    /// Where the archive is.
    pub url: String,
    /// Whether the credential of the registry may go along: only to its own origin.
    pub authenticated: bool,
}

/// Plans the download of the archive of a version. It is a zstd frame around a tar file.
///
/// # Errors
/// Those of the exchange; `integrity` for a template that gives no web address.
pub fn plan(site: &Site<'_>, want: &Want) -> Result<FetchPlan, Error> {
    let config = site.config()?;
    let url = download_url(config, site.root(), &want.name, &want.version);
    if !site.may_be_read(&url) || url.contains(|c: char| c.is_control() || c.is_whitespace()) {
        let message = format!("`config.json` says that archives are at `{}`", url.escape_debug());
        return Err(Error::integrity("registry-stryke/dl", message));
    }
    Ok(FetchPlan { authenticated: site.is_own(&url), url })
}

#[cfg(test)]
mod tests {
    use super::*;
    use s_guest::mock::{Answer, MemoryFiles, ScriptedHttp};

    #[test]
    fn an_export_leads_to_no_file_outside_of_it() {
        let http = ScriptedHttp::new();
        for (dl, is_followed) in [
            ("{root}/archives/{name}/{version}", true),
            ("{root}/../other", false),
            ("{root}other/x", false),
            ("{root}/a/%2e%2e/b", false),
            ("file:///etc/passwd", false),
            ("https://cdn.example/{name}", false),
        ] {
            let config = format!(r#"{{"v":1,"id":"r","dl":"{dl}"}}"#);
            let folder = MemoryFiles::new().with("config.json", config.as_str());
            let site = Site::in_folder("file:///srv/r/", Box::new(folder), &http);
            let want = Want { name: "json".into(), version: "1.0.0".into() };
            assert_eq!(plan(&site, &want).is_ok(), is_followed, "{dl}");
        }
    }

    #[test]
    fn the_credential_stays_at_home() {
        for (dl, expected) in [
            (
                "{api}/packages/{name}/{version}/dl",
                Some(("https://r.example/api/v1/packages/acme/json/1.0.0%2B5/dl", true)),
            ),
            (
                "{root}/archives/{name}/{version}",
                Some(("https://r.example/archives/acme/json/1.0.0%2B5", true)),
            ),
            (
                "https://cdn.example/{name}-{version}",
                Some(("https://cdn.example/acme/json-1.0.0%2B5", false)),
            ),
            ("archives/{name}", None),
            ("file:///{name}", None),
        ] {
            let config = format!(r#"{{"v":1,"id":"r","api":"https://r.example/api/v1","dl":"{dl}"}}"#);
            let http = ScriptedHttp::new().on("https://r.example/config.json", Answer::ok(config));
            let site = Site::new("https://r.example/", &http).unwrap();
            let want = Want { name: "acme/json".into(), version: "1.0.0+5".into() };
            let found = plan(&site, &want).ok();
            let expected =
                expected.map(|(url, authenticated)| FetchPlan { url: url.to_owned(), authenticated });
            assert_eq!(found, expected, "{dl}");
        }
    }
}
