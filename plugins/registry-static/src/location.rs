//! Where a registry is, and what addresses within it mean.

use s_guest::{Error, folder_address, origin};

/// The place of a registry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Location {
    /// Behind a web server: an address that ends with `/`.
    Web(String),
    /// In a folder: its `file` address, which ends with `/`.
    Folder(String),
}

impl Location {
    /// Reads what the user configured: `https://…`, `http://…`, `file://…` or an absolute path.
    ///
    /// # Errors
    /// `invalid-input` for anything else, and for an address with a user name, a query or a
    /// fragment.
    pub fn parse(url: &str) -> Result<Location, Error> {
        let refuse = |why: &str| {
            Err(Error::invalid_input("registry-static/url", format!("the address of the registry {why}"))
                .with_help("it is `https://HOST/PATH`, `file:///PATH` or an absolute path"))
        };
        if url.contains(char::is_control) {
            return refuse("has a control character in it");
        }
        if let Some(address) = folder_address(url) {
            return Ok(Location::Folder(address));
        }
        match url.split_once("://").map(|(scheme, rest)| (scheme.to_ascii_lowercase(), rest)) {
            Some((scheme, _)) if scheme == "http" || scheme == "https" => {
                if url.contains(['?', '#', '\\']) {
                    return refuse("has a query, a fragment or a backslash");
                }
                match origin(url) {
                    Some(_) => Ok(Location::Web(with_slash(url.to_owned()))),
                    None => refuse("has no host, or a user name in it"),
                }
            }
            Some((scheme, _)) if scheme == "file" => refuse("is not the address of a folder on this machine"),
            _ => refuse(&format!("`{}` cannot be read", url.escape_debug())),
        }
    }

    /// The address of something in the registry, from the path relative to its root.
    pub(crate) fn address(&self, encoded_path: &str) -> String {
        let (Location::Web(base) | Location::Folder(base)) = self;
        format!("{base}{encoded_path}")
    }

    /// Resolves the address of an artifact and says whether the credential of the registry may go
    /// along.
    ///
    /// # Errors
    /// `integrity` for an address that leaves the root of the registry without being a whole `http`
    /// or `https` address.
    pub(crate) fn resolve(&self, url: &str) -> Result<(String, bool), Error> {
        let refuse = |why: &str| {
            Err(Error::integrity(
                "registry-static/artifact-url",
                format!("the address of an artifact, `{}`, {why}", url.escape_debug()),
            ))
        };
        if url.is_empty() || url.contains(|c: char| c.is_control() || c.is_whitespace() || c == '\\') {
            return refuse("is empty or has characters that no address has");
        }
        if let Some(target) = origin(url) {
            let Location::Web(base) = self else { return Ok((url.to_owned(), false)) };
            return Ok((url.to_owned(), origin(base).as_ref() == Some(&target)));
        }
        if url.starts_with('/') || has_scheme(url) {
            return refuse("is neither relative to the registry nor `http` or `https`");
        }
        let path = url.split(['?', '#']).next().unwrap_or_default();
        if path.split('/').any(|segment| matches!(decoded_dots(segment).as_str(), "" | "." | "..")) {
            return refuse("leaves the registry");
        }
        match self {
            Location::Folder(_) if path != url => {
                refuse("has a query or a fragment, and the registry is a folder")
            }
            Location::Folder(_) => Ok((self.address(url), false)),
            Location::Web(_) => Ok((self.address(url), true)),
        }
    }
}

fn with_slash(mut address: String) -> String {
    if !address.ends_with('/') {
        address.push('/');
    }
    address
}

fn has_scheme(url: &str) -> bool {
    url.split_once(':').is_some_and(|(scheme, _)| !scheme.contains(['/', '?', '#']))
}

/// A segment with its encoded dots and separators decoded, as a server or file system may do.
fn decoded_dots(segment: &str) -> String {
    let lower = segment.to_ascii_lowercase();
    if lower.contains("%2f") || lower.contains("%5c") || lower.contains("%00") {
        return "..".to_owned();
    }
    lower.replace("%2e", ".")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn places_are_told_apart() {
        let web = |url: &str| Ok(Location::Web(url.to_owned()));
        let folder = |url: &str| Ok(Location::Folder(url.to_owned()));
        for (url, expected) in [
            ("https://pkg.example", web("https://pkg.example/")),
            ("http://pkg.example:8080/a/", web("http://pkg.example:8080/a/")),
            ("/srv/my registry", folder("file:///srv/my%20registry/")),
            ("C:\\registry", folder("file:///C:/registry/")),
            ("file:///srv/reg", folder("file:///srv/reg/")),
            ("file://localhost/srv", folder("file:///srv/")),
            ("file://other/srv", Err(())),
            ("https://user@pkg.example/", Err(())),
            ("https://pkg.example/?a", Err(())),
            ("https:///x", Err(())),
            ("ftp://pkg.example", Err(())),
            ("registry", Err(())),
            ("../registry", Err(())),
            ("", Err(())),
            ("/srv\n", Err(())),
        ] {
            assert_eq!(Location::parse(url).map_err(|_| ()), expected, "{url}");
        }
    }

    #[test]
    fn artifacts_stay_in_the_registry_or_are_whole_addresses() {
        let web = Location::parse("https://pkg.example/stable").unwrap();
        let folder = Location::parse("/srv/reg").unwrap();
        for (location, url, expected) in [
            (&web, "files/a-1.tar.gz", Some(("https://pkg.example/stable/files/a-1.tar.gz", true))),
            (&web, "files/a?raw=1", Some(("https://pkg.example/stable/files/a?raw=1", true))),
            (&web, "https://PKG.example:443/x", Some(("https://PKG.example:443/x", true))),
            (&web, "https://cdn.example/x", Some(("https://cdn.example/x", false))),
            (&web, "http://pkg.example/x", Some(("http://pkg.example/x", false))),
            (&folder, "files/a", Some(("file:///srv/reg/files/a", false))),
            (&folder, "https://cdn.example/x", Some(("https://cdn.example/x", false))),
            (&folder, "files/a?b", None),
            (&web, "../a", None),
            (&web, "a/../../b", None),
            (&web, "a/%2e%2E/b", None),
            (&web, "a/..%2fb", None),
            (&web, "./a", None),
            (&web, "a//b", None),
            (&web, "/etc/passwd", None),
            (&web, "//evil.example/x", None),
            (&web, "a\\..\\b", None),
            (&web, "file:///etc/passwd", None),
            (&folder, "file:///etc/passwd", None),
            (&web, "https://pkg.example@evil.example/x", None),
            (&web, "javascript:x", None),
            (&web, "a b", None),
            (&web, "", None),
        ] {
            let found = location.resolve(url).ok();
            let expected = expected.map(|(url, authenticated)| (url.to_owned(), authenticated));
            assert_eq!(found, expected, "{url}");
        }
    }

    proptest! {
        #[test]
        fn credentials_never_leave_the_origin(url in "(https?:)?[/a-z.%@:\\\\?#2eE]{0,30}") {
            let web = Location::parse("https://pkg.example/stable").unwrap();
            if let Ok((resolved, authenticated)) = web.resolve(&url) {
                let same = origin(&resolved).as_deref() == Some("https://pkg.example");
                prop_assert!(!authenticated || same, "{resolved}");
            }
        }
    }
}
