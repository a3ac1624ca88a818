//! The memory side of the limits: what an instance may grow to.

use wasmtime::ResourceLimiter;

use crate::error::Limit;
use s_capability::Limits;

/// Counts memory and tables of one store together, so that many small ones cost as much as a
/// large one, and ends the call with the limit that was broken.
pub(crate) struct Limiter {
    memory_bytes: u64,
    memory_bytes_max: u64,
    table_elements: u64,
    table_elements_max: u64,
    instances: usize,
    tables: usize,
    memories: usize,
    /// The most memory that was in use.
    pub(crate) memory_bytes_peak: u64,
}

impl Limiter {
    pub(crate) fn new(limits: &Limits) -> Limiter {
        let count = |value: u64| usize::try_from(value).unwrap_or(usize::MAX);
        Limiter {
            memory_bytes: 0,
            memory_bytes_max: limits.memory_bytes,
            table_elements: 0,
            table_elements_max: limits.table_elements,
            instances: count(limits.instances),
            tables: count(limits.tables),
            memories: count(limits.memories),
            memory_bytes_peak: 0,
        }
    }
}

impl ResourceLimiter for Limiter {
    fn memory_growing(&mut self, current: usize, desired: usize, _: Option<usize>) -> wasmtime::Result<bool> {
        let total = self.memory_bytes.saturating_sub(current as u64).saturating_add(desired as u64);
        if total > self.memory_bytes_max {
            return Err(Limit::Memory(self.memory_bytes_max).into());
        }
        self.memory_bytes = total;
        self.memory_bytes_peak = self.memory_bytes_peak.max(total);
        Ok(true)
    }

    fn table_growing(&mut self, current: usize, desired: usize, _: Option<usize>) -> wasmtime::Result<bool> {
        let total = self.table_elements.saturating_sub(current as u64).saturating_add(desired as u64);
        if total > self.table_elements_max {
            return Err(Limit::Table(self.table_elements_max).into());
        }
        self.table_elements = total;
        Ok(true)
    }

    fn instances(&self) -> usize {
        self.instances
    }

    fn tables(&self) -> usize {
        self.tables
    }

    fn memories(&self) -> usize {
        self.memories
    }
}
