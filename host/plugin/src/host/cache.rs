//! `stryke:host/cache`: a plugin's private cache, by grant.

use crate::bindings::host::stryke::host::cache;
use crate::error::{Fault, FaultKind};
use crate::host::HostError;
use crate::services::Cache;
use crate::state::State;

const KEY_BYTES_MAX: usize = 1 << 10;
const TAG_BYTES_MAX: usize = 1 << 10;

impl cache::Host for State {
    fn get(&mut self, key: String) -> Result<Option<cache::Entry>, HostError> {
        let found = self.private_cache(&key, "")?.get(&key)?;
        Ok(found.map(|entry| cache::Entry {
            value: entry.value,
            tag: entry.tag,
            age_seconds: entry.age_seconds,
        }))
    }

    fn put(
        &mut self,
        key: String,
        value: Vec<u8>,
        tag: String,
        ttl_seconds: Option<u64>,
    ) -> Result<(), HostError> {
        let bytes_max = self.rights.cache_bytes.unwrap_or(0).min(self.limits().cache_bytes);
        Ok(self.private_cache(&key, &tag)?.put(&key, &value, &tag, ttl_seconds, bytes_max)?)
    }

    fn remove(&mut self, key: String) -> Result<(), HostError> {
        Ok(self.private_cache(&key, "")?.remove(&key)?)
    }
}

impl State {
    fn private_cache(&mut self, key: &str, tag: &str) -> Result<&mut dyn Cache, HostError> {
        if self.rights.cache_bytes.is_none() {
            return Err(self.denied("cache"));
        }
        if key.len() > KEY_BYTES_MAX || tag.len() > TAG_BYTES_MAX {
            let message = format!("a key or tag is longer than {KEY_BYTES_MAX} bytes");
            return Err(Fault::new(FaultKind::InvalidInput, "host/cache-key", message).into());
        }
        self.count("cache");
        if self.cache.is_none() {
            self.cache = Some(self.services.cache(&self.plugin)?);
        }
        Ok(self.cache.as_deref_mut().expect("it was opened above"))
    }
}
