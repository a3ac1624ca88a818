//! From a core module to a plugin: encode, embed the manifest, check both against each other.
//!
//! Everything but compiling happens in here. Compiling is the author's own toolchain's work, on the
//! author's own code: this is the one operation that starts `cargo`, and with a module given it
//! starts nothing, whatever language the module was written in.

mod cargo;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use s_capability::{Class, Import, Manifest, Refusal, uses};
use s_component::{ComponentError, InspectLimits, Shape, check_world, embed_manifest, encode, inspect};
use s_diag::{Code, Diagnostic};
use s_store::{Access, Sha256Digest, files};

use crate::Context;
use crate::failure::{Failure, FailureKind};
use crate::plugins::folder::PluginFolder;

/// What to build.
#[derive(Clone, Debug)]
pub struct BuildRequest {
    /// The folder with `plugin.toml`.
    pub folder: PathBuf,
    /// The core module; none to compile the folder with `cargo`.
    pub module: Option<PathBuf>,
    /// Where to write the component; none for where `plugin.toml` says.
    pub output: Option<PathBuf>,
}

/// What was built.
#[derive(Clone, Debug)]
pub struct Built {
    /// What it says of itself.
    pub manifest: Manifest,
    /// Where the component was written.
    pub component: PathBuf,
    /// Of the component.
    pub digest: Sha256Digest,
    /// What was read from the component.
    pub shape: Shape,
    /// The host functions its code calls, by what has to be asked for; free ones under none.
    pub functions: BTreeMap<Option<Class>, Vec<String>>,
}

/// Builds the plugin of a folder. Nothing is written unless the whole of it is sound.
pub fn plugin_build(context: &Arc<Context>, request: &BuildRequest) -> Result<Built, Failure> {
    let folder = PluginFolder::read(context, &request.folder)?;
    let (module, core) = core_module(context, &folder, request)?;
    let component = component_of(&folder, &core, &context.shown(&module))?;
    let manifest = folder.manifest.clone();
    for world in &manifest.worlds {
        let name = format!("{}/{}", world.package, world.world);
        check_world(&component, &name, &world.track.to_string()).map_err(|mismatch| {
            let mut diagnostic = Diagnostic::error(Code::WORLD_MISMATCH, mismatch.to_string())
                .note(format!("`worlds` names `{}`", world.name()));
            if let Some(span) = Manifest::place(&folder.source, &["plugin", "worlds"]) {
                diagnostic = diagnostic.at(&folder.source, span, "");
            }
            Failure::new(FailureKind::Failed, diagnostic)
        })?;
    }
    let shape = inspect(&component, &InspectLimits::default())?;
    let functions = functions(&manifest, &shape)?;
    for diagnostic in unused(&manifest, &functions) {
        context.frontend().warn(&diagnostic);
    }
    let path =
        request.output.as_ref().map_or_else(|| folder.component(), |path| context.directory().join(path));
    files::write_atomic(&path, &component, Access::Shared)?;
    Ok(Built { manifest, component: path, digest: Sha256Digest::of(&component), shape, functions })
}

fn core_module(
    context: &Context,
    folder: &PluginFolder,
    request: &BuildRequest,
) -> Result<(PathBuf, Vec<u8>), Failure> {
    let module = match &request.module {
        Some(module) => context.directory().join(module),
        None => cargo::build(context, &folder.path)?,
    };
    let core = files::read_capped(&module, InspectLimits::default().size_bytes_max)?;
    Ok((module, core))
}

/// Encodes a module, or takes a component as it is, and gives it the manifest of the folder.
fn component_of(folder: &PluginFolder, module: &[u8], shown: &str) -> Result<Vec<u8>, Failure> {
    // Script toolchains write components themselves.
    let is_component = module.starts_with(b"\0asm\x0d\0\x01\0");
    let component = if is_component {
        module.to_vec()
    } else {
        encode(module).map_err(|error| in_module(error, shown))?
    };
    Ok(embed_manifest(&component, &folder.source.text)?)
}

fn in_module(error: ComponentError, shown: &str) -> Failure {
    let mut failure = Failure::from(error);
    for diagnostic in &mut failure.diagnostics {
        diagnostic.notes.push(format!("in `{shown}`"));
    }
    failure
}

/// The first step of the check that stands before every run, so that an author meets it first.
fn functions(manifest: &Manifest, shape: &Shape) -> Result<BTreeMap<Option<Class>, Vec<String>>, Failure> {
    let imports: Vec<Import> = shape
        .imports
        .iter()
        .map(|used| Import {
            interface: used.path(),
            version: used.version.clone(),
            functions: used.functions.clone(),
        })
        .collect();
    let refused = |refusal: Refusal| {
        let diagnostic = Diagnostic::error(refusal.code(), refusal.to_string());
        Failure::new(
            FailureKind::Failed,
            match &refusal {
                Refusal::BeyondManifest { class, .. } => diagnostic.hint(format!(
                    "ask for it in `plugin.toml`, and say why:\n[capabilities.{}]\nreason = \"…\"",
                    key_of(*class)
                )),
                _ => diagnostic,
            },
        )
    };
    let uses = uses(&imports).map_err(|unknown| refused(unknown.into()))?;
    let asked = manifest.classes();
    let mut functions = BTreeMap::new();
    for (class, names) in uses {
        if !asked.contains(&class) {
            return Err(refused(Refusal::BeyondManifest { class, functions: names }));
        }
        functions.insert(Some(class), names);
    }
    let paid: Vec<&String> = functions.values().flatten().collect();
    let free: Vec<String> = shape
        .imports
        .iter()
        .flat_map(|used| used.functions.iter().map(|function| format!("{}.{function}", used.interface)))
        .filter(|name| !name.contains(".[resource-drop]") && !paid.contains(&name))
        .collect();
    if !free.is_empty() {
        functions.insert(None, free);
    }
    Ok(functions)
}

/// How a capability of a class is written; classes with names of their own get a place for one.
fn key_of(class: Class) -> String {
    match class {
        Class::Secret | Class::Fs | Class::Env => format!("{class}.NAME"),
        _ => class.to_string(),
    }
}

fn unused(manifest: &Manifest, functions: &BTreeMap<Option<Class>, Vec<String>>) -> Vec<Diagnostic> {
    let names = manifest.capabilities.keys().filter(|name| match name.class() {
        // What the host does for the plugin leaves no trace in its code.
        Class::Download | Class::DisclosePackages => false,
        class => !functions.contains_key(&Some(class)),
    });
    let warning = |name| {
        let message = format!("`plugin.toml` asks for `{name}`, and the code never uses it");
        Diagnostic::warning(Code::CAPABILITY_UNUSED, message)
            .hint(format!("take `[capabilities.{name}]` out of `plugin.toml`"))
    };
    names.map(warning).collect()
}
