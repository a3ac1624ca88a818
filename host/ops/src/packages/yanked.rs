//! Versions that were yanked and stay all the same, because the lock has them: they are told.

use s_diag::{Code, Diagnostic};
use s_project::{PackageName, PackageSource, ProjectLock};
use s_resolver::Resolution;

use super::Graph;
use crate::Context;
use crate::failure::Failure;

/// Warns of every chosen version that is yanked, with the reason that the registry has.
///
/// # Errors
/// Those of listing; what was resolved is listed already.
pub(super) fn warn(context: &Context, resolution: &Resolution, graph: &mut Graph) -> Result<(), Failure> {
    for node in resolution.nodes.iter().filter(|node| node.yanked) {
        let (name, version) = (&node.package.name, node.version.to_string());
        let Ok(PackageSource::Registry(url)) = node.package.source.as_str().parse() else { continue };
        let listed = graph.registries.versions(&url, name)?;
        let reason = listed.iter().find(|listed| listed.version == version);
        let reason = reason.and_then(|listed| listed.yanked.as_deref()).unwrap_or_default();
        context.frontend().warn(&told(name, &version, reason));
    }
    Ok(())
}

/// Warns of every version of a lock that is yanked as far as is known: only of packages whose
/// versions were listed already, so that nobody is asked and nobody waits.
pub(crate) fn warn_locked(context: &Context, lock: &ProjectLock, graph: &Graph) {
    for package in lock.packages() {
        let PackageSource::Registry(url) = &package.source else { continue };
        let Some(listed) = graph.registries.listed(url, &package.name) else { continue };
        let version = package.version.to_string();
        let found = listed.iter().find(|listed| listed.version == version);
        if let Some(reason) = found.and_then(|listed| listed.yanked.as_deref()) {
            context.frontend().warn(&told(&package.name, &version, reason));
        }
    }
}

fn told(name: &PackageName, version: &str, reason: &str) -> Diagnostic {
    let message = format!("`{name}@{version}` was yanked, and stays because it is locked");
    let diagnostic = Diagnostic::warning(Code::REGISTRY_YANKED, message);
    let diagnostic = match reason {
        "" => diagnostic,
        reason => diagnostic.note(format!("the reason is: {reason}")),
    };
    diagnostic.hint(format!("s update {name}"))
}
