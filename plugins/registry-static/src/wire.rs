//! The two files of the static layout: `index.json` and `release.json`.
//!
//! Members that are not known are ignored, so that registries can say more than we read.

use s_guest::Error;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::model::{Artifact, Dependency, DependencyKind, Digest, PackageName, Version, is_segment};
use crate::time::unix_of_rfc3339;

/// Bytes of the longest index.
pub(crate) const INDEX_BYTES_MAX: u64 = 8 << 20;
/// Bytes of the longest release.
pub(crate) const RELEASE_BYTES_MAX: u64 = 1 << 20;
/// Versions of one package.
pub(crate) const VERSION_COUNT_MAX: usize = 100_000;

/// Reads an index: the versions of a package, as the registry orders them.
///
/// # Errors
/// `integrity` with place for what is not JSON of this shape, or names what cannot be a version.
pub(crate) fn index(bytes: &[u8], address: &str) -> Result<Vec<String>, Error> {
    let Index { versions } = json(bytes, address)?;
    if versions.len() > VERSION_COUNT_MAX {
        return Err(Error::limit_exceeded(
            "registry-static/versions",
            format!("`{address}` lists more than {VERSION_COUNT_MAX} versions"),
        ));
    }
    let mut sorted: Vec<&str> = versions.iter().map(String::as_str).collect();
    sorted.sort_unstable();
    if let Some(twice) = sorted.windows(2).find(|pair| pair[0] == pair[1]) {
        return Err(wrong(address, &format!("lists version `{}` twice", twice[0].escape_debug())));
    }
    match versions.iter().find(|version| !is_segment(version)) {
        Some(bad) => Err(wrong(address, &format!("lists `{}`, which is no version", bad.escape_debug()))),
        None => Ok(versions),
    }
}

/// Reads the release of a version.
///
/// # Errors
/// `integrity` with place for what is not JSON of this shape, for a digest, name or time that makes
/// no sense, and when it is the release of another version.
pub(crate) fn release(bytes: &[u8], address: &str, version: &str) -> Result<Version, Error> {
    let release: Release = json(bytes, address)?;
    if release.version != version {
        let message = format!("describes version `{}`, not `{version}`", release.version.escape_debug());
        return Err(wrong(address, &message));
    }
    let published_unix = match release.published {
        None => None,
        Some(Moment::Unix(seconds)) => Some(seconds),
        Some(Moment::Text(text)) => Some(
            unix_of_rfc3339(&text)
                .ok_or_else(|| wrong(address, &format!("has `{}` for a time", text.escape_debug())))?,
        ),
    };
    let artifacts = release.artifacts.into_iter().map(|artifact| artifact.checked(address));
    let dependencies = release.dependencies.into_iter().map(|dependency| dependency.checked(address));
    Ok(Version {
        version: release.version,
        yanked: match release.yanked {
            None | Some(Yanked::Flag(false)) => None,
            Some(Yanked::Flag(true)) => Some(String::new()),
            Some(Yanked::Reason(reason)) => Some(reason),
        },
        published_unix,
        requires_stryke: release.requires_stryke,
        artifacts: artifacts.collect::<Result<_, _>>()?,
        dependencies: dependencies.collect::<Result<_, _>>()?,
    })
}

#[derive(Deserialize)]
struct Index {
    versions: Vec<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Release {
    version: String,
    artifacts: Vec<WireArtifact>,
    #[serde(default)]
    dependencies: Vec<WireDependency>,
    yanked: Option<Yanked>,
    published: Option<Moment>,
    requires_stryke: Option<String>,
}

#[derive(Deserialize)]
struct WireArtifact {
    kind: ArtifactKind,
    target: Option<String>,
    profile: Option<String>,
    url: String,
    size: Option<u64>,
    digest: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum ArtifactKind {
    Source,
    Binary,
}

#[derive(Deserialize)]
struct WireDependency {
    name: String,
    requirement: String,
    #[serde(default)]
    kind: DependencyKind,
    #[serde(default)]
    optional: bool,
    #[serde(default)]
    features: Vec<String>,
    registry: Option<String>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Yanked {
    Flag(bool),
    Reason(String),
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Moment {
    Unix(u64),
    Text(String),
}

impl WireArtifact {
    fn checked(self, address: &str) -> Result<Artifact, Error> {
        let digest = Digest::parse(&self.digest)
            .ok_or_else(|| wrong(address, &format!("has `{}` for a digest", self.digest.escape_debug())))?;
        let kind = match self.kind {
            ArtifactKind::Source => "source",
            ArtifactKind::Binary => "binary",
        };
        Ok(Artifact {
            kind: kind.to_owned(),
            target: self.target,
            profile: self.profile,
            url: self.url,
            size: self.size,
            digest,
        })
    }
}

impl WireDependency {
    fn checked(self, address: &str) -> Result<Dependency, Error> {
        let name = PackageName::parse(&self.name).map_err(|error| {
            wrong(address, &format!("has a dependency without a name: {}", error.message))
        })?;
        Ok(Dependency {
            name,
            requirement: self.requirement,
            kind: self.kind,
            optional: self.optional,
            features: self.features,
            registry: self.registry,
        })
    }
}

fn json<T: DeserializeOwned>(bytes: &[u8], address: &str) -> Result<T, Error> {
    serde_json::from_slice(bytes).map_err(|error| {
        let (line, column) = (error.line(), error.column());
        let text = error.to_string();
        let place = format!(" at line {line} column {column}");
        let reason = text.strip_suffix(&place).unwrap_or(&text);
        let message = format!("cannot be read at line {line}, column {column}: {}", reason.escape_debug());
        wrong(address, &message).with_extra("line", line.to_string()).with_extra("column", column.to_string())
    })
}

fn wrong(address: &str, what: &str) -> Error {
    Error::integrity("registry-static/malformed", format!("`{address}` {what}"))
        .with_help("the files of the registry are damaged; whoever keeps it can repair them")
        .with_extra("url", address)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn message<T: std::fmt::Debug>(result: Result<T, Error>) -> String {
        result.unwrap_err().message.clone()
    }

    #[test]
    fn an_index_names_its_mistakes() {
        assert_eq!(
            index(br#"{"versions":["1.0.0","2.0.0-rc.1"],"more":1}"#, "U").unwrap(),
            ["1.0.0", "2.0.0-rc.1"]
        );
        for (text, expected) in [
            ("", "`U` cannot be read at line 1, column 0: EOF while parsing a value"),
            (
                "{\n \"versions\": [1]}",
                "`U` cannot be read at line 2, column 15: invalid type: integer `1`, expected a string",
            ),
            ("{}", "`U` cannot be read at line 1, column 2: missing field `versions`"),
            ("<html>", "`U` cannot be read at line 1, column 1: expected value"),
            (r#"{"versions":["1","1"]}"#, "`U` lists version `1` twice"),
            (r#"{"versions":["../1"]}"#, "`U` lists `../1`, which is no version"),
            (r#"{"versions":[".."]}"#, "`U` lists `..`, which is no version"),
            (r#"{"versions":["\u001b[2J"]}"#, "`U` lists `\\u{1b}[2J`, which is no version"),
        ] {
            assert_eq!(message(index(text.as_bytes(), "U")), expected);
        }
        assert!(index(b"\xff\xfe", "U").is_err());
    }

    #[test]
    fn an_index_has_a_bounded_number_of_versions() {
        let of = |count: usize| {
            let versions: Vec<String> = (0..count).map(|n| format!("\"{n}\"")).collect();
            format!("{{\"versions\":[{}]}}", versions.join(",")).into_bytes()
        };
        assert_eq!(index(&of(VERSION_COUNT_MAX), "U").unwrap().len(), VERSION_COUNT_MAX);
        assert_eq!(message(index(&of(VERSION_COUNT_MAX + 1), "U")), "`U` lists more than 100000 versions");
    }

    #[test]
    fn a_release_is_read_whole() {
        let zeros = "0".repeat(64);
        let text = format!(
            r#"{{"version":"1.0.0","yanked":"broken","published":"1970-01-02T00:00:00Z","requires-stryke":">=1",
            "artifacts":[
                {{"kind":"source","url":"a.tar.gz","size":3,"digest":"sha256:{zeros}"}},
                {{"kind":"binary","target":"t","profile":"release","url":"b","digest":"sha256:{zeros}","new":[]}}],
            "dependencies":[{{"name":"org/b","requirement":"^1","kind":"dev"}}]}}"#
        );
        let version = release(text.as_bytes(), "U", "1.0.0").unwrap();
        assert_eq!(version.yanked.as_deref(), Some("broken"));
        assert_eq!(version.published_unix, Some(86_400));
        assert_eq!(version.requires_stryke.as_deref(), Some(">=1"));
        assert_eq!(version.artifacts.len(), 2);
        assert_eq!(version.artifacts[0].size, Some(3));
        assert_eq!(version.artifacts[1].target.as_deref(), Some("t"));
        assert_eq!(version.dependencies[0].name.to_string(), "org/b");
        assert_eq!(version.dependencies[0].kind, DependencyKind::Dev);
        for (yanked, expected) in [("true", Some("")), ("false", None), ("null", None)] {
            let text = format!(r#"{{"version":"1","artifacts":[],"yanked":{yanked},"published":7}}"#);
            let version = release(text.as_bytes(), "U", "1").unwrap();
            assert_eq!((version.yanked.as_deref(), version.published_unix), (expected, Some(7)));
        }
    }

    #[test]
    fn a_release_names_its_mistakes() {
        for (text, expected) in [
            (r#"{"version":"2","artifacts":[]}"#, "`U` describes version `2`, not `1`"),
            (
                r#"{"version":"1","artifacts":[{"kind":"source","url":"a","digest":"md5:00"}]}"#,
                "`U` has `md5:00` for a digest",
            ),
            (r#"{"version":"1","artifacts":[],"published":"soon"}"#, "`U` has `soon` for a time"),
            (
                r#"{"version":"1","artifacts":[],"dependencies":[{"name":"..","requirement":""}]}"#,
                "`U` has a dependency without a name: `..` cannot be a part of a package's name",
            ),
        ] {
            assert_eq!(message(release(text.as_bytes(), "U", "1")), expected);
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_survived(bytes: Vec<u8>, cut in 0usize..60) {
            let _ = (index(&bytes, "U"), release(&bytes, "U", "1"));
            let text = br#"{"version":"1","artifacts":[{"kind":"source","url":"a"}]}"#;
            let _ = release(&text[..cut.min(text.len())], "U", "1");
        }
    }
}
