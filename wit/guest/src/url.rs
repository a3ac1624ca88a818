//! The little a plugin needs to know of addresses. The host checks every one of them again.

/// Encodes a text so that it is exactly one segment of a path (RFC 3986, section 3.3).
///
/// Unreserved characters stay; everything else, `/` and `%` included, becomes `%XX`. The texts
/// `.` and `..` have no such form and must be refused before.
pub fn percent_encode_segment(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
            encoded.push('%');
            encoded.push(char::from(DIGITS[usize::from(byte >> 4)]));
            encoded.push(char::from(DIGITS[usize::from(byte & 15)]));
        }
    }
    encoded
}

/// The origin of an `http` or `https` address: scheme, host in lower case, and port unless it is
/// the scheme's own. None for anything else, and for an address that carries a user name.
pub fn origin(url: &str) -> Option<String> {
    let (scheme, rest) = url.split_once("://")?;
    let scheme = scheme.to_ascii_lowercase();
    let own_port = match scheme.as_str() {
        "http" => ":80",
        "https" => ":443",
        _ => return None,
    };
    let authority = rest.split(['/', '?', '#', '\\']).next().unwrap_or_default();
    if authority.is_empty() || authority.contains('@') || authority.contains(char::is_whitespace) {
        return None;
    }
    let authority = authority.to_ascii_lowercase();
    let authority = authority.strip_suffix(own_port).unwrap_or(&authority);
    Some(format!("{scheme}://{authority}"))
}

/// The `file` address, which ends with `/`, of a folder that is configured as an absolute path or as a
/// `file` address. None for anything else, and for an address of another machine or with a query or a
/// fragment.
pub fn folder_address(url: &str) -> Option<String> {
    let path = match absolute_path(url) {
        Some(path) => encoded_path(&path),
        None => {
            let (scheme, rest) = url.split_once("://")?;
            let path = rest.strip_prefix("localhost").unwrap_or(rest);
            let is_local = scheme.eq_ignore_ascii_case("file") && path.starts_with('/');
            is_local.then(|| path.to_owned()).filter(|path| !path.contains(['?', '#']))?
        }
    };
    let end = if path.ends_with('/') { "" } else { "/" };
    (!path.contains(char::is_control)).then(|| format!("file://{path}{end}"))
}

/// A path from the root, with `/`: `/srv` stays, `C:\srv` becomes `/C:/srv`.
fn absolute_path(text: &str) -> Option<String> {
    if text.starts_with('/') {
        return Some(text.to_owned());
    }
    match text.as_bytes() {
        [drive, b':', b'/' | b'\\', ..] if drive.is_ascii_alphabetic() => {
            Some(format!("/{}", text.replace('\\', "/")))
        }
        _ => None,
    }
}

fn encoded_path(path: &str) -> String {
    let segment = |segment: &str| percent_encode_segment(segment).replace("%3A", ":");
    path.split('/').map(segment).collect::<Vec<_>>().join("/")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn origins_are_compared_without_their_looks() {
        for (url, expected) in [
            ("https://Pkg.Example/stable/", Some("https://pkg.example")),
            ("HTTPS://pkg.example:443/x", Some("https://pkg.example")),
            ("http://pkg.example:443", Some("http://pkg.example:443")),
            ("http://[::1]:8080/x?y#z", Some("http://[::1]:8080")),
            ("http://[::80]/", Some("http://[::80]")),
            ("https://good.example@evil.example/", None),
            ("https://good.example\\@evil.example/", Some("https://good.example")),
            ("file:///srv", None),
            ("/srv", None),
            ("https:///x", None),
        ] {
            assert_eq!(origin(url).as_deref(), expected, "{url}");
        }
    }

    #[test]
    fn folders_are_paths_or_file_addresses() {
        for (url, expected) in [
            ("/srv/a b", Some("file:///srv/a%20b/")),
            ("C:\\srv\\r", Some("file:///C:/srv/r/")),
            ("file:///srv/r/", Some("file:///srv/r/")),
            ("FILE://localhost/srv", Some("file:///srv/")),
            ("file://other/srv", None),
            ("file:///srv?x", None),
            ("https://r.example/", None),
            ("srv", None),
            ("", None),
        ] {
            assert_eq!(folder_address(url).as_deref(), expected, "{url}");
        }
    }

    proptest! {
        #[test]
        fn an_encoded_text_is_one_segment_and_decodes_to_itself(text in ".*") {
            let encoded = percent_encode_segment(&text);
            prop_assert!(encoded.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._~%".contains(&b)));
            let mut bytes = Vec::new();
            let mut rest = encoded.as_bytes();
            while let Some((&first, tail)) = rest.split_first() {
                if first == b'%' {
                    let digits = std::str::from_utf8(&tail[..2]).unwrap();
                    bytes.push(u8::from_str_radix(digits, 16).unwrap());
                    rest = &tail[2..];
                } else {
                    bytes.push(first);
                    rest = tail;
                }
            }
            prop_assert_eq!(bytes, text.into_bytes());
        }
    }
}
