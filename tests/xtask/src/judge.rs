//! What `s` will ask of a component, asked before it is committed: that its manifest can be read,
//! that it fits the worlds it names, and that it asks for all it imports.

use anyhow::{Context, Result, bail};
use s_capability::{Import, Manifest};
use s_component::{InspectLimits, check_world, inspect};
use s_diag::Source;

/// Judges a component with its manifest.
pub(crate) fn judge(component: &[u8], manifest: &str, path: &str) -> Result<()> {
    let manifest = match Manifest::parse(&Source::new(path, manifest)) {
        Ok(manifest) => manifest,
        Err(mistakes) => {
            let lines = mistakes.iter().map(|mistake| format!("{}: {}", mistake.code, mistake.message));
            bail!("`{path}`: {}", lines.collect::<Vec<_>>().join("\n"));
        }
    };
    for world in &manifest.worlds {
        check_world(component, &world.name(), &world.track.to_string())
            .with_context(|| format!("`{path}` names `{world}`"))?;
    }
    let shape = inspect(component, &InspectLimits::default())?;
    let imports: Vec<Import> = shape
        .imports
        .into_iter()
        .map(|import| Import {
            interface: import.path(),
            version: import.version,
            functions: import.functions,
        })
        .collect();
    let asked = manifest.classes();
    for (class, functions) in s_capability::uses(&imports)? {
        if !asked.contains(&class) {
            bail!("`{path}` does not ask for `{class}`, and the code calls {}", functions.join(", "));
        }
    }
    Ok(())
}
