//! The plugins that are part of `s`: components like any other, embedded in the executable.
//!
//! They go through the same checks as others, with a consent that nobody has to give; what an
//! organisation's policy denies, it denies to them too.

use std::sync::OnceLock;

use s_capability::Manifest;
use s_component::manifest_of;
use s_diag::Source;
use s_store::Sha256Digest;

/// The organisation of built-in plugins: nobody else's plugin can be of it.
pub const RESERVED: &str = "stryke";

/// One built-in plugin.
#[derive(Debug)]
pub struct BuiltIn {
    /// Its id.
    pub id: &'static str,
    /// Its component.
    pub component: &'static [u8],
    /// The commands it adds, as its manifest declares them: a word can be looked up without reading it.
    pub commands: &'static [&'static str],
    /// The digest of the component, in hexadecimal.
    sha256: &'static str,
    manifest: OnceLock<Manifest>,
}

macro_rules! built_in {
    ($($id:literal $file:literal [$($command:literal)*])*) => {
        /// Every built-in plugin, by id.
        pub static BUILT_IN: [BuiltIn; [$($id),*].len()] = [$(BuiltIn {
            id: $id,
            component: include_bytes!(concat!("../../../../plugins/dist/", $file, ".wasm")),
            commands: &[$($command),*],
            sha256: digest_of(SUMS, concat!($file, ".wasm")),
            manifest: OnceLock::new(),
        },)*];
    };
}

/// `<hexadecimal digest>  <file>`, a line each; a test holds the digests against the components.
const SUMS: &str = include_str!("../../../../plugins/dist/SHA256SUMS");

built_in! {
    "stryke/audit-osv" "audit-osv" []
    "stryke/auth-token" "auth-token" []
    "stryke/new" "cmd-new" ["init" "new"]
    "stryke/registry-static" "registry-static" []
    "stryke/registry-stryke" "registry-stryke" []
    "stryke/target-elf" "target-elf" []
}

impl BuiltIn {
    /// Finds a built-in plugin by its id.
    pub fn find(id: &str) -> Option<&'static BuiltIn> {
        BUILT_IN.iter().find(|built_in| built_in.id == id)
    }

    /// Returns the digest of the component.
    pub fn digest(&self) -> Sha256Digest {
        self.sha256.parse().expect("a test reads every digest")
    }

    /// Returns what the component says of itself.
    pub fn manifest(&self) -> &Manifest {
        self.manifest.get_or_init(|| {
            let text = manifest_of(self.component).ok().flatten().expect("a test reads every manifest");
            Manifest::parse(&Source::new(format!("{}/plugin.toml", self.id), text))
                .expect("a test reads every manifest")
        })
    }
}

/// Finds the line of a file and returns its digest, while the executable is compiled.
const fn digest_of(sums: &'static str, file: &str) -> &'static str {
    let (bytes, file) = (sums.as_bytes(), file.as_bytes());
    let mut start = 0;
    while start < bytes.len() {
        let mut end = start;
        while end < bytes.len() && bytes[end] != b'\n' {
            end += 1;
        }
        // 64 digits, two characters between, the name.
        if end - start == 66 + file.len() {
            let mut same = 0;
            while same < file.len() && bytes[start + 66 + same] == file[same] {
                same += 1;
            }
            if same == file.len() {
                return sums.split_at(start).1.split_at(64).0;
            }
        }
        start = end + 1;
    }
    panic!("`plugins/dist/SHA256SUMS` does not list the component");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_built_in_plugin_is_what_its_digest_and_its_manifest_say() {
        for built_in in &BUILT_IN {
            assert_eq!(built_in.manifest().id.org(), RESERVED);
            assert_eq!(built_in.digest(), Sha256Digest::of(built_in.component), "{}", built_in.id);
            assert_eq!(built_in.manifest().id.as_str(), built_in.id);
            assert!(built_in.manifest().commands.keys().eq(built_in.commands), "{}", built_in.id);
            assert!(built_in.manifest().capabilities.values().all(|asked| !asked.reason.is_empty()));
        }
        assert!(BUILT_IN.windows(2).all(|pair| pair[0].id < pair[1].id), "by id");
        assert!(BuiltIn::find("stryke/new").is_some() && BuiltIn::find("stryke/old").is_none());
    }
}
