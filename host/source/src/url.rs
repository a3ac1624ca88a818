//! Addresses of repositories: which are accepted, and what of them may be shown.
//!
//! The rules are strict, so that git cannot read an address in another way than this file does.

use std::path::Path;

use thiserror::Error;

/// The longest address, in bytes.
const BYTES_MAX: usize = 2048;

/// The address of a repository. Equal when they lead to the same place by their text.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct GitUrl {
    text: String,
    transport: Transport,
    /// In lower case; `file` for folders.
    host: String,
    path: String,
}

/// How a repository is reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Transport {
    /// Encrypted.
    Https,
    /// Not encrypted, to this machine only.
    Http,
    /// Over `ssh`.
    Ssh,
    /// A folder.
    File,
}

/// Why a text is not accepted as an address.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum UrlFault {
    /// There is nothing.
    #[error("it is empty")]
    Empty,
    /// It is too long.
    #[error("it is longer than {BYTES_MAX} bytes")]
    TooLong,
    /// It would be read as an option by some program.
    #[error("it, or a part of it, begins with `-`")]
    Dash,
    /// It contains what a line of an address never has.
    #[error("it contains a control character, a space or a backslash")]
    Character,
    /// It names a transport that is not used.
    #[error("`{0}` is not used to reach repositories: `https`, `ssh` and `file` are")]
    Transport(String),
    /// What is fetched could be read and changed on the way.
    #[error("`http` is not encrypted, and it leads to another machine")]
    PlainHttp,
    /// A secret would be in a file that everyone with the project can read.
    #[error("it contains a user name or a password")]
    Secret,
    /// It has parts that no repository needs and that can hold a secret.
    #[error("it contains `?` or `#`")]
    Query,
    /// The host is missing or not one.
    #[error("the name of the host is missing or malformed")]
    Host,
    /// It leads to the root of a host.
    #[error("it has no path")]
    NoPath,
    /// It depends on the current folder.
    #[error("it is neither an address nor an absolute path")]
    Relative,
}

impl GitUrl {
    /// Parses `https://…`, `ssh://[user@]host[:port]/…`, `file:///…`, `[user@]host:path`, an
    /// absolute path, and `http://…` of this machine. Scheme and host are turned into lower case and
    /// slashes at the end are taken off; nothing else is changed, so that git finds what was meant.
    ///
    /// # Errors
    /// [`UrlFault`].
    pub fn parse(text: &str) -> Result<GitUrl, UrlFault> {
        if text.is_empty() {
            return Err(UrlFault::Empty);
        }
        if text.len() > BYTES_MAX {
            return Err(UrlFault::TooLong);
        }
        if text.starts_with('-') {
            return Err(UrlFault::Dash);
        }
        if text.chars().any(char::is_control) {
            return Err(UrlFault::Character);
        }
        if Path::new(text).is_absolute() {
            return file(text.to_owned(), text);
        }
        // What git reads as the name of a program that speaks for it.
        if let Some((helper, _)) = text.split_once("::")
            && helper.chars().all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c))
        {
            return Err(UrlFault::Transport(helper.chars().take(20).collect()));
        }
        match text.split_once("://") {
            Some((scheme, rest)) => with_scheme(&scheme.to_ascii_lowercase(), rest),
            None => scp(text),
        }
    }

    /// As git is given it.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    pub(crate) fn transport(&self) -> Transport {
        self.transport
    }

    /// A name for a folder: `{host}-{owner}-{repository}`, lower case, possible on every system.
    /// Different addresses can have the same.
    pub(crate) fn readable(&self) -> String {
        let parts: Vec<&str> = self.path.split('/').filter(|part| !part.is_empty()).collect();
        let last = &parts[parts.len().saturating_sub(2)..];
        let mut words = vec![self.host.as_str()];
        words.extend(last.iter().map(|part| part.strip_suffix(".git").unwrap_or(part)));
        let clean = |c: char| match c.to_ascii_lowercase() {
            c @ ('a'..='z' | '0'..='9' | '.' | '_') => c,
            _ => '-',
        };
        let text: String = words.join("-").chars().take(80).map(clean).collect();
        let text = text.trim_matches(['.', '-']);
        if s_store::check_new_path(&format!("{text}-0")).is_ok() {
            text.to_owned()
        } else {
            format!("git-{text}")
        }
    }
}

/// Takes user names, passwords, queries and fragments out of a text with addresses in it.
pub fn masked(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("://") {
        let (before, behind) = rest.split_at(at + 3);
        shown.push_str(before);
        let end = behind.find(|c: char| c.is_whitespace() || "'\"`<>".contains(c)).unwrap_or(behind.len());
        let (address, after) = behind.split_at(end);
        shown.push_str(&masked_address(address));
        rest = after;
    }
    shown + rest
}

/// What stands behind `://`.
fn masked_address(address: &str) -> String {
    let (address, query) = match address.find(['?', '#']) {
        Some(at) => (&address[..at], "?***"),
        None => (address, ""),
    };
    let authority = address.find(['/', '\\']).unwrap_or(address.len());
    match address[..authority].rsplit_once('@') {
        // Every ssh server of this kind has the same one.
        Some(("git", _)) | None => format!("{address}{query}"),
        Some((_, host)) => format!("***@{host}{}{query}", &address[authority..]),
    }
}

fn with_scheme(scheme: &str, rest: &str) -> Result<GitUrl, UrlFault> {
    let transport = match scheme {
        "https" => Transport::Https,
        "http" => Transport::Http,
        "ssh" | "git+ssh" | "ssh+git" => Transport::Ssh,
        "file" => {
            return match rest {
                rest if rest.starts_with('/') => file(format!("file://{rest}"), rest),
                _ => Err(UrlFault::Host),
            };
        }
        other => return Err(UrlFault::Transport(other.chars().take(20).collect())),
    };
    if rest.contains(['?', '#']) {
        return Err(UrlFault::Query);
    }
    check_characters(rest)?;
    let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    let (user, host_port) = match authority.rsplit_once('@') {
        Some((user, host)) => (Some(user), host),
        None => (None, authority),
    };
    if let Some(user) = user {
        check_user(user, transport)?;
    }
    let host_port = host_port.to_ascii_lowercase();
    let host = check_host(&host_port)?;
    if transport == Transport::Http && !is_loopback(host) {
        return Err(UrlFault::PlainHttp);
    }
    let path = path.trim_end_matches('/');
    if path.is_empty() {
        return Err(UrlFault::NoPath);
    }
    let scheme = match transport {
        Transport::Ssh => "ssh",
        _ => scheme,
    };
    let user = user.map_or(String::new(), |user| format!("{user}@"));
    let text = format!("{scheme}://{user}{host_port}{path}");
    Ok(GitUrl { text, transport, host: host.to_owned(), path: path.to_owned() })
}

/// `[user@]host:path`, as `scp` has it. A path without a slash in front begins in the home of the
/// user there, so that this is not the same as `ssh://host/path`.
fn scp(text: &str) -> Result<GitUrl, UrlFault> {
    let Some((authority, path)) = text.split_once(':') else { return Err(UrlFault::Relative) };
    if authority.contains('/') {
        return Err(UrlFault::Relative);
    }
    if text.contains(['?', '#']) {
        return Err(UrlFault::Query);
    }
    check_characters(text)?;
    let (user, host) = match authority.rsplit_once('@') {
        Some((user, host)) => (Some(user), host),
        None => (None, authority),
    };
    if let Some(user) = user {
        check_user(user, Transport::Ssh)?;
    }
    let host = host.to_ascii_lowercase();
    // One letter is a drive on some systems.
    if host.len() < 2 || check_host(&host)? != host {
        return Err(UrlFault::Host);
    }
    let path = path.trim_end_matches('/');
    if path.is_empty() {
        return Err(UrlFault::NoPath);
    }
    if path.starts_with('-') {
        return Err(UrlFault::Dash);
    }
    // `user:password@host:path` splits at the first colon.
    if path.contains('@') {
        return Err(UrlFault::Secret);
    }
    let user = user.map_or(String::new(), |user| format!("{user}@"));
    let text = format!("{user}{host}:{path}");
    Ok(GitUrl { text, transport: Transport::Ssh, host, path: path.to_owned() })
}

fn file(text: String, path: &str) -> Result<GitUrl, UrlFault> {
    let kept = path.trim_end_matches('/').len();
    if kept == 0 {
        return Err(UrlFault::NoPath);
    }
    let text = text[..text.len() - (path.len() - kept)].to_owned();
    Ok(GitUrl { text, transport: Transport::File, host: "file".to_owned(), path: path[..kept].to_owned() })
}

fn check_characters(text: &str) -> Result<(), UrlFault> {
    let is_bad = |c: char| c.is_whitespace() || c == '\\' || "'\"`<>".contains(c);
    if text.chars().any(is_bad) { Err(UrlFault::Character) } else { Ok(()) }
}

/// Only ssh has names that are no secret; tokens are user names elsewhere.
fn check_user(user: &str, transport: Transport) -> Result<(), UrlFault> {
    if user.starts_with('-') {
        return Err(UrlFault::Dash);
    }
    let is_name = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
    if transport != Transport::Ssh || user.is_empty() || !user.chars().all(is_name) {
        return Err(UrlFault::Secret);
    }
    Ok(())
}

/// Returns the host of a host with perhaps a port.
fn check_host(text: &str) -> Result<&str, UrlFault> {
    if text.starts_with('-') {
        return Err(UrlFault::Dash);
    }
    let (host, port) = match text.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((address, port)) => {
            address.parse::<std::net::Ipv6Addr>().map_err(|_| UrlFault::Host)?;
            (&text[..address.len() + 2], port)
        }
        None => text.split_at(text.find(':').unwrap_or(text.len())),
    };
    let is_port = port.is_empty()
        || port.strip_prefix(':').is_some_and(|port| port.parse::<u16>().is_ok() && !port.starts_with('+'));
    let is_name = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
    let is_host = host.starts_with('[') || (host.chars().all(is_name) && !host.starts_with('.'));
    if host.is_empty() || !is_port || !is_host { Err(UrlFault::Host) } else { Ok(host) }
}

fn is_loopback(host: &str) -> bool {
    let address = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost" || address.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_is_accepted_and_what_it_is_called() {
        for (text, expected, readable) in [
            ("https://GitHub.com/Acme/Json.git", "https://github.com/Acme/Json.git", "github.com-acme-json"),
            ("https://git.example:8443/a/b/c/", "https://git.example:8443/a/b/c", "git.example-b-c"),
            ("ssh://git@git.example/a/b", "ssh://git@git.example/a/b", "git.example-a-b"),
            ("git+ssh://git@git.example:22/a/b", "ssh://git@git.example:22/a/b", "git.example-a-b"),
            ("git@github.com:acme/json", "git@github.com:acme/json", "github.com-acme-json"),
            ("Example.org:json.git", "example.org:json.git", "example.org-json"),
            ("http://127.0.0.1:8080/a/b", "http://127.0.0.1:8080/a/b", "127.0.0.1-a-b"),
            ("http://[::1]/a", "http://[::1]/a", "1--a"),
            ("http://localhost/a", "http://localhost/a", "localhost-a"),
            ("file:///srv/a b/json/", "file:///srv/a b/json", "file-a-b-json"),
            ("https://aux.example/x/..", "https://aux.example/x/..", "git-aux.example-x"),
        ] {
            let url = GitUrl::parse(text).unwrap_or_else(|fault| panic!("{text}: {fault}"));
            assert_eq!(url.as_str(), expected);
            assert_eq!(url.readable(), readable, "{text}");
            assert_eq!(GitUrl::parse(url.as_str()), Ok(url));
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_folder_is_a_repository() {
        let url = GitUrl::parse("/srv/git/json/").unwrap();
        assert_eq!((url.as_str(), url.transport()), ("/srv/git/json", Transport::File));
        assert_eq!(GitUrl::parse("/"), Err(UrlFault::NoPath));
    }

    #[test]
    fn what_is_refused_says_why() {
        use UrlFault as F;
        let transport = |name: &str| F::Transport(name.to_owned());
        let long = format!("https://a.example/{}", "a".repeat(BYTES_MAX));
        for (text, expected) in [
            ("", F::Empty),
            (long.as_str(), F::TooLong),
            ("-u./x", F::Dash),
            ("--upload-pack=touch x", F::Dash),
            ("ssh://-oProxyCommand=x/a", F::Dash),
            ("ssh://-l@host/a", F::Dash),
            ("-oProxyCommand=x:a", F::Dash),
            ("host.example:-a", F::Dash),
            ("https://a.example/\nb", F::Character),
            ("https://a.example/a b", F::Character),
            ("https://a.example\\@b.example/x", F::Character),
            ("ext::sh -c touch% x", transport("ext")),
            ("fd::17/foo", transport("fd")),
            ("https::https://a.example/x", transport("https")),
            ("::x", transport("")),
            ("git://a.example/x", transport("git")),
            ("ftp://a.example/x", transport("ftp")),
            ("http://a.example/x", F::PlainHttp),
            ("http://127.0.0.1.evil.example/x", F::PlainHttp),
            ("https://token@a.example/x", F::Secret),
            ("https://user:password@a.example/x", F::Secret),
            ("ssh://user:password@a.example/x", F::Secret),
            ("user:password@a.example:x", F::Secret),
            ("https://a.example/x?access_token=1", F::Query),
            ("https://a.example/x#main", F::Query),
            ("https:///x", F::Host),
            ("https://a.example:port/x", F::Host),
            ("https://a.ex%61mple/x", F::Host),
            ("file://host/x", F::Host),
            ("c:/x", F::Host),
            ("https://a.example/", F::NoPath),
            ("a.example:", F::NoPath),
            ("../x", F::Relative),
            ("./a:b", F::Relative),
            ("json", F::Relative),
        ] {
            assert_eq!(GitUrl::parse(text), Err(expected), "{text}");
        }
    }

    #[test]
    fn secrets_are_masked_wherever_they_stand() {
        for (text, expected) in [
            ("https://user:secret@a.example/x", "https://***@a.example/x"),
            ("https://token@a.example/x?key=1#y", "https://***@a.example/x?***"),
            ("https://a@b@c.example", "https://***@c.example"),
            ("ssh://git@a.example/x", "ssh://git@a.example/x"),
            ("fatal: 'https://t@a.example/x/': no", "fatal: 'https://***@a.example/x/': no"),
            ("a://b@c d://e:f@g", "a://***@c d://***@g"),
            ("nothing", "nothing"),
        ] {
            assert_eq!(masked(text), expected);
        }
    }

    proptest! {
        #[test]
        fn nothing_accepted_is_an_option_or_has_a_secret(text in "(https|ssh|file|ext)?(://|::|:)?[-a-z@:/.?#\\\\ \\[\\]]{0,30}") {
            if let Ok(url) = GitUrl::parse(&text) {
                prop_assert!(!url.as_str().starts_with('-'));
                prop_assert!(url.transport() == Transport::File || !masked(url.as_str()).contains('?'));
                prop_assert!(s_store::check_new_path(&format!("{}-0", url.readable())).is_ok(), "{:?}", url.readable());
                prop_assert_eq!(GitUrl::parse(url.as_str()), Ok(url));
            }
        }

        #[test]
        fn masking_never_panics_and_hides(user in "[a-z]{1,8}", secret in "[a-z0-9]{12}", text in "\\PC{0,20}") {
            let _ = masked(&text);
            let address = format!("https://{user}:{secret}@a.example/x");
            prop_assert!(!masked(&address).contains(&secret));
        }
    }
}
