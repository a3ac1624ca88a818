//! The body of a request: something that can be sent again, for redirects and challenges.

use std::fmt;
use std::io::{self, Read};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::task::{Context, Poll};

use bytes::Bytes;
use hyper::body::{Frame, SizeHint};

/// Opens a body at its beginning.
pub type Open = Arc<dyn Fn() -> io::Result<Box<dyn Read + Send>> + Send + Sync>;

/// What is sent with a request.
#[derive(Clone, Default)]
pub enum RequestBody {
    /// Nothing.
    #[default]
    Empty,
    /// Bytes in memory.
    Bytes(Bytes),
    /// A file or the like, read 64 KiB at a time where the request is being sent, so reading should
    /// not wait for anything slower than a disk.
    Reader {
        /// The exact length in bytes.
        length: u64,
        /// Opens it; called once for each time the body is sent.
        open: Open,
    },
}

impl RequestBody {
    /// Opens the body; its parts are counted as they leave.
    pub(crate) fn to_sent(&self, parts: Arc<AtomicU64>) -> io::Result<SentBody> {
        let rest = match self {
            RequestBody::Empty => Rest::Bytes(None),
            RequestBody::Bytes(bytes) => Rest::Bytes((!bytes.is_empty()).then(|| bytes.clone())),
            RequestBody::Reader { length, open } => Rest::Reader { left: *length, reader: Some(open()?) },
        };
        Ok(SentBody { rest, parts })
    }
}

impl fmt::Debug for RequestBody {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            RequestBody::Empty => f.write_str("Empty"),
            RequestBody::Bytes(bytes) => write!(f, "Bytes({} bytes)", bytes.len()),
            RequestBody::Reader { length, .. } => write!(f, "Reader({length} bytes)"),
        }
    }
}

/// A body on its way.
pub(crate) struct SentBody {
    rest: Rest,
    /// How many parts were handed over; tells a slow upload from one that stands still.
    parts: Arc<AtomicU64>,
}

enum Rest {
    Bytes(Option<Bytes>),
    Reader { left: u64, reader: Option<Box<dyn Read + Send>> },
}

const PART_BYTES: usize = 64 * 1024;

impl hyper::body::Body for SentBody {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        let body = self.get_mut();
        body.parts.fetch_add(1, Relaxed);
        Poll::Ready(match &mut body.rest {
            Rest::Bytes(bytes) => split_part(bytes).map(|part| Ok(Frame::data(part))),
            Rest::Reader { left: 0, .. } | Rest::Reader { reader: None, .. } => None,
            Rest::Reader { left, reader: slot @ Some(_) } => {
                let part = slot.as_mut().map(|reader| read_part(reader, *left)).transpose();
                match part {
                    Ok(Some(part)) => {
                        *left -= part.len() as u64;
                        Some(Ok(Frame::data(part)))
                    }
                    Ok(None) => None,
                    Err(error) => {
                        *slot = None;
                        Some(Err(error))
                    }
                }
            }
        })
    }

    fn is_end_stream(&self) -> bool {
        matches!(self.rest, Rest::Bytes(None) | Rest::Reader { left: 0, .. })
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(match &self.rest {
            Rest::Bytes(bytes) => bytes.as_ref().map_or(0, |bytes| bytes.len() as u64),
            Rest::Reader { left, .. } => *left,
        })
    }
}

fn split_part(bytes: &mut Option<Bytes>) -> Option<Bytes> {
    let whole = bytes.as_mut()?;
    let part = whole.split_to(whole.len().min(PART_BYTES));
    if whole.is_empty() {
        *bytes = None;
    }
    Some(part)
}

fn read_part(reader: &mut Box<dyn Read + Send>, left: u64) -> io::Result<Bytes> {
    let mut part = Vec::new();
    reader.take(left.min(PART_BYTES as u64)).read_to_end(&mut part)?;
    if part.is_empty() {
        return Err(io::Error::new(io::ErrorKind::UnexpectedEof, "the body is shorter than its length"));
    }
    Ok(Bytes::from(part))
}
