//! The kit of authors, `s-guest`, as a crate that stands alone.

/// The sources of the kit; a test holds the list against the folder.
macro_rules! sources {
    ($($path:literal)*) => {
        const SOURCES: &[(&str, &str)] =
            &[$(($path, include_str!(concat!("../../../../wit/guest/src/", $path)))),*];
    };
}

sources! {
    "audit.rs"
    "auth.rs"
    "command.rs"
    "error.rs"
    "files.rs"
    "files/mock.rs"
    "glue.rs"
    "http.rs"
    "http/mock.rs"
    "lib.rs"
    "registry.rs"
    "registry_v0_2.rs"
    "target.rs"
    "url.rs"
}

const FOLDER: &str = "vendor/s-guest";
const MANIFEST: &str = include_str!("../../templates/s-guest.Cargo.toml.in");

/// Returns the files of the kit with the interface text: path and text.
pub(super) fn files() -> Vec<(String, String)> {
    let manifest = MANIFEST.replace("{{version}}", env!("CARGO_PKG_VERSION"));
    let mut files = vec![(format!("{FOLDER}/Cargo.toml"), manifest)];
    for (path, text) in SOURCES {
        // In the workspace the interface text lies beside the kit, here inside it.
        let text = s_host::RELEASES.iter().fold((*text).to_owned(), |text, release| {
            text.replace(&format!("\"../{}/", release.version), &format!("\"wit/{}/", release.version))
        });
        files.push((format!("{FOLDER}/src/{path}"), text));
    }
    for release in s_host::RELEASES {
        for (name, text) in release.files {
            files.push((format!("{FOLDER}/wit/{}/{name}", release.version), (*text).to_owned()));
        }
    }
    files
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    fn walk(folder: &Path, below: &str, found: &mut Vec<String>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let entry = entry.unwrap();
            let path = format!("{below}{}", entry.file_name().into_string().unwrap());
            if entry.file_type().unwrap().is_dir() {
                walk(&entry.path(), &format!("{path}/"), found);
            } else {
                found.push(path);
            }
        }
    }

    #[test]
    fn every_source_of_the_kit_is_embedded() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../wit/guest");
        let mut on_disk = Vec::new();
        walk(&root.join("src"), "", &mut on_disk);
        on_disk.sort();
        let listed: Vec<&str> = SOURCES.iter().map(|(path, _)| *path).collect();
        assert_eq!(on_disk, listed);
    }

    #[test]
    fn the_manifest_says_what_the_workspace_says() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        let read =
            |path: &str| std::fs::read_to_string(root.join(path)).unwrap().parse::<toml::Table>().unwrap();
        let (workspace, kit) = (read("Cargo.toml"), read("wit/guest/Cargo.toml"));
        let own: toml::Table = MANIFEST.replace("{{version}}", "0.1.0").parse().unwrap();
        assert_eq!(own["features"], kit["features"]);
        assert_eq!(own["package"]["edition"], workspace["workspace"]["package"]["edition"]);
        let target = &own["target"]["cfg(target_arch = \"wasm32\")"]["dependencies"];
        assert_eq!(target["wit-bindgen"], workspace["workspace"]["dependencies"]["wit-bindgen"]);
    }

    #[test]
    fn paths_of_the_interface_text_are_inside() {
        let files = files();
        let has = |path: &str| files.iter().any(|(own, _)| *own == format!("{FOLDER}/{path}"));
        for (path, text) in &files {
            assert!(!text.contains("\"../"), "{path}");
            for part in text.split("\"wit/").skip(1) {
                let name = part.split('"').next().unwrap();
                assert!(has(&format!("wit/{name}")), "{path}: wit/{name}");
            }
        }
    }
}
