//! `s publish`: the archive of the project, handed to a registry.

use std::sync::Arc;

use s_store::{Sha256Digest, files};

use crate::Context;
use crate::failure::Failure;
use crate::package_pack::package_pack;
use crate::packages::registries::{Registries, wire_name};
use crate::project::{PackageName, Version};

/// What was published, or would be.
#[derive(Clone, Debug)]
pub struct PublishedPackage {
    /// The package.
    pub name: PackageName,
    /// The version.
    pub version: Version,
    /// The registry, for people.
    pub registry: String,
    /// The digest of the archive.
    pub integrity: Sha256Digest,
    /// Bytes of the archive.
    pub size_bytes: u64,
    /// The files in it.
    pub files: Vec<String>,
    /// What the registry had to say.
    pub message: Option<String>,
}

/// Packs the project and publishes it, unless it is only to be seen what would be.
pub fn package_publish(
    context: &Arc<Context>,
    registry: Option<&str>,
    dry_run: bool,
    member: Option<&str>,
) -> Result<PublishedPackage, Failure> {
    let packed = package_pack(context, None, member)?;
    let mut registries = Registries::of(context)?;
    let url = registries.home_of(&packed.name, registry)?;
    let shown = registries.shown(&url);
    let mut message = None;
    if !dry_run {
        let archive = files::read_capped(&packed.path, packed.packed.size)?;
        let version = packed.version.to_string();
        message = registries.registry(&url)?.publish(wire_name(&packed.name), &version, archive)?;
    }
    Ok(PublishedPackage {
        name: packed.name,
        version: packed.version,
        registry: shown,
        integrity: packed.packed.sha256,
        size_bytes: packed.packed.size,
        files: packed.files,
        message,
    })
}
