//! One module a track of the interface, each a thin way from its bindings to the traits of
//! [`crate::extension`]. A plugin is opened by the newest track it was built for.

mod backend;
mod feed;
mod v0_1;
mod v0_2;

use s_capability::Track;

use crate::error::{CallError, Cause};
use crate::extension::audit::AuditFeed;
use crate::extension::auth::AuthProvider;
use crate::extension::command::Subcommand;
use crate::extension::registry::{Config as RegistryConfig, Registry};
use crate::extension::target::TargetPack;
use crate::{Fault, Plugin};

const V0_1: Track = Track { major: 0, minor: 1 };
const V0_2: Track = Track { major: 0, minor: 2 };

impl Plugin {
    /// Opens the plugin as a registry backend.
    pub async fn open_registry(&self, config: RegistryConfig) -> Result<Box<dyn Registry>, CallError> {
        match self.track_of("stryke:registry", "registry-plugin") {
            Some(V0_1) => v0_1::registry::open(self, config).await,
            Some(V0_2) => v0_2::registry::open(self, config).await,
            _ => Err(self.not_a("registry.open", "registry-plugin")),
        }
    }

    /// Opens the plugin as an audit feed.
    pub async fn open_audit(&self) -> Result<Box<dyn AuditFeed>, CallError> {
        match self.track_of("stryke:audit", "audit-plugin") {
            Some(V0_1) => v0_1::audit::open(self).await,
            Some(V0_2) => v0_2::audit::open(self).await,
            _ => Err(self.not_a("feed.open", "audit-plugin")),
        }
    }

    /// Opens the plugin as a credential provider.
    pub async fn open_auth(&self) -> Result<Box<dyn AuthProvider>, CallError> {
        match self.track_of("stryke:auth", "auth-plugin") {
            Some(V0_1) => v0_1::auth::open(self).await,
            _ => Err(self.not_a("provider.open", "auth-plugin")),
        }
    }

    /// Opens the plugin as a subcommand.
    pub async fn open_command(&self) -> Result<Box<dyn Subcommand>, CallError> {
        match self.track_of("stryke:command", "subcommand-plugin") {
            Some(V0_1) => v0_1::command::open(self).await,
            _ => Err(self.not_a("subcommand.open", "subcommand-plugin")),
        }
    }

    /// Opens the plugin as a target pack, one that links where it can.
    pub async fn open_target(&self) -> Result<Box<dyn TargetPack>, CallError> {
        let links = self.track_of("stryke:target", "target-plugin");
        match (links, self.track_of("stryke:target", "target-data")) {
            (Some(V0_1), _) => v0_1::target::open_linker(self).await,
            (_, Some(V0_1)) => v0_1::target::open_data(self).await,
            _ => Err(self.not_a("target.open", "target-plugin` or `target-data")),
        }
    }

    /// The newest track of a world that the plugin says it was built for.
    fn track_of(&self, package: &str, world: &str) -> Option<Track> {
        let same = |known: &&s_capability::WorldRef| known.package == package && known.world == world;
        self.worlds.iter().filter(same).map(|known| known.track).max()
    }

    fn not_a(&self, call: &'static str, world: &str) -> CallError {
        let reason = format!("it has no world `{world}` of a track this host knows");
        CallError {
            plugin: self.id.clone(),
            version: self.version.clone(),
            call,
            cause: Cause::Mismatch { reason },
        }
    }
}

/// The one error of things a track or a world does not have.
fn unsupported(what: &str) -> Cause {
    Cause::Fault(Fault::new(
        crate::FaultKind::Unsupported,
        "host/unsupported",
        format!("this plugin cannot {what}"),
    ))
}
