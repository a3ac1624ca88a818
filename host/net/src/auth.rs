//! Secrets, and where they come from.

use std::fmt;
use std::sync::Arc;
use std::time::SystemTime;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::{HeaderName, HeaderValue};
use s_capability::{Origin, OriginPattern};
use zeroize::Zeroizing;

use crate::BoxFuture;
use crate::error::NetError;
use crate::request::vet_credential_header;

/// A text that is sent and never shown, with the origins it may be sent to. Clones share the text,
/// which is overwritten when the last is dropped.
#[derive(Clone)]
pub struct Secret {
    text: Arc<Zeroizing<String>>,
    origins: Arc<[OriginPattern]>,
    expires: Option<SystemTime>,
}

impl Secret {
    /// Takes a text over, to be sent to these origins only.
    pub fn new(text: String, origins: impl Into<Arc<[OriginPattern]>>) -> Secret {
        Secret { text: Arc::new(Zeroizing::new(text)), origins: origins.into(), expires: None }
    }

    /// Sets when the secret stops being of use.
    pub fn with_expiry(self, expires: Option<SystemTime>) -> Secret {
        Secret { expires, ..self }
    }

    /// Makes another text of this one, for the same origins and until the same time.
    pub fn derive(&self, make: impl FnOnce(&str) -> String) -> Secret {
        Secret {
            text: Arc::new(Zeroizing::new(make(&self.text))),
            origins: Arc::clone(&self.origins),
            expires: self.expires,
        }
    }

    /// Returns the text, for signing with it or handing it to its keeper.
    pub fn expose(&self) -> &str {
        &self.text
    }

    /// Returns the origins the secret may be sent to.
    pub fn origins(&self) -> &[OriginPattern] {
        &self.origins
    }

    /// Returns when the secret stops being of use.
    pub fn expires(&self) -> Option<SystemTime> {
        self.expires
    }

    /// Says whether the secret may be sent to an origin.
    pub fn may_go_to(&self, origin: &Origin) -> bool {
        self.origins.iter().any(|pattern| pattern.matches(origin))
    }

    pub(crate) fn is_expired(&self, now: SystemTime) -> bool {
        self.expires.is_some_and(|expires| expires <= now)
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("<secret>")
    }
}

/// What a request is authenticated with.
#[derive(Clone, Debug, Default)]
pub enum Auth {
    /// Nothing, even if a credential is known.
    #[default]
    None,
    /// What the [`CredentialSource`] has for the origin of the first URL. When the server refuses
    /// with a challenge, the source is asked again, once.
    Origin,
    /// `authorization: Bearer …`
    Bearer(Secret),
    /// `authorization: Basic …` of a user name and a password.
    Basic(String, Secret),
    /// A header of this name.
    Header(String, Secret),
}

/// How a credential is sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Scheme {
    /// `authorization: Bearer …`
    Bearer,
    /// `authorization: Basic …` with this user name.
    Basic(String),
    /// A header of this name.
    Header(String),
}

/// A secret and how it is sent.
#[derive(Clone, Debug)]
pub struct Credential {
    /// How it is sent.
    pub scheme: Scheme,
    /// What is sent.
    pub secret: Secret,
}

/// What a credential is wanted for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Purpose {
    /// To read.
    #[default]
    Read,
    /// To publish a version.
    Publish,
    /// To yank a version or take that back.
    Yank,
    /// To change who owns a package.
    Owners,
}

/// What a [`CredentialSource`] is asked.
#[derive(Clone, Debug)]
pub struct Ask {
    /// The origin of the first URL of the request, never that of a redirect.
    pub origin: Origin,
    /// The `www-authenticate` values of the refused answer, in order; none before the first try.
    pub challenges: Vec<String>,
    /// What it is for.
    pub purpose: Purpose,
}

/// Why a source could not say whether it has a credential. The text holds no secret.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{message}")]
pub struct CredentialError {
    /// A lower-case phrase.
    pub message: String,
}

/// Where credentials come from: a store, a plugin, a prompt.
pub trait CredentialSource: Send + Sync {
    /// Returns the credential for an origin, or none where there is none.
    fn credential(&self, ask: Ask) -> BoxFuture<'_, Result<Option<Credential>, CredentialError>>;
}

/// The length in bytes from which a secret is masked in answers. Masking shorter ones would turn
/// ordinary text into stars, and tell by where the stars are what the secret is.
const MASKED_BYTES_MIN: usize = 6;

impl Credential {
    /// Returns the credential that is given in place, none for [`Auth::None`] and [`Auth::Origin`].
    pub(crate) fn given(auth: &Auth) -> Option<Credential> {
        let (scheme, secret) = match auth {
            Auth::None | Auth::Origin => return None,
            Auth::Bearer(secret) => (Scheme::Bearer, secret),
            Auth::Basic(user, secret) => (Scheme::Basic(user.clone()), secret),
            Auth::Header(name, secret) => (Scheme::Header(name.clone()), secret),
        };
        Some(Credential { scheme, secret: secret.clone() })
    }

    /// Returns the header that carries the credential.
    pub(crate) fn header(&self) -> Result<(HeaderName, HeaderValue), NetError> {
        let name = match &self.scheme {
            Scheme::Bearer | Scheme::Basic(_) => http::header::AUTHORIZATION,
            Scheme::Header(name) => vet_credential_header(name)?,
        };
        if matches!(&self.scheme, Scheme::Basic(user) if user.contains([':', '\r', '\n', '\0'])) {
            return Err(NetError::InvalidRequest {
                what: "the user name has characters that cannot be sent".into(),
            });
        }
        let mut value = HeaderValue::from_str(&self.value()).map_err(|_| NetError::InvalidRequest {
            what: "the credential has characters that cannot be sent".into(),
        })?;
        value.set_sensitive(true);
        Ok((name, value))
    }

    /// Returns the texts that must not come back in an answer.
    pub(crate) fn needles(&self) -> Vec<Zeroizing<Vec<u8>>> {
        let mut needles = vec![Zeroizing::new(self.secret.expose().as_bytes().to_vec())];
        if let Scheme::Basic(user) = &self.scheme {
            needles.push(Zeroizing::new(basic(user, &self.secret).as_bytes().to_vec()));
        }
        needles.retain(|needle| needle.len() >= MASKED_BYTES_MIN);
        needles
    }

    /// Says whether both would send the same.
    pub(crate) fn sends_the_same(&self, other: &Credential) -> bool {
        self.scheme == other.scheme && self.secret.expose() == other.secret.expose()
    }

    /// Returns the whole header value.
    pub(crate) fn value(&self) -> Zeroizing<String> {
        match &self.scheme {
            Scheme::Bearer => Zeroizing::new(format!("Bearer {}", self.secret.expose())),
            Scheme::Basic(user) => Zeroizing::new(format!("Basic {}", *basic(user, &self.secret))),
            Scheme::Header(_) => Zeroizing::new(self.secret.expose().to_owned()),
        }
    }
}

fn basic(user: &str, secret: &Secret) -> Zeroizing<String> {
    let pair = Zeroizing::new(format!("{user}:{}", secret.expose()));
    Zeroizing::new(STANDARD.encode(pair.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secret(text: &str) -> Secret {
        Secret::new(text.to_owned(), [])
    }

    #[test]
    fn secrets_are_not_shown() {
        let auth = Auth::Basic("ada".into(), secret("hunter22"));
        assert_eq!(format!("{auth:?}"), "Basic(\"ada\", <secret>)");
        let (_, value) = Credential::given(&auth).unwrap().header().unwrap();
        assert!(!format!("{value:?}").contains("hunter22"));
        let error = Credential::given(&Auth::Bearer(secret("tok\nen"))).unwrap().header().unwrap_err();
        assert!(!format!("{error} {error:?}").contains("tok"), "{error:?}");
    }

    #[test]
    fn credentials_become_headers() {
        for (auth, name, value) in [
            (Auth::Bearer(secret("t0ken")), "authorization", "Bearer t0ken"),
            (Auth::Basic("ada".into(), secret("love")), "authorization", "Basic YWRhOmxvdmU="),
            (Auth::Header("X-Api-Key".into(), secret("t0ken")), "x-api-key", "t0ken"),
        ] {
            let (sent_name, sent) = Credential::given(&auth).unwrap().header().unwrap();
            assert_eq!((sent_name.as_str(), sent.to_str().unwrap()), (name, value));
        }
        let colon = Auth::Basic("a:b".into(), secret("love"));
        assert!(Credential::given(&colon).unwrap().header().is_err());
    }

    #[test]
    fn what_was_derived_goes_no_further() {
        let pattern: OriginPattern = "https://a.example".parse().unwrap();
        let expires = Some(SystemTime::UNIX_EPOCH);
        let first = Secret::new("abc".into(), [pattern]).with_expiry(expires);
        let derived = first.derive(|text| format!("<{text}>"));
        assert_eq!((derived.expose(), derived.expires()), ("<abc>", expires));
        let origin = |text: &str| Origin::from_url(&url::Url::parse(text).unwrap()).unwrap();
        assert!(derived.may_go_to(&origin("https://a.example/x")));
        assert!(!derived.may_go_to(&origin("http://a.example/x")));
        assert!(derived.is_expired(SystemTime::now()));
    }
}
