//! What a plugin asks for, what it was granted, and whether its code stays within both.
//!
//! Pure: texts and values in, values and diagnostics out. Reading files, asking the user and
//! enforcing are others' work. The way through: [`Manifest::parse`], [`ConfigValues::check`],
//! [`Manifest::resolve`] to [`Asked`], then [`check()`] with what the component imports, the user's
//! [`Grants`] and the organisation's [`Policy`] gives [`Rights`] or a [`Refusal`].
//!
//! Invariants: what [`check()`] returns is within the manifest, the consent, the policy and the
//! ceiling; taking something from any of these never adds a right; what is not in a table of this
//! crate is refused. No secret passes through here, and no message repeats a URL that may hold one.

mod capability;
mod check;
mod config;
mod describe;
mod diff;
mod digest;
mod document;
mod grant;
mod id;
mod import;
mod limits;
mod manifest;
mod nearest;
mod origin;
mod policy;
mod resolve;
mod rights;

pub use capability::{CapabilityFilter, CapabilityName, Class, UnknownCapability};
pub use check::{Consent, Refusal, Surroundings, check};
pub use config::{ConfigError, ConfigValues};
pub use describe::{Line, describe};
pub use diff::{Change, Excess, Sign, changes, excess, widened};
pub use digest::digest_text;
pub use grant::{Grant, Grants, Scope, SecretBinding, SecretSource, SecretSourceError, ViewBinding, date};
pub use id::{Kind, PluginId, PluginIdError, Track, WORLDS, WorldError, WorldRef};
pub use import::{Import, UnknownImport, required, uses};
pub use limits::{Ceiling, Limits, LimitsRequest, Unit, effective};
pub use manifest::{
    Argument, Ask, Capability, Command, CommandOption, ConfigKey, ConfigType, Manifest, OriginTemplate,
};
pub use origin::{Origin, OriginError, OriginPattern, Scheme, Suffix};
pub use policy::{PluginPattern, PluginPatternError, Policy, Rule};
pub use rights::{Asked, AskedView, EditScope, HttpRight, Method, Rights};
