//! `stryke:host/blobs`: bytes the host holds, within the scratch budget.

use wasmtime::component::Resource;

use crate::Blob;
use crate::bindings::host::stryke::host::{blobs, types};
use crate::error::{Fault, FaultKind};
use crate::host::HostError;
use crate::host::crypto::Hasher;
use crate::state::State;

/// The most that crosses the sandbox in one call.
pub(crate) const READ_BYTES_MAX: u32 = 1 << 20;

/// Bytes that are being collected.
pub struct Sink {
    bytes: Vec<u8>,
}

impl blobs::Host for State {
    fn new_sink(&mut self, expected_size: Option<u64>) -> Result<Resource<Sink>, HostError> {
        let max = self.limits().scratch_bytes;
        if let Some(expected) = expected_size.filter(|expected| *expected > max) {
            let message = format!("{expected} bytes are more than the {max} the host may hold");
            return Err(Fault::new(FaultKind::LimitExceeded, "host/scratch", message).into());
        }
        self.push(Sink { bytes: Vec::new() })
    }

    fn from_bytes(&mut self, data: Vec<u8>) -> Result<Resource<Blob>, HostError> {
        self.take_scratch(data.len() as u64)?;
        self.push(Blob::from_bytes(data))
    }
}

impl blobs::HostBlob for State {
    fn size(&mut self, blob: Resource<Blob>) -> wasmtime::Result<u64> {
        Ok(self.table.get(&blob)?.size())
    }

    fn read(&mut self, blob: Resource<Blob>, offset: u64, max: u32) -> Result<Vec<u8>, HostError> {
        let blob = self.table.get(&blob)?;
        blob.read(offset, max.min(READ_BYTES_MAX) as usize).map_err(unreadable)
    }

    fn digest(
        &mut self,
        blob: Resource<Blob>,
        algorithm: types::HashAlgorithm,
    ) -> Result<types::Digest, HostError> {
        let mut hasher = Hasher::new(algorithm);
        self.table.get(&blob)?.for_each_chunk(|chunk| hasher.update(chunk)).map_err(unreadable)?;
        Ok(types::Digest { algorithm, bytes: hasher.finish() })
    }

    fn drop(&mut self, blob: Resource<Blob>) -> wasmtime::Result<()> {
        if let Blob::Memory(bytes) = self.table.delete(blob)? {
            self.free_scratch(bytes.len() as u64);
        }
        Ok(())
    }
}

impl blobs::HostSink for State {
    fn write(&mut self, sink: Resource<Sink>, data: Vec<u8>) -> Result<(), HostError> {
        self.take_scratch(data.len() as u64)?;
        self.table.get_mut(&sink)?.bytes.extend_from_slice(&data);
        Ok(())
    }

    fn write_at(&mut self, sink: Resource<Sink>, offset: u64, data: Vec<u8>) -> Result<(), HostError> {
        let end = offset.saturating_add(data.len() as u64);
        let grown = end.saturating_sub(self.table.get(&sink)?.bytes.len() as u64);
        self.take_scratch(grown)?;
        // Within the scratch budget now, which fits into memory.
        let (start, end) = (offset as usize, end as usize);
        let bytes = &mut self.table.get_mut(&sink)?.bytes;
        if bytes.len() < end {
            bytes.resize(end, 0);
        }
        bytes[start..end].copy_from_slice(&data);
        Ok(())
    }

    fn copy_from(
        &mut self,
        sink: Resource<Sink>,
        source: Resource<Blob>,
        offset: u64,
        len: u64,
    ) -> Result<(), HostError> {
        let source = self.table.get(&source)?.clone();
        if offset.checked_add(len).is_none_or(|end| end > source.size()) {
            let message = format!("{len} bytes from {offset} reach beyond the {} there are", source.size());
            return Err(Fault::new(FaultKind::InvalidInput, "host/range", message).into());
        }
        self.take_scratch(len)?;
        let data = source.read(offset, len as usize).map_err(unreadable)?;
        self.table.get_mut(&sink)?.bytes.extend_from_slice(&data);
        Ok(())
    }

    fn position(&mut self, sink: Resource<Sink>) -> wasmtime::Result<u64> {
        Ok(self.table.get(&sink)?.bytes.len() as u64)
    }

    fn finish(&mut self, sink: Resource<Sink>) -> Result<Resource<Blob>, HostError> {
        let sink = self.table.delete(sink)?;
        self.push(Blob::from_bytes(sink.bytes))
    }

    fn drop(&mut self, sink: Resource<Sink>) -> wasmtime::Result<()> {
        let sink = self.table.delete(sink)?;
        self.free_scratch(sink.bytes.len() as u64);
        Ok(())
    }
}

/// The path is the user's, not the plugin's: it stays out of the message.
pub(crate) fn unreadable(error: s_store::StoreError) -> HostError {
    let why = error.kind().map_or_else(|| "unknown reason".to_owned(), |kind| kind.to_string());
    let message = format!("the bytes cannot be read: {why}");
    Fault::new(FaultKind::Unavailable, "host/unreadable", message).into()
}
