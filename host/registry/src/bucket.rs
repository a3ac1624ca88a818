//! A registry whose state is in an S3-compatible bucket, which several servers may share.
//!
//! What is asked of a bucket is what a folder gives: an object that is created under a name is
//! created once (`If-None-Match: *`). A bucket that accepts the header and ignores it would lose
//! versions, so it is asked before anything is served. Signing and retries are those of
//! `object_store`; requests leave through `s-net`.
//!
//! Secrets come from the environment only: arguments are seen by everybody on a machine. They are in
//! no error and no `Debug` text, and what a bucket says of a request it refuses is cut down to its
//! code, since it may repeat the request.

mod link;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use object_store::aws::{AmazonS3Builder, S3ConditionalPut};
use object_store::path::Path;
use object_store::prefix::PrefixStore;
use object_store::{BackoffConfig, ObjectStore, PutMode, PutPayload, RetryConfig};
use s_capability::Origin;
use s_net::{Proxies, Secret};
use thiserror::Error;
use url::Url;

use crate::RegistryError;

/// What is created to see whether a bucket creates conditionally.
const PROBE: &str = "health";
/// How often a request is tried again, and until when.
const RETRY: RetryConfig = RetryConfig {
    backoff: BackoffConfig {
        init_backoff: Duration::from_millis(50),
        max_backoff: Duration::from_secs(3),
        base: 2.0,
    },
    max_retries: 6,
    retry_timeout: Duration::from_secs(20),
};

/// Which bucket, and how it is reached.
#[derive(Clone, Debug)]
pub struct Bucket {
    name: String,
    prefix: Path,
    endpoint: Url,
    /// The same as an origin.
    origin: Origin,
    /// Whether somebody named the endpoint, which may then be in a private network.
    is_named: bool,
    region: String,
    key: Key,
    proxies: Proxies,
}

/// Who asks.
#[derive(Clone)]
struct Key {
    id: String,
    secret: Secret,
    session: Option<Secret>,
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Key").finish_non_exhaustive()
    }
}

/// Why a bucket cannot be used. No text repeats a secret.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum BucketError {
    /// It is not the address of a bucket.
    #[error("`{}` is not the address of a bucket, which is `s3://BUCKET` or `s3://BUCKET/PREFIX`: {reason}", .text.escape_debug())]
    Address {
        /// The text.
        text: String,
        /// What is wrong.
        reason: &'static str,
    },
    /// It cannot be the address of the service; the text is not repeated, as it may hold a password.
    #[error("the endpoint of the bucket cannot be used: {reason}")]
    Endpoint {
        /// What is wrong.
        reason: String,
    },
    /// It cannot be a region.
    #[error("`{}` cannot be a region: small letters, digits and `-`", .text.escape_debug())]
    Region {
        /// The text.
        text: String,
    },
    /// Nobody says who asks.
    #[error("there is no `{name}` in the environment, and a bucket is not asked by nobody")]
    NoKey {
        /// The variable that is missing.
        name: &'static str,
    },
    /// A variable of the environment that says who asks cannot be sent.
    #[error("the value of `{name}` has characters that no key has")]
    Key {
        /// The variable.
        name: &'static str,
    },
    /// The proxies of the environment cannot be used.
    #[error("the proxies of the environment cannot be used: {reason}")]
    Proxies {
        /// What is wrong.
        reason: String,
    },
    /// Conditions are ignored.
    #[error(
        "the bucket `{bucket}` creates an object that is there already: it ignores `If-None-Match`, and a \
         registry on it would lose versions"
    )]
    Unconditional {
        /// Its name.
        bucket: String,
    },
}

impl Bucket {
    /// Takes an address `s3://BUCKET/PREFIX` apart, and looks into an environment for everything that
    /// is not given: `AWS_ENDPOINT_URL_S3`, `AWS_ENDPOINT_URL`, `AWS_REGION`, `AWS_DEFAULT_REGION`,
    /// `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY`, `AWS_SESSION_TOKEN`, `AWS_ALLOW_HTTP` and those of
    /// proxies. Without an endpoint it is that of Amazon in the region.
    ///
    /// # Errors
    /// All but [`BucketError::Unconditional`].
    pub fn new(
        address: &str,
        endpoint: Option<&str>,
        region: Option<&str>,
        environment: &dyn Fn(&str) -> Option<String>,
    ) -> Result<Bucket, BucketError> {
        let variable = |name: &str| environment(name).filter(|value| !value.is_empty());
        let first = |names: &[&str]| names.iter().find_map(|name| variable(name));
        let (name, prefix) = parse_address(address)?;
        let region = region.map(str::to_owned).or_else(|| first(&["AWS_REGION", "AWS_DEFAULT_REGION"]));
        let region = region.unwrap_or_else(|| "us-east-1".to_owned());
        let in_region = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        if !(1..=64).contains(&region.len()) || !region.bytes().all(in_region) {
            return Err(BucketError::Region { text: region });
        }
        let named =
            endpoint.map(str::to_owned).or_else(|| first(&["AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL"]));
        let allow_http = variable("AWS_ALLOW_HTTP").is_some_and(|value| value.eq_ignore_ascii_case("true"));
        let is_named = named.is_some();
        let endpoint = named.unwrap_or_else(|| format!("https://s3.{region}.amazonaws.com"));
        let (endpoint, origin) = parse_endpoint(&endpoint, allow_http)?;

        let sendable = |name: &'static str| match variable(name) {
            Some(value) if value.bytes().all(|byte| byte.is_ascii_graphic()) => Ok(Some(value)),
            Some(_) => Err(BucketError::Key { name }),
            None => Ok(None),
        };
        let needed = |name: &'static str| sendable(name)?.ok_or(BucketError::NoKey { name });
        let kept = |text: String| Secret::new(text, [origin.clone().into()]);
        let key = Key {
            id: needed("AWS_ACCESS_KEY_ID")?,
            secret: kept(needed("AWS_SECRET_ACCESS_KEY")?),
            session: sendable("AWS_SESSION_TOKEN")?.map(kept),
        };
        let http = first(&["HTTP_PROXY", "http_proxy"]);
        let https = first(&["HTTPS_PROXY", "https_proxy"]);
        let direct = first(&["NO_PROXY", "no_proxy"]);
        let proxies = Proxies::new(http.as_deref(), https.as_deref(), direct.as_deref())
            .map_err(|error| BucketError::Proxies { reason: error.to_string() })?;
        Ok(Bucket { name, prefix, endpoint, origin, is_named, region, key, proxies })
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The bucket as a store. Nothing is asked yet.
    ///
    /// # Errors
    /// Those of `object_store`, for settings that contradict each other.
    pub fn store(&self) -> Result<Arc<dyn ObjectStore>, RegistryError> {
        let mut builder = AmazonS3Builder::new()
            .with_bucket_name(&self.name)
            .with_region(&self.region)
            .with_endpoint(self.endpoint.as_str().trim_end_matches('/'))
            .with_allow_http(self.endpoint.scheme() == "http")
            .with_access_key_id(&self.key.id)
            .with_secret_access_key(self.key.secret.expose())
            .with_conditional_put(S3ConditionalPut::ETagMatch)
            // Not every service has the other way.
            .with_disable_bulk_delete(true)
            .with_retry(RETRY)
            .with_http_connector(link::Link::new(self));
        if let Some(session) = &self.key.session {
            builder = builder.with_token(session.expose());
        }
        Ok(Arc::new(PrefixStore::new(builder.build()?, self.prefix.clone())))
    }

    /// Sees whether the bucket is there, may be written to, and creates an object only once.
    ///
    /// # Errors
    /// [`BucketError::Unconditional`], and those of the bucket.
    pub async fn check(&self, store: &dyn ObjectStore) -> Result<(), RegistryError> {
        // The first may create it, the second finds it there.
        let path = Path::from(PROBE);
        for _ in 0..2 {
            match store.put_opts(&path, PutPayload::from("{}"), PutMode::Create.into()).await {
                Ok(_) => {}
                Err(object_store::Error::AlreadyExists { .. }) => return Ok(()),
                Err(error) => return Err(error.into()),
            }
        }
        Err(BucketError::Unconditional { bucket: self.name.clone() }.into())
    }
}

fn parse_address(text: &str) -> Result<(String, Path), BucketError> {
    let wrong = |reason| BucketError::Address { text: text.to_owned(), reason };
    let rest = text.strip_prefix("s3://").ok_or_else(|| wrong("it does not begin with `s3://`"))?;
    let (name, prefix) = rest.split_once('/').unwrap_or((rest, ""));
    let in_name =
        |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'-' | b'.' | b'_');
    if !(3..=63).contains(&name.len()) || !name.bytes().all(in_name) || name.contains("..") {
        return Err(wrong("a bucket has 3 to 63 small letters, digits, `-` and `.`"));
    }
    let prefix = prefix.strip_suffix('/').unwrap_or(prefix);
    let in_prefix = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'/');
    if !prefix.bytes().all(in_prefix) || prefix.len() > 512 {
        return Err(wrong("a prefix has letters, digits, `-`, `_`, `.` and `/`"));
    }
    if !prefix.is_empty() && prefix.split('/').any(|part| matches!(part, "" | "." | "..")) {
        return Err(wrong("a part of the prefix is empty, `.` or `..`"));
    }
    Ok((name.to_owned(), Path::from(prefix)))
}

fn parse_endpoint(text: &str, allow_http: bool) -> Result<(Url, Origin), BucketError> {
    let wrong = |reason: &str| BucketError::Endpoint { reason: reason.to_owned() };
    let url = Url::parse(text).map_err(|error| wrong(&format!("it is no URL: {error}")))?;
    // Among others it has no user name and no password, and is http or https.
    let origin = Origin::from_url(&url).map_err(|error| wrong(&error.to_string()))?;
    if url.query().is_some() || url.fragment().is_some() {
        return Err(wrong("it has a query or a fragment"));
    }
    let is_here = match url.host() {
        Some(url::Host::Ipv4(address)) => address.is_loopback(),
        Some(url::Host::Ipv6(address)) => address.is_loopback(),
        Some(url::Host::Domain(name)) => name == "localhost",
        None => false,
    };
    if url.scheme() == "http" && !is_here && !allow_http {
        return Err(wrong("it is `http` and not on this machine; `AWS_ALLOW_HTTP=true` allows that"));
    }
    Ok((url, origin))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn open(
        address: &str,
        endpoint: Option<&str>,
        region: Option<&str>,
        more: &[(&str, &str)],
    ) -> Result<Bucket, BucketError> {
        let keys = [("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE"), ("AWS_SECRET_ACCESS_KEY", "wJalrXUtnFEMI")];
        let find = |name: &str| {
            let found = more.iter().chain(&keys).find(|(own, _)| *own == name);
            found.map(|(_, value)| (*value).to_owned())
        };
        Bucket::new(address, endpoint, region, &find)
    }

    #[test]
    fn an_address_is_a_bucket_and_a_prefix() {
        for (address, expected) in [
            ("s3://packages", Some(("packages", ""))),
            ("s3://packages/", Some(("packages", ""))),
            ("s3://my.pack-ages/a/b_c", Some(("my.pack-ages", "a/b_c"))),
            ("s3://packages/a/", Some(("packages", "a"))),
            ("s3://pa", None),
            ("s3://Packages", None),
            ("s3://pack@ages", None),
            ("s3://pack..ages", None),
            ("s3://packages:9000/a", None),
            ("s3://packages/../other", None),
            ("s3://packages//a", None),
            ("s3://packages/a?x=1", None),
            ("s3://packages/%2e%2e", None),
            ("s3:/packages", None),
            ("gs://packages", None),
            ("", None),
        ] {
            let found = open(address, None, None, &[]);
            let found = found.as_ref().ok().map(|bucket| (bucket.name(), bucket.prefix.as_ref()));
            assert_eq!(found, expected, "{address}");
        }
    }

    #[test]
    fn an_endpoint_is_secure_or_on_this_machine() {
        let reached = |endpoint: Option<&str>, region: Option<&str>, more: &[(&str, &str)]| {
            open("s3://packages", endpoint, region, more).map(|bucket| bucket.endpoint.to_string())
        };
        let amazon = |region: &str| Ok(format!("https://s3.{region}.amazonaws.com/"));
        assert_eq!(reached(None, None, &[]), amazon("us-east-1"));
        assert_eq!(reached(None, None, &[("AWS_DEFAULT_REGION", "eu-west-1")]), amazon("eu-west-1"));
        let both = [("AWS_REGION", "eu-west-3"), ("AWS_DEFAULT_REGION", "eu-west-1")];
        assert_eq!(reached(None, None, &both), amazon("eu-west-3"));
        assert_eq!(reached(None, Some("eu-north-1"), &both), amazon("eu-north-1"));
        let named = [("AWS_ENDPOINT_URL", "https://a.example"), ("AWS_ENDPOINT_URL_S3", "https://b.example")];
        assert_eq!(reached(None, None, &named), Ok("https://b.example/".to_owned()));
        assert_eq!(reached(Some("https://c.example"), None, &named), Ok("https://c.example/".to_owned()));
        for endpoint in ["http://127.0.0.1:9000", "http://[::1]:9000", "http://localhost:9000"] {
            assert!(reached(Some(endpoint), None, &[]).is_ok(), "{endpoint}");
        }
        let allowed = [("AWS_ALLOW_HTTP", "true")];
        assert!(reached(Some("http://minio:9000"), None, &allowed).is_ok());
        for endpoint in
            ["http://minio:9000", "https://me:pass-word@x.example", "ftp://x.example", "x", "https://x/?a"]
        {
            let error = reached(Some(endpoint), None, &[]).unwrap_err();
            assert!(matches!(error, BucketError::Endpoint { .. }), "{endpoint}: {error}");
            assert!(!error.to_string().contains("pass-word"), "{error}");
        }
        assert!(matches!(reached(None, Some("eu/.evil"), &[]), Err(BucketError::Region { .. })));
    }

    #[test]
    fn a_bucket_is_not_asked_by_nobody() {
        let without = |missing: &str| {
            Bucket::new("s3://packages", None, None, &|name| {
                (name.starts_with("AWS_") && name.contains("KEY") && name != missing).then(|| "x".to_owned())
            })
        };
        for name in ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"] {
            assert_eq!(without(name).unwrap_err(), BucketError::NoKey { name });
        }
        let error = open("s3://packages", None, None, &[("AWS_SESSION_TOKEN", "a\nb")]).unwrap_err();
        assert_eq!(error, BucketError::Key { name: "AWS_SESSION_TOKEN" });
    }

    #[test]
    fn secrets_are_in_no_text() {
        let more = [("AWS_SESSION_TOKEN", "FQoGZXIvYXdzEJr")];
        let bucket = open("s3://packages/a", None, None, &more).unwrap();
        let store = bucket.store().unwrap();
        for shown in [format!("{bucket:?}"), format!("{store:?} {store}")] {
            for secret in ["wJalrXUtnFEMI", "FQoGZXIvYXdzEJr"] {
                assert!(!shown.contains(secret), "{shown}");
            }
        }
    }
}
