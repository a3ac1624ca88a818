//! Reads a manifest.
use super::Manifest;
use s_diag::{Diagnostic, Source};
pub(super) fn manifest(_: &Source) -> Result<Manifest, Vec<Diagnostic>> { todo!() }
