//! The manifest inside a component: the text of `plugin.toml` in a custom section.
//!
//! A component that travels alone still says what it is and what it asks for. The text is kept to
//! the byte, so that it can be compared with the file beside it.

use crate::ComponentError;
use crate::section::{self, sections};
use std::borrow::Cow;
use wasm_encoder::{ComponentSection, CustomSection};

/// The name of the custom section that holds the manifest.
pub const MANIFEST_SECTION: &str = "stryke:plugin";

/// The longest manifest that is written or read.
pub const MANIFEST_MAX_BYTES: usize = 64 * 1024;

/// Gives the component a manifest: appended as its last section, in place of one that was there.
///
/// All other bytes stay as they are, so embedding twice gives the same as embedding once.
///
/// # Errors
/// [`ComponentError::Manifest`] when the text is longer than [`MANIFEST_MAX_BYTES`]; otherwise
/// when the bytes are not a list of sections.
pub fn embed_manifest(component: &[u8], manifest: &str) -> Result<Vec<u8>, ComponentError> {
    if manifest.len() > MANIFEST_MAX_BYTES {
        return Err(TOO_LONG);
    }
    let mut embedded = section::HEADER.to_vec();
    for section in sections(component)? {
        if section.custom(MANIFEST_SECTION)?.is_none() {
            embedded.extend_from_slice(&component[section.range]);
        }
    }
    let section =
        CustomSection { name: Cow::Borrowed(MANIFEST_SECTION), data: Cow::Borrowed(manifest.as_bytes()) };
    section.append_to_component(&mut embedded);
    Ok(embedded)
}

/// The manifest of a component, if it has one.
///
/// Only the outermost sections are looked at: what a nested component says of itself is not the
/// plugin's word.
///
/// # Errors
/// [`ComponentError::Manifest`] when there are two, or when it is too long or not UTF-8; otherwise
/// when the bytes are not a list of sections.
pub fn manifest_of(component: &[u8]) -> Result<Option<&str>, ComponentError> {
    let mut manifest = None;
    for section in sections(component)? {
        let Some(text) = section.custom(MANIFEST_SECTION)? else { continue };
        if text.len() > MANIFEST_MAX_BYTES {
            return Err(TOO_LONG);
        }
        let text = str::from_utf8(text).map_err(|_| ComponentError::Manifest("is not UTF-8"))?;
        if manifest.replace(text).is_some() {
            return Err(ComponentError::Manifest("is there more than once"));
        }
    }
    Ok(manifest)
}

const TOO_LONG: ComponentError = ComponentError::Manifest("is longer than 64 KiB");

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const EMPTY: &[u8] = &section::HEADER;

    #[test]
    fn what_was_embedded_is_read_back_and_replaced() {
        assert_eq!(manifest_of(EMPTY), Ok(None));
        let first = embed_manifest(EMPTY, "[plugin]\r\nid = \"é\"\n").unwrap();
        assert_eq!(manifest_of(&first), Ok(Some("[plugin]\r\nid = \"é\"\n")));
        let second = embed_manifest(&first, "other").unwrap();
        assert_eq!(manifest_of(&second), Ok(Some("other")));
        assert_eq!(second, embed_manifest(EMPTY, "other").unwrap(), "the first one is gone");
    }

    #[test]
    fn other_sections_keep_their_bytes() {
        let mut component = EMPTY.to_vec();
        CustomSection { name: "note".into(), data: (&b"kept"[..]).into() }
            .append_to_component(&mut component);
        let embedded = embed_manifest(&component, "m").unwrap();
        assert!(embedded.starts_with(&component));
    }

    #[test]
    fn doubtful_manifests_are_refused() {
        let with = |texts: &[&[u8]]| {
            let mut component = EMPTY.to_vec();
            for &text in texts {
                CustomSection { name: MANIFEST_SECTION.into(), data: text.into() }
                    .append_to_component(&mut component);
            }
            component
        };
        let long = vec![b'a'; MANIFEST_MAX_BYTES + 1];
        for (component, why) in [
            (with(&[b"a", b"a"]), "is there more than once"),
            (with(&[b"\xff"]), "is not UTF-8"),
            (with(&[&long]), "is longer than 64 KiB"),
        ] {
            assert_eq!(manifest_of(&component), Err(ComponentError::Manifest(why)));
        }
        assert_eq!(embed_manifest(EMPTY, &"a".repeat(MANIFEST_MAX_BYTES + 1)), Err(TOO_LONG));
        assert!(embed_manifest(EMPTY, &"a".repeat(MANIFEST_MAX_BYTES)).is_ok());
    }

    #[test]
    fn what_is_not_a_component_is_named() {
        for (bytes, found) in [
            (&b""[..], "an empty file"),
            (b"\0asm\x01\0\0\0", "a core module"),
            (b"\0asm\x0c\0\x01\0", "WebAssembly of an unknown version"),
            (b"MZ", "not WebAssembly"),
        ] {
            assert_eq!(manifest_of(bytes), Err(ComponentError::NotAComponent { found }));
        }
    }

    proptest! {
        #[test]
        fn any_bytes_after_the_header_are_survived(bytes: Vec<u8>, text in ".*") {
            let component = [EMPTY, &bytes].concat();
            let _ = manifest_of(&component);
            if let Ok(embedded) = embed_manifest(&component, &text) {
                prop_assert_eq!(manifest_of(&embedded), Ok(Some(text.as_str())));
            }
        }
    }
}
