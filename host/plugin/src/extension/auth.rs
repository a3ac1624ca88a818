//! Credential providers: `stryke:auth/provider`.

use s_capability::Origin;
use s_net::{Purpose, Scheme, Secret};

use super::{BoxFuture, Pairs};
use crate::{CallError, Usage};

/// The user's table of one provider.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Config {
    /// The name the user gave it.
    pub name: String,
    /// Everything else.
    pub options: Pairs,
}

/// What a credential is wanted for.
#[derive(Clone, Debug)]
pub struct Ask {
    /// From the user's configuration, never from a server.
    pub origin: Origin,
    /// The registry's name.
    pub registry: String,
    /// For what.
    pub purpose: Purpose,
    /// What a one-operation credential is about.
    pub subject: Option<String>,
    /// The challenges of the refused answer, in order.
    pub challenges: Vec<String>,
    /// Whether the user can be asked.
    pub interactive: bool,
}

/// How long a credential may be kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reuse {
    /// For this request.
    Never,
    /// For this process.
    Session,
    /// Until it expires or is taken back.
    Stored,
}

/// A credential a provider gave. It goes only to origins that the provider was granted.
#[derive(Clone, Debug)]
pub struct Credential {
    /// How it is sent.
    pub scheme: Scheme,
    /// What is sent.
    pub secret: Secret,
    /// How long it may be kept.
    pub reuse: Reuse,
    /// What to call it.
    pub label: Option<String>,
}

/// An open provider.
pub trait AuthProvider: Send {
    /// Returns the credential for an origin; none when it has nothing there.
    fn get(&mut self, config: Config, ask: Ask) -> BoxFuture<'_, Result<Option<Credential>, CallError>>;
    /// Obtains a new one.
    fn login(&mut self, config: Config, ask: Ask) -> BoxFuture<'_, Result<Credential, CallError>>;
    /// Forgets one.
    fn logout(&mut self, config: Config, origin: Origin) -> BoxFuture<'_, Result<(), CallError>>;
    /// Returns what was used so far.
    fn usage(&self) -> Usage;
}
