//! `stryke:host/clock`: coarse, by grant.

use crate::bindings::host::stryke::host::clock;
use crate::error::Fault;
use crate::state::State;

const STEP_MS: u64 = 10;

impl clock::Host for State {
    fn now_unix(&mut self) -> wasmtime::Result<u64> {
        self.may_see_time()?;
        Ok(self.services.now_unix())
    }

    fn elapsed_ms(&mut self) -> wasmtime::Result<u64> {
        self.may_see_time()?;
        let elapsed_ms = u64::try_from(self.deadline.elapsed().as_millis()).unwrap_or(u64::MAX);
        Ok(elapsed_ms / STEP_MS * STEP_MS)
    }
}

impl State {
    /// These functions cannot answer with an error, so a right that is gone ends the call.
    fn may_see_time(&mut self) -> wasmtime::Result<()> {
        if !self.rights.clock {
            return Err(Fault::not_granted("clock").into());
        }
        self.count("clock");
        Ok(())
    }
}
