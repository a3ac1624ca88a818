//! A store that fails at any step, before or after it did what was asked: nothing is lost, nothing is
//! there twice, and the same request again succeeds.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use async_trait::async_trait;
use futures_util::stream::{self, BoxStream, StreamExt as _};
use object_store::memory::InMemory;
use object_store::path::Path;
use object_store::{
    CopyOptions, Error, GetOptions, GetResult, ListResult, MultipartUpload, ObjectMeta, ObjectStore,
    PutMultipartOptions, PutOptions, PutPayload, PutResult, Result,
};
use s_wire::{Owners, read_index};

use crate::support::{archive, site_over};

/// Fails once.
#[derive(Debug)]
struct Faulty {
    inner: InMemory,
    /// Steps until it fails; `usize::MAX` for never.
    left: AtomicUsize,
    /// Whether what was asked is done all the same.
    after: bool,
}

impl Faulty {
    /// Whether this is the step.
    fn is_step(&self) -> bool {
        let count = |left: usize| (left != usize::MAX).then(|| left.checked_sub(1).unwrap_or(usize::MAX));
        self.left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, count) == Ok(0)
    }

    fn error() -> Error {
        Error::Generic { store: "faulty", source: "on purpose".into() }
    }

    async fn step<T>(&self, work: impl Future<Output = Result<T>> + Send) -> Result<T> {
        match (self.is_step(), self.after) {
            (true, false) => Err(Faulty::error()),
            (true, true) => {
                let _ = work.await;
                Err(Faulty::error())
            }
            (false, _) => work.await,
        }
    }
}

impl fmt::Display for Faulty {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a store that fails")
    }
}

#[async_trait]
impl ObjectStore for Faulty {
    async fn put_opts(&self, at: &Path, payload: PutPayload, options: PutOptions) -> Result<PutResult> {
        self.step(self.inner.put_opts(at, payload, options)).await
    }

    async fn put_multipart_opts(
        &self,
        at: &Path,
        options: PutMultipartOptions,
    ) -> Result<Box<dyn MultipartUpload>> {
        self.step(self.inner.put_multipart_opts(at, options)).await
    }

    async fn get_opts(&self, at: &Path, options: GetOptions) -> Result<GetResult> {
        self.step(self.inner.get_opts(at, options)).await
    }

    fn delete_stream(&self, paths: BoxStream<'static, Result<Path>>) -> BoxStream<'static, Result<Path>> {
        self.inner.delete_stream(paths)
    }

    fn list(&self, prefix: Option<&Path>) -> BoxStream<'static, Result<ObjectMeta>> {
        if self.is_step() { stream::iter([Err(Faulty::error())]).boxed() } else { self.inner.list(prefix) }
    }

    async fn list_with_delimiter(&self, prefix: Option<&Path>) -> Result<ListResult> {
        self.step(self.inner.list_with_delimiter(prefix)).await
    }

    async fn copy_opts(&self, from: &Path, to: &Path, options: CopyOptions) -> Result<()> {
        self.step(self.inner.copy_opts(from, to, options)).await
    }
}

/// Publishes over a store that fails at one step, then again. Gives whether that step came.
async fn publish_with_fault(at: usize, after: bool) -> bool {
    let store = Arc::new(Faulty { inner: InMemory::new(), left: AtomicUsize::new(usize::MAX), after });
    let site = site_over(store.clone(), |_, _| {}).await;
    let token = site.owner("ann").await;
    let bytes = archive("acme/json", "1.0.0", "1");
    store.left.store(at, Ordering::SeqCst);
    let first = site.client.publish(&token, "acme/json", "1.0.0", &bytes).await;
    let came = store.left.swap(usize::MAX, Ordering::SeqCst) == usize::MAX;
    let what = format!("step {at}, after: {after}");
    assert_eq!(first.status == 201, !came, "{what}: {}", first.text());
    if came {
        assert_eq!(first.refused(), (503, "internal".into()), "{what}");
        assert!(!first.text().contains("purpose"), "{what}");
        assert!(site.lines.all().iter().any(|line| line.contains("on purpose")), "{what}");
    }
    // Whatever is in the index now can be downloaded.
    let index = site.client.get("/api/v1/index/acme/json").await;
    if index.status == 200 {
        assert_eq!(site.client.get("/api/v1/packages/acme/json/1.0.0/dl").await.body, bytes, "{what}");
    }
    let again = site.client.publish(&token, "acme/json", "1.0.0", &bytes).await;
    assert_eq!(again.status, if index.status == 200 { 200 } else { 201 }, "{what}: {}", again.text());
    let next = archive("acme/json", "1.1.0", "1");
    assert_eq!(site.client.publish(&token, "acme/json", "1.1.0", &next).await.status, 201, "{what}");
    let index = read_index(&site.client.get("/api/v1/index/acme/json").await.text()).unwrap();
    let versions: Vec<&str> = index.lines.iter().map(|line| line.vers.as_str()).collect();
    assert_eq!(versions, ["1.0.0", "1.1.0"], "{what}");
    for path in ["/api/v1/packages/acme/json/owners", "/api/v1/scopes/acme/owners"] {
        assert_eq!(site.client.get(path).await.json::<Owners>().users, ["ann"], "{what}");
    }
    assert!(s_store::files::read_dir(site.scratch.path()).unwrap().is_empty(), "{what}");
    came
}

#[tokio::test]
async fn publishing_survives_a_fault_at_every_step() {
    for after in [false, true] {
        let mut count = 0;
        while publish_with_fault(count, after).await {
            count += 1;
        }
        // Token, owners, archive, scope and entry at least: the loop did go through them.
        assert!((8..100).contains(&count), "{count}");
    }
}
