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
            return Err(UnknownImport::Version {
                interface: interface.clone(),
                version: import.version.clone(),
            });
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

const FIRST: &[Track] = &[Track { major: 0, minor: 1 }];

const fn free(name: &'static str, functions: &'static [&'static str]) -> Interface {
    Interface { name, tracks: FIRST, class: None, functions }
}

const fn host(name: &'static str, class: Class, functions: &'static [&'static str]) -> Interface {
    Interface { name, tracks: FIRST, class: Some(class), functions }
}

const fn command(name: &'static str, class: Class, functions: &'static [&'static str]) -> Interface {
    Interface { name, tracks: FIRST, class: Some(class), functions }
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

#[cfg(test)]
mod tests {
    use super::*;

    const WIT: &[(&str, &str)] = &[
        ("stryke:host", include_str!("../../../wit/0.1.0/host.wit")),
        ("stryke:command", include_str!("../../../wit/0.1.0/command.wit")),
    ];

    fn import(interface: &str, version: &str, functions: &[&str]) -> Import {
        let functions = functions.iter().map(|&name| name.to_owned()).collect();
        Import { interface: interface.to_owned(), version: version.parse().unwrap(), functions }
    }

    #[test]
    fn each_function_needs_the_capability_of_its_interface() {
        for (interface, functions, needed) in [
            ("stryke:host/log", &["write"][..], None),
            ("stryke:host/blobs", &["[method]blob.read", "[static]sink.finish", "[resource-drop]sink"], None),
            ("stryke:host/types", &[], None),
            ("stryke:host/http", &[], None),
            ("stryke:host/http", &["[resource-drop]pending"], None),
            ("stryke:host/http", &["[static]response.into-body"], Some(Class::Http)),
            ("stryke:host/vault", &["open"], Some(Class::Secret)),
            ("stryke:host/fs", &["open-view"], Some(Class::Fs)),
            ("stryke:host/sealing", &["seal"], Some(Class::Seal)),
            ("stryke:command/environment", &["get"], Some(Class::Env)),
            ("stryke:command/edits", &["propose"], Some(Class::ProposeEdits)),
        ] {
            let needed: BTreeSet<Class> = needed.into_iter().collect();
            assert_eq!(required(&[import(interface, "0.1.0", functions)]), Ok(needed), "{interface}");
        }
    }

    #[test]
    fn what_is_not_in_the_table_is_refused() {
        for (interface, version, function) in [
            ("wasi:cli/run", "0.2.0", "run"),
            ("wasi:cli/environment", "0.2.0", "get-environment"),
            ("env", "0.1.0", "exec"),
            ("stryke:host/process", "0.1.0", "spawn"),
            ("stryke:evil/http", "0.1.0", "start"),
            ("stryke:host/http/x", "0.1.0", "start"),
            ("stryke:registry/backend", "0.1.0", "open"),
        ] {
            let refused = required(&[import(interface, version, &[function])]);
            assert_eq!(refused, Err(UnknownImport::Interface { interface: interface.to_owned() }));
        }
        for version in ["0.2.0", "1.0.0", "0.1.0-rc.1"] {
            let refused = required(&[import("stryke:host/log", version, &["write"])]);
            assert!(matches!(refused, Err(UnknownImport::Version { .. })), "{version}");
        }
        for function in ["fetch", "Start", "[method]pending.start", "[constructor]pending", ""] {
            let refused = required(&[import("stryke:host/http", "0.1.0", &[function])]);
            assert!(matches!(refused, Err(UnknownImport::Function { .. })), "{function}");
        }
        assert_eq!(
            required(&[import("stryke:command/project", "0.1.1", &["lock"])]),
            Ok([Class::Project].into())
        );
        assert_eq!(required(&[import("stryke:host/log", "0.1.9", &["write"])]), Ok(BTreeSet::new()));
    }

    /// The table against the interface text, read a line at a time.
    #[test]
    fn the_table_is_the_interface_text() {
        let mut found = BTreeMap::new();
        for (package, text) in WIT {
            let (mut interface, mut resource) = (None, None);
            for line in text.lines() {
                let words = line.trim().trim_start_matches('%');
                if let Some(rest) = line.strip_prefix("interface ") {
                    interface = Some(format!("{package}/{}", rest.trim_end_matches(" {")));
                } else if line.starts_with("world ") {
                    interface = None;
                } else if let Some(rest) = words.strip_prefix("resource ") {
                    resource = Some(rest.trim_end_matches(" {").to_owned());
                } else if line == "    }" {
                    resource = None;
                }
                let Some(interface) = interface.clone() else { continue };
                let functions: &mut BTreeSet<String> = found.entry(interface).or_default();
                match (&resource, words.split_once(": ")) {
                    (Some(resource), _) if words.starts_with("constructor") => {
                        functions.insert(format!("[constructor]{resource}"));
                    }
                    (Some(resource), Some((name, what))) if what.starts_with("func") => {
                        functions.insert(format!("[method]{resource}.{name}"));
                    }
                    (Some(resource), Some((name, what))) if what.starts_with("static") => {
                        functions.insert(format!("[static]{resource}.{name}"));
                    }
                    (None, Some((name, what))) if what.starts_with("func") => {
                        functions.insert(name.to_owned());
                    }
                    _ => {}
                }
            }
        }
        found.remove("stryke:command/subcommand");
        let table: BTreeMap<String, BTreeSet<String>> = INTERFACES
            .iter()
            .map(|i| (i.name.to_owned(), i.functions.iter().map(|&name| name.to_owned()).collect()))
            .collect();
        assert_eq!(table, found);
    }
}
