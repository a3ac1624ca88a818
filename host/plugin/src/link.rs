//! Links what a component imports of its world, and nothing else: what is not imported costs nothing.

use wasmtime::component::{HasSelf, Linker};

use crate::bindings::command::stryke::command;
use crate::bindings::host::stryke::host;
use crate::state::State;
use crate::{Code, Engine};

/// The interfaces each world may import besides `types`, as the interface text has them.
pub(crate) const REGISTRY: &[&str] =
    &["log", "progress", "blobs", "fs", "secrets", "http", "cache", "vault", "crypto", "clock"];
pub(crate) const AUDIT: &[&str] =
    &["log", "progress", "blobs", "fs", "secrets", "http", "cache", "crypto", "clock"];
pub(crate) const AUTH: &[&str] =
    &["log", "blobs", "secrets", "http", "vault", "sealing", "random", "crypto", "clock", "ui"];
pub(crate) const TARGET_DATA: &[&str] = &["log"];
pub(crate) const TARGET: &[&str] = &["log", "progress", "blobs"];
pub(crate) const COMMAND: &[&str] = &[
    "log",
    "progress",
    "blobs",
    "secrets",
    "ui",
    "fs",
    "http",
    "cache",
    "crypto",
    "clock",
    "random",
    "project",
    "edits",
    "environment",
];

/// Links every interface that the component imports and its world has. Any other stays without an
/// implementation, and instantiating the component says so.
pub(crate) fn imports(
    linker: &mut Linker<State>,
    engine: &Engine,
    code: &Code,
    world: &[&str],
) -> wasmtime::Result<()> {
    macro_rules! link {
        ($name:expr, $($package:literal $interface:literal => $($module:ident)::+,)*) => {
            match $name {
                $(concat!($package, "/", $interface) if $interface == "types" || world.contains(&$interface) => {
                    $($module)::+::add_to_linker::<_, HasSelf<_>>(linker, |state| state)?;
                })*
                _ => {}
            }
        };
    }
    for (name, _) in code.component.component_type().imports(engine.wasmtime()) {
        link! { name.split_once('@').map_or(name, |(name, _version)| name),
            "stryke:host" "types" => host::types,
            "stryke:host" "log" => host::log,
            "stryke:host" "progress" => host::progress,
            "stryke:host" "clock" => host::clock,
            "stryke:host" "blobs" => host::blobs,
            "stryke:host" "fs" => host::fs,
            "stryke:host" "secrets" => host::secrets,
            "stryke:host" "vault" => host::vault,
            "stryke:host" "sealing" => host::sealing,
            "stryke:host" "http" => host::http,
            "stryke:host" "cache" => host::cache,
            "stryke:host" "crypto" => host::crypto,
            "stryke:host" "random" => host::random,
            "stryke:host" "ui" => host::ui,
            "stryke:command" "project" => command::project,
            "stryke:command" "edits" => command::edits,
            "stryke:command" "environment" => command::environment,
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lists_are_what_the_interface_text_says() {
        let resolve = s_component::resolve_wit().expect("a test of the text reads it");
        let mut count = 0;
        for (_, world) in resolve.worlds.iter() {
            let list = match world.name.as_str() {
                "registry-plugin" => REGISTRY,
                "audit-plugin" => AUDIT,
                "auth-plugin" => AUTH,
                "target-data" => TARGET_DATA,
                "target-plugin" => TARGET,
                "subcommand-plugin" => COMMAND,
                _ => continue,
            };
            let mut imports: Vec<&str> = world
                .imports
                .keys()
                .filter_map(|key| match key {
                    wit_parser::WorldKey::Interface(id) => resolve.interfaces[*id].name.as_deref(),
                    wit_parser::WorldKey::Name(_) => None,
                })
                .filter(|name| *name != "types")
                .collect();
            let mut listed = list.to_vec();
            imports.sort_unstable();
            listed.sort_unstable();
            assert_eq!(imports, listed, "{}", world.name);
            count += 1;
        }
        assert_eq!(count, 8, "one for each world and track");
    }
}
