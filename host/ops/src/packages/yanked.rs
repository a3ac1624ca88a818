//! Versions that were yanked and stay all the same, because the lock has them: they are told.

use s_diag::{Code, Diagnostic};
use s_project::{LockedPackage, PackageName, PackageSource, ProjectLock};
use s_resolver::Resolution;

use super::{Graph, Outlook};
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
        context.frontend().warn(&told(name, &version, reason, false));
    }
    Ok(())
}

/// Warns of every version of a lock that is yanked as far as is known: only of packages whose
/// versions were listed already, so that nobody is asked and nobody waits.
pub(crate) fn warn_locked(context: &Context, lock: &ProjectLock, outlook: &Outlook) {
    for package in lock.packages() {
        if let Some(reason) = reason(package, &outlook.graph) {
            let version = package.version.to_string();
            let is_stuck = outlook.is_stuck(&package.name, &package.version);
            context.frontend().warn(&told(&package.name, &version, reason, is_stuck));
        }
    }
}

/// Why the version of a lock is yanked, where it is and its versions were listed already.
pub(crate) fn reason<'a>(package: &LockedPackage, graph: &'a Graph) -> Option<&'a str> {
    let PackageSource::Registry(url) = &package.source else { return None };
    let version = package.version.to_string();
    let listed = graph.registries.listed(url, &package.name)?;
    listed.iter().find(|listed| listed.version == version)?.yanked.as_deref()
}

/// `is_stuck` where no other version fits.
fn told(name: &PackageName, version: &str, reason: &str, is_stuck: bool) -> Diagnostic {
    let message = match is_stuck {
        true => format!("`{name}@{version}` was yanked, and nothing else fits what is asked for"),
        false => format!("`{name}@{version}` was yanked, and stays because it is locked"),
    };
    let diagnostic = Diagnostic::warning(Code::REGISTRY_YANKED, message);
    let diagnostic = match reason {
        "" => diagnostic,
        reason => diagnostic.note(format!("the reason is: {reason}")),
    };
    match is_stuck {
        true => diagnostic.hint(format!("to see who asks for it: s why {name}")),
        false => diagnostic.hint(format!("s update {name}")),
    }
}
