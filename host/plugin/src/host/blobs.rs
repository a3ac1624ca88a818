//! `stryke:host/blobs`: bytes the host holds, within the scratch budget.

use wasmtime::component::Resource;

use crate::Blob;
use crate::bindings::host::stryke::host::{blobs, types};
use crate::error::{Fault, FaultKind};
use crate::host::HostError;
use crate::host::crypto::Hasher;
use crate::scratch::Share;
use crate::state::State;

/// The most that crosses the sandbox in one call.
pub(crate) const READ_BYTES_MAX: u32 = 1 << 20;

/// How much is digested before others get their turn.
const DIGEST_BYTES: usize = 1 << 20;

/// Bytes that are being collected.
pub struct Sink {
    bytes: Vec<u8>,
    share: Share,
}

impl blobs::Host for State {
    fn new_sink(&mut self, expected_size: Option<u64>) -> Result<Resource<Sink>, HostError> {
        let max = self.limits().scratch_bytes;
        if let Some(expected) = expected_size.filter(|expected| *expected > max) {
            let message = format!("{expected} bytes are more than the {max} the host may hold");
            return Err(Fault::new(FaultKind::LimitExceeded, "host/scratch", message).into());
        }
        let share = self.scratch.share();
        self.push(Sink { bytes: Vec::new(), share })
    }

    fn from_bytes(&mut self, data: Vec<u8>) -> Result<Resource<Blob>, HostError> {
        let held = self.scratch.hold(data)?;
        self.push(Blob::Memory(held))
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

    /// Digesting a large file takes longer than a call may: it gives way, so that it can be ended.
    async fn digest(
        &mut self,
        blob: Resource<Blob>,
        algorithm: types::HashAlgorithm,
    ) -> Result<types::Digest, HostError> {
        let blob = self.table.get(&blob)?.clone();
        let mut hasher = Hasher::new(algorithm);
        let mut offset = 0;
        loop {
            let chunk = blob.read(offset, DIGEST_BYTES).map_err(unreadable)?;
            if chunk.is_empty() {
                break;
            }
            hasher.update(&chunk);
            offset += chunk.len() as u64;
            tokio::task::yield_now().await;
        }
        Ok(types::Digest { algorithm, bytes: hasher.finish() })
    }

    fn drop(&mut self, blob: Resource<Blob>) -> wasmtime::Result<()> {
        self.table.delete(blob)?;
        Ok(())
    }
}

impl blobs::HostSink for State {
    fn write(&mut self, sink: Resource<Sink>, data: Vec<u8>) -> Result<(), HostError> {
        self.table.get_mut(&sink)?.append(&data)
    }

    fn write_at(&mut self, sink: Resource<Sink>, offset: u64, data: Vec<u8>) -> Result<(), HostError> {
        let sink = self.table.get_mut(&sink)?;
        let end = offset.saturating_add(data.len() as u64);
        sink.share.grow(end.saturating_sub(sink.bytes.len() as u64))?;
        // Within the scratch budget now, which fits into memory.
        let (start, end) = (offset as usize, end as usize);
        if sink.bytes.len() < end {
            sink.bytes.resize(end, 0);
        }
        sink.bytes[start..end].copy_from_slice(&data);
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
        let sink = self.table.get_mut(&sink)?;
        let mut copied = 0;
        while copied < len {
            let wanted = (len - copied).min(READ_BYTES_MAX.into()) as usize;
            let data = source.read(offset + copied, wanted).map_err(unreadable)?;
            if data.is_empty() {
                let message = "the file was cut short meanwhile";
                return Err(Fault::new(FaultKind::Unavailable, "host/unreadable", message).into());
            }
            sink.append(&data)?;
            copied += data.len() as u64;
        }
        Ok(())
    }

    fn position(&mut self, sink: Resource<Sink>) -> wasmtime::Result<u64> {
        Ok(self.table.get(&sink)?.bytes.len() as u64)
    }

    fn finish(&mut self, sink: Resource<Sink>) -> Result<Resource<Blob>, HostError> {
        let sink = self.table.delete(sink)?;
        self.push(Blob::Memory(sink.share.hold(sink.bytes)))
    }

    fn drop(&mut self, sink: Resource<Sink>) -> wasmtime::Result<()> {
        self.table.delete(sink)?;
        Ok(())
    }
}

impl Sink {
    fn append(&mut self, data: &[u8]) -> Result<(), HostError> {
        self.share.grow(data.len() as u64)?;
        self.bytes.extend_from_slice(data);
        Ok(())
    }
}

/// The path is the user's, not the plugin's: it stays out of the message.
pub(crate) fn unreadable(error: s_store::StoreError) -> HostError {
    let why = error.kind().map_or_else(|| "unknown reason".to_owned(), |kind| kind.to_string());
    let message = format!("the bytes cannot be read: {why}");
    Fault::new(FaultKind::Unavailable, "host/unreadable", message).into()
}
