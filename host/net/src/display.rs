//! A URL as it may be shown: without user name, password, fragment and token-like query values.

use std::fmt;

use url::Url;

/// The printable form of a URL. The parts that are left out are not kept.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DisplayUrl(String);

/// Parts of query keys whose values are replaced.
const SECRET_KEYS: [&str; 10] =
    ["token", "secret", "password", "passwd", "signature", "credential", "auth", "key", "session", "code"];

impl DisplayUrl {
    /// Makes the printable form.
    pub fn new(url: &Url) -> DisplayUrl {
        let mut shown = url.clone();
        // Both fail only for URLs that cannot have a user, and then there is nothing to remove.
        let _ = shown.set_username("");
        let _ = shown.set_password(None);
        shown.set_fragment(None);
        if let Some(query) = url.query() {
            let pairs: Vec<String> = query.split('&').map(shown_pair).collect();
            shown.set_query(Some(&pairs.join("&")));
        }
        DisplayUrl(shown.into())
    }

    /// Returns the text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<&Url> for DisplayUrl {
    fn from(url: &Url) -> DisplayUrl {
        DisplayUrl::new(url)
    }
}

impl fmt::Display for DisplayUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for DisplayUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

fn shown_pair(pair: &str) -> String {
    let Some((key, value)) = pair.split_once('=') else { return pair.to_owned() };
    if value.is_empty() || !is_secret_key(key) { pair.to_owned() } else { format!("{key}=***") }
}

/// Judges the decoded key, so that `to%6ben` hides nothing. `sig` is common for presigned URLs and
/// too short to look for inside other words.
fn is_secret_key(key: &str) -> bool {
    let decoded: String =
        url::form_urlencoded::parse(key.as_bytes()).map(|(key, _)| key.to_lowercase()).collect();
    decoded == "sig" || SECRET_KEYS.iter().any(|part| decoded.contains(part))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_not_shown() {
        for (url, expected) in [
            ("https://a.example/x?page=2", "https://a.example/x?page=2"),
            ("https://user:pw@a.example/", "https://a.example/"),
            ("https://a.example/?access_token=abc&n=1", "https://a.example/?access_token=***&n=1"),
            (
                "https://a.example/?X-Amz-Signature=abc&sig=d",
                "https://a.example/?X-Amz-Signature=***&sig=***",
            ),
            ("https://a.example/?to%6Ben=abc", "https://a.example/?to%6Ben=***"),
            ("https://a.example/?token=&flag", "https://a.example/?token=&flag"),
            ("https://a.example/#access_token=abc", "https://a.example/"),
        ] {
            let shown = DisplayUrl::new(&Url::parse(url).unwrap());
            assert_eq!(shown.to_string(), expected);
            assert_eq!(format!("{shown:?}"), format!("{expected:?}"));
        }
    }
}
