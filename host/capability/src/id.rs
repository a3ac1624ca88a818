//! Names: plugins, their kinds, the worlds they can target, and the tracks of those worlds.

use std::fmt;
use std::str::FromStr;

/// `org/name`; each part is lower-case letters, digits and `-`, begins with a letter or digit, and
/// has at most 64 characters.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PluginId {
    text: String,
    slash: usize,
}

/// A text that is no plugin id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "must be `org/name`, both of lower-case letters, digits and `-`, beginning with a letter or digit, at most 64 each"
)]
pub struct PluginIdError;

impl PluginId {
    /// The part before the slash.
    pub fn org(&self) -> &str {
        &self.text[..self.slash]
    }

    /// The part behind the slash.
    pub fn name(&self) -> &str {
        &self.text[self.slash + 1..]
    }

    /// The whole, `org/name`.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Whether somebody could take this id for another one: at most one letter is more, less, another
    /// or swapped, or the two differ only in `-` and in signs that look alike.
    pub fn resembles(&self, other: &PluginId) -> bool {
        self != other
            && (strsim::damerau_levenshtein(&self.text, &other.text) <= 1
                || self.skeleton() == other.skeleton())
    }

    /// The id without `-`, and with one sign for all those that look like it.
    fn skeleton(&self) -> String {
        let signs = self.text.chars().filter(|sign| *sign != '-').map(|sign| match sign {
            '0' => 'o',
            '1' | 'i' => 'l',
            '5' => 's',
            sign => sign,
        });
        signs.collect::<String>().replace("rn", "m").replace("vv", "w")
    }
}

impl fmt::Display for PluginId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl FromStr for PluginId {
    type Err = PluginIdError;

    fn from_str(text: &str) -> Result<PluginId, PluginIdError> {
        let (org, name) = text.split_once('/').ok_or(PluginIdError)?;
        if !is_part(org) || !is_part(name) {
            return Err(PluginIdError);
        }
        Ok(PluginId { text: text.to_owned(), slash: org.len() })
    }
}

/// Which of the five extension points a plugin serves. A plugin serves one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// A source of packages.
    Registry,
    /// A feed of advisories.
    Audit,
    /// A source of credentials.
    Auth,
    /// A target pack.
    Target,
    /// Subcommands of `s`.
    Command,
}

impl Kind {
    /// All of them.
    pub const ALL: [Kind; 5] = [Kind::Registry, Kind::Audit, Kind::Auth, Kind::Target, Kind::Command];

    /// The word in `plugin.toml`.
    pub fn as_str(self) -> &'static str {
        match self {
            Kind::Registry => "registry",
            Kind::Audit => "audit",
            Kind::Auth => "auth",
            Kind::Target => "target",
            Kind::Command => "command",
        }
    }

    /// Finds a kind by its word.
    pub fn from_word(word: &str) -> Option<Kind> {
        Kind::ALL.into_iter().find(|kind| kind.as_str() == word)
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What versions of an interface are compatible: the same major, and below 1.0 the same minor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Track {
    /// Major version.
    pub major: u64,
    /// Minor version; 0 from 1.0 on, where it says nothing about compatibility.
    pub minor: u64,
}

impl Track {
    /// The track a version is on. A pre-release is on none: it is compatible with nothing.
    pub fn of(version: &semver::Version) -> Option<Track> {
        let minor = if version.major == 0 { version.minor } else { 0 };
        version.pre.is_empty().then_some(Track { major: version.major, minor })
    }
}

impl fmt::Display for Track {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.major, self.minor)
    }
}

/// A world on a track: `stryke:registry/registry-plugin@0.1`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct WorldRef {
    /// Namespace and package, `stryke:registry`.
    pub package: String,
    /// The world in it.
    pub world: String,
    /// The track.
    pub track: Track,
}

/// Why a text names no world that this host offers.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WorldError {
    /// Not `namespace:package/world@major.minor`.
    #[error("must have the form `stryke:registry/registry-plugin@0.1`")]
    Form,
    /// No world of that name on any track.
    #[error("there is no world `{name}`")]
    Unknown {
        /// Package and world.
        name: String,
        /// The most similar known one, if any is similar.
        nearest: Option<String>,
    },
    /// A known world, not on this track.
    #[error("this version of `s` has no track {track} of `{name}`")]
    Track {
        /// Package and world.
        name: String,
        /// The one asked for.
        track: Track,
        /// Those there are, ascending.
        known: Vec<Track>,
    },
}

impl WorldRef {
    /// Finds a world that this host offers.
    pub fn known(text: &str) -> Result<WorldRef, WorldError> {
        let world: WorldRef = text.parse()?;
        let name = world.name();
        let known: Vec<Track> = WORLDS.iter().filter(|known| known.0 == name).map(|known| known.1).collect();
        if known.is_empty() {
            let nearest =
                crate::nearest::nearest(&name, WORLDS.iter().map(|known| known.0)).map(str::to_owned);
            return Err(WorldError::Unknown { name, nearest });
        }
        if !known.contains(&world.track) {
            return Err(WorldError::Track { name, track: world.track, known });
        }
        Ok(world)
    }

    /// Package and world without the track, `stryke:registry/registry-plugin`.
    pub fn name(&self) -> String {
        format!("{}/{}", self.package, self.world)
    }

    /// The kind of plugin that targets it; none if this host does not offer it.
    pub fn kind(&self) -> Option<Kind> {
        let name = self.name();
        WORLDS.iter().find(|known| known.0 == name && known.1 == self.track).map(|known| known.2)
    }
}

impl fmt::Display for WorldRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}@{}", self.package, self.world, self.track)
    }
}

impl FromStr for WorldRef {
    type Err = WorldError;

    /// Reads the form; whether this host offers the world is asked with [`WorldRef::known`].
    fn from_str(text: &str) -> Result<WorldRef, WorldError> {
        let (name, track) = text.split_once('@').ok_or(WorldError::Form)?;
        let (package, world) = name.split_once('/').ok_or(WorldError::Form)?;
        let (namespace, short) = package.split_once(':').ok_or(WorldError::Form)?;
        let (major, minor) = track.split_once('.').ok_or(WorldError::Form)?;
        if ![namespace, short, world].into_iter().all(is_part) {
            return Err(WorldError::Form);
        }
        let number = |digits: &str| {
            let plain = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
            digits.parse().ok().filter(|_| plain).ok_or(WorldError::Form)
        };
        let track = Track { major: number(major)?, minor: number(minor)? };
        Ok(WorldRef { package: package.to_owned(), world: world.to_owned(), track })
    }
}

/// The worlds this host offers, with the kind of plugin that targets each.
pub const WORLDS: &[(&str, Track, Kind)] = &[
    ("stryke:registry/registry-plugin", Track { major: 0, minor: 1 }, Kind::Registry),
    ("stryke:registry/registry-plugin", Track { major: 0, minor: 2 }, Kind::Registry),
    ("stryke:audit/audit-plugin", Track { major: 0, minor: 1 }, Kind::Audit),
    ("stryke:audit/audit-plugin", Track { major: 0, minor: 2 }, Kind::Audit),
    ("stryke:auth/auth-plugin", Track { major: 0, minor: 1 }, Kind::Auth),
    ("stryke:target/target-data", Track { major: 0, minor: 1 }, Kind::Target),
    ("stryke:target/target-plugin", Track { major: 0, minor: 1 }, Kind::Target),
    ("stryke:command/subcommand-plugin", Track { major: 0, minor: 1 }, Kind::Command),
];

fn is_part(part: &str) -> bool {
    let first = part.bytes().next();
    part.len() <= 64
        && first.is_some_and(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
        && part.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plugin_ids_have_two_plain_parts() {
        let id: PluginId = "acme/artifactory-2".parse().unwrap();
        assert_eq!((id.org(), id.name(), id.as_str()), ("acme", "artifactory-2", "acme/artifactory-2"));
        let long = "a".repeat(65);
        let cases = [
            "", "acme", "acme/", "/x", "Acme/x", "acme/x/y", "-a/x", "a/-x", "a/x_y", "a/../b", "a/é", "a /x",
        ];
        for text in cases.into_iter().map(str::to_owned).chain([format!("a/{long}"), format!("{long}/a")]) {
            assert!(text.parse::<PluginId>().is_err(), "{text}");
        }
    }

    #[test]
    fn ids_that_look_alike_are_told_from_others() {
        let resembles = |one: &str, other: &str| {
            let (one, other): (PluginId, PluginId) = (one.parse().unwrap(), other.parse().unwrap());
            assert_eq!(one.resembles(&other), other.resembles(&one));
            one.resembles(&other)
        };
        let near = [
            "acme/artifactry",
            "acme/artifcatory",
            "acrne/artifactory",
            "acme/art1fact0ry",
            "ac-me/arti-factory",
        ];
        for id in near {
            assert!(resembles(id, "acme/artifactory"), "{id}");
        }
        for id in ["acme/artifactory", "other/artifactory", "acme/artifacts", "acme/nexus"] {
            assert!(!resembles(id, "acme/artifactory"), "{id}");
        }
    }

    #[test]
    fn worlds_are_found_or_say_what_is_wrong() {
        for (name, track, kind) in WORLDS {
            let world = WorldRef::known(&format!("{name}@{track}")).unwrap();
            assert_eq!((world.kind(), world.to_string()), (Some(*kind), format!("{name}@{track}")));
        }
        let unknown = WorldRef::known("stryke:registry/registry-plugni@0.1").unwrap_err();
        assert!(
            matches!(unknown, WorldError::Unknown { nearest: Some(n), .. } if n == "stryke:registry/registry-plugin")
        );
        let track = WorldRef::known("stryke:audit/audit-plugin@0.3").unwrap_err();
        assert!(matches!(track, WorldError::Track { known, .. } if known.len() == 2));
        for text in [
            "",
            "x",
            "a/b@0.1",
            "a:b@0.1",
            "a:b/c@1",
            "a:b/c@0.1.0",
            "a:b/c@+0.1",
            "a:b/c@0.-1",
            "a:b/c@",
            "A:b/c@0.1",
        ] {
            assert_eq!(WorldRef::known(text), Err(WorldError::Form), "{text}");
        }
    }

    #[test]
    fn tracks_follow_semantic_versions() {
        let track = |text: &str| Track::of(&semver::Version::parse(text).unwrap());
        assert_eq!(track("0.1.7"), Some(Track { major: 0, minor: 1 }));
        assert_eq!(track("1.4.2"), track("1.0.0"));
        assert_eq!(track("0.2.0-rc.1"), None);
    }
}
