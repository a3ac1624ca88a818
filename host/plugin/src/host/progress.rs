//! `stryke:host/progress`: free; the host draws.

use wasmtime::component::Resource;

use crate::bindings::host::stryke::host::progress;
use crate::host::{TEXT_BYTES_MAX, cut};
use crate::services::Task;
use crate::state::State;

/// A bar or spinner of a plugin.
pub struct Bar(Box<dyn Task>);

impl progress::Host for State {
    fn cancelled(&mut self) -> wasmtime::Result<bool> {
        Ok(self.cancel.is_raised())
    }
}

impl progress::HostTask for State {
    fn new(
        &mut self,
        title: String,
        total: Option<u64>,
        unit: progress::Unit,
    ) -> wasmtime::Result<Resource<Bar>> {
        let bytes = matches!(unit, progress::Unit::Bytes);
        let task = self.services.task(&self.plugin, cut(&title, TEXT_BYTES_MAX), total, bytes);
        self.push_or_end(Bar(task))
    }

    fn advance(&mut self, task: Resource<Bar>, by: u64) -> wasmtime::Result<()> {
        self.table.get(&task)?.0.advance(by);
        Ok(())
    }

    fn set_total(&mut self, task: Resource<Bar>, total: Option<u64>) -> wasmtime::Result<()> {
        self.table.get(&task)?.0.set_total(total);
        Ok(())
    }

    fn message(&mut self, task: Resource<Bar>, text: String) -> wasmtime::Result<()> {
        self.table.get(&task)?.0.message(cut(&text, TEXT_BYTES_MAX));
        Ok(())
    }

    fn drop(&mut self, task: Resource<Bar>) -> wasmtime::Result<()> {
        self.table.delete(task)?;
        Ok(())
    }
}
