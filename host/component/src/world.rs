//! Whether a component fits a world of ours.

use crate::{ComponentError, InspectLimits, InterfaceUse, Shape, inspect};
use std::collections::{BTreeMap, BTreeSet};
use thiserror::Error;
use wit_parser::{Resolve, WorldId, WorldItem, WorldKey};

/// Why a component does not fit a world.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum WorldMismatch {
    /// No release has such a world.
    #[error("there is no world `{world}` on track {track}")]
    UnknownWorld {
        /// `stryke:registry/registry-plugin`.
        world: String,
        /// `0.1`.
        track: String,
    },
    /// The component itself is unsound.
    #[error(transparent)]
    Component(#[from] ComponentError),
    /// It does not export what the world is for.
    #[error("the component does not export {}, which `{world}` asks for", list(missing))]
    MissingExports {
        /// The world with its version.
        world: String,
        /// The interfaces with their versions.
        missing: Vec<String>,
    },
    /// It imports what the world does not have.
    #[error("the component imports {}, which `{world}` does not have", list(foreign))]
    ForeignImports {
        /// The world with its version.
        world: String,
        /// Interfaces with their versions, or single functions of interfaces the world does have.
        foreign: Vec<String>,
    },
    /// All names are there, but a type differs.
    #[error("the component does not fit `{world}`: {detail}")]
    Types {
        /// The world with its version.
        world: String,
        /// What the validator says.
        detail: String,
    },
}

/// The interface text of all releases, resolved together: packages differ by their versions.
///
/// # Errors
/// [`ComponentError::Wit`] when the text is at fault, which its own tests rule out.
pub fn resolve_wit() -> Result<Resolve, ComponentError> {
    let mut resolve = Resolve::default();
    for release in s_host::RELEASES {
        for (name, text) in release.files {
            let path = format!("wit/{}/{name}", release.version);
            resolve
                .push_source(&path, text)
                .map_err(|error| ComponentError::Wit(format!("`{path}`: {error:#}")))?;
        }
    }
    Ok(resolve)
}

/// Checks that a component can stand where a world is expected: it exports all the world exports,
/// imports nothing the world does not import, and all types agree.
///
/// `world` is without a version, `track` says which: `0.1` means every release `0.1.x`, and the
/// component may be built for any one of them.
///
/// # Errors
/// [`WorldMismatch`] names what is missing or foreign, compared with the newest release.
pub fn check_world(component: &[u8], world: &str, track: &str) -> Result<(), WorldMismatch> {
    let shape = inspect(component, &InspectLimits::default())?;
    let resolve = resolve_wit()?;
    let mut newest_mismatch = None;
    for (name, id) in releases_of(&resolve, world, track) {
        match check_release(component, &shape, &resolve, &name, id) {
            Ok(()) => return Ok(()),
            Err(mismatch) => newest_mismatch = newest_mismatch.or(Some(mismatch)),
        }
    }
    Err(newest_mismatch
        .unwrap_or_else(|| WorldMismatch::UnknownWorld { world: world.to_owned(), track: track.to_owned() }))
}

/// The versions of a world on a track, newest first, by their full names.
fn releases_of(resolve: &Resolve, world: &str, track: &str) -> Vec<(String, WorldId)> {
    let mut releases = Vec::new();
    for (id, candidate) in resolve.worlds.iter() {
        let Some(package) = candidate.package.map(|package| &resolve.packages[package].name) else {
            continue;
        };
        let Some(version) = &package.version else { continue };
        let path = format!("{}:{}/{}", package.namespace, package.name, candidate.name);
        if path == world && format!("{}.{}", version.major, version.minor) == track {
            releases.push((version.clone(), format!("{path}@{version}"), id));
        }
    }
    releases.sort_by(|a, b| b.0.cmp(&a.0));
    releases.into_iter().map(|(_, name, id)| (name, id)).collect()
}

fn check_release(
    component: &[u8],
    shape: &Shape,
    resolve: &Resolve,
    world: &str,
    id: WorldId,
) -> Result<(), WorldMismatch> {
    let exported: BTreeSet<String> = shape.exports.iter().map(ToString::to_string).collect();
    let missing: Vec<String> = resolve.worlds[id]
        .exports
        .keys()
        .map(|key| resolve.name_world_key(key))
        .filter(|name| !exported.contains(name))
        .collect();
    if !missing.is_empty() {
        return Err(WorldMismatch::MissingExports { world: world.to_owned(), missing });
    }
    let offered = offered(resolve, id);
    let foreign: Vec<String> = shape.imports.iter().flat_map(|import| foreign(import, &offered)).collect();
    if !foreign.is_empty() {
        return Err(WorldMismatch::ForeignImports { world: world.to_owned(), foreign });
    }
    wit_component::targets(resolve, id, component).map_err(|error| WorldMismatch::Types {
        world: world.to_owned(),
        detail: error.root_cause().to_string(),
    })
}

/// The functions of each interface a world imports.
fn offered(resolve: &Resolve, id: WorldId) -> BTreeMap<String, BTreeSet<&str>> {
    let imports = resolve.worlds[id].imports.iter().filter_map(|(key, item)| {
        let (WorldKey::Interface(_), WorldItem::Interface { id, .. }) = (key, item) else { return None };
        let functions = resolve.interfaces[*id].functions.keys().map(String::as_str).collect();
        Some((resolve.name_world_key(key), functions))
    });
    imports.collect()
}

/// What of an import is not on offer: the whole interface, or single functions.
fn foreign(import: &InterfaceUse, offered: &BTreeMap<String, BTreeSet<&str>>) -> Vec<String> {
    let name = import.to_string();
    match offered.get(&name) {
        None => vec![name],
        Some(functions) => import
            .functions
            .iter()
            .filter(|function| !functions.contains(function.as_str()))
            .map(|function| format!("{name}.{function}"))
            .collect(),
    }
}

fn list(names: &[String]) -> String {
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::encode;
    use crate::testing::{TINY_WAT, dummy_guest, tiny_core, tiny_guest};

    #[test]
    fn a_guest_fits_the_world_it_was_built_for_and_no_other() {
        for built in s_host::WORLDS {
            let path = format!("{}/{}", built.package, built.name);
            let component = dummy_guest(&format!("{path}@{}", built.version));
            for asked in s_host::WORLDS {
                let (track, _) = asked.version.rsplit_once('.').unwrap();
                let fits = check_world(&component, &format!("{}/{}", asked.package, asked.name), track);
                assert_eq!(fits.is_ok(), built == asked, "{built:?} as {asked:?}: {fits:?}");
            }
        }
    }

    #[test]
    fn a_manifest_changes_neither_shape_nor_fit() {
        let bare = dummy_guest("stryke:audit/audit-plugin@0.1.0");
        let component = crate::embed_manifest(&bare, "[plugin]").unwrap();
        assert_eq!(check_world(&component, "stryke:audit/audit-plugin", "0.1"), Ok(()));
        let shape =
            |bytes: &[u8]| Shape { size_bytes: 0, ..inspect(bytes, &InspectLimits::default()).unwrap() };
        assert_eq!(shape(&component), shape(&bare));
        assert_eq!(crate::manifest_of(&component), Ok(Some("[plugin]")));
    }

    #[test]
    fn what_is_missing_is_named() {
        let mismatch = check_world(&tiny_guest(), "stryke:target/target-data", "0.1").unwrap_err();
        assert_eq!(
            mismatch.to_string(),
            "the component does not export `stryke:target/pack@0.1.0`, `stryke:target/link-plan@0.1.0`, \
             which `stryke:target/target-data@0.1.0` asks for"
        );
    }

    #[test]
    fn what_is_foreign_is_named() {
        let wit = "package test:tiny@0.1.0;
            world tiny { include stryke:target/target-data@0.1.0; import stryke:host/clock@0.1.0; }";
        let (resolve, id) = crate::testing::world_in("test:tiny/tiny@0.1.0", wit);
        let component = crate::testing::dummy_in(&resolve, id);
        let mismatch = check_world(&component, "stryke:target/target-data", "0.1").unwrap_err();
        assert_eq!(
            mismatch.to_string(),
            "the component imports `stryke:host/clock@0.1.0`, which `stryke:target/target-data@0.1.0` does \
             not have"
        );
    }

    #[test]
    fn a_foreign_function_of_a_known_interface_is_named() {
        let import = InterfaceUse {
            package: "stryke:host".into(),
            interface: "log".into(),
            version: "0.1.0".parse().unwrap(),
            functions: ["write".to_owned(), "erase".to_owned()].into(),
        };
        let resolve = resolve_wit().unwrap();
        let (_, id) = releases_of(&resolve, "stryke:target/target-data", "0.1").remove(0);
        assert_eq!(foreign(&import, &offered(&resolve, id)), ["stryke:host/log@0.1.0.erase"]);
    }

    #[test]
    fn a_differing_type_is_found() {
        // The names of the world, but `write` without its target.
        let component = wat::parse_str(
            r#"(component
                (import "stryke:host/log@0.1.0" (instance (export "enabled" (func (param "level" u8) (result bool)))))
                (instance $empty)
                (export "stryke:target/pack@0.1.0" (instance $empty))
                (export "stryke:target/link-plan@0.1.0" (instance $empty)))"#,
        )
        .unwrap();
        let mismatch = check_world(&component, "stryke:target/target-data", "0.1").unwrap_err();
        assert!(matches!(mismatch, WorldMismatch::Types { .. }), "{mismatch:?}");
    }

    #[test]
    fn unknown_worlds_and_unsound_components_are_told_apart() {
        let component = encode(&tiny_core(TINY_WAT, crate::testing::TINY_WIT)).unwrap();
        for (world, track) in [("stryke:registry/registry-plugin", "0.9"), ("stryke:x/y", "0.1"), ("", "")] {
            let unknown = check_world(&component, world, track);
            assert!(
                matches!(unknown, Err(WorldMismatch::UnknownWorld { .. })),
                "{world} {track}: {unknown:?}"
            );
        }
        let unsound = check_world(b"x", "stryke:registry/registry-plugin", "0.1");
        assert!(matches!(unsound, Err(WorldMismatch::Component(_))));
    }
}
