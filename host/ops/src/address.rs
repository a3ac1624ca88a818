//! Addresses as people type them: of a web server, or of something on this machine.

use std::path::{Component, Path, PathBuf};

use s_capability::{Origin, OriginError};
use s_net::DisplayUrl;
use url::{Host, Url};

/// Where something is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Address {
    /// Behind a web server.
    Web(Url),
    /// A file or folder: an absolute path.
    Local(PathBuf),
}

impl Address {
    /// Reads `http(s)://…`, `file://…`, or a path, which is relative to `base`.
    ///
    /// # Errors
    /// Why it is none of these, as the end of a sentence.
    pub(crate) fn parse(typed: &str, base: &Path) -> Result<Address, String> {
        if typed.is_empty() || typed.contains(char::is_control) {
            return Err("is empty or has a control character in it".to_owned());
        }
        let is_url = typed.contains("://");
        if is_url && let Err(why) = Url::parse(typed) {
            return Err(format!("is no URL: {why}"));
        }
        // One letter in front of a colon is a drive.
        let Some(url) = Url::parse(typed).ok().filter(|url| url.scheme().len() > 1) else {
            return Ok(Address::Local(normal(&base.join(typed))));
        };
        if url.scheme() == "file" {
            let path = url.to_file_path().map_err(|()| "does not lead to this machine".to_owned())?;
            return Ok(Address::Local(normal(&path)));
        }
        match Origin::from_url(&url) {
            Ok(_) => Ok(Address::Web(url)),
            Err(OriginError::Userinfo) => Err("has a user name in it".to_owned()),
            Err(error) => Err(format!("cannot be used: {error}")),
        }
    }

    /// Whether what is sent there can be read, and answered, by whoever is on the way: without
    /// encryption to another machine.
    pub(crate) fn is_open_to_others(&self) -> bool {
        let Address::Web(url) = self else { return false };
        let is_here = match url.host() {
            Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
            Some(Host::Ipv4(address)) => address.is_loopback(),
            Some(Host::Ipv6(address)) => address.is_loopback(),
            None => false,
        };
        url.scheme() == "http" && !is_here
    }

    /// The text that plugins are configured with: a URL, or a path with `/`.
    pub(crate) fn text(&self) -> String {
        match self {
            Address::Web(url) => url.to_string(),
            Address::Local(path) => path.to_string_lossy().replace(std::path::MAIN_SEPARATOR, "/"),
        }
    }

    /// The text for people, without secrets.
    pub(crate) fn shown(&self) -> String {
        match self {
            Address::Web(url) => DisplayUrl::new(url).to_string(),
            Address::Local(path) => path.display().to_string(),
        }
    }
}

/// What was typed, for people: without what could be a secret.
pub(crate) fn shown(typed: &str) -> String {
    match Url::parse(typed) {
        Ok(url) => DisplayUrl::new(&url).to_string(),
        Err(_) => match typed.split_once("://") {
            Some((scheme, _)) => format!("{scheme}://…"),
            None => typed.to_owned(),
        },
    }
}

/// Drops `.` and resolves `..`, so that two ways to write a path are one.
fn normal(path: &Path) -> PathBuf {
    let mut normal = PathBuf::new();
    for component in path.components() {
        match component {
            Component::CurDir => {}
            Component::ParentDir => drop(normal.pop()),
            other => normal.push(other),
        }
    }
    normal
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[cfg(unix)]
    fn addresses_are_read() {
        for (typed, expected) in [
            ("https://pkg.example/a", Ok("https://pkg.example/a")),
            ("http://127.0.0.1:8080", Ok("http://127.0.0.1:8080/")),
            ("file:///srv/a%20b", Ok("/srv/a b")),
            ("/srv/./reg/../other", Ok("/srv/other")),
            ("feeds", Ok("/base/feeds")),
            ("../feeds/", Ok("/feeds")),
            ("all.zip", Ok("/base/all.zip")),
            ("https://ada:love@pkg.example/", Err("has a user name in it")),
            ("file://other/srv", Err("does not lead to this machine")),
            ("ftp://pkg.example/", Err("cannot be used")),
            ("https://ada:love@", Err("is no URL")),
            ("", Err("is empty")),
            ("a\nb", Err("is empty or has a control")),
        ] {
            match (Address::parse(typed, Path::new("/base")), expected) {
                (Ok(address), Ok(expected)) => assert_eq!(address.text(), expected, "{typed}"),
                (Err(why), Err(expected)) => assert!(why.starts_with(expected), "{typed}: {why}"),
                (found, _) => panic!("{typed}: {found:?}"),
            }
        }
    }

    #[test]
    fn who_is_on_the_way_is_known() {
        for (typed, expected) in [
            ("http://pkg.example", true),
            ("http://10.0.0.1:80/a", true),
            ("https://pkg.example", false),
            ("http://127.0.0.1:8080", false),
            ("http://[::1]:8080", false),
            ("http://localhost/a", false),
            ("/srv/reg", false),
        ] {
            let address = Address::parse(typed, Path::new("/")).unwrap();
            assert_eq!(address.is_open_to_others(), expected, "{typed}");
        }
    }

    #[test]
    fn what_is_shown_has_no_secret() {
        let address = Address::parse("https://feed.example/a.zip?token=hunter22", Path::new("/")).unwrap();
        assert!(!address.shown().contains("hunter22"), "{}", address.shown());
        assert!(address.text().contains("hunter22"));
        for typed in ["https://ada:hunter22@feed.example/", "https://ada:hunter22@", "x://h/?token=hunter22"]
        {
            assert!(!shown(typed).contains("hunter22"), "{typed}");
        }
        assert_eq!(shown("../feed"), "../feed");
    }
}
