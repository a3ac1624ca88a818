//! From a core module, as a compiler writes it, to a component.

use crate::ComponentError;
use std::panic::catch_unwind;
use wit_component::ComponentEncoder;

/// Makes a component of a core module that carries the world it was built for.
///
/// Imports the module does not use are left out, down to single functions, so that the imports
/// of the component say what its code can reach. The same module always gives the same bytes.
///
/// # Errors
/// [`ComponentError::Encode`] when the module is invalid, has no world embedded, imports what the
/// world does not have, or lacks an export the world asks for. A module that was built for no
/// world and imports nothing becomes a component without exports, which fits none either.
pub fn encode(core: &[u8]) -> Result<Vec<u8>, ComponentError> {
    // The encoder trusts the world that a compiler embedded and asserts what it expects of it; a
    // module that was tampered with is the author's mistake all the same.
    let encoded = catch_unwind(|| {
        let mut encoder = ComponentEncoder::default().validate(true).module(core)?;
        encoder.encode()
    });
    match encoded {
        Ok(encoded) => encoded.map_err(|error| ComponentError::Encode(format!("{error:#}"))),
        Err(_) => Err(ComponentError::Encode("the world embedded in it is damaged".to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{TINY_WAT, TINY_WIT, dummy_core, tiny_core};
    use crate::{InspectLimits, inspect};
    use wasm_encoder::{CustomSection, Section};

    #[test]
    fn the_same_module_gives_the_same_component() {
        let core = dummy_core("stryke:registry/registry-plugin@0.1.0");
        assert_eq!(encode(&core).unwrap(), encode(&core).unwrap());
    }

    #[test]
    fn what_is_not_imported_by_the_module_is_not_imported_by_the_component() {
        let component = encode(&tiny_core(TINY_WAT, TINY_WIT)).unwrap();
        let shape = inspect(&component, &InspectLimits::default()).unwrap();
        assert_eq!(shape.imports.len(), 1);
        assert_eq!(shape.imports[0].to_string(), "stryke:host/log@0.1.0");
        assert_eq!(shape.imports[0].functions, ["write".to_owned()].into());
    }

    #[test]
    fn modules_that_do_not_fit_their_world_are_refused() {
        for (wat, expected) in [
            (r#"(module (import "env" "exec" (func)))"#, "`env`"),
            (r#"(module (import "wasi_snapshot_preview1" "fd_write" (func)))"#, "`wasi_snapshot_preview1`"),
            (r#"(module (import "stryke:host/log@0.1.0" "writ" (func)))"#, "`writ`"),
            (
                r#"(module (import "stryke:host/log@0.1.0" "write" (func)))"#,
                "type mismatch for function `write`",
            ),
        ] {
            let error = encode(&tiny_core(wat, TINY_WIT)).unwrap_err().to_string();
            assert!(error.contains(expected), "{wat}: {error}");
        }
        assert!(matches!(encode(b""), Err(ComponentError::Encode(_))));
        assert!(matches!(encode(b"\0asm\x0d\0\x01\0"), Err(ComponentError::Encode(_))), "a component");
    }

    #[test]
    fn a_damaged_world_is_an_error() {
        let world = r#"(component
            (type (component (import "a" (type (sub resource))) (export "b" (type (sub resource)))))
            (export "w" (type 0)))"#;
        let section =
            CustomSection { name: "component-type".into(), data: wat::parse_str(world).unwrap().into() };
        let mut core = wat::parse_str("(module)").unwrap();
        section.append_to(&mut core);
        let damaged = ComponentError::Encode("the world embedded in it is damaged".into());
        assert_eq!(encode(&core), Err(damaged));
    }

    #[test]
    fn a_module_without_a_world_becomes_a_component_that_offers_nothing() {
        let component = encode(&wat::parse_str("(module (memory 1))").unwrap()).unwrap();
        let shape = inspect(&component, &InspectLimits::default()).unwrap();
        assert!(shape.imports.is_empty() && shape.exports.is_empty());
        assert!(encode(&wat::parse_str(r#"(module (import "env" "exec" (func)))"#).unwrap()).is_err());
    }

    #[test]
    fn a_missing_export_is_named() {
        let wit = "package test:tiny@0.1.0; world tiny { export stryke:audit/feed@0.1.0; }";
        let error = encode(&tiny_core("(module)", wit)).unwrap_err().to_string();
        assert!(error.contains("stryke:audit/feed@0.1.0"), "{error}");
    }
}
