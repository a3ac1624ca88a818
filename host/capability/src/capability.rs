//! The capabilities there are: their names, their classes, and which kind of plugin may ask for what.

use std::fmt;

use crate::Kind;
use crate::nearest::nearest;

/// What stands before the dot of a capability's name; imports are checked by class.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Class {
    /// Requests to origins.
    Http,
    /// Files that the host fetches and checks against a digest.
    Download,
    /// A secret the user bound to a name, sent to origins, never read.
    Secret,
    /// Turning a token that came over `http` into a secret.
    Seal,
    /// A small private cache.
    Cache,
    /// A coarse clock.
    Clock,
    /// Random bytes.
    Random,
    /// A read-only view of one directory.
    Fs,
    /// Questions to the user, and printing.
    Ui,
    /// One environment variable.
    Env,
    /// The project's manifest and lock.
    Project,
    /// Proposing files that the host writes.
    ProposeEdits,
    /// Sending the names and versions of the user's packages away.
    DisclosePackages,
}

impl Class {
    /// All of them.
    pub const ALL: [Class; 13] = [
        Class::Http,
        Class::Download,
        Class::Secret,
        Class::Seal,
        Class::Cache,
        Class::Clock,
        Class::Random,
        Class::Fs,
        Class::Ui,
        Class::Env,
        Class::Project,
        Class::ProposeEdits,
        Class::DisclosePackages,
    ];

    /// The word in files.
    pub fn as_str(self) -> &'static str {
        match self {
            Class::Http => "http",
            Class::Download => "download",
            Class::Secret => "secret",
            Class::Seal => "seal",
            Class::Cache => "cache",
            Class::Clock => "clock",
            Class::Random => "random",
            Class::Fs => "fs",
            Class::Ui => "ui",
            Class::Env => "env",
            Class::Project => "project",
            Class::ProposeEdits => "propose-edits",
            Class::DisclosePackages => "disclose-packages",
        }
    }

    /// Finds a class by its word.
    pub fn from_word(word: &str) -> Option<Class> {
        Class::ALL.into_iter().find(|class| class.as_str() == word)
    }

    /// Whether capabilities of this class are named one by one: `secret.NAME`, `fs.NAME`, `env.NAME`.
    pub fn is_named(self) -> bool {
        matches!(self, Class::Secret | Class::Fs | Class::Env)
    }

    /// The kinds of plugin that may ask for it: those whose world could use it.
    pub fn kinds(self) -> &'static [Kind] {
        use Kind::{Audit, Auth, Command, Registry, Target};
        match self {
            Class::Http | Class::Clock => &[Registry, Audit, Auth, Command],
            Class::Download => &[Registry, Target],
            Class::Secret => &[Registry, Auth],
            Class::Seal => &[Auth],
            Class::Cache | Class::Fs => &[Registry, Audit, Command],
            Class::Random | Class::Ui => &[Auth, Command],
            Class::Env | Class::Project | Class::ProposeEdits => &[Command],
            Class::DisclosePackages => &[Audit],
        }
    }
}

impl fmt::Display for Class {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// One capability: `http`, `secret.token`, `fs.registry`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CapabilityName {
    class: Class,
    name: Option<String>,
}

impl CapabilityName {
    /// A capability of a class that is asked for as a whole.
    ///
    /// # Panics
    /// If the class is one whose capabilities are named.
    pub fn whole(class: Class) -> CapabilityName {
        assert!(!class.is_named(), "capabilities of this class are named");
        CapabilityName { class, name: None }
    }

    /// A named capability; none if the class has no names, or this is not one.
    ///
    /// Names are letters, digits, `-` and `_`, at most 64.
    pub fn named(class: Class, name: &str) -> Option<CapabilityName> {
        let fits = (1..=64).contains(&name.len())
            && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
        (class.is_named() && fits).then(|| CapabilityName { class, name: Some(name.to_owned()) })
    }

    /// What stands before the dot.
    pub fn class(&self) -> Class {
        self.class
    }

    /// What stands behind the dot.
    pub fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }
}

impl From<Class> for CapabilityFilter {
    fn from(class: Class) -> CapabilityFilter {
        CapabilityFilter { class, name: None }
    }
}

impl fmt::Display for CapabilityName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_name(f, self.class, self.name.as_deref())
    }
}

/// What an organisation allows: a class with all its names, or one name of it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CapabilityFilter {
    class: Class,
    name: Option<String>,
}

/// A word that names no capability.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no capability `{word}`")]
pub struct UnknownCapability {
    /// What was written.
    pub word: String,
    /// The most similar known one, if any is similar.
    pub nearest: Option<&'static str>,
}

impl CapabilityFilter {
    /// Reads `http`, `secret` or `secret.token`.
    pub fn parse(word: &str) -> Result<CapabilityFilter, UnknownCapability> {
        let (class, name) = word.split_once('.').map_or((word, None), |(class, name)| (class, Some(name)));
        let unknown = || UnknownCapability { word: word.to_owned(), nearest: nearest_class(class) };
        let class = Class::from_word(class).ok_or_else(unknown)?;
        match name {
            None => Ok(CapabilityFilter { class, name: None }),
            Some(name) => {
                let CapabilityName { class, name } =
                    CapabilityName::named(class, name).ok_or_else(unknown)?;
                Ok(CapabilityFilter { class, name })
            }
        }
    }

    /// Tells whether the capability is one of those meant.
    pub fn allows(&self, capability: &CapabilityName) -> bool {
        self.class == capability.class && (self.name.is_none() || self.name == capability.name)
    }
}

impl From<CapabilityName> for CapabilityFilter {
    fn from(CapabilityName { class, name }: CapabilityName) -> CapabilityFilter {
        CapabilityFilter { class, name }
    }
}

impl fmt::Display for CapabilityFilter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_name(f, self.class, self.name.as_deref())
    }
}

/// The known class most similar to a mistyped one.
pub(crate) fn nearest_class(word: &str) -> Option<&'static str> {
    nearest(word, Class::ALL.into_iter().map(Class::as_str))
}

fn write_name(f: &mut fmt::Formatter<'_>, class: Class, name: Option<&str>) -> fmt::Result {
    match name {
        None => f.write_str(class.as_str()),
        Some(name) => write!(f, "{class}.{name}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn filters_mean_a_class_or_one_name_of_it() {
        let token = CapabilityName::named(Class::Secret, "token").unwrap();
        for (word, allows) in
            [("secret", true), ("secret.token", true), ("secret.other", false), ("http", false)]
        {
            let filter = CapabilityFilter::parse(word).unwrap();
            assert_eq!((filter.allows(&token), filter.to_string().as_str()), (allows, word));
        }
        for word in ["", "*", "htpt", "http.x", "secret.", "secret.a b", ".token", "secret.a.b"] {
            assert!(CapabilityFilter::parse(word).is_err(), "{word}");
        }
        assert_eq!(CapabilityFilter::parse("secert.token").unwrap_err().nearest, Some("secret"));
    }

    /// A kind may ask for what its world imports, and for nothing it could not use.
    #[test]
    fn kinds_follow_the_worlds() {
        let worlds = [
            (Kind::Registry, include_str!("../../../wit/0.1.0/registry.wit")),
            (Kind::Audit, include_str!("../../../wit/0.1.0/audit.wit")),
            (Kind::Auth, include_str!("../../../wit/0.1.0/auth.wit")),
            (Kind::Target, include_str!("../../../wit/0.1.0/target.wit")),
            (Kind::Command, include_str!("../../../wit/0.1.0/command.wit")),
        ];
        for (kind, text) in worlds {
            for class in Class::ALL {
                let interface = match class {
                    Class::Secret => "stryke:host/vault@",
                    Class::Seal => "stryke:host/sealing@",
                    Class::Env => "environment;",
                    Class::Project => "project;",
                    Class::ProposeEdits => "edits;",
                    // The host acts on the answer: nothing is imported.
                    Class::Download | Class::DisclosePackages => continue,
                    _ => &format!("stryke:host/{class}@"),
                };
                let imported = text.contains(&format!("    import {interface}"));
                assert_eq!(class.kinds().contains(&kind), imported, "{kind} {class}");
            }
        }
    }
}
