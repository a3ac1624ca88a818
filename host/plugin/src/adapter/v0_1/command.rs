//! `stryke:command@0.1`, with the interfaces only subcommands import.

use super::Flatten;
use crate::bindings::command::SubcommandPlugin;
use crate::bindings::command::exports::stryke::command::subcommand;
use crate::bindings::command::stryke::command::{edits, environment, project};
use crate::error::{Fault, FaultKind};
use crate::extension::BoxFuture;
use crate::extension::command::{Call, Outcome, Subcommand};
use crate::host::HostError;
use crate::host::types::{WitError, into_kv};
use crate::session::Session;
use crate::state::{Edit, State};
use crate::{CallError, Plugin, Usage};

struct Open {
    session: Session,
    bindings: SubcommandPlugin,
}

pub(in crate::adapter) async fn open(plugin: &Plugin) -> Result<Box<dyn Subcommand>, CallError> {
    let component = plugin.code.component.clone();
    let (session, bindings) = plugin
        .open("subcommand.open", crate::link::COMMAND, async |store, linker| {
            SubcommandPlugin::instantiate_async(store, &component, linker).await
        })
        .await?;
    Ok(Box::new(Open { session, bindings }))
}

impl Subcommand for Open {
    fn run(&mut self, call: Call) -> BoxFuture<'_, Result<Outcome, CallError>> {
        const CALL: &str = "subcommand.run";
        Box::pin(async move {
            let Open { session, bindings } = self;
            let call = subcommand::Call {
                name: call.name,
                arguments: call.arguments,
                options: into_kv(call.options),
                directory: call.directory,
                json: call.json,
                terminal_width: call.terminal_width,
            };
            let guest = bindings.stryke_command_subcommand();
            // What an earlier call proposed and did not finish is not this one's.
            session.store.data_mut().take_edits();
            let status = session
                .call(CALL, async |store| guest.call_run(store, &call).await)
                .await
                .flatten_fault(session, CALL)?;
            Ok(Outcome { status, edits: session.store.data_mut().take_edits() })
        })
    }

    fn usage(&self) -> Usage {
        self.session.usage()
    }
}

impl project::Host for State {
    fn manifest(&mut self) -> wasmtime::Result<Result<String, WitError>> {
        self.answer(|state| {
            state.may_see_project()?;
            Ok(state.services.project_manifest()?)
        })
    }

    fn lock(&mut self) -> wasmtime::Result<Result<Vec<project::Locked>, WitError>> {
        self.answer(|state| {
            state.may_see_project()?;
            let locked = state.services.project_lock()?.into_iter().map(|package| project::Locked {
                name: package.name,
                version: package.version,
                source: package.source,
                integrity: package.integrity,
                dependencies: package.dependencies,
            });
            Ok(locked.collect())
        })
    }
}

/// The most files one call may propose.
const EDITS_MAX: usize = 10_000;

impl edits::Host for State {
    fn propose(
        &mut self,
        path: String,
        content: String,
        why: String,
    ) -> wasmtime::Result<Result<(), WitError>> {
        self.answer(|state| {
            if !state.rights.edits {
                return Err(state.denied("propose-edits"));
            }
            state.count("propose-edits");
            if state.edits.proposed.len() >= EDITS_MAX {
                let message = format!("more than {EDITS_MAX} files proposed");
                return Err(Fault::new(FaultKind::LimitExceeded, "host/edits", message).into());
            }
            state.edits.share.grow((path.len() + content.len() + why.len()) as u64)?;
            state.edits.proposed.push(Edit { path, content, why });
            Ok(())
        })
    }
}

impl environment::Host for State {
    fn get(&mut self, name: String) -> wasmtime::Result<Option<String>> {
        if !self.rights.env.contains(&name) {
            return Ok(None);
        }
        self.count("env");
        Ok(self.services.environment(&name))
    }
}

impl State {
    fn may_see_project(&mut self) -> Result<(), HostError> {
        if !self.rights.project {
            return Err(self.denied("project"));
        }
        self.count("project");
        Ok(())
    }

    fn answer<T>(
        &mut self,
        run: impl FnOnce(&mut State) -> Result<T, HostError>,
    ) -> wasmtime::Result<Result<T, WitError>> {
        match run(self) {
            Ok(answer) => Ok(Ok(answer)),
            Err(HostError::Answer(fault)) => Ok(Err(fault.into())),
            Err(HostError::End(error)) => Err(error),
        }
    }
}
