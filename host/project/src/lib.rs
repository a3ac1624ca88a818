//! `stryke.toml` and `stryke.lock`: what a project says it needs, and what it was given.
//!
//! What neither file should have to know is kept as it is. Edits keep comments and formatting. Reading and writing files is left to `s-store`, except
//! for the search for a project's folder; which versions exist, and whether a plugin may run, is
//! left to others. Mistakes in the files are diagnostics with places, never errors of this crate.
//!
//! A file that has errors is never edited: what would be written is what was read.

mod error;
mod find;
mod ignore_file;
mod lock;
mod manifest;
mod package_list;
mod package_name;
mod programs;
mod requirement;
mod toml;
mod workspace;

pub use error::ProjectError;
pub use find::{MANIFEST_NAME, find_root};
pub use ignore_file::{IgnoredAdvisory, parse_ignore_file};
pub use lock::{
    LOCK_NAME, LOCK_VERSION, LockedDependency, LockedPackage, LockedPlugin, LockedRegistry, MergeConflict,
    MergeError, Merged, PackageSource, ProjectLock,
};
pub use manifest::{
    AssetEntry, BuildSettings, DependencyOrigin, DependencyRequest, EDITIONS, GitReference, Group,
    MultiVersion, Package, PluginOrigin, PluginRequest, Policy, ProjectManifest, ProjectPolicy,
    RegistryEntry, ResolverSettings, Workspace, is_packed, package_name_in,
};
pub use package_list::{ListedPackage, parse_package_list};
pub use package_name::{NAME_PART_BYTES_MAX, NameError, PackageName};
pub use requirement::{Bare, REQUIREMENT_BYTES_MAX, Requirement, RequirementError, RequirementFault};
pub use semver::Version;
pub use toml::nearest as nearest_name;
pub use workspace::find_workspace;
