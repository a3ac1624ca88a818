//! Origins, and patterns of origins: the unit in which a plugin is given the network.
//!
//! There is one spelling of each origin. Whatever has two (a trailing dot, an empty label, user
//! information in front of the host) is refused rather than normalised, and everything a URL parser
//! normalises (case, percent encoding, international names, the octal and hexadecimal forms of an
//! IPv4 address) is compared after it did. Resolving a host and checking the address is not done
//! here.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use url::{Host, Url};

/// The two schemes a plugin can reach.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Scheme {
    /// Plain HTTP, default port 80.
    Http,
    /// HTTP over TLS, default port 443.
    Https,
}

impl Scheme {
    /// The scheme as it stands in a URL.
    pub fn as_str(self) -> &'static str {
        match self {
            Scheme::Http => "http",
            Scheme::Https => "https",
        }
    }

    /// The port that is left out of the canonical form.
    pub fn default_port(self) -> u16 {
        match self {
            Scheme::Http => 80,
            Scheme::Https => 443,
        }
    }
}

/// Scheme, host and port of a URL, in the one canonical form: `https://example.com`,
/// `http://127.0.0.1:8080`.
///
/// The host is lower-case ASCII (international names in their `xn--` form), without a trailing dot.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Origin {
    scheme: Scheme,
    host: Host<String>,
    port: u16,
}

/// Why a text or a URL has no origin, or is no pattern of origins.
///
/// No variant repeats the text it is about: a URL may carry a password.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OriginError {
    /// Not a URL at all.
    #[error("is not a URL: {0}")]
    Url(#[from] url::ParseError),
    /// Neither `http` nor `https`.
    #[error("must begin with `https://` or `http://`")]
    Scheme,
    /// `https://name@host` reads like one host and goes to another.
    #[error("must not hold a user name or password")]
    Userinfo,
    /// No host, an empty label, a trailing dot, or a character no host name has.
    #[error("has no valid host name")]
    Host,
    /// More than scheme, host and port.
    #[error("must be only scheme, host and port, without a path")]
    Path,
    /// `https://*.com`, or a wildcard that is not the whole first label.
    #[error("may have `*` only as the whole first label, before at least two more")]
    Wildcard,
}

impl Origin {
    /// Takes the origin of a URL.
    ///
    /// Refuses other schemes, user information and hosts with more than one spelling.
    pub fn from_url(url: &Url) -> Result<Origin, OriginError> {
        let scheme = match url.scheme() {
            "http" => Scheme::Http,
            "https" => Scheme::Https,
            _ => return Err(OriginError::Scheme),
        };
        if !url.username().is_empty() || url.password().is_some() {
            return Err(OriginError::Userinfo);
        }
        let host = url.host().ok_or(OriginError::Host)?.to_owned();
        if let Host::Domain(name) = &host
            && !is_host_name(name)
        {
            return Err(OriginError::Host);
        }
        Ok(Origin { scheme, host, port: url.port().unwrap_or(scheme.default_port()) })
    }

    /// The scheme.
    pub fn scheme(&self) -> Scheme {
        self.scheme
    }

    /// The host.
    pub fn host(&self) -> &Host<String> {
        &self.host
    }

    /// The port, also where it is the default one.
    pub fn port(&self) -> u16 {
        self.port
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://{}{}", self.scheme.as_str(), self.host, ShownPort(self.scheme, self.port))
    }
}

impl FromStr for Origin {
    type Err = OriginError;

    /// Reads the canonical form, or one that a URL parser normalises to it; one `/` may follow.
    fn from_str(text: &str) -> Result<Origin, OriginError> {
        if text.contains(['\\', '@']) || text.chars().any(|c| c.is_whitespace() || c.is_control()) {
            return Err(if text.contains('@') { OriginError::Userinfo } else { OriginError::Host });
        }
        let url = Url::parse(text)?;
        let origin = Origin::from_url(&url)?;
        if url.path() != "/" || url.query().is_some() || url.fragment().is_some() {
            return Err(OriginError::Path);
        }
        Ok(origin)
    }
}

/// An exact origin, or every host below one: `https://*.cdn.example`.
///
/// Any two patterns are either disjoint or one holds the other.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum OriginPattern {
    /// This origin.
    Exact(Origin),
    /// Every host with one or more labels in front of the suffix, at this scheme and port.
    Below(Suffix),
}

/// What follows the `*.` of a wildcard pattern: a domain of at least two labels, never an address.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Suffix {
    scheme: Scheme,
    domain: String,
    port: u16,
}

impl OriginPattern {
    /// Tells whether the origin is one of the pattern's.
    pub fn matches(&self, origin: &Origin) -> bool {
        match (self, &origin.host) {
            (OriginPattern::Exact(own), _) => own == origin,
            (OriginPattern::Below(own), Host::Domain(name)) => {
                own.scheme == origin.scheme && own.port == origin.port && is_below(name, &own.domain)
            }
            (OriginPattern::Below(_), _) => false,
        }
    }

    /// Tells whether every origin of the other pattern is one of this one's.
    pub fn covers(&self, other: &OriginPattern) -> bool {
        match (self, other) {
            (_, OriginPattern::Exact(origin)) => self.matches(origin),
            (OriginPattern::Exact(_), OriginPattern::Below(_)) => false,
            (OriginPattern::Below(own), OriginPattern::Below(other)) => {
                own.scheme == other.scheme
                    && own.port == other.port
                    && (own.domain == other.domain || is_below(&other.domain, &own.domain))
            }
        }
    }
}

impl From<Origin> for OriginPattern {
    fn from(origin: Origin) -> OriginPattern {
        OriginPattern::Exact(origin)
    }
}

impl fmt::Display for OriginPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            OriginPattern::Exact(origin) => origin.fmt(f),
            OriginPattern::Below(Suffix { scheme, domain, port }) => {
                write!(f, "{}://*.{domain}{}", scheme.as_str(), ShownPort(*scheme, *port))
            }
        }
    }
}

impl FromStr for OriginPattern {
    type Err = OriginError;

    fn from_str(text: &str) -> Result<OriginPattern, OriginError> {
        let Some((scheme, rest)) = text.split_once("://*.") else {
            return if text.contains('*') {
                Err(OriginError::Wildcard)
            } else {
                Ok(text.parse::<Origin>()?.into())
            };
        };
        if rest.contains('*') {
            return Err(OriginError::Wildcard);
        }
        let Origin { scheme, host, port } = format!("{scheme}://{rest}").parse()?;
        match host {
            Host::Domain(domain) if domain.contains('.') => {
                Ok(OriginPattern::Below(Suffix { scheme, domain, port }))
            }
            _ => Err(OriginError::Wildcard),
        }
    }
}

/// Both travel as their canonical text.
macro_rules! serde_as_text {
    ($($name:ident)*) => {$(
        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }
        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<$name, D::Error> {
                String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
            }
        }
    )*};
}
serde_as_text!(Origin OriginPattern);

/// Writes `:port` unless it is the scheme's own.
struct ShownPort(Scheme, u16);

impl fmt::Display for ShownPort {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.1 == self.0.default_port() { Ok(()) } else { write!(f, ":{}", self.1) }
    }
}

/// Non-empty labels of lower-case letters, digits, `-` and `_`: what is left after IDNA.
fn is_host_name(name: &str) -> bool {
    let of_label = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-' || c == '_';
    name.len() <= 253
        && name.split('.').all(|label| (1..=63).contains(&label.len()) && label.chars().all(of_label))
}

/// Whether the name has at least one label in front of the domain.
fn is_below(name: &str, domain: &str) -> bool {
    name.strip_suffix(domain).and_then(|front| front.strip_suffix('.')).is_some_and(|front| !front.is_empty())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn there_is_one_spelling_of_each_origin() {
        for (text, canonical) in [
            ("https://example.com", "https://example.com"),
            ("https://EXAMPLE.com/", "https://example.com"),
            ("HTTPS://example.com:443", "https://example.com"),
            ("http://example.com:443", "http://example.com:443"),
            ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
            ("http://2130706433", "http://127.0.0.1"),
            ("http://0x7f.1", "http://127.0.0.1"),
            ("http://0177.0.0.1", "http://127.0.0.1"),
            ("http://127.1", "http://127.0.0.1"),
            ("http://[::1]:80", "http://[::1]"),
            ("http://[0:0:0:0:0:0:0:1]", "http://[::1]"),
            ("http://[::ffff:127.0.0.1]", "http://[::ffff:7f00:1]"),
            ("https://ex%61mple.com", "https://example.com"),
            ("https://bücher.example", "https://xn--bcher-kva.example"),
            ("https://ｅｘａｍｐｌｅ．com", "https://example.com"),
            ("https://under_score.example", "https://under_score.example"),
        ] {
            assert_eq!(text.parse::<Origin>().map(|o| o.to_string()).as_deref(), Ok(canonical), "{text}");
        }
    }

    #[test]
    fn what_has_two_spellings_or_goes_elsewhere_is_refused() {
        for (text, error) in [
            ("https://good.example@evil.example", OriginError::Userinfo),
            ("https://user:secret@good.example", OriginError::Userinfo),
            ("https://good.example\\@evil.example", OriginError::Userinfo),
            ("https://good.example.", OriginError::Host),
            ("https://.good.example", OriginError::Host),
            ("https://good..example", OriginError::Host),
            ("https://*.good.example", OriginError::Host),
            ("https://go od.example", OriginError::Host),
            (" https://good.example", OriginError::Host),
            ("https://good\t.example", OriginError::Host),
            ("https:\\\\good.example", OriginError::Host),
            ("https://good.example/path", OriginError::Path),
            ("https://good.example?q", OriginError::Path),
            ("https://good.example#f", OriginError::Path),
            ("ftp://good.example", OriginError::Scheme),
            ("file:///etc/passwd", OriginError::Scheme),
            ("javascript:alert(1)", OriginError::Scheme),
        ] {
            assert_eq!(text.parse::<Origin>(), Err(error), "{text}");
        }
        for text in
            ["", "good.example", "https://", "https://1.2.3.4.5", "https://good.example:99999", "https://%00"]
        {
            assert!(matches!(text.parse::<Origin>(), Err(OriginError::Url(_))), "{text}");
        }
    }

    #[test]
    fn a_url_gives_its_origin_unless_it_carries_a_user() {
        let url = Url::parse("https://example.com:8443/a/b?c=d#e").unwrap();
        assert_eq!(Origin::from_url(&url).unwrap().to_string(), "https://example.com:8443");
        let url = Url::parse("https://good.example@evil.example/").unwrap();
        assert_eq!(Origin::from_url(&url), Err(OriginError::Userinfo));
    }

    #[test]
    fn a_wildcard_is_every_host_below_and_nothing_else() {
        let pattern: OriginPattern = "https://*.CDN.example".parse().unwrap();
        assert_eq!(pattern.to_string(), "https://*.cdn.example");
        for (origin, matches) in [
            ("https://a.cdn.example", true),
            ("https://a.b.cdn.example", true),
            ("https://cdn.example", false),
            ("https://evilcdn.example", false),
            ("https://cdn.example.evil", false),
            ("https://a.cdn.example:8443", false),
            ("http://a.cdn.example", false),
            ("https://127.0.0.1", false),
        ] {
            assert_eq!(pattern.matches(&origin.parse().unwrap()), matches, "{origin}");
        }
    }

    #[test]
    fn a_wildcard_over_a_top_level_domain_or_an_address_is_refused() {
        for text in [
            "https://*",
            "https://*.com",
            "https://*.",
            "https://*.*.example.com",
            "https://a.*.example.com",
            "https://a*.example.com",
            "*.example.com",
            "*://a.example",
            "https://*.127.0.0.1",
            "https://*.0.1",
            "https://*.[::1]",
            "https://*.good.example@evil.example",
            "https://*.good.example/path",
            "https://*.good.example.",
            "https://user@*.good.example",
        ] {
            assert!(text.parse::<OriginPattern>().is_err(), "{text}");
        }
    }

    #[test]
    fn no_message_repeats_the_text() {
        for text in ["https://user:hunter2@example.com", "https://example.com/hunter2", "hunter2"] {
            let error = text.parse::<OriginPattern>().unwrap_err();
            assert!(!format!("{error} {error:?}").contains("hunter2"), "{error:?}");
        }
    }

    #[test]
    fn both_travel_as_text() {
        let pattern: OriginPattern = serde_json::from_str("\"https://*.cdn.example:444\"").unwrap();
        assert_eq!(serde_json::to_string(&pattern).unwrap(), "\"https://*.cdn.example:444\"");
        assert!(serde_json::from_str::<Origin>("\"https://a@b.example\"").is_err());
    }

    proptest! {
        #[test]
        fn the_canonical_form_reads_back(text in "https?://(\\*\\.)?[a-zA-Z0-9._\\-]{1,20}(:[0-9]{1,5})?") {
            if let Ok(pattern) = text.parse::<OriginPattern>() {
                let shown = pattern.to_string();
                let back = shown.parse::<OriginPattern>().expect("the canonical form is valid");
                prop_assert_eq!(back.to_string(), shown);
                prop_assert_eq!(&back, &pattern);
                prop_assert!(pattern.covers(&pattern));
            }
        }

        #[test]
        fn no_text_makes_the_parser_panic(text in "\\PC{0,40}", prefix in "(https?://)?(\\*\\.)?") {
            let _ = format!("{prefix}{text}").parse::<OriginPattern>();
        }

        #[test]
        fn covering_agrees_with_matching(
            a in "https://(\\*\\.)?([ab]\\.){1,3}[ab]",
            b in "https://(\\*\\.)?([ab]\\.){1,3}[ab]",
            host in "https://([ab]\\.){1,5}[ab]",
        ) {
            let (a, b): (OriginPattern, OriginPattern) = (a.parse().unwrap(), b.parse().unwrap());
            let host: Origin = host.parse().unwrap();
            if a.covers(&b) && b.matches(&host) {
                prop_assert!(a.matches(&host));
            }
            prop_assert!(a.covers(&b) || b.covers(&a) || !(a.matches(&host) && b.matches(&host)), "disjoint or nested");
        }
    }
}
