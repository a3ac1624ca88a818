//! `s registry trust`: what is known here of a registry, and forgetting it.

use crate::Context;
use crate::failure::Failure;
use crate::registry::{RegistryPlace, said};

/// What is known of a registry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrustedRegistry {
    /// The registry, for people.
    pub name: String,
    /// Its address.
    pub url: String,
    /// Of how many packages it is remembered what it said.
    pub remembered_count: usize,
}

/// What is known of a registry, which is named or has an address. Nobody is asked.
pub fn registry_trusted(context: &Context, registry: &str) -> Result<TrustedRegistry, Failure> {
    let RegistryPlace { name, url, .. } = RegistryPlace::meant(context, registry)?;
    let remembered_count = said::remembered_count(context, &url);
    Ok(TrustedRegistry { name, url, remembered_count })
}

/// Forgets what a registry said, so that its next answers are believed as those of one that was never
/// asked. Returns whether anything was known.
pub fn registry_forget(context: &Context, registry: &str) -> Result<bool, Failure> {
    let place = RegistryPlace::meant(context, registry)?;
    said::forget(context, &place.url)
}
