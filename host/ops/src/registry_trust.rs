//! `s registry trust`: what is known here of a registry, believing a key of it, and forgetting it.

use std::sync::Arc;

use crate::Context;
use crate::failure::Failure;
use crate::registry::{RegistryPlace, said, trust};

/// What is known of a registry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrustedRegistry {
    /// The registry, for people.
    pub name: String,
    /// Its address.
    pub url: String,
    /// Which registry it is; none of one that never signed.
    pub id: Option<String>,
    /// The keys that are believed.
    pub keys: Vec<String>,
    /// The number of the newest state that was seen.
    pub state: Option<u64>,
    /// Of how many packages it is remembered what it said.
    pub remembered_count: usize,
}

/// What is known of a registry, which is named or has an address. Nobody is asked.
pub fn registry_trusted(context: &Context, registry: &str) -> Result<TrustedRegistry, Failure> {
    let RegistryPlace { name, url, .. } = RegistryPlace::meant(context, registry)?;
    let remembered_count = said::remembered_count(context, &url);
    let (id, pin) = trust::known_at(context, &url)?.unzip();
    let pin = pin.flatten();
    let keys = pin.iter().flat_map(|pin| &pin.keys.keys).map(ToString::to_string).collect();
    let state = pin.and_then(|pin| pin.state).map(|state| state.number);
    Ok(TrustedRegistry { name, url, id, keys, state, remembered_count })
}

/// Believes the keys that a registry has now, one of which is this one.
pub fn registry_accept(
    context: &Arc<Context>,
    registry: &str,
    key: &str,
) -> Result<TrustedRegistry, Failure> {
    trust::accept(context, &RegistryPlace::meant(context, registry)?, key)?;
    registry_trusted(context, registry)
}

/// Forgets what a registry is and said, so that its next answers are believed as those of one that was never
/// asked. Returns whether anything was known.
pub fn registry_forget(context: &Context, registry: &str) -> Result<bool, Failure> {
    trust::forget(context, &RegistryPlace::meant(context, registry)?.url)
}
