//! Bytes, by a registry's plan: from its own folder or from origins that its plugin may name, into
//! a file that appears when its size and digest are right, and not before.

use std::io;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use s_diag::{Code, Diagnostic};
use s_net::{Auth, DownloadPlan, Method, Permit, download};
use s_plugin::Plugin;
use s_plugin::extension::HashAlgorithm;
use s_plugin::services::Task;
use s_store::{Access, PendingFile, Sha256Digest, Sha256Hasher, StoreError, View, ViewFile};
use url::Url;

use super::{FetchPlan, Registry, Want};
use crate::Context;
use crate::failure::{Failure, FailureKind};

/// A file that was fetched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fetched {
    /// Bytes.
    pub size: u64,
    /// Of its bytes.
    pub sha256: Sha256Digest,
    /// What the bytes are, such as `tar.gz`; may be empty.
    pub format: String,
    /// The address that gave it, without secrets.
    pub from: String,
}

/// The largest file whose size nobody stated.
const UNSTATED_BYTES_MAX: u64 = 1 << 30;
const CHUNK_BYTES: usize = 256 << 10;

/// Follows the plans of one registry; several threads can do so together.
pub struct Fetcher {
    context: Arc<Context>,
    plugin: Plugin,
    /// Whether what it writes can be fetched again, and is checked when it is read.
    is_cache: bool,
}

impl Registry {
    /// Fetches an artifact into a file, in place of what was there. When this fails, nothing of it
    /// is left and what was there still is.
    pub fn fetch(&mut self, want: Want, to: &Path) -> Result<Fetched, Failure> {
        let expected = sha256(&want)?;
        let what = format!("{}@{}", display(&want), want.version);
        let plan = self.plan(want)?;
        let task = self.context.frontend().task(&what, plan.size, true);
        self.fetcher().follow(&what, &plan, expected, to, task)
    }

    /// What follows the plans that this registry makes.
    pub fn fetcher(&self) -> Fetcher {
        Fetcher { context: Arc::clone(&self.context), plugin: self.plugin.clone(), is_cache: false }
    }
}

impl Fetcher {
    /// The same for files whose reader compares their digest: nobody waits for the disk.
    #[must_use]
    pub fn into_cache(self) -> Fetcher {
        Fetcher { is_cache: true, ..self }
    }

    /// Tries the places of a plan in their order, and writes the file that has the digest. `what` is
    /// what the file is called in messages; `task` is told the bytes.
    pub fn follow(
        &self,
        what: &str,
        plan: &FetchPlan,
        expected: Sha256Digest,
        to: &Path,
        task: Box<dyn Task>,
    ) -> Result<Fetched, Failure> {
        let to = self.context.directory().join(to);
        let task: Arc<Mutex<Box<dyn Task>>> = Arc::new(Mutex::new(task));
        let mut failures = Vec::new();
        for url in &plan.urls {
            let target = Target { path: &to, pending: Arc::default(), task: Arc::clone(&task) };
            let fetched = match address(url) {
                Ok(url) if url.scheme() == "file" => self.copy(&url, plan, expected, &target),
                Ok(url) => self.download(url, plan, expected, &target),
                Err(failure) => Err(failure),
            };
            match fetched {
                Ok(fetched) => {
                    target.publish(self.is_cache)?;
                    return Ok(fetched);
                }
                Err(failure) if failure.kind == FailureKind::Interrupted => return Err(failure),
                Err(failure) => failures.push(failure),
            }
        }
        Err(not_fetched(what, failures))
    }

    fn download(
        &self,
        url: Url,
        plan: &FetchPlan,
        expected: Sha256Digest,
        target: &Target<'_>,
    ) -> Result<Fetched, Failure> {
        let rights = &self.plugin.rights;
        let mut permit = Permit::new(self.plugin.id.to_string());
        permit.origins.clone_from(&rights.download);
        permit.methods = [Method::Get].into();
        permit.private_origins.clone_from(&rights.private_origins);
        let file = DownloadPlan {
            urls: vec![url],
            headers: plan.headers.clone(),
            auth: if plan.authenticated { Auth::Origin } else { Auth::None },
            permit: Arc::new(permit),
            expected: Some(*expected.as_bytes()),
            expected_size: plan.size,
            bytes_max: UNSTATED_BYTES_MAX,
        };
        let client = self.context.network()?;
        let cancel = self.context.cancel();
        let mut open = || target.open();
        let downloaded = self.plugin.engine.block_on(async {
            tokio::select! {
                downloaded = download(&client, &file, &mut open) => downloaded.map_err(Failure::from),
                () = cancel.raised() => Err(interrupted()),
            }
        })?;
        Ok(Fetched {
            size: downloaded.bytes,
            sha256: Sha256Digest::from_bytes(downloaded.sha256),
            format: plan.format.clone(),
            from: downloaded.url.to_string(),
        })
    }

    /// Copies a file out of a folder that the plugin may read; there is no way to any other.
    fn copy(
        &self,
        url: &Url,
        plan: &FetchPlan,
        expected: Sha256Digest,
        target: &Target<'_>,
    ) -> Result<Fetched, Failure> {
        let file = self.open_local(url)?;
        let wrong = |what: String| {
            let message = format!("`{url}` {what}");
            Failure::new(FailureKind::Integrity, Diagnostic::error(Code::DIGEST_MISMATCH, message))
        };
        if let Some(size) = plan.size.filter(|size| *size != file.size_bytes()) {
            return Err(wrong(format!("has {} instead of {size} bytes", file.size_bytes())));
        }
        let mut writer = target.open().map_err(|error| unwritten(&error))?;
        let mut hasher = Sha256Hasher::new();
        let mut buffer = vec![0; CHUNK_BYTES];
        let mut size = 0;
        loop {
            let count = file.read_at(size, &mut buffer)?;
            if count == 0 {
                break;
            }
            if self.context.cancel().is_raised() {
                return Err(interrupted());
            }
            hasher.update(&buffer[..count]);
            io::Write::write_all(&mut writer, &buffer[..count]).map_err(|error| unwritten(&error))?;
            size += count as u64;
        }
        let sha256 = hasher.finish();
        if sha256 != expected {
            let (actual, expected) = (sha256.to_hex(), expected.to_hex());
            return Err(wrong(format!("has SHA-256 {actual} instead of {expected}")));
        }
        Ok(Fetched { size, sha256, format: plan.format.clone(), from: url.to_string() })
    }

    fn open_local(&self, url: &Url) -> Result<ViewFile, Failure> {
        let path = url.to_file_path().ok();
        let inside = path.as_deref().and_then(|path| {
            let views = self.plugin.rights.views.values().flatten();
            views.filter_map(|view| Some((view, path.strip_prefix(view).ok()?.to_str()?))).next()
        });
        let Some((view, inside)) = inside else {
            let message = format!("`{url}` does not lie in the folder of the registry");
            let diagnostic = Diagnostic::error(Code::REGISTRY_PLAN, message);
            return Err(Failure::new(FailureKind::Integrity, diagnostic));
        };
        let inside = inside.replace(std::path::MAIN_SEPARATOR, "/");
        View::open(view)?.open_file(&inside).map_err(|error| match error.kind() {
            Some(io::ErrorKind::PermissionDenied) => {
                let message =
                    format!("`{inside}` leads out of the folder of the registry, or may not be read");
                Failure::new(FailureKind::Integrity, Diagnostic::error(Code::REGISTRY_PLAN, message))
            }
            _ => error.into(),
        })
    }
}

/// The file that is being written: one that is not there yet for each attempt.
struct Target<'a> {
    path: &'a Path,
    pending: Arc<Mutex<Option<PendingFile>>>,
    task: Arc<Mutex<Box<dyn Task>>>,
}

struct Writer {
    pending: Arc<Mutex<Option<PendingFile>>>,
    task: Arc<Mutex<Box<dyn Task>>>,
}

impl Target<'_> {
    fn open(&self) -> io::Result<Box<dyn io::Write + Send>> {
        let folder = self.path.parent().unwrap_or(self.path);
        let pending = PendingFile::create(folder, Access::Shared).map_err(io_error)?;
        *self.pending.lock().unwrap_or_else(PoisonError::into_inner) = Some(pending);
        Ok(Box::new(Writer { pending: Arc::clone(&self.pending), task: Arc::clone(&self.task) }))
    }

    fn publish(self, is_cache: bool) -> Result<(), StoreError> {
        let pending = self.pending.lock().unwrap_or_else(PoisonError::into_inner).take();
        match pending {
            Some(pending) if is_cache => pending.replace_soon(self.path),
            Some(pending) => pending.replace(self.path),
            None => Ok(()),
        }
    }
}

impl io::Write for Writer {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if let Some(pending) = self.pending.lock().unwrap_or_else(PoisonError::into_inner).as_mut() {
            pending.write(bytes).map_err(io_error)?;
        }
        self.task.lock().unwrap_or_else(PoisonError::into_inner).advance(bytes.len() as u64);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn io_error(error: StoreError) -> io::Error {
    io::Error::new(error.kind().unwrap_or(io::ErrorKind::Other), error.to_string())
}

/// The name of what is wanted.
fn display(want: &Want) -> String {
    match &want.name.scope {
        Some(scope) => format!("{scope}/{}", want.name.name),
        None => want.name.name.clone(),
    }
}

fn sha256(want: &Want) -> Result<Sha256Digest, Failure> {
    let bytes = (want.digest.algorithm == HashAlgorithm::Sha256)
        .then(|| <[u8; 32]>::try_from(want.digest.bytes.as_slice()).ok())
        .flatten();
    bytes.map(Sha256Digest::from_bytes).ok_or_else(|| {
        let message = format!("{}@{} is listed without a SHA-256 digest", display(want), want.version);
        let diagnostic = Diagnostic::error(Code::REGISTRY_PLAN, message)
            .hint("whoever keeps the registry lists it with `sha256:` and 64 hexadecimal digits");
        Failure::new(FailureKind::Integrity, diagnostic)
    })
}

fn address(text: &str) -> Result<Url, Failure> {
    Url::parse(text).map_err(|error| {
        let message = format!("the registry planned to fetch from what is no address: {error}");
        Failure::new(FailureKind::Failed, Diagnostic::error(Code::REGISTRY_PLAN, message))
    })
}

fn interrupted() -> Failure {
    let diagnostic = Diagnostic::error(Code::INTERRUPTED, "interrupted while fetching; nothing was written");
    Failure::new(FailureKind::Interrupted, diagnostic)
}

fn unwritten(error: &io::Error) -> Failure {
    let message = format!("cannot write the download: {error}");
    Failure::new(FailureKind::Failed, Diagnostic::error(Code::IO, message))
}

/// All attempts in one failure: bytes that are not the promised ones weigh more than a mirror that
/// is down.
fn not_fetched(what: &str, failures: Vec<Failure>) -> Failure {
    let worst = failures.iter().position(|failure| failure.kind == FailureKind::Integrity).unwrap_or(0);
    let (kind, code) = failures
        .get(worst)
        .map_or((FailureKind::Failed, Code::REGISTRY_PLAN), |failure| (failure.kind, code_of(failure)));
    let mut diagnostic = Diagnostic::error(code, format!("`{what}` could not be fetched"));
    if failures.is_empty() {
        diagnostic = diagnostic.note("the registry names no place where it can be had");
    }
    for cause in failures.into_iter().flat_map(|failure| failure.diagnostics) {
        // What a download says first is what is said here already.
        if cause.notes.is_empty() {
            diagnostic.notes.push(cause.message);
        }
        diagnostic.notes.extend(cause.notes);
        diagnostic.hints.extend(cause.hints);
    }
    if code == Code::ORIGIN_DENIED {
        diagnostic = diagnostic.hint(
            "whoever keeps the registry can put its files on the registry's own origin; a plugin asks for others under `download`",
        );
    }
    Failure::new(kind, diagnostic.note("nothing was written"))
}

fn code_of(failure: &Failure) -> Code {
    failure.diagnostics.first().map_or(Code::REGISTRY_PLAN, |diagnostic| diagnostic.code)
}

#[cfg(test)]
mod tests {
    use s_store::files;

    use super::*;
    use crate::plugins::builtin::BuiltIn;
    use crate::plugins::catalog::Entry;
    use crate::registry::{BUILT_IN, RegistryPlace};
    use crate::testing::{Scene, scene};
    use s_plugin::services::NoTask;

    const BYTES: &[u8] = b"the bytes";

    fn registry(scene: &Scene) -> Registry {
        for (path, content) in [("reg/good", BYTES), ("reg/bad", b"other one"), ("outside", BYTES)] {
            let path = scene.path(path);
            files::create_dir_all(path.parent().unwrap(), Access::Shared).unwrap();
            files::write_atomic(&path, content, Access::Shared).unwrap();
        }
        let entry = Entry::built_in(BuiltIn::find(BUILT_IN).unwrap());
        let url = scene.path("reg").display().to_string();
        let place = RegistryPlace::typed(&scene.context, &url, None).unwrap();
        Registry::open(&scene.context, &entry, &place).unwrap()
    }

    #[test]
    fn mirrors_are_tried_in_their_order() {
        let scene = scene();
        let registry = registry(&scene);
        let url = |path: &str| format!("file://{}", scene.path(path).display());
        let (good, bad, absent, outside) =
            (url("reg/good"), url("reg/bad"), url("reg/absent"), url("outside"));
        let none = "http://pkg.example/good";
        for (urls, size, expected) in [
            (&[&*good, &bad][..], Some(9), Ok(good.clone())),
            (&[&bad, &absent, &good], None, Ok(good.clone())),
            (&["nonsense", none, &outside, &good], Some(9), Ok(good.clone())),
            (&[&bad, &absent], Some(9), Err((FailureKind::Integrity, 3))),
            (&[&outside], Some(9), Err((FailureKind::Integrity, 2))),
            (&[&good], Some(8), Err((FailureKind::Integrity, 2))),
            (&[none], Some(9), Err((FailureKind::Integrity, 2))),
            (&[], None, Err((FailureKind::Failed, 2))),
        ] {
            let plan = FetchPlan {
                urls: urls.iter().map(ToString::to_string).collect(),
                headers: Vec::new(),
                authenticated: false,
                format: "tar".to_owned(),
                size,
            };
            let to = scene.path("out");
            let found =
                registry.fetcher().follow("a@1.0.0", &plan, Sha256Digest::of(BYTES), &to, Box::new(NoTask));
            let is_there = files::exists(&to).unwrap();
            assert_eq!(is_there, expected.is_ok(), "{urls:?}");
            if is_there {
                assert_eq!(files::read(&to).unwrap(), BYTES);
                files::remove_file(&to).unwrap();
            }
            let found = found
                .map(|fetched| fetched.from)
                .map_err(|failure| (failure.kind, failure.diagnostics[0].notes.len()));
            assert_eq!(found, expected, "{urls:?}");
        }
        let names = files::read_dir(&scene.path("")).unwrap();
        assert!(
            names.iter().all(|entry| !entry.name.to_string_lossy().starts_with(s_store::TEMPORARY_PREFIX))
        );
    }

    #[test]
    fn only_sha256_is_believed() {
        let want = |algorithm, length| Want {
            name: crate::registry::PackageName { scope: None, name: "a".to_owned() },
            version: "1.0.0".to_owned(),
            digest: s_plugin::extension::Digest { algorithm, bytes: vec![7; length] },
        };
        assert!(sha256(&want(HashAlgorithm::Sha256, 32)).is_ok());
        for (algorithm, length) in
            [(HashAlgorithm::Sha256, 31), (HashAlgorithm::Blake3, 32), (HashAlgorithm::Sha512, 64)]
        {
            assert_eq!(sha256(&want(algorithm, length)).unwrap_err().kind, FailureKind::Integrity);
        }
    }
}
