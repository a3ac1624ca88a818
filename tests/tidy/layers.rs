//! Which crate may depend on which.

use crate::tree::{Finding, Tree};

/// A crate of ours, and the crates of ours it may depend on. `docs/architecture.md` says why.
const LAYERS: &[(&str, &[&str])] = &[
    ("s-diag", &[]),
    ("s-abi", &[]),
    ("s-regex", &[]),
    ("s-sys", &[]),
    ("s-mem", &[]),
    ("s-text", &[]),
    ("s-formats", &["s-text"]),
    ("s-core", &["s-abi", "s-formats", "s-regex", "s-sys", "s-text"]),
    ("s-start", &["s-abi", "s-core", "s-mem", "s-sys"]),
    ("s-syntax", &["s-abi", "s-diag"]),
    ("s-sema", &["s-abi", "s-diag", "s-regex", "s-syntax"]),
    ("s-ir", &["s-abi"]),
    ("s-lower", &["s-abi", "s-ir", "s-sema", "s-syntax"]),
    ("s-native", &["s-abi", "s-ir"]),
    (
        "s-driver",
        &["s-abi", "s-core", "s-diag", "s-ir", "s-lower", "s-native", "s-sema", "s-syntax", "s-sys"],
    ),
    ("s-link", &[]),
    ("s-packs", &["s-abi", "s-link"]),
    ("s-host", &[]),
    ("s-guest", &[]),
    ("s-note", &[]),
    ("s-wire", &[]),
    ("s-store", &[]),
    ("s-advisory", &[]),
    ("s-capability", &["s-diag"]),
    ("s-component", &["s-host"]),
    ("s-project", &["s-diag", "s-store"]),
    ("s-resolver", &["s-project"]),
    ("s-source", &["s-project", "s-store"]),
    ("s-net", &["s-capability"]),
    ("s-registry", &["s-capability", "s-diag", "s-net", "s-note", "s-project", "s-store", "s-wire"]),
    ("s-registryd", &["s-registry", "s-store"]),
    ("s-ui", &["s-diag"]),
    ("s-plugin", &["s-advisory", "s-capability", "s-component", "s-host", "s-net", "s-store"]),
    (
        "s-ops",
        &[
            "s-abi",
            "s-advisory",
            "s-capability",
            "s-component",
            "s-diag",
            "s-driver",
            "s-host",
            "s-link",
            "s-net",
            "s-note",
            "s-packs",
            "s-plugin",
            "s-project",
            "s-registry",
            "s-resolver",
            "s-sema",
            "s-source",
            "s-store",
            "s-syntax",
        ],
    ),
    ("s", &["s-advisory", "s-capability", "s-diag", "s-net", "s-ops", "s-plugin", "s-store", "s-ui"]),
    ("s-kit", &[]),
    ("s-benches", &["s-capability", "s-kit", "s-link", "s-ops", "s-plugin", "s-store"]),
    ("s-lang-corpus", &[]),
    ("s-bench-lang", &["s-kit"]),
    ("s-fuzz-lang", &["s-driver", "s-regex", "s-syntax"]),
    ("s-bench-packages", &["s-kit", "s-store", "s-wire"]),
    ("s-tidy", &[]),
    ("s-xtask", &["s-abi", "s-capability", "s-component", "s-diag", "s-link", "s-packs"]),
];

/// What every guest may depend on: the author's kit, what is pure, and the logic of the linker.
const GUEST: &[&str] = &["s-guest", "s-diag", "s-link", "s-target-elf", "s-wire"];

/// What only the tests of a guest may depend on besides: data that the guest repeats.
const GUEST_TESTS: &[(&str, &[&str])] = &[("s-target-elf", &["s-packs"])];

/// What only tests may depend on besides their layer.
const TESTS: &[&str] = &["s-kit"];

/// Finds dependencies that point outwards, and crates nobody has placed.
pub(crate) fn findings(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for member in tree.members() {
        let path = format!("{}/Cargo.toml", member.folder);
        let placed = LAYERS.iter().find(|(name, _)| *name == member.name).map(|(_, allowed)| *allowed);
        let is_guest = tree.has(&format!("{}/plugin.toml", member.folder));
        let Some(allowed) = placed.or(is_guest.then_some(GUEST)) else {
            let message = format!(
                "`{}` has no place: add it to `LAYERS` in tests/tidy/layers.rs and to the map in docs/architecture.md",
                member.name
            );
            findings.push(tree.at(&path, "name =", message));
            continue;
        };
        for (kind, dependencies) in member.dependencies() {
            let ours = dependencies.keys().filter(|name| *name == "s" || name.starts_with("s-"));
            for name in ours {
                let of_guest = GUEST_TESTS.iter().find(|(guest, _)| *guest == member.name);
                let more = of_guest.map_or(&[][..], |(_, more)| more);
                let for_tests = kind == "dev-dependencies"
                    && (TESTS.contains(&name.as_str()) || more.contains(&name.as_str()));
                let itself = kind == "dev-dependencies" && *name == member.name;
                let of_layer = allowed.contains(&name.as_str());
                // The workspace's own tests stand outside and see everything but the binary.
                let outside =
                    member.folder.starts_with("tests/") && kind == "dev-dependencies" && name != "s";
                // The tests of the binary drive everything.
                let of_binary = member.name == "s" && kind == "dev-dependencies";
                if !(for_tests || itself || of_layer || outside || of_binary) {
                    let message = format!(
                        "`{}` may not depend on `{name}`: let the inner crate own a trait that the outer one implements",
                        member.name
                    );
                    findings.push(tree.at(&path, name, message));
                }
            }
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_has_no_cycle() {
        for (index, (name, allowed)) in LAYERS.iter().enumerate() {
            for inner in *allowed {
                let position = LAYERS.iter().position(|(other, _)| other == inner);
                assert!(position.is_some_and(|position| position < index), "{name} -> {inner}");
            }
        }
    }

    #[test]
    fn an_outward_dependency_is_found() {
        let manifest = |name: &str, rest: &str| format!("[package]\nname = \"{name}\"\n{rest}");
        let outward = manifest("s-store", "[dependencies]\ns-ui.workspace = true\n");
        let of_target = manifest("s-diag", "[target.'cfg(unix)'.dependencies]\ns-store.workspace = true\n");
        let fine = manifest(
            "s-net",
            "[dependencies]\ns-capability.workspace = true\n[dev-dependencies]\ns-kit = {}\n",
        );
        let unplaced = manifest("s-new", "");
        let guest = manifest("s-cmd", "[dependencies]\ns-guest = {}\n");
        let tree = Tree::of(&[
            ("host/store/Cargo.toml", &outward),
            ("codegen/diag/Cargo.toml", &of_target),
            ("host/net/Cargo.toml", &fine),
            ("host/new/Cargo.toml", &unplaced),
            ("plugins/cmd/Cargo.toml", &guest),
            ("plugins/cmd/plugin.toml", ""),
        ]);
        let found: Vec<String> =
            findings(&tree).iter().map(|finding| format!("{}:{}", finding.path, finding.line)).collect();
        assert_eq!(found, ["codegen/diag/Cargo.toml:4", "host/new/Cargo.toml:2", "host/store/Cargo.toml:4"]);
    }
}
