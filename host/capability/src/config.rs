//! The user's configuration of a plugin, checked against the schema in the manifest.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use url::Url;

use crate::manifest::{ConfigKey, ConfigType, Manifest};
use crate::nearest::nearest;
use crate::origin::{Origin, OriginError};

/// Checked values, defaults filled in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ConfigValues {
    values: BTreeMap<String, String>,
    /// The keys whose value is the user's, not the default.
    stated: BTreeSet<String>,
}

/// A mistake in the user's configuration. No variant repeats a value: it may hold a password.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ConfigError {
    /// A required key is not stated.
    #[error("`{key}` must be stated")]
    Missing {
        /// The key.
        key: String,
    },
    /// The schema has no such key.
    #[error("there is no key `{key}`")]
    Unknown {
        /// The key.
        key: String,
        /// The most similar one of the schema.
        nearest: Option<String>,
    },
    /// Neither a URL that can be reached nor an absolute path.
    #[error("`{key}` must be an `https:`, `http:` or `file:` URL, or an absolute path: it {problem}")]
    Url {
        /// The key.
        key: String,
        /// What is wrong with it.
        problem: OriginError,
    },
    /// A `file:` URL that names no absolute path on this machine.
    #[error("`{key}` must name an absolute path on this machine")]
    File {
        /// The key.
        key: String,
    },
    /// Neither `true` nor `false`.
    #[error("`{key}` must be `true` or `false`")]
    Bool {
        /// The key.
        key: String,
    },
    /// Not an absolute path.
    #[error("`{key}` must be an absolute path")]
    Path {
        /// The key.
        key: String,
    },
}

/// Where a value of type `url` points.
pub(crate) enum Place {
    Origin(Origin),
    Directory(PathBuf),
}

impl ConfigValues {
    /// Checks what the user stated, and fills in the defaults. Reports every mistake.
    pub fn check(
        stated: &BTreeMap<String, String>,
        manifest: &Manifest,
    ) -> Result<ConfigValues, Vec<ConfigError>> {
        let schema = &manifest.config;
        let mut errors = Vec::new();
        let mut values = BTreeMap::new();
        for (key, value) in stated {
            match schema.get(key) {
                None => {
                    let nearest = nearest(key, schema.keys().map(String::as_str)).map(str::to_owned);
                    errors.push(ConfigError::Unknown { key: key.clone(), nearest });
                }
                Some(ConfigKey { kind, .. }) => match fits(*kind, key, value) {
                    Ok(()) => drop(values.insert(key.clone(), value.clone())),
                    Err(error) => errors.push(error),
                },
            }
        }
        for (key, ConfigKey { required, default, .. }) in schema {
            match default {
                _ if stated.contains_key(key) => {}
                Some(default) => drop(values.insert(key.clone(), default.clone())),
                None if *required => errors.push(ConfigError::Missing { key: key.clone() }),
                None => {}
            }
        }
        let stated = stated.keys().cloned().collect();
        if errors.is_empty() { Ok(ConfigValues { values, stated }) } else { Err(errors) }
    }

    /// The value of a key; none when it is neither stated nor has a default.
    pub fn get(&self, key: &str) -> Option<&str> {
        self.values.get(key).map(String::as_str)
    }

    /// Tells whether the user stated the value, so that it is not the plugin author's default.
    pub fn is_stated(&self, key: &str) -> bool {
        self.stated.contains(key)
    }

    /// All values, by key.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.values.iter().map(|(key, value)| (key.as_str(), value.as_str()))
    }

    /// The values as a map, for storing with a grant.
    pub fn to_map(&self) -> BTreeMap<String, String> {
        self.values.clone()
    }
}

/// Whether a value is one of the type.
pub(crate) fn fits(kind: ConfigType, key: &str, value: &str) -> Result<(), ConfigError> {
    let key = || key.to_owned();
    match kind {
        ConfigType::String => Ok(()),
        ConfigType::Bool if matches!(value, "true" | "false") => Ok(()),
        ConfigType::Bool => Err(ConfigError::Bool { key: key() }),
        ConfigType::Path if is_absolute(value) => Ok(()),
        ConfigType::Path => Err(ConfigError::Path { key: key() }),
        ConfigType::Url => match place(value) {
            Ok(_) => Ok(()),
            Err(PlaceError::Origin(problem)) => Err(ConfigError::Url { key: key(), problem }),
            Err(PlaceError::File) => Err(ConfigError::File { key: key() }),
        },
    }
}

/// Why a value of type `url` points nowhere.
pub(crate) enum PlaceError {
    Origin(OriginError),
    File,
}

/// Finds out where a value of type `url` points.
pub(crate) fn place(value: &str) -> Result<Place, PlaceError> {
    if is_absolute(value) {
        return Ok(Place::Directory(PathBuf::from(value)));
    }
    let url = Url::parse(value).map_err(|error| PlaceError::Origin(error.into()))?;
    if url.scheme() != "file" {
        return Origin::from_url(&url).map(Place::Origin).map_err(PlaceError::Origin);
    }
    let path = url.to_file_path().map_err(|()| PlaceError::File)?;
    path.to_str().filter(|path| is_absolute(path)).ok_or(PlaceError::File)?;
    Ok(Place::Directory(path))
}

/// `/…`, `C:\…`, `C:/…` or `\\server\…`, and no NUL: absolute on some machine.
pub(crate) fn is_absolute(text: &str) -> bool {
    let drive = matches!(text.as_bytes(), [letter, b':', b'\\' | b'/', ..] if letter.is_ascii_alphabetic());
    (text.starts_with('/') || text.starts_with(r"\\") || drive) && !text.contains('\0')
}
