//! Packages and their versions, as this plugin knows them.

use s_guest::{Error, percent_encode_segment};

/// `NAME` or `SCOPE/NAME`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PackageName {
    scope: Option<String>,
    name: String,
}

impl PackageName {
    /// Checks that each part can be one segment of a path.
    ///
    /// # Errors
    /// `invalid-input` for a part that is empty, `.` or `..`, or has a separator or a control
    /// character in it.
    pub fn new(scope: Option<String>, name: String) -> Result<PackageName, Error> {
        for part in scope.iter().chain([&name]) {
            if !is_segment(part) {
                return Err(Error::invalid_input(
                    "registry-static/name",
                    format!("`{}` cannot be a part of a package's name", part.escape_debug()),
                ));
            }
        }
        Ok(PackageName { scope, name })
    }

    /// Reads `NAME` or `SCOPE/NAME`.
    ///
    /// # Errors
    /// As for [`PackageName::new`].
    pub fn parse(text: &str) -> Result<PackageName, Error> {
        match text.split_once('/') {
            Some((scope, name)) => PackageName::new(Some(scope.to_owned()), name.to_owned()),
            None => PackageName::new(None, text.to_owned()),
        }
    }

    /// The part before the slash.
    pub fn scope(&self) -> Option<&str> {
        self.scope.as_deref()
    }

    /// The part behind the slash, or all of it.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The segments of its path, not encoded.
    pub(crate) fn segments(&self) -> impl Iterator<Item = &str> {
        self.scope.as_deref().into_iter().chain([self.name.as_str()])
    }
}

impl std::fmt::Display for PackageName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.segments().collect::<Vec<_>>().join("/"))
    }
}

/// Whether a text names one file or directory within another.
pub(crate) fn is_segment(text: &str) -> bool {
    !matches!(text, "" | "." | "..") && !text.contains(['/', '\\']) && !text.contains(char::is_control)
}

/// Joins segments to a path, each encoded for an address.
pub(crate) fn encoded<'a>(segments: impl IntoIterator<Item = &'a str>) -> String {
    segments.into_iter().map(percent_encode_segment).collect::<Vec<_>>().join("/")
}

/// How bytes are digested.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DigestAlgorithm {
    /// 32 bytes.
    Sha256,
    /// 64 bytes.
    Sha512,
    /// 32 bytes.
    Blake3,
}

/// What identifies the bytes of an artifact.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Digest {
    /// How it was made.
    pub algorithm: DigestAlgorithm,
    /// As many bytes as the algorithm gives.
    pub bytes: Vec<u8>,
}

impl Digest {
    /// Reads `sha256:` and hexadecimal digits.
    pub fn parse(text: &str) -> Option<Digest> {
        let (name, digits) = text.split_once(':')?;
        let (algorithm, length) = match name {
            "sha256" => (DigestAlgorithm::Sha256, 32),
            "sha512" => (DigestAlgorithm::Sha512, 64),
            "blake3" => (DigestAlgorithm::Blake3, 32),
            _ => return None,
        };
        if digits.len() != 2 * length || !digits.is_ascii() {
            return None;
        }
        let digit = |c: u8| char::from(c).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
        let pair = |pair: &[u8]| Some(digit(pair[0])? << 4 | digit(pair[1])?);
        let bytes = digits.as_bytes().chunks_exact(2).map(pair).collect::<Option<Vec<u8>>>()?;
        Some(Digest { algorithm, bytes })
    }
}

/// One downloadable form of a version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Artifact {
    /// `source` or `binary`.
    pub kind: String,
    /// The machine a binary is for.
    pub target: Option<String>,
    /// How a binary was built.
    pub profile: Option<String>,
    /// Where it is, as the registry spells it.
    pub url: String,
    /// Bytes.
    pub size: Option<u64>,
    /// What it must be.
    pub digest: Digest,
}

/// What a dependency is for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum DependencyKind {
    /// Running.
    #[default]
    Normal,
    /// Working on the package.
    Dev,
    /// Building.
    Build,
}

/// One package that another needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dependency {
    /// Which.
    pub name: PackageName,
    /// The versions that will do.
    pub requirement: String,
    /// What for.
    pub kind: DependencyKind,
    /// Only when asked for.
    pub optional: bool,
    /// Of the dependency.
    pub features: Vec<String>,
    /// Another registry, by the name the user gave it.
    pub registry: Option<String>,
}

/// One version of a package.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Version {
    /// Such as `1.2.0`.
    pub version: String,
    /// Withdrawn, with the reason, which may be empty.
    pub yanked: Option<String>,
    /// Seconds since the Unix epoch.
    pub published_unix: Option<u64>,
    /// The versions of stryke that will do.
    pub requires_stryke: Option<String>,
    /// Its forms.
    pub artifacts: Vec<Artifact>,
    /// What it needs.
    pub dependencies: Vec<Dependency>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn names_are_segments() {
        for good in ["json", "org/json", "a b", "ä", "..."] {
            assert_eq!(PackageName::parse(good).unwrap().to_string(), good);
        }
        for bad in ["", ".", "..", "/", "a/", "/a", "a/..", "../a", "a/b/c", "a\\b", "a\0", "a/\n"] {
            assert!(PackageName::parse(bad).is_err(), "{bad}");
        }
        let name = PackageName::parse("a b/c%2e").unwrap();
        assert_eq!(encoded(name.segments()), "a%20b/c%252e");
    }

    #[test]
    fn digests_are_read() {
        let zeros = "00".repeat(32);
        assert_eq!(Digest::parse(&format!("sha256:{zeros}")).unwrap().bytes, [0; 32]);
        assert_eq!(Digest::parse(&format!("sha256:{}", "aF".repeat(32))).unwrap().bytes, [0xaf; 32]);
        assert_eq!(Digest::parse(&format!("sha512:{zeros}{zeros}")).unwrap().bytes.len(), 64);
        for bad in [
            "",
            "sha256",
            "sha256:",
            "md5:00",
            "sha256:zz",
            &format!("sha256:{zeros}0"),
            &format!("sha256:+{}", &zeros[1..]),
        ] {
            assert_eq!(Digest::parse(bad), None, "{bad}");
        }
    }

    proptest! {
        #[test]
        fn no_name_leaves_its_folder(scope in proptest::option::of(".{0,6}"), name in ".{0,6}") {
            if let Ok(name) = PackageName::new(scope, name) {
                let path = encoded(name.segments());
                prop_assert!(path.split('/').count() == name.segments().count());
                prop_assert!(path.split('/').all(|part| !matches!(part, "" | "." | "..")));
            }
        }
    }
}
