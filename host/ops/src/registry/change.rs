//! What changes in a registry after a version is published: yanks, and who owns a package or a scope.
//!
//! Whether a registry can do it is asked first, so that one that cannot says so in the words of
//! `s`, whatever its plugin would have answered.

use s_diag::{Code, Diagnostic};
use s_plugin::{CallError, Cause, FaultKind};

use super::place::SERVED as ABLE;
use super::{BUILT_IN, PackageName, Registry, extension};
use crate::failure::{Failure, FailureKind};

/// The name that stands for a whole scope, as in `acme/*`. No package has it.
const ALL: &str = "*";

/// A scope as a registry is asked for its owners.
pub(crate) fn all_of(scope: &str) -> PackageName {
    PackageName { scope: Some(scope.to_owned()), name: ALL.to_owned() }
}

impl Registry {
    /// Withdraws a version.
    pub fn yank(&mut self, name: PackageName, version: &str, reason: Option<String>) -> Result<(), Failure> {
        self.require("yank versions", |features| features.yank)?;
        let (engine, shown) = (self.plugin.engine.clone(), text_of(&name));
        let yanked = engine.block_on(self.session.yank(name.clone(), version.to_owned(), reason));
        yanked.map_err(|error| self.refused(error, &shown))?;
        self.forget(&name);
        Ok(())
    }

    /// Offers a yanked version again. Returns whether it was yanked.
    pub fn unyank(&mut self, name: PackageName, version: &str) -> Result<bool, Failure> {
        self.require("take back a yank", |features| features.unyank)?;
        let (engine, shown) = (self.plugin.engine.clone(), text_of(&name));
        let unyanked = engine.block_on(self.session.unyank(name.clone(), version.to_owned()));
        let is_changed = unyanked.map_err(|error| self.refused(error, &shown))?;
        self.forget(&name);
        Ok(is_changed)
    }

    /// The names of the owners of a package, or of a scope, in the registry's order.
    pub fn owners(&mut self, name: PackageName) -> Result<Vec<String>, Failure> {
        self.require("tell the owners of a package", |features| features.owners)?;
        let (engine, shown) = (self.plugin.engine.clone(), owned_by(&name));
        let owners = engine.block_on(self.session.owners(name));
        let owners = owners.map_err(|error| self.refused(error, &shown))?;
        Ok(owners.into_iter().map(|owner| owner.name).collect())
    }

    /// Adds or removes one owner. Returns whether something is different now.
    pub fn change_owner(&mut self, name: PackageName, user: &str, add: bool) -> Result<bool, Failure> {
        self.require("change the owners of a package", |features| features.owners)?;
        let (engine, shown) = (self.plugin.engine.clone(), owned_by(&name));
        let changed = engine.block_on(self.session.change_owner(name, user.to_owned(), add));
        changed.map_err(|error| {
            let is_last = !add && fault_kind(&error) == Some(FaultKind::Conflict);
            let mut failure = self.refused(error, &shown);
            if is_last {
                let hints = failure.diagnostics.iter_mut().map(|diagnostic| &mut diagnostic.hints);
                hints
                    .for_each(|hints| hints.push(format!("add another one first: s owner add {shown} USER")));
            }
            failure
        })
    }

    /// Fails where the registry or its plugin cannot do something.
    fn require(&mut self, what: &str, has: impl FnOnce(&extension::Features) -> bool) -> Result<(), Failure> {
        let engine = self.plugin.engine.clone();
        if has(&engine.block_on(self.session.features())?) {
            return Ok(());
        }
        let message = format!("the registry `{}` cannot {what}", self.name);
        let mut diagnostic = Diagnostic::error(Code::REGISTRY_FEATURE, message)
            .note(format!("{} speaks to it, and has no such function", self.who()));
        if self.plugin() == BUILT_IN {
            diagnostic = diagnostic
                .note("a registry that is only files is changed by whoever makes the files")
                .hint(format!(
                    "if there is a registry server at this address, name its plugin in `[registries]`: plugin = \"{ABLE}\""
                ));
        } else if self.plugin() != ABLE {
            diagnostic = diagnostic.hint(
                "a plugin for `stryke:registry/registry-plugin@0.2` can have it: ask its author for one",
            );
        }
        Err(Failure::new(FailureKind::Failed, diagnostic))
    }

    fn refused(&self, error: CallError, package: &str) -> Failure {
        let Cause::Fault(fault) = &error.cause else { return error.into() };
        let mut failure = self.failure(fault, error.call);
        // What the host itself denies is no matter of owners.
        if fault.kind == FaultKind::Denied && !fault.code.starts_with("host/") {
            for diagnostic in &mut failure.diagnostics {
                diagnostic.hints.push(format!(
                    "owners may, with a token that is good for it; who they are says: s owner list {package}"
                ));
            }
        }
        failure
    }
}

fn fault_kind(error: &CallError) -> Option<FaultKind> {
    match &error.cause {
        Cause::Fault(fault) => Some(fault.kind),
        _ => None,
    }
}

/// How `s owner` is told what is meant.
fn owned_by(name: &PackageName) -> String {
    match &name.scope {
        Some(scope) if name.name == ALL => format!("--scope {scope}"),
        _ => text_of(name),
    }
}

fn text_of(name: &PackageName) -> String {
    match &name.scope {
        Some(scope) => format!("{scope}/{}", name.name),
        None => name.name.clone(),
    }
}
