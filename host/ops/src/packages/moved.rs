//! Registries that have moved since the lock was made.
//!
//! The lock says which registry its packages come from, and where that was. Where the project names no such
//! address any more, a registry of it that is the same one stands in: what was locked stays, and is held
//! to its digests.

use std::collections::BTreeSet;
use std::sync::Arc;

use s_project::{LockedRegistry, ProjectLock};

use super::registries::{Registries, is_local};
use crate::Context;
use crate::failure::Failure;
use crate::registry::{RegistryPlace, trust};

/// The lock as it would be had each registry always been where the project has it now; none where that is
/// the lock itself. Registries that nobody knows are asked which they are.
pub(super) fn moved(
    context: &Arc<Context>,
    registries: &Registries,
    lock: &ProjectLock,
) -> Result<Option<ProjectLock>, Failure> {
    let gone: Vec<&LockedRegistry> =
        lock.registries().filter(|registry| registries.must_know(&registry.url).is_err()).collect();
    if gone.is_empty() {
        return Ok(None);
    }
    let locked: BTreeSet<&str> = lock.registries().map(|registry| registry.url.as_str()).collect();
    let mut moved = lock.clone();
    let mut is_moved = false;
    for place in registries.places().filter(|place| !locked.contains(place.url.as_str())) {
        if let Some(id) = id_of(context, place)?
            && gone.iter().any(|registry| registry.id == id)
        {
            is_moved |= moved.move_registry(&id, &place.url);
        }
    }
    Ok(is_moved.then_some(moved))
}

fn id_of(context: &Arc<Context>, place: &RegistryPlace) -> Result<Option<String>, Failure> {
    if let Some((id, _)) = trust::known_at(context, &place.url)? {
        return Ok(Some(id));
    }
    if context.is_offline() && !is_local(&place.url) {
        return Ok(None);
    }
    Ok(trust::state_of(context, place)?.map(|state| state.id))
}
