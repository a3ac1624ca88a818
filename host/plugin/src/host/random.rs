//! `stryke:host/random`: by grant.

use wasmtime::bail;

use crate::bindings::host::stryke::host::random;
use crate::error::Fault;
use crate::state::State;

const BYTES_MAX: u32 = 1 << 10;

impl random::Host for State {
    fn bytes(&mut self, len: u32) -> wasmtime::Result<Vec<u8>> {
        if !self.rights.random {
            return Err(Fault::not_granted("random").into());
        }
        self.count("random");
        let mut bytes = vec![0; len.min(BYTES_MAX) as usize];
        if let Err(error) = getrandom::fill(&mut bytes) {
            bail!("the operating system has no random bytes: {error}");
        }
        Ok(bytes)
    }
}
