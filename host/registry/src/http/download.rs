//! Archives on their way out: whole, or the part that is still missing.

use futures_util::TryStreamExt as _;
use http::HeaderMap;
use http::header::{ACCEPT_RANGES, CONTENT_LENGTH, CONTENT_RANGE, CONTENT_TYPE, IF_RANGE, RANGE};
use http_body_util::{BodyExt as _, StreamBody};
use hyper::body::Frame;
use object_store::{GetOptions, GetRange, ObjectStore};
use s_store::Sha256Digest;
use s_wire::{IndexLine, codes};

use super::answer::{Answer, Caching, is_known, mark, plain, set};
use crate::RegistryError;
use crate::error::{Failure, Refusal};
use crate::upload::blob_path;

/// Sends the archive of a version.
pub(super) async fn archive(
    store: &dyn ObjectStore,
    headers: &HeaderMap,
    line: &IndexLine,
    is_private: bool,
) -> Result<Answer, Failure> {
    if let Some(removal) = &line.removed {
        let detail = format!("version {} of `{}` was removed: {}", line.vers, line.name, removal.reason);
        return Err(Refusal::new(410, codes::REMOVED, detail).into());
    }
    let digest: Sha256Digest = line.integrity.parse()?;
    let tag = digest.to_hex();
    if is_known(headers, &tag) {
        let mut answer = plain(304, bytes::Bytes::new());
        mark(&mut answer, &tag, Caching::Immutable, is_private);
        return Ok(answer);
    }
    let range = match wanted(headers, &tag, line.size) {
        Wanted::Whole => None,
        Wanted::Part(from, to) => Some((from, to)),
        Wanted::Impossible => {
            let mut answer = plain(416, bytes::Bytes::new());
            set(&mut answer, CONTENT_RANGE, &format!("bytes */{}", line.size));
            return Ok(answer);
        }
    };
    let options =
        GetOptions { range: range.map(|(from, to)| GetRange::Bounded(from..to)), ..GetOptions::default() };
    let path = blob_path(&digest);
    let object = store.get_opts(&path, options).await?;
    if object.meta.size != line.size {
        let reason = format!("it has {} bytes instead of {}", object.meta.size, line.size);
        return Err(RegistryError::Damaged { path: path.to_string(), reason }.into());
    }
    let body = StreamBody::new(object.into_stream().map_ok(Frame::data)).boxed_unsync();
    let mut answer = plain(if range.is_some() { 206 } else { 200 }, bytes::Bytes::new()).map(|_| body);
    let (from, to) = range.unwrap_or((0, line.size));
    set(&mut answer, CONTENT_LENGTH, &(to - from).to_string());
    set(&mut answer, CONTENT_TYPE, "application/zstd");
    set(&mut answer, ACCEPT_RANGES, "bytes");
    if range.is_some() {
        set(&mut answer, CONTENT_RANGE, &format!("bytes {from}-{}/{}", to - 1, line.size));
    }
    mark(&mut answer, &tag, Caching::Immutable, is_private);
    Ok(answer)
}

/// Which bytes are wanted.
#[derive(Debug, PartialEq, Eq)]
enum Wanted {
    Whole,
    /// From, and up to but without.
    Part(u64, u64),
    Impossible,
}

/// Reads `Range` and `If-Range`. Whatever is not one plain range is answered with everything.
fn wanted(headers: &HeaderMap, tag: &str, size: u64) -> Wanted {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    let is_same = text(IF_RANGE).is_none_or(|value| value == format!("\"{tag}\""));
    let range = text(RANGE).and_then(|value| value.trim().strip_prefix("bytes=")).filter(|_| is_same);
    let Some((from, to)) = range.and_then(|range| range.split_once('-')) else { return Wanted::Whole };
    let number = |text: &str| text.trim().parse::<u64>().ok();
    match (number(from), number(to)) {
        (Some(from), Some(to)) if from > to => Wanted::Whole,
        (Some(from), _) if from >= size => Wanted::Impossible,
        (Some(from), Some(to)) => Wanted::Part(from, size.min(to.saturating_add(1))),
        (Some(from), None) if to.trim().is_empty() => Wanted::Part(from, size),
        (None, Some(0)) if from.trim().is_empty() => Wanted::Impossible,
        (None, Some(last)) if from.trim().is_empty() => Wanted::Part(size.saturating_sub(last), size),
        _ => Wanted::Whole,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_read() {
        for (range, condition, expected) in [
            ("bytes=0-3", None, Wanted::Part(0, 4)),
            ("bytes=4-", None, Wanted::Part(4, 10)),
            ("bytes=-3", None, Wanted::Part(7, 10)),
            ("bytes=-99", None, Wanted::Part(0, 10)),
            ("bytes=8-99", None, Wanted::Part(8, 10)),
            ("bytes=10-", None, Wanted::Impossible),
            ("bytes=-0", None, Wanted::Impossible),
            ("bytes=3-1", None, Wanted::Whole),
            ("bytes=0-1,3-4", None, Wanted::Whole),
            ("bytes=0-18446744073709551615", None, Wanted::Part(0, 10)),
            ("items=0-1", None, Wanted::Whole),
            ("bytes=-", None, Wanted::Whole),
            ("", None, Wanted::Whole),
            ("bytes=4-", Some("\"t\""), Wanted::Part(4, 10)),
            ("bytes=4-", Some("\"other\""), Wanted::Whole),
            ("bytes=4-", Some("W/\"t\""), Wanted::Whole),
        ] {
            let mut headers = HeaderMap::from_iter([(RANGE, range.parse().unwrap())]);
            condition.map(|value| headers.insert(IF_RANGE, value.parse().unwrap()));
            assert_eq!(wanted(&headers, "t", 10), expected, "{range} {condition:?}");
        }
    }
}
