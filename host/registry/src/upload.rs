//! An archive on its way in: from the body of a request to a temporary file, from there to the store.
//!
//! Nothing is kept in memory but a few pieces: as many as a small archive has. A temporary file is gone when its request is over.
//! Archives stand under their digest, so that writing one again changes nothing.

use std::io::Read as _;
use std::path::PathBuf;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::BodyExt as _;
use hyper::body::Body;
use object_store::path::Path;
use object_store::{ObjectStore, ObjectStoreExt as _, PutPayload, WriteMultipart};
use s_store::{Access, PendingFile, Sha256Digest, Sha256Hasher, StoreError};
use s_wire::codes;
use tokio::sync::mpsc;
use tokio::task::spawn_blocking;
use tokio::time::{Instant, timeout};

use crate::RegistryError;
use crate::error::{Failure, Refusal};

/// How many pieces wait between two sides.
const PIECES_MAX: usize = 8;
/// Up to how many bytes an archive is one request to the store, and not one for each part of it.
const WHOLE_BYTES_MAX: u64 = 5 << 20;
/// Bytes that are read from the temporary file at once.
const PIECE_LEN: usize = 256 << 10;

/// What a body may be.
#[derive(Clone, Copy, Debug)]
pub(crate) struct BodyLimits {
    pub(crate) bytes_max: u64,
    pub(crate) idle: Duration,
    pub(crate) whole: Duration,
}

/// A body that arrived.
pub(crate) struct Received {
    pub(crate) file: PendingFile,
    pub(crate) digest: Sha256Digest,
    pub(crate) size: u64,
}

/// Takes a body into a temporary file.
///
/// # Errors
/// A refusal for one that is too large, too slow or breaks off; failures of the disk.
pub(crate) async fn receive<B>(body: B, scratch: PathBuf, limits: BodyLimits) -> Result<Received, Failure>
where
    B: Body<Data = Bytes> + Unpin,
{
    let (pieces, mut arrived) = mpsc::channel::<Bytes>(PIECES_MAX);
    let writer = spawn_blocking(move || {
        let mut file = PendingFile::create(&scratch, Access::Private)?;
        let mut hasher = Sha256Hasher::new();
        while let Some(piece) = arrived.blocking_recv() {
            hasher.update(&piece);
            file.write(&piece)?;
        }
        Ok::<_, StoreError>((file, hasher.finish()))
    });
    let size = pass_on(body, limits, &pieces).await;
    drop(pieces);
    // Waited for also when the body was refused: the file is then gone when the answer is sent.
    let written = writer.await.map_err(|_| RegistryError::Task)?;
    let size = size?;
    let (file, digest) = written?;
    Ok(Received { file, digest, size })
}

/// Takes a short body into memory.
///
/// # Errors
/// As [`receive`].
pub(crate) async fn receive_short<B>(mut body: B, limits: BodyLimits) -> Result<Vec<u8>, Refusal>
where
    B: Body<Data = Bytes> + Unpin,
{
    let start = Instant::now();
    let mut bytes = Vec::new();
    while let Some(piece) = next(&mut body, limits, start).await? {
        if (bytes.len() + piece.len()) as u64 > limits.bytes_max {
            return Err(too_large(limits));
        }
        bytes.extend_from_slice(&piece);
    }
    Ok(bytes)
}

async fn pass_on<B>(mut body: B, limits: BodyLimits, pieces: &mpsc::Sender<Bytes>) -> Result<u64, Refusal>
where
    B: Body<Data = Bytes> + Unpin,
{
    let start = Instant::now();
    let mut size = 0;
    while let Some(piece) = next(&mut body, limits, start).await? {
        size += piece.len() as u64;
        if size > limits.bytes_max {
            return Err(too_large(limits));
        }
        // The other side is gone only when the disk failed, which it then says.
        if pieces.send(piece).await.is_err() {
            break;
        }
    }
    Ok(size)
}

async fn next<B>(body: &mut B, limits: BodyLimits, start: Instant) -> Result<Option<Bytes>, Refusal>
where
    B: Body<Data = Bytes> + Unpin,
{
    loop {
        let left = limits.whole.saturating_sub(start.elapsed()).min(limits.idle);
        let slow = || Refusal::new(408, codes::SLOW, "the body took too long");
        // A piece that is there counts also when the time is over, so the time is looked at as well.
        if left.is_zero() {
            return Err(slow());
        }
        match timeout(left, body.frame()).await.map_err(|_| slow())? {
            None => return Ok(None),
            Some(Ok(frame)) => match frame.into_data() {
                Ok(piece) => return Ok(Some(piece)),
                Err(_trailers) => continue,
            },
            Some(Err(_)) => {
                return Err(Refusal::new(400, codes::TRUNCATED, "the body ended before it was whole"));
            }
        }
    }
}

pub(crate) fn too_large(limits: BodyLimits) -> Refusal {
    Refusal::new(413, codes::TOO_LARGE, format!("the body is larger than {} bytes", limits.bytes_max))
}

/// Puts an archive into the store, unless it is there.
///
/// # Errors
/// Those of the store and of the disk.
pub(crate) async fn keep(store: &dyn ObjectStore, received: &Received) -> Result<(), RegistryError> {
    let path = blob_path(&received.digest);
    match store.head(&path).await {
        Ok(meta) if meta.size == received.size => return Ok(()),
        Ok(_) | Err(object_store::Error::NotFound { .. }) => {}
        Err(error) => return Err(error.into()),
    }
    let mut reader = received.file.reader()?;
    let file = received.file.temporary_path();
    let (pieces, mut read) = mpsc::channel::<Bytes>(PIECES_MAX);
    let feeder = spawn_blocking(move || {
        let wrong = |source| StoreError::Io { op: "read", path: file.clone(), source };
        loop {
            let mut piece = Vec::with_capacity(PIECE_LEN);
            reader.by_ref().take(PIECE_LEN as u64).read_to_end(&mut piece).map_err(wrong)?;
            if piece.is_empty() || pieces.blocking_send(Bytes::from(piece)).is_err() {
                return Ok::<_, StoreError>(());
            }
        }
    });
    if received.size <= WHOLE_BYTES_MAX {
        let mut whole = Vec::new();
        while let Some(piece) = read.recv().await {
            whole.push(piece);
        }
        feeder.await.map_err(|_| RegistryError::Task)??;
        store.put(&path, PutPayload::from_iter(whole)).await?;
        return Ok(());
    }
    let mut upload = WriteMultipart::new(store.put_multipart(&path).await?);
    while let Some(piece) = read.recv().await {
        upload.wait_for_capacity(4).await?;
        upload.put(piece);
    }
    // Nothing is finished that was not read to its end.
    match feeder.await.map_err(|_| RegistryError::Task)? {
        Ok(()) => upload.finish().await.map(drop).map_err(RegistryError::from),
        Err(error) => {
            upload.abort().await?;
            Err(error.into())
        }
    }
}

/// Where an archive stands in the store.
pub(crate) fn blob_path(digest: &Sha256Digest) -> Path {
    let hex = digest.to_hex();
    Path::from_iter(["blobs", &hex[..2], &hex])
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::stream;
    use http_body_util::{Full, StreamBody};
    use hyper::body::Frame;
    use object_store::memory::InMemory;

    const LIMITS: BodyLimits =
        BodyLimits { bytes_max: 1 << 20, idle: Duration::from_secs(60), whole: Duration::from_secs(60) };

    fn empty(folder: &std::path::Path) -> bool {
        s_store::files::read_dir(folder).unwrap().is_empty()
    }

    #[tokio::test]
    async fn what_arrives_is_kept_under_its_digest() {
        let folder = tempfile::tempdir().unwrap();
        // One that is sent whole, and one that is sent in parts.
        for size in [700_000, 7_000_000] {
            let bytes: Vec<u8> = (0..=255).cycle().take(size).collect();
            let body = Full::new(Bytes::from(bytes.clone()));
            let limits = BodyLimits { bytes_max: 1 << 24, ..LIMITS };
            let received = receive(body, folder.path().to_owned(), limits).await.ok().unwrap();
            assert_eq!((received.size, received.digest), (size as u64, Sha256Digest::of(&bytes)));
            let store = InMemory::new();
            for _ in 0..2 {
                keep(&store, &received).await.unwrap();
                let kept = store.get(&blob_path(&received.digest)).await.unwrap().bytes().await.unwrap();
                assert_eq!(kept, bytes);
            }
            drop(received);
            assert!(empty(folder.path()));
        }
    }

    #[tokio::test]
    async fn what_is_refused_leaves_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let piece = || Ok::<_, std::io::Error>(Frame::data(Bytes::from_static(b"abc")));
        let broken = || Err(std::io::ErrorKind::UnexpectedEof.into());
        let small = BodyLimits { bytes_max: 5, ..LIMITS };
        for (frames, limits, code) in [
            (vec![piece(), piece()], small, codes::TOO_LARGE),
            (vec![piece(), broken()], LIMITS, codes::TRUNCATED),
        ] {
            let body = StreamBody::new(stream::iter(frames));
            let failure = receive(body, folder.path().to_owned(), limits).await.err().unwrap();
            let Failure::Refused(refusal) = failure else { panic!("{failure:?}") };
            assert_eq!(refusal.code, code);
            assert!(empty(folder.path()), "{code}");
        }
    }

    #[tokio::test]
    async fn every_wait_has_an_end() {
        let short = Duration::from_millis(20);
        // Pieces without bytes, as many as anyone likes.
        let drip = stream::repeat_with(|| Ok::<_, std::io::Error>(Frame::data(Bytes::new())));
        let limits = BodyLimits { whole: short, ..LIMITS };
        assert_eq!(receive_short(StreamBody::new(drip), limits).await.unwrap_err().code, codes::SLOW);
        let still = StreamBody::new(stream::pending::<Result<Frame<Bytes>, std::io::Error>>());
        let limits = BodyLimits { idle: short, ..LIMITS };
        assert_eq!(receive_short(still, limits).await.unwrap_err().code, codes::SLOW);
    }
}
