//! The interface text, release by release, and which worlds it defines.
//!
//! The text in `wit/<release>/` is frozen once released: `frozen.rs` holds the digest of every
//! file, and a test refuses a change. Bindings are generated from it on both sides: for plugins
//! in `s-guest`, for the host in `s-plugin`, the one crate that names the engine.

#[cfg(test)]
mod frozen;

/// The interface text of one release. Files refer to packages of the same or of earlier releases.
#[derive(Debug)]
pub struct Release {
    /// The version all its packages carry, such as `0.1.0`.
    pub version: &'static str,
    /// File name and text, in dependency order.
    pub files: &'static [(&'static str, &'static str)],
}

macro_rules! release {
    ($version:literal: $($file:literal)*) => {
        Release {
            version: $version,
            files: &[$(($file, include_str!(concat!("../../", $version, "/", $file)))),*],
        }
    };
}

/// Every release, oldest first.
pub static RELEASES: &[Release] = &[
    release!("0.1.0": "host.wit" "registry.wit" "audit.wit" "auth.wit" "target.wit" "command.wit"),
    release!("0.2.0": "registry.wit" "audit.wit"),
];

/// One world a plugin can be built for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct World {
    /// The package, such as `stryke:registry`.
    pub package: &'static str,
    /// The name within the package, such as `registry-plugin`.
    pub name: &'static str,
    /// The version of the package the host was built with.
    pub version: &'static str,
    /// The interfaces a plugin must export.
    pub exports: &'static [&'static str],
}

/// Every world the host links, oldest track first.
pub static WORLDS: &[World] = &[
    World { package: "stryke:registry", name: "registry-plugin", version: "0.1.0", exports: &["backend"] },
    World { package: "stryke:audit", name: "audit-plugin", version: "0.1.0", exports: &["feed"] },
    World { package: "stryke:auth", name: "auth-plugin", version: "0.1.0", exports: &["provider"] },
    World {
        package: "stryke:target",
        name: "target-data",
        version: "0.1.0",
        exports: &["pack", "link-plan"],
    },
    World { package: "stryke:target", name: "target-plugin", version: "0.1.0", exports: &["pack", "linker"] },
    World {
        package: "stryke:command",
        name: "subcommand-plugin",
        version: "0.1.0",
        exports: &["subcommand"],
    },
    World { package: "stryke:audit", name: "audit-plugin", version: "0.2.0", exports: &["feed"] },
    World { package: "stryke:registry", name: "registry-plugin", version: "0.2.0", exports: &["backend"] },
];

/// Returns the text of a package: the newest release of it on the given track (`0.1`).
pub fn package_text(package: &str, track: &str) -> Option<&'static str> {
    let file = format!("{}.wit", package.strip_prefix("stryke:")?);
    RELEASES
        .iter()
        .rev()
        .filter(|release| release.version.rsplit_once('.').is_some_and(|(own, _)| own == track))
        .find_map(|release| release.files.iter().find(|(name, _)| *name == file))
        .map(|(_, text)| *text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use sha2::{Digest, Sha256};
    use wit_parser::{Resolve, WorldItem};

    fn resolve() -> Resolve {
        let mut resolve = Resolve::default();
        for release in RELEASES {
            for (name, text) in release.files {
                let label = format!("wit/{}/{name}", release.version);
                resolve.push_str(&label, text).unwrap_or_else(|error| panic!("{label}: {error:?}"));
            }
        }
        resolve
    }

    #[test]
    fn every_file_parses_and_every_file_is_listed() {
        resolve();
        let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        for release in RELEASES {
            let mut on_disk: Vec<String> = std::fs::read_dir(root.join(release.version))
                .unwrap()
                .map(|entry| entry.unwrap().file_name().into_string().unwrap())
                .collect();
            on_disk.sort();
            let mut listed: Vec<&str> = release.files.iter().map(|(name, _)| *name).collect();
            listed.sort();
            assert_eq!(on_disk, listed, "wit/{}", release.version);
        }
    }

    #[test]
    fn released_text_never_changes() {
        let mut seen = Vec::new();
        for release in RELEASES {
            for (name, text) in release.files {
                let digest: String =
                    Sha256::digest(text.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect();
                seen.push((format!("{}/{name}", release.version), digest));
            }
        }
        let frozen: Vec<(String, String)> =
            frozen::FROZEN.iter().map(|(name, digest)| (name.to_string(), digest.to_string())).collect();
        assert_eq!(seen, frozen, "a released file is immutable: add a release instead");
    }

    #[test]
    fn the_table_of_worlds_is_what_the_text_says() {
        let resolve = resolve();
        let mut found = Vec::new();
        for (_, package) in resolve.packages.iter() {
            let version = package.name.version.as_ref().expect("every package has a version").to_string();
            for (name, id) in &package.worlds {
                let exports = resolve.worlds[*id].exports.values().map(|item| match item {
                    WorldItem::Interface { id, .. } => {
                        resolve.interfaces[*id].name.clone().expect("exported interfaces have names")
                    }
                    other => panic!("{name} exports {other:?}"),
                });
                found.push((
                    format!("{}:{}", package.name.namespace, package.name.name),
                    name.clone(),
                    version.clone(),
                    exports.collect::<Vec<_>>(),
                ));
            }
        }
        let mut table: Vec<_> = WORLDS
            .iter()
            .map(|world| {
                let exports = world.exports.iter().map(ToString::to_string).collect::<Vec<_>>();
                (world.package.to_owned(), world.name.to_owned(), world.version.to_owned(), exports)
            })
            .collect();
        found.sort();
        table.sort();
        assert_eq!(found, table);
    }

    #[test]
    fn an_interface_with_authority_lends_no_types() {
        let resolve = resolve();
        let free = ["types", "log", "progress", "blobs", "secrets", "crypto"];
        for (_, interface) in resolve.interfaces.iter() {
            for id in interface.types.values() {
                let wit_parser::TypeDefKind::Type(wit_parser::Type::Id(origin)) = resolve.types[*id].kind
                else {
                    continue;
                };
                let wit_parser::TypeOwner::Interface(owner) = resolve.types[origin].owner else { continue };
                let package =
                    resolve.interfaces[owner].package.map(|id| resolve.packages[id].name.name.clone());
                let lender = resolve.interfaces[owner].name.clone().unwrap_or_default();
                if package.as_deref() == Some("host") {
                    assert!(
                        free.contains(&lender.as_str()),
                        "{:?} takes a type of `{lender}`",
                        interface.name
                    );
                }
            }
        }
    }

    /// The host's side is generated when `s-plugin` is compiled: it has a binding of every world.
    #[test]
    fn guest_bindings_come_out_of_every_world() {
        let mut resolve = resolve();
        let worlds: Vec<_> = resolve.worlds.iter().map(|(id, world)| (id, world.name.clone())).collect();
        for (id, name) in worlds {
            let mut files = wit_bindgen_core::Files::default();
            let mut generator =
                wit_bindgen_rust::Opts { generate_all: true, ..wit_bindgen_rust::Opts::default() }.build();
            wit_bindgen_core::WorldGenerator::generate(&mut generator, &mut resolve, id, &mut files)
                .unwrap_or_else(|error| panic!("{name}: {error:?}"));
            let text: String = files.iter().map(|(_, text)| String::from_utf8_lossy(text)).collect();
            for world in WORLDS.iter().filter(|world| world.name == name) {
                for export in world.exports {
                    let module = export.replace('-', "_");
                    assert!(text.contains(&format!("pub mod {module}")), "{name} has no `{export}`");
                }
            }
        }
    }

    #[test]
    fn packages_are_found_by_track() {
        assert!(package_text("stryke:audit", "0.2").is_some_and(|text| text.contains("describe: func")));
        assert!(package_text("stryke:audit", "0.1").is_some_and(|text| !text.contains("describe: func")));
        assert!(package_text("stryke:registry", "0.2").is_some_and(|text| text.contains("unyank: func")));
        assert!(package_text("stryke:registry", "0.1").is_some_and(|text| !text.contains("unyank: func")));
        assert!(package_text("stryke:audit", "0.3").is_none());
        assert!(package_text("other:audit", "0.1").is_none());
    }
}
