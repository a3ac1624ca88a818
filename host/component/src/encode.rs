//! From a core module, as a compiler writes it, to a component.

use crate::ComponentError;
use wit_component::ComponentEncoder;

/// Makes a component of a core module that carries the world it was built for.
///
/// Imports the module does not use are left out, down to single functions, so that the imports
/// of the component say what its code can reach. The same module always gives the same bytes.
///
/// # Errors
/// [`ComponentError::Encode`] when the module is invalid, has no world embedded, imports what the
/// world does not have, or lacks an export the world asks for.
pub fn encode(core: &[u8]) -> Result<Vec<u8>, ComponentError> {
    ComponentEncoder::default()
        .validate(true)
        .module(core)
        .and_then(|mut encoder| encoder.encode())
        .map_err(|error| ComponentError::Encode(format!("{error:#}")))
}
