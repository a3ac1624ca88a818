//! One version of a package, as a line of its index.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::FORM;

/// One version of a package. Once written it never changes, but for `yanked`, `deprecated` and
/// `removed`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct IndexLine {
    /// The form of the line.
    pub v: u32,
    /// The name of the package, with its scope.
    pub name: String,
    /// The version.
    pub vers: String,
    /// What it depends on.
    #[serde(default)]
    pub deps: Vec<Dependency>,
    /// Its features, and what each of them switches on.
    #[serde(default)]
    pub features: BTreeMap<String, Vec<String>>,
    /// The digest of the archive as it is transported, `sha256-` and hexadecimal digits.
    pub integrity: String,
    /// The digest of what is in the archive.
    pub tree: String,
    /// Bytes of the archive.
    pub size: u64,
    /// Bytes of what is in it.
    pub unpacked: u64,
    /// How many files are in it.
    pub files: u64,
    /// The versions of the toolchain that will do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub s: Option<String>,
    /// The edition of the language.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub edition: Option<String>,
    /// What the package says it needs to reach.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub caps: Vec<String>,
    /// Further forms of this version, such as binaries.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub artifacts: Vec<Artifact>,
    /// When it was published, such as `2026-01-02T00:00:00Z`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pubtime: Option<String>,
    /// Whether new solutions leave it alone.
    #[serde(default)]
    pub yanked: bool,
    /// Why it was yanked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub yank_reason: Option<String>,
    /// What its users are told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deprecated: Option<String>,
    /// That its archive is gone, and why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub removed: Option<Removal>,
}

/// A package that another one needs.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dependency {
    /// The name the dependant knows it by.
    pub name: String,
    /// The versions that will do.
    pub req: String,
    /// Features of it that are asked for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub features: Vec<String>,
    /// Whether it is there only for a feature.
    #[serde(default)]
    pub optional: bool,
    /// Whether the features it has by default are asked for.
    #[serde(default = "yes")]
    pub default_features: bool,
    /// `normal`, `dev`, `build` or `group:NAME`.
    #[serde(default = "normal")]
    pub kind: String,
    /// On which targets only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target: Option<String>,
    /// The id of the registry, when it is another one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub registry: Option<String>,
    /// The name of the package, when the dependant knows it by another.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub package: Option<String>,
}

/// A further form of a version.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Artifact {
    /// `source` or `binary`.
    pub kind: String,
    /// The machine a binary is for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target: Option<String>,
    /// How a binary was built.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub profile: Option<String>,
    /// Where it is, relative to the root of the registry or a whole address.
    pub url: String,
    /// Bytes.
    pub size: u64,
    /// Its digest.
    pub integrity: String,
}

/// That an archive was taken away.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Removal {
    /// Why.
    pub reason: String,
    /// When.
    pub time: String,
}

/// What a package says of itself to people; no part of the index.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct About {
    /// What it is for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Who wrote it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub authors: Vec<String>,
    /// Its licence.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub license: Option<String>,
    /// Where its sources are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub repository: Option<String>,
}

impl IndexLine {
    /// Whether this crate knows its form.
    pub fn is_known(&self) -> bool {
        self.v == FORM
    }
}

fn yes() -> bool {
    true
}

fn normal() -> String {
    "normal".to_owned()
}
