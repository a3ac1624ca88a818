//! What a caller may reach, and the one function that says so.

use std::collections::BTreeSet;
use std::fmt;
use std::net::IpAddr;
use std::sync::Arc;

use s_capability::{Method, Origin, OriginError, OriginPattern};
use url::{Host, Url};

use crate::address;

/// What one caller may reach. Empty sets allow nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Permit {
    /// Whose permit this is: a plugin id, or `s` itself. Traffic is counted by it.
    pub holder: Arc<str>,
    /// The origins that may be asked.
    pub origins: Vec<OriginPattern>,
    /// The methods that may be used.
    pub methods: BTreeSet<Method>,
    /// Origins that may lie at private, loopback and other non-public addresses, because the user
    /// typed them. They are no addition to `origins`.
    pub private_origins: Vec<Origin>,
}

/// What [`Permit::decide`] is asked.
#[derive(Clone, Copy)]
pub enum Question<'a> {
    /// May this request be sent?
    Request {
        /// Its method.
        method: Method,
        /// Its URL.
        url: &'a Url,
        /// The URL that redirected here.
        from: Option<&'a Url>,
    },
    /// May a connection for this origin be made to this address?
    Address {
        /// The origin in whose name the connection is made.
        origin: &'a Origin,
        /// The address that its name was resolved to.
        address: IpAddr,
    },
}

/// The rule that said no.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Denial {
    /// Not `http` or `https`.
    Scheme,
    /// A user name or password in the URL.
    UserInfo,
    /// The URL names no origin that can be compared.
    NoOrigin,
    /// The origin is in no pattern of the permit.
    Origin(String),
    /// The method is not in the permit.
    Method(Method),
    /// The address is not public, and the origin may not be private.
    Address {
        /// The address.
        address: IpAddr,
        /// What kind of address it is.
        class: &'static str,
    },
    /// From `https` back to `http`.
    Downgrade,
    /// The secret may not go to the origin.
    Secret(String),
    /// The secret is past its expiry.
    SecretExpired,
}

impl Permit {
    /// Makes a permit with nothing in it but `GET` and `HEAD`.
    pub fn new(holder: impl Into<Arc<str>>) -> Permit {
        Permit {
            holder: holder.into(),
            origins: Vec::new(),
            methods: BTreeSet::from([Method::Get, Method::Head]),
            private_origins: Vec::new(),
        }
    }

    /// Says whether something is allowed. This is the only function that does: it is asked for the
    /// first URL, for every redirect and for every address before a connection is made to it.
    pub fn decide(&self, question: Question<'_>) -> Result<(), Denial> {
        match question {
            Question::Request { method, url, from } => {
                let origin = origin_of(url)?;
                if from.is_some_and(|from| from.scheme() == "https" && url.scheme() != "https") {
                    return Err(Denial::Downgrade);
                }
                if !self.methods.contains(&method) {
                    return Err(Denial::Method(method));
                }
                self.check_origin(&origin)?;
                match literal_address(url) {
                    Some(address) => self.check_address(&origin, address),
                    None => Ok(()),
                }
            }
            Question::Address { origin, address } => {
                self.check_origin(origin)?;
                self.check_address(origin, address)
            }
        }
    }

    fn check_origin(&self, origin: &Origin) -> Result<(), Denial> {
        if self.origins.iter().any(|pattern| pattern.matches(origin)) {
            Ok(())
        } else {
            Err(Denial::Origin(origin.to_string()))
        }
    }

    fn check_address(&self, origin: &Origin, address: IpAddr) -> Result<(), Denial> {
        let Some(class) = address::non_public_class(address) else { return Ok(()) };
        if class.may_be_private() && self.private_origins.contains(origin) {
            return Ok(());
        }
        Err(Denial::Address { address, class: class.name() })
    }
}

/// Returns the origin of a URL, or why it has none that is of use.
pub(crate) fn origin_of(url: &Url) -> Result<Origin, Denial> {
    Origin::from_url(url).map_err(|error| match error {
        OriginError::Scheme => Denial::Scheme,
        OriginError::Userinfo => Denial::UserInfo,
        _ => Denial::NoOrigin,
    })
}

fn literal_address(url: &Url) -> Option<IpAddr> {
    match url.host()? {
        Host::Domain(_) => None,
        Host::Ipv4(address) => Some(address.into()),
        Host::Ipv6(address) => Some(address.into()),
    }
}

impl fmt::Display for Denial {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Denial::Scheme => f.write_str("only `http` and `https` are spoken"),
            Denial::UserInfo => f.write_str("there is a user name or password in the URL"),
            Denial::NoOrigin => f.write_str("the URL names no host"),
            Denial::Origin(origin) => write!(f, "the origin `{origin}` is not permitted"),
            Denial::Method(method) => write!(f, "the method `{method}` is not permitted"),
            Denial::Address { address, class } => {
                write!(f, "the address `{address}` is {class}, and the origin is not permitted to be private")
            }
            Denial::Downgrade => f.write_str("it leads from `https` to `http`"),
            Denial::Secret(origin) => write!(f, "the credential may not be sent to `{origin}`"),
            Denial::SecretExpired => f.write_str("the credential has expired"),
        }
    }
}
