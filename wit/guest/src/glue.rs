//! What every world needs around its bindings. The bindings of two worlds have different types for
//! the same interface, hence macros: each is called once in the module of a world, which has the
//! generated `stryke::host`.

/// Conversions between the errors of the world and [`crate::Error`], and the panic hook.
#[cfg(any(
    feature = "audit",
    feature = "auth",
    feature = "command",
    feature = "registry",
    feature = "registry-v0-2",
    feature = "target"
))]
macro_rules! glue_errors {
    () => {
        glue_errors!(InvalidInput NotFound Conflict Unauthenticated Denied RateLimited Unavailable Offline
            Integrity LimitExceeded Unsupported Cancelled Internal);
    };
    ($($kind:ident)+) => {
        pub use stryke::host::types::Error;
        use stryke::host::types::{ErrorKind, Kv};

        impl From<$crate::Error> for Error {
            fn from(error: $crate::Error) -> Error {
                let error = error.into_facts();
                Error {
                    kind: match error.kind { $($crate::ErrorKind::$kind => ErrorKind::$kind,)* },
                    code: error.code,
                    message: error.message,
                    detail: error.detail,
                    help: error.help,
                    retry_after_ms: error.retry_after_ms,
                    extra: error.extra.into_iter().map(|(key, value)| Kv { key, value }).collect(),
                }
            }
        }

        impl From<Error> for $crate::Error {
            fn from(error: Error) -> $crate::Error {
                $crate::Error::from($crate::ErrorFacts {
                    kind: match error.kind { $(ErrorKind::$kind => $crate::ErrorKind::$kind,)* },
                    code: error.code,
                    message: error.message,
                    detail: error.detail,
                    help: error.help,
                    retry_after_ms: error.retry_after_ms,
                    extra: error.extra.into_iter().map(|kv| (kv.key, kv.value)).collect(),
                })
            }
        }

        /// Runs before the first call: the bindings run the constructors of the module once.
        #[used]
        #[unsafe(link_section = ".init_array")]
        static HOOK: extern "C" fn() = {
            extern "C" fn install() {
                std::panic::set_hook(Box::new(|panic| {
                    stryke::host::log::write(stryke::host::log::Level::Error, "panic", &panic.to_string());
                }));
            }
            install
        };

        /// The host of this world.
        #[derive(Clone, Copy, Debug, Default)]
        pub struct Host;
    };
}

/// [`crate::Http`] over `start` and `wait-any`, and [`crate::Blob`].
#[cfg(any(
    feature = "audit",
    feature = "auth",
    feature = "command",
    feature = "registry",
    feature = "registry-v0-2"
))]
macro_rules! glue_http {
    () => {
        /// How many requests are in flight together; the host's own ceiling by default.
        const IN_FLIGHT_MAX: usize = 64;

        impl $crate::Http for Host {
            fn each(
                &self,
                requests: Vec<$crate::Request>,
                answer: &mut dyn FnMut(usize, Result<$crate::Response, $crate::Error>),
            ) {
                let mut waiting: std::collections::VecDeque<_> = requests.into_iter().enumerate().collect();
                let mut flying: Vec<(usize, stryke::host::http::Pending)> = Vec::new();
                while !waiting.is_empty() || !flying.is_empty() {
                    while flying.len() < IN_FLIGHT_MAX
                        && let Some((index, request)) = waiting.pop_front()
                    {
                        match start(&request) {
                            Ok(pending) => flying.push((index, pending)),
                            Err(error) if error.kind == ErrorKind::LimitExceeded && !flying.is_empty() => {
                                // The user's ceiling is lower than the default: some must land first.
                                waiting.push_front((index, request));
                                break;
                            }
                            Err(error) => answer(index, Err(error.into())),
                        }
                    }
                    let pendings: Vec<_> = flying.iter().map(|(_, pending)| pending).collect();
                    let mut ready = stryke::host::http::wait_any(&pendings);
                    ready.sort_unstable_by(|a, b| b.cmp(a));
                    for at in ready {
                        let (index, pending) = flying.swap_remove(at as usize);
                        answer(
                            index,
                            stryke::host::http::Pending::wait(pending).map(response).map_err(Into::into),
                        );
                    }
                }
            }
        }

        fn start(request: &$crate::Request) -> Result<stryke::host::http::Pending, Error> {
            use stryke::host::http;
            let headers = request.headers.iter().cloned().map(|(key, value)| Kv { key, value }).collect();
            let wire = http::Request {
                method: match request.method {
                    $crate::Method::Get => http::Method::Get,
                    $crate::Method::Head => http::Method::Head,
                    $crate::Method::Post => http::Method::Post,
                    $crate::Method::Put => http::Method::Put,
                    $crate::Method::Patch => http::Method::Patch,
                    $crate::Method::Delete => http::Method::Delete,
                },
                url: request.url.clone(),
                headers,
                cache: match request.cache {
                    $crate::CacheMode::Standard => http::CacheMode::Standard,
                    $crate::CacheMode::Revalidate => http::CacheMode::Revalidate,
                    $crate::CacheMode::Bypass => http::CacheMode::Bypass,
                },
                timeout_ms: request.timeout_ms,
                max_bytes: request.bytes_max,
            };
            let auth = match request.auth {
                $crate::Auth::None => http::Auth::None,
                $crate::Auth::Origin => http::Auth::Origin,
            };
            let body = if request.body.is_empty() {
                http::RequestBody::Empty
            } else {
                http::RequestBody::Bytes(request.body.clone())
            };
            http::start(&wire, &auth, &body)
        }

        fn response(response: stryke::host::http::Response) -> $crate::Response {
            $crate::Response {
                status: response.status(),
                url: response.url(),
                headers: response.headers().into_iter().map(|kv| (kv.key, kv.value)).collect(),
                from_cache: response.from_cache(),
                body: Box::new(Body::Whole(response)),
            }
        }

        /// A response becomes a stream of bytes with the first read.
        enum Body {
            Whole(stryke::host::http::Response),
            Stream(stryke::host::http::Body),
            Taken,
        }

        impl $crate::Body for Body {
            fn read(&mut self, max: u32) -> Result<Option<Vec<u8>>, $crate::Error> {
                if let Body::Whole(_) = self
                    && let Body::Whole(response) = std::mem::replace(self, Body::Taken)
                {
                    *self = Body::Stream(stryke::host::http::Response::into_body(response));
                }
                match self {
                    Body::Stream(body) => body.read(max).map_err(Into::into),
                    Body::Whole(_) | Body::Taken => Ok(None),
                }
            }

            fn into_blob(mut self: Box<Self>) -> Result<Box<dyn $crate::Blob>, $crate::Error> {
                if let Body::Whole(response) = *self {
                    return Ok(Box::new(stryke::host::http::Response::into_blob(response, None)?));
                }
                let sink = stryke::host::blobs::new_sink(None)?;
                while let Some(chunk) = $crate::Body::read(&mut *self, $crate::READ_MAX)? {
                    sink.write(&chunk)?;
                }
                Ok(Box::new(stryke::host::blobs::Sink::finish(sink)?))
            }
        }
    };
}

/// [`crate::Blob`] for the blobs of the world.
#[cfg(any(
    feature = "audit",
    feature = "auth",
    feature = "command",
    feature = "registry",
    feature = "registry-v0-2",
    feature = "target"
))]
macro_rules! glue_blobs {
    () => {
        impl $crate::Blob for stryke::host::blobs::Blob {
            fn size(&self) -> u64 {
                stryke::host::blobs::Blob::size(self)
            }

            fn read(&self, offset: u64, max: u32) -> Result<Vec<u8>, $crate::Error> {
                stryke::host::blobs::Blob::read(self, offset, max).map_err(Into::into)
            }
        }
    };
}

/// [`crate::Files`] for the views of the world.
#[cfg(any(feature = "audit", feature = "command", feature = "registry", feature = "registry-v0-2"))]
macro_rules! glue_files {
    () => {
        impl Host {
            /// The view that the user bound to a name; none when nothing is bound to it.
            pub fn view(self, name: &str) -> Option<Box<dyn $crate::Files>> {
                stryke::host::fs::open_view(name).map(|view| Box::new(view) as Box<dyn $crate::Files>)
            }
        }

        impl $crate::Files for stryke::host::fs::View {
            fn list(&self, path: &str) -> Result<Vec<$crate::Entry>, $crate::Error> {
                use stryke::host::fs::EntryKind;
                let entries = stryke::host::fs::View::list(self, path)?;
                Ok(entries
                    .into_iter()
                    .map(|entry| $crate::Entry {
                        name: entry.name,
                        kind: match entry.kind {
                            EntryKind::File => $crate::EntryKind::File,
                            EntryKind::Directory => $crate::EntryKind::Directory,
                            EntryKind::Other => $crate::EntryKind::Other,
                        },
                        size: entry.size,
                    })
                    .collect())
            }

            fn open(&self, path: &str) -> Result<Box<dyn $crate::Blob>, $crate::Error> {
                Ok(Box::new(stryke::host::fs::View::open(self, path)?))
            }

            fn sub(&self, path: &str) -> Result<Box<dyn $crate::Files>, $crate::Error> {
                Ok(Box::new(stryke::host::fs::View::sub(self, path)?))
            }
        }
    };
}
