//! What a component imports, and which capability each imported function needs.
//!
//! The table is complete: what does not stand in it is refused, so an interface that the host
//! gains later is refused until somebody decides what it costs.

use std::collections::{BTreeMap, BTreeSet};

use crate::capability::Class;
use crate::id::Track;

/// One imported interface, as it was read from the component.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Import {
    /// Without version, `stryke:host/http`.
    pub interface: String,
    /// The version it was built against.
    pub version: semver::Version,
    /// `start`, `[method]pending.ready`, `[static]response.into-body`, `[constructor]task`.
    pub functions: BTreeSet<String>,
}

/// An import that no capability pays for.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UnknownImport {
    /// Another namespace than ours, or an interface of ours that is not offered.
    #[error("the component imports `{interface}`, which no plugin is given")]
    Interface {
        /// The interface.
        interface: String,
    },
    /// An interface of ours, from a version that is not offered.
    #[error("the component imports `{interface}` {version}, which this version of `s` does not offer")]
    Version {
        /// The interface.
        interface: String,
        /// What it was built against.
        version: semver::Version,
    },
    /// A function this host does not know.
    #[error("the component imports `{function}` of `{interface}`, which this version of `s` does not offer")]
    Function {
        /// The interface.
        interface: String,
        /// The function.
        function: String,
    },
}

/// The classes of capability that the imports need.
pub fn required(imports: &[Import]) -> Result<BTreeSet<Class>, UnknownImport> {
    Ok(uses(imports)?.into_keys().collect())
}

/// The same with the functions each class is needed for, as `http.start`.
pub fn uses(imports: &[Import]) -> Result<BTreeMap<Class, Vec<String>>, UnknownImport> {
    let mut uses: BTreeMap<Class, Vec<String>> = BTreeMap::new();
    for import in imports {
        let interface = &import.interface;
        let Some(offered) = INTERFACES.iter().find(|offered| offered.name == interface) else {
            return Err(UnknownImport::Interface { interface: interface.clone() });
        };
        if !Track::of(&import.version).is_some_and(|track| offered.tracks.contains(&track)) {
            return Err(UnknownImport::Version { interface: interface.clone(), version: import.version.clone() });
        }
        for function in import.functions.iter().filter(|function| !function.starts_with("[resource-drop]")) {
            if !offered.functions.contains(&function.as_str()) {
                let (interface, function) = (interface.clone(), function.clone());
                return Err(UnknownImport::Function { interface, function });
            }
            if let Some(class) = offered.class {
                uses.entry(class).or_default().push(format!("{}.{function}", short(interface)));
            }
        }
    }
    Ok(uses)
}

/// An interface the host offers, what it costs, and all of its functions.
struct Interface {
    name: &'static str,
    tracks: &'static [Track],
    class: Option<Class>,
    functions: &'static [&'static str],
}

const HOST: &[Track] = &[Track { major: 0, minor: 1 }];
const COMMAND: &[Track] = &[Track { major: 0, minor: 1 }, Track { major: 0, minor: 2 }];

const fn free(name: &'static str, functions: &'static [&'static str]) -> Interface {
    Interface { name, tracks: HOST, class: None, functions }
}

const fn host(name: &'static str, class: Class, functions: &'static [&'static str]) -> Interface {
    Interface { name, tracks: HOST, class: Some(class), functions }
}

const fn command(name: &'static str, class: Class, functions: &'static [&'static str]) -> Interface {
    Interface { name, tracks: COMMAND, class: Some(class), functions }
}

#[rustfmt::skip]
const INTERFACES: &[Interface] = &[
    free("stryke:host/types", &[]),
    free("stryke:host/log", &["write", "enabled"]),
    free("stryke:host/progress", &[
        "[constructor]task", "[method]task.advance", "[method]task.set-total", "[method]task.message", "cancelled",
    ]),
    free("stryke:host/blobs", &[
        "[method]blob.size", "[method]blob.read", "[method]blob.digest",
        "[method]sink.write", "[method]sink.write-at", "[method]sink.copy-from", "[method]sink.position",
        "[static]sink.finish", "new-sink", "from-bytes",
    ]),
    // Useless without a handle, and handles come from interfaces that cost something.
    free("stryke:host/secrets", &[
        "[method]secret.derive-hmac", "[method]secret.sign-hmac", "[method]secret.wrap",
        "[method]secret.expires-unix",
    ]),
    free("stryke:host/crypto", &[
        "hash", "[constructor]hasher", "[method]hasher.update", "[static]hasher.finish", "verify",
    ]),
    host("stryke:host/clock", Class::Clock, &["now-unix", "elapsed-ms"]),
    host("stryke:host/fs", Class::Fs, &["[method]view.list", "[method]view.open", "[method]view.sub", "open-view"]),
    host("stryke:host/vault", Class::Secret, &["open"]),
    host("stryke:host/sealing", Class::Seal, &["seal"]),
    host("stryke:host/http", Class::Http, &[
        "[method]body.read",
        "[method]response.status", "[method]response.url", "[method]response.header", "[method]response.headers",
        "[method]response.from-cache", "[static]response.into-body", "[static]response.into-blob",
        "[method]pending.ready", "[static]pending.wait", "start", "wait-any",
    ]),
    host("stryke:host/cache", Class::Cache, &["get", "put", "remove"]),
    host("stryke:host/random", Class::Random, &["bytes"]),
    host("stryke:host/ui", Class::Ui, &["confirm", "choose", "text", "password", "open-browser", "print"]),
    command("stryke:command/project", Class::Project, &["manifest", "lock"]),
    command("stryke:command/edits", Class::ProposeEdits, &["propose"]),
    command("stryke:command/environment", Class::Env, &["get"]),
];

fn short(interface: &str) -> &str {
    interface.rsplit('/').next().unwrap_or(interface)
}
