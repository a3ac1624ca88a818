//! `s plugin inspect`: reads any component without running it.

use std::collections::BTreeMap;
use std::path::Path;

use s_capability::{Asked, ConfigValues, Manifest, uses};
pub use s_component::InterfaceUse;
use s_component::{InspectLimits, Shape, check_world, inspect, manifest_of, section_sizes};
use s_diag::{Diagnostic, Source};
use s_store::{Sha256Digest, files};

use crate::Context;
use crate::failure::Failure;
use crate::plugins::candidate::{imports_of, in_file};

/// What a component is.
#[derive(Clone, Debug)]
pub struct Inspected {
    /// Of its bytes.
    pub integrity: Sha256Digest,
    /// Interfaces, sizes, producers.
    pub shape: Shape,
    /// The worlds that it fits, as `stryke:command/subcommand-plugin@0.1.0`.
    pub worlds: Vec<String>,
    /// Its outermost sections in order: name and bytes.
    pub sections: Vec<(String, u64)>,
    /// What it says of itself, and what it asks for before it is configured.
    pub manifest: Option<(Manifest, Asked)>,
    /// What its code needs and the manifest does not ask for, and mistakes in the manifest.
    pub problems: Vec<Diagnostic>,
    /// The functions it calls by the capability they need.
    pub needs: Vec<(String, Vec<String>)>,
}

/// Reads a component.
pub fn plugin_inspect(context: &Context, file: &Path) -> Result<Inspected, Failure> {
    let path = context.directory().join(file);
    let limits = InspectLimits::default();
    let bytes = files::read_capped(&path, limits.size_bytes_max)?;
    let shown = context.shown(&path);
    let here = |error: s_component::ComponentError| in_file(error.into(), &shown);
    let shape = inspect(&bytes, &limits).map_err(here)?;
    let sections = section_sizes(&bytes).map_err(here)?;
    let mut problems = Vec::new();
    let mut manifest = None;
    if let Some(text) = manifest_of(&bytes).map_err(here)? {
        match Manifest::parse(&Source::new(format!("{shown} (plugin.toml)"), text)) {
            Ok(parsed) => {
                // With its defaults, where it has them for all it needs.
                let config = ConfigValues::check(&BTreeMap::new(), &parsed).unwrap_or_default();
                let asked = parsed.resolve(&config);
                manifest = Some((parsed, asked));
            }
            Err(mistakes) => problems.extend(mistakes),
        }
    }
    let needs = match uses(&imports_of(&shape)) {
        Ok(needs) => needs,
        Err(unknown) => {
            problems.push(Diagnostic::error(
                s_capability::Refusal::Import(unknown.clone()).code(),
                unknown.to_string(),
            ));
            Default::default()
        }
    };
    if let Some((manifest, _)) = &manifest {
        let classes = manifest.classes();
        for (class, functions) in needs.iter().filter(|(class, _)| !classes.contains(class)) {
            let refusal =
                s_capability::Refusal::BeyondManifest { class: *class, functions: functions.clone() };
            problems.push(Diagnostic::error(refusal.code(), refusal.to_string()));
        }
    }
    Ok(Inspected {
        integrity: Sha256Digest::of(&bytes),
        worlds: worlds(&bytes),
        needs: needs.into_iter().map(|(class, functions)| (class.as_str().to_owned(), functions)).collect(),
        shape,
        sections,
        manifest,
        problems,
    })
}

fn worlds(component: &[u8]) -> Vec<String> {
    let tracks = s_capability::WORLDS.iter().map(|(world, track, _)| (*world, track.to_string()));
    let fit = tracks.filter(|(world, track)| check_world(component, world, track).is_ok());
    fit.map(|(world, track)| format!("{world}@{track}")).collect()
}
