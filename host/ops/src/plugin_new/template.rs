//! The files of a new plugin, by kind. Their texts stand in `templates/`.

use s_capability::{Kind, PluginId};

/// What differs between kinds.
struct Template {
    about: &'static str,
    dependencies: &'static str,
    manifest: &'static str,
    logic: &'static str,
    guest: &'static str,
    fixture: &'static str,
}

macro_rules! template {
    ($folder:literal, $about:literal, $dependencies:expr) => {
        Template {
            about: $about,
            dependencies: $dependencies,
            manifest: include_str!(concat!("../../templates/", $folder, "/plugin.toml.in")),
            logic: include_str!(concat!("../../templates/", $folder, "/lib.rs.in")),
            guest: include_str!(concat!("../../templates/", $folder, "/guest.rs.in")),
            fixture: include_str!(concat!("../../templates/", $folder, "/fixture.toml.in")),
        }
    };
}

const JSON: &str = "serde = { version = \"1\", features = [\"derive\"] }\nserde_json = \"1\"\n";

const REGISTRY: Template =
    template!("registry", "packages from a registry with a small HTTP interface", JSON);
const AUDIT: Template = template!("audit", "advisories from one file behind a web server", JSON);
const AUTH: Template = template!("auth", "a token, in the header that servers want", "");
const COMMAND: Template = template!("command", "a command that greets", "");
const TARGET: Template = template!("target", "one target and what it needs to link", "");

/// Returns the author's own files: path and text.
pub(super) fn files(kind: Kind, name: &str, id: &PluginId) -> Vec<(String, String)> {
    let template = match kind {
        Kind::Registry => REGISTRY,
        Kind::Audit => AUDIT,
        Kind::Auth => AUTH,
        Kind::Command => COMMAND,
        Kind::Target => TARGET,
    };
    let fill = |text: &str| {
        text.replace("{{name}}", name)
            .replace("{{id}}", id.as_str())
            .replace("{{kind}}", kind.as_str())
            .replace("{{about}}", template.about)
            .replace("{{dependencies}}", template.dependencies)
    };
    let files = [
        (".gitignore", include_str!("../../templates/gitignore.in")),
        ("Cargo.toml", include_str!("../../templates/Cargo.toml.in")),
        ("README.md", include_str!("../../templates/README.md.in")),
        ("plugin.toml", template.manifest),
        ("src/lib.rs", template.logic),
        ("src/guest.rs", template.guest),
        ("fixtures/first.toml", template.fixture),
    ];
    files.map(|(path, text)| (path.to_owned(), fill(text))).into()
}

#[cfg(test)]
mod tests {
    use s_capability::Manifest;
    use s_diag::Source;

    use super::*;

    #[test]
    fn every_kind_has_a_manifest_that_holds_and_no_place_is_left_empty() {
        for kind in Kind::ALL {
            let files = files(kind, "acme-one", &"acme/one".parse().unwrap());
            for (path, text) in &files {
                assert!(
                    !text.contains("{{") || path == "src/lib.rs" && text.contains("format!("),
                    "{path}: {text}"
                );
                assert!(!text.contains("{{name}}") && !text.contains("{{id}}"), "{path}");
            }
            let text = &files.iter().find(|(path, _)| path == "plugin.toml").unwrap().1;
            let manifest = Manifest::parse(&Source::new("plugin.toml", text.as_str())).unwrap();
            assert_eq!((manifest.id.as_str(), manifest.kind), ("acme/one", kind));
        }
    }
}
