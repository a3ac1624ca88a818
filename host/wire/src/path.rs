//! Addresses within a registry.

use crate::Config;

/// Where the index of a package stands below the root of the registry: `index/js/on/json`,
/// `index/@a/cm/acme/json`.
///
/// Two folders of two characters each keep folders small; what is missing is filled up with `_`.
/// With a scope they come from `@` and the scope, so that the packages of a scope stand together,
/// and no package stands where another one needs a folder.
pub fn index_path(name: &str) -> String {
    let key = match name.split_once('/') {
        Some((scope, _)) => format!("@{scope}"),
        None => name.to_owned(),
    };
    let mut letters = key.chars().chain(std::iter::repeat('_'));
    let mut take = || -> String { letters.by_ref().take(2).collect() };
    format!("index/{}/{}/{name}", take(), take())
}

/// Where the signed note stands that says what state a registry is in.
pub const CHECKPOINT_PATH: &str = "checkpoint";

/// Where the signed note stands that has the keys of a registry, by its number.
pub fn keys_path(number: u64) -> String {
    format!("keys/{number}")
}

/// The address of the archive of a version, from the template of the configuration: `{root}`,
/// `{api}`, `{name}`, `{scope}`, `{base}`, `{version}` stand for what they say.
///
/// `root` is the address the configuration was read from, without `/config.json`.
pub fn download_url(config: &Config, root: &str, name: &str, version: &str) -> String {
    let (scope, base) = name.split_once('/').unwrap_or(("", name));
    let root = root.trim_end_matches('/');
    let api = config.api.as_deref().unwrap_or(root).trim_end_matches('/');
    let (encoded, version) =
        (name.split('/').map(encode_segment).collect::<Vec<_>>().join("/"), encode_segment(version));
    let (scope, base) = (encode_segment(scope), encode_segment(base));
    let values = [
        ("root", root),
        ("api", api),
        ("name", &encoded),
        ("scope", &scope),
        ("base", &base),
        ("version", &version),
    ];
    let mut url = String::new();
    let mut rest = config.dl.as_str();
    // One pass, so that what was put in is not read as a marker again.
    while let Some(start) = rest.find('{') {
        url.push_str(&rest[..start]);
        rest = &rest[start..];
        let known = values.iter().find_map(|(marker, value)| {
            Some((value, rest.strip_prefix('{')?.strip_prefix(marker)?.strip_prefix('}')?))
        });
        match known {
            Some((value, behind)) => {
                url.push_str(value);
                rest = behind;
            }
            None => {
                url.push('{');
                rest = &rest[1..];
            }
        }
    }
    url + rest
}

/// Encodes a text so that it is one segment of a path.
pub fn encode_segment(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                encoded.push(char::from(byte))
            }
            _ => encoded.push_str(&format!("%{byte:02X}")),
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    #[test]
    fn an_index_stands_below_two_folders() {
        for (name, expected) in [
            ("json", "index/js/on/json"),
            ("a", "index/a_/__/a"),
            ("ab", "index/ab/__/ab"),
            ("abc", "index/ab/c_/abc"),
            ("acme/json", "index/@a/cm/acme/json"),
            ("a/json", "index/@a/__/a/json"),
        ] {
            assert_eq!(index_path(name), expected);
        }
    }

    #[test]
    fn a_template_is_filled_in_once() {
        let config = |dl: &str, api: Option<&str>| Config {
            dl: dl.to_owned(),
            api: api.map(str::to_owned),
            ..Config::new("registry.example")
        };
        for (dl, api, name, expected) in [
            (
                "{api}/packages/{name}/{version}/dl",
                Some("https://r.example/api/v1/"),
                "acme/json",
                "https://r.example/api/v1/packages/acme/json/1.0.0%2B5/dl",
            ),
            (
                "{root}/archives/{name}/{version}.tar",
                None,
                "json",
                "https://s.example/archives/json/1.0.0%2B5.tar",
            ),
            ("{api}/{scope}-{base}{", None, "acme/json", "https://s.example/acme-json{"),
            ("x{unknown}{name}", None, "{version}", "x{unknown}%7Bversion%7D"),
        ] {
            assert_eq!(download_url(&config(dl, api), "https://s.example/", name, "1.0.0+5"), expected);
        }
    }

    proptest! {
        /// No file of one package is a folder of another, whatever their names.
        #[test]
        fn indexes_never_stand_in_each_others_way(names in proptest::collection::btree_set("([a-c]{1,5}/)?[a-c]{1,5}", 2..30)) {
            let paths: BTreeSet<String> = names.iter().map(|name| index_path(name)).collect();
            prop_assert_eq!(paths.len(), names.len());
            for path in &paths {
                let folders = path.match_indices('/').map(|(at, _)| &path[..at]);
                prop_assert!(folders.into_iter().all(|folder| !paths.contains(folder)), "{}", path);
            }
        }

        #[test]
        fn a_segment_stays_one(text in ".{0,10}") {
            prop_assert!(!encode_segment(&text).contains(['/', '?', '#', ' ']));
        }
    }
}
