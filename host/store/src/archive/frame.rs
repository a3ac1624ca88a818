//! One zstd frame and nothing else, decompressed under limits.
//!
//! The header is read here first, so that a window that is too large, a dictionary or a frame that
//! is skipped is refused before the library allocates anything.

use std::io::{self, Read};

use zstd::stream::raw::{Decoder, InBuffer, Operation as _, OutBuffer};
use zstd::zstd_safe::DParameter;

use super::{ArchiveError, ArchiveLimits, WINDOW_BYTES_MAX};

const MAGIC: [u8; 4] = [0x28, 0xb5, 0x2f, 0xfd];
/// Magic, descriptor, window, dictionary and content size.
const HEADER_LEN_MAX: usize = 4 + 1 + 1 + 4 + 8;
const BUFFER_LEN: usize = 64 * 1024;
const WINDOW_LOG_MAX: u32 = WINDOW_BYTES_MAX.ilog2();
/// Small archives may be as repetitive as they like.
const RATIO_FREE_BYTES: u64 = 1024 * 1024;

/// Reads the content of a frame, and at its end that nothing follows.
pub(super) struct FrameReader<R> {
    source: R,
    decoder: Decoder<'static>,
    input: Box<[u8]>,
    /// What of `input` was not decompressed yet.
    rest: std::ops::Range<usize>,
    source_ended: bool,
    frame_ended: bool,
    consumed_bytes: u64,
    produced_bytes: u64,
    limits: ArchiveLimits,
}

impl<R: Read> FrameReader<R> {
    /// Reads and checks the header of the frame.
    pub(super) fn new(source: R, limits: &ArchiveLimits) -> Result<FrameReader<R>, ArchiveError> {
        let mut decoder = Decoder::new().map_err(corrupt)?;
        decoder.set_parameter(DParameter::WindowLogMax(WINDOW_LOG_MAX)).map_err(corrupt)?;
        let mut reader = FrameReader {
            source,
            decoder,
            input: vec![0; BUFFER_LEN].into_boxed_slice(),
            rest: 0..0,
            source_ended: false,
            frame_ended: false,
            consumed_bytes: 0,
            produced_bytes: 0,
            limits: *limits,
        };
        while reader.rest.end < HEADER_LEN_MAX && !reader.source_ended {
            reader.read_more()?;
        }
        check_header(&reader.input[reader.rest.clone()], limits)?;
        Ok(reader)
    }

    /// Fills some of the buffer; 0 when the frame is over and the source as well.
    pub(super) fn read(&mut self, buffer: &mut [u8]) -> Result<usize, ArchiveError> {
        while !self.frame_ended && !buffer.is_empty() {
            if self.rest.is_empty() && !self.source_ended {
                self.rest = 0..0;
                self.read_more()?;
            }
            let mut from = InBuffer::around(&self.input[self.rest.clone()]);
            let mut to = OutBuffer::around(&mut *buffer);
            let hint = self.decoder.run(&mut from, &mut to).map_err(corrupt)?;
            let (used, made) = (from.pos(), to.pos());
            self.rest.start += used;
            self.consumed_bytes += used as u64;
            self.produced_bytes += made as u64;
            self.frame_ended = hint == 0;
            if made > 0 {
                self.check_ratio()?;
                return Ok(made);
            }
            if !self.frame_ended && used == 0 && self.source_ended {
                return Err(ArchiveError::Truncated);
            }
        }
        if self.frame_ended {
            self.check_end()?;
        }
        Ok(0)
    }

    fn read_more(&mut self) -> Result<(), ArchiveError> {
        let count = loop {
            match self.source.read(&mut self.input[self.rest.end..]) {
                Ok(count) => break count,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(source) => return Err(ArchiveError::Read { source }),
            }
        };
        self.rest.end += count;
        self.source_ended = count == 0;
        if self.consumed_bytes + self.rest.len() as u64 > self.limits.archive_bytes_max {
            return Err(ArchiveError::ArchiveTooLarge { size_max_bytes: self.limits.archive_bytes_max });
        }
        Ok(())
    }

    fn check_ratio(&self) -> Result<(), ArchiveError> {
        let most = self.consumed_bytes.saturating_mul(self.limits.ratio_max).max(RATIO_FREE_BYTES);
        match self.produced_bytes > most {
            true => Err(ArchiveError::Ratio { ratio_max: self.limits.ratio_max }),
            false => Ok(()),
        }
    }

    fn check_end(&mut self) -> Result<(), ArchiveError> {
        if self.rest.is_empty() && !self.source_ended {
            self.rest = 0..0;
            self.read_more()?;
        }
        if self.rest.is_empty() { Ok(()) } else { Err(ArchiveError::TrailingBytes) }
    }
}

/// Checks what a frame says about itself. The layout is that of RFC 8878, section 3.1.1.1.
fn check_header(bytes: &[u8], limits: &ArchiveLimits) -> Result<(), ArchiveError> {
    if bytes.is_empty() || (bytes.len() < MAGIC.len() && MAGIC.starts_with(bytes)) {
        return Err(ArchiveError::Truncated);
    }
    let bytes = bytes.strip_prefix(&MAGIC).ok_or(ArchiveError::NotZstd)?;
    let (&descriptor, bytes) = bytes.split_first().ok_or(ArchiveError::Truncated)?;
    let is_single = descriptor & 0x20 != 0;
    if descriptor & 0x03 != 0 {
        return Err(ArchiveError::Dictionary);
    }
    let mut window = None;
    let mut bytes = bytes;
    if !is_single {
        let (&byte, rest) = bytes.split_first().ok_or(ArchiveError::Truncated)?;
        let base = 1_u64 << (10 + (byte >> 3));
        window = Some(base + base / 8 * u64::from(byte & 7));
        bytes = rest;
    }
    let size_len = match descriptor >> 6 {
        0 => usize::from(is_single),
        flag => 1 << flag,
    };
    let field = bytes.get(..size_len).ok_or(ArchiveError::Truncated)?;
    // Two bytes count from 256, which is far below any limit and left out.
    let content_size = field.iter().rev().fold(0_u64, |value, byte| value << 8 | u64::from(*byte));
    let window = window.unwrap_or(content_size);
    if window > WINDOW_BYTES_MAX {
        return Err(ArchiveError::Window { bytes: window });
    }
    // Headers and padding come on top of the files, so this is only what is impossible.
    let overhead = (limits.entry_count_max as u64).saturating_mul(8 * 1024).saturating_add(64 * 1024);
    if content_size > limits.unpacked_bytes_max.saturating_add(overhead) {
        return Err(ArchiveError::UnpackedTooLarge { size_max_bytes: limits.unpacked_bytes_max });
    }
    Ok(())
}

fn corrupt(error: io::Error) -> ArchiveError {
    ArchiveError::Corrupt { reason: error.to_string() }
}
