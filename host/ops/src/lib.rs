//! One operation a file: what each command does, without a terminal and without arguments.
//!
//! An operation takes a [`Context`] and gives a value to show or a [`Failure`] to report. Here the
//! errors of the inner crates, which hold facts, become diagnostics, which say what to do. What
//! happens on the way is told to a [`Frontend`].

mod address;
mod assets;
pub mod audit;
pub mod build;
mod clean;
mod clock;
mod context;
mod describe;
mod failure;
mod frontend;
mod identity;
pub mod language;
mod lock_merge;
mod login;
mod package_add;
mod package_info;
mod package_install;
mod package_list;
mod package_outdated;
mod package_owner;
mod package_pack;
mod package_publish;
mod package_remove;
mod package_search;
mod package_store;
mod package_tree;
mod package_vendor;
mod package_yank;
mod packages;
mod plugin_add;
mod plugin_build;
mod plugin_call;
mod plugin_grant;
mod plugin_info;
mod plugin_inspect;
mod plugin_list;
mod plugin_new;
mod plugin_remove;
mod plugin_revoke;
mod plugin_run;
mod plugin_test;
mod plugin_update;
mod plugin_verify;
pub mod plugins;
pub mod registry;
mod registry_serve;
mod registry_trust;
mod run_command;
mod script_run;
mod steps;
mod target_add;
mod target_list;
#[cfg(test)]
mod testing;
mod tool_run;
mod tools;

/// What a project is made of, for whoever asks for operations on one.
pub mod project {
    pub use s_project::{GitReference, Group, PackageName, PackageSource, Version};
}

pub use clean::{Cleaned, clean};
pub use context::{Context, Environment, Setup};
pub use failure::{Failure, FailureKind};
pub use frontend::{Frontend, Quiet};
pub use lock_merge::{MergedLock, lock_merge};
pub use login::{LoggedIn, login, logout};
pub use package_add::{
    AddedDependencies, AddedDependency, Choice, NewDependency, SkipReason, package_add, package_name,
};
pub use package_info::{PackageInfo, VersionInfo, package_info};
pub use package_install::{Installation, Installed, package_install};
pub use package_list::{ListedLock, package_list};
pub use package_outdated::{OutdatedPackage, Raised, package_outdated};
pub use package_owner::{ChangedOwner, Owned, Owners, OwnersOf, owner_change, owner_list};
pub use package_pack::{PackedPackage, package_pack};
pub use package_publish::{PublishedPackage, package_publish};
pub use package_remove::package_remove;
pub use package_search::{FoundPackage, FoundPackages, package_search};
pub use package_store::{Cleared, Damaged, store_gc, store_verify};
pub use package_tree::{Tree, TreeMember, TreePackage, Way, package_tree};
pub use package_vendor::{Vendored, package_vendor};
pub use package_yank::{YankedVersion, package_unyank, package_yank};
pub use packages::{Answers, Change, Fetched, Keep};
pub use plugin_add::{Added, Addition, plugin_add};
pub use plugin_build::{BuildRequest, Built, plugin_build};
pub use plugin_grant::{Granted, Granting, plugin_grant};
pub use plugin_info::{PluginInfo, plugin_info};
pub use plugin_inspect::{Inspected, InterfaceUse, plugin_inspect};
pub use plugin_list::{ListedPlugin, plugin_list};
pub use plugin_new::{NewFiles, NewPlugin, plugin_new};
pub use plugin_remove::{Removed, plugin_remove};
pub use plugin_revoke::{Revoked, plugin_revoke};
pub use plugin_run::{Called, PluginCall, plugin_run};
pub use plugin_test::{FixtureReport, RunReport, TestRequest, plugin_test};
pub use plugin_update::{Update, Updated, plugin_update};
pub use plugin_verify::{Verified, plugin_verify};
pub use plugins::consent::Allowed;
pub use registry_serve::{
    ListedToken, NewToken, OwnRegistry, RotatedKey, Serving, registry_export, registry_revoke,
    registry_rotate_key, registry_serve, registry_token, registry_tokens,
};
pub use registry_trust::{TrustedRegistry, registry_accept, registry_forget, registry_trusted};
pub use run_command::{Invocation, run_command};
pub use script_run::{Runnable, Script, only_program_run, runnable, script_run};
pub use steps::{Step, StepTime};
pub use target_add::{TargetAddition, target_add, target_remove};
pub use target_list::{ListedTarget, PackState, TargetInfo, target_info, target_list};
pub use tool_run::tool_run;
pub use tools::{InstalledTool, Tool, tool_install, tool_list, tool_uninstall};
