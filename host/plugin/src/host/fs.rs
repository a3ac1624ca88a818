//! `stryke:host/fs`: read-only views of directories, by grant.

use std::sync::Arc;

use s_store::{EntryKind, StoreError, View};
use wasmtime::component::Resource;

use crate::Blob;
use crate::bindings::host::stryke::host::fs;
use crate::error::{Fault, FaultKind, Limit};
use crate::host::HostError;
use crate::state::State;

/// A directory a plugin looks at.
pub struct DirView(View);

/// The most directories and files of a session that are open at one time: every one of them is
/// taken from what the whole process may open.
const OPEN_MAX: usize = 128;

impl fs::Host for State {
    fn open_view(&mut self, name: String) -> wasmtime::Result<Option<Resource<DirView>>> {
        let Some(Some(path)) = self.rights.views.get(&name) else { return Ok(None) };
        let path = path.clone();
        self.count("fs");
        if !self.may_open() {
            return Err(Limit::Files(OPEN_MAX as u64).into());
        }
        match View::open(&path) {
            Ok(view) => Ok(Some(self.push_or_end(DirView(view))?)),
            Err(error) => {
                let notice = format!("the directory bound to `{name}` cannot be opened: {error}");
                self.services.log(&self.plugin, crate::services::Level::Warn, "host", &notice);
                Ok(None)
            }
        }
    }
}

impl fs::HostView for State {
    fn list(&mut self, view: Resource<DirView>, path: String) -> Result<Vec<fs::Entry>, HostError> {
        let entries = self.table.get(&view)?.0.list(&path).map_err(|error| refused(&path, error))?;
        let kind = |kind| match kind {
            EntryKind::File => fs::EntryKind::File,
            EntryKind::Directory => fs::EntryKind::Directory,
            EntryKind::Other => fs::EntryKind::Other,
        };
        Ok(entries
            .into_iter()
            .map(|entry| fs::Entry { name: entry.name, kind: kind(entry.kind), size: entry.size_bytes })
            .collect())
    }

    fn open(&mut self, view: Resource<DirView>, path: String) -> Result<Resource<Blob>, HostError> {
        self.check_open()?;
        let file = self.table.get(&view)?.0.open_file(&path).map_err(|error| refused(&path, error))?;
        self.push(Blob::File(Arc::new(file)))
    }

    fn sub(&mut self, view: Resource<DirView>, path: String) -> Result<Resource<DirView>, HostError> {
        self.check_open()?;
        let sub = self.table.get(&view)?.0.sub(&path).map_err(|error| refused(&path, error))?;
        self.push(DirView(sub))
    }

    fn drop(&mut self, view: Resource<DirView>) -> wasmtime::Result<()> {
        self.table.delete(view)?;
        Ok(())
    }
}

impl State {
    fn may_open(&mut self) -> bool {
        let is_open = |entry: &&mut (dyn std::any::Any + Send)| {
            entry.is::<DirView>() || matches!(entry.downcast_ref::<Blob>(), Some(Blob::File(_)))
        };
        self.table.iter_mut().filter(is_open).count() < OPEN_MAX
    }

    fn check_open(&mut self) -> Result<(), HostError> {
        if self.may_open() {
            return Ok(());
        }
        let message = format!("more than {OPEN_MAX} open files and directories");
        Err(Fault::new(FaultKind::LimitExceeded, "host/files", message).into())
    }
}

/// Tells the plugin what happened to the path it named, never where the view lies.
fn refused(path: &str, error: StoreError) -> HostError {
    let (kind, code, why) = match &error {
        StoreError::Path { reason, .. } => (FaultKind::Denied, "host/path", reason.to_string()),
        _ => match error.kind() {
            Some(std::io::ErrorKind::NotFound) => {
                (FaultKind::NotFound, "host/no-file", "there is no such file".to_owned())
            }
            Some(std::io::ErrorKind::PermissionDenied) => {
                (FaultKind::Denied, "host/path", "it leads out of the view or may not be read".to_owned())
            }
            Some(kind) => (FaultKind::Unavailable, "host/unreadable", kind.to_string()),
            None => (FaultKind::Unavailable, "host/unreadable", "it cannot be read".to_owned()),
        },
    };
    Fault::new(kind, code, format!("`{path}`: {why}")).into()
}
