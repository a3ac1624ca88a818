//! Redirects: where to, and with what (RFC 9110, section 15.4).

use url::Url;

use s_capability::Method;

/// The request that a redirect asks for.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Redirect {
    pub(crate) url: Url,
    pub(crate) method: Method,
    /// Whether the body and the headers that describe it are sent again.
    pub(crate) keeps_body: bool,
}

/// Headers that say what a body is.
pub(crate) const BODY_HEADERS: [&str; 4] =
    ["content-type", "content-encoding", "content-language", "content-location"];

/// Returns the request that an answer redirects to, none if it is not a redirect.
pub(crate) fn redirect(
    status: u16,
    location: Option<&str>,
    url: &Url,
    method: Method,
) -> Option<Result<Redirect, url::ParseError>> {
    if !matches!(status, 301 | 302 | 303 | 307 | 308) {
        return None;
    }
    let location = location?;
    let becomes_get = match status {
        301 | 302 => method == Method::Post,
        303 => method != Method::Head,
        _ => false,
    };
    Some(url.join(location).map(|mut url| {
        url.set_fragment(None);
        let method = if becomes_get { Method::Get } else { method };
        Redirect { url, method, keeps_body: !becomes_get }
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn methods_change_as_in_browsers() {
        use Method::*;
        let url = Url::parse("https://a.example/x/y").unwrap();
        for (status, method, expected) in [
            (301, Post, Some((Get, false))),
            (302, Post, Some((Get, false))),
            (303, Post, Some((Get, false))),
            (303, Put, Some((Get, false))),
            (303, Head, Some((Head, true))),
            (301, Put, Some((Put, true))),
            (302, Get, Some((Get, true))),
            (307, Post, Some((Post, true))),
            (308, Patch, Some((Patch, true))),
            (300, Get, None),
            (304, Get, None),
            (200, Get, None),
        ] {
            let found = redirect(status, Some("z#part"), &url, method).map(Result::unwrap);
            let expected = expected.map(|(method, keeps_body)| Redirect {
                url: Url::parse("https://a.example/x/z").unwrap(),
                method,
                keeps_body,
            });
            assert_eq!(found, expected, "{status} {method}");
        }
        assert_eq!(redirect(302, None, &url, Get), None);
        assert!(redirect(302, Some("http://["), &url, Get).unwrap().is_err());
    }
}
